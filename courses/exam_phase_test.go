package courses_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// While an exam shows nothing, nothing follows from what was handed in that would tell it: no completion, no certificate, no used-up attempts, no next attempt. It follows by itself
// when the exam shows something, and follows the exam when that moves.
func TestNothingShownMeansNothingFollows(t *testing.T) {
	silent := courses.ReviewRules{After: courses.ReviewNothing, During: courses.ReviewNothing, Closed: courses.ReviewFull}
	for _, c := range []struct {
		name   string
		review courses.ReviewRules
		move   func(w *world, x courses.ExamDoc)
		until  time.Duration // from handing in, half an hour after opening
	}{
		{"until it closes", silent, nil, 90 * time.Minute},
		{"ten minutes", courses.ReviewRules{After: courses.ReviewNothing, During: courses.ReviewScore, Closed: courses.ReviewFull}, nil, 10 * time.Minute},
		{"for ever is until it closes", courses.ReviewRules{After: courses.ReviewNothing, During: courses.ReviewNothing, Closed: courses.ReviewNothing}, nil, 90 * time.Minute},
		{"shown at once", courses.ReviewRules{After: courses.ReviewScore, During: courses.ReviewNothing}, nil, 0},
		{"while others have extra time", silent, func(w *world, x courses.ExamDoc) {
			_, err := w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.ExtraTime, Unit: "u-bkpsdm", Minutes: 25, Why: "listrik padam di sana"})
			must(w, err)
		}, 115 * time.Minute},
		{"by as long as it was paused", silent, func(w *world, x courses.ExamDoc) {
			_, err := w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.PauseExam, Why: "gempa"})
			must(w, err)
			w.clock.pass(20 * time.Minute)
			_, err = w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.ResumeExam, Why: "aman"})
			must(w, err)
		}, 110 * time.Minute},
		{"until it is stopped", silent, func(w *world, x courses.ExamDoc) {
			w.clock.pass(7 * time.Minute)
			_, err := w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.StopExam, Why: "selesai"})
			must(w, err)
		}, 7 * time.Minute},
		{"until it is cancelled", silent, func(w *world, x courses.ExamDoc) {
			w.clock.pass(3 * time.Minute)
			_, err := w.CancelExam(ctx, admin, x.ID, "salah jadwal")
			must(w, err)
		}, 3 * time.Minute},
		{"until it closes sooner", silent, func(w *world, x courses.ExamDoc) {
			_, err := w.ChangeExam(ctx, admin, x.ID, x.Revision, courses.ExamInput{Name: x.Name, Opens: x.Opens, Closes: w.clock.Now().Add(20 * time.Minute), Review: silent}, "rapat")
			must(w, err)
		}, 20 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.course("APEL-109", nil)
			passed, failed := w.taker("lulus"), w.taker("gagal")
			var es []courses.EnrolmentDoc
			for _, a := range []access.Actor{passed, failed} {
				es = append(es, w.prepare(a, "APEL-109"))
			}
			x := w.exam(func(in *courses.ExamInput) {
				in.Opens, in.Closes, in.Review = w.clock.Now(), w.clock.Now().Add(2*time.Hour), c.review
			})
			w.clock.pass(20 * time.Minute)
			var forms []courses.FormView
			for i, a := range []access.Actor{passed, failed} {
				f, err := w.Start(ctx, a, es[i].ID, "posttest")
				must(t, err)
				forms = append(forms, f)
			}
			w.clock.pass(10 * time.Minute)
			for i, a := range []access.Actor{passed, failed} {
				_, err := w.Submit(ctx, a, forms[i].Attempt, answers(forms[i], 10-9*i), 0)
				must(t, err)
			}
			handed := w.clock.Now()
			w.chain()

			silence := func() {
				t.Helper()
				for i, a := range []access.Actor{passed, failed} {
					p, err := w.Progress(ctx, a, es[i].ID)
					must(t, err)
					q := p.Quizzes[2]
					if p.State != courses.Active || p.Done != nil || q.Ended != 0 || q.Passed || !q.Hidden || q.Latest != forms[i].Attempt || q.Open != "" || q.Awaited.IsZero() || p.Percent == 100 {
						t.Fatalf("%s after %v: %+v", a.Person, w.clock.Now().Sub(handed), p.Quizzes[2])
					}
					_, err = w.Review(ctx, a, forms[i].Attempt)
					is(t, err, faults.Conflict)
					_, err = w.Start(ctx, a, es[i].ID, "posttest")
					is(t, err, faults.Conflict)
					says(t, err, "Hasil percobaan sebelumnya baru ditampilkan")
				}
				full, err := w.Attempt(ctx, admin, forms[0].Attempt)
				must(t, err)
				if full.Score != 100_000 {
					t.Error("a training admin does not see the result")
				}
			}
			if c.until > 0 {
				silence()
			}
			if c.move != nil {
				c.move(w, x)
				w.chain()
			}
			if rest := c.until - w.clock.Now().Sub(handed); rest > 0 {
				w.clock.pass(rest - time.Second)
				w.chain()
				silence()
				w.clock.pass(time.Second)
				w.chain()
			}
			e, err := w.Enrolment(ctx, passed, es[0].ID)
			must(t, err)
			if e.State != courses.Completed || e.Done.Certified.IsZero() || !e.Done.At.Equal(handed) {
				t.Fatalf("it did not follow: %+v", e.Enrolment)
			}
			if c.review.Closed == courses.ReviewNothing { // the course tells; the score stays hidden
				p, err := w.Progress(ctx, passed, es[0].ID)
				must(t, err)
				if q := p.Quizzes[2]; q.Best != 0 || q.Last != 0 || !q.Hidden {
					t.Errorf("the page of the quiz tells the score: %+v", q.Taken)
				}
			}
			e, err = w.Enrolment(ctx, failed, es[1].ID)
			must(t, err)
			if e.Taken["posttest"].Ended != 1 || e.Taken["posttest"].Last != 10_000 {
				t.Fatalf("a failed attempt is not recorded: %+v", e.Taken)
			}
		})
	}
}

