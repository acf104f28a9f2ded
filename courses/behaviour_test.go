package courses_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// practising publishes a course whose practice draws two items and behaves like this, and enrols ani up to the practice.
func (w *world) practising(b courses.Behaviour) courses.EnrolmentID {
	w.Helper()
	w.course("UJI-1", func(c *courses.Content) {
		c.Quizzes = append([]courses.Quiz(nil), c.Quizzes...)
		c.Quizzes[1].Draw, c.Quizzes[1].Behaviour = grading.PerObjective(map[string]int{"9.1": 2}), b
	})
	return w.prepare(ani, "UJI-1").ID
}

// choice is an answer: the right one, or option a.
func choice(it courses.ItemView, right bool) grading.Answer {
	words := "salah satu"
	if right {
		words = "benar"
	}
	for _, c := range it.Choices {
		if strings.Contains(string(c.HTML), words) {
			return grading.Answer{Choices: []string{c.ID}}
		}
	}
	return grading.Answer{}
}

func TestImmediateFeedback(t *testing.T) {
	w := newWorld(t)
	e := w.practising(courses.Behaviour{Feedback: courses.Immediate})
	f, err := w.Start(ctx, ani, e, "practice")
	must(t, err)
	one, two := f.Items[0], f.Items[1]
	if one.Check == nil || one.Check.Left != 1 || one.Check.Said != nil {
		t.Fatalf("before the check: %+v", one.Check)
	}
	if _, err := w.CheckAnswer(ctx, ani, f.Attempt, one.Item, grading.Answer{}, courses.Page{Seq: f.Seq}); faults.KindOf(err) != faults.Invalid {
		t.Errorf("a blank answer was checked: %v", err)
	}
	got, err := w.CheckAnswer(ctx, ani, f.Attempt, one.Item, choice(one, false), courses.Page{Seq: f.Seq})
	must(t, err)
	if c := got.Item.Check; !c.Closed || c.Said == nil || c.Said.State != grading.Wrong || len(c.Said.Key) == 0 || len(c.Said.Feedback) == 0 {
		t.Fatalf("the check says %+v", c.Said)
	}
	// The answer to the check got lost: sent again it says the same and counts once.
	again, err := w.CheckAnswer(ctx, ani, f.Attempt, one.Item, choice(one, false), courses.Page{Seq: f.Seq})
	must(t, err)
	if again.Seq != got.Seq || again.Item.Check.Tries != 1 {
		t.Errorf("a repeated check: %+v after %+v", again, got)
	}
	// What was checked stands.
	if _, err := w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{one.Item: choice(one, true)}, got.Seq); faults.KindOf(err) != faults.Invalid {
		t.Errorf("a checked answer was changed: %v", err)
	}
	if _, err := w.CheckAnswer(ctx, ani, f.Attempt, one.Item, choice(one, true), courses.Page{Seq: got.Seq}); faults.KindOf(err) != faults.Invalid {
		t.Errorf("an item was checked twice: %v", err)
	}
	if _, err := w.CheckAnswer(ctx, budi, f.Attempt, two.Item, choice(two, true), courses.Page{Seq: got.Seq}); !errors.Is(err, faults.NotFound) {
		t.Errorf("somebody else checked: %v", err)
	}
	// A tab that missed it is told.
	if _, err := w.CheckAnswer(ctx, ani, f.Attempt, two.Item, choice(two, true), courses.Page{Seq: f.Seq}); !errors.Is(err, faults.Conflict) {
		t.Errorf("a stale tab checked: %v", err)
	}
	older, err := w.Open(ctx, ani, f.Attempt)
	must(t, err)
	newer, err := w.Open(ctx, ani, f.Attempt)
	must(t, err)
	if _, err := w.CheckAnswer(ctx, ani, f.Attempt, two.Item, choice(two, true), courses.Page{Seq: older.Seq, Tab: older.Tab}); !errors.Is(err, faults.Conflict) || older.Seq != newer.Seq {
		t.Errorf("a page that is not the one opened last checked: %v", err)
	}
	saved, err := w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{two.Item: choice(two, true)}, got.Seq)
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, nil, saved.Seq)
	must(t, err)
	w.chain()
	r, err := w.Review(ctx, ani, f.Attempt)
	must(t, err)
	if r.Score != 50000 || r.Items[0].State != grading.Wrong || r.Items[1].State != grading.Right {
		t.Errorf("result %+v", r.Items)
	}
	w.same()
}

// same grades every result of the database again.
func (w *world) same() {
	w.Helper()
	r, err := w.Recompute(ctx, func(id string, n int, why string) { w.Errorf("result %d of %s: %s", n, id, why) })
	must(w, err)
	if r.Same != r.Results || r.Results == 0 {
		w.Errorf("recomputed %+v", r)
	}
}

