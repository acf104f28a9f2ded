package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/visit"
)

// Certificate is a certificate as its holder and the admins see it.
type Certificate struct {
	ID       string          `json:"id"`
	Person   string          `json:"person"`
	State    string          `json:"state" enum:"intended,issued,suspended,revoked"`
	Expired  bool            `json:"expired"`
	Record   *record.Record  `json:"record" doc:"The printed facts"`
	IssuedAt *time.Time      `json:"issued_at,omitempty"`
	Events   []StandingEvent `json:"events" maxItems:"1000" nullable:"false" doc:"Suspensions, reinstatements, revocation"`
	CheckURL string          `json:"check_url,omitempty"`
	FileHash string          `json:"file_hash,omitempty" doc:"SHA-256 of the PDF; missing until it is drawn"`
	Parked   string          `json:"parked,omitempty" doc:"Why its work waits for a person"`
	Waits    string          `json:"waits,omitempty" doc:"Why its file is not drawn yet although it was tried: the time-stamp server is away"`
}

// StandingEvent is a change of a certificate's standing.
type StandingEvent struct {
	Kind     string    `json:"kind"`
	At       time.Time `json:"at"`
	Official string    `json:"official"`
	Reason   string    `json:"reason"`
}

func showCertificate(v certificates.View) Certificate {
	c := Certificate{ID: string(v.ID), Person: v.Person, State: string(v.State), Expired: v.Expired, Record: &v.Record, IssuedAt: instant(v.IssuedAt), Events: []StandingEvent{},
		CheckURL: v.CheckURL, Parked: v.Parked, Waits: v.Waits}
	for _, e := range v.Events {
		c.Events = append(c.Events, StandingEvent{e.Kind, e.At, e.Official, e.Reason})
	}
	if v.File != nil {
		c.FileHash = v.File.Hash
	}
	return c
}

// Verdict is the answer of the public check.
type Verdict struct {
	Status   string         `json:"status" doc:"valid, expired, revoked, suspended, pending, altered or unknown"`
	Sentence string         `json:"sentence"`
	Record   *record.Record `json:"record,omitempty" doc:"The facts, for whoever has the code, the file, or the number and the last three digits of the NIP"`
	Differs  []Difference   `json:"differs" maxItems:"1000" nullable:"false" doc:"Altered: which facts"`
	Since    *time.Time     `json:"since,omitempty"`
	Why      string         `json:"why,omitempty"`
	Official string         `json:"official,omitempty"`
	Checks   []Check        `json:"checks" maxItems:"1000" nullable:"false" doc:"What was checked"`
	Root     string         `json:"root,omitempty" doc:"Fingerprint of the root it was judged by"`
	Position int64          `json:"position,omitempty" doc:"Place in the public log"`
	At       time.Time      `json:"at"`
}

// Difference is a fact that is not as issued.
type Difference struct {
	Fact   string `json:"fact"`
	Here   string `json:"here" doc:"What the file says"`
	Issued string `json:"issued"`
}

// Check is one thing that was looked at.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"`
}

func showVerdict(ctx context.Context, v verify.Verdict) Verdict {
	lang := visit.From(ctx).Lang
	out := Verdict{Status: string(v.Status), Sentence: v.Sentence.In(lang), Record: v.Record, Differs: []Difference{}, Since: instant(v.Since), Why: v.Why, Official: v.Official,
		Checks: []Check{}, Root: v.Root, At: v.At}
	if out.Record != nil {
		r := *v.Record
		r.Salt = ""
		out.Record = &r
	}
	for _, d := range v.Differs {
		out.Differs = append(out.Differs, Difference{d.Fact.In(lang), d.Here, d.Issued})
	}
	for _, c := range v.Checks {
		out.Checks = append(out.Checks, Check{c.Name, c.OK, c.Text.In(lang)})
	}
	if v.Log != nil {
		out.Position = v.Log.Index
	}
	return out
}

// CertificatePath names a certificate in an address.
type CertificatePath struct {
	ID string `path:"id" maxLength:"200"`
}

