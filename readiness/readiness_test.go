package readiness_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/policies"
	"github.com/apelkota/apel/readiness"
)

// register is the register as far as this room asks: persons and units by name, in a tree.
type register struct {
	mu     sync.Mutex
	places map[string][]string // person -> path
	paths  map[string][]string // unit -> path
	nips   map[string]string
}

func (r *register) Place(_ context.Context, person string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.places[person]
	if !ok {
		return nil, faults.NotFound
	}
	return p, nil
}

func (r *register) move(person, unit string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if unit == "" {
		delete(r.places, person)
		return
	}
	r.places[person] = r.paths[unit]
}

func (r *register) PersonByNIP(_ context.Context, nip string) (string, error) {
	if p, ok := r.nips[nip]; ok {
		return p, nil
	}
	return "", faults.NotFound
}

func (r *register) UnitByCode(_ context.Context, code string) (string, error) {
	if _, ok := r.paths[code]; !ok {
		return "", faults.NotFound
	}
	return code, nil
}

func (r *register) UnitPath(_ context.Context, unit string) ([]string, error) {
	if p, ok := r.paths[unit]; ok {
		return p, nil
	}
	return nil, faults.NotFound
}

// Staffer makes the register do for the competencies too.
func (r *register) Staffer(ctx context.Context, person string) (competencies.Staffer, error) {
	path, err := r.Place(ctx, person)
	return competencies.Staffer{Units: path}, err
}

// room is the service with real storage, policy and evidence, on 22 November 2026 at 10:00 in Jakarta.
type room struct {
	*readiness.Service
	t        *testing.T
	ctx      context.Context
	db       *storage.DB
	comps    *competencies.Service
	register *register

	mu  sync.Mutex
	now time.Time
}

var root = access.System("test")

func (r *room) Now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *room) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// town is the root, two agencies and an office below one of them.
func town() *register {
	r := &register{places: map[string][]string{}, nips: map[string]string{}, paths: map[string][]string{
		"KOTA": {"KOTA"}, "DINAS": {"DINAS", "KOTA"}, "LOKET": {"LOKET", "DINAS", "KOTA"}, "BADAN": {"BADAN", "KOTA"}}}
	for i, p := range [][2]string{{"ani", "LOKET"}, {"budi", "LOKET"}, {"citra", "DINAS"}, {"dedi", "BADAN"}} {
		r.places[p[0]] = r.paths[p[1]]
		r.nips[fmt.Sprint("19900101202001190", i+1)] = p[0]
	}
	return r
}

// policy is the real one, read once: these tests open many rooms.
var policy = sync.OnceValues(policies.Load)

func newRoom(t *testing.T, reg *register, wrap ...func(storage.Engine) storage.Engine) *room {
	t.Helper()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { e.Close() })
	return openRoom(t, reg, e, wrap...)
}

func openRoom(t *testing.T, reg *register, e storage.Engine, wrap ...func(storage.Engine) storage.Engine) *room {
	t.Helper()
	for _, w := range wrap {
		e = w(e)
	}
	db, err := storage.New(t.Context(), e)
	must(t, err)
	policy, err := policy()
	must(t, err)
	r := &room{t: t, ctx: t.Context(), db: db, register: reg, now: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)}
	r.comps, err = competencies.Open(r.ctx, competencies.Config{DB: db, Policy: policy, Now: r.Now, Staff: reg})
	must(t, err)
	r.Service, err = readiness.Open(r.ctx, readiness.Config{DB: db, Policy: policy, Now: r.Now, Register: reg, Evidence: r.comps})
	must(t, err)
	return r
}

