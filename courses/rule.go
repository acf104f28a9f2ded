package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// ApplyStep is the due step of an assignment rule.
const ApplyStep = "apply"

// WhoKind is a kind of group a rule covers.
type WhoKind string

// The groups.
const (
	WhoAll          WhoKind = "all"
	WhoUnit         WhoKind = "unit"          // a unit and all below it
	WhoPosition     WhoKind = "position"      // holders of one position
	WhoPositionKind WhoKind = "position_kind" // struktural, fungsional, pelaksana
	WhoStandard     WhoKind = "standard"      // holders of positions with a standard
	WhoStatus       WhoKind = "status"        // CPNS, PNS, PPPK, PPPK_PARUH_WAKTU
	WhoAppRole      WhoKind = "app_role"      // APP/role; APP may be *
)

// Who is the group a rule covers.
type Who struct {
	Kind  WhoKind `json:"kind"`
	Value string  `json:"value,omitempty"` // of units the id
}

// String writes the group as files do: "unit:DISDUKCAPIL", "all".
func (w Who) String() string {
	if w.Kind == WhoAll {
		return string(WhoAll)
	}
	return string(w.Kind) + ":" + w.Value
}

// ParseWho reads a group as files write it. Invalid for an unknown kind or a missing value.
func ParseWho(s string) (Who, error) {
	kind, value, _ := strings.Cut(strings.TrimSpace(s), ":")
	w := Who{WhoKind(kind), strings.TrimSpace(value)}
	kinds := []WhoKind{WhoAll, WhoUnit, WhoPosition, WhoPositionKind, WhoStandard, WhoStatus, WhoAppRole}
	if !slices.Contains(kinds, w.Kind) || (w.Value == "") != (w.Kind == WhoAll) {
		return Who{}, faults.OnField("who", `Sasaran harus "all", "unit:KODE", "position:ID", "position_kind:pelaksana", "standard:KODE", "status:PPPK", atau "app_role:APLIKASI/peran".`,
			`The group is "all", "unit:CODE", "position:ID", "position_kind:pelaksana", "standard:CODE", "status:PPPK" or "app_role:APP/role".`)
	}
	if w.Kind == WhoAppRole && strings.Count(w.Value, "/") != 1 {
		return Who{}, faults.OnField("who", `Peran aplikasi ditulis "app_role:APLIKASI/peran".`, `An app role is written "app_role:APP/role".`)
	}
	return w, nil
}

// covers says whether a person belongs to the group. Pure.
func (w Who) covers(l Learner, appRoles []string) bool {
	switch w.Kind {
	case WhoAll:
		return true
	case WhoUnit:
		return slices.Contains(l.Units, w.Value)
	case WhoPosition:
		return slices.Contains(l.Positions, w.Value)
	case WhoPositionKind:
		return l.PositionKind == w.Value
	case WhoStandard:
		return slices.Contains(l.Standards, w.Value)
	case WhoStatus:
		return l.Status == w.Value
	case WhoAppRole:
		app, role, _ := strings.Cut(w.Value, "/")
		return slices.ContainsFunc(appRoles, func(r string) bool {
			a, b, _ := strings.Cut(r, "/")
			return b == role && (app == "*" || a == app)
		})
	}
	return false
}

// Rule gives a course to everybody a group covers, newcomers included. Its id is its code.
type Rule struct {
	Course  CourseID   `json:"course"`
	Who     Who        `json:"who"`
	DueDays int        `json:"due_days"` // days from the day it is assigned to the person
	Reason  Reason     `json:"reason"`
	Because texts.Text `json:"because"`
	Active  bool       `json:"active"`
	By      string     `json:"by"`
	At      time.Time  `json:"at"`

	// The run over everybody, resumable after a crash.
	Cursor  string    `json:"cursor,omitempty"` // where the run under way stands
	Run     int       `json:"run,omitempty"`    // persons looked at in it
	Covered int       `json:"covered"`          // persons covered in the last full run
	LastRun time.Time `json:"last_run,omitzero"`
}

var ruleDef = storage.Def[Rule]{Name: RulesCollection, Shape: 1, Indexes: []storage.Index[Rule]{
	{Name: "active", Of: func(d *storage.Doc[Rule]) ([]string, string) {
		terms := []string{"any"}
		if d.Value.Active {
			terms = append(terms, "all")
		}
		return terms, d.ID
	}},
}}

// RuleDoc is a rule with its id.
type RuleDoc struct {
	ID string
	Rule
	Running bool // the run over everybody has not ended
}

