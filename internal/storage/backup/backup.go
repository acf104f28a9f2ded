// Package backup copies an installation while it serves, checks a copy, and puts one back.
//
// A backup is a folder:
//
//	manifest.json             what is in it, with counts and SHA-256 digests; written last, so a folder without it is no backup
//	apel.db                   the documents, when the engine is SQLite: one consistent state
//	documents/<collection>    the documents otherwise: a stream of each collection, journals last
//	blobs/ab/cdef...          the files that documents name
//	keys.sealed               private keys, only when asked for, under a passphrase
//
// A stream (MongoDB) is not one instant. That is sound here, because every document stands for itself and steps between documents can be
// repeated: a journal copied last holds whatever a document copied before refers to. After a restore the doctor looks for the rest.
package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format      int               `json:"format"`
	Made        time.Time         `json:"made"`
	Form        Form              `json:"form"`
	Collections []Contents        `json:"collections"`
	Blobs       Contents          `json:"blobs"`
	Damaged     []string          `json:"damaged,omitempty"` // blobs whose content did not fit their name when they were copied
	Keys        string            `json:"keys,omitempty"`    // SHA-256 of keys.sealed; "" when the keys were left out
	Facts       map[string]string `json:"facts,omitempty"`   // what the rooms want to find again: the log's checkpoint, the program's version
}

// Contents counts documents or files and holds one digest over all of them, in the order of their ids.
type Contents struct {
	Name   string `json:"name,omitempty"`
	Count  int64  `json:"count"`
	Bytes  int64  `json:"bytes"`
	Digest string `json:"digest"`
}

// Form is how documents are kept in a backup.
type Form string

// The forms.
const (
	FormSQLite Form = "sqlite"
	FormStream Form = "stream"

	format       = 1
	manifestFile = "manifest.json"
	databaseFile = "apel.db"
	documentsDir = "documents"
	blobsDir     = "blobs"
	keysFile     = "keys.sealed"
)

// Source is what is copied.
type Source struct {
	Engine     Engine
	Blobs      *blobs.Store      // nil: there are none
	Keys       string            // folder with the private keys; copied only with a passphrase
	Passphrase string            // at least MinPassphrase characters; "" leaves the keys out
	Facts      map[string]string // see Manifest
	Now        func() time.Time
	Progress   func(what string, done int64) // told now and then; may be nil
}

// Engine is a storage engine that can say what it holds.
type Engine interface {
	storage.Engine
	// Collections lists every collection that is stored, declared or not.
	Collections(ctx context.Context) ([]string, error)
}

// snapshotter is an engine that can copy itself in one consistent state.
type snapshotter interface {
	Snapshot(ctx context.Context, path string) error
}

// Make copies everything into a folder that is empty or does not exist yet. The documents are copied after a first pass over the blobs and
// before a second one: a blob named by a copied document either stood there before, or is too young to be swept. Conflict when the folder holds
// something. What a failed Make leaves behind has no manifest and is no backup.
func Make(ctx context.Context, dir string, s Source) (Manifest, error) {
	m := Manifest{Format: format, Made: s.Now().UTC(), Facts: s.Facts, Form: FormStream}
	if err := emptyDir(dir); err != nil {
		return m, err
	}
	progress := s.Progress
	if progress == nil {
		progress = func(string, int64) {}
	}
	if err := copyBlobs(ctx, dir, s.Blobs, progress); err != nil {
		return m, err
	}
	var err error
	if snap, ok := s.Engine.(snapshotter); ok {
		m.Form = FormSQLite
		m.Collections, err = snapshot(ctx, dir, snap, progress)
	} else {
		m.Collections, err = stream(ctx, dir, s.Engine, progress)
	}
	if err != nil {
		return m, err
	}
	if err := copyBlobs(ctx, dir, s.Blobs, progress); err != nil {
		return m, err
	}
	if m.Blobs, m.Damaged, err = digestBlobs(ctx, filepath.Join(dir, blobsDir)); err != nil {
		return m, err
	}
	if s.Passphrase != "" {
		sealed, err := sealKeys(s.Keys, s.Passphrase)
		if err != nil {
			return m, err
		}
		if err := writeFile(filepath.Join(dir, keysFile), sealed); err != nil {
			return m, err
		}
		m.Keys = digestBytes(sealed)
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	return m, writeFile(filepath.Join(dir, manifestFile), append(b, '\n'))
}

// snapshot lets the engine copy itself and reads the copy, which shows that it can be read.
func snapshot(ctx context.Context, dir string, e snapshotter, progress func(string, int64)) ([]Contents, error) {
	path := filepath.Join(dir, databaseFile)
	if err := e.Snapshot(ctx, path); err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, away(err)
	}
	if err := syncFile(path); err != nil {
		return nil, err
	}
	copied, err := openCopy(path)
	if err != nil {
		return nil, err
	}
	defer copied.Close()
	return digestEngine(ctx, copied, progress)
}

// openCopy opens a copied database for reading without leaving log files beside it.
func openCopy(path string) (*sqlite.Engine, error) {
	return sqlite.Open(path, sqlite.Options{Immutable: true})
}

func digestEngine(ctx context.Context, e Engine, progress func(string, int64)) ([]Contents, error) {
	names, err := e.Collections(ctx)
	if err != nil {
		return nil, err
	}
	var all []Contents
	for _, name := range names {
		d := newDigest(name)
		if err := records(ctx, e, name, func(r storage.Record) error {
			d.add(r)
			progress(name, d.Count)
			return nil
		}); err != nil {
			return nil, err
		}
		all = append(all, d.sum())
	}
	return all, nil
}

