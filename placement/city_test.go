package placement_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
	"github.com/apelkota/apel/policies"
)

// city is the demo city with everything placement rests on: real storage, real policy, real register, on 22 November 2026 at 10:00 in Jakarta.
type city struct {
	*placement.Service
	t      *testing.T
	db     *storage.DB
	people *people.Service
	comps  *competencies.Service

	mu  sync.Mutex
	now time.Time
}

var root = access.System("test")

func (c *city) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func table(t *testing.T, name string) *sheets.Sheet {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "demo", "city", name))
	must(t, err)
	defer f.Close()
	s, err := sheets.Read(name, f, sheets.Options{})
	must(t, err)
	return s
}

func newCity(t *testing.T, change ...func(nip string, d *people.Details) string) *city {
	t.Helper()
	ctx := t.Context()
	c := &city{t: t, now: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)}
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	must(t, err)
	c.db, err = storage.New(ctx, e)
	must(t, err)
	t.Cleanup(func() { c.db.Close() })
	policy, err := policies.Load()
	must(t, err)
	c.people, err = people.Open(ctx, people.Config{DB: c.db, Policy: policy, Now: c.Now, Zone: civil.Jakarta, Secret: bytes.Repeat([]byte("s"), 32)})
	must(t, err)
	c.comps, err = competencies.Open(ctx, competencies.Config{DB: c.db, Policy: policy, Now: c.Now,
		Staff: competencies.Register{People: c.people, Now: c.Now, Zone: civil.Jakarta}})
	must(t, err)
	c.Service, err = placement.Open(ctx, placement.Config{DB: c.db, Policy: policy, Now: c.Now, Competencies: c.comps,
		Register: placement.FromPeople{People: c.people, Now: c.Now, Zone: civil.Jakarta}})
	must(t, err)

	units := table(t, "units.csv")
	parents := map[string]string{}
	for _, r := range units.Rows {
		parents[units.Text(r, "code")] = units.Text(r, "parent")
	}
	ids := map[string]people.UnitID{"": ""}
	for len(ids) <= len(units.Rows) {
		for _, r := range units.Rows {
			code := units.Text(r, "code")
			parent, ok := ids[parents[code]]
			if _, done := ids[code]; done || !ok {
				continue
			}
			u, err := c.people.AddUnit(ctx, root, people.UnitInput{Code: code, Name: units.Text(r, "name"), Kind: units.Text(r, "kind"), Parent: parent, HeadPosition: units.Text(r, "head_position")})
			must(t, err)
			ids[code] = u.ID
		}
	}
	positions := table(t, "positions.csv")
	for _, r := range positions.Rows {
		class, _ := strconv.Atoi(positions.Text(r, "class"))
		seats, _ := strconv.Atoi(positions.Text(r, "seats"))
		_, err := c.people.AddPosition(ctx, root, people.PositionInput{ID: people.PositionID("pos-" + positions.Text(r, "code")), Code: positions.Text(r, "code"), Name: positions.Text(r, "name"),
			Kind: positions.Text(r, "kind"), Jenjang: positions.Text(r, "jenjang"), Eselon: positions.Text(r, "eselon"), Class: class, Unit: ids[positions.Text(r, "unit")], Seats: seats, Standard: positions.Text(r, "standard")})
		must(t, err)
	}
	staff := table(t, "people.csv")
	for _, r := range staff.Rows {
		at := func(name string) string { return staff.Text(r, name) }
		nip := at("nip")
		d := people.Details{Name: at("name"), TitleBefore: at("title_before"), TitleAfter: at("title_after"), Status: people.Status(at("status")),
			LegalPosition: people.LegalPosition(at("legal_position")), Rank: at("rank"), Education: at("education"), EducationField: at("education_field"), Unit: ids[at("unit")],
			ContractStart: civil.Date(at("contract_start")), ContractEnd: civil.Date(at("contract_end")), ServiceEnd: civil.Date(at("service_end")), StatusSince: civil.Date(at("status_since"))}
		number := nip
		for _, f := range change {
			number = f(number, &d)
		}
		_, _, err := c.people.AddPerson(ctx, root, people.PersonInput{ID: people.ID("p-" + nip[15:]), NIP: number, Details: d})
		must(t, err)
	}
	held := table(t, "appointments.csv")
	for _, r := range held.Rows {
		_, err := c.people.Appoint(ctx, root, people.ID("p-"+held.Text(r, "nip")[15:]), people.AppointInput{Appointment: people.Appointment{Position: people.PositionID("pos-" + held.Text(r, "position")),
			Kind: people.AppointmentKind(held.Text(r, "kind")), Since: civil.Date(held.Text(r, "since")), Until: civil.Date(held.Text(r, "until"))}, Why: "SK contoh"})
		must(t, err)
	}
	for _, f := range []struct {
		name string
		do   func(f *os.File) error
	}{
		{"dictionary.csv", func(f *os.File) error { _, err := c.comps.ImportDictionary(ctx, root, f.Name(), f, false); return err }},
		{"standards.csv", func(f *os.File) error { _, err := c.comps.ImportStandards(ctx, root, f.Name(), f, false); return err }},
		{"eligibility.csv", func(f *os.File) error { _, err := c.ImportEligibility(ctx, root, f.Name(), f, false); return err }},
	} {
		in, err := os.Open(filepath.Join("..", "demo", "city", f.name))
		must(t, err)
		must(t, f.do(in))
		in.Close()
	}
	return c
}

// shows gives a person evidence of levels by a certificate.
func (c *city) shows(person, certificate string, targets ...competencies.Target) {
	c.t.Helper()
	must(c.t, c.comps.Record(c.t.Context(), competencies.CertificateEvidence{Certificate: certificate, Person: person, Course: "APEL-X", Version: "v1", Title: "Uji",
		On: "2026-11-01", Kind: competencies.Quiz, Targets: targets}))
}

// all gives a person level n in everything the demo's Lurah standard asks.
func (c *city) all(person string, n int) {
	var targets []competencies.Target
	for _, code := range []string{"M.01", "M.02", "M.03", "M.04", "M.05", "M.06", "M.07", "M.08", "SK", "T.03", "T.04", "T.08"} {
		targets = append(targets, competencies.Target{Competency: code, Level: n})
	}
	c.shows(person, "all-"+person, targets...)
}
