package people

import (
	"context"
	"errors"
	"slices"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// SupervisorOverride names somebody else as supervisor for a time, where the unit tree does not tell the truth.
type SupervisorOverride struct {
	Person ID         `json:"person"`
	Since  civil.Date `json:"since"`
	Until  civil.Date `json:"until,omitempty"` // last day
	Why    string     `json:"why"`
}

// Supervision says who supervises a person, and why that one.
type Supervision struct {
	Person   Person          // the supervisor
	Unit     UnitID          // the unit they head; "" for an override
	Kind     AppointmentKind // how they hold the head position; "" for an override
	Override bool
}

// Supervisor derives who supervises a person today: the override if one runs; else the holder of the head position of the person's unit (definitif,
// else Plt or Plh), else of the nearest unit above; never the person themselves. NotFound when nobody does (the top of the city). For other rooms.
func (s *Service) Supervisor(ctx context.Context, id ID) (Supervision, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Supervision{}, err
	}
	day := s.today()
	if o := p.Override; o != nil && o.Person != id && o.Since <= day && (o.Until == "" || day <= o.Until) {
		boss, err := s.person(ctx, o.Person)
		if err == nil && boss.InService(day) {
			return Supervision{Person: boss, Override: true}, nil
		}
		if err != nil && !errors.Is(err, faults.NotFound) {
			return Supervision{}, err
		}
	}
	for _, uid := range p.Path {
		u, err := s.unit(ctx, UnitID(uid))
		if err != nil {
			return Supervision{}, err
		}
		held, err := s.heads(ctx, u, day)
		if err != nil {
			return Supervision{}, err
		}
		for _, h := range held {
			if h.Person.ID != id {
				return Supervision{Person: h.Person, Unit: u.ID, Kind: h.Appointment.Kind}, nil
			}
		}
	}
	return Supervision{}, faults.New(faults.NotFound, "Pegawai ini belum punya atasan di susunan unit.", "This person has no supervisor in the unit tree.")
}

// heads lists who heads a unit on a day, the one that counts first: people on duty, definitif before acting.
func (s *Service) heads(ctx context.Context, u Unit, day civil.Date) ([]Holding, error) {
	if u.HeadPosition == "" {
		return nil, nil
	}
	id, err := s.claims.Owner(ctx, claimPosition, codeKey(u.HeadPosition))
	if errors.Is(err, faults.NotFound) {
		return nil, nil // the position is not registered yet
	}
	if err != nil {
		return nil, err
	}
	held, err := s.Holders(ctx, PositionID(id), day)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(held, func(h Holding) bool { return !h.Person.OnDuty(day) }), nil
}

// HeadOf lists the units a person heads today, for other rooms: where they are the one who counts.
func (s *Service) HeadOf(ctx context.Context, id ID) ([]UnitID, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return nil, err
	}
	day := s.today()
	if !p.OnDuty(day) {
		return nil, nil
	}
	var out []UnitID
	for _, post := range p.Posts(day) {
		pos, err := s.position(ctx, post.Position)
		if errors.Is(err, faults.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		docs, err := s.units.Gather(ctx, storage.Query{Index: "tree", Term: "head:" + codeKey(pos.Code)})
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			held, err := s.heads(ctx, d.Value, day)
			if err != nil {
				return nil, err
			}
			if len(held) > 0 && held[0].Person.ID == id {
				out = append(out, UnitID(d.ID))
			}
		}
	}
	return out, nil
}

// SetSupervisor names a supervisor for a person where the derived one is wrong, or takes the override away (o nil). Audited with its reason.
// Safe to call twice. Errors: Invalid, NotFound.
func (s *Service) SetSupervisor(ctx context.Context, a access.Actor, id ID, o *SupervisorOverride, why string) (Person, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	role, err := s.cfg.Policy.May(a, "set_supervisor", p.Thing())
	if err != nil {
		return Person{}, err
	}
	if why == "" {
		return Person{}, faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	if o != nil {
		if o.Person == id {
			return Person{}, faults.OnField("supervisor", "Pegawai tidak dapat menjadi atasan dirinya sendiri.", "Nobody supervises themselves.")
		}
		if !o.Since.Valid() || o.Until != "" && (!o.Until.Valid() || o.Until < o.Since) {
			return Person{}, faults.OnField("since", "Masa berlaku atasan tidak benar.", "The period is not right.")
		}
		if _, err := s.person(ctx, o.Person); err != nil {
			return Person{}, err
		}
		copied := *o
		copied.Why = why
		o = &copied
	}
	trail := s.entry(a, role, "set_supervisor", "people/"+string(id), id, why, "")
	d, err := s.persons.Update(ctx, string(id), func(d *storage.Doc[Person]) error {
		if d.Value.Override == nil && o == nil || d.Value.Override != nil && o != nil && *d.Value.Override == *o {
			return storage.Unchanged
		}
		d.Value.Override = o
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return personOf(d), err
}
