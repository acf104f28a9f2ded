package exchange

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"math/big"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/cloze"
	"github.com/apelkota/apel/courses/grading/kinds/essay"
	"github.com/apelkota/apel/courses/grading/kinds/matching"
	"github.com/apelkota/apel/courses/grading/kinds/ordering"
	"github.com/apelkota/apel/courses/grading/kinds/upload"
	"github.com/apelkota/apel/courses/grading/typed"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/texts"
)

// Limits of a Moodle XML file.
const (
	maxMoodle      = 50 << 20 // bytes, with embedded files
	maxMoodleDepth = 24       // elements in elements; Moodle's own go to eight
	maxMoodleNodes = 2_000_000
)

// node is an element of the file.
type node struct {
	name string
	attr map[string]string
	text string
	kids []*node
	at   place
}

func (n *node) kid(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

func (n *node) all(name string) (out []*node) {
	for _, k := range n.kids {
		if k.name == name {
			out = append(out, k)
		}
	}
	return out
}

// says is the text of a child, or of the <text> in it.
func (n *node) says(name string) string {
	k := n.kid(name)
	if k == nil {
		return ""
	}
	if t := k.kid("text"); t != nil {
		return strings.TrimSpace(t.text)
	}
	return strings.TrimSpace(k.text)
}

func (n *node) yes(name string) bool {
	switch strings.ToLower(n.says(name)) {
	case "1", "true", "yes":
		return true
	}
	return false
}

// readMoodle reads a question bank as Moodle exports it in XML.
func readMoodle(in *intake, data []byte) {
	if len(data) > maxMoodle {
		in.refuse(place{}, "Berkas lebih dari 50 MB. Ekspor per kategori.", "The file is over 50 MB. Export it category by category.")
		return
	}
	root, err := parseXML(data, maxMoodleDepth)
	var bad *xmlTrouble
	if errors.As(err, &bad) {
		in.report = append(in.report, Mistake{File: in.file, Line: bad.at.line, Column: bad.at.column, Weight: Refused, Text: texts.T(bad.id, bad.en)})
		return
	}
	if root == nil || root.name != "quiz" {
		in.refuse(place{1, 0}, "Berkas XML ini bukan bank soal Moodle: elemen pertamanya bukan <quiz>. Di Moodle pilih Ekspor, lalu Moodle XML.", "This XML is no question bank of Moodle: its first element is not <quiz>. In Moodle choose Export, then Moodle XML.")
		return
	}
	m := &moodle{intake: in}
	for _, q := range root.kids {
		m.begin()
		if q.name != "question" {
			m.lost(q.at, "Elemen <%s> tidak dikenal dan dilewati.", "The element <%s> is unknown and was skipped.", q.name)
			m.settle(0)
			continue
		}
		if m.full(q.at) {
			return
		}
		m.question(q)
	}
	m.begin()
	if m.weighted > 0 {
		m.lost(place{}, "%d soal punya nilai bawaan selain 1 di Moodle (defaultgrade). Di sini semua soal bernilai sama.", "%d items have a default mark other than 1 in Moodle. Here all items weigh the same.", m.weighted)
	}
	if m.penalised > 0 {
		m.lost(place{}, "Potongan untuk mencoba lagi pada %d soal tidak diambil: di sini potongan diatur pada tesnya.", "The penalty for further tries of %d items was not taken: here it is set on the test.", m.penalised)
	}
	m.settle(0)
}

type xmlTrouble struct {
	at     place
	id, en string
}

func (e *xmlTrouble) Error() string { return e.en }

// parseXML reads a whole document into elements. A document type is refused: with it come entities, which can read files or blow up.
func parseXML(data []byte, deepest int) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(name string, r io.Reader) (io.Reader, error) {
		switch strings.ToLower(name) {
		case "iso-8859-1", "windows-1252", "latin1":
			return charmap.Windows1252.NewDecoder().Reader(r), nil
		case "us-ascii", "ascii":
			return r, nil
		}
		return nil, fmt.Errorf("encoding %q", name)
	}
	var root *node
	var open []*node
	var said [][]byte // the text of each open element: in pieces, however many comments or elements part it
	nodes := 0
	for {
		t, err := d.Token()
		line, column := d.InputPos()
		at := place{line, column}
		if err == io.EOF {
			return root, nil
		}
		if err != nil {
			return nil, &xmlTrouble{at, "Susunan XML rusak di sekitar baris ini. Ekspor ulang dari Moodle, jangan disunting dengan pengolah kata.", "The XML is broken around this line. Export it again from Moodle; do not edit it with a word processor."}
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, &xmlTrouble{at, "Berkas ini memuat DOCTYPE atau entitas, yang dapat dipakai untuk menyerang, dan ditolak. Bank soal Moodle tidak memerlukannya.", "This file holds a DOCTYPE or entities, which can be used for attacks, and is refused. A question bank of Moodle needs none."}
		case xml.StartElement:
			nodes++
			if len(open) >= deepest || nodes > maxMoodleNodes {
				return nil, &xmlTrouble{at, "Susunan XML terlalu dalam atau terlalu banyak elemen.", "The XML is nested too deeply or has too many elements."}
			}
			n := &node{name: t.Name.Local, at: at}
			for _, a := range t.Attr {
				if n.attr == nil {
					n.attr = map[string]string{}
				}
				n.attr[a.Name.Local] = a.Value
			}
			if len(open) > 0 {
				up := open[len(open)-1]
				up.kids = append(up.kids, n)
			} else if root == nil {
				root = n
			}
			open = append(open, n)
			said = append(said, nil)
		case xml.EndElement:
			last := len(open) - 1
			open[last].text = string(said[last])
			open, said = open[:last], said[:last]
		case xml.CharData:
			if len(said) > 0 {
				said[len(said)-1] = append(said[len(said)-1], t...)
			}
		}
	}
}

