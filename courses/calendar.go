package courses

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// CalendarKind says what happens on a day.
type CalendarKind string

// The kinds of calendar entries.
const (
	CalendarDue      CalendarKind = "due"           // the last day of assignments
	CalendarStarts   CalendarKind = "cohort_starts" // first day
	CalendarEnds     CalendarKind = "cohort_ends"   // last day
	CalendarOpens    CalendarKind = "exam_opens"
	CalendarCloses   CalendarKind = "exam_closes"      // only where that is another day than the opening
	CalendarValidity CalendarKind = "certificate_ends" // last day of validity; the room of certificates knows, see overviews.Calendar
)

// CalendarEntry is one thing on one day. It names no person and holds no secret: a calendar is copied into programs that APEL does not know.
type CalendarEntry struct {
	ID     string // the same for the same thing whenever it is asked for
	Kind   CalendarKind
	Day    civil.Date // in the installation's zone
	Opens  time.Time  // of an exam
	Closes time.Time
	Course CourseID
	Title  texts.Text // of the course
	Name   string     // of the cohort or exam
	Thing  string     // id of the assignment, cohort, exam or certificate; "" for due dates of several
	Count  int        // assignments due, in a calendar of staff
	Done   bool       // the assignment is answered
	Own    EnrolmentID
}

// Text says the entry in a few words, for lists and calendars elsewhere.
func (e CalendarEntry) Text() texts.Text {
	name := texts.Text{ID: e.Title.In(texts.ID), EN: e.Title.In(texts.EN)}
	with := func(id, en string) texts.Text { return texts.T(id+": "+name.ID, en+": "+name.EN) }
	switch e.Kind {
	case CalendarDue:
		if e.Count > 0 {
			return with(fmt.Sprintf("Tenggat %d penugasan", e.Count), fmt.Sprintf("Due date of %d assignments", e.Count))
		}
		return with("Tenggat kursus", "Course due")
	case CalendarStarts:
		return with("Angkatan "+e.Name+" dimulai", "Cohort "+e.Name+" begins")
	case CalendarEnds:
		return with("Angkatan "+e.Name+" selesai", "Cohort "+e.Name+" ends")
	case CalendarOpens:
		return with("Ujian "+e.Name+" dibuka", "Exam "+e.Name+" opens")
	case CalendarCloses:
		return with("Ujian "+e.Name+" ditutup", "Exam "+e.Name+" closes")
	}
	return with("Sertifikat berlaku sampai hari ini", "Certificate is valid to this day")
}

// calendarID is stable and tells nothing of what it was made from.
func calendarID(of ...string) string {
	h := sha256.New()
	for _, part := range of {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// CertificateEntry is the end of a certificate's validity as a calendar shows it.
func CertificateEntry(id string, day civil.Date, course CourseID, title texts.Text) CalendarEntry {
	return CalendarEntry{ID: calendarID("certificate", id), Kind: CalendarValidity, Day: day, Course: course, Title: title, Thing: id}
}

// longestCalendar is the widest span asked for at once, in days.
const longestCalendar = 400

// agenda gathers entries of the days from one to another, both included.
type agenda struct {
	s           *Service
	first, last civil.Date
	opens, ends time.Time // the first instant, and the first after it
	entries     []CalendarEntry
	titles      map[CourseID]texts.Text
}

func (s *Service) agenda(first, last civil.Date) (*agenda, error) {
	if !first.Valid() || !last.Valid() || last < first || first.DaysUntil(last) > longestCalendar {
		return nil, faults.OnField("month", "Bulan harus ditulis TTTT-BB, misalnya 2026-11.", "A month is YYYY-MM, for example 2026-11.")
	}
	z := s.cfg.Zone()
	return &agenda{s: s, first: first, last: last, opens: z.Start(first), ends: z.End(last), titles: map[CourseID]texts.Text{}}, nil
}

// add puts an entry in if its day is asked for.
func (g *agenda) add(ctx context.Context, e CalendarEntry) error {
	if e.Day < g.first || e.Day > g.last {
		return nil
	}
	title, ok := g.titles[e.Course]
	if !ok {
		c, err := g.s.courses.Get(ctx, e.Course)
		if err != nil {
			return err
		}
		title = texts.T(e.Course, e.Course)
		if c.Value.Head != "" {
			v, err := g.s.version(ctx, c.Value.Head)
			if err != nil {
				return err
			}
			title = v.Content.Card.Title
		}
		g.titles[e.Course] = title
	}
	e.Title = title
	g.entries = append(g.entries, e)
	return nil
}

func (g *agenda) exam(ctx context.Context, d *storage.Doc[Exam], own EnrolmentID) error {
	zone, x := g.s.cfg.Zone(), &d.Value
	if !x.Cancelled.IsZero() {
		return nil
	}
	e := CalendarEntry{ID: calendarID("exam", d.ID), Kind: CalendarOpens, Day: zone.Day(x.Opens), Opens: x.Opens, Closes: x.end(), Course: x.Course, Name: x.Name, Thing: d.ID, Own: own}
	if err := g.add(ctx, e); err != nil {
		return err
	}
	if closes := zone.Day(e.Closes); closes != e.Day {
		e.Kind, e.Day = CalendarCloses, closes
		return g.add(ctx, e)
	}
	return nil
}

func (g *agenda) cohort(ctx context.Context, d *storage.Doc[Cohort], own EnrolmentID) error {
	x := &d.Value
	e := CalendarEntry{ID: calendarID("cohort", d.ID, "starts"), Kind: CalendarStarts, Day: x.From, Course: x.Course, Name: x.Name, Thing: d.ID, Own: own}
	if err := g.add(ctx, e); err != nil {
		return err
	}
	e.ID, e.Kind, e.Day = calendarID("cohort", d.ID, "ends"), CalendarEnds, x.Until
	return g.add(ctx, e)
}

// sorted answers the entries by day and time; a thing found twice stands once.
func (g *agenda) sorted() []CalendarEntry {
	slices.SortFunc(g.entries, CompareEntries)
	return slices.CompactFunc(g.entries, func(a, b CalendarEntry) bool { return a.ID == b.ID && a.Kind == b.Kind })
}

// CompareEntries orders entries by day; on a day what lasts all of it comes first, then by the clock.
func CompareEntries(a, b CalendarEntry) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), a.at().Compare(b.at()), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}