// A pause of all that lasts beyond the window ends by its invigilator's word, and each has as long as was left.
func TestPauseBeyondTheWindow(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	late := w.prepare(budi, "APEL-109")
	x := w.exam(func(in *courses.ExamInput) { in.Opens, in.Closes = w.clock.Now(), w.clock.Now().Add(20*time.Minute) })
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	w.clock.pass(15 * time.Minute)
	_, err = w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.PauseExam, Why: "listrik padam"})
	must(t, err)
	w.chain()
	w.clock.pass(30 * time.Minute)
	w.chain()
	_, err = w.Start(ctx, budi, late.ID, "posttest")
	says(t, err, "sudah ditutup")
	b, err := w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.ResumeExam, Why: "listrik menyala"})
	must(t, err)
	w.chain()
	p, err := w.Pulse(ctx, ani, f.Attempt, 0, 0, 0)
	must(t, err)
	if p.Paused || p.Left != 5*time.Minute || b.State != courses.ExamClosed {
		t.Fatalf("after the pause: %+v, %s", p, b.State)
	}
	// Those who sit on can be stopped, too, until nobody can.
	_, err = w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.StopExam, Why: "gempa"})
	must(t, err)
	w.chain()
	at, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if at.State != courses.AttemptGraded || !at.SubmittedAt.Equal(w.clock.Now()) {
		t.Fatalf("%+v", at)
	}
	_, err = w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.PauseExam, Why: "terlambat"})
	is(t, err, faults.Conflict)
}

// Attempts inside an exam are as many as it says, each so long after the one before; outside they are the quiz's.
func TestDelayBetweenAttempts(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	w.exam(func(in *courses.ExamInput) { in.Opens, in.Attempts, in.Delay = w.clock.Now(), 2, 45 })
	sit := func() {
		t.Helper()
		f, err := w.Start(ctx, ani, e.ID, "posttest")
		must(t, err)
		w.clock.pass(10 * time.Minute)
		_, err = w.Submit(ctx, ani, f.Attempt, answers(f, 2), 0)
		must(t, err)
		w.chain()
	}
	sit()
	refused := func(words ...string) {
		t.Helper()
		_, err := w.Start(ctx, ani, e.ID, "posttest")
		is(t, err, faults.Conflict)
		says(t, err, words...)
		p, err := w.Progress(ctx, ani, e.ID)
		must(t, err)
		if p.Quizzes[2].Exam.MayStart() {
			t.Error("the page offers what is refused")
		}
	}
	w.clock.pass(45*time.Minute - time.Second)
	next := w.clock.Now().Add(time.Second).In(time.FixedZone("WIB", 7*3600))
	refused("Percobaan berikutnya dapat dimulai", "pukul "+next.Format("15.04"))
	w.clock.pass(time.Second)
	sit()
	w.clock.pass(46 * time.Minute)
	refused("memberi 2 percobaan")
}

