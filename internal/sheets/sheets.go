// Package sheets reads tables people send (CSV and XLSX) into rows that know where they stood in the file, and writes tables back.
//
// It knows nothing about what a column means. It does know what goes wrong with tables from offices: semicolons, Windows-1252, titles with
// underscores or spaces, dates typed three ways, and identifiers that Excel has turned into numbers.
package sheets

import (
	"bytes"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Limits of a table; the same numbers stand in the limits table of the product.
const (
	MaxRows  = storage.MaxRows // rows with content, the header not counted
	MaxCols  = 500             // columns
	MaxBytes = 50 << 20        // bytes of the file, and of an XLSX when unpacked
	MaxCell  = 32_767          // bytes of one cell, Excel's own limit in characters
)

// Options say what to read.
type Options struct {
	Sheet   string // XLSX: name of the sheet, without regard to case; the first visible one when empty
	MaxRows int    // 0 means MaxRows
}

// Sheet is one table as read. It is not changed after Read, so it may be read from several goroutines.
type Sheet struct {
	Name      string   // of the XLSX sheet; empty for CSV
	Format    string   // "csv" or "xlsx"
	Encoding  string   // CSV: "utf-8", "utf-16", "windows-1252"
	Separator rune     // CSV: what stood between cells
	HeaderRow int      // number of the header's row in the file
	Header    []string // as written, trimmed
	Rows      []Row    // rows with at least one cell that is not empty, in the order of the file
	columns   map[string]int
	twice     map[string]bool
}

// Row is one row.
type Row struct {
	N     int    // row number as a spreadsheet program shows it, from 1
	Cells []Cell // may be shorter than the header; use Sheet.Cell
}

// Cell is one value.
type Cell struct {
	Text    string // trimmed; a number in plain decimals, a date as YYYY-MM-DD
	Numeric bool   // XLSX: stored as a number, so of at most 15 digits; see IdentifierCell
	Date    bool   // XLSX: a number shown as a date, already converted
}

// Empty says whether there is nothing in the cell.
func (c Cell) Empty() bool { return c.Text == "" }

// Read reads a table. What it is follows from its content, not its name; name is for messages. The first row with content is the header.
//
// Faults: TooLarge over the limits above; Invalid for anything that is no table (with what to do), with one field per place where text is broken.
// Nothing is read partly: either the whole table or a fault.
func Read(name string, r io.Reader, o Options) (*Sheet, error) {
	if o.MaxRows <= 0 || o.MaxRows > MaxRows {
		o.MaxRows = MaxRows
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, faults.Wrap(err, faults.Invalid, "Berkas tidak dapat dibaca sampai selesai. Kirim ulang.", "The file could not be read to its end. Send it again.")
	}
	switch {
	case len(data) > MaxBytes:
		return nil, faults.New(faults.TooLarge, "Berkas lebih dari 50 MB. Bagi menjadi beberapa berkas.", "The file is larger than 50 MB. Split it.")
	case len(bytes.TrimSpace(data)) == 0:
		return nil, faults.Newf(faults.Invalid, "Berkas %q kosong.", "The file %q is empty.", name)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readXLSX(data, o)
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return nil, faults.New(faults.Invalid, "Berkas ini Excel lama (.xls) atau diberi kata sandi. Buka di Excel, hapus kata sandinya, lalu Simpan Sebagai .xlsx atau CSV UTF-8.",
			"This is an old Excel file (.xls) or protected by a password. Open it in Excel, remove the password and save it as .xlsx or CSV UTF-8.")
	case bytes.HasPrefix(data, []byte("%PDF")):
		return nil, faults.New(faults.Invalid, "Berkas ini PDF. Kirim tabelnya sebagai .xlsx atau CSV.", "This is a PDF. Send the table as .xlsx or CSV.")
	}
	return readCSV(data, o)
}

// Fold is how header names are compared: case, accents, spaces, underscores, dots and dashes do not count.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.IsSpace(r) || strings.ContainsRune("_-./\u200b\ufeff", r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}

// Column finds a column by any of its names, the first name that is there; -1 when none is.
func (s *Sheet) Column(names ...string) int {
	for _, n := range names {
		if i, ok := s.columns[Fold(n)]; ok {
			return i
		}
	}
	return -1
}

// Cell is the cell of a row in the column of one of these names; an empty cell when the column or the cell is not there.
func (s *Sheet) Cell(row Row, names ...string) Cell { return row.At(s.Column(names...)) }

// Text is the text of Cell.
func (s *Sheet) Text(row Row, names ...string) string { return s.Cell(row, names...).Text }

// At is the n-th cell, an empty one outside the row.
func (r Row) At(n int) Cell {
	if n < 0 || n >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[n]
}

// Need refuses a table that lacks one of these columns or has one of them twice; the fault lists all of them and says which row was taken for the header.
func (s *Sheet) Need(columns ...string) error {
	var missing, twice []string
	for _, c := range columns {
		if s.Column(c) < 0 {
			missing = append(missing, c)
		} else if s.twice[Fold(c)] {
			twice = append(twice, c)
		}
	}
	if len(missing)+len(twice) == 0 {
		return nil
	}
	e := faults.Newf(faults.Invalid, "Judul kolom di baris %d belum lengkap.", "The header in row %d is not complete.", s.HeaderRow)
	for _, c := range missing {
		e.With("header."+c, "Kolom "+c+" tidak ada. Tambahkan kolom dengan judul ini.", "Column "+c+" is missing. Add a column with this title.")
	}
	for _, c := range twice {
		e.With("header."+c, "Kolom "+c+" ada dua kali. Hapus salah satunya.", "Column "+c+" is there twice. Remove one.")
	}
	return e
}

// Unknown lists the header's columns that are not among these names, in the order of the file; empty titles are left out.
func (s *Sheet) Unknown(columns ...string) []string {
	known := map[string]bool{}
	for _, c := range columns {
		known[Fold(c)] = true
	}
	var out []string
	for _, h := range s.Header {
		if h != "" && !known[Fold(h)] {
			out = append(out, h)
		}
	}
	return out
}

// add takes the next row of the file: the first with content becomes the header.
func (s *Sheet) add(n int, cells []Cell, o Options) error {
	for len(cells) > 0 && cells[len(cells)-1].Empty() {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil
	}
	if len(cells) > MaxCols {
		return faults.Newf(faults.TooLarge, "Baris %d punya lebih dari %d kolom.", "Row %d has more than %d columns.", n, MaxCols)
	}
	for i, c := range cells {
		if len(c.Text) > MaxCell {
			return faults.Newf(faults.TooLarge, "Baris %d kolom %s: isi sel terlalu panjang.", "Row %d column %s: the cell is too long.", n, Letter(i))
		}
	}
	if s.columns == nil {
		s.columns, s.twice = map[string]int{}, map[string]bool{}
		s.HeaderRow = n
		for i, c := range cells {
			s.Header = append(s.Header, c.Text)
			f := Fold(c.Text)
			if _, ok := s.columns[f]; ok {
				s.twice[f] = true
			} else if f != "" {
				s.columns[f] = i
			}
		}
		return nil
	}
	if len(s.Rows) >= o.MaxRows {
		return faults.New(faults.TooLarge, "Berkas lebih dari "+texts.Grouped(int64(o.MaxRows), texts.ID)+" baris. Bagi menjadi beberapa berkas.", "The file has more than "+texts.Grouped(int64(o.MaxRows), texts.EN)+" rows. Split it into several files.")
	}
	s.Rows = append(s.Rows, Row{N: n, Cells: cells})
	return nil
}

// Letter is the name a spreadsheet program gives the n-th column (from 0): A, B, ... Z, AA.
func Letter(n int) string {
	s := ""
	for n++; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// clean trims a cell's text, including no-break spaces, and takes off the apostrophe that protects a formula (see Protect).
func clean(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' })
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@", rune(s[1])) {
		s = s[1:]
	}
	return s
}
