package sheets

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

func read(t *testing.T, data string) *Sheet {
	t.Helper()
	s, err := Read("uji.csv", strings.NewReader(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func grid(s *Sheet) (out [][]string) {
	for _, r := range s.Rows {
		row := []string{fmt.Sprint(r.N)}
		for _, c := range r.Cells {
			row = append(row, c.Text)
		}
		out = append(out, row)
	}
	return out
}

func TestCSVShapes(t *testing.T) {
	for _, c := range []struct {
		name, data, encoding string
		header               []string
		rows                 [][]string
	}{
		{"comma", "nip,nama\n1,Ana\n2,Budi\n", "utf-8", []string{"nip", "nama"}, [][]string{{"2", "1", "Ana"}, {"3", "2", "Budi"}}},
		{"semicolon, CRLF, BOM", "\uFEFFnip;nama\r\n1;\"Ana, S.E.\"\r\n", "utf-8", []string{"nip", "nama"}, [][]string{{"2", "1", "Ana, S.E."}}},
		{"tab", "nip\tnama\n1\tAna\n", "utf-8", []string{"nip", "nama"}, [][]string{{"2", "1", "Ana"}}},
		{"empty lines count as rows", "\n\nnip;nama\n\n;\n1;Ana\n", "utf-8", []string{"nip", "nama"}, [][]string{{"6", "1", "Ana"}}},
		{"quotes, doubled, with a line inside", "a,b\n\"x \"\"y\"\" z\",\"satu\ndua\"\nc,d", "utf-8", []string{"a", "b"}, [][]string{{"2", `x "y" z`, "satu\ndua"}, {"3", "c", "d"}}},
		{"a quote inside is a letter", "a,b\nJl. \"Mawar\" 5,x\n", "utf-8", []string{"a", "b"}, [][]string{{"2", `Jl. "Mawar" 5`, "x"}}},
		{"windows-1252", "nama;gelar\nBlok A \x96 1;Rend\xE9\n", "windows-1252", []string{"nama", "gelar"}, [][]string{{"2", "Blok A – 1", "Rendé"}}},
		{"Excel's own hint", "sep=|\na|b\n1|2\n", "utf-8", []string{"a", "b"}, [][]string{{"3", "1", "2"}}},
		{"no-break spaces are trimmed", "a,b\n\u00a01\u00a0, 2 \n", "utf-8", []string{"a", "b"}, [][]string{{"2", "1", "2"}}},
		{"old Mac lines", "a,b\r1,2\r", "utf-8", []string{"a", "b"}, [][]string{{"2", "1", "2"}}},
		{"short rows", "a,b,c\n1\n1,2,3,4\n", "utf-8", []string{"a", "b", "c"}, [][]string{{"2", "1"}, {"3", "1", "2", "3", "4"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, c.data)
			if !reflect.DeepEqual(s.Header, c.header) || !reflect.DeepEqual(grid(s), c.rows) || s.Encoding != c.encoding {
				t.Fatalf("%s %q %q", s.Encoding, s.Header, grid(s))
			}
		})
	}
	var wide bytes.Buffer
	wide.WriteString("\xFF\xFE")
	binary.Write(&wide, binary.LittleEndian, utf16.Encode([]rune("nama\tx\r\nRendé\t1\r\n")))
	if s := read(t, wide.String()); s.Encoding != "utf-16" || s.Text(s.Rows[0], "NAMA") != "Rendé" {
		t.Fatalf("%+v", s)
	}
}

func TestHeaderLookup(t *testing.T) {
	s := read(t, "NIP Baru;Tgl_Lahir;Nama;nama\n1;2;3;4\n")
	row := s.Rows[0]
	if s.Text(row, "nip_baru") != "1" || s.Text(row, "tglLahir") != "2" || s.Text(row, "tmt", "TGL LAHIR") != "2" || s.Text(row, "tidak ada") != "" {
		t.Fatal("folded lookup")
	}
	err := s.Need("nipBaru", "nama", "unit")
	f := faults.Of(err)
	if !errors.Is(err, faults.Invalid) || len(f.Fields) != 2 || f.Fields[0].Path != "header.unit" || f.Fields[1].Path != "header.nama" {
		t.Fatalf("%v", err)
	}
	if got := s.Unknown("nip baru", "nama"); !reflect.DeepEqual(got, []string{"Tgl_Lahir"}) {
		t.Fatal(got)
	}
}

// Each refusal must be a fault of the right kind that says where.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, data string
		kind       faults.Kind
		says       string
	}{
		{"empty", " \n", faults.Invalid, "kosong"},
		{"a quote never closed", "a,b\n1,2\n\"3,4\n", faults.Invalid, "Baris 3"},
		{"broken UTF-8 among good", "nip,nama\n1,Rendé\n2,An\xC3\n", faults.Invalid, "Baris 3, kolom nama"},
		{"Windows-1252 among UTF-8", "nip,nama\n1,Rendé\n2,An\xE9\n", faults.Invalid, "Baris 3, kolom nama"},
		{"broken UTF-8 with a BOM", "\uFEFFnip,nama\n1,\xE9\n", faults.Invalid, "Baris 2, kolom nama"},
		{"a lone broken byte", "nip,nama\n1,An\xFF\n", faults.Invalid, "Baris 2, kolom nama"},
		{"broken in the header", "nip,na\xFFma\n1,2\n", faults.Invalid, "Baris 1, kolom B"},
		{"binary", "a\x00b\n", faults.Invalid, "bukan tabel"},
		{"PDF", "%PDF-1.7 ...", faults.Invalid, "PDF"},
		{"old Excel", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", faults.Invalid, ".xls"},
		{"a zip that is no workbook", zipped(t, map[string]string{"a.txt": "x"}), faults.Invalid, "rusak"},
		{"a broken zip", "PK\x03\x04 and nothing", faults.Invalid, "rusak"},
		{"too many columns", strings.Repeat("a,", 600) + "b\n", faults.TooLarge, "kolom"},
		{"too long a cell", "a\n" + strings.Repeat("x", 40000) + "\n", faults.TooLarge, "Baris 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Read("x", strings.NewReader(c.data), Options{})
			if !errors.Is(err, c.kind) || s != nil {
				t.Fatalf("%v %v", s, err)
			}
			f := faults.Of(err)
			said := f.Text.ID
			for _, x := range f.Fields {
				said += " " + x.Text.ID
			}
			if !strings.Contains(said, c.says) {
				t.Fatalf("%q does not say %q", said, c.says)
			}
		})
	}
	if _, err := Read("x", strings.NewReader("a\n1\n2\n3\n"), Options{MaxRows: 2}); !errors.Is(err, faults.TooLarge) {
		t.Fatal(err)
	}
	if _, err := Read("x", io.LimitReader(zeros{}, MaxBytes+10), Options{}); !errors.Is(err, faults.TooLarge) {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(body))
	}
	z.Close()
	return b.String()
}

