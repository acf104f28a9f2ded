package readiness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// ImportKind is a table that can be imported.
type ImportKind string

// The tables. Their columns: demo/city/README.md and the sentences of a refusal.
const (
	ImportApps      ImportKind = "apps"
	ImportRoles     ImportKind = "app_roles"
	ImportOperators ImportKind = "app_operators"
)

// Columns are the columns of each table.
var Columns = map[ImportKind][]string{
	ImportApps:      {"code", "name", "name_en", "unit", "service", "status"},
	ImportRoles:     {"app", "role", "required_courses", "sop_version"},
	ImportOperators: {"nip", "app", "role", "since"},
}

// Imported is what an import did so far, or would do when it was only checked.
type Imported struct {
	ID      string   `json:"id,omitempty"` // "" after a check
	Rows    int      `json:"rows"`
	New     int      `json:"new"`
	Changed int      `json:"changed"`
	Same    int      `json:"same"`
	Done    int      `json:"done"`           // rows applied; Rows when finished
	Left    []string `json:"left,omitempty"` // ids of entries that somebody changed since the check: left as they are
}

// importDoc is an accepted plan: the head with its progress, or one part of its rows under head.n.
type importDoc struct {
	Kind   ImportKind `json:"kind"`
	By     string     `json:"by"`
	Role   string     `json:"role,omitempty"`
	Source string     `json:"source,omitempty"`
	Parts  int        `json:"parts,omitempty"`
	Next   int        `json:"next,omitempty"` // the part to apply next
	State  Imported   `json:"state,omitzero"`
	Rows   []planned  `json:"rows,omitempty"`
}

// planned is one row of a plan: exactly one of the entries, and the version of the document that the check saw (0: there was none).
type planned struct {
	App      *App         `json:"app,omitempty"`
	Role     *AppRole     `json:"role,omitempty"`
	Operator *AppOperator `json:"operator,omitempty"`
	Version  int64        `json:"version"`
}

func (p planned) id() string {
	switch {
	case p.App != nil:
		return p.App.Code
	case p.Role != nil:
		return p.Role.id()
	}
	return p.Operator.id()
}

var importDef = storage.Def[importDoc]{Name: ImportsCollection, Shape: 1}

// rowsPerPart keeps a part well under the limit of a document.
const rowsPerPart = 500

// Import reads a table of applications, roles or operators, checks every row, stores the plan and applies it. With check it only says what would
// happen. On any mistake nothing is written and every one is listed with row, column and what to do. An accepted plan is finished after a crash by
// the workers; rows that are not in the table are left alone.
func (s *Service) Import(ctx context.Context, a access.Actor, kind ImportKind, name string, r io.Reader, check bool) (Imported, error) {
	role, err := s.cfg.Policy.May(a, "import", access.Thing{Kind: "app"})
	if err != nil {
		return Imported{}, err
	}
	if Columns[kind] == nil {
		return Imported{}, faults.New(faults.Invalid, "Jenis tabel ini tidak dikenal.", "This kind of table is not known.")
	}
	t, err := sheets.Read(name, r, sheets.Options{})
	if err != nil {
		return Imported{}, err
	}
	if err := t.Need(Columns[kind]...); err != nil {
		return Imported{}, err
	}
	var bad sheets.RowErrors
	var rows []planned
	seen := map[string]int{}
	for _, row := range t.Rows {
		var p planned
		var ok bool
		switch kind {
		case ImportApps:
			p, ok, err = s.appRow(ctx, t, row, &bad)
		case ImportRoles:
			p, ok, err = s.roleRow(ctx, t, row, &bad)
		case ImportOperators:
			p, ok, err = s.operatorRow(ctx, t, row, &bad)
		}
		if err != nil {
			return Imported{}, err
		}
		if !ok {
			continue
		}
		if at, twice := seen[p.id()]; twice {
			bad.Addf(row.N, "", "Isi baris ini sudah ada di baris %d. Hapus salah satu.", "This row repeats row %d. Remove one.", at)
		}
		seen[p.id()] = row.N
		rows = append(rows, p)
	}
	if len(t.Rows) == 0 {
		bad.Add(t.HeaderRow, "", "Tidak ada satu baris pun di bawah judul kolom.", "There is not a single row below the header.")
	}
	if err := bad.Err(); err != nil {
		return Imported{}, err
	}
	state := Imported{Rows: len(rows)}
	for i := range rows {
		if err := s.compareRow(ctx, &rows[i], &state); err != nil {
			return Imported{}, err
		}
	}
	if check {
		return state, nil
	}
	state.ID = storage.NewID()
	head := importDoc{Kind: kind, By: a.Name(), Role: role, Source: name}
	for part := range slices.Chunk(rows, rowsPerPart) {
		d := storage.Doc[importDoc]{ID: fmt.Sprintf("%s.%d", state.ID, head.Parts), Value: importDoc{Kind: kind, Rows: part}}
		if err := s.imports.Insert(ctx, &d); err != nil {
			return Imported{}, fmt.Errorf("store the plan: %w", err)
		}
		head.Parts++
	}
	head.State = state
	d := storage.Doc[importDoc]{ID: state.ID, Value: head, Due: storage.NewDue(ApplyStep, s.now()),
		Trail: []storage.Audit{s.entry(a, role, map[ImportKind]string{ImportApps: "import_apps", ImportRoles: "import_app_roles", ImportOperators: "import_app_operators"}[kind], ImportsCollection+"/"+state.ID, "", "", fmt.Sprintf("%s: %d rows", name, len(rows)))}}
	if err := s.imports.Insert(ctx, &d); err != nil {
		return Imported{}, fmt.Errorf("accept the plan: %w", err)
	}
	if err := s.ApplyImport(ctx, state.ID); err != nil {
		return state, err
	}
	return s.ImportState(ctx, a, state.ID)
}

