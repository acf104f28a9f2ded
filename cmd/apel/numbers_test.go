package main

import (
	"encoding/base64"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/apelkota/apel/people"
)

// watched notes every address that was asked for and every one that an answer leads to.
type watched struct {
	next http.RoundTripper

	mu        sync.Mutex
	addresses map[string]string // address -> where it stood
}

func (w *watched) note(address, where string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.addresses[address]; !ok {
		w.addresses[address] = where
	}
}

// linked finds addresses in pages (attributes) and in JSON (texts that begin like one).
var linked = regexp.MustCompile(`(?:href|action|formaction|src|content|data-[a-z-]+)="([^"]*/[^"]*)"|"((?:https?://[^"/]+)?/[^"\s]*)"`)

// RoundTrip implements http.RoundTripper.
func (w *watched) RoundTrip(q *http.Request) (*http.Response, error) {
	w.note(q.URL.RequestURI(), "asked for")
	res, err := w.next.RoundTrip(q)
	if err != nil || strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return res, err
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return res, err
	}
	res.Body.Close()
	res.Body = io.NopCloser(strings.NewReader(string(b)))
	if l := res.Header.Get("Location"); l != "" {
		w.note(l, "Location of "+q.Method+" "+q.URL.Path)
	}
	if kind := res.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") || strings.Contains(kind, "json") {
		for _, m := range linked.FindAllStringSubmatch(string(b), -1) {
			w.note(html.UnescapeString(m[1]+m[2]), q.Method+" "+q.URL.Path)
		}
	}
	return res, nil
}

// numbers knows every NIP of a city.
type numbers struct{ all map[string]bool }

var eighteen = regexp.MustCompile(`(?:^|[^0-9A-Za-z])([0-9]{18})(?:$|[^0-9A-Za-z])`)

// in finds a NIP in a text: one of somebody's, also in groups, in escapes or in the marks of pages; or anything else that looks like one.
func (n numbers) in(text string) bool {
	texts := []string{text}
	if u, err := url.QueryUnescape(text); err == nil {
		texts = append(texts, u)
	}
	for _, part := range regexp.MustCompile(`[A-Za-z0-9_-]{16,}`).FindAllString(text, -1) {
		if b, err := base64.RawURLEncoding.DecodeString(part); err == nil {
			texts = append(texts, string(b))
		}
	}
	for _, t := range texts {
		if eighteen.MatchString(t) {
			return true
		}
		plain := strings.NewReplacer(" ", "", ".", "", "-", "", "+", "").Replace(t)
		for i := 0; i+18 <= len(plain); i++ {
			if n.all[plain[i:i+18]] {
				return true
			}
		}
	}
	return false
}

func (c *city) numbers(t *testing.T) numbers {
	t.Helper()
	n := numbers{map[string]bool{}}
	f := people.PersonFilter{Limit: 200}
	for {
		p, err := c.installation.people.Persons(t.Context(), system, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range p.Items {
			for _, id := range x.Identities {
				n.all[string(id.Number)] = true
			}
		}
		if !p.More {
			break
		}
		f.After = p.Next
	}
	if len(n.all) < 50 {
		t.Fatalf("only %d numbers", len(n.all))
	}
	return n
}

// A page of each kind is opened once per role: this is what makes an address of a kind.
var anID = regexp.MustCompile(`/[^/?]*[0-9][^/?]*`)

// crawl opens whatever a person with a role can reach by links, and says how many pages that were.
func (c *city) crawl(t *testing.T, role string, w *watched) (pages int) {
	t.Helper()
	cl := c.as(role)
	cl.http.Transport = w
	cl.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	kinds := map[string]int{}
	todo := []string{"/", "/kelola", "/akun", "/api/docs"}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.server.URL+at, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Cookie", cl.cookie)
		res, err := cl.http.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode >= 500 {
			t.Errorf("%s as %s: %d", at, role, res.StatusCode)
		}
		pages++
		next := []string{res.Header.Get("Location")}
		if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(string(b), -1) {
				next = append(next, html.UnescapeString(m[1]))
			}
		}
		for _, to := range next {
			to, _, _ = strings.Cut(to, "#")
			if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/assets/") {
				continue
			}
			path, query, _ := strings.Cut(to, "?")
			kind := anID.ReplaceAllString(path, "/*") + "?" + regexp.MustCompile(`=[^&]*`).ReplaceAllString(query, "")
			if kinds[kind]++; kinds[kind] <= 1 {
				todo = append(todo, to)
			}
		}
	}
	return pages
}

