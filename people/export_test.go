package people

import (
	"context"
	"errors"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/storage"
)

// Move is a recorded move of a unit, for letting a slow helper carry it out late.
type Move = move

// MoveNow reads the move that is going on.
func (s *Service) MoveNow(ctx context.Context) (Move, error) {
	d, err := s.moves.Get(ctx, moveID)
	return d.Value, err
}

// BeginMove records a move without carrying it out.
func (s *Service) BeginMove(ctx context.Context, unit, parent UnitID) (Move, error) {
	d, err := s.moves.Upsert(ctx, moveID, func(d *storage.Doc[move]) error {
		d.Value = move{Seq: d.Value.Seq + 1, Unit: unit, Parent: parent, Trail: storage.Audit{ID: storage.NewID(), At: s.now()}}
		return nil
	})
	return d.Value, err
}

// FinishMove carries out a recorded move.
func (s *Service) FinishMove(ctx context.Context, m Move) error { return s.finishMove(ctx, m) }

// Relink is the part of FinishMove that a slow helper may be in.
func (s *Service) Relink(ctx context.Context, m Move) error { return s.relink(ctx, m) }

// HeadOf lists the units a person heads today.
func (s *Service) HeadOf(ctx context.Context, id ID) ([]UnitID, error) { return s.headOf(ctx, id) }

// Holders lists who holds a position on a day.
func (s *Service) Holders(ctx context.Context, position PositionID, day civil.Date) ([]holding, error) {
	return s.holders(ctx, position, day)
}

// Waiting says how many logins are being worked on or wait.
func (s *Service) Waiting() int {
	s.hashing.mu.Lock()
	defer s.hashing.mu.Unlock()
	return s.hashing.lanes[shownLane].waiting + s.hashing.lanes[strangersLane].waiting
}

// Hold takes every core of the hashing queue until one is given back.
func (s *Service) Hold() (giveOne func()) {
	s.hashing.mu.Lock()
	defer s.hashing.mu.Unlock()
	s.hashing.free = 0
	return func() {
		s.hashing.mu.Lock()
		defer s.hashing.mu.Unlock()
		s.hashing.free++
		s.hashing.next()
	}
}

// Abandon makes a reserved place void, as whoever takes over its code or number does.
func (s *Service) Abandon(ctx context.Context, id string) error {
	_, err1 := s.abandonedUnit(ctx, id)
	_, err2 := s.abandonedPosition(ctx, id)
	_, err3 := s.abandonedPerson(ctx, id)
	return errors.Join(err1, err2, err3)
}

// EffectiveRoles names the roles that count for a person now.
func (s *Service) EffectiveRoles(ctx context.Context, id ID) ([]string, error) {
	acc, err := s.accounts.Get(ctx, string(id))
	if err != nil {
		return nil, err
	}
	grants, err := s.effective(ctx, &acc.Value, false, nil)
	var out []string
	for _, g := range grants {
		out = append(out, g.Role)
	}
	return out, err
}

// HoldSeat keeps a seat as the first part of an appointment does.
func (s *Service) HoldSeat(ctx context.Context, pos Position, id ID, in Appointment) (release func(), err error) {
	return s.holdSeat(ctx, pos, id, in)
}
