package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// PositionKinds lists the kinds of positions (UU 20/2023: manajerial is "struktural" here; fungsional and pelaksana are nonmanajerial).
var PositionKinds = []string{"struktural", "fungsional", "pelaksana"}

// Jenjangs lists the career levels and the kind of position each belongs to.
var Jenjangs = map[string]string{
	"jpt_pratama": "struktural", "administrator": "struktural", "pengawas": "struktural",
	"ahli_pertama": "fungsional", "ahli_muda": "fungsional", "ahli_madya": "fungsional", "ahli_utama": "fungsional",
	"pemula": "fungsional", "terampil": "fungsional", "mahir": "fungsional", "penyelia": "fungsional",
	"pelaksana": "pelaksana",
}

var eselons = []string{"II.a", "II.b", "III.a", "III.b", "IV.a", "IV.b"}

// Position is a post (jabatan) in a unit with a number of seats.
type Position struct {
	ID       PositionID `json:"id"`
	Version  int64      `json:"-"`
	Code     string     `json:"code"`
	Name     string     `json:"name"`
	Kind     string     `json:"kind"`
	Jenjang  string     `json:"jenjang"`
	Eselon   string     `json:"eselon,omitempty"`
	Class    int        `json:"class,omitempty"` // kelas jabatan 1-17; 0 unknown
	Unit     UnitID     `json:"unit"`
	Path     []string   `json:"path,omitempty"` // the unit and all above it; kept by SettleUnit
	Seats    int        `json:"seats"`
	Standard string     `json:"standard,omitempty"` // code of the competency standard (SKJ)
	Closed   bool       `json:"closed,omitempty"`
	Stamp    string     `json:"stamp,omitempty"`
	Void     bool       `json:"void,omitempty"`
}

// Thing is the position as something permission is asked for.
func (p Position) Thing() access.Thing {
	return access.Thing{Kind: "position", ID: string(p.ID), Units: p.Path}
}

var positionDef = storage.Def[Position]{Name: "positions", Shape: 1, Indexes: []storage.Index[Position]{
	{Name: "posts", Of: func(d *storage.Doc[Position]) ([]string, string) {
		p := &d.Value
		if p.Void {
			return nil, ""
		}
		terms := []string{"all", "home:" + string(p.Unit), "kind:" + p.Kind, "jenjang:" + p.Jenjang}
		for _, u := range p.Path {
			terms = append(terms, "unit:"+u)
		}
		if p.Standard != "" {
			terms = append(terms, "standard:"+p.Standard)
		}
		for _, w := range texts.Prefixes(p.Name + " " + p.Code) {
			terms = append(terms, "word:"+w)
		}
		return terms, positionOrder(d)
	}},
}}

func positionOrder(d *storage.Doc[Position]) string { return texts.Fold(d.Value.Name) }

func (p Position) check() []faults.Field {
	var e faults.Error
	checkCode(&e, p.Code)
	checkName(&e, p.Name)
	if !slices.Contains(PositionKinds, p.Kind) {
		e.With("kind", "Jenis jabatan harus struktural, fungsional, atau pelaksana.", "The kind of a position is struktural, fungsional or pelaksana.")
	}
	if kind, ok := Jenjangs[p.Jenjang]; !ok {
		e.With("jenjang", "Jenjang tidak dikenal. Contoh: pengawas, ahli_pertama, pelaksana.", "Unknown jenjang. Examples: pengawas, ahli_pertama, pelaksana.")
	} else if kind != p.Kind && slices.Contains(PositionKinds, p.Kind) {
		e.With("jenjang", "Jenjang ini bukan untuk jabatan "+p.Kind+".", "This jenjang is not one of a "+p.Kind+" position.")
	}
	if p.Eselon != "" && !slices.Contains(eselons, p.Eselon) {
		e.With("eselon", "Eselon harus II.a sampai IV.b, atau kosong.", "The eselon is II.a to IV.b, or empty.")
	}
	if p.Class < 0 || p.Class > 17 {
		e.With("class", "Kelas jabatan harus 1 sampai 17.", "The class of a position is 1 to 17.")
	}
	if p.Seats < 1 || p.Seats > 100_000 {
		e.With("seats", "Jumlah formasi harus paling sedikit 1.", "There is at least 1 seat.")
	}
	return e.Fields
}

// PositionInput is what a position is made or edited with. ID names the new position so that a form sent twice makes one.
type PositionInput struct {
	ID       PositionID
	Code     string
	Name     string
	Kind     string
	Jenjang  string
	Eselon   string
	Class    int
	Unit     UnitID
	Seats    int
	Standard string
}

