package people_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

const secret = "kambing makan rumput hijau"

// activate gives a person an account through a slip.
func (c *city) activate(p people.Person) (people.Session, string) {
	c.t.Helper()
	slip, err := c.IssueSlip(c.ctx, root, p.ID, "")
	must(c.t, err)
	s, token, err := c.Activate(c.ctx, people.ActivateInput{NIP: string(p.NIP()), Code: slip.Code, Password: secret, Agent: "test"})
	must(c.t, err)
	return s, token
}

func TestSlipOpensAnAccountOnce(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani Contoh", "BIDANG")
	budi := c.person(nipBudi, "Budi Contoh", "DINAS")
	c.person(nipCitra, "Citra Contoh", "BADAN")
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	badan, _ := c.UnitByCode(c.ctx, "BADAN")
	admin := as(budi, access.Grant{Role: "unit_admin", Unit: string(dinas.ID)})
	slips, err := c.IssueSlips(c.ctx, admin, dinas.ID, false)
	must(t, err)
	if len(slips) != 1 || slips[0].Person != ani.ID || len(slips[0].Code) != 11 || strings.ContainsAny(slips[0].Code, "ILO01") {
		t.Fatalf("%+v", slips) // not Budi: nobody makes a slip for themselves
	}
	if again, err := c.IssueSlips(c.ctx, admin, dinas.ID, false); err != nil || len(again) != 0 {
		t.Error("slips were printed twice:", again, err)
	}
	_, err = c.IssueSlips(c.ctx, admin, badan.ID, false)
	if err == nil {
		t.Error("slips for a foreign unit")
	}
	good := people.ActivateInput{NIP: nipAni, Code: slips[0].Code, Password: secret}
	for _, x := range []struct {
		name string
		in   func(people.ActivateInput) people.ActivateInput
		want faults.Kind
	}{
		{"wrong code", func(in people.ActivateInput) people.ActivateInput { in.Code = "AAAAA-AAAAA"; return in }, faults.Unauthenticated},
		{"another's NIP", func(in people.ActivateInput) people.ActivateInput { in.NIP = nipCitra; return in }, faults.Unauthenticated},
		{"nobody's NIP", func(in people.ActivateInput) people.ActivateInput { in.NIP = "199001012020012999"; return in }, faults.Unauthenticated},
		{"short password", func(in people.ActivateInput) people.ActivateInput { in.Password = "kambing"; return in }, faults.Invalid},
		{"NIP as password", func(in people.ActivateInput) people.ActivateInput { in.Password = nipAni + "x"; return in }, faults.Invalid},
		{"common password", func(in people.ActivateInput) people.ActivateInput { in.Password = "Indonesia2026!"; return in }, faults.Invalid},
	} {
		_, _, err := c.Activate(c.ctx, x.in(good))
		if !errors.Is(err, x.want) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
	typed := good
	typed.Code = " " + strings.ToLower(strings.ReplaceAll(good.Code, "-", " "))
	s, token, err := c.Activate(c.ctx, typed)
	must(t, err)
	if s.Device == "" || token == "" || s.Pending {
		t.Errorf("%+v", s)
	}
	actor, _, err := c.SessionActor(c.ctx, token)
	if err != nil || actor.Person != string(ani.ID) || !actor.Recent {
		t.Error(actor, err)
	}
	_, _, err = c.Activate(c.ctx, good)
	wants(t, err, faults.Unauthenticated)

	// fourteen days, not a moment more
	late, err := c.IssueSlip(c.ctx, admin, ani.ID, "lupa kata sandi")
	must(t, err)
	c.last("accounts", string(ani.ID), "issue_slip", "unit_admin", "lupa kata sandi", "")
	c.clock.Add(14 * 24 * time.Hour)
	_, _, err = c.Activate(c.ctx, people.ActivateInput{NIP: nipAni, Code: late.Code, Password: secret})
	wants(t, err, faults.Unauthenticated)
	_, _, err = c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret})
	must(t, err) // the old password still works: a slip that nobody uses locks nobody out
}

