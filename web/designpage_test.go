package web

import (
	"net/http/httptest"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/web/browsertest"
)

// firstVisitBudget is that of docs/performance.md: first visit of any page, all assets, compressed.
const firstVisitBudget = 60_000

func serve(t *testing.T, config Config) (*httptest.Server, *Engine) {
	t.Helper()
	gin.SetMode(gin.TestMode)
	e := New(config)
	r := gin.New()
	r.Use(e.Recover(), e.Headers(), e.SameOrigin())
	e.Routes(r)
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	return s, e
}

// navigation of an invented person who may see everything.
func sampleNavigation(*gin.Context) Navigation {
	return Navigation{
		Person: &Viewer{Name: "Sari Wulandari, S.Sos.", Role: "Admin diklat", URL: "/gaya", LogoutURL: "/keluar", InboxURL: "/gaya", InboxCount: 3},
		Groups: []NavGroup{
			{Items: []NavItem{{Key: "home", Label: "Beranda", Icon: "home", URL: "/gaya"}, {Key: "inbox", Label: "Kotak masuk", Icon: "inbox", URL: "/gaya", Count: 3}}},
			{Step: 1, Label: "SDM", Items: []NavItem{{Key: "courses", Label: "Kursus", Icon: "course", URL: "/gaya"}, {Key: "certificates", Label: "Sertifikat", Icon: "certificate", URL: "/gaya"}, {Key: "competencies", Label: "Kompetensi", Icon: "target", URL: "/gaya"}, {Key: "positions", Label: "Jabatan", Icon: "position", URL: "/gaya"}}},
			{Step: 2, Label: "Integrasi", Items: []NavItem{{Key: "apps", Label: "Aplikasi", Icon: "app", URL: "/gaya"}}},
			{Step: 3, Label: "Evaluasi", Items: []NavItem{{Key: "evaluation", Label: "Siklus evaluasi", Icon: "chart", URL: "/gaya"}}},
			{Label: "Kelola", Items: []NavItem{{Key: "people", Label: "Pegawai", Icon: "people", URL: "/gaya"}, {Key: "import", Label: "Impor", Icon: "import", URL: "/gaya"}, {Key: "audit", Label: "Jejak audit", Icon: "audit", URL: "/gaya"}, {Key: "settings", Label: "Pengaturan", Icon: "settings", URL: "/gaya"}}},
		},
		Phone: []NavItem{{Key: "home", Label: "Beranda", Icon: "home", URL: "/gaya"}, {Key: "courses", Label: "Kursus", Icon: "course", URL: "/gaya"}, {Key: "certificates", Label: "Sertifikat", Icon: "certificate", URL: "/gaya"}, {Key: "inbox", Label: "Kotak masuk", Icon: "inbox", URL: "/gaya", Count: 3}},
	}
}

func sampleClock() time.Time { return time.Date(2026, 11, 22, 3, 31, 0, 0, time.UTC) }

func TestDesignPageInABrowser(t *testing.T) {
	b := browsertest.Start(t)
	s, _ := serve(t, Config{Navigation: sampleNavigation, Demo: true, Now: sampleClock})
	for _, view := range []browsertest.View{browsertest.Phone, browsertest.PhoneDark, browsertest.Office, browsertest.OfficeDark} {
		t.Run(view.String(), func(t *testing.T) {
			p := b.Page(t, view)
			p.Open(s.URL + "/gaya")
			p.Check()
			p.Axe()
			p.Screenshot(view.String() + "/gaya")
		})
	}
}

func TestFirstVisitStaysSmall(t *testing.T) {
	b := browsertest.Start(t)
	s, _ := serve(t, Config{Navigation: sampleNavigation, Demo: true, Now: sampleClock})
	for _, path := range []string{"/gaya", "/luring", "/tidak-ada"} {
		p := b.Page(t, browsertest.Phone)
		p.Open(s.URL + path)
		p.Rest()
		sum, parts := p.Bytes()
		var names []string
		for name := range parts {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			t.Logf("%6.0f  %s", parts[name], strings.TrimPrefix(name, s.URL))
		}
		t.Logf("%6.0f  first visit of %s (budget %d)", sum, path, firstVisitBudget)
		if sum > firstVisitBudget || sum < 1000 {
			t.Errorf("first visit of %s is %.0f bytes, budget %d", path, sum, firstVisitBudget)
		}
	}
}
