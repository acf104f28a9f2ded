package people_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// A unit admin or an import may write somebody's address; the reset link of a privileged account must not follow it.
func TestPrivilegedAccountIsNotResetByMailAlone(t *testing.T) {
	box := &mailbox{}
	c := newCity(t, func(cfg *people.Config) {
		cfg.Mailer, cfg.ResetPath = box, "/sandi/"
		cfg.Link = func(p string) string { return "https://apel.example" + p }
	})
	ani, budi := c.person(nipAni, "Ani", ""), c.person(nipBudi, "Budi", "")
	session, token := c.activate(ani)
	mail := func() string {
		t.Helper()
		box.sent = nil
		must(t, c.RequestReset(c.ctx, nipAni))
		ready, err := c.db.Ready(c.ctx, "reset_requests", c.clock.Now(), 10)
		must(t, err)
		for _, w := range ready {
			must(t, c.MailReset(c.ctx, w.ID))
		}
		if len(box.sent) == 0 {
			return ""
		}
		_, link, _ := strings.Cut(box.sent[0].Text, "https://apel.example/sandi/")
		link, _, _ = strings.Cut(link, "\n")
		return link
	}
	_, err := c.SetEmail(c.ctx, as(ani), ani.ID, "ani@contoh.example")
	must(t, err)
	before := mail()
	if before == "" {
		t.Fatal("no link for an ordinary account")
	}
	for _, role := range []string{"system_admin", "auditor"} {
		_, err := c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: role, Why: "uji"})
		must(t, err)
	}
	_, err = c.Grant(c.ctx, root, budi.ID, people.RoleGrant{Role: "training_admin", Why: "uji"})
	must(t, err)
	trainer := as(budi, access.Grant{Role: "training_admin"})
	_, err = c.SetEmail(c.ctx, trainer, ani.ID, "budi@contoh.example")
	must(t, err)
	_, _, err = c.Reset(c.ctx, people.ResetInput{Token: before, Password: "sapi makan rumput kering"})
	wants(t, err, faults.Unauthenticated)
	c.clock.Add(11 * time.Minute)
	if mail() != "" {
		t.Error("a link of a privileged account was mailed although it has no second factor")
	}
	// With a second factor the link alone opens nothing.
	a, _, err := c.SessionActor(c.ctx, token)
	must(t, err)
	if !a.Recent {
		must(t, c.Confirm(c.ctx, token, secret))
		a, _, err = c.SessionActor(c.ctx, token)
		must(t, err)
	}
	set, err := c.BeginSecond(c.ctx, a, "APEL")
	must(t, err)
	code, err := totp.GenerateCode(set.Secret, c.clock.Now())
	must(t, err)
	_, err = c.ConfirmSecond(c.ctx, a, code)
	must(t, err)
	link := mail()
	half, _, err := c.Reset(c.ctx, people.ResetInput{Token: link, Password: "sapi makan rumput kering", Device: session.Device})
	must(t, err)
	if !half.Pending {
		t.Error("a mailed link went past the second factor")
	}
}

