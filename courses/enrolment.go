package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// EnrolmentState is where one cycle of one person in one course stands.
type EnrolmentState string

// The states of an enrolment.
const (
	Active    EnrolmentState = "active"
	Completed EnrolmentState = "completed"
	Failed    EnrolmentState = "failed" // every attempt at the post-test is used; a training admin may grant another
)

// CertifyStep is the due step of a completed enrolment: the chain makes the certificate and then calls Certified.
const CertifyStep = "certify"

// Enrolment is one cycle of one person in one course. Its id is person.course.cycle, so nobody is enrolled twice. It pins the version.
// All progress stands in this one small document: reading and opening the next door cost one read.
type Enrolment struct {
	Person  PersonID       `json:"person"`
	Course  CourseID       `json:"course"`
	Version VersionID      `json:"version"`
	Cycle   int            `json:"cycle"`
	State   EnrolmentState `json:"state"`
	How     How            `json:"how"`
	By      string         `json:"by"`              // who enrolled: a person id or a part of the system
	Units   []string       `json:"units,omitempty"` // the person's unit and those above, for lists; follows the person
	Since   time.Time      `json:"since"`

	Assignments []string           `json:"assignments,omitempty"` // ids of the assignments this enrolment answers
	Cohort      string             `json:"cohort,omitempty"`
	Reading     map[string]Reading `json:"reading,omitempty"`  // by lesson code
	Beat        time.Time          `json:"beat,omitzero"`      // until when reading time has been counted, over all lessons
	Taken       map[string]Taken   `json:"taken,omitempty"`    // by quiz code
	Extra       map[string]int     `json:"extra,omitempty"`    // attempts granted beyond the quiz's own, by quiz code
	Granted     string             `json:"granted,omitempty"`  // key of the last grant, so that a repeated post grants once
	Prepared    bool               `json:"prepared,omitempty"` // the prerequisites were met once; not asked again

	Tasks map[string]TaskDone `json:"field_tasks,omitempty"` // field tasks that were accepted, by code

	Done   *Done    `json:"done,omitempty"`
	Undone []Undone `json:"undone,omitempty"` // completions that a regrade took back before there was a certificate
}

// How says how somebody came to be enrolled.
type How string

// The ways into a course.
const (
	BySelf       How = "self"
	ByAssignment How = "assignment"
	ByCohort     How = "cohort"
	ByAdmin      How = "admin"
)

// Taken is what is known of one quiz's ended attempts.
type Taken struct {
	Ended    int       `json:"ended"` // attempts that were graded; they are 1..Ended
	Best     int       `json:"best"`  // best score in thousandths of a point, 0..100000
	BestOf   int       `json:"best_of"`
	Last     int       `json:"last"`
	Passed   bool      `json:"passed,omitempty"`
	PassedAt time.Time `json:"passed_at,omitzero"`
	Own      int       `json:"own,omitempty"` // of the last attempt that reached the pass mark without counting: items on its form that the taker wrote or reviewed
}

// Done is the fact of completion, frozen when it happened.
type Done struct {
	On         civil.Date `json:"on"` // civil date of the submission that completed it
	At         time.Time  `json:"at"`
	Attempt    AttemptID  `json:"attempt"`
	Score      int        `json:"score"` // thousandths of a point
	ValidUntil civil.Date `json:"valid_until,omitempty"`
	Certified  time.Time  `json:"certified,omitzero"` // when the chain began to make the certificate; from then on nothing here changes
	Regrade    string     `json:"regrade,omitempty"`  // the regrade that made the attempt pass
}

// Undone is a completion that was taken back.
type Undone struct {
	Regrade string    `json:"regrade"`
	At      time.Time `json:"at"`
	Done    Done      `json:"done"`
}

