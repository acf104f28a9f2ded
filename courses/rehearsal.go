package courses

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// ForgetStep is the due step of practice without a record: a day after it began nothing is left of it.
const ForgetStep = "forget"

// rehearsalLife is how long practice without a record is kept, so that a reload, a dead battery or another device loses nothing of it.
const rehearsalLife = 24 * time.Hour

// Practice without a record is an attempt in a collection of its own: the same form, the same answers, the same pages. Its ordinal is 0, which no attempt has, so its id tells it
// apart, there is one for each person and quiz, and whatever goes through the attempts (lists, figures, recomputing, regrades, the enrolment) never meets it.
var rehearsalDef = storage.Def[Attempt]{Name: RehearsalsCollection, Shape: 1}

// rehearsed says whether an id is one of practice without a record.
func rehearsed(id AttemptID) bool { return strings.HasSuffix(id, ".0") }

// kept is where an attempt is kept.
func (s *Service) kept(id AttemptID) *storage.Collection[Attempt] {
	if rehearsed(id) {
		return s.rehearsals
	}
	return s.attempts
}

// rehearse goes on with the sitting under way, or begins the new one that at describes in the place of one that was finished or drawn from something else.
func (s *Service) rehearse(ctx context.Context, e *Enrolment, q Quiz, c *Content, at Attempt) (FormView, error) {
	now := s.now()
	id := attemptID(at.Enrolment, q.Code, 0)
	goesOn := func(was *Attempt) bool {
		return was.State == AttemptOpen && was.Version == at.Version && was.Trial == at.Trial && !was.over(now)
	}
	under, err := s.rehearsals.Get(ctx, id)
	if err == nil && goesOn(&under.Value) {
		return s.view(ctx, id, &under.Value)
	}
	if err != nil && !errors.Is(err, faults.NotFound) {
		return FormView{}, err
	}
	form, err := s.drawForm(ctx, e, q, c)
	if err != nil {
		return FormView{}, err
	}
	at.State, at.Sheet, at.StartedAt = AttemptOpen, newSheet(form), now
	if q.Minutes > 0 {
		at.EndsAt = now.Add(q.limit())
	}
	d, err := s.rehearsals.Upsert(ctx, id, func(d *storage.Doc[Attempt]) error {
		if d.Version > 0 && goesOn(&d.Value) {
			return storage.Unchanged
		}
		d.Value = at
		d.Due = &storage.Due{Step: ForgetStep, Since: now, NotBefore: now.Add(rehearsalLife)}
		return nil
	})
	if err != nil {
		return FormView{}, err
	}
	return s.view(ctx, d.ID, &d.Value)
}

// finishRehearsal ends practice without a record and grades it on the spot: nothing waits for it. Safe to call twice.
func (s *Service) finishRehearsal(ctx context.Context, a access.Actor, id AttemptID, answers map[string]grading.Answer, from Page) (Receipt, error) {
	now := s.now()
	d, err := s.rehearsals.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		if _, err := s.may(ctx, a, "take", "attempt", id, d.Value.Person); err != nil {
			return err
		}
		at := &d.Value
		if at.State != AttemptOpen {
			return storage.Unchanged
		}
		answers := at.typed(answers)
		if at.over(now) {
			at.Refused = len(changed(at, answers))
			return s.gradeRehearsal(ctx, id, at, now)
		}
		if err := s.accept(ctx, at, answers); err != nil {
			return err
		}
		if changes := changed(at, answers); len(changes) > 0 {
			if from.missed(at) {
				return errStale()
			}
			keep(at, changes)
		}
		return s.gradeRehearsal(ctx, id, at, now)
	})
	if err != nil {
		return Receipt{}, notFound(err, "Percobaan ini tidak ada.", "This attempt does not exist.")
	}
	sum := summary(id, &d.Value)
	return Receipt{Attempt: id, SubmittedAt: d.Value.SubmittedAt, TimedOut: d.Value.TimedOut, Answered: sum.Answered, Items: sum.Items, Refused: d.Value.Refused}, nil
}

// gradeRehearsal ends a sitting that is not kept and grades it.
func (s *Service) gradeRehearsal(ctx context.Context, id AttemptID, at *Attempt, now time.Time) error {
	keys, err := s.corrected(ctx, at.Course)
	if err != nil {
		return err
	}
	res, err := s.gradeAgain(ctx, id, at, &itemsOf{keys: keys})
	if err != nil {
		return err
	}
	at.TimedOut = at.over(now)
	at.State, at.SubmittedAt, at.GradedAt = AttemptGraded, now, now
	if at.TimedOut {
		at.SubmittedAt = at.EndsAt
	}
	if res.NeedsMarking { // nobody marks what is not kept
		at.State = AttemptNeedsMarking
	}
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return err
	}
	q, _ := v.Content.Quiz(at.Quiz)
	at.Results = []Grading{{At: now, Passed: q.Kind == PostTest && res.Passed(q.PassMark), Result: res}}
	return nil
}

// ForgetRehearsal takes practice without a record away, a day after it began. Step "forget"; safe to call twice.
func (s *Service) ForgetRehearsal(ctx context.Context, id AttemptID) error {
	d, err := s.rehearsals.Get(ctx, id)
	if errors.Is(err, faults.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if d.Due == nil || d.Due.Step != ForgetStep || s.now().Before(d.Due.NotBefore) {
		return nil
	}
	if err := s.rehearsals.Delete(ctx, id, d.Version); err != nil && !errors.Is(err, faults.NotFound) {
		return err // begun anew at this moment: the next time finds it young
	}
	return nil
}
