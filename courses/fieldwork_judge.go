package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Supervisors tells who supervises a person today: "" when nobody does. NotFound when there is no such person.
type Supervisors interface {
	Supervisor(ctx context.Context, person PersonID) (PersonID, error)
}

// RouteStep is the due step of a field work's marking that a supervisor judges: it looks who that is today, and looks again a day later.
const RouteStep = "route"

const routeAgain = 24 * time.Hour

func workMarkingID(work string, edition int) string {
	return "m" + fingerprint([]any{"field work", work, edition}, 26)
}

// ofWork says whether a marking is of a field work instead of an answer of an attempt.
func (m *Marking) ofWork() bool { return m.Work != "" }

// bySupervisor says whether the supervisor of the day judges; where there is none, markers do.
func (m *Marking) bySupervisor() bool { return m.Judge == BySupervisor && m.For != "" }

// supervisor is who supervises a person today; "" when nobody does, or nobody can tell.
func (s *Service) supervisor(ctx context.Context, person PersonID) (PersonID, error) {
	if s.cfg.Supervisors == nil {
		return "", nil
	}
	boss, err := s.cfg.Supervisors.Supervisor(ctx, person)
	if errors.Is(err, faults.NotFound) || boss == person {
		return "", nil
	}
	return boss, err
}

// OpenWork lets what was handed in find its judge. Step "open" of a field work. Idempotent.
func (s *Service) OpenWork(ctx context.Context, id string) error {
	d, err := s.fieldWorks.Get(ctx, id)
	if err != nil {
		return err
	}
	w := &d.Value
	if d.Due == nil || d.Due.Step != OpenStep {
		return nil
	}
	v, err := s.version(ctx, w.Version)
	if err != nil {
		return err
	}
	t, ok := v.Content.Task(w.Task)
	if !ok {
		return fmt.Errorf("field work %s: version %s has no task %s", id, w.Version, w.Task)
	}
	n := len(w.Editions)
	m := storage.Doc[Marking]{ID: workMarkingID(id, n), Value: Marking{Work: id, Edition: n, Item: w.Version + "/" + w.Task, Person: w.Person, Course: w.Course, Version: w.Version, Quiz: w.Task,
		At: w.Editions[n-1].At, Rule: t.Marking, State: MarkingOpen, Judge: t.Judge}}
	if t.Judge == BySupervisor {
		if m.Value.For, err = s.supervisor(ctx, w.Person); err != nil {
			return err
		}
		m.Due = storage.NewDue(RouteStep, s.now())
	}
	if err := put(ctx, s.markings, m); err != nil {
		return err
	}
	s.wake(ctx, MarkingsCollection, m.ID)
	return s.clearDue(ctx, FieldWorksCollection, id, OpenStep)
}

// JudgeNews is what a supervisor is told of a field work that waits for them.
type JudgeNews struct {
	Person  PersonID
	Topic   string // the same for the same work, edition and supervisor
	Marking string
	Title   texts.Text
	Body    texts.Text
}

