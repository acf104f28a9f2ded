package grading_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	. "github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

func marks(it Item, m ...Mark) Key {
	k := it.AnswerKey()
	for i := range m {
		k.Options[i].Mark = m[i]
	}
	return k
}

func TestRekey(t *testing.T) {
	slot := Slot{Item: "v1", Order: "abcd"}
	grade := func(it Item, a Answer) ItemResult {
		t.Helper()
		order := slot
		if it.Type == Numeric || it.Type == ShortText {
			order.Order = ""
		}
		r, err := Grade([]Item{it}, Form{Slots: []Slot{order}}, map[string]Answer{"v1": a})
		if err != nil {
			t.Fatal(err)
		}
		return r.Items[0]
	}
	other, err := Rekey(oneOfFour, marks(oneOfFour, Full, 0, 0, 0), 4)
	if err != nil {
		t.Fatal(err)
	}
	if got := grade(other, Answer{Choices: []string{"a"}}); got != (ItemResult{Item: "v1", Key: 4, Mark: Full, State: Right}) {
		t.Fatalf("the corrected key gives %+v", got)
	}
	if got := grade(other, Answer{Choices: []string{"b"}}); got.Mark != 0 {
		t.Fatalf("the old key still counts: %+v", got)
	}
	if oneOfFour.Options[1].Mark != Full {
		t.Fatal("the item itself was changed")
	}
	two, err := Rekey(oneOfFour, marks(oneOfFour, Full, Full, 0, 0), 5)
	if err != nil {
		t.Fatal("two accepted answers:", err)
	}
	for _, c := range []string{"a", "b"} {
		if got := grade(two, Answer{Choices: []string{c}}); got.Mark != Full {
			t.Fatalf("%s: %+v", c, got)
		}
	}
	void := oneOfFour.AnswerKey()
	void.Void = true
	gone, err := Rekey(oneOfFour, void, 6)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []Answer{{}, {Choices: []string{"c"}}} {
		if got := grade(gone, a); got != (ItemResult{Item: "v1", Key: 6, Mark: Full, State: Right}) {
			t.Fatalf("an item taken out gives %+v", got)
		}
	}
	if r, err := Explain(gone, slot, Answer{}); err != nil || len(r.Feedback) != 0 {
		t.Fatalf("feedback on an answer nobody gave: %+v %v", r, err)
	}
	words := fact.AnswerKey()
	words.Options = append(words.Options, Option{ID: "c", Text: "dugaan", Mark: Full})
	wider, err := Rekey(fact, words, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got := grade(wider, Answer{Text: "Dugaan"}); got.Mark != Full || got.Key != 2 {
		t.Fatalf("an answer accepted later: %+v", got)
	}

	reworded := oneOfFour.AnswerKey()
	reworded.Options[2].Text = "lain"
	for name, c := range map[string]struct {
		it Item
		k  Key
	}{
		"no option right":        {oneOfFour, marks(oneOfFour, 0, 0, 0, 0)},
		"a text changed":         {oneOfFour, reworded},
		"an option left out":     {oneOfFour, Key{Options: oneOfFour.Options[:3]}},
		"both true and false":    {isTrue, marks(isTrue, Full, Full)},
		"weights not whole":      {twoOfFour, marks(twoOfFour, Full, 0, Full, 0)},
		"no accepted answer":     {fact, Key{}},
		"a number that is none":  {half, Key{Options: []Option{{ID: "a", Text: "tiga", Mark: Full}}}},
		"a weight beyond a item": {oneOfFour, marks(oneOfFour, 2*Full, 0, 0, 0)},
	} {
		if _, err := Rekey(c.it, c.k, 2); !errors.Is(err, faults.Invalid) || len(faults.Of(err).Fields) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The same key changes nothing but its number, and there and back gives the first result, bit for bit.
func TestRekeyThereAndBack(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	changed := 0
	for range 2000 {
		items, form, answers := randomForm(t, r)
		first, err := Grade(items, form, answers)
		if err != nil {
			t.Fatal(err)
		}
		n := r.IntN(len(items))
		it := items[n]
		if same, err := Rekey(it, it.AnswerKey(), it.Key); err != nil || !reflect.DeepEqual(same, it) {
			t.Fatalf("%v\n%+v\n%+v", err, same, it)
		}
		other := it.AnswerKey()
		other.Void = true
		if items[n], err = Rekey(it, other, it.Key+1); err != nil {
			t.Fatal(err)
		}
		second, err := Grade(items, form, answers)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(first, second) {
			changed++
		}
		if items[n], err = Rekey(items[n], it.AnswerKey(), it.Key); err != nil {
			t.Fatal(err)
		}
		if third, err := Grade(items, form, answers); err != nil || !reflect.DeepEqual(first, third) {
			t.Fatalf("%v\n%+v\n%+v", err, first, third)
		}
	}
	if changed < 500 {
		t.Fatalf("only %d of 2000 corrections showed", changed)
	}
}
