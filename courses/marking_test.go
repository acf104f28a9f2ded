package courses_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

var (
	mira = access.Actor{Person: "mira", Grants: []access.Grant{{Role: "marker"}}}
	nino = access.Actor{Person: "nino", Grants: []access.Grant{{Role: "marker"}}}
	oki  = access.Actor{Person: "oki", Grants: []access.Grant{{Role: "marker"}}}
)

// rubric has weights 3 and 1, levels of 0, half and full.
func rubric() []grading.Criterion {
	levels := []grading.Level{{Text: "Tidak ada"}, {Text: "Sebagian", Mark: grading.Full / 2}, {Text: "Lengkap", Mark: grading.Full}}
	return []grading.Criterion{{ID: "a", Text: "Isi", Weight: 3, Levels: levels}, {ID: "b", Text: "Bahasa", Weight: 1, Levels: levels}}
}

// essays publishes a course whose post-test asks two essays and two choices; whoever has half of the points of 100 passes.
func (w *world) essays(code string, marking courses.QuizMarking) courses.VersionDoc {
	w.Helper()
	var items []grading.Item
	for _, k := range []string{"E1", "E2"} {
		items = append(items, grading.Item{Code: k, Type: "essay", Objective: "9.2", Stem: "Jelaskan " + k, General: "Menyebut tolak, catat, lapor.", Rubric: rubric()})
	}
	return w.marked(code, marking, items...)
}

// marked publishes a course whose post-test asks items that people mark and two choices.
func (w *world) marked(code string, marking courses.QuizMarking, byPeople ...grading.Item) courses.VersionDoc {
	w.Helper()
	for _, id := range []string{"mira", "nino", "oki"} {
		w.people.put(courses.Learner{Person: id, Name: id, Active: true, Units: []string{"u-bkpsdm", "u-city"}})
	}
	c := content()
	_, err := w.NewCourse(ctx, author, code, c.Card)
	must(w, err)
	v, err := w.NewDraft(ctx, author, code)
	must(w, err)
	for _, l := range []string{"L1", "L2"} {
		v, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: l, Title: text("Pelajaran " + l), Minutes: 10, Markdown: lessonText})
		must(w, err)
	}
	v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "pre", bank("P", 6))
	must(w, err)
	items := append([]grading.Item{question("S1", "9.1"), question("S2", "9.1")}, byPeople...)
	v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "bank", items)
	must(w, err)
	c.Lessons, c.Banks = v.Content.Lessons, v.Content.Banks
	c.Quizzes = []courses.Quiz{quizzes()[0], {Code: "posttest", Kind: courses.PostTest, Title: text("Tes akhir"), Bank: "bank", Draw: grading.PerObjective(map[string]int{"9.1": 2, "9.2": len(byPeople)}), Minutes: 30, Attempts: 2, PassMark: 50, Marking: marking}}
	v, err = w.Revise(ctx, author, v.ID, v.Revision, c)
	must(w, err)
	v, err = w.Publish(ctx, admin, v.ID)
	must(w, err)
	return v
}

// wrote hands in a post-test: no choice right, the essays as given ("" leaves one blank).
func (w *world) wrote(a access.Actor, e courses.EnrolmentID, essays ...string) courses.AttemptID {
	w.Helper()
	f, err := w.Start(ctx, a, e, "posttest")
	must(w, err)
	given, n := map[string]grading.Answer{}, 0
	for _, it := range f.Items {
		if it.Ask == grading.AskLong {
			given[it.Item] = grading.Answer{Text: essays[n]}
			n++
		}
	}
	_, err = w.Submit(ctx, a, f.Attempt, given, f.Seq)
	must(w, err)
	w.clock.pass(time.Second)
	w.chain()
	return f.Attempt
}

func levels(a, b int) courses.MarkDraft {
	return courses.MarkDraft{Levels: map[string]int{"a": a, "b": b}, Comment: "Baik."}
}

func (w *world) queue(a access.Actor, f courses.QueueFilter) []courses.MarkingRow {
	w.Helper()
	list, _, err := w.MarkingQueue(ctx, a, f)
	must(w, err)
	return list
}

