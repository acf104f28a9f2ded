package blobs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage/blobs"
)

// day one of the sweeps. The file system stamps a new file with the real time, which is always young against this day.
var dayOne = time.Date(2001, 3, 1, 2, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// shelf is a store whose files are put at a given time and named by a list.
type shelf struct {
	*testing.T
	*blobs.Store
	dir   string
	named map[string]bool
	asked func() // runs whenever the names are asked for
}

func newShelf(t *testing.T) *shelf {
	s, dir := open(t)
	return &shelf{T: t, Store: s, dir: dir, named: map[string]bool{}, asked: func() {}}
}

func (s *shelf) put(content string, at time.Time) string {
	s.Helper()
	ref, err := s.Put(s.Context(), strings.NewReader(content), 0)
	if err != nil {
		s.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(s.dir, ref.Hash[:2], ref.Hash[2:]), at, at); err != nil {
		s.Fatal(err)
	}
	return ref.Hash
}

func (s *shelf) names(_ context.Context, name func(string)) error {
	s.asked()
	for h := range s.named {
		name(h)
	}
	return nil
}

// sweep sweeps and says how many files went.
func (s *shelf) sweep(at time.Time) int {
	s.Helper()
	n, err := s.Sweep(s.Context(), at, s.names)
	if err != nil {
		s.Fatal(err)
	}
	return n
}

// daily sweeps once a day, from the day after one to another.
func (s *shelf) daily(from, to int) (gone int) {
	s.Helper()
	for d := from; d <= to; d++ {
		gone += s.sweep(dayOne.Add(time.Duration(d) * day))
	}
	return gone
}

func (s *shelf) has(hash string) bool {
	s.Helper()
	_, err := s.Check(s.Context(), hash)
	if err != nil && !errors.Is(err, faults.NotFound) {
		s.Fatal(err)
	}
	return err == nil
}

func TestSweepTakesWhatNobodyNamedForSevenDays(t *testing.T) {
	s := newShelf(t)
	named, unnamed := s.put("named", dayOne.Add(-30*day)), s.put("unnamed", dayOne.Add(-30*day))
	late := s.put("late", dayOne.Add(3*day))
	dropped := s.put("dropped", dayOne.Add(-30*day))
	s.named[named], s.named[dropped] = true, true
	if n := s.daily(0, 7); n != 0 {
		t.Errorf("%d files went that were watched for no more than 7 days", n)
	}
	delete(s.named, dropped) // its document is gone on day 7
	if n := s.daily(8, 8); n != 1 || s.has(unnamed) {
		t.Errorf("on day 8 %d files went", n)
	}
	if n := s.daily(9, 10); n != 0 {
		t.Errorf("%d files went too early", n)
	}
	if n := s.daily(11, 20); n != 2 || s.has(late) || s.has(dropped) {
		t.Errorf("by day 20 %d more went", n)
	}
	if !s.has(named) {
		t.Error("a named file is gone")
	}
}

func TestSweepIsNotHurriedByTheClock(t *testing.T) {
	s := newShelf(t)
	s.sweep(dayOne)
	upload := s.put("upload", dayOne)
	future := s.put("future", dayOne.Add(300*day)) // put while the clock was wrong
	for _, leap := range []time.Duration{400 * day, 400*day + time.Second, 401 * day, -10 * day, 500 * day, 501 * day} {
		if n := s.sweep(dayOne.Add(leap)); n != 0 {
			t.Fatalf("a clock that shows %v took %d files", leap, n)
		}
	}
	if !s.has(upload) || !s.has(future) {
		t.Error("a file is gone")
	}
	s = newShelf(t)
	old, future := s.put("old", dayOne), s.put("future", dayOne.Add(30*day))
	if n := s.daily(0, 30); n != 1 || s.has(old) || !s.has(future) {
		t.Errorf("%d went; the one from the future is there: %v", n, s.has(future))
	}
}

func TestSweepLooksAgainBeforeItTakes(t *testing.T) {
	s := newShelf(t)
	again, justNamed, other := s.put("again", dayOne), s.put("just named", dayOne), s.put("other", dayOne)
	s.daily(0, 7)
	asked := 0
	s.asked = func() { // while the sweep runs, the same content is put again, and a document names a file
		if asked++; asked == 2 {
			s.named[justNamed] = true
			if _, err := s.Put(t.Context(), strings.NewReader("again"), 0); err != nil {
				t.Error(err)
			}
		}
	}
	if n := s.daily(8, 8); n != 1 || s.has(other) || !s.has(again) || !s.has(justNamed) {
		t.Errorf("%d went; put again: %v, just named: %v", n, s.has(again), s.has(justNamed))
	}
}

func TestSweepRemovesNothingWhenItCannotAsk(t *testing.T) {
	s := newShelf(t)
	s.put("old", dayOne)
	s.daily(0, 7)
	away := errors.New("database away")
	for _, when := range []int{1, 2} { // at the first question, and at the second
		asked := 0
		n, err := s.Sweep(t.Context(), dayOne.Add(8*day), func(context.Context, func(string)) error {
			if asked++; asked == when {
				return away
			}
			return nil
		})
		if n != 0 || !errors.Is(err, away) {
			t.Errorf("question %d: removed %d, %v", when, n, err)
		}
	}
	if err := os.WriteFile(filepath.Join(s.dir, "unnamed.json"), []byte("{\"at\":"), 0o600); err != nil { // cut by a power failure
		t.Fatal(err)
	}
	if n := s.daily(8, 15); n != 0 {
		t.Errorf("after its memory was lost the sweep took %d at once", n)
	}
	if n := s.daily(16, 16); n != 1 {
		t.Errorf("it took %d in the end", n)
	}
}

func TestSurveyCountsAndFindsLoss(t *testing.T) {
	s := newShelf(t)
	a, b := s.put("aaa", dayOne), s.put("bb", dayOne)
	s.sweep(dayOne)
	lost := strings.Repeat("0", 64)
	s.named[a], s.named[lost] = true, true
	reader, err := blobs.OpenReadOnly(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := reader.Survey(t.Context(), s.names)
	if err != nil || got.Files != 2 || got.Bytes != 5 || got.Unnamed != 1 || len(got.Missing) != 1 || got.Missing[0] != lost || !got.SweptAt.Equal(dayOne) {
		t.Errorf("%+v, %v (unnamed is %s)", got, err, b)
	}
}
