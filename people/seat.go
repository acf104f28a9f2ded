package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// A position's seats and who holds them stand in different documents: the holders are the people's own. Between reading who holds it and writing the next holder
// stands a seat book, one document per position. Whoever appoints enters a hold there by compare-and-swap on the version that was read before the holders were, so
// of two at one moment the second looks again and finds the first: in the book, or among the holders, since a hold is taken out only after the person is written.
//
// A hold that a crash left behind is taken away after holdFor. Its writer may only be slow, so the person is fenced first: a write on that hold is then refused.

// seatBook is who is being appointed to a position now.
type seatBook struct {
	Holds []seatHold `json:"holds,omitempty"`
}

type seatHold struct {
	ID     string     `json:"id"`
	Person ID         `json:"person"`
	Since  civil.Date `json:"since"`
	Until  civil.Date `json:"until,omitempty"`
	At     time.Time  `json:"at"`
}

var seatDef = storage.Def[seatBook]{Name: "position_seats", Shape: 1}

// holdFor is how long a seat is kept for an appointment whose person is not written yet.
const holdFor = time.Minute

// errMoved says that a seat book was written since it was read.
var errMoved = errors.New("the seat book was written meanwhile")

// holdSeat keeps a seat of the position for an appointment that is written next, and gives what takes the hold out of the book again. Conflict when on some day
// of it all seats are held or kept for others.
func (s *Service) holdSeat(ctx context.Context, pos Position, id ID, in Appointment) (release func(), err error) {
	mine := seatHold{ID: storage.NewID(), Person: id, Since: in.Since, Until: in.Until, At: s.now()}
	for range 100 {
		book, err := s.seats.Get(ctx, string(pos.ID))
		if err != nil && !errors.Is(err, faults.NotFound) {
			return nil, err
		}
		var others []seatHold
		for _, h := range book.Value.Holds {
			switch {
			case h.Person == id:
			case s.now().Sub(h.At) < holdFor:
				others = append(others, h)
			default:
				if err := s.fence(ctx, h.Person); err != nil {
					return nil, err
				}
			}
		}
		if err := s.seatFor(ctx, pos, id, in, others); err != nil {
			return nil, err
		}
		_, err = s.seats.Upsert(ctx, string(pos.ID), func(d *storage.Doc[seatBook]) error {
			if d.Version != book.Version {
				return errMoved
			}
			d.Value.Holds = append(slices.Clone(others), mine)
			return nil
		})
		if err == nil {
			return func() { s.releaseSeat(context.WithoutCancel(ctx), pos.ID, mine.ID) }, nil
		}
		if !errors.Is(err, errMoved) {
			return nil, err
		}
	}
	return nil, faults.New(faults.Conflict, "Banyak pengangkatan ke jabatan ini pada saat yang sama. Tunggu sebentar, lalu ulangi.", "Many appointments to this position at one moment. Try again shortly.")
}

// releaseSeat takes a hold out of the book. One that stays, because storage is away, ends by itself.
func (s *Service) releaseSeat(ctx context.Context, position PositionID, hold string) {
	if _, err := s.seats.Update(ctx, string(position), func(d *storage.Doc[seatBook]) error {
		rest := slices.DeleteFunc(slices.Clone(d.Value.Holds), func(h seatHold) bool { return h.ID == hold })
		if len(rest) == len(d.Value.Holds) {
			return storage.Unchanged
		}
		d.Value.Holds = rest
		return nil
	}); err != nil {
		s.log.WarnContext(ctx, "release a seat", "position", position, "err", err)
	}
}

// fence makes the write of an appointment fail that began before now.
func (s *Service) fence(ctx context.Context, id ID) error {
	_, err := s.persons.Update(ctx, string(id), func(d *storage.Doc[Person]) error {
		d.Value.Fence++
		return nil
	})
	if errors.Is(err, faults.NotFound) {
		return nil
	}
	return err
}

// fenced refuses a write whose hold was taken away meanwhile.
func fenced() error {
	return faults.New(faults.Conflict, "Pengangkatan ini tertunda terlalu lama, dan formasinya dilepas lagi. Ulangi.", "This appointment took too long, and its seat was given up. Try again.")
}

// seatFor is Conflict when on some day of a new definitif appointment others hold all seats of the position definitively, or have them kept.
func (s *Service) seatFor(ctx context.Context, pos Position, id ID, in Appointment, kept []seatHold) error {
	docs, err := s.persons.Gather(ctx, storage.Query{Index: "register", Term: "position:" + string(pos.ID)})
	if err != nil {
		return err
	}
	var held []holding
	for _, d := range docs {
		for _, x := range d.Value.Appointments {
			if ID(d.ID) != id && x.Kind == Definitif && x.Position == pos.ID && x.overlaps(in) {
				held = append(held, holding{personOf(d), x})
			}
		}
	}
	for _, h := range kept {
		x := Appointment{Position: pos.ID, Kind: Definitif, Since: h.Since, Until: h.Until}
		if x.overlaps(in) && !slices.ContainsFunc(held, func(y holding) bool { return y.Person.ID == h.Person }) {
			held = append(held, holding{Person{ID: h.Person}, x})
		}
	}
	days := []civil.Date{in.Since} // seats fill up on the days on which somebody begins
	for _, h := range held {
		if h.Appointment.Since > in.Since {
			days = append(days, h.Appointment.Since)
		}
	}
	for _, day := range days {
		n := 0
		for _, h := range held {
			if h.Appointment.On(day) && h.Person.InService(day) {
				n++
			}
		}
		if n >= pos.Seats {
			return faults.Newf(faults.Conflict, "Formasi jabatan ini %d dan sudah dipegang %d orang definitif pada masa itu. Akhiri dahulu penempatan yang lama, atau nyatakan bahwa kelebihan ini memang dimaksud.",
				"This position has %d seats and %d people hold it definitively in that time. End the earlier appointment first, or say that going beyond the seats is meant.", pos.Seats, n).
				With("beyond_seats", "Formasi jabatan ini sudah penuh.", "The seats of this position are taken.")
		}
	}
	return nil
}
