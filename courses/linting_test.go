package courses_test

import (
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
