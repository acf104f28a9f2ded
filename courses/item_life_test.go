package courses_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

var (
	reviewer = access.Actor{Person: "tel", Grants: []access.Grant{{Role: "reviewer"}}}
	both     = access.Actor{Person: "dua", Grants: []access.Grant{{Role: "author"}, {Role: "reviewer"}}}
	budiBoth = access.Actor{Person: "budi", Grants: []access.Grant{{Role: "author"}, {Role: "reviewer"}}}
)

// An item is added, written anew, copied and deleted in a draft; what is published stays, and a stale page changes nothing.
func TestItemsAreEdited(t *testing.T) {
	w := newWorld(t)
	one := w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	bad := question("", "9.1")
	bad.Options = bad.Options[:1]
	_, _, err = w.AddItem(ctx, author, v.ID, v.Revision, "bank", bad)
	is(t, err, faults.Invalid)
	says(t, err, "options: Soal pilihan butuh")
	_, _, err = w.AddItem(ctx, author, v.ID, v.Revision, "bank", question("B-07", "9.1"))
	is(t, err, faults.Invalid)
	says(t, err, "code: Kode soal B-07 sudah dipakai")
	_, _, err = w.AddItem(ctx, reviewer, v.ID, v.Revision, "bank", question("", "9.1"))
	is(t, err, faults.Forbidden)
	v, code, err := w.AddItem(ctx, author, v.ID, v.Revision, "bank", question("", "9.1"))
	must(t, err)
	if code != "bank-031" {
		t.Errorf("code %s", code)
	}
	again := question("", "9.2")
	again.Stem = "Ditulis ulang?"
	_, err = w.WriteItem(ctx, author, v.ID, v.Revision-1, "bank", code, again)
	is(t, err, faults.Conflict)
	v, err = w.WriteItem(ctx, author, v.ID, v.Revision, "bank", code, again)
	must(t, err)
	v, err = w.WriteItem(ctx, author, v.ID, v.Revision, "bank", code, again) // the same once more
	must(t, err)
	v, copied, err := w.CopyItem(ctx, author, v.ID, v.Revision, "bank", "B-07")
	must(t, err)
	items, err := w.Items(ctx, author, v.ID, "bank")
	must(t, err)
	at := slices.IndexFunc(items, func(it grading.Item) bool { return it.Code == copied })
	if len(items) != 32 || items[at-1].Code != "B-07" || items[31].Version != 2 || items[31].Stem != "Ditulis ulang?" {
		t.Fatalf("%d items, the copy at %d, last %+v", len(items), at, items[31])
	}
	v, err = w.DeleteItem(ctx, author, v.ID, v.Revision, "bank", "B-07")
	must(t, err)
	_, err = w.DeleteItem(ctx, author, v.ID, v.Revision, "bank", "B-07")
	is(t, err, faults.NotFound)
	x, err := w.ShowItem(ctx, reviewer, v.ID, "bank", code)
	must(t, err)
	if len(x.History) != 2 || x.History[0].By != "pen" || len(x.History[0].Changes) != 2 || x.History[0].Changes[1].Was != "Soal ?" || len(x.Uses) != 1 {
		t.Errorf("history %+v, uses %+v", x.History, x.Uses)
	}
	still, err := w.Items(ctx, author, one.ID, "bank")
	must(t, err)
	if len(still) != 30 {
		t.Errorf("the published version has %d items", len(still))
	}
	_, err = w.WriteItem(ctx, author, one.ID, 0, "bank", "B-07", again)
	is(t, err, faults.Conflict)
	list, err := w.ListItems(ctx, reviewer, v.ID, "bank", courses.ItemFilter{Objective: "9.2", Words: "ulang"})
	must(t, err)
	if len(list.Items) != 1 || list.All != 31 || list.Items[0].State != courses.ItemDraft {
		t.Errorf("%d of %d", len(list.Items), list.All)
	}
	_, err = w.ListItems(ctx, ani, v.ID, "bank", courses.ItemFilter{})
	is(t, err, faults.Forbidden)
}