// Route finds the supervisor of the day for a marking that one judges; who drafted something keeps the draft. It answers what that supervisor is to be told; the zero JudgeNews is nothing. Step "route"
// of a marking; Routed ends it. Idempotent.
func (s *Service) Route(ctx context.Context, id string) (JudgeNews, error) {
	d, err := s.markings.Get(ctx, id)
	if err != nil {
		return JudgeNews{}, err
	}
	m := &d.Value
	if m.Judge != BySupervisor || m.State == MarkingDone {
		return JudgeNews{}, nil
	}
	boss, err := s.supervisor(ctx, m.Person)
	if err != nil {
		return JudgeNews{}, err
	}
	l, err := s.cfg.People.Learner(ctx, m.Person)
	if err != nil {
		return JudgeNews{}, err
	}
	if _, err := s.markings.Update(ctx, id, func(d *storage.Doc[Marking]) error {
		m := &d.Value
		if m.State == MarkingDone || m.For == boss && slices.Equal(m.Units, l.Units) {
			return storage.Unchanged
		}
		if m.For != boss && m.For != "" {
			d.Trail = append(d.Trail, s.entry(access.System("chain"), "", "route_field_work", MarkingsCollection, id, m.Person, "", "to="+boss))
		}
		m.For, m.Units = boss, l.Units
		return nil
	}); err != nil || boss == "" {
		return JudgeNews{}, err
	}
	v, err := s.version(ctx, m.Version)
	if err != nil {
		return JudgeNews{}, err
	}
	t, _ := v.Content.Task(m.Quiz)
	return JudgeNews{Person: boss, Topic: "field." + id, Marking: id, Title: texts.T("Tugas lapangan menunggu penilaian Anda: "+l.Name, "A field task waits for you: "+l.Name),
		Body: texts.T(v.Content.Card.Title.ID+", \""+t.Title.ID+"\". Buka untuk membaca dan menilainya dengan rubrik.", v.Content.Card.Title.In(texts.EN)+", \""+t.Title.In(texts.EN)+"\". Open it to read and judge it by the rubric.")}, nil
}

// Routed notes that the supervisor knows, and when to look again who it is. Safe to call twice.
func (s *Service) Routed(ctx context.Context, id string) error {
	now := s.now()
	_, err := s.markings.Update(ctx, id, func(d *storage.Doc[Marking]) error {
		if d.Due == nil || d.Due.Step != RouteStep {
			return storage.Unchanged
		}
		if d.Value.State == MarkingDone {
			d.Due = nil
			return nil
		}
		d.Due = &storage.Due{Step: RouteStep, Since: now, NotBefore: now.Add(routeAgain)}
		return nil
	})
	return err
}

// reroute makes the markings that a change of a person may send elsewhere look for their supervisor now: those the person judges, those of the person's own work, and those of the unit. What it does not
// reach comes by itself within a day.
func (s *Service) reroute(ctx context.Context, person PersonID, units []string) error {
	terms := []string{"for:" + person, "person:" + person}
	if len(units) > 0 {
		terms = append(terms, "unit:"+units[0])
	}
	now := s.now()
	for _, term := range terms {
		found, err := s.markings.Gather(ctx, storage.Query{Index: "supervised", Term: term})
		if err != nil {
			return err
		}
		for _, d := range found {
			if d.Due != nil && d.Due.Step == RouteStep && !d.Due.NotBefore.After(now) {
				continue
			}
			if err := s.cfg.DB.UpdateEnvelope(ctx, MarkingsCollection, d.ID, func(e *storage.Envelope) error {
				if e.Due != nil && e.Due.Step != RouteStep {
					return storage.Unchanged
				}
				e.Due = storage.NewDue(RouteStep, now)
				return nil
			}); err != nil {
				return err
			}
			s.wake(ctx, MarkingsCollection, d.ID)
		}
	}
	return nil
}

// settleWork takes a verdict up in its field work: accepted, or returned for improvement with new days. Idempotent.
func (s *Service) settleWork(ctx context.Context, m *Marking) error {
	marks, ok := m.edition(len(m.Verdicts))
	if !ok {
		return nil
	}
	v, err := s.version(ctx, m.Version)
	if err != nil {
		return err
	}
	t, ok := v.Content.Task(m.Quiz)
	if !ok {
		return fmt.Errorf("field work %s: version %s has no task %s", m.Work, m.Version, m.Quiz)
	}
	mark, ok := marks.Mark(t.Rubric)
	if !ok {
		return fmt.Errorf("field work %s: a verdict that does not fit the rubric", m.Work)
	}
	now, until := s.now(), s.lastDay(t)
	_, err = s.fieldWorks.Update(ctx, m.Work, func(d *storage.Doc[FieldWork]) error {
		w := &d.Value
		if len(w.Editions) != m.Edition || !w.awaits(marks.Edition) {
			return storage.Unchanged
		}
		w.Editions = slices.Clone(w.Editions)
		e := &w.Editions[m.Edition-1]
		if e.Verdict != nil {
			e.Before = append(slices.Clip(e.Before), *e.Verdict)
		}
		e.Verdict = &WorkVerdict{At: now, Marks: marks.Edition, Mark: mark, Accepted: t.accepts(mark), Untold: true}
		if w.State = WorkReturned; t.accepts(mark) {
			w.State = WorkAccepted
		} else {
			w.Until = until
		}
		d.Due = storage.NewDue(RecordStep, now)
		return nil
	})
	if err == nil {
		s.wake(ctx, FieldWorksCollection, m.Work)
	}
	return err
}

