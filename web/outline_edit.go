package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// OutlinePage is the order of a draft: its lessons and tests as rows of one form, so that moving one keeps what was typed in the others.
type OutlinePage struct {
	Base
	Form     Form
	URL      string
	Revision int64
	Lists    []OutlineList
	Minutes  Panel // how the minutes stand against the JP
}

// OutlineList is the lessons or the tests of a draft.
type OutlineList struct {
	Label string
	Kind  string // prefix of its fields: lesson, quiz
	Rows  []OutlineRow
	Add   []Button
	Empty Empty
}

// OutlineRow is one lesson or test.
type OutlineRow struct {
	Code        string
	Name        string // as it is stored
	Number      int
	Title       Field
	Minutes     Field
	Text        string // what else there is to know
	URL         string
	First, Last bool
}

// Key names the row among the rows of both lists.
func (l OutlineList) Key(r OutlineRow) string { return l.Kind + "." + r.Code }

func (w *admin) outlineURL(c *gin.Context, more ...string) string {
	return address(append([]string{"kelola", "kursus", c.Param("course"), c.Param("number")}, more...)...)
}

// draftCrumbs lead to a page of a draft.
func (w *admin) draftCrumbs(c *gin.Context, more ...Link) []Link {
	number, _ := strconv.Atoi(c.Param("number"))
	return crumbs(append([]Link{{Label: "Kelola kursus", URL: "/kelola/kursus"}, {Name: c.Param("course"), URL: address("kelola", "kursus", c.Param("course"))},
		{Name: w.T(c, "Versi %d", number), URL: w.outlineURL(c)}}, more...)...)
}

// editing is the draft of the address for its author; a version that is no draft is Conflict.
func (w *admin) editing(c *gin.Context) (courses.VersionDoc, error) {
	v, err := w.draftFor(c)
	if err == nil && v.State != courses.Draft {
		err = faults.New(faults.Conflict, "Versi ini sudah terbit atau dibuang dan tidak dapat diubah. Mulai draf baru di halaman kursus.", "This version is published or discarded and cannot be changed. Begin a new draft on the course's page.")
	}
	return v, err
}

// revise changes the content of the draft of the address, at the revision that the form carries.
func (w *admin) revise(c *gin.Context, form *Form, change func(k *courses.Content) error) (courses.VersionDoc, error) {
	v, err := w.editing(c)
	if err != nil {
		return v, err
	}
	revision, err := strconv.ParseInt(form.Get("revision"), 10, 64)
	if err != nil || revision != v.Revision {
		return v, overtaken()
	}
	if err := change(&v.Content); err != nil {
		return v, err
	}
	if !form.OK() {
		return v, errForm
	}
	return w.Courses.Revise(c.Request.Context(), reader(c), v.ID, revision, v.Content)
}

// errForm says that the mistakes stand in the form already.
var errForm = faults.New(faults.Invalid, "", "")

// overtaken is told to whoever saves a page of a draft that somebody else changed after it was opened. What was typed stays in the form.
func overtaken() error {
	return faults.New(faults.Conflict, "Orang lain mengubah draf ini setelah halaman Anda dibuka. Isian Anda masih ada di bawah dan belum disimpan. Periksa, lalu simpan sekali lagi.",
		"Somebody else changed this draft after your page was opened. What you typed still stands below and is not saved yet. Look at it, then save once more.")
}

// refusedForm notes an error in a form; false for one that is not about it.
func (w *admin) refusedForm(c *gin.Context, form *Form, err error) bool {
	return err == errForm || form.Take(err, Lang(c))
}

// showOutline is the order of a draft.
func (w *admin) showOutline(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	return w.outlinePage(c, http.StatusOK, v, NewForm(nil), nil)
}

