package itemstats

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Quiz is what the sums say about the quiz as a whole. Scores are in percent of the form. Definitions are those of Moodle's "Quiz statistics calculations" unless said otherwise.
type Quiz struct {
	N           int64  `json:"n"`
	Left        int64  `json:"left,omitempty"`        // sittings of forms of another size, not part of any figure
	Mean        *Value `json:"mean,omitempty"`        // interval by Student's t
	Median      *Value `json:"median,omitempty"`      // interval by order statistics
	SD          *Value `json:"sd,omitempty"`          // divisor n-1; interval by Bonett 2006
	Skewness    *Value `json:"skewness,omitempty"`    // k3 / k2^1.5
	Kurtosis    *Value `json:"kurtosis,omitempty"`    // k4 / k2², excess: 0 for a normal distribution
	Consistency *Value `json:"consistency,omitempty"` // percent; which coefficient says Method
	Method      Method `json:"method,omitempty"`
	ErrorRatio  *Value `json:"error_ratio,omitempty"` // 100·sqrt(1 - consistency): how much of the spread is chance
	SEM         *Value `json:"sem,omitempty"`         // standard error of measurement: error ratio × SD, percent of the form
	Scores      []Step `json:"scores,omitempty"`      // distribution of totals in steps of 5 percent
}

// Step is one bar of the distribution of totals: Low <= score < High, the last one including 100.
type Step struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	N    int64   `json:"n"`
}

// Method names the coefficient of internal consistency.
type Method string

// The coefficients. Everybody saw the same items: Cronbach's alpha (1951), which for marks of 0 and 1 is KR-20 (Kuder & Richardson 1937). Forms were drawn: the spread of marks within each
// person's own items is error too, since a pass mark is the same for easy and hard draws. That is the dependability of items nested in people, within the cells of the blueprint
// (Brennan, Generalizability Theory, 2001, ch. 3 and 5; for marks of 0 and 1 and one cell it is KR-21). It never exceeds what alpha would be on average.
const (
	Alpha  Method = "alpha"
	Nested Method = "nested"
)

// moments are the mean and central moments of whole numbers from exact power sums.
type moments struct {
	n                int64
	mean, m2, m3, m4 float64
	constant         bool
}

func momentsOf(n int64, s1, s2, s3, s4 *big.Int) moments {
	m := moments{n: n}
	if n == 0 {
		return m
	}
	b := whole(n)
	m.mean = ratio(s1, b)
	d2 := sub(mul(b, s2), mul(s1, s1))
	m.constant = d2.Sign() == 0
	m.m2 = ratio(d2, mul(b, b))
	d3 := add(sub(mul(b, b, s3), mul(whole(3), b, s1, s2)), mul(whole(2), s1, s1, s1))
	m.m3 = ratio(d3, mul(b, b, b))
	d4 := sub(add(sub(mul(b, b, b, s4), mul(whole(4), b, b, s1, s3)), mul(whole(6), b, s1, s1, s2)), mul(whole(3), s1, s1, s1, s1))
	m.m4 = ratio(d4, mul(b, b, b, b))
	return m
}

func (m moments) sd() float64 { return math.Sqrt(m.m2 * float64(m.n) / float64(m.n-1)) }

// Quiz makes the figures of the quiz.
func (s *Sums) Quiz() Quiz {
	q := Quiz{N: s.N, Left: s.Other}
	if s.N == 0 {
		return q
	}
	m := momentsOf(s.N, s.T1.Int(), s.T2.Int(), s.T3.Int(), s.T4.Int())
	scale, n := 100/float64(s.Max), float64(s.N)
	q.Scores = s.scores()
	q.Median = s.median()
	if s.N < 2 {
		q.Mean = &Value{Value: m.mean * scale, Low: 0, High: 100, N: s.N, Warning: Few}
		return q
	}
	half := tQuantile(0.975, n-1) * m.sd() / math.Sqrt(n)
	q.Mean = value(m.mean*scale, max(0, (m.mean-half)*scale), min(100, (m.mean+half)*scale), s.N, warn(s.N, fewShare, someShare))
	if m.constant {
		q.SD = &Value{N: s.N, Warning: Few}
		return q
	}
	q.SD = spread(m.sd(), m.m4/(m.m2*m.m2), s.N).times(scale)
	if q.SD == nil { // two or three sittings: a spread, no interval worth the name
		q.SD = &Value{Value: m.sd() * scale, Low: 0, High: 100, N: s.N, Warning: Few}
	}
	q.Skewness, q.Kurtosis = shape(m)
	alpha := s.consistency()
	if alpha == nil {
		return q
	}
	q.Method, q.Consistency = s.method(), alpha.times(100)
	ratio := func(r float64) float64 { return math.Sqrt(max(0, 1-r)) }
	q.ErrorRatio = value(100*ratio(alpha.Value), 100*ratio(alpha.High), 100*ratio(alpha.Low), s.N, alpha.Warning)
	q.SEM = q.ErrorRatio.times(m.sd() * scale / 100)
	return q
}

