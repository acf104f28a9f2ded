package courses_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

func rule(code, who string) courses.RuleInput {
	return courses.RuleInput{Code: code, Course: "APEL-109", Who: who, DueDays: 30, Because: text("wajib bagi semua")}
}

// A rule assigns to everybody it covers, to newcomers by itself, once each, and takes back what no longer applies.
func TestAssignByRule(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	for i := range 250 { // more than one slice
		w.people.put(courses.Learner{Person: fmt.Sprintf("q%03d", i), Active: i%10 > 0, Units: []string{"u-satpol", "u-city"}, PositionKind: "pelaksana", Status: "PPPK"})
	}
	r, err := w.AssignByRule(ctx, admin, rule("DASAR-109", "unit:u-satpol"))
	must(t, err)
	if !r.Running {
		t.Fatal("the rule does not run")
	}
	w.chain()
	_, err = w.AssignByRule(ctx, admin, rule("DASAR-109", "unit:u-satpol")) // the same again changes nothing
	must(t, err)
	w.chain()
	rules, err := w.Rules(ctx, admin)
	must(t, err)
	if len(rules) != 1 || rules[0].Covered != 225 || rules[0].Running {
		t.Fatalf("rule %+v", rules[0])
	}
	all := func(f courses.AssignmentFilter) (list []courses.AssignmentDoc) {
		t.Helper()
		for {
			page, next, err := w.Assignments(ctx, admin, f)
			must(t, err)
			list = append(list, page...)
			if next.Zero() {
				return list
			}
			f.After = next
		}
	}
	if got := all(courses.AssignmentFilter{Rule: "DASAR-109", Limit: 100}); len(got) != 225 || got[0].Due != "2026-04-01" || got[0].Enrolment == "" {
		t.Fatalf("%d assignments, the first %+v", len(got), got[0])
	}
	if got := all(courses.AssignmentFilter{Unit: "u-satpol", State: courses.Assigned, Limit: 1000}); len(got) != 225 {
		t.Fatalf("%d open in the unit", len(got))
	}

	// A newcomer, told of by the register; then another whom nobody told of: the nightly run finds them.
	w.people.put(courses.Learner{Person: "new1", Active: true, Units: []string{"u-satpol", "u-city"}})
	must(t, w.PersonChanged(ctx, "new1"))
	w.people.put(courses.Learner{Person: "new2", Active: true, Units: []string{"u-satpol", "u-city"}})
	w.clock.pass(24 * time.Hour)
	w.chain()
	for _, p := range []string{"new1", "new2"} {
		home, err := w.Home(ctx, access.Actor{Person: p}, "")
		must(t, err)
		if len(home) != 1 || !home[0].Compulsory() || home[0].Assignment.Because.ID != "wajib bagi semua" || home[0].Next.Code != "pretest" {
			t.Fatalf("home of %s: %+v", p, home)
		}
	}
	// Somebody who moved away no longer has to; who is enrolled keeps the enrolment, and lists follow the unit.
	w.people.put(courses.Learner{Person: "q001", Active: true, Units: []string{"u-dukcapil", "u-city"}})
	must(t, w.PersonChanged(ctx, "q001"))
	must(t, w.PersonChanged(ctx, "q001"))
	got := all(courses.AssignmentFilter{Person: "q001"})
	if len(got) != 1 || got[0].State != courses.Withdrawn || got[0].Units[0] != "u-dukcapil" {
		t.Fatalf("after moving away: %+v", got)
	}
	es, _, err := w.Enrolments(ctx, admin, courses.EnrolmentFilter{Unit: "u-dukcapil"})
	must(t, err)
	if len(es) != 1 || es[0].Person != "q001" {
		t.Fatalf("the enrolment did not follow: %+v", es)
	}
	// Overdue is a matter of dates.
	w.clock.pass(31 * 24 * time.Hour)
	if got := all(courses.AssignmentFilter{Unit: "u-satpol", Overdue: true, Limit: 1000}); len(got) != 226 || !got[0].Overdue { // one moved away, two newcomers
		t.Fatalf("%d overdue", len(got))
	}
	must(t, w.StopRule(ctx, admin, "DASAR-109", "selesai"))
	w.people.put(courses.Learner{Person: "new3", Active: true, Units: []string{"u-satpol", "u-city"}})
	must(t, w.PersonChanged(ctx, "new3"))
	w.clock.pass(48 * time.Hour)
	w.chain()
	if got := all(courses.AssignmentFilter{Person: "new3"}); len(got) != 0 {
		t.Fatal("a stopped rule assigned")
	}
	w.audited("assignment_rules", "assign_by_rule", 1)
}

