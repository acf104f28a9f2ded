package people

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
)

// personFields are the fields a file can fill, in the order they are shown; the names are the columns of our own format.
var personFields = []string{"nip", "name", "title_before", "title_after", "status", "legal_position", "rank", "education", "education_field", "unit", "email",
	"contract_start", "contract_end", "service_end", "status_since"}

// personRow is a row of a people file, read but not judged.
type personRow struct {
	n        int
	nip      NIP
	previous string // a number the person had before; "-" says that the namesake in the register is somebody else
	details  Details
	unit     string          // code
	has      map[string]bool // fields the file speaks of; the others stay as they are
	bad      bool            // an error was noted already
}

func personPrint(p Person) string {
	return fingerprint(p.Details, p.NIP(), p.Gone != nil)
}

// people plans a file of persons in our own format. Only nip, name, status and unit must be there; a column that is missing leaves its field alone.
// previous_nip names the number somebody had before, so that a new number does not make a second person.
func (d *draft) people(ctx context.Context, sh *sheets.Sheet) error {
	if err := sh.Need("nip", "name", "status", "unit"); err != nil {
		return err
	}
	d.sortColumns(sh.Unknown(slices.Concat(personFields, []string{"previous_nip"})...))
	has := map[string]bool{}
	for _, f := range personFields {
		has[f] = sh.Column(f) >= 0
	}
	rows := make([]personRow, 0, len(sh.Rows))
	for _, row := range sh.Rows {
		rows = append(rows, d.readPerson(row.N, func(f string) sheets.Cell { return sh.Cell(row, f) }, func(f string) string { return f }, has))
	}
	_, err := d.persons(ctx, rows, func(f string) string { return f }, "")
	return err
}

// sensitive are columns of staff exports that this product has no business with; they are never taken over, whatever a mapping says.
var sensitive = []string{"nik", "noktp", "nomorktp", "agama", "agamaid", "agamanama", "alamat", "alamatrumah", "npwp", "nonpwp", "npwpnomor", "nomornpwp", "jumlahanak", "jumlahistri", "statuskawin", "statusperkawinan",
	"statuskawinnama", "jeniskelamin", "tempatlahir", "tempatlahirnama", "nohp", "nomorhp", "notelp", "notelepon", "nobpjs", "bpjs", "nokk", "nomorkk", "namaibu", "suku", "golongandarah", "norekening", "karpeg", "nokarpeg"}

func isSensitive(title string) bool { return slices.Contains(sensitive, sheets.Fold(title)) }

func (d *draft) sortColumns(unknown []string) {
	for _, u := range unknown {
		if isSensitive(u) {
			d.Dropped = append(d.Dropped, u)
		} else {
			d.Ignored = append(d.Ignored, u)
		}
	}
}

// readPerson reads one row. cell gives the cell that fills a field, title the column's title in this file.
func (d *draft) readPerson(n int, cell func(field string) sheets.Cell, title func(field string) string, has map[string]bool) personRow {
	before := len(d.errs)
	r := personRow{n: n, has: has, unit: cell("unit").Text}
	number, err := sheets.IdentifierCell(cell("nip"))
	if err == nil {
		var warns []Warning
		r.nip, warns, err = d.s.cfg.NIP().Parse(number, d.s.today())
		for _, w := range warns {
			d.warns = append(d.warns, sheets.RowError{Row: n, Column: title("nip"), Text: w})
		}
	}
	d.errs.AddErr(n, title("nip"), err)
	if c := cell("previous_nip"); !c.Empty() {
		r.previous, err = sheets.IdentifierCell(c)
		d.errs.AddErr(n, title("previous_nip"), err)
	}
	text := func(f string) string { return cell(f).Text }
	r.details = Details{Name: text("name"), TitleBefore: text("title_before"), TitleAfter: text("title_after"), Status: readStatus(text("status")), LegalPosition: readLegalPosition(text("legal_position")),
		Rank: text("rank"), Education: readEducation(text("education")), EducationField: text("education_field"), Email: text("email")}
	for _, f := range []struct {
		name string
		into *civil.Date
	}{{"contract_start", &r.details.ContractStart}, {"contract_end", &r.details.ContractEnd}, {"service_end", &r.details.ServiceEnd}, {"status_since", &r.details.StatusSince}} {
		*f.into, err = sheets.Date(cell(f.name))
		d.errs.AddErr(n, title(f.name), err)
	}
	r.details = r.details.clean()
	r.bad = len(d.errs) > before
	return r
}

