package grading_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"testing"

	. "github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// levels is a pool of one objective with so many items of each difficulty.
func levels(easy, medium, hard, none int) (out []Item) {
	for d, n := range map[Difficulty]int{Easy: easy, Medium: medium, Hard: hard, "": none} {
		for i := range n {
			it := oneOfFour
			it.ID, it.Objective, it.Difficulty = fmt.Sprintf("%s-%d", d, i), "1", d
			out = append(out, it)
		}
	}
	return out
}

func TestDrawByDifficulty(t *testing.T) {
	p := levels(3, 2, 2, 1)
	plan := Plan{Blueprint: Blueprint{{Objective: "1", Difficulty: Easy}: 1, {Objective: "1", Difficulty: Hard}: 2, {Objective: "1"}: 5}}
	by := map[string]Difficulty{}
	for _, it := range p {
		by[it.ID] = it.Difficulty
	}
	for seed := range uint64(200) {
		form, err := Draw(seed, p, plan)
		if err != nil || len(form.Slots) != 8 {
			t.Fatal(form, err)
		}
		seen := map[string]bool{}
		for _, s := range form.Slots {
			if seen[s.Item] {
				t.Fatalf("%s twice", s.Item)
			}
			seen[s.Item] = true
		}
	}
	plan.Blueprint[Cell{Objective: "1"}] = 1
	for seed := range uint64(200) {
		form, _ := Draw(seed, p, plan)
		n := map[Difficulty]int{}
		for _, s := range form.Slots {
			n[by[s.Item]]++
		}
		if n[Easy] < 1 || n[Hard] != 2 || len(form.Slots) != 4 {
			t.Fatal(n)
		}
	}
}

// What is unwelcome is drawn last, in every cell, and never leaves a cell empty.
func TestDrawLeavesTheUnwelcome(t *testing.T) {
	p := levels(4, 1, 1, 0)
	plan := Plan{Blueprint: Blueprint{{Objective: "1", Difficulty: Easy}: 1, {Objective: "1"}: 2}, Last: map[string]int{"mudah-0": 2, "mudah-1": 2, "mudah-2": 1, "sulit-0": 3}}
	for seed := range uint64(200) {
		form, err := Draw(seed, p, plan)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"mudah-3", "mudah-2", "sedang-0"} {
			if _, ok := form.Slot(want); !ok {
				t.Fatalf("%+v leaves out %s", form.Slots, want)
			}
		}
	}
}

func TestShortCells(t *testing.T) {
	stock := Blueprint{}
	for _, it := range levels(3, 1, 0, 1) {
		stock.Add(it.Objective, it.Difficulty)
	}
	for _, c := range []struct {
		b    Blueprint
		want []Shortage
	}{
		{Blueprint{{Objective: "1"}: 5}, nil},
		{Blueprint{{Objective: "1"}: 6}, []Shortage{{Cell{Objective: "1"}, 6, 5}}},
		{Blueprint{{"1", Easy}: 3, {Objective: "1"}: 2}, nil},
		{Blueprint{{"1", Easy}: 3, {Objective: "1"}: 3}, []Shortage{{Cell{Objective: "1"}, 3, 2}}},
		{Blueprint{{"1", Easy}: 4, {"1", Hard}: 1, {Objective: "1"}: 2}, []Shortage{{Cell{"1", Easy}, 4, 3}, {Cell{"1", Hard}, 1, 0}}},
		{Blueprint{{Objective: "2"}: 1}, []Shortage{{Cell{Objective: "2"}, 1, 0}}},
		{Blueprint{{Objective: "1"}: -1}, []Shortage{{Cell{Objective: "1"}, -1, 5}}},
	} {
		if got := c.b.Short(stock); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v is short of %+v, want %+v", c.b, got, c.want)
		}
	}
	_, err := Draw(1, levels(1, 0, 0, 0), Plan{Blueprint: Blueprint{{"1", Hard}: 1}})
	if f := faults.Of(err); !errors.Is(err, faults.Invalid) || f.Fields[0].Path != "draw.1/sulit" {
		t.Error(err)
	}
}

// What was stored before there were difficulties reads as "any", and reads back from what is written.
func TestBlueprintIsStored(t *testing.T) {
	var old Blueprint
	if err := json.Unmarshal([]byte(`{"103.1":2,"103.2":1}`), &old); err != nil || !maps.Equal(old, PerObjective(map[string]int{"103.1": 2, "103.2": 1})) {
		t.Fatal(old, err)
	}
	old[Cell{"103.1", Hard}] = 3
	b, err := json.Marshal(old)
	if want := `{"103.1":2,"103.1/sulit":3,"103.2":1}`; err != nil || string(b) != want {
		t.Fatalf("%s, want %s, %v", b, want, err)
	}
	var back Blueprint
	if err := json.Unmarshal(b, &back); err != nil || !maps.Equal(back, old) {
		t.Fatal(back, err)
	}
	if c := ParseCell("a/b"); c != (Cell{Objective: "a/b"}) {
		t.Error(c)
	}
}
