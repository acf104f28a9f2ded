package courses

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// The steps of the chain that this room owns (docs/chain.md). They take no actor: only workers call them, for documents whose due names the step.
// Each may run twice, and twice at once: it ends with (1) the next document under a derived id, (2) a swap of its own due.
//
//	attempts          close     CloseAttempt   the time is up
//	attempts          grade     Grade          step 3
//	attempts          complete  Complete       step 4, then goes on with EnrolmentOf(attempt)
//	attempts          recount   Recount        step 4 again after a regrade
//	enrolments        certify   (workers)      Certifying -> certificates -> Certified; step 5
//	course_versions   head      Head
//	assignments       enrol     EnrolAssigned
//	assignment_rules  apply     ApplyRule
//	cohorts           enrol     EnrolCohort
//	regrades          regrade   RunRegrade

// CloseAttempt ends an attempt whose time is up, with what was saved. If it was given more time, it waits for that. Step "close".
func (s *Service) CloseAttempt(ctx context.Context, id AttemptID) error {
	now := s.now()
	_, err := s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		at := &d.Value
		switch {
		case at.State != AttemptOpen || at.EndsAt.IsZero():
			if d.Due == nil || d.Due.Step != CloseStep {
				return storage.Unchanged
			}
			d.Due = nil
		case !at.over(now):
			if d.Due != nil && d.Due.Step == CloseStep && d.Due.NotBefore.Equal(at.EndsAt) && !d.Due.Parked {
				return storage.Unchanged
			}
			d.Due = &storage.Due{Step: CloseStep, Since: at.StartedAt, NotBefore: at.EndsAt}
		default:
			s.end(d, now)
		}
		return nil
	})
	return err
}

// Grade decides what a submitted attempt is worth. The result names the rules and key versions it rests on and is appended, never overwritten. Step "grade".
func (s *Service) Grade(ctx context.Context, id AttemptID) error {
	d, err := s.attempts.Get(ctx, id)
	if err != nil {
		return err
	}
	if d.Value.State != AttemptSubmitted {
		return nil
	}
	v, err := s.version(ctx, d.Value.Version)
	if err != nil {
		return err
	}
	q, ok := v.Content.Quiz(d.Value.Quiz)
	if !ok {
		return fmt.Errorf("attempt %s: version %s has no quiz %s", id, d.Value.Version, d.Value.Quiz)
	}
	form := d.Value.form()
	keys, err := s.corrected(ctx, d.Value.Course)
	if err != nil {
		return err
	}
	items, err := s.keyedItems(ctx, form, &keys)
	if err != nil {
		return err
	}
	r, err := grading.Grade(items, form, d.Value.answers())
	if err != nil {
		return fmt.Errorf("attempt %s: %w", id, err)
	}
	now := s.now()
	_, err = s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		if d.Value.State != AttemptSubmitted { // graded meanwhile; answers no longer change, so to the same result
			return storage.Unchanged
		}
		d.Value.Results = append(d.Value.Results, Grading{At: now, Passed: q.Kind == PostTest && r.Passed(q.PassMark), Result: r})
		d.Value.GradedAt = now
		if r.NeedsMarking {
			d.Value.State, d.Due = AttemptNeedsMarking, nil
			return nil
		}
		d.Value.State, d.Due = AttemptGraded, storage.NewDue(CompleteStep, now)
		return nil
	})
	return err
}

// Complete records a graded attempt in its enrolment, decides whether the course is completed, and answers the assignments. Step "complete".
func (s *Service) Complete(ctx context.Context, id AttemptID) error {
	d, err := s.attempts.Get(ctx, id)
	if err != nil {
		return err
	}
	at := &d.Value
	if d.Due == nil || d.Due.Step != CompleteStep {
		return nil
	}
	r, ok := at.result()
	if !ok {
		return fmt.Errorf("attempt %s is due for completion without a result", id)
	}
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return err
	}
	q, _ := v.Content.Quiz(at.Quiz)
	e, err := s.enrolments.Get(ctx, at.Enrolment)
	if err != nil {
		return err
	}
	f, err := s.facts(ctx, at.Enrolment, &e.Value, v)
	if err != nil {
		return err
	}
	now := s.now()
	e, err = s.enrolments.Update(ctx, at.Enrolment, func(e *storage.Doc[Enrolment]) error {
		before := e.Value.Taken[at.Quiz]
		t := record(before, at, r)
		if t == before {
			return storage.Unchanged
		}
		if e.Value.Taken == nil {
			e.Value.Taken = map[string]Taken{}
		}
		e.Value.Taken[at.Quiz] = t
		if e.Value.State == Completed {
			return nil
		}
		f.Reading, f.Taken, f.Extra = e.Value.Reading, e.Value.Taken, e.Value.Extra
		e.Value.Prepared = len(f.Missing) == 0
		switch done, _ := Complete(f); {
		case done && at.Kind == PostTest && r.Passed:
			on := s.cfg.Zone().Day(at.SubmittedAt)
			e.Value.State = Completed
			e.Value.Done = &Done{On: on, At: at.SubmittedAt, Attempt: id, Score: r.Result.Score()}
			if m := v.Content.Card.ValidMonths; m > 0 {
				e.Value.Done.ValidUntil = on.AddMonths(m)
			}
			e.Due = storage.NewDue(CertifyStep, now)
		case at.Kind == PostTest && q.Attempts > 0 && !t.Passed && t.Ended >= q.Attempts+e.Value.Extra[q.Code]:
			e.Value.State = Failed
		}
		return nil
	})
	if err != nil {
		return err
	}
	if e.Value.State == Completed {
		for _, assignment := range e.Value.Assignments {
			if err := s.answerAssignment(ctx, assignment, at.Enrolment, e.Value.Done); err != nil {
				return err
			}
		}
	}
	return s.clearDue(ctx, AttemptsCollection, id, CompleteStep)
}

