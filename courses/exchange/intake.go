package exchange

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/texts"
)

// MaxItems bounds the items of one file.
const MaxItems = 5000

// Bank is what a file of items holds, whatever its format. What became of each item stands in the report that comes with it.
type Bank struct {
	Format Format
	Items  []grading.Item // ID, Version and Key are empty: they are given when the items are stored. Refused ones are among them, so that they can be shown
	Lines  []int          // Lines[i] is the line or row on which Items[i] begins
}

// Weights says of each item of a bank what became of it: the heaviest entry of the report about it, "" when it was taken as it is.
func (b Bank) Weights(r Report) []Weight {
	out := make([]Weight, len(b.Items))
	for _, m := range r {
		if n := m.Item - 1; n >= 0 && n < len(out) && m.Weight.heavier(out[n]) {
			out[n] = m.Weight
		}
	}
	return out
}

// Taken are the items that are not refused, with those that still lack a key.
func (b Bank) Taken(r Report) []grading.Item {
	var out []grading.Item
	for i, w := range b.Weights(r) {
		if w != Refused {
			out = append(out, b.Items[i])
		}
	}
	return out
}

// Tally counts what became of the items of a file.
type Tally struct {
	Taken     int `json:"taken"`     // all that are not refused
	Changed   int `json:"changed"`   // of these: lost something
	Uncertain int `json:"uncertain"` // of these: have to be looked at
	Refused   int `json:"refused"`   // items, and places of the file of which no item could be made
}

// Tally counts the items of a bank by what its report says of them.
func (b Bank) Tally(r Report) Tally {
	var t Tally
	for _, w := range b.Weights(r) {
		switch w {
		case Refused:
			t.Refused++
			continue
		case Uncertain:
			t.Uncertain++
		case Changed:
			t.Changed++
		}
		t.Taken++
	}
	for _, m := range r {
		if m.Item == 0 && m.Weight == Refused {
			t.Refused++
		}
	}
	return t
}

// Defaults fill in what a file does not say of its items.
type Defaults struct {
	Objective  string                 // for items that name none
	Objectives []string               // those there are; an item that names another is refused. Empty: any
	Prefix     string                 // of the ids that are made for items without one; "S" when empty
	Used       func(code string) bool // ids that are not to be made, because others have them; may be nil
	Keep       KeepPicture            // of pictures in the file; nil: they leave their descriptions
}

// intake is the reading of one file: what every format's reader writes into.
type intake struct {
	file     string
	given    *Defaults // nil: every item has to say everything itself
	bank     Bank
	report   Report
	codes    map[string]int // code -> line
	work     *int           // of the Markdown parser so far
	begun    int            // entries of the report before the item under way
	made     map[int]bool   // items whose code is made when all are read
	keep     KeepPicture
	pictures []File // which the runes from pictureMark on stand for
}

func newIntake(file string, given *Defaults, work *int) *intake {
	in := &intake{file: file, given: given, work: work, codes: map[string]int{}, made: map[int]bool{}}
	if given != nil {
		in.keep = given.Keep.once()
	}
	return in
}

func (in *intake) refuse(at place, id, en string, args ...any) {
	in.report.note(Refused, in.file, at.line, at.column, id, en, args...)
}
func (in *intake) lost(at place, id, en string, args ...any) {
	in.report.note(Changed, in.file, at.line, at.column, id, en, args...)
}
func (in *intake) unsure(at place, id, en string, args ...any) {
	in.report.note(Uncertain, in.file, at.line, at.column, id, en, args...)
}

// missing reports what was lost of the item under way.
func (in *intake) missing(at place, l losses) {
	if len(l.id) > 0 {
		in.report = append(in.report, Mistake{File: in.file, Line: at.line, Column: at.column, Weight: Changed,
			Text: texts.T("Tidak ikut terambil: "+strings.Join(l.id, ", ")+".", "Not taken over: "+strings.Join(l.en, ", ")+".")})
	}
}

// begin says that what is reported from here on is about the next item.
func (in *intake) begin() { in.begun = len(in.report) }

// broken says whether the item under way was refused already.
func (in *intake) broken() bool {
	for _, m := range in.report[in.begun:] {
		if m.Weight == Refused {
			return true
		}
	}
	return false
}

// full says that no more items are read, and reports it once.
func (in *intake) full(at place) bool {
	if len(in.bank.Items) < MaxItems {
		return false
	}
	if len(in.report) == 0 || in.report[len(in.report)-1].Item != -1 {
		in.refuse(at, "Lebih dari %[1]s soal dalam satu berkas. Bagi menjadi beberapa bank.", "More than %[2]s items in one file. Split it into several banks.",
			texts.Grouped(MaxItems, texts.ID), texts.Grouped(MaxItems, texts.EN))
		in.report[len(in.report)-1].Item = -1
	}
	return true
}

var codeShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$`)

// take ends the item under way: fills in what the file does not say, adds what grading finds wrong with it, each at the place it is about, and keeps it. at gives
// the place of a path of the item, nil when they all stand at begin. open says that its key is not known: it is taken without one, and what only follows
// from that is not a mistake.
func (in *intake) take(it grading.Item, begin place, at func(path string) (place, bool), open bool) {
	if in.given != nil && it.Objective == "" {
		it.Objective = in.given.Objective
	}
	if in.given != nil && len(in.given.Objectives) > 0 && it.Objective != "" && !slices.Contains(in.given.Objectives, it.Objective) {
		in.refuse(begin, "Capaian %q tidak ada di kursus ini. Yang ada: %s.", "This course has no objective %q. There is: %s.", shorten(it.Objective), strings.Join(in.given.Objectives, ", "))
	}
	n := len(in.bank.Items)
	if it.Code != "" {
		if !codeShape.MatchString(it.Code) {
			in.refuse(begin, "Id soal %q hanya boleh huruf, angka, - dan _, paling panjang 30.", "The item id %q may hold letters, digits, - and _ only, at most 30.", it.Code)
		}
		if first, twice := in.codes[it.Code]; twice {
			in.refuse(begin, "Id soal %s sudah dipakai di baris %d. Beri id lain.", "The item id %s is already used in line %d. Give it another.", it.Code, first)
		} else {
			in.codes[it.Code] = begin.line
		}
	} else if in.given != nil {
		in.made[n] = true
	}
	if !in.broken() { // after a mistake of syntax the item's own findings would only repeat it
		checked := it
		if in.made[n] {
			checked.Code = "x"
		}
		if open {
			checked = someKey(checked)
		}
		for _, f := range grading.Check(checked) {
			where := begin
			if at != nil {
				if p, ok := at(f.Path); ok {
					where = p
				}
			}
			in.report = append(in.report, Mistake{File: in.file, Line: where.line, Column: where.column, Weight: weighed(f), Text: f.Text})
		}
	}
	in.bank.Items, in.bank.Lines = append(in.bank.Items, it), append(in.bank.Lines, begin.line)
	in.settle(n + 1)
}

// settle says of everything reported since the item began that it is about item n (from 1), 0 for none.
func (in *intake) settle(n int) {
	for i := in.begun; i < len(in.report); i++ {
		in.report[i].Item = n
	}
	in.begun = len(in.report)
}

// weighed is the weight of what grading found.
func weighed(f grading.Finding) Weight {
	if f.Warning {
		return Hint
	}
	return Refused
}

// someKey gives a choice without a key one, to see whether the rest of it is sound.
func someKey(it grading.Item) grading.Item {
	it.Options = append([]grading.Option(nil), it.Options...)
	for i := range it.Options {
		it.Options[i].Mark = 0
	}
	if len(it.Options) > 0 {
		it.Options[0].Mark = grading.Full
	}
	return it
}

// end makes the missing ids and gives what was read.
func (in *intake) end() (Bank, Report) {
	prefix := "S"
	if in.given != nil && in.given.Prefix != "" {
		prefix = in.given.Prefix
	}
	next := 1
	for i := range in.bank.Items {
		for in.made[i] && in.bank.Items[i].Code == "" {
			code := fmt.Sprintf("%s%03d", prefix, next)
			next++
			if _, used := in.codes[code]; used || in.given.Used != nil && in.given.Used(code) {
				continue
			}
			in.codes[code] = in.bank.Lines[i]
			in.bank.Items[i].Code = code
		}
	}
	if len(in.bank.Items) == 0 && len(in.report.Mistakes()) == 0 {
		in.refuse(place{}, "Tidak ada soal dalam berkas ini.", "There is no item in this file.")
	}
	for i, m := range in.report {
		in.report[i].Item = max(m.Item, 0)
	}
	return in.bank, in.report.sorted()
}

// sound checks a text for people: not too hard to parse, no HTML, no pictures but those of the course, no script links. Each trouble is reported at its line; first is the text's.
func (in *intake) sound(text string, first int) {
	work, bad := markdown.Weigh(text)
	if *in.work += work; bad == nil && *in.work > markdown.MaxAllWork {
		bad = tooMuch()
	}
	if bad != nil {
		in.report = append(in.report, Mistake{File: in.file, Line: first - 1 + max(bad.Line, 1), Weight: Refused, Text: bad.Text})
		return
	}
	if !strings.ContainsAny(text, "<[") {
		return
	}
	html := false
	_ = look(text, func(at int) {
		if !html { // the opening tag is enough
			in.refuse(place{first - 1 + at, 0}, "Teks ini memuat HTML. Pakai Markdown, misalnya **tebal** atau *miring*.", "This text holds HTML. Use Markdown, such as **bold** or *italic*.")
		}
		html = true
	}, func(pic picture) {
		if e, ok := (markdown.Embed{Path: pic.path}).File(); ok && e.Picture {
			return // a file of the course; whether it is there is asked where it is stored
		}
		in.refuse(place{first - 1 + pic.line, 0}, "Gambar %q tidak diambil dari tempat lain. Sisipkan gambarnya di halaman Ubah soal, atau jelaskan dengan kata-kata.", "The picture %q is not fetched from elsewhere. Upload it in the item's editor, or describe it in words.", shorten(pic.path))
	}, func(to string, at int) {
		if !safeLink(to) {
			in.refuse(place{first - 1 + at, 0}, "Tautan %q tidak diterima. Pakai alamat https://.", "The link %q is not accepted. Use https://.", to)
		}
	})
}

// soundItem checks all texts of an item that people read, at one line.
func (in *intake) soundItem(it grading.Item, line int) {
	one := func(s string) {
		before := len(in.report)
		in.sound(s, line)
		for i := before; i < len(in.report); i++ {
			in.report[i].Line = line
		}
	}
	shown := func(options []grading.Option, read bool) {
		for _, o := range options {
			if read {
				one(o.Text)
			}
			one(o.Feedback)
		}
	}
	one(it.Stem)
	one(it.General)
	for _, h := range it.Hints {
		one(h)
	}
	shown(it.Options, it.Type != grading.ShortText && it.Type != grading.Numeric)
	for _, p := range it.Parts {
		one(p.Text)
		shown(p.Options, p.Type == "" || p.Type == grading.Single)
	}
	for _, c := range it.Rubric {
		one(c.Text)
		for _, l := range c.Levels {
			one(l.Text)
		}
	}
}
