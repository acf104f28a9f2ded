package web

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/people"
)

// listUnits is the unit tree.
func (w *admin) listUnits(c *gin.Context) error {
	units, depth, err := w.tree(c)
	if err != nil {
		return err
	}
	q := ReadTable(c)
	t := Table{Label: "Unit kerja", URL: "/kelola/unor", Search: q.Search, SearchLabel: "Nama atau kode unit", Columns: []Column{{Label: "Unit", Main: true}, {Label: "Kode"}, {Label: "Jenis"}, {Label: "Jabatan kepala", Minor: true}, {Label: "Pegawai", Actions: true}},
		Empty: Empty{Icon: "unit", Label: "Belum ada unit kerja", Text: w.T(c, "Mulai dari impor unit kerja."), Action: &Button{Label: "Buka impor", URL: "/kelola/impor", Kind: "primary"}}}
	units = slices.DeleteFunc(units, func(u people.Unit) bool {
		return q.Search != "" && !strings.Contains(strings.ToLower(u.Name+" "+u.Code), strings.ToLower(q.Search))
	})
	n := len(units)
	units, t.Pager = pageOf(c, units, func(u people.Unit) string { return string(u.ID) })
	for _, u := range units {
		main := Cell{Text: u.Name}
		if q.Search == "" {
			main.Depth = min(depth[u.ID], 6)
		}
		row := Row{URL: unitURL(u.ID), Cells: []Cell{main, {Text: u.Code}, {Text: official(u.Kind)}, {Text: dash(w.headName(c, u))}, {Button: &Button{Label: "Pegawai", URL: "/kelola/pegawai?unor=" + string(u.ID), Small: true, Kind: "quiet", About: u.Name}}}}
		if u.Closed {
			row.Mark = Warn
			row.Cells[2].Badge = &Badge{Kind: Warn, Label: "Ditutup"}
		}
		t.Rows = append(t.Rows, row)
	}
	t.Pager.Text = w.T(c, "%d unit", n)
	p := &PanelsPage{Base: Base{Active: navUnits, Title: w.T(c, "Unit kerja"), Crumbs: crumbs()}}
	if w.may(c, "edit", "unit") {
		p.Actions = []Button{{Label: "Tambah unit", Icon: "plus", URL: "/kelola/unor/baru"}}
	}
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

func (w *admin) headName(c *gin.Context, u people.Unit) string {
	if u.HeadPosition == "" {
		return ""
	}
	p, err := w.People.PositionByCode(c.Request.Context(), u.HeadPosition)
	if err != nil {
		return u.HeadPosition
	}
	return p.Name
}
