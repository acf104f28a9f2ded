package courses_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/policies"
)

// breaking is the real engine whose n-th write fails: not stored, or stored and then everything is away, so that the writer cannot find out.
type breaking struct {
	*sqlite.Engine
	at     int64 // which write breaks; 0 none
	stored bool
	writes atomic.Int64
	away   atomic.Bool
}

func (b *breaking) write(do func() error) error {
	if b.away.Load() {
		return faults.Unavailable
	}
	if n := b.writes.Add(1); b.at == 0 || n != b.at {
		return do()
	}
	if b.stored {
		if err := do(); err != nil {
			return err
		}
	}
	b.away.Store(true)
	return faults.Unavailable
}

func (b *breaking) Get(ctx context.Context, c, id string) (storage.Record, error) {
	if b.away.Load() {
		return storage.Record{}, faults.Unavailable
	}
	return b.Engine.Get(ctx, c, id)
}

func (b *breaking) Insert(ctx context.Context, c string, r storage.Record) error {
	return b.write(func() error { return b.Engine.Insert(ctx, c, r) })
}

func (b *breaking) Replace(ctx context.Context, c string, r storage.Record) error {
	return b.write(func() error { return b.Engine.Replace(ctx, c, r) })
}

// An exam with a crash at each of its writes, lost and done-but-unacknowledged: after the restart the learner repeats the last click, the chain goes on,
// and there is exactly one attempt, one result and one completion, with every acknowledged answer in it.
func TestCrashAtEveryWrite(t *testing.T) {
	for _, stored := range []bool{false, true} {
		for at := int64(1); ; at++ {
			broke := false
			t.Run(fmt.Sprintf("write %d stored %v", at, stored), func(t *testing.T) { broke = examWithCrash(t, at, stored) })
			if t.Failed() || !broke {
				if at < 12 {
					t.Fatalf("only %d writes were broken", at-1)
				}
				break
			}
		}
	}
}

func examWithCrash(t *testing.T, at int64, stored bool) (broke bool) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	assigned, err := w.Assign(ctx, admin, courses.AssignInput{Key: "k", Person: "ani", Course: "APEL-109", Reason: courses.ReasonBase, Because: text("wajib"), Due: "2026-12-31"})
	must(t, err)
	w.chain()
	must(t, w.db.Close())

	// Open the same folder with the engine that breaks; every "restart" opens it anew without memory.
	engine := &breaking{at: at, stored: stored}
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
	armed := engine.at
	engine.at = 0
	restart()
	engine.writes.Store(0)
	engine.at = armed

	// do repeats a click until it is answered, restarting after a crash.
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
	var f courses.FormView
	do(func() error { f, err = w.Start(ctx, ani, e.ID, "posttest"); return err })
	right := answers(f, 9)
	seq := f.Seq
	for _, it := range f.Items {
		do(func() error {
			s, err := w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{it.Item: right[it.Item]}, seq)
			if err == nil {
				seq = s.Seq
			}
			return err
		})
	}
	do(func() error { _, err := w.Submit(ctx, ani, f.Attempt, nil, 0); return err })
	for range 20 {
		do(func() error {
			steps := map[string]func(context.Context, string) error{"grade": w.Grade, "complete": w.Complete}
			ready, err := w.db.Ready(ctx, courses.AttemptsCollection, w.clock.Now(), 10)
			if err != nil {
				return err
			}
			for _, x := range ready {
				if err := steps[x.Due.Step](ctx, x.ID); err != nil {
					return err
				}
			}
			return nil
		})
	}
	do(func() error { return w.Certified(ctx, e.ID) })

	list, _, err := w.Attempts(ctx, ani, courses.AttemptFilter{Enrolment: e.ID})
	must(t, err)
	if len(list) != 2 || list[1].State != courses.AttemptGraded || list[1].Score != 90_000 || list[1].Answered != 10 { // pre-test and this one
		t.Fatalf("attempts %+v", list)
	}
	r, err := w.Review(ctx, ani, f.Attempt)
	must(t, err)
	if len(r.Gradings) != 1 {
		t.Fatalf("graded %d times", len(r.Gradings))
	}
	c, err := w.TestOnlyCompleted(ctx, e.ID)
	must(t, err)
	if c.Score != 90_000 || !c.Certified {
		t.Fatalf("completion %+v", c)
	}
	x, _, err := w.Assignments(ctx, ani, courses.AssignmentFilter{Person: "ani"})
	must(t, err)
	if len(x) != 1 || x[0].ID != assigned.ID || x[0].State != courses.Answered {
		t.Fatalf("assignment %+v", x)
	}
	ready, err := w.db.Ready(ctx, courses.AttemptsCollection, w.clock.Now().Add(time.Hour), 10)
	must(t, err)
	due, err := w.db.Ready(ctx, courses.EnrolmentsCollection, w.clock.Now().Add(time.Hour), 10)
	must(t, err)
	if len(ready)+len(due) > 0 {
		t.Fatalf("something is still due: %+v %+v", ready, due)
	}
	return broke
}

// An import that dies at any of its writes leaves no course, or one with a version; importing again makes it whole.
func TestImportThatDiesShowsNoEmptyCourse(t *testing.T) {
	last := int64(0) // the writes of an import nothing happens to
	for _, stored := range []bool{false, true} {
		for at := int64(0); at <= last; at++ {
			if at == 3 {
				at = max(at, last-10) // most of them are items, one like the other
			}
			w := newWorld(t)
			must(t, w.db.Close())
			engine := &breaking{at: at, stored: stored}
			p, err := policies.Load()
			must(t, err)
			restart := func() {
				if engine.Engine != nil {
					must(t, engine.Engine.Close())
				}
				engine.Engine, err = sqlite.Open(w.path, sqlite.Options{})
				must(t, err)
				w.db, err = storage.New(ctx, engine)
				must(t, err)
				w.Service, err = courses.Open(ctx, courses.Config{DB: w.db, Policy: p, Now: w.clock.Now, Zone: civil.Jakarta, Log: slog.New(slog.DiscardHandler), People: w.people, Rand: newDice()})
				must(t, err)
			}
			engine.at = 0
			restart()
			engine.writes.Store(0)
			engine.at = at
			_, err = w.Import(ctx, admin, courses.ImportInput{Draft: folder(t, "APEL-103"), Publish: true})
			if at == 0 {
				must(t, err)
				last = engine.writes.Load()
			} else if err == nil && at < last-2 { // what follows after it is published is carried on by the chain
				t.Fatalf("write %d of %d did not break", at, last)
			}
			engine.at = 0
			engine.away.Store(false)
			restart()
			c, seen := w.Course(ctx, admin, "APEL-103")
			switch {
			case seen != nil:
				is(t, seen, faults.NotFound)
			case c.Draft == "" && c.Head == "":
				t.Errorf("write %d stored %v: a course without a version", at, stored)
			}
			_, err = w.Import(ctx, admin, courses.ImportInput{Draft: folder(t, "APEL-103"), Publish: true})
			must(t, err)
			c, err = w.Course(ctx, ani, "APEL-103")
			must(t, err)
			if c.Head != "APEL-103.1" {
				t.Fatalf("write %d stored %v: the head is %q", at, stored, c.Head)
			}
			must(t, w.db.Close())
		}
	}
	if last < 40 {
		t.Fatalf("%d writes", last)
	}
}
