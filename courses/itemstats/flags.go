package itemstats

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/apelkota/apel/internal/texts"
)

// Kind names what a flag warns of.
type Kind string

// The kinds, the most urgent first.
const (
	WrongKey      Kind = "wrong_key"      // another option behaves like the key
	Against       Kind = "against"        // the better people are, the less they earn on it
	Drifted       Kind = "drifted"        // harder or easier than its last version for equally able people
	TooHard       Kind = "too_hard"       // hardly anybody earns it, or fewer than by guessing
	TooEasy       Kind = "too_easy"       // nearly everybody earns it
	Weak          Kind = "weak"           // tells able and less able people hardly apart
	DeadOption    Kind = "dead_option"    // a wrong option that hardly anybody takes
	SmallN        Kind = "small_n"        // too few sittings to say anything
	UnusedOptions Kind = "unused_options" // no option but the key is taken by enough people
	Misfit        Kind = "misfit"         // answers do not follow the model (Model.Flags)
)

var urgency = []Kind{WrongKey, Against, Drifted, TooHard, TooEasy, Weak, Misfit, UnusedOptions, DeadOption, SmallN}

// Flag is something about an item that a person should look at. It is a hint with its figures, no verdict: every sentence says what was seen and what to check.
type Flag struct {
	Kind    Kind               `json:"kind"`
	Item    string             `json:"item"`
	Option  string             `json:"option,omitempty"`
	Numbers map[string]float64 `json:"numbers"` // what the sentence rests on: n, facility, low, high ...
	Text    texts.Text         `json:"text"`
}

// Thresholds of the flags. An estimate alone raises none: its interval must agree.
const (
	flagN       = 30   // fewer sittings: only SmallN
	easyShare   = 95.0 // percent; and the lower bound above 90
	hardShare   = 20.0 // percent; and the upper bound below 30
	weakBelow   = 20.0 // percent discrimination; the upper bound below it (Ebel & Frisbie 1991: below .20 is poor)
	deadBelow   = 5.0  // percent of takers; the upper bound below it (Haladyna & Downing 1993: a working distractor has 5 %)
	driftPoints = 10.0 // percentage points at equal score (Dorans & Kulick 1986: .10 is noteworthy), and p < .05 divided by the items compared
)

// Flags says in words which items deserve a look. before holds the sums of the last version (or last key) of items, by the id of their present version; it may be nil.
// The result is ordered by urgency, then item; the same input gives the same flags.
func (s *Sums) Flags(about map[string]About, before map[string]*ItemSums) []Flag {
	var out []Flag
	compared := 0
	for id := range s.Items {
		if before[id] != nil && before[id].N() >= flagN && s.Items[id].N() >= flagN {
			compared++
		}
	}
	for _, id := range sortedKeys(s.Items) {
		it := s.Items[id]
		a := about[id]
		if a.Void {
			continue
		}
		if a.Name == "" {
			a.Name = id
		}
		n := it.N()
		if n < flagN {
			out = append(out, flag(SmallN, id, "", numbers{"n": float64(n)},
				fmt.Sprintf("Soal %s baru dikerjakan %d kali. Tunggu sampai %d sebelum menyimpulkan.", a.Name, n, flagN),
				fmt.Sprintf("Item %s was taken only %d times. Wait for %d before concluding anything.", a.Name, n, flagN)))
			continue
		}
		out = append(out, it.keyFlags(id, a)...)
		out = append(out, it.markFlags(id, a, s.item(id, a, 0))...)
		out = append(out, it.deadOptions(id, a)...)
		if b := before[id]; b != nil && b.N() >= flagN {
			out = append(out, it.driftFlag(s.Frame, id, a, b, compared)...)
		}
	}
	slices.SortStableFunc(out, func(a, b Flag) int {
		return slices.Index(urgency, a.Kind) - slices.Index(urgency, b.Kind)
	})
	return out
}

type numbers = map[string]float64

func flag(kind Kind, item, option string, nums numbers, id, en string) Flag {
	return Flag{Kind: kind, Item: item, Option: option, Numbers: nums, Text: texts.T(id, en)}
}

// id1 and en1 write a number with one decimal in Indonesian and English.
func en1(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	if s == "-0.0" {
		return "0.0"
	}
	return s
}
func id1(v float64) string { return strings.ReplaceAll(en1(v), ".", ",") }

func (it *ItemSums) correlationOf(option string) (float64, bool) {
	o := it.Options[option]
	if o == nil {
		return 0, false
	}
	n, c := it.N(), o.N()
	_, _, _, rest := it.sums()
	return correlation(sub(mul(whole(n), whole(o.R)), mul(whole(c), whole(rest))), mul(whole(c), whole(n-c)), it.spread().rr)
}

