package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/web/browsertest"
)

// partsSitter is somebody at a practice of questions that ask several things.
type partsSitter struct{ *sitter }

// nth is where a question stands on the page.
func (s partsSitter) nth(code string) int {
	s.t.Helper()
	for i, it := range s.form.Items {
		if codeOf(it) == code {
			return i
		}
	}
	s.t.Fatalf("no question %s", code)
	return 0
}

// to answers the n-th part of a question (from 1) by the words of a choice, or by what is typed.
func (s partsSitter) to(code string, n int, text string) {
	s.t.Helper()
	it := s.form.Items[s.nth(code)]
	f := it.Parts[n-1]
	name := fmt.Sprintf("answer.%s#%d", it.Item, n)
	if len(f.Choices) == 0 {
		s.p.Type(fmt.Sprintf(`[name=%q]`, name), text)
		return
	}
	id := s.choice(f, text)
	if browsertest.Eval[bool](s.p, fmt.Sprintf(`document.querySelector('[name=%q]').tagName === 'SELECT'`, name)) {
		s.choose(fmt.Sprintf(`[name=%q]`, name), id)
		return
	}
	s.p.Click(fmt.Sprintf(`[name=%q][value=%q]`, name, id))
}

func (s partsSitter) choice(f courses.FieldView, text string) string {
	s.t.Helper()
	for _, c := range f.Choices {
		if strings.Contains(string(c.HTML), text) {
			return c.ID
		}
	}
	s.t.Fatalf("no choice %q", text)
	return ""
}

func (s partsSitter) order(code string, words ...string) {
	s.t.Helper()
	it := s.form.Items[s.nth(code)]
	for i, text := range words {
		s.choose(fmt.Sprintf(`[data-item=%q] .item-part:nth-of-type(%d) select`, it.Item, i+1), s.choice(it.FieldView, text))
	}
}

// decide takes a decision of a case: its own button leads to what comes of it.
func (s partsSitter) decide(code string, n int, text string, says ...string) {
	s.t.Helper()
	s.to(code, n, text)
	s.submit(fmt.Sprintf(`button[value="item:%s"]`, s.form.Items[s.nth(code)].Item))
	s.says(says...)
	s.stored()
}

// verdict checks a question and waits for what it says.
func (s partsSitter) verdict(code, says string) { s.t.Helper(); s.check(s.nth(code), says) }

// text is what stands in a question.
func (s partsSitter) text(code string) string {
	s.t.Helper()
	return s.p.Text(fmt.Sprintf(`[data-item=%q]`, s.form.Items[s.nth(code)].Item))
}

func (s partsSitter) tells(code string, want ...string) {
	s.t.Helper()
	text := s.text(code)
	for _, w := range want {
		if !strings.Contains(text, w) {
			s.t.Errorf("%s does not say %q: %s", code, w, text)
		}
	}
}

func (s partsSitter) hides(code string, secrets ...string) {
	s.t.Helper()
	text := s.text(code)
	for _, w := range secrets {
		if strings.Contains(text, w) {
			s.t.Errorf("%s says %q while there are tries left: %s", code, w, text)
		}
	}
}

// closed says that nothing can be changed in a question, and that it counts as answered.
func (s partsSitter) closed(code string) {
	s.t.Helper()
	item := s.form.Items[s.nth(code)].Item
	if !browsertest.Eval[bool](s.p, fmt.Sprintf(`(() => { const f = document.querySelector('[data-item=%q]'); return f.disabled && !f.querySelector('button') && document.querySelector('[data-nav=%q]').classList.contains('is-answered') })()`, item, item)) {
		s.t.Errorf("%s is not closed, or not among those answered: %s", code, s.text(code))
	}
}