func TestUsedSlipOnlyOnceWhenRaced(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	slip, err := c.IssueSlip(c.ctx, root, ani.ID, "")
	must(t, err)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 3 {
		wg.Go(func() {
			_, _, err := c.Activate(c.ctx, people.ActivateInput{NIP: nipAni, Code: slip.Code, Password: secret})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d used the slip", won)
	}
}

func TestSlipOfAPrivilegedAccountIsForSystemAdmins(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	budi := c.person(nipBudi, "Budi", "DINAS")
	c.activate(ani)
	_, err := c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: "system_admin", Why: "uji"})
	must(t, err)
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	admin := as(budi, access.Grant{Role: "unit_admin", Unit: string(dinas.ID)})
	_, err = c.IssueSlip(c.ctx, admin, ani.ID, "lupa")
	wants(t, err, faults.Forbidden)
	if slips, err := c.IssueSlips(c.ctx, admin, dinas.ID, true); err != nil || len(slips) != 0 {
		t.Error(slips, err)
	}
}

func TestSessionsEnd(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	_, token := c.activate(ani)
	login := func() string {
		t.Helper()
		_, tok, err := c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret})
		must(t, err)
		return tok
	}
	over := func(tok, why string) {
		t.Helper()
		if _, _, err := c.SessionActor(c.ctx, tok); !errors.Is(err, faults.Unauthenticated) {
			t.Errorf("%s: session lives: %v", why, err)
		}
	}
	second := login()
	must(t, c.Logout(c.ctx, token))
	must(t, c.Logout(c.ctx, token))
	over(token, "logout")
	third := login()
	list, err := c.Sessions(c.ctx, as(ani), ani.ID)
	if err != nil || len(list) != 2 {
		t.Errorf("%+v %v", list, err)
	}
	budi := c.person(nipBudi, "Budi", "")
	if err := c.EndSession(c.ctx, as(budi), list[0].ID); !errors.Is(err, faults.NotFound) {
		t.Error("ended somebody else's session:", err)
	}
	must(t, c.ChangePassword(c.ctx, third, secret, "sapi makan rumput kering"))
	over(second, "password changed elsewhere")
	if _, _, err := c.SessionActor(c.ctx, third); err != nil {
		t.Error("the session that changed the password ended:", err)
	}
	_, _, err = c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret})
	wants(t, err, faults.Unauthenticated)
	c.clock.Add(12*time.Hour - time.Second)
	if _, _, err := c.SessionActor(c.ctx, third); err != nil {
		t.Error("over too early:", err)
	}
	c.clock.Add(time.Second)
	over(third, "12 hours")
	n, err := c.Tidy(c.ctx)
	if err != nil || n != 2 {
		t.Error("tidied", n, err)
	}
}

func TestConfirmMakesAnActorRecent(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	_, token := c.activate(ani)
	c.clock.Add(11 * time.Minute)
	a, _, _ := c.SessionActor(c.ctx, token)
	if a.Recent {
		t.Error("recent after eleven minutes")
	}
	_, _, err := c.AddToken(c.ctx, a, "skrip", nil, 30)
	wants(t, err, faults.Forbidden)
	wants(t, c.Confirm(c.ctx, token, "salah sekali ini"), faults.Invalid)
	must(t, c.Confirm(c.ctx, token, secret))
	if a, _, _ = c.SessionActor(c.ctx, token); !a.Recent {
		t.Error("not recent after typing the password")
	}
}

func TestLoginTellsNothingAndSlowsDown(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	session, _ := c.activate(ani)
	c.person(nipBudi, "Budi", "") // registered, without an account
	const nobody = "199001012020012999"
	try := func(nip, password, device string) error {
		_, _, err := c.Login(c.ctx, people.LoginInput{NIP: nip, Password: password, Device: device})
		return err
	}
	for i := range 6 {
		var texts []string
		for _, nip := range []string{nipAni, nipBudi, nobody} {
			err := try(nip, "salah salah salah", "")
			texts = append(texts, faults.Of(err).Error())
			want := faults.Unauthenticated
			if i == 5 {
				want = faults.TooMany
			}
			if !errors.Is(err, want) {
				t.Errorf("try %d of %s: %v, want %s", i, nip, err, want)
			}
		}
		if texts[0] != texts[1] || texts[1] != texts[2] {
			t.Errorf("the answers differ: %q", texts)
		}
	}
	// the right password from a strange browser has to wait too; a browser that has logged in before does not
	wants(t, try(nipAni, secret, ""), faults.TooMany)
	must(t, try(nipAni, secret, session.Device))
	// that clears nothing of the strangers: whoever guesses gets no more tries because the owner is at work
	wants(t, try(nipAni, secret, ""), faults.TooMany)
	c.clock.Add(time.Minute)
	must(t, try(nipAni, secret, ""))
	// growing delays, never longer than a quarter of an hour
	for range 20 {
		if err := try(nipAni, "salah salah salah", ""); errors.Is(err, faults.TooMany) {
			c.clock.Add(15 * time.Minute)
		}
	}
	c.clock.Add(15 * time.Minute)
	must(t, try(nipAni, secret, ""))
	// a known browser is slowed on its own count only
	for range 10 {
		wants(t, try(nipAni, "salah salah salah", session.Device), faults.Unauthenticated)
	}
	wants(t, try(nipAni, secret, session.Device), faults.TooMany)
	must(t, try(nipAni, secret, ""))
	c.clock.Add(time.Minute)
	must(t, try(nipAni, secret, session.Device))
}

