package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

// Whose work it is: an author writes, somebody else reviews.
const (
	authorNIP   = "199608062024212955"
	reviewerNIP = "198101152006012915"
)

// wordText is what Word puts on the clipboard, shortened.
const wordText = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset=utf-8></head><body lang=IN>
<h1>Menyapa warga di loket</h1><p class=MsoNormal>Sapa <b>dahulu</b>, lalu dengarkan.</p><h2>Urutannya</h2>
<ol><li>Berdiri</li><li>Senyum</li></ol>
<table class=MsoTableGrid><tr><td><p class=MsoNormal>Waktu</p></td><td><p class=MsoNormal>Sapaan</p></td></tr><tr><td><p class=MsoNormal>Pagi</p></td><td><p class=MsoNormal>Selamat pagi</p></td></tr></table></body></html>`

// noisy is a picture that no compression makes small by itself.
func noisy(w, h int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	seed := uint32(7)
	for i := range m.Pix {
		seed = seed*1664525 + 1013904223
		m.Pix[i] = byte(seed >> 24)
	}
	for y := range h {
		for x := range w / 2 {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), 120, 255})
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

// TestStoryAuthor writes a course from nothing, as an author does on an office screen: its facts, a lesson from a Word document, the outline by pointer and by keys, a pasted picture, a
// film, items of several types, a test; it tries it as a learner on a phone, is reviewed by somebody else, published by a third, and taken.
func TestStoryAuthor(t *testing.T) {
	b := browsertest.Start(t)
	r := newRig(t)
	ctx := context.Background()
	writer := r.enter(authorNIP)
	s := &story{t: t, rig: r, b: b, p: b.Page(t, browsertest.Office), view: browsertest.Office}
	s.p.SetCookie(r.URL, visit.SessionCookie, r.session(writer))
	const at = "/kelola/kursus/APEL-311/1"
	content := func() courses.Content {
		t.Helper()
		return must[courses.VersionDoc](t)(r.Admin.Courses.Version(ctx, access.System("test"), "APEL-311.1")).Content
	}

	// Facts.
	s.look("author-new", "/kelola/kursus/baru")
	s.p.Type("[name=code]", "APEL-311")
	s.p.Type("[name=title]", "Menyapa warga")
	s.choose("[name=kind]", "teknis")
	s.choose("[name=track]", "dasar")
	browsertest.Eval[int](s.p, `document.querySelector('[name=jp]').value = '1'; 0`)
	s.submit("main form .btn-primary")
	if s.at() != at+"/data" {
		t.Fatalf("after the facts one stands at %s", s.at())
	}
	s.p.Type("[name=objectives]", "311.1 Menyapa warga | Greets citizens\n311.2 Mendengar keluhan")
	browsertest.Eval[int](s.p, `document.querySelector('[name="minutes.lessons"]').value = '30'; document.querySelector('[name="minutes.tests"]').value = '15'; 0`)
	s.see("author-facts")
	s.submit("main form .btn-primary")
	if k := content(); len(k.Objectives) != 2 || k.Minutes["tests"] != 15 {
		t.Fatalf("the facts are %+v", k)
	}

	// A lesson from Word: copied there, pasted here.
	s.go_(at + "/pelajaran-baru")
	s.p.Wait(`document.documentElement.hasAttribute('data-ready')`)
	s.p.Copy("text/html", []byte(wordText))
	s.p.Click("[name=markdown]")
	s.p.Paste()
	s.p.Wait(`/\| Pagi \| Selamat pagi \|/.test(document.querySelector('[name=markdown]').value)`)
	if md := browsertest.Eval[string](s.p, `document.querySelector('[name=markdown]').value`); !strings.Contains(md, "## Urutannya") || !strings.Contains(md, "1. Berdiri\n2. Senyum") || !strings.Contains(md, "**dahulu**") {
		t.Errorf("pasted from Word: %s", md)
	}
	if title := browsertest.Eval[string](s.p, `document.querySelector('[name=title]').value`); title != "Menyapa warga di loket" {
		t.Errorf("the title is %q", title)
	}
	s.p.Wait(`document.querySelector('[data-page] table') && document.querySelector('[data-page] ol')`)

	// A picture from the clipboard: far too large, kept in 60 KB.
	big := noisy(900, 700)
	s.p.Copy("image/png", big)
	browsertest.Eval[int](s.p, `(() => { const a = document.querySelector('[name=markdown]'); a.focus(); a.setSelectionRange(a.value.length, a.value.length); return 0 })()`)
	s.p.Paste()
	s.p.Wait(`document.querySelector('[data-files]').open && document.activeElement.name === 'alt'`)
	s.p.Type("[name=alt]", "Petugas berdiri di loket")
	s.p.Click("[data-insert]")
	s.p.Wait(`document.querySelector('[name=markdown]').value.includes('![Petugas berdiri di loket](berkas/')`)
	s.p.Wait(`(() => { const i = document.querySelector('[data-page] img'); return i && i.complete && i.naturalWidth > 0 })()`)
	if kb := browsertest.Eval[float64](s.p, `fetch(document.querySelector('[data-page] img').src).then((r) => r.arrayBuffer()).then((b) => b.byteLength)`); kb > media.MaxPicture || len(big) < 500_000 {
		t.Errorf("a picture of %d bytes is kept in %.0f", len(big), kb)
	}

	// No network in the middle: what is written stays in this browser.
	s.p.Offline(true)
	browsertest.Eval[int](s.p, `(() => { const a = document.querySelector('[name=markdown]'); a.value += '\n\nDitulis tanpa sinyal.\n'; a.dispatchEvent(new Event('input', { bubbles: true })); return 0 })()`)
	s.p.Wait(`/Tidak ada sinyal/.test(document.querySelector('[data-kept-line]').textContent)`)
	s.p.Click("main .editor-go .btn-primary")
	if !strings.HasSuffix(s.at(), "/pelajaran-baru") {
		t.Errorf("saving without a signal leads to %s", s.at())
	}
	s.p.Offline(false)
	s.p.Forgive() // the preview asked in vain
	s.go_(at + "/pelajaran-baru")
	s.p.Wait(`!document.querySelector('[data-restored]').hidden && document.querySelector('[name=markdown]').value.includes('Ditulis tanpa sinyal')`)
	s.see("author-lesson")
	s.submit("main .editor-go .btn-primary")
	if k := content(); len(k.Lessons) != 1 || k.Lessons[0].Title.ID != "Menyapa warga di loket" || len(k.Lessons[0].Files) != 1 {
		t.Fatalf("the lessons are %+v", k.Lessons)
	}

	// A film, made here by the browser itself; its size stands there before it is played, and it plays.
	s.go_(at + "/pelajaran-baru")
	s.p.Wait(`document.documentElement.hasAttribute('data-ready')`)
	s.p.Type("[name=title]", "Contoh sapaan")
	film := browsertest.Eval[string](s.p, recordFilm)
	if film == "" {
		t.Fatal("this browser records no WebM")
	}
	data := must[[]byte](t)(base64.StdEncoding.DecodeString(film))
	browsertest.Eval[bool](s.p, fmt.Sprintf(`(() => { const box = new DataTransfer(); box.items.add(new File([Uint8Array.from(atob(%q), (c) => c.charCodeAt(0))], 'sapaan.webm', { type: 'video/webm' })); const f = document.querySelector('[name=picture]'); document.querySelector('[data-files]').open = true; f.files = box.files; return f.files.length === 1 })()`, film))
	s.p.Type("[name=alt]", "Petugas menyapa")
	s.p.Click("[data-insert]")
	s.p.Wait(`document.querySelector('[name=markdown]').value.includes('![Petugas menyapa](berkas/') && document.querySelector('[name=markdown]').value.includes('Transkrip')`)
	browsertest.Eval[int](s.p, `(() => { const a = document.querySelector('[name=markdown]'); a.value = a.value.replace('**Transkrip:** ', '**Transkrip:** Selamat pagi, ada yang dapat kami bantu?'); a.dispatchEvent(new Event('input', { bubbles: true })); return 0 })()`)
	s.p.Wait(`document.querySelector('[data-page] video')`)
	if text := s.p.Text("[data-page]"); !strings.Contains(text, "KB") || !strings.Contains(text, "0:0") {
		t.Errorf("before it is played the film says %q (%d bytes)", text, len(data))
	}
	if got := browsertest.Eval[string](s.p, `(async () => { const v = document.querySelector('[data-page] video'); if (v.preload !== 'none' || v.autoplay) return 'loads by itself'; v.muted = true; await v.play(); await new Promise((done) => { const look = () => v.currentTime > 0 ? done() : setTimeout(look, 30); look(); }); v.pause(); return 'plays' })()`); got != "plays" {
		t.Errorf("the film: %s", got)
	}
	s.submit("main .editor-go .btn-primary")
	s.go_(at + "/pelajaran-baru")
	s.p.Wait(`document.documentElement.hasAttribute('data-ready')`)
	s.p.Type("[name=title]", "Mendengar")
	s.p.Type("[name=markdown]", "Dengarkan sampai selesai.")
	s.submit("main .editor-go .btn-primary")

	// The outline: the third lesson is dragged to the front, then one goes down by keys.
	order := func() (out string) {
		for _, l := range content().Lessons {
			out += l.Title.ID + " | "
		}
		return out
	}
	s.look("author-outline", at+"/susunan")
	s.p.Wait(`document.documentElement.hasAttribute('data-ready')`)
	s.p.Drag("#lesson-L3 [data-grip]", "#lesson-L1")
	if got := browsertest.Eval[string](s.p, `[...document.querySelectorAll('input[name=lesson]')].map((i) => i.value).join(' ')`); got != "L3 L1 L2" {
		t.Fatalf("dragged: %s", got)
	}
	s.submit("form[data-outline] > .row .btn-primary")
	if order() != "Mendengar | Menyapa warga di loket | Contoh sapaan | " {
		t.Fatalf("the order is %s", order())
	}
	browsertest.Eval[int](s.p, `document.querySelector('#lesson-L3 button[value="down:lesson.L3"]').focus(); 0`)
	s.p.Leave(func() { s.p.Press("Enter", 13) })
	if order() != "Menyapa warga di loket | Mendengar | Contoh sapaan | " {
		t.Fatalf("by keys the order is %s", order())
	}

	// Items of several types, each by its form; one is looked at as on a phone before it is saved.
	const form = `const set = (n, v) => { const f = document.querySelector('[name="' + n + '"]'); if (!f) throw new Error('no field ' + n); if (f.type === 'checkbox') f.checked = v; else f.value = v; };`
	write := func(bank, kind, fill string) {
		t.Helper()
		s.go_(at + "/bank/" + bank + "/baru?jenis=" + kind + "&capaian=311.1")
		browsertest.Eval[bool](s.p, `(() => { `+form+fill+` return true })()`)
		s.submit(".item-edit .btn-primary")
		if !strings.HasPrefix(s.at(), at+"/bank/"+bank+"/soal/") {
			t.Fatalf("an item of the type %s: %s %s", kind, s.at(), s.p.Text("main"))
		}
	}
	write("soal", "single", `set('stem', 'Apa yang diucapkan pertama?'); set('o0.text', 'Selamat pagi'); set('o1.text', 'Ada apa?'); set('o2.text', 'Antre dahulu'); set('o3.text', 'Nomor berapa?'); set('o0.key', true);`)
	s.see("author-item")
	editorStory(s, at+"/bank/gambar/baru?jenis=single&capaian=311.1")
	write("soal", "truefalse", `set('stem', 'Petugas menyapa lebih dahulu.'); document.querySelector('[name="right"][value="a"], [name="o0.key"]').click();`)
	write("soal", "numeric", `set('stem', 'Berapa menit sapaan ditunggu?'); set('o0.text', '3'); set('o0.mark', '100');`)
	write("soal", "shorttext", `set('stem', 'Kata pertama saat menyapa pagi hari?'); set('o0.text', 'selamat*'); set('o0.mark', '100');`)

	// A test of them.
	s.go_(at + "/tes-baru")
	browsertest.Eval[bool](s.p, `(() => { `+form+` document.querySelector('[name=kind][value=post_test]').click(); set('bank', 'soal'); set('minutes', '15'); set('attempts', '3'); set('pass_mark', '70'); set('draw.311.1', '4'); return true })()`)
	s.see("author-quiz")
	s.submit("main form .btn-primary")

	// As a learner on a phone would: nothing of it is kept.
	phone := b.Page(t, browsertest.Phone)
	phone.SetCookie(r.URL, visit.SessionCookie, r.session(writer))
	desk := s.p
	s.p, s.view = phone, browsertest.Phone
	s.look("author-try", at+"/coba")
	s.says("Anda mencoba sebagai peserta", "Tes akhir")
	s.look("author-try-lesson", at+"/coba/pelajaran/L1")
	s.says("Anda mencoba sebagai peserta")
	s.look("author-try-test", at+"/coba/tes/post1")
	s.submit("main form .btn-primary")
	s.see("author-try-form")
	s.says("Anda mencoba sebagai peserta")
	attempt := strings.TrimPrefix(s.at(), "/percobaan/")
	me := must[people.Person](t)(r.Rooms.People.LookByNIP(ctx, authorNIP))
	actor := access.Actor{Person: string(me.ID)}
	f := must[courses.FormView](t)(r.Rooms.Courses.Form(ctx, actor, attempt))
	items := r.items(must[courses.VersionDoc](t)(r.Admin.Courses.Version(ctx, access.System("test"), "APEL-311.1")))
	answers := map[string]grading.Answer{}
	for _, it := range f.Items {
		answers[it.Item] = solve(t, it, items, true)
	}
	must[courses.Receipt](t)(r.Rooms.Courses.SubmitFrom(ctx, actor, attempt, answers, courses.Page{Seq: f.Seq, Tab: f.Tab}))
	s.look("author-try-result", "/percobaan/"+attempt+"/hasil")
	s.says("Anda mencoba sebagai peserta", "Lulus")
	s.p, s.view = desk, browsertest.Office

	// The checklist says what is missing; each line leads to where it is mended.
	s.look("author-version", at)
	s.says("311.2", "belum ada soalnya", "Semua syarat penerbitan terpenuhi", "Mutu:")

	// Somebody else looks at it: says what is missing, is heard, and approves an item that they did not write.
	reviewer := r.enter(reviewerNIP)
	s.p = b.Page(t, browsertest.Office)
	s.p.SetCookie(r.URL, visit.SessionCookie, r.session(reviewer))
	s.go_(at + "/catatan?lesson=L1")
	s.p.Type("[name=text]", "Tambahkan contoh sapaan siang.")
	s.submit("#tulis .btn-primary")
	s.see("author-remarks")
	s.says("Tambahkan contoh sapaan siang.", "Pelajaran L1")
	s.p = desk
	r.until("the author is told", func() bool {
		_, text := r.get(writer, "/kotak-masuk")
		return strings.Contains(text, "Catatan baru")
	})
	s.go_(at)
	s.says("1 catatan penulis atau penelaah masih terbuka")
	s.go_(at + "/catatan")
	s.submit("#terbuka form .btn")
	s.says("Tidak ada catatan terbuka")
	item := content().Banks[0]
	list := must[[]grading.Item](t)(r.Admin.Courses.Items(ctx, access.System("test"), "APEL-311.1", item.Code))
	page := at + "/bank/soal/soal/" + list[0].Code
	s.go_(page)
	s.submit(`#telaah button[value="ask"]`)
	s.go_(at + "/catatan")
	s.submit(`#telaah button[value="ask"]`)
	r.until("the reviewer is told", func() bool {
		_, text := r.get(reviewer, "/kotak-masuk")
		return strings.Contains(text, "Soal menunggu telaah") && strings.Contains(text, "Kursus menunggu telaah")
	})
	for _, view := range []browsertest.View{browsertest.Phone, browsertest.Office} {
		for _, lang := range []string{"en", "id"} {
			s.p, s.view = b.Page(t, view), view
			s.p.SetCookie(r.URL, visit.SessionCookie, r.session(reviewer))
			s.p.SetCookie(r.URL, visit.LanguageCookie, lang)
			s.look("author-reviews-"+lang, "/kelola/telaah")
			s.look("author-review-"+lang, at+"/catatan")
		}
	}
	s.go_("/kelola/telaah")
	s.says("Menyapa warga", "APEL-311 · versi 1", list[0].Code)
	s.submit(`#soal table a`)
	s.submit(`#telaah button[value="approve"]`)
	s.says("Soal disetujui.")
	s.go_("/kelola/telaah")
	s.says("Tidak ada soal yang menunggu")
	s.submit(`#kursus table a`)
	s.p.Type("#telaah textarea", "Contoh siang masih kurang.")
	s.submit(`#telaah button[value="return"]`)
	s.says("Versi dikembalikan ke penulis.", "Contoh siang masih kurang.")
	s.p.Check()
	s.p, s.view = desk, browsertest.Office
	s.go_(at + "/catatan")
	s.says("Contoh siang masih kurang.")
	s.submit(`#telaah button[value="ask"]`)
	v1 := must[courses.VersionDoc](t)(r.Admin.Courses.Version(ctx, access.System("test"), "APEL-311.1"))
	if status, _, _ := r.post(reviewer, at+"/catatan", map[string][]string{"act": {"approve"}, "revision": {fmt.Sprint(v1.Revision)}}); status != 303 {
		t.Errorf("approving answers %d", status)
	}
	s.look("author-approved", at+"/catatan")
	s.says("Disetujui", "Mengubah draf ini meminta telaah baru.")

	// A third publishes, and a learner takes it.
	boss := r.enter(trainingAdmin)
	s.p = b.Page(t, browsertest.Office)
	s.p.SetCookie(r.URL, visit.SessionCookie, r.session(boss))
	s.look("author-publish", at)
	s.submit(`form[action$="/terbit"] .btn-primary`)
	s.says("Versi 1 terbit")
	desk.Check()
	r.assign("APEL-311", 30)
	v := r.visitor()
	taker := v.enters(nadia)
	enrolment := taker.Person + ".APEL-311.1"
	s.p, s.view = b.Page(t, browsertest.Phone), browsertest.Phone
	s.p.SetCookie(r.URL, visit.SessionCookie, r.session(v.client))
	for _, l := range content().Lessons {
		s.look("author-taken-"+l.Code, lessonURL(enrolment, l.Code))
		r.Pass(5 * time.Minute)
		must[courses.ReadingStatus](t)(r.Rooms.Courses.Read(ctx, taker, enrolment, l.Code, true))
	}
	s.go_(quizURL(enrolment, "post1"))
	s.submit("main form .btn-primary")
	taken := strings.TrimPrefix(s.at(), "/percobaan/")
	f = must[courses.FormView](t)(r.Rooms.Courses.Form(ctx, taker, taken))
	answers = map[string]grading.Answer{}
	for _, it := range f.Items {
		answers[it.Item] = solve(t, it, items, true)
	}
	must[courses.Receipt](t)(r.Rooms.Courses.SubmitFrom(ctx, taker, taken, answers, courses.Page{Seq: f.Seq, Tab: f.Tab}))
	r.moved(courses.AttemptsCollection, taken, func() bool {
		return must[courses.AttemptDoc](t)(r.Rooms.Courses.Attempt(ctx, taker, taken)).State == courses.AttemptGraded
	})
	r.moved(certificates.Collection, string(certificateID(enrolment)), func() bool { // until then the result draws itself anew
		c, err := r.Rooms.Certificates.Look(ctx, certificateID(enrolment))
		return err == nil && c.State == certificates.Issued
	})
	s.look("author-taken-result", "/percobaan/"+taken+"/hasil")
	s.says("Lulus")

	// The next draft, compared with what is published, and the other pages around it, small and large, in both languages.
	draft := must[courses.VersionDoc](t)(r.Admin.Courses.NewDraft(ctx, access.System("test"), "APEL-311"))
	draft = must[courses.VersionDoc](t)(r.Admin.Courses.WriteLesson(ctx, access.System("test"), draft.ID, draft.Revision, courses.LessonText{Code: "L3", Title: texts.Text{ID: "Mendengar", EN: "Listening"}, Minutes: 12, Markdown: "Dengarkan sampai selesai, lalu ulangi dengan kata sendiri."}))
	must[courses.Talk](t)(r.Admin.Courses.RemarkVersion(ctx, access.System("test"), draft.ID, "L3", "satu", "Beri contoh."))
	for _, view := range []browsertest.View{browsertest.Phone, browsertest.Office} {
		for _, lang := range []string{"id", "en"} {
			s.p, s.view = b.Page(t, view), view
			s.p.SetCookie(r.URL, visit.SessionCookie, r.session(boss))
			s.p.SetCookie(r.URL, visit.LanguageCookie, lang)
			for _, path := range []string{"/2/banding", "/2/catatan", "/2", "/2/mutu", "/2/coba", "/2/coba/tes/post1", "/2/bank/soal", "/2/bank/soal/unduh", "/2/bank/gambar/baru?jenis=single", ""} {
				s.look("author-"+lang+strings.NewReplacer("/", "-", "?", "-").Replace(path), "/kelola/kursus/APEL-311"+path)
			}
		}
	}
	s.go_("/kelola/kursus/APEL-311/2/banding")
	s.says("+ Dengarkan sampai selesai, lalu ulangi dengan kata sendiri.", "− Dengarkan sampai selesai.")
	if all, _, err := r.Rooms.Courses.Attempts(ctx, access.System("test"), courses.AttemptFilter{Course: "APEL-311"}); err != nil || len(all) != 1 {
		t.Errorf("there are %d attempts, the try among them: %v", len(all), err)
	}
}

