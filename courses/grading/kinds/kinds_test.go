package kinds

import (
	"os"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
)

// Every folder is in the list, and each registers exactly one type.
func TestEveryFolderIsListed(t *testing.T) {
	list, err := os.ReadFile("all.go")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	folders := 0
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "generate" {
			continue
		}
		folders++
		if !strings.Contains(string(list), `/kinds/`+e.Name()+`"`) {
			t.Errorf("%s is not in all.go: run go generate ./courses/grading/kinds", e.Name())
		}
	}
	if n := len(grading.Kinds()); n != folders {
		t.Errorf("%d folders register %d types", folders, n)
	}
	for _, k := range grading.Kinds() {
		if !k.Name().Known() || k.Label().ID == "" || k.Label().EN == "" {
			t.Errorf("%q has no label", k.Name())
		}
	}
}
