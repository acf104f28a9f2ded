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

// CourseVersion is one edition of a course as its authors and reviewers see it.
type CourseVersion struct {
	ID          string         `json:"id" example:"APEL-103.1"`
	Course      string         `json:"course"`
	Number      int            `json:"number"`
	State       string         `json:"state" enum:"draft,published,discarded"`
	Revision    int64          `json:"revision" doc:"Raised by every change of a draft"`
	Title       texts.Text     `json:"title"`
	JP          int            `json:"jp"`
	MadeBy      string         `json:"made_by"`
	MadeAt      time.Time      `json:"made_at"`
	PublishedBy string         `json:"published_by,omitempty"`
	PublishedAt *time.Time     `json:"published_at,omitempty"`
	Digest      string         `json:"digest,omitempty" doc:"Of the content; the same digest is the same content"`
	Content     *VersionDetail `json:"content,omitempty" doc:"Only when one version is read"`
}

// VersionDetail is what a version consists of.
type VersionDetail struct {
	Card          CourseCard     `json:"card"`
	Minutes       map[string]int `json:"minutes" doc:"Minutes of work per part"`
	Prerequisites []string       `json:"prerequisites" maxItems:"1000" nullable:"false"`
	Objectives    []Objective    `json:"objectives" maxItems:"1000" nullable:"false"`
	Lessons       []LessonEntry  `json:"lessons" maxItems:"1000" nullable:"false"`
	Banks         []Bank         `json:"banks" maxItems:"1000" nullable:"false"`
	Quizzes       []Quiz         `json:"quizzes" maxItems:"1000" nullable:"false"`
	FieldTasks    []FieldTask    `json:"field_tasks" maxItems:"20" nullable:"false"`
	NotPacked     []texts.Text   `json:"not_packed" maxItems:"1000" nullable:"false" doc:"What the package of exportCourse has no place for"`
}

// Objective is what a course makes its learners able to do.
type Objective struct {
	Code       string     `json:"code"`
	Text       texts.Text `json:"text"`
	Competency string     `json:"competency,omitempty" maxLength:"10" doc:"Code in the dictionary it serves; missing: none named" example:"T.04"`
}

// LessonEntry is a lesson in the list of a version.
type LessonEntry struct {
	Code       string     `json:"code"`
	Title      texts.Text `json:"title"`
	Minutes    int        `json:"minutes"`
	Part       string     `json:"part,omitempty"`
	Objectives []string   `json:"objectives" maxItems:"1000" nullable:"false"`
	Seconds    int        `json:"seconds" doc:"Estimated reading time"`
}

// Bank is a list of items quizzes draw from.
type Bank struct {
	Code  string `json:"code"`
	Items int    `json:"items"`
}

// Quiz is a test's definition.
type Quiz struct {
	Code string `json:"code"`
	QuizSettings
}

func showVersion(d courses.VersionDoc) CourseVersion {
	return CourseVersion{ID: d.ID, Course: d.Course, Number: d.Number, State: string(d.State), Revision: d.Revision, Title: d.Content.Card.Title, JP: d.Content.Card.JP,
		MadeBy: d.MadeBy, MadeAt: d.MadeAt, PublishedBy: d.PublishedBy, PublishedAt: instant(d.PublishedAt), Digest: d.Digest}
}

func showVersionDetail(d courses.VersionDoc) CourseVersion {
	v, c := showVersion(d), &d.Content
	x := VersionDetail{Card: showCard(c.Card), Minutes: c.Minutes, Prerequisites: orEmpty(c.Prerequisites), Objectives: []Objective{}, Lessons: []LessonEntry{}, Banks: []Bank{}, Quizzes: []Quiz{}, FieldTasks: []FieldTask{}}
	if x.Minutes == nil {
		x.Minutes = map[string]int{}
	}
	for _, o := range c.Objectives {
		x.Objectives = append(x.Objectives, Objective(o))
	}
	for _, l := range c.Lessons {
		x.Lessons = append(x.Lessons, LessonEntry{l.Code, l.Title, l.Minutes, l.Part, orEmpty(l.Objectives), l.Seconds})
	}
	for _, b := range c.Banks {
		x.Banks = append(x.Banks, Bank{b.Code, b.Items})
	}
	for _, q := range c.Quizzes {
		x.Quizzes = append(x.Quizzes, Quiz{q.Code, showQuiz(q)})
	}
	for _, t := range c.Tasks {
		x.FieldTasks = append(x.FieldTasks, showFieldTask(t))
	}
	x.NotPacked = append([]texts.Text{}, c.NotPacked()...)
	v.Content = &x
	return v
}

// Publishable says whether a draft may be published, and what is missing.
type Publishable struct {
	OK       bool           `json:"ok"`
	Missing  []ProblemField `json:"missing" maxItems:"1000" nullable:"false"`
	Coverage []Coverage     `json:"coverage" maxItems:"1000" nullable:"false" doc:"What trains each objective and what asks for it"`
}

