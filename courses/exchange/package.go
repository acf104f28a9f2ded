package exchange

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

// packed is the day every file of a package is said to be of, so that the same course is the same package byte for byte.
var packed = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// WritePackage writes a course as a zipped folder that OpenZip and ReadFolder read again. Lessons lie at their File, banks as items.yaml at theirs, pictures, video and
// recordings at theirs. notes stand as remarks at the top of course.yaml, in both languages: what the folder has no place for.
func WritePackage(w io.Writer, d *Draft, notes []texts.Text) error {
	z := zip.NewWriter(w)
	put := func(name string, data []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: packed})
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	if err := put("course.yaml", courseYAML(d, notes)); err != nil {
		return err
	}
	for _, l := range d.Lessons {
		if err := put(l.File, []byte(l.Markdown)); err != nil {
			return err
		}
	}
	for _, t := range d.Tasks {
		if err := put(t.File, []byte(t.Markdown)); err != nil {
			return err
		}
	}
	for _, b := range d.Banks {
		var items bytes.Buffer
		if err := PrintOwn(&items, b.Items); err != nil {
			return err
		}
		if err := put(b.File, items.Bytes()); err != nil {
			return err
		}
	}
	for _, p := range d.Pictures {
		if err := put(p.File, p.Data); err != nil {
			return err
		}
	}
	return z.Close()
}

// courseYAML writes course.yaml.
func courseYAML(d *Draft, notes []texts.Text) []byte {
	var out bytes.Buffer
	y := &yamlWriter{b: bufio.NewWriter(&out)}
	for _, n := range notes {
		for _, l := range []texts.Lang{texts.ID, texts.EN} {
			y.b.WriteString("# " + strings.Join(strings.Fields(n.In(l)), " ") + "\n")
		}
	}
	number := func(key string, n int) { y.key(key); fmt.Fprintf(y.b, " %d\n", n) }
	y.text("code", d.Code)
	y.text("title", d.Title)
	y.text("title_en", d.TitleEN)
	y.text("summary", d.Summary)
	y.text("summary_en", d.SummaryEN)
	y.text("kind", d.Kind)
	y.text("track", d.Track)
	y.list("apel", d.Apel)
	number("jp", d.JP)
	number("valid_months", d.ValidMonths)
	y.yes("self_enrolment", d.SelfEnrolment)
	y.list("prerequisites", d.Prerequisites)
	var minutes []string
	for _, part := range Parts {
		if part == TaskPart && d.Minutes[part] == 0 {
			continue
		}
		minutes = append(minutes, part+": "+strconv.Itoa(d.Minutes[part]))
	}
	y.bare("minutes", "{"+strings.Join(minutes, ", ")+"}")
	y.each("objectives", len(d.Objectives), func(i int) {
		o := d.Objectives[i]
		y.text("code", o.Code)
		y.text("text", o.Text)
		y.text("text_en", o.TextEN)
		y.text("competency", o.Competency)
	})
	y.each("targets", len(d.Targets), func(i int) {
		y.text("competency", d.Targets[i].Competency)
		number("level", d.Targets[i].Level)
	})
	y.each("lessons", len(d.Lessons), func(i int) {
		l := d.Lessons[i]
		y.text("code", l.Code)
		y.text("file", l.File)
		y.text("title", l.Title)
		y.text("title_en", l.TitleEN)
		number("minutes", l.Minutes)
		if l.Part != "lessons" {
			y.text("part", l.Part)
		}
		y.list("objectives", l.Objectives)
	})
	y.each("banks", len(d.Banks), func(i int) { y.text("file", d.Banks[i].File) })
	y.each("quizzes", len(d.Quizzes), func(i int) {
		q := d.Quizzes[i]
		y.text("code", q.Code)
		y.text("kind", q.Kind)
		y.text("title", q.Title)
		y.text("title_en", q.TitleEN)
		y.text("bank", q.Bank)
		y.bare("draw", drawn(q.Draw))
		y.bare("time_limit_minutes", strconv.Itoa(q.TimeLimitMinutes))
		number("attempts", q.Attempts)
		y.bare("pass_mark", strconv.Itoa(q.PassMark))
		y.yes("in_order", q.InOrder)
		y.bare("marking", strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(q.Marking.YAML()), "marking:")))
		if b := q.Behaviour; b != (Behaviour{}) {
			var parts []string
			if b.Feedback != "" {
				parts = append(parts, "feedback: "+b.Feedback)
			}
			if b.Tries > 0 {
				parts = append(parts, "tries: "+strconv.Itoa(b.Tries))
			}
			if b.Penalty != 0 {
				parts = append(parts, "penalty: "+quoted(percent(b.Penalty)))
			}
			if b.Unrecorded {
				parts = append(parts, "unrecorded: true")
			}
			y.bare("behaviour", "{"+strings.Join(parts, ", ")+"}")
		}
	})
	y.tasks(d.Tasks, number)
	_ = y.b.Flush() // into memory
	return out.Bytes()
}

// drawn writes what a quiz draws, as draw reads it.
func drawn(b grading.Blueprint) string {
	cells := map[string][]string{}
	var objectives []string
	for c := range b {
		if cells[c.Objective] == nil {
			objectives = append(objectives, c.Objective)
		}
		cells[c.Objective] = append(cells[c.Objective], string(c.Difficulty))
	}
	slices.Sort(objectives)
	var out []string
	for _, o := range objectives {
		slices.Sort(cells[o])
		if len(cells[o]) == 1 && cells[o][0] == "" {
			out = append(out, quoted(o)+": "+strconv.Itoa(b[grading.Cell{Objective: o}]))
			continue
		}
		var in []string
		for _, d := range cells[o] {
			word := d
			if d == "" {
				word = "any"
			}
			in = append(in, word+": "+strconv.Itoa(b[grading.Cell{Objective: o, Difficulty: grading.Difficulty(d)}]))
		}
		out = append(out, quoted(o)+": {"+strings.Join(in, ", ")+"}")
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// shown reads the files that a bank's items show; they lie beside the bank.
func (f *folder) shown(b DraftBank) {
	for i, it := range b.Items {
		Rewrite(it, func(md string) string {
			_ = look(md, func(int) {}, func(p picture) {
				p.line = b.Lines[i]
				p.path = path.Clean(p.path)
				f.picture(b.File, p)
			}, func(string, int) {})
			return md
		})
	}
}
