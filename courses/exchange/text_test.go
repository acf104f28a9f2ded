package exchange

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
)

const examText = `SOAL LATIHAN PELAYANAN

I. Pilihan Ganda

1. Siapa yang boleh mengadu?
A. Pegawai saja
B. Warga kota
   yang terdaftar
C. Siapa saja
Kunci: C
Pembahasan: Lihat perwal.

2) Mana layanan gratis?  a. KTP  b. Paspor  c. KK
Jawaban: A dan C

Soal 3. Perhatikan pernyataan berikut.
1. satu
2. dua
Mana yang benar?
A. 1 saja
*B. 2 saja

4. Tanpa kunci?
A. “satu”
B. dua

5. Pungli boleh (Benar/Salah)
Kunci: Salah

6. Ibu kota Jawa Barat?
Jawaban: Bandung

7. Berapa JP?
Jawaban: 4

8. Jelaskan alur aduan.

9. Beda kunci?
A. satu
B. dua *
Kunci: A

10. Aneh?
A. x
B. y
Kunci: E

11. Dari daftar?
A. x
B. y

12. Benar?
A. Benar
B. Salah

Kunci Jawaban
11. B 12. A
13. C
catatan di akhir
`

func TestText(t *testing.T) {
	b, r, err := Read("soal.txt", []byte(strings.ReplaceAll(examText, "\n", "\r\n")), Defaults{Objective: "1"})
	if err != nil || b.Format != Text || len(b.Items) != 12 {
		t.Fatalf("%s %d %+v %v", b.Format, len(b.Items), r, err)
	}
	full := grading.Full
	for i, want := range []struct {
		kind   grading.Type
		key    int // place of the option that is right; -1 for none
		weight Weight
	}{{"single", 2, ""}, {"multiple", -1, ""}, {"single", 1, ""}, {"single", -1, Uncertain}, {"truefalse", 1, ""}, {"shorttext", 0, Uncertain}, {"numeric", 0, Uncertain}, {"essay", -1, Uncertain},
		{"single", -1, Uncertain}, {"single", -1, Uncertain}, {"single", 1, ""}, {"truefalse", 0, ""}} {
		it := b.Items[i]
		key := -1
		for j, o := range it.Options {
			if o.Mark == full {
				key = j
			}
		}
		if it.Type != want.kind || key != want.key || b.Weights(r)[i] != want.weight {
			t.Errorf("question %d: %s, key %d, %q, want %+v\n%+v\n%+v", i+1, it.Type, key, b.Weights(r)[i], want, it, r)
		}
	}
	if it := b.Items[0]; it.Stem != "Siapa yang boleh mengadu?" || it.Options[1].Text != "Warga kota\\\nyang terdaftar" || it.General != "Lihat perwal." || b.Lines[0] != 5 {
		t.Errorf("%+v", it)
	}
	if it := b.Items[1]; len(it.Options) != 3 || it.Options[0].Mark != full/2 || it.Options[1].Mark != -full {
		t.Errorf("%+v", it)
	}
	if it := b.Items[2]; !strings.Contains(it.Stem, `1\. satu`) || !strings.HasSuffix(it.Stem, "Mana yang benar?") || it.Options[1].Text != "2 saja" {
		t.Errorf("%+v", it)
	}
	found(t, r, Changed, 1, "SOAL LATIHAN")
	found(t, r, Changed, 3, "Pilihan Ganda")
	found(t, r, Changed, 0, "Kunci nomor 13")
	found(t, r, Changed, 0, "catatan di akhir")
	found(t, r, Uncertain, 0, "yang ditandai B")
	if tally := b.Tally(r); tally != (Tally{Taken: 12, Uncertain: 6}) {
		t.Errorf("%+v", tally)
	}
}

