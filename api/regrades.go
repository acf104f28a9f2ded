package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/visit"
)

// Regrade is the grading again after the key of an item was found wrong.
type Regrade struct {
	ID      string     `json:"id"`
	Course  string     `json:"course"`
	Item    string     `json:"item" doc:"Id of the item version"`
	Code    string     `json:"code" doc:"Of the item"`
	State   string     `json:"state" enum:"checking,checked,discarded,running,stopped,finished,replaced,outdated"`
	From    int        `json:"from" doc:"Key version that counted at the dry run"`
	Key     int        `json:"key,omitempty" doc:"Version of the corrected key; missing until the run has begun. A key there was before keeps its version"`
	To      ItemKey    `json:"to" doc:"The corrected key"`
	Why     string     `json:"why"`
	By      string     `json:"by" doc:"Who asked for the dry run, then who had it run"`
	Asked   time.Time  `json:"asked"`
	Checked *time.Time `json:"checked,omitempty"`
	Run     *time.Time `json:"run,omitempty"`
	Ended   *time.Time `json:"ended,omitempty"`
	Plan    Tally      `json:"plan" doc:"What the dry run found"`
	Done    Tally      `json:"done" doc:"What was done"`
	Beyond  int        `json:"beyond" doc:"Results that a finished regrade changed beyond those of the dry run: of attempts that ended between the two"`
}

// Tally counts the attempts of a regrade.
type Tally struct {
	Seen      int `json:"seen" doc:"Attempts of the course looked at"`
	Held      int `json:"held" doc:"Graded attempts that show the item"`
	Changed   int `json:"changed"`
	Passes    int `json:"passes" doc:"Failed before, pass now"`
	Fails     int `json:"fails" doc:"Passed before, fail now"`
	Completes int `json:"completes" doc:"Complete their course by it; a certificate follows"`
	Withdrawn int `json:"withdrawn" doc:"Whose completion is taken back; there was no certificate yet"`
	Listed    int `json:"listed" doc:"Hold a certificate that a person must decide on; nothing is revoked by itself"`
	Score     int `json:"score" doc:"Hold a certificate that shows another score and is still deserved"`
	Left      int `json:"left" doc:"Own attempts of whoever has it run: left to another"`
	Waiting   int `json:"waiting" doc:"Still wait for people to mark them"`
}

// ItemKey is the key of an item version: what of it decides about right and wrong.
type ItemKey struct {
	Options []BankOption    `json:"options" required:"false" maxItems:"20" nullable:"false" doc:"Of an item that shows its options: all of them with the same ids and texts, of an ordering in their right order; else the accepted answers"`
	Parts   []BankPart      `json:"parts" required:"false" maxItems:"20" nullable:"false" doc:"Of a type that asks several things: the same parts with other keys"`
	Rubric  []BankCriterion `json:"rubric" required:"false" maxItems:"20" nullable:"false" doc:"Of a type that a person marks: the same criteria and levels with other weights, marks and words"`
	Scoring string          `json:"scoring,omitempty" maxLength:"30" doc:"Of a type that knows several ways to earn marks"`
	Units   []string        `json:"units" required:"false" maxItems:"20" nullable:"false"`
	Exact   bool            `json:"exact,omitempty" doc:"Of a short text: case and accents count"`
	Void    bool            `json:"void,omitempty" doc:"The item is taken out: everybody gets its whole mark, new forms do without it; nothing else of the key need be said"`
}

func showKey(k grading.Key) ItemKey {
	it := showBankItem(grading.Item{Options: k.Options, Parts: k.Parts, Rubric: k.Rubric, Units: k.Units})
	return ItemKey{it.Options, it.Parts, it.Rubric, k.Scoring, it.Units, k.Exact, k.Void}
}

// key is what was written, or a field for each mark that is none.
func (k ItemKey) key() (grading.Key, error) {
	it, err := ItemText{Options: k.Options, Parts: k.Parts, Rubric: k.Rubric, Scoring: k.Scoring, Units: k.Units, Exact: k.Exact}.item()
	if err != nil {
		fault := *faults.Of(err)
		fault.Fields = slices.Clone(fault.Fields)
		for i := range fault.Fields {
			fault.Fields[i].Path = "key." + fault.Fields[i].Path
		}
		return grading.Key{}, &fault
	}
	out := it.AnswerKey()
	out.Void = k.Void
	return out, nil
}

