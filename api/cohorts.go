package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/visit"
)

// Cohort is a course version with a period, a quota and people.
type Cohort struct {
	ID      string `json:"id"`
	Course  string `json:"course"`
	Version string `json:"version"`
	Name    string `json:"name"`
	From    string `json:"from"`
	Until   string `json:"until"`
	Quota   int    `json:"quota"`
	Size    int    `json:"size" doc:"How many people are in it"`
	Joined  bool   `json:"joined" doc:"The reader is one of them"`
	Closed  bool   `json:"closed"`
}

// Member is a person in a cohort.
type Member struct {
	Person    string    `json:"person"`
	At        time.Time `json:"at"`
	Enrolment string    `json:"enrolment,omitempty" doc:"Missing until the chain has enrolled"`
	Refused   string    `json:"refused,omitempty" doc:"Why enrolling was refused"`
}

func showCohort(d courses.CohortDoc) Cohort {
	return Cohort{ID: d.ID, Course: d.Course, Version: d.Version, Name: d.Name, From: string(d.From), Until: string(d.Until), Quota: d.Quota, Size: d.Size, Joined: d.Joined, Closed: d.Closed}
}

// CohortPath names a cohort in an address.
type CohortPath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *server) cohorts() {
	handle(s, operation{Method: http.MethodGet, Path: "/cohorts", ID: "listCohorts", Tag: "cohorts", Summary: "Cohorts, of a course or of all, the newest first"},
		func(ctx context.Context, in *struct {
			PageInput
			Course string `query:"course" maxLength:"40"`
		}) (*body[ListOf[Cohort]], error) {
			found, next, err := s.Courses.Cohorts(ctx, visit.Actor(ctx), in.Course, in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showCohort), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/cohorts", ID: "openCohort", Tag: "cohorts", Summary: "Open a cohort of a course's present version", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				Form   string `json:"form,omitempty" maxLength:"60" pattern:"^[A-Za-z0-9_-]*$" doc:"Id of the cohort, chosen by the sender: sending again is the same one"`
				Course string `json:"course" minLength:"1" maxLength:"40"`
				Name   string `json:"name" minLength:"1" maxLength:"200"`
				From   string `json:"from" minLength:"10" maxLength:"10"`
				Until  string `json:"until" minLength:"10" maxLength:"10" doc:"Last day"`
				Quota  int    `json:"quota" minimum:"1" maximum:"1000"`
			}
		}) (*body[Cohort], error) {
			b := in.Body
			return one(showCohort)(s.Courses.OpenCohort(ctx, visit.Actor(ctx), courses.CohortInput{Key: b.Form, Course: b.Course, Name: b.Name, From: civil.Date(b.From), Until: civil.Date(b.Until), Quota: b.Quota}))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/cohorts/{id}", ID: "getCohort", Tag: "cohorts", Summary: "One cohort"},
		func(ctx context.Context, in *CohortPath) (*body[Cohort], error) {
			return one(showCohort)(s.Courses.Cohort(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/cohorts/{id}/members", ID: "listMembers", Tag: "cohorts", Summary: "Who is in a cohort, in the order they came: all for whoever runs it, else oneself"},
		func(ctx context.Context, in *struct {
			CohortPath
			PageInput
		}) (*body[ListOf[Member]], error) {
			d, err := s.Courses.Cohort(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, d.Members, func(m courses.Member) string { return m.Person }, func(m courses.Member) Member { return Member{m.Person, m.At, m.Enrolment, m.Refused} })
		})
	handle(s, operation{Method: http.MethodPost, Path: "/cohorts/{id}/members", ID: "addMembers", Tag: "cohorts", Summary: "Put people into a cohort, all or none; the chain enrols"},
		func(ctx context.Context, in *struct {
			CohortPath
			Body struct {
				Persons []string `json:"persons" minItems:"1" maxItems:"1000"`
			}
		}) (*body[Cohort], error) {
			return one(showCohort)(s.Courses.AddMembers(ctx, visit.Actor(ctx), in.ID, in.Body.Persons))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/cohorts/{id}/joining", ID: "joinCohort", Tag: "cohorts", Summary: "Join a cohort oneself"},
		func(ctx context.Context, in *CohortPath) (*body[Cohort], error) {
			a := visit.Actor(ctx)
			if _, err := s.Courses.Join(ctx, a, in.ID); err != nil {
				return nil, err
			}
			return one(showCohort)(s.Courses.Cohort(ctx, a, in.ID)) // what this person may see of it
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/cohorts/{id}/joining", ID: "leaveCohort", Tag: "cohorts", Summary: "Leave a cohort that one joined and that has not begun; the enrolment in the course stays"},
		func(ctx context.Context, in *CohortPath) (*body[Cohort], error) {
			return one(showCohort)(s.Courses.Leave(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/courses/{code}/open-cohorts", ID: "listOpenCohorts", Tag: "cohorts", Summary: "Cohorts of a course that the reader is in or may join, the first to begin first"},
		func(ctx context.Context, in *struct {
			Code string `path:"code" maxLength:"40"`
			PageInput
		}) (*body[ListOf[Cohort]], error) {
			found, err := s.Courses.OpenCohorts(ctx, visit.Actor(ctx), in.Code)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, found, func(k courses.CohortDoc) string { return k.ID }, showCohort)
		})
	handle(s, operation{Method: http.MethodPut, Path: "/cohorts/{id}/closed", ID: "closeCohort", Tag: "cohorts", Summary: "Close a cohort for new members, or open it again"},
		func(ctx context.Context, in *struct {
			CohortPath
			Body struct {
				Closed bool `json:"closed"`
			}
		}) (*body[Cohort], error) {
			return one(showCohort)(s.Courses.CloseCohort(ctx, visit.Actor(ctx), in.ID, in.Body.Closed))
		})
}
