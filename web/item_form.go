package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses/grading"
)

// The form of an item and the item itself. A list has its length beside it ("o" = 4); its entries are numbered: o0.text, p1.o0.feedback, r0.l2.mark. What a type needs
// is said by grading.Edit.

// itemValues are the values of the form that shows an item.
func itemValues(it grading.Item, e grading.Edit) url.Values {
	v := url.Values{"type": {string(it.Type)}, "title": {it.Title}, "objective": {it.Objective}, "difficulty": {string(it.Difficulty)}, "category": {it.Category}, "tags": {strings.Join(it.Tags, ", ")},
		"stem": {it.Stem}, "general": {it.General}, "hints": {grading.JoinHints(it.Hints)}, "scoring": {it.Scoring}, "units": {strings.Join(it.Units, ", ")}}
	if it.Limit != 0 {
		v.Set("limit", strconv.Itoa(it.Limit))
	}
	if e.Files {
		for _, kind := range grading.FileKinds {
			ticked(v, "files."+kind, len(it.Files) == 0 || slices.Contains(it.Files, kind))
		}
		if it.Size != 0 {
			v.Set("size", strconv.Itoa(it.Size))
		}
	}
	ticked(v, "exact", it.Exact)
	ticked(v, "fixed", it.Fixed)
	listValues(v, "", it.Options, e.Options)
	if e.Parts != nil {
		v.Set("p", strconv.Itoa(rows(len(it.Parts), e.Parts)))
		for i := range rows(len(it.Parts), e.Parts) {
			var p grading.Part
			if i < len(it.Parts) {
				p = it.Parts[i]
			}
			at := fmt.Sprintf("p%d.", i)
			v.Set(at+"id", p.ID)
			v.Set(at+"text", p.Text)
			v.Set(at+"type", string(p.Type))
			v.Set(at+"right", p.Right)
			v.Set(at+"units", strings.Join(p.Units, ", "))
			if p.Weight > 0 {
				v.Set(at+"weight", strconv.Itoa(p.Weight))
			}
			ticked(v, at+"exact", p.Exact)
			listValues(v, at, p.Options, e.Parts.Options)
		}
	}
	if e.Rubric {
		rubric := it.Rubric
		if len(rubric) == 0 {
			rubric = []grading.Criterion{{Weight: 1, Levels: []grading.Level{{}, {Mark: grading.Full / 2}, {Mark: grading.Full}}}}
		}
		v.Set("r", strconv.Itoa(len(rubric)))
		for i, c := range rubric {
			at := fmt.Sprintf("r%d.", i)
			v.Set(at+"id", c.ID)
			v.Set(at+"text", c.Text)
			v.Set(at+"weight", strconv.Itoa(c.Weight))
			v.Set(at+"l", strconv.Itoa(len(c.Levels)))
			for j, l := range c.Levels {
				v.Set(fmt.Sprintf("%sl%d.text", at, j), l.Text)
				v.Set(fmt.Sprintf("%sl%d.mark", at, j), typedPercent(l.Mark))
			}
		}
	}
	return v
}

// typedPercent is a percentage as people type it into a form: 33,33333.
func typedPercent(m grading.Mark) string { return strings.Replace(m.Percent(), ".", ",", 1) }

func ticked(v url.Values, name string, on bool) {
	if on {
		v.Set(name, "1")
	}
}

// rows is how many entries a list shows: those there are, or those of a new item.
func rows(have int, e *grading.EditList) int {
	switch {
	case e.Set != nil:
		return len(e.Set)
	case have > 0:
		return have
	}
	return e.Start
}

func listValues(v url.Values, at string, options []grading.Option, e *grading.EditList) {
	if e == nil {
		return
	}
	n := rows(len(options), e)
	v.Set(at+"o", strconv.Itoa(n))
	marks := tickedMarks(options, e.Marks)
	for i := range n {
		at := fmt.Sprintf("%so%d.", at, i)
		if i >= len(options) {
			continue
		}
		o := options[i]
		v.Set(at+"id", o.ID)
		v.Set(at+"text", o.Text)
		v.Set(at+"feedback", o.Feedback)
		v.Set(at+"tolerance", o.Tolerance)
		v.Set(at+"next", o.Next)
		if o.Minutes != 0 {
			v.Set(at+"minutes", strconv.Itoa(o.Minutes))
		}
		if o.Expert != 0 {
			v.Set(at+"expert", fmt.Sprintf("%d,%d", o.Expert/10, o.Expert%10))
		}
		ticked(v, at+"key", o.Mark > 0 && (e.Marks == grading.TickShared || o.Mark == grading.Full))
		if e.Marks != grading.Unmarked && o.Mark != marks[i] {
			v.Set(at+"mark", typedPercent(o.Mark))
		}
	}
}

