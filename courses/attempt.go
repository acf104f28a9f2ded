package courses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// AttemptState is where one sitting of a test stands.
type AttemptState string

// The states of an attempt, in this order; graded and needs_marking are ends of the way from submitted.
const (
	AttemptOpen         AttemptState = "open"
	AttemptSubmitted    AttemptState = "submitted"
	AttemptGraded       AttemptState = "graded"
	AttemptNeedsMarking AttemptState = "needs_marking" // a person must mark it
)

// Due steps of an attempt. An open one with a time limit waits for "close" at its end, so an abandoned attempt is graded too.
const (
	CloseStep    = "close"
	GradeStep    = "grade"
	CompleteStep = "complete"
)

// Attempt is one sitting of a test. Its id is enrolment.quiz.ordinal, inserted only when the one before is graded, so nobody sits twice at once.
//
// It is small on purpose: an autosave reads and swaps exactly this document. The form holds references only; texts and keys come from memory by
// immutable item version.
type Attempt struct {
	Person    PersonID     `json:"person"`
	Course    CourseID     `json:"course"`
	Version   VersionID    `json:"version"`
	Enrolment EnrolmentID  `json:"enrolment"`
	Quiz      string       `json:"quiz"`
	Kind      QuizKind     `json:"kind"`
	Ordinal   int          `json:"ordinal"`
	State     AttemptState `json:"state"`

	StartedAt   time.Time `json:"started_at"`
	EndsAt      time.Time `json:"ends_at,omitzero"` // the server's clock decides; zero: no limit
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
	GradedAt    time.Time `json:"graded_at,omitzero"`
	TimedOut    bool      `json:"timed_out,omitempty"` // ended by the clock; what was saved before counts
	Refused     int       `json:"refused,omitempty"`   // answers that came after the end
	Extra       int       `json:"extra,omitempty"`     // minutes of extra time granted
	Extended    string    `json:"extended,omitempty"`  // key of the last grant of extra time, so that a repeated post grants once
	Exam        *Sat      `json:"exam,omitempty"`      // of an attempt inside an exam
	Trial       int64     `json:"trial,omitempty"`     // revision of the version that its author tries as a learner; 0 for everything else

	Sheet             // form and answers
	Seq     int       `json:"seq"`               // raised by every save; a writer names the one it last saw
	Tab     int       `json:"tab,omitempty"`     // raised by every page that opens it; the latest one writes
	Results []Grading `json:"results,omitempty"` // append-only; the last one counts
}

// Grading is one grading of the answers.
type Grading struct {
	At      time.Time      `json:"at"`
	Why     string         `json:"why,omitempty"`     // of a regrade
	Regrade string         `json:"regrade,omitempty"` // which one; "" for the first grading
	Passed  bool           `json:"passed,omitempty"`
	Untold  bool           `json:"untold,omitempty"` // a regrade changed score or passing, and the taker has not been told yet
	Result  grading.Result `json:"result"`           // with the version of the rules and of each item's key
}

var attemptDef = storage.Def[Attempt]{Name: AttemptsCollection, Shape: 1, Indexes: []storage.Index[Attempt]{
	// One entry that never moves: an exam of ten autosaves must not touch the side table.
	{Name: "course", Of: func(d *storage.Doc[Attempt]) ([]string, string) {
		return []string{d.Value.Course}, storage.OrderTime(d.Value.StartedAt)
	}},
	// Of an attempt inside an exam; it never moves either.
	{Name: "exam", Of: func(d *storage.Doc[Attempt]) ([]string, string) {
		if d.Value.Exam == nil {
			return nil, ""
		}
		return []string{d.Value.Exam.ID}, storage.OrderTime(d.Value.StartedAt)
	}},
	// Of one that is open outside of an exam, so that an exam planned meanwhile finds it.
	{Name: "open", Of: func(d *storage.Doc[Attempt]) ([]string, string) {
		if d.Value.State != AttemptOpen || d.Value.Exam != nil {
			return nil, ""
		}
		return []string{openTerm(d.Value.Course, d.Value.Quiz)}, storage.OrderTime(d.Value.StartedAt)
	}},
	// Of an attempt that holds files, so that the sweep of files need not read all attempts.
	{Name: "files", Of: func(d *storage.Doc[Attempt]) ([]string, string) {
		held := false
		d.Value.filesGiven(func(grading.File) { held = true })
		if !held {
			return nil, ""
		}
		return []string{"all"}, storage.OrderTime(d.Value.StartedAt)
	}},
	{Name: "marking", Of: func(d *storage.Doc[Attempt]) ([]string, string) {
		if d.Value.State != AttemptNeedsMarking {
			return nil, ""
		}
		return []string{"all", d.Value.Course}, storage.OrderTime(d.Value.SubmittedAt)
	}},
}}

