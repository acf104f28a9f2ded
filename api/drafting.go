package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/internal/visit"
)

// drafting registers what authors and reviewers do around a version: trying it.
func (s *server) drafting() {
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/quizzes/{quiz}/tries", ID: "tryQuiz", Tag: "authoring",
		Summary: "Begin a test of a version as a learner would, or go on with it: nothing of it is recorded, and a day later it is gone", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			VersionPath
			Quiz string `path:"quiz" maxLength:"40"`
		}) (*body[Form], error) {
			return one(showForm)(s.Courses.TryQuiz(ctx, visit.Actor(ctx), in.ID, in.Quiz))
		})
}
