package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/api"
)

// Every refusal of the API is a Problem (RFC 9457) whose type is explained on the API's page, whose title is not another's, and whose status the document
// names (the client's contract sees to that).
func TestEveryRefusalIsAProblem(t *testing.T) {
	c := openCity(t, false)
	const js = "application/json"
	const cohort = `{"course":"APEL-103","name":"Uji","from":"2029-01-01","until":"2029-02-01","quota":5}`
	big := `{"course":"` + strings.Repeat("a", 1<<20) + `"}` // so little too much that the answer is read before the connection closes
	for _, x := range []struct {
		name, role, method, path, media, body string
		header                                []string
		status                                int
		title                                 string
	}{
		{"an unknown address", "learner", "GET", "/resep", "", "", nil, 404, "not_found"},
		{"an unknown address, asked by nobody", "", "POST", "/resep/1/2", js, `{}`, nil, 404, "not_found"},
		{"a slash too many", "learner", "GET", "/courses/", "", "", nil, 404, "not_found"},
		{"a number in the address", "learner", "GET", "/people/198512312010011955", "", "", nil, 404, "not_found"},
		{"an unknown thing", "learner", "GET", "/courses/APEL-999", "", "", nil, 404, "not_found"},
		{"a wrong method", "learner", "DELETE", "/courses", "", "", nil, 405, "method"},
		{"a wrong method on one thing", "", "PATCH", "/enrolments/x.APEL-103.1", js, `{}`, nil, 405, "method"},
		{"a wrong method on a file", "learner", "POST", "/certificates/x/pdf", js, `{}`, nil, 405, "method"},
		{"OPTIONS", "learner", "OPTIONS", "/courses", "", "", nil, 405, "method"},
		{"nobody", "", "GET", "/enrolments", "", "", nil, 401, "unauthenticated"},
		{"nobody asks for a file", "", "GET", "/certificates/x/pdf", "", "", nil, 401, "unauthenticated"},
		{"a token that is none", "", "GET", "/enrolments", "", "", []string{"Authorization", "Bearer apel_tidak-ada"}, 401, "unauthenticated"},
		{"another site", "learner", "POST", "/enrolments", js, `{}`, []string{"Origin", "https://lain.example", "Sec-Fetch-Site", "cross-site"}, 403, "forbidden"},
		{"not one's work", "learner", "POST", "/cohorts", js, cohort, nil, 403, "forbidden"},
		{"an answer wanted as XML", "learner", "GET", "/courses/APEL-999", "", "", []string{"Accept", "text/xml"}, 404, "not_found"},
		{"broken JSON", "learner", "POST", "/enrolments", js, `{"course":`, nil, 400, "invalid"},
		{"no body", "learner", "POST", "/enrolments", js, "", nil, 400, "invalid"},
		{"an unknown member", "learner", "POST", "/enrolments", js, `{"course":"APEL-103","kursus":"x"}`, nil, 422, "invalid"},
		{"broken UTF-8", "learner", "POST", "/enrolments", js, "{\"course\":\"\xff\"}", nil, 422, "invalid"},
		{"a wrong page", "learner", "GET", "/courses?limit=banyak", "", "", nil, 422, "invalid"},
		{"an oversized body", "learner", "POST", "/enrolments", js, big, nil, 413, "too_large"},
		{"an oversized body with a key", "learner", "POST", "/enrolments", js, big, []string{"Idempotency-Key", "uji-besar"}, 413, "too_large"},
		{"another media type", "learner", "POST", "/enrolments", "text/xml", "<course/>", nil, 415, "media_type"},
		{"too long a key", "learner", "POST", "/enrolments", js, `{"course":"APEL-202"}`, []string{"Idempotency-Key", strings.Repeat("k", 200)}, 422, "invalid"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c.t, c.checks.t = t, t
			status, h, body := send(t, c.as(x.role), x.method, api.Prefix+x.path, x.media, x.body, x.header...)
			c.problem(t, status, h, body, x.status, x.title)
		})
	}

	t.Run("too many tries", func(t *testing.T) {
		c.t, c.checks.t = t, t
		var mine struct {
			Items []struct{ Record struct{ Number string } }
		}
		must(t, c.as("learner").call(t.Context(), http.MethodGet, "/certificates", nil, &mine))
		number := ""
		for _, x := range mine.Items {
			number = max(number, x.Record.Number)
		}
		guess, err := json.Marshal(map[string]string{"number": number, "last_three": "000", "name": "Bukan Orangnya"})
		must(t, err)
		for range 100 {
			status, h, body := send(t, c.as(""), http.MethodPost, api.Prefix+"/checks", js, string(guess))
			if status != http.StatusOK {
				c.problem(t, status, h, body, 429, "too_many")
				return
			}
		}
		t.Error("a hundred guesses were answered")
	})
	t.Run("read only", func(t *testing.T) {
		c.t, c.checks.t = t, t
		c.db.SetReadOnly("nothing is changed here")
		status, h, body := send(t, c.as("training_admin"), http.MethodPost, api.Prefix+"/cohorts", js, cohort)
		c.problem(t, status, h, body, 503, "read_only")
	})
}

// problem looks at a refusal as a whole.
func (c *city) problem(t *testing.T, status int, h http.Header, body []byte, want int, title string) {
	t.Helper()
	if status != want || h.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d as %q, want %d: %s", status, h.Get("Content-Type"), want, body)
	}
	var p api.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	if p.Type != "/api/docs#"+p.Title || p.Title != title || p.Status != want || p.Detail == "" || p.Request == "" {
		t.Errorf("the members are %+v, want %s", p, title)
	}
	if page := get(c.http, "/api/docs"); !strings.Contains(page.Body.String(), `id="`+p.Title+`"`) {
		t.Errorf("the page does not explain %s", p.Title)
	}
	for name, on := range map[string]bool{"Www-Authenticate": want == 401, "Retry-After": title == "unavailable", "Allow": want == 405} {
		if _, ok := h[name]; ok != on {
			t.Errorf("%s: %q", name, h[name])
		}
	}
}

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	q := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, q)
	return w
}

// With the storage away the API answers a Problem, and a page is a page.
func TestStorageAway(t *testing.T) {
	c := openCity(t, false)
	must(t, c.db.Engine().(io.Closer).Close())
	cookie := []string{"Cookie", "apel=" + c.tokens["learner"]}
	w := get(c.http, api.Prefix+"/enrolments", cookie...)
	c.problem(t, w.Code, w.Header(), w.Body.Bytes(), 503, "unavailable")
	w = get(c.http, "/katalog", cookie...)
	if page := w.Body.String(); w.Code != 503 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Header().Get("Retry-After") == "" || !strings.Contains(page, "<main") || strings.Contains(page, "sqlite") {
		t.Errorf("the page: %d %v %s", w.Code, w.Header(), page)
	}
}

// A page asked with a method that its address does not take says so in words.
func TestPagesNameWrongMethods(t *testing.T) {
	c := openCity(t, false)
	for path, allow := range map[string][]string{"/katalog": {"GET", "HEAD"}, "/keluar": {"POST"}} {
		w := httptest.NewRecorder()
		c.http.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodDelete, path, nil))
		got := strings.Split(w.Header().Get("Allow"), ", ")
		if slices.Sort(got); w.Code != http.StatusMethodNotAllowed || !slices.Equal(got, allow) || !strings.Contains(w.Body.String(), "<main") {
			t.Errorf("%s: %d, allows %q, want %q", path, w.Code, got, allow)
		}
	}
}
