package overviews

import (
	"context"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
)

// Vacancy is the workbench of one post: the post itself, who fits it with the reasons of each, and the recommendations kept earlier.
type Vacancy struct {
	Post    people.Position
	Ranking placement.Ranking
	Earlier Part[[]placement.Recommendation] // the newest recommendationsShown
}

// recommendationsShown is how many recommendations stand in Vacancy.
const recommendationsShown = 10

// Vacancy ranks people for a post as of today. It needs People and Placement. NotFound and Forbidden as the rooms say.
func (r Rooms) Vacancy(ctx context.Context, a access.Actor, post string) (v Vacancy, err error) {
	if v.Post, err = r.People.Position(ctx, a, people.PositionID(post)); err != nil {
		return v, err
	}
	if v.Ranking, err = r.Placement.PeopleFor(ctx, a, post); err != nil {
		return v, err
	}
	earlier, err := r.Placement.Recommendations(ctx, a, post, storage.Cursor{}, recommendationsShown)
	v.Earlier, err = part(earlier.Items, err)
	return v, err
}
