package people

import (
	"context"

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
