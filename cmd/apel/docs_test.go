package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/apelkota/apel/web/browsertest"
)

// visitBudget is what a first visit of any page may weigh on the wire, with all it loads.
const visitBudget = 60_000

// The API's page is read by programmers, in English only, on whatever screen they have.
func TestDocsPageInABrowser(t *testing.T) {
	b := browsertest.Start(t)
	c := openCity(t, false)
	for _, view := range []browsertest.View{browsertest.Phone, browsertest.PhoneDark, browsertest.Office} {
		t.Run(view.String(), func(t *testing.T) {
			p := b.Page(t, view)
			for _, at := range []string{"/api/docs", "/api/docs?noun=items"} {
				p.Open(c.server.URL + at)
				p.Rest()
				if sum, parts := p.Bytes(); sum > visitBudget || len(parts) < 1 {
					t.Errorf("the visit of %s weighs %.0f bytes, budget %d: %v", at, sum, visitBudget, parts)
				}
				p.Check()
				p.Axe()
			}
			if n := browsertest.Eval[int](p, `document.querySelectorAll("details").forEach((d, i) => d.open = i % 12 == 0); document.querySelectorAll("details").length`); n < 10 {
				t.Errorf("%d operations on items", n)
			}
			p.Check()
		})
	}
}

// JSON and the document are sent with gzip to whoever takes it; what is no text goes as it is.
func TestAnswersAreCompressed(t *testing.T) {
	c := openCity(t, false)
	ask := func(method, path, role, body, accept string) *httptest.ResponseRecorder {
		t.Helper()
		q := httptest.NewRequest(method, path, strings.NewReader(body)).WithContext(t.Context())
		q.Header.Set("Content-Type", "application/json")
		q.Header.Set("Accept-Encoding", accept)
		if role != "" {
			q.Header.Set("Cookie", "apel="+c.tokens[role])
		}
		w := httptest.NewRecorder()
		c.http.ServeHTTP(w, q)
		if w.Code >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if w.Header().Get("No-Gzip-Compression") != "" {
			t.Errorf("%s %s shows a header of our own making", method, path)
		}
		return w
	}
	for _, path := range []string{"/api/docs", "/api/openapi.json", "/api/openapi.yaml", "/api/v1/people?limit=200", "/api/v1/units?limit=200"} {
		packed, plain := ask(http.MethodGet, path, "training_admin", "", "gzip, br"), ask(http.MethodGet, path, "training_admin", "", "gzip;q=0")
		if packed.Header().Get("Content-Encoding") != "gzip" || plain.Header().Get("Content-Encoding") != "" || !strings.Contains(strings.Join(plain.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%s: encoded %q, plain %q, Vary %q", path, packed.Header().Get("Content-Encoding"), plain.Header().Get("Content-Encoding"), plain.Header().Values("Vary"))
			continue
		}
		if packed.Body.Len()*3 > plain.Body.Len() {
			t.Errorf("%s: %d bytes of %d", path, packed.Body.Len(), plain.Body.Len())
		}
		r, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if whole, err := io.ReadAll(r); err != nil || !bytes.Equal(whole, plain.Body.Bytes()) {
			t.Errorf("%s: %d bytes come back, %v", path, len(whole), err)
		}
	}
	pdf := ask(http.MethodGet, "/api/v1/certificates/"+c.of("near")["certificate"]+"/pdf", "near", "", "gzip")
	if pdf.Header().Get("Content-Encoding") != "" {
		t.Errorf("a PDF is encoded %q", pdf.Header().Get("Content-Encoding"))
	}
}
