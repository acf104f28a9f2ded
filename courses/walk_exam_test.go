package courses_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

type callerKey struct{}

// calling answers where a request of a test comes from.
func calling(ctx context.Context) courses.Caller {
	c, _ := ctx.Value(callerKey{}).(courses.Caller)
	return c
}

// from is a request from an address and a browser.
func from(address, device string) context.Context {
	return context.WithValue(ctx, callerKey{}, courses.Caller{Address: netip.MustParseAddr(address), Device: device})
}

var room = from("10.20.3.4", "komputer-1")

// exam plans an exam of the post-test from an hour from now, two hours long.
func (w *world) exam(change func(*courses.ExamInput)) courses.ExamDoc {
	w.Helper()
	in := courses.ExamInput{Course: "APEL-109", Quiz: "posttest", Name: "Ujian gelombang 1", Opens: w.clock.Now().Add(time.Hour), Closes: w.clock.Now().Add(3 * time.Hour), Invigilators: []string{"pengawas"}}
	if change != nil {
		change(&in)
	}
	x, err := w.PlanExam(ctx, admin, in)
	must(w, err)
	w.chain()
	return x
}

func (w *world) taker(id string) access.Actor {
	w.people.put(courses.Learner{Person: id, Name: "Peserta " + id, Active: true, Units: []string{"u-dukcapil", "u-city"}, Positions: []string{"p-loket"}, PositionKind: "pelaksana", Status: "PPPK"})
	return access.Actor{Person: id}
}