// An item goes from draft over review to approved by somebody who wrote nothing of it, and back to draft with the next edit.
func TestReviewOfAnItem(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	it := question("B-00", "9.1")
	it.Stem = "Satu?"
	v, err = w.WriteItem(ctx, both, v.ID, v.Revision, "bank", "B-00", it)
	must(t, err)
	id := func() string {
		x, err := w.ShowItem(ctx, reviewer, v.ID, "bank", "B-00")
		must(t, err)
		return x.Item.ID
	}
	first := id()
	_, err = w.ApproveItem(ctx, reviewer, first)
	is(t, err, faults.Conflict) // nobody asked
	_, err = w.AskReview(ctx, reviewer, first)
	is(t, err, faults.Forbidden)
	_, err = w.AskReview(ctx, ani, first)
	is(t, err, faults.NotFound)
	for range 2 {
		_, err = w.AskReview(ctx, author, first)
		must(t, err)
	}
	_, err = w.ApproveItem(ctx, both, first)
	is(t, err, faults.Forbidden)
	says(t, err, "Anda tulis")
	_, err = w.ApproveItem(ctx, author, first)
	is(t, err, faults.Forbidden)
	_, err = w.ReturnItem(ctx, reviewer, first, " ")
	is(t, err, faults.Invalid)
	l, err := w.ReturnItem(ctx, reviewer, first, "Kuncinya kurang jelas.")
	must(t, err)
	if l.State != courses.ItemDraft || len(l.Remarks) != 1 {
		t.Fatalf("%+v", l)
	}
	for range 2 { // a form posted twice says it once
		l, err = w.RemarkItem(ctx, both, first, "k1", "Sudah saya perjelas.")
		must(t, err)
	}
	if len(l.Remarks) != 2 {
		t.Fatalf("%+v", l.Remarks)
	}
	it.Stem = "Satu, jelas?"
	v, err = w.WriteItem(ctx, author, v.ID, v.Revision, "bank", "B-00", it)
	must(t, err)
	second := id()
	_, err = w.AskReview(ctx, author, second)
	must(t, err)
	_, err = w.ApproveItem(ctx, both, second) // wrote the version before, and nothing was approved since
	is(t, err, faults.Forbidden)
	for range 2 {
		l, err = w.ApproveItem(ctx, reviewer, second)
		must(t, err)
	}
	if l.State != courses.ItemApproved || l.ApprovedBy != "tel" || len(l.Writers) != 0 {
		t.Fatalf("%+v", l)
	}
	_, err = w.ReturnItem(ctx, reviewer, second, "berubah pikiran")
	is(t, err, faults.Conflict)
	it.Stem = "Satu, jelas sekali?"
	v, err = w.WriteItem(ctx, author, v.ID, v.Revision, "bank", "B-00", it)
	must(t, err)
	third := id()
	_, err = w.AskReview(ctx, author, third)
	must(t, err)
	_, err = w.ApproveItem(ctx, both, third) // the edit since the approval was not theirs
	must(t, err)
	w.audited("item_lives", "approve_item", 2)
	w.audited("item_lives", "return_item", 1)
	w.audited("item_lives", "ask_item_review", 3)
}

// A course that asks for review is published only when its items and the version are approved.
func TestOnlyApprovedItemsArePublished(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	is(t, w.RequireReview(ctx, author, "APEL-101", true, "sertifikat"), faults.Forbidden)
	is(t, w.RequireReview(ctx, admin, "APEL-101", true, ""), faults.Invalid)
	for range 2 {
		must(t, w.RequireReview(ctx, admin, "APEL-101", true, "sertifikat bertumpu padanya"))
	}
	w.audited("courses", "require_item_review", 1)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	err = w.CheckPublish(ctx, author, v.ID)
	is(t, err, faults.Invalid)
	says(t, err, "banks.bank.review: 30 soal di bank bank belum disetujui", "banks.pre.review")
	for _, bank := range []string{"bank", "pre"} {
		n, err := w.AskReviews(ctx, author, v.ID, bank)
		must(t, err)
		items, err := w.Items(ctx, reviewer, v.ID, bank)
		must(t, err)
		if n != len(items) {
			t.Errorf("asked for %d of %d", n, len(items))
		}
		for _, it := range items {
			_, err := w.ApproveItem(ctx, reviewer, it.ID)
			must(t, err)
		}
	}
	says(t, w.CheckPublish(ctx, author, v.ID), "review: Versi ini belum disetujui penelaah")
	_, err = w.AskVersionReview(ctx, author, v.ID)
	must(t, err)
	_, err = w.ApproveVersion(ctx, reviewer, v.ID, v.Revision)
	must(t, err)
	_, err = w.Publish(ctx, admin, v.ID) // the bank that no quiz draws from is not asked for
	must(t, err)
}

