package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// Enrolment is one cycle of one person in one course.
type Enrolment struct {
	ID        string    `json:"id"`
	Person    string    `json:"person"`
	Course    string    `json:"course"`
	Version   string    `json:"version" doc:"The version it was begun with; it never changes"`
	Cycle     int       `json:"cycle"`
	State     string    `json:"state" enum:"active,completed,failed"`
	Since     time.Time `json:"since"`
	Completed string    `json:"completed,omitempty" doc:"Day of completion"`
	Score     *Points   `json:"score,omitempty" doc:"Of the post-test that completed it"`
	Steps     []Step    `json:"steps,omitempty" maxItems:"1000" doc:"What the course asks for, in order; only when one enrolment is read"`
}

// Points is a score out of 100 in thousandths of a point, exact.
type Points int

// Step is one thing a course asks for.
type Step struct {
	Kind     string     `json:"kind" enum:"prerequisite,pre_test,lesson,practice,post_test,field_task"`
	Code     string     `json:"code,omitempty"`
	Title    texts.Text `json:"title"`
	Done     bool       `json:"done"`
	Optional bool       `json:"optional"`
	Locked   []string   `json:"locked" maxItems:"1000" nullable:"false" doc:"What must be done before it may be begun"`
	Missing  string     `json:"missing,omitempty" doc:"What is missing for it to be done"`
	Waiting  bool       `json:"waiting" doc:"The learner has done their part; somebody else is at it"`
}

func showEnrolment(e courses.EnrolmentDoc) Enrolment {
	v := Enrolment{ID: e.ID, Person: e.Person, Course: e.Course, Version: e.Version, Cycle: e.Cycle, State: string(e.State), Since: e.Since}
	if e.Done != nil {
		p := Points(e.Done.Score)
		v.Completed, v.Score = string(e.Done.On), &p
	}
	return v
}

func showStep(r courses.Requirement, lang texts.Lang) Step {
	st := Step{Kind: r.Kind, Code: r.Code, Title: r.Title, Done: r.Done, Optional: r.Optional, Locked: []string{}, Missing: r.Missing.In(lang), Waiting: r.Waiting}
	for _, l := range r.Locked {
		st.Locked = append(st.Locked, l.In(lang))
	}
	return st
}

// Lesson is a lesson as its reader gets it.
type Lesson struct {
	Enrolment  string     `json:"enrolment"`
	Code       string     `json:"code"`
	Title      texts.Text `json:"title"`
	HTML       string     `json:"html" doc:"Harmless HTML made from the author's Markdown"`
	LocalRules []string   `json:"local_rules,omitempty" maxItems:"1000" doc:"What the city lays down, where the lesson leaves something to it"`
	Minutes    int        `json:"minutes"`
	Part       string     `json:"part,omitempty"`
	Number     int        `json:"number"`
	Of         int        `json:"of"`
	Previous   string     `json:"previous,omitempty"`
	Next       string     `json:"next,omitempty"`
	Reading    Reading    `json:"reading"`
}

// Reading says how far a lesson was read, by the server's clock.
type Reading struct {
	Seconds int    `json:"seconds"`
	Need    int    `json:"need" doc:"Seconds that count as having read: 40 % of the estimate"`
	End     bool   `json:"end" doc:"The end was reached"`
	Done    bool   `json:"done"`
	Missing string `json:"missing,omitempty"`
}

func showReading(ctx context.Context, r courses.ReadingStatus) Reading {
	return Reading{r.Seconds, r.Need, r.End, r.Done, r.Missing.In(visit.From(ctx).Lang)}
}

// EnrolmentPath names an enrolment in an address.
type EnrolmentPath struct {
	ID string `path:"id" maxLength:"200"`
}

// LessonPath names a lesson of an enrolment in an address.
type LessonPath struct {
	EnrolmentPath
	Lesson string `path:"lesson" maxLength:"40"`
}

