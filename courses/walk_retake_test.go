package courses_test

import (
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// Budi fails, sees only objectives, gets other items, fails twice more, is granted a fourth attempt, and passes it.
func TestFailsThenPasses(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(budi, "APEL-109")
	seen := map[string]bool{}
	for n := 1; n <= 3; n++ {
		f, err := w.Start(ctx, budi, e.ID, "posttest")
		must(t, err)
		if f.Ordinal != n {
			t.Fatalf("ordinal %d, want %d", f.Ordinal, n)
		}
		for _, it := range f.Items { // 30 items, 3 forms of 10: nothing twice
			if seen[it.Item] {
				t.Fatalf("attempt %d shows %s again while unseen items are left", n, it.Item)
			}
			seen[it.Item] = true
		}
		_, err = w.Submit(ctx, budi, f.Attempt, answers(f, 3+n), f.Seq)
		must(t, err)
		w.chain()
		r, err := w.Review(ctx, budi, f.Attempt)
		must(t, err)
		if r.Full != (n == 3) || (len(r.Items) > 0) != (n == 3) || len(r.Objectives) != 2 || r.Left != 3-n {
			t.Fatalf("review after attempt %d: full %v, %d items, %d objectives, %d left", n, r.Full, len(r.Items), len(r.Objectives), r.Left)
		}
		if n < 3 {
			full, err := w.Review(ctx, admin, f.Attempt)
			must(t, err)
			if !full.Full || len(full.Items) != 10 || full.Items[0].Key[0] == "" || full.Items[0].General == "" {
				t.Fatalf("what a training admin sees: %+v", full)
			}
		}
	}
	after, err := w.Enrolment(ctx, budi, e.ID)
	must(t, err)
	if after.State != courses.Failed || after.Taken["posttest"].Best != 60_000 || after.Taken["posttest"].BestOf != 3 {
		t.Fatalf("after three failures: %+v", after)
	}
	_, err = w.Start(ctx, budi, e.ID, "posttest")
	is(t, err, faults.Conflict)
	says(t, err, "habis")
	_, err = w.Enrol(ctx, budi, courses.EnrolInput{Course: "APEL-109", Again: true})
	is(t, err, faults.Conflict) // a new cycle is no way around the limit

	_, err = w.GrantAttempt(ctx, budi, e.ID, "posttest", "k1", "mau lagi")
	is(t, err, faults.Forbidden)
	_, err = w.GrantAttempt(ctx, admin, e.ID, "posttest", "k1", "")
	is(t, err, faults.Invalid)
	for range 2 { // the form posted twice grants once
		_, err = w.GrantAttempt(ctx, admin, e.ID, "posttest", "k1", "listrik padam saat ujian")
		must(t, err)
	}
	f, err := w.Start(ctx, budi, e.ID, "posttest")
	must(t, err)
	_, err = w.Submit(ctx, budi, f.Attempt, answers(f, 7), f.Seq)
	must(t, err)
	w.chain()
	c, err := w.TestOnlyCompleted(ctx, e.ID)
	must(t, err)
	if c.Score != 70_000 || c.Attempt != f.Attempt {
		t.Fatalf("completion %+v", c)
	}
	_, err = w.Start(ctx, budi, e.ID, "posttest")
	is(t, err, faults.Conflict)
	w.audited("enrolments", "grant_attempt", 1)
}

// audited counts the audit entries of a verb that travel in a collection.
func (w *world) audited(collection, verb string, want int) {
	w.Helper()
	with, err := w.db.WithTrail(ctx, collection, 100)
	must(w, err)
	n := 0
	for _, x := range with {
		for _, e := range x.Trail {
			if e.Verb == verb {
				n++
				if e.Who == "" || e.Role == "" || e.Thing != collection+"/"+x.ID {
					w.Fatalf("entry %+v of %s", e, x.ID)
				}
			}
		}
	}
	if n != want {
		w.Fatalf("%d audit entries %s in %s, want %d", n, verb, collection, want)
	}
}