type moodle struct {
	*intake
	category            string
	weighted, penalised int
	it                  grading.Item
	at                  place
	lose                losses
	danger              string
	bare                bool // the text under way shows no pictures
}

// question reads one question into an item.
func (m *moodle) question(q *node) {
	kind := q.attr["type"]
	if kind == "category" {
		m.category = category(strings.ReplaceAll(q.kid("category").says("text"), "//", "\x00"))
		m.category = strings.ReplaceAll(m.category, "\x00", "/")
		if c := q.kid("category"); c != nil && m.category == "" {
			m.category = category(q.says("category"))
		}
		return
	}
	m.at, m.lose, m.danger = q.at, losses{}, ""
	m.it = grading.Item{Category: m.category}
	it := &m.it
	if n, err := strconv.ParseFloat(q.says("defaultgrade"), 64); err == nil && n != 1 {
		m.weighted++
	}
	if n, err := strconv.ParseFloat(q.says("penalty"), 64); err == nil && n != 0 && n != 1 && (n < 0.3333 || n > 0.3334) && n != 0.1 {
		m.penalised++
	}
	it.Code = q.says("idnumber")
	if it.Code != "" && !codeShape.MatchString(it.Code) {
		m.lost(m.at, "Nomor ID %q bukan id soal di sini; soal diberi id baru.", "The ID number %q is no item id here; the item gets a new one.", shorten(it.Code))
		it.Code = ""
	}
	if it.Title = shorten(strings.Join(strings.Fields(html.UnescapeString(q.says("name"))), " ")); it.Title == it.Code {
		it.Title = ""
	}
	if q.yes("hidden") {
		m.lost(m.at, "Soal ini disembunyikan di Moodle.", "This item is hidden in Moodle.")
	}
	it.General = m.text(q.kid("generalfeedback"))
	if s := strings.ToLower(q.says("shuffleanswers")); s == "0" || s == "false" {
		it.Fixed = kind == "multichoice" || kind == "matching" || kind == "match" || kind == "ddmatch"
	}
	m.tags(q)
	if kind != "cloze" && kind != "multianswer" {
		it.Stem = m.text(q.kid("questiontext"))
	}
	switch kind {
	case "multichoice", "multichoiceset":
		m.choices(q, kind)
	case "truefalse":
		m.trueFalse(q)
	case "shortanswer":
		it.Type = grading.ShortText
		it.Exact = q.yes("usecase")
		m.answers(q, func(a *node) string { return strings.TrimSpace(html.UnescapeString(a.says("text"))) })
	case "numerical":
		m.numbers(q)
	case "matching", "match", "ddmatch":
		m.pairs(q)
	case "ordering":
		m.order(q)
	case "cloze", "multianswer":
		m.cloze(q)
	case "ddwtos", "gapselect":
		m.drags(q, kind)
	case "essay":
		m.essay(q)
	case "":
		m.refuse(m.at, "Soal ini tidak menyebut jenisnya.", "This question does not name its type.")
	default:
		m.refuse(m.at, "Jenis soal Moodle %q belum dapat diambil. Ubah di Moodle menjadi pilihan ganda, benar-salah, isian singkat, angka, menjodohkan, mengurutkan, seret kata ke teks, cloze, atau esai.", "The Moodle type %q cannot be taken. Turn it into multiple choice, true/false, short answer, numerical, matching, ordering, words dragged into text, cloze or essay.", kind)
	}
	for _, f := range []string{"correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"} {
		if s := q.says(f); s != "" && !stockFeedback[strings.Trim(strings.ToLower(plainOf(s)), " .!")] {
			m.lose.add("umpan balik gabungan", "combined feedback")
		}
	}
	m.hints(q)
	if m.danger != "" {
		m.refuse(m.at, "Soal ini memuat skrip (%s) dan ditolak. Hapus skripnya di Moodle, lalu ekspor ulang.", "This question holds a script (%s) and is refused. Take the script out in Moodle and export again.", m.danger)
	}
	if len(m.lose.id) > 0 {
		m.missing(m.at, m.lose)
	}
	if !m.broken() {
		m.soundItem(*it, m.at.line)
	}
	m.take(*it, place{m.at.line, 0}, nil, false)
}

