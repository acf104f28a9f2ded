package exchange

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/cloze"
	"github.com/apelkota/apel/courses/grading/kinds/essay"
	"github.com/apelkota/apel/courses/grading/kinds/matching"
	"github.com/apelkota/apel/courses/grading/kinds/ordering"
	"github.com/apelkota/apel/courses/grading/kinds/upload"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/texts"
)

// notMoodle says why an item has no form in Moodle XML; empty when it has one.
func notMoodle(it grading.Item) texts.Text {
	switch it.Type {
	case grading.Single, grading.Multiple, grading.TrueFalse, grading.Numeric, grading.ShortText, essay.Name, upload.Name:
	case ordering.Name:
	case matching.Name:
		for _, o := range it.Options {
			if o.Feedback != "" {
				return texts.T("jawabannya punya umpan balik sendiri", "its answers have feedback of their own")
			}
		}
	case cloze.Name:
		if clozeOpen.MatchString(it.Stem) || strings.ContainsAny(it.Stem, "\uE010\uE011") {
			return texts.T("teksnya memuat tanda isian Moodle", "its text holds the marks of Moodle's gaps")
		}
		for _, p := range it.Parts {
			if len(PicturesOf([]grading.Item{{Parts: []grading.Part{p}}}, false)) > 0 {
				return texts.T("pilihan isiannya memuat gambar", "the choices of its gaps hold pictures")
			}
			if p.Text != "" || len(p.Units) > 0 {
				return texts.T("isiannya punya judul atau satuan", "its gaps have labels or units")
			}
		}
	default:
		return noForm
	}
	return texts.Text{}
}

// writeMoodle writes items as a question bank of Moodle, each text with the pictures it shows. Texts stay Markdown, which Moodle reads; what it has no place for goes into tags
// that begin with "apel:".
func writeMoodle(w io.Writer, items []grading.Item, open OpenFile) (Report, error) {
	if err := unsayable(Moodle, items, notMoodle); err != nil {
		return nil, err
	}
	x := &xmlWriter{b: bufio.NewWriter(w), open: open}
	x.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n")
	category := ""
	for _, it := range items {
		if it.Category != category {
			category = it.Category
			path := "$course$/top"
			if category != "" {
				path += "/" + category
			}
			x.raw("<question type=\"category\">\n")
			x.words("category", "", path)
			x.raw("</question>\n")
		}
		x.item(it)
	}
	x.raw("</quiz>\n")
	if x.err != nil {
		return nil, x.err
	}
	return nil, x.b.Flush()
}

type xmlWriter struct {
	b    *bufio.Writer
	open OpenFile
	err  error // of the first picture that could not be had
}

func (x *xmlWriter) raw(s string) { x.b.WriteString(s) }

// cdata is a text as it is; what XML cannot hold becomes a mark.
func cdata(s string) string {
	if s == "" {
		return ""
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, s)
	return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") + "]]>"
}

func (x *xmlWriter) words(element, attrs, s string) {
	x.raw("<" + element + attrs + ">" + x.text(s, attrs) + "</" + element + ">\n")
}

// text is a text element, in Markdown with the files it shows behind it.
func (x *xmlWriter) text(s, attrs string) string {
	if attrs != inMarkdown {
		return "<text>" + cdata(s) + "</text>"
	}
	files := ""
	shown, _ := markdown.Embeds(s) // it was written, so it can be read
	for _, e := range shown {
		f, ok := e.File()
		if !ok || strings.Contains(files, `name="`+f.Name+`"`) {
			continue
		}
		if x.open == nil {
			x.err = errors.Join(x.err, fmt.Errorf("nobody opens %s", f.Name))
			continue
		}
		data, err := x.open(f.Name)
		if err != nil {
			x.err = errors.Join(x.err, err)
			continue
		}
		s = strings.ReplaceAll(s, "]("+markdown.Folder+f.Name, "]("+pluginFile+f.Name)
		files += `<file name="` + f.Name + `" path="/" encoding="base64">` + base64.StdEncoding.EncodeToString(data) + "</file>"
	}
	return "<text>" + cdata(s) + "</text>" + files
}

// pluginFile stands before the name of a file that lies beside a text of Moodle.
const pluginFile = "@@PLUGINFILE@@/"

