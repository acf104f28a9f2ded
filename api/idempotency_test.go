package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/visit"
)

// keyedDoor is a server with one POST behind the keys; many of them can share a database, as processes do.
type keyedDoor struct {
	t       *testing.T
	keys    *idempotency
	handler http.Handler
	do      func(*gin.Context)
	done    int // how often it was carried out
}

type keyedWorld struct {
	t      *testing.T
	engine storage.Engine
	now    time.Time
}

func newKeyedWorld(t *testing.T) *keyedWorld {
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return &keyedWorld{t, e, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
}

func (w *keyedWorld) door() *keyedDoor {
	db, err := storage.New(w.t.Context(), w.engine)
	if err != nil {
		w.t.Fatal(err)
	}
	keys, err := openIdempotency(w.t.Context(), db, func() time.Time { return w.now })
	if err != nil {
		w.t.Fatal(err)
	}
	d := &keyedDoor{t: w.t, keys: keys}
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(gin.CustomRecoveryWithWriter(io.Discard, func(c *gin.Context, _ any) { c.AbortWithStatus(500) }), keys.middleware)
	r.POST(Prefix+"/x", func(c *gin.Context) {
		d.done++
		d.do(c)
	})
	d.handler = r
	return d
}

func (d *keyedDoor) post(key, body string) (int, string, bool) {
	d.t.Helper()
	return d.postAs(access.Actor{Person: "ani"}, key, body)
}

func (d *keyedDoor) postAs(a access.Actor, key, body string) (int, string, bool) {
	d.t.Helper()
	w := httptest.NewRecorder()
	q := httptest.NewRequest(http.MethodPost, Prefix+"/x", strings.NewReader(body))
	q.Header.Set("Idempotency-Key", key)
	d.handler.ServeHTTP(w, q.WithContext(visit.With(d.t.Context(), visit.Visit{Actor: a})))
	return w.Code, w.Body.String(), w.Header().Get("Idempotent-Replay") == "true"
}

// What was done, and what is wrong with the request itself, is shown again; what may be otherwise in a moment is asked anew.
func TestKeyedAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		again  bool // the first answer is shown again
	}{{200, true}, {201, true}, {400, true}, {413, true}, {415, true}, {422, true}, {401, false}, {403, false}, {404, false}, {409, false}, {429, false}, {500, false}, {503, false}} {
		t.Run(strconv.Itoa(c.status), func(t *testing.T) {
			d := newKeyedWorld(t).door()
			status := c.status
			d.do = func(g *gin.Context) { g.String(status, "answer %d", d.done) }
			if s, body, _ := d.post("k", "a"); s != c.status || body != "answer 1" {
				t.Fatal(s, body)
			}
			status = 201
			s, body, replayed := d.post("k", "a")
			if c.again && (s != c.status || body != "answer 1" || !replayed || d.done != 1) {
				t.Errorf("again: %d %s, carried out %d times", s, body, d.done)
			}
			if !c.again && (s != 201 || body != "answer 2" || replayed) {
				t.Errorf("the key is stuck: %d %s", s, body)
			}
			if !c.again { // and what was done then is the result
				if s, body, replayed := d.post("k", "a"); s != 201 || body != "answer 2" || !replayed {
					t.Errorf("third: %d %s", s, body)
				}
			}
		})
	}
}

// Whoever lost a role since does not see the old answer again, and the work is not done twice either.
func TestKeyedAnswersAreForTheSameRights(t *testing.T) {
	d := newKeyedWorld(t).door()
	d.do = func(g *gin.Context) { g.String(200, "a person's data") }
	both := []access.Grant{{Role: "training_admin"}, {Role: "supervisor", Unit: "u"}}
	if s, _, _ := d.postAs(access.Actor{Person: "ani", Grants: both}, "k", "a"); s != 200 {
		t.Fatal(s)
	}
	if s, body, replayed := d.postAs(access.Actor{Person: "ani", Grants: []access.Grant{both[1], both[0]}}, "k", "a"); s != 200 || !replayed {
		t.Errorf("the same roles in another order: %d %s", s, body)
	}
	if s, body, replayed := d.postAs(access.Actor{Person: "ani", Grants: both[1:]}, "k", "a"); s != 409 || replayed || strings.Contains(body, "data") || d.done != 1 {
		t.Errorf("after a role was revoked: %d %s, carried out %d times", s, body, d.done)
	}
}

// A panic frees the key at once; a process that died, after the lease; and while somebody is at it, the second waits.
func TestUnfinishedKeyedRequests(t *testing.T) {
	w := newKeyedWorld(t)
	d := w.door()
	d.do = func(*gin.Context) { panic("defect") }
	if s, _, _ := d.post("panics", "a"); s != 500 {
		t.Fatal(s)
	}
	d.do = func(c *gin.Context) { c.String(201, "made") }
	if s, body, _ := d.post("panics", "a"); s != 201 {
		t.Errorf("after a panic: %d %s", s, body)
	}

	// The second comes while the first is at work, in the same process and in another.
	other := w.door()
	other.do = d.do
	d.do = func(c *gin.Context) {
		for _, x := range []*keyedDoor{d, other} {
			if s, body, _ := x.post("slow", "a"); s != 409 || !strings.Contains(body, "sedang dikerjakan") {
				t.Errorf("while it is being worked on: %d %s", s, body)
			}
		}
		c.String(201, "made")
	}
	if s, _, _ := d.post("slow", "a"); s != 201 || other.done != 0 {
		t.Errorf("%d; the other process did it %d times", s, other.done)
	}
	if s, _, replayed := other.post("slow", "a"); s != 201 || !replayed {
		t.Errorf("another process does not show the result: %d", s)
	}

	// A process dies with the work half done: what it leaves behind is a document without an answer.
	dead := w.door()
	dead.do = func(c *gin.Context) {
		doc, err := dead.keys.docs.Get(t.Context(), keyedIDs(t, dead)[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := dead.keys.docs.Replace(t.Context(), &doc); err != nil { // a version the process does not know: its answer and its clean-up are lost
			t.Fatal(err)
		}
		c.String(201, "lost")
	}
	dead.post("dies", "a")
	if s, body, _ := other.post("dies", "a"); s != 409 || !strings.Contains(body, "kunci yang sama") {
		t.Errorf("right after a death: %d %s", s, body)
	}
	w.now = w.now.Add(lease)
	if s, body, replayed := other.post("dies", "a"); s != 201 || replayed {
		t.Errorf("after the lease: %d %s", s, body)
	}
	if s, _, replayed := other.post("dies", "a"); s != 201 || !replayed {
		t.Errorf("the result after the lease: %d", s)
	}
	if s, _, _ := other.post("dies", "b"); s != 422 {
		t.Errorf("another request with the key: %d", s)
	}

	// A day later the answers are gone.
	w.now = w.now.Add(keepAnswers + time.Minute)
	if err := other.keys.clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ids := keyedIDs(t, other); len(ids) != 0 {
		t.Errorf("%d answers are kept", len(ids))
	}
}

// keyedIDs lists what is kept, unfinished ones first.
func keyedIDs(t *testing.T, d *keyedDoor) (ids []string) {
	t.Helper()
	p, err := d.keys.docs.Find(t.Context(), storage.Query{Index: answersByAge, Term: "all", Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range p.Docs {
		if x.Value.Status == 0 {
			ids = append([]string{x.ID}, ids...)
		} else {
			ids = append(ids, x.ID)
		}
	}
	return ids
}
