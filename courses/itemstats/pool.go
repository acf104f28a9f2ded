package itemstats

import (
	"math"
	"math/big"
)

// Part is one item version in the sums of one quiz.
type Part struct {
	Frame Frame
	Item  *ItemSums
}

// Pooled is an item version over all quizzes that used it, for the bank.
type Pooled struct {
	Quizzes  int            `json:"quizzes"`
	N        int64          `json:"n"`
	Blank    int64          `json:"blank"`
	Facility *Value         `json:"facility,omitempty"`  // percent
	ItemRest *Value         `json:"item_rest,omitempty"` // -1..1
	Options  []PooledOption `json:"options,omitempty"`
}

// PooledOption is one option of it.
type PooledOption struct {
	ID            string `json:"id"`
	Key           bool   `json:"key,omitempty"`
	N             int64  `json:"n"`
	Share         *Value `json:"share,omitempty"` // percent
	PointBiserial *Value `json:"point_biserial,omitempty"`
}

// within sums what an option shows inside quizzes: takers, covariance with the rest score, variance.
type within struct {
	n      int64
	cov, v float64
}

// Pool puts parts of one item version together. Shares simply add up. Correlations are those within quizzes: rest scores of a pre-test of ten items and of a post-test of forty are not one scale, and a
// difference between the two groups of people is not what the item tells apart. Covariances and variances (rest scores as shares of their form) are summed over the quizzes
// before dividing, the pooled within-group correlation of the analysis of covariance.
func Pool(about About, parts []Part) Pooled {
	out := Pooled{}
	var x, n float64
	var cov, vx, vr, groups float64
	options := map[string]*within{}
	var order []string
	for _, o := range about.Options {
		order = append(order, o.ID)
		options[o.ID] = nil
	}
	extra := map[string]bool{}
	for _, p := range parts {
		for id := range p.Item.Options {
			if _, ok := options[id]; !ok {
				extra[id] = true
			}
		}
	}
	order = append(order, sortedKeys(extra)...)
	for _, id := range order {
		options[id] = &within{}
	}
	for _, p := range parts {
		it := p.Item
		c, sx, _, rest := it.sums()
		if c == 0 {
			continue
		}
		out.Quizzes++
		out.N += c
		out.Blank += it.Blank
		x, n = x+float64(sx)/float64(it.Max), n+float64(c)
		full := float64(p.Frame.Max - it.Max)
		s := it.spread()
		if full <= 0 || s.rr.Sign() == 0 {
			for _, id := range order {
				if o := it.Options[id]; o != nil {
					options[id].n += o.N()
				}
			}
			continue
		}
		groups++
		per := func(a *big.Int, scale float64) float64 { return float(a) / float64(c) / scale } // n × a covariance
		cov += per(s.xr, full*float64(it.Max))
		vx += per(s.xx, float64(it.Max)*float64(it.Max))
		vr += per(s.rr, full*full)
		for _, id := range order {
			if o := it.Options[id]; o != nil {
				k := o.N()
				options[id].n += k
				options[id].cov += per(sub(mul(whole(c), whole(o.R)), mul(whole(k), whole(rest))), full)
				options[id].v += per(mul(whole(k), whole(c-k)), 1)
			}
		}
	}
	if out.N == 0 {
		return out
	}
	pooled := func(cov, v float64) *Value {
		if v <= 0 || vr <= 0 {
			return nil
		}
		return fisher(cov/math.Sqrt(v)/math.Sqrt(vr), out.N-int64(groups)+1)
	}
	out.Facility = share(x, out.N)
	out.ItemRest = pooled(cov, vx)
	keys := map[string]bool{}
	for _, k := range about.keys() {
		keys[k.ID] = true
	}
	for _, id := range order {
		o := options[id]
		out.Options = append(out.Options, PooledOption{ID: id, Key: keys[id], N: o.n, Share: share(float64(o.n), out.N), PointBiserial: pooled(o.cov, o.v)})
	}
	return out
}
