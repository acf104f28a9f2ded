package people

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// AppointmentKind is how somebody holds a position.
type AppointmentKind string

// The kinds of appointment.
const (
	Definitif AppointmentKind = "definitif" // holds the position
	Plt       AppointmentKind = "plt"       // acting, the position is vacant
	Plh       AppointmentKind = "plh"       // acting for a day or a few, the holder is away
	Pj        AppointmentKind = "pj"        // acting head of region
)

// AppointmentKinds lists them.
var AppointmentKinds = []AppointmentKind{Definitif, Plt, Plh, Pj}

// Appointment is a position a person holds in a unit over a time. Appointments live inside the person's document, so that "one definitif at a
// time" is an invariant of one document.
type Appointment struct {
	Position PositionID      `json:"position"`
	Unit     UnitID          `json:"unit"`
	Kind     AppointmentKind `json:"kind"`
	Since    civil.Date      `json:"since"`
	Until    civil.Date      `json:"until,omitempty"` // last day; "" has no end
}

// On says whether the appointment runs on a day.
func (a Appointment) On(day civil.Date) bool {
	return a.Since <= day && (a.Until == "" || day <= a.Until)
}

func (a Appointment) overlaps(b Appointment) bool {
	return (b.Until == "" || a.Since <= b.Until) && (a.Until == "" || b.Since <= a.Until)
}

// Post is the definitif appointment that runs on a day.
func (p Person) Post(day civil.Date) (Appointment, bool) {
	for _, a := range p.Appointments {
		if a.Kind == Definitif && a.On(day) {
			return a, true
		}
	}
	return Appointment{}, false
}

// Posts lists every appointment that runs on a day, the definitif one first.
func (p Person) Posts(day civil.Date) []Appointment {
	var out []Appointment
	for _, a := range p.Appointments {
		if a.On(day) {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Appointment) int { return rankOfKind(a.Kind) - rankOfKind(b.Kind) })
	return out
}

func rankOfKind(k AppointmentKind) int { return slices.Index(AppointmentKinds, k) }

// appoint adds an appointment to a person's list. A definitif one that began earlier and still runs ends the day before; what would leave two
// definitif ones on a day is a Conflict. An appointment that is there already with the same position, kind and start takes over the new end. Pure.
func appoint(list []Appointment, in Appointment) ([]Appointment, error) {
	if !in.Since.Valid() || in.Until != "" && (!in.Until.Valid() || in.Until < in.Since) {
		return nil, faults.OnField("since", "Tanggal mulai (TMT) dan akhir penempatan tidak benar.", "The start and end of the appointment are not right.")
	}
	if !slices.Contains(AppointmentKinds, in.Kind) {
		return nil, faults.OnField("kind", "Jenis penugasan harus definitif, plt, plh, atau pj.", "The kind of an appointment is definitif, plt, plh or pj.")
	}
	if in.Kind == Plt || in.Kind == Plh {
		if slices.ContainsFunc(list, func(b Appointment) bool { return b.Kind == Definitif && b.Position == in.Position && b.overlaps(in) }) {
			return nil, faults.New(faults.Conflict, "Pegawai ini sudah memegang jabatan itu secara definitif.", "This person already holds that position definitively.")
		}
	}
	out := slices.Clone(list)
	if i := slices.IndexFunc(out, func(b Appointment) bool { return b.Position == in.Position && b.Kind == in.Kind && b.Since == in.Since }); i >= 0 {
		out = slices.Delete(out, i, i+1)
	}
	for i, b := range out {
		same := b.Kind == Definitif && in.Kind == Definitif || b.Kind == in.Kind && b.Position == in.Position
		if !same || !b.overlaps(in) {
			continue
		}
		if b.Since >= in.Since {
			return nil, faults.New(faults.Conflict, "Pada masa itu pegawai ini sudah punya jabatan definitif lain. Satu orang hanya boleh memegang satu jabatan definitif.",
				"In that time this person already has another definitive position. One person has one.")
		}
		out[i].Until = in.Since.AddDays(-1)
	}
	if len(out) >= storage.MaxList {
		return nil, faults.New(faults.TooLarge, "Riwayat jabatan pegawai ini terlalu panjang.", "This person's list of positions is too long.")
	}
	out = append(out, in)
	slices.SortStableFunc(out, func(a, b Appointment) int {
		if a.Since != b.Since {
			if a.Since < b.Since {
				return -1
			}
			return 1
		}
		return rankOfKind(a.Kind) - rankOfKind(b.Kind)
	})
	return out, nil
}

// AppointInput is a new appointment with its decree.
type AppointInput struct {
	Appointment        // Unit may be left out: it is the position's
	Why         string // required
	BeyondSeats bool   // more definitive holders than the position has seats are meant, for example while a successor is brought in
}

