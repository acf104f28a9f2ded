package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// compareVersions shows what differs between a version and another one of its course, by default the one before.
func (w *admin) compareVersions(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	v, err := w.Courses.Version(ctx, a, versionID(c))
	if err != nil {
		return err
	}
	all, err := w.Courses.Versions(ctx, a, v.Course)
	if err != nil {
		return err
	}
	with := c.Query("dengan")
	var others []Option
	for _, o := range all {
		if o.Number == v.Number {
			continue
		}
		n := strconv.Itoa(o.Number)
		if with == "" && o.Number < v.Number && o.State == courses.Published {
			with = n
		}
		badge := versionBadge(o, "")
		others = append(others, Option{Value: n, Name: w.T(c, "Versi %d", o.Number) + " · " + w.words.say(Lang(c), badge.Label)})
	}
	if with == "" && len(others) > 0 {
		with = others[0].Value
	}
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Bandingkan versi"), Lead: in(c, v.Content.Card.Title) + " · " + w.T(c, "versi %d", v.Number), Crumbs: w.draftCrumbs(c)}}
	if len(others) == 0 {
		p.add(Panel{Empty: &Empty{Icon: "sync", Label: "Kursus ini baru punya satu versi"}})
		w.Render(c, http.StatusOK, "panels", p)
		return nil
	}
	form := NewForm(map[string][]string{"dengan": {with}})
	p.add(Panel{Form: &PanelForm{Get: true, Rows: true, URL: w.outlineURL(c, "banding"), Form: form, Fields: []Field{form.Input("select", "dengan", "Bandingkan dengan").With(others)}, Buttons: []Button{{Label: "Bandingkan"}}}})
	x, err := w.Courses.CompareVersions(ctx, a, v.Course+"."+with, v.ID)
	if errors.Is(err, faults.NotFound) {
		p.Notices = []Notice{{Kind: Warn, Text: in(c, faults.Of(err).Text)}}
		w.Render(c, http.StatusNotFound, "panels", p)
		return nil
	}
	if err != nil {
		return err
	}
	p.Notices = []Notice{{Kind: Info, Text: w.T(c, "Yang tampil adalah perubahan dari versi %d ke versi %d. Baris bertanda − hanya ada di versi %d, baris bertanda + hanya di versi %d.", x.Was.Number, x.Now.Number, x.Was.Number, x.Now.Number)}}
	if x.Same() {
		p.Notices = []Notice{{Kind: Success, Text: w.T(c, "Isi versi %d dan versi %d sama.", x.Was.Number, x.Now.Number)}}
	}
	if len(x.Card)+len(x.Order) > 0 {
		p.add(Panel{Label: "Kartu kursus", Facts: w.differences(c, append(x.Card, x.Order...))})
	}
	for _, part := range []struct {
		label string
		list  []courses.Change
	}{{"Capaian", x.Objectives}, {"Pelajaran", x.Lessons}, {"Tes dan kisi-kisi", x.Quizzes}, {"Tugas lapangan", x.Tasks}, {"Soal", x.Items}, {"Berkas", x.Files}} {
		if len(part.list) == 0 {
			continue
		}
		panel := Panel{Name: w.words.say(Lang(c), part.label) + " (" + w.count(c, len(part.list)) + ")"}
		for i, ch := range part.list {
			if i == maxShown {
				panel.Inner = append(panel.Inner, Panel{Text: w.T(c, "Ditampilkan %d dari %d", maxShown, len(part.list))})
				break
			}
			panel.Inner = append(panel.Inner, w.changePanel(c, ch, len(part.list) <= 5))
		}
		p.add(panel)
	}
	w.Render(c, http.StatusOK, "panels", p)
	return nil
}

var fateOfChange = map[courses.Fate]Badge{courses.FateNew: {Kind: Success, Label: "Baru", Icon: "plus"}, courses.FateGone: {Kind: Danger, Label: "Hilang", Icon: "trash"}, courses.FateChanged: {Kind: Info, Label: "Berubah", Icon: "edit"}}

// changePanel is one part that differs.
func (w *admin) changePanel(c *gin.Context, ch courses.Change, open bool) Panel {
	name := ch.Code
	if t := in(c, ch.Title); t != "" {
		name += " · " + cut(t, 90)
	}
	panel := Panel{Name: name, Badges: []Badge{fateOfChange[ch.Fate]}, Facts: w.differences(c, ch.Fields)}
	if ch.Bank != "" {
		panel.Badges = append(panel.Badges, Badge{Text: ch.Bank})
	}
	for i, l := range ch.Lines {
		if i == maxShown {
			panel.Reasons = append(panel.Reasons, Reason{Kind: Neutral, Text: w.T(c, "dan %d lagi", len(ch.Lines)-i)})
			break
		}
		r := Reason{Kind: Neutral, Text: "… " + cut(l.Text, 120)}
		switch l.Mark {
		case "+":
			r = Reason{Kind: Success, Text: "+ " + l.Text}
		case "-":
			r = Reason{Kind: Danger, Text: "− " + l.Text}
		}
		panel.Reasons = append(panel.Reasons, r)
	}
	panel.Fold, panel.Open = len(panel.Facts)+len(panel.Reasons) > 0, open
	return panel
}

// differences are fields as they were and as they are.
func (w *admin) differences(c *gin.Context, all []grading.Difference) (out []Fact) {
	for _, d := range all {
		out = append(out, Fact{Name: in(c, d.Name), Value: dash(cut(d.Was, 400)) + " → " + dash(cut(d.Now, 400))})
	}
	return out
}
