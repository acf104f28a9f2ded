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

// lsat6 is section 6 of the Law School Admission Test, five items, 1,000 people, by answer pattern (Bock & Lieberman 1970, Psychometrika 35, 179-197): the example every program for these models is held to.
var lsat6 = [32]int64{3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298}

func lsat(t testing.TB) *Matrix {
	t.Helper()
	m, err := NewMatrix([]string{"1", "2", "3", "4", "5"})
	if err != nil {
		t.Fatal(err)
	}
	for p, n := range lsat6 {
		if err := m.AddPattern(fmt.Sprintf("%05b", p), n); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// Two-parameter estimates as Bock & Aitkin (1981) and every later program report them (slopes .826 .723 .891 .689 .657; R package ltm: difficulties, standard errors, log-likelihood -2466.653).
func TestLSAT6TwoPL(t *testing.T) {
	m, err := FitTwoPL(lsat(t))
	if err != nil {
		t.Fatal(err)
	}
	if !m.Converged {
		t.Errorf("no end after %d steps", m.Steps)
	}
	near(t, "log-likelihood", m.LogLik, -2466.653, .002)
	near(t, "AIC", m.AIC, 4953.307, .005)
	near(t, "BIC", m.BIC, 5002.384, .005)
	b, a := []float64{-3.3597, -1.3696, -.2799, -1.8659, -3.1236}, []float64{.8254, .7229, .8905, .6886, .6575}
	seB, seA := []float64{.8669, .3073, .0997, .4341, .8700}, []float64{.2581, .1867, .2326, .1852, .2100}
	for i, it := range m.Items {
		near(t, it.ID+" slope", it.Slope.Value, a[i], .002)
		near(t, it.ID+" difficulty", it.Difficulty.Value, b[i], .008)
		near(t, it.ID+" se of slope", it.Slope.SE(), seA[i], .01*seA[i])
		near(t, it.ID+" se of difficulty", it.Difficulty.SE(), seB[i], .01*seB[i])
	}
	if m.SD != nil {
		t.Error("the spread of a 2PL is its unit")
	}
}

// Rasch with a free spread: common slope .755, difficulties over it -3.615 -1.322 -.318 -1.730 -2.780, log-likelihood -2466.938, standard error of the slope .0694 (ltm); in logits 2.731 .999 .240 1.307 2.100 and variance .57 (mirt).
func TestLSAT6Rasch(t *testing.T) {
	m, err := FitRasch(lsat(t))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", m.LogLik, -2466.938, .002)
	near(t, "spread", m.SD.Value, .755, .001)
	near(t, "se of the spread", m.SD.SE(), .0694, .0005)
	b := []float64{-2.731, -.999, -.240, -1.307, -2.100}
	for i, it := range m.Items {
		near(t, it.ID+" difficulty", it.Difficulty.Value, b[i], .002)
		near(t, it.ID+" difficulty in spreads", it.Difficulty.Value/m.SD.Value, []float64{-3.615, -1.322, -.318, -1.730, -2.780}[i], .005)
		if it.Slope != nil || it.Infit == nil || it.SX2 == nil {
			t.Errorf("%+v", it)
		}
		if it.Infit.Low > 1 || it.Infit.High < 1 || it.SX2.P < .01 {
			t.Errorf("%s does not fit: infit %+v, S-X² %+v", it.ID, it.Infit, it.SX2)
		}
	}
}

// The extreme raw scores are single patterns, so their expected abilities can be integrated plainly, and the people expected there are published with ltm: 2.277 and 296.693 of 1,000.
func TestAbilitiesOfRawScores(t *testing.T) {
	m, err := FitTwoPL(lsat(t))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var read Model
	if err := json.Unmarshal(b, &read); err != nil {
		t.Fatal(err)
	}
	s, err := read.Scores([]string{"1", "2", "3", "4", "5"})
	if err != nil {
		t.Fatal(err)
	}
	plainly := func(m *Model, s []Score, sd float64) {
		for raw, right := range map[int]bool{0: false, 5: true} {
			w, mean, square := 0.0, 0.0, 0.0
			for i := -40000; i <= 40000; i++ {
				theta := sd * float64(i) / 5000
				v := math.Exp(-theta * theta / 2 / sd / sd)
				for _, it := range m.Items {
					slope := 1.0
					if it.Slope != nil {
						slope = it.Slope.Value
					}
					p := logistic(slope * (theta - it.Difficulty.Value))
					if !right {
						p = 1 - p
					}
					v *= p
				}
				w, mean, square = w+v, mean+v*theta, square+v*theta*theta
			}
			mean /= w
			near(t, "ability", s[raw].Ability, mean, 1e-5)
			near(t, "its se", s[raw].SE, math.Sqrt(square/w-mean*mean), 1e-5)
		}
	}
	plainly(m, s, 1)
	near(t, "people at 5", 1000*s[5].Share, 296.693, .15)
	near(t, "people at 0", 1000*s[0].Share, 2.277, .02)
	sum := 0.0
	for i, x := range s {
		sum += x.Share
		if i > 0 && x.Ability <= s[i-1].Ability {
			t.Errorf("ability falls at %d", i)
		}
	}
	near(t, "all scores", sum, 1, 1e-12)
	if _, err := m.Scores([]string{"1", "9"}); !errors.Is(err, faults.Invalid) {
		t.Errorf("an unknown item: %v", err)
	}
	if _, err := m.Scores(nil); !errors.Is(err, faults.Invalid) {
		t.Errorf("no item: %v", err)
	}
	rasch, err := FitRasch(lsat(t))
	if err != nil {
		t.Fatal(err)
	}
	all, err := rasch.Scores([]string{"5", "4", "3", "2", "1"})
	if err != nil {
		t.Fatal(err)
	}
	plainly(rasch, all, rasch.SD.Value)
	b, _ = json.Marshal(rasch)
	var back Model
	_ = json.Unmarshal(b, &back)
	one, _ := rasch.Scores([]string{"2", "3"})
	two, err := back.Scores([]string{"2", "3"})
	if err != nil || fmt.Sprint(one) != fmt.Sprint(two) {
		t.Errorf("after storing: %v, before %v (%v)", two, one, err)
	}
	near(t, "the middle of a curve", back.Probability(back.Items[1], back.Items[1].Difficulty.Value), .5, 1e-9)
}

// Ten items of difficulty 0 and slope 1: half of the form is expected at ability 0, logit(.8) gives four fifths, where the information is 10·.8·.2.
func TestPassMark(t *testing.T) {
	m := &Model{Kind: Rasch, SD: &Value{Value: 2}}
	var items []string
	for i := range 10 {
		id := fmt.Sprint(i)
		items = append(items, id)
		m.Items = append(m.Items, ItemModel{ID: id})
	}
	for share, want := range map[float64]float64{.5: 0, .8: math.Log(4), .3: math.Log(3. / 7)} {
		p, err := m.Pass(items, share)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "ability at the pass mark", p.Ability, want, 1e-9)
		near(t, "se there", p.SE, 1/math.Sqrt(10*share*(1-share)), 1e-9)
	}
	for _, bad := range []float64{0, 1, 1.2, math.NaN()} {
		if _, err := m.Pass(items, bad); !errors.Is(err, faults.Invalid) {
			t.Errorf("a pass mark of %g: %v", bad, err)
		}
	}
	if _, err := m.Pass([]string{"x"}, .5); !errors.Is(err, faults.Invalid) {
		t.Error(err)
	}
}

// responses simulates right and wrong; form < len(a) draws items.
func responses(t testing.TB, r *rand.Rand, people int, a, b []float64, sd float64, form int) *Matrix {
	t.Helper()
	names := make([]string, len(a))
	for i := range names {
		names[i] = fmt.Sprintf("i%d", i)
	}
	m, err := NewMatrix(names)
	if err != nil {
		t.Fatal(err)
	}
	for range people {
		theta := sd * r.NormFloat64()
		row := []byte(strings.Repeat("-", len(a)))
		for _, i := range r.Perm(len(a))[:form] {
			row[i] = '0'
			if r.Float64() < logistic(a[i]*(theta-b[i])) {
				row[i] = '1'
			}
		}
		if err := m.AddPattern(string(row), 1); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func spreadParams(k int, r *rand.Rand, vary bool) (a, b []float64) {
	for i := range k {
		s := 1.0
		if vary {
			s = .6 + 1.4*r.Float64()
		}
		a, b = append(a, s), append(b, -2+4*float64(i)/float64(k-1))
	}
	return a, b
}

// Simulated parameters come back: as near as their standard errors say (the z of estimate and truth has mean square about 1), all items and drawn ones.
func TestParametersAreRecovered(t *testing.T) {
	r := rand.New(rand.NewPCG(101, 102))
	for _, c := range []struct {
		name         string
		kind         ModelKind
		people, k, n int
		sd           float64
	}{{"rasch", Rasch, 500, 20, 20, 1.3}, {"rasch, fewest", Rasch, 100, 15, 15, 1}, {"rasch, drawn", Rasch, 1500, 40, 12, .8}, {"2pl", TwoPL, 2000, 20, 20, 1}, {"2pl, drawn", TwoPL, 4000, 30, 15, 1}, {"2pl, many people", TwoPL, 6000, 12, 12, 1}} {
		t.Run(c.name, func(t *testing.T) {
			a, b := spreadParams(c.k, r, c.kind == TwoPL)
			data := responses(t, r, c.people, a, b, c.sd, c.n)
			fit := FitRasch
			if c.kind == TwoPL {
				fit = FitTwoPL
			}
			m, err := fit(data)
			if err != nil || !m.Converged || len(m.Items) != c.k {
				t.Fatalf("%v: %+v", err, m)
			}
			zz, fits, outfits := 0.0, 0, 0
			for i, it := range m.Items {
				z := (it.Difficulty.Value - b[i]) / it.Difficulty.SE()
				zz += z * z
				if math.Abs(z) > 4.5 {
					t.Errorf("%s: difficulty %.3f ± %.3f, true %.3f", it.ID, it.Difficulty.Value, it.Difficulty.SE(), b[i])
				}
				if it.Slope != nil {
					if z := (it.Slope.Value - a[i]) / it.Slope.SE(); math.Abs(z) > 4 {
						t.Errorf("%s: slope %.3f ± %.3f, true %.3f", it.ID, it.Slope.Value, it.Slope.SE(), a[i])
					}
				}
				if it.Infit.Low <= 1 && 1 <= it.Infit.High {
					fits++
				}
				if it.Outfit.Low <= 1 && 1 <= it.Outfit.High {
					outfits++
				}
				if (it.SX2 != nil) != (c.n == c.k) {
					t.Errorf("%s: S-X² %v", it.ID, it.SX2)
				}
				if it.SX2 != nil && it.SX2.P < 1e-4 {
					t.Errorf("%s: S-X² %+v", it.ID, it.SX2)
				}
			}
			if ms := zz / float64(c.k); ms > 2.2 || ms < .2 {
				t.Errorf("mean square of the difficulties' z is %.2f", ms)
			}
			if fits < c.k*8/10 || outfits < c.k*7/10 {
				t.Errorf("of %d items infit holds 1 for %d, outfit for %d", c.k, fits, outfits)
			}
			if f := m.Flags(nil); len(f) > 0 {
				t.Errorf("fitting items are flagged: %+v", f)
			}
			if c.kind == Rasch && (m.SD.Low > c.sd || m.SD.High < c.sd) {
				t.Errorf("spread %+v, true %g", m.SD, c.sd)
			}
			top := 0.0
			for _, p := range m.Information {
				top = max(top, p.Information)
			}
			want := 0.0
			for i := range a {
				p := logistic(a[i] * (0 - b[i]))
				want += a[i] * a[i] * p * (1 - p) * float64(c.n) / float64(c.k)
			}
			near(t, "information at the middle", m.Information[16].Information, want, .15*want)
			if top < want*.9 || *m.Reliability <= 0 || *m.Reliability >= 1 {
				t.Errorf("information up to %.2f, reliability %.2f", top, *m.Reliability)
			}
		})
	}
}

// An item of pure noise and an item keyed the wrong way do not fit a Rasch model and show it; the 2PL gives them flat and falling curves.
func TestMisfitIsSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(111, 112))
	a, b := spreadParams(15, r, false)
	a[4], a[9] = 0, -1
	data := responses(t, r, 1500, a, b, 1.2, 15)
	m, err := FitRasch(data)
	if err != nil {
		t.Fatal(err)
	}
	for i, it := range m.Items {
		odd := i == 4 || i == 9
		if odd != (it.SX2.P < .05/15 && it.SX2.RMS > .1) { // two bad items disturb the others a little
			t.Errorf("%s: S-X² %+v", it.ID, it.SX2)
		}
		if odd && (it.Infit.Low < 1.02 || it.Outfit.Low < 1.02) {
			t.Errorf("%s: infit %+v, outfit %+v", it.ID, it.Infit, it.Outfit)
		}
	}
	drawn, err := FitRasch(responses(t, r, 3000, a, b, 1.2, 10))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*Model{m, drawn} {
		worst := map[string]bool{}
		for _, f := range m.Flags(map[string]About{"i4": {Name: "104-B05"}}) {
			worst[f.Item] = true
			if f.Kind != Misfit || f.Text.ID == "" || strings.Contains(f.Text.ID+f.Text.EN, "%!") || f.Item == "i4" && !strings.Contains(f.Text.ID, "104-B05") {
				t.Errorf("%+v", f)
			}
		}
		if !worst["i4"] || !worst["i9"] {
			t.Errorf("flagged are %v", worst)
		}
	}
	m, err = FitTwoPL(data)
	if err != nil {
		t.Fatal(err)
	}
	if f := m.Flags(nil); len(f) > 0 {
		t.Errorf("the 2PL fits and is flagged: %+v", f)
	}
	if s := m.Items[4].Slope; s.Low > 0 || s.High < 0 || m.Items[4].Difficulty != nil && m.Items[4].Difficulty.Warning == Fine {
		t.Errorf("noise: %+v, difficulty %+v", s, m.Items[4].Difficulty)
	}
	if s := m.Items[9].Slope; s.High > 0 {
		t.Errorf("wrong way: %+v", s)
	}
}

// S-X² must be a chi-square when the model holds: its p is below .05 about 5 times in 100.
func TestItemFitHoldsItsLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(121, 122))
	low, all := 0, 0
	for range 25 {
		a, b := spreadParams(12, r, false)
		m, err := FitRasch(responses(t, r, 600, a, b, 1, 12))
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range m.Items {
			all++
			if it.SX2.P < .05 {
				low++
			}
		}
	}
	if share := float64(low) / float64(all); share < .02 || share > .09 {
		t.Errorf("%.1f%% of %d fitting items are rejected at 5%%", 100*share, all)
	}
}

