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
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// TaskEditPage is a field task of a draft for its author, beside what its learners will read.
type TaskEditPage struct {
	Base
	Form     Form
	URL      string
	Head     []Field
	Groups   []FieldGroup
	Preview  Prose
	Facts    []Fact
	Criteria []WorkCriterion
	Cancel   string
}

// showNewTask is the form for a field task that a draft does not have yet.
func (w *admin) showNewTask(c *gin.Context) error { return w.showTask(c) }

// showTask is the form of a field task of a draft.
func (w *admin) showTask(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	t, err := w.storedTask(c, v)
	if err != nil {
		return err
	}
	return w.taskPage(c, http.StatusOK, v, t, NewForm(taskValues(t, v)), "")
}

// storedTask is the field task of the address, or a new one.
func (w *admin) storedTask(c *gin.Context, v courses.VersionDoc) (courses.FieldTask, error) {
	code := c.Param("task")
	t, ok := v.Content.Task(code)
	if code == "" {
		return courses.FieldTask{Words: 600, Minutes: 60, Days: 14, Judge: courses.BySupervisor, Accept: 70, Rubric: []grading.Criterion{{Weight: 1, Levels: []grading.Level{{}, {Mark: grading.Full / 2}, {Mark: grading.Full}}}}}, nil
	}
	if !ok {
		return t, faults.New(faults.NotFound, "Tugas lapangan ini tidak ada.", "This field task does not exist.")
	}
	return t, nil
}

func taskValues(t courses.FieldTask, v courses.VersionDoc) url.Values {
	out := itemValues(grading.Item{Rubric: t.Rubric}, grading.Edit{Rubric: true})
	for name, value := range map[string]string{"title": t.Title.ID, "title_en": t.Title.EN, "instructions": t.Instructions, "words": strconv.Itoa(t.Words), "files": strconv.Itoa(t.Files), "minutes": strconv.Itoa(t.Minutes), "days": strconv.Itoa(t.Days),
		"judge": string(t.Judge), "accept": strconv.Itoa(t.Accept), "revision": strconv.FormatInt(v.Revision, 10)} {
		out.Set(name, value)
	}
	if t.Optional {
		out.Set("optional", "1")
	}
	if t.Marking.Markers == 2 {
		out.Set("two_markers", "1")
		if t.Marking.Apart > 0 {
			out.Set("apart", strconv.Itoa(t.Marking.Apart))
		}
	}
	for _, s := range t.Shows {
		out.Set("shows."+s.Competency, strconv.Itoa(s.Level))
	}
	return out
}