func (s *server) enrolments() {
	handle(s, operation{Method: http.MethodPost, Path: "/enrolments", ID: "enrol", Tag: "enrolments", Summary: "Enrol oneself, or a person of one's units", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				Course string `json:"course" minLength:"1" maxLength:"40"`
				Person string `json:"person,omitempty" maxLength:"60" doc:"Missing: oneself"`
				Again  bool   `json:"again,omitempty" doc:"Begin a new cycle though one ended"`
				Why    string `json:"why,omitempty" maxLength:"500"`
			}
		}) (*body[Enrolment], error) {
			return one(showEnrolment)(s.Courses.Enrol(ctx, visit.Actor(ctx), courses.EnrolInput{Person: in.Body.Person, Course: in.Body.Course, Again: in.Body.Again, Why: in.Body.Why}))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/enrolments", ID: "listEnrolments", Tag: "enrolments", Summary: "Enrolments of a person (missing: oneself), a course, a cohort or a unit"},
		func(ctx context.Context, in *struct {
			PageInput
			Person string `query:"person" maxLength:"60"`
			Course string `query:"course" maxLength:"40"`
			Cohort string `query:"cohort" maxLength:"60"`
			Unit   string `query:"unit" maxLength:"60"`
			State  string `query:"state" enum:"active,completed,failed"`
		}) (*body[ListOf[Enrolment]], error) {
			a := visit.Actor(ctx)
			if in.Person == "" && in.Course == "" && in.Cohort == "" && in.Unit == "" {
				in.Person = a.Person
			}
			found, next, err := s.Courses.Enrolments(ctx, a, courses.EnrolmentFilter{Person: in.Person, Course: in.Course, State: courses.EnrolmentState(in.State), Cohort: in.Cohort, Unit: in.Unit,
				After: in.after(), Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showEnrolment), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/enrolments/{id}", ID: "getEnrolment", Tag: "enrolments", Summary: "One enrolment with every step the course asks for"},
		func(ctx context.Context, in *EnrolmentPath) (*body[Enrolment], error) {
			p, err := s.Courses.Progress(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			v := showEnrolment(p.EnrolmentDoc)
			lang := visit.From(ctx).Lang
			for _, r := range p.Requirements {
				v.Steps = append(v.Steps, showStep(r, lang))
			}
			return answer(v), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/enrolments/{id}/lessons/{lesson}", ID: "openLesson", Tag: "enrolments", Summary: "Open a lesson; starts the reading clock"},
		func(ctx context.Context, in *LessonPath) (*body[Lesson], error) {
			l, err := s.Courses.OpenLesson(ctx, visit.Actor(ctx), in.ID, in.Lesson)
			if err != nil {
				return nil, err
			}
			return answer(Lesson{l.Enrolment, l.Code, l.Title, string(l.HTML), l.Local, l.Minutes, l.Part, l.Number, l.Of, l.Previous, l.Next, showReading(ctx, l.Status)}), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/enrolments/{id}/lessons/{lesson}/reading", ID: "readLesson", Tag: "enrolments", Summary: "Count reading time; with end when the end was reached"},
		func(ctx context.Context, in *struct {
			LessonPath
			Body struct {
				End bool `json:"end,omitempty"`
			}
		}) (*body[Reading], error) {
			r, err := s.Courses.Read(ctx, visit.Actor(ctx), in.ID, in.Lesson, in.Body.End)
			if err != nil {
				return nil, err
			}
			return answer(showReading(ctx, r)), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/enrolments/{id}/granted-attempts", ID: "grantAttempt", Tag: "enrolments", Summary: "Give one more attempt at a post-test, with the reason", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			EnrolmentPath
			Key  string `header:"Idempotency-Key" maxLength:"100"`
			Body struct {
				Quiz string `json:"quiz" minLength:"1" maxLength:"40"`
				Why  string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Enrolment], error) {
			if in.Key == "" {
				return nil, faults.New(faults.Invalid, "Sertakan Idempotency-Key, supaya kiriman ulang tidak memberi dua kesempatan.", "Send an Idempotency-Key, so that sending again does not grant twice.")
			}
			return one(showEnrolment)(s.Courses.GrantAttempt(ctx, visit.Actor(ctx), in.ID, in.Body.Quiz, in.Key, in.Body.Why))
		})
}
