package people

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

func unitPrint(u Unit) string { return fingerprint(u.Name, u.Kind, u.Parent, u.HeadPosition, u.Closed) }

// units plans a file of units: columns code, name, kind, parent and, optionally, head_position. A parent may stand later in the file.
func (d *draft) units(ctx context.Context, sh *sheets.Sheet) error {
	if err := sh.Need("code", "name", "kind", "parent"); err != nil {
		return err
	}
	d.Ignored = sh.Unknown("code", "name", "kind", "parent", "head_position")
	type line struct {
		n      int
		unit   Unit
		parent string // code
		old    *Unit
	}
	register := unitCache{s: d.s}
	lines := map[string]*line{} // by folded code
	var order []string
	seen := duplicates{}
	for _, row := range sh.Rows {
		u := Unit{Code: sh.Text(row, "code"), Name: texts.Tidy(sh.Text(row, "name")), Kind: strings.ToLower(sh.Text(row, "kind")), HeadPosition: sh.Text(row, "head_position")}
		addFields(&d.errs, row.N, func(f string) string { return f }, d.s.checkUnit(u))
		key := codeKey(u.Code)
		if key == "" {
			continue
		}
		if at, ok := seen.first(key, row.N); !ok {
			d.errs.Addf(row.N, "code", "Kode unit ini sudah ada di baris %d. Satu unit satu baris.", "This unit code stands in row %d already. One unit, one row.", at)
			continue
		}
		l := &line{n: row.N, unit: u, parent: sh.Text(row, "parent")}
		if old, ok, err := register.byCode(ctx, u.Code); err != nil {
			return err
		} else if ok {
			l.old, l.unit.ID = &old, old.ID
		} else {
			l.unit.ID = UnitID(storage.NewID())
		}
		lines[key] = l
		order = append(order, key)
	}
	// Parents: in the file, or in the register.
	parentInFile := map[string]string{}
	for _, key := range order {
		l := lines[key]
		if l.parent == "" {
			continue
		}
		if p, ok := lines[codeKey(l.parent)]; ok {
			l.unit.Parent = p.unit.ID
			parentInFile[key] = codeKey(l.parent)
			continue
		}
		p, ok, err := register.byCode(ctx, l.parent)
		if err != nil {
			return err
		}
		if !ok {
			unknownUnitRow(&d.errs, l.n, "parent", l.parent)
			continue
		}
		l.unit.Parent = p.ID
	}
	// From the top down; what is never reached hangs in a circle.
	depth := map[string]int{}
	var measure func(key string, steps int) int
	measure = func(key string, steps int) int {
		if n, ok := depth[key]; ok {
			return n
		}
		if steps > len(order) {
			return -1
		}
		n := 0
		if up, ok := parentInFile[key]; ok {
			if n = measure(up, steps+1); n >= 0 {
				n++
			}
		}
		depth[key] = n
		return n
	}
	for _, key := range order {
		if n := measure(key, 0); n < 0 {
			d.errs.Add(lines[key].n, "parent", "Induk unit ini berputar kembali ke dirinya sendiri. Perbaiki kolom parent.", "The parents of this unit lead back to itself. Correct the column parent.")
		} else if n >= maxDepth {
			d.errs.Add(lines[key].n, "parent", "Susunan unit terlalu dalam.", "The unit tree is too deep.")
		}
	}
	if err := d.oneRoot(ctx, func(yield func(Unit, int)) {
		for _, key := range order {
			yield(lines[key].unit, lines[key].n)
		}
	}); err != nil {
		return err
	}
	slices.SortStableFunc(order, func(a, b string) int { return depth[a] - depth[b] })
	for _, key := range order {
		l := lines[key]
		if l.unit.HeadPosition != "" {
			if _, err := d.s.claims.Owner(ctx, claimPosition, codeKey(l.unit.HeadPosition)); err != nil {
				if faults.KindOf(err) != faults.NotFound {
					return err
				}
				d.warns.Addf(l.n, "head_position", "Jabatan %q belum terdaftar. Impor jabatannya sesudah ini.", "Position %q is not registered yet. Import it after this.", shorten(l.unit.HeadPosition, 60))
			}
		}
		r := ImportRow{N: l.n, What: RowNew, Label: l.unit.Name, Target: string(l.unit.ID), Work: &rowWork{Unit: &l.unit}}
		if l.old != nil {
			old := *l.old
			l.unit.Code = old.Code
			r.Print = unitPrint(old)
			r.Changes = changes([]string{"name", "kind", "parent", "head_position"}, unitFields(old, d.codeOf(ctx, old.Parent)), unitFields(l.unit, l.parent))
			switch {
			case old.Parent != l.unit.Parent:
				r.What = RowMoved
			case len(r.Changes) > 0 || old.Closed:
				r.What = RowChanged
			default:
				r.What = RowSame
			}
		}
		d.add(r)
	}
	return nil
}

