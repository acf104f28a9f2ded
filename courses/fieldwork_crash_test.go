package courses_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/policies"
)

// A field task handed in, returned, handed in again and accepted, with a crash at each write of what people and the chain do, lost and done-but-unacknowledged: everybody repeats the last click, and
// there are two editions, one verdict on each, one completion and one telling each. Of an optional one, begun when the certificate stood already, the certificate's step hears.
func TestCrashAroundAFieldTask(t *testing.T) {
	for _, c := range []struct{ stored, optional bool }{{false, false}, {true, false}, {false, true}} {
		for at := int64(1); ; at++ {
			broke := false
			t.Run(fmt.Sprintf("write %d stored %v optional %v", at, c.stored, c.optional), func(t *testing.T) { broke = fieldTaskWithCrash(t, at, c.stored, c.optional) })
			if t.Failed() || !broke {
				if at < 20 {
					t.Fatalf("only %d writes were broken", at-1)
				}
				break
			}
		}
	}
}

func fieldTaskWithCrash(t *testing.T, at int64, stored, optional bool) (broke bool) {
	w := newWorld(t)
	w.fielded("APEL-109", courses.BySupervisor, func(t *courses.FieldTask) { t.Optional = optional })
	e := w.prepare(ani, "APEL-109")
	w.passes(ani, e.ID, 8)
	heard := 0
	w.certified = func(string) { heard++ }
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
		w.Service, err = courses.Open(ctx, courses.Config{DB: w.db, Policy: p, Now: w.clock.Now, Zone: civil.Jakarta, Log: slog.New(slog.DiscardHandler), People: w.people, Rand: newDice(), Supervisors: w.bosses})
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
				for _, c := range []string{courses.FieldWorksCollection, courses.MarkingsCollection, courses.EnrolmentsCollection} {
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
	judge := func(a access.Actor, d courses.MarkDraft) {
		t.Helper()
		list, err := w.toJudge(a)
		must(t, err)
		if len(list) != 1 {
			t.Fatalf("%d wait", len(list))
		}
		do(func() error {
			v, err := w.Claim(ctx, a, list[0].ID)
			if broke && errors.Is(err, faults.Conflict) {
				return nil // given, and the answer to that got lost
			}
			if err != nil {
				return err
			}
			_, err = w.GiveMark(ctx, a, list[0].ID, d, v.Seq)
			return err
		})
		advance()
	}
	do(func() error { return w.BeginWork(ctx, ani, e.ID, "TL1") })
	do(func() error { return w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Pertama"}, 0) })
	advance()
	judge(citra, courses.MarkDraft{Levels: map[string]int{"a": 0, "b": 1}, Comment: "Tambahkan."})
	do(func() error { return w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Kedua"}, 1) })
	advance()
	judge(citra, levels(2, 2))

	x, err := w.Work(ctx, ani, e.ID, "TL1")
	must(t, err)
	if x.State != courses.WorkAccepted || len(x.Editions) != 2 || len(x.Editions[0].Marks) != 1 || len(x.Editions[1].Marks) != 1 || len(w.works[x.ID]) != 2 || len(w.judges) != 2 {
		t.Fatalf("%+v, told %v and %v", x, w.works[x.ID], w.judges)
	}
	c, err := w.TestOnlyCompleted(ctx, e.ID)
	must(t, err)
	if !c.Certified || c.Score != 80_000 {
		t.Errorf("completion %+v", c)
	}
	if heard == 0 {
		t.Error("the certificate's step heard nothing")
	}
	if extras, err := w.Extras(ctx, e.ID); err != nil || (len(extras) == 1) != optional {
		t.Errorf("beside the certificate: %+v, %v", extras, err)
	}
	for _, name := range []string{courses.FieldWorksCollection, courses.MarkingsCollection, courses.EnrolmentsCollection} {
		if ready, _ := w.db.Ready(ctx, name, w.clock.Now().Add(time.Hour), 10); len(ready) > 0 {
			t.Errorf("still due: %+v", ready)
		}
	}
	return broke
}