// Who wrote or reviewed items gets forms without them as long as the bank allows; where it does not, it is said before, and passing certifies nothing.
func TestOwnItemsDoNotCertify(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	for _, code := range []string{"B-00", "B-02", "B-04"} { // of 9.1
		it := question(code, "9.1")
		it.Stem = "Ditulis Budi: " + code + "?"
		v, err = w.WriteItem(ctx, budiBoth, v.ID, v.Revision, "bank", code, it)
		must(t, err)
	}
	items, err := w.Items(ctx, author, v.ID, "bank")
	must(t, err)
	reviewed := items[slices.IndexFunc(items, func(it grading.Item) bool { return it.Code == "B-06" })].ID
	_, err = w.AskReview(ctx, author, reviewed)
	must(t, err)
	_, err = w.ApproveItem(ctx, budiBoth, reviewed)
	must(t, err)
	it := question("B-00", "9.1")
	it.Stem = "Ditulis lagi oleh penulis lain?"
	v, err = w.WriteItem(ctx, author, v.ID, v.Revision, "bank", "B-00", it)
	must(t, err)
	_, err = w.Publish(ctx, admin, v.ID)
	must(t, err)
	own := []string{".B-00.", ".B-02.", ".B-04.", ".B-06."}
	holds := func(f courses.FormView) (n int) {
		for _, it := range f.Items {
			for _, code := range own {
				if strings.Contains(it.Item, code) {
					n++
				}
			}
		}
		return n
	}
	w.clock.pass(time.Minute)

	e := w.prepare(budi, "APEL-101")
	p, err := w.Progress(ctx, budi, e.ID)
	must(t, err)
	if q := p.Quizzes[2]; q.Sure != 0 {
		t.Errorf("%d own items are sure although the bank has others", q.Sure)
	}
	for n := 1; n <= 2; n++ { // 15 of the objective, 4 own: two forms of 5 without them
		f, err := w.Start(ctx, budi, e.ID, "posttest")
		must(t, err)
		if holds(f) != 0 {
			t.Fatalf("form %d has own items", n)
		}
		_, err = w.Submit(ctx, budi, f.Attempt, answers(f, 1), f.Seq)
		must(t, err)
		w.chain()
	}

	// The same bank with a test that takes nearly all of it.
	next, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	c := next.Content
	c.Quizzes = append([]courses.Quiz(nil), c.Quizzes...)
	c.Quizzes[2].Draw = grading.PerObjective(map[string]int{"9.1": 13, "9.2": 2})
	next, err = w.Revise(ctx, author, next.ID, next.Revision, c)
	must(t, err)
	_, err = w.Publish(ctx, admin, next.ID)
	must(t, err)
	w.people.put(courses.Learner{Person: "budi", Name: "budi", Active: true, Units: []string{"u-dukcapil", "u-city"}, PositionKind: "pelaksana", Status: "PPPK"})
	f, err := w.Start(ctx, budi, e.ID, "posttest")
	must(t, err)
	_, err = w.Submit(ctx, budi, f.Attempt, answers(f, 1), f.Seq)
	must(t, err)
	w.chain()
	_, err = w.Enrol(ctx, admin, courses.EnrolInput{Person: "budi", Course: "APEL-101", Again: true, Why: "ulang"})
	must(t, err)
	e = w.prepare(budi, "APEL-101")
	p, err = w.Progress(ctx, budi, e.ID)
	must(t, err)
	if q := p.Quizzes[2]; q.Sure != 2 {
		t.Errorf("%d own items are sure, want 2: 13 of 11 others", q.Sure)
	}
	f, err = w.Start(ctx, budi, e.ID, "posttest")
	must(t, err)
	if holds(f) < 2 {
		t.Fatalf("%d own items", holds(f))
	}
	_, err = w.Submit(ctx, budi, f.Attempt, answers(f, 15), f.Seq)
	must(t, err)
	w.chain()
	p, err = w.Progress(ctx, budi, e.ID)
	must(t, err)
	last := p.Requirements[len(p.Requirements)-1]
	if p.State != courses.Active || p.Complete || !strings.Contains(last.Missing.ID, "Anda tulis atau telaah sendiri") || p.Quizzes[2].Passed || p.Quizzes[2].Own != holds(f) {
		t.Fatalf("%s, %+v, %+v", p.State, last, p.Quizzes[2].Taken)
	}
	r, err := w.Review(ctx, budi, f.Attempt)
	must(t, err)
	if !r.Passed || r.Own != holds(f) || r.Full {
		t.Errorf("review %+v", r.AttemptDoc)
	}
	if _, err = w.TestOnlyCompleted(ctx, e.ID); err == nil {
		t.Fatal("it certifies")
	}

	// Ani had no hand in anything: the same test completes her course. A hand that comes later changes nothing.
	a := w.prepare(ani, "APEL-101")
	f, err = w.Start(ctx, ani, a.ID, "posttest")
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, answers(f, 15), f.Seq)
	must(t, err)
	w.clock.pass(time.Second)
	_, err = w.RemarkItem(ctx, access.Actor{Person: "ani", Grants: []access.Grant{{Role: "reviewer"}}}, f.Items[0].Item, "k", "Terlalu mudah.")
	must(t, err)
	w.chain()
	_, err = w.TestOnlyCompleted(ctx, a.ID)
	must(t, err)
}
