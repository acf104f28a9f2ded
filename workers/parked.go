package workers

import (
	"context"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// workThing is what permission is asked for: the work of the chain itself.
var workThing = access.Thing{Kind: "work"}

// Parked lists what gave up and waits for a person, over all collections, at most limit of each.
func (w *Workers) Parked(ctx context.Context, a access.Actor, limit int) ([]storage.Waiting, error) {
	if _, err := w.Policy.May(a, "view", workThing); err != nil {
		return nil, err
	}
	var all []storage.Waiting
	for _, c := range w.DB.Collections() {
		if len(w.Steps[c]) == 0 {
			continue
		}
		p, err := w.DB.Parked(ctx, c, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, p...)
	}
	return all, nil
}

// Unpark makes parked work ready again, audited with the reason, and asks for it at once. Conflict when it is not parked (any more).
func (w *Workers) Unpark(ctx context.Context, a access.Actor, r Ref, why string) error {
	role, err := w.Policy.May(a, "unpark", workThing)
	if err != nil {
		return err
	}
	if len(w.Steps[r.Collection]) == 0 {
		return faults.New(faults.NotFound, "Pekerjaan ini tidak ada.", "There is no such work.")
	}
	by := storage.Audit{ID: storage.NewID(), At: w.Now(), Who: a.Name(), Role: role, Verb: "unpark", Thing: r.Collection + "/" + r.ID, Why: why}
	if err := w.DB.Unpark(ctx, r.Collection, r.ID, w.Now(), by); err != nil {
		return err
	}
	w.Wake(ctx, r.Collection, r.ID)
	return nil
}
