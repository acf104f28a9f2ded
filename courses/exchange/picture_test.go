package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/matching"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
)

// named is the name of the n-th picture of a test.
func named(n int) string { return fmt.Sprintf("%024d-4x4.png", n) }

// album is pictures by their content, kept as they come.
type album map[string]int

func (a album) keep(f File) (string, error) {
	if !strings.HasPrefix(string(f.Data), "\x89PNG") {
		return "", faults.New(faults.Invalid, "Jenis gambar ini belum diterima.", "This kind of picture is not accepted.")
	}
	if _, ok := a[string(f.Data)]; !ok {
		a[string(f.Data)] = len(a)
	}
	return named(a[string(f.Data)]), nil
}

func (a album) open(name string) ([]byte, error) {
	for data, n := range a {
		if named(n) == name {
			return []byte(data), nil
		}
	}
	return nil, faults.NotFound
}

func picked(n int) string { return fmt.Sprintf("![Gambar ke-%d](berkas/%s)", n, named(n)) }

// A bank with pictures goes out to Moodle and comes back the same, each file beside the text that shows it.
func TestPicturesGoToMoodleAndBack(t *testing.T) {
	a := album{}
	for n := range 6 {
		a[png+fmt.Sprint(n)] = n
	}
	it := grading.Item{Code: "G1", Objective: "1", Type: grading.Single, Stem: "Apa ini?\n\n" + picked(0) + "\n\nPilih " + picked(0) + " & jawab.", General: "Lihat " + picked(1) + ".",
		Options: []grading.Option{opt(0, picked(2), grading.Full, "Ya: "+picked(3)), opt(1, "bukan "+picked(4), 0, "")}}
	pairs := grading.Item{Code: "G2", Objective: "1", Type: matching.Name, Stem: "Jodohkan.", Options: []grading.Option{opt(0, picked(2), 0, ""), opt(1, "Loket", 0, "")},
		Parts: []grading.Part{{ID: "a", Text: picked(5), Right: "a"}, {ID: "b", Text: "Dua", Right: "b"}}}
	items := []grading.Item{it, pairs}
	var b bytes.Buffer
	if lost, err := Write(&b, Moodle, items, a.open); err != nil || len(lost) > 0 {
		t.Fatal(lost, err)
	}
	if n := strings.Count(b.String(), "<file "); n != 7 || strings.Count(b.String(), "@@PLUGINFILE@@/") != 8 || strings.Contains(b.String(), "berkas/") {
		t.Errorf("%d files\n%s", n, b.String())
	}
	got, r, err := Read("bank.xml", b.Bytes(), Defaults{Keep: a.keep})
	if err != nil || len(r.Mistakes()) > 0 || !reflect.DeepEqual(got.Items, items) {
		t.Errorf("%+v %v\n got %#v\nwant %#v", r, err, got.Items, items)
	}
	// One that is missing is no bank with a hole.
	if _, err := Write(&bytes.Buffer{}, Moodle, items, album{}.open); err == nil {
		t.Error("a picture that is not there is written")
	}
	// The other formats name what stays behind, per item.
	for _, f := range []Format{Own, XLSX, CSV, GIFT} {
		lost, err := Write(&bytes.Buffer{}, f, items, a.open)
		if err != nil || len(lost) != 2 || !strings.Contains(lost[0].Text.ID, "G1") || !strings.Contains(lost[0].Text.ID, "5 gambar") {
			t.Errorf("%s: %+v %v", f, lost, err)
		}
	}
	if names := PicturesOf(items, true); len(names) > 0 || len(PicturesOf(items, false)) != 6 {
		t.Errorf("%v without a description", names)
	}
}

