package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// photo is a PNG of noise: nothing makes it small but fewer pixels.
func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	for i := 0; i < w*h; i++ {
		img.SetNRGBA(i%w, i/w, color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255})
	}
	var b bytes.Buffer
	check(t, png.Encode(&b, img))
	return b.Bytes()
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	shownImage  = regexp.MustCompile(`<img src="(/berkas/[^"]+)" alt="([^"]*)" width="(\d+)" height="(\d+)"`)
)

// hiddenFields are what a page carries from one form to the next.
func hiddenFields(page string) url.Values {
	out := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	return out
}

// TestPicturesOfItemsReachTheLearner takes a bank of Moodle with pictures in a question and an option over its page: the report comes first, the page asks for words beside a picture
// that has none, the learner's form shows both pictures small, with their words and sides, and the bank leaves again with its pictures.
func TestPicturesOfItemsReachTheLearner(t *testing.T) {
	r := newRig(t)
	ctx, system := context.Background(), access.System("test")
	boss := r.visitor()
	boss.enters(trainingAdmin)
	v := must[courses.VersionDoc](t)(r.Admin.Courses.NewDraft(ctx, system, "APEL-104"))
	at := bankURL(v, "gambar")
	file := func(name string, data []byte) string {
		return `<file name="` + name + `" path="/" encoding="base64">` + base64.StdEncoding.EncodeToString(data) + `</file>`
	}
	bank := `<?xml version="1.0"?><quiz><question type="multichoice"><name><text>Loket</text></name><idnumber>G-1</idnumber>
<questiontext format="html"><text><![CDATA[<p>Antrean apa ini?</p><p><img src="@@PLUGINFILE@@/foto%20antre.png" alt="Orang antre di loket"></p>]]></text>` + file("foto antre.png", photo(t, 900, 600)) + `</questiontext><single>true</single>
<answer fraction="100" format="html"><text><![CDATA[<img src="@@PLUGINFILE@@/rambu.png">]]></text>` + file("rambu.png", photo(t, 60, 40)) + `</answer><answer fraction="0" format="html"><text>Bukan loket</text></answer></question>
<question type="truefalse"><name><text>SVG</text></name><questiontext format="html"><text><![CDATA[Boleh? <img src="@@PLUGINFILE@@/a.svg">]]></text>` + file("a.svg", []byte(`<svg onload="alert(1)"/>`)) + `</questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question></quiz>`
	page := boss.upload(at+"/impor", "file", "bank.xml", []byte(bank), url.Values{"objective": {"104.1"}}).want(t, http.StatusOK, "Moodle XML", "SVG a.svg tidak diterima", "rambu.png belum punya teks pengganti", "Teks pengganti gambar ini", "Ditolak")
	ask := regexp.MustCompile(`name="(alt\.[^"]+)"`).FindStringSubmatch(page.body)
	if ask == nil || strings.Count(page.body, `class="field-picture"`) != 1 {
		t.Fatalf("no field asks for words: %s", seen(page.body))
	}
	if got := must[courses.VersionDoc](t)(r.Admin.Courses.Version(ctx, system, v.ID)); got.Revision != v.Revision {
		t.Fatal("reading wrote something")
	}
	values := hiddenFields(page.body)
	boss.post(at+"/ambil", values).want(t, http.StatusUnprocessableEntity, "Ada yang ditolak", ask[1])
	values.Set("skip", "1")
	values.Set(ask[1], "Rambu [loket]")
	boss.post(at+"/ambil", values).leads(t, at)
	items := must[[]grading.Item](t)(r.Admin.Courses.Items(ctx, system, v.ID, "gambar"))
	if len(items) != 1 || !strings.Contains(items[0].Options[0].Text, "![Rambu (loket)](berkas/") {
		t.Fatalf("%+v", items)
	}
	exports := boss.get(at+"/unduh").want(t, http.StatusOK, "isi 2 gambar", "Moodle XML", at+"/unduh/moodle")
	if strings.Count(exports.body, "isi 2 gambar") != 4 { // items.yaml, Excel, CSV, GIFT; not Moodle XML
		t.Errorf("the pictures are said to be left out %d times", strings.Count(exports.body, "isi 2 gambar"))
	}

	// Out to Moodle and in again: the same bank.
	out := must[courses.ItemFileOf](t)(r.Admin.Courses.ExportItems(ctx, system, v.ID, "gambar", "moodle"))
	if strings.Count(string(out.Data), "<file ") != 2 || len(out.Lost) > 0 {
		t.Errorf("%d bytes, %+v", len(out.Data), out.Lost)
	}
	read := must[courses.ItemsRead](t)(r.Admin.Courses.ReadItems(ctx, system, v.ID, "gambar", courses.ItemFile{Name: "b.xml", Data: out.Data}))
	v = must[courses.VersionDoc](t)(r.Admin.Courses.Version(ctx, system, v.ID))
	was, _ := v.Content.Bank("gambar")
	v = must[courses.VersionDoc](t)(r.Admin.Courses.TakeItems(ctx, system, v.ID, 0, "gambar", read.Bank.Taken(read.Report), true))
	if now, _ := v.Content.Bank("gambar"); len(now.Files) != 2 || now.Bank != was.Bank {
		t.Errorf("%+v came back as %+v, %+v", was, now, read.Report)
	}

	// A picture without words keeps a course from being published.
	mute := items[0]
	mute.ID, mute.Version, mute.Key, mute.Stem = "", 0, 0, strings.Replace(mute.Stem, "Orang antre di loket", "", 1)
	v = must[courses.VersionDoc](t)(r.Admin.Courses.TakeItems(ctx, system, v.ID, 0, "gambar", []grading.Item{mute}, true))
	if _, err := r.Admin.Courses.Publish(ctx, system, v.ID); err == nil || !strings.Contains(fmt.Sprintf("%+v", faults.Of(err).Fields), "G-1 belum punya teks pengganti") {
		t.Errorf("published with a picture nobody describes: %v", err)
	}

	// The learner's form.
	f := must[courses.PackageOf](t)(r.Admin.Courses.ExportCourse(ctx, system, v.ID))
	d, report, err := r.Admin.Courses.ReadZip(ctx, system, bytes.NewReader(f.Data))
	if err != nil {
		t.Fatal(report, err)
	}
	check(t, r.Admin.Courses.Discard(ctx, system, v.ID, "uji"))
	for i := range d.Banks {
		if d.Banks[i].Code == "pretest" {
			items[0].ID, items[0].Version, items[0].Key = "", 0, 0
			d.Banks[i].Items = items
		}
		if d.Banks[i].Code == "gambar" {
			d.Banks[i].Items = items
		}
	}
	for i := range d.Quizzes {
		if d.Quizzes[i].Bank == "pretest" {
			d.Quizzes[i].Draw = grading.Blueprint{{Objective: "104.1"}: 1}
		}
	}
	did := must[courses.Imported](t)(r.Rooms.Courses.Import(ctx, system, courses.ImportInput{Draft: d, Publish: true}))
	r.moved(courses.VersionsCollection, did.Version, func() bool {
		k, err := r.Rooms.Courses.Course(ctx, system, "APEL-104")
		return err == nil && k.Head == did.Version
	})
	learner := r.visitor()
	who := learner.enters(plain)
	enrolment := must[courses.EnrolmentDoc](t)(r.Rooms.Courses.Enrol(ctx, who, courses.EnrolInput{Course: "APEL-104"})).ID
	to := learner.post("/belajar/"+enrolment+"/tes/pretest", nil).to
	form := learner.get(to).want(t, http.StatusOK, "Antrean apa ini?")
	images := shownImage.FindAllStringSubmatch(form.body, -1)
	alts := map[string]string{}
	for _, m := range images {
		alts[m[2]] = m[3] + "x" + m[4]
		got := learner.get(m[1]).want(t, http.StatusOK)
		if len(got.body) > media.MaxPicture || !strings.HasPrefix(got.header.Get("Content-Type"), "image/") {
			t.Errorf("%s: %d bytes of %s", m[1], len(got.body), got.header.Get("Content-Type"))
		}
	}
	if len(images) != 2 || alts["Orang antre di loket"] == "" || alts["Rambu (loket)"] != "60x40" {
		t.Errorf("the form shows %v", images)
	}
}