// Extra time is for everybody, a unit with those below it, and a person; what applies adds up, of units the most counts; before the start it counts from the start, during it at once.
func TestExtraTimeAddsUp(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e, other := w.prepare(ani, "APEL-109"), w.prepare(budi, "APEL-109")
	third := w.taker("akhir")
	last := w.prepare(third, "APEL-109")
	x := w.exam(nil)
	give := func(in courses.Invigilation) {
		t.Helper()
		in.Act, in.Why = courses.ExtraTime, "uji"
		_, err := w.Invigilate(ctx, invig, x.ID, in)
		must(t, err)
		w.chain()
	}
	left := func(a access.Actor, attempt string, minutes int) {
		t.Helper()
		p, err := w.Pulse(ctx, a, attempt, 0, 0, 0)
		must(t, err)
		if p.Left != time.Duration(minutes)*time.Minute {
			t.Fatalf("%s has %v, not %d minutes", a.Person, p.Left, minutes)
		}
	}
	give(courses.Invigilation{Unit: "u-dukcapil", Minutes: 10}) // before it opens
	give(courses.Invigilation{Unit: "u-bkpsdm", Minutes: 200})  // of others
	w.clock.pass(x.Opens.Sub(w.clock.Now()))
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	left(ani, f.Attempt, 40)
	give(courses.Invigilation{Unit: "u-city", Minutes: 15}) // the unit above: the most counts
	left(ani, f.Attempt, 45)
	give(courses.Invigilation{Unit: "u-city", Minutes: 5}) // of one unit it adds up
	left(ani, f.Attempt, 50)
	give(courses.Invigilation{Person: "ani", Minutes: 7})
	give(courses.Invigilation{Minutes: 3})
	left(ani, f.Attempt, 60)
	g, err := w.Start(ctx, budi, other.ID, "posttest")
	must(t, err)
	left(budi, g.Attempt, 53)
	// The end of the window moves with it, for those who began late.
	w.clock.pass(x.Closes.Sub(w.clock.Now()) - time.Minute)
	h, err := w.Start(ctx, third, last.ID, "posttest")
	must(t, err)
	left(third, h.Attempt, 24)
}

// Networks are ranges and single addresses of both kinds; who is on none of them neither begins nor opens, saves or hands in.
func TestNetworksOfAnExam(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	in := courses.ExamInput{Course: "APEL-109", Quiz: "posttest", Name: "Ujian", Opens: w.clock.Now(), Closes: w.clock.Now().Add(time.Hour), Networks: []string{"10.20.3.77/22", "2001:db8:7::/48", "192.0.2.9"}}
	x, err := w.PlanExam(ctx, admin, in)
	must(t, err)
	if fmt.Sprint(x.Networks) != "[10.20.0.0/22 2001:db8:7::/48 192.0.2.9/32]" {
		t.Errorf("kept %v", x.Networks)
	}
	f, err := w.Start(from("10.20.3.255", "hp"), ani, e.ID, "posttest")
	must(t, err)
	right := answers(f, 10)
	one := map[string]grading.Answer{f.Items[0].Item: right[f.Items[0].Item]}
	two := map[string]grading.Answer{f.Items[1].Item: right[f.Items[1].Item]}
	try := func(where context.Context) []error {
		_, start := w.Start(where, ani, e.ID, "posttest")
		_, open := w.Open(where, ani, f.Attempt)
		now, err := w.Form(ctx, ani, f.Attempt)
		must(t, err)
		_, save := w.SaveFrom(where, ani, f.Attempt, one, courses.Page{Seq: now.Seq, Tab: now.Tab})
		_, submit := w.SubmitFrom(where, ani, f.Attempt, two, courses.Page{Seq: 99}) // a stale page: refused inside, too, but not for its network
		return []error{start, open, save, submit}
	}
	for address, inside := range map[string]bool{"10.20.0.0": true, "10.20.3.255": true, "10.20.4.0": false, "10.19.255.255": false, "192.0.2.9": true, "192.0.2.10": false, "2001:db8:7:ffff::1": true, "2001:db8:8::1": false} {
		for i, err := range try(from(address, "hp")) {
			outside := err != nil && len(faults.Of(err).Fields) > 0 && faults.Of(err).Fields[0].Path == courses.Outside
			if outside == inside {
				t.Errorf("%s, act %d: %v", address, i, err)
			}
		}
	}
	for _, bad := range []string{"10.20.0.0/33", "ruang 3", "10.20", "2001:db8::/129", ""} {
		in.Networks = []string{bad}
		in.Key = "lain-" + bad
		_, err := w.PlanExam(ctx, admin, in)
		is(t, err, faults.Invalid)
		says(t, err, "networks")
	}
}