func TestModelsRefuseTooLittle(t *testing.T) {
	r := rand.New(rand.NewPCG(131, 132))
	a, b := spreadParams(5, r, false)
	if _, err := FitRasch(responses(t, r, 99, a, b, 1, 5)); !errors.Is(err, faults.Invalid) {
		t.Errorf("99 people: %v", err)
	}
	if _, err := FitTwoPL(responses(t, r, 499, a, b, 1, 5)); !errors.Is(err, faults.Invalid) {
		t.Errorf("499 people: %v", err)
	}
	m, _ := NewMatrix([]string{"x", "y", "z", "few"})
	for i := range 200 {
		p := fmt.Sprintf("1%d%d-", i%2, i/2%2)
		if i < 20 {
			p = p[:3] + "1"
		}
		if err := m.AddPattern(p, 1); err != nil {
			t.Fatal(err)
		}
	}
	f, err := FitRasch(m)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Items) != 2 || fmt.Sprint(f.Dropped) != "[{x constant 200} {few few 20}]" {
		t.Errorf("items %+v, dropped %v", f.Items, f.Dropped)
	}
	if _, err := json.Marshal(f); err != nil { // two unrelated items: no spread of ability, and no NaN
		t.Error(err)
	}
	one, _ := NewMatrix([]string{"x", "y"})
	_ = one.AddPattern("1-", 100)
	_ = one.AddPattern("0-", 100)
	if _, err := FitRasch(one); !errors.Is(err, faults.Invalid) {
		t.Errorf("one item: %v", err)
	}
}

