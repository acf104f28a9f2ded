package itemstats

import (
	"fmt"
	"math"

	"github.com/apelkota/apel/internal/faults"
)

// spreadOf is the standard deviation of ability on the scale of the model.
func (m *Model) spreadOf() float64 {
	if m.scale > 0 {
		return m.scale
	}
	if m.Kind == Rasch && m.SD != nil {
		return m.SD.Value
	}
	return 1
}

// on gives slope and intercept of an item on the standard normal scale.
func (m *Model) on(it ItemModel) (a, d float64) {
	if m.Kind == TwoPL && it.Slope != nil {
		return it.Slope.Value, it.Intercept
	}
	return m.spreadOf(), it.Intercept
}

// Probability is the chance that somebody of this ability (on the scale of the model) is right on the item.
func (m *Model) Probability(it ItemModel, ability float64) float64 {
	a, d := m.on(it)
	return 1 / (1 + math.Exp(-(a*ability/max(1e-9, m.spreadOf()) + d)))
}

// information is Σ slope²·P·(1-P) over the items (Birnbaum 1968), each counting with the share of people who had it, between -4 and 4 standard deviations of ability.
func (m *Model) information(e *engine) {
	const points = 33
	sd := m.spreadOf()
	for i := range points {
		t := -4 + 8*float64(i)/(points-1)
		sum := 0.0
		for _, it := range m.Items {
			a, d := m.on(it)
			p := 1 / (1 + math.Exp(-(a*t + d)))
			sum += float64(it.N) / e.n * a * a * p * (1 - p)
		}
		if sum <= 0 || sd <= 0 {
			continue
		}
		sum /= sd * sd // from standard scores to the scale of the model
		m.Information = append(m.Information, Info{Ability: t * sd, Information: sum, SE: 1 / math.Sqrt(sum)})
	}
}

// Score is what a raw score says about ability: its expectation and spread given the score (EAP; Thissen, Pommerich, Billeaud & Williams 1995, Applied Psychological Measurement 19, 39-49).
type Score struct {
	Raw     int     `json:"raw"`
	Ability float64 `json:"ability"` // on the scale of the model
	SE      float64 `json:"se"`      // posterior standard deviation
	Share   float64 `json:"share"`   // share of people expected at this raw score, 0..1
}

// Scores is the table of raw scores 0..n of a form of these items. Invalid when the model does not know one of them or none is named.
func (m *Model) Scores(items []string) ([]Score, error) {
	p, err := m.form(items)
	if err != nil {
		return nil, err
	}
	sd := m.spreadOf()
	var out []Score
	for raw, at := range sumScores(curves(p), -1) {
		w, t, tt := 0.0, 0.0, 0.0
		for q := range nodes {
			v := density[q] * at[q]
			w, t, tt = w+v, t+v*grid[q], tt+v*grid[q]*grid[q]
		}
		if w <= 0 {
			continue
		}
		mean := t / w
		out = append(out, Score{Raw: raw, Ability: sd * mean, SE: sd * math.Sqrt(max(0, tt/w-mean*mean)), Share: w})
	}
	return out, nil
}

// form are the parameters of these items.
func (m *Model) form(items []string) (p params, err error) {
	by := map[string]ItemModel{}
	for _, it := range m.Items {
		by[it.ID] = it
	}
	for _, id := range items {
		it, ok := by[id]
		if !ok {
			return p, faults.Newf(faults.Invalid, "Soal %q tidak ada dalam model.", "Item %q is not part of the model.", id)
		}
		a, d := m.on(it)
		p.a, p.d = append(p.a, a), append(p.d, d)
	}
	if len(items) == 0 {
		return p, faults.New(faults.Invalid, "Sebutkan soal-soal pada lembar.", "Name the items of the form.")
	}
	return p, nil
}

// Pass says where the pass mark of a form lies: the ability at which a share (0..1) of the form is expected, with the precision of the form there. A pass is only as sure as this standard error is small.
// Invalid as Scores, and for shares that no ability within six spreads is expected to reach.
func (m *Model) Pass(items []string, share float64) (Info, error) {
	p, err := m.form(items)
	if err != nil {
		return Info{}, err
	}
	at := func(t float64) (expected, information float64) {
		for j := range p.a {
			v := 1 / (1 + math.Exp(-(p.a[j]*t + p.d[j])))
			expected += v / float64(len(p.a))
			information += p.a[j] * p.a[j] * v * (1 - v)
		}
		return expected, information
	}
	low, _ := at(-nodeEdge)
	high, _ := at(nodeEdge)
	sd := m.spreadOf()
	if !(low < share && share < high) || sd <= 0 {
		return Info{}, faults.New(faults.Invalid, "Batas lulus ini di luar jangkauan model.", "This pass mark is out of the model's range.")
	}
	t := bisect(-nodeEdge, nodeEdge, func(t float64) bool { e, _ := at(t); return e < share })
	_, information := at(t)
	information /= sd * sd
	return Info{Ability: sd * t, Information: information, SE: 1 / math.Sqrt(information)}, nil
}

// Flags names the items whose answers do not follow the model. With S-X²: p below .05 divided by the items and shares right that lie 5 points or more off (with many people any model is rejected, so the
// size counts, too). Without it, on drawn forms: infit above 1 by more than chance for the worst of so many items, and above 1.05.
func (m *Model) Flags(about map[string]About) []Flag {
	const points, noisy = 5.0, 1.05
	var out []Flag
	k := float64(len(m.Items))
	for _, it := range m.Items {
		name := about[it.ID].Name
		if name == "" {
			name = it.ID
		}
		switch x := it.SX2; {
		case x != nil && x.P < 0.05/k && 100*x.RMS >= points:
			out = append(out, flag(Misfit, it.ID, "", numbers{"n": float64(it.N), "x2": x.X2, "df": float64(x.DF), "p": x.P, "rms": 100 * x.RMS},
				fmt.Sprintf("Jawaban pada soal %s tidak mengikuti model: bagian yang benar menyimpang sekitar %s poin dari perkiraan menurut nilai (S-X² %s, derajat bebas %d, %d percobaan).", name, id1(100*x.RMS), id1(x.X2), x.DF, it.N),
				fmt.Sprintf("Answers to item %s do not follow the model: shares right lie about %s points off what raw scores predict (S-X² %s, %d degrees of freedom, %d attempts).", name, en1(100*x.RMS), en1(x.X2), x.DF, it.N)))
		case x == nil && it.Infit != nil && it.Infit.Value > noisy && it.Infit.Value-normalQuantile(1-0.025/k)*it.Infit.SE() > 1:
			v := it.Infit
			out = append(out, flag(Misfit, it.ID, "", numbers{"n": float64(it.N), "infit": v.Value, "low": v.Low, "high": v.High},
				fmt.Sprintf("Jawaban pada soal %s lebih acak daripada perkiraan model: penyimpangannya %s%% lebih besar (rentang %s sampai %s, %d percobaan).", name, id1(100*v.Value-100), id1(100*v.Low-100), id1(100*v.High-100), it.N),
				fmt.Sprintf("Answers to item %s are noisier than the model expects: deviations are %s%% larger (interval %s to %s, %d attempts).", name, en1(100*v.Value-100), en1(100*v.Low-100), en1(100*v.High-100), it.N)))
		}
	}
	return out
}