func unitFields(u Unit, parent string) map[string]string {
	return map[string]string{"name": u.Name, "kind": u.Kind, "parent": codeKey(parent), "head_position": u.HeadPosition}
}

func (d *draft) codeOf(ctx context.Context, id UnitID) string {
	if id == "" {
		return ""
	}
	u, err := d.s.unit(ctx, id)
	if err != nil {
		return ""
	}
	return u.Code
}

// oneRoot refuses a file after which the city would have two roots.
func (d *draft) oneRoot(ctx context.Context, each func(yield func(Unit, int))) error {
	p, err := d.s.units.Find(ctx, storage.Query{Index: "tree", Term: "parent:", Limit: 10})
	if err != nil {
		return err
	}
	roots := map[UnitID]bool{}
	for _, x := range p.Docs {
		roots[UnitID(x.ID)] = true
	}
	each(func(u Unit, n int) {
		if u.Parent != "" {
			delete(roots, u.ID)
		}
	})
	each(func(u Unit, n int) {
		if u.Parent != "" || roots[u.ID] {
			return
		}
		if len(roots) > 0 && !slices.ContainsFunc(d.errs, func(e sheets.RowError) bool { return e.Row == n && e.Column == "parent" }) {
			d.errs.Add(n, "parent", "Hanya satu unit puncak yang boleh tanpa induk. Isi kolom parent.", "Only one unit, the top one, has no parent. Fill the column parent.")
			return
		}
		roots[u.ID] = true
	})
	return nil
}

func (s *Service) applyUnit(ctx context.Context, r ImportRow, stamp string, trail storage.Audit) error {
	w := *r.Work.Unit
	if r.Print == "" {
		w.Stamp = stamp
		_, err := s.addUnit(ctx, w, trail)
		return err
	}
	var moved bool
	d, err := s.units.Update(ctx, r.Target, func(d *storage.Doc[Unit]) error {
		if d.Value.Stamp == stamp {
			moved = d.Value.Parent != w.Parent
			return storage.Unchanged
		}
		if unitPrint(d.Value) != r.Print {
			return changedSince()
		}
		moved = d.Value.Parent != w.Parent
		d.Value.Name, d.Value.Kind, d.Value.HeadPosition, d.Value.Closed, d.Value.Stamp = w.Name, w.Kind, w.HeadPosition, false, stamp
		d.Value.Edition = unitOf(*d).Edition + 1
		d.Trail = append(d.Trail, trail)
		return nil
	})
	if err != nil || !moved {
		return err
	}
	trail.ID, trail.Verb = storage.NewID(), "move_unit"
	_, err = s.moveUnit(ctx, UnitID(d.ID), w.Parent, 0, trail)
	return err
}

func positionPrint(p Position) string {
	return fingerprint(p.Name, p.Kind, p.Jenjang, p.Eselon, p.Class, p.Unit, p.Seats, p.Standard, p.Closed)
}

