package people

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// An import of the register goes: check everything, store one plan, apply it row by row. A plan with errors changes nothing and lists all of them. An
// accepted plan is finished after any crash: its rows name the ids they make and carry a stamp, so a row done twice is done once. A row whose target
// changed since the check is left as it is and listed.

// ImportKind says what a file holds.
type ImportKind string

// The kinds of register imports, in the order a new city needs them.
const (
	ImportUnits        ImportKind = "units"
	ImportPositions    ImportKind = "positions"
	ImportPeople       ImportKind = "people"
	ImportAppointments ImportKind = "appointments"
	ImportRoles        ImportKind = "roles"
	ImportSync         ImportKind = "sync" // an export of another system, with a remembered mapping of its columns
)

// ImportState is how far an import is.
type ImportState string

// The states of an import.
const (
	ImportRefused   ImportState = "refused"   // it has errors and changes nothing
	ImportChecked   ImportState = "checked"   // waits to be accepted
	ImportApplying  ImportState = "applying"  // at work
	ImportDone      ImportState = "done"      // finished; Left says how many rows were left
	ImportCancelled ImportState = "cancelled" // given up; what was applied stays
)

// What a row does.
const (
	RowNew      = "new"
	RowChanged  = "changed"
	RowMoved    = "moved"
	RowVanished = "vanished" // in the register, not in the file: marked, never deleted
	RowSame     = "same"     // counted only
)

// RowText names what a row does for people: "46 baru, 3 berubah".
func RowText(what string) texts.Text {
	switch what {
	case RowNew:
		return texts.T("baru", "new")
	case RowChanged:
		return texts.T("berubah", "changed")
	case RowMoved:
		return texts.T("pindah", "moved")
	case RowVanished:
		return texts.T("tidak ada lagi di sumber", "no longer in the source")
	case RowSame:
		return texts.T("tetap", "the same")
	}
	return texts.T(what, what)
}

// Import is a checked file: what it would do or has done.
type Import struct {
	ID        string            `json:"id"`
	Kind      ImportKind        `json:"kind"`
	Name      string            `json:"name"` // of the file
	Source    string            `json:"source,omitempty"`
	State     ImportState       `json:"state"`
	By        string            `json:"by"`
	Role      string            `json:"role"`
	Ends      bool              `json:"ends,omitempty"`  // whoever runs it may end privileged roles
	Token     bool              `json:"token,omitempty"` // checked by an API token
	At        time.Time         `json:"at"`
	EndedAt   time.Time         `json:"ended_at,omitzero"`
	Rows      int               `json:"rows"`             // rows in the file
	Counts    map[string]int    `json:"counts,omitempty"` // by what they do
	Todo      int               `json:"todo"`             // rows to apply
	Done      int               `json:"done"`             // rows applied or left: "n of m"
	Left      int               `json:"left"`
	Chunks    int               `json:"chunks"`
	Chunk     int               `json:"chunk"` // next one to apply
	Errors    []sheets.RowError `json:"errors,omitempty"`
	ErrorN    int               `json:"error_n,omitempty"` // all of them; Errors holds the first MaxList
	Warnings  []sheets.RowError `json:"warnings,omitempty"`
	Dropped   []string          `json:"dropped,omitempty"`    // columns with personal data that are never taken over
	Ignored   []string          `json:"ignored,omitempty"`    // other columns nobody asked for
	Fields    map[string]string `json:"fields,omitempty"`     // sync: which column fills which field
	UnitCodes map[string]string `json:"unit_codes,omitempty"` // sync: foreign unit -> unit code
	Unknown   []string          `json:"unknown,omitempty"`    // sync: foreign units that have to be mapped
	Posts     []PostDifference  `json:"posts,omitempty"`      // sync: posts of the file that are not applied, each with why; the first maxPosts
	PostN     int               `json:"post_n,omitempty"`     // all of them
	Within    []UnitID          `json:"within,omitempty"`     // sync: the parts of the tree the file covers; only there somebody can vanish

	Waits *texts.Text `json:"-"` // shown while it is at work: why it does not get on
}

// Err is nil unless the import was refused; then it lists the errors as fields.
func (p Import) Err() error {
	if p.State != ImportRefused {
		return nil
	}
	return sheets.RowErrors(p.Errors).Err()
}

// why is the reason that what an import writes carries.
func (p Import) why() string { return "Impor data \"" + shorten(p.Name, 60) + "\"" }

