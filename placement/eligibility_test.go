package placement_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/placement"
)

func rule(kind placement.RuleKind, value string) placement.Rule {
	return placement.Rule{Code: "R", AppliesTo: "*", Rule: kind, Value: value, Law: "UU", From: "2020-01-01", Text: texts.T("aturan", "rule")}
}

func TestRules(t *testing.T) {
	const on = civil.Date("2026-11-22")
	for _, c := range []struct {
		name    string
		rule    placement.Rule
		facts   placement.Facts
		want    placement.Outcome
		fulfils bool
	}{
		{"PNS", rule(placement.StatusIn, "PNS"), placement.Facts{Status: "PNS"}, placement.Met, false},
		{"PPPK", rule(placement.StatusIn, "PNS"), placement.Facts{Status: "PPPK"}, placement.Unmet, false},
		{"CPNS is no PNS yet", rule(placement.StatusIn, "PNS"), placement.Facts{Status: "CPNS"}, placement.Unmet, false},
		{"active", rule(placement.LegalPositionIn, "01"), placement.Facts{LegalPosition: "01"}, placement.Met, false},
		{"study leave", rule(placement.LegalPositionIn, "01"), placement.Facts{LegalPosition: "03"}, placement.Unmet, true},
		{"last day within the age limit", rule(placement.MaxAge, "56"), placement.Facts{LatestAppointment: []placement.AgeLimit{{Limit: 56, Last: on}}}, placement.Met, false},
		{"a day too late", rule(placement.MaxAge, "56"), placement.Facts{LatestAppointment: []placement.AgeLimit{{Limit: 56, Last: on.AddDays(-1)}}}, placement.Unmet, false},
		{"age not on record", rule(placement.MaxAge, "56"), placement.Facts{LatestAppointment: []placement.AgeLimit{{Limit: 58, Last: on}}}, placement.Unknown, true},
		{"S1 for D4", rule(placement.MinEducation, "D4"), placement.Facts{Education: "S1"}, placement.Met, false},
		{"D3 for D4", rule(placement.MinEducation, "D4"), placement.Facts{Education: "D3"}, placement.Unmet, true},
		{"education not on record", rule(placement.MinEducation, "D4"), placement.Facts{}, placement.Unknown, true},
		{"rank", rule(placement.MinRank, "III/c"), placement.Facts{Rank: "III/d"}, placement.Met, false},
		{"rank too low", rule(placement.MinRank, "III/c"), placement.Facts{Rank: "III/b"}, placement.Unmet, true},
		{"ranks of two scales are not compared", rule(placement.MinRank, "III/c"), placement.Facts{Rank: "XVII"}, placement.Unknown, false},
		{"six full months left", rule(placement.MonthsBeforeEnd, "6"), placement.Facts{ServiceEnd: "2027-05-21"}, placement.Met, false},
		{"a day less", rule(placement.MonthsBeforeEnd, "6"), placement.Facts{ServiceEnd: "2027-05-20"}, placement.Unmet, false},
		{"a contract may be extended", rule(placement.MonthsBeforeEnd, "6"), placement.Facts{ServiceEnd: "2027-05-20", Status: "PPPK"}, placement.Unmet, true},
		{"end not on record", rule(placement.MonthsBeforeEnd, "6"), placement.Facts{}, placement.Unknown, true},
		{"field of the degree", rule(placement.TrainingInGovernment, "pemerintahan"), placement.Facts{EducationField: "Ilmu Pemerintahan"}, placement.Met, false},
		{"a training on record", rule(placement.TrainingInGovernment, "pemerintahan"), placement.Facts{EducationField: "Kimia", Trainings: []string{"Diklat Pemerintahan Kecamatan"}}, placement.Met, false},
		{"neither", rule(placement.TrainingInGovernment, "pemerintahan"), placement.Facts{EducationField: "Kimia"}, placement.Unknown, true},
		{"related experience is not on record", rule(placement.MinServiceYears, "5"), placement.Facts{ServiceSince: "2000-01-01"}, placement.Unknown, true},
		{"too short in any case", rule(placement.MinServiceYears, "5"), placement.Facts{ServiceSince: "2022-01-01"}, placement.Unmet, true},
		{"two years as administrator", rule(placement.MinServiceYears, "2 administrator ahli_madya"), placement.Facts{ServiceSince: "2000-01-01",
			Posts: []placement.PostHeld{{Jenjang: "administrator", Since: "2024-11-22"}}}, placement.Met, false},
		{"two years in two posts", rule(placement.MinServiceYears, "2 administrator ahli_madya"), placement.Facts{ServiceSince: "2000-01-01",
			Posts: []placement.PostHeld{{Jenjang: "administrator", Since: "2020-01-01", Until: "2021-06-30"}, {Jenjang: "ahli_madya", Since: "2025-11-01"}}}, placement.Met, false},
		{"a day less as administrator", rule(placement.MinServiceYears, "2 administrator ahli_madya"), placement.Facts{ServiceSince: "2000-01-01",
			Posts: []placement.PostHeld{{Jenjang: "administrator", Since: "2024-11-23"}}}, placement.Unknown, true},
		{"as pengawas", rule(placement.MinServiceYears, "2 administrator ahli_madya"), placement.Facts{ServiceSince: "2000-01-01",
			Posts: []placement.PostHeld{{Jenjang: "pengawas", Since: "2010-01-01"}}}, placement.Unknown, true},
	} {
		outcome, verdicts := placement.Judge([]placement.Rule{c.rule}, c.facts, placement.Post{}, on)
		if outcome != c.want || len(verdicts) != 1 || verdicts[0].Fulfil.Empty() == c.fulfils || outcome != placement.Met && (verdicts[0].Why.Empty() || verdicts[0].Law != "UU") {
			t.Errorf("%s: %s, %+v", c.name, outcome, verdicts)
		}
	}
}

