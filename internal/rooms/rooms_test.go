// Package rooms has no code: its test keeps the rooms of the product apart, as docs/ARCHITECTURE.md draws them.
package rooms

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/apelkota/apel/"

// may says which rooms a room may import, besides internal and its own inner packages. A room that is not listed may import nothing of ours.
var may = map[string][]string{
	"cmd":          {"*"},
	"api":          {"overviews", "courses", "certificates", "competencies", "placement", "readiness", "people", "policies"},
	"web":          {"overviews", "courses", "certificates", "competencies", "placement", "readiness", "people", "policies"},
	"overviews":    {"courses", "certificates", "competencies", "placement", "readiness", "people"},
	"workers":      {"courses", "certificates", "competencies", "placement", "readiness", "people"},
	"placement":    {"competencies", "people"},
	"readiness":    {"competencies", "people"},
	"courses":      {"people"},
	"certificates": {"people"},
	"competencies": {"people"},
	"people":       {},
	"policies":     {},
	"internal":     {},
	"demo":         {},
	"tools":        {},
}

// only says where a foreign module may be imported: packages, or single files.
var only = map[string][]string{
	"github.com/gin-gonic/gin":           {"api", "web", "cmd"},
	"go.mongodb.org/mongo-driver":        {"internal/storage/mongo"},
	"modernc.org/sqlite":                 {"internal/storage/sqlite"},
	"github.com/hibiken/asynq":           {"workers"},
	"github.com/redis/go-redis":          {"workers"},
	"github.com/alicebob/miniredis":      {"workers"},
	"github.com/jung-kurt/gofpdf":        {"certificates/pdf.go"}, // archived upstream: one file hides it from the rest of its room, too
	"github.com/casbin/casbin":           {"policies"},
	"github.com/danielgtaylor/huma":      {"api", "cmd"},
	"github.com/xuri/excelize":           {"internal/sheets"},
	"github.com/yuin/goldmark":           {"courses"},
	"github.com/microcosm-cc/bluemonday": {"courses"},
	"github.com/yuin/gopher-lua":         {"workers"},
	"golang.org/x/crypto/argon2":         {"people", "internal/storage/backup"}, // passwords; the passphrase that seals keys in a backup
	"github.com/alecthomas/kong":         {"cmd"},
	"github.com/pquerna/otp":             {"people/totp.go"},
	"github.com/goccy/go-yaml":           {"courses/exchange"},
	"github.com/andybalholm/brotli":      {"web/assets.go"},
	"github.com/klauspost/compress":      {"api/compress.go", "web/compress.go", "web/assets.go"},
	"github.com/go-fonts/liberation":     {"certificates"},
	"rsc.io/qr":                          {"certificates", "web"},
	"golang.org/x/mod/sumdb":             {"certificates"},
	"golang.org/x/crypto/acme":           {"cmd"},
}

type listed struct {
	ImportPath string
	Imports    map[string][]string // import -> the files of the package that have it
}

// packages reads the imports of every package of the module, tests left out.
func packages(t *testing.T) []listed {
	t.Helper()
	root := filepath.Join("..", "..")
	byPath := map[string]*listed{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, nested := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (nested == nil || strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		name := module + filepath.ToSlash(rel)
		if byPath[name] == nil {
			byPath[name] = &listed{name, map[string][]string{}}
		}
		for _, i := range f.Imports {
			of := strings.Trim(i.Path.Value, `"`)
			byPath[name].Imports[of] = append(byPath[name].Imports[of], d.Name())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for _, p := range byPath {
		all = append(all, *p)
	}
	return all
}

func room(path string) string {
	r, _, _ := strings.Cut(strings.TrimPrefix(path, module), "/")
	return r
}

// breaches lists what a package imports that it may not.
func breaches(p listed) []string {
	var bad []string
	own := room(p.ImportPath)
	for i, files := range p.Imports {
		if strings.HasPrefix(i, module) {
			r := room(i)
			allowed, known := may[own]
			if !known {
				bad = append(bad, "room "+own+" is not in the table")
			}
			if r != own && r != "internal" && !slices.Contains(allowed, r) && !slices.Contains(allowed, "*") {
				bad = append(bad, own+" must not import "+r)
			}
			continue
		}
		for mod, where := range only {
			if i != mod && !strings.HasPrefix(i, mod+"/") {
				continue
			}
			for _, file := range files {
				here := strings.TrimPrefix(p.ImportPath, module) + "/" + file
				if !slices.ContainsFunc(where, func(w string) bool { return here == w || strings.HasPrefix(here, w+"/") }) {
					bad = append(bad, here+" must not import "+i)
				}
			}
		}
	}
	return bad
}

func TestRoomsDoNotReachIntoEachOther(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("found only %d packages", len(all))
	}
	for _, p := range all {
		for _, b := range breaches(p) {
			t.Errorf("%s: %s", p.ImportPath, b)
		}
	}
}

func TestBreachesAreSeen(t *testing.T) {
	for _, c := range []struct{ pkg, imports, file string }{
		{module + "courses", module + "certificates", "any.go"},
		{module + "competencies", module + "placement", "any.go"},
		{module + "people", module + "policies", "any.go"},
		{module + "internal/settings", module + "people", "any.go"},
		{module + "courses/grading", "github.com/gin-gonic/gin/binding", "any.go"},
		{module + "overviews", module + "policies", "any.go"},
		{module + "overviews", module + "web", "any.go"},
		{module + "overviews", module + "workers", "any.go"},
		{module + "overviews", "github.com/gin-gonic/gin", "any.go"},
		{module + "courses", module + "overviews", "any.go"},
		{module + "storeroom", module + "people", "any.go"},
		{module + "certificates", "github.com/jung-kurt/gofpdf", "seal.go"},
	} {
		if len(breaches(listed{c.pkg, map[string][]string{c.imports: {c.file}}})) == 0 {
			t.Errorf("%s importing %s in %s was not seen", c.pkg, c.imports, c.file)
		}
	}
}
