package web

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

// practising is a rig whose course APEL-104 has a practice of five types with a behaviour, and Nadia who stands before it.
func practising(t *testing.T, behaviour string) (r *rig, enrolment string) {
	t.Helper()
	r = newRig(t)
	r.practises(behaviour)
	return r, r.standing()
}

// standing enrols Nadia and takes her through the pre-test, so that she stands before the practice.
func (r *rig) standing() (enrolment string) {
	r.t.Helper()
	t := r.t
	ctx := context.Background()
	a := access.Actor{Person: string(must[people.Person](t)(r.Rooms.People.LookByNIP(ctx, nadia)).ID)}
	e := must[courses.EnrolmentDoc](t)(r.Rooms.Courses.Enrol(ctx, a, courses.EnrolInput{Course: "APEL-104"}))
	f := must[courses.FormView](t)(r.Rooms.Courses.Start(ctx, a, e.ID, "pretest"))
	must[courses.Receipt](t)(r.Rooms.Courses.Submit(ctx, a, f.Attempt, nil, f.Seq))
	r.moved(courses.AttemptsCollection, f.Attempt, func() bool {
		x, err := r.Rooms.Courses.Attempt(ctx, a, f.Attempt)
		return err == nil && x.State == courses.AttemptGraded
	})
	return e.ID
}

// sitter is somebody at the practice in a browser.
type sitter struct {
	*story
	attempt string
	form    courses.FormView
	items   []grading.Item
}

// begin logs Nadia in and begins the practice from its page.
func begin(t *testing.T, r *rig, p *browsertest.Page, enrolment string, says ...string) *sitter {
	t.Helper()
	s := &sitter{story: &story{t: t, rig: r, p: p, view: p.View}}
	s.person = must[people.Person](t)(r.Rooms.People.LookByNIP(context.Background(), nadia)).ID
	s.login(nadia)
	s.go_("/belajar/" + enrolment + "/tes/practice")
	s.says(says...)
	s.see("behaviour-quiz")
	s.submit("main form .btn-primary")
	s.attempt = strings.TrimPrefix(s.at(), "/percobaan/")
	s.stored()
	return s
}

// stored reads the form as the server has it.
func (s *sitter) stored() {
	s.t.Helper()
	ctx := context.Background()
	s.form = must[courses.FormView](s.t)(s.rig.Rooms.Courses.Form(ctx, access.Actor{Person: string(s.person)}, s.attempt))
	s.items = must[[]grading.Item](s.t)(s.rig.Rooms.Courses.Items(ctx, access.System("test"), versionOf(s.story, s.form), "practice"))
}

// give answers the n-th question on the page.
func (s *sitter) give(n int, right bool) {
	s.t.Helper()
	it := s.form.Items[n]
	to := solve(s.t, it, s.items, right)
	for _, id := range to.Choices {
		s.p.Click(fmt.Sprintf(`[name="answer.%s"][value="%s"]`, it.Item, id))
	}
	if len(it.Choices) == 0 {
		s.p.Type(fmt.Sprintf(`[name="answer.%s"]`, it.Item), to.Text)
	}
}

func (s *sitter) button(n int) string {
	return fmt.Sprintf(`button[value="check:%s"]`, s.form.Items[n].Item)
}

// state waits until the n-th question says so.
func (s *sitter) state(n int, says string) {
	s.t.Helper()
	s.p.Wait(fmt.Sprintf(`(document.querySelector('[data-item="%s"] .review-state') || {textContent: ''}).textContent.includes(%q)`, s.form.Items[n].Item, says))
}

// check presses the button of the n-th question and waits for what it says.
func (s *sitter) check(n int, says string) {
	s.t.Helper()
	if s.view.NoJS {
		s.submit(s.button(n))
		if at := s.at(); at != "/percobaan/"+s.attempt {
			s.t.Fatalf("after a check one stands at %s: %s", at, s.p.Text("main"))
		}
	} else {
		s.p.Click(s.button(n))
	}
	s.state(n, says)
}

func (s *sitter) handIn() {
	s.t.Helper()
	s.submit(`.quiz-go button[value=review]`)
	s.submit(`main form .btn-primary`)
	s.p.Wait(`location.pathname.endsWith('/hasil') && document.readyState === 'complete'`)
}

var nojsPhone = browsertest.View{Width: 360, Height: 740, Phone: true, NoJS: true}

