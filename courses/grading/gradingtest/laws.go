// Package gradingtest holds what is true of every item type; each type's tests run it on random items of its own.
package gradingtest

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
)

// Secret stands in the feedback of random items: a taker may not see it before the end.
const Secret = "RAHASIA"

// Laws checks on many random items of a type: the item is sound, its drawn slot fits, a taker sees nothing of the key, an answer to what is asked is
// accepted, the mark lies in range and is the same when it is graded again or the options stand in another order, blank earns nothing, the review tells the
// same mark, the same key changes nothing, and the item survives being stored.
func Laws(t *testing.T, item func(r *rand.Rand) grading.Item) {
	t.Helper()
	r := rand.New(rand.NewPCG(20260331, 7))
	right, wrong := 0, 0
	for range 1500 {
		it := item(r)
		it.ID, it.Code, it.Objective = "v1", "c", "1"
		if it.Stem == "" {
			it.Stem = "?"
		}
		if err := grading.CheckError(it); err != nil {
			t.Fatalf("%v\n%+v", err, it)
		}
		form, err := grading.Draw(r.Uint64(), []grading.Item{it}, grading.Plan{Blueprint: grading.PerObjective(map[string]int{"1": 1})})
		if err != nil {
			t.Fatal(err)
		}
		slot := form.Slots[0]
		blank, err := grading.Present(it, slot, grading.Answer{})
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := json.Marshal(blank); strings.Contains(string(b), Secret) {
			t.Fatalf("a taker sees %s", b)
		}
		if m := grade(t, it, slot, grading.Answer{}); m.Mark != 0 || m.State != grading.Blank {
			t.Fatalf("blank earns %+v", m)
		}
		a := Answer(t, r, it, slot)
		if err := grading.Accept(it, slot, grading.Answer{}, a); err != nil {
			t.Fatalf("%v\n%+v\n%+v", err, it, a)
		}
		m := grade(t, it, slot, a)
		if m.Mark < 0 || m.Mark > grading.Full || a.Blank() != (m.State == grading.Blank) || (m.State == grading.Right) != (m.Mark == grading.Full) || (m.State == grading.Partial) != (m.Mark > 0 && m.Mark < grading.Full) {
			t.Fatalf("%+v for %+v of\n%+v", m, a, it)
		}
		switch m.State {
		case grading.Right:
			right++
		case grading.Wrong:
			wrong++
		}
		if again := grade(t, it, slot, a); again != m {
			t.Fatalf("graded again %+v, first %+v", again, m)
		}
		review, err := grading.Explain(it, slot, a)
		if err != nil || review.Mark != m.Mark || review.State != m.State {
			t.Fatalf("review %+v, mark %+v, %v", review, m, err)
		}
		other, err := grading.Draw(r.Uint64(), []grading.Item{it}, grading.Plan{Blueprint: grading.PerObjective(map[string]int{"1": 1})})
		if err != nil {
			t.Fatal(err)
		}
		turned := turn(t, it, slot, other.Slots[0], a)
		took, wrote, err := grading.Took(it, slot, a)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(took)
		asksFor(t, it, took, wrote)
		elsewhere, _, err := grading.Took(it, other.Slots[0], turned)
		if slices.Sort(elsewhere); err != nil || !slices.Equal(took, elsewhere) || len(slices.Compact(slices.Clone(took))) < len(took) {
			t.Fatalf("took %q, under another order %q, %v", took, elsewhere, err)
		}
		if x := grade(t, it, other.Slots[0], turned); x != m {
			t.Fatalf("under another order %+v, first %+v\n%+v\n%+v", x, m, a, turned)
		}
		same, err := grading.Rekey(it, it.AnswerKey(), it.Key)
		if err != nil {
			t.Fatal(err)
		}
		if x := grade(t, same, slot, a); x != m {
			t.Fatalf("the same key gives %+v, first %+v", x, m)
		}
		var back grading.Item
		if b, err := json.Marshal(it); err != nil || json.Unmarshal(b, &back) != nil || !it.AnswerKey().Same(back.AnswerKey()) || grade(t, back, slot, a) != m {
			t.Fatalf("stored and read:\n%+v\n%+v", it, back)
		}
	}
	if k := item(r); len(k.Rubric) == 0 && (right == 0 || wrong == 0) {
		t.Errorf("%d right and %d wrong answers: the random items show too little", right, wrong)
	}
}

