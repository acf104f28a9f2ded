// Package courses is where people learn: courses with their versions, lessons, item banks and quizzes; who must or may take them
// (Assignment, Cohort); one cycle of one person in one course (Enrolment) and one sitting of a test (Attempt).
//
// It does not know what a certificate or a competency level is: it says that an enrolment is complete (Completed) and the chain in workers/
// carries that on. What an answer is worth is decided by courses/grading, files are read by courses/exchange.
//
// Read course.go and version.go first (what is taught), then enrolment.go, reading.go and completion.go (the way through), then attempt.go,
// answering.go and chain.go (the path every exam takes).
package courses

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/apelkota/apel/courses/grading"
	_ "github.com/apelkota/apel/courses/grading/kinds" // every item type
	"github.com/apelkota/apel/courses/lint"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Ids. They are plain strings with a name, because they travel through storage, queue and URLs unchanged.
type (
	// PersonID is a person of the register.
	PersonID = string
	// CourseID is the course's code, e.g. "APEL-103".
	CourseID = string
	// VersionID is course.number, e.g. "APEL-103.2".
	VersionID = string
	// EnrolmentID is person.course.cycle.
	EnrolmentID = string
	// AttemptID is enrolment.quiz.ordinal.
	AttemptID = string
)

// Waker is told that a document has work due. Losing a call loses nothing: the sweeper finds the document.
type Waker interface {
	Wake(ctx context.Context, collection, id string)
}

// Dictionary knows the competencies a course may aim at.
type Dictionary interface {
	Known(ctx context.Context, competency string) bool
}

// Learner is what this room knows of a person: whom a rule covers and who may see what.
type Learner struct {
	Person       PersonID
	Name         string
	Active       bool     // in service; others are not assigned anything
	Units        []string // own unit, then all units above it, nearest first
	Positions    []string // position ids, the definitif one first
	PositionKind string   // struktural, fungsional, pelaksana
	Standards    []string // codes of the standards of the positions held
	Status       string   // CPNS, PNS, PPPK, PPPK_PARUH_WAKTU
}

// People is what this room asks of the register.
type People interface {
	// Learner reads one person. NotFound when there is none.
	Learner(ctx context.Context, person PersonID) (Learner, error)
	// Covered lists up to limit persons a rule of this kind may cover, in a stable order behind after ("" from the start); next is "" at the end.
	// It may list too many (the rule is checked on each), never too few. Kinds: all, unit, position, position_kind, standard, status.
	Covered(ctx context.Context, kind WhoKind, value, after string, limit int) (persons []PersonID, next string, err error)
	// Unit finds a unit by id or code. NotFound when there is none.
	Unit(ctx context.Context, idOrCode string) (id string, err error)
	// UnitPath is a unit and all units above it, nearest first. NotFound when there is none.
	UnitPath(ctx context.Context, unit string) ([]string, error)
}

// AppRoles says who works in which service application. Roles are written "APP/role".
type AppRoles interface {
	RolesOf(ctx context.Context, person PersonID) ([]string, error)
	// Holders lists up to limit persons who hold a role; app may be "*". Order and paging as in People.Covered.
	Holders(ctx context.Context, app, role, after string, limit int) (persons []PersonID, next string, err error)
}

// Config is what the room needs. Everything is required unless it says otherwise.
type Config struct {
	DB         *storage.DB
	Policy     access.Policy
	Now        func() time.Time
	Zone       func() civil.Zone
	Log        *slog.Logger
	People     People
	Apps       AppRoles                         // nil: rules over app roles cover nobody
	Dictionary Dictionary                       // nil: target competencies are not checked at publishing
	Wake       Waker                            // nil: the sweeper alone finds due work
	Rand       io.Reader                        // seeds of draws; nil: crypto/rand
	Secret     []byte                           // of the installation: keys the aliases that markers see; nil: one of this process, so aliases change at every start
	Letters    Letters                          // nil: every letter can be printed
	Files      Files                            // of lessons and items; nil: none can be added or shown
	Viewed     access.Noter                     // where a look at somebody else is noted; nil: nowhere
	Caller     func(ctx context.Context) Caller // where a request comes from; nil: nowhere, so exams bound to networks cannot be begun

	ObjectionDays func() int    // for how many days a mark by people can be objected to; nil: UsualObjectionDays, 0: it cannot
	LocalRules    func() string // what the city lays down where lessons leave something to it, line by line; nil: nothing is shown

	Supervisors Supervisors                               // of field tasks that a supervisor judges; nil: nobody has one, so markers judge them
	Markers     func(context.Context) ([]PersonID, error) // who may mark today, each once; nil: it is not known, so lint does not ask whether somebody can judge field tasks
}