// Take a quiz with each behaviour on a phone, with scripts and the network lost in the middle, and without scripts.
func TestTakeItWithEachBehaviour(t *testing.T) {
	b := browsertest.Start(t)
	for _, c := range []struct {
		name, behaviour string
		rule            string
		score           string // one wrong at first, four right
		recorded        bool
	}{
		{"immediate", "{feedback: immediate}", "sekali. Pembahasannya langsung tampil", "80", true},
		{"interactive", "{feedback: interactive, tries: 3, penalty: 50}", "sampai 3 kali", "90", true},
		{"unrecorded", "{feedback: immediate, unrecorded: true}", "tidak dicatat", "80", false},
	} {
		for _, view := range []browsertest.View{browsertest.Phone, nojsPhone} {
			t.Run(c.name+"-"+view.String(), func(t *testing.T) {
				r, enrolment := practising(t, c.behaviour)
				s := begin(t, r, b.Page(t, view), enrolment, c.rule)
				s.see("behaviour-" + c.name + "-begun")

				// A blank answer cannot be checked, which costs nothing.
				if view.NoJS {
					s.submit(s.button(0))
					s.says("Jawaban belum diperiksa", "Jawab dahulu soal ini")
				} else {
					s.p.Click(s.button(0))
					s.p.Wait(fmt.Sprintf(`document.querySelector('[data-item="%s"] [data-check-text]').textContent === 'Jawab dahulu soal ini, lalu periksa.'`, s.form.Items[0].Item))
				}
				first := 0
				for i, it := range s.form.Items { // the wrong answer that is tried again is a choice of one
					if it.Ask == grading.AskOne {
						first = i
						break
					}
				}
				s.give(first, false)
				s.check(first, "Belum tepat")
				if c.name == "interactive" {
					s.says("Masih 2 kali coba", "nilainya 0,5 dari 1")
					s.give(first, true)
					s.check(first, "Tepat")
					s.says("kali coba ke-2")
				}
				s.see("behaviour-" + c.name + "-checked")
				for i := range s.form.Items {
					if i == first {
						continue
					}
					s.give(i, true)
					if i == len(s.form.Items)-1 && !view.NoJS { // the network goes away before this check
						s.offlineCheck(i)
					} else if i != 1 { // one is answered and never checked
						s.check(i, "Tepat")
					}
				}
				s.p.Check()
				s.handIn()
				s.says(c.score, "dari 100")
				if !c.recorded {
					s.says("Latihan ini tidak dicatat")
				}
				s.see("behaviour-" + c.name + "-result")
				list, _, err := r.Rooms.Courses.Attempts(context.Background(), access.Actor{Person: string(s.person)}, courses.AttemptFilter{Enrolment: enrolment})
				check(t, err)
				if recorded := len(list) == 2; recorded != c.recorded {
					t.Errorf("the history holds %+v", list)
				}
				recomputed := must[courses.Recomputed](t)(r.Rooms.Courses.Recompute(context.Background(), func(id string, n int, why string) { t.Errorf("%s %d: %s", id, n, why) }))
				if recomputed.Same != recomputed.Results {
					t.Errorf("recomputed %+v", recomputed)
				}
				r.quiet()
			})
		}
	}
}

// offlineCheck checks a question without a network: the page says that it waits, and has it checked when the network is back, once.
func (s *sitter) offlineCheck(n int) {
	s.t.Helper()
	line := fmt.Sprintf(`document.querySelector('[data-item="%s"] [data-check-text]')`, s.form.Items[n].Item)
	s.p.Offline(true)
	s.p.Wait(`navigator.onLine === false`)
	s.p.Click(s.button(n))
	s.p.Wait(line + `.textContent.startsWith('Belum diperiksa: tidak ada sinyal')`)
	s.p.Wait(`document.querySelector('[data-saved-text]').textContent === 'Belum tersimpan'`)
	if !browsertest.Eval[bool](s.p, line+`.closest('fieldset').disabled`) {
		s.t.Error("a question that waits for its check can be changed")
	}
	s.p.Forgive() // the browser says that requests failed
	s.see("behaviour-check-waits")
	s.p.Offline(false)
	s.state(n, "Tepat")
	s.p.Wait(`document.querySelector('[data-saved-text]').textContent.startsWith('Tersimpan')`)
	s.p.Forgive()
	s.stored()
	if c := s.form.Items[n].Check; c.Tries != 1 {
		s.t.Errorf("checked %d times", c.Tries)
	}
}

