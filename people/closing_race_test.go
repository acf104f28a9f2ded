package people_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// TestWhatIsClosedStaysEmpty: one admin closes a unit or a position while others fill it. Whoever comes first counts; a closed one never holds anything.
func TestWhatIsClosedStaysEmpty(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	other := c.unit("LAIN", "bidang", "DINAS", "")
	for i := range 12 {
		u := c.unit(fmt.Sprintf("TUTUP-%d", i), "bidang", "DINAS", "")
		d := ani.Details
		d.Unit = u.ID
		fillers := []func() error{
			func() error {
				_, err := c.AddUnit(c.ctx, root, people.UnitInput{Code: fmt.Sprintf("SEKSI-%d", i), Name: "S", Kind: "seksi", Parent: u.ID})
				return err
			},
			func() error {
				_, err := c.AddPosition(c.ctx, root, people.PositionInput{Code: fmt.Sprintf("POS-%d", i), Name: "P", Kind: "pelaksana", Jenjang: "pelaksana", Unit: u.ID, Seats: 1})
				return err
			},
			func() error { _, err := c.EditPerson(c.ctx, root, ani.ID, 0, d, ""); return err },
			func() error { _, err := c.MoveUnit(c.ctx, root, other.ID, u.ID, 0, "x"); return err },
		}
		fill := fillers[i%len(fillers)]
		var wg sync.WaitGroup
		var filled, closed error
		wg.Go(func() { filled = fill() })
		wg.Go(func() { closed = c.CloseUnit(c.ctx, root, u.ID, "digabung") })
		wg.Wait()
		if filled != nil {
			wants(t, filled, faults.Invalid)
		}
		if closed != nil {
			wants(t, closed, faults.Conflict)
		}
		now, err := c.UnitByCode(c.ctx, u.Code)
		must(t, err)
		got, err := c.UnitContents(c.ctx, root, u.ID)
		must(t, err)
		if now.Closed && !got.Empty() || !now.Closed && got.Empty() {
			t.Errorf("filler %d: closed %v and %d units, %d people, %d positions (%v, %v)", i%len(fillers), now.Closed, got.UnitCount, got.People, got.Positions, filled, closed)
		}
	}
	for i := range 8 {
		p, err := c.AddPosition(c.ctx, root, people.PositionInput{Code: fmt.Sprintf("JAB-%d", i), Name: "P", Kind: "pelaksana", Jenjang: "pelaksana", Unit: dinas.ID, Seats: 1})
		must(t, err)
		var wg sync.WaitGroup
		var filled, closed error
		wg.Go(func() {
			_, filled = c.Appoint(c.ctx, root, ani.ID, people.AppointInput{Appointment: people.Appointment{Position: p.ID, Kind: people.Plt, Since: today}, Why: "SK"})
		})
		wg.Go(func() { closed = c.ClosePosition(c.ctx, root, p.ID, "dihapus") })
		wg.Wait()
		if filled != nil {
			wants(t, filled, faults.Invalid)
		}
		if closed != nil {
			wants(t, closed, faults.Conflict)
		}
		now, err := c.PositionByCode(c.ctx, p.Code)
		must(t, err)
		held, err := c.Holders(c.ctx, p.ID, today)
		must(t, err)
		if now.Closed == (len(held) > 0) {
			t.Errorf("position %d: closed %v and held by %d (%v, %v)", i, now.Closed, len(held), filled, closed)
		}
	}
}

// TestNamesOfUnitsAndPositionsCanBeShown: what no page or certificate can print is refused, as in the names of people.
func TestNamesOfUnitsAndPositionsCanBeShown(t *testing.T) {
	c := newCity(t)
	c.town()
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	for _, name := range []string{"Bagian\x00Umum", "Bagian\x1bUmum", "Bagian \ufffd", "Bagian \u202eumum", "Bagian\u2066 umum", "\u200b"} {
		_, err := c.AddUnit(c.ctx, root, people.UnitInput{Code: "TAMPIL", Name: name, Kind: "bidang", Parent: dinas.ID})
		field(t, err, faults.Invalid, "name")
		_, err = c.AddPosition(c.ctx, root, people.PositionInput{Code: "TAMPIL", Name: name, Kind: "pelaksana", Jenjang: "pelaksana", Unit: dinas.ID, Seats: 1})
		field(t, err, faults.Invalid, "name")
		_, _, err = c.AddPerson(c.ctx, root, people.PersonInput{NIP: nipEko, Details: people.Details{Name: name, Status: people.PNS}})
		field(t, err, faults.Invalid, "name")
	}
}

// TestStructureStaysInAUnitByOtherDoors: a training admin of one agency imports no register of the city, and takes no office that heads a foreign unit by
// registering its code.
func TestStructureStaysInAUnitByOtherDoors(t *testing.T) {
	c := newCity(t)
	c.town()
	budi := c.person(nipBudi, "Budi", "KOTA")
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	badan, _ := c.UnitByCode(c.ctx, "BADAN")
	a := as(budi, access.Grant{Role: "training_admin", Unit: string(dinas.ID)})
	_, err := c.CheckImport(c.ctx, a, people.ImportInput{Kind: people.ImportUnits, Name: "uji", Sheet: table(t, unitsCSV)})
	if err == nil {
		t.Error("a grant for one unit imports the register of the city")
	}
	c.unit("ASING", "bidang", badan.Code, "KEPALA-ASING")
	in := people.PositionInput{Code: "kepala-asing", Name: "P", Kind: "pelaksana", Jenjang: "pelaksana", Unit: dinas.ID, Seats: 1}
	_, err = c.AddPosition(c.ctx, a, in)
	field(t, err, faults.Forbidden, "code")
	_, err = c.AddPosition(c.ctx, root, in)
	must(t, err)
}