func TestGuessesAtOnceCountLikeGuessesInARow(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	c.activate(ani)
	guess := func(n int) int {
		var wg sync.WaitGroup
		var mu sync.Mutex
		checked := 0
		for range n {
			wg.Go(func() {
				_, _, err := c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: "salah salah salah"})
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, faults.Unauthenticated) {
					checked++
				}
			})
		}
		wg.Wait()
		return checked
	}
	for range 4 {
		guess(1)
	}
	// One guess is left. Those hashed beside it cannot know yet, but whoever waits for a place must.
	if got := guess(40); got > runtime.GOMAXPROCS(0) {
		t.Errorf("%d guesses were checked", got)
	}
}

func TestSetUpWorksOnce(t *testing.T) {
	c := newCity(t)
	token, err := c.SetupToken(c.ctx, root)
	must(t, err)
	_, err = c.SetupToken(c.ctx, access.Actor{Person: "x"})
	wants(t, err, faults.Forbidden)
	in := people.SetUpInput{Token: token, NIP: nipAni, Name: "Ani Pertama", Password: secret}
	bad := in
	bad.Token = "salah"
	_, _, err = c.SetUp(c.ctx, bad)
	wants(t, err, faults.Unauthenticated)
	bad = in
	bad.Password = "1234567890"
	_, _, err = c.SetUp(c.ctx, bad)
	wants(t, err, faults.Invalid)
	_, session, err := c.SetUp(c.ctx, in)
	must(t, err)
	a, _, err := c.SessionActor(c.ctx, session)
	if err != nil || !a.Has("system_admin") {
		t.Errorf("%+v %v", a, err)
	}
	in.NIP = nipBudi
	_, _, err = c.SetUp(c.ctx, in)
	wants(t, err, faults.Conflict)
	_, err = c.SetupToken(c.ctx, root)
	wants(t, err, faults.Conflict)
	if empty, err := c.Empty(c.ctx); err != nil || empty {
		t.Error(empty, err)
	}
}

