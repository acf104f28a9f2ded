package certificates

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

// watchedEngine notes when writes of a collection begin and end.
type watchedEngine struct {
	storage.Engine
	mu     sync.Mutex
	events []string
}

func (w *watchedEngine) note(event string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, event)
}

func (w *watchedEngine) Insert(ctx context.Context, collection string, r storage.Record) error {
	w.note("begin " + collection)
	err := w.Engine.Insert(ctx, collection, r)
	w.note("end " + collection)
	return err
}

func (w *watchedEngine) Replace(ctx context.Context, collection string, r storage.Record) error {
	w.note("begin " + collection)
	err := w.Engine.Replace(ctx, collection, r)
	w.note("end " + collection)
	return err
}

// Whoever sees a certificate as issued may ask for its PDF in the same moment, so its place in the log stands before.
func TestIssuedIsShownAfterItsPlaceInTheLog(t *testing.T) {
	r := &room{dir: t.TempDir(), clock: &clock{at: noon}, zone: civil.Jakarta(), settings: testSettings()}
	e, err := sqlite.Open(filepath.Join(r.dir, "apel.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &watchedEngine{Engine: e}
	r.openOn(t, w)
	id, err := r.Intend(t.Context(), testFacts(1))
	if err != nil {
		t.Fatal(err)
	}
	w.events = nil
	if err := r.Seal(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	ended := map[string]bool{}
	shown := false
	for _, event := range w.events {
		switch event {
		case "end " + r.points.Name(), "end " + r.tiles.Name():
			ended[event] = true
		case "begin " + r.docs.Name():
			shown = true
			if len(ended) < 2 {
				t.Fatalf("the certificate is shown as issued before checkpoint and tiles stand: %v", w.events)
			}
		}
	}
	if !shown {
		t.Fatalf("nothing was issued: %v", w.events)
	}
}
