package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/internal/faults"
)

// Doc is a document of a room: its value, and beside it what storage carries for every document.
type Doc[T any] struct {
	ID      string
	Version int64
	Due     *Due    // what is to be done next with it; nil when nothing is
	Trail   []Audit // audit entries written with the change and not yet moved to the audit journal
	Value   T
}

// Edition names what stands in the document, for whoever fills a form from it and must be told when somebody changed it meanwhile: equal values have
// equal editions, whatever happened to due and trail in between (each of which raises the version). 1 to 2^52, so that JSON numbers hold it; 0 for a
// document that does not exist yet.
func (d *Doc[T]) Edition() int64 {
	if d.Version == 0 {
		return 0
	}
	b, err := json.Marshal(d.Value)
	if err != nil {
		panic("storage: a value that was read does not marshal: " + err.Error())
	}
	h := sha256.Sum256(b)
	return int64(binary.BigEndian.Uint64(h[:8])>>12) + 1
}

// Def says what a collection holds. Lifts[n] turns the JSON of shape n into that of shape n+1; every shape below Shape has one.
type Def[T any] struct {
	Name    string
	Shape   int // 1 for a new collection; raise it with a lift when stored documents must change form
	Lifts   map[int]func(json.RawMessage) (json.RawMessage, error)
	Indexes []Index[T]
}

// Index is a pure function from a document to the terms it is found by and its one order key. No terms: the document is not in the index.
type Index[T any] struct {
	Name string
	Of   func(d *Doc[T]) (terms []string, order string)
}

// Collection keeps documents of one type. Safe for use from many goroutines.
type Collection[T any] struct {
	db      *DB
	def     Def[T]
	indexes map[string]bool
}

// Open declares a collection on the DB and returns it. To be called once per name at start.
func Open[T any](ctx context.Context, db *DB, def Def[T]) (*Collection[T], error) {
	if def.Shape < 1 {
		return nil, fmt.Errorf("collection %s: shapes count from 1", def.Name)
	}
	for n := 1; n < def.Shape; n++ {
		if def.Lifts[n] == nil {
			return nil, fmt.Errorf("collection %s: no lift from shape %d", def.Name, n)
		}
	}
	c := &Collection[T]{db: db, def: def, indexes: map[string]bool{dueIndex: true, trailIndex: true}}
	names := []string{dueIndex, trailIndex}
	for _, ix := range def.Indexes {
		if c.indexes[ix.Name] {
			return nil, fmt.Errorf("collection %s: index %s twice", def.Name, ix.Name)
		}
		c.indexes[ix.Name] = true
		names = append(names, ix.Name)
	}
	if err := db.engine.Declare(ctx, def.Name, names); err != nil {
		return nil, fmt.Errorf("declare %s: %w", def.Name, err)
	}
	if err := db.register(ctx, c, def.Shape, names); err != nil {
		return nil, err
	}
	return c, nil
}

// Name is the collection's name.
func (c *Collection[T]) Name() string { return c.def.Name }
func (c *Collection[T]) name() string { return c.def.Name }

// Get reads a document. NotFound when there is none.
func (c *Collection[T]) Get(ctx context.Context, id string) (Doc[T], error) {
	r, err := c.db.engine.Get(ctx, c.def.Name, id)
	if err != nil {
		return Doc[T]{}, fmt.Errorf("get %s/%s: %w", c.def.Name, id, err)
	}
	return c.decode(r)
}

// Insert stores a new document under d.ID and sets d.Version. Conflict when the id exists. Calling it twice gives Conflict the second time,
// never a second document; an unclear answer is settled by reading the operation id back.
func (c *Collection[T]) Insert(ctx context.Context, d *Doc[T]) error {
	d.Version = firstVersion()
	if err := c.write(ctx, d, c.db.engine.Insert); err != nil {
		d.Version = 0
		return err
	}
	return nil
}

