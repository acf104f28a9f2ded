package people

import (
	"context"
	"errors"
	"slices"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// SupervisorOverride names somebody else as supervisor for a time, where the unit tree does not tell the truth. It ends when the
// person moves to another unit.
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

// DerivationStep is one place that was looked at for a supervisor, and what was found there.
type DerivationStep struct {
	Unit  UnitID // "" for the override
	Found StepFinding
}

// StepFinding says why a place gives no supervisor, or that it does.
type StepFinding string

// The findings.
const (
	FoundHead       StepFinding = "head"        // its head supervises
	FoundOverride   StepFinding = "override"    // the override runs and counts
	NoHeadPosition  StepFinding = "no_position" // no position heads it, or that position is not registered
	HeadVacant      StepFinding = "vacant"      // nobody on duty holds the head position
	HeadIsSelf      StepFinding = "self"        // the person heads it
	OverrideEnded   StepFinding = "ended"       // the override does not run today
	OverrideAbsent  StepFinding = "absent"      // whom the override names is no longer in service
	NothingIsFilled StepFinding = "nobody"      // the end of the way: nobody
)

// Text says the finding for people.
func (f StepFinding) Text() texts.Text {
	switch f {
	case FoundHead:
		return texts.T("pejabat kepalanya menjadi atasan", "its head is the supervisor")
	case FoundOverride:
		return texts.T("ditetapkan tersendiri dan sedang berlaku", "named separately, and in force")
	case NoHeadPosition:
		return texts.T("belum punya jabatan kepala", "it has no head position")
	case HeadVacant:
		return texts.T("jabatan kepalanya kosong atau pejabatnya tidak bertugas", "its head position is vacant, or the holder is off duty")
	case HeadIsSelf:
		return texts.T("dikepalai pegawai ini sendiri", "this person heads it")
	case OverrideEnded:
		return texts.T("ditetapkan tersendiri, tetapi tidak berlaku hari ini", "named separately, but not in force today")
	case OverrideAbsent:
		return texts.T("ditetapkan tersendiri, tetapi orangnya tidak lagi bertugas", "named separately, but no longer in service")
	case NothingIsFilled:
		return texts.T("tidak ada lagi unit di atasnya", "there is no unit above")
	}
	return texts.T(string(f), string(f))
}

// Derivation is how a supervisor was found: the places looked at, in order, the last being the one that counts.
type Derivation struct {
	Supervision // zero when nobody supervises
	Steps       []DerivationStep
}

// Derive tells who supervises a person and the way to it, for whoever may see the person; that nobody does is an answer. Traced like Person. NotFound.
func (s *Service) Derive(ctx context.Context, a access.Actor, id ID) (Derivation, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Derivation{}, err
	}
	role, err := s.cfg.Policy.May(a, "view", p.Thing())
	if err != nil {
		return Derivation{}, err
	}
	if err := s.looked(ctx, a, role, id); err != nil {
		return Derivation{}, err
	}
	return s.derive(ctx, p)
}

// RoleHolders lists who holds a role today, wherever they hold it. For other rooms, which tell them something; takes no actor.
func (s *Service) RoleHolders(ctx context.Context, role string) (out []ID, err error) {
	day := s.today()
	err = s.accounts.Each(ctx, storage.Query{Index: "accounts", Term: "role:" + role}, func(d storage.Doc[account]) error {
		p, err := s.person(ctx, ID(d.ID))
		if err != nil {
			return err
		}
		if slices.ContainsFunc(d.Value.grants(p, day, false), func(g access.Grant) bool { return g.Role == role }) {
			out = append(out, p.ID)
		}
		return nil
	})
	return out, err
}

// SupervisorOf is who supervises a person today; "" when nobody does. For other rooms; takes no actor. NotFound.
func (s *Service) SupervisorOf(ctx context.Context, id ID) (ID, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return "", err
	}
	d, err := s.derive(ctx, p)
	return d.Person.ID, err
}