// TestPicturesInTheItemEditor puts a picture into an option with the form alone: kept small, described, only where it may stand; what was typed stays.
func TestPicturesInTheItemEditor(t *testing.T) {
	r := newRig(t)
	ctx, system := context.Background(), access.System("test")
	v := must[courses.VersionDoc](t)(r.Admin.Courses.NewDraft(ctx, system, "APEL-103"))
	objective := v.Content.Objectives[0].Code
	at := versionURL(v.ID, v.Course, v.Number, "bank", v.Content.Banks[0].Code)
	author := r.visitor()
	author.enters(trainingAdmin)
	page := author.get(at+"/baru?jenis=single").want(t, http.StatusOK, `<option value="o0.text">`, `<option value="o0.feedback">`, `<option value="stem">`, `<option value="general">`, "data-item")
	if n := strings.Count(page.body, "<legend>Pilihan A</legend>"); n != 1 {
		t.Errorf("option A has %d legends", n)
	}
	if strings.Contains(author.get(at+"/baru?jenis=shorttext").body, `<option value="o0.text">`) {
		t.Error("a picture is offered where an answer is typed")
	}
	values := url.Values{"type": {"single"}, "revision": {fieldOf(t, page.body, revisionField)}, "stem": {"Rambu mana?"}, "objective": {objective}, "o": {"2"}, "o0.text": {"Ini"}, "o0.key": {"1"}, "o1.text": {"Itu"},
		"go": {"file"}, "into": {"o0.text"}}
	big := noisy(900, 700)
	author.upload(at+"/baru", "picture", "a.png", big, values).want(t, http.StatusUnprocessableEntity, "Tulis apa yang terlihat", "Rambu mana?")
	values.Set("alt", "Rambu [loket]")
	sound := append([]byte("ID3\x03"), bytes.Repeat([]byte{0}, 5000)...)
	author.upload(at+"/baru", "picture", "a.mp3", sound, values).want(t, http.StatusUnprocessableEntity, "Soal hanya dapat memuat gambar")
	shown := author.upload(at+"/baru", "picture", "a.png", big, values).want(t, http.StatusOK, "Ini\n\n![Rambu (loket)](berkas/", `data-unsaved`, "<img")
	line := regexp.MustCompile(`!\[Rambu \(loket\)\]\(berkas/([^)]+)\)`).FindStringSubmatch(shown.body)
	if line == nil {
		t.Fatal("no picture")
	}
	if got := author.get("/berkas/"+line[1]).want(t, http.StatusOK); len(got.body) > media.MaxPicture || len(big) < 500_000 {
		t.Errorf("a picture of %d bytes is kept in %d", len(big), len(got.body))
	}
	values.Set("go", "save")
	values.Set("o0.text", "Ini\r\n\r\n"+line[0])
	values.Set("writing", "k3pt")
	to := author.post(at+"/baru", values).to
	if !strings.HasSuffix(to, "?tulisan=k3pt") {
		t.Fatalf("stored: %q", to)
	}
	author.get(to).want(t, http.StatusOK, `data-saved="k3pt"`)
	v = must[courses.VersionDoc](t)(r.Admin.Courses.Version(ctx, system, v.ID))
	if len(v.Content.Banks[0].Files) != 1 || len(v.Content.Banks[0].Mute) != 0 {
		t.Errorf("the bank names %v, mute %v", v.Content.Banks[0].Files, v.Content.Banks[0].Mute)
	}
}
