package itemstats

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// exam simulates 12 sound items and one under test, whose answer is chosen by choose(ability).
func exam(r *rand.Rand, people int, shift float64, choose func(theta float64) (option string, mark int64)) []Sitting {
	out := make([]Sitting, people)
	for p := range out {
		theta := shift + r.NormFloat64()
		for i := range 12 {
			m := Mark{Item: "s" + string(rune('a'+i)), Max: unit, Options: []string{string("bcd"[r.IntN(3)])}}
			if r.Float64() < logistic(1.3*(theta-float64(i-6)/4)) {
				m.Mark, m.Options = unit, []string{"a"}
			}
			out[p] = append(out[p], m)
		}
		o, mark := choose(theta)
		out[p] = append(out[p], Mark{Item: "x", Max: unit, Mark: mark, Options: []string{o}})
	}
	return out
}

var thirteen = Frame{Unit: unit, Max: 13 * unit}

// keyed lets able people choose right, the others any of the rest; key says which option is marked.
func keyed(r *rand.Rand, slope, difficulty float64, right, key string, others string) func(float64) (string, int64) {
	return func(theta float64) (string, int64) {
		o := string(others[r.IntN(len(others))])
		if r.Float64() < logistic(slope*(theta-difficulty)) {
			o = right
		}
		if o == key {
			return o, unit
		}
		return o, 0
	}
}

