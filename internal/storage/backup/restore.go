package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

// Target is where a backup is put back: a SQLite file that does not exist yet, or an engine that holds no document.
type Target struct {
	Database   string // path of the SQLite file to make; "" when Engine is given
	Engine     Engine
	Blobs      string // folder of the files; made when missing
	Keys       string // folder of the keys, without another key in it than the backup's; used only with a passphrase
	Passphrase string
	Progress   func(what string, done int64) // may be nil
}

// Restore checks a backup, puts it back and compares what then stands there with the manifest, document by document and file by file. The
// database gets its name as the last thing, so an interrupted restore leaves no installation behind and is simply run again. The form of the
// backup need not be the target's: this is also the way from SQLite to MongoDB and back. Conflict when something is there already.
func Restore(ctx context.Context, dir string, t Target) (Manifest, error) {
	if t.Progress == nil {
		t.Progress = func(string, int64) {}
	}
	m, err := Check(ctx, dir)
	if err != nil {
		return m, err
	}
	var keys map[string][]byte
	if t.Passphrase != "" {
		if keys, err = openKeys(filepath.Join(dir, keysFile), t.Passphrase); err != nil {
			return m, err
		}
	}
	if err := vacant(ctx, t, keys); err != nil {
		return m, err
	}
	if err := restoreBlobs(ctx, dir, t, m); err != nil {
		return m, err
	}
	if err := writeKeys(t.Keys, keys); err != nil {
		return m, err
	}
	if t.Engine != nil {
		if err := fill(ctx, dir, m, t.Engine, t.Progress); err != nil {
			return m, err
		}
		got, err := digestEngine(ctx, t.Engine, func(string, int64) {})
		if err != nil {
			return m, err
		}
		return m, compare(m.Collections, got)
	}
	return m, restoreDatabase(ctx, dir, m, t)
}

func vacant(ctx context.Context, t Target, keys map[string][]byte) error {
	occupied := func(what string) error {
		return faults.Wrap(errors.New(what+" exists"), faults.Conflict, "Tujuan pemulihan tidak kosong: "+what+" sudah ada. Pulihkan ke folder atau basis data yang kosong.",
			"The place to restore to is not empty: "+what+" is there already. Restore into an empty folder or database.")
	}
	if t.Engine == nil {
		if _, err := os.Lstat(t.Database); err == nil {
			return occupied(t.Database)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return away(err)
		}
	} else {
		names, err := t.Engine.Collections(ctx)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := t.Engine.Declare(ctx, name, nil); err != nil {
				return err
			}
			rs, err := t.Engine.Slice(ctx, name, "", 1)
			if err != nil {
				return err
			}
			if len(rs) > 0 {
				return occupied("collection " + name)
			}
		}
	}
	if t.Passphrase == "" {
		return nil
	}
	err := fs.WalkDir(os.DirFS(t.Keys), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(t.Keys, name))
		if err == nil && !bytes.Equal(b, keys[name]) { // an interrupted restore's own are the same
			err = occupied(filepath.Join(t.Keys, name))
		}
		return err
	})
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, faults.Conflict):
		return err
	}
	return away(err)
}

func restoreBlobs(ctx context.Context, dir string, t Target, m Manifest) error {
	from, err := blobs.OpenReadOnly(filepath.Join(dir, blobsDir))
	if errors.Is(err, faults.NotFound) && m.Blobs.Count == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	to, err := blobs.Open(t.Blobs)
	if err != nil {
		return err
	}
	var n int64
	return from.List(ctx, func(ref blobs.Ref, _ time.Time) error {
		if slices.Contains(m.Damaged, ref.Hash) { // it was already when the backup was made; what it holds is not what its name says
			return nil
		}
		f, err := from.Open(ctx, ref.Hash)
		if err != nil {
			return err
		}
		defer f.Close()
		got, err := to.Put(ctx, f, 0)
		if err != nil {
			return err
		}
		if got != ref {
			return differs("blobs/"+ref.Hash, "it changed since the check")
		}
		n++
		t.Progress(blobsDir, n)
		return nil
	})
}

// restoreDatabase makes the SQLite file beside its place, compares it, and gives it its name.
func restoreDatabase(ctx context.Context, dir string, m Manifest, t Target) error {
	made := t.Database + ".restoring"
	for _, suffix := range []string{"", "-wal", "-shm"} { // of an interrupted restore
		if err := os.Remove(made + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return away(err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(t.Database), 0o700); err != nil {
		return away(err)
	}
	if m.Form == FormSQLite {
		if err := copyFile(filepath.Join(dir, databaseFile), made); err != nil {
			return err
		}
	} else {
		e, err := sqlite.Open(made, sqlite.Options{})
		if err != nil {
			return err
		}
		if err := errors.Join(fill(ctx, dir, m, e, t.Progress), e.Close()); err != nil {
			return err
		}
	}
	e, err := openCopy(made)
	if err != nil {
		return err
	}
	got, err := digestEngine(ctx, e, t.Progress)
	if err := errors.Join(err, e.Close()); err != nil {
		return err
	}
	if err := compare(m.Collections, got); err != nil {
		return err
	}
	if err := os.Rename(made, t.Database); err != nil {
		return away(err)
	}
	return syncDir(filepath.Dir(t.Database))
}

// fill inserts every document of a backup as it was: id, version, operation id, entries, body.
func fill(ctx context.Context, dir string, m Manifest, to storage.Engine, progress func(string, int64)) error {
	each := func(name string, fn func(storage.Record) error) error {
		return readFile(ctx, filepath.Join(dir, documentsDir, name), fn)
	}
	if m.Form == FormSQLite {
		from, err := openCopy(filepath.Join(dir, databaseFile))
		if err != nil {
			return err
		}
		defer from.Close()
		each = func(name string, fn func(storage.Record) error) error { return records(ctx, from, name, fn) }
	}
	for _, c := range m.Collections {
		if err := to.Declare(ctx, c.Name, nil); err != nil {
			return err
		}
		if err := insertAll(ctx, to, c.Name, func(fn func(storage.Record) error) error { return each(c.Name, fn) }, progress); err != nil {
			return fmt.Errorf("restore %s: %w", c.Name, err)
		}
	}
	return nil
}

// insertAll inserts from several goroutines: SQLite shares each commit among them, a cluster works in parallel.
func insertAll(ctx context.Context, to storage.Engine, name string, each func(func(storage.Record) error) error, progress func(string, int64)) error {
	const writers = 32
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan storage.Record)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for r := range queue {
				if err := to.Insert(ctx, name, r); err != nil {
					cancel(fmt.Errorf("%s: %w", r.ID, err))
				}
			}
		})
	}
	var n int64
	err := each(func(r storage.Record) error {
		select {
		case queue <- r:
			n++
			progress(name, n)
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	close(queue)
	wg.Wait()
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return away(err)
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return away(err)
	}
	_, err = io.Copy(dst, src)
	if err := errors.Join(err, dst.Sync(), dst.Close()); err != nil {
		return away(err)
	}
	return nil
}