// A reset on an account with a second factor changes nothing until the factor is proved: password, sessions, tokens and the link itself stay.
func TestResetWaitsForTheSecondFactor(t *testing.T) {
	box := &mailbox{}
	c := newCity(t, func(cfg *people.Config) {
		cfg.Mailer, cfg.ResetPath = box, "/sandi/"
		cfg.Link = func(p string) string { return "https://apel.example" + p }
	})
	ani := c.person(nipAni, "Ani", "")
	session, token := c.activate(ani)
	_, err := c.SetEmail(c.ctx, as(ani), ani.ID, "ani@contoh.example")
	must(t, err)
	a, _, err := c.SessionActor(c.ctx, token)
	must(t, err)
	set, err := c.BeginSecond(c.ctx, a, "APEL")
	must(t, err)
	code := func() string {
		t.Helper()
		c.clock.Add(time.Minute)
		s, err := totp.GenerateCode(set.Secret, c.clock.Now())
		must(t, err)
		return s
	}
	recovery, err := c.ConfirmSecond(c.ctx, a, code())
	must(t, err)
	_, script, err := c.AddToken(c.ctx, a, "skrip", nil, 30)
	must(t, err)

	byLink := func(password, code string) (people.Session, string, error) {
		t.Helper()
		c.clock.Add(11 * time.Minute)
		box.sent = nil
		must(t, c.RequestReset(c.ctx, nipAni))
		ready, err := c.db.Ready(c.ctx, "reset_requests", c.clock.Now(), 10)
		must(t, err)
		must(t, c.MailReset(c.ctx, ready[0].ID))
		_, link, _ := strings.Cut(box.sent[0].Text, "https://apel.example/sandi/")
		link, _, _ = strings.Cut(link, "\n")
		return c.Reset(c.ctx, people.ResetInput{Token: link, Password: password, TOTP: code, Device: session.Device})
	}
	bySlip := func(password, code string) (people.Session, string, error) {
		t.Helper()
		slip, err := c.IssueSlip(c.ctx, root, ani.ID, "lupa")
		must(t, err)
		return c.Activate(c.ctx, people.ActivateInput{NIP: nipAni, Code: slip.Code, Password: password, TOTP: code, Device: session.Device})
	}
	unchanged := func(what, password string) {
		t.Helper()
		if _, _, err := c.SessionActor(c.ctx, token); err != nil {
			t.Errorf("%s ended the session: %v", what, err)
		}
		if _, err := c.TokenActor(c.ctx, script); err != nil {
			t.Errorf("%s revoked the token: %v", what, err)
		}
		if half, _, err := c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: password, Device: session.Device}); err != nil || !half.Pending {
			t.Errorf("%s changed the password: %v", what, err)
		}
	}
	old := secret
	for i, x := range []struct {
		name string
		how  func(password, code string) (people.Session, string, error)
	}{{"a mailed link", byLink}, {"a slip", bySlip}} {
		fresh := "sapi makan rumput kering " + x.name
		half, pending, err := x.how(fresh, "")
		must(t, err)
		if !half.Pending {
			t.Fatalf("%s went past the second factor", x.name)
		}
		unchanged(x.name, old)
		_, _, err = c.ProveSecond(c.ctx, pending, "000000", session.Device)
		wants(t, err, faults.Unauthenticated)
		unchanged(x.name+" with a wrong code", old)
		_, _, err = x.how(fresh, "000000")
		wants(t, err, faults.Unauthenticated)
		unchanged(x.name+" with a wrong code beside it", old)

		_, pending, err = x.how(fresh, "")
		must(t, err)
		_, next, err := c.ProveSecond(c.ctx, pending, recovery[i], session.Device)
		must(t, err)
		if _, _, err := c.SessionActor(c.ctx, token); !errors.Is(err, faults.Unauthenticated) {
			t.Errorf("after %s the old session acts: %v", x.name, err)
		}
		if _, err := c.TokenActor(c.ctx, script); !errors.Is(err, faults.Unauthenticated) {
			t.Errorf("after %s the old token acts: %v", x.name, err)
		}
		token, old = next, fresh
		must(t, c.Confirm(c.ctx, token, fresh))
		a, _, err = c.SessionActor(c.ctx, token)
		must(t, err)
		_, script, err = c.AddToken(c.ctx, a, "skrip", nil, 30)
		must(t, err)
	}
}

// A slip printed by a unit admin before its owner was promoted does not open the promoted account.
func TestOldSlipDoesNotOpenPromotedAccount(t *testing.T) {
	c := newCity(t)
	ani, budi := c.person(nipAni, "Ani", ""), c.person(nipBudi, "Budi", "")
	_, err := c.Grant(c.ctx, root, budi.ID, people.RoleGrant{Role: "training_admin", Why: "uji"})
	must(t, err)
	trainer := as(budi, access.Grant{Role: "training_admin"})
	old, err := c.IssueSlip(c.ctx, trainer, ani.ID, "")
	must(t, err)
	_, err = c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: "system_admin", Why: "uji"})
	must(t, err)
	_, _, err = c.Activate(c.ctx, people.ActivateInput{NIP: nipAni, Code: old.Code, Password: secret})
	wants(t, err, faults.Unauthenticated)
	fresh, err := c.IssueSlip(c.ctx, root, ani.ID, "")
	must(t, err)
	_, _, err = c.Activate(c.ctx, people.ActivateInput{NIP: nipAni, Code: fresh.Code, Password: secret})
	must(t, err)
}

// Codes of the second factor tried all at once are slowed down like codes tried one after the other.
func TestSecondFactorIsNotGuessedInParallel(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	_, token := c.activate(ani)
	a, _, err := c.SessionActor(c.ctx, token)
	must(t, err)
	set, err := c.BeginSecond(c.ctx, a, "APEL")
	must(t, err)
	code, err := totp.GenerateCode(set.Secret, c.clock.Now())
	must(t, err)
	_, err = c.ConfirmSecond(c.ctx, a, code)
	must(t, err)
	_, pending, err := c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret})
	must(t, err)
	var wg sync.WaitGroup
	errs := make([]error, 60)
	for i := range errs {
		wg.Go(func() { _, _, errs[i] = c.ProveSecond(c.ctx, pending, "000000", "") })
	}
	wg.Wait()
	looked := 0
	for _, err := range errs {
		if errors.Is(err, faults.Unauthenticated) {
			looked++
		} else if !errors.Is(err, faults.TooMany) {
			t.Error(err)
		}
	}
	if looked > 5+3 { // the free failures and who stood in the queue already
		t.Errorf("%d of %d codes were looked at", looked, len(errs))
	}
}

