package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// Roster answers People from the register.
func Roster(register *people.Service, now func() time.Time, zone func() civil.Zone) People {
	return roster{register, func() civil.Date { return zone().Day(now()) }}
}

type roster struct {
	*people.Service
	today func() civil.Date
}

func (r roster) Learner(ctx context.Context, person PersonID) (Learner, error) {
	p, err := r.Look(ctx, people.ID(person))
	if err != nil {
		return Learner{}, err
	}
	l := Learner{Person: person, Name: p.DisplayName(), Active: p.LegalPosition == people.Active && p.Gone == nil && !p.Void, Units: p.Path, Status: string(p.Status)}
	for _, post := range p.Posts(r.today()) {
		at, err := r.LookPosition(ctx, post.Position)
		if errors.Is(err, faults.NotFound) {
			continue
		}
		if err != nil {
			return Learner{}, err
		}
		l.Positions = append(l.Positions, string(post.Position))
		if l.PositionKind == "" {
			l.PositionKind = at.Kind
		}
		if at.Standard != "" {
			l.Standards = append(l.Standards, at.Standard)
		}
	}
	return l, nil
}

// Covered narrows by what the register has an index for; the rest is looked at one by one.
func (r roster) Covered(ctx context.Context, kind WhoKind, value, after string, limit int) ([]PersonID, string, error) {
	f := people.PersonFilter{Limit: limit}
	switch kind {
	case WhoUnit:
		f.Under = people.UnitID(value)
	case WhoPosition:
		f.Position = people.PositionID(value)
	case WhoStatus:
		f.Status = people.Status(value)
	}
	if order, id, ok := strings.Cut(after, "\n"); ok {
		f.After = storage.Cursor{Order: order, ID: id}
	}
	page, err := r.Persons(ctx, access.System("rules"), f)
	if err != nil {
		return nil, "", err
	}
	out := make([]PersonID, len(page.Items))
	for i, p := range page.Items {
		out[i] = string(p.ID)
	}
	if !page.More {
		return out, "", nil
	}
	return out, page.Next.Order + "\n" + page.Next.ID, nil
}

func (r roster) Unit(ctx context.Context, idOrCode string) (string, error) {
	u, err := r.LookUnit(ctx, people.UnitID(idOrCode))
	if errors.Is(err, faults.NotFound) {
		u, err = r.UnitByCode(ctx, idOrCode)
	}
	if err != nil {
		return "", fmt.Errorf("unit %q: %w", idOrCode, err)
	}
	return string(u.ID), nil
}

func (r roster) UnitPath(ctx context.Context, unit string) ([]string, error) {
	return r.Service.UnitPath(ctx, people.UnitID(unit))
}

// Heads answers from the register who supervises and who marks.
type Heads struct{ Register *people.Service }

// Supervisor is who supervises a person today.
func (h Heads) Supervisor(ctx context.Context, person PersonID) (PersonID, error) {
	p, err := h.Register.SupervisorOf(ctx, people.ID(person))
	return string(p), err
}

// Markers lists who may mark today, each once.
func (h Heads) Markers(ctx context.Context) ([]PersonID, error) {
	var out []PersonID
	for _, role := range []string{"marker", "training_admin"} {
		who, err := h.Register.RoleHolders(ctx, role)
		if err != nil {
			return nil, err
		}
		for _, p := range who {
			if !slices.Contains(out, string(p)) {
				out = append(out, string(p))
			}
		}
	}
	return out, nil
}