func (s *server) certificates(r *gin.Engine) {
	handle(s, operation{Method: http.MethodGet, Path: "/certificates", ID: "listCertificates", Tag: "certificates", Summary: "Certificates of a person (missing everything: one's own), or of a unit, course or state"},
		func(ctx context.Context, in *struct {
			PageInput
			Person string `query:"person" maxLength:"60"`
			Unit   string `query:"unit" maxLength:"60"`
			Course string `query:"course" maxLength:"40"`
			State  string `query:"state" enum:"intended,issued,suspended,revoked"`
			Words  string `query:"q" maxLength:"200" doc:"Words of the name, or the number"`
		}) (*body[ListOf[Certificate]], error) {
			a := visit.Actor(ctx)
			if in.Unit == "" && in.Course == "" && in.State == "" && in.Words == "" && in.Person == "" {
				in.Person = a.Person
			}
			var p certificates.Page
			var err error
			if in.Person != "" {
				p, err = s.Certificates.Of(ctx, a, in.Person, in.after())
			} else {
				p, err = s.Certificates.List(ctx, a, certificates.Filter{Unit: in.Unit, Course: in.Course, State: certificates.State(in.State), Words: in.Words, After: in.after(), Limit: in.Limit})
			}
			if err != nil {
				return nil, err
			}
			return list(p.Views, in.next(p.Next, p.More), showCertificate), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/certificates/{id}", ID: "getCertificate", Tag: "certificates", Summary: "One certificate"},
		func(ctx context.Context, in *CertificatePath) (*body[Certificate], error) {
			return one(showCertificate)(s.Certificates.Certificate(ctx, visit.Actor(ctx), certificates.ID(in.ID)))
		})
	for _, d := range []struct {
		path, id, summary string
		do                func(context.Context, access.Actor, certificates.ID, certificates.Decision) (certificates.View, error)
	}{
		{"revocation", "revokeCertificate", "Revoke a certificate for good, with the reason and the official who decided", s.Certificates.Revoke},
		{"suspension", "suspendCertificate", "Suspend a certificate, with the reason and the official who decided", s.Certificates.Suspend},
		{"reinstatement", "reinstateCertificate", "Lift a suspension, with the reason and the official who decided", s.Certificates.Reinstate},
	} {
		handle(s, operation{Method: http.MethodPost, Path: "/certificates/{id}/" + d.path, ID: d.id, Tag: "certificates", Summary: d.summary},
			func(ctx context.Context, in *struct {
				CertificatePath
				Body struct {
					Reason   string `json:"reason" minLength:"1" maxLength:"500" doc:"Shown to whoever checks the certificate"`
					Official string `json:"official" minLength:"1" maxLength:"200" doc:"Name and post of who decided"`
				}
			}) (*body[Certificate], error) {
				return one(showCertificate)(d.do(ctx, visit.Actor(ctx), certificates.ID(in.ID), certificates.Decision{Reason: in.Body.Reason, Official: in.Body.Official}))
			})
	}
	handle(s, operation{Method: http.MethodGet, Path: "/checks/{code}", ID: "checkCode", Tag: "checks", Summary: "Check a certificate by its verification code", Public: true},
		func(ctx context.Context, in *struct {
			Code string `path:"code" maxLength:"80"`
		}) (*body[Verdict], error) {
			v, err := s.Certificates.CheckCode(ctx, in.Code)
			if err != nil {
				return nil, err
			}
			return answer(showVerdict(ctx, v)), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/checks", ID: "checkNumber", Tag: "checks", Summary: "Check by number; with the last three digits of the NIP and the holder's name the facts are shown, without the code", Public: true,
		Named: map[string]string{"nip": "body.last_three"}},
		func(ctx context.Context, in *struct {
			Body struct {
				Number    string `json:"number" minLength:"1" maxLength:"200"`
				LastThree string `json:"last_three,omitempty" maxLength:"3" doc:"Last three digits of the holder's NIP; only together with name"`
				Name      string `json:"name,omitempty" maxLength:"200" doc:"The holder's name as printed, at least its first and last word, without titles; wrong ones are answered as if digits and name were missing"`
			}
		}) (*body[Verdict], error) {
			v, err := s.Certificates.CheckNumber(ctx, in.Body.Number, in.Body.LastThree, in.Body.Name)
			if err != nil {
				return nil, err
			}
			return answer(showVerdict(ctx, v)), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/checks/file", ID: "checkFile", Tag: "checks", Summary: "Check a PDF file; it is not kept", Public: true, Max: verify.MaxFile + 1},
		func(ctx context.Context, in *struct {
			RawBody []byte `contentType:"application/pdf"`
		}) (*body[Verdict], error) {
			v, err := s.Certificates.CheckFile(ctx, in.RawBody)
			if err != nil {
				return nil, err
			}
			return answer(showVerdict(ctx, v)), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/root", ID: "getRoot", Tag: "checks", Summary: "The installation's public root: the keys that check its certificates", Public: true},
		func(ctx context.Context, _ *struct{}) (*body[record.Root], error) {
			root, err := s.Certificates.Root(ctx)
			if err != nil {
				return nil, err
			}
			return answer(root), nil
		})
	download(s, r, operation{Path: "/certificates/{id}/pdf", ID: "downloadCertificate", Tag: "certificates", Summary: "The certificate's PDF"}, "application/pdf", func(c *gin.Context) {
		ctx := c.Request.Context()
		name, pdf, err := s.Certificates.Download(ctx, visit.Actor(ctx), certificates.ID(c.Param("id")))
		if err != nil {
			s.fail(c, err)
			return
		}
		file(c, name, "application/pdf", pdf)
	})
}

// boundRecords says how long the lists of signed records are: their room knows nothing of the document.
func boundRecords(o *huma.OpenAPI) {
	schemas := o.Components.Schemas.Map()
	for name, lists := range map[string][]string{"RecordRecord": {"competencies", "signers", "subjects"}, "RecordRoot": {"keys", "anchors"}} {
		for _, list := range lists {
			schemas[name].Properties[list].MaxItems = new(1000)
		}
	}
}
