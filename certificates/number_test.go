package certificates

import (
	"errors"
	"testing"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
)

func TestNumberPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern string
		seq     int64
		day     civil.Date
		course  string
		want    string
	}{
		{DefaultPattern, 7, "2026-11-22", "APEL-103", "00007/APEL-103/BKPSDMD/XI/2026"},
		{DefaultPattern, 7, "2026-11-22", "103", "00007/APEL-103/BKPSDMD/XI/2026"},
		{DefaultPattern, 123456, "2027-01-01", "APEL-APEL-1", "123456/APEL-APEL-1/BKPSDMD/I/2027"},
		{"{kursus}-{seq:3}/{badan}/{bulan}/{tahun}", 1, "2026-09-01", "APEL-103", "APEL-103-001/BKD/09/2026"},
		{"{seq}.{unit}.{tahun}", 42, "2026-12-31", "X", "42.DISDIK.2026"},
		{"{seq:4}/{bulan_romawi}/{tahun}", 9999, "2026-08-17", "X", "9999/VIII/2026"},
	} {
		p, err := ParsePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		body := "BKD"
		if c.pattern == DefaultPattern {
			body = "unused"
		}
		if got := p.Format(c.seq, c.day, c.course, body, "DISDIK"); got != c.want {
			t.Errorf("%s: %s, want %s", c.pattern, got, c.want)
		}
	}
	for _, bad := range []string{"", "{seq}", "{tahun}", "{seq}/{tahun}/{nip}", "{seq:99}/{tahun}", "{tahun:4}/{seq}", "{seq}/{tahun}/{", "{seq}/{tahun} 😀", "{SEQ}/{tahun}"} {
		if _, err := ParsePattern(bad); !errors.Is(err, faults.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestPredikatAtItsEdges(t *testing.T) {
	for score, want := range map[int]string{100_000: "Sangat Memuaskan", 90_010: "Sangat Memuaskan", 90_001: "Sangat Memuaskan", 90_000: "Memuaskan", 80_010: "Memuaskan",
		80_000: "Cukup Memuaskan", 70_010: "Cukup Memuaskan", 70_000: "Kurang Memuaskan", 60_010: "Kurang Memuaskan", 60_000: "Tidak Memuaskan", 0: "Tidak Memuaskan"} {
		if got := DefaultScale.Predikat(score); got != want {
			t.Errorf("%d: %s, want %s", score, got, want)
		}
	}
	for score, want := range map[int]string{100_000: "100", 87_500: "87,5", 66_667: "66,667", 0: "0", 80_050: "80,05"} {
		if got := FormatScore(score); got != want {
			t.Errorf("%d: %s, want %s", score, got, want)
		}
	}
}

func TestDateRanges(t *testing.T) {
	for _, c := range []struct {
		from, to civil.Date
		want     string
	}{
		{"", "2026-03-05", "5 Maret 2026"}, {"2026-03-05", "2026-03-05", "5 Maret 2026"}, {"2026-03-01", "2026-03-05", "1 – 5 Maret 2026"},
		{"2026-02-28", "2026-03-05", "28 Februari – 5 Maret 2026"}, {"2025-12-30", "2026-01-02", "30 Desember 2025 – 2 Januari 2026"},
	} {
		if got := dateRange(c.from, c.to); got != c.want {
			t.Errorf("%s..%s: %s, want %s", c.from, c.to, got, c.want)
		}
	}
}
