package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

func unitThing(u people.Unit) access.Thing {
	return access.Thing{Kind: "unit", ID: string(u.ID), Units: u.Path()}
}

// editableUnit is the unit of the address, for whoever may edit it.
func (w *admin) editableUnit(c *gin.Context) (people.Unit, error) {
	u, err := w.People.Unit(c.Request.Context(), reader(c), people.UnitID(c.Param("unit")))
	if err != nil {
		return u, err
	}
	return u, w.allowed(c, "edit", unitThing(u))
}

// unitInputs are the fields of a unit's form; heads are the positions it can be headed by.
func (w *admin) unitInputs(c *gin.Context, form Form, u people.Unit) ([]Field, error) {
	fields := []Field{form.Need("text", "name", "Nama unit"), form.Need("select", "kind", "Jenis").With(plainOptions("Pilih jenis", people.UnitKinds...))}
	if u.ID == "" {
		return fields, nil
	}
	found, err := w.People.Positions(c.Request.Context(), reader(c), people.PositionFilter{At: u.ID, Limit: storage.MaxPage})
	if err != nil {
		return nil, err
	}
	heads := []Option{{Value: "", Label: "Belum ada jabatan kepala"}}
	for _, p := range found.Items {
		heads = append(heads, Option{Value: p.Code, Name: p.Name})
	}
	head := form.Get("head_position")
	return append(fields, form.Input("select", "head_position", "Jabatan kepala").With(chosen(heads, head, w.headName(c, people.Unit{HeadPosition: head}))).Hinted("Pemegang jabatan ini menjadi atasan pegawai unit.")), nil
}

// showAddUnit is the form of a new unit.
func (w *admin) showAddUnit(c *gin.Context) error {
	return w.addUnitPage(c, http.StatusOK, NewForm(map[string][]string{"form": {storage.NewID()}, "parent": {c.Query("induk")}}))
}

