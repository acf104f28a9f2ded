package itemstats

import (
	"math"

	"github.com/apelkota/apel/internal/texts"
)

// Apart says why two sums of an item cannot be compared at equal score.
type Apart string

// The reasons; empty: they can.
const (
	OtherLength Apart = "length" // the form was shorter or longer, so its scores are another scale
	OtherMarks  Apart = "marks"  // the item was worth something else
	NoOverlap   Apart = "levels" // nobody of the one group stands at a level of the other, or all earn the same there
)

// Text is the reason as a sentence.
func (a Apart) Text() texts.Text {
	switch a {
	case OtherLength:
		return texts.T("Tidak dapat dibandingkan pada nilai yang sama: panjang tes berubah, jadi nilainya bukan skala yang sama. Hanya selisih mentah yang tersedia; beda kemampuan peserta ikut di dalamnya.",
			"Cannot be compared at equal score: the length of the test changed, so its scores are another scale. Only the plain difference is left, with the difference between the two groups in it.")
	case OtherMarks:
		return texts.T("Tidak dapat dibandingkan pada nilai yang sama: bobot soal ini di tes berubah.", "Cannot be compared at equal score: this item is worth something else in the test now.")
	case NoOverlap:
		return texts.T("Tidak dapat dibandingkan pada nilai yang sama: nilai peserta kedua kelompok hampir tidak bertemu, atau semua peserta memperoleh nilai soal yang sama.",
			"Cannot be compared at equal score: the scores of the two groups hardly meet, or all earn the same on this item.")
	}
	return texts.Text{}
}

// Shift compares two versions of an item (or one item in two groups of people) at equal score.
type Shift struct {
	Before     *Value  `json:"before,omitempty"`     // facility, percent
	After      *Value  `json:"after,omitempty"`      // facility, percent
	Difference *Value  `json:"difference,omitempty"` // after - before, percentage points, people as they are
	Adjusted   *Value  `json:"adjusted,omitempty"`   // the same at equal score: what is left when the two groups are equally able
	Z          float64 `json:"z"`                    // Mantel's test of no difference at equal score
	P          float64 `json:"p"`                    // two-sided
	Apart      Apart   `json:"apart,omitempty"`      // why there is no comparison at equal score
}

// Drift compares two sums of an item: before and after a new version of it, a change of its key, a leak. The plain difference has Newcombe's interval (1998, Statistics in Medicine 17, 873-890, method 10).
// The adjusted one is the standardised mean difference of Dorans & Kulick (1986, Journal of Educational Measurement 23, 355-368) over the levels of the score, weighted by the people after, with the
// standard error of Zwick & Thayer (1996, Journal of Educational and Behavioral Statistics 21, 187-201); Z is Mantel's (1963, JASA 58, 690-700), which for right and wrong is the
// Mantel-Haenszel test without continuity correction. Both need sums of one frame and people at the same levels; without these Apart says why they are absent (Adjusted nil, P 1).
//
// The level of an item that is right or wrong is the total with the item in it: matching without it makes an item look easier for abler people although nothing changed
// (Holland & Thayer 1988). Where marks lie between, or bands are wider than an item, it is the rest score. Scores compare people only as far as the rest of the form is the same.
func Drift(was, now Part) Shift {
	before, after, f := was.Item, now.Item, now.Frame
	nb, xb, _, _ := before.sums()
	na, xa, _, _ := after.sums()
	s := Shift{P: 1, Before: share(float64(xb)/float64(before.Max), nb), After: share(float64(xa)/float64(after.Max), na), Apart: NoOverlap}
	if s.Before == nil || s.After == nil {
		return s
	}
	d := s.After.Value - s.Before.Value
	low := d - math.Hypot(s.After.Value-s.After.Low, s.Before.High-s.Before.Value)
	high := d + math.Hypot(s.After.High-s.After.Value, s.Before.Value-s.Before.Low)
	w := warn(min(na, nb), fewShare, someShare)
	s.Difference = value(d, low, high, na+nb, w)
	if was.Frame != now.Frame || len(before.Bins) != len(after.Bins) {
		s.Apart = OtherLength
		return s
	}
	if before.Max != after.Max {
		s.Apart = OtherMarks
		return s
	}
	full := float64(after.Max)
	sum, expected, variance := 0.0, 0.0, 0.0
	smd, smdVariance, weight := 0.0, 0.0, 0.0
	levelsBefore, levelsAfter := f.levels(before, after)
	for k := range levelsAfter {
		r, f := levelsBefore[k], levelsAfter[k]
		nr, nf := float64(r[binN]), float64(f[binN])
		if nr == 0 || nf == 0 {
			continue
		}
		n := nr + nf
		x := float64(r[binX]+f[binX]) / full
		xx := float64(r[binXX]+f[binXX]) / full / full
		v := nr * nf / (n * n * (n - 1)) * max(0, n*xx-x*x) // hypergeometric variance of the focal sum
		sum += float64(f[binX]) / full
		expected += nf / n * x
		variance += v
		smd += nf * (float64(f[binX])/full/nf - float64(r[binX])/full/nr)
		smdVariance += nf * nf * v * (1/nf + 1/nr) * (1/nf + 1/nr)
		weight += nf
	}
	if variance <= 0 || weight == 0 {
		return s
	}
	s.Apart = ""
	s.Z = (sum - expected) / math.Sqrt(variance)
	s.P = min(1, 2*normalTail(math.Abs(s.Z)))
	d, half := 100*smd/weight, 100*z95*math.Sqrt(smdVariance)/weight
	s.Adjusted = value(d, max(-100, d-half), min(100, d+half), na+nb, warn(min(na, nb), fewRelation, someRelation))
	return s
}

// levels are the bands that people are matched on: by total where that follows from the rest score, by rest score otherwise.
func (f Frame) levels(a, b *ItemSums) (before, after []Bin) {
	if a.Max != f.width() || !a.dichotomous() || !b.dichotomous() {
		return a.Bins, b.Bins
	}
	withItem := func(it *ItemSums) []Bin {
		out := make([]Bin, len(it.Bins)+1)
		for k, b := range it.Bins {
			right := b[binX] / it.Max
			out[k][binN] += b[binN] - right
			out[k+1][binN] += right
			out[k+1][binX] += b[binX]
			out[k+1][binXX] += b[binXX]
		}
		return out
	}
	return withItem(a), withItem(b)
}

func (it *ItemSums) dichotomous() bool {
	for m := range it.Marks {
		if m != 0 && m != it.Max {
			return false
		}
	}
	return true
}