func (e CalendarEntry) at() time.Time {
	if e.Kind == CalendarCloses {
		return e.Closes
	}
	return e.Opens
}

// Calendar is the actor's own: due dates, cohorts and exams of the days from first to last, both included. It reads by owner and time only.
// Errors: Invalid when the span is no span or longer than longestCalendar days.
func (s *Service) Calendar(ctx context.Context, a access.Actor, first, last civil.Date) ([]CalendarEntry, error) {
	if _, err := s.may(ctx, a, "view", "assignment", "", a.Person); err != nil {
		return nil, err
	}
	g, err := s.agenda(first, last)
	if err != nil {
		return nil, err
	}
	due, err := s.assignments.Gather(ctx, storage.Query{Index: "person", Term: a.Person, From: string(first), To: string(last.AddDays(1))})
	if err != nil {
		return nil, err
	}
	for _, d := range due {
		if d.Value.State == Withdrawn {
			continue
		}
		if err := g.add(ctx, CalendarEntry{ID: calendarID("due", d.ID), Kind: CalendarDue, Day: d.Value.Due, Course: d.Value.Course, Thing: d.ID, Done: d.Value.State == Answered, Own: d.Value.Enrolment}); err != nil {
			return nil, err
		}
	}
	enrolments, err := s.enrolments.Gather(ctx, storage.Query{Index: "person", Term: a.Person, To: storage.OrderTime(g.ends)})
	if err != nil {
		return nil, err
	}
	for i := range enrolments {
		if err := g.enrolment(ctx, &enrolments[i]); err != nil {
			return nil, err
		}
	}
	return g.sorted(), nil
}

