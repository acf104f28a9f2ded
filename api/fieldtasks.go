package api

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// FieldTask is work in a course that a person judges.
type FieldTask struct {
	Code string `json:"code"`
	FieldTaskText
}

// FieldTaskText is a field task as its author writes it.
type FieldTaskText struct {
	Title        texts.Text      `json:"title"`
	Instructions string          `json:"instructions" maxLength:"20480" doc:"Markdown"`
	Words        int             `json:"words" minimum:"0" maximum:"3000" doc:"Of the text to hand in, at most; 0 asks for none"`
	Files        int             `json:"files" minimum:"0" maximum:"10" doc:"To hand in, at most; 0 asks for none"`
	Minutes      int             `json:"minutes" minimum:"1" maximum:"2000" doc:"Of work"`
	Days         int             `json:"days" minimum:"0" maximum:"365" doc:"To hand it in, from its beginning and from each return; 0 has no end. Late work is taken and shown as late"`
	Judge        string          `json:"judge" enum:"marker,supervisor"`
	Markers      int             `json:"markers,omitempty" minimum:"0" maximum:"2" doc:"1 or 2; missing: 1"`
	Apart        int             `json:"difference,omitempty" minimum:"0" maximum:"100" doc:"Of two markers, in points: above it a third decides"`
	Accept       int             `json:"accept" minimum:"1" maximum:"100" doc:"Accepted from so many points of 100"`
	Optional     bool            `json:"optional,omitempty" doc:"Completion and certificate do not wait for it; it shows levels above what tests support"`
	Shows        []TargetLevel   `json:"shows" maxItems:"50" nullable:"false" doc:"Competencies and levels it proves once accepted"`
	Rubric       []BankCriterion `json:"rubric" maxItems:"20" nullable:"false"`
}

// TargetLevel is a level of a competency.
type TargetLevel struct {
	Competency string `json:"competency" maxLength:"20"`
	Level      int    `json:"level" minimum:"1" maximum:"5"`
}

func showFieldTask(t courses.FieldTask) FieldTask {
	v := FieldTask{t.Code, FieldTaskText{Title: t.Title, Instructions: t.Instructions, Words: t.Words, Files: t.Files, Minutes: t.Minutes, Days: t.Days, Judge: string(t.Judge), Markers: t.Marking.Markers, Apart: t.Marking.Apart, Accept: t.Accept, Optional: t.Optional,
		Shows: []TargetLevel{}, Rubric: showBankItem(grading.Item{Rubric: t.Rubric}).Rubric}}
	for _, s := range t.Shows {
		v.Shows = append(v.Shows, TargetLevel{s.Competency, s.Level})
	}
	return v
}

func (t FieldTaskText) task(code string) (courses.FieldTask, error) {
	it, err := ItemText{Rubric: t.Rubric}.item()
	out := courses.FieldTask{Code: code, Title: t.Title, Instructions: t.Instructions, Words: t.Words, Files: t.Files, Minutes: t.Minutes, Days: t.Days, Judge: courses.Judge(t.Judge), Marking: courses.QuizMarking{Markers: t.Markers, Apart: t.Apart},
		Accept: t.Accept, Optional: t.Optional, Rubric: it.Rubric}
	for _, s := range t.Shows {
		out.Shows = append(out.Shows, courses.Target{Competency: s.Competency, Level: s.Level})
	}
	return out, err
}

// FieldWork is what a learner has done at a field task.
type FieldWork struct {
	Task     FieldTask          `json:"task"`
	HTML     string             `json:"html" doc:"The instructions as harmless HTML"`
	State    string             `json:"state" enum:"new,open,handed_in,returned,accepted"`
	Since    *time.Time         `json:"since,omitempty"`
	Until    string             `json:"until,omitempty" doc:"Last day to hand it in without being late"`
	Locked   []string           `json:"locked" maxItems:"1000" nullable:"false" doc:"What must be done before it may be begun"`
	Refused  string             `json:"refused,omitempty" doc:"Why nothing can be handed in any more"`
	Text     string             `json:"text,omitempty" doc:"The draft"`
	Files    []HandedFile       `json:"files" maxItems:"20" nullable:"false" doc:"Of the draft"`
	Seq      int                `json:"seq" doc:"To be sent with the next save"`
	Editions []FieldWorkEdition `json:"editions" maxItems:"20" nullable:"false" doc:"What was handed in, the newest first"`
}

// HandedFile is a file of a field work.
type HandedFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int64  `json:"size" doc:"Bytes"`
}

