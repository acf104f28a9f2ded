package exchange

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Word copies a list as paragraphs that say "mso-list: l0 level1 lfo1", each beginning with its bullet or number in a span that says "mso-list:Ignore".
var (
	wordItem   = regexp.MustCompile(`mso-list:\s*l\d+\s+level(\d)`)
	wordNumber = regexp.MustCompile(`^\(?[0-9a-zA-Z]{1,4}[.)]`)
)

// wordLists turns such paragraphs into the lists they were, inside each other by their levels.
func wordLists(n *html.Node) {
	type list struct {
		node  *html.Node
		level int
	}
	var open []list
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		m := []string(nil)
		if c.Type == html.ElementNode && c.DataAtom == atom.P {
			m = wordItem.FindStringSubmatch(attribute(c, "style"))
		}
		switch {
		case m == nil && (c.Type == html.CommentNode || c.Type == html.TextNode && strings.TrimSpace(c.Data) == ""):
		case m == nil:
			open = nil
			wordLists(c)
		default:
			level, _ := strconv.Atoi(m[1])
			mark := wordMark(c)
			for len(open) > 0 && open[len(open)-1].level > level {
				open = open[:len(open)-1]
			}
			if len(open) == 0 || open[len(open)-1].level < level {
				l := &html.Node{Type: html.ElementNode, DataAtom: atom.Ul, Data: "ul"}
				if wordNumber.MatchString(mark) && !strings.HasPrefix(mark, "o ") {
					l.DataAtom, l.Data = atom.Ol, "ol"
				}
				if len(open) == 0 {
					n.InsertBefore(l, c)
				} else {
					open[len(open)-1].node.LastChild.AppendChild(l)
				}
				open = append(open, list{l, level})
			}
			n.RemoveChild(c)
			li := &html.Node{Type: html.ElementNode, DataAtom: atom.Li, Data: "li"}
			for k := c.FirstChild; k != nil; k = c.FirstChild {
				c.RemoveChild(k)
				li.AppendChild(k)
			}
			open[len(open)-1].node.AppendChild(li)
		}
		c = next
	}
}

// wordMark takes the bullet or number out of a paragraph and answers it.
func wordMark(n *html.Node) string {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && strings.Contains(strings.ReplaceAll(attribute(c, "style"), " ", ""), "mso-list:Ignore") {
			text := strings.TrimSpace(textOf(c))
			n.RemoveChild(c)
			return text
		}
		if text := wordMark(c); text != "" {
			return text
		}
	}
	return ""
}
