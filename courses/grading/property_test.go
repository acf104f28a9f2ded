package grading

import (
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// randomItem makes any item that Check lets pass.
func randomItem(r *rand.Rand, id string) Item {
	for {
		it := Item{ID: id, Code: id, Type: Types()[r.IntN(len(Types()))], Objective: "1", Stem: "?", Fixed: r.IntN(4) == 0, Key: r.IntN(3)}
		n := 2 + r.IntN(5)
		switch it.Type {
		case Single:
			for i := range n {
				it.Options = append(it.Options, option(i, "pilihan "+OptionID(i), []Mark{0, 0, -Full / 4, Full / 3}[r.IntN(4)]))
			}
			it.Options[r.IntN(n)].Mark = Full
		case Multiple:
			right := 1 + r.IntN(n-1)
			for i := range n {
				m := -[]Mark{Full / 10, Full / 4, Full / Mark(n), Full}[r.IntN(4)]
				if i < right {
					m = Full / Mark(right)
				}
				it.Options = append(it.Options, option(i, "pilihan "+OptionID(i), m))
			}
			r.Shuffle(n, func(i, j int) {
				it.Options[i].Mark, it.Options[j].Mark = it.Options[j].Mark, it.Options[i].Mark
			})
		case TrueFalse:
			it.Options = NewTrueFalse(r.IntN(2) == 0, "", "")
		case Numeric:
			it.Options = []Option{{ID: "a", Text: []string{"0", "15000", "-2.5", "3.5"}[r.IntN(4)], Tolerance: []string{"", "0.5", "10"}[r.IntN(3)], Mark: Full}, {ID: "b", Text: "7", Mark: Full / 2}}
		case ShortText:
			it.Options = []Option{option(0, []string{"fakta", "lap*", `5\*`}[r.IntN(3)], Full), option(1, "duga*", Full/4)}
		default:
			panic("teach randomItem the item type " + string(it.Type))
		}
		wrong := false
		for _, f := range Check(it) {
			wrong = wrong || !f.Warning
		}
		if !wrong {
			return it
		}
	}
}

func randomAnswer(r *rand.Rand, it Item, slot Slot) Answer {
	k := byName[it.Type]
	if r.IntN(6) == 0 {
		return Answer{}
	}
	switch k.ask() {
	case AskOne:
		return Answer{Choices: []string{OptionID(r.IntN(len(slot.Order)))}}
	case AskMany:
		var a Answer
		for _, i := range r.Perm(len(slot.Order))[:r.IntN(len(slot.Order)+1)] {
			a.Choices = append(a.Choices, OptionID(i))
		}
		return a
	case AskNumber:
		return Answer{Text: []string{"0", "15.000", "15,000", "-2,5", "3.5", "7", "tujuh", "3,49", "\u22122.5 "}[r.IntN(9)]}
	}
	return Answer{Text: []string{"Fakta", "laporan", "5*", "dugaan", "x", " FAKTA. "}[r.IntN(6)]}
}

func randomForm(r *rand.Rand) ([]Item, Form, map[string]Answer) {
	var items []Item
	for i := range 1 + r.IntN(12) {
		items = append(items, randomItem(r, "v"+itoa(i)))
	}
	form, err := Draw(r.Uint64(), items, Plan{PerObjective: map[string]int{"1": 1 + r.IntN(len(items))}})
	if err != nil {
		panic(err)
	}
	answers := map[string]Answer{}
	for _, it := range items {
		if slot, ok := form.Slot(it.ID); ok && r.IntN(5) > 0 {
			answers[it.ID] = randomAnswer(r, it, slot)
		}
	}
	return items, form, answers
}

// For any items, form and answers of the right shape: the score is in range and the sum of its parts, blank earns nothing, neither the order of items in
// the call nor the order of ticking matters, grading twice is the same, and neither items, form nor answers are changed.
func TestGradeProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		items, form, answers := randomForm(r)
		before := clone(items)
		res, err := Grade(items, form, answers)
		if err != nil {
			t.Fatal(err)
		}
		var sum Mark
		for i, x := range res.Items {
			sum += x.Mark
			if x.Mark < 0 || x.Mark > Full || x.Item != form.Slots[i].Item {
				t.Fatalf("%+v", x)
			}
			a := answers[x.Item]
			if a.Blank() != (x.State == Blank) || a.Blank() && x.Mark != 0 || (x.State == Right) != (x.Mark == Full) || (x.State == Partial) != (x.Mark > 0 && x.Mark < Full) {
				t.Fatalf("%+v for %+v", x, a)
			}
		}
		if sum != res.Earned || res.Max != Full*Mark(len(form.Slots)) || res.Score() < 0 || res.Score() > 100000 || res.NeedsMarking {
			t.Fatalf("%+v", res)
		}
		r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		turned := map[string]Answer{}
		for id, a := range answers {
			a.Choices = append([]string(nil), a.Choices...)
			r.Shuffle(len(a.Choices), func(i, j int) { a.Choices[i], a.Choices[j] = a.Choices[j], a.Choices[i] })
			turned[id] = a
		}
		if again, err := Grade(items, form, turned); err != nil || !reflect.DeepEqual(again, res) {
			t.Fatalf("%v\n%+v\n%+v", err, res, again)
		}
		if again, _ := Grade(before, form, answers); !reflect.DeepEqual(again, res) {
			t.Fatal("grading twice differs")
		}
	}
}

