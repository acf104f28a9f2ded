package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// showMoveUnit asks where a unit goes; with a target (induk) it shows what the move would do and asks for the reason.
func (w *admin) showMoveUnit(c *gin.Context) error {
	u, err := w.editableUnit(c)
	if err != nil {
		return err
	}
	form := filled(u.Edition, nil, nil)
	if !c.Request.URL.Query().Has("induk") {
		return w.moveTargetPage(c, http.StatusOK, u, form)
	}
	form.Values.Set("parent", c.Query("induk"))
	return w.moveUnitPage(c, http.StatusOK, u, form)
}

// moveTargetPage asks where to.
func (w *admin) moveTargetPage(c *gin.Context, status int, u people.Unit, form Form) error {
	ctx, a := c.Request.Context(), reader(c)
	held, err := w.People.UnitContents(ctx, a, u.ID)
	if err != nil {
		return err
	}
	units, err := w.unitOptions(c, "edit", "unit", "Pilih unit induk")
	if err != nil {
		return err
	}
	below, err := w.People.Subtree(ctx, u.ID)
	if err != nil {
		return err
	}
	inside := map[string]bool{string(u.Parent): u.Parent != ""}
	for _, x := range below {
		inside[string(x.ID)] = true
	}
	options := make([]Option, 0, len(units))
	for _, o := range units {
		if !inside[o.Value] {
			options = append(options, o)
		}
	}
	for i, e := range form.Errors { // the address asks for the target under its own name
		if e.Field == "parent" {
			form.Errors[i].Field = "induk"
		}
	}
	target := form.Need("select", "induk", "Unit induk yang baru").With(options)
	target.Value = form.Get("parent")
	p := &PanelsPage{Base: w.unitBase(c, u, w.T(c, "Pindahkan %s", u.Name))}
	p.add(w.alongPanel(c, u, held), Panel{Label: "Ke mana", Form: &PanelForm{URL: unitURL(u.ID, "pindah"), Get: true, Form: form, Fields: []Field{target},
		Buttons: []Button{{Label: "Lihat akibatnya", Kind: "primary"}, {Label: "Batal", URL: unitURL(u.ID), Kind: "quiet"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// alongPanel is what goes along with a unit.
func (w *admin) alongPanel(c *gin.Context, u people.Unit, held people.Contents) Panel {
	along := Panel{Label: "Yang ikut pindah", Text: w.T(c, "Sekarang di bawah %s.", dash(w.path(c, u))),
		Stats: []Stat{{Label: "Unit di bawahnya", Value: w.count(c, held.AllUnits), Icon: "unit"}, {Label: "Pegawai", Value: w.count(c, held.AllPeople), Icon: "people"}, {Label: "Jabatan", Value: w.count(c, held.AllPositions), Icon: "position"}}}
	for i, x := range held.Units {
		if i == 10 {
			along.Reasons = append(along.Reasons, Reason{Kind: Info, Text: w.T(c, "dan %d lagi", held.UnitCount-i)})
			break
		}
		along.Reasons = append(along.Reasons, Reason{Kind: Info, Text: x.Name})
	}
	return along
}

// moveUnitPage shows what a move to the chosen parent would do, and asks for the reason. A target that is refused is asked for again.
func (w *admin) moveUnitPage(c *gin.Context, status int, u people.Unit, form Form) error {
	var would people.Rehoming
	var err error = faults.OnField("parent", "Pilih unit induknya.", "Choose the parent unit.")
	if form.Get("parent") != "" {
		would, err = w.People.PreviewMove(c.Request.Context(), reader(c), u.ID, people.UnitID(form.Get("parent")))
	}
	if err != nil {
		again, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		return w.moveTargetPage(c, again, u, form)
	}
	p := &PanelsPage{Base: w.unitBase(c, u, w.T(c, "Pindahkan %s", u.Name))}
	p.add(w.alongPanel(c, u, would.Along), w.supervisionPanel(c, would), Panel{Label: "Putusan", Facts: []Fact{{Label: "Dari", Value: dash(w.path(c, u))}, {Label: "Ke", Value: w.placed(c, would.Parent)}},
		Text: w.T(c, "Wilayah admin dan kesiapan unit dihitung ulang sesudahnya."),
		Form: &PanelForm{URL: unitURL(u.ID, "pindah"), Form: form, Fields: []Field{hidden("edition", form.Get("edition")), hidden("parent", form.Get("parent")), reasoned(form, "Misalnya nomor peraturan. Dicatat di jejak audit.")},
			Buttons: []Button{{Label: "Pindahkan unit", Kind: "primary"}, {Label: "Ganti tujuan", URL: unitURL(u.ID, "pindah"), Kind: "quiet"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// placed names a unit with what stands above it.
func (w *admin) placed(c *gin.Context, u people.Unit) string {
	if above := w.path(c, u); above != "" {
		return above + " › " + u.Name
	}
	return u.Name
}

// supervisionPanel says whose supervisor a move would change.
func (w *admin) supervisionPanel(c *gin.Context, would people.Rehoming) Panel {
	n := would.Lose + would.Gain + would.Other
	panel := Panel{Label: "Atasan yang berubah"}
	if n == 0 {
		panel.Notices = []Notice{{Kind: Success, Text: w.T(c, "Tidak ada: atasan setiap pegawai tetap sama.")}}
		return panel
	}
	panel.Stats = []Stat{{Label: "Kehilangan atasan", Value: w.count(c, would.Lose), Icon: "warn"}, {Label: "Mendapat atasan", Value: w.count(c, would.Gain), Icon: "person"}, {Label: "Berganti atasan", Value: w.count(c, would.Other), Icon: "sync"}}
	if would.Lose > 0 {
		panel.Stats[0].Kind = Warn
	}
	name := func(p people.Person) string {
		if p.ID == "" {
			return w.T(c, "tidak ada")
		}
		return p.DisplayName()
	}
	t := Table{Label: "Atasan yang berubah", NoSearch: true, Columns: []Column{{Label: "Pegawai", Main: true}, {Label: "Atasan sekarang"}, {Label: "Atasan sesudahnya"}}}
	for _, x := range would.Changes {
		row := Row{URL: w.personLink(c, string(x.Who.ID)), Cells: []Cell{{Text: x.Who.DisplayName()}, {Text: name(x.Before)}, {Text: name(x.After)}}}
		if x.After.ID == "" {
			row.Mark = Warn
		}
		t.Rows = append(t.Rows, row)
	}
	if more := n - len(would.Changes); more > 0 {
		t.Pager.Text = w.T(c, "dan %d lagi", more)
	}
	panel.Table = &t
	return panel
}

// moveUnit puts a unit under another.
func (w *admin) moveUnit(c *gin.Context) error {
	form := posted(c)
	u, err := w.editableUnit(c)
	if err != nil {
		return err
	}
	switch {
	case form.Get("parent") == "":
		err = faults.OnField("parent", "Pilih unit induknya.", "Choose the parent unit.")
	case form.Get("why") == "":
		err = faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	default:
		_, err = w.People.MoveUnit(c.Request.Context(), reader(c), u.ID, people.UnitID(form.Get("parent")), editionOf(form), form.Get("why"))
	}
	if err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		if status == http.StatusConflict {
			form.Values["edition"] = filled(u.Edition, nil, nil).Values["edition"] // the page shows where it stands now
		}
		return w.moveUnitPage(c, status, u, form)
	}
	return w.done(c, Success, w.T(c, "Unit dipindahkan. Pegawai dan jabatan di bawahnya menyusul dalam beberapa saat."), unitURL(u.ID))
}
