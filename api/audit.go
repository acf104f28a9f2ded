package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/internal/audit"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/visit"
)

// AuditEntry says who did what to which thing, when, in which role and why.
type AuditEntry struct {
	ID    string    `json:"id"`
	At    time.Time `json:"at"`
	Who   string    `json:"who" doc:"A person, or system:part"`
	Role  string    `json:"role,omitempty" doc:"The role that allowed it"`
	Verb  string    `json:"verb"`
	Thing string    `json:"thing"`
	About string    `json:"about,omitempty" doc:"The person it concerns"`
	Why   string    `json:"why,omitempty"`
	Note  string    `json:"note,omitempty"`
	Block int64     `json:"block" doc:"Number of the journal block it stands in"`
}

func showAuditEntry(d storage.Doc[audit.Entry]) AuditEntry {
	e := d.Value
	return AuditEntry{e.ID, e.At, e.Who, e.Role, e.Verb, e.Thing, e.About, e.Why, e.Note, e.Block}
}

func (s *server) audit() {
	handle(s, operation{Method: http.MethodGet, Path: "/audit", ID: "listAudit", Tag: "audit", Summary: "The audit trail, the newest first; everybody may read what concerns themselves"},
		func(ctx context.Context, in *struct {
			PageInput
			About string    `query:"about" maxLength:"60" doc:"The person it concerns; the first filter that is set counts"`
			Who   string    `query:"who" maxLength:"60"`
			Thing string    `query:"thing" maxLength:"250"`
			Verb  string    `query:"verb" maxLength:"60"`
			Since time.Time `query:"since"`
			Until time.Time `query:"until"`
		}) (*body[ListOf[AuditEntry]], error) {
			p, err := s.Audit.List(ctx, visit.Actor(ctx), audit.Filter{About: in.About, Who: in.Who, Thing: in.Thing, Verb: in.Verb, Since: in.Since, Until: in.Until, Limit: in.Limit, After: in.after()})
			if err != nil {
				return nil, err
			}
			return list(p.Docs, in.next(p.Next, p.More), showAuditEntry), nil
		})
}
