package courses_test

import (
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// Ani walks away in the middle: at its end the attempt is closed and graded with what was saved.
func TestTimesOut(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	right := answers(f, 10)
	seq := f.Seq
	for _, it := range f.Items[:8] {
		s, err := w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{it.Item: right[it.Item]}, seq)
		must(t, err)
		seq = s.Seq
	}
	w.clock.pass(30*time.Minute - time.Second)
	w.chain()
	a, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if a.State != courses.AttemptOpen {
		t.Fatalf("closed a second early: %s", a.State)
	}
	w.clock.pass(time.Second)
	w.chain()
	a, err = w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if a.State != courses.AttemptGraded || !a.TimedOut || a.Score != 80_000 || !a.SubmittedAt.Equal(f.EndsAt) {
		t.Fatalf("after the end: %+v", a)
	}
	if _, err = w.TestOnlyCompleted(ctx, e.ID); err != nil {
		t.Fatal("what was saved before the end did not count", err)
	}
}

// A late submit: answers saved before the end count, those sent after it do not, and the receipt says so. The chain need not have run.
func TestLateSubmit(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	right := answers(f, 10)
	first := f.Items[0].Item
	_, err = w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{first: right[first]}, 0)
	must(t, err)
	w.clock.pass(30 * time.Minute)
	r, err := w.Submit(ctx, ani, f.Attempt, right, 1)
	must(t, err)
	if !r.TimedOut || r.Refused != 9 || r.Answered != 1 || !r.SubmittedAt.Equal(f.EndsAt) {
		t.Fatalf("receipt %+v", r)
	}
	_, err = w.Save(ctx, ani, f.Attempt, right, 1)
	is(t, err, faults.Conflict)
	says(t, err, "Waktu sudah habis")
	w.chain()
	a, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if a.Score != 10_000 {
		t.Fatalf("score %d", a.Score)
	}

	// A late save closes it, too.
	f, err = w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	w.clock.pass(31 * time.Minute)
	_, err = w.Save(ctx, ani, f.Attempt, answers(f, 1), 0)
	is(t, err, faults.Conflict)
	a, err = w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if a.State != courses.AttemptSubmitted || a.Answered != 0 {
		t.Fatalf("after a late save: %+v", a)
	}
	w.chain()
	// And so does starting again after an abandoned attempt, when the sweeper was not there yet.
	f, err = w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	w.clock.pass(time.Hour)
	_, err = w.Start(ctx, ani, e.ID, "posttest")
	is(t, err, faults.Conflict)
	says(t, err, "sedang dinilai")
	w.chain()
	after, err := w.Enrolment(ctx, ani, e.ID)
	must(t, err)
	if after.Taken["posttest"].Ended != 3 || after.State != courses.Failed {
		t.Fatalf("enrolment %+v", after)
	}
}

// Extra time moves the end while the attempt runs; nobody gives it to themselves.
func TestExtraTime(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	w.clock.pass(29 * time.Minute)
	aniRuns := access.Actor{Person: "ani", Grants: []access.Grant{{Role: "invigilator"}, {Role: "training_admin"}}}
	for name, c := range map[string]struct {
		a       access.Actor
		minutes int
		why     string
		want    error
	}{
		"herself":              {ani, 10, "saya lambat", faults.Forbidden},
		"herself, with a role": {aniRuns, 10, "saya lambat", faults.Forbidden},
		"a colleague":          {budi, 10, "teman", faults.NotFound},
		"another unit":         {access.Actor{Person: "x", Grants: []access.Grant{{Role: "invigilator", Unit: "u-other"}}}, 10, "teman", faults.NotFound},
		"without a reason":     {invig, 10, " ", faults.Invalid},
		"too much":             {invig, 241, "banjir", faults.Invalid},
		"nobody":               {access.Actor{}, 10, "x", faults.Unauthenticated},
	} {
		_, err := w.Extend(ctx, c.a, f.Attempt, c.minutes, "k", c.why)
		if c.want != nil && faults.KindOf(err) != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for range 2 {
		a, err := w.Extend(ctx, invig, f.Attempt, 15, "k1", "listrik padam")
		must(t, err)
		if !a.EndsAt.Equal(f.EndsAt.Add(15 * time.Minute)) {
			t.Fatalf("ends at %v", a.EndsAt)
		}
	}
	w.clock.pass(10 * time.Minute) // beyond the first end
	w.chain()
	_, err = w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{f.Items[0].Item: {Choices: []string{"a"}}}, 0)
	must(t, err)
	w.clock.pass(6 * time.Minute)
	w.chain()
	a, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if a.State != courses.AttemptGraded || !a.TimedOut {
		t.Fatalf("after the extended end: %+v", a)
	}
	_, err = w.Extend(ctx, invig, f.Attempt, 15, "k2", "listrik padam")
	is(t, err, faults.Conflict)
	w.audited("attempts", "extra_time", 1)
}
