package grading_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	. "github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

func pool(perObjective int, objectives ...string) (out []Item) {
	for _, o := range objectives {
		for i := range perObjective {
			it := oneOfFour
			it.ID, it.Code, it.Objective = fmt.Sprintf("APEL-103.%s-%02d.v1", o, i), fmt.Sprintf("%s-%02d", o, i), o
			out = append(out, it)
		}
	}
	return out
}

func TestDraw(t *testing.T) {
	p := pool(12, "1", "2", "3", "4")
	plan := Plan{Blueprint: PerObjective(map[string]int{"1": 4, "2": 3, "4": 1})}
	form, err := Draw(7, p, plan)
	if err != nil || len(form.Slots) != 8 || plan.Count() != 8 {
		t.Fatalf("%+v %v", form, err)
	}
	count, seen := map[byte]int{}, map[string]bool{}
	for _, s := range form.Slots {
		count[s.Item[9]]++
		if seen[s.Item] || len(s.Order) != 4 {
			t.Fatalf("%+v", s)
		}
		seen[s.Item] = true
	}
	if !reflect.DeepEqual(count, map[byte]int{'1': 4, '2': 3, '4': 1}) {
		t.Fatal(count)
	}
	turned := append([]Item(nil), p...)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(turned), func(i, j int) { turned[i], turned[j] = turned[j], turned[i] })
	if again, _ := Draw(7, turned, plan); !reflect.DeepEqual(again, form) {
		t.Fatal("the order of the pool changed the form")
	}
	if other, _ := Draw(8, p, plan); reflect.DeepEqual(other.Slots, form.Slots) {
		t.Fatal("another seed gave the same form")
	}
	_, err = Draw(7, p, Plan{Blueprint: PerObjective(map[string]int{"1": 13, "9": 1, "2": 1})})
	if f := faults.Of(err); !errors.Is(err, faults.Invalid) || len(f.Fields) != 2 || f.Fields[0].Path != "draw.1" || f.Fields[1].Path != "draw.9" {
		t.Fatal(err)
	}
}

// A seed stored years ago must give the same form: this one was drawn when the rule was written.
func TestDrawNeverChanges(t *testing.T) {
	form, err := Draw(20260331, pool(3, "1", "2"), Plan{Blueprint: PerObjective(map[string]int{"1": 2, "2": 1})})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := json.Marshal(form)
	const want = `{"seed":"20260331","slots":[{"i":"APEL-103.1-02.v1","o":"cabd"},{"i":"APEL-103.1-01.v1","o":"cbad"},{"i":"APEL-103.2-00.v1","o":"acdb"}]}`
	if string(b) != want {
		t.Fatalf("\n got %s\nwant %s", b, want)
	}
}

func TestDrawKeepsWhatHasAnOrder(t *testing.T) {
	fixed, truth, word := oneOfFour, isTrue, fact
	fixed.ID, fixed.Fixed, truth.ID, word.ID = "b", true, "a", "c"
	form, err := Draw(1, []Item{word, fixed, truth}, Plan{Blueprint: PerObjective(map[string]int{"103.1": 3}), KeepOrder: true})
	if want := []Slot{{"c", ""}, {"b", "abcd"}, {"a", "ab"}}; err != nil || !reflect.DeepEqual(form.Slots, want) {
		t.Fatalf("%+v %v", form, err)
	}
}

// Every position is as likely as any other, for the key and for the items drawn.
func TestDrawIsFair(t *testing.T) {
	p := pool(5, "1")
	const n = 5000
	place, drawn := map[int]int{}, map[string]int{}
	for seed := range uint64(n) {
		form, _ := Draw(seed, p, Plan{Blueprint: PerObjective(map[string]int{"1": 2})})
		for _, s := range form.Slots {
			place[strings.Index(s.Order, "b")]++
			drawn[s.Item]++
		}
	}
	for where, k := range place {
		if k < 2*n/4*9/10 || k > 2*n/4*11/10 {
			t.Errorf("the key stood at %d %d times of %d", where, k, 2*n)
		}
	}
	for id, k := range drawn {
		if k < 2*n/5*9/10 || k > 2*n/5*11/10 {
			t.Errorf("%s was drawn %d times of %d", id, k, 2*n)
		}
	}
}

// What stands in an attempt stays small.
func TestFormAndResultAreSmall(t *testing.T) {
	p := pool(40, "1")
	form, _ := Draw(^uint64(0), p, Plan{Blueprint: PerObjective(map[string]int{"1": 40})})
	b, _ := json.Marshal(form)
	if len(b) > 2048 {
		t.Errorf("a form of 40 items has %d bytes", len(b))
	}
	var back Form
	if json.Unmarshal(b, &back); !reflect.DeepEqual(back, form) {
		t.Error("the form does not read back")
	}
	res, err := Grade(p, form, nil)
	if b, _ = json.Marshal(res); err != nil || len(b) > 40*80 {
		t.Errorf("a result of 40 items has %d bytes, %v", len(b), err)
	}
}
