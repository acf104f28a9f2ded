// Package numeric is a number within a tolerance. Each option is an accepted number with its own mark, so that a near miss may earn a part.
package numeric

import (
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/typed"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Kind is the type.
type Kind struct{ grading.Typing }

func (Kind) Name() grading.Type { return grading.Numeric }
func (Kind) Label() texts.Text  { return texts.T("Angka", "Numbers") }

// Edit asks for numbers with their tolerance.
func (Kind) Edit() grading.Edit {
	return grading.Edit{Options: grading.AnswerList("tolerance"), Units: true}
}

func (Kind) Field(it grading.Item, _ string, _ grading.Answer) grading.Field {
	return grading.Field{Ask: grading.AskNumber, Units: it.Units}
}

func (Kind) Grade(it grading.Item, _ string, a grading.Answer) (grading.Mark, bool) {
	m, _ := grading.BestNumber(it.Options, it.Units, a.Text)
	return m, false
}

func (Kind) Took(it grading.Item, _ string, a grading.Answer) []string {
	_, at := grading.BestNumber(it.Options, it.Units, a.Text)
	return grading.Matched(it.Options, at)
}

func (k Kind) Wrote(it grading.Item, order string, a grading.Answer) []grading.Wrote {
	if len(k.Took(it, order, a)) > 0 {
		return nil
	}
	return []grading.Wrote{{Text: grading.WroteNumber(a.Text, it.Units)}}
}

func (Kind) Explain(it grading.Item, _ string, a grading.Answer, r *grading.Review) {
	_, at := grading.BestNumber(it.Options, it.Units, a.Text)
	r.Types(it.Options, at)
}

func (Kind) Advise(it grading.Item, a grading.Answer) texts.Text {
	if strings.TrimSpace(a.Text) == "" || len(typed.Readings(a.Text, it.Units)) > 0 {
		return texts.Text{}
	}
	if len(it.Units) > 0 {
		units := strings.Join(it.Units, ", ")
		return texts.T("Jawaban ini belum terbaca sebagai angka. Tulis angkanya, misalnya 15.000 atau 2,5; boleh dengan satuan "+units+".", "This does not read as a number. Write the number, such as 15,000 or 2.5; it may have the unit "+units+".")
	}
	return texts.T("Jawaban ini belum terbaca sebagai angka. Tulis angkanya saja, misalnya 15.000 atau 2,5.", "This does not read as a number. Write the number only, such as 15,000 or 2.5.")
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	grading.CheckNumbers("", it.Options, it.Units, r)
}
