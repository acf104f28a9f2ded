package exchange

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/text/encoding/charmap"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/texts"
)

// plainText decodes a text file: UTF-8, or what old programs of offices save (Windows-1252). False when it is no text; the report says so then.
func (in *intake) plainText(data []byte) (string, bool) {
	if len(data) > MaxGIFT {
		in.refuse(place{}, "Berkas lebih dari 5 MB. Bagi menjadi beberapa berkas.", "The file is over 5 MB. Split it.")
		return "", false
	}
	text := strings.TrimPrefix(string(data), "\uFEFF")
	if strings.ContainsRune(text, 0) {
		in.refuse(place{}, "Berkas ini bukan teks. Kirim .txt, .docx, .xlsx, GIFT, atau Moodle XML.", "This is no text. Send .txt, .docx, .xlsx, GIFT or Moodle XML.")
		return "", false
	}
	if !utf8.ValidString(text) {
		out, err := charmap.Windows1252.NewDecoder().String(text)
		if err != nil {
			in.refuse(place{}, "Ada huruf rusak (bukan UTF-8). Simpan ulang berkas sebagai UTF-8.", "There are broken characters (not UTF-8). Save the file as UTF-8.")
			return "", false
		}
		in.report.note(Hint, in.file, 0, 0, "Berkas ini tidak disimpan sebagai UTF-8; dibaca sebagai Windows-1252. Periksa tanda kutip dan huruf beraksen.", "This file was not saved as UTF-8; it was read as Windows-1252. Check quotes and accented letters.")
		text = out
	}
	return unbroken.Replace(text), true
}

// unbroken makes line ends one kind and drops what cannot be seen.
var unbroken = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u202f", " ", "\u200b", "", "\u00ad", "", "\ufeff", "", "\v", "\n", "\f", "\n", "\u2028", "\n", "\u2029", "\n")

var (
	startsBlock = regexp.MustCompile(`^(#{1,6}(\s|$)|>|[-+*](\s|$)|(\d{1,9})([.)])(\s|$)|` + "```" + `|~~~|(=+|-+|\*[* ]*|_[_ ]*|[-:| ]+)$|\[[^\]]*\]:)`)
	bracketed   = regexp.MustCompile(`\]\s*[(\[]`)
	entity      = regexp.MustCompile(`^&#?[A-Za-z0-9]+;`)
)

