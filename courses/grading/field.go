package grading

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Ask is the control a page shows for an answer. Types are made of these few, so that a new type needs no new page.
type Ask string

// The controls.
const (
	AskOne    Ask = "one"    // one of the choices
	AskMany   Ask = "many"   // any number of the choices
	AskOrder  Ask = "order"  // all of the choices, put in order
	AskNumber Ask = "number" // a text field for a number
	AskText   Ask = "text"   // a text field
	AskLong   Ask = "long"   // a large text field
	AskFiles  Ask = "files"  // files to upload
	AskParts  Ask = "parts"  // several fields, one below the other or inside the stem
)

// Field is what a taker is asked: no key, no marks, no feedback, the choices in the order of the form under the names a, b, c ...
type Field struct {
	Ask     Ask        `json:"ask"`
	Label   texts.Text `json:"label"`             // of a part: Markdown, its author's (then in one language) or a fixed word of the type
	Choices []Choice   `json:"choices,omitempty"` // for one, many, order
	Units   []string   `json:"units,omitempty"`   // for number: units that may be typed with it
	Limit   int        `json:"limit,omitempty"`   // long: words; files: how many; parts that are steps: minutes on their clock
	Kinds   []string   `json:"kinds,omitempty"`   // files: of FileKinds; empty: all
	Size    int        `json:"size,omitempty"`    // files: megabytes of one
	Inline  bool       `json:"inline,omitempty"`  // of a part: it stands in the stem at [[n]], counted from 1
	Taken   bool       `json:"taken,omitempty"`   // of a part: a decision that stands and cannot be changed any more
	After   texts.Text `json:"after"`             // of a part that is taken: what came of it, Markdown
	Minutes int        `json:"minutes,omitempty"` // of a part: what is left on the case's own clock
	Parts   []Field    `json:"parts,omitempty"`   // for parts
	Steps   bool       `json:"steps,omitempty"`   // for parts: they are decided one after the other, and what is decided leads to the next
}

// Choice is one option as shown.
type Choice struct {
	ID   string     `json:"id"`   // position on this form: "a" is the first shown. Answer.Choices holds these
	Text texts.Text `json:"text"` // Markdown, as Field.Label
}

// Written is a text of an author, who writes in one language.
func Written(md string) texts.Text { return texts.Text{ID: md} }

// takes checks the shape of an answer against the field: choices where there is something to choose, text where something is typed, only positions that
// exist, none twice, not too long. The error is Invalid on the member that is wrong, below path.
func (f Field) takes(a Answer, path string) error {
	wrong := func(member, id, en string, args ...any) error {
		e := faults.Newf(faults.Invalid, id, en, args...)
		return e.With(path+member, e.Text.ID, e.Text.EN)
	}
	chosen, typed := f.Ask == AskOne || f.Ask == AskMany || f.Ask == AskOrder, f.Ask == AskNumber || f.Ask == AskText || f.Ask == AskLong
	switch {
	case len(a.Choices) > 0 && typed:
		return wrong("choices", "Soal ini dijawab dengan mengetik, bukan memilih.", "This item is answered by typing, not by choosing.")
	case strings.TrimSpace(a.Text) != "" && chosen:
		return wrong("text", "Soal ini dijawab dengan memilih, bukan mengetik.", "This item is answered by choosing, not by typing.")
	case len(a.Choices) > 0 && !chosen:
		return wrong("choices", "Soal ini tidak dijawab dengan memilih.", "This item is not answered by choosing.")
	case a.Text != "" && !typed && !chosen:
		return wrong("text", "Soal ini tidak dijawab dengan mengetik.", "This item is not answered by typing.")
	case len(a.Parts) > len(f.Parts):
		return wrong("parts", "Jawaban ini punya lebih banyak bagian daripada soalnya.", "This answer has more parts than its item.")
	case len(a.Files) > 0 && f.Ask != AskFiles:
		return wrong("files", "Soal ini tidak dijawab dengan berkas.", "This item is not answered with files.")
	case len(a.Files) > f.Limit && f.Ask == AskFiles:
		return wrong("files", "Paling banyak %d berkas.", "At most %d files.", f.Limit)
	case f.Ask == AskOne && len(a.Choices) > 1:
		return wrong("choices", "Pilih satu saja.", "Choose only one.")
	case f.Ask == AskOrder && len(a.Choices) > 0 && len(a.Choices) != len(f.Choices):
		return wrong("choices", "Urutkan semua pilihan, atau kosongkan semuanya.", "Put all of the choices in order, or leave all out.")
	}
	most := MaxText
	if f.Ask == AskLong {
		most = MaxLong
	}
	if n := len([]rune(a.Text)); n > most {
		e := faults.New(faults.Invalid, "Jawaban terlalu panjang.", "The answer is too long.")
		return e.With(path+"text", "Jawaban paling banyak "+strconv.Itoa(most)+" huruf.", "An answer has at most "+strconv.Itoa(most)+" characters.")
	}
	for i, c := range a.Choices {
		if !slices.ContainsFunc(f.Choices, func(x Choice) bool { return x.ID == c }) {
			return wrong("choices", "Pilihan itu tidak ada pada soal ini.", "There is no such choice on this item.")
		}
		if slices.Contains(a.Choices[:i], c) {
			return wrong("choices", "Pilihan yang sama dikirim dua kali.", "The same choice was sent twice.")
		}
	}
	for i, p := range a.Parts {
		if err := f.Parts[i].takes(p, path+"parts["+itoa(i)+"]."); err != nil {
			return err
		}
	}
	return nil
}