// over puts the fields the file speaks of over what is registered.
func (r personRow) over(old Details) Details {
	d := old
	for f, into := range map[string]func(){
		"name": func() { d.Name = r.details.Name }, "title_before": func() { d.TitleBefore = r.details.TitleBefore }, "title_after": func() { d.TitleAfter = r.details.TitleAfter },
		"status": func() { d.Status = r.details.Status }, "legal_position": func() { d.LegalPosition = r.details.LegalPosition }, "rank": func() { d.Rank = r.details.Rank },
		"education": func() { d.Education = r.details.Education }, "education_field": func() { d.EducationField = r.details.EducationField }, "unit": func() { d.Unit = r.details.Unit },
		"email": func() { d.Email = r.details.Email }, "contract_start": func() { d.ContractStart = r.details.ContractStart }, "contract_end": func() { d.ContractEnd = r.details.ContractEnd },
		"service_end": func() { d.ServiceEnd = r.details.ServiceEnd }, "status_since": func() { d.StatusSince = r.details.StatusSince },
	} {
		if r.has[f] {
			into()
		}
	}
	if !r.has["service_end"] && d.Status.PPPK() && (old.ServiceEnd == "" || old.ServiceEnd == old.ContractEnd) {
		d.ServiceEnd = d.ContractEnd // a contract that is prolonged prolongs the service that ended with it
	}
	return d
}

// persons plans rows of persons. It returns whom the file speaks of and the units it names.
func (d *draft) persons(ctx context.Context, rows []personRow, title func(string) string, source string) (map[ID]bool, error) {
	units := unitCache{s: d.s}
	named, numbers, emails := map[ID]bool{}, duplicates{}, duplicates{}
	mails := d.s.mayMail(d.a, access.Thing{Kind: "person"}, "", "any") == nil
	if !mails && slices.ContainsFunc(rows, func(r personRow) bool { return r.has["email"] }) {
		d.warns.Add(0, title("email"), "Alamat surel tidak diambil: token API tidak dapat mengubahnya.", "E-mail addresses are not taken over: an API token cannot change them.")
	}
	for _, r := range rows {
		u, ok, err := units.byCode(ctx, r.unit)
		if err != nil {
			return nil, err
		}
		if !ok {
			if r.unit == "" {
				d.errs.Add(r.n, title("unit"), "Unit wajib diisi.", "The unit is required.")
			} else {
				unknownUnitRow(&d.errs, r.n, title("unit"), r.unit)
			}
			r.bad = true
		}
		r.details.Unit = u.ID
		if !mails && r.has["email"] {
			r.has = maps.Clone(r.has)
			r.has["email"] = false
		}
		if letters := onlyHas(d.s.printedDetails(nil, r.details), r.has, false); len(letters) > 0 {
			addFields(&d.errs, r.n, title, letters)
			r.bad = true
		}
		if r.nip != "" {
			if at, first := numbers.first(string(r.nip), r.n); !first {
				d.errs.Addf(r.n, title("nip"), "NIP ini sudah ada di baris %d. Hapus salah satu baris.", "This NIP stands in row %d already. Remove one of the rows.", at)
				continue
			}
		}
		if r.bad || r.nip == "" {
			addFields(&d.errs, r.n, title, onlyHas(r.details.check(r.nip), r.has, r.bad))
			continue
		}
		if err := d.person(ctx, r, u, title, source, named, emails); err != nil {
			return nil, err
		}
	}
	return named, nil
}

// onlyHas keeps errors of fields the file speaks of; of a row with errors already noted, only what cannot be a consequence of them.
func onlyHas(fields []faults.Field, has map[string]bool, noted bool) []faults.Field {
	return slices.DeleteFunc(fields, func(f faults.Field) bool {
		return !has[f.Path] || noted && slices.Contains([]string{"contract_start", "contract_end", "service_end", "status_since", "unit", "nip"}, f.Path)
	})
}

