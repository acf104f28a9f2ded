package main

import (
	"errors"
	"net/http"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/overviews"
	"github.com/apelkota/apel/people"
)

// An overview shows exactly what its rooms show the same actor: for every role, of oneself, a colleague and a stranger.
func TestOverviewsShowWhatTheRoomsShow(t *testing.T) {
	c := openCity(t, false)
	ctx := t.Context()
	rooms := overviews.Rooms{People: c.installation.people, Courses: c.courses, Certificates: c.certificates, Competencies: c.competencies, Placement: c.placement}
	allowed := func(err error) bool {
		t.Helper()
		if err != nil && !errors.Is(err, faults.NotFound) && !errors.Is(err, faults.Forbidden) {
			t.Fatal(err)
		}
		return err == nil
	}
	seen := map[string]int{}
	for _, role := range roles {
		a := c.purely(role)
		for _, whom := range []string{role, "near", "far"} {
			id := c.persons[whom]
			p, err := rooms.Person(ctx, a, people.ID(id))
			_, want := c.installation.people.Person(ctx, a, people.ID(id))
			if allowed(err) != allowed(want) {
				t.Errorf("%s looking at %s: the overview says %v, the room %v", role, whom, err, want)
			}
			if err != nil {
				seen["nobody"]++
				continue
			}
			if role == "leader" && whom == "far" && (p.Account.Shown || p.Assignments.Shown || p.Certificates.Shown || p.Standing.Shown || p.Hours.Shown) {
				t.Errorf("a leader sees personal details: %+v", p)
			}
			_, accountErr := c.installation.people.Account(ctx, a, people.ID(id))
			_, _, givenErr := c.courses.Assignments(ctx, a, courses.AssignmentFilter{Person: id})
			_, heldErr := c.certificates.Of(ctx, a, id, storage.Cursor{})
			_, standingErr := c.competencies.StandingOf(ctx, a, id)
			_, hoursErr := c.competencies.HoursOf(ctx, a, id, "")
			for name, x := range map[string]struct {
				shown bool
				room  error
			}{"account": {p.Account.Shown, accountErr}, "assignments": {p.Assignments.Shown, givenErr}, "certificates": {p.Certificates.Shown, heldErr},
				"standing": {p.Standing.Shown, standingErr}, "hours": {p.Hours.Shown, hoursErr}} {
				if x.shown != allowed(x.room) {
					t.Errorf("%s looking at %s: %s shown %v, the room says %v", role, whom, name, x.shown, x.room)
				}
				if x.shown {
					seen["shown"]++
				} else {
					seen["hidden"]++
				}
			}
		}
		_, err := rooms.Vacancy(ctx, a, c.shared["position"])
		_, want := c.placement.PeopleFor(ctx, a, c.shared["position"])
		if allowed(err) != allowed(want) {
			t.Errorf("%s at a vacancy: the overview says %v, the room %v", role, err, want)
		}
	}
	if seen["shown"] < 50 || seen["hidden"] == 0 || seen["nobody"] == 0 {
		t.Errorf("too little was compared: %v", seen)
	}

	// Home: every course under way stands in one place, and what is advised is not under way.
	learner := access.Actor{Person: c.persons["learner"]}
	h, err := rooms.Home(ctx, learner)
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.courses.Home(ctx, learner, learner.Person)
	if err != nil {
		t.Fatal(err)
	}
	n := h.Finished + len(h.Duties) + len(h.Going)
	if h.Next != nil {
		n++
	}
	if n != len(all) || len(all) == 0 {
		t.Errorf("%d of %d courses stand on the page", n, len(all))
	}
	for _, advised := range h.Advised {
		for _, l := range all {
			if l.Course == advised.Course {
				t.Errorf("%s is advised and under way", l.Course)
			}
		}
	}
	var answer struct {
		Person   struct{ ID string }
		Finished int
	}
	if err := c.as("learner").call(ctx, http.MethodGet, "/home", nil, &answer); err != nil || answer.Person.ID != learner.Person || answer.Finished != h.Finished {
		t.Errorf("over the API: %+v, %v", answer, err)
	}
}