// An API token takes over no account, its person's or another's, whatever roles it holds: it sets no address to which links that open accounts go, makes no
// slip, gives no role, drops no second factor, keeps nobody out, and carries none of that in a file.
func TestTokenTakesOverNoAccount(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	ani, budi := c.person(nipAni, "Ani", "DINAS"), c.person(nipBudi, "Budi", "DINAS")
	_, session := c.activate(ani)
	roles := []string{"system_admin", "training_admin"}
	for _, r := range roles {
		_, err := c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: r, Why: "uji"})
		must(t, err)
	}
	self, _, err := c.SessionActor(c.ctx, session)
	must(t, err)
	_, secret, err := c.AddToken(c.ctx, self, "skrip", roles, 30)
	must(t, err)
	token, err := c.TokenActor(c.ctx, secret)
	must(t, err)
	if !token.Has("system_admin") || !token.Token {
		t.Fatalf("the token is %+v", token)
	}
	file := func(who access.Actor, kind people.ImportKind, csv string) people.Import {
		t.Helper()
		p, err := c.CheckImport(c.ctx, who, people.ImportInput{Kind: kind, Name: "berkas.csv", Sheet: table(t, csv)})
		must(t, err)
		return p
	}
	const addresses = "nip,name,status,unit,email\n" + nipBudi + ",Budi,PNS,DINAS,maling@contoh.example\n"
	const grants = "nip,role,unit,why\n" + nipBudi + ",system_admin,,uji\n"
	planned := file(self, people.ImportRoles, grants)
	details := func(id people.ID) people.Details {
		p, err := c.Person(c.ctx, root, id)
		must(t, err)
		d := p.Details
		d.Email = "maling@contoh.example"
		return d
	}
	recent := token
	recent.Recent = true // even so
	for name, do := range map[string]func(access.Actor) error{
		"own address": func(a access.Actor) error {
			_, err := c.SetEmail(c.ctx, a, ani.ID, "maling@contoh.example")
			return err
		},
		"somebody's address": func(a access.Actor) error {
			_, err := c.SetEmail(c.ctx, a, budi.ID, "maling@contoh.example")
			return err
		},
		"address in an edit": func(a access.Actor) error {
			_, err := c.EditPerson(c.ctx, a, budi.ID, 0, details(budi.ID), "uji")
			return err
		},
		"address of somebody new": func(a access.Actor) error {
			_, _, err := c.AddPerson(c.ctx, a, people.PersonInput{NIP: nipCitra, Details: details(budi.ID)})
			return err
		},
		"address with a number": func(a access.Actor) error {
			_, err := c.Renumber(c.ctx, a, budi.ID, 0, people.Renumbering{NIP: nipCitra, Details: details(budi.ID), Why: "uji"})
			return err
		},
		"slip":  func(a access.Actor) error { _, err := c.IssueSlip(c.ctx, a, budi.ID, "uji"); return err },
		"slips": func(a access.Actor) error { _, err := c.IssueSlips(c.ctx, a, budi.Unit, true); return err },
		"role": func(a access.Actor) error {
			_, err := c.Grant(c.ctx, a, budi.ID, people.RoleGrant{Role: "author", Why: "uji"})
			return err
		},
		"role taken": func(a access.Actor) error {
			_, err := c.Revoke(c.ctx, a, budi.ID, people.RoleGrant{Role: "author", Why: "uji"})
			return err
		},
		"second factor":      func(a access.Actor) error { return c.DropSecond(c.ctx, a, budi.ID, "uji") },
		"own factor":         func(a access.Actor) error { return c.DropSecond(c.ctx, a, ani.ID, "") },
		"new factor":         func(a access.Actor) error { _, err := c.BeginSecond(c.ctx, a, "APEL"); return err },
		"factor confirmed":   func(a access.Actor) error { _, err := c.ConfirmSecond(c.ctx, a, "123456"); return err },
		"block":              func(a access.Actor) error { return c.Block(c.ctx, a, budi.ID, "uji") },
		"unblock":            func(a access.Actor) error { return c.Unblock(c.ctx, a, budi.ID, "uji") },
		"own sessions":       func(a access.Actor) error { return c.EndSessions(c.ctx, a, ani.ID, "") },
		"sessions":           func(a access.Actor) error { return c.EndSessions(c.ctx, a, budi.ID, "uji") },
		"mail":               func(a access.Actor) error { return c.Prefer(c.ctx, a, people.MailOff, "id") },
		"token":              func(a access.Actor) error { _, _, err := c.AddToken(c.ctx, a, "anak", nil, 30); return err },
		"a plan of a person": func(a access.Actor) error { _, err := c.AcceptImport(c.ctx, a, planned.ID); return err },
	} {
		if err := do(recent); !errors.Is(err, faults.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p := file(token, people.ImportRoles, grants); p.State != people.ImportRefused {
		t.Errorf("a file of roles is %s", p.State)
	}
	plan := file(token, people.ImportPeople, addresses)
	if len(plan.Warnings) == 0 {
		t.Error("nothing says that addresses are left out")
	}
	if _, err := c.AcceptImport(c.ctx, token, plan.ID); err != nil {
		t.Error(err)
	}
	must(t, c.ApplyImport(c.ctx, plan.ID))
	if p, err := c.Person(c.ctx, root, budi.ID); err != nil || p.Email != "" {
		t.Errorf("a file gave the address %q: %v", p.Email, err)
	}
	// What needs no more than its person's rights, it does.
	d := budi.Details
	d.TitleAfter = "S.E."
	if _, err := c.EditPerson(c.ctx, token, budi.ID, 0, d, "uji"); err != nil {
		t.Error(err)
	}
}