func TestFlagsOfItems(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	for _, c := range []struct {
		name   string
		people int
		choose func(float64) (string, int64)
		want   string // kinds of flags on x, in order
	}{
		{"sound", 400, keyed(r, 1.3, 0, "a", "a", "bcd"), ""},
		{"sound, few people", 60, keyed(r, 1.5, 0, "a", "a", "bcd"), ""},
		{"the key is b", 300, keyed(r, 1.3, 0, "b", "a", "acd"), "wrong_key against too_hard"},
		{"too easy", 400, keyed(r, 1.3, -4.5, "a", "a", "bcd"), "too_easy"},
		{"too hard", 400, keyed(r, 1.8, 3.2, "a", "a", "bcd"), "too_hard"},
		{"two dead options", 400, keyed(r, 1.3, 0, "a", "a", "b"), "dead_option dead_option"},
		{"everybody guesses", 800, keyed(r, 0, 1.0986, "a", "a", "bcd"), "weak"},
		{"two options nobody took, but few people", 60, keyed(r, 1.5, 0, "a", "a", "b"), ""},
		{"worse than guessing", 6000, keyed(r, 1.3, 1.35, "a", "a", "bcd"), "too_hard"},
		{"too few", 29, keyed(r, 1.3, 0, "a", "a", "bcd"), "small_n"},
	} {
		s := sums(t, thirteen, exam(r, c.people, 0, c.choose))
		var got []string
		for _, f := range s.Flags(aboutAll(s), nil) {
			if f.Item != "x" {
				if f.Kind == WrongKey || f.Kind == Against || f.Kind == Drifted {
					t.Errorf("%s: sound item %s is flagged %s", c.name, f.Item, f.Kind)
				}
				continue
			}
			got = append(got, string(f.Kind))
			if f.Text.ID == "" || f.Text.EN == "" || strings.Contains(f.Text.ID+f.Text.EN, "%!") || len(f.Numbers) == 0 {
				t.Errorf("%s: %+v", c.name, f)
			}
			if guessed := strings.Contains(f.Text.ID, "menebak") && f.Numbers["facility"] > hardShare; f.Kind == TooHard && guessed != (c.name == "worse than guessing") {
				t.Errorf("%s: %s", c.name, f.Text.ID)
			}
			if f.Kind == WrongKey && (f.Option != "b" || !strings.Contains(f.Text.ID, "pilihan B") || !strings.Contains(f.Text.ID, "kunci A")) {
				t.Errorf("%s: names %s: %s", c.name, f.Option, f.Text.ID)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestVoidItemsAreNotFlagged(t *testing.T) {
	r := rand.New(rand.NewPCG(63, 64))
	s := sums(t, thirteen, exam(r, 200, 0, func(float64) (string, int64) { return "b", unit }))
	about := aboutAll(s)
	about["x"] = About{Questions: abcd.Questions, Void: true}
	for _, f := range s.Flags(about, s.then(s.Items)) {
		if f.Item == "x" {
			t.Errorf("%+v", f)
		}
	}
}

// Right and wrong are complements: the correlations are r and -r, their difference on Fisher's scale 2·artanh(r), and its standard error that of twice one of them, 2/sqrt(n-3).
func TestBetterByHand(t *testing.T) {
	r := rand.New(rand.NewPCG(65, 66))
	s := sums(t, thirteen, exam(r, 200, 0, keyed(r, 1.3, 0, "a", "a", "b")))
	p := Pool(abcd, []Part{{thirteen, s.Items["x"]}})
	low, high, ok := p.better("a", "b", 1)
	rest := s.item("x", abcd, 0).ItemRest.Value
	near(t, "low", low, 2*math.Atanh(rest)-2*z95/math.Sqrt(197), 1e-9)
	near(t, "high", high, 2*math.Atanh(rest)+2*z95/math.Sqrt(197), 1e-9)
	if _, wider, _ := p.better("a", "b", 3); !ok || wider <= high {
		t.Error("three comparisons are as sure as one")
	}
	if _, _, ok := p.better("d", "a", 1); ok {
		t.Error("an option nobody took was compared")
	}
}

// 15 points harder over 40 and 40 people may be chance; over 400 and 400 it is not.
func TestDriftNeedsEvidence(t *testing.T) {
	of := func(n, right int64) *ItemSums {
		return &ItemSums{Max: unit, Marks: map[int64]int64{unit / 2: 0}, Bins: []Bin{{n, right * unit, right * unit * unit, 0}}}
	}
	drift := func(n, before, after int64, compared int) []Flag {
		s := Drift(Part{thirteen, of(n, before)}, Part{thirteen, of(n, after)})
		return s.flags("x", abcd, compared)
	}
	if f := drift(40, 26, 20, 1); f != nil {
		t.Errorf("%+v", f)
	}
	if f := drift(400, 260, 200, 1); len(f) != 1 {
		t.Errorf("%+v", f)
	}
	if f := drift(160, 104, 80, 1); len(f) != 1 { // p = .006
		t.Errorf("%+v", f)
	}
	if f := drift(160, 104, 80, 40); f != nil { // one of 40 items looks so by chance
		t.Errorf("%+v", f)
	}
}

// On sound items with three wrong options each the wrong-key flag must be all but silent.
func TestWrongKeyIsRarelyFalse(t *testing.T) {
	r := rand.New(rand.NewPCG(71, 72))
	wrong, all := 0, 0
	for range 60 {
		s := sums(t, thirteen, exam(r, 40+r.IntN(200), 0, keyed(r, .8, 0, "a", "a", "bcd")))
		for _, f := range s.Flags(aboutAll(s), nil) {
			if f.Kind == WrongKey {
				wrong++
			}
		}
		all += len(s.Items)
	}
	if wrong > all/200 {
		t.Errorf("%d of %d sound items are said to have a wrong key", wrong, all)
	}
}

func TestDrift(t *testing.T) {
	r := rand.New(rand.NewPCG(81, 82))
	before := sums(t, thirteen, exam(r, 800, 0, keyed(r, 1.3, 0, "a", "a", "bcd")))
	for _, c := range []struct {
		name       string
		shift, d   float64
		drifted    bool
		harderWord string
	}{{"nothing changed", 0, 0, false, ""}, {"abler people, the same item", 1, 0, false, ""}, {"leaked", 0, -1.2, true, "lebih mudah"}, {"harder", 0, 1.2, true, "lebih sulit"}, {"abler people hide a harder item", 1, 1, true, "lebih sulit"}} {
		after := sums(t, thirteen, exam(r, 800, c.shift, keyed(r, 1.3, c.d, "a", "a", "bcd")))
		got := false
		for _, f := range after.Flags(aboutAll(after), after.then(before.Items)) {
			if f.Kind == Drifted {
				if f.Item != "x" {
					t.Errorf("%s: %s", c.name, f.Text.EN)
					continue
				}
				got = true
				if !strings.Contains(f.Text.ID, c.harderWord) {
					t.Errorf("%s: %s", c.name, f.Text.ID)
				}
			}
		}
		if got != c.drifted {
			t.Errorf("%s: drifted %v: %+v", c.name, got, Drift(Part{thirteen, before.Items["x"]}, Part{thirteen, after.Items["x"]}).Adjusted)
		}
	}
}

// Two levels by hand: 10 of 20 and 5 of 20 before, 15 of 20 and 10 of 20 after. In each level the focal sum is 15 (10), expected 12.5 (7.5); variances
// 20·20·25·15/(1600·39) and 20·20·15·25/(1600·39), both 2.40385. Z = 5/sqrt(4.8077) = 2.2804; both levels rise by 25 points.
func TestMantelByHand(t *testing.T) {
	// Levels are totals: those who are right on the item stood one band lower without it. A part mark that nobody has makes the rest score the level.
	total := func(low, high int64) *ItemSums {
		return &ItemSums{Max: unit, Bins: []Bin{{20, low * unit, low * unit * unit, 0}, {20, high * unit, high * unit * unit, 0}}}
	}
	rest := func(low, high int64) *ItemSums {
		it := total(low, high)
		it.Marks = map[int64]int64{unit / 2: 0}
		return it
	}
	s := Drift(Part{thirteen, rest(10, 5)}, Part{thirteen, rest(15, 10)})
	near(t, "z", s.Z, 5/math.Sqrt(2*20*20*25*15/(1600*39.0)), 1e-12)
	near(t, "p", s.P, 2*normalTail(s.Z), 1e-12)
	near(t, "adjusted", s.Adjusted.Value, 25, 1e-12)
	near(t, "difference", s.Difference.Value, 25, 1e-12)

	// By total: 10 wrong at 0, 10 right and 15 wrong at 1, 5 right at 2 before; 5, 15 and 10, 10 after. At 0 and 2 all are equal; at 1 stand 10 of 25 before and 15 of 25 after.
	s = Drift(Part{thirteen, total(10, 5)}, Part{thirteen, total(15, 10)})
	near(t, "z by total", s.Z, 2.5/math.Sqrt(25*25*25*25/(2500*49.0)), 1e-12)
	near(t, "adjusted by total", s.Adjusted.Value, 100*25*.2/40, 1e-12)

	if s.Apart != "" {
		t.Errorf("compared, and yet %q", s.Apart)
	}

	// Where there is no comparison at equal score it says why.
	worth := total(15, 10)
	worth.Max = 2 * unit
	for want, s := range map[Apart]Shift{
		OtherLength: Drift(Part{Frame{unit, 14 * unit}, total(10, 5)}, Part{thirteen, total(15, 10)}),
		OtherMarks:  Drift(Part{thirteen, total(10, 5)}, Part{thirteen, worth}),
		NoOverlap:   Drift(Part{thirteen, total(0, 0)}, Part{thirteen, total(0, 0)}),
	} {
		if s.Apart != want || s.Adjusted != nil || s.P != 1 || s.Difference == nil || s.Apart.Text().ID == "" || s.Apart.Text().EN == "" {
			t.Errorf("%s: %+v", want, s)
		}
	}
}

// Newcombe 1998, table II, method 10: 56/70 against 48/80.
func TestNewcombeAsPublished(t *testing.T) {
	of := func(right, n int64) *ItemSums { return &ItemSums{Max: unit, Bins: []Bin{{n, right * unit, 0, 0}}} }
	d := Drift(Part{thirteen, of(48, 80)}, Part{thirteen, of(56, 70)}).Difference
	near(t, "low", d.Low, 5.24, .01)
	near(t, "high", d.High, 33.39, .01)
}