// record adds one graded attempt to what is known of its quiz; adding it again changes nothing. Pure.
func record(t Taken, at *Attempt, r Grading) Taken {
	if at.Ordinal <= t.Ended {
		return t
	}
	score := r.Result.Score()
	t.Ended, t.Last = at.Ordinal, score
	if t.BestOf == 0 || score > t.Best {
		t.Best, t.BestOf = score, at.Ordinal
	}
	if r.Passed && !t.Passed {
		t.Passed, t.PassedAt = true, at.SubmittedAt
	}
	return t
}

// Completion is everything the rest of the chain needs to know of a completed enrolment. It is frozen: asked again it says the same.
type Completion struct {
	Enrolment  EnrolmentID
	Person     PersonID
	Course     CourseID
	Version    VersionID
	Number     int // of the version
	Cycle      int
	Title      texts.Text
	Kind       Kind
	Values     []string
	JP         int
	Score      int // thousandths of a point, 0..100000
	PassMark   int
	Attempt    AttemptID
	Targets    []Target
	Started    civil.Date
	On         civil.Date
	At         time.Time
	ValidUntil civil.Date // "" without end
	Certified  bool
	Subjects   []Subject // what was learned, for the certificate's second page
}

// Subject is one part of a course with its minutes.
type Subject struct {
	Title   string
	Minutes int
}

// Completed gives the facts of a completed enrolment. Conflict when it is not completed. For the chain; takes no actor.
func (s *Service) Completed(ctx context.Context, id EnrolmentID) (Completion, error) {
	e, err := s.enrolments.Get(ctx, id)
	if err != nil {
		return Completion{}, err
	}
	return s.completion(ctx, id, &e.Value)
}

func (s *Service) completion(ctx context.Context, id EnrolmentID, e *Enrolment) (Completion, error) {
	if e.State != Completed || e.Done == nil {
		return Completion{}, faults.New(faults.Conflict, "Kursus ini belum selesai.", "This course is not completed.")
	}
	v, err := s.version(ctx, e.Version)
	if err != nil {
		return Completion{}, err
	}
	c, d := v.Content.Card, e.Done
	out := Completion{Enrolment: id, Person: e.Person, Course: e.Course, Version: e.Version, Number: v.Number, Cycle: e.Cycle,
		Title: c.Title, Kind: c.Kind, Values: c.Values, JP: c.JP, Score: d.Score, Attempt: d.Attempt, Targets: c.Targets, On: d.On, At: d.At,
		ValidUntil: d.ValidUntil, Certified: !d.Certified.IsZero(), Started: s.cfg.Zone().Day(e.Since)}
	rest := 0 // what the declared minutes hold beside the lessons: tests and the practice quiz
	for _, minutes := range v.Content.Minutes {
		rest += minutes
	}
	for _, l := range v.Content.Lessons {
		out.Subjects = append(out.Subjects, Subject{l.Title.ID, l.Minutes})
		rest -= l.Minutes
	}
	if rest > 0 {
		out.Subjects = append(out.Subjects, Subject{"Tes awal, latihan, dan tes akhir", rest})
	}
	for _, q := range v.Content.Quizzes {
		if q.Kind == PostTest {
			out.PassMark = max(out.PassMark, q.PassMark)
		}
	}
	return out, nil
}

// Certified notes that the certificate's intent stands, and takes the due away. Step "certify" ends here. For the chain; safe to call twice.
func (s *Service) Certified(ctx context.Context, id EnrolmentID) error {
	now := s.now()
	_, err := s.enrolments.Update(ctx, id, func(e *storage.Doc[Enrolment]) error {
		if e.Value.Done == nil || e.Due == nil && !e.Value.Done.Certified.IsZero() {
			return storage.Unchanged
		}
		if e.Value.Done.Certified.IsZero() {
			e.Value.Done.Certified = now
		}
		if e.Due != nil && e.Due.Step == CertifyStep {
			e.Due = nil
		}
		return nil
	})
	return err
}

func itoa(n int) string { return strconv.Itoa(n) }
