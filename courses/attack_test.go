package courses_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// Who looks after a course and sits one of its exams does not read their own withheld result in the list of all sittings.
func TestOwnWithheldResultIsNotInTheList(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	w.taker("mira")
	for _, a := range []access.Actor{mira, admin} {
		e := w.prepare(access.Actor{Person: a.Person}, "APEL-109")
		if a.Person == "mira" {
			w.exam(func(in *courses.ExamInput) {
				in.Opens, in.Review = w.clock.Now(), courses.ReviewRules{After: courses.ReviewNothing, During: courses.ReviewNothing}
			})
		}
		f, err := w.Start(room, a, e.ID, "posttest")
		must(t, err)
		_, err = w.Submit(room, a, f.Attempt, answers(f, 10), f.Seq)
		must(t, err)
		w.clock.pass(time.Second)
		w.chain()
		list, _, err := w.Attempts(ctx, a, courses.AttemptFilter{Course: "APEL-109", Limit: 50})
		must(t, err)
		for _, at := range list {
			if at.ID == f.Attempt && (!at.Hidden || at.Passed || at.Score != 0) {
				t.Errorf("%s reads the own withheld result: %+v", a.Person, at)
			}
		}
	}
}

// Guesses sent at once are counted like guesses sent one after the other.
func TestPasswordsGuessedAtOnce(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	w.exam(func(in *courses.ExamInput) { in.Opens, in.Password = w.clock.Now(), "rahasia-07" })
	var wg sync.WaitGroup
	var mu sync.Mutex
	looked := 0
	for i := range 40 {
		wg.Go(func() {
			_, err := w.Enter(ctx, ani, e.ID, "posttest", fmt.Sprintf("rahasia-%02d", 50+i))
			mu.Lock()
			defer mu.Unlock()
			if faults.KindOf(err) == faults.Invalid {
				looked++
			}
		})
	}
	wg.Wait()
	if looked == 0 || looked > 5 {
		t.Errorf("%d guesses were compared at once", looked)
	}
	_, err := w.Enter(ctx, ani, e.ID, "posttest", "rahasia-07")
	is(t, err, faults.Conflict)
	w.clock.pass(2 * time.Minute)
	_, err = w.Enter(ctx, ani, e.ID, "posttest", "Rahasia-07")
	must(t, err)
}

// Nobody gives an exam more time and then sits it: what holds for those who sit in it holds before they begin, too.
func TestWhoActedOnAnExamDoesNotSitIt(t *testing.T) {
	for _, in := range []courses.Invigilation{
		{Act: courses.ExtraTime, Unit: "u-bkpsdm", Minutes: 240, Why: "sendiri"},
		{Act: courses.ExtraTime, Minutes: 240, Why: "sendiri"},
	} {
		w := newWorld(t)
		w.course("APEL-109", nil)
		e := w.prepare(access.Actor{Person: "adm"}, "APEL-109")
		x := w.exam(func(in *courses.ExamInput) { in.Opens = w.clock.Now() })
		_, err := w.Invigilate(ctx, admin, x.ID, in)
		must(t, err)
		_, err = w.Start(room, access.Actor{Person: "adm"}, e.ID, "posttest")
		is(t, err, faults.Conflict)
	}
}

// While an answer waits for markers, who may mark it does not read it with a name on it.
func TestMarkersDoNotReadWaitingAnswersWithNames(t *testing.T) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{})
	at := w.wrote(ani, w.prepare(ani, "APEL-109").ID, "Saya tolak dan catat.", "")
	for _, a := range []access.Actor{mira, admin} {
		_, err := w.Review(ctx, a, at)
		is(t, err, faults.Conflict)
	}
	_, err := w.Review(ctx, access.Actor{Person: "mata", Grants: []access.Grant{{Role: "auditor"}}}, at)
	must(t, err)
	w.mark(mira, w.queue(mira, courses.QueueFilter{})[0].ID, levels(2, 2))
	_, err = w.Review(ctx, mira, at)
	must(t, err)
}

// What an exam never shows, no message tells either, and no dry run of another key.
func TestHiddenScoreIsNotToldOtherwise(t *testing.T) {
	w := newWorld(t)
	v := w.essays("APEL-109", courses.QuizMarking{})
	silent := courses.ReviewRules{After: courses.ReviewNothing, During: courses.ReviewNothing, Closed: courses.ReviewNothing}
	e, own := w.prepare(ani, "APEL-109"), w.prepare(access.Actor{Person: "mira"}, "APEL-109")
	w.exam(func(in *courses.ExamInput) { in.Opens, in.Review = w.clock.Now(), silent })
	at := w.wrote(ani, e.ID, "Saya tolak dan catat.", "")
	w.wrote(access.Actor{Person: "mira"}, own.ID, "", "")
	w.mark(nino, w.queue(nino, courses.QueueFilter{})[0].ID, levels(2, 2))

	items, err := w.Items(ctx, author, v.ID, "bank")
	must(t, err)
	void := items[0].AnswerKey()
	void.Void = true
	r, err := w.CheckRegrade(ctx, mira, courses.RegradeInput{Item: items[0].ID, To: void, Why: "coba"})
	must(t, err)
	w.chain()
	for _, a := range []string{"mira", "adm"} {
		list, _, err := w.Changes(ctx, access.Actor{Person: a, Grants: []access.Grant{{Role: "training_admin"}}}, r.ID, courses.ChangeFilter{Limit: 50})
		must(t, err)
		told := map[string]bool{}
		for _, x := range list {
			told[x.Person] = true
		}
		if told["mira"] != (a == "adm") || !told["ani"] {
			t.Errorf("the dry run tells %s of %v", a, told)
		}
	}

	w.clock.pass(4 * time.Hour)
	w.chain()
	news := w.told[at]
	if len(news) != 1 || strings.Contains(news[0].Body.ID+news[0].Body.EN, "25") || strings.Contains(news[0].Body.ID, "lulus") {
		t.Errorf("told %+v", news)
	}
}
