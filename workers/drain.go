package workers

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

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
	for pass := 0; ; pass++ {
		found := 0
		for _, c := range collections {
			if len(w.Steps[c]) == 0 {
				continue
			}
			for {
				n, moved, err := w.drain(ctx, o, c)
				looked, found = looked+n, found+moved
				if err != nil {
					return looked, err
				}
				if moved == 0 {
					break
				}
			}
		}
		if found == 0 {
			return looked, ctx.Err()
		}
	}
}

// drain does one slice of what is ready in a collection and says how many documents there were and how many of them are further than before.
func (w *Workers) drain(ctx context.Context, o Drained, collection string) (found, moved int, err error) {
	ready, err := w.DB.Ready(ctx, collection, w.Now(), 500)
	if err != nil || len(ready) == 0 {
		return 0, 0, err
	}
	var further atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, o.AtOnce))
	for _, r := range ready {
		g.Go(func() error {
			for n, again := 0, true; again && n < maxSteps; n++ {
				if err := ctx.Err(); err != nil {
					return err
				}
				if skip, err := o.skips(ctx, w.DB, collection, r.ID); err != nil || skip {
					return err
				}
				_, again = w.step(ctx, anyLane, Ref{collection, r.ID})
			}
			after, err := w.DB.Envelope(ctx, collection, r.ID)
			if err != nil {
				return err
			}
			if after.Version != r.Version {
				further.Add(1)
			}
			return nil
		})
	}
	err = g.Wait()
	return len(ready), int(further.Load()), err
}

func (o Drained) skips(ctx context.Context, db *storage.DB, collection, id string) (bool, error) {
	if !slices.ContainsFunc(o.Skip, func(s string) bool { return strings.HasPrefix(s, collection+"/") }) {
		return false, nil
	}
	e, err := db.Envelope(ctx, collection, id)
	return err == nil && e.Due != nil && slices.Contains(o.Skip, collection+"/"+e.Due.Step), err
}
