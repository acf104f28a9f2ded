package readiness

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// PersonReadiness is what the roles of a person require and what of it is held. Derived, one document per person.
type PersonReadiness struct {
	Person   string   `json:"person"`
	Units    []string `json:"units,omitempty"` // nearest first
	Roles    []string `json:"roles,omitempty"` // "APP/role" held today in applications that are not stopped
	Items    []Item   `json:"items,omitempty"` // in order of course
	Held     int      `json:"held"`
	Required int      `json:"required"`
	Left     bool     `json:"left,omitempty"`    // no longer in service: nothing is required
	Pending  []string `json:"pending,omitempty"` // groups not yet told of the last change
}

// Item is one course that must be held, and the roles it is required for.
type Item struct {
	Course string     `json:"course"`
	For    []string   `json:"for"` // "APP/role"
	Held   bool       `json:"held"`
	Until  civil.Date `json:"until,omitempty"`  // of a held one: last valid day, "" for no end
	Lapsed civil.Date `json:"lapsed,omitempty"` // of a missing one: when the last certificate ended
}

// Must says whether anything is required of the person.
func (p PersonReadiness) Must() bool { return p.Required > 0 }

// Ready says whether everything required is held. Somebody of whom nothing is required is neither ready nor not.
func (p PersonReadiness) Ready() bool { return p.Required > 0 && p.Held == p.Required }

// ReadyFor says whether everything is held that an application requires of the person.
func (p PersonReadiness) ReadyFor(app string) bool {
	return !slices.ContainsFunc(p.Items, func(i Item) bool {
		return !i.Held && slices.ContainsFunc(i.For, func(role string) bool { return appOf(role) == app })
	})
}

// Text says the readiness in words.
func (p PersonReadiness) Text() texts.Text {
	if !p.Must() {
		return texts.T("Tidak ada yang diwajibkan oleh peran aplikasi.", "No role in an app requires anything.")
	}
	id, en := fmt.Sprintf("%d dari %d syarat terpenuhi.", p.Held, p.Required), fmt.Sprintf("%d of %d requirements met.", p.Held, p.Required)
	for _, i := range p.Items {
		switch {
		case i.Held:
		case i.Lapsed != "":
			id, en = id+" "+i.Course+" kedaluwarsa sesudah "+i.Lapsed.In(texts.ID)+".", en+" "+i.Course+" expired after "+i.Lapsed.In(texts.EN)+"."
		default:
			id, en = id+" "+i.Course+" belum ada.", en+" "+i.Course+" is missing."
		}
	}
	return texts.T(id, en)
}

func appOf(role string) string {
	for i := range len(role) {
		if role[i] == '/' {
			return role[:i]
		}
	}
	return role
}

func (p PersonReadiness) above() []string {
	out := []string{p.home()}
	for _, r := range p.Roles {
		out = union(out, []string{AppGroup(appOf(r))})
	}
	return out
}

// home is the group the person is counted in: the own unit, or the city for somebody without one.
func (p PersonReadiness) home() string {
	if len(p.Units) == 0 {
		return CityGroup
	}
	return UnitGroup(p.Units[0])
}

func (p PersonReadiness) pending() []string            { return p.Pending }
func (p PersonReadiness) with(pending []string) figure { p.Pending = pending; return p }

func (p PersonReadiness) same(f figure) bool {
	o, _ := f.(PersonReadiness)
	return p.Held == o.Held && p.Required == o.Required && p.Left == o.Left && slices.Equal(p.Units, o.Units) && slices.Equal(p.Roles, o.Roles) &&
		slices.EqualFunc(p.Items, o.Items, func(a, b Item) bool { return a.Course == b.Course && a.Held == b.Held && slices.Equal(a.For, b.For) })
}

var personDef = storage.Def[storage.Derived[PersonReadiness]]{Name: PeopleCollection, Shape: 1, Indexes: []storage.Index[storage.Derived[PersonReadiness]]{
	storage.ByGoodUntil[PersonReadiness](),
	{Name: "home", Of: func(d *storage.Doc[storage.Derived[PersonReadiness]]) ([]string, string) {
		p := &d.Value.Of
		if !p.Must() {
			return nil, ""
		}
		terms := []string{"home:" + p.home()}
		if !p.Ready() {
			terms = append(terms, "blocked:all")
			for _, u := range p.Units {
				terms = append(terms, "blocked:"+u)
			}
		}
		return terms, d.ID
	}},
}}

