package certificates

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

func TestRevocationIsSeenLoggedAndAudited(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	r.finish(t, id)
	_, pdf, err := r.Download(ctx, access.Actor{Person: "p1"}, id)
	if err != nil {
		t.Fatal(err)
	}
	r.clock.set(noon.Add(48 * time.Hour))
	v, err := r.Revoke(ctx, admin, id, decision)
	if err != nil || v.State != Revoked {
		t.Fatalf("%s, %v", v.State, err)
	}
	d, _ := r.docs.Get(ctx, string(id))
	if len(d.Trail) != 1 || d.Trail[0].Verb != "revoke_certificate" || d.Trail[0].Who != "admin" || d.Trail[0].Role != "training_admin" ||
		d.Trail[0].About != "p1" || d.Trail[0].Why != decision.Reason || !strings.Contains(d.Trail[0].Note, decision.Official) {
		t.Errorf("audit entry: %+v", d.Trail)
	}
	// The public sees it at once, before the log has it.
	cert, _ := r.Look(ctx, id)
	for name, check := range map[string]func() (verify.Verdict, error){
		"code":   func() (verify.Verdict, error) { return r.CheckCode(ctx, cert.Record.Code) },
		"number": func() (verify.Verdict, error) { return r.CheckNumber(ctx, cert.Record.Number, "001", cert.Record.Name) },
		"file":   func() (verify.Verdict, error) { return r.CheckFile(ctx, pdf) },
	} {
		got, err := check()
		if err != nil || got.Status != verify.Revoked || got.Why != decision.Reason || got.Official != decision.Official || !got.Since.Equal(noon.Add(48*time.Hour)) || got.Record == nil {
			t.Errorf("by %s: %+v, %v", name, got, err)
		}
	}
	// Without the registry a file cannot know of it, and says so.
	root, _ := r.Root(ctx)
	if got := verify.Judge(verify.Read(pdf), verify.Input{Root: root, Now: r.now()}); got.Status != verify.Valid || !strings.Contains(got.Sentence.ID, "pencabutan sesudah 22 November 2026") {
		t.Errorf("offline: %s %s", got.Status, got.Sentence.ID)
	}
	if d.Due == nil || d.Due.Step != StepLog {
		t.Errorf("next is %+v", d.Due)
	}
	var steps []string
	for range 10 {
		d, _ := r.docs.Get(ctx, string(id))
		if d.Due == nil {
			break
		}
		steps = append(steps, d.Due.Step)
		switch d.Due.Step {
		case StepLog:
			err = r.Seal(ctx, id)
		case StepWithdraw:
			err = r.Withdrawn(ctx, id)
		case StepTell:
			err = r.Told(ctx, id)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Join(steps, " ") != "log withdraw tell" {
		t.Errorf("steps after a revocation: %v", steps)
	}
	r.sound(t, 1)
	cert, _ = r.Look(ctx, id)
	entry, err := r.journal.At(ctx, cert.Events[0].Seal)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := entry.Payload.Entries[0].leaf()
	if err != nil || leaf.Kind != record.LeafRevoke || strings.Contains(string(leaf.Bytes()), "Rahmawati") {
		t.Errorf("leaf %s, %v", leaf.Bytes(), err)
	}
	// Once more changes nothing, and nothing undoes it.
	if again, err := r.Revoke(ctx, admin, id, Decision{Reason: "alasan lain yang berbeda", Official: "Orang Lain"}); err != nil || len(again.Events) != 1 || again.Events[0].Reason != decision.Reason {
		t.Errorf("revoked again: %+v, %v", again.Events, err)
	}
	if _, err := r.Reinstate(ctx, admin, id, decision); !errors.Is(err, faults.Conflict) {
		t.Errorf("reinstated after revocation: %v", err)
	}
}

func TestSuspensionAndReturn(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	r.finish(t, id)
	cert, _ := r.Look(ctx, id)
	want := func(s verify.Status, recorded bool) {
		t.Helper()
		v, err := r.CheckCode(ctx, cert.Record.Code)
		if err != nil || v.Status != s {
			t.Errorf("%s, %v; want %s", v.Status, err, s)
		}
		c, _ := r.Look(ctx, id)
		if c.Recorded != recorded {
			t.Errorf("recorded is %v while %s", c.Recorded, s)
		}
	}
	if _, err := r.Reinstate(ctx, admin, id, decision); err != nil {
		t.Errorf("reinstating what is issued leaves it: %v", err)
	}
	want(verify.Valid, true)
	// Both within one second: the log keeps them apart.
	if _, err := r.Suspend(ctx, admin, id, decision); err != nil {
		t.Fatal(err)
	}
	want(verify.Suspended, false)
	if _, err := r.Reinstate(ctx, admin, id, decision); err != nil {
		t.Fatal(err)
	}
	want(verify.Valid, false)
	r.finish(t, id) // evidence is booked again
	want(verify.Valid, true)
	r.sound(t, 1)
	if c, _ := r.Look(ctx, id); len(c.Events) != 2 || c.Events[0].At.Equal(c.Events[1].At) || c.Events[1].Leaf == 0 {
		t.Errorf("events: %+v", c.Events)
	}
}

func TestRevocationBetweenStepsIsNotLost(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	if _, err := r.Suspend(ctx, admin, id, decision); err != nil { // while the chain is booking evidence
		t.Fatal(err)
	}
	if err := r.Recorded(ctx, id); err != nil { // the chain comes back with its step
		t.Fatal(err)
	}
	c, _ := r.Look(ctx, id)
	if c.Recorded || c.next(c.IssuedAt) != StepLog {
		t.Errorf("recorded %v, next %s", c.Recorded, c.next(c.IssuedAt))
	}
	r.finish(t, id)
	if c, _ := r.Look(ctx, id); !c.Withdrawn || c.State != Suspended {
		t.Errorf("%+v", c)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	grant := func(role, unit string) access.Actor {
		return access.Actor{Person: "x-" + role, Grants: []access.Grant{{Role: role, Unit: unit}}}
	}
	own := access.Actor{Person: "p1", Grants: []access.Grant{{Role: "training_admin"}}}
	for _, c := range []struct {
		who                            string
		a                              access.Actor
		view, download, revoke, listed error
	}{
		{"nobody", access.Actor{}, faults.Unauthenticated, faults.Unauthenticated, faults.Unauthenticated, faults.Unauthenticated},
		{"another learner", access.Actor{Person: "p2"}, faults.NotFound, faults.NotFound, faults.NotFound, faults.Forbidden},
		{"holder", access.Actor{Person: "p1"}, nil, nil, faults.Forbidden, faults.Forbidden},
		{"admin of the unit", grant("unit_admin", "u-dinas"), nil, nil, faults.Forbidden, nil},
		{"admin of another unit", grant("unit_admin", "u-lain"), faults.NotFound, faults.NotFound, faults.NotFound, nil},
		{"supervisor of the unit", grant("supervisor", "u-bidang"), nil, faults.Forbidden, faults.Forbidden, faults.Forbidden},
		{"auditor", grant("auditor", ""), nil, faults.Forbidden, faults.Forbidden, nil},
		{"training admin on the own certificate", own, nil, nil, faults.Forbidden, nil},
		{"training admin", admin, nil, nil, nil, nil},
	} {
		t.Run(c.who, func(t *testing.T) {
			_, err := r.Certificate(ctx, c.a, id)
			same(t, "view", err, c.view)
			_, err = r.Of(ctx, c.a, "p1", storageStart)
			same(t, "list of the person", err, c.view)
			_, _, err = r.Download(ctx, c.a, id)
			same(t, "download", err, c.download)
			page, err := r.List(ctx, c.a, Filter{})
			same(t, "list", err, c.listed)
			if err == nil && (len(page.Views) == 1) != (c.view == nil) {
				t.Errorf("list shows %d", len(page.Views))
			}
			_, err = r.Revoke(ctx, c.a, id, decision)
			same(t, "revoke", err, c.revoke)
		})
	}
}

func same(t *testing.T, what string, got, want error) {
	t.Helper()
	if want == nil && got != nil || want != nil && !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestDecisionsNeedReasonAndOfficial(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	for name, d := range map[string]Decision{
		"no reason":    {Official: "Kepala"},
		"no official":  {Reason: "cukup panjang alasannya"},
		"short reason": {Reason: "salah", Official: "Kepala BKPSDMD"},
		"NIP inside":   {Reason: "atas nama 19900512 201503 2 001", Official: "Kepala BKPSDMD"},
	} {
		if _, err := r.Revoke(ctx, admin, id, d); !errors.Is(err, faults.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	waiting, err := r.Intend(ctx, testFacts(2))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Revoke(ctx, admin, waiting, decision); !errors.Is(err, faults.Conflict) {
		t.Errorf("revoking what is not issued: %v", err)
	}
}

func TestListFilters(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	for i := range 130 {
		f := testFacts(i)
		if i%2 == 1 {
			f.Course, f.Units = "APEL-104", []string{"u-lain", "u-kota"}
		}
		if i == 7 {
			f.Name = "Cut Meurah Intanwati, S.Sos."
		}
		if _, err := r.Intend(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.sealAll(ctx); err != nil {
		t.Fatal(err)
	}
	seven := Edition("p7.APEL-103.1", KindTraining, 1)
	cert, _ := r.Look(ctx, seven)
	for name, c := range map[string]struct {
		f    Filter
		want int
	}{
		"all":                {Filter{}, 130},
		"unit":               {Filter{Unit: "u-dinas"}, 65},
		"course":             {Filter{Course: "APEL-104"}, 65},
		"unit and course":    {Filter{Unit: "u-kota", Course: "APEL-104"}, 65},
		"name":               {Filter{Words: "cut intan"}, 1},
		"name in wrong unit": {Filter{Words: "cut intan", Unit: "u-dinas"}, 0},
		"number":             {Filter{Words: cert.Record.Number}, 1},
		"state":              {Filter{State: Revoked}, 0},
	} {
		got := 0
		f := c.f
		f.Limit = 40
		for {
			p, err := r.List(ctx, admin, f)
			if err != nil {
				t.Fatal(err)
			}
			got += len(p.Views)
			if !p.More {
				break
			}
			f.After = p.Next
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
