// Package single is single choice: one option is right; others may carry a part of the mark.
package single

import (
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Kind is the type.
type Kind struct{ grading.Choosing }

func (Kind) Name() grading.Type { return grading.Single }
func (Kind) Label() texts.Text  { return texts.T("Satu pilihan", "Single choice") }

func (Kind) Field(it grading.Item, order string, _ grading.Answer) grading.Field {
	return grading.Field{Ask: grading.AskOne, Choices: grading.Choices(it.Options, order)}
}

func (Kind) Grade(it grading.Item, order string, a grading.Answer) (grading.Mark, bool) {
	return grading.Sum(it.Options, grading.Chosen(order, a)), false
}

func (Kind) Explain(it grading.Item, order string, a grading.Answer, r *grading.Review) {
	r.Chooses(it.Options, order, a, grading.Whole)
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	grading.CheckChoices("", it.Options, r)
	grading.CheckOneWhole("", it.Options, r)
}
