// Package sets keeps versioned sets: all rows of a competency dictionary, of the position standards, of the eligibility rules. A new version is
// written beside the old ones and becomes visible by one compare-and-swap of the set's head, so a reader sees the whole old or the whole new set,
// and what was computed on an old version can be explained with it for ever.
package sets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Version is one state of a set. Its id is a digest of the content: the same rows give the same id, so publishing them again changes nothing and
// a half-written version is finished by publishing it again.
type Version struct {
	ID      string     `json:"id"`
	No      int        `json:"no"`   // 1 for the first version made visible, counted up
	From    civil.Date `json:"from"` // the day it became visible
	At      time.Time  `json:"at"`
	By      string     `json:"by"` // access.Actor.Name
	Members int        `json:"members"`
	Source  string     `json:"source,omitempty"` // name of the file it came from
}

// member is one document: the head (id "head") or one row of one version (id version.code).
type member[T any] struct {
	Version string    `json:"version,omitempty"`
	Code    string    `json:"code,omitempty"`
	Item    *T        `json:"item,omitempty"`
	Made    []Version `json:"made,omitempty"` // of the head: every version made visible, the last one is in force
}

// Set is a versioned set of items found by code. Safe for use from many goroutines.
type Set[T any] struct {
	name string
	docs *storage.Collection[member[T]]
	step string // what the head becomes due for with every version; "" for nothing

	mu    sync.Mutex
	cache map[string]*Snapshot[T] // versions never change
}

// Snapshot is a whole version. It is shared: read it only.
type Snapshot[T any] struct {
	Version Version
	Codes   []string // in bytewise order
	Items   map[string]T
}

const (
	headID   = "head"
	maxCode  = 100 // bytes of a code
	keepWarm = 8   // versions kept decoded
)

// HeadID is the id of a set's head in its collection.
const HeadID = headID

// Open opens the collection of a set. To be called once per name at start. A step, if one is given, is what the head becomes due for whenever
// another version comes into force; Settle ends it.
func Open[T any](ctx context.Context, db *storage.DB, name string, step ...string) (*Set[T], error) {
	docs, err := storage.Open(ctx, db, storage.Def[member[T]]{Name: name, Shape: 1, Indexes: []storage.Index[member[T]]{
		{Name: "version", Of: func(d *storage.Doc[member[T]]) ([]string, string) {
			if d.Value.Version == "" {
				return nil, ""
			}
			return []string{d.Value.Version}, d.Value.Code
		}},
	}})
	if err != nil {
		return nil, err
	}
	return &Set[T]{name: name, docs: docs, step: strings.Join(step, ""), cache: map[string]*Snapshot[T]{}}, nil
}

// Settle is the end of the step that Open named: follow tells others of the version in force, then the head is no longer due, unless yet another
// version came meanwhile. follow must bear running twice.
func (s *Set[T]) Settle(ctx context.Context, follow func(ctx context.Context) error) error {
	before, err := s.docs.Get(ctx, headID)
	if err != nil {
		return err
	}
	if err := follow(ctx); err != nil {
		return fmt.Errorf("follow a new version of %s: %w", s.name, err)
	}
	_, err = s.docs.Update(ctx, headID, func(d *storage.Doc[member[T]]) error {
		if d.Due == nil || len(d.Value.Made) != len(before.Value.Made) {
			return storage.Unchanged
		}
		d.Due = nil
		return nil
	})
	return err
}

// Versions lists every version that was ever in force, oldest first; the last one is in force. Empty for a new installation.
func (s *Set[T]) Versions(ctx context.Context) ([]Version, error) {
	d, err := s.docs.Get(ctx, headID)
	if errors.Is(err, faults.NotFound) {
		return nil, nil
	}
	return d.Value.Made, err
}

// Current is the whole set in force. A set that was never filled is empty, with a zero Version.
func (s *Set[T]) Current(ctx context.Context) (*Snapshot[T], error) {
	made, err := s.Versions(ctx)
	if err != nil {
		return nil, err
	}
	if len(made) == 0 {
		return &Snapshot[T]{Items: map[string]T{}}, nil
	}
	return s.load(ctx, made[len(made)-1])
}

// At is a whole version by its id. NotFound when it was never in force.
func (s *Set[T]) At(ctx context.Context, id string) (*Snapshot[T], error) {
	made, err := s.Versions(ctx)
	if err != nil {
		return nil, err
	}
	for _, v := range slices.Backward(made) {
		if v.ID == id {
			return s.load(ctx, v)
		}
	}
	return nil, faults.New(faults.NotFound, "Versi ini tidak ada.", "There is no such version.")
}

