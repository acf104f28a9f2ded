package backup_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/backup"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/journal"
	"github.com/apelkota/apel/internal/storage/mongo"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/storage/storagetest"
)

type paper struct {
	Title string `json:"title"`
	File  string `json:"file,omitempty"`
	Pair  int64  `json:"pair"`
}

var papers = storage.Def[paper]{Name: "papers", Shape: 1, Indexes: []storage.Index[paper]{
	{Name: "words", Of: func(d *storage.Doc[paper]) ([]string, string) {
		return strings.Fields(strings.ToLower(d.Value.Title)), d.Value.Title
	}},
}}

// house is an installation: a folder with database, files and keys.
type house struct {
	dir    string
	engine backup.Engine
	db     *storage.DB
	papers *storage.Collection[paper]
	seals  *journal.Journal[paper]
	blobs  *blobs.Store
}

// streamed hides the engine's own copy, so that the documents are streamed as from MongoDB.
type streamed struct{ backup.Engine }

func live(t *testing.T, e backup.Engine, dir string) *house {
	t.Helper()
	ctx := context.Background()
	h := &house{dir: dir, engine: e}
	var err error
	if h.db, err = storage.New(ctx, e); err != nil {
		t.Fatal(err)
	}
	if h.papers, err = storage.Open(ctx, h.db, papers); err != nil {
		t.Fatal(err)
	}
	if h.seals, err = journal.Open[paper](ctx, h.db, "seal"); err != nil {
		t.Fatal(err)
	}
	if h.blobs, err = blobs.Open(filepath.Join(dir, "blobs")); err != nil {
		t.Fatal(err)
	}
	return h
}

