package grading

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/apelkota/apel/internal/texts"
)

// shortText is a word or a few, compared with patterns. `*` in a pattern stands for any run of characters, `\*` for a star.
type shortText struct{}

func (shortText) name() Type                    { return ShortText }
func (shortText) ask() Ask                      { return AskText }
func (shortText) shows() bool                   { return false }
func (shortText) shuffles() bool                { return false }
func (shortText) advise(Item, given) texts.Text { return texts.Text{} }

func (shortText) check(it Item, r *report) {
	full := false
	for i, o := range it.Options {
		p := pattern(o.Text, it.Exact)
		switch {
		case p == "":
			r.wrong(optionPath(i, "text"), "Jawaban ini kosong.", "This answer is empty.")
		case o.Mark > 0 && strings.Trim(p, wildcard+" ") == "":
			r.wrong(optionPath(i, "text"), "Jawaban * menerima apa saja, jadi tidak boleh bernilai.", "The answer * accepts anything, so it may not earn marks.")
		}
		if o.Mark < 0 {
			r.wrong(optionPath(i, "mark"), "Nilai jawaban singkat antara 0 dan 100%%.", "The mark of a short answer lies between 0 and 100%%.")
		}
		full = full || o.Mark == Full
	}
	if !full {
		r.wrong("options", "Belum ada jawaban yang bernilai penuh.", "No answer earns the full mark.")
	}
}

func (shortText) grade(it Item, g given) Mark { m, _ := shortBest(it, g.text); return m }

func (shortText) matched(it Item, g given) []Option {
	if _, i := shortBest(it, g.text); i >= 0 {
		return it.Options[i : i+1]
	}
	return nil
}

// shortBest is the best option whose pattern the text fits, the first among equals; -1 when none.
func shortBest(it Item, text string) (Mark, int) {
	best, at := Mark(-1), -1
	said := normal(text, it.Exact)
	for i, o := range it.Options {
		if o.Mark > best && fits(pattern(o.Text, it.Exact), said) {
			best, at = o.Mark, i
		}
	}
	return max(best, 0), at
}

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
