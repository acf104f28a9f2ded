package courses_test

import (
	"sync"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// Two tabs: the one that did not see the other's answer is told so, and neither loses anything.
func TestStaleTab(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	one, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	two, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	if one.Attempt != two.Attempt {
		t.Fatal("two tabs opened two attempts")
	}
	item, other := one.Items[0].Item, one.Items[1].Item
	pick := func(p string) grading.Answer { return grading.Answer{Choices: []string{p}} }
	saved, err := w.Save(ctx, ani, two.Attempt, map[string]grading.Answer{item: pick("b")}, two.Seq)
	must(t, err)

	_, err = w.Save(ctx, ani, one.Attempt, map[string]grading.Answer{item: pick("c")}, one.Seq)
	is(t, err, faults.Conflict)
	if f := faults.Of(err); len(f.Fields) != 1 || f.Fields[0].Path != "seq" {
		t.Fatalf("a page cannot tell a stale tab from other conflicts: %+v", f)
	}
	_, err = w.Submit(ctx, ani, one.Attempt, map[string]grading.Answer{item: pick("c")}, one.Seq)
	is(t, err, faults.Conflict)

	// The answer to the save was lost on the way; the tab sends it again.
	again, err := w.Save(ctx, ani, two.Attempt, map[string]grading.Answer{item: pick("b")}, two.Seq)
	must(t, err)
	if again.Seq != saved.Seq {
		t.Fatalf("repeating a save counted twice: %d, then %d", saved.Seq, again.Seq)
	}
	// The stale tab reloads and goes on where the other stopped.
	form, err := w.Form(ctx, ani, one.Attempt)
	must(t, err)
	if form.Items[0].Answer.Choices[0] != "b" {
		t.Fatalf("the stored answer was lost: %+v", form.Items[0].Answer)
	}
	saved, err = w.Save(ctx, ani, one.Attempt, map[string]grading.Answer{other: pick("a")}, form.Seq)
	must(t, err)
	// An answer taken back is gone.
	saved, err = w.Save(ctx, ani, one.Attempt, map[string]grading.Answer{item: {}}, saved.Seq)
	must(t, err)
	// A tab that sends all answers as they are stored may submit whatever number it saw.
	_, err = w.Submit(ctx, ani, one.Attempt, map[string]grading.Answer{other: pick("a"), item: {}}, 0)
	must(t, err)
	w.chain()
	a, err := w.Attempt(ctx, ani, one.Attempt)
	must(t, err)
	if a.Answered != 1 {
		t.Fatalf("%d answers, want 1", a.Answered)
	}
}

// Fifty tabs press start, save and submit at once: one attempt, one form, one receipt.
func TestRacingTabs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	const tabs = 50
	all := func(do func(i int)) {
		var wg sync.WaitGroup
		for i := range tabs {
			wg.Go(func() { do(i) })
		}
		wg.Wait()
	}
	forms, shown := make([]courses.FormView, tabs), make([]string, tabs)
	all(func(i int) {
		f, err := w.Start(ctx, ani, e.ID, "posttest")
		if err != nil {
			t.Error(err)
		}
		forms[i], shown[i] = f, f.Attempt
		for _, it := range f.Items {
			shown[i] += it.Item + string(it.Choices[0].HTML)
		}
	})
	receipts, saved := make([]courses.Receipt, tabs), make([]bool, tabs)
	all(func(i int) {
		_, err := w.Save(ctx, ani, forms[i].Attempt, map[string]grading.Answer{forms[i].Items[i%10].Item: {Choices: []string{"a"}}}, 0)
		if err != nil && faults.KindOf(err) != faults.Conflict {
			t.Error(err)
		}
		saved[i] = err == nil
		if receipts[i], err = w.Submit(ctx, ani, forms[i].Attempt, nil, 0); err != nil {
			t.Error(err)
		}
	})
	all(func(i int) {
		if err := w.Grade(ctx, forms[i].Attempt); err != nil {
			t.Error(err)
		}
	})
	all(func(i int) {
		if err := w.Complete(ctx, forms[i].Attempt); err != nil {
			t.Error(err)
		}
	})
	taken := 0
	for i := range tabs {
		if shown[i] != shown[0] || receipts[i] != receipts[0] {
			t.Fatalf("tab %d saw another form or receipt", i)
		}
		if saved[i] {
			taken++
		}
	}
	// Of the answers to different items that named the same number, one was taken; the same item's answer sent by five tabs counts as one repeated.
	if (receipts[0].Answered == 1) != (taken > 0) || receipts[0].Answered > 1 { // the first submit may come before every save
		t.Fatalf("%d answers kept, %d saves acknowledged", receipts[0].Answered, taken)
	}
	after, err := w.Enrolment(ctx, ani, e.ID)
	must(t, err)
	if after.Taken["posttest"].Ended != 1 {
		t.Fatalf("%d attempts recorded", after.Taken["posttest"].Ended)
	}
	r, err := w.Review(ctx, admin, e.ID+".posttest.1")
	must(t, err)
	if len(r.Gradings) != 1 {
		t.Fatalf("graded %d times", len(r.Gradings))
	}
}
