package courses_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/storage/storagetest"
)

// atEveryWrite tells a story on copies of a world with a crash at each of the story's writes, once with the write lost and once with it done but unacknowledged, until it passes
// without one, after at least so many writes. In the story everybody repeats the last click until it is answered (do), the chain goes on (chain), and in the end nothing is lost and
// nothing there twice.
func (w *world) atEveryWrite(t *testing.T, least int64, story func(t *testing.T, w *world)) {
	t.Helper()
	must(t, w.db.Close())
	for _, mode := range []storagetest.Mode{storagetest.Lost, storagetest.Unclear} {
		for at := int64(1); ; at++ {
			died := false
			t.Run(fmt.Sprintf("write %d %s", at, mode), func(t *testing.T) {
				c := w.mortal(t)
				c.faulty.CrashAt(at, mode)
				story(t, c)
				died = c.died
				if c.faulty.Dead() {
					t.Fatal("the story did not see that the process died")
				}
				for _, name := range c.db.Collections() {
					ready, err := c.db.Ready(ctx, name, c.clock.Now().Add(time.Hour), 10)
					must(t, err)
					if len(ready) > 0 && name != courses.MonthsCollection { // item analysis is counted later
						t.Errorf("still due: %+v", ready)
					}
				}
			})
			if t.Failed() {
				return
			}
			if !died {
				if at <= least {
					t.Fatalf("only %d writes were broken", at-1)
				}
				break
			}
		}
	}
}

// mortal is a copy of a closed world whose process can be made to die.
func (w *world) mortal(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(filepath.Dir(w.path))))
	c := &world{TB: t, path: filepath.Join(dir, "apel.db"), clock: &clock{now: w.clock.Now()}, people: w.people, bosses: w.bosses}
	e, err := sqlite.Open(c.path, sqlite.Options{})
	must(t, err)
	c.blobs, err = blobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	c.engine, c.faulty = e, storagetest.NewFaulty(e)
	c.open(c.faulty)
	t.Cleanup(func() { c.db.Close() })
	return c
}

// do repeats a click until it is answered; where the process died, another one without its memory goes on.
func (w *world) do(click func() error) {
	w.Helper()
	err := click()
	if w.faulty != nil && w.faulty.Dead() {
		w.died = true
		w.faulty.Revive()
		w.open(w.faulty)
		err = click()
	}
	must(w, err)
}

// An exam: after the crash there is exactly one attempt, one result and one completion, with every acknowledged answer in it.
func TestCrashAtEveryWrite(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109").ID
	assigned, err := w.Assign(ctx, admin, courses.AssignInput{Key: "k", Person: "ani", Course: "APEL-109", Reason: courses.ReasonBase, Because: text("wajib"), Due: "2026-12-31"})
	must(t, err)
	w.chain()
	w.atEveryWrite(t, 12, func(t *testing.T, w *world) {
		var f courses.FormView
		w.do(func() (err error) { f, err = w.Start(ctx, ani, e, "posttest"); return err })
		right := answers(f, 9)
		seq := f.Seq
		for _, it := range f.Items {
			w.do(func() error {
				s, err := w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{it.Item: right[it.Item]}, seq)
				if err == nil {
					seq = s.Seq
				}
				return err
			})
		}
		w.do(func() error { _, err := w.Submit(ctx, ani, f.Attempt, nil, 0); return err })
		w.chain()

		list, _, err := w.Attempts(ctx, ani, courses.AttemptFilter{Enrolment: e})
		must(t, err)
		if len(list) != 2 || list[1].State != courses.AttemptGraded || list[1].Score != 90_000 || list[1].Answered != 10 { // pre-test and this one
			t.Fatalf("attempts %+v", list)
		}
		r, err := w.Review(ctx, ani, f.Attempt)
		must(t, err)
		if len(r.Gradings) != 1 {
			t.Fatalf("graded %d times", len(r.Gradings))
		}
		c, err := w.TestOnlyCompleted(ctx, e)
		must(t, err)
		if c.Score != 90_000 || !c.Certified {
			t.Fatalf("completion %+v", c)
		}
		x, _, err := w.Assignments(ctx, ani, courses.AssignmentFilter{Person: "ani"})
		must(t, err)
		if len(x) != 1 || x[0].ID != assigned.ID || x[0].State != courses.Answered {
			t.Fatalf("assignment %+v", x)
		}
	})
}

// An import that dies at any of its writes leaves no course, or one with a version; importing again makes it whole.
func TestImportThatDiesShowsNoEmptyCourse(t *testing.T) {
	empty := newWorld(t)
	must(t, empty.db.Close())
	take := func(w *world) error {
		_, err := w.Import(ctx, admin, courses.ImportInput{Draft: folder(t, "APEL-103"), Publish: true})
		return err
	}
	whole := empty.mortal(t)
	must(t, take(whole))
	last := whole.faulty.Writes()
	if last < 40 {
		t.Fatalf("%d writes", last)
	}
	for _, mode := range []storagetest.Mode{storagetest.Lost, storagetest.Unclear} {
		for at := int64(1); at <= last; at++ {
			if at == 3 {
				at = last - 10 // most of them are items, one like the other
			}
			w := empty.mortal(t)
			w.faulty.CrashAt(at, mode)
			if err := take(w); err == nil && at < last-2 { // what follows after it is published is carried on by the chain
				t.Fatalf("write %d of %d did not break", at, last)
			}
			w.faulty.Revive()
			w.open(w.faulty)
			c, seen := w.Course(ctx, admin, "APEL-103")
			switch {
			case seen != nil:
				is(t, seen, faults.NotFound)
			case c.Draft == "" && c.Head == "":
				t.Errorf("write %d %s: a course without a version", at, mode)
			}
			must(t, take(w))
			c, err := w.Course(ctx, ani, "APEL-103")
			must(t, err)
			if c.Head != "APEL-103.1" {
				t.Fatalf("write %d %s: the head is %q", at, mode, c.Head)
			}
		}
	}
}
