package web

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/audit"
	"github.com/apelkota/apel/internal/settings"
	tables "github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
	"github.com/apelkota/apel/policies"
	"github.com/apelkota/apel/readiness"
	"github.com/apelkota/apel/workers"
)

// rig is one installation with the demo city: real rooms on SQLite, the real chain on the embedded queue, pages over HTTP on 127.0.0.1. The clock
// begins in November 2026, goes on as usual and can be pushed ahead.
type rig struct {
	t        testing.TB
	URL      string
	Engine   *Engine
	Rooms    LearnerRooms
	Admin    AdminRooms
	DB       *storage.DB
	Log      *logged
	listener *countingListener // counts what the server sends
	begun    time.Time
	passed   atomic.Int64 // nanoseconds the test let pass, beside the time that really goes by
	workers  *workers.Workers
	halt     func() // ends the chain: what is due stays as it is
	stop     func() // ends everything
	dir      string
}

// The people the stories are about, by their numbers in demo/city/people.csv.
const (
	dewi  = "199107032022212934" // works at a counter of the civil registry, on a contract, and looks after its people
	nadia = "199505302023212939" // works at a counter of the service mall, on a contract; nothing else
)

var rigStart = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

// Now is the rig's clock.
func (r *rig) Now() time.Time {
	return rigStart.Add(time.Since(r.begun) + time.Duration(r.passed.Load()))
}

// Pass moves the clock.
func (r *rig) Pass(d time.Duration) { r.passed.Add(int64(d)) }

// logged keeps what was logged, so that a test can look for what must not be in it.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.text.String() }

type latch struct {
	to atomic.Pointer[workers.Workers]
}

func (w *latch) Wake(ctx context.Context, collection, id string) {
	if to := w.to.Load(); to != nil {
		to.Wake(ctx, collection, id)
	}
}

type rigSessions struct{ *people.Service }

func (s rigSessions) SessionActor(ctx context.Context, token string) (access.Actor, string, error) {
	a, x, err := s.Service.SessionActor(ctx, token)
	return a, x.ID, err
}

type rigTargets struct{ courses **courses.Service }

func (t rigTargets) Targets(ctx context.Context) ([]competencies.CourseTarget, error) {
	all, _, err := (*t.courses).Catalogue(ctx, access.System("chain"), courses.CatalogueFilter{Limit: storage.MaxPage})
	var out []competencies.CourseTarget
	for _, l := range all {
		ct := competencies.CourseTarget{Course: l.Code, Version: l.Head, Title: l.Card.Title, JP: l.Card.JP, Kind: competencies.Quiz}
		for _, x := range l.Card.Targets {
			ct.Targets = append(ct.Targets, competencies.Target{Competency: x.Competency, Level: x.Level})
		}
		out = append(out, ct)
	}
	return out, err
}

type rigWork struct{ *workers.Workers }

func (w rigWork) Unpark(ctx context.Context, a access.Actor, collection, id, why string) error {
	return w.Workers.Unpark(ctx, a, workers.Ref{Collection: collection, ID: id}, why)
}

type rigFiles struct{ *blobs.Store }

func (f rigFiles) Known(ctx context.Context, hash string) (bool, error) {
	_, err := f.Check(ctx, hash)
	return err == nil, nil
}

func (f rigFiles) Put(ctx context.Context, r io.Reader, max int64) (string, error) {
	ref, err := f.Store.Put(ctx, r, max)
	return ref.Hash, err
}