func (in PositionInput) position() Position {
	return Position{ID: in.ID, Code: strings.TrimSpace(in.Code), Name: texts.Tidy(in.Name), Kind: in.Kind, Jenjang: in.Jenjang,
		Eselon: in.Eselon, Class: in.Class, Unit: in.Unit, Seats: in.Seats, Standard: strings.TrimSpace(in.Standard)}
}

// AddPosition registers a position. Safe to call twice with the same ID. Errors: Invalid, NotFound (the unit), Conflict (the code is in use).
func (s *Service) AddPosition(ctx context.Context, a access.Actor, in PositionInput) (Position, error) {
	path, err := s.openPath(ctx, in.Unit)
	if err != nil {
		if s.cfg.Policy.Scope(a, "edit", "position").Empty() { // whoever may edit nothing learns nothing
			_, err = s.cfg.Policy.May(a, "edit", access.Thing{Kind: "position"})
			return Position{}, err
		}
		return Position{}, unknownUnit(err)
	}
	role, err := s.cfg.Policy.May(a, "edit", access.Thing{Kind: "position", Units: path})
	if err != nil {
		return Position{}, err
	}
	if in.ID == "" {
		in.ID = PositionID(storage.NewID())
	}
	p := in.position()
	if err := invalid(s.checkPosition(p)); err != nil {
		return Position{}, err
	}
	headed, err := s.units.Gather(ctx, storage.Query{Index: "tree", Term: "head:" + codeKey(p.Code)})
	if err != nil {
		return Position{}, err
	}
	for _, d := range headed { // a unit may name its head before that position is registered: whoever holds it looks after the unit
		if _, err := s.cfg.Policy.May(a, "edit", d.Value.thing()); err != nil {
			return Position{}, faults.Wrap(err, faults.Forbidden, "Jabatan dengan kode ini mengepalai unit di luar wilayah Anda.", "The position with this code heads a unit outside of your reach.").
				With("code", "Kode ini milik kepala unit di luar wilayah Anda. Pakai kode lain.", "This code belongs to the head of a unit outside of your reach. Use another.")
		}
	}
	if p, err = s.addPosition(ctx, p, s.entry(a, role, "add_position", "positions/"+string(p.ID), "", "", p.Code)); err != nil {
		return Position{}, err
	}
	_, err = s.reopenFilled(ctx, a, role, p.Unit)
	return p, err
}

func (s *Service) addPosition(ctx context.Context, p Position, trail storage.Audit) (Position, error) {
	path, err := s.UnitPath(ctx, p.Unit)
	if err != nil {
		return Position{}, err
	}
	if err := s.reservePositionCode(ctx, p.Code, p.ID); err != nil {
		return Position{}, err
	}
	p.Path = path
	d := storage.Doc[Position]{ID: string(p.ID), Value: p, Trail: []storage.Audit{trail}}
	switch err := s.positions.Insert(ctx, &d); {
	case errors.Is(err, faults.Conflict):
		old, err := s.position(ctx, p.ID)
		if errors.Is(err, faults.NotFound) || err == nil && old.Code != p.Code { // another took the code while this place was empty
			err = positionCodeTaken()
		}
		return old, err
	case err != nil:
		return Position{}, err
	}
	return s.rehomePosition(ctx, p.ID)
}

// rehomePosition looks once more after a write: the unit may have moved between reading its path and storing it.
func (s *Service) rehomePosition(ctx context.Context, id PositionID) (Position, error) {
	p, err := s.position(ctx, id)
	if err != nil {
		return p, err
	}
	path, err := s.UnitPath(ctx, p.Unit)
	if err != nil || slices.Equal(path, p.Path) {
		return p, err
	}
	if err := s.settlePosition(ctx, id, p.Unit, path); err != nil {
		return p, err
	}
	return s.position(ctx, id)
}

