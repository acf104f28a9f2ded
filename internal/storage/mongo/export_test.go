package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Fault and DatabaseOf are tested from outside.
var (
	Fault      = fault
	DatabaseOf = databaseOf
)

// Drop removes a test's database.
func (e *Engine) Drop(ctx context.Context) error { return e.db.Drop(ctx) }

// Explain asks for the winning plan of a find command that a monitor has seen.
func (e *Engine) Explain(ctx context.Context, find bson.Raw) (string, error) {
	var command bson.D
	if err := bson.Unmarshal(find, &command); err != nil {
		return "", err
	}
	var kept bson.D // without what the driver adds for a command of its own
	for _, x := range command {
		switch x.Key {
		case "find", "filter", "sort", "projection", "hint", "limit":
			kept = append(kept, x)
		}
	}
	var out struct {
		QueryPlanner struct{ WinningPlan bson.Raw }
	}
	err := e.db.RunCommand(ctx, bson.D{{Key: "explain", Value: kept}, {Key: "verbosity", Value: "queryPlanner"}}).Decode(&out)
	return out.QueryPlanner.WinningPlan.String(), err
}
