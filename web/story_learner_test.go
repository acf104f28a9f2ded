package web

import (
	"context"
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

// wireBudget is what a whole exam may cost on the wire after the first visit: start, an autosave per question, last look, waiting, graded result.
const wireBudget = 60 << 10

const password = "kopi tubruk di teras"

// TestLearnersStory goes the whole way in a browser, on a cheap phone and on an office screen: activation with a slip, home with what is compulsory and why, the pre-test, the
// lessons, a failed post-test, a passed one, the certificate, and its check by somebody who is not logged in. Every page on the way is looked at.
func TestLearnersStory(t *testing.T) {
	if os.Getenv("APEL_STORIES") == "" {
		t.Skip("the browser stories run with APEL_STORIES=1; they do not pass reliably yet, see the README")
	}
	b := browsertest.Start(t)
	for _, view := range []browsertest.View{browsertest.Phone, browsertest.OfficeDark} {
		t.Run(view.String(), func(t *testing.T) {
			r := newRig(t)
			r.assign("APEL-104", 60)
			s := &story{t: t, rig: r, p: b.Page(t, view), view: view}
			s.activate(nadia)
			s.look("home", "/")
			if text := s.p.Text("main"); !strings.Contains(text, "Wajib sampai") || !strings.Contains(text, "loket kependudukan") {
				t.Errorf("home does not say what is compulsory and why: %s", text)
			}
			s.look("catalogue", "/katalog")
			s.look("course", "/kursus/APEL-104")
			s.go_("/")
			s.p.Leave(func() { s.p.Click(".next-step .btn-primary") }) // the one big button leads to the pre-test
			s.see("quiz-before")
			s.sit("pretest", 4, "pretest")
			s.see("pretest-result")
			enrolment := s.enrolment("APEL-104")
			s.look("steps", enrolmentURL(enrolment))
			s.read(enrolment)
			s.go_(quizURL(enrolment, "posttest"))
			s.sit("bank", 2, "posttest-failed")
			s.see("posttest-failed")
			if text := s.p.Text("main"); !strings.Contains(text, "Belum lulus") || !strings.Contains(text, "Baca lagi") {
				t.Errorf("a failed test does not say what to do: %s", text)
			}
			s.p.Leave(func() { s.p.Click(`main .row .btn-primary`) }) // try again
			before, _ := s.p.Bytes()
			s.sit("bank", 99, "posttest")
			s.p.Wait(`document.querySelector('main .card') !== null`)
			if after, _ := s.p.Bytes(); after-before > wireBudget {
				t.Errorf("the exam cost %.0f bytes on the wire, budget %d", after-before, wireBudget)
			} else {
				t.Logf("the exam cost %.0f bytes on the wire", after-before)
			}
			s.see("posttest-passed")
			s.p.Leave(func() { s.p.Click("main .card h3 a") })
			s.see("certificate")
			code := s.p.Text(".code-big")
			for _, x := range []struct{ name, path string }{{"certificates", "/sertifikat"}, {"competencies", "/kompetensi"}, {"posts", "/jabatan"}, {"hours", "/jp"}, {"inbox", "/kotak-masuk"}, {"home-after", "/"}, {"account", "/akun"},
				{"account-data", "/akun/data"}, {"account-sessions", "/akun/sesi"}, {"account-tokens", "/akun/token"}, {"account-second", "/akun/kode"}, {"account-password", "/akun/sandi"}, {"account-viewers", "/akun/dilihat"}, {"privacy", "/privasi"}} {
				s.look(x.name, x.path)
			}
			s.p = b.Page(t, view) // somebody else, not logged in
			s.look("login", "/masuk")
			s.look("check", "/periksa")
			s.p.Type(`[name=code]`, code)
			s.p.Leave(func() { s.p.Click("main form .btn-primary") })
			s.see("check-valid")
			if text := s.p.Text(".verdict"); !strings.Contains(text, "Berlaku") {
				t.Errorf("the certificate is not valid: %s", text)
			}
			r.quiet()
		})
	}
}

// story is one person's way through the pages.
type story struct {
	t      *testing.T
	rig    *rig
	p      *browsertest.Page
	view   browsertest.View
	person people.ID
}

func (s *story) go_(path string) { s.t.Helper(); s.p.Open(s.rig.URL + path) }

// look opens a page and looks at it; see looks at the page that is open.
func (s *story) look(name, path string) { s.t.Helper(); s.go_(path); s.see(name) }

func (s *story) see(name string) {
	s.t.Helper()
	s.p.Screenshot(name + "-" + s.view.String())
	s.p.Check()
	s.p.Axe()
}

func (s *story) activate(nip string) {
	s.t.Helper()
	s.person = must[people.Person](s.t)(s.rig.Rooms.People.LookByNIP(context.Background(), nip)).ID
	code := s.rig.slip(nip)
	s.look("activation", "/aktivasi")
	s.p.Type("[name=nip]", nip)
	s.p.Type("[name=code]", code)
	s.p.Type("[name=password]", password)
	s.p.Type("[name=again]", password)
	s.p.Click("[name=privacy]")
	s.p.Leave(func() { s.p.Click("main .btn-primary") })
	if at := browsertest.Eval[string](s.p, "location.pathname"); at != "/" {
		s.t.Fatalf("after the activation one stands at %s: %s", at, s.p.Text("main"))
	}
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
	s.p.Leave(func() { s.p.Click("main form .btn-primary") })
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
	s.p.Leave(func() { s.p.Click(`button[value=review]`) })
	s.see(name + "-lastlook")
	s.p.Leave(func() { s.p.Click(`main form .btn-primary`) })
	s.p.Wait(`location.pathname.endsWith('/hasil') && document.querySelector('.result-score') !== null`)
}

func versionOf(s *story, f courses.FormView) string {
	e := must[courses.EnrolmentDoc](s.t)(s.rig.Rooms.Courses.Enrolment(context.Background(), access.Actor{Person: string(s.person)}, f.Enrolment))
	return e.Version
}

var notWords = regexp.MustCompile(`<[^>]*>|[^\pL\pN]+`)

func plainText(s string) string { return notWords.ReplaceAllString(html.UnescapeString(s), "") }

// answer chooses or types an answer the way a person does: one click per choice.
func (s *story) answer(it courses.ItemView, items []grading.Item, right bool) {
	s.t.Helper()
	var key grading.Item
	for _, x := range items {
		if x.ID == it.Item {
			key = x
		}
	}
	if key.ID == "" {
		s.t.Fatalf("no item %s", it.Item)
	}
	good := map[string]bool{}
	first := ""
	for i, o := range key.Options {
		text := plainText(o.Text)
		if key.Type == grading.TrueFalse {
			text = []string{"Benar", "Salah"}[i]
		}
		if o.Mark > 0 {
			good[text] = true
			if first == "" {
				first = o.Text
			}
		}
	}
	switch it.Ask {
	case grading.AskOne, grading.AskMany:
		for _, ch := range it.Choices {
			if good[plainText(string(ch.HTML))] == right {
				browsertest.Eval[int](s.p, fmt.Sprintf(`document.querySelector('[name="answer.%s"][value="%s"]').click(); 0`, it.Item, ch.ID))
				if it.Ask == grading.AskOne {
					return
				}
			}
		}
	default:
		if !right {
			first = "999999"
		}
		browsertest.Eval[int](s.p, fmt.Sprintf(`{ const i = document.querySelector('[name="answer.%s"]'); i.value = %q; i.dispatchEvent(new Event('change', {bubbles: true})); 0 }`, it.Item, first))
	}
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

// assign makes a course compulsory for everybody.
func (r *rig) assign(course string, days int) {
	r.t.Helper()
	_, err := r.Rooms.Courses.AssignByRule(context.Background(), access.System("test"), courses.RuleInput{Code: "UJI-" + strings.TrimPrefix(course, "APEL-"), Course: course, Who: "all", DueDays: days,
		Because: texts.Text{ID: "Unit ini melayani warga secara langsung di loket kependudukan.", EN: "This unit serves citizens at the counter."}})
	check(r.t, err)
	p := must[people.Person](r.t)(r.Rooms.People.LookByNIP(context.Background(), nadia))
	// The chain works beside the test and these are its own steps, safe twice at once: doing them here needs no waiting.
	check(r.t, r.Rooms.Courses.ApplyRule(context.Background(), "UJI-"+strings.TrimPrefix(course, "APEL-")))
	check(r.t, r.Rooms.Courses.EnrolAssigned(context.Background(), "UJI-"+strings.TrimPrefix(course, "APEL-")+"."+string(p.ID)))
}

// quiet fails when the log names a NIP or an error.
func (r *rig) quiet() {
	r.t.Helper()
	text := r.Log.String()
	if m := regexp.MustCompile(`\d{18}`).FindString(text); m != "" {
		r.t.Errorf("a number of 18 digits stands in the log")
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, "level=ERROR") {
			r.t.Errorf("logged: %s", line)
		}
	}
}
