package courses

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func testContent() *Content {
	return &Content{
		Lessons: []LessonRef{{Code: "L1", Title: say("satu", "one"), Seconds: 120}, {Code: "L2", Title: say("dua", "two"), Seconds: 61}},
		Quizzes: []Quiz{{Code: "pre", Kind: PreTest, Attempts: 1}, {Code: "drill", Kind: Practice}, {Code: "post", Kind: PostTest, PassMark: 70, Attempts: 3}},
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	read := Reading{Last: time.Unix(1, 0), Seconds: 60, End: true}
	for name, c := range map[string]struct {
		facts   Facts
		missing []string // words of each missing sentence, in order
	}{
		"nothing done":                {Facts{}, []string{"Tes awal", "satu", "dua", "Tes akhir"}},
		"all done":                    {Facts{Taken: map[string]Taken{"pre": {Ended: 1}, "post": {Ended: 1, Passed: true}}, Reading: map[string]Reading{"L1": read, "L2": read}}, nil},
		"practice is not asked for":   {Facts{Taken: map[string]Taken{"pre": {Ended: 1}, "post": {Ended: 2, Passed: true}, "drill": {}}, Reading: map[string]Reading{"L1": read, "L2": read}}, nil},
		"a pre-test handed in counts": {Facts{Sat: map[string]bool{"pre": true}, Taken: map[string]Taken{"post": {Ended: 1, Passed: true}}, Reading: map[string]Reading{"L1": read, "L2": read}}, nil},
		"read in full, not to the end": {Facts{Taken: map[string]Taken{"pre": {Ended: 1}, "post": {Ended: 1, Passed: true}},
			Reading: map[string]Reading{"L1": {Last: time.Unix(1, 0), Seconds: 500}, "L2": read}}, []string{"sampai akhir"}},
		"to the end at once": {Facts{Taken: map[string]Taken{"pre": {Ended: 1}, "post": {Ended: 1, Passed: true}},
			Reading: map[string]Reading{"L1": {Last: time.Unix(1, 0), Seconds: 47, End: true}, "L2": read}}, []string{"1 detik lagi"}},
		"failed":           {Facts{Taken: map[string]Taken{"pre": {Ended: 1}, "post": {Ended: 1, Best: 69_990}}, Reading: map[string]Reading{"L1": read, "L2": read}}, []string{"69,99"}},
		"no attempt left":  {Facts{Taken: map[string]Taken{"pre": {Ended: 1}, "post": {Ended: 3}}, Reading: map[string]Reading{"L1": read, "L2": read}}, []string{"sudah habis"}},
		"one more granted": {Facts{Extra: map[string]int{"post": 1}, Taken: map[string]Taken{"pre": {Ended: 1}, "post": {Ended: 3, Best: 1000}}, Reading: map[string]Reading{"L1": read, "L2": read}}, []string{"sedikitnya 70"}},
		"a prerequisite open": {Facts{Missing: []texts.Text{say("Selesaikan dulu APEL-101.", "")}, Taken: map[string]Taken{"pre": {Ended: 1}, "post": {Ended: 1, Passed: true}},
			Reading: map[string]Reading{"L1": read, "L2": read}}, []string{"APEL-101"}},
	} {
		c.facts.Content = testContent()
		done, missing := Complete(c.facts)
		if done != (len(c.missing) == 0) || len(missing) != len(c.missing) {
			t.Errorf("%s: done %v, missing %v", name, done, missing)
			continue
		}
		for i, want := range c.missing {
			if !strings.Contains(missing[i].ID, want) || missing[i].EN == "" && want != "APEL-101" {
				t.Errorf("%s: %q does not say %q", name, missing[i].ID, want)
			}
		}
	}
}

// Whatever was done, in whatever order: doing more never takes a step back, the post-test opens exactly when only it is missing, and completion is
// exactly "nothing is missing".
func TestDoingMoreNeverTakesBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		f := Facts{Content: testContent(), Reading: map[string]Reading{}, Taken: map[string]Taken{}, Sat: map[string]bool{}}
		doneBefore, openBefore := -1, false
		if r.IntN(3) == 0 {
			f.Missing = []texts.Text{say("Prasyarat.", "Prerequisite.")}
		}
		for range 12 {
			switch r.IntN(6) {
			case 0:
				f.Sat["pre"] = true
			case 1:
				f.Taken["pre"] = Taken{Ended: 1}
			case 2, 3:
				code := []string{"L1", "L2"}[r.IntN(2)]
				x := f.Reading[code]
				x.Last, x.Seconds, x.End = time.Unix(1, 0), x.Seconds+r.IntN(40), x.End || r.IntN(2) == 0
				f.Reading[code] = x
			case 4:
				f.Missing = nil
			case 5:
				if len(Gate(f, "post")) == 0 && !f.Taken["post"].Passed {
					f.Taken["post"] = Taken{Ended: f.Taken["post"].Ended + 1, Passed: r.IntN(3) == 0}
				}
			}
			n := 0
			others := true
			for _, x := range Requirements(f) {
				if x.Done {
					n++
				} else if !x.Optional && x.Kind != string(PostTest) {
					others = false
				}
				if x.Done != (x.Missing.Empty()) && !x.Optional {
					t.Fatalf("%+v: done, or missing something, never both", x)
				}
			}
			open := len(Gate(f, "post")) == 0
			done, missing := Complete(f)
			if n < doneBefore || openBefore && !open || open != others || done != (len(missing) == 0) || f.Taken["post"].Passed && !done {
				t.Fatalf("after %+v: %d done (before %d), open %v (before %v), others done %v, complete %v, missing %v", f, n, doneBefore, open, openBefore, others, done, missing)
			}
			doneBefore, openBefore = n, open
		}
	}
}

func TestPointsAreCut(t *testing.T) {
	t.Parallel()
	for score, want := range map[int]string{0: "0", 70_000: "70", 69_999: "69,99", 83_333: "83,33", 100_000: "100", 5: "0", 50: "0,05"} {
		if got := points(score, texts.ID); got != want {
			t.Errorf("%d: %s, want %s", score, got, want)
		}
	}
	if got := points(83_333, texts.EN); got != "83.33" {
		t.Error(got)
	}
}

// Attempts are recorded once each, and one that comes late takes nothing back.
func TestRecord(t *testing.T) {
	t.Parallel()
	graded := func(ordinal int, marks grading.Mark, passed bool) (*Attempt, Grading) {
		return &Attempt{Ordinal: ordinal, SubmittedAt: time.Unix(int64(ordinal), 0)}, Grading{Passed: passed, Result: grading.Result{Earned: marks * grading.Full / 10, Max: grading.Full}}
	}
	a1, r1 := graded(1, 6, false)
	a2, r2 := graded(2, 8, true)
	got := record(record(record(record(Taken{}, a1, r1), a1, r1), a2, r2), a1, r1)
	if want := (Taken{Ended: 2, Best: 80_000, BestOf: 2, Last: 80_000, Passed: true, PassedAt: a2.SubmittedAt}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	a0, r0 := graded(1, 0, false)
	if got := record(Taken{}, a0, r0); got.Ended != 1 || got.BestOf != 1 {
		t.Errorf("nothing right: %+v", got)
	}
}
