package people_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// trailOf are the verbs written with a document, oldest first.
func (c *city) trailOf(collection, id string) []storage.Audit {
	c.t.Helper()
	all, err := c.db.WithTrail(c.ctx, collection, 1000)
	must(c.t, err)
	for _, e := range all {
		if e.ID == id {
			return e.Trail
		}
	}
	return nil
}

// last holds the newest entry of a document against what it should say.
func (c *city) last(collection, id, verb, role, why, note string) {
	c.t.Helper()
	trail := c.trailOf(collection, id)
	if len(trail) == 0 {
		c.t.Errorf("%s/%s has no trail", collection, id)
		return
	}
	if e := trail[len(trail)-1]; e.Verb != verb || e.Role != role || e.Why != why || note != "" && e.Note != note || e.Who == "" {
		c.t.Errorf("%s/%s: trail says %+v, want %s by %s because %q, %q", collection, id, e, verb, role, why, note)
	}
}

func field(t *testing.T, err error, kind faults.Kind, path string) {
	t.Helper()
	wants(t, err, kind)
	if err != nil && !slices.ContainsFunc(faults.Of(err).Fields, func(f faults.Field) bool { return f.Path == path }) {
		t.Errorf("%v does not name %s", err, path)
	}
}

// TestUnitAdminStaysInTheirUnit: they edit and appoint in their own subtree, hand nobody to a foreign unit, lift nobody into a foreign office, change no
// numbers, and never touch their own entry.
func TestUnitAdminStaysInTheirUnit(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, budi, citra := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "DINAS"), c.person(nipCitra, "Citra", "BADAN")
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	badan, _ := c.UnitByCode(c.ctx, "BADAN")
	at := func(code string) people.PositionID {
		p, err := c.PositionByCode(c.ctx, code)
		must(t, err)
		return p.ID
	}
	admin := as(budi, access.Grant{Role: "unit_admin", Unit: string(dinas.ID)})
	both := as(budi, access.Grant{Role: "unit_admin", Unit: string(dinas.ID)}, access.Grant{Role: "unit_admin", Unit: string(badan.ID)})

	d := ani.Details
	d.Name = "Ani Mendingan"
	after, err := c.EditPerson(c.ctx, admin, ani.ID, ani.Edition, d, "salah ketik")
	must(t, err)
	c.last("people", string(ani.ID), "edit_person", "unit_admin", "salah ketik", "name")
	d.Unit = badan.ID
	_, err = c.EditPerson(c.ctx, admin, ani.ID, after.Edition, d, "")
	field(t, err, faults.Forbidden, "unit")
	d.Unit = ""
	_, err = c.EditPerson(c.ctx, admin, ani.ID, after.Edition, d, "")
	field(t, err, faults.Forbidden, "unit")
	d.Unit = dinas.ID
	after, err = c.EditPerson(c.ctx, admin, ani.ID, after.Edition, d, "")
	must(t, err)
	d.Unit = badan.ID
	_, err = c.EditPerson(c.ctx, both, ani.ID, after.Edition, d, "mutasi")
	must(t, err)
	c.last("people", string(ani.ID), "edit_person", "unit_admin", "mutasi", "unit")
	_, err = c.EditPerson(c.ctx, admin, ani.ID, 0, d, "")
	wants(t, err, faults.NotFound) // she is not theirs any more
	_, err = c.EditPerson(c.ctx, admin, citra.ID, 0, citra.Details, "")
	wants(t, err, faults.NotFound)
	_, err = c.EditPerson(c.ctx, admin, budi.ID, 0, budi.Details, "")
	wants(t, err, faults.Forbidden) // one's own
	_, err = c.SetEmail(c.ctx, admin, budi.ID, "budi@contoh.example")
	must(t, err)

	eko := c.person(nipEko, "Eko", "BIDANG")
	_, err = c.Appoint(c.ctx, admin, eko.ID, people.AppointInput{Appointment: people.Appointment{Position: at("KADIS"), Kind: people.Plt, Since: today}, Why: "SK 1"})
	must(t, err)
	c.last("people", string(eko.ID), "appoint", "unit_admin", "SK 1", "plt KADIS")
	_, err = c.Appoint(c.ctx, admin, eko.ID, people.AppointInput{Appointment: people.Appointment{Position: at("SEKDA"), Kind: people.Plt, Since: today}, Why: "SK 2"})
	field(t, err, faults.Forbidden, "position")
	_, err = c.Appoint(c.ctx, admin, eko.ID, people.AppointInput{Appointment: people.Appointment{Position: at("KABID"), Unit: badan.ID, Kind: people.Plt, Since: today}, Why: "SK 2"})
	field(t, err, faults.Forbidden, "position")
	_, err = c.Appoint(c.ctx, admin, budi.ID, people.AppointInput{Appointment: people.Appointment{Position: at("KABID"), Kind: people.Plt, Since: today}, Why: "SK 3"})
	wants(t, err, faults.Forbidden)
	_, err = c.Appoint(c.ctx, admin, eko.ID, people.AppointInput{Appointment: people.Appointment{Position: at("KABID"), Kind: people.Plt, Since: today}, Why: ""})
	field(t, err, faults.Invalid, "why")
	_, err = c.Relieve(c.ctx, admin, eko.ID, at("KADIS"), people.Plt, today, "")
	field(t, err, faults.Invalid, "why")
	_, err = c.Relieve(c.ctx, admin, eko.ID, at("KADIS"), people.Plt, today, "SK 4")
	must(t, err)
	c.last("people", string(eko.ID), "relieve", "unit_admin", "SK 4", "plt")

	_, _, err = c.AddPerson(c.ctx, admin, people.PersonInput{NIP: nipDewi, Details: people.Details{Name: "D", Status: people.PPPK, Unit: dinas.ID}})
	wants(t, err, faults.Forbidden)
	_, err = c.SetSupervisor(c.ctx, admin, eko.ID, 0, &people.SupervisorOverride{Person: citra.ID, Since: today}, "x")
	field(t, err, faults.Invalid, "supervisor") // whom they may not see they cannot name
	_, err = c.SetSupervisor(c.ctx, admin, eko.ID, 0, &people.SupervisorOverride{Person: budi.ID, Since: today}, "tim khusus")
	must(t, err)
	c.last("people", string(eko.ID), "set_supervisor", "unit_admin", "tim khusus", "")
	for _, err := range []error{
		func() error {
			_, err := c.AddUnit(c.ctx, admin, people.UnitInput{Code: "X", Name: "X", Kind: "seksi", Parent: dinas.ID})
			return err
		}(),
		func() error { _, err := c.MoveUnit(c.ctx, admin, dinas.ID, badan.ID, 0, "x"); return err }(),
		c.CloseUnit(c.ctx, admin, dinas.ID, "x"), c.ClosePosition(c.ctx, admin, at("KADIS"), "x"),
	} {
		wants(t, err, faults.Forbidden)
	}
}

