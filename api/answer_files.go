package api

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/visit"
)

// AnswerFile is a file that was handed in as an answer.
type AnswerFile struct {
	ID   string `json:"id" doc:"Of the content: the same content has the same id"`
	Name string `json:"name" doc:"A marker sees an alias here"`
	Kind string `json:"kind" doc:"Found by looking at the content: pdf, jpg, png, docx, xlsx or txt"`
	Size int64  `json:"size" doc:"Bytes as kept; pictures are made smaller"`
}

func answerFile(id, name string, size int64) AnswerFile {
	return AnswerFile{id, name, strings.TrimPrefix(path.Ext(name), "."), size}
}

func showAnswerFiles(files []grading.File) (out []AnswerFile) {
	for _, f := range files {
		out = append(out, answerFile(courses.FileID(f), f.Name, f.Size))
	}
	return out
}

// AnswerPath names the answer to an item of an attempt.
type AnswerPath struct {
	AttemptPath
	Item string `path:"item" maxLength:"100"`
}

func (s *server) answerFiles(r *gin.Engine) {
	handle(s, operation{Method: http.MethodPut, Path: "/attempts/{id}/answers/{item}/files", ID: "addAnswerFile", Tag: "attempts", Max: courses.MaxReceived + 1,
		Summary: "Hand in a file as an answer to an item that asks for files; the file is the body as it is. The same content again is the same file. Pictures are kept small and without metadata"},
		func(ctx context.Context, in *struct {
			AnswerPath
			Name    string `header:"File-Name" maxLength:"400" doc:"What the file is called, percent-encoded; only a label"`
			Instead string `query:"instead" maxLength:"20" doc:"Id of the file it takes the place of"`
			Seq     int    `query:"seq" minimum:"0" required:"true" doc:"Of the form or the last save"`
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*body[Saved], error) {
			name, err := url.PathUnescape(in.Name)
			if err != nil {
				name = ""
			}
			return one(showSaved)(s.Courses.AddFileToAnswer(ctx, visit.Actor(ctx), in.ID, in.Item, courses.FileInput{Name: name, Content: bytes.NewReader(in.RawBody), Instead: in.Instead}, courses.Page{Seq: in.Seq}))
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/attempts/{id}/answers/{item}/files/{file}", ID: "removeAnswerFile", Tag: "attempts", Summary: "Take a file of an answer back"},
		func(ctx context.Context, in *struct {
			AnswerPath
			File string `path:"file" maxLength:"100"`
			Seq  int    `query:"seq" minimum:"0" required:"true" doc:"Of the form or the last save"`
		}) (*body[Saved], error) {
			return one(showSaved)(s.Courses.RemoveFileFromAnswer(ctx, visit.Actor(ctx), in.ID, in.Item, in.File, courses.Page{Seq: in.Seq}))
		})
	download(s, r, operation{Path: "/attempts/{id}/answers/{item}/files/{file}", ID: "downloadAnswerFile", Tag: "attempts", Summary: "A file of one's own answer"}, "application/octet-stream", func(c *gin.Context) {
		ctx := c.Request.Context()
		f, err := s.Courses.OwnFile(ctx, visit.Actor(ctx), c.Param("id"), c.Param("item"), c.Param("file"))
		s.received(c, f, err)
	})
	download(s, r, operation{Path: "/markings/{id}/files/{file}", ID: "downloadMarkingFile", Tag: "markings", Summary: "A file of an answer, for whoever has claimed it, under an alias"}, "application/octet-stream", func(c *gin.Context) {
		ctx := c.Request.Context()
		f, err := s.Courses.MarkingFile(ctx, visit.Actor(ctx), c.Param("id"), c.Param("file"))
		s.received(c, f, err)
	})
}
