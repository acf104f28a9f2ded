package exchange

import (
	"archive/zip"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/uploads"
)

// A Word document as far as items and lessons need it: paragraphs with their automatic numbers, bold, italic and marked text, tables, pictures. Layout is left out.
// It is read with archive/zip and encoding/xml: the libraries there are either write only or hide the numbers of lists, which are what tells an option from a question.

const (
	maxDocxDepth = 200
	maxDocxXML   = 30 << 20 // bytes of one part
	// children of one element in a style or list, which are looked through for every paragraph; Word's own have under thirty
	maxDefinition = 200
)

// document is a Word document.
type document struct {
	blocks   []block
	lost     losses
	pictures []File // as they are shown, one after the other
}

// block is a paragraph or a table.
type block struct {
	n       int // number of the paragraph, from 1
	heading int // 1..6; 0 for none
	label   string
	bullet  bool // the label is a sign, not a number
	ordered bool
	depth   int // of the list
	runs    []run
	rows    [][]cell // of a table
}

type cell []block

// run is a piece of text that looks the same.
type run struct {
	text         string
	bold, italic bool
	marked       bool // bold, underlined, highlighted or coloured: how people mark a key
	link         string
	picture      *File
	mark         string // what stands for the picture in a line of text: a rune that says which of document.pictures it is
}

