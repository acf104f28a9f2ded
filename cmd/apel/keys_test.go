package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// own makes an installation in a folder and leaves it, so that verbs can work on it.
func own(t *testing.T, dir string) {
	t.Helper()
	in, err := open(t.Context(), place{Dir: dir}, as{serving: true, kind: kindCity, quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.close(); err != nil {
		t.Fatal(err)
	}
}

// starts says what keeps an installation from starting; "" when nothing does.
func starts(t *testing.T, dir string) string {
	t.Helper()
	in, err := open(t.Context(), place{Dir: dir}, as{serving: true, kind: kindCity, quiet: true})
	if err != nil {
		return err.Error()
	}
	if err := in.close(); err != nil {
		t.Fatal(err)
	}
	return ""
}

// Whatever of another installation's keys lies in keys/, the start refuses and the doctor says so, both by the file's name.
func TestForeignKeysAreNamed(t *testing.T) {
	other := t.TempDir()
	own(t, other)
	for _, files := range [][]string{{"record-1.pem"}, {"log.key"}, {"secret"}, {"record-1.pem", "log.key", "secret"}, nil} {
		dir := t.TempDir()
		own(t, dir)
		if stdout, _, _ := captured(t, "doctor", "--dir", dir); !strings.Contains(stdout, "ok  kunci / keys") {
			t.Fatalf("before: %s", stdout)
		}
		named := files
		if files == nil { // lost instead
			named = []string{"record-1.pem"}
			if err := os.Remove(filepath.Join(dir, dirKeys, "record-1.pem")); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range files {
			b, err := os.ReadFile(filepath.Join(other, dirKeys, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, dirKeys, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		stdout, _, code := captured(t, "doctor", "--dir", dir)
		line := ""
		for l := range strings.Lines(stdout) {
			if strings.HasPrefix(l, "!!  kunci / keys") {
				line = l
			}
		}
		start := starts(t, dir)
		if code == 0 || start == "" {
			t.Errorf("%v: doctor ends with %d, start says %q", files, code, start)
		}
		said := false
		for _, name := range named {
			said = said || strings.Contains(start, "keys/"+name+" ")
			if !strings.Contains(line, "keys/"+name+" ") && (name != "record-1.pem" || len(files) < 2) { // the log's key is looked at before the record's
				t.Errorf("%v: the doctor does not name %s: %s", files, name, stdout)
			}
		}
		if !said {
			t.Errorf("%v: start says %q", files, start)
		}
	}
}

// A new key comes in by its verb only, and the doctor tells whether there is a copy of what is there now.
func TestKeysAreAddedAndCopied(t *testing.T) {
	dir := t.TempDir()
	own(t, dir)
	passphrase := filepath.Join(t.TempDir(), "frasa")
	if err := os.WriteFile(passphrase, []byte("frasa sandi untuk uji\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	warns := func(want bool) {
		t.Helper()
		stdout, _, _ := captured(t, "doctor", "--dir", dir)
		line := ""
		for _, l := range strings.Split(stdout, "\n") {
			if strings.Contains(l, "salinan kunci / key copy") {
				line = strings.Join(strings.Fields(l), " ")
			}
		}
		if strings.HasPrefix(line, "! salinan kunci / key copy belum ada yang tercatat") != want || strings.HasPrefix(line, "ok salinan kunci / key copy terakhir 20") == want {
			t.Errorf("a warning should be there: %v\n%s", want, stdout)
		}
	}
	does := func(args ...string) string {
		t.Helper()
		stdout, stderr, code := captured(t, append(args, "--dir", dir)...)
		if code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, stderr)
		}
		return stdout
	}
	warns(true)
	does("backup", filepath.Join(t.TempDir(), "without"))
	warns(true)
	does("backup", filepath.Join(t.TempDir(), "with"), "--with-keys", "--passphrase-file", passphrase)
	warns(false)
	if said := does("new-key", "--why", "Kunci lama berumur dua tahun"); !strings.Contains(said, "Kunci penerbit baru: ") {
		t.Error(said)
	}
	warns(true)
	if why := starts(t, dir); why != "" {
		t.Error(why)
	}
}
