package web

import (
	"compress/gzip"
	"context"
	"errors"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/visit"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/gin-gonic/gin"
	"golang.org/x/net/html"

	"github.com/apelkota/apel/internal/faults"
)

func testContext(lang string) *gin.Context {
	gin.SetMode(gin.TestMode)
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodGet, "/halaman?x=1", nil)
	c.Request.AddCookie(&http.Cookie{Name: langCookie, Value: lang})
	return c
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// TestEveryPageIsSound renders each declared page with its sample data in both languages and looks at what every page owes its
// reader.
func TestEveryPageIsSound(t *testing.T) {
	e := New(Config{Navigation: sampleNavigation, Demo: true, Now: sampleClock})
	for _, name := range e.Names() {
		for _, lang := range Languages {
			t.Run(name+"/"+lang, func(t *testing.T) {
				text := renderSample(t, e, name, lang)
				doc, err := html.Parse(strings.NewReader(text))
				if err != nil {
					t.Fatal(err)
				}
				find := func(selector string) []*html.Node { return cascadia.QueryAll(doc, cascadia.MustCompile(selector)) }
				if n := len(find("h1")); n != 1 {
					t.Errorf("%d h1, want 1", n)
				}
				if len(find("title")) != 1 || strings.HasPrefix(inner(find("title")[0]), " ·") {
					t.Error("no title")
				}
				if len(find(`meta[name="viewport"][content*="width=device-width"]`)) != 1 {
					t.Error("no viewport")
				}
				if len(find(`html[lang="`+lang+`"]`)) != 1 {
					t.Error("wrong lang")
				}
				if len(find("a.skip[href='#isi']")) != 1 || len(find("main#isi")) != 1 {
					t.Error("no skip link or no main")
				}
				if !strings.Contains(text, "CONTOH") {
					t.Error("the demo does not say CONTOH")
				}
				if len(find("[style], style, script:not([src])")) != 0 {
					t.Error("inline style or script, which the policy forbids")
				}
				for _, n := range find("*") {
					for _, a := range n.Attr {
						if strings.HasPrefix(a.Key, "on") {
							t.Errorf("inline handler %s on %s", a.Key, n.Data)
						}
						if (a.Key == "src" || a.Key == "href" || a.Key == "action") && (strings.HasPrefix(a.Val, "//") || strings.HasPrefix(a.Val, "http")) {
							t.Errorf("foreign address %s", a.Val)
						}
					}
				}
				ids := map[string]bool{}
				for _, n := range find("[id]") {
					id := attr(n, "id")
					if ids[id] {
						t.Errorf("id %q stands twice", id)
					}
					ids[id] = true
				}
				for _, n := range find("label[for]") {
					if !ids[attr(n, "for")] {
						t.Errorf("label for %q, which is not there", attr(n, "for"))
					}
				}
				for _, n := range find("[aria-describedby]") {
					for id := range strings.FieldsSeq(attr(n, "aria-describedby")) {
						if !ids[id] {
							t.Errorf("described by %q, which is not there", id)
						}
					}
				}
				if strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "%!") {
					t.Error("something could not be written")
				}
			})
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func inner(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func get(t *testing.T, address string, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(request)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestHeadersAndCompression(t *testing.T) {
	s, _ := serve(t, Config{Secure: true, Log: quiet()})
	answer, _ := get(t, s.URL+"/gaya", func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip, br") })
	for key, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Content-Encoding": "gzip", "Content-Language": "id",
		"Cache-Control": "private, no-cache", "Strict-Transport-Security": "max-age=31536000",
	} {
		if got := answer.Header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	csp := answer.Header.Get("Content-Security-Policy")
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
	// What gzip sends is the same page.
	answer, packed := get(t, s.URL+"/luring", func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	plainAnswer, plain := get(t, s.URL+"/luring", func(r *http.Request) { r.Header.Set("Accept-Encoding", "identity") })
	reader, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(reader)
	if err != nil || string(unpacked) != plain {
		t.Errorf("gzip of /luring differs from the plain page: %v", err)
	}
	if answer.Header.Get("Content-Encoding") != "gzip" || plainAnswer.Header.Get("Content-Encoding") != "" {
		t.Error("wrong encodings")
	}
	if _, twice := get(t, s.URL+"/luring", func(r *http.Request) { r.Header.Set("Accept-Encoding", "br, gzip;q=0.000") }); twice != plain {
		t.Error("a refused encoding was used")
	}
}

func TestAssets(t *testing.T) {
	s, e := serve(t, Config{Log: quiet()})
	for name := range e.assets.files {
		answer, body := get(t, s.URL+e.assets.prefix+"/"+name)
		if answer.StatusCode != 200 || len(body) == 0 || !strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %q %d bytes", name, answer.StatusCode, answer.Header.Get("Cache-Control"), len(body))
		}
		if answer.Header.Get("Content-Type") == "" {
			t.Errorf("%s has no type", name)
		}
	}
	// The release before: right content, not kept under the wrong name.
	answer, _ := get(t, s.URL+"/assets/000000000000/app.css")
	if answer.StatusCode != 200 || answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("old hash: %d %q", answer.StatusCode, answer.Header.Get("Cache-Control"))
	}
	for _, bad := range []string{"/nothing.css", "/../engine.go", "/accent.css?c=red", "/accent.css?c=12345678", "/"} {
		if answer, _ := get(t, s.URL+e.assets.prefix+bad); answer.StatusCode != 404 {
			t.Errorf("%s: %d", bad, answer.StatusCode)
		}
	}
	// Every import between modules leads to a file of the same directory.
	for name, file := range e.assets.files {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		for _, m := range jsImport.FindAllStringSubmatch(string(file.plain), -1) {
			if _, ok := e.assets.files["js/"+m[1]]; !ok {
				t.Errorf("%s imports %s, which is not there", name, m[1])
			}
		}
	}
}

func TestPreferencesAndFlash(t *testing.T) {
	s, e := serve(t, Config{Log: quiet()})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, c := range []struct{ back, want string }{
		{"/gaya?x=1", "/gaya?x=1"}, {"//jahat.example", "/"}, {"https://jahat.example", "/"}, {"/\\jahat.example", "/"}, {"", "/"}, {"/a\r\nSet-Cookie: x=1", "/"},
	} {
		answer, err := client.PostForm(s.URL+"/pilihan", url.Values{"bahasa": {"en"}, "tampilan": {"gelap"}, "kembali": {c.back}})
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != 303 || answer.Header.Get("Location") != c.want {
			t.Errorf("back %q: %d %q, want %q", c.back, answer.StatusCode, answer.Header.Get("Location"), c.want)
		}
		cookies := map[string]*http.Cookie{}
		for _, k := range answer.Cookies() {
			cookies[k.Name] = k
		}
		if cookies["bahasa"].Value != "en" || cookies["tampilan"].Value != "gelap" || !cookies["bahasa"].HttpOnly {
			t.Errorf("cookies %v", cookies)
		}
	}
	_, body := get(t, s.URL+"/luring", func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "bahasa", Value: "en"})
		r.AddCookie(&http.Cookie{Name: "tampilan", Value: "gelap"})
	})
	if !strings.Contains(body, `<html lang="en" data-theme="dark">`) || !strings.Contains(body, "No signal") {
		t.Error("the choice is not followed")
	}
	// Said once, escaped, and gone.
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	e.Flash(c, Notice{Kind: Success, Text: "Tersimpan <b>"})
	cookie := w.Result().Cookies()[0]
	answer, body := get(t, s.URL+"/gaya", func(r *http.Request) { r.AddCookie(cookie) })
	if !strings.Contains(body, "Tersimpan &lt;b&gt;") || answer.Cookies()[0].MaxAge >= 0 {
		t.Error("the message is not shown once and escaped")
	}
	if _, body := get(t, s.URL+"/gaya", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "kabar", Value: "rusak"}) }); !strings.Contains(body, "Gaya dan bagian") {
		t.Error("a broken message breaks the page")
	}
}

