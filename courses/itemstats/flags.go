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
	MissingAnswer Kind = "missing_answer" // a typed answer that counts as wrong behaves like the key
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

var urgency = []Kind{WrongKey, MissingAnswer, Against, Drifted, TooHard, TooEasy, Weak, Misfit, UnusedOptions, DeadOption, SmallN}

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
	tickLeast   = 0.1  // correlation of an option that is taken or left by itself; smaller ones are true of large groups and say little
	driftPoints = 10.0 // percentage points at equal score (Dorans & Kulick 1986: .10 is noteworthy), and p < .05 divided by the items compared
)

// Known is what there is of an item version beside the sums that are looked at.
type Known struct {
	Also  []Part // the same item version elsewhere: in other versions of the course
	Shift *Shift // against what it was before; nil where it was nothing
}

// Flags says in words which items deserve a look. Beside these sums it weighs what is known of the same item versions elsewhere, so that a new version of a course does not begin with nothing; known may be nil.
// The result is ordered by urgency, then item; the same input gives the same flags.
func (s *Sums) Flags(about map[string]About, known map[string]Known) []Flag {
	var out []Flag
	compared := 0
	for id := range s.Items {
		if known[id].Shift.enough() {
			compared++
		}
	}
	for _, id := range sortedKeys(s.Items) {
		a := about[id]
		if a.Void {
			continue
		}
		if a.Name == "" {
			a.Name = id
		}
		p := Pool(a, append([]Part{{s.Frame, s.Items[id]}}, known[id].Also...))
		if p.N < flagN {
			out = append(out, flag(SmallN, id, "", numbers{"n": float64(p.N)},
				fmt.Sprintf("Soal %s baru dikerjakan %d kali. Tunggu sampai %d sebelum menyimpulkan.", a.Name, p.N, flagN),
				fmt.Sprintf("Item %s was taken only %d times. Wait for %d before concluding anything.", a.Name, p.N, flagN)))
			continue
		}
		for _, q := range a.Questions {
			out = append(out, p.keyFlags(id, a, q)...)
		}
		out = append(out, p.markFlags(id, a)...)
		for _, q := range a.Questions {
			out = append(out, p.deadOptions(id, a, q)...)
		}
		if shift := known[id].Shift; shift.enough() {
			out = append(out, shift.flags(id, a, compared)...)
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
	return strings.Replace(s, "-", "−", 1)
}
func id1(v float64) string { return strings.ReplaceAll(en1(v), ".", ",") }

// two and point write a number with two decimals in Indonesian and English.
func point(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', 2, 64), "-", "−", 1)
}
func two(v float64) string { return strings.ReplaceAll(point(v), ".", ",") }

// called is an item, and which of its questions is meant, in a sentence.
func (a About) called(q Question) (id, en string) {
	if q.Label.ID == "" {
		return a.Name, a.Name
	}
	return a.Name + " (" + q.Label.ID + ")", a.Name + " (" + q.Label.In(texts.EN) + ")"
}

// keyFlags names the option that behaves like the key: its choosers do better on the rest of the form than average, and better than those who chose the keyed option, by more than chance
// allows even if the best looking of several options was picked. Where each option is taken or left by itself, it names wrong options that the better people take and right ones that they leave.
func (p Pooled) keyFlags(id string, a About, q Question) []Flag {
	keys, wrong := q.keys()
	if len(keys) == 0 || len(wrong) == 0 && !q.Typed || p.option(q.Options[0].ID).Of < flagN {
		return nil
	}
	nameID, nameEN := a.called(q)
	if q.Typed {
		return p.typedFlags(id, nameID, nameEN, q)
	}
	if !q.One {
		return p.tickFlags(id, nameID, nameEN, q)
	}
	var best, against Choice
	bestR, bestLow, bestHigh := 0.0, 0.0, 0.0
	for _, o := range wrong {
		r := p.option(o.ID).r()
		if r <= 0 || r <= bestR {
			continue
		}
		// It must beat every option that counts as right.
		low, high := math.Inf(1), math.Inf(1)
		var weakest Choice
		all := true
		for _, k := range keys {
			l, h, ok := p.better(o.ID, k.ID, len(wrong))
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
	was, key := p.option(best.ID), p.option(against.ID)
	nums := numbers{"n": float64(was.Of), "option_r": bestR, "key_r": key.r(), "difference_low": bestLow, "difference_high": bestHigh, "option_n": float64(was.N), "key_n": float64(key.N)}
	return []Flag{flag(WrongKey, id, best.ID, nums,
		fmt.Sprintf("Kunci soal %s mungkin keliru: pilihan %s dipilih peserta yang nilainya lebih baik (korelasi %s) daripada kunci %s (%s), dari %d percobaan. Periksa kuncinya.",
			nameID, best.label(texts.ID), two(bestR), against.label(texts.ID), two(key.r()), was.Of),
		fmt.Sprintf("The key of item %s may be wrong: option %s is chosen by people with better marks (correlation %s) than key %s (%s), over %d attempts. Check the key.",
			nameEN, best.label(texts.EN), point(bestR), against.label(texts.EN), point(key.r()), was.Of))}
}

// tickFlags look at options that are each taken or left.
func (p Pooled) tickFlags(id, nameID, nameEN string, q Question) []Flag {
	var out []Flag
	for _, c := range q.Options {
		o := p.option(c.ID)
		low, high, ok := o.sure(len(q.Options))
		nums := numbers{"n": float64(o.Of), "option_r": o.r(), "difference_low": low, "difference_high": high, "option_n": float64(o.N)}
		switch {
		case !ok:
		case !c.Key && low > 0 && o.r() >= tickLeast:
			out = append(out, flag(WrongKey, id, c.ID, nums,
				fmt.Sprintf("Kunci soal %s mungkin keliru: pilihan %s dihitung salah, tetapi lebih sering dicentang peserta yang nilainya lebih baik (korelasi %s, %d percobaan). Periksa apakah pilihan itu seharusnya benar.", nameID, c.label(texts.ID), two(o.r()), o.Of),
				fmt.Sprintf("The key of item %s may be wrong: option %s counts as wrong, yet people with better marks tick it more often (correlation %s, %d attempts). Check whether it should be right.", nameEN, c.label(texts.EN), point(o.r()), o.Of)))
		case c.Key && high < 0 && o.r() <= -tickLeast:
			out = append(out, flag(WrongKey, id, c.ID, nums,
				fmt.Sprintf("Kunci soal %s mungkin keliru: pilihan %s dihitung benar, tetapi lebih sering dicentang peserta yang nilainya lebih rendah (korelasi %s, %d percobaan). Periksa apakah pilihan itu seharusnya salah.", nameID, c.label(texts.ID), two(o.r()), o.Of),
				fmt.Sprintf("The key of item %s may be wrong: option %s counts as right, yet people with lower marks tick it more often (correlation %s, %d attempts). Check whether it should be wrong.", nameEN, c.label(texts.EN), point(o.r()), o.Of)))
		}
	}
	return out
}

// typedFlags look for an accepted answer that is missing: one that people type who do better on the rest of the form.
func (p Pooled) typedFlags(id, nameID, nameEN string, q Question) []Flag {
	var typed []PooledOption
	for _, o := range p.Options {
		if question, _, ok := TypedText(o.ID); ok && question == q.ID {
			typed = append(typed, o)
		}
	}
	var out []Flag
	for _, o := range typed {
		low, high, ok := o.sure(len(typed))
		if !ok || low <= 0 || o.r() < tickLeast {
			continue
		}
		_, text, _ := TypedText(o.ID)
		out = append(out, flag(MissingAnswer, id, o.ID, numbers{"n": float64(o.Of), "option_n": float64(o.N), "option_r": o.r(), "difference_low": low, "difference_high": high},
			fmt.Sprintf("Jawaban “%s” pada soal %s dihitung salah, tetapi diketik %d peserta yang nilainya lebih baik (korelasi %s, %d percobaan). Periksa apakah jawaban itu seharusnya diterima.", text, nameID, o.N, two(o.r()), o.Of),
			fmt.Sprintf("The answer “%s” to item %s counts as wrong, yet %d people typed it whose marks are better (correlation %s, %d attempts). Check whether it should be accepted.", text, nameEN, o.N, point(o.r()), o.Of)))
	}
	return out
}

func (p Pooled) markFlags(id string, a About) []Flag {
	var out []Flag
	f, n := p.Facility, p.N
	nums := numbers{"n": float64(n), "facility": f.Value, "low": f.Low, "high": f.High}
	g := 0.0
	if random := guess(a); random != nil {
		g = *random
		nums["guess"] = g
	}
	switch {
	case f.Value >= easyShare && f.Low > 90:
		out = append(out, flag(TooEasy, id, "", nums,
			fmt.Sprintf("Soal %s terlalu mudah: peserta rata-rata meraih %s%% nilainya (rentang %s sampai %s, %d percobaan), jadi hampir tidak membedakan siapa pun.", a.Name, id1(f.Value), id1(f.Low), id1(f.High), n),
			fmt.Sprintf("Item %s is too easy: takers earn %s%% of it on average (interval %s to %s, %d attempts), so it tells hardly anybody apart.", a.Name, en1(f.Value), en1(f.Low), en1(f.High), n)))
	case g > 0 && f.High < g:
		out = append(out, flag(TooHard, id, "", nums,
			fmt.Sprintf("Soal %s dijawab lebih buruk daripada menebak: %s%% (rentang %s sampai %s, %d percobaan), menebak memberi %s%%. Periksa kunci, kalimat, dan materinya.", a.Name, id1(f.Value), id1(f.Low), id1(f.High), n, id1(g)),
			fmt.Sprintf("Item %s is answered worse than by guessing: %s%% (interval %s to %s, %d attempts), guessing earns %s%%. Check key, wording and lesson.", a.Name, en1(f.Value), en1(f.Low), en1(f.High), n, en1(g))))
	case f.Value <= hardShare && f.High < 30:
		out = append(out, flag(TooHard, id, "", nums,
			fmt.Sprintf("Soal %s terlalu sulit: peserta rata-rata hanya meraih %s%% nilainya (rentang %s sampai %s, %d percobaan). Periksa apakah materinya sudah diajarkan.", a.Name, id1(f.Value), id1(f.Low), id1(f.High), n),
			fmt.Sprintf("Item %s is too hard: takers earn only %s%% of it on average (interval %s to %s, %d attempts). Check whether it has been taught.", a.Name, en1(f.Value), en1(f.Low), en1(f.High), n)))
	}
	if d := p.ItemRest.times(100); d != nil {
		nums := numbers{"n": float64(n), "discrimination": d.Value, "low": d.Low, "high": d.High}
		switch {
		case d.High < 0:
			out = append(out, flag(Against, id, "", nums,
				fmt.Sprintf("Soal %s berlawanan arah: makin baik nilai peserta pada soal lain, makin buruk pada soal ini (daya beda %s, rentang %s sampai %s, %d percobaan).", a.Name, id1(d.Value), id1(d.Low), id1(d.High), n),
				fmt.Sprintf("Item %s runs the wrong way: the better people do on the other items, the worse on this one (discrimination %s, interval %s to %s, %d attempts).", a.Name, en1(d.Value), en1(d.Low), en1(d.High), n)))
		case d.High < weakBelow && f.Value < easyShare:
			out = append(out, flag(Weak, id, "", nums,
				fmt.Sprintf("Soal %s hampir tidak membedakan peserta yang mampu dan belum (daya beda %s, rentang %s sampai %s, %d percobaan).", a.Name, id1(d.Value), id1(d.Low), id1(d.High), n),
				fmt.Sprintf("Item %s hardly tells able people from others (discrimination %s, interval %s to %s, %d attempts).", a.Name, en1(d.Value), en1(d.Low), en1(d.High), n)))
		}
	}
	return out
}

// deadOptions lists wrong answers whose share lies below 5 % for certain. Where over 90 % earn the item there is no room for wrong answers, so nothing is said.
func (p Pooled) deadOptions(id string, a About, q Question) []Flag {
	if p.Facility.Value > 90 {
		return nil
	}
	nameID, nameEN := a.called(q)
	var out []Flag
	for _, foil := range q.Foils {
		c, n := int64(0), int64(0)
		for _, option := range foil.IDs {
			o := p.option(option)
			c, n = c+o.N, o.Of
		}
		v := share(float64(min(c, n)), n)
		if n < flagN || v.High >= deadBelow {
			continue
		}
		out = append(out, flag(DeadOption, id, foil.IDs[0], numbers{"n": float64(n), "chosen": float64(c), "share": v.Value, "low": v.Low, "high": v.High},
			fmt.Sprintf("Pilihan %s pada soal %s hampir tidak dipilih: %d dari %d (%s%%, paling tinggi %s%%). Ganti dengan kekeliruan yang lazim atau hapus.", foil.Label.In(texts.ID), nameID, c, n, id1(v.Value), id1(v.High)),
			fmt.Sprintf("Option %s of item %s is hardly ever chosen: %d of %d (%s%%, at most %s%%). Replace it by a common mistake or drop it.", foil.Label.In(texts.EN), nameEN, c, n, en1(v.Value), en1(v.High))))
	}
	if wrong := len(q.Foils); wrong > 1 && len(out) == wrong {
		n := int64(out[0].Numbers["n"])
		return []Flag{flag(UnusedOptions, id, "", numbers{"n": float64(n), "options": float64(wrong)},
			fmt.Sprintf("Tidak satu pun pilihan salah pada soal %s yang dipilih cukup banyak peserta (%d percobaan). Periksa apakah kuncinya mudah ditebak.", nameID, n),
			fmt.Sprintf("No wrong option of item %s is chosen by enough people (%d attempts). Check whether the key gives itself away.", nameEN, n))}
	}
	return out
}

// enough says whether there is a comparison at equal score, of enough people on both sides.
func (s *Shift) enough() bool {
	return s != nil && s.Adjusted != nil && s.Before.N >= flagN && s.After.N >= flagN
}

func (s *Shift) flags(id string, a About, compared int) []Flag {
	if s.P >= 0.05/float64(compared) || math.Abs(s.Adjusted.Value) < driftPoints {
		return nil
	}
	wayID, wayEN := "lebih mudah", "easier"
	if s.Adjusted.Value < 0 {
		wayID, wayEN = "lebih sulit", "harder"
	}
	d := s.Adjusted
	nums := numbers{"n": float64(s.After.N), "n_before": float64(s.Before.N), "before": s.Before.Value, "after": s.After.Value, "adjusted": d.Value, "low": d.Low, "high": d.High, "z": s.Z, "p": s.P}
	return []Flag{flag(Drifted, id, "", nums,
		fmt.Sprintf("Soal %s menjadi %s daripada sebelumnya: %s%% lalu %s%%; bagi peserta yang setara selisihnya %s poin (rentang %s sampai %s, %d dan %d percobaan).",
			a.Name, wayID, id1(s.Before.Value), id1(s.After.Value), id1(d.Value), id1(d.Low), id1(d.High), s.Before.N, s.After.N),
		fmt.Sprintf("Item %s became %s than before: %s%%, then %s%%; between equally able takers the difference is %s points (interval %s to %s, %d and %d attempts).",
			a.Name, wayEN, en1(s.Before.Value), en1(s.After.Value), en1(d.Value), en1(d.Low), en1(d.High), s.Before.N, s.After.N))}
}

// keys are the options that the author calls right, and the others.
func (q Question) keys() (keys, wrong []Choice) {
	for _, o := range q.Options {
		if o.Key {
			keys = append(keys, o)
		} else {
			wrong = append(wrong, o)
		}
	}
	return keys, wrong
}
