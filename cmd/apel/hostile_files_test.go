package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"html"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// eicar is the harmless file by which virus scanners are tested; in pieces, so that this source is no such file.
var eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// packed is an archive of name, content, name, content ...; an entry whose name begins with "->" is a link.
func packed(t *testing.T, entries ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(entries); i += 2 {
		name, link := strings.CutPrefix(entries[i], "->")
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(0o644)
		if link {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		w, err := z.CreateHeader(h)
		must(t, err)
		_, err = w.Write([]byte(entries[i+1]))
		must(t, err)
	}
	must(t, z.Close())
	return b.String()
}

// Each hostile file is turned away at every door that takes files of authors, over pages and API, with a sentence that says what to do, and leaves nothing behind: no document and no
// file.
func TestHostileFilesLeaveNothing(t *testing.T) {
	c := openCity(t, false)
	draft, bank := c.shared["draft"], c.shared["bank104"]
	course, number, _ := strings.Cut(draft, ".")
	version := "/kelola/kursus/" + course + "/" + number
	const doc = `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>1. Apa?</w:t></w:r></w:p></w:body></w:document>`
	moodle := func(text, file string) string {
		return `<?xml version="1.0"?><quiz><question type="truefalse"><questiontext format="html"><text><![CDATA[Boleh? ` + text + `]]></text><file name="a.png" encoding="base64">` + base64.StdEncoding.EncodeToString([]byte(file)) +
			`</file></questiontext><answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question></quiz>`
	}
	const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>`
	const foreign = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`
	swelling := strings.Repeat("\x00", 60<<20)
	word := func(more ...string) string { return packed(t, append([]string{"word/document.xml", doc}, more...)...) }
	sheet := func(more ...string) string {
		return packed(t, append([]string{"xl/workbook.xml", "<workbook/>"}, more...)...)
	}
	kursus := func(more ...string) string {
		return packed(t, append([]string{"course.yaml", "code: UJI-1\n"}, more...)...)
	}
	everywhere, items, lessons, whole := "items lessons course", "items", "lessons", "course"
	for _, x := range []struct{ name, data, at string }{
		{"a zip bomb", packed(t, "word/document.xml", swelling), everywhere}, {"a sheet that swells", sheet("xl/worksheets/sheet1.xml", swelling), items}, {"a course that swells", kursus("lessons/a.md", swelling), whole},
		{"a bomb in a zip in a zip", word("word/embeddings/a.zip", packed(t, "b.zip", packed(t, "c", swelling))), items + " " + lessons}, {"a zip in a course", kursus("a.zip", packed(t, "b", "c")), whole},
		{"a path that leaves", word("../../etc/cron.d/a", "x"), items + " " + lessons}, {"a path that leaves a course", kursus("../a.md", "x"), whole}, {"an absolute path", kursus("/etc/a.md", "x"), whole}, {"a path of Windows", kursus(`..\a.md`, "x"), everywhere},
		{"a link", word("->word/media/a.png", "/etc/passwd"), items + " " + lessons}, {"a link in a course", kursus("->lessons/a.md", "/etc/passwd"), whole},
		{"a billion laughs", `<?xml version="1.0"?>` + laughs + `<quiz>&c;</quiz>`, items}, {"an entity from outside", `<?xml version="1.0"?>` + foreign + `<quiz>&a;</quiz>`, items},
		{"a billion laughs in Word", packed(t, "word/document.xml", `<?xml version="1.0"?>`+laughs+doc), items + " " + lessons}, {"an entity from outside in Word", packed(t, "word/document.xml", `<?xml version="1.0"?>`+foreign+doc), items + " " + lessons},
		{"a script in HTML", "<html><body><script>alert(1)</script><p>1. Apa?</p></body></html>", items + " " + lessons}, {"a handler in HTML", `<html><body><p onclick="alert(1)">1. Apa?</p></body></html>`, items + " " + lessons}, {"a script in a question", moodle(`<script>alert(1)</script>`, "x"), items},
		{"a script in an SVG", moodle(`<img src="@@PLUGINFILE@@/a.png">`, `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), items}, {"an SVG in a course", kursus("pics/a.svg", `<svg onload="alert(1)"/>`), whole},
		{"macros", word("word/vbaProject.bin", "x"), items + " " + lessons}, {"a program", "MZ\x90\x00" + strings.Repeat("\x00", 100) + "PE\x00\x00", everywhere}, {"a script of the shell", "#!/bin/sh\nrm -rf /\n", everywhere},
		{"the virus test", eicar, everywhere}, {"the virus test in a text", "1. Apa?\nA. ya\nB. " + eicar + "\nKunci: A\n", items + " " + lessons}, {"the virus test in GIFT", "::A::Apa? {=ya ~" + eicar + "}", items},
		{"the virus test in Word", word("word/media/a.png", eicar), items + " " + lessons}, {"the virus test in a sheet", sheet("xl/media/a.png", eicar), items}, {"the virus test in Moodle", moodle("", eicar), items},
		{"the virus test in a course", kursus("pics/a.png", eicar), whole}, {"the virus test in a lesson of a course", kursus("lessons/a.md", "# A\n\n"+eicar), whole},
	} {
		t.Run(x.name, func(t *testing.T) {
			c.t, c.checks.t = t, t
			before, files := c.content(t), filesIn(t, c.place.Dir)
			for _, door := range strings.Fields(x.at) {
				for how, ask := range map[string]func() (int, string){
					"API": func() (int, string) {
						path := map[string]string{"items": "/api/v1/versions/" + draft + "/banks/" + bank + "/items?name=a&objective=104.1", "course": "/api/v1/imports/course?name=a.zip"}[door]
						if path == "" {
							return 0, ""
						}
						return c.sends(t, path, "application/octet-stream", []byte(x.data))
					},
					"page": func() (int, string) {
						var b bytes.Buffer
						m := multipart.NewWriter(&b)
						for k, v := range map[string]string{"objective": "104.1", "split": "1", "kind": "course"} {
							must(t, m.WriteField(k, v))
						}
						w, err := m.CreateFormFile("file", "a")
						must(t, err)
						_, err = w.Write([]byte(x.data))
						must(t, err)
						must(t, m.Close())
						return c.sends(t, map[string]string{"items": version + "/bank/" + bank + "/impor", "lessons": version + "/dokumen", "course": "/kelola/impor"}[door], m.FormDataContentType(), b.Bytes())
					},
				} {
					status, answer := ask()
					switch {
					case status == 0: // no such door
					case status == http.StatusOK && door == "items" && strings.Contains(answer, "Tidak ada soal yang dapat diambil") && strings.Contains(answer, "Ditolak"):
					case status < 400 || status >= 500:
						t.Errorf("%s of %s: %d: %.1500s", how, door, status, mainOf(answer))
					}
					if strings.Contains(x.name, "virus") && status != 0 && !strings.Contains(answer, "uji virus") {
						t.Errorf("%s of %s does not name the virus test: %.1500s", how, door, mainOf(answer))
					}
					if words := mainOf(answer); status != 0 && !strings.Contains(words, "itolak") && !strings.Contains(words, "Kirim") && !strings.Contains(words, "Simpan") && !strings.Contains(words, "emas ulang") && !strings.Contains(words, "Kecilkan") && !strings.Contains(words, "Hapus") && !strings.Contains(words, "Perkecil") {
						t.Errorf("%s of %s does not say what to do: %.1500s", how, door, words)
					}
				}
			}
			c.unchanged(t, before)
			if now := filesIn(t, c.place.Dir); now != files {
				t.Errorf("files are left behind:\n%s\nbefore\n%s", now, files)
			}
		})
	}
}

// sends posts as a training admin, who may author, too.
func (c *city) sends(t *testing.T, path, media string, data []byte) (int, string) {
	t.Helper()
	cl := c.as("training_admin")
	status, _, body := send(t, cl, http.MethodPost, path, media, string(data), "Sec-Fetch-Site", "same-origin")
	return status, html.UnescapeString(string(body))
}

func mainOf(page string) string {
	if _, rest, ok := strings.Cut(page, "<main"); ok {
		page, _, _ = strings.Cut(rest, "</main")
	}
	return page
}

// filesIn lists the files that a data folder keeps beside its database.
func filesIn(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.Contains(d.Name(), ".db") {
			out = append(out, strings.TrimPrefix(path, dir))
		}
		return err
	}))
	return strings.Join(out, "\n")
}
