package itemstats

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/internal/faults"
)

func encode(t testing.TB, s *Sums) []byte {
	t.Helper()
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOrderAndGroupingDoNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	frame := Frame{Unit: unit, Max: 9 * unit}
	all := simulate(r, 200, 15, 9, true)
	all = append(all, simulate(r, 5, 15, 8, false)...) // another form: only counted
	want := encode(t, sums(t, frame, all))
	for range 10 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		parts := make([]*Sums, 1+r.IntN(6))
		for i := range parts {
			parts[i] = sums(t, frame, nil)
		}
		for _, s := range all {
			if err := parts[r.IntN(len(parts))].Add(s); err != nil {
				t.Fatal(err)
			}
		}
		whole := sums(t, frame, nil)
		for _, i := range r.Perm(len(parts)) {
			var read Sums
			if err := json.Unmarshal(encode(t, parts[i]), &read); err != nil {
				t.Fatal(err)
			}
			if err := whole.Merge(&read); err != nil {
				t.Fatal(err)
			}
		}
		if got := encode(t, whole); !bytes.Equal(got, want) {
			t.Fatalf("merged in another order:\n%s\nwant\n%s", got, want)
		}
	}
}

func TestRemovingLeavesNoTrace(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	frame := Frame{Unit: unit, Max: 6 * unit}
	stay, go_ := simulate(r, 40, 9, 6, true), simulate(r, 40, 9, 6, true)
	go_ = append(go_, simulate(r, 3, 9, 5, false)...)
	s := sums(t, frame, append(append([]Sitting(nil), go_...), stay...))
	for _, sit := range go_ {
		if err := s.Remove(sit); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := encode(t, s), encode(t, sums(t, frame, stay)); !bytes.Equal(got, want) {
		t.Fatalf("after removing:\n%s\nwant\n%s", got, want)
	}
	for _, sit := range stay {
		if err := s.Remove(sit); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := encode(t, s), encode(t, sums(t, frame, nil)); !bytes.Equal(got, want) {
		t.Fatalf("after removing all: %s", got)
	}
}

func TestMergeLeavesTheOtherAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	frame := Frame{Unit: unit, Max: 4 * unit}
	a, b := sums(t, frame, nil), sums(t, frame, simulate(r, 20, 4, 4, false))
	before := encode(t, b)
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	for _, sit := range simulate(r, 20, 4, 4, false) {
		if err := a.Add(sit); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(before, encode(t, b)) {
		t.Error("adding to the merged sums changed what was merged in")
	}
}

func TestImpossibleSittingsChangeNothing(t *testing.T) {
	frame := Frame{Unit: unit, Max: 2 * unit}
	right := Sitting{{Item: "x", Mark: unit, Max: unit, Options: []string{"a"}}, {Item: "y", Max: unit, Blank: true}}
	s := sums(t, frame, []Sitting{right})
	want := encode(t, s)
	with := func(change func(Sitting) Sitting) Sitting { return change(append(Sitting(nil), right...)) }
	for name, try := range map[string]func() error{
		"no items":             func() error { return s.Add(nil) },
		"an item twice":        func() error { return s.Add(Sitting{right[0], right[0]}) },
		"more than the item":   func() error { return s.Add(with(func(x Sitting) Sitting { x[0].Mark = unit + 1; return x })) },
		"less than nothing":    func() error { return s.Add(with(func(x Sitting) Sitting { x[0].Mark = -1; return x })) },
		"blank with an option": func() error { return s.Add(with(func(x Sitting) Sitting { x[1].Options = []string{"a"}; return x })) },
		"an option twice": func() error {
			return s.Add(with(func(x Sitting) Sitting { x[0].Options = []string{"a", "b", "a"}; return x }))
		},
		"an item worth otherwise": func() error {
			return s.Add(with(func(x Sitting) Sitting { x[0].Max, x[0].Mark, x[1].Max = unit/2, 0, unit/2+unit; return x }))
		},
		"remove another mark": func() error { return s.Remove(with(func(x Sitting) Sitting { x[0].Mark = 0; return x })) },
		"remove another option": func() error {
			return s.Remove(with(func(x Sitting) Sitting { x[0].Options = []string{"b"}; return x }))
		},
		"remove another item": func() error { return s.Remove(with(func(x Sitting) Sitting { x[0].Item = "z"; return x })) },
		"remove another form": func() error { return s.Remove(right[:1]) },
		"merge another frame": func() error { return s.Merge(sums(t, Frame{Unit: unit, Max: unit}, nil)) },
		"merge another worth": func() error {
			return s.Merge(sums(t, frame, []Sitting{{{Item: "x", Max: unit / 2}, {Item: "y", Max: unit + unit/2}}}))
		},
	} {
		if err := try(); !errors.Is(err, faults.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if got := encode(t, s); !bytes.Equal(got, want) {
			t.Errorf("%s changed the sums to %s", name, got)
		}
	}
	for _, f := range []Frame{{}, {Unit: 1}, {Unit: 1 << 21, Max: 1 << 21}, {Unit: unit, Max: 1 << 27}} {
		if _, err := NewSums(f); !errors.Is(err, faults.Invalid) {
			t.Errorf("frame %v: %v", f, err)
		}
	}
}

func TestDamagedSumsAreSeen(t *testing.T) {
	good := func() *Sums {
		return sums(t, Frame{Unit: unit, Max: 4 * unit}, simulate(rand.New(rand.NewPCG(1, 1)), 30, 4, 4, false))
	}
	for name, harm := range map[string]func(*Sums){
		"a count":     func(s *Sums) { s.N++ },
		"a bin":       func(s *Sums) { s.Items["i1"].Bins[2][binN]++ },
		"short bins":  func(s *Sums) { s.Items["i1"].Bins = s.Items["i1"].Bins[:2] },
		"short trace": func(s *Sums) { s.Items["i1"].Options["a"].Bins = nil },
		"an item":     func(s *Sums) { delete(s.Items, "i1") },
		"no item":     func(s *Sums) { s.Items["i1"] = nil },
		"the frame":   func(s *Sums) { s.Max = 0 },
		"a mark":      func(s *Sums) { m := s.Items["i1"].Marks; m[0]--; m[unit]++; m[-1], m[0] = m[0], 0 },
		"a rest":      func(s *Sums) { r := s.Items["i1"].Rests; r[0] += 5; r[60] -= 5; r[7] = -1; r[8] = 1 },
		"an option":   func(s *Sums) { s.Items["i1"].Options["a"].Bins[1] += 100 },
		"a cell":      func(s *Sums) { s.Cells["c0/2"].K = 0 },
		"a number":    func(s *Sums) { s.Counts[-4] = -30; delete(s.Counts, 4) },
		"a blank":     func(s *Sums) { s.Items["i1"].Blank = 31 },
	} {
		s := good()
		harm(s)
		if s.Check() == nil {
			t.Errorf("harm to %s was not seen", name)
		}
	}
}

func TestWideIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	sum, want := Wide{}, new(big.Int)
	for range 2000 {
		a, b, sign := r.Int64N(1<<62), r.Int64N(1<<60), int64(1-2*r.IntN(2))
		sum = sum.signed(product(a, b), sign)
		p := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		want.Add(want, p.Mul(p, big.NewInt(sign)))
		if sum.Int().Cmp(want) != 0 {
			t.Fatalf("%v, want %v", sum.Int(), want)
		}
		var back Wide
		b2, _ := json.Marshal(sum)
		if err := json.Unmarshal(b2, &back); err != nil || back != sum {
			t.Fatalf("%s read back as %v, %v", b2, back, err)
		}
	}
	for _, bad := range []string{`"x"`, `1`, `"340282366920938463463374607431768211456"`} {
		if err := new(Wide).UnmarshalJSON([]byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
