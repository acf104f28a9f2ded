package grading_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestHints(t *testing.T) {
	for _, it := range gradingtest.Samples() {
		for name, x := range map[string]struct {
			hints []string
			right bool
		}{"two": {[]string{"satu", "dua\nbaris"}, true}, "five": {strings.Split("abcde", ""), false}, "an empty one": {[]string{" "}, false}, "two paragraphs": {[]string{"a\n\nb"}, false}, "too long": {[]string{strings.Repeat("é", 501)}, false}} {
			it.Hints = x.hints
			wrong := slices.ContainsFunc(grading.Check(it), func(f grading.Finding) bool { return strings.HasPrefix(f.Path, "hints") })
			if want := !x.right || !grading.Hinted(it.Type); wrong != want {
				t.Errorf("%s of %s: wrong %v", name, it.Type, wrong)
			}
		}
		if byPerson := it.Type == "essay" || it.Type == "upload"; grading.Hinted(it.Type) == byPerson {
			t.Errorf("%s takes hints: %v", it.Type, byPerson)
		}
	}
	if got := grading.SplitHints(" a\r\nb\r\n \r\n\r\nc\n"); !slices.Equal(got, []string{"a\nb", "c"}) {
		t.Errorf("split: %q", got)
	}
	it := grading.Item{Hints: []string{"a", "b"}}
	if got := []string{it.HintAfter(0), it.HintAfter(1), it.HintAfter(2), it.HintAfter(3)}; !slices.Equal(got, []string{"", "a", "b", ""}) {
		t.Errorf("after 0 to 3 tries: %q", got)
	}
}
