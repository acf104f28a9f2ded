package exchange

import (
	"bytes"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/essay"
	"github.com/apelkota/apel/courses/grading/kinds/matching"
	"github.com/apelkota/apel/courses/grading/typed"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/texts"
)

// Limits of one GIFT file.
const (
	MaxGIFT = 5 << 20  // bytes
	maxItem = 64 << 10 // characters of one item
)

// ParseGIFT reads items in Moodle's GIFT format with our metadata in comment lines before each item:
//
//	// [id:103-B01] [objective:103.1] [difficulty:mudah] [tags:loket,tarif] [unit:Rp,rupiah] [exact:ya] [fixed:ya] [limit:300]
//	// [rubric:Isi | 3 | 0 Kurang | 50 Cukup | 100 Baik]
//
// Types: single choice (one =), multiple choice (weights only), true/false, number ({#15:0.5}, {#1..5}, several with =%50%), short text (= only), matching
// (=left -> right), essay ({}; a rubric line for each criterion). Every mistake is in the report; in a course it refuses the whole file. Cloze is refused by name.
func ParseGIFT(file string, data []byte) (Bank, Report) {
	work := 0
	in := newIntake(file, nil, &work)
	in.bank.Format = GIFT
	readGIFT(in, data)
	return in.end()
}

func readGIFT(in *intake, data []byte) {
	p := &giftParser{intake: in}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if len(data) > MaxGIFT {
		p.refuse(place{}, "Berkas lebih dari 5 MB. Bagi menjadi beberapa bank.", "The file is over 5 MB. Split it into several banks.")
		return
	}
	text := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n")
	if !utf8.ValidString(text) {
		for i, l := range strings.Split(text, "\n") {
			if at := firstBroken(l); at > 0 {
				p.refuse(place{i + 1, at}, "Ada huruf rusak (bukan UTF-8). Simpan ulang berkas sebagai UTF-8.", "There is a broken character (not UTF-8). Save the file as UTF-8.")
			}
		}
		return
	}
	p.blocks(strings.Split(text, "\n"))
	if p.meta.set() {
		p.begin()
		p.refuse(place{p.meta.line, 1}, "Baris keterangan ini tidak diikuti soal.", "No item follows this line of metadata.")
	}
}

// firstBroken is the column of the first byte that is no UTF-8, 0 when there is none.
func firstBroken(l string) int {
	n := 0
	for len(l) > 0 {
		n++
		r, size := utf8.DecodeRuneInString(l)
		if r == utf8.RuneError && size == 1 {
			return n
		}
		l = l[size:]
	}
	return 0
}

type giftParser struct {
	*intake
	category string
	meta     giftMeta
}

// giftMeta is what comment lines said about the next item.
type giftMeta struct {
	line            int
	code, objective string
	difficulty      string
	tags, units     []string
	exact, fixed    bool
	limit           int
	rubric          []grading.Criterion
}

func (m giftMeta) set() bool { return m.line > 0 }

// blocks cuts the file at blank lines: GIFT's own rule, and what keeps one forgotten brace from swallowing the rest of the file.
func (p *giftParser) blocks(lines []string) {
	var block []rune
	start := 0
	flush := func() {
		if start > 0 {
			p.block(block, start)
		}
		block, start = nil, 0
	}
	for i, l := range lines {
		trimmed := strings.TrimSpace(l)
		switch {
		case strings.HasPrefix(trimmed, "//"):
			p.comment(trimmed[2:], i+1, strings.Index(l, "//")+1)
			l = "" // keeps line numbers right inside a block
		case trimmed == "":
			flush()
			continue
		case strings.HasPrefix(trimmed, "$CATEGORY:") && start == 0:
			p.category = category(trimmed[len("$CATEGORY:"):])
			continue
		default:
			if start == 0 {
				start = i + 1
			}
		}
		if start > 0 {
			block = append(append(block, []rune(l)...), '\n')
		}
	}
	flush()
}

func category(s string) string {
	s = strings.TrimSpace(s)
	for _, prefix := range []string{"$course$", "$module$", "$system$", "top"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && (rest == "" || rest[0] == '/') {
			s = strings.TrimPrefix(rest, "/")
		}
	}
	return s
}

