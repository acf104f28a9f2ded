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
