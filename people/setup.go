package people

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// setup is the one-time link of the first system admin of an empty folder. Person is set by the first use, which alone may go on.
type setup struct {
	Hash   string    `json:"hash"`
	Until  time.Time `json:"until"`
	Person ID        `json:"person,omitempty"`
}

var setupDef = storage.Def[setup]{Name: "setup", Shape: 1}

const (
	setupID   = "first"
	setupLife = 24 * time.Hour
)

func (s *Service) anyAccount(ctx context.Context) (bool, error) {
	p, err := s.accounts.Find(ctx, storage.Query{Index: "accounts", Term: "activated", Limit: 1, Bare: true})
	return len(p.Docs) > 0, err
}

// Empty says whether nobody has an account yet, so that the program offers the set-up link.
func (s *Service) Empty(ctx context.Context) (bool, error) {
	any, err := s.anyAccount(ctx)
	return !any, err
}

// SetupToken makes the one-time token of the first system admin's link; an older token is void. Only the program itself may ask for it, and only
// while nobody has an account. Errors: Forbidden, Conflict.
func (s *Service) SetupToken(ctx context.Context, a access.Actor) (string, error) {
	if !a.IsSystem() {
		return "", faults.Forbidden
	}
	if any, err := s.anyAccount(ctx); err != nil || any {
		return "", errors.Join(err, alreadySetUp(any))
	}
	token, now := s.random(24), s.now()
	_, err := s.setups.Upsert(ctx, setupID, func(d *storage.Doc[setup]) error {
		d.Value = setup{Hash: hashToken(token), Until: now.Add(setupLife)}
		return nil
	})
	return token, err
}

func alreadySetUp(yes bool) error {
	if !yes {
		return nil
	}
	return faults.New(faults.Conflict, "Penyiapan pertama sudah selesai. Masuk dengan akun yang ada.", "The first set-up is done. Log in with an account.")
}

// SetUpInput makes the first system admin.
type SetUpInput struct {
	Token    string
	NIP      string
	Name     string
	Password string
	Agent    string
}

// CheckSetup says whether a set-up token can still be used, for showing the form. Errors: Unauthenticated, Conflict.
func (s *Service) CheckSetup(ctx context.Context, token string) error {
	if any, err := s.anyAccount(ctx); err != nil || any {
		return errors.Join(err, alreadySetUp(any))
	}
	d, err := s.setups.Get(ctx, setupID)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return err
	}
	if err != nil || !s.now().Before(d.Value.Until) || subtle.ConstantTimeCompare([]byte(d.Value.Hash), []byte(hashToken(token))) != 1 {
		return faults.New(faults.Unauthenticated, "Tautan penyiapan tidak berlaku. Jalankan ulang program untuk mendapatkan yang baru.", "This set-up link is not valid. Restart the program for a new one.")
	}
	return nil
}

// SetUp registers the first person with an account and the role system admin, and logs in. It works once, while nobody has an account; the same
// person may repeat it after a crash halfway. Errors: Unauthenticated (token), Conflict, Invalid (field nip, name or password).
func (s *Service) SetUp(ctx context.Context, in SetUpInput) (Session, string, error) {
	if err := s.CheckSetup(ctx, in.Token); err != nil {
		return Session{}, "", err
	}
	n, _, err := s.cfg.NIP().Parse(in.NIP, s.today())
	if err != nil {
		return Session{}, "", err
	}
	d := Details{Name: in.Name, Status: PNS}
	if n.Kind() == KindNI {
		d.Status = PPPK
	}
	d = d.clean()
	if err := invalid(s.checkDetails(d, n)); err != nil {
		return Session{}, "", err
	}
	if err := checkPassword(in.Password, n); err != nil {
		return Session{}, "", err
	}
	// 1. The first use decides who it is: somebody registered already, or a new person under an id that stands before the person does.
	id := ID(storage.NewID())
	if p, err := s.LookByNIP(ctx, string(n)); err == nil {
		id = p.ID
	} else if !errors.Is(err, faults.NotFound) {
		return Session{}, "", err
	}
	st, err := s.setups.Update(ctx, setupID, func(d *storage.Doc[setup]) error {
		if d.Value.Person == "" {
			d.Value.Person = id
			return nil
		}
		return storage.Unchanged
	})
	if err != nil {
		return Session{}, "", err
	}
	by := access.System("setup")
	// 2. The person.
	if id != st.Value.Person {
		id = st.Value.Person
		if owner, err := s.claims.Owner(ctx, claimNIP, string(n)); err == nil && owner != string(id) {
			return Session{}, "", alreadySetUp(true)
		}
	}
	p, err := s.person(ctx, id)
	if errors.Is(err, faults.NotFound) {
		p, err = s.addPerson(ctx, Person{ID: id, Details: d, Identities: []Identity{{Kind: n.Kind(), Number: n}}}, s.entry(by, "system", "add_person", "people/"+string(id), id, "penyiapan pertama", ""))
	}
	if err != nil {
		return Session{}, "", err
	}
	if p.NIP() != n {
		return Session{}, "", alreadySetUp(true)
	}
	// 3. The account: inserted once, so of two at the same time one wins.
	leave, err := s.hashing.enter(ctx, shown("own "+string(id)))
	if err != nil {
		return Session{}, "", err
	}
	defer leave()
	hash, err := hashPassword(in.Password, s.cfg.Rand)
	if err != nil {
		return Session{}, "", err
	}
	now, trail := s.now(), s.entry(by, "system", "set_up", "accounts/"+string(id), id, "penyiapan pertama", "system_admin")
	device := s.random(20)
	acc, err := s.accounts.Upsert(ctx, string(id), func(d *storage.Doc[account]) error {
		if d.Value.Password != "" {
			return alreadySetUp(true)
		}
		d.Value.Person = id
		d.Value.Roles = append(slices.Clone(d.Value.Roles), RoleGrant{Role: "system_admin", By: by.Name(), At: now, Why: "penyiapan pertama"})
		d.Value.PrivilegedSince, d.Value.LastLogin = now, now
		d.Value.remember(device, shorten(in.Agent, 120), now)
		setPassword(d, hash, now, trail)
		return nil
	})
	if err != nil {
		return Session{}, "", err
	}
	return s.openSession(ctx, &acc.Value, shorten(in.Agent, 120), device, false, nil)
}
