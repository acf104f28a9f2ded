package workers

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Wake asks for a document to be looked at now. Losing the request loses nothing: the sweeper finds what is due. It is what the rooms' Waker interfaces ask for.
func (w *Workers) Wake(ctx context.Context, collection, id string) {
	if err := w.queue.enqueue(context.WithoutCancel(ctx), Main, Ref{collection, id}, ""); err != nil {
		w.Log.Warn("a document was not announced; the sweeper will find it", "collection", collection, "err", err)
	}
}

// maxSteps bounds one task, so that two steps that wake each other forever are seen and parked instead of spinning.
const maxSteps = 200

// advance is one task: it carries the document, and those that become due because of it, through every step that is ready. Each step commits its
// own state, so the task may die anywhere. Steps with a lane of their own are handed to that lane.
func (w *Workers) advance(ctx context.Context, lane Lane, first Ref) {
	pending := []Ref{first}
	for n := 0; len(pending) > 0 && n < maxSteps && ctx.Err() == nil; n++ {
		r := pending[0]
		pending = pending[1:]
		next, again := w.step(ctx, lane, r)
		for _, x := range next {
			if !slices.Contains(pending, x) {
				pending = append(pending, x)
			}
		}
		if again {
			pending = append(pending, r)
		}
	}
}

// step does what one document's due names, if it is ready. It says whether to look at the same document again.
func (w *Workers) step(ctx context.Context, lane Lane, r Ref) (next []Ref, again bool) {
	e, err := w.DB.Envelope(ctx, r.Collection, r.ID)
	if err != nil {
		if !errors.Is(err, faults.NotFound) {
			w.Log.Warn("a due document could not be read", "collection", r.Collection, "id", r.ID, "err", err)
		}
		return nil, false
	}
	if e.Due == nil || e.Due.Parked || e.Due.NotBefore.After(w.Now()) {
		return nil, false
	}
	work, ok := w.Steps[r.Collection][e.Due.Step]
	if !ok {
		w.settle(ctx, r, e.Due.Step, fmt.Errorf("nothing does step %q of %s", e.Due.Step, r.Collection))
		return nil, false
	}
	if want := work.Lane; want != "" && want != lane && lane != anyLane {
		id := fmt.Sprintf("advance:%s:%s:%d", r.Collection, r.ID, e.Version)
		if err := w.queue.enqueue(ctx, want, r, id); err != nil && !errors.Is(err, faults.Conflict) {
			w.Log.Warn("a document was not handed on; the sweeper will find it", "lane", want, "err", err)
		}
		return nil, false
	}
	if w.pause.holds(w.Now()) {
		return nil, false
	}
	next, err = w.run(ctx, work.Do, r.ID)
	if err != nil {
		w.settle(ctx, r, e.Due.Step, err)
		return next, false
	}
	w.stores()
	w.signals.tell(r)
	for _, x := range next {
		w.signals.tell(x)
	}
	after, err := w.DB.Envelope(ctx, r.Collection, r.ID)
	if err != nil || after.Due == nil {
		return next, false
	}
	if after.Version == e.Version { // a step that says it is done must have written that down
		w.settle(ctx, r, e.Due.Step, fmt.Errorf("step %q of %s left its document as it was", e.Due.Step, r.Collection))
		return next, false
	}
	return next, true
}

func (w *Workers) run(ctx context.Context, do Step, id string) (next []Ref, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do(ctx, id)
}

// settle writes into the document what a failed step means: look again later when something is away or a race was lost, else park it for a person.
// The reason that an admin sees is the fault's safe sentence; the whole error goes to the log once, here.
func (w *Workers) settle(ctx context.Context, r Ref, step string, cause error) {
	ctx = context.WithoutCancel(ctx)
	transient := errors.Is(cause, faults.Unavailable) || errors.Is(cause, faults.Conflict) || errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded)
	now := w.Now()
	err := w.DB.UpdateEnvelope(ctx, r.Collection, r.ID, func(e *storage.Envelope) error {
		if e.Due == nil || e.Due.Step != step || e.Due.Parked {
			return storage.Unchanged
		}
		due := *e.Due
		if transient {
			due.Retry(now, faults.Of(cause).Text.ID)
		} else {
			due.Parked, due.Reason, due.Since = true, faults.Of(cause).Text.ID, now.UTC()
		}
		e.Due = &due
		return nil
	})
	w.signals.tell(r)
	if errors.Is(err, faults.Unavailable) || errors.Is(err, faults.ReadOnly) {
		if w.pause.failed(now) {
			w.Log.Error("the storage takes no writes; steps wait and are tried one at a time", "err", err)
		}
		return
	}
	w.stores()
	log := w.Log.With("collection", r.Collection, "id", r.ID, "step", step, "cause", cause)
	switch {
	case err != nil:
		log.Error("a failed step could not be noted", "err", err)
	case transient:
		log.Info("a step will be tried again")
	default:
		log.Error("a step was parked")
	}
}

// stores notes that the storage takes writes.
func (w *Workers) stores() {
	if w.pause.over() {
		w.Log.Info("the storage takes writes again; steps go on")
	}
}

// Sweep asks again for every document that is ready and has waited longer than the grace for its own task. It returns how many it asked for.
func (w *Workers) Sweep(ctx context.Context) (int, error) {
	return w.sweep(ctx, w.Now().Add(-w.Grace))
}

func (w *Workers) sweep(ctx context.Context, before time.Time) (int, error) {
	asked := 0
	for _, c := range w.DB.Collections() {
		if len(w.Steps[c]) == 0 {
			continue
		}
		ready, err := w.DB.Ready(ctx, c, before, 500)
		if err != nil {
			return asked, err
		}
		for _, r := range ready {
			lane := Main
			if l := w.Steps[c][r.Due.Step].Lane; l != "" {
				lane = l
			}
			ref := Ref{c, r.ID}
			// One request per version and half minute: a request that is still waiting is not doubled, one that died with its worker is made anew.
			err := w.queue.enqueue(ctx, lane, ref, fmt.Sprintf("sweep:%s:%s:%d:%d", c, r.ID, r.Version, w.Now().Unix()/30))
			if errors.Is(err, faults.Conflict) {
				continue
			}
			if err != nil {
				return asked, err
			}
			asked++
		}
	}
	return asked, nil
}