// TestStructureWithinAUnit: a training admin of one agency shapes that agency and nothing beside it.
func TestStructureWithinAUnit(t *testing.T) {
	c := newCity(t)
	c.town()
	budi := c.person(nipBudi, "Budi", "KOTA")
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	badan, _ := c.UnitByCode(c.ctx, "BADAN")
	bidang, _ := c.UnitByCode(c.ctx, "BIDANG")
	a := as(budi, access.Grant{Role: "training_admin", Unit: string(dinas.ID)})
	made, err := c.AddUnit(c.ctx, a, people.UnitInput{Code: "SEKSI", Name: "Seksi", Kind: "seksi", Parent: dinas.ID})
	must(t, err)
	c.last("units", string(made.ID), "add_unit", "training_admin", "", "SEKSI")
	_, err = c.AddUnit(c.ctx, a, people.UnitInput{Code: "S2", Name: "S", Kind: "seksi", Parent: badan.ID})
	wants(t, err, faults.Forbidden)
	_, err = c.AddUnit(c.ctx, a, people.UnitInput{Code: "S3", Name: "S", Kind: "seksi"})
	wants(t, err, faults.Forbidden)
	_, err = c.AddUnit(c.ctx, a, people.UnitInput{Code: "S4", Name: "S", Kind: "seksi", Parent: "tidak-ada"})
	field(t, err, faults.Invalid, "parent")
	_, err = c.MoveUnit(c.ctx, a, made.ID, bidang.ID, made.Edition, "penataan")
	must(t, err)
	c.last("units", string(made.ID), "move_unit", "training_admin", "penataan", "")
	_, err = c.MoveUnit(c.ctx, a, made.ID, badan.ID, 0, "penataan")
	wants(t, err, faults.Forbidden)
	_, err = c.MoveUnit(c.ctx, a, made.ID, dinas.ID, made.Edition, "lagi")
	wants(t, err, faults.Conflict) // somebody moved it since
	pos, err := c.AddPosition(c.ctx, a, people.PositionInput{Code: "P1", Name: "P", Kind: "pelaksana", Jenjang: "pelaksana", Unit: made.ID, Seats: 1})
	must(t, err)
	in := people.PositionInput{ID: pos.ID, Name: "P", Kind: "pelaksana", Jenjang: "pelaksana", Unit: badan.ID, Seats: 1}
	_, err = c.EditPosition(c.ctx, a, pos.Version, in)
	field(t, err, faults.Forbidden, "unit")
	in.Unit, in.Seats = made.ID, 2
	must(t, c.db.UpdateEnvelope(c.ctx, "positions", string(pos.ID), func(e *storage.Envelope) error { e.Trail = nil; return nil })) // as the audit journal does, seconds later
	_, err = c.EditPosition(c.ctx, a, pos.Version, in)
	must(t, err)
	in.Seats = 3
	_, err = c.EditPosition(c.ctx, a, pos.Version, in)
	field(t, err, faults.Conflict, "seats")
	in.Seats = 2
	_, err = c.EditPosition(c.ctx, a, pos.Version, in) // what stands there already is no conflict
	must(t, err)
	_, err = c.AddPosition(c.ctx, a, people.PositionInput{Code: "P2", Name: "P", Kind: "pelaksana", Jenjang: "pelaksana", Unit: badan.ID, Seats: 1})
	wants(t, err, faults.Forbidden)
	_, err = c.AddPosition(c.ctx, as(budi), people.PositionInput{Code: "P2", Name: "P", Kind: "pelaksana", Jenjang: "pelaksana", Unit: "tidak-ada", Seats: 1})
	wants(t, err, faults.Forbidden) // not: no such unit
}

