package overviews

import (
	"context"
	"slices"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// Home is where a person begins: the one next step, what is compulsory until when and why, the learning hours of the year, what would close a gap,
// certificates and news. Always the actor's own.
type Home struct {
	Me       people.Person
	Next     *courses.Learning         // the most urgent course that can be gone on with; nil: none is begun
	Duties   []courses.Learning        // compulsory and not finished, without Next, the earliest due date first; at most coursesShown
	Going    []courses.Learning        // begun of one's own accord, without Next; at most coursesShown
	Finished int                       // courses completed
	Advised  []competencies.NextCourse // courses for a gap that are not under way or completed, the one that closes most first
	Hours    competencies.HoursYear
	Held     []certificates.View // newest first
	News     []people.Notice     // unread, newest first, at most newsShown
}

// coursesShown is how many courses of each kind stand in Home: it is where one begins, no list of all there is.
const coursesShown = 50

// newsShown is how much of the inbox stands in Home.
const newsShown = 3

// Home reads the actor's own. It needs People, Courses, Certificates and Competencies. Errors are those of the rooms.
func (r Rooms) Home(ctx context.Context, a access.Actor) (h Home, err error) {
	if h.Me, err = r.People.Person(ctx, a, people.ID(a.Person)); err != nil {
		return h, err
	}
	learning, err := r.Courses.Home(ctx, a, a.Person)
	if err != nil {
		return h, err
	}
	h.sort(learning)
	if h.Hours, err = r.Competencies.HoursOf(ctx, a, a.Person, ""); err != nil {
		return h, err
	}
	standing, err := r.Competencies.StandingOf(ctx, a, a.Person)
	if err != nil {
		return h, err
	}
	for _, n := range standing.Next {
		if len(h.Advised) < coursesShown && !slices.ContainsFunc(learning, func(l courses.Learning) bool { return l.Course == n.Course }) {
			h.Advised = append(h.Advised, n)
		}
	}
	held, err := r.Certificates.Of(ctx, a, a.Person, storage.Cursor{})
	if err != nil {
		return h, err
	}
	h.Held = held.Views
	news, err := r.People.Notices(ctx, a, people.ID(a.Person), true, storage.Cursor{}, newsShown)
	h.News = news.Items
	return h, err
}

// sort puts the courses where they stand on the page; their order is the room's.
func (h *Home) sort(all []courses.Learning) {
	for _, l := range all {
		if l.State == courses.Completed {
			h.Finished++
		}
		switch {
		case l.State == courses.Completed && !l.Compulsory():
		case h.Next == nil && l.State == courses.Active:
			h.Next = &l
		case l.Compulsory():
			if len(h.Duties) < coursesShown {
				h.Duties = append(h.Duties, l)
			}
		case len(h.Going) < coursesShown:
			h.Going = append(h.Going, l)
		}
	}
}