// mark claims an answer and gives it a mark.
func (w *world) mark(a access.Actor, id string, d courses.MarkDraft) {
	w.Helper()
	v := courses.MarkingView{}
	w.do(func() (err error) { v, err = w.Claim(ctx, a, id); return err })
	w.do(func() error { _, err := w.GiveMark(ctx, a, id, d, v.Seq); return err })
	w.clock.pass(time.Second)
	w.chain()
}

// An attempt with essays waits for people, and goes on by itself when the last of them is marked: once, told once, and computed again the same.
func TestMarkedByAPerson(t *testing.T) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{})
	e := w.prepare(ani, "APEL-109")
	at := w.wrote(ani, e.ID, "Saya tolak dan catat.", "Saya lapor ke 112.")
	d, err := w.Attempt(ctx, ani, at)
	must(t, err)
	if d.State != courses.AttemptNeedsMarking || d.Score != 0 {
		t.Fatalf("after grading: %+v", d)
	}
	_, err = w.Review(ctx, ani, at)
	is(t, err, faults.Conflict)
	list := w.queue(mira, courses.QueueFilter{})
	if len(list) != 2 || list[0].Alias == "" || list[0].Alias != list[1].Alias || strings.Contains(list[0].ID, "ani") {
		t.Fatalf("queue %+v", list)
	}
	if n := len(w.queue(mira, courses.QueueFilter{Item: list[0].Item})); n != 1 {
		t.Errorf("%d answers to one item", n)
	}
	if n := len(w.queue(mira, courses.QueueFilter{Course: "APEL-109", Quiz: "posttest"})); n != 2 {
		t.Errorf("%d answers of the quiz", n)
	}
	w.mark(mira, list[0].ID, levels(2, 2)) // the whole of 4
	if d, _ = w.Attempt(ctx, ani, at); d.State != courses.AttemptNeedsMarking {
		t.Fatalf("after one of two marks: %+v", d)
	}
	w.mark(mira, list[1].ID, levels(2, 0)) // three quarters
	d, err = w.Attempt(ctx, ani, at)
	must(t, err)
	if d.State != courses.AttemptGraded || d.Score != 43_750 || d.Passed {
		t.Fatalf("after both marks: %+v", d)
	}
	if news := w.told[at]; len(news) != 1 || !strings.Contains(news[0].Body.ID, "43,75") {
		t.Errorf("told %+v", news)
	}
	if len(w.queue(mira, courses.QueueFilter{})) != 0 {
		t.Error("the queue is not empty")
	}
	again := w.wrote(ani, e.ID, "Saya tolak, catat, lapor.", "")
	if list = w.queue(mira, courses.QueueFilter{}); len(list) != 1 {
		t.Fatalf("a blank essay waits for a marker: %+v", list)
	}
	w.mark(mira, list[0].ID, levels(2, 2))
	if d, _ = w.Attempt(ctx, ani, again); d.Score != 25_000 {
		t.Errorf("a blank essay beside a full one: %+v", d)
	}
	w.same()
}

