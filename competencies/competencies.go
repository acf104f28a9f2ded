// Package competencies keeps what each civil servant demonstrably can: the dictionary of competencies, the standard of each position, the
// evidence, the level that follows from it, the gap against a standard, and the ledger of learning hours (JP).
//
// Levels are never stored as truth: evidence is, and level.go computes what follows from it on a day. No evidence is "belum ada bukti", which is
// not level 0. Reading order: dictionary.go, standard.go, rules.go (caps and cut-offs as dated rows), evidence.go, level.go, gap.go, hours.go,
// standing.go (all of it put together for one person), import.go.
//
// Methods without an actor, and why: Record, Withdraw, BuildStanding, Raise, RaiseAll, Refresh and the Announces are steps of the chain, called by workers only; Named is read by the sweep of files; Known, Held, Rules,
// Dictionary, Standards, LevelsOf, EachLevels and Trainings are read by other rooms that have asked for permission in their own words.
package competencies

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/texts"
)

// Names of the collections whose documents carry due steps.
const (
	StandingsCollection  = "standings"        // step storage.RebuildStep -> Service.BuildStanding
	DictionaryCollection = "dictionary"       // step AnnounceStep -> Service.AnnounceDictionary
	StandardsCollection  = "standards"        // step AnnounceStep -> Service.AnnounceStandards
	RulesCollection      = "competency_rules" // step AnnounceStep -> Service.AnnounceRules
	RefreshCollection    = "standing_refresh" // step RefreshStep -> Service.Refresh
)

// Staffer is what this room needs to know of a person. Nothing in it tells sex, birth date, religion, marital status or disability.
type Staffer struct {
	Units         []string   // the unit the person works in and all above it, nearest first
	Post          string     // id of the position held now, "" for none
	PostName      string     // its name
	Standard      string     // code of the standard the position is held to, "" for none
	Contract      bool       // PPPK: learning hours count per contract year
	ContractStart civil.Date // first day of the contract in force
}

// Staff tells of people. NotFound when there is no such person.
type Staff interface {
	Staffer(ctx context.Context, person string) (Staffer, error)
}

// CourseTarget is a published course and the levels its certificate supports.
type CourseTarget struct {
	Course  string // code
	Version string
	Title   texts.Text
	JP      int
	Targets []Target
	Kind    Kind // the evidence its certificate gives, for the targets that name none: Quiz or CertificateAssessed
}

// Courses lists what can be learned now.
type Courses interface {
	Targets(ctx context.Context) ([]CourseTarget, error)
}

// Waker makes work that stands in a document start sooner. Losing a call loses nothing.
type Waker interface {
	Wake(ctx context.Context, collection, id string)
}

// Files stores proofs by their hash. The blob store does.
type Files interface {
	Known(ctx context.Context, hash string) (bool, error)
	Put(ctx context.Context, r io.Reader, max int64) (hash string, err error)
	Read(ctx context.Context, hash string) ([]byte, error)
}

// Config is what the room needs. DB, Policy and Staff are required.
type Config struct {
	DB      *storage.DB
	Policy  access.Policy
	Now     func() time.Time
	Zone    func() civil.Zone
	Log     *slog.Logger
	Staff   Staff
	Courses Courses           // nil: no next courses are named
	Files   Files             // nil: proofs are not looked up
	Wake    Waker             // nil: the sweeper finds what is due
	Limits  func() HourLimits // nil: DefaultHourLimits
	Letters Letters           // nil: every letter can be printed
	Viewed  access.Noter      // where a look at somebody else is noted; nil: nowhere
}

// Service is the room. Safe for use from many goroutines.
type Service struct {
	cfg        Config
	dictionary *sets.Set[Competency]
	standards  *sets.Set[Standard]
	rules      *sets.Set[Rules]
	evidence   *storage.Collection[Evidence]
	hours      *storage.Collection[Hours]
	proofs     *storage.Collection[sentProof]
	decoding   chan struct{} // one proof at a time
	refreshes  *storage.Collection[refresh]
	standings  *storage.Collection[storage.Derived[Profile]]
}

// Open opens the room's collections.
func Open(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.DB == nil || cfg.Policy == nil || cfg.Staff == nil {
		return nil, errors.New("competencies needs a DB, a policy and the staff")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = civil.Jakarta
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Limits == nil {
		cfg.Limits = func() HourLimits { return DefaultHourLimits }
	}
	s := &Service{cfg: cfg, decoding: make(chan struct{}, 1)}
	var errs [8]error
	s.dictionary, errs[0] = sets.Open[Competency](ctx, cfg.DB, DictionaryCollection, AnnounceStep)
	s.standards, errs[1] = sets.Open[Standard](ctx, cfg.DB, StandardsCollection, AnnounceStep)
	s.rules, errs[2] = sets.Open[Rules](ctx, cfg.DB, RulesCollection, AnnounceStep)
	s.evidence, errs[3] = storage.Open(ctx, cfg.DB, evidenceDef)
	s.hours, errs[4] = storage.Open(ctx, cfg.DB, hoursDef)
	s.standings, errs[5] = storage.Open(ctx, cfg.DB, standingDef)
	s.proofs, errs[6] = storage.Open(ctx, cfg.DB, proofDef)
	s.refreshes, errs[7] = storage.Open(ctx, cfg.DB, refreshDef)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("open competencies: %w", err)
	}
	return s, nil
}

func (s *Service) now() time.Time { return s.cfg.Now().UTC() }

// today is the calendar day in the installation's zone.
func (s *Service) today() civil.Date { return s.cfg.Zone().Day(s.cfg.Now()) }

func (s *Service) wake(ctx context.Context, collection, id string) {
	if s.cfg.Wake != nil {
		s.cfg.Wake.Wake(ctx, collection, id)
	}
}

func (s *Service) entry(a access.Actor, role, verb, thing, about, why, note string) storage.Audit {
	return storage.Audit{ID: storage.NewID(), At: s.now(), Who: a.Name(), Role: role, Verb: verb, Thing: thing, About: about, Why: why, Note: note}
}

// may asks whether the actor may apply a verb to something of a person.
func (s *Service) may(ctx context.Context, a access.Actor, verb, kind, person string) (role string, who Staffer, err error) {
	who, err = s.cfg.Staff.Staffer(ctx, person)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return "", who, err
	}
	missing := err
	role, err = s.cfg.Policy.May(a, verb, access.Thing{Kind: kind, ID: person, Owner: person, Units: who.Units})
	if err == nil {
		err = missing
	}
	return role, who, err
}
