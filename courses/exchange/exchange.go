// Package exchange reads and writes courses and items as files. Items: Read (formats.go) finds out what a file is and hands it to the reader of its format,
// Write to the writer; a reader and a writer live in the file named after their format, and what all readers share is in intake.go. Courses: the folder
// (folder.go), plain or zipped (zip.go). What its author should think about again, courses/lint says.
//
// It stores nothing and asks nobody. A reader never stops at the first mistake: it lists all of them, each with file, line, column and what to do,
// so that an author mends a file in one round. Nothing is dropped in silence: what cannot be taken over is a mistake or a warning.
package exchange

import (
	"fmt"
	"sort"
	"strconv"

	_ "github.com/apelkota/apel/courses/grading/kinds" // every item type
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Weight is what an entry of a report means for what was read.
type Weight string

// The weights, the heaviest first.
const (
	Refused   Weight = "refused"   // not taken: it must be changed in the file first
	Uncertain Weight = "uncertain" // taken, but a person has to look: a key that is missing or was guessed
	Changed   Weight = "changed"   // taken, but something of it has no place here and is lost
	Hint      Weight = "hint"      // taken as it is; look at it some time
)

// heavier says whether w weighs more than x; anything weighs more than nothing.
func (w Weight) heavier(x Weight) bool {
	rank := map[Weight]int{Refused: 4, Uncertain: 3, Changed: 2, Hint: 1}
	return rank[w] > rank[x]
}

// Mistake is something an author must change, or should look at, at one place of a file.
type Mistake struct {
	File   string     `json:"file"`
	Line   int        `json:"line,omitempty"`   // from 1, the row of a table; 0 when the file as a whole is meant
	Column int        `json:"column,omitempty"` // from 1, in characters; 0 when the line as a whole is meant
	Item   int        `json:"item,omitempty"`   // which item of the bank it is about, from 1; 0 when none was made of it or the file is meant
	Weight Weight     `json:"weight"`
	Text   texts.Text `json:"text"`
}

// Warning says that the entry does not hinder the use of what was read.
func (m Mistake) Warning() bool { return m.Weight != Refused }

// Where is "items/bank.gift:12:3".
func (m Mistake) Where() string {
	s := m.File
	if m.Line > 0 {
		s += ":" + strconv.Itoa(m.Line)
		if m.Column > 0 {
			s += ":" + strconv.Itoa(m.Column)
		}
	}
	return s
}

// Report is what a reader found, mistakes and warnings, in the order of the files. The zero value is empty and ready.
type Report []Mistake

func (r *Report) wrong(file string, line, column int, id, en string, args ...any) {
	*r = append(*r, Mistake{File: file, Line: line, Column: column, Weight: Refused, Text: texts.T(fmt.Sprintf(id, args...), fmt.Sprintf(en, args...))})
}

func (r *Report) warn(file string, line, column int, id, en string, args ...any) {
	r.note(Hint, file, line, column, id, en, args...)
}

func (r *Report) note(w Weight, file string, line, column int, id, en string, args ...any) {
	r.wrong(file, line, column, id, en, args...)
	(*r)[len(*r)-1].Weight = w
}

// Mistakes are the entries that are no warnings: what was read may be used only when there are none.
func (r Report) Mistakes() Report { return r.only(false) }

// Warnings are the entries that do not hinder the use of what was read.
func (r Report) Warnings() Report { return r.only(true) }

func (r Report) only(warning bool) Report {
	var out Report
	for _, m := range r {
		if m.Warning() == warning {
			out = append(out, m)
		}
	}
	return out
}

// maxFields bounds the fields of one fault.
const maxFields = 1000

// Err is nil when there are no mistakes, else an Invalid fault with one field per mistake; its path is Where, and the place stands in the sentence too.
func (r Report) Err() error {
	bad := r.Mistakes()
	if len(bad) == 0 {
		return nil
	}
	e := faults.Newf(faults.Invalid, "Ada %d kesalahan dalam berkas. Tidak ada yang disimpan. Perbaiki lalu kirim lagi.", "There are %d mistakes in the files. Nothing was stored. Correct them and send them again.", len(bad))
	for i, m := range bad {
		if i == maxFields {
			break
		}
		id, en := m.File, m.File
		if m.Line > 0 {
			id, en = fmt.Sprintf("%s baris %d", id, m.Line), fmt.Sprintf("%s line %d", en, m.Line)
		}
		if m.Column > 0 {
			id, en = fmt.Sprintf("%s kolom %d", id, m.Column), fmt.Sprintf("%s column %d", en, m.Column)
		}
		e.With(m.Where(), id+": "+m.Text.In(texts.ID), en+": "+m.Text.In(texts.EN))
	}
	return e
}

// sorted orders a report by line within each file and keeps the order in which files were read.
func (r Report) sorted() Report {
	file := map[string]int{}
	for _, m := range r {
		if _, ok := file[m.File]; !ok {
			file[m.File] = len(file)
		}
	}
	sort.SliceStable(r, func(i, j int) bool {
		a, b := r[i], r[j]
		if a.File != b.File {
			return file[a.File] < file[b.File]
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	return r
}

// faultText is the safe sentence of an error.
func faultText(err error) texts.Text { return faults.Of(err).Text }
