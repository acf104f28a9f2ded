package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Mode is what happens to a write that a Faulty engine is told to fail.
type Mode string

// The two ambiguous answers a caller can get: it sees the same error (Unavailable) for both.
const (
	Pass    Mode = ""        // nothing: the write goes through
	Lost    Mode = "lost"    // the document was not written
	Unclear Mode = "unclear" // the document was written, the answer got lost
)

// Write is one write as a Faulty engine saw it.
type Write struct {
	N          int64  // counts from 1
	Verb       string // "insert", "replace" or "delete"
	Collection string
	ID         string
	Failed     Mode
}

// Faulty is an Engine that fails chosen writes, for the crash tables of storage and of the chain: for the n-th write, "lost" and "unclear",
// either with the process living on (FailAt) or dead from then until Revive (CrashAt). Safe for use from many goroutines.
type Faulty struct {
	storage.Engine

	mu    sync.Mutex
	n     int64
	plan  func(w Write) Mode
	crash bool // the write that fails is the process's last
	dead  bool
	log   []Write
}

// NewFaulty wraps an engine; until it is told otherwise it fails nothing.
func NewFaulty(e storage.Engine) *Faulty { return &Faulty{Engine: e} }

// FailAt fails the n-th write counted from now on (1 is the next one) in a mode; later ones go through.
func (f *Faulty) FailAt(n int64, m Mode) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.n + n
	f.plan, f.crash, f.dead = func(w Write) Mode {
		if w.N == at {
			return m
		}
		return Pass
	}, false, false
}

// CrashAt fails the n-th write counted from now on in a mode, and after it everything, reads too, as if the process had died there.
func (f *Faulty) CrashAt(n int64, m Mode) {
	f.FailAt(n, m)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.crash = true
}

// Revive ends a crash and every plan: the engine is whole again, as after a restart.
func (f *Faulty) Revive() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan, f.crash, f.dead = nil, false, false
}

// Dead says whether a planned crash has happened.
func (f *Faulty) Dead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dead
}

// Writes counts the writes seen so far, failed ones included.
func (f *Faulty) Writes() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

// Log lists the writes seen so far, to name the place of a crash in a test's message.
func (f *Faulty) Log() []Write {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Write(nil), f.log...)
}

var errDead = fmt.Errorf("the process is dead: %w", faults.Unavailable)

// decide counts a write and says what is to happen to it.
func (f *Faulty) decide(verb, collection, id string) (Mode, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return Pass, errDead
	}
	f.n++
	w := Write{N: f.n, Verb: verb, Collection: collection, ID: id}
	if f.plan != nil {
		w.Failed = f.plan(w)
	}
	f.log = append(f.log, w)
	if w.Failed != Pass && f.crash {
		f.dead = true
	}
	return w.Failed, nil
}

var errInjected = errors.New("injected failure")

func (f *Faulty) write(ctx context.Context, verb, collection, id string, do func() error) error {
	mode, err := f.decide(verb, collection, id)
	if err != nil {
		return err
	}
	if mode == Lost {
		return fmt.Errorf("%w: %w", faults.Unavailable, errInjected)
	}
	if err := do(); err != nil {
		return err
	}
	if mode == Unclear {
		return fmt.Errorf("%w: %w", faults.Unavailable, errInjected)
	}
	return nil
}

func (f *Faulty) alive() error {
	if f.Dead() {
		return errDead
	}
	return nil
}

// Declare, Get, Find and Slice fail only while the process is dead.
func (f *Faulty) Declare(ctx context.Context, collection string, indexes []string) error {
	if err := f.alive(); err != nil {
		return err
	}
	return f.Engine.Declare(ctx, collection, indexes)
}

// Get reads through.
func (f *Faulty) Get(ctx context.Context, collection, id string) (storage.Record, error) {
	if err := f.alive(); err != nil {
		return storage.Record{}, err
	}
	return f.Engine.Get(ctx, collection, id)
}

// Find reads through.
func (f *Faulty) Find(ctx context.Context, collection string, q storage.Query) ([]storage.Found, error) {
	if err := f.alive(); err != nil {
		return nil, err
	}
	return f.Engine.Find(ctx, collection, q)
}

// Slice reads through.
func (f *Faulty) Slice(ctx context.Context, collection, after string, limit int) ([]storage.Record, error) {
	if err := f.alive(); err != nil {
		return nil, err
	}
	return f.Engine.Slice(ctx, collection, after, limit)
}

// Insert counts as a write.
func (f *Faulty) Insert(ctx context.Context, collection string, r storage.Record) error {
	return f.write(ctx, "insert", collection, r.ID, func() error { return f.Engine.Insert(ctx, collection, r) })
}

// Replace counts as a write.
func (f *Faulty) Replace(ctx context.Context, collection string, r storage.Record) error {
	return f.write(ctx, "replace", collection, r.ID, func() error { return f.Engine.Replace(ctx, collection, r) })
}

// Delete counts as a write.
func (f *Faulty) Delete(ctx context.Context, collection, id string, version int64) error {
	return f.write(ctx, "delete", collection, id, func() error { return f.Engine.Delete(ctx, collection, id, version) })
}