// Change is one field that a row changes, for the preview.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
}

// ImportRow is one thing an import does. When it is done only N, What, Target and Left remain: personal data stands in one place.
type ImportRow struct {
	N       int         `json:"n"` // row of the file; 0 for what is not in the file
	What    string      `json:"what"`
	Label   string      `json:"label,omitempty"` // name of the person, unit or position
	Changes []Change    `json:"changes,omitempty"`
	Target  string      `json:"target"`
	Left    *texts.Text `json:"left,omitempty"`  // why it was left as it is
	Print   string      `json:"print,omitempty"` // fingerprint of the target when it was checked; "" when there was none
	Work    *rowWork    `json:"work,omitempty"`
}

// rowWork is what a row writes.
type rowWork struct {
	Unit         *Unit         `json:"unit,omitempty"`
	Position     *Position     `json:"position,omitempty"`
	Details      *Details      `json:"details,omitempty"`
	NIP          NIP           `json:"nip,omitempty"`
	Renumber     bool          `json:"renumber,omitempty"`
	Appointments []Appointment `json:"appointments,omitempty"`
	Posts        string        `json:"posts,omitempty"` // fingerprint of the appointments these were judged on
	Roles        []RoleGrant   `json:"roles,omitempty"`
}

type importChunk struct {
	Plan string      `json:"plan"`
	Rows []ImportRow `json:"rows"`
}

var (
	importDef = storage.Def[Import]{Name: "register_imports", Shape: 1, Indexes: []storage.Index[Import]{
		{Name: "at", Of: func(d *storage.Doc[Import]) ([]string, string) {
			return []string{"all", "state:" + string(d.Value.State)}, storage.OrderTime(d.Value.At)
		}},
	}}
	chunkDef = storage.Def[importChunk]{Name: "register_import_rows", Shape: 1}
)

const (
	chunkRows    = 100
	stepApply    = "apply"
	keepUnwanted = 7 * 24 * time.Hour // a checked import that nobody accepts is given up
	applyAtOnce  = 16                 // rows of a chunk written side by side, so that they share commits
)

func chunkID(plan string, n int) string { return fmt.Sprintf("%s.%05d", plan, n) }

// ImportInput is a file to check.
type ImportInput struct {
	ID     string // names the plan, so that a form sent twice makes one; "" lets the service choose
	Kind   ImportKind
	Name   string
	Sheet  *sheets.Sheet
	DryRun bool // list what would happen and store nothing

	// For ImportSync only:
	Source string            // name of the source; its mapping is remembered
	Fields map[string]string // field -> column title, over the remembered and guessed ones; "" as title leaves a field out
	Units  map[string]string // foreign unit -> unit code
	Within []UnitID          // parts of the tree the file covers; nil derives them from the rows
}

// draft is a plan being made.
type draft struct {
	Import
	errs  sheets.RowErrors
	warns sheets.RowErrors
	rows  []ImportRow
	left  map[ID]bool // people whose row is left out
	a     access.Actor
	s     *Service
}

func (d *draft) add(r ImportRow) {
	d.Counts[r.What]++
	if r.What != RowSame {
		d.rows = append(d.rows, r)
	}
}

