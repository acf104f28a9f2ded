package competencies_test

import (
	"testing"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/texts"
)

var lurah = competencies.Standard{Code: "LURAH", Name: "Lurah", Requirements: []competencies.Requirement{
	{"M.01", 2, competencies.Absolute}, {"M.02", 2, competencies.Useful}, {"M.03", 2, competencies.Important}, {"M.04", 2, competencies.Useful},
	{"M.05", 2, competencies.Important}, {"M.06", 2, competencies.Useful}, {"M.07", 2, competencies.Useful}, {"M.08", 2, competencies.Useful}, {"SK", 2, competencies.Important},
}}

func owning(levels ...int) competencies.Levels {
	out := competencies.Levels{}
	for i, n := range levels {
		if n > 0 {
			code := lurah.Requirements[i].Competency
			out[code] = competencies.Owned{Competency: code, Level: n, State: competencies.Proposed}
		}
	}
	return out
}

// The values are those of published assessment reports.
func TestMatch(t *testing.T) {
	rules := competencies.DefaultRules()
	selection, _ := rules.Scale(competencies.ScaleSelection)
	mapping, _ := rules.Scale(competencies.ScaleMapping)
	for _, c := range []struct {
		name                   string
		owned                  competencies.Levels
		low, high, raw         string
		selection, top, mapped string
		known                  int
		develop                bool
	}{
		{"a Lurah short in three", owning(2, 2, 1, 2, 2, 1, 1, 2, 2), "83,33", "83,33", "83,33", "MS", "MS", "cukup", 9, false},
		{"a surplus in integrity does not hide the gaps", owning(4, 2, 1, 2, 2, 1, 1, 2, 2), "83,33", "83,33", "94,44", "MS", "MS", "cukup", 9, false},
		{"five of nine known", owning(2, 2, 2, 2, 2), "55,56", "100,00", "55,56", "KMS", "MS", "kurang", 5, false},
		{"nothing known", owning(), "0,00", "100,00", "0,00", "KMS", "MS", "kurang", 0, false},
		{"all met", owning(2, 2, 2, 2, 2, 2, 2, 2, 2), "100,00", "100,00", "100,00", "MS", "MS", "optimal", 9, false},
		{"more than all", owning(5, 5, 5, 5, 5, 5, 5, 5, 5), "100,00", "100,00", "250,00", "MS", "MS", "optimal", 9, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := competencies.Match(competencies.Gaps(lurah, c.owned, noDictionary), rules)
			low, high := f.Category(selection)
			mapped, _ := f.Category(mapping)
			if f.Percent().String() != c.low || f.PercentHigh().String() != c.high || f.Raw().String() != c.raw || low.Code != c.selection || high.Code != c.top ||
				mapped.Code != c.mapped || f.Known != c.known || f.Of != 9 || f.DevelopFirst() != c.develop {
				t.Errorf("%+v: %s to %s, raw %s, %s to %s, %s", f, f.Percent(), f.PercentHigh(), f.Raw(), low.Code, high.Code, mapped.Code)
			}
		})
	}
}

func TestAnAbsoluteRequirementShortByTwoNeedsDevelopmentFirst(t *testing.T) {
	high := competencies.Standard{Code: "X", Requirements: []competencies.Requirement{{"M.01", 3, competencies.Absolute}, {"M.02", 3, competencies.Useful}, {"SK", 3, competencies.Absolute}}}
	own := competencies.Levels{"M.01": {Level: 1, State: competencies.Proposed}, "M.02": {Level: 1, State: competencies.Proposed}}
	f := competencies.Match(competencies.Gaps(high, own, noDictionary), competencies.DefaultRules())
	if len(f.AbsoluteShort) != 1 || f.AbsoluteShort[0] != "M.01" {
		t.Errorf("short: %v", f.AbsoluteShort)
	}
	if len(f.AbsoluteUnknown) != 1 || f.AbsoluteUnknown[0] != "SK" {
		t.Errorf("what is unknown is not short: %v, %v", f.AbsoluteUnknown, f.AbsoluteShort)
	}
}

func TestBandsBeginExactly(t *testing.T) {
	selection, _ := competencies.DefaultRules().Scale(competencies.ScaleSelection)
	for _, c := range []struct {
		owned, required int
		want            string
	}{{80, 100, "MS"}, {79, 100, "MMS"}, {68, 100, "MMS"}, {67, 100, "KMS"}, {36, 45, "MS"}, {35, 45, "MMS"}, {799999, 1000000, "MMS"}, {0, 9, "KMS"}} {
		if got := selection.Band(c.owned, c.required).Code; got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.owned, c.required, got, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int
		id, en      string
	}{{15, 18, "83,33", "83.33"}, {17, 18, "94,44", "94.44"}, {2, 3, "66,67", "66.67"}, {1, 1, "100,00", "100.00"}, {0, 7, "0,00", "0.00"}, {3, 0, "0,00", "0.00"}, {1, 16, "6,25", "6.25"}} {
		p := competencies.PercentOf(c.part, c.whole)
		if p.In(texts.ID) != c.id || p.In(texts.EN) != c.en {
			t.Errorf("%d/%d = %s", c.part, c.whole, p)
		}
	}
}

var noDictionary = competencies.Dictionary{Snapshot: &sets.Snapshot[competencies.Competency]{}}
