package courses_test

import (
	"sync"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// Two tabs: the one that did not see the other's answer is told so, and neither loses anything.
func TestStaleTab(t *testing.T) {
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
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	forms := make([]string, 50)
	receipts := make([]any, 50)
	var wg sync.WaitGroup
	for i := range forms {
		wg.Go(func() {
			f, err := w.Start(ctx, ani, e.ID, "posttest")
			if err != nil {
				if faults.KindOf(err) != faults.Conflict { // another tab handed it in already
					t.Error(err)
				}
				return
			}
			for _, it := range f.Items {
				forms[i] += it.Item + string(it.Choices[0].HTML)
			}
			w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{f.Items[0].Item: {Choices: []string{"a"}}}, f.Seq) // one of them wins
			r, err := w.Submit(ctx, ani, f.Attempt, nil, 0)
			if err != nil {
				t.Error(err)
			}
			receipts[i] = r
			if err := w.Grade(ctx, f.Attempt); err != nil {
				t.Error(err)
			}
			if err := w.Complete(ctx, f.Attempt); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.chain()
	form, receipt := "", any(nil)
	for i := range forms {
		if forms[i] != "" && form == "" {
			form, receipt = forms[i], receipts[i]
		}
		if forms[i] != "" && (forms[i] != form || receipts[i] != receipt) {
			t.Fatalf("tab %d saw another form or receipt", i)
		}
	}
	after, err := w.Enrolment(ctx, ani, e.ID)
	must(t, err)
	if after.Taken["posttest"].Ended != 1 {
		t.Fatalf("%d attempts recorded", after.Taken["posttest"].Ended)
	}
}
