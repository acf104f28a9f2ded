package courses

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
)

// Seat is what is noted of one taker of one exam beside the answers: when the page was last heard of, how often it was left, from which networks and browsers it
// came. Nothing here touches a result. Its id is exam.person; it is stripped after TraceLife.
type Seat struct {
	Exam    string    `json:"exam"`
	Person  PersonID  `json:"person"`
	Attempt AttemptID `json:"attempt,omitempty"` // the latest
	SeenAt  time.Time `json:"seen_at,omitzero"`

	Away     int     `json:"away,omitempty"`         // times the page was left, as the page says
	AwayFor  int     `json:"away_seconds,omitempty"` // seconds in all
	Networks []Trace `json:"networks,omitempty"`     // the /24 or /48 of the address, each change
	Devices  []Trace `json:"devices,omitempty"`      // hash of the browser's cookie, different in each exam

	Tries   int       `json:"tries,omitempty"` // wrong passwords
	TriedAt time.Time `json:"tried_at,omitzero"`
}

// Trace is something seen first at a moment.
type Trace struct {
	What string    `json:"what"`
	At   time.Time `json:"at"`
}

const tracesMost = 20

var seatDef = storage.Def[Seat]{Name: "exam_seats", Shape: 1, Indexes: []storage.Index[Seat]{
	{Name: "exam", Of: func(d *storage.Doc[Seat]) ([]string, string) { return []string{d.Value.Exam}, d.Value.Person }},
}}

func seatID(exam string, person PersonID) string { return exam + "." + person }

// forget deletes what is kept for a short time only.
func (x *Seat) forget() {
	x.Away, x.AwayFor, x.Networks, x.Devices, x.Tries, x.TriedAt = 0, 0, nil, nil, 0, time.Time{}
}