func TestErrorsBecomePages(t *testing.T) {
	gin.SetMode(gin.TestMode)
	e := New(Config{Log: quiet()})
	r := gin.New()
	r.Use(e.Recover(), e.Headers(), e.SameOrigin())
	e.Routes(r)
	for path, err := range map[string]error{
		"/tiada": faults.New(faults.NotFound, "Kursus ini tidak ada.", "There is no such course."), "/penuh": faults.New(faults.Unavailable, "Sedang penuh.", "Full."),
		"/rusak": errors.New("disk on fire at /var/lib"), "/masuk": faults.Unauthenticated,
	} {
		r.GET(path, e.Handle(func(*gin.Context) error { return err }))
	}
	r.GET("/panik", func(*gin.Context) { panic("rahasia") })
	r.GET("/salah", func(c *gin.Context) { e.Render(c, 200, "offline", &ErrorPage{}) })
	r.POST("/kirim", func(c *gin.Context) { c.String(200, "ok") })
	s := httptest.NewServer(r)
	defer s.Close()
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/tiada": {404, "Kursus ini tidak ada."}, "/penuh": {503, "Sedang penuh."}, "/rusak": {500, "Terjadi kesalahan pada sistem"},
		"/masuk": {401, "Silakan masuk"}, "/panik": {500, "Terjadi kesalahan pada sistem"}, "/salah": {500, "Terjadi kesalahan pada sistem"}, "/entah": {404, "tidak ada"},
	} {
		answer, body := get(t, s.URL+path)
		if answer.StatusCode != want.status || !strings.Contains(body, want.text) || !strings.Contains(body, "</html>") {
			t.Errorf("%s: %d, %q not found", path, answer.StatusCode, want.text)
		}
		if strings.Contains(body, "disk on fire") || strings.Contains(body, "rahasia") {
			t.Errorf("%s tells what only the log should know", path)
		}
		if answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: an error may be cached: %q", path, answer.Header.Get("Cache-Control"))
		}
	}
	_, body := get(t, s.URL+"/tiada", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "bahasa", Value: "en"}) })
	if !strings.Contains(body, "There is no such course.") {
		t.Error("the sentence is not in the reader's language")
	}
	post := func(site string) int {
		request, _ := http.NewRequest(http.MethodPost, s.URL+"/kirim", nil)
		request.Header.Set("Sec-Fetch-Site", site)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	if got := post("cross-site"); got != 403 {
		t.Errorf("a foreign form got %d", got)
	}
	if got := post("same-origin"); got != 200 {
		t.Errorf("our own form got %d", got)
	}
}

