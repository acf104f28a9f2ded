package web

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/web/browsertest"
)

// severalParts are questions that ask several things, one of each type that does.
var severalParts = []grading.Item{
	{Code: "104-P1", Type: "reasoned", Stem: "Warga boleh bertanya dua kali.", Options: grading.NewTrueFalse(true, "", ""),
		Parts: []grading.Part{{ID: "a", Options: []grading.Option{{ID: "a", Text: "Bertanya adalah hak warga", Mark: grading.Full}, {ID: "b", Text: "Kalau loket sepi"}}}}},
	{Code: "104-P2", Type: "matching", Stem: "Jodohkan layanan dengan loketnya.", Options: []grading.Option{{ID: "a", Text: "Loket 1"}, {ID: "b", Text: "Loket 2"}, {ID: "c", Text: "Loket 3"}},
		Parts: []grading.Part{{ID: "a", Text: "KTP", Right: "a"}, {ID: "b", Text: "Akta", Right: "b"}, {ID: "c", Text: "Pindah", Right: "c"}}},
	{Code: "104-P3", Type: "ordering", Stem: "Urutkan langkah menerima aduan.", Options: []grading.Option{{ID: "a", Text: "Salam"}, {ID: "b", Text: "Catat"}, {ID: "c", Text: "Beri nomor"}}},
	{Code: "104-P4", Type: "cloze", Stem: "Aduan dijawab paling lama [[1]] hari lewat [[2]].", Parts: []grading.Part{
		{ID: "a", Type: grading.Numeric, Options: []grading.Option{{ID: "a", Text: "5", Mark: grading.Full}}},
		{ID: "b", Type: grading.Single, Options: []grading.Option{{ID: "a", Text: "kanal asal", Mark: grading.Full}, {ID: "b", Text: "surat"}}}}},
	{Code: "104-P5", Type: "judgement", Stem: "Antrean panjang, seorang warga marah.", Options: []grading.Option{
		{ID: "a", Text: "Diam", Expert: 18}, {ID: "b", Text: "Dengarkan, jelaskan waktu tunggu", Expert: 46}, {ID: "c", Text: "Dahulukan dia", Expert: 26}}},
	{Code: "104-P6", Type: "casesim", Stem: "Aduan jalan rusak masuk pukul 08.00.", Limit: 60, Parts: []grading.Part{
		{ID: "a", Text: "Pelapor menunggu jawaban.", Options: []grading.Option{
			{ID: "a", Text: "Catat dan beri nomor", Mark: grading.Full / 2, Minutes: 10, Next: "b", Feedback: "Pelapor punya nomor."},
			{ID: "b", Text: "Suruh datang lagi", Mark: -grading.Full / 2, Minutes: 5, Feedback: "Pelapor pergi."}}},
		{ID: "b", Text: "Aduan milik dinas lain.", Options: []grading.Option{
			{ID: "a", Text: "Teruskan ke dinas itu", Mark: grading.Full / 2, Minutes: 20, Feedback: "Dinas menerima."},
			{ID: "b", Text: "Rapat dulu", Minutes: 90, Feedback: "Rapat selesai."}}}}},
	{Code: "104-P7", Type: "casesim", Stem: "Warga menelepon, loket sudah tutup.", Parts: []grading.Part{
		{ID: "a", Text: "Ia meminta waktu lain.", Options: []grading.Option{
			{ID: "a", Text: "Beri janji besok pagi", Mark: grading.Full, Next: "b", Feedback: "Ia lega."}, {ID: "b", Text: "Tutup teleponnya", Feedback: "Ia mengadu."}}},
		{ID: "b", Text: "Besok petugasnya cuti.", Options: []grading.Option{
			{ID: "a", Text: "Titip pada pengganti", Feedback: "Pengganti siap."}, {ID: "b", Text: "Biarkan", Mark: -grading.Full / 2, Feedback: "Ia menunggu lama."}}}}},
}

// asksSeveralParts publishes the course again with a quiz of those questions, which is drawn from a bank of that name.
func (r *rig) asksSeveralParts(bank, drawn, behaviour string) {
	r.t.Helper()
	folder := r.t.TempDir()
	check(r.t, os.CopyFS(folder, os.DirFS(filepath.Join("..", "demo", "courses", "APEL-104"))))
	yaml := filepath.Join(folder, "course.yaml")
	text := string(must[[]byte](r.t)(os.ReadFile(yaml)))
	changed := strings.Replace(text, fmt.Sprintf(`bank: %s, draw: {%s}`, bank, drawn), fmt.Sprintf(`bank: %s, behaviour: %s, draw: {"104.1": %d}`, bank, behaviour, len(severalParts)), 1)
	if changed == text {
		r.t.Fatal("the quiz is drawn otherwise now: mend this test")
	}
	check(r.t, os.WriteFile(yaml, []byte(changed), 0o600))
	draft, report := exchange.ReadFolder(context.Background(), os.DirFS(folder))
	if err := report.Err(); err != nil && !strings.Contains(err.Error(), "104.1") {
		r.t.Fatal(err)
	}
	for i := range draft.Banks {
		if draft.Banks[i].Code == bank {
			draft.Banks[i].Items = nil
			for _, it := range severalParts {
				it.Objective = "104.1"
				draft.Banks[i].Items = append(draft.Banks[i].Items, it)
			}
		}
	}
	did := must[courses.Imported](r.t)(r.Rooms.Courses.Import(context.Background(), access.System("test"), courses.ImportInput{Draft: draft, Publish: true}))
	r.moved(courses.VersionsCollection, did.Version, func() bool {
		k, err := r.Rooms.Courses.Course(context.Background(), access.System("test"), "APEL-104")
		return err == nil && k.Head == did.Version
	})
}

