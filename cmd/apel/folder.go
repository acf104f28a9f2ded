package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/apelkota/apel/internal/faults"
)

// folder is an installation's data folder. One process owns it at a time (flock); others read, or ask the owner over its socket. With documents
// elsewhere (MongoDB) several processes share it, for its blobs and keys.
type folder struct {
	path   string
	lock   *os.File // held while this process owns the folder or shares it; nil when it only reads
	shared bool
}

// What stands in a data folder.
const (
	fileDatabase = "apel.db"
	dirBlobs     = "blobs"
	dirKeys      = "keys"
	fileLock     = "apel.lock"
	fileSocket   = "apel.sock"
	fileMarker   = "apel.json"
)

// marker says what a folder is, so that a demo never runs on real data nor the other way round.
type marker struct {
	Kind string `json:"kind"` // "city" or "demo"
	Seed int64  `json:"seed,omitempty"`

	People  int  `json:"people,omitempty"`  // of a made city
	Filling bool `json:"filling,omitempty"` // the made city is not whole yet
}

// errOwned says that another process owns the folder.
var errOwned = faults.New(faults.Conflict, "Folder data ini sedang dipakai proses apel lain.", "This data folder is in use by another apel process.")

// ownFolder makes the folder if needed and takes the lock. Conflict (errOwned) when another process has it in a way that excludes this one.
func ownFolder(path string, shared bool) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, faults.Wrap(err, faults.Invalid, "Folder data tidak dapat dibuat: "+path, "The data folder cannot be made: "+path)
	}
	f, err := os.OpenFile(filepath.Join(path, fileLock), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, faults.Wrap(err, faults.Invalid, "Folder data tidak dapat ditulisi: "+path, "The data folder cannot be written: "+path)
	}
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(errOwned, f.Close())
	}
	return &folder{path, f, shared}, nil
}

// opening keeps other processes that share the folder waiting until done is called: what a first start writes (the marker, the secret, the keys) is
// written once. The lock is on the folder itself, so it leaves no file.
func (f *folder) opening() (done func() error, err error) {
	if !f.shared {
		return func() error { return nil }, nil
	}
	d, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d.Close, nil
}

// vacant refuses a folder that holds anything but what an interrupted restore leaves there, and what is named besides.
func vacant(path string, besides ...string) error {
	files, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return faults.Wrap(err, faults.Invalid, "Folder data tidak dapat dibaca: "+path, "The data folder cannot be read: "+path)
	}
	for _, f := range files {
		name := f.Name()
		if name == fileLock || name == dirBlobs || name == "lost+found" || strings.HasPrefix(name, fileDatabase+".restoring") || slices.Contains(besides, name) {
			continue
		}
		return faults.New(faults.Conflict, "Folder tujuan tidak kosong: "+filepath.Join(path, name)+" sudah ada. Pulihkan ke folder yang kosong; folder keys/ disalin sesudahnya.",
			"The folder to restore to is not empty: "+filepath.Join(path, name)+" is there already. Restore into an empty folder; the folder keys/ is copied afterwards.")
	}
	return nil
}

// taken says what of a folder is there before it is owned, for giveUp.
type taken struct{ folder, lock bool }

func before(path string) taken {
	there := func(path string) bool { _, err := os.Lstat(path); return err == nil }
	return taken{there(path), there(filepath.Join(path, fileLock))}
}

// giveUp releases a folder that was owned in vain and takes away what owning it made.
func (f *folder) giveUp(was taken) error {
	var err error
	if !was.lock {
		err = os.Remove(f.file(fileLock))
	}
	err = errors.Join(err, f.release())
	if !was.folder {
		os.Remove(f.path) //nolint:errcheck // it stays while it holds something
	}
	return err
}

// readFolder names a folder for reading only; with documents elsewhere (MongoDB) it has no database of its own.
func readFolder(path string, elsewhere bool) (*folder, error) {
	name := fileDatabase
	if elsewhere {
		name = ""
	}
	if _, err := os.Stat(filepath.Join(path, name)); err != nil {
		return nil, faults.Wrap(err, faults.NotFound, "Tidak ada data APEL di folder "+path, "There is no APEL data in "+path)
	}
	return &folder{path: path}, nil
}

func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// release gives the folder back. Safe to call twice.
func (f *folder) release() error {
	if f.lock == nil {
		return nil
	}
	err := f.lock.Close() // closing ends the flock
	f.lock = nil
	return err
}

// empty says whether nothing was ever stored in the folder.
func (f *folder) empty() bool {
	_, err := os.Stat(f.file(fileDatabase))
	return errors.Is(err, os.ErrNotExist)
}

// mark reads what the folder is. NotFound when nobody said.
func (f *folder) mark() (marker, error) {
	var m marker
	b, err := os.ReadFile(f.file(fileMarker))
	if errors.Is(err, os.ErrNotExist) {
		return m, faults.NotFound
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("read %s: %w", f.file(fileMarker), err)
	}
	return m, nil
}

// setMark writes what the folder is: before the first document, and when a made city is whole.
func (f *folder) setMark(m marker) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	tmp := f.file(fileMarker + ".new")
	if err := os.WriteFile(tmp, append(b, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, f.file(fileMarker))
}

// secret reads a random secret of the installation, kept as a file of its own and never in the database. make gives it at first use, and an error
// where it must have been there already.
func (f *folder) secret(name string, make func() ([]byte, error)) ([]byte, error) {
	dir := f.file(dirKeys)
	path := filepath.Join(dir, name)
	b, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return b, err
	}
	if b, err = make(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return nil, err
	}
	_, err = tmp.Write(b)
	err = errors.Join(err, tmp.Chmod(0o600), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(tmp.Name()))
	}
	return b, nil
}
