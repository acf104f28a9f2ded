package overviews

import (
	"context"
	"slices"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/icalendar"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Month reads YYYY-MM, "" as the month of today, and answers its first and last day. Years are 2000 to 2100. Errors: Invalid.
func Month(text string, today civil.Date) (first, last civil.Date, err error) {
	first = civil.Date(text + "-01")
	if text == "" && today.Valid() {
		first = civil.Of(today.Year(), today.Month(), 1)
	}
	if !first.Valid() || first.Year() < 2000 || first.Year() > 2100 {
		return "", "", faults.OnField("month", "Bulan harus ditulis TTTT-BB antara 2000-01 dan 2100-12, misalnya 2026-11.", "A month is YYYY-MM from 2000-01 to 2100-12, for example 2026-11.")
	}
	return first, first.AddMonths(1).AddDays(-1), nil
}

// Calendar is the actor's own: due dates, cohorts and exams, and until when certificates are valid, of the days from first to last. It needs Courses and Certificates.
func (r Rooms) Calendar(ctx context.Context, a access.Actor, first, last civil.Date) ([]courses.CalendarEntry, error) {
	list, err := r.Courses.Calendar(ctx, a, first, last)
	if err != nil {
		return nil, err
	}
	var after storage.Cursor
	for {
		held, err := r.Certificates.Of(ctx, a, a.Person, after)
		if err != nil {
			return nil, err
		}
		for _, v := range held.Views {
			if day := v.Record.ValidUntil; v.State == certificates.Issued && day >= first && day <= last {
				list = append(list, courses.CertificateEntry(string(v.ID), day, v.Record.Course, texts.T(v.Record.Title, v.Record.Title)))
			}
		}
		if after = held.Next; !held.More {
			break
		}
	}
	slices.SortFunc(list, courses.CompareEntries)
	return list, nil
}

// CalendarFile is a calendar as an iCalendar file in a language. An exam is one event from its opening to its closing, everything else lasts its day.
func CalendarFile(list []courses.CalendarEntry, lang texts.Lang, made time.Time) []byte {
	var events []icalendar.Event
	seen := map[string]bool{}
	for _, e := range list {
		if seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		v := icalendar.Event{UID: e.ID + "@apel", Day: e.Day, Summary: e.Text().In(lang), Text: e.Course}
		if !e.Opens.IsZero() {
			v.Day, v.From, v.Until = "", e.Opens, e.Closes
			v.Summary = texts.T("Ujian "+e.Name+": "+e.Title.In(texts.ID), "Exam "+e.Name+": "+e.Title.In(texts.EN)).In(lang)
		}
		events = append(events, v)
	}
	return icalendar.Write("APEL", made, events)
}
