// Package blobs keeps files under the SHA-256 of their content: <dir>/ab/cdef..., each written and fsynced before Put returns, so that a
// document may name it. A file that no document named for 7 days is swept (sweep.go).
package blobs

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Keep is how long a file stays that no document names: whoever puts a file names it within this time.
const Keep = 7 * 24 * time.Hour

// Ref names a stored file.
type Ref struct {
	Hash string `json:"hash"` // SHA-256 of the content, 64 hex digits
	Size int64  `json:"size"` // bytes
}

// Store is a folder of blobs. Safe for use from many goroutines of the one process that owns the folder.
type Store struct {
	dir string
	mu  sync.Mutex // between the rename of Put and the removal of Sweep and Delete

	sweeping sync.Mutex // one sweep at a time
}

const temporary = "tmp" // unfinished files, in the same file system as the finished ones

// Open opens or makes the folder and removes what an interrupted Put left behind.
func Open(dir string) (*Store, error) {
	tmp := filepath.Join(dir, temporary)
	if err := os.RemoveAll(tmp); err != nil {
		return nil, unavailable(err)
	}
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, unavailable(err)
	}
	if err := errors.Join(syncDir(dir), syncDir(filepath.Dir(filepath.Clean(dir)))); err != nil {
		return nil, unavailable(err)
	}
	return &Store{dir: dir}, nil
}

// OpenReadOnly opens an existing folder for reading; nothing is made or removed. NotFound when there is none.
func OpenReadOnly(dir string) (*Store, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, fault(err)
	}
	return &Store{dir: dir}, nil
}

// Put stores what r gives, at most max bytes and never more than storage.MaxBlob (max <= 0 means that). The content is durable when Put
// returns. TooLarge when there is more; then nothing is kept. Putting the same content again gives the same Ref and counts as new for Sweep.
func (s *Store) Put(ctx context.Context, r io.Reader, max int64) (Ref, error) {
	if max <= 0 || max > storage.MaxBlob {
		max = storage.MaxBlob
	}
	f, err := os.CreateTemp(filepath.Join(s.dir, temporary), "put-")
	if err != nil {
		return Ref{}, unavailable(err)
	}
	defer os.Remove(f.Name()) // gone already when all went well
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), &reader{ctx, io.LimitReader(r, max+1)})
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) && pe.Path == f.Name() { // our own file, not what is read
		return Ref{}, unavailable(err)
	}
	if err != nil {
		return Ref{}, fmt.Errorf("store a file: %w", err)
	}
	if n > max {
		mb := float64(max) / (1 << 20)
		return Ref{}, faults.Newf(faults.TooLarge, "Berkas terlalu besar. Batasnya %.3g MB.", "The file is too large. The limit is %.3g MB.", mb)
	}
	if err := errors.Join(f.Sync(), f.Chmod(0o600), f.Close()); err != nil {
		return Ref{}, unavailable(err)
	}
	ref := Ref{hex.EncodeToString(h.Sum(nil)), n}
	return ref, s.place(f.Name(), ref.Hash)
}

// place moves a finished file to its name and makes the name durable. It replaces a file that is there already (with the same content): its
// age starts anew, and one damaged on disk is whole again.
func (s *Store) place(from, hash string) error {
	to := s.path(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch err := os.Mkdir(filepath.Dir(to), 0o700); {
	case err == nil:
		if err := syncDir(s.dir); err != nil {
			return unavailable(err)
		}
	case !errors.Is(err, fs.ErrExist):
		return unavailable(err)
	}
	if err := os.Rename(from, to); err != nil {
		return unavailable(err)
	}
	if err := syncDir(filepath.Dir(to)); err != nil {
		return unavailable(err)
	}
	return nil
}

// Open opens a stored file for reading; the caller closes it. NotFound when there is none.
func (s *Store) Open(_ context.Context, hash string) (*os.File, error) {
	if !Valid(hash) {
		return nil, faults.NotFound
	}
	f, err := os.Open(s.path(hash))
	if err != nil {
		return nil, fault(err)
	}
	return f, nil
}

// ErrDamaged is the error of Check when the content is another than the name says.
var ErrDamaged = errors.New("damaged")

// Check reads a file whole and compares it with its name. NotFound when there is none, ErrDamaged when the content is another.
func (s *Store) Check(ctx context.Context, hash string) (Ref, error) {
	f, err := s.Open(ctx, hash)
	if err != nil {
		return Ref{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, &reader{ctx, bufio.NewReaderSize(f, 1<<18)})
	if err != nil {
		return Ref{}, fmt.Errorf("read blob %s: %w", hash, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != hash {
		return Ref{}, fmt.Errorf("blob %s is %w: its content has the hash %s", hash, ErrDamaged, got)
	}
	return Ref{hash, n}, nil
}

// Delete removes a file. Safe to call twice.
func (s *Store) Delete(_ context.Context, hash string) error {
	if !Valid(hash) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.Remove(s.path(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable(err)
	}
	return nil
}

// List calls fn for every stored file in the order of the hashes, with the time it was last put. An error of fn ends it.
func (s *Store) List(ctx context.Context, fn func(ref Ref, put time.Time) error) error {
	dirs, err := os.ReadDir(s.dir)
	if err != nil {
		return fault(err)
	}
	for _, d := range dirs {
		if len(d.Name()) != 2 || !d.IsDir() {
			continue
		}
		files, err := os.ReadDir(filepath.Join(s.dir, d.Name()))
		if err != nil {
			return unavailable(err)
		}
		for _, f := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			hash := d.Name() + f.Name()
			if !Valid(hash) {
				continue
			}
			info, err := f.Info()
			if errors.Is(err, fs.ErrNotExist) { // swept meanwhile
				continue
			}
			if err != nil {
				return unavailable(err)
			}
			if err := fn(Ref{hash, info.Size()}, info.ModTime()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Valid says whether hash has the form of a blob's name.
func Valid(hash string) bool {
	if len(hash) != 2*sha256.Size {
		return false
	}
	for i := range len(hash) {
		if c := hash[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func (s *Store) path(hash string) string { return filepath.Join(s.dir, hash[:2], hash[2:]) }

// reader ends a long copy when its context does.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func fault(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", faults.NotFound, err)
	}
	return unavailable(err)
}

func unavailable(err error) error {
	if storage.IsFull(err) {
		return storage.Full(err)
	}
	return faults.Wrap(err, faults.Unavailable, "Berkas sedang tidak dapat disimpan atau dibaca. Tunggu sebentar, lalu coba lagi.", "The file cannot be stored or read at the moment. Try again shortly.")
}
