package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/workers"
)

// A process that only works does all scheduled work there is, that of the edge as well: processes that serve beside it do none.
func TestOnlyWorkerDropsOldAnswers(t *testing.T) {
	names := func(pages bool) (all []string) {
		in, err := open(t.Context(), place{Dir: t.TempDir()}, as{serving: true, worker: true, quiet: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err = in.serve(ctx, front{Listen: "127.0.0.1:0"}, pages, func(string) {
			defer cancel()
			for _, p := range in.workers.Every {
				all = append(all, p.Name)
			}
			n := slices.IndexFunc(in.workers.Every, func(p workers.Periodic) bool { return p.Name == "drop old idempotent answers" })
			if n < 0 {
				t.Errorf("pages %v: nobody drops old answers", pages)
				return
			}
			old := storage.Record{ID: "kunci", Version: 1, Op: "uji", Body: []byte(`{"shape":1,"doc":{}}`), Entries: []storage.Entry{{Index: "age", Term: "all", Order: storage.OrderTime(time.Now().Add(-48 * time.Hour))}}}
			if err := in.db.Engine().Insert(ctx, "api_answers", old); err != nil {
				t.Error(err)
			}
			if err := in.workers.Every[n].Do(ctx); err != nil {
				t.Error(err)
			}
			if _, err := in.db.Engine().Get(ctx, "api_answers", old.ID); !errors.Is(err, faults.NotFound) {
				t.Errorf("pages %v: the old answer stays: %v", pages, err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(all)
		return all
	}
	if whole, only := names(true), names(false); !slices.Equal(whole, only) {
		t.Errorf("with pages the schedule is %q, without %q", whole, only)
	}
}
