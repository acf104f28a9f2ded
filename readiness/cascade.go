package readiness

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// groupPause is the least time between two rebuilds of a figure that has figures below it.
const groupPause = 5 * time.Second

// figure is a derived value that knows which figures above it rest on it.
type figure interface {
	above() []string // ids of groups
	pending() []string
	with(pending []string) figure
	same(figure) bool // whether the figures above would read the same from both
}

// rebuild computes a derived document anew like storage.Rebuild, and carries a change upwards: the ids of the groups that rest on it are stored
// with the new value, then raised, then taken off. A crash in between leaves them in the document, which stays due; so no change is lost on its way
// up. Safe to call at any time and twice at once.
func rebuild[T figure](ctx context.Context, s *Service, c *storage.Collection[storage.Derived[T]], id string, build func(context.Context) (T, civil.Date, error)) error {
	now := s.now()
	before, err := c.Upsert(ctx, id, func(d *storage.Doc[storage.Derived[T]]) error {
		if d.Version > 0 {
			return storage.Unchanged
		}
		d.Value.Want = 1
		d.Due = storage.NewDue(storage.RebuildStep, now)
		return nil
	})
	if err != nil {
		return err
	}
	want := before.Value.Want
	of, goodUntil, err := build(ctx)
	if err != nil {
		return err
	}
	built, err := c.Update(ctx, id, func(d *storage.Doc[storage.Derived[T]]) error {
		v := &d.Value
		if v.Have > want { // somebody else built from newer sources; what is pending of theirs is raised below all the same
			return storage.Unchanged
		}
		raise := slices.Clone(v.Of.pending())
		if v.Have == 0 || !of.same(v.Of) {
			raise = union(union(raise, v.Of.above()), of.above())
		}
		v.Have, v.GoodUntil, v.BuiltAt = want, goodUntil, now
		v.Of, _ = of.with(raise).(T)
		if v.Want <= want && len(raise) == 0 {
			d.Due = nil
		} else if d.Due == nil {
			d.Due = storage.NewDue(storage.RebuildStep, now)
		}
		return nil
	})
	if err != nil {
		return err
	}
	raised := built.Value.Of.pending()
	for _, g := range raised {
		if err := s.raiseGroup(ctx, g); err != nil {
			return err
		}
	}
	if len(raised) == 0 {
		return nil
	}
	_, err = c.Update(ctx, id, func(d *storage.Doc[storage.Derived[T]]) error {
		if d.Version != built.Version {
			return fmt.Errorf("rebuild %s: it changed meanwhile: %w", id, faults.Conflict) // stays due
		}
		d.Value.Of, _ = d.Value.Of.with(nil).(T)
		if d.Value.Want <= d.Value.Have {
			d.Due = nil
		}
		return nil
	})
	return err
}

func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// raiseGroup marks a group for rebuilding: at once when it has rested, else when it has.
func (s *Service) raiseGroup(ctx context.Context, id string) error {
	now := s.now()
	wait := time.Duration(0)
	if d, err := s.groups.Get(ctx, id); err == nil {
		wait = max(0, d.Value.BuiltAt.Add(groupPause).Sub(now))
	} else if faults.KindOf(err) != faults.NotFound {
		return err
	}
	if err := storage.Raise(ctx, s.groups, id, now, wait); err != nil {
		return fmt.Errorf("mark a figure for rebuilding: %w", err)
	}
	if wait == 0 {
		s.wake(ctx, GroupsCollection, id)
	}
	return nil
}
