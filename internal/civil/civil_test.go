package civil_test

import (
	"testing"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/texts"
)

func TestDayAtBothSidesOfMidnightInThreeZones(t *testing.T) {
	for _, c := range []struct{ zone, instant, day string }{
		{"Asia/Jakarta", "2026-12-31T16:59:59Z", "2026-12-31"},
		{"Asia/Jakarta", "2026-12-31T17:00:00Z", "2027-01-01"},
		{"Asia/Makassar", "2026-12-31T15:59:59Z", "2026-12-31"},
		{"Asia/Makassar", "2026-12-31T16:00:00Z", "2027-01-01"},
		{"Asia/Jayapura", "2026-12-31T14:59:59Z", "2026-12-31"},
		{"Asia/Jayapura", "2026-12-31T15:00:00Z", "2027-01-01"},
	} {
		z, err := civil.LoadZone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, _ := time.Parse(time.RFC3339, c.instant)
		if got := z.Day(at); string(got) != c.day {
			t.Errorf("%s at %s: %s, want %s", c.zone, c.instant, got, c.day)
		}
	}
	z := civil.Jakarta()
	if got := z.End("2026-12-31").Format(time.RFC3339); got != "2026-12-31T17:00:00Z" {
		t.Errorf("end of day %s", got)
	}
}

func TestArithmetic(t *testing.T) {
	if d := civil.Date("2024-01-31").AddMonths(1); d != "2024-02-29" {
		t.Error(d)
	}
	if d := civil.Date("2024-02-29").AddYears(1); d != "2025-02-28" {
		t.Error(d)
	}
	if n := civil.Date("1990-05-10").YearsUntil("2026-05-09"); n != 35 {
		t.Error(n)
	}
	if n := civil.Date("2026-01-01").DaysUntil("2026-03-01"); n != 59 {
		t.Error(n)
	}
	if _, err := civil.ParseDate("2026-02-30"); err == nil {
		t.Error("30 February was accepted")
	}
	if _, err := civil.LoadZone("Local"); err == nil {
		t.Error("Local was accepted")
	}
}

func TestDateInASentence(t *testing.T) {
	for _, c := range []struct {
		d      civil.Date
		id, en string
	}{{"2026-11-22", "22 November 2026", "22 November 2026"}, {"2026-08-05", "5 Agustus 2026", "5 August 2026"}, {"", "–", "–"}, {"2026-02-30", "–", "–"}} {
		if id, en := c.d.In(texts.ID), c.d.In(texts.EN); id != c.id || en != c.en {
			t.Errorf("%q: %q, %q", c.d, id, en)
		}
	}
}
