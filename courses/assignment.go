package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// AssignmentState is where an assignment stands. Overdue is no state: it follows from the due date.
type AssignmentState string

// The states of an assignment.
const (
	Assigned  AssignmentState = "assigned"
	Answered  AssignmentState = "answered"  // the course is completed
	Withdrawn AssignmentState = "withdrawn" // by whoever assigns, or because the rule no longer covers the person
)

// Reason says why a course is compulsory, in the handbook's words.
type Reason string

// The reasons of an assignment.
const (
	ReasonBase       Reason = "base"       // everybody's basics
	ReasonGap        Reason = "gap"        // a gap in competence
	ReasonApp        Reason = "app"        // works in a service application
	ReasonSupervisor Reason = "supervisor" // asked for by the supervisor
	ReasonRenewal    Reason = "renewal"    // a certificate ends
)

// EnrolStep is the due step of an assignment that is not yet an enrolment, and of a cohort with new members.
const EnrolStep = "enrol"

// Assignment is a course given to a person with a reason and a due date. Its id is rule.person when a rule made it, so a rule can be applied any
// number of times, else the key the form carried.
type Assignment struct {
	Person    PersonID        `json:"person"`
	Course    CourseID        `json:"course"`
	Rule      string          `json:"rule,omitempty"`
	Reason    Reason          `json:"reason"`
	Because   texts.Text      `json:"because"` // the sentence the person reads
	Due       civil.Date      `json:"due"`     // last day
	By        string          `json:"by"`      // person id, or a part of the system
	At        time.Time       `json:"at"`
	State     AssignmentState `json:"state"`
	Enrolment EnrolmentID     `json:"enrolment,omitempty"`
	Valid     civil.Date      `json:"valid,omitempty"`  // of an answered one: until when the course counts as completed; "" without end
	Lapsed    bool            `json:"lapsed,omitempty"` // withdrawn because the rule no longer covered the person; comes back when it does again
	Units     []string        `json:"units,omitempty"`  // the person's unit and those above, for lists
}

var assignmentDef = storage.Def[Assignment]{Name: AssignmentsCollection, Shape: 1, Indexes: []storage.Index[Assignment]{
	{Name: "person", Of: func(d *storage.Doc[Assignment]) ([]string, string) {
		return []string{d.Value.Person, d.Value.Person + "/" + string(d.Value.State)}, string(d.Value.Due)
	}},
	{Name: "unit", Of: func(d *storage.Doc[Assignment]) ([]string, string) {
		terms := slices.Clone(d.Value.Units)
		for _, u := range d.Value.Units {
			terms = append(terms, u+"/"+string(d.Value.State))
		}
		return terms, string(d.Value.Due)
	}},
	{Name: "course", Of: func(d *storage.Doc[Assignment]) ([]string, string) {
		terms := []string{d.Value.Course, d.Value.Course + "/" + string(d.Value.State)}
		if d.Value.Rule != "" {
			terms = append(terms, "rule:"+d.Value.Rule)
		}
		return terms, string(d.Value.Due)
	}},
}}

// AssignmentDoc is an assignment with its id.
type AssignmentDoc struct {
	ID string
	Assignment
	Overdue bool // not answered, and the due date is past
}

func (s *Service) assignmentDoc(id string, a Assignment) AssignmentDoc {
	return AssignmentDoc{id, a, a.State == Assigned && a.Due != "" && a.Due < s.today()}
}

// AssignInput gives a course to one person.
type AssignInput struct {
	Key     string // makes a repeated post one assignment; "" is random
	Person  PersonID
	Course  CourseID
	Reason  Reason
	Because texts.Text // the sentence the person reads; required
	Due     civil.Date // required, not past
}

