package people

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// LoginInput is what somebody types to get in. It comes from a POST body only.
type LoginInput struct {
	NIP      string
	Password string
	TOTP     string // code of the second factor or a recovery code; "" asks for it afterwards (Session.Pending)
	Device   string // the device cookie, "" when there is none
	Agent    string // what the browser says it is
	From     netip.Addr
}

func wrongLogin() error {
	return faults.New(faults.Unauthenticated, "NIP/NI atau kata sandi tidak cocok.", "The NIP/NI or the password does not match.")
}

// Login opens a session. The token goes into a cookie and is not stored; Session.Device is the device cookie to set when it is not "".
// When a second factor is set up and no code was given, the session is Pending and opens nothing but ProveSecond.
// Errors: Unauthenticated (never telling whether the number exists), TooMany (with the time to try again), Forbidden (blocked; only after the right
// password), Unavailable (queue).
func (s *Service) Login(ctx context.Context, in LoginInput) (Session, string, error) {
	e, err := s.approach(ctx, in.NIP, in.Device, in.From)
	if err != nil {
		return Session{}, "", err
	}
	defer e.leave()
	hash := e.acc.Password
	if hash == "" {
		hash = nobody()
	}
	ok, stale := verifyPassword(hash, in.Password)
	if !ok || e.acc.Password == "" {
		return Session{}, "", s.fail(ctx, e, wrongLogin())
	}
	fresh := ""
	if stale {
		if fresh, err = hashPassword(in.Password, s.cfg.Rand); err != nil {
			return Session{}, "", err
		}
	}
	return s.admit(ctx, e, in.TOTP, in.Agent, nil, func(d *storage.Doc[account]) error {
		if d.Value.Password != e.acc.Password {
			return wrongLogin() // changed while we hashed
		}
		if fresh != "" {
			d.Value.Password = fresh
		}
		return nil
	})
}

// entrant is somebody at the door, holding a place in the hashing queue.
type entrant struct {
	key    string // digest of the number as typed
	device string
	acc    account // zero when there is none
	known  bool    // the browser has logged in to this account before
	own    bool    // somebody in a session asks
	leave  func()
}

// approach finds the account, waits for a place in the queue, and then refuses who has to wait: after the queue, so that many tries at once count
// like many tries in a row.
func (s *Service) approach(ctx context.Context, nip, deviceToken string, from netip.Addr) (*entrant, error) {
	if err := s.cfg.DB.Writable(); err != nil { // a session is a write: say why nobody gets in before anything is asked
		return nil, err
	}
	number := digitsOf(nip)
	e := &entrant{key: s.digest("stranger", number), device: deviceToken}
	id, err := s.claims.Owner(ctx, claimNIP, number)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return nil, err
	}
	// A first look before the queue spares the hashing for those who have to wait anyway.
	if err := s.lookup(ctx, e, id); err != nil {
		return nil, err
	}
	t := stranger(from, e.key)
	if e.known {
		t = e.knownTicket()
	}
	leave, err := s.hashing.enter(ctx, t)
	if err != nil {
		return nil, err
	}
	e.leave = leave
	if err := s.lookup(ctx, e, id); err != nil {
		leave()
		return nil, err
	}
	return e, nil
}

// knownTicket is for a browser that is known: others who know the number cannot fill its place.
func (e *entrant) knownTicket() ticket { return shown("device " + hashToken(e.device)) }

func (s *Service) lookup(ctx context.Context, e *entrant, id string) error {
	now := s.now()
	e.acc, e.known = account{}, false
	if id != "" {
		d, err := s.accounts.Get(ctx, id)
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		e.acc = d.Value
	}
	slow := e.acc.Slow
	if e.acc.Person == "" {
		slow = s.strangers.get(e.key)
	}
	if e.own {
		slow = e.acc.OwnSlow
	} else if i := e.acc.device(e.device); i >= 0 {
		e.known = true
		slow = e.acc.Devices[i].Slow
	}
	if slow.wait(now) > 0 {
		return s.tooSoon(slow.Until)
	}
	return nil
}

