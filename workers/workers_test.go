package workers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/policies"
)

type letter struct {
	Stamps []string `json:"stamps"`
}

// office is a small chain for tests: letters are opened, then answered, then filed in a lane of its own.
type office struct {
	t       *testing.T
	db      *storage.DB
	letters *storage.Collection[letter]
	disk    *disk
	w       *Workers

	mu   sync.Mutex
	now  time.Time
	fail map[string]error // by step; taken out when it has struck
}

func newOffice(t *testing.T) *office {
	t.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "a.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	disk := &disk{Engine: e}
	db, err := storage.New(ctx, disk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o := &office{t: t, db: db, disk: disk, now: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC), fail: map[string]error{}}
	if o.letters, err = storage.Open(ctx, db, storage.Def[letter]{Name: "letters", Shape: 1}); err != nil {
		t.Fatal(err)
	}
	p, err := policies.Load()
	if err != nil {
		t.Fatal(err)
	}
	o.w, err = New(Config{DB: db, Policy: p, Now: o.clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Redis: os.Getenv("APEL_TEST_REDIS"),
		SweepEvery: time.Hour, // tests sweep by hand
		Steps: Steps{"letters": {
			"open":   {Do: o.stamp("open", "answer")},
			"answer": {Do: o.stamp("answer", "file")},
			"file":   {Do: o.stamp("file", ""), Lane: Render},
		}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.w.queue.clear(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.w.Stop)
	return o
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) later(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func (o *office) stamp(step, then string) Step {
	return func(ctx context.Context, id string) ([]Ref, error) {
		o.mu.Lock()
		err := o.fail[step]
		delete(o.fail, step)
		o.mu.Unlock()
		if err != nil {
			if err.Error() == "panic" {
				panic("a step panicked")
			}
			return nil, err
		}
		_, err = o.letters.Update(ctx, id, func(d *storage.Doc[letter]) error {
			if d.Due == nil || d.Due.Step != step {
				return storage.Unchanged
			}
			d.Value.Stamps = append(d.Value.Stamps, step)
			d.Due = nil
			if then != "" {
				d.Due = storage.NewDue(then, o.clock())
			}
			return nil
		})
		return nil, err
	}
}

func (o *office) post(id string) {
	o.t.Helper()
	if err := o.letters.Insert(context.Background(), &storage.Doc[letter]{ID: id, Due: storage.NewDue("open", o.clock())}); err != nil {
		o.t.Fatal(err)
	}
}

// until waits for a letter to satisfy a condition, woken by the workers' own signals.
func (o *office) until(id string, ok func(storage.Doc[letter]) bool) storage.Doc[letter] {
	o.t.Helper()
	moved, end := o.w.Watch("letters", id)
	defer end()
	deadline := time.After(30 * time.Second)
	for {
		d, err := o.letters.Get(context.Background(), id)
		if err != nil {
			o.t.Fatal(err)
		}
		if ok(d) {
			return d
		}
		select {
		case <-moved:
		case <-deadline:
			o.t.Fatalf("letter %s: %+v, due %+v", id, d.Value, d.Due)
		}
	}
}

func filed(d storage.Doc[letter]) bool { return d.Due == nil }

func TestOneTaskCarriesADocumentThroughEveryStep(t *testing.T) {
	o := newOffice(t)
	if err := o.w.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.post("a")
	o.w.Wake(context.Background(), "letters", "a")
	d := o.until("a", filed)
	if len(d.Value.Stamps) != 3 {
		t.Errorf("stamps %v", d.Value.Stamps)
	}
}

func TestALostQueueLosesNothing(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	for _, id := range []string{"a", "b", "c"} {
		o.post(id)
		o.w.Wake(ctx, "letters", id)
	}
	if err := o.w.queue.clear(ctx); err != nil {
		t.Fatal(err)
	}
	if err := o.w.Start(ctx); err != nil {
		t.Fatal(err)
	}
	o.later(time.Minute)
	if _, err := o.w.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b", "c"} {
		// the lane change may fall into the half minute of the first sweep: sweep again at every look
		if d := o.until(id, filed); len(d.Value.Stamps) != 3 {
			t.Errorf("%s: %v", id, d.Value.Stamps)
		}
	}
}

// The queue is emptied again and again while letters are on their way through it: every letter gets every stamp, once.
func TestAQueueEmptiedAtRandomLosesNothing(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			o := newOffice(t)
			if err := o.w.Start(ctx); err != nil {
				t.Fatal(err)
			}
			dice := rand.New(rand.NewPCG(seed, 1))
			var ids []string
			for n := range 60 {
				id := fmt.Sprint("letter", n)
				ids = append(ids, id)
				o.post(id)
				o.w.Wake(ctx, "letters", id)
				switch dice.IntN(4) {
				case 0:
					if err := o.w.queue.clear(ctx); err != nil {
						t.Fatal(err)
					}
				case 1:
					o.later(time.Minute)
					if _, err := o.w.Sweep(ctx); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := o.w.queue.clear(ctx); err != nil {
				t.Fatal(err)
			}
			o.later(time.Minute)
			if _, err := o.w.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				if d := o.until(id, filed); strings.Join(d.Value.Stamps, " ") != "open answer file" {
					t.Errorf("%s: %v", id, d.Value.Stamps)
				}
			}
		})
	}
}

func TestWhatIsAwayIsTriedLaterAndTheRestIsParked(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	if err := o.w.Start(ctx); err != nil {
		t.Fatal(err)
	}
	o.fail["open"] = faults.New(faults.Unavailable, "sedang pergi", "away")
	o.fail["answer"] = errors.New("panic")
	o.post("a")
	o.w.Wake(ctx, "letters", "a")
	d := o.until("a", func(d storage.Doc[letter]) bool { return d.Due != nil && d.Due.Tries == 1 })
	if d.Due.Parked || !d.Due.NotBefore.After(o.clock()) {
		t.Errorf("should wait: %+v", d.Due)
	}
	o.later(time.Minute)
	if n, err := o.w.Sweep(ctx); err != nil || n != 1 {
		t.Fatalf("sweep asked for %d: %v", n, err)
	}
	d = o.until("a", func(d storage.Doc[letter]) bool { return d.Due != nil && d.Due.Parked })
	if d.Due.Step != "answer" || d.Due.Reason == "" {
		t.Errorf("parked: %+v", d.Due)
	}
	o.later(time.Minute)
	if n, err := o.w.Sweep(ctx); err != nil || n != 0 {
		t.Errorf("a parked document was asked for: %d, %v", n, err)
	}

	if _, _, err := o.w.Parked(ctx, access.Actor{Person: "x"}, storage.Cursor{}, 10); err == nil {
		t.Error("a learner saw parked work")
	}
	admin := access.Actor{Person: "admin", Grants: []access.Grant{{Role: "system_admin"}}}
	parked, _, err := o.w.Parked(ctx, admin, storage.Cursor{}, 10)
	if err != nil || len(parked) != 1 || parked[0].ID != "a" {
		t.Fatalf("parked %+v, %v", parked, err)
	}
	if err := o.w.Unpark(ctx, admin, Ref{"letters", "a"}, "sudah diperbaiki"); err != nil {
		t.Fatal(err)
	}
	d = o.until("a", filed)
	if len(d.Value.Stamps) != 3 || len(d.Trail) != 1 || d.Trail[0].Verb != "unpark" {
		t.Errorf("after unpark: %+v %+v", d.Value, d.Trail)
	}
	if err := o.w.Unpark(ctx, admin, Ref{"letters", "a"}, "lagi"); !errors.Is(err, faults.Conflict) {
		t.Errorf("unparked twice: %v", err)
	}
}

// disk is the real storage on a disk that can be full.
type disk struct {
	storage.Engine
	full   atomic.Bool
	writes atomic.Int64 // those that found no room
}

func (d *disk) Replace(ctx context.Context, name string, r storage.Record) error {
	if d.full.Load() {
		d.writes.Add(1)
		return storage.Full(syscall.ENOSPC)
	}
	return d.Engine.Replace(ctx, name, r)
}

// On a full disk a step cannot even note that it failed: all steps wait, one tries now and then, the log says it once, and everything goes on by itself.
func TestAFullDiskHoldsTheSteps(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	var log strings.Builder
	o.w.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	const letters = 50
	for i := range letters {
		o.post(fmt.Sprint(i))
	}
	o.disk.full.Store(true)
	for range 20 { // seconds
		if _, err := o.w.Drain(ctx, Drained{}); err != nil {
			t.Fatal(err)
		}
		o.later(time.Second)
	}
	if n := o.disk.writes.Load(); n > 20 {
		t.Errorf("%d writes were tried in 20 s", n)
	}
	if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "full") {
		t.Errorf("the log has %d lines:\n%s", n, log.String())
	}
	if why := o.db.Trouble(); why == nil || !strings.HasPrefix(why.ID, "Penyimpanan penuh") {
		t.Errorf("the storage tells %v", why)
	}
	o.disk.full.Store(false)
	o.later(time.Minute)
	if _, err := o.w.Drain(ctx, Drained{}); err != nil {
		t.Fatal(err)
	}
	for i := range letters {
		if d, err := o.letters.Get(ctx, fmt.Sprint(i)); err != nil || !filed(d) {
			t.Fatalf("letter %d: %+v %v", i, d.Due, err)
		}
	}
	if o.db.Trouble() != nil || strings.Count(log.String(), "\n") != 2 {
		t.Errorf("afterwards: %v\n%s", o.db.Trouble(), log.String())
	}
}

func TestAStepThatForgetsToCommitIsParked(t *testing.T) {
	o := newOffice(t)
	o.w.Steps["letters"]["open"] = Work{Do: func(context.Context, string) ([]Ref, error) { return nil, nil }}
	if err := o.w.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.post("a")
	o.w.Wake(context.Background(), "letters", "a")
	o.until("a", func(d storage.Doc[letter]) bool { return d.Due != nil && d.Due.Parked })
}