// Choices are options in the order of a slot, as a taker sees them.
func Choices(options []Option, order string) []Choice {
	out := make([]Choice, 0, len(order))
	for i := range len(order) {
		o, _ := FindOption(options, order[i:i+1])
		out = append(out, Choice{ID: OptionID(i), Text: Written(o.Text)})
	}
	return out
}

// Chosen translates the positions of an answer that the field takes to option ids.
func Chosen(order string, a Answer) []string {
	out := make([]string, 0, len(a.Choices))
	for _, c := range a.Choices {
		if n := int(c[0] - 'a'); n < len(order) {
			out = append(out, order[n:n+1])
		}
	}
	return out
}

// ChosenOption is the one option an answer chose; false when it chose none or several.
func ChosenOption(options []Option, order string, a Answer) (Option, bool) {
	if chosen := Chosen(order, a); len(chosen) == 1 {
		return FindOption(options, chosen[0])
	}
	return Option{}, false
}

// Order lists the ids of options in the author's order, shuffled unless d is nil.
func Order(options []Option, d *Dice) string {
	order := make([]byte, 0, len(options))
	for _, o := range options {
		order = append(order, o.ID...)
	}
	if d != nil {
		d.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return string(order)
}

// Orders says whether an order names each of the options once.
func Orders(options []Option, order string) bool {
	seen := map[byte]bool{}
	for i := range len(order) {
		if _, ok := FindOption(options, order[i:i+1]); !ok || seen[order[i]] {
			return false
		}
		seen[order[i]] = true
	}
	return len(order) == len(options)
}

// OrderParts makes the order of options for each part, joined by |.
func OrderParts(parts []Part, fixed bool, d *Dice) string {
	if fixed {
		d = nil
	}
	orders := make([]string, len(parts))
	for i, p := range parts {
		orders[i] = Order(p.Options, d)
	}
	return strings.Join(orders, "|")
}

// OrderOf is the order of the n-th part out of what OrderParts made.
func OrderOf(order string, n int) string {
	orders := strings.Split(order, "|")
	if n < len(orders) {
		return orders[n]
	}
	return ""
}

// OrdersParts says whether an order names each option of each part once.
func OrdersParts(parts []Part, order string) bool {
	orders := strings.Split(order, "|")
	if len(orders) != max(len(parts), 1) {
		return false
	}
	for i, p := range parts {
		if !Orders(p.Options, orders[i]) {
			return false
		}
	}
	return true
}
