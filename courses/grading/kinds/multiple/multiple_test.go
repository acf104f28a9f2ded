package multiple

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item { return random(r) })
}

func random(r *rand.Rand) grading.Item {
	it := grading.Item{Type: grading.Multiple, Fixed: r.IntN(4) == 0}
	n := 2 + r.IntN(5)
	right := 1 + r.IntN(n-1)
	for i := range n {
		m := -[]grading.Mark{grading.Full / 10, grading.Full / 4, grading.Full / grading.Mark(n), grading.Full}[r.IntN(4)]
		if i < right {
			m = grading.Full / grading.Mark(right)
		}
		it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: fmt.Sprint("pilihan ", i), Mark: m, Feedback: gradingtest.Secret})
	}
	r.Shuffle(n, func(i, j int) {
		it.Options[i].Mark, it.Options[j].Mark = it.Options[j].Mark, it.Options[i].Mark
	})
	return it
}

// Nothing beats the key, ticking everything earns less than the key, one more wrong tick never helps and one more right tick never hurts.
func TestTicks(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 3000 {
		it := random(r)
		it.ID = "v"
		slot, err := grading.Show(it)
		if err != nil {
			t.Fatal(err)
		}
		mark := func(choices ...string) grading.Mark {
			res, err := grading.Grade([]grading.Item{it}, grading.Form{Slots: []grading.Slot{slot}}, map[string]grading.Answer{"v": {Choices: choices}})
			if err != nil {
				t.Fatal(err)
			}
			return res.Earned
		}
		var key, all, some []string
		for _, o := range it.Options {
			all = append(all, o.ID)
			if o.Mark > 0 {
				key = append(key, o.ID)
			}
			if r.IntN(2) == 0 {
				some = append(some, o.ID)
			}
		}
		if mark(key...) != grading.Full || mark(all...) >= grading.Full || mark(some...) > grading.Full {
			t.Fatalf("%+v", it)
		}
		for _, o := range it.Options {
			if slices.Contains(some, o.ID) {
				continue
			}
			if with, without := mark(append(some[:len(some):len(some)], o.ID)...), mark(some...); o.Mark > 0 && with < without || o.Mark < 0 && with > without {
				t.Fatalf("%+v: %s changes %d to %d", it, o.ID, without, with)
			}
		}
	}
}