// awaits says whether a verdict on the last edition is yet to be taken up: the first, or the one after an objection.
func (w *FieldWork) awaits(verdict int) bool {
	last := w.Editions[len(w.Editions)-1].Verdict
	return w.State == WorkHandedIn && last == nil || w.State == WorkReturned && last.Marks < verdict
}

// accepts says whether a mark is enough, in exact arithmetic.
func (t FieldTask) accepts(m grading.Mark) bool { return m*100 >= grading.Mark(t.Accept)*grading.Full }

// RecordWork records an accepted field task in its enrolment and decides whether the course is completed with it. Step "record" of a field work; then its learner is told. Idempotent.
func (s *Service) RecordWork(ctx context.Context, id string) error {
	d, err := s.fieldWorks.Get(ctx, id)
	if err != nil {
		return err
	}
	w := &d.Value
	if d.Due == nil || d.Due.Step != RecordStep {
		return nil
	}
	if w.State == WorkAccepted {
		if err := s.completeByWork(ctx, w); err != nil {
			return err
		}
	}
	now := s.now()
	_, err = s.fieldWorks.Update(ctx, id, func(d *storage.Doc[FieldWork]) error {
		if d.Due == nil || d.Due.Step != RecordStep {
			return storage.Unchanged
		}
		d.Due = storage.NewDue(TellStep, now)
		return nil
	})
	return err
}

// completeByWork records an accepted field work, completes the enrolment when it was the last thing missing, and answers its assignments.
func (s *Service) completeByWork(ctx context.Context, w *FieldWork) error {
	v, err := s.version(ctx, w.Version)
	if err != nil {
		return err
	}
	n := len(w.Editions)
	last := w.Editions[n-1]
	e, err := s.enrolments.Get(ctx, w.Enrolment)
	if err != nil {
		return err
	}
	f, err := s.facts(ctx, w.Enrolment, &e.Value, v)
	if err != nil {
		return err
	}
	now := s.now()
	e, err = s.enrolments.Update(ctx, w.Enrolment, func(e *storage.Doc[Enrolment]) error {
		_, had := e.Value.Tasks[w.Task]
		if had {
			return storage.Unchanged
		}
		tasks := map[string]TaskDone{w.Task: {Edition: n, At: last.At, Mark: last.Verdict.Mark}}
		for code, t := range e.Value.Tasks {
			tasks[code] = t
		}
		e.Value.Tasks = tasks
		if e.Value.State == Completed { // what an optional task shows joins what its certificate shows
			e.Due = storage.NewDue(CertifyStep, now)
			return nil
		}
		if done, _ := Complete(f.of(&e.Value)); !done || e.Value.State != Active {
			return nil
		}
		id, at, r, err := s.passing(ctx, w.Enrolment, e.Value.Taken, v)
		if err != nil {
			return err
		}
		e.Value.State = Completed
		e.Value.Done = finished(&e.Value, v, id, at, r, s.cfg.Zone())
		e.Due = storage.NewDue(CertifyStep, now)
		return nil
	})
	if err != nil || e.Value.State != Completed {
		return err
	}
	s.wake(ctx, EnrolmentsCollection, e.ID)
	for _, assignment := range e.Value.Assignments {
		if err := s.answerAssignment(ctx, assignment, w.Enrolment, e.Value.Done); err != nil {
			return err
		}
	}
	return nil
}

