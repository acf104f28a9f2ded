// Package readiness answers whether the city is ready to run its service applications: which application has which roles, who holds them, what each
// role must have learned, and who holds that today.
//
// A person's readiness is required items held / required; that of a unit, an application or the city is ready people / people who must be. An
// application without operators is "belum dipetakan", not 100 %. Readiness reads evidence ("held until" rows), never certificates.
// Reading order: app.go, operator.go (the register), import.go, person.go, group.go (figures, each built from the ones below), cascade.go (how a
// change travels upwards without getting lost).
//
// Methods without an actor, and why: the steps of the chain (SpreadApp, SpreadRole, SpreadOperator, ApplyImport, BuildPerson, BuildGroup, PersonChanged,
// UnitChanged), called by workers only; RolesOf and Holders, read by other rooms that have asked for permission in their own words.
package readiness

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
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Names of the collections whose documents carry due steps, and the steps beside storage.RebuildStep. Steps of each are done by: apps SpreadApp,
// app_roles SpreadRole, app_operators SpreadOperator, readiness_imports ApplyImport, readiness_people BuildPerson, readiness_groups BuildGroup.
const (
	AppsCollection      = "apps"
	RolesCollection     = "app_roles"
	OperatorsCollection = "app_operators"
	ImportsCollection   = "readiness_imports"
	PeopleCollection    = "readiness_people"
	GroupsCollection    = "readiness_groups"

	SpreadStep = "spread" // the people whom a change of the register concerns are marked for rebuilding
	ApplyStep  = "apply"  // an accepted import goes on
)

// Register is what this room needs to know of people and units.
type Register interface {
	// Place is the unit a person works in and all above it, nearest first. NotFound when there is no such person.
	Place(ctx context.Context, person string) ([]string, error)
	// PersonByNIP finds who uses a number now. NotFound.
	PersonByNIP(ctx context.Context, nip string) (string, error)
	// UnitByCode finds a unit. NotFound.
	UnitByCode(ctx context.Context, code string) (string, error)
	// UnitPath is a unit and all above it, nearest first. NotFound.
	UnitPath(ctx context.Context, unit string) ([]string, error)
}

// Evidence says what a person holds. The room competencies does.
type Evidence interface {
	Held(ctx context.Context, person string) ([]competencies.Held, error)
}

// Waker makes work that stands in a document start sooner. Losing a call loses nothing.
type Waker interface {
	Wake(ctx context.Context, collection, id string)
}

// Config is what the room needs. DB, Policy, Register and Evidence are required.
type Config struct {
	DB       *storage.DB
	Policy   access.Policy
	Now      func() time.Time
	Zone     func() civil.Zone
	Log      *slog.Logger
	Register Register
	Evidence Evidence
	Wake     Waker        // nil: the sweeper finds what is due
	Viewed   access.Noter // where a look at somebody else is noted; nil: nowhere
}

// Service is the room. Safe for use from many goroutines.
type Service struct {
	cfg       Config
	apps      *storage.Collection[App]
	roles     *storage.Collection[AppRole]
	operators *storage.Collection[AppOperator]
	imports   *storage.Collection[importDoc]
	people    *storage.Collection[storage.Derived[PersonReadiness]]
	groups    *storage.Collection[storage.Derived[GroupReadiness]]
}

// Open opens the room's collections.
func Open(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.DB == nil || cfg.Policy == nil || cfg.Register == nil || cfg.Evidence == nil {
		return nil, errors.New("readiness needs a DB, a policy, the register and the evidence")
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
	var errs [6]error
	s.apps, errs[0] = storage.Open(ctx, cfg.DB, appDef)
	s.roles, errs[1] = storage.Open(ctx, cfg.DB, roleDef)
	s.operators, errs[2] = storage.Open(ctx, cfg.DB, operatorDef)
	s.imports, errs[3] = storage.Open(ctx, cfg.DB, importDef)
	s.people, errs[4] = storage.Open(ctx, cfg.DB, personDef)
	s.groups, errs[5] = storage.Open(ctx, cfg.DB, groupDef)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("open readiness: %w", err)
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

func nothing() error {
	return faults.New(faults.NotFound, "Yang Anda cari tidak ada.", "What you are looking for does not exist.")
}

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }
