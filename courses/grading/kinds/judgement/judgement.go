// Package judgement is the situational judgement test, the type for soft skills: a situation, and ways to act that a panel of experts has rated. The taker
// names the best and the worst way, or rates each; marks follow the panel's mean (McDaniel et al. 2007; scoring by distance: Legree 1995).
package judgement

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Name is the word stored with the item.
const Name grading.Type = "judgement"

// How it is asked and scored. By default best and worst.
const (
	BestWorst = "best_worst" // the one named best earns by how near the panel puts it to its best, the one named worst likewise; half the mark each
	Rating    = "rating"     // each way is rated 1 to 5; the nearer to the panel the more, and what the best single rating for all would get earns nothing
)

// The panel rates in tenths from lowest to highest.
const (
	lowest  = 10
	highest = 50
)

var scale = []texts.Text{texts.T("Sangat tidak tepat", "Very inappropriate"), texts.T("Tidak tepat", "Inappropriate"), texts.T("Cukup tepat", "Fairly appropriate"), texts.T("Tepat", "Appropriate"), texts.T("Sangat tepat", "Very appropriate")}

// What stands above the two choices of best and worst.
var (
	theBest  = texts.T("Tindakan yang paling tepat", "The best way to act")
	theWorst = texts.T("Tindakan yang paling tidak tepat", "The worst way to act")
)

// Kind is the type. Options are the ways to act, each with Expert.
type Kind struct{ grading.Choosing }

func (Kind) Name() grading.Type { return Name }
func (Kind) Label() texts.Text  { return texts.T("Penilaian situasi", "Situational judgement") }

// Edit asks for the ways to act with the rating of the panel.
func (Kind) Edit() grading.Edit {
	return grading.Edit{Fixed: true, Options: &grading.EditList{Name: texts.T("Tindakan", "Way to act"), Hint: texts.T("Isi rata-rata penilaian panel ahli, 1,0 sampai 5,0.", "Enter the mean rating of the panel, 1.0 to 5.0."), Members: []string{"text", "expert", "feedback"}, Start: 4},
		Scoring: []grading.Way{{Value: BestWorst, Name: texts.T("Pilih yang terbaik dan terburuk", "Name the best and the worst")}, {Value: Rating, Name: texts.T("Nilai tiap tindakan 1 sampai 5", "Rate each way 1 to 5")}}}
}

func (Kind) Field(it grading.Item, order string, _ grading.Answer) grading.Field {
	choices := grading.Choices(it.Options, order)
	if it.Scoring != Rating {
		return grading.Field{Ask: grading.AskParts, Parts: []grading.Field{
			{Ask: grading.AskOne, Label: theBest, Choices: choices},
			{Ask: grading.AskOne, Label: theWorst, Choices: choices}}}
	}
	points := make([]grading.Choice, len(scale))
	for i, word := range scale {
		points[i] = grading.Choice{ID: grading.OptionID(i), Text: word}
	}
	f := grading.Field{Ask: grading.AskParts}
	for _, c := range choices {
		f.Parts = append(f.Parts, grading.Field{Ask: grading.AskOne, Label: c.Text, Choices: points})
	}
	return f
}

// bounds are the lowest and highest rating among the ways.
func bounds(options []grading.Option) (low, high int) {
	low, high = highest, lowest
	for _, o := range options {
		low, high = min(low, o.Expert), max(high, o.Expert)
	}
	return low, high
}

func (Kind) Grade(it grading.Item, order string, a grading.Answer) (grading.Mark, bool) {
	if it.Scoring == Rating {
		return rated(it, order, a), false
	}
	low, high := bounds(it.Options)
	if high == low {
		return 0, false
	}
	points := 0
	if o, ok := grading.ChosenOption(it.Options, order, a.Part(0)); ok {
		points += o.Expert - low
	}
	if o, ok := grading.ChosenOption(it.Options, order, a.Part(1)); ok {
		points += high - o.Expert
	}
	return grading.Full * grading.Mark(points) / grading.Mark(2*(high-low)), false
}

// rated is the mark of a rating: 1 - distance / the smallest distance that one and the same rating for all would have. A way left out counts as far as can be.
func rated(it grading.Item, order string, a grading.Answer) grading.Mark {
	far := 0
	for i := range len(order) {
		o, _ := grading.FindOption(it.Options, order[i:i+1])
		if c := a.Part(i).Choices; len(c) == 1 {
			far += abs(point(c[0]) - o.Expert)
		} else {
			far += max(o.Expert-lowest, highest-o.Expert)
		}
	}
	base := sameForAll(it.Options)
	if base == 0 {
		return 0
	}
	return grading.Full * grading.Mark(base-far) / grading.Mark(base)
}

// point is a rating in tenths.
func point(position string) int { return lowest * (int(position[0]-'a') + 1) }

func sameForAll(options []grading.Option) int {
	least := -1
	for p := lowest; p <= highest; p += lowest {
		far := 0
		for _, o := range options {
			far += abs(p - o.Expert)
		}
		if least < 0 || far < least {
			least = far
		}
	}
	return least
}

func abs(n int) int { return max(n, -n) }

// Took names the best and the worst way chosen ("best.b", "worst.c"), or each way with its rating ("b.4").
func (Kind) Took(it grading.Item, order string, a grading.Answer) (out []string) {
	if it.Scoring != Rating {
		out = grading.TookPart("best", grading.Chosen(order, a.Part(0)))
		return append(out, grading.TookPart("worst", grading.Chosen(order, a.Part(1)))...)
	}
	for i := range len(order) {
		if c := a.Part(i).Choices; len(c) == 1 {
			out = append(out, order[i:i+1]+"."+strconv.Itoa(point(c[0])/lowest))
		}
	}
	return out
}