// records streams a collection of an engine by id.
func records(ctx context.Context, e storage.Engine, name string, fn func(storage.Record) error) error {
	if err := e.Declare(ctx, name, nil); err != nil {
		return err
	}
	const slice = 64
	after := ""
	for {
		rs, err := e.Slice(ctx, name, after, slice)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if err := fn(r); err != nil {
				return err
			}
			after = r.ID
		}
		if len(rs) < slice {
			return nil
		}
	}
}

// stream writes every collection to a file of its own, journals last.
func stream(ctx context.Context, dir string, e Engine, progress func(string, int64)) ([]Contents, error) {
	names, err := e.Collections(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(names, func(a, b string) int {
		ja, jb := strings.HasPrefix(a, "journal_"), strings.HasPrefix(b, "journal_")
		switch {
		case ja && !jb:
			return 1
		case jb && !ja:
			return -1
		}
		return strings.Compare(a, b)
	})
	if err := os.Mkdir(filepath.Join(dir, documentsDir), 0o700); err != nil {
		return nil, away(err)
	}
	var all []Contents
	for _, name := range names {
		d := newDigest(name)
		err := withFile(filepath.Join(dir, documentsDir, name), func(w *recordWriter) error {
			return records(ctx, e, name, func(r storage.Record) error {
				d.add(r)
				progress(name, d.Count)
				return w.write(r)
			})
		})
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", name, err)
		}
		all = append(all, d.sum())
	}
	slices.SortFunc(all, func(a, b Contents) int { return strings.Compare(a.Name, b.Name) })
	return all, syncDir(filepath.Join(dir, documentsDir))
}

// Read reads a backup's manifest. NotFound when the folder holds no finished backup, Invalid when it is of a form this program does not know.
func Read(dir string) (Manifest, error) {
	var m Manifest
	b, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, faults.New(faults.NotFound, "Folder ini bukan cadangan yang selesai: manifest.json tidak ada.", "This folder is no finished backup: manifest.json is missing.")
	}
	if err != nil {
		return m, away(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil || m.Format != format || m.Form != FormSQLite && m.Form != FormStream {
		return m, faults.Wrap(errors.Join(err, fmt.Errorf("format %d, form %q", m.Format, m.Form)), faults.Invalid,
			"manifest.json rusak atau dari versi APEL yang lebih baru.", "manifest.json is damaged or of a newer version of APEL.")
	}
	return m, nil
}

// Check reads a backup whole and compares it with its manifest: every document, every file. Invalid names what differs. Changes nothing.
func Check(ctx context.Context, dir string) (Manifest, error) {
	m, err := Read(dir)
	if err != nil {
		return m, err
	}
	got, err := digestCopy(ctx, dir, m)
	if err != nil {
		return m, err
	}
	if err := compare(m.Collections, got); err != nil {
		return m, err
	}
	files, damaged, err := digestBlobs(ctx, filepath.Join(dir, blobsDir))
	if err != nil {
		return m, err
	}
	if files != m.Blobs || !slices.Equal(damaged, m.Damaged) {
		return m, differs(blobsDir+"/", fmt.Sprintf("%d of %d files, damaged: %v", files.Count, m.Blobs.Count, damaged))
	}
	if m.Keys != "" {
		b, err := os.ReadFile(filepath.Join(dir, keysFile))
		if err != nil {
			return m, away(err)
		}
		if digestBytes(b) != m.Keys {
			return m, differs(keysFile, "another content")
		}
	}
	return m, nil
}

// digestCopy digests the documents of a backup.
func digestCopy(ctx context.Context, dir string, m Manifest) ([]Contents, error) {
	if m.Form == FormSQLite {
		e, err := openCopy(filepath.Join(dir, databaseFile))
		if err != nil {
			return nil, err
		}
		defer e.Close()
		return digestEngine(ctx, e, func(string, int64) {})
	}
	var all []Contents
	for _, c := range m.Collections {
		d := newDigest(c.Name)
		if err := readFile(ctx, filepath.Join(dir, documentsDir, c.Name), func(r storage.Record) error { d.add(r); return nil }); err != nil {
			return nil, err
		}
		all = append(all, d.sum())
	}
	return all, nil
}

// compare takes collections without documents for none at all: an engine may not keep them.
func compare(want, got []Contents) error {
	filled := func(all []Contents) map[string]Contents {
		m := map[string]Contents{}
		for _, c := range all {
			if c.Count > 0 {
				m[c.Name] = c
			}
		}
		return m
	}
	w, g := filled(want), filled(got)
	for name := range g {
		if _, ok := w[name]; !ok {
			return differs(name, "it should not be there")
		}
	}
	for name, c := range w {
		if g[name] != c {
			return differs(name, fmt.Sprintf("%d of %d documents, digest %.12s instead of %.12s", g[name].Count, c.Count, g[name].Digest, c.Digest))
		}
	}
	return nil
}

func differs(what, how string) error {
	return faults.Wrap(fmt.Errorf("%s: %s", what, how), faults.Invalid,
		"Cadangan ini rusak: isi "+what+" tidak cocok dengan manifest.json.", "This backup is damaged: "+what+" does not fit manifest.json.")
}

func away(err error) error {
	return faults.Wrap(err, faults.Unavailable, "Berkas cadangan tidak dapat dibaca atau ditulis.", "The files of the backup cannot be read or written.")
}