// work runs every due step until nothing is due, letting the clock pass where something only waits. It returns how often groups were built.
func (r *room) work() (builds map[string]int) {
	r.t.Helper()
	builds = map[string]int{}
	steps := map[string]func(context.Context, string) error{
		readiness.AppsCollection: r.SpreadApp, readiness.RolesCollection: r.SpreadRole, readiness.OperatorsCollection: r.SpreadOperator,
		readiness.ImportsCollection: r.ApplyImport, readiness.PeopleCollection: r.BuildPerson, readiness.GroupsCollection: r.BuildGroup,
	}
	for range 200 {
		ran, waiting := 0, 0
		for _, c := range []string{readiness.ImportsCollection, readiness.AppsCollection, readiness.RolesCollection, readiness.OperatorsCollection, readiness.PeopleCollection, readiness.GroupsCollection} {
			later, err := r.db.Ready(r.ctx, c, r.Now().Add(time.Hour), 100)
			must(r.t, err)
			waiting += len(later)
			ready, err := r.db.Ready(r.ctx, c, r.Now(), 100)
			must(r.t, err)
			for _, d := range ready {
				ran++
				if c == readiness.GroupsCollection {
					builds[d.ID]++
				}
				if err := steps[c](r.ctx, d.ID); err != nil && !errors.Is(err, faults.Conflict) {
					r.t.Fatal(err)
				}
			}
		}
		switch {
		case waiting == 0:
			return builds
		case ran == 0:
			r.pass(time.Second)
		}
	}
	r.t.Fatal("the work does not end")
	return nil
}

func (r *room) app(code, unit string, status readiness.AppStatus) {
	r.t.Helper()
	app := readiness.App{Code: code, Unit: unit, Service: "x", Status: status}
	app.Name.ID = "Aplikasi " + code
	must(r.t, r.PutApp(r.ctx, root, app))
}

func (r *room) role(app string, role readiness.RoleKind, courses ...string) {
	r.t.Helper()
	must(r.t, r.PutRole(r.ctx, root, readiness.AppRole{App: app, Role: role, Courses: courses}))
}

func (r *room) operator(person, app string, role readiness.RoleKind) {
	r.t.Helper()
	must(r.t, r.AppointOperator(r.ctx, root, readiness.AppOperator{Person: person, App: app, Role: role, Since: "2026-01-01"}))
}

func (r *room) certificate(person, course string, until civil.Date) string {
	r.t.Helper()
	id := person + "." + course + ".1.training.1"
	must(r.t, r.comps.Record(r.ctx, competencies.CertificateEvidence{Certificate: id, Person: person, Course: course, Version: "v1", On: "2026-11-20", Expires: until, Kind: competencies.Quiz}))
	must(r.t, r.PersonChanged(r.ctx, person))
	return id
}

func (r *room) figure(id string) string {
	r.t.Helper()
	var g readiness.GroupReadiness
	var err error
	if unit, ok := strings.CutPrefix(id, "unit."); ok {
		g, err = r.UnitReadiness(r.ctx, root, unit)
	} else if app, ok := strings.CutPrefix(id, "app."); ok {
		var v readiness.AppView
		v, err = r.App(r.ctx, root, app)
		g = v.Readiness
	} else {
		g, err = r.CityReadiness(r.ctx, root)
	}
	must(r.t, err)
	return fmt.Sprintf("%d/%d", g.Ready, g.Must)
}

func (r *room) figures(want map[string]string) {
	r.t.Helper()
	for id, w := range want {
		if got := r.figure(id); got != w {
			r.t.Errorf("%s is %s, want %s", id, got, w)
		}
	}
}

// setting: SIPP in DINAS with two roles, WEB in BADAN; ani and budi operate SIPP, citra administers it and WEB, dedi operates WEB.
func (r *room) setting() {
	r.t.Helper()
	r.app("SIPP", "DINAS", readiness.Integrated)
	r.app("WEB", "BADAN", readiness.Standalone)
	r.app("KOSONG", "BADAN", readiness.Standalone)
	r.role("SIPP", readiness.RoleOperator, "APEL-103", "APEL-104")
	r.role("SIPP", readiness.RoleAdmin, "APEL-103")
	r.role("WEB", readiness.RoleAdmin)
	r.role("WEB", readiness.RoleOperator, "APEL-105")
	r.operator("ani", "SIPP", readiness.RoleOperator)
	r.operator("budi", "SIPP", readiness.RoleOperator)
	r.operator("citra", "SIPP", readiness.RoleAdmin)
	r.operator("citra", "WEB", readiness.RoleAdmin)
	r.operator("dedi", "WEB", readiness.RoleOperator)
}