// An exam day: planned, closed to those who come early, from elsewhere or without the password; begun, paused, given more time, and ended by the closing.
func TestExamDay(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	x := w.exam(func(in *courses.ExamInput) {
		in.Password, in.Networks, in.Late = "Mawar Merah 7", []string{"10.20.0.0/16"}, 60
	})
	if !x.Locked || x.Password != nil {
		t.Fatal("the password's hash is handed out, or there is none")
	}

	_, err := w.Enter(room, ani, e.ID, "posttest", "mawar merah 7")
	is(t, err, faults.Conflict)
	says(t, err, "Ujian dibuka 2 Maret 2026 pukul 09.", "WIB")
	w.clock.pass(time.Hour)
	_, err = w.Enter(from("114.5.6.7", "hp"), ani, e.ID, "posttest", "mawar merah 7")
	is(t, err, faults.Conflict)
	says(t, err, "jaringan")
	_, err = w.Start(room, ani, e.ID, "posttest")
	is(t, err, faults.Invalid)
	says(t, err, "password")
	for range 5 {
		_, err = w.Enter(room, ani, e.ID, "posttest", "melati putih")
		is(t, err, faults.Invalid)
	}
	_, err = w.Enter(room, ani, e.ID, "posttest", "mawar merah 7")
	is(t, err, faults.Conflict)
	says(t, err, "Tunggu dua menit")
	w.clock.pass(2 * time.Minute)
	f, err := w.Enter(room, ani, e.ID, "posttest", "MAWAR MERAH  7")
	must(t, err)
	if f.Exam != x.ID || !f.EndsAt.Equal(w.clock.Now().Add(30*time.Minute)) {
		t.Fatalf("form %+v", f)
	}
	again, err := w.Start(room, ani, e.ID, "posttest") // another device goes on without the password
	must(t, err)
	if again.Attempt != f.Attempt {
		t.Fatal("a second attempt")
	}

	// From outside nothing is taken, and nothing is lost.
	right := answers(f, 10)
	one := map[string]grading.Answer{f.Items[0].Item: right[f.Items[0].Item]}
	_, err = w.Save(from("114.5.6.7", "hp"), ani, f.Attempt, one, 0)
	is(t, err, faults.Conflict)
	says(t, err, "network")
	_, err = w.Save(room, ani, f.Attempt, one, 0)
	must(t, err)

	// Paused for all: the clock stands still, nothing is taken; the end moves by as long as it lasted.
	act := func(in courses.Invigilation) {
		t.Helper()
		for range 2 { // a repeated post acts once
			_, err := w.Invigilate(ctx, invig, x.ID, in)
			must(t, err)
		}
		w.chain()
	}
	w.clock.pass(10 * time.Minute)
	act(courses.Invigilation{Key: "1", Act: courses.PauseExam, Why: "listrik padam"})
	_, err = w.Save(room, ani, f.Attempt, right, 1)
	is(t, err, faults.Conflict)
	says(t, err, courses.Paused)
	_, err = w.Submit(room, ani, f.Attempt, right, 1)
	is(t, err, faults.Conflict)
	w.clock.pass(40 * time.Minute) // beyond what its end would have been
	w.chain()
	p, err := w.Pulse(room, ani, f.Attempt, 0, 2, 30)
	must(t, err)
	if !p.Paused || p.State != courses.AttemptOpen || p.Left != 20*time.Minute {
		t.Fatalf("paused: %+v", p)
	}
	act(courses.Invigilation{Key: "2", Act: courses.ResumeExam, Why: "listrik menyala"})
	act(courses.Invigilation{Key: "3", Act: courses.ExtraTime, Unit: "u-dukcapil", Minutes: 15, Why: "mulai terlambat"})
	act(courses.Invigilation{Key: "4", Act: courses.ExtraTime, Person: "ani", Minutes: 10, Why: "surat dokter"})
	act(courses.Invigilation{Key: "5", Act: courses.MessageExam, Text: "Soal 3: baca 2026."})
	p, err = w.Pulse(room, ani, f.Attempt, 0, 0, 0)
	must(t, err)
	if p.Paused || p.Left != 45*time.Minute || len(p.Messages) != 1 {
		t.Fatalf("resumed with extra time: %+v", p)
	}

	b, err := w.ExamBoard(ctx, invig, x.ID)
	must(t, err)
	if len(b.Takers) != 1 || b.Takers[0].State != courses.TakerRunning || b.Takers[0].Answered != 1 || b.Takers[0].Extra != 25 || b.Takers[0].Signs.Away != 2 {
		t.Fatalf("board %+v", b.Takers)
	}
	w.clock.pass(5 * time.Minute)
	if b, err = w.ExamBoard(ctx, invig, x.ID); err != nil || b.Takers[0].State != courses.TakerOffline {
		t.Fatalf("nothing heard for five minutes: %+v %v", b.Takers, err)
	}
	w.clock.pass(41 * time.Minute)
	w.chain()
	at, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if at.State != courses.AttemptGraded || !at.TimedOut || at.Score != 10_000 {
		t.Fatalf("after its end: %+v", at)
	}
	for verb, n := range map[string]int{"plan_exam": 1, "pause_exam": 1, "resume_exam": 1, "message_exam": 1, "extra_time": 2} {
		w.audited("exams", verb, n)
	}
	// After the window the quiz stays shut until the exam is cancelled.
	w.clock.pass(3 * time.Hour)
	_, err = w.Start(room, ani, e.ID, "posttest")
	says(t, err, "ujian susulan")
	_, err = w.CancelExam(ctx, admin, x.ID, "salah jadwal")
	must(t, err)
	w.chain()
	_, err = w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
}

