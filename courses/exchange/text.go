package exchange

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/essay"
	"github.com/apelkota/apel/courses/grading/typed"
	"github.com/apelkota/apel/internal/sheets"
)

// Items as people write them: "1. ...", "A. ...", "Kunci: C", keys collected at the end, or the key in bold. What is not certain is taken without a key and marked.

// textLine is one line of such a text.
type textLine struct {
	n      int
	text   string
	marked []bool // of each byte: bold, underlined or coloured; nil for none
	bullet bool
}

// wholly says that everything one reads from a to b is marked.
func (l textLine) wholly(a, b int) bool {
	any := false
	for i := a; i < b && i < len(l.marked); i++ {
		if l.text[i] == 0xF3 { // a picture looks like nothing
			i += 3
			continue
		}
		if l.text[i] > ' ' {
			if !l.marked[i] {
				return false
			}
			any = true
		}
	}
	return any
}

var (
	questionLine = regexp.MustCompile(`(?i)^\s*(?:(?:(?:soal|pertanyaan|butir)\s*)?(?:nomor|nomer|no\.?)?\s*(\d{1,3})\s*[.)]|(?:soal|pertanyaan|butir)\s*(?:nomor|nomer|no\.?)?\s*(\d{1,3})\s*(?:[:.)–-]|$))\s*(.*)$`)
	optionLine   = regexp.MustCompile(`^\s*([*✓✔√]?)\s*\(?([A-Ja-j])\s*[.)]\s*(.*)$`)
	keyLine      = regexp.MustCompile(`(?i)^\s*(?:kunci(?:\s+jawaban)?(?:\s+(?:yang\s+)?(?:benar|tepat))?|jawaban(?:\s+(?:yang\s+)?(?:benar|tepat))?|jawab|jwb|jwban|answer|ans|key)\s*(?:[:=]\s*(\S.*)|(?:[.,–-]|adalah|ialah|yaitu)?\s*\(?([A-Ja-j])\)?\s*\.?\s*)$`)
	keysHeading  = regexp.MustCompile(`(?i)^\s*(?:kunci(?:\s+jawaban)?|daftar\s+kunci|jawaban|answer\s+keys?)(?:\s+soal)?\s*:?\s*$`)
	keysInline   = regexp.MustCompile(`(?i)^\s*(?:kunci(?:\s+jawaban)?|jawaban)\s*:\s*(\d{1,3}\s*[.)\-:=]\s*\S.*)$`)
	keyPair      = regexp.MustCompile(`(?i)(\d{1,3})\s*[.)\-:=]?\s*(benar|salah|[a-j](?:\s*(?:,|&|dan)\s*[a-j]\b)*)\b[\s,;]*`)
	remarkLine   = regexp.MustCompile(`(?i)^\s*(?:pembahasan|penjelasan|umpan\s+balik)\s*:\s*(.*)$`)
	sectionLine  = regexp.MustCompile(`(?i)^\s*(?:[IVX]{1,4}\s*[.)]|bagian\s|petunjuk\b|(?:[A-H]\s*[.)]\s*)?(?:soal\s+)?(?:pilihan\s+ganda|uraian|esai|essay|isian(?:\s+singkat)?|benar\s*[-/]?\s*salah)\s*:?\s*$)`)
	keysHead     = regexp.MustCompile(`(?i)^\s*(?:no(?:mor|\.)?|kunci(?:\s+jawaban)?|jawaban|soal)\s*:?\s*$`) // above the columns of a table of keys
	truthAsked   = regexp.MustCompile(`(?i)\s*[(\[]?\s*(?:benar\s*(?:/|-|–|atau)\s*salah|b\s*[/–-]\s*s|true\s*/\s*false)\s*[)\]]?\s*[.:?]?\s*$`)
	starred      = regexp.MustCompile(`(?i)\s*(?:\*+|[✓✔√]|\((?:benar|kunci|jawaban|correct)\))\s*$`)
)

type textOption struct {
	text   string
	marked bool // by its looks
	star   bool // by a sign
}

