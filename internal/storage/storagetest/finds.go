package storagetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

func (s *suite) entriesMove(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)
	put(t, c, "other", note{Tags: []string{"red"}, Order: "5"})
	put(t, c, "a", note{Tags: []string{"red", "green", "red"}, Order: "3"})
	tags := func(term string, want ...string) {
		t.Helper()
		same(t, "tag "+term, ids(t, c, storage.Query{Index: "tags", Term: term}), want)
	}
	change := func(fn func(n *note)) {
		t.Helper()
		_, err := c.Update(ctx, "a", func(d *storage.Doc[note]) error { fn(&d.Value); return nil })
		must(t, err)
	}
	tags("red", "a", "other")
	tags("green", "a")

	change(func(n *note) { n.Text = "entries stay as they are" })
	tags("red", "a", "other")

	change(func(n *note) { n.Tags = []string{"green", "blue"} })
	tags("red", "other")
	tags("green", "a")
	tags("blue", "a")

	change(func(n *note) { n.Tags = []string{"blue", "red"} })
	change(func(n *note) { n.Order = "7" })
	tags("red", "other", "a")
	tags("green")

	change(func(n *note) { n.Tags = nil; n.N = 12 })
	tags("red", "other")
	tags("blue")
	same(t, "the other index", ids(t, c, storage.Query{Index: "number", Term: "all"}), []string{"a"})

	change(func(n *note) { n.Tags = []string{"", "a b", "unit:1/2", "'; --", "%_"}; n.N = 0 })
	for _, term := range []string{"", "a b", "unit:1/2", "'; --", "%_"} {
		tags(term, "a")
	}
	same(t, "the other index", ids(t, c, storage.Query{Index: "number", Term: "all"}), nil)

	// What a find gives is the document as it stands, and a refused write moves nothing.
	d, err := c.Get(ctx, "a")
	must(t, err)
	stale := d
	change(func(n *note) { n.Tags = []string{"kept"}; n.Text = "newest" })
	stale.Value.Tags = []string{"ghost"}
	kind(t, "replace at an old version", c.Replace(ctx, &stale), faults.Conflict)
	tags("ghost")
	p, err := c.Find(ctx, storage.Query{Index: "tags", Term: "kept"})
	must(t, err)
	if len(p.Docs) != 1 || p.Docs[0].Value.Text != "newest" || p.Docs[0].Version != d.Version+1 {
		t.Errorf("found %+v", p.Docs)
	}
	bare, err := c.Find(ctx, storage.Query{Index: "tags", Term: "kept", Bare: true})
	must(t, err)
	if len(bare.Docs) != 1 || bare.Docs[0].ID != "a" || bare.Docs[0].Value.Text != "" || bare.Next != (storage.Cursor{Order: "7", ID: "a"}) {
		t.Errorf("bare find gave %+v", bare)
	}
}

// awkward strings whose order differs between bytes, UTF-16 units, and what collations for people do.
var awkward = []string{
	"", " ", "!", "0", "10", "2", "A", "AA", "Aa", "Z", "_", "a", "a ", "a\x01", "aA", "aa", "b", "z", "~", "\u007f", "É", "é", "e\u0301", "ß", "ÿ",
	"\u07ff", "\u0800", "中", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0001f600", "\U0010ffff", "\U0010ffffz", strings.Repeat("a", 300), strings.Repeat("a", 299) + "b",
}

func (s *suite) bytewise(t *testing.T) {
	c, _ := s.notes(t)
	want := slices.Clone(awkward)
	slices.Sort(want) // Go compares strings bytewise
	for i, order := range awkward {
		put(t, c, fmt.Sprintf("id%02d", i), note{Tags: []string{"all"}, Order: order, Text: order})
		id := order // the same strings as ids, under one order key
		if id == "" || len(id) > storage.MaxID {
			continue
		}
		put(t, c, id, note{Tags: []string{"ids"}, Order: "same", Text: id})
	}
	text := func(q storage.Query) []string {
		t.Helper()
		var all []string
		must(t, pagesOf(c, q, func(d storage.Doc[note]) { all = append(all, d.Value.Text) }))
		return all
	}
	backwards := slices.Clone(want)
	slices.Reverse(backwards)
	for _, limit := range []int{1, 3, 100} {
		same(t, "by order key", text(storage.Query{Index: "tags", Term: "all", Limit: limit}), want)
		same(t, "by order key, backwards", text(storage.Query{Index: "tags", Term: "all", Limit: limit, Desc: true}), backwards)
	}
	wantIDs := slices.DeleteFunc(slices.Clone(want), func(x string) bool { return x == "" || len(x) > storage.MaxID })
	backIDs := slices.Clone(wantIDs)
	slices.Reverse(backIDs)
	for _, limit := range []int{1, 4, 100} {
		same(t, "by id", text(storage.Query{Index: "tags", Term: "ids", Limit: limit}), wantIDs)
		same(t, "by id, backwards", text(storage.Query{Index: "tags", Term: "ids", Limit: limit, Desc: true}), backIDs)
	}
	// Ranges take in From and leave out To; a sample of them is enough.
	sample := 5
	if s.Slow {
		sample = 17
	}
	for i, from := range want {
		for _, to := range want[i:] {
			if to == "" {
				continue
			}
			in := slices.DeleteFunc(slices.Clone(want), func(x string) bool { return x < from || x >= to })
			if len(in) == 0 || len(in)%sample != 2 {
				continue
			}
			q := storage.Query{Index: "tags", Term: "all", From: from, To: to, Limit: 4}
			same(t, fmt.Sprintf("from %q to %q", from, to), text(q), in)
			slices.Reverse(in)
			q.Desc = true
			same(t, fmt.Sprintf("from %q to %q, backwards", from, to), text(q), in)
		}
	}
}

