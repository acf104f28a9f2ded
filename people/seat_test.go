package people_test

import (
	"testing"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// A post with all seats taken takes another definitive holder only when that is said to be meant; then whoever held it first goes on heading the unit.
func TestASeatIsTakenOnce(t *testing.T) {
	c := newCity(t)
	c.town()
	zul, ani, budi := c.person(nipEko, "Zulkifli", "BIDANG"), c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "BIDANG")
	kabid, err := c.PositionByCode(c.ctx, "KABID")
	must(t, err)
	c.appoint(zul, "KABID", people.Definitif, "2024-01-01")
	try := func(p people.Person, since, until civil.Date, beyond bool) error {
		_, err := c.Appoint(c.ctx, root, p.ID, people.AppointInput{Appointment: people.Appointment{Position: kabid.ID, Kind: people.Definitif, Since: since, Until: until}, Why: "SK", BeyondSeats: beyond})
		return err
	}
	field(t, try(ani, "2026-01-01", "", false), faults.Conflict, "beyond_seats")
	field(t, try(ani, "2023-06-01", "", false), faults.Conflict, "beyond_seats") // begins before, but the two would meet
	must(t, try(ani, "2022-01-01", "2023-12-31", false))                         // over before
	must(t, try(ani, "2026-01-01", "", true))
	must(t, try(ani, "2026-01-01", "", false)) // the same once more
	must(t, try(zul, "2024-01-01", "2026-12-31", true))
	d, err := c.Derive(c.ctx, root, budi.ID)
	must(t, err)
	if d.Person.ID != zul.ID {
		t.Errorf("%s supervises, not the one who has held the post longest", d.Person.Name)
	}
	for p, want := range map[people.ID]int{zul.ID: 1, ani.ID: 0} {
		if units, err := c.HeadOf(c.ctx, p); err != nil || len(units) != want {
			t.Errorf("heads %v: %v", units, err)
		}
	}
	_, err = c.Relieve(c.ctx, root, zul.ID, kabid.ID, people.Definitif, "2026-03-30", "SK")
	must(t, err)
	_, err = c.Relieve(c.ctx, root, ani.ID, kabid.ID, people.Definitif, "2026-05-31", "SK")
	must(t, err)
	field(t, try(budi, "2026-04-01", "", false), faults.Conflict, "beyond_seats")
	must(t, try(budi, "2026-06-01", "", false)) // after both
}

// Who decides who leaves a position is who decides who gets it.
func TestRelievingAsksForThePosition(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, budi := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "BADAN")
	kaban, err := c.PositionByCode(c.ctx, "KABAN")
	must(t, err)
	c.appoint(ani, "KABAN", people.Plt, "2026-01-01")
	dinas, err := c.UnitByCode(c.ctx, "DINAS")
	must(t, err)
	for _, role := range []string{"unit_admin", "training_admin"} {
		_, err = c.Relieve(c.ctx, as(budi, access.Grant{Role: role, Unit: string(dinas.ID)}), ani.ID, kaban.ID, people.Plt, "2026-03-31", "SK")
		field(t, err, faults.Forbidden, "position")
	}
	_, err = c.Relieve(c.ctx, as(budi, access.Grant{Role: "training_admin"}), ani.ID, kaban.ID, people.Plt, "2026-03-31", "SK")
	must(t, err)
}
