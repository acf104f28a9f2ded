package itemstats

import (
	"math"
	"math/big"

	"github.com/apelkota/apel/internal/texts"
)

// About is what item analysis needs to know of an item beside its sums.
type About struct {
	Name      string     // how authors call it (its code), for the sentences of Flags
	Questions []Question // in the author's order; none for answers that people mark
	Guess     *float64   // share of the mark that random guessing earns, 0..1; nil: the mean over the options of an item that asks one thing with one answer, else absent
	Void      bool       // taken out by a correction of the key: everybody has its mark, so no flag is raised
}

// Question is one thing an item asks: the item itself, a pair, a gap, a place in an order, a state of a case. Names of options differ in all questions of an item.
type Question struct {
	ID      string     // of typed answers in the sums; empty where the item asks one thing
	Label   texts.Text // how it is called in a sentence; empty where the item asks one thing
	Options []Choice   // in the author's order
	One     bool       // exactly one option is chosen, so that each competes with the key; otherwise each is taken or left by itself
	Typed   bool       // the options are accepted answers, one at most fits
	Some    bool       // only those who came to it are asked (a state of a case): its options are compared among them
	Foils   []Foil     // what is there to be chosen by those who do not know
}

// Foil is a wrong answer: its label, and the names of the options that are one and the same foil (an answer that belongs to no prompt stands at every prompt).
type Foil struct {
	Label texts.Text
	IDs   []string
}

// Choice is one option of an item.
type Choice struct {
	ID    string
	Label texts.Text // how it is called in a sentence ("B"); the ID when empty
	Share float64    // of the mark it earns, -1..1
	Key   bool       // it is the right one (or one of them)
}

func (c Choice) label(l texts.Lang) string {
	if !c.Label.Empty() {
		return c.Label.In(l)
	}
	return c.ID
}

// options are those of all questions.
func (a About) options() (out []Choice) {
	for _, q := range a.Questions {
		out = append(out, q.Options...)
	}
	return out
}

// Item is what the sums say about one item version. Shares, weights and the first three discriminations are in percent, as Moodle shows them.
type Item struct {
	ID             string   `json:"id"`
	N              int64    `json:"n"`     // sittings that had it
	Blank          int64    `json:"blank"` // of them not answered
	Facility       *Value   `json:"facility,omitempty"`
	SD             *Value   `json:"sd,omitempty"`               // of the mark, percent of the item, divisor n-1
	Guess          *float64 `json:"guess,omitempty"`            // what random guessing earns
	IntendedWeight float64  `json:"intended_weight"`            // its share of the marks of a form
	Effective      *Value   `json:"effective_weight,omitempty"` // its share of the spread of totals
	Discrimination *Value   `json:"discrimination,omitempty"`   // 100 × correlation of mark and rest score
	Efficiency     *Value   `json:"efficiency,omitempty"`       // discrimination as a share of the most that these marks and rest scores allow
	UpperLower     *Value   `json:"upper_lower,omitempty"`      // facility of the upper 27 % minus the lower 27 % by rest score (Kelley 1939)
	ItemRest       *Value   `json:"item_rest,omitempty"`        // the same correlation as a number -1..1: the corrected point-biserial
	Options        []Option `json:"options,omitempty"`
	Trace          []Trace  `json:"trace,omitempty"`
}

// Analysis is everything classical: the quiz and each item that somebody saw, in the order of their ids.
type Analysis struct {
	Quiz  Quiz   `json:"quiz"`
	Items []Item `json:"items"`
}

// Analyse makes all figures of the sums. about may lack items; their options are then those that were chosen, without a key.
func (s *Sums) Analyse(about map[string]About) Analysis {
	a := Analysis{Quiz: s.Quiz(), Items: make([]Item, 0, len(s.Items))}
	weights := 0.0
	ids := sortedKeys(s.Items)
	for _, id := range ids {
		it := s.Items[id]
		weights += float64(it.N()) / float64(s.N) * it.root()
	}
	for _, id := range ids {
		a.Items = append(a.Items, s.item(id, about[id], weights))
	}
	return a
}

// itemSpread holds n² times variances and the covariance of mark x and rest score r, exact: n·Σab − Σa·Σb.
type itemSpread struct {
	n          int64
	xx, rr, xr *big.Int
}