// tickedMarks are the marks that options have when nobody gives a percentage: by what is ticked.
func tickedMarks(options []grading.Option, m grading.Marking) []grading.Mark {
	ticks := make([]bool, len(options))
	for i, o := range options {
		ticks[i] = o.Mark > 0 && (m == grading.TickShared || o.Mark == grading.Full)
	}
	return marksOf(ticks, m)
}

func marksOf(ticks []bool, m grading.Marking) []grading.Mark {
	out := make([]grading.Mark, len(ticks))
	right := 0
	for _, t := range ticks {
		if t {
			right++
		}
	}
	first := true
	for i, t := range ticks {
		switch {
		case m == grading.PercentWhole, m == grading.TickOne && t:
			out[i] = grading.Full
		case m == grading.TickShared && t:
			out[i] = grading.Full / grading.Mark(right)
			if first { // eleven parts do not divide the whole
				out[i] += grading.Full % grading.Mark(right)
			}
			first = false
		case m == grading.TickShared:
			out[i] = -grading.Full / grading.Mark(len(ticks)-right)
		}
	}
	return out
}

// itemForm reads an item from its form, and where each entry stands in the form.
type itemForm struct {
	w      *admin
	c      *gin.Context
	form   *Form
	places map[string]string // "options[1]." -> "o2."
}

// length is how many entries a list of the form has.
func (f *itemForm) length(name string) int {
	n, _ := strconv.Atoi(f.form.Get(name))
	return min(max(n, 0), grading.MaxOptions+1)
}

