package courses_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// listed is what stands in a calendar: day, kind, and the name or how many.
func listed(t *testing.T, list []courses.CalendarEntry, err error) []string {
	t.Helper()
	must(t, err)
	var out []string
	for _, e := range list {
		line := string(e.Day) + " " + string(e.Kind)
		if e.Name != "" {
			line += " " + e.Name
		}
		out = append(out, line+strings.Repeat("*", e.Count))
	}
	return out
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// What stands in the calendars of a learner, a training admin, a unit admin and an invigilator: each theirs, in the installation's months.
func TestCalendars(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	w.taker("siti")
	w.people.put(courses.Learner{Person: "rudi", Name: "rudi", Active: true, Units: []string{"u-satpol", "u-city"}})
	assign := func(p, key, due string) {
		_, err := w.Assign(ctx, admin, courses.AssignInput{Key: key, Person: p, Course: "APEL-109", Reason: courses.ReasonGap, Because: text("Alasan " + p), Due: civil.Date(due)})
		must(t, err)
	}
	assign("ani", "k1", "2026-03-31")
	assign("siti", "k2", "2026-03-31")
	assign("rudi", "k3", "2026-03-31")
	assign("rudi", "k4", "2026-04-01")
	w.chain()
	k, err := w.OpenCohort(ctx, admin, courses.CohortInput{Course: "APEL-109", Name: "Gelombang A", From: "2026-02-10", Until: "2026-03-20", Quota: 5})
	must(t, err)
	_, err = w.AddMembers(ctx, admin, k.ID, []string{"budi"})
	must(t, err)
	w.chain()
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		must(t, err)
		return v
	}
	exam := func(name, opens, closes string, change func(*courses.ExamInput)) courses.ExamDoc {
		return w.exam(func(in *courses.ExamInput) {
			in.Name, in.Opens, in.Closes, in.Password = name, at(opens), at(closes), "Mawar Merah 7"
			if change != nil {
				change(in)
			}
		})
	}
	// 31 March 23.30 in Jambi is the last half hour of March there, though 16.30 UTC; an hour later it is April, though still March in UTC.
	exam("Malam", "2026-03-31T16:30:00Z", "2026-03-31T18:00:00Z", nil)
	exam("Subuh", "2026-03-31T18:30:00Z", "2026-03-31T20:00:00Z", nil) // all of it in March in UTC, and in April there
	exam("Satpol", "2026-03-10T02:00:00Z", "2026-03-10T04:00:00Z", func(in *courses.ExamInput) { in.Units = []string{"u-satpol"} })
	exam("Dukcapil", "2026-03-11T02:00:00Z", "2026-03-11T04:00:00Z", func(in *courses.ExamInput) { in.Units, in.Invigilators = []string{"u-dukcapil"}, []string{"uadm"} })
	exam("Angkatan", "2026-03-12T02:00:00Z", "2026-03-12T04:00:00Z", func(in *courses.ExamInput) { in.Cohorts = []string{k.ID} })
	gone := exam("Batal", "2026-03-13T02:00:00Z", "2026-03-13T04:00:00Z", nil)
	_, err = w.CancelExam(ctx, admin, gone.ID, "uji")
	must(t, err)

	own := func(a access.Actor, first, last string) []string {
		list, err := w.Calendar(ctx, a, civil.Date(first), civil.Date(last))
		return listed(t, list, err)
	}
	same(t, "ani in March", own(ani, "2026-03-01", "2026-03-31"), "2026-03-11 exam_opens Dukcapil", "2026-03-31 due", "2026-03-31 exam_opens Malam")
	same(t, "ani in April", own(ani, "2026-04-01", "2026-04-30"), "2026-04-01 exam_closes Malam", "2026-04-01 exam_opens Subuh")
	same(t, "ani in May", own(ani, "2026-05-01", "2026-05-31"))
	same(t, "budi, of the cohort", own(budi, "2026-03-01", "2026-03-31"), "2026-03-11 exam_opens Dukcapil", "2026-03-12 exam_opens Angkatan", "2026-03-20 cohort_ends Gelombang A", "2026-03-31 exam_opens Malam")
	same(t, "rudi", own(access.Actor{Person: "rudi"}, "2026-03-01", "2026-03-31"), "2026-03-10 exam_opens Satpol", "2026-03-31 due", "2026-03-31 exam_opens Malam")

	staff := func(a access.Actor, unit string) []string {
		list, err := w.StaffCalendar(ctx, a, unit, "2026-03-01", "2026-03-31")
		return listed(t, list, err)
	}
	same(t, "the city", staff(admin, ""), "2026-03-10 exam_opens Satpol", "2026-03-11 exam_opens Dukcapil", "2026-03-12 exam_opens Angkatan", "2026-03-20 cohort_ends Gelombang A", "2026-03-31 exam_opens Malam")
	same(t, "one unit", staff(admin, "u-satpol"), "2026-03-10 exam_opens Satpol", "2026-03-12 exam_opens Angkatan", "2026-03-20 cohort_ends Gelombang A", "2026-03-31 due*", "2026-03-31 exam_opens Malam")
	same(t, "the unit above", staff(admin, "u-city"), "2026-03-10 exam_opens Satpol", "2026-03-11 exam_opens Dukcapil", "2026-03-12 exam_opens Angkatan", "2026-03-20 cohort_ends Gelombang A", "2026-03-31 due***", "2026-03-31 exam_opens Malam")
	same(t, "a unit admin", staff(uadmin, ""), "2026-03-20 cohort_ends Gelombang A", "2026-03-31 due**")
	_, err = w.StaffCalendar(ctx, uadmin, "u-satpol", "2026-03-01", "2026-03-31")
	is(t, err, faults.NotFound)
	same(t, "an invigilator", staff(invig, ""), "2026-03-10 exam_opens Satpol", "2026-03-12 exam_opens Angkatan", "2026-03-20 cohort_ends Gelombang A", "2026-03-31 exam_opens Malam")
	_, err = w.StaffCalendar(ctx, ani, "", "2026-03-01", "2026-03-31")
	is(t, err, faults.NotFound)
	_, err = w.Calendar(ctx, ani, "2026-03-31", "2026-03-01")
	is(t, err, faults.Invalid)

	// The same thing keeps its id, and no entry names a person, a reason or a password.
	first, err := w.Calendar(ctx, ani, "2026-03-01", "2026-03-31")
	must(t, err)
	again, err := w.Calendar(ctx, ani, "2026-03-05", "2026-04-30")
	must(t, err)
	for i, e := range first {
		if again[i].ID != e.ID {
			t.Errorf("%s has another id: %s and %s", e.Kind, e.ID, again[i].ID)
		}
		for _, said := range []string{e.Text().In(texts.ID), e.Text().In(texts.EN), e.ID} {
			if strings.Contains(said, "ani") || strings.Contains(said, "Alasan") || strings.Contains(said, "Mawar") {
				t.Errorf("%q tells too much", said)
			}
		}
	}
}
