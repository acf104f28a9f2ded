package readiness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// GroupReadiness is the readiness of an application, a unit with everything below it, or the city: ready people out of those who must be. Derived;
// a unit's figure is built from its own people and the figures of the units right below, the city's from the topmost units.
type GroupReadiness struct {
	ID      string   `json:"id"`
	Ready   int      `json:"ready"`
	Must    int      `json:"must"`             // 0: nobody is mapped
	Parent  string   `json:"parent,omitempty"` // group of the unit above; CityGroup for a topmost unit; "" for applications and the city
	Pending []string `json:"pending,omitempty"`
}

// CityGroup is the id of the city's figure.
const CityGroup = "city"

// AppGroup and UnitGroup are the ids of the figures of an application and a unit.
func AppGroup(code string) string { return "app." + code }
func UnitGroup(id string) string  { return "unit." + id }

// Mapped says whether anybody must be ready. An application without operators is "belum dipetakan", not 100 %.
func (g GroupReadiness) Mapped() bool { return g.Must > 0 }

// Permille is the share of ready people, 0 to 1000, rounded down so that 1000 means everybody.
func (g GroupReadiness) Permille() int {
	if g.Must == 0 {
		return 0
	}
	return g.Ready * 1000 / g.Must
}

// Text says the readiness in words.
func (g GroupReadiness) Text() texts.Text {
	if !g.Mapped() {
		if strings.HasPrefix(g.ID, "app.") {
			return texts.T("Belum dipetakan: belum ada petugas.", "Not mapped yet: there are no operators.")
		}
		return texts.T("Belum dipetakan: belum ada pegawai yang memegang peran aplikasi.", "Not mapped yet: nobody holds a role in an app.")
	}
	return texts.T(fmt.Sprintf("%d dari %d orang siap.", g.Ready, g.Must), fmt.Sprintf("%d of %d people are ready.", g.Ready, g.Must))
}

func (g GroupReadiness) above() []string {
	if g.Parent == "" {
		return nil
	}
	return []string{g.Parent}
}

func (g GroupReadiness) pending() []string            { return g.Pending }
func (g GroupReadiness) with(pending []string) figure { g.Pending = pending; return g }

func (g GroupReadiness) same(f figure) bool {
	o, _ := f.(GroupReadiness)
	return g.Ready == o.Ready && g.Must == o.Must && g.Parent == o.Parent
}

var groupDef = storage.Def[storage.Derived[GroupReadiness]]{Name: GroupsCollection, Shape: 1, Indexes: []storage.Index[storage.Derived[GroupReadiness]]{
	{Name: "parent", Of: func(d *storage.Doc[storage.Derived[GroupReadiness]]) ([]string, string) {
		if d.Value.Of.Parent == "" {
			return nil, ""
		}
		return []string{d.Value.Of.Parent}, d.ID
	}},
}}

// UnitChanged notes that a unit has moved in the tree, so that its figure leaves the old parent's and joins the new one's. The people in it are told of
// one by one (PersonChanged). A unit that has no figure yet needs none: it gets one with the first person who counts. Safe to call twice.
func (s *Service) UnitChanged(ctx context.Context, unit string) error {
	id := UnitGroup(unit)
	if _, err := s.groups.Get(ctx, id); errors.Is(err, faults.NotFound) {
		return nil
	} else if err != nil {
		return err
	}
	return s.raiseGroup(ctx, id)
}

// BuildGroup is a step of the chain: it rebuilds a figure from those below it and marks the one above when it would change. Safe to run at any time and
// twice at once.
func (s *Service) BuildGroup(ctx context.Context, id string) error {
	return rebuild(ctx, s, s.groups, id, func(ctx context.Context) (GroupReadiness, civil.Date, error) {
		g, err := s.buildGroup(ctx, id)
		return g, "", err
	})
}

func (s *Service) buildGroup(ctx context.Context, id string) (GroupReadiness, error) {
	g := GroupReadiness{ID: id}
	if code, ok := strings.CutPrefix(id, "app."); ok {
		err := s.countApp(ctx, &g, code)
		return g, err
	}
	err := s.countUnit(ctx, &g)
	return g, err
}

func (s *Service) countApp(ctx context.Context, g *GroupReadiness, code string) error {
	app, err := s.apps.Get(ctx, code)
	if errors.Is(err, faults.NotFound) || err == nil && app.Value.Status == Stopped {
		return nil
	}
	if err != nil {
		return err
	}
	holders, err := s.holders(ctx, code)
	if err != nil {
		return err
	}
	for _, person := range holders {
		p, err := s.person(ctx, person)
		if err != nil {
			return err
		}
		if p.Left {
			continue
		}
		g.Must++
		if p.ReadyFor(code) {
			g.Ready++
		}
	}
	return nil
}

// holders lists the persons with a role in an application today, each once.
func (s *Service) holders(ctx context.Context, app string) ([]string, error) {
	all, err := s.operatorsBy(ctx, "app:"+app)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, o := range all {
		if len(out) == 0 || out[len(out)-1] != o.Person { // in order of person
			out = append(out, o.Person)
		}
	}
	return out, nil
}

