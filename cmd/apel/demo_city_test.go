package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/policies"
)

// A small made city has what the documents of two years look like, and nothing is left to be done when it is served.
func TestDemoCity(t *testing.T) {
	ctx := t.Context()
	v := &demoVerb{place: place{Dir: t.TempDir()}, front: front{Listen: "127.0.0.1:0"}, People: 120, Seed: 7}
	var lines []string
	in, logins, err := v.fill(ctx, &demoClock{}, func(f string, _ ...any) { lines = append(lines, f) })
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := in.close(); err != nil {
			t.Error(err)
		}
	}()
	a := system
	day := in.settings.Zone().Day(in.now())
	if d := time.Since(in.now()); d < -time.Minute || d > time.Minute {
		t.Errorf("the clock stands %s away from now", d)
	}
	if len(logins) < 10 || len(lines) < 20 {
		t.Errorf("%d logins, %d lines of progress", len(logins), len(lines))
	}

	staff := 0
	var learner, busy string
	for f := (people.PersonFilter{Limit: 100}); ; {
		p, err := in.people.Persons(ctx, a, f)
		if err != nil {
			t.Fatal(err)
		}
		staff += len(p.Items)
		if f.After = p.Next; !p.More {
			break
		}
	}
	if staff != 120 {
		t.Errorf("%d people in the register", staff)
	}

	type kinds struct{ all, expired, valid int }
	certs := map[string]*kinds{}
	holders := map[string]bool{}
	var oldest certificates.View
	for f := (certificates.Filter{Limit: 100}); ; {
		p, err := in.certificates.List(ctx, a, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Views {
			k := certs[c.Record.Course]
			if k == nil {
				k = &kinds{}
				certs[c.Record.Course] = k
			}
			k.all++
			if c.Expired {
				k.expired++
			} else {
				k.valid++
			}
			if c.State != certificates.Issued || c.Record.IssuedOn != in.settings.Zone().Day(c.IssuedAt) || c.Record.CompletedOn > c.Record.IssuedOn {
				t.Errorf("certificate %s is %s, completed %s, issued %s", c.ID, c.State, c.Record.CompletedOn, c.Record.IssuedOn)
			}
			if c.File != nil {
				t.Errorf("certificate %s of %s is drawn already", c.ID, c.Record.IssuedOn)
			}
			holders[c.Person] = true
			oldest, busy = c, c.Person
		}
		if f.After = p.Next; !p.More {
			break
		}
	}
	k := certs["APEL-103"]
	if k == nil || k.all < 60 || k.expired < 10 || k.valid < 20 || certs["APEL-104"] == nil {
		t.Fatalf("certificates: %+v", certs)
	}
	if n := len(holders); n < 50 || n > 115 {
		t.Errorf("%d of 120 people hold a certificate", n)
	}
	if oldest.Record.IssuedOn > day.AddMonths(-15) {
		t.Errorf("the oldest certificate is of %s", oldest.Record.IssuedOn)
	}
	if _, pdf, err := in.certificates.Download(ctx, a, oldest.ID); err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Errorf("first download: %d bytes, %v", len(pdf), err)
	}

	// The other courses are in use too: tests of their own item types, field tasks accepted for the certificate or beside it.
	others, beside := 0, 0
	for code, k := range certs {
		if !slices.Contains([]string{"APEL-103", "APEL-104", "APEL-202"}, code) {
			others += k.all
		}
	}
	for person := range holders {
		rows, err := in.competencies.Evidence(ctx, a, person)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range rows {
			if e.Kind == competencies.CertificateAssessed {
				beside++
			}
		}
	}
	if others < 10 || beside < 3 {
		t.Errorf("%d certificates of the other courses, %d rows of evidence by judged work", others, beside)
	}

	passed, failed, pre := 0, 0, 0
	for after := (storage.Cursor{}); ; {
		list, next, err := in.courses.Attempts(ctx, a, courses.AttemptFilter{Course: "APEL-103", After: after, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			switch {
			case x.State != courses.AttemptGraded:
				t.Errorf("attempt %s is %s", x.ID, x.State)
			case x.Kind == courses.PreTest:
				pre++
			case x.Kind == courses.PostTest && x.Passed:
				passed++
			case x.Kind == courses.PostTest:
				failed++
			}
		}
		if after = next; next.Zero() {
			break
		}
	}
	if passed != k.all || failed < 5 || pre < passed/2 {
		t.Errorf("%d passed for %d certificates, %d failed, %d pre-tests", passed, k.all, failed, pre)
	}

	city, err := in.readiness.CityReadiness(ctx, a)
	if err != nil || city.Must < 30 || city.Ready == 0 || city.Ready == city.Must {
		t.Errorf("city: %+v, %v", city, err)
	}
	if list, err := in.readiness.UnitsBelow(ctx, a, ""); err != nil || len(list) == 0 {
		t.Errorf("%d units with figures, %v", len(list), err)
	}
	st, err := in.competencies.StandingOf(ctx, a, busy)
	if err != nil || len(st.Levels) == 0 {
		t.Errorf("standing of a holder: %d levels, %v", len(st.Levels), err)
	}
	if h, err := in.competencies.HoursOf(ctx, a, busy, oldest.Record.CompletedOn); err != nil || h.Counted == 0 {
		t.Errorf("hours of a holder: %+v, %v", h, err)
	}
	p, err := in.people.LookByNIP(ctx, logins[0].NIP)
	if learner = string(p.ID); err != nil || holders[learner] {
		t.Errorf("the learner to log in as has learned already, %v", err)
	}
	if found, err := in.examine(&env{ctx: ctx, lang: texts.EN}, ""); err != nil {
		t.Error(err)
	} else {
		for _, f := range found {
			if !f.OK {
				t.Errorf("doctor: %s: %s", f.What, f.Note)
			}
		}
	}
	for _, c := range in.db.Collections() {
		if ready, err := in.db.Ready(ctx, c, in.now(), 5); err != nil || len(ready) > 1 || len(ready) == 1 && c != certificates.Collection {
			t.Errorf("%s: %d documents are still due, %v", c, len(ready), err) // the file of the first download goes into the log by and by
		}
	}
}