func clone(items []Item) []Item {
	out := append([]Item(nil), items...)
	for i := range out {
		out[i].Options = append([]Option(nil), out[i].Options...)
	}
	return out
}

// In multiple choice nothing beats the key, ticking everything earns less than the key, one more wrong tick never helps and one more right tick never hurts.
func TestMultipleProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 3000 {
		it := randomItem(r, "v")
		if it.Type != Multiple {
			continue
		}
		slot, _ := Show(it)
		mark := func(choices ...string) Mark {
			res, err := Grade([]Item{it}, Form{Slots: []Slot{slot}}, map[string]Answer{"v": {Choices: choices}})
			if err != nil {
				t.Fatal(err)
			}
			return res.Earned
		}
		var key, all, some []string
		for _, o := range it.Options {
			all = append(all, o.ID)
			if o.Mark > 0 {
				key = append(key, o.ID)
			}
			if r.IntN(2) == 0 {
				some = append(some, o.ID)
			}
		}
		if mark(key...) != Full || mark(all...) >= Full || mark(some...) > Full {
			t.Fatalf("%+v", it)
		}
		for _, o := range it.Options {
			if !strings.Contains(strings.Join(some, ""), o.ID) {
				if with, without := mark(append(some[:len(some):len(some)], o.ID)...), mark(some...); o.Mark > 0 && with < without || o.Mark < 0 && with > without {
					t.Fatalf("%+v: %s changes %d to %d", it, o.ID, without, with)
				}
			}
		}
	}
}

// An order only moves options: the same options chosen under any two orders are worth the same.
func TestOrderOfOptionsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 2000 {
		it := randomItem(r, "v")
		if !byName[it.Type].shuffles() {
			continue
		}
		slot, _ := Show(it)
		a := randomAnswer(r, it, slot)
		order := []byte(slot.Order)
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		var b Answer
		for _, c := range a.Choices {
			b.Choices = append(b.Choices, OptionID(strings.IndexByte(string(order), slot.Order[c[0]-'a'])))
		}
		one, err1 := Explain(it, slot, a)
		two, err2 := Explain(it, Slot{"v", string(order)}, b)
		if err1 != nil || err2 != nil || one.Mark != two.Mark || one.State != two.State || !reflect.DeepEqual(one.Feedback, two.Feedback) {
			t.Fatalf("%+v\n%+v", one, two)
		}
	}
}

// Whatever is typed: no crash, at most a few readings, a plain number always reads as itself.
func FuzzReadings(f *testing.F) {
	for _, s := range []string{"3,5", "15.000", "Rp 1.234,50", "-7", "1 2", "½", "..", "1'000", ",-", "Rp"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Readings(s, []string{"Rp", "%"})
		if len(got) > 3 {
			t.Fatalf("%q has %d readings", s, len(got))
		}
		if v, ok := ParseDecimal(s); ok {
			found := false
			for _, g := range got {
				found = found || g.Cmp(v) == 0
			}
			if !found && len(s) <= 40 {
				t.Fatalf("%q is %s but was read as %v", s, v, got)
			}
			if back, ok := new(big.Rat).SetString(s); !ok || back.Cmp(v) != 0 {
				t.Fatal(s)
			}
		}
		if m, at := numericBest(thousands, s); m < 0 || m > Full || (at < 0) != (m == 0) {
			t.Fatal(s, m, at)
		}
	})
}

// Whatever is typed and whatever the pattern: no crash, and a text fits itself once its stars and backslashes are escaped.
func FuzzShortText(f *testing.F) {
	f.Add("fakta", "Fakta.")
	f.Add(`a*\*b`, "áxyz*B")
	f.Add("***", "")
	f.Add("ﬁ\u0301\\", "ＡＢ")
	f.Fuzz(func(t *testing.T, p, s string) {
		it := item(ShortText, option(0, p, Full))
		m, _ := shortBest(it, s)
		if m != 0 && m != Full {
			t.Fatal(m)
		}
		if !utf8.ValidString(s) || strings.Contains(s, wildcard) {
			return
		}
		own := strings.NewReplacer(`\`, `\\`, "*", `\*`).Replace(s)
		for _, exact := range []bool{false, true} {
			if normal(s, exact) != "" && !fits(pattern(own, exact), normal(s, exact)) {
				t.Fatalf("%q does not fit itself (exact %v)", s, exact)
			}
			if again := normal(normal(s, exact), exact); exact && again != normal(s, exact) {
				t.Fatalf("%q is not stable: %q, %q", s, normal(s, exact), again)
			}
		}
	})
}
