package courses_test

import (
	"slices"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// Whoever opens the answers or the enrolment of somebody else leaves a trace; one's own and what is refused leave none.
func TestLooksAtOthersAreNoted(t *testing.T) {
	w, item := newRegradeWorld(t)
	e := w.prepare(ani, "APEL-109")
	at := w.sit(ani, e.ID, item, "salah satu", 3)
	ways := map[string]func() error{
		"enrolment": func() error { _, err := w.Enrolment(ctx, marker, e.ID); return err },
		"enrolments": func() error {
			_, _, err := w.Enrolments(ctx, marker, courses.EnrolmentFilter{Person: "ani"})
			return err
		},
		"attempts": func() error { _, _, err := w.Attempts(ctx, marker, courses.AttemptFilter{Enrolment: e.ID}); return err },
		"answers":  func() error { _, err := w.Review(ctx, marker, at); return err },
	}
	for name, open := range ways {
		w.looks = nil
		must(t, open())
		if !slices.Equal(w.looks, []string{"nilai as marker at ani"}) {
			t.Errorf("%s: %v", name, w.looks)
		}
	}
	w.looks = nil
	_, err := w.Review(ctx, ani, at)
	must(t, err)
	_, err = w.Review(ctx, citra, at)
	is(t, err, faults.NotFound)
	_, err = w.Enrolment(ctx, citra, e.ID)
	is(t, err, faults.NotFound)
	_, _, err = w.Attempts(ctx, marker, courses.AttemptFilter{Course: "APEL-109"}) // a list of many
	must(t, err)
	if len(w.looks) > 0 {
		t.Errorf("noted %v", w.looks)
	}
}
