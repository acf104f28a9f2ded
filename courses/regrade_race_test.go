package courses_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// Regrades while learners begin, save and hand in and several workers do every step there is, each at any moment and twice at once: in the end every attempt is
// graded by the key that counts, the enrolments say what the attempts say, and each result that was replaced by another was told once and no other ever.
func TestRegradeRacesWithAnExam(t *testing.T) {
	w, item := newRegradeWorld(t)
	type taker struct {
		access.Actor
		enrolment, chosen string
		right             int
	}
	var takers []taker
	for i := range 18 {
		id := fmt.Sprintf("p%02d", i)
		w.people.put(courses.Learner{Person: id, Name: id, Active: true, Units: []string{"u-dukcapil", "u-city"}, PositionKind: "pelaksana", Status: "PNS"})
		a := access.Actor{Person: id}
		takers = append(takers, taker{a, w.prepare(a, "APEL-109").ID, []string{"benar P-00", "salah dua", "salah satu"}[i%3], 3 + i/3%3})
	}
	keys := []struct {
		id, right string
		number    int
	}{{"rg-c", "c", 2}, {"rg-b", "b", 1}, {"rg-d", "d", 3}}
	steps := w.steps()

	over := make(chan struct{})
	var workers, people sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				for _, c := range w.db.Collections() {
					ready, err := w.db.Ready(ctx, c, w.clock.Now(), 100)
					if err != nil {
						t.Error(err)
						return
					}
					for _, x := range ready {
						if err := steps[c+"/"+x.Due.Step](ctx, x.ID); err != nil && !errors.Is(err, faults.Conflict) {
							t.Errorf("%s of %s/%s: %v", x.Due.Step, c, x.ID, err)
							return
						}
					}
				}
			}
		})
	}
	for i, p := range takers {
		people.Go(func() {
			for range i % 4 * 5 { // some begin while the first key is being replaced, some later
				if _, err := w.Enrolment(ctx, p.Actor, p.enrolment); err != nil {
					t.Error(err)
				}
			}
			f, err := w.Start(ctx, p.Actor, p.enrolment, "posttest")
			if err != nil {
				t.Error(err)
				return
			}
			given := fill(f, item, p.chosen, p.right)
			saved, err := w.Save(ctx, p.Actor, f.Attempt, given, f.Seq)
			if err == nil {
				_, err = w.Submit(ctx, p.Actor, f.Attempt, given, saved.Seq)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	people.Go(func() {
		for _, k := range keys {
			if _, err := w.CheckRegrade(ctx, admin, courses.RegradeInput{Key: k.id, Item: item, To: w.keyOn(item, k.right), Why: "uji"}); err != nil {
				t.Error(err)
				return
			}
			for end := (time.Time{}); end.IsZero(); { // beside the workers, who do the same
				if err := w.RunRegrade(ctx, k.id); err != nil && !errors.Is(err, faults.Conflict) {
					t.Error(err)
					return
				}
				r, err := w.RegradeByID(ctx, admin, k.id)
				if err == nil && r.State == courses.RegradeChecked {
					_, err = w.ConfirmRegrade(ctx, admin, k.id)
				}
				if err != nil {
					t.Error(err)
					return
				}
				end = r.EndedAt
			}
			w.clock.pass(time.Second)
		}
	})
	people.Wait()
	close(over)
	workers.Wait()
	if t.Failed() {
		return
	}
	w.clock.pass(time.Hour) // whatever lost a race is tried again
	w.chain()

	replaced := 0
	for _, p := range takers {
		id := p.enrolment + ".posttest.1"
		doc, err := w.Attempt(ctx, p.Actor, id)
		must(t, err)
		g := w.result(p.Actor, id)
		want := (p.right * 100_000) / 6 // nobody chose d
		if doc.State != courses.AttemptGraded || doc.Regrading || doc.Score != want {
			t.Errorf("%s: %+v, want the score %d", id, doc, want)
		}
		for _, it := range g[len(g)-1].Result.Items {
			if number := keys[len(keys)-1].number; it.Item == item && it.Key != number {
				t.Errorf("%s is graded by key %d, %d counts", id, it.Key, number)
			}
		}
		if e := w.stateOf(p.Actor, p.enrolment); e.Taken["posttest"].Last != want || e.Taken["posttest"].Passed != doc.Passed || (e.State == courses.Completed) != (doc.Passed || e.Done != nil && !e.Done.Certified.IsZero()) {
			t.Errorf("%s has the score %d, passed %v, its enrolment says %+v", id, want, doc.Passed, e)
		}
		var expect, told []string
		for i := range g {
			if i > 0 && (g[i].Result.Score() != g[i-1].Result.Score() || g[i].Passed != g[i-1].Passed) {
				expect = append(expect, g[i].Regrade)
			}
			if g[i].Untold {
				t.Errorf("%s has a result that nobody was told of", id)
			}
		}
		for _, n := range w.told[id] {
			told = append(told, n.Regrade)
		}
		slices.Sort(expect)
		slices.Sort(told)
		if !slices.Equal(expect, told) {
			t.Errorf("%s was told of %v, want %v: %+v", id, told, expect, g)
		}
		replaced += len(expect)
	}
	if replaced == 0 {
		t.Error("no result was ever replaced: the test raced nothing")
	}
	t.Logf("%d results were replaced", replaced)
}