func TestRolesComeAndGo(t *testing.T) {
	c := newCity(t)
	c.town()
	ani := c.person(nipAni, "Ani", "BIDANG")
	budi := c.person(nipBudi, "Budi", "DINAS")
	_, token := c.activate(ani)
	sys := as(budi, access.Grant{Role: "system_admin"})
	trainer := as(budi, access.Grant{Role: "training_admin"})
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	_, err := c.Grant(c.ctx, sys, budi.ID, people.RoleGrant{Role: "signer", Why: "ingin"})
	wants(t, err, faults.Forbidden)
	_, err = c.Grant(c.ctx, trainer, ani.ID, people.RoleGrant{Role: "leader", Why: "x"})
	wants(t, err, faults.Forbidden)
	_, err = c.Grant(c.ctx, as(ani), budi.ID, people.RoleGrant{Role: "marker", Why: "x"})
	wants(t, err, faults.NotFound)
	_, err = c.Grant(c.ctx, sys, ani.ID, people.RoleGrant{Role: "leader"})
	wants(t, err, faults.Invalid)
	_, err = c.Grant(c.ctx, sys, ani.ID, people.RoleGrant{Role: "king", Why: "x"})
	wants(t, err, faults.Invalid)
	_, err = c.Grant(c.ctx, trainer, ani.ID, people.RoleGrant{Role: "marker", Why: "menilai tugas"})
	must(t, err)
	_, err = c.Grant(c.ctx, sys, ani.ID, people.RoleGrant{Role: "unit_admin", Unit: dinas.ID, Until: today, Why: "admin OPD"})
	must(t, err)
	a, _, err := c.SessionActor(c.ctx, token)
	if err != nil || !a.Has("marker") || !a.Has("unit_admin") {
		t.Errorf("%+v %v", a, err)
	}
	trail, err := c.db.WithTrail(c.ctx, "accounts", 10)
	must(t, err)
	verbs := map[string]int{}
	for _, w := range trail {
		for _, e := range w.Trail {
			verbs[e.Verb]++
			if e.Verb == "grant_role" && (e.Who != string(budi.ID) || e.About != string(ani.ID) || e.Why == "") {
				t.Errorf("%+v", e)
			}
		}
	}
	if verbs["grant_role"] != 2 {
		t.Errorf("audit: %v", verbs)
	}
	_, err = c.Revoke(c.ctx, trainer, ani.ID, people.RoleGrant{Role: "marker", Why: "selesai"})
	must(t, err)
	if a, _, _ = c.SessionActor(c.ctx, token); a.Has("marker") {
		t.Error("a revoked role still counts")
	}
	if n, err := c.Unread(c.ctx, as(ani), ani.ID); err != nil || n != 2 {
		t.Error("told", n, err)
	}
	c.clock.Add(24 * time.Hour)
	_, token, err = c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret})
	must(t, err)
	if a, _, _ = c.SessionActor(c.ctx, token); a.Has("unit_admin") {
		t.Error("a role past its last day still counts")
	}
	// whoever no longer serves holds no role
	_, err = c.Grant(c.ctx, sys, ani.ID, people.RoleGrant{Role: "marker", Why: "lagi"})
	must(t, err)
	d := ani.Details
	d.LegalPosition = people.Retired
	_, err = c.EditPerson(c.ctx, root, ani.ID, 0, d, "pensiun")
	must(t, err)
	if a, _, err = c.SessionActor(c.ctx, token); err != nil || len(a.Grants) != 0 {
		t.Errorf("a retired person's roles: %+v %v", a, err)
	}
}

func TestHeadOfAUnitIsItsSupervisor(t *testing.T) {
	c := newCity(t)
	c.town()
	citra := c.person(nipCitra, "Citra", "DINAS")
	c.appoint(citra, "KADIS", people.Definitif, "2020-01-01")
	dinas, _ := c.UnitByCode(c.ctx, "DINAS")
	_, token := c.activate(citra)
	a, _, err := c.SessionActor(c.ctx, token)
	if err != nil || len(a.Grants) != 1 || a.Grants[0] != (access.Grant{Role: "supervisor", Unit: string(dinas.ID)}) {
		t.Errorf("%+v %v", a, err)
	}
}