func (w *admin) taskPage(c *gin.Context, status int, v courses.VersionDoc, t courses.FieldTask, form Form, at string) error {
	code := c.Param("task")
	p := &TaskEditPage{Base: Base{Active: navCourses, Title: or(form.Get("title"), w.T(c, "Tugas lapangan baru")), Lead: in(c, v.Content.Card.Title) + " · " + w.T(c, "versi %d", v.Number), Crumbs: w.draftCrumbs(c, Link{Label: "Susunan kursus", URL: w.outlineURL(c, "susunan")})},
		Form: form, URL: w.outlineURL(c, "tugas-baru"), Cancel: w.outlineURL(c, "susunan") + "#susunan"}
	if code != "" {
		p.URL = w.outlineURL(c, "tugas", code)
	}
	if at != "" {
		p.URL += "#" + here
	}
	title := form.Need("text", "title", "Judul tugas")
	title.Length = 200
	text := form.Need("textarea", "instructions", "Petunjuk").Tall(14).Hinted("Markdown: apa yang dikerjakan di tempat kerja, langkahnya, dan apa yang dikumpulkan.")
	text.Length = courses.MaxInstructions
	judges := []Option{{Value: string(courses.BySupervisor), Label: "Atasan peserta, yang mengenal orangnya"}, {Value: string(courses.ByMarker), Label: "Penilai, tanpa melihat nama"}}
	p.Head = []Field{hidden("revision", form.Get("revision")), title, form.Input("text", "title_en", "Judul dalam bahasa Inggris"), text}
	ask := FieldGroup{Name: w.T(c, "Yang dikumpulkan"), Short: []Field{
		form.Input("number", "words", "Laporan").Short().Keyed("numeric", "").Between("0", strconv.Itoa(courses.MaxTaskWords)).Measured("kata").Hinted("0 berarti tanpa laporan tertulis."),
		form.Input("number", "files", "Berkas").Short().Keyed("numeric", "").Between("0", strconv.Itoa(courses.MaxTaskFiles)).Hinted("0 berarti tanpa berkas."),
		form.Input("number", "minutes", "Perkiraan waktu kerja").Short().Keyed("numeric", "").Between("1", "2000").Measured("menit").Hinted("Dihitung dalam JP."),
		form.Input("number", "days", "Batas waktu").Short().Keyed("numeric", "").Between("0", strconv.Itoa(courses.MaxTaskDays)).Measured("hari").Hinted("Sejak dimulai; 0 berarti tanpa batas.")}}
	judge := FieldGroup{Name: w.T(c, "Penilaian"), Fields: []Field{form.Need("radio", "judge", "Dinilai oleh").With(judges)}, Short: []Field{
		form.Input("number", "accept", "Diterima mulai nilai").Short().Keyed("numeric", "").Between("1", "100"),
		form.Input("checkbox", "two_markers", "Dinilai dua penilai"),
		form.Input("number", "apart", "Selisih yang diputuskan orang ketiga").Short().Keyed("numeric", "").Between("0", "100").Measured("poin")}}
	shows := FieldGroup{ID: "menunjukkan", Name: w.T(c, "Kompetensi yang ditunjukkan"), Text: w.T(c, "Level yang dibuktikan tugas ini bila diterima, paling tinggi sasaran kursus. 0 berarti tidak ditunjukkan.")}
	for _, x := range v.Content.Card.Targets {
		shows.Short = append(shows.Short, form.Input("number", "shows."+x.Competency, "Level").Short().Keyed("numeric", "").Between("0", strconv.Itoa(x.Level)).Hinted(w.T(c, "%s, sasaran level %d", x.Competency, x.Level)))
	}
	if len(shows.Short) == 0 {
		shows.Text = w.T(c, "Kursus ini belum punya sasaran kompetensi. Tulis dahulu di data kursus.")
	}
	shows.Fields = append(shows.Fields, form.Input("checkbox", "optional", "Pilihan: sertifikat tidak menunggu tugas ini"))
	g := groups{w: w, c: c, form: form, at: at}
	p.Groups = []FieldGroup{ask, judge, shows, g.rubric()}
	if strings.TrimSpace(t.Instructions) != "" {
		x, err := w.Courses.PreviewLesson(c.Request.Context(), reader(c), v.ID, t.Instructions)
		if err == nil {
			p.Preview = x.HTML
		} else if f := faults.Of(err); f.Kind != faults.Invalid && f.Kind != faults.TooLarge {
			return err
		}
	}
	p.Facts = w.taskFacts(c, t)
	for _, k := range t.Rubric {
		row := WorkCriterion{Text: k.Text}
		for _, l := range k.Levels {
			row.Levels = append(row.Levels, Fact{Name: l.Text, Value: w.format(c).points(l.Mark.Thousandths() * 100)})
		}
		p.Criteria = append(p.Criteria, row)
	}
	w.Render(c, status, "task-edit", p)
	return nil
}

// addTask puts a new field task at the end of a draft.
func (w *admin) addTask(c *gin.Context) error { return w.saveTask(c) }

