package courses

import (
	"context"
	"fmt"
	"strconv"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/storage"
)

// The steps of the chain that this room owns (docs/chain.md). They take no actor: only workers call them, for documents whose due names the step.
// Each may run twice, and twice at once: it ends with (1) the next document under a derived id, (2) a swap of its own due.
//
//	attempts          close     CloseAttempt   the time is up
//	attempts          grade     Grade          step 3
//	markings          marked    Settle         step 3 again when people have marked
//	markings          route     Route          a field task that a supervisor judges finds the supervisor of the day
//	markings          tell      (workers)      UntoldObjection -> inbox -> ToldObjection
//	field_works       open      OpenWork       what was handed in finds its judge
//	field_works       record    RecordWork     step 4 again when a field task was judged, then goes on with EnrolmentOfWork
//	field_works       tell      (workers)      UntoldWork -> inbox -> ToldWork
//	attempts          complete  Complete       step 4, then goes on with EnrolmentOf(attempt)
//	attempts          recount   Recount        step 4 again after a regrade
//	attempts          tell      (workers)      Untold -> inbox -> Told; step 8 after a regrade or after people have marked
//	rehearsals        forget    ForgetRehearsal  practice without a record is gone a day after it began
//	enrolments        certify   (workers)      Certifying -> certificates -> Certified; step 5
//	course_versions   head      Head
//	version_talks     tell      (workers)      UntoldRemarks -> inbox -> ToldRemarks
//	assignments       enrol     EnrolAssigned
//	assignment_rules  apply     ApplyRule
//	cohorts           enrol     EnrolCohort
//	regrades          regrade   RunRegrade
//	exams             settle   SettleExam     running attempts follow a change
//	exams             collect  CollectExam    after its end
//	exams             forget   ForgetExam     traces of devices and networks
//	exam_alikes       rebuild  CompareExam    answers that are alike
//	sitting_months    rebuild   CountMonth     what item analysis rests on
//	quiz_analyses     rebuild   AnalyseQuiz

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
			wait := at.awaitEnd()
			if d.Due != nil && d.Due.Step == CloseStep && d.Due.NotBefore.Equal(wait.NotBefore) && !d.Due.Parked {
				return storage.Unchanged
			}
			d.Due = wait
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
	r, err := grading.GradeTried(items, form, d.Value.answers(), d.Value.tried(), q.Behaviour.TryRule())
	if err != nil {
		return fmt.Errorf("attempt %s: %w", id, err)
	}
	if r.NeedsMarking {
		if err := s.openMarkings(ctx, id, &d.Value, q, r); err != nil {
			return err
		}
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

// Complete records a graded attempt in its enrolment, decides whether the course is completed, and answers the assignments; while the attempt's exam shows no results it waits.
// Step "complete".
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
	now := s.now()
	if until, err := s.withheld(ctx, at); err != nil {
		return err
	} else if !until.IsZero() {
		_, err := s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
			if d.Due == nil || d.Due.Step != CompleteStep || d.Due.NotBefore.Equal(until) {
				return storage.Unchanged
			}
			d.Due = awaitShown(until, now)
			return nil
		})
		return err
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
	own, err := s.ownOf(ctx, []storage.Doc[Attempt]{d})
	if err != nil {
		return err
	}
	e, err = s.enrolments.Update(ctx, at.Enrolment, func(e *storage.Doc[Enrolment]) error {
		before := e.Value.Taken[at.Quiz]
		t := record(before, at, r, own[id])
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
		e.Value.Prepared = len(f.Missing) == 0
		switch done, _ := Complete(f.of(&e.Value)); {
		case done && at.Kind == PostTest && r.Passed && own[id] == 0:
			e.Value.State = Completed
			e.Value.Done = finished(&e.Value, v, id, at, r, s.cfg.Zone())
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
	if err := s.counted(ctx, at); err != nil {
		return err
	}
	if untold(at, now) == nil {
		return s.clearDue(ctx, AttemptsCollection, id, CompleteStep)
	}
	_, err = s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		if d.Due == nil || d.Due.Step != CompleteStep {
			return storage.Unchanged
		}
		d.Due = untold(&d.Value, now)
		return nil
	})
	return err
}

// record adds one graded attempt to what is known of its quiz; adding it again changes nothing. own is how many items on its form the taker had a hand in: with any,
// passing it certifies nothing. Pure.
func record(t Taken, at *Attempt, r Grading, own int) Taken {
	if at.Ordinal <= t.Ended {
		return t
	}
	score := r.Result.Score()
	t.Ended, t.Last = at.Ordinal, score
	if t.BestOf == 0 || score > t.Best {
		t.Best, t.BestOf = score, at.Ordinal
	}
	if r.Passed && own > 0 {
		t.Own = own
		return t
	}
	if r.Passed && !t.Passed {
		t.Passed, t.PassedAt = true, at.SubmittedAt
	}
	return t
}

func itoa(n int) string { return strconv.Itoa(n) }
