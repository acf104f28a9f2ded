package exchange

import (
	"fmt"
	"strings"
	"testing"
)

// told is what was read, an item a word: its type, the letters of its key, and "?" when somebody has to look.
func told(b Bank, r Report) string {
	var out []string
	for i, w := range b.Weights(r) {
		it := b.Items[i]
		s := string(it.Type) + ":"
		for _, o := range it.Options {
			if o.Mark > 0 {
				s += o.ID
			}
		}
		if w == Uncertain {
			s += "?"
		}
		if w == Refused {
			s += "!"
		}
		out = append(out, fmt.Sprintf("%s/%d", s, len(it.Options)))
	}
	return strings.Join(out, " ")
}

// Files as people in training agencies write them. Each item comes out right or with an honest question, and no line is dropped in silence: what went into no item is in the
// report. says are sentences the report holds; has are texts the items hold; hasnt those they must not hold.
func TestFilesAsPeopleWriteThem(t *testing.T) {
	tb := func(runs ...string) string { return para("", runs...) }
	looks := func(props, s string) string {
		return `<w:p><w:r><w:rPr>` + props + `</w:rPr><w:t>` + s + `</w:t></w:r></w:p>`
	}
	box := `<w:p><w:r><mc:AlternateContent xmlns:mc="mc"><mc:Choice><w:drawing><wps:txbx xmlns:wps="w"><w:txbxContent>` + tb("2. Dalam kotak?") + tb("A. x") + tb("b:B. y") + `</w:txbxContent></wps:txbx></w:drawing></mc:Choice>` +
		`<mc:Fallback><w:pict><w:txbxContent>` + tb("2. Dalam kotak?") + tb("A. x") + tb("b:B. y") + `</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>`
	for _, c := range []struct {
		name, file string
		body       string // plain text, or the body of a Word document when file ends in .docx
		want       string
		says       []string
		has, hasnt []string
	}{
		{"numbers with brackets", "a.txt", "1) Apa kepanjangan ASN?\na) Aparatur\nb) Anggota\nc) Aparat\nKunci: A\n\n2) Apa itu SKP?\na) Sasaran\nb) Surat\nJawaban : b\n", "single:a/3 single:b/2", nil, []string{"Apa kepanjangan ASN?"}, nil},
		{"Soal 1 on a line of its own", "a.txt", "Soal 1\nApa ASN?\nA. Aparatur\nB. Anggota\nJawaban : B\nSoal 2\nApa SKP?\nA. Sasaran\nB. Surat\nKunci jawaban: A\n", "single:b/2 single:a/2", nil, []string{"Apa SKP?"}, []string{"Soal"}},
		{"Soal 1: and letters in brackets", "a.txt", "Soal 1: Apa ASN?\n(A) Aparatur\n(B) Anggota\nKunci Jawaban : (B)\nSoal No. 2: Apa SKP?\n(A) Sasaran\n(B) Surat\nJawaban benar: B. Surat\n", "single:b/2 single:b/2", nil, nil, []string{"Soal", "(A)"}},
		{"options on one line", "a.txt", "1. Apa ASN? a. Aparatur b. Anggota c. Aparat d. Asosiasi\nKunci: a\n2. Apa SKP?\nA. Sasaran\tB. Surat\tC. Skema\tD. Salah semua\nKunci: D\n", "single:a/4 single:d/4", nil, []string{"Asosiasi"}, nil},
		{"hard spaces and curly quotes", "a.txt", "1.\u00a0Apa arti “BerAKHLAK”?\nA.\u00a0Berorientasi…\nB.\u00a0‘Bersih’\nKunci\u00a0:\u00a0A\n", "single:a/2", nil, []string{"“BerAKHLAK”", "‘Bersih’"}, nil},
		{"keys without a colon", "a.txt", "1. Satu?\nA. x\nB. y\nJwb. B\n2. Dua?\nA. x\nB. y\nKunci Jawaban adalah A\n3. Tiga?\nA. x\nB. y\nKunci B\n", "single:b/2 single:a/2 single:b/2", nil, nil, []string{"Kunci", "Jwb"}},
		{"sections that number anew, keys likewise", "a.txt", "A. Pilihan Ganda\n1. Satu?\nA. x\nB. y\n2. Dua?\nA. x\nB. y\nB. Esai\n1. Jelaskan alur.\n2. Uraikan hak warga.\n\nKunci Jawaban\nA. Pilihan Ganda\n1. A\n2. B\nB. Esai\n1. Terima, catat, jawab, lalu sampaikan tenggat kepada warga secara tertulis.\n",
			"single:a/2 single:b/2 essay:?/0 essay:?/0", []string{"B. Esai", "umpan balik umum", "dianggap esai"}, []string{"tenggat"}, []string{"Esai"}},
		{"sections that number anew, one list of keys", "a.txt", "1. Satu?\nA. x\nB. y\n1. Dua?\nA. x\nB. y\nKunci Jawaban\n1. A\n", "single:?/2 single:?/2", []string{"Nomor 1 dipakai beberapa soal"}, nil, nil},
		{"an essay between", "a.txt", "1. Satu?\nA. x\nB. y\nKunci: A\n2. Jelaskan tahapan pelayanan!\n3. Dua?\nA. x\nB. y\nKunci: B\n", "single:a/2 essay:?/0 single:b/2", nil, []string{"tahapan"}, nil},
		{"keys in a line, without points", "a.txt", "1. Satu?\nA. x\nB. y\n2. Dua?\nA. x\nB. y\n\nKunci Jawaban:\n1A, 2B\n", "single:a/2 single:b/2", nil, nil, nil},
		{"signs at the right option", "a.txt", "1. Satu?\nA. x (kunci)\nB. y\n2. Dua?\nA. x\nB. y *\n3. Tiga?\nA. x\nB. y ✓\n", "single:a/2 single:b/2 single:b/2", nil, nil, []string{"kunci", "✓"}},
		{"automatic numbers, bold and underlined", "a.docx", para("1/0", "Satu?") + para("1/1", "x") + para("1/1", "b:y") + para("1/0", "Dua?") + para("1/1", "u:x") + para("1/1", "y"), "single:b/2 single:a/2", nil, nil, nil},
		{"highlighted and red", "b.docx", tb("1. Satu?") + tb("A. x") + looks(`<w:highlight w:val="yellow"/>`, "B. y") + tb("2. Dua?") + looks(`<w:color w:val="FF0000"/>`, "A. x") + tb("B. y"), "single:b/2 single:a/2", nil, nil, nil},
		{"only the letter bold", "c.docx", tb("1. Satu?") + tb("b:A.", " x") + tb("B. y"), "single:?/2", []string{"tidak pasti"}, nil, nil},
		{"options side by side in a table", "d.docx", tb("1. Satu?") + table([]string{"A. x", "C. z"}, []string{"B. y", "D. p"}) + tb("Kunci: C") + tb("2. Dua?") + table([]string{"A", "x"}, []string{"B", "y"}) + tb("Kunci: B"), "single:c/4 single:b/2", nil, nil, nil},
		{"a table of keys, down", "e.docx", tb("1. Satu?") + tb("A. x") + tb("B. y") + tb("2. Dua?") + tb("A. x") + tb("B. y") + tb("KUNCI JAWABAN") + table([]string{"No", "Kunci"}, []string{"1", "A"}, []string{"2", "B"}), "single:a/2 single:b/2", nil, nil, nil},
		{"a table of keys, across", "f.docx", tb("1. Satu?") + tb("A. x") + tb("B. y") + tb("2. Dua?") + tb("A. x") + tb("B. y") + table([]string{"No", "1", "2"}, []string{"Kunci", "A", "B"}), "single:a/2 single:b/2", nil, nil, nil},
		{"two columns", "g.docx", table([]string{tb("1. Satu?") + tb("b:A. x") + tb("B. y"), tb("2. Dua?") + tb("A. x") + tb("b:B. y")}), "single:a/2 single:b/2", nil, nil, nil},
		{"options in one cell", "h.docx", table([]string{"No", "Soal", "Pilihan Jawaban", "Kunci"}, []string{"1", "Satu?", tb("A. x") + tb("B. y"), "B"}, []string{"2", "Dua?", "A. x B. y C. z", "C"}), "single:b/2 single:c/3", nil, nil, nil},
		{"a text box", "i.docx", tb("1. Satu?") + tb("A. x") + tb("b:B. y") + box + tb("3. Tiga?") + tb("b:A. x") + tb("B. y"), "single:b/2 single:b/2 single:a/2", []string{"kotak teks"}, []string{"Dalam kotak?"}, nil},
		{"tabs", "j.docx", `<w:p><w:r><w:t>1.</w:t><w:tab/><w:t>Satu?</w:t></w:r></w:p><w:p><w:r><w:t>A.</w:t><w:tab/><w:t>x</w:t><w:tab/><w:t>B.</w:t><w:tab/><w:t>y</w:t></w:r></w:p>` + tb("Kunci : B"), "single:b/2", nil, nil, nil},
		{"lists of options that begin anew", "k.docx", para("1/0", "Satu?") + para("3/0", "x") + para("3/0", "b:y") + para("1/0", "Dua?") + para("4/0", "b:x") + para("4/0", "y") + para("1/0", "Jelaskan!"), "single:b/2 single:a/2 essay:?/0", nil, nil, nil},
	} {
		data := []byte(c.body)
		if strings.HasSuffix(c.file, ".docx") {
			data = docx(t, c.body)
		}
		b, r, err := Read(c.file, data, Defaults{Objective: "1"})
		if err != nil || told(b, r) != c.want {
			t.Errorf("%s: %s, want %s: %v\n%+v", c.name, told(b, r), c.want, err, r)
			continue
		}
		report, items := "", ""
		for _, m := range r {
			report += m.Text.ID + "\n"
		}
		for _, it := range b.Items {
			Rewrite(it, func(md string) string { items += md + "\n"; return md })
		}
		for _, s := range c.says {
			if !strings.Contains(report, s) {
				t.Errorf("%s: the report does not say %q:\n%s", c.name, s, report)
			}
		}
		for _, s := range c.has {
			if !strings.Contains(items, s) {
				t.Errorf("%s: no item holds %q:\n%s", c.name, s, items)
			}
		}
		for _, s := range c.hasnt {
			if strings.Contains(items, s) {
				t.Errorf("%s: an item holds %q:\n%s", c.name, s, items)
			}
		}
		// Every word of the file is in an item or in the report.
		if !strings.HasSuffix(c.file, ".docx") {
			for w := range strings.FieldsFuncSeq(c.body, func(r rune) bool { return strings.ContainsRune(" \n\t.,:;()?!\u00a0", r) }) {
				if len(w) > 3 && !strings.Contains(items+report, w) && !keyWords[strings.ToLower(w)] {
					t.Errorf("%s: %q is dropped in silence", c.name, w)
				}
			}
		}
	}
}

// keyWords say that a key follows and are no content.
var keyWords = map[string]bool{"kunci": true, "jawaban": true, "soal": true, "adalah": true, "benar": true}
