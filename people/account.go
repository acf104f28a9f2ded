package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// account is how a person gets in. Its id is the person's. Everything that decides a login stands in this one document, so that using a code,
// setting a password and ending older sessions are one write.
type account struct {
	Person          ID             `json:"person"`
	Password        string         `json:"password,omitempty"` // PHC string; "" until activated
	PasswordAt      time.Time      `json:"password_at,omitzero"`
	Generation      int64          `json:"generation"` // sessions of an older generation are over
	Roles           []RoleGrant    `json:"roles,omitempty"`
	TokenEpoch      int64          `json:"token_epoch,omitempty"`     // API tokens of an earlier epoch are revoked
	TokensEnded     time.Time      `json:"tokens_ended,omitzero"`     // when the epoch began
	PrivilegedSince time.Time      `json:"privileged_since,omitzero"` // start of the one grace for setting up the second factor; dropping it starts no other
	Second          *secondFactor  `json:"second,omitempty"`
	Slow            slowdown       `json:"slow,omitzero"`
	OwnSlow         slowdown       `json:"own_slow,omitzero"` // wrong passwords typed in a session
	Devices         []device       `json:"devices,omitempty"`
	Slip            *slip          `json:"slip,omitempty"`
	Link            *resetLink     `json:"link,omitempty"`
	Blocked         *blocked       `json:"blocked,omitempty"`
	LastLogin       time.Time      `json:"last_login,omitzero"`
	Mail            MailPreference `json:"mail,omitempty"`
	Lang            texts.Lang     `json:"lang,omitempty"`
	Stamp           string         `json:"stamp,omitempty"` // import row that wrote the roles last
}

type blocked struct {
	At  time.Time `json:"at"`
	By  string    `json:"by"`
	Why string    `json:"why"`
}

// RoleGrant is one role of a person, with who gave it and why.
type RoleGrant struct {
	Role  string     `json:"role"`
	Unit  UnitID     `json:"unit,omitempty"` // "" for the whole city
	By    string     `json:"by"`
	At    time.Time  `json:"at"`
	Why   string     `json:"why"`
	Until civil.Date `json:"until,omitempty"` // last day
}

func (g RoleGrant) same(h RoleGrant) bool { return g.Role == h.Role && g.Unit == h.Unit }

var accountDef = storage.Def[account]{Name: "accounts", Shape: 1, Indexes: []storage.Index[account]{
	{Name: "accounts", Of: func(d *storage.Doc[account]) ([]string, string) {
		terms := []string{"all"}
		if d.Value.Password != "" {
			terms = append(terms, "activated")
		}
		for _, g := range d.Value.Roles {
			terms = append(terms, "role:"+g.Role)
		}
		return terms, d.ID
	}},
}}

// privileged lists the roles that see or change what is other people's; they need a second factor after the grace.
var privileged = []string{"unit_admin", "training_admin", "placement_analyst", "leader", "signer", "auditor", "dpo", "system_admin"}

// teaching lists the roles a training admin may grant.
var teaching = []string{"author", "reviewer", "marker", "invigilator", "supervisor"}

// Roles lists every role that can be granted, in the order they are shown.
func Roles() []string { return slices.Concat(teaching, privileged) }

// isPrivileged says whether a role needs a second factor.
func isPrivileged(role string) bool { return slices.Contains(privileged, role) }

// RoleText names a role for people.
func RoleText(role string) texts.Text {
	switch role {
	case "learner":
		return texts.T("Pegawai", "Staff")
	case "supervisor":
		return texts.T("Atasan", "Supervisor")
	case "author":
		return texts.T("Penyusun kursus", "Course author")
	case "reviewer":
		return texts.T("Penelaah kursus", "Course reviewer")
	case "marker":
		return texts.T("Penilai tugas", "Marker")
	case "invigilator":
		return texts.T("Pengawas ujian", "Invigilator")
	case "unit_admin":
		return texts.T("Admin unit", "Unit admin")
	case "training_admin":
		return texts.T("Admin diklat", "Training admin")
	case "placement_analyst":
		return texts.T("Analis penempatan", "Placement analyst")
	case "leader":
		return texts.T("Pimpinan", "Leader")
	case "signer":
		return texts.T("Penanda tangan", "Signer")
	case "auditor":
		return texts.T("Auditor", "Auditor")
	case "dpo":
		return texts.T("Pejabat pelindungan data", "Data protection officer")
	case "system_admin":
		return texts.T("Admin sistem", "System admin")
	}
	return texts.T(role, role)
}

func (a *account) hasPrivileged() bool {
	return slices.ContainsFunc(a.Roles, func(g RoleGrant) bool { return isPrivileged(g.Role) })
}

// needsSecond says whether privileged roles are withheld until a second factor is set up.
func (a *account) needsSecond(now time.Time, grace time.Duration) bool {
	return a.hasPrivileged() && !a.Second.confirmed() && now.Sub(a.PrivilegedSince) >= grace
}

