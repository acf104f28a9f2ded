package exchange

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHTML bounds one HTML text in bytes; an item's is far shorter.
const maxHTML = 1 << 20

// htmlText is HTML turned into our Markdown.
type htmlText struct {
	markdown string
	title    string   // of the <title>, when there is one
	lost     losses   // what has no place in our Markdown
	danger   string   // what makes it unsafe to take: "<script>"; empty for none
	pictures []string // sources of the pictures, in their order
}

// readHTML turns HTML into Markdown: paragraphs, headings, lists, tables, quotes, code, bold, italic and links stay; what is only looks is dropped, and what had a
// meaning that is lost is named. pic says what stands for a picture, nil for its description in brackets. top is the highest level of a heading.
func readHTML(s string, top int, pic func(src, alt string) string) htmlText {
	h := &htmlReader{top: top, pic: pic}
	if len(s) > maxHTML {
		s = strings.ToValidUTF8(s[:maxHTML], "")
		h.out.lost.add("semua setelah 1 MB pertama", "everything after the first MB")
	}
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil { // only of deep nesting
		h.out.danger = "HTML"
		return h.out
	}
	wordLists(doc)
	h.out.markdown = strings.Join(h.flow(doc), "\n\n")
	return h.out
}

type htmlReader struct {
	out htmlText
	top int
	pic func(src, alt string) string
}

var blockAtoms = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Ul: true, atom.Ol: true,
	atom.Li: true, atom.Table: true, atom.Blockquote: true, atom.Pre: true, atom.Hr: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true, atom.Main: true,
	atom.Html: true, atom.Body: true, atom.Head: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Figure: true, atom.Figcaption: true, atom.Center: true, atom.Address: true,
	atom.Form: true, atom.Fieldset: true, atom.Details: true, atom.Summary: true, atom.Nav: true, atom.Aside: true}

// skipped elements hold nothing to read.
var skipped = map[atom.Atom]bool{atom.Style: true, atom.Meta: true, atom.Link: true, atom.Noscript: true, atom.Template: true, atom.Base: true}

// unsaid are elements whose content has no form here, in words.
var unsaid = map[string][2]string{"video": {"video", "a video"}, "audio": {"rekaman suara", "a recording"}, "iframe": {"halaman tertanam", "an embedded page"}, "object": {"objek tertanam", "an embedded object"},
	"embed": {"objek tertanam", "an embedded object"}, "svg": {"gambar SVG", "an SVG picture"}, "canvas": {"gambar", "a picture"}, "math": {"rumus MathML", "a MathML formula"},
	"input": {"isian formulir", "a form field"}, "textarea": {"isian formulir", "a form field"}, "select": {"isian formulir", "a form field"}, "button": {"tombol", "a button"}}

func (h *htmlReader) flow(n *html.Node) (out []string) {
	var run strings.Builder
	flush := func() {
		if s := tidy(run.String()); s != "" {
			lines := strings.Split(s, "\n")
			for i, l := range lines {
				lines[i] = escapeStart(l)
			}
			out = append(out, strings.Join(lines, "\n"))
		}
		run.Reset()
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if h.isBlock(c) {
			flush()
			out = append(out, h.block(c)...)
		} else {
			run.WriteString(h.inline(c))
		}
	}
	flush()
	return out
}

// isBlock says that a node breaks the line, itself or by what is in it.
func (h *htmlReader) isBlock(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	if blockAtoms[n.DataAtom] {
		return true
	}
	if n.DataAtom == atom.Script || unsaid[n.Data] != [2]string{} {
		return false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if h.isBlock(c) {
			return true
		}
	}
	return false
}

func (h *htmlReader) block(n *html.Node) []string {
	h.attributes(n)
	switch n.DataAtom {
	case atom.Head:
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Title && c.FirstChild != nil {
				h.out.title = strings.Join(strings.Fields(c.FirstChild.Data), " ")
			} else if c.DataAtom == atom.Script {
				h.out.danger = "<script>"
			}
		}
		return nil
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		level := max(int(n.Data[1]-'0'), h.top)
		if s := strings.ReplaceAll(strings.Join(h.flow(n), " "), "\\\n", " "); s != "" {
			return []string{strings.Repeat("#", min(level, 6)) + " " + strings.ReplaceAll(strings.Trim(s, "* "), "\n", " ")}
		}
		return nil
	case atom.Ul, atom.Ol:
		return h.list(n)
	case atom.Li: // outside a list
		return []string{"- " + hang(strings.Join(h.flow(n), "\n\n"), "  ")}
	case atom.Table:
		return h.table(n)
	case atom.Blockquote:
		if inner := strings.Join(h.flow(n), "\n\n"); inner != "" {
			return []string{"> " + strings.ReplaceAll(inner, "\n", "\n> ")}
		}
		return nil
	case atom.Pre:
		text := strings.Trim(textOf(n), "\n")
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		return []string{fence + "\n" + text + "\n" + fence}
	case atom.Hr:
		return []string{"---"}
	case atom.Form:
		h.out.lost.add("formulir", "a form")
	}
	return h.flow(n)
}

