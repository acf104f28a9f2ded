package itemstats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apelkota/apel/internal/texts"
)

// The same figures straight from their definitions, over lists of sittings, with no sums. Slow and plain, so that the sums have something to answer to.

type list []float64

func (l list) mean() float64 {
	s := 0.0
	for _, v := range l {
		s += v
	}
	return s / float64(len(l))
}

func covariance(a, b list) float64 {
	ma, mb, s := a.mean(), b.mean(), 0.0
	for i := range a {
		s += (a[i] - ma) * (b[i] - mb)
	}
	return s / float64(len(a)-1)
}

func (l list) variance() float64 { return covariance(l, l) }

func pearson(a, b list) float64 {
	return covariance(a, b) / math.Sqrt(a.variance()*b.variance())
}

func (l list) moment(k float64) float64 {
	m, s := l.mean(), 0.0
	for _, v := range l {
		s += math.Pow(v-m, k)
	}
	return s / float64(len(l))
}

// seen lists the marks and rest scores of those who saw an item.
func seen(all []Sitting, item string) (x, rest list) {
	for _, s := range all {
		t, _ := s.total()
		for _, m := range s {
			if m.Item == item {
				x, rest = append(x, float64(m.Mark)), append(rest, float64(t-m.Mark))
			}
		}
	}
	return x, rest
}

func totals(all []Sitting) list {
	var out list
	for _, s := range all {
		t, _ := s.total()
		out = append(out, float64(t))
	}
	return out
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %.10g, want %.10g", what, got, want)
	}
}

func has(t *testing.T, what string, v *Value) Value {
	t.Helper()
	if v == nil {
		t.Fatalf("%s is absent", what)
	}
	return *v
}

const unit = 252000

