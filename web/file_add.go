package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/faults"
)

// postedFile takes the file of the editor and answers the line of Markdown that shows it. It asks for words that stand for it: whoever does not see or hear it reads them.
func (w *admin) postedFile(c *gin.Context, v courses.VersionDoc) (line string, d courses.FileDoc, err error) {
	data, err := uploaded(c, "picture", media.MaxVideo)
	if err != nil {
		return "", d, err
	}
	if data == nil {
		return "", d, faults.OnField("picture", "Pilih berkasnya dahulu.", "Choose the file first.")
	}
	alt, err := courses.CheckAlt(c.PostForm("alt"))
	if err != nil {
		return "", d, err
	}
	d, err = w.Courses.AddFile(c.Request.Context(), reader(c), v.Course, data)
	if err != nil {
		if f := faults.Of(err); (f.Kind == faults.Invalid || f.Kind == faults.TooLarge) && len(f.Fields) == 0 {
			err = faults.OnField("picture", f.Text.ID, f.Text.EN)
		}
		return "", d, err
	}
	return d.Markdown(alt, ""), d, nil
}

// addFile answers the editor's script with the line that shows what was uploaded or pasted.
func (w *admin) addFile(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, media.MaxVideo+1<<20)
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	line, d, err := w.postedFile(c, v)
	if err != nil {
		f := faults.Of(err)
		if f.Kind != faults.Invalid && f.Kind != faults.TooLarge {
			return err
		}
		c.JSON(f.Kind.Status(), gin.H{"wrong": in(c, sentenceOf(f))})
		return nil
	}
	c.JSON(http.StatusOK, gin.H{"line": line, "said": w.T(c, "Disisipkan, %d KB.", int((d.Size+1023)>>10))})
	return nil
}