func attemptID(enrolment EnrolmentID, quiz string, ordinal int) AttemptID {
	return fmt.Sprintf("%s.%s.%d", enrolment, quiz, ordinal)
}

// over says whether the time of an open attempt is up.
func (a *Attempt) over(now time.Time) bool {
	if p := a.paused(); !p.IsZero() {
		return !now.Before(p.Add(longestPause))
	}
	return !a.EndsAt.IsZero() && !now.Before(a.EndsAt)
}

// result is the grading that counts; false before the first.
func (a *Attempt) result() (Grading, bool) {
	if len(a.Results) == 0 {
		return Grading{}, false
	}
	return a.Results[len(a.Results)-1], true
}

// Start begins the next attempt at a quiz, or gives the open one again with the same form (a second tab, another device, a lost answer). Safe to call
// twice. Errors: Conflict, with what is missing, when the quiz may not be begun yet, is passed already, has no attempt left, or the one before is
// still being graded; NotFound for an enrolment that is none of the actor's business. Only the person enrolled can start.
func (s *Service) Start(ctx context.Context, a access.Actor, enrolment EnrolmentID, quiz string) (FormView, error) {
	return s.Enter(ctx, a, enrolment, quiz, "")
}

// Enter is Start with the password of an exam. While an exam exists for the quiz and the person, it decides: Conflict says when and from where it can be begun, Invalid
// with the field password that it is missing or does not fit.
func (s *Service) Enter(ctx context.Context, a access.Actor, enrolment EnrolmentID, quiz, password string) (FormView, error) {
	e, err := s.seen(ctx, a, "take", enrolment)
	if err != nil {
		return FormView{}, err
	}
	v, err := s.version(ctx, e.Value.Version)
	if err != nil {
		return FormView{}, err
	}
	q, ok := v.Content.Quiz(quiz)
	if !ok {
		return FormView{}, faults.New(faults.NotFound, "Tes ini tidak ada di kursus Anda.", "There is no such test in your course.")
	}
	now := s.now()

	// What the enrolment has recorded is behind us; from there on the documents themselves tell.
	n := e.Value.Taken[quiz].Ended
	passed := e.Value.Taken[quiz].Passed
	for {
		d, err := s.attempts.Get(ctx, attemptID(enrolment, quiz, n+1))
		if errors.Is(err, faults.NotFound) {
			break
		}
		if err != nil {
			return FormView{}, err
		}
		switch at := &d.Value; {
		case at.State == AttemptOpen && !at.over(now):
			if at.Exam != nil && !inside(at.Exam.Networks, s.caller(ctx).Address) {
				return FormView{}, errOutside()
			}
			return s.view(ctx, d.ID, at)
		case at.State == AttemptOpen:
			if err := s.CloseAttempt(ctx, d.ID); err != nil {
				return FormView{}, err
			}
			s.wake(ctx, AttemptsCollection, d.ID)
			fallthrough
		case at.State == AttemptSubmitted:
			return FormView{}, faults.New(faults.Conflict, "Percobaan sebelumnya sedang dinilai. Tunggu sebentar.", "The attempt before is being graded. Wait a moment.")
		case at.State == AttemptNeedsMarking:
			return FormView{}, faults.New(faults.Conflict, "Percobaan sebelumnya masih menunggu penilai. Hasilnya diberitahukan di kotak masuk; setelah itu Anda dapat melanjutkan di sini.", "The attempt before still waits for a marker. You are told in the inbox when its result is there; then you can go on here.")
		default:
			if until, err := s.withheld(ctx, at); err != nil {
				return FormView{}, err
			} else if !until.IsZero() {
				id, en := s.moment(until)
				return FormView{}, faults.New(faults.Conflict, "Hasil percobaan sebelumnya baru ditampilkan "+id+". Sesudah itu percobaan berikutnya dapat dimulai, bila masih perlu.", "The result of the attempt before is shown on "+en+". The next attempt can be begun after that, if it is still needed.")
			}
			// Attempts are recorded in their order: finish what the chain has begun before the next one starts.
			if err := s.Complete(ctx, d.ID); err != nil {
				return FormView{}, err
			}
			if err := s.Recount(ctx, d.ID); err != nil {
				return FormView{}, err
			}
			r, _ := at.result()
			if r.Passed && !passed {
				own, err := s.ownItems(ctx, at)
				if err != nil {
					return FormView{}, err
				}
				passed = len(own) == 0
			}
		}
		n++
	}
	if e.Value.State == Completed && q.Kind != Practice || q.Kind == PostTest && passed {
		return FormView{}, faults.New(faults.Conflict, "Anda sudah lulus tes ini.", "You have passed this test.")
	}
	if q.Attempts > 0 && n >= q.Attempts+e.Value.Extra[quiz] {
		return FormView{}, faults.Newf(faults.Conflict, "Kesempatan tes ini sudah habis (%d kali). Hubungi admin diklat.", "There is no attempt left at this test (%d used). Ask the training admin.", n)
	}
	f, err := s.facts(ctx, enrolment, &e.Value, v)
	if err != nil {
		return FormView{}, err
	}
	if locked := Gate(f, quiz); len(locked) > 0 {
		return FormView{}, &faults.Error{Kind: faults.Conflict, Text: join(locked)}
	}

	if q.Behaviour.Unrecorded {
		return s.rehearse(ctx, &e.Value, q, &v.Content, Attempt{Person: e.Value.Person, Course: e.Value.Course, Version: e.Value.Version, Enrolment: enrolment, Quiz: quiz, Kind: q.Kind})
	}
	exam, err := s.admit(ctx, enrolment, &e.Value, quiz, n, password)
	if err != nil {
		return FormView{}, err
	}

	form, err := s.drawForm(ctx, &e.Value, q, &v.Content)
	if err != nil {
		return FormView{}, err
	}
	d := storage.Doc[Attempt]{ID: attemptID(enrolment, quiz, n+1), Value: Attempt{
		Person: e.Value.Person, Course: e.Value.Course, Version: e.Value.Version, Enrolment: enrolment, Quiz: quiz, Kind: q.Kind, Ordinal: n + 1,
		State: AttemptOpen, Sheet: newSheet(form), StartedAt: now,
	}}
	if q.Minutes > 0 {
		d.Value.EndsAt = now.Add(q.limit())
		d.Due = &storage.Due{Step: CloseStep, Since: now, NotBefore: d.Value.EndsAt}
	}
	if exam != nil {
		exam.Value.stepInto(exam.ID, &d.Value, q.Minutes, e.Value.Units)
		d.Due = d.Value.awaitEnd()
	}
	err = s.attempts.Insert(ctx, &d)
	if errors.Is(err, faults.Conflict) { // started at the same moment in another tab: that form counts
		if d, err = s.attempts.Get(ctx, d.ID); err == nil && d.Value.State != AttemptOpen {
			err = faults.New(faults.Conflict, "Percobaan ini sudah diakhiri di tab lain.", "This attempt was ended in another tab.")
		}
	}
	if err != nil {
		return FormView{}, err
	}
	if exam != nil {
		err = s.seated(ctx, exam, &d)
	} else if err = s.boundBy(ctx, d.ID, &e.Value); err == nil { // by an exam planned at this moment
		d, err = s.attempts.Get(ctx, d.ID)
	}
	if err != nil {
		return FormView{}, err
	}
	return s.view(ctx, d.ID, &d.Value)
}