// The main job, every page that every role can reach by links, searches and refusals: no address and no line of the log names a NIP.
func TestNoNumberInAddressesAndLogs(t *testing.T) {
	t.Setenv("APEL_LOG", "debug")
	logFile := filepath.Join(t.TempDir(), "log")
	f, err := os.Create(logFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	stderr := os.Stderr
	os.Stderr = f
	c := openCity(t, true)
	os.Stderr = stderr
	n := c.numbers(t)
	w := &watched{next: http.DefaultTransport, addresses: map[string]string{}}

	// What a person or program types: a NIP into every field that takes one, right and wrong, by post.
	near := c.of("near")["nip"]
	post := func(role, path, media, body string, want int) string {
		t.Helper()
		cl := c.as(role)
		cl.http.Transport = w
		cl.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		status, header, answer := send(t, cl, http.MethodPost, path, media, body)
		if status != want {
			t.Errorf("POST %s: %d, want %d: %s", path, status, want, answer)
		}
		return header.Get("Location")
	}
	const form, js = "application/x-www-form-urlencoded", "application/json"
	if at := post("training_admin", "/kelola/pegawai", form, "q="+near, 303); at != "/kelola/pegawai/"+c.persons["near"] {
		t.Errorf("a number leads to %s", at)
	}
	post("training_admin", "/kelola/pegawai", form, "q="+near[:17], 422)
	post("dpo", "/kelola/audit", form, "act=tentang&q="+near, 303)
	post("dpo", "/kelola/audit", form, "act=tentang&q="+near[:17]+"9", 303)
	post("training_admin", "/kelola/penugasan/baru", form, "act=find&find="+near, 200)
	post("", "/masuk", form, "nip="+near+"&password=salah+sekali", 422)
	post("", "/lupa-sandi", form, "nip="+near, 200)
	post("", "/aktivasi", form, "nip="+near+"&code=AAAAA-AAAAA&password=kuda-laut-2026&again=kuda-laut-2026&privacy=1", 422)
	post("training_admin", "/api/v1/people/lookup", js, `{"nip":"`+near+`"}`, 200)
	post("training_admin", "/api/v1/people/lookup", js, `{"nip":"`+near[:17]+`9"}`, 404)
	post("", "/api/v1/sessions", js, `{"nip":"`+near+`","password":"salah"}`, 401)
	post("training_admin", "/api/v1/imports/people?name=people.csv", "text/csv", "nip,name,status,legal_position,rank,unit,service_end\n"+near+",Budi Uji,PNS,01,III/c,ENTAH,2043-12-31\n", 422)

	v := &demoVerb{}
	job, err := v.job(c.installation, c.clock, c.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	job.c.http.Transport = w
	job.out, job.tell = t.TempDir(), func(step) {}
	l := c.logins["author"]
	if err := job.run(t.Context(), jobPerson{NIP: l.NIP, Password: l.Password}); err != nil {
		t.Fatal(err)
	}
	pages := 0
	for _, role := range []string{"learner", "supervisor", "author", "reviewer", "marker", "invigilator", "unit_admin", "training_admin", "placement_analyst", "leader", "signer", "auditor", "dpo", "system_admin"} {
		pages += c.crawl(t, role, w)
	}
	if pages < 200 || len(w.addresses) < 500 {
		t.Errorf("only %d pages and %d addresses were looked at", pages, len(w.addresses))
	}
	for address, where := range w.addresses {
		if n.in(address) {
			t.Errorf("a NIP stands in an address (%s): %s", where, address)
		}
	}

	log, err := os.ReadFile(logFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(log), "\n")
	if strings.Count(string(log), "route=") < pages {
		t.Errorf("%d lines for %d pages prove nothing", len(lines), pages)
	}
	for _, line := range lines {
		if n.in(line) {
			t.Errorf("the log names a NIP: %s", line)
		}
	}
}

// An address with a number in it is not followed: the API refuses with the way to go, pages come back without it. Neither repeats the number.
func TestNumberInAnAddressIsTurnedAway(t *testing.T) {
	c := openCity(t, false)
	near := c.of("near")["nip"]
	grouped := near[:8] + " " + near[8:14] + " " + near[14:15] + " " + near[15:]
	before := c.content(t)
	for _, q := range []string{"/people?q=" + near, "/people?q=" + url.QueryEscape(grouped), "/people?q=" + near[:8], "/positions?q=" + near, "/courses?q=" + near, "/certificates?q=" + near, "/vacancies?q=" + near,
		"/people?position=" + near, "/certificates?person=" + near, "/audit?about=" + near, "/people?q=budi&after=" + near} {
		status, _, body := send(t, c.as("training_admin"), http.MethodGet, "/api/v1"+q, "", "")
		if status != 422 || !strings.Contains(string(body), "POST /api/v1/people/lookup") || !strings.Contains(string(body), `"query.`) || strings.Contains(string(body), near[:8]) {
			t.Errorf("%s: %d %s", q, status, body)
		}
	}
	for _, q := range []string{"/people?q=budi+1990", "/certificates?q=00012%2FAPEL-103%2FBKPSDMD%2FXI%2F2026"} {
		if status, _, body := send(t, c.as("training_admin"), http.MethodGet, "/api/v1"+q, "", ""); status != 200 {
			t.Errorf("%s: %d %s", q, status, body)
		}
	}
	for _, x := range []struct{ role, at, to string }{
		{"training_admin", "/kelola/pegawai?q=" + near + "&status=PNS", "/kelola/pegawai?status=PNS"}, {"training_admin", "/kelola/pegawai?q=" + url.QueryEscape(grouped), "/kelola/pegawai"},
		{"training_admin", "/kelola/unor?q=" + near[:8], "/kelola/unor"}, {"learner", "/katalog?q=" + near, "/katalog"}, {"training_admin", "/kelola/penugasan/baru?pegawai=" + near, "/kelola/penugasan/baru"},
		{"", "/kelola/pegawai?q=" + near, "/kelola/pegawai"}, {"", "/masuk?kembali=" + url.QueryEscape("/kelola/pegawai?q="+near), "/masuk"},
	} {
		cl := c.as(x.role)
		cl.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		status, header, _ := send(t, cl, http.MethodGet, x.at, "", "")
		if status != 303 || header.Get("Location") != x.to {
			t.Errorf("%s: %d to %q, want %q", x.at, status, header.Get("Location"), x.to)
		}
		if x.role != "" {
			cl.cookie += "; " + strings.Split(header.Get("Set-Cookie"), ";")[0]
			if _, _, page := send(t, cl, http.MethodGet, x.to, "", ""); !strings.Contains(string(page), "kotak pencarian halaman Pegawai") {
				t.Errorf("%s does not say where to search", x.to)
			}
		}
	}
	c.unchanged(t, before)
}