// CheckImport checks a whole file and stores what it would do as a plan: with errors refused, else waiting for AcceptImport. Nothing in the register changes.
// The error is only about the request itself (permission, columns missing); what is wrong with rows stands in the plan. Safe to call twice with the same ID.
func (s *Service) CheckImport(ctx context.Context, a access.Actor, in ImportInput) (Import, error) {
	role, err := s.cfg.Policy.May(a, "run", access.Thing{Kind: "register_import"})
	if err != nil {
		return Import{}, err
	}
	if in.Sheet == nil {
		return Import{}, faults.OnField("file", "Pilih berkasnya dahulu.", "Choose the file first.")
	}
	if in.ID == "" {
		in.ID = storage.NewID()
	}
	if have, err := s.imports.Get(ctx, in.ID); err == nil && !in.DryRun {
		return importOf(have), nil
	} else if err != nil && !errors.Is(err, faults.NotFound) {
		return Import{}, err
	}
	d := &draft{a: a, s: s, left: map[ID]bool{}, Import: Import{ID: in.ID, Kind: in.Kind, Name: shorten(in.Name, 200), State: ImportChecked, By: a.Name(), Role: role, Ends: s.grantsEverywhere(a), Token: a.Token, At: s.now(), Rows: len(in.Sheet.Rows), Counts: map[string]int{}}}
	switch in.Kind {
	case ImportUnits:
		err = d.units(ctx, in.Sheet)
	case ImportPositions:
		err = d.positions(ctx, in.Sheet)
	case ImportPeople:
		err = d.people(ctx, in.Sheet)
	case ImportAppointments:
		err = d.appointments(ctx, in.Sheet)
	case ImportRoles:
		err = d.roles(ctx, in.Sheet)
	case ImportSync:
		err = d.sync(ctx, in)
	default:
		err = faults.OnField("kind", "Jenis impor tidak dikenal.", "Unknown kind of import.")
	}
	if err != nil {
		return Import{}, err
	}
	byRow := func(x, y sheets.RowError) int { return cmp.Compare(x.Row, y.Row) }
	slices.SortStableFunc(d.errs, byRow)
	slices.SortStableFunc(d.warns, byRow)
	d.ErrorN = len(d.errs)
	d.Errors = d.errs[:min(len(d.errs), storage.MaxList)]
	d.Warnings = d.warns[:min(len(d.warns), storage.MaxList)]
	if d.ErrorN > 0 {
		d.State, d.rows = ImportRefused, nil
	}
	d.Todo = len(d.rows)
	d.Chunks = (len(d.rows) + chunkRows - 1) / chunkRows
	if in.DryRun {
		return d.Import, nil
	}
	for i := range d.Chunks {
		rows := d.rows[i*chunkRows : min((i+1)*chunkRows, len(d.rows))]
		c := storage.Doc[importChunk]{ID: chunkID(d.ID, i), Value: importChunk{Plan: d.ID, Rows: rows}}
		if err := s.chunks.Insert(ctx, &c); err != nil {
			return Import{}, fmt.Errorf("store an import's rows: %w", err)
		}
	}
	doc := storage.Doc[Import]{ID: d.ID, Value: d.Import}
	if err := s.imports.Insert(ctx, &doc); err != nil {
		return Import{}, err
	}
	return importOf(doc), nil
}

func importOf(d storage.Doc[Import]) Import { return d.Value }

// AcceptImport starts applying a checked import. Audited. Safe to call twice. Errors: NotFound, Conflict (refused, cancelled), Forbidden for a file of roles that the actor may not give.
func (s *Service) AcceptImport(ctx context.Context, a access.Actor, id string) (Import, error) {
	role, err := s.cfg.Policy.May(a, "run", access.Thing{Kind: "register_import", ID: id})
	if err != nil {
		return Import{}, err
	}
	if err := s.mayGrantAll(ctx, a, id); err != nil {
		return Import{}, err
	}
	now, trail := s.now(), s.entry(a, role, "import", "register_imports/"+id, "", "", "")
	d, err := s.imports.Update(ctx, id, func(d *storage.Doc[Import]) error {
		switch d.Value.State {
		case ImportApplying, ImportDone:
			return storage.Unchanged
		case ImportChecked:
			if a.Token && !d.Value.Token { // it may hold addresses and roles, which no token writes
				return faults.New(faults.Forbidden, "Rencana ini dibuat orang di peramban. Terapkan di halaman impor.", "Somebody made this plan in a browser. Apply it on the import page.")
			}
		default:
			return faults.New(faults.Conflict, "Impor ini tidak dapat dijalankan: periksa kesalahannya atau unggah ulang.", "This import cannot run: see its errors or upload the file again.")
		}
		trail.Note = fmt.Sprintf("%s: %d rows", d.Value.Kind, d.Value.Todo)
		d.Value.State = ImportApplying
		d.Value.By, d.Value.Role, d.Value.Ends = a.Name(), role, s.grantsEverywhere(a)
		d.Due = storage.NewDue(stepApply, now)
		d.Trail = append(d.Trail, trail)
		return nil
	})
	if err != nil {
		return Import{}, err
	}
	if d.Value.Kind == ImportSync {
		if err := s.rememberSource(ctx, d.Value); err != nil {
			return Import{}, err
		}
	}
	if s.cfg.Wake != nil {
		s.cfg.Wake.Wake(ctx, s.imports.Name(), id)
	}
	return importOf(d), nil
}

