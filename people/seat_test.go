package people_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

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

// Of many appointments at one moment as many pass as there are seats.
func TestRacingAppointmentsFillTheSeatsOnce(t *testing.T) {
	const crowd = 9
	for _, seats := range []int{1, 3} {
		c := newCity(t)
		c.town()
		pos, err := c.PositionByCode(c.ctx, "OPERATOR")
		must(t, err)
		in := people.PositionInput{ID: pos.ID, Code: pos.Code, Name: pos.Name, Kind: pos.Kind, Jenjang: pos.Jenjang, Unit: pos.Unit, Seats: seats}
		_, err = c.EditPosition(c.ctx, root, pos.Version, in)
		must(t, err)
		var all []people.Person
		for i := range crowd {
			all = append(all, c.person(fmt.Sprintf("19900101202001290%d", i+1), "Pegawai "+strings.Repeat("a", i+1), "BIDANG"))
		}
		start, passed := make(chan struct{}), make(chan bool, crowd)
		for _, p := range all {
			go func() {
				<-start
				_, err := c.Appoint(c.ctx, root, p.ID, people.AppointInput{Appointment: people.Appointment{Position: pos.ID, Kind: people.Definitif, Since: "2026-01-01"}, Why: "SK"})
				if err != nil && !errors.Is(err, faults.Conflict) {
					t.Error(err)
				}
				passed <- err == nil
			}()
		}
		close(start)
		n := 0
		for range all {
			if <-passed {
				n++
			}
		}
		held, err := c.Holders(c.ctx, pos.ID, "2026-03-31")
		must(t, err)
		if n != seats || len(held) != seats {
			t.Errorf("%d appointments passed and %d hold the post, which has %d seats", n, len(held), seats)
		}
	}
}

// Wherever a process dies while it appoints, the seat is either taken or free again after a minute, and never taken twice.
func TestACrashWhileAppointingLosesNoSeat(t *testing.T) {
	for n := int64(1); n <= 4; n++ {
		for _, mode := range crashes {
			c, e := mortal(t)
			c.town()
			ani, budi := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "BIDANG")
			pos, err := c.PositionByCode(c.ctx, "OPERATOR")
			must(t, err)
			try := func(p people.Person) error {
				_, err := c.Appoint(c.ctx, root, p.ID, people.AppointInput{Appointment: people.Appointment{Position: pos.ID, Kind: people.Definitif, Since: "2026-01-01"}, Why: "SK"})
				return err
			}
			e.CrashAt(n, mode)
			_ = try(ani)
			e.Revive()
			now, err := c.Look(c.ctx, ani.ID)
			must(t, err)
			taken := len(now.Appointments) == 1
			c.clock.Add(time.Minute)
			if err := try(budi); taken {
				field(t, err, faults.Conflict, "beyond_seats")
				must(t, try(ani)) // the form once more
			} else {
				must(t, err)
				field(t, try(ani), faults.Conflict, "beyond_seats")
			}
			if held, err := c.Holders(c.ctx, pos.ID, "2026-03-31"); err != nil || len(held) != 1 {
				t.Errorf("died at write %d (%s): %d hold the post: %v", n, mode, len(held), err)
			}
		}
	}
}

// Whoever was slow for longer than a seat is kept writes nothing.
func TestASlowAppointmentDoesNotTakeASeatThatWasGivenOn(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, budi := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "BIDANG")
	pos, err := c.PositionByCode(c.ctx, "OPERATOR")
	must(t, err)
	in := people.Appointment{Position: pos.ID, Unit: pos.Unit, Kind: people.Definitif, Since: "2026-01-01"}
	slow, err := c.HoldSeat(c.ctx, pos, ani.ID, in)
	must(t, err)
	try := func(p people.Person) error {
		_, err := c.Appoint(c.ctx, root, p.ID, people.AppointInput{Appointment: in, Why: "SK"})
		return err
	}
	field(t, try(budi), faults.Conflict, "beyond_seats") // kept
	c.clock.Add(time.Minute)
	must(t, try(budi))
	if now, err := c.Look(c.ctx, ani.ID); err != nil || now.Fence == ani.Fence {
		t.Errorf("Ani's slow appointment is not fenced: %v", err)
	}
	slow()
	if held, err := c.Holders(c.ctx, pos.ID, "2026-03-31"); err != nil || len(held) != 1 || held[0].Person.ID != budi.ID {
		t.Errorf("%v, %v", held, err)
	}
}
