package courses

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Progress is the page of one enrolment: what the course asks for, how far each is, and what is next.
type Progress struct {
	EnrolmentDoc
	Card         Card
	Number       int // of the version
	Requirements []Requirement
	Next         *Requirement // the first thing to do that may be begun; nil when there is none
	Complete     bool
	Missing      []texts.Text
	Percent      int // of the requirements that count
	Quizzes      []QuizProgress
	Objectives   []Objective
}

// QuizProgress is what a learner needs to know of a quiz.
type QuizProgress struct {
	Quiz
	Taken
	Allowed int       // attempts in all, granted ones included; 0 without limit
	Open    AttemptID // the attempt under way or being graded, to go on with; "" when none
	State   AttemptState
	Locked  []texts.Text
	Sure    int       // items that the learner wrote or reviewed and that every form will have: passing then certifies nothing
	Latest  AttemptID // the last graded attempt, to look at; "" when none
	Hidden  bool      // what it was worth is not shown now
	Awaited time.Time // until when the latest one is withheld by its exam, with all that follows from it; zero: it is not
	Exam    *ExamCard // the exam that decides when and from where the next attempt can be begun; nil: none
}

// Progress shows an enrolment.
func (s *Service) Progress(ctx context.Context, a access.Actor, id EnrolmentID) (Progress, error) {
	d, err := s.seen(ctx, a, "view", id)
	if err != nil {
		return Progress{}, err
	}
	v, err := s.version(ctx, d.Value.Version)
	if err != nil {
		return Progress{}, err
	}
	f, err := s.facts(ctx, id, &d.Value, v)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{EnrolmentDoc: EnrolmentDoc{d.ID, d.Value}, Card: v.Content.Card, Number: v.Number, Requirements: Requirements(f), Objectives: v.Content.Objectives}
	p.Complete, p.Missing = Complete(f)
	if d.Value.State == Completed {
		p.Complete, p.Missing = true, nil
	}
	p.Percent, p.Next = standing(p.Requirements)
	if p.Complete {
		p.Percent, p.Next = 100, nil
	}
	exams, err := s.examsFor(ctx, &d.Value)
	if err != nil {
		return Progress{}, err
	}
	for _, q := range v.Content.Quizzes {
		qp := QuizProgress{Quiz: q, Taken: d.Value.Taken[q.Code], Locked: Gate(f, q.Code)}
		if q.Attempts > 0 {
			qp.Allowed = q.Attempts + d.Value.Extra[q.Code]
		}
		if qp.Ended > 0 {
			qp.Latest = attemptID(id, q.Code, qp.Ended)
		}
		next := attemptID(id, q.Code, qp.Ended+1)
		if q.Behaviour.Unrecorded {
			next = attemptID(id, q.Code, 0)
		}
		at, err := s.kept(next).Get(ctx, next)
		switch {
		case err == nil && q.Behaviour.Unrecorded && at.Value.State != AttemptOpen:
			qp.Latest = at.ID
		case err == nil && at.Value.State == AttemptGraded:
			until, err := s.withheld(ctx, &at.Value)
			if err != nil {
				return Progress{}, err
			}
			if until.IsZero() {
				qp.Open, qp.State = at.ID, at.Value.State
				break
			}
			qp.Latest, qp.Awaited, qp.Hidden = at.ID, until, true
		case err == nil:
			qp.Open, qp.State = at.ID, at.Value.State
		case !errors.Is(err, faults.NotFound):
			return Progress{}, err
		}
		if x := deciding(exams, &d.Value, q.Code, s.now()); x != nil {
			if err := s.examined(ctx, a, &qp, x, id, &d.Value); err != nil {
				return Progress{}, err
			}
		}
		if q.Kind == PostTest && !qp.Passed && qp.Open == "" && d.Value.State != Completed {
			own, err := s.hands(ctx, d.Value.Person, d.Value.Course, s.now())
			if err != nil {
				return Progress{}, err
			}
			if ref, ok := v.Content.Bank(q.Bank); ok && len(own) > 0 {
				b, err := s.bank(ctx, ref.Bank)
				if err != nil {
					return Progress{}, err
				}
				if b, err = s.drawable(ctx, d.Value.Course, b); err != nil {
					return Progress{}, err
				}
				qp.Sure = ownAtLeast(b, q.Draw, own)
			}
		}
		p.Quizzes = append(p.Quizzes, qp)
	}
	return p, nil
}