// outlinePage shows the lists of a draft. order has the codes of each list as they were sent, with what was typed in form; nil: as the draft has them.
func (w *admin) outlinePage(c *gin.Context, status int, v courses.VersionDoc, form Form, order map[string][]string) error {
	p := &OutlinePage{Base: Base{Active: navCourses, Title: w.T(c, "Susunan kursus"), Lead: in(c, v.Content.Card.Title) + " · " + w.T(c, "versi %d", v.Number), Crumbs: w.draftCrumbs(c)},
		Form: form, URL: w.outlineURL(c, "susunan"), Revision: v.Revision, Minutes: w.minutesPanel(c, v.Content)}
	p.Actions = []Button{{Label: "Data kursus", Icon: "settings", URL: w.outlineURL(c, "data")}, {Label: "Periksa lalu terbitkan", Icon: "check", URL: w.outlineURL(c)}}
	lessons := OutlineList{Label: "Pelajaran", Kind: "lesson", Add: []Button{{Label: "Tulis pelajaran baru", Icon: "plus", URL: w.outlineURL(c, "pelajaran-baru")}, {Label: "Pelajaran dari dokumen", Icon: "import", URL: w.outlineURL(c, "dokumen")}}, Empty: Empty{Icon: "book", Label: "Belum ada pelajaran"}}
	for _, l := range courses.Arranged(v.Content.Lessons, func(l courses.LessonRef) string { return l.Code }, order["lesson"]) {
		lessons.Rows = append(lessons.Rows, OutlineRow{Code: l.Code, Name: in(c, l.Title), URL: w.outlineURL(c, "pelajaran", l.Code),
			Text:  strings.Join(append([]string{l.Code, w.part(c, or(l.Part, "lessons")), w.T(c, "dibaca %d menit", (l.Seconds+59)/60)}, l.Objectives...), " · "),
			Title: typed(form, "lesson."+l.Code+".title", "Judul pelajaran", l.Title.ID), Minutes: typed(form, "lesson."+l.Code+".minutes", "Menit", strconv.Itoa(l.Minutes))})
	}
	for i := range lessons.Rows {
		lessons.Rows[i].Title.Required = true
	}
	quizzes := OutlineList{Label: "Tes", Kind: "quiz", Add: []Button{{Label: "Buat tes baru", Icon: "plus", URL: w.outlineURL(c, "tes-baru")}}, Empty: Empty{Icon: "quiz", Label: "Belum ada tes"}}
	for _, q := range courses.Arranged(v.Content.Quizzes, func(q courses.Quiz) string { return q.Code }, order["quiz"]) {
		quizzes.Rows = append(quizzes.Rows, OutlineRow{Code: q.Code, Name: in(c, q.Name()), URL: w.outlineURL(c, "tes", q.Code),
			Text:  strings.Join([]string{q.Code, w.quizKind(c, q.Kind), w.T(c, "Bank %s", q.Bank)}, " · "),
			Title: typed(form, "quiz."+q.Code+".title", "Judul tes", q.Title.ID), Minutes: typed(form, "quiz."+q.Code+".minutes", "Menit", strconv.Itoa(q.Minutes))})
	}
	tasks := OutlineList{Label: "Tugas lapangan", Kind: "task", Add: []Button{{Label: "Tulis tugas lapangan", Icon: "plus", URL: w.outlineURL(c, "tugas-baru")}}, Empty: Empty{Icon: "task", Label: "Belum ada tugas lapangan", Text: w.T(c, "Sasaran level 3 ke atas butuh tugas yang dinilai orang.")}}
	for _, t := range courses.Arranged(v.Content.Tasks, func(t courses.FieldTask) string { return t.Code }, order["task"]) {
		shows := []string{t.Code, w.taskJudge(c, t)}
		for _, s := range t.Shows {
			shows = append(shows, w.T(c, "%s level %d", s.Competency, s.Level))
		}
		tasks.Rows = append(tasks.Rows, OutlineRow{Code: t.Code, Name: in(c, t.Title), URL: w.outlineURL(c, "tugas", t.Code), Text: strings.Join(shows, " · "),
			Title: typed(form, "task."+t.Code+".title", "Judul tugas", t.Title.ID), Minutes: typed(form, "task."+t.Code+".minutes", "Menit", strconv.Itoa(t.Minutes))})
	}
	for _, l := range []OutlineList{lessons, quizzes, tasks} {
		for i := range l.Rows {
			r := &l.Rows[i]
			r.Number, r.First, r.Last = i+1, i == 0, i == len(l.Rows)-1
			r.Title.Length = 200
			r.Minutes = r.Minutes.Short().Keyed("numeric", "").Between("0", "600")
			r.Minutes.Kind = "number"
		}
		p.Lists = append(p.Lists, l)
	}
	w.Render(c, status, "outline", p)
	return nil
}

