package itemstats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Values of statistical tables.
func TestDistributions(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"F .95 (1, 10)", fQuantile(.95, 1, 10), 4.9646}, {"F .975 (5, 2)", fQuantile(.975, 5, 2), 39.298}, {"F .05 (10, 20)", fQuantile(.05, 10, 20), 0.3605}, {"F .95 (120, 60)", fQuantile(.95, 120, 60), 1.4673},
		{"t .975 (10)", tQuantile(.975, 10), 2.2281}, {"t .975 (1)", tQuantile(.975, 1), 12.7062},
		{"chi 3.8415 (1)", chiTail(3.8415, 1), .05}, {"chi 18.307 (10)", chiTail(18.307, 10), .05}, {"chi 2.558 (10)", chiTail(2.558, 10), .99}, {"chi 124.342 (100)", chiTail(124.342, 100), .05},
		{"normal .975", normalQuantile(.975), 1.95996}, {"normal tail 3", normalTail(3), .0013499}, {"normal 1.645", normalCDF(1.6449), .95},
		{"I .5 (2, 3)", incompleteBeta(2, 3, .5), .6875},
	} {
		if math.Abs(c.got-c.want) > 1e-4*math.Max(1, c.want) {
			t.Errorf("%s is %.6f, want %.6f", c.what, c.got, c.want)
		}
	}
}

// Newcombe 1998 (Statistics in Medicine 17, 857-872, table I, method 3).
func TestWilsonAsPublished(t *testing.T) {
	for _, c := range []struct{ x, n, low, high float64 }{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}} {
		low, high := wilson(c.x, c.n)
		if math.Abs(low-c.low) > 6e-5 || math.Abs(high-c.high) > 6e-5 {
			t.Errorf("%v of %v: %.4f to %.4f, want %.4f to %.4f", c.x, c.n, low, high, c.low, c.high)
		}
	}
}

func TestFisherByHand(t *testing.T) {
	v := fisher(.5, 28) // z .5493 ± .3920
	if math.Abs(v.Low-.15602) > 1e-4 || math.Abs(v.High-.73587) > 1e-3 {
		t.Errorf("%+v", v)
	}
	if one := fisher(1, 10); one == nil || one.Low != 1 || one.High != 1 {
		t.Errorf("a perfect correlation is %+v", one)
	}
	if fisher(.3, 3) != nil || fisher(math.NaN(), 9) != nil {
		t.Error("an undefined correlation has an interval")
	}
}

// A fourth moment of 3 squared seconds (a normal distribution), 51 values: the logarithm of the variance has variance (3 - 48/51)/50.
func TestSpreadByHand(t *testing.T) {
	v := spread(10, 3, 51)
	half := z95 * math.Sqrt((3-48.0/51)/50) / 2
	near(t, "low", v.Low, 10*math.Exp(-half), 1e-12)
	near(t, "high", v.High, 10*math.Exp(half), 1e-12)
	if spread(10, 3, 3) != nil || spread(0, 3, 50) != nil || spread(10, 11, 500).Warning != Rough {
		t.Error("a spread without an interval has one")
	}
}

// The intervals must hold the truth about 95 times in 100; 600 samples of fixed seed give ±2.
func TestIntervalsHoldTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const rounds, people, k = 600, 80, 10
	const truth = k * 1.0 / (k*1.0 + 2) // parallel parts with error variance 2: Spearman-Brown
	alpha, drawn, corr, sd := 0, 0, 0, 0
	for range rounds {
		sumX, sumT := 0.0, list{}
		parts := make([]list, k)
		within := 0.0
		for range people {
			ability, total := r.NormFloat64(), 0.0
			var own list
			for i := range k {
				x := ability + math.Sqrt2*r.NormFloat64()
				parts[i] = append(parts[i], x)
				own = append(own, x)
				total += x
			}
			within += k * own.variance() / people
			sumT = append(sumT, total)
		}
		for _, p := range parts {
			sumX += p.variance()
		}
		if v := feldt(k/(k-1.0)*(1-sumX/sumT.variance()), people, (people-1)*(k-1)); v.Low <= truth && truth <= v.High {
			alpha++
		}
		if v := feldt(1-within/sumT.variance(), people, people*(k-1)); v.Low <= truth && truth <= v.High {
			drawn++
		}
		if v := fisher(pearson(parts[0], parts[1]), people); v.Low <= 1.0/3 && 1.0/3 <= v.High {
			corr++
		}
		if v := spread(math.Sqrt(parts[0].variance()), parts[0].moment(4)/math.Pow(parts[0].moment(2), 2), people); v.Low <= math.Sqrt(3) && math.Sqrt(3) <= v.High {
			sd++
		}
	}
	for what, n := range map[string]int{"alpha": alpha, "nested": drawn, "correlation": corr, "sd": sd} {
		if share := 100 * float64(n) / rounds; share < 92 || share > 98 {
			t.Errorf("the interval of %s holds the truth in %.1f%%", what, share)
		}
	}
}
