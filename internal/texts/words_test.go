package texts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/texts"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"  Cut Meurah-Intanwati, S.Sos. ": "cut meurah intanwati s sos",
		"José ÉCLAIR":                     "jose eclair",
		"Ma'ruf Syafi’i":                  "maruf syafii",
		"":                                "",
		"—":                               "",
		"Kelurahan 2":                     "kelurahan 2",
	} {
		if got := texts.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
		if again := texts.Fold(texts.Fold(in)); again != want {
			t.Errorf("folding %q twice gives %q", in, again)
		}
	}
}

func TestPrefixes(t *testing.T) {
	if got, want := texts.Prefixes("Ida Idris"), []string{"i", "id", "ida", "idr", "idri", "idris"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	long := strings.Repeat("a", 40)
	if got := texts.Prefixes(long); len(got) != texts.MaxPrefix {
		t.Errorf("a long word gives %d prefixes", len(got))
	}
	if !slices.Contains(texts.Prefixes(long), texts.SearchPrefix(long)) {
		t.Error("a long word is not found by itself")
	}
	var many strings.Builder
	for c := 'a'; c <= 'z'; c++ {
		many.WriteString(strings.Repeat(string(c), 12) + " ")
	}
	if got := texts.Prefixes(many.String()); len(got) > 96 {
		t.Errorf("%d prefixes", len(got))
	}
}