// Handing in, the own time running out, the closing of the window and an invigilator's stop end an attempt alike: with all that was saved, to the same grade.
func TestFourEndsGradeAlike(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	ends := map[string]func(f courses.FormView, a access.Actor, x courses.ExamDoc){
		"button": func(f courses.FormView, a access.Actor, _ courses.ExamDoc) {
			_, err := w.Submit(room, a, f.Attempt, nil, 0)
			must(t, err)
		},
		"timeout": func(courses.FormView, access.Actor, courses.ExamDoc) { w.clock.pass(30 * time.Minute) },
		"closing": func(_ courses.FormView, _ access.Actor, x courses.ExamDoc) {
			_, err := w.ChangeExam(ctx, admin, x.ID, x.Revision, courses.ExamInput{Name: x.Name, Opens: x.Opens, Closes: w.clock.Now().Add(5 * time.Minute), Invigilators: x.Invigilators}, "rapat")
			must(t, err)
			w.chain()
			w.clock.pass(5 * time.Minute)
		},
		"stop for all": func(_ courses.FormView, _ access.Actor, x courses.ExamDoc) {
			_, err := w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.StopExam, Why: "gempa"})
			must(t, err)
		},
		"stop for one": func(_ courses.FormView, a access.Actor, x courses.ExamDoc) {
			_, err := w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.StopExam, Person: a.Person, Why: "sakit"})
			must(t, err)
		},
		"forgotten pause": func(_ courses.FormView, a access.Actor, x courses.ExamDoc) {
			_, err := w.Invigilate(ctx, invig, x.ID, courses.Invigilation{Act: courses.PauseExam, Person: a.Person, Why: "sakit"})
			must(t, err)
			w.clock.pass(12 * time.Hour)
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			a := w.taker("p-" + strings.ReplaceAll(name, " ", "-"))
			e := w.prepare(a, "APEL-109")
			x := w.exam(nil)
			w.clock.pass(time.Hour)
			f, err := w.Start(room, a, e.ID, "posttest")
			must(t, err)
			right, seq := answers(f, 8), 0
			for _, it := range f.Items {
				s, err := w.Save(room, a, f.Attempt, map[string]grading.Answer{it.Item: right[it.Item]}, seq)
				must(t, err)
				seq = s.Seq
			}
			end(f, a, x)
			w.chain()
			at, err := w.Attempt(ctx, a, f.Attempt)
			must(t, err)
			if at.State != courses.AttemptGraded || at.Score != 80_000 || !at.Passed || at.Answered != 10 || at.SubmittedAt.After(w.clock.Now()) {
				t.Fatalf("%+v", at)
			}
			_, err = w.CancelExam(ctx, admin, x.ID, "uji berikutnya")
			must(t, err)
			w.chain()
		})
	}
}

// An exam is for its cohort or units; everybody else begins the quiz as ever. Invigilators and planners do not sit what they run, and nobody acts on themselves.
func TestForWhomAndByWhom(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	x := w.exam(func(in *courses.ExamInput) { in.Units = []string{"u-bkpsdm"}; in.Opens = w.clock.Now() })
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	if f.Exam != "" {
		t.Fatal("an exam of another unit")
	}
	mine := w.prepare(access.Actor{Person: "pengawas"}, "APEL-109")
	_, err = w.Start(ctx, access.Actor{Person: "pengawas"}, mine.ID, "posttest")
	says(t, err, "Anda pengawas ujian ini")

	adm := w.prepare(access.Actor{Person: "adm"}, "APEL-109")
	_, err = w.Start(room, admin, adm.ID, "posttest")
	must(t, err)
	_, err = w.Invigilate(ctx, admin, x.ID, courses.Invigilation{Act: courses.PauseExam, Why: "sendiri"})
	is(t, err, faults.Forbidden)
	_, err = w.ChangeExam(ctx, admin, x.ID, x.Revision, courses.ExamInput{}, "sendiri")
	is(t, err, faults.Forbidden)
	_, err = w.Invigilate(ctx, access.Actor{Person: "lain", Grants: []access.Grant{{Role: "invigilator"}}}, x.ID, courses.Invigilation{Act: courses.PauseExam, Why: "bukan pengawasnya"})
	is(t, err, faults.NotFound)
	_, err = w.ExamReport(ctx, author, x.ID)
	is(t, err, faults.NotFound)
	_, err = w.ExamBoard(ctx, ani, x.ID)
	is(t, err, faults.NotFound)
}

// However many exams others have, the one that is for somebody decides.
func TestManyExamsOfOthersLeaveNoOpenDoor(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	w.exam(func(in *courses.ExamInput) { in.Units, in.Password = []string{"u-dukcapil"}, "melati" })
	for i := range 101 {
		w.exam(func(in *courses.ExamInput) {
			in.Key, in.Units, in.Closes = fmt.Sprintf("lain-%d", i), []string{"u-bkpsdm"}, in.Closes.Add(time.Hour)
		})
	}
	e := w.prepare(ani, "APEL-109")
	_, err := w.Start(room, ani, e.ID, "posttest")
	says(t, err, "Ujian dibuka")
}

