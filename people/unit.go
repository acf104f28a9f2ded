package people

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// UnitKinds lists the kinds of units (PP 18/2016 jo 72/2019, and the parts inside an agency).
var UnitKinds = []string{"pemda", "sekretariat", "inspektorat", "dinas", "badan", "satpolpp", "kecamatan", "kelurahan", "uptd", "puskesmas", "sekolah", "bidang", "bagian", "subbagian", "seksi"}

// agencyKinds are the kinds that are perangkat daerah (OPD) in the lists and figures.
var agencyKinds = []string{"sekretariat", "inspektorat", "dinas", "badan", "satpolpp", "kecamatan"}

// maxDepth bounds the unit tree; a city has five or six levels.
const maxDepth = 20

// Unit is a node of the organisation tree. Its code is stable and unique; its parent changes only through MoveUnit.
type Unit struct {
	ID           UnitID   `json:"id"`
	Version      int64    `json:"-"`                 // of the document read
	Edition      int64    `json:"edition,omitempty"` // counts edits and moves, from 1; an edit names the one it was made on (settling moves the version)
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Kind         string   `json:"kind"`
	Parent       UnitID   `json:"parent,omitempty"`        // "" for a root
	Ancestors    []UnitID `json:"ancestors,omitempty"`     // nearest first; follows Parent through SettleUnit
	HeadPosition string   `json:"head_position,omitempty"` // code of the position that heads the unit; it may be registered later
	Closed       bool     `json:"closed,omitempty"`
	LastMove     int64    `json:"last_move,omitempty"` // number of the move applied or refused last, so that a slow helper cannot redo an old one
	Stamp        string   `json:"stamp,omitempty"`
	Void         bool     `json:"void,omitempty"`
}

// Path is the unit and all units above it, nearest first: what access.Thing.Units wants.
func (u Unit) Path() []string {
	path := []string{string(u.ID)}
	for _, a := range u.Ancestors {
		path = append(path, string(a))
	}
	return path
}

// agency says whether the unit is a perangkat daerah.
func (u Unit) agency() bool { return slices.Contains(agencyKinds, u.Kind) }

func (u Unit) thing() access.Thing {
	return access.Thing{Kind: "unit", ID: string(u.ID), Units: u.Path()}
}

var unitDef = storage.Def[Unit]{Name: "units", Shape: 1, Indexes: []storage.Index[Unit]{
	{Name: "tree", Of: func(d *storage.Doc[Unit]) ([]string, string) {
		u := &d.Value
		if u.Void {
			return nil, ""
		}
		terms := []string{"all", "parent:" + string(u.Parent), "under:" + string(u.ID), "kind:" + u.Kind}
		for _, a := range u.Ancestors {
			terms = append(terms, "under:"+string(a))
		}
		if u.HeadPosition != "" {
			terms = append(terms, "head:"+codeKey(u.HeadPosition))
		}
		for _, w := range texts.Prefixes(u.Name + " " + u.Code) {
			terms = append(terms, "word:"+w)
		}
		return terms, unitOrder(d)
	}},
}}

func unitOrder(d *storage.Doc[Unit]) string { return texts.Fold(d.Value.Name) }

var codePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$`)

func checkCode(e *faults.Error, code string) {
	if !codePattern.MatchString(code) {
		e.With("code", "Kode harus 1-60 huruf, angka, titik, garis, atau garis bawah, tanpa spasi.", "A code has 1 to 60 letters, digits, dots, dashes or underscores, no spaces.")
	}
}

func checkName(e *faults.Error, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		e.With("name", "Wajib diisi.", "This is required.")
	case !utf8.ValidString(name):
		e.With("name", "Tulisan rusak: simpan berkas sebagai UTF-8 lalu coba lagi.", "The text is broken: save the file as UTF-8 and try again.")
	case utf8.RuneCountInString(name) > 200:
		e.With("name", "Terlalu panjang: paling banyak 200 huruf.", "Too long: at most 200 characters.")
	case strings.ContainsFunc(name, unshowable):
		e.With("name", "Ada karakter yang tidak dapat ditampilkan. Ketik ulang isiannya.", "It holds a character that cannot be shown. Type it again.")
	case !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		e.With("name", "Nama harus berisi huruf atau angka.", "A name has letters or digits.")
	}
}

// unshowable says of a rune that nothing can print it, or that it turns the text around it.
func unshowable(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError || texts.Turns(r) }

// Letters says which letters of a text no certificate can print; the room that prints them knows. Safe for use from many goroutines.
type Letters interface {
	Printable(text string) (missing []rune)
}

// printed adds to what is wrong already the letters of names that stand on certificates and cannot be printed there.
func (s *Service) printed(fields []faults.Field, names ...faults.Field) []faults.Field {
	if s.cfg.Letters == nil {
		return fields
	}
	for _, n := range names {
		if slices.ContainsFunc(fields, func(f faults.Field) bool { return f.Path == n.Path }) {
			continue
		}
		if t, bad := texts.Unprintable(s.cfg.Letters.Printable(n.Text.ID)); bad {
			fields = append(fields, faults.Field{Path: n.Path, Text: t})
		}
	}
	return fields
}

// named is a field with what stands in it.
func named(path, value string) faults.Field {
	return faults.Field{Path: path, Text: texts.T(value, "")}
}

func (s *Service) checkUnit(u Unit) []faults.Field {
	return s.printed(u.check(), named("name", u.Name))
}

func (s *Service) checkPosition(p Position) []faults.Field {
	return s.printed(p.check(), named("name", p.Name))
}

func (s *Service) checkDetails(d Details, n NIP) []faults.Field {
	return s.printedDetails(d.check(n), d)
}

func (s *Service) printedDetails(fields []faults.Field, d Details) []faults.Field {
	return s.printed(fields, named("name", d.Name), named("title_before", d.TitleBefore), named("title_after", d.TitleAfter))
}

func (u Unit) check() []faults.Field {
	var e faults.Error
	checkCode(&e, u.Code)
	checkName(&e, u.Name)
	if !slices.Contains(UnitKinds, u.Kind) {
		e.With("kind", "Jenis unit harus salah satu dari "+strings.Join(UnitKinds, ", ")+".", "The kind of a unit is one of "+strings.Join(UnitKinds, ", ")+".")
	}
	if u.HeadPosition != "" && !codePattern.MatchString(u.HeadPosition) {
		e.With("head_position", "Kode jabatan kepala unit tidak benar.", "The code of the head position is not right.")
	}
	return e.Fields
}

// UnitInput is what a unit is made or edited with. ID names the new unit, so that a form sent twice makes one ("" lets the service choose).
type UnitInput struct {
	ID           UnitID
	Code         string
	Name         string
	Kind         string
	Parent       UnitID
	HeadPosition string
}

// AddUnit registers a unit. Safe to call twice with the same ID. Errors: Invalid (also an unknown or closed parent), Conflict (the code is in use),
// Forbidden (the parent is outside of the actor's units).
func (s *Service) AddUnit(ctx context.Context, a access.Actor, in UnitInput) (Unit, error) {
	role, err := s.mayPutUnder(ctx, a, in.Parent)
	if err != nil {
		return Unit{}, err
	}
	if in.ID == "" {
		in.ID = UnitID(storage.NewID())
	}
	u := Unit{ID: in.ID, Code: strings.TrimSpace(in.Code), Name: texts.Tidy(in.Name), Kind: in.Kind, Parent: in.Parent, HeadPosition: strings.TrimSpace(in.HeadPosition)}
	if err := invalid(s.checkUnit(u)); err != nil {
		return Unit{}, err
	}
	if u, err = s.addUnit(ctx, u, s.entry(a, role, "add_unit", "units/"+string(u.ID), "", "", u.Code)); err != nil {
		return Unit{}, err
	}
	_, err = s.reopenFilled(ctx, a, role, u.Parent)
	return u, err
}

// mayPutUnder asks whether the actor may put a unit under a parent; a root belongs to whoever may edit everywhere.
func (s *Service) mayPutUnder(ctx context.Context, a access.Actor, parent UnitID) (role string, err error) {
	thing := access.Thing{Kind: "unit"}
	if parent != "" {
		u, err := s.unit(ctx, parent)
		if errors.Is(err, faults.NotFound) {
			// Whoever may edit nothing learns nothing, not even which units there are.
			if s.cfg.Policy.Scope(a, "edit", "unit").Empty() {
				return s.cfg.Policy.May(a, "edit", thing)
			}
			return "", faults.OnField("parent", "Unit induk ini tidak ada.", "There is no such parent unit.")
		}
		if err != nil {
			return "", err
		}
		thing = u.thing()
		if u.Closed {
			if role, err = s.cfg.Policy.May(a, "edit", thing); err == nil {
				err = faults.OnField("parent", "Unit induk ini sudah ditutup.", "This parent unit is closed.")
			}
			return role, err
		}
	}
	return s.cfg.Policy.May(a, "edit", thing)
}

func (s *Service) addUnit(ctx context.Context, u Unit, trail storage.Audit) (Unit, error) {
	if err := s.reserveUnitCode(ctx, u.Code, u.ID); err != nil {
		return Unit{}, err
	}
	d := storage.Doc[Unit]{ID: string(u.ID), Value: u, Trail: []storage.Audit{trail}}
	if u.Parent != "" {
		parent, err := s.unit(ctx, u.Parent)
		if err != nil {
			return Unit{}, err
		}
		if len(parent.Ancestors) >= maxDepth {
			return Unit{}, faults.OnField("parent", "Susunan unit terlalu dalam.", "The unit tree is too deep.")
		}
		d.Value.Ancestors = append([]UnitID{parent.ID}, parent.Ancestors...)
		// The parent may be moving right now: the new unit looks once more after it can be found.
		d.Due = storage.NewDue("settle", s.now())
	}
	switch err := s.units.Insert(ctx, &d); {
	case errors.Is(err, faults.Conflict):
		old, err := s.unit(ctx, u.ID)
		if errors.Is(err, faults.NotFound) || err == nil && old.Code != u.Code { // another took the code while this place was empty
			err = unitCodeTaken()
		}
		return old, err
	case err != nil:
		return Unit{}, err
	}
	if d.Due != nil {
		s.wake(ctx, "units", d.ID, s.SettleUnit)
	}
	return s.unit(ctx, u.ID)
}

// EditUnit changes name, kind and head position (not code and parent). edition is the one the form was filled from. Errors: Invalid, NotFound,
// Conflict (changed since).
func (s *Service) EditUnit(ctx context.Context, a access.Actor, edition int64, in UnitInput) (Unit, error) {
	u, err := s.unit(ctx, in.ID)
	if err != nil {
		return Unit{}, err
	}
	role, err := s.cfg.Policy.May(a, "edit", u.thing())
	if err != nil {
		return Unit{}, err
	}
	next := u
	next.Name, next.Kind, next.HeadPosition = texts.Tidy(in.Name), in.Kind, strings.TrimSpace(in.HeadPosition)
	if err := invalid(s.checkUnit(next)); err != nil {
		return Unit{}, err
	}
	trail := s.entry(a, role, "edit_unit", "units/"+string(u.ID), "", "", "")
	d, err := s.units.Update(ctx, string(u.ID), func(d *storage.Doc[Unit]) error {
		differ := changes([]string{"name", "kind", "head_position"}, unitFields(next, ""), unitFields(d.Value, ""))
		if len(differ) == 0 {
			return storage.Unchanged // the same form again
		}
		if unitOf(*d).Edition != edition {
			return changedTo(differ)
		}
		d.Value.Edition = edition + 1
		d.Value.Name, d.Value.Kind, d.Value.HeadPosition = next.Name, next.Kind, next.HeadPosition
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return unitOf(d), err
}

// move is the one move of a unit that is going on: moves happen one after the other, because two at once could tie a knot in the tree that no
// single document shows. Whoever finds an unfinished move finishes it first, so a crash blocks nobody.
type move struct {
	Seq     int64         `json:"seq"` // counts moves
	Unit    UnitID        `json:"unit,omitempty"`
	Parent  UnitID        `json:"parent,omitempty"`
	Edition int64         `json:"edition,omitempty"` // of the unit when the move was decided; 0 takes it as it is
	Trail   storage.Audit `json:"trail,omitzero"`
}

var moveDef = storage.Def[move]{Name: "unit_moves", Shape: 1}

const moveID = "current"

// MoveUnit puts a unit with everything below it under another parent ("" makes it a root). edition is the one that was read, 0 takes the unit as it is.
// The actor needs the right at both ends. Safe to call twice. Errors: NotFound, Forbidden, Invalid (an unknown or closed parent), Conflict when the new
// parent lies below the unit itself or somebody changed the unit since.
func (s *Service) MoveUnit(ctx context.Context, a access.Actor, id, parent UnitID, edition int64, why string) (Unit, error) {
	u, err := s.unit(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	role, err := s.cfg.Policy.May(a, "edit", u.thing())
	if err != nil {
		return Unit{}, err
	}
	if u.Parent == parent {
		return u, nil
	}
	if _, err := s.mayPutUnder(ctx, a, parent); err != nil {
		return Unit{}, err
	}
	if u, err = s.moveUnit(ctx, id, parent, edition, s.entry(a, role, "move_unit", "units/"+string(id), "", why, s.unitName(ctx, u.Parent)+" → "+s.unitName(ctx, parent))); err != nil {
		return Unit{}, err
	}
	_, err = s.reopenFilled(ctx, a, role, parent)
	return u, err
}

// unitName names a unit where a person reads it; "–" stands for none and for one that is not to be read.
func (s *Service) unitName(ctx context.Context, id UnitID) string {
	if u, err := s.unit(ctx, id); id != "" && err == nil {
		return u.Name
	}
	return "–"
}

func (s *Service) moveUnit(ctx context.Context, id, parent UnitID, edition int64, trail storage.Audit) (Unit, error) {
	want := move{Unit: id, Parent: parent, Edition: edition, Trail: trail}
	for {
		d, err := s.moves.Upsert(ctx, moveID, func(d *storage.Doc[move]) error {
			if d.Value.Unit != "" {
				return storage.Unchanged
			}
			seq := d.Value.Seq + 1
			d.Value = want
			d.Value.Seq = seq
			return nil
		})
		if err != nil {
			return Unit{}, err
		}
		ours := d.Value.Trail.ID == trail.ID
		err = s.finishMove(ctx, d.Value)
		if ours {
			if err != nil {
				return Unit{}, err
			}
			s.wake(ctx, "units", string(id), s.SettleUnit)
			return s.unit(ctx, id)
		}
		if err != nil && errors.Is(err, faults.Unavailable) {
			return Unit{}, err
		}
	}
}

// finishMove carries out the recorded move and frees the place for the next. Safe to run twice at once. A move that cannot be done is given up.
func (s *Service) finishMove(ctx context.Context, m move) error {
	err := s.relink(ctx, m)
	if err != nil && (errors.Is(err, faults.Unavailable) || ctx.Err() != nil) {
		return err
	}
	if err != nil { // refused: nobody who judged an older tree may still carry it out
		if _, err := s.units.Update(ctx, string(m.Unit), func(d *storage.Doc[Unit]) error {
			if d.Value.LastMove >= m.Seq {
				return storage.Unchanged
			}
			d.Value.LastMove = m.Seq
			return nil
		}); err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
	}
	_, freed := s.moves.Update(ctx, moveID, func(d *storage.Doc[move]) error {
		if d.Value.Trail.ID != m.Trail.ID {
			return storage.Unchanged
		}
		d.Value = move{Seq: d.Value.Seq}
		return nil
	})
	return errors.Join(err, freed)
}

func (s *Service) relink(ctx context.Context, m move) error {
	var ancestors []UnitID
	for at := m.Parent; at != ""; {
		if at == m.Unit {
			return belowItself()
		}
		if len(ancestors) >= maxDepth {
			return faults.OnField("parent", "Susunan unit terlalu dalam.", "The unit tree is too deep.")
		}
		u, err := s.unit(ctx, at)
		if err != nil {
			return fmt.Errorf("walk up the unit tree: %w", err)
		}
		ancestors = append(ancestors, at)
		at = u.Parent
	}
	now := m.Trail.At
	_, err := s.units.Update(ctx, string(m.Unit), func(d *storage.Doc[Unit]) error {
		if d.Value.LastMove >= m.Seq {
			return storage.Unchanged
		}
		if m.Edition != 0 && unitOf(*d).Edition != m.Edition {
			return changedSince()
		}
		d.Value.LastMove = m.Seq
		if d.Value.Parent == m.Parent {
			return nil
		}
		d.Value.Parent, d.Value.Ancestors, d.Value.Edition = m.Parent, ancestors, unitOf(*d).Edition+1
		d.Due = storage.NewDue("settle", now)
		d.Trail = append(d.Trail, m.Trail)
		return nil
	})
	return err
}

// SettleUnit is the chain step "settle": it draws the unit's ancestors anew from its parent and hands them down to its people, positions and
// direct child units, which then settle in turn. Safe to run twice at once and at any time.
func (s *Service) SettleUnit(ctx context.Context, id string) error {
	u, err := s.unit(ctx, UnitID(id))
	if err != nil {
		return err
	}
	var ancestors []UnitID
	if u.Parent != "" {
		parent, err := s.unit(ctx, u.Parent)
		if err != nil {
			return err
		}
		ancestors = append([]UnitID{parent.ID}, parent.Ancestors...)
	}
	now := s.now()
	d, err := s.units.Update(ctx, id, func(d *storage.Doc[Unit]) error {
		if d.Value.Parent != u.Parent {
			return fmt.Errorf("settle unit: moved meanwhile: %w", faults.Conflict)
		}
		if slices.Equal(d.Value.Ancestors, ancestors) {
			return storage.Unchanged
		}
		d.Value.Ancestors = ancestors
		if d.Due == nil {
			d.Due = storage.NewDue("settle", now)
		}
		return nil
	})
	if err != nil {
		return err
	}
	u = unitOf(d)
	path := u.Path()
	if err := s.persons.Each(ctx, storage.Query{Index: "register", Term: "home:" + id}, func(d storage.Doc[Person]) error {
		return s.settlePerson(ctx, ID(d.ID), UnitID(id), path)
	}); err != nil {
		return err
	}
	if err := s.positions.Each(ctx, storage.Query{Index: "posts", Term: "home:" + id}, func(d storage.Doc[Position]) error {
		return s.settlePosition(ctx, PositionID(d.ID), UnitID(id), path)
	}); err != nil {
		return err
	}
	below := append([]UnitID{u.ID}, u.Ancestors...)
	var children []string
	if err := s.units.Each(ctx, storage.Query{Index: "tree", Term: "parent:" + id}, func(d storage.Doc[Unit]) error {
		if slices.Equal(d.Value.Ancestors, below) {
			return nil
		}
		children = append(children, d.ID)
		_, err := s.units.Update(ctx, d.ID, func(d *storage.Doc[Unit]) error {
			if d.Due != nil && !d.Due.Parked {
				return storage.Unchanged
			}
			d.Due = storage.NewDue("settle", now)
			return nil
		})
		return err
	}); err != nil {
		return err
	}
	if _, err := s.units.Update(ctx, id, func(d *storage.Doc[Unit]) error {
		if d.Due == nil || !slices.Equal(d.Value.Ancestors, ancestors) {
			return storage.Unchanged
		}
		d.Due = nil
		return nil
	}); err != nil {
		return err
	}
	for _, c := range children {
		s.wake(ctx, "units", c, s.SettleUnit)
	}
	return nil
}

func (s *Service) settlePerson(ctx context.Context, id ID, unit UnitID, path []string) error {
	_, err := s.persons.Update(ctx, string(id), func(d *storage.Doc[Person]) error {
		if d.Value.Unit != unit || slices.Equal(d.Value.Path, path) {
			return storage.Unchanged
		}
		d.Value.Path = path
		s.spread(d)
		return nil
	})
	return err
}

func (s *Service) settlePosition(ctx context.Context, id PositionID, unit UnitID, path []string) error {
	_, err := s.positions.Update(ctx, string(id), func(d *storage.Doc[Position]) error {
		if d.Value.Unit != unit || slices.Equal(d.Value.Path, path) {
			return storage.Unchanged
		}
		d.Value.Path = path
		return nil
	})
	return err
}

func unitOf(d storage.Doc[Unit]) Unit {
	u := d.Value
	u.Version, u.Edition = d.Version, max(1, u.Edition)
	return u
}

func (s *Service) unit(ctx context.Context, id UnitID) (Unit, error) {
	d, err := s.units.Get(ctx, string(id))
	if err != nil {
		return Unit{}, err
	}
	if d.Value.Void {
		return Unit{}, fmt.Errorf("unit %s was given up: %w", id, faults.NotFound)
	}
	return unitOf(d), nil
}

// Unit shows a unit. NotFound when it does not exist.
func (s *Service) Unit(ctx context.Context, a access.Actor, id UnitID) (Unit, error) {
	u, err := s.unit(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	if _, err := s.cfg.Policy.May(a, "view", u.thing()); err != nil {
		return Unit{}, err
	}
	return u, nil
}

// UnitFilter narrows a list of units: the children of a parent, everything under a unit, or words of name and code.
type UnitFilter struct {
	ChildrenOf *UnitID // "" for the roots
	Under      UnitID
	Kind       string
	Query      string
	After      storage.Cursor
	Limit      int
}

// Units lists units by name.
func (s *Service) Units(ctx context.Context, a access.Actor, f UnitFilter) (Page[Unit], error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "unit"}); err != nil {
		return Page[Unit]{}, err
	}
	words := searchWords(f.Query)
	term := "all"
	switch {
	case f.ChildrenOf != nil:
		term = "parent:" + string(*f.ChildrenOf)
	case f.Under != "":
		term = "under:" + string(f.Under)
	case len(words) > 0:
		term = "word:" + words[0]
	case f.Kind != "":
		term = "kind:" + f.Kind
	}
	docs, next, more, err := scan(ctx, s.units, "tree", []string{term}, unitOrder, f.After, f.Limit, func(d *storage.Doc[Unit]) bool {
		u := &d.Value
		return (f.Kind == "" || u.Kind == f.Kind) && hasWords(words, u.Name+" "+u.Code) &&
			(f.Under == "" || u.ID == f.Under || slices.Contains(u.Ancestors, f.Under))
	})
	p := Page[Unit]{Next: next, More: more}
	for _, d := range docs {
		p.Items = append(p.Items, unitOf(d))
	}
	return p, err
}

// LookUnit reads a unit for another room.
func (s *Service) LookUnit(ctx context.Context, id UnitID) (Unit, error) { return s.unit(ctx, id) }

// UnitByCode finds a unit by its stable code, for other rooms and importers. NotFound.
func (s *Service) UnitByCode(ctx context.Context, code string) (Unit, error) {
	id, err := s.claims.Owner(ctx, claimUnit, codeKey(code))
	if err != nil {
		return Unit{}, err
	}
	return s.unit(ctx, UnitID(id))
}

// UnitPath gives a unit and everything above it, nearest first, for access.Thing.Units. NotFound.
func (s *Service) UnitPath(ctx context.Context, id UnitID) ([]string, error) {
	u, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	return u.Path(), nil
}

// Subtree lists a unit and all units below it, for other rooms. More than storage.MaxGather units are refused.
func (s *Service) Subtree(ctx context.Context, id UnitID) ([]Unit, error) {
	docs, err := s.units.Gather(ctx, storage.Query{Index: "tree", Term: "under:" + string(id)})
	if err != nil {
		return nil, err
	}
	out := make([]Unit, len(docs))
	for i, d := range docs {
		out[i] = unitOf(d)
	}
	return out, nil
}

func belowItself() error {
	return faults.New(faults.Conflict, "Unit tidak dapat dipindahkan ke bawah dirinya sendiri.", "A unit cannot be moved below itself.")
}

func changedSince() error {
	return faults.New(faults.Conflict, "Data ini sudah diubah orang lain sejak Anda membukanya. Muat ulang, lalu ulangi perubahannya.",
		"Somebody changed this since you opened it. Reload it and make your change again.")
}

// searchWords folds a search into prefixes, the longest first, because it is the one looked up.
func searchWords(q string) []string {
	var out []string
	for _, w := range texts.Words(q) {
		out = append(out, texts.SearchPrefix(w))
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

func hasWords(prefixes []string, text string) bool {
	if len(prefixes) == 0 {
		return true
	}
	words := texts.Words(text)
	for _, p := range prefixes {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, p) }) {
			return false
		}
	}
	return true
}
