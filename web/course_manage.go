package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
)

// manageCourse is one course with all its versions.
func (w *admin) manageCourse(c *gin.Context) error { return w.managePage(c, http.StatusOK, "", Form{}) }

func (w *admin) managePage(c *gin.Context, status int, which string, form Form) error {
	ctx, a, code, f := c.Request.Context(), reader(c), c.Param("course"), w.format(c)
	k, err := w.Courses.Course(ctx, a, code)
	if err != nil {
		return err
	}
	versions, err := w.Courses.Versions(ctx, a, code)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navCourses, Title: in(c, k.Card.Title), Lead: code + " · " + in(c, k.Card.Summary), Crumbs: crumbs(Link{Label: "Kelola kursus", URL: "/kelola/kursus"})}}
	if k.Closed {
		p.Notices = append(p.Notices, Notice{Kind: Warn, Text: w.T(c, "Kursus ini ditutup: tidak ada peserta baru. Yang sedang berjalan diteruskan.")})
	}
	t := Table{Label: "Versi", NoSearch: true, Columns: []Column{{Label: "Versi", Main: true}, {Label: "Status"}, {Label: "Pelajaran", Numeric: true}, {Label: "Soal", Numeric: true}, {Label: "Ditulis"}, {Label: "Diterbitkan"}},
		Empty: Empty{Icon: "course", Label: "Belum ada versi", Text: w.T(c, "Mulai draf pertama, atau unggah kursus sebagai zip.")}}
	for _, v := range versions {
		b := versionBadge(v, k.Head)
		items := 0
		for _, bank := range v.Content.Banks {
			items += bank.Items
		}
		row := Row{URL: versionURL(v.ID, code, v.Number), Cells: []Cell{{Text: w.T(c, "Versi %d", v.Number)}, {Badge: &b}, {Text: w.count(c, len(v.Content.Lessons))}, {Text: w.count(c, items)},
			{Text: f.day(v.MadeAt), Sub: w.person(ctx, v.MadeBy)}, {Text: f.day(v.PublishedAt), Sub: w.person(ctx, v.PublishedBy)}}}
		if v.PublishedAt.IsZero() {
			row.Cells[5] = Cell{Text: "–"}
		}
		t.Rows = append(t.Rows, row)
	}
	panel := Panel{Label: "Versi", Table: &t}
	if w.may(c, "author", "course") && k.Draft == "" {
		panel.Actions = append(panel.Actions, Button{Label: "Mulai draf baru", Post: true, URL: address("kelola", "kursus", code, "draf"), Icon: "edit"})
	}
	p.add(panel)
	p.add(Panel{Half: true, Label: "Kartu kursus", Facts: []Fact{{Label: "Jenis", Value: w.courseKind(c, k.Card.Kind)}, {Label: "Jam pelajaran (JP)", Value: w.count(c, k.Card.JP)}, {Label: "Masa berlaku sertifikat", Value: w.validity(c, k.Card.ValidMonths)},
		{Label: "Daftar sendiri", Value: w.yes(c, k.Card.SelfEnrolment)}}})
	var targets []Fact
	if dict, err := w.Competencies.Dictionary(ctx); err == nil {
		for _, g := range k.Card.Targets {
			targets = append(targets, Fact{Name: in(c, dict.Name(g.Competency)), Value: w.T(c, "Level %d", g.Level), Note: g.Competency})
		}
	}
	p.add(Panel{Half: true, Label: "Sasaran kompetensi", Facts: targets, Actions: []Button{{Label: "Percobaan", URL: "/kelola/percobaan?kursus=" + code, Icon: "quiz"}, {Label: "Angkatan", URL: "/kelola/angkatan?kursus=" + code, Icon: "people"}, {Label: "Penugasan", URL: "/kelola/penugasan?kursus=" + code, Icon: "task"}}})
	if w.may(c, "view", "regrade") {
		last := &p.Panels[len(p.Panels)-1]
		last.Actions = append(last.Actions, Button{Label: "Penilaian ulang", URL: "/kelola/nilai-ulang?kursus=" + code, Icon: "sync"})
	}
	if w.may(c, "author", "course") && len(versions) > 0 {
		copied, open := refused(which, "salin", form)
		p.add(w.copyPanel(code, versions, copied, open))
	}
	if w.may(c, "publish", "course") {
		shut, open := refused(which, "tutup", form)
		label, text := "Tutup kursus", w.T(c, "Tidak ada peserta baru. Yang sedang belajar diteruskan, sertifikat tetap berlaku.")
		if k.Closed {
			label, text = "Buka kembali kursus", w.T(c, "Peserta baru diterima lagi.")
		}
		p.add(Panel{Fold: true, Open: open, Name: w.words.say(Lang(c), label), Text: text, Form: &PanelForm{URL: address("kelola", "kursus", code, "tutup"), Form: shut,
			Fields: []Field{hidden("closed", strconv.FormatBool(!k.Closed)), reasoned(shut, "Dicatat di jejak audit.")}, Buttons: []Button{{Label: label}}}})
		review, open := refused(which, "telaah", form)
		label, text = "Wajibkan telaah", w.T(c, "Versi berikutnya hanya dapat terbit bila versi itu dan semua soal tesnya disetujui orang lain.")
		if k.Reviewed {
			label, text = "Jangan wajibkan telaah", w.T(c, "Versi berikutnya boleh terbit walaupun belum ditelaah.")
		}
		p.add(Panel{Fold: true, Open: open, Name: w.words.say(Lang(c), label), Text: text, Form: &PanelForm{URL: address("kelola", "kursus", code, "tutup"), Form: review,
			Fields: []Field{hidden("reviewed", strconv.FormatBool(!k.Reviewed)), reasoned(review, "Dicatat di jejak audit.").prefixed("telaah-")}, Buttons: []Button{{Label: label}}}})
	}
	w.Render(c, status, "panels", p)
	return nil
}

