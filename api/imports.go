package api

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// Importers take files into the rooms they belong to. Pages, API, command line and demo share them; cmd wires them.
type Importers interface {
	// Import checks a whole file and applies it, or only checks it. A file with mistakes is an Invalid fault with a field per row and column, and
	// changes nothing. Forbidden and NotFound as the room says; NotFound for an unknown kind.
	Import(ctx context.Context, a access.Actor, f ImportFile) (Imported, error)
}

// ImportFile is a file to import.
type ImportFile struct {
	Kind   string
	Name   string
	Data   []byte
	Check  bool              // apply nothing
	Source string            // of a sync: name of the source, whose column mapping is remembered
	Fields map[string]string // of a sync: field -> column title
	Units  map[string]string // of a sync: foreign unit -> unit code
}

// Imported says what an import did, or would do when it was only checked.
type Imported struct {
	Kind    string `json:"kind"`
	Name    string `json:"name" doc:"Of the file, or of the course in it"`
	ID      string `json:"id,omitempty" doc:"Of the plan, for imports of the register: to follow, accept or cancel it"`
	State   string `json:"state" enum:"checked,applying,done" doc:"checked: nothing is applied; applying: follow it with GET /imports/{id}"`
	Rows    int    `json:"rows" doc:"Of the file"`
	Todo    int    `json:"todo" doc:"What there is to apply: rows that change something, and of a sync people whom the file no longer names"`
	Done    int    `json:"done" doc:"Of todo"`
	Left    int    `json:"left" doc:"Rows left as they are because they had changed since the check"`
	Summary string `json:"summary"`
}

// RegisterImport is an import of units, positions, people, appointments or roles: what it would do or has done.
type RegisterImport struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	Name     string            `json:"name"`
	Source   string            `json:"source,omitempty"`
	State    string            `json:"state" enum:"refused,checked,applying,done,cancelled"`
	By       string            `json:"by"`
	At       time.Time         `json:"at"`
	Ended    *time.Time        `json:"ended,omitempty"`
	Rows     int               `json:"rows"`
	Counts   map[string]int    `json:"counts" doc:"Rows by what they do: new, changed, moved, vanished, same"`
	Todo     int               `json:"todo"`
	Done     int               `json:"done" doc:"Of todo"`
	Left     int               `json:"left"`
	Waits    string            `json:"waits,omitempty" doc:"While it is applying: why it does not get on"`
	Errors   []RowError        `json:"errors" maxItems:"1000" nullable:"false" doc:"The first 1,000"`
	ErrorsIn int               `json:"errors_in" doc:"How many errors there are in all"`
	Warnings []RowError        `json:"warnings" maxItems:"1000" nullable:"false"`
	Dropped  []string          `json:"dropped" maxItems:"1000" nullable:"false" doc:"Columns with personal data that are never taken over"`
	Ignored  []string          `json:"ignored" maxItems:"1000" nullable:"false"`
	Fields   map[string]string `json:"fields,omitempty" doc:"Of a sync: which column fills which field"`
	Unknown  []string          `json:"unknown" maxItems:"1000" nullable:"false" doc:"Of a sync: foreign units that have to be mapped"`
	Posts    []PostDifference  `json:"posts" maxItems:"500" nullable:"false" doc:"Of a sync: posts the file names that are not applied, the first 500"`
	PostsIn  int               `json:"posts_in" doc:"How many of these there are in all"`
}

// PostDifference is a post that a synchronised file names and that has to be settled by hand: with POST /people/{id}/appointments, or by ending one.
type PostDifference struct {
	Row      int    `json:"row"`
	Person   string `json:"person,omitempty" doc:"Missing for somebody whom the same file registers"`
	Said     string `json:"said,omitempty" doc:"The file's name of the post; missing when it names none"`
	Have     string `json:"have,omitempty" doc:"The definitive post that is registered"`
	Position string `json:"position,omitempty" doc:"The position it is probably about"`
	Since    string `json:"since,omitempty"`
	Why      string `json:"why" doc:"Why it is not applied"`
}

// RowError is something wrong at one place of a table.
type RowError struct {
	Row     int    `json:"row"`
	Column  string `json:"column,omitempty"`
	Message string `json:"message"`
}