// Letters says which letters of a text no certificate can print; the room that prints them knows. Safe for use from many goroutines.
type Letters interface {
	Printable(text string) (missing []rune)
}

// Service is the room. Safe for use from many goroutines.
type Service struct {
	cfg Config

	courses     *storage.Collection[Course]
	versions    *storage.Collection[Version]
	lessons     *storage.Collection[Lesson]
	files       *storage.Collection[CourseFile]
	items       *storage.Collection[grading.Item]
	banks       *storage.Collection[Bank]
	itemLives   *storage.Collection[ItemLife]
	talks       *storage.Collection[Talk]
	enrolments  *storage.Collection[Enrolment]
	attempts    *storage.Collection[Attempt]
	rehearsals  *storage.Collection[Attempt]
	assignments *storage.Collection[Assignment]
	rules       *storage.Collection[Rule]
	cohorts     *storage.Collection[Cohort]
	itemKeys    *storage.Collection[ItemKey]
	corrections *storage.Collection[Corrections]
	regrades    *storage.Collection[Regrade]
	changes     *storage.Collection[RegradeChange]
	months      *storage.Collection[storage.Derived[Month]]
	monthSums   *storage.Collection[MonthSums]
	analyses    *storage.Collection[storage.Derived[QuizSums]]
	exams       *storage.Collection[Exam]
	seats       *storage.Collection[Seat]
	alikes      *storage.Collection[storage.Derived[Alikes]]
	markings    *storage.Collection[Marking]
	fieldWorks  *storage.Collection[FieldWork]

	// Immutable documents that every exam reads, kept in memory by id.
	knownVersions *cache[Version]
	knownLessons  *cache[Lesson]
	knownItems    *cache[shownItem]
	knownBanks    *cache[Bank]
	knownKeys     *cache[shownItem]   // items with a later key, by item.number
	knownLints    *cache[lint.Report] // by version/revision
	reading       turns               // of imported courses
	receiving     turns               // of files handed in
	boards        boards              // what invigilators look at, for a moment
}

// Names of the collections, as steps and audit entries write them.
const (
	CoursesCollection     = "courses"
	VersionsCollection    = "course_versions"
	EnrolmentsCollection  = "enrolments"
	AttemptsCollection    = "attempts"
	RehearsalsCollection  = "rehearsals"
	AssignmentsCollection = "assignments"
	RulesCollection       = "assignment_rules"
	CohortsCollection     = "cohorts"
	RegradesCollection    = "regrades"
	MarkingsCollection    = "markings"
)