func showRegrade(d courses.RegradeDoc) Regrade {
	beyond, _ := d.Beyond()
	return Regrade{ID: d.ID, Course: d.Course, Item: d.Item, Code: d.Code, State: string(d.State), From: d.From, Key: d.Key, To: showKey(d.To), Why: d.Why, By: d.By, Asked: d.At.UTC(),
		Checked: instant(d.CheckedAt), Run: instant(d.RunAt), Ended: instant(d.EndedAt), Plan: Tally(d.Plan), Done: Tally(d.Done), Beyond: beyond}
}

// RegradeChange is what a regrade does to one attempt.
type RegradeChange struct {
	Regrade      string    `json:"regrade"`
	Attempt      string    `json:"attempt"`
	Enrolment    string    `json:"enrolment"`
	Person       string    `json:"person"`
	Quiz         string    `json:"quiz"`
	Kind         string    `json:"kind" enum:"pre_test,practice,post_test"`
	Ordinal      int       `json:"ordinal"`
	Submitted    time.Time `json:"submitted"`
	Before       Points    `json:"before"`
	After        Points    `json:"after"`
	PassedBefore bool      `json:"passed_before"`
	PassesNow    bool      `json:"passes_now"`
	Effect       string    `json:"effect,omitempty" enum:"completes,withdrawn,listed,score" doc:"What it means for completion and certificate"`
	Left         bool      `json:"left" doc:"An own attempt of whoever has it run"`
	Done         bool      `json:"done" doc:"No longer a plan"`

	Decision *CertificateDecision `json:"decision,omitempty" doc:"About the certificate it touches; missing while nobody has decided"`
}

// CertificateDecision is what a person decided about a certificate that a regrade touched.
type CertificateDecision struct {
	Decision string    `json:"decision" enum:"keep,refer" doc:"keep: it stays as it is. refer: it goes to whoever revokes certificates; nothing is revoked by it"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Why      string    `json:"why"`
}

func showChange(c courses.RegradeChange) RegradeChange {
	out := RegradeChange{c.Regrade, c.Attempt, c.Enrolment, c.Person, c.Quiz, string(c.Kind), c.Ordinal, c.SubmittedAt.UTC(), Points(c.Before), Points(c.After), c.PassedBefore, c.PassesNow, string(c.Effect), c.Left, c.Done, nil}
	if d := c.Decision; d != nil {
		out.Decision = &CertificateDecision{"refer", d.By, d.At.UTC(), d.Why}
		if d.Keep {
			out.Decision.Decision = "keep"
		}
	}
	return out
}

// CorrectedItem is an item version with the key that counts and those that came later than the first.
type CorrectedItem struct {
	Course string       `json:"course"`
	Item   BankItem     `json:"item"`
	Key    ItemKey      `json:"key" doc:"The key that counts"`
	Number int          `json:"number" doc:"Its version"`
	Later  []KeyVersion `json:"later" maxItems:"1000" nullable:"false" doc:"Key versions after the first, oldest first"`
}

// KeyVersion is one correction of a key.
type KeyVersion struct {
	Number  int       `json:"number"`
	Key     ItemKey   `json:"key"`
	Regrade string    `json:"regrade"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Why     string    `json:"why"`
}

