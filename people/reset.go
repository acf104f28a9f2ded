package people

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// resetLink is a link that was mailed and sets a new password once.
type resetLink struct {
	Hash  string    `json:"hash"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
}

// resetRequest is somebody's wish for such a link. One is stored for every number that is typed, known or not, so that neither the answer nor the
// time it takes tells which exist. The step MailReset does the rest and removes it.
type resetRequest struct {
	Person ID        `json:"person,omitempty"` // "" when nobody has the number
	At     time.Time `json:"at"`
}

var resetDef = storage.Def[resetRequest]{Name: "reset_requests", Shape: 1}

const (
	resetLife  = time.Hour
	resetPause = 10 * time.Minute
)

// RequestReset asks for a reset link by mail. The answer is the same whether or not the number exists, has an account or an address.
// Errors: Unavailable only.
func (s *Service) RequestReset(ctx context.Context, nip string) error {
	number := digitsOf(nip)
	id, err := s.claims.Owner(ctx, claimNIP, number)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return err
	}
	now := s.now()
	key := s.digest("reset", number)[:32]
	_, err = s.resets.Upsert(ctx, key, func(d *storage.Doc[resetRequest]) error {
		d.Value = resetRequest{Person: ID(id), At: now}
		if d.Due == nil || d.Due.Parked {
			d.Due = storage.NewDue("mail", now)
		}
		return nil
	})
	if err == nil && s.cfg.Wake != nil {
		s.cfg.Wake.Wake(ctx, s.resets.Name(), key)
	}
	return err
}

// MailReset is the chain step "mail" of a reset request: it mails a fresh link, at most one in ten minutes per account, and removes the request.
// Run twice it may mail twice; only the newer link works.
func (s *Service) MailReset(ctx context.Context, id string) error {
	d, err := s.resets.Get(ctx, id)
	if errors.Is(err, faults.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.mailReset(ctx, d.Value.Person); err != nil {
		return err
	}
	err = s.resets.Delete(ctx, id, d.Version)
	if errors.Is(err, faults.NotFound) || errors.Is(err, faults.Conflict) { // asked again meanwhile: the pause answers that
		return nil
	}
	return err
}

// opensByMail says whether a mailed link may set the password. A unit admin or an import may change an address, so a privileged account could be taken
// by having its link sent elsewhere: it needs its second factor beside the link, or else a slip from a system admin (see guardPrivileged).
func (a *account) opensByMail() bool { return !a.hasPrivileged() || a.Second.confirmed() }

func (s *Service) mailReset(ctx context.Context, id ID) error {
	if id == "" || !s.mails() || s.cfg.ResetPath == "" {
		return nil
	}
	p, err := s.person(ctx, id)
	if errors.Is(err, faults.NotFound) || err == nil && p.Email == "" {
		return nil
	}
	if err != nil {
		return err
	}
	now := s.now()
	token := string(id) + "." + s.random(24)
	link := s.cfg.Link(s.cfg.ResetPath + token)
	if link == "" {
		return nil
	}
	trail := storage.Audit{ID: storage.NewID(), At: now, Who: string(id), Role: "self", Verb: "request_reset", Thing: "accounts/" + string(id), About: string(id)}
	d, err := s.accounts.Update(ctx, string(id), func(d *storage.Doc[account]) error {
		if d.Value.Password == "" || d.Value.Blocked != nil || !d.Value.opensByMail() || d.Value.Link != nil && now.Sub(d.Value.Link.At) < resetPause {
			return storage.Unchanged
		}
		d.Value.Link = &resetLink{Hash: hashToken(token), At: now, Until: now.Add(resetLife)}
		d.Trail = append(d.Trail, trail)
		return nil
	})
	if errors.Is(err, faults.NotFound) || err == nil && (d.Value.Link == nil || d.Value.Link.Hash != hashToken(token)) {
		return nil
	}
	if err != nil {
		return err
	}
	lang := d.Value.Lang
	mail := Mail{To: p.Email, At: now, MessageID: s.messageID("reset " + hashToken(token)),
		Subject: texts.T("Atur ulang kata sandi APEL", "Reset your APEL password").In(lang),
		Text: texts.T("Seseorang, mungkin Anda, meminta tautan untuk mengatur ulang kata sandi APEL.\n\nBuka tautan ini dalam satu jam:\n"+link+"\n\nJika bukan Anda, abaikan surel ini; kata sandi Anda tidak berubah.\n",
			"Somebody, perhaps you, asked for a link to reset the APEL password.\n\nOpen this link within one hour:\n"+link+"\n\nIf it was not you, ignore this mail; your password has not changed.\n").In(lang)}
	if err := s.cfg.Mailer.Send(ctx, mail); err != nil {
		// The link was not sent: the next try must not be held back by the pause.
		_, undo := s.accounts.Update(ctx, string(id), func(d *storage.Doc[account]) error {
			if d.Value.Link == nil || d.Value.Link.Hash != hashToken(token) {
				return storage.Unchanged
			}
			d.Value.Link = nil
			return nil
		})
		return errors.Join(err, undo)
	}
	return nil
}

// ResetInput sets a new password with a mailed link.
type ResetInput struct {
	Token    string // what stands in the link
	Password string
	TOTP     string
	Device   string
	Agent    string
}

// Reset sets a new password with a mailed link and logs in. Where a second factor is set up and no code was given, the session is Pending and nothing
// has changed yet: ProveSecond sets the password. The link works once, for an hour. Errors: Unauthenticated, Invalid (the password; the link stays good).
func (s *Service) Reset(ctx context.Context, in ResetInput) (Session, string, error) {
	id, _, _ := strings.Cut(in.Token, ".")
	now := s.now()
	sets := &resetting{By: "link", Proof: hashToken(in.Token),
		Trail: storage.Audit{ID: storage.NewID(), At: now, Who: id, Role: "self", Verb: "reset_password", Thing: "accounts/" + id, About: id}}
	e := &entrant{device: in.Device}
	if id == "" {
		return Session{}, "", sets.refusal()
	}
	if err := s.lookup(ctx, e, id); err != nil {
		return Session{}, "", err
	}
	if !sets.good(&e.acc, now) {
		return Session{}, "", sets.refusal()
	}
	p, err := s.person(ctx, e.acc.Person)
	if err != nil {
		return Session{}, "", err
	}
	if err := checkPassword(in.Password, p.NIP()); err != nil {
		return Session{}, "", err
	}
	leave, err := s.hashing.enter(ctx, shown("own "+id))
	if err != nil {
		return Session{}, "", err
	}
	defer leave()
	if sets.Password, err = hashPassword(in.Password, s.cfg.Rand); err != nil {
		return Session{}, "", err
	}
	return s.reset(ctx, e, in.TOTP, in.Agent, sets)
}
