package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/storage"
)

// What is stored of a person's standing follows new standards and a newly published course without anybody touching the person.
func TestStandingsFollowNewStandardsAndCourses(t *testing.T) {
	c := openCity(t, false)
	ctx := t.Context()
	person := c.persons["learner"]
	stored := func() competencies.Profile {
		t.Helper()
		r, err := c.db.Engine().Get(ctx, competencies.StandingsCollection, person)
		must(t, err)
		var d struct {
			Doc storage.Derived[competencies.Profile] `json:"doc"`
		}
		must(t, json.Unmarshal(r.Body, &d))
		if d.Doc.Of.Person != person {
			t.Fatalf("no standing in %.200s", r.Body)
		}
		return d.Doc.Of
	}
	c.drain(t)
	before := stored()

	now, err := c.competencies.Standards(ctx)
	must(t, err)
	var all []competencies.Standard
	for _, code := range now.Codes {
		s := now.Items[code]
		if code == before.Standard {
			s.Requirements = slices.Clone(s.Requirements)
			for i := range s.Requirements {
				s.Requirements[i].Level = min(s.Requirements[i].Level+1, competencies.MaxLevel)
			}
		}
		all = append(all, s)
	}
	v, err := c.competencies.PublishStandards(ctx, system, "baru.csv", all)
	must(t, err)
	if got := stored(); got.Standards != before.Standards {
		t.Error("the publisher rebuilt standings inside the request")
	}
	c.drain(t)
	after := stored()
	if after.Standards != v.ID || after.Fit.Required <= before.Fit.Required {
		t.Errorf("under the new standards: version %s (want %s), required %d (was %d)", after.Standards, v.ID, after.Fit.Required, before.Fit.Required)
	}

	// A new version of a course is what everybody's list of next courses names from then on.
	if len(after.Next) == 0 {
		t.Fatal("no course closes a gap of this person")
	}
	course := after.Next[0].Course
	version := func(of competencies.Profile) string {
		i := slices.IndexFunc(of.Next, func(n competencies.NextCourse) bool { return n.Course == course })
		if i < 0 {
			t.Fatalf("%s closes no gap of this person any more", course)
		}
		return of.Next[i].Version
	}
	draft, err := c.courses.NewDraft(ctx, system, course)
	must(t, err)
	if got := version(after); got == draft.ID {
		t.Fatal("the draft is on offer already")
	}
	_, err = c.courses.Publish(ctx, system, draft.ID)
	must(t, err)
	c.drain(t)
	if got := version(stored()); got != draft.ID {
		t.Errorf("the next course is still version %s", got)
	}
}
