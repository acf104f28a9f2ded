// Package storage keeps documents: one document is the unit of truth.
//
// Rooms use typed collections (Collection, opened with Open) on one DB. An engine below (sqlite, mongo) knows five operations on single
// documents and no transactions over several; what must hold over several documents is reached step by step, each step repeatable
// (docs/ARCHITECTURE.md, "Storage"). Reading order: storage.go (what an engine promises), collection.go (what rooms use), due.go (how a
// document says what is to be done next), claim.go, derived.go, and the packages journal and blobs beside this one.
//
// Rules every room follows: uniqueness is an id, never check-then-insert; a change is a pure function applied by compare-and-swap (Update);
// a find names an index, one term and a range of its order key; nothing on a user's path scans.
package storage

import (
	"context"
	"time"
)

// Record is a document as an engine sees it: the body is opaque, the entries are what it can be found by.
type Record struct {
	ID      string
	Version int64  // given at insert (random, above 0), +1 with every replace
	Op      string // random id of the write that made this version; tells an unclear answer's outcome
	Body    []byte
	Entries []Entry
}

// Entry places a document in an index: one row per term, all with the index's one order key.
type Entry struct {
	Index string
	Term  string
	Order string
}

// Query asks for one term of one index, in the order of the index's order key and then the id, both compared bytewise.
type Query struct {
	Index string
	Term  string
	From  string // first order key wanted; "" from the start
	To    string // first order key no longer wanted; "" to the end
	Desc  bool
	Limit int    // 1..MaxPage; 0 means DefaultPage
	After Cursor // resume behind this entry; the zero Cursor starts at the beginning
	Bare  bool   // leave the bodies out: ids and order keys only
}

// Cursor is the place of an entry in an index, for resuming.
type Cursor struct{ Order, ID string }

// Zero says whether the cursor is the beginning.
func (c Cursor) Zero() bool { return c == Cursor{} }

// Found is a record with the order key it was found under. Body is nil when the query was bare.
type Found struct {
	Record
	Order string
}

// Engine keeps records durably. Every method may be called from many goroutines. A write has happened and survives power loss when it
// returns nil. Errors are faults: NotFound (no such document), Conflict (the id exists, or the version is another one), Unavailable (no
// answer, or an unclear one: the write may or may not have happened), ReadOnly.
type Engine interface {
	// Declare makes a collection and its indexes known; to be called before anything else on it, again at every start.
	Declare(ctx context.Context, collection string, indexes []string) error
	// Get reads one document. The record may be shared with other readers: its body must not be changed.
	Get(ctx context.Context, collection, id string) (Record, error)
	// Insert stores a new document with its version and entries, in one step. Conflict when the id exists. The engine may read the record until
	// Insert or Replace returns, not longer.
	Insert(ctx context.Context, collection string, r Record) error
	// Replace swaps the document if its version is r.Version-1, with its entries, in one step. Conflict when it is not, NotFound when there is none.
	Replace(ctx context.Context, collection string, r Record) error
	// Delete removes the document if its version is the given one. Conflict when it is not, NotFound when there is none.
	Delete(ctx context.Context, collection, id string, version int64) error
	// Find reads one page of an index. An index that was not declared is an error, never a scan.
	Find(ctx context.Context, collection string, q Query) ([]Found, error)
	// Slice returns up to limit documents with id > after in id order, with their entries: how a whole collection is streamed, without a snapshot.
	// Get and Find need not give the entries.
	Slice(ctx context.Context, collection, after string, limit int) ([]Record, error)
	Close() error
}

// Limits: the one table. Each is enforced where its sentence stands.
const (
	MaxDocument = 1 << 20   // bytes of one document as stored: Collection
	MaxList     = 1000      // entries of a list inside a document: the rooms
	MaxBlob     = 50 << 20  // bytes of one file: blobs
	MaxRows     = 50_000    // rows of one import: sheets
	MaxPicture  = 300 << 10 // bytes of a picture in a lesson: courses
	MaxAttempt  = 200 << 10 // bytes of an attempt with its answers: courses
	MaxGather   = 5000      // entries a filter, sort or count in memory may read: Collection.Gather
	MaxPage     = 1000      // entries of one Find
	DefaultPage = 50
	MaxID       = 200  // bytes of an id
	MaxTerms    = 200  // terms of one document in one index
	MaxKey      = 1000 // bytes of a term or an order key
)

// orderTime is fixed-width, so bytewise order is time order.
const orderTime = "2006-01-02T15:04:05.000000Z"

// OrderTime renders an instant as an order key.
func OrderTime(t time.Time) string { return t.UTC().Format(orderTime) }

// OrderInt renders a number from 0 to 10^12-1 as an order key.
func OrderInt(n int64) string {
	const width = 12
	var b [width]byte
	for i := width - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b[:])
}