// PersonChanged notes that something a person's readiness rests on has changed: evidence, roles, the unit. Safe to call twice.
func (s *Service) PersonChanged(ctx context.Context, person string) error {
	if err := storage.Raise(ctx, s.people, person, s.now(), 0); err != nil {
		return fmt.Errorf("mark a person's readiness for rebuilding: %w", err)
	}
	s.wake(ctx, PeopleCollection, person)
	return nil
}

// BuildPerson is a step of the chain: it rebuilds a person's readiness and marks the figures above it when they would change. Safe to run at any time
// and twice at once.
func (s *Service) BuildPerson(ctx context.Context, person string) error {
	return rebuild(ctx, s, s.people, person, func(ctx context.Context) (PersonReadiness, civil.Date, error) { return s.buildPerson(ctx, person) })
}

func (s *Service) buildPerson(ctx context.Context, person string) (PersonReadiness, civil.Date, error) {
	p := PersonReadiness{Person: person}
	today := s.today()
	var next civil.Date
	changes := func(d civil.Date) { // the first day on which something is different
		if d > today && (next == "" || d < next) {
			next = d
		}
	}
	units, err := s.cfg.Register.Place(ctx, person)
	if errors.Is(err, faults.NotFound) { // left the register: nothing is required any more
		p.Left = true
		return p, "", nil
	}
	if err != nil {
		return p, "", err
	}
	p.Units = units
	docs, err := s.operators.Gather(ctx, storage.Query{Index: "register", Term: "person:" + person})
	if err != nil {
		return p, "", err
	}
	need := map[string][]string{} // course -> roles
	for _, d := range docs {
		o := d.Value
		changes(o.Since)
		if o.Until != "" {
			changes(o.Until.AddDays(1))
		}
		if !o.On(today) {
			continue
		}
		app, err := s.apps.Get(ctx, o.App)
		if err != nil || app.Value.Status == Stopped {
			if err == nil || errors.Is(err, faults.NotFound) {
				continue
			}
			return p, "", err
		}
		name := o.App + "/" + string(o.Role)
		p.Roles = append(p.Roles, name)
		role, err := s.roles.Get(ctx, AppRole{App: o.App, Role: o.Role}.id())
		if err != nil && !errors.Is(err, faults.NotFound) {
			return p, "", err
		}
		for _, c := range role.Value.Courses {
			need[c] = append(need[c], name)
		}
	}
	slices.Sort(p.Roles)
	held, err := s.cfg.Evidence.Held(ctx, person)
	if err != nil {
		return p, "", err
	}
	for course, roles := range need {
		slices.Sort(roles)
		item := Item{Course: course, For: roles}
		for _, h := range held {
			if h.Course != course {
				continue
			}
			changes(h.On)
			if h.Until != "" {
				changes(h.Until.AddDays(1))
			}
			switch {
			case h.On > today:
			case h.Until != "" && h.Until < today:
				item.Lapsed = max(item.Lapsed, h.Until)
			case !item.Held:
				item.Held, item.Until = true, h.Until
			case item.Until != "" && (h.Until == "" || h.Until > item.Until):
				item.Until = h.Until
			}
		}
		if item.Held {
			item.Lapsed = ""
			p.Held++
		}
		p.Required++
		p.Items = append(p.Items, item)
	}
	slices.SortFunc(p.Items, func(a, b Item) int { return compare(a.Course, b.Course) })
	return p, next, nil
}

// PersonReadiness shows a person's readiness today. A stored one that is stale is computed anew for the answer.
func (s *Service) PersonReadiness(ctx context.Context, a access.Actor, person string) (PersonReadiness, error) {
	units, err := s.cfg.Register.Place(ctx, person)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return PersonReadiness{}, err
	}
	missing := err
	role, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "readiness", ID: person, Owner: person, Units: units})
	if err != nil {
		return PersonReadiness{}, err
	}
	if missing != nil {
		return PersonReadiness{}, missing
	}
	if err := s.cfg.Viewed.Note(ctx, a, role, person); err != nil {
		return PersonReadiness{}, err
	}
	p, err := s.person(ctx, person)
	if err == nil && !slices.Equal(p.Units, units) { // moved, and not told yet
		p, _, err = s.buildPerson(ctx, person)
	}
	return p, err
}

// person reads a person's readiness, computed anew when the stored one is stale.
func (s *Service) person(ctx context.Context, person string) (PersonReadiness, error) {
	d, err := s.people.Get(ctx, person)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return PersonReadiness{}, err
	}
	if err == nil && d.Value.Have > 0 && d.Value.Have >= d.Value.Want && (d.Value.GoodUntil == "" || s.today() < d.Value.GoodUntil) {
		return d.Value.Of, nil
	}
	p, _, err := s.buildPerson(ctx, person)
	return p, err
}