func TestFiguresFollowEvidence(t *testing.T) {
	r := newRoom(t, town())
	r.setting()
	r.work()
	r.figures(map[string]string{"app.SIPP": "0/3", "app.WEB": "1/2", "app.KOSONG": "0/0", "unit.LOKET": "0/2", "unit.DINAS": "0/3", "unit.BADAN": "0/1", "unit.KOTA": "0/4", "city": "0/4"})

	first := r.certificate("ani", "APEL-103", "2027-11-19")
	r.work()
	r.figures(map[string]string{"app.SIPP": "0/3", "city": "0/4"})
	r.certificate("ani", "APEL-104", "")
	r.certificate("citra", "APEL-103", "2027-11-19")
	r.work()
	r.figures(map[string]string{"app.SIPP": "2/3", "app.WEB": "1/2", "unit.LOKET": "1/2", "unit.DINAS": "2/3", "unit.BADAN": "0/1", "unit.KOTA": "2/4", "city": "2/4"})
	p, err := r.PersonReadiness(r.ctx, access.Actor{Person: "ani"}, "ani")
	must(t, err)
	if !p.Ready() || p.Held != 2 || p.Items[0].Until != "2027-11-19" || p.Items[0].For[0] != "SIPP/operator" {
		t.Errorf("%+v", p)
	}

	must(t, r.comps.Withdraw(r.ctx, first, "keliru", 1))
	must(t, r.PersonChanged(r.ctx, "ani"))
	r.work()
	r.figures(map[string]string{"app.SIPP": "1/3", "unit.LOKET": "0/2", "city": "1/4"})

	// Expiry: on the last day citra is ready, on the day after not; a reader sees it at once, the figures once the sweeper has raised the document.
	r.mu.Lock()
	r.now = time.Date(2027, 11, 19, 16, 59, 0, 0, time.UTC) // 23:59 in Jakarta
	r.mu.Unlock()
	must(t, r.PersonChanged(r.ctx, "citra"))
	must(t, r.BuildPerson(r.ctx, "citra"))
	if p, err := r.PersonReadiness(r.ctx, root, "citra"); err != nil || !p.Ready() {
		t.Errorf("on the last day: %+v, %v", p, err)
	}
	r.pass(time.Minute)
	if p, err := r.PersonReadiness(r.ctx, root, "citra"); err != nil || p.Ready() || p.Items[0].Lapsed != "2027-11-19" || !strings.Contains(p.Text().ID, "APEL-103 kedaluwarsa sesudah 19 November 2027") {
		t.Errorf("on the day after: %+v, %v", p, err)
	}
	must(t, r.PersonChanged(r.ctx, "citra"))
	r.work()
	r.figures(map[string]string{"app.SIPP": "0/3", "unit.DINAS": "0/3", "city": "0/4"})
}

