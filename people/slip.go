package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// slip is a one-time code that sets a password: how an account starts, and how a forgotten password is replaced. Only its keyed digest is stored.
type slip struct {
	Digest string    `json:"digest"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Until  time.Time `json:"until"`

	// Guarded says that a system admin or the program issued it: only such a slip opens an account that holds a privileged role by the time it is used.
	Guarded bool `json:"guarded,omitempty"`
}

const (
	slipLife    = 14 * 24 * time.Hour
	slipLength  = 10
	slipLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789" // no I, L, O, 0, 1: they are misread on paper
	maxSlips    = 1000
)

// newCode makes a code of n letters in groups of five: "K7QPX-3MWRA".
func (s *Service) newCode(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 && i%5 == 0 {
			b.WriteByte('-')
		}
		at, err := rand.Int(s.cfg.Rand, big.NewInt(int64(len(slipLetters))))
		if err != nil {
			panic("no randomness: " + err.Error())
		}
		b.WriteByte(slipLetters[at.Int64()])
	}
	return b.String()
}

// Slip is an activation slip for printing. The code is shown this one time.
type Slip struct {
	Person ID
	Name   string // with titles
	Masked string // last three digits of the NIP
	Unit   string
	Code   string
	Until  time.Time
}

// IssueSlips makes activation slips for everybody in a unit and below who has no password yet and no slip that still counts; again replaces such
// slips too. The list is returned once and nowhere stored. Audited per person. At most 1,000 at a time: larger units are refused with "narrow it down".
// Calling it twice gives those who already have a slip none (unless again).
func (s *Service) IssueSlips(ctx context.Context, a access.Actor, unit UnitID, again bool) ([]Slip, error) {
	u, err := s.unit(ctx, unit)
	if err != nil {
		return nil, err
	}
	if _, err := s.cfg.Policy.May(a, "issue_slip", access.Thing{Kind: "account", Units: u.Path()}); err != nil {
		return nil, err
	}
	var todo []Person
	now, day := s.now(), s.today()
	err = s.eachPerson(ctx, "unit:"+string(unit), func(p Person) error {
		if !p.InService(day) || string(p.ID) == a.Person {
			return nil
		}
		d, err := s.accounts.Get(ctx, string(p.ID))
		switch {
		case errors.Is(err, faults.NotFound):
		case err != nil:
			return err
		case d.Value.Password != "" || d.Value.Blocked != nil || d.Value.Slip != nil && now.Before(d.Value.Slip.Until) && !again:
			return nil
		case d.Value.hasPrivileged() && !a.IsSystem() && !a.Has("system_admin"):
			return nil // see guardPrivileged
		}
		if len(todo) == maxSlips {
			return tooWide()
		}
		todo = append(todo, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []Slip
	for _, p := range todo {
		one, err := s.IssueSlip(ctx, a, p.ID, "")
		if err != nil {
			return out, fmt.Errorf("issue a slip: %w", err)
		}
		out = append(out, one)
	}
	return out, nil
}

// IssueSlip makes one person a slip: the first one, or a new one for a forgotten password, by the admin of their own unit. Audited; somebody who has an
// account already is told. An older slip is void. The password in use keeps working until the slip is used. Errors: NotFound, Forbidden.
func (s *Service) IssueSlip(ctx context.Context, a access.Actor, id ID, why string) (Slip, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Slip{}, err
	}
	role, err := s.cfg.Policy.May(a, "issue_slip", accountThing(p))
	if err != nil {
		return Slip{}, err
	}
	code, now := s.newCode(slipLength), s.now()
	until := now.Add(slipLife)
	digest := s.digest("slip "+string(id), normaliseCode(code))
	trail := s.entry(a, role, "issue_slip", "accounts/"+string(id), id, why, "")
	guarded, reset := a.IsSystem() || a.Has("system_admin"), false
	if _, err := s.accounts.Upsert(ctx, string(id), func(d *storage.Doc[account]) error {
		if d.Value.hasPrivileged() && !guarded {
			return guardPrivileged()
		}
		reset = d.Value.Password != ""
		d.Value.Person = id
		d.Value.Slip = &slip{Digest: digest, At: now, By: a.Name(), Until: until, Guarded: guarded}
		d.Trail = append(d.Trail, trail)
		return nil
	}); err != nil {
		return Slip{}, err
	}
	if reset {
		s.tell(ctx, NoticeInput{Person: id, Topic: "slip." + trail.ID, Kind: "account", Urgent: true,
			Title: texts.T("Slip aktivasi baru diterbitkan untuk akun Anda", "A new activation slip was issued for your account"),
			Body:  texts.T("Jika Anda tidak memintanya, segera hubungi admin unit Anda.", "If you did not ask for it, contact your unit admin at once.")})
	}
	out := Slip{Person: id, Name: p.DisplayName(), Masked: p.Masked(), Code: code, Until: until}
	if u, err := s.unit(ctx, p.Unit); err == nil {
		out.Unit = u.Name
	}
	return out, nil
}

// guardPrivileged: a slip opens the account it is for, so a unit admin who could make one for a system admin would become one.
func guardPrivileged() error {
	return faults.New(faults.Forbidden, "Akun ini memegang peran khusus. Slipnya hanya dapat diterbitkan admin sistem.", "This account holds a privileged role. Only a system admin can issue its slip.")
}

// ActivateInput is what somebody types from a slip. It comes from a POST body only.
type ActivateInput struct {
	NIP      string
	Code     string
	Password string
	TOTP     string
	Device   string
	Agent    string
	From     netip.Addr
}

// Activate sets a password with a slip and logs in. Where a second factor is set up and no code was given, the session is Pending and nothing has
// changed yet: ProveSecond sets the password. The code works once; sessions from before end, API tokens from before are revoked, and somebody who had a
// password is told.
// Errors: Unauthenticated (never telling whether the number exists), Invalid (the password; the slip stays good), TooMany.
func (s *Service) Activate(ctx context.Context, in ActivateInput) (Session, string, error) {
	if err := checkPassword(in.Password, NIP(digitsOf(in.NIP))); err != nil {
		return Session{}, "", err
	}
	e, err := s.approach(ctx, in.NIP, in.Device, in.From)
	if err != nil {
		return Session{}, "", err
	}
	defer e.leave()
	hash, err := hashPassword(in.Password, s.cfg.Rand) // also for strangers, so that the answer takes as long
	if err != nil {
		return Session{}, "", err
	}
	now := s.now()
	sets := &resetting{By: "slip", Proof: s.digest("slip "+string(e.acc.Person), normaliseCode(in.Code)), Password: hash,
		Trail: storage.Audit{ID: storage.NewID(), At: now, Who: string(e.acc.Person), Role: "self", Verb: "activate", Thing: "accounts/" + string(e.acc.Person), About: string(e.acc.Person)}}
	if e.acc.Person == "" || !sets.good(&e.acc, now) {
		return Session{}, "", s.fail(ctx, e, sets.refusal())
	}
	return s.reset(ctx, e, in.TOTP, in.Agent, sets)
}
