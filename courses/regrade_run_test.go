package courses_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/policies"
)

// A regrade with a crash at each of its writes, lost and done-but-unacknowledged: after the restart it goes on, and there is one more result per attempt, one
// completion, one change listed, one trace.
func TestRegradeCrashAtEveryWrite(t *testing.T) {
	w, item := newRegradeWorld(t)
	c := crashing{world: w, item: item, ea: w.prepare(ani, "APEL-109").ID, eb: w.prepare(budi, "APEL-109").ID}
	c.sat = []string{w.sit(ani, c.ea, item, "salah dua", 3), // fails both ways
		w.sit(ani, c.ea, item, "salah dua", 4), w.sit(budi, c.eb, item, "benar P-00", 4)}
	if w.stateOf(ani, c.ea).State != courses.Failed {
		t.Fatal("ani has not failed")
	}
	c.key = w.keyOn(item, "c")
	must(t, w.db.Close())
	for _, stored := range []bool{false, true} {
		for at := int64(1); ; at++ {
			broke := false
			t.Run(fmt.Sprintf("write %d stored %v", at, stored), func(t *testing.T) { broke = c.regrade(t, at, stored) })
			if t.Failed() || !broke {
				if at < 15 {
					t.Fatalf("only %d writes were broken", at-1)
				}
				break
			}
		}
	}
}

// crashing is a database in which everything is ready for a regrade; each run works on a copy.
type crashing struct {
	*world
	item, ea, eb string
	sat          []string
	key          grading.Key
}

func (c crashing) regrade(t *testing.T, at int64, stored bool) (broke bool) {
	w := &world{TB: t, path: filepath.Join(t.TempDir(), "apel.db"), clock: c.clock, people: c.people}
	content, err := os.ReadFile(c.path)
	must(t, err)
	must(t, os.WriteFile(w.path, content, 0o600))
	t.Cleanup(func() { w.db.Close() })
	engine := &breaking{stored: stored}
	p, err := policies.Load()
	must(t, err)
	restart := func() {
		if engine.Engine != nil {
			must(t, engine.Engine.Close())
		}
		engine.away.Store(false)
		engine.Engine, err = sqlite.Open(w.path, sqlite.Options{})
		must(t, err)
		w.db, err = storage.New(ctx, engine)
		must(t, err)
		w.Service, err = courses.Open(ctx, courses.Config{DB: w.db, Policy: p, Now: w.clock.Now, Zone: civil.Jakarta, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), People: w.people, Rand: newDice()})
		must(t, err)
	}
	restart()
	engine.writes.Store(0)
	engine.at = at
	do := func(click func() error) {
		t.Helper()
		for range 3 {
			err := click()
			if err == nil {
				return
			}
			if !engine.away.Load() {
				t.Fatal(err)
			}
			broke = true
			restart()
		}
		t.Fatal("three crashes from one broken write")
	}
	steps := map[string]func(context.Context, string) error{"regrades/regrade": func(ctx context.Context, id string) error { return w.RunRegrade(ctx, id) },
		"attempts/recount": func(ctx context.Context, id string) error { return w.Recount(ctx, id) }, "attempts/tell": func(ctx context.Context, id string) error { return w.tell(ctx, id) }, "enrolments/certify": func(ctx context.Context, id string) error {
			if _, err := w.Certifying(ctx, id); err != nil {
				return err
			}
			return w.Certified(ctx, id)
		}}
	work := func(collections ...string) {
		for range 20 {
			do(func() error {
				for _, c := range collections {
					ready, err := w.db.Ready(ctx, c, w.clock.Now(), 10)
					if err != nil {
						return err
					}
					for _, x := range ready {
						if err := steps[c+"/"+x.Due.Step](ctx, x.ID); err != nil {
							return err
						}
					}
				}
				return nil
			})
		}
	}
	do(func() error {
		_, err := w.CheckRegrade(ctx, admin, courses.RegradeInput{Key: "rg", Item: c.item, To: c.key, Why: "kunci salah"})
		return err
	})
	work(courses.RegradesCollection)
	do(func() error { _, err := w.ConfirmRegrade(ctx, admin, "rg"); return err })
	work(courses.RegradesCollection, courses.AttemptsCollection)
	work(courses.EnrolmentsCollection)

	r, err := w.RegradeByID(ctx, admin, "rg")
	must(t, err)
	if r.State != courses.RegradeFinished || r.Key != 2 || r.Done != r.Plan || r.Done.Passes != 1 || r.Done.Completes != 1 || r.Done.Listed != 1 {
		t.Fatalf("%+v", r)
	}
	for _, id := range c.sat {
		if g := w.result(admin, id); len(g) != 2 || g[1].Regrade != "rg" {
			t.Fatalf("%s has the gradings %+v", id, g)
		}
		if x := w.trail(courses.AttemptsCollection, id, "regrade"); len(x) != 1 {
			t.Fatalf("%s has the traces %+v", id, x)
		}
	}
	for i, id := range c.sat {
		if n := w.told[id]; len(n) != 1 || n[0].Regrade != "rg" {
			t.Fatalf("of attempt %d was told %+v", i, n)
		}
	}
	done, err := w.TestOnlyCompleted(ctx, c.ea)
	must(t, err)
	if done.Score != 83_333 || !done.Certified || done.Attempt != c.sat[1] {
		t.Fatalf("completion %+v", done)
	}
	if x := w.stateOf(budi, c.eb); x.State != courses.Completed || x.Taken["posttest"].Passed {
		t.Fatalf("budi %+v", x)
	}
	for _, c := range w.db.Collections() {
		ready, err := w.db.Ready(ctx, c, w.clock.Now().Add(time.Hour), 10)
		must(t, err)
		if len(ready) > 0 && c != courses.MonthsCollection { // item analysis is counted later
			t.Fatalf("something is still due: %+v", ready)
		}
	}
	return broke
}

