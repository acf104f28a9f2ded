package certificates

import (
	"context"
	"strings"
	"time"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// View is a certificate as its holder and the admins see it. It has no whole NIP and no salt.
type View struct {
	ID        ID
	Person    string
	Enrolment string
	State     State
	Expired   bool
	Record    record.Record // Salt is left out
	IssuedAt  time.Time
	Events    []Event
	File      *File  // nil until rendered; a download renders at once
	CheckURL  string // the address in the QR code; "" before it is issued
	Parked    string // why its work waits for a person; "" when it does not
	Waits     string // why its file is not drawn yet although it was tried (the time-stamp server is away); "" otherwise
}

func view(d storage.Doc[Certificate], now time.Time) View {
	c := d.Value
	v := View{ID: ID(d.ID), Person: c.Held.Person, Enrolment: c.Held.Enrolment, State: c.State, Expired: c.Expired(now), Record: c.Record,
		IssuedAt: c.IssuedAt, Events: c.Events, File: c.File}
	v.Record.Salt = ""
	if c.State != Intended {
		v.CheckURL = CheckURL(c.Record)
	}
	if d.Due != nil && d.Due.Parked {
		v.Parked = d.Due.Reason
	}
	if d.Due != nil && d.Due.Step == StepRender && d.Due.Tries > 0 && !d.Due.Parked {
		v.Waits = d.Due.Reason
	}
	return v
}

// CheckURL is the public address at which a certificate can be checked.
func CheckURL(r record.Record) string { return r.Host + "/v/" + r.Code }

// Thing is what permission is asked for.
func thing(id ID, c Certificate, present []string) access.Thing {
	units := present
	for _, u := range c.Held.Units {
		if !contains(units, u) {
			units = append(units[:len(units):len(units)], u)
		}
	}
	return access.Thing{Kind: "certificate", ID: string(id), Owner: c.Held.Person, Units: units}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// may reads a certificate and asks permission for a verb on it.
func (s *Service) may(ctx context.Context, a access.Actor, verb string, id ID) (storage.Doc[Certificate], string, error) {
	d, err := s.docs.Get(ctx, string(id))
	if err != nil {
		return d, "", err
	}
	var present []string
	if s.unitsOf != nil {
		if present, err = s.unitsOf(ctx, d.Value.Held.Person); err != nil {
			return d, "", err
		}
	}
	role, err := s.policy.May(a, verb, thing(id, d.Value, present))
	return d, role, err
}

// looks is may for showing a certificate: a look at somebody else's is noted where they can read it, before anything is shown.
func (s *Service) looks(ctx context.Context, a access.Actor, verb string, id ID) (storage.Doc[Certificate], error) {
	d, role, err := s.may(ctx, a, verb, id)
	if err == nil {
		err = s.viewed.Note(ctx, a, role, d.Value.Held.Person)
	}
	return d, err
}

// Certificate shows one certificate; a look at another's is noted. NotFound when there is none or the actor may not see it.
func (s *Service) Certificate(ctx context.Context, a access.Actor, id ID) (View, error) {
	d, err := s.looks(ctx, a, "view", id)
	if err != nil {
		return View{}, err
	}
	return view(d, s.now()), nil
}

// Page is one page of certificates, newest first.
type Page struct {
	Views []View
	Next  storage.Cursor
	More  bool
}

// Of lists a person's certificates, newest first: the actor's own, or another's whom they may see, which is noted.
func (s *Service) Of(ctx context.Context, a access.Actor, person string, after storage.Cursor) (Page, error) {
	var present []string
	if s.unitsOf != nil && a.Person != person {
		var err error
		if present, err = s.unitsOf(ctx, person); err != nil {
			return Page{}, err
		}
	}
	role, err := s.policy.May(a, "view", access.Thing{Kind: "certificate", Owner: person, Units: present})
	if err == nil {
		err = s.viewed.Note(ctx, a, role, person)
	}
	if err != nil {
		return Page{}, err
	}
	return s.page(ctx, storage.Query{Index: indexPerson, Term: person, Desc: true, Limit: storage.DefaultPage, After: after})
}

// Filter chooses certificates for an admin's list. At most one of Unit, Course, State and Words is looked up by index; further ones are
// applied in memory, and more than storage.MaxGather entries then ask to narrow down.
type Filter struct {
	Unit   string // unit id: everything at or below it on the day of issue
	Course string
	State  State
	Words  string // beginnings of words of the name, or of the number
	After  storage.Cursor
	Limit  int // 0 means storage.DefaultPage
}

// List shows certificates within the actor's scope, newest first. Forbidden when the actor may list none but their own.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter) (Page, error) {
	scope := s.policy.Scope(a, "list", "certificate")
	if scope.Empty() || !scope.All && len(scope.Units) == 0 {
		if a.Anonymous() {
			return Page{}, faults.Unauthenticated
		}
		return Page{}, faults.Forbidden
	}
	terms := searchWords(f.Words)
	q := storage.Query{Index: indexList, Term: termAll, Desc: true, After: f.After, Limit: f.Limit}
	switch {
	case len(terms) > 0:
		q.Index, q.Term = indexSearch, terms[0]
	case f.Unit != "":
		q.Term = "unit:" + f.Unit
	case !scope.All && len(scope.Units) == 1:
		q.Term = "unit:" + scope.Units[0]
	case f.Course != "":
		q.Term = "course:" + f.Course
	case f.State != "":
		q.Term = "state:" + string(f.State)
	}
	keep := func(c Certificate) bool {
		if f.Unit != "" && !contains(c.Held.Units, f.Unit) || f.Course != "" && c.Record.Course != f.Course || f.State != "" && c.State != f.State {
			return false
		}
		if !scope.All {
			seen := false
			for _, u := range scope.Units {
				seen = seen || contains(c.Held.Units, u)
			}
			if !seen {
				return false
			}
		}
		have := searchTerms(c)
		for _, t := range terms {
			if !contains(have, t) {
				return false
			}
		}
		return true
	}
	if exact := scope.All && f.onlyOne(len(terms)); exact {
		return s.page(ctx, q)
	}
	return s.filtered(ctx, q, keep)
}

func (f Filter) onlyOne(words int) bool {
	n := 0
	for _, set := range []bool{f.Unit != "", f.Course != "", f.State != "", words > 0} {
		if set {
			n++
		}
	}
	return n <= 1 && words <= 1
}

// filtered reads on until a page is full, at most storage.MaxGather entries.
func (s *Service) filtered(ctx context.Context, q storage.Query, keep func(Certificate) bool) (Page, error) {
	want := q.Limit
	if want <= 0 {
		want = storage.DefaultPage
	}
	now := s.now()
	out := Page{}
	q.Limit = 200
	for read := 0; read < storage.MaxGather; {
		p, err := s.docs.Find(ctx, q)
		if err != nil {
			return out, err
		}
		for _, d := range p.Docs {
			read++
			if !keep(d.Value) {
				continue
			}
			if len(out.Views) == want {
				out.More = true
				return out, nil
			}
			out.Views = append(out.Views, view(d, now))
			out.Next = storage.Cursor{Order: storage.OrderTime(d.Value.Held.IntendedAt), ID: d.ID}
		}
		if !p.More {
			return out, nil
		}
		q.After = p.Next
	}
	return out, faults.New(faults.Invalid, "Terlalu banyak data untuk disaring sekaligus. Persempit pilihan.", "Too much to filter at once. Narrow it down.")
}

func (s *Service) page(ctx context.Context, q storage.Query) (Page, error) {
	p, err := s.docs.Find(ctx, q)
	if err != nil {
		return Page{}, err
	}
	now := s.now()
	out := Page{Next: p.Next, More: p.More}
	for _, d := range p.Docs {
		out.Views = append(out.Views, view(d, now))
	}
	return out, nil
}

// searchTerms are the terms a certificate is found by: beginnings of the words of the name, and the whole number.
func searchTerms(c Certificate) []string {
	terms := texts.Prefixes(c.Record.Name)
	if c.Record.Number != "" {
		terms = append(terms, "no:"+normalNumber(c.Record.Number))
	}
	return terms
}

// searchWords turns what was typed into terms. Something with a slash is a number.
func searchWords(s string) []string {
	if strings.Contains(s, "/") {
		return []string{"no:" + normalNumber(s)}
	}
	var out []string
	for _, w := range texts.Words(s) {
		if p := texts.SearchPrefix(w); p != "" {
			out = append(out, p)
		}
	}
	return out
}
