package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/grading"
)

// items.yaml is the format that says everything of every item type; docs/items.md describes it. It is read from the syntax tree like course.yaml, so a mistake
// has its line, and a key nobody knows is one.

const (
	ownMark = "apel-items"
	maxOwn  = 20 << 20 // bytes
	// maxWords is the longest text of an item, in bytes.
	maxWords = 64 << 10
)

var ownStart = regexp.MustCompile(`(?m)\A(?:[ \t]*(?:#[^\n]*)?\r?\n)*format:[ \t]*"?` + ownMark)

// readOwn reads one document after the other that begins with "- " on the first level, so that the parser never holds more than an item: its time grows faster
// than the text.
func readOwn(in *intake, data []byte) {
	if len(data) > maxOwn {
		in.refuse(place{}, "Berkas lebih dari 20 MB. Bagi menjadi beberapa berkas.", "The file is over 20 MB. Split it.")
		return
	}
	data = bytes.ReplaceAll(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), []byte("\r\n"), []byte("\n"))
	in.begin()
	head, items, first := cutItems(data)
	top, ok := parseYAML(&in.report, in.file, head)
	if !ok {
		return
	}
	m := top.mapping()
	m.take("format")
	if v := m.take("items"); v.there() {
		if len(v.list()) > 0 {
			v.wrong("Tulis tiap soal di baris baru yang diawali \"- \".", "Write each item on a new line that begins with \"- \".")
		}
	}
	m.done()
	in.settle(0)
	for _, text := range items {
		if in.full(place{first, 0}) {
			return
		}
		in.ownItem(text, first)
		first += bytes.Count(text, []byte("\n"))
	}
}

// cutItems separates what stands before the list of items from its entries, which begin with a dash; first is the line of the first entry.
func cutItems(data []byte) (head []byte, items [][]byte, first int) {
	lines := bytes.SplitAfter(data, []byte("\n"))
	indent, start := -1, 0
	for n, l := range lines {
		trimmed := bytes.TrimLeft(l, " ")
		deep := len(l) - len(trimmed)
		if !bytes.HasPrefix(trimmed, []byte("- ")) && !bytes.Equal(bytes.TrimSpace(trimmed), []byte("-")) || indent >= 0 && deep != indent {
			continue
		}
		if indent < 0 {
			indent, first = deep, n+1
			head = bytes.Join(lines[:n], nil)
		} else {
			items = append(items, bytes.Join(lines[start:n], nil))
		}
		start = n
	}
	if indent < 0 {
		return data, nil, 0
	}
	return head, append(items, bytes.Join(lines[start:], nil)), first
}

// ownItem reads one entry of the list; line is where it begins in the file.
func (in *intake) ownItem(text []byte, line int) {
	in.begin()
	before := len(in.report)
	var it grading.Item
	places := map[string]place{}
	top, ok := parseYAML(&in.report, in.file, text)
	if ok {
		if list := top.list(); len(list) == 1 {
			it = readItem(list[0].mapping(), places)
		} else {
			ok = false
			top.wrong("Tulis soal sebagai kunci: nilai.", "Write an item as key: value.")
		}
	}
	for i := before; i < len(in.report); i++ {
		in.report[i].Line += line - 1
	}
	for path, p := range places {
		places[path] = place{p.line + line - 1, p.column}
	}
	if !ok {
		in.settle(0)
		return
	}
	in.soundItem(it, line)
	in.take(it, place{line, 0}, func(path string) (place, bool) {
		for p := path; p != ""; { // options[2].mark, options[2], options
			if at, ok := places[p]; ok {
				return at, true
			}
			cut := strings.LastIndexAny(p, ".[")
			if cut < 0 {
				break
			}
			p = p[:cut]
		}
		return place{}, false
	}, false)
}

// readItem reads the keys of an item. Where each stands is noted under the path grading calls it by.
func readItem(m *mapping, places map[string]place) (it grading.Item) {
	take := taking(places)
	it.Code = take(m, "", "id", "code").long()
	it.Type = grading.Type(take(m, "", "type", "type").text(true))
	it.Title = take(m, "", "title", "title").long()
	it.Objective = take(m, "", "objective", "objective").text(false)
	it.Difficulty = grading.Difficulty(take(m, "", "difficulty", "difficulty").text(false))
	it.Category = take(m, "", "category", "category").text(false)
	it.Tags = take(m, "", "tags", "tags").words()
	it.Stem = take(m, "", "stem", "stem").long()
	it.General = take(m, "", "general", "general").long()
	it.Hints = take(m, "", "hints", "hints").words()
	it.Scoring = take(m, "", "scoring", "scoring").text(false)
	it.Limit = take(m, "", "limit", "limit").int(false, -1_000_000, 1_000_000)
	it.Files = take(m, "", "files", "files").words()
	it.Size = take(m, "", "size", "size").int(false, -1_000_000, 1_000_000)
	it.Units = take(m, "", "units", "units").words()
	it.Exact = take(m, "", "exact", "exact").bool()
	it.Fixed = take(m, "", "fixed", "fixed").bool()
	it.Void = take(m, "", "void", "void").bool()
	it.Options = readOptions(take(m, "", "options", "options"), "", places)
	it.Parts = readParts(take(m, "", "parts", "parts"), places)
	it.Rubric = readRubric(take(m, "", "rubric", "rubric"), places)
	m.done()
	return it
}

