package grading_test

import (
	"strings"
	"testing"

	. "github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

func TestCheckPassesGoodItems(t *testing.T) {
	for _, it := range []Item{oneOfFour, twoOfFour, threeOf5, isTrue, isFalse, thousands, half, fact, withUnits(thousands, "Rp")} {
		if f := Check(it); len(f) > 0 {
			t.Errorf("%s: %+v", it.Type, f)
		}
		if err := CheckError(it); err != nil {
			t.Error(err)
		}
	}
}

func TestCheck(t *testing.T) {
	change := func(it Item, f func(*Item)) Item {
		it.Options = append([]Option(nil), it.Options...)
		f(&it)
		return it
	}
	for _, c := range []struct {
		name    string
		it      Item
		path    string
		warning bool
	}{
		{"no code", change(oneOfFour, func(it *Item) { it.Code = " " }), "code", false},
		{"no stem", change(oneOfFour, func(it *Item) { it.Stem = "" }), "stem", false},
		{"no objective", change(oneOfFour, func(it *Item) { it.Objective = "" }), "objective", false},
		{"difficulty", change(oneOfFour, func(it *Item) { it.Difficulty = "gampang" }), "difficulty", false},
		{"type", change(oneOfFour, func(it *Item) { it.Type = "wawancara" }), "type", false},
		{"option id twice", change(oneOfFour, func(it *Item) { it.Options[1].ID = "a" }), "options[1].id", false},
		{"option id long", change(oneOfFour, func(it *Item) { it.Options[1].ID = "bb" }), "options[1].id", false},
		{"mark over full", change(oneOfFour, func(it *Item) { it.Options[1].Mark = Full + 1 }), "options[1].mark", false},
		{"one option", change(oneOfFour, func(it *Item) { it.Options = it.Options[1:2] }), "options", false},
		{"empty option", change(oneOfFour, func(it *Item) { it.Options[2].Text = " \u00a0" }), "options[2].text", false},
		{"same text", change(oneOfFour, func(it *Item) { it.Options[2].Text = " dua" }), "options[2].text", false},
		{"no key", change(oneOfFour, func(it *Item) { it.Options[1].Mark = 0 }), "options", false},
		{"two keys", change(oneOfFour, func(it *Item) { it.Options[0].Mark = Full }), "options", false},
		{"wrong option for free", change(twoOfFour, func(it *Item) { it.Options[1].Mark = 0 }), "options[1].mark", false},
		{"weights", change(twoOfFour, func(it *Item) { it.Options[0].Mark = Full / 3 }), "options", false},
		{"all are right", change(twoOfFour, func(it *Item) { it.Options = []Option{it.Options[0], it.Options[2]} }), "options", false},
		{"all still earns", change(twoOfFour, func(it *Item) { it.Options[1].Mark = -Full / 10 }), "options", true},
		{"true and false", change(isTrue, func(it *Item) { it.Options[1].Mark = Full }), "options", false},
		{"neither", change(isTrue, func(it *Item) { it.Options[0].Mark = 0 }), "options", false},
		{"no number", change(half, func(it *Item) { it.Options[0].Text = "3,5" }), "options[0].text", false},
		{"tolerance", change(half, func(it *Item) { it.Options[0].Tolerance = "-1" }), "options[0].tolerance", false},
		{"no full number", change(half, func(it *Item) { it.Options[0].Mark = Full / 2 }), "options", false},
		{"unit with digits", withUnits(half, "m2"), "units[0]", false},
		{"empty answer", change(fact, func(it *Item) { it.Options[0].Text = " " }), "options[0].text", false},
		{"accepts anything", change(fact, func(it *Item) { it.Options[0].Text = " ** " }), "options[0].text", false},
	} {
		found := false
		for _, f := range Check(c.it) {
			found = found || f.Path == c.path && f.Warning == c.warning
			if f.Text.EN == "" || strings.Contains(f.Text.ID+f.Text.EN, "%!") {
				t.Errorf("%s: %+v", c.name, f.Text)
			}
		}
		if err := CheckError(c.it); !found || (err == nil) != c.warning || err != nil && faults.KindOf(err) != faults.Invalid {
			t.Errorf("%s: %+v, %v", c.name, Check(c.it), err)
		}
	}
}