// toMarkdown writes a plain text so that Markdown shows it as it stands. Its lines are kept; empty ones part paragraphs.
func toMarkdown(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, l := range lines {
		lines[i] = escapeStart(escapeInline(strings.TrimSpace(l)))
	}
	for i := range len(lines) - 1 {
		if lines[i] != "" && lines[i+1] != "" {
			if cut, ok := strings.CutSuffix(lines[i], `\\`); ok { // a backslash before the one that breaks the line
				lines[i] = cut + "&#92;"
			}
			core := strings.TrimRight(lines[i], "_")
			if slashes := len(core) - len(strings.TrimRight(core, `\`)); slashes%2 == 1 { // the first of them is escaped
				core += "_"
			}
			if n := len(lines[i]) - len(core); n > 0 { // before the backslash that breaks the line it could open emphasis
				lines[i] = core + strings.Repeat(`\_`, n)
			}
			lines[i] += `\`
		}
	}
	return strings.Join(lines, "\n")
}

// escapeStart escapes what would mean something at the beginning of a line.
func escapeStart(l string) string {
	if m := startsBlock.FindStringSubmatchIndex(l); m != nil {
		if m[8] >= 0 { // "12. " needs its sign escaped, not its digit
			return l[:m[10]] + `\` + l[m[10]:]
		}
		return `\` + l
	}
	return l
}

// escapeInline escapes the signs that would mean something inside a line.
func escapeInline(l string) string { return escapePiece(l, false) }

// escapePiece is escapeInline for a line, or for a piece of one whose neighbours are not known.
func escapePiece(l string, piece bool) string {
	if !strings.ContainsAny(l, "\\*_`<[]&!|~") {
		return l
	}
	brackets := piece || bracketed.MatchString(l)
	var b strings.Builder
	r := []rune(l)
	word := func(i int) bool {
		return i >= 0 && i < len(r) && (unicode.IsLetter(r[i]) || unicode.IsDigit(r[i]))
	}
	space := func(i int) bool {
		if i < 0 || i >= len(r) {
			return !piece
		}
		return unicode.IsSpace(r[i])
	}
	for i, c := range r {
		escape := false
		switch c {
		case '\\':
			escape = i+1 < len(r) && (unicode.IsPunct(r[i+1]) || unicode.IsSymbol(r[i+1])) || i+1 == len(r)
		case '`':
			escape = true
		case '*':
			escape = !(space(i-1) && space(i+1))
		case '_':
			from, to := i, i
			for from > 0 && r[from-1] == '_' {
				from--
			}
			for to+1 < len(r) && r[to+1] == '_' {
				to++
			}
			escape = !space(to+1) && !word(from-1) // only such a run can open emphasis
		case '<':
			escape = piece && i+1 == len(r) || i+1 < len(r) && (unicode.IsLetter(r[i+1]) || strings.ContainsRune("/!?", r[i+1]) || !unicode.IsSpace(r[i+1]) && slices.Contains(r[i+1:], '@')) // a mail address makes a link of any sign
		case '!':
			escape = piece && i+1 == len(r)
		case '[', ']':
			escape = brackets
		case '&':
			escape = entity.MatchString(string(r[i:min(len(r), i+40)])) || piece && !strings.ContainsRune(string(r[i:]), ' ')
		}
		if escape {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// Plain gives what people read of a Markdown text, in one line.
func Plain(md string) string {
	s, _ := fromMarkdown(md)
	return strings.Join(strings.Fields(s), " ")
}

// fromMarkdown gives what people read of a Markdown text, its paragraphs as lines; styled says that something was more than text.
func fromMarkdown(md string) (plain string, styled bool) {
	doc, err := markdown.Parse(md)
	if err != nil {
		return md, false
	}
	src := []byte(md)
	var b strings.Builder
	_ = ast.Walk(doc, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Document, *ast.Paragraph, *ast.TextBlock:
			if !enter && n.Kind() != ast.KindDocument {
				b.WriteByte('\n')
			}
		case *ast.Text:
			if enter {
				b.Write(unescapeMarkdown(n, src))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte('\n')
				}
			}
		case *ast.String:
			if enter {
				b.Write(n.Value)
			}
		case *ast.AutoLink:
			if enter {
				b.Write(n.Label(src))
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			styled = true
			if enter {
				for i := range n.Lines().Len() {
					l := n.Lines().At(i)
					b.Write(l.Value(src))
				}
			}
		default:
			styled = true
			if !enter && n.Type() == ast.TypeBlock {
				b.WriteByte('\n')
			}
		}
		return ast.WalkContinue, nil
	})
	lines := strings.FieldsFunc(b.String(), func(r rune) bool { return r == '\n' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n"), styled
}

// unescapeMarkdown is the text of a node as it is shown.
func unescapeMarkdown(n *ast.Text, src []byte) []byte {
	v := n.Segment.Value(src)
	if n.IsRaw() {
		return v
	}
	return []byte(shown(string(v)))
}

// losses gathers what a format has no place for in one item.
type losses struct{ id, en []string }

func (l *losses) add(id, en string) {
	if slices.Contains(l.id, id) || len(l.id) > maxLosses {
		return
	}
	if len(l.id) == maxLosses {
		id, en = "lainnya", "more"
	}
	l.id, l.en = append(l.id, id), append(l.en, en)
}

// maxLosses bounds what is named of one item; a file may hold a hundred thousand units or pictures, each with a name of its own.
const maxLosses = 30

// plain is a text without its markup.
func (l *losses) plain(md string) string {
	s, styled := fromMarkdown(md)
	if styled {
		l.add("tanda tebal, daftar, dan lainnya", "bold, lists and other markup")
	}
	return s
}

// line is a text without its markup in one line.
func (l *losses) line(md string) string {
	s := l.plain(md)
	if strings.Contains(s, "\n") {
		l.add("pindah baris", "line breaks")
	}
	return strings.ReplaceAll(s, "\n", " ")
}

func (l *losses) report(r *Report, file string, i int, it grading.Item) {
	if len(l.id) == 0 {
		return
	}
	*r = append(*r, Mistake{File: file, Item: i + 1, Weight: Changed, Text: texts.T(fmt.Sprintf("Soal %s: tidak ikut tertulis: %s.", it.Code, strings.Join(l.id, ", ")), fmt.Sprintf("Item %s: left out: %s.", it.Code, strings.Join(l.en, ", ")))})
}

var shownEscape = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])|&(#?[A-Za-z0-9]{1,31});")

// shown undoes backslashes and entities as Markdown does.
func shown(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	return shownEscape.ReplaceAllStringFunc(s, func(m string) string {
		if m[0] == '\\' {
			return m[1:]
		}
		return html.UnescapeString(m)
	})
}
