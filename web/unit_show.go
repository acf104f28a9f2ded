package web

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// unitURL is the page of a unit, or of something about it.
func unitURL(id people.UnitID, more ...string) string {
	return address(append([]string{"kelola", "unor", string(id)}, more...)...)
}

// unitFields are what an edit of a unit asks.
func (w *admin) unitFields(c *gin.Context) []editable {
	return []editable{{Name: "name", Label: "Nama unit"}, {Name: "kind", Label: "Jenis", Show: official}, {Name: "head_position", Label: "Jabatan kepala", Show: func(code string) string { return w.headName(c, people.Unit{HeadPosition: code}) }}}
}

func unitValues(u people.Unit) map[string]string {
	return map[string]string{"name": u.Name, "kind": u.Kind, "head_position": u.HeadPosition}
}

// path names a unit's place in the tree from the top: "Kota › Dinas".
func (w *admin) path(c *gin.Context, u people.Unit) string {
	var names []string
	for i := len(u.Ancestors) - 1; i >= 0; i-- {
		names = append(names, w.unit(c.Request.Context(), u.Ancestors[i]))
	}
	return strings.Join(names, " › ")
}

func (w *admin) unitBase(c *gin.Context, u people.Unit, title string) Base {
	return Base{Active: navUnits, Title: title, Lead: w.path(c, u), Crumbs: crumbs(Link{Label: "Unit kerja", URL: "/kelola/unor"}, Link{Name: u.Name, URL: unitURL(u.ID)})}
}

// showUnit is one unit: what it is, who heads it, what stands right below it and in it.
func (w *admin) showUnit(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	u, err := w.People.Unit(ctx, a, people.UnitID(c.Param("unit")))
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: w.unitBase(c, u, u.Name)}
	p.Crumbs = crumbs(Link{Label: "Unit kerja", URL: "/kelola/unor"})
	facts := Panel{Half: true, Label: "Unit", Facts: []Fact{{Label: "Kode", Value: u.Code, Code: true}, {Label: "Jenis", Value: official(u.Kind)}, {Label: "Jabatan kepala", Value: dash(w.headName(c, u))}}}
	if u.Parent != "" {
		facts.Facts = append(facts.Facts, Fact{Label: "Di bawah", Value: w.unit(ctx, u.Parent), URL: unitURL(u.Parent)})
	}
	if u.Closed {
		facts.Badges = []Badge{{Kind: Warn, Label: "Ditutup"}}
	}
	p.add(facts)
	held, err := w.People.UnitContents(ctx, a, u.ID)
	if err != nil && !unseen(err) {
		return err
	}
	if err == nil {
		p.add(Panel{Half: true, Label: "Isinya", Facts: w.contents(c, u, held)})
	}
	if w.allowed(c, "edit", unitThing(u)) == nil && !u.Closed {
		p.Actions = []Button{{Label: "Ubah unit", Icon: "edit", URL: unitURL(u.ID, "ubah")}, {Label: "Tambah unit di bawahnya", Icon: "plus", URL: "/kelola/unor/baru?induk=" + string(u.ID)}}
		if u.Parent != "" {
			p.Actions = append(p.Actions, Button{Label: "Pindahkan", Icon: "arrow", URL: unitURL(u.ID, "pindah")})
		}
		p.Actions = append(p.Actions, Button{Label: "Tutup unit", Icon: "close", URL: unitURL(u.ID, "tutup"), Kind: "quiet"})
	}
	below, err := w.People.Units(ctx, a, people.UnitFilter{ChildrenOf: &u.ID, Limit: storage.MaxPage})
	if err != nil {
		return err
	}
	if len(below.Items) > 0 {
		t := Table{Label: "Unit di bawahnya", NoSearch: true, Columns: []Column{{Label: "Unit", Main: true}, {Label: "Kode"}, {Label: "Jenis"}}}
		for _, x := range below.Items {
			row := Row{URL: unitURL(x.ID), Cells: []Cell{{Text: x.Name}, {Text: x.Code}, {Text: official(x.Kind)}}}
			if x.Closed {
				row.Mark, row.Cells[2].Badge = Warn, &Badge{Kind: Warn, Label: "Ditutup"}
			}
			t.Rows = append(t.Rows, row)
		}
		p.add(Panel{Label: "Unit di bawahnya", Table: &t})
	}
	posts, err := w.People.Positions(ctx, a, people.PositionFilter{At: u.ID, After: cursor(c)})
	if err != nil {
		return err
	}
	t := Table{Label: "Jabatan di unit ini", NoSearch: true, Columns: []Column{{Label: "Jabatan", Main: true}, {Label: "Jenis"}, {Label: "Terisi", Numeric: true}}, Empty: Empty{Icon: "position", Label: "Belum ada jabatan"}}
	for _, x := range posts.Items {
		row, err := w.seatsRow(c, x)
		if err != nil {
			return err
		}
		t.Rows = append(t.Rows, Row{URL: row.URL, Cells: []Cell{row.Cells[0], row.Cells[2], row.Cells[5]}})
	}
	next := noCursor
	if posts.More {
		next = posts.Next
	}
	t.Pager = nextPage(c, next)
	panel := Panel{Label: "Jabatan di unit ini", Table: &t}
	if w.allowed(c, "edit", people.Position{Path: u.Path()}.Thing()) == nil && !u.Closed {
		panel.Actions = []Button{{Label: "Tambah jabatan", Icon: "plus", URL: "/kelola/jabatan/baru?unor=" + string(u.ID)}}
	}
	p.add(panel)
	return w.panels(c, p)
}

// contents are the facts of what a unit holds, with the way to each.
func (w *admin) contents(c *gin.Context, u people.Unit, held people.Contents) []Fact {
	return []Fact{{Label: "Unit di bawahnya", Value: w.count(c, held.UnitCount), Note: w.T(c, "%d sampai paling bawah", held.AllUnits)},
		{Label: "Pegawai", Value: w.count(c, held.People), Note: w.T(c, "%d dengan unit di bawahnya", held.AllPeople), URL: "/kelola/pegawai?unor=" + string(u.ID)},
		{Label: "Jabatan", Value: w.count(c, held.Positions), Note: w.T(c, "%d dengan unit di bawahnya", held.AllPositions), URL: "/kelola/jabatan?unor=" + string(u.ID)}}
}
