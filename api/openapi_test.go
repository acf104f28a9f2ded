package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

var update = flag.Bool("update", false, "write testdata/openapi.json; only together with a new Version")

// mounted is the API with no rooms behind it: enough to describe it.
func mounted(t *testing.T) *gin.Engine {
	t.Helper()
	engine, err := sqlite.Open(filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.New(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	if _, err := Mount(t.Context(), r, Config{DB: db, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	return r
}

func get(t *testing.T, r http.Handler, path string) (*httptest.ResponseRecorder, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d", path, w.Code)
	}
	return w, w.Body.Bytes()
}

const golden = "testdata/openapi.json"

type document struct {
	Info struct {
		Version string `json:"version"`
	} `json:"info"`
	OpenAPI    string                                `json:"openapi"`
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas map[string]json.RawMessage `json:"schemas"`
	} `json:"components"`
}

// Whoever changes what the API promises gives it a new version; programs rest on it.
func TestDocumentChangesOnlyWithANewVersion(t *testing.T) {
	_, raw := get(t, mounted(t), "/api/openapi.json")
	var now bytes.Buffer
	if err := json.Indent(&now, raw, "", "\t"); err != nil {
		t.Fatal(err)
	}
	now.WriteByte('\n')
	want, err := os.ReadFile(golden)
	switch {
	case err == nil && bytes.Equal(want, now.Bytes()):
		return
	case err != nil && !*update:
		t.Fatal(err)
	case err == nil:
		var old document
		if err := json.Unmarshal(want, &old); err != nil {
			t.Fatal(err)
		}
		if old.Info.Version == Version {
			t.Fatalf("the document changed but Version is still %s. First difference:\n%s\nRaise api.Version, then run: go test ./api -run TestDocument -update", Version, firstDifference(want, now.Bytes()))
		}
		if !*update {
			t.Fatalf("the document is of a new version: run go test ./api -run TestDocument -update and read what git diff %s shows", golden)
		}
	}
	if err := os.WriteFile(golden, now.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func firstDifference(a, b []byte) string {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			from := max(0, i-3)
			return "- " + strings.Join(x[from:i+1], "\n- ") + "\n+ " + strings.Join(y[from:i+1], "\n+ ")
		}
	}
	return "one is longer than the other"
}

func TestEveryOperationSaysWhatItIs(t *testing.T) {
	_, raw := get(t, mounted(t), "/api/openapi.json")
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", d.OpenAPI)
	}
	verbFirst := regexp.MustCompile(`^[a-z]+[A-Za-z]*$`)
	seen := map[string]string{}
	n := 0
	for path, item := range d.Paths {
		if !strings.HasPrefix(path, Prefix+"/") {
			t.Errorf("%s is outside of %s", path, Prefix)
		}
		for method, raw := range item {
			var op struct {
				ID        string                     `json:"operationId"`
				Summary   string                     `json:"summary"`
				Tags      []string                   `json:"tags"`
				Responses map[string]json.RawMessage `json:"responses"`
				Security  []any                      `json:"security"`
				Params    []struct {
					Name string `json:"name"`
				} `json:"parameters"`
			}
			if err := json.Unmarshal(raw, &op); err != nil {
				t.Fatal(err)
			}
			n++
			where := strings.ToUpper(method) + " " + path
			if !verbFirst.MatchString(op.ID) || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s: id %q, summary %q, tags %v", where, op.ID, op.Summary, op.Tags)
			}
			if other, twice := seen[op.ID]; twice {
				t.Errorf("%s and %s are both called %s", where, other, op.ID)
			}
			seen[op.ID] = where
			ok := false
			for status := range op.Responses {
				ok = ok || status[0] == '2'
			}
			if !ok {
				t.Errorf("%s documents no success", where)
			}
			keyed := 0
			for _, p := range op.Params {
				if p.Name == keyHeader {
					keyed++
				}
			}
			if takes := method == "post" && len(op.Security) > 0; takes != (keyed == 1) { // a key belongs to an actor
				t.Errorf("%s names an Idempotency-Key %d times", where, keyed)
			}
			// A list is paged, whatever it lists.
			if strings.HasPrefix(op.ID, "list") {
				has := map[string]bool{}
				for _, p := range op.Params {
					has[p.Name] = true
				}
				if !has["limit"] || !has["after"] {
					t.Errorf("%s is a list without limit and after", where)
				}
			}
		}
	}
	if n < 90 {
		t.Errorf("only %d operations are documented", n)
	}
	name := regexp.MustCompile(`^[a-zA-Z0-9._-]+$`) // what OpenAPI allows: others cannot be pointed to
	for schema := range d.Components.Schemas {
		if !name.MatchString(schema) {
			t.Errorf("a schema is called %q: give its type a name", schema)
		}
	}
}

// Every route under the prefix stands in the document, and the other way round.
func TestRoutesAndDocumentAgree(t *testing.T) {
	r := mounted(t)
	_, raw := get(t, r, "/api/openapi.json")
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for path, item := range d.Paths {
		for method := range item {
			documented[strings.ToUpper(method)+" "+pathParameter.ReplaceAllString(path, ":$1")] = true
		}
	}
	routed := map[string]bool{}
	for _, x := range r.Routes() {
		if strings.HasPrefix(x.Path, Prefix+"/") {
			routed[x.Method+" "+x.Path] = true
			if !documented[x.Method+" "+x.Path] {
				t.Errorf("%s %s is not documented", x.Method, x.Path)
			}
		}
	}
	for x := range documented {
		if !routed[x] {
			t.Errorf("%s is documented and not served", x)
		}
	}
}

// The page works on an island: everything it loads comes from this server, and it runs no script.
func TestDocsPageNeedsNoForeignHost(t *testing.T) {
	r := mounted(t)
	w, page := get(t, r, "/api/docs")
	if ct := w.Header().Get("Content-Type"); !strings.HasPrefix(ct, "text/html") {
		t.Errorf("content type %s", ct)
	}
	for _, m := range regexp.MustCompile(`(?:src|href|action)="([^"]*)"`).FindAllStringSubmatch(string(page), -1) {
		if !strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "#") || strings.HasPrefix(m[1], "//") {
			t.Errorf("the page points to %s", m[1])
		}
	}
	for _, bad := range []string{"<script", "style=", "@import", "<iframe"} {
		if bytes.Contains(page, []byte(bad)) {
			t.Errorf("the page has %s", bad)
		}
	}
	_, css := get(t, r, "/api/docs.css")
	if regexp.MustCompile(`url\(|@import|https?:`).Match(css) {
		t.Error("the page's style loads something")
	}
	for _, id := range []string{"importFile", "submitAttempt", "rankCandidates", "listParkedWork", "changeSettings"} {
		if !bytes.Contains(page, []byte(id)) {
			t.Errorf("the page does not list %s", id)
		}
	}
}
