package people_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

func TestOnePersonPerNIP(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani Contoh", "BIDANG")
	_, _, err := c.AddPerson(c.ctx, root, people.PersonInput{NIP: nipAni, Details: people.Details{Name: "Lain", Status: people.PNS}})
	wants(t, err, faults.Conflict)
	again, _, err := c.AddPerson(c.ctx, root, people.PersonInput{ID: ani.ID, NIP: nipAni, Details: people.Details{Name: "Ani Contoh", Status: people.PNS}})
	if err != nil || again.ID != ani.ID || again.Version != ani.Version {
		t.Errorf("the same form twice: %v %v", again.ID, err)
	}
	if strings.Contains(err2text(err), nipAni) {
		t.Error("the error shows the number")
	}
}

func err2text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestRacingRegistrationsMakeOnePerson(t *testing.T) {
	c := newCity(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 8 {
		wg.Go(func() {
			_, _, err := c.AddPerson(c.ctx, root, people.PersonInput{NIP: nipAni, Details: people.Details{Name: "Ani", Status: people.PNS}})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				made++
			case !errors.Is(err, faults.Conflict):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	page, err := c.Persons(c.ctx, root, people.PersonFilter{})
	must(t, err)
	// A racer may void a place that another had reserved but not yet filled, so all may lose; two may never win.
	if made > 1 || len(page.Items) != made {
		t.Errorf("%d made, %d registered", made, len(page.Items))
	}
	if made == 0 {
		c.person(nipAni, "Ani", "")
	}
}

func TestRefusalsNameTheField(t *testing.T) {
	c := newCity(t)
	c.town()
	for _, x := range []struct {
		name, nip, field string
		d                people.Details
	}{
		{"status against NIP", nipDewi, "status", people.Details{Name: "D", Status: people.PNS}},
		{"no name", nipAni, "name", people.Details{Status: people.PNS}},
		{"rank of the other scale", nipAni, "rank", people.Details{Name: "A", Status: people.PNS, Rank: "IX"}},
		{"education", nipAni, "education", people.Details{Name: "A", Status: people.PNS, Education: "S9"}},
		{"contract of a PNS", nipAni, "contract_start", people.Details{Name: "A", Status: people.PNS, ContractStart: "2026-01-01"}},
		{"contract backwards", nipDewi, "contract_end", people.Details{Name: "A", Status: people.PPPK, ContractStart: "2026-01-01", ContractEnd: "2025-01-01"}},
		{"e-mail", nipAni, "email", people.Details{Name: "A", Status: people.PNS, Email: "ani"}},
		{"legal position", nipAni, "legal_position", people.Details{Name: "A", Status: people.PNS, LegalPosition: "77"}},
		{"broken text", nipAni, "name", people.Details{Name: "An\xff", Status: people.PNS}},
		{"unknown unit", nipAni, "unit", people.Details{Name: "A", Status: people.PNS, Unit: "nowhere"}},
	} {
		_, _, err := c.AddPerson(c.ctx, root, people.PersonInput{NIP: x.nip, Details: x.d})
		wants(t, err, faults.Invalid)
		if err != nil && !slices.ContainsFunc(faults.Of(err).Fields, func(f faults.Field) bool { return f.Path == x.field }) {
			t.Errorf("%s: %v does not name %s", x.name, err, x.field)
		}
	}
	page, err := c.Persons(c.ctx, root, people.PersonFilter{})
	if err != nil || len(page.Items) != 0 {
		t.Error("a refused input left something behind", len(page.Items), err)
	}
}

func TestPPPKBecomesPNSAndStaysOnePerson(t *testing.T) {
	c := newCity(t)
	c.town()
	dewi := c.person(nipDewi, "Dewi Contoh", "BIDANG")
	_, open := c.activate(dewi)
	d := dewi.Details
	d.Status, d.Rank = people.PNS, "iii / A"
	in := people.Renumbering{NIP: "199501012026032904", From: "2026-03-01", Details: d, Why: "Diangkat CPNS lalu PNS"}
	after, err := c.Renumber(c.ctx, root, dewi.ID, dewi.Edition, in)
	must(t, err)
	if after.ID != dewi.ID || after.NIP() != "199501012026032904" || len(after.Identities) != 2 || after.Identities[0].To != "2026-02-28" || after.Rank != "III/a" {
		t.Errorf("%+v", after)
	}
	if found, err := c.LookByNIP(c.ctx, "199501012026032904"); err != nil || found.ID != dewi.ID {
		t.Error("not found by the new number:", err)
	}
	if _, err := c.LookByNIP(c.ctx, nipDewi); !errors.Is(err, faults.NotFound) {
		t.Error("still found by the old number:", err)
	}
	// one account: what is open stays open, the same password opens it by the new number and no longer by the old one
	entersOnlyBy := func(number string, not ...string) {
		t.Helper()
		if session, _, err := c.Login(c.ctx, people.LoginInput{NIP: number, Password: secret}); err != nil || session.Person != dewi.ID {
			t.Errorf("the password and the new number open %q: %v", session.Person, err)
		}
		for _, old := range not {
			_, _, err := c.Login(c.ctx, people.LoginInput{NIP: old, Password: secret})
			wants(t, err, faults.Unauthenticated)
		}
	}
	if a, _, err := c.SessionActor(c.ctx, open); err != nil || a.Person != string(dewi.ID) {
		t.Error("the open session is of", a.Person, err)
	}
	entersOnlyBy("199501012026032904", nipDewi)
	// the number of somebody else
	c.person(nipAni, "Ani", "BIDANG")
	in.NIP = nipAni
	_, err = c.Renumber(c.ctx, root, dewi.ID, 0, in)
	wants(t, err, faults.Conflict)
	// a typing mistake leaves no history
	in.NIP, in.Correct = "199501012026032905", true
	fixed, err := c.Renumber(c.ctx, root, dewi.ID, after.Edition, in)
	must(t, err)
	if len(fixed.Identities) != 2 || fixed.NIP() != "199501012026032905" {
		t.Errorf("%+v", fixed.Identities)
	}
	entersOnlyBy("199501012026032905", nipDewi, "199501012026032904")
}

func TestStaleEditIsRefused(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	d := ani.Details
	d.Email = "Ani@Contoh.Example"
	one, err := c.EditPerson(c.ctx, root, ani.ID, ani.Edition, d, "")
	must(t, err)
	if one.Email != "ani@contoh.example" {
		t.Error(one.Email)
	}
	d.Email = "lain@contoh.example"
	_, err = c.EditPerson(c.ctx, root, ani.ID, ani.Edition, d, "")
	wants(t, err, faults.Conflict)
	// the address of the refused edit is free again, the one in use is not
	budi := c.person(nipBudi, "Budi", "")
	_, err = c.SetEmail(c.ctx, as(budi), budi.ID, "ani@contoh.example")
	wants(t, err, faults.Conflict)
	_, err = c.SetEmail(c.ctx, as(budi), budi.ID, "lain@contoh.example")
	must(t, err)
}

func TestMovingASubtreeTakesEverybodyAlong(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	badan, _ := c.UnitByCode(c.ctx, "BADAN")
	bidang, _ := c.UnitByCode(c.ctx, "BIDANG")
	kota, _ := c.UnitByCode(c.ctx, "KOTA")
	if want := []string{string(bidang.ID), string(dinas.ID), string(kota.ID)}; !slices.Equal(ani.Path, want) {
		t.Fatal(ani.Path, want)
	}
	_, err := c.MoveUnit(c.ctx, root, dinas.ID, badan.ID, 0, "penataan")
	must(t, err)
	want := []string{string(bidang.ID), string(dinas.ID), string(badan.ID), string(kota.ID)}
	after, err := c.Look(c.ctx, ani.ID)
	must(t, err)
	post, err := c.PositionByCode(c.ctx, "OPERATOR")
	must(t, err)
	if path, err := c.UnitPath(c.ctx, bidang.ID); err != nil || !slices.Equal(path, want) || !slices.Equal(after.Path, want) || !slices.Equal(post.Path, want) {
		t.Errorf("unit %v, person %v, position %v, want %v", path, after.Path, post.Path, want)
	}
	page, err := c.Persons(c.ctx, root, people.PersonFilter{Under: badan.ID})
	if err != nil || len(page.Items) != 1 {
		t.Error("not found under the new parent", err)
	}
	if _, err := c.MoveUnit(c.ctx, root, badan.ID, bidang.ID, 0, ""); !errors.Is(err, faults.Conflict) {
		t.Error("a knot was tied:", err)
	}
	if _, err := c.MoveUnit(c.ctx, root, badan.ID, badan.ID, 0, ""); !errors.Is(err, faults.Conflict) {
		t.Error("a unit below itself:", err)
	}
	for _, w := range []string{"units"} {
		if due, err := c.db.Ready(c.ctx, w, c.clock.Now().Add(time.Hour), 10); err != nil || len(due) != 0 {
			t.Errorf("left undone: %v %v", due, err)
		}
	}
}

func TestRacingMovesTieNoKnot(t *testing.T) {
	c := newCity(t)
	c.unit("ROOT", "pemda", "", "")
	var ids []people.UnitID
	for _, code := range []string{"A", "B", "C", "D"} {
		ids = append(ids, c.unit(code, "bidang", "ROOT", "").ID)
	}
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			for j := range 4 {
				_, err := c.MoveUnit(c.ctx, root, ids[i], ids[(i+1+j)%len(ids)], 0, "")
				if err != nil && !errors.Is(err, faults.Conflict) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		must(t, c.SettleUnit(c.ctx, string(id)))
	}
	for _, id := range ids {
		seen := map[people.UnitID]bool{}
		for at := id; at != ""; {
			if seen[at] {
				t.Fatal("a knot in the tree")
			}
			seen[at] = true
			u, err := c.LookUnit(c.ctx, at)
			must(t, err)
			at = u.Parent
		}
	}
}

func TestOneDefinitifPost(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	c.appoint(ani, "OPERATOR", people.Definitif, "2020-01-01")
	c.appoint(ani, "KABID", people.Definitif, "2025-01-01")
	p, err := c.Look(c.ctx, ani.ID)
	must(t, err)
	if len(p.Appointments) != 2 || p.Appointments[0].Until != "2024-12-31" {
		t.Errorf("%+v", p.Appointments)
	}
	kadis, _ := c.PositionByCode(c.ctx, "KADIS")
	_, err = c.Appoint(c.ctx, root, ani.ID, people.AppointInput{Appointment: people.Appointment{Position: kadis.ID, Kind: people.Definitif, Since: "2024-06-01"}, Why: "SK contoh"})
	wants(t, err, faults.Conflict)
	c.appoint(ani, "KADIS", people.Plt, "2026-01-01")
	p, _ = c.Look(c.ctx, ani.ID)
	if posts := p.Posts(today); len(posts) != 2 || posts[0].Kind != people.Definitif {
		t.Errorf("%+v", posts)
	}
	// twice the same changes nothing
	v := p.Version
	c.appoint(ani, "KADIS", people.Plt, "2026-01-01")
	if p, _ = c.Look(c.ctx, ani.ID); p.Version != v {
		t.Error("the same appointment was written twice")
	}
	kabid, _ := c.PositionByCode(c.ctx, "KABID")
	_, err = c.Relieve(c.ctx, root, ani.ID, kabid.ID, people.Definitif, "2026-03-30", "mutasi")
	must(t, err)
	o, err := c.Occupied(c.ctx, kabid, today)
	if err != nil || o.Vacant != 1 {
		t.Errorf("%+v %v", o, err)
	}
}

func TestSupervisorIsDerived(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	budi := c.person(nipBudi, "Budi", "BIDANG")
	citra := c.person(nipCitra, "Citra", "DINAS")
	eko := c.person(nipEko, "Eko", "KOTA")
	expect := func(of people.Person, want people.ID, why string) {
		t.Helper()
		got, err := c.Derive(c.ctx, root, of.ID)
		if err != nil || got.Person.ID != want {
			t.Errorf("%s: supervisor of %s is %s, err %v", why, of.Name, got.Person.Name, err)
		}
	}
	expect(ani, "", "nobody heads anything")
	c.appoint(eko, "SEKDA", people.Definitif, "2020-01-01")
	expect(ani, eko.ID, "only the top is filled")
	c.appoint(citra, "KADIS", people.Definitif, "2020-01-01")
	expect(ani, citra.ID, "nearest ancestor")
	c.appoint(citra, "KABID", people.Plt, "2026-01-01")
	expect(ani, citra.ID, "acting head of the own unit")
	c.appoint(budi, "KABID", people.Definitif, "2026-02-01")
	expect(ani, budi.ID, "definitif before acting")
	expect(budi, citra.ID, "not oneself: the other head of the same unit")
	expect(citra, eko.ID, "the head of a dinas answers to the top")
	expect(eko, "", "the top answers to nobody here")
	if heads, err := c.HeadOf(c.ctx, citra.ID); err != nil || len(heads) != 1 {
		t.Errorf("Citra heads %v, %v", heads, err)
	}
	// a head on study leave does not supervise
	d := budi.Details
	d.LegalPosition = people.StudyLeave
	_, err := c.EditPerson(c.ctx, root, budi.ID, 0, d, "")
	must(t, err)
	expect(ani, citra.ID, "definitif head is away")
	// dated override
	_, err = c.SetSupervisor(c.ctx, root, ani.ID, 0, &people.SupervisorOverride{Person: eko.ID, Since: "2026-01-01", Until: "2026-03-31"}, "penugasan khusus")
	must(t, err)
	expect(ani, eko.ID, "override")
	c.clock.Add(24 * time.Hour)
	expect(ani, citra.ID, "override ended yesterday")
	_, err = c.SetSupervisor(c.ctx, root, ani.ID, 0, &people.SupervisorOverride{Person: ani.ID, Since: "2026-01-01"}, "x")
	wants(t, err, faults.Invalid)
}

func TestWhoMaySeeWhom(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	budi := c.person(nipBudi, "Budi", "BADAN")
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	admin := as(budi, access.Grant{Role: "unit_admin", Unit: string(dinas.ID)})
	_, err := c.Person(c.ctx, as(budi), ani.ID)
	wants(t, err, faults.NotFound)
	_, err = c.FindByNIP(c.ctx, as(budi), nipAni)
	wants(t, err, faults.NotFound)
	for range 3 {
		_, err = c.Person(c.ctx, admin, ani.ID)
		must(t, err)
	}
	_, err = c.Person(c.ctx, as(ani), ani.ID)
	must(t, err)
	_, err = c.Renumber(c.ctx, admin, ani.ID, 0, people.Renumbering{NIP: nipBudi, Why: "x", Details: ani.Details})
	wants(t, err, faults.Forbidden)
	_, err = c.EditPerson(c.ctx, as(ani, access.Grant{Role: "training_admin"}), ani.ID, 0, ani.Details, "")
	wants(t, err, faults.Forbidden)

	// three looks on one day are one trace, with an audit entry, and the person sees it
	views, err := c.Viewers(c.ctx, as(ani), ani.ID, storage.Cursor{}, 0)
	if err != nil || len(views.Items) != 1 || views.Items[0].Viewer != budi.ID || views.Items[0].Role != "unit_admin" {
		t.Errorf("%+v %v", views, err)
	}
	trails, err := c.db.WithTrail(c.ctx, "views", 10)
	if err != nil || len(trails) != 1 || trails[0].Trail[0].Verb != "view_person" || trails[0].Trail[0].About != string(ani.ID) {
		t.Errorf("%+v %v", trails, err)
	}
	_, err = c.Viewers(c.ctx, admin, ani.ID, storage.Cursor{}, 0)
	wants(t, err, faults.Forbidden)
	c.clock.Add(24 * time.Hour)
	_, err = c.Person(c.ctx, admin, ani.ID)
	must(t, err)
	views, err = c.Viewers(c.ctx, as(ani), ani.ID, storage.Cursor{}, 0)
	if err != nil || len(views.Items) != 2 {
		t.Error(len(views.Items), err)
	}

	// lists
	for _, x := range []struct {
		who  access.Actor
		want int
	}{{admin, 2}, {as(budi), 1}, {as(budi, access.Grant{Role: "leader"}), 2}, {as(budi, access.Grant{Role: "author"}), 1}} {
		page, err := c.Persons(c.ctx, x.who, people.PersonFilter{})
		if err != nil || len(page.Items) > x.want {
			t.Errorf("%+v sees %d, want %d, err %v", x.who.Grants, len(page.Items), x.want, err)
		}
	}
	page, err := c.Persons(c.ctx, admin, people.PersonFilter{})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != ani.ID {
		t.Errorf("unit admin's list: %+v %v", page.Items, err)
	}
	_, err = c.Persons(c.ctx, access.Actor{}, people.PersonFilter{})
	wants(t, err, faults.Unauthenticated)
}

func TestListsPageAndSearch(t *testing.T) {
	c := newCity(t)
	c.town()
	names := []string{"Ahmad Fauzan", "Ahmad Rizal", "Budi Ahmadi", "Cut Meurah", "Dewi Ayu", "José Ahmad", "Zainal"}
	serial := []string{"901", "902", "903", "904", "905", "906", "907"}
	for i, n := range names {
		c.person("19900101202001"+"1"+serial[i], n, []string{"DINAS", "BIDANG", "BADAN"}[i%3])
	}
	collect := func(a access.Actor, f people.PersonFilter) []string {
		t.Helper()
		var out []string
		for {
			p, err := c.Persons(c.ctx, a, f)
			must(t, err)
			for _, x := range p.Items {
				out = append(out, x.Name)
			}
			if !p.More {
				return out
			}
			f.After = p.Next
		}
	}
	if got := collect(root, people.PersonFilter{Limit: 2}); !slices.Equal(got, names) {
		t.Error(got)
	}
	if got, want := collect(root, people.PersonFilter{Query: "ahmad", Limit: 1}), []string{"Ahmad Fauzan", "Ahmad Rizal", "Budi Ahmadi", "José Ahmad"}; !slices.Equal(got, want) {
		t.Error(got)
	}
	if got := collect(root, people.PersonFilter{Query: "AHM jose"}); !slices.Equal(got, []string{"José Ahmad"}) {
		t.Error(got)
	}
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	badan, _ := c.UnitByCode(c.ctx, "BADAN")
	bidang, _ := c.UnitByCode(c.ctx, "BIDANG")
	if got, want := collect(root, people.PersonFilter{Under: dinas.ID, Limit: 2}), []string{"Ahmad Fauzan", "Ahmad Rizal", "Cut Meurah", "Dewi Ayu", "Zainal"}; !slices.Equal(got, want) {
		t.Error(got)
	}
	// two overlapping scopes: each person once, in order
	both := access.Actor{Person: "x", Grants: []access.Grant{{Role: "unit_admin", Unit: string(dinas.ID)}, {Role: "unit_admin", Unit: string(bidang.ID)}, {Role: "supervisor", Unit: string(badan.ID)}}}
	if got := collect(both, people.PersonFilter{Limit: 3}); !slices.Equal(got, names) {
		t.Error(got)
	}
}