// Open opens the room on its database.
func Open(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.DB == nil || cfg.Policy == nil || cfg.Now == nil || cfg.Zone == nil || cfg.Log == nil || cfg.People == nil {
		return nil, errors.New("courses: DB, Policy, Now, Zone, Log and People are required")
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if len(cfg.Secret) == 0 {
		cfg.Secret = make([]byte, 32)
		if _, err := rand.Read(cfg.Secret); err != nil {
			return nil, err
		}
	}
	s := &Service{
		cfg:           cfg,
		knownVersions: newCache[Version](500),
		knownLessons:  newCache[Lesson](500),
		knownItems:    newCache[shownItem](10_000),
		knownBanks:    newCache[Bank](200),
		knownKeys:     newCache[shownItem](1000),
		knownLints:    newCache[lint.Report](50),
		reading:       newTurns(maxWaiting),
		receiving:     newTurns(maxReceiving),
	}
	return s, errors.Join(
		open(ctx, cfg.DB, &s.courses, courseDef),
		open(ctx, cfg.DB, &s.versions, versionDef),
		open(ctx, cfg.DB, &s.lessons, lessonDef),
		open(ctx, cfg.DB, &s.files, fileDef),
		open(ctx, cfg.DB, &s.items, itemDef),
		open(ctx, cfg.DB, &s.banks, bankDef),
		open(ctx, cfg.DB, &s.itemLives, itemLifeDef),
		open(ctx, cfg.DB, &s.talks, talkDef),
		open(ctx, cfg.DB, &s.enrolments, enrolmentDef),
		open(ctx, cfg.DB, &s.attempts, attemptDef),
		open(ctx, cfg.DB, &s.rehearsals, rehearsalDef),
		open(ctx, cfg.DB, &s.assignments, assignmentDef),
		open(ctx, cfg.DB, &s.rules, ruleDef),
		open(ctx, cfg.DB, &s.cohorts, cohortDef),
		open(ctx, cfg.DB, &s.itemKeys, itemKeyDef),
		open(ctx, cfg.DB, &s.corrections, correctionsDef),
		open(ctx, cfg.DB, &s.regrades, regradeDef),
		open(ctx, cfg.DB, &s.changes, changeDef),
		open(ctx, cfg.DB, &s.months, monthDef),
		open(ctx, cfg.DB, &s.monthSums, monthSumsDef),
		open(ctx, cfg.DB, &s.analyses, quizSumsDef),
		open(ctx, cfg.DB, &s.exams, examDef),
		open(ctx, cfg.DB, &s.seats, seatDef),
		open(ctx, cfg.DB, &s.alikes, alikesDef),
		open(ctx, cfg.DB, &s.markings, markingDef),
		open(ctx, cfg.DB, &s.fieldWorks, fieldWorkDef),
	)
}

func open[T any](ctx context.Context, db *storage.DB, into **storage.Collection[T], def storage.Def[T]) error {
	c, err := storage.Open(ctx, db, def)
	*into = c
	return err
}

func (s *Service) now() time.Time { return s.cfg.Now().UTC() }

func (s *Service) today() civil.Date { return s.cfg.Zone().Day(s.cfg.Now()) }

func (s *Service) wake(ctx context.Context, collection, id string) {
	if s.cfg.Wake != nil {
		s.cfg.Wake.Wake(ctx, collection, id)
	}
}

// may asks for permission on something that belongs to a person. The person's units are read only when somebody else acts, so that what
// everybody does with their own costs no extra read.
func (s *Service) may(ctx context.Context, a access.Actor, verb, kind, id string, owner PersonID) (role string, err error) {
	t := access.Thing{Kind: kind, ID: id, Owner: owner}
	if owner != "" && owner != a.Person && !a.IsSystem() && !a.Anonymous() && len(a.Grants) > 0 {
		l, err := s.cfg.People.Learner(ctx, owner)
		switch {
		case err == nil:
			t.Units = l.Units
		case !errors.Is(err, faults.NotFound):
			return "", err
		}
	}
	return s.cfg.Policy.May(a, verb, t)
}

// looks is may for showing something: a look at somebody else's is noted where they can read it, before anything is shown.
func (s *Service) looks(ctx context.Context, a access.Actor, verb, kind, id string, owner PersonID) error {
	role, err := s.may(ctx, a, verb, kind, id, owner)
	if err != nil {
		return err
	}
	return s.cfg.Viewed.Note(ctx, a, role, owner)
}

// entry makes an audit entry of an actor.
func (s *Service) entry(a access.Actor, role, verb, collection, id string, about PersonID, why, note string) storage.Audit {
	return storage.Audit{ID: storage.NewID(), At: s.now(), Who: a.Name(), Role: role, Verb: verb, Thing: collection + "/" + id, About: about, Why: why, Note: note}
}

// say is texts.T under a name short enough for the many sentences of this room.
func say(id, en string) texts.Text { return texts.T(id, en) }