// standing is the share of the requirements done, in percent, and the first one that can be done now. Pure.
func standing(rs []Requirement) (percent int, next *Requirement) {
	done, all := 0, 0
	for i, r := range rs {
		if r.Optional {
			continue
		}
		all++
		if r.Done {
			done++
		} else if next == nil && !r.Waiting && r.Kind != "prerequisite" && len(r.Locked) == 0 {
			next = &rs[i]
		}
	}
	if all == 0 {
		return 0, nil
	}
	return done * 100 / all, next
}

// Learning is one line of a person's home: a course with why it is there, until when, and the next step.
type Learning struct {
	Course     CourseID
	Title      texts.Text
	JP         int
	Enrolment  EnrolmentID // "" while the chain has not enrolled yet
	State      EnrolmentState
	Percent    int
	Next       *Requirement
	Assignment *AssignmentDoc // nil when taken of one's own accord; the most urgent one when there are several
	ValidUntil civil.Date     // of a completed course
}

// Compulsory says whether somebody has to take the course and has not finished.
func (l Learning) Compulsory() bool { return l.Assignment != nil && l.State != Completed }

// Home lists what a person learns: compulsory courses first, by due date ("wajib sampai ... karena ..."), then the others under way, then the completed.
func (s *Service) Home(ctx context.Context, a access.Actor, person PersonID) ([]Learning, error) {
	if person == "" {
		person = a.Person
	}
	if _, err := s.may(ctx, a, "view", "enrolment", "", person); err != nil {
		return nil, err
	}
	enrolments, err := s.enrolments.Gather(ctx, storage.Query{Index: "person", Term: person, Desc: true})
	if err != nil {
		return nil, err
	}
	assignments, err := s.assignments.Gather(ctx, storage.Query{Index: "person", Term: person + "/" + string(Assigned)})
	if err != nil {
		return nil, err
	}
	open := map[CourseID]*AssignmentDoc{}
	for _, d := range assignments {
		x := s.assignmentDoc(d.ID, d.Value)
		if had := open[d.Value.Course]; had == nil || x.Due < had.Due {
			open[d.Value.Course] = &x
		}
	}
	var list []Learning
	seen := map[CourseID]bool{}
	for _, d := range enrolments { // newest cycle first
		if seen[d.Value.Course] {
			continue
		}
		seen[d.Value.Course] = true
		v, err := s.version(ctx, d.Value.Version)
		if err != nil {
			return nil, err
		}
		l := Learning{Course: d.Value.Course, Title: v.Content.Card.Title, JP: v.Content.Card.JP, Enrolment: d.ID, State: d.Value.State, Percent: 100, Assignment: open[d.Value.Course]}
		if d.Value.Done != nil {
			l.ValidUntil = d.Value.Done.ValidUntil
		}
		if d.Value.State != Completed {
			f, err := s.facts(ctx, d.ID, &d.Value, v)
			if err != nil {
				return nil, err
			}
			l.Percent, l.Next = standing(Requirements(f))
		}
		list = append(list, l)
	}
	for course, x := range open {
		if seen[course] {
			continue
		}
		c, err := s.courses.Get(ctx, course)
		if err != nil {
			return nil, err
		}
		list = append(list, Learning{Course: course, Title: c.Value.Card.Title, JP: c.Value.Card.JP, State: Active, Assignment: x})
	}
	slices.SortStableFunc(list, func(x, y Learning) int {
		rank := func(l Learning) string {
			switch {
			case l.Compulsory():
				return "0" + string(l.Assignment.Due)
			case l.State != Completed:
				return "1"
			}
			return "2"
		}
		if c := strings.Compare(rank(x), rank(y)); c != 0 {
			return c
		}
		return strings.Compare(x.Course, y.Course)
	})
	return list, nil
}
