package readiness

import (
	"context"
	"fmt"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// FromPeople reads what this room needs from the register of people.
type FromPeople struct {
	People *people.Service
	Now    func() time.Time
	Zone   func() civil.Zone
}

var _ Register = FromPeople{}

// Place implements Register. Somebody who is no longer in service is not found: nothing is required of them.
func (f FromPeople) Place(ctx context.Context, person string) ([]string, error) {
	p, err := f.People.Look(ctx, people.ID(person))
	if err != nil {
		return nil, err
	}
	if !p.InService(f.Zone().Day(f.Now())) {
		return nil, fmt.Errorf("place of somebody no longer in service: %w", faults.NotFound)
	}
	return p.Path, nil
}

// PersonByNIP implements Register.
func (f FromPeople) PersonByNIP(ctx context.Context, nip string) (string, error) {
	p, err := f.People.LookByNIP(ctx, nip)
	return string(p.ID), err
}

// UnitByCode implements Register.
func (f FromPeople) UnitByCode(ctx context.Context, code string) (string, error) {
	u, err := f.People.UnitByCode(ctx, code)
	return string(u.ID), err
}

// UnitPath implements Register.
func (f FromPeople) UnitPath(ctx context.Context, unit string) ([]string, error) {
	return f.People.UnitPath(ctx, people.UnitID(unit))
}