// somebody is logged in, whatever the token.
type somebody struct{}

func (somebody) TokenActor(context.Context, string) (access.Actor, error) { return access.Actor{}, nil }

func (somebody) SessionActor(context.Context, string) (access.Actor, string, error) {
	return access.Actor{Person: "p1"}, "s1", nil
}

func TestPagesOfAPersonAreNotKept(t *testing.T) {
	s, _ := serve(t, Config{Navigation: sampleNavigation, Log: quiet()})
	answer, _ := get(t, s.URL+"/gaya")
	if got := answer.Header.Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	// A page without a menu looks up nobody's, and is not kept either.
	looked := 0
	e := New(Config{Navigation: func(c *gin.Context) Navigation { looked++; return sampleNavigation(c) }, Log: quiet()})
	r := gin.New()
	r.GET("/pelajaran", func(c *gin.Context) { e.Render(c, 200, "lesson", e.pages["lesson"].Sample()) })
	known := visit.Resolver{Sessions: somebody{}}
	focus := httptest.NewServer(known.Resolve(r, func(w http.ResponseWriter, _ *http.Request, err error) { http.Error(w, err.Error(), 500) }))
	defer focus.Close()
	q := must[*http.Request](t)(http.NewRequest(http.MethodGet, focus.URL+"/pelajaran", nil))
	q.AddCookie(&http.Cookie{Name: visit.SessionCookie, Value: "x"})
	kept := must[*http.Response](t)(http.DefaultClient.Do(q))
	defer kept.Body.Close()
	if got := kept.Header.Get("Cache-Control"); kept.StatusCode != 200 || got != "private, no-store" || looked != 0 {
		t.Errorf("%d, Cache-Control %q, menu looked up %d times", kept.StatusCode, got, looked)
	}
	// The service worker keeps this one for everybody who holds the phone after.
	if _, body := get(t, s.URL+"/luring"); strings.Contains(body, "Sari") {
		t.Error("the offline page names a person")
	}
}

func TestFormKeepsWhatWasTyped(t *testing.T) {
	f := NewForm(url.Values{"name": {"Sari"}, "password": {"rahasia"}})
	if !f.Take(faults.OnField("name", "Nama terlalu pendek.", "Too short."), "en") || f.OK() {
		t.Fatal("an Invalid fault must be taken")
	}
	field := f.Need("text", "name", "Nama")
	if field.Value != "Sari" || field.Error != "Too short." || !field.Required {
		t.Errorf("%+v", field)
	}
	if f.Input("password", "password", "Sandi").Value != "" {
		t.Error("a password came back")
	}
	if f.Take(faults.New(faults.NotFound, "x", "x"), "id") {
		t.Error("a missing thing is no matter of the form")
	}
}
