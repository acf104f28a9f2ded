package storagetest

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// kind asserts the kind of an error.
func kind(t *testing.T, what string, err error, want faults.Kind) {
	t.Helper()
	if err == nil || faults.KindOf(err) != want || !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %s", what, err, want)
	}
}

func (s *suite) documents(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)

	_, err := c.Get(ctx, "absent")
	kind(t, "get of a missing document", err, faults.NotFound)
	_, err = c.Update(ctx, "absent", func(*storage.Doc[note]) error { return nil })
	kind(t, "update of a missing document", err, faults.NotFound)
	kind(t, "delete of a missing document", c.Delete(ctx, "absent", 1), faults.NotFound)
	kind(t, "replace of a missing document", c.Replace(ctx, &storage.Doc[note]{ID: "absent", Version: 1}), faults.NotFound)

	// Strings as people type them come back as they were.
	strange := "Ini \"kutipan\" \\ <b>&</b> \u0000\u2028 ñ 漢字 😀 \r\n\t"
	first := put(t, c, "a", note{Text: strange, N: 1, Tags: []string{"x"}})
	if first.Version <= 0 {
		t.Errorf("inserted with version %d", first.Version)
	}
	got, err := c.Get(ctx, "a")
	must(t, err)
	if !reflect.DeepEqual(got, first) {
		t.Errorf("read %+v, wrote %+v", got, first)
	}

	kind(t, "insert of an id that exists", c.Insert(ctx, &storage.Doc[note]{ID: "a", Value: note{Text: "second"}}), faults.Conflict)
	if got, err := c.Get(ctx, "a"); err != nil || got.Value.Text != strange {
		t.Errorf("a refused insert changed the document: %+v, %v", got, err)
	}

	second := got
	second.Value.Text = "changed"
	must(t, c.Replace(ctx, &second))
	if second.Version != first.Version+1 {
		t.Errorf("version %d after %d", second.Version, first.Version)
	}
	stale := first
	stale.Value.Text = "from a stale page"
	kind(t, "replace at an old version", c.Replace(ctx, &stale), faults.Conflict)
	if stale.Version != first.Version {
		t.Errorf("a refused replace left version %d", stale.Version)
	}
	future := second
	future.Version += 5
	kind(t, "replace at a version to come", c.Replace(ctx, &future), faults.Conflict)
	kind(t, "delete at an old version", c.Delete(ctx, "a", first.Version), faults.Conflict)
	got, err = c.Get(ctx, "a")
	must(t, err)
	if got.Value.Text != "changed" || got.Version != second.Version {
		t.Errorf("after refused writes: %+v", got)
	}

	stop := errors.New("not allowed")
	if _, err := c.Update(ctx, "a", func(d *storage.Doc[note]) error { d.Value.Text = "half"; return stop }); !errors.Is(err, stop) {
		t.Errorf("update returned %v", err)
	}
	if _, err := c.Update(ctx, "a", func(d *storage.Doc[note]) error { return storage.Unchanged }); err != nil {
		t.Errorf("update that leaves the document alone: %v", err)
	}
	if got, _ := c.Get(ctx, "a"); got.Version != second.Version || got.Value.Text != "changed" {
		t.Errorf("after updates that wrote nothing: %+v", got)
	}

	must(t, c.Delete(ctx, "a", second.Version))
	_, err = c.Get(ctx, "a")
	kind(t, "get of a deleted document", err, faults.NotFound)
	kind(t, "second delete", c.Delete(ctx, "a", second.Version), faults.NotFound)
	same(t, "entries of a deleted document", ids(t, c, storage.Query{Index: "tags", Term: "x"}), nil)

	// Who read the deleted document must not write over, or delete, what was inserted under its id since.
	again := put(t, c, "a", note{Text: "another", N: 7})
	kind(t, "replace with the version of a deleted document", c.Replace(ctx, &stale), faults.Conflict)
	kind(t, "delete with the version of a deleted document", c.Delete(ctx, "a", first.Version), faults.Conflict)
	if got, err := c.Get(ctx, "a"); err != nil || got.Value.Text != "another" || got.Version != again.Version {
		t.Errorf("the new document suffered: %+v, %v", got, err)
	}

	// Upsert takes a NotFound of the function for what it is: about something else.
	calls := 0
	_, err = c.Upsert(ctx, "a", func(d *storage.Doc[note]) error {
		calls++
		if d.Version == 0 {
			t.Error("upsert of a document that exists got an empty one")
		}
		return faults.New(faults.NotFound, "Unit tidak ada.", "There is no such unit.")
	})
	kind(t, "upsert whose function finds something missing", err, faults.NotFound)
	if calls != 1 {
		t.Errorf("the function was called %d times", calls)
	}
	up, err := c.Upsert(ctx, "b", func(d *storage.Doc[note]) error { d.Value.N = 3; return nil })
	must(t, err)
	if got, err := c.Get(ctx, "b"); err != nil || got.Value.N != 3 || got.Version != up.Version {
		t.Errorf("upsert of a new document: %+v, %v", got, err)
	}
}

