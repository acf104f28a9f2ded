package people

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
)

func postsPrint(p Person) string { return fingerprint(p.Appointments) }

// byNumber reads the person a row is about; ok is false when an error was noted.
func (d *draft) byNumber(ctx context.Context, sh *sheets.Sheet, row sheets.Row) (p Person, ok bool, err error) {
	number, err := sheets.IdentifierCell(sh.Cell(row, "nip"))
	if err == nil {
		_, _, err = d.s.cfg.NIP().Parse(number, d.s.today())
	}
	if d.errs.AddErr(row.N, "nip", err) {
		return p, false, nil
	}
	p, err = d.s.LookByNIP(ctx, number)
	if errors.Is(err, faults.NotFound) {
		d.errs.Add(row.N, "nip", "NIP ini tidak ada di daftar pegawai. Impor pegawainya lebih dahulu atau perbaiki angkanya.", "This NIP is not in the register. Import the person first or correct its digits.")
		return p, false, nil
	}
	return p, err == nil, err
}

// appointments plans a file of appointments: columns nip, position, kind, since and, optionally, unit, until. It adds to what is registered; an
// earlier definitif appointment that still runs ends the day before the new one. All rows of a person are one step.
func (d *draft) appointments(ctx context.Context, sh *sheets.Sheet) error {
	if err := sh.Need("nip", "position", "kind", "since"); err != nil {
		return err
	}
	d.Ignored = sh.Unknown("nip", "position", "unit", "kind", "since", "until")
	type change struct {
		n    int
		p    Person
		list []Appointment
		add  []Appointment
		diff []Change
	}
	byPerson := map[ID]*change{}
	var order []ID
	units, positions := unitCache{s: d.s}, map[string]Position{}
	type line struct {
		n  int
		p  Person
		in Appointment
		on Position
	}
	var lines []line
	for _, row := range sh.Rows {
		p, ok, err := d.byNumber(ctx, sh, row)
		if err != nil {
			return err
		}
		code := sh.Text(row, "position")
		pos, cached := positions[codeKey(code)]
		if !cached {
			if pos, err = d.s.PositionByCode(ctx, code); err != nil && !errors.Is(err, faults.NotFound) {
				return err
			}
			positions[codeKey(code)] = pos
		}
		if pos.ID == "" {
			d.errs.Addf(row.N, "position", "Jabatan %q tidak terdaftar. Impor jabatannya lebih dahulu atau perbaiki kodenya.", "Position %q is not registered. Import it first or correct the code.", shorten(code, 60))
			ok = false
		}
		in := Appointment{Position: pos.ID, Unit: pos.Unit, Kind: AppointmentKind(strings.ToLower(sh.Text(row, "kind")))}
		if t := sh.Text(row, "unit"); t != "" {
			u, found, err := units.byCode(ctx, t)
			if err != nil {
				return err
			}
			if !found {
				unknownUnitRow(&d.errs, row.N, "unit", t)
				ok = false
			}
			in.Unit = u.ID
		}
		in.Since, err = sheets.Date(sh.Cell(row, "since"))
		if d.errs.AddErr(row.N, "since", err) {
			ok = false
		} else if in.Since == "" {
			d.errs.Add(row.N, "since", "TMT wajib diisi.", "The start is required.")
			ok = false
		}
		in.Until, err = sheets.Date(sh.Cell(row, "until"))
		if d.errs.AddErr(row.N, "until", err) {
			ok = false
		}
		if ok && (in.Until == "" || in.Until >= d.s.today()) { // what is over may have been in what was closed since
			err := d.s.openPost(ctx, pos, in.Unit)
			if err != nil && !errors.Is(err, faults.Invalid) {
				return err
			}
			if d.errs.AddErr(row.N, columnOf(err, "position"), err) {
				ok = false
			}
		}
		if ok {
			lines = append(lines, line{row.N, p, in, pos})
		}
	}
	// Older appointments first, whatever the order of the file.
	slices.SortStableFunc(lines, func(a, b line) int { return strings.Compare(string(a.in.Since), string(b.in.Since)) })
	for _, l := range lines {
		if string(l.p.ID) == d.By {
			d.warns.Add(l.n, "", "Baris ini tentang Anda sendiri dan dilewati.", "This row is about yourself and is left out.")
			continue
		}
		c := byPerson[l.p.ID]
		if c == nil {
			c = &change{n: l.n, p: l.p, list: l.p.Appointments}
			byPerson[l.p.ID] = c
			order = append(order, l.p.ID)
		}
		if slices.Contains(c.list, l.in) {
			continue
		}
		if l.in.Kind == Definitif && slices.ContainsFunc(c.list, func(x Appointment) bool {
			return x.Kind == Definitif && x.Position == l.in.Position && x.Since == l.in.Since && l.in.Until == "" && x.Until != ""
		}) {
			continue // registered as ended by a later appointment since: the file tells of its start only
		}
		list, err := appoint(c.list, l.in)
		if err != nil {
			d.errs.AddErr(l.n, columnOf(err, "since"), err)
			continue
		}
		c.n, c.list = min(c.n, l.n), list
		c.add = append(c.add, l.in)
		c.diff = append(c.diff, Change{Field: string(l.in.Kind), New: l.on.Code + " " + string(l.in.Since)})
	}
	seats := map[PositionID]int{}
	for _, id := range order {
		c := byPerson[id]
		r := ImportRow{N: c.n, What: RowSame, Label: c.p.Name, Changes: c.diff, Target: string(id), Print: postsPrint(c.p), Work: &rowWork{Appointments: c.add}}
		if len(c.add) > 0 {
			r.What = RowChanged
		}
		day := d.s.today()
		before, held := c.p.Post(day)
		after, holds := Person{Appointments: c.list}.Post(day)
		if holds && (!held || before.Position != after.Position) {
			seats[after.Position]++
		}
		if held && (!holds || before.Position != after.Position) {
			seats[before.Position]--
		}
		d.add(r)
	}
	return d.warnSeats(ctx, seats)
}

