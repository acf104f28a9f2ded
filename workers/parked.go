package workers

import (
	"context"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// workThing is what permission is asked for: the work of the chain itself.
var workThing = access.Thing{Kind: "work"}

// Parked lists up to limit pieces of work that gave up and wait for a person: collection by collection, the longest parked first. after resumes
// behind the last one of a page; next is that place, and the zero cursor when there is no more. Work unparked meanwhile is simply not there.
func (w *Workers) Parked(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (found []storage.Waiting, next storage.Cursor, err error) {
	if _, err := w.Policy.May(a, "view", workThing); err != nil {
		return nil, next, err
	}
	limit = min(max(limit, 1), storage.MaxPage-1)
	from, order, _ := strings.Cut(after.Order, " ")
	for _, c := range slices.Sorted(slices.Values(w.DB.Collections())) {
		if len(w.Steps[c]) == 0 || c < from {
			continue
		}
		place := storage.Cursor{}
		if c == from {
			place = storage.Cursor{Order: order, ID: after.ID}
		}
		p, err := w.DB.Parked(ctx, c, place, limit+1-len(found))
		if err != nil {
			return nil, next, err
		}
		if found = append(found, p...); len(found) > limit {
			found = found[:limit]
			last := found[limit-1]
			next = last.Place()
			next.Order = last.Collection + " " + next.Order
			return found, next, nil
		}
	}
	return found, next, nil
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
