package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// Assignment is a course given to a person, with the reason and the last day.
type Assignment struct {
	ID        string     `json:"id"`
	Person    string     `json:"person"`
	Course    string     `json:"course"`
	Rule      string     `json:"rule,omitempty" doc:"Code of the rule that gave it"`
	Reason    string     `json:"reason" enum:"base,gap,app,supervisor,renewal"`
	Because   texts.Text `json:"because" doc:"The sentence the person reads"`
	Due       string     `json:"due"`
	By        string     `json:"by" doc:"A person, or a part of the system"`
	At        time.Time  `json:"at"`
	State     string     `json:"state" enum:"assigned,answered,withdrawn"`
	Enrolment string     `json:"enrolment,omitempty" doc:"Missing while the chain has not enrolled yet"`
	Overdue   bool       `json:"overdue"`
}

func showAssignment(d courses.AssignmentDoc) Assignment {
	return Assignment{d.ID, d.Person, d.Course, d.Rule, string(d.Reason), d.Because, string(d.Due), d.By, d.At, string(d.State), d.Enrolment, d.Overdue}
}

// Rule gives a course to everybody a group covers, newcomers included.
type Rule struct {
	Code    string     `json:"code"`
	Course  string     `json:"course"`
	Who     string     `json:"who" example:"unit:DISDUKCAPIL"`
	DueDays int        `json:"due_days"`
	Reason  string     `json:"reason"`
	Because texts.Text `json:"because"`
	Active  bool       `json:"active"`
	Covered int        `json:"covered" doc:"Persons covered in the last full run"`
	Running bool       `json:"running" doc:"The run over everybody has not ended"`
	LastRun *time.Time `json:"last_run,omitempty"`
}

func showRule(d courses.RuleDoc) Rule {
	return Rule{d.ID, d.Course, d.Who.String(), d.DueDays, string(d.Reason), d.Because, d.Active, d.Covered, d.Running, instant(d.LastRun)}
}

// Learning is one line of a person's home.
type Learning struct {
	Course     string      `json:"course"`
	Title      texts.Text  `json:"title"`
	JP         int         `json:"jp"`
	Enrolment  string      `json:"enrolment,omitempty"`
	State      string      `json:"state,omitempty"`
	Percent    int         `json:"percent"`
	Next       *Step       `json:"next,omitempty" doc:"The next thing to do"`
	Compulsory bool        `json:"compulsory"`
	Assignment *Assignment `json:"assignment,omitempty" doc:"The most urgent one; missing when taken of one's own accord"`
	ValidUntil string      `json:"valid_until,omitempty"`
}

func showLearning(lang texts.Lang) func(courses.Learning) Learning {
	return func(l courses.Learning) Learning {
		v := Learning{Course: l.Course, Title: l.Title, JP: l.JP, Enrolment: l.Enrolment, State: string(l.State), Percent: l.Percent, Compulsory: l.Compulsory(), ValidUntil: string(l.ValidUntil)}
		if l.Next != nil {
			st := showStep(*l.Next, lang)
			v.Next = &st
		}
		if l.Assignment != nil {
			a := showAssignment(*l.Assignment)
			v.Assignment = &a
		}
		return v
	}
}

// RulePath names a rule in an address.
type RulePath struct {
	Code string `path:"code" maxLength:"60"`
}

// Sentence is a text in both languages as a form takes it.
type Sentence struct {
	ID string `json:"id" minLength:"1" maxLength:"500"`
	EN string `json:"en,omitempty" maxLength:"500"`
}

func (s Sentence) text() texts.Text { return texts.T(s.ID, s.EN) }

// Reasoned is a body that is nothing but a reason.
type Reasoned struct {
	Why string `json:"why" minLength:"1" maxLength:"500"`
}

