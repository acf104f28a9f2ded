package grading

import (
	"fmt"
	"sort"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// View is what a taker sees of an item: no key, no marks, no feedback, the choices in the order of the form under the names a, b, c ...
type View struct {
	Item    string   `json:"item"`
	Ask     Ask      `json:"ask"`
	Stem    string   `json:"stem"`              // Markdown
	Choices []Choice `json:"choices,omitempty"` // for AskOne and AskMany
	Units   []string `json:"units,omitempty"`   // for AskNumber: units that may be typed with the number
}

// Choice is one option as shown.
type Choice struct {
	ID   string `json:"id"`   // position on this form: "a" is the first shown. Answer.Choices holds these
	Text string `json:"text"` // Markdown
}

// Present makes the view of one item. Invalid when slot and item do not belong together.
func Present(it Item, slot Slot) (View, error) {
	k, err := fitting(it, slot)
	if err != nil {
		return View{}, err
	}
	v := View{Item: slot.Item, Ask: k.ask(), Stem: it.Stem, Units: it.Units}
	if k.shows() {
		for i := range len(slot.Order) {
			o, _ := it.option(slot.Order[i : i+1])
			v.Choices = append(v.Choices, Choice{ID: OptionID(i), Text: shown(it, o)})
		}
	}
	return v, nil
}

// shown is the text of a choice; true and false have fixed words.
func shown(it Item, o Option) string {
	if it.Type == TrueFalse {
		if o.ID == "a" {
			return "Benar"
		}
		return "Salah"
	}
	return o.Text
}

// fitting checks that a slot is a showing of this item: same id, each option once.
func fitting(it Item, slot Slot) (kind, error) {
	k, err := kindOf(it)
	if err != nil {
		return nil, err
	}
	bad := it.ID != slot.Item
	if k.shows() {
		seen := map[byte]bool{}
		for i := range len(slot.Order) {
			_, ok := it.option(slot.Order[i : i+1])
			bad = bad || !ok || seen[slot.Order[i]]
			seen[slot.Order[i]] = true
		}
		bad = bad || len(slot.Order) != len(it.Options)
	}
	if bad {
		return nil, fmt.Errorf("slot of item %q with order %q, item %q with %d options: %w", slot.Item, slot.Order, it.ID, len(it.Options),
			faults.New(faults.Invalid, "Soal pada lembar ini tidak cocok dengan bank soal.", "An item on this form does not match the bank."))
	}
	return k, nil
}

// Accept checks the shape of one answer: choices for a choice item, text for the others, only positions that exist, none twice, not too long.
// A wrong shape is an Invalid error on field "choices" or "text". Blank is accepted. It says nothing about right or wrong.
func Accept(it Item, slot Slot, a Answer) error {
	k, err := fitting(it, slot)
	if err != nil {
		return err
	}
	_, err = resolve(k, it, slot, a)
	return err
}

// Advise tells a taker that an accepted answer cannot be read as what the item asks for (words where a number is wanted). Empty when all is well.
// It gives nothing away about right or wrong.
func Advise(it Item, a Answer) texts.Text {
	k, err := kindOf(it)
	if err != nil {
		return texts.Text{}
	}
	return k.advise(it, given{text: a.Text})
}

// markOne grades one answer.
func markOne(k kind, it Item, slot Slot, a Answer) (Mark, State, given, error) {
	g, err := resolve(k, it, slot, a)
	if err != nil {
		return 0, "", g, err
	}
	if it.Void {
		return Full, Right, g, nil
	}
	if a.Blank() {
		return 0, Blank, g, nil
	}
	m := min(max(k.grade(it, g), 0), Full)
	switch m {
	case Full:
		return m, Right, g, nil
	case 0:
		return m, Wrong, g, nil
	}
	return m, Partial, g, nil
}

// Grade decides what the answers of a form are worth. Answers are keyed by Item.ID; a slot without an answer is blank and earns nothing. items may
// hold more than the form needs, in any order.
//
// Errors are Invalid: an answer to an item that is not on the form, an answer of the wrong shape (Accept refuses those when they arrive), an item
// twice on the form, an item of the form that is missing or does not fit. It is pure: calling it again gives the same result.
func Grade(items []Item, form Form, answers map[string]Answer) (Result, error) {
	byID := make(map[string]Item, len(items))
	for _, it := range items {
		byID[it.ID] = it
	}
	res := Result{Rules: Rules, Max: Full * Mark(len(form.Slots)), Items: make([]ItemResult, 0, len(form.Slots))}
	on := make(map[string]bool, len(form.Slots))
	for _, slot := range form.Slots {
		it, ok := byID[slot.Item]
		if !ok || on[slot.Item] {
			return Result{}, fmt.Errorf("item %q is missing or twice on the form: %w", slot.Item,
				faults.New(faults.Invalid, "Lembar soal tidak cocok dengan bank soal.", "The form does not match the bank."))
		}
		on[slot.Item] = true
		k, err := fitting(it, slot)
		if err != nil {
			return Result{}, err
		}
		m, state, _, err := markOne(k, it, slot, answers[slot.Item])
		if err != nil {
			return Result{}, fmt.Errorf("grade item %s: %w", slot.Item, err)
		}
		res.Earned += m
		res.NeedsMarking = res.NeedsMarking || state == NeedsMarking
		res.Items = append(res.Items, ItemResult{Item: slot.Item, Key: it.Key, Mark: m, State: state})
	}
	if foreign := Foreign(form, answers); len(foreign) > 0 {
		e := faults.New(faults.Invalid, "Ada jawaban untuk soal yang tidak ada pada lembar ini.", "There is an answer to an item that is not on this form.")
		for _, id := range foreign {
			e.With("answers."+id, "Soal ini tidak ada pada lembar Anda.", "This item is not on your form.")
		}
		return Result{}, e
	}
	return res, nil
}

// Foreign lists the answers whose item is not on the form, sorted. A page or API refuses them when they arrive.
func Foreign(form Form, answers map[string]Answer) []string {
	var out []string
	for id := range answers {
		if _, ok := form.Slot(id); !ok {
			out = append(out, id)
		}
	}
	sort.Strings(out)
	return out
}

// Review is one answered item with everything an author wrote about it. Which parts a taker may see, and when, is the quiz's decision.
type Review struct {
	Item     string           `json:"item"`
	Mark     Mark             `json:"mark"`
	State    State            `json:"state"`
	Choices  []ReviewedChoice `json:"choices,omitempty"`
	Typed    string           `json:"typed,omitempty"`
	Feedback []string         `json:"feedback,omitempty"` // of what was chosen or matched, in the author's order
	General  string           `json:"general,omitempty"`
	Key      []string         `json:"key,omitempty"` // the right answers in words
}

// ReviewedChoice is one choice as shown, with its feedback.
type ReviewedChoice struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Chosen   bool   `json:"chosen"`
	Right    bool   `json:"right"`
	Feedback string `json:"feedback,omitempty"`
}

