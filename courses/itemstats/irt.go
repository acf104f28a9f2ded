package itemstats

import (
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"

	"github.com/apelkota/apel/internal/faults"
)

// ModelKind names an item response model.
type ModelKind string

// The models. Rasch (1960): the logit of being right is ability - difficulty, ability being normal with a spread to be found. TwoPL (Birnbaum 1968): slope·(ability - difficulty), ability standard normal.
const (
	Rasch ModelKind = "rasch"
	TwoPL ModelKind = "2pl"
)

// Fewest people for a model, and fewest answers for an item in it.
const (
	MinRasch, MinRaschItem = 100, 30
	MinTwoPL, MinTwoPLItem = 500, 200
)

// Model is a fitted model. It holds no person and can be stored as it is.
type Model struct {
	Kind        ModelKind   `json:"kind"`
	N           int64       `json:"n"`
	SD          *Value      `json:"sd,omitempty"` // Rasch: spread of ability in logits. 2PL: absent, the unit is this spread
	Items       []ItemModel `json:"items"`
	Dropped     []Dropped   `json:"dropped,omitempty"`
	LogLik      float64     `json:"log_lik"`
	AIC         float64     `json:"aic"`
	BIC         float64     `json:"bic"`
	Reliability *float64    `json:"reliability,omitempty"` // of expected abilities: their variance over itself plus the mean posterior variance, 0..1
	Information []Info      `json:"information"`           // of the form an average taker has
	Converged   bool        `json:"converged"`
	Steps       int         `json:"steps"` // passes over the data

	scale float64 // spread of ability: SD of a Rasch model, 1 otherwise; 0 when read from storage (see spreadOf)
}

// ItemModel is one item of a model.
type ItemModel struct {
	ID         string  `json:"id"`
	N          int64   `json:"n"`
	Difficulty *Value  `json:"difficulty,omitempty"` // on the scale of ability; interval ± 1.96 standard errors
	Slope      *Value  `json:"slope,omitempty"`      // 2PL only; a negative one runs the wrong way
	Intercept  float64 `json:"intercept"`            // the logit at mean ability: -slope·difficulty
	Infit      *Value  `json:"infit,omitempty"`      // mean square weighted by information; 1 when the model holds, above 1 noise, below 1 too predictable
	Outfit     *Value  `json:"outfit,omitempty"`     // unweighted mean square: surprises far from the difficulty
	SX2        *SX2    `json:"sx2,omitempty"`        // only where everybody saw the same items
}

// SE is the standard error behind an interval of a model's estimate.
func (v *Value) SE() float64 {
	if v == nil {
		return 0
	}
	return (v.High - v.Low) / (2 * z95)
}

// SX2 is the item-fit statistic S-X² of Orlando & Thissen (2000, Applied Psychological Measurement 24, 50-64): shares right by raw score against what the model expects.
type SX2 struct {
	X2  float64 `json:"x2"`
	DF  int     `json:"df"`
	P   float64 `json:"p"`
	RMS float64 `json:"rms"` // root mean square of observed minus expected share: the size, which P does not tell with many people
}

// Dropped is an item that could not be part of the model.
type Dropped struct {
	ID     string `json:"id"`
	Reason string `json:"reason"` // "few": too few answers; "constant": all right or all wrong
	N      int64  `json:"n"`
}

// Info is the precision of a form at an ability.
type Info struct {
	Ability     float64 `json:"ability"`
	Information float64 `json:"information"`
	SE          float64 `json:"se"` // 1/sqrt(information)
}

// Abilities are integrated over on a fixed grid of standard normal scores, as fine as the narrowest posterior of a long test needs.
const (
	nodes    = 49
	nodeEdge = 6.0
)

var (
	grid    [nodes]float64 // -6 ... 6
	density [nodes]float64 // normal weights, adding up to 1
	logDens [nodes]float64
)

func init() {
	sum := 0.0
	for q := range grid {
		grid[q] = -nodeEdge + 2*nodeEdge*float64(q)/(nodes-1)
		density[q] = math.Exp(-grid[q] * grid[q] / 2)
		sum += density[q]
	}
	for q := range density {
		density[q] /= sum
		logDens[q] = math.Log(density[q])
	}
}

// Bounds of the search; an estimate at one of them carries AtBounds.
const (
	maxSlope     = 6.0
	maxIntercept = 12.0
)