// derive looks first at an override that runs, then at the head of the person's unit (definitif, else Plt or Plh) and of each unit above; never is it the
// person themselves. Nobody supervises the top of the city.
func (s *Service) derive(ctx context.Context, p Person) (Derivation, error) {
	return s.deriveAlong(ctx, p, p.Path, func(id UnitID) (Unit, []holding, error) {
		u, err := s.unit(ctx, id)
		if err != nil {
			return u, nil, err
		}
		held, err := s.heads(ctx, u, s.today())
		return u, held, err
	})
}

// deriveAlong looks for a supervisor on the way up that path names; headed answers a unit and who heads it today.
func (s *Service) deriveAlong(ctx context.Context, p Person, path []string, headed func(UnitID) (Unit, []holding, error)) (Derivation, error) {
	var out Derivation
	step := func(u UnitID, f StepFinding) { out.Steps = append(out.Steps, DerivationStep{u, f}) }
	day := s.today()
	if o := p.Override; o != nil && o.Person != p.ID {
		boss, err := s.person(ctx, o.Person)
		switch {
		case err != nil && !errors.Is(err, faults.NotFound):
			return out, err
		case day < o.Since || o.Until != "" && day > o.Until:
			step("", OverrideEnded)
		case err != nil || !boss.InService(day):
			step("", OverrideAbsent)
		default:
			step("", FoundOverride)
			out.Supervision = Supervision{Person: boss, Override: true}
			return out, nil
		}
	}
	for _, uid := range path {
		u, held, err := headed(UnitID(uid))
		if err != nil {
			return out, err
		}
		for _, h := range held {
			if h.Person.ID != p.ID {
				step(u.ID, FoundHead)
				out.Supervision = Supervision{Person: h.Person, Unit: u.ID, Kind: h.Appointment.Kind}
				return out, nil
			}
		}
		switch {
		case len(held) > 0:
			step(u.ID, HeadIsSelf)
		case u.HeadPosition == "":
			step(u.ID, NoHeadPosition)
		default:
			step(u.ID, HeadVacant)
		}
	}
	step("", NothingIsFilled)
	return out, nil
}

// heads lists who heads a unit on a day, the one that counts first: people on duty, definitif before acting.
func (s *Service) heads(ctx context.Context, u Unit, day civil.Date) ([]holding, error) {
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
	held, err := s.holders(ctx, PositionID(id), day)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(held, func(h holding) bool { return !h.Person.onDuty(day) }), nil
}

// headOf lists the units a person heads today: where they are the one who counts.
func (s *Service) headOf(ctx context.Context, id ID) ([]UnitID, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return nil, err
	}
	day := s.today()
	if !p.onDuty(day) {
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

// SetSupervisor names a supervisor for a person where the derived one is wrong, or takes the override away (o nil). edition is the one the form was
// filled from, 0 takes the person as they are. Audited with its reason. Safe to call twice. Errors: Invalid, NotFound, Conflict (changed since).
func (s *Service) SetSupervisor(ctx context.Context, a access.Actor, id ID, edition int64, o *SupervisorOverride, why string) (Person, error) {
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
		// Whom the actor may not see they cannot name either: nobody is looked up this way.
		boss, err := s.person(ctx, o.Person)
		if err == nil {
			_, err = s.cfg.Policy.May(a, "view", boss.Thing())
		}
		if errors.Is(err, faults.NotFound) {
			return Person{}, faults.OnField("supervisor", "Pegawai ini tidak ada di wilayah Anda.", "There is no such person within your reach.")
		}
		if err != nil {
			return Person{}, err
		}
		if !boss.InService(s.today()) {
			return Person{}, faults.OnField("supervisor", "Pegawai ini tidak lagi bertugas.", "This person is no longer in service.")
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
		if err := ifEdition(edition)(d); err != nil {
			return err
		}
		d.Value.Override, d.Value.Edition = o, personOf(*d).Edition+1
		d.Trail = append(d.Trail, trail)
		s.spread(d)
		return nil
	})
	return personOf(d), err
}
