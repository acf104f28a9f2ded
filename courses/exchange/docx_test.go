package exchange

import (
	"strings"
	"testing"
)

// What stands in a Word document and is not taken is named, in items and in lessons alike; what can be taken is, also from frames of forms and where changes are tracked.
func TestWordNamesWhatItDoesNotTake(t *testing.T) {
	said := func(s string) string { return "<w:p><w:r><w:t>" + s + "</w:t></w:r></w:p>" }
	run := func(s string) string { return "<w:p><w:r><w:t>Teks</w:t>" + s + "</w:r></w:p>" }
	plain := para("", "1. Apa?") + para("", "b:A. x") + para("", "B. y")
	for _, c := range []struct {
		name, body, kind, part string // a part beside the text: its kind and what it holds
		id, en                 string // "" for nothing to name
		has                    string
	}{
		{name: "nothing", body: plain},
		{name: "a header", body: plain, kind: "header", part: said("Rahasia dinas"), id: "kepala halaman", en: "page headers"},
		{name: "a header with a picture", body: plain, kind: "header", part: "<w:p><w:r><w:drawing/></w:r></w:p>", id: "kepala halaman", en: "page headers"},
		{name: "a header that is damaged", body: plain, kind: "header", part: "<w:p>", id: "kepala halaman", en: "page headers"},
		{name: "an empty header", body: plain, kind: "header", part: said("")},
		{name: "a footer", body: plain, kind: "footer", part: said("Halaman 1"), id: "kaki halaman", en: "page footers"},
		{name: "a footer with the number of the page", body: plain, kind: "footer", part: said("1 / 12")},
		{name: "comments", body: plain, kind: "comments", part: "<w:comment>" + said("Kuncinya C?") + "</w:comment>", id: "komentar", en: "comments"},
		{name: "a footnote", body: plain + run(`<w:footnoteReference w:id="2"/>`), id: "catatan kaki", en: "footnotes"},
		{name: "an endnote", body: plain + run(`<w:endnoteReference w:id="2"/>`), id: "catatan akhir", en: "endnotes"},
		{name: "deleted text", body: plain + `<w:p><w:r><w:t>Teks</w:t></w:r><w:del><w:r><w:delText>lama</w:delText></w:r></w:del></w:p>`, id: "lacak perubahan", en: "tracked changes"},
		{name: "moved away", body: plain + `<w:moveFrom><w:r><w:t>lama</w:t></w:r></w:moveFrom>`, id: "lacak perubahan", en: "tracked changes"},
		{name: "a deleted row", body: `<w:tbl><w:tr><w:tc>` + para("", "1. Apa?") + `</w:tc></w:tr><w:tr><w:trPr><w:del w:id="1"/></w:trPr><w:tc>` + para("", "A. dihapus") + `</w:tc></w:tr></w:tbl>` + para("", "b:A. x") + para("", "B. y"), id: "lacak perubahan", en: "tracked changes", has: "x"},
		{name: "added text", body: plain + para("", "2. Lagi?") + `<w:ins><w:r><w:t>A. tambahan</w:t></w:r></w:ins><w:moveTo><w:p><w:r><w:t>B. pindahan</w:t></w:r></w:p></w:moveTo>`, has: "tambahan pindahan"},
		{name: "a row in the frame of a form", body: para("", "1. Apa?") + `<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent><w:tc>` + para("", "A. bingkai") + `</w:tc></w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl>` + para("", "b:B. y"), has: "bingkai"},
		{name: "a text box", body: plain + run(`<w:pict><v:textbox xmlns:v="v"><w:txbxContent>`+para("", "C. dalam kotak")+`</w:txbxContent></v:textbox></w:pict>`), id: "kotak teks", en: "text boxes", has: "kotak"},
		{name: "text from right to left", body: para("", "1. Apa?") + `<w:p><w:bdo w:val="rtl"><w:r><w:t>A. arab</w:t></w:r></w:bdo></w:p>` + para("", "b:B. y"), has: "arab"},
		{name: "another document", body: plain + `<w:altChunk r:id="x"/>`, id: "dokumen lain", en: "other documents"},
		{name: "an element of tomorrow", body: plain + `<w:besok><w:p><w:r><w:t>isi</w:t></w:r></w:p></w:besok>`, id: "tidak dikenal (besok)", en: "not known (besok)"},
		{name: "words above words", body: plain + run(`<w:ruby><w:rt><w:r><w:t>atas</w:t></w:r></w:rt></w:ruby>`), id: "tidak dikenal (ruby)", en: "not known (ruby)"},
	} {
		files := map[string]string{"word/document.xml": docxHead + c.body + "</w:body></w:document>"}
		if c.kind != "" {
			files["word/_rels/document.xml.rels"] = `<Relationships><Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + c.kind + `" Target="side.xml"/></Relationships>`
			files["word/side.xml"] = `<w:side xmlns:w="w">` + c.part + "</w:side>"
		}
		data := zipOf(t, files, 0o644)
		b, r, err := Read("soal.docx", data, Defaults{Objective: "1"})
		if err != nil || len(b.Items) == 0 {
			t.Errorf("%s: %d items, %v", c.name, len(b.Items), err)
			continue
		}
		lessons, r2, err := ReadLessons("modul.docx", data, 0, nil)
		if err != nil {
			t.Errorf("%s as a lesson: %v", c.name, err)
			continue
		}
		taken := map[string]string{"lesson": lessons[0].Markdown}
		for _, it := range b.Items {
			Rewrite(it, func(md string) string { taken["items"] += md + "\n"; return md })
		}
		for what, report := range map[string]Report{"items": r, "lesson": r2} {
			named := false
			for _, m := range report {
				named = named || c.id != "" && strings.Contains(m.Text.ID, c.id) && strings.Contains(m.Text.EN, c.en)
			}
			if named != (c.id != "") || c.id == "" && what == "lesson" && len(report) > 0 {
				t.Errorf("%s: %s report %+v", c.name, what, report)
			}
			for _, word := range strings.Fields(c.has) {
				if !strings.Contains(taken[what], word) {
					t.Errorf("%s: no %s with %q: %s", c.name, what, word, taken[what])
				}
			}
			if strings.Contains(taken[what], "dihapus") {
				t.Errorf("%s: deleted text is taken into the %s", c.name, what)
			}
		}
	}
}
