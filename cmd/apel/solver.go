package main

import (
	"errors"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/casesim"
	"github.com/apelkota/apel/courses/grading/kinds/cloze"
	"github.com/apelkota/apel/courses/grading/kinds/judgement"
	"github.com/apelkota/apel/courses/grading/kinds/matching"
	"github.com/apelkota/apel/courses/grading/kinds/ordering"
	"github.com/apelkota/apel/courses/grading/kinds/reasoned"
)

// solver answers forms with the keys of a course folder. The demo and the load generator hold the folder, as its author does; the API never
// tells a taker a key.
type solver map[string]grading.Item // by item code

func newSolver(d *exchange.Draft) solver {
	s := solver{}
	for _, b := range d.Banks {
		for _, it := range b.Items {
			s[it.Code] = it
		}
	}
	return s
}

// formItem is a question as the API shows it, or a part of one.
type formItem struct {
	ID      string       `json:"id"`
	Label   string       `json:"label"`
	Choices []formChoice `json:"choices"`
	Taken   bool         `json:"taken"`
	Parts   []formItem   `json:"parts"`
}

type formChoice struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// formAnswer is an answer as the API takes it.
type formAnswer struct {
	Choices []string     `json:"choices,omitempty"`
	Text    string       `json:"text,omitempty"`
	Parts   []formAnswer `json:"parts,omitempty"`
}

// answer gives the right answer to an item, or a wrong one: where an item asks several things, a part of it stays right. Of a case simulation it decides the next step only.
func (s solver) answer(f formItem, right bool) (formAnswer, error) {
	parts := strings.Split(f.ID, ".") // course.code.hash
	if len(parts) != 3 {
		return formAnswer{}, fmt.Errorf("item id %q has an unknown form", f.ID)
	}
	it, ok := s[parts[1]]
	if !ok {
		return formAnswer{}, fmt.Errorf("item %s is not in the course folder", parts[1])
	}
	a, err := solve(it, f, right)
	if err != nil {
		return a, fmt.Errorf("item %s: %w", it.Code, err)
	}
	return a, nil
}

func solve(it grading.Item, f formItem, right bool) (formAnswer, error) {
	switch it.Type {
	case grading.Single, grading.Multiple, grading.TrueFalse, grading.Numeric, grading.ShortText:
		return solveField(it.Type, it.Options, f, right)
	case ordering.Name:
		order := slices.Clone(f.Choices) // as shown, it is shuffled
		place := func(c formChoice) int {
			return slices.IndexFunc(it.Options, func(o grading.Option) bool { return letters(o.Text) == letters(plain(c.HTML)) })
		}
		if right {
			slices.SortFunc(order, func(a, b formChoice) int { return place(a) - place(b) })
		}
		var a formAnswer
		for _, c := range order {
			a.Choices = append(a.Choices, c.ID)
		}
		return a, nil
	}
	var a formAnswer
	for n, p := range f.Parts {
		var part formAnswer
		var err error
		switch it.Type {
		case matching.Name:
			part, err = pickChoice(it.Options, p, func(o grading.Option) bool { return (o.ID == it.Parts[n].Right) == (right || n%2 == 0) })
		case judgement.Name:
			part, err = solveJudgement(it, n, p, right)
		case reasoned.Name:
			if n == 0 {
				part, err = solveField(grading.TrueFalse, it.Options, p, right)
			} else {
				part, err = solveField(grading.Single, it.Parts[n-1].Options, p, right)
			}
		case cloze.Name:
			part, err = solveField(it.Parts[n].Type, it.Parts[n].Options, p, right || n%2 == 0)
		case casesim.Name:
			part, err = solveStep(it, p, right)
		default:
			return a, fmt.Errorf("nobody taught how to answer a %s", it.Type)
		}
		if err != nil {
			return a, fmt.Errorf("part %d: %w", n+1, err)
		}
		a.Parts = append(a.Parts, part)
	}
	return a, nil
}

// solveField answers one control whose options have marks.
func solveField(kind grading.Type, options []grading.Option, f formItem, right bool) (formAnswer, error) {
	switch kind {
	case grading.Numeric, grading.ShortText:
		if !right {
			return formAnswer{Text: "0"}, nil
		}
		for _, o := range options {
			if o.Mark == grading.Full {
				return formAnswer{Text: strings.ReplaceAll(o.Text, "*", "")}, nil
			}
		}
		return formAnswer{}, errors.New("there is no key")
	case grading.TrueFalse: // never shuffled, and shown in words of its own
		for i, c := range f.Choices {
			if i < len(options) && (options[i].Mark > 0) == right {
				return formAnswer{Choices: []string{c.ID}}, nil
			}
		}
	}
	pick := pickChoice
	if kind == grading.Multiple {
		pick = pickChoices
	}
	return pick(options, f, func(o grading.Option) bool { return o.Mark > 0 == right })
}

// solveJudgement names the best or the worst way, or rates one.
func solveJudgement(it grading.Item, n int, f formItem, right bool) (formAnswer, error) {
	if it.Scoring == judgement.Rating {
		way, err := optionOf(it.Options, f.Label)
		if err != nil {
			return formAnswer{}, err
		}
		point := min(max((way.Expert+5)/10, 1), 5)
		if !right {
			point = 3
		}
		return formAnswer{Choices: []string{f.Choices[point-1].ID}}, nil
	}
	high, low := 0, 100
	for _, o := range it.Options {
		high, low = max(high, o.Expert), min(low, o.Expert)
	}
	return pickChoice(it.Options, f, func(o grading.Option) bool {
		if n == 0 {
			return o.Expert == high == right && (right || o.Expert != low)
		}
		return o.Expert == low // who misses the best way still sees the worst
	})
}

// solveStep decides a step of a case; one that stands is answered with nothing new.
func solveStep(it grading.Item, f formItem, right bool) (formAnswer, error) {
	i := slices.IndexFunc(it.Parts, func(p grading.Part) bool { return letters(p.Text) == letters(plain(f.Label)) })
	if i < 0 || f.Taken {
		return formAnswer{}, nil
	}
	most := grading.Mark(0)
	for _, o := range it.Parts[i].Options {
		most = max(most, o.Mark)
	}
	return pickChoice(it.Parts[i].Options, f, func(o grading.Option) bool { return (o.Mark == most) == right })
}

// pickChoice takes a choice whose option is meant, the first one where none is.
func pickChoice(options []grading.Option, f formItem, meant func(grading.Option) bool) (formAnswer, error) {
	a, err := pickChoices(options, f, meant)
	a.Choices = a.Choices[:min(len(a.Choices), 1)]
	return a, err
}

// pickChoices takes all the choices whose options are meant, the first one where none is.
func pickChoices(options []grading.Option, f formItem, meant func(grading.Option) bool) (a formAnswer, err error) {
	for _, c := range f.Choices {
		o, err := optionOf(options, c.HTML)
		if err != nil {
			return a, err
		}
		if meant(o) {
			a.Choices = append(a.Choices, c.ID)
		}
	}
	if len(a.Choices) == 0 && len(f.Choices) > 0 {
		a.Choices = []string{f.Choices[0].ID}
	}
	return a, nil
}

// optionOf finds the option that is shown, by its letters and digits.
func optionOf(options []grading.Option, shown string) (grading.Option, error) {
	for _, o := range options {
		if letters(o.Text) == letters(plain(shown)) {
			return o, nil
		}
	}
	return grading.Option{}, fmt.Errorf("no option reads %q", plain(shown))
}

var tags = regexp.MustCompile(`<[^>]*>`)

func plain(s string) string { return html.UnescapeString(tags.ReplaceAllString(s, "")) }

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
