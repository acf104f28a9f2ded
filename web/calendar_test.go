package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

// planned gives everybody APEL-103 until 22 December, and plans an exam for Nadia's unit and one for another.
func (r *rig) planned() (unit string) {
	r.t.Helper()
	ctx := context.Background()
	r.assign("APEL-103", 30)
	me := must[people.Person](r.t)(r.Rooms.People.LookByNIP(ctx, nadia))
	unit = string(me.Unit)
	other := must[people.Person](r.t)(r.Rooms.People.LookByNIP(ctx, dewi))
	for name, in := range map[string]string{"Gelombang satu": unit, "Gelombang lain": string(other.Unit)} {
		must[courses.ExamDoc](r.t)(r.Rooms.Courses.PlanExam(ctx, access.System("test"), courses.ExamInput{Course: "APEL-103", Quiz: "posttest", Name: name, Opens: r.Now().Add(17 * 24 * time.Hour), Closes: r.Now().Add(17*24*time.Hour + 2*time.Hour),
			Units: []string{in}, Password: "Mawar Merah 7"}))
	}
	return unit
}

// The pages, what narrows them and what they hand out.
func TestCalendarPages(t *testing.T) {
	r := newRig(t)
	unit := r.planned()
	me, boss := r.enter(nadia), r.enter(trainingAdmin)

	_, page := r.get(me, "/kalender?bulan=2026-12")
	for _, want := range []string{"Desember 2026", "22 Desember 2026", "Tenggat kursus", "Ujian Gelombang satu dibuka", "bulan=2026-11", "bulan=2027-01", "9 Desember 2026"} {
		if !strings.Contains(page, want) {
			t.Errorf("the month does not show %q", want)
		}
	}
	if strings.Contains(page, "Gelombang lain") {
		t.Error("another unit's exam is shown")
	}
	if _, page = r.get(me, "/kalender?bulan=2027-02"); !strings.Contains(page, "Bulan ini kosong") || !strings.Contains(page, "Februari 2027") {
		t.Error("an empty month does not say so")
	}
	for _, bad := range []string{"2026-13", "1999-12", "2026", "x"} {
		if status, _ := r.get(me, "/kalender?bulan="+bad); status != http.StatusUnprocessableEntity {
			t.Errorf("month %q is answered %d", bad, status)
		}
	}
	if status, _ := r.get(me, "/kelola/kalender"); status != http.StatusNotFound {
		t.Errorf("a learner opens the calendar of staff: %d", status)
	}

	_, page = r.get(boss, "/kelola/kalender?bulan=2026-12")
	if !strings.Contains(page, "Pilih unit untuk melihatnya") || !strings.Contains(page, "Gelombang satu") || !strings.Contains(page, "Gelombang lain") {
		t.Error("the city's month lacks an exam, or does not say where due dates are")
	}
	_, page = r.get(boss, "/kelola/kalender?bulan=2026-12&unor="+url.QueryEscape(unit))
	if !strings.Contains(page, "penugasan: ") || !strings.Contains(page, "Gelombang satu") || strings.Contains(page, "Gelombang lain") || strings.Contains(page, "Nadia") {
		t.Error("the unit's month lacks its due dates, has another unit's exam or names somebody")
	}

	// The file names nobody, holds no secret and wants the session.
	for client, at := range map[*http.Client]string{me: "/kalender/berkas?bulan=2026-12", boss: "/kelola/kalender/berkas?bulan=2026-12&unor=" + url.QueryEscape(unit)} {
		answer := must[*http.Response](t)(client.Get(r.URL + at))
		answer.Body.Close()
		if kind, as := answer.Header.Get("Content-Type"), answer.Header.Get("Content-Disposition"); kind != "text/calendar; charset=utf-8" || !strings.Contains(as, "apel-2026-12.ics") || !strings.Contains(answer.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s is %q, %q", at, kind, as)
		}
		_, file := r.get(client, at)
		whole := strings.ReplaceAll(file, "\r\n ", "")
		for _, want := range []string{"BEGIN:VCALENDAR\r\n", "DTSTART;VALUE=DATE:20261222\r\n", "DTSTART:20261209T0200", "Gelombang satu", "END:VCALENDAR\r\n"} {
			if !strings.Contains(whole, want) {
				t.Errorf("%s lacks %q:\n%s", at, want, whole)
			}
		}
		for _, never := range []string{"Nadia", nadia, "Mawar", "mawar", "Gelombang lain", "http"} {
			if strings.Contains(whole, never) {
				t.Errorf("%s holds %q", at, never)
			}
		}
		nobody := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		if a := must[*http.Response](t)(nobody.Get(r.URL + at)); a.StatusCode == http.StatusOK {
			t.Errorf("%s is handed to nobody in particular", at)
		}
	}
	r.quiet()
}

// On a phone, without scripts, and in English at a desk.
func TestCalendarStory(t *testing.T) {
	b := browsertest.Start(t)
	r := newRig(t)
	unit := r.planned()
	me, boss := r.session(r.enter(nadia)), r.session(r.enter(trainingAdmin))
	bare := browsertest.Phone
	bare.NoJS = true
	for _, x := range []struct {
		view       browsertest.View
		lang, name string
	}{{browsertest.Phone, "id", "calendar"}, {bare, "id", "calendar-bare"}, {browsertest.Office, "en", "calendar-en"}} {
		s := &story{t: t, rig: r, b: b, p: b.Page(t, x.view), view: x.view}
		s.p.SetCookie(r.URL, visit.SessionCookie, me)
		s.p.SetCookie(r.URL, visit.LanguageCookie, x.lang)
		s.look(x.name, "/kalender?bulan=2026-11")
		s.submit(`main a[href*="bulan=2026-12"]:not([href*="berkas"])`)
		s.see(x.name + "-next")
		s.says("Gelombang satu")
		s.submit(`main a[href*="bulan=2026-11"]`)
		s.p = b.Page(t, x.view)
		s.p.SetCookie(r.URL, visit.SessionCookie, boss)
		s.p.SetCookie(r.URL, visit.LanguageCookie, x.lang)
		s.look(x.name+"-staff", "/kelola/kalender?bulan=2026-12&unor="+url.QueryEscape(unit))
		s.says("Gelombang satu")
	}
	r.quiet()
}
