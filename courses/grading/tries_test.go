package grading_test

import (
	"testing"

	"github.com/apelkota/apel/courses/grading"
	_ "github.com/apelkota/apel/courses/grading/kinds"
	"github.com/apelkota/apel/internal/faults"
)

func chose(ids ...string) grading.Answer { return grading.Answer{Choices: ids} }

// three has its key at b and half a mark at c.
var three = grading.Item{ID: "v", Code: "c", Objective: "1", Stem: "?", Type: grading.Single, Key: 1, Options: []grading.Option{{ID: "a", Text: "A"}, {ID: "b", Text: "B", Mark: grading.Full}, {ID: "c", Text: "C", Mark: grading.Full / 2}, {ID: "d", Text: "D"}}}

// The model is Moodle's "interactive with multiple tries": the penalty is taken off once for each try before the one that counts, never below nothing.
func TestTriesCost(t *testing.T) {
	third, err := grading.ParseMark("33.33333")
	if err != nil || third != grading.Full/3 {
		t.Fatal(third, err)
	}
	form := grading.Form{Slots: []grading.Slot{{Item: "v", Order: "abcd"}}}
	for _, c := range []struct {
		name  string
		tries grading.Tries
		tried []grading.Answer
		last  grading.Answer
		mark  grading.Mark
		state grading.State
		try   int
		first grading.Mark
	}{
		{"nothing checked, answered at the end", grading.Tries{Max: 3, Penalty: third}, nil, chose("b"), grading.Full, grading.Right, 0, 0},
		{"right at once", grading.Tries{Max: 3, Penalty: third}, []grading.Answer{chose("b")}, chose("b"), grading.Full, grading.Right, 0, 0},
		{"right at the second", grading.Tries{Max: 3, Penalty: third}, []grading.Answer{chose("a"), chose("b")}, chose("b"), grading.Full * 2 / 3, grading.Right, 2, 0},
		{"right at the third", grading.Tries{Max: 3, Penalty: third}, []grading.Answer{chose("a"), chose("d"), chose("b")}, chose("b"), grading.Full / 3, grading.Right, 3, 0},
		{"never", grading.Tries{Max: 2, Penalty: third}, []grading.Answer{chose("a"), chose("d")}, chose("d"), 0, grading.Wrong, 2, 0},
		{"half, then worse: the last one counts", grading.Tries{Max: 2, Penalty: third}, []grading.Answer{chose("c"), chose("a")}, chose("a"), 0, grading.Wrong, 2, grading.Full / 2},
		{"half at the second", grading.Tries{Max: 2, Penalty: third}, []grading.Answer{chose("a"), chose("c")}, chose("c"), grading.Full / 6, grading.Partial, 2, 0},
		{"the penalty eats more than there is", grading.Tries{Max: 3, Penalty: grading.Full / 2}, []grading.Answer{chose("a"), chose("d"), chose("c")}, chose("c"), 0, grading.Partial, 3, 0},
		{"changed after a check and handed in unchecked: one more try", grading.Tries{Max: 3, Penalty: third}, []grading.Answer{chose("a")}, chose("b"), grading.Full * 2 / 3, grading.Right, 2, 0},
		{"taken back after a check: the check stands", grading.Tries{Max: 3, Penalty: third}, []grading.Answer{chose("c")}, grading.Answer{}, grading.Full / 2, grading.Partial, 0, 0},
		{"no more tries than there are", grading.Tries{Max: 1}, []grading.Answer{chose("a")}, chose("b"), 0, grading.Wrong, 0, 0},
		{"a key corrected later: the first right try counts", grading.Tries{Max: 3, Penalty: third}, []grading.Answer{chose("b"), chose("d"), chose("a")}, chose("a"), grading.Full, grading.Right, 0, 0},
	} {
		answers := map[string]grading.Answer{"v": c.last}
		r, err := grading.GradeTried([]grading.Item{three}, form, answers, map[string][]grading.Answer{"v": c.tried}, c.tries)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want := grading.ItemResult{Item: "v", Key: 1, Mark: c.mark, State: c.state, Tries: c.try, First: c.first}
		if r.Items[0] != want || r.Earned != c.mark {
			t.Errorf("%s: %+v, want %+v", c.name, r.Items[0], want)
		}
	}
	void := three
	void.Void = true
	r, err := grading.GradeTried([]grading.Item{void}, form, nil, map[string][]grading.Answer{"v": {chose("a"), chose("d")}}, grading.Tries{Max: 2, Penalty: third})
	if err != nil || r.Earned != grading.Full {
		t.Errorf("an item taken out costs no penalty: %+v, %v", r, err)
	}
}

func TestTry(t *testing.T) {
	essay := grading.Item{ID: "v", Type: "essay"}
	steps := grading.Item{ID: "v", Type: "casesim", Parts: []grading.Part{
		{ID: "a", Text: "Satu", Options: []grading.Option{{ID: "a", Text: "x", Mark: grading.Full, Next: "b"}, {ID: "b", Text: "y"}}},
		{ID: "b", Text: "Dua", Options: []grading.Option{{ID: "a", Text: "x", Mark: grading.Full}, {ID: "b", Text: "y"}}}}}
	parts := func(list ...string) (a grading.Answer) {
		for _, c := range list {
			a.Parts = append(a.Parts, chose(c))
		}
		return a
	}
	for _, c := range []struct {
		name   string
		it     grading.Item
		order  string
		a      grading.Answer
		state  grading.State
		closed bool
		wrong  string
	}{
		{"right closes", three, "abcd", chose("b"), grading.Right, true, ""},
		{"wrong does not", three, "abcd", chose("a"), grading.Wrong, false, ""},
		{"blank", three, "abcd", grading.Answer{}, "", false, "choices"},
		{"no such choice", three, "abcd", chose("x"), "", false, "choices"},
		{"an essay waits for a person", essay, "", grading.Answer{Text: "panjang"}, "", false, "text"},
		{"a case under way", steps, "ab|ab", parts("a"), "", false, "parts"},
		{"a case at its end stands", steps, "ab|ab", parts("a", "b"), grading.Partial, true, ""},
	} {
		_, state, closed, err := grading.Try(c.it, grading.Slot{Item: "v", Order: c.order}, c.a)
		if c.wrong != "" {
			if f := faults.Of(err); err == nil || f.Kind != faults.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != c.wrong {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || state != c.state || closed != c.closed {
			t.Errorf("%s: %s, closed %v, %v", c.name, state, closed, err)
		}
	}
}
