package exchange

import (
	"errors"
	"net/url"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/apelkota/apel/courses/markdown"
)

// picture is one ![alt](path) of a Markdown text.
type picture struct {
	path, alt string
	line      int
}

// look walks a Markdown text and reports its raw HTML, pictures and links by line. A single "<" as in "a < b" is no HTML. A text that is too hard
// to parse is not looked at: that is what it returns then.
func look(source string, html func(line int), pic func(picture), link func(to string, line int)) *markdown.Trouble {
	src := []byte(source)
	line := 1
	doc, err := markdown.Parse(source)
	var bad *markdown.Trouble
	if errors.As(err, &bad) {
		return bad
	}
	var starts []int // of the lines
	for i, c := range src {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	lineOf := func(at int) int { return 1 + sort.SearchInts(starts, at+1) }
	_ = ast.Walk(doc, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if !enter {
			return ast.WalkContinue, nil
		}
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			line = lineOf(n.Lines().At(0).Start)
		}
		switch n := n.(type) {
		case *ast.Text:
			line = lineOf(n.Segment.Start)
		case *ast.RawHTML:
			if n.Segments.Len() > 0 {
				line = lineOf(n.Segments.At(0).Start)
			}
			html(line)
		case *ast.HTMLBlock:
			if n.Lines().Len() == 0 && n.HasClosure() {
				line = lineOf(n.ClosureLine.Start)
			}
			html(line)
		case *ast.Image:
			pic(picture{string(n.Destination), alt(n, src), line})
			return ast.WalkSkipChildren, nil
		case *ast.Link:
			link(string(n.Destination), line)
		case *ast.AutoLink:
			link(string(n.URL(src)), line)
		}
		return ast.WalkContinue, nil
	})
	return nil
}

func alt(n ast.Node, src []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(src))
		} else {
			b.WriteString(alt(c, src))
		}
	}
	return strings.TrimSpace(b.String())
}

// safeLink says whether a link may stand in a lesson: web, mail, or inside the course.
func safeLink(to string) bool {
	u, err := url.Parse(to)
	return err == nil && (u.Scheme == "" || u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "mailto")
}

// words counts what a reader reads: runs of letters or digits; Markdown's own signs are none.
func words(source string) int {
	n := 0
	for _, f := range strings.Fields(source) {
		if strings.ContainsFunc(f, func(r rune) bool {
			return r == '_' || r > 127 || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z'
		}) {
			n++
		}
	}
	return n
}