// Assign gives a course to a person of one's own units. The enrolment follows in the chain. Safe to call twice with the same key. Audited.
func (s *Service) Assign(ctx context.Context, a access.Actor, in AssignInput) (AssignmentDoc, error) {
	role, err := s.may(ctx, a, "assign", "assignment", in.Key, in.Person)
	if err != nil {
		return AssignmentDoc{}, err
	}
	e := faults.New(faults.Invalid, "Penugasan belum benar.", "The assignment is not right yet.")
	if in.Due == "" || !in.Due.Valid() || in.Due < s.today() {
		e.With("due", "Tenggat harus tanggal hari ini atau sesudahnya.", "The due date is today or later.")
	}
	if strings.TrimSpace(in.Because.ID) == "" {
		e.With("because", "Tulis alasan yang akan dibaca pegawai.", "Write the reason the person will read.")
	}
	if !slices.Contains([]Reason{ReasonBase, ReasonGap, ReasonApp, ReasonSupervisor, ReasonRenewal}, in.Reason) {
		e.With("reason", "Alasan harus base, gap, app, supervisor, atau renewal.", "The reason is base, gap, app, supervisor or renewal.")
	}
	if c, err := s.courses.Get(ctx, in.Course); errors.Is(err, faults.NotFound) || err == nil && c.Value.Head == "" {
		e.With("course", "Kursus "+in.Course+" tidak ada atau belum terbit.", "The course "+in.Course+" does not exist or is not published.")
	} else if err != nil {
		return AssignmentDoc{}, err
	}
	if len(e.Fields) > 0 {
		return AssignmentDoc{}, e
	}
	l, err := s.cfg.People.Learner(ctx, in.Person)
	if err != nil {
		return AssignmentDoc{}, notFound(err, "Pegawai ini tidak ada.", "This person does not exist.")
	}
	id := in.Key
	if id == "" {
		id = storage.NewID()
	}
	now := s.now()
	d := storage.Doc[Assignment]{ID: id, Due: storage.NewDue(EnrolStep, now), Value: Assignment{Person: in.Person, Course: in.Course, Reason: in.Reason, Because: in.Because,
		Due: in.Due, By: a.Name(), At: now, State: Assigned, Units: l.Units}}
	d.Trail = append(d.Trail, s.entry(a, role, "assign", AssignmentsCollection, id, in.Person, in.Because.ID, in.Course))
	err = s.assignments.Insert(ctx, &d)
	if errors.Is(err, faults.Conflict) {
		had, err := s.assignments.Get(ctx, id)
		if err != nil {
			return AssignmentDoc{}, err
		}
		if had.Value.Person != in.Person || had.Value.Course != in.Course {
			return AssignmentDoc{}, faults.New(faults.Conflict, "Kunci ini sudah dipakai untuk penugasan lain.", "This key was used for another assignment.")
		}
		return s.assignmentDoc(id, had.Value), nil
	}
	if err != nil {
		return AssignmentDoc{}, err
	}
	s.wake(ctx, AssignmentsCollection, id)
	return s.assignmentDoc(id, d.Value), nil
}

// EnrolAssigned turns an assignment into an enrolment, or finds that the course is completed already. Step "enrol" of an assignment. Idempotent.
func (s *Service) EnrolAssigned(ctx context.Context, id string) error {
	d, err := s.assignments.Get(ctx, id)
	if err != nil {
		return err
	}
	if d.Value.State != Assigned {
		return s.clearDue(ctx, AssignmentsCollection, id, EnrolStep)
	}
	e, err := s.enrol(ctx, enrolment{person: d.Value.Person, course: d.Value.Course, how: ByAssignment, by: d.Value.By, assignment: id})
	if errors.Is(err, faults.Conflict) { // a rule of this room refused: trying again would not help, an admin must look
		return faults.Wrap(err, faults.Invalid, faults.Of(err).Text.ID, faults.Of(err).Text.EN)
	}
	if err != nil {
		return err
	}
	_, err = s.assignments.Update(ctx, id, func(d *storage.Doc[Assignment]) error {
		d.Value.Enrolment = e.ID
		if e.State == Completed && d.Value.State == Assigned {
			d.Value.State, d.Value.Valid = Answered, e.Done.ValidUntil
		}
		if d.Due != nil && d.Due.Step == EnrolStep {
			d.Due = nil
		}
		return nil
	})
	if err != nil || e.State == Completed {
		return err
	}
	// The course may have been completed between the two writes; then its completion saw this assignment or we see its state now.
	now, err := s.enrolments.Get(ctx, e.ID)
	if err == nil && now.Value.State == Completed {
		return s.answerAssignment(ctx, id, e.ID, now.Value.Done)
	}
	return err
}

// answerAssignment notes that an enrolment completed the course. Safe to call twice.
func (s *Service) answerAssignment(ctx context.Context, id string, e EnrolmentID, done *Done) error {
	_, err := s.assignments.Update(ctx, id, func(d *storage.Doc[Assignment]) error {
		if d.Value.State != Assigned {
			return storage.Unchanged
		}
		d.Value.State, d.Value.Enrolment, d.Value.Valid = Answered, e, done.ValidUntil
		return nil
	})
	if errors.Is(err, faults.NotFound) {
		return nil
	}
	return err
}

// Withdraw takes an assignment back; nobody takes back their own. An enrolment begun stays. Audited; safe to call twice.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, id, why string) (AssignmentDoc, error) {
	d, err := s.assignments.Get(ctx, id)
	if err != nil {
		return AssignmentDoc{}, notFound(err, "Penugasan ini tidak ada.", "This assignment does not exist.")
	}
	role, err := s.may(ctx, a, "withdraw", "assignment", id, d.Value.Person)
	if err != nil {
		return AssignmentDoc{}, err
	}
	if strings.TrimSpace(why) == "" {
		return AssignmentDoc{}, faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	e := s.entry(a, role, "withdraw_assignment", AssignmentsCollection, id, d.Value.Person, why, d.Value.Course)
	d, err = s.assignments.Update(ctx, id, func(d *storage.Doc[Assignment]) error {
		switch d.Value.State {
		case Withdrawn:
			return storage.Unchanged
		case Answered:
			return faults.New(faults.Conflict, "Kursus ini sudah diselesaikan.", "The course is completed.")
		}
		d.Value.State, d.Due = Withdrawn, nil
		d.Trail = append(d.Trail, e)
		return nil
	})
	if err != nil {
		return AssignmentDoc{}, err
	}
	return s.assignmentDoc(id, d.Value), nil
}

