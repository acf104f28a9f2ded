package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// CourseCard is what the catalogue shows of a course.
type CourseCard struct {
	Title         texts.Text `json:"title"`
	Summary       texts.Text `json:"summary" required:"false"`
	Kind          string     `json:"kind" enum:"teknis,manajerial,sosial_kultural"`
	Track         string     `json:"track" enum:"dasar,operator,aduan,wilayah,pimpinan"`
	Values        []string   `json:"values" required:"false" maxItems:"3" nullable:"false" doc:"Of APEL: melayani, kompeten, berintegritas"`
	JP            int        `json:"jp" minimum:"1" maximum:"200" doc:"Learning hours of 45 minutes"`
	ValidMonths   int        `json:"valid_months" required:"false" minimum:"0" maximum:"120" doc:"How long its certificate is valid; 0 without end"`
	SelfEnrolment bool       `json:"self_enrolment" required:"false"`
	Targets       []Target   `json:"targets" required:"false" maxItems:"1000" nullable:"false" doc:"Levels its certificate supports as evidence"`
}

func showCard(c courses.Card) CourseCard {
	v := CourseCard{Title: c.Title, Summary: c.Summary, Kind: string(c.Kind), Track: c.Track, Values: orEmpty(c.Values), JP: c.JP, ValidMonths: c.ValidMonths, SelfEnrolment: c.SelfEnrolment, Targets: []Target{}}
	for _, t := range c.Targets {
		v.Targets = append(v.Targets, Target{t.Competency, t.Level})
	}
	return v
}

func (v CourseCard) card() courses.Card {
	c := courses.Card{Title: texts.T(texts.Tidy(v.Title.ID), texts.Tidy(v.Title.EN)), Summary: v.Summary, Kind: courses.Kind(v.Kind), Track: v.Track, Values: v.Values, JP: v.JP, ValidMonths: v.ValidMonths, SelfEnrolment: v.SelfEnrolment}
	for _, t := range v.Targets {
		c.Targets = append(c.Targets, courses.Target{Competency: t.Competency, Level: t.Level})
	}
	return c
}

// cardFields says where the room's names of a card stand in a body.
var cardFields = map[string]string{"apel": "body.card.values"}

// QuizSettings are the settings of a test.
type QuizSettings struct {
	Kind     string         `json:"kind" enum:"pre_test,practice,post_test"`
	Title    texts.Text     `json:"title" required:"false" doc:"Missing: what its kind is called"`
	Bank     string         `json:"bank" minLength:"1" maxLength:"30" doc:"It may be one that is not begun yet"`
	Draw     map[string]int `json:"draw" required:"false" doc:"Items per objective (103.1), or per objective and difficulty (103.1/sulit)"`
	Minutes  int            `json:"minutes,omitempty" minimum:"0" maximum:"600" doc:"Time limit; missing: none"`
	Attempts int            `json:"attempts,omitempty" minimum:"0" maximum:"20" doc:"Missing: as often as one likes"`
	PassMark int            `json:"pass_mark,omitempty" minimum:"0" maximum:"100" doc:"Of a post-test"`
	InOrder  bool           `json:"in_order,omitempty" doc:"Items stand in the bank's order"`
	Markers  int            `json:"markers,omitempty" minimum:"0" maximum:"2" doc:"People who mark an essay; missing: one"`
	Apart    int            `json:"apart,omitempty" minimum:"0" maximum:"100" doc:"Of two markers: above so many points of 100 between them a third decides; missing: 20"`
	Behaviour
}

// quizFields says where the room's names of a test's settings stand in a body.
var quizFields = map[string]string{"time_limit_minutes": "body.quiz.minutes", "marking.markers": "body.quiz.markers", "marking.difference": "body.quiz.apart", "behaviour.feedback": "body.quiz.feedback", "behaviour.tries": "body.quiz.tries",
	"behaviour.penalty": "body.quiz.penalty", "behaviour.unrecorded": "body.quiz.unrecorded", "code": "path.quiz"}

func showQuiz(q courses.Quiz) QuizSettings {
	return QuizSettings{string(q.Kind), q.Name(), q.Bank, showDraw(q.Draw), q.Minutes, q.Attempts, q.PassMark, q.InOrder, q.Marking.Markers, q.Marking.Apart, showBehaviour(q.Behaviour)}
}

