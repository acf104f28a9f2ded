// Package truefalse is a statement to be judged. Option a is "Benar", option b is "Salah", always in this order; their texts are fixed words.
package truefalse

import (
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Kind is the type.
type Kind struct{ grading.Choosing }

func (Kind) Name() grading.Type { return grading.TrueFalse }
func (Kind) Label() texts.Text  { return texts.T("Benar atau salah", "True or false") }

// Edit asks only which of the two is right.
func (Kind) Edit() grading.Edit { return grading.Edit{Options: grading.TruthList()} }

// Show keeps the order.
func (Kind) Show(it grading.Item, _ *grading.Dice) string { return grading.Order(it.Options, nil) }

func (Kind) Field(it grading.Item, order string, _ grading.Answer) grading.Field {
	return grading.Field{Ask: grading.AskOne, Choices: Choices(it.Options, order)}
}

func (Kind) Grade(it grading.Item, order string, a grading.Answer) (grading.Mark, bool) {
	return grading.Sum(it.Options, grading.Chosen(order, a)), false
}

// Asked calls the two options by their words.
func (Kind) Asked(it grading.Item) []grading.Asked {
	return []grading.Asked{AskTruth("", texts.Text{}, it.Options)}
}

// AskTruth is the question whether a statement is true. Its wrong option is no distractor that could be replaced.
func AskTruth(part string, label texts.Text, options []grading.Option) grading.Asked {
	q := grading.AskOptions(part, label, options, grading.Whole)
	for i := range min(len(options), len(words)) {
		q.Options[i].Label = words[i]
	}
	q.Foils = nil
	q.Note = texts.T("Benar atau salah: hanya ada dua pilihan, jadi tidak ada pengecoh yang dapat diganti. Pilihan salah yang hampir tidak dipilih tampak sebagai soal yang terlalu mudah.",
		"True or false: there are but two options, so no distractor could be replaced. A wrong one that hardly anybody takes shows as an item that is too easy.")
	return q
}

func (Kind) Explain(it grading.Item, order string, a grading.Answer, r *grading.Review) {
	Explain(it.Options, order, a, r)
}

// Explain fills in the review of a judgement.
func Explain(options []grading.Option, order string, a grading.Answer, r *grading.Review) {
	r.Chooses(options, order, a, grading.Whole)
	r.Key = nil
	for i, c := range Choices(options, order) {
		if r.Choices[i].Text = c.Text; r.Choices[i].Right {
			r.Key = append(r.Key, c.Text)
		}
	}
}

func (Kind) Check(it grading.Item, r *grading.Report) { CheckOptions(it.Options, r) }

// CheckOptions reports unless there are two options and one of them is the key.
func CheckOptions(options []grading.Option, r *grading.Report) {
	if len(options) != 2 || options[0].Mark+options[1].Mark != grading.Full || options[0].Mark*options[1].Mark != 0 {
		r.Wrong("options", "Soal benar-salah punya tepat dua pilihan, Benar lalu Salah, dan satu di antaranya kunci.", "A true/false item has exactly two options, true then false, and one of them is the key.")
	}
}

// words are what takers see of the two options.
var words = []texts.Text{texts.T("Benar", "True"), texts.T("Salah", "False")}

// Choices are the two options in the words takers see.
func Choices(options []grading.Option, order string) []grading.Choice {
	out := grading.Choices(options, order)
	for i := range out {
		for j := range min(len(options), len(words)) {
			if options[j].ID == order[i:i+1] {
				out[i].Text = words[j]
			}
		}
	}
	return out
}
