package itemstats

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/faults"
)

// honest simulates an exam of people who work alone. The weaker somebody is, the more they fall for option b, as people do.
func honest(r *rand.Rand, people, pool, form int) []Taker {
	out := make([]Taker, people)
	for p := range out {
		theta := r.NormFloat64()
		out[p].ID = fmt.Sprintf("t%d", p)
		for _, i := range r.Perm(pool)[:form] {
			b := -.5 + 2*float64(i)/float64(pool)
			m := Mark{Item: fmt.Sprintf("i%d", i), Max: unit}
			switch u := r.Float64(); {
			case r.Float64() < .02:
				m.Blank = true
			case r.Float64() < logistic(theta-b):
				m.Mark, m.Options = unit, []string{"a"}
			case u < .35+.3*logistic(-theta):
				m.Options = []string{"b"}
			case u < .8:
				m.Options = []string{"c"}
			default:
				m.Options = []string{"d"}
			}
			out[p].Sitting = append(out[p].Sitting, m)
		}
	}
	return out
}

// copyFrom lets b take over a share of a's answers on their common items.
func copyFrom(r *rand.Rand, a, b *Taker, share float64) {
	by := map[string]Mark{}
	for _, m := range a.Sitting {
		by[m.Item] = m
	}
	for i, m := range b.Sitting {
		if from, ok := by[m.Item]; ok && r.Float64() < share {
			b.Sitting[i] = from
		}
	}
}

func wrongs(t Taker) int {
	n := 0
	for _, m := range t.Sitting {
		if m.Mark == 0 && !m.Blank {
			n++
		}
	}
	return n
}

// Honest exams: over 60 exams with one alarm allowed per exam on average, there are no more than that (and not none, or the cut would be useless).
func TestHonestTakersAreLeftAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(161, 162))
	named, z, sd := int64(0), 0.0, 0.0
	const exams = 60
	for e := range exams {
		pool := 40
		if e%3 == 2 {
			pool = 60 // drawn forms
		}
		s, err := Compare(honest(r, 200, pool, 40), SimilarityOptions{Alarms: 1})
		if err != nil {
			t.Fatal(err)
		}
		named += s.Named
		z += s.MeanZ / exams
		sd += s.SDZ / exams
		if s.Warning != Fine {
			t.Errorf("exam %d: %s, mean z %.3f, sd %.3f", e, s.Warning, s.MeanZ, s.SDZ)
		}
	}
	if named > exams*13/10 || named < exams/10 {
		t.Errorf("%d pairs were named in %d honest exams", named, exams)
	}
	if math.Abs(z) > .08 || math.Abs(sd-1) > .05 {
		t.Errorf("z has mean %.3f and spread %.3f", z, sd)
	}
}

// Somebody who copies nine of ten answers of a weak neighbour is found, with the items to look at; the strong are copied unseen, since right answers accuse nobody.
func TestCopiersAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(171, 172))
	found, weak, foundWeak, others := 0, 0, 0, int64(0)
	for range 25 {
		takers := honest(r, 300, 40, 40)
		copyFrom(r, &takers[10], &takers[200], .9)
		s, err := Compare(takers, SimilarityOptions{})
		if err != nil {
			t.Fatal(err)
		}
		hit := false
		for _, l := range s.List {
			if l.A == "t10" && l.B == "t200" {
				hit = true
				if l.Same != len(l.Items) || l.Same > l.BothWrong || l.BothWrong > l.Common || l.Common != 40 || l.P > s.Cut || math.Abs(l.Chance-l.P*44850) > 1e-9 {
					t.Errorf("%+v", l)
				}
			}
		}
		others += s.Named
		if hit {
			others--
			found++
		}
		if wrongs(takers[10]) >= 20 {
			weak++
			if hit {
				foundWeak++
			}
		}
	}
	if weak < 8 || foundWeak < weak-1 || others > 6 {
		t.Errorf("%d of %d copiers of a weak source found, %d of 25 in all, %d honest pairs named", foundWeak, weak, found, others)
	}
}

