package courses_test

import (
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// TestACourseIsCopied copies a published course: a draft of its own, whose items nobody approved yet, and whose original writers stay known.
func TestACourseIsCopied(t *testing.T) {
	w := newWorld(t)
	v := w.course("UJI-1", nil) // written by pen
	other := access.Actor{Person: "pengawas", Grants: []access.Grant{{Role: "author"}}}
	_, err := w.CopyCourse(ctx, ani, v.ID, "UJI-2", text("Salinan"))
	is(t, err, faults.NotFound)
	_, err = w.CopyCourse(ctx, other, v.ID, "uji 2", text("Salinan"))
	is(t, err, faults.Invalid)
	_, err = w.CopyCourse(ctx, other, v.ID, "UJI-1", text("Salinan"))
	is(t, err, faults.Invalid)
	_, err = w.CopyCourse(ctx, other, v.ID, "UJI-2", text(" "))
	is(t, err, faults.Invalid)
	_, err = w.Course(ctx, other, "UJI-2")
	is(t, err, faults.NotFound)
	got, err := w.CopyCourse(ctx, other, v.ID, "UJI-2", text("Salinan"))
	must(t, err)
	if got.ID != "UJI-2.1" || got.State != courses.Draft || got.MadeBy != "pengawas" || got.Content.Card.Title.ID != "Salinan" || len(got.Content.Lessons) != 2 || len(got.Content.Quizzes) != 3 || len(got.Content.Banks) != 3 {
		t.Fatalf("the copy is %+v", got)
	}
	c, err := w.Course(ctx, other, "UJI-2")
	must(t, err)
	if c.Draft != got.ID || c.Head != "" || len(w.trail(courses.CoursesCollection, "UJI-2", "new_course")) != 1 {
		t.Errorf("the course is %+v", c)
	}
	x, err := w.ShowItem(ctx, other, got.ID, "bank", "B-03")
	must(t, err)
	if x.Life.State != courses.ItemDraft || len(x.Life.Hands) != 2 || x.Life.Hands[0].Person != "pen" {
		t.Errorf("an item of the copy: %+v", x.Life)
	}
	// Changing the copy leaves the original alone.
	it := question("B-03", "9.2")
	it.Stem = "Lain?"
	_, err = w.WriteItem(ctx, other, got.ID, got.Revision, "bank", "B-03", it)
	must(t, err)
	if y, err := w.ShowItem(ctx, author, v.ID, "bank", "B-03"); err != nil || y.Item.Stem != "Soal B-03?" || len(y.History) != 1 {
		t.Errorf("the original: %v %+v", err, y.Item)
	}
	_, err = w.Publish(ctx, admin, got.ID)
	must(t, err)
	_, err = w.CopyCourse(ctx, other, v.ID, "UJI-2", text("Salinan"))
	is(t, err, faults.Invalid)
}

// TestCopiesHaveTheKeyThatCounts copies an item and a course after a key was corrected.
func TestCopiesHaveTheKeyThatCounts(t *testing.T) {
	w := newWorld(t)
	v := w.course("APEL-109", nil)
	x, err := w.ShowItem(ctx, author, v.ID, "bank", "B-03")
	must(t, err)
	w.regraded(admin, "betul", x.Item.ID, w.keyOn(x.Item.ID, "c"))
	right := func(version, code string) string {
		t.Helper()
		items, err := w.Items(ctx, author, version, "bank")
		must(t, err)
		for _, it := range items {
			if it.Code != code {
				continue
			}
			for _, o := range it.Options {
				if o.Mark > 0 {
					return o.ID
				}
			}
		}
		return "none of " + code
	}
	made, err := w.CopyCourse(ctx, author, v.ID, "APEL-110", text("Salinan"))
	must(t, err)
	if got := right(made.ID, "B-03"); got != "c" {
		t.Errorf("a copied course has key %s, c counts", got)
	}
	draft, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	draft, copied, err := w.CopyItem(ctx, author, draft.ID, draft.Revision, "bank", "B-03")
	must(t, err)
	if got := right(draft.ID, copied); got != "c" {
		t.Errorf("a copied item has key %s, c counts", got)
	}
}
