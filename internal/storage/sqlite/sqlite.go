// Package sqlite is the embedded storage engine: one file, one writer that shares each commit among everybody waiting, many readers.
//
// It runs SQLite in WAL mode with synchronous=FULL: a write is acknowledged after the fsync of the commit that carries it. Writers hand
// their write to one goroutine, which puts all waiting writes into one transaction (group commit); each write still succeeds or fails on its own.
package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// maxGroup bounds how many writes share one commit, so that the first of them does not wait for long.
const maxGroup = 256

// Engine is a storage.Engine on one SQLite file.
type Engine struct {
	reads *sql.DB
	write *sql.DB
	conn  *sql.Conn // the only connection that writes; owned by the writer goroutine once started

	jobs   chan *job
	closed chan struct{}
	done   chan struct{}
	once   sync.Once

	mu          sync.RWMutex
	collections map[string]*collection

	readOnly bool
	commits  counter
}

// collection holds the prepared statements of one collection.
type collection struct {
	get, slice *sql.Stmt // on reads
	find       map[findShape]*sql.Stmt
	mu         sync.Mutex

	// used by the writer goroutine only, on its connection
	head, insert, replace, remove, addEntry, dropEntries *sql.Stmt
}

type findShape struct{ desc, after, bare bool }

type counter struct {
	sync.Mutex
	commits, writes int64
}

type job struct {
	do   func(ctx context.Context) error // runs on the writer's connection inside the shared transaction
	err  error
	done chan struct{}
}

// Options of Open.
type Options struct {
	ReadOnly bool
	// testOnlySynchronous replaces FULL, to see the durability test fail.
	testOnlySynchronous string
}

// Open opens or makes the database file. Unavailable when the file cannot be opened.
func Open(path string, o Options) (*Engine, error) {
	synchronous := "FULL"
	if o.testOnlySynchronous != "" {
		synchronous = o.testOnlySynchronous
	}
	dsn := func(mode string) string {
		v := url.Values{}
		v.Add("_pragma", "busy_timeout(10000)")
		v.Add("_pragma", "journal_mode(WAL)")
		v.Add("_pragma", "synchronous("+synchronous+")")
		v.Add("_pragma", "cache_size(-16000)")
		v.Add("_pragma", "temp_store(MEMORY)")
		v.Set("mode", mode)
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
	}
	e := &Engine{jobs: make(chan *job, maxGroup), closed: make(chan struct{}), done: make(chan struct{}), collections: map[string]*collection{}, readOnly: o.ReadOnly}
	mode := "rwc"
	if o.ReadOnly {
		mode = "ro"
		if _, err := os.Stat(path); err != nil {
			return nil, faults.Wrap(err, faults.NotFound, "Belum ada data di folder ini.", "There is no data in this folder yet.")
		}
		close(e.done)
	} else {
		var err error
		if e.write, err = sql.Open("sqlite", dsn(mode)); err != nil {
			return nil, unavailable(err)
		}
		if e.conn, err = e.write.Conn(context.Background()); err != nil {
			return nil, unavailable(fmt.Errorf("open %s: %w", path, err))
		}
	}
	var err error
	if e.reads, err = sql.Open("sqlite", dsn(mode)); err != nil {
		return nil, unavailable(err)
	}
	e.reads.SetMaxOpenConns(8)
	e.reads.SetMaxIdleConns(8)
	if err := e.reads.Ping(); err != nil {
		return nil, unavailable(fmt.Errorf("open %s: %w", path, err))
	}
	if !o.ReadOnly {
		go e.writer()
	}
	return e, nil
}

// Close waits for the writes under way, then closes the file. Writes that come later are Unavailable.
func (e *Engine) Close() error {
	var err error
	e.once.Do(func() {
		close(e.closed)
		<-e.done
		err = e.reads.Close()
		if e.conn != nil {
			err = errors.Join(err, e.conn.Close(), e.write.Close())
		}
	})
	return err
}

