package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage/backup"
	"github.com/apelkota/apel/internal/storage/mongo"
)

type backupVerb struct {
	place
	To             string `arg:"" help:"Folder for the backup; it must be empty or not exist." type:"path"`
	WithKeys       bool   `help:"Also copy the private keys, sealed by a passphrase. Without it they must be kept elsewhere: they are never in the database."`
	PassphraseFile string `placeholder:"FILE" help:"File with the passphrase for --with-keys." type:"path"`
}

// factCheckpoint names the log's checkpoint among a backup's facts.
const factCheckpoint = "checkpoint"

// backupOrder is what a running server is asked for.
type backupOrder struct {
	To         string `json:"to"`
	Passphrase string `json:"passphrase,omitempty"`
}

// Run copies the installation, through the running server if one owns the folder.
func (v *backupVerb) Run(e *env) error {
	o := backupOrder{To: v.To}
	if err := outside(v.To, v.Dir); err != nil {
		return err
	}
	var err error
	if v.WithKeys {
		if o.Passphrase, err = passphrase(v.PassphraseFile); err != nil {
			return err
		}
	}
	var m backup.Manifest
	in, err := open(e.ctx, v.place, as{serving: true, quiet: true})
	switch {
	case errors.Is(err, errOwned):
		b, merr := json.Marshal(o)
		if merr != nil {
			return merr
		}
		err = askServer(e.ctx, v.Dir, "/backup", bytes.NewReader(b), &m)
	case err == nil:
		m, err = in.backup(e.ctx, o)
		err = errors.Join(err, in.close())
	}
	if err != nil {
		return err
	}
	documents := int64(0)
	for _, c := range m.Collections {
		documents += c.Count
	}
	fmt.Printf("%s: %d dokumen, %d berkas\n", v.To, documents, m.Blobs.Count)
	if !v.WithKeys {
		fmt.Println("Kunci penerbit TIDAK ikut disalin. Simpan folder keys/ terpisah, atau pakai --with-keys.")
	}
	return nil
}

func passphrase(file string) (string, error) {
	if file == "" {
		return "", faults.New(faults.Invalid, "Berikan --passphrase-file.", "Give --passphrase-file.")
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", faults.Wrap(err, faults.Invalid, "Berkas frasa sandi tidak dapat dibaca.", "The passphrase file cannot be read.")
	}
	said := strings.TrimSpace(string(b))
	if said == "" { // an empty one means a backup without keys to those below
		return "", faults.New(faults.Invalid, "Berkas frasa sandi kosong. Tulis frasa sandi di dalamnya.", "The passphrase file is empty. Write the passphrase into it.")
	}
	return said, nil
}

// outside refuses a folder for a backup that lies in the folder to be copied.
func outside(to, dir string) error {
	real := func(path string) string { // as far as it exists
		for rest := ""; ; path, rest = filepath.Dir(path), filepath.Join(filepath.Base(path), rest) {
			if p, err := filepath.EvalSymlinks(path); err == nil || path == filepath.Dir(path) {
				return filepath.Join(p, rest)
			}
		}
	}
	if in, err := filepath.Rel(real(dir), real(to)); err == nil && in != ".." && !strings.HasPrefix(in, ".."+string(filepath.Separator)) {
		return faults.New(faults.Invalid, "Cadangan tidak dapat ditaruh di dalam folder data. Pilih folder lain, sebaiknya di cakram lain.", "A backup cannot be put inside the data folder. Choose another folder, better on another disk.")
	}
	return nil
}

// backup copies this installation while it serves.
func (in *installation) backup(ctx context.Context, o backupOrder) (backup.Manifest, error) {
	engine, ok := in.db.Engine().(backup.Engine)
	if !ok {
		return backup.Manifest{}, fmt.Errorf("engine %T cannot be copied", in.db.Engine())
	}
	facts := map[string]string{"institution": in.settings.Current().Institution, "program": version()}
	if m, err := in.folder.mark(); err == nil {
		facts["kind"] = m.Kind
	}
	if checkpoint, size, err := in.certificates.Checkpoint(ctx); err == nil {
		facts["log_size"], facts[factCheckpoint] = fmt.Sprint(size), checkpoint
	}
	m, err := backup.Make(ctx, o.To, backup.Source{Engine: engine, Blobs: in.blobs, Keys: in.folder.file(dirKeys), Passphrase: o.Passphrase, Facts: facts, Now: in.now})
	if err == nil && m.Keys != "" && in.db.ReadOnly() == "" {
		err = in.certificates.NoteCopy(ctx, access.System("backup"))
	}
	return m, err
}

type restoreVerb struct {
	place
	From           string `arg:"" help:"Folder of the backup." type:"existingdir"`
	WithKeys       bool   `help:"Also put back the sealed private keys."`
	PassphraseFile string `placeholder:"FILE" help:"File with their passphrase." type:"path"`
}

// Run puts a backup into an empty folder (or an empty MongoDB) and compares what then stands there with the manifest.
func (v *restoreVerb) Run(e *env) (err error) {
	t := backup.Target{Blobs: filepath.Join(v.Dir, dirBlobs), Keys: filepath.Join(v.Dir, dirKeys)}
	var besides []string
	if v.WithKeys {
		besides = append(besides, dirKeys) // an interrupted restore's; what they hold is compared
		if t.Passphrase, err = passphrase(v.PassphraseFile); err != nil {
			return err
		}
	}
	if err := vacant(v.Dir, besides...); err != nil {
		return err
	}
	was := before(v.Dir)
	f, err := ownFolder(v.Dir, false)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.giveUp(was))
		} else {
			err = f.release()
		}
	}()
	if v.Mongo != "" {
		engine, err := mongo.Open(e.ctx, mongo.Options{URI: v.Mongo})
		if err != nil {
			return err
		}
		defer engine.Close() //nolint:errcheck // the process ends
		t.Engine = engine
	} else {
		t.Database = f.file(fileDatabase)
	}
	m, err := backup.Restore(e.ctx, v.From, t)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(t.Blobs, 0o700); err != nil {
		return err
	}
	if kind := m.Facts["kind"]; kind != "" {
		if err := f.setMark(marker{Kind: kind}); err != nil {
			return err
		}
	}
	fmt.Printf("%s: dibuat %s, %d koleksi, %d berkas; isi sama dengan manifes.\n", v.Dir, m.Made.Format("2006-01-02 15:04 MST"), len(m.Collections), m.Blobs.Count)
	if !v.WithKeys {
		fmt.Println("Kunci penerbit belum dipulihkan: salin folder keys/ yang disimpan terpisah sebelum menjalankan apel serve.")
	}
	return nil
}
