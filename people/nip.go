package people

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// NIP is the 18-digit number of a civil servant: the NIP of a PNS or the NI of a PPPK. It encodes birth date and sex, so it is personal data:
// never in a URL, a log line, an error text or a public page. Where it must be recognised, Masked is shown.
type NIP string

// IdentityKind tells the two numbers apart: digits 13-14 are a month in a NIP and a contract code in a NI, and the ranges do not overlap.
type IdentityKind string

// The kinds of identity.
const (
	KindNIP IdentityKind = "NIP" // PNS and CPNS: YYYYMMDD YYYYMM S NNN
	KindNI  IdentityKind = "NI"  // PPPK: YYYYMMDD YYYY KK S NNN
)

// NIPRules holds what an installation may change about reading a NIP. The zero value is the default.
type NIPRules struct {
	// PPPKCodes lists the accepted digits 13-14 of a NI PPPK ("21"); empty means 21 to 39 (21 full-time, 24 part-time are seen in use).
	PPPKCodes []string
}

func (r NIPRules) isPPPK(code int) bool {
	if len(r.PPPKCodes) > 0 {
		return slices.Contains(r.PPPKCodes, strconv.Itoa(code))
	}
	return code >= 21 && code <= 39
}

// Warning is something odd that does not make an input wrong.
type Warning = texts.Text

// Parse reads a NIP or NI as typed: spaces and dots are dropped, then there must be 18 digits that make sense on the day today
// (structure: Perka BKN 22/2007 for the NIP; for the NI the accepted codes are the installation's). There is no check digit.
// The error is Invalid on the field "nip" and never repeats the number. Warnings: an age today outside 18 to 66. Pure.
func (r NIPRules) Parse(s string, today civil.Date) (NIP, []Warning, error) {
	digits := strings.Map(func(c rune) rune {
		if c == ' ' || c == '.' || c == '\u00a0' || c == '\t' {
			return -1
		}
		return c
	}, s)
	if strings.Trim(digits, "0123456789") != "" {
		return "", nil, faults.OnField("nip", "NIP hanya boleh berisi angka.", "A NIP has digits only.")
	}
	if len(digits) != 18 {
		return "", nil, faults.OnField("nip", "NIP harus 18 angka, di sini ada "+strconv.Itoa(len(digits))+".", "A NIP has 18 digits, here are "+strconv.Itoa(len(digits))+".")
	}
	n := NIP(digits)
	born := n.Born()
	if !born.Valid() {
		return "", nil, faults.OnField("nip", "Angka 1-8 NIP (tanggal lahir) bukan tanggal yang benar.", "Digits 1-8 of the NIP (birth date) are no real date.")
	}
	code := n.number(12, 14)
	soon := today.AddMonths(3)
	switch {
	case code >= 1 && code <= 12:
		start := civil.Of(n.number(8, 12), time.Month(code), 1)
		if start > soon {
			return "", nil, faults.OnField("nip", "Angka 9-14 NIP (TMT CPNS) ada di masa depan.", "Digits 9-14 of the NIP (start of service) are in the future.")
		}
		if born.YearsUntil(start.AddMonths(1).AddDays(-1)) < 18 {
			return "", nil, faults.OnField("nip", "Menurut NIP, usia saat diangkat kurang dari 18 tahun. Periksa angka 1-14.", "By this NIP the person was under 18 at appointment. Check digits 1-14.")
		}
	case r.isPPPK(code):
		year := n.number(8, 12)
		if year > soon.Year() {
			return "", nil, faults.OnField("nip", "Angka 9-12 NI PPPK (tahun pengangkatan) ada di masa depan.", "Digits 9-12 of the NI (year of appointment) are in the future.")
		}
		if year-born.Year() < 20 { // the number names only the year
			return "", nil, faults.OnField("nip", "Menurut NI PPPK, usia saat diangkat kurang dari 20 tahun. Periksa angka 1-12.", "By this NI the person was under 20 at appointment. Check digits 1-12.")
		}
	default:
		return "", nil, faults.OnField("nip", "Angka 13-14 harus bulan 01-12 (PNS) atau kode kontrak PPPK (umumnya 21-39).", "Digits 13-14 must be a month 01-12 (PNS) or a PPPK contract code (usually 21-39).")
	}
	if s := digits[14]; s != '1' && s != '2' {
		return "", nil, faults.OnField("nip", "Angka ke-15 NIP harus 1 atau 2.", "Digit 15 of the NIP must be 1 or 2.")
	}
	if digits[15:] == "000" {
		return "", nil, faults.OnField("nip", "Tiga angka terakhir NIP (nomor urut) harus 001 sampai 999.", "The last three digits of the NIP (serial) must be 001 to 999.")
	}
	var warnings []Warning
	if age := born.YearsUntil(today); age < 18 || age > 66 {
		warnings = append(warnings, texts.T("Menurut NIP, usia hari ini di luar 18-66 tahun. Periksa tahun lahirnya.", "By this NIP the age today is outside 18 to 66. Check the birth year."))
	}
	return n, warnings, nil
}

func (n NIP) number(from, to int) int {
	if len(n) < to {
		return 0
	}
	v, _ := strconv.Atoi(string(n[from:to]))
	return v
}

// Kind says whether it is a NIP or a NI.
func (n NIP) Kind() IdentityKind {
	if c := n.number(12, 14); c >= 1 && c <= 12 {
		return KindNIP
	}
	return KindNI
}

// Born is the birth date the number encodes; not Valid when the digits are no date. For legal limits only, never for ranking.
func (n NIP) Born() civil.Date {
	if len(n) < 8 {
		return ""
	}
	return civil.Date(n[0:4] + "-" + n[4:6] + "-" + n[6:8])
}

// Since is the start of service the number encodes: the TMT CPNS of a NIP, 1 January of the appointment year of a NI.
func (n NIP) Since() civil.Date {
	if n.Kind() == KindNIP {
		return civil.Of(n.number(8, 12), time.Month(n.number(12, 14)), 1)
	}
	return civil.Of(n.number(8, 12), 1, 1)
}

// Masked shows the last three digits only.
func (n NIP) Masked() string {
	if len(n) < 3 {
		return "•••"
	}
	return "•••" + string(n[len(n)-3:])
}

// lastThree gives the last three digits, which a public check may ask for beside a certificate number.
func (n NIP) lastThree() string {
	if len(n) < 3 {
		return ""
	}
	return string(n[len(n)-3:])
}

// Grouped writes the number the way people read it: 8 6 1 3 digits. For the person's own page and registers behind a login.
func (n NIP) Grouped() string {
	if len(n) != 18 {
		return string(n)
	}
	return string(n[:8] + " " + n[8:14] + " " + n[14:15] + " " + n[15:])
}

// LogValue keeps the number out of logs even when somebody logs it.
func (n NIP) LogValue() slog.Value { return slog.StringValue(n.Masked()) }
