package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/readiness"
)

// App is a public-service application with its roles and readiness.
type App struct {
	Code      string     `json:"code"`
	Name      texts.Text `json:"name"`
	Unit      string     `json:"unit"`
	Service   string     `json:"service"`
	Status    string     `json:"status" enum:"mandiri,ditinjau,terintegrasi,dihentikan"`
	Roles     []AppRole  `json:"roles" maxItems:"1000" nullable:"false"`
	Readiness Figure     `json:"readiness"`
}

// AppRole is what a role in an application requires.
type AppRole struct {
	Role    string   `json:"role" enum:"admin,operator,verifikator"`
	Courses []string `json:"courses" maxItems:"1000" nullable:"false" doc:"Courses whose certificate must be valid"`
	SOP     string   `json:"sop,omitempty" doc:"Version of the SOP"`
}

// AppOperator is a person who holds a role in an application.
type AppOperator struct {
	Person string `json:"person"`
	App    string `json:"app"`
	Role   string `json:"role"`
	Since  string `json:"since"`
	Until  string `json:"until,omitempty"`
}

// Figure is ready people out of those who must be, without names.
type Figure struct {
	ID       string     `json:"id"`
	Ready    int        `json:"ready"`
	Must     int        `json:"must" doc:"0: nobody is mapped, which is not 100 %"`
	Permille int        `json:"permille"`
	Mapped   bool       `json:"mapped"`
	Text     texts.Text `json:"text"`
}

// PersonReadiness is what a person's roles require and what of it is held.
type PersonReadiness struct {
	Person   string         `json:"person"`
	Roles    []string       `json:"roles" maxItems:"1000" nullable:"false" doc:"APP/role"`
	Items    []RequiredItem `json:"items" maxItems:"1000" nullable:"false"`
	Held     int            `json:"held"`
	Required int            `json:"required"`
	Ready    bool           `json:"ready"`
	Text     texts.Text     `json:"text"`
}

// RequiredItem is one course that must be held.
type RequiredItem struct {
	Course string   `json:"course"`
	For    []string `json:"for" maxItems:"1000" nullable:"false"`
	Held   bool     `json:"held"`
	Until  string   `json:"until,omitempty"`
	Lapsed string   `json:"lapsed,omitempty" doc:"When the last certificate ended"`
}

func showFigure(g readiness.GroupReadiness) Figure {
	return Figure{g.ID, g.Ready, g.Must, g.Permille(), g.Mapped(), g.Text()}
}

func showApp(a readiness.AppView) App {
	v := App{Code: a.Code, Name: a.Name, Unit: a.Unit, Service: a.Service, Status: string(a.Status), Roles: []AppRole{}, Readiness: showFigure(a.Readiness)}
	for _, r := range a.Roles {
		v.Roles = append(v.Roles, AppRole{string(r.Role), orEmpty(r.Courses), r.SOP})
	}
	return v
}

func showOperator(o readiness.AppOperator) AppOperator {
	return AppOperator{o.Person, o.App, string(o.Role), string(o.Since), string(o.Until)}
}

func showPersonReadiness(p readiness.PersonReadiness) PersonReadiness {
	v := PersonReadiness{Person: p.Person, Roles: orEmpty(p.Roles), Items: []RequiredItem{}, Held: p.Held, Required: p.Required, Ready: p.Ready(), Text: p.Text()}
	for _, i := range p.Items {
		v.Items = append(v.Items, RequiredItem{i.Course, orEmpty(i.For), i.Held, string(i.Until), string(i.Lapsed)})
	}
	return v
}

// AppPath names an application in an address.
type AppPath struct {
	Code string `path:"code" maxLength:"60"`
}

// OperatorPath names a person's role in an application.
type OperatorPath struct {
	AppPath
	Role   string `path:"role" enum:"admin,operator,verifikator"`
	Person string `path:"person" maxLength:"60"`
}

