package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
)

// header is a document's line in a stream; a second line holds its body, which is JSON and has no line feed.
type header struct {
	ID      string      `json:"id"`
	Version int64       `json:"version"`
	Op      string      `json:"op"`
	Entries [][3]string `json:"entries,omitempty"` // index, term, order key; sorted
	Size    int         `json:"size"`              // bytes of the body
}

func headerOf(r storage.Record) []byte {
	h := header{ID: r.ID, Version: r.Version, Op: r.Op, Size: len(r.Body)}
	for _, x := range r.Entries {
		h.Entries = append(h.Entries, [3]string{x.Index, x.Term, x.Order})
	}
	slices.SortFunc(h.Entries, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	b, err := json.Marshal(h)
	if err != nil {
		panic("a header of strings and numbers does not marshal: " + err.Error())
	}
	return b
}

// digest runs over the documents of a collection in the order of their ids.
type digest struct {
	Contents
	h hash.Hash
}

func newDigest(name string) *digest { return &digest{Contents{Name: name}, sha256.New()} }

func (d *digest) add(r storage.Record) {
	d.h.Write(headerOf(r))
	d.h.Write([]byte{'\n'})
	d.h.Write(r.Body)
	d.h.Write([]byte{'\n'})
	d.Count++
	d.Bytes += int64(len(r.Body))
}

func (d *digest) sum() Contents {
	d.Digest = hex.EncodeToString(d.h.Sum(nil))
	return d.Contents
}

func digestBytes(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

type recordWriter struct{ w *bufio.Writer }

func (w *recordWriter) write(r storage.Record) error {
	w.w.Write(headerOf(r)) // the writer keeps its first error for the flush
	w.w.WriteByte('\n')
	w.w.Write(r.Body)
	return w.w.WriteByte('\n')
}

// withFile makes a durable file of records.
func withFile(path string, fn func(*recordWriter) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return away(err)
	}
	defer f.Close()
	w := &recordWriter{bufio.NewWriterSize(f, 1<<18)}
	if err := fn(w); err != nil {
		return err
	}
	if err := errors.Join(w.w.Flush(), f.Sync()); err != nil {
		return away(err)
	}
	return nil
}

// readFile reads a file of records. Invalid when it is damaged.
func readFile(ctx context.Context, path string, fn func(storage.Record) error) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return differs(filepath.Base(path), "the file is missing")
	}
	if err != nil {
		return away(err)
	}
	defer f.Close()
	broken := func(n int, err error) error {
		return differs(filepath.Base(path), fmt.Sprintf("document %d: %v", n, err))
	}
	b := bufio.NewReaderSize(f, 1<<18)
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return away(err)
		}
		line, err := b.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil {
			return broken(n, err)
		}
		var h header
		if err := json.Unmarshal(line, &h); err != nil {
			return broken(n, err)
		}
		if h.Size < 0 || h.Size > storage.MaxDocument {
			return broken(n, fmt.Errorf("%d bytes", h.Size))
		}
		body := make([]byte, h.Size+1)
		if _, err := io.ReadFull(b, body); err != nil {
			return broken(n, err)
		}
		r := storage.Record{ID: h.ID, Version: h.Version, Op: h.Op, Body: body[:h.Size]}
		for _, x := range h.Entries {
			r.Entries = append(r.Entries, storage.Entry{Index: x[0], Term: x[1], Order: x[2]})
		}
		if err := fn(r); err != nil {
			return err
		}
	}
}

// copyBlobs copies the files that are not in the backup yet, as they are: whether they are whole is seen when they are digested.
func copyBlobs(ctx context.Context, dir string, from *blobs.Store, progress func(string, int64)) error {
	if from == nil {
		return nil
	}
	into := filepath.Join(dir, blobsDir)
	made := map[string]bool{}
	var n int64
	err := from.List(ctx, func(ref blobs.Ref, _ time.Time) error {
		sub := filepath.Join(into, ref.Hash[:2])
		to := filepath.Join(sub, ref.Hash[2:])
		if _, err := os.Lstat(to); err == nil {
			return nil
		}
		if err := os.MkdirAll(sub, 0o700); err != nil {
			return away(err)
		}
		made[sub] = true
		f, err := from.Open(ctx, ref.Hash)
		if errors.Is(err, faults.NotFound) { // swept meanwhile: nobody named it
			return nil
		}
		if err != nil {
			return err
		}
		defer f.Close()
		dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return away(err)
		}
		_, err = io.Copy(dst, f)
		if err := errors.Join(err, dst.Sync(), dst.Close()); err != nil {
			return away(err)
		}
		n++
		progress(blobsDir, n)
		return nil
	})
	if err != nil || len(made) == 0 {
		return err
	}
	for sub := range made {
		if err := syncDir(sub); err != nil {
			return err
		}
	}
	return errors.Join(syncDir(into), syncDir(dir))
}

// digestBlobs reads every file of a backup; damaged ones are those whose content does not fit their name.
func digestBlobs(ctx context.Context, dir string) (Contents, []string, error) {
	var c Contents
	var damaged []string
	h := sha256.New()
	store, err := blobs.OpenReadOnly(dir)
	if errors.Is(err, faults.NotFound) {
		return Contents{Digest: hex.EncodeToString(h.Sum(nil))}, nil, nil
	}
	if err != nil {
		return c, nil, err
	}
	err = store.List(ctx, func(ref blobs.Ref, _ time.Time) error {
		c.Count++
		c.Bytes += ref.Size
		fmt.Fprintf(h, "%s %d\n", ref.Hash, ref.Size)
		if _, err := store.Check(ctx, ref.Hash); errors.Is(err, blobs.ErrDamaged) {
			damaged = append(damaged, ref.Hash)
		} else if err != nil {
			return err
		}
		return nil
	})
	c.Digest = hex.EncodeToString(h.Sum(nil))
	return c, damaged, err
}

// emptyDir makes a folder, or finds it empty.
func emptyDir(dir string) error {
	files, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return away(err)
		}
		return nil
	case err != nil:
		return away(err)
	case len(files) > 0:
		return faults.New(faults.Conflict, "Folder cadangan tidak kosong. Pilih folder baru.", "The folder for the backup is not empty. Choose a new one.")
	}
	return nil
}

// writeFile writes a small file durably, whole or not at all.
func writeFile(path string, b []byte) error {
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return away(err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return away(err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return away(err)
	}
	return syncDir(filepath.Dir(path))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return away(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return away(err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return away(err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return away(err)
	}
	return nil
}

// local says whether a name stays inside the folder it is joined to.
func local(name string) bool {
	return filepath.IsLocal(name) && !strings.Contains(name, `\`)
}
