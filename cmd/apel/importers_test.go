package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/apelkota/apel/people"
)

// A dry run of a course says what makes it weak, with file and line; the import itself only what was read and may be other than meant.
func TestDryRunOfACourseAdvises(t *testing.T) {
	c := openCity(t, false)
	folder := fstest.MapFS{}
	disk := os.DirFS("../../demo/courses/APEL-103")
	if err := fs.WalkDir(disk, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(disk, path)
		if path == "course.yaml" {
			b = regexp.MustCompile(`(?m)^title_en:.*\n`).ReplaceAll(b, nil)
		}
		folder[path] = &fstest.MapFile{Data: b}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for check, want := range map[bool]string{true: "course.yaml: title_en", false: ""} {
		done, err := c.importFolder(t.Context(), system, folder, check)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(done.Warnings, "\n"); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("check %v: the warnings are %q, want %q", check, got, want)
		}
	}
}

// What an import says it did adds up: people whom a sync no longer finds are in no row of its file and are counted with what there was to do.
func TestCountsOfASyncAddUp(t *testing.T) {
	c := openCity(t, false)
	file := "nip,name,status,legal_position,unit\n198505052010011001,Orang Baru,PNS,01,DISDUKCAPIL\n"
	done, err := c.importers()["sync"](t.Context(), system, importInput{name: "siasn.csv", source: "SIASN",
		open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if done.Rows != 1 || done.Done <= done.Rows || done.Todo != done.Done {
		t.Errorf("%d rows, %d of %d done", done.Rows, done.Done, done.Todo)
	}
}

// A dry run for an installation that is not there yet makes none.
func TestDryRunOnANewFolderLeavesNothing(t *testing.T) {
	dir, file := filepath.Join(t.TempDir(), "baru"), filepath.Join(t.TempDir(), "units.csv")
	must(t, os.WriteFile(file, []byte("code,name,kind,parent\nKOTA,Pemerintah Kota,pemda,\n"), 0o600))
	done, err := (&importVerb{place: place{Dir: dir}, Kind: "units", File: file, DryRun: true}).run(&env{ctx: t.Context()})
	if err != nil || done.Rows != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if left, err := os.ReadDir(dir); !os.IsNotExist(err) {
		t.Errorf("the dry run left %v", left)
	}
}

// What an operator sees: a dry run names every mistake by row and column, says so in its exit status and leaves the city as it was, as a refused import does.
func TestDryRunNamesEveryRowAndWritesNothing(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	if _, stderr, code := captured(t, "import", "units", file("units.csv", "code,name,kind,parent\nKOTA,Pemerintah Kota,pemda,\n"), "--dir", dir); code != 0 {
		t.Fatalf("units: exit %d: %s", code, stderr)
	}
	persons := func() int {
		t.Helper()
		in, err := open(t.Context(), place{Dir: dir}, as{serving: true, quiet: true})
		must(t, err)
		p, err := in.people.Persons(t.Context(), system, people.PersonFilter{})
		must(t, err)
		must(t, in.close())
		return len(p.Items)
	}
	const header = "nip,name,status,legal_position,unit\n"
	const good = "198512312010011955,Budi Uji,PNS,01,KOTA\n"
	bad := file("people.csv", header+good+"19851231201001195,Sri Uji,PNS,01,KOTA\n198512312010011956,Tini Uji,PNS,01,DINAS-ENTAH\n")
	for _, more := range [][]string{{"--dry-run"}, nil} {
		stdout, stderr, code := captured(t, append([]string{"import", "people", bad, "--dir", dir}, more...)...)
		said := stdout + stderr
		if code == 0 || strings.Contains(said, "Baris 2") || strings.Contains(said, "19851231201001195") {
			t.Errorf("%v: exit %d\n%s", more, code, said)
		}
		for _, want := range []string{"Baris 3, kolom nip", "Baris 4, kolom unit", "DINAS-ENTAH"} {
			if !strings.Contains(said, want) {
				t.Errorf("%v does not say %q:\n%s", more, want, said)
			}
		}
		if n := persons(); n != 0 {
			t.Errorf("%v registered %d people", more, n)
		}
	}
	right := file("people.csv", header+good)
	for n, more := range [][]string{{"--dry-run"}, nil} {
		if stdout, stderr, code := captured(t, append([]string{"import", "people", right, "--dir", dir}, more...)...); code != 0 || !strings.Contains(stdout, "1 baris") || persons() != n {
			t.Errorf("%v: exit %d, %d people\n%s%s", more, code, persons(), stdout, stderr)
		}
	}
}
