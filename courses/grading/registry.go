package grading

import (
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// kind is what an item type must be able to do. Each lives in its own file and is named once, in kinds below.
// An implementation holds no state and never looks at anything but its arguments.
type kind interface {
	// name is the word stored with the item.
	name() Type
	// ask is the control a page shows.
	ask() Ask
	// shows says whether the options are shown to the taker; if not, they are keys and must never leave the server.
	shows() bool
	// shuffles says whether the options may be shown in another order than the author's.
	shuffles() bool
	// check reports what only this type can know to be wrong with an item.
	check(it Item, r *report)
	// grade says what a given answer is worth; it is never called with a blank one. The mark may lie outside 0..Full, the caller clamps it.
	grade(it Item, g given) Mark
	// matched lists the options whose feedback belongs to the answer.
	matched(it Item, g given) []Option
	// advise tells a taker before the end that the answer cannot be read ("tulis angkanya saja"); empty when there is nothing to say.
	advise(it Item, g given) texts.Text
}

// kinds is the one list of item types.
var kinds = []kind{single{}, multiple{}, trueFalse{}, numeric{}, shortText{}}

var byName = func() map[Type]kind {
	m := map[Type]kind{}
	for _, k := range kinds {
		if _, twice := m[k.name()]; twice {
			panic("item type registered twice: " + string(k.name()))
		}
		m[k.name()] = k
	}
	return m
}()

// Types lists the item types in the order pages offer them.
func Types() []Type {
	out := make([]Type, len(kinds))
	for i, k := range kinds {
		out[i] = k.name()
	}
	return out
}

// Known says whether items of this type can be graded.
func (t Type) Known() bool { _, ok := byName[t]; return ok }

func kindOf(it Item) (kind, error) {
	k, ok := byName[it.Type]
	if !ok {
		return nil, faults.Newf(faults.Invalid, "Jenis soal %q tidak dikenal.", "Unknown item type %q.", string(it.Type))
	}
	return k, nil
}

// Ask is the control a page shows for an answer.
type Ask string

// The controls.
const (
	AskOne    Ask = "one"    // one of the choices
	AskMany   Ask = "many"   // any number of the choices
	AskNumber Ask = "number" // a text field for a number
	AskText   Ask = "text"   // a text field
)

// given is an answer translated from positions on the form to option ids.
type given struct {
	options []string
	text    string
}

func (g given) chose(id string) bool {
	for _, o := range g.options {
		if o == id {
			return true
		}
	}
	return false
}

// resolve checks the shape of an answer against its slot and translates positions to option ids.
func resolve(k kind, it Item, slot Slot, a Answer) (given, error) {
	if !k.shows() {
		if len(a.Choices) > 0 {
			return given{}, faults.OnField("choices", "Soal ini dijawab dengan mengetik, bukan memilih.", "This item is answered by typing, not by choosing.")
		}
		if n := len([]rune(a.Text)); n > MaxText {
			return given{}, faults.New(faults.Invalid, "Jawaban terlalu panjang.", "The answer is too long.").
				With("text", "Jawaban paling banyak 300 huruf.", "An answer has at most 300 characters.")
		}
		return given{text: a.Text}, nil
	}
	if strings.TrimSpace(a.Text) != "" {
		return given{}, faults.OnField("text", "Soal ini dijawab dengan memilih, bukan mengetik.", "This item is answered by choosing, not by typing.")
	}
	if k.ask() == AskOne && len(a.Choices) > 1 {
		return given{}, faults.OnField("choices", "Pilih satu saja.", "Choose only one.")
	}
	g := given{options: make([]string, 0, len(a.Choices))}
	for _, c := range a.Choices {
		if len(c) != 1 || c[0] < 'a' || int(c[0]-'a') >= len(slot.Order) {
			return given{}, faults.OnField("choices", "Pilihan itu tidak ada pada soal ini.", "There is no such choice on this item.")
		}
		id := slot.Order[c[0]-'a' : c[0]-'a'+1]
		if _, ok := it.option(id); !ok {
			return given{}, faults.OnField("choices", "Pilihan itu tidak ada pada soal ini.", "There is no such choice on this item.")
		}
		if g.chose(id) {
			return given{}, faults.OnField("choices", "Pilihan yang sama dikirim dua kali.", "The same choice was sent twice.")
		}
		g.options = append(g.options, id)
	}
	return g, nil
}