func (d *draft) person(ctx context.Context, r personRow, u Unit, title func(string) string, source string, named map[ID]bool, emails duplicates) error {
	old, err := d.s.LookByNIP(ctx, string(r.nip))
	known := err == nil
	if err != nil && !errors.Is(err, faults.NotFound) {
		return err
	}
	work := &rowWork{NIP: r.nip}
	if !known && r.previous != "" && r.previous != "-" {
		old, err = d.s.LookByNIP(ctx, r.previous)
		switch {
		case errors.Is(err, faults.NotFound):
			d.errs.Add(r.n, title("previous_nip"), "NIP lama ini tidak ada di daftar pegawai. Periksa angkanya, atau kosongkan kolomnya.", "This previous NIP is not in the register. Check its digits, or leave the column empty.")
			return nil
		case err != nil:
			return err
		}
		known, work.Renumber = true, true
	}
	if !known && r.previous != "-" {
		if twin, ok, err := d.s.namesake(ctx, r.details.Name, r.nip); err != nil {
			return err
		} else if ok {
			d.errs.Addf(r.n, title("nip"), "Pegawai dengan nama dan tanggal lahir yang sama sudah terdaftar dengan NIP berakhiran %s. Jika orangnya sama (NI PPPK baru, atau PPPK menjadi PNS), isi kolom previous_nip dengan NIP lamanya; jika berbeda orang, isi dengan tanda -.",
				"Somebody of the same name and birth date is registered with a NIP ending in %s. If it is the same person (a new NI, or PPPK become PNS), put the old NIP into the column previous_nip; if not, put a dash there.", twin.NIP().lastThree())
			return nil
		}
	}
	if known && string(old.ID) == d.By {
		d.warns.Add(r.n, "", "Baris ini tentang Anda sendiri dan dilewati: data sendiri diubah oleh admin lain.", "This row is about yourself and is left out: another admin changes your own data.")
		named[old.ID] = true
		return nil
	}
	if u.Closed && (!known || old.Unit != u.ID) {
		d.errs.Addf(r.n, title("unit"), "Unit %q sudah ditutup. Isi unit yang menggantikannya.", "The unit %q is closed. Name the one that took its place.", shorten(u.Code, 60))
		return nil
	}
	before := old.Details
	after := r.over(before)
	if !known {
		after = r.over(Details{LegalPosition: Active})
		if after.StatusSince == "" && after.Status.PPPK() {
			after.StatusSince = after.ContractStart
		}
	}
	if fields := after.check(r.nip); len(fields) > 0 {
		addFields(&d.errs, r.n, title, fields)
		return nil
	}
	if known {
		then := old
		then.Details, then.Gone = after, nil
		if left, err := d.leaves(ctx, r.n, title, old, then); left || err != nil {
			named[old.ID] = true
			return err
		}
		if err := d.returns(ctx, r.n, old, then); err != nil {
			return err
		}
	}
	if after.Email != "" {
		if at, first := emails.first(after.Email, r.n); !first {
			d.errs.Addf(r.n, title("email"), "Alamat surel ini sudah ada di baris %d.", "This e-mail address stands in row %d already.", at)
			return nil
		}
		owner, err := d.s.claims.Owner(ctx, claimEmail, after.Email)
		if err == nil && owner != string(old.ID) {
			d.errs.Add(r.n, title("email"), "Alamat surel ini sudah dipakai pegawai lain. Kosongkan atau perbaiki.", "This e-mail address belongs to another person. Leave it empty or correct it.")
			return nil
		}
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
	}
	work.Details = &after
	row := ImportRow{N: r.n, What: RowNew, Label: r.details.Name, Work: work}
	if !known {
		row.Target = storage.NewID()
		d.add(row)
		return nil
	}
	if named[old.ID] {
		d.errs.Add(r.n, title("nip"), "Pegawai ini sudah disebut di baris lain dengan NIP yang berbeda.", "This person stands in another row with a different NIP.")
		return nil
	}
	named[old.ID] = true
	row.Target, row.Print = string(old.ID), personPrint(old)
	row.Changes = changes(personFields, detailFields(before, d.codeOf(ctx, before.Unit)), detailFields(after, u.Code))
	if work.Renumber {
		row.Changes = append([]Change{{Field: "nip", Old: old.NIP().Masked(), New: r.nip.Masked()}}, row.Changes...)
	}
	switch {
	case before.Unit != after.Unit && before.Unit != "":
		row.What = RowMoved
	case len(row.Changes) > 0 || old.Gone != nil:
		row.What = RowChanged
	default:
		row.What = RowSame
	}
	d.add(row)
	return nil
}

