package grading

import (
	"fmt"
	"slices"
	"sort"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// View is what a taker sees of an item.
type View struct {
	Item string `json:"item"`
	Stem string `json:"stem"` // Markdown; fields that stand inside it are marked [[1]], [[2]] ...
	Field
}

// Present makes the view of one item for a taker who has answered a so far (blank at first). Invalid when slot and item do not belong together, or the
// answer is none to this item.
func Present(it Item, slot Slot, a Answer) (View, error) {
	k, err := fitting(it, slot)
	if err != nil {
		return View{}, err
	}
	return View{Item: slot.Item, Stem: it.Stem, Field: k.Field(it, slot.Order, a)}, nil
}

// Accept checks the shape of one answer that follows was, the answer saved before: what the item's field asks for, only choices that exist, none twice, not
// too long, and no decision taken back that stands. A wrong shape is an Invalid error on the member, "choices", "text" or "parts[1].choices". Blank is
// accepted where nothing stands yet. It says nothing about right or wrong.
func Accept(it Item, slot Slot, was, a Answer) error {
	k, err := fitting(it, slot)
	if err != nil {
		return err
	}
	for i, f := range k.Field(it, slot.Order, was).Parts {
		if f.Taken && !slices.Equal(was.Part(i).Choices, a.Part(i).Choices) {
			return faults.OnField("parts["+itoa(i)+"].choices", "Keputusan ini sudah diambil dan tidak dapat diubah lagi.", "This decision has been taken and cannot be changed any more.")
		}
	}
	return k.Field(it, slot.Order, a).takes(a, "")
}

// Advise tells a taker that an accepted answer cannot be read as what the item asks for (words where a number is wanted). Empty when all is well.
// It gives nothing away about right or wrong.
func Advise(it Item, a Answer) texts.Text {
	k, err := kindOf(it)
	if err != nil {
		return texts.Text{}
	}
	return k.Advise(it, a)
}

// Took names the options an answer took, and what was typed that fits no accepted answer; see Kind. Invalid when slot and item do not belong together.
func Took(it Item, slot Slot, a Answer) ([]string, []Wrote, error) {
	k, err := fitting(it, slot)
	if err != nil || a.Blank() {
		return nil, nil, err
	}
	return k.Took(it, slot.Order, a), k.Wrote(it, slot.Order, a), nil
}

// Asks is the control an item asks with before anything is answered; empty for an unknown type.
func Asks(it Item) Ask {
	k, err := kindOf(it)
	if err != nil {
		return ""
	}
	return k.Field(it, k.Show(it, nil), Answer{}).Ask
}

// markOne grades one answer. by is what people said of it; blank and void answers are decided without them.
func markOne(k Kind, it Item, slot Slot, a Answer, by Marks) (Mark, State, error) {
	if err := k.Field(it, slot.Order, a).takes(a, ""); err != nil {
		return 0, "", err
	}
	if it.Void {
		return Full, Right, nil
	}
	if a.Blank() {
		return 0, Blank, nil
	}
	m, byPerson := k.Grade(it, slot.Order, a)
	if byPerson {
		var marked bool
		if m, marked = by.Mark(it.Rubric); !marked {
			return 0, NeedsMarking, nil
		}
	}
	switch m = min(max(m, 0), Full); m {
	case Full:
		return m, Right, nil
	case 0:
		return m, Wrong, nil
	}
	return m, Partial, nil
}

// MarkPart grades a part of an item by another type, as if it were an item of its own: blank earns nothing, the mark lies in 0..Full.
func MarkPart(k Kind, part Item, order string, a Answer) Mark {
	if a.Blank() {
		return 0
	}
	m, _ := k.Grade(part, order, a)
	return min(max(m, 0), Full)
}

// Grade is GradeMarked without tries and marks of people.
func Grade(items []Item, form Form, answers map[string]Answer) (Result, error) {
	return GradeMarked(items, form, answers, nil, Tries{}, nil)
}

// GradeTried is GradeMarked without marks of people.
func GradeTried(items []Item, form Form, answers map[string]Answer, tried map[string][]Answer, tries Tries) (Result, error) {
	return GradeMarked(items, form, answers, tried, tries, nil)
}

// GradeMarked decides what the answers of a form are worth. Answers and marks are keyed by Item.ID; a slot without an answer is blank and earns nothing, one that
// a person must mark and nobody has stays NeedsMarking. items may hold more than the form needs, in any order. tried holds, by item, the answers that were checked before the end, in order; a corrected key judges every try anew.
//
// Errors are Invalid: an answer to an item that is not on the form, an answer of the wrong shape (Accept refuses those when they arrive), an item
// twice on the form, an item of the form that is missing or does not fit. It is pure: calling it again gives the same result.
func GradeMarked(items []Item, form Form, answers map[string]Answer, tried map[string][]Answer, tries Tries, marks map[string]Marks) (Result, error) {
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
		one, err := tries.worth(k, it, slot, tried[slot.Item], answers[slot.Item], marks[slot.Item])
		if err != nil {
			return Result{}, fmt.Errorf("grade item %s: %w", slot.Item, err)
		}
		res.Earned += one.Mark
		res.NeedsMarking = res.NeedsMarking || one.State == NeedsMarking
		res.Items = append(res.Items, one)
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
	Item     string           `json:"item,omitempty"`
	Mark     Mark             `json:"mark"`
	State    State            `json:"state,omitempty"`
	Choices  []ReviewedChoice `json:"choices,omitempty"`
	Typed    string           `json:"typed,omitempty"`
	Files    []File           `json:"files,omitempty"`
	Label    texts.Text       `json:"label"`              // of a part, as Field.Label
	Parts    []Review         `json:"parts,omitempty"`    // of an item that asks several things; their mark is a share of the part
	Feedback []texts.Text     `json:"feedback,omitempty"` // of what was chosen or matched, in the author's order
	General  string           `json:"general,omitempty"`
	Key      []texts.Text     `json:"key,omitempty"` // the right answers in words
}

// ReviewedChoice is one choice as shown, with its feedback.
type ReviewedChoice struct {
	ID       string     `json:"id"`
	Text     texts.Text `json:"text"`
	Chosen   bool       `json:"chosen"`
	Right    bool       `json:"right"`
	Feedback string     `json:"feedback,omitempty"`
}

// Explain grades one answer and says why: feedback per option, general feedback and the key in words. Errors as Grade.
func Explain(it Item, slot Slot, a Answer) (Review, error) {
	k, err := fitting(it, slot)
	if err != nil {
		return Review{}, err
	}
	m, state, err := markOne(k, it, slot, a, Marks{})
	if err != nil {
		return Review{}, err
	}
	r := Review{Item: slot.Item, Mark: m, State: state, Typed: a.Text, Files: a.Files, General: it.General}
	k.Explain(it, slot.Order, a, &r)
	for i := range r.Parts {
		r.Parts[i].State = r.Parts[i].stands()
	}
	return r, nil
}

// stands says how a part of an item was answered, from what its type said of it.
func (r Review) stands() State {
	switch chosen := slices.IndexFunc(r.Choices, func(c ReviewedChoice) bool { return c.Chosen }); {
	case r.State != "":
		return r.State
	case len(r.Choices) > 0 && chosen < 0:
		return Blank
	case len(r.Choices) > 0 && r.Choices[chosen].Right, r.Mark == Full:
		return Right
	case r.Mark > 0:
		return Partial
	}
	return Wrong
}
