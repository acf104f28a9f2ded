package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/icalendar"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/overviews"
)

// CalendarEntry is one thing on one day. It names no person.
type CalendarEntry struct {
	ID     string     `json:"id" doc:"The same whenever it is asked for; the opening and the closing of one exam share it"`
	Kind   string     `json:"kind" enum:"due,cohort_starts,cohort_ends,exam_opens,exam_closes,certificate_ends"`
	Day    string     `json:"day" doc:"In the installation's zone"`
	Opens  *time.Time `json:"opens,omitempty" doc:"Of an exam"`
	Closes *time.Time `json:"closes,omitempty"`
	Course string     `json:"course"`
	Title  texts.Text `json:"title" doc:"Of the course"`
	Name   string     `json:"name,omitempty" doc:"Of the cohort or exam"`
	Thing  string     `json:"thing,omitempty" doc:"Id of the assignment, cohort, exam or certificate; missing for due dates of several people"`
	Count  int        `json:"count,omitempty" doc:"Assignments due, in a calendar of staff"`
	Done   bool       `json:"done" doc:"The assignment is answered"`
}

func showCalendarEntry(e courses.CalendarEntry) CalendarEntry {
	return CalendarEntry{ID: e.ID, Kind: string(e.Kind), Day: string(e.Day), Opens: instant(e.Opens), Closes: instant(e.Closes), Course: e.Course, Title: e.Title, Name: e.Name, Thing: e.Thing, Count: e.Count, Done: e.Done}
}

// MonthInput is which month of a calendar is wanted.
type MonthInput struct {
	Month string `query:"month" maxLength:"7" doc:"YYYY-MM in the installation's zone; missing: the present one"`
}

var monthParam = &huma.Param{Name: "month", In: "query", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(7)}, Description: "YYYY-MM in the installation's zone; missing: the present one"}

func (s *server) calendars(r *gin.Engine) {
	own := func(ctx context.Context, month, _ string) ([]courses.CalendarEntry, error) {
		first, last, err := s.month(month)
		if err != nil {
			return nil, err
		}
		return overviews.Rooms{Courses: s.Courses, Certificates: s.Certificates}.Calendar(ctx, visit.Actor(ctx), first, last)
	}
	staff := func(ctx context.Context, month, unit string) ([]courses.CalendarEntry, error) {
		first, last, err := s.month(month)
		if err != nil {
			return nil, err
		}
		return s.Courses.StaffCalendar(ctx, visit.Actor(ctx), unit, first, last)
	}
	name := func(e courses.CalendarEntry) string { return string(e.Kind) + e.ID }
	handle(s, operation{Method: http.MethodGet, Path: "/calendar", ID: "getCalendar", Tag: "calendar", Summary: "One's own due dates, cohorts, exams and ends of certificates in a month, by day"},
		func(ctx context.Context, in *struct {
			MonthInput
			PageInput
		}) (*body[ListOf[CalendarEntry]], error) {
			found, err := own(ctx, in.Month, "")
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, found, name, showCalendarEntry)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/staff-calendar", ID: "getStaffCalendar", Tag: "calendar",
		Summary: "For whoever looks after others: open due dates by day and course, cohorts, and the exams they may see, in a month. Due dates of the whole city need a unit"},
		func(ctx context.Context, in *struct {
			MonthInput
			PageInput
			Unit string `query:"unit" maxLength:"60" doc:"Id or code: that unit and those below"`
		}) (*body[ListOf[CalendarEntry]], error) {
			found, err := staff(ctx, in.Month, in.Unit)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, found, name, showCalendarEntry)
		})
	send := func(get func(ctx context.Context, month, unit string) ([]courses.CalendarEntry, error)) gin.HandlerFunc {
		return func(c *gin.Context) {
			ctx := c.Request.Context()
			found, err := get(ctx, c.Query("month"), c.Query("unit"))
			if err != nil {
				s.fail(c, err)
				return
			}
			file(c, "apel.ics", icalendar.Media, overviews.CalendarFile(found, visit.From(ctx).Lang, s.Now()))
		}
	}
	download(s, r, operation{Path: "/calendar/file", ID: "downloadCalendar", Tag: "calendar", Summary: "One's own month as an iCalendar file, in the language of Accept-Language", Asks: []*huma.Param{monthParam}}, "text/calendar", send(own))
	download(s, r, operation{Path: "/staff-calendar/file", ID: "downloadStaffCalendar", Tag: "calendar", Summary: "The month of staff as an iCalendar file, in the language of Accept-Language",
		Asks: []*huma.Param{monthParam, {Name: "unit", In: "query", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(60)}, Description: "Id or code: that unit and those below"}}}, "text/calendar", send(staff))
}

func (s *server) month(text string) (first, last civil.Date, err error) {
	return overviews.Month(text, s.Settings.Zone().Day(s.Now()))
}
