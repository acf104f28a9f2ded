package people

import (
	"context"
	"errors"
	"slices"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Finding is something in the register that does not agree with itself.
type Finding struct {
	Kind   string // "path", "claim", "unit" and "position" (missing), "closed" (a unit out of use that holds people or open positions)
	Thing  string // "collection/id"
	Mended bool
}

// Examine compares what is kept twice (the unit paths of people and positions, the claims of numbers, addresses and codes) with its source, for the
// program's doctor: a crash between two writes may leave a difference that nothing else would notice. With mend it puts right what has only one right
// answer. It streams the whole register, so it is never on a user's path. Safe to run at any time; what is being written right now may show once.
func (s *Service) Examine(ctx context.Context, mend bool) ([]Finding, error) {
	var out []Finding
	paths, closed := map[UnitID][]string{}, map[UnitID]bool{} // closed: false once it is noted
	note := func(kind, thing string, fix func() error) error {
		f := Finding{Kind: kind, Thing: thing}
		if mend && fix != nil {
			if err := fix(); err != nil && !errors.Is(err, faults.Conflict) {
				return err
			} else if err == nil {
				f.Mended = true
			}
		}
		if len(out) < storage.MaxList {
			out = append(out, f)
		}
		return nil
	}
	shut := func(id UnitID) error {
		if !closed[id] {
			return nil
		}
		closed[id] = false
		return note("closed", "units/"+string(id), nil)
	}
	claim := func(kind, value, owner, thing string) error {
		if value == "" {
			return nil
		}
		have, err := s.claims.Owner(ctx, kind, value)
		if err != nil && !errors.Is(err, faults.NotFound) || have == owner {
			return err
		}
		return note("claim", thing, func() error { return s.claims.Take(ctx, kind, value, owner) })
	}
	if err := s.units.All(ctx, func(d storage.Doc[Unit]) error {
		u := unitOf(d)
		if u.Void {
			return nil
		}
		paths[u.ID] = u.Path()
		if u.Closed {
			closed[u.ID] = true
		}
		return claim(claimUnit, codeKey(u.Code), d.ID, "units/"+d.ID)
	}); err != nil {
		return out, err
	}
	for id, path := range paths {
		u, err := s.unit(ctx, id)
		if err != nil {
			return out, err
		}
		want := []string{string(id)}
		if u.Parent != "" {
			want = append(want, paths[u.Parent]...)
		}
		if !slices.Equal(path, want) {
			if err := note("path", "units/"+string(id), func() error { return s.SettleUnit(ctx, string(id)) }); err != nil {
				return out, err
			}
		}
	}
	if err := s.positions.All(ctx, func(d storage.Doc[Position]) error {
		p := d.Value
		if p.Void {
			return nil
		}
		if !p.Closed {
			if err := shut(p.Unit); err != nil {
				return err
			}
		}
		path, ok := paths[p.Unit]
		switch {
		case !ok:
			if err := note("unit", "positions/"+d.ID, nil); err != nil {
				return err
			}
		case !slices.Equal(path, p.Path):
			if err := note("path", "positions/"+d.ID, func() error { return s.settlePosition(ctx, p.ID, p.Unit, path) }); err != nil {
				return err
			}
		}
		return claim(claimPosition, codeKey(p.Code), d.ID, "positions/"+d.ID)
	}); err != nil {
		return out, err
	}
	err := s.persons.All(ctx, func(d storage.Doc[Person]) error {
		p := d.Value
		if p.Void {
			return nil
		}
		if p.Unit != "" {
			if err := shut(p.Unit); err != nil {
				return err
			}
			path, ok := paths[p.Unit]
			switch {
			case !ok:
				if err := note("unit", "people/"+d.ID, nil); err != nil {
					return err
				}
			case !slices.Equal(path, p.Path):
				if err := note("path", "people/"+d.ID, func() error { return s.settlePerson(ctx, p.ID, p.Unit, path) }); err != nil {
					return err
				}
			}
		}
		for _, a := range p.Appointments {
			if _, err := s.position(ctx, a.Position); errors.Is(err, faults.NotFound) {
				if err := note("position", "people/"+d.ID, nil); err != nil {
					return err
				}
			} else if err != nil {
				return err
			}
		}
		return errors.Join(claim(claimNIP, string(p.NIP()), d.ID, "people/"+d.ID), claim(claimEmail, p.Email, d.ID, "people/"+d.ID))
	})
	return out, err
}