// textQuestion is a question under way.
type textQuestion struct {
	line, number int
	run          int // how often numbering had begun anew before it
	stem         []string
	options      []textOption
	key          string
	keyed        bool
	general      []string
	styled       bool
	fromList     string // its key in a list
	unclear      bool   // several questions have its number
	guessed      bool   // a picture was put here although it may belong elsewhere
}

type textReader struct {
	*intake
	lines     []textLine
	questions []*textQuestion
	cur       *textQuestion
	keys      map[int]string   // of all lists
	keyRuns   []map[int]string // of each list, or of each part of one whose numbers begin anew
	run, last int              // of the questions so far
	lastKey   int
	twice     map[int]bool // numbers that several questions have
	inKeys    bool
	held      []textLine // pictures for the question that comes next
	gap       bool       // an empty line came before
}

// readText reads a plain text, or the words of a page of HTML.
func readText(in *intake, data []byte) {
	text, ok := in.plainText(data)
	if !ok {
		return
	}
	if htmlLike.MatchString(text) {
		h := readHTML(text, 2, nil)
		if h.danger != "" {
			in.begin()
			in.refuse(place{}, "Halaman ini memuat skrip (%s) dan ditolak. Salin teksnya saja ke berkas .txt.", "This page holds a script (%s) and is refused. Copy only its text into a .txt file.", h.danger)
			in.settle(0)
			return
		}
		text, _ = fromMarkdown(h.markdown)
	}
	var lines []textLine
	for i, l := range strings.Split(text, "\n") {
		lines = append(lines, textLine{n: i + 1, text: l})
	}
	in.people(lines)
}

var htmlLike = regexp.MustCompile(`(?i)\A\s*<(!doctype html|html|head|body|div|p|ol|ul|table|h[1-6])\b`)

// readWord reads a Word document: tables with a header as the table of items, everything else line by line.
func readWord(in *intake, data []byte) {
	d, err := openDocx(data)
	in.begin()
	if err != nil {
		in.report = append(in.report, Mistake{File: in.file, Weight: Refused, Text: faultText(err)})
		return
	}
	in.pictures = d.pictures
	in.missing(place{}, d.lost)
	in.settle(0)
	var lines []textLine
	for _, b := range d.blocks {
		if b.rows == nil {
			lines = append(lines, wordLines(b)...)
			continue
		}
		if header, rows, ok := wordTable(b); ok {
			in.people(lines)
			lines = nil
			in.table(header, rows)
			continue
		}
		lines = append(lines, tableText(b)...)
	}
	in.people(lines)
}

// wordLines are the lines of a paragraph, the automatic number in front.
func wordLines(b block) []textLine {
	var text strings.Builder
	var marked []bool
	add := func(s string, m bool) {
		text.WriteString(s)
		for range len(s) {
			marked = append(marked, m)
		}
	}
	if b.label != "" && !b.bullet {
		add(b.label+" ", false)
		marked = marked[:0]
		for range text.Len() {
			marked = append(marked, false)
		}
	}
	for _, r := range b.runs {
		add(r.text+r.mark, r.marked)
	}
	var out []textLine
	start := 0
	all := text.String()
	for i := 0; i <= len(all); i++ {
		if i == len(all) || all[i] == '\n' {
			out = append(out, textLine{n: b.n, text: all[start:i], marked: marked[start:i], bullet: b.bullet && start == 0})
			start = i + 1
		}
	}
	return out
}

