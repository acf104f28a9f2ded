package grading

import "strings"

// Answer is what a taker gave for one item. The zero Answer is blank. Which members a given item takes is said by its Field.
//
// Choices are positions on the taker's own form, "a" for the first option shown; they are not option ids, so neither the page nor the wire tells
// where the author had put the key.
type Answer struct {
	Choices []string `json:"choices,omitempty"` // one: at most one; many: any number, in any order; order: all of them, in the taker's order
	Text    string   `json:"text,omitempty"`    // number, text, long: as typed
	Parts   []Answer `json:"parts,omitempty"`   // parts: one for each part of the field, in order; missing ones at the end are blank
	Files   []File   `json:"files,omitempty"`   // files: what was uploaded
}

// File is an uploaded file: its bytes are a blob, the name is what the taker called it.
type File struct {
	Blob string `json:"blob"`
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes
}

// Blank says whether nothing was answered.
func (a Answer) Blank() bool {
	for _, p := range a.Parts {
		if !p.Blank() {
			return false
		}
	}
	return len(a.Choices) == 0 && len(a.Files) == 0 && strings.TrimSpace(a.Text) == ""
}

// Part is the answer to the n-th part (from 0), blank when there is none.
func (a Answer) Part(n int) Answer {
	if n < len(a.Parts) {
		return a.Parts[n]
	}
	return Answer{}
}

// FileKinds are the kinds of files that can be handed in, as the endings of their names.
var FileKinds = []string{"pdf", "jpg", "png", "docx", "xlsx", "txt"}

// Limits of an answer.
const (
	MaxText  = 300   // runes of a short answer
	MaxLong  = 20000 // runes of an essay
	MaxFiles = 5     // of one item

	MaxFileMB = 5 // of one file
)
