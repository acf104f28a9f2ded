package readiness

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// AppStatus is how far an application is integrated.
type AppStatus string

// The statuses. A stopped application asks nothing of anybody.
const (
	Standalone AppStatus = "mandiri"
	Reviewed   AppStatus = "ditinjau"
	Integrated AppStatus = "terintegrasi"
	Stopped    AppStatus = "dihentikan"
)

// AppStatuses lists them in the order of a life.
var AppStatuses = []AppStatus{Standalone, Reviewed, Integrated, Stopped}

// Text names a status for people.
func (s AppStatus) Text() texts.Text {
	switch s {
	case Standalone:
		return texts.T("Mandiri", "Standalone")
	case Reviewed:
		return texts.T("Ditinjau", "Under review")
	case Integrated:
		return texts.T("Terintegrasi", "Integrated")
	case Stopped:
		return texts.T("Dihentikan", "Stopped")
	}
	return texts.T(string(s), string(s))
}

// App is a public-service application. Its document's id is its code.
type App struct {
	Code    string     `json:"code"`
	Name    texts.Text `json:"name"`
	Unit    string     `json:"unit"` // id of the unit that answers for it
	Service string     `json:"service"`
	Status  AppStatus  `json:"status"`
}

var appDef = storage.Def[App]{Name: AppsCollection, Shape: 1, Indexes: []storage.Index[App]{
	{Name: "register", Of: func(d *storage.Doc[App]) ([]string, string) {
		return []string{"all", "unit:" + d.Value.Unit, "status:" + string(d.Value.Status)}, texts.Fold(d.Value.Name.ID)
	}},
}}

var appCode = regexp.MustCompile(`^[A-Z0-9][A-Z0-9_-]{0,39}$`) // no dot: ids are joined with dots

func (a App) check(note func(column, id, en string)) {
	if !appCode.MatchString(a.Code) {
		note("code", "Kode aplikasi berisi 1-40 huruf besar, angka, garis bawah, atau tanda hubung.", "The code of an app has 1 to 40 capital letters, digits, underscores or hyphens.")
	}
	if n := len([]rune(a.Name.ID)); n < 2 || n > 150 {
		note("name", "Nama aplikasi 2 sampai 150 huruf.", "The name of an app has 2 to 150 letters.")
	}
	if len([]rune(a.Service)) > 300 {
		note("service", "Uraian layanan paling banyak 300 huruf.", "The service has at most 300 letters.")
	}
	if !slices.Contains(AppStatuses, a.Status) {
		note("status", "Status harus mandiri, ditinjau, terintegrasi, atau dihentikan.", "The status is mandiri, ditinjau, terintegrasi or dihentikan.")
	}
}

// PutApp registers an application or changes it, audited. Putting what stands there already changes nothing. Errors: Invalid, NotFound (the unit).
func (s *Service) PutApp(ctx context.Context, a access.Actor, app App) error {
	path, err := s.cfg.Register.UnitPath(ctx, app.Unit)
	if err != nil {
		return err
	}
	role, err := s.cfg.Policy.May(a, "edit", access.Thing{Kind: "app", ID: app.Code, Units: path})
	if err != nil {
		return err
	}
	bad := faults.New(faults.Invalid, "Data aplikasi belum benar.", "The app's data is not right yet.")
	app.check(func(column, id, en string) { bad.With(column, id, en) })
	if len(bad.Fields) > 0 {
		return bad
	}
	if _, err := s.putApp(ctx, app, nil, s.entry(a, role, "put_app", AppsCollection+"/"+app.Code, "", "", string(app.Status))); err != nil {
		return err
	}
	s.wake(ctx, AppsCollection, app.Code)
	return nil
}

// putApp writes an application. With a version it writes only onto that one and says whether it did.
func (s *Service) putApp(ctx context.Context, app App, version *int64, entry storage.Audit) (done bool, err error) {
	now := s.now()
	_, err = s.apps.Upsert(ctx, app.Code, func(d *storage.Doc[App]) error {
		if done = d.Version > 0 && d.Value == app; done {
			return storage.Unchanged
		}
		if version != nil && d.Edition() != *version {
			return storage.Unchanged
		}
		done = true
		d.Value = app
		d.Trail = append(d.Trail, entry)
		d.Due = storage.NewDue(SpreadStep, now)
		return nil
	})
	return done, err
}

// RoleKind is a role in an application.
type RoleKind string

// The roles.
const (
	RoleAdmin    RoleKind = "admin"
	RoleOperator RoleKind = "operator"
	RoleVerifier RoleKind = "verifikator"
)

// RoleKinds lists them.
var RoleKinds = []RoleKind{RoleAdmin, RoleOperator, RoleVerifier}

