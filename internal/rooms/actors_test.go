package rooms

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// Permission is asked inside the rooms, so every exported method of a room's service takes the actor. The exceptions stand in actorless.txt, each
// with its reason. A method that is not in it and takes no actor fails, as does a line whose method is gone or has learned to take one.
func TestEveryServiceMethodTakesTheActor(t *testing.T) {
	const list = "testdata/actorless.txt"
	services := map[string][]string{"people": {"Service"}, "courses": {"Service"}, "certificates": {"Service"}, "competencies": {"Service"}, "placement": {"Service"}, "readiness": {"Service"},
		"internal/settings": {"Service"}, "internal/audit": {"Trail"}, "workers": {"Workers"}}
	found := map[string]bool{}
	all := 0
	for room, types := range services {
		for _, m := range methods(t, filepath.Join("..", "..", room), types) {
			all++
			if !m.actor {
				found[room+"."+m.name] = true
			}
		}
	}
	if all < 150 {
		t.Fatalf("only %d methods were found", all)
	}
	b, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	excused := map[string]string{}
	for n, line := range strings.Split(string(b), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, _ := strings.Cut(line, " ")
		if reason = strings.TrimSpace(reason); len(reason) < 10 {
			t.Errorf("%s:%d: %s has no reason", list, n+1, name)
		}
		if excused[name] != "" {
			t.Errorf("%s:%d: %s stands there twice", list, n+1, name)
		}
		excused[name] = reason
	}
	var missing []string
	for name := range found {
		if excused[name] == "" {
			missing = append(missing, name)
		}
	}
	sort.Strings(missing)
	for _, name := range missing {
		t.Errorf("%s takes no actor: give it one, or write into %s why it needs none", name, list)
	}
	for name := range excused {
		if !found[name] {
			t.Errorf("%s excuses %s, which is gone or takes an actor", list, name)
		}
	}
}

type method struct {
	name  string
	actor bool
}

// methods lists the exported methods of types of a package, read from its source.
func methods(t *testing.T, dir string, types []string) []method {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []method
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || !fn.Name.IsExported() || !receives(fn.Recv.List[0].Type, types) {
				continue
			}
			m := method{name: fn.Name.Name}
			for _, p := range fn.Type.Params.List {
				if s, ok := p.Type.(*ast.SelectorExpr); ok {
					pkg, ok := s.X.(*ast.Ident)
					m.actor = m.actor || ok && pkg.Name == "access" && s.Sel.Name == "Actor"
				}
			}
			out = append(out, m)
		}
	}
	return out
}

func receives(e ast.Expr, types []string) bool {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	for _, t := range types {
		if id.Name == t {
			return true
		}
	}
	return false
}
