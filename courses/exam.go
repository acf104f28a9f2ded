package courses

import (
	"cmp"
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// ExamsCollection is the collection of exams.
const ExamsCollection = "exams"

// Exam is a quiz at a time and under invigilation. A published version never changes, so what can change until the day stands here. While an exam exists for
// a quiz and a person, the quiz is begun inside it only; a cancelled one is as if it had never been.
//
// What a running attempt needs of it is copied into the attempt (Sat) when it starts, and again by SettleExam after each change: saving an answer looks
// at nothing but the attempt.
type Exam struct {
	Course CourseID `json:"course"`
	Quiz   string   `json:"quiz"`
	Name   string   `json:"name"`

	Opens        time.Time   `json:"opens"`
	Closes       time.Time   `json:"closes"`             // an attempt ends then at the latest, extra time aside
	Late         int         `json:"late,omitempty"`     // minutes after opening in which one may begin; 0: until it closes
	Cohorts      []string    `json:"cohorts,omitempty"`  // for whom; without cohorts and units: for everybody enrolled
	Units        []string    `json:"units,omitempty"`    // and those below
	Networks     []string    `json:"networks,omitempty"` // CIDR; empty: from anywhere
	Attempts     int         `json:"attempts,omitempty"` // inside this exam; 0: as many as the quiz allows
	Delay        int         `json:"delay,omitempty"`    // minutes between two attempts
	Invigilators []PersonID  `json:"invigilators,omitempty"`
	Review       ReviewRules `json:"review,omitzero"`
	Password     *secret     `json:"password,omitempty"`

	Extra     []ExamExtra            `json:"extra,omitempty"`
	Pauses    []Span                 `json:"pauses,omitempty"` // of everybody at once
	Stopped   time.Time              `json:"stopped,omitzero"` // ended by an invigilator for all
	Messages  []ExamMessage          `json:"messages,omitempty"`
	Acted     []PersonID             `json:"acted,omitempty"` // who paused, stopped or gave time, to all or to a unit: they do not sit it
	Cancelled time.Time              `json:"cancelled,omitzero"`
	Alone     map[PersonID]time.Time `json:"alone,omitempty"`     // until when those sit who were given time or paused by themselves
	Forgotten bool                   `json:"forgotten,omitempty"` // traces of devices, networks and looking away are deleted

	Revision int       `json:"revision"`       // raised by every change; a form names the one it was filled from
	Keys     []string  `json:"keys,omitempty"` // of the last acts, so that a repeated post acts once
	MadeBy   string    `json:"made_by"`
	MadeAt   time.Time `json:"made_at"`
}

// ExamExtra is extra time for somebody, a unit and what is below it, or everybody (both empty). What applies to a person adds up; of units the most counts.
type ExamExtra struct {
	Person  PersonID `json:"person,omitempty"`
	Unit    string   `json:"unit,omitempty"`
	Minutes int      `json:"minutes"`
	Why     string   `json:"why"`
}

// ExamMessage is what an invigilator writes to one taker, or to all ("").
type ExamMessage struct {
	ID   string    `json:"id"`
	To   PersonID  `json:"to,omitempty"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Span is from a moment until another; the zero end is not there yet.
type Span struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// ReviewLevel is how much takers see of their result.
type ReviewLevel string

// The levels, each with what the one before shows.
const (
	ReviewAsQuiz  ReviewLevel = "" // as outside of an exam, see Review; before it closed: ReviewScore
	ReviewNothing ReviewLevel = "nothing"
	ReviewScore   ReviewLevel = "score"
	ReviewRight   ReviewLevel = "right" // which items were right
	ReviewFull    ReviewLevel = "full"  // with keys and feedback
)

var reviewLevels = []ReviewLevel{ReviewAsQuiz, ReviewNothing, ReviewScore, ReviewRight, ReviewFull}

// ReviewRules say what takers see in each phase.
type ReviewRules struct {
	After  ReviewLevel `json:"after,omitempty"`  // in the first ten minutes after handing in
	During ReviewLevel `json:"during,omitempty"` // later, while the window is open
	Closed ReviewLevel `json:"closed,omitempty"` // after it closed
}

// justAfter is how long after handing in the first phase lasts.
const justAfter = 10 * time.Minute

// reviewLevel is the level that holds at a moment for an attempt handed in then. While anybody may still sit, nothing that is unsaid shows a key: what a quiz would show
// to one who passed would reach the others.
func (x *Exam) reviewLevel(submitted, now time.Time) ReviewLevel {
	level := x.Review.During
	switch {
	case !now.Before(x.last()):
		return x.Review.Closed
	case now.Before(submitted.Add(justAfter)):
		level = x.Review.After
	}
	return cmp.Or(level, ReviewScore)
}

// end is when the window ends.
func (x *Exam) end() time.Time {
	if !x.Stopped.IsZero() && x.Stopped.Before(x.Closes) {
		return x.Stopped
	}
	return x.Closes
}

// last is from when on nobody sits any more: the end of the window, later by what pauses of all took, by the most extra time anybody has on the list, and until those who were given time or paused by themselves are done. Keys shown before
// would reach those who still write.
func (x *Exam) last() time.Time {
	if !x.Stopped.IsZero() {
		return x.Stopped
	}
	all, person, unit := 0, 0, 0
	for _, e := range x.Extra {
		switch {
		case e.Person != "":
			person = max(person, e.Minutes)
		case e.Unit != "":
			unit = max(unit, e.Minutes)
		default:
			all += e.Minutes
		}
	}
	end := x.Closes.Add(time.Duration(all+person+unit) * time.Minute)
	for _, until := range x.Alone {
		end = maxTime(end, until)
	}
	for _, p := range x.Pauses {
		if p.Until.IsZero() {
			return maxTime(end, p.From.Add(longestPause))
		}
		end = end.Add(p.Until.Sub(p.From))
	}
	return end
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// paused says since when the exam is paused for all; zero when it is not.
func (x *Exam) paused() time.Time {
	if n := len(x.Pauses); n > 0 && x.Pauses[n-1].Until.IsZero() {
		return x.Pauses[n-1].From
	}
	return time.Time{}
}

// latest is until when one may begin.
func (x *Exam) latest() time.Time {
	if t := x.Opens.Add(time.Duration(x.Late) * time.Minute); x.Late > 0 && t.Before(x.end()) {
		return t
	}
	return x.end()
}

// covers says whether an exam is for somebody.
func (x *Exam) covers(e *Enrolment) bool {
	if len(x.Cohorts) == 0 && len(x.Units) == 0 {
		return true
	}
	return e.Cohort != "" && slices.Contains(x.Cohorts, e.Cohort) || slices.ContainsFunc(e.Units, func(u string) bool { return slices.Contains(x.Units, u) })
}

// extraFor is the extra time of a person in minutes.
func (x *Exam) extraFor(person PersonID, units []string) int {
	sum, most := 0, 0
	for _, e := range x.Extra {
		switch {
		case e.Person == person && e.Person != "", e.Person == "" && e.Unit == "":
			sum += e.Minutes
		case e.Unit != "" && slices.Contains(units, e.Unit):
			most = max(most, e.Minutes)
		}
	}
	return sum + most
}

// secret is the hash of an exam's password. It is told in a room to many and typed by all of them within a minute, so it is slow enough to make reading it out of
// a stolen database tedious and fast enough for that minute; guessing over the pages is stopped by Seat.Tries. It is deleted with the traces.
type secret struct {
	Salt []byte `json:"salt"`
	Hash []byte `json:"hash"`
}

const secretRounds = 2000 // about half a millisecond

// spoken folds a password as people say and type it: without spaces, case does not matter.
func spoken(password string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, password)
}

func newSecret(password string, random io.Reader) (*secret, error) {
	x := &secret{Salt: make([]byte, 16)}
	if _, err := io.ReadFull(random, x.Salt); err != nil {
		return nil, err
	}
	var err error
	x.Hash, err = pbkdf2.Key(sha256.New, spoken(password), x.Salt, secretRounds, 32)
	return x, err
}

func (x *secret) fits(password string) bool {
	h, err := pbkdf2.Key(sha256.New, spoken(password), x.Salt, secretRounds, 32)
	return err == nil && subtle.ConstantTimeCompare(h, x.Hash) == 1
}

var examDef = storage.Def[Exam]{Name: ExamsCollection, Shape: 2, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: exam2}, Indexes: []storage.Index[Exam]{
	// What decides about beginning: of a course, and of each that an exam of it is for, from the window's end onwards, so an old exam is never read.
	{Name: "whom", Of: func(d *storage.Doc[Exam]) ([]string, string) {
		if !d.Value.Cancelled.IsZero() {
			return nil, ""
		}
		whom := audiences(d.Value.Course, d.Value.Cohorts, d.Value.Units)
		if len(whom) > 1 {
			whom = whom[1:] // for those only
		}
		return append(whom, d.Value.Course), storage.OrderTime(d.Value.Closes)
	}},
	{Name: "opens", Of: func(d *storage.Doc[Exam]) ([]string, string) {
		terms := []string{"all", d.Value.Course}
		for _, p := range d.Value.Invigilators {
			terms = append(terms, "by:"+p)
		}
		return terms, storage.OrderTime(d.Value.Opens)
	}},
}}

// exam2 lifts shape 1, which was found by its course alone: the document is as it was.
func exam2(doc json.RawMessage) (json.RawMessage, error) { return doc, nil }

// audiences are the terms under which exams of a course are found: of everybody first, then of cohorts and units.
func audiences(course string, cohorts, units []string) []string {
	out := []string{course + "/"}
	for _, c := range cohorts {
		if c != "" {
			out = append(out, course+"/cohort/"+c)
		}
	}
	for _, u := range units {
		out = append(out, course+"/unit/"+u)
	}
	return out
}

// ExamState is where an exam stands by the clock.
type ExamState string

// The states of an exam.
const (
	ExamPlanned   ExamState = "planned"
	ExamOpen      ExamState = "open"
	ExamPaused    ExamState = "paused"
	ExamClosed    ExamState = "closed"
	ExamCancelled ExamState = "cancelled"
)

func (x *Exam) state(now time.Time) ExamState {
	switch {
	case !x.Cancelled.IsZero():
		return ExamCancelled
	case now.Before(x.Opens):
		return ExamPlanned
	case !x.paused().IsZero() && now.Before(x.paused().Add(longestPause)): // also beyond the window: those in it go on after
		return ExamPaused
	case !now.Before(x.end()):
		return ExamClosed
	}
	return ExamOpen
}

// ExamDoc is an exam with its id. The hash of the password is left out.
type ExamDoc struct {
	ID string
	Exam
	State    ExamState
	Locked   bool // it asks for a password
	Title    texts.Text
	QuizName texts.Text
}

// ExamInput plans an exam or changes it.
type ExamInput struct {
	Key          string // makes a repeated post one exam; "" is random
	Course       CourseID
	Quiz         string
	Name         string
	Opens        time.Time
	Closes       time.Time
	Late         int
	Cohorts      []string
	Units        []string // ids or codes
	Networks     []string
	Attempts     int
	Delay        int
	Invigilators []PersonID
	Review       ReviewRules
	Password     string // "" on a change: as it was
	NoPassword   bool   // takes the password away
	EndsOutside  bool   // whoever plans it knows that attempts under way outside of it end when it opens
}

// Limits of an exam.
const (
	examLongest      = 14 * 24 * time.Hour
	examLists        = 50 // cohorts, units, networks, invigilators
	examPasswordMin  = 6
	examPasswordMax  = 60
	examMessagesMost = 100
	examExtrasMost   = 300
	examPausesMost   = 50
)

// PlanExam plans an exam of a quiz of the course's present version. Audited. Safe to call twice with the same key.
// Errors: Invalid naming each field, also ends_outside while people are at the test outside of it and in.EndsOutside does not say that this is known; Forbidden.
func (s *Service) PlanExam(ctx context.Context, a access.Actor, in ExamInput) (ExamDoc, error) {
	role, err := s.cfg.Policy.May(a, "plan", access.Thing{Kind: "exam", ID: in.Key})
	if err != nil {
		return ExamDoc{}, err
	}
	id := cmp.Or(in.Key, storage.NewID())
	if d, err := s.exams.Get(ctx, id); err == nil {
		return s.examDoc(ctx, d)
	} else if !errors.Is(err, faults.NotFound) {
		return ExamDoc{}, err
	}
	now := s.now()
	x := Exam{Revision: 1, MadeBy: a.Name(), MadeAt: now}
	if err := s.fillExam(ctx, &x, in, now); err != nil {
		return ExamDoc{}, err
	}
	n, err := s.checkOutside(ctx, &x, in.EndsOutside)
	if err != nil {
		return ExamDoc{}, err
	}
	note := x.Course + " " + x.Quiz
	if n > 0 {
		note += " outside=" + itoa(n)
	}
	d := storage.Doc[Exam]{ID: id, Value: x, Due: storage.NewDue(SettleStep, now)}
	d.Trail = append(d.Trail, s.entry(a, role, "plan_exam", ExamsCollection, id, "", "", note))
	err = s.exams.Insert(ctx, &d)
	if errors.Is(err, faults.Conflict) {
		d, err = s.exams.Get(ctx, id)
	}
	if err != nil {
		return ExamDoc{}, err
	}
	s.wake(ctx, ExamsCollection, id)
	return s.examDoc(ctx, d)
}

// ChangeExam changes an exam; running attempts follow the new end at once. Course and quiz stay. Audited, with a reason. Errors: Conflict when somebody changed it
// since the revision, when it is over or cancelled; Invalid as PlanExam.
func (s *Service) ChangeExam(ctx context.Context, a access.Actor, id string, revision int, in ExamInput, why string) (ExamDoc, error) {
	d, role, err := s.exam(ctx, a, "plan", id)
	if err != nil {
		return ExamDoc{}, err
	}
	if strings.TrimSpace(why) == "" {
		return ExamDoc{}, faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	if d.Value.Revision != revision {
		return ExamDoc{}, faults.New(faults.Conflict, "Ujian ini diubah orang lain sejak Anda membukanya. Muat ulang, lalu ubah lagi.", "Somebody changed this exam since you opened it. Reload, then change it again.")
	}
	now := s.now()
	if st := d.Value.state(now); st == ExamCancelled || st == ExamClosed {
		return ExamDoc{}, faults.New(faults.Conflict, "Ujian ini sudah berakhir atau dibatalkan. Jadwalkan ujian susulan.", "This exam is over or cancelled. Plan another one.")
	}
	x := d.Value
	in.Course, in.Quiz = x.Course, x.Quiz
	if err := s.fillExam(ctx, &x, in, now); err != nil {
		return ExamDoc{}, err
	}
	n, err := s.checkOutside(ctx, &x, in.EndsOutside)
	if err != nil {
		return ExamDoc{}, err
	}
	note := ""
	if n > 0 {
		note = "outside=" + itoa(n)
	}
	entry := s.entry(a, role, "change_exam", ExamsCollection, id, "", why, note)
	d, err = s.exams.Update(ctx, id, func(d *storage.Doc[Exam]) error {
		if d.Value.Revision != revision {
			return faults.New(faults.Conflict, "Ujian ini diubah orang lain sejak Anda membukanya. Muat ulang, lalu ubah lagi.", "Somebody changed this exam since you opened it. Reload, then change it again.")
		}
		d.Value = x
		d.Value.Revision++
		d.Due = storage.NewDue(SettleStep, now)
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err != nil {
		return ExamDoc{}, err
	}
	s.wake(ctx, ExamsCollection, id)
	return s.examDoc(ctx, d)
}

// CancelExam takes an exam back: the quiz is as if there had been none. Attempts under way end with what was saved, and count. Audited, with a reason; safe to
// call twice.
func (s *Service) CancelExam(ctx context.Context, a access.Actor, id, why string) (ExamDoc, error) {
	_, role, err := s.exam(ctx, a, "plan", id)
	if err != nil {
		return ExamDoc{}, err
	}
	if strings.TrimSpace(why) == "" {
		return ExamDoc{}, faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	now := s.now()
	entry := s.entry(a, role, "cancel_exam", ExamsCollection, id, "", why, "")
	d, err := s.exams.Update(ctx, id, func(d *storage.Doc[Exam]) error {
		if !d.Value.Cancelled.IsZero() {
			return storage.Unchanged
		}
		d.Value.Cancelled = now
		if d.Value.Stopped.IsZero() && now.Before(d.Value.Closes) {
			d.Value.Stopped = now
		}
		d.Value.resume(now)
		d.Value.Revision++
		d.Due = storage.NewDue(SettleStep, now)
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err != nil {
		return ExamDoc{}, err
	}
	s.wake(ctx, ExamsCollection, id)
	return s.examDoc(ctx, d)
}

// fillExam checks an input and puts it into an exam.
func (s *Service) fillExam(ctx context.Context, x *Exam, in ExamInput, now time.Time) error {
	e := faults.New(faults.Invalid, "Ujian belum benar.", "The exam is not right yet.")
	c, err := s.courses.Get(ctx, in.Course)
	switch {
	case errors.Is(err, faults.NotFound) || err == nil && c.Value.Head == "":
		e.With("course", "Kursus ini tidak ada atau belum terbit.", "This course does not exist or is not published.")
	case err != nil:
		return err
	default:
		v, err := s.version(ctx, c.Value.Head)
		if err != nil {
			return err
		}
		switch q, ok := v.Content.Quiz(in.Quiz); {
		case !ok:
			e.With("quiz", "Tes ini tidak ada di kursus.", "The course has no such test.")
		case q.Kind == Practice:
			e.With("quiz", "Latihan tidak dapat dijadikan ujian. Pilih tes awal atau tes akhir.", "A practice cannot be an exam. Choose a pre-test or post-test.")
		case q.Behaviour.Feedback != Deferred:
			e.With("quiz", "Tes ini memberi umpan balik selagi dikerjakan, jadi tidak dapat dijadikan ujian. Pilih tes lain.", "This test gives feedback while it is taken, so it cannot be an exam. Choose another test.")
		}
	}
	if in.Name = strings.TrimSpace(in.Name); in.Name == "" || utf8.RuneCountInString(in.Name) > 120 {
		e.With("name", "Nama ujian 1 sampai 120 huruf.", "The name has 1 to 120 letters.")
	}
	in.Opens, in.Closes = in.Opens.UTC(), in.Closes.UTC()
	switch {
	case in.Opens.IsZero():
		e.With("opens", "Isi tanggal dan jam ujian dibuka.", "Say on which day and at what time it opens.")
	case !in.Closes.After(in.Opens):
		e.With("closes", "Ujian ditutup sesudah dibuka.", "An exam closes after it opens.")
	case in.Closes.Sub(in.Opens) > examLongest:
		e.With("closes", "Ujian dibuka paling lama 14 hari. Majukan tanggal tutupnya.", "An exam is open for at most 14 days. Close it earlier.")
	case !in.Closes.After(now):
		e.With("closes", "Saat tutup sudah lewat.", "The closing time is past.")
	}
	if in.Late < 0 || in.Late > 24*60 {
		e.With("late", "Batas terlambat 0 sampai 1.440 menit.", "The latest start is 0 to 1,440 minutes after opening.")
	}
	if in.Attempts < 0 || in.Attempts > 20 {
		e.With("attempts", "Jumlah percobaan 0 sampai 20; 0 mengikuti tes.", "Attempts are 0 to 20; 0 is as the test says.")
	}
	if in.Delay < 0 || in.Delay > 14*24*60 {
		e.With("delay", "Jeda antarpercobaan 0 sampai 20.160 menit.", "The time between attempts is 0 to 20,160 minutes.")
	}
	for field, n := range map[string]int{"cohorts": len(in.Cohorts), "units": len(in.Units), "networks": len(in.Networks), "invigilators": len(in.Invigilators)} {
		if n > examLists {
			e.With(field, "Paling banyak 50.", "At most 50.")
		}
	}
	for _, id := range in.Cohorts {
		k, err := s.cohorts.Get(ctx, id)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		if err != nil || k.Value.Course != in.Course {
			e.With("cohorts", "Angkatan ini bukan angkatan kursus itu.", "This is not a cohort of that course.")
		}
	}
	units := []string{}
	for _, u := range in.Units {
		id, err := s.cfg.People.Unit(ctx, u)
		if errors.Is(err, faults.NotFound) {
			e.With("units", "Unit kerja ini tidak ada.", "This unit does not exist.")
			continue
		}
		if err != nil {
			return err
		}
		units = append(units, id)
	}
	for i, n := range in.Networks {
		p, err := network(n)
		if err != nil {
			e.With("networks", "Tulis jaringan seperti 10.20.0.0/16 atau satu alamat seperti 10.20.3.4, satu per baris.", "Write a network like 10.20.0.0/16 or one address like 10.20.3.4, one per line.")
			break
		}
		in.Networks[i] = p.String()
	}
	for _, p := range in.Invigilators {
		if _, err := s.cfg.People.Learner(ctx, p); errors.Is(err, faults.NotFound) {
			e.With("invigilators", "Salah satu pengawas tidak ada.", "One of the invigilators does not exist.")
		} else if err != nil {
			return err
		}
	}
	for field, level := range map[string]ReviewLevel{"review_after": in.Review.After, "review_during": in.Review.During, "review_closed": in.Review.Closed} {
		if !slices.Contains(reviewLevels, level) {
			e.With(field, "Pilih salah satu.", "Choose one.")
		}
	}
	if n := utf8.RuneCountInString(spoken(in.Password)); in.Password != "" && (n < examPasswordMin || n > examPasswordMax) {
		e.With("password", "Kata sandi ujian 6 sampai 60 huruf atau angka; spasi tidak dihitung.", "The exam's password has 6 to 60 letters or digits, not counting spaces.")
	}
	if len(e.Fields) > 0 {
		return e
	}
	x.Course, x.Quiz, x.Name, x.Opens, x.Closes, x.Late = in.Course, in.Quiz, in.Name, in.Opens, in.Closes, in.Late
	x.Cohorts, x.Units, x.Networks, x.Attempts, x.Delay = in.Cohorts, units, in.Networks, in.Attempts, in.Delay
	x.Invigilators, x.Review = in.Invigilators, in.Review
	switch {
	case in.NoPassword:
		x.Password = nil
	case in.Password != "":
		if x.Password, err = newSecret(in.Password, s.cfg.Rand); err != nil {
			return err
		}
	}
	return nil
}

// network reads a range, or one address as the range of itself.
func network(s string) (netip.Prefix, error) {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}

// exam reads an exam and asks for a verb on it. Whoever only invigilates must be named in it; others do not see it. Nobody acts on an exam they sit in.
func (s *Service) exam(ctx context.Context, a access.Actor, verb, id string) (storage.Doc[Exam], string, error) {
	role, err := s.cfg.Policy.May(a, verb, access.Thing{Kind: "exam", ID: id})
	if err != nil {
		return storage.Doc[Exam]{}, "", err
	}
	d, err := s.exams.Get(ctx, id)
	if err != nil {
		return d, "", notFound(err, "Ujian ini tidak ada.", "This exam does not exist.")
	}
	if role == "invigilator" && !slices.Contains(d.Value.Invigilators, a.Person) {
		return storage.Doc[Exam]{}, "", faults.New(faults.NotFound, "Ujian ini tidak ada.", "This exam does not exist.")
	}
	if verb != "view" && !a.IsSystem() {
		_, err := s.seats.Get(ctx, seatID(id, a.Person))
		if err == nil {
			return storage.Doc[Exam]{}, "", faults.New(faults.Forbidden, "Anda peserta ujian ini, jadi tidak dapat mengatur atau mengawasinya.", "You sit in this exam, so you can neither change nor invigilate it.")
		}
		if !errors.Is(err, faults.NotFound) {
			return storage.Doc[Exam]{}, "", err
		}
	}
	return d, role, nil
}

func (s *Service) examDoc(ctx context.Context, d storage.Doc[Exam]) (ExamDoc, error) {
	out := ExamDoc{ID: d.ID, Exam: d.Value, State: d.Value.state(s.now()), Locked: d.Value.Password != nil}
	out.Password = nil
	c, err := s.courses.Get(ctx, d.Value.Course)
	if err != nil {
		return out, err
	}
	v, err := s.version(ctx, c.Value.Head)
	if err != nil {
		return out, err
	}
	q, _ := v.Content.Quiz(d.Value.Quiz)
	out.Title, out.QuizName = v.Content.Card.Title, q.Name()
	return out, nil
}

// ExamByID reads an exam, for who plans, invigilates or audits it.
func (s *Service) ExamByID(ctx context.Context, a access.Actor, id string) (ExamDoc, error) {
	d, _, err := s.exam(ctx, a, "view", id)
	if err != nil {
		return ExamDoc{}, err
	}
	return s.examDoc(ctx, d)
}

// Exams lists exams, the latest first, of a course or of all (""): all for whoever plans or audits, for an invigilator those they are named in.
func (s *Service) Exams(ctx context.Context, a access.Actor, course CourseID, after storage.Cursor, limit int) (list []ExamDoc, next storage.Cursor, err error) {
	role, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "exam"})
	if err != nil {
		return nil, next, err
	}
	q := storage.Query{Index: "opens", Term: cmp.Or(course, "all"), Desc: true, After: after, Limit: limit}
	if role == "invigilator" {
		q.Term = "by:" + a.Person
	}
	p, err := s.exams.Find(ctx, q)
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		if course != "" && d.Value.Course != course {
			continue
		}
		x, err := s.examDoc(ctx, d)
		if err != nil {
			return nil, next, err
		}
		list = append(list, x)
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}
