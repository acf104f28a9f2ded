package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/access"
	tables "github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
	"github.com/apelkota/apel/workers"
)

// question is a question of the course whose analysis is read: its right answer is r, whatever its key says, and b is how able one must be to know it as often as not.
type question struct {
	code, stem string
	key        int // of the four answers, the first of which is right
	b          float64
}

var askedAfter = []question{
	{"312-B01", "Siapa yang menyapa lebih dulu di loket?", 0, -1.2}, {"312-B02", "Kapan nomor antrean dijelaskan?", 0, -.8}, {"312-B03", "Apa yang dilakukan saat warga belum paham?", 0, -.4},
	{"312-B04", "Bagaimana menutup percakapan di loket?", 0, 0}, {"312-B05", "Kalimat mana yang tepat saat warga datang terlambat?", 1, -.2}, {"312-B06", "Apa yang dicatat dari sebuah keluhan?", 0, .4},
	{"312-B07", "Ke mana keluhan jalan rusak diteruskan?", 0, .2}, {"312-B08", "Berapa lama keluhan dijawab?", 0, .7}, {"312-B09", "Siapa yang memberi nomor keluhan?", 0, .9},
	{"312-B10", "Apa yang diucapkan bila warga marah?", 0, -.6}, {"312-B11", "Bagaimana keluhan tanpa nama ditangani?", 0, 1.1}, {"312-B12", "Kapan keluhan dianggap selesai?", 0, .5}}

var askedBefore = []question{{"312-A01", "Apa sapaan pertama di loket?", 0, -.5}, {"312-A02", "Kapan antrean dipanggil?", 0, 0}, {"312-A03", "Apa isi catatan keluhan?", 0, .5}, {"312-A04", "Siapa yang menerima keluhan?", 0, .2}}