func (s *Service) countUnit(ctx context.Context, g *GroupReadiness) error {
	if unit, ok := strings.CutPrefix(g.ID, "unit."); ok {
		path, err := s.cfg.Register.UnitPath(ctx, unit)
		switch {
		case errors.Is(err, faults.NotFound): // closed: its people are counted where they are now
			return nil
		case err != nil:
			return err
		case len(path) > 1:
			g.Parent = UnitGroup(path[1])
		default:
			g.Parent = CityGroup
		}
	}
	err := s.people.Each(ctx, storage.Query{Index: "home", Term: "home:" + g.ID}, func(d storage.Doc[storage.Derived[PersonReadiness]]) error {
		g.Must++
		if d.Value.Of.Ready() {
			g.Ready++
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.groups.Each(ctx, storage.Query{Index: "parent", Term: g.ID}, func(d storage.Doc[storage.Derived[GroupReadiness]]) error {
		g.Must += d.Value.Of.Must
		g.Ready += d.Value.Of.Ready
		return nil
	})
}

// group reads a figure as last built; one that was never built counts nobody.
func (s *Service) group(ctx context.Context, id string) (GroupReadiness, error) {
	d, err := s.groups.Get(ctx, id)
	if errors.Is(err, faults.NotFound) {
		return GroupReadiness{ID: id}, nil
	}
	d.Value.Of.ID = id
	return d.Value.Of, err
}

// UnitReadiness shows the figure of a unit with everything below it, as last built (at most a few seconds old while work goes on).
func (s *Service) UnitReadiness(ctx context.Context, a access.Actor, unit string) (GroupReadiness, error) {
	if err := s.maySeeUnit(ctx, a, unit); err != nil {
		return GroupReadiness{}, err
	}
	return s.group(ctx, UnitGroup(unit))
}

// CityReadiness shows the city's figure. Whoever sees the figures of the whole city sees it.
func (s *Service) CityReadiness(ctx context.Context, a access.Actor) (GroupReadiness, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "readiness_figure", ID: CityGroup}); err != nil {
		return GroupReadiness{}, err
	}
	return s.group(ctx, CityGroup)
}

func (s *Service) maySeeUnit(ctx context.Context, a access.Actor, unit string) error {
	path, err := s.cfg.Register.UnitPath(ctx, unit)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return err
	}
	if _, may := s.cfg.Policy.May(a, "view", access.Thing{Kind: "readiness_figure", ID: unit, Units: path}); may != nil {
		return may
	}
	return err
}

// UnitsBelow lists the figures of the units right below a unit ("" for the topmost ones) that have people who must be ready and that the actor may
// see; the least ready first.
func (s *Service) UnitsBelow(ctx context.Context, a access.Actor, unit string) ([]GroupReadiness, error) {
	if s.cfg.Policy.Scope(a, "view", "readiness_figure").Empty() {
		return nil, nothing()
	}
	parent := CityGroup
	if unit != "" {
		parent = UnitGroup(unit)
	}
	docs, err := s.groups.Gather(ctx, storage.Query{Index: "parent", Term: parent})
	if err != nil {
		return nil, err
	}
	var out []GroupReadiness
	for _, d := range docs {
		g := d.Value.Of
		err := s.maySeeUnit(ctx, a, strings.TrimPrefix(d.ID, "unit."))
		switch k := faults.KindOf(err); {
		case err == nil && g.Mapped():
			out = append(out, g)
		case err != nil && k != faults.NotFound && k != faults.Forbidden:
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b GroupReadiness) int {
		if o := compare(a.Ready*b.Must, b.Ready*a.Must); o != 0 {
			return o
		}
		return compare(a.ID, b.ID)
	})
	return out, nil
}

// Blocking lists the people who keep a unit ("" for the city) from being ready, in order of their ids, only those the actor may see.
func (s *Service) Blocking(ctx context.Context, a access.Actor, unit string, after storage.Cursor, limit int) (Page[PersonReadiness], error) {
	if s.cfg.Policy.Scope(a, "view_blocking", "readiness").Empty() {
		return Page[PersonReadiness]{}, nothing()
	}
	if limit <= 0 || limit > storage.MaxPage {
		limit = storage.DefaultPage
	}
	q := storage.Query{Index: "home", Term: "blocked:all", After: after, Limit: 200}
	if unit != "" {
		q.Term = "blocked:" + unit
	}
	var out Page[PersonReadiness]
	for read := 0; read < storage.MaxGather; {
		p, err := s.people.Find(ctx, q)
		if err != nil {
			return out, err
		}
		for _, d := range p.Docs {
			read++
			v := d.Value.Of
			if _, err := s.cfg.Policy.May(a, "view_blocking", access.Thing{Kind: "readiness", ID: v.Person, Owner: v.Person, Units: v.Units}); err == nil {
				if len(out.Items) == limit {
					out.More = true
					return out, nil
				}
				out.Items = append(out.Items, v)
			}
			out.Next = storage.Cursor{Order: d.ID, ID: d.ID}
		}
		if !p.More {
			return out, nil
		}
		q.After = p.Next
	}
	out.More = true
	return out, nil
}

// BlockingApp lists the operators who keep an application from being ready, in order of their ids.
func (s *Service) BlockingApp(ctx context.Context, a access.Actor, app string) ([]PersonReadiness, error) {
	_, path, err := s.app(ctx, app)
	if err != nil {
		return nil, err
	}
	if _, err := s.cfg.Policy.May(a, "view_operators", access.Thing{Kind: "app", ID: app, Units: path}); err != nil {
		return nil, err
	}
	holders, err := s.holders(ctx, app)
	if err != nil {
		return nil, err
	}
	var out []PersonReadiness
	for _, person := range holders {
		p, err := s.person(ctx, person)
		if err != nil {
			return nil, err
		}
		if !p.Left && !p.ReadyFor(app) {
			out = append(out, p)
		}
	}
	return out, nil
}
