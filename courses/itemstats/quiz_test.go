package itemstats

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// marks makes sittings of right and wrong on items i0, i1 ... from rows of 0 and 1.
func marks(rows ...string) []Sitting {
	var out []Sitting
	for _, row := range rows {
		var s Sitting
		for i, c := range row {
			m := Mark{Item: "i" + string(rune('0'+i)), Max: unit, Options: []string{"b"}}
			if c == '1' {
				m.Mark, m.Options = unit, []string{"a"}
			}
			s = append(s, m)
		}
		out = append(out, s)
	}
	return out
}

// Five people, four items, worked out with pencil: totals 4 3 2 1 0, variance 2.5, p = .8 .6 .4 .2, so Σpq = .16+.24+.24+.16 = .8 (with n) or 1.0 (with n-1).
// KR-20 = 4/3 · (1 - .8/2) = .8. SEM = sqrt(2.5 · .2) = .7071 of 4 items.
func TestGuttmanScaleByHand(t *testing.T) {
	s := sums(t, Frame{Unit: unit, Max: 4 * unit}, marks("1111", "1110", "1100", "1000", "0000"))
	a := s.Analyse(nil)
	q := a.Quiz
	near(t, "mean", q.Mean.Value, 50, 1e-12)
	near(t, "median", q.Median.Value, 50, 1e-12)
	near(t, "sd", q.SD.Value, 100*math.Sqrt(2.5)/4, 1e-12)
	near(t, "skewness", q.Skewness.Value, 0, 1e-12)
	near(t, "kurtosis", q.Kurtosis.Value, -1.2, 1e-12)
	near(t, "KR-20", q.Consistency.Value, 80, 1e-12)
	near(t, "error ratio", q.ErrorRatio.Value, 100*math.Sqrt(.2), 1e-12)
	near(t, "SEM", q.SEM.Value, 100*math.Sqrt(.5)/4, 1e-12)
	if q.Method != Alpha || q.Mean.Warning != Few {
		t.Errorf("method %s, warning %q", q.Method, q.Mean.Warning)
	}
	// Item i0: marks 1 1 1 1 0, rest 3 2 1 0 0: covariance .3, r = .3/sqrt(.2·1.7); sorted they covary most as they do.
	i0 := a.Items[0]
	near(t, "facility", i0.Facility.Value, 80, 1e-12)
	near(t, "item-rest", i0.ItemRest.Value, .3/math.Sqrt(.2*1.7), 1e-12)
	near(t, "efficiency", i0.Efficiency.Value, 100, 1e-9)
	// Covariances with the total are .5, .75, .75, .5, so the first item's share of their roots is
	near(t, "effective weight", i0.Effective.Value, 100*math.Sqrt(.5)/(2*math.Sqrt(.5)+2*math.Sqrt(.75)), 1e-9)
	near(t, "intended weight", i0.IntendedWeight, 25, 1e-12)
}

func TestMedianByHand(t *testing.T) {
	s := sums(t, Frame{Unit: unit, Max: 2 * unit}, marks("00", "10", "11", "11"))
	near(t, "median", s.Quiz().Median.Value, 75, 1e-12)
	s = sums(t, Frame{Unit: unit, Max: 2 * unit}, marks("00", "10", "11"))
	near(t, "median", s.Quiz().Median.Value, 50, 1e-12)
}

// Ten people whose rest scores are 0..9 of nine; the upper 27 % are the best 2.7 of them: all right, the lower 2.7: the first right, the others wrong, so 1/2.7.
func TestUpperLowerByHand(t *testing.T) {
	var all []Sitting
	for p := range 10 {
		s := Sitting{{Item: "x", Max: unit}}
		if p == 0 || p > 5 {
			s[0].Mark = unit
		}
		for i := range 9 {
			m := Mark{Item: "r" + string(rune('0'+i)), Max: unit}
			if i < p {
				m.Mark = unit
			}
			s = append(s, m)
		}
		all = append(all, s)
	}
	s := sums(t, Frame{Unit: unit, Max: 10 * unit}, all)
	v := s.item("x", About{}, 0).UpperLower
	near(t, "upper - lower", v.Value, 100*(1-1/2.7), 1e-9)
	low, high := (1/2.7)*(1-1/2.7)/2.7, 3.7/4.7*(1/4.7)/4.7
	near(t, "its lower bound", v.Low, 100*(1-1/2.7)-100*z95*math.Sqrt(low+high), 1e-9)
}

func TestEffectiveWeightsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	s := sums(t, Frame{Unit: unit, Max: 12 * unit}, simulate(r, 400, 12, 12, true))
	sum := 0.0
	for _, it := range s.Analyse(nil).Items {
		sum += it.Effective.Value
	}
	near(t, "sum of effective weights", sum, 100, 1e-8)
}

// KR-21 is what the nested coefficient is for right and wrong in one cell: k/(k-1) · (1 - M(k-M)/(k·V)).
func TestDrawnFormsGetKR21(t *testing.T) {
	all := simulate(rand.New(rand.NewPCG(31, 32)), 200, 30, 8, false)
	for _, sit := range all {
		for i := range sit {
			sit[i].Cell = ""
		}
	}
	s := sums(t, Frame{Unit: unit, Max: 8 * unit}, all)
	tot := totals(all)
	m, v, k := tot.mean()/unit, tot.variance()/unit/unit, 8.0
	f := 200.0
	v *= (f - 1) / f // KR-21 is written with the divisor n; the error variance below it is then that of sampled items
	want := k / (k - 1) * (1 - m*(k-m)/(k*v))
	q := s.Quiz()
	if q.Method != Nested {
		t.Fatal(q.Method)
	}
	// The coefficient here uses n-1 for the variance of totals: 1 - error/V with error the same.
	got := 1 - (1-q.Consistency.Value/100)*f/(f-1)
	near(t, "KR-21", got, want, 1e-9)
	near(t, "its lower bound", q.Consistency.Low, 100*(1-(1-q.Consistency.Value/100)*fQuantile(.975, 199, 200*7)), 1e-9)
}