func cellText(c cell) string {
	var out []string
	for _, b := range c {
		if b.rows != nil {
			for _, l := range tableText(b) {
				out = append(out, l.text)
			}
			continue
		}
		for _, l := range wordLines(b) {
			out = append(out, l.text)
		}
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// wordTable gives a table with a header for items.
func wordTable(b block) (header []string, rows []sheets.Row, ok bool) {
	if len(b.rows) < 2 {
		return nil, nil, false
	}
	question, key := false, false
	for _, c := range b.rows[0] {
		s := cellText(c)
		header = append(header, s)
		for _, n := range columns["soal"] {
			question = question || sheets.Fold(s) == sheets.Fold(n)
		}
		for _, n := range append(columns["kunci"], "A", "pilihan A", "opsi A") {
			key = key || sheets.Fold(s) == sheets.Fold(n)
		}
	}
	if !question || !key {
		return nil, nil, false
	}
	for i, r := range b.rows[1:] {
		row := sheets.Row{N: b.n + i + 1}
		for _, c := range r {
			row.Cells = append(row.Cells, sheets.Cell{Text: toMarkdown(cellText(c))})
		}
		rows = append(rows, row)
	}
	return header, rows, true
}

var marker = regexp.MustCompile(`^\(?(\d{1,3}|[A-Ja-j])[.)]?$`)

// cellLines are the lines of a cell that hold something.
func cellLines(c cell) (out []textLine) {
	for _, b := range c {
		lines := wordLines(b)
		if b.rows != nil {
			lines = tableText(b)
		}
		for _, l := range lines {
			if strings.TrimSpace(l.text) != "" {
				out = append(out, l)
			}
		}
	}
	return out
}

// tableText reads a table without a header as lines: a cell with only a number or a letter belongs to the cell after it, options that stand side by side come in the order of
// their letters, and numbers above letters are keys.
func tableText(b block) (out []textLine) {
	if keys := keyRows(b); keys != nil {
		return keys
	}
	for _, r := range b.rows {
		var pending textLine
		for _, c := range r {
			lines := cellLines(c)
			if len(lines) == 1 && pending.text == "" {
				if m := marker.FindStringSubmatch(strings.TrimSpace(lines[0].text)); m != nil {
					pending = textLine{n: lines[0].n, text: m[1] + ". "}
					continue
				}
			}
			for i, l := range lines {
				if i == 0 && pending.text != "" {
					l.text, l.marked = pending.text+l.text, append(make([]bool, len(pending.text)), l.marked...)
					pending = textLine{}
				}
				out = append(out, l)
			}
		}
		if pending.text != "" {
			out = append(out, pending)
		}
	}
	letters := make([]byte, len(out))
	for i, l := range out {
		m := optionLine.FindStringSubmatch(l.text)
		if m == nil || bytes.IndexByte(letters[:i], m[2][0]|0x20) >= 0 || int(m[2][0]|0x20-'a') >= len(out) {
			return out
		}
		letters[i] = m[2][0] | 0x20
	}
	sorted := make([]textLine, len(out))
	for i, l := range out {
		sorted[letters[i]-'a'] = l
	}
	return sorted
}

var (
	onlyNumber = regexp.MustCompile(`^\d{1,3}[.)]?$`)
	onlyLetter = regexp.MustCompile(`^\(?[A-Ja-j]\)?[.)]?$`)
)

// keyRows reads a table whose rows are numbers and below them letters, nil when it is none.
func keyRows(b block) (out []textLine) {
	if len(b.rows) < 2 || len(b.rows)%2 == 1 {
		return nil
	}
	out = []textLine{{n: b.n, text: "Kunci Jawaban"}}
	for r := 0; r < len(b.rows); r += 2 {
		numbers, letters := b.rows[r], b.rows[r+1]
		if len(numbers) > 0 && len(letters) > 0 && !onlyNumber.MatchString(cellText(numbers[0])) {
			numbers, letters = numbers[1:], letters[1:]
		}
		if len(numbers) < 2 || len(numbers) != len(letters) {
			return nil
		}
		for i := range numbers {
			n, k := cellText(numbers[i]), cellText(letters[i])
			if n == "" && k == "" && i > 0 {
				continue
			}
			if !onlyNumber.MatchString(n) || !onlyLetter.MatchString(k) {
				return nil
			}
			out = append(out, textLine{n: b.n, text: strings.Trim(n, ".)") + ". " + strings.Trim(k, "().")})
		}
	}
	return out
}

// people reads lines as people write items.
func (in *intake) people(lines []textLine) {
	t := &textReader{intake: in, lines: lines, keys: map[int]string{}, twice: map[int]bool{}, run: -1}
	for i := range lines {
		t.line(i)
	}
	for _, l := range t.held {
		t.left(l)
	}
	numbers := map[int]bool{}
	alike := len(t.keyRuns) > 0 && len(t.keyRuns) == t.run+1 // the keys begin anew as often as the questions do: each list belongs to its part
	for _, q := range t.questions {
		t.twice[q.number] = t.twice[q.number] || q.number > 0 && numbers[q.number]
		numbers[q.number] = true
	}
	for _, q := range t.questions {
		if q.fromList = t.keys[q.number]; alike {
			q.fromList = t.keyRuns[q.run][q.number]
		}
		q.unclear = t.twice[q.number] && !alike
	}
	for _, q := range t.questions {
		if in.full(place{q.line, 0}) {
			return
		}
		t.finish(q)
	}
	in.begin()
	for _, n := range slices.Sorted(maps.Keys(t.keys)) {
		if !numbers[n] {
			in.lost(place{}, "Kunci nomor %d (%s) tidak punya soal.", "There is no question for key number %d (%s).", n, t.keys[n])
		}
	}
	in.settle(0)
}

func (t *textReader) left(l textLine) {
	t.begin()
	if words := strings.TrimSpace(unmarked(l.text)); words != "" {
		t.lost(place{l.n, 0}, "Baris ini tidak masuk soal mana pun: %q.", "This line went into no item: %q.", shorten(words))
	} else {
		t.lost(place{l.n, 0}, "Gambar ini tidak masuk soal mana pun.", "This picture went into no item.")
	}
	t.settle(0)
}

func (t *textReader) open(l textLine, number int) {
	if number > 0 {
		if number <= t.last || t.run < 0 {
			t.run++
		}
		t.last = number
	}
	t.cur = &textQuestion{line: l.n, number: number, run: max(t.run, 0)}
	for _, p := range t.held {
		t.cur.stem = append(t.cur.stem, strings.TrimSpace(p.text))
		t.cur.guessed = t.cur.guessed || len(t.questions) > 0
	}
	t.held = nil
	t.questions = append(t.questions, t.cur)
}

// line takes the i-th line.
func (t *textReader) line(i int) {
	l := t.lines[i]
	if strings.TrimSpace(l.text) == "" {
		t.gap = true
		return
	}
	if unmarked(strings.TrimSpace(l.text)) == "" {
		t.pictures(i, l)
		return
	}
	defer func() { t.gap = false }()
	question, option := questionLine.FindStringSubmatchIndex(l.text), t.option(l)
	if m := keysInline.FindStringSubmatch(l.text); m != nil {
		t.inKeys, t.cur = true, nil
		l.text = m[1]
	} else if keysHeading.MatchString(l.text) {
		t.inKeys, t.cur = true, nil
		return
	}
	if t.inKeys {
		if t.keyList(l.text) || keysHead.MatchString(l.text) || question == nil && sectionLine.MatchString(l.text) {
			return
		}
		if question != nil && t.longKey(i, l, question) {
			return
		}
		if question == nil {
			t.left(l)
			return
		}
		t.inKeys = false
	}
	switch key, remark := keyLine.FindStringSubmatch(l.text), remarkLine.FindStringSubmatch(l.text); {
	case key != nil && t.cur != nil:
		t.cur.key, t.cur.keyed = strings.TrimSpace(key[1]+key[2]), true
	case remark != nil && t.cur != nil:
		t.cur.general = append(t.cur.general, remark[1])
	case option >= 0 && t.cur != nil && !(t.gap && sectionLine.MatchString(l.text)):
		t.addOptions(l, option)
	case l.bullet && t.cur != nil && len(t.cur.stem) > 0:
		t.cur.options = append(t.cur.options, textOption{text: strings.TrimSpace(l.text), marked: l.wholly(0, len(l.text))})
	case question != nil && t.begins(l, question):
	case sectionLine.MatchString(l.text) && (t.cur == nil || t.gap || len(t.cur.options) > 0 || t.cur.keyed):
		t.left(l)
		t.cur = nil
	case (t.cur == nil || len(t.cur.options) > 0 || t.cur.keyed) && t.optionsFollow(i):
		t.open(l, 0)
		t.stem(l, 0)
	case t.cur == nil:
		t.left(l)
	case len(t.cur.general) > 0:
		t.cur.general = append(t.cur.general, l.text)
	case t.cur.keyed, len(t.cur.options) > 0 && t.gap:
		t.left(l)
	case len(t.cur.options) > 0:
		o := &t.cur.options[len(t.cur.options)-1]
		o.text += "\n" + strings.TrimSpace(l.text)
		o.marked = o.marked && l.wholly(0, len(l.text))
	default:
		t.stem(l, 0)
	}
}

// pictures takes a line that holds nothing else: it belongs to the option or question it follows, unless another question begins behind it.
func (t *textReader) pictures(i int, l textLine) {
	text := strings.TrimSpace(l.text)
	if t.inKeys || t.cur == nil {
		t.held = append(t.held, l)
		return
	}
	last := len(t.cur.options) - 1
	if last < 0 && !t.cur.keyed {
		t.cur.stem = append(t.cur.stem, text)
		return
	}
	next, at := textLine{}, -1
	for j := i + 1; j < len(t.lines) && at < 0; j++ {
		if s := unmarked(t.lines[j].text); strings.TrimSpace(s) != "" {
			next, at = t.lines[j], j
		}
	}
	others := last > 0
	for n := 0; n < last; n++ {
		others = others && unmarked(t.cur.options[n].text) != t.cur.options[n].text
	}
	switch question := at >= 0 && (questionLine.MatchString(next.text) || t.option(next) < 0 && !keyLine.MatchString(next.text) && t.optionsFollow(at)); {
	case last >= 0 && !t.cur.keyed && (t.cur.options[last].text == "" || others && unmarked(t.cur.options[last].text) == t.cur.options[last].text || at >= 0 && t.option(next) >= 0):
		o := &t.cur.options[last]
		o.text = strings.TrimSpace(o.text + "\n" + text)
	case question:
		t.held = append(t.held, l)
	default:
		t.cur.stem, t.cur.guessed = append(t.cur.stem, text), true
	}
}

// begins opens a question at a numbered line, unless its number shows that it is a point of a list inside the question under way.
func (t *textReader) begins(l textLine, m []int) bool {
	n, _ := t.numbered(l, m)
	if t.cur != nil && len(t.cur.options) == 0 && !t.cur.keyed && t.cur.number > 0 && n != t.cur.number+1 {
		return false
	}
	t.open(l, n)
	t.stem(l, m[6])
	return true
}

// stem takes the text of a question from a byte on, and the options that stand in the same line.
func (t *textReader) stem(l textLine, from int) {
	text := l.text[from:]
	if cuts := inlineOptions(text, 'a'); len(cuts) >= 2 {
		t.words(l, from, from+cuts[0])
		for i, c := range cuts {
			end := len(text)
			if i+1 < len(cuts) {
				end = cuts[i+1]
			}
			piece := textLine{n: l.n, text: text[c:end]}
			if l.marked != nil {
				piece.marked = l.marked[from+c : from+end]
			}
			t.addOne(piece)
		}
		return
	}
	t.words(l, from, len(l.text))
}

func (t *textReader) words(l textLine, a, b int) {
	if s := strings.TrimSpace(l.text[a:b]); s != "" {
		t.cur.stem = append(t.cur.stem, s)
		any := false
		for i := a; i < b && i < len(l.marked); i++ {
			any = any || l.marked[i]
		}
		t.cur.styled = t.cur.styled || any && !l.wholly(a, b)
	}
}

// option says where the text of an option begins in a line, -1 when the line is none: its letter must be the one that comes next.
func (t *textReader) option(l textLine) int {
	m := optionLine.FindStringSubmatchIndex(l.text)
	if m == nil || t.cur == nil || l.text[m[4]]|0x20 != 'a'+byte(len(t.cur.options)) {
		return -1
	}
	return m[6]
}

func (t *textReader) addOptions(l textLine, from int) {
	cuts := inlineOptions(l.text[from:], 'a'+byte(len(t.cur.options))+1)
	start := 0
	for _, c := range append(cuts, len(l.text)-from) {
		piece := textLine{n: l.n, text: l.text[start : from+c]}
		if l.marked != nil {
			piece.marked = l.marked[start : from+c]
		}
		t.addOne(piece)
		start = from + c
	}
}

// addOne takes one option, "B. dua".
func (t *textReader) addOne(l textLine) {
	m := optionLine.FindStringSubmatchIndex(l.text)
	if m == nil {
		return
	}
	o := textOption{text: strings.TrimSpace(l.text[m[6]:m[7]]), star: m[3] > m[2], marked: l.wholly(m[6], m[7])}
	if strings.HasPrefix(o.text, "*") && !strings.HasSuffix(o.text, "*") {
		o.text, o.star = strings.TrimSpace(strings.TrimLeft(o.text, "*")), true
	}
	if s := starred.FindString(o.text); s != "" && s != o.text {
		o.text, o.star = strings.TrimSpace(strings.TrimSuffix(o.text, s)), true
	}
	t.cur.options = append(t.cur.options, o)
}

// inlineOptions finds "B. " "C. " ... one after the other inside a line: apart by tabs or several spaces, or by one space when at least two are there.
func inlineOptions(s string, next byte) (cuts []int) {
	wide := true
	for i := 0; i+2 < len(s); i++ {
		if s[i] != ' ' && s[i] != '\t' {
			continue
		}
		j := i + 1
		for j < len(s) && (s[j] == ' ' || s[j] == '\t') {
			j++
		}
		at := j
		if j < len(s) && (s[j] == '*' || s[j] == '(') {
			j++
		}
		if j+1 < len(s) && s[j]|0x20 == next && (s[j+1] == '.' || s[j+1] == ')') && (j+2 == len(s) || s[j+2] == ' ' || s[j+2] == '\t') {
			if at-i < 2 && s[i] != '\t' {
				wide = false
			}
			cuts = append(cuts, at)
			next++
		}
		i = max(i, at-1)
	}
	if !wide && len(cuts) < 2 {
		return nil
	}
	return cuts
}

// optionsFollow says that the next line with text is an option A.
func (t *textReader) optionsFollow(i int) bool {
	for _, l := range t.lines[i+1:] {
		if strings.TrimSpace(l.text) == "" {
			continue
		}
		m := optionLine.FindStringSubmatch(l.text)
		return m != nil && strings.ToLower(m[2]) == "a"
	}
	return false
}

// keyList reads "1. C 2. A"; false when the line is more than that.
func (t *textReader) keyList(s string) bool {
	rest := strings.TrimSpace(strings.ReplaceAll(s, "\t", " "))
	type pair struct {
		n   int
		key string
	}
	var found []pair
	for rest != "" {
		m := keyPair.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 {
			return false
		}
		n, _ := strconv.Atoi(rest[m[2]:m[3]])
		found = append(found, pair{n, rest[m[4]:m[5]]})
		rest = rest[m[1]:]
	}
	for _, p := range found {
		t.setKey(p.n, p.key)
	}
	return len(found) > 0
}

func (t *textReader) setKey(n int, key string) {
	if len(t.keyRuns) == 0 || n <= t.lastKey {
		t.keyRuns = append(t.keyRuns, map[int]string{})
	}
	t.lastKey = n
	t.keys[n], t.keyRuns[len(t.keyRuns)-1][n] = key, key
}

// longKey takes the answer to a question without options from a list of keys; false when the line begins a question.
func (t *textReader) longKey(i int, l textLine, m []int) bool {
	n, text := t.numbered(l, m)
	if text == "" || t.optionsFollow(i) || !slices.ContainsFunc(t.questions, func(q *textQuestion) bool { return q.number == n && len(q.options) == 0 && !q.keyed }) {
		return false
	}
	t.setKey(n, text)
	return true
}

// numbered is the number of a question's line and what stands behind it.
func (t *textReader) numbered(l textLine, m []int) (n int, text string) {
	at := m[2:4]
	if at[0] < 0 {
		at = m[4:6]
	}
	n, _ = strconv.Atoi(l.text[at[0]:at[1]])
	return n, strings.TrimSpace(l.text[m[6]:])
}

// finish makes an item of a question.
func (t *textReader) finish(q *textQuestion) {
	t.begin()
	here := place{q.line, 0}
	stem := strings.Join(q.stem, "\n")
	truth := false
	if cut := truthAsked.FindStringIndex(stem); cut != nil && cut[0] > 0 && len(q.options) == 0 {
		truth, stem = true, stem[:cut[0]]
	}
	it := grading.Item{Stem: toMarkdown(stem), General: toMarkdown(strings.Join(q.general, "\n"))}
	if q.styled {
		t.lost(here, "Huruf tebal atau garis bawah di dalam pertanyaan tidak ikut.", "Bold or underlined words of the question were left out.")
	}
	key, fromList := strings.TrimSpace(unmarked(q.key)), q.fromList
	if key != q.key {
		t.lost(here, "Gambar di baris kunci tidak ikut.", "A picture in the line of the key is left out.")
	}
	if fromList != "" && q.number > 0 {
		switch {
		case q.unclear:
			t.unsure(here, "Nomor %d dipakai beberapa soal, jadi kunci di daftar tidak pasti milik soal ini.", "Several questions have number %d, so it is not certain that the key in the list is this one's.", q.number)
		case key != "" && !strings.EqualFold(strings.Trim(key, " ."), fromList):
			t.unsure(here, "Kunci di bawah soal (%s) dan di daftar kunci (%s) berbeda.", "The key below the question (%s) and in the list of keys (%s) differ.", shorten(key), fromList)
			key = "?"
		case key == "":
			key = fromList
		}
	}
	for i, o := range q.options {
		if i == grading.MaxOptions {
			t.refuse(here, "Paling banyak %d pilihan.", "At most %d options.", grading.MaxOptions)
			break
		}
		it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: toMarkdown(o.text)})
	}
	open := false
	a, first := truthOf(optionText(it, 0))
	b, second := truthOf(optionText(it, 1))
	switch {
	case len(it.Options) == 0 && truth:
		open = t.truth(&it, here, key)
	case len(it.Options) == 2 && first && second && a != b:
		letters := t.letters(q, it, key, here)
		if word, ok := truthOf(key); ok && len(key) > 1 {
			letters = "a"
			if word != a {
				letters = "b"
			}
		}
		it.Type = grading.TrueFalse
		it.Options = grading.NewTrueFalse((letters == "a") == a, "", "")
		if open = len(letters) != 1; open {
			t.noKey(&it, here)
		}
	case len(it.Options) == 0:
		t.without(&it, here, key)
	default:
		it.Type = grading.Single
		letters := t.letters(q, it, key, here)
		if len(letters) > 1 {
			it.Type = grading.Multiple
		}
		if letters == "" {
			open = true
			t.noKey(&it, here)
		} else {
			setKey(&it, letters)
		}
	}
	if q.guessed {
		t.unsure(here, "Letak gambar soal ini diperkirakan dari urutannya. Periksa.", "Where the picture of this item belongs follows from its place only. Check it.")
	}
	it = t.pictured(it, here)
	t.soundItem(it, q.line)
	t.take(it, here, nil, open)
}