func sums(t testing.TB, frame Frame, all []Sitting) *Sums {
	t.Helper()
	s, err := NewSums(frame)
	if err != nil {
		t.Fatal(err)
	}
	for _, sit := range all {
		if err := s.Add(sit); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// simulate makes sittings of people with normal ability on items of spread difficulty; with pool > form the items are drawn. Wrong answers choose among b, c, d with falling odds; partial turns
// some right answers into parts.
func simulate(r *rand.Rand, people, pool, form int, partial bool) []Sitting {
	out := make([]Sitting, people)
	for p := range out {
		theta := r.NormFloat64()
		for _, i := range r.Perm(pool)[:form] {
			m := Mark{Item: fmt.Sprintf("i%d", i), Max: unit, Cell: fmt.Sprintf("c%d", i%2)}
			switch b := 2*float64(i)/float64(pool) - 1; {
			case r.Float64() < 0.03:
				m.Blank = true
			case r.Float64() < logistic(1.2*(theta-b)):
				m.Mark, m.Options = unit, []string{"a"}
				if partial && r.IntN(3) == 0 {
					m.Mark = unit / int64(2+r.IntN(4))
				}
			default:
				m.Options = []string{[]string{"b", "b", "b", "c", "c", "d"}[r.IntN(6)]}
			}
			out[p] = append(out[p], m)
		}
	}
	return out
}

var abcd = asks(Question{One: true, Options: []Choice{{ID: "a", Label: texts.Text{ID: "A"}, Share: 1, Key: true}, {ID: "b", Label: texts.Text{ID: "B"}}, {ID: "c", Label: texts.Text{ID: "C"}}, {ID: "d", Label: texts.Text{ID: "D"}}}})

// asks is an item that asks these questions; what is no key is a foil.
func asks(questions ...Question) About {
	for i, q := range questions {
		for _, o := range q.Options {
			if !o.Key {
				questions[i].Foils = append(questions[i].Foils, Foil{o.Label, []string{o.ID}})
			}
		}
	}
	return About{Questions: questions}
}

func aboutAll(s *Sums) map[string]About {
	out := map[string]About{}
	for id := range s.Items {
		out[id] = abcd
	}
	return out
}

// then says of the items of sums what they were before.
func (s *Sums) then(before map[string]*ItemSums) map[string]Known {
	out := map[string]Known{}
	for id, was := range before {
		shift := Drift(Part{s.Frame, was}, Part{s.Frame, s.Items[id]})
		out[id] = Known{Shift: &shift}
	}
	return out
}

func TestFiguresFollowTheirDefinitions(t *testing.T) {
	for _, c := range []struct {
		name               string
		people, pool, form int
		partial            bool
	}{{"all items, right or wrong", 300, 12, 12, false}, {"all items, partial marks", 250, 10, 10, true}, {"drawn, right or wrong", 400, 20, 8, false}, {"drawn, partial marks", 300, 15, 9, true}, {"few", 7, 4, 4, false}} {
		t.Run(c.name, func(t *testing.T) {
			all := simulate(rand.New(rand.NewPCG(7, uint64(c.people))), c.people, c.pool, c.form, c.partial)
			full := float64(c.form * unit)
			s := sums(t, Frame{Unit: unit, Max: int64(c.form) * unit}, all)
			a := s.Analyse(aboutAll(s))
			q, tot, n := a.Quiz, totals(all), float64(c.people)

			near(t, "mean", has(t, "mean", q.Mean).Value, 100*tot.mean()/full, 1e-9)
			near(t, "sd", has(t, "sd", q.SD).Value, 100*math.Sqrt(tot.variance())/full, 1e-9)
			up := slices.Clone(tot)
			slices.Sort(up)
			near(t, "median", has(t, "median", q.Median).Value, 100*(up[(c.people-1)/2]+up[c.people/2])/2/full, 0.5/60*100/float64(c.form))
			m2, m3, m4 := tot.moment(2), tot.moment(3), tot.moment(4)
			k2, k3, k4 := n/(n-1)*m2, n*n/(n-1)/(n-2)*m3, n*n/(n-1)/(n-2)/(n-3)*((n+1)*m4-3*(n-1)*m2*m2)
			near(t, "skewness", has(t, "skewness", q.Skewness).Value, k3/math.Pow(k2, 1.5), 1e-9)
			near(t, "kurtosis", has(t, "kurtosis", q.Kurtosis).Value, k4/k2/k2, 1e-9)

			want, method := 0.0, Alpha
			if c.pool == c.form {
				sum, k := 0.0, float64(c.pool)
				for id := range s.Items {
					x, _ := seen(all, id)
					sum += x.variance()
				}
				want = k / (k - 1) * (1 - sum/tot.variance())
			} else {
				method = Nested
				wrong := 0.0
				for _, sit := range all {
					by := map[string]list{}
					size := map[string]int{}
					for _, m := range sit {
						size[m.Cell]++
					}
					for _, m := range sit {
						cell := m.Cell
						if size["c0"] < 2 || size["c1"] < 2 { // a cell alone: the whole form is one
							cell = ""
						}
						by[cell] = append(by[cell], float64(m.Mark))
					}
					for _, l := range by {
						wrong += float64(len(l)) * l.variance()
					}
				}
				want = 1 - wrong/n/tot.variance()
			}
			if q.Method != method {
				t.Errorf("method is %s, want %s", q.Method, method)
			}
			near(t, "consistency", has(t, "consistency", q.Consistency).Value, 100*want, 1e-8)
			near(t, "error ratio", has(t, "error ratio", q.ErrorRatio).Value, 100*math.Sqrt(1-min(1, want)), 1e-8)
			near(t, "sem", has(t, "sem", q.SEM).Value, math.Sqrt(1-min(1, want))*100*math.Sqrt(tot.variance())/full, 1e-8)

			roots := 0.0
			for id := range s.Items {
				x, rest := seen(all, id)
				if len(x) > 1 {
					if cov := covariance(x, rest) + x.variance(); cov > 0 {
						roots += float64(len(x)) / n * math.Sqrt(cov)
					}
				}
			}
			for _, it := range a.Items {
				x, rest := seen(all, it.ID)
				if int(it.N) != len(x) {
					t.Fatalf("%s was seen by %d, want %d", it.ID, it.N, len(x))
				}
				near(t, it.ID+" facility", has(t, "facility", it.Facility).Value, 100*x.mean()/unit, 1e-9)
				near(t, it.ID+" intended weight", it.IntendedWeight, 100/float64(c.form), 1e-9)
				if len(x) < 4 || x.variance() == 0 || rest.variance() == 0 {
					continue
				}
				near(t, it.ID+" sd", has(t, "sd", it.SD).Value, 100*math.Sqrt(x.variance())/unit, 1e-9)
				r := pearson(x, rest)
				near(t, it.ID+" discrimination", has(t, "discrimination", it.Discrimination).Value, 100*r, 1e-8)
				near(t, it.ID+" item-rest", has(t, "item-rest", it.ItemRest).Value, r, 1e-10)
				sx, sr := slices.Clone(x), slices.Clone(rest)
				slices.Sort(sx)
				slices.Sort(sr)
				within := 1e-8
				if c.partial { // fifths are not twelfths
					within = .15
				}
				near(t, it.ID+" efficiency", has(t, "efficiency", it.Efficiency).Value, 100*covariance(x, rest)/covariance(sx, sr), within)
				if cov := covariance(x, rest) + x.variance(); cov > 0 {
					near(t, it.ID+" effective weight", has(t, "effective weight", it.Effective).Value, 100*math.Sqrt(cov)/roots, 1e-8)
				} else if it.Effective != nil {
					t.Errorf("%s runs against the total and has an effective weight %v", it.ID, it.Effective)
				}
				for _, o := range it.Options {
					if o.ID == "" || o.N == 0 || o.N == it.N {
						continue
					}
					var chose list
					var sum float64
					for _, sit := range all {
						tt, _ := sit.total()
						for _, m := range sit {
							if m.Item == it.ID {
								chose = append(chose, 0)
								if slices.Contains(m.Options, o.ID) {
									chose[len(chose)-1] = 1
									sum += float64(tt - m.Mark)
								}
							}
						}
					}
					near(t, it.ID+o.ID+" share", o.Share.Value, 100*chose.mean(), 1e-9)
					near(t, it.ID+o.ID+" mean rest", *o.MeanRest, 100*sum/float64(o.N)/(full-unit), 1e-9)
					near(t, it.ID+o.ID+" point-biserial", has(t, "point-biserial", o.PointBiserial).Value, pearson(chose, rest), 1e-10)
				}
			}
		})
	}
}
