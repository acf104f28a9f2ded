package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/lint"
)

// repacked packs a course again with changes of its course.yaml.
func repacked(t *testing.T, data []byte, changes ...string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		b, err := io.ReadAll(r)
		must(t, err)
		if f.Name == "course.yaml" {
			was := string(b)
			if b = []byte(strings.NewReplacer(changes...).Replace(was)); was == string(b) {
				t.Fatal("nothing to change in course.yaml")
			}
		}
		x, err := w.Create(f.Name)
		must(t, err)
		_, err = x.Write(b)
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

// An operator takes a course out while the server runs, byte for byte the package of its page, and in again through that server: recognised as unchanged, under another code as a
// draft, refused with what to do. The exit status says which.
func TestCoursesGoOutAndInByVerbs(t *testing.T) {
	c := openCity(t, false)
	stop, err := c.control(t.Context())
	must(t, err)
	defer stop()
	dir, here := c.place.Dir, t.TempDir()
	at := func(name string) string { return filepath.Join(here, name) }
	write := func(name string, data []byte) string {
		must(t, os.WriteFile(at(name), data, 0o600))
		return at(name)
	}
	want, err := c.courses.ExportCourse(t.Context(), system, "APEL-103.1")
	must(t, err)
	for name, course := range map[string]string{"a.zip": "APEL-103", "b.zip": "APEL-103@1"} {
		if stdout, stderr, code := captured(t, "courses", "export", course, at(name), "--dir", dir); code != 0 || !strings.Contains(stdout, "kunci jawaban") {
			t.Fatalf("%s: exit %d: %s%s", course, code, stdout, stderr)
		}
		got, err := os.ReadFile(at(name))
		must(t, err)
		if !bytes.Equal(got, want.Data) {
			t.Errorf("%s: %d bytes differ from the %d of its page", course, len(got), len(want.Data))
		}
		if info, err := os.Stat(at(name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the keys are open to others: %v %v", info.Mode(), err)
		}
	}
	other := write("lain.zip", repacked(t, want.Data, `code: "APEL-103"`, `code: "APEL-903"`))
	bad := write("salah.zip", repacked(t, want.Data, "pass_mark: 7", "pass_mark: 17", "kind: ", "kin: "))
	empty := write("kosong.zip", []byte("PK\x05\x06"+strings.Repeat("\x00", 18)))
	words := write("soal.txt", []byte("1. Apa?"))
	for _, x := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"as it is published", []string{"import", at("a.zip")}, 0, "sama dengan yang terbit"},
		{"a dry run under another code", []string{"import", other, "--dry-run", "--draft"}, 0, "APEL-903: "},
		{"as a draft", []string{"import", other, "--draft", "--json"}, 0, "draf APEL-903.1"},
		{"the draft, out again", []string{"export", "APEL-903", at("c.zip"), "--json"}, 0, `"version": "APEL-903.1"`},
		{"over a file", []string{"export", "APEL-103", at("a.zip")}, 1, "tidak ditimpa"},
		{"a course that is not there", []string{"export", "APEL-000", at("d.zip")}, 1, "tidak ada"},
		{"a version that is not there", []string{"export", "APEL-103@7", at("d.zip")}, 1, "tidak ada"},
		{"a version that is no number", []string{"export", "APEL-103@baru", at("d.zip")}, 1, "APEL-104@2"},
		{"mistakes", []string{"import", bad}, 1, "course.yaml:"},
		{"an empty package", []string{"import", empty}, 1, "course.yaml"},
		{"no package", []string{"import", words}, 1, "Kemas ulang"},
		{"no file", []string{"import", at("tidak-ada.zip")}, 1, "tidak dapat dibaca"},
		{"no arguments", []string{"import"}, 2, ""},
	} {
		stdout, stderr, code := captured(t, append([]string{"courses"}, append(x.args, "--dir", dir)...)...)
		if code != x.code || !strings.Contains(stdout+stderr, x.says) {
			t.Errorf("%s: exit %d, want %d saying %q: %s%s", x.name, code, x.code, x.says, stdout, stderr)
		}
	}
	if _, err := os.Stat(at("d.zip")); !os.IsNotExist(err) {
		t.Errorf("a refused export left a file: %v", err)
	}
	again, err := os.ReadFile(at("c.zip"))
	must(t, err)
	if source, err := os.ReadFile(other); err != nil || !bytes.Equal(repacked(t, again, `code: "APEL-903"`, `code: "X"`), repacked(t, source, `code: "APEL-903"`, `code: "X"`)) {
		t.Errorf("what went in as a draft comes out otherwise: %v", err)
	}
}

// The exit status of lint is 0 only without findings, at stored courses and at folders, for people and as JSON.
func TestLintSaysSoInItsExitStatus(t *testing.T) {
	c := openCity(t, false)
	weak := filepath.Join(t.TempDir(), "lemah.zip")
	p, err := c.courses.ExportCourse(t.Context(), system, "APEL-103.1")
	must(t, err)
	must(t, os.WriteFile(weak, repacked(t, p.Data, "title_en: ", "# title_en: "), 0o600))
	dir := c.place.Dir
	for _, x := range []struct {
		name    string
		args    []string
		code    int
		courses int
		rule    lint.Rule
	}{
		{"all stored courses, three of which have a single item", nil, 1, 16, ""},
		{"one of them", []string{"APEL-104"}, 0, 1, ""},
		{"a folder", []string{"../../demo/courses/APEL-103"}, 0, 1, ""},
		{"a package with a weakness and a stored course", []string{weak, "APEL-104"}, 1, 2, lint.NoEnglish},
		{"none such", []string{"APEL-000"}, 1, -1, ""},
	} {
		stdout, stderr, code := captured(t, append(append([]string{"courses", "lint", "--json"}, x.args...), "--dir", dir)...)
		var got []lint.Report
		if code != x.code || x.courses >= 0 && (json.Unmarshal([]byte(stdout), &got) != nil || len(got) != x.courses) {
			t.Errorf("%s: exit %d, %d reports: %s%s", x.name, code, len(got), stderr, stdout)
			continue
		}
		if x.rule != "" && (len(got[0].Findings) != 1 || got[0].Findings[0].Rule != x.rule) {
			t.Errorf("%s: %+v", x.name, got[0].Findings)
		}
		if words, _, other := captured(t, append(append([]string{"courses", "lint"}, x.args...), "--dir", dir)...); other != code || x.rule != "" && !strings.Contains(words, "title_en") || strings.Contains(words, "[") {
			t.Errorf("%s, for people: exit %d: %s", x.name, other, words)
		}
	}
}
