package itemstats

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/texts"
)

// several is a thirteen-item exam whose last item takes what it says.
func several(r *rand.Rand, people int, choose func(theta float64) ([]string, int64)) []Sitting {
	out := make([]Sitting, people)
	for p := range out {
		theta := r.NormFloat64()
		out[p] = exam(r, 1, theta, func(float64) (string, int64) { return "a", unit })[0]
		options, mark := choose(theta)
		out[p][12] = Mark{Item: "x", Max: unit, Mark: mark, Options: options, Blank: len(options) == 0}
	}
	return out
}

// Hints on keys and foils of items that take several answers: named is the option, and silence where all is sound.
func TestFlagsOfParts(t *testing.T) {
	r := rand.New(rand.NewPCG(401, 1))
	label := func(s string) texts.Text { return texts.Text{ID: s, EN: s} }
	able := func(theta, ease float64) bool { return r.Float64() < logistic(1.4*(theta+ease)) }
	options := func(part string, keys string, labels ...string) (out []Choice) {
		for i, l := range labels {
			id := string(rune('a' + i))
			out = append(out, Choice{ID: part + id, Label: label(l), Key: strings.Contains(keys, id)})
		}
		return out
	}
	// ticks lets able people tick truth and others each option by chance.
	ticks := func(truth string) func(float64) ([]string, int64) {
		return func(theta float64) (out []string, mark int64) {
			for _, id := range []string{"a", "b", "c", "d"} {
				right := strings.Contains(truth, id)
				if !able(theta, 0) {
					right = r.IntN(2) == 0
				}
				if right {
					out = append(out, id)
				}
			}
			if strings.Join(out, "") == "ab" {
				mark = unit
			}
			return out, mark
		}
	}
	// pairs answers prompts p and q; the one answers as keyed, or what it was given instead.
	pairs := func(p, q string, wrong string) func(float64) ([]string, int64) {
		return func(theta float64) (out []string, mark int64) {
			for _, x := range []struct{ part, right string }{{"p.", p}, {"q.", q}} {
				choice := string(wrong[r.IntN(len(wrong))])
				if able(theta, 0) {
					choice = x.right
				}
				out = append(out, x.part+choice)
				if x.part+choice == "p.a" || x.part+choice == "q.b" {
					mark += unit / 2
				}
			}
			return out, mark
		}
	}
	matching := About{Questions: []Question{{Label: label("“kiri”"), One: true, Options: options("p.", "a", "A", "B", "C")}, {Label: label("“kanan”"), One: true, Options: options("q.", "b", "A", "B", "C")},
		{Foils: []Foil{{label("C"), []string{"p.c", "q.c"}}}}}}
	// A case: all decide at s; those who decide well come to u. There the able decide well again, or so many do by luck.
	course := func(truth string, luck float64) func(float64) ([]string, int64) {
		return func(theta float64) ([]string, int64) {
			if !able(theta, .5) {
				return []string{"s.b"}, 0
			}
			choice := "b"
			if luck > 0 && r.Float64() < luck || luck == 0 && able(theta, -.5) {
				choice = "a"
			}
			if truth == "b" {
				choice = map[string]string{"a": "b", "b": "a"}[choice]
			}
			if choice == "a" {
				return []string{"s.a", "u.a"}, unit
			}
			return []string{"s.a", "u.b"}, unit / 2
		}
	}
	state := About{Questions: []Question{{Label: label("keadaan 1"), One: true, Some: true, Options: options("s.", "a", "A", "B")}, {Label: label("keadaan 2"), One: true, Some: true, Options: options("u.", "a", "A", "B", "C"), Foils: []Foil{{label("C"), []string{"u.c"}}}}}}
	for _, c := range []struct {
		name   string
		about  About
		choose func(float64) ([]string, int64)
		want   string
		words  []string
	}{
		{"ticks", asks(Question{Options: options("", "ab", "A", "B", "C", "D")}), ticks("ab"), "", nil},
		{"a right one counts as wrong", asks(Question{Options: options("", "ab", "A", "B", "C", "D")}), ticks("abc"), "wrong_key c", []string{"pilihan C dihitung salah"}},
		{"a wrong one counts as right", asks(Question{Options: options("", "abd", "A", "B", "C", "D")}), ticks("ab"), "wrong_key d", []string{"pilihan D dihitung benar"}},
		{"pairs", matching, pairs("a", "b", "abc"), "", nil},
		{"pairs with a swapped key", matching, pairs("b", "a", "abc"), "wrong_key p.b, wrong_key q.a", []string{"“kiri”", "“kanan”"}},
		{"nobody takes the answer without a prompt", matching, pairs("a", "b", "ab"), "dead_option p.c", []string{"Pilihan C"}},
		{"a state where nearly all err, able or not, who came to it", state, course("a", .1), "dead_option u.c", []string{"keadaan 2"}},
		{"a case with a wrong key in the second state", state, course("b", 0), "wrong_key u.b, dead_option u.c", []string{"keadaan 2"}},
	} {
		s := sums(t, thirteen, several(r, 1500, c.choose))
		var got, said []string
		for _, f := range s.Flags(map[string]About{"x": c.about}, nil) {
			if f.Item == "x" && (f.Kind == WrongKey || f.Kind == DeadOption || f.Kind == UnusedOptions || f.Kind == MissingAnswer) {
				got, said = append(got, string(f.Kind)+" "+f.Option), append(said, f.Text.ID)
				if strings.Contains(f.Text.ID+f.Text.EN, "%!") || f.Text.EN == "" {
					t.Error(f.Text)
				}
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
		for _, w := range c.words {
			if !strings.Contains(strings.Join(said, "\n"), w) {
				t.Errorf("%s: nothing says %q: %v", c.name, w, said)
			}
		}
	}
}

// What other versions know of an item raises its flags before the new one has enough sittings of its own.
func TestFlagsWeighOtherVersions(t *testing.T) {
	r := rand.New(rand.NewPCG(402, 1))
	few := sums(t, thirteen, exam(r, 10, 0, keyed(r, 1.3, 0, "b", "a", "acd")))
	many := sums(t, thirteen, exam(r, 300, 0, keyed(r, 1.3, 0, "b", "a", "acd")))
	for _, f := range few.Flags(aboutAll(few), nil) {
		if f.Kind != SmallN {
			t.Errorf("ten sittings raise %s", f.Kind)
		}
	}
	got := ""
	for _, f := range few.Flags(aboutAll(few), map[string]Known{"x": {Also: []Part{{thirteen, many.Items["x"]}}}}) {
		if f.Item == "x" {
			got += string(f.Kind) + " "
			if f.Kind == WrongKey && f.Numbers["n"] != 310 {
				t.Errorf("%+v", f)
			}
		}
	}
	if !strings.HasPrefix(got, "wrong_key ") {
		t.Errorf("310 sittings raise %s", got)
	}
}
