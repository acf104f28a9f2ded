package courses_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/itemstats"
)

// next publishes the next version of a course: its pre-test draws so many items per objective, and the items of these codes read otherwise.
func (w *world) next(course string, draw int, changed ...string) courses.VersionDoc {
	w.Helper()
	v, err := w.NewDraft(ctx, author, course)
	must(w, err)
	items, err := w.Items(ctx, author, v.ID, "pre")
	must(w, err)
	for i, it := range items {
		if slices.Contains(changed, it.Code) {
			items[i].Stem = it.Stem + " Jelaskan."
		}
		items[i].ID, items[i].Version, items[i].Key = "", 0, 0
	}
	v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "pre", items)
	must(w, err)
	c := v.Content
	c.Quizzes = slices.Clone(c.Quizzes)
	c.Quizzes[0].Draw = grading.PerObjective(map[string]int{"9.1": draw, "9.2": draw})
	v, err = w.Revise(ctx, author, v.ID, v.Revision, c)
	must(w, err)
	v, err = w.Publish(ctx, admin, v.ID)
	must(w, err)
	w.chain()
	return v
}

// An item that does not change keeps its figures when its course gets a new version; one that does is compared with what it was, and where it cannot be, the reason stands there.
func TestFiguresOverVersions(t *testing.T) {
	w := newWorld(t)
	all := func(c *courses.Content) {
		c.Quizzes[0].Draw = grading.PerObjective(map[string]int{"9.1": 3, "9.2": 3})
	}
	first := w.course("APEL-109", all)
	some := func(i int) int { return (i*7 + i/3) % 7 }
	attempts := w.class("APEL-109", "m", 25, some)
	w.count()
	for _, f := range w.analysis(first.ID, "pretest").Flags {
		if f.Kind != itemstats.SmallN {
			t.Fatalf("25 sittings raise %+v", f)
		}
	}
	second := w.next("APEL-109", 3, "P-00")
	attempts = append(attempts, w.class("APEL-109", "n", 20, some)...)
	w.count()

	a := w.analysis(second.ID, "pretest")
	if a.Figures.Quiz.N != 20 || len(a.Figures.Items) != 6 || len(a.Pooled) != 5 || len(a.Drift) != 6 {
		t.Fatalf("%d sittings, %d items, %d pooled, %d compared", a.Figures.Quiz.N, len(a.Figures.Items), len(a.Pooled), len(a.Drift))
	}
	few := map[string]bool{}
	for _, f := range a.Flags {
		few[f.Item] = few[f.Item] || f.Kind == itemstats.SmallN
	}
	for id, about := range a.About {
		p, pooled := a.Pooled[id]
		d := a.Drift[id]
		switch changed := about.Code == "P-00"; {
		case changed == pooled || changed != d.Changed || changed != few[id] || d.Item != 1 || fmt.Sprint(d.Versions) != "[1]" || fmt.Sprint(d.Now) != "[2]" || d.Apart != "":
			t.Errorf("%s: pooled %v, few %v, %+v", about.Code, pooled, few[id], d)
		case pooled && (p.N != 45 || fmt.Sprint(p.Versions) != "[1 2]" || p.Parts != 2 || p.Facility == nil):
			t.Errorf("%s: %+v", about.Code, p)
		case d.Before.N != 25 || d.After.N != 20:
			t.Errorf("%s: before %+v, after %+v", about.Code, d.Before, d.After)
		}
	}
	if back := w.analysis(first.ID, "pretest"); len(back.Pooled) != 5 || len(back.Drift) != 0 {
		t.Errorf("seen from the first version: %d pooled, %d compared", len(back.Pooled), len(back.Drift))
	}

	// A shorter form: the same items are pooled, and compared in words only.
	third := w.next("APEL-109", 2)
	attempts = append(attempts, w.class("APEL-109", "o", 20, func(i int) int { return i % 5 })...)
	w.count()
	a = w.analysis(third.ID, "pretest")
	if len(a.Drift) != 6 {
		t.Fatalf("%d items are compared", len(a.Drift))
	}
	for id, about := range a.About {
		d, want := a.Drift[id], "[1 2 3]"
		if about.Code == "P-00" {
			want = "[2 3]"
			if !d.Changed || fmt.Sprint(d.Now) != "[3]" || fmt.Sprint(d.Versions) != "[1]" {
				t.Errorf("the changed item: %+v", d)
			}
		}
		if d.Apart != itemstats.OtherLength || d.Adjusted != nil || d.Difference == nil || d.Apart.Text().ID == "" || fmt.Sprint(a.Pooled[id].Versions) != want {
			t.Errorf("%s: %+v, pooled over %v", about.Code, d, a.Pooled[id].Versions)
		}
	}

	// The page reads sums: with all attempts emptied it shows the same.
	for _, id := range attempts {
		must(t, w.TestOnlyChange(ctx, id, func(at *courses.Attempt) { at.Results, at.Sheet = nil, courses.Sheet{} }))
	}
	if again := w.analysis(third.ID, "pretest"); !reflect.DeepEqual(again, a) {
		t.Error("the analysis reads attempts")
	}
}
