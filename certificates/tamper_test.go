package certificates

import (
	"context"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/apelkota/apel/certificates/verify"
)

// TestEveryAlteredByteIsSeen flips a bit of the file at many places (at every one with APEL_LONG set) and asks for the verdict altered, without
// the registry's help.
func TestEveryAlteredByteIsSeen(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	r.finish(t, id)
	_, pdf, err := r.Download(ctx, admin, id)
	if err != nil {
		t.Fatal(err)
	}
	root, _ := r.Root(ctx)
	in := verify.Input{Root: root, Now: noon}
	if v := verify.Judge(verify.Read(pdf), in); v.Status != verify.Valid {
		t.Fatal(v)
	}
	step := 499
	if os.Getenv("APEL_LONG") != "" {
		step = 1
	}
	var places []int
	for i := 0; i < len(pdf); i++ {
		if i%step == 0 || i < 200 || i > len(pdf)-500 { // header and attachment, cross-reference table, trailer and seal: all of them
			places = append(places, i)
		}
	}
	var wg sync.WaitGroup
	workers := runtime.NumCPU()
	for w := range workers {
		wg.Go(func() {
			file := append([]byte(nil), pdf...)
			for n := w; n < len(places); n += workers {
				i := places[n]
				flip := byte(1) << (i % 8)
				file[i] ^= flip
				if v := verify.Judge(verify.Read(file), in); v.Status != verify.Altered || !strings.Contains(v.Sentence.ID, "Yang berbeda: ") || v.Record != nil {
					t.Errorf("byte %d (%q) flipped: %s", i, pdf[i], v.Status)
				}
				file[i] ^= flip
			}
		})
	}
	wg.Wait()
	t.Logf("%d places of %d bytes", len(places), len(pdf))
}
