package exchange

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// PrintGIFT writes items so that ParseGIFT gives the same items back (without ID, Version and Key, which belong to one installation).
// It shows in tests that nothing is lost in reading; an export of item banks will call it.
// Invalid for an item of a type that GIFT has no form for.
func PrintGIFT(w io.Writer, items []grading.Item) error {
	b := bufio.NewWriter(w)
	category := ""
	for i, it := range items {
		if !printable[it.Type] {
			return fmt.Errorf("print item %s: %w", it.Code, faults.Newf(faults.Invalid, "Soal jenis %s tidak dapat ditulis sebagai GIFT.", "Items of type %s cannot be written as GIFT.", string(it.Type)))
		}
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

// printable are the types GIFT has a form for.
var printable = map[grading.Type]bool{grading.Single: true, grading.Multiple: true, grading.TrueFalse: true, grading.Numeric: true, grading.ShortText: true}

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
	b.WriteString("\n::" + escape(it.Name()) + "::" + body(it.Stem) + " {")
	feedback := func(s string) {
		if s != "" {
			b.WriteString(" #" + body(s))
		}
	}
	switch it.Type {
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
