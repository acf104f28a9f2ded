package courses_test

import (
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// TestVersionsAreCompared changes one thing of each kind in a new draft and finds exactly these.
func TestVersionsAreCompared(t *testing.T) {
	w := newWorld(t)
	old := w.course("UJI-1", nil)
	w.course("UJI-2", nil)
	v, err := w.NewDraft(ctx, author, "UJI-1")
	must(t, err)
	c, err := w.CompareVersions(ctx, author, old.ID, v.ID)
	must(t, err)
	if !c.Same() {
		t.Fatalf("a new draft differs: %+v", c)
	}
	v, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: "L1", Title: text("Pelajaran L1"), Minutes: 10, Markdown: "# Judul\n\nSatu.\n\nDua.\n\nTiga.\n"})
	must(t, err)
	v, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: "L3", Title: text("Baru"), Minutes: 5, Markdown: "Isi."})
	must(t, err)
	v.Content.Card.JP, v.Content.Objectives[0].Text = 5, text("lain")
	v.Content.Quizzes = append([]courses.Quiz(nil), v.Content.Quizzes...)
	v.Content.Quizzes[2].PassMark, v.Content.Quizzes[2].Draw = 75, grading.PerObjective(map[string]int{"9.1": 4, "9.2": 6})
	v.Content.Quizzes = append(v.Content.Quizzes[:1], v.Content.Quizzes[2:]...)
	v.Content.Quizzes[0].Marking, v.Content.Quizzes[0].Behaviour = courses.QuizMarking{Markers: 2}, courses.Behaviour{Feedback: courses.Immediate}
	v.Content.Tasks = append(v.Content.Tasks, courses.FieldTask{Code: "TL1", Title: text("Tugas"), Minutes: 30})
	v, err = w.Revise(ctx, author, v.ID, v.Revision, v.Content)
	must(t, err)
	it := question("B-00", "9.1")
	it.Stem = "Soal yang diubah?"
	v, err = w.WriteItem(ctx, author, v.ID, v.Revision, "bank", "B-00", it)
	must(t, err)
	v, err = w.DeleteItem(ctx, author, v.ID, v.Revision, "bank", "B-01")
	must(t, err)
	v, _, err = w.AddItem(ctx, author, v.ID, v.Revision, "bank", question("B-99", "9.2"))
	must(t, err)
	if c, err = w.CompareVersions(ctx, author, old.ID, v.ID); err != nil {
		t.Fatal(err)
	}
	fates := func(list []courses.Change) (out string) {
		for _, x := range list {
			out += string(x.Fate) + " " + x.Code + "; "
		}
		return out
	}
	if len(c.Card) != 2 || c.Card[0].Was != "4" || c.Card[0].Now != "5" {
		t.Errorf("the card: %+v", c.Card)
	}
	for name, x := range map[string][2]string{
		"objectives": {fates(c.Objectives), "changed 9.1; "}, "lessons": {fates(c.Lessons), "changed L1; new L3; "}, "quizzes": {fates(c.Quizzes), "changed pretest; changed posttest; gone practice; "},
		"tasks": {fates(c.Tasks), "new TL1; "}, "items": {fates(c.Items), "changed B-00; new B-99; gone B-01; "},
	} {
		if x[0] != x[1] {
			t.Errorf("%s: %q, want %q", name, x[0], x[1])
		}
	}
	if f := c.Quizzes[0].Fields; len(f) != 2 || f[0].Now != "Umpan balik langsung | Immediate feedback" || f[1].Was != "satu penilai | one marker" || !strings.HasPrefix(f[1].Now, "dua penilai, ") {
		t.Errorf("the pre-test: %+v", f)
	}
	if f := c.Quizzes[1].Fields; len(f) != 2 || f[0].Was != "9.1: 5, 9.2: 5" || f[1].Now != "75" {
		t.Errorf("the post-test: %+v", f)
	}
	if f := c.Items[0].Fields; len(f) != 1 || f[0].Was != "Soal B-00?" {
		t.Errorf("the item: %+v", f)
	}
	// Lines: only what changed, with what stands beside it.
	var marks string
	for _, l := range c.Lessons[0].Lines {
		marks += l.Mark
	}
	if marks != " -+++" {
		t.Errorf("the lines are %q: %+v", marks, c.Lessons[0].Lines)
	}
	_, err = w.CompareVersions(ctx, author, "UJI-2.1", v.ID)
	is(t, err, faults.Invalid)
	_, err = w.CompareVersions(ctx, ani, old.ID, v.ID)
	is(t, err, faults.NotFound)
}