func (s *suite) pages(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)
	var want []string
	for i := range 23 { // groups of equal order keys that pages cut through
		id := fmt.Sprintf("p%02d", i)
		want = append(want, id)
		put(t, c, id, note{Tags: []string{"page", "only" + fmt.Sprint(i%2)}, Order: fmt.Sprintf("%02d", i/5), N: int64(i + 1)})
		put(t, c, "z"+id, note{Tags: []string{"noise"}, Order: fmt.Sprintf("%02d", i/5)})
	}
	backwards := slices.Clone(want)
	slices.Reverse(backwards)
	for limit := 1; limit <= 24; limit++ {
		same(t, fmt.Sprint("pages of ", limit), ids(t, c, storage.Query{Index: "tags", Term: "page", Limit: limit}), want)
		same(t, fmt.Sprint("pages of ", limit, ", backwards"), ids(t, c, storage.Query{Index: "tags", Term: "page", Limit: limit, Desc: true}), backwards)
		same(t, fmt.Sprint("bare pages of ", limit), ids(t, c, storage.Query{Index: "tags", Term: "page", Limit: limit, Bare: true}), want)
		same(t, fmt.Sprint("a range in pages of ", limit), ids(t, c, storage.Query{Index: "tags", Term: "page", Limit: limit, From: "01", To: "03"}), want[5:15])
		same(t, fmt.Sprint("a range in pages of ", limit, ", backwards"), ids(t, c, storage.Query{Index: "tags", Term: "page", Limit: limit, From: "01", To: "03", Desc: true}), backwards[8:18])
	}
	// The empty order key is one like others: nothing lies below it.
	for _, id := range []string{"e1", "e2", "e3"} {
		put(t, c, id, note{Tags: []string{"empty"}})
	}
	for limit := 1; limit <= 4; limit++ {
		same(t, fmt.Sprint("empty order keys in pages of ", limit), ids(t, c, storage.Query{Index: "tags", Term: "empty", Limit: limit}), []string{"e1", "e2", "e3"})
		same(t, fmt.Sprint("empty order keys in pages of ", limit, ", backwards"), ids(t, c, storage.Query{Index: "tags", Term: "empty", Limit: limit, Desc: true}), []string{"e3", "e2", "e1"})
	}
	// A cursor outside of the range does not widen it, and one of an entry that is gone still holds its place.
	same(t, "cursor before the range", ids(t, c, storage.Query{Index: "tags", Term: "page", From: "02", After: storage.Cursor{Order: "00", ID: "p01"}}), want[10:])
	same(t, "cursor behind the range, backwards", ids(t, c, storage.Query{Index: "tags", Term: "page", To: "02", Desc: true, After: storage.Cursor{Order: "04", ID: "p22"}}), backwards[13:])
	same(t, "cursor behind the range", ids(t, c, storage.Query{Index: "tags", Term: "page", To: "02", After: storage.Cursor{Order: "04", ID: "p22"}}), nil)
	same(t, "cursor of nothing", ids(t, c, storage.Query{Index: "tags", Term: "page", After: storage.Cursor{Order: "02", ID: "p11x"}}), want[12:])
	p, err := c.Find(ctx, storage.Query{Index: "tags", Term: "page", Limit: 23})
	must(t, err)
	if p.More || len(p.Docs) != 23 {
		t.Errorf("a page that holds exactly everything: %d, more %v", len(p.Docs), p.More)
	}
	p, err = c.Find(ctx, storage.Query{Index: "tags", Term: "page"})
	must(t, err)
	if len(p.Docs) != 23 {
		t.Errorf("without a limit: %d", len(p.Docs))
	}
	if p, err = c.Find(ctx, storage.Query{Index: "tags", Term: "nothing"}); err != nil || len(p.Docs) != 0 || p.More {
		t.Errorf("a term nobody has: %+v, %v", p, err)
	}
}