// passing finds the sitting that passed the post-test, the last one to be passed where there are several tests.
func (s *Service) passing(ctx context.Context, enrolment EnrolmentID, taken map[string]Taken, v *Version) (AttemptID, *Attempt, Grading, error) {
	quiz, when := "", time.Time{}
	for _, q := range v.Content.Quizzes {
		if t := taken[q.Code]; q.Kind == PostTest && t.Passed && !t.PassedAt.Before(when) {
			quiz, when = q.Code, t.PassedAt
		}
	}
	all, err := s.sittings(ctx, enrolment, quiz)
	if err != nil {
		return "", nil, Grading{}, err
	}
	if all, err = s.shown(ctx, all); err != nil {
		return "", nil, Grading{}, err
	}
	own, err := s.ownOf(ctx, all)
	if err != nil {
		return "", nil, Grading{}, err
	}
	for i := range all {
		if r, _ := all[i].Value.result(); r.Passed && own[all[i].ID] == 0 {
			return all[i].ID, &all[i].Value, r, nil
		}
	}
	// The result changed since the enrolment recorded it; the step that brings both in line completes the course or not.
	return "", nil, Grading{}, faults.New(faults.Conflict, "Hasil tesnya sedang dinilai ulang.", "The result is being regraded.")
}

// finished is the fact that a course is completed by an attempt and its field tasks: on the day the last of them was handed in. Pure.
func finished(e *Enrolment, v *Version, id AttemptID, at *Attempt, r Grading, zone civil.Zone) *Done {
	d := &Done{At: at.SubmittedAt, Attempt: id, Score: r.Result.Score()}
	for code, t := range e.Tasks {
		if task, _ := v.Content.Task(code); t.At.After(d.At) && !task.Optional {
			d.At = t.At
		}
	}
	d.On = zone.Day(d.At)
	if m := v.Content.Card.ValidMonths; m > 0 {
		d.ValidUntil = d.On.AddMonths(m)
	}
	return d
}

// WorkNews is what a learner is told of a judged field work.
type WorkNews struct {
	Person    PersonID
	Enrolment EnrolmentID
	Task      string
	Edition   int
	Verdict   int // on the edition, from 1; 2 after an objection
	Title     texts.Text
	Body      texts.Text
}

// UntoldWork gives what the learner of a field work has to be told; false when they were told. For the chain; takes no actor.
func (s *Service) UntoldWork(ctx context.Context, id string) (WorkNews, bool, error) {
	d, err := s.fieldWorks.Get(ctx, id)
	if err != nil {
		return WorkNews{}, false, err
	}
	w := &d.Value
	n := len(w.Editions)
	if n == 0 || w.Editions[n-1].Verdict == nil || !w.Editions[n-1].Verdict.Untold {
		return WorkNews{}, false, nil
	}
	v, err := s.version(ctx, w.Version)
	if err != nil {
		return WorkNews{}, false, err
	}
	e, err := s.enrolments.Get(ctx, w.Enrolment)
	if err != nil {
		return WorkNews{}, false, err
	}
	t, _ := v.Content.Task(w.Task)
	x := w.Editions[n-1].Verdict
	score := x.Mark.Thousandths() * 100
	out := WorkNews{Person: w.Person, Enrolment: w.Enrolment, Task: w.Task, Edition: n, Verdict: x.Marks, Title: texts.T("Tugas lapangan diterima: "+t.Title.ID, "Field task accepted: "+t.Title.In(texts.EN)),
		Body: texts.T("Nilainya "+points(score, texts.ID)+".", "It was given "+points(score, texts.EN)+" points.")}
	if !x.Accepted {
		out.Title = texts.T("Tugas lapangan perlu diperbaiki: "+t.Title.ID, "Field task to be improved: "+t.Title.In(texts.EN))
		if x.Marks > 1 {
			out.Title = texts.T("Penilaian ulang atas keberatan Anda selesai: "+t.Title.ID, "Marked again after your objection: "+t.Title.In(texts.EN))
		}
		out.Body = texts.T(fmt.Sprintf("Nilainya %s, diterima mulai %d. Baca umpan baliknya, perbaiki, lalu kumpulkan lagi.", points(score, texts.ID), t.Accept), fmt.Sprintf("It was given %s points; it is accepted from %d. Read the feedback, improve it and hand it in again.", points(score, texts.EN), t.Accept))
		return out, true, nil
	}
	if e.Value.State == Completed && t.Optional {
		out.Body = texts.T(out.Body.ID+" Buktinya ditambahkan ke kompetensi Anda.", out.Body.EN+" Its evidence is added to your competencies.")
	} else if e.Value.State == Completed {
		out.Body = texts.T(out.Body.ID+" Kursus ini Anda selesaikan; sertifikatnya menyusul.", out.Body.EN+" You have completed the course; the certificate follows.")
	} else if f, err := s.facts(ctx, w.Enrolment, &e.Value, v); err != nil {
		return WorkNews{}, false, err
	} else if _, missing := Complete(f); len(missing) > 0 {
		rest := join(missing)
		out.Body = texts.T(out.Body.ID+" Yang masih kurang: "+rest.ID, out.Body.EN+" What is still missing: "+rest.EN)
	}
	return out, true, nil
}