// FieldWorkEdition is one handing in with what was said of it.
type FieldWorkEdition struct {
	Number   int          `json:"number"`
	At       time.Time    `json:"at"`
	Late     bool         `json:"late"`
	Text     string       `json:"text,omitempty"`
	Files    []HandedFile `json:"files" maxItems:"20" nullable:"false"`
	Judged   bool         `json:"judged"`
	Accepted bool         `json:"accepted"`
	Points   Points       `json:"points" doc:"Of 100, once judged"`
	Marks    []GivenMark  `json:"marks" maxItems:"2" nullable:"false" doc:"With their comments, without names"`

	Objection *ObjectionSteps `json:"objection,omitempty" doc:"To what was said of it; missing where there is nothing to object to (any more)"`
}

func handedFiles(files []grading.File) []HandedFile {
	out := []HandedFile{}
	for _, f := range files {
		out = append(out, HandedFile{courses.FileID(f), f.Name, f.Size})
	}
	return out
}

func showFieldWork(ctx context.Context, x courses.WorkView) FieldWork {
	lang := visit.From(ctx).Lang
	v := FieldWork{Task: showFieldTask(x.Task), HTML: string(x.Instructions), State: string(x.State), Since: instant(x.Since), Until: string(x.Until), Locked: []string{}, Refused: x.Ended.In(lang), Text: x.Text, Files: handedFiles(x.Files), Seq: x.Seq, Editions: []FieldWorkEdition{}}
	if v.State == "" {
		v.State = "new"
	}
	for _, t := range x.Locked {
		v.Locked = append(v.Locked, t.In(lang))
	}
	for _, e := range x.Editions {
		row := FieldWorkEdition{e.Number, e.At.UTC(), e.Late, e.Text, handedFiles(e.Files), e.Judged, e.Accepted, Points(e.Points), showGivenMarks(e.Marks), showObjectionSteps(e.Objects)}
		v.Editions = append(v.Editions, row)
	}
	return v
}

// WaitingWork is a field work that waits for the reader as a supervisor.
type WaitingWork struct {
	Marking string     `json:"marking" doc:"To be claimed and marked under /markings"`
	Person  string     `json:"person"`
	Name    string     `json:"name"`
	Course  string     `json:"course"`
	Title   texts.Text `json:"title" doc:"Of the course"`
	Task    texts.Text `json:"task"`
	Edition int        `json:"edition"`
	At      time.Time  `json:"at"`
	Late    bool       `json:"late"`
	Begun   bool       `json:"begun" doc:"The reader has a draft"`
}

// FieldTaskPath names a field task of an enrolment in an address.
type FieldTaskPath struct {
	EnrolmentPath
	Task string `path:"task" maxLength:"40"`
}

// WorkText is what a learner wrote.
type WorkText struct {
	Text string `json:"text" maxLength:"60000"`
	Seq  int    `json:"seq" doc:"As last seen"`
}

// fieldTaskFields says where the room's names of a field task stand in a request.
var fieldTaskFields = map[string]string{"code": "path.task", "marking.markers": "body.markers", "marking.difference": "body.difference"}