func showDraw(b grading.Blueprint) map[string]int {
	out := map[string]int{}
	for cell, n := range b {
		out[cell.String()] = n
	}
	return out
}

// blueprint is what was sent without the cells that draw nothing.
func blueprint(in map[string]int) grading.Blueprint {
	out := grading.Blueprint{}
	for cell, n := range in {
		if n != 0 {
			out[grading.ParseCell(cell)] = n
		}
	}
	return out
}

// QuizBlueprint is what a test draws beside what its bank has.
type QuizBlueprint struct {
	Quiz     string         `json:"quiz"`
	Bank     string         `json:"bank"`
	Revision int64          `json:"revision" doc:"Of the course version that was read"`
	Draw     map[string]int `json:"draw" doc:"Items per objective (103.1), or per objective and difficulty (103.1/sulit)"`
	Stock    map[string]int `json:"stock" doc:"What the bank has, per objective and per objective and difficulty"`
	Count    int            `json:"count" doc:"Items on a form; at most 40"`
	Short    []DrawShort    `json:"short" maxItems:"1000" nullable:"false" doc:"What the bank cannot fill"`
}

// DrawShort is a cell for which a bank has too few items.
type DrawShort struct {
	Cell string     `json:"cell"`
	Want int        `json:"want"`
	Have int        `json:"have"`
	Text texts.Text `json:"text"`
}

func showBlueprint(b courses.QuizStock) QuizBlueprint {
	v := QuizBlueprint{b.Quiz.Code, b.Quiz.Bank, b.Revision, showDraw(b.Quiz.Draw), showDraw(b.Stock), b.Quiz.Count(), []DrawShort{}}
	for _, x := range b.Short {
		v.Short = append(v.Short, DrawShort{x.String(), x.Want, x.Have, x.Text()})
	}
	return v
}

// OutlineRow is a lesson or a test in the order of a draft.
type OutlineRow struct {
	Code    string      `json:"code" minLength:"1" maxLength:"40"`
	Title   *texts.Text `json:"title,omitempty" doc:"Missing: as it is"`
	Minutes *int        `json:"minutes,omitempty" minimum:"0" maximum:"600" doc:"Missing: as they are"`
}

func outlineRows(in []OutlineRow) []courses.OutlineRow {
	out := make([]courses.OutlineRow, 0, len(in))
	for _, r := range in {
		out = append(out, courses.OutlineRow(r))
	}
	return out
}

