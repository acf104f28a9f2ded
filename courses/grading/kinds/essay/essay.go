// Package essay is a text of some length that a person marks with a rubric.
package essay

import (
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Name is the word stored with the item.
const Name grading.Type = "essay"

// Words is how long an essay may be when the author does not say.
const Words = 1000

// Kind is the type. Limit is the number of words.
type Kind struct{ grading.ByPerson }

func (Kind) Name() grading.Type { return Name }
func (Kind) Label() texts.Text  { return texts.T("Esai", "Essay") }

// Edit asks for the rubric and the words.
func (Kind) Edit() grading.Edit {
	return grading.Edit{Rubric: true, Limit: texts.T("Paling banyak kata", "Words at most")}
}

func (Kind) Field(it grading.Item, _ string, _ grading.Answer) grading.Field {
	limit := it.Limit
	if limit == 0 {
		limit = Words
	}
	return grading.Field{Ask: grading.AskLong, Limit: limit}
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	grading.CheckRubric(it.Rubric, r)
	if it.Limit < 0 || it.Limit > 3000 {
		r.Wrong("limit", "Panjang esai antara 1 dan 3.000 kata.", "An essay has between 1 and 3,000 words.")
	}
}
