package grading

import "strings"

// Answer is what a taker gave for one item. The zero Answer is blank.
//
// Choices are positions on the taker's own form, "a" for the first option shown; they are not option ids, so neither the page nor the wire tells
// where the author had put the key.
type Answer struct {
	Choices []string `json:"choices,omitempty"` // single, truefalse: at most one; multiple: any number, in any order
	Text    string   `json:"text,omitempty"`    // numeric, shorttext: as typed
}

// Blank says whether nothing was answered.
func (a Answer) Blank() bool { return len(a.Choices) == 0 && strings.TrimSpace(a.Text) == "" }

// MaxText is the longest text answer in runes.
const MaxText = 300