// ImportRow is one thing an import does.
type ImportRow struct {
	Row     int         `json:"row" doc:"0 for what is not in the file"`
	What    string      `json:"what" doc:"new, changed, moved, vanished"`
	Label   string      `json:"label,omitempty"`
	Target  string      `json:"target"`
	Changes []RowChange `json:"changes" maxItems:"1000" nullable:"false"`
	Left    string      `json:"left,omitempty" doc:"Why it was left as it is"`
}

// RowChange is one field that a row changes.
type RowChange struct {
	Field string `json:"field"`
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
}

func showRowErrors(ctx context.Context, in []sheets.RowError) []RowError {
	out, lang := make([]RowError, 0, len(in)), visit.From(ctx).Lang
	for _, e := range in {
		out = append(out, RowError{e.Row, e.Column, e.Text.In(lang)})
	}
	return out
}

func showRegisterImport(ctx context.Context) func(people.Import) RegisterImport {
	return func(p people.Import) RegisterImport {
		counts := p.Counts
		if counts == nil {
			counts = map[string]int{}
		}
		waits := ""
		if p.Waits != nil {
			waits = p.Waits.In(visit.From(ctx).Lang)
		}
		return RegisterImport{Waits: waits, ID: p.ID, Kind: string(p.Kind), Name: p.Name, Source: p.Source, State: string(p.State), By: p.By, At: p.At, Ended: instant(p.EndedAt), Rows: p.Rows, Counts: counts,
			Todo: p.Todo, Done: p.Done, Left: p.Left, Errors: showRowErrors(ctx, p.Errors), ErrorsIn: p.ErrorN, Warnings: showRowErrors(ctx, p.Warnings), Dropped: orEmpty(p.Dropped),
			Ignored: orEmpty(p.Ignored), Fields: p.Fields, Unknown: orEmpty(p.Unknown), Posts: showPosts(ctx, p.Posts), PostsIn: p.PostN}
	}
}

func showPosts(ctx context.Context, all []people.PostDifference) []PostDifference {
	out := make([]PostDifference, 0, len(all))
	for _, x := range all {
		out = append(out, PostDifference{x.Row, string(x.Person), x.Said, string(x.Have), string(x.Position), string(x.Since), x.Why.In(visit.From(ctx).Lang)})
	}
	return out
}

func showImportRow(ctx context.Context) func(people.ImportRow) ImportRow {
	return func(r people.ImportRow) ImportRow {
		v := ImportRow{Row: r.N, What: r.What, Label: r.Label, Target: r.Target, Changes: []RowChange{}}
		for _, c := range r.Changes {
			v.Changes = append(v.Changes, RowChange{c.Field, c.Old, c.New})
		}
		if r.Left != nil {
			v.Left = r.Left.In(visit.From(ctx).Lang)
		}
		return v
	}
}

// ImportSource is a system that files were synchronised from. Another mapping comes with the next file: see POST /imports/sync.
type ImportSource struct {
	Name   string            `json:"name"`
	Fields map[string]string `json:"fields" doc:"Which column fills which field"`
	Units  int               `json:"units" doc:"How many of its units are matched with the city's"`
	Last   time.Time         `json:"last" doc:"When a file of it was accepted last"`
}

// ImportPath names an import of the register in an address.
type ImportPath struct {
	ID string `path:"id" maxLength:"60"`
}

const maxImport = 32 << 20

// longDigits finds what may be a NIP in a file's name, which travels in the address.
var longDigits = regexp.MustCompile(`\d{8}`)

