package people

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Token lets a program act for a person with some of that person's roles. Its id is the hash of the secret, which is shown once.
type Token struct {
	ID     string     `json:"id"`
	Person ID         `json:"person"`
	Name   string     `json:"name"`
	Roles  []string   `json:"roles,omitempty"` // beside learner; each counts only while the person holds it
	At     time.Time  `json:"at"`
	Until  time.Time  `json:"until"`
	UsedOn civil.Date `json:"used_on,omitempty"`
	Epoch  int64      `json:"epoch,omitempty"` // of the account when it was made
}

var tokenDef = storage.Def[Token]{Name: "tokens", Shape: 1, Indexes: []storage.Index[Token]{
	{Name: "person", Of: func(d *storage.Doc[Token]) ([]string, string) {
		return []string{string(d.Value.Person)}, storage.OrderTime(d.Value.At)
	}},
}}

const (
	tokenPrefix  = "apel_"
	maxTokenLife = 366 * 24 * time.Hour
	maxTokens    = 50
)

// AddToken makes an API token for the actor with a subset of the actor's roles. The secret is returned once. The password must have been typed
// recently. Errors: Invalid (name, roles, days), Forbidden, TooLarge.
func (s *Service) AddToken(ctx context.Context, a access.Actor, name string, roles []string, days int) (Token, string, error) {
	role, err := s.cfg.Policy.May(a, "add", access.Thing{Kind: "token", Owner: a.Person})
	if err != nil {
		return Token{}, "", err
	}
	if err := mustBeRecent(a); err != nil {
		return Token{}, "", err
	}
	life := time.Duration(days) * 24 * time.Hour
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "" || len(name) > 100:
		return Token{}, "", faults.OnField("name", "Beri nama token, misalnya untuk apa dipakai.", "Name the token, for example by its use.")
	case days < 1 || life > maxTokenLife:
		return Token{}, "", faults.OnField("days", "Masa berlaku token 1 sampai 366 hari.", "A token lasts 1 to 366 days.")
	}
	for _, r := range roles {
		if !a.Has(r) {
			return Token{}, "", faults.OnField("roles", "Anda tidak memegang peran yang diminta untuk token ini.", "You do not hold a role asked for this token.")
		}
	}
	have, err := s.tokens.Find(ctx, storage.Query{Index: "person", Term: a.Person, Limit: maxTokens, Bare: true})
	if err != nil {
		return Token{}, "", err
	}
	if len(have.Docs) >= maxTokens {
		return Token{}, "", faults.New(faults.TooLarge, "Terlalu banyak token. Cabut yang tidak dipakai.", "Too many tokens. Revoke unused ones.")
	}
	acc, err := s.accounts.Get(ctx, a.Person)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return Token{}, "", err
	}
	secret := tokenPrefix + s.random(32)
	now := s.now()
	t := Token{ID: hashToken(secret), Person: ID(a.Person), Name: name, Roles: slices.Clone(roles), At: now, Until: now.Add(life), Epoch: acc.Value.TokenEpoch}
	d := storage.Doc[Token]{ID: t.ID, Value: t, Trail: []storage.Audit{s.entry(a, role, "add_token", "tokens/"+t.ID[:12], ID(a.Person), "", strings.Join(roles, " "))}}
	return t, secret, s.tokens.Insert(ctx, &d)
}

// Tokens lists a person's API tokens, newest first. One that a password reset revoked ran out then.
func (s *Service) Tokens(ctx context.Context, a access.Actor, id ID) ([]Token, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "token", Owner: string(id)}); err != nil {
		return nil, err
	}
	p, err := s.tokens.Find(ctx, storage.Query{Index: "person", Term: string(id), Desc: true, Limit: 100})
	if err != nil {
		return nil, err
	}
	acc, err := s.accounts.Get(ctx, string(id))
	if err != nil && !errors.Is(err, faults.NotFound) {
		return nil, err
	}
	out := make([]Token, len(p.Docs))
	for i, d := range p.Docs {
		out[i] = d.Value
		if ended := acc.Value.TokensEnded; d.Value.Epoch != acc.Value.TokenEpoch && ended.Before(d.Value.Until) {
			out[i].Until = ended
		}
	}
	return out, nil
}

// RevokeToken ends a token at once. The document stays until it would have run out anyway, so that its audit entry is not lost with it. Safe to call twice.
func (s *Service) RevokeToken(ctx context.Context, a access.Actor, id string) error {
	d, err := s.tokens.Get(ctx, id)
	if err != nil {
		return err
	}
	role, err := s.cfg.Policy.May(a, "revoke", access.Thing{Kind: "token", ID: id, Owner: string(d.Value.Person)})
	if err != nil {
		return err
	}
	now, trail := s.now(), s.entry(a, role, "revoke_token", "tokens/"+id[:min(12, len(id))], d.Value.Person, "", "")
	_, err = s.tokens.Update(ctx, id, func(d *storage.Doc[Token]) error {
		if !now.Before(d.Value.Until) {
			return storage.Unchanged
		}
		d.Value.Until = now
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return err
}

// TokenActor tells as whom an API token acts: its person with those of the token's roles that the person holds now. Errors: Unauthenticated.
func (s *Service) TokenActor(ctx context.Context, secret string) (access.Actor, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return access.Actor{}, faults.Unauthenticated
	}
	d, err := s.tokens.Get(ctx, hashToken(secret))
	if errors.Is(err, faults.NotFound) {
		return access.Actor{}, faults.Unauthenticated
	}
	if err != nil {
		return access.Actor{}, err
	}
	now := s.now()
	if !now.Before(d.Value.Until) {
		return access.Actor{}, faults.Unauthenticated
	}
	acc, err := s.accounts.Get(ctx, string(d.Value.Person))
	if errors.Is(err, faults.NotFound) || err == nil && (acc.Value.Blocked != nil || acc.Value.TokenEpoch != d.Value.Epoch) {
		return access.Actor{}, faults.Unauthenticated
	}
	if err != nil {
		return access.Actor{}, err
	}
	grants, err := s.effective(ctx, &acc.Value, acc.Value.needsSecond(now, s.cfg.Grace), nil)
	if err != nil {
		return access.Actor{}, err
	}
	grants = slices.DeleteFunc(grants, func(g access.Grant) bool { return !slices.Contains(d.Value.Roles, g.Role) })
	if day := s.today(); d.Value.UsedOn != day { // once a day, so that using a token is not a write each time
		if _, err := s.tokens.Update(ctx, d.ID, func(d *storage.Doc[Token]) error {
			d.Value.UsedOn = day
			return nil
		}); err != nil {
			s.log.WarnContext(ctx, "note the use of a token", "err", err)
		}
	}
	return access.Actor{Person: string(d.Value.Person), Grants: grants, Token: true}, nil
}
