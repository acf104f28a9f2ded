package competencies

import (
	"context"

	"github.com/apelkota/apel/internal/storage"
)

// Expire marks for rebuilding every standing that has changed by itself by today, because evidence ran out. For the schedule; it takes no actor. It
// returns how many. Safe to call at any time.
func (s *Service) Expire(ctx context.Context) (int, error) {
	return storage.RaiseExpired(ctx, s.standings, s.today(), s.now())
}
