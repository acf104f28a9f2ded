package main

import (
	"html/template"
	"io/fs"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/demo"
)

// Whoever knows the keys gets every item of every demo course right in any order of its options, and gets none right when meaning to miss it.
func TestSolverKnowsEveryItem(t *testing.T) {
	dirs, err := fs.ReadDir(demo.Files, "courses")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[grading.Type]int{}
	for _, d := range dirs {
		folder, err := fs.Sub(demo.Files, "courses/"+d.Name())
		if err != nil {
			t.Fatal(err)
		}
		draft, _ := exchange.ReadFolder(t.Context(), folder)
		keys := newSolver(draft)
		for _, b := range draft.Banks {
			for _, it := range b.Items {
				it.ID = draft.Code + "." + it.Code + ".x"
				kinds[it.Type]++
				for _, right := range []bool{true, false} {
					for seed := range uint64(3) {
						if got := solved(t, keys, it, seed, right); (got == grading.Full) != right {
							t.Errorf("%s %s, seed %d: meant right: %t, earned %s %%", it.Type, it.Code, seed, right, got.Percent())
						}
					}
				}
			}
		}
	}
	for _, k := range []grading.Type{"judgement", "casesim", "ordering", "matching", "reasoned"} {
		if kinds[k] == 0 {
			t.Errorf("no demo course has a %s", k)
		}
	}
}

// solved answers an item as it is shown in some order, a case step by step, and marks it.
func solved(t *testing.T, keys solver, it grading.Item, seed uint64, right bool) grading.Mark {
	t.Helper()
	slot, err := grading.Shuffled(it, seed)
	if err != nil {
		t.Fatal(err)
	}
	var a grading.Answer
	for {
		v, err := grading.Present(it, slot, a)
		if err != nil {
			t.Fatal(err)
		}
		x, err := keys.answer(shownItem(it.ID, viewed(v.Field)), right)
		if err != nil {
			t.Fatal(err)
		}
		next := x.onto(a)
		if err := grading.Accept(it, slot, a, next); err != nil {
			t.Fatalf("%s: %v", it.Code, err)
		}
		more := v.Steps && x.undecided(len(a.Parts))
		if a = next; !more {
			break
		}
	}
	r, err := grading.Grade([]grading.Item{it}, grading.Form{Slots: []grading.Slot{slot}}, map[string]grading.Answer{it.ID: a})
	if err != nil {
		t.Fatal(err)
	}
	return r.Items[0].Mark
}

// viewed is a field as a page shows it, its texts as they were written.
func viewed(f grading.Field) courses.FieldView {
	v := courses.FieldView{Label: template.HTML(template.HTMLEscapeString(f.Label.ID)), Taken: f.Taken, Steps: f.Steps}
	for _, c := range f.Choices {
		v.Choices = append(v.Choices, courses.ChoiceView{ID: c.ID, HTML: template.HTML(template.HTMLEscapeString(c.Text.ID))})
	}
	for _, p := range f.Parts {
		v.Parts = append(v.Parts, viewed(p))
	}
	return v
}
