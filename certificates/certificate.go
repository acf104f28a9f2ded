// Package certificates issues, keeps, shows and checks certificates.
//
// A certificate lives as intended -> issued -> (suspended <->) revoked; expired follows from its last day. What is true about numbers,
// signatures and the public log stands in one place, the seal journal (seal.go); certificates, series values and the log's tiles are
// projections of it that can be rebuilt. This room knows nothing of courses, attempts or competencies: what it prints arrives as Facts.
//
// Reading order: certificate.go (the noun and its life), intend.go, seal.go, log.go, render.go and pdf.go, check.go, revoke.go.
// Package record below has the signed form, package verify judges files. docs/certificates.md says which signature covers what.
package certificates

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/storage"
)

// ID is a certificate's id: enrolment + "." + kind + "." + edition. An enrolment therefore has at most one certificate of a kind and edition.
type ID string

// KindTraining is the kind given on a passed course: "Sertifikat Pelatihan". ("Sertifikat kompetensi" belongs to BNSP/LSP and is never ours.)
const KindTraining = "training"

// State is the stored state of a certificate. Expired is no state: it follows from the record's last day.
type State string

// The states.
const (
	Intended  State = "intended"  // facts are frozen, no number yet
	Issued    State = "issued"    // sealed: number, signature, place in the log
	Suspended State = "suspended" // may not be relied on until reinstated
	Revoked   State = "revoked"   // withdrawn for good; the number is never used again
)

// allowed lists which states may follow which.
var allowed = map[State][]State{
	Intended:  {Issued},
	Issued:    {Suspended, Revoked},
	Suspended: {Issued, Revoked},
}

func (s State) may(next State) bool {
	for _, x := range allowed[s] {
		if x == next {
			return true
		}
	}
	return false
}

// Certificate is one certificate as stored. Record holds the printed facts; number and day of issue are empty until it is sealed.
type Certificate struct {
	State  State         `json:"state"`
	Record record.Record `json:"record"`
	Held   Held          `json:"held"`

	// Fixed by the seal.
	Commitment string    `json:"commitment,omitempty"` // hex of record.Commitment
	Signature  string    `json:"signature,omitempty"`
	KeyID      string    `json:"kid,omitempty"`
	Seal       int64     `json:"seal,omitempty"` // number of the seal journal's entry
	Leaf       int64     `json:"leaf,omitempty"` // position in the log
	IssuedAt   time.Time `json:"issued_at,omitzero"`

	Events []Event `json:"events,omitempty"` // suspensions, reinstatements, the revocation, oldest first
	File   *File   `json:"file,omitempty"`   // nil until rendered

	// What the chain has done with it.
	Recorded  bool `json:"recorded,omitempty"`  // evidence and learning hours are booked
	Withdrawn bool `json:"withdrawn,omitempty"` // after a revocation or suspension: evidence is taken back
	Told      bool `json:"told,omitempty"`
}

// Held is what belongs to the certificate and not to its public record. It is kept for the holder's own PDF and for finding it again.
type Held struct {
	Enrolment  string    `json:"enrolment"`
	Person     string    `json:"person"`
	Units      []string  `json:"units,omitempty"` // the unit on that day and those above, nearest first
	UnitCode   string    `json:"unit_code,omitempty"`
	NIP        string    `json:"nip"` // whole, printed on the PDF only
	Look       Look      `json:"look"`
	IntendedAt time.Time `json:"intended_at"`
}

// Event is a change of a certificate's standing after issue.
type Event struct {
	Kind     string    `json:"kind"` // record.LeafRevoke, LeafSuspend or LeafReinstate
	At       time.Time `json:"at"`
	By       string    `json:"by"`       // person id of who typed it in
	Official string    `json:"official"` // the named official who decided
	Reason   string    `json:"reason"`
	Leaf     int64     `json:"leaf,omitempty"` // position in the log; 0 until logged (position 0 is always an issue)
	Seal     int64     `json:"seal,omitempty"`
}