func TestOnlyWhatIsEmptyIsClosed(t *testing.T) {
	c := newCity(t)
	c.town()
	seksi := c.unit("SEKSI", "seksi", "BIDANG", "")
	bidang, _ := c.UnitByCode(c.ctx, "BIDANG")
	kabid, _ := c.PositionByCode(c.ctx, "KABID")
	operator, _ := c.PositionByCode(c.ctx, "OPERATOR")
	ani := c.person(nipAni, "Ani", "BIDANG")
	c.appoint(ani, "KABID", people.Definitif, "2020-01-01")
	field(t, c.CloseUnit(c.ctx, root, bidang.ID, ""), faults.Invalid, "why")
	err := c.CloseUnit(c.ctx, root, bidang.ID, "digabung")
	wants(t, err, faults.Conflict)
	if text := faults.Of(err).Text.ID; !strings.Contains(text, "1 unit, 1 pegawai, dan 2 jabatan") {
		t.Error(text)
	}
	got, err := c.UnitContents(c.ctx, root, bidang.ID)
	if err != nil || got.UnitCount != 1 || got.Units[0].ID != seksi.ID || got.People != 1 || got.Positions != 2 || got.AllUnits != 1 || got.AllPeople != 1 || got.AllPositions != 2 {
		t.Errorf("%+v %v", got, err)
	}
	wants(t, c.ClosePosition(c.ctx, root, kabid.ID, "dihapus"), faults.Conflict)
	_, err = c.Relieve(c.ctx, root, ani.ID, kabid.ID, people.Definitif, "2026-03-30", "mutasi")
	must(t, err)
	for range 2 {
		must(t, c.ClosePosition(c.ctx, root, kabid.ID, "dihapus"))
	}
	c.last("positions", string(kabid.ID), "close_position", "system", "dihapus", "")
	if n := len(c.trailOf("positions", string(kabid.ID))); n != 2 {
		t.Errorf("closing twice left %d entries", n)
	}
	_, err = c.Appoint(c.ctx, root, ani.ID, people.AppointInput{Appointment: people.Appointment{Position: kabid.ID, Kind: people.Plt, Since: today}, Why: "SK"})
	field(t, err, faults.Invalid, "position")
	must(t, c.ClosePosition(c.ctx, root, operator.ID, "dihapus"))
	must(t, c.CloseUnit(c.ctx, root, seksi.ID, "digabung"))
	d := ani.Details
	d.Unit = seksi.ID
	_, err = c.EditPerson(c.ctx, root, ani.ID, 0, d, "")
	field(t, err, faults.Invalid, "unit") // closed
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	d.Unit = dinas.ID
	_, err = c.EditPerson(c.ctx, root, ani.ID, 0, d, "")
	must(t, err)
	must(t, c.CloseUnit(c.ctx, root, bidang.ID, "digabung"))
	c.last("units", string(bidang.ID), "close_unit", "system", "digabung", "")
}

