package exchange

import (
	"errors"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/markdown"
)

const keptAs = "0123456789abcdef01234567-4x4.png"

// A Word document becomes lessons at its headings, with lists, tables, marks and pictures; what has no place is named.
func TestLessonsFromWord(t *testing.T) {
	kept := 0
	got, report, err := ReadLessons("modul.docx", docx(t,
		para("H1", "Menyapa warga"), para("", "Sapa ", "b:dahulu", ", lalu *dengar*."), para("2/0", "senyum"), para("2/0", "salam"), para("H2", "Urutan"), para("1/0", "berdiri"), para("1/0", "menyapa"),
		picturePara, table([]string{"Waktu", "Sapaan"}, []string{"pagi", "Selamat | pagi"}),
		para("H1", "Mendengar"), para("", "Catat."),
	), 1, func(f File) (string, error) { kept++; return keptAs, nil })
	if err != nil || len(got) != 2 || kept != 1 {
		t.Fatal(got, report, err)
	}
	want := "# Menyapa warga\n\nSapa **dahulu**, lalu \\*dengar\\*.\n\n- senyum\n- salam\n\n## Urutan\n\n1. berdiri\n2. menyapa\n\n![Foto loket](berkas/" + keptAs + ")\n\n| Waktu | Sapaan |\n| --- | --- |\n| pagi | Selamat \\| pagi |\n"
	if got[0].Markdown != want || got[0].Title != "Menyapa warga" || got[1].Title != "Mendengar" {
		t.Errorf("the lesson is\n%s\nwant\n%s", got[0].Markdown, want)
	}
	h, err := markdown.HTML(got[0].Markdown)
	if err != nil || !strings.Contains(h, "<strong>dahulu</strong>") || !strings.Contains(h, `alt="Foto loket"`) || strings.Count(h, "<li>") != 4 {
		t.Errorf("it is shown as %s %v", h, err)
	}
	one, _, err := ReadLessons("modul.docx", docx(t, para("H1", "A"), para("", "x"), para("H1", "B"), para("", "y")), 0, nil)
	if err != nil || len(one) != 1 || one[0].Markdown != "# A\n\nx\n\n## B\n\ny\n" {
		t.Errorf("as one lesson: %+v %v", one, err)
	}
	_, report, err = ReadLessons("modul.docx", docx(t, para("", "x"), picturePara), 1, func(File) (string, error) { return "", errors.New("rusak") })
	if err != nil || len(report) != 1 || report[0].Weight != Changed {
		t.Errorf("a picture that cannot be kept: %v %v", report, err)
	}
}

func TestLessonsFromTextAndHTML(t *testing.T) {
	keep := func(File) (string, error) { return keptAs, nil }
	got, report, err := ReadLessons("catatan.txt", []byte("# Satu\r\n\r\nTeks ![x](https://a.example/b.png)\r\n\r\n<b>tebal</b>\r\n\r\n```\r\n# bukan judul\r\n```\r\n# Dua\r\ny"), 1, keep)
	if err != nil || len(got) != 2 || len(report) != 2 || strings.Contains(got[0].Markdown, "https://a.example") || !strings.Contains(got[0].Markdown, "# bukan judul") {
		t.Errorf("%+v %v %v", got, report, err)
	}
	got, report, err = ReadLessons("a.html", []byte(`<html><body><h1>Satu</h1><p>Teks <b>tebal</b> <img src="data:image/png;base64,iVBORw0KGgo=" alt="Loket"></p><img src="https://a.example/b.png" alt="Luar"><h2>Dua</h2><p>y</p></body></html>`), 2, keep)
	if err != nil || len(got) != 2 || !strings.Contains(got[0].Markdown, "![Loket](berkas/"+keptAs+")") || !strings.Contains(got[0].Markdown, "(Gambar: Luar)") || len(report) != 1 {
		t.Errorf("%+v %v %v", got, report, err)
	}
	for name, data := range map[string]string{"script": "<html><body><script>alert(1)</script>", "handler": "<p onclick=alert(1)>x</p>", "pdf": "%PDF-1.7", "old word": "\xD0\xCF\x11\xE0", "empty": "  ", "program": "#!/bin/sh\n", "virus test": string(eicar), "not utf-8": "a\xff"} {
		if got, _, err := ReadLessons("x", []byte(data), 1, keep); err == nil {
			t.Errorf("%s is taken: %+v", name, got)
		}
	}
}

// FuzzLessonWord writes the body of a Word document anew.
func FuzzLessonWord(f *testing.F) {
	f.Add(para("H1", "A")+para("2/0", "b:x")+para("1/1", "y")+table([]string{"1", "x|"})+picturePara, 2)
	f.Add(`<w:p><w:r><w:t>a</w:t><w:br/></w:r><w:hyperlink r:id="rId2"><w:r><w:t>b](x)</w:t></w:r></w:hyperlink></w:p>`, 0)
	f.Fuzz(func(t *testing.T, body string, split int) {
		got, _, err := ReadLessons("x.docx", docx(t, body), split, album{}.keep)
		if err != nil {
			return
		}
		for _, l := range got {
			if _, err := markdown.HTML(l.Markdown); err != nil {
				t.Errorf("%q cannot be shown: %v", l.Markdown, err)
			}
		}
	})
}

func FuzzReadLessons(f *testing.F) {
	f.Add([]byte("# A\n\n- x\n\n## B"))
	f.Add([]byte("<p><b>a</b><table><tr><td>x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _, err := ReadLessons("x", data, 2, func(File) (string, error) { return keptAs, nil })
		if err != nil {
			return
		}
		for _, l := range got {
			if _, err := markdown.HTML(l.Markdown); err != nil {
				t.Errorf("%q cannot be shown: %v", l.Markdown, err)
			}
		}
	})
}
