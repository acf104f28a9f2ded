package courses

import (
	"context"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

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
		Title: c.Title, Kind: c.Kind, Values: c.Values, JP: c.JP, Score: d.Score, Attempt: d.Attempt, Targets: v.Content.Certified(), On: d.On, At: d.At,
		ValidUntil: d.ValidUntil, Certified: !d.Certified.IsZero(), Started: s.cfg.Zone().Day(e.Since)}
	rest := 0 // what the declared minutes hold beside the lessons: tests and the practice quiz
	for _, minutes := range v.Content.Minutes {
		rest += minutes
	}
	for _, l := range v.Content.Lessons {
		out.Subjects = append(out.Subjects, Subject{l.Title.ID, l.Minutes})
		rest -= l.Minutes
	}
	for _, t := range v.Content.Tasks {
		if t.Optional {
			continue
		}
		out.Subjects = append(out.Subjects, Subject{t.Title.ID, t.Minutes})
		rest -= t.Minutes
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

// Certifying gives the facts of a completed enrolment to whoever makes the certificate, and marks it as begun: from here on a regrade lists it instead of taking the completion back. While a
// regrade goes through the attempt that completed the course it is Conflict, so that the step waits. For the chain; takes no actor; safe to call twice.
func (s *Service) Certifying(ctx context.Context, id EnrolmentID) (Completion, error) {
	e, err := s.enrolments.Get(ctx, id)
	if err != nil {
		return Completion{}, err
	}
	if done := e.Value.Done; done != nil && done.Certified.IsZero() {
		waits, err := s.regrading(ctx, e.Value.Course, done.Attempt)
		if err != nil {
			return Completion{}, err
		}
		if waits {
			return Completion{}, faults.New(faults.Conflict, "Sertifikat menunggu: hasil tesnya sedang dinilai ulang.", "The certificate waits: the result is being regraded.")
		}
	}
	now := s.now()
	if e, err = s.enrolments.Update(ctx, id, func(e *storage.Doc[Enrolment]) error {
		if e.Value.Done == nil || !e.Value.Done.Certified.IsZero() {
			return storage.Unchanged
		}
		done := *e.Value.Done
		done.Certified = now
		e.Value.Done = &done
		return nil
	}); err != nil {
		return Completion{}, err
	}
	return s.completion(ctx, id, &e.Value)
}

// regrading says whether a regrade under way concerns an attempt.
func (s *Service) regrading(ctx context.Context, course CourseID, attempt AttemptID) (bool, error) {
	c, err := s.corrected(ctx, course)
	if err != nil || c.Running == "" {
		return false, err
	}
	d, err := s.attempts.Get(ctx, attempt)
	if err != nil {
		return false, err
	}
	return c.touches(&d.Value), nil
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

// certifyWaiting makes the certificates of a course that waited ready at once instead of after their backoff. What it does not reach comes by itself.
func (s *Service) certifyWaiting(ctx context.Context, course CourseID) error {
	now := s.now()
	waiting, err := s.cfg.DB.Ready(ctx, EnrolmentsCollection, now.Add(storage.Backoff(100)), storage.MaxPage)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if w.Due.Step != CertifyStep || w.Due.Tries == 0 || !strings.Contains(w.ID, "."+course+".") {
			continue
		}
		err := s.cfg.DB.UpdateEnvelope(ctx, EnrolmentsCollection, w.ID, func(e *storage.Envelope) error {
			if e.Due == nil || e.Due.Step != CertifyStep || e.Due.Parked || e.Due.Tries == 0 {
				return storage.Unchanged
			}
			e.Due = storage.NewDue(CertifyStep, now)
			return nil
		})
		if err != nil {
			return err
		}
		s.wake(ctx, EnrolmentsCollection, w.ID)
	}
	return nil
}
