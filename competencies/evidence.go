package competencies

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Kind says what sort of proof a piece of evidence is. Kinds are kept apart for ever; they are never averaged.
type Kind string

// The kinds, from the strongest to the weakest.
const (
	Assessment          Kind = "assessment"           // official penilaian kompetensi (PerBKN 26/2019)
	CertificateAssessed Kind = "certificate_assessed" // a certificate with work judged by a person
	Supervisor          Kind = "supervisor"           // observed at work
	Quiz                Kind = "quiz"                 // a certificate earned by a test alone
	Self                Kind = "self"                 // own statement: shown, never counted
	HeldUntil           Kind = "held"                 // no competency: the course is held until Expires; what readiness reads
)

// Kinds lists them from the strongest to the weakest.
var Kinds = []Kind{Assessment, CertificateAssessed, Supervisor, Quiz, Self, HeldUntil}

// Text names a kind for people.
func (k Kind) Text() texts.Text {
	switch k {
	case Assessment:
		return texts.T("penilaian kompetensi", "official assessment")
	case CertificateAssessed:
		return texts.T("sertifikat dengan tugas yang dinilai", "certificate with assessed work")
	case Supervisor:
		return texts.T("verifikasi atasan", "supervisor's verification")
	case Quiz:
		return texts.T("sertifikat dengan tes", "certificate by test")
	case Self:
		return texts.T("penilaian diri", "self-assessment")
	case HeldUntil:
		return texts.T("sertifikat berlaku", "certificate held")
	}
	return texts.T(string(k), string(k))
}

// State is how far a piece of evidence may be relied on.
type State string

// The states.
const (
	Proposed  State = "proposed"  // usulan
	Confirmed State = "confirmed" // ditetapkan
	Withdrawn State = "withdrawn" // dicabut: kept, never counted
)

// Text names a state for people.
func (s State) Text() texts.Text {
	switch s {
	case Proposed:
		return texts.T("usulan", "proposed")
	case Confirmed:
		return texts.T("ditetapkan", "confirmed")
	case Withdrawn:
		return texts.T("dicabut", "withdrawn")
	}
	return texts.T(string(s), string(s))
}

// Evidence is one dated proof about one competency of one person. Level is what the source says; how much of it counts follows from Rules on the
// day it is looked at, so changed rules need no rewriting.
type Evidence struct {
	ID         string     `json:"id"` // source + "." + competency, and "." + task
	Person     string     `json:"person"`
	Competency string     `json:"competency,omitempty"` // "" for HeldUntil
	Course     string     `json:"course,omitempty"`
	Version    string     `json:"version,omitempty"` // of the course
	Level      int        `json:"level,omitempty"`
	Kind       Kind       `json:"kind"`
	State      State      `json:"state"`
	Source     string     `json:"source"`            // certificate id, or id of the report row
	Task       string     `json:"task,omitempty"`    // the optional field task beside the source that shows it
	Title      string     `json:"title,omitempty"`   // of the source, for people: report number and organiser
	On         civil.Date `json:"on"`                // first valid day
	Expires    civil.Date `json:"expires,omitempty"` // last valid day; "" has no end
	By         string     `json:"by"`                // who entered it
	At         time.Time  `json:"at"`
	Why        string     `json:"why,omitempty"`  // of a withdrawal
	Turn       int        `json:"turn,omitempty"` // which decision about the source the state follows, see CertificateEvidence
}

// Valid says whether the evidence counts on a day. Validity ends with the last day.
func (e Evidence) Valid(on civil.Date) bool {
	return e.State != Withdrawn && e.On <= on && (e.Expires == "" || on <= e.Expires)
}

var evidenceDef = storage.Def[Evidence]{Name: "evidence", Shape: 1, Indexes: []storage.Index[Evidence]{
	{Name: "person", Of: func(d *storage.Doc[Evidence]) ([]string, string) {
		e := &d.Value
		if e.Person == "" {
			return nil, ""
		}
		terms := []string{e.Person}
		if e.Kind == HeldUntil && e.State != Withdrawn {
			terms = append(terms, "held:"+e.Person)
		}
		return terms, string(e.On) + "." + e.Competency
	}},
	{Name: "source", Of: func(d *storage.Doc[Evidence]) ([]string, string) { return []string{d.Value.Source}, d.Value.Competency }},
	{Name: "expiry", Of: func(d *storage.Doc[Evidence]) ([]string, string) {
		if d.Value.Expires == "" || d.Value.State == Withdrawn {
			return nil, ""
		}
		return []string{"all"}, string(d.Value.Expires)
	}},
}}

