// Package reasoned is a statement to be judged together with its reason (two-tier item: Treagust 1988): who judges right by a wrong reason knows half of it at
// most, and judging wrong earns nothing.
package reasoned

import (
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/truefalse"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Name is the word stored with the item.
const Name grading.Type = "reasoned"

// Both is the scoring that earns only with statement and reason right; by default the right judgement alone earns half.
const Both = "both"

// Kind is the type. Options are true and false as in package truefalse; the reasons are the options of the one part.
type Kind struct{ grading.ChoosingParts }

func (Kind) Name() grading.Type { return Name }
func (Kind) Label() texts.Text {
	return texts.T("Benar-salah dengan alasan", "True or false with reason")
}

// Edit asks for the judgement and the reasons.
func (Kind) Edit() grading.Edit {
	reasons := grading.ChoiceList()
	reasons.Name = texts.T("Alasan", "Reason")
	return grading.Edit{Fixed: true, Options: grading.TruthList(), Parts: &grading.EditList{Name: texts.T("Daftar alasan", "List of reasons"), Members: []string{"text"}, Set: []texts.Text{texts.T("Pertanyaan alasan", "Question for the reason")}, Options: reasons},
		Scoring: []grading.Way{{Value: "", Name: texts.T("Penilaian benar bernilai separuh", "The right judgement earns half")}, {Value: Both, Name: texts.T("Hanya bila penilaian dan alasan benar", "Only when judgement and reason are right")}}}
}

// statement is what stands above the judgement.
var statement = texts.T("Pernyataan ini", "This statement")

// why is what stands above the reasons: the author's question for them, where there is one.
func why(reasons grading.Part) texts.Text {
	if reasons.Text != "" {
		return grading.Written(reasons.Text)
	}
	return texts.T("Alasannya", "The reason")
}

func (Kind) Field(it grading.Item, order string, _ grading.Answer) grading.Field {
	f := grading.Field{Ask: grading.AskParts, Parts: []grading.Field{
		{Ask: grading.AskOne, Label: statement, Choices: truefalse.Choices(it.Options, grading.Order(it.Options, nil))}}}
	for i, p := range it.Parts {
		f.Parts = append(f.Parts, grading.Field{Ask: grading.AskOne, Label: why(p), Choices: grading.Choices(p.Options, grading.OrderOf(order, i))})
	}
	return f
}

func (Kind) Grade(it grading.Item, order string, a grading.Answer) (grading.Mark, bool) {
	if grading.Sum(it.Options, grading.Chosen(grading.Order(it.Options, nil), a.Part(0))) != grading.Full {
		return 0, false
	}
	reason := min(max(grading.Sum(it.Parts[0].Options, grading.Chosen(grading.OrderOf(order, 0), a.Part(1))), 0), grading.Full)
	if it.Scoring == Both {
		if reason != grading.Full {
			return 0, false
		}
		return grading.Full, false
	}
	return grading.Full/2 + reason/2, false
}

func (k Kind) Took(it grading.Item, order string, a grading.Answer) []string {
	out := grading.Chosen(grading.Order(it.Options, nil), a.Part(0))
	return append(out, grading.TookPart(it.Parts[0].ID, grading.Chosen(grading.OrderOf(order, 0), a.Part(1)))...)
}

// Asked are the judgement and its reason.
func (Kind) Asked(it grading.Item) []grading.Asked {
	out := []grading.Asked{truefalse.AskTruth("", texts.T("penilaian", "judgement"), it.Options)}
	for _, p := range it.Parts {
		out = append(out, grading.AskOptions(p.ID, texts.T("alasan", "reason"), p.Options, grading.Whole))
	}
	return out
}

func (Kind) Explain(it grading.Item, order string, a grading.Answer, r *grading.Review) {
	one := grading.Review{Label: statement}
	truefalse.Explain(it.Options, grading.Order(it.Options, nil), a.Part(0), &one)
	two := grading.Review{Label: why(it.Parts[0])}
	two.Chooses(it.Parts[0].Options, grading.OrderOf(order, 0), a.Part(1), grading.Whole)
	r.Parts = []grading.Review{one, two}
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	truefalse.CheckOptions(it.Options, r)
	if it.Scoring != "" && it.Scoring != Both {
		r.Wrong("scoring", "Cara menilai %q tidak dikenal. Kosongkan, atau tulis both.", "Unknown scoring %q. Leave it empty, or write both.", it.Scoring)
	}
	if len(it.Parts) != 1 {
		r.Wrong("parts", "Soal ini punya tepat satu bagian: daftar alasannya.", "This item has exactly one part: the list of its reasons.")
		return
	}
	grading.CheckChoices("parts[0].", it.Parts[0].Options, r)
	grading.CheckOneWhole("parts[0].", it.Parts[0].Options, r)
}