// firstVersion is random, so that whoever read a document that was deleted and inserted again since does not find its old version in the new one.
// It leaves room for 2^52 changes below the largest number that JavaScript can tell exactly.
func firstVersion() int64 { return 1 + rand.Int64N(1<<32) }

// Replace swaps a document that was read before, if nobody changed it since, and raises d.Version. Conflict when somebody did.
// Most callers want Update.
func (c *Collection[T]) Replace(ctx context.Context, d *Doc[T]) error {
	d.Version++
	if err := c.write(ctx, d, c.db.engine.Replace); err != nil {
		d.Version--
		return err
	}
	return nil
}

func (c *Collection[T]) write(ctx context.Context, d *Doc[T], do func(context.Context, string, Record) error) error {
	if err := c.db.Writable(); err != nil {
		return fmt.Errorf("write %s/%s: %w", c.def.Name, d.ID, err)
	}
	r, err := c.encode(d)
	if err != nil {
		return err
	}
	err = do(ctx, c.def.Name, r)
	if err != nil && errors.Is(err, faults.Unavailable) {
		err = c.settle(ctx, r, err)
	}
	c.db.noteWrite(err)
	if err != nil {
		return fmt.Errorf("write %s/%s: %w", c.def.Name, d.ID, err)
	}
	return nil
}

// settleTime bounds how long a write looks for its own outcome after its caller went away.
const settleTime = 5 * time.Second

// settle finds out what became of a write whose answer was unclear. Finding our own operation id is success. If somebody else has already
// written on top, ours may lie below theirs: the outcome stays unclear (Unavailable) so that Update does not apply a change twice. It stays
// unclear as well while the document is as it was before: the write may still be on its way.
func (c *Collection[T]) settle(ctx context.Context, r Record, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	got, err := c.db.engine.Get(ctx, c.def.Name, r.ID)
	switch {
	case err == nil && got.Op == r.Op:
		return nil
	case err == nil && got.Version == r.Version:
		return fmt.Errorf("another write came first: %w", faults.Conflict)
	}
	return cause
}

// Unchanged is returned by the function given to Update to leave the document as it is; Update then returns it without an error.
var Unchanged = errors.New("unchanged")

// Update reads the document, applies fn and swaps it in, again from the start when another writer was faster; so fn must be pure: everything it
// needs besides the document is decided before. The document as stored is returned. Errors: NotFound; whatever fn returns.
func (c *Collection[T]) Update(ctx context.Context, id string, fn func(d *Doc[T]) error) (Doc[T], error) {
	for try := 0; ; try++ {
		d, err := c.Get(ctx, id)
		if err != nil {
			return Doc[T]{}, err
		}
		err = fn(&d)
		if errors.Is(err, Unchanged) {
			return d, nil
		}
		if err != nil {
			return Doc[T]{}, err
		}
		err = c.Replace(ctx, &d)
		if err == nil {
			return d, nil
		}
		if !errors.Is(err, faults.Conflict) {
			return Doc[T]{}, err
		}
		if err := Pause(ctx, try); err != nil {
			return Doc[T]{}, err
		}
	}
}

// Upsert is Update for a document that may not exist yet: fn then gets one with Version 0.
func (c *Collection[T]) Upsert(ctx context.Context, id string, fn func(d *Doc[T]) error) (Doc[T], error) {
	for try := 0; ; try++ {
		d, err := c.Get(ctx, id)
		absent := errors.Is(err, faults.NotFound)
		if err != nil && !absent {
			return Doc[T]{}, err
		}
		if absent {
			d = Doc[T]{ID: id}
		}
		err = fn(&d)
		if errors.Is(err, Unchanged) {
			return d, nil
		}
		if err != nil {
			return Doc[T]{}, err
		}
		if absent {
			err = c.Insert(ctx, &d)
		} else {
			err = c.Replace(ctx, &d)
		}
		switch {
		case err == nil:
			return d, nil
		case !absent && errors.Is(err, faults.NotFound): // deleted meanwhile: the next round inserts
		case !errors.Is(err, faults.Conflict):
			return Doc[T]{}, err
		}
		if err := Pause(ctx, try); err != nil {
			return Doc[T]{}, err
		}
	}
}

