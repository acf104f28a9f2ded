package courses_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// TestVersionsAreSpokenAbout remarks on a version and a lesson, tells the others once, settles and opens again.
func TestVersionsAreSpokenAbout(t *testing.T) {
	w := newWorld(t)
	v := w.course("UJI-1", nil) // made by pen, the author
	reviewer := access.Actor{Person: "adm", Grants: []access.Grant{{Role: "reviewer"}}}
	_, err := w.RemarkVersion(ctx, ani, v.ID, "", "k", "Saya peserta")
	is(t, err, faults.NotFound)
	_, err = w.Talk(ctx, ani, v.ID)
	is(t, err, faults.NotFound)
	_, err = w.RemarkVersion(ctx, reviewer, v.ID, "L9", "k", "Pelajaran apa?")
	is(t, err, faults.NotFound)
	_, err = w.RemarkVersion(ctx, reviewer, v.ID, "", "k", "  ")
	is(t, err, faults.Invalid)
	for range 2 {
		_, err = w.RemarkVersion(ctx, reviewer, v.ID, "L1", "k1", "Contohnya terlalu panjang.")
		must(t, err)
	}
	news, remarks, err := w.UntoldRemarks(ctx, v.ID)
	must(t, err)
	if len(news) != 1 || news[0].Person != "pen" || news[0].Lesson != "L1" || len(remarks) != 1 {
		t.Fatalf("told are %+v", news)
	}
	// One that comes while the first is told stays to be told, to the reviewer now.
	_, err = w.RemarkVersion(ctx, author, v.ID, "L1", "k2", "Sudah dipendekkan.")
	must(t, err)
	for range 2 {
		must(t, w.ToldRemarks(ctx, v.ID, remarks))
	}
	if news, remarks, err = w.UntoldRemarks(ctx, v.ID); err != nil || len(news) != 1 || news[0].Person != "adm" {
		t.Fatalf("then told are %+v, %v", news, err)
	}
	must(t, w.ToldRemarks(ctx, v.ID, remarks))
	ready, err := w.db.Ready(ctx, courses.TalksCollection, w.clock.Now(), 10)
	must(t, err)
	if len(ready) != 0 {
		t.Errorf("%d talks are still due", len(ready))
	}
	talk, err := w.Talk(ctx, author, v.ID)
	must(t, err)
	if len(talk.Open()) != 2 || len(talk.On("L1")) != 2 || talk.On("L1")[0].ID != "k2" || len(talk.On("")) != 0 {
		t.Errorf("the talk is %+v", talk)
	}
	for range 2 {
		talk, err = w.SettleRemark(ctx, author, v.ID, "k1", true)
		must(t, err)
	}
	if open := talk.Open(); len(open) != 1 || talk.Remarks[0].SettledBy != "pen" {
		t.Errorf("settled: %+v", talk.Remarks)
	}
	if talk, err = w.SettleRemark(ctx, reviewer, v.ID, "k1", false); err != nil || len(talk.Open()) != 2 {
		t.Errorf("opened again: %v", err)
	}
	_, err = w.SettleRemark(ctx, reviewer, v.ID, "k9", true)
	is(t, err, faults.NotFound)
	for verb, want := range map[string]int{"remark_version": 2, "settle_remark": 1, "reopen_remark": 1} {
		if got := len(w.trail(courses.TalksCollection, v.ID, verb)); got != want {
			t.Errorf("%d entries of %s, want %d", got, verb, want)
		}
	}
}

