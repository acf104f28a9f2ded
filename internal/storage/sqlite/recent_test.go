package sqlite

import (
	"fmt"
	"testing"

	"github.com/apelkota/apel/internal/storage"
)

// What is kept is never older than what the file holds, however reads and writes interleave: each case ends with the version that must be found, 0 for
// "ask the file".
func TestRecentNeverKeepsAnOlderVersion(t *testing.T) {
	c := &collection{name: "c"}
	rec := func(version int64) *storage.Record {
		return &storage.Record{ID: "a", Version: version, Body: []byte(`{"shape":1,"doc":1}`)}
	}
	for name, tc := range map[string]struct {
		do   func(r *recent)
		want int64
	}{
		"read": {func(r *recent) {
			_, _, moves := r.get(c, "a")
			r.keep(c, *rec(1), moves)
		}, 1},
		"written": {func(r *recent) { r.writing(c, "a")(rec(2)) }, 2},
		"read before a write, kept after it": {func(r *recent) {
			_, _, moves := r.get(c, "a")
			r.writing(c, "a")(rec(2))
			r.keep(c, *rec(1), moves)
		}, 2},
		"read and kept while a write is under way": {func(r *recent) {
			done := r.writing(c, "a")
			_, _, moves := r.get(c, "a")
			r.keep(c, *rec(1), moves)
			done(rec(2))
		}, 2},
		"read while a write is under way, kept after it failed": {func(r *recent) {
			done := r.writing(c, "a")
			_, _, moves := r.get(c, "a")
			done(nil)
			r.keep(c, *rec(1), moves)
		}, 0},
		"the first of two writes is told last": {func(r *recent) {
			first := r.writing(c, "a")
			second := r.writing(c, "a")
			second(rec(3))
			first(rec(2))
		}, 0},
		"the first of two writes began before and ended after": {func(r *recent) {
			first := r.writing(c, "a")
			r.writing(c, "a")(rec(3))
			first(rec(2))
		}, 0},
		"a write after a read": {func(r *recent) {
			_, _, moves := r.get(c, "a")
			r.keep(c, *rec(1), moves)
			r.writing(c, "a")(nil) // deleted, or unclear
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRecent()
			tc.do(r)
			got, ok, _ := r.get(c, "a")
			if ok != (tc.want != 0) || got.Version != tc.want {
				t.Errorf("found %v at version %d, want %d", ok, got.Version, tc.want)
			}
		})
	}
}

// The memory is bounded, what is used stays, and a huge record pushes nobody out.
func TestRecentIsBounded(t *testing.T) {
	c := &collection{name: "c"}
	r := newRecent()
	body := make([]byte, 2000)
	for i := range 100_000 {
		id := fmt.Sprint("doc", i)
		r.writing(c, id)(&storage.Record{ID: id, Version: 1, Body: body})
		if _, ok, _ := r.get(c, "doc0"); !ok {
			t.Fatalf("what is used all the time was forgotten after %d others", i)
		}
	}
	r.writing(c, "huge")(&storage.Record{ID: "huge", Version: 1, Body: make([]byte, recentRecord)})
	if _, ok, _ := r.get(c, "huge"); ok {
		t.Error("a record as large as a sixteenth of a shard was kept")
	}
	total := 0
	for i := range r.shards {
		s := &r.shards[i]
		young := 0
		for _, rec := range s.young {
			young += sizeOf(rec)
		}
		if young != s.bytes {
			t.Errorf("shard %d holds %d bytes and counts %d", i, young, s.bytes)
		}
		total += young
		for _, rec := range s.old {
			total += sizeOf(rec)
		}
	}
	if total > recentBytes {
		t.Errorf("%d bytes are kept, at most %d may be", total, recentBytes)
	}
}

// The caller's buffer is its own again when the write returns.
func TestRecentKeepsItsOwnBytes(t *testing.T) {
	e, err := Open(t.TempDir()+"/a.db", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Declare(t.Context(), "c", nil); err != nil {
		t.Fatal(err)
	}
	body := []byte("before")
	if err := e.Insert(t.Context(), "c", storage.Record{ID: "a", Version: 1, Op: "o", Body: body}); err != nil {
		t.Fatal(err)
	}
	copy(body, "after!")
	if got, err := e.Get(t.Context(), "c", "a"); err != nil || string(got.Body) != "before" {
		t.Errorf("read %q, %v", got.Body, err)
	}
}
