package exchange

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/essay"
	"github.com/apelkota/apel/courses/grading/kinds/matching"
	"github.com/apelkota/apel/internal/texts"
)

// PrintGIFT writes items so that ParseGIFT gives the same items back (without ID, Version and Key, which belong to one installation).
// Invalid, with a field per item, when GIFT has no form for some of them; nothing is written then.
func PrintGIFT(w io.Writer, items []grading.Item) error {
	if err := unsayable(GIFT, items, notGIFT); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	category := ""
	for i, it := range items {
		if i > 0 {
			b.WriteByte('\n')
		}
		if it.Category != category {
			category = it.Category
			b.WriteString("$CATEGORY: top")
			if category != "" {
				b.WriteString("/" + category)
			}
			b.WriteString("\n\n")
		}
		printItem(b, it)
	}
	return b.Flush()
}

// notGIFT says why an item has no form in GIFT; empty when it has one.
func notGIFT(it grading.Item) texts.Text {
	switch it.Type {
	case grading.Single, grading.Multiple, grading.TrueFalse, grading.Numeric, grading.ShortText, essay.Name:
	case matching.Name:
		if len(it.Parts) < 2 {
			return texts.T("kurang dari dua pasangan", "fewer than two pairs")
		}
		for _, p := range it.Parts {
			if strings.Contains(p.Text, "->") || weightShape.MatchString(p.Text) {
				return texts.T("bagian kiri memuat tanda -> atau %, yang punya arti dalam GIFT", "a left side holds -> or %, which mean something in GIFT")
			}
		}
		for _, o := range it.Options {
			if o.Feedback != "" {
				return texts.T("jawabannya punya umpan balik sendiri", "its answers have feedback of their own")
			}
		}
	default:
		return noForm
	}
	if strings.ContainsAny(it.Objective+it.Category+strings.Join(it.Tags, "")+strings.Join(it.Units, ""), "]\n") || strings.Contains(strings.Join(append(slices.Clone(it.Tags), it.Units...), ""), ",") {
		return texts.T("keterangannya memuat tanda ] atau koma", "its metadata hold ] or a comma")
	}
	if it.Scoring != "" {
		return texts.T("cara menilainya tidak dikenal GIFT", "GIFT does not know its scoring")
	}
	return texts.Text{}
}

func printItem(b *bufio.Writer, it grading.Item) {
	meta := func(key, value string) {
		if value != "" {
			b.WriteString(" [" + key + ":" + value + "]")
		}
	}
	b.WriteString("//")
	meta("id", it.Code)
	meta("objective", it.Objective)
	meta("difficulty", string(it.Difficulty))
	meta("tags", strings.Join(it.Tags, ","))
	meta("unit", strings.Join(it.Units, ","))
	if it.Exact {
		meta("exact", "ya")
	}
	if it.Fixed {
		meta("fixed", "ya")
	}
	if it.Limit != 0 {
		meta("limit", strconv.Itoa(it.Limit))
	}
	for _, c := range it.Rubric {
		b.WriteString("\n// [rubric:" + printCriterion(c) + "]")
	}
	b.WriteString("\n::" + escape(it.Name()) + "::" + body(it.Stem) + " {")
	feedback := func(s string) {
		if s != "" {
			b.WriteString(" #" + body(s))
		}
	}
	switch it.Type {
	case essay.Name:
	case matching.Name:
		printPairs(b, it)
	case grading.TrueFalse:
		right, wrong := it.Options[0], it.Options[1]
		word := "T"
		if wrong.Mark > right.Mark {
			right, wrong, word = wrong, right, "F"
		}
		b.WriteString(word)
		if right.Feedback+wrong.Feedback != "" {
			b.WriteString("#" + body(wrong.Feedback) + "#" + body(right.Feedback))
		}
	case grading.Numeric:
		b.WriteString("#")
		for _, o := range it.Options {
			b.WriteString("\n=" + weight(o, true) + plainNumber(o.Text))
			if o.Tolerance != "" {
				b.WriteString(":" + plainNumber(o.Tolerance))
			}
			feedback(o.Feedback)
		}
	default:
		for _, o := range it.Options {
			mark, full := "~", false
			if it.Type == grading.ShortText || it.Type == grading.Single && o.Mark == grading.Full {
				mark, full = "=", true
			}
			b.WriteString("\n" + mark + weight(o, full))
			if it.Type == grading.ShortText {
				b.WriteString(escape(o.Text))
			} else {
				b.WriteString(body(o.Text))
			}
			feedback(o.Feedback)
		}
	}
	if it.General != "" {
		b.WriteString("\n####" + body(it.General))
	}
	b.WriteString("\n}\n")
}

// printPairs writes the pairs, and the answers that belong to none behind them. Answers that stand in another order than that of their first use are all
// named in front, so that the order comes back.
func printPairs(b *bufio.Writer, it grading.Item) {
	order, used := firstUse(it)
	extra := func(o grading.Option) { b.WriteString("\n= -> " + body(o.Text)) }
	turned := !strings.HasPrefix(grading.Order(it.Options, nil), order)
	if turned {
		for _, o := range it.Options {
			extra(o)
		}
	}
	for _, p := range it.Parts {
		o, _ := grading.FindOption(it.Options, p.Right)
		b.WriteString("\n=" + body(p.Text) + " -> " + body(o.Text))
	}
	for _, o := range it.Options {
		if !turned && !used[o.ID] {
			extra(o)
		}
	}
}

// firstUse lists the answers of a matching item in the order in which its prompts need them.
func firstUse(it grading.Item) (order string, used map[string]bool) {
	used = map[string]bool{}
	for _, p := range it.Parts {
		if !used[p.Right] {
			order += p.Right
		}
		used[p.Right] = true
	}
	return order, used
}

// weight is written unless it is what the mark means anyway. A text that could be taken for a weight or for a pair to match gets one in front.
func weight(o grading.Option, full bool) string {
	plain := grading.Mark(0)
	if full {
		plain = grading.Full
	}
	if o.Mark == plain && !strings.HasPrefix(o.Text, "%") && !strings.Contains(o.Text, "->") {
		return ""
	}
	return "%" + o.Mark.Percent() + "%"
}

var escapes = strings.NewReplacer(`\`, `\\`, "~", `\~`, "=", `\=`, "#", `\#`, "{", `\{`, "}", `\}`, ":", `\:`, "\n", `\n`)

func escape(s string) string { return escapes.Replace(s) }

// body protects a text that begins like a format tag.
func body(s string) string {
	if formatTag.MatchString(s) {
		return "[markdown]" + escape(s)
	}
	return escape(s)
}

// plainNumber adds a zero to a decimal of three places, which ParseGIFT would refuse as a possible thousand.
func plainNumber(s string) string {
	if groupedByThree.MatchString(s) {
		return s + "0"
	}
	return s
}
