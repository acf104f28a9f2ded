package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

func rec(id string) storage.Record {
	return storage.Record{ID: id, Version: 1, Op: "op-" + id, Body: []byte(`{"shape":1,"doc":{}}`), Entries: []storage.Entry{{Index: "i", Term: "t", Order: id}}}
}

func declared(t testing.TB, o sqlite.Options) *sqlite.Engine {
	t.Helper()
	e := open(t, filepath.Join(t.TempDir(), "apel.db"), o)
	if err := e.Declare(context.Background(), "things", []string{"i"}); err != nil {
		t.Fatal(err)
	}
	return e
}

// hold keeps the writer busy until the returned function is called, so that a test can put a group together.
func hold(t testing.TB, e *sqlite.Engine) (release func()) {
	t.Helper()
	taken, free, done := make(chan bool), make(chan bool), make(chan error)
	go func() {
		done <- e.Submit(context.Background(), func(context.Context, *sql.Conn) error { close(taken); <-free; return nil })
	}()
	<-taken
	return func() {
		t.Helper()
		close(free)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// queue starts a write and returns when it stands in the queue.
func queue(e *sqlite.Engine, write func() error) <-chan error {
	before, done := e.Waiting(), make(chan error, 1)
	go func() { done <- write() }()
	for e.Waiting() == before {
		runtime.Gosched()
	}
	return done
}

func TestOneFailureInAGroupFailsAlone(t *testing.T) {
	ctx := context.Background()
	broken := errors.New("broken in the middle")
	for name, harm := range map[string]func(ctx context.Context, c *sql.Conn) error{
		"the write fails half way": func(ctx context.Context, c *sql.Conn) error {
			_, err := c.ExecContext(ctx, `INSERT INTO d_things VALUES ('half', 1, 'o', '', 'x')`)
			return errors.Join(err, broken)
		},
		"SQLite has rolled back already": func(ctx context.Context, c *sql.Conn) error {
			_, err := c.ExecContext(ctx, `ROLLBACK`)
			return errors.Join(err, broken)
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := declared(t, sqlite.Options{})
			if err := e.Insert(ctx, "things", rec("there")); err != nil {
				t.Fatal(err)
			}
			release := hold(t, e)
			var results []<-chan error
			for i := range 5 {
				results = append(results, queue(e, func() error { return e.Insert(ctx, "things", rec(fmt.Sprint("before", i))) }))
			}
			refused := queue(e, func() error { return e.Insert(ctx, "things", rec("there")) })
			failing := queue(e, func() error { return e.Submit(ctx, harm) })
			for i := range 5 {
				results = append(results, queue(e, func() error { return e.Insert(ctx, "things", rec(fmt.Sprint("behind", i))) }))
			}
			release()
			if err := <-failing; !errors.Is(err, broken) {
				t.Errorf("the failing write got %v", err)
			}
			if err := <-refused; !errors.Is(err, faults.Conflict) {
				t.Errorf("the refused write got %v", err)
			}
			for _, r := range results {
				if err := <-r; err != nil {
					t.Error(err)
				}
			}
			found, err := e.Find(ctx, "things", storage.Query{Index: "i", Term: "t", Limit: 100})
			if err != nil || len(found) != 11 {
				t.Errorf("%d documents are there, %v", len(found), err)
			}
			if _, err := e.Get(ctx, "things", "half"); !errors.Is(err, faults.NotFound) {
				t.Errorf("half a write was kept: %v", err)
			}
			if err := e.Insert(ctx, "things", rec("afterwards")); err != nil {
				t.Errorf("the next write: %v", err)
			}
		})
	}
}

// TestFullIsUnavailable: a write that finds no room is Unavailable and says so, and goes through once there is some.
func TestFullIsUnavailable(t *testing.T) {
	ctx := context.Background()
	e := declared(t, sqlite.Options{})
	if err := e.Fill(ctx, true); err != nil {
		t.Fatal(err)
	}
	large := rec("large")
	large.Body = []byte(`"` + strings.Repeat("x", 1<<20) + `"`)
	err := e.Insert(ctx, "things", large)
	if !errors.Is(err, faults.Unavailable) || !strings.HasPrefix(faults.Of(err).Text.ID, "Penyimpanan penuh") {
		t.Errorf("a full disk is %v", err)
	}
	if err := e.Fill(ctx, false); err != nil {
		t.Fatal(err)
	}
	if err := e.Insert(ctx, "things", large); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestTransactionLeftOpen: a transaction that stayed open after a failure does not stop every later write.
func TestTransactionLeftOpen(t *testing.T) {
	ctx := context.Background()
	e := declared(t, sqlite.Options{})
	if err := e.LeaveOpen(ctx); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := e.Insert(ctx, "things", rec(fmt.Sprint(i))); err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
}

// TestFailedCommitIsUnclear: when the commit itself fails, nobody is told that the write did not happen, and it is not run again.
func TestFailedCommitIsUnclear(t *testing.T) {
	ctx := context.Background()
	e := declared(t, sqlite.Options{})
	release := hold(t, e)
	first := queue(e, func() error { return e.Insert(ctx, "things", rec("stored")) })
	runs := 0
	second := queue(e, func() error {
		return e.Submit(ctx, func(ctx context.Context, c *sql.Conn) error {
			runs++
			_, err := c.ExecContext(ctx, `COMMIT`) // so that the engine's own commit fails although the writes are stored
			return err
		})
	})
	release()
	for _, r := range []<-chan error{first, second} {
		if err := <-r; !errors.Is(err, faults.Unavailable) {
			t.Errorf("got %v", err)
		}
	}
	if runs != 1 {
		t.Errorf("the write ran %d times", runs)
	}
	if _, err := e.Get(ctx, "things", "stored"); err != nil {
		t.Error(err)
	}
	if err := e.Insert(ctx, "things", rec("next")); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

// TestCallerLeavesTheQueue: who left before the writer's turn has written nothing; who leaves later still learns the outcome.
func TestCallerLeavesTheQueue(t *testing.T) {
	e := declared(t, sqlite.Options{})
	release := hold(t, e)
	ctx, cancel := context.WithCancel(context.Background())
	left := queue(e, func() error { return e.Insert(ctx, "things", rec("left")) })
	stays := queue(e, func() error { return e.Insert(context.Background(), "things", rec("stays")) })
	cancel()
	release()
	if err := <-left; !errors.Is(err, faults.Unavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	if err := <-stays; err != nil {
		t.Error(err)
	}
	if _, err := e.Get(context.Background(), "things", "left"); !errors.Is(err, faults.NotFound) {
		t.Errorf("who left has written: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	if err := e.Submit(ctx, func(context.Context, *sql.Conn) error { cancel(); return nil }); err != nil {
		t.Errorf("who left during the write got %v", err)
	}
}

// TestCloseRacingWithWrites: every write gets an answer, and the answers are true.
func TestCloseRacingWithWrites(t *testing.T) {
	ctx := context.Background()
	for round := range 10 {
		path := filepath.Join(t.TempDir(), "apel.db")
		e := open(t, path, sqlite.Options{})
		if err := e.Declare(ctx, "things", []string{"i"}); err != nil {
			t.Fatal(err)
		}
		var acknowledged, refused sync.Map
		var n atomic.Int64
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for {
					id := fmt.Sprint("w", n.Add(1))
					if err := e.Insert(ctx, "things", rec(id)); err != nil {
						if !errors.Is(err, faults.Unavailable) {
							t.Error(err)
						}
						refused.Store(id, true)
						return
					}
					acknowledged.Store(id, true)
				}
			})
		}
		for n.Load() < int64(10*round) {
			runtime.Gosched()
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
		again := open(t, path, sqlite.Options{ReadOnly: true})
		if err := again.Declare(ctx, "things", []string{"i"}); err != nil {
			t.Fatal(err)
		}
		acknowledged.Range(func(id, _ any) bool {
			if _, err := again.Get(ctx, "things", id.(string)); err != nil {
				t.Errorf("%s was acknowledged: %v", id, err)
			}
			return true
		})
		refused.Range(func(id, _ any) bool {
			if _, err := again.Get(ctx, "things", id.(string)); !errors.Is(err, faults.NotFound) {
				t.Errorf("%s was refused: %v", id, err)
			}
			return true
		})
	}
}

// TestCloseLeavesOneFile: everything is in the database file, so that a copy of it is a copy of everything.
func TestCloseLeavesOneFile(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "apel.db")
	e := open(t, path, sqlite.Options{})
	if err := e.Declare(ctx, "things", []string{"i"}); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if err := e.Insert(ctx, "things", rec(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Find(ctx, "things", storage.Query{Index: "i", Term: "t"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + suffix); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("apel.db%s is still there: %v", suffix, err)
		}
	}
	copied := open(t, path, sqlite.Options{Immutable: true})
	if err := copied.Declare(ctx, "things", []string{"i"}); err != nil {
		t.Fatal(err)
	}
	found, err := copied.Find(ctx, "things", storage.Query{Index: "i", Term: "t", Limit: 100})
	if err != nil || len(found) != 50 {
		t.Errorf("%d documents, %v", len(found), err)
	}
}

func TestFindsSeek(t *testing.T) {
	ctx := context.Background()
	e := declared(t, sqlite.Options{})
	for i := range 32 {
		q := storage.Query{Index: "i", Term: "t", Desc: i&1 != 0, Bare: i&2 != 0}
		if i&4 != 0 {
			q.From = "b"
		}
		if i&8 != 0 {
			q.To = "y"
		}
		if i&16 != 0 {
			q.After = storage.Cursor{Order: "m", ID: "x"}
		}
		query, plan, err := e.Plan(ctx, "things", q)
		if err != nil {
			t.Fatal(err)
		}
		seeks := strings.HasPrefix(plan, "SEARCH x USING PRIMARY KEY (ix=? AND term=?")
		if i&16 != 0 { // resuming starts at the cursor
			beyond := "(ord,id)>(?,?)"
			if q.Desc {
				beyond = "(ord,id)<(?,?)"
			}
			seeks = seeks && strings.Contains(plan, beyond)
		}
		if !seeks || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}

// TestRefusedWriteLeavesItsGroupAlone: a lost race costs nobody else a commit.
func TestRefusedWriteLeavesItsGroupAlone(t *testing.T) {
	ctx := context.Background()
	e := declared(t, sqlite.Options{})
	if err := e.Insert(ctx, "things", rec("there")); err != nil {
		t.Fatal(err)
	}
	release := hold(t, e)
	var results []<-chan error
	for _, id := range []string{"a", "there", "b"} {
		results = append(results, queue(e, func() error { return e.Insert(ctx, "things", rec(id)) }))
	}
	_, before := e.Commits()
	release()
	for _, r := range results {
		if err := <-r; err != nil && !errors.Is(err, faults.Conflict) {
			t.Error(err)
		}
	}
	if _, after := e.Commits(); after-before != 2 { // the one that was held, and the group
		t.Errorf("%d commits", after-before)
	}
}