func TestInteractive(t *testing.T) {
	w := newWorld(t)
	e := w.practising(courses.Behaviour{Feedback: courses.Interactive, Tries: 3, Penalty: grading.Full / 3})
	f, err := w.Start(ctx, ani, e, "practice")
	must(t, err)
	one, two := f.Items[0], f.Items[1]
	got, err := w.CheckAnswer(ctx, ani, f.Attempt, one.Item, choice(one, false), courses.Page{Seq: f.Seq})
	must(t, err)
	c := got.Item.Check
	if c.Closed || c.Left != 2 || c.Penalty != grading.Full/3 || c.Said.State != grading.Wrong || len(c.Said.Feedback) == 0 {
		t.Fatalf("after a wrong try: %+v, %+v", c, c.Said)
	}
	if len(c.Said.Key) > 0 || c.Said.General != "" {
		t.Errorf("the key was told while there are tries left: %+v", c.Said)
	}
	for _, x := range c.Said.Choices {
		if x.Right || !x.Chosen && x.Feedback != "" {
			t.Errorf("a choice tells: %+v", x)
		}
	}
	// Saving another answer uses no try; the form shows the last check beside it.
	saved, err := w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{one.Item: choice(one, true)}, got.Seq)
	must(t, err)
	f, err = w.Form(ctx, ani, f.Attempt)
	must(t, err)
	if x := f.Items[0]; x.Check.Tries != 1 || !x.Answer.Same(choice(one, true)) {
		t.Errorf("after saving: %+v", x.Check)
	}
	got, err = w.CheckAnswer(ctx, ani, f.Attempt, one.Item, choice(one, true), courses.Page{Seq: saved.Seq})
	must(t, err)
	if c := got.Item.Check; !c.Closed || c.Left != 0 || c.Said.State != grading.Right || c.Said.Earned != 667 || c.Said.Try != 2 || len(c.Said.Key) == 0 {
		t.Errorf("right at the second try: %+v, %+v", c, c.Said)
	}
	// The second item: answered, never checked.
	_, err = w.Submit(ctx, ani, f.Attempt, map[string]grading.Answer{two.Item: choice(two, true)}, got.Seq)
	must(t, err)
	w.chain()
	r, err := w.Review(ctx, ani, f.Attempt)
	must(t, err)
	if r.Score != 83333 || r.Items[0].Try != 2 || r.Items[0].State != grading.Right || r.Items[1].Try != 0 {
		t.Errorf("score %d, %+v", r.Score, r.Items)
	}
	w.same()

	// Item analysis counts what was known before anything was told.
	w.count()
	a := w.analysis("UJI-1.1", "practice")
	for _, x := range a.Figures.Items {
		if want := map[bool]float64{true: 0, false: 100}[x.ID == one.Item]; x.Facility.Value != want {
			t.Errorf("facility of %s is %v, want %v", x.ID, x.Facility.Value, want)
		}
	}

	// A corrected key judges every try anew: what was answered first is right now, so the second try never counts.
	key := w.keyOn(one.Item, "a")
	w.regraded(admin, "k1", one.Item, key)
	r, err = w.Review(ctx, ani, f.Attempt)
	must(t, err)
	if r.Score != 100000 || r.Items[0].Try != 0 {
		t.Errorf("after the regrade: score %d, %+v", r.Score, r.Items[0])
	}
	w.same()
}