var enrolmentDef = storage.Def[Enrolment]{Name: EnrolmentsCollection, Shape: 1, Indexes: []storage.Index[Enrolment]{
	{Name: "person", Of: func(d *storage.Doc[Enrolment]) ([]string, string) {
		return []string{d.Value.Person, d.Value.Person + "/" + d.Value.Course}, storage.OrderTime(d.Value.Since)
	}},
	{Name: "course", Of: func(d *storage.Doc[Enrolment]) ([]string, string) {
		v := &d.Value
		terms := []string{v.Course, v.Course + "/" + string(v.State)}
		if v.Cohort != "" {
			terms = append(terms, "cohort:"+v.Cohort)
		}
		return terms, storage.OrderTime(v.Since)
	}},
	{Name: "unit", Of: func(d *storage.Doc[Enrolment]) ([]string, string) {
		return d.Value.Units, storage.OrderTime(d.Value.Since)
	}},
}}

func enrolmentID(person PersonID, course CourseID, cycle int) EnrolmentID {
	return fmt.Sprintf("%s.%s.%d", person, course, cycle)
}

// EnrolmentOf is the enrolment an attempt belongs to, for the chain to go on with.
func EnrolmentOf(attempt AttemptID) EnrolmentID {
	id := attempt
	for range 2 {
		id = id[:max(strings.LastIndexByte(id, '.'), 0)]
	}
	return id
}

// EnrolmentDoc is an enrolment with its id.
type EnrolmentDoc struct {
	ID EnrolmentID
	Enrolment
}

// EnrolInput says who is to be enrolled in what.
type EnrolInput struct {
	Person PersonID // "" or the actor: self-enrolment
	Course CourseID
	Again  bool   // begin a new cycle though one was completed or failed; not for oneself before the renewal window
	Why    string // required when enrolling somebody else
}

// RenewalMonths is how long before a certificate's end its holder may begin the next cycle.
const RenewalMonths = 3