// drafts are the parts of a draft besides lessons and items.
func (s *server) drafts() {
	handle(s, operation{Method: http.MethodPost, Path: "/courses", ID: "addCourse", Tag: "authoring", Named: cardFields, Status: http.StatusCreated, Summary: "Take a code for a new course and begin its first draft; learners see nothing before it is published"},
		func(ctx context.Context, in *struct {
			Body struct {
				Code string     `json:"code" minLength:"1" maxLength:"40" example:"APEL-310" doc:"It is never given to another course"`
				Card CourseCard `json:"card"`
			}
		}) (*body[CourseVersion], error) {
			a := visit.Actor(ctx)
			if _, err := s.Courses.NewCourse(ctx, a, in.Body.Code, in.Body.Card.card()); err != nil {
				return nil, err
			}
			return one(showVersionDetail)(s.Courses.NewDraft(ctx, a, in.Body.Code))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/facts", ID: "writeFacts", Tag: "authoring", Named: cardFields, Summary: "Write what a draft says of itself: card, objectives, prerequisites, minutes per part"},
		func(ctx context.Context, in *struct {
			VersionPath
			Body struct {
				Revision      int64          `json:"revision" minimum:"1" doc:"Of the draft that was read"`
				Card          CourseCard     `json:"card"`
				Objectives    []Objective    `json:"objectives" maxItems:"100"`
				Prerequisites []string       `json:"prerequisites,omitempty" maxItems:"100" doc:"Codes of courses"`
				Minutes       map[string]int `json:"minutes,omitempty" doc:"Of work per part: lessons, practice, cases, tests"`
			}
		}) (*body[CourseVersion], error) {
			b := in.Body
			f := courses.CourseFacts{Card: b.Card.card(), Prerequisites: b.Prerequisites, Minutes: b.Minutes}
			for _, o := range b.Objectives {
				f.Objectives = append(f.Objectives, courses.Objective(o))
			}
			return one(showVersionDetail)(s.Courses.WriteFacts(ctx, visit.Actor(ctx), in.ID, b.Revision, f))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/outline", ID: "arrangeVersion", Tag: "authoring", Summary: "Put lessons and tests of a draft into an order, with their titles and minutes; those not named follow in their old order"},
		func(ctx context.Context, in *struct {
			VersionPath
			Body struct {
				Revision int64        `json:"revision" minimum:"1" doc:"Of the draft that was read"`
				Lessons  []OutlineRow `json:"lessons,omitempty" maxItems:"1000"`
				Quizzes  []OutlineRow `json:"quizzes,omitempty" maxItems:"1000"`
			}
		}) (*body[CourseVersion], error) {
			return one(showVersionDetail)(s.Courses.Arrange(ctx, visit.Actor(ctx), in.ID, in.Body.Revision, outlineRows(in.Body.Lessons), outlineRows(in.Body.Quizzes)))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/quizzes/{quiz}", ID: "writeQuiz", Tag: "authoring", Named: quizFields, Summary: "Write the settings of a test of a draft; a new one comes at the end"},
		func(ctx context.Context, in *struct {
			QuizPath
			Body struct {
				Revision int64        `json:"revision" minimum:"1" doc:"Of the draft that was read"`
				Quiz     QuizSettings `json:"quiz"`
			}
		}) (*body[CourseVersion], error) {
			x := in.Body.Quiz
			behaviour, err := x.Behaviour.courses()
			if err != nil {
				return nil, err
			}
			return one(showVersionDetail)(s.Courses.WriteQuiz(ctx, visit.Actor(ctx), in.ID, in.Body.Revision, in.Quiz, func(q *courses.Quiz) {
				q.Kind, q.Title, q.Bank, q.Draw, q.Minutes, q.Attempts, q.PassMark, q.InOrder = courses.QuizKind(x.Kind), x.Title, x.Bank, blueprint(x.Draw), x.Minutes, x.Attempts, x.PassMark, x.InOrder
				q.Marking, q.Behaviour = courses.QuizMarking{Markers: x.Markers, Apart: x.Apart}, behaviour
			}))
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/versions/{id}/quizzes/{quiz}", ID: "removeQuiz", Tag: "authoring", Summary: "Take a test out of a draft; its bank stays"},
		func(ctx context.Context, in *struct {
			QuizPath
			Based
		}) (*body[CourseVersion], error) {
			return one(showVersionDetail)(s.Courses.RemoveQuiz(ctx, visit.Actor(ctx), in.ID, in.Revision, in.Quiz))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/quizzes/{quiz}/blueprint", ID: "getBlueprint", Tag: "authoring", Summary: "What a test draws per objective and difficulty, what its bank has, and what is missing"},
		func(ctx context.Context, in *QuizPath) (*body[QuizBlueprint], error) {
			return one(showBlueprint)(s.Courses.Blueprint(ctx, visit.Actor(ctx), in.ID, in.Quiz))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/quizzes/{quiz}/blueprint", ID: "writeBlueprint", Tag: "authoring", Summary: "Say what a test of a draft draws per objective and difficulty"},
		func(ctx context.Context, in *struct {
			QuizPath
			Body struct {
				Revision int64          `json:"revision" minimum:"1" doc:"Of the draft that was read"`
				Draw     map[string]int `json:"draw" doc:"Items per objective (103.1), or per objective and difficulty (103.1/sulit)"`
			}
		}) (*body[QuizBlueprint], error) {
			a := visit.Actor(ctx)
			if _, err := s.Courses.WriteBlueprint(ctx, a, in.ID, in.Body.Revision, in.Quiz, blueprint(in.Body.Draw)); err != nil {
				return nil, err
			}
			return one(showBlueprint)(s.Courses.Blueprint(ctx, a, in.ID, in.Quiz))
		})
}
