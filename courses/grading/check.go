package grading

import (
	"fmt"
	"slices"
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

// Report gathers what is wrong with an item.
type Report struct {
	Correction bool // the item has been taken and only its key is corrected: single choice may then accept several options
	found      []Finding
}

// Wrong adds a mistake; the sentences are formats for args.
func (r *Report) Wrong(path, id, en string, args ...any) {
	r.found = append(r.found, Finding{Path: path, Text: texts.T(fmt.Sprintf(id, args...), fmt.Sprintf(en, args...))})
}

// Warn adds something to look at.
func (r *Report) Warn(path, id, en string, args ...any) {
	r.Wrong(path, id, en, args...)
	r.found[len(r.found)-1].Warning = true
}

// CheckPart lets another type check a part of an item as if it were an item of its own; what it finds stands below path.
func (r *Report) CheckPart(path string, k Kind, part Item) {
	sub := Report{Correction: r.Correction}
	k.Check(part, &sub)
	for _, f := range sub.found {
		f.Path = path + f.Path
		r.found = append(r.found, f)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// OptionPath is where a member of an option stands in an item.
func OptionPath(n int, member string) string { return "options[" + itoa(n) + "]." + member }

// PartPath is where a member of a part stands in an item.
func PartPath(n int, member string) string { return "parts[" + itoa(n) + "]." + member }

// Check lists what is wrong with an item as its author wrote it, mistakes and warnings. An item without mistakes can be drawn and graded.
func Check(it Item) []Finding { return check(it, &Report{}) }

func check(it Item, r *Report) []Finding {
	if strings.TrimSpace(it.Code) == "" {
		r.Wrong("code", "Soal belum punya id. Tulis [id:...] di baris komentar sebelum soal.", "The item has no id. Write [id:...] in the comment line before it.")
	}
	if strings.TrimSpace(it.Stem) == "" {
		r.Wrong("stem", "Pertanyaannya kosong.", "The question is empty.")
	}
	if strings.TrimSpace(it.Objective) == "" {
		r.Wrong("objective", "Soal belum menyebut capaian. Pilih capaiannya (di berkas GIFT: [objective:...] di baris komentar sebelum soal).", "The item names no objective. Choose one (in a GIFT file: [objective:...] in the comment line before it).")
	}
	switch it.Difficulty {
	case "", Easy, Medium, Hard:
	default:
		r.Wrong("difficulty", "Tingkat kesulitan %q tidak dikenal. Pakai mudah, sedang, atau sulit.", "Unknown difficulty %q. Use mudah, sedang or sulit.", string(it.Difficulty))
	}
	k, ok := kindNamed(it.Type)
	if !ok {
		r.Wrong("type", "Jenis soal %q tidak dikenal.", "Unknown item type %q.", string(it.Type))
		return r.found
	}
	checkHints(it, r)
	checkList("", it.Options, r)
	if len(it.Parts) > MaxParts {
		r.Wrong("parts", "Paling banyak %d bagian.", "At most %d parts.", MaxParts)
		return r.found
	}
	seen := map[string]bool{}
	for i, p := range it.Parts {
		if !letter(p.ID) || seen[p.ID] {
			r.Wrong(PartPath(i, "id"), "Id bagian harus satu huruf a sampai t dan tidak berulang.", "A part's id is one letter from a to t, used once.")
		}
		seen[p.ID] = true
		checkList("parts["+itoa(i)+"].", p.Options, r)
	}
	if tooMany(it) {
		return r.found
	}
	k.Check(it, r)
	return r.found
}

// checkList reports what is wrong with any list of options.
func checkList(path string, options []Option, r *Report) {
	if len(options) > MaxOptions {
		r.Wrong(path+"options", "Paling banyak %d pilihan.", "At most %d options.", MaxOptions)
		return
	}
	seen := map[string]bool{}
	for i, o := range options {
		if !letter(o.ID) || seen[o.ID] {
			r.Wrong(path+OptionPath(i, "id"), "Id pilihan harus satu huruf a sampai t dan tidak berulang.", "An option's id is one letter from a to t, used once.")
		}
		seen[o.ID] = true
		if o.Mark > Full || o.Mark < -Full {
			r.Wrong(path+OptionPath(i, "mark"), "Bobot antara -100 dan 100 persen.", "A weight lies between -100 and 100 percent.")
		}
	}
}

func tooMany(it Item) bool {
	return len(it.Options) > MaxOptions || slices.ContainsFunc(it.Parts, func(p Part) bool { return len(p.Options) > MaxOptions })
}

func letter(id string) bool { return len(id) == 1 && id >= "a" && id < OptionID(MaxOptions) }

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