// params are slope and intercept of each item on the standard normal scale. In a Rasch model all slopes are equal: the spread of ability.
type params struct{ a, d []float64 }

func (p params) flat() []float64 { return append(slices.Clone(p.a), p.d...) }

func unflat(v []float64) params {
	k := len(v) / 2
	p := params{slices.Clone(v[:k]), slices.Clone(v[k:])}
	for i := range p.a {
		p.a[i] = max(-maxSlope, min(maxSlope, p.a[i]))
		p.d[i] = max(-maxIntercept, min(maxIntercept, p.d[i]))
	}
	return p
}

// FitRasch fits a Rasch model by marginal maximum likelihood. Invalid below MinRasch people or two usable items.
func FitRasch(m *Matrix) (*Model, error) { return fit(m, Rasch, MinRasch, MinRaschItem) }

// FitTwoPL fits the two-parameter logistic model by marginal maximum likelihood. Invalid below MinTwoPL people or three usable items.
func FitTwoPL(m *Matrix) (*Model, error) { return fit(m, TwoPL, MinTwoPL, MinTwoPLItem) }

// fit runs the EM algorithm of Bock & Aitkin (1981, Psychometrika 46, 443-459), speeded up by squared extrapolation (SQUAREM, Varadhan & Roland 2008, Scandinavian Journal of Statistics 35, 335-353) that is
// taken back when it lowers the likelihood. The logit is linear in ability, so a person enters a pass only through the sum of the slopes and intercepts of the
// right items and the set of items seen: the cost is items + nodes a person, not items × nodes.
func fit(m *Matrix, kind ModelKind, least, leastItem int64) (*Model, error) {
	if m.n < least {
		return nil, faults.Newf(faults.Invalid, "Model ini butuh paling sedikit %d percobaan; baru ada %d.", "This model needs at least %d attempts; there are %d so far.", least, m.n)
	}
	out := &Model{Kind: kind, N: m.n}
	seen, right := m.tallies()
	var keep []int
	for i, id := range m.items {
		switch {
		case seen[i] < leastItem:
			out.Dropped = append(out.Dropped, Dropped{id, "few", seen[i]})
		case right[i] == 0 || right[i] == seen[i]:
			out.Dropped = append(out.Dropped, Dropped{id, "constant", seen[i]})
		default:
			keep = append(keep, i)
		}
	}
	if len(keep) < 2 || kind == TwoPL && len(keep) < 3 {
		return nil, faults.New(faults.Invalid, "Terlalu sedikit soal dengan cukup jawaban yang beragam untuk model ini.", "Too few items have enough varied answers for this model.")
	}
	data := m.over(keep)
	e := newEngine(data, kind)
	start := params{make([]float64, len(keep)), make([]float64, len(keep))}
	for j, i := range keep {
		start.a[j] = 1
		p := float64(right[i]) / float64(seen[i])
		start.d[j] = max(-6, min(6, 1.2*math.Log(p/(1-p))))
	}
	best := e.maximise(start, out)
	if kind == TwoPL { // the direction of ability is free: let most items point upwards
		sum := 0.0
		for _, a := range best.a {
			sum += a
		}
		if sum < 0 {
			for i := range best.a {
				best.a[i] = -best.a[i]
			}
		}
	}
	e.report(best, m, keep, out)
	return out, nil
}

// engine is the data and what a pass over it gathers.
type engine struct {
	*patterns
	kind   ModelKind
	total  []float64 // right answers per item
	chunks [][2]int  // runs of patterns that are summed apart, then together in order: the same sums on any number of processors
}

func newEngine(p *patterns, kind ModelKind) *engine {
	e := &engine{patterns: p, kind: kind, total: make([]float64, p.k)}
	for i := range p.len() {
		each(p.right(i), func(j int) { e.total[j] += p.count[i] })
	}
	const parts = 16
	for c := range parts {
		if from, to := p.len()*c/parts, p.len()*(c+1)/parts; from < to {
			e.chunks = append(e.chunks, [2]int{from, to})
		}
	}
	return e
}

// expectation is what the E-step gathers.
type expectation struct {
	logLik  float64
	people  [][nodes]float64 // expected number of people at each node that saw the item
	ability []float64        // Σ expected ability of those right on the item
}

