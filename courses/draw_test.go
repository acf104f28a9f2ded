package courses_test

import (
	"maps"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// A later cycle draws what the earlier ones did not show, as far as there is.
func TestDrawRemembersEarlierCycles(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", func(c *courses.Content) {
		c.Quizzes[2].Draw = grading.Blueprint{{Objective: "9.1", Difficulty: grading.Easy}: 3, {Objective: "9.1"}: 2, {Objective: "9.2"}: 5}
	})
	e := w.prepare(budi, "APEL-109")
	seen := map[string]bool{}
	var forms []map[string]bool
	sit := func(id string, right int, fresh bool) {
		f, err := w.Start(ctx, budi, id, "posttest")
		must(t, err)
		shown := map[string]bool{}
		for _, it := range f.Items {
			if fresh && seen[it.Item] {
				t.Fatalf("%s shows %s again while unseen items are left", f.Attempt, it.Item)
			}
			seen[it.Item] = true
			shown[it.Item] = true
		}
		forms = append(forms, shown)
		_, err = w.Submit(ctx, budi, f.Attempt, answers(f, right), f.Seq)
		must(t, err)
		w.chain()
	}
	sit(e.ID, 3, true)
	sit(e.ID, 10, true)
	_, err := w.Enrol(ctx, admin, courses.EnrolInput{Person: "budi", Course: "APEL-109", Again: true, Why: "disegarkan"})
	must(t, err)
	again := w.prepare(budi, "APEL-109")
	if again.Cycle != 2 {
		t.Fatalf("cycle %d", again.Cycle)
	}
	sit(again.ID, 3, true) // the last ten of thirty
	sit(again.ID, 3, false)
	if !maps.Equal(forms[3], forms[0]) {
		t.Errorf("with nothing unseen left, %v are shown, not those met longest ago, %v", forms[3], forms[0])
	}
}

// A post-test draws what a practice of the same bank did not show, as far as there is.
func TestDrawRemembersTheOtherQuizzesOfABank(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", func(c *courses.Content) {
		c.Quizzes[1].Bank, c.Quizzes[1].Draw = "bank", grading.PerObjective(map[string]int{"9.1": 10, "9.2": 4})
	})
	e := w.prepare(budi, "APEL-109")
	f, err := w.Start(ctx, budi, e.ID, "practice")
	must(t, err)
	met := map[string]bool{}
	for _, it := range f.Items {
		met[it.Item] = true
	}
	_, err = w.Submit(ctx, budi, f.Attempt, answers(f, 3), f.Seq)
	must(t, err)
	w.chain()
	post, err := w.Start(ctx, budi, e.ID, "posttest")
	must(t, err)
	for _, it := range post.Items {
		if met[it.Item] {
			t.Errorf("%s was met in the practice, though the bank has 15 items per objective and 5 were free", it.Item)
		}
	}
	if len(f.Items) != 14 || len(post.Items) != 10 {
		t.Errorf("%d and %d items", len(f.Items), len(post.Items))
	}
}

// A short cell is named when publishing is checked.
func TestShortCellIsNamed(t *testing.T) {
	w := newWorld(t)
	v := w.course("APEL-109", nil)
	draft, err := w.NewDraft(ctx, author, v.Course)
	must(t, err)
	c := draft.Content
	c.Quizzes = append([]courses.Quiz(nil), c.Quizzes...)
	c.Quizzes[2].Draw = grading.Blueprint{{Objective: "9.1", Difficulty: grading.Hard}: 1, {Objective: "9.1", Difficulty: grading.Easy}: 15, {Objective: "9.1"}: 1, {Objective: "8.8"}: 1}
	draft, err = w.Revise(ctx, author, draft.ID, draft.Revision, c)
	must(t, err)
	err = w.CheckPublish(ctx, author, draft.ID)
	is(t, err, faults.Invalid)
	says(t, err, "quizzes[2].draw.9.1/sulit: Tes mengambil 1 soal sulit untuk capaian 9.1, bank bank baru punya 0.", "quizzes[2].draw.9.1: ", "baru punya 0", "draw.8.8: Capaian 8.8 tidak ada")
}
