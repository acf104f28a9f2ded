// Package shorttext is a word or a few, compared with patterns. `*` in a pattern stands for any run of characters, `\*` for a star.
package shorttext

import (
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Kind is the type.
type Kind struct{ grading.Typing }

func (Kind) Name() grading.Type { return grading.ShortText }
func (Kind) Label() texts.Text  { return texts.T("Isian singkat", "Short text") }

// Edit asks for patterns.
func (Kind) Edit() grading.Edit {
	list := grading.AnswerList()
	list.Hint = texts.T("Tanda * berarti boleh apa saja di tempat itu. Yang bernilai sebagian diberi persen; kosong berarti penuh.", "A * stands for anything at that place. An answer that earns a part has its percentage; none means the whole.")
	return grading.Edit{Options: list, Exact: true}
}

func (Kind) Field(grading.Item, string, grading.Answer) grading.Field {
	return grading.Field{Ask: grading.AskText}
}

func (Kind) Grade(it grading.Item, _ string, a grading.Answer) (grading.Mark, bool) {
	m, _ := grading.BestText(it.Options, it.Exact, a.Text)
	return m, false
}

func (Kind) Took(it grading.Item, _ string, a grading.Answer) []string {
	_, at := grading.BestText(it.Options, it.Exact, a.Text)
	return grading.Matched(it.Options, at)
}

func (k Kind) Wrote(it grading.Item, order string, a grading.Answer) []grading.Wrote {
	if len(k.Took(it, order, a)) > 0 {
		return nil
	}
	return []grading.Wrote{{Text: grading.WroteText(a.Text, it.Exact)}}
}

func (Kind) Explain(it grading.Item, _ string, a grading.Answer, r *grading.Review) {
	_, at := grading.BestText(it.Options, it.Exact, a.Text)
	r.Types(it.Options, at)
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	grading.CheckTexts("", it.Options, it.Exact, r)
}