func (it *ItemSums) spread() itemSpread {
	n, x, xx, r := it.sums()
	b := whole(n)
	return itemSpread{n: n,
		xx: sub(mul(b, whole(xx)), mul(whole(x), whole(x))),
		rr: sub(mul(b, it.RR.Int()), mul(whole(r), whole(r))),
		xr: sub(mul(b, it.XR.Int()), mul(whole(x), whole(r)))}
}

// withTotal is n² times the covariance of mark and total; the total is the rest and the mark.
func (p itemSpread) withTotal() *big.Int { return add(p.xr, p.xx) }

// correlation is cov / sqrt(a·b) of exact numbers; false when one of them does not vary.
func correlation(cov, a, b *big.Int) (float64, bool) {
	if a.Sign() <= 0 || b.Sign() <= 0 {
		return 0, false
	}
	return max(-1, min(1, float(cov)/math.Sqrt(float(a))/math.Sqrt(float(b)))), true
}

// item makes the figures of one item; weights is Σ over the items of (share of sittings that had it) × sqrt(covariance with the total).
func (s *Sums) item(id string, about About, weights float64) Item {
	it := s.Items[id]
	n, x, xx, _ := it.sums()
	p := it.spread()
	full := float64(it.Max)
	out := Item{ID: id, N: n, Blank: it.Blank, Facility: share(float64(x)/full, n), Guess: guess(about), IntendedWeight: 100 * full / float64(s.Max)}
	if n >= 2 {
		out.SD = it.markSpread(n, x, xx)
		out.Effective = it.effective(p, weights)
	}
	if r, ok := correlation(p.xr, p.xx, p.rr); ok {
		out.ItemRest = fisher(r, n)
		out.Discrimination = out.ItemRest.times(100)
		if most := it.mostCovariance(s.restStep()); out.Discrimination != nil && most > 0 {
			nn := float64(n) * float64(n)
			eff := min(1, float(p.xr)/nn/most)
			out.Efficiency = &Value{Value: 100 * eff, Low: -100, High: 100, N: n, Warning: out.ItemRest.Warning}
			if perUnit := math.Sqrt(float(p.xx)) * math.Sqrt(float(p.rr)) / nn / most; perUnit > 0 { // efficiency is the correlation times this, taken as known
				out.Efficiency.Low = max(-100*perUnit, min(100*eff, 100*perUnit*out.ItemRest.Low))
				out.Efficiency.High = max(100*eff, min(100, 100*perUnit*out.ItemRest.High))
			}
		}
		out.UpperLower = it.upperLower()
	}
	out.Options, out.Trace = it.options(about, float64(s.Max-it.Max))
	return out
}

// guess is Moodle's random guess score: the mean of what the options earn.
func guess(a About) *float64 {
	if a.Guess != nil {
		g := 100 * *a.Guess
		return &g
	}
	if len(a.Questions) != 1 || !a.Questions[0].One || len(a.Questions[0].Options) == 0 {
		return nil
	}
	g, options := 0.0, a.Questions[0].Options
	for _, o := range options {
		g += o.Share
	}
	g = max(0, 100*g/float64(len(options)))
	return &g
}

// markSpread is the standard deviation of the mark. For marks of 0 and 1 it follows from the facility, and so does its interval; otherwise Bonett's.
func (it *ItemSums) markSpread(n, x, xx int64) *Value {
	scale := 100 / float64(it.Max)
	if it.dichotomous() {
		of := func(p float64) float64 { return 100 * math.Sqrt(p*(1-p)*float64(n)/float64(n-1)) }
		low, high := wilson(float64(x)/float64(it.Max), float64(n))
		lo, hi := min(of(low), of(high)), max(of(low), of(high))
		if low <= 0.5 && high >= 0.5 {
			hi = of(0.5)
		}
		return value(of(float64(x)/float64(it.Max)/float64(n)), lo, hi, n, warn(n, fewShare, someShare))
	}
	s3, s4 := new(big.Int), new(big.Int)
	for m, c := range it.Marks {
		cube := mul(whole(m), whole(m), whole(m), whole(c))
		s3.Add(s3, cube)
		s4.Add(s4, mul(cube, whole(m)))
	}
	m := momentsOf(n, whole(x), whole(xx), s3, s4)
	if m.constant {
		return &Value{N: n, Warning: Few}
	}
	if v := spread(m.sd(), m.m4/(m.m2*m.m2), n); v != nil {
		return v.times(scale)
	}
	return &Value{Value: m.sd() * scale, Low: 0, High: 100, N: n, Warning: Few}
}

