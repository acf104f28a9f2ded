// Package typed reads what people type: numbers in Indonesian and English writing, and words compared with patterns without case, accents and extra spaces.
package typed

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxRunes is the longest typed answer that is read.
const MaxRunes = 300

// Matches says whether a text fits a pattern. `*` in a pattern stands for any run of characters, `\*` for a star. Unless exact, case and accents do not count.
// Quotes and sentence marks around the whole, kinds of dashes and runs of spaces never count.
func Matches(p, text string, exact bool) bool { return fits(pattern(p, exact), normal(text, exact)) }

// Empty says that a pattern has nothing in it.
func Empty(p string, exact bool) bool { return pattern(p, exact) == "" }

// Anything says that a pattern takes whatever is typed.
func Anything(p string, exact bool) bool { return strings.Trim(pattern(p, exact), wildcard+" ") == "" }

// Fold drops case and accents and makes runs of spaces one, so that two texts that look alike are equal.
func Fold(s string) string { return fold(s) }

// Spaced trims and makes each run of white space one space.
func Spaced(s string) string { return spaced(s) }

// wildcard stands for an unescaped * while a pattern is folded; it is a private-use character that normal drops from what people type.
const wildcard = "\uE000"

func pattern(p string, exact bool) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		switch {
		case p[i] == '\\' && i+1 < len(p) && (p[i+1] == '*' || p[i+1] == '\\'):
			i++
			b.WriteByte(p[i])
		case p[i] == '*':
			b.WriteString(wildcard)
		default:
			b.WriteByte(p[i])
		}
	}
	return normalise(b.String(), exact)
}

// Normal is a typed text as it is compared: two spellings of one answer are equal.
func Normal(s string, exact bool) string { return normal(s, exact) }

func normal(s string, exact bool) string {
	return normalise(strings.ReplaceAll(s, wildcard, ""), exact)
}

// normalise makes two spellings of the same answer equal: compatibility forms (full-width letters, ligatures), typographic quotes and dashes, runs of
// spaces, and quotes or sentence marks around the whole. Unless exact, also case and accents.
func normalise(s string, exact bool) string {
	if exact {
		s = norm.NFKC.String(s)
	} else {
		s = fold(s)
	}
	s = spaced(typographic.Replace(s))
	if t := strings.Trim(s, " .,;:!?\"'"); t != "" {
		s = t
	}
	return s
}

var typographic = strings.NewReplacer("\u2018", "'", "\u2019", "'", "\u02BC", "'", "`", "'", "\u201C", `"`, "\u201D", `"`,
	"\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2212", "-", "\u200B", "", "\u00AD", "")

// fold drops case and accents: "Établissement" and "etablissement" are the same.
func fold(s string) string {
	s = norm.NFKD.String(s)
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return spaced(norm.NFKC.String(s))
}

// spaced trims and makes each run of white space one space.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// fits matches a text against a pattern with wildcards, in time length x length at worst (no backtracking blow-up).
func fits(p, s string) bool {
	pr, sr := []rune(p), []rune(s)
	star := []rune(wildcard)[0]
	i, j, mark, back := 0, 0, -1, 0
	for j < len(sr) {
		switch {
		case i < len(pr) && pr[i] == star:
			mark, back = i, j
			i++
		case i < len(pr) && pr[i] == sr[j]:
			i++
			j++
		case mark >= 0:
			back++
			i, j = mark+1, back
		default:
			return false
		}
	}
	for i < len(pr) && pr[i] == star {
		i++
	}
	return i == len(pr)
}