// typed is a text field with what was typed, or with what is stored when the form does not have it.
func typed(form Form, name, label, stored string) Field {
	f := form.Input("text", name, label)
	if !form.Values.Has(name) {
		f.Value = stored
	}
	return f
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// arrange saves titles, minutes and order as they were sent, after the one move that the pressed button asks for: go is "save", or "up", "down" or "remove" with a row.
func (w *admin) arrange(c *gin.Context) error {
	form := posted(c)
	order := map[string][]string{"lesson": form.Values["lesson"], "quiz": form.Values["quiz"], "task": form.Values["task"]}
	act, row, _ := strings.Cut(form.Get("go"), ":")
	kind, code, _ := strings.Cut(row, ".")
	at := "#susunan"
	if list := order[kind]; act == "up" || act == "down" {
		list = slices.Clone(list)
		i := slices.Index(list, code)
		j := i - 1
		if act == "down" {
			j = i + 1
		}
		if i >= 0 && j >= 0 && j < len(list) {
			list[i], list[j] = list[j], list[i]
		}
		order[kind], at = list, "#"+kind+"-"+code
	}
	v, err := w.revise(c, &form, func(k *courses.Content) error {
		k.Lessons = courses.Arranged(k.Lessons, func(l courses.LessonRef) string { return l.Code }, order["lesson"])
		k.Quizzes = courses.Arranged(k.Quizzes, func(q courses.Quiz) string { return q.Code }, order["quiz"])
		for i := range k.Lessons {
			l := &k.Lessons[i]
			w.retitled(c, &form, "lesson."+l.Code, &l.Title, &l.Minutes)
		}
		for i := range k.Quizzes {
			q := &k.Quizzes[i]
			w.retitled(c, &form, "quiz."+q.Code, &q.Title, &q.Minutes)
		}
		k.Tasks = courses.Arranged(k.Tasks, func(t courses.FieldTask) string { return t.Code }, order["task"])
		for i := range k.Tasks {
			t := &k.Tasks[i]
			w.retitled(c, &form, "task."+t.Code, &t.Title, &t.Minutes)
		}
		if act == "remove" && kind == "task" {
			k.Tasks = slices.DeleteFunc(k.Tasks, func(t courses.FieldTask) bool { return t.Code == code })
		}
		if act == "remove" && kind == "lesson" {
			k.Lessons = slices.DeleteFunc(k.Lessons, func(l courses.LessonRef) bool { return l.Code == code })
		}
		if act == "remove" && kind == "quiz" {
			k.Quizzes = slices.DeleteFunc(k.Quizzes, func(q courses.Quiz) bool { return q.Code == code })
		}
		return nil
	})
	if err != nil {
		if v.ID == "" || v.State != courses.Draft || !w.refusedForm(c, &form, err) {
			return err
		}
		return w.outlinePage(c, form.Status(), v, form, order)
	}
	said := w.T(c, "Susunan tersimpan.")
	if act == "remove" {
		said = w.T(c, "Dihapus dari draf ini. Versi yang sudah terbit tidak berubah.")
	}
	return w.done(c, Success, said, w.outlineURL(c, "susunan")+at)
}

// retitled takes title and minutes of a row as they were typed; a row that was not sent stays.
func (w *admin) retitled(c *gin.Context, form *Form, at string, title *texts.Text, minutes *int) {
	if !form.Values.Has(at + ".title") {
		return
	}
	if t := form.Get(at + ".title"); t != title.ID {
		if t == "" && !strings.HasPrefix(at, "quiz.") {
			form.Wrong(at+".title", w.T(c, "Judul harus diisi."))
		}
		*title = texts.Text{ID: t} // the English title was of the old one
	}
	if n, ok := w.whole(c, form, at+".minutes", 0, 600); ok {
		*minutes = n
	}
}

// whole reads a whole number of a form; an empty field is 0. What is none, or out of range, is noted beside its field.
func (w *admin) whole(c *gin.Context, form *Form, name string, low, high int) (int, bool) {
	s := form.Get(name)
	if s == "" {
		s = "0"
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		form.Wrong(name, w.T(c, "Isi bilangan bulat %d sampai %d.", low, high))
		return 0, false
	}
	return n, true
}

// freshCode is the first of prefix1, prefix2 ... that nobody has.
func freshCode(prefix string, taken func(code string) bool) string {
	for i := 1; ; i++ {
		if code := fmt.Sprint(prefix, i); !taken(code) {
			return code
		}
	}
}

// shownForm is a form that shows what is stored; with what was posted it shows that instead.
func shownForm(form Form, stored url.Values) Form {
	if form.Values == nil {
		form.Values = stored
	}
	return form
}

// taskJudge says who judges a field task.
func (w *admin) taskJudge(c *gin.Context, t courses.FieldTask) string {
	if t.Judge == courses.BySupervisor {
		return w.T(c, "dinilai atasan")
	}
	return w.T(c, "dinilai penilai")
}
