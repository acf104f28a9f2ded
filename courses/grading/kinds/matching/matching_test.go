package matching

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		it := grading.Item{Type: Name, Fixed: r.IntN(3) == 0}
		n := 2 + r.IntN(6)
		for i := range n {
			it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: fmt.Sprint("jawab ", i), Feedback: gradingtest.Secret})
		}
		for i := range 2 + r.IntN(n) {
			right := r.IntN(n)
			if i == 1 { // two prompts with different partners
				right = int(it.Parts[0].Right[0]-'a'+1) % n
			}
			it.Parts = append(it.Parts, grading.Part{ID: grading.OptionID(i), Text: fmt.Sprint("tanya ", i), Right: grading.OptionID(right)})
		}
		return it
	})
}

var services = grading.Item{ID: "v", Code: "c", Objective: "1", Stem: "Jodohkan layanan dengan loketnya.", Type: Name,
	Options: []grading.Option{{ID: "a", Text: "Loket 1"}, {ID: "b", Text: "Loket 2"}, {ID: "c", Text: "Loket 3"}, {ID: "d", Text: "Tidak di sini"}},
	Parts:   []grading.Part{{ID: "a", Text: "KTP", Right: "a"}, {ID: "b", Text: "Akta", Right: "b"}, {ID: "c", Text: "Pindah", Right: "b"}}}

func TestMarks(t *testing.T) {
	parts := func(c ...string) grading.Answer {
		var a grading.Answer
		for _, x := range c {
			p := grading.Answer{}
			if x != "" {
				p.Choices = []string{x}
			}
			a.Parts = append(a.Parts, p)
		}
		return a
	}
	// Shown as d, c, b, a.
	for _, c := range []struct {
		name string
		a    grading.Answer
		mark grading.Mark
	}{
		{"all", parts("d", "c", "c"), grading.Full},
		{"two of three", parts("d", "c", "a"), grading.Full * 2 / 3},
		{"one, the rest left out", parts("d"), grading.Full / 3},
		{"one in the middle", parts("", "c", ""), grading.Full / 3},
		{"none", parts("a", "a", "a"), 0},
	} {
		if got := gradingtest.Mark(t, services, "dcba", c.a); got != c.mark {
			t.Errorf("%s: %d, want %d", c.name, got, c.mark)
		}
	}
	if err := grading.Accept(services, grading.Slot{Item: "v", Order: "dcba"}, grading.Answer{}, parts("a", "b", "c", "d")); err == nil {
		t.Error("more parts than prompts were taken")
	}
	if err := grading.Accept(services, grading.Slot{Item: "v", Order: "dcba"}, grading.Answer{}, parts("e")); err == nil {
		t.Error("a choice that is not there was taken")
	}
}

func TestCheck(t *testing.T) {
	for path, change := range map[string]func(*grading.Item){
		"parts":          func(it *grading.Item) { it.Parts = it.Parts[:1] },
		"parts[1].text":  func(it *grading.Item) { it.Parts[1].Text = "KTP" },
		"parts[2].right": func(it *grading.Item) { it.Parts[2].Right = "z" },
		"parts[0].text":  func(it *grading.Item) { it.Parts[0].Text = "" },
	} {
		it := services
		it.Parts = append([]grading.Part(nil), it.Parts...)
		change(&it)
		if !gradingtest.Finds(it, path) {
			t.Errorf("%s: %+v", path, grading.Check(it))
		}
	}
	key := services.AnswerKey()
	key.Parts[2].Right = "c"
	if now, err := grading.Rekey(services, key, 2); err != nil || now.Parts[2].Right != "c" || services.Parts[2].Right != "b" {
		t.Errorf("a corrected pair: %+v, %v", now.Parts, err)
	}
	key.Parts[2].Text = "Datang"
	if _, err := grading.Rekey(services, key, 2); err == nil {
		t.Error("a correction changed what takers saw")
	}
}