// The network goes, and before it is back the server was restarted: what was answered meanwhile is sent once.
func TestNetworkAndServerGoInTheMiddle(t *testing.T) {
	b := browsertest.Start(t)
	r, enrolment := practising(t, "{feedback: interactive, tries: 3, penalty: 50}")
	s := begin(t, r, b.Page(t, browsertest.Phone), enrolment)
	s.give(0, true)
	s.p.Wait(`document.querySelector('input[name=seq]').value !== '0' && document.querySelector('[data-saved-text]').textContent.startsWith('Tersimpan')`)
	s.stored()
	before := s.form.Seq
	s.p.Offline(true)
	s.p.Wait(`navigator.onLine === false`)
	s.give(1, true)
	s.give(2, true)
	s.p.Click(s.button(2))
	s.p.Wait(`document.querySelector('[data-saved-text]').textContent === 'Belum tersimpan'`)
	s.stored()
	if s.form.Seq != before {
		t.Fatalf("something arrived without a network: %d after %d", s.form.Seq, before)
	}
	s.rig = s.rig.again()
	s.p.Offline(false)
	s.state(2, "Tepat")
	s.p.Wait(`localStorage.getItem('apel.quiz.` + s.attempt + `') === null`)
	s.p.Forgive()
	s.stored()
	for n := range 3 {
		if s.form.Items[n].Answer.Blank() {
			t.Errorf("question %d lost its answer", n+1)
		}
	}
	if s.form.Items[2].Check.Tries != 1 || s.form.Seq > before+3 {
		t.Errorf("sent more than once: %d tries, seq %d after %d", s.form.Items[2].Check.Tries, s.form.Seq, before)
	}
	s.see("behaviour-after-restart")
}

// The battery dies without a network: the browser is killed and started again with the same profile. What was answered is taken up and sent.
func TestDeadBattery(t *testing.T) {
	profile := t.TempDir()
	b := browsertest.StartIn(t, profile)
	r, enrolment := practising(t, "{feedback: immediate}")
	s := begin(t, r, b.OwnPage(t, browsertest.Phone), enrolment)
	s.p.Offline(true)
	s.p.Wait(`navigator.onLine === false`)
	s.give(0, true)
	s.give(1, true)
	s.p.Click(s.button(1))
	s.p.Wait(`document.querySelector('[data-saved-text]').textContent === 'Belum tersimpan'`)
	// A browser writes its store to the disk some seconds late; what the test is about begins when it has.
	r.until("the browser has written its store", func() bool { return onDisk(t, profile, "check=1") })
	b.Die(t)

	b = browsertest.StartIn(t, profile)
	again := &sitter{story: &story{t: t, rig: r, p: b.OwnPage(t, browsertest.Phone), view: browsertest.Phone, person: s.person}, attempt: s.attempt, form: s.form, items: s.items}
	again.go_("/percobaan/" + s.attempt)
	if again.at() != "/percobaan/"+s.attempt { // the session's cookie is not always on the disk yet
		again.login(nadia)
		again.go_("/percobaan/" + s.attempt)
	}
	again.state(1, "Tepat")
	again.p.Wait(`localStorage.getItem('apel.quiz.` + s.attempt + `') === null`)
	again.stored()
	if again.form.Items[0].Answer.Blank() || again.form.Items[1].Check.Tries != 1 {
		t.Errorf("after the battery: %+v, %+v", again.form.Items[0].Answer, again.form.Items[1].Check)
	}
}

// onDisk says whether the browser's store holds a text on the disk.
func onDisk(t *testing.T, profile, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(profile, "Default", "Local Storage", "leveldb", "*.log"))
	check(t, err)
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err == nil && (bytes.Contains(data, []byte(text)) || bytes.Contains(data, []byte(strings.Join(strings.Split(text, ""), "\x00")))) {
			return true
		}
	}
	return false
}

// The page of a version that says what gives its tests away, reached by its button.
func TestLintPage(t *testing.T) {
	b := browsertest.Start(t)
	r := newRig(t)
	for _, view := range []browsertest.View{browsertest.Phone, browsertest.Office} {
		s := &story{t: t, rig: r, p: b.Page(t, view), view: view}
		s.login(trainingAdmin)
		s.go_("/kelola/kursus/APEL-104/1")
		s.submit(`main a[href$="/mutu"]`)
		s.says("Tidak ada temuan", "selalu memilih yang terpanjang", "0 dari 200 kali", "soal, kunci di A")
		s.see("lint")
		s.p.Check()
	}
}