// EditPosition changes everything but the code. version is the one the form was filled from. Errors: Invalid, NotFound, Conflict (changed since).
func (s *Service) EditPosition(ctx context.Context, a access.Actor, version int64, in PositionInput) (Position, error) {
	p, err := s.position(ctx, in.ID)
	if err != nil {
		return Position{}, err
	}
	role, err := s.cfg.Policy.May(a, "edit", p.Thing())
	if err != nil {
		return Position{}, err
	}
	in.Code = p.Code
	next := in.position()
	if err := invalid(s.checkPosition(next)); err != nil {
		return Position{}, err
	}
	path := p.Path
	if next.Unit != p.Unit {
		if path, err = s.openPath(ctx, next.Unit); err != nil {
			return Position{}, unknownUnit(err)
		}
		if _, err := s.cfg.Policy.May(a, "edit", access.Thing{Kind: "position", ID: string(p.ID), Units: path}); err != nil {
			return Position{}, faults.Wrap(err, faults.Forbidden, "Anda tidak berwenang memindahkan jabatan ke unit ini.", "You may not move positions to this unit.").
				With("unit", "Unit ini di luar wilayah Anda.", "This unit is outside of your reach.")
		}
	}
	trail := s.entry(a, role, "edit_position", "positions/"+string(p.ID), "", "", "")
	if _, err := s.positions.Update(ctx, string(p.ID), func(d *storage.Doc[Position]) error {
		differ := s.differs(ctx, next, d.Value)
		if len(differ) == 0 {
			return storage.Unchanged // the same form again
		}
		if d.Edition() != version {
			return changedTo(differ)
		}
		closed := d.Value.Closed
		d.Value = next
		d.Value.Path, d.Value.Closed = path, closed
		d.Trail = append(d.Trail, trail)
		return nil
	}); err != nil {
		return Position{}, err
	}
	if next, err = s.rehomePosition(ctx, p.ID); err != nil || next.Unit == p.Unit {
		return next, err
	}
	_, err = s.reopenFilled(ctx, a, role, next.Unit)
	return next, err
}

// differs lists the fields in which a position that was sent differs from the one that stands.
func (s *Service) differs(ctx context.Context, sent, now Position) []Change {
	old, new := positionFields(sent, ""), positionFields(now, "")
	old["unit"], new["unit"] = s.unitName(ctx, sent.Unit), s.unitName(ctx, now.Unit)
	return changes([]string{"name", "kind", "jenjang", "eselon", "class", "unit", "seats", "standard"}, old, new)
}

// ClosePosition takes a position out of use. Conflict while somebody holds it or is appointed to it. The reason is required. Safe to call twice.
func (s *Service) ClosePosition(ctx context.Context, a access.Actor, id PositionID, why string) error {
	p, err := s.position(ctx, id)
	if err != nil {
		return err
	}
	role, err := s.cfg.Policy.May(a, "edit", p.Thing())
	if err != nil {
		return err
	}
	if why == "" {
		return noReason()
	}
	held, err := s.filled(ctx, id)
	if err != nil {
		return err
	}
	if held > 0 {
		return stillHeld(held)
	}
	trail := s.entry(a, role, "close_position", "positions/"+string(id), "", why, "")
	if err := setClosed(ctx, s.positions, string(id), positionClosed, true, trail); err != nil {
		return err
	}
	// Somebody may have been appointed since they were counted.
	if held, err = s.reopenHeld(ctx, a, role, id); err != nil || held == 0 {
		return err
	}
	return stillHeld(held)
}

func stillHeld(n int) error {
	return faults.Newf(faults.Conflict, "Jabatan ini masih dipegang %d orang. Akhiri penempatannya dahulu.", "%d people still hold this position. End their appointments first.", n)
}

// filled counts who holds a position or is appointed to it.
func (s *Service) filled(ctx context.Context, id PositionID) (held int, err error) {
	holders, err := s.persons.Gather(ctx, storage.Query{Index: "register", Term: "position:" + string(id)})
	today := s.today()
	for _, d := range holders {
		if slices.ContainsFunc(d.Value.Appointments, func(x Appointment) bool { return x.Position == id && (x.Until == "" || x.Until >= today) }) {
			held++
		}
	}
	return held, err
}

// reopenHeld opens a closed position that somebody holds, as reopenFilled does with a unit. It gives how many hold it where it looked.
func (s *Service) reopenHeld(ctx context.Context, a access.Actor, role string, id PositionID) (int, error) {
	p, err := s.position(ctx, id)
	if err != nil || !p.Closed {
		return 0, err
	}
	held, err := s.filled(ctx, id)
	if err != nil || held == 0 {
		return held, err
	}
	trail := s.entry(a, role, "reopen_position", "positions/"+string(id), "", "", "filled while it was being closed")
	return held, setClosed(ctx, s.positions, string(id), positionClosed, false, trail)
}

func positionOf(d storage.Doc[Position]) Position {
	p := d.Value
	p.Version = d.Edition()
	return p
}

func (s *Service) position(ctx context.Context, id PositionID) (Position, error) {
	d, err := s.positions.Get(ctx, string(id))
	if err != nil {
		return Position{}, err
	}
	if d.Value.Void {
		return Position{}, fmt.Errorf("position %s was given up: %w", id, faults.NotFound)
	}
	return positionOf(d), nil
}

// Position shows a position. NotFound when it does not exist.
func (s *Service) Position(ctx context.Context, a access.Actor, id PositionID) (Position, error) {
	p, err := s.position(ctx, id)
	if err != nil {
		return Position{}, err
	}
	if _, err := s.cfg.Policy.May(a, "view", p.Thing()); err != nil {
		return Position{}, err
	}
	return p, nil
}

