package overviews

import (
	"context"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
)

// Appointing is what whoever appoints somebody should have read: how the seats of the position stand on that day, and what the law says against it. The program
// warns; people decide.
type Appointing struct {
	Seats  people.Occupancy
	Doubts Part[[]placement.Verdict] // rules the person is not known to meet
}

// Appointing reads it for a day, before the appointment is made: afterwards the new post is the present one. It needs People and Placement. NotFound when there is no such position.
func (r Rooms) Appointing(ctx context.Context, a access.Actor, id people.ID, position people.PositionID, kind people.AppointmentKind, on civil.Date) (v Appointing, err error) {
	p, err := r.People.Position(ctx, a, position)
	if err != nil {
		return v, err
	}
	if v.Seats, err = r.People.Occupied(ctx, p, on); err != nil {
		return v, err
	}
	v.Doubts, err = part(r.Placement.Doubts(ctx, a, string(id), string(position), kind == people.Definitif, on))
	return v, err
}
