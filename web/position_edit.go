package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// positionURL is the page of a position, or of something about it.
func positionURL(id people.PositionID, more ...string) string {
	return address(append([]string{"kelola", "jabatan", string(id)}, more...)...)
}

// jenjangs are the career levels in the order they are climbed.
var jenjangs = []string{"jpt_pratama", "administrator", "pengawas", "ahli_utama", "ahli_madya", "ahli_muda", "ahli_pertama", "penyelia", "mahir", "terampil", "pemula", "pelaksana"}

func (w *admin) positionFields(c *gin.Context) []editable {
	return []editable{{Name: "name", Label: "Nama jabatan"}, {Name: "unit", Label: "Unit kerja", Show: func(v string) string { return w.unit(c.Request.Context(), people.UnitID(v)) }}, {Name: "kind", Label: "Jenis jabatan", Show: official}, {Name: "jenjang", Label: "Jenjang", Show: official},
		{Name: "eselon", Label: "Eselon"}, {Name: "class", Label: "Kelas jabatan"}, {Name: "seats", Label: "Formasi"}, {Name: "standard", Label: "Kode standar kompetensi"}}
}

func positionValues(p people.Position) map[string]string {
	v := map[string]string{"name": p.Name, "unit": string(p.Unit), "kind": p.Kind, "jenjang": p.Jenjang, "eselon": p.Eselon, "seats": strconv.Itoa(p.Seats), "standard": p.Standard}
	if p.Class > 0 {
		v["class"] = strconv.Itoa(p.Class)
	}
	return v
}

// typedPosition reads a position's form. What is no number is refused beside its field.
func typedPosition(f Form) (people.PositionInput, error) {
	in := people.PositionInput{ID: people.PositionID(f.Get("form")), Code: f.Get("code"), Name: f.Get("name"), Kind: f.Get("kind"), Jenjang: f.Get("jenjang"), Eselon: f.Get("eselon"), Unit: people.UnitID(f.Get("unit")), Standard: f.Get("standard")}
	var wrong error
	number := func(name string) int {
		if f.Get(name) == "" {
			return 0
		}
		n, err := strconv.Atoi(f.Get(name))
		if err != nil {
			wrong = faults.OnField(name, "Isi dengan angka.", "Fill in a number.")
		}
		return n
	}
	in.Class, in.Seats = number("class"), number("seats")
	if wrong != nil {
		return in, wrong
	}
	return in, nil
}

func (w *admin) positionInputs(c *gin.Context, form Form) ([]Field, error) {
	units, err := w.unitOptions(c, "edit", "position", "Pilih unit kerja")
	if err != nil {
		return nil, err
	}
	unit := form.Get("unit")
	return []Field{form.Need("text", "name", "Nama jabatan"), form.Need("select", "unit", "Unit kerja").With(chosen(units, unit, w.unit(c.Request.Context(), people.UnitID(unit)))),
		form.Need("select", "kind", "Jenis jabatan").With(plainOptions("Pilih jenis", people.PositionKinds...)), form.Need("select", "jenjang", "Jenjang").With(plainOptions("Pilih jenjang", jenjangs...)),
		form.Input("select", "eselon", "Eselon").With(plainOptions("Tanpa eselon", "II.a", "II.b", "III.a", "III.b", "IV.a", "IV.b")),
		form.Input("number", "class", "Kelas jabatan").Between("1", "17").Keyed("numeric", "off").Hinted("1 sampai 17; kosongkan bila belum tahu.").Short(),
		form.Need("number", "seats", "Formasi").Between("1", "100000").Keyed("numeric", "off").Measured("kursi").Short(),
		form.Input("text", "standard", "Kode standar kompetensi").Hinted("Kode SKJ; tanpa standar, kecocokan tidak dapat dihitung.").Short()}, nil
}

func (w *admin) editablePosition(c *gin.Context) (people.Position, error) {
	p, err := w.People.Position(c.Request.Context(), reader(c), people.PositionID(c.Param("position")))
	if err != nil {
		return p, err
	}
	return p, w.allowed(c, "edit", p.Thing())
}

