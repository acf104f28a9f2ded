package courses_test

import (
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Whoever had a regrade run is told of the certificates it touched; each waits until a person decides, and the decision stands in the trail. Nothing is revoked by it.
func TestCertificatesOfARegradeAreDecided(t *testing.T) {
	w, item := newRegradeWorld(t)
	e := w.prepare(budi, "APEL-109")
	at := w.sit(budi, e.ID, item, "benar", 4) // passes by the wrong key only
	r := w.regraded(admin, "betul", item, w.keyOn(item, "c"))
	if r.Done.Listed != 1 {
		t.Fatalf("the regrade did %+v", r.Done)
	}
	if len(w.listed) == 0 || w.listed[0].Person != admin.Person {
		t.Errorf("told: %+v", w.listed)
	}
	open := func() int {
		list, _, err := w.Undecided(ctx, admin, storage.Cursor{}, 0)
		must(t, err)
		return len(list)
	}
	if n := open(); n != 1 {
		t.Errorf("%d wait", n)
	}
	_, err := w.DecideCertificate(ctx, admin, r.ID, at, true, " ")
	is(t, err, faults.Invalid)
	_, err = w.DecideCertificate(ctx, marker, r.ID, at, true, "x")
	is(t, err, faults.Forbidden)
	_, err = w.DecideCertificate(ctx, admin, r.ID, "nobody", true, "x")
	is(t, err, faults.NotFound)
	for range 2 {
		c, err := w.DecideCertificate(ctx, admin, r.ID, at, true, "Diuji ulang lisan")
		must(t, err)
		if c.Decision == nil || !c.Decision.Keep {
			t.Errorf("decided: %+v", c)
		}
	}
	if n := open(); n != 0 {
		t.Errorf("%d wait after the decision", n)
	}
	if trail := w.trail("regrade_changes", r.ID+"."+at, "keep_certificate"); len(trail) != 1 {
		t.Errorf("the trail has %+v", trail)
	}
	if x := w.stateOf(budi, e.ID); x.State != courses.Completed {
		t.Errorf("the enrolment is %s", x.State)
	}
}
