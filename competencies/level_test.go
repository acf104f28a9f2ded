package competencies_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/storage/sets"
)

// small is a dictionary of one competency per field.
var small = competencies.Dictionary{Snapshot: &sets.Snapshot[competencies.Competency]{Items: map[string]competencies.Competency{
	"M.01": competency("M.01"), "SK": competency("SK"), "T.01": competency("T.01")}}}

func row(id string, level int, kind competencies.Kind, state competencies.State, on, until civil.Date) competencies.Evidence {
	return competencies.Evidence{ID: id + ".T.01", Source: id, Competency: "T.01", Person: "ani", Level: level, Kind: kind, State: state, On: on, Expires: until}
}

// beside is the row of an optional field task of the same source.
func beside(e competencies.Evidence) competencies.Evidence {
	e.ID, e.Task = e.ID+".TL1", "TL1"
	return e
}

func TestOwn(t *testing.T) {
	const (
		quiz, work, boss, self, exam = competencies.Quiz, competencies.CertificateAssessed, competencies.Supervisor, competencies.Self, competencies.Assessment
		prop, conf, gone             = competencies.Proposed, competencies.Confirmed, competencies.Withdrawn
	)
	for _, c := range []struct {
		name     string
		rows     []competencies.Evidence
		level    int
		state    competencies.State
		setAside int
		text     string
	}{
		{"nothing", nil, 0, "", 0, "Belum ada bukti."},
		{"a quiz", []competencies.Evidence{row("a", 1, quiz, prop, "2026-01-01", "")}, 1, prop, 0, "Level 1 usulan lewat sertifikat dengan tes tanggal 1 Januari 2026."},
		{"a quiz lifts to 2 at most", []competencies.Evidence{row("a", 4, quiz, prop, "2026-01-01", "2026-12-31")}, 2, prop, 0,
			"Level 2 usulan lewat sertifikat dengan tes tanggal 1 Januari 2026, berlaku sampai 31 Desember 2026. Sumber menyebut level 4; sertifikat dengan tes sendiri paling tinggi level 2."},
		{"assessed work alone does not skip level 2", []competencies.Evidence{row("a", 3, work, prop, "2026-01-01", "")}, 2, prop, 0,
			"Level 2 usulan lewat sertifikat dengan tugas yang dinilai tanggal 1 Januari 2026. Level di atas 2 baru dihitung setelah level 2 terbukti dari sumber lain."},
		{"assessed work upon level 2", []competencies.Evidence{row("a", 3, work, prop, "2026-02-01", ""), row("b", 2, quiz, prop, "2026-01-01", "")}, 3, prop, 0, ""},
		{"an optional task beside the test of its certificate", []competencies.Evidence{beside(row("a", 3, work, prop, "2026-02-01", "")), row("a", 2, quiz, prop, "2026-01-01", "")}, 3, prop, 0, ""},
		{"two rows of one certificate", []competencies.Evidence{row("a", 3, work, prop, "2026-02-01", ""), row("a", 2, quiz, prop, "2026-01-01", "")}, 2, prop, 0, ""},
		{"upon a level 2 that has expired since", []competencies.Evidence{row("a", 3, work, prop, "2026-02-01", ""), row("b", 2, quiz, prop, "2025-01-01", "2025-12-31")}, 3, prop, 0, ""},
		{"upon a level 2 that was withdrawn", []competencies.Evidence{row("a", 3, work, prop, "2026-02-01", ""), row("b", 2, quiz, gone, "2025-01-01", "")}, 2, prop, 0, ""},
		{"courses end at 3", []competencies.Evidence{row("a", 5, work, prop, "2026-02-01", ""), row("b", 5, boss, prop, "2026-01-01", "")}, 3, prop, 0, ""},
		{"an assessment needs no steps", []competencies.Evidence{row("a", 5, exam, conf, "2026-02-01", "")}, 5, conf, 0, "Level 5 ditetapkan lewat penilaian kompetensi tanggal 1 Februari 2026."},
		{"a confirmed result lowers", []competencies.Evidence{row("a", 1, exam, conf, "2025-02-01", "2028-02-01"), row("b", 2, quiz, prop, "2026-01-01", "")}, 1, conf, 2,
			"Level 1 ditetapkan lewat penilaian kompetensi tanggal 1 Februari 2025, berlaku sampai 1 Februari 2028. Hasil yang ditetapkan menggantikan usulan level 2."},
		{"until it expires", []competencies.Evidence{row("a", 1, exam, conf, "2020-02-01", "2023-02-01"), row("b", 2, quiz, prop, "2026-01-01", "")}, 2, prop, 0, ""},
		{"own statements never count", []competencies.Evidence{row("a", 4, self, prop, "2026-01-01", "")}, 0, "", 0, "Belum ada bukti."},
		{"expired", []competencies.Evidence{row("a", 2, quiz, prop, "2025-01-01", "2026-11-21")}, 0, "", 0, "Belum ada bukti yang berlaku; bukti terakhir kedaluwarsa sesudah 21 November 2026."},
		{"valid to the end of its last day", []competencies.Evidence{row("a", 2, quiz, prop, "2025-01-01", "2026-11-22")}, 2, prop, 0, ""},
		{"not before its first day", []competencies.Evidence{row("a", 2, quiz, prop, "2026-11-23", "")}, 0, "", 0, "Belum ada bukti."},
		{"withdrawn", []competencies.Evidence{row("a", 2, quiz, gone, "2026-01-01", "")}, 0, "", 0, "Belum ada bukti."},
		{"falls to the next valid one", []competencies.Evidence{row("a", 2, quiz, prop, "2025-01-01", "2026-01-01"), row("b", 1, quiz, prop, "2025-01-01", "")}, 1, prop, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := competencies.Own(c.rows, small, competencies.DefaultRules(), "2026-11-22")["T.01"]
			if o.Level != c.level || o.State != c.state || o.SetAside != c.setAside || o.Known() != (c.state != "") {
				t.Errorf("%+v", o)
			}
			if got := o.Text().ID; c.text != "" && got != c.text {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestACompetencyThatLeftTheDictionaryHasTheStrictestCap(t *testing.T) {
	rules := competencies.DefaultRules()
	rules.Caps[competencies.Quiz][competencies.Managerial] = 1
	rows := []competencies.Evidence{row("a", 3, competencies.Quiz, competencies.Proposed, "2026-01-01", "")}
	if got := competencies.Own(rows, small, rules, "2026-11-22")["T.01"].Level; got != 2 {
		t.Errorf("known: %d", got)
	}
	if got := competencies.Own(rows, noDictionary, rules, "2026-11-22")["T.01"].Level; got != 1 {
		t.Errorf("unknown: %d", got)
	}
}

// history makes random evidence about one competency, valid or not.
func history(r *rand.Rand, states ...competencies.State) []competencies.Evidence {
	kinds := []competencies.Kind{competencies.Assessment, competencies.CertificateAssessed, competencies.Supervisor, competencies.Quiz, competencies.Self}
	rows := make([]competencies.Evidence, r.IntN(7))
	for i := range rows {
		on := civil.Of(2023, 1, 1).AddDays(r.IntN(1500))
		rows[i] = row(fmt.Sprint("s", i), 1+r.IntN(5), kinds[r.IntN(len(kinds))], states[r.IntN(len(states))], on, "")
		if r.IntN(2) == 0 {
			rows[i].Expires = on.AddDays(r.IntN(900))
		}
	}
	return rows
}

// Within one standing more evidence never lowers a level and taking evidence away never raises it; only a confirmed result replaces proposals.
func TestMoreEvidenceNeverLowers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rules := competencies.DefaultRules()
	const on = "2026-01-01"
	for _, state := range []competencies.State{competencies.Proposed, competencies.Confirmed} {
		for range 5000 {
			rows := history(r, state)
			if len(rows) == 0 {
				continue
			}
			all := competencies.Own(rows, small, rules, on)["T.01"]
			i := r.IntN(len(rows))
			fewer := competencies.Own(slices.Delete(slices.Clone(rows), i, i+1), small, rules, on)["T.01"]
			if fewer.Level > all.Level {
				t.Fatalf("without %+v the level rises from %d to %d:\n%+v", rows[i], all.Level, fewer.Level, rows)
			}
			better := slices.Clone(rows)
			better[i].Level = min(5, better[i].Level+1)
			if o := competencies.Own(better, small, rules, on)["T.01"]; o.Level < all.Level {
				t.Fatalf("better evidence lowers from %d to %d", all.Level, o.Level)
			}
		}
	}
}

func TestOnlyAConfirmedResultReplacesProposals(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		rows := history(r, competencies.Proposed, competencies.Confirmed, competencies.Withdrawn)
		before := competencies.Own(rows, small, competencies.DefaultRules(), "2026-01-01")["T.01"]
		added := history(r, competencies.Proposed, competencies.Confirmed)
		for i := range added {
			added[i].ID, added[i].Source = "n"+added[i].ID, "n"+added[i].Source
		}
		after := competencies.Own(append(rows, added...), small, competencies.DefaultRules(), "2026-01-01")["T.01"]
		if after.Level < before.Level && !(before.State == competencies.Proposed && after.State == competencies.Confirmed) {
			t.Fatalf("from %+v to %+v", before, after)
		}
		if after.State == competencies.Confirmed && after.Level < before.Level && after.SetAside == 0 {
			t.Fatalf("lowered without a word: %+v", after)
		}
	}
}

func TestTheOrderOfEvidenceDoesNotMatter(t *testing.T) {
	a, b := row("a", 2, competencies.Quiz, competencies.Proposed, "2025-01-01", ""), row("b", 2, competencies.Quiz, competencies.Proposed, "2025-01-01", "")
	for _, rows := range [][]competencies.Evidence{{a, b}, {b, a}} { // alike in everything
		if got := competencies.Own(rows, small, competencies.DefaultRules(), "2026-01-01")["T.01"].Source; got != "a" {
			t.Errorf("rests on %s", got)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		rows := history(r, competencies.Proposed, competencies.Confirmed, competencies.Withdrawn)
		want := competencies.Own(rows, small, competencies.DefaultRules(), "2026-01-01")
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		if got := competencies.Own(rows, small, competencies.DefaultRules(), "2026-01-01"); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\n%+v", got, want)
		}
	}
}

// Between a day and the next change that Changes names, levels stay what they are; so a stored standing is good until then.
func TestLevelsStayUntilTheNextChange(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		rows := history(r, competencies.Proposed, competencies.Confirmed, competencies.Withdrawn)
		on := civil.Of(2023, 1, 1).AddDays(r.IntN(1500))
		want := competencies.Own(rows, small, competencies.DefaultRules(), on)
		until := competencies.Changes(rows, on)
		for day := on; day < on.AddDays(400) && (until == "" || day < until); day = day.AddDays(1) {
			if got := competencies.Own(rows, small, competencies.DefaultRules(), day); !reflect.DeepEqual(got, want) {
				t.Fatalf("changed on %s, named was %s", day, until)
			}
		}
	}
}