func TestARuleAppliesByDayAndPost(t *testing.T) {
	post := placement.Post{Kind: "struktural", Jenjang: "pengawas", Standard: "LURAH"}
	for _, c := range []struct {
		to   string
		want bool
	}{{"*", true}, {"kind:struktural", true}, {"kind:pelaksana", false}, {"jenjang:pengawas", true}, {"standard:LURAH", true}, {"standard:CAMAT", false}, {"standard:CAMAT standard:LURAH", true}, {"", false}} {
		r := rule(placement.StatusIn, "PNS")
		r.AppliesTo = c.to
		if r.Applies(post, "2026-01-01") != c.want {
			t.Errorf("%q", c.to)
		}
	}
	r := rule(placement.StatusIn, "PNS")
	r.Until = "2026-06-30"
	for day, want := range map[civil.Date]bool{"2019-12-31": false, "2020-01-01": true, "2026-06-30": true, "2026-07-01": false} {
		if r.Applies(post, day) != want {
			t.Errorf("%s: %v", day, !want)
		}
	}
}

// A demotion is a discipline measure and no placement: the present level is the highest post of the ladder held on the day of appointment.
func TestNoPostBelowThePresentLevel(t *testing.T) {
	const on = civil.Date("2026-11-22")
	r := rule(placement.NotBelow, "pelaksana pengawas administrator jpt_pratama")
	held := func(jenjang string, since, until civil.Date) placement.PostHeld {
		return placement.PostHeld{Jenjang: jenjang, Since: since, Until: until}
	}
	for _, c := range []struct {
		name  string
		posts []placement.PostHeld
		to    string
		want  placement.Outcome
	}{
		{"an administrator as Lurah", []placement.PostHeld{held("administrator", "2020-01-01", "")}, "pengawas", placement.Unmet},
		{"a Sekda as Lurah", []placement.PostHeld{held("jpt_pratama", "2020-01-01", "")}, "pengawas", placement.Unmet},
		{"a pengawas as pelaksana", []placement.PostHeld{held("pengawas", "2020-01-01", "")}, "pelaksana", placement.Unmet},
		{"sideways", []placement.PostHeld{held("pengawas", "2020-01-01", "")}, "pengawas", placement.Met},
		{"upwards", []placement.PostHeld{held("pelaksana", "2020-01-01", "")}, "pengawas", placement.Met},
		{"from a functional post", []placement.PostHeld{held("ahli_madya", "2020-01-01", "")}, "pengawas", placement.Met},
		{"to a functional post", []placement.PostHeld{held("administrator", "2020-01-01", "")}, "ahli_muda", placement.Met},
		{"no post", nil, "pelaksana", placement.Met},
		{"a level left yesterday", []placement.PostHeld{held("administrator", "2020-01-01", on.AddDays(-1)), held("pengawas", on, "")}, "pengawas", placement.Met},
		{"a level left today", []placement.PostHeld{held("administrator", "2020-01-01", on)}, "pengawas", placement.Unmet},
		{"a level of tomorrow", []placement.PostHeld{held("pengawas", "2020-01-01", ""), held("administrator", on.AddDays(1), "")}, "pengawas", placement.Met},
	} {
		outcome, verdicts := placement.Judge([]placement.Rule{r}, placement.Facts{Posts: c.posts}, placement.Post{Jenjang: c.to}, on)
		if outcome != c.want || len(verdicts) != 1 || outcome == placement.Unmet && (verdicts[0].Why.Empty() || verdicts[0].Law != "UU") {
			t.Errorf("%s: %s, %+v", c.name, outcome, verdicts)
		}
	}
}

