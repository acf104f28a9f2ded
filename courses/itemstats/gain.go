package itemstats

import (
	"math"
	"math/big"

	"github.com/apelkota/apel/internal/faults"
)

// Pair is one person's two tests of one course or objective: what was earned and what could be.
type Pair struct {
	Before, BeforeMax int64
	After, AfterMax   int64
}

// Shares of pairs are counted in millionths, so that tests of different length compare and sums stay exact.
const gainUnit = 1_000_000

func (p Pair) shares() (x, y int64, err error) {
	if p.BeforeMax < 1 || p.AfterMax < 1 || p.Before < 0 || p.Before > p.BeforeMax || p.After < 0 || p.After > p.AfterMax || max(p.BeforeMax, p.AfterMax) > 1<<40 {
		return 0, 0, faults.Newf(faults.Invalid, "Nilai tes awal dan akhir di luar batas: %d dari %d, %d dari %d.", "Marks of pre- and post-test out of range: %d of %d, %d of %d.", p.Before, p.BeforeMax, p.After, p.AfterMax)
	}
	return (p.Before*gainUnit + p.BeforeMax/2) / p.BeforeMax, (p.After*gainUnit + p.AfterMax/2) / p.AfterMax, nil
}

// GainSums are exact sums over people who took both tests; Add, Remove and Merge may come in any order. The caller decides which attempts are a pair (the first of each, as a rule) and
// keeps one GainSums per course and one per objective.
type GainSums struct {
	N      int64 `json:"n"`
	Better int64 `json:"better"`
	Worse  int64 `json:"worse"`
	Full   int64 `json:"full,omitempty"` // had everything right before
	X      Wide  `json:"x"`              // Σ share before, in millionths
	Y      Wide  `json:"y"`
	XX     Wide  `json:"xx"`
	YY     Wide  `json:"yy"`
	XY     Wide  `json:"xy"`
}

// Add counts one person. Invalid when marks are out of range.
func (g *GainSums) Add(p Pair) error { return g.count(p, 1) }

// Remove takes out a pair that was added before. Invalid when there is nobody left to take out.
func (g *GainSums) Remove(p Pair) error { return g.count(p, -1) }

func (g *GainSums) count(p Pair, sign int64) error {
	x, y, err := p.shares()
	if err != nil {
		return err
	}
	if sign < 0 && (g.N < 1 || y > x && g.Better < 1 || y < x && g.Worse < 1 || x == gainUnit && g.Full < 1) {
		return never()
	}
	g.N += sign
	if y > x {
		g.Better += sign
	}
	if y < x {
		g.Worse += sign
	}
	if x == gainUnit {
		g.Full += sign
	}
	g.X, g.Y = g.X.signed(wide(x), sign), g.Y.signed(wide(y), sign)
	g.XX, g.YY, g.XY = g.XX.signed(product(x, x), sign), g.YY.signed(product(y, y), sign), g.XY.signed(product(x, y), sign)
	return nil
}

// Merge adds the people of other.
func (g *GainSums) Merge(other *GainSums) {
	g.N, g.Better, g.Worse, g.Full = g.N+other.N, g.Better+other.Better, g.Worse+other.Worse, g.Full+other.Full
	g.X, g.Y = g.X.plus(other.X), g.Y.plus(other.Y)
	g.XX, g.YY, g.XY = g.XX.plus(other.XX), g.YY.plus(other.YY), g.XY.plus(other.XY)
}

// Gain is what people learned between two tests. There is no control group: practice with the test and regression to the mean are in it.
type Gain struct {
	N          int64  `json:"n"`
	Before     *Value `json:"before,omitempty"`     // mean, percent
	After      *Value `json:"after,omitempty"`      // mean, percent
	Mean       *Value `json:"mean,omitempty"`       // mean of after - before, percentage points; interval by Student's t of the differences
	Normalised *Value `json:"normalised,omitempty"` // mean gain over what was left to gain, of the group (Hake 1998); at most 1
	Effect     *Value `json:"effect,omitempty"`     // Cohen's d for pairs with Hedges' correction
	Better     *Value `json:"better,omitempty"`     // percent that did better
	Worse      *Value `json:"worse,omitempty"`      // percent that did worse
	Full       int64  `json:"full,omitempty"`       // had everything right before: they could not gain
}

// Gain makes the figures.
//
// Normalised is <g> = (after - before)/(100 - before) of the means (Hake 1998, American Journal of Physics 66, 64-74), its interval by the delta method. Effect is the mean difference over the root of
// the mean of the two variances, with Hedges' small-sample factor and the variance for correlated groups (Borenstein, Hedges, Higgins & Rothstein, Introduction to Meta-Analysis, 2009, formulas 4.26-4.29),
// so that it compares with effects of independent groups.
func (g *GainSums) Gain() Gain {
	out := Gain{N: g.N, Full: g.Full}
	if g.N == 0 {
		return out
	}
	out.Better, out.Worse = share(float64(g.Better), g.N), share(float64(g.Worse), g.N)
	n := float64(g.N)
	x, y := 100*ratio(g.X.Int(), whole(g.N))/gainUnit, 100*ratio(g.Y.Int(), whole(g.N))/gainUnit
	if g.N < 2 {
		out.Before = &Value{Value: x, High: 100, N: 1, Warning: Few}
		out.After = &Value{Value: y, High: 100, N: 1, Warning: Few}
		out.Mean = &Value{Value: y - x, Low: -100, High: 100, N: 1, Warning: Few}
		return out
	}
	per := mul(whole(g.N), whole(g.N-1))
	variance := func(ab, a, b *big.Int) float64 { // in percent squared
		return ratio(sub(mul(whole(g.N), ab), mul(a, b)), per) * 1e4 / gainUnit / gainUnit
	}
	vx, vy, cxy := variance(g.XX.Int(), g.X.Int(), g.X.Int()), variance(g.YY.Int(), g.Y.Int(), g.Y.Int()), variance(g.XY.Int(), g.X.Int(), g.Y.Int())
	vd := max(0, vx+vy-2*cxy)
	t := tQuantile(0.975, n-1)
	w := warn(g.N, fewShare, someShare)
	mean := func(v, variance, low, high float64) *Value {
		half := t * math.Sqrt(variance/n)
		return value(v, max(low, v-half), min(high, v+half), g.N, w)
	}
	out.Before, out.After, out.Mean = mean(x, vx, 0, 100), mean(y, vy, 0, 100), mean(y-x, vd, -100, 100)
	if x < 100 {
		h := (y - x) / (100 - x)
		// dh/dy = 1/(100-x), dh/dx = (h-1)/(100-x)
		v := (vy + (h-1)*(h-1)*vx + 2*(h-1)*cxy) / ((100 - x) * (100 - x)) / n
		half := t * math.Sqrt(max(0, v))
		out.Normalised = value(h, h-half, min(1, h+half), g.N, w)
	}
	if s := (vx + vy) / 2; s > 0 && g.N >= 3 {
		d := (y - x) / math.Sqrt(s)
		r := 0.0
		if vx > 0 && vy > 0 {
			r = max(-1, min(1, cxy/math.Sqrt(vx*vy)))
		}
		j := 1 - 3/(4*(n-1)-1)
		se := math.Sqrt((1/n + d*d/(2*n)) * 2 * (1 - r))
		out.Effect = value(j*d, j*(d-z95*se), j*(d+z95*se), g.N, warn(g.N, fewRelation, someRelation))
	}
	return out
}