// LookPosition reads a position for another room.
func (s *Service) LookPosition(ctx context.Context, id PositionID) (Position, error) {
	return s.position(ctx, id)
}

// PositionByCode finds a position by its stable code, for other rooms and importers. NotFound.
func (s *Service) PositionByCode(ctx context.Context, code string) (Position, error) {
	id, err := s.claims.Owner(ctx, claimPosition, codeKey(code))
	if err != nil {
		return Position{}, err
	}
	return s.position(ctx, PositionID(id))
}

// PositionFilter narrows a list of positions.
type PositionFilter struct {
	Under    UnitID // in this unit or below
	At       UnitID // in this unit itself
	Kind     string
	Jenjang  string
	Standard string
	Query    string
	After    storage.Cursor
	Limit    int
}

// Positions lists positions by name.
func (s *Service) Positions(ctx context.Context, a access.Actor, f PositionFilter) (Page[Position], error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "position"}); err != nil {
		return Page[Position]{}, err
	}
	words := searchWords(f.Query)
	term := "all"
	switch {
	case f.Standard != "":
		term = "standard:" + f.Standard
	case f.At != "":
		term = "home:" + string(f.At)
	case f.Under != "":
		term = "unit:" + string(f.Under)
	case len(words) > 0:
		term = "word:" + words[0]
	case f.Jenjang != "":
		term = "jenjang:" + f.Jenjang
	case f.Kind != "":
		term = "kind:" + f.Kind
	}
	docs, next, more, err := scan(ctx, s.positions, "posts", []string{term}, positionOrder, f.After, f.Limit, func(d *storage.Doc[Position]) bool {
		p := &d.Value
		return !p.Closed && (f.Kind == "" || p.Kind == f.Kind) && (f.Jenjang == "" || p.Jenjang == f.Jenjang) &&
			(f.At == "" || p.Unit == f.At) && (f.Under == "" || slices.Contains(p.Path, string(f.Under))) && hasWords(words, p.Name+" "+p.Code)
	})
	out := Page[Position]{Next: next, More: more}
	for _, d := range docs {
		out.Items = append(out.Items, positionOf(d))
	}
	return out, err
}

// EachPosition calls fn for every open position, for other rooms' background work.
func (s *Service) EachPosition(ctx context.Context, fn func(Position) error) error {
	return s.positions.Each(ctx, storage.Query{Index: "posts", Term: "all"}, func(d storage.Doc[Position]) error {
		if d.Value.Closed {
			return nil
		}
		return fn(positionOf(d))
	})
}

// Occupancy is how the seats of a position stand on a day.
type Occupancy struct {
	Position Position
	Holders  int // people who hold it definitif
	Acting   int // Plt, Plh and Pj
	Vacant   int // seats without a definitif holder; never below 0
}

// Occupied counts the holders of a position on a day, for other rooms.
func (s *Service) Occupied(ctx context.Context, p Position, day civil.Date) (Occupancy, error) {
	held, err := s.holders(ctx, p.ID, day)
	if err != nil {
		return Occupancy{}, err
	}
	o := Occupancy{Position: p}
	for _, h := range held {
		if h.Appointment.Kind == Definitif {
			o.Holders++
		} else {
			o.Acting++
		}
	}
	o.Vacant = max(0, p.Seats-o.Holders)
	return o, nil
}

// Vacancies lists the positions under a unit ("" for all) that have an empty seat today, by name, a page at a time. It counts holders only as far as the
// page reaches, so it does not grow with the city.
func (s *Service) Vacancies(ctx context.Context, a access.Actor, under UnitID, after storage.Cursor, limit int) (Page[Occupancy], error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "position"}); err != nil {
		return Page[Occupancy]{}, err
	}
	if limit <= 0 || limit > storage.MaxPage {
		limit = storage.DefaultPage
	}
	q := storage.Query{Index: "posts", Term: "all", After: after, Limit: limit}
	if under != "" {
		q.Term = "unit:" + string(under)
	}
	var out Page[Occupancy]
	for read := 0; read < storage.MaxGather; {
		found, err := s.positions.Find(ctx, q)
		if err != nil {
			return out, err
		}
		for _, d := range found.Docs {
			if read++; d.Value.Closed {
				continue
			}
			o, err := s.Occupied(ctx, positionOf(d), s.today())
			if err != nil {
				return out, err
			}
			if o.Vacant == 0 {
				continue
			}
			if len(out.Items) == limit {
				out.More = true
				return out, nil
			}
			out.Items = append(out.Items, o)
			out.Next = storage.Cursor{Order: positionOrder(&d), ID: d.ID}
		}
		if !found.More {
			return out, nil
		}
		q.After = found.Next
	}
	out.More = len(out.Items) > 0
	return out, nil
}
