package people

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// The lives of sessions.
const (
	sessionLife = 12 * time.Hour
	pendingLife = 10 * time.Minute
)

// Session is one login of a browser, kept on the server. Its id is the hash of the token in the cookie, so a copy of the database opens nothing.
type Session struct {
	ID         string     `json:"id"`
	Person     ID         `json:"person"`
	At         time.Time  `json:"at"`
	Until      time.Time  `json:"until"`
	ProvedAt   time.Time  `json:"proved_at"` // when the password was typed last
	Agent      string     `json:"agent,omitempty"`
	Generation int64      `json:"generation"`        // of the account when it began
	Pending    bool       `json:"pending,omitempty"` // waits for the second factor and opens nothing else
	Heads      []UnitID   `json:"heads,omitempty"`   // units the person headed at login: there they act as supervisor
	Sets       *resetting `json:"sets,omitempty"`    // while Pending: the password that counts once the second factor is proved

	Device   string `json:"-"` // at login: the device cookie to set, "" when the browser is known already
	Withheld bool   `json:"-"` // privileged roles rest until a second factor is set up
}

var sessionDef = storage.Def[Session]{Name: "sessions", Shape: 1, Indexes: []storage.Index[Session]{
	{Name: "person", Of: func(d *storage.Doc[Session]) ([]string, string) {
		return []string{string(d.Value.Person)}, storage.OrderTime(d.Value.At)
	}},
	{Name: "until", Of: func(d *storage.Doc[Session]) ([]string, string) {
		return []string{"all"}, storage.OrderTime(d.Value.Until)
	}},
}}

var tokenEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// random makes a token of n random bytes.
func (s *Service) random(n int) string {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.cfg.Rand, b); err != nil {
		panic("no randomness: " + err.Error())
	}
	return tokenEncoding.EncodeToString(b)
}

func (s *Service) openSession(ctx context.Context, acc *account, agent, newDevice string, pending bool, sets *resetting) (Session, string, error) {
	now := s.now()
	token := s.random(32)
	x := Session{ID: hashToken(token), Person: acc.Person, At: now, Until: now.Add(sessionLife), ProvedAt: now, Agent: agent, Generation: acc.Generation, Pending: pending, Sets: sets}
	if pending {
		x.Until = now.Add(pendingLife)
	} else {
		heads, err := s.headOf(ctx, acc.Person)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return Session{}, "", err
		}
		x.Heads = heads
	}
	if err := s.sessions.Insert(ctx, &storage.Doc[Session]{ID: x.ID, Value: x}); err != nil {
		return Session{}, "", err
	}
	x.Device = newDevice
	x.Withheld = acc.needsSecond(now, s.cfg.Grace)
	return x, token, nil
}

// SessionActor tells who acts in a session. Roles are read anew every time, so a revoked role is gone at the next request; the headship of units is
// that of the login. Errors: Unauthenticated (no such session, over, pending, or the account was blocked).
func (s *Service) SessionActor(ctx context.Context, token string) (access.Actor, Session, error) {
	if token == "" {
		return access.Actor{}, Session{}, faults.Unauthenticated
	}
	d, err := s.sessions.Get(ctx, hashToken(token))
	if errors.Is(err, faults.NotFound) {
		return access.Actor{}, Session{}, faults.Unauthenticated
	}
	if err != nil {
		return access.Actor{}, Session{}, err
	}
	x, now := d.Value, s.now()
	if x.Pending || !now.Before(x.Until) {
		return access.Actor{}, x, faults.Unauthenticated
	}
	acc, err := s.accounts.Get(ctx, string(x.Person))
	if errors.Is(err, faults.NotFound) || err == nil && (acc.Value.Generation != x.Generation || acc.Value.Blocked != nil) {
		return access.Actor{}, Session{}, faults.Unauthenticated
	}
	if err != nil {
		return access.Actor{}, Session{}, err
	}
	x.Withheld = acc.Value.needsSecond(now, s.cfg.Grace)
	a := access.Actor{Person: string(x.Person), Recent: now.Sub(x.ProvedAt) < recentFor}
	if a.Grants, err = s.effective(ctx, &acc.Value, x.Withheld, x.Heads); err != nil {
		return access.Actor{}, Session{}, err
	}
	return a, x, nil
}