func TestFiguresFollowTheRegister(t *testing.T) {
	r := newRoom(t, town())
	r.setting()
	r.certificate("dedi", "APEL-105", "")
	r.work()
	r.figures(map[string]string{"unit.BADAN": "1/1", "unit.DINAS": "0/3", "city": "1/4", "app.WEB": "2/2"})

	r.register.move("dedi", "LOKET")
	must(t, r.PersonChanged(r.ctx, "dedi"))
	r.work()
	r.figures(map[string]string{"unit.BADAN": "0/0", "unit.LOKET": "1/3", "unit.DINAS": "1/4", "city": "1/4"})

	r.register.move("dedi", "") // left the service
	must(t, r.PersonChanged(r.ctx, "dedi"))
	r.work()
	r.figures(map[string]string{"unit.LOKET": "0/2", "unit.DINAS": "0/3", "city": "0/3", "app.WEB": "1/1"})

	r.app("SIPP", "DINAS", readiness.Stopped)
	r.work()
	r.figures(map[string]string{"app.SIPP": "0/0", "unit.LOKET": "0/0", "city": "0/0"})

	r.app("SIPP", "DINAS", readiness.Integrated)
	r.role("SIPP", readiness.RoleOperator) // requires nothing any more: nobody must
	r.work()
	r.figures(map[string]string{"app.SIPP": "2/3", "unit.LOKET": "0/0", "unit.DINAS": "0/1", "city": "0/1"})

	must(t, r.RelieveOperator(r.ctx, root, "citra", "SIPP", readiness.RoleAdmin, "2026-11-21", "pindah tugas"))
	r.work()
	r.figures(map[string]string{"app.SIPP": "2/2", "city": "0/0"})

	r.register.mu.Lock()
	r.register.paths["LOKET"] = []string{"LOKET", "BADAN", "KOTA"} // the office moves to another agency
	r.register.mu.Unlock()
	r.role("SIPP", readiness.RoleOperator, "APEL-104")
	for _, p := range []string{"ani", "budi"} {
		r.register.move(p, "LOKET")
		must(t, r.PersonChanged(r.ctx, p))
	}
	must(t, r.UnitChanged(r.ctx, "LOKET"))
	r.work()
	r.figures(map[string]string{"unit.LOKET": "0/2", "unit.BADAN": "0/2", "unit.DINAS": "0/0", "unit.KOTA": "0/2", "city": "0/2"})
}

func TestTheDoctorSeesAFigureThatIsWrong(t *testing.T) {
	r := newRoom(t, town())
	r.setting()
	r.certificate("ani", "APEL-103", "")
	r.work()
	differs := func() string {
		t.Helper()
		var ids []string
		must(t, r.Check(r.ctx, func(id string) { ids = append(ids, id) }))
		slices.Sort(ids)
		return strings.Join(ids, " ")
	}
	if got := differs(); got != "" {
		t.Errorf("all is well, but %s", got)
	}
	r.register.move("ani", "BADAN") // and nobody is told
	must(t, r.comps.Withdraw(r.ctx, "ani.APEL-103.1.training.1", "x", 1))
	if got := differs(); got != "person.ani" {
		t.Errorf("named: %q", got)
	}
	r.register.mu.Lock()
	r.register.paths["LOKET"] = []string{"LOKET", "BADAN", "KOTA"}
	r.register.mu.Unlock()
	if got := differs(); got != "person.ani unit.LOKET" {
		t.Errorf("named: %q", got)
	}
}

func TestRolesForOtherRooms(t *testing.T) {
	r := newRoom(t, town())
	r.setting()
	must(t, r.AppointOperator(r.ctx, root, readiness.AppOperator{Person: "dedi", App: "SIPP", Role: readiness.RoleOperator, Since: "2027-01-01"})) // not yet
	of := func(app string, role readiness.RoleKind) string {
		t.Helper()
		ps, _, err := r.Holders(r.ctx, app, string(role), "", 0)
		must(t, err)
		return strings.Join(ps, " ")
	}
	if got := of("SIPP", readiness.RoleOperator) + "|" + of("*", readiness.RoleOperator) + "|" + of("*", readiness.RoleAdmin) + "|" + of("SIPP", readiness.RoleVerifier); got != "ani budi|ani budi dedi|citra|" {
		t.Error(got)
	}
	var all []string
	for after := ""; ; {
		ps, next, err := r.Holders(r.ctx, "*", "operator", after, 2)
		must(t, err)
		all = append(all, ps...)
		if after = next; after == "" {
			break
		}
	}
	if strings.Join(all, " ") != "ani budi dedi" {
		t.Errorf("pages: %v", all)
	}
	roles, err := r.RolesOf(r.ctx, "citra")
	if err != nil || strings.Join(roles, " ") != "SIPP/admin WEB/admin" {
		t.Errorf("%v, %v", roles, err)
	}
}