func versionBadge(v courses.VersionDoc, head courses.VersionID) Badge {
	switch {
	case v.ID == head:
		return Badge{Kind: Success, Label: "Berlaku"}
	case v.State == courses.Published:
		return Badge{Label: "Terbit"}
	case v.State == courses.Discarded:
		return Badge{Kind: Warn, Label: "Dibuang"}
	}
	return Badge{Kind: Info, Label: "Draf", Icon: "edit"}
}

func versionURL(_ courses.VersionID, code string, number int, more ...string) string {
	return address(append([]string{"kelola", "kursus", code, strconv.Itoa(number)}, more...)...)
}

func (w *admin) validity(c *gin.Context, months int) string {
	if months == 0 {
		return w.T(c, "Tanpa batas")
	}
	return w.T(c, "%d bulan", months)
}

func (w *admin) yes(c *gin.Context, yes bool) string {
	if yes {
		return w.T(c, "Ya")
	}
	return w.T(c, "Tidak")
}

// startDraft begins the next version of a course.
func (w *admin) startDraft(c *gin.Context) error {
	v, err := w.Courses.NewDraft(c.Request.Context(), reader(c), c.Param("course"))
	if err != nil {
		return err
	}
	return w.done(c, Success, w.T(c, "Draf dibuat dari versi yang berlaku."), versionURL(v.ID, v.Course, v.Number))
}

// closeCourse stops new enrolments, or allows them again; with reviewed it sets whether items must be reviewed before a version is published.
func (w *admin) closeCourse(c *gin.Context) error {
	form, code := posted(c), c.Param("course")
	if on := form.Get("reviewed"); on != "" {
		if err := w.Courses.RequireReview(c.Request.Context(), reader(c), code, on == "true", form.Get("why")); err != nil {
			if !form.Take(err, Lang(c)) {
				return err
			}
			return w.managePage(c, form.Status(), "telaah", form)
		}
		return w.done(c, Success, w.T(c, "Tersimpan."), address("kelola", "kursus", code))
	}
	if err := w.Courses.CloseCourse(c.Request.Context(), reader(c), code, form.Get("closed") == "true", form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.managePage(c, form.Status(), "tutup", form)
	}
	return w.done(c, Success, w.T(c, "Tersimpan."), address("kelola", "kursus", code))
}
