package courses_test

import (
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// Ani enrols herself, takes the pre-test, reads, saves ten answers one by one and passes the first time.
func TestPassesFirstTime(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")

	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	if len(f.Items) != 10 || f.Left != 30*time.Minute {
		t.Fatalf("form: %d items, %v left", len(f.Items), f.Left)
	}
	again, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	for i := range f.Items {
		if f.Items[i].Item != again.Items[i].Item || f.Items[i].Choices[0].HTML != again.Items[i].Choices[0].HTML {
			t.Fatal("starting again gave another form")
		}
	}
	seq := f.Seq
	for item, ans := range answers(f, 8) {
		saved, err := w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{item: ans}, seq)
		must(t, err)
		seq = saved.Seq
		w.clock.pass(time.Minute)
	}
	resumed, err := w.Form(ctx, ani, f.Attempt)
	must(t, err)
	if resumed.Seq != 10 || resumed.Left != 20*time.Minute || resumed.Items[3].Answer.Blank() {
		t.Fatalf("resume: seq %d, %v left, answer %+v", resumed.Seq, resumed.Left, resumed.Items[3].Answer)
	}
	r, err := w.Submit(ctx, ani, f.Attempt, nil, 0)
	must(t, err)
	twice, err := w.Submit(ctx, ani, f.Attempt, answers(f, 0), 99)
	must(t, err)
	if r != twice || r.Answered != 10 {
		t.Fatalf("receipts %+v and %+v", r, twice)
	}
	w.chain()
	twice, err = w.Submit(ctx, ani, f.Attempt, nil, 0)
	must(t, err)
	if !twice.SubmittedAt.Equal(r.SubmittedAt) {
		t.Fatal("a late second submit moved the submission")
	}
	at, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if at.State != courses.AttemptGraded || at.Score != 80_000 || !at.Passed {
		t.Fatalf("attempt %+v", at)
	}
	c, err := w.TestOnlyCompleted(ctx, e.ID)
	must(t, err)
	if c.Score != 80_000 || c.On != "2026-03-02" || c.ValidUntil != "2027-03-02" || c.JP != 4 || !c.Certified || c.Targets[0].Competency != "T.04" {
		t.Fatalf("completion %+v", c)
	}
	_, err = w.Start(ctx, ani, e.ID, "posttest")
	is(t, err, faults.Conflict)
	_, err = w.Enrol(ctx, ani, courses.EnrolInput{Course: "APEL-109"})
	is(t, err, faults.Conflict)
	says(t, err, "2 Maret 2027", "2 Desember 2026")
}
