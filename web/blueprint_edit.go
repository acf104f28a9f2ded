package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// BlueprintPage is what a test draws: a table of objectives and difficulties.
type BlueprintPage struct {
	Base
	Form     Form
	URL      string
	Revision int64
	Levels   []string
	Rows     []BlueprintRow
	Total    string
	Short    []string // cells the bank cannot fill
	Back     string
}

// BlueprintRow is one objective.
type BlueprintRow struct {
	Name  string
	Cells []BlueprintCell
}

// BlueprintCell is how many are drawn, and how many there are.
type BlueprintCell struct {
	Field Field
	Have  string
	Short bool
}

// showBlueprint is what a test of a draft draws.
func (w *admin) showBlueprint(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	return w.blueprintPage(c, http.StatusOK, v, NewForm(nil))
}

// levels are the columns: the three difficulties, then any.
var levels = append(append([]grading.Difficulty{}, grading.Difficulties...), "")

func cellName(c grading.Cell) string { return "draw." + c.String() }

func (w *admin) blueprintPage(c *gin.Context, status int, v courses.VersionDoc, form Form) error {
	q, ok := v.Content.Quiz(c.Param("quiz"))
	if !ok {
		return errNoQuiz()
	}
	stock, err := w.Courses.Stock(c.Request.Context(), reader(c), v.ID, q.Bank)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return err
	}
	stored := url.Values{}
	for cell, n := range q.Draw {
		stored.Set(cellName(cell), strconv.Itoa(n))
	}
	form = shownForm(form, stored)
	p := &BlueprintPage{Base: Base{Active: navCourses, Title: w.T(c, "Kisi-kisi %s", in(c, q.Name())), Lead: w.T(c, "Berapa soal yang diambil menurut capaian dan tingkat kesulitan."), Crumbs: w.draftCrumbs(c, Link{Name: in(c, q.Name()), URL: w.outlineURL(c, "tes", q.Code)})},
		Form: form, URL: w.outlineURL(c, "tes", q.Code, "kisi-kisi"), Revision: v.Revision, Back: w.outlineURL(c, "tes", q.Code)}
	drawn := grading.Blueprint{}
	for _, d := range levels {
		label := "Tingkat apa saja"
		if d != "" {
			label = difficultyLabels[d]
		}
		p.Levels = append(p.Levels, label)
	}
	short := map[grading.Cell]bool{}
	for _, o := range v.Content.Objectives {
		for _, d := range levels {
			cell := grading.Cell{Objective: o.Code, Difficulty: d}
			if n, err := strconv.Atoi(form.Get(cellName(cell))); err == nil && n > 0 {
				drawn[cell] = n
			}
		}
	}
	for _, x := range drawn.Short(stock) {
		short[x.Cell] = true
		p.Short = append(p.Short, in(c, x.Text()))
	}
	for _, o := range v.Content.Objectives {
		row := BlueprintRow{Name: o.Code + " · " + in(c, o.Text)}
		for i, d := range levels {
			cell := grading.Cell{Objective: o.Code, Difficulty: d}
			f := form.Input("number", cellName(cell), "").Short().Keyed("numeric", "off").Between("0", strconv.Itoa(courses.MaxForm))
			f.Label = o.Code + ", " + w.words.say(Lang(c), p.Levels[i])
			row.Cells = append(row.Cells, BlueprintCell{Field: f, Have: w.T(c, "dari %d", stock[cell]), Short: short[cell]})
		}
		p.Rows = append(p.Rows, row)
	}
	p.Total = w.T(c, "Satu lembar memuat %d soal, paling banyak %d.", drawn.Count(), courses.MaxForm)
	w.Render(c, status, "blueprint", p)
	return nil
}

// saveBlueprint takes what a test draws.
func (w *admin) saveBlueprint(c *gin.Context) error {
	form := posted(c)
	v, err := w.revise(c, &form, func(k *courses.Content) error {
		draw, found := grading.Blueprint{}, false
		for _, o := range k.Objectives {
			for _, d := range levels {
				cell := grading.Cell{Objective: o.Code, Difficulty: d}
				if n, ok := w.whole(c, &form, cellName(cell), 0, courses.MaxForm); ok && n > 0 {
					draw[cell] = n
				}
			}
		}
		if n := draw.Count(); n > courses.MaxForm {
			form.Wrong("", w.T(c, "Satu tes paling banyak %d soal; kisi-kisi ini mengambil %d.", courses.MaxForm, n))
		}
		for i := range k.Quizzes {
			if k.Quizzes[i].Code == c.Param("quiz") {
				k.Quizzes[i].Draw, found = draw, true
			}
		}
		if !found {
			return errNoQuiz()
		}
		return nil
	})
	if err != nil {
		if v.ID == "" || v.State != courses.Draft || !w.refusedForm(c, &form, err) {
			return err
		}
		return w.blueprintPage(c, form.Status(), v, form)
	}
	return w.done(c, Success, w.T(c, "Kisi-kisi tersimpan."), w.outlineURL(c, "tes", c.Param("quiz"), "kisi-kisi"))
}