// positions plans a file of positions: columns code, name, kind, jenjang, unit, seats and, optionally, eselon, class, standard.
func (d *draft) positions(ctx context.Context, sh *sheets.Sheet) error {
	if err := sh.Need("code", "name", "kind", "jenjang", "unit", "seats"); err != nil {
		return err
	}
	d.Ignored = sh.Unknown("code", "name", "kind", "jenjang", "eselon", "class", "unit", "seats", "standard")
	units := unitCache{s: d.s}
	seen := duplicates{}
	for _, row := range sh.Rows {
		p := PositionInput{Code: sh.Text(row, "code"), Name: sh.Text(row, "name"), Kind: strings.ToLower(sh.Text(row, "kind")), Jenjang: strings.ToLower(sh.Text(row, "jenjang")),
			Eselon: sh.Text(row, "eselon"), Standard: sh.Text(row, "standard")}.position()
		var err error
		p.Class, err = sheets.Int(sh.Cell(row, "class"))
		bad := d.errs.AddErr(row.N, "class", err)
		p.Seats, err = sheets.Int(sh.Cell(row, "seats"))
		badSeats := d.errs.AddErr(row.N, "seats", err)
		fields := slices.DeleteFunc(d.s.checkPosition(p), func(f faults.Field) bool { return bad && f.Path == "class" || badSeats && f.Path == "seats" })
		addFields(&d.errs, row.N, func(f string) string { return f }, fields)
		unit, ok, err := units.byCode(ctx, sh.Text(row, "unit"))
		if err != nil {
			return err
		}
		if !ok {
			unknownUnitRow(&d.errs, row.N, "unit", sh.Text(row, "unit"))
		}
		p.Unit = unit.ID
		if p.Code == "" {
			continue
		}
		if at, first := seen.first(codeKey(p.Code), row.N); !first {
			d.errs.Addf(row.N, "code", "Kode jabatan ini sudah ada di baris %d. Satu jabatan satu baris; jumlah formasi di kolom seats.", "This position code stands in row %d already. One position, one row; the number of seats goes into seats.", at)
			continue
		}
		r := ImportRow{N: row.N, What: RowNew, Label: p.Name, Work: &rowWork{Position: &p}}
		old, err := d.s.PositionByCode(ctx, p.Code)
		switch {
		case faults.KindOf(err) == faults.NotFound && err != nil:
			p.ID = PositionID(storage.NewID())
		case err != nil:
			return err
		default:
			p.ID, p.Code = old.ID, old.Code
			r.Print = positionPrint(old)
			r.Changes = changes([]string{"name", "kind", "jenjang", "eselon", "class", "unit", "seats", "standard"}, positionFields(old, d.codeOf(ctx, old.Unit)), positionFields(p, unit.Code))
			switch {
			case old.Unit != p.Unit:
				r.What = RowMoved
			case len(r.Changes) > 0 || old.Closed:
				r.What = RowChanged
			default:
				r.What = RowSame
			}
		}
		r.Target = string(p.ID)
		d.add(r)
	}
	return nil
}

func positionFields(p Position, unit string) map[string]string {
	return map[string]string{"name": p.Name, "kind": p.Kind, "jenjang": p.Jenjang, "eselon": p.Eselon, "class": strconv.Itoa(p.Class), "unit": codeKey(unit), "seats": strconv.Itoa(p.Seats), "standard": p.Standard}
}

func (s *Service) applyPosition(ctx context.Context, r ImportRow, stamp string, trail storage.Audit) error {
	w := *r.Work.Position
	w.Stamp = stamp
	if r.Print == "" {
		_, err := s.addPosition(ctx, w, trail)
		return err
	}
	path, err := s.UnitPath(ctx, w.Unit)
	if err != nil {
		return fmt.Errorf("the unit of a position: %w", err)
	}
	if _, err := s.positions.Update(ctx, r.Target, func(d *storage.Doc[Position]) error {
		if d.Value.Stamp == stamp {
			return storage.Unchanged
		}
		if positionPrint(d.Value) != r.Print {
			return changedSince()
		}
		d.Value = w
		d.Value.Path = path
		d.Trail = append(d.Trail, trail)
		return nil
	}); err != nil {
		return err
	}
	_, err = s.rehomePosition(ctx, PositionID(r.Target))
	return err
}
