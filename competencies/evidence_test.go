package competencies_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

var certificate = competencies.CertificateEvidence{Certificate: "ani.APEL-103.1.training.1", Person: "ani", Course: "APEL-103", Version: "v1", Title: "Layanan Tanpa Pungli",
	JP: 4, On: "2026-11-20", Expires: "2027-11-19", Targets: []competencies.Target{{Competency: "T.01", Level: 2}, {Competency: "M.01", Level: 3}}, Kind: competencies.Quiz}

func TestRecordIsSafeToRepeatAndToRace(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := r.Record(r.ctx, certificate); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	rows, err := r.Evidence(r.ctx, access.Actor{Person: "ani"}, "ani")
	must(t, err)
	if len(rows) != 3 {
		t.Fatalf("%d rows: %+v", len(rows), rows)
	}
	held, err := r.Held(r.ctx, "ani")
	must(t, err)
	if len(held) != 1 || held[0].Course != "APEL-103" || held[0].Until != "2027-11-19" {
		t.Errorf("held: %+v", held)
	}
	year, err := r.HoursOf(r.ctx, access.Actor{Person: "ani"}, "ani", "")
	must(t, err)
	if year.Counted != 4 || len(year.Entries) != 1 || len(year.Entries[0].Sources) != 1 {
		t.Errorf("hours: %+v", year)
	}
	levels, err := r.LevelsOf(r.ctx, "ani")
	must(t, err)
	if levels["M.01"].Level != 2 || levels["T.01"].Level != 2 || levels["T.02"].Known() {
		t.Errorf("a quiz alone supports level 2 at most: %+v", levels)
	}
}

func TestWithdrawTakesBackEverythingInAnyOrder(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(r *room)
	}{
		{"after", func(r *room) {
			must(t, r.Record(r.ctx, certificate))
			must(t, r.Withdraw(r.ctx, certificate.Certificate, "salah orang", 1))
		}},
		{"before", func(r *room) {
			must(t, r.Withdraw(r.ctx, certificate.Certificate, "salah orang", 1))
			must(t, r.Record(r.ctx, certificate))
		}},
		{"and recorded again", func(r *room) {
			must(t, r.Record(r.ctx, certificate))
			must(t, r.Withdraw(r.ctx, certificate.Certificate, "salah orang", 1))
			must(t, r.Record(r.ctx, certificate))
			must(t, r.Withdraw(r.ctx, certificate.Certificate, "lagi", 1))
		}},
		{"at once", func(r *room) {
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if err := errors.Join(r.Record(r.ctx, certificate), r.Withdraw(r.ctx, certificate.Certificate, "salah orang", 1)); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t)
			r.dictionary()
			c.do(r)
			rows, err := r.Evidence(r.ctx, root, "ani")
			must(t, err)
			if len(rows) != 3 {
				t.Errorf("rows are kept: %+v", rows)
			}
			for _, e := range rows {
				if e.State != competencies.Withdrawn || e.Why != "salah orang" {
					t.Errorf("%s is %s, %q", e.ID, e.State, e.Why)
				}
			}
			levels, err := r.LevelsOf(r.ctx, "ani")
			must(t, err)
			held, err := r.Held(r.ctx, "ani")
			must(t, err)
			year, err := r.HoursOf(r.ctx, root, "ani", "")
			must(t, err)
			if len(levels) != 0 || len(held) != 0 || year.Counted != 0 {
				t.Errorf("something still counts: %v, %v, %d JP", levels, held, year.Counted)
			}
		})
	}
}