// A rule whose course was completed asks for it again when the renewal window opens, and whoever comes back under a rule gets it back.
func TestARuleRenews(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.course("APEL-109", nil)
	_, err := w.AssignByRule(ctx, admin, rule("R-1", "unit:u-dukcapil"))
	must(t, err)
	w.chain()
	only := func(p string) courses.AssignmentDoc {
		t.Helper()
		list, _, err := w.Assignments(ctx, admin, courses.AssignmentFilter{Person: p})
		must(t, err)
		if len(list) != 1 {
			t.Fatalf("%d assignments of %s", len(list), p)
		}
		return list[0]
	}
	w.read(ani, only("ani").Enrolment)
	f, err := w.Start(ctx, ani, only("ani").Enrolment, "posttest")
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, answers(f, 10), 0)
	must(t, err)
	w.chain()
	w.clock.pass(275 * 24 * time.Hour) // 2 December: the window opens that day in Jakarta
	w.chain()
	if x := only("ani"); x.State != courses.Assigned || x.Reason != courses.ReasonRenewal || x.Due != "2027-03-02" || x.Enrolment != "ani.APEL-109.2" {
		t.Fatalf("renewal %+v", x)
	}
	if x := only("budi"); !x.Overdue || x.Reason != courses.ReasonBase {
		t.Fatalf("who never began %+v", x)
	}
	for _, step := range []struct {
		unit string
		want courses.AssignmentState
	}{{"u-other", courses.Withdrawn}, {"u-dukcapil", courses.Assigned}} {
		w.people.put(courses.Learner{Person: "budi", Active: true, Units: []string{step.unit, "u-city"}})
		must(t, w.PersonChanged(ctx, "budi"))
		if x := only("budi"); x.State != step.want || x.State == courses.Assigned && x.Overdue {
			t.Fatalf("in %s: %+v", step.unit, x)
		}
	}
	// What a person withdrew stays withdrawn.
	_, err = w.Withdraw(ctx, admin, only("budi").ID, "cuti")
	must(t, err)
	must(t, w.PersonChanged(ctx, "budi"))
	if x := only("budi"); x.State != courses.Withdrawn {
		t.Fatalf("withdrawn by hand: %+v", x)
	}
}