// Commits tells how many writes were acknowledged and how many commits carried them.
func (e *Engine) Commits() (writes, commits int64) {
	e.commits.Lock()
	defer e.commits.Unlock()
	return e.commits.writes, e.commits.commits
}

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// Declare makes the tables of a collection.
func (e *Engine) Declare(ctx context.Context, name string, _ []string) error {
	if !nameRule.MatchString(name) {
		return fmt.Errorf("%q is no name for a collection", name)
	}
	e.mu.RLock()
	_, known := e.collections[name]
	e.mu.RUnlock()
	if known {
		return nil
	}
	if !e.readOnly {
		if err := e.submit(ctx, func(ctx context.Context) error {
			for _, q := range []string{
				`CREATE TABLE IF NOT EXISTS d_` + name + ` (id TEXT PRIMARY KEY COLLATE BINARY, version INTEGER NOT NULL, op TEXT NOT NULL, entries TEXT NOT NULL, body BLOB NOT NULL)`,
				`CREATE TABLE IF NOT EXISTS x_` + name + ` (ix TEXT NOT NULL, term TEXT NOT NULL, ord TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (ix, term, ord, id)) WITHOUT ROWID`,
			} {
				if _, err := e.conn.ExecContext(ctx, q); err != nil {
					return unavailable(err)
				}
			}
			return nil
		}); err != nil {
			return err
		}
	} else {
		var n int
		if err := e.reads.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = ?`, "d_"+name).Scan(&n); err != nil {
			return unavailable(err)
		}
		if n == 0 { // an older folder opened for reading: the collection is empty
			e.mu.Lock()
			e.collections[name] = nil
			e.mu.Unlock()
			return nil
		}
	}
	c := &collection{find: map[findShape]*sql.Stmt{}}
	var err error
	prepare := func(s **sql.Stmt, q string) {
		if err == nil {
			*s, err = e.reads.PrepareContext(ctx, q)
		}
	}
	prepare(&c.get, `SELECT version, op, body FROM d_`+name+` WHERE id = ?`)
	prepare(&c.slice, `SELECT id, version, op, entries, body FROM d_`+name+` WHERE id > ? ORDER BY id LIMIT ?`)
	if err != nil {
		return unavailable(err)
	}
	if !e.readOnly {
		if err := e.submit(ctx, func(ctx context.Context) error { return c.prepareWrites(ctx, e.conn, name) }); err != nil {
			return err
		}
	}
	e.mu.Lock()
	e.collections[name] = c
	e.mu.Unlock()
	return nil
}

func (c *collection) prepareWrites(ctx context.Context, conn *sql.Conn, name string) error {
	var err error
	prepare := func(s **sql.Stmt, q string) {
		if err == nil {
			*s, err = conn.PrepareContext(ctx, q)
		}
	}
	prepare(&c.head, `SELECT version, entries FROM d_`+name+` WHERE id = ?`)
	prepare(&c.insert, `INSERT INTO d_`+name+` (id, version, op, entries, body) VALUES (?, 1, ?, ?, ?) ON CONFLICT DO NOTHING`)
	prepare(&c.replace, `UPDATE d_`+name+` SET version = ?, op = ?, entries = ?, body = ? WHERE id = ?`)
	prepare(&c.remove, `DELETE FROM d_`+name+` WHERE id = ?`)
	prepare(&c.addEntry, `INSERT INTO x_`+name+` (ix, term, ord, id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`)
	prepare(&c.dropEntries, `DELETE FROM x_`+name+` WHERE ix = ? AND term = ? AND ord = ? AND id = ?`)
	if err != nil {
		return unavailable(err)
	}
	return nil
}

func (e *Engine) collection(name string) (*collection, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	c, ok := e.collections[name]
	if !ok {
		return nil, fmt.Errorf("collection %q was not declared", name)
	}
	return c, nil
}

// Get reads one document by its id.
func (e *Engine) Get(ctx context.Context, name, id string) (storage.Record, error) {
	c, err := e.collection(name)
	if err != nil {
		return storage.Record{}, err
	}
	if c == nil {
		return storage.Record{}, faults.NotFound
	}
	r := storage.Record{ID: id}
	switch err := c.get.QueryRowContext(ctx, id).Scan(&r.Version, &r.Op, &r.Body); {
	case errors.Is(err, sql.ErrNoRows):
		return r, faults.NotFound
	case err != nil:
		return r, unavailable(err)
	}
	return r, nil
}

// Insert stores a new document.
func (e *Engine) Insert(ctx context.Context, name string, r storage.Record) error {
	c, err := e.writable(name)
	if err != nil {
		return err
	}
	entries := encodeEntries(r.Entries)
	return e.submit(ctx, func(ctx context.Context) error {
		res, err := c.insert.ExecContext(ctx, r.ID, r.Op, entries, r.Body)
		if err != nil {
			return unavailable(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, faults.Conflict)
		}
		return c.move(ctx, r.ID, nil, r.Entries)
	})
}

// Replace swaps a document whose version is r.Version-1.
func (e *Engine) Replace(ctx context.Context, name string, r storage.Record) error {
	c, err := e.writable(name)
	if err != nil {
		return err
	}
	entries := encodeEntries(r.Entries)
	return e.submit(ctx, func(ctx context.Context) error {
		old, err := c.at(ctx, r.ID, r.Version-1)
		if err != nil {
			return err
		}
		if _, err := c.replace.ExecContext(ctx, r.Version, r.Op, entries, r.Body, r.ID); err != nil {
			return unavailable(err)
		}
		if old == entries {
			return nil
		}
		was, err := decodeEntries(old)
		if err != nil {
			return err
		}
		return c.move(ctx, r.ID, was, r.Entries)
	})
}

// Delete removes a document at a version.
func (e *Engine) Delete(ctx context.Context, name, id string, version int64) error {
	c, err := e.writable(name)
	if err != nil {
		return err
	}
	return e.submit(ctx, func(ctx context.Context) error {
		old, err := c.at(ctx, id, version)
		if err != nil {
			return err
		}
		if _, err := c.remove.ExecContext(ctx, id); err != nil {
			return unavailable(err)
		}
		was, err := decodeEntries(old)
		if err != nil {
			return err
		}
		return c.move(ctx, id, was, nil)
	})
}

func (e *Engine) writable(name string) (*collection, error) {
	if e.readOnly {
		return nil, faults.ReadOnly
	}
	return e.collection(name)
}

// at returns the stored entries of a document if it stands at the version.
func (c *collection) at(ctx context.Context, id string, version int64) (string, error) {
	var v int64
	var entries string
	switch err := c.head.QueryRowContext(ctx, id).Scan(&v, &entries); {
	case errors.Is(err, sql.ErrNoRows):
		return "", faults.NotFound
	case err != nil:
		return "", unavailable(err)
	case v != version:
		return "", faults.Conflict
	}
	return entries, nil
}

// move takes the entries that are gone out of the side table and puts the new ones in; those that stay are not touched.
func (c *collection) move(ctx context.Context, id string, was, now []storage.Entry) error {
	for _, x := range was {
		if !slices.Contains(now, x) {
			if _, err := c.dropEntries.ExecContext(ctx, x.Index, x.Term, x.Order, id); err != nil {
				return unavailable(err)
			}
		}
	}
	for _, x := range now {
		if !slices.Contains(was, x) {
			if _, err := c.addEntry.ExecContext(ctx, x.Index, x.Term, x.Order, id); err != nil {
				return unavailable(err)
			}
		}
	}
	return nil
}

// Find reads one page of an index entry list.
func (e *Engine) Find(ctx context.Context, name string, q storage.Query) ([]storage.Found, error) {
	c, err := e.collection(name)
	if err != nil || c == nil {
		return nil, err
	}
	shape := findShape{q.Desc, !q.After.Zero(), q.Bare}
	stmt, err := c.finder(ctx, e.reads, name, shape)
	if err != nil {
		return nil, unavailable(err)
	}
	to := q.To
	if to == "" {
		to = "\U0010ffff\U0010ffff" // above every order key
	}
	limit := q.Limit
	if limit <= 0 {
		limit = storage.DefaultPage
	}
	args := []any{q.Index, q.Term, q.From, to}
	if shape.after {
		args = append(args, q.After.Order, q.After.ID)
	}
	rows, err := stmt.QueryContext(ctx, append(args, limit)...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var out []storage.Found
	for rows.Next() {
		var f storage.Found
		to := []any{&f.Order, &f.ID}
		if !q.Bare {
			to = append(to, &f.Version, &f.Op, &f.Body)
		}
		if err := rows.Scan(to...); err != nil {
			return nil, unavailable(err)
		}
		out = append(out, f)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable(err)
	}
	return out, nil
}

func (c *collection) finder(ctx context.Context, db *sql.DB, name string, s findShape) (*sql.Stmt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stmt := c.find[s]; stmt != nil {
		return stmt, nil
	}
	var q strings.Builder
	q.WriteString(`SELECT x.ord, x.id`)
	if !s.bare {
		q.WriteString(`, d.version, d.op, d.body`)
	}
	q.WriteString(` FROM x_` + name + ` x`)
	if !s.bare {
		q.WriteString(` CROSS JOIN d_` + name + ` d ON d.id = x.id`) // CROSS keeps the index outermost
	}
	q.WriteString(` WHERE x.ix = ? AND x.term = ? AND x.ord >= ? AND x.ord < ?`)
	direction, beyond := "", ">"
	if s.desc {
		direction, beyond = " DESC", "<"
	}
	if s.after {
		q.WriteString(` AND (x.ord, x.id) ` + beyond + ` (?, ?)`)
	}
	q.WriteString(` ORDER BY x.ord` + direction + `, x.id` + direction + ` LIMIT ?`)
	stmt, err := db.PrepareContext(ctx, q.String())
	if err != nil {
		return nil, err
	}
	c.find[s] = stmt
	return stmt, nil
}

// Slice streams a collection by id.
func (e *Engine) Slice(ctx context.Context, name, after string, limit int) ([]storage.Record, error) {
	c, err := e.collection(name)
	if err != nil || c == nil {
		return nil, err
	}
	rows, err := c.slice.QueryContext(ctx, after, limit)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var out []storage.Record
	for rows.Next() {
		var r storage.Record
		var entries string
		if err := rows.Scan(&r.ID, &r.Version, &r.Op, &entries, &r.Body); err != nil {
			return nil, unavailable(err)
		}
		if r.Entries, err = decodeEntries(entries); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable(err)
	}
	return out, nil
}

// Snapshot writes a consistent copy of the whole database to a new file while others read and write.
func (e *Engine) Snapshot(ctx context.Context, path string) error {
	if _, err := e.reads.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return unavailable(fmt.Errorf("copy the database to %s: %w", path, err))
	}
	return nil
}

// submit hands a write to the writer and waits for its commit. A caller that goes away before the writer took the write has written nothing;
// later its write runs to the end and the outcome is unclear to it, which Unavailable says.
func (e *Engine) submit(ctx context.Context, do func(context.Context) error) error {
	j := &job{do: do, done: make(chan struct{})}
	select {
	case <-e.closed:
		return unavailable(errors.New("the database is closed"))
	case <-ctx.Done():
		return unavailable(ctx.Err())
	case e.jobs <- j:
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return unavailable(ctx.Err())
	case <-e.done:
		select {
		case <-j.done:
			return j.err
		default:
			return unavailable(errors.New("the database was closed"))
		}
	}
}

// writer owns the writing connection. It ends when the engine is closed, after committing what was handed in before.
func (e *Engine) writer() {
	defer close(e.done)
	for {
		var group []*job
		select {
		case j := <-e.jobs:
			group = append(group, j)
		case <-e.closed:
			select {
			case j := <-e.jobs:
				group = append(group, j)
			default:
				return
			}
		}
	drain:
		for len(group) < maxGroup {
			select {
			case j := <-e.jobs:
				group = append(group, j)
			default:
				break drain
			}
		}
		e.commit(group)
	}
}

// commit runs a group of writes in one transaction. A write that finds a conflict changes nothing and leaves the others alone; a write that
// fails in the middle would leave half a change, so then the whole group is rolled back and run one by one.
func (e *Engine) commit(group []*job) {
	ctx := context.Background() // a group belongs to many callers; none of them may cancel it
	finish := func(js []*job) {
		for _, j := range js {
			close(j.done)
		}
	}
	err := e.transaction(ctx, group)
	if err != nil && len(group) > 1 {
		for _, j := range group {
			if err := e.transaction(ctx, []*job{j}); err != nil {
				j.err = err
			}
		}
		finish(group)
		return
	}
	if err != nil {
		group[0].err = err
	}
	finish(group)
}

func (e *Engine) transaction(ctx context.Context, group []*job) error {
	if _, err := e.conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		return unavailable(err)
	}
	for _, j := range group {
		j.err = j.do(ctx)
		if j.err != nil && errors.Is(j.err, faults.Unavailable) {
			if _, err := e.conn.ExecContext(ctx, `ROLLBACK`); err != nil {
				return unavailable(errors.Join(j.err, err))
			}
			return j.err
		}
	}
	if _, err := e.conn.ExecContext(ctx, `COMMIT`); err != nil {
		_, back := e.conn.ExecContext(ctx, `ROLLBACK`)
		return unavailable(errors.Join(err, back))
	}
	e.commits.Lock()
	e.commits.writes += int64(len(group))
	e.commits.commits++
	e.commits.Unlock()
	return nil
}

// unavailable marks a driver's error; its text goes to the log only.
func unavailable(err error) error {
	return faults.Wrap(err, faults.Unavailable, "Penyimpanan data sedang tidak dapat dijangkau. Coba lagi sebentar lagi.", "The data storage is away at the moment. Try again shortly.")
}

func encodeEntries(es []storage.Entry) string {
	if len(es) == 0 {
		return ""
	}
	flat := make([]string, 0, 3*len(es))
	for _, x := range es {
		flat = append(flat, x.Index, x.Term, x.Order)
	}
	b, err := json.Marshal(flat)
	if err != nil {
		panic("strings do not marshal: " + err.Error())
	}
	return string(b)
}

func decodeEntries(s string) ([]storage.Entry, error) {
	if s == "" {
		return nil, nil
	}
	var flat []string
	if err := json.Unmarshal([]byte(s), &flat); err != nil {
		return nil, fmt.Errorf("decode index entries: %w", err)
	}
	es := make([]storage.Entry, 0, len(flat)/3)
	for i := 0; i+2 < len(flat); i += 3 {
		es = append(es, storage.Entry{Index: flat[i], Term: flat[i+1], Order: flat[i+2]})
	}
	return es, nil
}
