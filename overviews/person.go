package overviews

import (
	"context"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// Person is one person on one page: register, account, courses given, certificates, competencies, learning hours, each as far as its room lets the
// actor see.
type Person struct {
	Person       people.Person
	Account      Part[people.Account]
	Assignments  Part[[]courses.AssignmentDoc] // at most assignmentsShown
	Certificates Part[[]certificates.View]     // the newest page
	Standing     Part[competencies.Standing]
	Hours        Part[competencies.HoursYear] // of the year that counts today, with the newest hoursShown entries
}

// How many of each stand in Person; the rooms list all.
const (
	assignmentsShown = 50
	hoursShown       = 50
)

// Person reads what the actor may see of somebody. It needs People, Courses, Certificates and Competencies. NotFound when the actor may not see the
// person at all. A look at another leaves the entries in the audit trail that the rooms leave.
func (r Rooms) Person(ctx context.Context, a access.Actor, id people.ID) (p Person, err error) {
	if p.Person, err = r.People.Person(ctx, a, id); err != nil {
		return p, err
	}
	if p.Account, err = part(r.People.Account(ctx, a, id)); err != nil {
		return p, err
	}
	given, _, err := r.Courses.Assignments(ctx, a, courses.AssignmentFilter{Person: string(id), Limit: assignmentsShown})
	if p.Assignments, err = part(given, err); err != nil {
		return p, err
	}
	held, err := r.Certificates.Of(ctx, a, string(id), storage.Cursor{})
	if p.Certificates, err = part(held.Views, err); err != nil {
		return p, err
	}
	if p.Standing, err = part(r.Competencies.StandingOf(ctx, a, string(id))); err != nil {
		return p, err
	}
	hours, err := r.Competencies.HoursOf(ctx, a, string(id), "")
	hours.Entries = hours.Entries[:min(len(hours.Entries), hoursShown)]
	p.Hours, err = part(hours, err)
	return p, err
}