func (s *Set[T]) load(ctx context.Context, v Version) (*Snapshot[T], error) {
	s.mu.Lock()
	got, ok := s.cache[v.ID]
	s.mu.Unlock()
	if ok {
		if got.Version == v {
			return got, nil
		}
		return &Snapshot[T]{Version: v, Codes: got.Codes, Items: got.Items}, nil
	}
	snap := &Snapshot[T]{Version: v, Items: make(map[string]T, v.Members), Codes: make([]string, 0, v.Members)}
	err := s.docs.Each(ctx, storage.Query{Index: "version", Term: v.ID}, func(d storage.Doc[member[T]]) error {
		snap.Codes = append(snap.Codes, d.Value.Code)
		snap.Items[d.Value.Code] = *d.Value.Item
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load version %d of %s: %w", v.No, s.name, err)
	}
	if len(snap.Codes) != v.Members {
		return nil, fmt.Errorf("version %d of %s has %d rows, its head says %d", v.No, s.name, len(snap.Codes), v.Members)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.cache) >= keepWarm {
		clear(s.cache)
	}
	s.cache[v.ID] = snap
	return snap, nil
}

// Publish writes a whole set and makes it the version in force, with the audit entry in the same write. What stands in v besides At, From, By and
// Source is computed. Publishing what is already in force changes nothing and says so with changed = false. Safe to call again after a crash.
// Errors: Invalid for an empty set or a code that is too long, TooLarge after storage.MaxList versions.
func (s *Set[T]) Publish(ctx context.Context, v Version, items map[string]T, entry storage.Audit) (now Version, changed bool, err error) {
	if len(items) == 0 {
		return Version{}, false, faults.New(faults.Invalid, "Tidak ada satu baris pun.", "There is not a single row.")
	}
	codes := slices.Sorted(maps.Keys(items))
	h := sha256.New()
	for _, code := range codes {
		if code == "" || len(code) > maxCode {
			return Version{}, false, faults.Newf(faults.Invalid, "Kode harus 1 sampai %d huruf.", "A code has 1 to %d letters.", maxCode)
		}
		b, err := json.Marshal(items[code])
		if err != nil {
			return Version{}, false, fmt.Errorf("digest %s: %w", code, err)
		}
		fmt.Fprintf(h, "%s\x00%d\x00%s", code, len(b), b)
	}
	v.ID, v.Members = hex.EncodeToString(h.Sum(nil)[:10]), len(items)
	if made, err := s.Versions(ctx); err != nil {
		return Version{}, false, err
	} else if n := len(made); n > 0 && made[n-1].ID == v.ID {
		return made[n-1], false, nil
	}
	if err := s.write(ctx, v.ID, codes, items); err != nil {
		return Version{}, false, err
	}
	d, err := s.docs.Upsert(ctx, headID, func(d *storage.Doc[member[T]]) error {
		changed = false
		n := len(d.Value.Made)
		if n > 0 && d.Value.Made[n-1].ID == v.ID {
			return storage.Unchanged
		}
		if n >= storage.MaxList {
			return faults.New(faults.TooLarge, "Versi sudah terlalu banyak.", "There are too many versions.")
		}
		changed = true
		v.No = n + 1
		d.Value.Made = append(d.Value.Made, v)
		d.Trail = append(d.Trail, entry)
		if s.step != "" {
			d.Due = storage.NewDue(s.step, v.At)
		}
		return nil
	})
	if err != nil {
		return Version{}, false, fmt.Errorf("publish %s: %w", s.name, err)
	}
	return d.Value.Made[len(d.Value.Made)-1], changed, nil
}

// write inserts the rows of a version, several at once so that they share commits. A row that exists already is the same row: the version is a digest.
func (s *Set[T]) write(ctx context.Context, version string, codes []string, items map[string]T) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan string)
	var wg sync.WaitGroup
	for range min(32, len(codes)) {
		wg.Go(func() {
			for code := range next {
				item := items[code]
				d := storage.Doc[member[T]]{ID: version + "." + code, Value: member[T]{Version: version, Code: code, Item: &item}}
				if err := s.docs.Insert(ctx, &d); err != nil && !errors.Is(err, faults.Conflict) {
					cancel(err)
				}
			}
		})
	}
	for _, code := range codes {
		select {
		case next <- code:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	wg.Wait()
	if ctx.Err() != nil {
		return fmt.Errorf("write a version of %s: %w", s.name, context.Cause(ctx))
	}
	return nil
}