// A mark moved in the database is seen by recompute.
func TestRecomputeSeesAMovedMark(t *testing.T) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{})
	e := w.prepare(ani, "APEL-109")
	at := w.wrote(ani, e.ID, "satu", "dua")
	list := w.queue(mira, courses.QueueFilter{})
	for _, x := range list {
		w.mark(mira, x.ID, levels(1, 1))
	}
	w.same()
	must(t, w.TestOnlyMark(ctx, list[0].ID, func(m *courses.Marking) { m.Sheets[0].Levels["a"] = 2 }))
	told := 0
	_, err := w.Recompute(ctx, func(attempt courses.AttemptID, n int, why string) {
		if attempt == at && n == 2 && why == courses.ResultDiffers {
			told++
		}
	})
	must(t, err)
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// Nobody marks their own answer, two markers do not take the same one, a claim runs out, drafts stay, a repeated save is one, a stale tab is told.
func TestClaims(t *testing.T) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{})
	e := w.prepare(ani, "APEL-109")
	w.wrote(ani, e.ID, "satu", "")
	id := w.queue(mira, courses.QueueFilter{})[0].ID
	own := access.Actor{Person: "ani", Grants: []access.Grant{{Role: "marker"}}}
	_, err := w.Claim(ctx, own, id)
	if faults.KindOf(err) != faults.NotFound && faults.KindOf(err) != faults.Forbidden {
		t.Errorf("own answer: %v", err)
	}
	if x := w.queue(own, courses.QueueFilter{}); !x[0].Already {
		t.Error("the own answer is offered")
	}
	if next, _ := w.NextMarking(ctx, own, courses.QueueFilter{}); next != "" {
		t.Error("the own answer is next")
	}
	_, _, err = w.MarkingQueue(ctx, budi, courses.QueueFilter{})
	is(t, err, faults.NotFound)
	v, err := w.Claim(ctx, mira, id)
	must(t, err)
	_, err = w.Claim(ctx, nino, id)
	is(t, err, faults.Conflict)
	first, err := w.SaveMark(ctx, mira, id, courses.MarkDraft{Levels: map[string]int{"a": 1}, Comment: "Hampir"}, v.Seq)
	must(t, err)
	again, err := w.SaveMark(ctx, mira, id, courses.MarkDraft{Levels: map[string]int{"a": 1}, Comment: "Hampir"}, v.Seq)
	must(t, err)
	if again.Seq != first.Seq {
		t.Errorf("a repeated save has number %d, the first %d", again.Seq, first.Seq)
	}
	_, err = w.SaveMark(ctx, mira, id, courses.MarkDraft{Comment: "lain"}, v.Seq)
	if f := faults.Of(err); f.Kind != faults.Conflict || len(f.Fields) != 1 || f.Fields[0].Path != courses.Stale {
		t.Errorf("a stale tab: %v", err)
	}
	_, err = w.GiveMark(ctx, mira, id, courses.MarkDraft{Levels: map[string]int{"a": 1}}, first.Seq)
	is(t, err, faults.Invalid)
	says(t, err, "Bahasa")
	_, err = w.SaveMark(ctx, mira, id, courses.MarkDraft{Levels: map[string]int{"a": 7}}, first.Seq)
	is(t, err, faults.Invalid)
	w.clock.pass(courses.ClaimTime)
	if v, err = w.Claim(ctx, nino, id); err != nil || v.Comment != "" {
		t.Errorf("after the claim ran out: %v %q", err, v.Comment)
	}
	_, err = w.SaveMark(ctx, mira, id, courses.MarkDraft{Comment: "Terlambat"}, first.Seq)
	is(t, err, faults.Conflict)
	must(t, w.Release(ctx, nino, id))
	if v, err = w.Claim(ctx, mira, id); err != nil || v.Comment != "Hampir" || v.Rubric[0].Chosen != 1 {
		t.Errorf("the draft of the first: %v %+v", err, v)
	}
	_, err = w.GiveMark(ctx, mira, id, levels(1, 1), v.Seq)
	must(t, err)
	_, err = w.GiveMark(ctx, mira, id, levels(2, 2), v.Seq) // again: the first stands
	must(t, err)
	w.chain()
	w.same()
	if n := len(w.queue(nino, courses.QueueFilter{})); n != 0 {
		t.Errorf("%d wait", n)
	}
}