// asksFor checks that what was taken and typed belongs to what the item asks: options under their names, one of a question at most where it takes one.
func asksFor(t *testing.T, it grading.Item, took []string, wrote []grading.Wrote) {
	t.Helper()
	asked := grading.AskedOf(it)
	known, of := map[string]int{}, map[int]int{}
	for n, q := range asked {
		for _, o := range q.Options {
			if _, twice := known[o.ID]; twice || o.Label.Empty() || len(asked) > 1 && q.Label.Empty() {
				t.Fatalf("option %q of %+v", o.ID, asked)
			}
			known[o.ID] = n
		}
		for _, f := range q.Foils {
			if len(f.IDs) == 0 || f.Label.Empty() {
				t.Fatalf("foil %+v of %+v", f, asked)
			}
		}
	}
	if !slices.ContainsFunc(asked, func(q grading.Asked) bool { return len(q.Foils) > 0 || !q.Note.Empty() }) {
		t.Fatalf("nothing misleads in %+v, and nothing says why", asked)
	}
	for _, id := range took {
		n, ok := known[id]
		if of[n]++; len(known) > 0 && (!ok || asked[n].One && of[n] > 1) {
			t.Fatalf("took %q of %+v", took, asked)
		}
	}
	for _, w := range wrote {
		if !slices.ContainsFunc(asked, func(q grading.Asked) bool { return q.Typed && q.ID == w.Question }) || w.Text == "" {
			t.Fatalf("wrote %+v for %+v", w, asked)
		}
	}
}

func grade(t *testing.T, it grading.Item, slot grading.Slot, a grading.Answer) grading.ItemResult {
	t.Helper()
	res, err := grading.Grade([]grading.Item{it}, grading.Form{Slots: []grading.Slot{slot}}, map[string]grading.Answer{it.ID: a})
	if err != nil {
		t.Fatalf("%v\n%+v\n%+v", err, it, a)
	}
	return res.Items[0]
}

// Answer is a random answer of the right shape, blank now and then. Fields that open only after an answer are answered as they open.
func Answer(t *testing.T, r *rand.Rand, it grading.Item, slot grading.Slot) (a grading.Answer) {
	t.Helper()
	if r.IntN(12) == 0 {
		return a
	}
	for range grading.MaxParts + 1 {
		v, err := grading.Present(it, slot, a)
		if err != nil {
			t.Fatal(err)
		}
		if v.Ask != grading.AskParts {
			return fill(r, it.Options, v.Field)
		}
		if len(v.Parts) == len(a.Parts) {
			return a
		}
		for i := len(a.Parts); i < len(v.Parts); i++ {
			var options []grading.Option
			if i < len(it.Parts) {
				options = it.Parts[i].Options
			}
			a.Parts = append(a.Parts, fill(r, options, v.Parts[i]))
		}
		if last := a.Parts[len(a.Parts)-1]; last.Blank() {
			return a
		}
	}
	return a
}

func fill(r *rand.Rand, options []grading.Option, f grading.Field) (a grading.Answer) {
	if r.IntN(10) == 0 {
		return a
	}
	pick := func(n int) string { return f.Choices[n].ID }
	switch f.Ask {
	case grading.AskOne:
		a.Choices = []string{pick(r.IntN(len(f.Choices)))}
	case grading.AskMany:
		for _, i := range r.Perm(len(f.Choices))[:r.IntN(len(f.Choices)+1)] {
			a.Choices = append(a.Choices, pick(i))
		}
	case grading.AskOrder:
		for _, i := range r.Perm(len(f.Choices)) {
			a.Choices = append(a.Choices, pick(i))
		}
	case grading.AskFiles:
		a.Files = []grading.File{{Blob: "sha256-x", Name: "laporan.pdf", Size: 10}}
	default:
		said := []string{"x", "7", " tujuh "}
		for _, o := range options {
			said = append(said, strings.ReplaceAll(o.Text, "*", "z"))
		}
		a.Text = said[r.IntN(len(said))]
	}
	return a
}

