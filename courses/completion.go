package courses

import (
	"context"
	"errors"
	"fmt"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Facts is everything completion is decided on.
type Facts struct {
	Content *Content
	Missing []texts.Text // a sentence per prerequisite that is not held
	Reading map[string]Reading
	Taken   map[string]Taken
	Sat     map[string]bool // quizzes with an attempt that was handed in, perhaps not graded yet
	Extra   map[string]int
	Tasks   map[string]TaskDone // field tasks that were accepted
	Works   map[string]WorkFact // how far the others are, for the sentences
}

// of is the facts with what an enrolment has recorded by now.
func (f Facts) of(e *Enrolment) Facts {
	f.Reading, f.Taken, f.Extra, f.Tasks = e.Reading, e.Taken, e.Extra, e.Tasks
	return f
}

// Requirement is one thing a course asks for, in the order it should be done.
type Requirement struct {
	Kind     string // prerequisite, pre_test, lesson, practice, post_test, field_task
	Code     string // of the lesson or quiz
	Title    texts.Text
	Done     bool
	Optional bool         // never missing (practice, optional field tasks)
	Locked   []texts.Text // what must be done before this may be begun; empty when it may
	Missing  texts.Text   // what is missing for it to be done; empty when done
	Waiting  bool         // the person has done their part; somebody else is at it
}

// Requirements lists what the course asks for and how far each is. Pure.
func Requirements(f Facts) []Requirement {
	var rs []Requirement
	for _, m := range f.Missing {
		rs = append(rs, Requirement{Kind: "prerequisite", Title: m, Missing: m})
	}
	var beforeLessons, beforePost []texts.Text
	beforePost = append(beforePost, f.Missing...)
	add := func(r Requirement) {
		if !r.Done && !r.Optional {
			beforePost = append(beforePost, r.Missing)
		}
		rs = append(rs, r)
	}
	for _, q := range f.Content.Quizzes {
		if q.Kind != PreTest {
			continue
		}
		r := Requirement{Kind: string(PreTest), Code: q.Code, Title: q.Name(), Done: f.Taken[q.Code].Ended > 0 || f.Sat[q.Code]}
		if !r.Done {
			r.Missing = sentence("Kerjakan dahulu %s.", "Take %s first.", q.Name())
			beforeLessons = append(beforeLessons, r.Missing)
		}
		add(r)
	}
	for _, l := range f.Content.Lessons {
		r := Requirement{Kind: "lesson", Code: l.Code, Title: l.Title, Locked: beforeLessons}
		read := f.Reading[l.Code]
		r.Done = read.done(l)
		if !r.Done {
			r.Missing = read.missing(l)
		}
		add(r)
	}
	for _, q := range f.Content.Quizzes {
		if q.Kind == Practice {
			add(Requirement{Kind: string(Practice), Code: q.Code, Title: q.Name(), Done: f.Taken[q.Code].Ended > 0, Optional: true, Locked: beforeLessons})
		}
	}
	locked := beforePost
	for _, q := range f.Content.Quizzes {
		if q.Kind != PostTest {
			continue
		}
		t := f.Taken[q.Code]
		r := Requirement{Kind: string(PostTest), Code: q.Code, Title: q.Name(), Done: t.Passed, Locked: locked}
		switch {
		case r.Done:
		case q.Attempts > 0 && t.Ended >= q.Attempts+f.Extra[q.Code]:
			r.Missing = sentence("Kesempatan %s sudah habis. Hubungi admin diklat.", "The attempts at %s are used up. Ask the training admin.", q.Name())
		case t.Own > 0:
			r.Missing = say(fmt.Sprintf("Anda mencapai nilai lulus %s, tetapi %d soal di lembar itu Anda tulis atau telaah sendiri, jadi belum menjadi dasar sertifikat. Kerjakan lagi.", q.Name().In(texts.ID), t.Own),
				fmt.Sprintf("You reached the pass mark of %s, but you wrote or reviewed %d of the items on that form yourself, so it does not support a certificate yet. Take it again.", q.Name().In(texts.EN), t.Own))
		case t.Ended > 0:
			r.Missing = say(fmt.Sprintf("Lulus %s dengan nilai paling sedikit %d. Nilai terbaik Anda %s.", q.Name().In(texts.ID), q.PassMark, points(t.Best, texts.ID)),
				fmt.Sprintf("Pass %s with at least %d points. Your best so far is %s.", q.Name().In(texts.EN), q.PassMark, points(t.Best, texts.EN)))
		default:
			r.Missing = say(fmt.Sprintf("Lulus %s dengan nilai paling sedikit %d.", q.Name().In(texts.ID), q.PassMark),
				fmt.Sprintf("Pass %s with at least %d points.", q.Name().In(texts.EN), q.PassMark))
		}
		rs = append(rs, r)
	}
	for _, t := range f.Content.Tasks {
		r := Requirement{Kind: "field_task", Code: t.Code, Title: t.Title, Locked: beforeLessons, Optional: t.Optional}
		if _, r.Done = f.Tasks[t.Code]; !r.Done {
			r.Missing, r.Waiting = f.Works[t.Code].missing(t)
		}
		rs = append(rs, r)
	}
	return rs
}

// Complete decides whether a course is completed, and what is missing if not. Pure; the only place where completion is decided.
func Complete(f Facts) (done bool, missing []texts.Text) {
	for _, r := range Requirements(f) {
		if !r.Done && !r.Optional {
			missing = append(missing, r.Missing)
		}
	}
	return len(missing) == 0, missing
}

// Gate says what must be done before a lesson or quiz may be begun; empty when it may. Pure.
func Gate(f Facts, code string) []texts.Text {
	for _, r := range Requirements(f) {
		if r.Code == code && r.Kind != "prerequisite" {
			return r.Locked
		}
	}
	return nil
}

func sentence(id, en string, name texts.Text) texts.Text {
	return say(fmt.Sprintf(id, name.In(texts.ID)), fmt.Sprintf(en, name.In(texts.EN)))
}

// points writes a score in thousandths of a point: 83333 is "83,33" in Indonesian. Cut, not rounded, so that 69.999 never reads 70.
func points(score int, l texts.Lang) string {
	whole, part := score/1000, score%1000/10
	if part == 0 {
		return fmt.Sprint(whole)
	}
	mark := ","
	if l == texts.EN {
		mark = "."
	}
	return fmt.Sprintf("%d%s%02d", whole, mark, part)
}

// facts gathers what completion of an enrolment is decided on. Without prerequisites and with the pre-test recorded it reads nothing.
func (s *Service) facts(ctx context.Context, id EnrolmentID, e *Enrolment, v *Version) (Facts, error) {
	f := Facts{Content: &v.Content, Reading: e.Reading, Taken: e.Taken, Extra: e.Extra, Tasks: e.Tasks, Sat: map[string]bool{}}
	if !e.Prepared && e.State == Active {
		missing, err := s.missingPrerequisites(ctx, e.Person, &v.Content)
		if err != nil {
			return f, err
		}
		f.Missing = missing
	}
	for _, q := range v.Content.Quizzes {
		if q.Kind != PreTest || e.Taken[q.Code].Ended > 0 {
			continue
		}
		// Handed in a moment ago: the chain has not recorded it yet, but the learner need not wait for that.
		a, err := s.attempts.Get(ctx, attemptID(id, q.Code, 1))
		switch {
		case err == nil:
			f.Sat[q.Code] = a.Value.State != AttemptOpen || a.Value.over(s.now())
		case !errors.Is(err, faults.NotFound):
			return f, err
		}
	}
	works, err := s.workFacts(ctx, id, e, v)
	f.Works = works
	return f, err
}
