package courses_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// objectable makes a graded attempt of ani's whose first essay got nothing and whose second got everything: 25 of 100, which fails.
func objectable(t *testing.T, marking courses.QuizMarking) (w *world, enrolment courses.EnrolmentID, at courses.AttemptID, low courses.MarkingRow) {
	w = newWorld(t)
	w.essays("APEL-109", marking)
	e := w.prepare(ani, "APEL-109")
	at = w.wrote(ani, e.ID, "Saya tolak dan catat.", "Saya lapor ke 112.")
	list := w.queue(mira, courses.QueueFilter{})
	markers := []access.Actor{mira, nino}[:max(marking.Markers, 1)]
	for i, x := range list {
		for _, m := range markers {
			w.mark(m, x.ID, levels(2*i, 2*i))
		}
	}
	return w, e.ID, at, list[0]
}

// objection is what ani sees of the objection to an item.
func (w *world) objection(at courses.AttemptID, item string) courses.ItemReview {
	w.Helper()
	r, err := w.Review(ctx, ani, at)
	must(w, err)
	for _, it := range append(r.Items, r.Marked...) {
		if it.Item == item {
			return it
		}
	}
	w.Fatalf("%s is not on the review", item)
	return courses.ItemReview{}
}

// A mark is objected to once, within the days; somebody who did not mark it sends it to other markers; the new result is appended with the reason, the old one stays, and
// the course goes on from it.
func TestObjectionMarkedAgain(t *testing.T) {
	w, e, at, low := objectable(t, courses.QuizMarking{})
	if x := w.objection(at, low.Item); x.Objects == nil || x.Objects.Until != "2026-03-16" || x.Objects.State != "" {
		t.Fatalf("before: %+v", x.Objects)
	}
	is(t, w.Object(ctx, ani, at, low.Item, " "), faults.Invalid)
	is(t, w.Object(ctx, budi, at, low.Item, "x"), faults.NotFound)
	must(t, w.Object(ctx, ani, at, low.Item, "Saya menjawab ketiganya."))
	must(t, w.Object(ctx, ani, at, low.Item, "Saya menjawab ketiganya."))
	is(t, w.Object(ctx, ani, at, low.Item, "Sekali lagi."), faults.Conflict)

	_, _, err := w.Objections(ctx, mira, courses.ObjectionOpen, storage.Cursor{}, 0)
	is(t, err, faults.NotFound)
	list, _, err := w.Objections(ctx, admin, courses.ObjectionOpen, storage.Cursor{}, 0)
	must(t, err)
	if len(list) != 1 || list[0].ID != low.ID || list[0].Why != "Saya menjawab ketiganya." || strings.Contains(list[0].Alias, "ani") {
		t.Fatalf("list %+v", list)
	}
	own := access.Actor{Person: "ani", Grants: admin.Grants}
	if list, _, err = w.Objections(ctx, own, courses.ObjectionOpen, storage.Cursor{}, 0); err != nil || len(list) != 0 {
		t.Errorf("the own objection is listed: %+v, %v", list, err)
	}
	_, err = w.AnswerObjection(ctx, own, low.ID, true, "x")
	if k := faults.KindOf(err); k != faults.NotFound && k != faults.Forbidden {
		t.Errorf("the own objection: %v", err)
	}
	_, err = w.AnswerObjection(ctx, auditor, low.ID, true, "x")
	if k := faults.KindOf(err); k != faults.NotFound && k != faults.Forbidden {
		t.Errorf("an auditor answers: %v", err)
	}
	marker := access.Actor{Person: "mira", Grants: append(admin.Grants, mira.Grants...)}
	_, err = w.AnswerObjection(ctx, marker, low.ID, true, "x")
	is(t, err, faults.Forbidden)
	_, err = w.AnswerObjection(ctx, admin, low.ID, true, " ")
	is(t, err, faults.Invalid)
	d, err := w.AnswerObjection(ctx, admin, low.ID, true, "Jawabannya memang lengkap.")
	must(t, err)
	if d.State != courses.ObjectionAgain || len(d.Marks) != 1 || d.Text == "" {
		t.Fatalf("answered %+v", d)
	}
	_, err = w.AnswerObjection(ctx, admin, low.ID, true, "Jawabannya memang lengkap.")
	must(t, err)
	_, err = w.AnswerObjection(ctx, admin, low.ID, false, "Tidak.")
	is(t, err, faults.Conflict)
	w.clock.pass(time.Second)
	w.chain()
	if news := w.objections[low.ID]; len(news) != 1 || !strings.Contains(news[0].Title.ID, "diterima") || news[0].Link != "/percobaan/"+at+"/hasil" {
		t.Fatalf("told %+v", news)
	}

	_, err = w.Claim(ctx, mira, low.ID) // marked it before
	is(t, err, faults.Conflict)
	_, err = w.Claim(ctx, admin, low.ID) // answered the objection
	is(t, err, faults.Conflict)
	v, err := w.Claim(ctx, nino, low.ID)
	must(t, err)
	if v.Given != 0 || len(v.Marks) != 0 || v.Comment != "" || v.Rubric[0].Chosen != -1 {
		t.Fatalf("the second marker sees %+v", v)
	}
	w.mark(nino, low.ID, levels(2, 2))
	a, err := w.Attempt(ctx, ani, at)
	must(t, err)
	results, err := w.Results(ctx, at)
	must(t, err)
	if a.State != courses.AttemptGraded || a.Score != 50_000 || !a.Passed || results != 3 {
		t.Fatalf("after: %+v, %d results", a, results)
	}
	if s := w.stateOf(ani, e); s.State != courses.Completed {
		t.Errorf("the enrolment is %s", s.State)
	}
	x := w.objection(at, low.Item)
	if x.Objects == nil || x.Objects.State != courses.ObjectionDone || x.Objects.Answer != "Jawabannya memang lengkap." || len(x.Objects.Before) != 1 || x.Objects.Before[0].Points != 0 || len(x.Objects.Lower) != 0 || x.Marks[0].Points != 1000 {
		t.Errorf("ani sees %+v %+v", x.Objects, x.Marks)
	}
	if news := w.told[at]; len(news) != 2 || !strings.Contains(news[1].Title.ID, "keberatan") || !strings.Contains(news[1].Body.ID, "Jawabannya memang lengkap.") {
		t.Errorf("told %+v", news)
	}
	for verb, n := range map[string]int{"object": 1, "mark_again": 1, "mark": 2} {
		if got := w.trail(courses.MarkingsCollection, low.ID, verb); len(got) != n {
			t.Errorf("%d traces of %s, want %d", len(got), verb, n)
		}
	}
	if got := w.trail(courses.AttemptsCollection, at, "mark_again"); len(got) != 1 || got[0].About != "ani" || got[0].Why == "" {
		t.Errorf("traces of the result %+v", got)
	}
	is(t, w.Object(ctx, ani, at, low.Item, "Lagi."), faults.Conflict)
	w.same()
}

