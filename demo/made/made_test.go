package made_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/demo/made"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/people"
)

const today = civil.Date("2026-11-22")

var roles = map[string][]string{"ANTREAN-PKM/operator": {"APEL-103", "APEL-104", "APEL-105"}, "REKAM-MEDIS/verifikator": {"APEL-103", "APEL-105"}, "SURAT-PENGANTAR/operator": {"APEL-103", "APEL-104", "APEL-105", "APEL-201"},
	"SURAT-PENGANTAR/admin": {"APEL-103"}, "ADUAN/operator": {"APEL-103", "APEL-104", "APEL-105", "APEL-202"}, "RAPOR/operator": {"APEL-103", "APEL-105"}}

func city(n int, seed int64) made.City {
	return made.Make(made.Options{People: n, Seed: seed, Today: today, Required: roles, Taken: []string{"199001012020011901"}})
}

func TestNumbersAreValidAndUnique(t *testing.T) {
	c := city(20_000, 1)
	if len(c.People.Rows()) != 20_000 || len(c.Staff) != 20_000 {
		t.Fatalf("%d people, %d staff", len(c.People.Rows()), len(c.Staff))
	}
	seen := map[string]bool{"199001012020011901": true}
	for _, row := range c.People.Rows() {
		n, warnings, err := people.NIPRules{}.Parse(row[0], today)
		if err != nil || len(warnings) > 0 {
			t.Fatalf("number of %s: %v %v", row[1], err, warnings)
		}
		if row[0][15] != '9' {
			t.Fatalf("the serial of %s is below 900", row[1])
		}
		if seen[row[0]] {
			t.Fatalf("the number of %s is used twice", row[1])
		}
		seen[row[0]] = true
		if contract := strings.HasPrefix(row[4], "PPPK"); contract != (n.Kind() == people.KindNI) {
			t.Fatalf("%s is %s and has a %s", row[1], row[4], n.Kind())
		}
		if string(today) > row[13] {
			t.Fatalf("the service of %s ended on %s", row[1], row[13])
		}
	}
}

func TestSharesArePlausible(t *testing.T) {
	c := city(9_940, 7)
	if n := len(c.Units.Rows()) + 47; n < 285 || n > 315 {
		t.Errorf("%d units in all, want about 300", n)
	}
	kind := map[string]string{}
	for _, u := range c.Units.Rows() {
		if kind[u[0]] != "" {
			t.Errorf("unit %s is there twice", u[0])
		}
		kind[u[0]] = u[2]
	}
	contract, care := 0, 0
	for _, p := range c.People.Rows() {
		if strings.HasPrefix(p[4], "PPPK") {
			contract++
		}
		if k := kind[p[9]]; k == "sekolah" || k == "puskesmas" {
			care++
		}
	}
	for name, share := range map[string]int{"PPPK": contract, "health and schools": care} {
		low, high := 55, 60
		if name != "PPPK" {
			low, high = 47, 56
		}
		if percent := share * 100 / len(c.Staff); percent < low || percent > high {
			t.Errorf("%s: %d %%", name, percent)
		}
	}
	posts := map[string]string{}
	for _, p := range c.Positions.Rows() {
		if posts[p[0]] != "" {
			t.Errorf("position %s is there twice", p[0])
		}
		posts[p[0]] = p[2]
	}
	status := map[string]string{}
	for _, p := range c.People.Rows() {
		status[p[0]] = p[4]
	}
	for _, a := range c.Appointments.Rows() {
		if posts[a[1]] == "" {
			t.Fatalf("an appointment names position %s, which is not there", a[1])
		}
		if posts[a[1]] == "struktural" && status[a[0]] != "PNS" {
			t.Fatalf("a %s heads %s", status[a[0]], a[1])
		}
		if a[4] > string(today) {
			t.Fatalf("an appointment to %s begins in the future", a[1])
		}
	}
}

func TestSeedDecides(t *testing.T) {
	a, b, other := city(500, 3), city(500, 3), city(500, 4)
	if !reflect.DeepEqual(a, b) {
		t.Error("the same seed makes two cities")
	}
	if bytes.Equal(a.People.CSV(), other.People.CSV()) {
		t.Error("two seeds make the same people")
	}
	from := today.AddMonths(-made.Months)
	if !reflect.DeepEqual(made.Plan(3, a.Staff, from, today), made.Plan(3, b.Staff, from, today)) {
		t.Error("the same seed makes two histories")
	}
}

// Who has a role in an application mostly learned what it requires, the others hardly ever.
func TestRolesAreLearnedFor(t *testing.T) {
	c := city(5_000, 7)
	took := map[int]bool{}
	for _, s := range made.Plan(7, c.Staff, today.AddMonths(-made.Months), today) {
		if s.Course == "APEL-105" {
			took[s.Person] = true
		}
	}
	var asked, askedTook, othersTook int
	for i, p := range c.Staff {
		switch must := slices.Contains(p.Courses, "APEL-105"); {
		case must && took[i]:
			asked, askedTook = asked+1, askedTook+1
		case must:
			asked++
		case took[i]:
			othersTook++
		}
	}
	others := len(c.Staff) - asked
	if asked < 200 || askedTook*100 < asked*50 || askedTook*100 > asked*90 || othersTook*100 > others*15 {
		t.Errorf("%d of %d who must took the course, %d of %d others", askedTook, asked, othersTook, others)
	}
}

func TestHistoryIsNotPerfect(t *testing.T) {
	c := city(5_000, 7)
	from := today.AddMonths(-made.Months)
	plan := made.Plan(7, c.Staff, from, today)
	first, renewed, given := map[int]bool{}, map[int]bool{}, 0
	perUnit, inUnit := map[string]int{}, map[string]int{}
	last := from
	for _, s := range plan {
		if s.On < last || s.On > today || c.Staff[s.Person].Joined > s.On {
			t.Fatalf("a sitting on %s after one on %s, by somebody who joined on %s", s.On, last, c.Staff[s.Person].Joined)
		}
		last = s.On
		if s.Course == "APEL-103" {
			if s.Renewal {
				renewed[s.Person] = true
			} else {
				first[s.Person] = true
				perUnit[c.Staff[s.Person].Unit]++
			}
		}
		if s.Lessons >= 0 {
			given++
		}
	}
	if p := len(first) * 100 / len(c.Staff); p < 60 || p > 92 {
		t.Errorf("%d %% took the integrity course", p)
	}
	if p := len(renewed) * 100 / len(first); p < 30 || p > 75 {
		t.Errorf("%d %% renewed it", p)
	}
	if given == 0 || given*100/len(plan) > 10 {
		t.Errorf("%d of %d were given up", given, len(plan))
	}
	for _, p := range c.Staff {
		inUnit[p.Unit]++
	}
	least, most := 100, 0
	for u, n := range inUnit {
		if n >= 20 {
			least, most = min(least, perUnit[u]*100/n), max(most, perUnit[u]*100/n)
		}
	}
	if most-least < 25 {
		t.Errorf("units hardly differ: %d to %d %%", least, most)
	}
	if n := len(plan) * 100 / len(c.Staff); n < 120 || n > 220 {
		t.Errorf("%d sittings per 100 people", n)
	}
}
