package courses_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// TestATryLeavesNothing walks a draft as a learner would: every behaviour, the clock, a draft that changes meanwhile; and nothing that goes through enrolments, attempts or figures meets it.
func TestATryLeavesNothing(t *testing.T) {
	w := newWorld(t)
	w.course("UJI-1", nil)
	me := author
	v, err := w.NewDraft(ctx, me, "UJI-1")
	must(t, err)
	v, err = w.SetBehaviour(ctx, me, v.ID, v.Revision, "practice", courses.Behaviour{Feedback: courses.Interactive, Tries: 2, Penalty: grading.Full / 4})
	must(t, err)

	_, err = w.Trial(ctx, ani, v.ID)
	is(t, err, faults.NotFound)
	_, err = w.TryQuiz(ctx, ani, v.ID, "practice")
	is(t, err, faults.NotFound)
	x, err := w.Trial(ctx, me, v.ID)
	must(t, err)
	if len(x.Quizzes) != 3 || x.Quizzes[0].Attempt != "" || !x.Quizzes[0].Wrong.Empty() {
		t.Fatalf("the try is %+v", x.Quizzes)
	}
	l, err := w.TryLesson(ctx, me, v.ID, "L1")
	must(t, err)
	if l.Number != 1 || l.Of != 2 || l.Next != "L2" || l.HTML == "" || l.Enrolment != "" {
		t.Errorf("the lesson is %+v", l)
	}

	// Interactive: the first check is wrong, tries are left.
	f, err := w.TryQuiz(ctx, me, v.ID, "practice")
	must(t, err)
	got, err := w.CheckAnswer(ctx, me, f.Attempt, f.Items[0].Item, choice(f.Items[0], false), courses.Page{Seq: f.Seq})
	must(t, err)
	if f.Tried != v.ID || got.Item.Check.Left != 1 || got.Item.Check.Closed {
		t.Errorf("after a check: %+v, tried %q", got.Item.Check, f.Tried)
	}
	// Somebody else's is nobody's business.
	_, err = w.Form(ctx, admin, f.Attempt)
	is(t, err, faults.NotFound)
	// The draft changes: what was begun before begins anew.
	v, err = w.SetBehaviour(ctx, me, v.ID, v.Revision, "practice", courses.Behaviour{Feedback: courses.Immediate})
	must(t, err)
	if f, err = w.TryQuiz(ctx, me, v.ID, "practice"); err != nil || f.Items[0].Check.Tries != 0 || f.Behaviour.Feedback != courses.Immediate {
		t.Errorf("after the draft changed: %v %+v", err, f.Items[0].Check)
	}

	// The post-test has a clock, is passed, and means nothing.
	f, err = w.TryQuiz(ctx, me, v.ID, "posttest")
	must(t, err)
	if f.EndsAt.IsZero() {
		t.Error("a try has no clock")
	}
	all := map[string]grading.Answer{}
	for _, it := range f.Items {
		all[it.Item] = choice(it, true)
	}
	for range 2 {
		_, err = w.Submit(ctx, me, f.Attempt, all, f.Seq)
		must(t, err)
	}
	r, err := w.Review(ctx, me, f.Attempt)
	must(t, err)
	if !r.Passed || r.Score != 100000 || r.Own != 0 || !r.Full || r.Tried != v.ID {
		t.Errorf("the result is %+v", r.AttemptDoc)
	}
	// Begun again it is a new one; the clock ends it by itself, with what was saved.
	f, err = w.TryQuiz(ctx, me, v.ID, "posttest")
	must(t, err)
	_, err = w.Save(ctx, me, f.Attempt, map[string]grading.Answer{f.Items[0].Item: choice(f.Items[0], true)}, f.Seq)
	must(t, err)
	w.clock.pass(31 * time.Minute)
	_, err = w.Save(ctx, me, f.Attempt, map[string]grading.Answer{f.Items[1].Item: choice(f.Items[1], true)}, f.Seq+1)
	is(t, err, faults.Conflict)
	at, err := w.Attempt(ctx, me, f.Attempt)
	must(t, err)
	if at.State != courses.AttemptGraded || !at.TimedOut || at.Score != 10000 || at.Passed {
		t.Errorf("after the time: %+v", at)
	}
	f, err = w.TryQuiz(ctx, me, v.ID, "pretest")
	must(t, err)
	w.clock.pass(time.Hour) // nobody presses anything
	if at, err = w.Attempt(ctx, me, f.Attempt); err != nil || at.State != courses.AttemptGraded || !at.TimedOut {
		t.Errorf("left alone: %v %+v", err, at)
	}

	w.chain()
	list, _, err := w.Attempts(ctx, admin, courses.AttemptFilter{Course: "UJI-1"})
	must(t, err)
	if len(list) != 0 {
		t.Errorf("there are %d attempts", len(list))
	}
	enrolled, _, err := w.Enrolments(ctx, admin, courses.EnrolmentFilter{Course: "UJI-1"})
	must(t, err)
	if len(enrolled) != 0 {
		t.Errorf("there are %d enrolments", len(enrolled))
	}
	w.clock.pass(25 * time.Hour)
	w.chain()
	if _, err := w.Form(ctx, me, f.Attempt); faults.KindOf(err) != faults.NotFound {
		t.Errorf("a day later it is still there: %v", err)
	}

	// A test that draws more than there is cannot be tried, and says why.
	v.Content.Quizzes[1].Draw = grading.PerObjective(map[string]int{"9.1": 7})
	v, err = w.Revise(ctx, me, v.ID, v.Revision, v.Content)
	must(t, err)
	_, err = w.TryQuiz(ctx, me, v.ID, "practice")
	is(t, err, faults.Conflict)
	says(t, err, "7 soal")
	must(t, w.Discard(ctx, me, v.ID, "selesai"))
	_, err = w.Trial(ctx, me, v.ID)
	is(t, err, faults.Conflict)
}

// TestATryOfAFieldTask: an author reads a task as learners will, and nothing of it is kept.
func TestATryOfAFieldTask(t *testing.T) {
	w := newWorld(t)
	w.fielded("APEL-109", courses.ByMarker, nil)
	v, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	x, err := w.TryTask(ctx, author, v.ID, "TL1")
	must(t, err)
	if !strings.Contains(string(x.Instructions), "<strong>meja layanan</strong>") || len(x.Rubric) != 2 || x.Task.Words != 300 || x.Until != "2026-03-16" || x.State != "" || x.Enrolment != "" {
		t.Errorf("tried it is %+v", x)
	}
	_, err = w.TryTask(ctx, author, v.ID, "TL9")
	is(t, err, faults.NotFound)
	_, err = w.TryTask(ctx, ani, v.ID, "TL1")
	is(t, err, faults.NotFound)
	for _, c := range []string{courses.FieldWorksCollection, courses.RehearsalsCollection, courses.EnrolmentsCollection} {
		if left, err := w.db.Engine().Slice(ctx, c, "", 10); err != nil || len(left) != 0 {
			t.Errorf("a try left %d documents in %s: %v", len(left), c, err)
		}
	}
}