// mayGrantAll asks whether whoever accepts a checked file of roles may give each of them now: somebody else may have made the plan, or the same person with roles since lost.
func (s *Service) mayGrantAll(ctx context.Context, a access.Actor, id string) error {
	plan, err := s.imports.Get(ctx, id)
	if errors.Is(err, faults.NotFound) || err == nil && (plan.Value.Kind != ImportRoles || plan.Value.State != ImportChecked) {
		return nil // the acceptance itself says so
	}
	if err != nil {
		return err
	}
	for n := range plan.Value.Chunks {
		c, err := s.chunks.Get(ctx, chunkID(id, n))
		if err != nil {
			return err
		}
		for _, r := range c.Value.Rows {
			if r.Work == nil {
				continue
			}
			for _, g := range r.Work.Roles {
				switch _, _, err := s.mayGrant(ctx, a, ID(r.Target), g); faults.KindOf(err) {
				case faults.Forbidden:
					return faults.New(faults.Forbidden, "Rencana ini memberi peran yang tidak boleh Anda berikan, atau memberikannya kepada Anda sendiri. Minta pembuatnya menerapkannya.", "This plan gives roles that you may not give, or gives them to yourself. Ask who made it to apply it.")
				case faults.Unavailable, faults.Internal:
					return err
				}
			}
		}
	}
	return nil
}

// CancelImport gives up an import that waits or is at work; rows already applied stay. Audited. Safe to call twice.
func (s *Service) CancelImport(ctx context.Context, a access.Actor, id string) (Import, error) {
	role, err := s.cfg.Policy.May(a, "run", access.Thing{Kind: "register_import", ID: id})
	if err != nil {
		return Import{}, err
	}
	return s.cancelImport(ctx, id, s.entry(a, role, "cancel_import", "register_imports/"+id, "", "", ""))
}

func (s *Service) cancelImport(ctx context.Context, id string, trail storage.Audit) (Import, error) {
	now := s.now()
	d, err := s.imports.Update(ctx, id, func(d *storage.Doc[Import]) error {
		if d.Value.State != ImportChecked && d.Value.State != ImportApplying {
			return storage.Unchanged
		}
		d.Value.State, d.Value.EndedAt, d.Due = ImportCancelled, now, nil
		d.Trail = append(d.Trail, trail)
		return nil
	})
	if err != nil {
		return Import{}, err
	}
	for i := d.Value.Chunk; i < d.Value.Chunks; i++ {
		if _, err := s.chunks.Update(ctx, chunkID(id, i), func(d *storage.Doc[importChunk]) error {
			d.Value.Rows = nil
			return nil
		}); err != nil && !errors.Is(err, faults.NotFound) {
			return Import{}, err
		}
	}
	return importOf(d), nil
}

// ShowImport shows an import, finished or not: "n of m".
func (s *Service) ShowImport(ctx context.Context, a access.Actor, id string) (Import, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "register_import", ID: id}); err != nil {
		return Import{}, err
	}
	d, err := s.imports.Get(ctx, id)
	p := importOf(d)
	if err == nil && p.State == ImportApplying {
		if p.Waits = s.cfg.DB.Trouble(); p.Waits == nil && d.Due != nil && d.Due.Reason != "" {
			p.Waits = &texts.Text{ID: d.Due.Reason, EN: d.Due.Reason}
		}
	}
	return p, err
}

// Imports lists imports, newest first.
func (s *Service) Imports(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (Page[Import], error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "register_import"}); err != nil {
		return Page[Import]{}, err
	}
	p, err := s.imports.Find(ctx, storage.Query{Index: "at", Term: "all", Desc: true, After: after, Limit: limit})
	out := Page[Import]{Next: p.Next, More: p.More}
	for _, d := range p.Docs {
		out.Items = append(out.Items, importOf(d))
	}
	return out, err
}

// ImportRows shows the rows of an import, page by page from 0: what each would do, or why it was left. more says whether a further page exists.
func (s *Service) ImportRows(ctx context.Context, a access.Actor, id string, page int) (rows []ImportRow, more bool, err error) {
	p, err := s.ShowImport(ctx, a, id)
	if err != nil || page < 0 || page >= p.Chunks {
		return nil, false, err
	}
	d, err := s.chunks.Get(ctx, chunkID(id, page))
	if err != nil {
		return nil, false, err
	}
	for i := range d.Value.Rows {
		d.Value.Rows[i].Work = nil
	}
	return d.Value.Rows, page+1 < p.Chunks, nil
}