func TestWhomARuleCovers(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	w.people.put(courses.Learner{Person: "op", Active: true, Units: []string{"u-kominfo", "u-city"}, Positions: []string{"p-1"}, PositionKind: "fungsional", Standards: []string{"PRANATA"}, Status: "CPNS"})
	w.people.roles["op"] = []string{"SIPP/operator", "SIAK/admin"}
	w.people.roles["ani"] = []string{"SIAK/operator"}
	for i, c := range []struct {
		who  string
		want map[string]bool
	}{
		{"all", map[string]bool{"op": true, "ani": true}},
		{"unit:u-city", map[string]bool{"op": true, "ani": true}},
		{"unit:u-kominfo", map[string]bool{"op": true}},
		{"position:p-1", map[string]bool{"op": true}},
		{"position_kind:pelaksana", map[string]bool{"ani": true}},
		{"standard:PRANATA", map[string]bool{"op": true}},
		{"status:PPPK", map[string]bool{"ani": true}},
		{"app_role:SIPP/operator", map[string]bool{"op": true}},
		{"app_role:*/operator", map[string]bool{"op": true, "ani": true}},
		{"app_role:*/verifikator", nil},
	} {
		code := fmt.Sprintf("R-%d", i)
		_, err := w.AssignByRule(ctx, admin, rule(code, c.who))
		must(t, err)
		w.chain()
		for _, p := range []string{"op", "ani"} {
			list, _, err := w.Assignments(ctx, admin, courses.AssignmentFilter{Person: p, Rule: code})
			must(t, err)
			if (len(list) == 1) != c.want[p] {
				t.Errorf("%s covers %s: %v", c.who, p, len(list) == 1)
			}
		}
	}
	for who, word := range map[string]string{"": "Sasaran", "unit:": "Sasaran", "unit:nowhere": "Unit kerja nowhere", "app_role:SIAK": "Peran aplikasi", "tribe:x": "Sasaran"} {
		_, err := w.AssignByRule(ctx, admin, rule("R-X", who))
		is(t, err, faults.Invalid)
		says(t, err, word)
	}
	_, err := w.AssignByRule(ctx, uadmin, rule("R-X", "all"))
	if k := faults.KindOf(err); k != faults.NotFound && k != faults.Forbidden {
		t.Errorf("a unit admin rules over everybody: %v", err)
	}
	_, err = w.AssignByRule(ctx, uadmin, rule("R-Y", "unit:u-dukcapil"))
	must(t, err)
	_, err = w.AssignByRule(ctx, uadmin, rule("R-0", "unit:u-dukcapil")) // it covers everybody: not a unit admin's to replace
	is(t, err, faults.Conflict)
	if err := w.StopRule(ctx, uadmin, "R-0", "x"); faults.KindOf(err) != faults.NotFound && faults.KindOf(err) != faults.Forbidden {
		t.Errorf("a unit admin stops a rule over everybody: %v", err)
	}
	// A changed rule takes back what it no longer covers.
	_, err = w.AssignByRule(ctx, admin, rule("R-0", "unit:u-kominfo"))
	must(t, err)
	w.chain()
	list, _, err := w.Assignments(ctx, admin, courses.AssignmentFilter{Rule: "R-0"})
	must(t, err)
	for _, x := range list {
		if want := map[bool]courses.AssignmentState{true: courses.Assigned, false: courses.Withdrawn}[x.Person == "op"]; x.State != want {
			t.Errorf("%s has the assignment %s", x.Person, x.State)
		}
	}
	_, err = w.AssignByRule(ctx, ani, courses.RuleInput{})
	is(t, err, faults.NotFound)
}

// A course that is not open to everybody is entered by whoever it is given to, not by oneself.
func TestAClosedCourseIsNotEnteredByOneself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.course("APEL-109", func(c *courses.Content) { c.Card.SelfEnrolment = false })
	_, err := w.Enrol(ctx, ani, courses.EnrolInput{Course: "APEL-109"})
	is(t, err, faults.Conflict)
	says(t, err, "hanya untuk yang ditugaskan", "atasan atau admin diklat")
	e, err := w.Enrol(ctx, uadmin, courses.EnrolInput{Person: "ani", Course: "APEL-109", Why: "tugas di loket"})
	must(t, err)
	if e.Person != "ani" {
		t.Errorf("enrolled %+v", e)
	}
}

