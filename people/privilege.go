package people

import (
	"context"
	"errors"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
)

// forever is later than every day of service.
const forever civil.Date = "9999-12-31"

// lastDay is the last day of service the register tells of, forever without an end, "" when service is over already.
func (p Person) lastDay() civil.Date {
	switch {
	case p.LegalPosition == Retired || p.Gone != nil:
		return ""
	case p.ServiceEnd == "":
		return forever
	}
	return p.ServiceEnd
}

// keepsRoles refuses a change of the register that ends a privileged role of a person before its time: whoever leaves service has no roles (see effective),
// so without this whoever edits the register would take away what only who grants may take away. may says whether the actor may revoke a role.
func (s *Service) keepsRoles(ctx context.Context, before, after Person, may func(RoleGrant) (bool, error)) error {
	today, last := s.today(), after.lastDay()
	if was := before.lastDay(); was < today || last >= was {
		return nil
	}
	acc, err := s.accounts.Get(ctx, string(before.ID))
	if errors.Is(err, faults.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, g := range acc.Value.Roles {
		until := g.Until
		if until == "" {
			until = forever
		}
		if !isPrivileged(g.Role) || until < today || until <= last {
			continue
		}
		ok, err := may(g)
		if err != nil {
			return err
		}
		if !ok {
			return endsRole(before, after, g.Role)
		}
	}
	return nil
}

func endsRole(before, after Person, role string) error {
	name := RoleText(role)
	e := faults.New(faults.Forbidden, "Perubahan ini mengakhiri masa tugas, dan dengan itu peran "+name.ID+" pegawai ini. Minta admin sistem mencabut perannya lebih dahulu, atau menyimpan perubahan ini.",
		"This change ends the person's service and, with it, their role "+name.EN+". Ask a system admin to revoke the role first, or to save this change.")
	switch {
	case after.Gone != nil && before.Gone == nil:
		return e
	case after.LegalPosition != before.LegalPosition:
		return e.With("legal_position", "Pegawai ini memegang peran "+name.ID+".", "This person holds the role "+name.EN+".")
	}
	return e.With("service_end", "Pegawai ini memegang peran "+name.ID+".", "This person holds the role "+name.EN+".")
}

// mayEnd asks whether the actor may write details that end a person's service sooner.
func (s *Service) mayEnd(ctx context.Context, a access.Actor, p Person, d Details) error {
	after := p
	after.Details = d
	return s.keepsRoles(ctx, p, after, func(g RoleGrant) (bool, error) {
		_, err := s.mayGive(ctx, a, p, g)
		if k := faults.KindOf(err); err != nil && k != faults.Forbidden && k != faults.NotFound && k != faults.Unauthenticated {
			return false, err
		}
		return err == nil, nil
	})
}

// importEnds is mayEnd for a row of an import: a file speaks of the whole city, so what counts is whether its importer may grant everywhere.
func (s *Service) importEnds(ctx context.Context, i Import, before, after Person) error {
	return s.keepsRoles(ctx, before, after, func(RoleGrant) (bool, error) { return i.Ends, nil })
}

func (s *Service) grantsEverywhere(a access.Actor) bool {
	_, err := s.cfg.Policy.May(a, "grant", access.Thing{Kind: "account"})
	return err == nil
}