// Target is a level of a competency that a source supports.
type Target struct {
	Competency string `json:"competency"`
	Level      int    `json:"level"`
	Kind       Kind   `json:"kind,omitempty"` // of the evidence, where it is another than the source's
}

// CertificateEvidence is what a certificate says about its holder.
type CertificateEvidence struct {
	Certificate string // certificate id
	Person      string
	Course      string // code
	Version     string // of the course
	Title       string // of the course
	JP          int
	On          civil.Date // day of completion
	Expires     civil.Date // last valid day, "" for no end
	Targets     []Target
	Kind        Kind // Quiz or CertificateAssessed, for the targets that name none
	Extras      []ExtraEvidence
	Turn        int // how many decisions (suspended, reinstated, revoked) the certificate has seen; a call about an earlier turn changes nothing any more
}

// ExtraEvidence is an accepted optional field task of a certificate's course: work judged by a person, beside what the certificate states, and with it withdrawn.
type ExtraEvidence struct {
	Task    string // its code
	Title   string
	On      civil.Date // the day it was handed in
	Targets []Target
}

func heldID(source string) string { return source + ".held" }

// Record is the chain's step 6: the evidence that follows from a certificate, its "held until" row and its learning hours. Every document has an
// id derived from the certificate, so it is safe to call again, and twice at once. What a later turn withdrew stays withdrawn, also when the withdrawal
// came first; a later turn brings back what was withdrawn. Invalid for evidence without a person, certificate, course or date.
func (s *Service) Record(ctx context.Context, c CertificateEvidence) error {
	if c.Certificate == "" || c.Person == "" || c.Course == "" || !c.On.Valid() || c.Expires != "" && !c.Expires.Valid() || c.Kind != Quiz && c.Kind != CertificateAssessed {
		return faults.New(faults.Invalid, "Sertifikat ini tidak lengkap untuk dicatat sebagai bukti.", "This certificate is not complete enough to be recorded as evidence.")
	}
	for _, t := range c.Targets {
		if t.Competency == "" || t.Level < 1 || t.Level > MaxLevel || t.Kind != "" && t.Kind != Quiz && t.Kind != CertificateAssessed {
			return faults.New(faults.Invalid, "Sasaran kompetensi sertifikat ini tidak benar.", "The competency targets of this certificate are not right.")
		}
	}
	row := Evidence{Person: c.Person, Course: c.Course, Version: c.Version, Source: c.Certificate, Title: c.Title, On: c.On, Expires: c.Expires,
		State: Proposed, By: access.System("chain").Name(), At: s.now(), Turn: c.Turn}
	held, err := s.evidence.Upsert(ctx, heldID(c.Certificate), func(d *storage.Doc[Evidence]) error {
		was := d.Value // empty, recorded before, or the mark of a withdrawal that came first
		if was.Person != "" && was.Turn >= c.Turn {
			return storage.Unchanged
		}
		d.Value = row
		d.Value.ID, d.Value.Kind = d.ID, HeldUntil
		if was.Turn > c.Turn {
			d.Value.State, d.Value.Why, d.Value.Turn = was.State, was.Why, was.Turn
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record that the course is held: %w", err)
	}
	row.State, row.Why, row.Turn = held.Value.State, held.Value.Why, held.Value.Turn
	var rows []Evidence
	for _, t := range c.Targets {
		e := row
		e.ID, e.Competency, e.Level, e.Kind = c.Certificate+"."+t.Competency, t.Competency, t.Level, cmp.Or(t.Kind, c.Kind)
		rows = append(rows, e)
	}
	for _, x := range c.Extras {
		for _, t := range x.Targets {
			e := row
			e.ID, e.Competency, e.Level, e.Kind = c.Certificate+"."+t.Competency+"."+x.Task, t.Competency, t.Level, CertificateAssessed
			e.Task, e.Title, e.On = x.Task, x.Title, max(x.On, c.On)
			rows = append(rows, e)
		}
	}
	for _, e := range rows {
		if err := s.evidence.Insert(ctx, &storage.Doc[Evidence]{ID: e.ID, Value: e}); err != nil && !errors.Is(err, faults.Conflict) {
			return fmt.Errorf("record evidence: %w", err)
		}
	}
	if err := s.grantHours(ctx, c, held.Value); err != nil {
		return err
	}
	// A decision that came meanwhile marked the held row first; whoever is last makes all rows follow it.
	if err := s.follow(ctx, c.Certificate); err != nil {
		return err
	}
	return s.Raise(ctx, c.Person)
}

// Withdraw takes back everything that rests on a source, with the reason: evidence, the held row, learning hours. Nothing is deleted. turn is how
// many decisions the source has seen, this one included, so at least 1. Safe to call twice, and before Record was called for the same certificate.
func (s *Service) Withdraw(ctx context.Context, source, why string, turn int) error {
	held, err := s.evidence.Upsert(ctx, heldID(source), func(d *storage.Doc[Evidence]) error {
		e := &d.Value
		if e.Turn >= turn {
			return storage.Unchanged
		}
		e.ID, e.Source, e.Kind, e.State, e.Why, e.Turn = d.ID, source, HeldUntil, Withdrawn, why, turn
		return nil
	})
	if err != nil {
		return fmt.Errorf("withdraw what rests on a certificate: %w", err)
	}
	if err := s.follow(ctx, source); err != nil || held.Value.Person == "" {
		return err
	}
	return s.Raise(ctx, held.Value.Person)
}

// follow gives every row of a source the state of its held row. The turn keeps a slow caller from undoing a later decision.
func (s *Service) follow(ctx context.Context, source string) error {
	held, err := s.evidence.Get(ctx, heldID(source))
	if err != nil {
		return err
	}
	h := held.Value
	rows, err := s.evidence.Gather(ctx, storage.Query{Index: "source", Term: source})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Value.Turn >= h.Turn {
			continue
		}
		_, err := s.evidence.Update(ctx, r.ID, func(d *storage.Doc[Evidence]) error {
			if d.Value.Turn >= h.Turn {
				return storage.Unchanged
			}
			d.Value.State, d.Value.Why, d.Value.Turn = h.State, h.Why, h.Turn
			return nil
		})
		if err != nil {
			return fmt.Errorf("make evidence follow its certificate: %w", err)
		}
	}
	return s.followHours(ctx, h)
}

// Assessed is one result of an official assessment.
type Assessed struct {
	Report    string // id of the report row; a second entry under it is the same one
	Person    string
	Title     string // organiser and report number, as shown
	On        civil.Date
	Expires   civil.Date // "" means as long as the rules say
	Results   []Target
	Confirmed bool // false for a supervisor's verification
}

// RecordAssessment enters an official result (penilaian kompetensi, confirmed) of somebody else, audited. Safe to call twice with the same report.
// Errors: Invalid for unknown competencies or levels; Forbidden and NotFound by permission, always for oneself.
func (s *Service) RecordAssessment(ctx context.Context, a access.Actor, in Assessed) error {
	return s.enter(ctx, a, "record", Assessment, Confirmed, in)
}

// Verify enters what a supervisor or marker saw of somebody's work, as a proposal, audited. Safe to call twice with the same report.
// Errors as RecordAssessment.
func (s *Service) Verify(ctx context.Context, a access.Actor, in Assessed) error {
	return s.enter(ctx, a, "verify", Supervisor, Proposed, in)
}

func (s *Service) enter(ctx context.Context, a access.Actor, verb string, kind Kind, state State, in Assessed) error {
	role, _, err := s.may(ctx, a, verb, "evidence", in.Person)
	if err != nil {
		return err
	}
	dict, err := s.Dictionary(ctx)
	if err != nil {
		return err
	}
	bad := faults.New(faults.Invalid, "Hasil penilaian belum benar.", "The result is not right yet.")
	if in.Report == "" || len(in.Report) > 60 {
		bad.With("report", "Nomor laporan wajib diisi, paling banyak 60 huruf.", "The report's number is required, at most 60 letters.")
	}
	if !in.On.Valid() || in.On > s.today() {
		bad.With("on", "Tanggal penilaian harus benar dan tidak di masa depan.", "The day of the result must exist and not be in the future.")
	}
	if in.Expires != "" && (!in.Expires.Valid() || in.Expires < in.On) {
		bad.With("expires", "Tanggal berakhir harus benar dan sesudah tanggal penilaian.", "The last day must exist and not precede the result.")
	}
	if len(in.Results) == 0 || len(in.Results) > maxRequirements {
		bad.With("results", "Isi 1 sampai 200 hasil.", "Enter 1 to 200 results.")
	}
	for i, t := range in.Results {
		if _, ok := dict.Items[t.Competency]; !ok {
			bad.With(fmt.Sprintf("results[%d].competency", i), "Kompetensi ini tidak ada di kamus.", "This competency is not in the dictionary.")
		}
		if t.Level < 1 || t.Level > MaxLevel {
			bad.With(fmt.Sprintf("results[%d].level", i), "Level harus 1 sampai 5.", "A level is 1 to 5.")
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	if in.Expires == "" {
		rules, err := s.Rules(ctx, in.On)
		if err != nil {
			return err
		}
		in.Expires = in.On.AddMonths(rules.AssessmentMonths)
	}
	source := string(kind) + ":" + in.Report + "." + in.Person
	for _, t := range in.Results {
		e := Evidence{ID: source + "." + t.Competency, Person: in.Person, Competency: t.Competency, Level: t.Level, Kind: kind, State: state, Source: source,
			Title: in.Title, On: in.On, Expires: in.Expires, By: a.Name(), At: s.now()}
		d := storage.Doc[Evidence]{ID: e.ID, Value: e}
		d.Trail = append(d.Trail, s.entry(a, role, "record_evidence", "evidence/"+e.ID, in.Person, "", string(kind)+" "+t.Competency+" "+itoa(t.Level)))
		if err := s.evidence.Insert(ctx, &d); err != nil && !errors.Is(err, faults.Conflict) {
			return fmt.Errorf("record evidence: %w", err)
		}
	}
	return s.Raise(ctx, in.Person)
}

// Evidence lists everything on record about a person, withdrawn rows too, in order of date and competency. Looking at somebody else's is noted.
func (s *Service) Evidence(ctx context.Context, a access.Actor, person string) ([]Evidence, error) {
	role, _, err := s.may(ctx, a, "view", "evidence", person)
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Viewed.Note(ctx, a, role, person); err != nil {
		return nil, err
	}
	return s.evidenceOf(ctx, person)
}

func (s *Service) evidenceOf(ctx context.Context, person string) ([]Evidence, error) {
	docs, err := s.evidence.Gather(ctx, storage.Query{Index: "person", Term: person})
	if err != nil {
		return nil, err
	}
	out := make([]Evidence, len(docs))
	for i, d := range docs {
		out[i] = d.Value
	}
	return out, nil
}

// Held is a course that a person holds a valid certificate of.
type Held struct {
	Course  string
	Version string
	Source  string
	On      civil.Date
	Until   civil.Date // last day, "" for no end
}

// Held lists what a person holds or once held, one row per certificate that was not withdrawn, whether expired or not; the reader compares Until
// with its day. Read by other rooms.
func (s *Service) Held(ctx context.Context, person string) ([]Held, error) {
	docs, err := s.evidence.Gather(ctx, storage.Query{Index: "person", Term: "held:" + person})
	if err != nil {
		return nil, err
	}
	out := make([]Held, 0, len(docs))
	for _, d := range docs {
		e := d.Value
		out = append(out, Held{e.Course, e.Version, e.Source, e.On, e.Expires})
	}
	slices.SortFunc(out, func(a, b Held) int {
		return firstOf(compare(a.Course, b.Course), compare(a.On, b.On), compare(a.Source, b.Source))
	})
	return out, nil
}

func firstOf(orders ...int) int {
	for _, o := range orders {
		if o != 0 {
			return o
		}
	}
	return 0
}