// taking takes a key and notes where its value stands under the path grading calls it by.
func taking(places map[string]place) func(m *mapping, under, key, path string) value {
	return func(m *mapping, under, key, path string) value {
		v := m.take(key)
		if v.there() {
			places[under+path] = v.at
		}
		return v
	}
}

func readOptions(v value, under string, places map[string]place) (out []grading.Option) {
	take := taking(places)
	for i, e := range v.list() {
		m, at := e.mapping(), under+"options["+strconv.Itoa(i)+"]."
		places[strings.TrimSuffix(at, ".")] = e.at
		o := grading.Option{ID: m.take("id").text(false), Text: take(m, at, "text", "text").long(), Tolerance: take(m, at, "tolerance", "tolerance").text(false),
			Feedback: take(m, at, "feedback", "feedback").long(), Next: take(m, at, "next", "next").text(false)}
		o.Mark = take(m, at, "mark", "mark").mark()
		o.Expert = take(m, at, "expert", "expert").int(false, -1000, 1000)
		o.Minutes = take(m, at, "minutes", "minutes").int(false, -100_000, 100_000)
		if o.ID == "" && i < grading.MaxOptions {
			o.ID = grading.OptionID(i)
		}
		m.done()
		out = append(out, o)
	}
	return out
}

func readParts(v value, places map[string]place) (out []grading.Part) {
	take := taking(places)
	for i, e := range v.list() {
		m, at := e.mapping(), "parts["+strconv.Itoa(i)+"]."
		places[strings.TrimSuffix(at, ".")] = e.at
		p := grading.Part{ID: m.take("id").text(false), Text: take(m, at, "text", "text").long(), Type: grading.Type(take(m, at, "type", "type").text(false)),
			Right: take(m, at, "right", "right").text(false), Weight: take(m, at, "weight", "weight").int(false, -1000, 1000), Units: take(m, at, "units", "units").words(),
			Exact: take(m, at, "exact", "exact").bool()}
		p.Options = readOptions(take(m, at, "options", "options"), at, places)
		if p.ID == "" && i < grading.MaxParts {
			p.ID = grading.OptionID(i)
		}
		m.done()
		out = append(out, p)
	}
	return out
}

func readRubric(v value, places map[string]place) (out []grading.Criterion) {
	take := taking(places)
	for i, e := range v.list() {
		m, at := e.mapping(), "rubric["+strconv.Itoa(i)+"]."
		c := grading.Criterion{ID: m.take("id").text(false), Text: take(m, at, "text", "text").long(), Weight: take(m, at, "weight", "weight").int(false, -1000, 1000)}
		for _, l := range take(m, at, "levels", "levels").list() {
			m := l.mapping()
			c.Levels = append(c.Levels, grading.Level{Text: m.take("text").long(), Mark: m.take("mark").mark()})
			m.done()
		}
		if c.ID == "" && i < grading.MaxParts {
			c.ID = grading.OptionID(i)
		}
		m.done()
		out = append(out, c)
	}
	return out
}

// long reads a text of any number of lines; absent is empty.
func (v value) long() string {
	if v.node == nil {
		return ""
	}
	s := strings.TrimSpace(scalar(v.node))
	if s == "" {
		v.text(false) // says what is wrong with it
	}
	if len(s) > maxWords {
		v.wrong("%s terlalu panjang.", "%s is too long.", v.name())
		return ""
	}
	return s
}

// words reads a list of texts.
func (v value) words() (out []string) {
	for _, e := range v.list() {
		if s := e.text(true); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// mark reads a share in percent, or as a fraction of 252000; absent is 0.
func (v value) mark() grading.Mark {
	s := v.text(false)
	if s == "" {
		return 0
	}
	if whole, ok := strings.CutSuffix(s, "/252000"); ok {
		if n, err := strconv.Atoi(whole); err == nil {
			return grading.Mark(n)
		}
	}
	m, err := grading.ParseMark(strings.TrimSuffix(s, "%"))
	if err != nil {
		v.wrong("Nilai %q tidak terbaca. Tulis persen antara -100 dan 100, misalnya 50 atau -33.33333.", "The mark %q cannot be read. Write a percentage from -100 to 100, such as 50 or -33.33333.", s)
	}
	return m
}

// PrintOwn writes items so that reading gives the same items back (without ID, Version and Key, which belong to one installation).
func PrintOwn(w io.Writer, items []grading.Item) error {
	y := &yamlWriter{b: bufio.NewWriter(w)}
	y.b.WriteString("format: " + ownMark + "\nitems:\n")
	for _, it := range items {
		y.item(it)
	}
	return y.b.Flush()
}

// yamlWriter writes block mappings; dash is what stands before the next key.
type yamlWriter struct {
	b      *bufio.Writer
	indent string
	dash   bool
}

func (y *yamlWriter) key(key string) {
	if y.dash {
		y.b.WriteString(y.indent[:len(y.indent)-2] + "- ")
	} else {
		y.b.WriteString(y.indent)
	}
	y.dash = false
	y.b.WriteString(key + ":")
}

// blockable are texts of several lines that a literal block gives back as they are.
var blockable = regexp.MustCompile(`^[^\s#-][^\n]*(\n([^\s][^\n]*)?)*\n[^\s][^\n]*$`)

func (y *yamlWriter) text(key, s string) {
	if s == "" {
		return
	}
	y.key(key)
	if blockable.MatchString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && r != '\n' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff
	}) {
		y.b.WriteString(" |-\n")
		for _, l := range strings.Split(s, "\n") {
			if l != "" {
				y.b.WriteString(y.indent + "  " + l)
			}
			y.b.WriteByte('\n')
		}
		return
	}
	y.b.WriteString(" " + quoted(s) + "\n")
}

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSpace(b.String())
}

