package grading_test

import (
	"errors"
	"testing"

	. "github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

func option(n int, text string, m Mark) Option {
	return Option{ID: OptionID(n), Text: text, Mark: m, Feedback: "tentang " + text}
}

func item(t Type, options ...Option) Item {
	return Item{ID: "v1", Code: "103-B01", Key: 3, Type: t, Objective: "103.1", Difficulty: Easy, Stem: "Apa?", Options: options}
}

var (
	oneOfFour = item(Single, option(0, "satu", 0), option(1, "dua", Full), option(2, "tiga", 0), option(3, "empat", Full/2))
	twoOfFour = item(Multiple, option(0, "satu", Full/2), option(1, "dua", -Full/2), option(2, "tiga", Full/2), option(3, "empat", -Full/2))
	threeOf5  = item(Multiple, option(0, "satu", Full/3), option(1, "dua", Full/3), option(2, "tiga", Full/3), option(3, "empat", -Full/2), option(4, "lima", -Full/2))
	isTrue    = item(TrueFalse, NewTrueFalse(true, "tidak", "betul")...)
	isFalse   = item(TrueFalse, NewTrueFalse(false, "tidak", "betul")...)
	thousands = item(Numeric, Option{ID: "a", Text: "15000", Mark: Full}, Option{ID: "b", Text: "15000", Tolerance: "500", Mark: Full / 2})
	half      = item(Numeric, Option{ID: "a", Text: "3.5", Tolerance: "0.1", Mark: Full})
	fact      = item(ShortText, option(0, "fakta", Full), option(1, "kenyata*", Full/2))
)

func withUnits(it Item, units ...string) Item { it.Units = units; return it }
func exact(it Item) Item                      { it.Exact = true; return it }

func TestOneAnswer(t *testing.T) {
	choose := func(c ...string) Answer { return Answer{Choices: c} }
	typed := func(s string) Answer { return Answer{Text: s} }
	for _, c := range []struct {
		name  string
		it    Item
		order string
		a     Answer
		mark  Mark
		state State
	}{
		{"single right", oneOfFour, "abcd", choose("b"), Full, Right},
		{"single right under another order", oneOfFour, "bdca", choose("a"), Full, Right},
		{"single wrong", oneOfFour, "abcd", choose("a"), 0, Wrong},
		{"single half", oneOfFour, "abcd", choose("d"), Full / 2, Partial},
		{"single blank", oneOfFour, "abcd", Answer{}, 0, Blank},
		{"multiple key", twoOfFour, "abcd", choose("c", "a"), Full, Right},
		{"multiple one of two", twoOfFour, "abcd", choose("a"), Full / 2, Partial},
		{"multiple one right one wrong", twoOfFour, "abcd", choose("a", "b"), 0, Wrong},
		{"multiple all", twoOfFour, "abcd", choose("a", "b", "c", "d"), 0, Wrong},
		{"multiple never below zero", twoOfFour, "abcd", choose("b", "d"), 0, Wrong},
		{"three thirds are whole", threeOf5, "edcba", choose("c", "d", "e"), Full, Right},
		{"two thirds", threeOf5, "edcba", choose("d", "e"), Full * 2 / 3, Partial},
		{"true said true", isTrue, "ab", choose("a"), Full, Right},
		{"true said false", isTrue, "ab", choose("b"), 0, Wrong},
		{"false said false", isFalse, "ab", choose("b"), Full, Right},
		{"number plain", thousands, "", typed("15000"), Full, Right},
		{"number Indonesian thousands", thousands, "", typed("15.000"), Full, Right},
		{"number English thousands", thousands, "", typed(" 15,000 "), Full, Right},
		{"number spaced thousands", thousands, "", typed("15 000"), Full, Right},
		{"number near", thousands, "", typed("15.400"), Full / 2, Partial},
		{"number far", thousands, "", typed("16000"), 0, Wrong},
		{"number with an unknown unit", thousands, "", typed("Rp15.000"), 0, Wrong},
		{"number with its unit", withUnits(thousands, "Rp", "rupiah"), "", typed("Rp. 15.000,-"), Full, Right},
		{"number with its unit behind", withUnits(thousands, "Rp", "rupiah"), "", typed("15000 RUPIAH"), Full, Right},
		{"decimal comma", half, "", typed("3,5"), Full, Right},
		{"decimal point", half, "", typed("3.5"), Full, Right},
		{"edge of the tolerance", half, "", typed("3,6"), Full, Right},
		{"edge below", half, "", typed("3.4"), Full, Right},
		{"past the tolerance", half, "", typed("3,60000000000000000001"), 0, Wrong},
		{"words for a number", half, "", typed("tiga setengah"), 0, Wrong},
		{"spaces only", half, "", typed("   "), 0, Blank},
		{"text", fact, "", typed("fakta"), Full, Right},
		{"text case, accents, spaces, point", fact, "", typed("  FÁKTA. "), Full, Right},
		{"text full width", fact, "", typed("ｆａｋｔａ"), Full, Right},
		{"text wildcard", fact, "", typed("kenyataan"), Full / 2, Partial},
		{"text other", fact, "", typed("dugaan"), 0, Wrong},
		{"text exact case", exact(fact), "", typed("Fakta"), 0, Wrong},
		{"a star typed is a star", fact, "", typed("*"), 0, Wrong},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := Grade([]Item{c.it}, Form{Slots: []Slot{{Item: "v1", Order: c.order}}}, map[string]Answer{"v1": c.a})
			if err != nil {
				t.Fatal(err)
			}
			if got := res.Items[0]; got.Mark != c.mark || got.State != c.state || got.Key != 3 || res.Earned != c.mark || res.Max != Full {
				t.Fatalf("got %+v, want mark %d state %s", res, c.mark, c.state)
			}
		})
	}
}