// RunImport checks, accepts and applies in one go, for the command line and the demo; progress (may be nil) hears "n of m". A refused file is an Invalid fault
// with a field per row error.
func (s *Service) RunImport(ctx context.Context, a access.Actor, in ImportInput, progress func(done, of int)) (Import, error) {
	p, err := s.CheckImport(ctx, a, in)
	if err == nil {
		err = p.Err()
	}
	if err != nil || in.DryRun {
		return p, err
	}
	if p, err = s.AcceptImport(ctx, a, p.ID); err != nil {
		return p, err
	}
	for p.State == ImportApplying {
		if err := s.ApplyImport(ctx, p.ID); err != nil && !errors.Is(err, faults.Conflict) {
			return p, err
		}
		d, err := s.imports.Get(ctx, p.ID)
		if err != nil {
			return p, err
		}
		p = importOf(d)
		if progress != nil {
			progress(p.Done, p.Todo)
		}
	}
	return p, nil
}

// ApplyImport is the chain step "apply" of an import: it applies the next part and notes how far it is; the step stays due until nothing is left.
// Safe to run twice at once.
func (s *Service) ApplyImport(ctx context.Context, id string) error {
	plan, err := s.imports.Get(ctx, id)
	if err != nil || plan.Value.State != ImportApplying {
		return err
	}
	n := plan.Value.Chunk
	var done, left int
	if n < plan.Value.Chunks {
		if done, left, err = s.applyChunk(ctx, plan.Value, n); err != nil {
			return err
		}
	}
	now := s.now()
	_, err = s.imports.Update(ctx, id, func(d *storage.Doc[Import]) error {
		if d.Value.State != ImportApplying || d.Value.Chunk != n {
			return storage.Unchanged // cancelled, or another run has noted this part
		}
		if n < d.Value.Chunks {
			d.Value.Chunk++
			d.Value.Done += done
			d.Value.Left += left
			if d.Due != nil && d.Due.Reason != "" { // it waited, and goes on
				due := *d.Due
				due.Tries, due.Reason = 0, ""
				d.Due = &due
			}
		}
		if d.Value.Chunk >= d.Value.Chunks {
			d.Value.State, d.Value.EndedAt, d.Due = ImportDone, now, nil
		}
		return nil
	})
	return err
}

