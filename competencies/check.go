package competencies

import (
	"context"
	"maps"

	"github.com/apelkota/apel/internal/storage"
)

// Check compares every stored standing that claims to be up to date with levels computed afresh and names the persons whose do not agree. For the
// doctor; it takes no actor and writes nothing.
func (s *Service) Check(ctx context.Context, differs func(person string)) error {
	b, err := s.basis(ctx)
	if err != nil {
		return err
	}
	return s.standings.All(ctx, func(d storage.Doc[storage.Derived[Profile]]) error {
		if !b.fresh(d.Value) {
			return nil
		}
		rows, err := s.evidenceOf(ctx, d.ID)
		if err != nil {
			return err
		}
		if !maps.Equal(d.Value.Of.LevelMap(), Own(rows, b.dict, b.rules, b.on)) {
			differs(d.ID)
		}
		return nil
	})
}
