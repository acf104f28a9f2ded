package people_test

import (
	"context"
	"github.com/apelkota/apel/internal/civil"
	"slices"
	"strings"
	"testing"
	"time"

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

// Whoever brings somebody back into service revives a role only if they may grant every role that would come back; otherwise all of them stay ended.
func TestComingBackRevivesNoRoleThatTheActorMayNotGrant(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, budi := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "BADAN")
	trainer := as(budi, access.Grant{Role: "training_admin"})
	system := as(budi, access.Grant{Role: "training_admin"}, access.Grant{Role: "system_admin"})
	roles := func() []string {
		t.Helper()
		grants, err := c.EffectiveRoles(c.ctx, ani.ID)
		must(t, err)
		return grants
	}
	grant := func(names ...string) {
		t.Helper()
		for _, name := range names {
			_, err := c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: name, Why: "uji"})
			must(t, err)
		}
	}
	edit := func(a access.Actor, legal people.LegalPosition, end civil.Date) {
		t.Helper()
		c.clock.Add(time.Minute)
		now, err := c.Look(c.ctx, ani.ID)
		must(t, err)
		d := now.Details
		d.LegalPosition, d.ServiceEnd = legal, end
		_, err = c.EditPerson(c.ctx, a, ani.ID, 0, d, "SK kembali")
		must(t, err)
	}
	same := func(when string, want ...string) {
		t.Helper()
		if got := roles(); !slices.Equal(got, want) {
			t.Errorf("%s: roles that count are %v, want %v", when, got, want)
		}
	}
	grant("marker", "signer")
	same("in service", "marker", "signer")
	for name, out := range map[string]func(){
		"retired":      func() { edit(system, people.Retired, "") },
		"service over": func() { edit(system, people.Active, "2026-01-31") },
	} {
		out()
		same(name)
		edit(trainer, people.Active, "")
		same(name + ", back by a training admin")
		acc, err := c.Account(c.ctx, root, ani.ID)
		must(t, err)
		if len(acc.Roles) != 0 {
			t.Errorf("%s: the account still shows %+v", name, acc.Roles)
		}
		must(t, c.Spread(c.ctx, string(ani.ID), func(context.Context) error { return nil }))
		c.last("accounts", string(ani.ID), "revoke_role", "system", "kembali bertugas", "Penilai tugas; Penanda tangan")
		grant("marker", "signer") // anew, by whoever may
		same(name+", granted anew", "marker", "signer")
	}

	edit(system, people.Retired, "")
	same("retired")
	edit(system, people.Active, "")
	same("back by a system admin", "marker", "signer")
	var kept []string
	for _, e := range c.trailOf("people", string(ani.ID)) {
		if e.Verb == "grant_role" && e.Why == "SK kembali" && e.Who == string(budi.ID) {
			kept = append(kept, e.Note)
		}
	}
	if !slices.Equal(kept, []string{"Penilai tugas", "Penanda tangan"}) {
		t.Errorf("the trail tells of %q", kept)
	}

	// Granted anew before the chain came by: what was granted is not taken away as old.
	edit(system, people.Retired, "")
	edit(trainer, people.Active, "")
	grant("marker")
	must(t, c.Spread(c.ctx, string(ani.ID), func(context.Context) error { return nil }))
	same("granted at once", "marker")
	edit(system, people.Retired, "")
	edit(trainer, people.Active, "") // a training admin may grant what is left
	same("a marker back by a training admin", "marker")
}

// A file revives roles only when its importer may grant everywhere; the check says who comes back without.
func TestAnImportRevivesNoRoleThatItsImporterMayNotGrant(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	ani, admin := c.person(nipAni, "Ani", "DINAS"), c.person(nipBudi, "Budi", "DINAS")
	_, err := c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: "auditor", Why: "uji"})
	must(t, err)
	run := func(role, legal string) people.Import {
		t.Helper()
		c.clock.Add(time.Minute)
		p, err := c.RunImport(c.ctx, as(admin, access.Grant{Role: "training_admin"}, access.Grant{Role: role}), people.ImportInput{Kind: people.ImportPeople, Name: "pegawai.csv",
			Sheet: table(t, "nip,name,status,unit,legal_position\n"+nipAni+",Ani,PNS,DINAS,"+legal+"\n")}, nil)
		must(t, err)
		if p.Done != 1 || p.Left != 0 {
			t.Fatalf("%+v", p)
		}
		return p
	}
	for _, x := range []struct {
		role string
		want int
	}{{"training_admin", 0}, {"system_admin", 1}} {
		_, err := c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: "auditor", Why: "uji"})
		must(t, err)
		run("system_admin", "99")
		p := run(x.role, "01")
		if got, err := c.EffectiveRoles(c.ctx, ani.ID); err != nil || len(got) != x.want {
			t.Errorf("%s brings Ani back with %v, %v", x.role, got, err)
		}
		if len(p.Warnings) != 1-x.want || x.want == 0 && !strings.Contains(p.Warnings[0].Text.ID, "tanpa peran lamanya (Auditor)") {
			t.Errorf("%s: the check warns %+v", x.role, p.Warnings)
		}
	}
}
