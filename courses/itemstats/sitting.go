package itemstats

import (
	"slices"

	"github.com/apelkota/apel/internal/faults"
)

// Mark is one item of a sitting.
type Mark struct {
	Item    string   // id of the item version
	Mark    int64    // 0..Max, in the unit of the frame (grading: 252,000ths of an item)
	Max     int64    // what the whole item is worth; the same in all sittings
	Options []string // ids of the options that were chosen, each once, in the author's naming; for typed answers the accepted answers that matched
	Typed   []Typed  // typed answers that fit no accepted one; not of somebody who has been counted before (a table of them says how many people)
	Blank   bool     // not answered
	Cell    string   // what the blueprint drew it for (an objective, an objective with a difficulty); may be empty. Only the error of drawn forms asks for it
}

// Sitting is what one person earned on one form: each item once, in any order. The total is the sum of the marks.
type Sitting []Mark

// total adds marks and maxima.
func (s Sitting) total() (earned, full int64) {
	for _, m := range s {
		earned += m.Mark
		full += m.Max
	}
	return earned, full
}

// Frame is what all sittings of one Sums have in common.
type Frame struct {
	Unit int64 `json:"unit"` // the mark of one ordinary item (grading.Full); the width of the steps in which scores are grouped
	Max  int64 `json:"max"`  // what the whole form is worth
}

// Limits that keep sums exact: with a unit of 252,000, forms of 266 items and 8 million sittings.
const (
	maxUnit = 1 << 20
	maxForm = 1 << 26
	maxBins = 50
)

func (f Frame) check() error {
	if f.Unit < 1 || f.Unit > maxUnit || f.Max < 1 || f.Max > maxForm {
		return faults.Newf(faults.Invalid, "Ukuran lembar soal tidak dapat dianalisis (nilai %d dari satuan %d).", "A form of this size cannot be analysed (marks %d of unit %d).", f.Max, f.Unit)
	}
	return nil
}

// width is how many marks one bin of the rest score spans: one whole item, more on forms of over 50.
func (f Frame) width() int64 {
	items := (f.Max + f.Unit - 1) / f.Unit
	return f.Unit * ((items + maxBins - 1) / maxBins)
}

// bins is the number of bins: 0 up to the whole form.
func (f Frame) bins() int { return int(f.Max/f.width()) + 1 }

func (f Frame) bin(rest int64) int { return int(rest / f.width()) }

// step is the width in which totals are counted for the median: a 60th of an item, so that halves, thirds, quarters, fifths and tenths stay what they are. Rest scores, which every item has of its own, are
// counted in 12ths to keep sums small: fifths are off by a 30th of an item at most.
func (f Frame) step() int64     { return max(1, f.Unit/60) }
func (f Frame) restStep() int64 { return max(1, f.Unit/12) }

// rounded is a score in whole steps.
func rounded(score, step int64) int64 { return (score + step/2) / step }

func (s Sitting) check() error {
	bad := func(id, en string, args ...any) error { return faults.Newf(faults.Invalid, id, en, args...) }
	if len(s) == 0 {
		return bad("Percobaan tanpa soal tidak dapat dianalisis.", "An attempt without items cannot be analysed.")
	}
	seen := make(map[string]bool, len(s))
	for _, m := range s {
		switch {
		case m.Item == "" || seen[m.Item]:
			return bad("Soal %q tercatat dua kali atau tanpa nama.", "Item %q stands there twice or without a name.", m.Item)
		case m.Max < 1 || m.Max > maxUnit || m.Mark < 0 || m.Mark > m.Max:
			return bad("Nilai soal %q di luar batas: %d dari %d.", "The mark of item %q is out of range: %d of %d.", m.Item, m.Mark, m.Max)
		case m.Blank && len(m.Options) > 0:
			return bad("Soal %q kosong tetapi ada pilihannya.", "Item %q is blank and has chosen options.", m.Item)
		case m.Blank && len(m.Typed) > 0:
			return bad("Soal %q kosong tetapi ada jawabannya.", "Item %q is blank and has an answer.", m.Item)
		case len(m.Options) > 1:
			o := slices.Clone(m.Options)
			slices.Sort(o)
			if len(slices.Compact(o)) < len(m.Options) {
				return bad("Pilihan soal %q tercatat dua kali.", "An option of item %q stands there twice.", m.Item)
			}
		}
		seen[m.Item] = true
	}
	return nil
}