func TestSecondFactor(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	session, token := c.activate(ani)
	_, err := c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: "auditor", Why: "uji"})
	must(t, err)
	a, _, _ := c.SessionActor(c.ctx, token)
	if !a.Has("auditor") {
		t.Error("no grace")
	}
	c.clock.Add(7 * 24 * time.Hour)
	_, token, err = c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret, Device: session.Device})
	must(t, err)
	a, s, _ := c.SessionActor(c.ctx, token)
	if a.Has("auditor") || !s.Withheld {
		t.Error("a privileged role works without a second factor after the grace")
	}
	set, err := c.BeginSecond(c.ctx, a, "APEL")
	must(t, err)
	if _, err := c.ConfirmSecond(c.ctx, a, "000000"); !errors.Is(err, faults.Invalid) {
		t.Error(err)
	}
	code := func() string {
		t.Helper()
		s, err := totp.GenerateCode(set.Secret, c.clock.Now())
		must(t, err)
		return s
	}
	recovery, err := c.ConfirmSecond(c.ctx, a, code())
	must(t, err)
	if len(recovery) != 8 {
		t.Error(recovery)
	}
	if a, s, _ = c.SessionActor(c.ctx, token); !a.Has("auditor") || s.Withheld {
		t.Error("still withheld")
	}
	// the password alone opens nothing now
	half, pending, err := c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret, Device: session.Device})
	must(t, err)
	if !half.Pending {
		t.Error("not pending")
	}
	if _, _, err := c.SessionActor(c.ctx, pending); !errors.Is(err, faults.Unauthenticated) {
		t.Error("a pending session acts:", err)
	}
	_, _, err = c.ProveSecond(c.ctx, pending, code(), session.Device) // the code that was used to confirm
	wants(t, err, faults.Unauthenticated)
	c.clock.Add(30 * time.Second)
	now := code()
	_, full, err := c.ProveSecond(c.ctx, pending, now, session.Device)
	must(t, err)
	if _, _, err := c.SessionActor(c.ctx, full); err != nil {
		t.Error(err)
	}
	_, _, err = c.ProveSecond(c.ctx, pending, now, session.Device)
	wants(t, err, faults.Unauthenticated)
	// in one go, with a recovery code, once
	for i, want := range []error{nil, faults.Unauthenticated} {
		_, _, err := c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret, TOTP: strings.ToLower(recovery[0]), Device: session.Device})
		if !errors.Is(err, want) && err != want {
			t.Errorf("recovery code, use %d: %v", i+1, err)
		}
	}
	acc, err := c.Account(c.ctx, as(ani), ani.ID)
	if err != nil || acc.Codes != 7 || !acc.Second {
		t.Errorf("%+v %v", acc, err)
	}
	// a slip replaces the password, not the second factor
	slip, err := c.IssueSlip(c.ctx, root, ani.ID, "lupa")
	must(t, err)
	half, _, err = c.Activate(c.ctx, people.ActivateInput{NIP: nipAni, Code: slip.Code, Password: secret + " 2"})
	if err != nil || !half.Pending {
		t.Errorf("%+v %v", half, err)
	}
	must(t, c.DropSecond(c.ctx, root, ani.ID, "ponsel hilang"))
	full2, token, err := c.Activate(c.ctx, people.ActivateInput{NIP: nipAni, Code: slip.Code, Password: secret + " 2"}) // the slip is good still
	if err != nil || full2.Pending {
		t.Errorf("%+v %v", full2, err)
	}
	// Neither dropping it nor beginning anew gives another grace: the role rests until a factor is set up, which can still be done.
	if a, s, err = c.SessionActor(c.ctx, token); err != nil || a.Has("auditor") || !s.Withheld {
		t.Errorf("dropping the second factor gave a new grace: %v", err)
	}
	set, err = c.BeginSecond(c.ctx, a, "APEL")
	must(t, err)
	if a, _, _ = c.SessionActor(c.ctx, token); a.Has("auditor") {
		t.Error("beginning to set up a second factor gave a new grace")
	}
	_, err = c.ConfirmSecond(c.ctx, a, code())
	must(t, err)
	if a, _, _ = c.SessionActor(c.ctx, token); !a.Has("auditor") {
		t.Error("still withheld after setting it up again")
	}
	// A new grant after the last one was taken away is a new start.
	must(t, c.DropSecond(c.ctx, root, ani.ID, "ponsel hilang lagi"))
	_, err = c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: "dpo", Why: "uji"})
	must(t, err)
	if a, _, _ = c.SessionActor(c.ctx, token); a.Has("dpo") {
		t.Error("a second privileged role gave a new grace")
	}
	for _, role := range []string{"auditor", "dpo"} {
		_, err = c.Revoke(c.ctx, root, ani.ID, people.RoleGrant{Role: role, Why: "uji"})
		must(t, err)
	}
	_, err = c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: "auditor", Why: "uji"})
	must(t, err)
	if a, _, _ = c.SessionActor(c.ctx, token); !a.Has("auditor") {
		t.Error("a new grant has no grace")
	}
}

