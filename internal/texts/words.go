package texts

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxPrefix is the longest prefix of a word that is indexed, in letters; a longer search word is cut to it.
const MaxPrefix = 12

// maxPrefixes keeps one text's prefixes well below the terms storage allows for a document.
const maxPrefixes = 96

// Fold renders a text for comparing, sorting and searching: lower case, without accents, every run of other characters one space.
// "  Cut Meurah-Intanwati, S.Sos. " becomes "cut meurah intanwati s sos". Pure; folding twice changes nothing.
func Fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == '\'' || r == '’' || r == '`' || r == 'ʼ':
			continue // Ma'ruf is found as maruf
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return b.String()
}

// Words splits a text into its folded words.
func Words(s string) []string { return strings.Fields(Fold(s)) }

// Prefixes lists every prefix (1 to MaxPrefix letters) of every word of a name, each once: the terms a name is found by while it is being typed.
// A very long text gives the prefixes of its first words only.
func Prefixes(name string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range Words(name) {
		rs := []rune(w)
		for n := 1; n <= min(len(rs), MaxPrefix); n++ {
			p := string(rs[:n])
			if !seen[p] {
				seen[p] = true
				out = append(out, p)
			}
		}
		if len(out) > maxPrefixes {
			return out[:maxPrefixes]
		}
	}
	return out
}

// SearchPrefix renders one typed word as the prefix to look up; "" when nothing is left of it.
func SearchPrefix(word string) string {
	rs := []rune(strings.ReplaceAll(Fold(word), " ", ""))
	return string(rs[:min(len(rs), MaxPrefix)])
}
