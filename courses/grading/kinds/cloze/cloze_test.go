package cloze

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		it := grading.Item{Type: Name, Fixed: r.IntN(3) == 0, Stem: "Jawab"}
		for i := range 1 + r.IntN(4) {
			it.Stem += fmt.Sprintf(" [[%d]],", i+1)
			p := grading.Part{ID: grading.OptionID(i), Weight: r.IntN(4)}
			switch r.IntN(3) {
			case 0:
				p.Type = grading.Single
				p.Options = []grading.Option{{ID: "a", Text: "satu", Mark: grading.Full, Feedback: gradingtest.Secret}, {ID: "b", Text: "dua"}, {ID: "c", Text: "tiga", Mark: grading.Full / 3}}
			case 1:
				p.Type = grading.ShortText
				p.Options = []grading.Option{{ID: "a", Text: "fakta", Mark: grading.Full, Feedback: gradingtest.Secret}, {ID: "b", Text: "duga*", Mark: grading.Full / 2}}
			default:
				p.Type, p.Units = grading.Numeric, []string{"hari"}
				p.Options = []grading.Option{{ID: "a", Text: "7", Tolerance: "1", Mark: grading.Full, Feedback: gradingtest.Secret}}
			}
			it.Parts = append(it.Parts, p)
		}
		return it
	})
}

var rule = grading.Item{ID: "v", Code: "c", Objective: "1", Stem: "Aduan dijawab paling lama [[1]] hari oleh [[2]] lewat [[3]].", Type: Name, Parts: []grading.Part{
	{ID: "a", Type: grading.Numeric, Weight: 2, Options: []grading.Option{{ID: "a", Text: "5", Mark: grading.Full}}},
	{ID: "b", Type: grading.ShortText, Options: []grading.Option{{ID: "a", Text: "admin*", Mark: grading.Full}}},
	{ID: "c", Type: grading.Single, Options: []grading.Option{{ID: "a", Text: "surat"}, {ID: "b", Text: "kanal asal", Mark: grading.Full}}}}}

func TestMarks(t *testing.T) {
	say := func(days, who, way string) grading.Answer {
		a := grading.Answer{Parts: []grading.Answer{{Text: days}, {Text: who}, {}}}
		if way != "" {
			a.Parts[2].Choices = []string{way}
		}
		return a
	}
	for _, c := range []struct {
		name     string
		a        grading.Answer
		expected grading.Mark
	}{
		{"all", say("5", "Administrator", "a"), grading.Full},
		{"the heavy one alone", say("5,0", "", ""), grading.Full / 2},
		{"the light ones", say("7", "admin", "a"), grading.Full / 2},
		{"one light one", say("", "", "a"), grading.Full / 4},
	} {
		if got := gradingtest.Mark(t, rule, "||ba", c.a); got != c.expected {
			t.Errorf("%s: %d, want %d", c.name, got, c.expected)
		}
	}
	if k := (Kind{}); k.Advise(rule, say("lima", "", "")).Empty() || !k.Advise(rule, say("5", "", "")).Empty() {
		t.Error("a number that cannot be read")
	}
}

func TestCheck(t *testing.T) {
	for path, change := range map[string]func(*grading.Item){
		"parts":            func(it *grading.Item) { it.Parts = nil },
		"stem":             func(it *grading.Item) { it.Stem = "Aduan dijawab [[1]] dan [[2]] dan [[2]] oleh [[3]]." },
		"parts[1].type":    func(it *grading.Item) { it.Parts[1].Type = grading.TrueFalse },
		"parts[0].options": func(it *grading.Item) { it.Parts[0].Options = nil },
		"parts[2].options": func(it *grading.Item) { it.Parts[2].Options = it.Parts[2].Options[:1] },
		"parts[0].weight":  func(it *grading.Item) { it.Parts[0].Weight = -1 },
		"parts[2].options[1].id": func(it *grading.Item) {
			it.Parts[2].Options = []grading.Option{{ID: "a", Text: "x", Mark: grading.Full}, {ID: "a", Text: "y"}}
		},
	} {
		it := rule
		it.Parts = append([]grading.Part(nil), it.Parts...)
		change(&it)
		if !gradingtest.Finds(it, path) {
			t.Errorf("%s: %+v", path, grading.Check(it))
		}
	}
	for _, order := range []string{"", "|", "||", "||b", "||bb", "|||ba", "||abc"} {
		if (Kind{}).Shown(rule, order) {
			t.Errorf("%q is a showing", order)
		}
	}
}
