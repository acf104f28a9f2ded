package people

import (
	"context"
	"crypto/subtle"
	"errors"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// checkValue is derived from the installation's secret and kept with the data, so that another installation's secret is told from ours before
// claims are made with it. It says nothing about the secret, which is random and long.
type checkValue struct {
	Value string `json:"value"`
}

var checkDef = storage.Def[checkValue]{Name: "secret_check", Shape: 1}

const checkID = "secret"

// errEnough ends a walk that has seen what it wanted.
var errEnough = errors.New("enough")

// CheckSecret compares the installation's secret with the check value kept with the data, and stores that value where there is none yet (unless the
// data is open for reading only). Data from before check values were kept is recognised by its claims. Conflict when the secret is another one:
// nothing may then be written. Safe to call twice.
func (s *Service) CheckSecret(ctx context.Context) error {
	foreign := faults.New(faults.Conflict, "Berkas kunci keys/secret bukan milik instalasi ini, jadi NIP yang terdaftar tidak dikenali. Kembalikan dari salinan kunci instalasi ini (apel backup --with-keys, atau salinan folder keys/).",
		"The key file keys/secret is not this installation's, so registered NIPs are not recognised. Put it back from a copy of this installation's keys (apel backup --with-keys, or a copy of the folder keys/).")
	ours := s.digest("check", checkID)
	d, err := s.checks.Get(ctx, checkID)
	if err == nil && subtle.ConstantTimeCompare([]byte(d.Value.Value), []byte(ours)) != 1 {
		return foreign
	}
	if !errors.Is(err, faults.NotFound) {
		return err
	}
	if known, err := s.knownByClaims(ctx); err != nil {
		return err
	} else if !known {
		return foreign
	}
	if s.cfg.DB.ReadOnly() != "" {
		return nil
	}
	if err := s.checks.Insert(ctx, &storage.Doc[checkValue]{ID: checkID, Value: checkValue{ours}}); !errors.Is(err, faults.Conflict) {
		return err
	}
	return s.CheckSecret(ctx) // another process was faster
}

// knownByClaims says whether a claim made with this secret is found for any of the first units, or whether there is no unit at all. One damaged claim
// does not make a secret foreign.
func (s *Service) knownByClaims(ctx context.Context) (bool, error) {
	seen, found := 0, false
	err := s.units.All(ctx, func(d storage.Doc[Unit]) error {
		if d.Value.Void {
			return nil
		}
		seen++
		switch _, err := s.claims.Owner(ctx, claimUnit, codeKey(d.Value.Code)); {
		case err == nil:
			found = true
			return errEnough
		case !errors.Is(err, faults.NotFound):
			return err
		case seen == 20:
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found || seen == 0, err
}
