package certificates

import (
	"context"

	"github.com/apelkota/apel/internal/storage"
)

// The chain's side of the room: called by workers only, without an actor. Each is safe to call twice and at once. None wakes anybody: whoever
// runs a step looks at the document again. See also Intend, Seal and Render.

// Look reads a certificate for the chain, which passes its facts to the next room. NotFound when there is none.
func (s *Service) Look(ctx context.Context, id ID) (Certificate, error) {
	d, err := s.docs.Get(ctx, string(id))
	return d.Value, err
}

// Recorded notes that evidence and learning hours stand in the next room (step "record").
func (s *Service) Recorded(ctx context.Context, id ID) error {
	return s.mark(ctx, id, func(c *Certificate) *bool { return &c.Recorded })
}

// Withdrawn notes that evidence was taken back after a revocation or suspension (step "withdraw").
func (s *Service) Withdrawn(ctx context.Context, id ID) error {
	return s.mark(ctx, id, func(c *Certificate) *bool { return &c.Withdrawn })
}

// Told notes that the holder was told (step "tell").
func (s *Service) Told(ctx context.Context, id ID) error {
	return s.mark(ctx, id, func(c *Certificate) *bool { return &c.Told })
}

// Named tells every file that a certificate names: its PDF as issued and the logo it is drawn with. For the daily sweep of files, without an actor.
func (s *Service) Named(ctx context.Context, name func(hash string)) error {
	return s.docs.All(ctx, func(d storage.Doc[Certificate]) error {
		if d.Value.File != nil {
			name(d.Value.File.Hash)
		}
		name(d.Value.Held.Look.Logo)
		return nil
	})
}

// mark sets one of the chain's flags if its step is what is next; otherwise (done already, or a revocation came in between) the due alone is
// brought in line.
func (s *Service) mark(ctx context.Context, id ID, flag func(*Certificate) *bool) error {
	now := s.now()
	_, err := s.docs.Update(ctx, string(id), func(d *storage.Doc[Certificate]) error {
		was := d.Value.next(now)
		probe := d.Value
		*flag(&probe) = true
		if probe.next(now) == was { // not this step's turn
			if d.Due != nil && d.Due.Step == was || d.Due == nil && was == "" {
				return storage.Unchanged
			}
			setDue(d, now)
			return nil
		}
		d.Value = probe
		setDue(d, now)
		return nil
	})
	return err
}
