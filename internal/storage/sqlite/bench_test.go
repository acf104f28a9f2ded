package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

// The benchmarks stand beside the raw driver doing the least that gives the same promise, so that the ratio shows what storage adds.
// docs/performance.md has the figures and the commands.

type row struct {
	Title string   `json:"title"`
	State string   `json:"state"`
	N     int64    `json:"n"`
	Tags  []string `json:"tags"`
	Text  string   `json:"text"`
}

var rows = storage.Def[row]{Name: "rows", Shape: 1, Indexes: []storage.Index[row]{
	{Name: "state", Of: func(d *storage.Doc[row]) ([]string, string) {
		return []string{d.Value.State}, storage.OrderInt(d.Value.N)
	}},
}}

func sample(n int64) row {
	return row{Title: "Layanan Tanpa Pungli", State: "open", N: n, Tags: []string{"teknis", "wajib"}, Text: strings.Repeat("jawaban ", 60)}
}

func openBench(b *testing.B) (*storage.Collection[row], *sqlite.Engine) {
	b.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(filepath.Join(b.TempDir(), "apel.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	db, err := storage.New(ctx, e)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	c, err := storage.Open(ctx, db, rows)
	if err != nil {
		b.Fatal(err)
	}
	return c, e
}

func openRaw(b *testing.B) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "raw.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	if _, err := db.Exec(rawTable); err != nil {
		b.Fatal(err)
	}
	return db
}

