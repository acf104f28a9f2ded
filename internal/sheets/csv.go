package sheets

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/apelkota/apel/internal/faults"
)

// readCSV reads comma, semicolon, tab or bar separated text. Row numbers count records and empty lines, as a spreadsheet program would show them.
func readCSV(data []byte, o Options) (*Sheet, error) {
	s := &Sheet{Format: "csv", Encoding: "utf-8"}
	bom := bytes.HasPrefix(data, []byte("\xEF\xBB\xBF"))
	switch {
	case bom:
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("\xFE\xFF")):
		utf, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, faults.Wrap(err, faults.Invalid, "Teks berkas ini rusak. Simpan ulang sebagai CSV UTF-8.", "The text of this file is broken. Save it again as CSV UTF-8.")
		}
		data, s.Encoding = utf, "utf-16"
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, faults.New(faults.Invalid, "Berkas ini bukan tabel. Kirim .xlsx atau CSV.", "This file is no table. Send .xlsx or CSV.")
	}
	decode := func(b []byte) (string, bool) { return string(b), utf8.Valid(b) }
	if !bom && !utf8.Valid(data) && !anyMultibyte(data) {
		// Not one character beyond ASCII is UTF-8: an old Excel saved it.
		s.Encoding = "windows-1252"
		decode = windows1252
	}

	row := 1
	if first, rest, ok := bytes.Cut(data, []byte("\n")); ok && len(bytes.TrimSpace(first)) == 5 && bytes.HasPrefix(bytes.ToLower(first), []byte("sep=")) {
		s.Separator, data, row = rune(first[4]), rest, 2 // Excel's own hint
	} else {
		s.Separator = separator(data)
	}

	var broken RowErrors
	for len(data) > 0 {
		fields, rest, ok := record(data, byte(s.Separator))
		if !ok {
			return nil, faults.Newf(faults.Invalid, "Baris %d: tanda kutip dibuka tetapi tidak ditutup. Tutup dengan \" atau tulis \"\" untuk tanda kutip di dalam isi.",
				"Row %d: a quote is opened and never closed. Close it with \" or write \"\" for a quote inside.", row)
		}
		data = rest
		cells := make([]Cell, len(fields))
		for i, f := range fields {
			text, ok := decode(f)
			if !ok {
				broken.Add(row, columnName(s, i), "Ada huruf rusak (bukan UTF-8). Buka berkas asalnya, lalu Simpan Sebagai \"CSV UTF-8\".", "There is a broken character (not UTF-8). Open the original and save it as \"CSV UTF-8\".")
				continue
			}
			cells[i].Text = clean(text)
		}
		if err := s.add(row, cells, o); err != nil {
			return nil, err
		}
		row++
	}
	if err := broken.Err(); err != nil {
		return nil, err
	}
	if s.columns == nil {
		return nil, faults.New(faults.Invalid, "Berkas kosong.", "The file is empty.")
	}
	return s, nil
}

// columnName is the title of a column, or its letter while the header is not known or has none.
func columnName(s *Sheet, i int) string {
	if i < len(s.Header) && s.Header[i] != "" {
		return s.Header[i]
	}
	return Letter(i)
}

// record takes one record off data; false when a quote stays open. A quote inside an unquoted field is a letter, as spreadsheet programs read it.
func record(data []byte, sep byte) (fields [][]byte, rest []byte, ok bool) {
	for {
		var field []byte
		if len(data) > 0 && data[0] == '"' {
			data = data[1:]
			for {
				end := bytes.IndexByte(data, '"')
				if end < 0 {
					return nil, nil, false
				}
				field = append(field, data[:end]...)
				data = data[end+1:]
				if len(data) == 0 || data[0] != '"' {
					break
				}
				field = append(field, '"')
				data = data[1:]
			}
		}
		n := 0
		for n < len(data) && data[n] != sep && data[n] != '\n' && data[n] != '\r' {
			n++
		}
		fields = append(fields, append(field, data[:n]...))
		data = data[n:]
		if len(data) == 0 {
			return fields, nil, true
		}
		end := data[0]
		data = data[1:]
		if end == sep {
			continue
		}
		if end == '\r' && len(data) > 0 && data[0] == '\n' {
			data = data[1:]
		}
		return fields, data, true
	}
}

// separator picks what stands most often outside quotes in the first line with content; a comma when nothing does.
func separator(data []byte) rune {
	count := map[byte]int{}
	quoted, content := false, false
	for _, b := range data {
		if b == '"' {
			quoted = !quoted
		}
		if !quoted && b == '\n' && content {
			break
		}
		content = content || b > ' '
		if !quoted {
			count[b]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t', '|'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return rune(best)
}

// anyMultibyte says whether some character beyond ASCII is well-formed UTF-8: then the file means to be UTF-8 and what is not is broken.
func anyMultibyte(data []byte) bool {
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if n > 1 && r != utf8.RuneError {
			return true
		}
		data = data[n:]
	}
	return false
}

// implausible are bytes that Windows-1252 has but no text of an Indonesian office does; they are far more often the remains of broken UTF-8.
const implausible = "\x81\x8D\x8F\x90\x9D\xC2\xC3\xD0\xDE\xF0\xFE\xFF"

func windows1252(b []byte) (string, bool) {
	var out strings.Builder
	for _, c := range b {
		if c >= 0x80 && strings.IndexByte(implausible, c) >= 0 {
			return "", false
		}
		out.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return out.String(), true
}