// grants gives the roles of the person that count on a day; privileged ones are left out while the second factor is missing.
func (a *account) grants(p Person, day civil.Date, withheld bool) []access.Grant {
	var out []access.Grant
	for _, g := range a.Roles {
		if g.endedBy(p) || g.Until != "" && day > g.Until || withheld && isPrivileged(g.Role) {
			continue
		}
		out = append(out, access.Grant{Role: g.Role, Unit: string(g.Unit)})
	}
	return out
}

func accountThing(p Person) access.Thing {
	return access.Thing{Kind: "account", ID: string(p.ID), Owner: string(p.ID), Units: p.Path}
}

// AccountState is how far a person's account is.
type AccountState string

// The states of an account.
const (
	AccountNone    AccountState = "none"    // no slip yet, or it ran out
	AccountSlip    AccountState = "slip"    // a slip waits to be used
	AccountActive  AccountState = "active"  // a password is set
	AccountBlocked AccountState = "blocked" // blocked by an admin
)

// Account is what may be shown of an account.
type Account struct {
	Person    ID
	State     AccountState
	Roles     []RoleGrant
	SlipUntil time.Time // of a slip that can still be used
	Second    bool      // a second factor is set up
	Codes     int       // recovery codes left
	SetUpBy   time.Time // until when a second factor has to be set up; zero when none is needed or it is set up
	LastLogin time.Time
	Devices   []Device
	Blocked   string // why
	Mail      MailPreference
	Lang      texts.Lang
}

func (s *Service) show(a *account) Account {
	now := s.now()
	out := Account{Person: a.Person, State: AccountNone, Roles: slices.Clone(a.Roles), Second: a.Second.confirmed(), LastLogin: a.LastLogin, Mail: a.Mail, Lang: a.Lang}
	if a.Slip != nil && now.Before(a.Slip.Until) {
		out.State, out.SlipUntil = AccountSlip, a.Slip.Until
	}
	if a.Password != "" {
		out.State = AccountActive
	}
	if a.Blocked != nil {
		out.State, out.Blocked = AccountBlocked, a.Blocked.Why
	}
	if a.Second.confirmed() {
		out.Codes = len(a.Second.Recovery)
	} else if a.hasPrivileged() {
		out.SetUpBy = a.PrivilegedSince.Add(s.cfg.Grace)
	}
	for _, d := range a.Devices {
		out.Devices = append(out.Devices, Device{ID: d.Hash, Agent: d.Agent, FirstAt: d.FirstAt, LastAt: d.LastAt})
	}
	return out
}

// Account shows a person's account. A person without one has the state "none". NotFound when the actor may not see it.
func (s *Service) Account(ctx context.Context, a access.Actor, id ID) (Account, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Account{}, err
	}
	if _, err := s.cfg.Policy.May(a, "view", accountThing(p)); err != nil {
		return Account{}, err
	}
	d, err := s.accounts.Get(ctx, string(id))
	if errors.Is(err, faults.NotFound) {
		return Account{Person: id, State: AccountNone}, nil
	}
	d.Value.Roles = slices.DeleteFunc(slices.Clone(d.Value.Roles), func(g RoleGrant) bool { return g.endedBy(p) })
	return s.show(&d.Value), err
}

// Grant gives a person a role, everywhere or in a unit and below it. Nobody grants to themselves. Audited with its reason; the person is told.
// Safe to call twice. Errors: Invalid, NotFound, Forbidden.
func (s *Service) Grant(ctx context.Context, a access.Actor, id ID, g RoleGrant) (Account, error) {
	p, role, err := s.mayGrant(ctx, a, id, g)
	if err != nil {
		return Account{}, err
	}
	if g.Until != "" && !g.Until.Valid() {
		return Account{}, faults.OnField("until", "Tanggal akhir tidak benar.", "The end date is not right.")
	}
	if err := s.endOld(ctx, p); err != nil {
		return Account{}, err
	}
	g.By, g.At = a.Name(), s.now()
	acc, err := s.changeRoles(ctx, p.ID, "", s.entry(a, role, "grant_role", "accounts/"+string(id), id, g.Why, s.grantName(ctx, g)), []RoleGrant{g}, nil)
	if err != nil {
		return Account{}, err
	}
	s.tell(ctx, NoticeInput{Person: id, Topic: "role." + storage.NewID(), Kind: "role",
		Title: texts.T("Anda mendapat peran baru: "+RoleText(g.Role).ID, "You have a new role: "+RoleText(g.Role).EN), Body: texts.T("Alasan: "+g.Why, "Reason: "+g.Why)})
	return acc, nil
}

// Revoke takes a role away from now on, in running sessions too. Audited with its reason. Safe to call twice. Errors: Invalid, NotFound, Forbidden.
func (s *Service) Revoke(ctx context.Context, a access.Actor, id ID, g RoleGrant) (Account, error) {
	p, role, err := s.mayGrant(ctx, a, id, g)
	if err != nil {
		return Account{}, err
	}
	return s.changeRoles(ctx, p.ID, "", s.entry(a, role, "revoke_role", "accounts/"+string(id), id, g.Why, s.grantName(ctx, g)), nil, []RoleGrant{g})
}

