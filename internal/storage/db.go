package storage

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/apelkota/apel/internal/texts"
)

// DB is one installation's documents: an engine and the collections opened on it.
type DB struct {
	engine Engine
	shapes *Collection[shapeRecord]

	mu          sync.RWMutex
	collections map[string]anyCollection
	readOnly    string // why nothing may be written; "" when writing is allowed
	newer       string // which collection a newer program wrote

	trouble atomic.Pointer[texts.Text] // why the last write did not work; nil when it did
}

// anyCollection is what the sweeper, the audit mover and the doctor need of a collection without knowing its type.
type anyCollection interface {
	name() string
	rewrite(ctx context.Context, id string) error
	behind(r Record) (bool, error)
	update(ctx context.Context, id string, fn func(*Envelope) error) error
	envelope(r Record) (Envelope, error)
}

// Envelope is the part of a document that every collection shares.
type Envelope struct {
	ID      string
	Version int64
	Due     *Due
	Trail   []Audit
}

// New makes a DB on an engine. The caller closes the engine through Close.
func New(ctx context.Context, engine Engine) (*DB, error) {
	db := &DB{engine: engine, collections: map[string]anyCollection{}}
	shapes, err := Open(ctx, db, Def[shapeRecord]{Name: "shapes", Shape: 1})
	if err != nil {
		return nil, err
	}
	db.shapes = shapes
	return db, nil
}

// Close closes the engine. Safe to call once.
func (db *DB) Close() error { return db.engine.Close() }

// Engine gives the engine below, for backup, doctor and benchmarks. Rooms use collections.
func (db *DB) Engine() Engine { return db.engine }

// Collections lists the names of the opened collections in alphabetical order.
func (db *DB) Collections() []string {
	db.mu.RLock()
	defer db.mu.RUnlock()
	names := make([]string, 0, len(db.collections))
	for n := range db.collections {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Newer says which collection a newer program wrote, or "". Such data is read-only, whatever else it is opened for.
func (db *DB) Newer() string {
	db.mu.RLock()
	defer db.mu.RUnlock()
	return db.newer
}

// ReadOnly says why nothing may be written, or "".
func (db *DB) ReadOnly() string {
	db.mu.RLock()
	defer db.mu.RUnlock()
	return db.readOnly
}

// setNewer notes that a newer program wrote here.
func (db *DB) setNewer(why string) {
	db.mu.Lock()
	db.newer = why
	db.mu.Unlock()
	db.SetReadOnly(why)
}

// SetReadOnly makes every later write fail with ReadOnly; an empty reason allows writing again.
func (db *DB) SetReadOnly(why string) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.readOnly == "" || why == "" { // the first reason is the one to act on
		db.readOnly = why
	}
}

func (db *DB) collection(name string) (anyCollection, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	c, ok := db.collections[name]
	if !ok {
		return nil, fmt.Errorf("no collection %q is open", name)
	}
	return c, nil
}

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes a random id of 26 characters (128 bits), safe in a URL and a file name.
func NewID() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("no randomness: " + err.Error())
	}
	return idEncoding.EncodeToString(b[:])
}

// newOp makes the id of one write.
func newOp() string { return NewID()[:13] }
