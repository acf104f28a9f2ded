package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/visit"
)

// Work shows what gave up and waits for a person, and makes it run again. The workers do.
type Work interface {
	Parked(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (found []storage.Waiting, next storage.Cursor, err error)
	Unpark(ctx context.Context, a access.Actor, collection, id, why string) error
}

// ParkedWork is a step of the chain that gave up.
type ParkedWork struct {
	Collection string     `json:"collection"`
	ID         string     `json:"id"`
	Step       string     `json:"step"`
	Since      *time.Time `json:"since,omitempty"`
	Tries      int        `json:"tries"`
	Reason     string     `json:"reason" doc:"Why it waits"`
}

func showParked(w storage.Waiting) ParkedWork {
	v := ParkedWork{Collection: w.Collection, ID: w.ID}
	if w.Due != nil {
		v.Step, v.Since, v.Tries, v.Reason = w.Due.Step, instant(w.Due.Since), w.Due.Tries, w.Due.Reason
	}
	return v
}

func (s *server) work() {
	handle(s, operation{Method: http.MethodGet, Path: "/work/parked", ID: "listParkedWork", Tag: "work", Summary: "Work that gave up and waits for a person, with the reason"},
		func(ctx context.Context, in *PageInput) (*body[ListOf[ParkedWork]], error) {
			found, next, err := s.Work.Parked(ctx, visit.Actor(ctx), in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, !next.Zero()), showParked), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/work/{collection}/{id}/unparking", ID: "unpark", Tag: "work", Summary: "Run parked work again, with the reason", Status: http.StatusNoContent},
		func(ctx context.Context, in *struct {
			Collection string `path:"collection" maxLength:"60"`
			ID         string `path:"id" maxLength:"250"`
			Body       Reasoned
		}) (*struct{}, error) {
			return nil, s.Work.Unpark(ctx, visit.Actor(ctx), in.Collection, in.ID, in.Body.Why)
		})
}