// saveTask takes the form of a field task: shows another row, a preview, or stores it.
func (w *admin) saveTask(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	form := posted(c)
	was, err := w.storedTask(c, v)
	if err != nil {
		return err
	}
	t, f := w.postedTask(c, &form, was, v)
	if do, at, rows := strings.Cut(form.Get("go"), ":"); rows && do == "add" {
		n, _ := strconv.Atoi(form.Get(at))
		form.Values.Set(at, strconv.Itoa(min(max(n, 0)+1, grading.MaxOptions)))
		if at == "r" {
			form.Values.Set(fmt.Sprintf("r%d.l", n), "3")
		}
		form.Errors = nil
		return w.taskPage(c, http.StatusOK, v, t, form, fmt.Sprintf("%s%d.", at, n))
	}
	if form.Get("go") == "preview" {
		form.Errors = nil
		return w.taskPage(c, http.StatusOK, v, t, form, "")
	}
	if form.OK() {
		revision, err := strconv.ParseInt(form.Get("revision"), 10, 64)
		if err != nil || revision != v.Revision {
			err = overtaken()
		} else {
			_, err = w.Courses.WriteTask(c.Request.Context(), reader(c), v.ID, revision, t)
		}
		if err == nil {
			return w.done(c, Success, w.T(c, "Tugas lapangan tersimpan."), w.outlineURL(c, "susunan")+"#susunan")
		}
		fault := *faults.Of(err)
		fault.Fields = slices.Clone(fault.Fields)
		for i := range fault.Fields {
			path := fault.Fields[i].Path
			switch {
			case strings.HasPrefix(path, "rubric"):
				path = f.field(path)
			case strings.HasPrefix(path, "shows") && len(v.Content.Card.Targets) > 0:
				path = "shows." + v.Content.Card.Targets[0].Competency
			case path == "marking.difference":
				path = "apart"
			case strings.HasPrefix(path, "marking"):
				path = "two_markers"
			}
			fault.Fields[i].Path = path
		}
		if !w.refusedForm(c, &form, &fault) {
			return err
		}
		form.Values.Set("revision", strconv.FormatInt(v.Revision, 10)) // what stands in the form has been seen now
	}
	return w.taskPage(c, form.Status(), v, t, form, "")
}

// postedTask reads a field task from its form.
func (w *admin) postedTask(c *gin.Context, form *Form, t courses.FieldTask, v courses.VersionDoc) (courses.FieldTask, *itemForm) {
	t.Code = c.Param("task")
	t.Title, t.Instructions, t.Judge = texts.T(texts.Tidy(form.Get("title")), texts.Tidy(form.Get("title_en"))), lines(form.Values.Get("instructions")), courses.Judge(form.Get("judge"))
	for name, x := range map[string]struct {
		to   *int
		most int
	}{"words": {&t.Words, courses.MaxTaskWords}, "files": {&t.Files, courses.MaxTaskFiles}, "minutes": {&t.Minutes, 2000}, "days": {&t.Days, courses.MaxTaskDays}, "accept": {&t.Accept, 100}} {
		if n, ok := w.whole(c, form, name, 0, x.most); ok {
			*x.to = n
		}
	}
	t.Optional = form.Get("optional") != ""
	t.Marking = courses.QuizMarking{}
	if form.Get("two_markers") != "" {
		t.Marking.Markers = 2
		if form.Get("apart") != "" {
			t.Marking.Apart, _ = w.whole(c, form, "apart", 0, 100)
		}
	}
	t.Shows = nil
	for _, x := range v.Content.Card.Targets {
		if n, ok := w.whole(c, form, "shows."+x.Competency, 0, x.Level); ok && n > 0 {
			t.Shows = append(t.Shows, courses.Target{Competency: x.Competency, Level: n})
		}
	}
	f := &itemForm{w: w, c: c, form: form}
	t.Rubric = f.read("", grading.Edit{Rubric: true}).Rubric
	return t, f
}

// sampleTaskEdit is invented.
func sampleTaskEdit() *TaskEditPage {
	form := NewForm(url.Values{"title": {"Meja layanan tanpa pungli"}})
	form.Wrong("title", "Judul harus diisi.")
	x := sampleFieldWork()
	return &TaskEditPage{Base: Base{Title: "Tugas lapangan"}, Form: form, URL: "/gaya", Head: []Field{form.Input("text", "title", "Judul tugas")}, Groups: []FieldGroup{{Name: "Yang dikumpulkan", Short: []Field{form.Input("number", "words", "Laporan")}}}, Preview: x.Text, Facts: x.Facts, Criteria: x.Criteria, Cancel: "/gaya"}
}