// Being marked again never makes a result worse: the better verdict stays, and the lower marks are shown.
func TestObjectionNeverLowers(t *testing.T) {
	w, _, at, low := objectable(t, courses.QuizMarking{Markers: 2, Apart: 30})
	high := ""
	r, err := w.Review(ctx, ani, at)
	must(t, err)
	for _, it := range append(r.Items, r.Marked...) {
		if len(it.Marks) > 0 && it.Item != low.Item {
			high = it.Item
		}
	}
	must(t, w.Object(ctx, ani, at, high, "Kurang satu poin."))
	open, _, err := w.Objections(ctx, auditor, courses.ObjectionOpen, storage.Cursor{}, 0)
	must(t, err)
	_, err = w.AnswerObjection(ctx, admin, open[0].ID, true, "Dilihat lagi.")
	must(t, err)
	w.chain()
	for _, id := range []string{"pia", "qori", "rara"} { // two who are far apart, and a third
		w.people.put(courses.Learner{Person: id, Name: id, Active: true})
	}
	pia, qori, rara := mira, mira, mira
	pia.Person, qori.Person, rara.Person = "pia", "qori", "rara"
	w.mark(pia, open[0].ID, levels(0, 0))
	if a, _ := w.Attempt(ctx, ani, at); a.Score != 25_000 {
		t.Fatalf("after one of two: %+v", a)
	}
	w.mark(qori, open[0].ID, levels(2, 2))
	if n := len(w.queue(rara, courses.QueueFilter{Apart: true})); n != 1 {
		t.Fatalf("%d are apart", n)
	}
	w.mark(rara, open[0].ID, levels(1, 0)) // 37.5 of the 100 before
	a, err := w.Attempt(ctx, ani, at)
	must(t, err)
	if a.Score != 25_000 {
		t.Fatalf("after: %+v", a)
	}
	x := w.objection(at, high)
	if x.Marks[0].Points != 1000 || len(x.Objects.Before) != 0 || len(x.Objects.Lower) != 1 || x.Objects.Lower[0].Points != 375 {
		t.Errorf("ani sees %+v %+v", x.Marks, x.Objects)
	}
	w.same()
}

