package itemstats

import (
	"math"
	"math/big"
	"slices"
)

// Part is one item version in the sums of one quiz.
type Part struct {
	Frame Frame
	Item  *ItemSums
}

// Pooled is an item version over all sums that hold it: other versions of the course, other quizzes.
type Pooled struct {
	Parts    int            `json:"parts"` // sums that hold it
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
	Of            int64  `json:"of"`              // people who were asked: all who saw the item, or those who came to this state of a case
	Share         *Value `json:"share,omitempty"` // percent of them
	PointBiserial *Value `json:"point_biserial,omitempty"`
}

// within sums what an option shows inside quizzes: how many took it of how many, covariance with the rest score, variances of taking it and of the rest score.
type within struct {
	n, of       int64
	cov, v, vr  float64
	comparisons int64 // parts with a covariance
}

// asked are the people a question was put to, with their rest scores.
type asked struct {
	n, rest int64
	rr      float64 // n × Σ of squared differences from their mean
}

// asked finds who came to a question of which only some are asked. Their squared rest scores are not in the sums; those of their bands come within a percent of them.
func (it *ItemSums) asked(q Question) asked {
	var a asked
	at, square := make([]int64, len(it.Bins)), 0.0
	for _, c := range q.Options {
		if o := it.Options[c.ID]; o != nil {
			a.n += o.N()
			a.rest += o.R
			for b, n := range o.Bins {
				at[b] += n
			}
		}
	}
	for b, n := range at {
		if n > 0 {
			mean := float64(it.Bins[b][binR]) / float64(it.Bins[b][binN])
			square += float64(n) * mean * mean
		}
	}
	a.rr = max(0, float64(a.n)*square-float64(a.rest)*float64(a.rest))
	return a
}

// Pool puts parts of one item version together. Shares simply add up. Correlations are those within parts: rest scores of a pre-test of ten items and of a post-test of forty are not one scale, and a
// difference between two groups of people is not what the item tells apart. Covariances and variances (rest scores as shares of their form) are summed over the parts
// before dividing, the pooled within-group correlation of the analysis of covariance.
func Pool(about About, parts []Part) Pooled {
	out := Pooled{}
	var x, cov, vx, vr float64
	groups := int64(0)
	options := map[string]*within{}
	some := map[string]int{} // the question of an option of which only some are asked
	keys := map[string]bool{}
	var order []string
	for n, q := range about.Questions {
		for _, o := range q.Options {
			order = append(order, o.ID)
			options[o.ID], keys[o.ID] = &within{}, o.Key
			if q.Some {
				some[o.ID] = n
			}
		}
	}
	named, counts := map[string]bool{}, map[string]int64{}
	for _, id := range order {
		named[id] = true
	}
	for _, p := range parts {
		for id, o := range p.Item.taken() {
			counts[id] += o.N()
		}
	}
	for _, id := range unnamed(named, counts) {
		order, options[id] = append(order, id), &within{}
	}
	for _, p := range parts {
		it := p.Item
		c, sx, _, rest := it.sums()
		if c == 0 {
			continue
		}
		out.Parts++
		out.N += c
		out.Blank += it.Blank
		x += float64(sx) / float64(it.Max)
		full := float64(p.Frame.Max - it.Max)
		s := it.spread()
		all := asked{c, rest, float(s.rr)}
		useful := full > 0 && s.rr.Sign() > 0
		if useful {
			groups++
			per := func(a *big.Int, scale float64) float64 { return float(a) / float64(c) / scale } // n × a covariance
			cov += per(s.xr, full*float64(it.Max))
			vx += per(s.xx, float64(it.Max)*float64(it.Max))
			vr += per(s.rr, full*full)
		}
		came, taken := map[int]asked{}, it.taken()
		for _, id := range order {
			of := all
			if q, ok := some[id]; ok {
				if _, known := came[q]; !known {
					came[q] = it.asked(about.Questions[q])
				}
				of = came[q]
			}
			w, o := options[id], taken[id]
			w.of += of.n
			k, r := int64(0), int64(0)
			if o != nil {
				k, r = o.N(), o.R
			}
			w.n += k
			if !useful || of.n == 0 {
				continue
			}
			w.comparisons++
			w.cov += float(sub(mul(whole(of.n), whole(r)), mul(whole(k), whole(of.rest)))) / float64(of.n) / full
			w.v += float64(k) * float64(of.n-k) / float64(of.n)
			w.vr += of.rr / float64(of.n) / full / full
		}
	}
	if out.N == 0 {
		return out
	}
	pooled := func(cov, v, vr float64, n int64) *Value {
		if v <= 0 || vr <= 0 {
			return nil
		}
		return fisher(cov/math.Sqrt(v)/math.Sqrt(vr), n)
	}
	out.Facility = share(x, out.N)
	out.ItemRest = pooled(cov, vx, vr, out.N-groups+1)
	for _, id := range order {
		o := options[id]
		out.Options = append(out.Options, PooledOption{ID: id, Key: keys[id], N: o.n, Of: o.of, Share: share(float64(o.n), o.of), PointBiserial: pooled(o.cov, o.v, o.vr, o.of-o.comparisons+1)})
	}
	return out
}

