package grading_test

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	. "github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	_ "github.com/apelkota/apel/courses/grading/kinds"
)

// randomItem makes an item of the types that forms are mostly made of. Every type is held to the same laws beside its own code (gradingtest.Laws).
func randomItem(r *rand.Rand, id string) Item {
	for {
		it := Item{ID: id, Code: id, Type: []Type{Single, Multiple, TrueFalse, Numeric, ShortText}[r.IntN(5)], Objective: "1", Stem: "?", Fixed: r.IntN(4) == 0, Key: r.IntN(3)}
		n := 2 + r.IntN(5)
		switch it.Type {
		case Single:
			for i := range n {
				it.Options = append(it.Options, option(i, "pilihan "+OptionID(i), []Mark{0, 0, -Full / 4, Full / 3}[r.IntN(4)]))
			}
			it.Options[r.IntN(n)].Mark = Full
		case Multiple:
			right := 1 + r.IntN(n-1)
			for i := range n {
				m := -[]Mark{Full / 10, Full / 4, Full / Mark(n), Full}[r.IntN(4)]
				if i < right {
					m = Full / Mark(right)
				}
				it.Options = append(it.Options, option(i, "pilihan "+OptionID(i), m))
			}
			r.Shuffle(n, func(i, j int) {
				it.Options[i].Mark, it.Options[j].Mark = it.Options[j].Mark, it.Options[i].Mark
			})
		case TrueFalse:
			it.Options = NewTrueFalse(r.IntN(2) == 0, "", "")
		case Numeric:
			it.Options = []Option{{ID: "a", Text: []string{"0", "15000", "-2.5", "3.5"}[r.IntN(4)], Tolerance: []string{"", "0.5", "10"}[r.IntN(3)], Mark: Full}, {ID: "b", Text: "7", Mark: Full / 2}}
		case ShortText:
			it.Options = []Option{option(0, []string{"fakta", "lap*", `5\*`}[r.IntN(3)], Full), option(1, "duga*", Full/4)}
		}
		wrong := false
		for _, f := range Check(it) {
			wrong = wrong || !f.Warning
		}
		if !wrong {
			return it
		}
	}
}

func randomForm(t *testing.T, r *rand.Rand) ([]Item, Form, map[string]Answer) {
	var items []Item
	for i := range 1 + r.IntN(12) {
		items = append(items, randomItem(r, "v"+strconv.Itoa(i)))
	}
	form, err := Draw(r.Uint64(), items, Plan{Blueprint: PerObjective(map[string]int{"1": 1 + r.IntN(len(items))})})
	if err != nil {
		panic(err)
	}
	answers := map[string]Answer{}
	for _, it := range items {
		if slot, ok := form.Slot(it.ID); ok && r.IntN(5) > 0 {
			answers[it.ID] = gradingtest.Answer(t, r, it, slot)
		}
	}
	return items, form, answers
}

// For any items, form and answers of the right shape: the score is in range and the sum of its parts, blank earns nothing, neither the order of items in
// the call nor the order of ticking matters, grading twice is the same, and neither items, form nor answers are changed.
func TestGradeProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		items, form, answers := randomForm(t, r)
		before := clone(items)
		res, err := Grade(items, form, answers)
		if err != nil {
			t.Fatal(err)
		}
		var sum Mark
		for i, x := range res.Items {
			sum += x.Mark
			if x.Mark < 0 || x.Mark > Full || x.Item != form.Slots[i].Item {
				t.Fatalf("%+v", x)
			}
			a := answers[x.Item]
			if a.Blank() != (x.State == Blank) || a.Blank() && x.Mark != 0 || (x.State == Right) != (x.Mark == Full) || (x.State == Partial) != (x.Mark > 0 && x.Mark < Full) {
				t.Fatalf("%+v for %+v", x, a)
			}
		}
		if sum != res.Earned || res.Max != Full*Mark(len(form.Slots)) || res.Score() < 0 || res.Score() > 100000 || res.NeedsMarking {
			t.Fatalf("%+v", res)
		}
		r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		turned := map[string]Answer{}
		for id, a := range answers {
			a.Choices = append([]string(nil), a.Choices...)
			r.Shuffle(len(a.Choices), func(i, j int) { a.Choices[i], a.Choices[j] = a.Choices[j], a.Choices[i] })
			turned[id] = a
		}
		if again, err := Grade(items, form, turned); err != nil || !reflect.DeepEqual(again, res) {
			t.Fatalf("%v\n%+v\n%+v", err, res, again)
		}
		if again, _ := Grade(before, form, answers); !reflect.DeepEqual(again, res) {
			t.Fatal("grading twice differs")
		}
	}
}

func clone(items []Item) []Item {
	out := append([]Item(nil), items...)
	for i := range out {
		out[i].Options = append([]Option(nil), out[i].Options...)
	}
	return out
}
