package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apelkota/apel/api"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/lint"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/readiness"
)

// importInput is one file to import.
type importInput struct {
	name     string
	open     func() (io.ReadCloser, error)
	check    bool // list what would happen and write nothing
	later    bool // registers: leave the applying to the chain; with check: keep the plan, so that it can be accepted
	draft    bool // courses: leave it as a draft instead of publishing it
	source   string
	fields   map[string]string // sync: field -> column title
	units    map[string]string // sync: foreign unit -> unit code
	progress func(done, of int)
}

// imported says in a few words what an import did.
type imported struct {
	ID      string `json:"id,omitempty"`    // registers: of the plan
	State   string `json:"state,omitempty"` // registers: how far the plan is
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Rows    int    `json:"rows"`
	Todo    int    `json:"todo"`           // what there is to apply
	Done    int    `json:"done"`           // of Todo
	Left    int    `json:"left,omitempty"` // rows left because they had changed since the check
	Summary string `json:"summary"`

	Warnings []string `json:"warnings,omitempty"` // courses: what was read but should be looked at; in a dry run also what makes the course weak
}

// importer takes one kind of file into the room it belongs to. Pages, API, command line and demo all come through these.
type importer func(ctx context.Context, a access.Actor, in importInput) (imported, error)

// importOrder is the order a new city needs.
var importOrder = []string{"units", "positions", "people", "appointments", "roles", "dictionary", "standards", "eligibility", "course", "apps", "app_roles", "app_operators", "assignments", "sync"}

