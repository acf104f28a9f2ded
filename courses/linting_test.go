package courses_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
)

// TestLintFollowsTheDraft looks at a draft, changes it, and looks again: what was remembered is of the revision it was found in.
func TestLintFollowsTheDraft(t *testing.T) {
	w := newWorld(t)
	w.course("UJI-1", nil)
	v, err := w.NewDraft(ctx, author, "UJI-1")
	must(t, err)
	before, err := w.Lint(ctx, author, v.ID)
	must(t, err)
	long := strings.Repeat(strings.Repeat("kata ", 40)+"akhir. ", 8)
	v, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: "L1", Title: text("Pelajaran L1"), Minutes: 10, Markdown: long})
	must(t, err)
	after, err := w.Lint(ctx, author, v.ID)
	must(t, err)
	if len(after.Findings) != len(before.Findings)+1 {
		t.Errorf("%d findings before and %d after long sentences were written", len(before.Findings), len(after.Findings))
	}
}

// TestLintOfFieldTasks: what learners read has short sentences, what a task proves is what the course sets out to teach, and a required one has somebody who can judge it, whoever that is today.
func TestLintOfFieldTasks(t *testing.T) {
	w := newWorld(t)
	found := func(v courses.VersionDoc) (out []string) {
		r, err := w.Lint(ctx, author, v.ID)
		must(t, err)
		for _, f := range r.Findings {
			if f.File == "TL1" {
				out = append(out, string(f.Rule))
			}
		}
		return out
	}
	same := func(v courses.VersionDoc, want ...string) {
		t.Helper()
		if got := found(v); !slices.Equal(got, want) {
			t.Errorf("found %v, not %v", got, want)
		}
	}
	w.fielded("APEL-109", courses.BySupervisor, nil)
	v, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	same(v, "no-judge")
	w.markers = []string{"mira"}
	same(v)
	change := func(x func(*courses.Content)) {
		t.Helper()
		c := v.Content
		c.Tasks, c.Objectives = []courses.FieldTask{fieldTask(courses.ByMarker)}, slices.Clone(c.Objectives)
		x(&c)
		v, err = w.Revise(ctx, author, v.ID, v.Revision, c)
		must(t, err)
	}
	change(func(c *courses.Content) { c.Tasks[0].Marking.Markers = 2 })
	same(v, "no-judge")
	w.markers = []string{"mira", "nino", "oki"}
	same(v)
	w.markers = nil
	change(func(c *courses.Content) { c.Tasks[0].Optional = true })
	same(v)
	w.markers = []string{"mira"}
	change(func(c *courses.Content) { c.Objectives[0].Competency = "M.01" })
	same(v, "no-objective")
	change(func(c *courses.Content) { c.Objectives[0].Competency = "T.04" })
	same(v)
	change(func(c *courses.Content) {
		c.Tasks[0].Instructions = strings.Repeat(strings.Repeat("kata ", 40)+"akhir. ", 8)
	})
	same(v, "long-sentences")

	linted, err := w.Linted(ctx, "APEL-109")
	must(t, err)
	w.markers = nil
	again, err := w.Linted(ctx, "APEL-109")
	must(t, err)
	if len(again[0].Findings) != len(linted[0].Findings)+1 {
		t.Errorf("on the machine: %d findings, without markers %d", len(linted[0].Findings), len(again[0].Findings))
	}
}
