package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/web/browsertest"
)

// TestStoryExam is an exam day through pages: planned by a training admin, entered with its password, gone on with on a second device, paused, prolonged and watched.
func TestStoryExam(t *testing.T) {
	b := browsertest.Start(t)
	r := newRig(t)
	r.assign("APEL-104", 60)
	v := r.visitor()
	me := v.enters(nadia)
	boss := r.enter(trainingAdmin)
	ctx := context.Background()
	loc := r.Admin.Settings.Zone().Location()
	day := func(d time.Duration) (string, string) {
		at := r.Now().Add(d).In(loc)
		return at.Format("2006-01-02"), at.Format("15:04")
	}
	opensDay, opensTime := day(2 * time.Minute)
	closesDay, closesTime := day(3 * time.Hour)
	plan := url.Values{"key": {"ujian-cerita"}, "course": {"APEL-104"}, "quiz": {"pretest"}, "name": {"Ujian masuk"}, "opens_day": {opensDay}, "opens_time": {opensTime}, "closes_day": {closesDay}, "closes_time": {closesTime}, "password": {"melati"},
		"review_after": {"nothing"}}
	_, _, text := r.post(boss, "/kelola/ujian/baru", url.Values{"course": {"APEL-104"}, "quiz": {"pretest"}, "name": {""}, "numbers": {"1"}})
	for _, want := range []string{"Nama ujian 1 sampai 120 huruf", "Isi tanggal dan jam"} {
		if !strings.Contains(text, want) && !strings.Contains(text, "Baris 1") {
			t.Errorf("a wrong plan is not told %q", want)
		}
	}
	if status, to, text := r.post(boss, "/kelola/ujian/baru", plan); status != http.StatusSeeOther || to != "/kelola/ujian/ujian-cerita" {
		t.Fatalf("%d %s: %.600s", status, to, seen(text))
	}
	if strings.Contains(r.Log.text.String(), "melati") {
		t.Error("the password stands in the log")
	}

	quiz := quizURL(me.Person+".APEL-104.1", "pretest")
	v.get(quiz).want(t, 200, "Ujian masuk", "Ujian dibuka", "Jam server sekarang")
	v.post(quiz, nil).want(t, http.StatusConflict, "Ujian dibuka")
	r.Pass(2 * time.Minute)
	v.get(quiz).want(t, 200, "Kata sandi ujian", "dihapus 90 hari")
	v.post(quiz, url.Values{"password": {"mawar1"}}).want(t, 422, "tidak cocok")
	runner := v.post(quiz, url.Values{"password": {"Melati"}}).to
	attempt := strings.TrimPrefix(runner, "/percobaan/")
	session := r.session(v.client)

	// Two devices: what the older one had not saved is held, told and offered.
	first, second := b.Page(t, browsertest.Phone), b.Page(t, browsertest.Phone)
	first.SetCookie(r.URL, visit.SessionCookie, session)
	second.SetCookie(r.URL, visit.SessionCookie, session)
	first.Open(r.URL + runner)
	first.Wait(`document.documentElement.hasAttribute('data-ready')`)
	// The form is shuffled: only items with choices are taken, and of those no mark for later.
	const choose = `(() => { const i = [...document.querySelectorAll('fieldset.item')].map((f) => f.querySelector('input[type=radio][name^="answer."], input[type=checkbox][name^="answer."]')).filter(Boolean)[%s]; i.click(); return i.name + '=' + i.value })()`
	kept := func(given string) grading.Answer {
		t.Helper()
		name, _, _ := strings.Cut(given, "=")
		f := must[courses.FormView](t)(r.Rooms.Courses.Form(ctx, me, attempt))
		for _, it := range f.Items {
			if answerName(it.Item) == name {
				return it.Answer
			}
		}
		t.Fatalf("%s is on no form", given)
		return grading.Answer{}
	}
	first.Offline(true)
	given := browsertest.Eval[string](first, strings.Replace(choose, "%s", "0", 1))
	second.Open(r.URL + runner)
	second.Wait(`document.documentElement.hasAttribute('data-ready')`)
	first.Offline(false)
	first.Wait(`!document.querySelector('[data-stale]').hidden && !document.querySelector('[data-held-here]').hidden && /\d/.test(document.querySelector('[data-held-here] [data-held-list]').textContent)`)
	if !kept(given).Blank() {
		t.Fatal("the stale page saved")
	}
	other := browsertest.Eval[string](second, strings.Replace(choose, "%s", "1", 1))
	second.Wait(`document.querySelector('input[name=seq]').value === '1'`)
	first.Open(r.URL + runner)
	first.Wait(`document.documentElement.hasAttribute('data-ready') && !document.querySelector('[data-held]').hidden`)
	browsertest.Eval[int](first, `document.querySelector('[data-held-use]').click(); 0`)
	first.Wait(`document.querySelector('input[name=seq]').value === '2'`)
	if _, value, _ := strings.Cut(given, "="); len(kept(given).Choices) == 0 || kept(given).Choices[0] != value || kept(other).Blank() {
		t.Fatalf("%s was held, kept is %+v and %+v", given, kept(given), kept(other))
	}

	// The invigilator's page draws itself anew; pause, message and extra time reach the learner's page.
	watching := b.Page(t, browsertest.Office)
	watching.SetCookie(r.URL, visit.SessionCookie, r.session(boss))
	watching.Open(r.URL + "/kelola/ujian/ujian-cerita?status=running")
	watching.Wait(`document.documentElement.hasAttribute('data-ready') && document.querySelector('#papan tbody').textContent.includes('2 dari')`)
	watching.Check()
	browsertest.Eval[string](first, strings.Replace(choose, "%s", "2", 1))
	watching.Wait(`document.querySelector('#papan tbody').textContent.includes('3 dari')`)
	act := func(form url.Values) {
		t.Helper()
		if status, _, text := r.post(boss, "/kelola/ujian/ujian-cerita", form); status != http.StatusSeeOther {
			t.Fatalf("%d %.900s", status, seen(text))
		}
	}
	act(url.Values{"key": {"a"}, "act": {"message"}, "text": {"Soal nomor 3 diperbaiki."}})
	act(url.Values{"key": {"b"}, "act": {"pause"}, "text": {"Listrik padam"}})
	r.moved(courses.ExamsCollection, "ujian-cerita", func() bool {
		return must[courses.FormView](t)(r.Rooms.Courses.Form(ctx, me, attempt)).Paused
	})
	const beat = `document.dispatchEvent(new Event('visibilitychange')); 0`
	browsertest.Eval[int](first, beat)
	first.Wait(`!document.querySelector('[data-paused]').hidden && document.querySelector('[data-timer-text]').textContent === 'Dijeda' && document.querySelector('[data-message-list]').textContent.includes('diperbaiki')`)
	third := b.Page(t, browsertest.Phone) // the first one has the refused save in its console
	third.SetCookie(r.URL, visit.SessionCookie, session)
	third.Open(r.URL + runner)
	third.Wait(`document.documentElement.hasAttribute('data-ready') && document.querySelector('fieldset.item').disabled && document.querySelector('[data-timer-text]').textContent === 'Dijeda'`)
	third.Check()
	act(url.Values{"key": {"c"}, "act": {"resume"}, "text": {"Listrik menyala"}})
	act(url.Values{"key": {"d"}, "act": {"extra_time"}, "minutes": {"20"}, "text": {"Mulai terlambat"}, "person": {me.Person}})
	r.until("the clock runs again, twenty minutes longer", func() bool {
		f := must[courses.FormView](t)(r.Rooms.Courses.Form(ctx, me, attempt))
		return !f.Paused && f.Left > 25*time.Minute
	})
	browsertest.Eval[int](third, beat)
	third.Wait(`document.querySelector('[data-paused]').hidden && /^\d+:\d\d/.test(document.querySelector('[data-timer-text]').textContent) && parseInt(document.querySelector('[data-timer-text]').textContent) > 25`)

	// Pages of the workbench, small and large, in both languages.
	for _, view := range []browsertest.View{browsertest.Phone, browsertest.Office} {
		for _, lang := range []string{"id", "en"} {
			p := b.Page(t, view)
			p.SetCookie(r.URL, visit.SessionCookie, r.session(boss))
			p.SetCookie(r.URL, visit.LanguageCookie, lang)
			for _, path := range []string{"", "/ujian-cerita?peserta=" + me.Person, "/ujian-cerita/laporan", "/ujian-cerita/ubah", "/baru?kursus=APEL-104"} {
				p.Open(r.URL + "/kelola/ujian" + path)
				p.Check()
			}
		}
	}
	// Stopped: the page of the learner goes on to the waiting page and says that results are not shown yet.
	act(url.Values{"key": {"e"}, "act": {"stop"}, "text": {"Selesai"}})
	r.moved(courses.AttemptsCollection, attempt, func() bool {
		return must[courses.AttemptDoc](t)(r.Rooms.Courses.Attempt(ctx, me, attempt)).State == courses.AttemptGraded
	})
	v.get(attemptURL(attempt, "hasil")).want(t, 200, "Hasil")
}