var (
	metaPair    = regexp.MustCompile(`\[\s*([A-Za-z_]+)\s*:([^\]]*)\]`)
	formatTag   = regexp.MustCompile(`^\[(html|markdown|plain|moodle)\]`)
	weightShape = regexp.MustCompile(`^%([^%\n]*)%`)
)

// comment takes metadata from a comment line. A line that starts with a bracket must hold only keys we know, so that a slip of the pen is seen.
func (p *giftParser) comment(text string, line, column int) {
	strict := strings.HasPrefix(strings.TrimSpace(text), "[")
	for _, m := range metaPair.FindAllStringSubmatch(text, -1) {
		key, value := strings.ToLower(m[1]), strings.TrimSpace(m[2])
		known := true
		meta := p.meta
		switch key {
		case "id":
			meta.code = value
		case "objective":
			meta.objective = value
		case "difficulty":
			meta.difficulty = strings.ToLower(value)
		case "tag", "tags":
			meta.tags = list(value)
		case "unit", "units":
			meta.units = list(value)
		case "exact":
			meta.exact = yes(value)
		case "fixed":
			meta.fixed = yes(value)
		case "limit":
			if n, err := strconv.Atoi(value); err == nil {
				meta.limit = n
			} else {
				p.report.wrong(p.file, line, column, "Batas %q bukan bilangan bulat.", "The limit %q is no whole number.", value)
			}
		case "rubric":
			if c, ok := parseCriterion(value); ok {
				c.ID = grading.OptionID(len(meta.rubric))
				meta.rubric = append(meta.rubric, c)
			} else {
				p.report.wrong(p.file, line, column, "Rubrik ditulis: kriteria | bobot | nilai uraian | nilai uraian, misalnya Isi | 3 | 0 Kurang | 100 Baik.", "A rubric is written: criterion | weight | mark description | mark description, such as Content | 3 | 0 Poor | 100 Good.")
			}
		default:
			known = false
			if strict {
				p.report.wrong(p.file, line, column, "Keterangan [%s:...] tidak dikenal. Yang dikenal: id, objective, difficulty, tags, unit, exact, fixed, limit, rubric.", "Unknown metadata [%s:...]. Known: id, objective, difficulty, tags, unit, exact, fixed, limit, rubric.", m[1])
			}
		}
		if known {
			if key == "id" && p.meta.code != "" {
				p.report.wrong(p.file, line, column, "Soal ini sudah diberi id %s.", "This item already has the id %s.", p.meta.code)
			}
			if meta.line == 0 {
				meta.line = line
			}
			p.meta = meta
		}
	}
}

