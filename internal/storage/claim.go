package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/apelkota/apel/internal/faults"
)

// Claims makes values unique that are no ids: an active NIP, an e-mail address, a unit code. A claim is a document whose id is the HMAC of the
// value, so the value itself is not stored; it names its owner and is inserted before the owner.
type Claims struct {
	docs *Collection[claim]
	key  []byte
}

type claim struct {
	Kind  string `json:"kind"`
	Owner string `json:"owner"`
}

// OpenClaims opens the claims of an installation; key is its secret for the HMAC and never changes.
func OpenClaims(ctx context.Context, db *DB, key []byte) (*Claims, error) {
	docs, err := Open(ctx, db, Def[claim]{Name: "claims", Shape: 1, Indexes: []Index[claim]{
		{Name: "owner", Of: func(d *Doc[claim]) ([]string, string) { return []string{d.Value.Owner}, d.Value.Kind }},
	}})
	if err != nil {
		return nil, err
	}
	return &Claims{docs, key}, nil
}

func (c *Claims) id(kind, value string) string {
	m := hmac.New(sha256.New, c.key)
	m.Write([]byte(kind + "\x00" + value))
	return kind + "/" + hex.EncodeToString(m.Sum(nil)[:20])
}

// Take claims a value for an owner. Safe to call twice for the same owner. Conflict when another owner holds it.
func (c *Claims) Take(ctx context.Context, kind, value, owner string) error {
	for try := 0; ; try++ {
		d := Doc[claim]{ID: c.id(kind, value), Value: claim{kind, owner}}
		err := c.docs.Insert(ctx, &d)
		if !errors.Is(err, faults.Conflict) {
			return err
		}
		held, err := c.docs.Get(ctx, d.ID)
		switch {
		case err == nil && held.Value.Owner == owner:
			return nil
		case err == nil:
			return fmt.Errorf("claim a %s: %w", kind, faults.Conflict)
		case !errors.Is(err, faults.NotFound): // not found: given back since; try again
			return err
		}
		if err := Pause(ctx, try); err != nil {
			return err
		}
	}
}

// Owner says who holds a value. NotFound when nobody does.
func (c *Claims) Owner(ctx context.Context, kind, value string) (string, error) {
	d, err := c.docs.Get(ctx, c.id(kind, value))
	return d.Value.Owner, err
}

// Release gives a value back if the owner holds it. Safe to call twice.
func (c *Claims) Release(ctx context.Context, kind, value, owner string) error {
	d, err := c.docs.Get(ctx, c.id(kind, value))
	if errors.Is(err, faults.NotFound) || err == nil && d.Value.Owner != owner {
		return nil
	}
	if err != nil {
		return err
	}
	err = c.docs.Delete(ctx, d.ID, d.Version)
	if errors.Is(err, faults.NotFound) || errors.Is(err, faults.Conflict) { // somebody gave it back before us, and perhaps another took it
		return nil
	}
	return err
}