// Appoint gives a person a position. A running definitif appointment that began earlier ends the day before the new one begins. The actor needs the right over
// the person and over the position's unit. Safe to call twice. Errors: Invalid (also an unknown or closed position, no reason), NotFound, Forbidden, Conflict
// (another definitif appointment of the person, or no seat left and BeyondSeats is not said).
func (s *Service) Appoint(ctx context.Context, a access.Actor, id ID, in AppointInput) (Person, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	role, err := s.cfg.Policy.May(a, "appoint", p.Thing())
	if err != nil {
		return Person{}, err
	}
	pos, err := s.position(ctx, in.Position)
	switch {
	case errors.Is(err, faults.NotFound):
		return Person{}, faults.OnField("position", "Jabatan ini tidak ada.", "There is no such position.")
	case err != nil:
		return Person{}, err
	case in.Why == "":
		return Person{}, noDecree()
	}
	if in.Unit == "" {
		in.Unit = pos.Unit
	}
	if err := s.openPost(ctx, pos, in.Unit); err != nil {
		return Person{}, err
	}
	if err := s.mayFill(ctx, a, pos, in.Unit); err != nil {
		return Person{}, err
	}
	seated := in.Kind == Definitif && !in.BeyondSeats && !slices.Contains(p.Appointments, in.Appointment)
	if seated {
		release, err := s.holdSeat(ctx, pos, id, in.Appointment)
		if err != nil {
			return Person{}, err
		}
		defer release()
	}
	trail := s.entry(a, role, "appoint", "people/"+string(id), id, in.Why, string(in.Kind)+" "+pos.Code)
	d, err := s.persons.Update(ctx, string(id), func(d *storage.Doc[Person]) error {
		if slices.Contains(d.Value.Appointments, in.Appointment) {
			return storage.Unchanged
		}
		if seated && d.Value.Fence != p.Fence {
			return fenced()
		}
		list, err := appoint(d.Value.Appointments, in.Appointment)
		if err != nil {
			return err
		}
		d.Value.Appointments = list
		s.spread(d)
		d.Trail = append(d.Trail, trail)
		return nil
	})
	if err == nil {
		_, err = s.reopenHeld(ctx, a, role, pos.ID)
	}
	return personOf(d), err
}

func noDecree() error {
	return faults.OnField("why", "Tulis dasarnya, misalnya nomor surat keputusan.", "Give the reason, for example the number of the decree.")
}

// mayFill asks whether the actor may decide who holds a position: in its own unit and in the one it is held in.
func (s *Service) mayFill(ctx context.Context, a access.Actor, pos Position, unit UnitID) error {
	paths := [][]string{pos.Path}
	if unit != pos.Unit {
		path, err := s.UnitPath(ctx, unit)
		if err != nil {
			return unknownUnit(err)
		}
		paths = append(paths, path)
	}
	for _, units := range paths {
		if _, err := s.cfg.Policy.May(a, "fill", access.Thing{Kind: "position", ID: string(pos.ID), Units: units}); err != nil {
			return faults.Wrap(err, faults.Forbidden, "Anda tidak berwenang mengisi atau mengosongkan jabatan di unit ini.", "You may not fill or vacate positions of this unit.").
				With("position", "Jabatan ini di luar wilayah Anda. Minta bantuan admin yang membawahinya.", "This position is outside of your reach. Ask an admin who looks after it.")
		}
	}
	return nil
}

// Relieve ends a running appointment on a last day, with its reason. The actor needs the same rights as for Appoint. Safe to call twice. Errors: NotFound (no
// such appointment), Invalid (the end lies before the start, no reason), Forbidden.
func (s *Service) Relieve(ctx context.Context, a access.Actor, id ID, position PositionID, kind AppointmentKind, last civil.Date, why string) (Person, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	role, err := s.cfg.Policy.May(a, "appoint", p.Thing())
	if err != nil {
		return Person{}, err
	}
	if why == "" {
		return Person{}, noDecree()
	}
	this := func(x Appointment) bool {
		return x.Position == position && x.Kind == kind && (x.Until == "" || x.Until >= last)
	}
	i := slices.IndexFunc(p.Appointments, this)
	if i < 0 {
		return Person{}, notHeld()
	}
	pos, err := s.position(ctx, position)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return Person{}, err
	}
	if err := s.mayFill(ctx, a, pos, p.Appointments[i].Unit); err != nil {
		return Person{}, err
	}
	trail := s.entry(a, role, "relieve", "people/"+string(id), id, why, string(kind))
	d, err := s.persons.Update(ctx, string(id), func(d *storage.Doc[Person]) error {
		i := slices.IndexFunc(d.Value.Appointments, this)
		switch {
		case i < 0:
			return notHeld()
		case !last.Valid() || last < d.Value.Appointments[i].Since:
			return faults.OnField("until", "Tanggal akhir mendahului TMT.", "The end lies before the start.")
		case d.Value.Appointments[i].Until == last:
			return storage.Unchanged
		}
		d.Value.Appointments = slices.Clone(d.Value.Appointments)
		d.Value.Appointments[i].Until = last
		s.spread(d)
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return personOf(d), err
}

func notHeld() error {
	return faults.New(faults.NotFound, "Pegawai ini tidak memegang jabatan itu.", "This person does not hold that position.")
}

// holding is a person with the appointment by which they hold a position.
type holding struct {
	Person      Person
	Appointment Appointment
}

// holders lists who holds a position on a day, the one who counts first: definitif before Plt, Plh, Pj, then whoever has held it longest.
func (s *Service) holders(ctx context.Context, position PositionID, day civil.Date) ([]holding, error) {
	docs, err := s.persons.Gather(ctx, storage.Query{Index: "register", Term: "position:" + string(position)})
	if err != nil {
		return nil, err
	}
	var out []holding
	for _, d := range docs {
		p := personOf(d)
		if !p.InService(day) {
			continue
		}
		for _, a := range p.Appointments {
			if a.Position == position && a.On(day) {
				out = append(out, holding{p, a})
			}
		}
	}
	slices.SortFunc(out, func(a, b holding) int {
		return cmp.Or(rankOfKind(a.Appointment.Kind)-rankOfKind(b.Appointment.Kind), cmp.Compare(a.Appointment.Since, b.Appointment.Since), cmp.Compare(a.Person.ID, b.Person.ID))
	})
	return out, nil
}