// Whoever held an account before its password was reset is out: sessions and API tokens, in the same write. The first activation has none to end, and
// changing a password that one knows leaves tokens alone.
func TestResetEndsSessionsAndTokens(t *testing.T) {
	box := &mailbox{}
	c := newCity(t, func(cfg *people.Config) {
		cfg.Mailer = box
		cfg.ResetPath = "/sandi/"
		cfg.Link = func(p string) string { return "https://apel.example" + p }
	})
	ani := c.person(nipAni, "Ani", "")
	_, session := c.activate(ani)
	_, err := c.SetEmail(c.ctx, as(ani), ani.ID, "ani@contoh.example")
	must(t, err)
	add := func() string {
		t.Helper()
		a, _, err := c.SessionActor(c.ctx, session)
		must(t, err)
		_, value, err := c.AddToken(c.ctx, a, "skrip", nil, 30)
		must(t, err)
		_, err = c.TokenActor(c.ctx, value)
		must(t, err)
		return value
	}
	gone := func(what, token string) {
		t.Helper()
		if _, _, err := c.SessionActor(c.ctx, session); !errors.Is(err, faults.Unauthenticated) {
			t.Errorf("after %s the old session acts: %v", what, err)
		}
		if _, err := c.TokenActor(c.ctx, token); !errors.Is(err, faults.Unauthenticated) {
			t.Errorf("after %s the old token acts: %v", what, err)
		}
		all, err := c.Tokens(c.ctx, as(ani), ani.ID)
		must(t, err)
		if len(all) == 0 || all[len(all)-1].Until.After(c.clock.Now()) {
			t.Errorf("after %s the list shows the token as good: %+v", what, all)
		}
		notices, err := c.Notices(c.ctx, as(ani), ani.ID, false, storage.Cursor{}, 1)
		must(t, err)
		if len(notices.Items) == 0 || notices.Items[0].Title.ID != "Kata sandi akun Anda diatur ulang" {
			t.Errorf("after %s nobody is told: %+v", what, notices.Items)
		}
	}

	token := add()
	must(t, c.ChangePassword(c.ctx, session, secret, "sapi makan rumput kering"))
	if _, err := c.TokenActor(c.ctx, token); err != nil {
		t.Errorf("changing the own password revoked a token: %v", err)
	}
	slip, err := c.IssueSlip(c.ctx, root, ani.ID, "lupa")
	must(t, err)
	c.clock.Add(time.Minute)
	_, fresh, err := c.Activate(c.ctx, people.ActivateInput{NIP: nipAni, Code: slip.Code, Password: "kambing makan daun muda"})
	must(t, err)
	gone("a slip", token)
	session = fresh
	token = add()

	must(t, c.RequestReset(c.ctx, nipAni))
	ready, err := c.db.Ready(c.ctx, "reset_requests", c.clock.Now(), 10)
	must(t, err)
	must(t, c.MailReset(c.ctx, ready[0].ID))
	var link string
	for _, m := range box.sent {
		if _, after, ok := strings.Cut(m.Text, "https://apel.example/sandi/"); ok {
			link, _, _ = strings.Cut(after, "\n")
		}
	}
	c.clock.Add(time.Minute)
	_, _, err = c.Reset(c.ctx, people.ResetInput{Token: link, Password: secret})
	must(t, err)
	gone("a mailed link", token)
	var verbs []string
	for _, e := range c.trailOf("accounts", string(ani.ID)) {
		if e.Verb == "request_reset" || e.Verb == "reset_password" {
			verbs = append(verbs, e.Verb+" by "+e.Role)
		}
	}
	if want := []string{"request_reset by self", "reset_password by self"}; !slices.Equal(verbs, want) {
		t.Errorf("the trail has %v, want %v", verbs, want)
	}
}

func TestBlockedStaysOut(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	_, token := c.activate(ani)
	must(t, c.Block(c.ctx, root, ani.ID, "penyelidikan"))
	_, _, err := c.SessionActor(c.ctx, token)
	wants(t, err, faults.Unauthenticated)
	_, _, err = c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret})
	wants(t, err, faults.Forbidden)
	_, _, err = c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: "salah salah salah"})
	wants(t, err, faults.Unauthenticated)
	must(t, c.Unblock(c.ctx, root, ani.ID, "selesai"))
	_, _, err = c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: secret})
	must(t, err)
}

func TestTokens(t *testing.T) {
	c := newCity(t)
	ani := c.person(nipAni, "Ani", "")
	_, session := c.activate(ani)
	for _, r := range []string{"author", "marker"} {
		_, err := c.Grant(c.ctx, root, ani.ID, people.RoleGrant{Role: r, Why: "uji"})
		must(t, err)
	}
	a, _, err := c.SessionActor(c.ctx, session)
	must(t, err)
	_, _, err = c.AddToken(c.ctx, a, "skrip", []string{"system_admin"}, 30)
	wants(t, err, faults.Invalid)
	tok, value, err := c.AddToken(c.ctx, a, "skrip", []string{"author"}, 30)
	must(t, err)
	by, err := c.TokenActor(c.ctx, value)
	if err != nil || !by.Has("author") || by.Has("marker") || by.Recent || by.Person != string(ani.ID) {
		t.Errorf("%+v %v", by, err)
	}
	_, _, err = c.AddToken(c.ctx, by, "anak", nil, 30)
	wants(t, err, faults.Forbidden)
	_, err = c.Revoke(c.ctx, root, ani.ID, people.RoleGrant{Role: "author", Why: "selesai"})
	must(t, err)
	if by, _ = c.TokenActor(c.ctx, value); by.Has("author") {
		t.Error("the token holds a role its person lost")
	}
	budi := c.person(nipBudi, "Budi", "")
	wants(t, c.RevokeToken(c.ctx, as(budi), tok.ID), faults.NotFound)
	must(t, c.RevokeToken(c.ctx, as(ani), tok.ID))
	_, err = c.TokenActor(c.ctx, value)
	wants(t, err, faults.Unauthenticated)
	_, value, err = c.AddToken(c.ctx, a, "sebulan", nil, 30)
	must(t, err)
	c.clock.Add(30 * 24 * time.Hour)
	_, err = c.TokenActor(c.ctx, value)
	wants(t, err, faults.Unauthenticated)
}

func TestResetByMail(t *testing.T) {
	box := &mailbox{}
	c := newCity(t, func(cfg *people.Config) {
		cfg.Mailer = box
		cfg.ResetPath = "/sandi/"
		cfg.Link = func(p string) string { return "https://apel.example" + p }
	})
	ani := c.person(nipAni, "Ani", "")
	c.activate(ani)
	_, err := c.SetEmail(c.ctx, as(ani), ani.ID, "ani@contoh.example")
	must(t, err)
	run := func() {
		t.Helper()
		ready, err := c.db.Ready(c.ctx, "reset_requests", c.clock.Now(), 10)
		must(t, err)
		for _, w := range ready {
			must(t, c.MailReset(c.ctx, w.ID))
			must(t, c.MailReset(c.ctx, w.ID))
		}
	}
	must(t, c.RequestReset(c.ctx, "199001012020012999"))
	run()
	if len(box.sent) != 0 {
		t.Error("mail for nobody")
	}
	must(t, c.RequestReset(c.ctx, nipAni))
	run()
	must(t, c.RequestReset(c.ctx, nipAni)) // at most one in ten minutes
	run()
	if len(box.sent) != 1 || box.sent[0].To != "ani@contoh.example" || strings.Contains(box.sent[0].Text+box.sent[0].MessageID, nipAni) {
		t.Fatalf("%+v", box.sent)
	}
	_, link, _ := strings.Cut(box.sent[0].Text, "https://apel.example/sandi/")
	token, _, _ := strings.Cut(link, "\n")
	_, _, err = c.Reset(c.ctx, people.ResetInput{Token: token + "x", Password: "sapi makan rumput kering"})
	wants(t, err, faults.Unauthenticated)
	_, _, err = c.Reset(c.ctx, people.ResetInput{Token: token, Password: "pendek"})
	wants(t, err, faults.Invalid)
	_, _, err = c.Reset(c.ctx, people.ResetInput{Token: token, Password: "sapi makan rumput kering"})
	must(t, err)
	_, _, err = c.Reset(c.ctx, people.ResetInput{Token: token, Password: "sapi makan rumput kering"})
	wants(t, err, faults.Unauthenticated)
	_, _, err = c.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: "sapi makan rumput kering"})
	must(t, err)
	// an hour
	c.clock.Add(time.Hour)
	must(t, c.RequestReset(c.ctx, nipAni))
	run()
	_, link, _ = strings.Cut(box.sent[1].Text, "https://apel.example/sandi/")
	token, _, _ = strings.Cut(link, "\n")
	c.clock.Add(time.Hour)
	_, _, err = c.Reset(c.ctx, people.ResetInput{Token: token, Password: secret})
	wants(t, err, faults.Unauthenticated)
}

// switchable is a mailer whose server is set in the settings of a running program.
type switchable struct {
	mailbox
	on bool
}

func (s *switchable) On() bool { return s.on }

func TestMailCountsOnceItsServerIsSet(t *testing.T) {
	box := &switchable{}
	c := newCity(t, func(cfg *people.Config) { cfg.Mailer = box })
	ani := c.person(nipAni, "Ani", "")
	_, err := c.SetEmail(c.ctx, as(ani), ani.ID, "ani@contoh.example")
	must(t, err)
	c.activate(ani)
	due := func(topic string) int {
		must(t, c.Tell(c.ctx, people.NoticeInput{Person: ani.ID, Topic: topic, Kind: "uji", Title: text("Kabar " + topic), Urgent: true}))
		ready, err := c.db.Ready(c.ctx, "notices", c.clock.Now(), 10)
		must(t, err)
		return len(ready)
	}
	if n := due("a"); n != 0 {
		t.Errorf("%d mails are due without a server", n)
	}
	box.on = true
	if n := due("b"); n != 1 {
		t.Errorf("%d mails are due once a server is set, want 1", n)
	}
	must(t, c.MailNotice(c.ctx, string(ani.ID)+".b"))
	if n := len(box.sent); n != 1 {
		t.Errorf("%d mails left", n)
	}
}

