package itemstats

import (
	"math"
	"math/bits"
	"slices"
)

// curve holds what the report needs of one item at the nodes.
type curve struct{ p, p2, tp, right, wrong [nodes]float64 } // P, P², θP, (1-P)/P, P/(1-P)

func curves(p params) []curve {
	out := make([]curve, len(p.a))
	for j := range p.a {
		for q := range nodes {
			x := p.a[j]*grid[q] + p.d[j]
			v := 1 / (1 + math.Exp(-x))
			c := &out[j]
			c.p[q], c.p2[q], c.tp[q], c.right[q], c.wrong[q] = v, v*v, grid[q]*v, math.Exp(-x), math.Exp(x)
		}
	}
	return out
}

// residuals are sums over people for the mean squares of one item: the square s and the variance w of (x - P), u = square/variance, all averaged over the posterior of ability.
type residuals struct{ n, s, w, u, ss, sw, ww, uu float64 }

func (r *residuals) add(o residuals) {
	r.n, r.s, r.w, r.u, r.ss, r.sw, r.ww, r.uu = r.n+o.n, r.s+o.s, r.w+o.w, r.u+o.u, r.ss+o.ss, r.sw+o.sw, r.ww+o.ww, r.uu+o.uu
}

// exactInformation is the most patterns for which the observed information is computed as it is; above it the cross products of scores stand for it.
const exactInformation = 3000

// summary is what the last pass gathers.
type summary struct {
	info          []float64 // information matrix, size × size
	items         []residuals
	byScore       [][]float64 // [raw score][item] right answers
	score         []float64   // people by raw score
	eap, eap2, pv float64     // Σ expected ability, its square, posterior variance
}

// size is the number of parameters; place says which ones are the slope and the intercept of an item.
func (e *engine) size() int {
	if e.kind == TwoPL {
		return 2 * e.k
	}
	return e.k + 1
}

func (e *engine) place(j int) (slope, intercept int) {
	if e.kind == TwoPL {
		return 2 * j, 2*j + 1
	}
	return e.k, j
}

// summarise makes the last pass. The information about the parameters is the observed one by Louis (1982, Journal of the Royal Statistical Society B 44, 226-233), or for many patterns the sum of the cross
// products of each person's score, which comes to the same with many people (Bock & Lieberman 1970).
func (e *engine) summarise(p params) summary {
	miss, cs := misses(p), curves(p)
	size := e.size()
	exact := e.len() <= exactInformation
	whole := len(e.sets) == 2
	parts := make([]summary, len(e.chunks))
	e.run(func(chunk int) {
		s := summary{info: make([]float64, size*size), items: make([]residuals, e.k)}
		if whole {
			s.score = make([]float64, e.k+1)
			s.byScore = make([][]float64, e.k+1)
			for i := range s.byScore {
				s.byScore[i] = make([]float64, e.k)
			}
		}
		at := make([]int, 0, size) // parameters that this pattern has a score for
		where := make([]int, size) // place of a parameter in at
		score := make([]float64, size)
		node := make([][nodes]float64, size) // the score given ability, at each node
		e.overChunk(chunk, p, miss, func(i int, post *[nodes]float64, _ float64) {
			n := e.count[i]
			m1, m2 := 0.0, 0.0
			for q := range nodes {
				m1 += post[q] * grid[q]
				m2 += post[q] * grid[q] * grid[q]
			}
			s.eap, s.eap2, s.pv = s.eap+n*m1, s.eap2+n*m1*m1, s.pv+n*(m2-m1*m1)
			right := e.right(i)
			if whole {
				raw := 0
				for _, w := range right {
					raw += bits.OnesCount64(w)
				}
				s.score[raw] += n
				each(right, func(j int) { s.byScore[raw][j] += n })
			}
			at = at[:0]
			for x := range where {
				where[x] = -1
			}
			slot := func(param int) int {
				if where[param] < 0 {
					where[param] = len(at)
					at = append(at, param)
					score[len(at)-1] = 0
					if exact {
						node[len(at)-1] = [nodes]float64{}
					}
				}
				return where[param]
			}
			each(e.seen(i), func(j int) {
				c := &cs[j]
				x := float64(right[j/64] >> (j % 64) & 1)
				odds := &c.wrong
				if x == 1 {
					odds = &c.right
				}
				var ep, ep2, etp, u float64
				for q := range nodes {
					w := post[q]
					ep += w * c.p[q]
					ep2 += w * c.p2[q]
					etp += w * c.tp[q]
					u += w * odds[q]
				}
				sq, v := ep2, ep-ep2
				if x == 1 {
					sq = 1 - 2*ep + ep2
				}
				s.items[j].add(residuals{n, n * sq, n * v, n * u, n * sq * sq, n * sq * v, n * v * v, n * u * u})
				a, d := e.place(j)
				pa, pd := slot(a), slot(d)
				score[pd] += x - ep
				score[pa] += x*m1 - etp
				if !exact {
					return
				}
				var daa, dad, ddd float64
				for q := range nodes {
					res, w := x-c.p[q], post[q]*(c.p[q]-c.p2[q])
					node[pd][q] += res
					node[pa][q] += res * grid[q]
					ddd += w
					dad += w * grid[q]
					daa += w * grid[q] * grid[q]
				}
				s.info[d*size+d] += n * ddd
				s.info[a*size+a] += n * daa
				s.info[a*size+d] += n * dad
				s.info[d*size+a] += n * dad
			})
			for x, px := range at {
				for y := x; y < len(at); y++ {
					py := at[y]
					v := n * score[x] * score[y]
					if exact {
						spread := 0.0
						for q := range nodes {
							spread += post[q] * node[x][q] * node[y][q]
						}
						v -= n * spread
					}
					s.info[px*size+py] += v
					if px != py {
						s.info[py*size+px] += v
					}
				}
			}
		}, func([]uint64) {})
		parts[chunk] = s
	})
	out := parts[0]
	for _, s := range parts[1:] {
		for i := range out.info {
			out.info[i] += s.info[i]
		}
		for j := range out.items {
			out.items[j].add(s.items[j])
		}
		for k := range s.score {
			out.score[k] += s.score[k]
			for j := range s.byScore[k] {
				out.byScore[k][j] += s.byScore[k][j]
			}
		}
		out.eap, out.eap2, out.pv = out.eap+s.eap, out.eap2+s.eap2, out.pv+s.pv
	}
	return out
}

