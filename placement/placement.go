// Package placement answers two questions: who fits a vacant post, and which posts fit a person. Eligibility comes first: dated rules with their law
// say who may be considered at all, each refusal with its sentence (eligibility.go). Only then the match of evidence against the post's standard ranks
// (rank.go, on the kernel of kernel.go). The system recommends; people decide.
//
// What the matcher may know is fixed by its types: Facts holds dated legal facts of the register, Levels hold what was shown. Neither has a place for
// sex, birth date, NIP, religion, marital status or disability; an age limit reaches it as the last day on which an appointment would keep it.
// Reading order: eligibility.go, kernel.go, rank.go, service.go, recommendation.go.
//
// Methods without an actor: none. Judge, Rank, Lift and the kernel are pure functions.
package placement

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sets"
)

// Algorithm names the way of ranking. It changes whenever the same data could rank differently, and is stored with every recommendation.
const Algorithm = "apel-fit-1"

// Subject is somebody who may be placed: an opaque id for the answer, the units for permission, the post held now, and the facts that rules judge.
type Subject struct {
	Person string
	Units  []string // nearest first
	Post   string   // id of the post held definitif, "" for none
	Facts  Facts
}

// Register tells of posts and of everybody in service. ages are the age limits of the rules in force, see Facts.LatestAppointment.
type Register interface {
	Posts(ctx context.Context) ([]Post, error)
	Post(ctx context.Context, id string) (Post, error) // NotFound when there is none or it is closed
	Subject(ctx context.Context, person string, ages []int) (Subject, error)
	EachSubject(ctx context.Context, ages []int, fn func(Subject) error) error
}

// Config is what the room needs. DB, Policy, Register and Competencies are required.
type Config struct {
	DB           *storage.DB
	Policy       access.Policy
	Now          func() time.Time
	Zone         func() civil.Zone
	Log          *slog.Logger
	Register     Register
	Competencies *competencies.Service
	Viewed       access.Noter // where a look at somebody else is noted; nil: nowhere
}

// Service is the room. Safe for use from many goroutines.
type Service struct {
	cfg             Config
	rules           *sets.Set[Rule]
	recommendations *storage.Collection[Recommendation]
}

// Open opens the room's collections.
func Open(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.DB == nil || cfg.Policy == nil || cfg.Register == nil || cfg.Competencies == nil {
		return nil, errors.New("placement needs a DB, a policy, the register and the competencies")
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
	s := &Service{cfg: cfg}
	var errs [2]error
	s.rules, errs[0] = sets.Open[Rule](ctx, cfg.DB, "eligibility")
	s.recommendations, errs[1] = storage.Open(ctx, cfg.DB, recommendationDef)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("open placement: %w", err)
	}
	return s, nil
}

func (s *Service) now() time.Time { return s.cfg.Now().UTC() }

func (s *Service) today() civil.Date { return s.cfg.Zone().Day(s.cfg.Now()) }

func (s *Service) entry(a access.Actor, role, verb, thing, about, why, note string) storage.Audit {
	return storage.Audit{ID: storage.NewID(), At: s.now(), Who: a.Name(), Role: role, Verb: verb, Thing: thing, About: about, Why: why, Note: note}
}

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }

func firstOf(orders ...int) int {
	for _, o := range orders {
		if o != 0 {
			return o
		}
	}
	return 0
}
