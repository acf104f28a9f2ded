package grading

import (
	"github.com/apelkota/apel/courses/grading/typed"
	"github.com/apelkota/apel/internal/texts"
)

// Typing is what the types share whose options are accepted answers that are never shown: embed it and override what differs.
type Typing struct{}

// Show has nothing to show.
func (Typing) Show(Item, *Dice) string { return "" }

// Shown is true whatever the order: there is none.
func (Typing) Shown(Item, string) bool { return true }

// Took counts no options.
func (Typing) Took(Item, string, Answer) []string { return nil }

// Asked is one question answered by typing.
func (Typing) Asked(it Item) []Asked { return []Asked{AskTyped("", texts.Text{}, it.Options)} }

// Wrote counts nothing.
func (Typing) Wrote(Item, string, Answer) []Wrote { return nil }

// Advise has nothing to say.
func (Typing) Advise(Item, Answer) texts.Text { return texts.Text{} }

// Seen lets everything change: no taker has seen the accepted answers.
func (Typing) Seen(_, _ Item, _ *Report) {}

// Types fills in a review with what was typed: the feedback of the option it matched (-1: none) and the key in words.
func (r *Review) Types(options []Option, matched int) {
	if matched >= 0 && r.State != Blank && options[matched].Feedback != "" {
		r.Feedback = append(r.Feedback, Written(options[matched].Feedback))
	}
	for _, o := range options {
		if o.Mark == Full {
			r.Key = append(r.Key, Written(o.Text))
		}
	}
}

// Matched names the accepted answer at a place, nil for none (-1).
func Matched(options []Option, at int) []string {
	if at < 0 {
		return nil
	}
	return []string{options[at].ID}
}

// BestNumber is the option with the highest mark that any reading of the text lies within, the first among equals, and its place; -1 when there is none.
func BestNumber(options []Option, units []string, text string) (Mark, int) {
	readings := typed.Readings(text, units)
	return best(options, func(o Option) bool { return typed.Number{Value: o.Text, Tolerance: o.Tolerance}.Takes(readings) })
}

// BestText is the option with the highest mark whose pattern the text fits, the first among equals, and its place; -1 when there is none.
func BestText(options []Option, exact bool, text string) (Mark, int) {
	return best(options, func(o Option) bool { return typed.Matches(o.Text, text, exact) })
}

func best(options []Option, takes func(Option) bool) (Mark, int) {
	m, at := Mark(-1), -1
	for i, o := range options {
		if o.Mark > m && takes(o) {
			m, at = o.Mark, i
		}
	}
	return max(m, 0), at
}

// CheckNumbers reports what is wrong with accepted numbers and their units.
func CheckNumbers(path string, options []Option, units []string, r *Report) {
	full := false
	for i, o := range options {
		value, tolerance := typed.Number{Value: o.Text, Tolerance: o.Tolerance}.Valid()
		if !value {
			r.Wrong(path+OptionPath(i, "text"), "Kunci %q bukan angka. Tulis angka biasa dengan titik desimal, misalnya 15000 atau 2.5.", "The key %q is no number. Write a plain number with a decimal point, such as 15000 or 2.5.", o.Text)
		}
		if !tolerance {
			r.Wrong(path+OptionPath(i, "tolerance"), "Toleransi %q bukan angka nol atau lebih.", "The tolerance %q is no number of zero or more.", o.Tolerance)
		}
		if o.Mark < 0 {
			r.Wrong(path+OptionPath(i, "mark"), "Nilai jawaban angka antara 0 dan 100%%.", "The mark of a number lies between 0 and 100%%.")
		}
		full = full || o.Mark == Full
	}
	if !full {
		r.Wrong(path+"options", "Belum ada angka yang bernilai penuh.", "No number earns the full mark.")
	}
	for i, u := range units {
		if typed.Spaced(u) == "" || typed.HasDigit(u) {
			r.Wrong(path+"units["+itoa(i)+"]", "Satuan tidak boleh kosong atau memuat angka.", "A unit may not be empty or hold digits.")
		}
	}
}

// CheckTexts reports what is wrong with accepted texts.
func CheckTexts(path string, options []Option, exact bool, r *Report) {
	full := false
	for i, o := range options {
		switch {
		case typed.Empty(o.Text, exact):
			r.Wrong(path+OptionPath(i, "text"), "Jawaban ini kosong.", "This answer is empty.")
		case o.Mark > 0 && typed.Anything(o.Text, exact):
			r.Wrong(path+OptionPath(i, "text"), "Jawaban * menerima apa saja, jadi tidak boleh bernilai.", "The answer * accepts anything, so it may not earn marks.")
		}
		if o.Mark < 0 {
			r.Wrong(path+OptionPath(i, "mark"), "Nilai jawaban singkat antara 0 dan 100%%.", "The mark of a short answer lies between 0 and 100%%.")
		}
		full = full || o.Mark == Full
	}
	if !full {
		r.Wrong(path+"options", "Belum ada jawaban yang bernilai penuh.", "No answer earns the full mark.")
	}
}
