package exchange

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// LessonDraft is one lesson as it was read from a document. Its Markdown names pictures as the caller called them.
type LessonDraft struct {
	Title, Markdown string
	Words           int
}

// maxLessonFile bounds how many lessons one document becomes.
const maxLessonFile = 60

// ReadLessons reads a Word document, a page of HTML, or a text as people paste it (plain or Markdown) into lessons. split is the level of headings at which another lesson begins,
// 0 for one lesson only. The report lists what has no place in a lesson. The error is a fault for a file that holds no text whatever one changes in it, or that is not safe to open.
func ReadLessons(name string, data []byte, split int, keep KeepPicture) ([]LessonDraft, Report, error) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if err := harmless(data); err != nil {
		return nil, nil, err
	}
	l := &lessonReader{file: name, keep: keep.once()}
	text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")))
	var md string
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		d, err := openDocx(data)
		if err != nil {
			return nil, nil, err
		}
		l.lost = d.lost
		md = strings.Join(l.blocks(d.blocks), "\n\n")
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}), bytes.HasPrefix(text, []byte("%PDF")), bytes.HasPrefix(text, []byte(`{\rtf`)), bytes.IndexByte(text, 0) >= 0:
		return nil, nil, faults.New(faults.Invalid, "Berkas ini bukan .docx, HTML, atau teks. Buka di Word, lalu Simpan Sebagai .docx.", "This is no .docx, HTML or text. Open it in Word and save it as .docx.")
	case !utf8.Valid(text):
		return nil, nil, faults.New(faults.Invalid, "Ada huruf rusak dalam teks ini (bukan UTF-8). Simpan ulang sebagai UTF-8.", "There are broken characters in this text (no UTF-8). Save it again as UTF-8.")
	case htmlLike.Match(text):
		h := readHTML(string(text), 1, l.source)
		if h.danger != "" {
			return nil, nil, faults.Newf(faults.Invalid, "Halaman ini memuat skrip (%s) dan ditolak. Salin teksnya saja.", "This page holds a script (%s) and is refused. Copy only its text.", h.danger)
		}
		l.lost, md = merged(h.lost, l.lost), h.markdown
	default:
		md = unbroken.Replace(string(text))
		last := 0
		if bad := look(md, func(line int) {
			if line == last {
				return
			}
			last = line
			l.report.note(Changed, name, line, 0, "Baris ini memuat HTML, yang tidak ditampilkan.", "This line holds HTML, which is not shown.")
		}, func(p picture) {
			l.report.note(Changed, name, p.line, 0, "Gambar %s tidak ikut; unggah di halaman pelajaran.", "The picture %s is not taken over; upload it in the lesson's editor.", p.path)
		}, func(string, int) {}); bad != nil {
			return nil, nil, bad.Fault("file")
		}
		md = foreignPicture.ReplaceAllString(md, "(Gambar: $1)")
	}
	if strings.TrimSpace(md) == "" {
		return nil, nil, faults.New(faults.Invalid, "Tidak ada teks di berkas ini.", "There is no text in this file.")
	}
	if len(l.lost.id) > 0 {
		l.report = append(l.report, Mistake{File: name, Weight: Changed, Text: texts.T("Tidak ikut terambil: "+strings.Join(l.lost.id, ", ")+".", "Not taken over: "+strings.Join(l.lost.en, ", ")+".")})
	}
	var out []LessonDraft
	for _, d := range splitLessons(md, split, strings.TrimSuffix(name, path.Ext(name))) {
		if _, bad := markdown.Weigh(d.Markdown); bad != nil {
			l.report = append(l.report, Mistake{File: name, Weight: Refused, Text: texts.T(d.Title+": "+bad.Text.ID, d.Title+": "+bad.Text.EN)})
			continue
		}
		if len(out) == maxLessonFile {
			l.report.note(Refused, name, 0, 0, "Dokumen ini menjadi lebih dari %d pelajaran. Pisahkan pada judul yang lebih tinggi.", "The document becomes over %d lessons. Split it at higher headings.", maxLessonFile)
			break
		}
		d.Words = words(d.Markdown)
		out = append(out, d)
	}
	return out, l.report, nil
}

func merged(a, b losses) losses {
	for i := range b.id {
		a.add(b.id[i], b.en[i])
	}
	return a
}

type lessonReader struct {
	file   string
	keep   KeepPicture
	report Report
	lost   losses
}

// shownPicture is the Markdown of a picture; one that cannot be kept leaves its description.
func (l *lessonReader) shownPicture(f File) string {
	md, weight, say := embedded(f, l.keep)
	if weight != "" {
		l.report = append(l.report, Mistake{File: l.file, Weight: weight, Text: say})
	}
	return md
}

// source is a picture of a page of HTML: one inside the page is kept, others are left out.
func (l *lessonReader) source(src, alt string) string {
	if f, ok := dataPicture(src, alt); ok {
		return l.shownPicture(f)
	}
	l.lost.add("gambar dari luar (unggah di halaman pelajaran)", "pictures from elsewhere (upload them in the lesson's editor)")
	if alt == "" {
		return ""
	}
	return escapeInline("(Gambar: " + alt + ")")
}

