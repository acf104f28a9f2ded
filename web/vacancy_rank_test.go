package web

import (
	"testing"

	"github.com/apelkota/apel/placement"
)

// A list of candidates never ends between people who are tied, unless there are too many to show; then the page says so.
func TestShownCandidates(t *testing.T) {
	ranks := func(runs ...int) (out []placement.Candidate) {
		for _, n := range runs {
			rank := len(out) + 1
			for range n {
				out = append(out, placement.Candidate{Rank: rank})
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		list []placement.Candidate
		n    int
		cut  bool
	}{
		"nobody":           {nil, 0, false},
		"a few":            {ranks(1, 1, 1), 3, false},
		"exactly":          {ranks(19, 1, 1), 20, false},
		"tied at the end":  {ranks(18, 4, 5), 22, false},
		"everybody tied":   {ranks(60), 60, false},
		"too many of them": {ranks(10, 70), 60, true},
	} {
		if n, cut := shownCandidates(c.list); n != c.n || cut != c.cut {
			t.Errorf("%s: %d, %v", name, n, cut)
		}
	}
}
