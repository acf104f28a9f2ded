package sheets

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/apelkota/apel/internal/civil"
)

// Table is a table to be written. Cells are string, civil.Date, int, int64, float64, bool or nil.
type Table struct {
	Name   string // of the sheet; "Lembar1" when empty
	Header []string
	Rows   func(yield func([]any) bool) // an iterator, so that a long export is never held whole; nil is no rows
}

// Each makes the Rows of a table that is already in memory.
func Each(rows [][]any) func(yield func([]any) bool) {
	return func(yield func([]any) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
}

var number = regexp.MustCompile(`^[+-]?\d{1,15}([.,]\d+)?$`)

// Protect disarms text that a spreadsheet program would run as a formula: one that starts with = + - @ or a control character gets an apostrophe in
// front. Plain numbers ("-5") are left. Read takes the apostrophe off again.
func Protect(s string) string {
	t := strings.TrimLeft(s, " \u00a0")
	if t == "" || !strings.ContainsRune("=+-@\t\r\n\u3000\uFF1D\uFF0B\uFF0D\uFF20", []rune(t)[0]) || number.MatchString(s) {
		return s
	}
	return "'" + s
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return Protect(v)
	case civil.Date:
		return string(v)
	}
	return fmt.Sprint(v)
}

// WriteCSV writes UTF-8 with a byte order mark (without it Excel shows broken letters) and semicolons, which Excel with Indonesian settings opens into columns.
func WriteCSV(w io.Writer, t Table) error {
	b := bufio.NewWriter(w)
	b.WriteString("\uFEFF")
	line := func(cells []any) {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(';')
			}
			s := text(c)
			if strings.ContainsAny(s, "\";\r\n,\t") || s != strings.TrimSpace(s) {
				s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
			}
			b.WriteString(s)
		}
		b.WriteString("\r\n")
	}
	line(titles(t))
	if t.Rows != nil {
		for r := range t.Rows {
			line(r)
		}
	}
	return b.Flush()
}

func titles(t Table) []any {
	out := make([]any, len(t.Header))
	for i, h := range t.Header {
		out[i] = h
	}
	return out
}

// WriteXLSX writes one sheet per table. Text cells carry the Text format, so that a NIP stays whole when somebody edits the file; the header is bold and frozen.
func WriteXLSX(w io.Writer, tables ...Table) error {
	f := excelize.NewFile()
	defer f.Close()
	asText, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49})
	if err != nil {
		return err
	}
	for i, t := range tables {
		name := t.Name
		if name == "" {
			name = fmt.Sprintf("Lembar%d", i+1)
		}
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return fmt.Errorf("name sheet %q: %w", name, err)
		}
		sw, err := f.NewStreamWriter(name)
		if err != nil {
			return err
		}
		if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
			return err
		}
		line := 0
		put := func(cells []any, style int) error {
			line++
			row := make([]any, len(cells))
			for i, c := range cells {
				switch c.(type) {
				case int, int64, float64, bool, nil:
					row[i] = c
				default:
					row[i] = excelize.Cell{StyleID: style, Value: text(c)}
				}
			}
			return sw.SetRow(fmt.Sprintf("A%d", line), row)
		}
		if err := put(titles(t), bold); err != nil {
			return err
		}
		if t.Rows != nil {
			for r := range t.Rows {
				if err := put(r, asText); err != nil {
					return err
				}
			}
		}
		if err := sw.Flush(); err != nil {
			return err
		}
	}
	return f.Write(w)
}
