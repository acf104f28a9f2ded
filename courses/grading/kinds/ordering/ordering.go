// Package ordering puts steps in their order. The options stand in the right order; each taker sees them in another.
package ordering

import (
	"strconv"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Name is the word stored with the item.
const Name grading.Type = "ordering"

// How marks are earned. By default by pairs.
const (
	Pairs  = "pairs"  // share of the pairs that stand right to each other, less what guessing gets: half of the pairs right earns nothing (Kendall's tau, not below 0)
	Places = "places" // share of the steps that stand at their own place
	All    = "all"    // the whole order or nothing
)

// Kind is the type.
type Kind struct{ grading.Choosing }

func (Kind) Name() grading.Type { return Name }
func (Kind) Label() texts.Text  { return texts.T("Mengurutkan", "Ordering") }

// Edit asks for the steps in their right order.
func (Kind) Edit() grading.Edit {
	return grading.Edit{Options: &grading.EditList{Name: texts.T("Langkah", "Step"), Hint: texts.T("Tulis langkah menurut urutan yang benar; peserta melihatnya teracak.", "Write the steps in their right order; takers see them shuffled."), Members: []string{"text", "feedback"}, Start: 3},
		Scoring: []grading.Way{{Value: Pairs, Name: texts.T("Menurut pasangan yang urutannya benar", "By the pairs in the right order")}, {Value: Places, Name: texts.T("Menurut langkah di tempatnya", "By the steps at their place")}, {Value: All, Name: texts.T("Semua benar atau nol", "All right or nothing")}}}
}

// Show never shows the right order: to leave it as it stands would be the key.
func (Kind) Show(it grading.Item, d *grading.Dice) string {
	order := grading.Order(it.Options, d)
	if d != nil && len(order) > 1 && order == grading.Order(it.Options, nil) {
		order = order[1:] + order[:1]
	}
	return order
}

func (Kind) Field(it grading.Item, order string, _ grading.Answer) grading.Field {
	return grading.Field{Ask: grading.AskOrder, Choices: grading.Choices(it.Options, order)}
}

func (Kind) Grade(it grading.Item, order string, a grading.Answer) (grading.Mark, bool) {
	place := map[string]int{}
	for i, o := range it.Options {
		place[o.ID] = i
	}
	given := grading.Chosen(order, a)
	n := len(given)
	at, right := 0, 0
	for i, id := range given {
		if place[id] == i {
			at++
		}
		for _, later := range given[i+1:] {
			if place[id] < place[later] {
				right++
			}
		}
	}
	switch it.Scoring {
	case Places:
		return grading.Full * grading.Mark(at) / grading.Mark(n), false
	case All:
		if at < n {
			return 0, false
		}
		return grading.Full, false
	}
	pairs := n * (n - 1) / 2
	return grading.Full * grading.Mark(2*right-pairs) / grading.Mark(pairs), false
}

// Took names each step with the place it was put on: "2.b" for b in the second place.
func (Kind) Took(_ grading.Item, order string, a grading.Answer) (out []string) {
	for i, id := range grading.Chosen(order, a) {
		out = append(out, strconv.Itoa(i+1)+"."+id)
	}
	return out
}

// Asked is each place with all steps. Every step is right at one place, so nothing is there to mislead.
func (Kind) Asked(it grading.Item) (out []grading.Asked) {
	for i := range it.Options {
		n := strconv.Itoa(i + 1)
		q := grading.AskOptions(n, texts.T("urutan ke-"+n, "place "+n), it.Options, func(o grading.Option) bool { return o.ID == it.Options[i].ID })
		q.Foils = nil
		for j := range q.Options {
			q.Options[j].Label, q.Options[j].Share = grading.Written(it.Options[j].Text), 0
			if i == j {
				q.Options[j].Share = grading.Full
			}
		}
		if i == 0 {
			q.Note = texts.T("Mengurutkan: setiap langkah benar di satu tempat, jadi tidak ada pengecoh. Kunci diperiksa tempat demi tempat.",
				"Ordering: every step is right at one place, so there are no distractors. The key is looked at place by place.")
		}
		out = append(out, q)
	}
	return out
}

func (Kind) Explain(it grading.Item, order string, a grading.Answer, r *grading.Review) {
	for _, id := range grading.Chosen(order, a) {
		o, _ := grading.FindOption(it.Options, id)
		r.Choices = append(r.Choices, grading.ReviewedChoice{ID: id, Text: grading.Written(o.Text), Chosen: true, Right: it.Options[len(r.Choices)].ID == id, Feedback: o.Feedback})
	}
	for i := range r.Choices {
		r.Choices[i].ID = grading.OptionID(i)
	}
	for _, o := range it.Options {
		r.Key = append(r.Key, grading.Written(o.Text))
	}
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	if len(it.Options) < 3 {
		r.Wrong("options", "Soal mengurutkan butuh paling sedikit tiga langkah.", "An ordering item needs at least three steps.")
	}
	if len(it.Options) > 0 {
		grading.CheckChoices("", it.Options, r)
	}
	switch it.Scoring {
	case "", Pairs, Places, All:
	default:
		r.Wrong("scoring", "Cara menilai %q tidak dikenal. Pakai pairs, places, atau all.", "Unknown scoring %q. Use pairs, places or all.", it.Scoring)
	}
}

// Seen keeps the steps and their words, but lets their order be corrected.
func (Kind) Seen(was, now grading.Item, r *grading.Report) {
	sorted := now
	sorted.Options = nil
	for _, w := range was.Options {
		if o, ok := grading.FindOption(now.Options, w.ID); ok {
			sorted.Options = append(sorted.Options, o)
		}
	}
	if len(now.Options) != len(was.Options) {
		sorted.Options = now.Options
	}
	grading.SameOptions("", was.Options, sorted.Options, r)
}
