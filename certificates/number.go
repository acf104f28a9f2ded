package certificates

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
)

// DefaultPattern numbers certificates when the settings name no pattern.
const DefaultPattern = "{seq:5}/APEL-{kursus}/BKPSDMD/{bulan_romawi}/{tahun}"

// Pattern is a checked number pattern. Its fields: {seq} or {seq:N} the running number of the year, padded to N digits; {kursus} the course
// code, without a beginning that already stands right before the field ("APEL-{kursus}" and APEL-103 give APEL-103); {badan} the issuer's short name; {unit} the unit's code;
// {bulan} 01..12; {bulan_romawi} I..XII; {tahun} four digits.
type Pattern struct{ parts []part }

type part struct {
	text  string // literal, when field is ""
	field string
	width int
}

var patternField = regexp.MustCompile(`\{([a-z_]+)(?::([0-9]{1,2}))?\}`)

// ParsePattern checks a number pattern. Invalid when it has an unknown field, lacks {seq} or {tahun} (numbers start again every year, so
// both are needed for a number to stand for one certificate), or could not be printed.
func ParsePattern(s string) (Pattern, error) {
	var p Pattern
	seen := map[string]bool{}
	rest := s
	for rest != "" {
		m := patternField.FindStringSubmatchIndex(rest)
		if m == nil {
			p.parts = append(p.parts, part{text: rest})
			break
		}
		if m[0] > 0 {
			p.parts = append(p.parts, part{text: rest[:m[0]]})
		}
		f := part{field: rest[m[2]:m[3]]}
		if m[4] >= 0 {
			f.width, _ = strconv.Atoi(rest[m[4]:m[5]])
		}
		switch f.field {
		case "seq", "kursus", "badan", "unit", "bulan", "bulan_romawi", "tahun":
		default:
			return p, patternFault(fmt.Sprintf("Bagian {%s} tidak dikenal.", f.field), fmt.Sprintf("{%s} is unknown.", f.field))
		}
		if f.width > 12 || f.width > 0 && f.field != "seq" {
			return p, patternFault("Lebar angka hanya untuk {seq}, paling banyak 12.", "Only {seq} takes a width, at most 12.")
		}
		seen[f.field] = true
		p.parts = append(p.parts, f)
		rest = rest[m[1]:]
	}
	if !seen["seq"] || !seen["tahun"] {
		return p, patternFault("Pola harus memuat {seq} dan {tahun}.", "The pattern needs {seq} and {tahun}.")
	}
	for _, x := range p.parts {
		if strings.ContainsAny(x.text, "{}") {
			return p, patternFault("Ada kurung kurawal yang tidak berpasangan.", "There is an unmatched brace.")
		}
		if err := Printable("number_pattern", x.text); err != nil {
			return p, err
		}
	}
	return p, nil
}

func patternFault(id, en string) error {
	return faults.OnField("number_pattern", "Pola nomor sertifikat belum benar. "+id+" Contoh: "+DefaultPattern, "The number pattern is not right. "+en+" Example: "+DefaultPattern)
}

// Format writes the number of the seq-th certificate of a year.
func (p Pattern) Format(seq int64, day civil.Date, course, body, unitCode string) string {
	var b strings.Builder
	for _, x := range p.parts {
		switch x.field {
		case "":
			b.WriteString(x.text)
		case "seq":
			fmt.Fprintf(&b, "%0*d", x.width, seq)
		case "kursus":
			b.WriteString(withoutRepeat(b.String(), course))
		case "badan":
			b.WriteString(body)
		case "unit":
			b.WriteString(unitCode)
		case "bulan":
			fmt.Fprintf(&b, "%02d", int(day.Month()))
		case "bulan_romawi":
			b.WriteString(roman[day.Month()])
		case "tahun":
			fmt.Fprintf(&b, "%04d", day.Year())
		}
	}
	return b.String()
}

// withoutRepeat cuts from code the longest beginning up to a hyphen that written already ends with.
func withoutRepeat(written, code string) string {
	for i := len(code) - 1; i > 0; i-- {
		if code[i-1] == '-' && strings.HasSuffix(written, code[:i]) {
			return code[i:]
		}
	}
	return code
}

var roman = [...]string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"}

// series names the counter a number is drawn from: one per calendar year in the installation's zone, for all courses and kinds together.
func series(day civil.Date) string { return fmt.Sprintf("%04d", day.Year()) }

// normalNumber is the form in which numbers are compared: capitals, without spaces.
func normalNumber(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), "")) }

// Scale is the predikat for each score from Least thousandths of a point up, best first.
type Scale []struct {
	Least    int
	Predikat string
}

// DefaultScale follows LAN's structural training: above 90 Sangat Memuaskan, above 80 Memuaskan, above 70 Cukup Memuaskan, above 60 Kurang
// Memuaskan, else Tidak Memuaskan.
var DefaultScale = Scale{{90_001, "Sangat Memuaskan"}, {80_001, "Memuaskan"}, {70_001, "Cukup Memuaskan"}, {60_001, "Kurang Memuaskan"}, {0, "Tidak Memuaskan"}}

// Predikat names the class of a score in thousandths of a point (0..100000).
func (s Scale) Predikat(score int) string {
	for _, x := range s {
		if score >= x.Least {
			return x.Predikat
		}
	}
	return ""
}

// FormatScore writes a score in thousandths of a point as people do in Indonesia: 87,5.
func FormatScore(score int) string {
	s := fmt.Sprintf("%d,%03d", score/1000, score%1000)
	s = strings.TrimRight(s, "0")
	return strings.TrimSuffix(s, ",")
}

// maskNIP keeps the last three digits.
func maskNIP(nip string) string {
	if len(nip) < 3 {
		return ""
	}
	return strings.Repeat("*", len(nip)-3) + nip[len(nip)-3:]
}
