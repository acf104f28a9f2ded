package placement

import (
	"context"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// FromPeople reads posts and subjects from the register of people. This is the one place where a birth date is read: it becomes the last day of
// appointment per age limit, and goes no further.
type FromPeople struct {
	People *people.Service
	Now    func() time.Time
	Zone   func() civil.Zone
}

var _ Register = FromPeople{}

func (f FromPeople) today() civil.Date { return f.Zone().Day(f.Now()) }

// Posts implements Register.
func (f FromPeople) Posts(ctx context.Context) ([]Post, error) {
	day := f.today()
	holders := map[people.PositionID]int{}
	err := f.People.PeopleIn(ctx, "", func(p people.Person) error {
		if post, ok := p.Post(day); ok && p.InService(day) {
			holders[post.Position]++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []Post
	err = f.People.EachPosition(ctx, func(p people.Position) error {
		out = append(out, postOf(p, max(0, p.Seats-holders[p.ID])))
		return nil
	})
	return out, err
}

// Post implements Register.
func (f FromPeople) Post(ctx context.Context, id string) (Post, error) {
	p, err := f.People.LookPosition(ctx, people.PositionID(id))
	if err == nil && p.Closed {
		err = faults.NotFound
	}
	if err != nil {
		return Post{}, err
	}
	o, err := f.People.Occupied(ctx, p, f.today())
	return postOf(p, o.Vacant), err
}

func postOf(p people.Position, vacant int) Post {
	return Post{ID: string(p.ID), Code: p.Code, Name: p.Name, Kind: p.Kind, Jenjang: p.Jenjang, Standard: p.Standard, Unit: string(p.Unit), Units: p.Path, Seats: p.Seats, Vacant: vacant}
}

// Subject implements Register.
func (f FromPeople) Subject(ctx context.Context, person string, ages []int) (Subject, error) {
	p, err := f.People.Look(ctx, people.ID(person))
	if err != nil {
		return Subject{}, err
	}
	kinds, err := f.kinds(ctx)
	if err != nil {
		return Subject{}, err
	}
	return subjectOf(p, kinds, ages, f.today()), nil
}

// EachSubject implements Register: everybody in service today.
func (f FromPeople) EachSubject(ctx context.Context, ages []int, fn func(Subject) error) error {
	kinds, err := f.kinds(ctx)
	if err != nil {
		return err
	}
	day := f.today()
	return f.People.PeopleIn(ctx, "", func(p people.Person) error {
		if !p.InService(day) {
			return nil
		}
		return fn(subjectOf(p, kinds, ages, day))
	})
}

// kinds knows of each position what rules ask: its kind and jenjang.
func (f FromPeople) kinds(ctx context.Context) (map[people.PositionID]people.Position, error) {
	out := map[people.PositionID]people.Position{}
	return out, f.People.EachPosition(ctx, func(p people.Position) error {
		out[p.ID] = p
		return nil
	})
}

func subjectOf(p people.Person, kinds map[people.PositionID]people.Position, ages []int, day civil.Date) Subject {
	s := Subject{Person: string(p.ID), Units: p.Path, Facts: Facts{Status: string(p.Status), LegalPosition: string(p.LegalPosition), ServiceSince: p.ServiceSince(),
		ServiceEnd: p.ServiceEnd, Education: p.Education, EducationField: p.EducationField, Rank: p.Rank}}
	if post, ok := p.Post(day); ok {
		s.Post = string(post.Position)
	}
	for _, a := range p.Appointments {
		if k, ok := kinds[a.Position]; ok && a.Kind == people.Definitif {
			s.Facts.Posts = append(s.Facts.Posts, PostHeld{Kind: k.Kind, Jenjang: k.Jenjang, Since: a.Since, Until: a.Until})
		}
	}
	for _, limit := range ages {
		s.Facts.LatestAppointment = append(s.Facts.LatestAppointment, AgeLimit{limit, lastWithin(p.Born(), limit)})
	}
	return s
}

// lastWithin is the last day on which somebody born on a day is not older than limit whole years; "" when the birth date is not known.
func lastWithin(born civil.Date, limit int) civil.Date {
	if !born.Valid() {
		return ""
	}
	last := born.AddYears(limit + 1)
	for born.YearsUntil(last) > limit { // born on 29 February
		last = last.AddDays(-1)
	}
	for born.YearsUntil(last.AddDays(1)) <= limit {
		last = last.AddDays(1)
	}
	return last
}
