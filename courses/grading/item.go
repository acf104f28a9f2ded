package grading

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Type names an item type.
type Type string

// The item types that texts and files name most. The words are the ones stored, imported and sent over the API. Package kinds holds all there are.
const (
	Single    Type = "single"    // one option is right
	Multiple  Type = "multiple"  // several options, each with a weight; partial credit
	TrueFalse Type = "truefalse" // right or wrong
	Numeric   Type = "numeric"   // a number within a tolerance
	ShortText Type = "shorttext" // a word or two, compared without case, accents and extra spaces
)

// Difficulty is the author's guess; item analysis measures it later.
type Difficulty string

// The three difficulties, in the words authors write.
const (
	Easy   Difficulty = "mudah"
	Medium Difficulty = "sedang"
	Hard   Difficulty = "sulit"
)

// Mark is a share of one item as a whole number of 1/252000. That denominator is divisible by 1 to 10, 12, 14, 15, 16, 18, 20 and 1000, so a third,
// a seventh and each tenth of a percent are exact, sums of marks are exact, and a pass mark is compared without rounding.
type Mark int64

// Full is the whole item.
const Full Mark = 252000

// Thousandths is the mark in thousandths of the item, rounded to the nearest (for reading, never for comparing).
func (m Mark) Thousandths() int {
	if m < 0 {
		return -(-m).Thousandths()
	}
	return int((m*1000 + Full/2) / Full)
}

