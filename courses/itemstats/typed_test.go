package itemstats

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// typing is a sitting of the thirteen items on the last of which something was typed; "" is the accepted answer.
func typing(r *rand.Rand, theta float64, text string) Sitting {
	s := exam(r, 1, theta, func(float64) (string, int64) { return "a", unit })[0]
	if text != "" {
		s[12] = Mark{Item: "x", Max: unit, Typed: []Typed{{Text: text}}}
	}
	return s
}

var typedOne = About{Questions: []Question{{Typed: true, Options: []Choice{{ID: "a", Label: "dua ratus", Share: 1, Key: true}}}}}

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

// The table stays bounded whatever people type; the frequent ones are in it, with a count that is certain and a bound on what it missed, also after merging.
func TestTypedAnswersAreBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(302, 1))
	true_ := map[string]int64{}
	var months [6]*Sums
	for m := range months {
		var all []Sitting
		for range 1500 {
			text := fmt.Sprintf("w%d", r.IntN(100_000))
			if u := r.Float64(); u < .3 {
				text = []string{"lima", "enam", "tujuh"}[int(u*10)]
			}
			true_[text]++
			all = append(all, Sitting{{Item: "x", Max: unit, Typed: []Typed{{Text: text}}}})
		}
		months[m] = sums(t, Frame{unit, unit}, all)
	}
	total := months[0]
	for _, m := range months[1:] {
		if err := total.Merge(m); err != nil {
			t.Fatal(err)
		}
	}
	a := total.Items["x"].Typed[""]
	if len(a.Rows) > TypedMost || total.Check() != nil {
		t.Fatalf("%d rows, %v", len(a.Rows), total.Check())
	}
	for _, text := range []string{"lima", "enam", "tujuh"} {
		if row := a.Rows[text]; row == nil || row.N() < true_[text]*9/10 {
			t.Errorf("%s: %+v of %d", text, row, true_[text])
		}
	}
	for text, row := range a.Rows {
		if row.N() > true_[text] || row.weight() < true_[text] {
			t.Errorf("%s: between %d and %d, typed %d times", text, row.N(), row.weight(), true_[text])
		}
	}
	for text, n := range true_ {
		if a.Rows[text] == nil && n > a.Lost {
			t.Errorf("%s, typed %d times, was lost with %d", text, n, a.Lost)
		}
	}
	if a.Lost > 9000/TypedMost {
		t.Errorf("an answer of %d may be lost", a.Lost)
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