func openDir(t *testing.T, dir string) *house {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	e, err := sqlite.Open(filepath.Join(dir, "apel.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return live(t, e, dir)
}

// furnish fills an installation with what has to come back.
func furnish(t *testing.T, h *house) {
	t.Helper()
	ctx := context.Background()
	var files []blobs.Ref
	for i := range 8 {
		ref, err := h.blobs.Put(ctx, strings.NewReader(fmt.Sprint("berkas ", i)), 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, ref)
	}
	for i := range 150 {
		ref := files[i%len(files)]
		d := storage.Doc[paper]{ID: fmt.Sprint("p", i), Value: paper{Title: fmt.Sprintf("Surat <%d> & \u2028 ñ 漢", i), File: ref.Hash}}
		if i%3 == 0 {
			d.Due = storage.NewDue("render", time.Date(2026, 3, 1, 0, 0, i, 0, time.UTC))
			d.Trail = []storage.Audit{{ID: fmt.Sprint("t", i), Who: "admin", Verb: "issue", Thing: "papers/" + d.ID}}
		}
		if err := h.papers.Insert(ctx, &d); err != nil {
			t.Fatal(err)
		}
		if i%10 == 0 {
			if _, err := h.papers.Update(ctx, d.ID, func(d *storage.Doc[paper]) error { d.Value.Title += " lagi"; return nil }); err != nil {
				t.Fatal(err)
			}
			if _, err := h.seals.Append(ctx, func(journal.Head) (paper, error) { return d.Value, nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.MkdirAll(filepath.Join(h.dir, "keys", "old"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"ca.pem": "kunci utama", "old/2025.pem": "kunci lama"} {
		if err := os.WriteFile(filepath.Join(h.dir, "keys", name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const passphrase = "enam ekor rusa di taman"

func now() time.Time { return time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC) }

func (h *house) source(e backup.Engine) backup.Source {
	return backup.Source{Engine: e, Blobs: h.blobs, Facts: map[string]string{"checkpoint": "apel/1 42"}, Now: now}
}

// withKeys adds the keys; apart, because sealing them is made to be slow.
func withKeys(s backup.Source, h *house) backup.Source {
	s.Keys, s.Passphrase = filepath.Join(h.dir, "keys"), passphrase
	return s
}

// everything reads all records of an engine.
func everything(t *testing.T, e backup.Engine) map[string][]storage.Record {
	t.Helper()
	ctx := context.Background()
	names, err := e.Collections(ctx)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]storage.Record{}
	for _, name := range names {
		after := ""
		for {
			rs, err := e.Slice(ctx, name, after, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rs {
				slices.SortFunc(r.Entries, func(a, b storage.Entry) int {
					return strings.Compare(a.Index+"\x00"+a.Term, b.Index+"\x00"+b.Term)
				})
				all[name] = append(all[name], r)
				after = r.ID
			}
			if len(rs) < 100 {
				break
			}
		}
	}
	return all
}

func kind(t *testing.T, what string, err error, want faults.Kind) {
	t.Helper()
	if err == nil || faults.KindOf(err) != want {
		t.Errorf("%s: got %v, want %s", what, err, want)
	}
}

func TestRestoreGivesBackEveryDocument(t *testing.T) {
	ctx := context.Background()
	from := openDir(t, filepath.Join(t.TempDir(), "old"))
	furnish(t, from)
	want := everything(t, from.engine)
	forms := map[string]backup.Engine{"sqlite": from.engine, "stream": streamed{from.engine}}
	targets := map[string]func(t *testing.T, dir string) (backup.Target, func() backup.Engine){
		"to a file": func(t *testing.T, dir string) (backup.Target, func() backup.Engine) {
			return backup.Target{Database: filepath.Join(dir, "apel.db")}, func() backup.Engine { return openDir(t, dir).engine }
		},
		"to an engine": func(t *testing.T, dir string) (backup.Target, func() backup.Engine) {
			e, err := sqlite.Open(filepath.Join(t.TempDir(), "engine.db"), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { e.Close() })
			return backup.Target{Engine: e}, func() backup.Engine { return e }
		},
	}
	if uri := os.Getenv("APEL_TEST_MONGO"); uri != "" {
		targets["to MongoDB"] = func(t *testing.T, dir string) (backup.Target, func() backup.Engine) {
			e, err := mongo.Open(ctx, mongo.Options{URI: uri, Database: fmt.Sprintf("apel_test_backup_%d_%d", os.Getpid(), time.Now().UnixNano())})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { // the engine drops nothing: empty collections stay, of a name that says where they come from
				for name, rs := range everything(t, e) {
					for _, r := range rs {
						if err := e.Delete(ctx, name, r.ID, r.Version); err != nil {
							t.Error(err)
						}
					}
				}
				e.Close()
			})
			return backup.Target{Engine: e}, func() backup.Engine { return e }
		}
	}
	for form, source := range forms {
		dir := filepath.Join(t.TempDir(), "backup")
		m, err := backup.Make(ctx, dir, withKeys(from.source(source), from))
		if err != nil {
			t.Fatal(err)
		}
		if string(m.Form) != form || m.Blobs.Count != 8 || m.Facts["checkpoint"] == "" || m.Keys == "" || !m.Made.Equal(now()) {
			t.Errorf("manifest %+v", m)
		}
		for name, target := range targets {
			t.Run(form+" "+name, func(t *testing.T) {
				to := filepath.Join(t.TempDir(), "new")
				tgt, reopen := target(t, to)
				tgt.Blobs, tgt.Keys, tgt.Passphrase = filepath.Join(to, "blobs"), filepath.Join(to, "keys"), passphrase
				got, err := backup.Restore(ctx, dir, tgt)
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, m) {
					t.Errorf("it says %+v, the backup said %+v", got, m)
				}
				e := reopen()
				if got := everything(t, e); !reflect.DeepEqual(got, want) {
					t.Errorf("the documents differ: %d collections of %d", len(got), len(want))
				}
				// It is an installation again: indexes find, the chain holds, files open, writing goes on.
				h := live(t, e, to)
				found, err := h.papers.Gather(ctx, storage.Query{Index: "words", Term: "lagi"})
				if err != nil || len(found) != 15 {
					t.Errorf("found %d, %v", len(found), err)
				}
				if head, err := h.seals.Check(ctx, 1); err != nil || head.N != 15 {
					t.Errorf("the journal: %v, %v", head, err)
				}
				if ws, err := h.db.Ready(ctx, "papers", now(), 100); err != nil || len(ws) != 50 {
					t.Errorf("%d due, %v", len(ws), err)
				}
				for _, d := range found {
					if _, err := h.blobs.Check(ctx, d.Value.File); err != nil {
						t.Error(err)
					}
				}
				if _, err := h.papers.Update(ctx, "p1", func(d *storage.Doc[paper]) error { d.Value.Title = "baru"; return nil }); err != nil {
					t.Error(err)
				}
				if b, err := os.ReadFile(filepath.Join(to, "keys", "old", "2025.pem")); err != nil || string(b) != "kunci lama" {
					t.Errorf("the key: %q, %v", b, err)
				}
				// Nothing is overwritten.
				_, err = backup.Restore(ctx, dir, tgt)
				kind(t, "a second restore to the same place", err, faults.Conflict)
			})
		}
	}
}

// TestBackupWhileServing: whatever is written meanwhile, the copy is one state. Each writer keeps pairs of papers equal, the second one written
// after the first; a copied pair may be one apart, never the other way round, and every file a copied paper names is in the copy.
func TestBackupWhileServing(t *testing.T) {
	ctx := context.Background()
	from := openDir(t, filepath.Join(t.TempDir(), "old"))
	furnish(t, from)
	var stop atomic.Bool
	var written atomic.Int64
	var wg sync.WaitGroup
	for w := range 4 {
		for _, side := range []string{"first", "second"} {
			if err := from.papers.Insert(ctx, &storage.Doc[paper]{ID: fmt.Sprint(side, w)}); err != nil {
				t.Fatal(err)
			}
		}
		wg.Go(func() {
			var ref blobs.Ref
			for i := int64(1); !stop.Load(); i++ {
				if i%50 == 1 {
					var err error
					if ref, err = from.blobs.Put(ctx, strings.NewReader(fmt.Sprint("baru ", w, i)), 0); err != nil {
						t.Error(err)
						return
					}
				}
				for _, side := range []string{"first", "second"} {
					if _, err := from.papers.Update(ctx, fmt.Sprint(side, w), func(d *storage.Doc[paper]) error {
						d.Value.Pair, d.Value.File = i, ref.Hash
						return nil
					}); err != nil {
						t.Error(err)
						return
					}
				}
				written.Add(1)
			}
		})
	}
	during := int64(0) // one copy alone may be made between two writes of a busy machine
	for i := range 3 {
		dir := filepath.Join(t.TempDir(), fmt.Sprint("backup", i))
		before := written.Load()
		if _, err := backup.Make(ctx, dir, from.source(from.engine)); err != nil {
			t.Fatal(err)
		}
		during += int64(written.Load() - before)
		to := filepath.Join(t.TempDir(), fmt.Sprint("new", i))
		if _, err := backup.Restore(ctx, dir, backup.Target{Database: filepath.Join(to, "apel.db"), Blobs: filepath.Join(to, "blobs")}); err != nil {
			t.Fatal(err)
		}
		h := openDir(t, to)
		for w := range 4 {
			first, err := h.papers.Get(ctx, fmt.Sprint("first", w))
			if err != nil {
				t.Fatal(err)
			}
			second, err := h.papers.Get(ctx, fmt.Sprint("second", w))
			if err != nil {
				t.Fatal(err)
			}
			if n := first.Value.Pair - second.Value.Pair; n != 0 && n != 1 {
				t.Errorf("a pair stands at %d and %d", first.Value.Pair, second.Value.Pair)
			}
			if f := first.Value.File; f != "" {
				if _, err := h.blobs.Check(ctx, f); err != nil {
					t.Errorf("a file that a copied document names: %v", err)
				}
			}
		}
	}
	stop.Store(true)
	wg.Wait()
	if during == 0 {
		t.Error("nothing was written while copies were made")
	}
}

func TestCheckFindsEveryDamage(t *testing.T) {
	ctx := context.Background()
	from := openDir(t, filepath.Join(t.TempDir(), "old"))
	furnish(t, from)
	change := func(path string, fn func([]byte) []byte) error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, fn(b), 0o600)
	}
	flip := func(what string) func(b []byte) []byte {
		return func(b []byte) []byte {
			harmed := bytes.Replace(b, []byte(what), []byte("#"+what[1:]), 1)
			if bytes.Equal(harmed, b) {
				t.Errorf("%q is not there to be changed", what)
			}
			return harmed
		}
	}
	aBlob := func(dir string) string {
		m, err := filepath.Glob(filepath.Join(dir, "blobs", "*", "*"))
		if err != nil || len(m) == 0 {
			t.Fatal("no blobs", err)
		}
		return m[3]
	}
	for name, c := range map[string]struct {
		engine backup.Engine
		harm   func(dir string) error
		want   faults.Kind
	}{
		"a changed document": {from.engine, func(dir string) error { return change(filepath.Join(dir, "apel.db"), flip("urat \\u003c77")) }, faults.Invalid},
		"a changed document in a stream": {streamed{from.engine}, func(dir string) error {
			return change(filepath.Join(dir, "documents", "papers"), flip("urat \\u003c77"))
		}, faults.Invalid},
		"a cut stream": {streamed{from.engine}, func(dir string) error {
			return change(filepath.Join(dir, "documents", "papers"), func(b []byte) []byte { return b[:len(b)-100] })
		}, faults.Invalid},
		"a stream cut between documents": {streamed{from.engine}, func(dir string) error {
			return change(filepath.Join(dir, "documents", "papers"), func(b []byte) []byte { return b[:bytes.LastIndex(b, []byte(`{"id"`))] })
		}, faults.Invalid},
		"a missing collection": {streamed{from.engine}, func(dir string) error { return os.Remove(filepath.Join(dir, "documents", "journal_seal")) }, faults.Invalid},
		"a missing database":   {from.engine, func(dir string) error { return os.Remove(filepath.Join(dir, "apel.db")) }, faults.NotFound},
		"a damaged database": {from.engine, func(dir string) error {
			return change(filepath.Join(dir, "apel.db"), func(b []byte) []byte { return b[:len(b)/2] })
		}, faults.Unavailable},
		"a changed file": {from.engine, func(dir string) error { return change(aBlob(dir), flip("berkas")) }, faults.Invalid},
		"a missing file": {from.engine, func(dir string) error { return os.Remove(aBlob(dir)) }, faults.Invalid},
		"changed keys":   {from.engine, func(dir string) error { return change(filepath.Join(dir, "keys.sealed"), flip("nonce")) }, faults.Invalid},
		"no manifest":    {from.engine, func(dir string) error { return os.Remove(filepath.Join(dir, "manifest.json")) }, faults.NotFound},
		"a cut manifest": {from.engine, func(dir string) error { return os.Truncate(filepath.Join(dir, "manifest.json"), 100) }, faults.Invalid},
		"a newer program": {from.engine, func(dir string) error {
			return change(filepath.Join(dir, "manifest.json"), func(b []byte) []byte { return bytes.Replace(b, []byte(`"format": 1`), []byte(`"format": 2`), 1) })
		}, faults.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "backup")
			source := from.source(c.engine)
			if strings.Contains(name, "keys") {
				source = withKeys(source, from)
			}
			if _, err := backup.Make(ctx, dir, source); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Check(ctx, dir); err != nil {
				t.Fatalf("before the damage: %v", err)
			}
			if err := c.harm(dir); err != nil {
				t.Fatal(err)
			}
			_, err := backup.Check(ctx, dir)
			kind(t, "check", err, c.want)
			if said := faults.Of(err).Text.ID; strings.Contains(said, "the files") {
				t.Errorf("two languages in one sentence: %s", said)
			}
			to := filepath.Join(t.TempDir(), "new")
			_, err = backup.Restore(ctx, dir, backup.Target{Database: filepath.Join(to, "apel.db"), Blobs: filepath.Join(to, "blobs")})
			kind(t, "restore", err, c.want)
			if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("something was put back: %v", err)
			}
		})
	}
}

// TestDamagedOriginal: a file that is damaged in the installation does not stop its backup; the manifest names it and the restore leaves it out.
func TestDamagedOriginal(t *testing.T) {
	ctx := context.Background()
	from := openDir(t, filepath.Join(t.TempDir(), "old"))
	furnish(t, from)
	d, err := from.papers.Get(ctx, "p7")
	if err != nil {
		t.Fatal(err)
	}
	hash := d.Value.File
	if err := os.WriteFile(filepath.Join(from.dir, "blobs", hash[:2], hash[2:]), []byte("rusak"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir, to := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "new")
	m, err := backup.Make(ctx, dir, from.source(from.engine))
	if err != nil || !slices.Equal(m.Damaged, []string{hash}) {
		t.Fatalf("damaged %v, %v", m.Damaged, err)
	}
	if _, err := backup.Restore(ctx, dir, backup.Target{Database: filepath.Join(to, "apel.db"), Blobs: filepath.Join(to, "blobs")}); err != nil {
		t.Fatal(err)
	}
	h := openDir(t, to)
	if _, err := h.blobs.Open(ctx, hash); !errors.Is(err, faults.NotFound) {
		t.Errorf("the damaged file came back: %v", err)
	}
}

// failing is an engine that loses writes and can say what it holds.
type failing struct {
	*storagetest.Faulty
	whole backup.Engine
}

func (f failing) Collections(ctx context.Context) ([]string, error) { return f.whole.Collections(ctx) }

func TestRestoreStopsAtAFailedWrite(t *testing.T) {
	ctx := context.Background()
	from := openDir(t, filepath.Join(t.TempDir(), "old"))
	furnish(t, from)
	dir := filepath.Join(t.TempDir(), "backup")
	if _, err := backup.Make(ctx, dir, from.source(from.engine)); err != nil {
		t.Fatal(err)
	}
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "new.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	f := storagetest.NewFaulty(e)
	f.FailAt(20, storagetest.Lost)
	_, err = backup.Restore(ctx, dir, backup.Target{Engine: failing{f, e}, Blobs: t.TempDir()})
	kind(t, "a lost write", err, faults.Unavailable)
	if n := f.Writes(); n < 20 || n > 20+64 {
		t.Errorf("it went on to write %d", n)
	}
}

func TestKeysStayApart(t *testing.T) {
	ctx := context.Background()
	from := openDir(t, filepath.Join(t.TempDir(), "old"))
	furnish(t, from)
	dir := filepath.Join(t.TempDir(), "without")
	m, err := backup.Make(ctx, dir, from.source(from.engine))
	if err != nil || m.Keys != "" {
		t.Fatalf("keys %q, %v", m.Keys, err)
	}
	target := func() backup.Target {
		to := filepath.Join(t.TempDir(), fmt.Sprint("new", time.Now().UnixNano()))
		return backup.Target{Database: filepath.Join(to, "apel.db"), Blobs: filepath.Join(to, "blobs"), Keys: filepath.Join(to, "keys"), Passphrase: passphrase}
	}
	_, err = backup.Restore(ctx, dir, target())
	kind(t, "keys from a backup without them", err, faults.NotFound)

	short := withKeys(from.source(from.engine), from)
	short.Passphrase = "pendek"
	_, err = backup.Make(ctx, filepath.Join(t.TempDir(), "short"), short)
	kind(t, "a short passphrase", err, faults.Invalid)
	none := withKeys(from.source(from.engine), from)
	none.Keys = t.TempDir()
	_, err = backup.Make(ctx, filepath.Join(t.TempDir(), "none"), none)
	kind(t, "no keys to seal", err, faults.NotFound)

	dir = filepath.Join(t.TempDir(), "with")
	if _, err := backup.Make(ctx, dir, withKeys(from.source(from.engine), from)); err != nil {
		t.Fatal(err)
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("kunci utama")) || bytes.Contains(b, []byte("a3VuY2kgdXRhbWE")) || bytes.Contains(b, []byte("ca.pem")) {
			t.Errorf("%s shows a key", path)
		}
		if info, _ := d.Info(); info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	wrong := target()
	wrong.Passphrase = passphrase + "?"
	_, err = backup.Restore(ctx, dir, wrong)
	kind(t, "a wrong passphrase", err, faults.Invalid)
	if _, err := os.Stat(filepath.Dir(wrong.Database)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a wrong passphrase put something back: %v", err)
	}
	if _, err := backup.Make(ctx, dir, from.source(from.engine)); faults.KindOf(err) != faults.Conflict {
		t.Errorf("a backup into a folder that is not empty: %v", err)
	}
	// What an interrupted restore put there is the same; anything else is another's.
	again := target()
	if err := os.CopyFS(again.Keys, os.DirFS(filepath.Join(from.dir, "keys"))); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(again.Keys, "lain.pem")
	if err := os.WriteFile(other, []byte("lain"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = backup.Restore(ctx, dir, again)
	kind(t, "a folder with another's key", err, faults.Conflict)
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Restore(ctx, dir, again); err != nil {
		t.Errorf("over the same keys: %v", err)
	}
}

// TestInterruptedRestoreIsRunAgain: what an interrupted restore left behind is no installation and does not stand in the way.
func TestInterruptedRestoreIsRunAgain(t *testing.T) {
	ctx := context.Background()
	from := openDir(t, filepath.Join(t.TempDir(), "old"))
	furnish(t, from)
	dir, to := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "new")
	if _, err := backup.Make(ctx, dir, from.source(streamed{from.engine})); err != nil {
		t.Fatal(err)
	}
	target := backup.Target{Database: filepath.Join(to, "apel.db"), Blobs: filepath.Join(to, "blobs")}
	gone, cancel := context.WithCancel(ctx)
	target.Progress = func(what string, done int64) {
		if what == "papers" && done == 70 {
			cancel()
		}
	}
	if _, err := backup.Restore(gone, dir, target); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	if _, err := os.Stat(target.Database); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("it left an installation behind: %v", err)
	}
	target.Progress = nil
	if _, err := backup.Restore(ctx, dir, target); err != nil {
		t.Fatal(err)
	}
	if got, want := everything(t, openDir(t, to).engine), everything(t, from.engine); !reflect.DeepEqual(got, want) {
		t.Error("the documents differ")
	}
	var m backup.Manifest
	b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || m.Form != backup.FormStream {
		t.Errorf("manifest: %+v, %v", m, err)
	}
}