// What other installations write around pictures: names with spaces, pictures inside addresses, from elsewhere, missing, of other kinds, without words.
func TestPicturesFromMoodle(t *testing.T) {
	file := func(name, data string) string {
		return `<file name="` + name + `" path="/" encoding="base64">` + base64.StdEncoding.EncodeToString([]byte(data)) + `</file>`
	}
	bank := func(text, files string) []byte {
		return []byte(`<?xml version="1.0"?><quiz><question type="truefalse"><name><text>A</text></name><questiontext format="html"><text><![CDATA[<p>Boleh?</p>` + text + `]]></text>` + files + `</questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question></quiz>`)
	}
	inline := base64.StdEncoding.EncodeToString([]byte(png))
	for _, c := range []struct {
		name        string
		text, files string
		stem        string
		weight      Weight
		says        string
	}{
		{"a name with spaces", `<img src="@@PLUGINFILE@@/foto%20loket.png?time=1" alt="Loket [1]">`, file("foto loket.png", png), "Boleh?\n\n![Loket (1)](berkas/" + named(0) + ")", "", ""},
		{"inside the address", `<img src="data:image/png;base64,` + inline + `" alt="Loket">`, "", "Boleh?\n\n![Loket](berkas/" + named(0) + ")", "", ""},
		{"without words", `<img src="@@PLUGINFILE@@/a.png">`, file("a.png", png), "Boleh?\n\n![](berkas/" + named(0) + ")", Uncertain, "teks pengganti"},
		{"missing", `<img src="@@PLUGINFILE@@/a.png" alt="Loket">`, "", "Boleh?\n\n(Gambar: Loket)", Changed, "a.png tidak ada"},
		{"from elsewhere", `<img src="https://contoh.example/a.png" alt="Loket">`, "", "Boleh?\n\n(Gambar: Loket)", Changed, "tidak diambil"},
		{"of another kind", `<img src="@@PLUGINFILE@@/a.webp" alt="Loket">`, file("a.webp", "RIFF\x00\x00\x00\x00WEBPVP8 "), "Boleh?\n\n(Gambar: Loket)", Changed, "belum diterima"},
		{"a document", `x`, file("a.pdf", "%PDF-1.7"), "Boleh?\n\nx", Changed, "bukan gambar"},
	} {
		got, r, err := Read("x.xml", bank(c.text, c.files), Defaults{Objective: "1", Keep: album{}.keep})
		if err != nil || len(got.Items) != 1 || got.Items[0].Stem != c.stem || got.Weights(r)[0] != c.weight {
			t.Errorf("%s: %q %+v %v", c.name, got.Items[0].Stem, r, err)
		}
		if c.says != "" {
			found(t, r, c.weight, 0, c.says)
		}
	}
}

const draggedXML = `<?xml version="1.0"?><quiz><question type="ddwtos"><name><text>Seret</text></name>
<questiontext format="html"><text><![CDATA[<p>KTP di [[1]], akta di [[3]], dan KK di [[1]]. Gratis: [[4]].</p>]]></text></questiontext>
<dragbox><text>Loket 1</text><group>1</group><infinite/></dragbox><dragbox><text>Loket 2</text><group>1</group></dragbox><dragbox><text>Loket 3</text><group>1</group></dragbox>
<dragbox><text>ya</text><group>2</group></dragbox><dragbox><text>tidak</text><group>2</group></dragbox></question>
<question type="gapselect"><questiontext format="html"><text>Kota [[2]]</text></questiontext><selectoption><text>Solo</text><group>1</group></selectoption><selectoption><text>Bogor</text><group>1</group></selectoption></question>
<question type="gapselect"><questiontext format="html"><text>Kota [[3]]</text></questiontext><selectoption><text>Solo</text><group>1</group></selectoption></question></quiz>`

func TestWordsDraggedIntoText(t *testing.T) {
	b, r, err := Read("x.xml", []byte(draggedXML), Defaults{Objective: "1"})
	if err != nil || len(b.Items) != 3 || len(b.Taken(r)) != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	it := b.Items[0]
	if it.Type != "cloze" || it.Stem != "KTP di [[1]], akta di [[2]], dan KK di [[3]]. Gratis: [[4]]." || len(it.Parts) != 4 || len(it.Parts[0].Options) != 3 || len(it.Parts[3].Options) != 2 ||
		it.Parts[1].Options[2] != (grading.Option{ID: "c", Text: "Loket 3", Mark: grading.Full}) || it.Parts[2].Options[0].Mark != grading.Full {
		t.Errorf("%+v", it)
	}
	found(t, r, Changed, 0, "menyeret kata")
	if it := b.Items[1]; it.Stem != "Kota [[1]]" || it.Parts[0].Options[1].Mark != grading.Full {
		t.Errorf("%+v", it)
	}
	found(t, r, Refused, 0, "[[3]]")
}

