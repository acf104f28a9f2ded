package courses_test

import (
	"errors"
	"fmt"
	"log/slog"
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

// Two markers and a third with a crash at each write of what the chain and they do, lost and done-but-unacknowledged: everybody repeats the last click, and there is one marking per
// answer, one verdict on it, one marked result, one completion and one telling.
func TestCrashWhileMarking(t *testing.T) {
	for _, stored := range []bool{false, true} {
		for at := int64(1); ; at++ {
			broke := false
			t.Run(fmt.Sprintf("write %d stored %v", at, stored), func(t *testing.T) { broke = markingWithCrash(t, at, stored) })
			if t.Failed() || !broke {
				if at < 15 {
					t.Fatalf("only %d writes were broken", at-1)
				}
				break
			}
		}
	}
}

func markingWithCrash(t *testing.T, at int64, stored bool) (broke bool) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{Markers: 2, Apart: 30})
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	given := answers(f, 4)
	for _, it := range f.Items {
		if it.Ask == grading.AskLong {
			given[it.Item] = grading.Answer{Text: "Saya tolak."}
		}
	}
	_, err = w.Submit(ctx, ani, f.Attempt, given, f.Seq)
	must(t, err)
	must(t, w.db.Close())

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
		w.Service, err = courses.Open(ctx, courses.Config{DB: w.db, Policy: p, Now: w.clock.Now, Zone: civil.Jakarta, Log: slog.New(slog.DiscardHandler), People: w.people, Rand: newDice()})
		must(t, err)
	}
	engine.at = 0
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
	advance := func() {
		t.Helper()
		for range 8 {
			do(func() error {
				steps := w.steps()
				for _, c := range []string{courses.AttemptsCollection, courses.MarkingsCollection, courses.EnrolmentsCollection} {
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
		w.clock.pass(time.Second)
	}
	advance()
	list := w.queue(mira, courses.QueueFilter{})
	if len(list) != 2 {
		t.Fatalf("%d answers wait", len(list))
	}
	for i, x := range list {
		for n, m := range []struct {
			who   string
			draft courses.MarkDraft
		}{{"mira", levels(2, 2)}, {"nino", levels(2*i, 2)}, {"oki", levels(1, 2)}} {
			if n == 2 && i == 1 {
				break // these two agree
			}
			a := mira
			a.Person = m.who
			do(func() error {
				v, err := w.Claim(ctx, a, x.ID)
				if broke && errors.Is(err, faults.Conflict) {
					return nil // given, and the answer to that got lost
				}
				if err != nil {
					return err
				}
				_, err = w.GiveMark(ctx, a, x.ID, m.draft, v.Seq)
				return err
			})
		}
		advance()
	}
	d, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	results, err := w.Results(ctx, f.Attempt)
	must(t, err)
	// Two choices right, one essay whole, one by the third: 62.5 of 100 for it.
	if want := (100_000 + 100_000 + 100_000 + 62_500) / 4; d.State != courses.AttemptGraded || results != 2 || d.Score != want || len(w.told[f.Attempt]) != 1 {
		t.Fatalf("%+v, %d results, told %v, want %d", d, results, w.told[f.Attempt], want)
	}
	x, err := w.TestOnlyCompleted(ctx, e.ID)
	must(t, err)
	if !x.Certified || x.Score != d.Score {
		t.Errorf("completion %+v", x)
	}
	for _, c := range []string{courses.AttemptsCollection, courses.MarkingsCollection, courses.EnrolmentsCollection} {
		if ready, _ := w.db.Ready(ctx, c, w.clock.Now().Add(time.Hour), 10); len(ready) > 0 {
			t.Errorf("still due: %+v", ready)
		}
	}
	w.same()
	return broke
}
