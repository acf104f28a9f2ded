package people

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// ImportSource remembers how the files of one source are read: which column fills which field, and which of its units is which of ours.
type ImportSource struct {
	Name   string            `json:"name"`
	Fields map[string]string `json:"fields,omitempty"`
	Units  map[string]string `json:"units,omitempty"`
	LastAt time.Time         `json:"last_at,omitzero"`
}

var sourceDef = storage.Def[ImportSource]{Name: "import_sources", Shape: 1, Indexes: []storage.Index[ImportSource]{
	{Name: "all", Of: func(d *storage.Doc[ImportSource]) ([]string, string) {
		return []string{"all"}, texts.Fold(d.Value.Name)
	}},
}}

func sourceID(name string) string { return strings.ReplaceAll(texts.Fold(name), " ", "-") }

// guesses are the titles that columns have in exports of SIASN (files and interfaces spell some differently) and in lists typed by hand. The first that is there counts.
var guesses = map[string][]string{
	"nip":             {"nipBaru", "nip", "nip_baru", "NIP/NI PPPK", "nomorIndukPegawai"},
	"previous_nip":    {"previous_nip", "nipSebelumnya"},
	"name":            {"nama", "namaPegawai", "namaLengkap", "name"},
	"title_before":    {"gelarDepan", "gelar_depan", "title_before"},
	"title_after":     {"gelarBelakang", "gelar_belakang", "title_after"},
	"status":          {"jenisPegawaiNama", "jenisPegawai", "statusPegawai", "status"},
	"legal_position":  {"kedudukanPnsNama", "kedudukanPns", "kedudukanHukumNama", "kedudukanHukum", "legal_position"},
	"rank":            {"golRuangAkhir", "golonganAkhir", "golongan", "gol", "rank"},
	"education":       {"tkPendidikanTerakhir", "tkPendidikanTerakhirNama", "tingkatPendidikan", "education"},
	"education_field": {"pendidikanTerakhirNama", "jurusan", "education_field"},
	"unit":            {"unorId", "kodeUnor", "unit"},
	"unit_name":       {"unorNama", "namaUnor", "unitKerja"},
	"post":            {"jabatanNama", "namaJabatan", "jabatan"},
	"post_code":       {"kodeJabatan", "position", "post_code"},
	"post_since":      {"tmtJabatan", "tmt_jabatan", "post_since"},
	"email":           {"emailGov", "email", "e-mail"},
	"contract_start":  {"tglAwalKontrak", "tanggalAwalKontrak", "contract_start"},
	"contract_end":    {"tglAkhirKontrak", "tanggalAkhirKontrak", "contract_end"},
	"service_end":     {"service_end", "akhirMasaKerja"}, // not tmtPensiun: that is the day after
	"since_pns":       {"tmtPns"},
	"since_cpns":      {"tmtCpns"},
	"status_since":    {"status_since", "tmtStatus"},
}

// SyncFields lists the fields a column can be mapped to, for the mapping page.
func SyncFields() []string { return slices.Sorted(maps.Keys(guesses)) }

// Sources lists the sources that were used.
func (s *Service) Sources(ctx context.Context, a access.Actor) ([]ImportSource, error) {
	if _, err := s.cfg.Policy.May(a, "run", access.Thing{Kind: "register_import"}); err != nil {
		return nil, err
	}
	p, err := s.sources.Find(ctx, storage.Query{Index: "all", Term: "all", Limit: 200})
	out := make([]ImportSource, len(p.Docs))
	for i, d := range p.Docs {
		out[i] = d.Value
	}
	return out, err
}

// rememberSource keeps the mapping of an accepted file for the next one.
func (s *Service) rememberSource(ctx context.Context, p Import) error {
	_, err := s.sources.Upsert(ctx, sourceID(p.Source), func(d *storage.Doc[ImportSource]) error {
		d.Value.Name, d.Value.Fields, d.Value.LastAt = p.Source, p.Fields, p.At
		units := maps.Clone(d.Value.Units)
		if units == nil {
			units = map[string]string{}
		}
		maps.Copy(units, p.UnitCodes)
		if len(units) > 5*storage.MaxList {
			return faults.New(faults.TooLarge, "Pemetaan unit sumber ini terlalu besar.", "The unit mapping of this source is too large.")
		}
		d.Value.Units = units
		return nil
	})
	return err
}

