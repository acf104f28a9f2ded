// Package sqlite is the embedded storage engine: one file, one writer that shares each commit among everybody waiting, many readers.
//
// It runs SQLite in WAL mode with synchronous=FULL: a write is acknowledged after the fsync of the commit that carries it. Writers hand
// their write to one goroutine, which puts all waiting writes into one transaction (group commit); each write still succeeds or fails on its
// own. Reading order: sqlite.go (file and tables), read.go, group.go (how writes share a commit), write.go (what a write does).
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"

	driver "modernc.org/sqlite" // registers "sqlite"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Engine is a storage.Engine on one SQLite file.
type Engine struct {
	reads *sql.DB
	write *sql.DB
	conn  *sql.Conn // the only connection that writes; used by the writer goroutine only once it runs
	tx    txStmts   // on conn

	jobs     chan *job
	closed   chan struct{} // closed by Close: no write is taken any more
	done     chan struct{} // closed by the writer when it has ended
	once     sync.Once
	maxGroup int
	readOnly bool
	recent   *recent // nil when read-only: another process may write

	// How many writes were acknowledged as done or refused, and how many commits carried them. Tests and benchmarks of every room count by it.
	writes, commits atomic.Int64

	mu          sync.RWMutex
	collections map[string]*collection
}

// collection holds what is prepared for one collection.
type collection struct {
	name  string
	empty bool // opened for reading before it was ever written: there is no table

	mu      sync.RWMutex // guards indexes and find
	indexes map[string]bool
	find    map[findShape]*sql.Stmt

	get, slice *sql.Stmt // on reads
	writes     writeStmts
}

// Options of Open. The zero value is what production uses.
type Options struct {
	ReadOnly  bool // another process may be writing meanwhile
	Immutable bool // read-only, and nobody writes: a copy in a backup; no log files are made beside it

	// Named so that nobody ships them: each makes a check of the tests fail.
	testOnlySynchronous string // in place of FULL
	testOnlyMaxGroup    int    // in place of maxGroup
}

const readers = 8 // connections for reading; reads last microseconds, more would only cost memory

// Open opens or makes the database file. NotFound when it is to be read only and does not exist, Unavailable when it cannot be opened.
func Open(path string, o Options) (_ *Engine, err error) {
	e := &Engine{
		jobs: make(chan *job, maxGroup), closed: make(chan struct{}), done: make(chan struct{}),
		maxGroup: maxGroup, collections: map[string]*collection{},
	}
	o.ReadOnly = o.ReadOnly || o.Immutable
	e.readOnly = o.ReadOnly
	if o.testOnlyMaxGroup > 0 {
		e.maxGroup = o.testOnlyMaxGroup
	}
	defer func() {
		if err != nil {
			e.closeFiles()
			err = fmt.Errorf("open %s: %w", path, err)
		}
	}()
	if o.ReadOnly {
		if _, err := os.Stat(path); err != nil {
			return nil, faults.Wrap(err, faults.NotFound, "Belum ada data di folder ini.", "There is no data in this folder yet.")
		}
		close(e.done)
	} else {
		if err := create(path); err != nil {
			return nil, unavailable(err)
		}
		if e.write, err = sql.Open("sqlite", dsn(path, o, writerCache)); err != nil {
			return nil, unavailable(err)
		}
		if e.conn, err = e.write.Conn(context.Background()); err != nil {
			return nil, unavailable(err)
		}
		if err := e.tx.prepare(context.Background(), e.conn); err != nil {
			return nil, unavailable(err)
		}
	}
	if e.reads, err = sql.Open("sqlite", dsn(path, o, readerCache)); err != nil {
		return nil, unavailable(err)
	}
	e.reads.SetMaxOpenConns(readers)
	e.reads.SetMaxIdleConns(readers)
	if err := e.reads.Ping(); err != nil {
		return nil, unavailable(err)
	}
	if !o.ReadOnly {
		e.recent = newRecent()
		go e.writer()
	}
	return e, nil
}

// create makes an empty file that only its owner can read (SQLite gives its log files the same mode) and makes its name durable.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Close(), d.Sync(), d.Close())
}