func (s *server) imports() {
	handle(s, operation{Method: http.MethodPost, Path: "/imports/{kind}", ID: "importFile", Tag: "imports", Max: maxImport,
		Summary: "Import a CSV or XLSX file, or a zipped course folder; the file is the body as it is. All of it is checked first; mistakes are listed by row and column and change nothing"},
		func(ctx context.Context, in *struct {
			Kind   string   `path:"kind" enum:"units,positions,people,appointments,roles,sync,dictionary,standards,eligibility,course,apps,app_roles,app_operators,assignments"`
			Name   string   `query:"name" required:"true" minLength:"1" maxLength:"200" doc:"Name of the file; its ending says what it is" example:"people.csv"`
			Check  bool     `query:"check" doc:"Say what would happen and apply nothing; an import of the register may be accepted afterwards"`
			Source string   `query:"source" maxLength:"100" doc:"Of a sync: the system the file comes from; its columns are remembered"`
			Fields []string `query:"field,explode" maxItems:"100" doc:"Of a sync: field=column title; an empty title leaves the field out"`
			Units  []string `query:"unit,explode" maxItems:"1000" doc:"Of a sync: foreign unit=unit code"`

			RawBody []byte `contentType:"application/octet-stream"`
		}) (*body[Imported], error) {
			if longDigits.MatchString(in.Name) {
				return nil, faults.OnField("name", "Nama berkas memuat angka panjang yang mungkin NIP. Ganti namanya.", "The file's name holds a long number that may be a NIP. Rename it.")
			}
			f := ImportFile{Kind: in.Kind, Name: in.Name, Data: in.RawBody, Check: in.Check, Source: in.Source}
			var err error
			if f.Fields, err = pairs("field", in.Fields); err != nil {
				return nil, err
			}
			if f.Units, err = pairs("unit", in.Units); err != nil {
				return nil, err
			}
			i, err := s.Imports.Import(ctx, visit.Actor(ctx), f)
			if err != nil {
				return nil, err
			}
			return answer(i), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/imports", ID: "listImports", Tag: "imports", Summary: "Imports of the register, the newest first"},
		func(ctx context.Context, in *PageInput) (*body[ListOf[RegisterImport]], error) {
			p, err := s.People.Imports(ctx, visit.Actor(ctx), in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), showRegisterImport(ctx)), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/import-sources", ID: "listImportSources", Tag: "imports", Summary: "Systems that files were synchronised from, with the columns that are remembered for each"},
		func(ctx context.Context, in *PageInput) (*body[ListOf[ImportSource]], error) {
			all, err := s.People.Sources(ctx, visit.Actor(ctx))
			if err != nil {
				return nil, err
			}
			return paged(in, all, func(x people.ImportSource) string { return x.Name }, func(x people.ImportSource) ImportSource {
				return ImportSource{x.Name, x.Fields, len(x.Units), x.LastAt}
			})
		})
	for _, x := range []struct {
		method, path, id, summary string
		do                        func(context.Context, access.Actor, string) (people.Import, error)
	}{
		{http.MethodGet, "/imports/{id}", "getImport", "How far an import of the register is, and what was wrong", s.People.ShowImport},
		{http.MethodPut, "/imports/{id}/acceptance", "acceptImport", "Apply a checked import", s.People.AcceptImport},
		{http.MethodPut, "/imports/{id}/cancellation", "cancelImport", "Give up an import; what was applied stays", s.People.CancelImport},
	} {
		handle(s, operation{Method: x.method, Path: x.path, ID: x.id, Tag: "imports", Summary: x.summary},
			func(ctx context.Context, in *ImportPath) (*body[RegisterImport], error) {
				return one(showRegisterImport(ctx))(x.do(ctx, visit.Actor(ctx), in.ID))
			})
	}
	handle(s, operation{Method: http.MethodGet, Path: "/imports/{id}/rows", ID: "listImportRows", Tag: "imports", Summary: "What each row of an import does, or why it was left; a page has as many rows as one step applies"},
		func(ctx context.Context, in *struct {
			ImportPath
			PageInput
		}) (*body[ListOf[ImportRow]], error) {
			page := 0
			if at := in.after(); !at.Zero() {
				n, err := strconv.Atoi(at.ID)
				if err != nil || n < 0 {
					return nil, errCursor
				}
				page = n
			}
			rows, more, err := s.People.ImportRows(ctx, visit.Actor(ctx), in.ID, page)
			if err != nil {
				return nil, err
			}
			return list(rows, in.next(storage.Cursor{ID: strconv.Itoa(page + 1)}, more), showImportRow(ctx)), nil
		})
}

// pairs reads "a=b" parameters.
func pairs(name string, in []string) (map[string]string, error) {
	if len(in) == 0 {
		return nil, nil
	}
	out := map[string]string{}
	for _, p := range in {
		k, v, ok := strings.Cut(p, "=")
		if !ok || k == "" {
			return nil, faults.OnField(name, `Tulis sebagai nama=isi, misalnya "nip=NIP Baru".`, `Write it as name=value, for example "nip=NIP Baru".`)
		}
		out[k] = v
	}
	return out, nil
}