// sync plans an export of another system. Whoever is in the covered part of the tree and not in the file is marked as vanished, never deleted.
func (d *draft) sync(ctx context.Context, in ImportInput) error {
	sh := in.Sheet
	if sourceID(in.Source) == "" {
		return faults.OnField("source", "Beri nama sumbernya, misalnya SIASN.", "Name the source, for example SIASN.")
	}
	d.Source = strings.Join(strings.Fields(in.Source), " ")
	known, err := d.s.sources.Get(ctx, sourceID(in.Source))
	if err != nil && !errors.Is(err, faults.NotFound) {
		return err
	}
	if err := d.mapColumns(sh, known.Value.Fields, in.Fields); err != nil {
		return err
	}
	foreign := maps.Clone(known.Value.Units)
	if foreign == nil {
		foreign = map[string]string{}
	}
	maps.Copy(foreign, in.Units)

	title := func(f string) string {
		if t := d.Fields[f]; t != "" {
			return t
		}
		return f
	}
	has := map[string]bool{}
	for _, f := range personFields {
		has[f] = d.Fields[f] != ""
	}
	has["status_since"] = has["status_since"] || d.Fields["since_pns"] != "" || d.Fields["since_cpns"] != ""
	units := unitCache{s: d.s}
	covered := map[UnitID][]UnitID{} // by agency: the path from the top to what holds all rows of it
	d.UnitCodes = map[string]string{}
	rows := make([]personRow, 0, len(sh.Rows))
	unknown := map[string]bool{}
	for _, row := range sh.Rows {
		cell := func(f string) sheets.Cell {
			t := d.Fields[f]
			if f == "status_since" && t == "" {
				t = d.Fields["since_pns"]
				if readStatus(sh.Text(row, d.Fields["status"])) == CPNS || sh.Text(row, t) == "" {
					t = d.Fields["since_cpns"]
				}
				if readStatus(sh.Text(row, d.Fields["status"])).PPPK() {
					t = d.Fields["contract_start"]
				}
			}
			if t == "" {
				return sheets.Cell{}
			}
			return sh.Cell(row, t)
		}
		r := d.readPerson(row.N, cell, title, has)
		r.has = has
		if f := r.details; f.Status.PPPK() && d.Fields["status_since"] == "" {
			r.has = maps.Clone(has)
			r.has["status_since"] = false // a prolonged contract is no change of status
		}
		if !r.details.Status.PPPK() && r.details.Status != "" {
			r.details.ContractStart, r.details.ContractEnd = "", ""
		}
		u, ok, err := d.foreignUnit(ctx, &units, foreign, cell("unit").Text, cell("unit_name").Text)
		if err != nil {
			return err
		}
		if ok {
			r.unit = u.Code
			cover(covered, u, d.agencyOf(ctx, u))
		} else {
			r.unit, r.bad = "", true
			key := cell("unit").Text
			if key == "" {
				key = cell("unit_name").Text
			}
			if key != "" {
				unknown[key] = true
				d.errs.Addf(row.N, title("unit"), "Unit %q dari sumber ini belum dipetakan ke unit kota. Pilih padanannya satu kali, lalu unggah lagi.", "The unit %q of this source is not mapped to one of the city's. Choose its match once, then upload again.", shorten(key, 80))
			}
		}
		rows = append(rows, r)
	}
	d.Unknown = slices.Sorted(maps.Keys(unknown))
	d.Unknown = d.Unknown[:min(len(d.Unknown), storage.MaxList)]
	named, err := d.persons(ctx, withUnit(rows), title, d.Source)
	if err != nil {
		return err
	}
	if err := d.syncPosts(ctx, sh); err != nil {
		return err
	}
	d.Within = in.Within
	if d.Within == nil {
		for _, path := range covered {
			d.Within = append(d.Within, path[len(path)-1])
		}
		slices.Sort(d.Within)
	}
	if len(d.errs) > 0 {
		return nil // whoever stands in a row with an error would look vanished
	}
	return d.vanished(ctx, named)
}

// withUnit leaves out the second complaint about rows whose unit was not found.
func withUnit(rows []personRow) []personRow {
	return slices.DeleteFunc(rows, func(r personRow) bool { return r.unit == "" && r.bad })
}

// SyncColumns proposes which column of an export fills which field: as remembered for the source, else by the column's title. Fields without a column
// are left out.
func (s *Service) SyncColumns(ctx context.Context, a access.Actor, source string, sh *sheets.Sheet) (map[string]string, error) {
	if _, err := s.cfg.Policy.May(a, "run", access.Thing{Kind: "register_import"}); err != nil {
		return nil, err
	}
	known, err := s.sources.Get(ctx, sourceID(source))
	if err != nil && !errors.Is(err, faults.NotFound) {
		return nil, err
	}
	out := map[string]string{}
	for _, f := range SyncFields() {
		if title := columnFor(f, sh, known.Value.Fields); title != "" && !isSensitive(title) {
			out[f] = title
		}
	}
	return out, nil
}

// columnFor is the column for a field: the remembered one where the sheet has it, else one whose title tells; "" without one.
func columnFor(field string, sh *sheets.Sheet, remembered map[string]string) string {
	if title := remembered[field]; title != "" && sh.Column(title) >= 0 {
		return title
	}
	if i := sh.Column(guesses[field]...); i >= 0 {
		return sh.Header[i]
	}
	return ""
}

