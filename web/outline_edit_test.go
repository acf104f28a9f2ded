package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
)

var (
	revisionField = regexp.MustCompile(`name="revision" value="([^"]+)"`)
	guardField    = regexp.MustCompile(`name="guard" value="([^"]+)"`)
)

// fieldOf finds a hidden value in a page.
func fieldOf(t testing.TB, page string, field *regexp.Regexp) string {
	t.Helper()
	m := field.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %s", field)
	}
	return m[1]
}

// TestADraftIsComposed writes a course by its forms: made, described, lessons written, moved and removed; what somebody else changed meanwhile is told, and what was typed stays.
func TestADraftIsComposed(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	boss := r.enter(trainingAdmin)
	status, to, text := r.post(boss, "/kelola/kursus/baru", url.Values{"code": {"apel-310"}, "title": {"Sapa"}, "kind": {"teknis"}, "track": {"dasar"}, "jp": {"1"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(text, `value="Sapa"`) {
		t.Fatalf("a code in small letters: %d %s, or the title is forgotten", status, to)
	}
	if status, to, text = r.post(boss, "/kelola/kursus/baru", url.Values{"code": {"APEL-310"}, "title": {"Sapa"}, "kind": {"teknis"}, "track": {"dasar"}, "jp": {"1"}}); status != http.StatusSeeOther || to != "/kelola/kursus/APEL-310/1/data" {
		t.Fatalf("a new course: %d %s %.300s", status, to, text)
	}
	at := "/kelola/kursus/APEL-310/1"
	version := func() courses.Content {
		return must[courses.VersionDoc](t)(r.Admin.Courses.Version(ctx, access.System("test"), "APEL-310.1")).Content
	}
	page := func(path string) string {
		t.Helper()
		status, text := r.get(boss, at+path)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		return text
	}
	facts := func(objectives string) url.Values {
		return url.Values{"revision": {fieldOf(t, page("/data"), revisionField)}, "title": {"Sapa warga"}, "kind": {"teknis"}, "track": {"dasar"}, "jp": {"1"}, "apel": {"melayani"}, "objectives": {objectives},
			"targets.0.competency": {"T.01"}, "targets.0.level": {"2"}, "minutes.lessons": {"40"}, "minutes.tests": {"5"}}
	}
	if status, _, text := r.post(boss, at+"/data", facts("310.1")); status != http.StatusUnprocessableEntity || !strings.Contains(text, "Baris 1") {
		t.Errorf("an objective without its sentence: %d", status)
	}
	if status, _, text := r.post(boss, at+"/data", facts("310.1 [T.99] Menyapa")); status != http.StatusUnprocessableEntity || !strings.Contains(text, "T.99 tidak ada di kamus") || !strings.Contains(text, "310.1 [T.99] Menyapa") {
		t.Errorf("a competency nobody knows: %d", status)
	}
	if status, _, text := r.post(boss, at+"/data", facts("310.1 [t.04] Menyapa warga | Greets citizens\n310.2 Mendengar")); status != http.StatusSeeOther {
		t.Fatalf("facts: %d %.300s", status, text)
	}
	if k := version(); len(k.Objectives) != 2 || k.Objectives[0].Text.EN != "Greets citizens" || k.Objectives[0].Competency != "T.04" || !strings.Contains(page("/data"), "310.1 [T.04] Menyapa warga | Greets citizens") || k.Minutes["lessons"] != 40 || len(k.Card.Targets) != 1 || k.Card.Title.ID != "Sapa warga" {
		t.Errorf("the facts are %+v", k)
	}

	lesson := func(path, guard, title, text string) (int, string, string) {
		return r.post(boss, at+path, url.Values{"guard": {guard}, "title": {title}, "minutes": {"10"}, "part": {"lessons"}, "objectives": {"310.1"}, "markdown": {text}, "go": {"save"}})
	}
	for _, title := range []string{"Satu", "Dua", "Tiga"} {
		if status, _, text := lesson("/pelajaran-baru", "baru", title, "# "+title+"\r\n\r\nSapa **dahulu**."); status != http.StatusSeeOther {
			t.Fatalf("%s: %d %.300s", title, status, text)
		}
	}
	order := func() (out string) {
		for _, l := range version().Lessons {
			out += l.Code + "=" + l.Title.ID + " "
		}
		return out
	}
	if got := order(); got != "L1=Satu L2=Dua L3=Tiga " {
		t.Fatal(got)
	}
	first := page("/susunan")
	sent := url.Values{"revision": {fieldOf(t, first, revisionField)}, "lesson": {"L1", "L2", "L3"}, "lesson.L1.title": {"Kesatu"}, "lesson.L1.minutes": {"12"}, "go": {"up:lesson.L3"}}
	if status, to, text := r.post(boss, at+"/susunan", sent); status != http.StatusSeeOther || !strings.HasSuffix(to, "#lesson-L3") {
		t.Fatalf("moved: %d %s %.300s", status, to, text)
	}
	if got := order(); got != "L1=Kesatu L3=Tiga L2=Dua " {
		t.Errorf("moving L3 up kept what was typed and gave %s", got)
	}
	// The page of before: told, nothing stored, what was typed is there with the revision of now.
	sent.Set("lesson.L1.title", "Diketik terlambat")
	status, _, text = r.post(boss, at+"/susunan", sent)
	if status != http.StatusConflict || !strings.Contains(text, `value="Diketik terlambat"`) || !strings.Contains(text, "Orang lain mengubah") || fieldOf(t, text, revisionField) == fieldOf(t, first, revisionField) {
		t.Errorf("a stale page: %d", status)
	}
	if strings.Contains(order(), "terlambat") {
		t.Error("the stale page was stored")
	}
	if status, _, _ := r.post(boss, at+"/susunan", url.Values{"revision": {fieldOf(t, text, revisionField)}, "lesson": {"L1", "L3", "L2"}, "go": {"remove:lesson.L2"}}); status != http.StatusSeeOther || order() != "L1=Kesatu L3=Tiga " {
		t.Errorf("removed: %d %s", status, order())
	}

	// A lesson is guarded by itself: a change of another one is no conflict, a change of this one is.
	guard := fieldOf(t, page("/pelajaran/L1"), guardField)
	if status, _, _ := lesson("/pelajaran/L3", fieldOf(t, page("/pelajaran/L3"), guardField), "Tiga", "Teks tiga."); status != http.StatusSeeOther {
		t.Fatalf("L3: %d", status)
	}
	if status, _, text := lesson("/pelajaran/L1", guard, "Kesatu", "Teks mereka."); status != http.StatusSeeOther {
		t.Fatalf("L1 after a change of L3: %d %.300s", status, text)
	}
	status, _, text = lesson("/pelajaran/L1", guard, "Kesatu", "Teks saya.")
	if status != http.StatusConflict || !strings.Contains(text, "Teks saya.") || !strings.Contains(text, "Teks mereka.") {
		t.Errorf("a lesson somebody else changed: %d", status)
	}
	if status, _, text := r.post(boss, at+"/pratinjau", url.Values{"markdown": {"Sapa **dahulu**"}}); status != http.StatusOK || !strings.Contains(text, `\u003cstrong\u003edahulu`) {
		t.Errorf("the preview: %d %s", status, text)
	}
	if status, _, text := r.post(boss, at+"/tes-baru", url.Values{"revision": {fieldOf(t, page("/tes-baru"), revisionField)}, "kind": {"post_test"}, "bank": {"soal"}, "minutes": {"10"}, "attempts": {"2"}, "pass_mark": {"70"}, "draw.310.1": {"2"}}); status != http.StatusSeeOther {
		t.Fatalf("a test: %d %.400s", status, text)
	}
	if q, ok := func() (courses.Quiz, bool) { k := version(); return k.Quiz("post1") }(); !ok || q.Draw.Of("310.1") != 2 || q.PassMark != 70 {
		t.Errorf("the test is %+v", q)
	}
	page("/tes/post1")
}

// TestAFieldTaskBeforePublishing: what is wrong with a field task leads to where it is mended, a required one that nobody can judge is told, and an author sees the task as learners will, with nothing to send.
func TestAFieldTaskBeforePublishing(t *testing.T) {
	r := newRig(t)
	ctx, all, svc := context.Background(), access.System("test"), r.Rooms.Courses
	v := r.withoutTask()
	c := v.Content
	c.Tasks = []courses.FieldTask{{Code: "TL1", Title: texts.Text{ID: "Meja layanan"}, Instructions: "Catat **tiga titik rawan**.", Words: 300, Files: 2, Days: 14, Judge: courses.ByMarker, Marking: courses.QuizMarking{Markers: 2}, Accept: 70}}
	v = must[courses.VersionDoc](t)(svc.Revise(ctx, all, v.ID, v.Revision, c))
	boss, at := r.enter(trainingAdmin), "/kelola/kursus/UJI-LAP/1"
	_, text := r.get(boss, at)
	for _, want := range []string{"Menit kerja 1 sampai 2.000.", "Sebut kompetensi dan level", "ubrik", "Yang dapat menilai baru"} {
		if !strings.Contains(text, want) {
			t.Errorf("the checklist does not say %q", want)
		}
	}
	if n := strings.Count(text, at+`/tugas/TL1"`); n < 4 {
		t.Errorf("%d ways to the field task", n)
	}
	if _, text = r.get(boss, at+"/coba"); !strings.Contains(text, at+`/coba/tugas/TL1"`) {
		t.Error("the try does not lead to the field task")
	}
	status, text := r.get(boss, at+"/coba/tugas/TL1")
	for _, want := range []string{"Anda mencoba sebagai peserta", "<strong>tiga titik rawan</strong>", "laporan paling banyak 300 kata, 1 sampai 2 berkas", "<textarea"} {
		if status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("the try of the task (%d) does not say %q", status, want)
		}
	}
	if strings.Contains(text, `data-save=`) || strings.Contains(text, "/coba/tugas/TL1\" enctype") {
		t.Error("the try of the task can be sent")
	}
}