// recordFilm draws for two thirds of a second and answers the film in base64; "" when the browser cannot.
const recordFilm = `(async () => {
  const kind = ['video/webm;codecs=vp8', 'video/webm;codecs=vp9'].filter((k) => MediaRecorder.isTypeSupported(k))[0];
  if (!kind) return '';
  const canvas = document.createElement('canvas');
  canvas.width = 320; canvas.height = 180;
  const pen = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(15), { mimeType: kind });
  const parts = [];
  recorder.ondataavailable = (e) => parts.push(e.data);
  const ended = new Promise((done) => { recorder.onstop = done; });
  recorder.start();
  for (let i = 0; i < 12; i++) {
    pen.fillStyle = 'hsl(' + i * 30 + ', 60%, 50%)';
    pen.fillRect(0, 0, 320, 180);
    await new Promise((next) => setTimeout(next, 60));
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  let text = '';
  bytes.forEach((b) => { text += String.fromCharCode(b); });
  return btoa(text);
})()`

// editorStory writes half an item in its editor: a row more, a picture pasted into an option, the network lost; after a reload it is offered back, and once it is stored nothing of it waits.
func editorStory(s *story, new string) {
	s.t.Helper()
	ready := func() { s.p.Wait(`document.documentElement.hasAttribute('data-ready')`) }
	s.go_(new)
	ready()
	s.p.Type("[name=stem]", "Rambu mana yang benar?")
	s.submit(`button[value="add:o"]`)
	ready()
	if !browsertest.Eval[bool](s.p, `!!document.querySelector('[name="o4.text"]') && document.querySelector('[name=stem]').value === 'Rambu mana yang benar?'`) {
		s.t.Fatal("no row more")
	}
	s.p.Copy("image/png", noisy(900, 700))
	s.p.Type(`[name="o0.text"]`, "Ini")
	s.p.Paste()
	s.p.Wait(`document.querySelector('[data-files]').open && document.activeElement.name === 'alt' && document.querySelector('[name=into]').value === 'o0.text'`)
	s.p.Type("[name=alt]", "Rambu loket")
	s.p.Click("[data-insert]")
	s.p.Wait(`document.querySelector('[name="o0.text"]').value.startsWith('Ini\n\n![Rambu loket](berkas/')`)
	s.p.Type(`[name="o4.text"]`, "Itu")
	s.p.Click(`[name="o0.key"]`)
	s.p.Offline(true)
	s.p.Type(`[name="general"]`, "Ditulis tanpa sinyal")
	s.p.Wait(`/Tidak ada sinyal/.test(document.querySelector('[data-kept-line]').textContent)`)
	s.p.Click(".item-edit .row .btn-primary")
	s.p.Offline(false)
	s.p.Forgive()
	s.go_(new) // with four rows, so the server draws the fifth
	ready()
	s.p.Wait(`!document.querySelector('[data-newer]').hidden`)
	s.see("author-item-kept")
	s.submit("[data-restore]")
	ready()
	if got := browsertest.Eval[string](s.p, `['stem', 'general', 'o4.text'].map((n) => document.querySelector('[name="' + n + '"]').value).join('|') + document.querySelector('[name="o0.key"]').checked`); got != "Rambu mana yang benar?|Ditulis tanpa sinyal|Itutrue" {
		s.t.Fatalf("offered back: %s", got)
	}
	s.go_(new + "&lagi=1") // a reload without saving
	ready()
	s.p.Wait(`!document.querySelector('[data-newer]').hidden`)
	s.submit("[data-restore]")
	ready()
	s.see("author-item-picture")
	s.submit(".item-edit .row .btn-primary")
	if left := browsertest.Eval[int](s.p, `Object.keys(localStorage).filter((k) => k.startsWith('apel.draft.')).length`); left != 0 {
		s.t.Errorf("%d texts wait after all is stored at %s", left, s.at())
	}
}
