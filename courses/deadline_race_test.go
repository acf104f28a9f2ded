package courses_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
)

// The end of the time meets a submit, a repeated submit and the sweeper at once: the attempt ends once, either in time with everything or by the clock with
// what was saved, both submits get the same receipt, and there is one result.
func TestSubmitRacesWithTheClock(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	ends := map[bool]int{}
	for i := range 24 {
		id := fmt.Sprintf("p%02d", i)
		w.people.put(courses.Learner{Person: id, Name: id, Active: true, Units: []string{"u-dukcapil", "u-city"}, PositionKind: "pelaksana", Status: "PNS"})
		a := access.Actor{Person: id}
		e := w.prepare(a, "APEL-109")
		f, err := w.Start(ctx, a, e.ID, "posttest")
		must(t, err)
		right := answers(f, 10)
		saved := map[string]grading.Answer{}
		for _, it := range f.Items[:4] {
			saved[it.Item] = right[it.Item]
		}
		s, err := w.Save(ctx, a, f.Attempt, saved, f.Seq)
		must(t, err)
		w.clock.pass(30*time.Minute - time.Second)

		var all sync.WaitGroup
		var receipts [2]courses.Receipt
		start := make(chan struct{})
		race := func(do func() error) {
			all.Go(func() {
				<-start
				if err := do(); err != nil {
					t.Error(err)
				}
			})
		}
		for n := range receipts {
			race(func() (err error) { receipts[n], err = w.Submit(ctx, a, f.Attempt, right, s.Seq); return err })
		}
		race(func() error { w.clock.pass(time.Second); return w.CloseAttempt(ctx, f.Attempt) })
		race(func() error { return w.CloseAttempt(ctx, f.Attempt) })
		close(start)
		all.Wait()
		if t.Failed() {
			return
		}
		r := receipts[0]
		if receipts[1] != r {
			t.Fatalf("two receipts: %+v and %+v", r, receipts[1])
		}
		want := courses.Receipt{Attempt: f.Attempt, SubmittedAt: f.EndsAt.Add(-time.Second), Answered: 10, Items: 10}
		score := 100_000
		if r.TimedOut {
			want = courses.Receipt{Attempt: f.Attempt, SubmittedAt: f.EndsAt, TimedOut: true, Answered: 4, Items: 10, Refused: 6}
			score = 40_000
		}
		if r != want {
			t.Fatalf("the receipt is %+v, want %+v", r, want)
		}
		ends[r.TimedOut]++
		w.chain()
		if g := w.result(a, f.Attempt); len(g) != 1 || g[0].Result.Score() != score {
			t.Fatalf("graded %+v, want the score %d once", g, score)
		}
		third, err := w.Submit(ctx, a, f.Attempt, right, s.Seq)
		must(t, err)
		if third != r {
			t.Fatalf("later the receipt is %+v, was %+v", third, r)
		}
	}
	t.Logf("in time %d, by the clock %d", ends[false], ends[true])
}