// A draft is reviewed by somebody who wrote nothing of it: asked for, given back with the reason, approved as it was read; a change afterwards makes it a draft again. A course that asks for review is published
// only when its version is approved, too. Each of them is told once.
func TestVersionsAreReviewed(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	both := access.Actor{Person: "adm", Grants: []access.Grant{{Role: "author"}, {Role: "reviewer"}}}
	other := access.Actor{Person: "uadm", Grants: []access.Grant{{Role: "reviewer"}}}
	_, err = w.ApproveVersion(ctx, other, v.ID, v.Revision)
	is(t, err, faults.Conflict) // nobody asked
	_, err = w.AskVersionReview(ctx, other, v.ID)
	is(t, err, faults.Forbidden)
	_, err = w.AskVersionReview(ctx, ani, v.ID)
	is(t, err, faults.NotFound)
	for range 2 {
		_, err = w.AskVersionReview(ctx, author, v.ID)
		must(t, err)
	}
	list, _, err := w.VersionsInReview(ctx, other, storage.Cursor{}, 0)
	must(t, err)
	if len(list) != 1 || list[0].Version != v.ID || list[0].AskedBy != "pen" || list[0].Mine {
		t.Fatalf("waiting are %+v", list)
	}
	if list, _, err = w.VersionsInReview(ctx, author, storage.Cursor{}, 0); err != nil || len(list) != 1 || !list[0].Mine {
		t.Errorf("the author sees %+v, %v", list, err)
	}
	_, _, err = w.VersionsInReview(ctx, ani, storage.Cursor{}, 0)
	is(t, err, faults.NotFound)
	w.chain()
	w.clock.pass(time.Second)
	_, err = w.ReturnVersion(ctx, other, v.ID, " ")
	is(t, err, faults.Invalid)
	for range 2 {
		_, err = w.ReturnVersion(ctx, other, v.ID, "Capaian 9.2 tidak diajarkan.")
		must(t, err)
	}
	w.chain()
	v, err = w.WriteLesson(ctx, both, v.ID, v.Revision, courses.LessonText{Code: "L2", Title: text("Pelajaran L2"), Minutes: 10, Markdown: lessonText + " lagi"})
	must(t, err)
	w.clock.pass(time.Second)
	_, err = w.AskVersionReview(ctx, author, v.ID)
	must(t, err)
	w.chain()
	for _, a := range []access.Actor{both, author, {Person: "pen", Grants: admin.Grants}} { // wrote of it
		if _, err = w.ApproveVersion(ctx, a, v.ID, v.Revision); !errors.Is(err, faults.Forbidden) {
			t.Errorf("%s approves: %v", a.Person, err)
		}
		if _, err = w.ReturnVersion(ctx, a, v.ID, "x"); !errors.Is(err, faults.Forbidden) {
			t.Errorf("%s returns: %v", a.Person, err)
		}
	}
	_, err = w.ApproveVersion(ctx, other, v.ID, v.Revision-1)
	is(t, err, faults.Conflict) // read before the change
	for range 2 {
		talk, err := w.ApproveVersion(ctx, other, v.ID, v.Revision)
		must(t, err)
		if talk.Stands(v.Revision) != courses.ItemApproved || talk.Stands(v.Revision+1) != courses.ItemDraft {
			t.Errorf("it stands as %+v", talk.Review)
		}
	}
	w.chain()
	var titles []string
	for _, n := range w.reviews {
		titles = append(titles, n.Person+": "+strings.SplitN(n.Title.ID, ":", 2)[0])
	}
	if got := strings.Join(titles, "; "); got != ": Kursus menunggu telaah; pen: Kursus perlu diperbaiki; : Kursus menunggu telaah; pen: Kursus disetujui penelaah" || w.reviews[1].Body.ID != "Capaian 9.2 tidak diajarkan." {
		t.Errorf("told are %s", got)
	}
	if not := w.reviews[2].Not; !slices.Contains(not, "pen") || !slices.Contains(not, "adm") {
		t.Errorf("who wrote it is asked, too: %v", not)
	}
	if list, _, err = w.VersionsInReview(ctx, other, storage.Cursor{}, 0); err != nil || len(list) != 0 {
		t.Errorf("still waiting: %+v, %v", list, err)
	}
	for verb, want := range map[string]int{"ask_version_review": 2, "return_version": 1, "approve_version": 1} {
		w.audited(courses.TalksCollection, verb, want)
	}

	must(t, w.RequireReview(ctx, admin, "APEL-101", true, "sertifikat bertumpu padanya"))
	refused := w.CheckPublish(ctx, author, v.ID)
	is(t, refused, faults.Invalid) // its items
	if strings.Contains(fmt.Sprint(faults.Of(refused).Fields), "Versi ini belum disetujui") {
		t.Error("it is approved")
	}
	_, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: "L2", Title: text("Pelajaran L2"), Minutes: 10, Markdown: lessonText})
	must(t, err)
	says(t, w.CheckPublish(ctx, author, v.ID), "Versi ini belum disetujui penelaah")
}

// Items that are asked for with one click are one news to reviewers, and one to who asked when the last of them is decided; each that comes back is told by itself.
func TestReviewsOfItemsAreTold(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	reviewer := access.Actor{Person: "uadm", Grants: []access.Grant{{Role: "reviewer"}}}
	_, err = w.AskReviews(ctx, author, v.ID, "pre")
	must(t, err)
	w.chain()
	list, next, err := w.ItemsInReview(ctx, reviewer, storage.Cursor{}, 4)
	must(t, err)
	rest, end, err := w.ItemsInReview(ctx, reviewer, next, 4)
	must(t, err)
	list = append(list, rest...)
	if len(list) != 6 || !end.Zero() || list[0].Bank != "pre" || list[0].Version != v.ID || list[0].AskedBy != "pen" {
		t.Fatalf("%d wait: %+v", len(list), list)
	}
	_, _, err = w.ItemsInReview(ctx, ani, storage.Cursor{}, 0)
	is(t, err, faults.NotFound)
	for i, r := range list {
		if i == 2 {
			_, err = w.ReturnItem(ctx, reviewer, r.Item, "Opsi C dan D sama.")
		} else {
			_, err = w.ApproveItem(ctx, reviewer, r.Item)
		}
		must(t, err)
		w.chain()
		if want := 2; i > 1 && i < 5 && len(w.reviews) != want {
			t.Fatalf("after %d: %+v", i+1, w.reviews)
		}
	}
	if n := w.reviews; len(n) != 3 || n[0].Person != "" || n[1].Person != "pen" || n[1].Body.ID != "Opsi C dan D sama." || !strings.HasSuffix(n[1].Link, "/bank/pre/soal/"+list[2].Code) || n[2].Person != "pen" || !strings.HasPrefix(n[2].Body.ID, "5 dari 6 soal") {
		t.Errorf("told are %+v", n)
	}
	if list, _, err = w.ItemsInReview(ctx, reviewer, storage.Cursor{}, 0); err != nil || len(list) != 0 {
		t.Errorf("still waiting: %+v, %v", list, err)
	}
}