func TestTextWithoutNumbers(t *testing.T) {
	b, r, _ := Read("x.txt", []byte("Apa itu?\nA. satu\nB. dua\nKunci: B\n\nLalu apa?\na) tiga\nb) empat (benar)\n"), Defaults{Objective: "1"})
	if len(b.Items) != 2 || b.Items[1].Stem != "Lalu apa?" || b.Items[1].Options[1].Mark != grading.Full || b.Items[1].Options[1].Text != "empat" || len(r) > 0 {
		t.Errorf("%+v %+v", b.Items, r)
	}
	b, r, _ = Read("x.txt", []byte("<html><body><p>1. Apa?</p><p>A. satu</p><p>B. dua</p><p>Kunci: A</p></body></html>"), Defaults{Objective: "1"})
	if len(b.Taken(r)) != 1 || b.Items[0].Options[0].Mark != grading.Full {
		t.Errorf("%+v %+v", b, r)
	}
	_, r, _ = Read("x.txt", []byte("<html><script>x()</script><p>1. Apa?</p></html>"), Defaults{Objective: "1"})
	found(t, r, Refused, 0, "skrip")
	b, r, _ = Read("x.txt", []byte("1. Apa kata \x93siapa\x94?\nA. ya\nB. tidak tahu\nKunci: A"), Defaults{Objective: "1"})
	found(t, r, Hint, 0, "Windows-1252")
	if len(b.Items) != 1 || b.Items[0].Stem != "Apa kata “siapa”?" {
		t.Errorf("%+v", b.Items)
	}
}

// para is a paragraph: list is "numId/level", each run is text with its properties in front: "b:", "u:", "i:".
func para(list string, runs ...string) string {
	s := "<w:p>"
	if id, level, ok := strings.Cut(list, "/"); ok {
		s += `<w:pPr><w:numPr><w:ilvl w:val="` + level + `"/><w:numId w:val="` + id + `"/></w:numPr></w:pPr>`
	} else if list != "" {
		s += `<w:pPr><w:pStyle w:val="` + list + `"/></w:pPr>`
	}
	for _, r := range runs {
		props := ""
		for _, p := range []string{"b", "i", "u"} {
			if rest, ok := strings.CutPrefix(r, p+":"); ok {
				r, props = rest, map[string]string{"b": "<w:b/>", "i": "<w:i/>", "u": `<w:u w:val="single"/>`}[p]
			}
		}
		s += "<w:r><w:rPr>" + props + "</w:rPr>"
		for i, piece := range strings.Split(r, "\n") {
			if i > 0 {
				s += "<w:br/>"
			}
			s += `<w:t xml:space="preserve">` + piece + "</w:t>"
		}
		s += "</w:r>"
	}
	return s + "</w:p>"
}

func table(rows ...[]string) string {
	s := "<w:tbl>"
	for _, r := range rows {
		s += "<w:tr>"
		for _, c := range r {
			if !strings.HasPrefix(c, "<w:p>") {
				c = para("", c)
			}
			s += "<w:tc>" + c + "</w:tc>"
		}
		s += "</w:tr>"
	}
	return s + "</w:tbl>"
}

const docxHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:a="a" xmlns:r="r" xmlns:wp="wp"><w:body>`

func docx(t testing.TB, body ...string) []byte {
	t.Helper()
	numbering := `<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="2"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>`
	styles := `<w:styles xmlns:w="w"><w:style w:styleId="Judul"><w:name w:val="Title"/></w:style><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/></w:style></w:styles>`
	rels := `<Relationships xmlns="x"><Relationship Id="rId1" Target="media/image1.png"/><Relationship Id="rId2" Target="https://contoh.example/a"/></Relationships>`
	return zipOf(t, map[string]string{"word/document.xml": docxHead + strings.Join(body, "") + "</w:body></w:document>", "word/numbering.xml": numbering, "word/styles.xml": styles,
		"word/_rels/document.xml.rels": rels, "word/media/image1.png": png}, 0o644)
}

const picturePara = `<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" descr="Foto loket"/><a:blip r:embed="rId1"/></wp:inline></w:drawing></w:r></w:p>`