// Enrol puts a person into a course: oneself where the course allows it, or somebody of one's own units. Safe to call twice: an active enrolment is
// given back. Errors: Conflict when the course is closed, does not allow self-enrolment, misses prerequisites (self-enrolment only; the sentence names
// them), or is completed already.
func (s *Service) Enrol(ctx context.Context, a access.Actor, in EnrolInput) (EnrolmentDoc, error) {
	if in.Person == "" {
		in.Person = a.Person
	}
	if in.Person == a.Person {
		if _, err := s.may(ctx, a, "join", "enrolment", "", in.Person); err != nil {
			return EnrolmentDoc{}, err
		}
		return s.enrol(ctx, enrolment{person: in.Person, course: in.Course, how: BySelf, by: a.Name(), again: in.Again})
	}
	role, err := s.may(ctx, a, "enrol", "enrolment", "", in.Person)
	if err != nil {
		return EnrolmentDoc{}, err
	}
	if strings.TrimSpace(in.Why) == "" {
		return EnrolmentDoc{}, faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	e := s.entry(a, role, "enrol", EnrolmentsCollection, "", in.Person, in.Why, in.Course)
	return s.enrol(ctx, enrolment{person: in.Person, course: in.Course, how: ByAdmin, by: a.Name(), again: in.Again, audit: &e})
}

// enrolment is one wish to enrol somebody.
type enrolment struct {
	person     PersonID
	course     CourseID
	how        How
	by         string
	again      bool
	assignment string
	cohort     string
	version    VersionID // of a cohort; "" the head
	audit      *storage.Audit
}

func (s *Service) enrol(ctx context.Context, w enrolment) (EnrolmentDoc, error) {
	c, err := s.courses.Get(ctx, w.course)
	if err != nil || c.Value.Head == "" {
		if err == nil {
			err = faults.NotFound
		}
		return EnrolmentDoc{}, notFound(err, "Kursus ini tidak ada.", "This course does not exist.")
	}
	l, err := s.cfg.People.Learner(ctx, w.person)
	if err != nil {
		return EnrolmentDoc{}, notFound(err, "Pegawai ini tidak ada.", "This person does not exist.")
	}
	if !l.Active {
		return EnrolmentDoc{}, faults.New(faults.Conflict, "Pegawai ini tidak lagi bertugas.", "This person is no longer in service.")
	}
	version := c.Value.Head
	if w.version != "" {
		version = w.version
	}
	// The last cycle decides: an active one is the answer, an ended one may be followed by the next.
	cycle := 1
	var last *storage.Doc[Enrolment]
	for ; ; cycle++ {
		d, err := s.enrolments.Get(ctx, enrolmentID(w.person, w.course, cycle))
		if errors.Is(err, faults.NotFound) {
			break
		}
		if err != nil {
			return EnrolmentDoc{}, err
		}
		last = &d
	}
	if last != nil {
		if last.Value.State == Active {
			return s.attach(ctx, last.ID, w)
		}
		if err := s.mayRenew(&last.Value, w); err != nil {
			if w.how == ByAssignment { // what is completed and still valid answers the assignment
				return s.attach(ctx, last.ID, w)
			}
			return EnrolmentDoc{}, err
		}
	}
	if c.Value.Closed {
		return EnrolmentDoc{}, faults.New(faults.Conflict, "Kursus ini tidak menerima peserta baru.", "This course takes no new learners.")
	}
	v, err := s.version(ctx, version)
	if err != nil {
		return EnrolmentDoc{}, err
	}
	if w.how == BySelf {
		if !v.Content.Card.SelfEnrolment {
			return EnrolmentDoc{}, faults.New(faults.Conflict, "Kursus ini hanya untuk yang ditugaskan. Mintalah kepada atasan atau admin diklat.",
				"This course is for those it was assigned to. Ask your supervisor or the training admin.")
		}
		if missing, err := s.missingPrerequisites(ctx, w.person, &v.Content); err != nil {
			return EnrolmentDoc{}, err
		} else if len(missing) > 0 {
			return EnrolmentDoc{}, &faults.Error{Kind: faults.Conflict, Text: join(missing)}
		}
	}
	d := storage.Doc[Enrolment]{ID: enrolmentID(w.person, w.course, cycle), Value: Enrolment{
		Person: w.person, Course: w.course, Version: version, Cycle: cycle, State: Active, How: w.how, By: w.by, Units: l.Units, Since: s.now(),
		Cohort: w.cohort, Prepared: len(v.Content.Prerequisites) == 0,
	}}
	if w.assignment != "" {
		d.Value.Assignments = []string{w.assignment}
	}
	if w.audit != nil {
		w.audit.Thing = EnrolmentsCollection + "/" + d.ID
		d.Trail = append(d.Trail, *w.audit)
	}
	err = s.enrolments.Insert(ctx, &d)
	if errors.Is(err, faults.Conflict) { // enrolled at the same moment from elsewhere
		return s.attach(ctx, d.ID, w)
	}
	if err != nil {
		return EnrolmentDoc{}, err
	}
	return EnrolmentDoc{d.ID, d.Value}, nil
}

// attach notes on an existing enrolment that it also answers an assignment or belongs to a cohort.
func (s *Service) attach(ctx context.Context, id EnrolmentID, w enrolment) (EnrolmentDoc, error) {
	d, err := s.enrolments.Update(ctx, id, func(d *storage.Doc[Enrolment]) error {
		v := &d.Value
		changed := false
		if w.assignment != "" && !slices.Contains(v.Assignments, w.assignment) && len(v.Assignments) < storage.MaxList {
			v.Assignments, changed = append(v.Assignments, w.assignment), true
		}
		if w.cohort != "" && v.Cohort == "" && v.State == Active {
			v.Cohort, changed = w.cohort, true
		}
		if !changed {
			return storage.Unchanged
		}
		return nil
	})
	return EnrolmentDoc{d.ID, d.Value}, err
}

// mayRenew says why a new cycle may not begin after an ended one.
func (s *Service) mayRenew(last *Enrolment, w enrolment) error {
	switch last.State {
	case Completed:
		if last.Done == nil || last.Done.ValidUntil == "" {
			if w.again && w.how == ByAdmin {
				return nil
			}
			return faults.New(faults.Conflict, "Kursus ini sudah Anda selesaikan.", "You have completed this course.")
		}
		opens := last.Done.ValidUntil.AddMonths(-RenewalMonths)
		if s.today() >= opens || w.again && w.how == ByAdmin {
			return nil
		}
		return faults.New(faults.Conflict,
			"Kursus ini sudah diselesaikan dan berlaku sampai "+last.Done.ValidUntil.In(texts.ID)+". Pembaruan dibuka mulai "+opens.In(texts.ID)+".",
			"This course is completed and valid until "+last.Done.ValidUntil.In(texts.EN)+". Renewal opens on "+opens.In(texts.EN)+".")
	case Failed:
		if w.how == ByAdmin && w.again {
			return nil
		}
		return faults.New(faults.Conflict, "Semua kesempatan tes akhir sudah terpakai. Hubungi admin diklat untuk kesempatan tambahan.",
			"Every attempt at the post-test is used. Ask the training admin for another one.")
	}
	return nil
}

// missingPrerequisites lists a sentence for each prerequisite the person has not completed in any cycle.
func (s *Service) missingPrerequisites(ctx context.Context, person PersonID, c *Content) ([]texts.Text, error) {
	var missing []texts.Text
	for _, p := range c.Prerequisites {
		held := false
		err := s.enrolments.Each(ctx, storage.Query{Index: "person", Term: person + "/" + p}, func(d storage.Doc[Enrolment]) error {
			held = held || d.Value.State == Completed
			return nil
		})
		if err != nil {
			return nil, err
		}
		if !held {
			title := s.title(ctx, p)
			missing = append(missing, say(
				fmt.Sprintf("Selesaikan dahulu kursus %s %s.", p, title.In(texts.ID)),
				fmt.Sprintf("Complete the course %s %s first.", p, title.In(texts.EN))))
		}
	}
	return missing, nil
}

// title is a course's title; empty when it cannot be read, since it only decorates a sentence.
func (s *Service) title(ctx context.Context, course CourseID) texts.Text {
	c, err := s.courses.Get(ctx, course)
	if err != nil {
		return texts.Text{}
	}
	return c.Value.Card.Title
}

// join makes one text of several sentences.
func join(ts []texts.Text) texts.Text {
	var id, en []string
	for _, t := range ts {
		id, en = append(id, t.In(texts.ID)), append(en, t.In(texts.EN))
	}
	return say(strings.Join(id, " "), strings.Join(en, " "))
}

// Enrolment reads an enrolment. NotFound for whom it is none of their business.
func (s *Service) Enrolment(ctx context.Context, a access.Actor, id EnrolmentID) (EnrolmentDoc, error) {
	d, err := s.seen(ctx, a, "view", id)
	return EnrolmentDoc{d.ID, d.Value}, err
}

// seen reads an enrolment and asks for a verb on it.
func (s *Service) seen(ctx context.Context, a access.Actor, verb string, id EnrolmentID) (storage.Doc[Enrolment], error) {
	d, err := s.enrolments.Get(ctx, id)
	if err != nil {
		return d, notFound(err, "Kepesertaan ini tidak ada.", "This enrolment does not exist.")
	}
	if err := s.looks(ctx, a, verb, "enrolment", id, d.Value.Person); err != nil {
		return storage.Doc[Enrolment]{}, err
	}
	return d, nil
}

// EnrolmentFilter narrows a list of enrolments; one of Person, Course, Cohort and Unit is required (Unit = that unit and all below).
type EnrolmentFilter struct {
	Person PersonID
	Course CourseID
	State  EnrolmentState // with Course it is part of the index; else it filters
	Cohort string
	Unit   string
	After  storage.Cursor
	Limit  int
}

// Enrolments lists enrolments by the time they began, newest first, a page at a time; next is the zero Cursor at the end. Who may see only some
// units must name one of them (or a person).
func (s *Service) Enrolments(ctx context.Context, a access.Actor, f EnrolmentFilter) (list []EnrolmentDoc, next storage.Cursor, err error) {
	q := storage.Query{Desc: true, After: f.After, Limit: f.Limit}
	switch {
	case f.Person != "":
		if err := s.looks(ctx, a, "view", "enrolment", "", f.Person); err != nil {
			return nil, next, err
		}
		q.Index, q.Term = "person", f.Person
		if f.Course != "" {
			q.Term += "/" + f.Course
		}
	case f.Unit != "":
		if err := s.inScope(ctx, a, "view", "enrolment", f.Unit); err != nil {
			return nil, next, err
		}
		q.Index, q.Term = "unit", f.Unit
	case f.Cohort != "" || f.Course != "":
		if !s.cfg.Policy.Scope(a, "view", "enrolment").All {
			return nil, next, faults.New(faults.Forbidden, "Pilih unit kerja yang menjadi wewenang Anda.", "Choose a unit you are responsible for.")
		}
		q.Index, q.Term = "course", f.Course
		if f.Cohort != "" {
			q.Term = "cohort:" + f.Cohort
		} else if f.State != "" {
			q.Term += "/" + string(f.State)
		}
	default:
		return nil, next, faults.New(faults.Invalid, "Pilih pegawai, kursus, angkatan, atau unit kerja.", "Choose a person, course, cohort or unit.")
	}
	p, err := s.enrolments.Find(ctx, q)
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		if f.State != "" && d.Value.State != f.State || f.Course != "" && d.Value.Course != f.Course {
			continue
		}
		list = append(list, EnrolmentDoc{d.ID, d.Value})
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}

// inScope checks that an actor may apply a verb to a kind of things in a unit.
func (s *Service) inScope(ctx context.Context, a access.Actor, verb, kind, unit string) error {
	scope := s.cfg.Policy.Scope(a, verb, kind)
	if scope.All || slices.Contains(scope.Units, unit) {
		return nil
	}
	if len(scope.Units) > 0 {
		path, err := s.cfg.People.UnitPath(ctx, unit)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		for _, u := range path {
			if slices.Contains(scope.Units, u) {
				return nil
			}
		}
	}
	if a.Anonymous() {
		return faults.New(faults.Unauthenticated, "Silakan masuk lebih dahulu.", "Please log in first.")
	}
	return faults.New(faults.NotFound, "Unit kerja ini tidak ada.", "This unit does not exist.")
}

// GrantAttempt gives a person one more attempt at a post-test. Nobody grants it to themselves. Audited; every call grants one, so key names it: a
// second call with the same key changes nothing.
func (s *Service) GrantAttempt(ctx context.Context, a access.Actor, id EnrolmentID, quiz, key, why string) (EnrolmentDoc, error) {
	d, err := s.enrolments.Get(ctx, id)
	if err != nil {
		return EnrolmentDoc{}, notFound(err, "Kepesertaan ini tidak ada.", "This enrolment does not exist.")
	}
	role, err := s.may(ctx, a, "grant_attempt", "enrolment", id, d.Value.Person)
	if err != nil {
		return EnrolmentDoc{}, err
	}
	if strings.TrimSpace(why) == "" {
		return EnrolmentDoc{}, faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	v, err := s.version(ctx, d.Value.Version)
	if err != nil {
		return EnrolmentDoc{}, err
	}
	if q, ok := v.Content.Quiz(quiz); !ok || q.Attempts == 0 {
		return EnrolmentDoc{}, faults.OnField("quiz", "Tes ini tidak ada atau tidak dibatasi jumlah percobaannya.", "There is no such test, or its attempts are not limited.")
	}
	e := s.entry(a, role, "grant_attempt", EnrolmentsCollection, id, d.Value.Person, why, quiz)
	d, err = s.enrolments.Update(ctx, id, func(d *storage.Doc[Enrolment]) error {
		if key != "" && d.Value.Granted == key {
			return storage.Unchanged
		}
		if d.Value.State == Completed {
			return faults.New(faults.Conflict, "Kursus ini sudah selesai.", "This course is completed.")
		}
		if d.Value.Extra == nil {
			d.Value.Extra = map[string]int{}
		}
		d.Value.Extra[quiz]++
		d.Value.State, d.Value.Granted = Active, key
		d.Trail = append(d.Trail, e)
		return nil
	})
	return EnrolmentDoc{d.ID, d.Value}, err
}