// pausing is the real engine that holds back the first write of one attempt until it is let go.
type pausing struct {
	*sqlite.Engine
	id            string
	reached, free chan struct{}
	once          sync.Once
}

func (p *pausing) Replace(ctx context.Context, c string, r storage.Record) error {
	if c == courses.AttemptsCollection && r.ID == p.id {
		mine := false
		p.once.Do(func() { mine = true })
		if mine {
			close(p.reached)
			<-p.free
		}
	}
	return p.Engine.Replace(ctx, c, r)
}

// A grading that has read the old key and writes after the regrade has passed by must not leave its result behind: the regrade grades what it finds handed in,
// and the late writer finds that done.
func TestRegradeMeetsAGradingUnderWay(t *testing.T) {
	w, item := newRegradeWorld(t)
	e := w.prepare(ani, "APEL-109").ID
	f, err := w.Start(ctx, ani, e, "posttest")
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, fill(f, item, "salah dua", 4), f.Seq)
	must(t, err)
	p, err := policies.Load()
	must(t, err)
	engine := &pausing{Engine: w.engine, id: f.Attempt, reached: make(chan struct{}), free: make(chan struct{})}
	w.db, err = storage.New(ctx, engine)
	must(t, err)
	w.Service, err = courses.Open(ctx, courses.Config{DB: w.db, Policy: p, Now: w.clock.Now, Zone: civil.Jakarta, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), People: w.people, Rand: newDice()})
	must(t, err)

	graded := make(chan error, 1)
	go func() { graded <- w.Grade(ctx, f.Attempt) }()
	<-engine.reached // it has read the first key and is about to write
	_, err = w.CheckRegrade(ctx, admin, courses.RegradeInput{Key: "rg", Item: item, To: w.keyOn(item, "c"), Why: "kunci salah"})
	must(t, err)
	run := func(until courses.RegradeState) {
		t.Helper()
		for range 20 {
			must(t, w.RunRegrade(ctx, "rg"))
		}
		if r, err := w.RegradeByID(ctx, admin, "rg"); err != nil || r.State != until {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	run(courses.RegradeChecked)
	_, err = w.ConfirmRegrade(ctx, admin, "rg")
	must(t, err)
	run(courses.RegradeFinished)
	close(engine.free)
	must(t, <-graded)
	w.chain()
	g := w.result(ani, f.Attempt)
	if last := g[len(g)-1]; len(g) != 1 || last.Result.Score() != 83_333 {
		t.Fatalf("the old key won: %+v", g)
	}
	for _, it := range g[0].Result.Items {
		if it.Item == item && it.Key != 2 {
			t.Fatalf("graded by key %d", it.Key)
		}
	}
	if w.stateOf(ani, e).State != courses.Completed {
		t.Fatal("the course is not completed")
	}
}