// columnOf is the column of our own format that a refusal is about.
func columnOf(err error, other string) string {
	if err != nil && len(faults.Of(err).Fields) > 0 {
		return faults.Of(err).Fields[0].Path
	}
	return other
}

// warnSeats tells of positions that would have more definitif holders than seats.
func (d *draft) warnSeats(ctx context.Context, more map[PositionID]int) error {
	for id, n := range more {
		if n <= 0 {
			continue
		}
		p, err := d.s.position(ctx, id)
		if err != nil {
			return err
		}
		o, err := d.s.Occupied(ctx, p, d.s.today())
		if err != nil {
			return err
		}
		if o.Holders+n > p.Seats {
			d.warns.Addf(0, "position", "Jabatan %s akan berisi %d orang definitif, formasinya %d.", "Position %s would have %d definitive holders for %d seats.", p.Code, o.Holders+n, p.Seats)
		}
	}
	return nil
}

// openPosts refuses appointments, beyond those that are over, to what was closed since the file was checked.
func (s *Service) openPosts(ctx context.Context, list []Appointment) error {
	for _, in := range list {
		if in.Until != "" && in.Until < s.today() {
			continue
		}
		pos, err := s.position(ctx, in.Position)
		if err != nil {
			return err
		}
		if err := s.openPost(ctx, pos, in.Unit); err != nil {
			return err
		}
	}
	return nil
}

// openPost refuses a position that is closed, or a unit that is.
func (s *Service) openPost(ctx context.Context, pos Position, unit UnitID) error {
	if pos.Closed {
		return faults.OnField("position", "Jabatan ini sudah ditutup. Pilih jabatan lain.", "This position is closed. Choose another.")
	}
	_, err := s.openPath(ctx, unit)
	return unknownUnit(err)
}

