// Package audit keeps the audit trail: who did what to which thing, when, in which role and why.
//
// An entry is born inside the write of the change it tells of (storage.Doc.Trail). Move takes such entries into a hash-chained journal and makes
// them findable; it may die anywhere and be run again, and every entry still stands in the journal exactly once.
package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/journal"
)

// Entry is an audit entry with the number of the journal block it stands in.
type Entry struct {
	storage.Audit
	Block int64 `json:"block"`
}

type block struct {
	Entries []storage.Audit `json:"entries"`
}

type progress struct {
	Block int64 `json:"block"` // every block up to this one has its entries in the entries collection
}

// Trail is the audit trail of an installation. Safe for use from many goroutines and processes.
type Trail struct {
	db       *storage.DB
	policy   access.Policy
	chain    *journal.Journal[block]
	entries  *storage.Collection[Entry]
	progress *storage.Collection[progress]
}

// maxBlock bounds the entries of one journal block, far below the size limit of a document.
const maxBlock = 200

// atOnce is how many documents are written side by side, so that they share commits.
const atOnce = 32

// Open opens the trail.
func Open(ctx context.Context, db *storage.DB, policy access.Policy) (*Trail, error) {
	t := &Trail{db: db, policy: policy}
	var err error
	if t.chain, err = journal.Open[block](ctx, db, "audit"); err != nil {
		return nil, err
	}
	if t.entries, err = storage.Open(ctx, db, storage.Def[Entry]{Name: "audit", Shape: 1, Indexes: []storage.Index[Entry]{{Name: "by", Of: terms}}}); err != nil {
		return nil, err
	}
	t.progress, err = storage.Open(ctx, db, storage.Def[progress]{Name: "audit_progress", Shape: 1})
	return t, err
}

func terms(d *storage.Doc[Entry]) ([]string, string) {
	e := d.Value
	ts := []string{"all", "who:" + e.Who, "verb:" + e.Verb, "thing:" + e.Thing}
	if e.About != "" {
		ts = append(ts, "about:"+e.About)
	}
	return ts, storage.OrderTime(e.At)
}

const progressID = "projected"

// errNothing ends an append that has nothing to add.
var errNothing = errors.New("nothing to add")

// Move takes the entries that travel in documents into the journal. It returns how many entries were new. Run it regularly; one run at a time is enough, several do no harm.
func (t *Trail) Move(ctx context.Context) (int, error) {
	moved := 0
	if err := t.project(ctx); err != nil {
		return 0, err
	}
	for _, c := range t.db.Collections() {
		for {
			docs, err := t.db.WithTrail(ctx, c, 50)
			if err != nil {
				return moved, err
			}
			n, err := t.move(ctx, docs)
			moved += n
			if err != nil {
				return moved, err
			}
			if len(docs) < 50 {
				break
			}
		}
	}
	return moved, nil
}

func (t *Trail) move(ctx context.Context, docs []storage.Waiting) (int, error) {
	var found []storage.Audit
	taken := map[string]bool{}
	for _, d := range docs {
		if len(found) > 0 && len(found)+len(d.Trail) > maxBlock {
			break
		}
		for _, e := range d.Trail {
			found = append(found, e)
			taken[e.ID] = true
		}
	}
	if len(found) == 0 {
		return 0, nil
	}
	var fresh []storage.Audit
	_, err := t.chain.Append(ctx, func(journal.Head) (block, error) {
		// Whatever won the race before us is projected first, so an entry it carried is seen here and not written twice.
		if err := t.project(ctx); err != nil {
			return block{}, err
		}
		fresh = fresh[:0]
		for _, e := range found {
			_, err := t.entries.Get(ctx, e.ID)
			if errors.Is(err, faults.NotFound) {
				fresh = append(fresh, e)
			} else if err != nil {
				return block{}, err
			}
		}
		if len(fresh) == 0 {
			return block{}, errNothing
		}
		return block{fresh}, nil
	})
	if err != nil && !errors.Is(err, errNothing) {
		return 0, fmt.Errorf("write the audit journal: %w", err)
	}
	if err := t.project(ctx); err != nil {
		return 0, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, d := range docs {
		g.Go(func() error {
			err := t.db.UpdateEnvelope(gctx, d.Collection, d.ID, func(e *storage.Envelope) error {
				var rest []storage.Audit
				for _, x := range e.Trail {
					if !taken[x.ID] {
						rest = append(rest, x)
					}
				}
				if len(rest) == len(e.Trail) {
					return storage.Unchanged
				}
				e.Trail = rest
				return nil
			})
			if err != nil && !errors.Is(err, faults.NotFound) {
				return fmt.Errorf("take moved entries out of %s: %w", d.Collection, err)
			}
			return nil
		})
	}
	return len(fresh), g.Wait()
}

// project makes the journal's entries findable, from where it stopped last.
func (t *Trail) project(ctx context.Context) error {
	var done int64
	p, err := t.progress.Get(ctx, progressID)
	switch {
	case err == nil:
		done = p.Value.Block
	case !errors.Is(err, faults.NotFound):
		return err
	}
	from := done
	for {
		blocks, err := t.chain.Range(ctx, done+1, 100)
		if err != nil {
			return err
		}
		for _, b := range blocks {
			g, gctx := errgroup.WithContext(ctx)
			g.SetLimit(atOnce)
			for _, e := range b.Payload.Entries {
				g.Go(func() error {
					err := t.entries.Insert(gctx, &storage.Doc[Entry]{ID: e.ID, Value: Entry{e, b.N}})
					if err != nil && !errors.Is(err, faults.Conflict) {
						return err
					}
					return nil
				})
			}
			if err := g.Wait(); err != nil {
				return err
			}
			done = b.N
		}
		if len(blocks) < 100 {
			break
		}
	}
	if done == from {
		return nil
	}
	_, err = t.progress.Upsert(ctx, progressID, func(d *storage.Doc[progress]) error {
		if d.Value.Block >= done {
			return storage.Unchanged
		}
		d.Value.Block = done
		return nil
	})
	return err
}

// Check recomputes the journal's hashes and returns its head. A *journal.Broken error names the first entry that does not fit.
func (t *Trail) Check(ctx context.Context) (journal.Head, error) { return t.chain.Check(ctx, 1) }

// Filter narrows a list of entries to one of its fields; the first that is set counts.
type Filter struct {
	About string // person id
	Who   string // person id or "system:..."
	Thing string // "collection/id"
	Verb  string
	Since time.Time
	Until time.Time
	Limit int
	After storage.Cursor
}

// List shows entries, the newest first. Auditors, the DPO and the system admin see all; every person sees what concerns them.
func (t *Trail) List(ctx context.Context, a access.Actor, f Filter) (storage.Page[Entry], error) {
	if _, err := t.policy.May(a, "view", access.Thing{Kind: "audit", Owner: f.About}); err != nil {
		return storage.Page[Entry]{}, err
	}
	q := storage.Query{Index: "by", Term: "all", Desc: true, Limit: f.Limit, After: f.After}
	switch {
	case f.About != "":
		q.Term = "about:" + f.About
	case f.Who != "":
		q.Term = "who:" + f.Who
	case f.Thing != "":
		q.Term = "thing:" + f.Thing
	case f.Verb != "":
		q.Term = "verb:" + f.Verb
	}
	if !f.Since.IsZero() {
		q.From = storage.OrderTime(f.Since)
	}
	if !f.Until.IsZero() {
		q.To = storage.OrderTime(f.Until)
	}
	return t.entries.Find(ctx, q)
}
