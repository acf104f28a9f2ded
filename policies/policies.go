// Package policies answers who may do what: casbin over the table in table/*.csv, one file per room.
//
// A line reads `role, kind, verb, relation`: the role may apply the verb to things of the kind that stand in the relation to the actor.
//
//	any      every thing of the kind
//	subtree  things in the unit the role was granted for, or below it (a grant without a unit covers all)
//	own      things whose owner is the actor
//	others   as subtree, but never the actor's own
//
// Kinds and verbs may list alternatives with "|". A line that starts with `deny` takes away, whatever role allows: so nobody acts on their own
// marks. Every active person is a learner; nobody logged in is `anonymous`; parts of the program are `system`. What `token` is denied, no API token
// does, whatever its person may.
// This room imports nothing of ours but the words of internal/access.
package policies

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

//go:embed table/*.csv
var table embed.FS

// Roles are the roles a person can be granted, in the order they are shown. Learner is everybody's and is not granted.
var Roles = []string{"supervisor", "author", "reviewer", "marker", "invigilator", "unit_admin", "training_admin", "placement_analyst", "leader", "signer", "auditor", "dpo", "system_admin"}

const (
	learner   = "learner"
	anonymous = "anonymous"
	system    = "system"
	token     = "token"
)

const rules = `
[request_definition]
r = role, kind, verb, relations
[policy_definition]
p = role, kind, verb, relation, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (p.role == "*" || r.role == p.role) && (p.kind == "*" || r.kind == p.kind) && (p.verb == "*" || r.verb == p.verb) && holds(r.relations, p.relation)
`

// Row is one expanded line of the table.
type Row struct {
	Role, Kind, Verb, Relation string
	Deny                       bool
	File                       string
}

// Policies is the table, ready to be asked. Safe for use from many goroutines.
type Policies struct {
	rows  []Row
	kinds map[string]bool
	verbs map[string]map[string]bool // by kind

	mu       sync.Mutex
	enforcer *casbin.Enforcer
	known    sync.Map // question -> bool: the table is finite and never changes while the program runs
}

var _ access.Policy = (*Policies)(nil)

// Load reads the embedded table. A mistake in it is a defect of the program, named with file and line.
func Load() (*Policies, error) { return load(table) }

func load(from fs.FS) (*Policies, error) {
	m, err := model.NewModelFromString(rules)
	if err != nil {
		return nil, fmt.Errorf("policy model: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("policy enforcer: %w", err)
	}
	e.AddFunction("holds", func(args ...any) (any, error) {
		have, _ := args[0].(string)
		want, _ := args[1].(string)
		return slices.Contains(strings.Split(have, "+"), want), nil
	})
	p := &Policies{enforcer: e, kinds: map[string]bool{}, verbs: map[string]map[string]bool{}}
	files, err := fs.Glob(from, "table/*.csv")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := p.read(from, f); err != nil {
			return nil, err
		}
	}
	for _, r := range p.rows {
		eft := "allow"
		if r.Deny {
			eft = "deny"
		}
		if _, err := e.AddPolicy(r.Role, r.Kind, r.Verb, r.Relation, eft); err != nil {
			return nil, fmt.Errorf("%s: %w", r.File, err)
		}
	}
	return p, nil
}

func (p *Policies) read(from fs.FS, file string) error {
	f, err := from.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment, r.FieldsPerRecord, r.TrimLeadingSpace = '#', -1, true
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		at, _ := r.FieldPos(0)
		where := fmt.Sprintf("%s:%d", path.Base(file), at)
		deny := strings.TrimSpace(line[0]) == "deny"
		if deny {
			line = line[1:]
		}
		if len(line) != 4 {
			return fmt.Errorf("%s: a line is role, kind, verb, relation", where)
		}
		for i := range line {
			line[i] = strings.TrimSpace(line[i])
		}
		role, relation := line[0], line[3]
		if !slices.Contains(Roles, role) && role != learner && role != anonymous && role != system && role != token && !(role == "*" && deny) {
			return fmt.Errorf("%s: there is no role %q", where, role)
		}
		if !slices.Contains([]string{"any", "subtree", "own", "others"}, relation) {
			return fmt.Errorf("%s: there is no relation %q", where, relation)
		}
		for _, kind := range strings.Split(line[1], "|") {
			for _, verb := range strings.Split(line[2], "|") {
				if (kind == "*" || verb == "*") && role != system && role != token && !deny {
					return fmt.Errorf("%s: only the system may do everything", where)
				}
				p.rows = append(p.rows, Row{role, kind, verb, relation, deny, where})
				if kind != "*" {
					p.kinds[kind] = true
					if p.verbs[kind] == nil {
						p.verbs[kind] = map[string]bool{}
					}
					p.verbs[kind][verb] = true
				}
			}
		}
	}
}

