package itemstats

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
)

// One quiz alone gives the figures of its analysis; an abler group on a longer form changes what is earned, not what the item tells apart.
func TestPool(t *testing.T) {
	r := rand.New(rand.NewPCG(211, 212))
	low := exam(r, 500, -1, keyed(r, 1.3, 0, "a", "a", "bcd"))
	high := exam(r, 400, 1, keyed(r, 1.3, 0, "a", "a", "bcd"))
	for p := range high { // a longer form: one more item, always right
		high[p] = append(high[p], Mark{Item: "easy", Max: unit, Mark: unit, Options: []string{"a"}})
	}
	fourteen := Frame{Unit: unit, Max: 14 * unit}
	a, b := sums(t, thirteen, low), sums(t, fourteen, high)
	one := Pool(abcd, []Part{{thirteen, a.Items["x"]}})
	want := a.item("x", abcd, 0)
	if one.N != 500 || one.Parts != 1 || *one.Facility != *want.Facility {
		t.Errorf("%+v, want %+v", one, want)
	}
	near(t, "item-rest of one", one.ItemRest.Value, want.ItemRest.Value, 1e-12)
	near(t, "its interval", one.ItemRest.Low, want.ItemRest.Low, 1e-12)
	for i, o := range one.Options {
		near(t, "point-biserial of one", o.PointBiserial.Value, want.Options[i].PointBiserial.Value, 1e-12)
	}

	both := Pool(abcd, []Part{{thirteen, a.Items["x"]}, {fourteen, b.Items["x"]}})
	xa, ra := seen(low, "x")
	xb, rb := seen(high, "x")
	near(t, "facility", both.Facility.Value, 100*(xa.mean()*500+xb.mean()*400)/900/unit, 1e-9)
	c := 499*covariance(xa, ra)/12 + 399*covariance(xb, rb)/13
	v := (499*xa.variance() + 399*xb.variance()) * (499*ra.variance()/144 + 399*rb.variance()/169)
	near(t, "item-rest", both.ItemRest.Value, c/math.Sqrt(v), 1e-12)
	near(t, "its lower bound", both.ItemRest.Low, math.Tanh(math.Atanh(both.ItemRest.Value)-z95/math.Sqrt(899-3)), 1e-12)
	if both.Parts != 2 || both.N != 900 || !both.Options[0].Key || both.Options[0].PointBiserial.Value <= 0 || both.Options[1].PointBiserial.Value >= 0 {
		t.Errorf("%+v", both)
	}
	n := int64(0)
	for _, o := range both.Options {
		n += o.N
	}
	if n != 900 {
		t.Errorf("%d choices", n)
	}
	for _, empty := range []Pooled{Pool(abcd, nil), Pool(About{}, []Part{{thirteen, &ItemSums{Max: unit, Bins: make([]Bin, 14)}}})} {
		if b, err := json.Marshal(empty); err != nil || empty.N != 0 || empty.Facility != nil {
			t.Errorf("%s, %v", b, err)
		}
	}
}