// Percent writes the mark as GIFT does: "50", "-33.33333"; ParseMark reads it back to the same mark.
func (m Mark) Percent() string {
	r := big.NewRat(int64(m)*100, int64(Full))
	s := r.FloatString(5)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// ParseMark reads a percentage from -100 to 100 ("50", "-33.33333", "12,5"). A shortened third, sixth, seventh or ninth ("33.33") becomes the fraction
// that was meant, so that three of them are a whole.
func ParseMark(s string) (Mark, error) {
	s = strings.Replace(strings.TrimSpace(s), ",", ".", 1)
	if len(s) > 12 || s == "" || strings.ContainsAny(s, "eE/_xXpP") {
		return 0, fmt.Errorf("percentage %q", s)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || r.Cmp(big.NewRat(100, 1)) > 0 || r.Cmp(big.NewRat(-100, 1)) < 0 {
		return 0, fmt.Errorf("percentage %q", s)
	}
	r.Mul(r, big.NewRat(int64(Full)/100, 1))
	n, err := strconv.ParseInt(r.FloatString(0), 10, 64)
	m := Mark(n)
	const near = Full / 10000
	for _, part := range []Mark{Full / 6, Full / 7, Full / 9} { // a third is two sixths
		whole := (m + part/2*sign(m)) / part * part
		if d := m - whole; -near < d && d < near {
			return whole, err
		}
	}
	return m, err
}

func sign(m Mark) Mark {
	if m < 0 {
		return -1
	}
	return 1
}

// Item is one question with its key, frozen once it has a version: editing makes a new version.
type Item struct {
	ID         string      `json:"id,omitempty"`      // id of this version of the item; forms, answers and results name it. Empty in a file being imported
	Code       string      `json:"code"`              // the author's id, the same in every version ("103-B01"); unique in its bank
	Version    int         `json:"version,omitempty"` // 1, 2, 3 ...; 0 while imported
	Key        int         `json:"key,omitempty"`     // version of the key of this item version; raised when a wrong key is corrected, stored with each result
	Type       Type        `json:"type"`
	Title      string      `json:"title,omitempty"` // what stands between :: in GIFT; the code when empty
	Objective  string      `json:"objective"`       // code of the course's objective it asks for
	Difficulty Difficulty  `json:"difficulty,omitempty"`
	Category   string      `json:"category,omitempty"` // path of categories, "umum/loket"
	Tags       []string    `json:"tags,omitempty"`
	Stem       string      `json:"stem"` // the question, Markdown without HTML
	Options    []Option    `json:"options,omitempty"`
	Parts      []Part      `json:"parts,omitempty"`   // of a type that asks several things in one item
	Scoring    string      `json:"scoring,omitempty"` // of a type that knows several ways to earn marks; its own default when empty
	Limit      int         `json:"limit,omitempty"`   // essay: words; upload: files; case simulation: minutes of its own clock; 0 is the type's own
	Files      []string    `json:"files,omitempty"`   // upload: the kinds of FileKinds it takes; empty: all
	Size       int         `json:"size,omitempty"`    // upload: megabytes of one file; 0 is MaxFileMB
	Rubric     []Criterion `json:"rubric,omitempty"`  // of a type that a person marks
	Units      []string    `json:"units,omitempty"`   // numeric: units that may stand before or after the number ("Rp", "menit")
	Exact      bool        `json:"exact,omitempty"`   // short text: case and accents count
	Fixed      bool        `json:"fixed,omitempty"`   // options keep the author's order ("A dan B benar", a scale)
	General    string      `json:"general,omitempty"` // feedback shown whatever the answer
	Hints      []string    `json:"hints,omitempty"`   // Markdown, one paragraph each: the n-th is shown after the n-th try that was not right, while tries are left
	Void       bool        `json:"void,omitempty"`    // taken out, by a correction of its key or in the file it was written from: no new form draws it, and where it was drawn everybody gets the whole mark
}

// Option is one answer the author foresaw: a choice that is shown (single, multiple, truefalse) or an answer that is accepted (numeric, shorttext).
type Option struct {
	ID        string `json:"id"`                  // one letter, a..t, unique in the item; in the author's order. Never shown: a taker sees positions
	Text      string `json:"text"`                // Markdown for a choice, the number or the pattern otherwise; empty for truefalse
	Mark      Mark   `json:"mark"`                // -Full..Full; the key is what has Full (multiple: the positive marks add up to Full)
	Tolerance string `json:"tolerance,omitempty"` // numeric: how far an answer may lie from Text, a decimal number >= 0; empty is 0
	Feedback  string `json:"feedback,omitempty"`  // shown when this option was chosen or matched
	Expert    int    `json:"expert,omitempty"`    // judgement: the panel's mean rating in tenths, 10 (very poor) to 50 (very good)
	Next      string `json:"next,omitempty"`      // case simulation: id of the state this decision leads to; empty ends the case
	Minutes   int    `json:"minutes,omitempty"`   // case simulation: what the decision takes on the case's own clock
}

// Part is one thing asked in an item that asks several: a prompt to be matched, a gap in a text, the reason of a judgement, a state of a case.
type Part struct {
	ID      string   `json:"id"`                // one letter, a..t, unique in the item
	Text    string   `json:"text,omitempty"`    // Markdown: the prompt, the state
	Type    Type     `json:"type,omitempty"`    // cloze: how the gap is answered (single, shorttext, numeric)
	Options []Option `json:"options,omitempty"` // of this part alone
	Right   string   `json:"right,omitempty"`   // matching: id of the item's option that belongs to the prompt
	Weight  int      `json:"weight,omitempty"`  // cloze: share of the gap, 1 when 0
	Units   []string `json:"units,omitempty"`   // of a number
	Exact   bool     `json:"exact,omitempty"`   // of a short text
}

// Criterion is one row of a rubric, marked by a person on one of its levels.
type Criterion struct {
	ID     string  `json:"id"` // one letter
	Text   string  `json:"text"`
	Weight int     `json:"weight"` // share of the criterion among all of the rubric, 1 to 100
	Levels []Level `json:"levels"` // from the least to the full mark
}

// Level is one level of a criterion.
type Level struct {
	Text string `json:"text"`
	Mark Mark   `json:"mark"` // 0..Full of the criterion
}

// MaxOptions bounds the options of an item; their ids are the first MaxOptions letters.
const MaxOptions = 20

// OptionID is the id of the n-th option (from 0) as an author writes them down: a, b, c ...
func OptionID(n int) string { return string(rune('a' + n)) }

// MaxParts bounds the parts of an item; their ids are letters as those of options.
const MaxParts = 20

// Name is what an author calls the item: its title or its code.
func (it Item) Name() string {
	if it.Title != "" {
		return it.Title
	}
	return it.Code
}

// FindOption finds an option in a list; false when there is none with this id.
func FindOption(list []Option, id string) (Option, bool) {
	for _, o := range list {
		if o.ID == id {
			return o, true
		}
	}
	return Option{}, false
}

// FindPart finds a part of the item.
func (it Item) FindPart(id string) (Part, bool) {
	for _, p := range it.Parts {
		if p.ID == id {
			return p, true
		}
	}
	return Part{}, false
}

// NewTrueFalse fills the two options of a true/false item: the key, and what is said to somebody who answers wrong or right.
func NewTrueFalse(key bool, wrong, right string) []Option {
	t, f := Option{ID: "a", Mark: Full, Feedback: right}, Option{ID: "b", Feedback: wrong}
	if !key {
		t, f = Option{ID: "a", Feedback: wrong}, Option{ID: "b", Mark: Full, Feedback: right}
	}
	return []Option{t, f}
}
