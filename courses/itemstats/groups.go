package itemstats

import (
	"math"
	"strings"
)

// Group is what people earn on some of the items of a quiz: those of an objective, of a competency.
type Group struct {
	Items    int    `json:"items"`
	Answers  int64  `json:"answers"`
	Facility *Value `json:"facility,omitempty"` // percent of the marks of those items
}

// Group makes the figures of items. Where they are a whole cell of the blueprint of which everybody had as many, the interval is that of the means of people. Otherwise the sums do not know which answers belong to one person;
// the interval then adds up those of the items as if all went together, which is wider than need be, never narrower.
func (s *Sums) Group(cell string, items []string) Group {
	g := Group{}
	earned, full, half := 0.0, 0.0, 0.0
	people := int64(0)
	for _, id := range items {
		it := s.Items[id]
		if it == nil {
			continue
		}
		n, x, _, _ := it.sums()
		g.Items++
		g.Answers += n
		earned, full = earned+float64(x), full+float64(n)*float64(it.Max)
		if f := share(float64(x)/float64(it.Max), n); f != nil {
			half += float64(n) * float64(it.Max) * max(f.Value-f.Low, f.High-f.Value)
		}
		people = max(people, n)
	}
	if full == 0 {
		return g
	}
	mean := 100 * earned / full
	w := warn(people, fewShare, someShare)
	var only *CellSums
	whole := int64(0)
	for key, c := range s.Cells {
		if at := strings.LastIndexByte(key, '/'); cell != "" && key[:at] == cell {
			only = c
			whole += c.K * c.N
		}
	}
	if only != nil && whole == g.Answers && only.K*only.N == whole && only.N > 1 {
		n, k := float64(only.N), float64(only.K)
		worth := full / float64(g.Answers) * k
		squares := float(only.TT.Int())/worth/worth - n*(earned/full)*(earned/full)
		half := 100 * tQuantile(0.975, n-1) * math.Sqrt(max(0, squares)/(n-1)/n)
		g.Facility = value(mean, max(0, mean-half), min(100, mean+half), only.N, warn(only.N, fewShare, someShare))
		return g
	}
	half /= full
	g.Facility = value(mean, max(0, mean-half), min(100, mean+half), people, w)
	return g
}
