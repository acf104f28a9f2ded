package web

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

// A story is somebody's day in a browser, told twice: on a cheap phone, light, and on an office screen, dark. Every page on the way is looked at
// (overflow, labels, targets, console, foreign hosts, axe-core), and photographed when APEL_SCREENSHOTS names a folder. The pages of whom a story is told:
// story_learner_test.go, story_admin_test.go, story_officer_test.go, story_public_test.go; without scripts: story_noscript_test.go.

const password = "kopi tubruk di teras"

// tell tells a story in both views, each on a city of its own.
func tell(t *testing.T, story func(s *story)) {
	b := browsertest.Start(t)
	for _, view := range []browsertest.View{browsertest.Phone, browsertest.OfficeDark} {
		t.Run(view.String(), func(t *testing.T) {
			s := newStory(t, b, view)
			story(s)
			s.p.Check()
			s.rig.quiet()
		})
	}
}

// story is one person's way through the pages.
type story struct {
	t      *testing.T
	rig    *rig
	b      *browsertest.Browser
	p      *browsertest.Page
	view   browsertest.View
	person people.ID
}

func newStory(t *testing.T, b *browsertest.Browser, view browsertest.View) *story {
	return &story{t: t, rig: newRig(t), b: b, p: b.Page(t, view), view: view}
}

// somebodyElse goes on in a browser that knows nobody.
func (s *story) somebodyElse() { s.t.Helper(); s.p.Check(); s.p = s.b.Page(s.t, s.view) }

func (s *story) go_(path string) { s.t.Helper(); s.p.Open(s.rig.URL + path) }

// look opens a page and looks at it; see looks at the page that is open.
func (s *story) look(name, path string) { s.t.Helper(); s.go_(path); s.see(name) }

func (s *story) see(name string) {
	s.t.Helper()
	s.p.Screenshot(s.view.String() + "/" + name)
	s.p.Check()
	s.p.Axe()
}

// at says which page is open.
func (s *story) at() string { return browsertest.Eval[string](s.p, "location.pathname") }

// says fails when the page lacks one of the sentences.
func (s *story) says(sentences ...string) {
	s.t.Helper()
	text := s.p.Text("main")
	for _, want := range sentences {
		if !strings.Contains(text, want) {
			s.t.Errorf("%s %s does not say %q: %.1500s", s.view, s.at(), want, text)
		}
	}
}

// submit presses a button that leads to another page.
func (s *story) submit(selector string) { s.t.Helper(); s.p.Leave(func() { s.p.Click(selector) }) }