// spread over processors: run calls f for every chunk.
func (e *engine) run(f func(chunk int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(len(e.chunks), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for c := range next {
				f(c)
			}
		})
	}
	for c := range e.chunks {
		next <- c
	}
	close(next)
	wg.Wait()
}

// tables holds log(1-P) of each item at each node.
func misses(p params) [][nodes]float64 {
	out := make([][nodes]float64, len(p.a))
	for i := range p.a {
		for q := range nodes {
			out[i][q] = -softplus(p.a[i]*grid[q] + p.d[i])
		}
	}
	return out
}

// softplus is log(1 + e^x) without overflow.
func softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

// posterior fills post with the distribution of ability of pattern i and gives the logarithm of its probability. base is Σ log(1-P) over the items seen plus the log of the prior.
func (e *engine) posterior(i int, p params, base, post *[nodes]float64) float64 {
	sumA, sumD := 0.0, 0.0
	for w, v := range e.right(i) {
		for v != 0 {
			j := w*64 + bits.TrailingZeros64(v)
			sumA += p.a[j]
			sumD += p.d[j]
			v &= v - 1
		}
	}
	top := math.Inf(-1)
	for q := range nodes {
		post[q] = base[q] + grid[q]*sumA
		top = max(top, post[q])
	}
	sum := 0.0
	for q := range nodes {
		post[q] = math.Exp(post[q] - top)
		sum += post[q]
	}
	inv := 1 / sum
	for q := range nodes {
		post[q] *= inv
	}
	return top + sumD + math.Log(sum)
}

// over calls f for every pattern of a chunk with its posterior and log probability; set is called when the items seen change, after the last pattern that had them.
func (e *engine) overChunk(chunk int, p params, miss [][nodes]float64, f func(i int, post *[nodes]float64, logLik float64), set func(seen []uint64)) {
	var base, post [nodes]float64
	from, to := e.chunks[chunk][0], e.chunks[chunk][1]
	for i := from; i < to; i++ {
		if i == from || !slices.Equal(e.seen(i), e.seen(i-1)) {
			if i > from {
				set(e.seen(i - 1))
			}
			base = logDens
			each(e.seen(i), func(j int) {
				row := &miss[j]
				for q := range nodes {
					base[q] += row[q]
				}
			})
		}
		f(i, &post, e.posterior(i, p, &base, &post))
	}
	if to > from {
		set(e.seen(to - 1))
	}
}

func (e *engine) expect(p params) expectation {
	miss := misses(p)
	parts := make([]expectation, len(e.chunks))
	e.run(func(c int) {
		x := expectation{people: make([][nodes]float64, e.k), ability: make([]float64, e.k)}
		var here [nodes]float64
		e.overChunk(c, p, miss, func(i int, post *[nodes]float64, ll float64) {
			n := e.count[i]
			x.logLik += n * ll
			eap := 0.0
			for q := range nodes {
				eap += post[q] * grid[q]
				here[q] += n * post[q]
			}
			eap *= n
			for w, v := range e.right(i) {
				for v != 0 {
					x.ability[w*64+bits.TrailingZeros64(v)] += eap
					v &= v - 1
				}
			}
		}, func(seen []uint64) {
			each(seen, func(j int) {
				for q := range nodes {
					x.people[j][q] += here[q]
				}
			})
			here = [nodes]float64{}
		})
		parts[c] = x
	})
	out := parts[0]
	for _, x := range parts[1:] {
		out.logLik += x.logLik
		for j := range e.k {
			out.ability[j] += x.ability[j]
			for q := range nodes {
				out.people[j][q] += x.people[j][q]
			}
		}
	}
	return out
}

// step is one EM step from p; it also gives the log-likelihood at p.
func (e *engine) step(p params) (params, float64) {
	x := e.expect(p)
	next := params{slices.Clone(p.a), slices.Clone(p.d)}
	if e.kind == TwoPL {
		for j := range e.k {
			next.a[j], next.d[j] = newton(p.a[j], p.d[j], x.ability[j], e.total[j], &x.people[j])
		}
		return next, x.logLik
	}
	next.a = e.commonSlope(next, x)
	return next, x.logLik
}