// effective is Moodle's effective weight, 100·sqrt(C(x,T)) over the sum of these roots on a form. On drawn forms that sum is the one an average form has: every root counts with the share of sittings that
// had the item. The interval is that of the correlation with the total; the spreads and the other items are taken as known. Nil with a negative covariance: a root is then not defined.
func (it *ItemSums) effective(p itemSpread, weights float64) *Value {
	tt := add(add(p.rr, p.xx), mul(whole(2), p.xr))
	r, ok := correlation(p.withTotal(), p.xx, tt)
	if !ok || weights <= 0 || p.withTotal().Sign() < 0 {
		return nil
	}
	of := fisher(r, p.n)
	if of == nil {
		return nil
	}
	nn := float64(p.n) * float64(p.n-1)
	sds := math.Sqrt(float(p.xx)) * math.Sqrt(float(tt)) / nn
	root := func(r float64) float64 { return 100 * math.Sqrt(max(0, r)*sds) / weights }
	return value(root(r), root(of.Low), root(of.High), p.n, of.Warning)
}

// root is sqrt of the covariance with the total, 0 when negative, as Moodle leaves those out of the sum.
func (it *ItemSums) root() float64 {
	p := it.spread()
	if p.n < 2 || p.withTotal().Sign() <= 0 {
		return 0
	}
	return math.Sqrt(ratio(p.withTotal(), mul(whole(p.n), whole(p.n-1))))
}

// mostCovariance is the covariance (divisor n) of the marks and the rest scores when both are sorted: the most these two distributions allow. Rest scores count in 12ths of an
// item, which changes nothing when marks are halves, thirds or quarters.
func (it *ItemSums) mostCovariance(step int64) float64 {
	marks, rests := sorted(it.Marks), sorted(it.Rests)
	both, x, r, n := 0.0, 0.0, 0.0, 0.0
	at, left := -1, int64(0)
	for _, k := range rests {
		score := float64(k * step)
		for need := it.Rests[k]; need > 0; {
			if left == 0 {
				at++
				left = it.Marks[marks[at]]
			}
			take := min(need, left)
			need, left = need-take, left-take
			f, mark := float64(take), float64(marks[at])
			both, x, r, n = both+f*mark*score, x+f*mark, r+f*score, n+f
		}
	}
	return both/n - x/n*(r/n)
}

// cut divides the people of the bins into groups of the given shares from the lowest rest score up: which part of each bin belongs to each group. A bin that lies across a border is
// divided in proportion, as if ties were broken by lot. The shares add up to 1.
func (it *ItemSums) cut(shares []float64) [][]float64 {
	n := float64(it.N())
	out := make([][]float64, len(shares))
	from := 0.0
	for g, share := range shares {
		to := from + share*n
		if g == len(shares)-1 {
			to = n
		}
		out[g] = make([]float64, len(it.Bins))
		seen := 0.0
		for b := range it.Bins {
			c := float64(it.Bins[b][binN])
			if c > 0 {
				out[g][b] = max(0, min(to, seen+c)-max(from, seen)) / c
			}
			seen += c
		}
		from = to
	}
	return out
}

// upperLower is Kelley's index with the interval of a difference of two independent means.
func (it *ItemSums) upperLower() *Value {
	w := it.cut([]float64{0.27, 0.46, 0.27})
	type group struct{ n, mean, v float64 }
	of := func(w []float64) group {
		n, x, xx := 0.0, 0.0, 0.0
		for b, share := range w {
			n += share * float64(it.Bins[b][binN])
			x += share * float64(it.Bins[b][binX]) / float64(it.Max)
			xx += share * float64(it.Bins[b][binXX]) / float64(it.Max) / float64(it.Max)
		}
		return group{n, x / n, max(0, xx/n-x/n*x/n)}
	}
	low, high := of(w[0]), of(w[2])
	n := it.N()
	if low.n < 2 || high.n < 2 {
		return nil
	}
	// A group that is all right or all wrong is given one sitting more of each (Agresti & Caffo 2000, The American Statistician 54, 280-288), or its interval would close.
	squared := func(g group) float64 {
		if g.v > 0 {
			return g.v / g.n
		}
		p := (g.n*g.mean + 1) / (g.n + 2)
		return p * (1 - p) / (g.n + 2)
	}
	d := high.mean - low.mean
	half := z95 * math.Sqrt(squared(low)+squared(high))
	return value(100*d, 100*max(-1, d-half), 100*min(1, d+half), n, warn(n, fewRelation, someRelation))
}
