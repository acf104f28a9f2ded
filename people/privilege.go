package people

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
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

// revived looks at somebody whom the change of the register brings back into service: the roles they still have would count again. If the actor may grant each
// of them it gives an audit entry for each; nil otherwise, and for whoever does not come back: then roles from before end (see rejoin).
func (s *Service) revived(ctx context.Context, a access.Actor, before Person, after Details, why string) ([]storage.Audit, error) {
	then := before
	then.Details = after
	if today := s.today(); before.lastDay() >= today || then.lastDay() < today {
		return nil, nil
	}
	roles, err := s.standing(ctx, before)
	if err != nil {
		return nil, err
	}
	var out []storage.Audit
	for _, g := range roles {
		role, err := s.mayGive(ctx, a, before, g)
		if err != nil {
			if k := faults.KindOf(err); k == faults.Unavailable || k == faults.Internal {
				return nil, err
			}
			return nil, nil
		}
		out = append(out, s.revival(ctx, a.Name(), role, before.ID, why, g))
	}
	return out, nil
}

// importRevives is revived for a row of an import, as importEnds is mayEnd.
func (s *Service) importRevives(ctx context.Context, i Import, before Person) ([]storage.Audit, error) {
	if !i.Ends || before.lastDay() >= s.today() {
		return nil, nil
	}
	roles, err := s.standing(ctx, before)
	var out []storage.Audit
	for _, g := range roles {
		out = append(out, s.revival(ctx, i.By, i.Role, before.ID, i.why(), g))
	}
	return out, err
}

// standing lists the roles of a person that count on a day of service.
func (s *Service) standing(ctx context.Context, p Person) ([]RoleGrant, error) {
	d, err := s.accounts.Get(ctx, string(p.ID))
	if errors.Is(err, faults.NotFound) {
		return nil, nil
	}
	today := s.today()
	return slices.DeleteFunc(slices.Clone(d.Value.Roles), func(g RoleGrant) bool { return g.Until != "" && g.Until < today || g.endedBy(p) }), err
}

func (s *Service) revival(ctx context.Context, who, role string, id ID, why string, g RoleGrant) storage.Audit {
	return storage.Audit{ID: storage.NewID(), At: s.now(), Who: who, Role: role, Verb: "grant_role", Thing: "accounts/" + string(id), About: string(id), Why: why, Note: s.grantName(ctx, g)}
}

// rejoin notes in a person's own document, with the write that brings them back into service, whether the roles from before count: kept are the entries of
// whoever may grant them.
func (s *Service) rejoin(was Person, d *storage.Doc[Person], kept []storage.Audit) {
	if today := s.today(); was.lastDay() >= today || d.Value.lastDay() < today {
		return
	}
	if d.Trail = append(d.Trail, kept...); len(kept) == 0 {
		d.Value.Rejoined = s.now()
	}
}

// endedBy says whether a grant ended when the person came back into service.
func (g RoleGrant) endedBy(p Person) bool { return g.At.Before(p.Rejoined) }

// endOld takes the roles off an account that ended when its person came back into service. They count no more before, too; this lets lists say so. Safe to
// call twice.
func (s *Service) endOld(ctx context.Context, p Person) error {
	if p.Rejoined.IsZero() {
		return nil
	}
	trail := s.entry(access.System("register"), "system", "revoke_role", "accounts/"+string(p.ID), p.ID, "kembali bertugas", "")
	_, err := s.accounts.Update(ctx, string(p.ID), func(d *storage.Doc[account]) error {
		var names []string
		roles := slices.DeleteFunc(slices.Clone(d.Value.Roles), func(g RoleGrant) bool {
			if g.endedBy(p) {
				names = append(names, s.grantName(ctx, g))
			}
			return g.endedBy(p)
		})
		if len(names) == 0 {
			return storage.Unchanged
		}
		d.Value.Roles = roles
		if !d.Value.hasPrivileged() {
			d.Value.PrivilegedSince = time.Time{}
		}
		trail.Note = strings.Join(names, "; ")
		d.Trail = append(d.Trail, trail)
		return nil
	})
	if errors.Is(err, faults.NotFound) {
		return nil
	}
	return err
}

func (s *Service) grantsEverywhere(a access.Actor) bool {
	_, err := s.cfg.Policy.May(a, "grant", access.Thing{Kind: "account"})
	return err == nil
}
