package sets_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

type item struct {
	N int `json:"n"`
}

func open(t *testing.T, path string) (*storage.DB, *sets.Set[item]) {
	t.Helper()
	e, err := sqlite.Open(path, sqlite.Options{})
	must(t, err)
	db, err := storage.New(t.Context(), e)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	s, err := sets.Open[item](t.Context(), db, "things")
	must(t, err)
	return db, s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func items(n, add int) map[string]item {
	out := map[string]item{}
	for i := range n {
		out[fmt.Sprintf("T.%03d", i)] = item{i + add}
	}
	return out
}

func TestAVersionIsSeenWholeOrNotAtAll(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "a.db")
	db, s := open(t, path)
	if snap, err := s.Current(ctx); err != nil || len(snap.Items) != 0 || snap.Version.No != 0 {
		t.Fatalf("a new set is empty: %+v, %v", snap, err)
	}
	now := sets.Version{At: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC), From: "2026-11-22", By: "a"}
	first, changed, err := s.Publish(ctx, now, items(500, 0), storage.Audit{ID: "1", Verb: "import"})
	if err != nil || !changed || first.No != 1 || first.Members != 500 {
		t.Fatalf("%+v, %v, %v", first, changed, err)
	}
	again, changed, err := s.Publish(ctx, now, items(500, 0), storage.Audit{ID: "2"})
	if err != nil || changed || again != first {
		t.Errorf("the same again: %+v, %v, %v", again, changed, err)
	}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				snap, err := s.Current(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				for code, it := range snap.Items {
					if it.N-snap.Items["T.000"].N != it.N%1000 || len(snap.Codes) != snap.Version.Members {
						t.Errorf("version %d is mixed at %s", snap.Version.No, code)
						return
					}
				}
			}
		})
	}
	for i := range 5 {
		if _, _, err := s.Publish(ctx, now, items(100, 1000*(i+1)), storage.Audit{ID: fmt.Sprint("x", i)}); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
	old, err := s.At(ctx, first.ID)
	if err != nil || len(old.Items) != 500 || old.Items["T.007"].N != 7 {
		t.Errorf("the old version stays readable: %v", err)
	}
	if _, err := s.At(ctx, "nope"); !errors.Is(err, faults.NotFound) {
		t.Errorf("a version that never was: %v", err)
	}
	back, changed, err := s.Publish(ctx, now, items(500, 0), storage.Audit{ID: "back"})
	if err != nil || !changed || back.No != 7 || back.ID != first.ID {
		t.Errorf("an old content may come back: %+v, %v, %v", back, changed, err)
	}
	trail, err := db.WithTrail(ctx, "things", 10)
	if err != nil || len(trail) != 1 || len(trail[0].Trail) != 7 {
		t.Errorf("every change left a trace: %+v, %v", trail, err)
	}
	must(t, db.Close())
	_, s = open(t, path)
	if snap, err := s.Current(ctx); err != nil || snap.Version != back || snap.Items["T.499"].N != 499 {
		t.Errorf("after opening again: %+v, %v", snap.Version, err)
	}
}

func TestTwoPublishersAtOnce(t *testing.T) {
	_, s := open(t, filepath.Join(t.TempDir(), "a.db"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, _, err := s.Publish(t.Context(), sets.Version{}, items(20, i%2*1000), storage.Audit{ID: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	made, err := s.Versions(t.Context())
	must(t, err)
	for i, v := range made {
		if v.No != i+1 || i > 0 && made[i-1].ID == v.ID {
			t.Errorf("%+v", made)
		}
	}
	if _, err := s.Current(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeASet(t *testing.T) {
	_, s := open(t, filepath.Join(t.TempDir(), "a.db"))
	for _, all := range []map[string]item{{}, {"": {1}}} {
		if _, _, err := s.Publish(t.Context(), sets.Version{}, all, storage.Audit{}); !errors.Is(err, faults.Invalid) {
			t.Errorf("%v: %v", all, err)
		}
	}
}