// TestPartsStory answers a question of each type that asks several things on a phone, with scripts and without: everything right, and all of it counts. The
// decisions of a case are taken one after the other, and what comes of one shows before the next.
func TestPartsStory(t *testing.T) {
	b := browsertest.Start(t)
	for _, view := range []browsertest.View{{Width: 360, Height: 740, Phone: true}, {Width: 360, Height: 740, Phone: true, NoJS: true}, {Width: 1440, Height: 900, Dark: true}} {
		t.Run(view.String(), func(t *testing.T) {
			s := newStory(t, b, view)
			s.rig.asksSeveralParts("pretest", `"104.1": 2, "104.2": 2, "104.3": 2, "104.4": 2`, "{feedback: deferred}")
			s.rig.assign("APEL-104", 60)
			s.activate(nadia)
			enrolment := s.enrolment("APEL-104")
			s.go_(quizURL(enrolment, "pretest"))
			s.submit("main form .btn-primary") // the page says what waits, its button begins
			if !strings.HasPrefix(s.at(), "/percobaan/") {
				t.Fatalf("at %s: %s", s.at(), s.p.Text("main"))
			}
			attempt := strings.TrimPrefix(s.at(), "/percobaan/")
			s.see("parts-running")
			ctx, a := context.Background(), access.Actor{Person: string(s.person)}
			form := func() courses.FormView {
				return must[courses.FormView](t)(s.rig.Rooms.Courses.Form(ctx, a, attempt))
			}
			byStem := map[string]courses.ItemView{}
			for _, it := range form().Items {
				for _, x := range severalParts {
					if strings.Contains(string(it.Stem), x.Stem) {
						byStem[x.Code] = it
					}
				}
			}
			name := func(code string, n int) string {
				if n == 0 {
					return "answer." + byStem[code].Item
				}
				return fmt.Sprintf("answer.%s#%d", byStem[code].Item, n)
			}
			place := func(f courses.FieldView, text string) string {
				for _, c := range f.Choices {
					if strings.Contains(string(c.HTML), text) {
						return c.ID
					}
				}
				t.Fatalf("no choice %q", text)
				return ""
			}
			tick := func(code string, n int, text string) {
				s.p.Click(fmt.Sprintf(`[name=%q][value=%q]`, name(code, n), place(byStem[code].Parts[n-1], text)))
			}
			tick("104-P1", 1, "Benar")
			tick("104-P1", 2, "hak warga")
			for i, text := range []string{"Loket 1", "Loket 2", "Loket 3"} {
				s.choose(fmt.Sprintf(`[name=%q]`, name("104-P2", i+1)), place(byStem["104-P2"].Parts[i], text))
			}
			for i, text := range []string{"Salam", "Catat", "Beri nomor"} {
				s.choose(fmt.Sprintf(`.item-part:nth-of-type(%d) [name=%q]`, i+1, name("104-P3", 0)), place(byStem["104-P3"].FieldView, text))
			}
			s.unread(byStem["104-P4"].Item, fmt.Sprintf(`[name=%q]`, name("104-P4", 1)))
			s.p.Type(fmt.Sprintf(`[name=%q]`, name("104-P4", 1)), "5")
			s.choose(fmt.Sprintf(`[name=%q]`, name("104-P4", 2)), place(byStem["104-P4"].Parts[1], "kanal asal"))
			tick("104-P5", 1, "Dengarkan")
			tick("104-P5", 2, "Diam")
			tick("104-P6", 1, "Catat dan beri nomor")
			s.submit(fmt.Sprintf(`button[value="item:%s"]`, byStem["104-P6"].Item))
			s.says("Pelapor punya nomor.", "Aduan milik dinas lain.", "50 menit")
			for _, it := range form().Items {
				byStem[codeOf(it)] = it
			}
			tick("104-P6", 2, "Teruskan")
			s.submit(fmt.Sprintf(`button[value="item:%s"]`, byStem["104-P6"].Item))
			s.says("Dinas menerima.")
			tick("104-P7", 1, "Beri janji")
			s.submit(fmt.Sprintf(`button[value="item:%s"]`, byStem["104-P7"].Item))
			s.says("Ia lega.", "Besok petugasnya cuti.")
			for _, it := range form().Items {
				byStem[codeOf(it)] = it
			}
			tick("104-P7", 2, "Titip")
			s.see("parts-answered")
			s.submit(`button[value=review]`)
			s.says("Semua soal sudah dijawab")
			s.submit(`main form .btn-primary`)
			s.p.Wait(`location.pathname.endsWith('/hasil') && document.readyState === 'complete'`)
			s.says("100 dari 100")
			s.p.Click("main details summary")
			s.see("parts-result")
			for _, it := range form().Items {
				if it.Answer.Blank() {
					t.Errorf("%s is blank", it.Stem)
				}
			}
			s.rig.quiet()
		})
	}
}

// unread types a word where a number is wanted, sees that this is said, and empties the field again.
func (s *story) unread(item, field string) {
	s.t.Helper()
	s.p.Type(field, "lima")
	advice := fmt.Sprintf(`[data-item=%q] [data-advice]`, item)
	if s.view.NoJS {
		s.submit(`button[value=review]`)
		s.says("Jawaban yang belum terbaca", "Isian ke-1: Jawaban ini belum terbaca sebagai angka.")
		s.see("parts-unread-last")
		s.submit(`.notice.is-warn li a`)
	}
	s.p.Wait(fmt.Sprintf(`document.querySelector(%q).innerText.includes('Isian ke-1: Jawaban ini belum terbaca')`, advice))
	s.see("parts-unread")
	s.choose(field, "")
}

func codeOf(it courses.ItemView) string {
	for _, x := range severalParts {
		if strings.Contains(string(it.Stem), x.Stem) {
			return x.Code
		}
	}
	return ""
}
