package readiness

import (
	"context"
	"errors"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Check compares every stored figure that claims to be up to date with one computed afresh and names those that do not agree ("person.<id>",
// "unit.<id>", "app.<code>", "city"). A figure is compared with what is stored below it, so one difference is named once. For the doctor; it takes no
// actor and writes nothing.
func (s *Service) Check(ctx context.Context, differs func(id string)) error {
	today := s.today()
	err := s.people.All(ctx, func(d storage.Doc[storage.Derived[PersonReadiness]]) error {
		v := d.Value
		if d.Due != nil || v.Have < v.Want || v.GoodUntil != "" && today >= v.GoodUntil {
			return nil
		}
		p, _, err := s.buildPerson(ctx, d.ID)
		if err == nil && !p.same(v.Of) {
			differs("person." + d.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.groups.All(ctx, func(d storage.Doc[storage.Derived[GroupReadiness]]) error {
		if d.Due != nil || d.Value.Have < d.Value.Want {
			return nil
		}
		g, err := s.buildGroup(ctx, d.ID)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		if !g.same(d.Value.Of) {
			differs(d.ID)
		}
		return nil
	})
}