func TestGradeRefuses(t *testing.T) {
	form := Form{Slots: []Slot{{Item: "v1", Order: "abcd"}}}
	for name, c := range map[string]struct {
		items   []Item
		form    Form
		answers map[string]Answer
	}{
		"an item not on the form":    {[]Item{oneOfFour}, form, map[string]Answer{"other": {Choices: []string{"a"}}}},
		"a blank for a foreign one":  {[]Item{oneOfFour}, form, map[string]Answer{"other": {}}},
		"a missing item":             {nil, form, nil},
		"an item twice":              {[]Item{oneOfFour}, Form{Slots: append(form.Slots, form.Slots...)}, nil},
		"an order that does not fit": {[]Item{oneOfFour}, Form{Slots: []Slot{{Item: "v1", Order: "abc"}}}, nil},
		"an order with a repeat":     {[]Item{oneOfFour}, Form{Slots: []Slot{{Item: "v1", Order: "abca"}}}, nil},
		"two choices where one":      {[]Item{oneOfFour}, form, map[string]Answer{"v1": {Choices: []string{"a", "b"}}}},
		"the same choice twice":      {[]Item{twoOfFour}, form, map[string]Answer{"v1": {Choices: []string{"a", "a"}}}},
		"a position past the end":    {[]Item{oneOfFour}, form, map[string]Answer{"v1": {Choices: []string{"e"}}}},
		"an empty position":          {[]Item{oneOfFour}, form, map[string]Answer{"v1": {Choices: []string{""}}}},
		"text for a choice":          {[]Item{oneOfFour}, form, map[string]Answer{"v1": {Text: "dua"}}},
		"a choice for a text":        {[]Item{fact}, Form{Slots: []Slot{{Item: "v1"}}}, map[string]Answer{"v1": {Choices: []string{"a"}}}},
		"an unknown type":            {[]Item{item("wawancara")}, Form{Slots: []Slot{{Item: "v1"}}}, nil},
	} {
		if res, err := Grade(c.items, c.form, c.answers); !errors.Is(err, faults.Invalid) {
			t.Errorf("%s: %+v, %v", name, res, err)
		}
	}
}

func TestPassedIsExact(t *testing.T) {
	// 13 whole items and three thirds out of 20 are exactly 70 points.
	r := Result{Max: 20 * Full, Earned: 13*Full + 3*(Full/3)}
	if !r.Passed(70) || r.Score() != 70000 {
		t.Fatalf("%d passed=%v", r.Score(), r.Passed(70))
	}
	r.Earned--
	if r.Passed(70) || r.Score() >= 70000 {
		t.Fatalf("one part less: %d passed=%v", r.Score(), r.Passed(70))
	}
	if (Result{}).Passed(0) {
		t.Fatal("an empty form passed")
	}
	if (Result{Max: Full, Earned: Full, NeedsMarking: true}).Passed(70) {
		t.Fatal("a result that waits for marking passed")
	}
}

func TestMarksReadBack(t *testing.T) {
	for _, n := range []Mark{2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20, 1000} {
		for k := -n; k <= n; k++ {
			m := Full / n * k
			if got, err := ParseMark(m.Percent()); err != nil || got != m {
				t.Fatalf("%d/%d printed %s read %d %v", k, n, m.Percent(), got, err)
			}
		}
	}
	for in, want := range map[string]Mark{"50": Full / 2, "33.33333": Full / 3, "33.33": Full / 3, "33.3": 83916, "16.67": Full / 6, "-33,333": -Full / 3, "14.28571": Full / 7, "100": Full, "12.5": Full / 8, "0": 0} {
		if got, err := ParseMark(in); err != nil || got != want {
			t.Errorf("%s: %d %v, want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "101", "-100.1", "1e2", "1/2", "x", "0x10", "5 0", "--5"} {
		if got, err := ParseMark(in); err == nil {
			t.Errorf("%q read as %d", in, got)
		}
	}
}

func TestExplainAndPresent(t *testing.T) {
	slot := Slot{Item: "v1", Order: "cdab"}
	v, err := Present(twoOfFour, slot, Answer{})
	if err != nil || len(v.Choices) != 4 || v.Choices[0] != (Choice{"a", Written("tiga")}) || v.Ask != AskMany {
		t.Fatalf("%+v %v", v, err)
	}
	r, err := Explain(twoOfFour, slot, Answer{Choices: []string{"a", "b"}})
	if err != nil || r.State != Wrong || len(r.Feedback) != 2 || len(r.Key) != 2 || !r.Choices[0].Chosen || !r.Choices[0].Right || r.Choices[1].Right {
		t.Fatalf("%+v %v", r, err)
	}
	if v, _ := Present(fact, Slot{Item: "v1"}, Answer{}); len(v.Choices) != 0 {
		t.Fatal("the accepted answers of a short text were shown")
	}
	if v, _ := Present(isFalse, Slot{Item: "v1", Order: "ab"}, Answer{}); v.Choices[0].Text.ID != "Benar" || v.Choices[1].Text.ID != "Salah" {
		t.Fatalf("%+v", v)
	}
	if r, _ := Explain(thousands, Slot{Item: "v1"}, Answer{}); r.State != Blank || len(r.Feedback) != 0 || r.Key[0].ID != "15000" {
		t.Fatalf("%+v", r)
	}
	if Advise(half, Answer{Text: "kira-kira tiga"}).Empty() || !Advise(half, Answer{Text: "3,5"}).Empty() || !Advise(half, Answer{}).Empty() {
		t.Fatal("advice on numbers")
	}
}
