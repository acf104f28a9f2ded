package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
)

// TestEverySentenceHasEnglish renders every page with its sample data in English and reads every template and Go file of
// this room, and lists the sentences that words/en.json does not know.
func TestEverySentenceHasEnglish(t *testing.T) {
	missing := map[string]string{}
	e := New(Config{Navigation: sampleNavigation, Demo: true})
	e.words.missing = map[string]bool{}
	for _, name := range e.Names() {
		renderSample(t, e, name, "en")
		for sentence := range e.words.missing {
			missing[sentence] = "page " + name
		}
		clear(e.words.missing)
	}
	for sentence, where := range spoken(t) {
		if _, ok := e.words.english[sentence]; !ok {
			missing[sentence] = where
		}
	}
	for sentence, where := range missing {
		t.Errorf("no English in words/en.json: %q (%s)", sentence, where)
	}
}

// TestEnglishFillsInTheSameThings holds both languages to the same %-verbs in the same order.
func TestEnglishFillsInTheSameThings(t *testing.T) {
	verbs := regexp.MustCompile(`%[+\-# 0]*[0-9.]*[a-zA-Z]`)
	for sentence, forms := range newWords().english {
		want := verbs.FindAllString(sentence, -1)
		for _, form := range forms {
			if got := verbs.FindAllString(form, -1); !slices.Equal(got, want) {
				t.Errorf("%q has %v, its English %q has %v", sentence, want, form, got)
			}
		}
	}
}

// TestNoEnglishIsLeftOver names sentences nobody says any more.
func TestNoEnglishIsLeftOver(t *testing.T) {
	e := New(Config{Navigation: sampleNavigation, Demo: true})
	said := spoken(t)
	literals := goLiterals(t)
	for sentence := range e.words.english {
		if _, ok := said[sentence]; !ok && !literals[sentence] {
			t.Errorf("words/en.json: nobody says %q", sentence)
		}
	}
}

// wordFields are the fields and functions whose literals are words of the program (see the package comment).
var (
	wordFields = map[string]bool{"Label": true, "Hint": true, "SearchLabel": true}
	wordFuncs  = map[string]int{"t": 0, "state": 1, "bar": 0}
	wordCalls  = map[string]int{"Input": 2, "Need": 2, "Hinted": 0, "Measured": 0}
)

// spoken finds the sentences in templates ({{t "..."}} and its like) and in Go (e.T(c, "...")).
func spoken(t *testing.T) map[string]string {
	found := map[string]string{}
	note := func(where string, node parse.Node) {
		if s, ok := node.(*parse.StringNode); ok && s.Text != "" {
			found[s.Text] = where
		}
	}
	var walk func(where string, node parse.Node)
	list := func(where string, l *parse.ListNode) {
		if l != nil {
			for _, n := range l.Nodes {
				walk(where, n)
			}
		}
	}
	walk = func(where string, node parse.Node) {
		switch n := node.(type) {
		case *parse.ListNode:
			list(where, n)
		case *parse.ActionNode:
			walk(where, n.Pipe)
		case *parse.IfNode:
			walk(where, n.Pipe)
			list(where, n.List)
			list(where, n.ElseList)
		case *parse.RangeNode:
			walk(where, n.Pipe)
			list(where, n.List)
			list(where, n.ElseList)
		case *parse.WithNode:
			walk(where, n.Pipe)
			list(where, n.List)
			list(where, n.ElseList)
		case *parse.TemplateNode:
			if n.Pipe != nil {
				walk(where, n.Pipe)
			}
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				walk(where, c)
			}
		case *parse.CommandNode:
			if len(n.Args) > 0 {
				name, places := "", map[string]int{}
				switch first := n.Args[0].(type) {
				case *parse.IdentifierNode:
					name, places = first.Ident, wordFuncs
				case *parse.FieldNode:
					name, places = first.Ident[len(first.Ident)-1], wordCalls
				case *parse.ChainNode:
					name, places = first.Field[len(first.Field)-1], wordCalls
				case *parse.VariableNode:
					name, places = first.Ident[len(first.Ident)-1], wordCalls
				}
				if at, ok := places[name]; ok && len(n.Args) > at+1 {
					note(where, n.Args[at+1])
				}
			}
			for _, a := range n.Args {
				walk(where, a)
			}
		case *parse.ChainNode:
			walk(where, n.Node)
		}
	}
	err := fs.WalkDir(templateFiles, "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := templateFiles.ReadFile(path)
		if err != nil {
			return err
		}
		tree := parse.New(path)
		tree.Mode = parse.SkipFuncCheck
		if _, err := tree.Parse(string(text), "", "", map[string]*parse.Tree{}); err != nil {
			return err
		}
		walk(path, tree.Root)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	goFiles(t, func(name string, node ast.Node) {
		switch n := node.(type) {
		case *ast.CallExpr: // e.T(c, "..."), words.say(lang, "...")
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "T" || sel.Sel.Name == "say") && len(n.Args) > 1 {
				if s, ok := literal(n.Args[1]); ok {
					found[s] = name
				}
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && wordFields[key.Name] {
				if s, ok := literal(n.Value); ok && s != "" {
					found[s] = name
				}
			}
		}
	})
	for _, pair := range errorTexts {
		found[pair[0]], found[pair[1]] = "errors.go", "errors.go"
	}
	return found
}

func literal(n ast.Expr) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func goFiles(t *testing.T, see func(name string, n ast.Node)) {
	t.Helper()
	files := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool { see(name, n); return true })
	}
}

func goLiterals(t *testing.T) map[string]bool {
	found := map[string]bool{}
	goFiles(t, func(_ string, n ast.Node) {
		if e, ok := n.(ast.Expr); ok {
			if s, ok := literal(e); ok {
				found[s] = true
			}
		}
	})
	return found
}

func TestSay(t *testing.T) {
	w := &words{english: map[string][2]string{"%d kursus": {"%d course", "%d courses"}, "Simpan": {"Save", "Save"}}}
	for _, c := range []struct {
		lang, sentence string
		args           []any
		want           string
	}{
		{"id", "Simpan", nil, "Simpan"},
		{"en", "Simpan", nil, "Save"},
		{"en", "%d kursus", []any{1}, "1 course"},
		{"en", "%d kursus", []any{3}, "3 courses"},
		{"id", "%d kursus", []any{1}, "1 kursus"},
		{"en", "Tidak ada terjemahannya", nil, "Tidak ada terjemahannya"},
		{"en", "", nil, ""},
		{"id", "Naik 5%", nil, "Naik 5%"},
	} {
		if got := w.say(c.lang, c.sentence, c.args...); got != c.want {
			t.Errorf("say(%s, %q, %v) = %q, want %q", c.lang, c.sentence, c.args, got, c.want)
		}
	}
}

// renderSample renders a page with its sample data and answers its HTML.
func renderSample(t *testing.T, e *Engine, name, lang string) string {
	t.Helper()
	c := testContext(lang)
	body, _, err := e.render(c, name, e.pages[name].Sample())
	if err != nil {
		t.Fatalf("page %s in %s: %v", name, lang, err)
	}
	defer putBuffer(body)
	return strings.Clone(body.String())
}