// AssignmentFilter narrows a list of assignments; one of Person, Unit, Course and Rule is required (Unit = that unit and all below).
type AssignmentFilter struct {
	Person  PersonID
	Unit    string
	Course  CourseID
	Rule    string
	State   AssignmentState
	Overdue bool // those not answered whose due date is past
	After   storage.Cursor
	Limit   int
}

// Assignments lists assignments by due date, a page at a time; next is the zero Cursor at the end.
func (s *Service) Assignments(ctx context.Context, a access.Actor, f AssignmentFilter) (list []AssignmentDoc, next storage.Cursor, err error) {
	if f.Overdue {
		f.State = Assigned
	}
	q := storage.Query{After: f.After, Limit: f.Limit}
	switch {
	case f.Person != "":
		if _, err := s.may(ctx, a, "view", "assignment", "", f.Person); err != nil {
			return nil, next, err
		}
		q.Index, q.Term = "person", f.Person
	case f.Unit != "":
		if err := s.inScope(ctx, a, "view", "assignment", f.Unit); err != nil {
			return nil, next, err
		}
		q.Index, q.Term = "unit", f.Unit
	case f.Course != "" || f.Rule != "":
		if !s.cfg.Policy.Scope(a, "view", "assignment").All {
			return nil, next, faults.New(faults.Forbidden, "Pilih unit kerja yang menjadi wewenang Anda.", "Choose a unit you are responsible for.")
		}
		q.Index, q.Term = "course", f.Course
	default:
		return nil, next, faults.New(faults.Invalid, "Pilih pegawai, unit kerja, atau kursus.", "Choose a person, unit or course.")
	}
	if f.Rule != "" && q.Index == "course" {
		q.Term = "rule:" + f.Rule
	} else if f.State != "" {
		q.Term += "/" + string(f.State)
	}
	if f.Overdue {
		q.To = string(s.today())
	}
	p, err := s.assignments.Find(ctx, q)
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		if f.State != "" && d.Value.State != f.State || f.Course != "" && d.Value.Course != f.Course || f.Rule != "" && d.Value.Rule != f.Rule {
			continue
		}
		list = append(list, s.assignmentDoc(d.ID, d.Value))
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}

// PersonChanged brings this room's picture of a person up to date when the register has a new person or changed one: rules that cover the person assign,
// open assignments of rules that no longer do are withdrawn, lists follow the unit. For the chain; takes no actor. Safe to call at any time.
func (s *Service) PersonChanged(ctx context.Context, person PersonID) error {
	l, err := s.cfg.People.Learner(ctx, person)
	if err != nil {
		return fmt.Errorf("person changed: %w", err)
	}
	roles, err := s.rolesOf(ctx, person)
	if err != nil {
		return err
	}
	rules, err := s.rules.Gather(ctx, storage.Query{Index: "active", Term: "all"})
	if err != nil {
		return err
	}
	for _, r := range rules {
		if l.Active && r.Value.Who.covers(l, roles) {
			if err := s.assignByRule(ctx, r.ID, &r.Value, l); err != nil {
				return err
			}
		}
	}
	open, err := s.assignments.Gather(ctx, storage.Query{Index: "person", Term: person})
	if err != nil {
		return err
	}
	for _, d := range open {
		_, err := s.assignments.Update(ctx, d.ID, func(d *storage.Doc[Assignment]) error {
			changed := !slices.Equal(d.Value.Units, l.Units)
			d.Value.Units = l.Units
			if d.Value.State == Assigned && d.Value.Rule != "" && !s.stillCovered(rules, d.Value.Rule, l, roles) {
				changed = true
				if err := s.lapse(d); err != nil {
					return err
				}
			}
			if !changed {
				return storage.Unchanged
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	enrolments, err := s.enrolments.Gather(ctx, storage.Query{Index: "person", Term: person})
	if err != nil {
		return err
	}
	for _, d := range enrolments {
		if slices.Equal(d.Value.Units, l.Units) {
			continue
		}
		if _, err := s.enrolments.Update(ctx, d.ID, func(d *storage.Doc[Enrolment]) error {
			d.Value.Units = l.Units
			return nil
		}); err != nil {
			return err
		}
	}
	return s.reroute(ctx, person, l.Units)
}

func (s *Service) stillCovered(rules []storage.Doc[Rule], id string, l Learner, roles []string) bool {
	for _, r := range rules {
		if r.ID == id {
			return l.Active && r.Value.Who.covers(l, roles)
		}
	}
	return true // a stopped rule keeps what it assigned
}

func (s *Service) rolesOf(ctx context.Context, person PersonID) ([]string, error) {
	if s.cfg.Apps == nil {
		return nil, nil
	}
	return s.cfg.Apps.RolesOf(ctx, person)
}
