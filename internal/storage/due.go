package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/apelkota/apel/internal/faults"
)

// Due says what is to be done next with a document. It stands in the document, so losing the queue loses nothing: the sweeper finds every
// document that has one through the due index, which therefore never grows with history.
type Due struct {
	Step      string    `json:"step"`
	Since     time.Time `json:"since"`
	NotBefore time.Time `json:"not_before"` // nobody needs to look earlier
	Tries     int       `json:"tries,omitempty"`
	Parked    bool      `json:"parked,omitempty"` // gave up: waits for a person
	Reason    string    `json:"reason,omitempty"` // why it waits or was parked, for the admin's page
}

// NewDue makes a Due that may run at once.
func NewDue(step string, now time.Time) *Due {
	return &Due{Step: step, Since: now.UTC(), NotBefore: now.UTC()}
}

const (
	dueIndex   = "due"
	dueReady   = "ready"
	dueParked  = "parked"
	trailIndex = "trail"

	trailPending = "pending"
)

func (d *Due) entry() Entry {
	if d.Parked {
		return Entry{dueIndex, dueParked, OrderTime(d.Since)}
	}
	return Entry{dueIndex, dueReady, OrderTime(d.NotBefore)}
}

// Backoff is how long the n-th retry waits: 1 s, 2 s, 4 s ... at most 5 minutes.
func Backoff(tries int) time.Duration {
	return min(time.Second<<min(tries, 9), 5*time.Minute)
}

// Retry notes that a step could not be done because something is away, and when to look again.
func (d *Due) Retry(now time.Time, reason string) {
	d.Tries++
	d.NotBefore = now.UTC().Add(Backoff(d.Tries - 1))
	d.Reason = reason
}

// Waiting is a due document as the sweeper and the admin's page see it.
type Waiting struct {
	Collection string
	Envelope
}

// Ready lists up to limit documents of a collection whose step may run now, the longest waiting first.
func (db *DB) Ready(ctx context.Context, collection string, now time.Time, limit int) ([]Waiting, error) {
	return db.waiting(ctx, collection, Query{Index: dueIndex, Term: dueReady, To: OrderTime(now.Add(time.Microsecond)), Limit: limit})
}

// Parked lists up to limit documents of a collection that wait for a person, the longest parked first; after resumes behind one (Waiting.Place).
func (db *DB) Parked(ctx context.Context, collection string, after Cursor, limit int) ([]Waiting, error) {
	return db.waiting(ctx, collection, Query{Index: dueIndex, Term: dueParked, After: after, Limit: limit})
}

// Place is where a waiting document stands in its list, for resuming behind it.
func (w Waiting) Place() Cursor {
	if w.Due == nil {
		return Cursor{ID: w.ID}
	}
	return Cursor{Order: w.Due.entry().Order, ID: w.ID}
}

func (db *DB) waiting(ctx context.Context, collection string, q Query) ([]Waiting, error) {
	return db.list(ctx, collection, q)
}

// WithTrail lists up to limit documents of a collection that carry audit entries not yet in the journal, oldest first.
func (db *DB) WithTrail(ctx context.Context, collection string, limit int) ([]Waiting, error) {
	return db.list(ctx, collection, Query{Index: trailIndex, Term: trailPending, Limit: limit})
}

func (db *DB) list(ctx context.Context, collection string, q Query) ([]Waiting, error) {
	c, err := db.collection(collection)
	if err != nil {
		return nil, err
	}
	found, err := db.engine.Find(ctx, collection, q)
	if err != nil {
		return nil, fmt.Errorf("list %s by %s: %w", collection, q.Index, err)
	}
	out := make([]Waiting, 0, len(found))
	for _, f := range found {
		e, err := c.envelope(f.Record)
		if err != nil {
			return nil, err
		}
		out = append(out, Waiting{collection, e})
	}
	return out, nil
}

// UpdateEnvelope changes what storage carries for a document (its due, its trail) without knowing the document's type. fn must be pure.
func (db *DB) UpdateEnvelope(ctx context.Context, collection, id string, fn func(*Envelope) error) error {
	c, err := db.collection(collection)
	if err != nil {
		return err
	}
	return c.update(ctx, id, fn)
}

// Envelope reads what storage carries for a document, whatever its type. NotFound when there is none.
func (db *DB) Envelope(ctx context.Context, collection, id string) (Envelope, error) {
	c, err := db.collection(collection)
	if err != nil {
		return Envelope{}, err
	}
	r, err := db.engine.Get(ctx, collection, id)
	if err != nil {
		return Envelope{}, fmt.Errorf("get %s/%s: %w", collection, id, err)
	}
	return c.envelope(r)
}

// Unpark makes a parked document ready again, audited. NotFound when it is gone, Conflict when it is not parked.
func (db *DB) Unpark(ctx context.Context, collection, id string, now time.Time, by Audit) error {
	return db.UpdateEnvelope(ctx, collection, id, func(e *Envelope) error {
		if e.Due == nil || !e.Due.Parked {
			return faults.New(faults.Conflict, "Pekerjaan ini tidak sedang tertahan.", "This work is not parked.")
		}
		due := *e.Due
		due.Parked, due.Tries, due.NotBefore, due.Reason = false, 0, now.UTC(), ""
		e.Due = &due
		e.Trail = append(e.Trail, by)
		return nil
	})
}

// Audit is one entry of the audit trail. It travels in the same write as the change it tells of; a job then moves it into the audit journal,
// so there is no change without a trace and no trace without a change.
type Audit struct {
	ID    string    `json:"id"` // random; makes moving it repeatable
	At    time.Time `json:"at"`
	Who   string    `json:"who"`             // person id, or "system" with what part of it
	Role  string    `json:"role,omitempty"`  // the role that allowed it
	Verb  string    `json:"verb"`            // e.g. "grant_role"
	Thing string    `json:"thing"`           // "collection/id"
	About string    `json:"about,omitempty"` // the person it concerns, if one
	Why   string    `json:"why,omitempty"`   // the reason given
	Note  string    `json:"note,omitempty"`  // what changed, without personal data
}