// A refusal ends it with a reason; after the days nobody objects; where the days are 0 nobody ever does.
func TestObjectionRefused(t *testing.T) {
	w, _, at, low := objectable(t, courses.QuizMarking{})
	must(t, w.Object(ctx, ani, at, low.Item, "Tidak adil."))
	_, err := w.AnswerObjection(ctx, admin, low.ID, false, "Jawaban tidak menyebut lapor.")
	must(t, err)
	w.clock.pass(time.Second)
	w.chain()
	if x := w.objection(at, low.Item); x.Objects.State != courses.ObjectionRefused || x.Objects.Answer == "" || x.Objects.Ended.IsZero() {
		t.Errorf("ani sees %+v", x.Objects)
	}
	if news := w.objections[low.ID]; len(news) != 1 || !strings.Contains(news[0].Body.ID, "Jawaban tidak menyebut lapor.") {
		t.Errorf("told %+v", news)
	}
	if n, _ := w.Results(ctx, at); n != 2 || len(w.queue(nino, courses.QueueFilter{})) != 0 {
		t.Errorf("%d results", n)
	}
	w, _, at, low = objectable(t, courses.QuizMarking{})
	w.clock.pass(15 * 24 * time.Hour)
	if x := w.objection(at, low.Item); x.Objects != nil {
		t.Errorf("after the days: %+v", x.Objects)
	}
	err = w.Object(ctx, ani, at, low.Item, "Terlambat.")
	is(t, err, faults.Conflict)
	says(t, err, "lewat")
}

// returnedWork has ani hand a field task in, which its judge returns; it answers the marking of that.
func (w *world) returnedWork(judge courses.Judge) (enrolment courses.EnrolmentID, marking string) {
	w.Helper()
	w.fielded("APEL-109", judge, nil)
	e, err := w.Enrol(ctx, ani, courses.EnrolInput{Course: "APEL-109"})
	must(w, err)
	w.read(ani, e.ID)
	must(w, w.BeginWork(ctx, ani, e.ID, "TL1"))
	must(w, w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Laporan saya"}, 0))
	w.chain()
	marking, err = w.MarkingOfTask(ctx, e.ID, "TL1")
	must(w, err)
	a := mira
	if judge == courses.BySupervisor {
		a = access.Actor{Person: "citra"}
	}
	w.mark(a, marking, levels(0, 0))
	return e.ID, marking
}

// A field task that was returned is objected to before it is handed in again; other markers may accept it, and the course goes on.
func TestObjectionToFieldTask(t *testing.T) {
	for _, judge := range courses.Judges {
		t.Run(string(judge), func(t *testing.T) {
			w := newWorld(t)
			e, id := w.returnedWork(judge)
			is(t, w.ObjectToWork(ctx, budi, e, "TL1", "x"), faults.NotFound)
			must(t, w.ObjectToWork(ctx, ani, e, "TL1", "Semua temuan ada di halaman dua."))
			x, err := w.Work(ctx, ani, e, "TL1")
			must(t, err)
			if !x.Held || x.Editions[0].Objects == nil || x.Editions[0].Objects.State != courses.ObjectionOpen {
				t.Fatalf("held %v, %+v", x.Held, x.Editions[0].Objects)
			}
			_, err = w.SaveWork(ctx, ani, e, "TL1", courses.WorkDraft{Text: "Laporan yang lebih baik."}, x.Seq)
			must(t, err)
			is(t, w.HandIn(ctx, ani, e, "TL1", courses.WorkDraft{Text: "Laporan yang lebih baik."}, x.Seq+1), faults.Conflict)
			_, err = w.AnswerObjection(ctx, admin, id, true, "Halaman dua terlewat.")
			must(t, err)
			w.clock.pass(time.Second)
			w.chain()
			if news := w.objections[id]; len(news) != 1 || !strings.Contains(news[0].Link, "/tugas/TL1") {
				t.Errorf("told %+v", news)
			}
			v, err := w.Claim(ctx, oki, id)
			must(t, err)
			if v.Work == nil || v.Work.Name != "" {
				t.Fatalf("the second judge sees %+v", v.Work)
			}
			w.mark(oki, id, levels(2, 2))
			x, err = w.Work(ctx, ani, e, "TL1")
			must(t, err)
			if x.State != courses.WorkAccepted || x.Editions[0].Objects.State != courses.ObjectionDone || len(x.Editions[0].Objects.Before) != 1 {
				t.Errorf("after: %s %+v", x.State, x.Editions[0].Objects)
			}
			if news := w.works[x.ID]; len(news) != 2 || news[1].Verdict != 2 {
				t.Errorf("told %+v", news)
			}
		})
	}
}
