// Package made invents a whole city around the hand-written one of package demo: units, positions, people, appointments and operators as the
// tables an admin imports, and a plan of who learned what in two years. Everything follows from a seed; nothing in it is a real person's.
//
// Read first: made.go (the city as tables), then names.go and number.go (people), units.go (the tree), history.go (who learned what).
package made

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/apelkota/apel/internal/civil"
)

// Limits of how many people a made city has.
const (
	MinPeople = 60
	MaxPeople = 20_000
)

// Options of Make. The same options make the same city.
type Options struct {
	People   int // people to invent, beside those of the hand-written city
	Seed     int64
	Today    civil.Date          // ages, contracts and ranks are plausible on this day
	Taken    []string            // NIPs of the hand-written city
	Required map[string][]string // "APP/role" that exist -> courses the role requires
}

// City is an invented city. The tables have a header row and the columns of demo/city/README.md.
type City struct {
	Units, Positions, People, Appointments, Operators, Rules Table
	Staff                                                    []Person // in the order of People
}

// Table is a file to import.
type Table [][]string

// CSV writes the table as an admin would upload it.
func (t Table) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.WriteAll(t) //nolint:errcheck // a buffer takes everything
	return b.Bytes()
}

// Rows is the table without its header.
func (t Table) Rows() [][]string { return t[1:] }

// Where keeps the header and the rows that fn keeps.
func (t Table) Where(fn func(row []string) bool) Table {
	out := Table{t[0]}
	for _, r := range t[1:] {
		if fn(r) {
			out = append(out, r)
		}
	}
	return out
}

// Person is what the history needs to know of somebody.
type Person struct {
	NIP       string
	Unit      string
	Joined    civil.Date // first day in the register
	OnDuty    bool
	Heads     int      // level of competence a structural post asks for: 4, 3 or 2; 0 for other posts
	Frontline bool     // the post meets citizens: rules give it the service course
	Courses   []string // required by the roles held in applications, each once
}

// Require adds what a role in an application requires.
func (p *Person) Require(courses []string) {
	for _, c := range courses {
		if !slices.Contains(p.Courses, c) {
			p.Courses = append(p.Courses, c)
		}
	}
}

// streams of randomness, so that one part of the city does not shift when another is changed.
const (
	streamUnits = iota + 1
	streamPeople
	streamHistory
)

func random(seed int64, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), stream)) }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// chance is true with a probability of percent in 100.
func chance(r *rand.Rand, percent float64) bool { return r.Float64()*100 < percent }

// Make invents a city. Pure.
func Make(o Options) City {
	b := &builder{o: o, r: random(o.Seed, streamPeople), numbers: map[string]bool{}, known: map[string]bool{}, roles: o.Required}
	for _, n := range o.Taken {
		b.numbers[n] = true
	}
	b.c = City{
		Units:        Table{{"code", "name", "kind", "parent", "head_position"}},
		Positions:    Table{{"code", "name", "kind", "jenjang", "eselon", "class", "unit", "seats", "standard"}},
		People:       Table{{"nip", "name", "title_before", "title_after", "status", "legal_position", "rank", "education", "education_field", "unit", "email", "contract_start", "contract_end", "service_end", "status_since"}},
		Appointments: Table{{"nip", "position", "unit", "kind", "since", "until"}},
		Operators:    Table{{"nip", "app", "role", "since"}},
		Rules:        Table{{"code", "course", "who", "due_days", "reason_id", "reason_en"}},
	}
	if o.People <= 0 {
		return b.c
	}
	units := makeUnits(random(o.Seed, streamUnits), o.People)
	for i := range units {
		b.staff(&units[i])
	}
	for _, u := range units {
		b.c.Units = append(b.c.Units, []string{u.code, u.name, u.kind, u.parent, u.headPost})
		if u.kind == "kecamatan" {
			b.c.Rules = append(b.c.Rules, []string{"104-" + u.code[len("KEC-"):], "APEL-104", "unit:" + u.code, "60",
				"Kecamatan dan kelurahan adalah tempat layanan yang paling dekat dengan warga.", "District and ward offices are the service points closest to citizens."})
		}
	}
	return b.c
}

// builder collects the tables.
type builder struct {
	o       Options
	r       *rand.Rand
	c       City
	numbers map[string]bool // NIPs in use
	known   map[string]bool // name and birth date in use: nobody has a namesake born on the same day
	roles   map[string][]string
}

// post is a line of a unit's list of posts.
type post struct {
	key                         string // the position's code is key-unit
	name, kind, jenjang, eselon string
	class                       int
	standard                    string
	share                       int // how the unit's people divide; 0: one seat, filled first
	background                  background
	frontline, mostlyContracted bool
}

// staff invents the posts of a unit and the people in them.
func (b *builder) staff(u *unit) {
	posts := u.posts
	seats := make([]int, len(posts))
	left, shares := u.people, 0
	for i, p := range posts {
		shares += p.share
		if p.share == 0 && left > 0 {
			seats[i] = 1
			left--
		}
	}
	for i, n := 0, left; i < n && shares > 0; i++ {
		k := b.r.IntN(shares)
		for j, p := range posts {
			if k -= p.share; p.share > 0 && k < 0 {
				seats[j]++
				break
			}
		}
	}
	for i, p := range posts {
		vacant := 0
		if p.share > 0 && chance(b.r, 25) || p.share == 0 && seats[i] == 0 {
			vacant = 1
		}
		if seats[i]+vacant == 0 {
			continue
		}
		code := p.key + "-" + u.code
		b.c.Positions = append(b.c.Positions, []string{code, p.name + u.suffixOf(p), p.kind, p.jenjang, p.eselon, strconv.Itoa(p.class), u.code, strconv.Itoa(seats[i] + vacant), p.standard})
		if i == 0 && p.share == 0 {
			u.headPost = code
		}
		for range seats[i] {
			b.person(u, p, code)
		}
	}
}

func (b *builder) person(u *unit, p post, position string) {
	h := b.human(p)
	b.c.People = append(b.c.People, []string{h.nip, h.name, h.before, h.after, h.status, h.legal, h.rank, h.education, h.field, u.code, "",
		string(h.contractStart), string(h.contractEnd), string(h.serviceEnd), string(h.statusSince)})
	since := h.joined
	if p.share == 0 || chance(b.r, 30) { // moved here later
		since = h.joined.AddDays(b.r.IntN(max(1, h.joined.DaysUntil(b.o.Today)-30)))
	}
	b.c.Appointments = append(b.c.Appointments, []string{h.nip, position, u.code, "definitif", string(since), ""})
	x := Person{NIP: h.nip, Unit: u.code, Joined: max(h.joined, h.numberSince), OnDuty: h.legal == "01", Heads: map[string]int{"jpt_pratama": 4, "administrator": 3, "pengawas": 2}[p.jenjang], Frontline: p.kind == "pelaksana" || u.frontline || p.frontline}
	if x.OnDuty {
		for _, app := range u.apps {
			if !chance(b.r, u.operators) {
				continue
			}
			role := "operator"
			if x.Heads > 0 || chance(b.r, 12) {
				role = "admin"
			} else if chance(b.r, 25) {
				role = "verifikator"
			}
			courses, ok := b.roles[app+"/"+role]
			if !ok {
				continue
			}
			b.c.Operators = append(b.c.Operators, []string{h.nip, app, role, string(max(since, x.Joined))})
			x.Require(courses)
			x.Frontline = x.Frontline || role == "operator"
		}
	}
	b.c.Staff = append(b.c.Staff, x)
}