// keyFlags names the option that behaves like the key: its choosers do better on the rest of the form than average, and better than those who chose the keyed option, by more than chance
// allows even if the best looking of several options was picked.
func (it *ItemSums) keyFlags(id string, a About) []Flag {
	keys := a.keys()
	if !a.Single || len(keys) == 0 {
		return nil
	}
	var best Choice
	bestR, bestLow, bestHigh := 0.0, 0.0, 0.0
	var against Choice
	for _, o := range a.Options {
		if o.Key {
			continue
		}
		r, ok := it.correlationOf(o.ID)
		if !ok || r <= 0 || r <= bestR {
			continue
		}
		// It must beat every option that counts as right.
		low, high := math.Inf(1), math.Inf(1)
		var weakest Choice
		all := true
		for _, k := range keys {
			l, h, ok := it.better(o.ID, k.ID, len(a.Options)-len(keys))
			all = all && ok && l > 0
			if l < low {
				low, high, weakest = l, h, k
			}
		}
		if all {
			best, bestR, bestLow, bestHigh, against = o, r, low, high, weakest
		}
	}
	if best.ID == "" {
		return nil
	}
	rk, _ := it.correlationOf(against.ID)
	n := it.N()
	nums := numbers{"n": float64(n), "option_r": bestR, "key_r": rk, "difference_low": bestLow, "difference_high": bestHigh, "option_n": float64(it.Options[best.ID].N()), "key_n": 0}
	if k := it.Options[against.ID]; k != nil {
		nums["key_n"] = float64(k.N())
	}
	f2 := func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
	comma := func(v float64) string { return strings.ReplaceAll(f2(v), ".", ",") }
	return []Flag{flag(WrongKey, id, best.ID, nums,
		fmt.Sprintf("Kunci soal %s mungkin keliru: pilihan %s dipilih peserta yang nilainya lebih baik (korelasi %s) daripada kunci %s (%s), dari %d percobaan. Periksa kuncinya.",
			a.Name, best.label(), comma(bestR), against.label(), comma(rk), n),
		fmt.Sprintf("The key of item %s may be wrong: option %s is chosen by people with better marks (correlation %s) than key %s (%s), over %d attempts. Check the key.",
			a.Name, best.label(), f2(bestR), against.label(), f2(rk), n))}
}

func (it *ItemSums) markFlags(id string, a About, figures Item) []Flag {
	var out []Flag
	f, n := figures.Facility, it.N()
	nums := numbers{"n": float64(n), "facility": f.Value, "low": f.Low, "high": f.High}
	g := 0.0
	if figures.Guess != nil {
		g = *figures.Guess
		nums["guess"] = g
	}
	switch {
	case f.Value >= easyShare && f.Low > 90:
		out = append(out, flag(TooEasy, id, "", nums,
			fmt.Sprintf("Soal %s terlalu mudah: peserta rata-rata meraih %s%% nilainya (rentang %s–%s, %d percobaan), jadi hampir tidak membedakan siapa pun.", a.Name, id1(f.Value), id1(f.Low), id1(f.High), n),
			fmt.Sprintf("Item %s is too easy: takers earn %s%% of it on average (interval %s–%s, %d attempts), so it tells hardly anybody apart.", a.Name, en1(f.Value), en1(f.Low), en1(f.High), n)))
	case g > 0 && f.High < g:
		out = append(out, flag(TooHard, id, "", nums,
			fmt.Sprintf("Soal %s dijawab lebih buruk daripada menebak: %s%% (rentang %s–%s, %d percobaan), menebak memberi %s%%. Periksa kunci, kalimat, dan materinya.", a.Name, id1(f.Value), id1(f.Low), id1(f.High), n, id1(g)),
			fmt.Sprintf("Item %s is answered worse than by guessing: %s%% (interval %s–%s, %d attempts), guessing earns %s%%. Check key, wording and lesson.", a.Name, en1(f.Value), en1(f.Low), en1(f.High), n, en1(g))))
	case f.Value <= hardShare && f.High < 30:
		out = append(out, flag(TooHard, id, "", nums,
			fmt.Sprintf("Soal %s terlalu sulit: peserta rata-rata hanya meraih %s%% nilainya (rentang %s–%s, %d percobaan). Periksa apakah materinya sudah diajarkan.", a.Name, id1(f.Value), id1(f.Low), id1(f.High), n),
			fmt.Sprintf("Item %s is too hard: takers earn only %s%% of it on average (interval %s–%s, %d attempts). Check whether it has been taught.", a.Name, en1(f.Value), en1(f.Low), en1(f.High), n)))
	}
	if d := figures.Discrimination; d != nil {
		nums := numbers{"n": float64(n), "discrimination": d.Value, "low": d.Low, "high": d.High}
		switch {
		case d.High < 0:
			out = append(out, flag(Against, id, "", nums,
				fmt.Sprintf("Soal %s berlawanan arah: makin baik nilai peserta pada soal lain, makin buruk pada soal ini (daya beda %s, rentang %s–%s, %d percobaan).", a.Name, id1(d.Value), id1(d.Low), id1(d.High), n),
				fmt.Sprintf("Item %s runs the wrong way: the better people do on the other items, the worse on this one (discrimination %s, interval %s–%s, %d attempts).", a.Name, en1(d.Value), en1(d.Low), en1(d.High), n)))
		case d.High < weakBelow && f.Value < easyShare:
			out = append(out, flag(Weak, id, "", nums,
				fmt.Sprintf("Soal %s hampir tidak membedakan peserta yang mampu dan belum (daya beda %s, rentang %s–%s, %d percobaan).", a.Name, id1(d.Value), id1(d.Low), id1(d.High), n),
				fmt.Sprintf("Item %s hardly tells able people from others (discrimination %s, interval %s–%s, %d attempts).", a.Name, en1(d.Value), en1(d.Low), en1(d.High), n)))
		}
	}
	return out
}

