package web

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// TestMoreTimeAndAnotherTry sends the two forms on somebody's sitting: minutes while it runs and one more attempt afterwards, each once however often the form is
// sent, neither without a reason.
func TestMoreTimeAndAnotherTry(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	r.assign("APEL-103", 30)
	failed := r.graduate(nadia, "APEL-103", 99)
	me := access.Actor{Person: string(must[people.Person](t)(r.Rooms.People.LookByNIP(ctx, nadia)).ID)}
	f := must[courses.FormView](t)(r.Rooms.Courses.Start(ctx, me, failed, "posttest"))
	boss := r.enter(trainingAdmin)

	ends := func() time.Time {
		t.Helper()
		return must[courses.AttemptDoc](t)(r.Rooms.Courses.Attempt(ctx, me, f.Attempt)).EndsAt
	}
	at, before := "/kelola/percobaan/"+f.Attempt, ends()
	form := url.Values{"key": {storage.NewID()}, "minutes": {"15"}}
	if status, _, text := r.post(boss, at+"/waktu", form); status != http.StatusUnprocessableEntity || valueOf(t, text, "minutes") != "15" || !ends().Equal(before) {
		t.Errorf("more time without a reason: %d, the end moved by %s", status, ends().Sub(before))
	}
	form.Set("why", "Listrik padam 15 menit.")
	for range 2 {
		if status, to, _ := r.post(boss, at+"/waktu", form); status != http.StatusSeeOther || to != at {
			t.Errorf("more time: %d %s", status, to)
		}
	}
	if more := ends().Sub(before); before.IsZero() || more != 15*time.Minute {
		t.Errorf("sent twice, the form gave %s more", more)
	}

	list, _, err := r.Rooms.Courses.Attempts(ctx, access.System("test"), courses.AttemptFilter{Enrolment: failed})
	check(t, err)
	post := ""
	for _, x := range list {
		if x.Kind == courses.PostTest && x.State == courses.AttemptGraded {
			post = x.ID
		}
	}
	granted := func() int {
		t.Helper()
		return must[courses.EnrolmentDoc](t)(r.Rooms.Courses.Enrolment(ctx, me, failed)).Extra["posttest"]
	}
	at = "/kelola/percobaan/" + post
	form = url.Values{"key": {storage.NewID()}}
	if status, _, _ := r.post(boss, at+"/kesempatan", form); status != http.StatusUnprocessableEntity || granted() != 0 {
		t.Errorf("another attempt without a reason: %d, %d granted", status, granted())
	}
	form.Set("why", "Sakit pada hari tes.")
	for range 2 {
		if status, to, _ := r.post(boss, at+"/kesempatan", form); status != http.StatusSeeOther || to != at {
			t.Errorf("another attempt: %d %s", status, to)
		}
	}
	if granted() != 1 {
		t.Errorf("sent twice, the form gave %d attempts", granted())
	}
	r.quiet()
}