func (s *Service) applyChunk(ctx context.Context, plan Import, n int) (done, left int, err error) {
	c, err := s.chunks.Get(ctx, chunkID(plan.ID, n))
	if err != nil {
		return 0, 0, err
	}
	rows := slices.Clone(c.Value.Rows)
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(applyAtOnce)
	if plan.Kind == ImportUnits {
		g.SetLimit(1) // parents come before their children
	}
	for i := range rows {
		g.Go(func() error {
			why, err := s.applyRow(gctx, plan, rows[i])
			if err != nil {
				return fmt.Errorf("import row %d: %w", rows[i].N, err)
			}
			mu.Lock()
			defer mu.Unlock()
			r := ImportRow{N: rows[i].N, What: rows[i].What, Target: rows[i].Target}
			if why != nil {
				r.Left, r.Label = why, rows[i].Label
			}
			rows[i] = r
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return 0, 0, err
	}
	// What is done keeps its result only. A second run at the same time has the same results; the first to write wins.
	d, err := s.chunks.Update(ctx, c.ID, func(d *storage.Doc[importChunk]) error {
		if !slices.ContainsFunc(d.Value.Rows, func(r ImportRow) bool { return r.Work != nil }) {
			return storage.Unchanged
		}
		d.Value.Rows = rows
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	for _, r := range d.Value.Rows {
		if r.Left != nil {
			left++
		}
	}
	return len(d.Value.Rows), left, nil
}

// applyRow does one row. It returns why the row was left, or an error when the storage is away and the whole part has to be tried again.
func (s *Service) applyRow(ctx context.Context, plan Import, r ImportRow) (*texts.Text, error) {
	if r.Work == nil { // done by an earlier run
		return r.Left, nil
	}
	stamp := fmt.Sprintf("%s.%d.%s", plan.ID, r.N, r.What)
	trail := func(verb, thing string, about ID) storage.Audit {
		return storage.Audit{ID: storage.NewID(), At: s.now(), Who: plan.By, Role: plan.Role, Verb: verb, Thing: thing, About: string(about), Why: plan.why(), Note: fmt.Sprintf("row %d, %s", r.N, r.What) + withPost(r)}
	}
	var err error
	switch plan.Kind {
	case ImportUnits:
		err = s.applyUnit(ctx, r, stamp, trail("import_unit", "units/"+r.Target, ""))
	case ImportPositions:
		err = s.applyPosition(ctx, r, stamp, trail("import_position", "positions/"+r.Target, ""))
	case ImportPeople, ImportSync:
		err = s.applyPerson(ctx, plan, r, stamp, trail("import_person", "people/"+r.Target, ID(r.Target)))
	case ImportAppointments:
		err = s.applyAppointments(ctx, r, stamp, trail("import_appointment", "people/"+r.Target, ID(r.Target)))
	case ImportRoles:
		var p Person
		if p, err = s.person(ctx, ID(r.Target)); err == nil {
			err = s.endOld(ctx, p)
		}
		if err != nil {
			break
		}
		_, err = s.changeRoles(ctx, ID(r.Target), stamp, trail("grant_role", "accounts/"+r.Target, ID(r.Target)), r.Work.Roles, nil)
	}
	switch kind := faults.KindOf(err); {
	case err == nil:
		return nil, nil
	case kind == faults.Conflict, kind == faults.Invalid, kind == faults.NotFound, kind == faults.TooLarge, kind == faults.Forbidden:
		t := faults.Of(err).Text
		return &t, nil
	default:
		return nil, err
	}
}

// fingerprint of the parts of a document that an import compares; what the system itself keeps up to date is left out.
func fingerprint(parts ...any) string {
	b, err := json.Marshal(parts)
	if err != nil {
		panic("a register document cannot be encoded: " + err.Error())
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:12])
}

// duplicates notes rows whose key stands in an earlier row.
type duplicates map[string]int

func (d duplicates) first(key string, n int) (earlier int, ok bool) {
	if at, seen := d[key]; seen {
		return at, false
	}
	d[key] = n
	return 0, true
}

// unitCache remembers units by code during a check.
type unitCache struct {
	s *Service
	m map[string]Unit
}

func (c *unitCache) byCode(ctx context.Context, code string) (Unit, bool, error) {
	key := codeKey(code)
	if c.m == nil {
		c.m = map[string]Unit{}
	}
	if u, ok := c.m[key]; ok {
		return u, u.ID != "", nil
	}
	u, err := c.s.UnitByCode(ctx, code)
	if errors.Is(err, faults.NotFound) {
		c.m[key] = Unit{}
		return Unit{}, false, nil
	}
	if err != nil {
		return Unit{}, false, err
	}
	c.m[key] = u
	return u, true, nil
}

func unknownUnitRow(errs *sheets.RowErrors, row int, column, code string) {
	errs.Addf(row, column, "Unit %q tidak ada di susunan unit. Impor unitnya lebih dahulu atau perbaiki kodenya.", "Unit %q is not in the unit tree. Import it first or correct the code.", shorten(code, 60))
}

// addFields turns field faults into row errors under the titles the columns have in the file.
func addFields(errs *sheets.RowErrors, row int, title func(field string) string, fields []faults.Field) {
	for _, f := range fields {
		*errs = append(*errs, sheets.RowError{Row: row, Column: title(f.Path), Text: f.Text})
	}
}

// changes lists the differences between two sets of fields, in the order of names.
func changes(names []string, old, new map[string]string) []Change {
	var out []Change
	for _, n := range names {
		if old[n] != new[n] {
			out = append(out, Change{Field: n, Old: old[n], New: new[n]})
		}
	}
	return out
}

// tidyImports gives up checked imports that nobody accepted; they hold personal data.
func (s *Service) tidyImports(ctx context.Context) (int, error) {
	p, err := s.imports.Find(ctx, storage.Query{Index: "at", Term: "state:" + string(ImportChecked), To: storage.OrderTime(s.now().Add(-keepUnwanted)), Limit: 100})
	if err != nil {
		return 0, err
	}
	for i, d := range p.Docs {
		if _, err := s.cancelImport(ctx, d.ID, s.entry(access.System("schedule"), "system", "cancel_import", "register_imports/"+d.ID, "", "not accepted in 7 days", "")); err != nil {
			return i, err
		}
	}
	return len(p.Docs), nil
}