// File is the rendered PDF as stored: the bytes that are served, forever.
type File struct {
	Hash string    `json:"hash"` // SHA-256 in hex, the blob's name
	Size int64     `json:"size"`
	At   time.Time `json:"at"`
	Leaf int64     `json:"leaf,omitempty"`
	Seal int64     `json:"seal,omitempty"`
}

// Due steps of a certificate, in the order in which the chain takes them.
const (
	StepSeal     = "seal"     // Seal: give it number, signature and place in the log
	StepLog      = "log"      // Seal: put an event or the rendered file's hash into the log
	StepWithdraw = "withdraw" // the chain takes evidence back, then Withdrawn
	StepRecord   = "record"   // the chain books evidence and learning hours, then Recorded
	StepTell     = "tell"     // the chain tells the holder, then Told
	StepRender   = "render"   // Render
)

// next is the one place that knows what is to be done with a certificate. It looks only at the certificate, so a change from any side (a
// revocation while evidence is being booked) leads to the right step. The clock only decides whether a picture is still drawn ahead of its first
// download (docs/decisions/0008-pdf-drawn-for-a-day-then-on-demand.md).
func (c Certificate) next(now time.Time) string {
	withdrawn := c.State == Revoked || c.State == Suspended
	unlogged := slices.ContainsFunc(c.Events, func(e Event) bool { return e.Leaf == 0 })
	switch {
	case c.State == Intended:
		return StepSeal
	case unlogged:
		return StepLog
	case withdrawn && !c.Withdrawn:
		return StepWithdraw
	case !withdrawn && !c.Recorded:
		return StepRecord
	case !c.Told:
		return StepTell
	case c.File == nil && c.State != Revoked && now.Before(c.IssuedAt.Add(renderWithin)):
		return StepRender
	case c.File != nil && c.File.Leaf == 0:
		return StepLog
	}
	return ""
}

// renderWithin is how long after its issue a certificate is drawn by itself. One that is older and was never asked for is drawn at its first download.
const renderWithin = 24 * time.Hour

// fileLogWait is how long a rendered file's hash may wait for the next seal: one seal takes all that have come together, instead of one each.
const fileLogWait = time.Minute

// setDue writes down what is next. A due of the same step is left alone: it carries tries and reasons.
func setDue(d *storage.Doc[Certificate], now time.Time) {
	step := d.Value.next(now)
	switch {
	case step == "":
		d.Due = nil
	case d.Due == nil || d.Due.Step != step:
		d.Due = storage.NewDue(step, now)
		if step == StepLog && !slices.ContainsFunc(d.Value.Events, func(e Event) bool { return e.Leaf == 0 }) {
			d.Due.NotBefore = now.UTC().Add(fileLogWait)
		}
	}
}

// Expired says whether the last day of validity is over.
func (c Certificate) Expired(now time.Time) bool { return c.Record.Expired(now) }

// LastEvent is the event that brought about the present state; ok is false when there was none.
func (c Certificate) LastEvent() (e Event, ok bool) {
	if len(c.Events) == 0 {
		return e, false
	}
	return c.Events[len(c.Events)-1], true
}

// canonical renders the sealed record and checks that it is the one that was sealed.
func (c Certificate) canonical() ([]byte, error) {
	raw, err := c.Record.Canonical()
	if err != nil {
		return nil, err
	}
	if got := hexCommitment(raw); got != c.Commitment {
		return nil, fmt.Errorf("the stored record gives commitment %s, sealed was %s: rebuild from the journal", got, c.Commitment)
	}
	return raw, nil
}

func hexCommitment(canonical []byte) string {
	sum := record.Commitment(canonical)
	return fmt.Sprintf("%x", sum)
}

// Edition makes the id of a certificate.
func Edition(enrolment, kind string, edition int) ID {
	return ID(fmt.Sprintf("%s.%s.%d", enrolment, kind, edition))
}

// FileName is what a downloaded certificate is called: the number without signs that file systems refuse.
func (c Certificate) FileName() string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		case r == '/' || r == ' ' || r == '.':
			return '-'
		}
		return -1
	}, c.Record.Number)
	return "Sertifikat-" + clean + ".pdf"
}