// ToldWork notes that the learner was told of an edition's verdict. Step "tell" of a field work ends here. Safe to call twice.
func (s *Service) ToldWork(ctx context.Context, id string, edition int) error {
	_, err := s.fieldWorks.Update(ctx, id, func(d *storage.Doc[FieldWork]) error {
		w, changed := &d.Value, false
		if edition >= 1 && edition <= len(w.Editions) && w.Editions[edition-1].Verdict != nil && w.Editions[edition-1].Verdict.Untold {
			w.Editions = slices.Clone(w.Editions)
			x := *w.Editions[edition-1].Verdict
			x.Untold, changed = false, true
			w.Editions[edition-1].Verdict = &x
		}
		if d.Due != nil && d.Due.Step == TellStep {
			d.Due, changed = nil, true
		}
		if !changed {
			return storage.Unchanged
		}
		return nil
	})
	return err
}

// JudgeRow is one field work that waits for a supervisor.
type JudgeRow struct {
	ID      string // of the marking
	Person  PersonID
	Name    string
	Course  CourseID
	Title   texts.Text // of the course
	Task    texts.Text
	Edition int
	At      time.Time
	Late    bool
	Begun   bool // the reader has a draft
}

// ToJudge lists the field works that wait for the actor as the supervisor of the day, the longest waiting first, a page at a time.
func (s *Service) ToJudge(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (out []JudgeRow, next storage.Cursor, err error) {
	if a.Anonymous() || a.Person == "" {
		return nil, next, faults.New(faults.Unauthenticated, "Silakan masuk lebih dahulu.", "Please log in first.")
	}
	p, err := s.markings.Find(ctx, storage.Query{Index: "supervised", Term: "for:" + a.Person, After: after, Limit: limit})
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		m := &d.Value
		if _, err := s.mayMark(ctx, a, d.ID, m); errors.Is(err, faults.NotFound) || errors.Is(err, faults.Forbidden) {
			continue // somebody else's by now
		} else if err != nil {
			return nil, next, err
		}
		l, err := s.cfg.People.Learner(ctx, m.Person)
		if err != nil {
			return nil, next, err
		}
		v, err := s.version(ctx, m.Version)
		if err != nil {
			return nil, next, err
		}
		t, _ := v.Content.Task(m.Quiz)
		w, err := s.fieldWorks.Get(ctx, m.Work)
		if err != nil {
			return nil, next, err
		}
		out = append(out, JudgeRow{ID: d.ID, Person: m.Person, Name: l.Name, Course: m.Course, Title: v.Content.Card.Title, Task: t.Title, Edition: m.Edition, At: m.At, Late: w.Value.Editions[m.Edition-1].Late,
			Begun: slices.ContainsFunc(m.Sheets, func(x MarkSheet) bool { return x.By == a.Person })})
	}
	if p.More {
		next = p.Next
	}
	return out, next, nil
}
