package people

import (
	"context"
	"errors"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// view notes that somebody looked at somebody else's profile on a day. Its id is viewer, person and day, so it does not grow with clicks.
type view struct {
	Viewer ID         `json:"viewer"`
	Person ID         `json:"person"`
	Role   string     `json:"role"`
	Day    civil.Date `json:"day"`
}

var viewDef = storage.Def[view]{Name: "views", Shape: 1, Indexes: []storage.Index[view]{
	{Name: "person", Of: func(d *storage.Doc[view]) ([]string, string) {
		return []string{string(d.Value.Person)}, string(d.Value.Day)
	}},
}}

// looked notes a look at somebody else; one's own profile and the program's work leave no trace.
func (s *Service) looked(ctx context.Context, a access.Actor, role string, id ID) error {
	return access.Noter(s.NoteView).Note(ctx, a, role, string(id))
}

// NoteView notes that the actor, in a role, looked at what is about somebody else, here or in another room (where they stand, evidence, hours, answers,
// certificates, candidacy, readiness): one entry per viewer, person and day, written before anything is shown. It is an access.Noter. Whoever calls it has
// asked for permission. Safe to call twice.
func (s *Service) NoteView(ctx context.Context, a access.Actor, role, person string) error {
	id, day := ID(person), s.today()
	key := a.Person + "." + person + "." + string(day)
	if _, err := s.views.Get(ctx, key); !errors.Is(err, faults.NotFound) {
		return err
	}
	d := storage.Doc[view]{ID: key, Value: view{Viewer: ID(a.Person), Person: id, Role: role, Day: day},
		Trail: []storage.Audit{s.entry(a, role, "view_person", "people/"+person, id, "", "")}}
	if err := s.views.Insert(ctx, &d); err != nil && !errors.Is(err, faults.Conflict) {
		return err
	}
	return nil
}

// Viewing is one line of "who looked at my profile".
type Viewing struct {
	Viewer ID
	Name   string // with titles
	Role   string
	Day    civil.Date
}

// Viewers lists who looked at a person's profile, newest first: for the person themselves and for those who check on it.
func (s *Service) Viewers(ctx context.Context, a access.Actor, id ID, after storage.Cursor, limit int) (Page[Viewing], error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Page[Viewing]{}, err
	}
	if _, err := s.cfg.Policy.May(a, "view_viewers", p.Thing()); err != nil {
		return Page[Viewing]{}, err
	}
	found, err := s.views.Find(ctx, storage.Query{Index: "person", Term: string(id), Desc: true, Limit: limit, After: after})
	if err != nil {
		return Page[Viewing]{}, err
	}
	out := Page[Viewing]{Next: found.Next, More: found.More}
	for _, d := range found.Docs {
		v := Viewing{Viewer: d.Value.Viewer, Role: d.Value.Role, Day: d.Value.Day}
		if w, err := s.person(ctx, d.Value.Viewer); err == nil {
			v.Name = w.DisplayName()
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}
