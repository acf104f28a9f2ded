package grading

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Finding is something an author should change: where it stands in the item ("stem", "options[2].text") and what to do.
type Finding struct {
	Path    string     `json:"path"`
	Text    texts.Text `json:"text"`
	Warning bool       `json:"warning,omitempty"` // the item can be used, but look at it
}

type report struct{ found []Finding }

func (r *report) wrong(path, id, en string, args ...any) {
	r.found = append(r.found, Finding{Path: path, Text: texts.T(fmt.Sprintf(id, args...), fmt.Sprintf(en, args...))})
}

func (r *report) warn(path, id, en string, args ...any) {
	r.wrong(path, id, en, args...)
	r.found[len(r.found)-1].Warning = true
}

func itoa(n int) string                 { return strconv.Itoa(n) }
func optionPath(n int, f string) string { return "options[" + itoa(n) + "]." + f }

// Check lists what is wrong with an item as its author wrote it, mistakes and warnings. An item without mistakes can be drawn and graded.
func Check(it Item) []Finding {
	var r report
	if strings.TrimSpace(it.Code) == "" {
		r.wrong("code", "Soal belum punya id. Tulis [id:...] di baris komentar sebelum soal.", "The item has no id. Write [id:...] in the comment line before it.")
	}
	if strings.TrimSpace(it.Stem) == "" {
		r.wrong("stem", "Pertanyaannya kosong.", "The question is empty.")
	}
	if strings.TrimSpace(it.Objective) == "" {
		r.wrong("objective", "Soal belum menyebut capaian. Tulis [objective:...] di baris komentar sebelum soal.", "The item names no objective. Write [objective:...] in the comment line before it.")
	}
	switch it.Difficulty {
	case "", Easy, Medium, Hard:
	default:
		r.wrong("difficulty", "Tingkat kesulitan %q tidak dikenal. Pakai mudah, sedang, atau sulit.", "Unknown difficulty %q. Use mudah, sedang or sulit.", string(it.Difficulty))
	}
	k, ok := byName[it.Type]
	if !ok {
		r.wrong("type", "Jenis soal %q tidak dikenal.", "Unknown item type %q.", string(it.Type))
		return r.found
	}
	if len(it.Options) > MaxOptions {
		r.wrong("options", "Paling banyak %d pilihan.", "At most %d options.", MaxOptions)
		return r.found
	}
	seen := map[string]bool{}
	for i, o := range it.Options {
		if len(o.ID) != 1 || o.ID < "a" || o.ID >= OptionID(MaxOptions) || seen[o.ID] {
			r.wrong(optionPath(i, "id"), "Id pilihan harus satu huruf a sampai t dan tidak berulang.", "An option's id is one letter from a to t, used once.")
		}
		seen[o.ID] = true
		if o.Mark > Full || o.Mark < -Full {
			r.wrong(optionPath(i, "mark"), "Bobot antara -100 dan 100 persen.", "A weight lies between -100 and 100 percent.")
		}
	}
	k.check(it, &r)
	return r.found
}

// CheckError is Check as an Invalid error with one field per mistake, nil when there is none. Warnings are left out.
func CheckError(it Item) error {
	var e *faults.Error
	for _, f := range Check(it) {
		if f.Warning {
			continue
		}
		if e == nil {
			e = faults.Newf(faults.Invalid, "Soal %s belum benar: %s", "Item %s is not right: %s", it.Name(), f.Text.ID)
			e.Text.EN = fmt.Sprintf("Item %s is not right: %s", it.Name(), f.Text.EN)
		}
		e.With(f.Path, f.Text.ID, f.Text.EN)
	}
	if e == nil {
		return nil
	}
	return e
}