// RegradePath names a regrade in an address.
type RegradePath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *server) regrades() {
	handle(s, operation{Method: http.MethodGet, Path: "/items/{item}/key", ID: "getItemKey", Tag: "regrades", Summary: "An item version with the key that counts, for correcting it"},
		func(ctx context.Context, in *struct {
			Item string `path:"item" maxLength:"100"`
		}) (*body[CorrectedItem], error) {
			it, err := s.Courses.ItemToCorrect(ctx, visit.Actor(ctx), in.Item)
			if err != nil {
				return nil, err
			}
			v := CorrectedItem{Course: it.Course, Item: showBankItem(it.Item), Key: showKey(it.AnswerKey()), Number: max(it.Key, 1), Later: []KeyVersion{}}
			for _, k := range it.Earlier {
				v.Later = append(v.Later, KeyVersion{k.Number, showKey(k.Key), k.Regrade, k.By, k.At.UTC(), k.Why})
			}
			return answer(v), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/regrades", ID: "listRegrades", Tag: "regrades", Summary: "Regrades, of a course or of all, the newest first"},
		func(ctx context.Context, in *struct {
			PageInput
			Course string `query:"course" maxLength:"40"`
		}) (*body[ListOf[Regrade]], error) {
			found, next, err := s.Courses.Regrades(ctx, visit.Actor(ctx), in.Course, in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showRegrade), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/regrades", ID: "checkRegrade", Tag: "regrades", Summary: "Begin the dry run of a corrected key; no result is changed", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				Form string  `json:"form,omitempty" maxLength:"60" pattern:"^[A-Za-z0-9_-]*$" doc:"Id of the regrade, chosen by the sender: sending again is the same one"`
				Item string  `json:"item" minLength:"1" maxLength:"100"`
				Key  ItemKey `json:"key"`
				Why  string  `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Regrade], error) {
			k, err := in.Body.Key.key()
			if err != nil {
				return nil, err
			}
			return one(showRegrade)(s.Courses.CheckRegrade(ctx, visit.Actor(ctx), courses.RegradeInput{Key: in.Body.Form, Item: in.Body.Item, To: k, Why: in.Body.Why}))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/regrades/{id}", ID: "getRegrade", Tag: "regrades", Summary: "Where a regrade stands"},
		func(ctx context.Context, in *RegradePath) (*body[Regrade], error) {
			return one(showRegrade)(s.Courses.RegradeByID(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/regrades/{id}/changes", ID: "listRegradeChanges", Tag: "regrades", Summary: "Who changes from what to what, planned or done, and which certificates are touched"},
		func(ctx context.Context, in *struct {
			RegradePath
			PageInput
			Only string `query:"only" enum:"certificates,listed" doc:"Only those whose certificate is touched, or on whose certificate a person must decide"`
		}) (*body[ListOf[RegradeChange]], error) {
			found, next, err := s.Courses.Changes(ctx, visit.Actor(ctx), in.ID, courses.ChangeFilter{Certificates: in.Only == "certificates", Listed: in.Only == "listed", After: in.after(), Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showChange), nil
		})
	handle(s, operation{Method: http.MethodPut, Path: "/regrades/{id}/changes/{attempt}/decision", ID: "decideCertificate", Tag: "regrades", Summary: "Decide about a certificate that a regrade touched: it is kept, or goes to whoever revokes certificates; nothing is revoked by it"},
		func(ctx context.Context, in *struct {
			RegradePath
			Attempt string `path:"attempt" maxLength:"120"`
			Body    struct {
				Decision string `json:"decision" enum:"keep,refer"`
				Why      string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[RegradeChange], error) {
			return one(showChange)(s.Courses.DecideCertificate(ctx, visit.Actor(ctx), in.ID, in.Attempt, in.Body.Decision == "keep", in.Body.Why))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/undecided-certificates", ID: "listUndecidedCertificates", Tag: "regrades", Summary: "Certificates that regrades touched and nobody has decided on, of all courses"},
		func(ctx context.Context, in *PageInput) (*body[ListOf[RegradeChange]], error) {
			found, next, err := s.Courses.Undecided(ctx, visit.Actor(ctx), in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showChange), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/regrades/{id}/confirmation", ID: "runRegrade", Tag: "regrades", Summary: "Let a checked regrade run: the corrected key counts from now on"},
		func(ctx context.Context, in *RegradePath) (*body[Regrade], error) {
			return one(showRegrade)(s.Courses.ConfirmRegrade(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/regrades/{id}/cancellation", ID: "cancelRegrade", Tag: "regrades", Summary: "Give a regrade up before it runs, or stop one that runs, with the reason"},
		func(ctx context.Context, in *struct {
			RegradePath
			Body Reasoned
		}) (*body[Regrade], error) {
			return one(showRegrade)(s.Courses.CancelRegrade(ctx, visit.Actor(ctx), in.ID, in.Body.Why))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/regrades/{id}/resumption", ID: "resumeRegrade", Tag: "regrades", Summary: "Let a stopped regrade go on where it was"},
		func(ctx context.Context, in *RegradePath) (*body[Regrade], error) {
			return one(showRegrade)(s.Courses.ResumeRegrade(ctx, visit.Actor(ctx), in.ID))
		})
}
