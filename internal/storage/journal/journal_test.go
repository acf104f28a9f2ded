package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/journal"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

type note struct {
	Text  string          `json:"text"`
	Extra json.RawMessage `json:"extra,omitempty"`
}

func open(t *testing.T) *storage.DB {
	t.Helper()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.New(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestRacingAppendersMakeOneChain(t *testing.T) {
	ctx, db := context.Background(), open(t)
	j, err := journal.Open[note](ctx, db, "audit")
	if err != nil {
		t.Fatal(err)
	}
	if h, err := j.Head(ctx); err != nil || h != (journal.Head{}) {
		t.Fatalf("head of an empty journal: %v, %v", h, err)
	}
	const writers, each = 8, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				// Characters that JSON escapes and spaces that it drops must not disturb the hash.
				e, err := j.Append(ctx, func(h journal.Head) (note, error) {
					return note{Text: fmt.Sprintf("<%d&%d> \u2028 é after %d", w, i, h.N), Extra: json.RawMessage(`{ "a" : [1, 2] }`)}, nil
				})
				if err != nil {
					t.Error(err)
				} else if want := fmt.Sprintf("after %d", e.N-1); !strings.HasSuffix(e.Payload.Text, want) {
					t.Errorf("entry %d was built on another head: %q", e.N, e.Payload.Text)
				}
			}
		})
	}
	wg.Wait()
	head, err := j.Check(ctx, 1)
	if err != nil || head.N != writers*each {
		t.Fatalf("check: head %v, err %v", head, err)
	}
	if h, err := j.Check(ctx, 100); err != nil || h != head {
		t.Fatalf("check from 100: %v, %v", h, err)
	}
	seen := map[string]bool{}
	var n int64
	for n < head.N {
		es, err := j.Range(ctx, n+1, 33)
		if err != nil || len(es) == 0 {
			t.Fatalf("range from %d: %d entries, %v", n+1, len(es), err)
		}
		for _, e := range es {
			if n++; e.N != n {
				t.Fatalf("entry %d where %d should be", e.N, n)
			}
			key := e.Payload.Text[:strings.Index(e.Payload.Text, ">")]
			if seen[key] {
				t.Errorf("%s is there twice", key)
			}
			seen[key] = true
		}
	}
	last, err := j.At(ctx, head.N)
	if err != nil || last.Hash != head.Hash {
		t.Fatalf("at the head: %v, %v", last, err)
	}
	if _, err := j.At(ctx, head.N+1); !errors.Is(err, faults.NotFound) {
		t.Errorf("behind the head: %v", err)
	}
}

func TestAppendReturnsTheErrorOfBuild(t *testing.T) {
	ctx, db := context.Background(), open(t)
	j, _ := journal.Open[note](ctx, db, "seal")
	stop := errors.New("nothing to seal")
	if _, err := j.Append(ctx, func(journal.Head) (note, error) { return note{}, stop }); err != stop {
		t.Errorf("got %v", err)
	}
	if h, _ := j.Head(ctx); h.N != 0 {
		t.Errorf("an entry was written: %v", h)
	}
}

func TestCheckNamesTheBrokenEntry(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(ctx context.Context, e storage.Engine) error
		n    int64
		what string
	}{
		"changed": {func(ctx context.Context, e storage.Engine) error {
			r, err := e.Get(ctx, "journal_audit", "audit/000000000003")
			if err != nil {
				return err
			}
			r.Body = []byte(strings.Replace(string(r.Body), "three", "THREE", 1))
			r.Version++
			r.Entries = []storage.Entry{{Index: "chain", Term: "all", Order: storage.OrderInt(3)}}
			return e.Replace(ctx, "journal_audit", r)
		}, 3, "content"},
		"removed": {func(ctx context.Context, e storage.Engine) error {
			r, err := e.Get(ctx, "journal_audit", "audit/000000000002")
			if err != nil {
				return err
			}
			return e.Delete(ctx, "journal_audit", r.ID, r.Version)
		}, 2, "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, db := context.Background(), open(t)
			j, err := journal.Open[note](ctx, db, "audit")
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []string{"one", "two", "three", "four"} {
				if _, err := j.Append(ctx, func(journal.Head) (note, error) { return note{Text: s}, nil }); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.harm(ctx, db.Engine()); err != nil {
				t.Fatal(err)
			}
			_, err = j.Check(ctx, 1)
			var b *journal.Broken
			if !errors.As(err, &b) || b.N != c.n || !strings.Contains(b.What, c.what) {
				t.Errorf("check said %v", err)
			}
		})
	}
}
