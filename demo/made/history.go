package made

import (
	"math"
	"slices"

	"github.com/apelkota/apel/internal/civil"
)

// Sitting is one cycle of one person in one course, as planned: when it begins, how well the person does, and whether it is given up.
type Sitting struct {
	Person   int // index in the staff
	Course   string
	On       civil.Date
	Skill    float64 // chance to answer an item of the post-test; before learning it is less
	Practice bool
	Retakes  int // post-tests tried again after a failure, at most
	Lessons  int // lessons read before giving up; -1: all
	Renewal  bool
}

// Months of history.
const Months = 24

// Plan says who learned what between from and until: most take the integrity course in the first year and renew it late or not at all, people who
// meet citizens take the service course, who has a role in an application what the role requires, and some of the complaints officers the course that stands on theirs. Else the
// other courses are taken by few, so that they are seen in use: the base ones by anybody, those of heads by heads. Units differ. In order of day. Pure.
func Plan(seed int64, staff []Person, from, until civil.Date) []Sitting {
	r := random(seed, streamHistory)
	days := from.DaysUntil(until)
	diligence := map[string]float64{} // of a unit: the chance that somebody there does what is asked
	var out []Sitting
	for i, p := range staff {
		if _, ok := diligence[p.Unit]; !ok {
			diligence[p.Unit] = 0.45 + 0.53*math.Sqrt(r.Float64())
		}
		d := diligence[p.Unit]
		skill := 1 / (1 + math.Exp(-1.75-r.NormFloat64()))
		first := max(0, from.DaysUntil(p.Joined)+20)
		x := r.Float64()
		if !p.OnDuty || first > days-10 {
			continue
		}
		add := func(course string, day int, renewal bool) bool {
			if day > days {
				return false
			}
			s := Sitting{Person: i, Course: course, On: from.AddDays(day), Skill: skill, Practice: r.Float64() < 0.45, Retakes: 1 + r.IntN(2), Lessons: -1, Renewal: renewal}
			if chance(r, 5) {
				s.Lessons = 1 + r.IntN(5)
			}
			if chance(r, 8) {
				s.Retakes = 0
			}
			out = append(out, s)
			return s.Lessons < 0
		}
		if x < d {
			day := first + int(float64(min(365, max(30, days-first)))*math.Sqrt(r.Float64()*r.Float64()))
			renews, late := d*0.9, 150
			if len(p.Courses) > 0 { // somebody counts who is ready for an application, and asks in time
				renews, late = 0.95, 95
			}
			if add("APEL-103", day, false) && r.Float64() < renews {
				add("APEL-103", day+285+r.IntN(late), true)
			}
		}
		some := func() int { return first + r.IntN(max(1, days-first)) }
		asked := func(course string) bool { return slices.Contains(p.Courses, course) }
		// What a role requires the diligent learn nearly all and the others hardly, so that readiness differs by unit and by person.
		required := map[bool]float64{true: 0.92, false: 0.25}[x < d]
		service := 0.07
		switch {
		case asked("APEL-104"):
			service = required
		case p.Frontline:
			service = 0.85 * d
		}
		if r.Float64() < service {
			add("APEL-104", some(), false)
		}
		complaints := 0.01
		if asked("APEL-202") || asked("APEL-203") {
			complaints = required
		}
		if r.Float64() < complaints {
			if day := some(); add("APEL-202", day, false) && (asked("APEL-203") || r.Float64() < 0.3*d) { // 203 stands on it
				add("APEL-203", day+60+r.IntN(200), false)
			}
		}
		for _, c := range []struct {
			course string
			chance float64
		}{
			{"APEL-101", 0.07}, {"APEL-102", 0.04}, {"APEL-105", 0.1}, {"APEL-106", 0.04}, {"APEL-201", map[bool]float64{true: 0.06}[p.Frontline]},
			{"APEL-204", map[int]float64{2: 0.3}[p.Heads]}, {"APEL-205", map[int]float64{2: 0.2, 3: 0.2}[p.Heads]}, {"APEL-301", map[int]float64{2: 0.15, 3: 0.3}[p.Heads]}, {"APEL-302", map[int]float64{3: 0.3, 4: 0.2}[p.Heads]},
		} {
			chance := c.chance * d
			if asked(c.course) {
				chance = required
			}
			if r.Float64() < chance {
				add(c.course, some(), false)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Sitting) int {
		switch {
		case a.On < b.On:
			return -1
		case a.On > b.On:
			return 1
		}
		return 0
	})
	return out
}