// By hand: items with agreement .5, .25 and .2; two or more of three: .5·.25·.8 + .5·.75·.2 + .5·.25·.2 + .5·.25·.2 = .1 + .075 + .025 + .025.
func TestTailByHand(t *testing.T) {
	c := []float64{.5, .25, .2}
	for k, want := range []float64{1, 1 - .5*.75*.8, .225, .025, 0} {
		near(t, fmt.Sprint("tail from ", k), tossesTail(c, k), want, 1e-15)
	}
	same := make([]float64, 30)
	for i := range same {
		same[i] = .3
	}
	near(t, "a tiny tail keeps its digits", tossesTail(same, 30)/math.Pow(.3, 30), 1, 1e-9)
	r := rand.New(rand.NewPCG(181, 182))
	for range 5000 { // what Compare leaves out: less than two standard deviations above expectation is never rare
		e, v, c := 0.0, 0.0, make([]float64, 1+r.IntN(60))
		for i := range c {
			c[i] = math.Pow(r.Float64(), []float64{.1, 1, 4}[r.IntN(3)])
			e, v = e+c[i], v+c[i]*(1-c[i])
		}
		k := r.IntN(len(c) + 1)
		if p := tossesTail(c, k); float64(k)-e < 2*math.Sqrt(v) && p < .005 {
			t.Fatalf("%d of %v is left out with p %g", k, c, p)
		}
	}
}

