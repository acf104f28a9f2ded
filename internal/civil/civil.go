// Package civil has calendar dates as people write them in law and on certificates: a day in the installation's zone, no time of day.
//
// An instant is UTC; the day it falls on depends on the zone (23:30 UTC on 31 December is already the next year in Jambi).
// Everything that counts by day (number year, JP year, expiry, exam window) goes through Zone.Day.
package civil

import (
	"fmt"
	"time"
	_ "time/tzdata" // the binary must know zones on a machine without zone files

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Date is a calendar day, stored and compared as YYYY-MM-DD. The empty Date means "none" (no end).
type Date string

// ParseDate reads YYYY-MM-DD and refuses days that do not exist (30 February).
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse("2006-01-02", s); err != nil {
		return "", faults.Wrap(err, faults.Invalid, "Tanggal harus TTTT-BB-HH dan benar ada, misalnya 2026-03-31.", "A date is YYYY-MM-DD and must exist, for example 2026-03-31.")
	}
	return Date(s), nil
}

// Of makes a date from numbers; it normalises like time.Date.
func Of(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Format("2006-01-02"))
}

func (d Date) time() time.Time {
	t, err := time.Parse("2006-01-02", string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Valid says whether d is a real day.
func (d Date) Valid() bool { _, err := time.Parse("2006-01-02", string(d)); return err == nil }

// Year, Month and Day are the parts of the date; zero for the empty date.
func (d Date) Year() int         { return d.time().Year() }
func (d Date) Month() time.Month { return d.time().Month() }
func (d Date) Day() int          { return d.time().Day() }

// In writes the date for a sentence, "22 November 2026"; "–" when there is none. The form YYYY-MM-DD is for files and machines.
func (d Date) In(l texts.Lang) string {
	switch {
	case !d.Valid():
		return "–"
	case l == texts.EN:
		return fmt.Sprintf("%d %s %d", d.Day(), d.Month(), d.Year())
	}
	return fmt.Sprintf("%d %s %d", d.Day(), monthsID[d.Month()], d.Year())
}

var monthsID = [...]string{"", "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}

// AddDays moves by days.
func (d Date) AddDays(n int) Date { return Date(d.time().AddDate(0, 0, n).Format("2006-01-02")) }

// AddMonths moves by calendar months and stays within the target month: 31 January + 1 month is the last day of February.
func (d Date) AddMonths(n int) Date {
	t := d.time()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Of(first.Year(), first.Month(), min(t.Day(), last))
}

// AddYears moves by years; 29 February becomes 28 February in a common year.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// DaysUntil counts the days from d to other; negative when other is earlier.
func (d Date) DaysUntil(other Date) int { return int(other.time().Sub(d.time()).Hours() / 24) }

// YearsUntil counts completed years from d to other (an age).
func (d Date) YearsUntil(other Date) int {
	a, b := d.time(), other.time()
	n := b.Year() - a.Year()
	if b.Month() < a.Month() || b.Month() == a.Month() && b.Day() < a.Day() {
		n--
	}
	return n
}

// Zone is the calendar of an installation.
type Zone struct{ loc *time.Location }

// LoadZone reads an IANA zone name such as Asia/Jakarta; an unknown one is Invalid.
func LoadZone(name string) (Zone, error) {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return Zone{}, faults.Wrap(fmt.Errorf("zone %q: %w", name, err), faults.Invalid, "Zona waktu tidak dikenal. Contoh: Asia/Jakarta.", "Unknown time zone. Example: Asia/Jakarta.")
	}
	return Zone{loc}, nil
}

// Jakarta is the default zone (WIB).
func Jakarta() Zone {
	z, err := LoadZone("Asia/Jakarta")
	if err != nil {
		panic("embedded zone data is missing Asia/Jakarta")
	}
	return z
}

// Location is for formatting instants. The zero Zone is UTC.
func (z Zone) Location() *time.Location {
	if z.loc == nil {
		return time.UTC
	}
	return z.loc
}

// Name is the IANA name.
func (z Zone) Name() string { return z.Location().String() }

// Day is the calendar day on which an instant falls.
func (z Zone) Day(t time.Time) Date { return Date(t.In(z.Location()).Format("2006-01-02")) }

// Start is the first instant of a day.
func (z Zone) Start(d Date) time.Time {
	t := d.time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, z.Location()).UTC()
}

// End is the first instant after a day: something valid until d is valid before End(d).
func (z Zone) End(d Date) time.Time { return z.Start(d.AddDays(1)) }
