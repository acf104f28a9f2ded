// Package itemstats is the mathematics of item analysis: what the marks of many sittings say about a quiz, its items, their options and keys. It is pure: no
// storage, no clock, no network, no randomness. The same sittings give the same figures, whatever the order in which they were added or merged.
//
// Two kinds of input, for two kinds of question:
//
//   - Sums (sums.go) hold exact integer sums of sittings. They are added to, taken from and merged, and encode to a few hundred bytes an item, so a page never
//     reads attempts. Analyse (quiz.go) makes the classical figures of them; Flags (flags.go) says in words what to look at.
//   - Matrix (matrix.go) holds right and wrong by person, 16 bytes for 40 items. FitRasch and FitTwoPL (irt.go) need it.
//
// Beside them stand Gain (gain.go), what people learned between two tests, and Compare (similarity.go), which answers are more alike than chance allows.
//
// # Items that not everybody saw
//
// A form may be drawn from a pool, each sitting having other items. Moodle then reports by position on the form, and relates a drawn item to the total with the item
// still in it. Here a position means nothing, since items are shuffled, so everything is reported by item version over those who saw it, and always against
// the rest of their own form, the item left out. Totals of people with different items are compared as they are: forms of one blueprint have the same length
// and are meant to be equally hard. What that costs is counted as error: see Consistency in quiz.go.
//
// # Intervals
//
// Every estimate is a Value with a 95 % interval in closed form, the number of sittings it rests on and a warning when they are few. What cannot be computed (a spread of one
// sitting, a correlation with a constant) is a nil pointer and absent in JSON, never NaN or 0.
package itemstats

import (
	"math"

	"github.com/apelkota/apel/internal/texts"
)

// Value is an estimate with its 95 % interval.
type Value struct {
	Value   float64 `json:"value"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	N       int64   `json:"n"` // sittings (or people, or pairs) it rests on
	Warning Warning `json:"warning,omitempty"`
}

// Warning says why a value should not be leaned on.
type Warning string

// The warnings.
const (
	Fine     Warning = ""
	Few      Warning = "few"      // so few sittings that the interval says little more than "unknown"
	Some     Warning = "some"     // enough to look, too few to decide
	Rough    Warning = "rough"    // the interval rests on an assumption that this distribution strains
	AtBounds Warning = "bounds"   // an estimate ran into the limit of what is searched; only its direction means something
	Negative Warning = "negative" // the figure is not defined because a covariance is negative
)

// Text is the warning as a sentence; empty for Fine.
func (w Warning) Text() texts.Text {
	switch w {
	case Few:
		return texts.T("Data masih terlalu sedikit untuk disimpulkan.", "There is too little data to conclude anything.")
	case Some:
		return texts.T("Data cukup untuk dilihat, belum cukup untuk memutuskan.", "There is enough data to look at, not enough to decide on.")
	case Rough:
		return texts.T("Rentang ini kasar karena sebaran nilainya tidak biasa.", "This interval is rough because the marks are spread unusually.")
	case AtBounds:
		return texts.T("Nilainya di luar jangkauan perhitungan; hanya arahnya yang bermakna.", "The value lies beyond what is searched; only its direction means something.")
	case Negative:
		return texts.T("Tidak dapat dihitung karena soal ini berlawanan arah dengan nilai akhir.", "Cannot be computed because this item runs against the total.")
	}
	return texts.Text{}
}

// Numbers of sittings below which a value carries a warning. Proportions settle first; Crocker & Algina (Introduction to Classical and Modern Test Theory, 1986, ch. 14) ask
// for 5 to 10 people per item and some 200 for stable item figures, moments of the third and fourth order need more than that.
const (
	fewShare, someShare       = 20, 50
	fewRelation, someRelation = 50, 200
	fewShape, someShape       = 50, 300
)

func warn(n int64, few, some int64) Warning {
	switch {
	case n < few:
		return Few
	case n < some:
		return Some
	}
	return Fine
}

// value makes a Value of finite numbers, nil otherwise.
func value(v, low, high float64, n int64, w Warning) *Value {
	for _, x := range []float64{v, low, high} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
	}
	return &Value{Value: v, Low: min(v, low), High: max(v, high), N: n, Warning: w}
}

// times scales a value and its interval by a positive factor.
func (v *Value) times(f float64) *Value {
	if v == nil {
		return nil
	}
	return value(v.Value*f, v.Low*f, v.High*f, v.N, v.Warning)
}