// Questions that ask several things are checked one by one before the end: each part is told, tries are counted, what is closed stays closed, and a case can be checked only when it has ended.
func TestPartsWithEachBehaviour(t *testing.T) {
	b := browsertest.Start(t)
	for _, c := range []struct {
		name, behaviour, score string
		tries                  bool
	}{
		{"immediate", "{feedback: immediate}", "85,71", false},                           // two thirds of the matching, a third of the order
		{"interactive", "{feedback: interactive, tries: 2, penalty: 50}", "78,57", true}, // two at the second try, half a case
	} {
		for _, view := range []browsertest.View{browsertest.Phone, nojsPhone} {
			t.Run(c.name+"-"+view.String(), func(t *testing.T) {
				r := newRig(t)
				r.asksSeveralParts("practice", `"104.1": 3, "104.2": 3, "104.3": 3, "104.4": 3`, c.behaviour)
				s := partsSitter{begin(t, r, b.Page(t, view), r.standing())}

				s.to("104-P2", 1, "Loket 1")
				s.to("104-P2", 2, "Loket 3")
				s.to("104-P2", 3, "Loket 3")
				s.verdict("104-P2", "Sebagian benar")
				s.order("104-P3", "Catat", "Salam", "Beri nomor")
				s.verdict("104-P3", "Sebagian benar")
				if c.tries {
					s.tells("104-P2", "Masih 1 kali coba", "nilainya 0,5 dari 1")
					s.hides("104-P2", "Jawaban benar")
					s.hides("104-P3", "Jawaban benar")
					states := browsertest.Eval[string](s.p, fmt.Sprintf(`Array.from(document.querySelectorAll('[data-item=%q] .part-state')).map((e) => e.textContent.trim()).join(', ')`, s.form.Items[s.nth("104-P2")].Item))
					if states != "Tepat, Belum tepat, Tepat" {
						t.Errorf("of the parts it says %q", states)
					}
					s.see("parts-" + c.name + "-open")
					s.to("104-P2", 2, "Loket 2")
					s.verdict("104-P2", "Tepat")
					s.tells("104-P2", "kali coba ke-2", "0,5 dari 1")
					s.order("104-P3", "Salam", "Catat", "Beri nomor")
					s.verdict("104-P3", "Tepat")
				}
				s.closed("104-P2")
				s.closed("104-P3")
				s.tells("104-P2", "Jawaban benar")

				s.to("104-P1", 1, "Benar")
				s.to("104-P1", 2, "hak warga")
				s.verdict("104-P1", "Tepat")
				s.closed("104-P1")
				s.to("104-P4", 1, "5")
				s.to("104-P4", 2, "kanal asal")
				s.verdict("104-P4", "Tepat")
				s.closed("104-P4")
				s.to("104-P5", 1, "Dengarkan")
				s.to("104-P5", 2, "Diam")
				s.verdict("104-P5", "Tepat")
				s.closed("104-P5")

				s.tells("104-P6", "Sisa waktu kasus: 60 menit", "dapat diperiksa setelah keputusan terakhir")
				s.decide("104-P6", 1, "Catat dan beri nomor", "Pelapor punya nomor.", "Sisa waktu kasus: 50 menit")
				if c.tries { // the clock of the case runs out
					s.decide("104-P6", 2, "Rapat dulu", "Waktu kasus habis")
					s.verdict("104-P6", "Sebagian benar")
				} else {
					s.decide("104-P6", 2, "Teruskan", "Dinas menerima.")
					s.verdict("104-P6", "Tepat")
				}
				s.closed("104-P6")
				s.hides("104-P7", "Sisa waktu kasus")
				s.decide("104-P7", 1, "Beri janji", "Ia lega.", "Besok petugasnya cuti.")
				s.decide("104-P7", 2, "Titip", "Pengganti siap.")
				s.verdict("104-P7", "Tepat")
				s.closed("104-P7")
				s.see("parts-" + c.name + "-closed")
				s.handIn()
				s.says(c.score, "dari 100")
				s.p.Click("main details summary")
				s.see("parts-" + c.name + "-result")
				done := must[courses.Recomputed](t)(r.Rooms.Courses.Recompute(context.Background(), func(id string, n int, why string) { t.Errorf("%s %d: %s", id, n, why) }))
				if done.Same != done.Results {
					t.Errorf("recomputed %+v", done)
				}
				r.quiet()
			})
		}
	}
}
