package rooms

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// elsewhere are lines of docs/dependencies.md about what is no requirement of go.mod's own.
var elsewhere = []string{"axe-core", "honnef.co/go/tools", "FerretDB"}

// required lists the modules that a go.mod requires directly, without their host when it is GitHub.
func required(gomod string) []string {
	var out []string
	for line := range strings.Lines(gomod) {
		f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(f) >= 2 && strings.Contains(f[0], "/") && strings.HasPrefix(f[1], "v") && !strings.Contains(line, "// indirect") {
			out = append(out, strings.TrimPrefix(f[0], "github.com/"))
		}
	}
	return out
}

// undocumented compares the requirements with the table: what has no whole line, and lines of modules that are not required.
func undocumented(gomod, table string) (missing, stale []string) {
	documented := []string{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 6 || strings.HasPrefix(strings.TrimSpace(cells[1]), "---") || strings.TrimSpace(cells[1]) == "module" {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimSpace(cells[1]), " ")
		whole := true
		for _, c := range cells[2:5] {
			whole = whole && strings.TrimSpace(c) != ""
		}
		if whole {
			documented = append(documented, name)
		}
	}
	direct := required(gomod)
	for _, m := range direct {
		if !slices.Contains(documented, m) {
			missing = append(missing, m)
		}
	}
	for _, d := range documented {
		if !slices.Contains(direct, d) && !slices.Contains(elsewhere, d) {
			stale = append(stale, d)
		}
	}
	return missing, stale
}

func TestEveryDependencyIsExplained(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	gomod, table := read("go.mod"), read("docs/dependencies.md")
	if n := len(required(gomod)); n < 20 {
		t.Fatalf("only %d requirements were found", n)
	}
	missing, stale := undocumented(gomod, table)
	for _, m := range missing {
		t.Errorf("docs/dependencies.md does not say why %s is here, what else was considered and which file hides it", m)
	}
	for _, m := range stale {
		t.Errorf("docs/dependencies.md explains %s, which go.mod does not require", m)
	}
	// And the check sees what it is for.
	missing, stale = undocumented(gomod+"\nrequire example.org/new v1.0.0\n", strings.Replace(table, "| hibiken/asynq |", "| hibiken/gone |", 1))
	if !slices.Equal(missing, []string{"hibiken/asynq", "example.org/new"}) || !slices.Equal(stale, []string{"hibiken/gone"}) {
		t.Errorf("missing %v, stale %v", missing, stale)
	}
}