// option finds an option; one that nobody knows is nobody's choice.
func (p Pooled) option(id string) PooledOption {
	if n := slices.IndexFunc(p.Options, func(o PooledOption) bool { return o.ID == id }); n >= 0 {
		return p.Options[n]
	}
	return PooledOption{ID: id, Of: p.N}
}

// r is the correlation with the rest score, 0 where there is none.
func (o PooledOption) r() float64 {
	if o.PointBiserial == nil {
		return 0
	}
	return o.PointBiserial.Value
}

// sure is the interval of the correlation on Fisher's scale with the error divided by comparisons (Bonferroni). False when it is not defined.
func (o PooledOption) sure(comparisons int) (low, high float64, ok bool) {
	if o.PointBiserial == nil {
		return 0, 0, false
	}
	z, half := math.Atanh(o.r()), normalQuantile(1-0.025/float64(max(1, comparisons)))/math.Sqrt(float64(o.PointBiserial.N-3))
	return z - half, z + half, !math.IsInf(z, 0)
}

// better compares two options of one question, of which nobody chose both: the difference of their correlations with the rest score and its interval on Fisher's scale, for two correlations that share a
// variable (Meng, Rosenthal & Rubin 1992, Psychological Bulletin 111, 172-175). comparisons divides the error (Bonferroni). False when it is not defined.
func (p Pooled) better(a, b string, comparisons int) (low, high float64, ok bool) {
	oa, ob := p.option(a), p.option(b)
	if oa.PointBiserial == nil {
		return 0, 0, false
	}
	n, ra, rb := float64(oa.PointBiserial.N), oa.r(), ob.r()
	pa, pb := float64(oa.N)/float64(oa.Of), float64(ob.N)/float64(max(1, ob.Of))
	rab := 0.0
	if ob.PointBiserial != nil {
		rab = -math.Sqrt(pa * pb / ((1 - pa) * (1 - pb)))
	}
	mean := (ra*ra + rb*rb) / 2
	if mean >= 1 {
		return 0, 0, false
	}
	f := min(1, (1-rab)/(2*(1-mean)))
	h := (1 - f*mean) / (1 - mean)
	d := math.Atanh(ra) - math.Atanh(rb)
	half := normalQuantile(1-0.025/float64(max(1, comparisons))) * math.Sqrt(2*(1-rab)*h/(n-3))
	return d - half, d + half, !math.IsNaN(d-half) && !math.IsInf(d, 0)
}

// Together adds up the sums of one item version over those parts that share the frame of the first and the marks the item is worth there. The parts stay as they are; there is at least one.
func Together(parts []Part) Part {
	out := Part{parts[0].Frame, parts[0].Item.clone()}
	for _, p := range parts[1:] {
		if p.Frame == out.Frame && p.Item.Max == out.Item.Max {
			out.Item.merge(p.Item)
		}
	}
	return out
}
