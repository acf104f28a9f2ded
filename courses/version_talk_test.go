package courses_test

import (
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
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
