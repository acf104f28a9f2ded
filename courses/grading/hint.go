package grading

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/faults"
)

// MaxHints is how many hints an item has at most: the last try needs none.
const MaxHints = MaxTries - 1

// MaxHint is how long a hint may be, in runes.
const MaxHint = 500

var blankLines = regexp.MustCompile(`\n[ \t]*(\n[ \t]*)+`)

// SplitHints reads hints as people write them below each other, with a blank line between two.
func SplitHints(text string) (hints []string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	for _, h := range blankLines.Split(text, -1) {
		if h = strings.TrimSpace(h); h != "" {
			hints = append(hints, h)
		}
	}
	return hints
}

// JoinHints writes what SplitHints reads.
func JoinHints(hints []string) string { return strings.Join(hints, "\n\n") }

// HintAfter is the hint that is shown after so many tries that were not right; "" when there is none.
func (it Item) HintAfter(tries int) string {
	if tries < 1 || tries > len(it.Hints) {
		return ""
	}
	return it.Hints[tries-1]
}

// Hinted says whether items of a type can be tried before the end, so that a hint has a reader: those that no person marks.
func Hinted(t Type) bool {
	e, ok := EditOf(t)
	return ok && !e.Rubric
}

// checkHints reports what is wrong with the hints of an item whose type is known.
func checkHints(it Item, r *Report) {
	if len(it.Hints) > 0 && !Hinted(it.Type) {
		r.Wrong("hints", "Soal yang dinilai orang tidak dicoba berkali-kali, jadi tidak memakai petunjuk. Hapus petunjuknya.", "An item that a person marks is not tried several times, so it takes no hints. Remove them.")
	}
	if len(it.Hints) > MaxHints {
		r.Wrong("hints", "Paling banyak %d petunjuk.", "At most %d hints.", MaxHints)
	}
	for i, h := range it.Hints {
		at := "hints[" + itoa(i) + "]"
		switch {
		case strings.TrimSpace(h) == "":
			r.Wrong(at, "Petunjuk ini kosong.", "This hint is empty.")
		case utf8.RuneCountInString(h) > MaxHint:
			r.Wrong(at, "Petunjuk paling panjang %d huruf.", "A hint has at most %d letters.", MaxHint)
		case len(SplitHints(h)) != 1 || SplitHints(h)[0] != h:
			r.Wrong(at, "Satu petunjuk satu paragraf, tanpa baris kosong.", "A hint is one paragraph, without a blank line.")
		}
	}
}

// CheckHints is what is wrong with the hints of an item alone, nil when nothing is.
func CheckHints(it Item) error {
	var r Report
	if _, ok := kindNamed(it.Type); ok {
		checkHints(it, &r)
	}
	for _, f := range r.found {
		return faults.OnField(f.Path, f.Text.ID, f.Text.EN)
	}
	return nil
}
