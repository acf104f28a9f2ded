package people

import (
	"context"
	"slices"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
)

// Rehoming is what a move of a unit would do. It is looked at before the move and stored nowhere.
type Rehoming struct {
	Parent  Unit // the new parent; zero makes the unit a root
	Along   Contents
	Lose    int                // people who have a supervisor now and would have none
	Gain    int                // people who have none now and would have one
	Other   int                // people who would get another one
	Changes []SupervisorChange // who loses, gains and changes; at most rehomingShown of them
}

// SupervisorChange is one person whose supervisor would be another.
type SupervisorChange struct{ Who, Before, After Person } // Before, After: zero when nobody supervises

// rehomingShown is how many changes of a move are named.
const rehomingShown = 50

// PreviewMove says what MoveUnit with the same unit and parent would do today, and refuses what it would refuse. It reads everybody in the unit.
func (s *Service) PreviewMove(ctx context.Context, a access.Actor, id, parent UnitID) (Rehoming, error) {
	u, err := s.unit(ctx, id)
	if err != nil {
		return Rehoming{}, err
	}
	if _, err := s.cfg.Policy.May(a, "edit", u.thing()); err != nil {
		return Rehoming{}, err
	}
	if _, err := s.mayPutUnder(ctx, a, parent); err != nil {
		return Rehoming{}, err
	}
	var out Rehoming
	var above []string
	if parent != "" {
		if out.Parent, err = s.unit(ctx, parent); err != nil {
			return Rehoming{}, err
		}
		above = out.Parent.Path()
	}
	if slices.Contains(above, string(id)) {
		return Rehoming{}, belowItself()
	}
	if out.Along, err = s.contents(ctx, id); err != nil {
		return Rehoming{}, err
	}
	type headed struct {
		unit Unit
		held []holding
	}
	known, day := map[UnitID]headed{}, s.today()
	look := func(id UnitID) (Unit, []holding, error) {
		h, ok := known[id]
		if !ok {
			var err error
			if h.unit, err = s.unit(ctx, id); err != nil {
				return Unit{}, nil, err
			}
			if h.held, err = s.heads(ctx, h.unit, day); err != nil {
				return Unit{}, nil, err
			}
			known[id] = h
		}
		return h.unit, h.held, nil
	}
	err = s.persons.Each(ctx, storage.Query{Index: "register", Term: "unit:" + string(id)}, func(d storage.Doc[Person]) error {
		p := personOf(d)
		i := slices.Index(p.Path, string(id))
		if i < 0 || !p.InService(day) {
			return nil
		}
		before, err := s.deriveAlong(ctx, p, p.Path, look)
		if err != nil {
			return err
		}
		after, err := s.deriveAlong(ctx, p, slices.Concat(p.Path[:i+1], above), look)
		if err != nil || before.Person.ID == after.Person.ID {
			return err
		}
		switch {
		case after.Person.ID == "":
			out.Lose++
		case before.Person.ID == "":
			out.Gain++
		default:
			out.Other++
		}
		if len(out.Changes) < rehomingShown {
			out.Changes = append(out.Changes, SupervisorChange{p, before.Person, after.Person})
		}
		return nil
	})
	return out, err
}