func (w *admin) addUnitPage(c *gin.Context, status int, form Form) error {
	if !w.may(c, "edit", "unit") {
		return w.allowed(c, "edit", access.Thing{Kind: "unit"})
	}
	units, err := w.unitOptions(c, "edit", "unit", "Pilih unit induk")
	if err != nil {
		return err
	}
	fields, err := w.unitInputs(c, form, people.Unit{})
	if err != nil {
		return err
	}
	parent := form.Need("select", "parent", "Di bawah unit").With(units)
	if len(units) == 1 { // the first unit of a city has nothing above it
		parent = hidden("parent", "")
	}
	p := &PanelsPage{Base: Base{Active: navUnits, Title: w.T(c, "Tambah unit kerja"), Lead: w.T(c, "Jabatan kepala dipilih setelah jabatannya dibuka di unit ini."), Crumbs: crumbs(Link{Label: "Unit kerja", URL: "/kelola/unor"})}}
	code := form.Need("text", "code", "Kode").Hinted("Tetap selamanya, misalnya DINSOS. Huruf, angka, titik, dan garis.").Short()
	code.Length = 60
	p.add(Panel{Form: &PanelForm{URL: "/kelola/unor/baru", Form: form, Fields: slices.Concat([]Field{hidden("form", form.Get("form")), parent, code}, fields), Buttons: []Button{{Label: "Tambah unit", Kind: "primary"}, {Label: "Batal", URL: "/kelola/unor", Kind: "quiet"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// addUnit makes a unit. The form names it, so that sending it twice makes one.
func (w *admin) addUnit(c *gin.Context) error {
	form := posted(c)
	u, err := w.People.AddUnit(c.Request.Context(), reader(c), people.UnitInput{ID: people.UnitID(form.Get("form")), Code: form.Get("code"), Name: form.Get("name"), Kind: form.Get("kind"), Parent: people.UnitID(form.Get("parent"))})
	if err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		return w.addUnitPage(c, status, form)
	}
	return w.done(c, Success, w.T(c, "Unit ditambahkan."), unitURL(u.ID))
}

// showEditUnit is the form of a unit's name, kind and head.
func (w *admin) showEditUnit(c *gin.Context) error {
	u, err := w.editableUnit(c)
	if err != nil {
		return err
	}
	return w.editUnitPage(c, http.StatusOK, u, filled(u.Edition, w.unitFields(c), unitValues(u)), nil)
}

func (w *admin) editUnitPage(c *gin.Context, status int, u people.Unit, form Form, overtaken *Notice) error {
	p := &PanelsPage{Base: w.unitBase(c, u, w.T(c, "Ubah %s", u.Name))}
	if overtaken != nil {
		p.Notices = append(p.Notices, *overtaken)
	}
	fields, err := w.unitInputs(c, form, u)
	if err != nil {
		return err
	}
	p.add(Panel{Form: &PanelForm{URL: unitURL(u.ID, "ubah"), Form: form, Fields: slices.Concat(remembered(form, w.unitFields(c)), fields), Buttons: []Button{{Label: "Simpan perubahan", Kind: "primary"}, {Label: "Batal", URL: unitURL(u.ID), Kind: "quiet"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// editUnit stores a unit's name, kind and head.
func (w *admin) editUnit(c *gin.Context) error {
	form := posted(c)
	u, err := w.editableUnit(c)
	if err != nil {
		return err
	}
	_, err = w.People.EditUnit(c.Request.Context(), reader(c), editionOf(form), people.UnitInput{ID: u.ID, Name: form.Get("name"), Kind: form.Get("kind"), HeadPosition: form.Get("head_position")})
	if err == nil {
		return w.done(c, Success, w.T(c, "Unit disimpan."), unitURL(u.ID))
	}
	if faults.KindOf(err) == faults.Conflict {
		if u, again := w.editableUnit(c); again == nil && u.Edition != editionOf(form) {
			n := w.bring(c, &form, u.Edition, w.unitFields(c), unitValues(u))
			return w.editUnitPage(c, http.StatusConflict, u, form, &n)
		}
	}
	status, ok := refusal(&form, err, Lang(c))
	if !ok {
		return err
	}
	return w.editUnitPage(c, status, u, form, nil)
}

// showCloseUnit says what stands in the way of closing a unit, or asks for the reason.
func (w *admin) showCloseUnit(c *gin.Context) error {
	u, err := w.editableUnit(c)
	if err != nil {
		return err
	}
	return w.closeUnitPage(c, http.StatusOK, u, Form{})
}

func (w *admin) closeUnitPage(c *gin.Context, status int, u people.Unit, form Form) error {
	held, err := w.People.UnitContents(c.Request.Context(), reader(c), u.ID)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: w.unitBase(c, u, w.T(c, "Tutup %s", u.Name))}
	if held.Empty() {
		p.add(Panel{Text: w.T(c, "Unit ini kosong. Setelah ditutup, unit tidak dapat dipilih lagi; riwayatnya tetap."), Form: &PanelForm{URL: unitURL(u.ID, "tutup"), Form: form, Fields: []Field{reasoned(form, "Misalnya nomor peraturan. Dicatat di jejak audit.")},
			Buttons: []Button{{Label: "Tutup unit", Kind: "danger"}, {Label: "Batal", URL: unitURL(u.ID), Kind: "quiet"}}}})
		w.Render(c, status, "panels", p)
		return nil
	}
	panel := Panel{Label: "Yang masih menghalangi", Notices: []Notice{{Kind: Warn, Text: w.T(c, "Unit dapat ditutup setelah kosong: pindahkan atau tutup isinya dahulu.")}}}
	if held.People > 0 {
		panel.Reasons = append(panel.Reasons, Reason{Kind: Danger, Text: w.T(c, "%d pegawai masih di unit ini", held.People), URL: "/kelola/pegawai?unor=" + string(u.ID)})
	}
	if held.Positions > 0 {
		panel.Reasons = append(panel.Reasons, Reason{Kind: Danger, Text: w.T(c, "%d jabatan masih terbuka di unit ini", held.Positions), URL: "/kelola/jabatan?unor=" + string(u.ID)})
	}
	for _, x := range held.Units {
		panel.Reasons = append(panel.Reasons, Reason{Kind: Danger, Text: w.T(c, "Unit di bawahnya: %s", x.Name), URL: unitURL(x.ID)})
	}
	panel.Actions = []Button{{Label: "Kembali ke unit", URL: unitURL(u.ID)}}
	p.add(panel)
	w.Render(c, status, "panels", p)
	return nil
}

// closeUnit takes an empty unit out of use.
func (w *admin) closeUnit(c *gin.Context) error {
	form := posted(c)
	u, err := w.editableUnit(c)
	if err != nil {
		return err
	}
	if err := w.People.CloseUnit(c.Request.Context(), reader(c), u.ID, form.Get("why")); err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		return w.closeUnitPage(c, status, u, form)
	}
	return w.done(c, Success, w.T(c, "Unit ditutup."), unitURL(u.ID))
}