// The same answers in another order give the same model, bit for bit.
func TestModelDoesNotDependOnOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(141, 142))
	a, b := spreadParams(8, r, true)
	data := responses(t, r, 700, a, b, 1, 6)
	want, err := FitTwoPL(data)
	if err != nil {
		t.Fatal(err)
	}
	one, two := responses(t, r, 0, a, b, 1, 6), responses(t, r, 0, a, b, 1, 6)
	for _, i := range r.Perm(len(data.count)) {
		m := one
		if r.IntN(2) == 0 {
			m = two
		}
		if err := m.put(data.rows[2*i:2*i+2], data.count[i]); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := two.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var read Matrix
	if err := read.UnmarshalBinary(raw); err != nil {
		t.Fatal(err)
	}
	if err := one.Merge(&read); err != nil {
		t.Fatal(err)
	}
	got, err := FitTwoPL(one)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(want)
	y, _ := json.Marshal(got)
	if string(x) != string(y) {
		t.Errorf("%s\n%s", x, y)
	}
	for cut := range raw {
		if read.UnmarshalBinary(raw[:cut]) == nil {
			t.Fatalf("half a matrix of %d bytes was read", cut)
		}
	}
	raw[len(raw)-8*len(two.count)-15] |= 1 // right on a ninth item of eight
	if read.UnmarshalBinary(raw) == nil {
		t.Error("a damaged matrix was read")
	}
}

func TestMatrixReadsSittings(t *testing.T) {
	m, _ := NewMatrix([]string{"a", "b", "c"})
	for _, s := range []Sitting{
		{{Item: "a", Mark: unit, Max: unit}, {Item: "b", Mark: unit / 2, Max: unit}, {Item: "other", Mark: unit, Max: unit}},
		{{Item: "b", Mark: unit/2 - 1, Max: unit}, {Item: "c", Max: unit, Blank: true}},
		{{Item: "other", Mark: unit, Max: unit}},
	} {
		if err := m.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if err := m.AddPattern("11-", 2); err != nil {
			t.Fatal(err)
		}
	}
	if p := m.over([]int{0, 1}); p.len() != 2 || p.n != 8 || len(p.sets) != 3 { // 11 seven times, -0 once
		t.Errorf("%d patterns of %g people, sets %v", p.len(), p.n, p.sets)
	}
	seen, right := m.tallies()
	if fmt.Sprint(seen, right, m.N()) != "[7 8 1] [7 7 0] 8" {
		t.Error(seen, right, m.N())
	}
	for _, bad := range []string{"", "11", "1111", "12-"} {
		if m.AddPattern(bad, 1) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
