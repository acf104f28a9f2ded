package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

func courseThing(code string) access.Thing { return access.Thing{Kind: "course", ID: code} }

// quizPrefix is how the codes of new tests begin.
var quizPrefix = map[courses.QuizKind]string{courses.PreTest: "pre", courses.Practice: "latihan", courses.PostTest: "post"}

// showNewQuiz is the form for a test that a draft does not have yet.
func (w *admin) showNewQuiz(c *gin.Context) error { return w.showQuiz(c) }

// showQuiz are the settings of a test of a draft.
func (w *admin) showQuiz(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	return w.quizPage(c, http.StatusOK, v, NewForm(nil))
}

func (w *admin) quizPage(c *gin.Context, status int, v courses.VersionDoc, form Form) error {
	code := c.Param("quiz")
	q, ok := v.Content.Quiz(code)
	title, to, button := in(c, q.Name()), w.outlineURL(c, "tes", code), Button{Label: "Simpan", Kind: "primary", Icon: "check"}
	if code == "" {
		title, to, button = w.T(c, "Tes baru"), w.outlineURL(c, "tes-baru"), Button{Label: "Buat tes", Kind: "primary", Icon: "plus"}
		q = courses.Quiz{Kind: courses.PostTest, Minutes: 30, Attempts: 3, PassMark: 70}
		if len(v.Content.Banks) > 0 {
			q.Bank = v.Content.Banks[0].Code
		}
	} else if !ok {
		return errNoQuiz()
	}
	stored := url.Values{"title": {q.Title.ID}, "title_en": {q.Title.EN}, "kind": {string(q.Kind)}, "bank": {q.Bank}, "minutes": {strconv.Itoa(q.Minutes)}, "attempts": {strconv.Itoa(q.Attempts)}, "pass_mark": {strconv.Itoa(q.PassMark)}}
	if q.Marking.Markers == 2 {
		stored.Set("two_markers", "1")
		if q.Marking.Apart > 0 {
			stored.Set("apart", strconv.Itoa(q.Marking.Apart))
		}
	}
	if q.InOrder {
		stored.Set("in_order", "1")
	}
	storedBehaviour(q.Behaviour, stored)
	for _, o := range v.Content.Objectives {
		if n := q.Draw[grading.Cell{Objective: o.Code}]; n > 0 {
			stored.Set("draw."+o.Code, strconv.Itoa(n))
		}
	}
	form = shownForm(form, stored)
	kinds, banks := []Option{}, w.T(c, "Draf ini belum punya bank soal. Tulis kode untuk yang pertama, misalnya soal.")
	for _, k := range []courses.QuizKind{courses.PreTest, courses.Practice, courses.PostTest} {
		kinds = append(kinds, Option{Value: string(k), Name: w.quizKind(c, k)})
	}
	for i, b := range v.Content.Banks {
		if i == 0 {
			banks = w.T(c, "Yang ada: %s", b.Code)
			continue
		}
		banks += ", " + b.Code
	}
	bank := form.Need("text", "bank", "Bank soal")
	bank.Text, bank.Length = banks, 30
	fields := []Field{hidden("revision", strconv.FormatInt(v.Revision, 10)),
		form.Need("radio", "kind", "Jenis tes").With(kinds), form.Input("text", "title", "Judul").Hinted("Kosongkan untuk nama yang biasa."), form.Input("text", "title_en", "Judul dalam bahasa Inggris"), bank,
		form.Input("number", "minutes", "Batas waktu").Short().Keyed("numeric", "").Between("0", "600").Measured("menit").Hinted("0 berarti tanpa batas."),
		form.Input("number", "attempts", "Kesempatan").Short().Keyed("numeric", "").Between("0", "20").Hinted("0 berarti tanpa batas."),
		form.Input("number", "pass_mark", "Nilai lulus").Short().Keyed("numeric", "").Between("0", "100").Hinted("1 sampai 100, hanya untuk tes akhir."),
		form.Input("checkbox", "in_order", "Soal menurut urutan bank, tidak diacak"),
		form.Input("checkbox", "two_markers", "Esai dan berkas dinilai dua orang"),
		form.Input("number", "apart", "Selisih yang diputuskan orang ketiga").Short().Keyed("numeric", "").Between("0", "100").Measured("poin").Hinted("Hanya untuk dua penilai. Kosong berarti di atas 20 poin dari 100; sampai di situ nilainya rata-rata keduanya.")}
	fields = append(fields, w.behaviourFields(c, form)...)
	for _, o := range v.Content.Objectives {
		f := form.Input("number", "draw."+o.Code, "Soal yang diambil").Short().Keyed("numeric", "").Between("0", strconv.Itoa(courses.MaxForm))
		f.Text = w.T(c, "Capaian %s: %s", o.Code, in(c, o.Text))
		if n := q.Draw.Of(o.Code) - q.Draw[grading.Cell{Objective: o.Code}]; n > 0 {
			f.Text += " · " + w.T(c, "ditambah %d soal menurut tingkat kesulitan", n)
		}
		fields = append(fields, f)
	}
	p := &PanelsPage{Base: Base{Active: navCourses, Title: title, Lead: in(c, v.Content.Card.Title) + " · " + w.T(c, "versi %d", v.Number), Crumbs: w.draftCrumbs(c, Link{Label: "Susunan kursus", URL: w.outlineURL(c, "susunan")})}}
	panel := Panel{Label: "Pengaturan tes", Form: &PanelForm{URL: to, Form: form, Fields: fields, Buttons: []Button{button}}}
	if q.Bank != "" && code != "" {
		panel.Actions = append(panel.Actions, Button{Label: "Kisi-kisi menurut tingkat", Icon: "scale", URL: w.outlineURL(c, "tes", code, "kisi-kisi")}, Button{Label: "Buka bank soal", Icon: "question", URL: w.outlineURL(c, "bank", q.Bank)})
	}
	if len(v.Content.Objectives) == 0 {
		panel.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Tulis dahulu capaian di data kursus; tes mengambil soal per capaian."), Action: &Button{Label: "Data kursus", URL: w.outlineURL(c, "data"), Small: true}}}
	}
	p.add(panel)
	w.Render(c, status, "panels", p)
	return nil
}