func hang(s, by string) string { return strings.ReplaceAll(s, "\n", "\n"+by) }

func (h *htmlReader) list(n *html.Node) []string {
	var points []string
	number := 1
	if s, err := strconv.Atoi(attribute(n, "start")); err == nil && s > 0 && s < 100000 {
		number = s
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		mark := "- "
		if n.DataAtom == atom.Ol {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		var inner []string
		if c.DataAtom == atom.Li {
			h.attributes(c)
			inner = h.flow(c)
		} else {
			inner = h.block(c)
		}
		if len(inner) == 0 {
			continue
		}
		text := inner[0]
		for _, more := range inner[1:] { // a list inside stands close, anything else apart
			if strings.HasPrefix(more, "- ") || strings.HasPrefix(more, "1. ") {
				text += "\n" + more
			} else {
				text += "\n\n" + more
			}
		}
		points = append(points, mark+hang(text, strings.Repeat(" ", len(mark))))
	}
	if len(points) == 0 {
		return nil
	}
	return []string{strings.Join(points, "\n")}
}

func (h *htmlReader) table(n *html.Node) []string {
	var rows [][]string
	wide := 0
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode {
				continue
			}
			switch c.DataAtom {
			case atom.Tr:
				var row []string
				for d := c.FirstChild; d != nil; d = d.NextSibling {
					if d.DataAtom != atom.Td && d.DataAtom != atom.Th {
						continue
					}
					h.attributes(d)
					if attribute(d, "colspan") > "1" || attribute(d, "rowspan") > "1" {
						h.out.lost.add("sel tabel yang digabung", "merged table cells")
					}
					cell := h.flow(d)
					if len(cell) > 1 {
						h.out.lost.add("paragraf di dalam sel tabel", "paragraphs inside table cells")
					}
					text := strings.ReplaceAll(strings.ReplaceAll(strings.Join(cell, " "), "\\\n", " "), "\n", " ")
					row = append(row, strings.ReplaceAll(text, "|", `\|`))
				}
				if len(row) > 0 && len(rows) < 2000 {
					rows = append(rows, row)
					wide = max(wide, len(row))
				}
			case atom.Caption:
				if s := strings.Join(h.flow(c), " "); s != "" {
					h.out.lost.add("judul tabel", "a table's caption")
				}
			default:
				walk(c)
			}
		}
	}
	walk(n)
	return tableLines(rows, wide)
}

// tableLines writes a table; its first row becomes the header.
func tableLines(rows [][]string, wide int) []string {
	if len(rows) == 0 {
		return nil
	}
	if wide == 1 { // a frame around text
		var out []string
		for _, r := range rows {
			if r[0] != "" {
				out = append(out, r[0])
			}
		}
		return out
	}
	var b strings.Builder
	for i, r := range rows {
		for len(r) < wide {
			r = append(r, "")
		}
		b.WriteString("| " + strings.Join(r, " | ") + " |")
		if i == 0 {
			b.WriteString("\n|" + strings.Repeat(" --- |", wide))
		}
		if i < len(rows)-1 {
			b.WriteByte('\n')
		}
	}
	return []string{b.String()}
}

