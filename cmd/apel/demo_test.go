package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// captured runs a command line of the program in this process and returns what it printed.
func captured(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	errs, err := os.Create(filepath.Join(t.TempDir(), "err"))
	if err != nil {
		t.Fatal(err)
	}
	realOut, realErr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = out, errs
	code = run(args)
	os.Stdout, os.Stderr = realOut, realErr
	read := func(f *os.File) string {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		return string(b)
	}
	return read(out), read(errs), code
}

var nip = regexp.MustCompile(`\d{18}`)

// The main job, from logging in to a changed recommendation, on embedded storage and queue. What it logs at the finest level names no NIP.
func TestDemoOnce(t *testing.T) {
	t.Setenv("APEL_LOG", "debug")
	dir := t.TempDir()
	stdout, stderr, code := captured(t, "demo", "--once", "--json", "--out", dir)
	if code != 0 {
		t.Fatalf("exit %d: %s\n%s", code, stderr, stdout)
	}
	var r struct {
		OK    bool   `json:"ok"`
		Steps []step `json:"steps"`
	}
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || !r.OK || len(r.Steps) < 15 {
		t.Fatalf("ok %v, %d steps, %v\n%s", r.OK, len(r.Steps), err, stdout)
	}
	pdf, err := os.ReadFile(filepath.Join(dir, "sertifikat-contoh.pdf"))
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("no certificate was saved: %v", err)
	}
	if !strings.Contains(stderr, "route=") {
		t.Error("the log at debug level has no requests, so it proves nothing about NIPs")
	}
	for _, line := range strings.Split(stderr, "\n") {
		if nip.MatchString(line) {
			t.Errorf("the log names a NIP: %s", line)
		}
	}
}

func TestDemoRefusesAFolderItDidNotFill(t *testing.T) {
	dir := t.TempDir()
	in, err := open(t.Context(), place{Dir: dir}, as{serving: true, kind: kindCity, quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.close(); err != nil {
		t.Fatal(err)
	}
	_, stderr, code := captured(t, "demo", "--dir", dir)
	if code != 1 || !strings.Contains(stderr, "bukan buatan apel demo") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestOneProcessOwnsAFolder(t *testing.T) {
	dir := t.TempDir()
	in, err := open(t.Context(), place{Dir: dir}, as{serving: true, kind: kindCity, quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	defer in.close() //nolint:errcheck // a test folder
	if _, err := ownFolder(dir, false); err == nil {
		t.Error("two processes own the folder")
	}
	if _, err := ownFolder(dir, true); err == nil {
		t.Error("a process shares a folder that another owns")
	}
	dir = t.TempDir()
	one, err1 := ownFolder(dir, true)
	two, err2 := ownFolder(dir, true)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatalf("two processes on one MongoDB cannot share a folder: %v", err)
	}
	defer one.release() //nolint:errcheck // a test folder
	defer two.release() //nolint:errcheck // a test folder
	if _, err := ownFolder(dir, false); err == nil {
		t.Error("a process owns a folder that others share")
	}
}

func TestSplittingTheWorkNeedsSharedStorageAndQueue(t *testing.T) {
	for _, flag := range []string{"--no-worker", "--only-worker"} {
		_, stderr, code := captured(t, "serve", flag, "--dir", t.TempDir())
		if code != 1 || !strings.Contains(stderr, "--mongo") {
			t.Errorf("%s: exit %d: %s", flag, code, stderr)
		}
	}
}

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	code := m.Run()
	os.RemoveAll(filledDir)
	os.Exit(code)
}
