package people_test

import (
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// Files put nobody into a unit or position that is closed, neither when they are checked nor when it was closed since.
func TestAFilePutsNobodyIntoAClosedUnit(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	tutup := c.unit("TUTUP", "bidang", "DINAS", "")
	must(t, c.CloseUnit(c.ctx, root, tutup.ID, "digabung"))
	lama := c.position("LAMA", "pelaksana", "pelaksana", "BIDANG")
	must(t, c.ClosePosition(c.ctx, root, lama.ID, "dihapus"))
	check := func(kind people.ImportKind, csv string) people.Import {
		t.Helper()
		p, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: kind, Source: "SIASN", Sheet: table(t, csv)})
		must(t, err)
		return p
	}
	for name, x := range map[string]struct {
		kind   people.ImportKind
		csv    string
		column string
	}{
		"new person":        {people.ImportPeople, "nip,name,status,unit\n" + nipBudi + ",Budi,PNS,TUTUP\n", "unit"},
		"moved person":      {people.ImportPeople, "nip,name,status,unit\n" + nipAni + ",Ani,PNS,TUTUP\n", "unit"},
		"synchronised":      {people.ImportSync, "nip,nama,status,unorId\n" + nipAni + ",Ani,PNS,TUTUP\n", "unorId"},
		"appointed there":   {people.ImportAppointments, "nip,position,kind,since,unit\n" + nipAni + ",OPERATOR,plt,2026-01-01,TUTUP\n", "unit"},
		"a closed position": {people.ImportAppointments, "nip,position,kind,since\n" + nipAni + ",LAMA,definitif,2026-01-01\n", "position"},
	} {
		p := check(x.kind, x.csv)
		if p.State != people.ImportRefused || len(p.Errors) != 1 || p.Errors[0].Row != 2 || p.Errors[0].Column != x.column || !strings.Contains(p.Errors[0].Text.EN, "closed") {
			t.Errorf("%s: %s %+v", name, p.State, p.Errors)
		}
	}
	if p := check(people.ImportAppointments, "nip,position,kind,since,until\n"+nipAni+",LAMA,definitif,2020-01-01,2021-12-31\n"); p.State != people.ImportChecked {
		t.Errorf("what is over is refused: %+v", p.Errors)
	}
	// closed between the check and the writing
	nanti := c.unit("NANTI", "bidang", "DINAS", "")
	plans := []people.Import{check(people.ImportPeople, "nip,name,status,unit\n"+nipAni+",Ani,PNS,NANTI\n"+nipBudi+",Budi,PNS,NANTI\n"),
		check(people.ImportAppointments, "nip,position,kind,since,unit\n"+nipAni+",OPERATOR,plt,2026-01-01,NANTI\n")}
	must(t, c.CloseUnit(c.ctx, root, nanti.ID, "digabung"))
	for i, p := range plans {
		p, err := c.AcceptImport(c.ctx, root, p.ID)
		must(t, err)
		for p.State == people.ImportApplying {
			must(t, c.ApplyImport(c.ctx, p.ID))
			p, err = c.ShowImport(c.ctx, root, p.ID)
			must(t, err)
		}
		if p.Left != p.Todo || p.Todo == 0 {
			t.Errorf("plan %d: %d of %d rows were left", i, p.Left, p.Todo)
		}
	}
	if now, err := c.Look(c.ctx, ani.ID); err != nil || now.Unit != ani.Unit || len(now.Appointments) != 0 {
		t.Errorf("%+v %v", now, err)
	}
	if f, err := c.Examine(c.ctx, false); err != nil || len(f) != 0 {
		t.Errorf("%+v %v", f, err)
	}
	// what an older version of the program let happen
	raw, err := c.db.Engine().Get(c.ctx, "units", string(ani.Unit))
	must(t, err)
	raw.Version++
	raw.Op = "test"
	raw.Body = []byte(strings.Replace(string(raw.Body), `"code":"BIDANG"`, `"closed":true,"code":"BIDANG"`, 1))
	must(t, c.db.Engine().Replace(c.ctx, "units", raw))
	f, err := c.Examine(c.ctx, true)
	if err != nil || len(f) != 1 || f[0].Kind != "closed" || f[0].Thing != "units/"+string(ani.Unit) || f[0].Mended {
		t.Errorf("%+v %v", f, err)
	}
}