func errNoQuiz() error {
	return faults.New(faults.NotFound, "Tes ini tidak ada.", "This test does not exist.")
}

// addQuiz puts a new test at the end of a draft.
func (w *admin) addQuiz(c *gin.Context) error { return w.saveQuiz(c) }

// saveQuiz takes the settings of a test.
func (w *admin) saveQuiz(c *gin.Context) error {
	form, code := posted(c), c.Param("quiz")
	v, err := w.revise(c, &form, func(k *courses.Content) error {
		q, ok := k.Quiz(code)
		if !ok && code != "" {
			return errNoQuiz()
		}
		kind := courses.QuizKind(form.Get("kind"))
		if quizPrefix[kind] == "" {
			form.Wrong("kind", w.T(c, "Pilih jenis tesnya."))
		}
		q.Kind, q.Title, q.Bank, q.InOrder = kind, texts.T(texts.Tidy(form.Get("title")), texts.Tidy(form.Get("title_en"))), form.Get("bank"), form.Get("in_order") != ""
		if !bankCode.MatchString(q.Bank) {
			form.Wrong("bank", w.T(c, "Kode bank berisi huruf, angka, dan tanda hubung, paling banyak 30."))
		}
		for name, to := range map[string]*int{"minutes": &q.Minutes, "attempts": &q.Attempts, "pass_mark": &q.PassMark} {
			if n, ok := w.whole(c, &form, name, 0, map[string]int{"minutes": 600, "attempts": 20, "pass_mark": 100}[name]); ok {
				*to = n
			}
		}
		q.Marking = courses.QuizMarking{}
		if form.Get("two_markers") != "" {
			q.Marking.Markers = 2
			if form.Get("apart") != "" {
				q.Marking.Apart, _ = w.whole(c, &form, "apart", 0, 100)
			}
		}
		if kind != courses.PostTest {
			q.PassMark = 0
		} else if q.PassMark == 0 {
			form.Wrong("pass_mark", w.T(c, "Tes akhir butuh nilai lulus, 1 sampai 100."))
		}
		if err := w.takeBehaviour(c, &form, &q); err != nil {
			return err
		}
		draw := grading.Blueprint{}
		for cell, n := range q.Draw { // what is drawn by difficulty has its own table
			if _, known := k.Objective(cell.Objective); known && cell.Difficulty != "" {
				draw[cell] = n
			}
		}
		for _, o := range k.Objectives {
			if n, ok := w.whole(c, &form, "draw."+o.Code, 0, courses.MaxForm); ok && n > 0 {
				draw[grading.Cell{Objective: o.Code}] = n
			}
		}
		q.Draw = draw
		if code == "" {
			q.Code = freshCode(quizPrefix[kind], func(code string) bool { _, taken := k.Quiz(code); return taken })
			k.Quizzes = append(k.Quizzes, q)
			return nil
		}
		for i := range k.Quizzes {
			if k.Quizzes[i].Code == code {
				k.Quizzes[i] = q
			}
		}
		return nil
	})
	if err != nil {
		if v.ID == "" || v.State != courses.Draft || !w.refusedForm(c, &form, err) {
			return err
		}
		return w.quizPage(c, form.Status(), v, form)
	}
	return w.done(c, Success, w.T(c, "Tes tersimpan."), w.outlineURL(c, "susunan")+"#susunan")
}