// turn translates an answer to another showing of the item: the same words chosen, the same prompts answered.
func turn(t *testing.T, it grading.Item, from, to grading.Slot, a grading.Answer) (out grading.Answer) {
	t.Helper()
	v, err := grading.Present(it, from, a)
	if err != nil {
		t.Fatal(err)
	}
	if v.Ask != grading.AskParts {
		w, _ := grading.Present(it, to, grading.Answer{})
		return words(v.Field, w.Field, a)
	}
	for i := range a.Parts {
		w, err := grading.Present(it, to, out)
		if err != nil {
			t.Fatal(err)
		}
		j := i // the part with the same words: a rated list of ways stands in another order
		for k, p := range w.Parts {
			if i < len(w.Parts) && w.Parts[i].Label == v.Parts[i].Label {
				break
			}
			if p.Label == v.Parts[i].Label && (k >= len(out.Parts) || out.Parts[k].Blank()) && sameWords(p, v.Parts[i]) {
				j = k
				break
			}
		}
		for len(out.Parts) <= j {
			out.Parts = append(out.Parts, grading.Answer{})
		}
		out.Parts[j] = words(v.Parts[i], w.Parts[j], a.Parts[i])
	}
	return out
}

func sameWords(a, b grading.Field) bool {
	seen := map[string]bool{}
	for _, c := range a.Choices {
		seen[c.Text.ID] = true
	}
	for _, c := range b.Choices {
		if !seen[c.Text.ID] {
			return false
		}
	}
	return len(a.Choices) == len(b.Choices)
}

func words(from, to grading.Field, a grading.Answer) grading.Answer {
	out := a
	out.Choices = nil
	for _, c := range a.Choices {
		for _, x := range from.Choices {
			if x.ID != c {
				continue
			}
			for _, y := range to.Choices {
				if y.Text == x.Text {
					out.Choices = append(out.Choices, y.ID)
				}
			}
		}
	}
	return out
}

// Mark is what an answer earns for an item that is shown in an order.
func Mark(t *testing.T, it grading.Item, order string, a grading.Answer) grading.Mark {
	t.Helper()
	return grade(t, it, grading.Slot{Item: it.ID, Order: order}, a).Mark
}

// Finds says whether Check names a mistake at a place of an item.
func Finds(it grading.Item, path string) bool {
	return slices.ContainsFunc(grading.Check(it), func(f grading.Finding) bool { return f.Path == path && !f.Warning })
}

// Rubric is a sound one, for types that a person marks.
var Rubric = []grading.Criterion{{ID: "a", Text: "Isi", Weight: 3, Levels: []grading.Level{{Text: "Kurang"}, {Text: "Cukup", Mark: grading.Full / 2}, {Text: "Baik", Mark: grading.Full}}},
	{ID: "b", Text: "Bahasa", Weight: 1, Levels: []grading.Level{{Text: "Kurang"}, {Text: "Baik", Mark: grading.Full}}}}

// WaitsForAPerson checks a type that a person marks: an answer is neither right nor wrong and passes nothing, and an item without a rubric is not sound.
func WaitsForAPerson(t *testing.T, it grading.Item, a grading.Answer) {
	t.Helper()
	it.ID, it.Code, it.Objective, it.Stem, it.Rubric = "v", "c", "1", "?", Rubric
	res, err := grading.Grade([]grading.Item{it}, grading.Form{Slots: []grading.Slot{{Item: "v"}}}, map[string]grading.Answer{"v": a})
	if err != nil || !res.NeedsMarking || res.Items[0].State != grading.NeedsMarking || res.Passed(0) {
		t.Errorf("%+v, %v", res, err)
	}
	it.Rubric = nil
	if grading.CheckError(it) == nil {
		t.Error("nobody can mark it without a rubric")
	}
}
