package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/texts"
)

// copyPanel asks for the code and title of a copy.
func (w *admin) copyPanel(code string, versions []courses.VersionDoc, form Form, open bool) Panel {
	from := ""
	for _, v := range versions { // newest first: the published one, or the draft of a course that was never published
		if v.State == courses.Published || from == "" && v.State == courses.Draft {
			from = strconv.Itoa(v.Number)
			if v.State == courses.Published {
				break
			}
		}
	}
	fields := []Field{hidden("from", from), form.Need("text", "code", "Kode kursus baru").Hinted("Huruf besar, angka, dan tanda hubung, misalnya APEL-310. Kode tidak dapat diganti lagi."), form.Need("text", "title", "Judul kursus baru"), form.Input("text", "title_en", "Judul dalam bahasa Inggris")}
	return Panel{ID: "salin", Fold: true, Open: open, Label: "Salin menjadi kursus baru", Form: &PanelForm{URL: address("kelola", "kursus", code, "salin"), Form: form, Fields: fields, Buttons: []Button{{Label: "Salin kursus", Icon: "copy"}}}}
}

// copyCourse begins a new course as a copy of a version.
func (w *admin) copyCourse(c *gin.Context) error {
	form := posted(c)
	v, err := w.Courses.CopyCourse(c.Request.Context(), reader(c), c.Param("course")+"."+form.Get("from"), form.Get("code"), texts.T(texts.Tidy(form.Get("title")), texts.Tidy(form.Get("title_en"))))
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.managePage(c, form.Status(), "salin", form)
	}
	return w.done(c, Success, w.T(c, "Kursus disalin sebagai draf. Soalnya disalin, bukan dipakai bersama, dan ditelaah lagi."), versionURL(v.ID, v.Course, v.Number))
}
