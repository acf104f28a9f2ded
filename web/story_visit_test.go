package web

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/placement"
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
	learner := r.session(v.client)
	runner := v.post(quizURL(me.Person+".APEL-103.1", "pretest"), nil).to
	enrolment := me.Person + ".APEL-104.1"
	f := must[courses.FormView](t)(r.Rooms.Courses.Start(context.Background(), me, enrolment, "pretest"))
	must[courses.Receipt](t)(r.Rooms.Courses.Submit(context.Background(), me, f.Attempt, nil, f.Seq))

	training, placing, system, auditing, leading := r.session(r.enter(trainingAdmin)), r.session(r.enter(analyst)), r.session(r.enter(systemAdmin)), r.session(r.enter(auditor)), r.session(r.enter(leader))
	vacancy := must[[]placement.Post](t)(r.Rooms.Placement.Vacancies(context.Background(), access.System("test")))[0]
	for _, x := range []struct{ name, path, is, session string }{
		{"login", "/masuk", "Masuk", ""}, {"check", "/periksa", "Periksa sertifikat", ""}, {"verdict", "/v/" + code, "Periksa sertifikat", ""},
		{"home", "/", "Halo, Nadia Syafirani", learner}, {"catalogue", "/katalog", "Katalog kursus", learner}, {"course", "/kursus/APEL-104", "Pelayanan Prima Tatap Muka dan Daring", learner},
		{"lesson", lessonURL(enrolment, "L1"), "Tiga menit pertama: senyum, salam, sapa", learner}, {"quiz", runner, "Tes awal", learner},
		{"workbench", "/kelola", "", training}, {"people", "/kelola/pegawai", "", training}, {"person", personURL(me.Person), "", training}, {"courses", "/kelola/kursus", "", training}, {"version", "/kelola/kursus/APEL-104/1", "", training},
		{"item bank", "/kelola/kursus/APEL-104/1/bank/bank", "", training}, {"item analysis", "/kelola/kursus/APEL-104/1/analisis/pretest", "", training}, {"regrades", "/kelola/nilai-ulang?kursus=APEL-104", "", training},
		{"import", "/kelola/impor", "", training}, {"certificates", "/kelola/sertifikat", "", training}, {"vacancy", address("kelola", "lowongan", vacancy.ID), "", placing}, {"settings", "/kelola/pengaturan", "", system},
		{"audit", "/kelola/audit", "", auditing}, {"readiness", "/kelola/kesiapan", "", leading},
	} {
		p := b.Page(t, browsertest.Phone)
		if x.session != "" {
			p.SetCookie(r.URL, visit.SessionCookie, x.session)
		}
		before := r.listener.sent.Load()
		p.Open(r.URL + x.path)
		p.Wait(`navigator.serviceWorker.ready.then(() => true)`)
		p.Rest()
		sent := r.listener.sent.Load() - before
		if got := p.Text("h1"); x.is != "" && got != x.is || got == "" || got == "Halaman tidak ditemukan" || got == "Masuk" && x.session != "" {
			t.Errorf("%s shows %q, want %q", x.path, got, x.is)
		}
		if sent > firstVisitBudget || sent < 10_000 {
			t.Errorf("first visit of the %s page sends %d bytes, budget %d", x.name, sent, firstVisitBudget)
		}
		t.Logf("%6d bytes  %s: %s", sent, x.name, p.Text("h1"))
		p.Check()
	}
	r.quiet()
}

// session is the session that a client holds.
func (r *rig) session(c *http.Client) string {
	for _, cookie := range c.Jar.Cookies(must[*url.URL](r.t)(url.Parse(r.URL))) {
		if cookie.Name == visit.SessionCookie {
			return cookie.Value
		}
	}
	r.t.Fatal("nobody is logged in")
	return ""
}
