package main

import (
	"testing"

	"github.com/apelkota/apel/people"
)

// A unit in which nobody works directly takes the readiness of those below it along when it moves.
func TestReadinessFollowsAUnitThatMoves(t *testing.T) {
	c := openCity(t, false)
	ctx := t.Context()
	near, err := c.installation.people.LookUnit(ctx, people.UnitID(c.nearUnit))
	must(t, err)
	far, err := c.installation.people.LookUnit(ctx, people.UnitID(c.farUnit))
	must(t, err)
	between, err := c.installation.people.AddUnit(ctx, system, people.UnitInput{Code: "UJI-BIDANG", Name: "Bidang Uji", Kind: "bidang", Parent: near.Parent})
	must(t, err)
	_, err = c.installation.people.MoveUnit(ctx, system, near.ID, between.ID, 0, "uji")
	must(t, err)
	c.drain(t)
	wrong := func() (ids []string) {
		t.Helper()
		must(t, c.readiness.Check(ctx, func(id string) { ids = append(ids, id) }))
		return ids
	}
	if ids := wrong(); len(ids) > 0 {
		t.Fatalf("before the move these figures are wrong: %v", ids)
	}
	_, err = c.installation.people.MoveUnit(ctx, system, between.ID, far.ID, 0, "uji")
	must(t, err)
	c.drain(t)
	if ids := wrong(); len(ids) > 0 {
		t.Errorf("after the move these figures are wrong: %v", ids)
	}
}
