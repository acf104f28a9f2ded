package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// Course is a course as the catalogue shows it.
type Course struct {
	Code          string     `json:"code" example:"APEL-103"`
	Title         texts.Text `json:"title"`
	Summary       texts.Text `json:"summary"`
	Kind          string     `json:"kind" doc:"teknis, manajerial (soft skill) or sosial_kultural"`
	Track         string     `json:"track"`
	Values        []string   `json:"values" maxItems:"1000" nullable:"false" doc:"Of APEL: melayani, kompeten, berintegritas"`
	JP            int        `json:"jp" doc:"Learning hours of 45 minutes"`
	ValidMonths   int        `json:"valid_months" doc:"How long its certificate is valid; 0 without end"`
	SelfEnrolment bool       `json:"self_enrolment"`
	Targets       []Target   `json:"targets" maxItems:"1000" nullable:"false" doc:"Levels its certificate supports as evidence"`
	Lessons       int        `json:"lessons"`
	Version       string     `json:"version,omitempty" doc:"The published version; missing for a draft"`
	Closed        bool       `json:"closed"`
	Reviewed      bool       `json:"reviewed" doc:"Published only when every item its tests may draw is approved"`
}

// Target is a level of a competency.
type Target struct {
	Competency string `json:"competency" example:"T.04"`
	Level      int    `json:"level" minimum:"1" maximum:"5"`
}

func showCourse(code string, c courses.Course) Course {
	v := Course{Code: code, Title: c.Card.Title, Summary: c.Card.Summary, Kind: string(c.Card.Kind), Track: c.Card.Track, Values: orEmpty(c.Card.Values), JP: c.Card.JP,
		ValidMonths: c.Card.ValidMonths, SelfEnrolment: c.Card.SelfEnrolment, Targets: []Target{}, Lessons: c.Card.Lessons, Version: c.Head, Closed: c.Closed, Reviewed: c.Reviewed}
	for _, t := range c.Card.Targets {
		v.Targets = append(v.Targets, Target{t.Competency, t.Level})
	}
	return v
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func (s *server) courses() {
	handle(s, operation{Method: http.MethodGet, Path: "/courses", ID: "listCourses", Tag: "courses", Summary: "The catalogue"},
		func(ctx context.Context, in *struct {
			PageInput
			Words      string `query:"q" maxLength:"200" doc:"Words in code, title or summary"`
			Kind       string `query:"kind" enum:"teknis,manajerial,sosial_kultural"`
			Track      string `query:"track" maxLength:"40"`
			Value      string `query:"value" enum:"melayani,kompeten,berintegritas"`
			Competency string `query:"competency" maxLength:"40" doc:"Aims at this competency"`
			Drafts     bool   `query:"drafts" doc:"Also unpublished and closed ones; for authors"`
		}) (*body[ListOf[Course]], error) {
			found, next, err := s.Courses.Catalogue(ctx, visit.Actor(ctx), courses.CatalogueFilter{Words: in.Words, Kind: courses.Kind(in.Kind), Track: in.Track, Value: in.Value,
				Competency: in.Competency, Drafts: in.Drafts, After: in.after(), Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), func(l courses.Listed) Course { return showCourse(l.Code, l.Course) }), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/courses/{code}", ID: "getCourse", Tag: "courses", Summary: "One course"},
		func(ctx context.Context, in *CoursePath) (*body[Course], error) {
			c, err := s.Courses.Course(ctx, visit.Actor(ctx), in.Code)
			if err != nil {
				return nil, err
			}
			return answer(showCourse(in.Code, c)), nil
		})
}