// Fifteen takers by hand: on each of two items five are right, six take b, four c. Shares (6.5, 4.5)/11; with one group they are drawn to themselves: (6 + 10·6.5/11)/20 and (4 + 10·4.5/11)/20.
func TestExpectationByHand(t *testing.T) {
	var takers []Taker
	for i := range 15 {
		m := Mark{Max: unit, Options: []string{"c"}}
		if i < 11 {
			m.Options = []string{"b"}
		}
		if i < 5 {
			m.Mark, m.Options = unit, []string{"a"}
		}
		x, y := m, m
		x.Item, y.Item = "x", "y"
		takers = append(takers, Taker{ID: fmt.Sprintf("t%02d", i), Sitting: Sitting{x, y}})
	}
	s, err := newSheets(takers, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, c := (6+65./11)/20, (4+45./11)/20
	near(t, "agreement", s.agree[0][0], b*b+c*c, 1e-12)
	both, same, e, v := s.pair(5, 11)
	if both != 2 || same != 0 {
		t.Errorf("both %d, same %d", both, same)
	}
	near(t, "expected", e, 2*(b*b+c*c), 1e-12)
	near(t, "variance", v, 2*(b*b+c*c)*(1-b*b-c*c), 1e-12)
	if _, same, _, _ := s.pair(5, 6); same != 2 {
		t.Errorf("same %d", same)
	}
	// Earlier takers: 100 chose d, which nobody chose today: b and c become rarer.
	s, err = newSheets(takers, map[string]map[string]int64{"x": {"d": 100}})
	if err != nil {
		t.Fatal(err)
	}
	b, c = (6+65./111)/20, (4+45./111)/20
	near(t, "agreement with history", s.agree[0][0], b*b+c*c, 1e-12)
}

// Weak and strong people fall for different options: two weak ones agree often, a weak and a strong one hardly ever.
func TestExpectationKnowsAbility(t *testing.T) {
	var takers []Taker
	for i := range 300 {
		s := Sitting{{Item: "x", Max: unit, Options: []string{"b"}}, {Item: "y", Max: unit}}
		if i >= 150 {
			s[0].Options, s[1].Mark = []string{"c"}, unit
		}
		takers = append(takers, Taker{ID: fmt.Sprintf("t%03d", i), Sitting: s})
	}
	s, err := newSheets(takers, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := func(a, b int) float64 { _, _, e, _ := s.pair(a, b); return e }
	b, c := (100+5.0)/110, 5.0/110 // the lowest third all took b, the highest all c, drawn to one half by ten answers
	near(t, "two weak", at(0, 1), b*b+c*c, 1e-12)
	near(t, "weak and strong", at(0, 299), 2*b*c, 1e-12)
	near(t, "two strong", at(298, 299), b*b+c*c, 1e-12)
}

func TestComparisonSaysWhatItRestsOn(t *testing.T) {
	r := rand.New(rand.NewPCG(191, 192))
	takers := honest(r, 120, 40, 40)
	copyFrom(r, &takers[0], &takers[1], 1)
	for i, m := range takers[0].Sitting { // nothing but wrong answers
		m.Mark, m.Blank, m.Options = 0, false, []string{string("bcd"[r.IntN(3)])}
		takers[0].Sitting[i], takers[1].Sitting[i] = m, m
	}
	s, err := Compare(takers, SimilarityOptions{})
	if err != nil || len(s.List) == 0 || s.List[0].Same != 40 {
		t.Fatalf("%v: %+v", err, s)
	}
	if s.Pairs != 120*119/2 || s.Expected != .1 || math.Abs(s.Cut*float64(s.Pairs)-.1) > 1e-12 {
		t.Errorf("%+v", s)
	}
	for _, want := range []string{"7.140 pasangan", "1 dari 10 ujian", "bukan bukti"} {
		if !strings.Contains(s.Texts[0].ID+s.Texts[1].ID, want) {
			t.Errorf("the texts lack %q: %v", want, s.Texts)
		}
	}
	if !strings.Contains(s.List[0].Text.ID, "kurang dari 1 dari sejuta ujian") || !strings.Contains(s.List[0].Text.EN, "same wrong answer on 40") {
		t.Errorf("%v", s.List[0].Text)
	}
	want, _ := json.Marshal(s)
	r.Shuffle(len(takers), func(i, j int) { takers[i], takers[j] = takers[j], takers[i] })
	s, err = Compare(takers, SimilarityOptions{})
	if got, _ := json.Marshal(s); err != nil || string(got) != string(want) {
		t.Errorf("in another order: %s\n%s", got, want)
	}
	if s, err := Compare(takers, SimilarityOptions{Alarms: 10, Most: 1}); err != nil || len(s.List) != 1 || s.Named < 1 {
		t.Errorf("%v %+v", err, s)
	}
	few, err := Compare(takers[:5], SimilarityOptions{})
	if err != nil || few.Warning != Few {
		t.Errorf("%v %+v", err, few)
	}
	for _, bad := range [][]Taker{{{ID: ""}}, {takers[0], takers[0]}, {{ID: "x"}}} {
		if _, err := Compare(bad, SimilarityOptions{}); !errors.Is(err, faults.Invalid) {
			t.Errorf("%v", err)
		}
	}
	if _, err := Compare(nil, SimilarityOptions{Alarms: 11}); !errors.Is(err, faults.Invalid) {
		t.Errorf("%v", err)
	}
	none, err := Compare(nil, SimilarityOptions{})
	if err != nil || len(none.Texts) != 1 {
		t.Errorf("%v %+v", err, none)
	}
}

// A class that was all taught the same mistake errs alike without copying: the spread of z says that the expectation does not hold.
func TestSharedMistakesAreNotTakenForCopying(t *testing.T) {
	r := rand.New(rand.NewPCG(201, 202))
	takers := honest(r, 300, 40, 40)
	for i := range takers {
		school := string("bcd"[i%3])
		for j := range takers[i].Sitting {
			if m := &takers[i].Sitting[j]; m.Mark == 0 && !m.Blank && r.Float64() < .5 {
				m.Options = []string{school}
			}
		}
	}
	s, err := Compare(takers, SimilarityOptions{})
	if err != nil || s.Warning != Rough || len(s.Texts) != 3 {
		t.Errorf("%v: warning %q, mean z %.2f, sd %.2f", err, s.Warning, s.MeanZ, s.SDZ)
	}
}

func TestWrongAnswersOfSums(t *testing.T) {
	s := sums(t, Frame{Unit: unit, Max: 2 * unit}, marks("10", "01", "00"))
	got := s.WrongAnswers(map[string]About{"i0": abcd})
	if fmt.Sprint(got) != "map[i0:map[b:2]]" {
		t.Error(got)
	}
}

func BenchmarkSimilarity(b *testing.B) {
	takers := honest(rand.New(rand.NewPCG(3, 3)), 1000, 40, 40)
	for b.Loop() {
		if _, err := Compare(takers, SimilarityOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
