package itemstats

import (
	"cmp"
	"slices"
	"strings"
)

// Typed is an answer that fits no accepted one, as it is counted.
type Typed struct {
	Question string // Question.ID
	Text     string
}

// Answers counts the wrong answers typed to one question in a bounded table: the space-saving sketch of Metwally, Agrawal & El Abbadi (2005), merged as in Agarwal et al. (2012, Mergeable Summaries). Every
// answer that more than a TypedMost-th of all gave stands in it; what a row counts is certain, what it may have missed stands in Over. While there are at most
// TypedMost different answers all counts are exact. Beside the count each row has the sums of an option, so that typed answers have the figures of chosen ones.
type Answers struct {
	Rows map[string]*TypedSums `json:"rows"`
	Lost int64                 `json:"lost,omitempty"` // the most that an answer without a row can have been given
}

// TypedSums are those who typed an answer since it has a row.
type TypedSums struct {
	OptionSums
	Over int64 `json:"over,omitempty"` // how often it may have been typed before
}

// Limits of what is kept and shown of typed answers.
const (
	TypedMost   = 40 // rows of a question
	TypedPeople = 5  // an answer given by fewer is somebody's own and is never shown
)

func (t *TypedSums) weight() int64 { return t.N() + t.Over }

func (a *Answers) count(text string, rest int64, bin, bins int, sign int64) {
	row := a.Rows[text]
	if row == nil {
		if sign < 0 {
			return // its row gave way to another
		}
		if len(a.Rows) == TypedMost {
			least := a.order()[TypedMost-1]
			a.Lost = max(a.Lost, a.Rows[least].weight())
			delete(a.Rows, least)
		}
		row = &TypedSums{OptionSums: OptionSums{Bins: make([]int64, bins)}, Over: a.Lost}
		a.Rows[text] = row
	}
	if sign < 0 && row.Bins[bin] == 0 {
		return
	}
	row.R += sign * rest
	row.Bins[bin] += sign
	if row.weight() == 0 {
		delete(a.Rows, text)
	}
}

// order is the table, the most frequent first.
func (a *Answers) order() []string {
	keys := sortedKeys(a.Rows)
	slices.SortStableFunc(keys, func(x, y string) int {
		return cmp.Or(cmp.Compare(a.Rows[y].weight(), a.Rows[x].weight()), strings.Compare(x, y))
	})
	return keys
}

func (a *Answers) merge(b *Answers) {
	for text, row := range a.Rows {
		if b.Rows[text] == nil {
			row.Over += b.Lost
		}
	}
	for text, theirs := range b.Rows {
		row := a.Rows[text]
		if row == nil {
			a.Rows[text] = &TypedSums{OptionSums: *theirs.OptionSums.clone(), Over: theirs.Over + a.Lost}
			continue
		}
		row.R, row.Over = row.R+theirs.R, row.Over+theirs.Over
		for i := range row.Bins {
			row.Bins[i] += theirs.Bins[i]
		}
	}
	a.Lost += b.Lost
	if order := a.order(); len(order) > TypedMost {
		a.Lost = max(a.Lost, a.Rows[order[TypedMost]].weight())
		for _, text := range order[TypedMost:] {
			delete(a.Rows, text)
		}
	}
}

func (a *Answers) clone() *Answers {
	out := &Answers{Rows: map[string]*TypedSums{}, Lost: a.Lost}
	for text, row := range a.Rows {
		out.Rows[text] = &TypedSums{OptionSums: *row.OptionSums.clone(), Over: row.Over}
	}
	return out
}

// Frequent leaves out of sums the typed answers of fewer than TypedPeople, for what is kept and shown beyond the counting.
func (s *Sums) Frequent() {
	for _, it := range s.Items {
		for question, a := range it.Typed {
			for text, row := range a.Rows {
				if row.N() < TypedPeople {
					a.Lost = max(a.Lost, row.weight())
					delete(a.Rows, text)
				}
			}
			if len(a.Rows) == 0 {
				delete(it.Typed, question)
			}
		}
	}
}

// TypedID is how a typed answer stands among the options: "=lima" of an item, "c.=lima" of its part c.
func TypedID(question, text string) string {
	if question != "" {
		question += "."
	}
	return question + "=" + text
}

// TypedText is the answer behind the name of an option that was typed; false for every other option.
func TypedText(id string) (question, text string, ok bool) {
	at := strings.IndexByte(id, '=')
	switch {
	case at < 0:
		return "", "", false
	case at == 0:
		return "", id[1:], true
	}
	return strings.TrimSuffix(id[:at], "."), id[at+1:], true
}

// taken are the options of an item with its typed answers among them.
func (it *ItemSums) taken() map[string]*OptionSums {
	if len(it.Typed) == 0 {
		return it.Options
	}
	out := make(map[string]*OptionSums, len(it.Options))
	for id, o := range it.Options {
		out[id] = o
	}
	for question, a := range it.Typed {
		for text, row := range a.Rows {
			out[TypedID(question, text)] = &row.OptionSums
		}
	}
	return out
}

// unnamed are the options that the author does not name, then frequent typed answers, the most frequent first.
func unnamed(named map[string]bool, n map[string]int64) []string {
	out := slices.DeleteFunc(sortedKeys(n), func(id string) bool { return named[id] || private(id, n[id]) })
	typed := func(id string) int64 {
		if _, _, ok := TypedText(id); ok {
			return n[id]
		}
		return 1 << 62
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(typed(b), typed(a)) })
	return out
}

// private says of an option that it was typed by so few that it is not shown.
func private(id string, n int64) bool {
	_, _, typed := TypedText(id)
	return typed && n < TypedPeople
}