func (y *yamlWriter) bare(key, s string) {
	if s != "" && s != "0" {
		y.key(key)
		y.b.WriteString(" " + s + "\n")
	}
}

func (y *yamlWriter) yes(key string, v bool) {
	if v {
		y.bare(key, "true")
	}
}

func (y *yamlWriter) list(key string, all []string) {
	if len(all) == 0 {
		return
	}
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = quoted(s)
	}
	y.key(key)
	y.b.WriteString(" [" + strings.Join(out, ", ") + "]\n")
}

// each writes a list of mappings, one by one.
func (y *yamlWriter) each(key string, n int, write func(i int)) {
	if n == 0 {
		return
	}
	y.key(key)
	y.b.WriteByte('\n')
	was := y.indent
	y.indent += "    "
	for i := range n {
		y.dash = true
		write(i)
		if y.dash { // nothing to say of it
			y.b.WriteString(y.indent[:len(y.indent)-2] + "- {}\n")
		}
		y.dash = false
	}
	y.indent = was
}

func (y *yamlWriter) item(it grading.Item) {
	y.indent, y.dash = "    ", true
	y.text("id", it.Code)
	y.bare("type", string(it.Type))
	y.text("title", it.Title)
	y.text("objective", it.Objective)
	y.text("difficulty", string(it.Difficulty))
	y.text("category", it.Category)
	y.list("tags", it.Tags)
	y.text("stem", it.Stem)
	y.text("scoring", it.Scoring)
	y.bare("limit", strconv.Itoa(it.Limit))
	y.list("files", it.Files)
	y.bare("size", strconv.Itoa(it.Size))
	y.list("units", it.Units)
	y.yes("exact", it.Exact)
	y.yes("fixed", it.Fixed)
	y.yes("void", it.Void)
	y.options(it.Options)
	y.parts(it.Parts)
	y.rubric(it.Rubric)
	y.text("general", it.General)
	y.list("hints", it.Hints)
}

func (y *yamlWriter) parts(parts []grading.Part) {
	y.each("parts", len(parts), func(i int) {
		p := parts[i]
		y.id(p.ID, i)
		y.text("text", p.Text)
		y.bare("type", string(p.Type))
		y.text("right", p.Right)
		y.bare("weight", strconv.Itoa(p.Weight))
		y.list("units", p.Units)
		y.yes("exact", p.Exact)
		y.options(p.Options)
	})
}

// id is written only where it is not the one that the place in the list gives.
func (y *yamlWriter) id(id string, n int) {
	if id != grading.OptionID(n) {
		y.text("id", id)
	}
}

func (y *yamlWriter) options(options []grading.Option) {
	y.each("options", len(options), func(i int) {
		o := options[i]
		y.id(o.ID, i)
		y.text("text", o.Text)
		y.bare("mark", percent(o.Mark))
		y.text("tolerance", o.Tolerance)
		y.bare("expert", strconv.Itoa(o.Expert))
		y.text("next", o.Next)
		y.bare("minutes", strconv.Itoa(o.Minutes))
		y.text("feedback", o.Feedback)
	})
}

func (y *yamlWriter) rubric(rubric []grading.Criterion) {
	y.each("rubric", len(rubric), func(i int) {
		c := rubric[i]
		y.id(c.ID, i)
		y.text("text", c.Text)
		y.bare("weight", strconv.Itoa(c.Weight))
		y.each("levels", len(c.Levels), func(j int) {
			y.text("text", c.Levels[j].Text)
			y.bare("mark", percent(c.Levels[j].Mark))
		})
	})
}

// percent writes a mark so that it reads back the same.
func percent(m grading.Mark) string {
	s := m.Percent()
	if back, err := grading.ParseMark(s); err == nil && back == m {
		return s
	}
	return strconv.Itoa(int(m)) + "/252000"
}