// What an optional field task shows is evidence of its own beside the certificate's, whenever it is accepted; the certificate takes it along when it is withdrawn and reinstated.
func TestAnOptionalTaskCountsWithItsCertificate(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	must(t, r.Record(r.ctx, certificate))
	later := certificate
	later.Extras = []competencies.ExtraEvidence{{Task: "TL1", Title: "Meja yang lebih bersih", On: certificate.On.AddDays(1), Targets: []competencies.Target{{Competency: certificate.Targets[0].Competency, Level: 3}}}}
	for range 2 {
		must(t, r.Record(r.ctx, later))
	}
	level := func() (out int, rows []competencies.Evidence) {
		t.Helper()
		levels, err := r.LevelsOf(r.ctx, "ani")
		must(t, err)
		rows, err = r.Evidence(r.ctx, root, "ani")
		must(t, err)
		return levels[certificate.Targets[0].Competency].Level, rows
	}
	got, rows := level()
	extra := slices.IndexFunc(rows, func(e competencies.Evidence) bool { return e.Task == "TL1" })
	if len(rows) != 4 || extra < 0 || rows[extra].Kind != competencies.CertificateAssessed || rows[extra].On != certificate.On.AddDays(1) || rows[extra].Expires != certificate.Expires || got != 3 {
		t.Errorf("level %d, %+v", got, rows)
	}
	must(t, r.Withdraw(r.ctx, certificate.Certificate, "salah orang", 1))
	must(t, r.Record(r.ctx, later)) // of before the decision
	if got, rows = level(); got != 0 || rows[extra].State != competencies.Withdrawn {
		t.Errorf("withdrawn: level %d, %+v", got, rows[extra])
	}
	later.Turn = 2
	must(t, r.Record(r.ctx, later))
	if got, _ = level(); got != 3 {
		t.Errorf("reinstated: level %d", got)
	}
}

// A suspension that ends brings everything back; calls about earlier turns, arriving late or again, change nothing.
func TestAReinstatedCertificateCountsAgain(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	reinstated := certificate
	reinstated.Turn = 2
	counts := func(want bool) {
		t.Helper()
		levels, err := r.LevelsOf(r.ctx, "ani")
		must(t, err)
		held, err := r.Held(r.ctx, "ani")
		must(t, err)
		year, err := r.HoursOf(r.ctx, root, "ani", "")
		must(t, err)
		if got := len(levels) == 2 && len(held) == 1 && year.Counted == 4; got != want || !want && (len(levels) > 0 || len(held) > 0 || year.Counted > 0) {
			t.Errorf("%v: %v, %v, %d JP", want, levels, held, year.Counted)
		}
	}
	suspend := func() { must(t, r.Withdraw(r.ctx, certificate.Certificate, "diperiksa", 1)) }
	must(t, r.Record(r.ctx, certificate))
	suspend()
	counts(false)
	must(t, r.Record(r.ctx, reinstated))
	counts(true)
	suspend() // a repeated task of the suspension
	must(t, r.Record(r.ctx, certificate))
	counts(true)
	must(t, r.Withdraw(r.ctx, certificate.Certificate, "dicabut", 3))
	must(t, r.Record(r.ctx, reinstated))
	suspend()
	counts(false)
	rows, err := r.Evidence(r.ctx, root, "ani")
	must(t, err)
	for _, e := range rows {
		if e.Why != "dicabut" || e.Turn != 3 {
			t.Errorf("%+v", e)
		}
	}
}

