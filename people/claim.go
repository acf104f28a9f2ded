package people

import (
	"context"
	"errors"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// The kinds of claims of this room.
const (
	claimNIP      = "nip"
	claimEmail    = "email"
	claimUnit     = "unit"
	claimPosition = "position"
)

// reserve claims a value for an owner whose document is written next. A value held by a place that was reserved but never filled (a crash between
// the claim and the document) is taken over: abandoned first makes sure that the document of that place can never come into being.
// Safe to call twice for the same owner. taken is returned when somebody else rightly holds the value.
func (s *Service) reserve(ctx context.Context, kind, value, owner string, abandoned func(ctx context.Context, owner string) (bool, error), taken error) error {
	for range 3 {
		err := s.claims.Take(ctx, kind, value, owner)
		if !errors.Is(err, faults.Conflict) {
			return err
		}
		other, err := s.claims.Owner(ctx, kind, value)
		if errors.Is(err, faults.NotFound) {
			continue // given back meanwhile
		}
		if err != nil {
			return err
		}
		free, err := abandoned(ctx, other)
		if err != nil {
			return err
		}
		if !free {
			return taken
		}
		if err := s.claims.Release(ctx, kind, value, other); err != nil {
			return err
		}
	}
	return taken
}

// void fills a place that has no document with one that says it is void, so that whoever reserved it fails on inserting. It says whether the place
// is void now: insert-if-absent decides between the two.
func void[T any](ctx context.Context, c *storage.Collection[T], id string, mark T, isVoid func(T) bool) (bool, error) {
	err := c.Insert(ctx, &storage.Doc[T]{ID: id, Value: mark})
	if !errors.Is(err, faults.Conflict) {
		return err == nil, err
	}
	d, err := c.Get(ctx, id)
	return err == nil && isVoid(d.Value), err
}

func (s *Service) abandonedPerson(ctx context.Context, id string) (bool, error) {
	return void(ctx, s.persons, id, Person{ID: ID(id), Void: true}, func(p Person) bool { return p.Void })
}

func (s *Service) abandonedUnit(ctx context.Context, id string) (bool, error) {
	return void(ctx, s.units, id, Unit{ID: UnitID(id), Void: true}, func(u Unit) bool { return u.Void })
}

func (s *Service) abandonedPosition(ctx context.Context, id string) (bool, error) {
	return void(ctx, s.positions, id, Position{ID: PositionID(id), Void: true}, func(p Position) bool { return p.Void })
}

func (s *Service) reserveNIP(ctx context.Context, n NIP, owner ID) error {
	return s.reserve(ctx, claimNIP, string(n), string(owner), s.abandonedPerson, nipTaken())
}

func nipTaken() error {
	return faults.New(faults.Conflict, "NIP ini sudah dipakai pegawai lain. Cari pegawainya di daftar sebelum menambah yang baru.", "This NIP belongs to another person already. Look for them in the register before adding one.").
		With("nip", "NIP ini sudah terdaftar.", "This NIP is in the register already.")
}

func (s *Service) reserveEmail(ctx context.Context, email string, owner ID) error {
	if email == "" {
		return nil
	}
	return s.reserve(ctx, claimEmail, strings.ToLower(email), string(owner), s.abandonedPerson, faults.New(faults.Conflict,
		"Alamat surel ini sudah dipakai pegawai lain.", "This e-mail address belongs to another person already.").
		With("email", "Alamat surel ini sudah terdaftar.", "This e-mail address is in the register already."))
}

func codeKey(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }

func (s *Service) reserveUnitCode(ctx context.Context, code string, owner UnitID) error {
	return s.reserve(ctx, claimUnit, codeKey(code), string(owner), s.abandonedUnit, unitCodeTaken())
}

func unitCodeTaken() error {
	return faults.New(faults.Conflict, "Kode unit ini sudah dipakai.", "This unit code is in use already.").With("code", "Kode unit ini sudah dipakai.", "This unit code is in use already.")
}

func (s *Service) reservePositionCode(ctx context.Context, code string, owner PositionID) error {
	return s.reserve(ctx, claimPosition, codeKey(code), string(owner), s.abandonedPosition, positionCodeTaken())
}

func positionCodeTaken() error {
	return faults.New(faults.Conflict, "Kode jabatan ini sudah dipakai.", "This position code is in use already.").With("code", "Kode jabatan ini sudah dipakai.", "This position code is in use already.")
}