// inline is what a node adds to the line it stands in.
func (h *htmlReader) inline(n *html.Node) string {
	switch n.Type {
	case html.TextNode:
		s := strings.Join(strings.FieldsFunc(n.Data, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\u00a0' }), " ")
		if s == "" {
			if n.Data == "" {
				return ""
			}
			return " "
		}
		s = escapePiece(unbroken.Replace(s), true)
		if strings.ContainsAny(n.Data[:1], " \n\t\r") || strings.HasPrefix(n.Data, "\u00a0") {
			s = " " + s
		}
		if strings.ContainsAny(n.Data[len(n.Data)-1:], " \n\t\r") || strings.HasSuffix(n.Data, "\u00a0") {
			s += " "
		}
		return s
	case html.ElementNode:
	default:
		return ""
	}
	if n.DataAtom == atom.Script {
		h.out.danger = "<script>"
		return ""
	}
	h.attributes(n)
	if skipped[n.DataAtom] {
		return ""
	}
	if words := unsaid[n.Data]; words[0] != "" {
		if strings.Contains(strings.ToLower(textOf(n)), "javascript:") || hasScript(n) {
			h.out.danger = "<" + n.Data + ">"
		}
		h.out.lost.add(words[0], words[1])
		return ""
	}
	switch n.DataAtom {
	case atom.Br:
		return "\\\n"
	case atom.Img:
		src, alt := attribute(n, "src"), strings.Join(strings.Fields(attribute(n, "alt")), " ")
		h.out.pictures = append(h.out.pictures, src)
		if h.pic != nil {
			return h.pic(src, alt)
		}
		h.out.lost.add("gambar", "a picture")
		if alt == "" {
			alt = "tanpa keterangan"
		}
		return escapeInline("(Gambar: " + alt + ")")
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(h.inline(c))
	}
	inner := b.String()
	switch n.DataAtom {
	case atom.B, atom.Strong:
		return wrapped("**", inner)
	case atom.I, atom.Em, atom.Cite, atom.Dfn, atom.Var:
		return wrapped("*", inner)
	case atom.Code, atom.Kbd, atom.Samp, atom.Tt:
		if text := strings.Join(strings.Fields(textOf(n)), " "); text != "" && !strings.Contains(text, "`") {
			return "`" + text + "`"
		}
	case atom.A:
		to := strings.TrimSpace(attribute(n, "href"))
		if to == "" || strings.TrimSpace(inner) == "" {
			return inner
		}
		u, err := url.Parse(to)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "mailto" || strings.ContainsAny(to, " ()<>\n") {
			h.out.lost.add("tautan", "a link")
			return inner
		}
		return "[" + strings.TrimSpace(strings.ReplaceAll(inner, "\\\n", " ")) + "](" + to + ")"
	case atom.U, atom.Ins:
		h.out.lost.add("garis bawah", "underlining")
	case atom.S, atom.Strike, atom.Del:
		h.out.lost.add("coretan", "strike-through")
	case atom.Mark:
		h.out.lost.add("stabilo", "highlighting")
	case atom.Sup:
		return h.raised(inner, "0123456789+-", []rune("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"))
	case atom.Sub:
		return h.raised(inner, "0123456789+-", []rune("₀₁₂₃₄₅₆₇₈₉₊₋"))
	}
	return inner
}

func (h *htmlReader) raised(s, from string, to []rune) string {
	var b strings.Builder
	for _, r := range s {
		i := strings.IndexRune(from, r)
		if i < 0 {
			h.out.lost.add("pangkat dan indeks", "superscript and subscript")
			return s
		}
		b.WriteRune(to[i])
	}
	return b.String()
}

// attributes notes what an element's attributes mean: scripts, colours.
func (h *htmlReader) attributes(n *html.Node) {
	for _, a := range n.Attr {
		v := strings.ToLower(a.Val)
		key := strings.ToLower(a.Key)
		switch {
		case strings.HasPrefix(key, "on"):
			h.out.danger = fmt.Sprintf("<%s %s=...>", n.Data, key)
		case (key == "href" || key == "src" || key == "action" || key == "formaction" || key == "data") && strings.HasPrefix(strings.Map(visible, v), "javascript:"):
			h.out.danger = "javascript:"
		case key == "color" || key == "bgcolor" || key == "style" && strings.Contains(v, "background") && !strings.Contains(v, "background:white") && !strings.Contains(v, "background: white"):
			h.out.lost.add("warna", "colours")
		}
	}
}

func visible(r rune) rune {
	if r <= ' ' {
		return -1
	}
	return r
}

func hasScript(n *html.Node) bool {
	if n.Type == html.ElementNode && n.Data == "script" {
		return true
	}
	for _, a := range n.Attr {
		if strings.HasPrefix(strings.ToLower(a.Key), "on") || strings.HasPrefix(strings.Map(visible, strings.ToLower(a.Val)), "javascript:") {
			return true
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if hasScript(c) {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Br {
			b.WriteByte('\n')
		}
		b.WriteString(textOf(c))
	}
	return b.String()
}

// wrapped puts marks around a text, the spaces at its ends outside.
func wrapped(mark, s string) string {
	core := strings.Trim(s, " \n\\")
	if core == "" {
		return s
	}
	at := strings.Index(s, core)
	if strings.HasSuffix(s[:at], `\`) || strings.HasSuffix(core, `\`) || strings.Contains(core, "\\\n") { // an escape at the edge, or a line end inside
		return s
	}
	return s[:at] + mark + core + mark + s[at+len(core):]
}

// tidy makes one space of several, and takes them away around line ends and at the ends of the text.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "****", "")
	lines := strings.Split(s, "\n")
	var out []string
	for i, l := range lines {
		if cut, ok := strings.CutSuffix(l, `\`); ok && i < len(lines)-1 {
			l = strings.Join(strings.Fields(cut), " ")
			if l != "" {
				l += `\`
			}
		} else {
			l = strings.Join(strings.Fields(l), " ")
		}
		if l != "" {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		return ""
	}
	if last := &out[len(out)-1]; strings.HasSuffix(*last, `\`) && len(lines) > 1 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		*last = strings.TrimSuffix(*last, `\`)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