func ruleDoc(d storage.Doc[Rule]) RuleDoc {
	return RuleDoc{d.ID, d.Value, d.Value.Cursor != "" || d.Value.LastRun.IsZero()}
}

// RuleInput makes or replaces a rule.
type RuleInput struct {
	Code    string
	Course  CourseID
	Who     string // as ParseWho reads it; a unit by code or id
	DueDays int
	Reason  Reason // "": app for a rule over app roles, else base
	Because texts.Text
}

// AssignByRule makes a rule and applies it to everybody it covers, now and every night, so that newcomers get the course by themselves. Writing the same
// rule again changes nothing; a changed one replaces it. Audited. Invalid with one field per mistake.
func (s *Service) AssignByRule(ctx context.Context, a access.Actor, in RuleInput) (RuleDoc, error) {
	if s.cfg.Policy.Scope(a, "rule", "assignment").Empty() { // who may rule over nobody learns nothing about the input
		if _, err := s.cfg.Policy.May(a, "rule", access.Thing{Kind: "assignment", ID: in.Code}); err != nil {
			return RuleDoc{}, err
		}
	}
	c, err := s.checkRule(ctx, in)
	if err != nil {
		return RuleDoc{}, err
	}
	who := c.who
	role, err := s.cfg.Policy.May(a, "rule", access.Thing{Kind: "assignment", ID: in.Code, Units: c.units})
	if err != nil {
		return RuleDoc{}, err
	}
	// Replacing a rule takes it away from whom it covered, so that must be the actor's to do as well.
	switch had, err := s.rules.Get(ctx, in.Code); {
	case err == nil:
		if _, err := s.mayRule(ctx, a, in.Code, had.Value.Who); err != nil {
			return RuleDoc{}, faults.Wrap(err, faults.Conflict, "Kode ini sudah dipakai aturan lain.", "This code is used by another rule.")
		}
	case !errors.Is(err, faults.NotFound):
		return RuleDoc{}, err
	}
	if in.Reason == "" {
		in.Reason = ReasonBase
		if who.Kind == WhoAppRole {
			in.Reason = ReasonApp
		}
	}
	now := s.now()
	entry := s.entry(a, role, "assign_by_rule", RulesCollection, in.Code, "", in.Because.ID, in.Course+" "+who.String())
	d, err := s.rules.Upsert(ctx, in.Code, func(d *storage.Doc[Rule]) error {
		v := &d.Value
		if d.Version > 0 && v.Active && v.Course == in.Course && v.Who == who && v.DueDays == in.DueDays && v.Reason == in.Reason && v.Because == in.Because {
			return storage.Unchanged
		}
		if d.Version > 0 && v.Course != in.Course {
			return faults.OnField("code", "Kode ini sudah dipakai aturan untuk kursus lain.", "This code is used by a rule for another course.")
		}
		*v = Rule{Course: in.Course, Who: who, DueDays: in.DueDays, Reason: in.Reason, Because: in.Because, Active: true, By: a.Name(), At: now}
		d.Due = storage.NewDue(ApplyStep, now)
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err != nil {
		return RuleDoc{}, err
	}
	s.wake(ctx, RulesCollection, in.Code)
	return ruleDoc(d), nil
}

// mayRule asks for permission to rule over a group: a unit admin over units of the own subtree, nobody else's.
func (s *Service) mayRule(ctx context.Context, a access.Actor, code string, who Who) (role string, err error) {
	units := []string{}
	if who.Kind == WhoUnit {
		if units, err = s.cfg.People.UnitPath(ctx, who.Value); err != nil && !errors.Is(err, faults.NotFound) {
			return "", err
		}
	}
	return s.cfg.Policy.May(a, "rule", access.Thing{Kind: "assignment", ID: code, Units: units})
}

// StopRule ends a rule. What it assigned stays. Audited; safe to call twice.
func (s *Service) StopRule(ctx context.Context, a access.Actor, code, why string) error {
	d, err := s.rules.Get(ctx, code)
	if err != nil {
		return notFound(err, "Aturan penugasan ini tidak ada.", "This assignment rule does not exist.")
	}
	role, err := s.mayRule(ctx, a, code, d.Value.Who)
	if err != nil {
		return err
	}
	e := s.entry(a, role, "stop_rule", RulesCollection, code, "", why, "")
	_, err = s.rules.Update(ctx, code, func(d *storage.Doc[Rule]) error {
		if !d.Value.Active {
			return storage.Unchanged
		}
		d.Value.Active, d.Value.Cursor, d.Due = false, "", nil
		d.Trail = append(d.Trail, e)
		return nil
	})
	return err
}

// Rules lists the rules by code.
func (s *Service) Rules(ctx context.Context, a access.Actor) ([]RuleDoc, error) {
	if s.cfg.Policy.Scope(a, "rule", "assignment").Empty() {
		if _, err := s.cfg.Policy.May(a, "rule", access.Thing{Kind: "assignment"}); err != nil {
			return nil, err
		}
	}
	found, err := s.rules.Gather(ctx, storage.Query{Index: "active", Term: "any"})
	if err != nil {
		return nil, err
	}
	out := make([]RuleDoc, len(found))
	for i, d := range found {
		out[i] = ruleDoc(d)
	}
	return out, nil
}

// slice is how many persons one step of a rule looks at before it writes its cursor.
const slice = 200

// atOnce is how many of them are given the course side by side, so that they share commits.
const atOnce = 8

// ApplyRule looks at the next slice of the persons a rule may cover and assigns the course to those it does. It stays due until the run ends, and is due
// again the next night. Step "apply". Idempotent: assignments have derived ids.
func (s *Service) ApplyRule(ctx context.Context, code string) error {
	d, err := s.rules.Get(ctx, code)
	if err != nil {
		return err
	}
	r := &d.Value
	if !r.Active || d.Due == nil || d.Due.Step != ApplyStep {
		return nil
	}
	var persons []PersonID
	var next string
	if r.Who.Kind == WhoAppRole {
		if s.cfg.Apps != nil {
			app, role, _ := strings.Cut(r.Who.Value, "/")
			persons, next, err = s.cfg.Apps.Holders(ctx, app, role, r.Cursor, slice)
		}
	} else {
		persons, next, err = s.cfg.People.Covered(ctx, r.Who.Kind, r.Who.Value, r.Cursor, slice)
	}
	if err != nil {
		return fmt.Errorf("rule %s: %w", code, err)
	}
	var covered atomic.Int64
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, person := range persons {
		g.Go(func() error {
			l, err := s.cfg.People.Learner(within, person)
			if errors.Is(err, faults.NotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			roles := []string(nil)
			if r.Who.Kind == WhoAppRole {
				if roles, err = s.rolesOf(within, person); err != nil {
					return err
				}
			}
			if !l.Active || !r.Who.covers(l, roles) {
				return nil
			}
			covered.Add(1)
			return s.assignByRule(within, code, r, l)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if next == "" && r.LastRun.IsZero() { // the first run of a new or changed rule
		if err := s.withdrawUncovered(ctx, code, r); err != nil {
			return err
		}
	}
	now := s.now()
	from := r.Cursor
	_, err = s.rules.Update(ctx, code, func(d *storage.Doc[Rule]) error {
		v := &d.Value
		if !v.Active || v.Cursor != from || d.Due == nil || d.Due.Step != ApplyStep || !d.Value.At.Equal(r.At) {
			return storage.Unchanged // the same slice was done elsewhere, or the rule was changed: its own due carries on
		}
		v.Run += int(covered.Load())
		v.Cursor = next
		d.Due = storage.NewDue(ApplyStep, now)
		if next == "" {
			v.Covered, v.Run, v.LastRun = v.Run, 0, now
			d.Due.NotBefore = s.tonight(now)
		}
		return nil
	})
	return err
}

// withdrawUncovered takes back the open assignments of a changed rule whose persons it no longer covers.
func (s *Service) withdrawUncovered(ctx context.Context, code string, r *Rule) error {
	return s.assignments.Each(ctx, storage.Query{Index: "course", Term: "rule:" + code}, func(d storage.Doc[Assignment]) error {
		if d.Value.State != Assigned {
			return nil
		}
		l, err := s.cfg.People.Learner(ctx, d.Value.Person)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		roles, err := s.rolesOf(ctx, d.Value.Person)
		if err != nil {
			return err
		}
		if l.Active && r.Who.covers(l, roles) {
			return nil
		}
		_, err = s.assignments.Update(ctx, d.ID, func(d *storage.Doc[Assignment]) error { return s.lapse(d) })
		return err
	})
}

// lapse withdraws an assignment whose rule no longer covers its person.
func (s *Service) lapse(d *storage.Doc[Assignment]) error {
	if d.Value.State != Assigned {
		return storage.Unchanged
	}
	d.Value.State, d.Value.Lapsed, d.Due = Withdrawn, true, nil
	d.Trail = append(d.Trail, s.entry(access.System("rules"), "system", "withdraw_assignment", AssignmentsCollection, d.ID, d.Value.Person, "the rule no longer covers the person", d.Value.Rule))
	return nil
}

// tonight is the next 02:00 in the installation's zone, when rules look for newcomers nobody told of.
func (s *Service) tonight(now time.Time) time.Time {
	zone := s.cfg.Zone()
	at := zone.Start(zone.Day(now)).Add(2 * time.Hour)
	if !at.After(now) {
		at = zone.Start(zone.Day(now).AddDays(1)).Add(2 * time.Hour)
	}
	return at
}

// assignByRule assigns the rule's course to one person, once; again when the rule covers the person again, and when what was completed is about to end.
func (s *Service) assignByRule(ctx context.Context, code string, r *Rule, l Learner) error {
	id := code + "." + l.Person
	had, err := s.assignments.Get(ctx, id) // nearly everybody has it already; a read is cheaper than a refused write
	if err == nil && s.again(&had.Value) {
		_, err = s.assignments.Update(ctx, id, func(d *storage.Doc[Assignment]) error {
			v := &d.Value
			if !s.again(v) {
				return storage.Unchanged
			}
			v.Due = s.today().AddDays(r.DueDays)
			if v.State == Answered {
				v.Reason = ReasonRenewal
				v.Due = max(v.Valid, v.Due)
			}
			v.State, v.Lapsed, v.Valid, v.At, v.Units = Assigned, false, "", s.now(), l.Units
			d.Due = storage.NewDue(EnrolStep, v.At)
			return nil
		})
	}
	if !errors.Is(err, faults.NotFound) {
		return err
	}
	now := s.now()
	d := storage.Doc[Assignment]{ID: id, Due: storage.NewDue(EnrolStep, now), Value: Assignment{Person: l.Person, Course: r.Course, Rule: code, Reason: r.Reason,
		Because: r.Because, Due: s.today().AddDays(r.DueDays), By: r.By, At: now, State: Assigned, Units: l.Units}}
	// Nobody is woken: thousands of these must not stand in the queue before exams. The sweeper takes them in turn.
	return put(ctx, s.assignments, d)
}

// checkedRule is what checking a rule finds out.
type checkedRule struct {
	who   Who
	units []string // of a rule over a unit: that unit and those above
}

// checkRule says what is wrong with a rule: Invalid with one field per mistake.
func (s *Service) checkRule(ctx context.Context, in RuleInput) (checkedRule, error) {
	e := faults.New(faults.Invalid, "Aturan penugasan belum benar.", "The assignment rule is not right yet.")
	if !codeRule.MatchString(in.Code) {
		e.With("code", "Kode berisi huruf besar, angka, dan tanda hubung, misalnya DASAR-103.", "A code has capital letters, digits and hyphens, for example DASAR-103.")
	}
	var out checkedRule
	var err error
	if out.who, err = ParseWho(in.Who); err != nil {
		e.Fields = append(e.Fields, faults.Of(err).Fields...)
	}
	if out.who.Kind == WhoUnit {
		id, err := s.cfg.People.Unit(ctx, out.who.Value)
		switch {
		case errors.Is(err, faults.NotFound):
			e.With("who", "Unit kerja "+out.who.Value+" tidak ada.", "There is no unit "+out.who.Value+".")
		case err != nil:
			return out, err
		default:
			out.who.Value = id
			if out.units, err = s.cfg.People.UnitPath(ctx, id); err != nil {
				return out, err
			}
		}
	}
	if in.DueDays < 1 || in.DueDays > 1000 {
		e.With("due_days", "Tenggat 1 sampai 1.000 hari.", "The due date is 1 to 1,000 days away.")
	}
	if strings.TrimSpace(in.Because.ID) == "" {
		e.With("reason_id", "Tulis alasan yang akan dibaca pegawai.", "Write the reason the person will read.")
	}
	if c, err := s.courses.Get(ctx, in.Course); errors.Is(err, faults.NotFound) || err == nil && c.Value.Head == "" {
		e.With("course", "Kursus "+in.Course+" tidak ada atau belum terbit.", "The course "+in.Course+" does not exist or is not published.")
	} else if err != nil {
		return out, err
	}
	if len(e.Fields) > 0 {
		return out, e
	}
	return out, nil
}

// again says whether an assignment of a rule that covers its person opens anew: it had lapsed, or the completed course is in its renewal window.
func (s *Service) again(a *Assignment) bool {
	return a.State == Withdrawn && a.Lapsed || a.State == Answered && a.Valid != "" && s.today() >= a.Valid.AddMonths(-RenewalMonths)
}
