package people

import (
	"context"
	"fmt"

	"github.com/apelkota/apel/internal/storage"
)

// StepSpread is the due step of a person who is new or whose unit, posts or status changed: other rooms follow (assignments by rule, standing,
// readiness). It stands in the person's own document, so nothing is forgotten whoever made the change.
const StepSpread = "spread"

// Collection is the name of the persons' collection, for the chain's steps.
const Collection = "people"

// spread makes a change of a person due for the other rooms.
func (s *Service) spread(d *storage.Doc[Person]) {
	if d.Due == nil || d.Due.Parked {
		d.Due = storage.NewDue(StepSpread, s.now())
	}
}

// Spread is the chain step "spread": it lets the other rooms follow and then takes the due away, unless the person changed again meanwhile. follow
// must bear being called again.
func (s *Service) Spread(ctx context.Context, id string, follow func(ctx context.Context) error) error {
	before, err := s.persons.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.endOld(ctx, before.Value); err != nil {
		return err
	}
	if err := follow(ctx); err != nil {
		return fmt.Errorf("follow a change of a person: %w", err)
	}
	_, err = s.persons.Update(ctx, id, func(d *storage.Doc[Person]) error {
		if d.Due == nil || d.Version != before.Version {
			return storage.Unchanged
		}
		d.Due = nil
		return nil
	})
	return err
}
