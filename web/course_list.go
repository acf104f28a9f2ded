package web

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// listCourses lists all courses, drafts included for whoever writes them.
func (w *admin) listCourses(c *gin.Context) error {
	if !w.may(c, "author", "course") && !w.may(c, "review", "course") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	q := ReadTable(c, "jenis")
	list, next, err := w.Courses.Catalogue(c.Request.Context(), reader(c), courses.CatalogueFilter{Words: q.Search, Kind: courses.Kind(q.Filter["jenis"]), Drafts: w.may(c, "author", "course"), After: cursor(c)})
	if err != nil {
		return err
	}
	kinds := []Option{{Value: "", Label: "Semua jenis"}}
	for _, k := range []courses.Kind{courses.Technical, courses.Managerial, courses.SocioCultural} {
		kinds = append(kinds, Option{Value: string(k), Name: w.courseKind(c, k)})
	}
	t := Table{Label: "Kursus", URL: "/kelola/kursus", Search: q.Search, SearchLabel: "Kode atau judul", Filters: []Field{choose("jenis", "Jenis kursus", q.Filter["jenis"], kinds)},
		Columns: []Column{{Label: "Kursus", Main: true}, {Label: "Jenis"}, {Label: "JP", Numeric: true}, {Label: "Versi", Numeric: true}, {Label: "Status"}, {Label: "Berubah", Minor: true}},
		Empty:   Empty{Icon: "course", Label: "Belum ada kursus", Text: w.T(c, "Unggah kursus sebagai zip berisi course.yaml, pelajaran, dan bank soalnya."), Action: &Button{Label: "Unggah kursus", URL: "/kelola/impor?jenis=course", Kind: "primary"}}}
	for _, k := range list {
		state := Badge{Kind: Success, Label: "Terbit"}
		switch {
		case k.Closed:
			state = Badge{Kind: Warn, Label: "Ditutup"}
		case k.Head == "":
			state = Badge{Kind: Info, Label: "Draf", Icon: "edit"}
		}
		row := Row{URL: address("kelola", "kursus", k.Code), Cells: []Cell{{Text: in(c, k.Card.Title), Sub: k.Code}, {Text: w.courseKind(c, k.Card.Kind)}, {Text: w.count(c, k.Card.JP)}, {Text: w.count(c, k.Number)}, {Badge: &state}, {Text: w.format(c).day(k.Changed)}}}
		if k.Draft != "" && k.Head != "" {
			row.Cells[4].Sub = w.T(c, "ada draf baru")
		}
		t.Rows = append(t.Rows, row)
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Kelola kursus"), Crumbs: crumbs()}}
	if w.may(c, "publish", "course") {
		p.Actions = []Button{{Label: "Unggah kursus", Icon: "import", URL: "/kelola/impor?jenis=course"}}
	}
	if w.may(c, "author", "course") {
		p.Actions = append([]Button{{Label: "Kursus baru", Icon: "plus", Kind: "primary", URL: "/kelola/kursus/baru"}}, p.Actions...)
	}
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

func (w *admin) courseKind(c *gin.Context, k courses.Kind) string {
	switch k {
	case courses.Managerial:
		return w.T(c, "Manajerial")
	case courses.SocioCultural:
		return w.T(c, "Sosial kultural")
	}
	return w.T(c, "Teknis")
}