// Rows gives the expanded table, for the page that shows it and for tests.
func (p *Policies) Rows() []Row { return slices.Clone(p.rows) }

// allows asks casbin once per distinct question and remembers the answer.
func (p *Policies) allows(role, kind, verb, relations string) bool {
	q := role + "\x00" + kind + "\x00" + verb + "\x00" + relations
	if v, ok := p.known.Load(q); ok {
		return v.(bool)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ok, err := p.enforcer.Enforce(role, kind, verb, relations)
	ok = ok && err == nil // a question casbin cannot answer is a no
	p.known.Store(q, ok)
	return ok
}

// May implements access.Policy.
func (p *Policies) May(a access.Actor, verb string, t access.Thing) (string, error) {
	if role, ok := p.role(a, verb, t); ok {
		return role, nil
	}
	if a.Anonymous() {
		return "", faults.New(faults.Unauthenticated, "Silakan masuk lebih dahulu.", "Please log in first.")
	}
	if a.Token && verb != "view" {
		a.Token = false
		if _, ok := p.role(a, verb, t); ok {
			return "", faults.New(faults.Forbidden, "Token API tidak dapat melakukan ini. Masuk dengan kata sandi.", "An API token cannot do this. Log in with your password.")
		}
	}
	if _, sees := p.role(a, "view", t); sees && verb != "view" {
		return "", faults.New(faults.Forbidden, "Anda tidak berwenang melakukan ini.", "You are not allowed to do this.")
	}
	return "", faults.New(faults.NotFound, "Yang Anda cari tidak ada.", "What you are looking for does not exist.")
}

func (p *Policies) role(a access.Actor, verb string, t access.Thing) (string, bool) {
	switch {
	case a.Anonymous():
		return anonymous, p.allows(anonymous, t.Kind, verb, "any")
	case a.IsSystem():
		return system, p.allows(system, t.Kind, verb, "any+subtree+others")
	}
	own := t.Owner != "" && t.Owner == a.Person
	base := "any"
	if own {
		base += "+own"
	}
	if a.Token && !p.allows(token, t.Kind, verb, base) {
		return "", false
	}
	if p.allows(learner, t.Kind, verb, base) {
		if own {
			return "self", true
		}
		return learner, true
	}
	for _, g := range a.Grants {
		relations := base
		if g.Unit == "" || slices.Contains(t.Units, g.Unit) {
			relations += "+subtree"
			if !own {
				relations += "+others"
			}
		}
		if p.allows(g.Role, t.Kind, verb, relations) {
			return g.Role, true
		}
	}
	return "", false
}

// Scope implements access.Policy.
func (p *Policies) Scope(a access.Actor, verb, kind string) access.Scope {
	var s access.Scope
	switch {
	case a.Anonymous():
		s.All = p.allows(anonymous, kind, verb, "any")
		return s
	case a.IsSystem():
		s.All = p.allows(system, kind, verb, "any+subtree+others")
		return s
	}
	if a.Token && !p.allows(token, kind, verb, "any") {
		return s
	}
	s.All = p.allows(learner, kind, verb, "any")
	s.Own = p.allows(learner, kind, verb, "any+own")
	for _, g := range a.Grants {
		switch {
		case p.allows(g.Role, kind, verb, "any"), g.Unit == "" && p.allows(g.Role, kind, verb, "any+subtree+others"):
			s.All = true
		case p.allows(g.Role, kind, verb, "any+subtree+others"):
			if !slices.Contains(s.Units, g.Unit) {
				s.Units = append(s.Units, g.Unit)
			}
		}
		s.Own = s.Own || p.allows(g.Role, kind, verb, "any+own")
	}
	if s.All {
		s.Units = nil
	}
	return s
}