func (f *itemForm) number(name string) int {
	s := f.form.Get(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < -100_000 || n > 100_000 {
		f.form.Wrong(name, f.w.T(f.c, "Isi bilangan bulat."))
	}
	return n
}

func (f *itemForm) percent(name string) (grading.Mark, bool) {
	s := strings.TrimSpace(strings.TrimSuffix(f.form.Get(name), "%"))
	if s == "" {
		return 0, false
	}
	m, err := grading.ParseMark(s)
	if err != nil {
		f.form.Wrong(name, f.w.T(f.c, "Isi persen antara -100 dan 100."))
	}
	return m, true
}

// commaList are words between commas, each once.
func commaList(s string) (out []string) {
	for _, w := range strings.Split(s, ",") {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// freeLetter gives entries that are new an id nobody has had in this form.
func freeLetter(used map[string]bool) string {
	for i := range grading.MaxOptions {
		if id := grading.OptionID(i); !used[id] {
			used[id] = true
			return id
		}
	}
	return grading.OptionID(grading.MaxOptions) // one too many: the check says so
}

func (f *itemForm) ids(at, list string) map[string]bool {
	used := map[string]bool{}
	for i := range f.length(at + list) {
		used[f.form.Get(fmt.Sprintf("%s%s%d.id", at, list, i))] = true
	}
	return used
}

// read makes the item; what cannot be read at all is noted in the form, what is wrong in the item is for grading.Check.
func (f *itemForm) read(t grading.Type, e grading.Edit) grading.Item {
	g := f.form.Get
	f.places = map[string]string{}
	it := grading.Item{Type: t, Title: g("title"), Objective: g("objective"), Difficulty: grading.Difficulty(g("difficulty")), Category: strings.Trim(g("category"), "/ "), Tags: commaList(g("tags")), Stem: g("stem"), General: g("general"), Hints: grading.SplitHints(g("hints"))}
	if e.Scoring != nil {
		it.Scoring = g("scoring")
	}
	if !e.Limit.Empty() {
		it.Limit = f.number("limit")
	}
	if e.Files {
		for _, kind := range grading.FileKinds {
			if g("files."+kind) != "" {
				it.Files = append(it.Files, kind)
			}
		}
		if len(it.Files) == len(grading.FileKinds) {
			it.Files = nil // all, also those that come to be
		}
		it.Size = f.number("size")
	}
	if e.Units {
		it.Units = commaList(g("units"))
	}
	it.Exact, it.Fixed = e.Exact && g("exact") != "", e.Fixed && g("fixed") != ""
	it.Options = f.options("", "", e.Options)
	if e.Parts != nil {
		used := f.ids("", "p")
		for i := range f.length("p") {
			at := fmt.Sprintf("p%d.", i)
			p := grading.Part{ID: g(at + "id"), Text: g(at + "text"), Right: g(at + "right"), Type: grading.Type(g(at + "type")), Units: commaList(g(at + "units")), Exact: g(at+"exact") != ""}
			if slices.Contains(e.Parts.Members, "weight") {
				p.Weight = f.number(at + "weight")
			}
			p.Options = f.options(at, fmt.Sprintf("parts[%d].", len(it.Parts)), e.Parts.Options)
			if e.Parts.Set == nil && p.Text == "" && p.Right == "" && len(p.Options) == 0 {
				continue
			}
			f.places[fmt.Sprintf("parts[%d].", len(it.Parts))] = at
			if p.ID == "" {
				p.ID = freeLetter(used)
			}
			it.Parts = append(it.Parts, p)
		}
	}
	if e.Rubric {
		used := f.ids("", "r")
		for i := range f.length("r") {
			at := fmt.Sprintf("r%d.", i)
			c := grading.Criterion{ID: g(at + "id"), Text: g(at + "text"), Weight: f.number(at + "weight")}
			for j := range f.length(at + "l") {
				m, _ := f.percent(fmt.Sprintf("%sl%d.mark", at, j))
				if text := g(fmt.Sprintf("%sl%d.text", at, j)); text != "" || m != 0 {
					f.places[fmt.Sprintf("rubric[%d].levels[%d].", len(it.Rubric), len(c.Levels))] = fmt.Sprintf("%sl%d.", at, j)
					c.Levels = append(c.Levels, grading.Level{Text: text, Mark: m})
				}
			}
			if c.Text == "" && len(c.Levels) == 0 {
				continue
			}
			f.places[fmt.Sprintf("rubric[%d].", len(it.Rubric))] = at
			if c.ID == "" {
				c.ID = freeLetter(used)
			}
			it.Rubric = append(it.Rubric, c)
		}
	}
	return it
}

func (f *itemForm) options(at, path string, e *grading.EditList) (out []grading.Option) {
	if e == nil {
		return nil
	}
	g, used := f.form.Get, f.ids(at, "o")
	var ticks []bool
	var given []string
	for i := range f.length(at + "o") {
		row := fmt.Sprintf("%so%d.", at, i)
		o := grading.Option{ID: g(row + "id"), Text: g(row + "text"), Feedback: g(row + "feedback"), Tolerance: plainNumber(g(row + "tolerance")), Next: g(row + "next")}
		if e.Set == nil && o.Text == "" {
			continue
		}
		if slices.Contains(e.Members, "tolerance") {
			if _, err := strconv.ParseFloat(plainNumber(o.Text), 64); err == nil {
				o.Text = plainNumber(o.Text)
			}
		}
		if slices.Contains(e.Members, "minutes") {
			o.Minutes = f.number(row + "minutes")
		}
		if slices.Contains(e.Members, "expert") && g(row+"expert") != "" {
			x, err := strconv.ParseFloat(strings.Replace(g(row+"expert"), ",", ".", 1), 64)
			if err != nil || x < 0 || x > 10 {
				f.form.Wrong(row+"expert", f.w.T(f.c, "Isi angka 1,0 sampai 5,0."))
			} else {
				o.Expert = int(x*10 + .5)
			}
		}
		if o.ID == "" {
			o.ID = freeLetter(used)
		}
		f.places[fmt.Sprintf("%soptions[%d].", path, len(out))] = row
		out, ticks, given = append(out, o), append(ticks, g(row+"key") != ""), append(given, row)
	}
	for i, m := range marksOf(ticks, e.Marks) {
		out[i].Mark = m
		if e.Marks != grading.Unmarked {
			if x, ok := f.percent(given[i] + "mark"); ok {
				out[i].Mark = x
			}
		}
	}
	return out
}

// field is the control of the form for a place of the item: "options[1].text" -> "o2.text".
func (f *itemForm) field(path string) string {
	longest := ""
	for p := range f.places {
		if strings.HasPrefix(path, p) && len(p) > len(longest) {
			longest = p
		}
	}
	if longest != "" {
		path = f.places[longest] + strings.TrimPrefix(path, longest)
	}
	if strings.HasSuffix(path, "options") {
		path = strings.TrimSuffix(path, "options") + "o0.text"
	}
	switch path {
	case "parts":
		path = "p0.text"
	case "rubric":
		path = "r0.text"
	}
	return path
}