// Explain grades one answer and says why: feedback per option, general feedback and the key in words. Errors as Grade.
func Explain(it Item, slot Slot, a Answer) (Review, error) {
	k, err := fitting(it, slot)
	if err != nil {
		return Review{}, err
	}
	m, state, g, err := markOne(k, it, slot, a)
	if err != nil {
		return Review{}, err
	}
	r := Review{Item: slot.Item, Mark: m, State: state, Typed: a.Text, General: it.General}
	if state != Blank && !a.Blank() {
		for _, o := range k.matched(it, g) {
			if o.Feedback != "" {
				r.Feedback = append(r.Feedback, o.Feedback)
			}
		}
	}
	if !k.shows() {
		for _, o := range it.Options {
			if o.Mark == Full {
				r.Key = append(r.Key, o.Text)
			}
		}
		return r, nil
	}
	for i := range len(slot.Order) {
		o, _ := it.option(slot.Order[i : i+1])
		c := ReviewedChoice{ID: OptionID(i), Text: shown(it, o), Chosen: g.chose(o.ID), Right: o.Mark > 0 && (it.Type == Multiple || o.Mark == Full), Feedback: o.Feedback}
		if c.Right {
			r.Key = append(r.Key, c.Text)
		}
		r.Choices = append(r.Choices, c)
	}
	return r, nil
}