// The matcher's types are its promise: what they cannot hold cannot decide.
func TestTheMatchersTypesHoldNoForbiddenAttribute(t *testing.T) {
	forbidden := []string{"sex", "gender", "kelamin", "birth", "born", "lahir", "age", "nip", "identity", "religion", "agama", "marital", "married", "nikah", "disab", "ethnic", "suku", "name"}
	allowed := map[string]bool{"LatestAppointment": true}
	var walk func(typ reflect.Type, at string)
	walk = func(typ reflect.Type, at string) {
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map || typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			for _, word := range forbidden {
				if strings.Contains(strings.ToLower(f.Name), word) && !allowed[f.Name] {
					t.Errorf("%s.%s", at, f.Name)
				}
			}
			walk(f.Type, at+"."+f.Name)
		}
	}
	walk(reflect.TypeOf(placement.Facts{}), "Facts")
	walk(reflect.TypeOf(placement.Subject{}), "Subject")
}

func TestAWrongRuleTableIsRefusedWhole(t *testing.T) {
	c := newCity(t)
	const head = "code,applies_to,rule,value,law,valid_from,valid_until,text_id,text_en\n"
	for _, x := range []struct {
		row  string
		want string
	}{
		{"A,kind:raja,status_in,PNS,UU,2020-01-01,,x,y", "rows[2].applies_to"},
		{"A,everybody,status_in,PNS,UU,2020-01-01,,x,y", "rows[2].applies_to"},
		{"A,*,sex_in,1,UU,2020-01-01,,x,y", "rows[2].rule"},
		{"A,*,status_in,Honorer,UU,2020-01-01,,x,y", "rows[2].value"},
		{"A,*,max_age,56 tahun,UU,2020-01-01,,x,y", "rows[2].value"},
		{"A,*,min_education,S4,UU,2020-01-01,,x,y", "rows[2].value"},
		{"A,*,min_service_years,2 raja,UU,2020-01-01,,x,y", "rows[2].value"},
		{"A,*,not_below_present,pengawas raja,UU,2020-01-01,,x,y", "rows[2].value"},
		{"A,*,not_below_present,pengawas,UU,2020-01-01,,x,y", "rows[2].value"},
		{"A,*,not_below_present,pengawas administrator pengawas,UU,2020-01-01,,x,y", "rows[2].value"},
		{"A,*,status_in,PNS,,2020-01-01,,x,y", "rows[2].law"},
		{"A,*,status_in,PNS,UU,30 Februari,,x,y", "rows[2].valid_from"},
		{"A,*,status_in,PNS,UU,2020-01-01,2019-01-01,x,y", "rows[2].valid_from"},
		{"A,*,status_in,PNS,UU,2020-01-01,,,y", "rows[2].text_id"},
		{"A,*,status_in,PNS,UU,2020-01-01,,x,y\nA,*,status_in,PNS,UU,2020-01-01,,x,y", "rows[3].code"},
	} {
		_, err := c.ImportEligibility(t.Context(), root, "x.csv", strings.NewReader(head+x.row+"\n"), false)
		var f *faults.Error
		if !errors.As(err, &f) || f.Kind != faults.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != x.want {
			t.Errorf("%s: %v", x.row, err)
		}
	}
	rules, version, err := c.Rules(t.Context(), access.Actor{Person: "p-901"})
	if err != nil || len(rules) != 13 || version.No != 1 {
		t.Errorf("the rules in force: %d, %+v, %v", len(rules), version, err)
	}
	if _, err := c.ImportEligibility(t.Context(), access.Actor{Person: "p-901"}, "x.csv", strings.NewReader(head), false); !errors.Is(err, faults.Forbidden) {
		t.Errorf("a learner's import: %v", err)
	}
}