func (s *server) assignments() {
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/home", ID: "getHome", Tag: "enrolments", Summary: "What a person has to learn and is learning, the most urgent first"},
		func(ctx context.Context, in *struct {
			PersonPath
			PageInput
		}) (*body[ListOf[Learning]], error) {
			v := visit.From(ctx)
			all, err := s.Courses.Home(ctx, v.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, all, func(l courses.Learning) string { return l.Course + "/" + l.Enrolment }, showLearning(v.Lang))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/assignments", ID: "listAssignments", Tag: "assignments", Summary: "Assignments of a person (missing everything: one's own), a unit, a course or a rule, by due date"},
		func(ctx context.Context, in *struct {
			PageInput
			Person  string `query:"person" maxLength:"60"`
			Unit    string `query:"unit" maxLength:"60" doc:"This unit and below"`
			Course  string `query:"course" maxLength:"40"`
			Rule    string `query:"rule" maxLength:"60"`
			State   string `query:"state" enum:"assigned,answered,withdrawn"`
			Overdue bool   `query:"overdue"`
		}) (*body[ListOf[Assignment]], error) {
			a := visit.Actor(ctx)
			if in.Person == "" && in.Unit == "" && in.Course == "" && in.Rule == "" {
				in.Person = a.Person
			}
			found, next, err := s.Courses.Assignments(ctx, a, courses.AssignmentFilter{Person: in.Person, Unit: in.Unit, Course: in.Course, Rule: in.Rule,
				State: courses.AssignmentState(in.State), Overdue: in.Overdue, After: in.after(), Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showAssignment), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/assignments", ID: "assign", Tag: "assignments", Summary: "Give a course to a person; the chain enrols", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				Form    string   `json:"form,omitempty" maxLength:"60" pattern:"^[A-Za-z0-9_-]*$" doc:"Id of the assignment, chosen by the sender: sending again is the same one"`
				Person  string   `json:"person" minLength:"1" maxLength:"60"`
				Course  string   `json:"course" minLength:"1" maxLength:"40"`
				Reason  string   `json:"reason" enum:"base,gap,app,supervisor,renewal"`
				Because Sentence `json:"because" doc:"The sentence the person reads"`
				Due     string   `json:"due" minLength:"10" maxLength:"10" doc:"Last day"`
			}
		}) (*body[Assignment], error) {
			d, err := s.Courses.Assign(ctx, visit.Actor(ctx), courses.AssignInput{Key: in.Body.Form, Person: in.Body.Person, Course: in.Body.Course, Reason: courses.Reason(in.Body.Reason),
				Because: in.Body.Because.text(), Due: civil.Date(in.Body.Due)})
			if err != nil {
				return nil, err
			}
			return answer(showAssignment(d)), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/assignments/{id}/withdrawal", ID: "withdrawAssignment", Tag: "assignments", Summary: "Take an assignment back, with the reason"},
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"200"`
			Body Reasoned
		}) (*body[Assignment], error) {
			return one(showAssignment)(s.Courses.Withdraw(ctx, visit.Actor(ctx), in.ID, in.Body.Why))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/assignment-rules", ID: "listRules", Tag: "assignments", Summary: "Rules that give courses to groups"},
		func(ctx context.Context, in *PageInput) (*body[ListOf[Rule]], error) {
			all, err := s.Courses.Rules(ctx, visit.Actor(ctx))
			if err != nil {
				return nil, err
			}
			return paged(in, all, func(d courses.RuleDoc) string { return d.ID }, showRule)
		})
	handle(s, operation{Method: http.MethodPut, Path: "/assignment-rules/{code}", Named: map[string]string{"code": "path.code"}, ID: "putRule", Tag: "assignments", Summary: "Make or replace a rule; a run over everybody follows"},
		func(ctx context.Context, in *struct {
			RulePath
			Body struct {
				Course  string   `json:"course" minLength:"1" maxLength:"40"`
				Who     string   `json:"who" minLength:"1" maxLength:"200" doc:"all, unit:CODE, position:ID, position_kind:pelaksana, standard:CODE, status:PPPK or app_role:APP/role"`
				DueDays int      `json:"due_days" minimum:"1" maximum:"3650" doc:"Days from the day it is given to the person"`
				Reason  string   `json:"reason,omitempty" enum:"base,gap,app,supervisor,renewal" doc:"Missing: base"`
				Because Sentence `json:"because"`
			}
		}) (*body[Rule], error) {
			d, err := s.Courses.AssignByRule(ctx, visit.Actor(ctx), courses.RuleInput{Code: in.Code, Course: in.Body.Course, Who: in.Body.Who, DueDays: in.Body.DueDays,
				Reason: courses.Reason(in.Body.Reason), Because: in.Body.Because.text()})
			if err != nil {
				return nil, err
			}
			return answer(showRule(d)), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/assignment-rules/{code}/stop", ID: "stopRule", Tag: "assignments", Summary: "Stop a rule, with the reason; its open assignments are withdrawn", Status: http.StatusNoContent},
		func(ctx context.Context, in *struct {
			RulePath
			Body Reasoned
		}) (*struct{}, error) {
			return nil, s.Courses.StopRule(ctx, visit.Actor(ctx), in.Code, in.Body.Why)
		})
}
