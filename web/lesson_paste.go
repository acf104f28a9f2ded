package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// pasteLesson answers the editor's script with what was pasted, as Markdown: headings, lists, tables and emphasis of a document stay, and what had no place is said.
func (w *admin) pasteLesson(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, courses.MaxLesson*10)
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	read, report, err := w.Courses.ReadLessons(c.Request.Context(), reader(c), v.ID, courses.LessonFile{Name: "tempelan.html", Data: []byte(posted(c).Values.Get("html"))})
	if err != nil {
		f := faults.Of(err)
		if f.Kind != faults.Invalid && f.Kind != faults.TooLarge {
			return err
		}
		c.JSON(f.Kind.Status(), gin.H{"wrong": in(c, sentenceOf(f))})
		return nil
	}
	var md, said []string
	for _, l := range read {
		md = append(md, strings.TrimSpace(l.Markdown))
	}
	for i, m := range report {
		if i == maxMistakes {
			said = append(said, w.T(c, "dan %d lagi", len(report)-i))
			break
		}
		said = append(said, in(c, m.Text))
	}
	c.JSON(http.StatusOK, gin.H{"markdown": strings.Join(md, "\n\n"), "said": said})
	return nil
}
