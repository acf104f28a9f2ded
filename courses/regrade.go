package courses

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// RegradeState is where a regrade stands.
type RegradeState string

// The states of a regrade. Nothing is changed before it runs.
const (
	RegradeChecking  RegradeState = "checking"  // the dry run goes through the attempts
	RegradeChecked   RegradeState = "checked"   // the dry run stands; a person decides
	RegradeDiscarded RegradeState = "discarded" // given up before it ran
	RegradeRunning   RegradeState = "running"   // results are being appended; certificates of the attempts concerned wait
	RegradeStopped   RegradeState = "stopped"   // broken off by a person, may go on; certificates still wait
	RegradeFinished  RegradeState = "finished"
	RegradeReplaced  RegradeState = "replaced" // was stopped, and another correction of the same item took over
	RegradeOutdated  RegradeState = "outdated" // another correction of the item came first
)

// Due steps: RegradeStep of a regrade (one slice of attempts), RecountStep of an attempt whose result a regrade changed, then TellStep when its taker has to know.
const (
	RegradeStep = "regrade"
	RecountStep = "recount"
	TellStep    = "tell"
)

// Regrade grades attempts again after the key of one item version was found wrong: the corrected key, who asked for it and why, what the dry run found, and how
// far it is. It goes through every attempt of the course that shows the item, in slices, with its cursor in this document; each slice may be done again after a
// crash and changes nothing more. Results are appended to the attempts and the earlier ones stay. Nothing is revoked by it: whoever holds a certificate that the
// new result would not give is listed for a person (Changes).
//
// Its id is the key of the form that asked for it.
type Regrade struct {
	Course CourseID     `json:"course"`
	Item   string       `json:"item"` // item version
	Code   string       `json:"code"` // of the item
	From   int          `json:"from"` // key version that counted at the dry run
	To     grading.Key  `json:"to"`   // the corrected key
	Key    int          `json:"key"`  // its version; 0 until the run has begun
	Why    string       `json:"why"`
	By     string       `json:"by"` // who asked for the dry run, then who had it run
	Role   string       `json:"role"`
	At     time.Time    `json:"at"`
	State  RegradeState `json:"state"`

	Cursor storage.Cursor `json:"cursor"`           // behind the last attempt looked at, by the time it began
	Walked bool           `json:"walked,omitempty"` // every attempt was looked at
	Plan   Tally          `json:"plan"`             // of the dry run
	Done   Tally          `json:"done"`             // of the run

	CheckedAt time.Time `json:"checked_at,omitzero"`
	RunAt     time.Time `json:"run_at,omitzero"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
}

// Beyond says by how many results a finished regrade changed more than its dry run showed, and how many attempts ended between the two: those are the reason.
func (r *Regrade) Beyond() (results, attempts int) {
	if r.State != RegradeFinished {
		return 0, 0
	}
	return max(0, r.Done.Changed-r.Plan.Changed), max(0, r.Done.Held-r.Plan.Held)
}

// Tally counts attempts.
type Tally struct {
	Seen      int `json:"seen"`      // of the course, looked at
	Held      int `json:"held"`      // graded ones that show the item
	Changed   int `json:"changed"`   // whose marks differ; the others are noted to rest on the corrected key as well
	Passes    int `json:"passes"`    // failed before, pass now
	Fails     int `json:"fails"`     // passed before, fail now
	Completes int `json:"completes"` // complete their course by it: a certificate follows
	Withdrawn int `json:"withdrawn"` // whose completion is taken back because no certificate was made yet
	Listed    int `json:"listed"`    // hold a certificate that a person must look at
	Score     int `json:"score"`     // hold a certificate that shows another score
	Left      int `json:"left"`      // own attempts of whoever has it run: left to another
	Waiting   int `json:"waiting"`   // still wait for people to mark them; nobody was told a score yet
}

func (t *Tally) add(c *RegradeChange) {
	t.Held++
	if c.Left {
		t.Left++
		return
	}
	if c.Waiting {
		t.Waiting++
	}
	if c.Changed {
		t.Changed++
	}
	if c.PassesNow && !c.PassedBefore {
		t.Passes++
	}
	if c.PassedBefore && !c.PassesNow {
		t.Fails++
	}
	switch c.Effect {
	case EffectCompletes:
		t.Completes++
	case EffectWithdrawn:
		t.Withdrawn++
	case EffectListed:
		t.Listed++
	case EffectScore:
		t.Score++
	}
}

var regradeDef = storage.Def[Regrade]{Name: RegradesCollection, Shape: 1, Indexes: []storage.Index[Regrade]{
	{Name: "course", Of: func(d *storage.Doc[Regrade]) ([]string, string) {
		return []string{"all", d.Value.Course}, storage.OrderTime(d.Value.At)
	}},
}}

// Effect is what a changed result means beyond the attempt.
type Effect string

// The effects of a regrade on an enrolment.
const (
	EffectCompletes Effect = "completes" // the course is completed now; the chain makes the certificate
	EffectWithdrawn Effect = "withdrawn" // the completion is taken back; there was no certificate yet
	EffectListed    Effect = "listed"    // a certificate stands that the result no longer gives: a person decides
	EffectScore     Effect = "score"     // a certificate stands whose score is another now; it is still deserved
)

// RegradeChange is what a regrade does to one attempt: as planned by the dry run, then as done. Its id is regrade.attempt.
type RegradeChange struct {
	Regrade      string      `json:"regrade"`
	Attempt      AttemptID   `json:"attempt"`
	Enrolment    EnrolmentID `json:"enrolment"`
	Person       PersonID    `json:"person"`
	Quiz         string      `json:"quiz"`
	Kind         QuizKind    `json:"kind"`
	Ordinal      int         `json:"ordinal"`
	SubmittedAt  time.Time   `json:"submitted_at"`
	Before       int         `json:"before"` // score in thousandths of a point
	After        int         `json:"after"`
	PassedBefore bool        `json:"passed_before,omitempty"`
	PassesNow    bool        `json:"passes_now,omitempty"`
	Changed      bool        `json:"changed,omitempty"`
	Effect       Effect      `json:"effect,omitempty"`
	Left         bool        `json:"left,omitempty"`    // an own attempt of whoever has it run
	Waiting      bool        `json:"waiting,omitempty"` // people have yet to mark it: the scores are those of the rest
	Done         bool        `json:"done,omitempty"`    // no longer a plan

	Decision *CertificateDecision `json:"decision,omitempty"` // about the certificate it touches; nil: nobody has decided
}

var changeDef = storage.Def[RegradeChange]{Name: "regrade_changes", Shape: 2, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: change2}, Indexes: []storage.Index[RegradeChange]{
	{Name: "regrade", Of: func(d *storage.Doc[RegradeChange]) ([]string, string) {
		v := &d.Value
		terms := []string{v.Regrade}
		if v.Effect == EffectListed || v.Effect == EffectScore {
			terms = append(terms, v.Regrade+"/certificate")
		}
		if v.Effect == EffectListed {
			terms = append(terms, v.Regrade+"/listed")
		}
		if v.awaits() {
			terms = append(terms, undecidedTerm)
		}
		return terms, storage.OrderTime(v.SubmittedAt)
	}},
}}

// RegradeDoc is a regrade with its id.
type RegradeDoc struct {
	ID string
	Regrade
}

// RegradeInput asks for a dry run.
type RegradeInput struct {
	Key  string // makes a repeated post one regrade; "" is random
	Item string // item version
	To   grading.Key
	Why  string
}

func mayRegrade(s *Service, a access.Actor, verb string, course CourseID) (role string, err error) {
	return s.cfg.Policy.May(a, verb, access.Thing{Kind: "regrade", ID: course})
}

// CheckRegrade begins the dry run of a corrected key: who would change from what to what, and which certificates are touched. It changes no result. The same key
// again is allowed and grades again what rests on another one; one that takes the item out (Void) leaves the rest of the key as it is. Audited; safe to call twice with
// the same key. Errors: Invalid for a key that cannot be graded by or would change what takers saw, or without a reason.
func (s *Service) CheckRegrade(ctx context.Context, a access.Actor, in RegradeInput) (RegradeDoc, error) {
	course := courseOfItem(in.Item)
	role, err := mayRegrade(s, a, "check", course)
	if err != nil {
		return RegradeDoc{}, err
	}
	it, err := s.item(ctx, in.Item)
	if err != nil {
		return RegradeDoc{}, notFound(err, "Soal ini tidak ada.", "This item does not exist.")
	}
	c, err := s.corrected(ctx, course)
	if err != nil {
		return RegradeDoc{}, err
	}
	now, err := s.keyed(ctx, in.Item, c.number(in.Item))
	if err != nil {
		return RegradeDoc{}, err
	}
	if in.To.Void { // whatever else it says: the rest of the key that counts stands, for when the item is brought back
		in.To = now.AnswerKey()
		in.To.Void = true
	}
	wrong := faults.New(faults.Invalid, "Pembetulan kunci belum lengkap.", "The correction of the key is not complete.")
	if _, err := grading.Rekey(it.Item, in.To, 2); err != nil {
		if faults.KindOf(err) != faults.Invalid {
			return RegradeDoc{}, err
		}
		wrong.Fields = append(wrong.Fields, faults.Of(err).Fields...)
	}
	if strings.TrimSpace(in.Why) == "" {
		wrong.With("why", "Tulis alasannya.", "Give the reason.")
	}
	if len(wrong.Fields) > 0 {
		return RegradeDoc{}, wrong
	}
	if now.Void && !in.To.Void && len(now.Rubric) > 0 { // answers graded meanwhile went past the markers
		return RegradeDoc{}, faults.OnField("key.void", "Soal yang dinilai orang dan sudah digugurkan tidak dapat dipakai kembali. Buat versi baru soal ini.", "An item that people mark and that was taken out cannot be brought back. Make a new version of it.")
	}
	id, at := in.Key, s.now()
	if id == "" {
		id = storage.NewID()
	}
	d := storage.Doc[Regrade]{ID: id, Due: storage.NewDue(RegradeStep, at), Value: Regrade{Course: course, Item: in.Item, Code: it.Code, From: c.number(in.Item), To: in.To,
		Why: in.Why, By: a.Name(), Role: role, At: at, State: RegradeChecking}}
	d.Trail = append(d.Trail, s.entry(a, role, "check_regrade", RegradesCollection, id, "", in.Why, it.Code))
	if err := s.handOn(ctx, a, false, in.Item); err != nil {
		return RegradeDoc{}, err
	}
	err = s.regrades.Insert(ctx, &d)
	if errors.Is(err, faults.Conflict) {
		had, err := s.regrades.Get(ctx, id)
		if err != nil {
			return RegradeDoc{}, err
		}
		if had.Value.Item != in.Item || !had.Value.To.Same(in.To) {
			return RegradeDoc{}, faults.New(faults.Conflict, "Formulir ini sudah dipakai untuk penilaian ulang lain. Buka lagi dari soalnya, lalu kirim.", "This form was used for another regrade. Open it again from the item and send it.")
		}
		return RegradeDoc{id, had.Value}, nil
	}
	if err != nil {
		return RegradeDoc{}, err
	}
	s.wake(ctx, RegradesCollection, id)
	return RegradeDoc{id, d.Value}, nil
}

// ConfirmRegrade lets a checked regrade run: from its first step the corrected key counts for everything graded. Own attempts of whoever confirms are left to
// another. Audited; safe to call twice. Conflict when the dry run is not finished, the key was corrected by somebody else since, or another regrade of the
// course is under way.
func (s *Service) ConfirmRegrade(ctx context.Context, a access.Actor, id string) (RegradeDoc, error) {
	d, role, err := s.regradeFor(ctx, a, "run", id)
	if err != nil {
		return RegradeDoc{}, err
	}
	if d.Value.State == RegradeChecked {
		c, err := s.corrected(ctx, d.Value.Course)
		if err != nil {
			return RegradeDoc{}, err
		}
		if c.number(d.Value.Item) != d.Value.From {
			return RegradeDoc{}, errOutdated()
		}
		if free, err := s.free(ctx, &c, id, d.Value.Item); err != nil {
			return RegradeDoc{}, err
		} else if !free {
			return RegradeDoc{}, errBusy()
		}
	}
	now := s.now()
	entry := s.entry(a, role, "regrade", RegradesCollection, id, "", d.Value.Why, d.Value.Code)
	return s.moveRegrade(ctx, a, id, func(d *storage.Doc[Regrade]) error {
		r := &d.Value
		switch r.State {
		case RegradeRunning, RegradeFinished:
			return storage.Unchanged
		case RegradeChecked:
		default:
			return faults.New(faults.Conflict, "Penilaian ulang ini belum selesai diperiksa atau sudah dibatalkan.", "This regrade has not been checked yet or was cancelled.")
		}
		r.State, r.By, r.Role, r.RunAt, r.Cursor, r.Walked, r.Done = RegradeRunning, a.Name(), role, now, storage.Cursor{}, false, Tally{}
		d.Due = storage.NewDue(RegradeStep, now)
		d.Trail = append(d.Trail, entry)
		return nil
	})
}

func errOutdated() error {
	return faults.New(faults.Conflict, "Kunci soal ini sudah dibetulkan orang lain sejak pemeriksaan. Periksa ulang.", "Somebody has corrected this item's key since the check. Check again.")
}

func errBusy() error {
	return faults.New(faults.Conflict, "Penilaian ulang lain di kursus ini belum selesai. Selesaikan dahulu.", "Another regrade of this course is not finished. Finish it first.")
}

// CancelRegrade gives up a regrade that has not run, or stops one that runs: what was graded again stays so, the rest waits until it goes on or until another
// correction of the same item takes over. Audited; safe to call twice. Invalid without a reason, Conflict when it has ended.
func (s *Service) CancelRegrade(ctx context.Context, a access.Actor, id, why string) (RegradeDoc, error) {
	d, role, err := s.regradeFor(ctx, a, "check", id)
	if err == nil && (d.Value.State == RegradeRunning || d.Value.State == RegradeStopped) {
		d, role, err = s.regradeFor(ctx, a, "run", id)
	}
	if err != nil {
		return RegradeDoc{}, err
	}
	if strings.TrimSpace(why) == "" {
		return RegradeDoc{}, faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	was, now := d.Value.State, s.now()
	entry := s.entry(a, role, "cancel_regrade", RegradesCollection, id, "", why, d.Value.Code)
	return s.moveRegrade(ctx, a, id, func(d *storage.Doc[Regrade]) error {
		r := &d.Value
		switch r.State {
		case RegradeDiscarded, RegradeStopped:
			return storage.Unchanged
		case RegradeChecking, RegradeChecked:
			r.State, r.EndedAt = RegradeDiscarded, now
		case RegradeRunning:
			if was != RegradeRunning { // begun meanwhile: that asks for the other permission
				return faults.New(faults.Conflict, "Penilaian ulang ini baru saja dijalankan. Muat ulang.", "This regrade has just begun to run. Please reload.")
			}
			r.State = RegradeStopped
		default:
			return faults.New(faults.Conflict, "Penilaian ulang ini sudah berakhir.", "This regrade has ended.")
		}
		d.Due = nil
		d.Trail = append(d.Trail, entry)
		return nil
	})
}

// ResumeRegrade lets a stopped regrade go on where it was. Audited; safe to call twice. Conflict when it is not stopped.
func (s *Service) ResumeRegrade(ctx context.Context, a access.Actor, id string) (RegradeDoc, error) {
	d, role, err := s.regradeFor(ctx, a, "run", id)
	if err != nil {
		return RegradeDoc{}, err
	}
	now := s.now()
	entry := s.entry(a, role, "resume_regrade", RegradesCollection, id, "", d.Value.Why, d.Value.Code)
	return s.moveRegrade(ctx, a, id, func(d *storage.Doc[Regrade]) error {
		switch d.Value.State {
		case RegradeRunning, RegradeFinished:
			return storage.Unchanged
		case RegradeStopped:
		default:
			return faults.New(faults.Conflict, "Hanya penilaian ulang yang dihentikan yang dapat dilanjutkan. Muat ulang halaman ini.", "Only a stopped regrade can be resumed. Reload this page.")
		}
		// Own attempts that were left out stay left out for whoever began; whoever goes on is left out from here.
		d.Value.State, d.Value.By, d.Value.Role = RegradeRunning, a.Name(), role
		d.Due = storage.NewDue(RegradeStep, now)
		d.Trail = append(d.Trail, entry)
		return nil
	})
}

// moveRegrade does one act of a person on a regrade, who thereby decided on a key: a hand in its item.
func (s *Service) moveRegrade(ctx context.Context, a access.Actor, id string, fn func(d *storage.Doc[Regrade]) error) (RegradeDoc, error) {
	now, err := s.regrades.Get(ctx, id)
	if err != nil {
		return RegradeDoc{}, err
	}
	if fn(&now) == nil {
		if err := s.handOn(ctx, a, true, now.Value.Item); err != nil {
			return RegradeDoc{}, err
		}
	}
	d, err := s.regrades.Update(ctx, id, fn)
	if err != nil {
		return RegradeDoc{}, err
	}
	if d.Due != nil {
		s.wake(ctx, RegradesCollection, id)
	}
	return RegradeDoc{id, d.Value}, nil
}

// regradeFor reads a regrade and asks for a verb on it.
func (s *Service) regradeFor(ctx context.Context, a access.Actor, verb, id string) (storage.Doc[Regrade], string, error) {
	d, err := s.regrades.Get(ctx, id)
	if errors.Is(err, faults.NotFound) {
		if _, denied := mayRegrade(s, a, "view", ""); denied != nil {
			return d, "", denied
		}
	}
	if err != nil {
		return d, "", notFound(err, "Penilaian ulang ini tidak ada.", "This regrade does not exist.")
	}
	role, err := mayRegrade(s, a, verb, d.Value.Course)
	return d, role, err
}

// RegradeByID reads a regrade.
func (s *Service) RegradeByID(ctx context.Context, a access.Actor, id string) (RegradeDoc, error) {
	d, _, err := s.regradeFor(ctx, a, "view", id)
	if err != nil {
		return RegradeDoc{}, err
	}
	return RegradeDoc{id, d.Value}, nil
}

// Regrades lists the regrades of a course, or of all with course "", newest first, a page at a time.
func (s *Service) Regrades(ctx context.Context, a access.Actor, course CourseID, after storage.Cursor, limit int) (list []RegradeDoc, next storage.Cursor, err error) {
	if _, err := mayRegrade(s, a, "view", course); err != nil {
		return nil, next, err
	}
	term := course
	if term == "" {
		term = "all"
	}
	p, err := s.regrades.Find(ctx, storage.Query{Index: "course", Term: term, Desc: true, After: after, Limit: limit})
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		list = append(list, RegradeDoc{d.ID, d.Value})
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}

// ChangeFilter narrows the changes of a regrade.
type ChangeFilter struct {
	Certificates bool // only those whose certificate is touched
	Listed       bool // only those a person must decide on
	After        storage.Cursor
	Limit        int
}

// Changes lists what a regrade changes, planned or done, by the time of submission, a page at a time. Attempts whose marks stay are not on it, unless they wait for people; nor is the reader's own while its exam shows nothing.
func (s *Service) Changes(ctx context.Context, a access.Actor, id string, f ChangeFilter) (list []RegradeChange, next storage.Cursor, err error) {
	if _, _, err := s.regradeFor(ctx, a, "view", id); err != nil {
		return nil, next, err
	}
	term := id
	switch {
	case f.Listed:
		term += "/listed"
	case f.Certificates:
		term += "/certificate"
	}
	p, err := s.changes.Find(ctx, storage.Query{Index: "regrade", Term: term, After: f.After, Limit: f.Limit})
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		if hide, err := s.hidesChange(ctx, a, &d.Value); err != nil {
			return nil, next, err
		} else if !hide {
			list = append(list, d.Value)
		}
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}