// report fills the model with estimates, errors, fit and information.
func (e *engine) report(p params, m *Matrix, keep []int, out *Model) {
	s := e.summarise(p)
	size := e.size()
	cov, ok := invert(s.info, size)
	n := int64(e.n)
	few, some := int64(MinRasch), int64(2*MinRasch)
	if e.kind == TwoPL {
		few, some = MinTwoPL, 2*MinTwoPL
	}
	estimate := func(v, variance float64, bound bool) *Value {
		if !ok || variance <= 0 {
			return value(v, v, v, n, AtBounds)
		}
		se := math.Sqrt(variance)
		w := warn(n, few, some)
		if bound {
			w = AtBounds
		}
		return value(v, v-z95*se, v+z95*se, n, w)
	}
	at := func(i, j int) float64 { return cov[i*size+j] }
	if !ok {
		cov = make([]float64, size*size)
	}
	out.scale = 1
	if e.kind == Rasch {
		out.scale = p.a[0]
		out.SD = estimate(p.a[0], at(e.k, e.k), p.a[0] >= maxSlope || p.a[0] <= 1e-6)
	}
	for j, i := range keep {
		r := s.items[j]
		it := ItemModel{ID: m.items[i], N: int64(math.Round(r.n)), Intercept: p.d[j]}
		a, d := e.place(j)
		bound := math.Abs(p.a[j]) >= maxSlope || math.Abs(p.d[j]) >= maxIntercept
		if e.kind == TwoPL {
			it.Slope = estimate(p.a[j], at(a, a), bound)
			b := -p.d[j] / p.a[j]
			v := at(d, d)/(p.a[j]*p.a[j]) + p.d[j]*p.d[j]*at(a, a)/math.Pow(p.a[j], 4) - 2*p.d[j]*at(a, d)/math.Pow(p.a[j], 3) // delta method
			it.Difficulty = estimate(b, v, bound)
			if it.Difficulty != nil && it.Slope != nil && it.Slope.Low <= 0 && it.Slope.High >= 0 {
				it.Difficulty.Warning = Rough // where a flat curve crosses one half is anybody's guess
			}
		} else {
			it.Difficulty = estimate(-p.d[j], at(d, d), bound)
		}
		it.Infit, it.Outfit = meanSquares(r)
		out.Items = append(out.Items, it)
	}
	params := float64(size)
	out.AIC, out.BIC = -2*out.LogLik+2*params, -2*out.LogLik+params*math.Log(e.n)
	mean := s.eap / e.n
	if v := s.eap2/e.n - mean*mean; v+s.pv > 0 {
		rel := v / (v + s.pv/e.n)
		out.Reliability = &rel
	}
	if s.score != nil {
		e.itemFit(p, s, out)
	}
	out.information(e)
}