// A named supervisor is named for a place: whoever moves to another unit answers to its head, and the trail says so. Any other edit leaves it.
func TestANamedSupervisorEndsWithTheMove(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, budi, citra := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "DINAS"), c.person(nipCitra, "Citra", "BADAN")
	c.appoint(citra, "KABAN", people.Definitif, "2020-01-01")
	_, err := c.SetSupervisor(c.ctx, root, ani.ID, 0, &people.SupervisorOverride{Person: budi.ID, Since: "2026-01-01"}, "tim khusus")
	must(t, err)
	edit := func(change func(*people.Details)) {
		t.Helper()
		d := ani.Details
		change(&d)
		ani, err = c.EditPerson(c.ctx, root, ani.ID, 0, d, "SK mutasi")
		must(t, err)
	}
	edit(func(d *people.Details) { d.Rank = "III/a" })
	if d, err := c.Derive(c.ctx, root, ani.ID); err != nil || d.Person.ID != budi.ID {
		t.Errorf("%+v %v", d.Person, err)
	}
	edit(func(d *people.Details) { d.Unit = citra.Unit })
	if d, err := c.Derive(c.ctx, root, ani.ID); err != nil || d.Person.ID != citra.ID || ani.Override != nil {
		t.Errorf("%+v %+v %v", d.Person, ani.Override, err)
	}
	n := 0
	for _, e := range c.trailOf("people", string(ani.ID)) {
		if e.Verb == "set_supervisor" && e.Why == "SK mutasi" && e.Note != "" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d entries tell of it", n)
	}
}

// Asking who supervises somebody is a look at them.
func TestALookAtTheSupervisorIsNoted(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, budi := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "BIDANG")
	_, err := c.Derive(c.ctx, as(budi, access.Grant{Role: "auditor"}), ani.ID)
	must(t, err)
	_, err = c.Derive(c.ctx, as(ani), ani.ID)
	must(t, err)
	seen, err := c.Viewers(c.ctx, as(ani), ani.ID, storage.Cursor{}, 10)
	if err != nil || len(seen.Items) != 1 || seen.Items[0].Viewer != budi.ID || seen.Items[0].Role != "auditor" {
		t.Errorf("%+v %v", seen.Items, err)
	}
}

// Two forms with one code at once make one unit and one position; the slower one hears that the code is taken, whichever step it had reached.
func TestTheLoserOfACodeHearsConflict(t *testing.T) {
	c := newCity(t)
	c.town()
	dinas, err := c.UnitByCode(c.ctx, "DINAS")
	must(t, err)
	c.unit("BARU", "bidang", "DINAS", "")
	c.position("POS-BARU", "pelaksana", "pelaksana", "DINAS")
	late := people.UnitInput{ID: "late", Code: "LAMBAT", Name: "X", Kind: "bidang", Parent: dinas.ID}
	must(t, c.Abandon(c.ctx, "late")) // somebody else found the place reserved and empty, and took the code over
	_, err = c.AddUnit(c.ctx, root, late)
	field(t, err, faults.Conflict, "code")
	_, err = c.AddPosition(c.ctx, root, people.PositionInput{ID: "late", Code: "POS-LAMBAT", Name: "X", Kind: "pelaksana", Jenjang: "pelaksana", Unit: dinas.ID, Seats: 1})
	field(t, err, faults.Conflict, "code")
	_, _, err = c.AddPerson(c.ctx, root, people.PersonInput{ID: "late", NIP: nipAni, Details: people.Details{Name: "Ani", Status: people.PNS}})
	field(t, err, faults.Conflict, "nip")
}
