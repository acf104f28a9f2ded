package web

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
)

// sendFile posts a form with a file.
func (r *rig) sendFile(client *http.Client, path, field string, data []byte, values map[string]string) (int, string) {
	r.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range values {
		check(r.t, m.WriteField(k, v))
	}
	part := must[io.Writer](r.t)(m.CreateFormFile(field, "berkas"))
	_ = must[int](r.t)(part.Write(data))
	check(r.t, m.Close())
	answer := must[*http.Response](r.t)(client.Post(r.URL+path, m.FormDataContentType(), &b))
	defer answer.Body.Close()
	return answer.StatusCode, body(r.t, answer)
}

// TestFilesOfLessons uploads a picture and a recording into a draft: the line that shows them, the lesson that may only name what is there, the parts a player asks for, and the
// sweep that spares what a version names.
func TestFilesOfLessons(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	boss, learner := r.enter(trainingAdmin), r.enter(plain)
	v := must[courses.VersionDoc](t)(r.Admin.Courses.NewDraft(ctx, access.System("test"), "APEL-104"))
	at := "/kelola/kursus/APEL-104/2"
	var picture bytes.Buffer
	check(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2000, 1000))))
	if status, text := r.sendFile(boss, at+"/berkas", "picture", picture.Bytes(), nil); status != http.StatusUnprocessableEntity || !strings.Contains(text, "terlihat") {
		t.Errorf("without words that stand for it: %d %s", status, text)
	}
	if status, text := r.sendFile(boss, at+"/berkas", "picture", []byte("<svg onload=alert(1)>"), map[string]string{"alt": "x"}); status != http.StatusUnprocessableEntity || !strings.Contains(text, "SVG") {
		t.Errorf("an SVG: %d %s", status, text)
	}
	line := func(data []byte, alt string) string {
		t.Helper()
		status, text := r.sendFile(boss, at+"/berkas", "picture", data, map[string]string{"alt": alt})
		var got struct{ Line string }
		check(t, json.Unmarshal([]byte(text), &got))
		if status != http.StatusOK || got.Line == "" {
			t.Fatalf("%d %s", status, text)
		}
		return got.Line
	}
	shown := line(picture.Bytes(), "Loket [satu]")
	if !strings.HasPrefix(shown, "![Loket (satu)](berkas/") || !strings.Contains(shown, "-1280x640.png)") {
		t.Fatal(shown)
	}
	sound := append([]byte("ID3\x03"), bytes.Repeat([]byte{0}, 5000)...)
	heard := line(sound, "Sapaan petugas")

	write := func(md string) error {
		l := v.Content.Lessons[0]
		w, err := r.Admin.Courses.WriteLesson(ctx, access.System("test"), v.ID, v.Revision, courses.LessonText{Code: l.Code, Title: l.Title, Minutes: l.Minutes, Markdown: md})
		if err == nil {
			v = w
		}
		return err
	}
	if err := write("![x](https://contoh.example/x.png)"); err == nil {
		t.Error("a picture of another host is taken")
	}
	if err := write("![x](berkas/aaaaaaaaaaaaaaaaaaaaaaaa-1x1.png)"); err == nil || !strings.Contains(err.Error(), "Unggah lagi") && !strings.Contains(err.Error(), "Upload it again") {
		t.Errorf("a picture that nobody uploaded: %v", err)
	}
	named := map[string]bool{}
	name := func(hash string) { named[hash] = true }
	check(t, r.Admin.Courses.Named(ctx, name))
	before := len(named) // pictures of the courses that are there
	check(t, write("# Satu\n\n"+shown+"\n\n"+heard+"Selamat pagi.\n"))
	if n := len(v.Content.Lessons[0].Files); n != 2 {
		t.Errorf("the lesson names %d files", n)
	}
	check(t, r.Admin.Courses.Named(ctx, name))
	if len(named) != before+2 {
		t.Errorf("%d files are named, %d before", len(named), before)
	}

	file := heard[strings.Index(heard, "berkas/"):strings.Index(heard, ")")]
	ask := must[*http.Request](t)(http.NewRequest(http.MethodGet, r.URL+"/"+file, nil))
	ask.Header.Set("Range", "bytes=1-3")
	answer := must[*http.Response](t)(learner.Do(ask))
	defer answer.Body.Close()
	if got := body(t, answer); answer.StatusCode != http.StatusPartialContent || got != "D3\x03" || answer.Header.Get("Content-Type") != "audio/mpeg" {
		t.Errorf("a part of it: %d %q %s", answer.StatusCode, got, answer.Header.Get("Content-Type"))
	}
	if status, _ := r.get(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, "/"+file); status != http.StatusSeeOther {
		t.Errorf("without a session: %d", status)
	}
}

