package courses_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// An attempt begun before an exam was planned for its quiz ends when that exam opens, with what was saved; who plans it is told of it first. Cancelling or moving the exam gives the time back.
func TestAnAttemptOutsideOfAnExamEndsWhenItOpens(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	_, err = w.Save(ctx, ani, f.Attempt, answers(f, 3), f.Seq)
	must(t, err)
	usual := f.EndsAt
	ends := func() time.Time {
		t.Helper()
		at, err := w.Attempt(ctx, ani, f.Attempt)
		must(t, err)
		if at.State != courses.AttemptOpen {
			t.Fatalf("the attempt is %s", at.State)
		}
		return at.EndsAt
	}
	opens := w.clock.Now().Add(10 * time.Minute)
	in := courses.ExamInput{Course: "APEL-109", Quiz: "posttest", Name: "Ujian", Opens: opens, Closes: opens.Add(2 * time.Hour)}
	_, err = w.PlanExam(ctx, admin, in)
	is(t, err, faults.Invalid)
	if x := faults.Of(err).Fields; len(x) != 1 || x[0].Path != "ends_outside" || !strings.Contains(x[0].Text.ID, "1 orang") || !strings.Contains(x[0].Text.ID, "ani") {
		t.Errorf("told: %+v", x)
	}
	if !ends().Equal(usual) {
		t.Error("an exam that was refused moved the end")
	}
	in.EndsOutside = true
	x, err := w.PlanExam(ctx, admin, in)
	must(t, err)
	w.chain()
	if !ends().Equal(opens) {
		t.Errorf("it ends %s, the exam opens %s", ends(), opens)
	}
	if trail := w.trail(courses.ExamsCollection, x.ID, "plan_exam"); len(trail) != 1 || !strings.Contains(trail[0].Note, "outside=1") {
		t.Errorf("the trail says %+v", trail)
	}
	_, err = w.Extend(ctx, admin, f.Attempt, 15, "", "listrik padam")
	is(t, err, faults.Invalid)
	_, err = w.CancelExam(ctx, admin, x.ID, "salah jadwal")
	must(t, err)
	w.chain()
	if !ends().Equal(usual) {
		t.Errorf("after the exam was cancelled it ends %s, not %s", ends(), usual)
	}
	x, err = w.PlanExam(ctx, admin, in)
	must(t, err)
	w.chain()
	later := courses.ExamInput{Name: x.Name, Opens: opens.Add(5 * time.Minute), Closes: x.Closes, EndsOutside: true}
	_, err = w.ChangeExam(ctx, admin, x.ID, x.Revision, later, "diundur")
	must(t, err)
	w.chain()
	if !ends().Equal(later.Opens) {
		t.Errorf("after the exam was moved it ends %s, not %s", ends(), later.Opens)
	}
	w.clock.pass(15 * time.Minute)
	w.chain()
	at, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if at.State != courses.AttemptGraded || !at.TimedOut || !at.SubmittedAt.Equal(later.Opens) || at.Answered != 10 || at.Score != 30_000 {
		t.Errorf("at the opening: %+v", at)
	}
	_, err = w.PlanExam(ctx, admin, courses.ExamInput{Course: "APEL-109", Quiz: "posttest", Name: "Susulan", Opens: w.clock.Now().Add(24 * time.Hour), Closes: w.clock.Now().Add(26 * time.Hour)})
	must(t, err)
}

// What an exam does not say shows no key while anybody sits: not to one who passed, not while one other has time of their own. Said knowingly, it does.
func TestUnsaidReviewKeepsKeysClosedWhileAnybodySits(t *testing.T) {
	for name, c := range map[string]struct {
		review courses.ReviewRules
		open   bool
	}{"unsaid": {}, "knowingly": {courses.ReviewRules{After: courses.ReviewFull, During: courses.ReviewFull}, true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.course("APEL-109", nil)
			passes, sits := w.taker("lulus"), w.taker("lama")
			ep, es := w.prepare(passes, "APEL-109"), w.prepare(sits, "APEL-109")
			w.exam(func(in *courses.ExamInput) {
				in.Opens, in.Closes, in.Review = w.clock.Now(), w.clock.Now().Add(time.Hour), c.review
			})
			f, err := w.Start(ctx, passes, ep.ID, "posttest")
			must(t, err)
			g, err := w.Start(ctx, sits, es.ID, "posttest")
			must(t, err)
			_, err = w.Submit(ctx, passes, f.Attempt, answers(f, 10), f.Seq)
			must(t, err)
			w.chain()
			shows := func(when string, want bool) {
				t.Helper()
				r, err := w.Review(ctx, passes, f.Attempt)
				must(t, err)
				keys := false
				for _, it := range r.Items {
					keys = keys || len(it.Key) > 0
				}
				if !r.Passed || keys != want {
					t.Errorf("%s: passed %v, keys %v, want %v", when, r.Passed, keys, want)
				}
			}
			shows("just after", c.open)
			w.clock.pass(20 * time.Minute)
			shows("later", c.open)
			_, err = w.Extend(ctx, admin, g.Attempt, 60, "", "sakit") // its 30 minutes become 90
			must(t, err)
			w.clock.pass(45 * time.Minute)
			shows("past closing, while one sits on", c.open)
			w.clock.pass(30 * time.Minute)
			shows("when nobody sits", true)
		})
	}
}
