package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// WaitingReview is one thing that waits for reviewers.
type WaitingReview struct {
	Course  string     `json:"course"`
	Title   texts.Text `json:"title" doc:"Of the course"`
	Version string     `json:"version" doc:"Id of the draft"`
	Number  int        `json:"number" doc:"Of the version"`
	Bank    string     `json:"bank,omitempty" doc:"Of an item"`
	Code    string     `json:"code,omitempty" doc:"Of an item"`
	Item    string     `json:"item,omitempty" doc:"Id of an item version"`
	AskedBy string     `json:"asked_by"`
	Asked   time.Time  `json:"asked"`
	Mine    bool       `json:"mine" doc:"The reader wrote of it: somebody else reviews it"`
}

func showWaitingReview(r courses.ReviewRow) WaitingReview {
	return WaitingReview{r.Course, r.Title, r.Version, r.Number, r.Bank, r.Code, r.Item, r.AskedBy, r.AskedAt.UTC(), r.Mine}
}

// VersionReviewing is where a version stands with its reviewers.
type VersionReviewing struct {
	State    string     `json:"state" enum:"draft,in_review,approved" doc:"Of the version as it is; an approved draft that changes is a draft again"`
	Revision int64      `json:"revision" doc:"Of the version as it is, to approve"`
	AskedBy  string     `json:"asked_by,omitempty"`
	Asked    *time.Time `json:"asked,omitempty"`
	By       string     `json:"by,omitempty" doc:"Who approved it, or gave it back"`
	At       *time.Time `json:"at,omitempty"`
	Why      string     `json:"why,omitempty" doc:"It was given back"`
}

// versionReviewing shows the review of a version after something was done to it.
func (s *server) versionReviewing(ctx context.Context, id string, t courses.Talk, err error) (*body[VersionReviewing], error) {
	if err != nil {
		return nil, err
	}
	v, err := s.Courses.Version(ctx, visit.Actor(ctx), id)
	if err != nil {
		return nil, err
	}
	out := VersionReviewing{State: string(t.Stands(v.Revision)), Revision: v.Revision}
	if r := t.Review; r != nil {
		out.AskedBy, out.Asked, out.By, out.At, out.Why = r.AskedBy, instant(r.AskedAt), r.By, instant(r.At), r.Why
	}
	return answer(out), nil
}

// reviewing registers what waits for reviewers, and the review of a version; that of an item stands with the items.
func (s *server) reviewing() {
	handle(s, operation{Method: http.MethodGet, Path: "/reviews", ID: "listReviews", Tag: "authoring", Summary: "What waits for reviewers, the longest waiting first: items, or drafts of courses"},
		func(ctx context.Context, in *struct {
			PageInput
			Kind string `query:"kind" enum:"item,version" default:"item"`
		}) (*body[ListOf[WaitingReview]], error) {
			find := s.Courses.ItemsInReview
			if in.Kind == "version" {
				find = s.Courses.VersionsInReview
			}
			found, next, err := find(ctx, visit.Actor(ctx), in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, next != storage.Cursor{}), showWaitingReview), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/review", ID: "getVersionReview", Tag: "authoring", Summary: "Where a version stands with its reviewers"},
		func(ctx context.Context, in *VersionPath) (*body[VersionReviewing], error) {
			t, err := s.Courses.Talk(ctx, visit.Actor(ctx), in.ID)
			return s.versionReviewing(ctx, in.ID, t, err)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/review-request", ID: "askVersionReview", Tag: "authoring", Summary: "Put a draft before the reviewers, who are told"},
		func(ctx context.Context, in *VersionPath) (*body[VersionReviewing], error) {
			t, err := s.Courses.AskVersionReview(ctx, visit.Actor(ctx), in.ID)
			return s.versionReviewing(ctx, in.ID, t, err)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/approval", ID: "approveVersion", Tag: "authoring", Summary: "Approve a draft that is in review, as it was read; nobody who wrote anything of it"},
		func(ctx context.Context, in *struct {
			VersionPath
			Body struct {
				Revision int64 `json:"revision" minimum:"1" doc:"That was read"`
			}
		}) (*body[VersionReviewing], error) {
			t, err := s.Courses.ApproveVersion(ctx, visit.Actor(ctx), in.ID, in.Body.Revision)
			return s.versionReviewing(ctx, in.ID, t, err)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/return", ID: "returnVersion", Tag: "authoring", Summary: "Give a draft in review back to its authors, with what needs mending"},
		func(ctx context.Context, in *struct {
			VersionPath
			Body struct {
				Why string `json:"why" minLength:"1" maxLength:"2000"`
			}
		}) (*body[VersionReviewing], error) {
			t, err := s.Courses.ReturnVersion(ctx, visit.Actor(ctx), in.ID, in.Body.Why)
			return s.versionReviewing(ctx, in.ID, t, err)
		})
}