// seatsRow is a position in a table: name, unit, kind, class, standard, seats.
func (w *admin) seatsRow(c *gin.Context, p people.Position) (Row, error) {
	ctx := c.Request.Context()
	taken, err := w.People.Occupied(ctx, p, w.today())
	if err != nil {
		return Row{}, err
	}
	row := Row{URL: positionURL(p.ID), Cells: []Cell{{Text: p.Name, Sub: p.Code}, {Text: w.unit(ctx, p.Unit)}, {Text: official(p.Kind), Sub: official(p.Jenjang)}, {Text: w.count(c, p.Class)}, {Text: w.standard(ctx, p.Standard)}, {Text: w.T(c, "%d dari %d", taken.Holders, p.Seats)}}}
	if p.Class == 0 {
		row.Cells[3].Text = "–"
	}
	if taken.Vacant > 0 {
		row.Cells[5].Badge = &Badge{Kind: Warn, Label: "Lowong"}
	}
	if taken.Acting > 0 {
		row.Cells[5].Sub = w.T(c, "%d pelaksana tugas", taken.Acting)
	}
	return row, nil
}

// showPosition is one position: what it is, its seats, and who holds it as far as the reader sees those people.
func (w *admin) showPosition(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	pos, err := w.People.Position(ctx, a, people.PositionID(c.Param("position")))
	if err != nil {
		return err
	}
	taken, err := w.People.Occupied(ctx, pos, w.today())
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navPositions, Title: pos.Name, Lead: w.unit(ctx, pos.Unit), Crumbs: crumbs(Link{Label: "Jabatan", URL: "/kelola/jabatan"})}}
	vacant := Stat{Label: "Lowong", Value: w.count(c, taken.Vacant), Icon: "done", Kind: Success}
	if taken.Vacant > 0 {
		vacant.Icon, vacant.Kind = "warn", Warn
	}
	p.add(Panel{Bare: true, Stats: []Stat{{Label: "Formasi", Value: w.count(c, pos.Seats), Icon: "position"}, {Label: "Terisi definitif", Value: w.count(c, taken.Holders), Icon: "person"}, {Label: "Plt., Plh., Pj.", Value: w.count(c, taken.Acting), Icon: "clock"}, vacant}})
	class := "–"
	if pos.Class > 0 {
		class = w.count(c, pos.Class)
	}
	facts := Panel{Half: true, Label: "Jabatan", Facts: []Fact{{Label: "Kode", Value: pos.Code, Code: true}, {Label: "Unit kerja", Value: w.unit(ctx, pos.Unit), URL: unitURL(pos.Unit)}, {Label: "Jenis jabatan", Value: official(pos.Kind), Note: official(pos.Jenjang)}, {Label: "Eselon", Value: dash(pos.Eselon)},
		{Label: "Kelas jabatan", Value: class}, {Label: "Standar kompetensi", Value: w.standard(ctx, pos.Standard), Note: pos.Standard}}}
	if pos.Closed {
		facts.Badges = []Badge{{Kind: Warn, Label: "Ditutup"}}
	}
	p.add(facts)
	if !pos.Closed && w.allowed(c, "edit", pos.Thing()) == nil {
		p.Actions = []Button{{Label: "Ubah jabatan", Icon: "edit", URL: positionURL(pos.ID, "ubah")}, {Label: "Tutup jabatan", Icon: "close", URL: positionURL(pos.ID, "tutup"), Kind: "quiet"}}
	}
	if taken.Vacant > 0 && !pos.Closed && w.may(c, "rank", "vacancy") {
		p.Actions = append([]Button{{Label: "Cari calon", Icon: "scale", URL: address("kelola", "lowongan", string(pos.ID)), Kind: "primary"}}, p.Actions...)
	}
	held, err := w.People.Persons(ctx, a, people.PersonFilter{Position: pos.ID, After: cursor(c)})
	if err != nil && !unseen(err) {
		return err
	}
	t := Table{Label: "Pemegang", NoSearch: true, Columns: []Column{{Label: "Nama", Main: true}, {Label: "Sebagai"}, {Label: "Mulai"}, {Label: "Tindakan", Actions: true}}, Empty: Empty{Icon: "people", Label: "Belum ada yang memegang", Text: w.T(c, "Buka profil pegawainya, lalu pilih Angkat.")}}
	for _, x := range held.Items {
		for _, post := range x.Appointments {
			if post.Position != pos.ID || !post.On(w.today()) {
				continue
			}
			row := Row{URL: w.personLink(c, string(x.ID)), Cells: []Cell{{Text: x.DisplayName()}, {Text: w.kindName(c, post.Kind)}, {Text: w.format(c).day(post.Since)}, {}}}
			if w.allowed(c, "appoint", x.Thing()) == nil {
				row.Cells[3].Button = &Button{Label: "Akhiri", Small: true, Kind: "quiet", URL: endURL(x.ID, post), About: x.DisplayName()}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	next := noCursor
	if held.More {
		next = held.Next
	}
	t.Pager = nextPage(c, next)
	if hidden := taken.Holders + taken.Acting - len(t.Rows); hidden > 0 && t.Pager == (Pager{}) {
		t.Pager.Text = w.T(c, "%d pemegang di luar wilayah Anda", hidden)
	}
	p.add(Panel{Half: true, Label: "Pemegang", Table: &t})
	return w.panels(c, p)
}

// kindName names a kind of appointment.
func (w *admin) kindName(c *gin.Context, k people.AppointmentKind) string {
	for _, o := range w.appointmentKinds(c) {
		if o.Value == string(k) {
			return w.words.say(Lang(c), o.Label)
		}
	}
	return string(k)
}

// endURL is the page that ends an appointment.
func endURL(id people.ID, x people.Appointment) string {
	return personURL(string(id), "akhiri") + "?jabatan=" + string(x.Position) + "&jenis=" + string(x.Kind)
}

// showAddPosition is the form of a new position.
func (w *admin) showAddPosition(c *gin.Context) error {
	return w.addPositionPage(c, http.StatusOK, NewForm(map[string][]string{"form": {storage.NewID()}, "unit": {c.Query("unor")}, "seats": {"1"}}))
}

func (w *admin) addPositionPage(c *gin.Context, status int, form Form) error {
	if !w.may(c, "edit", "position") {
		return w.allowed(c, "edit", access.Thing{Kind: "position"})
	}
	fields, err := w.positionInputs(c, form)
	if err != nil {
		return err
	}
	code := form.Need("text", "code", "Kode").Hinted("Tetap selamanya, misalnya KABID-DUKCAPIL. Huruf, angka, titik, dan garis.").Short()
	code.Length = 60
	p := &PanelsPage{Base: Base{Active: navPositions, Title: w.T(c, "Tambah jabatan"), Crumbs: crumbs(Link{Label: "Jabatan", URL: "/kelola/jabatan"})}}
	p.add(Panel{Form: &PanelForm{URL: "/kelola/jabatan/baru", Rows: true, Form: form, Fields: slices.Concat([]Field{hidden("form", form.Get("form")), code}, fields), Buttons: []Button{{Label: "Tambah jabatan", Kind: "primary"}, {Label: "Batal", URL: "/kelola/jabatan", Kind: "quiet"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// addPosition opens a position. The form names it, so that sending it twice makes one.
func (w *admin) addPosition(c *gin.Context) error {
	form := posted(c)
	in, err := typedPosition(form)
	var p people.Position
	if err == nil || !w.may(c, "edit", "position") { // whoever may not is told so by the room, not which field is wrong
		p, err = w.People.AddPosition(c.Request.Context(), reader(c), in)
	}
	if err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		return w.addPositionPage(c, status, form)
	}
	return w.done(c, Success, w.T(c, "Jabatan ditambahkan."), positionURL(p.ID))
}

// showEditPosition is the form of a position.
func (w *admin) showEditPosition(c *gin.Context) error {
	p, err := w.editablePosition(c)
	if err != nil {
		return err
	}
	return w.editPositionPage(c, http.StatusOK, p, filled(p.Version, w.positionFields(c), positionValues(p)), nil)
}

func (w *admin) editPositionPage(c *gin.Context, status int, p people.Position, form Form, overtaken *Notice) error {
	page := &PanelsPage{Base: Base{Active: navPositions, Title: w.T(c, "Ubah %s", p.Name), Lead: p.Code, Crumbs: crumbs(Link{Label: "Jabatan", URL: "/kelola/jabatan"}, Link{Name: p.Name, URL: positionURL(p.ID)})}}
	if overtaken != nil {
		page.Notices = append(page.Notices, *overtaken)
	}
	fields, err := w.positionInputs(c, form)
	if err != nil {
		return err
	}
	page.add(Panel{Form: &PanelForm{URL: positionURL(p.ID, "ubah"), Rows: true, Form: form, Fields: slices.Concat(remembered(form, w.positionFields(c)), fields), Buttons: []Button{{Label: "Simpan perubahan", Kind: "primary"}, {Label: "Batal", URL: positionURL(p.ID), Kind: "quiet"}}}})
	w.Render(c, status, "panels", page)
	return nil
}

// editPosition stores a position.
func (w *admin) editPosition(c *gin.Context) error {
	form := posted(c)
	p, err := w.editablePosition(c)
	if err != nil {
		return err
	}
	in, err := typedPosition(form)
	if err == nil {
		in.ID = p.ID
		_, err = w.People.EditPosition(c.Request.Context(), reader(c), editionOf(form), in)
	}
	if err == nil {
		return w.done(c, Success, w.T(c, "Jabatan disimpan."), positionURL(p.ID))
	}
	if faults.KindOf(err) == faults.Conflict {
		if p, again := w.editablePosition(c); again == nil && p.Version != editionOf(form) {
			n := w.bring(c, &form, p.Version, w.positionFields(c), positionValues(p))
			return w.editPositionPage(c, http.StatusConflict, p, form, &n)
		}
	}
	status, ok := refusal(&form, err, Lang(c))
	if !ok {
		return err
	}
	return w.editPositionPage(c, status, p, form, nil)
}

// showClosePosition asks why a position is closed.
func (w *admin) showClosePosition(c *gin.Context) error {
	p, err := w.editablePosition(c)
	if err != nil {
		return err
	}
	return w.closePositionPage(c, http.StatusOK, p, Form{})
}

func (w *admin) closePositionPage(c *gin.Context, status int, p people.Position, form Form) error {
	page := &PanelsPage{Base: Base{Active: navPositions, Title: w.T(c, "Tutup %s", p.Name), Lead: w.T(c, "Hanya jabatan yang tidak dipegang siapa pun. Riwayat pemegangnya tetap."), Crumbs: crumbs(Link{Label: "Jabatan", URL: "/kelola/jabatan"}, Link{Name: p.Name, URL: positionURL(p.ID)})}}
	page.add(Panel{Form: &PanelForm{URL: positionURL(p.ID, "tutup"), Form: form, Fields: []Field{reasoned(form, "Misalnya nomor peraturan. Dicatat di jejak audit.")}, Buttons: []Button{{Label: "Tutup jabatan", Kind: "danger"}, {Label: "Batal", URL: positionURL(p.ID), Kind: "quiet"}}}})
	w.Render(c, status, "panels", page)
	return nil
}

// closePosition takes a position out of use.
func (w *admin) closePosition(c *gin.Context) error {
	form := posted(c)
	p, err := w.editablePosition(c)
	if err != nil {
		return err
	}
	if err := w.People.ClosePosition(c.Request.Context(), reader(c), p.ID, form.Get("why")); err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		return w.closePositionPage(c, status, p, form)
	}
	return w.done(c, Success, w.T(c, "Jabatan ditutup."), positionURL(p.ID))
}
