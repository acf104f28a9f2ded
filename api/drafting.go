package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// VersionRemark is what an author or reviewer says about a version or a lesson of it.
type VersionRemark struct {
	ID        string     `json:"id"`
	Lesson    string     `json:"lesson,omitempty" doc:"Code of the lesson it is about; missing: the version as a whole"`
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
	Text      string     `json:"text"`
	Settled   *time.Time `json:"settled,omitempty" doc:"Missing while it is open"`
	SettledBy string     `json:"settled_by,omitempty"`
}

func showRemark(r courses.Remark) VersionRemark {
	return VersionRemark{r.ID, r.Lesson, r.By, r.At, r.Text, instant(r.Settled), r.SettledBy}
}

func remarkID(r courses.Remark) string { return r.ID }

// FieldChange is one value that differs between two versions, as an author writes it.
type FieldChange struct {
	Name texts.Text `json:"name"`
	Was  string     `json:"was"`
	Now  string     `json:"now"`
}

// LineChange is one line of a lesson in two versions.
type LineChange struct {
	Mark string `json:"mark" doc:"- only in the earlier one, + only in the later one, a blank in both, empty: some lines of both are left out"`
	Text string `json:"text"`
}

// PartChange is a part of a course that differs between two versions.
type PartChange struct {
	Fate   string        `json:"fate" enum:"new,gone,changed"`
	Code   string        `json:"code"`
	Bank   string        `json:"bank,omitempty"`
	Title  texts.Text    `json:"title"`
	Fields []FieldChange `json:"fields" maxItems:"1000" nullable:"false"`
	Lines  []LineChange  `json:"lines" maxItems:"1000" nullable:"false"`
}

// VersionComparison is what differs from one version of a course to another.
type VersionComparison struct {
	Was        string        `json:"was"`
	Now        string        `json:"now"`
	Same       bool          `json:"same"`
	Cut        bool          `json:"cut" doc:"A list was longer than 1,000 and ends there"`
	Card       []FieldChange `json:"card" maxItems:"1000" nullable:"false"`
	Order      []FieldChange `json:"order" maxItems:"1000" nullable:"false"`
	Objectives []PartChange  `json:"objectives" maxItems:"1000" nullable:"false"`
	Lessons    []PartChange  `json:"lessons" maxItems:"1000" nullable:"false"`
	Quizzes    []PartChange  `json:"quizzes" maxItems:"1000" nullable:"false"`
	FieldTasks []PartChange  `json:"field_tasks" maxItems:"1000" nullable:"false"`
	Items      []PartChange  `json:"items" maxItems:"1000" nullable:"false"`
	Files      []PartChange  `json:"files" maxItems:"1000" nullable:"false"`
}

func showFields(all []grading.Difference) []FieldChange {
	out := []FieldChange{}
	for _, d := range all {
		out = append(out, FieldChange{d.Name, d.Was, d.Now})
	}
	return out
}

func showChanges(all []courses.Change, cut *bool) []PartChange {
	out := []PartChange{}
	for _, c := range all {
		if len(out) == storage.MaxList {
			*cut = true
			break
		}
		x := PartChange{Fate: string(c.Fate), Code: c.Code, Bank: c.Bank, Title: c.Title, Fields: showFields(c.Fields), Lines: []LineChange{}}
		for _, l := range c.Lines {
			if len(x.Lines) == storage.MaxList {
				*cut = true
				break
			}
			x.Lines = append(x.Lines, LineChange(l))
		}
		out = append(out, x)
	}
	return out
}

func showComparison(c courses.Comparison) VersionComparison {
	v := VersionComparison{Was: c.Was.ID, Now: c.Now.ID, Same: c.Same(), Card: showFields(c.Card), Order: showFields(c.Order)}
	for list, to := range map[*[]courses.Change]*[]PartChange{&c.Objectives: &v.Objectives, &c.Lessons: &v.Lessons, &c.Quizzes: &v.Quizzes, &c.Tasks: &v.FieldTasks, &c.Items: &v.Items, &c.Files: &v.Files} {
		*to = showChanges(*list, &v.Cut)
	}
	return v
}