func TestPracticeWithoutRecord(t *testing.T) {
	w := newWorld(t)
	e := w.practising(courses.Behaviour{Feedback: courses.Immediate, Unrecorded: true})
	before := w.stateOf(ani, e)
	f, err := w.Start(ctx, ani, e, "practice")
	must(t, err)
	got, err := w.CheckAnswer(ctx, ani, f.Attempt, f.Items[0].Item, choice(f.Items[0], true), courses.Page{Seq: f.Seq})
	must(t, err)
	// Another tab, or a reload, goes on with the same one.
	again, err := w.Start(ctx, ani, e, "practice")
	must(t, err)
	if again.Attempt != f.Attempt || again.Seq != got.Seq || again.Items[0].Item != f.Items[0].Item || !again.Items[0].Check.Closed {
		t.Errorf("begun again: %+v", again)
	}
	if _, err := w.Review(ctx, admin, f.Attempt); !errors.Is(err, faults.NotFound) {
		t.Errorf("an admin sees it: %v", err)
	}
	older, err := w.Open(ctx, ani, f.Attempt)
	must(t, err)
	_, err = w.Open(ctx, ani, f.Attempt)
	must(t, err)
	if _, err := w.SubmitFrom(ctx, ani, f.Attempt, map[string]grading.Answer{f.Items[1].Item: choice(f.Items[1], true)}, courses.Page{Seq: older.Seq, Tab: older.Tab}); !errors.Is(err, faults.Conflict) {
		t.Errorf("handed in with other answers from a page that is not the one opened last: %v", err)
	}
	for range 2 {
		_, err = w.Submit(ctx, ani, f.Attempt, nil, got.Seq)
		must(t, err)
	}
	r, err := w.Review(ctx, ani, f.Attempt) // graded on the spot, nothing waits
	must(t, err)
	if r.Score != 50000 || !r.Full || r.Left != -1 {
		t.Errorf("review %+v", r)
	}
	w.chain()
	if after := w.stateOf(ani, e); after.Taken["practice"].Ended != 0 || after.State != before.State {
		t.Errorf("the enrolment knows of it: %+v", after.Taken)
	}
	list, _, err := w.Attempts(ctx, ani, courses.AttemptFilter{Enrolment: e})
	must(t, err)
	if len(list) != 1 || list[0].Quiz != "pretest" {
		t.Errorf("history: %+v", list)
	}
	w.count()
	if a := w.analysis("UJI-1.1", "practice"); a.Figures.Quiz.N != 0 {
		t.Errorf("counted %d sittings", a.Figures.Quiz.N)
	}
	rec, err := w.Recompute(ctx, func(string, int, string) {})
	must(t, err)
	if rec.Attempts != 1 {
		t.Errorf("recomputed %d attempts", rec.Attempts)
	}
	// A new one takes its place; a day later nothing is left.
	f2, err := w.Start(ctx, ani, e, "practice")
	must(t, err)
	if f2.Attempt != f.Attempt || f2.Seq != 0 || f2.State != courses.AttemptOpen {
		t.Errorf("begun anew: %+v", f2)
	}
	w.clock.pass(23 * time.Hour)
	w.chain()
	if _, err := w.Form(ctx, ani, f.Attempt); err != nil {
		t.Errorf("gone too early: %v", err)
	}
	w.clock.pass(2 * time.Hour)
	w.chain()
	if _, err := w.Form(ctx, ani, f.Attempt); !errors.Is(err, faults.NotFound) {
		t.Errorf("a day later: %v", err)
	}
}

func TestBehaviourIsSetInADraft(t *testing.T) {
	w := newWorld(t)
	w.course("UJI-1", nil)
	v, err := w.NewDraft(ctx, author, "UJI-1")
	must(t, err)
	for _, c := range []struct {
		quiz  string
		b     courses.Behaviour
		wrong string
	}{
		{"practice", courses.Behaviour{Feedback: courses.Immediate}, ""},
		{"practice", courses.Behaviour{Feedback: courses.Interactive, Tries: 2, Penalty: grading.Full / 4, Unrecorded: true}, ""},
		{"pretest", courses.Behaviour{Feedback: courses.Immediate}, ""},
		{"pretest", courses.Behaviour{Feedback: courses.Interactive, Tries: 2}, "behaviour.feedback"},
		{"posttest", courses.Behaviour{Feedback: courses.Immediate}, "behaviour.feedback"},
		{"posttest", courses.Behaviour{}, ""},
		{"posttest", courses.Behaviour{Unrecorded: true}, "behaviour.unrecorded"},
		{"practice", courses.Behaviour{Feedback: courses.Interactive, Tries: 1}, "behaviour.tries"},
		{"practice", courses.Behaviour{Feedback: courses.Interactive, Tries: 6}, "behaviour.tries"},
		{"practice", courses.Behaviour{Feedback: courses.Interactive, Tries: 2, Penalty: grading.Full + 1}, "behaviour.penalty"},
		{"practice", courses.Behaviour{Feedback: courses.Immediate, Tries: 2}, "behaviour.tries"},
		{"practice", courses.Behaviour{Feedback: "kapan saja"}, "behaviour.feedback"},
	} {
		_, err := w.SetBehaviour(ctx, author, v.ID, 0, c.quiz, c.b)
		if c.wrong == "" {
			must(t, err)
			continue
		}
		if f := faults.Of(err); err == nil || f.Kind != faults.Invalid || f.Fields[0].Path != c.wrong {
			t.Errorf("%s %+v: %v", c.quiz, c.b, err)
		}
	}
	if _, err := w.SetBehaviour(ctx, author, v.ID, 0, "lain", courses.Behaviour{}); !errors.Is(err, faults.NotFound) {
		t.Errorf("an unknown quiz: %v", err)
	}
	if _, err := w.SetBehaviour(ctx, ani, v.ID, 0, "practice", courses.Behaviour{}); err == nil {
		t.Error("a learner changed a draft")
	}
	if _, err := w.SetBehaviour(ctx, author, "UJI-1.1", 0, "practice", courses.Behaviour{}); !errors.Is(err, faults.Conflict) {
		t.Errorf("a published version changed: %v", err)
	}
}
