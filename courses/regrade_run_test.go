package courses_test

import (
	"context"
	"sync"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

// A regrade with a crash at each of its writes: after the restart it goes on, and there is one more result per attempt, one completion, one change listed, one trace.
func TestRegradeCrashAtEveryWrite(t *testing.T) {
	w, item := newRegradeWorld(t)
	ea, eb := w.prepare(ani, "APEL-109").ID, w.prepare(budi, "APEL-109").ID
	sat := []string{w.sit(ani, ea, item, "salah dua", 3), // fails both ways
		w.sit(ani, ea, item, "salah dua", 4), w.sit(budi, eb, item, "benar P-00", 4)}
	if w.stateOf(ani, ea).State != courses.Failed {
		t.Fatal("ani has not failed")
	}
	key := w.keyOn(item, "c")
	w.atEveryWrite(t, 15, func(t *testing.T, w *world) {
		w.do(func() error {
			_, err := w.CheckRegrade(ctx, admin, courses.RegradeInput{Key: "rg", Item: item, To: key, Why: "kunci salah"})
			return err
		})
		w.chain()
		w.do(func() error { _, err := w.ConfirmRegrade(ctx, admin, "rg"); return err })
		w.chain()

		r, err := w.RegradeByID(ctx, admin, "rg")
		must(t, err)
		if r.State != courses.RegradeFinished || r.Key != 2 || r.Done != r.Plan || r.Done.Passes != 1 || r.Done.Completes != 1 || r.Done.Listed != 1 {
			t.Fatalf("%+v", r)
		}
		for _, id := range sat {
			if g := w.result(admin, id); len(g) != 2 || g[1].Regrade != "rg" {
				t.Fatalf("%s has the gradings %+v", id, g)
			}
			if x := w.trail(courses.AttemptsCollection, id, "regrade"); len(x) != 1 {
				t.Fatalf("%s has the traces %+v", id, x)
			}
		}
		for i, id := range sat {
			if n := w.told[id]; len(n) != 1 || n[0].Regrade != "rg" {
				t.Fatalf("of attempt %d was told %+v", i, n)
			}
		}
		done, err := w.TestOnlyCompleted(ctx, ea)
		must(t, err)
		if done.Score != 83_333 || !done.Certified || done.Attempt != sat[1] {
			t.Fatalf("completion %+v", done)
		}
		if x := w.stateOf(budi, eb); x.State != courses.Completed || x.Taken["posttest"].Passed {
			t.Fatalf("budi %+v", x)
		}
	})
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
	engine := &pausing{Engine: w.engine, id: f.Attempt, reached: make(chan struct{}), free: make(chan struct{})}
	w.open(engine)

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