func list(s string) []string {
	var out []string
	for _, v := range strings.Split(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func yes(s string) bool {
	switch strings.ToLower(s) {
	case "ya", "yes", "true", "1":
		return true
	}
	return false
}

// span is a piece of a block with the place where it begins.
type span struct {
	text         []rune
	line, column int
}

// from is the rest of a span after n characters, with its place.
func (s span) from(n int) span {
	for _, r := range s.text[:n] {
		if s.column++; r == '\n' {
			s.line, s.column = s.line+1, 1
		}
	}
	s.text = s.text[n:]
	return s
}

func (s span) to(n int) span { s.text = s.text[:n]; return s }

func (s span) trim() span {
	for len(s.text) > 0 && unicode.IsSpace(s.text[0]) {
		s = s.from(1)
	}
	for len(s.text) > 0 && unicode.IsSpace(s.text[len(s.text)-1]) && !escapedAt(s.text, len(s.text)-1) {
		s.text = s.text[:len(s.text)-1]
	}
	return s
}

func (s span) empty() bool { return len(s.trim().text) == 0 }
func (s span) starts(p string) bool {
	return strings.HasPrefix(string(s.text[:min(len(s.text), len(p))]), p)
}
func (s span) raw() string { return string(s.text) }

// escapedAt says whether the character at i stands behind an odd number of backslashes.
func escapedAt(t []rune, i int) bool {
	n := 0
	for i--; i >= 0 && t[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// find is the first place of an unescaped mark, -1 when there is none.
func (s span) find(mark string) int {
	m := []rune(mark)
	esc := false
	for i := 0; i+len(m) <= len(s.text); i++ {
		if esc {
			esc = false
			continue
		}
		if s.text[i] == '\\' {
			esc = true
			continue
		}
		if string(s.text[i:i+len(m)]) == mark {
			return i
		}
	}
	return -1
}

// cut splits at the first unescaped mark.
func (s span) cut(mark string) (before, after span, found bool) {
	i := s.find(mark)
	if i < 0 {
		return s, s.from(len(s.text)), false
	}
	return s.to(i), s.from(i + len([]rune(mark))), true
}

// plain undoes the escapes and trims.
func (s span) plain() string {
	var b strings.Builder
	t := s.trim().text
	for i := 0; i < len(t); i++ {
		if t[i] == '\\' && i+1 < len(t) {
			switch t[i+1] {
			case '~', '=', '#', '{', '}', ':', '\\':
				i++
				b.WriteRune(t[i])
				continue
			case 'n':
				i++
				b.WriteByte('\n')
				continue
			}
		}
		b.WriteRune(t[i])
	}
	return strings.TrimSpace(b.String())
}

func (p *giftParser) wrong(s span, id, en string, args ...any) {
	p.report.wrong(p.file, s.line, s.column, id, en, args...)
}

// body is a text for people: format prefix taken off; raw HTML, pictures and script links refused.
func (p *giftParser) body(s span) string {
	s = s.trim()
	if m := formatTag.FindString(string(s.text[:min(len(s.text), 12)])); m != "" {
		if m == "[html]" {
			p.wrong(s, "Teks HTML belum diterima. Tulis sebagai teks biasa atau Markdown, tanpa [html].", "HTML text is not accepted. Write plain text or Markdown, without [html].")
		}
		s = s.from(len(m))
	}
	text := s.plain()
	p.sound(text, s.trim().line)
	return text
}

func tooMuch() *markdown.Trouble {
	return &markdown.Trouble{Text: texts.T("Sampai di sini kursus ini memuat terlalu banyak tanda * _ [ ] ( ) < `. Hapus yang tidak perlu, atau bagi kursusnya.",
		"Up to here this course holds too many of the signs * _ [ ] ( ) < `. Remove those that are not needed, or split the course.")}
}

// block reads one item.
func (p *giftParser) block(text []rune, line int) {
	meta := p.meta
	p.meta = giftMeta{}
	p.begin()
	if p.full(place{line, 0}) {
		return
	}
	if len(text) > maxItem {
		p.report.wrong(p.file, line, 0, "Soal ini terlalu panjang. Pisahkan soal dengan satu baris kosong.", "This item is too long. Separate items by a blank line.")
		return
	}
	s := span{text, line, 1}.trim()
	it := grading.Item{Code: meta.code, Objective: meta.objective, Difficulty: grading.Difficulty(meta.difficulty), Tags: meta.tags, Units: meta.units,
		Exact: meta.exact, Fixed: meta.fixed, Limit: meta.limit, Rubric: meta.rubric, Category: p.category}
	begin := s
	if s.starts("::") {
		title, rest, ok := s.from(2).cut("::")
		if !ok {
			p.wrong(s, "Judul soal dibuka dengan :: tetapi tidak ditutup. Tulis ::judul:: lalu pertanyaannya.", "The title opens with :: and is never closed. Write ::title:: and then the question.")
			return
		}
		it.Title, s = title.plain(), rest
	}
	if it.Code == "" && codeShape.MatchString(it.Title) {
		it.Code = it.Title
	}
	if it.Title == it.Code {
		it.Title = ""
	}
	stem, rest, ok := s.cut("{")
	if i := stem.find("}"); i >= 0 {
		p.wrong(stem.from(i), "Kurung kurawal } tanpa pembuka. Tulis \\} bila memang bagian dari teks.", "A brace } without an opening one. Write \\} if it belongs to the text.")
		return
	}
	if !ok {
		p.wrong(begin, "Soal ini tidak punya jawaban { ... } sebelum baris kosong. Jangan ada baris kosong di dalam satu soal.", "This item has no answers { ... } before the blank line. There must be no blank line inside an item.")
		return
	}
	answers, tail, ok := rest.cut("}")
	if !ok {
		p.wrong(rest, "Kurung kurawal { belum ditutup sebelum baris kosong. Tambahkan } di akhir soal, dan jangan ada baris kosong di dalamnya.", "The brace { is not closed before the blank line. Add } at the end of the item, and leave no blank line inside.")
		return
	}
	if i := answers.find("{"); i >= 0 {
		p.wrong(answers.from(i), "Ada { di dalam jawaban. Tulis \\{ bila memang bagian dari teks, atau tutup soal sebelumnya dengan }.", "There is a { inside the answers. Write \\{ if it belongs to the text, or close the item before it with }.")
		return
	}
	if i := tail.find("{"); i >= 0 {
		p.wrong(tail.from(i), "Soal dengan beberapa isian (cloze), atau dua soal tanpa baris kosong di antaranya, belum diterima. Pisahkan soal dengan satu baris kosong.", "Items with several gaps (cloze), or two items without a blank line between them, are not accepted. Separate items by a blank line.")
		return
	}
	if i := tail.find("}"); i >= 0 {
		p.wrong(tail.from(i), "Kurung kurawal } berlebih.", "There is one brace } too many.")
		return
	}
	it.Stem = p.body(stem)
	if !tail.empty() { // the gap stands inside the sentence
		it.Stem = strings.TrimSpace(it.Stem + " _____ " + p.body(tail))
	}
	if main, general, ok := answers.cut("####"); ok {
		it.General, answers = p.body(general), main
	}
	at := p.answers(&it, answers)
	p.take(it, place{begin.line, begin.column}, func(path string) (place, bool) {
		var n int
		if _, err := fmt.Sscanf(path, "options[%d]", &n); err == nil && n < len(at) {
			return place{at[n].line, at[n].column}, true
		}
		return place{meta.line, 1}, meta.line > 0 && (path == "code" || path == "objective" || path == "difficulty")
	}, false)
}

var trueFalse = regexp.MustCompile(`^(T|TRUE|F|FALSE)\s*(#|$)`)

// answers decides the type from the answer block and fills the options; it returns the place of each option.
func (p *giftParser) answers(it *grading.Item, s span) []span {
	s = s.trim()
	m := trueFalse.FindStringSubmatch(strings.ToUpper(string(s.text[:min(len(s.text), 64)])))
	switch {
	case len(s.text) == 0:
		it.Type = essay.Name
		if len(it.Rubric) == 0 {
			it.Rubric = plainRubric()
			p.unsure(place{s.line, s.column}, "Soal esai ini belum punya rubrik; rubrik bawaan dipasang. Sesuaikan sebelum dipakai.", "This essay has no rubric; a plain one was put in. Adapt it before use.")
		}
		return nil
	case m != nil:
		it.Type = grading.TrueFalse
		word, rest, _ := s.cut("#")
		wrong, right, _ := rest.cut("#")
		it.Options = grading.NewTrueFalse(word.plain()[0]|0x20 == 't', p.body(wrong), p.body(right))
		return []span{s, s}
	case s.text[0] == '#':
		return p.numbers(it, s.from(1))
	}
	return p.choices(it, s)
}

// pieces splits an answer block at its unescaped = and ~; each piece keeps its mark.
func (p *giftParser) pieces(s span) []span {
	var out []span
	start, esc := -1, false
scan:
	for i, r := range s.text {
		switch {
		case esc:
			esc = false
		case r == '\\':
			esc = true
		case r == '=' || r == '~':
			if start < 0 && !s.to(i).empty() {
				p.wrong(s.trim(), "Jawaban harus diawali = (benar) atau ~ (salah).", "An answer begins with = (right) or ~ (wrong).")
			}
			if start >= 0 {
				out = append(out, s.from(start).to(i-start))
			}
			if start = i; len(out) > grading.MaxOptions+grading.MaxParts {
				break scan
			}
		}
	}
	if start >= 0 {
		out = append(out, s.from(start))
	} else {
		p.wrong(s, "Jawaban harus diawali = (benar) atau ~ (salah).", "An answer begins with = (right) or ~ (wrong).")
	}
	return out
}

// few cuts answers off that are more than an item can have.
func (p *giftParser) few(pieces []span) []span {
	if len(pieces) > grading.MaxOptions {
		p.wrong(pieces[grading.MaxOptions], "Paling banyak %d pilihan dalam satu soal. Bila ini bukan pilihan baru, tulis \\= atau \\~.", "At most %d options in an item. If this is no new option, write \\= or \\~.", grading.MaxOptions)
		pieces = pieces[:grading.MaxOptions]
	}
	return pieces
}

// weight takes %50% off the front of an answer.
func (p *giftParser) weight(s span, otherwise grading.Mark) (grading.Mark, span) {
	s = s.trim()
	m := weightShape.FindStringSubmatch(s.raw())
	if m == nil {
		return otherwise, s
	}
	w, err := grading.ParseMark(m[1])
	if err != nil {
		p.wrong(s, "Bobot %%%s%% tidak terbaca. Tulis angka antara -100 dan 100, misalnya %%50%% atau %%-33.33333%%.", "The weight %%%s%% cannot be read. Write a number from -100 to 100, such as %%50%% or %%-33.33333%%.", m[1])
	}
	return w, s.from(len([]rune(m[0])))
}

func (p *giftParser) choices(it *grading.Item, s span) []span {
	pieces := p.pieces(s)
	equals, matching := 0, 0
	for _, q := range pieces {
		if q.text[0] == '=' {
			equals++
			if text, _, _ := q.from(1).cut("#"); strings.Contains(text.raw(), "->") && !weightShape.MatchString(text.trim().raw()) {
				matching++
			}
		}
	}
	switch {
	case matching > 1 && matching == len(pieces):
		p.pairs(it, pieces)
		return nil
	case equals == len(pieces):
		it.Type = grading.ShortText
	case equals > 0:
		it.Type = grading.Single
	default:
		it.Type = grading.Multiple
	}
	pieces = p.few(pieces)
	for i, q := range pieces {
		o := grading.Option{ID: grading.OptionID(i)}
		if q.text[0] == '=' {
			o.Mark = grading.Full
		}
		var rest span
		o.Mark, rest = p.weight(q.from(1), o.Mark)
		text, feedback, _ := rest.cut("#")
		if it.Type == grading.ShortText {
			o.Text = pattern(text)
		} else {
			o.Text = p.body(text)
		}
		o.Feedback = p.body(feedback)
		it.Options = append(it.Options, o)
	}
	return pieces
}

// pairs reads "=left -> right"; a right side without a left one is an answer too many.
func (p *giftParser) pairs(it *grading.Item, pieces []span) {
	it.Type = matching.Name
	m := pairing{it: it}
	for _, q := range pieces {
		text, feedback, _ := q.from(1).cut("#")
		if !feedback.empty() {
			p.lost(place{feedback.line, feedback.column}, "Umpan balik pada pasangan tidak dikenal dalam soal menjodohkan dan tidak diambil: %s", "Matching knows no feedback on a pair; it was left out: %s", shorten(feedback.plain()))
		}
		i := strings.Index(text.raw(), "->")
		n := len([]rune(text.raw()[:i]))
		if !m.add(p.body(text.to(n)), p.body(text.from(n+2))) {
			p.wrong(q, "Paling banyak %d pasangan dan %d jawaban.", "At most %d pairs and %d answers.", grading.MaxParts, grading.MaxOptions)
			return
		}
	}
}

// pairing fills a matching item pair by pair; the same answer twice is one.
type pairing struct {
	it    *grading.Item
	known map[string]string // text of an answer -> its id
}

// add notes a pair, or with an empty left side an answer that belongs to none; false when there are too many.
func (m *pairing) add(left, right string) bool {
	if m.known == nil {
		m.known = map[string]string{}
	}
	id, ok := m.known[right]
	if !ok {
		if len(m.it.Options) == grading.MaxOptions {
			return false
		}
		id = grading.OptionID(len(m.it.Options))
		m.known[right] = id
		m.it.Options = append(m.it.Options, grading.Option{ID: id, Text: right})
	}
	if left == "" {
		return true
	}
	if len(m.it.Parts) == grading.MaxParts {
		return false
	}
	m.it.Parts = append(m.it.Parts, grading.Part{ID: grading.OptionID(len(m.it.Parts)), Text: left, Right: id})
	return true
}

// pattern is an accepted short answer. A star behind a backslash is a star and stays escaped for grading; a lone backslash is one for grading too.
func pattern(s span) string { return s.plain() }

var groupedByThree = regexp.MustCompile(`^-?[1-9][0-9]{0,2}[.,][0-9]{3}$`)

func (p *giftParser) numbers(it *grading.Item, s span) []span {
	it.Type = grading.Numeric
	pieces := []span{s}
	if s.find("=") >= 0 || s.find("~") >= 0 {
		pieces = p.few(p.pieces(s))
	}
	for i, q := range pieces {
		o := grading.Option{ID: grading.OptionID(i), Mark: grading.Full}
		if len(q.text) > 0 && q.text[0] == '~' {
			p.wrong(q, "Pada soal angka tidak ada pilihan ~. Tulis penjelasan untuk jawaban lain setelah ####.", "A number item has no ~ options. Write what to say to other answers after ####.")
			continue
		}
		if len(q.text) > 0 && q.text[0] == '=' {
			q = q.from(1)
		}
		var rest span
		o.Mark, rest = p.weight(q, o.Mark)
		value, feedback, _ := rest.cut("#")
		o.Feedback = p.body(feedback)
		value = value.trim()
		raw := value.raw()
		if low, high, ok := strings.Cut(raw, ".."); ok {
			a, okA := p.number(value, low)
			b, okB := p.number(value, high)
			if okA && okB {
				if a.Cmp(b) > 0 {
					p.wrong(value, "Batas bawah lebih besar daripada batas atas.", "The lower bound is above the upper one.")
				}
				half := big.NewRat(1, 2)
				o.Text = decimal(new(big.Rat).Mul(new(big.Rat).Add(a, b), half))
				o.Tolerance = tolerance(new(big.Rat).Mul(new(big.Rat).Sub(b, a), half))
			}
		} else {
			n, t, has := strings.Cut(raw, ":")
			if a, ok := p.number(value, n); ok {
				o.Text = decimal(a)
			}
			if has {
				if a, ok := p.number(value, t); ok {
					if a.Sign() < 0 {
						p.wrong(value, "Toleransi tidak boleh minus.", "A tolerance may not be negative.")
					}
					o.Tolerance = tolerance(a)
				}
			}
		}
		it.Options = append(it.Options, o)
	}
	return pieces
}

// number reads a key or tolerance. "15.000" is refused: its author may mean fifteen or fifteen thousand, and a key must not be a guess.
func (p *giftParser) number(at span, s string) (*big.Rat, bool) {
	s = strings.TrimSpace(s)
	if groupedByThree.MatchString(s) {
		whole, frac, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
		p.wrong(at, "Angka %s bisa dibaca %s%s atau %s. Untuk ribuan tulis %[2]s%[3]s, untuk desimal tulis %[4]s0.", "The number %s can be read as %s%s or %s. Write %[2]s%[3]s for thousands, %[4]s0 for a decimal.", s, whole, frac, whole+"."+frac)
		return nil, false
	}
	v, ok := typed.ParseDecimal(strings.Replace(s, ",", ".", 1))
	if !ok {
		p.wrong(at, "%q bukan angka. Tulis misalnya {#15000} atau {#2.5:0.1}.", "%q is no number. Write {#15000} or {#2.5:0.1}, for example.", s)
	}
	return v, ok
}

func decimal(r *big.Rat) string {
	s := r.FloatString(40)
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return s
}

func tolerance(r *big.Rat) string {
	if r.Sign() == 0 {
		return ""
	}
	return decimal(r)
}
