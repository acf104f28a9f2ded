package web

import (
	"context"
	"net/url"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/web/browsertest"
)

// TestFirstVisitOfEachKindOfPage opens each kind of page in a browser that was never here and counts every byte the server sends: page, styles, modules, icons, and the service worker with
// what it keeps. Nothing is asked of another host (Check).
func TestFirstVisitOfEachKindOfPage(t *testing.T) {
	b := browsertest.Start(t)
	r := newRig(t)
	r.assign("APEL-103", 30)
	r.assign("APEL-104", 60)
	_, code := r.certificate("APEL-202")
	v := r.visitor()
	me := v.enters(nadia)
	address := must[*url.URL](t)(url.Parse(r.URL))
	var session string
	for _, c := range v.client.Jar.Cookies(address) {
		if c.Name == visit.SessionCookie {
			session = c.Value
		}
	}
	runner := v.post(quizURL(me.Person+".APEL-103.1", "pretest"), nil).to
	enrolment := me.Person + ".APEL-104.1"
	f := must[courses.FormView](t)(r.Rooms.Courses.Start(context.Background(), me, enrolment, "pretest"))
	must[courses.Receipt](t)(r.Rooms.Courses.Submit(context.Background(), me, f.Attempt, nil, f.Seq))

	for _, x := range []struct{ name, path, is string }{{"login", "/masuk", "Masuk"}, {"home", "/", "Halo, Nadia Syafirani"}, {"catalogue", "/katalog", "Katalog kursus"}, {"course", "/kursus/APEL-104", "Pelayanan Prima Tatap Muka dan Daring"},
		{"lesson", lessonURL(enrolment, "L1"), "Tiga menit pertama: senyum, salam, sapa"}, {"quiz", runner, "Tes awal"}, {"check", "/periksa", "Periksa sertifikat"}, {"verdict", "/v/" + code, "Periksa sertifikat"}} {
		p := b.Page(t, browsertest.Phone)
		if x.name != "login" && x.name != "check" && x.name != "verdict" {
			p.SetCookie(r.URL, visit.SessionCookie, session)
		}
		before := r.listener.sent.Load()
		p.Open(r.URL + x.path)
		p.Wait(`navigator.serviceWorker.ready.then(() => true)`)
		p.Rest()
		sent := r.listener.sent.Load() - before
		if got := p.Text("h1"); got != x.is {
			t.Errorf("%s shows %q, want %q", x.path, got, x.is)
		}
		if sent > firstVisitBudget || sent < 10_000 {
			t.Errorf("first visit of the %s page sends %d bytes, budget %d", x.name, sent, firstVisitBudget)
		}
		t.Logf("%6d bytes  %s", sent, x.name)
		p.Check()
	}
	r.quiet()
}
