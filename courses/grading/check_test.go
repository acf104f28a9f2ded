package grading

import (
	"strings"
	"testing"

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
		{"type", change(oneOfFour, func(it *Item) { it.Type = "essay" }), "type", false},
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

func TestReadings(t *testing.T) {
	for in, want := range map[string]string{
		"3,5": "3.5", "3.5": "3.5", "15.000": "15000 15", "15,000": "15 15000", "1.250": "1250 1.25", "0.500": "0.5", "0,500": "0.5", ",5": "0.5", ".5": "0.5",
		"1.234,5": "1234.5", "1,234.5": "1234.5", "1.234.567": "1234567", "1,234,567": "1234567", "1 234 567,8": "1234567.8", "1'234": "1234",
		"-7": "-7", "\u22127": "-7", "+7": "7", "007": "7", "１２": "12", "12\u00a0000": "12000",
		"Rp15.000": "15000 15", "Rp 15.000,-": "15000 15", "-Rp5": "-5", "5 rp": "5", "5 Rupiah": "",
		"": "", "-": "", "1.23.456": "", "1..2": "", "1,2,3": "", "1.2,3.4": "", "1e3": "", "0x10": "", "5 ribu": "", "½": "", "5 5": "", "1.234.56": "", "१२": "",
	} {
		var got []string
		for _, v := range Readings(in, []string{"Rp"}) {
			got = append(got, strings.TrimSuffix(strings.TrimRight(v.FloatString(6), "0"), "."))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q read as %q, want %q", in, got, want)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, said string
		exact, fits   bool
	}{
		{"fakta", "Fakta", false, true}, {"fakta", "faktanya", false, false}, {"fakta*", "faktanya", false, true}, {"*aduan*", "Surat Aduan Warga", false, true},
		{"a*b*c", "a1b2c", false, true}, {"a*b*c", "acb", false, false}, {`5\*`, "5*", false, true}, {`5\*`, "56", false, false}, {"*", "", false, true},
		{"e-mail", "e–mail", false, true}, {"unit   kerja", "unit kerja", false, true}, {`"fakta"`, "fakta", false, true}, {"café", "CAFE", false, true},
		{"café", "cafe", true, false}, {"Fakta", "fakta", true, false}, {"Fakta", "Fakta.", true, true}, {"ﬁ", "fi", false, true}, {"a*", "\uE000", false, false},
	} {
		if got := fits(pattern(c.pattern, c.exact), normal(c.said, c.exact)); got != c.fits {
			t.Errorf("%q against %q: %v", c.said, c.pattern, got)
		}
	}
}
