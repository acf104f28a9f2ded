package itemstats

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Taker is one sitting of an exam under the name that the result shall bear (an attempt id).
type Taker struct {
	ID      string
	Sitting Sitting           // an answer is told by its options
	Said    map[string]string // or, by item, what of it was wrong, as one text: the wrong typed answer, the wrong parts together. "": nothing that could be the same
}

// SimilarityOptions say how to compare. The zero value is what an exam wants.
type SimilarityOptions struct {
	Alarms  float64                     // how many pairs of honest takers may be named per exam on average; 0.1 when zero, at most 10
	Most    int                         // most pairs returned; 100 when zero
	History map[string]map[string]int64 // wrong answers of earlier takers by item and answer (Sums.WrongAnswers): steadies the expectation in a small exam
}

// Similarity is the comparison of all pairs of one exam. It shows what a person should look at; it is neither a score nor a proof.
type Similarity struct {
	Takers   int          `json:"takers"`
	Pairs    int64        `json:"pairs"`    // all pairs there are
	Cut      float64      `json:"cut"`      // pairs are named from this p downwards
	Expected float64      `json:"expected"` // pairs of honest takers that the cut names on average, at most: the base rate to weigh the named ones against
	Named    int64        `json:"named"`    // pairs at or below the cut
	List     []LookAlike  `json:"list"`     // the most alike first
	MeanZ    float64      `json:"mean_z"`   // of all pairs; 0 when the expectation fits this exam
	SDZ      float64      `json:"sd_z"`     // of all pairs; 1 when it fits. Well above: people err alike here for other reasons, and Expected is too low
	Warning  Warning      `json:"warning,omitempty"`
	Texts    []texts.Text `json:"texts"` // what the reader must know before the list
}

// LookAlike is a pair whose wrong answers agree more than chance explains.
type LookAlike struct {
	A         string     `json:"a"`
	B         string     `json:"b"`
	Common    int        `json:"common"`     // items both had
	BothWrong int        `json:"both_wrong"` // items both answered wrongly
	Same      int        `json:"same"`       // of these, items with the same wrong answer
	Expect    float64    `json:"expect"`     // same wrong answers expected by chance
	Z         float64    `json:"z"`          // (same - expect) / its standard deviation
	P         float64    `json:"p"`          // chance of as many or more, exact, one-sided
	Chance    float64    `json:"chance"`     // p × pairs: such pairs expected among honest takers of this exam
	Items     []string   `json:"items"`      // with the same wrong answer
	Text      texts.Text `json:"text"`
}

const maxTakers = 20_000

// Compare looks at every pair of takers. Given the items that two people both had wrong, the number of identical wrong answers is compared with what independent takers would show: the chance of agreeing on an
// item is Σ over the wrong answers of (its share among the wrong answers of takers as able as the one) × (the same for the other), and the probability of so many agreements is exact (sum of unequal coin
// tosses), not normal. That is error-similarity analysis (Bellezza & Bellezza 1989, Teaching of Psychology 16, 151-155) with shares by item and ability in the sense of Wesolowsky (2000, Journal of Applied
// Statistics 27, 909-921) and the compound binomial of van der Linden & Sotaridona (2006, Journal of Educational and Behavioral Statistics 31, 283-304). Right answers, blanks and
// how many items both have wrong say nothing here (an answer that earns less than the whole mark is a wrong one): able people agree on right answers, and what was taught badly is wrong for many.
//
// The wrong parts of one item hang together (who swaps two pairs has both wrong), so an item is one event whatever it asks: all its wrong parts are the same, or not. Counting part by part would make
// honest pairs look alike more often than the odds say.
//
// The sitting of a pair is part of the shares it is compared with, so a rare answer counts for less than it might, never for more. Invalid when an id stands twice or is empty, a
// sitting cannot be one, or there are more than 20,000 takers. The order of takers does not matter.
func Compare(takers []Taker, o SimilarityOptions) (*Similarity, error) {
	if o.Alarms == 0 {
		o.Alarms = 0.1
	}
	if o.Most == 0 {
		o.Most = 100
	}
	if o.Alarms < 0 || o.Alarms > 10 || o.Most < 0 || len(takers) > maxTakers {
		return nil, faults.Newf(faults.Invalid, "Perbandingan ini menerima paling banyak %d peserta.", "This comparison takes at most %d takers.", maxTakers)
	}
	s, err := newSheets(takers, o.History)
	if err != nil {
		return nil, err
	}
	n := int64(len(takers))
	out := &Similarity{Takers: len(takers), Pairs: n * (n - 1) / 2, List: []LookAlike{}}
	out.Cut = o.Alarms / float64(max(1, out.Pairs))
	var mean, square, judged float64
	for a := range s.rows {
		for b := a + 1; b < len(s.rows); b++ {
			both, same, e, v := s.pair(a, b)
			if both == 0 {
				continue
			}
			if v > 0 {
				z := (float64(same) - e) / math.Sqrt(v)
				mean += z
				square += z * z
				judged++
			}
			// No sum of independent events lies below two standard deviations with less than a hundredth above it, so the exact chance is worked out for few pairs.
			if v <= 0 || float64(same)-e < 2*math.Sqrt(v) && out.Cut < 1e-3 {
				continue
			}
			if p := s.tail(a, b, same); p <= out.Cut {
				out.Named++
				out.List = append(out.List, s.lookAlike(a, b, same, e, v, p, float64(out.Pairs)))
			}
		}
	}
	if judged == 0 {
		out.Texts = append(out.Texts, texts.T("Tidak ada dua peserta yang salah pada soal yang sama, jadi tidak ada yang dapat dibandingkan.", "No two takers were wrong on the same item, so there is nothing to compare."))
		return out, nil
	}
	out.MeanZ = mean / judged
	out.SDZ = math.Sqrt(max(0, square/judged-out.MeanZ*out.MeanZ))
	slices.SortFunc(out.List, func(x, y LookAlike) int {
		return cmp.Or(cmp.Compare(x.P, y.P), strings.Compare(x.A, y.A), strings.Compare(x.B, y.B))
	})
	out.List = out.List[:min(len(out.List), o.Most)]
	out.Expected = o.Alarms
	out.Warning, out.Texts = s.words(out)
	return out, nil
}