// deadOptions lists wrong options whose share lies below 5 % for certain. Where over 90 % earn the item there is no room for wrong options, so nothing is said.
func (it *ItemSums) deadOptions(id string, a About) []Flag {
	n := it.N()
	_, x, _, _ := it.sums()
	if float64(x) > 0.9*float64(it.Max)*float64(n) {
		return nil
	}
	var out []Flag
	wrong := 0
	for _, o := range a.Options {
		if o.Key {
			continue
		}
		wrong++
		c := int64(0)
		if s := it.Options[o.ID]; s != nil {
			c = s.N()
		}
		v := share(float64(c), n)
		if v.High >= deadBelow {
			continue
		}
		out = append(out, flag(DeadOption, id, o.ID, numbers{"n": float64(n), "chosen": float64(c), "share": v.Value, "low": v.Low, "high": v.High},
			fmt.Sprintf("Pilihan %s pada soal %s hampir tidak dipilih: %d dari %d (%s%%, paling tinggi %s%%). Ganti dengan kekeliruan yang lazim atau hapus.", o.label(), a.Name, c, n, id1(v.Value), id1(v.High)),
			fmt.Sprintf("Option %s of item %s is hardly ever chosen: %d of %d (%s%%, at most %s%%). Replace it by a common mistake or drop it.", o.label(), a.Name, c, n, en1(v.Value), en1(v.High))))
	}
	if wrong > 1 && len(out) == wrong {
		return []Flag{flag(UnusedOptions, id, "", numbers{"n": float64(n), "options": float64(wrong)},
			fmt.Sprintf("Tidak satu pun pilihan salah pada soal %s yang dipilih cukup banyak peserta (%d percobaan). Periksa apakah kuncinya mudah ditebak.", a.Name, n),
			fmt.Sprintf("No wrong option of item %s is chosen by enough people (%d attempts). Check whether the key gives itself away.", a.Name, n))}
	}
	return out
}

func (it *ItemSums) driftFlag(f Frame, id string, a About, before *ItemSums, compared int) []Flag {
	s := f.Drift(before, it)
	if s.Adjusted == nil || s.P >= 0.05/float64(max(1, compared)) || math.Abs(s.Adjusted.Value) < driftPoints {
		return nil
	}
	wayID, wayEN := "lebih mudah", "easier"
	if s.Adjusted.Value < 0 {
		wayID, wayEN = "lebih sulit", "harder"
	}
	d := s.Adjusted
	nums := numbers{"n": float64(it.N()), "n_before": float64(before.N()), "before": s.Before.Value, "after": s.After.Value, "adjusted": d.Value, "low": d.Low, "high": d.High, "z": s.Z, "p": s.P}
	return []Flag{flag(Drifted, id, "", nums,
		fmt.Sprintf("Soal %s menjadi %s daripada versi sebelumnya: %s%% lalu %s%%; bagi peserta yang setara selisihnya %s poin (rentang %s sampai %s, %d dan %d percobaan).",
			a.Name, wayID, id1(s.Before.Value), id1(s.After.Value), id1(d.Value), id1(d.Low), id1(d.High), before.N(), it.N()),
		fmt.Sprintf("Item %s became %s than its last version: %s%%, then %s%%; between equally able takers the difference is %s points (interval %s to %s, %d and %d attempts).",
			a.Name, wayEN, en1(s.Before.Value), en1(s.After.Value), en1(d.Value), en1(d.Low), en1(d.High), before.N(), it.N()))}
}
