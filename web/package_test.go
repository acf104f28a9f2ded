package web

import (
	"archive/zip"
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
)

// TestACourseGoesOutAndIn takes courses out as packages and in again: a published one is recognised as unchanged, and one with pictures in a lesson and an item becomes, under
// another code, a course whose package is the same byte for byte.
func TestACourseGoesOutAndIn(t *testing.T) {
	r := newRig(t)
	ctx, system := context.Background(), access.System("test")
	for _, code := range []string{"APEL-103", "APEL-104", "APEL-202"} {
		f := must[courses.PackageOf](t)(r.Admin.Courses.ExportCourse(ctx, system, code+".1"))
		d, report, err := r.Admin.Courses.ReadZip(ctx, system, bytes.NewReader(f.Data))
		if err != nil {
			t.Fatal(code, report, err)
		}
		done, err := r.Admin.Courses.Import(ctx, system, courses.ImportInput{Draft: d, DryRun: true})
		if err != nil || !done.Unchanged || len(f.Lost) > 0 {
			t.Errorf("%s taken out and in again: %+v, %v, left out %v", code, done, err, f.Lost)
		}
	}

	v := must[courses.VersionDoc](t)(r.Admin.Courses.NewDraft(ctx, system, "APEL-104"))
	var dot bytes.Buffer
	check(t, png.Encode(&dot, image.NewGray(image.Rect(0, 0, 9, 9))))
	picture := must[courses.FileDoc](t)(r.Admin.Courses.AddFile(ctx, system, "APEL-104", dot.Bytes()))
	sound := must[courses.FileDoc](t)(r.Admin.Courses.AddFile(ctx, system, "APEL-104", append([]byte("ID3\x03"), make([]byte, 3000)...)))
	l := v.Content.Lessons[0]
	text := must[courses.LessonText](t)(r.Admin.Courses.LessonSource(ctx, system, v.ID, l.Code))
	text.Markdown += "\n\n![Titik abu-abu](berkas/" + picture.Name + ")\n\n![Sapaan](berkas/" + sound.Name + ")\n\n> **Transkrip:** Selamat pagi.\n"
	v = must[courses.VersionDoc](t)(r.Admin.Courses.WriteLesson(ctx, system, v.ID, v.Revision, text))
	bank := v.Content.Banks[0].Code
	items := must[[]grading.Item](t)(r.Admin.Courses.Items(ctx, system, v.ID, bank))
	it := items[0]
	it.ID, it.Version, it.Key = "", 0, 0
	it.Stem += "\n\n![Titik](berkas/" + picture.Name + ")"
	v = must[courses.VersionDoc](t)(r.Admin.Courses.TakeItems(ctx, system, v.ID, v.Revision, bank, []grading.Item{it}, false))
	if ref, _ := v.Content.Bank(bank); len(ref.Files) != 1 {
		t.Fatalf("the bank names %v", ref.Files)
	}
	first := must[courses.PackageOf](t)(r.Admin.Courses.ExportCourse(ctx, system, v.ID))
	again := recoded(t, first.Data, "APEL-104", "APEL-904")
	d, report, err := r.Admin.Courses.ReadZip(ctx, system, bytes.NewReader(again))
	if err != nil {
		t.Fatal(report, err)
	}
	done, err := r.Admin.Courses.Import(ctx, system, courses.ImportInput{Draft: d})
	check(t, err)
	second := must[courses.PackageOf](t)(r.Admin.Courses.ExportCourse(ctx, system, done.Version))
	if !bytes.Equal(again, recoded(t, second.Data, "", "")) {
		t.Error("the package of what was taken in differs from the package it came from")
	}
	named := map[string]bool{}
	check(t, r.Admin.Courses.Named(ctx, func(h string) { named[h] = true }))
	if !named[picture.Hash] || !named[sound.Hash] {
		t.Error("the files are not named")
	}
	boss := r.enter(trainingAdmin)
	if status, text := r.get(boss, "/kelola/kursus/APEL-104/2/paket"); status != http.StatusOK || !strings.HasPrefix(text, "PK") {
		t.Errorf("the package from its page: %d", status)
	}

	// A package whose picture is no picture is refused, and nothing of it is there.
	bad := *d
	bad.Code, bad.Pictures = "APEL-905", []exchange.Picture{{File: d.Pictures[0].File, Data: []byte("<svg onload=alert(1)>")}}
	if _, err := r.Admin.Courses.Import(ctx, system, courses.ImportInput{Draft: &bad}); err == nil {
		t.Error("a script in the place of a picture is taken")
	}
	if _, err := r.Admin.Courses.Course(ctx, system, "APEL-905"); err == nil {
		t.Error("a refused package left a course")
	}
}

// recoded packs a package again with another course code in its course.yaml.
func recoded(t testing.TB, data []byte, from, to string) []byte {
	t.Helper()
	z := must[*zip.Reader](t)(zip.NewReader(bytes.NewReader(data), int64(len(data))))
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r := must[io.ReadCloser](t)(f.Open())
		b := must[[]byte](t)(io.ReadAll(r))
		check(t, r.Close())
		if f.Name == "course.yaml" && from != "" {
			b = bytes.Replace(b, []byte(`code: "`+from), []byte(`code: "`+to), 1)
		}
		x := must[io.Writer](t)(w.Create(f.Name))
		must[int](t)(x.Write(b))
	}
	check(t, w.Close())
	return out.Bytes()
}
