package courses

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// An attempt that was begun before an exam was planned for its quiz and person goes on outside of it: no password, network or invigilator holds for it. So it ends when that exam opens,
// with what was saved, as any attempt whose time is up. That moment is worked out from the exams there are and never stored but as the attempt's end, so an exam that is moved or cancelled
// moves it back. Who plans an exam is told who is at it, and says that they know.

// openTerm finds the open attempts of a quiz that are in no exam.
func openTerm(course CourseID, quiz string) string { return course + "/" + quiz }

// maxOutside is how many are named.
const maxOutside = 10

// outside reads the open attempts of an exam's quiz that it is for and that are not in an exam.
func (s *Service) outside(ctx context.Context, x *Exam, each func(at storage.Doc[Attempt], e *Enrolment) error) error {
	now := s.now()
	return s.attempts.Each(ctx, storage.Query{Index: "open", Term: openTerm(x.Course, x.Quiz)}, func(d storage.Doc[Attempt]) error {
		if d.Value.over(now) {
			return nil // about to be ended
		}
		e, err := s.enrolments.Get(ctx, d.Value.Enrolment)
		if err != nil {
			return err
		}
		return each(d, &e.Value)
	})
}

// checkOutside refuses an exam while people are at its test outside of it, unless whoever plans it knows; n counts them.
func (s *Service) checkOutside(ctx context.Context, x *Exam, knows bool) (n int, err error) {
	var names []string
	err = s.outside(ctx, x, func(at storage.Doc[Attempt], e *Enrolment) error {
		if !x.covers(e) {
			return nil
		}
		if n++; n > maxOutside {
			return nil
		}
		p, err := s.cfg.People.Learner(ctx, e.Person)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		if p.Name != "" {
			names = append(names, p.Name)
		}
		return nil
	})
	if err != nil || n == 0 || knows {
		return n, err
	}
	who := strings.Join(names, ", ")
	if n > len(names) {
		who += ", …"
	}
	id, en := s.moment(maxTime(x.Opens, s.now()))
	return n, faults.OnField("ends_outside", fmt.Sprintf("Sedang mengerjakan tes ini di luar ujian: %d orang (%s). Percobaan mereka berakhir %s, saat ujian dibuka, dengan semua jawaban yang tersimpan. Undurkan ujiannya, atau centang bahwa Anda tahu.", n, who, id),
		fmt.Sprintf("Taking this test outside of the exam: %d (%s). Their attempts end on %s, when the exam opens, with all that is saved. Let the exam open later, or tick that you know.", n, who, en))
}

// opening is when the first exam of somebody's quiz opens, from now on: until then an attempt outside of it may go on. Zero: no exam is for it.
func (s *Service) opening(ctx context.Context, at *Attempt, e *Enrolment, now time.Time) (first time.Time, err error) {
	all, err := s.examsFor(ctx, e)
	for i := range all {
		x := &all[i].Value
		if x.Quiz != at.Quiz || !x.covers(e) || !x.Cancelled.IsZero() {
			continue
		}
		if opens := maxTime(x.Opens, now); first.IsZero() || opens.Before(first) {
			first = opens
		}
	}
	return first, err
}

// settleOutside ends the attempts outside of an exam when it opens, and gives those it is no longer for their time back. Part of step "settle". Safe to call twice.
func (s *Service) settleOutside(ctx context.Context, x *Exam) error {
	return s.outside(ctx, x, func(at storage.Doc[Attempt], e *Enrolment) error { return s.boundBy(ctx, at.ID, e) })
}

// boundBy works out the end of one open attempt outside of exams.
func (s *Service) boundBy(ctx context.Context, id AttemptID, e *Enrolment) error {
	d, err := s.attempts.Get(ctx, id)
	if err != nil || d.Value.Exam != nil {
		return err
	}
	v, err := s.version(ctx, d.Value.Version)
	if err != nil {
		return err
	}
	q, _ := v.Content.Quiz(d.Value.Quiz)
	now, ended := s.now(), false
	opens, err := s.opening(ctx, &d.Value, e, now)
	if err != nil {
		return err
	}
	_, err = s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		at := &d.Value
		if ended = false; at.State != AttemptOpen || at.Exam != nil {
			return storage.Unchanged
		}
		end := time.Time{}
		if q.Minutes > 0 {
			end = at.StartedAt.Add(q.limit() + time.Duration(at.Extra)*time.Minute)
		}
		if !opens.IsZero() && (end.IsZero() || opens.Before(end)) {
			end = opens
		}
		if end.Equal(at.EndsAt) {
			return storage.Unchanged
		}
		at.EndsAt = end
		if at.over(now) {
			s.end(d, now)
			ended = true
			return nil
		}
		d.Due = at.awaitEnd()
		return nil
	})
	if ended && err == nil {
		s.wake(ctx, AttemptsCollection, id)
	}
	return err
}

// mayLast refuses extra time that would carry an attempt outside of an exam beyond its opening.
func (s *Service) mayLast(ctx context.Context, at *Attempt, minutes int) error {
	if at.Exam != nil || at.EndsAt.IsZero() {
		return nil
	}
	e, err := s.enrolmentOf(ctx, at)
	if err != nil {
		return err
	}
	opens, err := s.opening(ctx, at, &e, s.now())
	if err != nil || opens.IsZero() || !at.EndsAt.Add(time.Duration(minutes)*time.Minute).After(opens) {
		return err
	}
	id, en := s.moment(opens)
	return faults.OnField("minutes", "Percobaan ini di luar ujian yang dibuka "+id+", jadi berakhir paling lambat saat itu. Undurkan ujiannya bila perlu.", "This attempt is outside of the exam that opens on "+en+", so it ends then at the latest. Let the exam open later if need be.")
}