// Each sign is counted for those it applies to and for nobody else; the texts say of how many.
func TestBaseRatesOfSigns(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	who := []string{"biasa", "pergi", "pindah", "sama", "serupa", "cepat"}
	var people []access.Actor
	var es []courses.EnrolmentDoc
	for _, id := range who {
		people = append(people, w.taker(id))
		es = append(es, w.prepare(people[len(people)-1], "APEL-109"))
	}
	w.taker("belum")
	w.prepare(access.Actor{Person: "belum"}, "APEL-109") // has not begun: in no rate
	x := w.exam(func(in *courses.ExamInput) { in.Opens = w.clock.Now() })
	forms := map[string]courses.FormView{}
	for i, a := range people {
		device := "d-" + who[i]
		if who[i] == "serupa" {
			device = "d-sama"
		}
		f, err := w.Start(from("10.0.0.1", device), a, es[i].ID, "posttest")
		must(t, err)
		forms[who[i]] = f
	}
	w.clock.pass(10 * time.Minute)
	for i, a := range people {
		f := forms[who[i]]
		one := map[string]grading.Answer{f.Items[0].Item: answers(f, 10)[f.Items[0].Item]}
		where := from("10.0.0.1", "")
		if who[i] == "pindah" {
			where = from("10.0.9.1", "")
		}
		if who[i] != "cepat" {
			_, err := w.Save(where, a, f.Attempt, one, 0)
			must(t, err)
		}
		away := 0
		if who[i] == "pergi" {
			away = 3
		}
		_, err := w.Pulse(where, a, f.Attempt, 0, away, away*14)
		must(t, err)
	}
	b, err := w.ExamBoard(ctx, invig, x.ID)
	must(t, err)
	signs := map[string]courses.Signs{}
	for _, t := range b.Takers {
		signs[t.Person] = t.Signs
	}
	if r := b.Rates; r.Takers != 6 || r.Away != 1 || r.AwayMedian != 42 || r.Moves != 1 || r.Shared != 2 || r.Hasty != 0 {
		t.Errorf("%+v", r)
	}
	if s := signs["pergi"]; s.Away != 3 || s.AwayFor != 42 {
		t.Errorf("pergi %+v", s)
	}
	if s := signs["sama"]; len(s.Shared) != 1 || s.Shared[0] != "serupa" {
		t.Errorf("sama %+v", s)
	}
	if signs["pindah"].Moves != 1 || signs["biasa"].Any() {
		t.Errorf("pindah %+v, biasa %+v", signs["pindah"], signs["biasa"])
	}
	if got := b.Rates.Texts()[0].ID; !strings.HasPrefix(got, "1 dari 6 peserta pernah meninggalkan halaman; setengah dari mereka kurang dari 43 detik") {
		t.Error(got)
	}

	// Ten words a second from the start, and ten words an item: of ten answers after three seconds, seven came too soon.
	late := w.taker("kilat")
	e := w.prepare(late, "APEL-109")
	f, err := w.Start(from("10.0.0.1", "d-kilat"), late, e.ID, "posttest")
	must(t, err)
	w.clock.pass(3 * time.Second)
	_, err = w.Save(ctx, late, f.Attempt, answers(f, 10), 0)
	must(t, err)
	w.clock.pass(3 * time.Second)
	b, err = w.ExamBoard(ctx, invig, x.ID)
	must(t, err)
	for _, x := range b.Takers {
		if x.Person == "kilat" && x.Signs.Hasty != 7 {
			t.Errorf("%d hasty answers", x.Signs.Hasty)
		}
	}
	if b.Rates.Hasty != 1 || b.Rates.Takers != 7 {
		t.Errorf("%+v", b.Rates)
	}
}
