package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// racingUpdates: what was acknowledged is what counts, and it counts once.
func (s *suite) racingUpdates(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)
	const writers, each = 16, 25
	for _, id := range []string{"one", "two"} {
		put(t, c, id, note{Tags: []string{"x"}, Order: "0"})
	}
	first, err := c.Get(ctx, "one")
	must(t, err)
	var acknowledged [2]atomic.Int64
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				k := (w + i) % 2
				_, err := c.Update(ctx, []string{"one", "two"}[k], func(d *storage.Doc[note]) error {
					d.Value.N++
					d.Value.Order = storage.OrderInt(d.Value.N)
					return nil
				})
				if err != nil {
					t.Error(err)
					continue
				}
				acknowledged[k].Add(1)
			}
		})
	}
	wg.Wait()
	for k, id := range []string{"one", "two"} {
		d, err := c.Get(ctx, id)
		must(t, err)
		if n := acknowledged[k].Load(); d.Value.N != n || n != writers*each/2 {
			t.Errorf("%s: %d updates were acknowledged, the document counts %d", id, n, d.Value.N)
		}
		if id == "one" && d.Version != first.Version+d.Value.N {
			t.Errorf("version %d after %d updates of version %d", d.Version, d.Value.N, first.Version)
		}
	}
	p, err := c.Find(ctx, storage.Query{Index: "tags", Term: "x"})
	must(t, err)
	if len(p.Docs) != 2 || p.Next.Order != storage.OrderInt(writers*each/2) {
		t.Errorf("the index holds %d entries up to %q", len(p.Docs), p.Next.Order)
	}
}

func (s *suite) racingInserts(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)
	for round := range 20 {
		id := fmt.Sprint("id", round)
		var won atomic.Int64
		var winner atomic.Int64
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				err := c.Insert(ctx, &storage.Doc[note]{ID: id, Value: note{N: int64(w + 1), Tags: []string{fmt.Sprint("by", w+1)}}})
				switch {
				case err == nil:
					won.Add(1)
					winner.Store(int64(w + 1))
				case !errors.Is(err, faults.Conflict):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		d, err := c.Get(ctx, id)
		must(t, err)
		if won.Load() != 1 || d.Value.N != winner.Load() {
			t.Fatalf("%d inserts were acknowledged; the document is of %d, the acknowledged one of %d", won.Load(), d.Value.N, winner.Load())
		}
	}
	total := 0
	for w := range 8 {
		total += len(ids(t, c, storage.Query{Index: "tags", Term: fmt.Sprint("by", w+1)}))
	}
	if total != 20 {
		t.Errorf("the index holds %d entries of 20 documents", total)
	}
}