func (s *suite) limits(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)
	insert := func(id string, n note) error { return c.Insert(ctx, &storage.Doc[note]{ID: id, Value: n}) }

	kind(t, "a document over 1 MB", insert("big", note{Text: repeat("x", storage.MaxDocument)}), faults.TooLarge)
	var f *faults.Error
	if err := insert("big", note{Text: repeat("x", storage.MaxDocument)}); !errors.As(err, &f) || !strings.Contains(f.Text.ID, "1 MB") {
		t.Errorf("the sentence does not name the limit: %v", err)
	}
	for _, id := range []string{"", repeat("x", storage.MaxID+1), "a\x00b", "a\xffb"} {
		if err := insert(id, note{}); err == nil {
			t.Errorf("the id %q was accepted", id)
		}
	}
	for _, term := range []string{repeat("x", storage.MaxKey+1), "a\x00b", "a\xffb"} {
		if err := insert("t", note{Tags: []string{term}}); err == nil {
			t.Errorf("the term %.20q was accepted", term)
		}
		if err := insert("t", note{Tags: []string{"x"}, Order: term}); err == nil {
			t.Errorf("the order key %.20q was accepted", term)
		}
	}
	if err := insert("t", note{Tags: make([]string, storage.MaxTerms+1)}); err == nil {
		t.Error("too many terms were accepted")
	}
	_, err := c.Get(ctx, "t")
	kind(t, "a refused document", err, faults.NotFound)
	if _, err := c.Find(ctx, storage.Query{Index: "tags", Term: "\xff"}); faults.KindOf(err) != faults.Invalid {
		t.Errorf("a search with broken UTF-8: %v", err)
	}

	// The largest of everything at once.
	longest := note{Order: repeat("é", storage.MaxKey), N: 1}
	for i := range storage.MaxTerms {
		longest.Tags = append(longest.Tags, repeat(string(rune('a'+i%26))+storage.OrderInt(int64(i)), storage.MaxKey/4))
	}
	must(t, insert(repeat("i", storage.MaxID), longest))
	same(t, "found by its last term", ids(t, c, storage.Query{Index: "tags", Term: longest.Tags[storage.MaxTerms-1]}), []string{repeat("i", storage.MaxID)})
}

func (s *suite) bigDocuments(t *testing.T) {
	ctx := context.Background()
	c, _ := s.notes(t)
	text := repeat("jawaban panjang ", storage.MaxDocument-200)
	put(t, c, "big", note{Text: text, Tags: []string{"x"}})
	for range 3 {
		_, err := c.Update(ctx, "big", func(d *storage.Doc[note]) error { d.Value.N++; return nil })
		must(t, err)
	}
	got, err := c.Get(ctx, "big")
	must(t, err)
	if got.Value.Text != text || got.Value.N != 3 {
		t.Errorf("read back %d bytes, n = %d", len(got.Value.Text), got.Value.N)
	}
	p, err := c.Find(ctx, storage.Query{Index: "tags", Term: "x"})
	must(t, err)
	if len(p.Docs) != 1 || p.Docs[0].Value.Text != text {
		t.Error("the index gives another document")
	}
	_, err = c.Update(ctx, "big", func(d *storage.Doc[note]) error { d.Value.Text += repeat("x", 1000); return nil })
	kind(t, "growing over the limit", err, faults.TooLarge)
}

func (s *suite) cancelled(t *testing.T) {
	c, _ := s.notes(t)
	put(t, c, "a", note{N: 1})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := c.Insert(ctx, &storage.Doc[note]{ID: "b"})
	kind(t, "insert after the caller left", err, faults.Unavailable)
	_, err = c.Update(ctx, "a", func(d *storage.Doc[note]) error { d.Value.N = 2; return nil })
	kind(t, "update after the caller left", err, faults.Unavailable)
	_, err = c.Find(ctx, storage.Query{Index: "tags", Term: "x"})
	kind(t, "find after the caller left", err, faults.Unavailable)
	_, err = c.Get(context.Background(), "b")
	kind(t, "what the caller did not wait for", err, faults.NotFound)
	if d, err := c.Get(context.Background(), "a"); err != nil || d.Value.N != 1 {
		t.Errorf("the document is %+v, %v", d, err)
	}
}

func (s *suite) undeclared(t *testing.T) {
	ctx := context.Background()
	e := s.open(t)
	c, _ := notesOn(t, e)
	put(t, c, "a", note{Text: "x"})
	if p, err := c.Find(ctx, storage.Query{Index: "text", Term: "x"}); err == nil {
		t.Errorf("a find without an index gave %v", p)
	}
	if f, err := e.Find(ctx, "notes", storage.Query{Index: "text", Term: "x", Limit: 10}); err == nil {
		t.Errorf("the engine's find without an index gave %v", f)
	}
	if _, err := e.Get(ctx, "nowhere", "a"); err == nil || errors.Is(err, faults.NotFound) {
		t.Errorf("get from an undeclared collection: %v", err)
	}
	if err := e.Insert(ctx, "nowhere", storage.Record{ID: "a", Version: 1, Op: "o", Body: []byte("{}")}); err == nil {
		t.Error("an insert into an undeclared collection was accepted")
	}
	for _, name := range []string{"", "Notes", "a-b", "a.b", "$x", "a;drop table x", repeat("a", 60)} {
		if err := e.Declare(ctx, name, nil); err == nil {
			t.Errorf("the name %q was accepted", name)
		}
	}
}
