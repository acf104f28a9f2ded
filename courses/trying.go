package courses

import (
	"context"
	"errors"
	"html/template"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// A try as learner is practice without a record of a whole version, draft or published: an author reads its lessons and field tasks and takes its tests as learners will. Its sittings
// lie among the rehearsals under cycle 0, which no enrolment has, so nothing that goes through enrolments or attempts (progress, figures, items met before, regrades,
// certificates) ever meets them, and a day after it began nothing is left. What waits for something else in a course is open in a try.

// Trial is a version as its author tries it.
type Trial struct {
	VersionDoc
	Quizzes []TrialQuiz
}

// TrialQuiz is a test of a version that is tried, with the author's own sitting.
type TrialQuiz struct {
	Quiz
	Attempt AttemptID // under way or ended, to go on with or to look at; "" before the first
	State   AttemptState
	Wrong   texts.Text // why it cannot be tried yet; empty when it can
}

// trialEnrolment names the try of a person in a course where an enrolment would stand.
func trialEnrolment(person PersonID, course CourseID) EnrolmentID {
	return enrolmentID(person, course, 0)
}

// trying reads a version for somebody who may try it.
func (s *Service) trying(ctx context.Context, a access.Actor, id VersionID) (VersionDoc, error) {
	d, err := s.versions.Get(ctx, id)
	if err != nil {
		return VersionDoc{}, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "try", access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
		return VersionDoc{}, hidden(err, false)
	}
	if a.Person == "" {
		return VersionDoc{}, faults.New(faults.Forbidden, "Hanya orang yang dapat mencoba kursus sebagai peserta.", "Only a person can try a course as a learner.")
	}
	if d.Value.State == Discarded {
		return VersionDoc{}, errFrozen()
	}
	return versionDoc(d), nil
}

// Trial shows a version to somebody who may try it as a learner: authors, reviewers, training admins. Errors: NotFound; Conflict for a draft that was given up.
func (s *Service) Trial(ctx context.Context, a access.Actor, version VersionID) (Trial, error) {
	v, err := s.trying(ctx, a, version)
	if err != nil {
		return Trial{}, err
	}
	t := Trial{VersionDoc: v}
	for i, q := range v.Content.Quizzes {
		x := TrialQuiz{Quiz: q}
		if x.Wrong, err = s.untriable(ctx, v.Course, &v.Content, i); err != nil {
			return Trial{}, err
		}
		d, err := s.rehearsals.Get(ctx, attemptID(trialEnrolment(a.Person, v.Course), q.Code, 0))
		switch {
		case errors.Is(err, faults.NotFound):
		case err != nil:
			return Trial{}, err
		case d.Value.Version == version:
			x.Attempt, x.State = d.ID, d.Value.State
		}
		t.Quizzes = append(t.Quizzes, x)
	}
	return t, nil
}

// untriable says why the n-th quiz of a content draws no form yet.
func (s *Service) untriable(ctx context.Context, course CourseID, c *Content, n int) (why texts.Text, err error) {
	q := c.Quizzes[n]
	have := grading.Blueprint{}
	if ref, ok := c.Bank(q.Bank); ok {
		b, err := s.bank(ctx, ref.Bank)
		if err != nil {
			return why, err
		}
		if have, err = s.stock(ctx, course, b); err != nil {
			return why, err
		}
	}
	checkQuiz(n, q, c, have, func(path, id, en string) {
		if why.Empty() {
			why = texts.T(id, en)
		}
	})
	return why, nil
}

// TryLesson shows a lesson as a learner reads it; no clock runs. Errors as Trial, and NotFound without the lesson.
func (s *Service) TryLesson(ctx context.Context, a access.Actor, version VersionID, code string) (LessonView, error) {
	v, err := s.trying(ctx, a, version)
	if err != nil {
		return LessonView{}, err
	}
	ref, ok := v.Content.Lesson(code)
	if !ok {
		return LessonView{}, faults.New(faults.NotFound, "Pelajaran ini tidak ada.", "This lesson does not exist.")
	}
	text, err := s.lesson(ctx, ref.Lesson)
	if err != nil {
		return LessonView{}, err
	}
	return s.lessonView(&v.Content, LessonView{Course: v.Course, Code: code, Title: ref.Title, HTML: template.HTML(text.HTML), Minutes: ref.Minutes, Part: ref.Part}), nil
}

// TryTask shows a field task as a learner will see it once it is begun: what is to be done, by which rubric it is judged, what is to be handed in. Nothing can be written or handed in. Errors as Trial, and
// NotFound without the task.
func (s *Service) TryTask(ctx context.Context, a access.Actor, version VersionID, code string) (WorkView, error) {
	v, err := s.trying(ctx, a, version)
	if err != nil {
		return WorkView{}, err
	}
	t, ok := v.Content.Task(code)
	if !ok {
		return WorkView{}, faults.New(faults.NotFound, "Tugas lapangan ini tidak ada.", "This field task does not exist.")
	}
	return WorkView{Person: a.Person, Course: v.Course, CourseTitle: v.Content.Card.Title, Task: t, Instructions: instructions(t), Rubric: rubricView(t.Rubric, nil), Until: s.lastDay(t), Left: MaxEditions}, nil
}

// TryQuiz begins a test of a version as a learner would, or goes on with the one under way; one that was begun before the draft changed begins anew. Form, Save, CheckAnswer,
// Submit and Review take it from there. Errors as Trial; NotFound without the quiz; Conflict, saying what is missing, while it cannot draw its items.
func (s *Service) TryQuiz(ctx context.Context, a access.Actor, version VersionID, quiz string) (FormView, error) {
	v, err := s.trying(ctx, a, version)
	if err != nil {
		return FormView{}, err
	}
	for i, q := range v.Content.Quizzes {
		if q.Code != quiz {
			continue
		}
		why, err := s.untriable(ctx, v.Course, &v.Content, i)
		if err != nil {
			return FormView{}, err
		}
		if !why.Empty() {
			return FormView{}, &faults.Error{Kind: faults.Conflict, Text: why}
		}
		e := &Enrolment{Course: v.Course, Version: version} // of nobody: what its author wrote or met is drawn like the rest
		sitting := Attempt{Person: a.Person, Course: v.Course, Version: version, Enrolment: trialEnrolment(a.Person, v.Course), Quiz: quiz, Kind: q.Kind, Trial: v.Revision}
		return s.rehearse(ctx, e, q, &v.Content, sitting)
	}
	return FormView{}, faults.New(faults.NotFound, "Tes ini tidak ada di versi kursus ini.", "There is no such test in this version of the course.")
}

// triedVersion is the version of a try as learner; "" for every other attempt.
func (a *Attempt) triedVersion() VersionID {
	if a.Trial == 0 {
		return ""
	}
	return a.Version
}

// enrolmentOf reads the enrolment of an attempt; a try has none and gets an empty one.
func (s *Service) enrolmentOf(ctx context.Context, at *Attempt) (Enrolment, error) {
	if at.Trial != 0 {
		return Enrolment{Person: at.Person, Course: at.Course, Version: at.Version}, nil
	}
	d, err := s.enrolments.Get(ctx, at.Enrolment)
	return d.Value, err
}

// endTimed ends and grades a rehearsal whose time is up, on the spot: nothing of the chain looks at it. Safe to call twice.
func (s *Service) endTimed(ctx context.Context, id AttemptID, now time.Time) (storage.Doc[Attempt], error) {
	return s.rehearsals.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		if d.Value.State != AttemptOpen || !d.Value.over(now) {
			return storage.Unchanged
		}
		return s.gradeRehearsal(ctx, id, &d.Value, now)
	})
}