// Tasks of three decisions that run at once and in any order end where the last decision ends.
func TestTheLastDecisionWins(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	for i := range 20 {
		c := certificate
		c.Certificate, c.Person = fmt.Sprint("c", i), "ani"
		reinstated := c
		reinstated.Turn = 2
		var wg sync.WaitGroup
		for _, do := range []func() error{
			func() error { return r.Record(r.ctx, c) },
			func() error { return r.Withdraw(r.ctx, c.Certificate, "1", 1) },
			func() error { return r.Record(r.ctx, reinstated) },
			func() error { return r.Withdraw(r.ctx, c.Certificate, "3", 3) },
		} {
			wg.Go(func() {
				if err := do(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		rows, err := r.Evidence(r.ctx, root, "ani")
		must(t, err)
		if len(rows) != 3*(i+1) {
			t.Fatalf("%d rows", len(rows))
		}
		for _, e := range rows {
			if e.State != competencies.Withdrawn || e.Turn != 3 || e.Why != "3" {
				t.Fatalf("%+v", e)
			}
		}
	}
	if y, err := r.HoursOf(r.ctx, root, "ani", ""); err != nil || y.Counted != 0 {
		t.Errorf("%d JP, %v", y.Counted, err)
	}
}

func TestASecondCertificateOfTheYearGivesNoSecondHours(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	second := certificate
	second.Certificate, second.On = "ani.APEL-103.2.training.1", "2026-12-01"
	r.clock.Set("2026-12-02")
	must(t, r.Record(r.ctx, certificate))
	must(t, r.Record(r.ctx, second))
	counted := func(want int) {
		t.Helper()
		y, err := r.HoursOf(r.ctx, root, "ani", "")
		must(t, err)
		if y.Counted != want {
			t.Errorf("%d JP, want %d: %+v", y.Counted, want, y.Entries)
		}
	}
	counted(4)
	must(t, r.Withdraw(r.ctx, certificate.Certificate, "x", 1))
	counted(4) // the other certificate still stands
	must(t, r.Withdraw(r.ctx, second.Certificate, "x", 1))
	counted(0)
	next := certificate
	next.Certificate, next.On = "ani.APEL-103.3.training.1", "2027-01-05"
	r.clock.Set("2027-01-06")
	must(t, r.Record(r.ctx, next))
	counted(4)
}

func TestRecordRefusesWhatIsIncomplete(t *testing.T) {
	r := newRoom(t)
	for _, change := range []func(*competencies.CertificateEvidence){
		func(c *competencies.CertificateEvidence) { c.Person = "" },
		func(c *competencies.CertificateEvidence) { c.On = "2026-02-30" },
		func(c *competencies.CertificateEvidence) { c.Kind = competencies.Assessment },
		func(c *competencies.CertificateEvidence) {
			c.Targets = []competencies.Target{{Competency: "T.01", Level: 9}}
		},
	} {
		c := certificate
		change(&c)
		if err := r.Record(r.ctx, c); !errors.Is(err, faults.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestNobodyAssessesThemselves(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	in := competencies.Assessed{Report: "L-1", Person: "ani", Title: "Penkom BKN 2026", On: "2026-11-01", Results: []competencies.Target{{Competency: "M.01", Level: 1}}}
	analyst := func(id string) access.Actor {
		return access.Actor{Person: id, Grants: []access.Grant{{Role: "placement_analyst"}}}
	}
	if err := r.RecordAssessment(r.ctx, analyst("ani"), in); !errors.Is(err, faults.Forbidden) {
		t.Errorf("own assessment: %v", err)
	}
	if err := r.RecordAssessment(r.ctx, access.Actor{Person: "budi"}, in); !errors.Is(err, faults.NotFound) {
		t.Errorf("a learner's: %v", err)
	}
	must(t, r.Record(r.ctx, certificate))
	must(t, r.RecordAssessment(r.ctx, analyst("budi"), in))
	must(t, r.RecordAssessment(r.ctx, analyst("budi"), in))
	levels, err := r.LevelsOf(r.ctx, "ani")
	must(t, err)
	if got := levels["M.01"]; got.Level != 1 || got.State != competencies.Confirmed || got.SetAside != 2 || got.Until != "2029-11-01" {
		t.Errorf("the confirmed result replaces the proposal: %+v", got)
	}
	trail, err := r.db.WithTrail(r.ctx, "evidence", 10)
	must(t, err)
	if len(trail) != 1 || trail[0].Trail[0].Verb != "record_evidence" || trail[0].Trail[0].Who != "budi" || trail[0].Trail[0].Role != "placement_analyst" || trail[0].Trail[0].About != "ani" {
		t.Errorf("audit: %+v", trail)
	}
	in.Report, in.Results = "L-2", []competencies.Target{{Competency: "M.99", Level: 1}, {Competency: "M.01", Level: 7}}
	var f *faults.Error
	if err := r.RecordAssessment(r.ctx, analyst("budi"), in); !errors.As(err, &f) || len(f.Fields) != 2 {
		t.Errorf("wrong results: %v", err)
	}
}

func TestStandingIsDueAfterRecordAndDoneAfterBuild(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	must(t, r.Record(r.ctx, certificate))
	ready, err := r.db.Ready(r.ctx, competencies.StandingsCollection, r.clock.Now(), 10)
	must(t, err)
	if len(ready) != 1 || ready[0].ID != "ani" || ready[0].Due.Step != storage.RebuildStep {
		t.Fatalf("due: %+v", ready)
	}
	must(t, r.BuildStanding(r.ctx, "ani"))
	must(t, r.BuildStanding(r.ctx, "ani"))
	if ready, err = r.db.Ready(r.ctx, competencies.StandingsCollection, r.clock.Now(), 10); err != nil || len(ready) != 0 {
		t.Errorf("still due: %+v, %v", ready, err)
	}
}
