package workers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// thing is the work on a document as something permission is asked for: it stands where its subject stands.
func (w *Workers) thing(ctx context.Context, r Ref) (access.Thing, error) {
	t := access.Thing{Kind: "work", ID: r.Collection + "/" + r.ID}
	if w.Units == nil {
		return t, nil
	}
	var err error
	if t.Units, err = w.Units(ctx, r.Collection, r.ID); errors.Is(err, faults.NotFound) {
		err = nil
	}
	return t, err
}

// Parked lists up to limit pieces of work that gave up and wait for a person, as far as the actor's units reach: collection by collection, the longest parked
// first. after resumes behind the last one of a page; next is that place, and the zero cursor when there is no more. Work unparked meanwhile is simply not there.
func (w *Workers) Parked(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (found []storage.Waiting, next storage.Cursor, err error) {
	scope := w.Policy.Scope(a, "view", "work")
	if scope.Empty() {
		_, err := w.Policy.May(a, "view", access.Thing{Kind: "work"})
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
		for more := true; more; {
			p, err := w.DB.Parked(ctx, c, place, limit+1)
			if err != nil {
				return nil, next, err
			}
			more = len(p) > limit
			for _, x := range p {
				place = x.Place()
				if !scope.All {
					t, err := w.thing(ctx, Ref{c, x.ID})
					if err != nil {
						return nil, next, err
					}
					if _, err := w.Policy.May(a, "view", t); err != nil {
						continue
					}
				}
				if len(found) == limit {
					last := found[limit-1]
					next = last.Place()
					next.Order = last.Collection + " " + next.Order
					return found, next, nil
				}
				found = append(found, x)
			}
		}
	}
	return found, next, nil
}

// Unpark makes parked work ready again, audited with the reason, and asks for it at once. NotFound when its subject is outside of the actor's units,
// Conflict when it is not parked (any more).
func (w *Workers) Unpark(ctx context.Context, a access.Actor, r Ref, why string) error {
	t, err := w.thing(ctx, r)
	if err != nil {
		return err
	}
	role, err := w.Policy.May(a, "unpark", t)
	if err != nil {
		return err
	}
	if len(w.Steps[r.Collection]) == 0 {
		return faults.New(faults.NotFound, "Pekerjaan ini tidak ada.", "There is no such work.")
	}
	by := storage.Audit{ID: storage.NewID(), At: w.Now(), Who: a.Name(), Role: role, Verb: "unpark", Thing: t.ID, Why: why}
	if err := w.DB.Unpark(ctx, r.Collection, r.ID, w.Now(), by); err != nil {
		return err
	}
	w.Wake(ctx, r.Collection, r.ID)
	return nil
}
