package itemstats

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/texts"
)

// typing is a sitting of the thirteen items on the last of which something was typed; "" is the accepted answer.
func typing(r *rand.Rand, theta float64, text string) Sitting {
	s := exam(r, 1, theta, func(float64) (string, int64) { return "a", unit })[0]
	if text != "" {
		s[12] = Mark{Item: "x", Max: unit, Typed: []Typed{{Text: text}}}
	}
	return s
}

var typedOne = About{Questions: []Question{{Typed: true, Options: []Choice{{ID: "a", Label: texts.Text{ID: "dua ratus"}, Share: 1, Key: true}}}}}

// While answers are few all is exact, whatever the order and the grouping, and what was added can be taken out.
func TestTypedAnswersAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(301, 1))
	var all []Sitting
	for i := range 300 {
		all = append(all, typing(r, 0, []string{"", "200 ribu", "dua ratus rb", fmt.Sprint(i % 100)}[i%4]))
	}
	whole := sums(t, thirteen, all)
	want, _ := json.Marshal(whole)
	parts := sums(t, thirteen, all[200:])
	if err := parts.Merge(sums(t, thirteen, all[:200])); err != nil {
		t.Fatal(err)
	}
	if got, _ := json.Marshal(parts); string(got) != string(want) {
		t.Error("merged sums differ")
	}
	more := sums(t, thirteen, append(append([]Sitting{}, all...), all[:50]...))
	for _, s := range all[:50] {
		if err := more.Remove(s); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := json.Marshal(more); string(got) != string(want) {
		t.Error("what was taken out left a trace")
	}
	packed, err := whole.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := Unpack(packed); err != nil || back.Items["x"].Typed[""].Rows["200 ribu"].N() != 75 {
		t.Errorf("%v: %+v", err, back)
	}

	// Shown are those of five people and more, as options with all their figures.
	var shown []string
	for _, o := range whole.Analyse(map[string]About{"x": typedOne}).Items[12].Options {
		shown = append(shown, fmt.Sprintf("%s %d %v", o.ID, o.N, o.PointBiserial != nil))
	}
	if got := strings.Join(shown, ", "); !strings.HasPrefix(got, "a 75 true, =200 ribu 75 true, =dua ratus rb 75 true") || len(whole.Items["x"].Typed[""].Rows) < 10 {
		t.Errorf("%s", got)
	}
	for _, o := range Pool(typedOne, []Part{{thirteen, whole.Items["x"]}}).Options {
		if o.N < 5 {
			t.Errorf("%s of %d people is shown", o.ID, o.N)
		}
	}
	whole.Frequent()
	for text, row := range whole.Items["x"].Typed[""].Rows {
		if row.N() < 5 {
			t.Errorf("%q of %d people is kept", text, row.N())
		}
	}
	if err := whole.Check(); err != nil {
		t.Error(err)
	}
}

// bounded looks at the table of what was typed against how often each answer was: it is small, what a row counts is certain, and what rows and table may have missed is bounded.
func bounded(t *testing.T, when string, s *Sums, typed map[string]int64) {
	t.Helper()
	a := s.Items["x"].Typed[""]
	if len(a.Rows) > TypedMost || s.Check() != nil {
		t.Errorf("%s: %d rows, %v", when, len(a.Rows), s.Check())
	}
	for text, row := range a.Rows {
		if row.N() > typed[text] || row.weight() < typed[text] {
			t.Errorf("%s: %s: between %d and %d, typed %d times", when, text, row.N(), row.weight(), typed[text])
		}
	}
	for text, n := range typed {
		if a.Rows[text] == nil && n > a.Lost {
			t.Errorf("%s: %s, typed %d times, was lost with %d", when, text, n, a.Lost)
		}
	}
	if a.Lost > s.N/TypedMost {
		t.Errorf("%s: of %d an answer of %d may be lost", when, s.N, a.Lost)
	}
}

// The table stays bounded whatever people type, and the frequent ones are in it, also after merging months.
func TestTypedAnswersAreBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(302, 1))
	typed := map[string]int64{}
	total := sums(t, Frame{unit, unit}, nil)
	for month := range 6 {
		var all []Sitting
		for range 1500 {
			text := fmt.Sprintf("w%d", r.IntN(100_000))
			if u := r.Float64(); u < .3 {
				text = []string{"lima", "enam", "tujuh"}[int(u*10)]
			}
			typed[text]++
			all = append(all, Sitting{{Item: "x", Max: unit, Typed: []Typed{{Text: text}}}})
		}
		if err := total.Merge(sums(t, Frame{unit, unit}, all)); err != nil {
			t.Fatal(err)
		}
		bounded(t, fmt.Sprintf("after %d months", month+1), total, typed)
	}
	for _, text := range []string{"lima", "enam", "tujuh"} {
		if row := total.Items["x"].Typed[""].Rows[text]; row == nil || row.N() < typed[text]*9/10 {
			t.Errorf("%s: %+v of %d", text, row, typed[text])
		}
	}

	// What comes in runs gives way and comes back, in one table and in both of two that are merged; in every other turn the second has what the first has.
	for turn := range 200 {
		typed := map[string]int64{}
		stream := func(all []Sitting) (*Sums, []Sitting) {
			for again := all != nil; !again && len(all) < 10*TypedMost; {
				x := Sitting{{Item: "x", Max: unit, Typed: []Typed{{Text: fmt.Sprintf("k%d", r.IntN(TypedMost+1+turn%4))}}}}
				all = append(all, slices.Repeat([]Sitting{x}, 1+r.IntN(4))...)
			}
			mine := map[string]int64{}
			for _, s := range all {
				mine[s[0].Typed[0].Text]++
				typed[s[0].Typed[0].Text]++
			}
			s := sums(t, Frame{unit, unit}, all)
			bounded(t, fmt.Sprintf("turn %d", turn), s, mine)
			return s, all
		}
		one, again := stream(nil)
		if turn%2 == 0 {
			again = nil
		}
		two, _ := stream(again)
		if err := one.Merge(two); err != nil {
			t.Fatal(err)
		}
		bounded(t, fmt.Sprintf("turn %d merged", turn), one, typed)
	}
}

// An answer that able people type and that counts as wrong may be missing among the accepted ones; what the weak type is just wrong.
func TestMissingAnswer(t *testing.T) {
	r := rand.New(rand.NewPCG(303, 1))
	var all []Sitting
	for range 400 {
		theta, text := r.NormFloat64(), "dua puluh"
		if r.Float64() < logistic(1.5*theta) {
			if text = ""; r.Float64() < .4 {
				text = "200rb"
			}
		}
		all = append(all, typing(r, theta, text))
	}
	s := sums(t, thirteen, all)
	var got []string
	for _, f := range s.Flags(map[string]About{"x": typedOne}, nil) {
		if f.Item == "x" && f.Kind != Weak {
			got = append(got, fmt.Sprint(f.Kind, " ", f.Option))
			if !strings.Contains(f.Text.ID, "“200rb”") || !strings.Contains(f.Text.EN, "“200rb”") {
				t.Error(f.Text)
			}
		}
	}
	if fmt.Sprint(got) != "[missing_answer =200rb]" {
		t.Error(got)
	}
}