func TestWord(t *testing.T) {
	b, r, err := Read("soal.docx", docx(t,
		para("Judul", "Ulangan"),
		para("1/0", "Apa ", "b:salam", " pembuka?"), para("1/1", "Ada apa"), para("1/1", "b:Selamat pagi"), para("1/1", "Antre"),
		para("1/0", "Mana?\nbaris dua"), para("1/1", "satu"), para("1/1", "u:dua"), picturePara,
		para("1/0", "Poin?"), para("2/0", "i:x"), para("2/0", "b:y"),
		para("", "4. Biasa?"), para("3/0", "satu"), para("3/0", "dua"), para("", "Kunci: b"),
		para("", "5. Lagi?"), para("4/0", "satu"), para("4/0", "dua"), para("", "Jawaban: a"),
		table([]string{"6.", "Dalam tabel?"}, []string{"A", "x"}, []string{"B", para("", "b:y")}),
		table([]string{"No", "Pertanyaan", "A", "B", "Kunci"}, []string{"1", "Tabel berjudul?", "p", "q", "B"}, []string{"2", "Tanpa kunci?", "p", "q", ""}),
		para("", "7. Semua tebal?"), para("", "b:A. x"), para("", "b:B. y"),
	), Defaults{Objective: "1", Keep: func(File) (string, error) { return keptAs, nil }})
	if err != nil || b.Format != Word || len(b.Items) != 9 {
		for _, it := range b.Items {
			t.Log(it.Stem, it.Options)
		}
		t.Fatalf("%s %d %+v %v", b.Format, len(b.Items), r, err)
	}
	for i, want := range []struct {
		stem string
		key  int
	}{{"Apa salam pembuka?", 1}, {"Mana?\\\nbaris dua", 1}, {"![Foto loket](berkas/" + keptAs + ")\\\nPoin?", 1}, {"Biasa?", 1}, {"Lagi?", 0}, {"Dalam tabel?", 1}, {"Tabel berjudul?", 1}, {"Tanpa kunci?", -1}, {"Semua tebal?", -1}} {
		it := b.Items[i]
		key := -1
		for j, o := range it.Options {
			if o.Mark == grading.Full {
				key = j
			}
		}
		if it.Stem != want.stem || key != want.key || it.Type != grading.Single || len(it.Options) < 2 {
			t.Errorf("%d: %q key %d of %s, want %+v\n%+v", i, it.Stem, key, it.Type, want, it.Options)
		}
	}
	if w := fmt.Sprint(b.Weights(r)); w != "[changed  uncertain     uncertain uncertain]" {
		t.Errorf("%q", w)
	}
	found(t, r, Changed, 1, "Ulangan")
	found(t, r, Uncertain, 0, "Letak gambar")
}

func FuzzText(f *testing.F) {
	f.Add(examText)
	f.Add("1. a A. b B. c C. d\nKunci: 1. A")
	f.Fuzz(func(t *testing.T, s string) {
		b, r, err := Read("x", []byte(s), Defaults{Objective: "1"})
		if err == nil {
			checkReport(t, b, r)
		}
	})
}

func FuzzWord(f *testing.F) {
	f.Add(para("1/0", "Apa?")+para("1/1", "b:a")+para("1/1", "c")+table([]string{"1", "x"}), "<w:numbering/>")
	f.Add(picturePara, `<w:numbering><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`)
	f.Fuzz(func(t *testing.T, body, numbering string) {
		data := zipOf(t, map[string]string{"word/document.xml": docxHead + body + "</w:body></w:document>", "word/numbering.xml": numbering, "word/media/image1.png": png,
			"word/_rels/document.xml.rels": `<Relationships xmlns="x"><Relationship Id="rId1" Target="media/image1.png"/></Relationships>`}, 0o644)
		b, r, err := Read("x", data, Defaults{Objective: "1", Keep: album{}.keep})
		if err == nil {
			checkReport(t, b, r)
		}
	})
}
