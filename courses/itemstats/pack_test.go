package itemstats

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/internal/faults"
)

func TestPackedSumsComeBack(t *testing.T) {
	s := sums(t, Frame{Unit: unit, Max: 9 * unit}, simulate(rand.New(rand.NewPCG(221, 222)), 300, 15, 9, true))
	packed, err := s.Pack()
	if err != nil {
		t.Fatal(err)
	}
	read, err := Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encode(t, s), encode(t, read)) {
		t.Error("other sums came back")
	}
	if 3*len(packed) > len(encode(t, s)) {
		t.Errorf("%d bytes packed of %d", len(packed), len(encode(t, s)))
	}
	for cut := 0; cut < len(packed); cut += 97 {
		if _, err := Unpack(packed[:cut]); !errors.Is(err, faults.Invalid) {
			t.Fatalf("%d of %d bytes: %v", cut, len(packed), err)
		}
	}
	s.N++
	if packed, err = s.Pack(); err != nil {
		t.Fatal(err)
	}
	if _, err := Unpack(packed); !errors.Is(err, faults.Invalid) {
		t.Errorf("sums that do not add up were read: %v", err)
	}
}
