package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/faults"
)

// FileBox is where a file is put into a text.
type FileBox struct {
	URL       string // that takes it from a script
	File, Alt Field
	Into      Field // which text of the form shows it; without choices there is one
	Pictures  bool  // nothing else
	Open      bool
}

// fileBox is the box of a form, without its File.
func (w *admin) fileBox(c *gin.Context, form Form) FileBox {
	b := FileBox{URL: w.outlineURL(c, "berkas"), Alt: form.Input("text", "alt", "Apa yang terlihat atau terdengar").Hinted("Dibacakan kepada yang tidak dapat melihatnya.")}
	b.Alt.Length = 300
	b.Open = form.Error("picture") != "" || form.Error("alt") != ""
	return b
}

// postedFile takes the file of the editor and answers the line of Markdown that shows it. It asks for words that stand for it: whoever does not see or hear it reads them.
func (w *admin) postedFile(c *gin.Context, v courses.VersionDoc, pictures bool) (line string, d courses.FileDoc, err error) {
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
	if kind := media.Sniff(data); pictures && (strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "audio/")) {
		return "", d, faults.OnField("picture", "Soal hanya dapat memuat gambar, bukan video atau rekaman suara.", "Items hold pictures only, no video or recordings.")
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
	line, d, err := w.postedFile(c, v, c.PostForm("only") == "pictures")
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