func (s *suite) racingUpserts(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 20 {
				if _, err := c.Upsert(ctx, fmt.Sprint("u", i), func(d *storage.Doc[note]) error { d.Value.N++; return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i := range 20 {
		if d, err := c.Get(ctx, fmt.Sprint("u", i)); err != nil || d.Value.N != 8 {
			t.Errorf("u%d counts %d of 8, %v", i, d.Value.N, err)
		}
	}
}

func openClaims(t *testing.T, db *storage.DB) *storage.Claims {
	t.Helper()
	claims, err := storage.OpenClaims(context.Background(), db, []byte("a key of the installation"))
	must(t, err)
	return claims
}

func (s *suite) claims(t *testing.T) {
	ctx := context.Background()
	_, db := s.notes(t)
	claims := openClaims(t, db)
	must(t, claims.Take(ctx, "unit_code", "DINKES", "unit1"))
	must(t, claims.Take(ctx, "unit_code", "DINKES", "unit1")) // again by the same owner
	must(t, claims.Take(ctx, "email", "DINKES", "unit2"))     // another kind
	kind(t, "a taken value", claims.Take(ctx, "unit_code", "DINKES", "unit2"), faults.Conflict)
	if owner, err := claims.Owner(ctx, "unit_code", "DINKES"); err != nil || owner != "unit1" {
		t.Errorf("owner %q, %v", owner, err)
	}
	must(t, claims.Release(ctx, "unit_code", "DINKES", "unit2")) // not the owner: changes nothing
	kind(t, "a taken value", claims.Take(ctx, "unit_code", "DINKES", "unit2"), faults.Conflict)
	for range 2 {
		must(t, claims.Release(ctx, "unit_code", "DINKES", "unit1"))
	}
	_, err := claims.Owner(ctx, "unit_code", "DINKES")
	kind(t, "owner of a free value", err, faults.NotFound)
	must(t, claims.Take(ctx, "unit_code", "DINKES", "unit2"))
	must(t, claims.Release(ctx, "unit_code", "DINKES", "unit1")) // the former owner takes nothing away
	if owner, err := claims.Owner(ctx, "unit_code", "DINKES"); err != nil || owner != "unit2" {
		t.Errorf("owner %q, %v", owner, err)
	}
}

func (s *suite) racingClaims(t *testing.T) {
	ctx := context.Background()
	_, db := s.notes(t)
	claims := openClaims(t, db)
	const owners = 8
	holding := map[string]*atomic.Int64{} // how many believe that they hold a value
	for v := range 4 {
		holding[fmt.Sprint("value", v)] = &atomic.Int64{}
	}
	var taken atomic.Int64
	var wg sync.WaitGroup
	for o := range owners {
		wg.Go(func() {
			owner := fmt.Sprint("owner", o)
			for i := range 40 {
				value := fmt.Sprint("value", (i+o)%4)
				err := claims.Take(ctx, "nip", value, owner)
				if errors.Is(err, faults.Conflict) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := holding[value].Add(1); n != 1 {
					t.Errorf("%s has %d owners", value, n)
				}
				taken.Add(1)
				holding[value].Add(-1)
				for range 2 { // twice at once is as good as once
					wg.Go(func() {
						if err := claims.Release(ctx, "nip", value, owner); err != nil {
							t.Error(err)
						}
					})
				}
			}
		})
	}
	wg.Wait()
	if taken.Load() < owners {
		t.Errorf("only %d claims succeeded", taken.Load())
	}
}

func derivedDef() storage.Def[storage.Derived[int]] {
	return storage.Def[storage.Derived[int]]{Name: "sums", Shape: 1, Indexes: []storage.Index[storage.Derived[int]]{storage.ByGoodUntil[int]()}}
}

func (s *suite) derived(t *testing.T) {
	ctx := context.Background()
	_, db := s.notes(t)
	sums, err := storage.Open(ctx, db, derivedDef())
	must(t, err)
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	ready := func(at time.Time, want ...string) {
		t.Helper()
		ws, err := db.Ready(ctx, "sums", at, 10)
		must(t, err)
		var got []string
		for _, w := range ws {
			if w.Due.Step != storage.RebuildStep {
				t.Errorf("%s has step %q", w.ID, w.Due.Step)
			}
			got = append(got, w.ID)
		}
		same(t, "due", got, want)
	}
	build := func(v int, until civil.Date, during func()) func(context.Context) (int, civil.Date, error) {
		return func(context.Context) (int, civil.Date, error) {
			if during != nil {
				during()
			}
			return v, until, nil
		}
	}

	must(t, storage.Raise(ctx, sums, "p", now, 0))
	must(t, storage.Raise(ctx, sums, "p", now, 0))
	ready(now, "p")
	d, err := storage.Rebuild(ctx, sums, "p", now, build(7, "2026-06-30", nil))
	must(t, err)
	if v := d.Value; v.Want != 2 || v.Have != 2 || v.Of != 7 || d.Due != nil || !v.BuiltAt.Equal(now) {
		t.Errorf("after the rebuild: %+v, due %v", d.Value, d.Due)
	}
	ready(now)
	same(t, "found by the day its inputs change", ids(t, sums, storage.Query{Index: storage.GoodUntilIndex, Term: "all", To: "2026-07-01"}), []string{"p"})

	// A source that changes during the rebuild keeps the document due.
	d, err = storage.Rebuild(ctx, sums, "p", now, build(8, "", func() { must(t, storage.Raise(ctx, sums, "p", now, 0)) }))
	must(t, err)
	if v := d.Value; v.Want != 3 || v.Have != 2 || v.Of != 8 {
		t.Errorf("after a change during the rebuild: %+v", v)
	}
	ready(now, "p")
	// An older rebuild that ends later does not overwrite the newer one.
	d, err = storage.Rebuild(ctx, sums, "p", now, build(9, "", func() {
		must(t, storage.Raise(ctx, sums, "p", now, 0))
		_, err := storage.Rebuild(ctx, sums, "p", now, build(10, "", nil))
		must(t, err)
	}))
	must(t, err)
	if d.Value.Of != 10 || d.Value.Have != 4 || d.Due != nil {
		t.Errorf("the older rebuild won: %+v, due %v", d.Value, d.Due)
	}
	ready(now)

	// Parents wait, so that many children cost one rebuild; a further raise does not put it off.
	must(t, storage.Raise(ctx, sums, "unit", now, 5*time.Second))
	must(t, storage.Raise(ctx, sums, "unit", now.Add(4*time.Second), 5*time.Second))
	ready(now.Add(4 * time.Second))
	ready(now.Add(5*time.Second), "unit")

	// A document of very many sources: what a waiting rebuild will read is not noted again, what changes while one reads is, once, and waits anew.
	once := func() {
		must(t, storage.RaiseOnce(ctx, sums, "month", now, func(of int) time.Duration { return time.Duration(of) * time.Second }))
	}
	once()
	once()
	began, err := storage.Begin(ctx, sums, "month")
	must(t, err)
	d, err = storage.Rebuild(ctx, sums, "month", now, build(3, "", func() { once(); once() }))
	must(t, err)
	if v := d.Value; began != 1 || v.Want != 2 || v.Have != 1 || d.Due == nil || !d.Due.NotBefore.Equal(now) {
		t.Errorf("began at %d; after changes during the rebuild: %+v, due %+v", began, v, d.Due)
	}
	_, err = storage.Begin(ctx, sums, "month")
	must(t, err)
	once()
	d, err = sums.Get(ctx, "month")
	must(t, err)
	if !d.Due.NotBefore.Equal(now.Add(3 * time.Second)) {
		t.Errorf("what was built of 3 waits 3 s, due %+v", d.Due)
	}

	// A rebuild of what nobody raised makes it; a failed one leaves it due.
	stop := errors.New("a source is away")
	_, err = storage.Rebuild(ctx, sums, "new", now, func(context.Context) (int, civil.Date, error) { return 0, "", stop })
	if !errors.Is(err, stop) {
		t.Errorf("rebuild returned %v", err)
	}
	ready(now, "new")
}

func (s *suite) racingRaises(t *testing.T) {
	t.Run("each", func(t *testing.T) { s.racing(t, storage.Raise, false) })
	t.Run("once", func(t *testing.T) {
		s.racing(t, func(ctx context.Context, c *storage.Collection[storage.Derived[int]], id string, now time.Time, wait time.Duration) error {
			return storage.RaiseOnce(ctx, c, id, now, func(int) time.Duration { return wait })
		}, true)
	})
}

func (s *suite) racing(t *testing.T, raise func(context.Context, *storage.Collection[storage.Derived[int]], string, time.Time, time.Duration) error, begin bool) {
	ctx := context.Background()
	_, db := s.notes(t)
	sums, err := storage.Open(ctx, db, derivedDef())
	must(t, err)
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	var source atomic.Int64
	const raisers, each = 6, 15
	var wg sync.WaitGroup
	for range raisers {
		wg.Go(func() {
			for range each {
				source.Add(1) // the source first, then the raise
				if err := raise(ctx, sums, "p", now, 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	rebuild := func() {
		if begin {
			if _, err := storage.Begin(ctx, sums, "p"); err != nil && !errors.Is(err, faults.NotFound) {
				t.Error(err)
			}
		}
		if _, err := storage.Rebuild(ctx, sums, "p", now, func(context.Context) (int, civil.Date, error) { return int(source.Load()), "", nil }); err != nil {
			t.Error(err)
		}
	}
	for range 3 {
		wg.Go(func() {
			for range each {
				rebuild()
			}
		})
	}
	wg.Wait()
	d, err := sums.Get(ctx, "p")
	must(t, err)
	if d.Value.Want > d.Value.Have && d.Due == nil {
		t.Fatalf("a change is neither built nor due: %+v", d.Value)
	}
	if d.Value.Want == d.Value.Have && d.Value.Of != raisers*each {
		t.Fatalf("it says that it is built from everything, but %d of %d changes are in it", d.Value.Of, raisers*each)
	}
	if d.Due != nil {
		rebuild()
	}
	d, err = sums.Get(ctx, "p")
	must(t, err)
	// The first rebuild may have made the document with a want of its own.
	if d.Value.Of != raisers*each || d.Due != nil || d.Value.Want != d.Value.Have || !begin && d.Value.Want < raisers*each {
		t.Errorf("in the end: %+v, due %v", d.Value, d.Due)
	}
}