// AttemptDoc is an attempt with its id, without form and answers: what a waiting page and lists need. In a list for somebody who marks, an attempt that waits for marks has neither id nor person.
type AttemptDoc struct {
	ID          AttemptID
	Person      PersonID
	Course      CourseID
	Enrolment   EnrolmentID
	Quiz        string
	Kind        QuizKind
	Ordinal     int
	State       AttemptState
	StartedAt   time.Time
	EndsAt      time.Time
	SubmittedAt time.Time
	GradedAt    time.Time
	TimedOut    bool
	Answered    int
	Items       int
	Score       int // thousandths of a point; only when graded
	Passed      bool
	Regrading   bool // being graded again; only where one attempt is read
	Over        bool // open, but its time is up: it is about to be ended
	Exam        string
	Hidden      bool      // what it was worth is not shown to its taker now
	Tried       VersionID // the version that its author tries as a learner; "" for everything else
}

func summary(id AttemptID, a *Attempt) AttemptDoc {
	d := AttemptDoc{ID: id, Person: a.Person, Course: a.Course, Enrolment: a.Enrolment, Quiz: a.Quiz, Kind: a.Kind, Ordinal: a.Ordinal, State: a.State,
		StartedAt: a.StartedAt, EndsAt: a.EndsAt, SubmittedAt: a.SubmittedAt, GradedAt: a.GradedAt, TimedOut: a.TimedOut, Answered: a.answered(), Items: len(a.Slots), Tried: a.triedVersion()}
	if r, ok := a.result(); ok && a.State == AttemptGraded {
		d.Score, d.Passed = r.Result.Score(), r.Passed
	}
	if a.Exam != nil {
		d.Exam = a.Exam.ID
	}
	return d
}