// leaves says that a row is left out because it would end a role that whoever imports may not revoke; it is listed with that reason.
func (d *draft) leaves(ctx context.Context, n int, title func(string) string, before, after Person) (bool, error) {
	err := d.s.importEnds(ctx, d.Import, before, after)
	if err == nil || !errors.Is(err, faults.Forbidden) {
		return false, err
	}
	d.left[before.ID] = true
	f, column := faults.Of(err), ""
	if len(f.Fields) > 0 {
		column = title(f.Fields[0].Path)
	}
	d.warns.Add(n, column, before.Name+" dilewati: "+f.Text.ID, before.Name+" is left out: "+f.Text.EN)
	return true, nil
}

// returns warns that a row brings somebody back into service without the roles they had.
func (d *draft) returns(ctx context.Context, n int, before, after Person) error {
	if today := d.s.today(); d.Ends || before.lastDay() >= today || after.lastDay() < today {
		return nil
	}
	roles, err := d.s.standing(ctx, before)
	if err != nil || len(roles) == 0 {
		return err
	}
	names := make([]string, len(roles))
	for i, g := range roles {
		names[i] = d.s.grantName(ctx, g)
	}
	d.warns.Add(n, "", before.Name+" kembali bertugas tanpa peran lamanya ("+strings.Join(names, "; ")+"). Bila masih perlu, yang berwenang memberikannya lagi.",
		before.Name+" comes back into service without the roles from before ("+strings.Join(names, "; ")+"). If they are still needed, whoever may grants them again.")
	return nil
}

func detailFields(d Details, unit string) map[string]string {
	return map[string]string{"name": d.Name, "title_before": d.TitleBefore, "title_after": d.TitleAfter, "status": string(d.Status), "legal_position": string(d.LegalPosition), "rank": d.Rank,
		"education": d.Education, "education_field": d.EducationField, "unit": unit, "email": d.Email, "contract_start": string(d.ContractStart), "contract_end": string(d.ContractEnd),
		"service_end": string(d.ServiceEnd), "status_since": string(d.StatusSince)}
}

func (s *Service) applyPerson(ctx context.Context, plan Import, r ImportRow, stamp string, trail storage.Audit) (err error) {
	if r.What == RowVanished {
		today := s.today()
		p, err := s.person(ctx, ID(r.Target))
		if err != nil {
			return err
		}
		after := p
		after.Gone = &Gone{Source: plan.Source, Since: today}
		if err := s.importEnds(ctx, plan, p, after); err != nil {
			return err
		}
		_, err = s.persons.Update(ctx, r.Target, func(d *storage.Doc[Person]) error {
			if d.Value.Stamp == stamp {
				return storage.Unchanged
			}
			if personPrint(d.Value) != r.Print {
				return changedSince()
			}
			d.Value.Gone, d.Value.Stamp = after.Gone, stamp
			s.spread(d)
			d.Trail = append(d.Trail, trail)
			return nil
		})
		return err
	}
	w := r.Work
	if w.Details.Unit != "" {
		defer func() {
			if err == nil {
				_, err = s.reopenFilled(ctx, access.Actor{Person: plan.By}, plan.Role, w.Details.Unit)
			}
		}()
	}
	if err := s.openPosts(ctx, w.Appointments); err != nil {
		return err
	}
	if r.Print == "" {
		if _, err := s.openPath(ctx, w.Details.Unit); err != nil {
			return unknownUnit(err)
		}
		_, err := s.addPerson(ctx, Person{ID: ID(r.Target), Details: *w.Details, Source: plan.Source, Stamp: stamp,
			Identities: []Identity{{Kind: w.NIP.Kind(), Number: w.NIP, From: w.Details.StatusSince}}, Appointments: w.Appointments}, trail)
		return err
	}
	p, err := s.person(ctx, ID(r.Target))
	if err != nil {
		return err
	}
	if w.Details.Unit != p.Unit {
		if _, err := s.openPath(ctx, w.Details.Unit); err != nil {
			return unknownUnit(err)
		}
	}
	after := p
	after.Details, after.Gone = *w.Details, nil
	if err := s.importEnds(ctx, plan, p, after); err != nil {
		return err
	}
	kept, err := s.importRevives(ctx, plan, p)
	if err != nil {
		return err
	}
	ground := func(d *storage.Doc[Person]) error {
		if personPrint(d.Value) != r.Print {
			return changedSince()
		}
		if len(w.Appointments) > 0 {
			if postsPrint(d.Value) != w.Posts {
				return changedSince()
			}
			list := d.Value.Appointments
			for _, in := range w.Appointments {
				next, err := appoint(list, in)
				if err != nil {
					return err
				}
				list = next
			}
			d.Value.Appointments = list
		}
		d.Value.Gone = nil
		if plan.Source != "" {
			d.Value.Source = plan.Source
		}
		return nil
	}
	if w.Renumber {
		_, err = s.renumber(ctx, p, ground, Renumbering{NIP: string(w.NIP), From: w.Details.StatusSince, Details: *w.Details, Why: "import"}, stamp, trail, kept)
		return err
	}
	_, err = s.rewritePerson(ctx, p, ground, *w.Details, stamp, trail, nil, kept)
	return err
}