// The page opened last writes; the one before is told that it is out of date and what it sends changes nothing.
func TestTheNewestPageWins(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	old, err := w.Open(ctx, ani, f.Attempt)
	must(t, err)
	_, err = w.SaveFrom(ctx, ani, f.Attempt, map[string]grading.Answer{f.Items[0].Item: {Choices: []string{"a"}}}, courses.Page{Seq: old.Seq, Tab: old.Tab})
	must(t, err)
	young, err := w.Open(ctx, ani, f.Attempt)
	must(t, err)
	if young.Seq != 1 || young.Items[0].Answer.Blank() {
		t.Fatal("the newer page does not begin from what was saved")
	}
	_, err = w.SaveFrom(ctx, ani, f.Attempt, map[string]grading.Answer{f.Items[1].Item: {Choices: []string{"b"}}}, courses.Page{Seq: 1, Tab: old.Tab})
	is(t, err, faults.Conflict)
	says(t, err, courses.Stale)
	p, err := w.Pulse(ctx, ani, f.Attempt, old.Tab, 0, 0)
	must(t, err)
	if !p.Stale {
		t.Fatal("the older page does not hear of it")
	}
	_, err = w.SaveFrom(ctx, ani, f.Attempt, map[string]grading.Answer{f.Items[1].Item: {Choices: []string{"c"}}}, courses.Page{Seq: 1, Tab: young.Tab})
	must(t, err)
	now, err := w.Form(ctx, ani, f.Attempt)
	must(t, err)
	if now.Items[1].Answer.Choices[0] != "c" {
		t.Fatalf("kept %+v", now.Items[1].Answer)
	}
}

// What takers see follows the phase: nothing right after, which were right while it is open, everything once it closed. Others see everything at any time.
func TestReviewByPhase(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	w.exam(func(in *courses.ExamInput) {
		in.Opens = w.clock.Now()
		in.Review = courses.ReviewRules{After: courses.ReviewNothing, During: courses.ReviewRight, Closed: courses.ReviewFull}
	})
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, answers(f, 5), 0)
	must(t, err)
	w.chain()
	_, err = w.Review(ctx, ani, f.Attempt)
	is(t, err, faults.Conflict)
	says(t, err, courses.Hidden)
	at, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	list, _, err := w.Attempts(ctx, ani, courses.AttemptFilter{Enrolment: e.ID})
	must(t, err)
	prog, err := w.Progress(ctx, ani, e.ID)
	must(t, err)
	for _, x := range list {
		if x.ID == f.Attempt && (x.Score != 0 || !x.Hidden) {
			t.Error("the list of attempts tells the score")
		}
	}
	if at.Score != 0 || !at.Hidden || prog.Quizzes[2].Last != 0 || prog.Quizzes[2].Best != 0 {
		t.Errorf("the score is told: %+v %+v", at, prog.Quizzes[2].Taken)
	}
	full, err := w.Review(ctx, admin, f.Attempt)
	must(t, err)
	if full.Score != 50_000 || !full.Full {
		t.Error("a training admin does not see the result")
	}
	w.clock.pass(10 * time.Minute)
	r, err := w.Review(ctx, ani, f.Attempt)
	must(t, err)
	if r.Score != 50_000 || len(r.Items) != 10 || len(r.Items[0].Key) > 0 || r.Items[0].General != "" {
		t.Errorf("during: %+v", r.Items)
	}
	for _, it := range r.Items {
		for _, c := range it.Choices {
			if c.Right || c.Feedback != "" {
				t.Error("a key is shown")
			}
		}
	}
	w.clock.pass(3 * time.Hour)
	if r, err = w.Review(ctx, ani, f.Attempt); err != nil || len(r.Items) != 10 || r.Items[0].General == "" {
		t.Errorf("closed: %+v %v", r.Items, err)
	}
}

// After an exam two copies among honest takers are named with their odds, to those who judge; the traces are deleted when their time is over, the result stays.
func TestAlikeAnswersAndTheirEnd(t *testing.T) {
	for name, retype := range map[string]func(i int, it *grading.Item){
		"chosen": nil,
		"typed and in parts": func(i int, it *grading.Item) {
			options := []grading.Option{{ID: "a", Text: "benar*", Mark: grading.Full}}
			if it.Type, it.Options = grading.ShortText, options; i%2 == 0 {
				it.Type, it.Stem, it.Options = "cloze", "Jawabnya [[1]].", nil
				it.Parts = []grading.Part{{ID: "a", Type: grading.ShortText, Options: options}}
			}
		},
	} {
		t.Run(name, func(t *testing.T) { alikeAnswersAndTheirEnd(t, retype) })
	}
}

