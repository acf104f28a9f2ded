package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// EditorPage is one lesson of a draft as its author writes it, with what its readers will see beside it.
type EditorPage struct {
	Base
	Form       Form
	URL        string
	PreviewURL string
	PasteURL   string
	Key        string // under which the browser keeps what is not saved yet
	KeyNew     string // under which it keeps a lesson that is not there yet
	Guard      string // of the lesson as it was read
	Head       []Field
	Facts      []Field
	Markdown   Field
	Files      FileBox
	Unsaved    bool // it shows what was sent and is not stored
	Preview    template.HTML
	Length     string // "240 kata, dibaca 2 menit"
	Theirs     string // what somebody else saved meanwhile
}

// guardOf is a mark of a lesson as somebody read it: another one means that it was changed since. Changes of other lessons do not matter.
func guardOf(v courses.VersionDoc, code string) string {
	ref, ok := v.Content.Lesson(code)
	if !ok {
		return "baru"
	}
	b, _ := json.Marshal(ref) // plain values always marshal
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// showNewLesson is the editor for a lesson that a draft does not have yet.
func (w *admin) showNewLesson(c *gin.Context) error { return w.showLessonEditor(c) }

// showLessonEditor is the editor of a lesson.
func (w *admin) showLessonEditor(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	form, err := w.storedLesson(c, v)
	if err != nil {
		return err
	}
	return w.editorPage(c, http.StatusOK, v, form, "")
}

// storedLesson is the lesson of the address as values of the editor's form.
func (w *admin) storedLesson(c *gin.Context, v courses.VersionDoc) (Form, error) {
	code := c.Param("lesson")
	if code == "" {
		return NewForm(url.Values{"minutes": {"10"}, "part": {"lessons"}}), nil
	}
	l, err := w.Courses.LessonSource(c.Request.Context(), reader(c), v.ID, code)
	if err != nil {
		return Form{}, err
	}
	return NewForm(url.Values{"title": {l.Title.ID}, "title_en": {l.Title.EN}, "minutes": {strconv.Itoa(l.Minutes)}, "part": {or(l.Part, "lessons")}, "objectives": l.Objectives, "markdown": {l.Markdown}}), nil
}

func (w *admin) editorPage(c *gin.Context, status int, v courses.VersionDoc, form Form, theirs string) error {
	code := c.Param("lesson")
	p := &EditorPage{Base: Base{Active: navCourses, Title: or(form.Get("title"), w.T(c, "Pelajaran baru")), Lead: v.Course + " · " + w.T(c, "versi %d", v.Number), Crumbs: w.draftCrumbs(c, Link{Label: "Susunan kursus", URL: w.outlineURL(c, "susunan")})},
		Form: form, URL: w.outlineURL(c, "pelajaran-baru"), PreviewURL: w.outlineURL(c, "pratinjau"), PasteURL: w.outlineURL(c, "tempel"), Key: v.ID + "." + code, Guard: guardOf(v, code), Theirs: theirs}
	if code != "" {
		p.URL, p.KeyNew = w.outlineURL(c, "pelajaran", code), v.ID+"."
	}
	parts, objectives := []Option{}, []Option{}
	for _, part := range courseParts {
		if part.key != "tests" && part.key != courses.TaskPart {
			parts = append(parts, Option{Value: part.key, Label: part.label})
		}
	}
	for _, o := range v.Content.Objectives {
		objectives = append(objectives, Option{Value: o.Code, Name: o.Code + " " + in(c, o.Text)})
	}
	title := form.Need("text", "title", "Judul pelajaran")
	title.Length = 200
	p.Head = []Field{title, form.Input("number", "minutes", "Menit").Short().Keyed("numeric", "").Between("0", "240")}
	p.Facts = []Field{form.Input("text", "title_en", "Judul dalam bahasa Inggris"), form.Input("select", "part", "Bagian").With(parts)}
	if len(objectives) > 0 {
		p.Facts = append(p.Facts, form.Input("checkboxes", "objectives", "Capaian yang dilatih").With(objectives))
	}
	p.Unsaved = c.Request.Method == http.MethodPost
	p.Files = w.fileBox(c, form)
	p.Files.File = form.Input("file", "picture", "Gambar, video, atau rekaman suara").Accepting("image/png,image/jpeg,image/gif,video/mp4,video/webm,audio/mp4,audio/mpeg").Hinted("Gambar dikecilkan menjadi paling besar 60 KB. Video MP4 (H.264 dan AAC) atau WebM paling tinggi 480p dan 30 MB, suara 10 MB, dengan transkrip.")
	p.Markdown = form.Need("textarea", "markdown", "Isi pelajaran").Tall(22)
	p.Markdown.Length = courses.MaxLesson
	if md := form.Values.Get("markdown"); strings.TrimSpace(md) != "" {
		if x, err := w.Courses.PreviewLesson(c.Request.Context(), reader(c), v.ID, md); err == nil {
			p.Preview, p.Length = x.HTML, w.lengthOf(c, x)
		}
	}
	w.Render(c, status, "editor", p)
	return nil
}

// lengthOf says how long a lesson is.
func (w *admin) lengthOf(c *gin.Context, x courses.Preview) string {
	return w.T(c, "%d kata", x.Words) + " · " + w.T(c, "dibaca %d menit", (x.Seconds+59)/60)
}

// previewLesson answers the editor's script with the text as its readers will see it.
func (w *admin) previewLesson(c *gin.Context) error {
	x, err := w.Courses.PreviewLesson(c.Request.Context(), reader(c), versionID(c), lines(posted(c).Values.Get("markdown")))
	if err != nil {
		f := faults.Of(err)
		if f.Kind != faults.Invalid && f.Kind != faults.TooLarge {
			return err
		}
		c.JSON(f.Kind.Status(), gin.H{"wrong": in(c, sentenceOf(f))})
		return nil
	}
	c.JSON(http.StatusOK, gin.H{"html": x.HTML, "length": w.lengthOf(c, x)})
	return nil
}

// sentenceOf is the most exact sentence of a fault: that of its first field.
func sentenceOf(f *faults.Error) texts.Text {
	if len(f.Fields) > 0 {
		return f.Fields[0].Text
	}
	return f.Text
}

// lines undoes the line ends of forms.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// addLesson puts a new lesson at the end of a draft.
func (w *admin) addLesson(c *gin.Context) error { return w.writeLesson(c) }

// writeLesson saves a lesson, or shows it as it would be; a lesson that somebody else changed meanwhile is not written over before its author has seen theirs.
func (w *admin) writeLesson(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, media.MaxVideo+1<<20)
	form, code := posted(c), c.Param("lesson")
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	if _, ok := v.Content.Lesson(code); code != "" && !ok {
		return faults.New(faults.NotFound, "Pelajaran ini tidak ada.", "This lesson does not exist.")
	}
	if form.Values == nil {
		form.Values = url.Values{}
	}
	form.Values.Set("markdown", lines(form.Values.Get("markdown")))
	t := courses.LessonText{Code: code, Title: texts.T(texts.Tidy(form.Get("title")), texts.Tidy(form.Get("title_en"))), Part: form.Get("part"), Markdown: form.Values.Get("markdown")}
	if t.Code == "" {
		t.Code = freshCode("L", func(code string) bool { _, taken := v.Content.Lesson(code); return taken })
	}
	if form.Get("go") == "file" { // without scripts the line goes to the end of the text
		line, _, err := w.postedFile(c, v, false)
		if err != nil && !form.Take(err, Lang(c)) {
			return err
		}
		if err == nil {
			form.Values.Set("markdown", strings.TrimRight(t.Markdown, "\n")+"\n\n"+line+"\n")
			form.Values.Del("alt")
		}
		status := http.StatusOK
		if !form.OK() {
			status = form.Status()
		}
		return w.editorPage(c, status, v, form, "")
	}
	if form.Get("go") == "preview" {
		if _, err := w.Courses.PreviewLesson(c.Request.Context(), reader(c), v.ID, t.Markdown); err != nil && !w.wrongLesson(c, &form, err) {
			return err
		}
		status := http.StatusOK
		if !form.OK() {
			status = form.Status()
		}
		return w.editorPage(c, status, v, form, "")
	}
	if t.Title.ID == "" {
		form.Wrong("title", w.T(c, "Judul harus diisi."))
	}
	if n, ok := w.whole(c, &form, "minutes", 0, 240); ok {
		t.Minutes = n
	}
	if !slices.Contains([]string{"lessons", "practice", "cases"}, t.Part) {
		form.Wrong("part", w.T(c, "Pilih bagiannya."))
	}
	for _, o := range v.Content.Objectives {
		if slices.Contains(form.Values["objectives"], o.Code) {
			t.Objectives = append(t.Objectives, o.Code)
		}
	}
	if form.OK() && form.Get("guard") != guardOf(v, code) {
		theirs := ""
		if l, err := w.Courses.LessonSource(c.Request.Context(), reader(c), v.ID, code); err == nil {
			theirs = l.Markdown
		}
		form.Take(faults.New(faults.Conflict, "Orang lain mengubah pelajaran ini setelah Anda membukanya. Tulisan Anda masih ada di bawah dan belum disimpan; tulisan mereka ada di bagian paling bawah. Gabungkan, lalu simpan sekali lagi.",
			"Somebody else changed this lesson after you opened it. Your text still stands below and is not saved yet; theirs stands at the very bottom. Bring them together, then save once more."), Lang(c))
		return w.editorPage(c, form.Status(), v, form, theirs)
	}
	if form.OK() {
		// The guard is of this lesson, so what others change elsewhere in the draft meanwhile is no conflict.
		done, err := w.Courses.WriteLesson(c.Request.Context(), reader(c), v.ID, v.Revision, t)
		if err == nil {
			return w.done(c, Success, w.T(c, "Pelajaran tersimpan."), versionURL(done.ID, done.Course, done.Number, "pelajaran", t.Code))
		}
		if !w.wrongLesson(c, &form, err) {
			return err
		}
	}
	return w.editorPage(c, form.Status(), v, form, "")
}

// wrongLesson notes beside the text what is wrong with it.
func (w *admin) wrongLesson(c *gin.Context, form *Form, err error) bool {
	f := faults.Of(err)
	if f.Kind == faults.TooLarge || f.Kind == faults.Invalid && len(f.Fields) > 0 && strings.HasPrefix(f.Fields[0].Path, "lessons") {
		form.Wrong("markdown", in(c, sentenceOf(f)))
		return true
	}
	return form.Take(err, Lang(c))
}