func fill(b *testing.B, c *storage.Collection[row], n int) {
	b.Helper()
	var next atomic.Int64
	done := make(chan error)
	const writers = 64
	for range writers {
		go func() {
			for {
				i := next.Add(1)
				if i > int64(n) {
					done <- nil
					return
				}
				if err := c.Insert(context.Background(), &storage.Doc[row]{ID: fmt.Sprintf("r%09d", i), Value: sample(i)}); err != nil {
					done <- err
					return
				}
			}
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPointRead(b *testing.B) {
	ctx := context.Background()
	b.Run("apel", func(b *testing.B) {
		c, _ := openBench(b)
		fill(b, c, 1000)
		b.ReportAllocs()
		b.ResetTimer()
		defer cpu(b)()
		for i := range b.N {
			if _, err := c.Get(ctx, fmt.Sprintf("r%09d", 1+i%1000)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("raw", func(b *testing.B) {
		db := openRaw(b)
		body := []byte(strings.Repeat("x", 620))
		for i := range 1000 {
			if _, err := db.Exec(`INSERT INTO rows VALUES (?, 1, ?, ?)`, fmt.Sprintf("r%09d", i), i, body); err != nil {
				b.Fatal(err)
			}
		}
		get, err := db.Prepare(`SELECT version, body FROM rows WHERE id = ?`)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		b.ResetTimer()
		defer cpu(b)()
		for i := range b.N {
			var v int64
			var body []byte
			if err := get.QueryRow(fmt.Sprintf("r%09d", i%1000)).Scan(&v, &body); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkInsert(b *testing.B) {
	for _, writers := range []int{1, 32} {
		b.Run(fmt.Sprintf("apel/writers=%d", writers), func(b *testing.B) {
			c, e := openBench(b)
			var n atomic.Int64
			w0, c0 := e.Commits()
			b.ReportAllocs()
			b.ResetTimer()
			defer cpu(b)()
			parallel(b, writers, func() error {
				i := n.Add(1)
				return c.Insert(context.Background(), &storage.Doc[row]{ID: fmt.Sprintf("r%09d", i), Value: sample(i)})
			})
			w, k := e.Commits()
			b.ReportMetric(float64(w-w0)/float64(k-c0), "writes/commit")
		})
		b.Run(fmt.Sprintf("raw/writers=%d", writers), func(b *testing.B) {
			db := openRaw(b)
			db.SetMaxOpenConns(1) // SQLite has one writer; waiting for it in Go is cheaper than for its lock
			put, err := db.Prepare(`INSERT INTO rows VALUES (?, 1, ?, ?)`)
			if err != nil {
				b.Fatal(err)
			}
			body := []byte(strings.Repeat("x", 620))
			var n atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			defer cpu(b)()
			parallel(b, writers, func() error {
				i := n.Add(1)
				_, err := put.Exec(fmt.Sprintf("r%09d", i), i, body)
				return err
			})
		})
	}
}

// millionEnv names a folder that keeps the database with 1,000,000 documents between runs; making it takes a minute or two and 1.5 GB.
const millionEnv = "APEL_BENCH_MILLION"

// BenchmarkPage reads a page of 50 documents at the start and in the middle of an index, as the list of a busy unit is turned.
func BenchmarkPage(b *testing.B) {
	ctx := context.Background()
	for _, size := range []int{10_000, 1_000_000} {
		dir := b.TempDir()
		if size == 1_000_000 {
			if dir = os.Getenv(millionEnv); dir == "" {
				b.Logf("not with 1,000,000 documents: %s is not set", millionEnv)
				continue
			}
		}
		b.Run(fmt.Sprintf("apel/documents=%d", size), func(b *testing.B) {
			c := pageDB(b, filepath.Join(dir, "apel.db"), size)
			for _, at := range []int{0, size / 2} {
				for _, desc := range []bool{false, true} {
					b.Run(fmt.Sprintf("at=%d/desc=%v", at, desc), func(b *testing.B) {
						q := storage.Query{Index: "state", Term: "open", Limit: 50, Desc: desc}
						if at > 0 {
							q.After = storage.Cursor{Order: storage.OrderInt(int64(at)), ID: fmt.Sprintf("r%09d", at)}
						}
						b.ReportAllocs()
						b.ResetTimer()
						defer cpu(b)()
						for range b.N {
							if p, err := c.Find(ctx, q); err != nil || len(p.Docs) != 50 || !p.More {
								b.Fatal(len(p.Docs), err)
							}
						}
					})
				}
			}
		})
		b.Run(fmt.Sprintf("raw/documents=%d", size), func(b *testing.B) {
			db := rawPageDB(b, filepath.Join(dir, "raw.db"), size)
			page, err := db.Prepare(`SELECT id, version, body FROM rows WHERE n > ? ORDER BY n LIMIT 51`)
			if err != nil {
				b.Fatal(err)
			}
			defer page.Close()
			b.ReportAllocs()
			b.ResetTimer()
			defer cpu(b)()
			for range b.N {
				rows, err := page.Query(size / 2)
				if err != nil {
					b.Fatal(err)
				}
				n := 0
				for rows.Next() {
					var id string
					var version int64
					var body []byte
					if err := rows.Scan(&id, &version, &body); err != nil {
						b.Fatal(err)
					}
					n++
				}
				if err := rows.Close(); err != nil || n != 51 {
					b.Fatal(n, err)
				}
			}
		})
	}
}

// pageDB opens the database of a size, filled once.
func pageDB(b *testing.B, path string, size int) *storage.Collection[row] {
	b.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	db, err := storage.New(ctx, e)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	c, err := storage.Open(ctx, db, rows)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := c.Get(ctx, fmt.Sprintf("r%09d", size)); errors.Is(err, faults.NotFound) {
		fill(b, c, size)
	} else if err != nil {
		b.Fatal(err)
	}
	return c
}

func rawPageDB(b *testing.B, path string, size int) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM sqlite_master WHERE name = 'rows'`).Scan(&n); err != nil {
		b.Fatal(err)
	}
	if n > 0 {
		return db
	}
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := tx.Exec(rawTable); err != nil {
		b.Fatal(err)
	}
	body := []byte(strings.Repeat("x", 620))
	for i := range size {
		if _, err := tx.Exec(`INSERT INTO rows VALUES (?, 1, ?, ?)`, fmt.Sprintf("r%09d", i+1), i+1, body); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return db
}

const rawTable = `CREATE TABLE rows (id TEXT PRIMARY KEY, version INTEGER, n INTEGER, body BLOB); CREATE INDEX by_n ON rows (n)`

// BenchmarkStart opens 60 collections, as a start of the program does: on a new folder, and on one that has them.
func BenchmarkStart(b *testing.B) {
	start := func(b *testing.B, path string) {
		ctx := context.Background()
		e, err := sqlite.Open(path, sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		db, err := storage.New(ctx, e)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		for i := range 60 {
			def := rows
			def.Name = fmt.Sprint("rows", i)
			if _, err := storage.Open(ctx, db, def); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("new", func(b *testing.B) {
		defer cpu(b)()
		for range b.N {
			start(b, filepath.Join(b.TempDir(), "apel.db"))
		}
	})
	b.Run("again", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "apel.db")
		start(b, path)
		b.ResetTimer()
		defer cpu(b)()
		for range b.N {
			start(b, path)
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, 32} {
		b.Run(fmt.Sprintf("apel/writers=%d", writers), func(b *testing.B) {
			c, e := openBench(b)
			fill(b, c, 1000)
			var n atomic.Int64
			w0, c0 := e.Commits()
			b.ReportAllocs()
			b.ResetTimer()
			defer cpu(b)()
			parallel(b, writers, func() error {
				i := n.Add(1)
				_, err := c.Update(context.Background(), fmt.Sprintf("r%09d", 1+i%1000), func(d *storage.Doc[row]) error {
					d.Value.Title = "Pelayanan Prima"
					return nil
				})
				return err
			})
			w, k := e.Commits()
			b.ReportMetric(float64(w-w0)/float64(k-c0), "writes/commit")
		})
		b.Run(fmt.Sprintf("raw/writers=%d", writers), func(b *testing.B) {
			db := openRaw(b)
			db.SetMaxOpenConns(1)
			body := []byte(strings.Repeat("x", 620))
			for i := range 1000 {
				if _, err := db.Exec(`INSERT INTO rows VALUES (?, 1, ?, ?)`, fmt.Sprintf("r%09d", i), i, body); err != nil {
					b.Fatal(err)
				}
			}
			get, err := db.Prepare(`SELECT version, body FROM rows WHERE id = ?`)
			if err != nil {
				b.Fatal(err)
			}
			put, err := db.Prepare(`UPDATE rows SET version = version + 1, body = ? WHERE id = ? AND version = ?`)
			if err != nil {
				b.Fatal(err)
			}
			var n atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			defer cpu(b)()
			parallel(b, writers, func() error {
				id := fmt.Sprintf("r%09d", n.Add(1)%1000)
				var v int64
				var was []byte
				if err := get.QueryRow(id).Scan(&v, &was); err != nil {
					return err
				}
				_, err := put.Exec(body, id, v)
				return err
			})
		})
	}
}

// cpu reports the processor time of the process per operation, system calls included: what counts against the budgets of docs/performance.md, and
// what a busy machine disturbs less than the clock.
func cpu(b *testing.B) func() {
	at := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := at()
	return func() { b.ReportMetric(float64((at()-start).Nanoseconds())/float64(b.N)/1000, "cpu-us/op") }
}

// BenchmarkOpenLoop writes at a fixed rate whatever the answers take, as a hall full of takers does: 1,560 writes a second are 120 exams.
// The clock per operation is the time between arrivals here; what counts is processor time, latency and writes per commit.
func BenchmarkOpenLoop(b *testing.B) {
	for _, rate := range []int{200, 1560, 3900} {
		b.Run(fmt.Sprintf("rate=%d", rate), func(b *testing.B) {
			c, e := openBench(b)
			fill(b, c, 1000)
			rnd := rand.New(rand.NewPCG(1, 2))
			took := make([]time.Duration, b.N)
			w0, c0 := e.Commits()
			b.ResetTimer()
			done := cpu(b)
			var wg sync.WaitGroup
			next := time.Now()
			for i := range b.N {
				next = next.Add(time.Duration(rnd.ExpFloat64() * float64(time.Second) / float64(rate)))
				time.Sleep(time.Until(next))
				wg.Go(func() {
					start := time.Now()
					if _, err := c.Update(context.Background(), fmt.Sprintf("r%09d", 1+i%1000), func(d *storage.Doc[row]) error { d.Value.Title = "x"; return nil }); err != nil {
						b.Error(err)
					}
					took[i] = time.Since(start)
				})
			}
			wg.Wait()
			done()
			w, k := e.Commits()
			slices.Sort(took)
			b.ReportMetric(float64(w-w0)/float64(k-c0), "writes/commit")
			b.ReportMetric(float64(took[b.N/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(took[b.N*99/100].Microseconds()), "p99-us")
		})
	}
}

// parallel spreads b.N calls over a number of goroutines.
func parallel(b *testing.B, writers int, do func() error) {
	var left atomic.Int64
	left.Store(int64(b.N))
	done := make(chan error)
	for range writers {
		go func() {
			for left.Add(-1) >= 0 {
				if err := do(); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}
