package lint

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
)

var (
	// A negative that turns the question round: "yang tidak ...", "yang bukan ...", "kecuali". One inside the story ("warga tidak membawa KTP") asks nothing.
	negative = regexp.MustCompile(`(?i)(^|[^\pL])(kecuali|(mana|manakah|apa|apakah|siapa|berikut)( ini)?( \pL+){0,2}? yang( \pL+)? (tidak|bukan)|^yang( paling)? (tidak|bukan)|yang( paling)? (tidak|bukan) (termasuk|merupakan|tergolong|tepat|benar|boleh|patut|pantas|dianjurkan|disarankan|diperbolehkan))([^\pL]|$)`)
	turning  = regexp.MustCompile(`(?i)\b(kecuali|tidak|bukan|jangan)\b`)
	ending   = regexp.MustCompile(`[.!?…]+["”')\]]*(\s+|$)|\n{2,}`)
	markup   = regexp.MustCompile("(?m)^#{1,6} .*$|^\\s*[-*+|>] |^\\s*\\d+[.)] |```[\\s\\S]*?```|`[^`]*`|!?\\[([^\\]]*)\\]\\([^)]*\\)|\\|")
)

func (r *Report) stems(b exchange.DraftBank) {
	var all strings.Builder
	for i, it := range b.Items {
		if word, bad := unmarked(it.Stem); bad && it.Type != grading.TrueFalse { // a statement to be judged asks nothing
			r.find(item(b, i, Negative, say("Pertanyaannya menyangkal (%q) tanpa penekanan, sehingga mudah terlewat.", "The question is negative (%q) without emphasis, so it is easily missed.", word), say("Tanyakan yang benar, atau tulis %s dengan huruf besar.", "Ask for what is right, or write %s in capitals.", strings.ToUpper(word))))
		}
		all.WriteString(it.Stem + "\n\n")
	}
	r.sentences(b.File, all.String())
}

// unmarked finds a negative in the sentence that asks which is neither in capitals nor emphasised.
func unmarked(stem string) (word string, bad bool) {
	asks := strings.TrimSpace(stem)
	if parts := split(asks); len(parts) > 0 {
		asks = parts[len(parts)-1]
	}
	at := negative.FindStringIndex(asks)
	if at == nil {
		return "", false
	}
	found := turning.FindStringIndex(asks[at[0]:])
	if found == nil {
		return "", false
	}
	from, to := at[0]+found[0], at[0]+found[1]
	word = asks[from:to]
	if word == strings.ToUpper(word) || from > 0 && strings.ContainsAny(asks[from-1:from], "*_") && to < len(asks) && strings.ContainsAny(asks[to:to+1], "*_") {
		return "", false
	}
	return word, true
}

// split cuts a text into sentences.
func split(text string) []string {
	var out []string
	for _, s := range ending.Split(text, -1) {
		if strings.TrimSpace(s) != "" {
			out = append(out, strings.TrimSpace(s))
		}
	}
	return out
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' })
}

// sentences wants short ones on average. Headings, code and the marks of lists and tables are no sentences.
func (r *Report) sentences(file, markdown string) {
	n, sum := 0, 0
	for _, s := range split(markup.ReplaceAllString(markdown, "\n\n$1")) {
		if k := len(words(s)); k > 1 {
			n, sum = n+1, sum+k
		}
	}
	if n < MinSentences || sum <= n*MaxWords {
		return
	}
	r.find(Finding{Rule: LongSentences, File: file, Text: say("Kalimatnya rata-rata %d kata (paling banyak %d).", "Its sentences have %d words on average (at most %d).", (sum+n/2)/n, MaxWords), Do: say("Pecah kalimat panjang; satu kalimat satu hal.", "Break long sentences up; one thing in each.")})
}

// duplicates names an item that says nearly the same as one before it, in whichever bank. A short statement to be judged shares most of its words with its opposite and says something else.
func (r *Report) duplicates(d *exchange.Draft) {
	var all []grading.Item
	var of [][2]int // bank and place in it
	for i, b := range d.Banks {
		for n := range b.Items {
			all, of = append(all, b.Items[n]), append(of, [2]int{i, n})
		}
	}
	last := -1
	pairs := grading.Alike(all)
	slices.SortFunc(pairs, func(x, y grading.Pair) int { return cmp.Or(x.B-y.B, x.A-y.A) })
	for _, p := range pairs {
		if p.B == last || all[p.B].Type == grading.TrueFalse && len(words(all[p.B].Stem)) < 6 {
			continue
		}
		last = p.B
		text := say("Soal ini hampir sama dengan %s.", "This item is nearly the same as %s.", all[p.A].Code)
		if bank := d.Banks[of[p.A][0]]; of[p.A][0] != of[p.B][0] {
			text = say("Soal ini hampir sama dengan %s di bank %s.", "This item is nearly the same as %s in bank %s.", all[p.A].Code, bank.Code)
		}
		r.find(item(d.Banks[of[p.B][0]], of[p.B][1], NearDuplicate, text, say("Hapus salah satu, atau tanyakan hal lain.", "Remove one of them, or ask for something else.")))
	}
}
