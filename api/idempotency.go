package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/visit"
)

// A POST with an Idempotency-Key is carried out once: a second one with the same key shows the first result. The key belongs to its actor and
// path. What was asked stands as a digest, the answer as it was sent; both are dropped after keepAnswers. An answer that says nothing for good frees the
// key (see passing), and so does a request whose process died, after its lease.
type answered struct {
	At      time.Time `json:"at"`
	Process string    `json:"process,omitempty"` // which carries it out
	Request string    `json:"request"`           // SHA-256 of the query and the body
	Rights  string    `json:"rights,omitempty"`  // digest of the roles the actor had: an answer is not shown again to somebody who may see less by now
	Status  int       `json:"status"`            // 0 while the first request is still running
	Type    string    `json:"type,omitempty"`
	Body    []byte    `json:"body,omitempty"`
	Secret  bool      `json:"secret,omitempty"` // the answer was a secret and is not kept
}

const (
	keepAnswers = 24 * time.Hour
	// lease is when a request of another process that stored no answer counts as died with it; leaseOfFiles is that of routes that take whole files.
	lease        = time.Minute
	leaseOfFiles = 10 * time.Minute
	// keyedMax is the body limit of a keyed POST outside of the operations that name their own.
	keyedMax  = 1 << 20
	keyHeader = "Idempotency-Key"
	// keyMax is how many bytes a key has at most.
	keyMax = 100
)

// answersByAge is the index the cleaner uses.
const answersByAge = "age"

type idempotency struct {
	docs *storage.Collection[answered]
	now  func() time.Time

	routes map[string]keyedRoute // by gin's path; filled while operations are registered, read-only afterwards

	process string // names this process among those that share a database
	mu      sync.Mutex
	running map[string]bool // what this process is carrying out
}

// passing says whether an answer may be another one a moment later, with the same request: who asks may log in or get a role, what is missing may come, a
// state may change, our side may recover. Such an answer changed nothing and is not kept, so that the key does not repeat it for a day. What was done,
// and what is wrong with the request itself, is shown again.
func passing(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}

// begin says whether this process was not at it already; if so, end must be called.
func (i *idempotency) begin(id string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.running[id] {
		return false
	}
	i.running[id] = true
	return true
}

func (i *idempotency) end(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.running, id)
}

var errRunning = faults.New(faults.Conflict, "Permintaan yang sama sedang dikerjakan. Tunggu sebentar, lalu kirim lagi dengan kunci yang sama.", "The same request is being worked on. Wait a moment, then send it again with the same key.")

// keyedRoute is what the middleware must know of a POST operation.
type keyedRoute struct {
	max    int64
	secret bool
}

var pathParameter = regexp.MustCompile(`\{([^}]+)\}`)

func (i *idempotency) register(o huma.Operation, secret bool) {
	if o.Method == http.MethodPost {
		i.routes[pathParameter.ReplaceAllString(o.Path, ":$1")] = keyedRoute{o.MaxBodyBytes, secret}
	}
}

func openIdempotency(ctx context.Context, db *storage.DB, now func() time.Time) (*idempotency, error) {
	docs, err := storage.Open(ctx, db, storage.Def[answered]{Name: "api_answers", Shape: 1, Indexes: []storage.Index[answered]{
		{Name: answersByAge, Of: func(d *storage.Doc[answered]) ([]string, string) {
			return []string{"all"}, storage.OrderTime(d.Value.At)
		}},
	}})
	return &idempotency{docs: docs, now: now, routes: map[string]keyedRoute{}, process: storage.NewID(), running: map[string]bool{}}, err
}

// Cleaner gives the scheduled work that drops old answers, for a process that only works; one that serves gets it from Mount.
func Cleaner(ctx context.Context, db *storage.DB, now func() time.Time) (func(context.Context) error, error) {
	i, err := openIdempotency(ctx, db, now)
	return i.clean, err
}

// Clean drops answers that are older than a day. Safe to call at any time.
func (i *idempotency) clean(ctx context.Context) error {
	for {
		p, err := i.docs.Find(ctx, storage.Query{Index: answersByAge, Term: "all", To: storage.OrderTime(i.now().Add(-keepAnswers)), Limit: 200})
		if err != nil {
			return err
		}
		for _, d := range p.Docs {
			if err := i.docs.Delete(ctx, d.ID, d.Version); err != nil && !errors.Is(err, faults.NotFound) && !errors.Is(err, faults.Conflict) {
				return err
			}
		}
		if !p.More {
			return nil
		}
	}
}

// rights is a digest of an actor's roles, whatever their order.
func rights(a access.Actor) string {
	all := make([]string, 0, len(a.Grants))
	for _, g := range a.Grants {
		all = append(all, g.Role+"\x00"+g.Unit)
	}
	slices.Sort(all)
	sum := sha256.Sum256([]byte(strings.Join(all, "\x01")))
	return hex.EncodeToString(sum[:8])
}