// Two markers do not see each other's mark; near enough, the mean counts; further apart a third decides, who is neither of them.
func TestTwoMarkers(t *testing.T) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{Markers: 2, Apart: 30})
	e := w.prepare(ani, "APEL-109")
	at := w.wrote(ani, e.ID, "satu", "dua")
	list := w.queue(mira, courses.QueueFilter{})
	w.mark(mira, list[0].ID, levels(2, 2)) // 100
	if v, err := w.Claim(ctx, nino, list[0].ID); err != nil || len(v.Marks) != 0 || v.Comment != "" {
		t.Fatalf("the second sees %+v %v", v, err)
	}
	_, err := w.Claim(ctx, oki, list[0].ID)
	is(t, err, faults.Conflict)
	w.mark(nino, list[0].ID, levels(2, 0)) // 75: the mean is 87.5
	if n := len(w.queue(mira, courses.QueueFilter{Apart: true})); n != 0 {
		t.Fatalf("%d are apart", n)
	}
	w.mark(nino, list[1].ID, levels(0, 0))
	w.mark(mira, list[1].ID, levels(1, 0)) // 37.5 more
	apart := w.queue(oki, courses.QueueFilter{Apart: true})
	if len(apart) != 1 || len(w.queue(oki, courses.QueueFilter{})) != 0 {
		t.Fatalf("apart: %+v", apart)
	}
	_, err = w.Claim(ctx, mira, apart[0].ID)
	is(t, err, faults.Conflict)
	if d, _ := w.Attempt(ctx, ani, at); d.State != courses.AttemptNeedsMarking {
		t.Fatalf("graded before the third: %+v", d)
	}
	v, err := w.Claim(ctx, oki, apart[0].ID)
	must(t, err)
	if len(v.Marks) != 2 || v.Marks[0].Points+v.Marks[1].Points != 375 {
		t.Fatalf("the third sees %+v", v.Marks)
	}
	w.mark(oki, apart[0].ID, levels(1, 0)) // 37.5
	d, err := w.Attempt(ctx, ani, at)
	must(t, err)
	if d.State != courses.AttemptGraded || d.Score != (87_500+37_500)/4 {
		t.Fatalf("after the third: %+v", d)
	}
	w.same()
}

// A regrade weighs anew and keeps what people gave; one that takes the item out grades those who wait, and closes what markers had before them.
func TestRegradeKeepsMarks(t *testing.T) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{})
	e, b := w.prepare(ani, "APEL-109"), w.prepare(budi, "APEL-109")
	at := w.wrote(ani, e.ID, "satu", "dua")
	var item string
	for _, x := range w.queue(mira, courses.QueueFilter{}) {
		if x.Code == "E1" {
			item = x.Item
		}
		w.mark(mira, x.ID, levels(2, 0)) // 75 each
	}
	waits := w.wrote(budi, b.ID, "tiga", "empat")
	it, err := w.ItemToCorrect(ctx, admin, item)
	must(t, err)
	k := it.AnswerKey()
	k.Rubric = append(k.Rubric[:0:0], k.Rubric...)
	k.Rubric[1].Weight = 3 // isi and bahasa alike: 50
	short := k
	short.Rubric = k.Rubric[:1]
	_, err = w.CheckRegrade(ctx, admin, courses.RegradeInput{Key: "kurang", Item: item, To: short, Why: "x"})
	is(t, err, faults.Invalid)
	r := w.checked(admin, "bobot", item, k)
	if r.Plan.Changed != 1 || r.Plan.Waiting != 1 {
		t.Fatalf("dry run %+v", r.Plan)
	}
	if changes, _, _ := w.Changes(ctx, admin, "bobot", courses.ChangeFilter{}); len(changes) != 2 || changes[0].Before != 37_500 || changes[0].After != 31_250 || !changes[1].Waiting {
		t.Fatalf("changes %+v", changes)
	}
	_, err = w.ConfirmRegrade(ctx, admin, "bobot")
	must(t, err)
	w.chain()
	if d, _ := w.Attempt(ctx, ani, at); d.Score != 31_250 {
		t.Errorf("after the regrade: %+v", d)
	}
	w.same()
	for _, x := range w.queue(mira, courses.QueueFilter{}) { // by the key that counts now
		if x.Item != item {
			w.mark(mira, x.ID, levels(2, 2))
		}
	}
	k.Void = true
	w.regraded(admin, "batal", item, k)
	if d, _ := w.Attempt(ctx, budi, waits); d.State != courses.AttemptGraded || d.Score != 50_000 || !d.Passed || len(w.told[waits]) != 1 || len(w.queue(mira, courses.QueueFilter{})) != 0 {
		t.Errorf("after the item was taken out: %+v", d)
	}
	w.same()
	k.Void = false
	_, err = w.CheckRegrade(ctx, admin, courses.RegradeInput{Key: "kembali", Item: item, To: k, Why: "x"})
	is(t, err, faults.Invalid)
}