// noKey marks an item whose key nobody can be sure of.
func (t *textReader) noKey(it *grading.Item, here place) {
	for i := range it.Options {
		it.Options[i].Mark = 0
	}
	t.unsure(here, "Kunci soal ini tidak pasti. Pilih kuncinya sebelum soal disimpan.", "The key of this item is not certain. Choose it before the item is stored.")
}

func (t *textReader) truth(it *grading.Item, here place, key string) (open bool) {
	it.Type = grading.TrueFalse
	is, ok := truthOf(key)
	it.Options = grading.NewTrueFalse(is, "", "")
	if !ok {
		t.noKey(it, here)
	}
	return !ok
}

// without makes an item of a question that has no options: a number or a few words when there is a key, an essay otherwise.
func (t *textReader) without(it *grading.Item, here place, key string) {
	readings := typed.Readings(key, nil)
	switch {
	case key == "?" || key == "":
		it.Type, it.Rubric = essay.Name, plainRubric()
		t.unsure(here, "Tidak ada pilihan dan kunci, jadi soal ini dianggap esai dengan rubrik bawaan. Periksa.", "There are no options and no key, so this became an essay with a plain rubric. Check it.")
	case len(readings) == 1:
		it.Type = grading.Numeric
		it.Options = []grading.Option{{ID: "a", Text: decimal(readings[0]), Mark: grading.Full}}
		t.unsure(here, "Tidak ada pilihan dan kuncinya angka, jadi soal ini dianggap soal angka. Periksa toleransi dan satuannya.", "There are no options and the key is a number, so this became a number item. Check tolerance and unit.")
	case len([]rune(key)) <= 60:
		it.Type = grading.ShortText
		it.Options = []grading.Option{{ID: "a", Text: strings.ReplaceAll(key, "*", `\*`), Mark: grading.Full}}
		t.unsure(here, "Tidak ada pilihan, jadi soal ini dianggap isian singkat. Periksa jawaban lain yang juga benar.", "There are no options, so this became short text. Check for other right answers.")
	default:
		it.Type, it.Rubric = essay.Name, plainRubric()
		it.General = strings.TrimSpace(it.General + "\n\n" + toMarkdown(key))
		t.unsure(here, "Kuncinya panjang, jadi soal ini dianggap esai; kuncinya menjadi umpan balik umum.", "The key is long, so this became an essay; the key became general feedback.")
	}
}