// Asked are the best and the worst way, with the panel's as the key; a rating has no single right answer.
func (Kind) Asked(it grading.Item) []grading.Asked {
	if it.Scoring == Rating {
		return []grading.Asked{{Note: texts.T("Penilaian situasi dengan skala: nilai mengikuti jarak ke panel, jadi tidak ada satu kunci dan tidak ada pengecoh. Soal yang berlawanan arah atau lemah tetap disebut; periksa nilai panelnya.",
			"Situational judgement on a scale: marks follow the distance to the panel, so there is no single key and no distractor. An item that is weak or runs the wrong way is still named; look at the panel's ratings.")}}
	}
	low, high := bounds(it.Options)
	ask := func(part string, label texts.Text, of int, share func(o grading.Option) int) grading.Asked {
		q := grading.AskOptions(part, label, it.Options, func(o grading.Option) bool { return o.Expert == of })
		q.Foils = nil
		for i, o := range it.Options {
			q.Options[i].Share = grading.Full * grading.Mark(share(o)) / grading.Mark(max(1, high-low))
		}
		return q
	}
	best := ask("best", texts.T("tindakan terbaik", "best way"), high, func(o grading.Option) int { return o.Expert - low })
	best.Note = texts.T("Penilaian situasi: tindakan yang menurut panel di tengah memang jarang dipilih sebagai terbaik atau terburuk, jadi pengecoh tidak diperiksa. Kunci adalah yang terbaik dan terburuk menurut panel.",
		"Situational judgement: what the panel puts in the middle is rightly seldom called best or worst, so distractors are not looked at. The key is the panel's best and worst.")
	return []grading.Asked{best, ask("worst", texts.T("tindakan terburuk", "worst way"), low, func(o grading.Option) int { return high - o.Expert })}
}

// Seen keeps the ways to act, and how they were asked: an answer to the one question is none to the other.
func (k Kind) Seen(was, now grading.Item, r *grading.Report) {
	k.Choosing.Seen(was, now, r)
	if (was.Scoring == Rating) != (now.Scoring == Rating) {
		r.Wrong("scoring", "Cara bertanya tidak dapat diubah: peserta sudah menjawab.", "How it is asked cannot be changed: takers have answered.")
	}
}

func (k Kind) Explain(it grading.Item, order string, a grading.Answer, r *grading.Review) {
	low, high := bounds(it.Options)
	if it.Scoring != Rating {
		best, worst := grading.Review{Label: theBest}, grading.Review{Label: theWorst}
		best.Chooses(it.Options, order, a.Part(0), func(o grading.Option) bool { return o.Expert == high })
		worst.Chooses(it.Options, order, a.Part(1), func(o grading.Option) bool { return o.Expert == low })
		r.Parts = []grading.Review{best, worst}
		return
	}
	f := k.Field(it, order, a)
	for i := range len(order) {
		o, _ := grading.FindOption(it.Options, order[i:i+1])
		part := grading.Review{Label: grading.Written(o.Text), Key: []texts.Text{panel(o.Expert)}}
		for _, c := range f.Parts[i].Choices {
			chosen := len(a.Part(i).Choices) == 1 && a.Part(i).Choices[0] == c.ID
			part.Choices = append(part.Choices, grading.ReviewedChoice{ID: c.ID, Text: c.Text, Chosen: chosen, Right: point(c.ID) == (o.Expert+lowest/2)/lowest*lowest})
			if chosen && o.Feedback != "" {
				part.Feedback = append(part.Feedback, grading.Written(o.Feedback))
			}
		}
		r.Parts = append(r.Parts, part)
	}
}

func panel(tenths int) texts.Text {
	word := scale[min(max((tenths+5)/10, 1), 5)-1]
	return texts.T(fmt.Sprintf("nilai acuan: %d,%d dari 5 (%s)", tenths/10, tenths%10, strings.ToLower(word.ID)), fmt.Sprintf("reference: %d.%d of 5 (%s)", tenths/10, tenths%10, strings.ToLower(word.EN)))
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	if len(it.Options) < 3 {
		r.Wrong("options", "Soal penilaian situasi butuh paling sedikit tiga tindakan.", "A situational judgement needs at least three ways to act.")
		return
	}
	grading.CheckChoices("", it.Options, r)
	unrated := false
	for i, o := range it.Options {
		if o.Expert < lowest || o.Expert > highest {
			unrated = true
			r.Wrong(grading.OptionPath(i, "expert"), "Tindakan ini belum dinilai panel. Isi rata-rata panel, 1,0 sampai 5,0.", "The panel has not rated this way to act. Enter its mean, 1.0 to 5.0.")
		}
		if o.Mark != 0 {
			r.Wrong(grading.OptionPath(i, "mark"), "Pada soal penilaian situasi nilai dihitung dari penilaian panel, bukan dari bobot.", "In a situational judgement marks follow the panel's rating, not a weight.")
		}
	}
	if unrated {
		return
	}
	switch low, high := bounds(it.Options); {
	case it.Scoring != "" && it.Scoring != BestWorst && it.Scoring != Rating:
		r.Wrong("scoring", "Cara menilai %q tidak dikenal. Pakai best_worst atau rating.", "Unknown scoring %q. Use best_worst or rating.", it.Scoring)
	case high-low < lowest:
		r.Wrong("options", "Penilaian panel terlalu mirip: tindakan terbaik dan terburuk perlu berbeda paling sedikit satu angka.", "The panel's ratings are too much alike: the best and the worst way differ by at least one point.")
	case high-low < 2*lowest:
		r.Warn("options", "Tindakan terbaik dan terburuk hanya berbeda sedikit menurut panel.", "The best and the worst way differ little to the panel.")
	}
}