func workbook(t *testing.T, fill func(f *excelize.File)) *bytes.Buffer {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestXLSX(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		f.SetSheetRow("Sheet1", "A2", &[]any{"NIP", "Nama", "TMT", "Kelas", "Rapat", "Lain"})
		f.SetCellValue("Sheet1", "A4", 197411272000011903) // the author typed it into a number cell
		f.SetCellStr("Sheet1", "B4", " Ana _x0041_ ")
		f.SetCellValue("Sheet1", "C4", time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC))
		f.SetCellValue("Sheet1", "D4", 12)
		f.SetCellValue("Sheet1", "E4", 0.1+0.2)
		f.SetCellFormula("Sheet1", "F4", "1+1")
		f.SetCellStr("Sheet1", "A6", "197411272000011903")
		f.SetCellStr("Sheet1", "C6", "1/12/2009")
		f.SetCellValue("Sheet1", "D6", 45000)
		own := `"tanggal" dd\ mmmm\ yyyy`
		style, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &own})
		f.SetCellStyle("Sheet1", "D6", "D6", style)
		money := `[Red]"hari ""d"""#,##0.00\ \d_y`
		style, _ = f.NewStyle(&excelize.Style{CustomNumFmt: &money})
		f.SetCellValue("Sheet1", "E6", 45000)
		f.SetCellStyle("Sheet1", "E6", "E6", style)
		f.NewSheet("Jabatan")
		f.SetSheetRow("Jabatan", "A1", &[]any{"kode"})
		f.SetSheetRow("Jabatan", "A2", &[]any{"X.1"})
	})
	s, err := Read("pegawai.xlsx", bytes.NewReader(b.Bytes()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.HeaderRow != 2 || len(s.Rows) != 2 || s.Rows[0].N != 4 || s.Rows[1].N != 6 || s.Name != "Sheet1" {
		t.Fatalf("%+v", s)
	}
	first, second := s.Rows[0], s.Rows[1]
	for col, want := range map[string]Cell{"tmt": {Text: "2026-03-31", Date: true}, "kelas": {Text: "12", Numeric: true}, "rapat": {Text: "0.3", Numeric: true}, "lain": {}} {
		if got := s.Cell(first, col); got != want {
			t.Errorf("%s: %+v, want %+v", col, got, want)
		}
	}
	if got := s.Cell(second, "kelas"); got != (Cell{Text: "2023-03-15", Date: true}) {
		t.Errorf("own date format: %+v", got)
	}
	if got := s.Cell(second, "rapat"); got != (Cell{Text: "45000", Numeric: true}) {
		t.Errorf("money is no date: %+v", got)
	}
	if _, err := IdentifierCell(s.Cell(first, "nip")); !errors.Is(err, faults.Invalid) || !strings.Contains(faults.Of(err).Text.ID, "15 digit") || strings.Contains(err.Error(), "1974") {
		t.Errorf("a number cell as NIP: %v", err)
	}
	if _, err := IdentifierCell(s.Cell(first, "kelas")); !errors.Is(err, faults.Invalid) {
		t.Errorf("a short number cell as NIP: %v", err)
	}
	if id, err := IdentifierCell(s.Cell(second, "nip")); err != nil || id != "197411272000011903" {
		t.Errorf("%q %v", id, err)
	}
	s, err = Read("pegawai.xlsx", bytes.NewReader(b.Bytes()), Options{Sheet: "jabatan"})
	if err != nil || s.Text(s.Rows[0], "kode") != "X.1" {
		t.Fatal(s, err)
	}
	_, err = Read("pegawai.xlsx", bytes.NewReader(b.Bytes()), Options{Sheet: "tidak ada"})
	if !errors.Is(err, faults.Invalid) || !strings.Contains(faults.Of(err).Text.ID, "Sheet1, Jabatan") {
		t.Fatal(err)
	}
}

func TestXLSXBombAndEntities(t *testing.T) {
	parts := func(sheet string) map[string]string {
		return map[string]string{
			"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="x"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="x" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml":   sheet,
		}
	}
	good := `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row></sheetData></worksheet>`
	if _, err := Read("x", strings.NewReader(zipped(t, parts(good))), Options{}); err != nil {
		t.Fatal(err)
	}
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for name, body := range parts(good) {
		if !strings.HasPrefix(name, "xl/worksheets") {
			w, _ := z.Create(name)
			w.Write([]byte(body))
		}
	}
	w, _ := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, UncompressedSize64: MaxBytes + 1, CompressedSize64: 2})
	w.Write([]byte{3, 0})
	z.Close()
	if _, err := Read("x", &bomb, Options{}); !errors.Is(err, faults.TooLarge) {
		t.Fatal(err)
	}
	// A directory may lie about sizes, so what comes out is counted as well.
	left := int64(1000)
	if n, err := io.Copy(io.Discard, &meter{strings.NewReader(strings.Repeat("x", 5000)), &left}); !errors.Is(err, errBomb) || n > 1000 {
		t.Fatal(n, err)
	}
	for _, bad := range []string{`<!DOCTYPE x [<!ENTITY a "b">]>` + good, strings.Replace(good, ">a<", ">&a;<", 1), `<worksheet><row><c t="s"><v>4</v></c></row></worksheet>`, `<worksheet><row><c><v>x</v></c></row></worksheet>`} {
		if _, err := Read("x", strings.NewReader(zipped(t, parts(bad))), Options{}); !errors.Is(err, faults.Invalid) {
			t.Fatal(bad, err)
		}
	}
	far := `<worksheet><row r="1"><c r="ZZZ1"><v>1</v></c></row></worksheet>`
	if _, err := Read("x", strings.NewReader(zipped(t, parts(far))), Options{}); !errors.Is(err, faults.TooLarge) {
		t.Fatal(err)
	}
}