// middleware watches POST requests with a key.
func (i *idempotency) middleware(c *gin.Context) {
	key := c.GetHeader(keyHeader)
	if key == "" || c.Request.Method != http.MethodPost {
		return
	}
	ctx := c.Request.Context()
	refuse := func(err error) { problem(ctx, err).write(c.Writer); c.Abort() }
	if len(key) > keyMax || strings.ContainsAny(key, "\x00\n") {
		refuse(faults.New(faults.Invalid, "Idempotency-Key paling panjang 100 huruf.", "An Idempotency-Key has at most 100 characters."))
		return
	}
	a := visit.Actor(ctx)
	if a.Anonymous() {
		return // a key belongs to an actor; the handler will refuse
	}
	route := i.routes[c.FullPath()]
	limit := int64(keyedMax)
	if route.max > 0 {
		limit = route.max
	}
	asked, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); !large {
			refuse(faults.TooSlow)
			return
		}
		refuse(faults.Wrap(err, faults.TooLarge, "Isi permintaan terlalu besar.", "The request body is too large."))
		return
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(asked))
	sum := sha256.Sum256(append([]byte(c.Request.URL.RawQuery+"\x00"), asked...))
	id := sha256.Sum256([]byte(a.Name() + "\x00" + c.Request.URL.Path + "\x00" + key))
	d := storage.Doc[answered]{ID: hex.EncodeToString(id[:]), Value: answered{At: i.now().UTC(), Process: i.process, Request: hex.EncodeToString(sum[:]), Rights: rights(a)}}
	if !i.begin(d.ID) {
		refuse(errRunning)
		return
	}
	defer i.end(d.ID)
	held := lease
	if limit > keyedMax {
		held = leaseOfFiles
	}
	err = i.docs.Insert(ctx, &d)
	if errors.Is(err, faults.Conflict) {
		first, err := i.docs.Get(ctx, d.ID)
		switch {
		case errors.Is(err, faults.NotFound): // another process has just freed it
			refuse(errRunning)
			return
		case err != nil:
			refuse(err)
			return
		case first.Value.Request != d.Value.Request:
			refuse(faults.New(faults.Invalid, "Idempotency-Key ini sudah dipakai untuk permintaan lain. Pakai kunci baru.", "This Idempotency-Key was used for another request. Use a new key."))
			return
		case first.Value.Status != 0 && first.Value.Rights != d.Value.Rights:
			refuse(faults.New(faults.Conflict, "Permintaan ini sudah dikerjakan, tetapi peran Anda berubah sejak itu. Buka halamannya untuk melihat hasilnya.",
				"This request was carried out, but your roles have changed since. Open its page to see the result."))
			return
		case first.Value.Status != 0 && first.Value.Secret:
			refuse(faults.New(faults.Conflict, "Permintaan ini sudah dikerjakan. Isinya rahasia dan hanya ditampilkan satu kali; buat yang baru dengan kunci baru.",
				"This request was carried out. Its answer is a secret that is shown once; make a new one with a new key."))
			return
		case first.Value.Status != 0:
			c.Header("Idempotent-Replay", "true")
			c.Header("Cache-Control", "no-store")
			c.Data(first.Value.Status, first.Value.Type, first.Value.Body)
			c.Abort()
			return
		case first.Value.Process != i.process && i.now().Sub(first.Value.At) < held: // our own would be among the running
			refuse(errRunning)
			return
		}
		first.Value.At, first.Value.Process, first.Value.Rights = d.Value.At, i.process, d.Value.Rights
		if err := i.docs.Replace(ctx, &first); errors.Is(err, faults.Conflict) { // another process took it over
			refuse(errRunning)
			return
		} else if err != nil {
			refuse(err)
			return
		}
		d = first
	} else if errors.Is(err, faults.ReadOnly) {
		return // nothing can be kept, and nothing will be changed: the room refuses by itself
	} else if err != nil {
		refuse(err)
		return
	}
	w := &keeper{ResponseWriter: c.Writer}
	c.Writer = w
	ctx = context.WithoutCancel(ctx)
	finished := false
	defer func() { // after a panic too
		if finished && !passing(w.Status()) {
			return
		}
		if err := i.docs.Delete(ctx, d.ID, d.Version); err != nil {
			c.Error(err) //nolint:errcheck // gin keeps it for the log
		}
	}()
	c.Next()
	if finished = true; passing(w.Status()) {
		return
	}
	d.Value.Status, d.Value.Type, d.Value.Body = w.Status(), w.Header().Get("Content-Type"), w.kept.Bytes()
	if route.secret && w.Status() < 300 {
		d.Value.Secret, d.Value.Body = true, nil
	}
	if err := i.docs.Replace(ctx, &d); err != nil {
		c.Error(err) //nolint:errcheck // the work is done and repeatable; only the shown answer is lost
	}
}

// keeper copies what is sent.
type keeper struct {
	gin.ResponseWriter
	kept bytes.Buffer
}

func (k *keeper) Write(b []byte) (int, error) {
	k.kept.Write(b)
	return k.ResponseWriter.Write(b)
}

func (k *keeper) WriteString(s string) (int, error) {
	k.kept.WriteString(s)
	return k.ResponseWriter.WriteString(s)
}
