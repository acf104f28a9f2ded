package courses_test

import (
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

// Who types words where a number is wanted is told so while it can be mended: with the save, on the form, and instead of using up a try. Nothing is told of an answer that is only wrong.
func TestWhatCannotBeReadIsSaid(t *testing.T) {
	w := newWorld(t)
	items := bank("P", 6)
	items[0].Type, items[0].Units, items[0].Options = grading.Numeric, []string{"menit"}, []grading.Option{{ID: "a", Text: "5000", Mark: grading.Full}}
	items[1].Type, items[1].Stem, items[1].Options = "cloze", "Paling lama [[1]] hari lewat [[2]].", nil
	items[1].Parts = []grading.Part{{ID: "a", Type: grading.ShortText, Options: []grading.Option{{ID: "a", Text: "lima", Mark: grading.Full}}}, {ID: "b", Type: grading.Numeric, Options: []grading.Option{{ID: "a", Text: "5", Mark: grading.Full}}}}
	w.course("UJI-1", func(c *courses.Content) {
		c.Quizzes = append([]courses.Quiz(nil), c.Quizzes...)
		c.Quizzes[1].Draw, c.Quizzes[1].Behaviour = grading.PerObjective(map[string]int{"9.1": 3, "9.2": 3}), courses.Behaviour{Feedback: courses.Interactive, Tries: 3}
	})
	v, err := w.NewDraft(ctx, author, "UJI-1")
	must(t, err)
	v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "pre", items)
	must(t, err)
	_, err = w.Publish(ctx, admin, v.ID)
	must(t, err)
	w.chain()
	e := w.prepare(ani, "UJI-1").ID
	f, err := w.Start(ctx, ani, e, "practice")
	must(t, err)
	var number, gaps courses.ItemView
	for _, it := range f.Items {
		switch it.Ask {
		case grading.AskNumber:
			number = it
		case grading.AskParts:
			gaps = it
		}
		if !it.Advice.Empty() {
			t.Errorf("a blank answer is advised: %+v", it.Advice)
		}
	}
	seq := f.Seq
	save := func(answers map[string]grading.Answer) courses.Saved {
		t.Helper()
		got, err := w.Save(ctx, ani, f.Attempt, answers, seq)
		must(t, err)
		seq = got.Seq
		return got
	}
	unread, inGap := grading.Answer{Text: "5 ribu"}, grading.Answer{Parts: []grading.Answer{{Text: "enam"}, {Text: "lima"}}}
	got := save(map[string]grading.Answer{number.Item: unread, gaps.Item: inGap})
	if a := got.Advice[number.Item]; a != (texts.Text{ID: "Jawaban ini belum terbaca sebagai angka. Tulis angkanya, misalnya 15.000 atau 2,5; boleh dengan satuan menit.",
		EN: "This does not read as a number. Write the number, such as 15,000 or 2.5; it may have the unit menit."}) {
		t.Errorf("of %q is said %+v", unread.Text, a)
	}
	if a := got.Advice[gaps.Item]; a.ID == "" || a.ID[:12] != "Isian ke-2: " || a.EN[:7] != "Gap 2: " {
		t.Errorf("of a gap is said %+v", a)
	}
	f, err = w.Form(ctx, ani, f.Attempt)
	must(t, err)
	for _, it := range f.Items {
		if it.Advice != got.Advice[it.Item] {
			t.Errorf("question %d says %+v, the save %+v", it.Number, it.Advice, got.Advice[it.Item])
		}
	}
	// Checking it costs no try; the answer is kept, and a check whose answer got lost is known again.
	for range 2 {
		checked, err := w.CheckAnswer(ctx, ani, f.Attempt, number.Item, grading.Answer{Text: "lima ribu"}, courses.Page{Seq: seq})
		must(t, err)
		if c := checked.Item; c.Check.Tries != 0 || c.Check.Left != 3 || c.Advice.Empty() || c.Answer.Text != "lima ribu" || checked.Seq != seq+1 {
			t.Errorf("checked without a number: %+v, check %+v", c, c.Check)
		}
	}
	seq++
	checked, err := w.CheckAnswer(ctx, ani, f.Attempt, number.Item, grading.Answer{Text: "6000 menit"}, courses.Page{Seq: seq})
	must(t, err)
	if c := checked.Item; c.Check.Tries != 1 || !c.Advice.Empty() {
		t.Errorf("a wrong number: %+v, check %+v", c.Advice, c.Check)
	}
	seq = checked.Seq
	if got := save(map[string]grading.Answer{gaps.Item: {Parts: []grading.Answer{{Text: "salah"}, {Text: "7"}}}}); len(got.Advice) > 0 {
		t.Errorf("a wrong answer is advised: %+v", got.Advice)
	}
}