// effective gives the grants that count now: none beyond learner for somebody who no longer serves.
func (s *Service) effective(ctx context.Context, acc *account, withheld bool, heads []UnitID) ([]access.Grant, error) {
	if len(acc.Roles) == 0 && len(heads) == 0 {
		return nil, nil
	}
	p, err := s.person(ctx, acc.Person)
	if err != nil {
		return nil, fmt.Errorf("the person of an account: %w", err)
	}
	day := s.today()
	if !p.InService(day) {
		return nil, nil
	}
	grants := acc.grants(p, day, withheld)
	for _, u := range heads {
		grants = append(grants, access.Grant{Role: "supervisor", Unit: string(u)})
	}
	return grants, nil
}

// Logout ends a session. Safe to call twice.
func (s *Service) Logout(ctx context.Context, token string) error {
	return s.dropSession(ctx, hashToken(token))
}

func (s *Service) dropSession(ctx context.Context, id string) error {
	d, err := s.sessions.Get(ctx, id)
	if err == nil {
		err = s.sessions.Delete(ctx, id, d.Version)
	}
	if errors.Is(err, faults.NotFound) {
		return nil
	}
	return err
}

// Sessions lists a person's running sessions, newest first.
func (s *Service) Sessions(ctx context.Context, a access.Actor, id ID) ([]Session, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "session", Owner: string(id)}); err != nil {
		return nil, err
	}
	acc, err := s.accounts.Get(ctx, string(id))
	if err != nil {
		return nil, err
	}
	p, err := s.sessions.Find(ctx, storage.Query{Index: "person", Term: string(id), Desc: true, Limit: 100})
	if err != nil {
		return nil, err
	}
	var out []Session
	for _, d := range p.Docs {
		if !d.Value.Pending && d.Value.Generation == acc.Value.Generation && s.now().Before(d.Value.Until) {
			out = append(out, d.Value)
		}
	}
	return out, nil
}

// EndSession ends one session of the actor's own by its id. Safe to call twice.
func (s *Service) EndSession(ctx context.Context, a access.Actor, id string) error {
	d, err := s.sessions.Get(ctx, id)
	if errors.Is(err, faults.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := s.cfg.Policy.May(a, "revoke", access.Thing{Kind: "session", ID: id, Owner: string(d.Value.Person)}); err != nil {
		return err
	}
	return s.dropSession(ctx, id)
}

// EndSessions ends every session of a person and forgets their browsers: their own, or by an admin with a reason. Safe to call twice.
func (s *Service) EndSessions(ctx context.Context, a access.Actor, id ID, why string) error {
	p, err := s.person(ctx, id)
	if err != nil {
		return err
	}
	verb := "end_sessions"
	if a.Person == string(id) {
		verb = "change"
	} else if why == "" {
		return noReason()
	}
	role, err := s.cfg.Policy.May(a, verb, accountThing(p))
	if err != nil {
		return err
	}
	trail := s.entry(a, role, "end_sessions", "accounts/"+string(id), id, why, "")
	_, err = s.accounts.Update(ctx, string(id), func(d *storage.Doc[account]) error {
		d.Value.Generation++
		d.Value.Devices = nil
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return err
}

// Tidy removes sessions that ran out and gives up imports that nobody accepted; for the schedule. It returns how many. Safe to run at any time.
func (s *Service) Tidy(ctx context.Context) (int, error) {
	n, err := s.tidyImports(ctx)
	if err != nil {
		return n, err
	}
	q := storage.Query{Index: "until", Term: "all", To: storage.OrderTime(s.now().Add(time.Microsecond)), Limit: 200}
	for {
		p, err := s.sessions.Find(ctx, q)
		if err != nil {
			return n, err
		}
		for _, d := range p.Docs {
			if err := s.dropSession(ctx, d.ID); err != nil {
				return n, err
			}
			n++
		}
		if !p.More {
			return n, nil
		}
	}
}

func normaliseCode(code string) string {
	return strings.Map(func(r rune) rune {
		if slices.Contains([]rune(slipLetters), r) {
			return r
		}
		return -1
	}, strings.ToUpper(code))
}