// TestAConflictSaysWhatStandsNow: two admins, two fields; the later one is told what differs, and an unrelated write in between refuses nobody.
func TestAConflictSaysWhatStandsNow(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	c.appoint(ani, "OPERATOR", people.Definitif, "2020-01-01") // writes the document, edits nothing
	mine, theirs := ani.Details, ani.Details
	mine.Name, theirs.Rank = "Ani Benar", "III/c"
	after, err := c.EditPerson(c.ctx, root, ani.ID, ani.Edition, theirs, "")
	must(t, err)
	_, err = c.EditPerson(c.ctx, root, ani.ID, ani.Edition, mine, "")
	field(t, err, faults.Conflict, "rank")
	field(t, err, faults.Conflict, "name")
	if f := faults.Of(err).Fields; len(f) != 2 || !strings.Contains(f[0].Text.ID, "Ani") || !strings.Contains(f[1].Text.ID, "III/c") {
		t.Errorf("%+v", f)
	}
	again, err := c.EditPerson(c.ctx, root, ani.ID, ani.Edition, theirs, "") // the same form twice
	if err != nil || again.Edition != after.Edition {
		t.Error(again.Edition, err)
	}
	in := people.Renumbering{NIP: "199001012020012907", Details: again.Details, Why: "salah satu angka", Correct: true}
	_, err = c.Renumber(c.ctx, root, ani.ID, ani.Edition, in)
	wants(t, err, faults.Conflict)
	for range 2 {
		p, err := c.Renumber(c.ctx, root, ani.ID, again.Edition, in)
		if err != nil || p.NIP() != "199001012020012907" || len(p.Identities) != 1 {
			t.Fatalf("%v %d", err, len(p.Identities))
		}
	}
	c.last("people", string(ani.ID), "renumber", "system", "salah satu angka", "")
	bidang, _ := c.UnitByCode(c.ctx, "BIDANG")
	u := people.UnitInput{ID: bidang.ID, Name: "Bidang Baru", Kind: "bidang", HeadPosition: "KABID"}
	for range 2 {
		_, err = c.EditUnit(c.ctx, root, bidang.Edition, u)
		must(t, err)
	}
	c.last("units", string(bidang.ID), "edit_unit", "system", "", "")
	u.Name = "Bidang Lain"
	_, err = c.EditUnit(c.ctx, root, bidang.Edition, u)
	field(t, err, faults.Conflict, "name")
}

func TestTheWayToASupervisorIsTold(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, citra, eko := c.person(nipAni, "Ani", "BIDANG"), c.person(nipCitra, "Citra", "BIDANG"), c.person(nipEko, "Eko", "KOTA")
	bare := c.unit("SEKSI", "seksi", "BIDANG", "")
	d := ani.Details
	d.Unit = bare.ID
	_, err := c.EditPerson(c.ctx, root, ani.ID, 0, d, "")
	must(t, err)
	c.appoint(citra, "KABID", people.Plt, "2026-01-01")
	found := func(id people.ID) string {
		t.Helper()
		got, err := c.Derive(c.ctx, root, id)
		must(t, err)
		var steps []string
		for _, s := range got.Steps {
			steps = append(steps, string(s.Found))
		}
		return strings.Join(steps, " ") + " " + string(got.Kind)
	}
	if got := found(ani.ID); got != "no_position head plt" {
		t.Error(got)
	}
	if got := found(citra.ID); got != "self vacant vacant nobody " {
		t.Error(got)
	}
	set := func(o *people.SupervisorOverride) {
		t.Helper()
		_, err := c.SetSupervisor(c.ctx, root, ani.ID, 0, o, "alasan")
		must(t, err)
	}
	set(&people.SupervisorOverride{Person: eko.ID, Since: "2026-01-01", Until: "2026-03-31"})
	if got := found(ani.ID); got != "override " {
		t.Error(got)
	}
	c.clock.Add(24 * time.Hour)
	if got := found(ani.ID); got != "ended no_position head plt" {
		t.Error(got)
	}
	set(nil)
	if got := found(ani.ID); got != "no_position head plt" {
		t.Error(got)
	}
	_, err = c.Derive(c.ctx, as(eko), ani.ID)
	wants(t, err, faults.NotFound)
}

