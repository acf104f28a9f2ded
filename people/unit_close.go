package people

import (
	"context"
	"fmt"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Contents is what a unit holds: right in it, which keeps it from being closed, and in everything below it, which goes along when it is moved.
type Contents struct {
	Units     []Unit // open units right below it, by name; at most contentsShown of them
	UnitCount int    // all of those
	People    int    // people whose home it is
	Positions int    // open positions in it

	AllUnits     int // open units anywhere below it
	AllPeople    int // people in it and below
	AllPositions int // open positions in it and below
}

// contentsShown is how many units right below one are named.
const contentsShown = 50

// Empty says that nothing keeps the unit from being closed.
func (c Contents) Empty() bool { return c.UnitCount == 0 && c.People == 0 && c.Positions == 0 }

// UnitContents counts what a unit holds, for whoever sees its people. NotFound.
func (s *Service) UnitContents(ctx context.Context, a access.Actor, id UnitID) (Contents, error) {
	u, err := s.Unit(ctx, a, id)
	if err != nil {
		return Contents{}, err
	}
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "person", Units: u.Path()}); err != nil {
		return Contents{}, err
	}
	return s.contents(ctx, u.ID)
}

func (s *Service) contents(ctx context.Context, id UnitID) (Contents, error) {
	var c Contents
	if err := s.units.Each(ctx, storage.Query{Index: "tree", Term: "under:" + string(id)}, func(d storage.Doc[Unit]) error {
		switch {
		case UnitID(d.ID) == id || d.Value.Closed:
		case d.Value.Parent == id:
			if c.UnitCount++; len(c.Units) < contentsShown {
				c.Units = append(c.Units, unitOf(d))
			}
			fallthrough
		default:
			c.AllUnits++
		}
		return nil
	}); err != nil {
		return c, err
	}
	var err error
	if c.People, err = count(ctx, s.persons, storage.Query{Index: "register", Term: "home:" + string(id)}); err != nil {
		return c, err
	}
	if c.AllPeople, err = count(ctx, s.persons, storage.Query{Index: "register", Term: "unit:" + string(id)}); err != nil {
		return c, err
	}
	return c, s.positions.Each(ctx, storage.Query{Index: "posts", Term: "unit:" + string(id)}, func(d storage.Doc[Position]) error {
		if d.Value.Closed {
			return nil
		}
		if c.AllPositions++; d.Value.Unit == id {
			c.Positions++
		}
		return nil
	})
}

// count counts what a query finds without reading it.
func count[T any](ctx context.Context, c *storage.Collection[T], q storage.Query) (int, error) {
	q.Bare, q.Limit = true, storage.MaxPage
	for n := 0; ; {
		p, err := c.Find(ctx, q)
		if err != nil {
			return 0, err
		}
		if n += len(p.Docs); !p.More {
			return n, nil
		}
		q.After = p.Next
	}
}

// CloseUnit takes a unit out of use. Conflict while people, open positions or open units are in it; it names each. The reason is required. Safe to call twice.
func (s *Service) CloseUnit(ctx context.Context, a access.Actor, id UnitID, why string) error {
	u, err := s.unit(ctx, id)
	if err != nil {
		return err
	}
	role, err := s.cfg.Policy.May(a, "edit", u.thing())
	if err != nil {
		return err
	}
	if why == "" {
		return noReason()
	}
	c, err := s.contents(ctx, id)
	if err != nil {
		return err
	}
	if !c.Empty() {
		return stillHolds(c)
	}
	trail := s.entry(a, role, "close_unit", "units/"+string(id), "", why, "")
	if err := setClosed(ctx, s.units, string(id), unitClosed, true, trail); err != nil {
		return err
	}
	// Something may have been put into it since it was counted.
	if c, err = s.reopenFilled(ctx, a, role, id); err != nil || c.Empty() {
		return err
	}
	return stillHolds(c)
}

func stillHolds(c Contents) error {
	return faults.New(faults.Conflict, fmt.Sprintf("Unit ini masih berisi %d unit, %d pegawai, dan %d jabatan. Pindahkan atau tutup dahulu.", c.UnitCount, c.People, c.Positions),
		fmt.Sprintf("This unit still holds %d units, %d people and %d positions. Move or close them first.", c.UnitCount, c.People, c.Positions))
}

// reopenFilled opens a closed unit that holds something. Whoever closes one asks this after the write, and so does whoever has put something into one that
// was open when they looked: one of the two sees the other, so that nothing stays in a closed unit. "" and an open unit are left alone. It gives what the
// unit holds where it looked.
func (s *Service) reopenFilled(ctx context.Context, a access.Actor, role string, id UnitID) (Contents, error) {
	if id == "" {
		return Contents{}, nil
	}
	u, err := s.unit(ctx, id)
	if err != nil || !u.Closed {
		return Contents{}, err
	}
	c, err := s.contents(ctx, id)
	if err != nil || c.Empty() {
		return c, err
	}
	trail := s.entry(a, role, "reopen_unit", "units/"+string(id), "", "", "filled while it was being closed")
	return c, setClosed(ctx, s.units, string(id), unitClosed, false, trail)
}

func unitClosed(u *Unit) *bool { return &u.Closed }

func positionClosed(p *Position) *bool { return &p.Closed }

// setClosed takes a unit or a position out of use, or back into it, with its trail. Safe to call twice.
func setClosed[T any](ctx context.Context, c *storage.Collection[T], id string, mark func(*T) *bool, closed bool, trail storage.Audit) error {
	_, err := c.Update(ctx, id, func(d *storage.Doc[T]) error {
		if *mark(&d.Value) == closed {
			return storage.Unchanged
		}
		*mark(&d.Value) = closed
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return err
}

func noReason() error { return faults.OnField("why", "Tulis alasannya.", "Give the reason.") }
