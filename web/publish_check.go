package web

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/lint"
	"github.com/apelkota/apel/internal/faults"
)

// refusals are the reasons why a draft may not be published, each with the way to where it is mended.
func (w *admin) refusals(c *gin.Context, v courses.VersionDoc, err error) (out []Reason) {
	for i, f := range faults.Of(err).Fields {
		if i == maxMistakes {
			out = append(out, Reason{Kind: Warn, Text: w.T(c, "dan %d lagi", len(faults.Of(err).Fields)-i)})
			break
		}
		r := Reason{Kind: Danger, Text: in(c, f.Text)}
		if w.may(c, "author", "course") {
			r.URL = versionURL(v.ID, v.Course, v.Number, mendedAt(v.Content, f.Path)...)
		}
		out = append(out, r)
	}
	return out
}

// mendedAt is the page of a draft on which the field of a refusal is mended.
func mendedAt(k courses.Content, path string) []string {
	list, rest, _ := strings.Cut(path, "[")
	number, _, _ := strings.Cut(rest, "]")
	n, err := strconv.Atoi(number)
	switch {
	case list == "lessons" && err == nil && n < len(k.Lessons):
		return []string{"pelajaran", k.Lessons[n].Code}
	case list == "quizzes" && err == nil && n < len(k.Quizzes):
		return []string{"tes", k.Quizzes[n].Code}
	case list == "banks" && err == nil && n < len(k.Banks):
		return []string{"bank", k.Banks[n].Code}
	case list == "field_tasks" && err == nil && n < len(k.Tasks):
		return []string{"tugas", k.Tasks[n].Code}
	case path == "review":
		return []string{"catatan"}
	case list == "lessons" || list == "quizzes" || list == "field_tasks":
		return []string{"susunan"}
	}
	return []string{"data"}
}

// knownReasons are what whoever publishes should know, although it hinders nothing: remarks that are still open, and what the look at the quality found.
func (w *admin) knownReasons(c *gin.Context, v courses.VersionDoc) (out []Reason, err error) {
	if r, err := w.talkReason(c, v); err != nil {
		return nil, err
	} else if r != nil {
		out = append(out, *r)
	}
	r, err := w.Courses.Lint(c.Request.Context(), reader(c), v.ID)
	at := versionURL(v.ID, v.Course, v.Number, "mutu")
	if faults.KindOf(err) == faults.TooMany { // another course is looked at just now
		return append(out, Reason{Kind: Info, Text: w.T(c, "Mutu soal dan teks belum diperiksa. Buka untuk memeriksanya."), URL: at}), nil
	}
	if err != nil {
		return nil, err
	}
	heavy, light := 0, 0
	for _, f := range r.Findings {
		switch {
		case f.Rule == lint.NoJudge:
			out = append(out, Reason{Kind: Warn, Text: in(c, f.Text), URL: w.findingPlace(c, v, f)})
		case f.Rule.Heavy():
			heavy++
		default:
			light++
		}
	}
	if heavy > 0 {
		out = append(out, Reason{Kind: Warn, Text: w.T(c, "Mutu: %d hal membuat tes dapat ditebak tanpa belajar", heavy), URL: at + "#berat"})
	}
	if light > 0 {
		out = append(out, Reason{Kind: Info, Text: w.T(c, "Mutu: %d saran untuk soal dan teks", light), URL: at + "#saran"})
	}
	if len(r.Findings) == 0 {
		out = append(out, Reason{Kind: Success, Text: w.T(c, "Mutu: tidak ada temuan"), URL: at})
	}
	return out, nil
}

// findingPlace is where what was found is mended: the item, the bank, the lesson or the field task; "" when it is about the course.
func (w *admin) findingPlace(c *gin.Context, v courses.VersionDoc, f lint.Finding) string {
	if _, ok := v.Content.Bank(f.File); ok {
		more := []string{"bank", f.File}
		if f.Item != "" {
			more = append(more, "soal", f.Item)
		}
		return versionURL(v.ID, v.Course, v.Number, more...)
	}
	if _, ok := v.Content.Task(f.File); ok && w.may(c, "author", "course") && v.State == courses.Draft {
		return versionURL(v.ID, v.Course, v.Number, "tugas", f.File)
	} else if ok {
		return trialURL(v.ID, "tugas", f.File)
	}
	if _, ok := v.Content.Lesson(f.File); ok {
		return w.lessonPlace(c, v, f.File)
	}
	return ""
}

// coveragePanel says for each objective of a version which lessons train it and how many items ask for it.
func (w *admin) coveragePanel(c *gin.Context, v courses.VersionDoc) (Panel, error) {
	covered, err := w.Courses.Covered(c.Request.Context(), reader(c), v.ID)
	if err != nil {
		return Panel{}, err
	}
	panel := Panel{Half: true, Label: "Capaian"}
	for _, o := range covered {
		r := Reason{Kind: Success, Text: o.Code + " " + in(c, o.Text) + " · "}
		if o.Competency != "" {
			r.Text += o.Competency + " · "
		}
		switch {
		case len(o.Lessons) == 0 && o.Items == 0:
			r.Kind, r.Text = Warn, r.Text+w.T(c, "belum dilatih di pelajaran mana pun dan belum ada soalnya")
		case len(o.Lessons) == 0:
			r.Kind, r.Text = Warn, r.Text+w.T(c, "belum dilatih di pelajaran mana pun")
		case o.Items == 0:
			r.Kind, r.Text = Warn, r.Text+w.T(c, "belum ada soalnya")
		default:
			r.Text += strings.Join(o.Lessons, ", ") + " · " + w.T(c, "%d soal", o.Items)
		}
		panel.Reasons = append(panel.Reasons, r)
	}
	return panel, nil
}