// TestAMoveIsShownBeforeItIsDone: what the preview says of supervisors is what the move then does, to each person, and it refuses what the move refuses.
func TestAMoveIsShownBeforeItIsDone(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, budi, citra, dewi := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "BIDANG"), c.person(nipCitra, "Citra", "BADAN"), c.person(nipDewi, "Dewi", "BIDANG")
	c.appoint(budi, "KABID", people.Definitif, "2026-01-01") // Ani and Dewi stay below Budi wherever the unit goes
	c.appoint(citra, "KABAN", people.Definitif, "2026-01-01")
	seksi := c.unit("SEKSI", "seksi", "BIDANG", "")
	unit, err := c.UnitByCode(c.ctx, "BIDANG")
	must(t, err)
	badan, err := c.UnitByCode(c.ctx, "BADAN")
	must(t, err)
	dinas := unit.Parent
	bosses := func() map[people.ID]people.ID {
		out := map[people.ID]people.ID{}
		for _, p := range []people.Person{ani, budi, dewi} {
			d, err := c.Derive(c.ctx, root, p.ID)
			must(t, err)
			out[p.ID] = d.Person.ID
		}
		return out
	}
	for _, x := range []struct {
		name              string
		to                people.UnitID
		lose, gain, other int
	}{{"from an office without a head to one with", badan.ID, 0, 1, 0}, {"and back", dinas, 1, 0, 0}} {
		got, err := c.PreviewMove(c.ctx, root, unit.ID, x.to)
		must(t, err)
		if got.Lose != x.lose || got.Gain != x.gain || got.Other != x.other || got.Along.AllPeople != 3 || got.Along.AllUnits != 1 || got.Along.AllPositions != 2 || got.Parent.ID != x.to {
			t.Errorf("%s: %+v", x.name, got)
		}
		before := bosses()
		_, err = c.MoveUnit(c.ctx, root, unit.ID, x.to, 0, "Perda")
		must(t, err)
		must(t, c.SettleUnit(c.ctx, string(unit.ID)))
		want := before
		for _, change := range got.Changes {
			if before[change.Who.ID] != change.Before.ID {
				t.Errorf("%s: %s is said to be below %q", x.name, change.Who.Name, change.Before.Name)
			}
			want[change.Who.ID] = change.After.ID
		}
		if now := bosses(); !maps.Equal(now, want) {
			t.Errorf("%s: the move gives %v, the preview said %v", x.name, now, want)
		}
	}
	_, err = c.PreviewMove(c.ctx, root, unit.ID, seksi.ID)
	wants(t, err, faults.Conflict)
	_, err = c.PreviewMove(c.ctx, root, unit.ID, "nowhere")
	field(t, err, faults.Invalid, "parent")
	_, err = c.PreviewMove(c.ctx, as(ani), unit.ID, badan.ID)
	wants(t, err, faults.Forbidden)
}

