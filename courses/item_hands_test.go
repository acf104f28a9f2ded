package courses_test

import (
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// owns sits the post-test of a person, everything right, and says how many items of the form were theirs and whether it completes the course.
func (w *world) owns(a access.Actor, course string) (own int, complete bool) {
	w.Helper()
	e := w.prepare(access.Actor{Person: a.Person}, course)
	f, err := w.Start(ctx, a, e.ID, "posttest")
	must(w, err)
	_, err = w.Submit(ctx, a, f.Attempt, answers(f, len(f.Items)), f.Seq)
	must(w, err)
	w.clock.pass(time.Second)
	w.chain()
	p, err := w.Progress(ctx, a, e.ID)
	must(w, err)
	_, err = w.TestOnlyCompleted(ctx, e.ID)
	return p.Quizzes[2].Own, err == nil
}

// Whoever approves a version, or gives it back, had a hand in its items; whoever was refused, or only spoke about it, had none.
func TestWhoReviewsAVersionHasAHandInItsItems(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", smallTest)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	as := func(p string) access.Actor {
		return access.Actor{Person: p, Grants: []access.Grant{{Role: "reviewer"}}}
	}
	_, err = w.ApproveVersion(ctx, as("ani"), v.ID, v.Revision)
	is(t, err, faults.Conflict) // nobody asked
	_, err = w.RemarkVersion(ctx, as("ani"), v.ID, "", "k", "Judulnya panjang.")
	must(t, err)
	for _, act := range []func() (courses.Talk, error){
		func() (courses.Talk, error) { return w.AskVersionReview(ctx, author, v.ID) },
		func() (courses.Talk, error) {
			return w.ReturnVersion(ctx, as("budi"), v.ID, "Capaian 9.2 tidak diajarkan.")
		},
		func() (courses.Talk, error) { return w.AskVersionReview(ctx, author, v.ID) },
		func() (courses.Talk, error) { return w.ApproveVersion(ctx, as("uadm"), v.ID, v.Revision) },
	} {
		for range 2 {
			_, err := act()
			must(t, err)
		}
		w.chain()
		w.clock.pass(time.Second)
	}
	_, err = w.ReturnVersion(ctx, as("ani"), v.ID, "Terlambat.")
	is(t, err, faults.Conflict) // approved
	_, err = w.Publish(ctx, admin, v.ID)
	must(t, err)
	for person, want := range map[string]int{"ani": 0, "budi": 6, "uadm": 6} {
		if own, complete := w.owns(as(person), "APEL-101"); own != want || complete != (want == 0) {
			t.Errorf("%s: %d own items, want %d, complete %v", person, own, want, complete)
		}
	}
}

// Whoever asks for the dry run of a corrected key, has it run, stops it or lets it go on had a hand in that item; whoever reads the page of the key, or is refused, had none.
func TestWhoCorrectsAKeyHasAHandInItsItem(t *testing.T) {
	w, item := newRegradeWorld(t)
	as := func(p string) access.Actor {
		return access.Actor{Person: p, Grants: []access.Grant{{Role: "training_admin"}}}
	}
	right := w.keyOn(item, "b")
	w.checked(as("citra"), "rg", item, right)
	for _, act := range []func() (courses.RegradeDoc, error){
		func() (courses.RegradeDoc, error) { return w.ConfirmRegrade(ctx, as("dewi"), "rg") },
		func() (courses.RegradeDoc, error) { return w.CancelRegrade(ctx, as("nilai"), "rg", "ada keberatan") },
		func() (courses.RegradeDoc, error) { return w.ResumeRegrade(ctx, as("budi"), "rg") },
	} {
		for range 2 {
			_, err := act()
			must(t, err)
		}
	}
	w.chain()
	_, err := w.ItemToCorrect(ctx, as("ani"), item)
	must(t, err)
	_, err = w.CancelRegrade(ctx, as("ani"), "rg", "terlambat")
	is(t, err, faults.Conflict) // it has ended
	w.clock.pass(time.Second)
	for person, want := range map[string]int{"citra": 1, "dewi": 1, "nilai": 1, "budi": 1, "ani": 0} {
		if own, complete := w.owns(as(person), "APEL-109"); own != want || complete != (want == 0) {
			t.Errorf("%s: %d own items, want %d, complete %v", person, own, want, complete)
		}
	}
}
