package markdown

import (
	"fmt"
	"html"
	"regexp"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/apelkota/apel/courses/media"
)

// Files of a course stand in Markdown as ![what one sees](berkas/NAME): pictures, video and audio alike. The name says all that the page must know (media.Parse), so that
// rendering stays a function of the text alone.

// Folder is where the files of a text lie, seen from it: in a course package beside the lessons, on the server at its top.
const Folder = "berkas/"

var served = regexp.MustCompile(`^/berkas/[0-9a-z.x-]{24,80}$`)

// Embed is one ![alt](path) of a text.
type Embed struct {
	Path, Alt  string
	Line       int  // from 1
	Transcript bool // the next block is a quote that begins with "Transkrip"
}

// File is the name of the file that the embed shows; false for an address that is none of a course's files.
func (e Embed) File() (media.Facts, bool) {
	name, ok := strings.CutPrefix(e.Path, Folder)
	if !ok {
		return media.Facts{}, false
	}
	return media.Parse(name)
}

// Embeds lists what a text shows, in its order. The error is a *Trouble.
func Embeds(md string) (out []Embed, err error) {
	if !strings.Contains(md, "![") {
		return nil, nil
	}
	doc, err := Parse(md)
	if err != nil {
		return nil, err
	}
	src := []byte(md)
	var starts []int
	for i, c := range src {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	line := 1
	err = ast.Walk(doc, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if !enter {
			return ast.WalkContinue, nil
		}
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			line = 1 + sort.SearchInts(starts, n.Lines().At(0).Start+1)
		}
		if i, ok := n.(*ast.Image); ok {
			out = append(out, Embed{string(i.Destination), altOf(i, src), line, transcribed(n, src)})
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return out, err
}

// transcribed says whether the block behind the one a node stands in is its transcript.
func transcribed(n ast.Node, src []byte) bool {
	for n != nil && n.Type() != ast.TypeBlock {
		n = n.Parent()
	}
	if n == nil || n.NextSibling() == nil || n.NextSibling().Kind() != ast.KindBlockquote {
		return false
	}
	text := strings.TrimSpace(altOf(n.NextSibling(), src))
	word, rest, _ := strings.Cut(text, ":")
	word = strings.ToLower(strings.TrimSpace(word))
	return (word == "transkrip" || word == "transcript") && len(strings.Fields(rest)) > 0
}

// altOf is the text inside a node.
func altOf(n ast.Node, src []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && enter {
			b.Write(t.Segment.Value(src))
			if t.SoftLineBreak() || t.HardLineBreak() {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

// embeds renders what a text shows; an address that is none of a course's files leaves its description.
type embeds struct{}

func (embeds) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindImage, func(w util.BufWriter, source []byte, n ast.Node, enter bool) (ast.WalkStatus, error) {
		if !enter {
			return ast.WalkContinue, nil
		}
		alt := html.EscapeString(altOf(n, source))
		f, ok := Embed{Path: string(n.(*ast.Image).Destination)}.File()
		src := "/" + Folder + f.Name
		switch {
		case !ok:
			_, _ = w.WriteString(alt)
		case f.Picture:
			_, _ = fmt.Fprintf(w, `<img src="%s" alt="%s" width="%d" height="%d" loading="lazy">`, src, alt, f.Width, f.Height)
		default: // nothing is loaded before somebody presses play, and what it costs is said
			size := strings.ReplaceAll(fmt.Sprintf("%.1f MB", float64(f.Bytes)/(1<<20)), ".", ",")
			if f.Bytes < 1<<20/10 {
				size = fmt.Sprintf("%d KB", (f.Bytes+1023)>>10)
			}
			if f.Seconds > 0 {
				size += fmt.Sprintf(" · %d:%02d", f.Seconds/60, f.Seconds%60)
			}
			tag, sides := "audio", ""
			if f.Video {
				tag, sides = "video", fmt.Sprintf(` width="%d" height="%d"`, f.Width, f.Height)
			}
			_, _ = fmt.Fprintf(w, `<span class="media"><%[1]s src="%[2]s" controls="" preload="none" aria-label="%[3]s"%[4]s></%[1]s><span class="media-note">%[3]s · %[5]s</span></span>`, tag, src, alt, sides, size)
		}
		return ast.WalkSkipChildren, nil
	})
}
