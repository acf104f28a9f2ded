package web

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/web/browsertest"
)

// TestStoryWithoutScript goes the learner's whole way in a browser that runs no script: an old phone's browser, or one locked down by the office. Lessons count by the server's clock and a
// button, questions of all five types are answered and handed in by forms, the result comes, the certificate is shown and saved as PDF, and its check page says so.
func TestStoryWithoutScript(t *testing.T) {
	b := browsertest.Start(t)
	s := newStory(t, b, browsertest.View{Width: 360, Height: 740, Phone: true, NoJS: true})
	r := s.rig
	r.asksAllTypes()
	r.assign("APEL-104", 60)
	s.activate(nadia)
	s.says("Wajib sampai")
	enrolment := s.enrolment("APEL-104")
	asked := map[grading.Type]bool{}
	s.submit(".next-step .btn-primary")
	s.sitWithoutScript("pretest", 99, asked)

	for n, req := range s.requirements(enrolment, "lesson") {
		s.go_(lessonURL(enrolment, req.Code))
		if n == 0 {
			s.submit("form[data-reading] button") // too soon
			s.says("Saya sudah membaca")
			if text := s.p.Text("main .notice"); !strings.Contains(text, "lagi") {
				t.Errorf("a lesson opened a moment ago does not say how long it still takes: %s", text)
			}
			if s.done(enrolment, req.Code) {
				t.Error("a lesson counts as read without the time for it")
			}
		}
		r.Pass(10 * time.Minute)
		s.submit("form[data-reading] button")
		s.says("Sudah dibaca")
		if !s.done(enrolment, req.Code) {
			t.Errorf("lesson %s does not count", req.Code)
		}
	}
	s.go_(quizURL(enrolment, "practice"))
	s.sitWithoutScript("practice", 99, asked)
	for _, kind := range []grading.Type{grading.Single, grading.Multiple, grading.TrueFalse, grading.Numeric, grading.ShortText} {
		if !asked[kind] {
			t.Errorf("no question of type %s was asked", kind)
		}
	}
	s.go_(quizURL(enrolment, "posttest"))
	s.sitWithoutScript("bank", 99, asked)
	s.says("Lulus", "100")
	id := certificateID(enrolment)
	s.rig.until("the certificate is there", func() bool {
		s.go_("/sertifikat/" + string(id))
		return strings.Contains(s.p.Text("main"), "Unduh PDF")
	})
	s.see("certificate")
	code := s.p.Text(".code-big")
	name, pdf := s.p.Download(func() { s.p.Click(`main a[href$="/pdf"]`) })
	if !strings.HasSuffix(name, ".pdf") || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("downloaded %q, %d bytes, beginning %.20q", name, len(pdf), pdf)
	}
	r.visitor().upload("/periksa", "file", name, pdf, nil).want(t, 200, "Berlaku", "Nadia Syafirani") // what was saved is the certificate, whole

	s.somebodyElse()
	s.go_("/periksa")
	s.p.Type("[name=code]", code)
	s.submit("main form .btn-primary")
	if text := s.p.Text(".verdict"); !strings.Contains(text, "Berlaku") {
		t.Errorf("the certificate is not valid: %s", text)
	}
	s.says("Nadia Syafirani")
	s.see("check-valid")
	r.quiet()
}

// sitWithoutScript begins a test from the page that describes it, answers by clicks and keys, hands in and waits for the result as a page without scripts does.
func (s *story) sitWithoutScript(bank string, right int, asked map[grading.Type]bool) {
	s.t.Helper()
	s.submit("main form .btn-primary")
	attempt := strings.TrimPrefix(s.at(), "/percobaan/")
	if strings.Contains(attempt, "/") {
		s.t.Fatalf("no attempt at %s: %s", attempt, s.p.Text("main"))
	}
	s.see(bank + "-running")
	ctx, a := context.Background(), access.Actor{Person: string(s.person)}
	f := must[courses.FormView](s.t)(s.rig.Rooms.Courses.Form(ctx, a, attempt))
	items := must[[]grading.Item](s.t)(s.rig.Rooms.Courses.Items(ctx, access.System("test"), versionOf(s, f), bank))
	for _, it := range f.Items {
		for _, x := range items {
			if x.ID == it.Item {
				asked[x.Type] = true
			}
		}
		to := solve(s.t, it, items, it.Number <= right)
		for _, id := range to.Choices {
			s.p.Click(fmt.Sprintf(`[name="answer.%s"][value="%s"]`, it.Item, id))
		}
		if len(it.Choices) == 0 {
			s.p.Type(fmt.Sprintf(`[name="answer.%s"]`, it.Item), to.Text)
		}
	}
	s.submit(`button[value=review]`)
	s.says("Semua soal sudah dijawab")
	s.submit(`main form .btn-primary`)
	s.p.Wait(`location.pathname.endsWith('/hasil') && document.readyState === 'complete'`) // the waiting page loads itself again
	s.says("dari 100")
}

