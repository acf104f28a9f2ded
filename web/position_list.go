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
	today := w.today()
	for _, p := range found.Items {
		taken, err := w.People.Occupied(ctx, p, today)
		if err != nil {
			return err
		}
		row := Row{Cells: []Cell{{Text: p.Name, Sub: p.Code}, {Text: w.unit(ctx, p.Unit)}, {Text: official(p.Kind), Sub: official(p.Jenjang)}, {Text: w.count(c, p.Class)}, {Text: dash(p.Standard)}, {Text: w.T(c, "%d dari %d", taken.Holders, p.Seats)}}}
		if taken.Vacant > 0 {
			row.Cells[5].Badge = &Badge{Kind: Warn, Label: "Lowong"}
			if w.may(c, "rank", "vacancy") {
				row.URL = address("kelola", "lowongan", string(p.ID))
			}
		}
		if taken.Acting > 0 {
			row.Cells[5].Sub = w.T(c, "%d pelaksana tugas", taken.Acting)
		}
		t.Rows = append(t.Rows, row)
	}
	next := noCursor
	if found.More {
		next = found.Next
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p := &PanelsPage{Base: Base{Active: navPositions, Title: w.T(c, "Jabatan"), Crumbs: crumbs()}}
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}
