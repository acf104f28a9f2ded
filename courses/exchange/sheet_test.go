package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
)

func TestTableOfPeople(t *testing.T) {
	b, r, err := Read("soal.csv", []byte("No;Pertanyaan;Opsi A;Opsi B;Opsi C;Kunci Jawaban;Pembahasan;Bobot\n"+
		"1;Apa?;satu;dua;tiga;b;Karena;5\n2;Mana saja?;a;b;c;A dan C;;5\n3;Bumi bulat;;;;Benar;;\n4;Ibu kota?;;;;Bandung;;\n5;Jelaskan;;;;;;\n6;Tanpa kunci?;x;y;;;;\n7;Salah kunci?;x;y;;E;;\n8;Sama?;x;y;;y;;\n9;;x;y;;A;;"), Defaults{Objective: "1"})
	if err != nil || b.Format != CSV || b.Tally(r) != (Tally{Taken: 7, Changed: 0, Uncertain: 2, Refused: 2}) {
		t.Fatalf("%s %+v %+v %v", b.Format, b.Tally(r), r, err)
	}
	for i, want := range []grading.Type{"single", "multiple", "truefalse", "shorttext", "essay", "single"} {
		if b.Items[i].Type != want {
			t.Errorf("row %d: %s", i, b.Items[i].Type)
		}
	}
	if it := b.Items[0]; it.Options[1].Mark != grading.Full || it.General != "Karena" {
		t.Errorf("%+v", it)
	}
	if it := b.Items[1]; it.Options[0].Mark != grading.Full/2 || it.Options[1].Mark != -grading.Full {
		t.Errorf("%+v", it)
	}
	found(t, r, Changed, 0, `"Bobot"`)
	found(t, r, Uncertain, 7, "Kunci belum diisi")
	found(t, r, Refused, 8, "tidak cocok")
	found(t, r, Refused, 10, "Pertanyaannya kosong")
}

func TestSheetKeys(t *testing.T) {
	for _, c := range []struct {
		row, says string
	}{
		{"angka;Berapa?;A 100%; lima", "bukan angka"},
		{"pilihan ajaib;Apa?;A;x", "tidak dikenal"},
		{"satu pilihan;Apa?;A 150%;x", "Bobot"},
		{"benar salah;Apa?;mungkin;", "Benar atau Salah"},
		{"penilaian situasi;Apa?;A tinggi;x", "tidak terbaca"},
		{"simulasi kasus;Apa?;;x", "dua keadaan"},
	} {
		row := strings.SplitN(c.row, ";", 4)
		_, r, err := Read("x.csv", []byte("jenis|soal|kunci|A\n"+strings.Join(row, "|")), Defaults{Objective: "1"})
		if err != nil {
			t.Error(err)
		}
		found(t, r, Refused, 2, c.says)
	}
}

func TestKahoot(t *testing.T) {
	data := "Quiz template,,,,,,\n,,,,,,\n,\"Question - max 120 characters\",Answer 1 - max 75 characters,Answer 2 - max 75 characters,Answer 3 - max 75 characters,Answer 4 - max 75 characters,\"Time limit (sec) – 5, 10, 20\",Correct answer(s) - choose at least one\n" +
		"1,Apa *itu*?,satu,dua,tiga,,20,2\n2,Mana?,a,b,c,d,20,\"1,3\"\n3,Bumi bulat?,True,False,,,20,1\n4,Kosong?,a,b,,,20,\n5,Salah?,a,b,,,20,4\n6,,,,,,,\n"
	b, r, err := Read("k.csv", []byte(data), Defaults{Objective: "1", Prefix: "K"})
	if err != nil || b.Format != Kahoot || b.Tally(r) != (Tally{Taken: 4, Uncertain: 1, Refused: 1}) {
		t.Fatalf("%s %+v %+v %v", b.Format, b.Tally(r), r, err)
	}
	if it := b.Items[0]; it.Options[1].Mark != grading.Full || it.Stem != `Apa \*itu\*?` || len(it.Options) != 3 || it.Code != "K001" {
		t.Errorf("%+v", it)
	}
	if it := b.Items[1]; it.Type != grading.Multiple || it.Options[2].Mark != grading.Full/2 || it.Options[3].Mark != -grading.Full/2 {
		t.Errorf("%+v", it)
	}
	if it := b.Items[2]; it.Type != grading.TrueFalse || it.Options[0].Mark != grading.Full {
		t.Errorf("%+v", it)
	}
	found(t, r, Changed, 0, "Time limit")
	found(t, r, Refused, 8, "tidak cocok")
	var x bytes.Buffer
	if err := sheets.WriteXLSX(&x, sheets.Table{Header: []string{"Question", "Answer 1", "Answer 2", "Time limit (sec)", "Correct answer(s)"}, Rows: sheets.Each([][]any{{"Apa?", "a", "b", 20, 2}})}); err != nil {
		t.Fatal(err)
	}
	if b, r, err := Read("k.xlsx", x.Bytes(), Defaults{Objective: "1"}); err != nil || b.Format != Kahoot || len(b.Taken(r)) != 1 || b.Items[0].Options[1].Mark != grading.Full {
		t.Errorf("%+v %+v %v", b, r, err)
	}
}