// fail counts a failure and returns the refusal.
func (s *Service) fail(ctx context.Context, e *entrant, refusal error) error {
	now := s.now()
	if e.acc.Person == "" {
		s.strangers.failed(e.key, now)
		return refusal
	}
	_, err := s.accounts.Update(ctx, string(e.acc.Person), func(d *storage.Doc[account]) error {
		if e.own {
			d.Value.OwnSlow = d.Value.OwnSlow.failed(now, true)
		} else if i := d.Value.device(e.device); i >= 0 {
			d.Value.Devices[i].Slow = d.Value.Devices[i].Slow.failed(now, true)
		} else {
			d.Value.Slow = d.Value.Slow.failed(now, false)
		}
		return nil
	})
	return errors.Join(refusal, err)
}

// admit opens the session of somebody whose password or code was right: change and the bookkeeping of the login are one write. While a second factor is
// asked for, nothing is written but a pending session; sets is what its proof sets beside, nil for a plain login. Failures of strangers are not
// forgotten because somebody else got in: they lapse by themselves.
func (s *Service) admit(ctx context.Context, e *entrant, code, agent string, sets *resetting, change func(*storage.Doc[account]) error) (Session, string, error) {
	if e.acc.Blocked != nil {
		return Session{}, "", faults.New(faults.Forbidden, "Akun ini ditutup. Hubungi admin unit Anda.", "This account is closed. Ask your unit admin.")
	}
	agent = shorten(agent, 120)
	if e.acc.Second.confirmed() && code == "" {
		return s.openSession(ctx, &e.acc, agent, "", true, sets)
	}
	now, newDevice, token := s.now(), "", e.device
	if !e.known {
		newDevice = s.random(20)
		token = newDevice
	}
	d, err := s.accounts.Update(ctx, string(e.acc.Person), func(d *storage.Doc[account]) error {
		if d.Value.Second.confirmed() != e.acc.Second.confirmed() {
			return wrongLogin() // set up or dropped while we hashed
		}
		if err := change(d); err != nil {
			return err
		}
		if err := s.spendCode(d, code, now); err != nil {
			return err
		}
		d.Value.LastLogin = now
		d.Value.remember(token, agent, now)
		return nil
	})
	if errors.Is(err, faults.Unauthenticated) {
		return Session{}, "", s.fail(ctx, e, err)
	}
	if err != nil {
		return Session{}, "", err
	}
	return s.openSession(ctx, &d.Value, agent, newDevice, false, nil)
}

// ProveSecond finishes a pending login with a code of the second factor or a recovery code; a password that a slip or a mailed link was to set is set in
// the same write. It gives a new session token; the pending one is over.
// Errors: Unauthenticated, TooMany.
func (s *Service) ProveSecond(ctx context.Context, token, code, deviceToken string) (Session, string, error) {
	d, err := s.sessions.Get(ctx, hashToken(token))
	if errors.Is(err, faults.NotFound) || err == nil && (!d.Value.Pending || !s.now().Before(d.Value.Until)) {
		return Session{}, "", faults.Unauthenticated
	}
	if err != nil {
		return Session{}, "", err
	}
	e := &entrant{device: deviceToken}
	if err := s.lookup(ctx, e, string(d.Value.Person)); err != nil {
		return Session{}, "", err
	}
	// The queue again, as at the door: many codes tried at once count like many in a row.
	t := shown("second " + string(d.Value.Person))
	if e.known {
		t = e.knownTicket()
	}
	leave, err := s.hashing.enter(ctx, t)
	if err != nil {
		return Session{}, "", err
	}
	defer leave()
	if err := s.lookup(ctx, e, string(d.Value.Person)); err != nil {
		return Session{}, "", err
	}
	if e.acc.Generation != d.Value.Generation || e.acc.Person == "" {
		return Session{}, "", faults.Unauthenticated
	}
	if code == "" {
		return Session{}, "", faults.OnField("totp", "Ketik kode enam angka dari aplikasi kode di ponsel Anda.", "Type the 6-digit code of the authenticator app.")
	}
	sets := d.Value.Sets
	out, fresh, err := s.admit(ctx, e, code, d.Value.Agent, nil, func(x *storage.Doc[account]) error {
		if sets == nil {
			return nil
		}
		return sets.apply(x, s.now())
	})
	if err != nil {
		return out, "", err
	}
	if sets != nil && e.acc.Password != "" {
		s.tellReset(ctx, e.acc.Person, sets.Trail.ID)
	}
	return out, fresh, s.dropSession(ctx, d.ID)
}

