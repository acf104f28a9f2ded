package sheets

import (
	"fmt"
	"strconv"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// RowError is something wrong at one place of a table. Its sentence must not repeat a NIP.
type RowError struct {
	Row    int        `json:"row"`              // as the spreadsheet program numbers it
	Column string     `json:"column,omitempty"` // title of the column; empty when the row as a whole is meant
	Text   texts.Text `json:"text"`
}

// RowErrors collects them, in any order. The zero value is ready. Not safe for several goroutines.
type RowErrors []RowError

// Add notes one.
func (l *RowErrors) Add(row int, column, id, en string) {
	*l = append(*l, RowError{Row: row, Column: column, Text: texts.T(id, en)})
}

// Addf notes one with the same arguments formatted into both sentences.
func (l *RowErrors) Addf(row int, column, id, en string, args ...any) {
	l.Add(row, column, fmt.Sprintf(id, args...), fmt.Sprintf(en, args...))
}

// AddErr notes the safe sentence of an error; nil is nothing. It returns whether there was one.
func (l *RowErrors) AddErr(row int, column string, err error) bool {
	if err == nil {
		return false
	}
	*l = append(*l, RowError{Row: row, Column: column, Text: faults.Of(err).Text})
	return true
}

// MaxFields bounds the fields of one fault; further row errors are counted in its sentence only.
const MaxFields = 1000

// Err is nil for an empty list, else an Invalid fault with a field per row error: path "rows[12].nip", and the row and column in the sentence too.
func (l RowErrors) Err() error {
	if len(l) == 0 {
		return nil
	}
	e := faults.Newf(faults.Invalid, "Ada %d kesalahan dalam berkas. Tidak ada yang disimpan. Perbaiki lalu kirim lagi.", "There are %d errors in the file. Nothing was stored. Correct them and send it again.", len(l))
	for i, r := range l {
		if i == MaxFields {
			break
		}
		path, id, en := "rows["+strconv.Itoa(r.Row)+"]", fmt.Sprintf("Baris %d", r.Row), fmt.Sprintf("Row %d", r.Row)
		if r.Column != "" {
			path, id, en = path+"."+r.Column, id+", kolom "+r.Column, en+", column "+r.Column
		}
		e.With(path, id+": "+r.Text.In(texts.ID), en+": "+r.Text.In(texts.EN))
	}
	return e
}