// veiled takes out of the summary of an attempt that waits for markers what tells whose it is, for those who may mark it: they read it under an alias (MarkingQueue).
func (d AttemptDoc) veiled() AttemptDoc {
	day := func(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
	return AttemptDoc{Course: d.Course, Quiz: d.Quiz, Kind: d.Kind, State: d.State, StartedAt: day(d.StartedAt), SubmittedAt: day(d.SubmittedAt), Items: d.Items}
}

// Attempt says where an attempt stands.
func (s *Service) Attempt(ctx context.Context, a access.Actor, id AttemptID) (AttemptDoc, error) {
	d, err := s.sitting(ctx, a, "view", id)
	if err != nil {
		return AttemptDoc{}, err
	}
	out := summary(id, &d.Value)
	out.Over = d.Value.State == AttemptOpen && d.Value.over(s.now())
	if out, err = s.hushed(ctx, a, &d.Value, out); err != nil {
		return AttemptDoc{}, err
	}
	if out.State == AttemptGraded {
		keys, err := s.corrected(ctx, d.Value.Course)
		if err != nil {
			return AttemptDoc{}, err
		}
		out.Regrading = keys.awaits(&d.Value)
	}
	return out, nil
}

// sitting reads an attempt and asks for a verb on it.
func (s *Service) sitting(ctx context.Context, a access.Actor, verb string, id AttemptID) (storage.Doc[Attempt], error) {
	d, err := s.kept(id).Get(ctx, id)
	if err == nil && rehearsed(id) && a.Person != d.Value.Person { // nobody else's business
		err = faults.New(faults.NotFound, "Percobaan ini tidak ada.", "This attempt does not exist.")
	}
	if err != nil {
		return storage.Doc[Attempt]{}, notFound(err, "Percobaan ini tidak ada.", "This attempt does not exist.")
	}
	if now := s.now(); rehearsed(id) && d.Value.State == AttemptOpen && d.Value.over(now) {
		if d, err = s.endTimed(ctx, id, now); err != nil {
			return storage.Doc[Attempt]{}, err
		}
	}
	role, err := s.may(ctx, a, verb, "attempt", id, d.Value.Person)
	if err == nil && verb == "review" { // the answers; where an attempt stands is asked on the way to other acts
		err = s.cfg.Viewed.Note(ctx, a, role, d.Value.Person)
	}
	if err != nil {
		return storage.Doc[Attempt]{}, err
	}
	return d, nil
}

// AttemptFilter narrows a list of attempts; one of Enrolment and Course is required.
type AttemptFilter struct {
	Enrolment EnrolmentID
	Course    CourseID
	Marking   bool // with Course or alone: only those that wait for a person
	After     storage.Cursor
	Limit     int
}

// Attempts lists attempts: all of one enrolment in the order of quiz and ordinal, or those of a course, newest first, a page at a time.
func (s *Service) Attempts(ctx context.Context, a access.Actor, f AttemptFilter) (list []AttemptDoc, next storage.Cursor, err error) {
	if f.Enrolment != "" {
		e, err := s.seen(ctx, a, "view", f.Enrolment)
		if err != nil {
			return nil, next, err
		}
		v, err := s.version(ctx, e.Value.Version)
		if err != nil {
			return nil, next, err
		}
		for _, q := range v.Content.Quizzes {
			for n := 1; n <= storage.MaxList; n++ {
				d, err := s.attempts.Get(ctx, attemptID(f.Enrolment, q.Code, n))
				if errors.Is(err, faults.NotFound) {
					break
				}
				if err != nil {
					return nil, next, err
				}
				x, err := s.hushed(ctx, a, &d.Value, summary(d.ID, &d.Value))
				if err != nil {
					return nil, next, err
				}
				list = append(list, x)
			}
		}
		return list, next, nil
	}
	if !s.cfg.Policy.Scope(a, "view", "attempt").All {
		return nil, next, faults.New(faults.Forbidden, "Anda tidak berwenang melihat daftar ini.", "You may not see this list.")
	}
	query := storage.Query{Index: "course", Term: f.Course, Desc: true, After: f.After, Limit: f.Limit}
	if f.Marking {
		query.Index, query.Desc = "marking", false
		if f.Course == "" {
			query.Term = "all"
		}
	} else if f.Course == "" {
		return nil, next, faults.New(faults.Invalid, "Pilih kursus atau kepesertaan.", "Choose a course or an enrolment.")
	}
	p, err := s.attempts.Find(ctx, query)
	if err != nil {
		return nil, next, err
	}
	marks := s.cfg.Policy.Scope(a, "mark", "marking").All
	for _, d := range p.Docs {
		x, err := s.hushed(ctx, a, &d.Value, summary(d.ID, &d.Value)) // of whoever sat an exam of it themselves
		if err != nil {
			return nil, next, err
		}
		if marks && x.State == AttemptNeedsMarking && x.Person != a.Person {
			x = x.veiled()
		}
		list = append(list, x)
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}