// The demo city as it stands in its files has lived through two years too before it is shown: an officer sees people who differ, and the learner whose
// login is printed has everything before them.
func TestPlainDemoHasAPast(t *testing.T) {
	ctx := t.Context()
	v := &demoVerb{place: place{Dir: t.TempDir()}, front: front{Listen: "127.0.0.1:0"}}
	in, logins, err := v.fill(ctx, &demoClock{}, func(string, ...any) {})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := in.close(); err != nil {
			t.Error(err)
		}
	}()
	if base := in.settings.Current().BaseURL; base != "http://"+v.Listen || strings.HasSuffix(base, ":0") {
		t.Errorf("certificates name %s, the pages are served at %s", base, v.Listen)
	}
	a := system
	p, err := in.people.LookByNIP(ctx, logins[0].NIP)
	if err != nil {
		t.Fatal(err)
	}
	everyRoleCanLogIn(t, in, logins)
	if l, err := in.demoLearners(ctx, 2); err != nil || l[0].NIP != logins[0].NIP {
		t.Errorf("the main job in a city with a past is done by %v, %v", l, err)
	}
	certs, err := in.certificates.List(ctx, a, certificates.Filter{Limit: 100})
	if err != nil || len(certs.Views) < 40 {
		t.Errorf("%d certificates, %v", len(certs.Views), err)
	}
	for _, c := range certs.Views {
		if c.Person == string(p.ID) {
			t.Errorf("the learner to log in as holds %s", c.Record.Course)
		}
	}
	city, err := in.readiness.CityReadiness(ctx, a)
	if err != nil || city.Ready == 0 || city.Ready == city.Must {
		t.Errorf("city: %+v, %v", city, err)
	}
	vacant, err := in.placement.Vacancies(ctx, a)
	if err != nil || len(vacant) == 0 {
		t.Fatalf("%d vacancies, %v", len(vacant), err)
	}
	places := map[int]bool{}
	r, err := in.placement.PeopleFor(ctx, a, vacant[0].ID)
	for _, c := range r.Candidates {
		places[c.Rank] = true
	}
	if err != nil || len(places) < 5 {
		t.Errorf("candidates for %s stand on %d places, %v", vacant[0].Name, len(places), err)
	}
	if m, err := in.folder.mark(); err != nil || m.Filling || m.People != 0 {
		t.Errorf("folder: %+v, %v", m, err)
	}
}

// everyRoleCanLogIn demands a printed login for every role of the policy whose owner gets in with it and then has that role.
func everyRoleCanLogIn(t *testing.T, in *installation, logins []demoLogin) {
	t.Helper()
	for _, role := range append([]string{"learner"}, policies.Roles...) {
		i := slices.IndexFunc(logins, func(l demoLogin) bool { return l.Role == role })
		if i < 0 {
			t.Errorf("no login is printed for the role %s", role)
			continue
		}
		_, token, err := in.people.Login(t.Context(), people.LoginInput{NIP: logins[i].NIP, Password: logins[i].Password})
		if err != nil {
			t.Errorf("log in as %s: %v", role, err)
			continue
		}
		actor, _, err := in.people.SessionActor(t.Context(), token)
		if err != nil || role != "learner" && !actor.Has(role) {
			t.Errorf("the login printed for %s has the roles %v, %v", role, actor.Grants, err)
		}
	}
}

// A folder whose filling was broken off is refused with a sentence that says what to do; so is one filled with another city.
func TestDemoCityBrokenOff(t *testing.T) {
	v := &demoVerb{place: place{Dir: t.TempDir()}, front: front{Listen: "127.0.0.1:0"}, People: 120, Seed: 7}
	ctx, stop := context.WithCancel(t.Context())
	_, _, err := v.fill(ctx, &demoClock{}, func(f string, _ ...any) {
		if strings.Contains(f, "penugasan") {
			stop()
		}
	})
	if err == nil {
		t.Fatal("filling went on after Ctrl+C")
	}
	if stdout, _, code := captured(t, "doctor", "--dir", v.Dir); code == 0 || !strings.Contains(stdout, "!!  kota contoh / demo") {
		t.Errorf("doctor of half a city, exit %d:\n%s", code, stdout)
	}
	for _, n := range []int{0, 120} {
		v.People = n
		_, _, err = v.fill(t.Context(), &demoClock{}, t.Logf)
		if !errors.Is(err, faults.Conflict) || !strings.Contains(faults.Of(err).Text.ID, "terputus") {
			t.Errorf("--people %d on a half-filled folder: %v", n, err)
		}
	}
	v = &demoVerb{place: place{Dir: t.TempDir()}, People: 59}
	if _, _, err = v.fill(t.Context(), &demoClock{}, t.Logf); !errors.Is(err, faults.Invalid) {
		t.Errorf("--people 59: %v", err)
	}
}
