package main

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
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

// formItem is a question as the API shows it.
type formItem struct {
	ID      string       `json:"id"`
	Choices []formChoice `json:"choices"`
}

type formChoice struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// formAnswer is an answer as the API takes it.
type formAnswer struct {
	Choices []string `json:"choices,omitempty"`
	Text    string   `json:"text,omitempty"`
}

// answer gives the right answer to an item, or a wrong one.
func (s solver) answer(f formItem, right bool) (formAnswer, error) {
	parts := strings.Split(f.ID, ".") // course.code.hash
	if len(parts) != 3 {
		return formAnswer{}, fmt.Errorf("item id %q has an unknown form", f.ID)
	}
	it, ok := s[parts[1]]
	if !ok {
		return formAnswer{}, fmt.Errorf("item %s is not in the course folder", parts[1])
	}
	switch it.Type {
	case grading.Numeric, grading.ShortText:
		if !right {
			return formAnswer{Text: "0"}, nil
		}
		for _, o := range it.Options {
			if o.Mark == grading.Full {
				return formAnswer{Text: strings.ReplaceAll(o.Text, "*", "")}, nil
			}
		}
		return formAnswer{}, fmt.Errorf("item %s has no key", it.Code)
	}
	var a formAnswer
	for i, c := range f.Choices {
		o, err := chosen(it, i, c.HTML)
		if err != nil {
			return a, err
		}
		if good := o.Mark > 0; good == right && (it.Type == grading.Multiple || len(a.Choices) == 0) {
			a.Choices = append(a.Choices, c.ID)
		}
	}
	return a, nil
}

// chosen finds the option a choice shows, by its letters and digits.
func chosen(it grading.Item, place int, shown string) (grading.Option, error) {
	if it.Type == grading.TrueFalse && place < len(it.Options) {
		return it.Options[place], nil // true and false are never shuffled
	}
	for _, o := range it.Options {
		if letters(o.Text) == letters(plain(shown)) {
			return o, nil
		}
	}
	return grading.Option{}, fmt.Errorf("item %s: no option reads %q", it.Code, plain(shown))
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