func (f rigFiles) Read(ctx context.Context, hash string) ([]byte, error) {
	file, err := f.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// city is the demo city as a folder: brought in through the rooms' importers once per run of the tests, its chain run to the end. Each rig works on a copy.
var city struct {
	once sync.Once
	dir  string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if city.dir != "" {
		_ = os.RemoveAll(city.dir)
	}
	os.Exit(code)
}

// newRig serves a copy of the demo city.
func newRig(t testing.TB) *rig {
	t.Helper()
	r := copyOfCity(t)
	r.serve()
	return r
}

// copyOfCity opens a copy of the demo city that begins to work and to answer with serve.
func copyOfCity(t testing.TB) *rig {
	t.Helper()
	city.once.Do(func() {
		city.dir = must[string](t)(os.MkdirTemp("", "apel-city-"))
		r := openRig(t, city.dir, -time.Hour)
		r.loadCity(context.Background())
		must[int](t)(r.workers.Drain(context.Background(), workers.Drained{AtOnce: 8}))
		r.workers.Stop()
		check(t, r.DB.Close())
	})
	dir := t.TempDir()
	check(t, os.CopyFS(dir, os.DirFS(city.dir)))
	return openRig(t, dir, 0)
}

// openRig opens the rooms on a folder. They begin to work and to answer with serve.
func openRig(t testing.TB, dir string, since time.Duration) *rig {
	t.Helper()
	return openRigAt(t, dir, since, "127.0.0.1:0")
}

// openRigAt opens them to answer at an address.
func openRigAt(t testing.TB, dir string, since time.Duration, at string) *rig {
	t.Helper()
	gin.SetMode(gin.TestMode)
	ctx := context.Background()
	r := &rig{t: t, dir: dir, Log: &logged{}, begun: time.Now()}
	r.Pass(since)
	log := slog.New(slog.NewTextHandler(r.Log, nil))
	engine := must[*sqlite.Engine](t)(sqlite.Open(filepath.Join(dir, "apel.db"), sqlite.Options{}))
	db := must[*storage.DB](t)(storage.New(ctx, engine))
	store := must[*blobs.Store](t)(blobs.Open(filepath.Join(dir, "blobs")))
	policy := must[*policies.Policies](t)(policies.Load())
	r.listener = &countingListener{Listener: must[net.Listener](t)(net.Listen("tcp", at))}
	t.Cleanup(func() { _ = r.listener.Close() })
	r.URL = "http://" + r.listener.Addr().String()

	set := must[*settings.Service](t)(settings.Open(ctx, settings.Config{DB: db, Policy: policy, Now: r.Now, Log: log,
		Printed: func(ctx context.Context, pattern, logo string) error {
			return certificates.CheckPrinted(ctx, store, pattern, logo)
		}}))
	s := set.Current()
	s.Institution, s.City, s.Agency, s.AgencyShort = "Pemerintah Kota Cempaka Raya", "Cempaka Raya", "BKPSDMD Kota Cempaka Raya", "BKPSDMD"
	s.BaseURL, s.BaseConfirmed, s.Demo = r.URL, true, true
	s.Signers = []settings.Signer{{Name: "Ratna Puspawening, S.Sos., M.A.P.", Title: "Kepala BKPSDMD"}}
	check(t, set.Change(ctx, access.System("test"), set.Version(), s, "rig"))

	wake := &latch{}
	register := must[*people.Service](t)(people.Open(ctx, people.Config{DB: db, Policy: policy, Now: r.Now, Zone: set.Zone, Log: log, Secret: []byte(strings.Repeat("rahasia-", 8)), Wake: wake, ResetPath: "/lupa-sandi/", Link: func(path string) string { return r.URL + path }}))
	var teaching *courses.Service
	levels := must[*competencies.Service](t)(competencies.Open(ctx, competencies.Config{DB: db, Policy: policy, Now: r.Now, Zone: set.Zone, Log: log,
		Staff: competencies.Register{People: register, Now: r.Now, Zone: set.Zone}, Courses: rigTargets{&teaching}, Files: rigFiles{store}, Wake: wake}))
	apps := must[*readiness.Service](t)(readiness.Open(ctx, readiness.Config{DB: db, Policy: policy, Now: r.Now, Zone: set.Zone, Log: log, Register: readiness.FromPeople{People: register, Now: r.Now, Zone: set.Zone}, Evidence: levels, Wake: wake}))
	teaching = must[*courses.Service](t)(courses.Open(ctx, courses.Config{DB: db, Policy: policy, Now: r.Now, Zone: set.Zone, Log: log, People: courses.Roster(register, r.Now, set.Zone), Apps: apps, Dictionary: levels, Files: store, Wake: wake, Supervisors: courses.Heads{Register: register}, Markers: courses.Heads{Register: register}.Markers,
		Caller: func(ctx context.Context) courses.Caller {
			v := visit.From(ctx)
			return courses.Caller{Address: v.Address, Device: v.Device}
		}}))
	certs := must[*certificates.Service](t)(certificates.Open(ctx, certificates.Config{DB: db, Blobs: store, Policy: policy, KeyDir: filepath.Join(dir, "keys"), Zone: set.Zone, Now: r.Now, Log: log, Wake: wake,
		UnitsOf: func(ctx context.Context, person string) ([]string, error) {
			p, err := register.Look(ctx, people.ID(person))
			return p.Path, err
		},
		Settings: func(context.Context) (certificates.Settings, error) {
			s := set.Current()
			return certificates.Settings{BaseURL: s.BaseURL, Demo: true, Institution: s.Institution, Issuer: s.Agency, IssuerShort: s.AgencyShort, Place: s.City, Signers: []record.Signer{{Name: s.Signers[0].Name, Position: s.Signers[0].Title}}}, nil
		}}))
	trail := must[*audit.Trail](t)(audit.Open(ctx, db, policy))
	r.workers = must[*workers.Workers](t)(workers.New(workers.Config{DB: db, Policy: policy, Now: r.Now, Log: log, SweepEvery: 100 * time.Millisecond, Grace: 200 * time.Millisecond, Every: []workers.Periodic{{Name: "move audit entries", Every: 500 * time.Millisecond, Do: func(ctx context.Context) error { _, err := trail.Move(ctx); return err }}},
		Steps: workers.Chain(workers.Rooms{People: register, Courses: teaching, Certificates: certs, Competencies: levels, Readiness: apps})}))
	wake.to.Store(r.workers)
	r.Rooms = LearnerRooms{People: register, Courses: teaching, Certificates: certs, Competencies: levels, Settings: set, Watch: r.workers}
	placing := must[*placement.Service](t)(placement.Open(ctx, placement.Config{DB: db, Policy: policy, Now: r.Now, Zone: set.Zone, Log: log, Register: placement.FromPeople{People: register, Now: r.Now, Zone: set.Zone}, Competencies: levels}))
	r.DB = db
	r.Admin = AdminRooms{Policy: policy, People: register, Courses: teaching, Certificates: certs, Competencies: levels, Placement: placing, Readiness: apps, Settings: set, Audit: trail, Work: rigWork{r.workers}, Files: store}
	r.Rooms.Placement = placing
	r.Engine = New(Config{Demo: true, Now: r.Now, Log: log, Navigation: r.navigation,
		Settings: func(context.Context) Institution {
			s := set.Current()
			return Institution{Name: s.Institution, Short: s.City, Agency: s.Agency, Accent: s.Accent, Zone: set.Zone().Location()}
		}})
	return r
}

// serve starts the chain and the pages; both end with the test.
func (r *rig) serve() {
	t := r.t
	t.Helper()
	check(t, r.workers.Start(context.Background()))
	r.halt = sync.OnceFunc(r.workers.Stop)
	router := gin.New()
	router.UseRawPath, router.UnescapePathValues = true, true
	router.Use(r.Engine.Recover(), r.Engine.Headers(), r.Engine.SameOrigin())
	router.NoRoute(r.Engine.NotFound)
	r.Engine.Routes(router)
	r.Engine.MountLearner(router, r.Rooms)
	r.Engine.MountAdmin(router, r.Admin)
	who := visit.Resolver{Sessions: rigSessions{r.Rooms.People}}
	server := &httptest.Server{Listener: r.listener, Config: &http.Server{Handler: who.Resolve(router, func(w http.ResponseWriter, _ *http.Request, err error) { http.Error(w, err.Error(), 500) })}}
	server.Start()
	r.stop = sync.OnceFunc(func() {
		server.CloseClientConnections()
		server.Close()
		r.halt()
		check(t, r.DB.Close())
	})
	t.Cleanup(r.stop)
}

// again opens the installation anew at the same address, as a restarted server does.
func (r *rig) again() *rig {
	r.t.Helper()
	at := r.listener.Addr().String()
	r.stop()
	next := openRigAt(r.t, r.dir, time.Since(r.begun)+time.Duration(r.passed.Load()), at)
	next.serve()
	return next
}

// loadCity brings in demo/city and demo/courses the way an admin does.
func (r *rig) loadCity(ctx context.Context) {
	t, a := r.t, access.System("test")
	city := filepath.Join("..", "demo", "city")
	for _, kind := range []people.ImportKind{people.ImportUnits, people.ImportPositions, people.ImportPeople, people.ImportAppointments, people.ImportRoles} {
		name := string(kind) + ".csv"
		file := must[*os.File](t)(os.Open(filepath.Join(city, name)))
		sheet := must[*tables.Sheet](t)(tables.Read(name, file, tables.Options{}))
		check(t, file.Close())
		_, err := r.Rooms.People.RunImport(ctx, a, people.ImportInput{Kind: kind, Name: name, Sheet: sheet}, nil)
		check(t, err)
	}
	read := func(name string, do func(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) error) {
		file := must[*os.File](t)(os.Open(filepath.Join(city, name)))
		check(t, do(ctx, a, name, file, false))
		check(t, file.Close())
	}
	read("dictionary.csv", func(ctx context.Context, a access.Actor, name string, f io.Reader, c bool) error {
		_, err := r.Rooms.Competencies.ImportDictionary(ctx, a, name, f, c)
		return err
	})
	read("standards.csv", func(ctx context.Context, a access.Actor, name string, f io.Reader, c bool) error {
		_, err := r.Rooms.Competencies.ImportStandards(ctx, a, name, f, c)
		return err
	})
	read("eligibility.csv", func(ctx context.Context, a access.Actor, name string, f io.Reader, c bool) error {
		_, err := r.Admin.Placement.ImportEligibility(ctx, a, name, f, c)
		return err
	})
	for _, kind := range []readiness.ImportKind{readiness.ImportApps, readiness.ImportRoles, readiness.ImportOperators} {
		read(string(kind)+".csv", func(ctx context.Context, a access.Actor, name string, f io.Reader, c bool) error {
			_, err := r.Admin.Readiness.Import(ctx, a, kind, name, f, c)
			return err
		})
	}
	for _, code := range []string{"APEL-103", "APEL-104", "APEL-202"} {
		draft, report := exchange.ReadFolder(context.Background(), os.DirFS(filepath.Join("..", "demo", "courses", code)))
		check(t, report.Err())
		_, err := r.Rooms.Courses.Import(ctx, a, courses.ImportInput{Draft: draft, Publish: true})
		check(t, err)
	}
}

// navigation is what cmd wires.
func (r *rig) navigation(c *gin.Context) Navigation {
	a := reader(c)
	if a.Anonymous() {
		return Navigation{}
	}
	n := Navigation{Person: &Viewer{URL: "/akun", LogoutURL: "/keluar", InboxURL: "/kotak-masuk", Role: people.RoleText("learner").ID}}
	for _, g := range a.Grants {
		n.Person.Role = people.RoleText(g.Role).ID
	}
	if p, err := r.Rooms.People.Look(c.Request.Context(), people.ID(a.Person)); err == nil {
		n.Person.Name = p.DisplayName()
	}
	if k, err := r.Rooms.People.Unread(c.Request.Context(), a, people.ID(a.Person)); err == nil {
		n.Person.InboxCount = k
	}
	n.Groups, n.Phone = LearnerNavigation(true)
	may := func(verb, kind string) bool {
		scope := r.Admin.Policy.Scope(a, verb, kind)
		return scope.All || len(scope.Units) > 0
	}
	n.Groups = append(n.Groups, AdminNavigation(may)...)
	return n
}

// slip gives somebody an activation slip and answers its code.
func (r *rig) slip(nip string) string {
	r.t.Helper()
	ctx := context.Background()
	p := must[people.Person](r.t)(r.Rooms.People.LookByNIP(ctx, nip))
	return must[people.Slip](r.t)(r.Rooms.People.IssueSlip(ctx, access.System("test"), p.ID, "test")).Code
}
