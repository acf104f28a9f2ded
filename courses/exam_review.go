package courses

import (
	"context"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// reviewed is how much of an attempt's result the actor may see now: what the exam says to its taker, everything as usual to others and outside of exams.
func (s *Service) reviewed(ctx context.Context, a access.Actor, at *Attempt) (ReviewLevel, error) {
	if at.Exam == nil || a.Person != at.Person {
		return ReviewAsQuiz, nil
	}
	d, err := s.exams.Get(ctx, at.Exam.ID)
	if err != nil || !d.Value.Cancelled.IsZero() {
		return ReviewAsQuiz, err
	}
	return d.Value.reviewLevel(at.SubmittedAt, s.now()), nil
}

// withheld is until when what follows from a graded attempt waits because its exam shows its taker nothing yet: whether somebody passed would show in the course, its next
// steps and its certificate. It is the next phase that shows something, at the latest when nobody sits any more; zero when nothing waits.
func (x *Exam) withheld(submitted, now time.Time) time.Time {
	if !x.Cancelled.IsZero() || x.reviewLevel(submitted, now) != ReviewNothing {
		return time.Time{}
	}
	end := x.last()
	if soon := submitted.Add(justAfter); now.Before(soon) && soon.Before(end) && x.Review.During != ReviewNothing {
		return soon
	}
	if now.Before(end) {
		return end
	}
	return time.Time{}
}

// withheld is until when what follows from a graded attempt waits; zero: it does not.
func (s *Service) withheld(ctx context.Context, at *Attempt) (time.Time, error) {
	if at.Exam == nil || at.State != AttemptGraded {
		return time.Time{}, nil
	}
	d, err := s.exams.Get(ctx, at.Exam.ID)
	if err != nil {
		return time.Time{}, err
	}
	return d.Value.withheld(at.SubmittedAt, s.now()), nil
}

// shown leaves the first attempts of a quiz whose results count already: graded, and not withheld by an exam.
func (s *Service) shown(ctx context.Context, all []storage.Doc[Attempt]) ([]storage.Doc[Attempt], error) {
	for n := range all {
		if all[n].Value.State != AttemptGraded {
			return all[:n], nil
		}
		until, err := s.withheld(ctx, &all[n].Value)
		if err != nil || !until.IsZero() {
			return all[:n], err
		}
	}
	return all, nil
}

// awaitShown is what is due next of an attempt that is withheld until a moment.
func awaitShown(until, now time.Time) *storage.Due {
	return &storage.Due{Step: CompleteStep, Since: now, NotBefore: until}
}

// Hidden is the field path of a result that an exam does not show yet.
const Hidden = "result"

func errHidden() error {
	return faults.New(faults.Conflict, "Hasil ujian ini belum ditampilkan. Jawaban Anda tersimpan; hasilnya diumumkan menurut aturan ujian.", "The result of this exam is not shown yet. Your answers are kept; the result is shown as the exam's rules say.").
		With(Hidden, "Hasil belum ditampilkan.", "The result is not shown yet.")
}

// hushed takes out of a summary what its taker may not see yet.
func (s *Service) hushed(ctx context.Context, a access.Actor, at *Attempt, d AttemptDoc) (AttemptDoc, error) {
	if d.State != AttemptGraded {
		return d, nil
	}
	level, err := s.reviewed(ctx, a, at)
	if level == ReviewNothing {
		d.Score, d.Passed, d.Hidden = 0, false, true
	}
	return d, err
}

// withoutKey leaves of an item what was answered and how it was marked.
func (it ItemReview) withoutKey() ItemReview {
	it.General = ""
	it.AnswerReview = it.AnswerReview.withoutKey()
	parts := make([]AnswerReview, 0, len(it.Parts))
	for _, p := range it.Parts {
		parts = append(parts, p.withoutKey())
	}
	it.Parts = parts
	return it
}

func (r AnswerReview) withoutKey() AnswerReview {
	r.Key, r.Feedback = nil, nil
	choices := make([]ChoiceReview, 0, len(r.Choices))
	for _, c := range r.Choices {
		choices = append(choices, ChoiceReview{ID: c.ID, HTML: c.HTML, Chosen: c.Chosen})
	}
	r.Choices = choices
	return r
}

// examined adds to a quiz what its exam says, and takes out what is not shown yet.
func (s *Service) examined(ctx context.Context, a access.Actor, q *QuizProgress, x *storage.Doc[Exam], id EnrolmentID, e *Enrolment) error {
	card, err := s.door(ctx, x, id, e, q.Code, q.Ended)
	if err != nil {
		return err
	}
	q.Exam = &card
	if q.Latest == "" {
		return nil
	}
	last, err := s.attempts.Get(ctx, q.Latest)
	if err != nil {
		return err
	}
	level, err := s.reviewed(ctx, a, &last.Value)
	if q.Hidden = q.Hidden || level == ReviewNothing; q.Hidden {
		q.Best, q.Last, q.BestOf = 0, 0, 0
	}
	return err
}
