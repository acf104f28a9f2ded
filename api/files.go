package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/visit"
)

// File is a stored proof.
type File struct {
	Hash string `json:"hash" doc:"SHA-256 of the content; name it where the proof belongs"`
	Kind string `json:"kind" doc:"As found in the content: application/pdf, image/png or image/jpeg"`
	Size int64  `json:"size"`
}

func (s *server) files(r *gin.Engine) {
	handle(s, operation{Method: http.MethodPost, Path: "/files", ID: "addFile", Tag: "files", Status: http.StatusCreated, Max: competencies.MaxProof + 1,
		Summary: "Store a proof (PDF, PNG or JPEG); the file is the body as it is. A file that nothing names is dropped after 7 days"},
		func(ctx context.Context, in *struct {
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*body[File], error) {
			p, err := s.Competencies.AddProof(ctx, visit.Actor(ctx), bytes.NewReader(in.RawBody))
			if err != nil {
				return nil, err
			}
			return answer(File{p.Hash, p.Kind, p.Size}), nil
		})
	download(s, r, operation{Path: "/hours/{id}/proof", ID: "downloadProof", Tag: "files", Summary: "The proof of an entry of learning hours"}, "application/octet-stream", func(c *gin.Context) {
		ctx := c.Request.Context()
		p, data, err := s.Competencies.Proof(ctx, visit.Actor(ctx), c.Param("id"))
		if err != nil {
			s.fail(c, err)
			return
		}
		file(c, p.Name(), p.Kind, data)
	})
}
