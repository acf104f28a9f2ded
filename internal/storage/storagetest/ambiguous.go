package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// ambiguous: an unclear answer is settled by looking for the write's own id, and is never taken for the outcome it did not have.
func (s *suite) ambiguous(t *testing.T) {
	ctx := context.Background()
	f := NewFaulty(s.open(t))
	c, _ := notesOn(t, f)

	// Insert.
	f.FailAt(1, Unclear)
	d := storage.Doc[note]{ID: "a", Value: note{N: 1, Tags: []string{"x"}}}
	if err := c.Insert(ctx, &d); err != nil {
		t.Errorf("an insert that was stored: %v", err)
	}
	f.FailAt(1, Lost)
	kind(t, "an insert that was lost", c.Insert(ctx, &storage.Doc[note]{ID: "b"}), faults.Unavailable)
	must(t, c.Insert(ctx, &storage.Doc[note]{ID: "b"})) // so it may be repeated
	f.FailAt(1, Unclear)
	kind(t, "an insert of an id that exists", c.Insert(ctx, &storage.Doc[note]{ID: "a"}), faults.Conflict)

	// Update counts once, whatever happens.
	count := func(m Mode, want faults.Kind) {
		t.Helper()
		before, err := c.Get(ctx, "a")
		must(t, err)
		f.FailAt(1, m)
		_, err = c.Update(ctx, "a", func(d *storage.Doc[note]) error { d.Value.N++; return nil })
		after, e := c.Get(ctx, "a")
		must(t, e)
		switch {
		case want == "" && (err != nil || after.Value.N != before.Value.N+1):
			t.Errorf("%s: n went from %d to %d, %v", m, before.Value.N, after.Value.N, err)
		case want != "" && (!errors.Is(err, want) || after.Value.N != before.Value.N):
			t.Errorf("%s: n went from %d to %d, %v", m, before.Value.N, after.Value.N, err)
		}
	}
	count(Unclear, "")
	count(Lost, faults.Unavailable)
	count(Pass, "")

	// Somebody else writes between the unclear answer and the look: ours may lie below theirs or not have happened, so nobody says success,
	// and Update does not apply the change a second time.
	over := &writesOver{Faulty: f}
	c2, _ := notesOn(t, over)
	for _, m := range []Mode{Unclear, Lost} {
		before, err := c2.Get(ctx, "a")
		must(t, err)
		f.FailAt(1, m)
		over.armed = func() {
			_, err := c.Update(ctx, "a", func(d *storage.Doc[note]) error { d.Value.Text += "!"; return nil })
			must(t, err)
		}
		calls := 0
		_, err = c2.Update(ctx, "a", func(d *storage.Doc[note]) error { calls++; d.Value.N++; return nil })
		after, e := c2.Get(ctx, "a")
		must(t, e)
		switch m {
		case Unclear:
			if !errors.Is(err, faults.Unavailable) || after.Value.N != before.Value.N+1 {
				t.Errorf("below another write: n went from %d to %d, %v", before.Value.N, after.Value.N, err)
			}
		case Lost: // the other write has our version: ours cannot have happened, and the change is applied to theirs
			if err != nil || calls != 2 || after.Value.N != before.Value.N+1 || after.Value.Text != before.Value.Text+"!" {
				t.Errorf("lost to another write: n went from %d to %d in %d calls, %v", before.Value.N, after.Value.N, calls, err)
			}
		}
	}

	// Delete.
	d, err := c.Get(ctx, "a")
	must(t, err)
	f.FailAt(1, Lost)
	kind(t, "a delete that was lost", c.Delete(ctx, "a", d.Version), faults.Unavailable)
	f.FailAt(1, Unclear)
	must(t, c.Delete(ctx, "a", d.Version))
	_, err = c.Get(ctx, "a")
	kind(t, "a deleted document", err, faults.NotFound)
}

// writesOver lets another write happen just before a read that settles an unclear answer.
type writesOver struct {
	*Faulty
	armed func()
	after bool
}

func (w *writesOver) Replace(ctx context.Context, collection string, r storage.Record) error {
	err := w.Faulty.Replace(ctx, collection, r)
	w.after = err != nil
	return err
}

func (w *writesOver) Get(ctx context.Context, collection, id string) (storage.Record, error) {
	if w.after && w.armed != nil {
		w.after = false
		armed := w.armed
		w.armed = nil
		armed()
	}
	return w.Faulty.Get(ctx, collection, id)
}

// crash walks a crash table over three writes that build on each other, each under a derived id: whatever write the process dies in, and
// whether that write was stored, running it all again reaches the one end state.
func (s *suite) crash(t *testing.T) {
	ctx := context.Background()
	step := func(c *storage.Collection[note]) error {
		for i := range 3 {
			d := storage.Doc[note]{ID: fmt.Sprint("step", i), Value: note{N: int64(i), Tags: []string{"chain"}}}
			if err := c.Insert(ctx, &d); err != nil && !errors.Is(err, faults.Conflict) {
				return err
			}
			_, err := c.Update(ctx, "start", func(d *storage.Doc[note]) error {
				if d.Value.N > int64(i) {
					return storage.Unchanged
				}
				d.Value.N = int64(i + 1)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	for n := int64(1); n <= 6; n++ {
		for _, m := range []Mode{Lost, Unclear} {
			f := NewFaulty(s.open(t))
			c, _ := notesOn(t, f)
			put(t, c, "start", note{})
			f.CrashAt(n, m)
			kind(t, fmt.Sprintf("write %d %s", n, m), step(c), faults.Unavailable)
			if _, err := c.Get(ctx, "start"); !f.Dead() || !errors.Is(err, faults.Unavailable) {
				t.Errorf("write %d %s: a dead process answers: %v", n, m, err)
			}
			f.Revive()
			must(t, step(c))
			d, err := c.Get(ctx, "start")
			must(t, err)
			if d.Value.N != 3 {
				t.Errorf("write %d %s: it stands at %d (%v)", n, m, d.Value.N, f.Log())
			}
			same(t, "the chain", ids(t, c, storage.Query{Index: "tags", Term: "chain"}), []string{"step0", "step1", "step2"})
		}
	}
}