func (in *installation) importers() map[string]importer {
	table := func(do func(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (imported, error)) importer {
		return func(ctx context.Context, a access.Actor, f importInput) (imported, error) {
			r, err := f.open()
			if err != nil {
				return imported{}, faults.Wrap(err, faults.Invalid, "Berkas tidak dapat dibaca: "+f.name, "The file cannot be read: "+f.name)
			}
			defer r.Close()
			return do(ctx, a, f.name, r, f.check)
		}
	}
	register := func(kind people.ImportKind) importer {
		return func(ctx context.Context, a access.Actor, f importInput) (imported, error) {
			r, err := f.open()
			if err != nil {
				return imported{}, faults.Wrap(err, faults.Invalid, "Berkas tidak dapat dibaca: "+f.name, "The file cannot be read: "+f.name)
			}
			defer r.Close()
			sheet, err := sheets.Read(f.name, r, sheets.Options{})
			if err != nil {
				return imported{}, err
			}
			file := people.ImportInput{Kind: kind, Name: f.name, Sheet: sheet, DryRun: f.check && !f.later, Source: f.source, Fields: f.fields, Units: f.units}
			var p people.Import
			if f.later {
				p, err = in.people.CheckImport(ctx, a, file)
				if err == nil {
					err = p.Err()
				}
				if err == nil && !f.check {
					p, err = in.people.AcceptImport(ctx, a, p.ID)
				}
			} else {
				p, err = in.people.RunImport(ctx, a, file, f.progress)
			}
			if err != nil {
				return imported{}, err
			}
			var parts []string
			for _, what := range []string{people.RowNew, people.RowChanged, people.RowMoved, people.RowVanished, people.RowSame} {
				if n := p.Counts[what]; n > 0 {
					parts = append(parts, fmt.Sprintf("%d %s", n, people.RowText(what).In(texts.From(ctx))))
				}
			}
			return imported{ID: p.ID, State: string(p.State), Rows: p.Rows, Todo: p.Todo, Done: p.Done, Left: p.Left, Summary: strings.Join(parts, ", ")}, nil
		}
	}
	m := map[string]importer{
		"units": register(people.ImportUnits), "positions": register(people.ImportPositions), "people": register(people.ImportPeople),
		"appointments": register(people.ImportAppointments), "roles": register(people.ImportRoles), "sync": register(people.ImportSync),
		"dictionary": table(func(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (imported, error) {
			i, err := in.competencies.ImportDictionary(ctx, a, name, r, check)
			return imported{Rows: i.Rows, Done: i.Items, Summary: fmt.Sprintf("%d kompetensi", i.Items)}, err
		}),
		"standards": table(func(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (imported, error) {
			i, err := in.competencies.ImportStandards(ctx, a, name, r, check)
			return imported{Rows: i.Rows, Done: i.Items, Summary: fmt.Sprintf("%d standar", i.Items)}, err
		}),
		"eligibility": table(func(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (imported, error) {
			i, err := in.placement.ImportEligibility(ctx, a, name, r, check)
			return imported{Rows: i.Rows, Done: i.Rows, Summary: fmt.Sprintf("%d syarat", i.Rows)}, err
		}),
		"assignments": table(func(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (imported, error) {
			n, err := in.courses.ImportRules(ctx, a, name, r, check)
			return imported{Rows: n, Done: n, Summary: fmt.Sprintf("%d aturan", n)}, err
		}),
		"course": in.importCourse,
	}
	for kind, of := range map[string]readiness.ImportKind{"apps": readiness.ImportApps, "app_roles": readiness.ImportRoles, "app_operators": readiness.ImportOperators} {
		m[kind] = table(func(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (imported, error) {
			i, err := in.readiness.Import(ctx, a, of, name, r, check)
			return imported{Rows: i.Rows, Done: i.Done, Left: len(i.Left), Summary: fmt.Sprintf("%d baris diterapkan", i.Done)}, err
		})
	}
	for kind, do := range m {
		m[kind] = func(ctx context.Context, a access.Actor, f importInput) (imported, error) {
			i, err := do(ctx, a, f)
			if i.Kind, i.Name = kind, f.name; i.State == "" { // no register: all of it or nothing
				i.Todo = i.Done + i.Left
			}
			return i, err
		}
	}
	return m
}

// importRight is what whoever imports a kind of file must be allowed, somewhere. It is asked before a file is read, which may be large; the room
// asks again for what the file holds.
var importRight = map[string]struct{ verb, kind string }{
	"units": {"run", "register_import"}, "positions": {"run", "register_import"}, "people": {"run", "register_import"}, "appointments": {"run", "register_import"},
	"roles": {"run", "register_import"}, "sync": {"run", "register_import"}, "dictionary": {"import", "dictionary"}, "standards": {"import", "standard"},
	"eligibility": {"import", "eligibility"}, "course": {"author", "course"}, "assignments": {"rule", "assignment"},
	"apps": {"import", "app"}, "app_roles": {"import", "app"}, "app_operators": {"import", "app"},
}

// apiImports gives the importers to the API.
type apiImports struct{ *installation }

// Import implements api.Importers.
func (in apiImports) Import(ctx context.Context, a access.Actor, f api.ImportFile) (api.Imported, error) {
	do, ok := in.importers()[f.Kind]
	if !ok {
		return api.Imported{}, faults.New(faults.NotFound, "Jenis impor ini tidak ada.", "There is no such kind of import.")
	}
	right := importRight[f.Kind]
	if in.policy.Scope(a, right.verb, right.kind).Empty() {
		if _, err := in.policy.May(a, right.verb, access.Thing{Kind: right.kind}); err != nil {
			return api.Imported{}, err
		}
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.Data)), nil }
	i, err := do(ctx, a, importInput{name: f.Name, open: open, check: f.Check, later: true, source: f.Source, fields: f.Fields, units: f.Units})
	if err != nil {
		return api.Imported{}, err
	}
	if i.State == "" {
		i.State = string(people.ImportDone)
		if f.Check {
			i.State = string(people.ImportChecked)
		}
	}
	return api.Imported{Kind: i.Kind, Name: i.Name, ID: i.ID, State: i.State, Rows: i.Rows, Todo: i.Todo, Done: i.Done, Left: i.Left, Summary: i.Summary}, nil
}

// importCourse takes a course folder, zipped or as it is on disk (f.name is then its path), and publishes it.
func (in *installation) importCourse(ctx context.Context, a access.Actor, f importInput) (imported, error) {
	r, err := f.open()
	if err != nil {
		return imported{}, faults.Wrap(err, faults.Invalid, "Berkas tidak dapat dibaca: "+f.name, "The file cannot be read: "+f.name)
	}
	defer r.Close()
	draft, report, err := in.courses.ReadZip(ctx, a, r)
	if err != nil {
		return imported{}, err
	}
	return in.importDraft(ctx, a, draft, report, f)
}

func (in *installation) importFolder(ctx context.Context, a access.Actor, folder fs.FS, check bool) (imported, error) {
	draft, report := exchange.ReadFolder(ctx, folder)
	if err := report.Err(); err != nil {
		return imported{}, err
	}
	return in.importDraft(ctx, a, draft, report, importInput{check: check})
}

func (in *installation) importDraft(ctx context.Context, a access.Actor, draft *exchange.Draft, report exchange.Report, f importInput) (imported, error) {
	i, err := in.courses.Import(ctx, a, courses.ImportInput{Draft: draft, Publish: !f.draft, DryRun: f.check})
	if err != nil {
		return imported{}, err
	}
	var warnings []string
	for _, m := range report.Warnings() {
		warnings = append(warnings, m.Where()+": "+m.Text.In(texts.From(ctx)))
	}
	if f.check {
		lang := texts.From(ctx)
		for _, f := range lint.Course(draft).Findings {
			warnings = append(warnings, f.Where()+": "+f.Text.In(lang)+" "+f.Do.In(lang))
		}
	}
	summary := fmt.Sprintf("%s: %d pelajaran, %d soal", draft.Code, i.Lessons, i.Items)
	switch {
	case i.Unchanged:
		summary += ", sama dengan yang terbit"
	case f.draft && !f.check:
		summary += ", draf " + i.Version
	}
	return imported{Warnings: warnings, Kind: "course", Name: draft.Code, Rows: i.Items, Done: i.Items, Summary: summary}, nil
}

type importVerb struct {
	place
	Kind   string `arg:"" help:"What the file holds: ${import_kinds}."`
	File   string `arg:"" help:"CSV or XLSX file; for a course its folder or a zip of it." type:"path"`
	DryRun bool   `help:"List every row error and what would happen; write nothing."`
	Source string `placeholder:"NAME" help:"For sync: name of the system the file comes from; its column mapping is remembered."`
	JSON   bool   `help:"Print the result as JSON."`

	draft bool // of a course
}

// Run imports through the running server if one owns the folder, else by itself.
func (v *importVerb) Run(e *env) error {
	if !slices.Contains(importOrder, v.Kind) {
		return faults.OnField("kind", "Jenis impor: "+strings.Join(importOrder, ", "), "Kinds of imports: "+strings.Join(importOrder, ", "))
	}
	done, err := v.run(e)
	if err != nil {
		return err
	}
	if v.JSON {
		return print(done)
	}
	for _, w := range done.Warnings {
		fmt.Println("perhatikan / warning:", w)
	}
	fmt.Printf("%s: %d baris, %s\n", done.Name, done.Rows, done.Summary)
	return nil
}

func (v *importVerb) run(e *env) (done imported, err error) {
	f := importInput{name: filepath.Base(v.File), open: func() (io.ReadCloser, error) { return os.Open(v.File) }, check: v.DryRun, source: v.Source, draft: v.draft}
	if info, err := os.Stat(v.File); err == nil && info.IsDir() {
		f.open = func() (io.ReadCloser, error) { return zipFolder(v.File) }
	}
	at := v.place
	if v.DryRun && at.Mongo == "" && nothingIn(at.Dir) {
		if at.Dir, err = os.MkdirTemp("", "apel-dry-run-"); err != nil {
			return done, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(at.Dir)) }()
	}
	in, err := open(e.ctx, at, as{serving: true, quiet: true})
	if errors.Is(err, errOwned) {
		r, err := f.open()
		if err != nil {
			return done, faults.Wrap(err, faults.Invalid, "Berkas tidak dapat dibaca: "+v.File, "The file cannot be read: "+v.File)
		}
		defer r.Close()
		q := url.Values{"name": {f.name}, "source": {f.source}}
		if f.check {
			q.Set("check", "")
		}
		if f.draft {
			q.Set("draft", "")
		}
		return done, askServer(e.ctx, v.Dir, "/import/"+v.Kind+"?"+q.Encode(), r, &done)
	}
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	return in.importers()[v.Kind](e.ctx, access.System("import"), f)
}

// nothingIn says that no installation was begun in a folder: it is empty or not there. A dry run then works elsewhere, so that no keys are made for it.
func nothingIn(dir string) bool {
	files, err := os.ReadDir(dir)
	return errors.Is(err, fs.ErrNotExist) || err == nil && len(files) == 0
}

// zipFolder packs a course folder as the importer takes it.
func zipFolder(dir string) (io.ReadCloser, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.AddFS(os.DirFS(dir)); err != nil {
		return nil, err
	}
	return io.NopCloser(&b), z.Close()
}