// enrolment adds what one's own enrolment brings: its cohort, and exams that are for this person while it is not completed.
func (g *agenda) enrolment(ctx context.Context, d *storage.Doc[Enrolment]) error {
	e := &d.Value
	if e.Cohort != "" {
		k, err := g.s.cohorts.Get(ctx, e.Cohort)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		if err == nil {
			if err := g.cohort(ctx, &k, d.ID); err != nil {
				return err
			}
		}
	}
	if e.Done != nil && e.Done.At.Before(g.opens) {
		return nil
	}
	q := storage.Query{Index: "whom", Term: e.Course, From: storage.OrderTime(maxTime(g.opens, e.Since)), To: storage.OrderTime(g.ends.Add(examLongest)), Limit: 1, Bare: true}
	if p, err := g.s.exams.Find(ctx, q); err != nil || len(p.Docs) == 0 { // most courses have none
		return err
	}
	q.Bare = false
	for _, q.Term = range audiences(e.Course, []string{e.Cohort}, e.Units) {
		exams, err := g.s.exams.Gather(ctx, q)
		if err != nil {
			return err
		}
		for i := range exams {
			x := &exams[i].Value
			if !x.covers(e) || e.Done != nil && e.Done.At.Before(x.Opens) {
				continue
			}
			if err := g.exam(ctx, &exams[i], d.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// StaffCalendar is for whoever looks after others: open due dates of the units in scope, counted by day and course, cohorts, and the exams that the actor may see. A unit
// narrows it to that unit and those below: exams for other units are left out, those for everybody or for a cohort stay, since a cohort has people of any unit. Who looks after the whole
// city and names no unit gets no due dates. It reads by unit and time only. Errors: NotFound for who looks after nobody and for a unit out of scope, Invalid as Calendar.
func (s *Service) StaffCalendar(ctx context.Context, a access.Actor, unit string, first, last civil.Date) ([]CalendarEntry, error) {
	scope := s.cfg.Policy.Scope(a, "view", "assignment")
	role, seesExams := s.cfg.Policy.May(a, "view", access.Thing{Kind: "exam"})
	if !scope.All && len(scope.Units) == 0 && seesExams != nil {
		if a.Anonymous() {
			return nil, faults.New(faults.Unauthenticated, "Silakan masuk lebih dahulu.", "Please log in first.")
		}
		return nil, faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	g, err := s.agenda(first, last)
	if err != nil {
		return nil, err
	}
	units := scope.Units
	var path []string
	if unit != "" {
		if unit, err = s.cfg.People.Unit(ctx, unit); err != nil {
			return nil, notFound(err, "Unit kerja ini tidak ada.", "This unit does not exist.")
		}
		if err := s.inScope(ctx, a, "view", "assignment", unit); err != nil {
			return nil, err
		}
		if path, err = s.cfg.People.UnitPath(ctx, unit); err != nil {
			return nil, err
		}
		units = []string{unit}
	}
	if err := g.dueOf(ctx, units); err != nil {
		return nil, err
	}
	for _, q := range []storage.Query{{Index: "course", Term: "all"}, {Index: "ends", Term: "all"}} {
		q.From, q.To = string(first), string(last.AddDays(1))
		cohorts, err := s.cohorts.Gather(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range cohorts {
			if err := g.cohort(ctx, &cohorts[i], ""); err != nil {
				return nil, err
			}
		}
	}
	if seesExams != nil {
		return g.sorted(), nil
	}
	q := storage.Query{Index: "opens", Term: "all", From: storage.OrderTime(g.opens.Add(-examLongest)), To: storage.OrderTime(g.ends)}
	if role == "invigilator" {
		q.Term = "by:" + a.Person
	}
	exams, err := s.exams.Gather(ctx, q)
	if err != nil {
		return nil, err
	}
	for i := range exams {
		concerns, err := s.concerns(ctx, &exams[i].Value, path)
		if err != nil {
			return nil, err
		}
		if !concerns {
			continue
		}
		if err := g.exam(ctx, &exams[i], ""); err != nil {
			return nil, err
		}
	}
	return g.sorted(), nil
}

// dueOf adds the open due dates of units and those below, one entry per day and course. Somebody in two of the units is counted once.
func (g *agenda) dueOf(ctx context.Context, units []string) error {
	seen := map[string]bool{}
	type key struct {
		day    civil.Date
		course CourseID
	}
	sums := map[key]int{}
	for _, u := range units {
		due, err := g.s.assignments.Gather(ctx, storage.Query{Index: "unit", Term: u + "/" + string(Assigned), From: string(g.first), To: string(g.last.AddDays(1))})
		if err != nil {
			return err
		}
		for _, d := range due {
			if !seen[d.ID] {
				seen[d.ID] = true
				sums[key{d.Value.Due, d.Value.Course}]++
			}
		}
	}
	scope := slices.Sorted(slices.Values(units))
	for k, n := range sums {
		id := calendarID(append([]string{"due", string(k.day), k.course}, scope...)...)
		if err := g.add(ctx, CalendarEntry{ID: id, Kind: CalendarDue, Day: k.day, Course: k.course, Count: n}); err != nil {
			return err
		}
	}
	return nil
}

// concerns says whether an exam may have takers in a unit, given as its path; nil is every unit.
func (s *Service) concerns(ctx context.Context, x *Exam, path []string) (bool, error) {
	if len(path) == 0 || len(x.Units) == 0 || len(x.Cohorts) > 0 {
		return true, nil
	}
	for _, u := range x.Units {
		if slices.Contains(path, u) {
			return true, nil
		}
		above, err := s.cfg.People.UnitPath(ctx, u)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return false, err
		}
		if slices.Contains(above, path[0]) {
			return true, nil
		}
	}
	return false, nil
}