// TestALessonIsTakenFromADocument reads pasted text into lessons and takes them; a recording without its transcript is not published, and the version's page leads to where it is mended.
func TestALessonIsTakenFromADocument(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	boss := r.enter(trainingAdmin)
	v := must[courses.VersionDoc](t)(r.Admin.Courses.NewDraft(ctx, access.System("test"), "APEL-104"))
	at := "/kelola/kursus/APEL-104/2"
	before := len(v.Content.Lessons)
	status, _, text := r.post(boss, at+"/dokumen", url.Values{"text": {"# Satu\n\nSapa <b>x</b>.\n\n# Dua\n\nDengar."}, "split": {"1"}})
	if status != http.StatusOK || !strings.Contains(text, "2 pelajaran terbaca") || !strings.Contains(text, "HTML") {
		t.Fatalf("read: %d %.400s", status, text)
	}
	if n := len(must[courses.VersionDoc](t)(r.Admin.Courses.Version(ctx, access.System("test"), v.ID)).Content.Lessons); n != before {
		t.Fatal("the dry run changed the draft")
	}
	kept := html.UnescapeString(fieldOf(t, text, regexp.MustCompile(`name="lessons" value="([^"]+)"`)))
	sent := url.Values{"lessons": {kept}, "revision": {fieldOf(t, text, revisionField)}, "title.0": {"Kesatu"}, "minutes.0": {"4"}, "minutes.1": {"x"}}
	if status, _, text = r.post(boss, at+"/dokumen-ambil", sent); status != http.StatusUnprocessableEntity || !strings.Contains(text, "Isi bilangan bulat") || !strings.Contains(text, `value="Kesatu"`) {
		t.Errorf("minutes that are none: %d", status)
	}
	sent.Set("minutes.1", "3")
	if status, _, text = r.post(boss, at+"/dokumen-ambil", sent); status != http.StatusSeeOther {
		t.Fatalf("taken: %d %.400s", status, text)
	}
	v = must[courses.VersionDoc](t)(r.Admin.Courses.Version(ctx, access.System("test"), v.ID))
	if n := len(v.Content.Lessons); n != before+2 || v.Content.Lessons[n-2].Title.ID != "Kesatu" || v.Content.Lessons[n-1].Minutes != 3 {
		t.Errorf("the lessons are %+v", v.Content.Lessons)
	}
	sent.Set("title.0", "Lagi")
	if status, _, text = r.post(boss, at+"/dokumen-ambil", sent); status != http.StatusConflict || !strings.Contains(text, `value="Lagi"`) {
		t.Errorf("taken from a stale page: %d", status)
	}

	f := must[courses.FileDoc](t)(r.Admin.Courses.AddFile(ctx, access.System("test"), "APEL-104", append([]byte("ID3\x03"), make([]byte, 2000)...)))
	last := v.Content.Lessons[len(v.Content.Lessons)-1]
	v = must[courses.VersionDoc](t)(r.Admin.Courses.WriteLesson(ctx, access.System("test"), v.ID, v.Revision, courses.LessonText{Code: last.Code, Title: last.Title, Minutes: 3, Markdown: "Dengar.\n\n![Sapaan](berkas/" + f.Name + ")\n"}))
	if status, text = r.get(boss, at); status != http.StatusOK || !strings.Contains(text, "transkrip") || !strings.Contains(text, `href="`+at+"/pelajaran/"+last.Code+`"`) {
		t.Errorf("the page of the draft does not lead to the lesson without a transcript: %d", status)
	}
	must[courses.VersionDoc](t)(r.Admin.Courses.WriteLesson(ctx, access.System("test"), v.ID, v.Revision, courses.LessonText{Code: last.Code, Title: last.Title, Minutes: 3, Markdown: "![Sapaan](berkas/" + f.Name + ")\n\n> **Transkrip:** Selamat pagi.\n"}))
	if _, text = r.get(boss, at); strings.Contains(text, "belum punya transkrip") {
		t.Error("a transcript is not seen")
	}
}