// blocks writes the blocks of a Word document.
func (l *lessonReader) blocks(in []block) (out []string) {
	var list []string
	flush := func() {
		if len(list) > 0 {
			out = append(out, strings.Join(list, "\n"))
		}
		list = nil
	}
	var counts [9]int
	for _, b := range in {
		if b.rows != nil {
			flush()
			out = append(out, l.table(b)...)
			continue
		}
		text := l.runs(b.runs)
		if text == "" {
			if len(list) == 0 {
				counts = [9]int{}
			}
			continue
		}
		if b.bullet || b.ordered && b.heading == 0 {
			d := min(b.depth, 8)
			counts[d]++
			for i := d + 1; i < 9; i++ {
				counts[i] = 0
			}
			mark, indent := "- ", strings.Repeat("   ", d)
			if b.ordered {
				mark = fmt.Sprintf("%d. ", counts[d])
			}
			list = append(list, indent+mark+hang(text, indent+strings.Repeat(" ", len(mark))))
			continue
		}
		flush()
		counts = [9]int{}
		if b.heading > 0 {
			out = append(out, strings.Repeat("#", b.heading)+" "+strings.Trim(strings.ReplaceAll(strings.ReplaceAll(text, "\\\n", " "), "\n", " "), "* "))
			continue
		}
		lines := strings.Split(text, "\n")
		for i, x := range lines {
			lines[i] = escapeStart(x)
		}
		out = append(out, strings.Join(lines, "\n"))
	}
	flush()
	return out
}

// runs writes the text of a paragraph; pieces that look the same are one, so that marks stand around words and not around letters.
func (l *lessonReader) runs(in []run) string {
	var joined []run
	for _, r := range in {
		if n := len(joined) - 1; n >= 0 && r.picture == nil && joined[n].picture == nil && joined[n].bold == r.bold && joined[n].italic == r.italic && joined[n].link == r.link {
			joined[n].text += r.text
			continue
		}
		joined = append(joined, r)
	}
	var b strings.Builder
	for _, r := range joined {
		if r.picture != nil {
			b.WriteString(l.shownPicture(*r.picture))
			continue
		}
		s := strings.ReplaceAll(escapePiece(strings.ReplaceAll(r.text, "\t", " "), true), "\n", "\\\n")
		if r.italic {
			s = wrapped("*", s)
		}
		if r.bold {
			s = wrapped("**", s)
		}
		if r.link != "" && safeLink(r.link) && !strings.ContainsAny(r.link, " ()<>\n") && strings.TrimSpace(s) != "" {
			s = "[" + strings.TrimSpace(strings.ReplaceAll(s, "\\\n", " ")) + "](" + r.link + ")"
		}
		b.WriteString(s)
	}
	return tidy(b.String())
}

func (l *lessonReader) table(b block) []string {
	var rows [][]string
	wide := 0
	for _, r := range b.rows {
		var row []string
		for _, c := range r {
			cells := l.blocks(c)
			if len(cells) > 1 {
				l.lost.add("paragraf di dalam sel tabel", "paragraphs inside table cells")
			}
			row = append(row, strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(strings.Join(cells, " "), "\\\n", " "), "\n", " "), "|", `\|`))
		}
		rows = append(rows, row)
		wide = max(wide, len(row))
	}
	return tableLines(rows, wide)
}

var headingLine = regexp.MustCompile(`^(#{1,6})\s+(.*?)\s*#*\s*$`)

// splitLessons begins another lesson at each heading of the level or higher. The title of a lesson is its first heading; the highest heading below it becomes a section.
func splitLessons(md string, level int, fallback string) (out []LessonDraft) {
	type piece struct {
		title string
		lines []string
	}
	var pieces []piece
	cur := piece{}
	var code fenced
	for line := range strings.SplitSeq(md, "\n") {
		inside := code.line(line)
		if m := headingLine.FindStringSubmatch(line); m != nil && !inside && m[2] != "" {
			first := cur.title == "" && strings.TrimSpace(strings.Join(cur.lines, "")) == ""
			if first || level > 0 && len(m[1]) <= level {
				if !first {
					pieces = append(pieces, cur)
				}
				cur = piece{title: Plain(m[2])}
				continue
			}
		}
		cur.lines = append(cur.lines, line)
	}
	pieces = append(pieces, cur)
	for i, p := range pieces {
		if p.title == "" {
			p.title = fallback
		}
		body := strings.TrimSpace(sections(p.lines))
		if body == "" && (len(pieces) > 1 || i > 0) { // a heading above headings has no text of its own
			continue
		}
		title := []rune(texts.Tidy(p.title))
		out = append(out, LessonDraft{Title: string(title[:min(len(title), 200)]), Markdown: "# " + escapeInline(string(title)) + "\n\n" + body + "\n"})
	}
	return out
}

// sections raises or lowers the headings of a lesson so that the highest is of the second level.
func sections(lines []string) string {
	top := 7
	var code fenced
	heads := make([][]string, len(lines))
	for i, l := range lines {
		if m := headingLine.FindStringSubmatch(l); !code.line(l) && m != nil {
			heads[i], top = m, min(top, len(m[1]))
		}
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l
		if m := heads[i]; m != nil {
			out[i] = strings.Repeat("#", min(4, len(m[1])-top+2)) + " " + m[2]
		}
	}
	return strings.Join(out, "\n")
}

// fenced follows the fences of code through the lines of a text.
type fenced struct{ by string }

// line says whether a line stands inside such a fence, or is one.
func (f *fenced) line(l string) bool {
	in := f.by != ""
	switch t := strings.TrimLeft(l, " "); {
	case in && strings.HasPrefix(t, f.by):
		f.by = ""
	case !in && (strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~")):
		f.by = t[:3]
		return true
	}
	return in
}
