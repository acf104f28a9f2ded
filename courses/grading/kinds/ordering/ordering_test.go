package ordering

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		it := grading.Item{Type: Name, Scoring: []string{"", Pairs, Places, All}[r.IntN(4)]}
		for i := range 3 + r.IntN(4) {
			it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: fmt.Sprint("langkah ", i), Feedback: gradingtest.Secret})
		}
		return it
	})
}

func TestMarks(t *testing.T) {
	it := grading.Item{ID: "v", Code: "c", Objective: "1", Stem: "Urutkan.", Type: Name}
	for i, step := range []string{"terima", "catat", "teruskan", "jawab"} {
		it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: step})
	}
	by := func(scoring string) grading.Item { x := it; x.Scoring = scoring; return x }
	for _, c := range []struct {
		name     string
		it       grading.Item
		order    string
		given    string // positions
		expected grading.Mark
	}{
		{"right", it, "dcba", "dcba", grading.Full},
		{"turned round", it, "abcd", "dcba", 0},
		{"last two turned: 5 of 6 pairs", it, "abcd", "abdc", grading.Full * 4 / 6},
		{"half of the pairs is what guessing gets", it, "abcd", "dabc", 0},
		{"first behind: 3 of 6 pairs", it, "abcd", "bcda", 0},
		{"places: last two turned", by(Places), "abcd", "abdc", grading.Full / 2},
		{"places: all moved", by(Places), "abcd", "bcda", 0},
		{"all: right", by(All), "cdab", "cdab", grading.Full},
		{"all: last two turned", by(All), "abcd", "abdc", 0},
	} {
		a := grading.Answer{Choices: strings.Split(c.given, "")}
		if got := gradingtest.Mark(t, c.it, c.order, a); got != c.expected {
			t.Errorf("%s: %d, want %d", c.name, got, c.expected)
		}
	}
	slot := grading.Slot{Item: "v", Order: "abcd"}
	if grading.Accept(it, slot, grading.Answer{}, grading.Answer{Choices: []string{"a", "b"}}) == nil || grading.Accept(it, slot, grading.Answer{}, grading.Answer{Choices: []string{"a", "b", "c", "c"}}) == nil {
		t.Error("half an order was taken")
	}
	key := it.AnswerKey()
	key.Options[0], key.Options[1] = key.Options[1], key.Options[0]
	if now, err := grading.Rekey(it, key, 2); err != nil || gradingtest.Mark(t, now, "abcd", grading.Answer{Choices: strings.Split("bacd", "")}) != grading.Full {
		t.Errorf("a corrected order: %v", err)
	}
}

// The order shown is never the right one.
func TestShow(t *testing.T) {
	it := grading.Item{ID: "v", Code: "c", Objective: "1", Stem: "?", Type: Name}
	for i := range 3 {
		it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: fmt.Sprint(i)})
	}
	seen := map[string]bool{}
	for seed := range uint64(300) {
		form, err := grading.Draw(seed, []grading.Item{it}, grading.Plan{Blueprint: grading.PerObjective(map[string]int{"1": 1})})
		if err != nil {
			t.Fatal(err)
		}
		seen[form.Slots[0].Order] = true
	}
	if seen["abc"] || len(seen) != 5 {
		t.Errorf("%v", seen)
	}
}