// shape is skewness and excess kurtosis by k-statistics, with the standard errors they have under a normal distribution (Cramér 1946, 29.3; Fisher 1930). n >= 3 and 4.
func shape(m moments) (skew, kurt *Value) {
	n := float64(m.n)
	if m.n < 3 {
		return nil, nil
	}
	k2 := n / (n - 1) * m.m2
	k3 := n * n / ((n - 1) * (n - 2)) * m.m3
	seSkew := math.Sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))
	w := warn(m.n, fewShape, someShape)
	g1 := k3 / math.Pow(k2, 1.5)
	skew = value(g1, g1-z95*seSkew, g1+z95*seSkew, m.n, w)
	if m.n < 4 {
		return skew, nil
	}
	k4 := n * n / ((n - 1) * (n - 2) * (n - 3)) * ((n+1)*m.m4 - 3*(n-1)*m.m2*m.m2)
	seKurt := 2 * seSkew * math.Sqrt((n*n-1)/((n-3)*(n+5)))
	g2 := k4 / (k2 * k2)
	return skew, value(g2, g2-z95*seKurt, g2+z95*seKurt, m.n, w)
}

// median is the middle total, the mean of the two middle ones when n is even. Its interval runs between the order statistics n/2 ± 1.96·sqrt(n)/2 (Conover, Practical
// Nonparametric Statistics, 1999, 3.2). Totals are counted in 60ths of an item.
func (s *Sums) median() *Value {
	at := func(rank int64) float64 { // from 1
		rank = max(1, min(s.N, rank))
		seen := int64(0)
		for _, k := range sorted(s.Totals) {
			if seen += s.Totals[k]; seen >= rank {
				return min(100, float64(k*s.step())*100/float64(s.Max))
			}
		}
		return 0
	}
	n := float64(s.N)
	middle := (at((s.N+1)/2) + at(s.N/2+1)) / 2
	half := z95 * math.Sqrt(n) / 2
	return value(middle, at(int64(math.Floor(n/2-half))), at(int64(math.Ceil(n/2+half))+1), s.N, warn(s.N, fewShare, someShare))
}

func (s *Sums) scores() []Step {
	out := make([]Step, 20)
	for i := range out {
		out[i].Low, out[i].High = float64(5*i), float64(5*i+5)
	}
	for k, n := range s.Totals {
		out[min(19, k*s.step()*20/s.Max)].N += n
	}
	return out
}

func sorted[V any](m map[int64]V) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Same says whether everybody saw the same items.
func (s *Sums) Same() bool {
	if len(s.Counts) != 1 {
		return false
	}
	for _, it := range s.Items {
		if it.N() != s.N {
			return false
		}
	}
	return true
}

func (s *Sums) method() Method {
	if s.Same() {
		return Alpha
	}
	return Nested
}

// consistency is the coefficient with Feldt's interval, nil when it is not defined: fewer than two sittings or items, or equal totals.
func (s *Sums) consistency() *Value {
	n := whole(s.N)
	spreadT := sub(mul(n, s.T2.Int()), mul(s.T1.Int(), s.T1.Int())) // n²·m2 of the totals
	if s.N < 2 || spreadT.Sign() == 0 {
		return nil
	}
	if s.Same() {
		k := len(s.Items)
		if k < 2 {
			return nil
		}
		items := new(big.Int)
		for _, it := range s.Items {
			_, x, xx, _ := it.sums()
			items.Add(items, sub(mul(n, whole(xx)), mul(whole(x), whole(x))))
		}
		kf := float64(k)
		return feldt(kf/(kf-1)*(1-ratio(items, spreadT)), s.N, float64(s.N-1)*(kf-1))
	}
	wrong, free := 0.0, 0.0 // error variance of a total; its degrees of freedom over all sittings
	for _, key := range sortedKeys(s.Cells) {
		c := s.Cells[key]
		if c.K < 2 {
			return nil
		}
		k := float64(c.K)
		within := ratio(sub(mul(whole(c.K), c.XX.Int()), c.TT.Int()), mul(whole(c.K), whole(c.K-1))) // Σ over sittings of the variance within the cell
		wrong += k * within / float64(s.N)
		free += float64(c.N) * (k - 1)
	}
	variance := ratio(spreadT, mul(n, whole(s.N-1)))
	return feldt(1-wrong/variance, s.N, free)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, natural)
	return keys
}

// natural orders "i2" before "i10".
func natural(a, b string) int {
	trim := strings.TrimRight
	pa, pb := trim(a, "0123456789"), trim(b, "0123456789")
	if pa == pb {
		x, errX := strconv.Atoi(a[len(pa):])
		y, errY := strconv.Atoi(b[len(pb):])
		if errX == nil && errY == nil && x != y {
			return x - y
		}
	}
	return strings.Compare(a, b)
}
