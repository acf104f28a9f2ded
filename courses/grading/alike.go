package grading

import (
	"cmp"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading/typed"
)

// Pair names two items of a list that say nearly the same, by their places.
type Pair struct {
	A, B  int // A < B
	Share int // percent of their runs of words that are the same
}

// Limits of Alike.
const (
	alikeRun   = 3   // words of a run
	alikeShare = 70  // percent of the runs of two items, from which on they are alike
	alikeOften = 60  // a run in more items than this is a phrase of the house and says nothing
	alikeMost  = 400 // runs of one item that are looked at
)

// Alike finds items that say nearly the same: of the runs of three words in question and options the two have together, at least 70 % are the same (Broder 1997).
// Runs that very many items have do not lead to a comparison, so that the cost grows with the list and not with its square. Pure.
func Alike(items []Item) []Pair {
	runs := make([]map[string]bool, len(items))
	holders := map[string][]int{}
	for i, it := range items {
		runs[i] = runsOf(it)
		for r := range runs[i] {
			holders[r] = append(holders[r], i)
		}
	}
	var out []Pair
	for i := range items {
		same := map[int]int{}
		for r := range runs[i] {
			if h := holders[r]; len(h) <= alikeOften {
				for _, j := range h {
					if j > i {
						same[j]++
					}
				}
			}
		}
		for j := range same {
			common := 0
			for r := range runs[i] {
				if runs[j][r] {
					common++
				}
			}
			if share := common * 100 / (len(runs[i]) + len(runs[j]) - common); share >= alikeShare {
				out = append(out, Pair{i, j, share})
			}
		}
	}
	slices.SortFunc(out, func(x, y Pair) int { return cmp.Or(x.A-y.A, x.B-y.B) })
	return out
}

// runsOf are the runs of words of an item; options count whatever their order.
func runsOf(it Item) map[string]bool {
	out := map[string]bool{}
	add := func(text string) {
		words := strings.FieldsFunc(typed.Fold(text), func(r rune) bool { return strings.ContainsRune(" \t\n.,;:!?()[]\"'*_`", r) })
		if len(words) > 0 && len(words) < alikeRun {
			out[strings.Join(words, " ")] = true
		}
		for i := 0; i+alikeRun <= len(words) && len(out) < alikeMost; i++ {
			out[strings.Join(words[i:i+alikeRun], " ")] = true
		}
	}
	add(it.Stem)
	for _, o := range it.Options {
		add(o.Text)
	}
	for _, p := range it.Parts {
		add(p.Text)
		for _, o := range p.Options {
			add(o.Text)
		}
	}
	return out
}