func TestAFigureIsBuiltAtMostOnceInFiveSeconds(t *testing.T) {
	r := newRoom(t, town())
	r.setting()
	r.work()
	r.pass(time.Minute)
	start := r.Now()
	r.certificate("citra", "APEL-103", "")
	must(t, r.BuildPerson(r.ctx, "citra"))
	for _, g := range []string{"unit.DINAS", "unit.KOTA", "city"} { // a rested figure is built at once, and one after the other upwards
		ready, err := r.db.Ready(r.ctx, readiness.GroupsCollection, start, 10)
		must(t, err)
		if !slices.ContainsFunc(ready, func(w storage.Waiting) bool { return w.ID == g }) {
			t.Fatalf("%s does not follow at once: %+v", g, ready)
		}
		must(t, r.BuildGroup(r.ctx, g))
	}
	r.figures(map[string]string{"city": "1/4"})
	for i := range 20 { // a storm of changes
		r.role("SIPP", readiness.RoleAdmin, []string{"APEL-103", "APEL-999"}[i%2])
		must(t, r.SpreadRole(r.ctx, "SIPP.admin"))
		must(t, r.BuildPerson(r.ctx, "citra"))
		if ready, err := r.db.Ready(r.ctx, readiness.GroupsCollection, r.Now(), 10); err != nil || slices.ContainsFunc(ready, func(w storage.Waiting) bool { return w.ID == "unit.DINAS" }) {
			t.Fatalf("built again too soon: %+v, %v", ready, err)
		}
		r.pass(100 * time.Millisecond)
	}
	r.role("SIPP", readiness.RoleAdmin, "APEL-103")
	if builds := r.work(); builds["unit.DINAS"] != 1 || builds["city"] > 1 {
		t.Errorf("builds after the storm: %v", builds)
	}
	r.figures(map[string]string{"city": "1/4"})
}