// openDocx reads a .docx. Faults: those of openPackage, Invalid for one that is damaged.
func openDocx(data []byte) (*document, error) {
	z, err := uploads.OpenPackage(data)
	if err != nil {
		return nil, err
	}
	d := &docxReader{parts: map[string]*zip.File{}, links: map[string]string{}, counts: map[string][]int{}, started: map[string]bool{}, pictures: map[string]*File{}}
	for _, f := range z.File {
		d.parts[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	root, err := d.part("word/document.xml")
	if err != nil {
		return nil, err
	}
	body := root.kid("body")
	if body == nil {
		return nil, damagedDocx(nil)
	}
	rels, err := d.part("word/_rels/document.xml.rels")
	if err != nil {
		return nil, err
	}
	for _, r := range rels.all("Relationship") {
		d.links[r.attr["Id"]] = r.attr["Target"]
		d.beside(r)
	}
	if d.numbering, err = d.part("word/numbering.xml"); err != nil {
		return nil, err
	}
	if d.styles, err = d.part("word/styles.xml"); err != nil {
		return nil, err
	}
	for _, list := range [][]*node{d.numbering.all("num"), d.numbering.all("abstractNum"), d.styles.all("style")} {
		if len(list) > 20_000 || slices.ContainsFunc(list, func(n *node) bool { return n.crowded(maxDefinition) }) {
			return nil, damagedDocx(nil)
		}
	}
	d.index()
	d.doc.blocks = d.blocks(body)
	return &d.doc, nil
}

func damagedDocx(err error) error {
	return faults.Wrap(err, faults.Invalid, "Dokumen Word ini rusak atau bukan .docx. Buka di Word, lalu Simpan Sebagai .docx.", "This Word document is damaged or no .docx. Open it in Word and save it as .docx.")
}

type docxReader struct {
	parts             map[string]*zip.File
	links             map[string]string
	numbering, styles *node
	style             map[string]*node
	abstract          map[string]*node // abstractNumId -> its definition
	num               map[string]*node // numId -> instance
	counts            map[string][]int // abstractNumId -> count of each level
	started           map[string]bool  // numId and level whose own start was taken
	pictures          map[string]*File // by part; nil for one that cannot be taken. Each is unpacked once, however often it is shown
	n                 int
	looked            int     // headers, footers and comments read
	boxes             []*node // text boxes of the paragraph under way
	doc               document
}

// part reads a part of the package; an empty node when there is none.
func (d *docxReader) part(name string) (*node, error) {
	f, ok := d.parts[name]
	if !ok {
		if name == "word/document.xml" {
			return nil, damagedDocx(nil)
		}
		return &node{}, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, damagedDocx(err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxDocxXML+1))
	if err != nil || len(data) > maxDocxXML {
		return nil, damagedDocx(err)
	}
	root, err := parseXML(data, maxDocxDepth)
	if err != nil || root == nil {
		return nil, damagedDocx(err)
	}
	return root, nil
}

func (d *docxReader) index() {
	d.style, d.abstract, d.num = map[string]*node{}, map[string]*node{}, map[string]*node{}
	for _, s := range d.styles.all("style") {
		d.style[s.attr["styleId"]] = s
	}
	for _, a := range d.numbering.all("abstractNum") {
		d.abstract[a.attr["abstractNumId"]] = a
	}
	for _, n := range d.numbering.all("num") {
		d.num[n.attr["numId"]] = n
	}
}

// crowded says whether the element, or one below it, has more children than most.
func (n *node) crowded(most int) bool {
	return len(n.kids) > most || slices.ContainsFunc(n.kids, func(k *node) bool { return k.crowded(most) })
}

// val is the w:val of a child, "" when it is not there.
func (n *node) val(name string) string {
	if k := n.kid(name); k != nil {
		return k.attr["val"]
	}
	return ""
}

// on says whether a switch such as <w:b/> is there and on.
func (n *node) on(name string) bool {
	k := n.kid(name)
	if k == nil {
		return false
	}
	switch k.attr["val"] {
	case "0", "false", "none", "off":
		return false
	}
	return true
}

func (d *docxReader) blocks(in *node) (out []block) {
	for _, k := range in.kids {
		switch k.name {
		case "p":
			out = append(out, d.paragraph(k))
			for len(d.boxes) > 0 { // their text follows the paragraph they hang on
				boxes := d.boxes
				d.boxes = nil
				for _, b := range boxes {
					out = append(out, d.blocks(b)...)
				}
			}
		case "tbl":
			b := block{n: d.n + 1}
			for _, tr := range within(k, "tr") {
				if p := tr.kid("trPr"); p.kid("del") != nil {
					d.doc.lost.add(deletedText.ID, deletedText.EN)
					continue
				}
				var row []cell
				for _, tc := range within(tr, "tc") {
					row = append(row, d.blocks(tc))
				}
				b.rows = append(b.rows, row)
			}
			out = append(out, b)
		case "sdt":
			if c := k.kid("sdtContent"); c != nil {
				out = append(out, d.blocks(c)...)
			}
		case "customXml", "ins", "moveTo":
			in := k
			if k.kid("r") != nil { // added text without a paragraph of its own
				in = &node{kids: []*node{{name: "p", kids: k.kids}}}
			}
			out = append(out, d.blocks(in)...)
		case "del", "moveFrom":
			d.doc.lost.add(deletedText.ID, deletedText.EN)
		case "altChunk", "subDoc":
			d.doc.lost.add("dokumen lain yang disisipkan", "other documents put in")
		default:
			d.unread(k)
		}
	}
	return out
}

// within are the rows of a table or the cells of a row, also inside the frames that forms put around them.
func within(n *node, name string) (out []*node) {
	for _, k := range n.kids {
		switch k.name {
		case name:
			out = append(out, k)
		case "sdt", "sdtContent", "customXml":
			out = append(out, within(k, name)...)
		}
	}
	return out
}

var deletedText = texts.T("teks yang dihapus dengan lacak perubahan", "text deleted under tracked changes")

// unread names text in an element that nothing here reads.
func (d *docxReader) unread(n *node) {
	if strings.TrimSpace(mathText(n)) != "" {
		d.doc.lost.add("teks dalam elemen Word yang tidak dikenal ("+shorten(n.name)+")", "text in a Word element that is not known ("+shorten(n.name)+")")
	}
}

// beside names what stands beside the text of a document and is not taken: headers and footers that say more than the number of the page, and comments. A part that is not looked
// at, because it cannot be read or there are more than any document has, is named.
func (d *docxReader) beside(r *node) {
	var lost texts.Text
	switch path.Base(r.attr["Type"]) {
	case "header":
		lost = texts.T("kepala halaman", "page headers")
	case "footer":
		lost = texts.T("kaki halaman", "page footers")
	case "comments":
		lost = texts.T("komentar", "comments")
	default:
		return
	}
	if slices.Contains(d.doc.lost.id, lost.ID) {
		return
	}
	if d.looked++; d.looked <= maxBeside {
		if root, err := d.part(d.target(r.attr["Target"])); err == nil && !strings.ContainsFunc(mathText(root), unicode.IsLetter) && !shows(root) {
			return
		}
	}
	d.doc.lost.add(lost.ID, lost.EN)
}

// maxBeside bounds the headers and footers that are read for something to name; a section of a document has six at most.
const maxBeside = 60

// shows says whether there is a picture or a drawing in an element.
func shows(n *node) bool {
	return n.name == "drawing" || n.name == "pict" || slices.ContainsFunc(n.kids, shows)
}

// target is the part that a relation of the document leads to.
func (d *docxReader) target(to string) string {
	if strings.HasPrefix(to, "/") {
		return strings.ToLower(strings.TrimPrefix(to, "/"))
	}
	return strings.ToLower(path.Join("word", to))
}

func (d *docxReader) paragraph(p *node) block {
	d.n++
	b := block{n: d.n}
	props := p.kid("pPr")
	if props == nil {
		props = &node{}
	}
	styles := d.chain(props.val("pStyle"))
	b.heading = heading(styles, props)
	numbers := append([]*node{props.kid("numPr")}, styleParts(styles, "numPr")...)
	for _, n := range numbers {
		if n != nil && n.val("numId") != "" {
			level, _ := strconv.Atoi(n.val("ilvl"))
			d.number(&b, n.val("numId"), max(0, min(level, 8)))
			break
		}
	}
	bold := false
	for _, s := range styles {
		if r := s.kid("rPr"); r != nil && r.on("b") {
			bold = true
		}
	}
	d.runs(p, &b, bold && b.heading == 0, "")
	return b
}

// chain is a style with those it is based on.
func (d *docxReader) chain(id string) (out []*node) {
	for range 10 {
		s, ok := d.style[id]
		if !ok {
			break
		}
		out = append(out, s)
		id = s.val("basedOn")
	}
	return out
}

func styleParts(styles []*node, name string) (out []*node) {
	for _, s := range styles {
		if p := s.kid("pPr"); p != nil {
			out = append(out, p.kid(name))
		}
	}
	return out
}

func heading(styles []*node, props *node) int {
	levels := []string{props.val("outlineLvl")}
	for _, p := range styles {
		if x := p.kid("pPr"); x != nil {
			levels = append(levels, x.val("outlineLvl"))
		}
		if name := strings.ToLower(p.val("name")); name == "title" {
			return 1
		} else if n, err := strconv.Atoi(strings.TrimPrefix(name, "heading ")); err == nil && n >= 1 && n <= 6 {
			return n
		}
	}
	for _, l := range levels {
		if n, err := strconv.Atoi(l); err == nil && n >= 0 && n < 6 {
			return n + 1
		}
	}
	return 0
}

// number gives a paragraph of a list its automatic number. Instances of one definition count on; one with a start of its own begins there when it is first used.
func (d *docxReader) number(b *block, numID string, level int) {
	num := d.num[numID]
	if numID == "0" || num == nil {
		return
	}
	id := num.val("abstractNumId")
	define := func(level int) *node {
		for _, o := range num.all("lvlOverride") {
			if o.attr["ilvl"] == strconv.Itoa(level) && o.kid("lvl") != nil {
				return o.kid("lvl")
			}
		}
		for _, l := range d.abstract[id].levels() {
			if l.attr["ilvl"] == strconv.Itoa(level) {
				return l
			}
		}
		return &node{}
	}
	start := func(level int) int {
		n, err := strconv.Atoi(define(level).val("start"))
		if err != nil {
			return 1
		}
		return n
	}
	counts := d.counts[id]
	for len(counts) < 9 {
		counts = append(counts, -1)
	}
	for _, o := range num.all("lvlOverride") {
		key := numID + "/" + o.attr["ilvl"]
		if n, err := strconv.Atoi(o.val("startOverride")); err == nil && o.attr["ilvl"] == strconv.Itoa(level) && !d.started[key] {
			d.started[key] = true
			counts[level] = n - 1
		}
	}
	if counts[level] < 0 {
		counts[level] = start(level) - 1
	}
	counts[level]++
	for i := level + 1; i < 9; i++ {
		counts[i] = -1
	}
	d.counts[id] = counts
	def := define(level)
	b.depth = level
	if def.val("numFmt") == "bullet" {
		b.label, b.bullet = "•", true
		return
	}
	b.ordered = true
	b.label = def.val("lvlText")
	for i := range 9 {
		if mark := "%" + strconv.Itoa(i+1); strings.Contains(b.label, mark) {
			n := counts[i]
			if n < 0 {
				n = start(i)
			}
			b.label = strings.ReplaceAll(b.label, mark, numeral(n, define(i).val("numFmt")))
		}
	}
}

func (n *node) levels() []*node {
	if n == nil {
		return nil
	}
	return n.all("lvl")
}

// numeral writes a number as a list shows it.
func numeral(n int, format string) string {
	switch format {
	case "upperLetter", "lowerLetter":
		if n < 1 || n > 26*20 {
			return strconv.Itoa(n)
		}
		s := strings.Repeat(string(rune('A'+(n-1)%26)), (n-1)/26+1)
		if format == "lowerLetter" {
			s = strings.ToLower(s)
		}
		return s
	case "upperRoman", "lowerRoman":
		if n < 1 || n > 500 {
			return strconv.Itoa(n)
		}
		s := ""
		for _, x := range []struct {
			n int
			s string
		}{{100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
			for n >= x.n {
				s, n = s+x.s, n-x.n
			}
		}
		if format == "lowerRoman" {
			s = strings.ToLower(s)
		}
		return s
	case "none":
		return ""
	}
	return strconv.Itoa(n)
}

// runs reads the text of a paragraph.
func (d *docxReader) runs(in *node, b *block, bold bool, link string) {
	for _, k := range in.kids {
		switch k.name {
		case "r":
			d.run(k, b, bold, link)
		case "hyperlink":
			d.runs(k, b, bold, d.links[k.attr["id"]])
		case "ins", "smartTag", "customXml", "fldSimple", "moveTo", "dir", "bdo":
			d.runs(k, b, bold, link)
		case "sdt":
			if c := k.kid("sdtContent"); c != nil {
				d.runs(c, b, bold, link)
			}
		case "oMath", "oMathPara":
			d.doc.lost.add("susunan rumus (hurufnya diambil)", "the layout of formulas (their letters were taken)")
			b.runs = append(b.runs, run{text: mathText(k)})
		case "del", "moveFrom":
			d.doc.lost.add(deletedText.ID, deletedText.EN)
		case "AlternateContent":
			d.picture(k, b)
		case "pPr":
		default:
			d.unread(k)
		}
	}
}

func mathText(n *node) string {
	var s strings.Builder
	var walk func(n *node)
	walk = func(n *node) {
		if n.name == "t" {
			s.WriteString(n.text)
		}
		for _, k := range n.kids {
			walk(k)
		}
	}
	walk(n)
	return s.String()
}

func (d *docxReader) run(r *node, b *block, bold bool, link string) {
	props := r.kid("rPr")
	if props == nil {
		props = &node{}
	}
	if props.on("vanish") {
		d.doc.lost.add("teks tersembunyi", "hidden text")
		return
	}
	x := run{bold: bold || props.on("b"), italic: props.on("i"), link: link}
	if k := props.kid("b"); k != nil && !props.on("b") {
		x.bold = false
	}
	color := strings.ToLower(props.val("color"))
	x.marked = x.bold || props.on("u") || props.val("highlight") != "" && props.val("highlight") != "none" || color != "" && color != "auto" && color != "000000"
	if props.on("strike") || props.on("dstrike") {
		d.doc.lost.add("coretan", "strike-through")
	}
	if v := props.val("vertAlign"); v == "superscript" || v == "subscript" {
		d.doc.lost.add("pangkat dan indeks", "superscript and subscript")
	}
	var text strings.Builder
	for _, k := range r.kids {
		switch k.name {
		case "t":
			text.WriteString(unmarked(unbroken.Replace(k.text)))
		case "tab":
			text.WriteByte('\t')
		case "br", "cr":
			text.WriteByte('\n')
		case "noBreakHyphen":
			text.WriteByte('-')
		case "sym":
			d.doc.lost.add("simbol khusus", "special symbols")
		case "footnoteReference":
			d.doc.lost.add("catatan kaki", "footnotes")
		case "endnoteReference":
			d.doc.lost.add("catatan akhir", "endnotes")
		case "object":
			d.doc.lost.add("objek tertanam", "embedded objects")
		case "drawing", "pict", "AlternateContent":
			d.picture(k, b)
		case "rPr":
		default:
			d.unread(k)
		}
	}
	if x.text = text.String(); x.text != "" {
		b.runs = append(b.runs, x)
	}
}

// picture finds the picture in a drawing and takes its file.
func (d *docxReader) picture(n *node, b *block) {
	id, alt, box := "", "", false
	var walk func(n *node)
	walk = func(n *node) {
		switch n.name {
		case "AlternateContent": // the same once more for older programs
			if len(n.kids) > 0 {
				walk(n.kids[0])
			}
			return
		case "blip":
			if id == "" {
				id = n.attr["embed"]
			}
		case "imagedata":
			if id == "" {
				id = n.attr["id"]
			}
		case "docPr":
			if alt = n.attr["descr"]; alt == "" {
				alt = n.attr["title"]
			}
		case "txbxContent":
			box = true
			d.boxes = append(d.boxes, n)
			return
		}
		for _, k := range n.kids {
			walk(k)
		}
	}
	walk(n)
	if box {
		d.doc.lost.add("bingkai kotak teks (isinya diambil)", "the frames of text boxes (their text was taken)")
	}
	if id == "" {
		if !box {
			d.doc.lost.add("gambar bentuk", "drawn shapes")
		}
		return
	}
	alt = strings.Join(strings.Fields(alt), " ")
	target := d.target(d.links[id])
	file, known := d.pictures[target]
	if !known {
		file = d.file(target, alt)
		d.pictures[target] = file
	}
	if file != nil && len(d.doc.pictures) < maxPictureMarks {
		shown := *file
		shown.Alt = alt
		b.runs = append(b.runs, run{picture: &shown, mark: string(rune(pictureMark + len(d.doc.pictures)))})
		d.doc.pictures = append(d.doc.pictures, shown)
	}
}

// file reads a picture of the package, nil when it is not there. Whether it can be shown says whoever keeps it.
func (d *docxReader) file(target, alt string) *File {
	f, ok := d.parts[target]
	if !ok {
		d.doc.lost.add("gambar dari luar dokumen", "pictures outside the document")
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return nil
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxDocxPicture+1))
	switch {
	case err != nil:
		return nil
	case len(data) > maxDocxPicture:
		d.doc.lost.add("gambar "+shorten(path.Base(target))+" (terlalu besar)", "the picture "+shorten(path.Base(target))+" (too large)")
		return nil
	}
	return &File{Name: path.Base(target), Type: typeOf(data), Alt: alt, Data: data}
}

// pictureMark is the rune that stands for the first picture of a document in lines of text; the private runes behind it stand for the others.
const (
	pictureMark     = 0xF0000
	maxPictureMarks = 60_000
)

func isPictureMark(r rune) bool { return r >= pictureMark && r < pictureMark+maxPictureMarks }

// unmarked is a text without such runes: what a document writes itself is no picture.
func unmarked(s string) string {
	return strings.Map(func(r rune) rune {
		if isPictureMark(r) {
			return -1
		}
		return r
	}, s)
}

// maxDocxPicture bounds a picture of a document as it comes; whoever keeps it makes it smaller.
const maxDocxPicture = 10 << 20
