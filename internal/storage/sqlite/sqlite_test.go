package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

type thing struct {
	N    int    `json:"n"`
	Kind string `json:"kind"`
}

func TestRacingWritersLoseNothing(t *testing.T) {
	ctx := context.Background()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.New(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	things, err := storage.Open(ctx, db, storage.Def[thing]{Name: "things", Shape: 1, Indexes: []storage.Index[thing]{
		{Name: "kind", Of: func(d *storage.Doc[thing]) ([]string, string) {
			return []string{d.Value.Kind}, storage.OrderInt(int64(d.Value.N))
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := things.Insert(ctx, &storage.Doc[thing]{ID: "a", Value: thing{Kind: "k"}}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for range 10 {
				if _, err := things.Update(ctx, "a", func(d *storage.Doc[thing]) error { d.Value.N++; return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	d, err := things.Get(ctx, "a")
	if err != nil || d.Value.N != 320 {
		t.Fatalf("n = %d, err %v", d.Value.N, err)
	}
	for i := range 25 {
		if err := things.Insert(ctx, &storage.Doc[thing]{ID: fmt.Sprint("p", i), Value: thing{Kind: "page", N: i / 2}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, desc := range []bool{false, true} {
		seen := map[string]bool{}
		q := storage.Query{Index: "kind", Term: "page", Limit: 4, Desc: desc}
		for {
			p, err := things.Find(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range p.Docs {
				if seen[d.ID] {
					t.Errorf("%s twice", d.ID)
				}
				seen[d.ID] = true
			}
			if !p.More {
				break
			}
			q.After = p.Next
		}
		if len(seen) != 25 {
			t.Errorf("desc %v: saw %d of 25", desc, len(seen))
		}
	}
	if _, err := things.Find(ctx, storage.Query{Index: "nope"}); err == nil {
		t.Error("a find without an index was allowed")
	}
	w, c := e.Commits()
	t.Logf("%d writes in %d commits", w, c)
}