// meanSquares are infit and outfit (Wright & Masters, Rating Scale Analysis, 1982) for marginal estimation: squares are averaged over each person's posterior instead of taken at one estimated ability
// (Wu 1997; Adams & Wu 2007), so their expectation is 1 exactly when the model holds, on short tests too. The standard errors come from the spread between people.
func meanSquares(r residuals) (infit, outfit *Value) {
	if r.n < 2 || r.w <= 0 {
		return nil, nil
	}
	w := warn(int64(r.n), 100, 200)
	in := r.s / r.w
	seIn := math.Sqrt(max(0, r.ss-2*in*r.sw+in*in*r.ww)) / r.w
	of := r.u / r.n
	seOut := math.Sqrt(max(0, r.uu/r.n-of*of) / r.n)
	return value(in, in-z95*seIn, in+z95*seIn, int64(r.n), w), value(of, of-z95*seOut, of+z95*seOut, int64(r.n), w)
}

// sumScores is the distribution of raw scores at each node (Lord & Wingersky 1984, Applied Psychological Measurement 8, 453-461) over items with the chances p, one of which may be left out (skip, or -1).
func sumScores(cs []curve, skip int) [][nodes]float64 {
	out := make([][nodes]float64, 1, len(cs)+1)
	for q := range nodes {
		out[0][q] = 1
	}
	for j := range cs {
		if j == skip {
			continue
		}
		out = append(out, [nodes]float64{})
		for k := len(out) - 1; k >= 0; k-- {
			for q := range nodes {
				v := out[k][q] * (1 - cs[j].p[q])
				if k > 0 {
					v += out[k-1][q] * cs[j].p[q]
				}
				out[k][q] = v
			}
		}
	}
	return out
}

// itemFit computes S-X². Raw scores 0 and all right say nothing; neighbouring scores are put together until at least one right and one wrong answer are expected.
func (e *engine) itemFit(p params, s summary, out *Model) {
	cs := curves(p)
	all := sumScores(cs, -1)
	total := make([]float64, e.k+1)
	for k := range total {
		for q := range nodes {
			total[k] += density[q] * all[k][q]
		}
	}
	perItem := 1
	if e.kind == TwoPL {
		perItem = 2
	}
	for j := range cs {
		others := sumScores(cs, j)
		type cell struct{ n, right, expected float64 }
		var cells []cell
		var open cell
		for k := 1; k < e.k; k++ {
			chance := 0.0
			for q := range nodes {
				chance += density[q] * cs[j].p[q] * others[k-1][q]
			}
			open.n += s.score[k]
			open.right += s.byScore[k][j]
			open.expected += s.score[k] * chance / total[k]
			if open.expected >= 1 && open.n-open.expected >= 1 {
				cells = append(cells, open)
				open = cell{}
			}
		}
		if last := len(cells) - 1; open.n > 0 && last >= 0 {
			cells[last].n, cells[last].right, cells[last].expected = cells[last].n+open.n, cells[last].right+open.right, cells[last].expected+open.expected
		}
		df := len(cells) - perItem
		if df < 1 {
			continue
		}
		x, sq, n := 0.0, 0.0, 0.0
		for _, c := range cells {
			o, ex := c.right/c.n, c.expected/c.n
			x += c.n * (o - ex) * (o - ex) / (ex * (1 - ex))
			sq += c.n * (o - ex) * (o - ex)
			n += c.n
		}
		out.Items[j].SX2 = &SX2{X2: x, DF: df, P: chiTail(x, float64(df)), RMS: math.Sqrt(sq / n)}
	}
}

// invert gives the inverse of a symmetric positive definite matrix by Cholesky; false when it is none.
func invert(m []float64, n int) ([]float64, bool) {
	l := slices.Clone(m)
	for j := range n {
		for k := range j {
			l[j*n+j] -= l[j*n+k] * l[j*n+k]
		}
		if !(l[j*n+j] > 1e-12) {
			return nil, false
		}
		l[j*n+j] = math.Sqrt(l[j*n+j])
		for i := j + 1; i < n; i++ {
			for k := range j {
				l[i*n+j] -= l[i*n+k] * l[j*n+k]
			}
			l[i*n+j] /= l[j*n+j]
		}
	}
	out := make([]float64, n*n)
	x := make([]float64, n)
	for c := range n {
		for i := range n {
			x[i] = 0
		}
		x[c] = 1
		for i := range n {
			for k := range i {
				x[i] -= l[i*n+k] * x[k]
			}
			x[i] /= l[i*n+i]
		}
		for i := n - 1; i >= 0; i-- {
			for k := i + 1; k < n; k++ {
				x[i] -= l[k*n+i] * x[k]
			}
			x[i] /= l[i*n+i]
		}
		for i := range n {
			out[i*n+c] = x[i]
		}
	}
	return out, true
}
