package sheets

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/faults"
)

// The reader walks the sheet's XML itself: the row iterator of excelize gives text only and does not tell a number from a text, which is exactly
// what decides whether a NIP can be trusted. Writing is excelize's (write.go), and so are the files of the tests.

var errBomb = errors.New("unpacked content over the limit")

type book struct {
	files  map[string]*zip.File
	left   int64 // bytes that may still be unpacked
	shared []string
	dates  []bool // per cell style: shown as a date
	epoch  time.Time
}

func readXLSX(data []byte, o Options) (*Sheet, error) {
	s, err := openBook(data, o)
	if errors.Is(err, errBomb) {
		return nil, faults.Wrap(err, faults.TooLarge, "Isi berkas Excel ini lebih dari 50 MB. Bagi menjadi beberapa berkas, atau hapus gambar dan lembar yang tidak perlu.",
			"The content of this Excel file is over 50 MB. Split it, or remove pictures and sheets that are not needed.")
	}
	var known *faults.Error
	if err != nil && !errors.As(err, &known) {
		return nil, faults.Wrap(err, faults.Invalid, "Berkas Excel ini rusak atau bukan .xlsx. Buka di Excel, lalu Simpan Sebagai .xlsx.", "This Excel file is damaged or no .xlsx. Open it in Excel and save it as .xlsx.")
	}
	return s, err
}

func openBook(data []byte, o Options) (*Sheet, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	b := &book{files: map[string]*zip.File{}, left: MaxBytes, epoch: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}
	for _, f := range z.File {
		b.files[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	name, part, err := b.workbook(o.Sheet)
	if err != nil {
		return nil, err
	}
	if err := b.styles(); err != nil {
		return nil, err
	}
	if err := b.sharedStrings(); err != nil {
		return nil, err
	}
	s := &Sheet{Format: "xlsx", Name: name}
	if err := b.sheet(part, s, o); err != nil {
		return nil, err
	}
	if s.columns == nil {
		return nil, faults.Newf(faults.Invalid, "Lembar %q kosong.", "The sheet %q is empty.", name)
	}
	return s, nil
}

// walk streams one part's tokens; a part that does not exist is nothing. A DTD is refused: no honest file has one.
func (b *book) walk(part string, token func(t xml.Token) error) error {
	f, ok := b.files[strings.ToLower(part)]
	if !ok {
		return nil
	}
	if f.UncompressedSize64 > uint64(b.left) { // an honest bomb is not even opened
		return errBomb
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(&meter{r, &b.left})
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, dtd := t.(xml.Directive); dtd {
			return errors.New("document type definition")
		}
		if err := token(t); err != nil {
			return err
		}
	}
}

// meter counts what is really unpacked; sizes in a zip's directory may lie.
type meter struct {
	r    io.Reader
	left *int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if *m.left -= int64(n); *m.left < 0 {
		return 0, errBomb
	}
	return n, err
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// workbook finds the sheet asked for and its part in the package.
func (b *book) workbook(want string) (name, part string, err error) {
	if b.files["xl/workbook.xml"] == nil {
		return "", "", errors.New("no xl/workbook.xml")
	}
	target := map[string]string{}
	err = b.walk("xl/_rels/workbook.xml.rels", func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" {
			p := attr(e, "Target")
			if !strings.HasPrefix(p, "/") {
				p = path.Join("xl", p)
			}
			target[attr(e, "Id")] = strings.TrimPrefix(p, "/")
		}
		return nil
	})
	if err != nil {
		return "", "", err
	}
	var names []string
	err = b.walk("xl/workbook.xml", func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "workbookPr" && (attr(e, "date1904") == "1" || attr(e, "date1904") == "true"):
			b.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
		case e.Name.Local == "sheet":
			id := ""
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					id = a.Value
				}
			}
			n := attr(e, "name")
			names = append(names, n)
			hit := want == "" && attr(e, "state") == "" || want == "" && attr(e, "state") == "visible" || want != "" && strings.EqualFold(n, want)
			if hit && part == "" {
				name, part = n, target[id]
			}
		}
		return nil
	})
	if err != nil {
		return "", "", err
	}
	if part == "" && want != "" {
		return "", "", faults.Newf(faults.Invalid, "Lembar %q tidak ada. Yang ada: %s.", "There is no sheet %q. There is: %s.", want, strings.Join(names, ", "))
	}
	if b.files[strings.ToLower(part)] == nil {
		return "", "", errors.New("the workbook names no sheet that is there")
	}
	return name, part, nil
}

