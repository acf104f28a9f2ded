package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

// A bot sits a test without knowing anything of its subject: it sees what a taker sees, in the order of the form, and chooses by looks alone.
type bot struct {
	name texts.Text
	id   string
	// worth is how much the n-th choice attracts it; the first of the most attractive is taken.
	worth func(stem string, choices []grading.Choice, n int) float64
}

var formal = regexp.MustCompile(`(?i)\b(sesuai|berdasarkan|ketentuan|peraturan|prosedur|standar|dengan|secara|serta|tersebut|melaksanakan|mencatat|melaporkan|menjelaskan|memastikan|mengarahkan|meneruskan|menyampaikan|berwenang|resmi|tertulis|bukti)\b`)

var absolute = regexp.MustCompile(`(?i)\b(selalu|semua|setiap|seluruh|tidak pernah|pasti|hanya|saja|langsung|harus|tanpa|siapa pun|apa pun)\b`)

// The bots. Besides the three of the issue: one that avoids words that claim too much, since wrong options often do, and one that takes the option that repeats most of
// the question.
var bots = []bot{
	{texts.T("selalu memilih yang terpanjang", "always the longest"), "longest", func(_ string, c []grading.Choice, n int) float64 { return float64(length(c[n].Text.ID)) }},
	{texts.T("selalu memilih C", "always C"), "c", func(_ string, _ []grading.Choice, n int) float64 {
		if n == 2 {
			return 1
		}
		return 0
	}},
	{texts.T("memilih yang paling resmi bahasanya", "the most formal wording"), "formal", func(_ string, c []grading.Choice, n int) float64 {
		w := words(c[n].Text.ID)
		letters := 0
		for _, x := range w {
			letters += len(x)
		}
		return float64(len(formal.FindAllString(c[n].Text.ID, -1)))*3 + float64(letters)/float64(max(len(w), 1))
	}},
	{texts.T("menghindari kata yang berlebihan", "avoids words that claim too much"), "cautious", func(_ string, c []grading.Choice, n int) float64 {
		return -float64(len(absolute.FindAllString(c[n].Text.ID, -1)))*100 + float64(length(c[n].Text.ID))/100
	}},
	{texts.T("memilih yang paling mirip pertanyaannya", "the one most like the question"), "echo", func(stem string, c []grading.Choice, n int) float64 {
		in := map[string]bool{}
		for _, w := range words(stem) {
			in[w] = len(w) > 3
		}
		same := 0
		for _, w := range words(c[n].Text.ID) {
			if in[w] {
				same++
			}
		}
		return float64(same)
	}},
}

// BotRate is how far a bot comes in a post-test.
type BotRate struct {
	Quiz     string     `json:"quiz"`
	Bot      string     `json:"bot"`
	Name     texts.Text `json:"name"`
	Sittings int        `json:"sittings"`
	Passed   int        `json:"passed"`
	Mean     float64    `json:"mean"` // points of 100
	PassMark int        `json:"pass_mark"`
}

// outwit lets each bot sit a post-test, on the same forms: seeds 1, 2, 3 ...
func (r *Report) outwit(q exchange.Quiz, b exchange.DraftBank) {
	if n := q.Draw.Count(); n == 0 || n > maxFormOfBots {
		return
	}
	pool := make([]grading.Item, len(b.Items))
	byID := map[string]grading.Item{}
	for i, it := range b.Items {
		it.ID = it.Code
		pool[i], byID[it.ID] = it, it
	}
	rates := make([]BotRate, len(bots))
	for i, x := range bots {
		rates[i] = BotRate{Quiz: q.Code, Bot: x.id, Name: x.name, PassMark: q.PassMark}
	}
	for seed := range uint64(Sittings) {
		form, err := grading.Draw(seed+1, pool, grading.Plan{Blueprint: q.Draw})
		if err != nil {
			return // the bank is too small, which reading said
		}
		for i, x := range bots {
			answers := make(map[string]grading.Answer, len(form.Slots))
			for _, slot := range form.Slots {
				answers[slot.Item] = x.answer(byID[slot.Item], slot)
			}
			res, err := grading.Grade(pool, form, answers)
			if err != nil {
				return
			}
			rates[i].Sittings++
			rates[i].Mean += float64(res.Score()) / 1000
			if res.Passed(q.PassMark) {
				rates[i].Passed++
			}
		}
	}
	for _, x := range rates {
		x.Mean /= float64(max(x.Sittings, 1))
		r.Bots = append(r.Bots, x)
		if float64(x.Passed) <= MaxBot*float64(x.Sittings) && x.Mean < float64(x.PassMark) {
			continue
		}
		r.find(Finding{Rule: TestWise, File: b.File, Text: say("Yang tidak tahu apa-apa dan hanya %s lulus tes %s %d dari %d kali, dengan nilai rata-rata %.0f.", "Who knows nothing and goes by \"%s\" passes the test %s %d times out of %d, with %.0f points on average.", x.Name.ID, q.Code, x.Passed, x.Sittings, x.Mean),
			Do: say("Samakan panjang dan gaya bahasa pilihan, dan buat pengecoh yang masuk akal.", "Even out length and style of the options, and write plausible distractors.")})
		f := &r.Findings[len(r.Findings)-1]
		f.Text.EN = strings.Replace(f.Text.EN, x.Name.ID, x.Name.EN, 1)
	}
}

// answer is what a bot gives to an item: of each list of choices the one it likes best. What is typed stays blank.
func (x bot) answer(it grading.Item, slot grading.Slot) grading.Answer {
	v, err := grading.Present(it, slot, grading.Answer{})
	if err != nil {
		return grading.Answer{}
	}
	return x.field(v.Field, it.Stem)
}

func (x bot) field(f grading.Field, stem string) (a grading.Answer) {
	switch f.Ask {
	case grading.AskOne, grading.AskMany:
		if len(f.Choices) == 0 {
			return a
		}
		best := 0
		for i := range f.Choices {
			if x.worth(stem, f.Choices, i) > x.worth(stem, f.Choices, best) {
				best = i
			}
		}
		a.Choices = []string{f.Choices[best].ID}
	case grading.AskOrder:
		for _, c := range f.Choices {
			a.Choices = append(a.Choices, c.ID)
		}
	case grading.AskParts:
		for _, p := range f.Parts {
			a.Parts = append(a.Parts, x.field(p, p.Label.ID))
		}
		if slices.ContainsFunc(f.Parts, func(p grading.Field) bool { return p.Minutes > 0 }) && len(a.Parts) > 1 {
			a.Parts = a.Parts[:1]
		}
	}
	return a
}
