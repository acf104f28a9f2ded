package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Lessons of a document on their way into a draft: looked at first, taken afterwards. Between the two their text travels in the form.

// showLessonImport asks for the document.
func (w *admin) showLessonImport(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	return w.lessonImportPage(c, http.StatusOK, v, NewForm(nil), nil)
}

func (w *admin) lessonImportPage(c *gin.Context, status int, v courses.VersionDoc, form Form, wrong *Notice) error {
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Pelajaran dari dokumen"), Lead: w.T(c, "Word, HTML, atau teks. Anda melihat hasil bacaannya dahulu; belum ada yang disimpan."), Crumbs: w.draftCrumbs(c, Link{Label: "Susunan kursus", URL: w.outlineURL(c, "susunan")})}}
	if wrong != nil {
		p.Notices = []Notice{*wrong}
	}
	split := form.Need("select", "split", "Pelajaran baru dimulai").With([]Option{{Value: "1", Label: "pada setiap judul tingkat 1"}, {Value: "2", Label: "pada setiap judul tingkat 1 dan 2"}, {Value: "0", Label: "tidak, semua menjadi satu pelajaran"}})
	text := form.Input("textarea", "text", "Atau tempel teksnya").Tall(10)
	text.Length = courses.MaxLesson
	p.add(Panel{Label: "Dokumen", Form: &PanelForm{URL: w.outlineURL(c, "dokumen"), Files: true, Form: form, Fields: []Field{
		form.Input("file", "file", "Berkas").Accepting(".docx,.html,.htm,.txt,.md").Hinted("Paling besar 50 MB. Gambar di dalamnya dikecilkan."), text, split},
		Buttons: []Button{{Label: "Baca dokumen", Kind: "primary", Icon: "check"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// readLessons reads a document and shows what would be taken.
func (w *admin) readLessons(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	name, data, err := w.file(c)
	form := posted(c)
	if err == nil && data == nil {
		name, data = w.T(c, "teks yang ditempel"), []byte(lines(form.Values.Get("text")))
		if form.Get("text") == "" {
			err = faults.OnField("file", "Pilih berkasnya atau tempel teksnya dahulu.", "Choose the file or paste the text first.")
		}
	}
	split, ok := w.whole(c, &form, "split", 0, 2)
	var read []exchange.LessonDraft
	var report exchange.Report
	if err == nil && ok {
		read, report, err = w.Courses.ReadLessons(c.Request.Context(), reader(c), v.ID, courses.LessonFile{Name: name, Data: data, Split: split})
	}
	if err != nil || !ok {
		if f := faults.Of(err); err != nil && (len(f.Fields) != 1 || !form.Take(err, Lang(c))) {
			n, about := w.mistakes(c, "Dokumen belum dapat diterima", err)
			if !about {
				return err
			}
			return w.lessonImportPage(c, f.Kind.Status(), v, form, &n)
		}
		return w.lessonImportPage(c, form.Status(), v, form, nil)
	}
	waiting := make([]waitingLesson, len(read))
	for i, l := range read {
		waiting[i] = waitingLesson{l.Title, l.Markdown, l.Words}
	}
	return w.lessonsReadPage(c, http.StatusOK, v, waiting, report, NewForm(nil))
}

// waitingLesson is what travels in the form between reading and taking.
type waitingLesson struct {
	Title    string `json:"t"`
	Markdown string `json:"m"`
	Words    int    `json:"w"`
}

func (w *admin) lessonsReadPage(c *gin.Context, status int, v courses.VersionDoc, waiting []waitingLesson, report exchange.Report, form Form) error {
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Pelajaran dari dokumen"), Lead: w.T(c, "%d pelajaran terbaca. Belum ada yang disimpan.", len(waiting)), Crumbs: w.draftCrumbs(c, Link{Label: "Susunan kursus", URL: w.outlineURL(c, "susunan")}, Link{Label: "Pelajaran dari dokumen", URL: w.outlineURL(c, "dokumen")})}}
	if len(report) > 0 {
		t := Table{Label: "Laporan", NoSearch: true, Columns: []Column{{Label: "Baris", Numeric: true}, {Label: "Akibat"}, {Label: "Keterangan", Main: true}}}
		for i, m := range report {
			if i == maxShown {
				t.Pager.Text = w.T(c, "Ditampilkan %d dari %d", maxShown, len(report))
				break
			}
			badge, line := fateBadges[m.Weight], "–"
			if m.Line > 0 {
				line = w.count(c, m.Line)
			}
			t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: line}, {Badge: &badge}, {Text: in(c, m.Text)}}})
		}
		p.add(Panel{Label: "Laporan", Table: &t})
	} else if form.OK() {
		p.Notices = []Notice{{Kind: Success, Text: w.T(c, "Semua isi dokumen terbaca.")}}
	}
	kept, _ := json.Marshal(waiting) // plain values always marshal
	fields := []Field{hidden("lessons", string(kept)), hidden("revision", strconv.FormatInt(v.Revision, 10))}
	for i, l := range waiting {
		n := strconv.Itoa(i)
		title := typed(form, "title."+n, "Judul pelajaran", l.Title)
		title.Length, title.Text = 200, w.T(c, "%d kata", l.Words)+" · "+cut(exchange.Plain(l.Markdown), 160)
		minutes := typed(form, "minutes."+n, "Menit", strconv.Itoa(max(1, (l.Words+courses.ReadingSpeed-1)/courses.ReadingSpeed))).Short().Keyed("numeric", "")
		skip := form.Input("checkbox", "skip."+n, "Lewati pelajaran ini")
		fields = append(fields, title, minutes, skip)
	}
	if len(waiting) > 0 {
		p.add(Panel{Label: "Masukkan ke draf", Text: w.T(c, "Semua pelajaran yang tidak dilewati masuk sekaligus di akhir susunan, atau tidak sama sekali."), Form: &PanelForm{URL: w.outlineURL(c, "dokumen-ambil"), Files: true, Form: form, Fields: fields, Buttons: []Button{{Label: "Masukkan ke draf", Kind: "primary", Icon: "check"}}}})
	}
	w.Render(c, status, "panels", p)
	return nil
}

// takeLessons puts the lessons that were shown into the draft.
func (w *admin) takeLessons(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxImport)
	form := posted(c)
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	var waiting []waitingLesson
	if err := json.Unmarshal([]byte(form.Values.Get("lessons")), &waiting); err != nil {
		return faults.Wrap(err, faults.Invalid, "Kiriman ini tidak lengkap. Unggah dokumennya lagi.", "What was sent is not complete. Upload the document again.")
	}
	var take []courses.LessonText
	for i, l := range waiting {
		n := strconv.Itoa(i)
		if form.Get("skip."+n) != "" {
			continue
		}
		t := courses.LessonText{Title: texts.Text{ID: texts.Tidy(or(form.Get("title."+n), l.Title))}, Part: "lessons", Markdown: l.Markdown}
		if m, ok := w.whole(c, &form, "minutes."+n, 0, 240); ok {
			t.Minutes = m
		}
		take = append(take, t)
	}
	if len(take) == 0 {
		form.Wrong("", w.T(c, "Semua pelajaran dilewati. Pilih paling sedikit satu."))
	}
	revision, _ := strconv.ParseInt(form.Get("revision"), 10, 64)
	if form.OK() && revision != v.Revision {
		form.Take(overtaken(), Lang(c))
	}
	if form.OK() {
		if _, err = w.Courses.AddLessons(c.Request.Context(), reader(c), v.ID, v.Revision, take); err == nil {
			return w.done(c, Success, w.T(c, "%d pelajaran masuk ke draf.", len(take)), w.outlineURL(c, "susunan")+"#susunan")
		}
		if !w.wrongLesson(c, &form, err) {
			return err
		}
	}
	return w.lessonsReadPage(c, form.Status(), v, waiting, nil, form)
}