func TestWhoMayDoAndSeeWhat(t *testing.T) {
	r := newRoom(t, town())
	r.setting()
	r.work()
	person := func(id string, grants ...access.Grant) access.Actor { return access.Actor{Person: id, Grants: grants} }
	admin := person("citra", access.Grant{Role: "unit_admin", Unit: "DINAS"})
	foreign := person("dedi", access.Grant{Role: "unit_admin", Unit: "BADAN"})
	leader := person("eko", access.Grant{Role: "leader"})
	is := func(name string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) && err != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	put := func(a access.Actor, o readiness.AppOperator) error {
		o.Since = "2026-01-01"
		return r.AppointOperator(r.ctx, a, o)
	}
	is("own agency", put(admin, readiness.AppOperator{Person: "budi", App: "SIPP", Role: readiness.RoleAdmin}), nil)
	is("oneself", put(admin, readiness.AppOperator{Person: "citra", App: "SIPP", Role: readiness.RoleOperator}), faults.Forbidden)
	is("another agency", put(foreign, readiness.AppOperator{Person: "budi", App: "SIPP", Role: readiness.RoleAdmin}), faults.Forbidden)
	is("a role that is not there", put(root, readiness.AppOperator{Person: "budi", App: "SIPP", Role: readiness.RoleVerifier}), faults.Invalid)
	is("an application that is not there", put(root, readiness.AppOperator{Person: "budi", App: "NIX", Role: readiness.RoleAdmin}), faults.NotFound)
	is("a person who is not there", put(root, readiness.AppOperator{Person: "nix", App: "SIPP", Role: readiness.RoleAdmin}), faults.NotFound)
	is("edit", r.PutRole(r.ctx, person("budi"), readiness.AppRole{App: "SIPP", Role: readiness.RoleAdmin}), faults.Forbidden)
	_, err := r.PersonReadiness(r.ctx, person("budi"), "ani")
	is("a colleague's readiness", err, faults.NotFound)
	_, err = r.PersonReadiness(r.ctx, admin, "ani")
	is("readiness in the own unit", err, nil)
	_, err = r.PersonReadiness(r.ctx, foreign, "ani")
	is("readiness in another unit", err, faults.NotFound)
	_, err = r.CityReadiness(r.ctx, leader)
	is("the city for a leader", err, nil)
	_, err = r.CityReadiness(r.ctx, admin)
	is("the city for a unit admin", err, faults.NotFound)
	_, err = r.UnitReadiness(r.ctx, admin, "LOKET")
	is("a unit below", err, nil)
	_, err = r.Operators(r.ctx, person("budi"), "SIPP")
	is("names of operators", err, faults.Forbidden)
	_, err = r.Blocking(r.ctx, person("budi"), "", storage.Cursor{}, 0)
	is("blocking names for a learner", err, faults.NotFound)

	page, err := r.Blocking(r.ctx, admin, "", storage.Cursor{}, 2)
	must(t, err)
	rest, err := r.Blocking(r.ctx, admin, "", page.Next, 2)
	must(t, err)
	var names []string
	for _, p := range append(page.Items, rest.Items...) {
		names = append(names, p.Person)
	}
	if strings.Join(names, " ") != "ani budi citra" || !page.More || rest.More {
		t.Errorf("blocking, own subtree only: %v %v %v", names, page.More, rest.More)
	}
	blocking, err := r.BlockingApp(r.ctx, admin, "SIPP")
	if err != nil || len(blocking) != 3 {
		t.Errorf("blocking SIPP: %+v, %v", blocking, err)
	}
	apps, err := r.Apps(r.ctx, person("budi"), readiness.AppsFilter{Limit: 2})
	must(t, err)
	more, err := r.Apps(r.ctx, person("budi"), readiness.AppsFilter{Limit: 2, After: apps.Next})
	must(t, err)
	if len(apps.Items) != 2 || !apps.More || len(more.Items) != 1 || more.More || apps.Items[0].Code != "KOSONG" || apps.Items[0].Readiness.Mapped() || !strings.HasPrefix(apps.Items[0].Readiness.Text().ID, "Belum dipetakan") {
		t.Errorf("%+v %+v", apps, more)
	}
	units, err := r.UnitsBelow(r.ctx, leader, "")
	if err != nil || len(units) != 1 || units[0].ID != "unit.KOTA" {
		t.Errorf("%+v, %v", units, err)
	}
	trail, err := r.db.WithTrail(r.ctx, readiness.OperatorsCollection, 100)
	must(t, err)
	if !slices.ContainsFunc(trail, func(w storage.Waiting) bool {
		return w.ID == "budi.SIPP.admin" && w.Trail[0].Verb == "appoint_operator" && w.Trail[0].Who == "citra" && w.Trail[0].Role == "unit_admin" && w.Trail[0].About == "budi"
	}) {
		t.Errorf("audit: %+v", trail)
	}
}

func demoTable(t *testing.T, name string) *sheets.Sheet {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "demo", "city", name))
	must(t, err)
	defer f.Close()
	s, err := sheets.Read(name, f, sheets.Options{})
	must(t, err)
	return s
}