// readStatus reads a status as we or SIASN write it; unknown words are kept for the error.
func readStatus(s string) Status {
	switch f := sheets.Fold(s); {
	case f == "pns", f == "pegawainegerisipil":
		return PNS
	case f == "cpns":
		return CPNS
	case strings.HasPrefix(f, "pppk") && strings.Contains(f, "paruh"):
		return PPPKPartTime
	case f == "pppk", f == "pppkpenuhwaktu", f == "p3k":
		return PPPK
	}
	return Status(strings.ToUpper(strings.TrimSpace(s)))
}

// readLegalPosition reads a kedudukan hukum as a code or in SIASN's words.
func readLegalPosition(s string) LegalPosition {
	switch f := sheets.Fold(s); {
	case f == "":
		return ""
	case f == "1" || f == "2" || f == "3" || f == "4":
		return LegalPosition("0" + f) // a spreadsheet dropped the zero
	case strings.HasPrefix(f, "aktif"), f == "pns":
		return Active
	case strings.HasPrefix(f, "cltn"), strings.HasPrefix(f, "cutidiluartanggungan"):
		return UnpaidLeave
	case strings.HasPrefix(f, "tugasbelajar"):
		return StudyLeave
	case strings.HasPrefix(f, "pemberhentiansementara"):
		return Suspended
	case strings.Contains(f, "hukumandisiplin"):
		return Disciplined
	case strings.HasPrefix(f, "masapersiapanpensiun"), f == "mpp":
		return PrePension
	case strings.HasPrefix(f, "pensiun"):
		return Retired
	}
	return LegalPosition(strings.TrimSpace(s))
}

// readEducation reads an education level as we or SIASN write it.
func readEducation(s string) string {
	f := sheets.Fold(s)
	for _, x := range []struct{ prefix, level string }{
		{"s3", "S3"}, {"doktor", "S3"}, {"s2", "S2"}, {"magister", "S2"}, {"s1", "S1"}, {"sarjanamuda", "D3"}, {"sarjana", "S1"},
		{"diplomaiv", "D4"}, {"div", "D4"}, {"d4", "D4"}, {"diplomaiii", "D3"}, {"diii", "D3"}, {"d3", "D3"}, {"diplomaii", "D2"}, {"dii", "D2"}, {"d2", "D2"}, {"diplomai", "D1"}, {"di", "D1"}, {"d1", "D1"},
		{"slta", "SLTA"}, {"sma", "SLTA"}, {"smk", "SLTA"}, {"sltp", "SMP"}, {"smp", "SMP"}, {"sekolahdasar", "SD"}, {"sd", "SD"},
	} {
		if strings.HasPrefix(f, x.prefix) {
			return x.level
		}
	}
	return strings.TrimSpace(s)
}
