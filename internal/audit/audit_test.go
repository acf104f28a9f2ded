package audit_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/audit"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/policies"
)

type note struct{ Text string }

func TestEveryEntryEntersTheJournalExactlyOnce(t *testing.T) {
	ctx := context.Background()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "a.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.New(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	p, err := policies.Load()
	if err != nil {
		t.Fatal(err)
	}
	notes, err := storage.Open(ctx, db, storage.Def[note]{Name: "notes", Shape: 1})
	if err != nil {
		t.Fatal(err)
	}
	trail, err := audit.Open(ctx, db, p)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	const docs, each = 60, 5
	for i := range docs {
		d := storage.Doc[note]{ID: fmt.Sprint("n", i)}
		for k := range each {
			d.Trail = append(d.Trail, storage.Audit{ID: fmt.Sprintf("e%d-%d", i, k), At: at.Add(time.Duration(i*each+k) * time.Second), Who: "ani", Verb: "write", Thing: "notes/" + d.ID, About: "budi"})
		}
		if err := notes.Insert(ctx, &d); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for range 4 { // several movers at once, as several processes would
		wg.Go(func() {
			if _, err := trail.Move(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	f := audit.Filter{About: "budi", Limit: 70}
	for {
		page, err := trail.List(ctx, access.Actor{Person: "budi"}, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Docs {
			if seen[d.ID] {
				t.Errorf("%s twice", d.ID)
			}
			seen[d.ID] = true
		}
		if !page.More {
			break
		}
		f.After = page.Next
	}
	if len(seen) != docs*each {
		t.Errorf("%d entries, want %d", len(seen), docs*each)
	}
	left, err := db.WithTrail(ctx, "notes", 10)
	if err != nil || len(left) != 0 {
		t.Errorf("%d documents still carry entries, %v", len(left), err)
	}
	if _, err := trail.Check(ctx); err != nil {
		t.Error(err)
	}
	// the journal itself holds no entry twice
	head, err := trail.Check(ctx)
	if err != nil || head.N == 0 {
		t.Fatal(head, err)
	}
	if _, err := trail.List(ctx, access.Actor{Person: "siti"}, audit.Filter{About: "budi"}); err == nil {
		t.Error("a stranger saw another's entries")
	}
	n, err := trail.Move(ctx)
	if n != 0 || err != nil {
		t.Errorf("moved %d again, %v", n, err)
	}
	if got := trail.Entries(ctx, t); got != docs*each {
		t.Errorf("the journal holds %d entries, want %d", got, docs*each)
	}
}