// ImportState says how far an import is.
func (s *Service) ImportState(ctx context.Context, a access.Actor, id string) (Imported, error) {
	if _, err := s.cfg.Policy.May(a, "import", access.Thing{Kind: "app"}); err != nil {
		return Imported{}, err
	}
	d, err := s.imports.Get(ctx, id)
	if err == nil && d.Value.Parts == 0 {
		err = nothing()
	}
	return d.Value.State, err
}

// ApplyImport is a step of the chain: it goes on with an accepted plan, part by part. Safe to run twice and twice at once: every row is written under
// its own id, and only onto the version that the check saw.
func (s *Service) ApplyImport(ctx context.Context, id string) error {
	for {
		head, err := s.imports.Get(ctx, id)
		if err != nil {
			return err
		}
		h := head.Value
		if head.Due == nil {
			return nil
		}
		if h.Next >= h.Parts {
			break
		}
		part, err := s.imports.Get(ctx, fmt.Sprintf("%s.%d", id, h.Next))
		if err != nil {
			return err
		}
		var left []string
		for _, row := range part.Value.Rows {
			done, err := s.applyRow(ctx, row, h, id)
			if err != nil {
				return err
			}
			if !done {
				left = append(left, row.id())
			}
		}
		_, err = s.imports.Update(ctx, id, func(d *storage.Doc[importDoc]) error {
			if d.Value.Next != h.Next {
				return storage.Unchanged // another worker was faster
			}
			d.Value.Next++
			d.Value.State.Done += len(part.Value.Rows)
			if room := storage.MaxList - len(d.Value.State.Left); room > 0 {
				d.Value.State.Left = append(d.Value.State.Left, left[:min(room, len(left))]...)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	head, err := s.imports.Update(ctx, id, func(d *storage.Doc[importDoc]) error {
		if d.Due == nil {
			return storage.Unchanged
		}
		d.Due = nil
		return nil
	})
	if err != nil {
		return err
	}
	for n := range head.Value.Parts { // what was applied need not be kept; a part left behind by a crash does no harm
		if part, err := s.imports.Get(ctx, fmt.Sprintf("%s.%d", id, n)); err == nil {
			if err := s.imports.Delete(ctx, part.ID, part.Version); err != nil && !errors.Is(err, faults.Conflict) && !errors.Is(err, faults.NotFound) {
				return err
			}
		}
	}
	return nil
}

func (s *Service) applyRow(ctx context.Context, row planned, h importDoc, id string) (bool, error) {
	entry := storage.Audit{ID: storage.NewID(), At: s.now(), Who: h.By, Role: h.Role, Verb: "import_row", Note: h.Source}
	var done bool
	var err error
	collection := AppsCollection
	switch {
	case row.App != nil:
		entry.Thing = collection + "/" + row.id()
		done, err = s.putApp(ctx, *row.App, &row.Version, entry)
	case row.Role != nil:
		collection = RolesCollection
		entry.Thing = collection + "/" + row.id()
		done, err = s.putRole(ctx, *row.Role, &row.Version, entry)
	default:
		collection = OperatorsCollection
		entry.Thing, entry.About = collection+"/"+row.id(), row.Operator.Person
		done, err = s.putOperator(ctx, *row.Operator, &row.Version, entry)
	}
	if err == nil && done {
		s.wake(ctx, collection, row.id())
	}
	return done, err
}

// compareRow notes the version that stands now and counts what the row would do.
func (s *Service) compareRow(ctx context.Context, row *planned, state *Imported) error {
	var same bool
	var err error
	switch {
	case row.App != nil:
		d, e := s.apps.Get(ctx, row.id())
		same, err, row.Version = d.Value == *row.App, e, d.Edition()
	case row.Role != nil:
		d, e := s.roles.Get(ctx, row.id())
		same, err, row.Version = d.Value.equal(*row.Role), e, d.Edition()
	default:
		d, e := s.operators.Get(ctx, row.id())
		same, err, row.Version = d.Value == *row.Operator, e, d.Edition()
	}
	switch {
	case errors.Is(err, faults.NotFound):
		state.New++
	case err != nil:
		return err
	case same:
		state.Same++
	default:
		state.Changed++
	}
	return nil
}

func (s *Service) appRow(ctx context.Context, t *sheets.Sheet, row sheets.Row, bad *sheets.RowErrors) (planned, bool, error) {
	before := len(*bad)
	app := App{Code: t.Text(row, "code"), Name: texts.T(t.Text(row, "name"), t.Text(row, "name_en")), Service: t.Text(row, "service"), Status: AppStatus(t.Text(row, "status"))}
	app.check(func(column, id, en string) { bad.Add(row.N, column, id, en) })
	unit, err := s.cfg.Register.UnitByCode(ctx, t.Text(row, "unit"))
	switch {
	case errors.Is(err, faults.NotFound):
		bad.Add(row.N, "unit", "Unit ini tidak ada di susunan unit. Periksa kodenya, atau impor unit dahulu.", "This unit is not in the unit tree. Check its code, or import the units first.")
	case err != nil:
		return planned{}, false, err
	}
	app.Unit = unit
	return planned{App: &app}, len(*bad) == before, nil
}

func (s *Service) roleRow(ctx context.Context, t *sheets.Sheet, row sheets.Row, bad *sheets.RowErrors) (planned, bool, error) {
	before := len(*bad)
	r := AppRole{App: t.Text(row, "app"), Role: RoleKind(t.Text(row, "role")), Courses: strings.Fields(t.Text(row, "required_courses")), SOP: t.Text(row, "sop_version")}
	r.check(func(column, id, en string) { bad.Add(row.N, column, id, en) })
	if err := s.knownApp(ctx, r.App, row.N, bad); err != nil {
		return planned{}, false, err
	}
	return planned{Role: &r}, len(*bad) == before, nil
}

func (s *Service) knownApp(ctx context.Context, code string, n int, bad *sheets.RowErrors) error {
	if !appCode.MatchString(code) {
		return nil // said already
	}
	_, err := s.apps.Get(ctx, code)
	if errors.Is(err, faults.NotFound) {
		bad.Add(n, "app", "Aplikasi ini tidak ada di daftar. Periksa kodenya, atau impor aplikasi dahulu.", "This app is not in the register. Check its code, or import the apps first.")
		return nil
	}
	return err
}

func (s *Service) operatorRow(ctx context.Context, t *sheets.Sheet, row sheets.Row, bad *sheets.RowErrors) (planned, bool, error) {
	before := len(*bad)
	o := AppOperator{App: t.Text(row, "app"), Role: RoleKind(t.Text(row, "role"))}
	role := AppRole{App: o.App, Role: o.Role}
	role.check(func(column, id, en string) { bad.Add(row.N, column, id, en) })
	if err := s.knownApp(ctx, o.App, row.N, bad); err != nil {
		return planned{}, false, err
	}
	if len(*bad) == before {
		if _, err := s.roles.Get(ctx, role.id()); errors.Is(err, faults.NotFound) {
			bad.Add(row.N, "role", "Aplikasi ini tidak punya peran itu. Impor perannya dahulu.", "This app has no such role. Import the roles first.")
		} else if err != nil {
			return planned{}, false, err
		}
	}
	var err error
	o.Since, err = sheets.Date(t.Cell(row, "since"))
	if !bad.AddErr(row.N, "since", err) && o.Since == "" {
		bad.Add(row.N, "since", "Tanggal mulai wajib diisi, misalnya 31/3/2026.", "The first day is required, for example 31/3/2026.")
	}
	nip, err := sheets.IdentifierCell(t.Cell(row, "nip"))
	if bad.AddErr(row.N, "nip", err) {
		return planned{}, false, nil
	}
	o.Person, err = s.cfg.Register.PersonByNIP(ctx, nip)
	switch {
	case nip == "":
		bad.Add(row.N, "nip", "NIP wajib diisi.", "The NIP is required.")
	case errors.Is(err, faults.NotFound):
		bad.Add(row.N, "nip", "Tidak ada pegawai dengan NIP ini. Periksa nomornya, atau impor pegawai dahulu.", "Nobody has this NIP. Check the number, or import the people first.")
	case err != nil:
		return planned{}, false, err
	}
	return planned{Operator: &o}, len(*bad) == before, nil
}
