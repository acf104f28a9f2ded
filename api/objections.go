package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// ObjectionSteps is what came of an objection to a mark, or until when one can be made.
type ObjectionSteps struct {
	State    string      `json:"state,omitempty" enum:"open,again,done,refused" doc:"Missing: none was made. again: other markers mark the answer again"`
	Until    string      `json:"until,omitempty" doc:"Last day to make one"`
	Made     *time.Time  `json:"made,omitempty"`
	Why      string      `json:"why,omitempty"`
	Answered *time.Time  `json:"answered,omitempty"`
	Answer   string      `json:"answer,omitempty" doc:"Why it was refused, or goes to other markers"`
	Ended    *time.Time  `json:"ended,omitempty"`
	Before   []GivenMark `json:"before,omitempty" maxItems:"2" doc:"Marks that counted before"`
	Lower    []GivenMark `json:"lower,omitempty" maxItems:"2" doc:"Marks given after it that do not count, because the earlier are better"`
}

func showObjectionSteps(o *courses.ObjectionView) *ObjectionSteps {
	if o == nil {
		return nil
	}
	return &ObjectionSteps{State: string(o.State), Until: string(o.Until), Made: instant(o.At), Why: o.Why, Answered: instant(o.Answered), Answer: o.Answer, Ended: instant(o.Ended), Before: showGivenMarks(o.Before), Lower: showGivenMarks(o.Lower)}
}

func showGivenMarks(marks []courses.GivenMark) []GivenMark {
	out := []GivenMark{}
	for _, m := range marks {
		out = append(out, GivenMark{Points(m.Points * 100), m.Comment})
	}
	return out
}

// Objection is a learner's disagreement with a mark, without names.
type Objection struct {
	ID     string     `json:"id"`
	State  string     `json:"state" enum:"open,again,done,refused"`
	Course string     `json:"course"`
	Title  texts.Text `json:"title" doc:"Of the quiz or field task"`
	Code   string     `json:"code" doc:"Of the item or field task"`
	Alias  string     `json:"alias"`
	Made   time.Time  `json:"made"`
	Why    string     `json:"why"`
	Mine   bool       `json:"mine" doc:"The reader gave a mark of it: somebody else answers"`
}

func showObjection(o courses.ObjectionRow) Objection {
	return Objection{o.ID, string(o.State), o.Course, o.Title, o.Code, o.Alias, o.At.UTC(), o.Why, o.Mine}
}

// ObjectionDetail is an objection with the answer and its marks.
type ObjectionDetail struct {
	Objection
	Stem     string            `json:"stem" doc:"Harmless HTML"`
	General  string            `json:"general,omitempty" doc:"What the author wrote about a good answer; harmless HTML"`
	Text     string            `json:"text,omitempty" doc:"The answer as typed"`
	Files    []AnswerFile      `json:"files" maxItems:"20" nullable:"false"`
	Rubric   []MarkedCriterion `json:"rubric" maxItems:"20" nullable:"false"`
	Marks    []GivenMark       `json:"marks" maxItems:"2" nullable:"false" doc:"That count"`
	Answered *time.Time        `json:"answered,omitempty"`
	Answer   string            `json:"answer,omitempty"`
	Ended    *time.Time        `json:"ended,omitempty"`
	Before   []GivenMark       `json:"before" maxItems:"2" nullable:"false" doc:"Marks that counted before"`
	Lower    []GivenMark       `json:"lower" maxItems:"2" nullable:"false" doc:"Marks given after it that do not count"`
}

func showObjectionDetail(o courses.ObjectionDetail) ObjectionDetail {
	v := ObjectionDetail{Objection: showObjection(o.ObjectionRow), Stem: string(o.Stem), General: string(o.General), Text: o.Text, Files: []AnswerFile{}, Rubric: showRubric(o.Rubric), Marks: showGivenMarks(o.Marks),
		Answered: instant(o.Answered), Answer: o.Answer, Ended: instant(o.Ended), Before: showGivenMarks(o.Before), Lower: showGivenMarks(o.Lower)}
	for _, f := range o.Files {
		v.Files = append(v.Files, answerFile(f.ID, f.Name, f.Size))
	}
	return v
}

// ObjectionWhy is the reason of an objection.
type ObjectionWhy struct {
	Why string `json:"why" minLength:"1" maxLength:"2000"`
}

// ObjectionPath names an objection in an address.
type ObjectionPath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *server) objections(r *gin.Engine) {
	handle(s, operation{Method: http.MethodPost, Path: "/attempts/{id}/answers/{item}/objection", ID: "objectToMark", Tag: "attempts", Status: http.StatusNoContent, Summary: "Object to what people gave one's own answer, once and within the days of the settings"},
		func(ctx context.Context, in *struct {
			AnswerPath
			Body ObjectionWhy
		}) (*struct{}, error) {
			return nil, s.Courses.Object(ctx, visit.Actor(ctx), in.ID, in.Item, in.Body.Why)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/enrolments/{id}/field-tasks/{task}/objection", ID: "objectToVerdict", Tag: "enrolments", Status: http.StatusNoContent, Summary: "Object to the verdict that returned one's own field task, instead of handing it in again"},
		func(ctx context.Context, in *struct {
			FieldTaskPath
			Body ObjectionWhy
		}) (*struct{}, error) {
			return nil, s.Courses.ObjectToWork(ctx, visit.Actor(ctx), in.ID, in.Task, in.Body.Why)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/objections", ID: "listObjections", Tag: "markings", Summary: "Objections to marks, the longest waiting first, without names"},
		func(ctx context.Context, in *struct {
			PageInput
			State string `query:"state" enum:"open,again,done,refused" default:"open"`
		}) (*body[ListOf[Objection]], error) {
			found, next, err := s.Courses.Objections(ctx, visit.Actor(ctx), courses.ObjectionState(in.State), in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showObjection), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/objections/{id}", ID: "getObjection", Tag: "markings", Summary: "An objection with the answer and its marks"},
		func(ctx context.Context, in *ObjectionPath) (*body[ObjectionDetail], error) {
			return one(showObjectionDetail)(s.Courses.Objection(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/objections/{id}/answer", ID: "answerObjection", Tag: "markings", Summary: "Refuse an objection, or let other markers mark the answer again, with the reason; not for whoever marked it"},
		func(ctx context.Context, in *struct {
			ObjectionPath
			Body struct {
				Again bool   `json:"again" doc:"Other markers mark the answer again; a result never gets worse by it"`
				Why   string `json:"why" minLength:"1" maxLength:"2000"`
			}
		}) (*body[ObjectionDetail], error) {
			return one(showObjectionDetail)(s.Courses.AnswerObjection(ctx, visit.Actor(ctx), in.ID, in.Body.Again, in.Body.Why))
		})
	download(s, r, operation{Path: "/objections/{id}/files/{file}", ID: "downloadObjectionFile", Tag: "markings", Summary: "A file of the answer, under an alias"}, "application/octet-stream", func(c *gin.Context) {
		ctx := c.Request.Context()
		f, err := s.Courses.ObjectionFile(ctx, visit.Actor(ctx), c.Param("id"), c.Param("file"))
		s.received(c, f, err)
	})
}
