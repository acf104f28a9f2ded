// Package lint looks at a course that reads without mistakes and says what makes its tests easy to outwit and its texts hard to read. It is pure and deterministic: the same
// course gives the same findings and the same rates, on every machine.
//
// Read Course here first, then keys.go and stems.go (what an item gives away), bots.go (who knows nothing and passes all the same), teaching.go (what is not taught, asked or explained).
package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

// Limits of the rules (issue 3, line 10).
const (
	MinP          = 0.01 // of the chi-square test of the positions of the keys
	MinPerChoice  = 5    // expected keys per position below which the test says nothing
	MaxLongest    = 30   // percent of items with four options whose key may be the longest
	MinLongest    = 10   // items below which that share says nothing
	MinItems      = 10   // items of an objective in the bank of a post-test
	spare         = 2    // items for each one that is drawn, at least
	MaxWords      = 20   // words in a sentence, on average
	MinSentences  = 5    // below which an average says nothing
	MaxBot        = 0.05 // share of sittings that a bot may pass
	Sittings      = 200  // of each bot at each post-test
	maxFormOfBots = 100  // items on a form the bots sit; a quiz has at most 40
)

// Rule names what a finding is about.
type Rule string

// The rules.
const (
	KeyPosition   Rule = "key-position"
	KeyLongest    Rule = "key-longest"
	AllOfThem     Rule = "all-of-them"
	Negative      Rule = "negative"
	NearDuplicate Rule = "near-duplicate"
	FewItems      Rule = "few-items"
	LongSentences Rule = "long-sentences"
	TestWise      Rule = "test-wise"
	Untaught      Rule = "untaught"
	SeldomAsked   Rule = "seldom-asked"
	NoFeedback    Rule = "no-feedback"
	NoDifficulty  Rule = "no-difficulty"
	NoEnglish     Rule = "no-english"
	TakenOut      Rule = "taken-out"
	NoObjective   Rule = "no-objective"
	NoJudge       Rule = "no-judge" // found by the room that knows who may mark
)

// Heavy says whether what a rule finds lets people pass a test without having learned; the others make it worse to take or to read.
func (r Rule) Heavy() bool {
	return r == TestWise || r == KeyPosition || r == KeyLongest || r == AllOfThem || r == NearDuplicate
}

// Finding is something an author should change.
type Finding struct {
	Rule Rule       `json:"rule"`
	File string     `json:"file,omitempty"`
	Line int        `json:"line,omitempty"`
	Item string     `json:"item,omitempty"` // its author's code
	Text texts.Text `json:"text"`           // what is wrong
	Do   texts.Text `json:"do"`             // what to do
}

// Where is "items/bank.gift:12 103-B01".
func (f Finding) Where() string {
	s := f.File
	if f.Line > 0 {
		s += fmt.Sprintf(":%d", f.Line)
	}
	if f.Item != "" && s != "" {
		s += " "
	}
	return s + f.Item
}

// Report is what was found in a course, with the figures it rests on.
type Report struct {
	Course    string      `json:"course"`
	Findings  []Finding   `json:"findings"`
	Positions []Positions `json:"positions"`
	Longest   []Longest   `json:"longest"`
	Bots      []BotRate   `json:"bots"`
}

// Course looks at a whole course. It costs about a tenth of a second for each post-test.
func Course(d *exchange.Draft) Report {
	r := Report{Course: d.Code, Findings: []Finding{}, Positions: []Positions{}, Longest: []Longest{}, Bots: []BotRate{}}
	d = r.sound(d)
	for _, b := range d.Banks {
		r.keys(b)
		r.stems(b)
		r.care(b)
	}
	r.duplicates(d)
	r.teaching(d)
	for _, l := range d.Lessons {
		r.sentences(l.File, l.Markdown)
	}
	for _, t := range d.Tasks {
		r.sentences(t.File, t.Markdown)
	}
	for _, q := range d.Quizzes {
		if q.Kind != "post_test" {
			continue
		}
		if b, ok := d.Bank(q.Bank); ok {
			r.enough(q, b, d.Objectives)
			r.outwit(q, b)
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line) })
	return r
}

// sound is a course without the items that were taken out: no form draws them, so nothing else is said of them. Tests that draw more than is left are named.
func (r *Report) sound(d *exchange.Draft) *exchange.Draft {
	out := *d
	out.Banks = nil
	for _, b := range d.Banks {
		left := b
		left.Items, left.Lines = nil, nil
		stock := grading.Blueprint{}
		for i, it := range b.Items {
			if it.Void {
				r.find(item(b, i, TakenOut, say("Soal ini digugurkan: tidak ada lembar baru yang memuatnya.", "This item was taken out: no new form has it."), say("Perbaiki soalnya, atau hapus dari bank.", "Mend the item, or delete it from the bank.")))
				continue
			}
			stock.Add(it.Objective, it.Difficulty)
			left.Items = append(left.Items, it)
			if i < len(b.Lines) {
				left.Lines = append(left.Lines, b.Lines[i])
			}
		}
		out.Banks = append(out.Banks, left)
		for _, q := range d.Quizzes {
			if q.Bank != b.Code || len(left.Items) == len(b.Items) {
				continue
			}
			for _, x := range q.Draw.Short(stock) {
				t := x.Text()
				r.find(Finding{Rule: FewItems, File: b.File, Text: say("Tanpa soal yang digugurkan, lembar tes %s lebih pendek dari kisi-kisinya.", "Without the items that were taken out, forms of the test %s are shorter than its blueprint.", q.Code), Do: t})
			}
		}
	}
	return &out
}

func (r *Report) find(f Finding) { r.Findings = append(r.Findings, f) }

// item is a finding about the n-th item of a bank.
func item(b exchange.DraftBank, n int, rule Rule, text, do texts.Text) Finding {
	f := Finding{Rule: rule, File: b.File, Item: b.Items[n].Code, Text: text, Do: do}
	if n < len(b.Lines) {
		f.Line = b.Lines[n]
	}
	return f
}

func say(id, en string, args ...any) texts.Text {
	return texts.T(fmt.Sprintf(id, args...), fmt.Sprintf(en, args...))
}

// enough wants items to choose from for each objective a post-test asks.
func (r *Report) enough(q exchange.Quiz, b exchange.DraftBank, objectives []exchange.Objective) {
	have := map[string]int{}
	for _, it := range b.Items {
		have[it.Objective]++
	}
	for _, o := range objectives {
		if n := q.Draw.Of(o.Code); n > 0 && have[o.Code] < max(MinItems, spare*n) {
			r.find(Finding{Rule: FewItems, File: b.File, Text: say("Capaian %s punya %d soal untuk tes akhir, yang mengambil %d.", "Objective %s has %d items for the post-test, which draws %d.", o.Code, have[o.Code], n),
				Do: say("Tulis %d soal lagi, supaya percobaan kedua tidak sama.", "Write %d more, so that a second attempt differs.", max(MinItems, spare*n)-have[o.Code])})
		}
	}
}

// single says whether an item is answered by one of several options that are shown.
func single(it grading.Item) bool { return it.Type == grading.Single && len(it.Options) >= 3 }

// key is the place of the right option, -1 when there is not exactly one.
func key(it grading.Item) int {
	at := -1
	for i, o := range it.Options {
		if o.Mark == grading.Full {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}