func (b *book) styles() error {
	custom := map[string]bool{}
	inside := false
	return b.walk("xl/styles.xml", func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				custom[attr(e, "numFmtId")] = dateFormat(attr(e, "formatCode"))
			case "cellXfs":
				inside = true
			case "xf":
				if inside {
					id := attr(e, "numFmtId")
					n, _ := strconv.Atoi(id)
					date, own := custom[id]
					b.dates = append(b.dates, date || !own && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58))
				}
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				inside = false
			}
		}
		return nil
	})
}

var notInFormat = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)

// dateFormat says whether a number format shows a day: it has a d or y outside quotes, escapes and brackets.
func dateFormat(code string) bool {
	plain := strings.ToLower(notInFormat.ReplaceAllString(code, ""))
	return strings.ContainsAny(plain, "dy") && !strings.Contains(plain, "general")
}

func (b *book) sharedStrings() error {
	var text strings.Builder
	inT, phonetic := false, false
	return b.walk("xl/sharedStrings.xml", func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "si":
				text.Reset()
			case "t":
				inT = true
			case "rPh":
				phonetic = true
			}
		case xml.CharData:
			if inT && !phonetic {
				text.Write(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "si":
				b.shared = append(b.shared, clean(unescape(text.String()))) // once: thousands of cells may name one text of megabytes
			case "t":
				inT = false
			case "rPh":
				phonetic = false
			}
		}
		return nil
	})
}

func (b *book) sheet(part string, s *Sheet, o Options) error {
	var (
		cells            []Cell
		row, col         int
		kind             string
		style            int
		value            strings.Builder
		inValue, inPhone bool
	)
	return b.walk(part, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "row":
				row++
				if n, err := strconv.Atoi(attr(e, "r")); err == nil && n >= row {
					row = n
				}
				cells, col = nil, -1
			case "c":
				col++
				if n := columnOf(attr(e, "r")); n >= 0 {
					col = n
				}
				kind = attr(e, "t")
				style, _ = strconv.Atoi(attr(e, "s"))
				value.Reset()
			case "v", "t":
				inValue = true
			case "rPh":
				inPhone = true
			}
		case xml.CharData:
			if inValue && !inPhone {
				value.Write(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "v", "t":
				inValue = false
			case "rPh":
				inPhone = false
			case "c":
				c, err := b.cell(kind, style, value.String())
				if err != nil {
					return err
				}
				if c.Empty() {
					return nil
				}
				if col >= MaxCols {
					return faults.Newf(faults.TooLarge, "Baris %d punya lebih dari %d kolom.", "Row %d has more than %d columns.", row, MaxCols)
				}
				for len(cells) <= col {
					cells = append(cells, Cell{})
				}
				cells[col] = c
			case "row":
				return s.add(row, cells, o)
			}
		}
		return nil
	})
}

func (b *book) cell(kind string, style int, v string) (Cell, error) {
	switch kind {
	case "s":
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n >= len(b.shared) {
			return Cell{}, errors.New("a cell names a text that is not there")
		}
		return Cell{Text: b.shared[n]}, nil
	case "str", "inlineStr", "e":
		return Cell{Text: clean(unescape(v))}, nil
	case "b":
		return Cell{Text: map[string]string{"1": "TRUE", "0": "FALSE"}[v]}, nil
	case "d": // ISO 8601
		day, _, _ := strings.Cut(v, "T")
		return Cell{Text: day, Date: true}, nil
	}
	if v == "" {
		return Cell{}, nil
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return Cell{}, errors.New("a cell says it is a number and is not")
	}
	if style >= 0 && style < len(b.dates) && b.dates[style] && f >= 1 && f < 2958466 { // up to 9999-12-31
		days := int(f)
		if days < 60 && b.epoch.Year() == 1899 {
			days++ // Excel believes in 29 February 1900
		}
		return Cell{Text: b.epoch.AddDate(0, 0, days).Format("2006-01-02"), Date: true}, nil
	}
	return Cell{Text: plain(f), Numeric: true}, nil
}

// plain writes a number with the 15 digits a spreadsheet keeps, without an exponent.
func plain(f float64) string {
	r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	if err != nil || math.Abs(r) >= 1e30 || r != 0 && math.Abs(r) < 1e-15 {
		return strconv.FormatFloat(f, 'g', 15, 64)
	}
	return strconv.FormatFloat(r, 'f', -1, 64)
}

// columnOf reads the letters of a reference such as "AB12", from 0; -1 when there are none.
func columnOf(ref string) int {
	n := 0
	for i := range len(ref) {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' || i > 3 {
			break
		}
		n = n*26 + int(c-'a') + 1
	}
	return n - 1
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescape turns _x000D_ back into the character Excel could not write in XML.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[2:6], 16, 32)
		if err != nil || n >= 0xD800 && n < 0xE000 {
			return e
		}
		return string(rune(n))
	})
}