// Pause spreads racing writers apart before try+1: up to 1 ms after the first lost race, up to 32 ms later. The context's error when it ended.
func Pause(ctx context.Context, try int) error {
	t := time.NewTimer(time.Duration(rand.Int64N(int64(time.Millisecond) << min(try, 5))))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("racing for a document: %w", ctx.Err())
	case <-t.C:
		return nil
	}
}

// Delete removes the document if it is still at this version. Conflict when it is not, NotFound when there is none (the second time). An
// unclear answer is settled by looking: a document that is gone is a success.
func (c *Collection[T]) Delete(ctx context.Context, id string, version int64) error {
	if err := c.db.Writable(); err != nil {
		return fmt.Errorf("delete %s/%s: %w", c.def.Name, id, err)
	}
	err := c.db.engine.Delete(ctx, c.def.Name, id, version)
	if errors.Is(err, faults.Unavailable) {
		look, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
		defer cancel()
		if _, gone := c.db.engine.Get(look, c.def.Name, id); errors.Is(gone, faults.NotFound) {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("delete %s/%s: %w", c.def.Name, id, err)
	}
	return nil
}

// Page is one answer of Find. Next resumes behind it; More says whether something follows.
type Page[T any] struct {
	Docs []Doc[T]
	Next Cursor
	More bool
}

// Find reads one page of an index. An index that the collection does not declare is a defect and an error, so no page hides a scan.
func (c *Collection[T]) Find(ctx context.Context, q Query) (Page[T], error) {
	q, err := c.check(q)
	if err != nil {
		return Page[T]{}, err
	}
	want := q.Limit
	q.Limit++
	found, err := c.db.engine.Find(ctx, c.def.Name, q)
	if err != nil {
		return Page[T]{}, fmt.Errorf("find %s by %s: %w", c.def.Name, q.Index, err)
	}
	p := Page[T]{More: len(found) > want}
	if p.More {
		found = found[:want]
	}
	if len(found) > 0 {
		last := found[len(found)-1]
		p.Next = Cursor{last.Order, last.ID}
	}
	p.Docs = make([]Doc[T], len(found))
	if q.Bare {
		for i, f := range found {
			p.Docs[i] = Doc[T]{ID: f.ID, Version: f.Version}
		}
		return p, nil
	}
	// Decoding is most of what a long read costs, and each document is one by itself.
	share := max(decodeShare, (len(found)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var decoding errgroup.Group
	for from := 0; from < len(found); from += share {
		decoding.Go(func() (err error) {
			for i := from; i < min(from+share, len(found)) && err == nil; i++ {
				p.Docs[i], err = c.decode(found[i].Record)
			}
			return err
		})
	}
	if err := decoding.Wait(); err != nil {
		return Page[T]{}, err
	}
	return p, nil
}

// Gather reads everything a query matches, for filters, sorts and counts in memory. More than MaxGather entries is Invalid: "narrow it down".
func (c *Collection[T]) Gather(ctx context.Context, q Query) ([]Doc[T], error) {
	var all []Doc[T]
	q.Limit = MaxPage
	for {
		p, err := c.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, p.Docs...)
		if !p.More {
			return all, nil
		}
		if len(all) >= MaxGather {
			return nil, faults.New(faults.Invalid, "Terlalu banyak data untuk ditampilkan sekaligus. Persempit pilihan, misalnya per unit atau periode.",
				"Too much to show at once. Narrow it down, for example by unit or period.")
		}
		q.After = p.Next
	}
}

// Each calls fn for everything a query matches, page by page, for background work. What is written meanwhile may or may not be seen.
func (c *Collection[T]) Each(ctx context.Context, q Query, fn func(d Doc[T]) error) error {
	q.Limit = sliceSize
	for {
		p, err := c.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range p.Docs {
			if err := fn(d); err != nil {
				return err
			}
		}
		if !p.More {
			return nil
		}
		q.After = p.Next
	}
}

// All streams the whole collection by id, for backup, doctor and lifts; never on a user's path.
func (c *Collection[T]) All(ctx context.Context, fn func(d Doc[T]) error) error {
	after := ""
	for {
		rs, err := c.db.engine.Slice(ctx, c.def.Name, after, sliceSize)
		if err != nil {
			return fmt.Errorf("stream %s: %w", c.def.Name, err)
		}
		for _, r := range rs {
			d, err := c.decode(r)
			if err != nil {
				return err
			}
			if err := fn(d); err != nil {
				return err
			}
			after = r.ID
		}
		if len(rs) < sliceSize {
			return nil
		}
	}
}

// IDs lists up to limit ids behind after, in order: for bulk work that walks a collection slice by slice, with a cursor of its own.
func (c *Collection[T]) IDs(ctx context.Context, after string, limit int) ([]string, error) {
	rs, err := c.db.engine.Slice(ctx, c.def.Name, after, limit)
	if err != nil {
		return nil, fmt.Errorf("walk %s: %w", c.def.Name, err)
	}
	ids := make([]string, len(rs))
	for i, r := range rs {
		ids[i] = r.ID
	}
	return ids, nil
}

// decodeShare is how many documents are decoded by one goroutine at least.
const decodeShare = 16

// sliceSize bounds the memory of a stream: a document may have 1 MB.
const sliceSize = 64

func (c *Collection[T]) check(q Query) (Query, error) {
	if !c.indexes[q.Index] {
		return q, fmt.Errorf("find %s: there is no index %q", c.def.Name, q.Index)
	}
	if !plain(q.Term) || !plain(q.From) || !plain(q.To) || !plain(q.After.Order) || !plain(q.After.ID) {
		return q, faults.New(faults.Invalid, "Pencarian berisi huruf yang rusak. Ketik ulang.", "The search has broken characters. Type it again.")
	}
	if q.Limit <= 0 {
		q.Limit = DefaultPage
	}
	q.Limit = min(q.Limit, MaxPage)
	return q, nil
}

// stored is a document's form on disk. Shape comes first, so that decode can tell it without parsing the rest.
type stored[T any] struct {
	Shape int     `json:"shape"`
	Due   *Due    `json:"due,omitempty"`
	Trail []Audit `json:"trail,omitempty"`
	Doc   T       `json:"doc"`
}

const shapePrefix = `{"shape":`

func (c *Collection[T]) encode(d *Doc[T]) (Record, error) {
	if d.ID == "" || len(d.ID) > MaxID || !plain(d.ID) {
		return Record{}, fmt.Errorf("collection %s: an id has 1 to %d bytes of UTF-8, not %q", c.def.Name, MaxID, d.ID)
	}
	body, err := json.Marshal(stored[T]{c.def.Shape, d.Due, d.Trail, d.Value})
	if err != nil {
		return Record{}, fmt.Errorf("encode %s/%s: %w", c.def.Name, d.ID, err)
	}
	if len(body) > MaxDocument {
		return Record{}, faults.Wrap(fmt.Errorf("%s/%s has %d bytes", c.def.Name, d.ID, len(body)), faults.TooLarge,
			"Data ini melampaui batas 1 MB. Bagi menjadi bagian yang lebih kecil.", "This is over the limit of 1 MB. Split it into smaller parts.")
	}
	r := Record{ID: d.ID, Version: d.Version, Op: newOp(), Body: body}
	if d.Due != nil {
		r.Entries = append(r.Entries, d.Due.entry())
	}
	if len(d.Trail) > 0 {
		r.Entries = append(r.Entries, Entry{trailIndex, trailPending, OrderTime(d.Trail[0].At)})
	}
	for _, ix := range c.def.Indexes {
		terms, order := ix.Of(d)
		if len(terms) > MaxTerms {
			return Record{}, fmt.Errorf("index %s.%s: %d terms are too many", c.def.Name, ix.Name, len(terms))
		}
		if len(terms) > 0 && (len(order) > MaxKey || !plain(order)) {
			return Record{}, fmt.Errorf("index %s.%s of %s: an order key has up to %d bytes of UTF-8, not %.80q", c.def.Name, ix.Name, d.ID, MaxKey, order)
		}
		for i, term := range terms {
			if len(term) > MaxKey || !plain(term) {
				return Record{}, fmt.Errorf("index %s.%s of %s: a term has up to %d bytes of UTF-8, not %.80q", c.def.Name, ix.Name, d.ID, MaxKey, term)
			}
			if !slices.Contains(terms[:i], term) {
				r.Entries = append(r.Entries, Entry{ix.Name, term, order})
			}
		}
	}
	return r, nil
}

// plain says whether both engines keep and order the string alike: UTF-8 without the zero byte.
func plain(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func (c *Collection[T]) decode(r Record) (Doc[T], error) {
	d := Doc[T]{ID: r.ID, Version: r.Version}
	shape, err := shapeOf(r.Body)
	if err != nil {
		return d, fmt.Errorf("decode %s/%s: %w", c.def.Name, r.ID, err)
	}
	body := r.Body
	if shape > c.def.Shape { // a newer program writes here: what this one wrote back would lose what it does not know
		c.db.setNewer(fmt.Sprintf("%s/%s has shape %d, this program knows %d", c.def.Name, r.ID, shape, c.def.Shape))
	}
	if shape < c.def.Shape {
		if body, err = c.lift(body, shape); err != nil {
			return d, fmt.Errorf("lift %s/%s from shape %d: %w", c.def.Name, r.ID, shape, err)
		}
	}
	var s stored[T]
	if err := json.Unmarshal(body, &s); err != nil {
		return d, fmt.Errorf("decode %s/%s: %w", c.def.Name, r.ID, err)
	}
	d.Due, d.Trail, d.Value = s.Due, s.Trail, s.Doc
	return d, nil
}

func shapeOf(body []byte) (int, error) {
	rest, ok := bytes.CutPrefix(body, []byte(shapePrefix))
	if !ok {
		return 0, errors.New("the stored form has no shape")
	}
	end := bytes.IndexByte(rest, ',')
	if end < 0 {
		return 0, errors.New("the stored form ends after its shape")
	}
	return strconv.Atoi(string(rest[:end]))
}

func (c *Collection[T]) lift(body []byte, shape int) ([]byte, error) {
	var s stored[json.RawMessage]
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, err
	}
	for ; shape < c.def.Shape; shape++ {
		next, err := c.def.Lifts[shape](s.Doc)
		if err != nil {
			return nil, err
		}
		s.Doc = next
	}
	return json.Marshal(s)
}

// rewrite stores a document again in the newest shape with freshly computed entries.
func (c *Collection[T]) rewrite(ctx context.Context, id string) error {
	_, err := c.Update(ctx, id, func(*Doc[T]) error { return nil })
	return err
}

func (c *Collection[T]) update(ctx context.Context, id string, fn func(*Envelope) error) error {
	_, err := c.Update(ctx, id, func(d *Doc[T]) error {
		e := Envelope{d.ID, d.Version, d.Due, d.Trail}
		if err := fn(&e); err != nil {
			return err
		}
		d.Due, d.Trail = e.Due, e.Trail
		return nil
	})
	return err
}

func (c *Collection[T]) envelope(r Record) (Envelope, error) {
	var s stored[json.RawMessage]
	if err := json.Unmarshal(r.Body, &s); err != nil {
		return Envelope{}, fmt.Errorf("decode %s/%s: %w", c.def.Name, r.ID, err)
	}
	return Envelope{r.ID, r.Version, s.Due, s.Trail}, nil
}