// network is what is noted of an address: enough to see a change of place, not who else was there.
func (c Caller) network() string {
	bits := 48
	switch {
	case !c.Address.IsValid():
		return ""
	case c.Address.Is4():
		bits = 24
	}
	p, err := c.Address.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// device is what is noted of a browser. The exam is part of the hash, so that nobody is followed from one exam to the next.
func (c Caller) device(exam string) string {
	if c.Device == "" {
		return ""
	}
	h := sha256.Sum256([]byte(exam + "\x00" + c.Device))
	return hex.EncodeToString(h[:8])
}

// noted adds a trace when it is another than the last one.
func noted(list []Trace, what string, now time.Time) []Trace {
	if what == "" || len(list) > 0 && list[len(list)-1].What == what || len(list) >= tracesMost {
		return list
	}
	return append(slices.Clip(list), Trace{what, now})
}

// seenEvery is how exactly a seat knows when its page was last heard of: it is written at most this often unless something else changed.
const seenEvery = 45 * time.Second

// heard writes into a seat that its page was heard of.
func (s *Service) heard(ctx context.Context, at *Attempt, id AttemptID, away, seconds int) error {
	now, c := s.now(), s.caller(ctx)
	_, err := s.seats.Upsert(ctx, seatID(at.Exam.ID, at.Person), func(d *storage.Doc[Seat]) error {
		x := &d.Value
		if d.Version == 0 {
			*x = Seat{Exam: at.Exam.ID, Person: at.Person}
		}
		networks, devices := noted(x.Networks, c.network(), now), noted(x.Devices, c.device(at.Exam.ID), now)
		if d.Version > 0 && x.Attempt == id && away == 0 && seconds == 0 && len(networks) == len(x.Networks) && len(devices) == len(x.Devices) && now.Sub(x.SeenAt) < seenEvery {
			return storage.Unchanged
		}
		x.Attempt, x.SeenAt, x.Networks, x.Devices = id, now, networks, devices
		x.Away, x.AwayFor = x.Away+away, x.AwayFor+seconds
		return nil
	})
	return err
}

// seated notes who began, and lets the attempt follow a change of the exam that came between reading it and beginning.
func (s *Service) seated(ctx context.Context, exam *storage.Doc[Exam], d *storage.Doc[Attempt]) error {
	if err := s.heard(ctx, &d.Value, d.ID, 0, 0); err != nil {
		return err
	}
	x, err := s.exams.Get(ctx, exam.ID)
	if err != nil || x.Value.Revision == exam.Value.Revision {
		return err
	}
	if err := s.follow(ctx, d.ID, &x.Value); err != nil {
		return err
	}
	*d, err = s.attempts.Get(ctx, d.ID)
	return err
}

// Pulse is what a running attempt's page hears of its exam.
type Pulse struct {
	State    AttemptState
	Now      time.Time
	EndsAt   time.Time // zero: no limit
	Left     time.Duration
	Paused   bool
	Stale    bool // another tab or device has opened it since
	Messages []ExamMessage
}

// mostAway bounds what a page may say of one pulse.
const mostAway = 1000

// Pulse takes what a taker's page says of itself (how often and for how many seconds it was left since the last pulse) and answers how the exam stands. tab is that of the
// page, see Open. Outside of an exam nothing is noted. It never changes the attempt.
func (s *Service) Pulse(ctx context.Context, a access.Actor, id AttemptID, tab, away, seconds int) (Pulse, error) {
	d, err := s.sitting(ctx, a, "take", id)
	if err != nil {
		return Pulse{}, err
	}
	at, now := &d.Value, s.now()
	p := Pulse{State: at.State, Now: now, EndsAt: at.EndsAt, Left: at.left(now), Paused: !at.paused().IsZero(), Stale: tab > 0 && tab < at.Tab}
	if at.State == AttemptOpen && at.over(now) {
		p.State = AttemptSubmitted // it is about to be ended
	}
	if at.Exam == nil {
		return p, nil
	}
	if at.State == AttemptOpen {
		if err := s.heard(ctx, at, id, min(max(away, 0), mostAway), min(max(seconds, 0), 24*3600)); err != nil {
			return Pulse{}, err
		}
	}
	p.Messages, err = s.messagesFor(ctx, at)
	return p, err
}

// messagesFor are the last messages to a taker, the latest first.
func (s *Service) messagesFor(ctx context.Context, at *Attempt) ([]ExamMessage, error) {
	if at.Exam == nil {
		return nil, nil
	}
	d, err := s.exams.Get(ctx, at.Exam.ID)
	if err != nil {
		return nil, err
	}
	var out []ExamMessage
	for _, m := range slices.Backward(d.Value.Messages) {
		if (m.To == "" || m.To == at.Person) && !m.At.Before(at.StartedAt) && len(out) < 5 {
			out = append(out, m)
		}
	}
	return out, nil
}

// Open gives a running attempt to its taker on a page that was just opened, and makes that page the one that counts: every save names its tab, and one from
// a page opened before is refused as stale, keeping what it holds. An attempt that has ended is shown as Form does.
func (s *Service) Open(ctx context.Context, a access.Actor, id AttemptID) (FormView, error) {
	now := s.now()
	d, err := s.kept(id).Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		if _, err := s.may(ctx, a, "take", "attempt", id, d.Value.Person); err != nil {
			return err
		}
		if d.Value.State != AttemptOpen || d.Value.over(now) {
			return storage.Unchanged
		}
		if x := d.Value.Exam; x != nil && !inside(x.Networks, s.caller(ctx).Address) {
			return errOutside()
		}
		d.Value.Tab++
		return nil
	})
	if err != nil {
		return FormView{}, notFound(err, "Percobaan ini tidak ada.", "This attempt does not exist.")
	}
	if d.Value.Exam != nil && d.Value.State == AttemptOpen {
		if err := s.heard(ctx, &d.Value, id, 0, 0); err != nil {
			return FormView{}, err
		}
	}
	return s.view(ctx, id, &d.Value)
}
