package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryAuditVerbHasWords reads every verb that the rooms can write into the audit trail from their source, and holds the list of words to it, both ways.
func TestEveryAuditVerbHasWords(t *testing.T) {
	said, written := map[string]bool{}, writtenVerbs(t)
	for _, o := range auditVerbs() {
		if said[o.Value] {
			t.Errorf("%s stands twice in auditVerbs", o.Value)
		}
		if said[o.Value] = true; o.Label == "" || written[o.Value] == "" {
			t.Errorf("auditVerbs names %q (%q), which no room writes", o.Value, o.Label)
		}
	}
	for verb, where := range written {
		if !said[verb] {
			t.Errorf("no words in auditVerbs for %s (%s)", verb, where)
		}
	}
}

// writtenVerbs finds what can stand in the Verb of a storage.Audit: the literal itself, the values a local name can have, or, for a parameter, what the callers
// hand over. A verb that is put together where it is written is refused: it could not be found by reading either.
func writtenVerbs(t *testing.T) map[string]string {
	t.Helper()
	verbs := map[string]string{}
	rooms := map[string][]*ast.File{}
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "storagetest" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		rooms[filepath.Dir(path)] = append(rooms[filepath.Dir(path)], f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, parsed := range rooms {
		takers := map[string]int{} // a function of the room -> its parameter that becomes a verb
		for known := -1; known < len(takers); {
			known = len(takers)
			for _, f := range parsed {
				for _, decl := range f.Decls {
					if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
						verbsOf(t, files, fn, takers, verbs)
					}
				}
			}
		}
	}
	return verbs
}

// verbsOf adds the verbs that a function writes or hands on, and to takers whoever takes one as a parameter.
func verbsOf(t *testing.T, files *token.FileSet, fn *ast.FuncDecl, takers map[string]int, verbs map[string]string) {
	type taker struct {
		name   string
		params *ast.FieldList
	}
	inside := []taker{{fn.Name.Name, fn.Type.Params}}
	values := map[string][]ast.Expr{}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != len(as.Rhs) {
			return true
		}
		for i, l := range as.Lhs {
			if id, ok := l.(*ast.Ident); ok {
				values[id.Name] = append(values[id.Name], as.Rhs[i])
				if lit, ok := as.Rhs[i].(*ast.FuncLit); ok {
					inside = append(inside, taker{id.Name, lit.Type.Params})
				}
			}
		}
		return true
	})
	var note func(e ast.Expr)
	note = func(e ast.Expr) {
		if s, ok := literal(e); ok {
			if _, known := verbs[s]; !known {
				verbs[s] = files.Position(e.Pos()).String()
			}
			return
		}
		switch e := e.(type) {
		case *ast.Ident:
			for _, in := range inside {
				at := 0
				for _, f := range in.params.List {
					for _, name := range f.Names {
						if name.Name == e.Name {
							takers[in.name] = at
							return
						}
						at++
					}
				}
			}
			if found := values[e.Name]; len(found) > 0 {
				for _, v := range found {
					note(v)
				}
				return
			}
		case *ast.IndexExpr:
			if m, ok := e.X.(*ast.CompositeLit); ok {
				for _, kv := range m.Elts {
					note(kv.(*ast.KeyValueExpr).Value)
				}
				return
			}
		}
		t.Errorf("%s: an audit verb must be a literal, a name for one, or a parameter", files.Position(e.Pos()))
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if !isAudit(n.Type) && n.Type != nil {
				return true
			}
			keys := map[string]ast.Expr{}
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if id, ok := kv.Key.(*ast.Ident); ok {
						keys[id.Name] = kv.Value
					}
				}
			}
			if isAudit(n.Type) || keys["Who"] != nil && keys["Role"] != nil {
				if keys["Verb"] == nil {
					t.Errorf("%s: an audit entry without a verb", files.Position(n.Pos()))
				} else {
					note(keys["Verb"])
				}
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if sel, ok := l.(*ast.SelectorExpr); ok && sel.Sel.Name == "Verb" && len(n.Lhs) == len(n.Rhs) {
					note(n.Rhs[i])
				}
			}
		case *ast.CallExpr:
			name := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			if at, ok := takers[name]; ok && at < len(n.Args) {
				note(n.Args[at])
			}
		}
		return true
	})
}

func isAudit(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Audit" {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == "storage"
}
