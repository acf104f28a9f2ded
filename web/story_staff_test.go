package web

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/web/browsertest"
)

// staffAreas are where training is run: every page below them is looked at.
var staffAreas = []string{"kursus", "ujian", "menilai", "keberatan", "nilai-ulang", "kalender", "angkatan", "penugasan", "impor", "percobaan"}

// notLooked are addresses that show no page, and pages that need a state which a story of its own brings about and looks at.
var notLooked = map[string]string{
	"/kelola/kursus/:course/:number/paket": "a file", "/kelola/kursus/:course/:number/bank/:bank/unduh/:format": "a file", "/kelola/kursus/:course/:number/analisis/:quiz/:format": "a file",
	"/kelola/kalender/berkas": "a file", "/kelola/ujian/:exam/aliran": "a stream", "/kelola/menilai/:marking/berkas/:file": "a file", "/kelola/keberatan/:objection/berkas/:file": "a file",
	"/kelola/keberatan/:objection": "TestMarkingStory", "/kelola/menilai/:marking": "TestMarkingStory",
}

// staffPages follows the links of the workbench from page to page, as somebody does who looks at everything, and answers an address of each kind of page: of each route, and of each set of questions behind it. A route
// that no link leads to is a mistake.
func (r *rig) staffPages(client *http.Client, from ...string) (look []string) {
	r.t.Helper()
	router := gin.New()
	r.Engine.MountAdmin(router, r.Admin)
	var routes []string
	for _, x := range router.Routes() {
		if area, _, _ := strings.Cut(strings.TrimPrefix(x.Path, "/kelola/"), "/"); x.Method == http.MethodGet && slices.Contains(staffAreas, area) {
			routes = append(routes, x.Path)
		}
	}
	slices.Sort(routes) // ':' stands before letters
	slices.Reverse(routes)
	routeOf := func(path string) string {
		for _, route := range routes {
			if ok := regexp.MustCompile(`^` + regexp.MustCompile(`:\w+`).ReplaceAllString(route, `[^/]+`) + `$`).MatchString(path); ok {
				return route
			}
		}
		return ""
	}
	link := regexp.MustCompile(`href="(/kelola[^"#]*)`)
	opened, reached, kinds := map[string]int{}, map[string]bool{}, map[string]bool{}
	for waits := from; len(waits) > 0; waits = waits[1:] {
		at := must[*url.URL](r.t)(url.Parse(waits[0]))
		route := routeOf(at.Path)
		reached[route] = true
		if why := notLooked[route]; route == "" && at.Path != "/kelola" || strings.HasPrefix(why, "a ") {
			continue
		}
		var asked []string
		for name, values := range at.Query() {
			if name == "jenis" {
				name += values[0]
			}
			asked = append(asked, name)
		}
		slices.Sort(asked)
		kind := route + "?" + strings.Join(asked, "&")
		if opened[kind]++; opened[kind] > 5 { // other states of the same page lead elsewhere
			continue
		}
		status, text := r.get(client, waits[0])
		if status != http.StatusOK {
			r.t.Errorf("%s answers %d", waits[0], status)
			continue
		}
		if !kinds[kind] {
			kinds[kind] = true
			look = append(look, waits[0])
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if to := html.UnescapeString(m[1]); !slices.Contains(waits, to) {
				waits = append(waits, to)
			}
		}
	}
	for _, route := range routes {
		if !reached[route] && notLooked[route] == "" {
			r.t.Errorf("no link leads to %s", route)
		}
	}
	return look
}

// TestEveryStaffPage looks at every kind of page of courses, exams, items, marking and planning on a phone in both languages: axe, no sideways scrolling, nothing in the console, a title and one heading.
func TestEveryStaffPage(t *testing.T) {
	b := browsertest.Start(t)
	r := newRig(t)
	ctx, all, svc := context.Background(), access.System("test"), r.Rooms.Courses
	_, item, chosen := r.wronged(6)
	r.withoutTask()
	r.asksForFiles()
	r.wrote()
	must[courses.VersionDoc](t)(svc.NewDraft(ctx, all, "APEL-103")) // with a field task, and a version to compare it with
	boss := r.enter(trainingAdmin)
	must[courses.CohortDoc](t)(svc.OpenCohort(ctx, all, courses.CohortInput{Course: "APEL-104", Name: "Gelombang 1", From: civil.Date("2026-12-01"), Until: civil.Date("2026-12-20"), Quota: 25}))
	day := r.Now().Add(48 * time.Hour).In(r.Admin.Settings.Zone().Location())
	if status, _, text := r.post(boss, "/kelola/ujian/baru", url.Values{"key": {"ujian-1"}, "course": {"APEL-104"}, "quiz": {"posttest"}, "name": {"Ujian akhir"}, "opens_day": {day.Format("2006-01-02")}, "opens_time": {"08:00"},
		"closes_day": {day.Format("2006-01-02")}, "closes_time": {"12:00"}, "review_after": {"nothing"}}); status != http.StatusSeeOther {
		t.Fatalf("%d %.600s", status, seen(text))
	}
	v := &visitor{t, r, boss}
	at := correctionURL(item)
	form := formOf(t, v.get(at).body, at+"#"+here)
	form.Set(keyTick(chosen), "1")
	form.Set("why", "Jawaban ini juga benar")
	v.post(at, form)

	from := []string{"/kelola"}
	for _, k := range grading.Kinds() {
		from = append(from, fmt.Sprintf("/kelola/kursus/UJI-LAP/1/bank/bank/baru?jenis=%s", k.Name()))
	}
	pages := r.staffPages(boss, from...)
	t.Logf("%d kinds of pages: %s", len(pages), strings.Join(pages, " "))
	for _, lang := range Languages {
		for _, path := range pages {
			t.Run(lang+path, func(t *testing.T) {
				s := &story{t: t, rig: r, b: b, p: b.Page(t, browsertest.Phone), view: browsertest.Phone}
				s.p.SetCookie(r.URL, visit.SessionCookie, r.session(boss))
				s.p.SetCookie(r.URL, visit.LanguageCookie, lang)
				s.look("staf-"+lang+regexp.MustCompile(`\W+`).ReplaceAllString(path, "-"), path)
				if n := browsertest.Eval[int](s.p, `document.querySelectorAll('h1').length`); n != 1 {
					t.Errorf("%d headings", n)
				}
				if title := browsertest.Eval[string](s.p, `document.title`); title == "" || strings.HasPrefix(title, " ·") || browsertest.Eval[string](s.p, `document.documentElement.lang`) != lang {
					t.Errorf("the title is %q", title)
				}
			})
		}
	}
	r.quiet()
}
