package grading

import (
	"fmt"
	"slices"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Kind is what an item type must be able to do. Each lives in a folder of its own below kinds and registers itself. An implementation holds no state and
// never looks at anything but its arguments, so that a result can be recomputed years later.
type Kind interface {
	// Name is the word stored with the item.
	Name() Type
	// Label is what authors call it.
	Label() texts.Text
	// Edit says what an author fills in to write an item of the type.
	Edit() Edit
	// Check reports what only this type can know to be wrong with an item.
	Check(it Item, r *Report)
	// Show makes the order in which one taker sees the options; d is nil for the author's order. Empty when nothing has an order.
	Show(it Item, d *Dice) string
	// Shown says whether an order is a showing of this item.
	Shown(it Item, order string) bool
	// Field is what the taker is asked, given what was answered so far.
	Field(it Item, order string, a Answer) Field
	// Grade says what an answer is worth that its field takes; it is never called with a blank one. The mark may lie outside 0..Full, the caller clamps it.
	// ByPerson says that a person has to mark it, whatever the mark.
	Grade(it Item, order string, a Answer) (m Mark, byPerson bool)
	// Took names the options an answer took, each once, in the author's naming and whatever the order shown: "b" for an option of the item or an accepted answer that
	// matched, "c.b" for option b of part c. Item analysis counts them; nil where answers are not options.
	Took(it Item, order string, a Answer) []string
	// Asked lists what an item asks, with the options under the names that Took gives: item analysis looks for wrong keys and dead distractors in them.
	Asked(it Item) []Asked
	// Wrote gives the typed answers that fit no accepted one, so that an author sees which is missing; nil where nothing is typed.
	Wrote(it Item, order string, a Answer) []Wrote
	// Explain fills in the review of an answer: the choices, the key in words, the feedback of what was chosen. The answer may be blank.
	Explain(it Item, order string, a Answer, r *Review)
	// Advise tells a taker before the end that an answer cannot be read ("tulis angkanya saja"); empty when there is nothing to say.
	Advise(it Item, a Answer) texts.Text
	// Seen reports where a corrected item differs in what takers have seen already.
	Seen(was, now Item, r *Report)
}

var kinds []Kind

// Register adds an item type. It is called once by each type's package when the program starts; a name taken twice is a mistake of the program.
func Register(k Kind) {
	if _, twice := kindNamed(k.Name()); twice {
		panic("item type registered twice: " + string(k.Name()))
	}
	kinds = append(kinds, k)
	slices.SortFunc(kinds, func(a, b Kind) int { return order(a.Name()) - order(b.Name()) })
}

// offered is the order in which pages offer the types: the most used first, those it does not name behind.
var offered = []Type{Single, Multiple, TrueFalse, Numeric, ShortText}

func order(t Type) int {
	if i := slices.Index(offered, t); i >= 0 {
		return i
	}
	return len(offered)
}

// Kinds lists the item types in the order pages offer them.
func Kinds() []Kind { return slices.Clone(kinds) }

func kindNamed(t Type) (Kind, bool) {
	for _, k := range kinds {
		if k.Name() == t {
			return k, true
		}
	}
	return nil, false
}

// Known says whether items of this type can be graded.
func (t Type) Known() bool { _, ok := kindNamed(t); return ok }

// Label is what authors call items of this type; the bare word for an unknown one.
func (t Type) Label() texts.Text {
	if k, ok := kindNamed(t); ok {
		return k.Label()
	}
	return texts.T(string(t), string(t))
}

func kindOf(it Item) (Kind, error) {
	k, ok := kindNamed(it.Type)
	if !ok {
		return nil, faults.Newf(faults.Invalid, "Jenis soal %q tidak dikenal.", "Unknown item type %q.", string(it.Type))
	}
	return k, nil
}

// fitting checks that a slot is a showing of this item: same id, each option once.
func fitting(it Item, slot Slot) (Kind, error) {
	k, err := kindOf(it)
	if err != nil {
		return nil, err
	}
	if it.ID != slot.Item || !k.Shown(it, slot.Order) {
		return nil, fmt.Errorf("slot of item %q with order %q, item %q with %d options: %w", slot.Item, slot.Order, it.ID, len(it.Options),
			faults.New(faults.Invalid, "Soal pada lembar ini tidak cocok dengan bank soal.", "An item on this form does not match the bank."))
	}
	return k, nil
}