// hints takes the hints that have a place: at most MaxHints, of an item that can be tried.
func (m *moodle) hints(q *node) {
	for _, h := range q.all("hint") {
		text := strings.Join(grading.SplitHints(m.text(h)), "\n")
		if text == "" {
			continue
		}
		before := m.it.Hints
		m.it.Hints = append(before, text)
		if err := grading.CheckHints(m.it); err != nil {
			m.it.Hints = before
			m.lose.add("petunjuk (hint)", "hints")
			return
		}
	}
}

// stockFeedback is what Moodle puts in by itself.
var stockFeedback = map[string]bool{"your answer is correct": true, "your answer is partially correct": true, "your answer is incorrect": true, "jawaban anda benar": true,
	"jawaban anda sebagian benar": true, "jawaban anda salah": true, "correct": true, "partially correct": true, "incorrect": true}

func plainOf(s string) string {
	s, _ = fromMarkdown(readHTML(s, 2, nil).markdown)
	return s
}

// tags reads tags; those that begin with "apel:" say what Moodle has no place for.
func (m *moodle) tags(q *node) {
	t := q.kid("tags")
	if t == nil {
		return
	}
	for _, tag := range t.all("tag") {
		s := strings.TrimSpace(tag.text)
		if k := tag.kid("text"); k != nil {
			s = strings.TrimSpace(k.text)
		}
		key, value, own := strings.Cut(strings.TrimPrefix(s, "apel:"), "=")
		if !strings.HasPrefix(s, "apel:") || !own {
			if s != "" {
				m.it.Tags = append(m.it.Tags, s)
			}
			continue
		}
		switch key {
		case "objective":
			m.it.Objective = value
		case "difficulty":
			m.it.Difficulty = grading.Difficulty(value)
		case "scoring":
			m.it.Scoring = value
		case "fixed":
			m.it.Fixed = true
		}
	}
}

var tagLike = regexp.MustCompile(`<[a-zA-Z/!]`)

// text reads a text with its format and files as Markdown.
func (m *moodle) text(n *node) string {
	if n == nil {
		return ""
	}
	s := n.says("text")
	files := m.files(n)
	switch format := n.attr["format"]; {
	case format == "markdown":
		return mdPicture.ReplaceAllStringFunc(s, func(s string) string {
			p := mdPicture.FindStringSubmatch(s)
			return m.picture(files, p[2], shown(p[1]))
		})
	case format == "plain_text" || format != "html" && !tagLike.MatchString(s):
		return toMarkdown(html.UnescapeString(s))
	}
	h := readHTML(s, 3, func(src, alt string) string { return m.picture(files, src, alt) })
	m.took(h)
	return h.markdown
}

// took notes what a text in HTML lost.
func (m *moodle) took(h htmlText) {
	for i := range h.lost.id {
		m.lose.add(h.lost.id[i], h.lost.en[i])
	}
	if h.danger != "" {
		m.danger = h.danger
	}
}

