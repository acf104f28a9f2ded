package competencies_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sets"
)

// ready counts what may be worked on at the room's time.
func (r *room) ready(collection string) int {
	r.t.Helper()
	w, err := r.db.Ready(r.ctx, collection, r.clock.Now(), storage.MaxPage)
	must(r.t, err)
	return len(w)
}

// crowd stores standings of so many people, all built.
func (r *room) crowd(n int, at staff) {
	r.t.Helper()
	for i := range n {
		id := fmt.Sprintf("p%04d", i)
		at[id] = competencies.Staffer{Units: []string{"dinas"}, Post: "p1", PostName: "Petugas Loket", Standard: "LOKET"}
		must(r.t, r.BuildStanding(r.ctx, id))
	}
}

// marked counts standings that are to be rebuilt.
func (r *room) marked() int {
	r.t.Helper()
	found, err := r.db.Ready(r.ctx, competencies.StandingsCollection, r.clock.Now(), 1000)
	must(r.t, err)
	return len(found)
}

func TestNewStandardsReachEverybodySliceBySlice(t *testing.T) {
	people := staff{"ani": {Units: []string{"loket", "dinas"}, Post: "p1", PostName: "Petugas Loket", Standard: "LOKET"}}
	r := newRoom(t, func(c *competencies.Config) { c.Staff = people })
	for _, publish := range []string{"the first dictionary and standards", "the same once more"} {
		r.dictionary()
		if r.ready(competencies.DictionaryCollection) != 1 || r.ready(competencies.StandardsCollection) != 1 {
			t.Fatalf("%s are not announced", publish)
		}
	}
	must(t, r.AnnounceDictionary(r.ctx, sets.HeadID))
	must(t, r.AnnounceStandards(r.ctx, sets.HeadID))
	must(t, r.AnnounceStandards(r.ctx, sets.HeadID)) // twice
	if r.ready(competencies.DictionaryCollection) != 0 || r.ready(competencies.StandardsCollection) != 0 {
		t.Error("what was announced is still due")
	}
	r.dictionary()
	if r.ready(competencies.StandardsCollection) != 0 {
		t.Error("publishing what is in force is announced")
	}

	r.crowd(600, people)
	step := func() {
		t.Helper()
		must(t, r.Refresh(r.ctx, competencies.RefreshID))
	}
	if r.ready(competencies.RefreshCollection) != 0 {
		t.Error("a round begins at once: an import of twenty courses would be twenty rounds")
	}
	r.clock.Add(time.Minute)
	if r.ready(competencies.RefreshCollection) != 1 || r.marked() != 0 {
		t.Fatalf("no round is due, or %d standings were marked by the publisher", r.marked())
	}
	step()
	if n := r.marked(); n == 0 || n > 300 {
		t.Errorf("the first slice marked %d", n)
	}
	if r.ready(competencies.RefreshCollection) != 0 {
		t.Error("the second slice does not wait")
	}
	r.clock.Add(time.Second)
	if r.ready(competencies.RefreshCollection) != 1 {
		t.Error("the second slice is not due a second later")
	}
	first := r.marked()
	must(t, r.RaiseAll(r.ctx)) // something else changed meanwhile: the round begins again
	step()
	if n := r.marked(); n != first {
		t.Errorf("the new round went on where the old one was: %d marked", n)
	}
	for n := 0; ; n++ {
		r.clock.Add(time.Second)
		if r.ready(competencies.RefreshCollection) == 0 {
			break
		}
		if step(); n > 20 {
			t.Fatal("the round has no end")
		}
	}
	if n := r.marked(); n != 600 {
		t.Errorf("%d of 600 standings were marked", n)
	}
}

func TestAVersionThatComesWhileOneIsAnnouncedIsAnnouncedToo(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	s, err := sets.Open[int](r.ctx, r.db, "tried", "announce")
	must(t, err)
	publish := func(n int) {
		t.Helper()
		_, _, err := s.Publish(r.ctx, sets.Version{At: r.clock.Now()}, map[string]int{"a": n}, storage.Audit{ID: storage.NewID()})
		must(t, err)
	}
	publish(1)
	must(t, s.Settle(r.ctx, func(ctx context.Context) error { publish(2); return nil }))
	if r.ready("tried") != 1 {
		t.Error("the second version is not announced")
	}
	must(t, s.Settle(r.ctx, func(context.Context) error { return nil }))
	if r.ready("tried") != 0 {
		t.Error("it stays due")
	}
}
