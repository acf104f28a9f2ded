package web

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/web/browsertest"
)

// wireBudget is what a whole exam may cost on the wire after the first visit: start, an autosave per question, last look, waiting, graded result.
const wireBudget = 60 << 10

// TestLearnersStory goes the whole way in a browser, on a cheap phone and on an office screen: activation with a slip, home with what is compulsory and why, the pre-test, the
// lessons, a failed post-test, a passed one, the certificate, and its check by somebody who is not logged in. Every page on the way is looked at.
func TestLearnersStory(t *testing.T) {
	tell(t, func(s *story) {
		r := s.rig
		r.assign("APEL-104", 60)
		s.activate(nadia)
		s.look("home", "/")
		s.says("Wajib sampai", "loket kependudukan")
		s.look("catalogue", "/katalog")
		s.look("course", "/kursus/APEL-104")
		s.look("course-free", "/kursus/APEL-202")
		s.go_("/")
		s.submit(".next-step .btn-primary") // the one big button leads to the pre-test
		s.see("quiz-before")
		s.sit("pretest", 4, "pretest")
		s.see("pretest-result")
		enrolment := s.enrolment("APEL-104")
		s.look("steps", enrolmentURL(enrolment))
		s.read(enrolment)
		s.go_(quizURL(enrolment, "posttest"))
		s.see("posttest-before")
		s.sit("bank", 2, "posttest-failed")
		s.see("posttest-failed")
		s.says("Belum lulus", "Baca lagi")
		s.submit(`main .row .btn-primary`) // try again
		before := r.listener.sent.Load()
		s.sit("bank", 99, "posttest")
		s.p.Wait(`document.querySelector('main .card') !== null`)
		if sent := r.listener.sent.Load() - before; sent > wireBudget {
			s.t.Errorf("the exam cost %d bytes on the wire, budget %d", sent, wireBudget)
		} else {
			s.t.Logf("the exam cost %d bytes on the wire", sent)
		}
		s.see("posttest-passed")
		s.submit("main .card h3 a")
		s.see("certificate")
		code := s.p.Text(".code-big")
		for _, x := range []struct{ name, path string }{{"certificates", "/sertifikat"}, {"competencies", "/kompetensi"}, {"posts", "/jabatan"}, {"hours", "/jp"}, {"inbox", "/kotak-masuk"}, {"home-after", "/"}, {"steps-after", enrolmentURL(enrolment)},
			{"account", "/akun"}, {"account-data", "/akun/data"}, {"account-sessions", "/akun/sesi"}, {"account-tokens", "/akun/token"}, {"account-second", "/akun/kode"}, {"account-password", "/akun/sandi"}, {"account-viewers", "/akun/dilihat"}} {
			s.look(x.name, x.path)
		}
		s.addHours()
		s.somebodyElse() // who wants to check the certificate and is not logged in
		s.go_("/periksa")
		s.p.Type(`[name=code]`, code)
		s.submit("main form .btn-primary")
		s.see("check-valid")
		if text := s.p.Text(".verdict"); !strings.Contains(text, "Berlaku") {
			s.t.Errorf("the certificate is not valid: %s", text)
		}
	})
}

// addHours enters training from elsewhere, first without its title.
func (s *story) addHours() {
	s.t.Helper()
	s.go_("/jp")
	browsertest.Eval[bool](s.p, `document.querySelector("form[action='/jp']").noValidate = true; document.querySelectorAll('main details').forEach((d) => { d.open = true }); true`)
	s.p.Type("[name=organiser]", "LAN")
	s.p.Type("[name=jp]", "6")
	s.choose("[name=on]", "2026-11-02")
	s.upload("[name=proof]", "bukti.pdf", "%PDF-1.4\n%contoh\nstartxref\n9\n%%EOF")
	s.submit("form[action='/jp'] .btn-primary")
	s.see("hours-refused")
	if got := browsertest.Eval[string](s.p, `document.querySelector("[name=organiser]").value`); got != "LAN" {
		s.t.Errorf("the refused form forgot the organiser: %q", got)
	}
	s.p.Type("[name=title]", "Bimtek pelayanan")
	s.upload("[name=proof]", "bukti.pdf", "%PDF-1.4\n%contoh\nstartxref\n9\n%%EOF")
	s.submit("form[action='/jp'] .btn-primary")
	s.says("Bimtek pelayanan", "menunggu")
	s.see("hours-added")
}

