package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/backup"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/texts"
)

// ills are what the doctor finds wrong with a city.
func (c *city) ills(since string) string {
	c.t.Helper()
	found, err := c.examine(&env{ctx: c.t.Context(), lang: texts.EN}, since)
	if err != nil {
		c.t.Fatal(err)
	}
	var out []string
	for _, f := range found {
		if !f.OK {
			out = append(out, f.What+": "+f.Note)
		}
	}
	return strings.Join(out, "\n")
}

// The doctor names what is broken, each kind of damage by its own line, and nothing while all is well.
func TestDoctorSeesDamage(t *testing.T) {
	for _, x := range []struct {
		name   string
		damage func(t *testing.T, c *city)
		says   string
		mends  bool // doctor --mend puts it right
	}{
		{"nothing", func(*testing.T, *city) {}, "", true},
		{"a file with another content", func(t *testing.T, c *city) {
			eachBlob(t, c, func(path string) error { return os.WriteFile(path, []byte("%PDF-1.3 lain"), 0o600) })
		}, "damaged", false},
		{"a lost file", func(t *testing.T, c *city) { eachBlob(t, c, os.Remove) }, "it is missing", false},
		{"a leaf dropped from the log", func(t *testing.T, c *city) { c.drop(t, "log_tiles", -1) }, "tile", true},
		{"a seal dropped from the journal", func(t *testing.T, c *city) { c.drop(t, "journal_seal", -1) }, "log", false},
		{"a block dropped from the audit trail", func(t *testing.T, c *city) { c.drop(t, "journal_audit", 0) }, "audit", false},
		{"a level whose evidence is gone", func(t *testing.T, c *city) {
			rows, err := c.competencies.Evidence(t.Context(), system, c.persons["learner"])
			if err != nil || len(rows) == 0 {
				t.Fatal(len(rows), err)
			}
			for _, row := range rows {
				r, err := c.db.Engine().Get(t.Context(), "evidence", row.ID)
				if err != nil {
					t.Fatal(err)
				}
				if err := c.db.Engine().Delete(t.Context(), "evidence", row.ID, r.Version); err != nil {
					t.Fatal(err)
				}
			}
		}, "figures differ", false},
		{"a closed unit that holds people", func(t *testing.T, c *city) {
			r, err := c.db.Engine().Get(t.Context(), "units", c.nearUnit)
			if err != nil {
				t.Fatal(err)
			}
			r.Version++
			r.Op, r.Body = "test", bytes.Replace(r.Body, []byte(`"code":`), []byte(`"closed":true,"code":`), 1)
			if err := c.db.Engine().Replace(t.Context(), "units", r); err != nil {
				t.Fatal(err)
			}
		}, "still hold people or positions: DISDUKCAPIL", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := openCity(t, false)
			if ill := c.ills(""); ill != "" {
				t.Fatalf("ill before anything was broken: %s", ill)
			}
			x.damage(t, c)
			if ill := c.ills(""); (x.says == "") != (ill == "") || !strings.Contains(ill, x.says) {
				t.Errorf("the doctor says %q, not %q", ill, x.says)
			}
			if x.mends {
				if err := c.mend(t.Context()); err != nil {
					t.Fatal(err)
				}
				if ill := c.ills(""); ill != "" {
					t.Errorf("after mending: %s", ill)
				}
			}
		})
	}
}