func TestSharesMakeAWhole(t *testing.T) {
	for n := 2; n < grading.MaxOptions; n++ {
		it := grading.Item{Type: grading.Multiple}
		letters := ""
		for i := range n + 1 {
			it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: fmt.Sprint(i)})
			if i < n {
				letters += grading.OptionID(i)
			}
		}
		setKey(&it, letters)
		it.Code, it.Objective, it.Stem = "a", "1", "?"
		if err := grading.CheckError(it); err != nil {
			t.Errorf("%d keys: %v", n, err)
		}
	}
}

// The template is the table of no items, and says so when it comes back unfilled.
func TestTemplate(t *testing.T) {
	var b bytes.Buffer
	if _, err := Write(&b, XLSX, nil, nil); err != nil {
		t.Fatal(err)
	}
	guide, err := sheets.Read("x", bytes.NewReader(b.Bytes()), sheets.Options{Sheet: "Petunjuk"})
	if err != nil || len(guide.Rows) < 18+len(grading.Kinds()) {
		t.Errorf("%d rows, %v", len(guide.Rows), err)
	}
	_, r, err := Read("templat.xlsx", b.Bytes(), Defaults{})
	if err != nil {
		t.Fatal(err)
	}
	found(t, r, Refused, 0, "Tidak ada soal")
}

// zipOf packs entries as an attacker would.
func zipOf(t testing.TB, entries map[string]string, mode fs.FileMode) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range entries {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(mode)
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(data))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostilePackages(t *testing.T) {
	bomb := strings.Repeat("\x00", 40<<20)
	for name, c := range map[string]struct {
		data []byte
		kind faults.Kind
		says string
	}{
		"a bomb by its ratio":  {zipOf(t, map[string]string{"word/document.xml": bomb}, 0o644), faults.TooLarge, "membengkak"},
		"a bomb by its sum":    {zipOf(t, map[string]string{"a": bomb[:20<<20] + "x", "b": bomb[:20<<20] + "y", "c": bomb[:20<<20]}, 0o644), faults.TooLarge, "membengkak"},
		"a path out":           {zipOf(t, map[string]string{"../x": "a"}, 0o644), faults.Invalid, "jalurnya"},
		"a path with \\":       {zipOf(t, map[string]string{`..\x`: "a"}, 0o644), faults.Invalid, "jalurnya"},
		"a link":               {zipOf(t, map[string]string{"word/document.xml": "/etc/passwd"}, fs.ModeSymlink|0o777), faults.Invalid, "tautan"},
		"macros":               {zipOf(t, map[string]string{"word/vbaProject.bin": "x"}, 0o644), faults.Invalid, "makro"},
		"the virus test file":  {zipOf(t, map[string]string{"word/media/a.png": strings.Repeat("x", 100_000) + string(eicar)}, 0o644), faults.Invalid, "EICAR"},
		"a program":            {[]byte("\x7fELF\x02\x01\x01"), faults.Invalid, "program"},
		"the test file itself": {eicar, faults.Invalid, "EICAR"},
		"some zip":             {zipOf(t, map[string]string{"a.txt": "x"}, 0o644), faults.Invalid, "bukan berkas soal"},
		"a course":             {zipOf(t, map[string]string{"k/course.yaml": "x"}, 0o644), faults.Invalid, "kursus"},
		"half a zip":           {zipOf(t, map[string]string{"a.txt": strings.Repeat("x", 999)}, 0o644)[:60], faults.Invalid, "rusak"},
		"a PDF":                {[]byte("%PDF-1.7"), faults.Invalid, "PDF"},
		"an old Word file":     {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), faults.Invalid, "Word"},
		"RTF":                  {[]byte(`{\rtf1 x}`), faults.Invalid, "RTF"},
		"nothing":              {[]byte(" \n"), faults.Invalid, "kosong"},
	} {
		b, _, err := Read("x", c.data, Defaults{Objective: "1"})
		if !errors.Is(err, c.kind) || len(b.Items) > 0 || !strings.Contains(faults.Of(err).Text.ID, c.says) || faults.Of(err).Text.EN == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCSV(f *testing.F) {
	var b bytes.Buffer
	if err := printCSV(&b, gradingtest.Samples()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("soal,kunci,A,B\nApa?,\"A 50%; B\",x,y\n"))
	f.Add([]byte("Question,Answer 1,Answer 2,Correct answer(s)\na,b,c,1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, r, err := Read("x", data, Defaults{Objective: "1"})
		if err == nil {
			checkReport(t, b, r)
		}
	})
}

func many(n int) []grading.Item {
	samples := gradingtest.Samples()
	out := make([]grading.Item, n)
	for i := range out {
		out[i] = samples[i%6] // types every format says
		out[i].Code = fmt.Sprint("Q", i)
	}
	return out
}

func benchmarkRead(b *testing.B, f Format) {
	var buf bytes.Buffer
	if _, err := Write(&buf, f, many(1000), nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		got, r, err := Read("x", buf.Bytes(), Defaults{})
		if err != nil || len(got.Items) != 1000 || len(r.Mistakes()) > 0 {
			b.Fatal(len(got.Items), r, err)
		}
	}
}

func BenchmarkReadXLSX1000(b *testing.B)   { benchmarkRead(b, XLSX) }
func BenchmarkReadGIFT1000(b *testing.B)   { benchmarkRead(b, GIFT) }
func BenchmarkReadMoodle1000(b *testing.B) { benchmarkRead(b, Moodle) }
