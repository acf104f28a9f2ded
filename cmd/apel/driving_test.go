package main

// How the tests drive a city: send requests, fill in forms, sit a test, let the work run out, compare what is stored.

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/demo"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/workers"
)

// system is the part of the product that no person stands behind.
var system = access.System("test")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// drain lets the work run out, that which begins late and that which goes on slice by slice too. Work that gave up fails the test.
func (c *city) drain(t *testing.T) {
	t.Helper()
	for range 20 {
		n, err := c.workers.Drain(t.Context(), workers.Drained{AtOnce: 4})
		must(t, err)
		for _, name := range c.db.Collections() {
			parked, err := c.db.Parked(t.Context(), name, storage.Cursor{}, 1)
			must(t, err)
			if len(parked) > 0 {
				t.Fatalf("parked: %s %+v", name, parked)
			}
		}
		if n == 0 {
			return
		}
		c.clock.step(10 * time.Second)
	}
	t.Fatal("the work does not run out")
}

// send makes a request as it stands and returns the whole answer, which the contract has checked.
func send(t *testing.T, c *client, method, path, media, body string, header ...string) (int, http.Header, []byte) {
	t.Helper()
	var r io.Reader
	if body != "" || media != "" {
		r = strings.NewReader(body)
	}
	q, err := http.NewRequestWithContext(t.Context(), method, c.base+path, r)
	if err != nil {
		t.Fatal(err)
	}
	if media != "" {
		q.Header.Set("Content-Type", media)
	}
	if c.cookie != "" {
		q.Header.Set("Cookie", c.cookie)
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(q)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, b
}

// upload makes the body of a form with a file.
func upload(t *testing.T, fields url.Values, field, name, data string) (media, body string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k := range fields {
		if err := m.WriteField(k, fields.Get(k)); err != nil {
			t.Fatal(err)
		}
	}
	w, err := m.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(data)) //nolint:errcheck // a buffer
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return m.FormDataContentType(), b.String()
}

// zipped packs the demo's course, with one file replaced.
func zipped(t *testing.T, replace, with string) string {
	t.Helper()
	folder, err := fs.Sub(demo.Files, "courses/APEL-103")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	err = fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(folder, path)
		if err != nil {
			return err
		}
		if path == replace {
			data = []byte(with)
		}
		w, err := z.Create(path)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sitting brings somebody as far as the post-test of APEL-103.
func (c *city) sitting(t *testing.T, role string) (*mainJob, enrolmentAnswer) {
	t.Helper()
	job, err := (&demoVerb{}).job(c.installation, c.clock, c.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	job.c = c.as(role)
	job.tell = func(step) {}
	var e enrolmentAnswer
	ctx := t.Context()
	if err := job.c.call(ctx, http.MethodPost, "/enrolments", map[string]string{"course": "APEL-103"}, &e); err != nil {
		t.Fatal(err)
	}
	if err := job.c.call(ctx, http.MethodGet, "/enrolments/"+e.ID, nil, &e); err != nil {
		t.Fatal(err)
	}
	if _, err := job.sit(ctx, e, "pre_test", 2); err != nil {
		t.Fatal(err)
	}
	if _, err := job.read(ctx, e); err != nil {
		t.Fatal(err)
	}
	return job, e
}

// content is a digest of every document per collection, so that "changes nothing" is looked at and not believed. Left out is what keeps a record
// of the refusal itself: answers of keyed requests, refused plans of imports, sessions.
func (c *city) content(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range c.db.Collections() {
		switch name {
		case "api_answers", "register_imports", "sessions":
			continue
		}
		h, n := sha256.New(), 0
		for after := ""; ; {
			records, err := c.db.Engine().Slice(t.Context(), name, after, 500)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range records {
				fmt.Fprintf(h, "%s %d %x\n", r.ID, r.Version, r.Body)
				after, n = r.ID, n+1
			}
			if len(records) < 500 {
				break
			}
		}
		out[name] = fmt.Sprintf("%d documents, %s", n, hex.EncodeToString(h.Sum(nil)[:6]))
	}
	return out
}

func (c *city) unchanged(t *testing.T, before map[string]string) {
	t.Helper()
	for name, now := range c.content(t) {
		if before[name] != now {
			t.Errorf("%s changed: %s, before %s", name, now, before[name])
		}
	}
}

// refused is a request that is turned down in words and changes nothing.
type refused struct {
	name, role, method, path, media, body string
	status                                int
	says                                  []string // each stands in the answer, or on the page it leads to
}

func (c *city) refuses(t *testing.T, x refused) {
	t.Helper()
	c.t, c.checks.t = t, t
	cl := c.as(x.role)
	cl.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	before := c.content(t)
	header := []string{"Sec-Fetch-Site", "same-origin"}
	if strings.HasSuffix(x.path, "/extra-time") {
		header = append(header, "Idempotency-Key", "uji-salah")
	}
	status, h, body := send(t, cl, x.method, x.path, x.media, x.body, header...)
	if status != x.status {
		t.Errorf("%d, want %d", status, x.status)
	}
	if status == http.StatusSeeOther {
		_, _, body = send(t, cl, http.MethodGet, h.Get("Location"), "", "")
	}
	answer := html.UnescapeString(string(body))
	for _, s := range x.says {
		if !strings.Contains(answer, s) {
			t.Errorf("the answer does not say %q", s)
		}
	}
	if strings.Contains(answer, "19851231201001195") {
		t.Error("the answer repeats a NIP")
	}
	if strings.Contains(answer, "tidak dapat dibaca (") {
		t.Error("the answer is in English")
	}
	if t.Failed() {
		_, main, page := strings.Cut(answer, "<main")
		if !page {
			main = answer
		}
		t.Logf("%.3000s", main)
	}
	c.unchanged(t, before)
}