// choose sets a select or a colour as a hand would.
func (s *story) choose(selector, value string) {
	s.t.Helper()
	if got := browsertest.Eval[string](s.p, fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.value = %q; return f.value })()`, selector, value)); got != value {
		s.t.Fatalf("%s cannot be %q", selector, value)
	}
}

// upload puts a file into a file field, as choosing it does.
func (s *story) upload(selector, name, text string) {
	s.t.Helper()
	args, err := json.Marshal([]string{selector, name, text})
	check(s.t, err)
	if !browsertest.Eval[bool](s.p, `(() => { const [at, name, text] = `+string(args)+`; const box = new DataTransfer(); box.items.add(new File([text], name)); const f = document.querySelector(at); f.files = box.files; return f.files.length === 1 })()`) {
		s.t.Fatal("the file was not taken")
	}
}

// activate goes through the activation page with a slip.
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
	s.submit("main .btn-primary")
	if at := s.at(); at != "/" {
		s.t.Fatalf("after the activation one stands at %s: %s", at, s.p.Text("main"))
	}
}

// login goes through the login page; the account was made before.
func (s *story) login(nip string) {
	s.t.Helper()
	s.rig.enter(nip)
	s.go_("/masuk")
	s.p.Type("[name=nip]", nip)
	s.p.Type("[name=password]", password)
	s.submit("main form .btn-primary")
	if at := s.at(); at != "/" {
		s.t.Fatalf("after the login one stands at %s: %s", at, s.p.Text("main"))
	}
}

var notWords = regexp.MustCompile(`<[^>]*>|[^\pL\pN]+`)

func plainText(s string) string { return notWords.ReplaceAllString(html.UnescapeString(s), "") }

// solve says what to choose (the ids of a form's choices) or to type so that a question is answered rightly, or wrongly.
func solve(t testing.TB, it courses.ItemView, items []grading.Item, right bool) grading.Answer {
	t.Helper()
	i := slices.IndexFunc(items, func(x grading.Item) bool { return x.ID == it.Item })
	if i < 0 {
		t.Fatalf("no item %s", it.Item)
	}
	key := items[i]
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
		var chosen []string
		for _, ch := range it.Choices {
			if good[plainText(string(ch.HTML))] == right {
				chosen = append(chosen, ch.ID)
			}
		}
		if it.Ask == grading.AskOne {
			chosen = chosen[:1]
		}
		return grading.Answer{Choices: chosen}
	default:
		if !right {
			first = "999999"
		}
		return grading.Answer{Text: first}
	}
}

// until looks again and again until something holds. Looking opens a page, so it paces itself; a minute and a half is a fuse.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	for end := time.Now().Add(90 * time.Second); !holds(); {
		if time.Now().After(end) {
			r.t.Fatalf("it does not come true: %s", what)
		}
	}
}

// moved waits until the chain has carried a document on so that done holds.
func (r *rig) moved(collection, id string, done func() bool) {
	r.t.Helper()
	signal, end := r.workers.Watch(collection, id)
	defer end()
	late := time.After(90 * time.Second)
	for !done() {
		select {
		case <-signal:
		case <-late:
			r.t.Fatalf("the chain does not carry %s/%s on", collection, id)
		}
	}
}

// assign makes a course compulsory for everybody and waits until the chain has enrolled Nadia, whom the stories are about.
func (r *rig) assign(course string, days int) {
	r.t.Helper()
	ctx, code := context.Background(), "UJI-"+strings.TrimPrefix(course, "APEL-")
	_, err := r.Rooms.Courses.AssignByRule(ctx, access.System("test"), courses.RuleInput{Code: code, Course: course, Who: "all", DueDays: days,
		Because: texts.Text{ID: "Unit ini melayani warga secara langsung di loket kependudukan.", EN: "This unit serves citizens at the counter."}})
	check(r.t, err)
	p := must[people.Person](r.t)(r.Rooms.People.LookByNIP(ctx, nadia))
	r.moved(courses.AssignmentsCollection, code+"."+string(p.ID), func() bool {
		list, _, err := r.Rooms.Courses.Enrolments(ctx, access.Actor{Person: string(p.ID)}, courses.EnrolmentFilter{Person: string(p.ID), Course: course})
		return err == nil && len(list) == 1
	})
}

// graduate takes somebody who is enrolled through a course, wrong answers per test, and waits for what follows: the certificate, or the graded failure.
func (r *rig) graduate(nip, course string, wrong int) (enrolment string) {
	r.t.Helper()
	ctx := context.Background()
	a := access.Actor{Person: string(must[people.Person](r.t)(r.Rooms.People.LookByNIP(ctx, nip)).ID)}
	list, _, err := r.Rooms.Courses.Enrolments(ctx, a, courses.EnrolmentFilter{Person: a.Person, Course: course})
	if err != nil || len(list) != 1 {
		r.t.Fatalf("enrolments %v %v", list, err)
	}
	enrolment = list[0].ID
	for _, req := range must[courses.Progress](r.t)(r.Rooms.Courses.Progress(ctx, a, enrolment)).Requirements {
		switch req.Kind {
		case "lesson":
			must[courses.LessonView](r.t)(r.Rooms.Courses.OpenLesson(ctx, a, enrolment, req.Code))
			r.Pass(10 * time.Minute)
			must[courses.ReadingStatus](r.t)(r.Rooms.Courses.Read(ctx, a, enrolment, req.Code, true))
		case string(courses.PreTest), string(courses.PostTest):
			f := must[courses.FormView](r.t)(r.Rooms.Courses.Start(ctx, a, enrolment, req.Code))
			var items []grading.Item
			for _, bank := range []string{"bank", "pretest"} {
				items = append(items, must[[]grading.Item](r.t)(r.Rooms.Courses.Items(ctx, access.System("test"), list[0].Version, bank))...)
			}
			answers := map[string]grading.Answer{}
			for _, it := range f.Items {
				answers[it.Item] = solve(r.t, it, items, it.Number > wrong)
			}
			must[courses.Receipt](r.t)(r.Rooms.Courses.Submit(ctx, a, f.Attempt, answers, f.Seq))
			r.moved("attempts", f.Attempt, func() bool {
				x, err := r.Rooms.Courses.Attempt(ctx, a, f.Attempt)
				return err == nil && x.State == courses.AttemptGraded
			})
		}
	}
	if wrong == 0 {
		id := string(certificateID(enrolment))
		r.moved(certificates.Collection, id, func() bool {
			c, err := r.Rooms.Certificates.Look(ctx, certificates.ID(id))
			return err == nil && c.State == certificates.Issued
		})
	}
	return enrolment
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