// mapColumns decides which column fills which field: what is asked for, else what is remembered, else a guess by title.
func (d *draft) mapColumns(sh *sheets.Sheet, remembered, asked map[string]string) error {
	d.Fields = map[string]string{}
	var used []string
	for _, f := range SyncFields() {
		title, chosen := asked[f]
		if !chosen {
			title = columnFor(f, sh, remembered)
		}
		if title == "" {
			continue
		}
		if isSensitive(title) {
			return faults.Newf(faults.Invalid, "Kolom %q berisi data pribadi yang tidak boleh diambil. Pilih kolom lain.", "Column %q holds personal data that must not be taken over. Choose another.", title)
		}
		if err := sh.Need(title); err != nil {
			return err
		}
		d.Fields[f] = title
		used = append(used, title)
	}
	d.sortColumns(sh.Unknown(used...))
	missing := faults.New(faults.Invalid, "Kolom yang wajib belum dikenali. Pilih kolomnya satu kali; pilihan itu diingat untuk sumber ini.", "Required columns were not recognised. Choose them once; the choice is remembered for this source.")
	for _, f := range []struct{ field, id, en string }{{"nip", "NIP atau NI", "the NIP or NI"}, {"name", "nama", "the name"}, {"status", "status pegawai", "the status"}} {
		if d.Fields[f.field] == "" {
			missing.With("fields."+f.field, "Pilih kolom untuk "+f.id+".", "Choose the column for "+f.en+".")
		}
	}
	if d.Fields["unit"] == "" && d.Fields["unit_name"] == "" {
		missing.With("fields.unit", "Pilih kolom untuk unit.", "Choose the column for the unit.")
	}
	if len(missing.Fields) > 0 {
		return missing
	}
	return nil
}

// foreignUnit finds our unit for one of the source: by the mapping, by code, or by a name that only one unit has.
func (d *draft) foreignUnit(ctx context.Context, units *unitCache, foreign map[string]string, id, name string) (Unit, bool, error) {
	for _, key := range []string{id, name} {
		if code, ok := foreign[key]; ok && key != "" {
			u, found, err := units.byCode(ctx, code)
			if err != nil || found {
				if found {
					d.UnitCodes[key] = u.Code
				}
				return u, found, err
			}
		}
	}
	if id != "" {
		if u, found, err := units.byCode(ctx, id); err != nil || found {
			return u, found, err
		}
	}
	words := searchWords(name)
	if len(words) == 0 {
		return Unit{}, false, nil
	}
	p, err := d.s.units.Gather(ctx, storage.Query{Index: "tree", Term: "word:" + words[0]})
	if err != nil {
		return Unit{}, false, err
	}
	var match []Unit
	for _, x := range p {
		if texts.Fold(x.Value.Name) == texts.Fold(name) {
			match = append(match, unitOf(x))
		}
	}
	if len(match) != 1 {
		return Unit{}, false, nil
	}
	key := id
	if key == "" {
		key = name
	}
	d.UnitCodes[key] = match[0].Code
	foreign[key] = match[0].Code // so that the next row need not search
	return match[0], true, nil
}

// agencyOf gives the nearest unit at or above one that is a perangkat daerah; the unit itself when there is none.
func (d *draft) agencyOf(ctx context.Context, u Unit) UnitID {
	if u.agency() {
		return u.ID
	}
	for _, id := range u.Ancestors {
		if up, err := d.s.unit(ctx, id); err == nil && up.agency() {
			return id
		}
	}
	return u.ID
}

// cover widens what a file covers by one row: per agency, the smallest part of the tree that holds all its rows, never beyond the agency. So the file of
// one health centre does not make the rest of the health office vanish.
func cover(covered map[UnitID][]UnitID, u Unit, agency UnitID) {
	path := slices.Concat([]UnitID{u.ID}, u.Ancestors) // from the top down to the unit
	slices.Reverse(path)
	have, ok := covered[agency]
	if !ok {
		covered[agency] = path
		return
	}
	n := 0
	for n < min(len(have), len(path)) && have[n] == path[n] {
		n++
	}
	covered[agency] = have[:n]
}

// vanished plans a mark for everybody in the covered parts whom the file does not name.
func (d *draft) vanished(ctx context.Context, named map[ID]bool) error {
	planned := map[string]bool{}
	for _, r := range d.rows {
		planned[r.Target] = true
	}
	day, present, gone := d.s.today(), 0, 0
	for _, unit := range d.Within {
		if err := d.s.eachPerson(ctx, "unit:"+string(unit), func(p Person) error {
			if named[p.ID] {
				present++
				return nil
			}
			if planned[string(p.ID)] || p.Gone != nil || !p.InService(day) || string(p.ID) == d.By {
				return nil
			}
			planned[string(p.ID)] = true
			after := p
			after.Gone = &Gone{Source: d.Source, Since: day}
			if left, err := d.leaves(ctx, 0, nil, p, after); left || err != nil {
				return err
			}
			gone++
			d.add(ImportRow{What: RowVanished, Label: p.Name, Target: string(p.ID), Print: personPrint(p), Work: &rowWork{}})
			return nil
		}); err != nil {
			return err
		}
	}
	if gone > 5 && gone > present/2 {
		d.warns.Addf(0, "", "%d pegawai akan ditandai hilang dari sumber, %d tetap. Pastikan berkasnya lengkap sebelum menerima.", "%d people would be marked as vanished, %d stay. Make sure the file is complete before accepting it.", gone, present)
	}
	return nil
}