// newton maximises total·d + ability·a - Σ people·log(1+exp(a·θ+d)), a logistic regression of two parameters.
func newton(a, d, ability, total float64, people *[nodes]float64) (float64, float64) {
	for range 30 {
		ga, gd, haa, had, hdd := ability, total, 1e-9, 0.0, 1e-9
		for q := range nodes {
			p := 1 / (1 + math.Exp(-(a*grid[q] + d)))
			m, w := people[q]*p, people[q]*p*(1-p)
			ga -= m * grid[q]
			gd -= m
			haa += w * grid[q] * grid[q]
			had += w * grid[q]
			hdd += w
		}
		det := haa*hdd - had*had
		da, dd := (hdd*ga-had*gd)/det, (haa*gd-had*ga)/det
		if big := max(math.Abs(da), math.Abs(dd)); big > 1 { // far from the top a Newton step may overshoot
			da, dd = da/big, dd/big
		}
		a, d = max(-maxSlope, min(maxSlope, a+da)), max(-maxIntercept, min(maxIntercept, d+dd))
		if math.Abs(da)+math.Abs(dd) < 1e-10 {
			break
		}
	}
	return a, d
}

// commonSlope maximises the same over all items with one slope: the information matrix is an arrow, solved by eliminating the intercepts. It changes the intercepts of p.
func (e *engine) commonSlope(p params, x expectation) []float64 {
	a := p.a[0]
	for range 30 {
		ga, haa := 0.0, 1e-9
		gd, had, hdd := make([]float64, e.k), make([]float64, e.k), make([]float64, e.k)
		for j := range e.k {
			ga += x.ability[j]
			gd[j], hdd[j] = e.total[j], 1e-9
			for q := range nodes {
				pr := 1 / (1 + math.Exp(-(a*grid[q] + p.d[j])))
				m, w := x.people[j][q]*pr, x.people[j][q]*pr*(1-pr)
				ga -= m * grid[q]
				gd[j] -= m
				haa += w * grid[q] * grid[q]
				had[j] += w * grid[q]
				hdd[j] += w
			}
		}
		for j := range e.k {
			ga -= had[j] / hdd[j] * gd[j]
			haa -= had[j] / hdd[j] * had[j]
		}
		da := max(-1, min(1, ga/haa))
		moved := math.Abs(da)
		for j := range e.k {
			dd := max(-1, min(1, (gd[j]-had[j]*da)/hdd[j]))
			moved += math.Abs(dd)
			p.d[j] = max(-maxIntercept, min(maxIntercept, p.d[j]+dd))
		}
		a = max(0, min(maxSlope, a+da)) // a spread is not negative
		if moved < 1e-10*float64(e.k+1) {
			break
		}
	}
	out := make([]float64, e.k)
	for j := range out {
		out[j] = a
	}
	return out
}

// maximise climbs until a step moves no parameter by more than a hundred-thousandth, at most 1,200 passes.
func (e *engine) maximise(p params, out *Model) params {
	const enough, most = 1e-5, 1200
	small := func(a, b params) bool {
		d := 0.0
		for i := range a.a {
			d = max(d, math.Abs(a.a[i]-b.a[i]), math.Abs(a.d[i]-b.d[i]))
		}
		return d < enough
	}
	for out.Steps < most {
		p1, ll := e.step(p)
		p2, ll1 := e.step(p1)
		out.Steps += 2
		if small(p, p1) && small(p1, p2) {
			out.Converged, out.LogLik = true, ll1
			return p1
		}
		v0, v1, v2 := p.flat(), p1.flat(), p2.flat()
		rr, vv := 0.0, 0.0
		for i := range v0 {
			r, v := v1[i]-v0[i], v2[i]-2*v1[i]+v0[i]
			rr, vv = rr+r*r, vv+v*v
		}
		alpha := -1.0
		if vv > 0 {
			alpha = min(-1, max(-64, -math.Sqrt(rr/vv)))
		}
		for i := range v0 {
			r, v := v1[i]-v0[i], v2[i]-2*v1[i]+v0[i]
			v0[i] += -2*alpha*r + alpha*alpha*v
		}
		jump := unflat(v0)
		p3, llJump := e.step(jump)
		out.Steps++
		if p = p3; llJump < max(ll, ll1) { // too far: what the plain steps reached is safe
			p = p2
		}
	}
	_, out.LogLik = e.step(p)
	return p
}
