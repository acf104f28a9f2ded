package people

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// secondFactor is a time-based one-time code (RFC 6238: SHA-1, 6 digits, 30 s) with recovery codes. The secret is sealed with a key that is not in
// the database.
type secondFactor struct {
	Sealed      string    `json:"sealed"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	LastStep    int64     `json:"last_step,omitempty"` // a code counts once
	Recovery    []string  `json:"recovery,omitempty"`  // digests of the codes left
}

func (f *secondFactor) confirmed() bool { return f != nil && !f.ConfirmedAt.IsZero() }

const (
	stepSeconds   = 30
	recoveryCodes = 8
)

func (s *Service) sealer() (cipher.AEAD, error) {
	b, err := aes.NewCipher(s.key("second factor"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

// seal encrypts a secret for one person; bound to that person so that it cannot be moved to another account.
func (s *Service) seal(plain string, id ID) (string, error) {
	g, err := s.sealer()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, g.NonceSize())
	if _, err := io.ReadFull(s.cfg.Rand, nonce); err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(g.Seal(nonce, nonce, []byte(plain), []byte(id))), nil
}

func (s *Service) unseal(sealed string, id ID) (string, error) {
	g, err := s.sealer()
	if err != nil {
		return "", err
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < g.NonceSize() {
		return "", fmt.Errorf("sealed second factor is broken: %w", err)
	}
	plain, err := g.Open(nil, raw[:g.NonceSize()], raw[g.NonceSize():], []byte(id))
	return string(plain), err
}

// SecondSetup is what an authenticator app needs: the address for the QR and the secret for typing.
type SecondSetup struct {
	URL    string
	Secret string
}

// BeginSecond makes a new second factor for the actor, which counts once ConfirmSecond has seen a code of it. issuer is shown in the app.
// The password must have been typed recently. Errors: Forbidden, Conflict (one is set up already; drop it first).
func (s *Service) BeginSecond(ctx context.Context, a access.Actor, issuer string) (SecondSetup, error) {
	p, err := s.own(ctx, a)
	if err != nil {
		return SecondSetup{}, err
	}
	if err := mustBeRecent(a); err != nil {
		return SecondSetup{}, err
	}
	k, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: p.Name, Rand: s.cfg.Rand})
	if err != nil {
		return SecondSetup{}, fmt.Errorf("make a second factor: %w", err)
	}
	sealed, err := s.seal(k.Secret(), p.ID)
	if err != nil {
		return SecondSetup{}, err
	}
	_, err = s.accounts.Update(ctx, string(p.ID), func(d *storage.Doc[account]) error {
		if d.Value.Second.confirmed() {
			return faults.New(faults.Conflict, "Kode dua langkah sudah terpasang.", "The second step is set up already.")
		}
		d.Value.Second = &secondFactor{Sealed: sealed}
		return nil
	})
	return SecondSetup{URL: k.URL(), Secret: k.Secret()}, err
}

// own is the person an actor is, with the right to change the own account.
func (s *Service) own(ctx context.Context, a access.Actor) (Person, error) {
	if a.Anonymous() {
		return Person{}, faults.Unauthenticated
	}
	p, err := s.person(ctx, ID(a.Person))
	if err != nil {
		return p, err
	}
	_, err = s.cfg.Policy.May(a, "change", accountThing(p))
	return p, err
}

// ConfirmSecond switches the second factor on with a first code and returns recovery codes, shown once. Errors: Invalid (field totp), Conflict.
func (s *Service) ConfirmSecond(ctx context.Context, a access.Actor, code string) ([]string, error) {
	p, err := s.own(ctx, a)
	if err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	digests := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = s.newCode(10)
		digests[i] = s.digest("recovery "+string(p.ID), normaliseCode(codes[i]))
	}
	now, trail := s.now(), s.entry(a, "self", "set_second_factor", "accounts/"+string(p.ID), p.ID, "", "")
	_, err = s.accounts.Update(ctx, string(p.ID), func(d *storage.Doc[account]) error {
		f := d.Value.Second
		if f == nil || f.confirmed() {
			return faults.New(faults.Conflict, "Mulai lagi pemasangan kode dua langkah.", "Start setting up the second step again.")
		}
		step, err := s.matchCode(f, p.ID, code, now)
		if err != nil {
			return err
		}
		if step == 0 {
			return faults.OnField("totp", "Kode tidak cocok. Periksa jam ponsel Anda, lalu ketik kode yang baru.", "The code does not match. Check your phone's clock and type the new code.")
		}
		d.Value.Second = &secondFactor{Sealed: f.Sealed, ConfirmedAt: now, LastStep: step, Recovery: digests}
		d.Trail = append(d.Trail, trail)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// matchCode gives the time step a code belongs to, one step of clock difference allowed and none used before; 0 when it fits none.
func (s *Service) matchCode(f *secondFactor, id ID, code string, now time.Time) (int64, error) {
	code = digitsOf(code)
	if len(code) != 6 {
		return 0, nil
	}
	secret, err := s.unseal(f.Sealed, id)
	if err != nil {
		return 0, fmt.Errorf("open the second factor: %w", err)
	}
	at := now.Unix() / stepSeconds
	for step := at - 1; step <= at+1; step++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, fmt.Errorf("compute a second factor: %w", err)
		}
		if step > f.LastStep && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, nil
		}
	}
	return 0, nil
}

// spendCode accepts a code of the second factor or a recovery code, each once. Unauthenticated when it fits neither.
func (s *Service) spendCode(d *storage.Doc[account], code string, now time.Time) error {
	f := d.Value.Second
	if !f.confirmed() {
		return nil
	}
	next := *f
	step, err := s.matchCode(f, d.Value.Person, code, now)
	if err != nil {
		return err
	}
	if step > 0 {
		next.LastStep = step
		d.Value.Second = &next
		return nil
	}
	digest := s.digest("recovery "+string(d.Value.Person), normaliseCode(code))
	i := slices.Index(f.Recovery, digest)
	if i < 0 || strings.TrimSpace(code) == "" {
		return faults.New(faults.Unauthenticated, "Kode dua langkah tidak cocok atau sudah dipakai. Tunggu kode yang baru, lalu coba lagi.", "The code does not match or was used already. Wait for the next code, then try again.").
			With("totp", "Kode tidak cocok.", "The code does not match.")
	}
	next.Recovery = slices.Delete(slices.Clone(f.Recovery), i, i+1)
	d.Value.Second = &next
	return nil
}

// DropSecond takes a second factor away: the own one after typing the password, or somebody's who lost their phone, by a system admin with a
// reason. It gives no new grace: after the first one, privileged roles rest until another factor is set up. Safe to call twice.
// Errors: Forbidden, NotFound, Invalid.
func (s *Service) DropSecond(ctx context.Context, a access.Actor, id ID, why string) error {
	p, err := s.person(ctx, id)
	if err != nil {
		return err
	}
	verb := "drop_totp"
	if a.Person == string(id) {
		verb = "change"
		if err := mustBeRecent(a); err != nil {
			return err
		}
	} else if why == "" {
		return noReason()
	}
	role, err := s.cfg.Policy.May(a, verb, accountThing(p))
	if err != nil {
		return err
	}
	trail := s.entry(a, role, "drop_second_factor", "accounts/"+string(id), id, why, "")
	_, err = s.accounts.Update(ctx, string(id), func(d *storage.Doc[account]) error {
		if d.Value.Second == nil {
			return storage.Unchanged
		}
		d.Value.Second = nil // PrivilegedSince stays: once the grace is over, privileged roles rest until a new factor is set up
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return err
}
