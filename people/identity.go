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

// Identity is one NIP or NI of a person with its period of use. The one without an end is in use.
type Identity struct {
	Kind   IdentityKind `json:"kind"`
	Number NIP          `json:"number"`
	From   civil.Date   `json:"from,omitempty"`
	To     civil.Date   `json:"to,omitempty"` // last day
}

// Renumbering is a change of NIP: a PPPK with a new contract elsewhere gets a new NI, a PPPK who becomes PNS gets a NIP. The person stays the same.
type Renumbering struct {
	NIP     string
	From    civil.Date // first day of the new number; "" means today
	Details Details    // the details that go with it: status, rank, contract
	Correct bool       // the old number was a mistake: it is replaced and leaves no history
	Why     string     // required
}

// Renumber gives a person a new number and the details that come with it. Account, certificates and learning hours stay with the person; login
// works with the new number from then on. Safe to call twice. Errors: Invalid, NotFound, Forbidden (as EditPerson), Conflict (number in use by somebody else, or changed since).
func (s *Service) Renumber(ctx context.Context, a access.Actor, id ID, edition int64, r Renumbering) (Person, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	role, err := s.cfg.Policy.May(a, "renumber", p.Thing())
	if err != nil {
		return Person{}, err
	}
	if r.Why == "" {
		return Person{}, faults.OnField("why", "Tulis alasan perubahan NIP.", "Give the reason for the new number.")
	}
	if n, _, err := s.cfg.NIP().Parse(r.NIP, s.today()); err == nil && n == p.NIP() {
		if r.Details.clean() == p.Details {
			return p, nil // the same form again
		}
		return Person{}, faults.OnField("nip", "Ini nomor yang sedang dipakai. Isi nomor yang baru.", "This is the number in use. Give the new one.")
	}
	if err := s.mayMove(ctx, a, "renumber", p, r.Details.clean().Unit); err != nil {
		return Person{}, err
	}
	if err := s.mayMail(a, p.Thing(), p.Email, r.Details.clean().Email); err != nil {
		return Person{}, err
	}
	if err := s.mayEnd(ctx, a, p, r.Details.clean()); err != nil {
		return Person{}, err
	}
	kept, err := s.revived(ctx, a, p, r.Details.clean(), r.Why)
	if err != nil {
		return Person{}, err
	}
	before := p.Unit
	if p, err = s.renumber(ctx, p, s.asRead(ctx, edition, r.Details.clean()), r, "", s.entry(a, role, "renumber", "people/"+string(id), id, r.Why, ""), kept); err != nil || p.Unit == before {
		return p, err
	}
	_, err = s.reopenFilled(ctx, a, role, p.Unit)
	return p, err
}

// renumber is Renumber after permission.
func (s *Service) renumber(ctx context.Context, p Person, may guard, r Renumbering, stamp string, trail storage.Audit, kept []storage.Audit) (Person, error) {
	n, _, err := s.cfg.NIP().Parse(r.NIP, s.today())
	if err != nil {
		return Person{}, err
	}
	r.Details = r.Details.clean()
	if err := invalid(s.checkDetails(r.Details, n)); err != nil {
		return Person{}, err
	}
	if r.From == "" {
		r.From = s.today()
	}
	if !r.From.Valid() {
		return Person{}, faults.OnField("from", "Tanggal mulai tidak benar.", "The start date is not right.")
	}
	if err := s.reserveNIP(ctx, n, p.ID); err != nil {
		return Person{}, err
	}
	change := func(d *storage.Doc[Person]) error {
		old := d.Value.NIP()
		if old == n {
			return nil
		}
		if r.Correct {
			for i, x := range d.Value.Identities {
				if x.To == "" {
					d.Value.Identities[i].Number, d.Value.Identities[i].Kind = n, n.Kind()
				}
			}
			if old != "" {
				return nil
			}
		}
		for i, x := range d.Value.Identities {
			if x.To == "" {
				d.Value.Identities[i].To = r.From.AddDays(-1)
			}
		}
		d.Value.Identities = append(d.Value.Identities, Identity{Kind: n.Kind(), Number: n, From: r.From})
		return nil
	}
	return s.rewritePerson(ctx, p, may, r.Details, stamp, trail, change, kept)
}

// releaseOld gives back the claims of numbers that are no longer in use. Called after the document is written; safe to call twice.
func (s *Service) releaseOld(ctx context.Context, before, after Person) error {
	var errs []error
	used := after.NIP()
	for _, i := range slices.Concat(before.Identities, after.Identities) {
		if i.Number != used {
			errs = append(errs, s.claims.Release(ctx, claimNIP, string(i.Number), string(after.ID)))
		}
	}
	if before.Email != "" && before.Email != after.Email {
		errs = append(errs, s.claims.Release(ctx, claimEmail, before.Email, string(after.ID)))
	}
	return errors.Join(errs...)
}