// letters decides the key of a choice from what the file says: a key line or list, a sign, the looks. When these differ, nothing is certain and it is empty.
func (t *textReader) letters(q *textQuestion, it grading.Item, key string, here place) string {
	said := ""
	if key != "" && key != "?" {
		said = keyLetters(key, it)
		if said == "" {
			t.unsure(here, "Kunci %q tidak cocok dengan pilihannya.", "The key %q does not match the options.", shorten(key))
			return ""
		}
	}
	if key == "?" {
		return ""
	}
	star, looks := "", ""
	for i, o := range q.options {
		if i >= len(it.Options) {
			break
		}
		if o.star {
			star += grading.OptionID(i)
		}
		if o.marked {
			looks += grading.OptionID(i)
		}
	}
	if len(looks) == len(q.options) || len(looks) > 1 && star == "" && said == "" {
		looks = "" // the whole list is bold, or several: that says nothing
	}
	out := ""
	for _, s := range []string{said, star, looks} {
		switch {
		case s == "":
		case out == "":
			out = s
		case s != out:
			t.unsure(here, "Kunci %s, tetapi yang ditandai %s.", "The key is %s, but what is marked is %s.", strings.ToUpper(out), strings.ToUpper(s))
			return ""
		}
	}
	return out
}

var oneLetter = regexp.MustCompile(`^\(?([A-Ja-j])\s*[.)]\s*(.+)$`)

// keyLetters reads a key as letters of options: "C", "A dan C", "C. tiga", or the words of an option.
func keyLetters(key string, it grading.Item) string {
	key = strings.Trim(key, " .;")
	if len(key) == 3 && key[0] == '(' && key[2] == ')' {
		key = key[1:2]
	}
	if list, ok := entries(key); ok && !strings.Contains(key, "%") {
		letters := ""
		for i := range it.Options { // in the order of the options
			for _, e := range list {
				if e[0] == grading.OptionID(i) && e[1] == "" && !strings.Contains(letters, e[0]) {
					letters += e[0]
				}
			}
		}
		if len(letters) == len(list) {
			return letters
		}
	}
	if m := oneLetter.FindStringSubmatch(key); m != nil {
		if o, ok := grading.FindOption(it.Options, strings.ToLower(m[1])); ok && typed.Fold(toMarkdown(m[2])) == typed.Fold(o.Text) {
			return o.ID
		}
		return ""
	}
	for _, o := range it.Options {
		if typed.Fold(html.UnescapeString(o.Text)) == typed.Fold(toMarkdown(key)) {
			return o.ID
		}
	}
	return ""
}
