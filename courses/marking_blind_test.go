package courses_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
)

// Whoever marks learns from no list whose answer waits: the alias depends on the installation's secret, the day of handing in is all that is shown, and lists of attempts name nobody who waits.
func TestNoListTellsAMarkerWhoWaits(t *testing.T) {
	aliases := map[string]bool{}
	for range 2 {
		w := newWorld(t) // a secret of its own
		w.essays("APEL-109", courses.QuizMarking{})
		e := w.prepare(ani, "APEL-109")
		at := w.wrote(ani, e.ID, "satu", "dua")
		row := w.queue(mira, courses.QueueFilter{})[0]
		aliases[row.Alias] = true
		if len(row.Alias) != 5 || row.On != "2026-03-02" {
			t.Errorf("row %+v", row)
		}
		for _, a := range []access.Actor{mira, admin} {
			for _, f := range []courses.AttemptFilter{{Course: "APEL-109"}, {Marking: true}} {
				list, _, err := w.Attempts(ctx, a, f)
				must(t, err)
				waits := 0
				for _, x := range list {
					if x.State != courses.AttemptNeedsMarking {
						continue
					}
					waits++
					if x.Person != "" || x.ID != "" || x.Enrolment != "" || !x.SubmittedAt.Equal(x.SubmittedAt.Truncate(24*time.Hour)) {
						t.Errorf("%s reads %+v", a.Person, x)
					}
				}
				if waits != 1 {
					t.Errorf("%d wait", waits)
				}
			}
		}
		if list, _, err := w.Attempts(ctx, auditor, courses.AttemptFilter{Marking: true}); err != nil || len(list) != 1 || list[0].ID != at {
			t.Errorf("who does not mark reads %+v, %v", list, err)
		}
		for _, x := range w.queue(mira, courses.QueueFilter{}) {
			w.mark(mira, x.ID, levels(1, 1))
		}
		if list, _, err := w.Attempts(ctx, mira, courses.AttemptFilter{Course: "APEL-109"}); err != nil || list[0].Person != "ani" {
			t.Errorf("after marking: %+v, %v", list, err)
		}
	}
	if len(aliases) != 2 {
		t.Errorf("two installations give the alias %v", aliases)
	}
}

// The next answer is found however many wait before it that are not the marker's to take, and what one has begun comes first.
func TestNextMarkingLooksPastThePage(t *testing.T) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{Markers: 2})
	e := w.prepare(ani, "APEL-109")
	w.wrote(ani, e.ID, "satu", "dua")
	list := w.queue(mira, courses.QueueFilter{})
	must(t, w.TestOnlyMarkings(ctx, list[0].ID, storage.MaxPage+5, func(n int, m *courses.Marking) {
		m.At = m.At.Add(-48 * time.Hour)
		m.Sheets = []courses.MarkSheet{{By: "mira", Given: w.clock.Now(), Levels: map[string]int{"a": 1, "b": 1}}}
	}))
	next, err := w.NextMarking(ctx, mira, courses.QueueFilter{})
	must(t, err)
	if next != list[0].ID && next != list[1].ID {
		t.Fatalf("next is %q", next)
	}
	other := list[0].ID
	if next == other {
		other = list[1].ID
	}
	_, err = w.Claim(ctx, mira, other)
	must(t, err)
	if next, err = w.NextMarking(ctx, mira, courses.QueueFilter{Course: "APEL-109"}); err != nil || next != other {
		t.Errorf("what was begun is not next: %q, %v", next, err)
	}
}

// Practice without a record is marked by nobody, and says so with the rubric beside the answer.
func TestUnrecordedPracticeShowsTheRubric(t *testing.T) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{})
	_, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	v, err := w.Version(ctx, author, "APEL-109.2")
	must(t, err)
	c := v.Content
	c.Quizzes = append(c.Quizzes, courses.Quiz{Code: "coba", Kind: courses.Practice, Bank: "bank", Draw: grading.PerObjective(map[string]int{"9.2": 1}), Behaviour: courses.Behaviour{Unrecorded: true}})
	v, err = w.Revise(ctx, author, v.ID, v.Revision, c)
	must(t, err)
	_, err = w.Publish(ctx, admin, v.ID)
	must(t, err)
	w.chain()
	e, err := w.Enrol(ctx, ani, courses.EnrolInput{Course: "APEL-109"})
	must(t, err)
	w.read(ani, e.ID)
	f, err := w.Start(ctx, ani, e.ID, "coba")
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, map[string]grading.Answer{f.Items[0].Item: {Text: "Saya tolak."}}, f.Seq)
	must(t, err)
	r, err := w.Review(ctx, ani, f.Attempt)
	must(t, err)
	if len(r.Items) != 1 || len(r.Items[0].Rubric) != 2 || r.Items[0].General == "" || r.Items[0].State != grading.NeedsMarking {
		t.Errorf("review %+v", fmt.Sprint(r.Items))
	}
	if n := len(w.queue(mira, courses.QueueFilter{})); n != 0 {
		t.Errorf("%d wait for markers", n)
	}
}