// sheets are the wrong answers of an exam in a form that compares fast.
type sheets struct {
	ids     []string
	items   []string
	rows    []sheet
	agree   [][groupsMost * groupsMost]float64 // [item][group of a × groups + group of b]: chance of the same wrong answer
	groups  int
	history bool
}

type sheet struct {
	seen, wrong []uint64 // bits by item
	answer      []uint16 // by item; 0 is right or nothing to compare
	group       int
}

const groupsMost = 3

func newSheets(takers []Taker, history map[string]map[string]int64) (*sheets, error) {
	s := &sheets{groups: 1, history: len(history) > 0}
	takers = slices.Clone(takers)
	slices.SortFunc(takers, func(a, b Taker) int { return strings.Compare(a.ID, b.ID) })
	index := map[string]int{}
	for i, t := range takers {
		if t.ID == "" || i > 0 && takers[i-1].ID == t.ID {
			return nil, faults.Newf(faults.Invalid, "Percobaan %q tercatat dua kali atau tanpa nama.", "Attempt %q stands there twice or without a name.", t.ID)
		}
		if err := t.Sitting.check(); err != nil {
			return nil, fmt.Errorf("sitting %s: %w", t.ID, err)
		}
		for _, m := range t.Sitting {
			index[m.Item] = 0
		}
	}
	s.items = sortedKeys(index)
	for i, id := range s.items {
		index[id] = i
	}
	if len(takers) >= 150 {
		s.groups = groupsMost
	}
	// Thirds by share of marks.
	order := make([]int, len(takers))
	share := make([]float64, len(takers))
	for i, t := range takers {
		order[i] = i
		earned, full := t.Sitting.total()
		share[i] = float64(earned) / float64(full)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(share[a], share[b]) })

	words := (len(s.items) + 63) / 64
	codes := make([]map[string]uint16, len(s.items))
	for i := range codes {
		codes[i] = map[string]uint16{}
	}
	s.rows = make([]sheet, len(takers))
	for rank, i := range order {
		s.rows[i].group = rank * s.groups / len(takers)
	}
	for i, t := range takers {
		s.ids = append(s.ids, t.ID)
		row := &s.rows[i]
		row.seen, row.wrong, row.answer = make([]uint64, words), make([]uint64, words), make([]uint16, len(s.items))
		for _, m := range t.Sitting {
			j := index[m.Item]
			row.seen[j/64] |= 1 << (j % 64)
			key, told := t.Said[m.Item]
			if !told {
				key = answerKey(m.Options)
			}
			if m.Mark >= m.Max || m.Blank || key == "" {
				continue
			}
			code, ok := codes[j][key]
			if !ok {
				code = uint16(len(codes[j]) + 1)
				codes[j][key] = code
			}
			row.wrong[j/64] |= 1 << (j % 64)
			row.answer[j] = code
		}
	}
	s.expect(codes, history)
	return s, nil
}

