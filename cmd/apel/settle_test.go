package main

import (
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/workers"
)

// A unit in which nobody works directly takes the readiness of those below it along when it moves.
func TestReadinessFollowsAUnitThatMoves(t *testing.T) {
	c := openCity(t, false)
	ctx, system := t.Context(), access.System("test")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	drain := func() {
		t.Helper()
		for range 20 {
			n, err := c.workers.Drain(ctx, workers.Drained{AtOnce: 2})
			must(err)
			if n == 0 {
				return
			}
			c.clock.step(10 * time.Second)
		}
	}
	near, err := c.installation.people.LookUnit(ctx, people.UnitID(c.nearUnit))
	must(err)
	far, err := c.installation.people.LookUnit(ctx, people.UnitID(c.farUnit))
	must(err)
	between, err := c.installation.people.AddUnit(ctx, system, people.UnitInput{Code: "UJI-BIDANG", Name: "Bidang Uji", Kind: "bidang", Parent: near.Parent})
	must(err)
	_, err = c.installation.people.MoveUnit(ctx, system, near.ID, between.ID, 0, "uji")
	must(err)
	drain()
	wrong := func() (ids []string) {
		t.Helper()
		must(c.readiness.Check(ctx, func(id string) { ids = append(ids, id) }))
		return ids
	}
	if ids := wrong(); len(ids) > 0 {
		t.Fatalf("before the move these figures are wrong: %v", ids)
	}
	_, err = c.installation.people.MoveUnit(ctx, system, between.ID, far.ID, 0, "uji")
	must(err)
	drain()
	if ids := wrong(); len(ids) > 0 {
		t.Errorf("after the move these figures are wrong: %v", ids)
	}
}
