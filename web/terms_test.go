package web

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/apelkota/apel/demo"
)

// The thirty terms are words of the courses: each of them is said there, and none twice here.
func TestTermsAreWordsOfTheCourses(t *testing.T) {
	var b strings.Builder
	err := fs.WalkDir(demo.Files, "courses", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".png") {
			return err
		}
		text, err := demo.Files.ReadFile(path)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return strings.ContainsRune(" \n\t\"*.,;:!?()[]{}|/", r) }), " ")
	if len(terms) != 30 {
		t.Errorf("%d terms", len(terms))
	}
	seen := map[string]bool{}
	for _, x := range terms {
		if x.English == "" {
			t.Errorf("%s has no English", x.Word)
		}
		for word := range strings.SplitSeq(x.Word, ", ") {
			if seen[word] || !strings.Contains(strings.ToLower(" "+said+" "), " "+strings.ToLower(word)+" ") {
				t.Errorf("%q is said in no course, or is here twice", word)
			}
			seen[word] = true
		}
	}
}