func answerKey(options []string) string {
	o := slices.Clone(options)
	slices.Sort(o)
	return strings.Join(o, "\x00")
}

// expect fills the chances of agreeing. Shares are those of all wrong answers to the item, half an answer added to each; those of a third of the takers are drawn towards them by ten answers.
func (s *sheets) expect(codes []map[string]uint16, history map[string]map[string]int64) {
	const draw = 10.0
	s.agree = make([][groupsMost * groupsMost]float64, len(s.items))
	for j, id := range s.items {
		k := len(codes[j])
		all, extra := make([]float64, k), 0.0
		by := make([][]float64, s.groups)
		size := make([]float64, s.groups)
		for g := range by {
			by[g] = make([]float64, k)
		}
		for i := range s.rows {
			if c := s.rows[i].answer[j]; c > 0 {
				all[c-1]++
				by[s.rows[i].group][c-1]++
				size[s.rows[i].group]++
			}
		}
		for answer, n := range history[id] {
			if c := codes[j][answer]; c > 0 {
				all[c-1] += float64(n)
			} else {
				extra += float64(n) // a wrong answer nobody gave today still takes its share
			}
		}
		total := extra
		for c := range all {
			all[c] += 0.5
			total += all[c]
		}
		shares := make([][]float64, s.groups)
		for g := range shares {
			shares[g] = make([]float64, k)
			for c := range k {
				shares[g][c] = (by[g][c] + draw*all[c]/total) / (size[g] + draw)
			}
		}
		for a := range s.groups {
			for b := range s.groups {
				e := 0.0
				for c := range k {
					e += shares[a][c] * shares[b][c]
				}
				s.agree[j][a*groupsMost+b] = e
			}
		}
	}
}

// pair counts the items both had wrong and the same wrong answers, with expectation and variance of the latter.
func (s *sheets) pair(a, b int) (both, same int, e, v float64) {
	ra, rb := &s.rows[a], &s.rows[b]
	g := ra.group*groupsMost + rb.group
	for w, x := range ra.wrong {
		for x &= rb.wrong[w]; x != 0; x &= x - 1 {
			j := w*64 + bits.TrailingZeros64(x)
			p := s.agree[j][g]
			both++
			e += p
			v += p * (1 - p)
			if ra.answer[j] == rb.answer[j] {
				same++
			}
		}
	}
	return both, same, e, v
}

// tail is the exact chance of at least same agreements on the items both had wrong.
func (s *sheets) tail(a, b, same int) float64 {
	ra, rb := &s.rows[a], &s.rows[b]
	var chances []float64
	for w, x := range ra.wrong {
		for x &= rb.wrong[w]; x != 0; x &= x - 1 {
			chances = append(chances, s.agree[w*64+bits.TrailingZeros64(x)][ra.group*groupsMost+rb.group])
		}
	}
	return tossesTail(chances, same)
}

// tossesTail is the chance that at least k of independent events of these chances happen. The terms from k up are added, so that tiny tails keep their digits.
func tossesTail(chances []float64, k int) float64 {
	at := make([]float64, len(chances)+1)
	at[0] = 1
	for n, p := range chances {
		for i := n + 1; i > 0; i-- {
			at[i] = at[i]*(1-p) + at[i-1]*p
		}
		at[0] *= 1 - p
	}
	sum := 0.0
	for i := len(chances); i >= max(0, k); i-- {
		sum += at[i]
	}
	return min(1, sum)
}