// TestSyncAppliesPostsThatAreCertain: the others are listed with why, so that an admin can appoint by hand.
func TestSyncAppliesPostsThatAreCertain(t *testing.T) {
	c := newCity(t)
	c.town()
	ani, budi, citra := c.person(nipAni, "Ani", "BIDANG"), c.person(nipBudi, "Budi", "DINAS"), c.person(nipCitra, "Citra", "BADAN")
	eko := c.person(nipEko, "Eko", "KOTA")
	c.appoint(ani, "OPERATOR", people.Definitif, "2020-01-01")
	c.appoint(citra, "KABAN", people.Definitif, "2020-01-01")
	c.appoint(eko, "SEKDA", people.Definitif, "2026-02-01")
	export := "nipBaru;nama;jenisPegawai;unorId;jabatanNama;tmtJabatan\n" +
		nipAni + ";Ani;PNS;BIDANG;Jabatan KABID;01-03-2026\n" + // certain
		nipBudi + ";Budi;PNS;DINAS;Jabatan KABID;01-03-2026\n" + // of another unit
		nipCitra + ";Citra;PNS;BADAN;;\n" + // names none
		nipEko + ";Eko;PNS;KOTA;Jabatan Khayal;01-03-2026\n" + // unknown
		nipDewi + ";Dewi;PPPK;DINAS;Jabatan KADIS;01-03-2026\n" // new
	in := people.ImportInput{Kind: people.ImportSync, Source: "SIASN", Sheet: table(t, export)}
	p, err := c.CheckImport(c.ctx, root, in)
	must(t, err)
	must(t, p.Err())
	if p.Counts[people.RowChanged] != 1 || p.Counts[people.RowNew] != 1 || p.Counts[people.RowSame] != 3 || p.PostN != 3 || len(p.Posts) != 3 {
		t.Fatalf("%v %+v", p.Counts, p.Posts)
	}
	rows, _, err := c.ImportRows(c.ctx, root, p.ID, 0)
	must(t, err)
	if i := slices.IndexFunc(rows, func(r people.ImportRow) bool { return r.Target == string(ani.ID) }); i < 0 || rows[i].Changes[0] != (people.Change{Field: "post", Old: "Jabatan OPERATOR", New: "Jabatan KABID (2026-03-01)"}) {
		t.Errorf("%+v", rows)
	}
	for i, want := range []struct {
		who people.ID
		why string
	}{{budi.ID, "unit lain"}, {citra.ID, "tidak menyebut"}, {eko.ID, "tidak ada jabatan"}} {
		if got := p.Posts[i]; got.Person != want.who || !strings.Contains(got.Why.ID, want.why) {
			t.Errorf("%+v, want %s", got, want.why)
		}
	}
	kabid, _ := c.PositionByCode(c.ctx, "KABID")
	if p.Posts[0].Position != kabid.ID {
		t.Error("no suggestion for a post of another unit")
	}
	p, err = c.RunImport(c.ctx, root, in, nil)
	if err != nil || p.Left != 0 {
		t.Fatal(p.Left, err)
	}
	got, _ := c.Look(c.ctx, ani.ID)
	if post, ok := got.Post(today); !ok || post.Position != kabid.ID || post.Since != "2026-03-01" || got.Appointments[0].Until != "2026-02-28" {
		t.Errorf("%+v", got.Appointments)
	}
	dewi, err := c.LookByNIP(c.ctx, nipDewi)
	must(t, err)
	if len(dewi.Appointments) != 1 {
		t.Errorf("%+v", dewi.Appointments)
	}
	if trail := c.trailOf("people", string(ani.ID)); trail[len(trail)-1].Verb != "import_person" || !strings.Contains(trail[len(trail)-1].Note, "post") {
		t.Errorf("%+v", trail)
	}
	p, err = c.CheckImport(c.ctx, root, in) // next month
	if err != nil || p.Todo != 0 || p.PostN != 3 {
		t.Errorf("%v %v", p.Counts, err)
	}

	// somebody appoints between check and apply: the row is left
	p, err = c.CheckImport(c.ctx, root, people.ImportInput{Kind: people.ImportSync, Source: "SIASN", Sheet: table(t, strings.ReplaceAll(export, nipAni+";Ani;PNS;BIDANG;Jabatan KABID;01-03-2026", nipAni+";Ani;PNS;BIDANG;Jabatan OPERATOR;15-03-2026"))})
	if err != nil || p.Todo != 1 {
		t.Fatal(p.Counts, err)
	}
	c.appoint(ani, "KADIS", people.Plt, "2026-03-20")
	_, err = c.AcceptImport(c.ctx, root, p.ID)
	must(t, err)
	must(t, c.ApplyImport(c.ctx, p.ID))
	if p, err = c.ShowImport(c.ctx, root, p.ID); err != nil || p.State != people.ImportDone || p.Left != 1 {
		t.Errorf("%+v %v", p, err)
	}
}
