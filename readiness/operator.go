package readiness

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// AppOperator is a person who holds a role in an application over a time. Its document's id is person.app.role: one person holds a role once; taking
// it up again opens the same document anew.
type AppOperator struct {
	Person string     `json:"person"`
	App    string     `json:"app"`
	Role   RoleKind   `json:"role"`
	Since  civil.Date `json:"since"`
	Until  civil.Date `json:"until,omitempty"` // last day, "" while it goes on
}

func (o AppOperator) id() string { return o.Person + "." + o.App + "." + string(o.Role) }

// On says whether the role is held on a day.
func (o AppOperator) On(day civil.Date) bool {
	return o.Since <= day && (o.Until == "" || day <= o.Until)
}

var operatorDef = storage.Def[AppOperator]{Name: OperatorsCollection, Shape: 1, Indexes: []storage.Index[AppOperator]{
	{Name: "register", Of: func(d *storage.Doc[AppOperator]) ([]string, string) {
		o := &d.Value
		return []string{"person:" + o.Person, "app:" + o.App, "role:" + o.App + "/" + string(o.Role), "role:*/" + string(o.Role)}, o.Person
	}},
}}

// AppointOperator gives a person a role in an application, audited. Doing it again with the same dates changes nothing. Errors: Invalid, NotFound (the
// application, its role, the person), Forbidden.
func (s *Service) AppointOperator(ctx context.Context, a access.Actor, o AppOperator) error {
	role, err := s.mayOperate(ctx, a, o)
	if err != nil {
		return err
	}
	if err := day(o.Since, "since"); err != nil {
		return err
	}
	if o.Until != "" && (!o.Until.Valid() || o.Until < o.Since) {
		return faults.OnField("until", "Tanggal akhir harus benar dan tidak mendahului awalnya.", "The last day must exist and not precede the first.")
	}
	if _, err := s.roles.Get(ctx, AppRole{App: o.App, Role: o.Role}.id()); err != nil {
		if errors.Is(err, faults.NotFound) {
			return faults.OnField("role", "Aplikasi ini tidak punya peran itu. Tambahkan perannya dahulu.", "This app has no such role. Add the role first.")
		}
		return err
	}
	if _, err := s.putOperator(ctx, o, nil, s.entry(a, role, "appoint_operator", OperatorsCollection+"/"+o.id(), o.Person, "", string(o.Role)+" "+o.App)); err != nil {
		return err
	}
	s.wake(ctx, OperatorsCollection, o.id())
	return nil
}

// RelieveOperator ends a person's role in an application with a last day, audited with the reason. Safe to call twice. Errors: NotFound, Invalid.
func (s *Service) RelieveOperator(ctx context.Context, a access.Actor, person, app string, role RoleKind, last civil.Date, why string) error {
	o := AppOperator{Person: person, App: app, Role: role}
	by, err := s.mayOperate(ctx, a, o)
	if err != nil {
		return err
	}
	if err := day(last, "until"); err != nil {
		return err
	}
	now, entry := s.now(), s.entry(a, by, "relieve_operator", OperatorsCollection+"/"+o.id(), person, why, string(role)+" "+app)
	_, err = s.operators.Update(ctx, o.id(), func(d *storage.Doc[AppOperator]) error {
		switch {
		case d.Value.Until == last:
			return storage.Unchanged
		case last < d.Value.Since:
			return faults.OnField("until", "Tanggal akhir mendahului awalnya.", "The last day precedes the first.")
		}
		d.Value.Until = last
		d.Trail = append(d.Trail, entry)
		d.Due = storage.NewDue(SpreadStep, now)
		return nil
	})
	if err != nil {
		return err
	}
	s.wake(ctx, OperatorsCollection, o.id())
	return nil
}

// mayOperate asks whether the actor may say who works in an application. The application's units count, and nobody appoints themselves.
func (s *Service) mayOperate(ctx context.Context, a access.Actor, o AppOperator) (string, error) {
	_, path, err := s.app(ctx, o.App)
	if err != nil {
		return "", err
	}
	role, err := s.cfg.Policy.May(a, "appoint", access.Thing{Kind: "app", ID: o.App, Owner: o.Person, Units: path})
	if err != nil {
		return "", err
	}
	_, err = s.cfg.Register.Place(ctx, o.Person)
	return role, err
}

func (s *Service) putOperator(ctx context.Context, o AppOperator, version *int64, entry storage.Audit) (done bool, err error) {
	now := s.now()
	_, err = s.operators.Upsert(ctx, o.id(), func(d *storage.Doc[AppOperator]) error {
		if done = d.Version > 0 && d.Value == o; done {
			return storage.Unchanged
		}
		if version != nil && d.Edition() != *version {
			return storage.Unchanged
		}
		done = true
		d.Value = o
		d.Trail = append(d.Trail, entry)
		d.Due = storage.NewDue(SpreadStep, now)
		return nil
	})
	return done, err
}

// SpreadOperator is a step of the chain: who holds a role concerns that person and the application. Safe to run twice.
func (s *Service) SpreadOperator(ctx context.Context, id string) error {
	d, err := s.operators.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.PersonChanged(ctx, d.Value.Person); err != nil {
		return err
	}
	if err := s.raiseGroup(ctx, AppGroup(d.Value.App)); err != nil {
		return err
	}
	return spreadAt(ctx, s.operators, id, d.Version)
}

// operatorsBy lists the operator documents of a term that run today, of applications that are not stopped when stopped is false.
func (s *Service) operatorsBy(ctx context.Context, term string) ([]AppOperator, error) {
	today := s.today()
	docs, err := s.operators.Gather(ctx, storage.Query{Index: "register", Term: term})
	if err != nil {
		return nil, err
	}
	var out []AppOperator
	for _, d := range docs {
		if d.Value.On(today) {
			out = append(out, d.Value)
		}
	}
	return out, nil
}

// Holders lists up to limit persons who hold a role in an application today, in order of their ids after the given one; app may be "*". next is ""
// at the end. Read by other rooms.
func (s *Service) Holders(ctx context.Context, app, role, after string, limit int) (persons []string, next string, err error) {
	if limit <= 0 {
		limit = storage.DefaultPage
	}
	today := s.today()
	q := storage.Query{Index: "register", Term: "role:" + app + "/" + role, Limit: storage.MaxPage, From: after} // order keys are persons
	for {
		p, err := s.operators.Find(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for _, d := range p.Docs {
			if d.Value.Person == after || !d.Value.On(today) || len(persons) > 0 && persons[len(persons)-1] == d.Value.Person {
				continue
			}
			if len(persons) == limit {
				return persons, persons[limit-1], nil
			}
			persons = append(persons, d.Value.Person)
		}
		if !p.More {
			return persons, "", nil
		}
		q.After = p.Next
	}
}

// RolesOf lists the roles a person holds today as "APP/role", in order. Read by other rooms.
func (s *Service) RolesOf(ctx context.Context, person string) ([]string, error) {
	all, err := s.operatorsBy(ctx, "person:"+person)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, o := range all {
		out = append(out, o.App+"/"+string(o.Role))
	}
	slices.SortFunc(out, strings.Compare)
	return out, nil
}

// Operators lists who holds roles in an application today, for those who may see it.
func (s *Service) Operators(ctx context.Context, a access.Actor, app string) ([]AppOperator, error) {
	_, path, err := s.app(ctx, app)
	if err != nil {
		return nil, err
	}
	if _, err := s.cfg.Policy.May(a, "view_operators", access.Thing{Kind: "app", ID: app, Units: path}); err != nil {
		return nil, err
	}
	return s.operatorsBy(ctx, "app:"+app)
}
