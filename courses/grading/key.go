package grading

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Key is what decides about right and wrong in an item version, apart from what a taker sees of it. A wrong one is corrected by a later key version of the
// same item version (Item.Key); forms go on naming the item version.
type Key struct {
	Options []Option    `json:"options"`           // types that show their options: the same ids and texts with other marks and feedback; the others: the answers accepted
	Parts   []Part      `json:"parts,omitempty"`   // the same parts with other keys
	Scoring string      `json:"scoring,omitempty"` // how marks are earned
	Rubric  []Criterion `json:"rubric,omitempty"`
	Units   []string    `json:"units,omitempty"` // of a number
	Exact   bool        `json:"exact,omitempty"` // of a short text
	Void    bool        `json:"void,omitempty"`  // the item is taken out: everybody gets its whole mark, also who answered nothing
}

// AnswerKey is the key of an item.
func (it Item) AnswerKey() Key {
	return Key{Options: slices.Clone(it.Options), Parts: cloneParts(it.Parts), Scoring: it.Scoring, Rubric: cloneRubric(it.Rubric), Units: slices.Clone(it.Units), Exact: it.Exact, Void: it.Void}
}

func cloneParts(list []Part) []Part {
	out := slices.Clone(list)
	for i := range out {
		out[i].Options = slices.Clone(out[i].Options)
	}
	return out
}

func cloneRubric(list []Criterion) []Criterion {
	out := slices.Clone(list)
	for i := range out {
		out[i].Levels = slices.Clone(out[i].Levels)
	}
	return out
}

// Same says whether two keys are the same, feedback included.
func (k Key) Same(other Key) bool {
	a, errA := json.Marshal(k.normal())
	b, errB := json.Marshal(other.normal())
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

func (k Key) normal() Key {
	if len(k.Options) == 0 {
		k.Options = nil
	}
	return k
}

// Rekey gives an item version another key, as key version n. Invalid, with fields below "key", when the key would change what takers saw or cannot be graded
// by. In single choice a correction may accept several options: the question cannot be asked again, so each right answer must be able to count. A key that takes
// the item out grades nothing, so it need not be sound. Pure.
func Rekey(it Item, k Key, n int) (Item, error) {
	kind, err := kindOf(it)
	if err != nil {
		return Item{}, err
	}
	out := it.with(k)
	out.Key = n
	r := Report{Correction: true}
	kind.Seen(it, out, &r)
	found := r.found
	if !k.Void {
		found = check(out, &r)
	}
	wrong := faults.New(faults.Invalid, "Kunci ini belum benar.", "This key is not right yet.")
	for _, f := range found {
		if !f.Warning {
			wrong.With("key."+f.Path, f.Text.ID, f.Text.EN)
		}
	}
	if len(wrong.Fields) > 0 {
		return Item{}, fmt.Errorf("key %d of item %s: %w", n, it.ID, wrong)
	}
	return out, nil
}

// with is the item with what a key says, sharing nothing with it.
func (it Item) with(k Key) Item {
	it.Options, it.Parts, it.Scoring, it.Rubric = slices.Clone(k.Options), cloneParts(k.Parts), k.Scoring, cloneRubric(k.Rubric)
	it.Units, it.Exact, it.Void = slices.Clone(k.Units), k.Exact, k.Void
	return it
}

// Seen says whether takers saw what change changes in a key, so that no correction may change it. The type itself is asked (Kind.Seen): pages of corrections offer
// what is left. change gets a copy. Pure; true for an unknown type.
func Seen(it Item, change func(*Key)) bool {
	kind, err := kindOf(it)
	if err != nil {
		return true
	}
	k := it.AnswerKey()
	change(&k)
	r := Report{Correction: true}
	kind.Seen(it, it.with(k), &r)
	return len(r.found) > 0
}

// KeyText is the key of an item in words: what is right, in the author's order; of an item that asks several things, of each what is right; of one that a person
// marks, its rubric. Empty for an unknown type.
func KeyText(it Item) []texts.Text {
	k, err := kindOf(it)
	if err != nil {
		return nil
	}
	var r Review
	k.Explain(it, k.Show(it, nil), Answer{}, &r)
	out := slices.Clone(r.Key)
	for _, p := range r.Parts {
		out = append(out, texts.T(p.keyIn(texts.ID), p.keyIn(texts.EN)))
	}
	for _, c := range it.Rubric {
		out = append(out, Written(fmt.Sprintf("%s (%d)", c.Text, c.Weight)))
	}
	return out
}

// keyIn is what is right in a part, behind the words of the part.
func (r Review) keyIn(l texts.Lang) string {
	right := make([]string, len(r.Key))
	for i, k := range r.Key {
		right[i] = k.In(l)
	}
	if r.Label.Empty() {
		return strings.Join(right, " / ")
	}
	return r.Label.In(l) + ": " + strings.Join(right, " / ")
}
