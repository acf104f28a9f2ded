package courses_test

import (
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
)

// The n-th hint is said after the n-th try that was not right, none once the item is closed, and nothing of them before or elsewhere.
func TestHintsAfterTries(t *testing.T) {
	w := newWorld(t)
	items := bank("P", 6)
	for i := range items {
		items[i].Hints = []string{"Petunjuk *pertama*", "Petunjuk kedua"}
	}
	w.course("UJI-1", func(c *courses.Content) {
		c.Quizzes = append([]courses.Quiz(nil), c.Quizzes...)
		c.Quizzes[1].Draw, c.Quizzes[1].Behaviour = grading.PerObjective(map[string]int{"9.1": 2}), courses.Behaviour{Feedback: courses.Interactive, Tries: 3}
	})
	v, err := w.NewDraft(ctx, author, "UJI-1")
	must(t, err)
	v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "pre", items)
	must(t, err)
	_, err = w.Publish(ctx, admin, v.ID)
	must(t, err)
	w.chain()
	e := w.prepare(ani, "UJI-1").ID
	f, err := w.Start(ctx, ani, e, "practice")
	must(t, err)
	one, two := f.Items[0], f.Items[1]
	seq := f.Seq
	wrong := 0
	for n, want := range []string{"<em>pertama</em>", "kedua", ""} {
		var ans grading.Answer
		for ; wrong < len(one.Choices); wrong++ { // another wrong one each time
			if !strings.Contains(string(one.Choices[wrong].HTML), "benar") {
				ans = grading.Answer{Choices: []string{one.Choices[wrong].ID}}
				wrong++
				break
			}
		}
		got, err := w.CheckAnswer(ctx, ani, f.Attempt, one.Item, ans, courses.Page{Seq: seq})
		must(t, err)
		seq = got.Seq
		if said := got.Item.Check.Said; want == "" && said.Hint != "" || !strings.Contains(string(said.Hint), want) || got.Item.Check.Closed != (n == 2) {
			t.Errorf("after try %d: hint %q, closed %v", n+1, said.Hint, got.Item.Check.Closed)
		}
	}
	got, err := w.CheckAnswer(ctx, ani, f.Attempt, two.Item, choice(two, true), courses.Page{Seq: seq})
	must(t, err)
	if said := got.Item.Check.Said; said.State != grading.Right || said.Hint != "" {
		t.Errorf("a right answer is hinted at: %q", said.Hint)
	}
}
