package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/overviews"
	"github.com/apelkota/apel/people"
)

// Home is where a person begins.
type Home struct {
	Person       Person        `json:"person"`
	Next         *Learning     `json:"next,omitempty" doc:"The course to go on with; missing when none is begun"`
	Duties       []Learning    `json:"duties" maxItems:"50" nullable:"false" doc:"Compulsory and not finished, the earliest due date first; all with GET /people/{id}/home"`
	Going        []Learning    `json:"going" maxItems:"50" nullable:"false" doc:"Begun of one's own accord"`
	Finished     int           `json:"finished" doc:"Courses completed"`
	Advised      []Next        `json:"advised" maxItems:"50" nullable:"false" doc:"Courses that close a gap and are not begun, with the reason"`
	Hours        Hours         `json:"hours"`
	Certificates []Certificate `json:"certificates" maxItems:"50" nullable:"false" doc:"The newest page"`
	News         []Notice      `json:"news" maxItems:"3" nullable:"false" doc:"The newest unread messages"`
}

func showHome(h overviews.Home, lang texts.Lang) Home {
	v := Home{Person: showPerson(h.Me), Duties: shown(h.Duties, showLearning(lang)), Going: shown(h.Going, showLearning(lang)), Finished: h.Finished, Advised: shown(h.Advised, showNext),
		Hours: showHours(h.Hours), Certificates: shown(h.Held, showCertificate), News: shown(h.News, showNotice)}
	if h.Next != nil {
		l := showLearning(lang)(*h.Next)
		v.Next = &l
	}
	return v
}

// PersonOverview is all that is known of a person, as far as the reader may see. A part that is missing is not for this reader, or there is none.
type PersonOverview struct {
	Person       Person        `json:"person"`
	Account      *Account      `json:"account,omitempty"`
	Assignments  []Assignment  `json:"assignments,omitempty" maxItems:"50" doc:"The newest; all with GET /assignments"`
	Certificates []Certificate `json:"certificates,omitempty" maxItems:"50" doc:"The newest page"`
	Standing     *Standing     `json:"standing,omitempty"`
	Hours        *Hours        `json:"hours,omitempty"`
}

func showPersonOverview(p overviews.Person) PersonOverview {
	return PersonOverview{Person: showPerson(p.Person), Account: showPart(p.Account, showAccount), Assignments: shown(p.Assignments.Of, showAssignment), Certificates: shown(p.Certificates.Of, showCertificate),
		Standing: showPart(p.Standing, showStanding), Hours: showPart(p.Hours, showHours)}
}

func showPart[T, V any](p overviews.Part[T], show func(T) V) *V {
	if !p.Shown {
		return nil
	}
	v := show(p.Of)
	return &v
}

// shown shows all of a list that is short by itself.
func shown[T, V any](all []T, show func(T) V) []V {
	out := make([]V, 0, len(all))
	for _, x := range all {
		out = append(out, show(x))
	}
	return out
}

func showNext(n competencies.NextCourse) Next { return Next{n.Course, n.Title, n.JP, n.Why} }

func showHours(y competencies.HoursYear) Hours {
	return Hours{From: string(y.From), To: string(y.To), Counted: y.Counted, Unverified: y.Unverified, Duty: y.Duty, Notice: y.Notice, Text: y.Text}
}

// rooms are those that an overview may ask.
func (s *server) rooms() overviews.Rooms {
	return overviews.Rooms{People: s.People, Courses: s.Courses, Certificates: s.Certificates, Competencies: s.Competencies, Placement: s.Placement}
}

func (s *server) overviews() {
	rooms := s.rooms()
	handle(s, operation{Method: http.MethodGet, Path: "/home", ID: "getOwnHome", Tag: "people", Summary: "Where one begins: the next step, what is compulsory, learning hours, advised courses, certificates, news"},
		func(ctx context.Context, _ *struct{}) (*body[Home], error) {
			v := visit.From(ctx)
			h, err := rooms.Home(ctx, v.Actor)
			if err != nil {
				return nil, err
			}
			return answer(showHome(h, v.Lang)), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/overview", ID: "getPersonOverview", Tag: "people", Summary: "A person on one page, each part as far as one may see it; a look at somebody else is logged"},
		func(ctx context.Context, in *PersonPath) (*body[PersonOverview], error) {
			p, err := rooms.Person(ctx, visit.Actor(ctx), people.ID(in.ID))
			if err != nil {
				return nil, err
			}
			return answer(showPersonOverview(p)), nil
		})
}
