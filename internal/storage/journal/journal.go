// Package journal keeps a chain of documents: entry n names the hash of entry n-1, and is inserted only if there is no entry n yet.
//
// That one insert decides between writers that race, on every engine, without a lock or a transaction: exactly one of them gets n, the others
// are asked to build their entry again on the new head. The chain has no gap and no double, and an entry changed afterwards no longer fits its hash.
// Two users: the certificate seal and the audit trail. The chain cannot show by itself that its newest entries were cut off: a head that was
// written down elsewhere can (the seal's stands in every checkpoint).
package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Journal is one chain of entries whose payload is a T as JSON. Safe for use from many goroutines and processes.
type Journal[T any] struct {
	name string
	docs *storage.Collection[link]
}

// Head is the newest entry's number and hash. Both are zero while the journal is empty.
type Head struct {
	N    int64
	Hash string // SHA-256 in hex
}

// Entry is one link of the chain. N counts from 1. Prev is the hash of entry N-1, "" for the first.
type Entry[T any] struct {
	N       int64
	Prev    string
	Hash    string
	Payload T
}

// link is an entry's stored form. The payload stays the JSON it was hashed as: encoding/json writes a RawMessage that it made itself unchanged.
type link struct {
	N       int64           `json:"n"`
	Prev    string          `json:"prev"`
	Hash    string          `json:"hash"`
	Payload json.RawMessage `json:"payload"`
}

const (
	chainIndex = "chain"
	chainTerm  = "all"
)

// Open opens the journal of a name (a-z, 0-9, _); once per name and DB, because its entries are the collection "journal_<name>".
func Open[T any](ctx context.Context, db *storage.DB, name string) (*Journal[T], error) {
	docs, err := storage.Open(ctx, db, storage.Def[link]{Name: "journal_" + name, Shape: 1, Indexes: []storage.Index[link]{
		{Name: chainIndex, Of: func(d *storage.Doc[link]) ([]string, string) {
			return []string{chainTerm}, storage.OrderInt(d.Value.N)
		}},
	}})
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", name, err)
	}
	return &Journal[T]{name, docs}, nil
}

// id of entry n: fixed width, so the order of ids is the order of entries.
func (j *Journal[T]) id(n int64) string { return j.name + "/" + storage.OrderInt(n) }

// hash covers everything an entry says: the journal, the number, the entry before and the payload's bytes. None of the first three parts can
// contain a line feed, so no two entries give the same input.
func (j *Journal[T]) hash(l link) string {
	h := sha256.New()
	fmt.Fprintf(h, "apel journal 1\n%s\n%d\n%s\n", j.name, l.N, l.Prev)
	h.Write(l.Payload)
	return hex.EncodeToString(h.Sum(nil))
}

// Head reads the newest entry's number and hash. One index lookup, whatever the journal's length.
func (j *Journal[T]) Head(ctx context.Context) (Head, error) {
	p, err := j.docs.Find(ctx, storage.Query{Index: chainIndex, Term: chainTerm, Desc: true, Limit: 1})
	if err != nil {
		return Head{}, fmt.Errorf("head of journal %s: %w", j.name, err)
	}
	if len(p.Docs) == 0 {
		return Head{}, nil
	}
	return Head{p.Docs[0].Value.N, p.Docs[0].Value.Hash}, nil
}

// Append adds an entry behind the head. build gets the head and returns the payload; it is called again with the new head each time another
// writer was faster, and must have no effect of its own. An error of build ends Append and is returned as it is.
// Unavailable means that it is unclear whether the entry stands: look at Head before trying again, or let entries carry ids of their own.
func (j *Journal[T]) Append(ctx context.Context, build func(head Head) (T, error)) (Entry[T], error) {
	for try := 0; ; try++ {
		head, err := j.Head(ctx)
		if err != nil {
			return Entry[T]{}, err
		}
		payload, err := build(head)
		if err != nil {
			return Entry[T]{}, err
		}
		raw, err := json.Marshal(payload)
		if err != nil {
			return Entry[T]{}, fmt.Errorf("append to journal %s: %w", j.name, err)
		}
		l := link{N: head.N + 1, Prev: head.Hash, Payload: raw}
		l.Hash = j.hash(l)
		err = j.docs.Insert(ctx, &storage.Doc[link]{ID: j.id(l.N), Value: l})
		if err == nil {
			return Entry[T]{l.N, l.Prev, l.Hash, payload}, nil
		}
		if !errors.Is(err, faults.Conflict) {
			return Entry[T]{}, fmt.Errorf("append to journal %s: %w", j.name, err)
		}
		if err := storage.Pause(ctx, try); err != nil {
			return Entry[T]{}, err
		}
	}
}

// At reads entry n. NotFound when the journal is shorter.
func (j *Journal[T]) At(ctx context.Context, n int64) (Entry[T], error) {
	d, err := j.docs.Get(ctx, j.id(n))
	if err != nil {
		return Entry[T]{}, err
	}
	return j.entry(d.Value)
}

// Range reads up to limit entries (at most storage.MaxPage) from number from on, in order. Fewer mean the end was reached.
func (j *Journal[T]) Range(ctx context.Context, from int64, limit int) ([]Entry[T], error) {
	links, err := j.links(ctx, from, limit)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry[T], 0, len(links))
	for _, l := range links {
		e, err := j.entry(l)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (j *Journal[T]) links(ctx context.Context, from int64, limit int) ([]link, error) {
	p, err := j.docs.Find(ctx, storage.Query{Index: chainIndex, Term: chainTerm, From: storage.OrderInt(max(from, 1)), Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("read journal %s from %d: %w", j.name, from, err)
	}
	links := make([]link, 0, len(p.Docs))
	for _, d := range p.Docs {
		links = append(links, d.Value)
	}
	return links, nil
}

func (j *Journal[T]) entry(l link) (Entry[T], error) {
	e := Entry[T]{N: l.N, Prev: l.Prev, Hash: l.Hash}
	if err := json.Unmarshal(l.Payload, &e.Payload); err != nil {
		return e, fmt.Errorf("decode entry %d of journal %s: %w", l.N, j.name, err)
	}
	return e, nil
}

// Broken is the error of Check: the first entry that does not fit the chain, and how.
type Broken struct {
	Journal string
	N       int64
	What    string
}

func (b *Broken) Error() string {
	return fmt.Sprintf("journal %s is broken at entry %d: %s", b.Journal, b.N, b.What)
}

// Check reads the chain from entry from (1 or less: all of it) to its end and recomputes every hash. It returns the head it arrived at, to be
// compared with one published elsewhere, or a *Broken error. Changes nothing.
func (j *Journal[T]) Check(ctx context.Context, from int64) (Head, error) {
	from = max(from, 1)
	var head Head
	if from > 1 {
		d, err := j.docs.Get(ctx, j.id(from-1))
		if err != nil {
			return head, err
		}
		head = Head{from - 1, d.Value.Hash}
	}
	const page = 100 // an entry may have up to 1 MB
	for {
		links, err := j.links(ctx, head.N+1, page)
		if err != nil {
			return head, err
		}
		for _, l := range links {
			want := head.N + 1
			switch {
			case l.N != want:
				return head, &Broken{j.name, want, fmt.Sprintf("it is missing, the next one is %d", l.N)}
			case l.Prev != head.Hash:
				return head, &Broken{j.name, want, "it does not name the hash of the entry before"}
			case l.Hash != j.hash(l):
				return head, &Broken{j.name, want, "its content does not fit its hash"}
			}
			head = Head{l.N, l.Hash}
		}
		if len(links) < page {
			return head, nil
		}
	}
}