func TestCells(t *testing.T) {
	for in, want := range map[string]civil.Date{"31/3/2026": "2026-03-31", "1-12-2009": "2009-12-01", "2026-03-31": "2026-03-31", "2026-03-31 00:00:00": "2026-03-31",
		"2026-03-31T07:00:00Z": "2026-03-31", "05.04.2024": "2024-04-05", "": "", "2026/3/1": "2026-03-01"} {
		if got, err := Date(Cell{Text: in}); err != nil || got != want {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for _, in := range []string{"30/2/2026", "12/31/2026", "1/1/26", "kemarin", "2026", "45000", "1/2", "0000-01-01x"} {
		if got, err := Date(Cell{Text: in}); !errors.Is(err, faults.Invalid) {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for in, want := range map[string]string{"'197411272000011903": "197411272000011903", "19741127 200001 1 903": "197411272000011903", "": "", "A.1": "A.1"} {
		if got, err := IdentifierCell(Cell{Text: in}); err != nil || got != want {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for _, in := range []string{"1.97411E+17", "1,97411E+17", "197411272000011000", "2E+17"} {
		if got, err := IdentifierCell(Cell{Text: in}); !errors.Is(err, faults.Invalid) {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for in, want := range map[string]int{"": 0, "12": 12, "1.500": 1500, "-3": -3} {
		if got, err := Int(Cell{Text: in}); err != nil || got != want {
			t.Errorf("%q: %d %v", in, got, err)
		}
	}
	for _, in := range []string{"1,5", "dua", "1.50"} {
		if got, err := Int(Cell{Text: in}); !errors.Is(err, faults.Invalid) {
			t.Errorf("%q: %d %v", in, got, err)
		}
	}
}

func TestRowErrors(t *testing.T) {
	var l RowErrors
	if l.Err() != nil {
		t.Fatal("an empty list is an error")
	}
	l.Add(12, "nip", "NIP salah.", "Wrong NIP.")
	l.AddErr(13, "", faults.New(faults.Conflict, "Sudah ada.", "Exists."))
	if l.AddErr(14, "x", nil) {
		t.Fatal("nil counted")
	}
	f := faults.Of(l.Err())
	want := []faults.Field{{Path: "rows[12].nip", Text: texts.T("Baris 12, kolom nip: NIP salah.", "Row 12, column nip: Wrong NIP.")}, {Path: "rows[13]", Text: texts.T("Baris 13: Sudah ada.", "Row 13: Exists.")}}
	if f.Kind != faults.Invalid || !reflect.DeepEqual(f.Fields, want) {
		t.Fatalf("%+v", f)
	}
	for range 2 * MaxFields {
		l.Add(1, "a", "b", "c")
	}
	if f := faults.Of(l.Err()); len(f.Fields) != MaxFields || !strings.Contains(f.Text.ID, "2002") {
		t.Fatal(len(f.Fields), f.Text)
	}
}

func TestWrittenTablesReadBack(t *testing.T) {
	table := Table{Name: "Pegawai", Header: []string{"nip", "nama", "jp", "sejak"}, Rows: Each([][]any{
		{"197411272000011903", "=HYPERLINK(\"http://x\")", 24, civil.Date("2026-03-31")},
		{"x", "+62 & \"kutip\"; koma, titik", int64(1), nil},
		{"-5", "@SUM(A1)", 2.5, "  rapi  "},
	})}
	want := [][]string{{"197411272000011903", "=HYPERLINK(\"http://x\")", "24", "2026-03-31"}, {"x", "+62 & \"kutip\"; koma, titik", "1"}, {"-5", "@SUM(A1)", "2.5", "rapi"}}
	for format, write := range map[string]func(io.Writer) error{"csv": func(w io.Writer) error { return WriteCSV(w, table) }, "xlsx": func(w io.Writer) error { return WriteXLSX(w, table) }} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if format == "csv" && (strings.Contains(b.String(), ";=") || strings.Contains(b.String(), ";@") || strings.Contains(b.String(), ";\"=")) {
			t.Fatalf("a formula is live: %s", b.String())
		}
		s, err := Read("x", &b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			for j := range w {
				if got := s.Rows[i].At(j); got.Text != w[j] || got.Numeric != (format == "xlsx" && j == 2) {
					t.Errorf("%s row %d column %d: %+v, want %q", format, i, j, got, w[j])
				}
			}
		}
	}
}

// Whatever is written as CSV comes back, and nothing that comes out starts a formula.
func TestCSVRoundTripRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("aé=+-@'\";,\t\n 5.|A\u00a0")
	for range 2000 {
		n := r.IntN(6)
		s := make([]rune, n)
		for i := range s {
			s[i] = letters[r.IntN(len(letters))]
		}
		in := "x" + string(s)
		if r.IntN(2) == 0 {
			in = strings.TrimSpace(strings.ReplaceAll(string(s), "\u00a0", ""))
		}
		if strings.HasPrefix(in, "'") { // an apostrophe before a formula sign is ours to take away
			continue
		}
		var b bytes.Buffer
		if err := WriteCSV(&b, Table{Header: []string{"kunci", "isi"}, Rows: Each([][]any{{"k", in}})}); err != nil {
			t.Fatal(err)
		}
		sheet, err := Read("x", &b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := sheet.Text(sheet.Rows[0], "isi"); got != strings.TrimSpace(strings.TrimRight(in, "\u00a0")) && got != clean(in) {
			t.Fatalf("%q came back as %q", in, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("a;b\n1;2\n"))
	f.Add([]byte("\uFEFFa,\"b\n\"\"c\"\n"))
	f.Add([]byte("PK\x03\x04"))
	var b bytes.Buffer
	WriteXLSX(&b, Table{Header: []string{"a"}, Rows: Each([][]any{{"1"}})})
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read("x", bytes.NewReader(data), Options{})
		if (s == nil) == (err == nil) {
			t.Fatal("either a sheet or a fault")
		}
		if err != nil && faults.KindOf(err) != faults.Invalid && faults.KindOf(err) != faults.TooLarge {
			t.Fatal(err)
		}
	})
}

// A register of a whole city, 10,000 people with 15 columns, is a matter of a second.
func BenchmarkXLSX10000(b *testing.B) {
	var rows [][]any
	for i := range 10000 {
		rows = append(rows, []any{fmt.Sprintf("1974112720000119%02d", i%100), "Nama Orang", "", "S.E.", "PNS", "Aktif", "III/c", "S1", "Ekonomi", "DISKOMINFO", i, 2.5, civil.Date("2026-03-31"), "x", "y"})
	}
	var file bytes.Buffer
	if err := WriteXLSX(&file, Table{Header: []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o"}, Rows: Each(rows)}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if s, err := Read("x", bytes.NewReader(file.Bytes()), Options{}); err != nil || len(s.Rows) != 10000 {
			b.Fatal(err)
		}
	}
}