// picture is the Markdown of a picture that a text shows.
func (m *moodle) picture(files map[string]File, src, alt string) string {
	f, inside := dataPicture(src, alt)
	if rest, ok := strings.CutPrefix(src, pluginFile); ok {
		f = File{Name: fileName(rest), Alt: alt}
		if had, ok := files[f.Name]; ok {
			f.Data, f.Type, inside = had.Data, had.Type, true
		} else {
			m.lost(m.at, "Gambar %s tidak ada di berkas ini. Sisipkan di halaman Ubah soal.", "The picture %s is not in this file. Put it in with the item's editor.", shorten(f.Name))
			return pictureWords(f)
		}
	}
	if !inside {
		m.lost(m.at, "Gambar dari luar (%s) tidak diambil. Sisipkan di halaman Ubah soal.", "A picture from elsewhere (%s) was not fetched. Upload it in the item's editor.", shorten(src))
		return pictureWords(File{Name: fileName(src), Alt: alt})
	}
	if m.bare {
		m.lost(m.at, "Gambar %s tidak ikut: di tempat ini hanya ada teks.", "The picture %s is left out: only text has a place here.", shorten(f.Name))
		return pictureWords(f)
	}
	return m.shown(m.at, f)
}

// bareText is text at a place that shows no pictures.
func (m *moodle) bareText(n *node) string {
	m.bare = true
	defer func() { m.bare = false }()
	return m.text(n)
}