// Pictures of a Word document stand where they stood: in the question, in an option, in a cell; where that is a guess the report says so.
func TestPicturesFromWord(t *testing.T) {
	inline := strings.TrimSuffix(strings.TrimPrefix(picturePara, "<w:p>"), "</w:p>")
	mute := strings.Replace(picturePara, ` descr="Foto loket"`, "", 1)
	with := func(p string) string { return strings.Replace(p, "</w:p>", inline+"</w:p>", 1) }
	shown := "![Foto loket](berkas/" + named(0) + ")"
	b, r, err := Read("soal.docx", docx(t,
		with(para("", "1. Loket mana ini?")), para("", "A. satu"), para("", "B. dua"), para("", "Kunci: A"),
		para("", "2. Lihat gambar."), picturePara, para("", "A. satu"), para("", "b:B. dua"),
		para("1/0", "Gambar mana?"), with(para("1/1", "")), with(para("1/1", "bukan ")), para("", "Jawaban: B"),
		para("", "4. Di bawah huruf?"), para("", "A."), picturePara, para("", "B. kata"), picturePara, para("", "Kunci: B"),
		para("", "5. Sebelum ini ada gambar?"), para("", "A. boleh"), para("", "B. jangan"), para("", "Kunci: A"),
		picturePara, para("", "6. Gambar di atas?"), para("", "A. boleh"), para("", "B. jangan"), para("", "Kunci: A"),
		table([]string{"No", "Pertanyaan", "A", "B", "Kunci"}, []string{"7", with(para("", "Tabel? ")), picturePara, "q", "A"}),
		table([]string{"8.", mute}, []string{"A", "x"}, []string{"B", para("", "b:y")}),
		para("", "9. Ketik apa?"), with(para("", "Jawaban: loket ")),
	), Defaults{Objective: "1", Keep: album{}.keep})
	if err != nil || len(b.Items) != 9 {
		t.Fatalf("%d items %+v %v", len(b.Items), r, err)
	}
	weights := b.Weights(r)
	for i, want := range []struct {
		stem, a, b string
		weight     Weight
	}{
		{"Loket mana ini?" + shown, "satu", "dua", ""},
		{"Lihat gambar.\\\n" + shown, "satu", "dua", ""},
		{"Gambar mana?", shown, "bukan " + shown, ""},
		{"Di bawah huruf?", shown, "kata\\\n" + shown, ""},
		{"Sebelum ini ada gambar?", "boleh", "jangan", ""},
		{shown + "\\\nGambar di atas?", "boleh", "jangan", Uncertain},
		{"Tabel? " + shown, shown, "q", ""},
		{"![](berkas/" + named(0) + ")", "x", "y", Uncertain},
		{"Ketik apa?", "loket", "", Uncertain},
	} {
		it := b.Items[i]
		got := func(n int) string { return optionText(it, n) }
		if it.Stem != want.stem || got(0) != want.a || got(1) != want.b || weights[i] != want.weight {
			t.Errorf("%d (%s): %q %q %q %q, want %+v", i+1, it.Type, it.Stem, got(0), got(1), weights[i], want)
		}
	}
}

// A picture that a table only names is said and not fetched.
func TestPicturesNamedInTables(t *testing.T) {
	b, r, err := Read("a.csv", []byte("soal,A,B,kunci,gambar\nApa?,x,y,A,foto.png\nLalu?,x,y,B,\n"), Defaults{Objective: "1"})
	if err != nil || len(b.Items) != 2 || b.Weights(r)[0] != Changed || b.Weights(r)[1] != "" {
		t.Errorf("%+v %v", r, err)
	}
	found(t, r, Changed, 2, "foto.png")
	b, r, err = Read("a.csv", []byte("Question,Answer 1,Answer 2,Time limit,Correct answer,Image link\nApa?,x,y,20,1,https://contoh.example/a.png\n"), Defaults{Objective: "1"})
	if err != nil || b.Format != Kahoot || len(b.Items) != 1 {
		t.Errorf("%+v %v", r, err)
	}
	found(t, r, Changed, 2, "https://contoh.example/a.png")
	b, r, err = Read("a.csv", []byte("soal,A,B,kunci\n\"Apa? ![x](foto.png)\",x,y,A\n"), Defaults{Objective: "1"})
	if err != nil || len(b.Taken(r)) != 0 {
		t.Errorf("%+v %v", b.Items, err)
	}
	found(t, r, Refused, 2, "foto.png")
	var sheet bytes.Buffer
	if err := sheets.WriteXLSX(&sheet, sheetTables(nil)...); err != nil {
		t.Fatal(err)
	}
	b, r, err = Read("a.xlsx", add(t, sheet.Bytes(), "xl/media/image1.png", png), Defaults{Objective: "1"})
	if err != nil || b.Format != XLSX {
		t.Errorf("%s %v", b.Format, err)
	}
	found(t, r, Changed, 0, "1 gambar")
}

func TestDescribed(t *testing.T) {
	it := grading.Item{Stem: "![](berkas/" + named(1) + ") ![ada](berkas/" + named(1) + ") ![](berkas/" + named(2) + ")"}
	got := Described(it, map[string]string{named(1): " Foto [loket]\nkota ", named(2): " ", "x": "y"})
	if want := "![Foto (loket) kota](berkas/" + named(1) + ") ![ada](berkas/" + named(1) + ") ![](berkas/" + named(2) + ")"; got.Stem != want {
		t.Errorf("%q", got.Stem)
	}
	if names := PicturesOf([]grading.Item{got}, true); len(names) != 1 || names[0] != named(2) {
		t.Errorf("%v", names)
	}
}

// add puts an entry into an archive.
func add(t *testing.T, data []byte, name, body string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	x, err := w.Create(name)
	if err == nil {
		_, err = x.Write([]byte(body))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
