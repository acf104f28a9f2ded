package main

import (
	"errors"
	"fmt"

	"github.com/apelkota/apel/internal/access"
)

type newKeyVerb struct {
	place
	Why string `placeholder:"REASON" help:"Why a new key is needed; it stands in the audit trail." required:""`
}

// Run makes the next issuing key, which signs from the next start on. It is the only way a key comes into use after the first.
func (v *newKeyVerb) Run(e *env) error {
	in, err := open(e.ctx, v.place, as{serving: true, quiet: true})
	if err != nil {
		return err
	}
	kid, err := in.certificates.AddKey(e.ctx, access.System("new-key"), v.Why)
	if err = errors.Join(err, in.close()); err != nil {
		return err
	}
	fmt.Printf("Kunci penerbit baru: %s. Jalankan lagi setiap proses apel, lalu salin kunci: apel backup --with-keys.\n", kid)
	return nil
}
