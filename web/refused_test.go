package web

import (
	"go/ast"
	"net/http"
	"testing"

	"github.com/apelkota/apel/internal/faults"
)

// A refused form is shown again with 409 when it stands against what is stored, 422 when it is wrong in itself.
func TestARefusedFormKeepsTheStatusOfItsFault(t *testing.T) {
	for _, x := range []struct {
		name string
		errs []error
		want int
	}{
		{"a field that is wrong", []error{faults.OnField("why", "a", "b")}, http.StatusUnprocessableEntity},
		{"somebody was first", []error{faults.New(faults.Conflict, "a", "b")}, http.StatusConflict},
		{"somebody was first, said of a field", []error{faults.New(faults.Conflict, "a", "b").With("name", "a", "b")}, http.StatusConflict},
		{"both", []error{faults.New(faults.Conflict, "a", "b"), faults.OnField("why", "a", "b")}, http.StatusConflict},
	} {
		form := NewForm(map[string][]string{"why": {"typed"}})
		for _, err := range x.errs {
			if !form.Take(err, "id") {
				t.Errorf("%s: not about the form", x.name)
			}
		}
		if got := form.Status(); got != x.want || form.OK() || form.Get("why") != "typed" {
			t.Errorf("%s: %d with %q, want %d", x.name, got, form.Get("why"), x.want)
		}
	}
	form := Form{}
	if form.Take(faults.Forbidden, "id") || !form.OK() {
		t.Error("what is forbidden is not about the form")
	}
}

// TestNoHandlerNamesTheStatusOfARefusedForm reads the handlers: one that notes what a room says in a form, or lists it, takes the status from there.
func TestNoHandlerNamesTheStatusOfARefusedForm(t *testing.T) {
	asks := map[string]bool{"Take": true, "mistakes": true, "again": true, "profileAgain": true}
	handlers := 0
	goFiles(t, func(name string, n ast.Node) {
		fn, ok := n.(*ast.FuncDecl)
		if !ok || fn.Body == nil || fn.Name.Name == "refuseEntry" || fn.Name.Name == "refusal" { // those two have kinds of their own
			return
		}
		taken, named := false, false
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && asks[sel.Sel.Name] {
					taken = true
				}
			case *ast.SelectorExpr:
				named = named || n.Sel.Name == "StatusUnprocessableEntity"
			}
			return true
		})
		if taken {
			handlers++
		}
		if taken && named && fn.Name.Name[:4] != "Test" {
			t.Errorf("%s: %s shows a refused form with 422 whatever was refused", name, fn.Name.Name)
		}
	})
	if handlers < 30 {
		t.Errorf("only %d handlers take a fault into a form: the test looks at the wrong names", handlers)
	}
}