func (s *Service) mayGrant(ctx context.Context, a access.Actor, id ID, g RoleGrant) (Person, string, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return p, "", err
	}
	role, err := s.mayGive(ctx, a, p, g)
	if err != nil {
		return p, "", err
	}
	if !slices.Contains(Roles(), g.Role) {
		return p, "", faults.OnField("role", "Peran ini tidak ada.", "There is no such role.")
	}
	if g.Why == "" {
		return p, "", noReason()
	}
	return p, role, nil
}

// grantName says a grant in words, for the audit trail.
func (s *Service) grantName(ctx context.Context, g RoleGrant) string {
	if g.Unit == "" {
		return RoleText(g.Role).ID
	}
	return RoleText(g.Role).ID + ", " + s.unitName(ctx, g.Unit)
}

// mayGive asks whether the actor may give a person a role, or take it away. What counts is where the role holds, not where the person sits.
func (s *Service) mayGive(ctx context.Context, a access.Actor, p Person, g RoleGrant) (role string, err error) {
	verb := "grant_teaching" // asked for a role that does not exist, too: whoever may give none learns nothing about names
	if slices.Contains(privileged, g.Role) {
		verb = "grant"
	}
	if _, err := s.cfg.Policy.May(a, "view", accountThing(p)); err != nil {
		return "", err
	}
	thing := access.Thing{Kind: "account", ID: string(p.ID), Owner: string(p.ID)}
	if g.Unit != "" {
		if thing.Units, err = s.UnitPath(ctx, g.Unit); err != nil {
			return "", unknownUnit(err)
		}
	}
	if role, err = s.cfg.Policy.May(a, verb, thing); err != nil {
		err = faults.New(faults.Forbidden, "Anda tidak berwenang memberi atau mencabut peran ini, atau mengubah peran Anda sendiri.", "You may not grant or revoke this role, or change your own.")
	}
	return role, err
}

// changeRoles adds and takes away roles in one write; stamp makes an import's write repeatable.
func (s *Service) changeRoles(ctx context.Context, id ID, stamp string, trail storage.Audit, add, remove []RoleGrant) (Account, error) {
	now := s.now()
	d, err := s.accounts.Upsert(ctx, string(id), func(d *storage.Doc[account]) error {
		if stamp != "" && d.Value.Stamp == stamp {
			return storage.Unchanged
		}
		before := slices.Clone(d.Value.Roles)
		d.Value.Person = id
		roles := slices.DeleteFunc(slices.Clone(d.Value.Roles), func(g RoleGrant) bool { return slices.ContainsFunc(remove, g.same) })
		for _, g := range add {
			if i := slices.IndexFunc(roles, g.same); i < 0 {
				roles = append(roles, g)
			} else if roles[i].Until != g.Until {
				roles[i] = g
			}
		}
		if slices.Equal(roles, before) {
			return storage.Unchanged
		}
		if len(roles) > 50 {
			return faults.New(faults.TooLarge, "Terlalu banyak peran untuk satu orang. Cabut dahulu yang tidak diperlukan.", "Too many roles for one person. Take away those that are not needed.")
		}
		d.Value.Roles = roles
		if !d.Value.hasPrivileged() {
			d.Value.PrivilegedSince = time.Time{}
		} else if d.Value.PrivilegedSince.IsZero() {
			d.Value.PrivilegedSince = now
		}
		if stamp != "" {
			d.Value.Stamp = stamp
		}
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return s.show(&d.Value), err
}

// Block keeps a person out, running sessions included, with a reason; "" as why lets them in again. Nobody blocks themselves. Safe to call twice.
func (s *Service) Block(ctx context.Context, a access.Actor, id ID, why string) error {
	return s.block(ctx, a, id, why, true)
}

// Unblock lets a blocked person in again. Safe to call twice.
func (s *Service) Unblock(ctx context.Context, a access.Actor, id ID, why string) error {
	return s.block(ctx, a, id, why, false)
}

func (s *Service) block(ctx context.Context, a access.Actor, id ID, why string, on bool) error {
	p, err := s.person(ctx, id)
	if err != nil {
		return err
	}
	role, err := s.cfg.Policy.May(a, "block", accountThing(p))
	if err != nil {
		return err
	}
	if why == "" {
		return faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	}
	verb := map[bool]string{true: "block_account", false: "unblock_account"}[on]
	trail, now := s.entry(a, role, verb, "accounts/"+string(id), id, why, ""), s.now()
	_, err = s.accounts.Upsert(ctx, string(id), func(d *storage.Doc[account]) error {
		if (d.Value.Blocked != nil) == on {
			return storage.Unchanged
		}
		d.Value.Person = id
		d.Value.Blocked = nil
		if on {
			d.Value.Blocked = &blocked{At: now, By: a.Name(), Why: why}
			d.Value.Generation++
		}
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return err
}