// drafting registers what authors and reviewers do around a version: trying it, comparing it, copying it, speaking about it.
func (s *server) drafting() {
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/quizzes/{quiz}/tries", ID: "tryQuiz", Tag: "authoring",
		Summary: "Begin a test of a version as a learner would, or go on with it: nothing of it is recorded, and a day later it is gone", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			VersionPath
			Quiz string `path:"quiz" maxLength:"40"`
		}) (*body[Form], error) {
			return one(showForm)(s.Courses.TryQuiz(ctx, visit.Actor(ctx), in.ID, in.Quiz))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/field-tasks/{task}/try", ID: "tryFieldTask", Tag: "authoring",
		Summary: "A field task of a version as a learner will see it: what is to be done and handed in, and the rubric; nothing can be handed in and nothing is recorded"},
		func(ctx context.Context, in *struct {
			VersionPath
			Task string `path:"task" maxLength:"40"`
		}) (*body[FieldWork], error) {
			x, err := s.Courses.TryTask(ctx, visit.Actor(ctx), in.ID, in.Task)
			if err != nil {
				return nil, err
			}
			return answer(showFieldWork(ctx, x)), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/comparison", ID: "compareVersions", Tag: "authoring", Summary: "What differs from another version of the course to this one"},
		func(ctx context.Context, in *struct {
			VersionPath
			With string `query:"with" required:"true" minLength:"1" maxLength:"60" doc:"Id of the other version"`
		}) (*body[VersionComparison], error) {
			return one(showComparison)(s.Courses.CompareVersions(ctx, visit.Actor(ctx), in.With, in.ID))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/copies", ID: "copyCourse", Tag: "authoring", Summary: "Begin a new course as a copy of a version; its items are copied and reviewed anew", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			VersionPath
			Body struct {
				Code  string   `json:"code" minLength:"1" maxLength:"31"`
				Title Sentence `json:"title"`
			}
		}) (*body[CourseVersion], error) {
			return one(showVersionDetail)(s.Courses.CopyCourse(ctx, visit.Actor(ctx), in.ID, in.Body.Code, in.Body.Title.text()))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/remarks", ID: "listRemarks", Tag: "authoring", Summary: "What authors and reviewers said about a version and its lessons, as it came"},
		func(ctx context.Context, in *struct {
			VersionPath
			PageInput
		}) (*body[ListOf[VersionRemark]], error) {
			t, err := s.Courses.Talk(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, t.Remarks, remarkID, showRemark)
		})
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/remarks/{remark}", ID: "remarkVersion", Tag: "authoring", Summary: "Say something about a version or a lesson of it, under an id of one's own: saying it again changes nothing", Status: http.StatusNoContent},
		func(ctx context.Context, in *struct {
			VersionPath
			Remark string `path:"remark" minLength:"1" maxLength:"60"`
			Body   struct {
				Lesson string `json:"lesson,omitempty" maxLength:"40"`
				Text   string `json:"text" minLength:"1" maxLength:"2000"`
			}
		}) (*struct{}, error) {
			_, err := s.Courses.RemarkVersion(ctx, visit.Actor(ctx), in.ID, in.Body.Lesson, in.Remark, in.Body.Text)
			return nil, err
		})
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/remarks/{remark}/settled", ID: "settleRemark", Tag: "authoring", Summary: "Say that what a remark asks for is done, or open it again", Status: http.StatusNoContent},
		func(ctx context.Context, in *struct {
			VersionPath
			Remark string `path:"remark" minLength:"1" maxLength:"60"`
			Body   struct {
				Settled bool `json:"settled"`
			}
		}) (*struct{}, error) {
			_, err := s.Courses.SettleRemark(ctx, visit.Actor(ctx), in.ID, in.Remark, in.Body.Settled)
			return nil, err
		})
}