// pagesWhileOthersWrite turns pages both ways while documents come, go and change around the reader: what is there all the time and is not
// moved is seen exactly once.
func (s *suite) pagesWhileOthersWrite(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)
	const stable = 60
	var want []string
	for i := range stable {
		id := fmt.Sprintf("s%03d", i)
		want = append(want, id)
		put(t, c, id, note{Tags: []string{"page"}, Order: fmt.Sprint(i / 7)})
	}
	slices.SortFunc(want, func(a, b string) int { return strings.Compare(a, b) })
	backwards := slices.Clone(want)
	slices.Reverse(backwards)
	var stop atomic.Bool
	var churned atomic.Int64
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; !stop.Load(); i++ {
				// Between, before and behind the stable ones, under the same order keys.
				d := storage.Doc[note]{ID: fmt.Sprintf("s%03d-%d-%d", (i*37)%stable, w, i), Value: note{Tags: []string{"page"}, Order: fmt.Sprint((i * 37) % stable / 7)}}
				if err := c.Insert(ctx, &d); err != nil {
					t.Error(err)
					return
				}
				// A stable one changes, but stays where it is.
				if _, err := c.Update(ctx, want[(i*13+w)%stable], func(d *storage.Doc[note]) error { d.Value.Text += "x"; return nil }); err != nil {
					t.Error(err)
					return
				}
				if err := c.Delete(ctx, d.ID, d.Version); err != nil {
					t.Error(err)
					return
				}
				churned.Add(1)
			}
		})
	}
	rounds := 30
	if s.Slow {
		rounds = 4
	}
	for round := 0; round < rounds || churned.Load() == 0; round++ { // on a busy machine the pages may all be turned before anything is written
		for _, desc := range []bool{false, true} {
			expect := want
			if desc {
				expect = backwards
			}
			got := ids(t, c, storage.Query{Index: "tags", Term: "page", Limit: 1 + round%9, Desc: desc})
			got = slices.DeleteFunc(got, func(id string) bool { return strings.Contains(id, "-") })
			same(t, fmt.Sprintf("round %d, backwards %v", round, desc), got, expect)
		}
		if t.Failed() {
			break
		}
	}
	stop.Store(true)
	wg.Wait()
	same(t, "after all", ids(t, c, storage.Query{Index: "tags", Term: "page", Limit: 50}), want)
}

func (s *suite) gather(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)
	if s.Slow { // the limit itself is the collection's, not the engine's; a third page shows the turning
		fill(t, c, 2*storage.MaxPage+1, 8)
		all, err := c.Gather(ctx, storage.Query{Index: "tags", Term: "many"})
		must(t, err)
		if len(all) != 2*storage.MaxPage+1 {
			t.Errorf("gathered %d", len(all))
		}
		return
	}
	fill(t, c, storage.MaxGather, 32)
	all, err := c.Gather(ctx, storage.Query{Index: "tags", Term: "many"})
	must(t, err)
	if len(all) != storage.MaxGather {
		t.Errorf("gathered %d of %d", len(all), storage.MaxGather)
	}
	put(t, c, "one more", note{Tags: []string{"many"}})
	_, err = c.Gather(ctx, storage.Query{Index: "tags", Term: "many"})
	kind(t, "gathering too much", err, faults.Invalid)
	seen := 0
	must(t, c.Each(ctx, storage.Query{Index: "tags", Term: "many"}, func(storage.Doc[note]) error { seen++; return nil }))
	if seen != storage.MaxGather+1 {
		t.Errorf("each saw %d", seen)
	}
}

// fill inserts n documents m000000... with the tag "many" from several goroutines.
func fill(t *testing.T, c *storage.Collection[note], n, writers int) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(n) {
					return
				}
				d := storage.Doc[note]{ID: fmt.Sprintf("m%06d", i), Value: note{Tags: []string{"many"}, Order: storage.OrderInt(i), N: i}}
				if err := c.Insert(context.Background(), &d); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func (s *suite) stream(t *testing.T) {
	ctx := context.Background()
	e := s.open(t)
	c, _ := notesOn(t, e)
	fill(t, c, 200, 4)
	var got, want []string
	for i := range 200 {
		want = append(want, fmt.Sprintf("m%06d", i))
	}
	must(t, c.All(ctx, func(d storage.Doc[note]) error {
		got = append(got, d.ID)
		if len(got) == 10 { // what is written meanwhile disturbs nobody
			put(t, c, "a-before", note{})
			return c.Delete(ctx, d.ID, d.Version)
		}
		return nil
	}))
	same(t, "all", got, want)
	// The engine's slices carry the entries: backup and WriteBack need them.
	rs, err := e.Slice(ctx, "notes", "m000150", 2)
	must(t, err)
	if len(rs) != 2 || rs[0].ID != "m000151" || rs[0].Op == "" || rs[0].Version == 0 || len(rs[0].Entries) != 2 || len(rs[0].Body) == 0 {
		t.Fatalf("slice: %+v", rs)
	}
	slices.SortFunc(rs[0].Entries, func(a, b storage.Entry) int { return strings.Compare(a.Index, b.Index) })
	if got, want := fmt.Sprint(rs[0].Entries), fmt.Sprint([]storage.Entry{{Index: "number", Term: "all", Order: storage.OrderInt(151)}, {Index: "tags", Term: "many", Order: storage.OrderInt(151)}}); got != want {
		t.Errorf("entries %s, want %s", got, want)
	}
}
