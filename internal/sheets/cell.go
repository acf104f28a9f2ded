package sheets

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
)

var (
	scientific = regexp.MustCompile(`^[0-9][.,]?[0-9]*[eE][+]?[0-9]+$`)
	rounded    = regexp.MustCompile(`^[0-9]{15}000+$`)
	spacing    = regexp.MustCompile(`[\s\x{00a0}]+`)
)

// IdentifierCell is the text of a cell in a column of long numbers (NIP, NI). A number cell is refused: Excel keeps 15 digits, so the last ones have become
// zeros and nobody can know what they were. The traces of the same loss in a CSV (1,97E+17, or 18 digits that end in 000) are refused as well.
// Spaces inside and a leading apostrophe are dropped. An empty cell is an empty text. The fault is Invalid and repeats no digit of the identifier.
func IdentifierCell(c Cell) (string, error) {
	if c.Empty() {
		return "", nil
	}
	t := strings.TrimPrefix(spacing.ReplaceAllString(c.Text, ""), "'")
	if c.Numeric || c.Date || scientific.MatchString(t) || rounded.MatchString(t) {
		return "", faults.New(faults.Invalid,
			"Kolom ini tersimpan sebagai angka. Excel hanya menyimpan 15 digit, jadi digit terakhir NIP sudah berubah menjadi nol. Ubah format kolom menjadi Teks (Text), lalu tempel ulang nomornya dari sumber asal.",
			"This column was stored as numbers. Excel keeps only 15 digits, so the last digits of the NIP have become zeros. Format the column as Text and paste the numbers again from their source.")
	}
	return t, nil
}

var written = regexp.MustCompile(`^(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})$`)

// Date reads a day written d/m/yyyy, dd-mm-yyyy, dd.mm.yyyy or yyyy-mm-dd (a time of day after a space or T is dropped), or a date cell of Excel.
// An empty cell is the empty date. Anything else, and days that do not exist, are Invalid. The order is always day, month, year: 3/4/2026 is 3 April.
func Date(c Cell) (civil.Date, error) {
	if c.Empty() {
		return "", nil
	}
	day, _, _ := strings.Cut(strings.Replace(c.Text, "T", " ", 1), " ")
	if m := written.FindStringSubmatch(day); m != nil && !c.Numeric {
		y, mo, d := m[3], m[2], m[1]
		if len(m[1]) == 4 {
			y, d = m[1], m[3]
		}
		if len(y) == 4 && len(d) <= 2 {
			if out, err := civil.ParseDate(y + "-" + pad(mo) + "-" + pad(d)); err == nil {
				return out, nil
			}
		}
	}
	return "", faults.New(faults.Invalid, "Tanggal tidak terbaca. Tulis hari/bulan/tahun, misalnya 31/3/2026, atau 2026-03-31.", "The date cannot be read. Write day/month/year, such as 31/3/2026, or 2026-03-31.")
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// Int reads a whole number; thousands points are accepted. An empty cell is 0. Anything else is Invalid.
func Int(c Cell) (int, error) {
	if c.Empty() {
		return 0, nil
	}
	t := c.Text
	if !c.Numeric && thousands.MatchString(t) {
		t = strings.ReplaceAll(t, ".", "")
	}
	n, err := strconv.Atoi(t)
	if err != nil {
		return 0, faults.New(faults.Invalid, "Isi dengan bilangan bulat, misalnya 12.", "Write a whole number, such as 12.")
	}
	return n, nil
}

var thousands = regexp.MustCompile(`^-?\d{1,3}(\.\d{3})+$`)