func (s *story) enrolment(course string) string {
	s.t.Helper()
	list, _, err := s.rig.Rooms.Courses.Enrolments(context.Background(), access.Actor{Person: string(s.person)}, courses.EnrolmentFilter{Person: string(s.person), Course: course})
	if err != nil || len(list) != 1 {
		s.t.Fatalf("enrolments %v %v", list, err)
	}
	return list[0].ID
}

// sit begins a quiz from the page that describes it, answers the first right questions rightly, hands in and waits for the result.
func (s *story) sit(bank string, right int, name string) {
	s.t.Helper()
	s.submit("main form .btn-primary")
	attempt := strings.TrimPrefix(browsertest.Eval[string](s.p, "location.pathname"), "/percobaan/")
	if strings.Contains(attempt, "/") {
		s.t.Fatalf("no attempt at %s: %s", attempt, s.p.Text("main"))
	}
	ctx, a := context.Background(), access.Actor{Person: string(s.person)}
	f := must[courses.FormView](s.t)(s.rig.Rooms.Courses.Form(ctx, a, attempt))
	items := must[[]grading.Item](s.t)(s.rig.Rooms.Courses.Items(ctx, access.System("test"), versionOf(s, f), bank))
	for _, it := range f.Items {
		s.answer(it, items, it.Number <= right)
	}
	s.p.Wait(`document.querySelector('[data-saved-text]').textContent.startsWith('Tersimpan ')`)
	s.see(name + "-running")
	s.submit(`button[value=review]`)
	s.see(name + "-lastlook")
	s.submit(`main form .btn-primary`)
	s.p.Wait(`location.pathname.endsWith('/hasil') && document.querySelector('.result-score') !== null`)
}

func versionOf(s *story, f courses.FormView) string {
	e := must[courses.EnrolmentDoc](s.t)(s.rig.Rooms.Courses.Enrolment(context.Background(), access.Actor{Person: string(s.person)}, f.Enrolment))
	return e.Version
}

// read goes through all lessons, ten minutes each, by the clock of the server.
func (s *story) read(enrolment string) {
	s.t.Helper()
	a := access.Actor{Person: string(s.person)}
	x := must[courses.Progress](s.t)(s.rig.Rooms.Courses.Progress(context.Background(), a, enrolment))
	n := 0
	for _, req := range x.Requirements {
		if req.Kind != "lesson" {
			continue
		}
		s.go_(lessonURL(enrolment, req.Code))
		if n++; n == 1 {
			s.see("lesson")
		}
		s.p.Wait(`performance.getEntriesByType('resource').some((e) => e.name === document.querySelector('form[data-reading]').action)`) // the server heard that it is open; its clock begins anew there
		s.rig.Pass(10 * time.Minute)
		browsertest.Eval[int](s.p, `window.scrollTo(0, document.body.scrollHeight); 0`)
		s.p.Wait(`document.querySelector('form[data-reading]').hasAttribute('data-done')`)
	}
	x = must[courses.Progress](s.t)(s.rig.Rooms.Courses.Progress(context.Background(), a, enrolment))
	for _, req := range x.Requirements {
		if req.Kind == "lesson" && !req.Done {
			s.t.Errorf("lesson %s does not count: %s", req.Code, req.Missing.ID)
		}
	}
}

// answer chooses or types an answer the way a person does: one click per choice.
func (s *story) answer(it courses.ItemView, items []grading.Item, right bool) {
	s.t.Helper()
	a := solve(s.t, it, items, right)
	for _, id := range a.Choices {
		browsertest.Eval[int](s.p, fmt.Sprintf(`document.querySelector('[name="answer.%s"][value="%s"]').click(); 0`, it.Item, id))
	}
	if len(it.Choices) == 0 {
		browsertest.Eval[int](s.p, fmt.Sprintf(`{ const i = document.querySelector('[name="answer.%s"]'); i.value = %q; i.dispatchEvent(new Event('change', {bubbles: true})); 0 }`, it.Item, a.Text))
	}
}
