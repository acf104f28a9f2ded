// Package markdown is the one door between what authors write and the Markdown parser: lessons, items and feedback are weighed (Weigh) before they are
// parsed. The parser needs time that grows with the square of what waits for its other half, so a text of 200 KB could keep a core busy for minutes.
package markdown

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Limits of one text. What people write stays far below: no demo lesson reaches a hundredth of MaxWork.
const (
	MaxBytes = 200 << 10 // of a lesson's Markdown; a lesson of 15 minutes has about 20 KB
	// MaxWork bounds the sum over all blocks (lines up to an empty one or to a list's next point) of open signs times bytes: what the parser does at
	// worst, about 3 ns each.
	MaxWork = 100_000_000

	// MaxAllWork is the same for all texts of one course.
	MaxAllWork = 500_000_000

	maxDepth  = 12     // quotes and list marks at the start of one line
	maxIndent = 100    // columns of space before and between them
	maxColumn = 40     // of a table
	maxCells  = 50_000 // of all tables
)

// Trouble is why a text is not parsed: where, and what to do. It is an error of kind Invalid.
type Trouble struct {
	Line int // from 1; 0 for the text as a whole
	Text texts.Text
}

func (t *Trouble) Error() string { return "markdown: " + t.Text.EN }

// Fault is the trouble as a fault on a field.
func (t *Trouble) Fault(field string) error {
	if t.Line == 0 {
		return faults.OnField(field, t.Text.ID, t.Text.EN)
	}
	f := faults.Newf(faults.Invalid, "Baris %d: %s", "Line %d: %s", t.Line, "")
	return faults.OnField(field, f.Text.ID+t.Text.ID, f.Text.EN+t.Text.EN)
}

// Weigh says how much work a text is for the parser, in the unit of MaxWork, or why it is refused. It reads each byte once. Pure.
func Weigh(md string) (work int, bad *Trouble) {
	if len(md) > MaxBytes {
		return 0, &Trouble{Text: texts.T("Teks lebih dari 200 KB. Bagi menjadi dua.", "The text is over 200 KB. Split it in two.")}
	}
	var signs, size, lines, columns, cells, start int
	end := func() *Trouble {
		at := start
		work += signs * size
		cells += lines * columns
		signs, size, lines, columns, start = 0, 0, 0, 0, 0
		switch {
		case work > MaxWork:
			return &Trouble{at, texts.T("Terlalu banyak tanda * _ [ ] ( ) < ` dalam teks ini. Bagi paragrafnya dengan baris kosong, atau hapus tanda yang tidak perlu.",
				"There are too many of the signs * _ [ ] ( ) < ` in this text. Split the paragraph by an empty line, or remove the signs that are not needed.")}
		case cells > maxCells:
			return &Trouble{at, texts.T("Tabel dalam teks ini terlalu besar. Kurangi baris atau kolomnya.", "The tables in this text are too large. Take away rows or columns.")}
		}
		return nil
	}
	n := 0
	for line := range strings.SplitSeq(md, "\n") {
		n++
		empty := strings.Trim(line, " \t\r") == ""
		if empty || point(line) {
			if bad = end(); bad != nil {
				return 0, bad
			}
		}
		if empty {
			continue
		}
		if start == 0 {
			start = n
		}
		if deep(line) {
			return 0, &Trouble{n, texts.T("Kutipan atau daftar bertingkat terlalu dalam di baris ini. Kurangi tanda > atau - di awal baris.",
				"Quotes or lists are nested too deeply in this line. Take away some of the > or - at its start.")}
		}
		bars := 0
		for i := range len(line) {
			switch line[i] {
			case '*', '_', '[', ']', '(', ')', '<', '`', '!':
				signs++
			case '|':
				bars++
			}
		}
		if bars > maxColumn {
			return 0, &Trouble{n, texts.T("Tabel paling banyak 39 kolom.", "A table has at most 39 columns.")}
		}
		columns = max(columns, bars)
		size += len(line) + 1
		lines++
	}
	if bad = end(); bad != nil {
		return 0, bad
	}
	return work, nil
}

// point says whether a line opens a point of a list, which ends the paragraph before it.
func point(line string) bool {
	in := strings.TrimLeft(line, " ")
	return len(line)-len(in) <= 3 && len(in) > 2 && (in[0] == '-' || in[0] == '*' || in[0] == '+') && in[1] == ' ' && strings.TrimSpace(in[2:]) != ""
}

// deep says whether a line opens more containers than anybody reads.
func deep(line string) bool {
	depth, space := 0, 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ':
			space++
		case c == '\t':
			space += 4
		case c == '>':
			depth++
		case c == '-' || c == '+' || c == '*':
			if strings.Trim(line[i:], string(c)+" \t\r") == "" {
				return false // a rule across the page
			}
			if i+1 < len(line) && line[i+1] != ' ' && line[i+1] != '\t' {
				return false
			}
			depth++
		case c >= '0' && c <= '9':
			j := i
			for j < len(line) && line[j] >= '0' && line[j] <= '9' {
				j++
			}
			if j == len(line) || line[j] != '.' && line[j] != ')' || j+1 < len(line) && line[j+1] != ' ' && line[j+1] != '\t' {
				return false
			}
			i = j
			depth++
		default:
			return false
		}
		if depth > maxDepth || space > maxIndent {
			return strings.TrimSpace(line[i:]) != ""
		}
	}
	return false
}

var engine = goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(embeds{}, 100))))

// Parse reads a text that Weigh lets through; the error is a *Trouble.
func Parse(md string) (ast.Node, error) {
	if _, bad := Weigh(md); bad != nil {
		return nil, bad
	}
	return engine.Parser().Parse(text.NewReader([]byte(md))), nil
}

// safe lets through what our Markdown can produce and nothing else: no scripts, styles or frames, pictures and films of this host only, links marked as foreign.
var safe = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("img", "video", "audio")
	p.AllowAttrs("src").Matching(served).OnElements("img", "video", "audio")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.Integer).OnElements("img", "video")
	p.AllowAttrs("loading").Matching(regexp.MustCompile(`^lazy$`)).OnElements("img")
	p.AllowAttrs("preload").Matching(regexp.MustCompile(`^none$`)).OnElements("video", "audio")
	p.AllowAttrs("controls", "aria-label").OnElements("video", "audio")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^media(-note)?$`)).OnElements("span")
	p.AllowElements("p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "code", "pre", "br", "hr", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https", "http", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
}()

// HTML makes safe HTML of a text that Weigh lets through; the error is a *Trouble then, or the renderer's.
func HTML(md string) (string, error) {
	doc, err := Parse(md)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := engine.Renderer().Render(&b, []byte(md), doc); err != nil {
		return "", err
	}
	return strings.TrimSpace(safe.Sanitize(b.String())), nil
}