// Confirm asks the password again in a running session and makes the session's actor Recent for ten minutes. Errors: Unauthenticated, TooMany.
func (s *Service) Confirm(ctx context.Context, token, password string) error {
	a, session, err := s.SessionActor(ctx, token)
	if err != nil {
		return err
	}
	if err := s.checkOwn(ctx, ID(a.Person), password); err != nil {
		return err
	}
	now := s.now()
	_, err = s.sessions.Update(ctx, session.ID, func(d *storage.Doc[Session]) error {
		d.Value.ProvedAt = now
		return nil
	})
	return err
}

// checkOwn checks the password of somebody who is logged in already; failures count apart from those at the door, so
// that strangers there do not keep the owner waiting here.
func (s *Service) checkOwn(ctx context.Context, id ID, password string) error {
	e := &entrant{own: true}
	if err := s.lookup(ctx, e, string(id)); err != nil {
		return err
	}
	leave, err := s.hashing.enter(ctx, shown("own "+string(id)))
	if err != nil {
		return err
	}
	defer leave()
	if err := s.lookup(ctx, e, string(id)); err != nil {
		return err
	}
	if ok, _ := verifyPassword(e.acc.Password, password); !ok {
		return s.fail(ctx, e, faults.OnField("password", "Kata sandi tidak cocok.", "The password does not match."))
	}
	return nil
}

// ChangePassword sets a new password after asking the old one. Every other session ends; the one of token goes on.
// Errors: Unauthenticated, Invalid (field password or new), TooMany.
func (s *Service) ChangePassword(ctx context.Context, token, old, new string) error {
	a, session, err := s.SessionActor(ctx, token)
	if err != nil {
		return err
	}
	p, err := s.person(ctx, ID(a.Person))
	if err != nil {
		return err
	}
	if err := checkPassword(new, p.NIP()); err != nil {
		return err
	}
	if err := s.checkOwn(ctx, p.ID, old); err != nil {
		return err
	}
	leave, err := s.hashing.enter(ctx, shown("own "+a.Person))
	if err != nil {
		return err
	}
	defer leave()
	hash, err := hashPassword(new, s.cfg.Rand)
	if err != nil {
		return err
	}
	now, trail := s.now(), s.entry(a, "self", "change_password", "accounts/"+a.Person, p.ID, "", "")
	d, err := s.accounts.Update(ctx, a.Person, func(d *storage.Doc[account]) error {
		d.Value.Password, d.Value.PasswordAt = hash, now
		d.Value.Slip, d.Value.Link = nil, nil
		d.Value.Generation++
		d.Trail = append(d.Trail, trail)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.sessions.Update(ctx, session.ID, func(x *storage.Doc[Session]) error {
		x.Value.Generation, x.Value.ProvedAt = d.Value.Generation, now
		return nil
	})
	return err
}

// recentFor is how long a typed password counts as recent.
const recentFor = 10 * time.Minute

func mustBeRecent(a access.Actor) error {
	if a.Recent || a.IsSystem() {
		return nil
	}
	return faults.New(faults.Forbidden, "Untuk ini ketik ulang kata sandi Anda dahulu.", "Type your password again before doing this.").
		With("password", "Ketik ulang kata sandi Anda.", "Type your password again.")
}
