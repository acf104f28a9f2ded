package reasoned

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func reasons(r *rand.Rand) []grading.Option {
	var out []grading.Option
	n := 2 + r.IntN(4)
	for i := range n {
		out = append(out, grading.Option{ID: grading.OptionID(i), Text: fmt.Sprint("alasan ", i), Mark: []grading.Mark{0, grading.Full / 3}[r.IntN(2)], Feedback: gradingtest.Secret})
	}
	out[r.IntN(n)].Mark = grading.Full
	return out
}

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		return grading.Item{Type: Name, Scoring: []string{"", Both}[r.IntN(2)], Options: grading.NewTrueFalse(r.IntN(2) == 0, gradingtest.Secret, ""), Parts: []grading.Part{{ID: "a", Options: reasons(r)}}}
	})
}

func TestMarks(t *testing.T) {
	it := grading.Item{ID: "v", Code: "c", Objective: "1", Stem: "Uang tip boleh diterima bila kecil.", Type: Name, Options: grading.NewTrueFalse(false, "", ""),
		Parts: []grading.Part{{ID: "a", Options: []grading.Option{{ID: "a", Text: "Nilainya kecil"}, {ID: "b", Text: "Semua gratifikasi dilaporkan", Mark: grading.Full}, {ID: "c", Text: "Ada aturannya", Mark: grading.Full / 2}}}}}
	both := it
	both.Scoring = Both
	say := func(statement, reason string) grading.Answer {
		a := grading.Answer{Parts: make([]grading.Answer, 2)}
		if statement != "" {
			a.Parts[0].Choices = []string{statement}
		}
		if reason != "" {
			a.Parts[1].Choices = []string{reason}
		}
		return a
	}
	// Reasons are shown as c, a, b.
	for _, c := range []struct {
		name     string
		it       grading.Item
		a        grading.Answer
		expected grading.Mark
	}{
		{"right for the right reason", it, say("b", "c"), grading.Full},
		{"right, reason half right", it, say("b", "a"), grading.Full * 3 / 4},
		{"right, wrong reason", it, say("b", "b"), grading.Full / 2},
		{"right, no reason", it, say("b", ""), grading.Full / 2},
		{"wrong with the right reason", it, say("a", "c"), 0},
		{"the reason alone", it, say("", "c"), 0},
		{"both: right for the right reason", both, say("b", "c"), grading.Full},
		{"both: right, reason half right", both, say("b", "a"), 0},
	} {
		if got := gradingtest.Mark(t, c.it, "cab", c.a); got != c.expected {
			t.Errorf("%s: %d, want %d", c.name, got, c.expected)
		}
	}
	none := it
	none.Parts = nil
	if !gradingtest.Finds(none, "parts") {
		t.Error("an item without reasons is sound")
	}
}
