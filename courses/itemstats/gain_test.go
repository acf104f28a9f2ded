package itemstats

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/internal/faults"
)

func gains(t *testing.T, pairs ...Pair) *GainSums {
	t.Helper()
	g := &GainSums{}
	for _, p := range pairs {
		if err := g.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// Four people by hand, in percent: before 40 50 60 50, after 60 80 70 70. Gains 20 30 10 20: mean 20, variance 200/3; means 50 and 70, variances 200/3 both, covariance 100/3, r = .5.
// Hake 20/50 = .4. d = 20/8.165 = 2.449, times 1 - 3/11.
func TestGainByHand(t *testing.T) {
	g := gains(t, Pair{4, 10, 24, 40}, Pair{5, 10, 32, 40}, Pair{6, 10, 28, 40}, Pair{5, 10, 28, 40}).Gain()
	near(t, "before", g.Before.Value, 50, 1e-12)
	near(t, "after", g.After.Value, 70, 1e-12)
	near(t, "mean", g.Mean.Value, 20, 1e-12)
	half := 3.182446 * math.Sqrt(200.0/3/4)
	near(t, "low", g.Mean.Low, 20-half, 1e-4)
	near(t, "high", g.Mean.High, 20+half, 1e-4)
	near(t, "hake", g.Normalised.Value, .4, 1e-12)
	v := (200.0/3 + .36*200/3 - 2*.6*100/3) / 2500 / 4
	near(t, "hake low", g.Normalised.Low, .4-3.182446*math.Sqrt(v), 1e-6)
	d, j := 20/math.Sqrt(200.0/3), 1-3.0/11
	near(t, "effect", g.Effect.Value, j*d, 1e-12)
	se := math.Sqrt((.25 + d*d/8) * 2 * .5)
	near(t, "effect low", g.Effect.Low, j*(d-z95*se), 1e-9)
	near(t, "better", g.Better.Value, 100, 1e-12)
	if g.Mean.Warning != Few || g.N != 4 {
		t.Errorf("%+v", g)
	}
}

func TestGainAtTheEdges(t *testing.T) {
	for name, g := range map[string]Gain{
		"nobody":           gains(t).Gain(),
		"one":              gains(t, Pair{1, 2, 2, 2}).Gain(),
		"all full before":  gains(t, Pair{2, 2, 2, 2}, Pair{2, 2, 1, 2}, Pair{3, 3, 3, 3}).Gain(),
		"nobody differs":   gains(t, Pair{1, 2, 2, 2}, Pair{1, 2, 2, 2}, Pair{1, 2, 2, 2}).Gain(),
		"constant before":  gains(t, Pair{1, 2, 2, 2}, Pair{1, 2, 1, 2}, Pair{1, 2, 0, 2}).Gain(),
		"the same by both": gains(t, Pair{1, 2, 1, 2}, Pair{0, 2, 0, 2}, Pair{2, 2, 2, 2}).Gain(),
	} {
		if _, err := json.Marshal(g); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if (name == "all full before") != (g.Normalised == nil && g.N > 1) || (name == "nobody differs") != (g.Effect == nil && g.N > 2) {
			t.Errorf("%s: %+v", name, g)
		}
	}
	for _, bad := range []Pair{{}, {1, 0, 1, 1}, {2, 1, 1, 1}, {-1, 1, 1, 1}, {1, 1, 2, 1}, {1, 1 << 41, 1, 1}} {
		if err := (&GainSums{}).Add(bad); !errors.Is(err, faults.Invalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if err := gains(t).Remove(Pair{1, 2, 1, 2}); !errors.Is(err, faults.Invalid) {
		t.Errorf("removed from nothing: %v", err)
	}
}

func TestGainMergesAndHoldsTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(151, 152))
	mean, hake, effect := 0, 0, 0
	const rounds = 400
	for range rounds {
		var pairs []Pair
		for range 100 {
			u := r.NormFloat64()
			of := func(v float64) int64 { return int64(math.Round(max(0, min(1, v)) * 1e6)) }
			pairs = append(pairs, Pair{of(.4 + .07*u + .07*r.NormFloat64()), 1e6, of(.55 + .07*u + .07*r.NormFloat64()), 1e6})
		}
		a, b := gains(t, pairs[:30]...), gains(t, pairs...)
		for _, p := range pairs[:30] {
			if err := b.Remove(p); err != nil {
				t.Fatal(err)
			}
		}
		b.Merge(a)
		if *b != *gains(t, pairs...) {
			t.Fatalf("%+v", b)
		}
		g := b.Gain()
		if g.Mean.Low <= 15 && 15 <= g.Mean.High {
			mean++
		}
		if g.Normalised.Low <= .25 && .25 <= g.Normalised.High {
			hake++
		}
		if d := .15 / (.07 * math.Sqrt2); g.Effect.Low <= d && d <= g.Effect.High {
			effect++
		}
	}
	for what, n := range map[string]int{"mean": mean, "hake": hake, "effect": effect} {
		if s := 100 * float64(n) / rounds; s < 91.5 || s > 98.5 {
			t.Errorf("the interval of the %s gain holds the truth in %.1f%%", what, s)
		}
	}
}