// gift writes questions as a file: the first half serves the first objective.
func gift(list []question) []byte {
	var b bytes.Buffer
	for i, q := range list {
		fmt.Fprintf(&b, "// [id:%s] [objective:312.%d] [difficulty:sedang]\n::%s::%s {\n", q.code, 1+2*i/len(list), q.code, q.stem)
		for k := range 4 {
			fmt.Fprintf(&b, "%s%s\n", []string{"~", "="}[b2i(k == q.key)], q.answer(k))
		}
		b.WriteString("}\n\n")
	}
	return b.Bytes()
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (q question) answer(k int) string {
	return fmt.Sprintf("%s %s", []string{"Jawaban tepat", "Jawaban dekat", "Jawaban jauh", "Jawaban asing"}[k], q.code)
}

// analysed is a rig with a course of two versions that many people took through the service: a question has the wrong key, and another became easy when its words changed.
func analysed(t *testing.T, before, now int) *rig {
	t.Helper()
	r := copyOfCity(t)
	ctx, all := context.Background(), access.System("test")
	rows := &bytes.Buffer{}
	w := csv.NewWriter(rows)
	check(t, w.Write([]string{"nip", "name", "status", "unit"}))
	nips := make([]string, before+now)
	for i := range nips {
		nips[i] = fmt.Sprintf("19900%d%02d201501%d%03d", 1+i%9, 1+i%28, 1+i%2, 1+i)
		check(t, w.Write([]string{nips[i], fmt.Sprintf("Peserta %s%s", string(rune('A'+i/26%26)), string(rune('a'+i%26))), "PNS", "DISDUKCAPIL"}))
	}
	w.Flush()
	sheet := must[*tables.Sheet](t)(tables.Read("people.csv", rows, tables.Options{}))
	must[people.Import](t)(r.Rooms.People.RunImport(ctx, all, people.ImportInput{Kind: people.ImportPeople, Name: "people.csv", Sheet: sheet}, nil))

	folder := fstest.MapFS{"course.yaml": {Data: []byte(`code: APEL-312
title: Menerima keluhan
summary: Menyapa warga dan mencatat keluhannya.
kind: teknis
track: dasar
apel: [melayani]
jp: 1
valid_months: 0
minutes: {lessons: 30, tests: 15}
self_enrolment: true
objectives:
  - {code: "312.1", text: "Menyapa warga", text_en: "Greet citizens"}
  - {code: "312.2", text: "Mencatat keluhan", text_en: "Record complaints"}
lessons:
  - {code: L1, file: l1.md, title: "Menerima keluhan", minutes: 30, objectives: ["312.1", "312.2"]}
banks:
  - {file: awal.gift}
  - {file: akhir.gift}
quizzes:
  - {code: pretest, kind: pre_test, title: "Tes awal", bank: awal, draw: {"312.1": 2, "312.2": 2}, time_limit_minutes: 10, attempts: 1}
  - {code: posttest, kind: post_test, title: "Tes akhir", bank: akhir, draw: {"312.1": 6, "312.2": 6}, time_limit_minutes: 20, attempts: 2, pass_mark: 100}
`)}, "l1.md": {Data: []byte("# Menerima keluhan\n\n" + strings.Repeat("Sapa warga lebih dahulu, dengarkan sampai selesai, lalu catat apa yang terjadi, di mana, dan kapan.\n\n", 20))}, "awal.gift": {Data: gift(askedBefore)}, "akhir.gift": {Data: gift(askedAfter)}}
	publish := func() {
		draft, report := exchange.ReadFolder(ctx, folder)
		check(t, report.Err())
		must[courses.Imported](t)(r.Rooms.Courses.Import(ctx, all, courses.ImportInput{Draft: draft, Publish: true}))
		r.drain()
	}
	questions := map[string]question{}
	for _, q := range slices.Concat(askedBefore, askedAfter) {
		questions[q.stem] = q
	}
	publish()
	r.class(1, nips[:before], questions)
	r.Pass(24 * time.Hour)
	easier := slices.Clone(askedAfter)
	easier[8].stem, easier[8].b = "Siapa yang memberi nomor keluhan, petugas yang menerimanya?", -2
	questions[easier[8].stem] = easier[8]
	folder["akhir.gift"] = &fstest.MapFile{Data: gift(easier)}
	publish()
	r.class(2, nips[before:], questions)
	r.Pass(time.Hour)
	r.drain()
	r.serve()
	return r
}

// drain does everything that is due, many at once.
func (r *rig) drain() {
	r.t.Helper()
	must[int](r.t)(r.workers.Drain(context.Background(), workers.Drained{AtOnce: 16}))
}

// class takes people through the course: what each knows follows from how able they are, and the lesson makes them abler.
func (r *rig) class(version int, nips []string, questions map[string]question) {
	r.t.Helper()
	ctx := context.Background()
	each := func(do func(i int, a access.Actor, enrolment string) error) {
		r.t.Helper()
		var g errgroup.Group
		g.SetLimit(16)
		for i, nip := range nips {
			g.Go(func() error {
				p, err := r.Rooms.People.LookByNIP(ctx, nip)
				if err != nil {
					return err
				}
				return do(i, access.Actor{Person: string(p.ID)}, string(p.ID)+".APEL-312.1")
			})
		}
		check(r.t, g.Wait())
	}
	sit := func(quiz string, learned float64) {
		r.t.Helper()
		each(func(i int, a access.Actor, enrolment string) error {
			f, err := r.Rooms.Courses.Start(ctx, a, enrolment, quiz)
			if err != nil {
				return err
			}
			able := rand.New(rand.NewPCG(uint64(version), uint64(i))).NormFloat64()
			answers := map[string]grading.Answer{}
			for _, it := range f.Items {
				var q question
				for stem, x := range questions {
					if strings.Contains(string(it.Stem), stem) {
						q = x
					}
				}
				k, luck := 0, rand.New(rand.NewPCG(uint64(1000*version+i), math.Float64bits(q.b)+uint64(len(quiz)))) // whatever the order of the form
				if luck.Float64() > 1/(1+math.Exp(-1.4*(able+learned-q.b))) {
					k = 1 + luck.IntN(3)
				}
				for _, c := range it.Choices {
					if plainText(string(c.HTML)) == plainText(q.answer(k)) {
						answers[it.Item] = grading.Answer{Choices: []string{c.ID}}
					}
				}
			}
			if len(answers) != len(f.Items) {
				return fmt.Errorf("%d of %d questions are answered", len(answers), len(f.Items))
			}
			_, err = r.Rooms.Courses.Submit(ctx, a, f.Attempt, answers, f.Seq)
			return err
		})
		r.drain()
	}
	each(func(_ int, a access.Actor, _ string) error {
		_, err := r.Rooms.Courses.Enrol(ctx, a, courses.EnrolInput{Course: "APEL-312"})
		return err
	})
	sit("pretest", 0)
	each(func(_ int, a access.Actor, enrolment string) error {
		_, err := r.Rooms.Courses.OpenLesson(ctx, a, enrolment, "L1")
		return err
	})
	r.Pass(40 * time.Minute)
	each(func(_ int, a access.Actor, enrolment string) error {
		_, err := r.Rooms.Courses.Read(ctx, a, enrolment, "L1", true)
		return err
	})
	sit("posttest", .6)
}

// TestStoryAnalysis reads the analysis of a post-test that hundreds of people took, on a phone and on an office screen: what is to be looked at, in words; the question with the wrong key, its options, how they
// run with the rest; models, drift, gains; the files; and from the flag to the corrected key, after which the flag is gone.
func TestStoryAnalysis(t *testing.T) {
	b := browsertest.Start(t)
	r := analysed(t, 110, 510)
	ctx, boss := context.Background(), r.session(r.enter(trainingAdmin))
	s := &story{t: t, rig: r, b: b}
	enter := func(view browsertest.View, lang string) {
		s.p, s.view = b.Page(t, view), view
		s.p.SetCookie(r.URL, visit.SessionCookie, boss)
		s.p.SetCookie(r.URL, visit.LanguageCookie, lang)
	}
	unfold := func() {
		browsertest.Eval[int](s.p, `document.querySelectorAll('main details').forEach((d) => { d.open = true }); 0`)
	}
	follow := func(words string) {
		t.Helper()
		at := browsertest.Eval[string](s.p, fmt.Sprintf(`([...document.querySelectorAll('main a')].filter((a) => a.textContent.includes(%q))[0] || {getAttribute: () => ''}).getAttribute('href')`, words))
		if at == "" {
			t.Fatalf("%s leads nowhere with %q: %s", s.at(), words, s.p.Text("main"))
		}
		s.go_(at)
	}

	// From the version to the analysis of its post-test, and on to the question with the wrong key.
	const flag = "Kunci soal 312-B05 mungkin keliru: pilihan A dipilih peserta yang nilainya lebih baik"
	for _, view := range []browsertest.View{browsertest.Phone, browsertest.OfficeDark} {
		enter(view, "id")
		s.go_("/kelola/kursus/APEL-312/2")
		s.submit(`main a[href$="/analisis/posttest"]`)
		unfold()
		s.see("analysis")
		s.says(flag, "510 percobaan pertama", "Tes secara keseluruhan", "Keandalan", "Galat baku pengukuran", "Kemencengan", "Keruncingan", "Rentang kepercayaan 95 persen", // the test
			"312-B09 menjadi lebih mudah daripada sebelumnya", // drift
			"Seluruh tes", "312.1 · Menyapa warga", "312.2 · Mencatat keluhan", // gains and groups
			"Model Rasch", "Model 2PL", "Infit", "Informasi tes menurut kemampuan") // models
		if text := s.p.Text("main"); strings.Contains(text, "312-B05 berlawanan arah") || strings.Contains(text, "312-B05 dijawab lebih buruk") {
			t.Errorf("what follows from a wrong key is told beside it: %s", text)
		}
		follow("Kunci soal 312-B05")
		s.see("analysis-item")
		s.says(flag, "A. Jawaban tepat 312-B05", "B. Jawaban dekat 312-B05", "Kunci", "Sepertiga atas", "sampai", "Pilihan menurut nilai soal lainnya", "Digabung dari beberapa versi", "Dibanding sebelumnya")
		if n := browsertest.Eval[int](s.p, `document.querySelectorAll('main figure.chart svg.lines path.line[d*="L"]').length`); n != 4 {
			t.Errorf("%d of four options are traced", n)
		}
		// Fewer people: no 2PL, and figures that say that they rest on little.
		s.go_("/kelola/kursus/APEL-312/1/analisis/posttest")
		unfold()
		s.see("analysis-few")
		s.says("110 percobaan pertama", "(data sedikit)", "Model Rasch")
		if strings.Contains(s.p.Text("main"), "Model 2PL") {
			t.Error("a 2PL model of 110 people is shown")
		}
		enter(view, "en")
		s.go_("/kelola/kursus/APEL-312/2/analisis/posttest")
		unfold()
		s.see("analysis-en")
		s.says("The key of item 312-B05 may be wrong: option A is chosen by people with better marks")
		follow("The key of item 312-B05")
		s.see("analysis-item-en")
	}

	// The files hold what the page says.
	enter(browsertest.Office, "id")
	s.go_("/kelola/kursus/APEL-312/2/analisis/posttest")
	name, data := s.p.Download(func() { s.p.Click(`main a[href$="/xlsx"]`) })
	flags, err := tables.Read(name, bytes.NewReader(data), tables.Options{Sheet: "Petunjuk"})
	check(t, err)
	if !strings.HasSuffix(name, ".xlsx") || !strings.Contains(fmt.Sprint(flags.Rows), flag) {
		t.Errorf("%s says %v", name, flags.Rows)
	}
	name, data = s.p.Download(func() { s.p.Click(`main a[href$="/csv"]`) })
	if !strings.HasSuffix(name, ".csv") || !strings.Contains(string(data), flag) {
		t.Errorf("%s says %.500s", name, data)
	}

	// From the flag to the key: the option that it names is ticked, the dry run says who changes, and when it ran the flag is gone.
	follow("Kunci soal 312-B05")
	s.submit(`main a[href*="/nilai-ulang/soal/"]`)
	s.says("B. Jawaban dekat 312-B05", "Jawaban tepat 312-B05")
	s.p.Click(`[name="` + keyTick("a") + `"]`)
	s.p.Click(`[name="` + keyTick("b") + `"]`)
	s.p.Type("[name=why]", "Analisis soal: pilihan A yang tepat menurut naskah.")
	s.see("analysis-key")
	s.submit("main .panel-form .btn-primary")
	here := s.at()
	id := strings.TrimPrefix(here, "/kelola/nilai-ulang/")
	r.checked(id)
	s.look("analysis-dry-run", here)
	s.says("A. Jawaban tepat 312-B05", "dari 620 yang memuat soal ini")
	s.submit(`main form[action$="/jalankan"] .btn-primary`)
	r.moved(courses.RegradesCollection, id, func() bool {
		x, err := r.Rooms.Courses.RegradeByID(ctx, access.System("test"), id)
		return err == nil && x.State == courses.RegradeFinished
	})
	r.Pass(time.Hour)
	r.until("the flag is gone once the key is right", func() bool {
		a := must[courses.Analysis](t)(r.Admin.Courses.Analysis(ctx, access.System("test"), "APEL-312.2", "posttest"))
		return !slices.ContainsFunc(a.Flags, func(f itemstats.Flag) bool { return f.Kind == itemstats.WrongKey })
	})
	s.look("analysis-after", "/kelola/kursus/APEL-312/2/analisis/posttest")
	if strings.Contains(s.p.Text("main"), "mungkin keliru") {
		t.Error("the corrected key is still called wrong")
	}
	r.quiet()
}
