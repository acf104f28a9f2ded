// Package workers carries documents through the chain: it does what a document's due names, one step after the other.
//
// The truth about what is to be done stands in the documents (storage.Due). The queue only says "look at this one now"; it may be lost at any
// moment, and the sweeper asks again. Read first: chain.go (which room's step follows which), then advance.go (how one task carries a document
// through every step that is ready), sweep.go (how nothing is forgotten), queue.go (asynq on Redis, or on an embedded server).
package workers

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Ref names a document.
type Ref struct{ Collection, ID string }

// Step does what a document's due names and commits it in the document; running it again, or twice at once, must change nothing more.
// It returns other documents that became due because of it. A fault of kind Unavailable or Conflict is tried again later; any other parks the document.
type Step func(ctx context.Context, id string) (next []Ref, err error)

// Steps says for a collection and a due step what does it.
type Steps map[string]map[string]Work

// Work is a step and the lane it runs in.
type Work struct {
	Do   Step
	Lane Lane // "" runs within the task that found it due
}

// Lane is a queue. Work of the main lane comes before telling, telling before rendering, rendering before bulk.
type Lane string

// The lanes, with asynq's weights in queue.go.
const (
	Main   Lane = "main"
	Tell   Lane = "tell"
	Render Lane = "render"
	Bulk   Lane = "bulk"
)

// Config of New.
type Config struct {
	DB     *storage.DB
	Policy access.Policy
	Steps  Steps
	Units  func(ctx context.Context, collection, id string) ([]string, error) // where the subject of a document stands, nearest first; nil: everything is the city's
	Now    func() time.Time
	Log    *slog.Logger

	Redis       string        // redis:// or rediss:// URL; "" starts the embedded server
	Concurrency int           // tasks at once; 0 means two per core
	SweepEvery  time.Duration // 0 means 1 s
	Grace       time.Duration // how long a ready document may wait for its own task before the sweeper asks; 0 means 2 s
	Every       []Periodic    // scheduled work
}

// Periodic is work that is looked at again and again, such as moving audit entries into their journal.
type Periodic struct {
	Name  string
	Every time.Duration
	Do    func(ctx context.Context) error
}

// Workers runs the chain. Make it with New, start it with Start, end it with Stop.
type Workers struct {
	Config
	queue   *queue
	signals signals
	pause   pause

	cancel context.CancelFunc
	wait   sync.WaitGroup
}

// New connects to the queue, or starts the embedded one. It does no work before Start.
func New(c Config) (*Workers, error) {
	if c.Concurrency <= 0 {
		c.Concurrency = 2 * runtime.NumCPU()
	}
	if c.SweepEvery <= 0 {
		c.SweepEvery = time.Second
	}
	if c.Grace <= 0 {
		c.Grace = 2 * time.Second
	}
	q, err := openQueue(c.Redis, c.Log)
	if err != nil {
		return nil, err
	}
	return &Workers{Config: c, queue: q}, nil
}

// Start begins to work: tasks, sweeper and scheduled work. The work ends with Stop; ctx only carries values.
func (w *Workers) Start(ctx context.Context) error {
	ctx, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := w.queue.serve(ctx, w.Concurrency, w.advance); err != nil {
		w.cancel()
		return fmt.Errorf("start the queue: %w", err)
	}
	w.repeat(ctx, "sweep", w.SweepEvery, func(ctx context.Context) error { _, err := w.Sweep(ctx); return err })
	for _, p := range w.Every {
		w.repeat(ctx, p.Name, p.Every, p.Do)
	}
	return nil
}

// repeat runs do at once and then at an interval until Stop, never twice at the same time.
func (w *Workers) repeat(ctx context.Context, name string, every time.Duration, do func(context.Context) error) {
	w.wait.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		ill := faults.Kind("") // said once, until it goes well or is ill otherwise
		for {
			switch err := do(ctx); {
			case err == nil && ill != "":
				ill = ""
				w.Log.Info("scheduled work goes on", "name", name)
			case err != nil && ctx.Err() == nil && faults.KindOf(err) != ill:
				ill = faults.KindOf(err)
				w.Log.Warn("scheduled work", "name", name, "err", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// Stop waits for the tasks under way, at most a few seconds, and ends everything Start began. Safe to call without Start.
func (w *Workers) Stop() {
	if w.cancel != nil {
		w.queue.stopServing()
		w.cancel()
		w.wait.Wait()
	}
	w.queue.close()
}

// TestOnlyForget drops everything queued, as a Redis that was started anew. It refuses a database that holds anything else.
func (w *Workers) TestOnlyForget(ctx context.Context) error { return w.queue.clear(ctx) }
