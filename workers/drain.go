package workers

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/internal/storage"
)

// anyLane runs steps of every lane where they are found due.
const anyLane Lane = "*"

// Drained says what Drain works on.
type Drained struct {
	AtOnce int      // documents side by side, so that they share commits; 0 means 1
	Only   []string // collections in this order; empty means all
	Skip   []string // steps to leave as they are, "collection/step"
}

// Drain carries everything that is ready through its steps here and now, without the queue, until nothing ready is left. For bulk work of a process
// that has not called Start; what is ready later (NotBefore) and what was parked stays. It returns how many documents it looked at. Safe to break off
// and to call again.
func (w *Workers) Drain(ctx context.Context, o Drained) (int, error) {
	collections := o.Only
	if len(collections) == 0 {
		collections = w.DB.Collections()
	}
	looked := 0
	seen := map[Ref]int64{} // versions looked at: a document that is ready again as it was does not get further now
	for {
		found := 0
		for _, c := range collections {
			if len(w.Steps[c]) == 0 {
				continue
			}
			for {
				n, err := w.drain(ctx, o, c, seen)
				found += n
				if err != nil {
					return looked + found, err
				}
				if n == 0 {
					break
				}
			}
		}
		if looked += found; found == 0 {
			return looked, ctx.Err()
		}
	}
}

// drain does one slice of what is ready in a collection and says how many documents of it were not seen before as they are.
func (w *Workers) drain(ctx context.Context, o Drained, collection string, seen map[Ref]int64) (int, error) {
	var ready []storage.Waiting
	fresh := func(r storage.Waiting) bool { v, ok := seen[Ref{collection, r.ID}]; return !ok || v != r.Version }
	for limit := 500; ; limit *= 2 { // look past those that stay ready
		var err error
		if ready, err = w.DB.Ready(ctx, collection, w.Now(), limit); err != nil {
			return 0, err
		}
		if len(ready) < limit || slices.ContainsFunc(ready, fresh) {
			break
		}
	}
	n := 0
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, o.AtOnce))
	for _, r := range ready {
		if !fresh(r) {
			continue
		}
		ref := Ref{collection, r.ID}
		seen[ref] = r.Version
		n++
		g.Go(func() error {
			for steps, again := 0, true; again && steps < maxSteps; steps++ {
				if err := ctx.Err(); err != nil {
					return err
				}
				if skip, err := o.skips(ctx, w.DB, collection, r.ID); err != nil || skip {
					return err
				}
				_, again = w.step(ctx, anyLane, ref)
			}
			return nil
		})
	}
	return n, g.Wait()
}

func (o Drained) skips(ctx context.Context, db *storage.DB, collection, id string) (bool, error) {
	if !slices.ContainsFunc(o.Skip, func(s string) bool { return strings.HasPrefix(s, collection+"/") }) {
		return false, nil
	}
	e, err := db.Envelope(ctx, collection, id)
	return err == nil && e.Due != nil && slices.Contains(o.Skip, collection+"/"+e.Due.Step), err
}