func alikeAnswersAndTheirEnd(t *testing.T, retype func(i int, it *grading.Item)) {
	w := newWorld(t)
	w.course("APEL-109", func(c *courses.Content) {
		c.Quizzes = slices.Clone(c.Quizzes)
		c.Quizzes[2].Bank, c.Quizzes[2].Draw = "large", grading.PerObjective(map[string]int{"9.1": 20, "9.2": 20})
	})
	if retype != nil {
		v, err := w.NewDraft(ctx, author, "APEL-109")
		must(t, err)
		items := bank("L", 40)
		for i := range items {
			retype(i, &items[i])
		}
		v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "large", items)
		must(t, err)
		_, err = w.Publish(ctx, admin, v.ID)
		must(t, err)
		w.chain()
	}
	ids := make([]access.Actor, 40)
	es := make([]courses.EnrolmentDoc, 40)
	for i := range ids {
		ids[i] = w.taker(fmt.Sprintf("t%02d", i))
		es[i] = w.prepare(ids[i], "APEL-109")
	}
	x := w.exam(func(in *courses.ExamInput) { in.Opens = w.clock.Now() })
	var attempts []string
	for i, a := range ids {
		device := from("10.0.0.1", fmt.Sprintf("d%d", max(i, 1))) // the first two share a browser
		f, err := w.Start(device, a, es[i].ID, "posttest")
		must(t, err)
		given := map[string]grading.Answer{}
		for _, it := range f.Items {
			code := strings.Split(it.Item, ".")[1]
			sum := sha256.Sum256(fmt.Append(nil, code, max(i, 1)))
			h := int(sum[0])<<8 | int(sum[1])
			if wrong := []string{"satu", "dua", "tiga"}[h/2%3]; retype != nil {
				if h%2 == 0 {
					wrong = "benar " + code
				}
				given[it.Item] = grading.Answer{Text: wrong}
				if len(it.Parts) > 0 {
					given[it.Item] = grading.Answer{Parts: []grading.Answer{{Text: wrong}}}
				}
			}
			for _, c := range it.Choices { // wrong at half of the items, one of three ways, by person and item; the first two alike
				if right := strings.Contains(string(c.HTML), "benar"); right == (h%2 == 0) && (right || strings.Contains(string(c.HTML), []string{"satu", "dua", "tiga"}[h/2%3])) {
					given[it.Item] = grading.Answer{Choices: []string{c.ID}}
				}
			}
		}
		_, err = w.Submit(device, a, f.Attempt, given, 0)
		must(t, err)
		attempts = append(attempts, f.Attempt)
	}
	w.chain()
	before, err := w.Attempt(ctx, admin, attempts[0])
	must(t, err)
	r, err := w.ExamReport(ctx, invig, x.ID)
	must(t, err)
	if r.Compared || r.Rates.Shared != 2 || r.Rates.Hasty != 40 {
		t.Fatalf("before the end: %+v", r.Rates)
	}
	is(t, w.CompareAgain(ctx, invig, x.ID), faults.Conflict)
	w.clock.pass(4 * time.Hour)
	w.chain()
	r, err = w.ExamReport(ctx, invig, x.ID)
	must(t, err)
	if !r.Compared || len(r.Pairs) != 1 || r.Pairs[0].A != "t00" || r.Pairs[0].B != "t01" || r.Pairs[0].Same != r.Pairs[0].BothWrong || len(r.About) == 0 {
		t.Fatalf("%d pairs, the first %+.300v", len(r.Pairs), r.Pairs[:min(len(r.Pairs), 1)])
	}
	after, err := w.Attempt(ctx, admin, attempts[0])
	must(t, err)
	if before != after {
		t.Errorf("the comparison changed a result: %+v, then %+v", before, after)
	}
	w.mu.Lock()
	if !strings.Contains(strings.Join(w.looks, "\n"), "pengawas as invigilator at t00") {
		t.Error("the look at a named pair is not noted")
	}
	w.mu.Unlock()

	w.clock.pass(courses.TraceLife)
	w.chain()
	r, err = w.ExamReport(ctx, invig, x.ID)
	must(t, err)
	if r.Compared || len(r.Pairs) > 0 || r.Rates.Shared > 0 {
		t.Errorf("traces are kept: %+v", r)
	}
	is(t, w.CompareAgain(ctx, invig, x.ID), faults.Conflict)
}