func (s *Service) applyAppointments(ctx context.Context, r ImportRow, stamp string, trail storage.Audit) error {
	if err := s.openPosts(ctx, r.Work.Appointments); err != nil {
		return err
	}
	_, err := s.persons.Update(ctx, r.Target, func(d *storage.Doc[Person]) error {
		if d.Value.Stamp == stamp {
			return storage.Unchanged
		}
		if postsPrint(d.Value) != r.Print {
			return changedSince()
		}
		list := d.Value.Appointments
		for _, in := range r.Work.Appointments {
			next, err := appoint(list, in)
			if err != nil {
				return err
			}
			list = next
		}
		d.Value.Appointments, d.Value.Stamp = list, stamp
		s.spread(d)
		d.Trail = append(d.Trail, trail)
		return nil
	})
	return err
}

// roles plans a file of role grants: columns nip, role and, optionally, unit (empty for the whole city). It only adds. The importer needs the right to
// grant each role, and nobody grants to themselves.
func (d *draft) roles(ctx context.Context, sh *sheets.Sheet) error {
	if err := sh.Need("nip", "role"); err != nil {
		return err
	}
	d.Ignored = sh.Unknown("nip", "role", "unit")
	type change struct {
		n    int
		p    Person
		add  []RoleGrant
		have []RoleGrant
		diff []Change
	}
	byPerson := map[ID]*change{}
	var order []ID
	units := unitCache{s: d.s}
	for _, row := range sh.Rows {
		p, ok, err := d.byNumber(ctx, sh, row)
		if err != nil {
			return err
		}
		g := RoleGrant{Role: strings.ToLower(sh.Text(row, "role")), By: d.By, At: d.At, Why: d.why()}
		if !slices.Contains(Roles(), g.Role) {
			d.errs.Add(row.N, "role", "Peran ini tidak ada. Pilihannya: "+strings.Join(Roles(), ", ")+".", "There is no such role. There are: "+strings.Join(Roles(), ", ")+".")
			ok = false
		}
		code := sh.Text(row, "unit")
		if code != "" {
			u, found, err := units.byCode(ctx, code)
			if err != nil {
				return err
			}
			if !found {
				unknownUnitRow(&d.errs, row.N, "unit", code)
				ok = false
			}
			g.Unit = u.ID
		}
		if !ok {
			continue
		}
		if _, _, err := d.s.mayGrant(ctx, d.a, p.ID, g); err != nil {
			if k := faults.KindOf(err); k == faults.Unavailable || k == faults.Internal {
				return err
			}
			d.errs.Add(row.N, "role", "Anda tidak berwenang memberi peran ini kepada pegawai ini.", "You may not grant this role to this person.")
			continue
		}
		c := byPerson[p.ID]
		if c == nil {
			c = &change{n: row.N, p: p}
			acc, err := d.s.accounts.Get(ctx, string(p.ID))
			if err != nil && !errors.Is(err, faults.NotFound) {
				return err
			}
			c.have = slices.DeleteFunc(slices.Clone(acc.Value.Roles), func(g RoleGrant) bool { return g.endedBy(p) })
			byPerson[p.ID] = c
			order = append(order, p.ID)
		}
		if slices.ContainsFunc(c.have, g.same) || slices.ContainsFunc(c.add, g.same) {
			continue
		}
		c.add = append(c.add, g)
		c.diff = append(c.diff, Change{Field: "role", New: strings.TrimSpace(g.Role + " " + code)})
	}
	for _, id := range order {
		c := byPerson[id]
		r := ImportRow{N: c.n, What: RowSame, Label: c.p.Name, Changes: c.diff, Target: string(id), Print: "roles", Work: &rowWork{Roles: c.add}}
		if len(c.add) > 0 {
			r.What = RowChanged
		}
		d.add(r)
	}
	return nil
}
