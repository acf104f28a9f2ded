package web

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// noCursor is the end of a list.
var noCursor storage.Cursor

// listPositions lists posts with their seats.
func (w *admin) listPositions(c *gin.Context) error {
	ctx, a, q := c.Request.Context(), reader(c), ReadTable(c, "unor", "jenis")
	found, err := w.People.Positions(ctx, a, people.PositionFilter{Under: people.UnitID(q.Filter["unor"]), Kind: q.Filter["jenis"], Query: q.Search, After: cursor(c)})
	if err != nil {
		return err
	}
	units, err := w.unitOptions(c, "view", "unit", "Semua unit")
	if err != nil {
		return err
	}
	t := Table{Label: "Jabatan", URL: "/kelola/jabatan", Search: q.Search, SearchLabel: "Nama jabatan", Columns: []Column{{Label: "Jabatan", Main: true}, {Label: "Unit kerja"}, {Label: "Jenis"}, {Label: "Kelas", Numeric: true, Minor: true}, {Label: "Standar", Minor: true}, {Label: "Terisi", Numeric: true}},
		Filters: []Field{choose("unor", "Unit kerja", q.Filter["unor"], units), choose("jenis", "Jenis jabatan", q.Filter["jenis"], []Option{{Value: "", Label: "Semua jenis"}, {Value: "struktural", Name: "Struktural"}, {Value: "fungsional", Name: "Fungsional"}, {Value: "pelaksana", Name: "Pelaksana"}})},
		Empty:   Empty{Icon: "position", Label: "Belum ada jabatan", Text: w.T(c, "Jabatan diimpor setelah unit kerja.")}}
	for _, p := range found.Items {
		row, err := w.seatsRow(c, p)
		if err != nil {
			return err
		}
		t.Rows = append(t.Rows, row)
	}
	next := noCursor
	if found.More {
		next = found.Next
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p := &PanelsPage{Base: Base{Active: navPositions, Title: w.T(c, "Jabatan"), Crumbs: crumbs()}}
	if w.may(c, "edit", "position") {
		p.Actions = []Button{{Label: "Tambah jabatan", Icon: "plus", URL: "/kelola/jabatan/baru"}}
	}
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}