func dsn(path string, o Options, cacheKiB int) string {
	synchronous := "FULL"
	if o.testOnlySynchronous != "" {
		synchronous = o.testOnlySynchronous
	}
	v := url.Values{}
	v.Add("_pragma", "busy_timeout(10000)")
	v.Add("_pragma", "synchronous("+synchronous+")")
	v.Add("_pragma", "cache_size(-"+strconv.Itoa(cacheKiB)+")")
	v.Add("_pragma", "temp_store(MEMORY)")
	if o.ReadOnly {
		v.Set("mode", "ro")
		if o.Immutable {
			v.Set("immutable", "1")
		}
	} else {
		v.Set("mode", "rwc")
		v.Add("_pragma", "journal_mode(WAL)")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

// Page caches in KiB. Readers have small ones: there are several, and behind them stands the kernel's.
const (
	writerCache = 16000
	readerCache = 4000
)

// Close waits for the writes under way, then closes the file. Writes that come later are Unavailable. Safe to call twice.
func (e *Engine) Close() error {
	var err error
	e.once.Do(func() {
		close(e.closed)
		<-e.done
		e.mu.Lock() // a Declare under way ends first
		defer e.mu.Unlock()
		err = e.closeFiles()
	})
	return err
}

// closeFiles finalizes every statement first: SQLite keeps a connection with an open one half alive, with its files and locks, and never
// writes the log back into the database.
func (e *Engine) closeFiles() error {
	var errs []error
	prepared := []*sql.Stmt{e.tx.begin, e.tx.commit, e.tx.rollback}
	for _, c := range e.collections {
		prepared = append(prepared, c.statements()...)
	}
	for _, s := range prepared {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	if e.reads != nil {
		errs = append(errs, e.reads.Close())
	}
	if e.conn != nil {
		errs = append(errs, e.conn.Close())
	}
	if e.write != nil {
		errs = append(errs, e.write.Close())
	}
	return errors.Join(errs...)
}

// Commits tells how many writes were answered and how many commits carried them.
func (e *Engine) Commits() (writes, commits int64) { return e.writes.Load(), e.commits.Load() }

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// Declare makes the tables of a collection. Safe to call again, also with more indexes.
func (e *Engine) Declare(ctx context.Context, name string, indexes []string) error {
	if !nameRule.MatchString(name) {
		return fmt.Errorf("%q is no name for a collection", name)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.collections[name]
	if c == nil {
		c = &collection{name: name, indexes: map[string]bool{}, find: map[findShape]*sql.Stmt{}}
		if err := e.makeTables(ctx, c); err != nil {
			return err
		}
		e.collections[name] = c
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ix := range indexes {
		c.indexes[ix] = true
	}
	return nil
}

func (e *Engine) makeTables(ctx context.Context, c *collection) error {
	if e.readOnly {
		var n int
		if err := e.reads.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = ?`, "d_"+c.name).Scan(&n); err != nil {
			return unavailable(err)
		}
		if c.empty = n == 0; c.empty {
			return nil
		}
		return c.prepareReads(ctx, e.reads)
	}
	err := e.submit(ctx, func(ctx context.Context) error {
		for _, q := range []string{
			`CREATE TABLE IF NOT EXISTS d_` + c.name + ` (id TEXT PRIMARY KEY COLLATE BINARY, version INTEGER NOT NULL, op TEXT NOT NULL, entries TEXT NOT NULL, body BLOB NOT NULL)`,
			`CREATE TABLE IF NOT EXISTS x_` + c.name + ` (ix TEXT NOT NULL, term TEXT NOT NULL, ord TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (ix, term, ord, id)) WITHOUT ROWID`,
		} {
			if _, err := e.conn.ExecContext(ctx, q); err != nil {
				return unavailable(err)
			}
		}
		return c.writes.prepare(ctx, e.conn, c.name)
	})
	if err != nil {
		return err
	}
	return c.prepareReads(ctx, e.reads)
}

// Collections lists every collection that is stored, declared or not, in alphabetical order.
func (e *Engine) Collections(ctx context.Context) ([]string, error) {
	rows, err := e.reads.QueryContext(ctx, `SELECT substr(name, 3) FROM sqlite_master WHERE type = 'table' AND name GLOB 'd_*' ORDER BY 1`)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, unavailable(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable(err)
	}
	return names, nil
}

// statements lists what is prepared, with nil for what is not.
func (c *collection) statements() []*sql.Stmt {
	w := &c.writes
	all := []*sql.Stmt{c.get, c.slice, w.head, w.insert, w.same, w.replace, w.remove, w.addEntry, w.dropEntry}
	for _, s := range c.find {
		all = append(all, s)
	}
	return all
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

// Snapshot writes a consistent copy of the whole database to a new file while others read and write. The caller makes the file durable.
func (e *Engine) Snapshot(ctx context.Context, path string) error {
	if _, err := e.reads.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return unavailable(fmt.Errorf("copy the database to %s: %w", path, err))
	}
	return nil
}

// sqliteFull is SQLite's code for "no room left" (SQLITE_FULL).
const sqliteFull = 13

// unavailable marks a driver's error; its text goes to the log only.
func unavailable(err error) error {
	var e *driver.Error
	if storage.IsFull(err) || errors.As(err, &e) && e.Code()&0xff == sqliteFull {
		return storage.Full(err)
	}
	return faults.Wrap(err, faults.Unavailable, "Penyimpanan data sedang tidak dapat dijangkau. Tunggu sebentar, lalu coba lagi.", "The data storage is away at the moment. Try again shortly.")
}

var _ storage.Engine = (*Engine)(nil)
