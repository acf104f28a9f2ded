// Package matching joins each prompt with one of the answers. Answers may be more than prompts, and one answer may belong to several.
package matching

import (
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Name is the word stored with the item.
const Name grading.Type = "matching"

// Kind is the type. Options are the answers; each part is a prompt whose Right is the id of its answer.
type Kind struct{ grading.Choosing }

func (Kind) Name() grading.Type { return Name }
func (Kind) Label() texts.Text  { return texts.T("Menjodohkan", "Matching") }

// Edit asks for the answers and the prompts that go with them.
func (Kind) Edit() grading.Edit {
	return grading.Edit{Fixed: true,
		Options: &grading.EditList{Name: texts.T("Sisi kanan", "Right side"), Hint: texts.T("Boleh lebih banyak daripada sisi kiri.", "There may be more than on the left side."), Members: []string{"text", "feedback"}, Start: 3},
		Parts:   &grading.EditList{Name: texts.T("Sisi kiri", "Left side"), Hint: texts.T("Pilih pasangannya di sisi kanan.", "Choose its partner on the right side."), Members: []string{"text", "right"}, Start: 3}}
}

func (Kind) Field(it grading.Item, order string, _ grading.Answer) grading.Field {
	f := grading.Field{Ask: grading.AskParts}
	choices := grading.Choices(it.Options, order)
	for _, p := range it.Parts {
		f.Parts = append(f.Parts, grading.Field{Ask: grading.AskOne, Label: grading.Written(p.Text), Choices: choices})
	}
	return f
}

// right says whether the n-th prompt was joined with its answer.
func right(it grading.Item, order string, a grading.Answer, n int) bool {
	o, ok := grading.ChosenOption(it.Options, order, a.Part(n))
	return ok && o.ID == it.Parts[n].Right
}

// Grade gives each prompt the same share.
func (Kind) Grade(it grading.Item, order string, a grading.Answer) (grading.Mark, bool) {
	n := grading.Mark(0)
	for i := range it.Parts {
		if right(it, order, a, i) {
			n++
		}
	}
	return grading.Full * n / grading.Mark(len(it.Parts)), false
}

func (Kind) Took(it grading.Item, order string, a grading.Answer) (out []string) {
	for i, p := range it.Parts {
		out = append(out, grading.TookPart(p.ID, grading.Chosen(order, a.Part(i)))...)
	}
	return out
}

// Asked is each prompt with all answers. An answer that is wrong here is right elsewhere, so only those that belong to no prompt are foils, over all prompts together.
func (Kind) Asked(it grading.Item) (out []grading.Asked) {
	used := map[string]bool{}
	for i, p := range it.Parts {
		q := grading.AskOptions(p.ID, grading.PartLabel(i, p.Text), it.Options, func(o grading.Option) bool { return o.ID == p.Right })
		q.Foils = nil
		for j := range q.Options {
			q.Options[j].Label, q.Options[j].Share = grading.Written(it.Options[j].Text), 0
			if q.Options[j].Right {
				q.Options[j].Share = grading.Full
			}
		}
		out = append(out, q)
		used[p.Right] = true
	}
	all := grading.Asked{Note: texts.T("Menjodohkan: jawaban yang salah di satu bagian adalah jawaban bagian lain, jadi hanya jawaban tanpa pasangan yang diperiksa sebagai pengecoh.",
		"Matching: what is wrong for one prompt is right for another, so only answers that belong to no prompt are looked at as distractors.")}
	for _, o := range it.Options {
		if used[o.ID] {
			continue
		}
		foil := grading.AskedFoil{Label: grading.Written(o.Text)}
		for _, p := range it.Parts {
			foil.IDs = append(foil.IDs, grading.TookPart(p.ID, []string{o.ID})...)
		}
		all.Foils = append(all.Foils, foil)
	}
	return append(out, all)
}

func (Kind) Explain(it grading.Item, order string, a grading.Answer, r *grading.Review) {
	for i, p := range it.Parts {
		part := grading.Review{Label: grading.Written(p.Text)}
		part.Chooses(it.Options, order, a.Part(i), func(o grading.Option) bool { return o.ID == p.Right })
		if right(it, order, a, i) {
			part.Mark = grading.Full
		}
		r.Parts = append(r.Parts, part)
	}
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	grading.CheckChoices("", it.Options, r)
	if len(it.Parts) < 2 {
		r.Wrong("parts", "Soal menjodohkan butuh paling sedikit dua pasangan.", "A matching item needs at least two pairs.")
	}
	seen, used := map[string]bool{}, map[string]bool{}
	for i, p := range it.Parts {
		switch {
		case p.Text == "":
			r.Wrong(grading.PartPath(i, "text"), "Bagian kiri pasangan ini kosong.", "The left side of this pair is empty.")
		case seen[p.Text]:
			r.Wrong(grading.PartPath(i, "text"), "Bagian kiri ini sudah ada.", "This left side is there already.")
		}
		seen[p.Text] = true
		if _, ok := grading.FindOption(it.Options, p.Right); !ok {
			r.Wrong(grading.PartPath(i, "right"), "Bagian kiri ini belum punya pasangan.", "This left side has no partner.")
		}
		used[p.Right] = true
	}
	if len(it.Parts) > 1 && len(used) == 1 {
		r.Wrong("parts", "Semua pasangan sama, jadi tidak ada yang dijodohkan.", "All pairs have the same partner, so there is nothing to match.")
	}
}

func (Kind) Seen(was, now grading.Item, r *grading.Report) {
	grading.SameOptions("", was.Options, now.Options, r)
	grading.SameParts(was.Parts, now.Parts, func(grading.Part) bool { return false }, r)
}