func (s *server) readiness() {
	handle(s, operation{Method: http.MethodGet, Path: "/apps", ID: "listApps", Tag: "readiness", Summary: "Applications with their roles and readiness, by name"},
		func(ctx context.Context, in *struct {
			PageInput
			Status string `query:"status" enum:"mandiri,ditinjau,terintegrasi,dihentikan"`
		}) (*body[ListOf[App]], error) {
			p, err := s.Readiness.Apps(ctx, visit.Actor(ctx), readiness.AppsFilter{Status: readiness.AppStatus(in.Status), After: in.after(), Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), showApp), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/apps/{code}", ID: "getApp", Tag: "readiness", Summary: "One application"},
		func(ctx context.Context, in *AppPath) (*body[App], error) {
			return one(showApp)(s.Readiness.App(ctx, visit.Actor(ctx), in.Code))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/apps/{code}", Named: map[string]string{"code": "path.code"}, ID: "putApp", Tag: "readiness", Summary: "Register an application or change it"},
		func(ctx context.Context, in *struct {
			AppPath
			Body struct {
				Name    Sentence `json:"name"`
				Unit    string   `json:"unit" minLength:"1" maxLength:"60"`
				Service string   `json:"service,omitempty" maxLength:"200"`
				Status  string   `json:"status" enum:"mandiri,ditinjau,terintegrasi,dihentikan"`
			}
		}) (*body[App], error) {
			a, b := visit.Actor(ctx), in.Body
			if err := s.Readiness.PutApp(ctx, a, readiness.App{Code: in.Code, Name: b.Name.text(), Unit: b.Unit, Service: b.Service, Status: readiness.AppStatus(b.Status)}); err != nil {
				return nil, err
			}
			return one(showApp)(s.Readiness.App(ctx, a, in.Code))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/apps/{code}/roles/{role}", Named: map[string]string{"required_courses": "body.courses", "role": "path.role", "app": "path.code"}, ID: "putAppRole", Tag: "readiness", Summary: "Say what a role in an application requires"},
		func(ctx context.Context, in *struct {
			AppPath
			Role string `path:"role" enum:"admin,operator,verifikator"`
			Body struct {
				Courses []string `json:"courses" maxItems:"100"`
				SOP     string   `json:"sop,omitempty" maxLength:"100"`
			}
		}) (*body[App], error) {
			a := visit.Actor(ctx)
			if err := s.Readiness.PutRole(ctx, a, readiness.AppRole{App: in.Code, Role: readiness.RoleKind(in.Role), Courses: in.Body.Courses, SOP: in.Body.SOP}); err != nil {
				return nil, err
			}
			return one(showApp)(s.Readiness.App(ctx, a, in.Code))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/apps/{code}/operators", ID: "listOperators", Tag: "readiness", Summary: "Who holds roles in an application today"},
		func(ctx context.Context, in *struct {
			AppPath
			PageInput
		}) (*body[ListOf[AppOperator]], error) {
			all, err := s.Readiness.Operators(ctx, visit.Actor(ctx), in.Code)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, all, func(o readiness.AppOperator) string { return o.Person + "." + string(o.Role) }, showOperator)
		})
	handle(s, operation{Method: http.MethodPut, Path: "/apps/{code}/roles/{role}/operators/{person}", Named: map[string]string{"role": "path.role"}, ID: "appointOperator", Tag: "readiness", Summary: "Give a person a role in an application", Status: http.StatusNoContent},
		func(ctx context.Context, in *struct {
			OperatorPath
			Body struct {
				Since string `json:"since" minLength:"10" maxLength:"10"`
				Until string `json:"until,omitempty" maxLength:"10" doc:"Last day"`
			}
		}) (*struct{}, error) {
			return nil, s.Readiness.AppointOperator(ctx, visit.Actor(ctx), readiness.AppOperator{Person: in.Person, App: in.Code, Role: readiness.RoleKind(in.Role),
				Since: civil.Date(in.Body.Since), Until: civil.Date(in.Body.Until)})
		})
	handle(s, operation{Method: http.MethodPost, Path: "/apps/{code}/roles/{role}/operators/{person}/relief", Named: map[string]string{"until": "body.last"}, ID: "relieveOperator", Tag: "readiness", Summary: "End a person's role in an application, with the reason", Status: http.StatusNoContent},
		func(ctx context.Context, in *struct {
			OperatorPath
			Body struct {
				Last string `json:"last" minLength:"10" maxLength:"10" doc:"Last day"`
				Why  string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*struct{}, error) {
			return nil, s.Readiness.RelieveOperator(ctx, visit.Actor(ctx), in.Person, in.Code, readiness.RoleKind(in.Role), civil.Date(in.Body.Last), in.Body.Why)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/apps/{code}/blocking", ID: "listBlockingOperators", Tag: "readiness", Summary: "Operators who keep an application from being ready"},
		func(ctx context.Context, in *struct {
			AppPath
			PageInput
		}) (*body[ListOf[PersonReadiness]], error) {
			all, err := s.Readiness.BlockingApp(ctx, visit.Actor(ctx), in.Code)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, all, func(p readiness.PersonReadiness) string { return p.Person }, showPersonReadiness)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/readiness", ID: "getPersonReadiness", Tag: "readiness", Summary: "What a person's roles require and what of it is held"},
		func(ctx context.Context, in *PersonPath) (*body[PersonReadiness], error) {
			return one(showPersonReadiness)(s.Readiness.PersonReadiness(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/units/{id}/readiness", ID: "getUnitReadiness", Tag: "readiness", Summary: "Readiness of a unit with everything below it, without names"},
		func(ctx context.Context, in *PersonPath) (*body[Figure], error) {
			return one(showFigure)(s.Readiness.UnitReadiness(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/readiness", ID: "getCityReadiness", Tag: "readiness", Summary: "Readiness of the city, without names"},
		func(ctx context.Context, _ *struct{}) (*body[Figure], error) {
			return one(showFigure)(s.Readiness.CityReadiness(ctx, visit.Actor(ctx)))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/readiness/units", ID: "listUnitReadiness", Tag: "readiness", Summary: "Readiness of the units right below a unit, the least ready first"},
		func(ctx context.Context, in *struct {
			PageInput
			Unit string `query:"unit" maxLength:"60" doc:"Missing: the topmost units"`
		}) (*body[ListOf[Figure]], error) {
			all, err := s.Readiness.UnitsBelow(ctx, visit.Actor(ctx), in.Unit)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, all, func(g readiness.GroupReadiness) string { return g.ID }, showFigure)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/readiness/blocking", ID: "listBlocking", Tag: "readiness", Summary: "People who keep a unit, or the city, from being ready"},
		func(ctx context.Context, in *struct {
			PageInput
			Unit string `query:"unit" maxLength:"60" doc:"Missing: the city"`
		}) (*body[ListOf[PersonReadiness]], error) {
			p, err := s.Readiness.Blocking(ctx, visit.Actor(ctx), in.Unit, in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), showPersonReadiness), nil
		})
}