// asksAllTypes publishes the course again with a practice that asks one question of each type.
func (r *rig) asksAllTypes() { r.t.Helper(); r.practises("{feedback: deferred}") }

// practises is asksAllTypes with a behaviour of the practice.
func (r *rig) practises(behaviour string) {
	r.t.Helper()
	folder := r.t.TempDir()
	check(r.t, os.CopyFS(folder, os.DirFS(filepath.Join("..", "demo", "courses", "APEL-104"))))
	yaml := filepath.Join(folder, "course.yaml")
	text := string(must[[]byte](r.t)(os.ReadFile(yaml)))
	changed := strings.Replace(text, `bank: practice, draw: {"104.1": 3, "104.2": 3, "104.3": 3, "104.4": 3}`, `bank: practice, behaviour: `+behaviour+`, draw: {"104.1": 5}`, 1)
	if changed == text {
		r.t.Fatal("the practice is drawn otherwise now: mend this test")
	}
	check(r.t, os.WriteFile(yaml, []byte(changed), 0o600))
	check(r.t, os.WriteFile(filepath.Join(folder, "items", "practice.gift"), []byte(fiveTypes), 0o600))
	draft, report := exchange.ReadFolder(context.Background(), os.DirFS(folder))
	check(r.t, report.Err())
	did := must[courses.Imported](r.t)(r.Rooms.Courses.Import(context.Background(), access.System("test"), courses.ImportInput{Draft: draft, Publish: true}))
	r.moved(courses.VersionsCollection, did.Version, func() bool {
		k, err := r.Rooms.Courses.Course(context.Background(), access.System("test"), "APEL-104")
		return err == nil && k.Head == did.Version
	})
}

const fiveTypes = `// [id:104-U1] [objective:104.1] [difficulty:mudah]
::104-U1::Salam mana yang tepat di loket? {
="Selamat pagi, Bu." #Betul.
~"Nomor!" #Tidak ada sapaan.
~"Apa?" #Terdengar mengusir.
}

// [id:104-U2] [objective:104.1] [difficulty:mudah]
::104-U2::Pilih DUA kebiasaan yang baik. {
~%50%Menyapa lebih dulu #Betul.
~%50%Menuliskan yang perlu dibawa #Betul.
~%-50%Bicara cepat-cepat #Orang jadi tidak paham.
~%-50%Menatap layar saja #Orang merasa tidak dilihat.
}

// [id:104-U3] [objective:104.1] [difficulty:mudah]
::104-U3::Warga boleh bertanya dua kali. {T#Keliru: bertanya itu hak warga.#Betul.}

// [id:104-U4] [objective:104.1] [difficulty:mudah]
::104-U4::Tiga orang di depan, masing-masing 5 menit, satu loket. Berapa menit menunggu? Tulis angkanya saja. {#15:0 #Betul.####Tiga kali lima.}

// [id:104-U5] [objective:104.1] [difficulty:mudah]
::104-U5::Kata pertama di loket: senyum, salam, lalu apa? {=sapa #Betul. =menyapa #Betul.}
`

// requirements are what an enrolment still or already has of one kind.
func (s *story) requirements(enrolment, kind string) (out []courses.Requirement) {
	s.t.Helper()
	x := must[courses.Progress](s.t)(s.rig.Rooms.Courses.Progress(context.Background(), access.Actor{Person: string(s.person)}, enrolment))
	for _, req := range x.Requirements {
		if req.Kind == kind {
			out = append(out, req)
		}
	}
	return out
}

// done says whether a requirement is met, as the server counts.
func (s *story) done(enrolment, code string) bool {
	s.t.Helper()
	for _, req := range s.requirements(enrolment, "lesson") {
		if req.Code == code {
			return req.Done
		}
	}
	return false
}
