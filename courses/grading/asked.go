package grading

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/grading/typed"
	"github.com/apelkota/apel/internal/texts"
)

// Asked is one thing an item asks, as item analysis counts it: the item itself, a pair, a gap, a place in an order, a state of a case.
type Asked struct {
	ID      string        // of the question in its item; empty where the item asks one thing
	Label   texts.Text    // how it is called in a sentence; empty where the item asks one thing
	Options []AskedOption // in the author's order
	One     bool          // one option is chosen, so that each competes with the right one; otherwise each is taken or left
	Some    bool          // only those who come to it are asked
	Typed   bool          // the options are accepted answers; what fits none of them is what Wrote gives
	Foils   []AskedFoil   // the wrong answers that are there to be chosen
	Note    texts.Text    // what hints on keys and foils cannot say of it, and why; empty when they say everything
}

// AskedOption is an option under the name that Took gives it.
type AskedOption struct {
	ID    string
	Label texts.Text // in a sentence: "B", or the words
	Share Mark       // what it earns of the question
	Right bool
}

// AskedFoil is a wrong answer; the names are those of the options that are one and the same foil.
type AskedFoil struct {
	Label texts.Text
	IDs   []string
}

// Wrote is a typed answer that fits no accepted one: the question (Asked.ID), and the answer as item analysis counts it.
type Wrote struct{ Question, Text string }

// AskedOf lists what an item asks; nil for an unknown type.
func AskedOf(it Item) []Asked {
	k, err := kindOf(it)
	if err != nil {
		return nil
	}
	return k.Asked(it)
}

// AskOptions is a question answered with one of its options: part names it, "" for the item itself; right says which are right.
func AskOptions(part string, label texts.Text, options []Option, right func(Option) bool) Asked {
	q := Asked{ID: part, Label: label, One: true}
	for i, o := range options {
		letter := strings.ToUpper(OptionID(i))
		x := AskedOption{ID: o.ID, Label: texts.T(letter, letter), Share: o.Mark, Right: right(o)}
		if part != "" {
			x.ID = TookPart(part, []string{o.ID})[0]
		}
		q.Options = append(q.Options, x)
		if !x.Right {
			q.Foils = append(q.Foils, AskedFoil{x.Label, []string{x.ID}})
		}
	}
	return q
}

// AskTyped is a question answered by typing: its options are the accepted answers, and nothing in it is there to mislead.
func AskTyped(part string, label texts.Text, options []Option) Asked {
	q := AskOptions(part, label, options, func(o Option) bool { return o.Mark > 0 })
	q.Typed, q.Foils = true, nil
	for i, o := range options {
		q.Options[i].Label = Written(o.Text)
	}
	q.Note = texts.T("Jawaban diketik, jadi tidak ada pengecoh. Jawaban salah yang sering diketik tercantum bersama pilihan; bila yang mampu mengetiknya, mungkin itu jawaban yang belum diterima.",
		"Answers are typed, so there are no distractors. Frequent wrong answers stand with the options; one that able people type may be an accepted answer that is missing.")
	return q
}

// PartLabel is how a part is called in a sentence: by its own words where they are short, by its number otherwise.
func PartLabel(n int, text string) texts.Text {
	text = typed.Spaced(text)
	if text == "" {
		return texts.T("bagian "+strconv.Itoa(n+1), "part "+strconv.Itoa(n+1))
	}
	if r := []rune(text); len(r) > 40 {
		text = strings.TrimSpace(string(r[:40])) + "…"
	}
	return texts.T("“"+text+"”", "“"+text+"”")
}

// WroteText is a typed text as it is counted: as it is compared with accepted answers (without case and accents unless they matter), at most 60 characters.
func WroteText(text string, exact bool) string {
	text = typed.Normal(text, exact)
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60])
	}
	return text
}

// WroteNumber is a typed number as it is counted: the number itself, so that 20 000 and Rp20.000,- are one answer; what reads in two ways as it does in Indonesian, the point for thousands.
func WroteNumber(text string, units []string) string {
	var number *big.Rat
	for _, r := range typed.Readings(text, units) {
		if number == nil || (r.Cmp(number) > 0) == strings.Contains(text, ".") {
			number = r
		}
	}
	if number == nil {
		return WroteText(text, false)
	}
	s := number.FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
