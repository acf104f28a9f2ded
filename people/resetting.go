package people

import (
	"context"
	"crypto/subtle"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// resetting is a password set without the old one, by a slip or a mailed link. A pending session carries it until the second factor is proved: until
// then nothing of the account changes, and the slip or link stays good.
type resetting struct {
	By       string        `json:"by"`       // "slip" or "link"
	Proof    string        `json:"proof"`    // digest of the slip's code or hash of the link's token
	Password string        `json:"password"` // hashed
	Trail    storage.Audit `json:"trail"`
}

// good says whether the slip or link still opens the account.
func (r *resetting) good(acc *account, now time.Time) bool {
	if r.By == "link" {
		x := acc.Link
		return x != nil && acc.opensByMail() && now.Before(x.Until) && subtle.ConstantTimeCompare([]byte(x.Hash), []byte(r.Proof)) == 1
	}
	x := acc.Slip
	return x != nil && (x.Guarded || !acc.hasPrivileged()) && now.Before(x.Until) && subtle.ConstantTimeCompare([]byte(x.Digest), []byte(r.Proof)) == 1
}

func (r *resetting) refusal() error {
	if r.By == "link" {
		return faults.New(faults.Unauthenticated, "Tautan ini sudah dipakai atau kedaluwarsa. Minta yang baru.", "This link was used or ran out. Ask for a new one.")
	}
	return faults.New(faults.Unauthenticated, "NIP/NI dan kode slip tidak cocok, atau kodenya sudah dipakai atau kedaluwarsa. Minta slip baru kepada admin unit Anda.",
		"The NIP and the code do not match, or the code was used or ran out. Ask your unit admin for a new slip.")
}

// apply sets the password if the slip or link is still good.
func (r *resetting) apply(d *storage.Doc[account], now time.Time) error {
	if !r.good(&d.Value, now) {
		return r.refusal()
	}
	setPassword(d, r.Password, now, r.Trail)
	return nil
}

// setPassword sets a password without asking the old one. Whoever held the account before is out in the same write: sessions end, API tokens are revoked.
func setPassword(d *storage.Doc[account], hash string, now time.Time, trail storage.Audit) {
	if d.Value.Password != "" {
		d.Value.TokenEpoch++
		d.Value.TokensEnded = now
	}
	d.Value.Password, d.Value.PasswordAt = hash, now
	d.Value.Slip, d.Value.Link = nil, nil
	d.Value.Generation++
	d.Trail = append(d.Trail, trail)
}

// reset logs in somebody whose slip or link is good.
func (s *Service) reset(ctx context.Context, e *entrant, code, agent string, sets *resetting) (Session, string, error) {
	session, token, err := s.admit(ctx, e, code, agent, sets, func(d *storage.Doc[account]) error { return sets.apply(d, s.now()) })
	if err == nil && !session.Pending && e.acc.Password != "" {
		s.tellReset(ctx, e.acc.Person, sets.Trail.ID)
	}
	return session, token, err
}

// tellReset tells somebody that their password was replaced, so that a takeover is noticed.
func (s *Service) tellReset(ctx context.Context, id ID, entry string) {
	s.tell(ctx, NoticeInput{Person: id, Topic: "reset." + entry, Kind: "account", Urgent: true,
		Title: texts.T("Kata sandi akun Anda diatur ulang", "Your account's password was reset"),
		Body: texts.T("Semua sesi berakhir dan semua token API dicabut. Jika bukan Anda yang mengatur ulang, segera hubungi admin unit Anda.",
			"All sessions ended and all API tokens were revoked. If it was not you, contact your unit admin at once.")})
}
