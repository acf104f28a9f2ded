package web

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
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
	check(t, write("# Satu\n\n"+shown+"\n\n"+heard+"Selamat pagi.\n"))
	if n := len(v.Content.Lessons[0].Files); n != 2 {
		t.Errorf("the lesson names %d files", n)
	}
	named := map[string]bool{}
	check(t, r.Admin.Courses.Named(ctx, func(hash string) { named[hash] = true }))
	if len(named) != 2 {
		t.Errorf("%d files are named", len(named))
	}

	name := heard[strings.Index(heard, "berkas/"):strings.Index(heard, ")")]
	ask := must[*http.Request](t)(http.NewRequest(http.MethodGet, r.URL+"/"+name, nil))
	ask.Header.Set("Range", "bytes=1-3")
	answer := must[*http.Response](t)(learner.Do(ask))
	defer answer.Body.Close()
	if got := body(t, answer); answer.StatusCode != http.StatusPartialContent || got != "D3\x03" || answer.Header.Get("Content-Type") != "audio/mpeg" {
		t.Errorf("a part of it: %d %q %s", answer.StatusCode, got, answer.Header.Get("Content-Type"))
	}
	if status, _ := r.get(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, "/"+name); status != http.StatusSeeOther {
		t.Errorf("without a session: %d", status)
	}
}