// AppRole is what a role in an application requires. Its document's id is app.role.
type AppRole struct {
	App     string   `json:"app"`
	Role    RoleKind `json:"role"`
	Courses []string `json:"courses,omitempty"` // codes of the courses whose certificate must be valid, in order
	SOP     string   `json:"sop,omitempty"`     // version of the application's SOP
}

func (r AppRole) id() string { return r.App + "." + string(r.Role) }

func (r AppRole) equal(o AppRole) bool {
	return r.App == o.App && r.Role == o.Role && r.SOP == o.SOP && slices.Equal(r.Courses, o.Courses)
}

var roleDef = storage.Def[AppRole]{Name: RolesCollection, Shape: 1, Indexes: []storage.Index[AppRole]{
	{Name: "app", Of: func(d *storage.Doc[AppRole]) ([]string, string) {
		terms := []string{"all", "app:" + d.Value.App}
		for _, c := range d.Value.Courses {
			terms = append(terms, "course:"+c)
		}
		return terms, d.Value.App + "." + string(d.Value.Role)
	}},
}}

var courseCode = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{1,30}$`)

const maxCourses = 50

func (r AppRole) check(note func(column, id, en string)) {
	if !appCode.MatchString(r.App) {
		note("app", "Kode aplikasi wajib diisi.", "The code of the app is required.")
	}
	if !slices.Contains(RoleKinds, r.Role) {
		note("role", "Peran harus admin, operator, atau verifikator.", "The role is admin, operator or verifikator.")
	}
	if len(r.Courses) > maxCourses {
		note("required_courses", "Paling banyak 50 kursus wajib untuk satu peran.", "At most 50 required courses for a role.")
	}
	for i, c := range r.Courses {
		if !courseCode.MatchString(c) {
			note("required_courses", "Kode kursus tidak benar. Tulis kode dipisah spasi, misalnya APEL-103 APEL-104.", "A course code is not right. Write codes separated by spaces, such as APEL-103 APEL-104.")
			return
		}
		if slices.Contains(r.Courses[:i], c) {
			note("required_courses", "Kursus "+c+" disebut dua kali.", "The course "+c+" is named twice.")
		}
	}
	if len(r.SOP) > 60 {
		note("sop_version", "Versi SOP paling banyak 60 huruf.", "The SOP version has at most 60 letters.")
	}
}

// PutRole says what a role in an application requires, audited. Putting what stands there already changes nothing. Errors: Invalid, NotFound (the
// application).
func (s *Service) PutRole(ctx context.Context, a access.Actor, r AppRole) error {
	_, path, err := s.app(ctx, r.App)
	if err != nil {
		return err
	}
	role, err := s.cfg.Policy.May(a, "edit", access.Thing{Kind: "app", ID: r.App, Units: path})
	if err != nil {
		return err
	}
	bad := faults.New(faults.Invalid, "Data peran belum benar.", "The role's data is not right yet.")
	r.check(func(column, id, en string) { bad.With(column, id, en) })
	if len(bad.Fields) > 0 {
		return bad
	}
	if _, err := s.putRole(ctx, r, nil, s.entry(a, role, "put_app_role", RolesCollection+"/"+r.id(), "", "", strings.Join(r.Courses, " "))); err != nil {
		return err
	}
	s.wake(ctx, RolesCollection, r.id())
	return nil
}

func (s *Service) putRole(ctx context.Context, r AppRole, version *int64, entry storage.Audit) (done bool, err error) {
	now := s.now()
	_, err = s.roles.Upsert(ctx, r.id(), func(d *storage.Doc[AppRole]) error {
		if done = d.Version > 0 && d.Value.equal(r); done {
			return storage.Unchanged
		}
		if version != nil && d.Edition() != *version {
			return storage.Unchanged
		}
		done = true
		d.Value = r
		d.Trail = append(d.Trail, entry)
		d.Due = storage.NewDue(SpreadStep, now)
		return nil
	})
	return done, err
}

// app reads an application and the units it belongs to.
func (s *Service) app(ctx context.Context, code string) (App, []string, error) {
	d, err := s.apps.Get(ctx, code)
	if err != nil {
		return App{}, nil, err
	}
	path, err := s.cfg.Register.UnitPath(ctx, d.Value.Unit)
	if err != nil && !errors.Is(err, faults.NotFound) { // a unit that is gone leaves the application visible to the whole city's roles
		return App{}, nil, err
	}
	return d.Value, path, nil
}

// AppView is an application with its roles and its readiness as last built.
type AppView struct {
	App
	Roles     []AppRole
	Readiness GroupReadiness
}

// App shows an application. NotFound when there is none or the actor may not see it.
func (s *Service) App(ctx context.Context, a access.Actor, code string) (AppView, error) {
	app, path, err := s.app(ctx, code)
	if err != nil {
		return AppView{}, err
	}
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "app", ID: code, Units: path}); err != nil {
		return AppView{}, err
	}
	return s.appView(ctx, app)
}

func (s *Service) appView(ctx context.Context, app App) (AppView, error) {
	roles, err := s.rolesOfApp(ctx, app.Code)
	if err != nil {
		return AppView{}, err
	}
	g, err := s.group(ctx, AppGroup(app.Code))
	return AppView{app, roles, g}, err
}

func (s *Service) rolesOfApp(ctx context.Context, app string) ([]AppRole, error) {
	docs, err := s.roles.Gather(ctx, storage.Query{Index: "app", Term: "app:" + app})
	if err != nil {
		return nil, err
	}
	out := make([]AppRole, len(docs))
	for i, d := range docs {
		out[i] = d.Value
	}
	slices.SortFunc(out, func(a, b AppRole) int {
		return compare(slices.Index(RoleKinds, a.Role), slices.Index(RoleKinds, b.Role))
	})
	return out, nil
}

// AppsFilter narrows the list of applications.
type AppsFilter struct {
	Status AppStatus
	After  storage.Cursor
	Limit  int
}

// Page is one answer of a list. Next resumes behind it when More is true.
type Page[T any] struct {
	Items []T
	Next  storage.Cursor
	More  bool
}

// Apps lists the applications the actor may see, by name, with roles and readiness.
func (s *Service) Apps(ctx context.Context, a access.Actor, f AppsFilter) (Page[AppView], error) {
	scope := s.cfg.Policy.Scope(a, "view", "app")
	if scope.Empty() {
		return Page[AppView]{}, nothing()
	}
	if f.Limit <= 0 || f.Limit > storage.MaxPage {
		f.Limit = storage.DefaultPage
	}
	q := storage.Query{Index: "register", Term: "all", After: f.After, Limit: 200}
	if f.Status != "" {
		q.Term = "status:" + string(f.Status)
	}
	var out Page[AppView]
	for read := 0; read < storage.MaxGather; {
		p, err := s.apps.Find(ctx, q)
		if err != nil {
			return out, err
		}
		for _, d := range p.Docs {
			read++
			app, path, err := s.app(ctx, d.ID)
			if err != nil {
				return out, err
			}
			at := storage.Cursor{Order: texts.Fold(d.Value.Name.ID), ID: d.ID}
			if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "app", ID: d.ID, Units: path}); err != nil {
				out.Next = at
				continue
			}
			if len(out.Items) == f.Limit {
				out.More = true
				return out, nil
			}
			v, err := s.appView(ctx, app)
			if err != nil {
				return out, err
			}
			out.Items, out.Next = append(out.Items, v), at
		}
		if !p.More {
			return out, nil
		}
		q.After = p.Next
	}
	out.More = true
	return out, nil
}

// SpreadApp is a step of the chain: a change of an application concerns all its operators and its own figure. Safe to run twice.
func (s *Service) SpreadApp(ctx context.Context, code string) error {
	d, err := s.apps.Get(ctx, code)
	if err != nil {
		return err
	}
	if err := s.raiseHolders(ctx, "app:"+code); err != nil {
		return err
	}
	if err := s.raiseGroup(ctx, AppGroup(code)); err != nil {
		return err
	}
	return spreadAt(ctx, s.apps, code, d.Version)
}

// SpreadRole is a step of the chain: a change of what a role requires concerns everybody who holds it. Safe to run twice.
func (s *Service) SpreadRole(ctx context.Context, id string) error {
	d, err := s.roles.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.raiseHolders(ctx, "role:"+d.Value.App+"/"+string(d.Value.Role)); err != nil {
		return err
	}
	if err := s.raiseGroup(ctx, AppGroup(d.Value.App)); err != nil {
		return err
	}
	return spreadAt(ctx, s.roles, d.ID, d.Version)
}

func (s *Service) raiseHolders(ctx context.Context, term string) error {
	return s.operators.Each(ctx, storage.Query{Index: "register", Term: term}, func(d storage.Doc[AppOperator]) error {
		return s.PersonChanged(ctx, d.Value.Person)
	})
}

// spreadAt takes the step off the version that was spread; a document that changed meanwhile stays due for its new state.
func spreadAt[T any](ctx context.Context, c *storage.Collection[T], id string, version int64) error {
	_, err := c.Update(ctx, id, func(d *storage.Doc[T]) error {
		if d.Due == nil || d.Due.Step != SpreadStep {
			return storage.Unchanged
		}
		if d.Version != version {
			return fmt.Errorf("spread %s: it changed meanwhile: %w", id, faults.Conflict)
		}
		d.Due = nil
		return nil
	})
	return err
}

// day is a civil date or an error on a field.
func day(d civil.Date, path string) error {
	if !d.Valid() {
		return faults.OnField(path, "Tanggal harus TTTT-BB-HH dan benar ada, misalnya 2026-03-31.", "A date is YYYY-MM-DD and must exist, for example 2026-03-31.")
	}
	return nil
}