// Coverage says of one objective what trains it and what asks for it.
type Coverage struct {
	Objective
	Lessons []string `json:"lessons" maxItems:"1000" nullable:"false" doc:"Codes"`
	Items   int      `json:"items" doc:"Of all banks"`
}

// CoursePath names a course in an address.
type CoursePath struct {
	Code string `path:"code" maxLength:"40"`
}

// VersionPath names a version of a course in an address.
type VersionPath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *server) authoring() {
	handle(s, operation{Method: http.MethodGet, Path: "/courses/{code}/versions", ID: "listVersions", Tag: "authoring", Summary: "Versions of a course, the newest first; for authors and reviewers"},
		func(ctx context.Context, in *struct {
			CoursePath
			PageInput
		}) (*body[ListOf[CourseVersion]], error) {
			all, err := s.Courses.Versions(ctx, visit.Actor(ctx), in.Code)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, all, func(d courses.VersionDoc) string { return d.ID }, showVersion)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/courses/{code}/draft", ID: "beginDraft", Tag: "authoring", Summary: "Begin a new version from the published one, or get the draft under way", Status: http.StatusCreated},
		func(ctx context.Context, in *CoursePath) (*body[CourseVersion], error) {
			return one(showVersionDetail)(s.Courses.NewDraft(ctx, visit.Actor(ctx), in.Code))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/courses/{code}/closed", ID: "closeCourse", Tag: "authoring", Summary: "Close a course for new enrolments, or open it again, with the reason", Status: http.StatusNoContent},
		func(ctx context.Context, in *struct {
			CoursePath
			Body struct {
				Closed bool   `json:"closed"`
				Why    string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*struct{}, error) {
			return nil, s.Courses.CloseCourse(ctx, visit.Actor(ctx), in.Code, in.Body.Closed, in.Body.Why)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}", ID: "getVersion", Tag: "authoring", Summary: "A version with its lessons, banks and quizzes"},
		func(ctx context.Context, in *VersionPath) (*body[CourseVersion], error) {
			return one(showVersionDetail)(s.Courses.Version(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/publication", ID: "checkPublication", Tag: "authoring", Summary: "The checklist of a version: what a draft lacks to be published, and what trains and asks for each objective; for authors and reviewers"},
		func(ctx context.Context, in *VersionPath) (*body[Publishable], error) {
			err := s.Courses.CheckPublish(ctx, visit.Actor(ctx), in.ID)
			if err != nil && faults.KindOf(err) != faults.Invalid {
				return nil, err
			}
			v := Publishable{OK: err == nil, Missing: []ProblemField{}, Coverage: []Coverage{}}
			if err != nil {
				for _, f := range faults.Of(err).Fields {
					v.Missing = append(v.Missing, ProblemField{f.Path, f.Text.In(visit.From(ctx).Lang)})
				}
			}
			covered, err := s.Courses.Covered(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			for _, c := range covered {
				v.Coverage = append(v.Coverage, Coverage{Objective(c.Objective), orEmpty(c.Lessons), c.Items})
			}
			return answer(v), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/publication", ID: "publishVersion", Tag: "authoring", Summary: "Publish a draft: it never changes again, and new enrolments get it"},
		func(ctx context.Context, in *VersionPath) (*body[CourseVersion], error) {
			return one(showVersionDetail)(s.Courses.Publish(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/discarding", ID: "discardVersion", Tag: "authoring", Summary: "Throw a draft away, with the reason", Status: http.StatusNoContent},
		func(ctx context.Context, in *struct {
			VersionPath
			Body Reasoned
		}) (*struct{}, error) {
			return nil, s.Courses.Discard(ctx, visit.Actor(ctx), in.ID, in.Body.Why)
		})
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/lessons/{lesson}", ID: "writeLesson", Tag: "authoring", Named: lessonFields, Summary: "Write a lesson of a draft"},
		func(ctx context.Context, in *struct {
			VersionPath
			Lesson string `path:"lesson" maxLength:"40"`
			Body   struct {
				Revision   int64    `json:"revision" minimum:"1" doc:"Of the draft that was read"`
				Title      Sentence `json:"title"`
				Minutes    int      `json:"minutes" minimum:"0" maximum:"600"`
				Part       string   `json:"part,omitempty" enum:"lessons,cases,practice"`
				Objectives []string `json:"objectives,omitempty" maxItems:"50"`
				Markdown   string   `json:"markdown" minLength:"1" maxLength:"204800"`
			}
		}) (*body[CourseVersion], error) {
			b := in.Body
			return one(showVersionDetail)(s.Courses.WriteLesson(ctx, visit.Actor(ctx), in.ID, b.Revision, courses.LessonText{Code: in.Lesson, Title: b.Title.text(), Minutes: b.Minutes, Part: b.Part, Objectives: b.Objectives, Markdown: b.Markdown}))
		})
}
