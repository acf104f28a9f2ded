package courses_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/policies"
)

// The real register answers what rules ask.
func TestRoster(t *testing.T) {
	t.Parallel()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	must(t, err)
	db, err := storage.New(ctx, e)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	policy, err := policies.Load()
	must(t, err)
	now := func() time.Time { return time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) }
	register, err := people.Open(ctx, people.Config{DB: db, Policy: policy, Now: now, Secret: make([]byte, 32)})
	must(t, err)
	root := access.System("test")
	city, err := register.AddUnit(ctx, root, people.UnitInput{Code: "KOTA", Name: "Kota", Kind: "pemda"})
	must(t, err)
	agency, err := register.AddUnit(ctx, root, people.UnitInput{Code: "DUKCAPIL", Name: "Dinas Dukcapil", Kind: "dinas", Parent: city.ID})
	must(t, err)
	post, err := register.AddPosition(ctx, root, people.PositionInput{Code: "LOKET", Name: "Petugas Loket", Kind: "pelaksana", Jenjang: "pelaksana", Unit: agency.ID, Seats: 5, Standard: "PELAKSANA"})
	must(t, err)
	var ids []string
	for i, nip := range []string{"198503152010011901", "199002202015022902", "198712012012121903"} {
		p, _, err := register.AddPerson(ctx, root, people.PersonInput{NIP: nip, Details: people.Details{Name: []string{"Ani", "Budi", "Cici"}[i], TitleAfter: "S.E.", Status: people.PNS,
			LegalPosition: people.Active, Unit: agency.ID}})
		must(t, err)
		ids = append(ids, string(p.ID))
	}
	_, err = register.Appoint(ctx, root, people.ID(ids[0]), people.Appointment{Position: post.ID, Kind: people.Definitif, Since: "2026-01-01"}, "SK")
	must(t, err)

	r := courses.Roster(register, now, civil.Jakarta)
	l, err := r.Learner(ctx, ids[0])
	must(t, err)
	if l.Name != "Ani, S.E." || !l.Active || l.Status != "PNS" || !slices.Equal(l.Units, []string{string(agency.ID), string(city.ID)}) || l.PositionKind != "pelaksana" ||
		!slices.Equal(l.Positions, []string{string(post.ID)}) || !slices.Equal(l.Standards, []string{"PELAKSANA"}) {
		t.Errorf("learner %+v", l)
	}
	if _, err := r.Learner(ctx, "nobody"); !errors.Is(err, faults.NotFound) {
		t.Error(err)
	}
	for _, by := range []string{"DUKCAPIL", string(agency.ID)} {
		if id, err := r.Unit(ctx, by); err != nil || id != string(agency.ID) {
			t.Errorf("unit %s: %s, %v", by, id, err)
		}
	}
	if _, err := r.Unit(ctx, "NOWHERE"); !errors.Is(err, faults.NotFound) {
		t.Error(err)
	}
	if path, err := r.UnitPath(ctx, string(agency.ID)); err != nil || len(path) != 2 {
		t.Error(path, err)
	}
	for _, c := range []struct {
		kind  courses.WhoKind
		value string
		want  int
	}{{courses.WhoAll, "", 3}, {courses.WhoUnit, string(city.ID), 3}, {courses.WhoUnit, string(agency.ID), 3}, {courses.WhoStatus, "PNS", 3}, {courses.WhoStatus, "PPPK", 0}, {courses.WhoPosition, string(post.ID), 1}} {
		seen, after := []string{}, ""
		for {
			page, next, err := r.Covered(ctx, c.kind, c.value, after, 1)
			must(t, err)
			seen = append(seen, page...)
			if next == "" {
				break
			}
			after = next
		}
		slices.Sort(seen)
		if len(slices.Compact(seen)) != c.want {
			t.Errorf("%s %s: %d, want %d", c.kind, c.value, len(seen), c.want)
		}
	}
}