// A course given to one person: due date, reason, by whom; answered by completing it, also when that happened before.
func TestAssignOnePerson(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	boss := access.Actor{Person: "boss", Grants: []access.Grant{{Role: "supervisor", Unit: "u-dukcapil"}}}
	in := courses.AssignInput{Key: "k-1", Person: "ani", Course: "APEL-109", Reason: courses.ReasonSupervisor, Because: text("loket baru"), Due: "2026-03-31"}
	for name, c := range map[string]struct {
		a      access.Actor
		change func(*courses.AssignInput)
		want   faults.Kind
	}{
		"a colleague":       {budi, func(*courses.AssignInput) {}, faults.NotFound},
		"outside the unit":  {boss, func(in *courses.AssignInput) { in.Person = "pen" }, faults.NotFound},
		"a past date":       {boss, func(in *courses.AssignInput) { in.Due = "2026-03-01" }, faults.Invalid},
		"no date":           {boss, func(in *courses.AssignInput) { in.Due = "" }, faults.Invalid},
		"no reason":         {boss, func(in *courses.AssignInput) { in.Because = text("") }, faults.Invalid},
		"an unknown reason": {boss, func(in *courses.AssignInput) { in.Reason = "fun" }, faults.Invalid},
		"an unknown course": {boss, func(in *courses.AssignInput) { in.Course = "X-9" }, faults.Invalid},
	} {
		bad := in
		bad.Key = ""
		c.change(&bad)
		if _, err := w.Assign(ctx, c.a, bad); err == nil || faults.KindOf(err) != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for range 2 { // the form posted twice
		_, err := w.Assign(ctx, boss, in)
		must(t, err)
	}
	w.chain()
	home, err := w.Home(ctx, ani, "")
	must(t, err)
	if len(home) != 1 || home[0].Assignment.Due != "2026-03-31" || home[0].Assignment.By != "boss" || home[0].Enrolment == "" {
		t.Fatalf("home %+v", home)
	}
	e := home[0].Enrolment
	w.read(ani, e)
	f, err := w.Start(ctx, ani, e, "posttest")
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, answers(f, 10), 0)
	must(t, err)
	w.chain()
	list, _, err := w.Assignments(ctx, ani, courses.AssignmentFilter{Person: "ani"})
	must(t, err)
	if len(list) != 1 || list[0].State != courses.Answered {
		t.Fatalf("after completing: %+v", list)
	}
	in.Key, in.Reason, in.Due = "k-2", courses.ReasonBase, "2026-12-31"
	_, err = w.Assign(ctx, boss, in)
	must(t, err)
	w.chain()
	list, _, err = w.Assignments(ctx, boss, courses.AssignmentFilter{Unit: "u-dukcapil", State: courses.Answered})
	must(t, err)
	if len(list) != 2 {
		t.Fatalf("an assignment of a completed course stays open: %+v", list)
	}
	// Near the end of the certificate it is a new cycle.
	w.clock.pass(300 * 24 * time.Hour)
	in.Key, in.Reason, in.Due = "k-3", courses.ReasonRenewal, "2027-03-01"
	_, err = w.Assign(ctx, boss, in)
	must(t, err)
	w.chain()
	next, err := w.Enrolment(ctx, ani, "ani.APEL-109.2")
	must(t, err)
	if next.State != courses.Active || next.Cycle != 2 {
		t.Fatalf("renewal: %+v", next)
	}
	x, err := w.Withdraw(ctx, boss, "k-3", "cuti")
	must(t, err)
	if x.State != courses.Withdrawn {
		t.Fatal(x.State)
	}
	_, err = w.Withdraw(ctx, boss, "k-1", "cuti")
	is(t, err, faults.Conflict)
}

