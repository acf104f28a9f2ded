package competencies

import (
	"context"
	"errors"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// Register reads Staffer from the register of people. It takes over units, post and contract, nothing else.
type Register struct {
	People *people.Service
	Now    func() time.Time
	Zone   func() civil.Zone
}

var _ Staff = Register{}

// Staffer implements Staff. A post that is held definitif counts; who only acts in one (Plt, Plh) is compared with no standard.
func (r Register) Staffer(ctx context.Context, person string) (Staffer, error) {
	p, err := r.People.Look(ctx, people.ID(person))
	if err != nil {
		return Staffer{}, err
	}
	out := Staffer{Units: p.Path, Contract: p.PPPK(), ContractStart: p.ContractStart}
	post, ok := p.Post(r.Zone().Day(r.Now()))
	if !ok {
		return out, nil
	}
	pos, err := r.People.LookPosition(ctx, post.Position)
	if errors.Is(err, faults.NotFound) {
		return out, nil
	}
	out.Post, out.PostName, out.Standard = string(pos.ID), pos.Name, pos.Standard
	return out, err
}
