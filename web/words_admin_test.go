package web

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

// TestEverySentenceOfTheWorkbenchHasEnglish reads the workbench's Go files for sentences that reach a page by other ways than T and Label: a label handed to
// Input or Need, a hint, the name of an act. Whatever begins like a sentence and is no fault (those carry their English) must have English.
func TestEverySentenceOfTheWorkbenchHasEnglish(t *testing.T) {
	w := newWords()
	sentence := regexp.MustCompile(`^[A-Z][a-z]+([ ,].*)?$|^(NIP|JP|TMT) |^[A-Z0-9].* .*\.$`)
	rooms := regexp.MustCompile(`^(admin\.go|assignment_|attempt_manage|audit_|certificate_decide|cohort_|course_list|course_manage|hours_verify|import_|key_|navigation_admin|panels|person_|regrade_|position_|role_|rule_|settings_|slip_|unit_|vacancy_|version_|work|app_)`)
	not := map[string]bool{"Asia": true, "Cache-Control": true, "Content-Type": true, "Content-Disposition": true, "If-None-Match": true, "Refresh": true, "APEL": true,
		"Struktural": true, "Fungsional": true, "Pelaksana": true} // kinds of posts are law's own words in both languages
	var faulty map[ast.Node]bool
	goFiles(t, func(name string, n ast.Node) {
		if _, ok := n.(*ast.File); ok {
			faulty = map[ast.Node]bool{}
		}
		if !rooms.MatchString(name) || strings.HasSuffix(name, "_test.go") || n == nil {
			return
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && (x.Name == "faults" || x.Name == "bad") {
					for _, a := range call.Args {
						ast.Inspect(a, func(n ast.Node) bool { faulty[n] = true; return true })
					}
				}
			}
		}
		e, ok := n.(ast.Expr)
		if !ok || faulty[n] {
			return
		}
		if s, ok := literal(e); ok && sentence.MatchString(s) && !not[s] {
			if _, known := w.english[s]; !known {
				t.Errorf("no English in words/en-admin.json: %q (%s)", s, name)
			}
		}
	})
}