func (x *xmlWriter) plain(element, s string) {
	x.raw("<" + element + ">" + s + "</" + element + ">\n")
}

const inMarkdown = ` format="markdown"`

func (x *xmlWriter) answer(o grading.Option, fraction, attrs, more string) {
	x.raw(`<answer fraction="` + fraction + `"` + attrs + ">" + x.text(o.Text, attrs) + more)
	if o.Feedback != "" {
		x.words("feedback", inMarkdown, o.Feedback)
	}
	x.raw("</answer>\n")
}

func (x *xmlWriter) item(it grading.Item) {
	kind := map[grading.Type]string{grading.Single: "multichoice", grading.Multiple: "multichoice", grading.TrueFalse: "truefalse", grading.Numeric: "numerical", grading.ShortText: "shortanswer",
		matching.Name: "matching", ordering.Name: "ordering", cloze.Name: "cloze", essay.Name: "essay", upload.Name: "essay"}[it.Type]
	if it.Type == matching.Name && slices.ContainsFunc(it.Options, func(o grading.Option) bool { plain, _ := fromMarkdown(o.Text); return toMarkdown(plain) != o.Text }) {
		kind = "ddmatch" // the kind whose answers may be more than plain text
	}
	x.raw(`<question type="` + kind + "\">\n")
	x.words("name", "", it.Name())
	stem := it.Stem
	if it.Type == cloze.Name {
		stem = gapMark.ReplaceAllStringFunc(stem, func(mark string) string {
			n, _ := strconv.Atoi(strings.Trim(mark, "[]"))
			if n < 1 || n > len(it.Parts) {
				return mark
			}
			return gapCode(it.Parts[n-1], it.Fixed)
		})
	}
	x.words("questiontext", inMarkdown, stem)
	x.words("generalfeedback", inMarkdown, it.General)
	x.plain("defaultgrade", "1.0000000")
	x.plain("penalty", "0.3333333")
	x.plain("hidden", "0")
	x.plain("idnumber", cdata(it.Code))
	shuffle := map[bool]string{true: "false", false: "true"}[it.Fixed]
	own := map[string]string{"objective": it.Objective, "difficulty": string(it.Difficulty)}
	switch it.Type {
	case grading.Single, grading.Multiple:
		x.plain("single", strconv.FormatBool(it.Type == grading.Single))
		x.plain("shuffleanswers", shuffle)
		x.plain("answernumbering", "abc")
		for _, o := range it.Options {
			x.answer(o, o.Mark.Percent(), inMarkdown, "")
		}
	case grading.TrueFalse:
		for i, word := range []string{"true", "false"} {
			o := it.Options[i]
			o.Text = word
			x.answer(o, o.Mark.Percent(), "", "")
		}
		own["fixed"] = fixedTag(it)
	case grading.ShortText:
		x.plain("usecase", map[bool]string{true: "1", false: "0"}[it.Exact])
		for _, o := range it.Options {
			x.answer(o, o.Mark.Percent(), "", "")
		}
		own["fixed"] = fixedTag(it)
	case grading.Numeric:
		for _, o := range it.Options {
			more := ""
			if o.Tolerance != "" {
				more = "<tolerance>" + o.Tolerance + "</tolerance>"
			}
			x.answer(o, o.Mark.Percent(), "", more)
		}
		if len(it.Units) > 0 {
			x.raw("<units>\n")
			for _, u := range it.Units {
				x.raw("<unit><multiplier>1</multiplier><unit_name>" + cdata(u) + "</unit_name></unit>\n")
			}
			x.raw("</units>\n")
		}
		own["fixed"] = fixedTag(it)
	case matching.Name:
		x.plain("shuffleanswers", shuffle)
		x.pairs(it, kind == "ddmatch")
	case ordering.Name:
		for _, g := range gradings {
			if g.ours == it.Scoring || g.ours == "" && it.Scoring == ordering.Pairs {
				x.plain("gradingtype", g.name)
			}
		}
		x.plain("layouttype", "VERTICAL")
		x.plain("selecttype", "ALL")
		x.plain("selectcount", "0")
		x.plain("showgrading", "SHOW")
		x.plain("numberingstyle", "none")
		for i, o := range it.Options {
			x.answer(o, strconv.Itoa(i+1), inMarkdown, "")
		}
		own["fixed"] = fixedTag(it)
		if it.Scoring == ordering.Pairs {
			own["scoring"] = it.Scoring
		}
	case cloze.Name:
		if it.Fixed && !slices.ContainsFunc(it.Parts, func(p grading.Part) bool { return p.Type == grading.Single }) {
			own["fixed"] = fixedTag(it)
		}
	case essay.Name, upload.Name:
		format, files := "editor", "0"
		if it.Type == upload.Name {
			format, files = "noinline", strconv.Itoa(max(it.Limit, 1))
		} else if it.Limit > 0 {
			x.plain("maxwordlimit", strconv.Itoa(it.Limit))
		}
		x.plain("responseformat", format)
		x.plain("responserequired", "1")
		x.plain("responsefieldlines", "15")
		x.plain("attachments", files)
		if it.Size > 0 {
			x.plain("maxbytes", strconv.Itoa(it.Size<<20))
		}
		if len(it.Files) > 0 {
			x.plain("filetypeslist", "."+strings.Join(it.Files, ",."))
		}
		x.words("graderinfo", ` format="plain_text"`, printRubric(it.Rubric))
		own["fixed"] = fixedTag(it)
	}
	for _, h := range it.Hints {
		x.words("hint", inMarkdown, h)
	}
	x.raw("<tags>\n")
	for _, key := range []string{"objective", "difficulty", "scoring", "fixed"} {
		if own[key] != "" {
			x.words("tag", "", "apel:"+key+"="+own[key])
		}
	}
	for _, t := range it.Tags {
		x.words("tag", "", t)
	}
	x.raw("</tags>\n</question>\n")
}