// What cannot be computed is absent; nothing is NaN, or JSON would refuse it.
func TestUndefinedIsAbsent(t *testing.T) {
	frame := Frame{Unit: unit, Max: 2 * unit}
	for name, c := range map[string]struct {
		rows   []string
		absent []string
	}{
		"nobody":       {nil, []string{"mean", "median", "sd", "skewness", "kurtosis", "consistency", "sem"}},
		"one":          {[]string{"10"}, []string{"sd", "skewness", "consistency", "item_rest", "discrimination", "efficiency", "effective_weight"}},
		"two":          {[]string{"10", "11"}, []string{"skewness", "kurtosis"}},
		"all the same": {[]string{"10", "10", "10", "10", "10"}, []string{"skewness", "kurtosis", "consistency", "sem", "item_rest", "efficiency", "effective_weight", "upper_lower", "point_biserial"}},
		"all right":    {[]string{"11", "11", "11", "11"}, []string{"consistency", "item_rest"}},
		"three":        {[]string{"10", "11", "00"}, []string{"kurtosis"}},
	} {
		s := sums(t, frame, marks(c.rows...))
		b, err := json.Marshal(s.Analyse(aboutAll(s)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, field := range c.absent {
			if strings.Contains(string(b), `"`+field+`":`) {
				t.Errorf("%s: %s is there: %s", name, field, b)
			}
		}
		s.Flags(aboutAll(s), s.then(s.Items))
	}
	one := sums(t, Frame{Unit: unit, Max: unit}, append(marks("1", "0", "1", "0", "1"), Sitting{{Item: "drawn", Max: unit}}))
	if c := one.Quiz().Consistency; c != nil {
		t.Errorf("forms of one drawn item have consistency %+v", c)
	}
	if _, err := json.Marshal(one.Analyse(aboutAll(one))); err != nil {
		t.Error(err)
	}
}

func TestEstimatesLieInTheirIntervals(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	for range 60 {
		form := 2 + r.IntN(8)
		pool := form + r.IntN(5)
		s := sums(t, Frame{Unit: unit, Max: int64(form) * unit}, simulate(r, 2+r.IntN(60), pool, form, r.IntN(2) == 0))
		a := s.Analyse(aboutAll(s))
		q := a.Quiz
		check := func(what string, v *Value) {
			if v != nil && !(v.Low <= v.Value && v.Value <= v.High && v.N > 0) {
				t.Errorf("%s: %+v", what, *v)
			}
		}
		for what, v := range map[string]*Value{"mean": q.Mean, "median": q.Median, "sd": q.SD, "skewness": q.Skewness, "kurtosis": q.Kurtosis, "consistency": q.Consistency, "error ratio": q.ErrorRatio, "sem": q.SEM} {
			check(what, v)
		}
		if c, e := q.Consistency, q.ErrorRatio; c != nil {
			near(t, "error ratio low", e.Low, 100*math.Sqrt(max(0, 1-c.High/100)), 1e-6)
			near(t, "error ratio high", e.High, 100*math.Sqrt(max(0, 1-c.Low/100)), 1e-6)
			near(t, "SEM high", q.SEM.High, e.High*q.SD.Value/100, 1e-6)
		}
		n := int64(0)
		for _, b := range q.Scores {
			n += b.N
		}
		if n != q.N {
			t.Errorf("%d of %d sittings are in the distribution", n, q.N)
		}
		for _, it := range a.Items {
			for what, v := range map[string]*Value{"facility": it.Facility, "sd": it.SD, "effective": it.Effective, "discrimination": it.Discrimination, "efficiency": it.Efficiency, "upper-lower": it.UpperLower, "item-rest": it.ItemRest} {
				check(it.ID+" "+what, v)
			}
			chosen := int64(0)
			for _, o := range it.Options {
				check("share", o.Share)
				check("point-biserial", o.PointBiserial)
				chosen += o.N
				if o.Groups != nil { // the thirds hold everybody once
					near(t, "thirds", (o.Groups[0]+o.Groups[1]+o.Groups[2])/3, o.Share.Value, 1e-9)
				}
			}
			if chosen != it.N {
				t.Errorf("%d of %d takers are in the options table", chosen, it.N)
			}
			size := 0.0
			for _, p := range it.Trace {
				size += p.N
			}
			if it.Trace != nil {
				near(t, "people in the trace", size, float64(it.N), 1e-9)
			}
		}
	}
}

func TestTraceRisesForTheKey(t *testing.T) {
	s := sums(t, Frame{Unit: unit, Max: 20 * unit}, simulate(rand.New(rand.NewPCG(51, 52)), 3000, 20, 20, false))
	for _, it := range s.Analyse(aboutAll(s)).Items {
		if len(it.Trace) != 5 || len(it.Trace[0].Shares) != 4 {
			t.Fatalf("trace %v", it.Trace)
		}
		for g := 1; g < 5; g++ {
			if it.Trace[g].Shares[0] < it.Trace[g-1].Shares[0] || it.Trace[g].Rest <= it.Trace[g-1].Rest {
				t.Errorf("%s: the key falls from %.1f to %.1f", it.ID, it.Trace[g-1].Shares[0], it.Trace[g].Shares[0])
			}
		}
		if it.Options[0].PointBiserial.Low <= 0 || it.Options[1].PointBiserial.High >= 0 {
			t.Errorf("%s: key %+v, wrong option %+v", it.ID, it.Options[0].PointBiserial, it.Options[1].PointBiserial)
		}
	}
}

func TestGuess(t *testing.T) {
	fixed := .1
	for _, c := range []struct {
		a    About
		want *float64
	}{
		{abcd, ptr(25)}, {About{Guess: &fixed}, ptr(10)}, {About{}, nil}, {asks(Question{Options: abcd.Questions[0].Options}), nil},
		{asks(Question{One: true, Options: []Choice{{ID: "a", Share: 1}, {ID: "b", Share: .5}, {ID: "c", Share: -1}}}), ptr(100.0 / 6)},
		{asks(Question{One: true, Options: []Choice{{ID: "a", Share: 1}, {ID: "b", Share: -1}, {ID: "c", Share: -1}}}), ptr(0)},
	} {
		got := guess(c.a)
		if (got == nil) != (c.want == nil) || got != nil && math.Abs(*got-*c.want) > 1e-12 {
			t.Errorf("guess of %+v is %v", c.a, got)
		}
	}
}

func ptr(v float64) *float64 { return &v }
