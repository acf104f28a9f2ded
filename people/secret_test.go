package people_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/policies"
)

// Another installation's secret is told from ours, by the stored check value and, where data is from before there was one, by the claims.
func TestAnotherSecretIsSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "apel.db")
	policy, err := policies.Load()
	must(t, err)
	with := func(letter string, do func(*city)) {
		t.Helper()
		e, err := sqlite.Open(path, sqlite.Options{})
		must(t, err)
		db, err := storage.New(t.Context(), e)
		must(t, err)
		defer db.Close()
		c := &city{t: t, ctx: t.Context(), db: db, clock: &clock{t: time.Date(2026, 3, 31, 3, 0, 0, 0, time.UTC)}}
		c.Service, err = people.Open(c.ctx, people.Config{DB: db, Policy: policy, Now: c.clock.Now, Secret: bytes.Repeat([]byte(letter), 32)})
		must(t, err)
		do(c)
	}
	fits := func(c *city) { t.Helper(); must(t, c.CheckSecret(c.ctx)) }
	foreign := func(c *city) { t.Helper(); wants(t, c.CheckSecret(c.ctx), faults.Conflict) }
	drop := func(collection string) {
		t.Helper()
		with("s", func(c *city) {
			rs, err := c.db.Engine().Slice(c.ctx, collection, "", 1)
			if err != nil || len(rs) == 0 {
				t.Fatal(len(rs), err)
			}
			must(t, c.db.Engine().Delete(c.ctx, collection, rs[0].ID, rs[0].Version))
		})
	}
	with("s", fits) // stored while nothing else is
	with("s", fits)
	with("x", foreign)
	with("s", func(c *city) { c.unit("KOTA", "pemda", "", ""); c.unit("DINAS", "dinas", "KOTA", "") })
	with("x", foreign)
	drop("secret_check") // data from before
	with("x", foreign)
	drop("claims") // one lost claim is no other secret
	with("s", func(c *city) { c.db.SetReadOnly("test"); fits(c) })
	with("x", func(c *city) {
		foreign(c)
		if rs, err := c.db.Engine().Slice(c.ctx, "secret_check", "", 1); err != nil || len(rs) != 0 {
			t.Errorf("%d check values are stored by who only reads or is another, %v", len(rs), err)
		}
	})
	with("s", fits)
	with("x", foreign)
}