// files decodes the files of a text.
func (m *moodle) files(n *node) map[string]File {
	out := map[string]File{}
	for _, f := range n.all("file") {
		name := path.Base(strings.ReplaceAll(f.attr["name"], `\`, "/"))
		if f.attr["encoding"] != "base64" {
			m.lose.add("berkas "+shorten(name), "the file "+shorten(name))
			continue
		}
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(f.text), ""))
		if err != nil {
			m.refuse(f.at, "Berkas %s di dalam soal rusak (bukan base64).", "The file %s in the question is damaged (no base64).", shorten(name))
			continue
		}
		if err := harmless(data); err != nil {
			m.refuse(f.at, "Berkas %s di dalam soal ditolak karena berbahaya (program atau penanda uji virus). Hapus berkas itu di Moodle, lalu ekspor ulang.", "The file %s in the question is refused as harmful (a program or the virus test mark). Delete it in Moodle and export again.", shorten(name))
			continue
		}
		switch kind := media.Sniff(data); {
		case kind == "image/svg+xml":
			m.refuse(f.at, "Gambar SVG %s tidak diterima karena dapat memuat skrip. Ganti dengan PNG atau JPEG.", "The SVG picture %s is not accepted, because it can hold scripts. Use PNG or JPEG.", shorten(name))
		case !strings.HasPrefix(kind, "image/"):
			m.lose.add("berkas "+shorten(name)+" (bukan gambar)", "the file "+shorten(name)+" (no picture)")
		default:
			out[name] = File{Name: name, Type: kind, Data: data}
		}
	}
	return out
}

// mark reads a fraction.
func (m *moodle) mark(a *node) grading.Mark {
	s := a.attr["fraction"]
	if s == "" {
		return 0
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && len(s) > 9 {
		s = strconv.FormatFloat(f, 'f', 5, 64)
	}
	w, err := grading.ParseMark(s)
	if err != nil {
		m.refuse(a.at, "Nilai %q tidak terbaca.", "The fraction %q cannot be read.", s)
	}
	return w
}

// answers reads <answer> elements as options.
func (m *moodle) answers(q *node, text func(*node) string) {
	for _, a := range q.all("answer") {
		if len(m.it.Options) == grading.MaxOptions {
			m.refuse(a.at, "Paling banyak %d pilihan.", "At most %d options.", grading.MaxOptions)
			return
		}
		m.it.Options = append(m.it.Options, grading.Option{ID: grading.OptionID(len(m.it.Options)), Text: text(a), Mark: m.mark(a), Feedback: m.text(a.kid("feedback"))})
	}
}

func (m *moodle) choices(q *node, kind string) {
	m.it.Type = grading.Multiple
	if q.yes("single") || q.kid("single") == nil && kind == "multichoice" {
		m.it.Type = grading.Single
	}
	m.answers(q, m.text)
	if kind == "multichoiceset" {
		right := grading.Mark(0)
		for _, o := range m.it.Options {
			if o.Mark > 0 {
				right++
			}
		}
		for i, o := range m.it.Options {
			if o.Mark > 0 {
				m.it.Options[i].Mark = grading.Full / right
			}
		}
		m.lose.add("penilaian semua-atau-tidak; di sini nilainya dibagi", "all-or-nothing marking; here the mark is shared out")
	}
	if m.it.Type == grading.Multiple {
		m.balance(m.at, &m.it)
	}
}

// balance gives wrong options of a multiple choice that weigh nothing the weight that makes ticking everything worth nothing; says so.
func (in *intake) balance(at place, it *grading.Item) {
	zero := 0
	var minus grading.Mark
	for _, o := range it.Options {
		if o.Mark == 0 {
			zero++
		}
		minus += min(o.Mark, 0)
	}
	if zero == 0 {
		return
	}
	left := max(grading.Full+minus, grading.Mark(zero)) / grading.Mark(zero)
	for i := range it.Options {
		if it.Options[i].Mark == 0 {
			it.Options[i].Mark = -left
		}
	}
	in.lost(at, "Pilihan salah diberi nilai minus %s%%, supaya mencentang semua pilihan tidak bernilai.", "Wrong options got minus %s%%, so that ticking every option earns nothing.", left.Percent())
}

func (m *moodle) trueFalse(q *node) {
	m.it.Type = grading.TrueFalse
	key, known := false, false
	feedback := map[bool]string{}
	for _, a := range q.all("answer") {
		word := strings.ToLower(a.says("text"))
		is := word == "true" || word == "benar" || word == "1"
		feedback[is] = m.text(a.kid("feedback"))
		if m.mark(a) == grading.Full {
			key, known = is, true
		}
	}
	if !known {
		m.refuse(m.at, "Soal benar-salah ini belum punya kunci.", "This true/false question has no key.")
	}
	m.it.Options = grading.NewTrueFalse(key, feedback[!key], feedback[key])
}

func (m *moodle) numbers(q *node) {
	m.it.Type = grading.Numeric
	for _, a := range q.all("answer") {
		raw := a.says("text")
		if raw == "*" {
			if f := m.text(a.kid("feedback")); f != "" {
				m.it.General = strings.TrimSpace(m.it.General + "\n\n" + f)
				m.lost(a.at, "Umpan balik untuk jawaban lain (*) menjadi umpan balik umum.", "The feedback on other answers (*) became general feedback.")
			}
			continue
		}
		o := grading.Option{ID: grading.OptionID(len(m.it.Options)), Text: m.number(a.at, raw), Mark: m.mark(a), Feedback: m.text(a.kid("feedback"))}
		if t := a.says("tolerance"); t != "" {
			if o.Tolerance = m.number(a.at, t); o.Tolerance == "0" {
				o.Tolerance = ""
			}
		}
		if len(m.it.Options) == grading.MaxOptions {
			m.refuse(a.at, "Paling banyak %d pilihan.", "At most %d options.", grading.MaxOptions)
			return
		}
		m.it.Options = append(m.it.Options, o)
	}
	if g := q.says("unitgradingtype"); g != "" && g != "0" {
		m.lose.add("penalti satuan yang salah (di sini satuan boleh ditulis, tidak dinilai)", "the penalty for a wrong unit (here units may be written and earn nothing)")
	}
	if u := q.kid("units"); u != nil {
		for _, x := range u.all("unit") {
			if f, err := strconv.ParseFloat(x.says("multiplier"), 64); err != nil || f != 1 {
				m.lose.add("satuan dengan pengali "+shorten(x.says("unit_name")), "the unit with a multiplier "+shorten(x.says("unit_name")))
				continue
			}
			m.it.Units = append(m.it.Units, x.says("unit_name"))
		}
	}
}

var plainFloat = regexp.MustCompile(`^[-+]?\d{1,20}([.,]\d{1,20})?([eE][-+]?\d{1,2})?$`)

// number writes a number of Moodle as ours: no exponent, a decimal point.
func (in *intake) number(at place, s string) string {
	s = strings.Replace(strings.TrimSpace(s), ",", ".", 1)
	if _, ok := typed.ParseDecimal(s); ok {
		return s
	}
	if plainFloat.MatchString(s) {
		if r, ok := new(big.Rat).SetString(s); ok {
			return decimal(r)
		}
	}
	in.refuse(at, "%q bukan angka.", "%q is no number.", shorten(s))
	return ""
}

func (m *moodle) pairs(q *node) {
	m.it.Type = matching.Name
	p := pairing{it: &m.it}
	for _, s := range q.all("subquestion") {
		right := ""
		if a := s.kid("answer"); a != nil {
			if a.attr["format"] != "" {
				right = m.text(a)
			} else {
				right = toMarkdown(html.UnescapeString(a.says("text")))
			}
		}
		if !p.add(m.text(s), right) {
			m.refuse(s.at, "Paling banyak %d pasangan dan %d jawaban.", "At most %d pairs and %d answers.", grading.MaxParts, grading.MaxOptions)
			return
		}
	}
}

// gradings are Moodle's ways of marking an order, by name and by number, and ours.
var gradings = []struct{ name, number, ours string }{
	{"ALL_OR_NOTHING", "-1", ordering.All}, {"ABSOLUTE_POSITION", "0", ordering.Places}, {"RELATIVE_ALL_PREVIOUS_AND_NEXT", "4", ""},
}

func (m *moodle) order(q *node) {
	m.it.Type = ordering.Name
	type step struct {
		at   float64
		node *node
	}
	var steps []step
	distinct := map[float64]bool{}
	for _, a := range q.all("answer") {
		f, _ := strconv.ParseFloat(a.attr["fraction"], 64)
		distinct[f] = true
		steps = append(steps, step{f, a})
	}
	if len(distinct) == len(steps) { // the fraction is the place
		sort.SliceStable(steps, func(i, j int) bool { return steps[i].at < steps[j].at })
	}
	for i, s := range steps {
		if i == grading.MaxOptions {
			m.refuse(s.node.at, "Paling banyak %d langkah.", "At most %d steps.", grading.MaxOptions)
			break
		}
		m.it.Options = append(m.it.Options, grading.Option{ID: grading.OptionID(i), Text: m.bareText(s.node), Feedback: m.text(s.node.kid("feedback"))})
	}
	way := strings.ToUpper(q.says("gradingtype"))
	i := slices.IndexFunc(gradings, func(g struct{ name, number, ours string }) bool { return way == g.name || way == g.number })
	switch {
	case i >= 0 && m.it.Scoring == "":
		m.it.Scoring = gradings[i].ours
	case i < 0 && way != "":
		m.lose.add("cara menilai urutan "+shorten(way)+"; di sini dihitung per pasang langkah", "the marking "+shorten(way)+"; here pairs of steps count")
	}
	if s := strings.ToUpper(q.says("selecttype")); s != "" && s != "ALL" && s != "0" {
		m.lose.add("pengambilan sebagian langkah", "drawing only some of the steps")
	}
}

// fileLimits reads which files an upload takes, as far as they are taken here.
func (m *moodle) fileLimits(q *node) {
	if n, _ := strconv.Atoi(q.says("maxbytes")); n > 0 {
		m.it.Size = (n + 1<<20 - 1) >> 20
		if m.it.Size > grading.MaxFileMB {
			m.lose.add(fmt.Sprintf("berkas di atas %d MB", grading.MaxFileMB), fmt.Sprintf("files over %d MB", grading.MaxFileMB))
			m.it.Size = 0
		}
	}
	for _, kind := range strings.FieldsFunc(q.says("filetypeslist"), func(r rune) bool { return strings.ContainsRune(" ,;", r) }) {
		kind = strings.ToLower(strings.TrimPrefix(kind, "."))
		if kind == "jpeg" {
			kind = "jpg"
		}
		switch {
		case slices.Contains(m.it.Files, kind):
		case slices.Contains(grading.FileKinds, kind):
			m.it.Files = append(m.it.Files, kind)
		default:
			m.lose.add("jenis berkas "+shorten(kind), "files of the kind "+shorten(kind))
		}
	}
}

func (m *moodle) essay(q *node) {
	files, _ := strconv.Atoi(q.says("attachments"))
	if q.says("responseformat") == "noinline" && files != 0 {
		m.it.Type = upload.Name
		if files < 0 || files > grading.MaxFiles {
			m.lose.add("jumlah berkas tanpa batas", "an unlimited number of files")
			files = grading.MaxFiles
		}
		m.it.Limit = files
		m.fileLimits(q)
	} else {
		m.it.Type = essay.Name
		m.it.Limit, _ = strconv.Atoi(q.says("maxwordlimit"))
		if files != 0 {
			m.lose.add("lampiran pada esai", "attachments of an essay")
		}
	}
	if q.says("responsetemplate") != "" {
		m.lose.add("isian awal jawaban", "the response template")
	}
	info := m.bareText(q.kid("graderinfo"))
	plain := q.says("graderinfo")
	switch rubric, ok := parseRubric(plain); {
	case ok:
		m.it.Rubric = rubric
	case info != "":
		m.it.Rubric = plainRubric()
		m.it.Rubric[0].Text = info
		m.unsure(m.at, "Catatan untuk penilai menjadi satu kriteria rubrik. Sesuaikan tingkatannya.", "The notes for graders became one criterion of a rubric. Adapt its levels.")
	default:
		m.it.Rubric = plainRubric()
		m.unsure(m.at, "Soal ini belum punya rubrik; rubrik bawaan dipasang. Sesuaikan sebelum dipakai.", "This item has no rubric; a plain one was put in. Adapt it before use.")
	}
}

var (
	clozeOpen  = regexp.MustCompile(`\{([0-9]*):([A-Z_]+):`)
	clozeTypes = map[string]grading.Type{"SHORTANSWER": grading.ShortText, "SA": grading.ShortText, "MW": grading.ShortText, "SHORTANSWER_C": grading.ShortText, "SAC": grading.ShortText, "MWC": grading.ShortText,
		"NUMERICAL": grading.Numeric, "NM": grading.Numeric, "MULTICHOICE": grading.Single, "MC": grading.Single, "MULTICHOICE_V": grading.Single, "MCV": grading.Single, "MULTICHOICE_H": grading.Single, "MCH": grading.Single,
		"MULTICHOICE_S": grading.Single, "MCS": grading.Single, "MULTICHOICE_VS": grading.Single, "MCVS": grading.Single, "MULTICHOICE_HS": grading.Single, "MCHS": grading.Single}
)

// cloze takes the gaps out of the text before it is turned into Markdown, and puts their marks in afterwards.
func (m *moodle) cloze(q *node) {
	m.it.Type = cloze.Name
	n := q.kid("questiontext")
	if n == nil {
		return
	}
	raw := n.says("text")
	format := n.attr["format"]
	isHTML := format != "markdown" && format != "plain_text"
	shuffled, fixed := false, false
	var b strings.Builder
	for {
		at := clozeOpen.FindStringSubmatchIndex(raw)
		if at == nil {
			break
		}
		word := raw[at[4]:at[5]]
		end := -1
		for i := at[1]; i < len(raw); i++ {
			if raw[i] == '\\' {
				i++
			} else if raw[i] == '}' {
				end = i
				break
			}
		}
		kind, known := clozeTypes[word]
		if end < 0 || !known {
			m.refuse(m.at, "Isian {%s:...} tidak dikenal atau tidak ditutup. Yang dikenal: SHORTANSWER, NUMERICAL, MULTICHOICE.", "The gap {%s:...} is unknown or not closed. Known are SHORTANSWER, NUMERICAL, MULTICHOICE.", word)
			return
		}
		if len(m.it.Parts) == grading.MaxParts {
			m.refuse(m.at, "Paling banyak %d isian.", "At most %d gaps.", grading.MaxParts)
			return
		}
		p := grading.Part{ID: grading.OptionID(len(m.it.Parts)), Type: kind, Exact: strings.HasSuffix(word, "C") && kind == grading.ShortText && word != "MC"}
		if w, err := strconv.Atoi(raw[at[2]:at[3]]); err == nil && w != 1 {
			p.Weight = w
		}
		if kind == grading.Single {
			shuffled = shuffled || strings.HasSuffix(word, "S")
			fixed = fixed || !strings.HasSuffix(word, "S")
		}
		m.gap(&p, raw[at[1]:end], isHTML, format == "markdown")
		m.it.Parts = append(m.it.Parts, p)
		b.WriteString(raw[:at[0]] + "\uE010" + strconv.Itoa(len(m.it.Parts)) + "\uE011")
		raw = raw[end+1:]
	}
	b.WriteString(raw)
	stem := *n
	stem.kids = nil
	for _, k := range n.kids {
		if k.name != "text" {
			stem.kids = append(stem.kids, k)
		}
	}
	stem.kids = append(stem.kids, &node{name: "text", text: b.String()})
	m.it.Stem = strings.NewReplacer("\uE010", "[[", "\uE011", "]]").Replace(m.text(&stem))
	m.it.Fixed = m.it.Fixed || fixed && !shuffled
}

// drags reads words that are dragged into a text, or selected in it: each gap offers the words of its group.
func (m *moodle) drags(q *node, kind string) {
	m.it.Type = cloze.Name
	type word struct{ text, group string }
	var words []word
	for _, name := range []string{"dragbox", "selectoption"} {
		for _, b := range q.all(name) {
			words = append(words, word{m.bareText(b), b.says("group")})
			if b.says("infinite") != "" || b.kid("infinite") != nil {
				m.lose.add("kata yang dapat dipakai berkali-kali (di sini selalu)", "words that may be used again (here always)")
			}
		}
	}
	if kind == "ddwtos" {
		m.lose.add("menyeret kata; di sini kata dipilih dari daftar", "dragging; here words are chosen from a list")
	}
	m.it.Stem = dragGap.ReplaceAllStringFunc(m.it.Stem, func(mark string) string {
		n, err := strconv.Atoi(dragGap.FindStringSubmatch(mark)[1])
		if err != nil || n < 1 || n > len(words) {
			m.refuse(m.at, "Isian [[%d]] tidak punya kata.", "The gap [[%d]] has no word.", n)
			return mark
		}
		if len(m.it.Parts) == grading.MaxParts {
			m.refuse(m.at, "Paling banyak %d isian.", "At most %d gaps.", grading.MaxParts)
			return mark
		}
		p := grading.Part{ID: grading.OptionID(len(m.it.Parts)), Type: grading.Single}
		for _, w := range words {
			if w.group != words[n-1].group || slices.ContainsFunc(p.Options, func(x grading.Option) bool { return x.Text == w.text }) {
				continue
			}
			if len(p.Options) == grading.MaxOptions {
				m.refuse(m.at, "Paling banyak %d jawaban dalam satu isian.", "At most %d answers in a gap.", grading.MaxOptions)
				return mark
			}
			o := grading.Option{ID: grading.OptionID(len(p.Options)), Text: w.text}
			if w.text == words[n-1].text {
				o.Mark = grading.Full
			}
			p.Options = append(p.Options, o)
		}
		m.it.Parts = append(m.it.Parts, p)
		return "[[" + strconv.Itoa(len(m.it.Parts)) + "]]"
	})
	if len(m.it.Parts) == 0 {
		m.refuse(m.at, "Teks ini tidak punya isian [[1]], [[2]], ...", "This text has no gaps [[1]], [[2]], ...")
	}
}

// dragGap is a gap as HTML or Markdown leaves it.
var dragGap = regexp.MustCompile(`\\?\[\\?\[(\d{1,3})\\?\]\\?\]`)

// gap reads the answers of a gap: "=right#feedback~wrong~%50%half".
func (m *moodle) gap(p *grading.Part, s string, isHTML, isMarkdown bool) {
	people := toMarkdown
	if isMarkdown {
		people = strings.TrimSpace
	}
	plain := func(s string) string {
		if isHTML {
			s = html.UnescapeString(s)
			if tagLike.MatchString(s) {
				h := readHTML(s, 3, nil)
				m.took(h)
				s, _ = fromMarkdown(h.markdown)
			}
		}
		return strings.TrimSpace(s)
	}
	for i, a := range splitEscaped(s, '~') {
		a = strings.TrimSpace(a)
		o := grading.Option{ID: grading.OptionID(i)}
		if rest, ok := strings.CutPrefix(a, "="); ok {
			a, o.Mark = rest, grading.Full
		}
		if w := weightShape.FindStringSubmatch(a); w != nil {
			mark, err := grading.ParseMark(w[1])
			if err != nil {
				m.refuse(m.at, "Bobot %%%s%% tidak terbaca.", "The weight %%%s%% cannot be read.", shorten(w[1]))
			}
			a, o.Mark = a[len(w[0]):], mark
		}
		halves := splitEscaped(a, '#')
		o.Text = clozeUnescape.Replace(halves[0])
		if len(halves) > 1 {
			o.Feedback = people(plain(clozeUnescape.Replace(strings.Join(halves[1:], "#"))))
		}
		if i == grading.MaxOptions {
			m.refuse(m.at, "Paling banyak %d jawaban dalam satu isian.", "At most %d answers in a gap.", grading.MaxOptions)
			return
		}
		switch p.Type {
		case grading.Numeric:
			value, tolerance, has := strings.Cut(plain(o.Text), ":")
			o.Text = m.number(m.at, value)
			if has {
				if o.Tolerance = m.number(m.at, tolerance); o.Tolerance == "0" {
					o.Tolerance = ""
				}
			}
		case grading.Single:
			o.Text = people(plain(o.Text))
		default:
			o.Text = plain(o.Text)
		}
		p.Options = append(p.Options, o)
	}
}

var clozeUnescape = strings.NewReplacer(`\\`, `\`, `\}`, "}", `\#`, "#", `\~`, "~", `\/`, "/", `\"`, `"`, `\=`, "=")

// splitEscaped splits at a sign that has no backslash before it.
func splitEscaped(s string, at byte) (out []string) {
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if s[i] == at {
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}