func TestNoticesAndTheirMail(t *testing.T) {
	box := &mailbox{}
	c := newCity(t, func(cfg *people.Config) { cfg.Mailer = box })
	ani := c.person(nipAni, "Ani", "")
	_, err := c.SetEmail(c.ctx, as(ani), ani.ID, "ani@contoh.example")
	must(t, err)
	c.activate(ani)
	topics := []string{"a", "b", "c"}
	for range 2 {
		for _, topic := range topics {
			must(t, c.Tell(c.ctx, people.NoticeInput{Person: ani.ID, Topic: topic, Kind: "uji", Title: text("Kabar " + topic)}))
		}
	}
	if n, err := c.Unread(c.ctx, as(ani), ani.ID); err != nil || n != 3 {
		t.Error(n, err)
	}
	budi := c.person(nipBudi, "Budi", "")
	_, err = c.Notices(c.ctx, as(budi), ani.ID, false, storage.Cursor{}, 0)
	wants(t, err, faults.NotFound)
	_, err = c.Read(c.ctx, as(budi), string(ani.ID)+".a")
	wants(t, err, faults.NotFound)
	_, err = c.Read(c.ctx, as(ani), string(ani.ID)+".a")
	must(t, err)
	if n, _ := c.Unread(c.ctx, as(ani), ani.ID); n != 2 {
		t.Error(n)
	}
	run := func() {
		t.Helper()
		ready, err := c.db.Ready(c.ctx, "notices", c.clock.Now(), 10)
		must(t, err)
		for _, w := range ready {
			if err := c.MailNotice(c.ctx, w.ID); err != nil && !errors.Is(err, faults.Unavailable) {
				t.Error(err)
			}
		}
	}
	run()
	if len(box.sent) != 0 {
		t.Error("the digest left early")
	}
	c.clock.Add(21 * time.Hour) // 07:00 the next day in Jakarta
	box.fail = faults.Unavailable
	run()
	box.fail = nil
	run()
	run()
	if len(box.sent) != 1 || !strings.Contains(box.sent[0].Text, "Kabar a") || !strings.Contains(box.sent[0].Text, "Kabar c") || box.sent[0].MessageID == "" {
		t.Fatalf("%+v", box.sent)
	}
	// one by one, but not at night
	must(t, c.Prefer(c.ctx, as(ani), people.MailEach, "id"))
	c.clock.Add(14 * time.Hour) // 21:00
	must(t, c.Tell(c.ctx, people.NoticeInput{Person: ani.ID, Topic: "malam", Title: text("Malam")}))
	run()
	if len(box.sent) != 1 {
		t.Error("mail in quiet hours")
	}
	must(t, c.Tell(c.ctx, people.NoticeInput{Person: ani.ID, Topic: "darurat", Title: text("Darurat"), Urgent: true}))
	run()
	if len(box.sent) != 2 || !strings.Contains(box.sent[1].Subject, "Darurat") {
		t.Errorf("%+v", box.sent)
	}
	c.clock.Add(9 * time.Hour) // 06:00
	run()
	if len(box.sent) != 3 {
		t.Errorf("%d sent", len(box.sent))
	}
	must(t, c.Prefer(c.ctx, as(ani), people.MailOff, "id"))
	must(t, c.Tell(c.ctx, people.NoticeInput{Person: ani.ID, Topic: "diam", Title: text("Diam")}))
	c.clock.Add(48 * time.Hour)
	run()
	if len(box.sent) != 3 {
		t.Error("mail though switched off")
	}
}

func TestHashQueueIsLeftByWhoGivesUp(t *testing.T) {
	c := newCity(t)
	c.person(nipAni, "Ani", "")
	ctx, cancel := context.WithCancel(c.ctx)
	cancel()
	for range 10 {
		if _, _, err := c.Login(ctx, people.LoginInput{NIP: nipAni, Password: secret}); err == nil {
			t.Error("logged in with a dead context")
		}
	}
	if n := c.Waiting(); n != 0 {
		t.Errorf("%d still wait", n)
	}
}
