package people_test

import (
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// Whoever edits the register must not end by it what only a system admin may revoke.
func TestAnEditDoesNotEndAPrivilegedRole(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, budi, citra := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "BADAN"), c.person(nipCitra, "Citra", "BIDANG")
	bidang := ani.Unit
	trainer := as(budi, access.Grant{Role: "training_admin"})
	local := as(budi, access.Grant{Role: "unit_admin", Unit: string(bidang)})
	system := as(budi, access.Grant{Role: "training_admin"}, access.Grant{Role: "system_admin"})
	for _, g := range []people.RoleGrant{{Role: "marker"}, {Role: "signer", Until: "2026-06-30"}} {
		g.Why = "uji"
		_, err := c.Grant(c.ctx, root, ani.ID, g)
		must(t, err)
	}
	edit := func(a access.Actor, p people.Person, change func(*people.Details)) error {
		d := p.Details
		change(&d)
		_, err := c.EditPerson(c.ctx, a, p.ID, 0, d, "uji")
		return err
	}
	retire := func(d *people.Details) { d.LegalPosition = people.Retired }
	soon := func(d *people.Details) { d.ServiceEnd = "2026-06-29" }
	for name, a := range map[string]access.Actor{"training admin": trainer, "unit admin": local} {
		err := edit(a, ani, retire)
		field(t, err, faults.Forbidden, "legal_position")
		if !strings.Contains(err2text(err), "their role Signer") {
			t.Errorf("%s: %q does not name the role", name, err2text(err))
		}
		field(t, edit(a, ani, soon), faults.Forbidden, "service_end")
	}
	_, err := c.Renumber(c.ctx, trainer, ani.ID, 0, people.Renumbering{NIP: "199001012020012911", Details: func() people.Details { d := ani.Details; retire(&d); return d }(), Why: "uji"})
	field(t, err, faults.Forbidden, "legal_position")
	must(t, edit(trainer, ani, func(d *people.Details) { d.LegalPosition = people.StudyLeave })) // ends no role
	must(t, edit(trainer, ani, func(d *people.Details) { d.ServiceEnd = "2026-06-30" }))         // the role ends that day anyway
	must(t, edit(trainer, citra, retire))                                                        // nobody special
	must(t, edit(system, ani, retire))
	_, err = c.Revoke(c.ctx, trainer, ani.ID, people.RoleGrant{Role: "signer", Why: "uji"})
	wants(t, err, faults.Forbidden)
	must(t, edit(trainer, ani, func(d *people.Details) { d.ServiceEnd = "2026-01-31" })) // has ended already
}

// A file that would end such roles leaves those rows out and says so, at the check and, for a role that was given since, when it is applied.
func TestAnImportDoesNotEndAPrivilegedRole(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	ani, budi, citra, eko := c.person(nipAni, "Ani", "DINAS"), c.person(nipBudi, "Budi", "DINAS"), c.person(nipCitra, "Citra", "DINAS"), c.person(nipEko, "Eko", "DINAS")
	admin := c.person("199001012020011906", "Fani", "DINAS")
	grant := func(p people.Person, role string) {
		t.Helper()
		_, err := c.Grant(c.ctx, root, p.ID, people.RoleGrant{Role: role, Why: "uji"})
		must(t, err)
	}
	grant(ani, "auditor")
	grant(budi, "dpo")
	trainer := as(admin, access.Grant{Role: "training_admin"})
	in := people.ImportInput{Kind: people.ImportSync, Source: "SIASN", Sheet: table(t, "nip,nama,status,unit,kedudukanHukum\n"+nipAni+",Ani,PNS,DINAS,99\n"+nipEko+",Eko,PNS,DINAS,99\n"+"199001012020011906,Fani,PNS,DINAS,01\n")}
	p, err := c.CheckImport(c.ctx, trainer, in) // Budi and Citra are not in it
	must(t, err)
	if p.State != people.ImportChecked || p.Counts[people.RowChanged] != 1 || p.Counts[people.RowVanished] != 1 || len(p.Warnings) != 3 ||
		p.Warnings[0].Row != 0 || p.Warnings[1].Row != 2 || p.Warnings[1].Column != "kedudukanHukum" {
		t.Fatalf("%v %+v", p.Counts, p.Warnings)
	}
	grant(citra, "signer") // since the check
	grant(eko, "leader")
	p, err = c.AcceptImport(c.ctx, trainer, p.ID)
	must(t, err)
	for p.State == people.ImportApplying {
		must(t, c.ApplyImport(c.ctx, p.ID))
		p, err = c.ShowImport(c.ctx, root, p.ID)
		must(t, err)
	}
	if p.Left != 2 {
		t.Errorf("%d rows were left", p.Left)
	}
	for _, x := range []people.Person{ani, budi, citra, eko} {
		if now, err := c.Look(c.ctx, x.ID); err != nil || !now.InService("2026-03-31") {
			t.Errorf("%s has no roles any more: %v", x.Name, err)
		}
	}
	p, err = c.RunImport(c.ctx, as(admin, access.Grant{Role: "system_admin"}), in, nil)
	must(t, err)
	if p.Done != 4 || p.Left != 0 {
		t.Errorf("by a system admin: %+v", p)
	}
}

// Notes of the trail speak of units and roles by name.
func TestNotesNameWhatTheySpeakOf(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	badan, err := c.UnitByCode(c.ctx, "BADAN")
	must(t, err)
	_, err = c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: "unit_admin", Unit: badan.ID, Why: "uji"})
	must(t, err)
	c.last("accounts", string(ani.ID), "grant_role", "system", "uji", "Admin unit, Unit BADAN")
	_, err = c.MoveUnit(c.ctx, root, ani.Unit, badan.ID, 0, "uji")
	must(t, err)
	c.last("units", string(ani.Unit), "move_unit", "system", "uji", "Unit DINAS → Unit BADAN")
	p := c.load(people.ImportRoles, table(t, "nip,role\n"+nipAni+",marker\n"))
	acc, err := c.Account(c.ctx, root, ani.ID)
	must(t, err)
	for _, g := range acc.Roles {
		if g.Role == "marker" && (g.Why != `Impor data "`+p.Name+`"` || strings.Contains(g.Why, p.ID)) {
			t.Errorf("the reason of an imported role is %q", g.Why)
		}
	}
}