func (s *server) fieldTasks(r *gin.Engine) {
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/field-tasks/{task}", ID: "writeFieldTask", Tag: "authoring", Named: fieldTaskFields, Summary: "Write a field task of a draft, a new one at the end"},
		func(ctx context.Context, in *struct {
			VersionPath
			Task string `path:"task" maxLength:"40"`
			Based
			Body FieldTaskText
		}) (*body[CourseVersion], error) {
			t, err := in.Body.task(in.Task)
			if err != nil {
				return nil, err
			}
			return one(showVersionDetail)(s.Courses.WriteTask(ctx, visit.Actor(ctx), in.ID, in.Revision, t))
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/versions/{id}/field-tasks/{task}", ID: "removeFieldTask", Tag: "authoring", Summary: "Take a field task out of a draft; published versions keep theirs"},
		func(ctx context.Context, in *struct {
			VersionPath
			Task string `path:"task" maxLength:"40"`
			Based
		}) (*body[CourseVersion], error) {
			return one(showVersionDetail)(s.Courses.RemoveTask(ctx, visit.Actor(ctx), in.ID, in.Revision, in.Task))
		})
	work := func(ctx context.Context, in *FieldTaskPath) (*body[FieldWork], error) {
		x, err := s.Courses.Work(ctx, visit.Actor(ctx), in.ID, in.Task)
		if err != nil {
			return nil, err
		}
		return answer(showFieldWork(ctx, x)), nil
	}
	handle(s, operation{Method: http.MethodGet, Path: "/enrolments/{id}/field-tasks/{task}", ID: "getFieldWork", Tag: "enrolments", Summary: "A field task with what its learner has done so far"}, work)
	handle(s, operation{Method: http.MethodPost, Path: "/enrolments/{id}/field-tasks/{task}/start", ID: "beginFieldWork", Tag: "enrolments", Summary: "Begin a field task: its days count from now"},
		func(ctx context.Context, in *FieldTaskPath) (*body[FieldWork], error) {
			if err := s.Courses.BeginWork(ctx, visit.Actor(ctx), in.ID, in.Task); err != nil {
				return nil, err
			}
			return work(ctx, in)
		})
	handle(s, operation{Method: http.MethodPut, Path: "/enrolments/{id}/field-tasks/{task}/draft", ID: "saveFieldWork", Tag: "enrolments", Summary: "Keep what was written so far"},
		func(ctx context.Context, in *struct {
			FieldTaskPath
			Body WorkText
		}) (*body[FieldWork], error) {
			if _, err := s.Courses.SaveWork(ctx, visit.Actor(ctx), in.ID, in.Task, courses.WorkDraft{Text: in.Body.Text}, in.Body.Seq); err != nil {
				return nil, err
			}
			return work(ctx, &in.FieldTaskPath)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/enrolments/{id}/field-tasks/{task}/editions", ID: "handInFieldWork", Tag: "enrolments", Status: http.StatusCreated, Summary: "Hand a field task in: the text and the files of the draft. It never changes afterwards"},
		func(ctx context.Context, in *struct {
			FieldTaskPath
			Body WorkText
		}) (*body[FieldWork], error) {
			if err := s.Courses.HandIn(ctx, visit.Actor(ctx), in.ID, in.Task, courses.WorkDraft{Text: in.Body.Text}, in.Body.Seq); err != nil {
				return nil, err
			}
			return work(ctx, &in.FieldTaskPath)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/enrolments/{id}/field-tasks/{task}/files", ID: "addFieldWorkFile", Tag: "enrolments", Status: http.StatusCreated, Max: courses.MaxReceived + 1, Summary: "Add a file to the draft; the file is the body as it is"},
		func(ctx context.Context, in *struct {
			FieldTaskPath
			Name    string `query:"name" maxLength:"200" doc:"What the file is called"`
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*body[FieldWork], error) {
			if err := s.Courses.AddFileToWork(ctx, visit.Actor(ctx), in.ID, in.Task, courses.FileInput{Name: in.Name, Content: bytes.NewReader(in.RawBody)}); err != nil {
				return nil, err
			}
			return work(ctx, &in.FieldTaskPath)
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/enrolments/{id}/field-tasks/{task}/files/{file}", ID: "removeFieldWorkFile", Tag: "enrolments", Summary: "Take a file of the draft back; what was handed in keeps it"},
		func(ctx context.Context, in *struct {
			FieldTaskPath
			File string `path:"file" maxLength:"40"`
		}) (*body[FieldWork], error) {
			if err := s.Courses.RemoveFileFromWork(ctx, visit.Actor(ctx), in.ID, in.Task, in.File); err != nil {
				return nil, err
			}
			return work(ctx, &in.FieldTaskPath)
		})
	download(s, r, operation{Path: "/enrolments/{id}/field-tasks/{task}/files/{file}", ID: "downloadFieldWorkFile", Tag: "enrolments", Summary: "A file of a field work, of its draft or of what was handed in"}, "application/octet-stream", func(c *gin.Context) {
		f, err := s.Courses.WorkFile(c.Request.Context(), visit.Actor(c.Request.Context()), c.Param("id"), c.Param("task"), c.Param("file"))
		s.received(c, f, err)
	})
	handle(s, operation{Method: http.MethodGet, Path: "/supervised-work", ID: "listSupervisedWork", Tag: "markings", Summary: "Field tasks that wait for the reader as the supervisor of the day, the longest waiting first; they are claimed and marked under /markings"},
		func(ctx context.Context, in *struct{ PageInput }) (*body[ListOf[WaitingWork]], error) {
			found, next, err := s.Courses.ToJudge(ctx, visit.Actor(ctx), in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), func(x courses.JudgeRow) WaitingWork {
				return WaitingWork{x.ID, x.Person, x.Name, x.Course, x.Title, x.Task, x.Edition, x.At.UTC(), x.Late, x.Begun}
			}), nil
		})
}

// received sends a file that somebody handed in, as a download.
func (s *server) received(c *gin.Context, f courses.Received, err error) {
	if err != nil {
		s.fail(c, err)
		return
	}
	defer f.File.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(f.File); err != nil {
		s.fail(c, faults.Wrap(err, faults.Unavailable, "Berkas tidak dapat dibaca.", "The file cannot be read."))
		return
	}
	file(c, f.Name, f.Type, b.Bytes())
}
