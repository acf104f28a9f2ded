package competencies_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

func offer(code string, jp int, kind competencies.Kind, targets ...competencies.Target) competencies.CourseTarget {
	return competencies.CourseTarget{Course: code, Version: "v1", Title: texts.T("Kursus "+code, ""), JP: jp, Targets: targets, Kind: kind}
}

var catalogue = courses{
	offer("APEL-101", 4, competencies.Quiz, competencies.Target{Competency: "T.01", Level: 2}, competencies.Target{Competency: "M.01", Level: 1}),
	offer("APEL-102", 3, competencies.Quiz, competencies.Target{Competency: "M.01", Level: 1}),
	offer("APEL-203", 4, competencies.CertificateAssessed, competencies.Target{Competency: "T.03", Level: 3}),
	offer("APEL-202", 6, competencies.Quiz, competencies.Target{Competency: "T.03", Level: 2}),
	offer("APEL-999", 1, competencies.Quiz, competencies.Target{Competency: "T.02", Level: 2}),
}

func TestStanding(t *testing.T) {
	r := newRoom(t, func(c *competencies.Config) { c.Courses = catalogue })
	r.dictionary()
	ani := access.Actor{Person: "ani"}
	st, err := r.StandingOf(r.ctx, ani, "ani") // nothing is stored yet
	must(t, err)
	if st.Fit.Known != 0 || st.Fit.Of != 3 || st.Fit.Low != 0 || st.Fit.High != 6 || !strings.Contains(st.Text.ID, "0 dari 3") {
		t.Errorf("before: %+v, %s", st.Fit, st.Text.ID)
	}
	var order []string
	for _, n := range st.Next {
		order = append(order, n.Course)
	}
	if strings.Join(order, " ") != "APEL-101 APEL-203" {
		t.Errorf("next courses: %v", order)
	}
	if why := st.Next[0].Why.ID; !strings.Contains(why, "Jabatan Petugas Loket meminta M.01 Kompetensi M.01 level 1; belum ada bukti; kursus ini memberi bukti level 1.") {
		t.Errorf("kenapa kursus ini: %s", why)
	}
	if len(st.Beyond) != 1 || st.Beyond[0].Competency != "T.03" || st.Beyond[0].Official { // a course for level 3 alone gives 2
		t.Errorf("beyond: %+v", st.Beyond)
	}

	must(t, r.Record(r.ctx, competencies.CertificateEvidence{Certificate: "c1", Person: "ani", Course: "APEL-202", Version: "v1", On: "2026-11-22", Expires: "2027-11-21",
		Kind: competencies.Quiz, Targets: []competencies.Target{{Competency: "T.03", Level: 2}}}))
	must(t, r.BuildStanding(r.ctx, "ani"))
	st, err = r.StandingOf(r.ctx, ani, "ani")
	must(t, err)
	if st.Fit.Low != 2 || st.Fit.Known != 1 || st.Gaps[2].Owned.Level != 2 {
		t.Errorf("after: %+v", st.Fit)
	}
	if len(st.Next) != 2 || st.Next[1].Course != "APEL-203" || st.Next[1].Closes[0].To != 3 || len(st.Beyond) != 0 {
		t.Errorf("level 3 is now in reach: %+v %+v", st.Next, st.Beyond)
	}

	// The stored standing is good until the certificate has expired; on the day after, the sweeper finds it and a reader gets the truth at once.
	r.clock.Set("2027-11-21")
	if st, err = r.StandingOf(r.ctx, ani, "ani"); err != nil || st.Fit.Known != 1 {
		t.Errorf("on the last day: %+v, %v", st.Fit, err)
	}
	r.clock.Set("2027-11-22")
	if st, err = r.StandingOf(r.ctx, ani, "ani"); err != nil || st.Fit.Known != 0 || st.Gaps[2].Owned.Lapsed != "2027-11-21" {
		t.Errorf("on the day after: %+v, %v", st.Fit, err)
	}
	levels := competencies.Levels{}
	must(t, r.EachLevels(r.ctx, func(person string, l competencies.Levels) error {
		if person == "ani" {
			levels = l
		}
		return nil
	}))
	if levels["T.03"].Known() {
		t.Errorf("stale levels: %+v", levels)
	}
}