func TestCohort(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	_, err := w.OpenCohort(ctx, uadmin, courses.CohortInput{})
	is(t, err, faults.Forbidden)
	_, err = w.OpenCohort(ctx, admin, courses.CohortInput{Name: "x", Course: "APEL-109", From: "2026-04-02", Until: "2026-04-01", Quota: 2000})
	is(t, err, faults.Invalid)
	says(t, err, "until", "quota")
	c, err := w.OpenCohort(ctx, admin, courses.CohortInput{Key: "c1", Name: "Angkatan I", Course: "APEL-109", From: "2026-03-01", Until: "2026-03-31", Quota: 3})
	must(t, err)
	_, err = w.AddMembers(ctx, admin, c.ID, []string{"ani", "budi", "pen", "adm"})
	is(t, err, faults.Conflict)
	says(t, err, "3 orang", "3 tempat")
	for range 2 {
		c, err = w.AddMembers(ctx, admin, c.ID, []string{"ani", "budi"})
		must(t, err)
	}
	_, err = w.Join(ctx, author, c.ID)
	must(t, err)
	_, err = w.Join(ctx, invig, c.ID)
	is(t, err, faults.Conflict)
	w.chain()
	c, err = w.Cohort(ctx, admin, c.ID)
	must(t, err)
	if len(c.Members) != 3 || c.Members[2].Enrolment != "pen.APEL-109.1" {
		t.Fatalf("members %+v", c.Members)
	}
	mine, err := w.Cohort(ctx, ani, c.ID)
	must(t, err)
	if len(mine.Members) != 1 || mine.Members[0].Person != "ani" {
		t.Fatalf("a member sees %+v", mine.Members)
	}
	es, _, err := w.Enrolments(ctx, admin, courses.EnrolmentFilter{Cohort: "c1"})
	must(t, err)
	if len(es) != 3 || es[0].How != courses.ByCohort {
		t.Fatalf("enrolments %+v", es)
	}
	w.clock.pass(31 * 24 * time.Hour)
	_, err = w.AddMembers(ctx, admin, c.ID, []string{"uadm"})
	is(t, err, faults.Conflict)
	list, _, err := w.Cohorts(ctx, ani, "", courses.EnrolmentFilter{}.After, 0)
	must(t, err)
	if len(list) != 1 || list[0].Members != nil || list[0].Size != 3 || !list[0].Joined {
		t.Fatalf("list %+v", list)
	}
	if open, err := w.OpenCohorts(ctx, ani, "APEL-109"); err != nil || len(open) != 0 {
		t.Errorf("an ended cohort is open: %+v, %v", open, err)
	}
}

// Somebody joins a cohort that is open, sees nobody else in it, and leaves it before it begins; whoever was put on its list does not.
func TestJoinAndLeaveACohort(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	c, err := w.OpenCohort(ctx, admin, courses.CohortInput{Key: "c1", Name: "Angkatan I", Course: "APEL-109", From: "2026-03-09", Until: "2026-03-31", Quota: 2})
	must(t, err)
	_, err = w.AddMembers(ctx, admin, c.ID, []string{"budi"})
	must(t, err)
	open, err := w.OpenCohorts(ctx, ani, "APEL-109")
	must(t, err)
	if len(open) != 1 || open[0].Size != 1 || open[0].Joined || len(open[0].Members) != 0 {
		t.Fatalf("open %+v", open)
	}
	for range 2 {
		_, err = w.Join(ctx, ani, c.ID)
		must(t, err)
	}
	w.chain()
	if open, _ = w.OpenCohorts(ctx, ani, "APEL-109"); len(open) != 1 || open[0].Size != 2 || !open[0].Joined || len(open[0].Members) != 1 {
		t.Fatalf("joined %+v", open)
	}
	if open, _ = w.OpenCohorts(ctx, author, "APEL-109"); len(open) != 0 {
		t.Errorf("a full cohort is open: %+v", open)
	}
	_, err = w.Leave(ctx, budi, c.ID)
	is(t, err, faults.Conflict)
	says(t, err, "admin diklat")
	for range 2 {
		_, err = w.Leave(ctx, ani, c.ID)
		must(t, err)
	}
	if es, _, _ := w.Enrolments(ctx, admin, courses.EnrolmentFilter{Cohort: "c1"}); len(es) != 1 {
		t.Errorf("enrolments of the cohort %+v", es)
	}
	if e := w.stateOf(ani, "ani.APEL-109.1"); e.State != courses.Active {
		t.Errorf("the enrolment is %s", e.State)
	}
	if x := w.trail(courses.CohortsCollection, "c1", "leave_cohort"); len(x) != 1 || x[0].About != "ani" {
		t.Errorf("traces %+v", x)
	}
	_, err = w.Join(ctx, ani, c.ID)
	must(t, err)
	w.clock.pass(7 * 24 * time.Hour)
	_, err = w.Leave(ctx, ani, c.ID)
	is(t, err, faults.Conflict)
}