func TestTheDemoCitysApplications(t *testing.T) {
	reg := &register{places: map[string][]string{}, paths: map[string][]string{}, nips: map[string]string{}}
	units := demoTable(t, "units.csv")
	parent := map[string]string{}
	for _, row := range units.Rows {
		parent[units.Text(row, "code")] = units.Text(row, "parent")
	}
	for code := range parent {
		for u := code; u != ""; u = parent[u] {
			reg.paths[code] = append(reg.paths[code], u)
		}
	}
	people := demoTable(t, "people.csv")
	for _, row := range people.Rows {
		nip := people.Text(row, "nip")
		reg.nips[nip] = "p" + nip[15:]
		reg.places["p"+nip[15:]] = reg.paths[people.Text(row, "unit")]
	}
	r := newRoom(t, reg)
	for _, c := range []struct {
		kind readiness.ImportKind
		rows int
	}{{readiness.ImportApps, 38}, {readiness.ImportRoles, 92}, {readiness.ImportOperators, 52}} {
		for _, check := range []bool{true, false} {
			f, err := os.Open(filepath.Join("..", "demo", "city", string(c.kind)+".csv"))
			must(t, err)
			got, err := r.Import(r.ctx, root, c.kind, f.Name(), f, check)
			f.Close()
			if err != nil || got.Rows != c.rows || got.New != c.rows || check != (got.Done == 0) || !check && got.Done != c.rows {
				t.Fatalf("%s: %+v, %v", c.kind, got, err)
			}
		}
		f, err := os.Open(filepath.Join("..", "demo", "city", string(c.kind)+".csv"))
		must(t, err)
		again, err := r.Import(r.ctx, root, c.kind, "again.csv", f, true)
		f.Close()
		if err != nil || again.Same != c.rows {
			t.Errorf("%s again: %+v, %v", c.kind, again, err)
		}
	}
	r.work()
	unmapped := 0
	page, err := r.Apps(r.ctx, root, readiness.AppsFilter{Limit: 100})
	must(t, err)
	for _, a := range page.Items {
		if !a.Readiness.Mapped() {
			unmapped++
		}
	}
	if len(page.Items) != 38 || unmapped != 12 { // ten without operators, two stopped
		t.Errorf("%d applications, %d unmapped", len(page.Items), unmapped)
	}
	holders, _, err := r.Holders(r.ctx, "KTPEL", string(readiness.RoleOperator), "", 0)
	if err != nil || len(holders) < 2 {
		t.Errorf("%v, %v", holders, err)
	}
	city, err := r.CityReadiness(r.ctx, root)
	if err != nil || city.Must < 20 || city.Ready != 0 {
		t.Errorf("%+v, %v", city, err)
	}
}

func TestAWrongTableIsRefusedWhole(t *testing.T) {
	r := newRoom(t, town())
	r.setting()
	for _, c := range []struct {
		kind  readiness.ImportKind
		table string
		want  string
	}{
		{readiness.ImportApps, "code,name,name_en,unit,service,status\nA.1,X,,NIX,s,selesai\nB,Baik,,DINAS,s,mandiri\nB,Baik,,DINAS,s,mandiri\n", "rows[2].code rows[2].name rows[2].status rows[2].unit rows[4]"},
		{readiness.ImportRoles, "app,role,required_courses,sop_version\nNIX,operator,APEL-103,1\nSIPP,raja,apel 103,1\nSIPP,admin,APEL-1 APEL-1,1\n", "rows[2].app rows[3].role rows[3].required_courses rows[4].required_courses"},
		{readiness.ImportOperators, "nip,app,role,since\n123456789012345678,SIPP,operator,2026-01-01\n199001012020011901,SIPP,verifikator,besok\n\"1,99001E+17\",SIPP,operator,2026-01-01\n,SIPP,operator,\n",
			"rows[2].nip rows[3].role rows[3].since rows[4].nip rows[5].since rows[5].nip"},
		{readiness.ImportOperators, "nip,app,role,since\n", "rows[1]"},
		{readiness.ImportOperators, "nip,app,role\n1,2,3\n", "header.since"},
	} {
		_, err := r.Import(r.ctx, root, c.kind, "x.csv", strings.NewReader(c.table), false)
		var f *faults.Error
		if !errors.As(err, &f) || f.Kind != faults.Invalid {
			t.Fatalf("%v", err)
		}
		var at []string
		for _, field := range f.Fields {
			at = append(at, field.Path)
		}
		if got := strings.Join(at, " "); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
		if strings.Contains(err.Error(), "199001012020011901") || strings.Contains(err.Error(), "123456789012345678") {
			t.Error("the sentence repeats a NIP")
		}
	}
	if _, err := r.App(r.ctx, root, "B"); !errors.Is(err, faults.NotFound) {
		t.Errorf("a refused table wrote something: %v", err)
	}
	if _, err := r.Import(r.ctx, access.Actor{Person: "ani"}, readiness.ImportApps, "x.csv", strings.NewReader("x"), true); !errors.Is(err, faults.Forbidden) {
		t.Errorf("a learner's import: %v", err)
	}
}