// A log that went back behind a backup, or that is another installation's, is seen; one that grew is not.
func TestDoctorComparesWithABackup(t *testing.T) {
	ctx := t.Context()
	c := openCity(t, false)
	early, late := filepath.Join(t.TempDir(), "early"), filepath.Join(t.TempDir(), "late")
	if _, err := c.backup(ctx, backupOrder{To: early}); err != nil {
		t.Fatal(err)
	}
	c.issueOne(t)
	if _, err := c.backup(ctx, backupOrder{To: late}); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{early, late} {
		if ill := c.ills(dir); ill != "" {
			t.Errorf("the log grew, and the doctor says %s", ill)
		}
	}
	back := filepath.Join(t.TempDir(), "back")
	if _, stderr, code := captured(t, "restore", early, "--dir", back); code != 0 {
		t.Fatal(stderr)
	}
	if _, stderr, code := captured(t, "doctor", "--dir", back); code == 0 || !strings.Contains(stderr, "keys/") {
		t.Errorf("restored without keys: exit %d, %s", code, stderr)
	}
	if err := os.CopyFS(filepath.Join(back, dirKeys), os.DirFS(c.folder.file(dirKeys))); err != nil {
		t.Fatal(err)
	}
	if stdout, stderr, code := captured(t, "doctor", "--dir", back, "--since", early); code != 0 {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	if stdout, _, code := captured(t, "doctor", "--dir", back, "--since", late); code == 0 || !strings.Contains(stdout, "!!  log sejak cadangan") {
		t.Errorf("a log that lacks what a later backup had: exit %d, %s", code, stdout)
	}
	fresh, err := open(ctx, place{Dir: t.TempDir()}, as{serving: true, kind: kindDemo, quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.close() //nolint:errcheck // a test folder
	if err := fresh.continues(ctx, early); err == nil {
		t.Error("another installation's log continues this one's")
	}
}

// eachBlob does something to every stored file.
func eachBlob(t *testing.T, c *city, do func(path string) error) {
	t.Helper()
	if err := c.blobs.List(t.Context(), func(ref blobs.Ref, _ time.Time) error {
		return do(filepath.Join(c.folder.file(dirBlobs), ref.Hash[:2], ref.Hash[2:]))
	}); err != nil {
		t.Fatal(err)
	}
}

// drop deletes one document of a collection past the rooms: the first by its id, or with -1 the last.
func (c *city) drop(t *testing.T, collection string, which int) {
	t.Helper()
	e := c.db.Engine().(backup.Engine)
	var all []storage.Record
	for after := ""; ; after = all[len(all)-1].ID {
		rs, err := e.Slice(t.Context(), collection, after, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(rs) == 0 {
			break
		}
		all = append(all, rs...)
	}
	gone := all[(which+len(all))%len(all)]
	if err := e.Delete(t.Context(), collection, gone.ID, gone.Version); err != nil {
		t.Fatal(err)
	}
}

// issueOne gives somebody a further certificate.
func (c *city) issueOne(t *testing.T) {
	t.Helper()
	if err := c.certificates.Seal(t.Context(), c.intendOne(t)); err != nil {
		t.Fatal(err)
	}
}

// intendOne leaves a certificate to be sealed.
func (c *city) intendOne(t *testing.T) certificates.ID {
	t.Helper()
	who, day := c.persons["near"], c.settings.Zone().Day(c.clock.now())
	id, err := c.certificates.Intend(t.Context(), certificates.Facts{Enrolment: who + ".CONTOH-2.1", Person: who, Name: "Peserta Uji", NIP: c.logins["near"].NIP, Position: "Jabatan", Unit: "Unit",
		Course: "CONTOH-2", CourseVersion: "CONTOH-2.1", Title: "Pelatihan contoh", TitleEN: "Example training", JP: 4, Score: 90_000, CompletedOn: day, Competencies: []record.Competency{}})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// What the doctor says of figures that are behind agrees with what it says of the work they wait for.
func TestDoctorTellsFiguresAndWorkAlike(t *testing.T) {
	c := openCity(t, false)
	says := func() (figures, work finding) {
		t.Helper()
		found, err := c.examine(&env{ctx: t.Context(), lang: texts.ID}, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			switch f.What {
			case "angka turunan / derived":
				figures = f
			case "pekerjaan menunggu / waiting":
				work = f
			}
		}
		return figures, work
	}
	c.clock.set(c.clock.now()) // it stands: nothing else becomes due while this looks
	if figures, work := says(); !figures.OK || !work.OK || figures.Note != "sama dengan hitungan ulang" || work.Note != "tidak ada" {
		t.Errorf("before: %+v, %+v", figures, work)
	}
	c.intendOne(t)
	for {
		rs, err := c.db.Engine().(backup.Engine).Slice(t.Context(), "evidence", "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(rs) == 0 {
			break
		}
		c.drop(t, "evidence", 0)
	}
	if figures, work := says(); !figures.OK || !work.OK || !strings.Contains(figures.Note, "angka menyusul 1 pekerjaan") || !strings.Contains(work.Note, "1 pekerjaan siap") {
		t.Errorf("behind: %+v, %+v", figures, work)
	}
	c.clock.step(longWait + time.Minute)
	if figures, work := says(); !figures.OK || work.OK || !strings.Contains(figures.Note, "angka menyusul") || !strings.Contains(work.Note, "pekerjaan menunggu lebih dari 10 menit") {
		t.Errorf("stuck: %+v, %+v", figures, work)
	}
}

// Data that a newer program wrote is only shown, and the doctor says why.
func TestDoctorNamesDataOfANewerProgram(t *testing.T) {
	c := openCity(t, false)
	dir := c.folder.path
	if err := c.installation.close(); err != nil {
		t.Fatal(err)
	}
	e, err := sqlite.Open(filepath.Join(dir, fileDatabase), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.New(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	same := func(old json.RawMessage) (json.RawMessage, error) { return old, nil }
	lifts := map[int]func(json.RawMessage) (json.RawMessage, error){}
	for n := 1; n < 99; n++ {
		lifts[n] = same
	}
	if _, err := storage.Open(t.Context(), db, storage.Def[json.RawMessage]{Name: "cohorts", Shape: 99, Lifts: lifts}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	stdout, _, code := captured(t, "doctor", "--dir", dir)
	if code == 0 || !strings.Contains(stdout, "!!  versi data") || !strings.Contains(stdout, "cohorts") {
		t.Errorf("exit %d: %s", code, stdout)
	}
}

// A backup with keys needs a passphrase that says something, and never lands inside what it copies.
func TestBackupRefuses(t *testing.T) {
	dir := t.TempDir()
	in, err := open(t.Context(), place{Dir: dir}, as{serving: true, kind: kindCity, quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.close(); err != nil {
		t.Fatal(err)
	}
	blank := filepath.Join(t.TempDir(), "frasa")
	if err := os.WriteFile(blank, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "pintasan")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	away := filepath.Join(t.TempDir(), "cadangan")
	for _, c := range []struct {
		says string
		args []string
	}{
		{"kosong", []string{"backup", away, "--dir", dir, "--with-keys", "--passphrase-file", blank}},
		{"kosong", []string{"restore", dir, "--dir", away, "--with-keys", "--passphrase-file", blank}},
		{"di dalam folder data", []string{"backup", dir, "--dir", dir}},
		{"di dalam folder data", []string{"backup", filepath.Join(dir, "blobs", "x", "y"), "--dir", dir}},
		{"di dalam folder data", []string{"backup", filepath.Join(link, "x"), "--dir", dir}},
	} {
		if _, stderr, code := captured(t, c.args...); code == 0 || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: exit %d: %s", c.args, code, stderr)
		}
	}
	if _, err := os.Stat(away); err == nil {
		t.Error("a refused backup left a folder")
	}
	if _, stderr, code := captured(t, "backup", away, "--dir", dir); code != 0 {
		t.Errorf("a backup beside the folder: exit %d: %s", code, stderr)
	}
}

// A file without an end is not read to its end.
func TestVerifyReadsAtMost(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root.json")
	if err := os.WriteFile(root, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := readAtMost("/dev/zero", 1000)
	if err != nil || len(b) != 1000 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if _, stderr, code := captured(t, "verify", "tidak-ada.pdf", "--root", root); code == 0 || !strings.Contains(stderr, "tidak dapat dibaca") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// A backup is put into an empty folder only, and a refused restore leaves nothing behind.
func TestRestoreRefuses(t *testing.T) {
	dir, copied, passphrase := t.TempDir(), filepath.Join(t.TempDir(), "cadangan"), filepath.Join(t.TempDir(), "frasa")
	own(t, dir)
	if err := os.WriteFile(passphrase, []byte("frasa sandi untuk uji\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sealed := []string{"--with-keys", "--passphrase-file", passphrase}
	if _, stderr, code := captured(t, append([]string{"backup", copied, "--dir", dir}, sealed...)...); code != 0 {
		t.Fatal(stderr)
	}
	damaged := filepath.Join(t.TempDir(), "rusak")
	if err := os.CopyFS(damaged, os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(damaged, fileDatabase), 5000); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	own(t, other)
	holds := func(names ...string) func(to string) error {
		return func(to string) error {
			for _, name := range names {
				path := filepath.Join(to, name)
				b, err := os.ReadFile(filepath.Join(other, name))
				if err != nil {
					b = []byte("catatan")
				}
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, b, 0o600)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	for _, c := range []struct {
		name  string
		from  string
		there func(to string) error
		keys  bool
		says  string
	}{
		{"a folder with a note", copied, holds("catatan.txt"), false, "catatan.txt"},
		{"another's keys, without ours", copied, holds("keys/record-1.pem", "keys/log.key"), false, "keys"},
		{"another's keys, with ours", copied, holds("keys/record-1.pem", "keys/log.key"), true, "keys"},
		{"an installation", copied, holds(fileDatabase), false, fileDatabase},
		{"a damaged backup into no folder", damaged, func(string) error { return nil }, true, ""},
		{"a damaged backup into an empty folder", damaged, func(to string) error { return os.Mkdir(to, 0o700) }, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "tujuan")
			if err := c.there(to); err != nil {
				t.Fatal(err)
			}
			before := lying(t, to)
			args := []string{"restore", c.from, "--dir", to}
			if c.keys {
				args = append(args, sealed...)
			}
			if _, stderr, code := captured(t, args...); code == 0 || !strings.Contains(stderr, c.says) {
				t.Errorf("exit %d: %s", code, stderr)
			}
			if after := lying(t, to); !slices.Equal(after, before) {
				t.Errorf("it held %v and holds %v", before, after)
			}
		})
	}
	// What an interrupted one left does not stand in the way.
	to := filepath.Join(t.TempDir(), "tujuan")
	if err := holds(fileLock, fileDatabase+".restoring", "blobs/sisa", "lost+found/x")(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(to, dirKeys), os.DirFS(filepath.Join(dir, dirKeys))); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := captured(t, append([]string{"restore", copied, "--dir", to}, sealed...)...); code != 0 {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if why := starts(t, to); why != "" {
		t.Error(why)
	}
}

// lying are a folder and what lies in it; none when it does not exist.
func lying(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil {
			out = append(out, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}
