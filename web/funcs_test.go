package web

import (
	"bytes"
	"html/template"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/civil"
)

func TestDatesAndNumbers(t *testing.T) {
	e := New(Config{Now: sampleClock})
	late := time.Date(2026, 12, 31, 17, 5, 0, 0, time.UTC) // already next year in Jakarta
	for _, c := range []struct{ lang, text, want string }{
		{"id", `{{date .Late}}`, "1 Januari 2027"}, {"en", `{{date .Late}}`, "1 January 2027"}, {"id", `{{clock .Late}}`, "00.05 WIB"}, {"en", `{{clock .Late}}`, "00:05 WIB"},
		{"id", `{{moment .Now}}`, "22 November 2026, 10.31 WIB"}, {"id", `{{date .Civil}}`, "31 Desember 2026"}, {"id", `{{day .Civil}}`, "31 Des 2026"}, {"id", `{{date "2026-08-17"}}`, "17 Agustus 2026"},
		{"id", `{{date .None}}`, "–"}, {"id", `{{date ""}}`, "–"}, {"id", `{{machine .Now}}`, "2026-11-22T03:31:00Z"}, {"id", `{{machine .Civil}}`, "2026-12-31"},
		{"id", `{{number 5907}}`, "5.907"}, {"en", `{{number 5907}}`, "5,907"}, {"id", `{{number 1234567}}`, "1.234.567"}, {"id", `{{number 12}}`, "12"}, {"id", `{{number -1500}}`, "−1.500"},
		{"id", `{{decimal 4.27 2}}`, "4,27"}, {"en", `{{decimal 4.27 2}}`, "4.27"}, {"id", `{{decimal 12.50 2}}`, "12,5"}, {"id", `{{decimal 1234.5 1}}`, "1.234,5"}, {"id", `{{decimal -0.004 2}}`, "0"}, {"id", `{{decimal .NaN 1}}`, "–"},
		{"id", `{{percent 0.834}}`, "83%"}, {"id", `{{percent 0.9999}}`, "99%"}, {"id", `{{percent 0.0001}}`, "1%"}, {"id", `{{percent 1.0}}`, "100%"}, {"id", `{{percent 0.0}}`, "0%"},
		{"id", `{{size 812}}`, "812 B"}, {"id", `{{size 1234567}}`, "1,2 MB"}, {"id", `{{size 64000}}`, "64 KB"}, {"id", `{{minutes 95}}`, "1 jam 35 menit"}, {"en", `{{minutes 60}}`, "1 hour"}, {"en", `{{minutes 1}}`, "1 minute"},
		{"id", `{{until "2026-11-22"}}`, "hari ini"}, {"id", `{{until "2026-11-23"}}`, "besok"}, {"id", `{{until "2026-12-02"}}`, "10 hari lagi"}, {"id", `{{until "2026-11-20"}}`, "lewat 2 hari"}, {"en", `{{until "2026-11-24"}}`, "in 2 days"},
		{"id", `{{initials "Siti Rahma, S.Kom."}}`, "SR"}, {"id", `{{initials "dr. Budi Santoso, Sp.A."}}`, "BS"}, {"id", `{{initials "Sukarno"}}`, "S"}, {"id", `{{initials ""}}`, "?"},
	} {
		set := template.Must(template.New("").Funcs(e.funcs(c.lang)).Parse(c.text))
		var out bytes.Buffer
		if err := set.Execute(&out, map[string]any{"Late": late, "Now": sampleClock(), "Civil": civil.Date("2026-12-31"), "None": time.Time{}, "NaN": math.NaN()}); err != nil {
			t.Errorf("%s: %v", c.text, err)
		} else if got := out.String(); got != c.want {
			t.Errorf("%s %s = %q, want %q", c.lang, c.text, got, c.want)
		}
	}
	for _, bad := range []string{`{{icon "nothing"}}`, `{{asset "nothing.css"}}`, `{{date "31-12-2026"}}`, `{{number "x"}}`, `{{dict "a"}}`} {
		set := template.Must(template.New("").Funcs(e.funcs("id")).Parse(bad))
		if err := set.Execute(&bytes.Buffer{}, nil); err == nil {
			t.Errorf("%s passed", bad)
		}
	}
}

// TestEveryIconIsThere reads icon names from templates and Go, where a wrong one would only fail when shown.
func TestEveryIconIsThere(t *testing.T) {
	e := New(Config{})
	if len(e.assets.icons) < 40 {
		t.Fatalf("only %d icons found", len(e.assets.icons))
	}
	for _, name := range e.assets.iconNames() {
		if svg := string(e.assets.files["icons.svg"].plain); strings.Count(svg, `id="`+name+`"`) != 1 {
			t.Errorf("icon %s stands twice", name)
		}
	}
}

func TestTableQuery(t *testing.T) {
	gin.SetMode(gin.TestMode)
	read := func(method, address, body string) TableQuery {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(method, address, strings.NewReader(body))
		if body != "" {
			c.Request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return ReadTable(c, "state")
	}
	q := read("GET", "/p?q=+sari+&sort=name&by=-jp&state=ready&foreign=1", "")
	if q.Search != "sari" || q.Sort != "-jp" || q.Filter["state"] != "ready" || len(q.Filter) != 1 {
		t.Errorf("%+v", q)
	}
	if got := q.URL("/p", "after", "x y"); got != "/p?after=x+y&q=sari&sort=-jp&state=ready" {
		t.Error(got)
	}
	q = read("POST", "/p", "q=19900101+202001+1+901")
	if !q.MayBeNIP() || strings.Contains(q.URL("/p", "", ""), "1990") {
		t.Errorf("a NIP reaches the address: %s", q.URL("/p", "", ""))
	}
	if q := read("GET", "/p?q="+strings.Repeat("%C3%A9", 200), ""); len(q.Search) > longestQuery || strings.Contains(q.Search, "\ufffd") {
		t.Errorf("%d bytes", len(q.Search))
	}
	if q := read("GET", "/p?q=%ff%fe", ""); q.Search != "" {
		t.Errorf("broken UTF-8 came through: %q", q.Search)
	}
}

func TestShares(t *testing.T) {
	for _, c := range []struct{ done, goal, want float64 }{{12.5, 20, 62.5}, {25, 20, 100}, {0, 20, 0}, {5, 0, 0}, {-1, 20, 0}} {
		if got := (Ring{Done: c.done, Goal: c.goal}).Share(); got != c.want {
			t.Errorf("%g of %g = %g, want %g", c.done, c.goal, got, c.want)
		}
	}
	if (Ring{}).Full() {
		t.Error("nothing of nothing is not full: an app with no people is not 100 %")
	}
	chart := Chart{Names: []string{"a", "b"}, Series: []Series{{Values: []float64{37, math.NaN()}}}}
	if chart.Top() != 40 || !chart.Bars()[1].Gap {
		t.Errorf("top %g bars %+v", chart.Top(), chart.Bars())
	}
	if got := (Chart{}).Top(); got != 1 {
		t.Errorf("empty chart has top %g", got)
	}
}