// A change of post shows at once, though nobody has rebuilt the stored standing.
func TestStandingFollowsThePost(t *testing.T) {
	people := staff{"ani": {Post: "p1", PostName: "Petugas Loket", Standard: "LOKET"}}
	r := newRoom(t, func(c *competencies.Config) { c.Staff, c.Courses = people, catalogue })
	r.dictionary()
	must(t, r.Record(r.ctx, certificate))
	must(t, r.BuildStanding(r.ctx, "ani"))
	var wrong []string
	must(t, r.Check(r.ctx, func(person string) { wrong = append(wrong, person) }))
	if len(wrong) != 0 {
		t.Errorf("the doctor names %v", wrong)
	}
	row, err := r.db.Engine().Get(r.ctx, "evidence", certificate.Certificate+".M.01")
	must(t, err)
	must(t, r.db.Engine().Delete(r.ctx, "evidence", row.ID, row.Version)) // behind everybody's back
	must(t, r.Check(r.ctx, func(person string) { wrong = append(wrong, person) }))
	if len(wrong) != 1 || wrong[0] != "ani" {
		t.Errorf("the doctor names %v", wrong)
	}
	people["ani"] = competencies.Staffer{Post: "p2", PostName: "Lain", Standard: "TIDAK_ADA"}
	st, err := r.StandingOf(r.ctx, root, "ani")
	if err != nil || st.Post != "p2" || len(st.Gaps) != 0 || !strings.Contains(st.Text.ID, "belum punya standar") || len(st.Levels) != 2 { // the stored levels are shown until they are rebuilt
		t.Errorf("%+v, %v", st, err)
	}
	people["ani"] = competencies.Staffer{}
	if st, err = r.StandingOf(r.ctx, root, "ani"); err != nil || !strings.Contains(st.Text.ID, "Belum ada jabatan") {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestACourseOnlyPreparesWhereALevelIsConfirmed(t *testing.T) {
	r := newRoom(t, func(c *competencies.Config) { c.Courses = catalogue })
	r.dictionary()
	must(t, r.RecordAssessment(r.ctx, root, competencies.Assessed{Report: "L1", Person: "ani", Title: "Penkom", On: "2026-11-01",
		Results: []competencies.Target{{Competency: "T.01", Level: 1}, {Competency: "M.01", Level: 1}, {Competency: "T.03", Level: 3}}}))
	st, err := r.StandingOf(r.ctx, root, "ani")
	must(t, err)
	if len(st.Next) != 1 || st.Next[0].Course != "APEL-101" || !st.Next[0].Closes[0].Prepares || !strings.Contains(st.Next[0].Why.ID, "menyiapkan penilaian ulang") {
		t.Errorf("%+v", st.Next)
	}
}

func TestStandingIsSeenByThoseWhoMay(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	for _, c := range []struct {
		name string
		a    access.Actor
		want error
	}{
		{"own", access.Actor{Person: "ani"}, nil},
		{"a colleague", access.Actor{Person: "budi"}, faults.NotFound},
		{"supervisor of the unit", access.Actor{Person: "budi", Grants: []access.Grant{{Role: "supervisor", Unit: "dinas"}}}, nil},
		{"supervisor of another unit", access.Actor{Person: "budi", Grants: []access.Grant{{Role: "supervisor", Unit: "badan"}}}, faults.NotFound},
		{"analyst", access.Actor{Person: "budi", Grants: []access.Grant{{Role: "placement_analyst"}}}, nil},
		{"leader sees aggregates only", access.Actor{Person: "budi", Grants: []access.Grant{{Role: "leader"}}}, faults.NotFound},
		{"nobody", access.Actor{}, faults.Unauthenticated},
	} {
		_, err := r.StandingOf(r.ctx, c.a, "ani")
		if !errors.Is(err, c.want) && err != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
		if _, err := r.Evidence(r.ctx, c.a, "ani"); !errors.Is(err, c.want) && err != c.want {
			t.Errorf("%s, evidence: %v", c.name, err)
		}
	}
	if _, err := r.StandingOf(r.ctx, root, "nobody"); !errors.Is(err, faults.NotFound) {
		t.Errorf("a person who is not there: %v", err)
	}
}

func TestChangedStandardsMakeStoredStandingsStale(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	must(t, r.Record(r.ctx, certificate))
	must(t, r.BuildStanding(r.ctx, "ani"))
	versions, err := r.StandardVersions(r.ctx, root)
	must(t, err)
	_, err = r.PublishStandards(r.ctx, root, "baru.csv", []competencies.Standard{{Code: "LOKET", Name: "Petugas Loket", Kind: "pelaksana", Jenjang: "pelaksana",
		Requirements: []competencies.Requirement{{Competency: "T.01", Level: 4, Importance: competencies.Absolute}}}})
	must(t, err)
	st, err := r.StandingOf(r.ctx, root, "ani")
	must(t, err)
	if st.Fit.Required != 4 || st.Fit.Low != 2 || !st.Fit.DevelopFirst() || st.Standards == versions[0].ID {
		t.Errorf("%+v", st.Fit)
	}
	old, err := r.ReadStandards(r.ctx, root, versions[0].ID)
	if err != nil || len(old.Items["LOKET"].Requirements) != 3 {
		t.Errorf("the old version stays readable: %+v, %v", old.Items["LOKET"], err)
	}
}

func TestPublishedRulesAreInForceFromTheirDay(t *testing.T) {
	r := newRoom(t)
	strict := competencies.DefaultRules()
	strict.From = "2027-01-01"
	strict.Caps = map[competencies.Kind]map[competencies.Field]int{competencies.Quiz: {competencies.Technical: 1, competencies.Managerial: 1, competencies.SocioCultural: 1}}
	_, err := r.PublishRules(r.ctx, root, []competencies.Rules{strict}, "keputusan kota")
	must(t, err)
	before, err := r.Rules(r.ctx, "2026-12-31")
	must(t, err)
	after, err := r.Rules(r.ctx, "2027-01-01")
	must(t, err)
	if before.Cap(competencies.Quiz, competencies.Technical) != 2 || after.Cap(competencies.Quiz, competencies.Technical) != 1 {
		t.Errorf("%v, %v", before.Caps, after.Caps)
	}
	strict.Scales = nil
	if _, err := r.PublishRules(r.ctx, root, []competencies.Rules{strict}, ""); !errors.Is(err, faults.Invalid) {
		t.Errorf("rules without scales: %v", err)
	}
}