func fixedTag(it grading.Item) string {
	if it.Fixed {
		return "ya"
	}
	return ""
}

func (x *xmlWriter) pairs(it grading.Item, marked bool) {
	pair := func(left, right string) {
		attrs := inMarkdown
		if !marked {
			attrs = ""
			right, _ = fromMarkdown(right)
		}
		x.raw("<subquestion" + inMarkdown + ">" + x.text(left, inMarkdown) + "<answer" + attrs + ">" + x.text(right, attrs) + "</answer></subquestion>\n")
	}
	order, used := firstUse(it)
	turned := !strings.HasPrefix(grading.Order(it.Options, nil), order)
	for _, o := range it.Options {
		if turned {
			pair("", o.Text)
		}
	}
	for _, p := range it.Parts {
		o, _ := grading.FindOption(it.Options, p.Right)
		pair(p.Text, o.Text)
	}
	for _, o := range it.Options {
		if !turned && !used[o.ID] {
			pair("", o.Text)
		}
	}
}

var gapMark = regexp.MustCompile(`\[\[\d{1,3}\]\]`)

var clozeEscape = strings.NewReplacer(`\`, `\\`, "}", `\}`, "#", `\#`, "~", `\~`, "/", `\/`, `"`, `\"`)

// gapCode writes a gap as Moodle has it inside the text.
func gapCode(p grading.Part, fixed bool) string {
	word := map[grading.Type]string{grading.Single: "MULTICHOICE_S", grading.ShortText: "SHORTANSWER", grading.Numeric: "NUMERICAL"}[p.Type]
	if p.Type == grading.Single && fixed {
		word = "MULTICHOICE"
	}
	if p.Type == grading.ShortText && p.Exact {
		word = "SHORTANSWER_C"
	}
	var b strings.Builder
	b.WriteString("{" + strconv.Itoa(max(p.Weight, 1)) + ":" + word + ":")
	for i, o := range p.Options {
		if i > 0 {
			b.WriteByte('~')
		}
		switch {
		case o.Mark == grading.Full:
			b.WriteByte('=')
		case o.Mark != 0:
			b.WriteString("%" + o.Mark.Percent() + "%")
		}
		b.WriteString(clozeEscape.Replace(o.Text))
		if o.Tolerance != "" {
			b.WriteString(":" + o.Tolerance)
		}
		if o.Feedback != "" {
			b.WriteString("#" + clozeEscape.Replace(o.Feedback))
		}
	}
	b.WriteByte('}')
	return b.String()
}