func (s *sheets) lookAlike(a, b, same int, e, v, p, pairs float64) LookAlike {
	ra, rb := &s.rows[a], &s.rows[b]
	l := LookAlike{A: s.ids[a], B: s.ids[b], Same: same, Expect: e, P: p, Chance: p * pairs}
	if v > 0 {
		l.Z = (float64(same) - e) / math.Sqrt(v)
	}
	for w := range ra.seen {
		l.Common += bits.OnesCount64(ra.seen[w] & rb.seen[w])
		for x := ra.wrong[w] & rb.wrong[w]; x != 0; x &= x - 1 {
			j := w*64 + bits.TrailingZeros64(x)
			l.BothWrong++
			if ra.answer[j] == rb.answer[j] {
				l.Items = append(l.Items, s.items[j])
			}
		}
	}
	oddsID, oddsEN := odds(l.Chance)
	l.Text = texts.T(
		fmt.Sprintf("Sama-sama salah pada %d soal, dengan jawaban salah yang sama pada %d; kebetulan saja diperkirakan %s. Bila semua peserta bekerja sendiri, pasangan semirip ini muncul kebetulan pada kira-kira %s seukuran ini.", l.BothWrong, same, id1(e), oddsID),
		fmt.Sprintf("Both wrong on %d items, with the same wrong answer on %d; chance alone would give about %s. If everybody worked alone, a pair this alike would turn up by chance in about %s of this size.", l.BothWrong, same, en1(e), oddsEN))
	return l
}

// odds says an expected number of exams as people count: 1 in so many.
func odds(chance float64) (id, en string) {
	n := 1 / max(chance, 1e-9)
	step := math.Pow(10, max(0, math.Floor(math.Log10(n))-1)) // two digits are all it is worth
	v := int64(math.Floor(n/step) * step)
	if v >= 1_000_000 {
		return "kurang dari 1 dari sejuta ujian", "fewer than 1 in a million exams"
	}
	return "1 dari " + texts.Grouped(v, texts.ID) + " ujian", "1 in " + texts.Grouped(v, texts.EN) + " exams"
}

// words is what stands above the list.
func (s *sheets) words(o *Similarity) (Warning, []texts.Text) {
	oddsID, oddsEN := odds(o.Expected)
	out := []texts.Text{
		texts.T(fmt.Sprintf("%s pasangan dari %d peserta dibandingkan; %d pasangan disebut. Batasnya diatur agar pada peserta yang jujur ada pasangan yang tersebut pada kira-kira %s.", texts.Grouped(o.Pairs, texts.ID), o.Takers, o.Named, oddsID),
			fmt.Sprintf("%s pairs of %d takers were compared; %d are named. The cut is set so that among honest takers a pair is named in about %s.", texts.Grouped(o.Pairs, texts.EN), o.Takers, o.Named, oddsEN)),
		texts.T("Kemiripan bukan bukti. Orang yang belajar bersama atau dari catatan keliru yang sama juga salah dengan cara yang sama. Periksa tempat duduk, waktu jawaban, dan tanyakan kepada yang bersangkutan sebelum memutuskan.",
			"Alikeness is no proof. People who studied together, or from the same faulty notes, err alike too. Look at seating and times of answers, and ask the people, before deciding."),
	}
	w := Fine
	switch {
	case len(s.rows) < 30 && !s.history:
		w = Few
		out = append(out, texts.T("Peserta terlalu sedikit untuk tahu jawaban salah mana yang lazim; hampir semua kemiripan akan luput.", "There are too few takers to know which wrong answers are common; almost any alikeness will be missed."))
	case len(s.rows) < 100 && !s.history:
		w = Some
	}
	if o.SDZ > 1.15 || o.MeanZ > 0.25 {
		w = Rough
		out = append(out, texts.T("Pada ujian ini jawaban salah peserta lebih mirip satu sama lain daripada perkiraan, mungkin karena satu bahan keliru dipahami bersama. Peluang di bawah ini terlalu kecil; bacalah dengan hati-hati.",
			"In this exam wrong answers are more alike than expected throughout, perhaps because one lesson was misunderstood by many. The chances below are too small; read them with care."))
	}
	return w, out
}

// WrongAnswers lists how often each wrong answer was given, for SimilarityOptions.History: of items that ask one thing with one answer, typed ones under the name of their option. Of others the sums do not know which went together.
func (s *Sums) WrongAnswers(about map[string]About) map[string]map[string]int64 {
	out := map[string]map[string]int64{}
	for id, it := range s.Items {
		a := about[id]
		if len(a.Questions) != 1 || !a.Questions[0].One && !a.Questions[0].Typed {
			continue
		}
		if t := it.Typed[""]; t != nil {
			out[id] = map[string]int64{}
			for text, row := range t.Rows {
				out[id][TypedID("", text)] = row.N()
			}
		}
		for _, o := range a.Questions[0].Options {
			if c := it.Options[o.ID]; c != nil && o.Share < 1 && !o.Key {
				if out[id] == nil {
					out[id] = map[string]int64{}
				}
				out[id][o.ID] = c.N()
			}
		}
	}
	return out
}
