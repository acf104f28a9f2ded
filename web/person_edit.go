package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// personFields are what an edit of a person asks, in order.
func (w *admin) personFields(c *gin.Context) []editable {
	ctx := c.Request.Context()
	return []editable{{Name: "name", Label: "Nama"}, {Name: "title_before", Label: "Gelar depan"}, {Name: "title_after", Label: "Gelar belakang"},
		{Name: "unit", Label: "Unit kerja", Show: func(v string) string { return w.unit(ctx, people.UnitID(v)) }}, {Name: "email", Label: "Surel"},
		{Name: "status", Label: "Status", Show: func(v string) string { return in(c, people.Status(v).Text()) }},
		{Name: "legal_position", Label: "Kedudukan hukum", Show: func(v string) string { return in(c, people.LegalPositions[people.LegalPosition(v)]) }},
		{Name: "rank", Label: "Golongan atau pangkat"}, {Name: "education", Label: "Pendidikan"}, {Name: "education_field", Label: "Jurusan"},
		{Name: "contract_start", Label: "Awal kontrak"}, {Name: "contract_end", Label: "Akhir kontrak"}, {Name: "service_end", Label: "Akhir masa dinas"}, {Name: "status_since", Label: "TMT status"}}
}

func detailValues(d people.Details) map[string]string {
	return map[string]string{"name": d.Name, "title_before": d.TitleBefore, "title_after": d.TitleAfter, "unit": string(d.Unit), "email": d.Email, "status": string(d.Status), "legal_position": string(d.LegalPosition),
		"rank": d.Rank, "education": d.Education, "education_field": d.EducationField, "contract_start": string(d.ContractStart), "contract_end": string(d.ContractEnd), "service_end": string(d.ServiceEnd), "status_since": string(d.StatusSince)}
}

func typedDetails(f Form) people.Details {
	return people.Details{Name: f.Get("name"), TitleBefore: f.Get("title_before"), TitleAfter: f.Get("title_after"), Unit: people.UnitID(f.Get("unit")), Email: f.Get("email"), Status: people.Status(f.Get("status")),
		LegalPosition: people.LegalPosition(f.Get("legal_position")), Rank: f.Get("rank"), Education: f.Get("education"), EducationField: f.Get("education_field"), ContractStart: civil.Date(f.Get("contract_start")),
		ContractEnd: civil.Date(f.Get("contract_end")), ServiceEnd: civil.Date(f.Get("service_end")), StatusSince: civil.Date(f.Get("status_since"))}
}

// detailInputs are the fields of a person's form, in three groups: who, where, and what the law wants to know.
func (w *admin) detailInputs(c *gin.Context, form Form, verb string) (who, serves, law []Field, err error) {
	units, err := w.unitOptions(c, verb, "person", "Pilih unit kerja")
	if err != nil {
		return nil, nil, nil, err
	}
	unit := form.Get("unit")
	var statuses, positions []Option
	for _, s := range people.Statuses {
		statuses = append(statuses, Option{Value: string(s), Name: in(c, s.Text())})
	}
	for _, code := range []people.LegalPosition{people.Active, people.UnpaidLeave, people.StudyLeave, people.Suspended, people.Disciplined, people.PrePension, people.Retired} {
		positions = append(positions, Option{Value: string(code), Name: string(code) + " · " + in(c, people.LegalPositions[code])})
	}
	who = []Field{form.Need("text", "name", "Nama").Hinted("Tanpa gelar, seperti di surat keputusan."), form.Input("text", "title_before", "Gelar depan").Short(), form.Input("text", "title_after", "Gelar belakang").Short()}
	serves = []Field{form.Input("select", "unit", "Unit kerja").With(chosen(units, unit, w.unit(c.Request.Context(), people.UnitID(unit)))), form.Input("email", "email", "Surel")}
	law = []Field{form.Need("select", "status", "Status").With(statuses), form.Input("select", "legal_position", "Kedudukan hukum").With(positions),
		form.Input("text", "rank", "Golongan atau pangkat").Hinted("PNS: III/c. PPPK: IX.").Short(), form.Input("select", "education", "Pendidikan").With(plainOptions("Belum diisi", people.Educations...)),
		form.Input("text", "education_field", "Jurusan"), form.Input("date", "status_since", "TMT status").Short(),
		form.Input("date", "contract_start", "Awal kontrak").Hinted("Hanya untuk PPPK.").Short(), form.Input("date", "contract_end", "Akhir kontrak").Hinted("Hari terakhir kontrak.").Short(),
		form.Input("date", "service_end", "Akhir masa dinas").Hinted("Hari terakhir bertugas.").Short()}
	return who, serves, law, nil
}

// showEditPerson is the form of a person's details.
func (w *admin) showEditPerson(c *gin.Context) error {
	p, err := w.People.Editable(c.Request.Context(), reader(c), people.ID(c.Param("person")))
	if err != nil {
		return err
	}
	if err := w.allowed(c, "edit", p.Thing()); err != nil {
		return err
	}
	return w.editPersonPage(c, http.StatusOK, p, filled(p.Edition, w.personFields(c), detailValues(p.Details)), nil)
}

func (w *admin) editPersonPage(c *gin.Context, status int, p people.Person, form Form, overtaken *Notice) error {
	page := &PanelsPage{Base: Base{Active: navPeople, Title: w.T(c, "Ubah data %s", p.DisplayName()), Lead: p.Masked() + " · " + in(c, p.Status.Text()), Crumbs: crumbs(Link{Label: "Pegawai", URL: "/kelola/pegawai"}, Link{Name: p.DisplayName(), URL: personURL(string(p.ID))})}}
	if overtaken != nil {
		page.Notices = append(page.Notices, *overtaken)
	}
	who, serves, law, err := w.detailInputs(c, form, "edit")
	if err != nil {
		return err
	}
	note := form.Input("text", "why", "Dasar atau alasan").Hinted("Misalnya nomor surat keputusan. Dicatat di jejak audit.")
	note.Length = 500
	page.add(Panel{Form: &PanelForm{URL: personURL(string(p.ID), "ubah"), Rows: true, Form: form, Fields: slices.Concat(remembered(form, w.personFields(c)), who, serves, law, []Field{note}),
		Buttons: []Button{{Label: "Simpan perubahan", Kind: "primary"}, {Label: "Batal", URL: personURL(string(p.ID)), Kind: "quiet"}}}})
	w.Render(c, status, "panels", page)
	return nil
}

// editPerson stores a person's details.
func (w *admin) editPerson(c *gin.Context) error {
	ctx, a, id, form := c.Request.Context(), reader(c), people.ID(c.Param("person")), posted(c)
	before, err := w.People.Look(ctx, id)
	if err != nil {
		return err
	}
	after, err := w.People.EditPerson(ctx, a, id, editionOf(form), typedDetails(form), form.Get("why"))
	if err == nil {
		return w.savedPerson(c, w.T(c, "Data pegawai disimpan."), before, after)
	}
	kind := faults.KindOf(err)
	if kind != faults.Invalid && kind != faults.Conflict && kind != faults.Forbidden {
		return err
	}
	p, again := w.People.Editable(ctx, a, id)
	if again != nil || w.allowed(c, "edit", p.Thing()) != nil {
		return err
	}
	if kind == faults.Conflict && p.Edition != editionOf(form) {
		n := w.bring(c, &form, p.Edition, w.personFields(c), detailValues(p.Details))
		return w.editPersonPage(c, http.StatusConflict, p, form, &n)
	}
	status, ok := refusal(&form, err, Lang(c))
	if !ok {
		return err
	}
	return w.editPersonPage(c, status, p, form, nil)
}

// savedPerson says what was saved, and that roles from before have ended when the person came back into service.
func (w *admin) savedPerson(c *gin.Context, text string, before, after people.Person) error {
	kind := Success
	if after.Rejoined.After(before.Rejoined) {
		kind, text = Warn, text+" "+w.T(c, "Pegawai ini kembali bertugas. Peran lama yang tidak boleh Anda berikan tidak ikut kembali: bila masih perlu, yang berwenang memberikannya lagi.")
	}
	return w.done(c, kind, text, personURL(string(after.ID)))
}

// showAddPerson is the form that registers somebody.
func (w *admin) showAddPerson(c *gin.Context) error {
	return w.addPersonPage(c, http.StatusOK, NewForm(map[string][]string{"form": {storage.NewID()}, "status": {string(people.PNS)}, "legal_position": {string(people.Active)}, "unit": {c.Query("unor")}}))
}

func (w *admin) addPersonPage(c *gin.Context, status int, form Form) error {
	if !w.may(c, "add", "person") {
		return w.allowed(c, "add", access.Thing{Kind: "person"})
	}
	page := &PanelsPage{Base: Base{Active: navPeople, Title: w.T(c, "Daftarkan pegawai"), Lead: w.T(c, "Untuk satu orang. Daftar yang panjang lebih cepat lewat impor."), Crumbs: crumbs(Link{Label: "Pegawai", URL: "/kelola/pegawai"})}}
	who, serves, law, err := w.detailInputs(c, form, "add")
	if err != nil {
		return err
	}
	serves[0].Required = true
	number := form.Need("text", "nip", "NIP atau NI PPPK").Hinted("18 angka, boleh dengan spasi.").Keyed("numeric", "off")
	number.Length = 30
	note := form.Input("text", "why", "Dasar atau alasan").Hinted("Misalnya nomor surat keputusan. Dicatat di jejak audit.")
	note.Length = 500
	page.add(Panel{Form: &PanelForm{URL: "/kelola/pegawai/baru", Rows: true, Form: form, Fields: slices.Concat([]Field{hidden("form", form.Get("form")), number}, who, serves, law, []Field{note}),
		Buttons: []Button{{Label: "Daftarkan", Kind: "primary"}, {Label: "Batal", URL: "/kelola/pegawai", Kind: "quiet"}}}})
	w.Render(c, status, "panels", page)
	return nil
}

// addPerson registers somebody. The form names the person it makes, so that sending it twice makes one.
func (w *admin) addPerson(c *gin.Context) error {
	form := posted(c)
	var (
		p        people.Person
		warnings []people.Warning
		err      error
	)
	if form.Get("unit") == "" && w.may(c, "add", "person") {
		err = faults.OnField("unit", "Pilih unit kerjanya.", "Choose the unit.")
	} else {
		p, warnings, err = w.People.AddPerson(c.Request.Context(), reader(c), people.PersonInput{ID: people.ID(form.Get("form")), NIP: form.Get("nip"), Details: typedDetails(form), Why: form.Get("why")})
	}
	if err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		return w.addPersonPage(c, status, form)
	}
	kind, text := Success, w.T(c, "Pegawai terdaftar. Lanjutkan dengan jabatan dan slip aktivasinya.")
	for _, x := range warnings {
		kind, text = Warn, text+" "+in(c, x)
	}
	return w.done(c, kind, text, personURL(string(p.ID)))
}

// showRenumber is the form of a new NIP or NI.
func (w *admin) showRenumber(c *gin.Context) error {
	p, err := w.renumbered(c)
	if err != nil {
		return err
	}
	v := detailValues(p.Details)
	form := filled(p.Edition, nil, nil)
	for _, name := range []string{"status", "rank", "contract_start", "contract_end", "service_end", "status_since"} {
		form.Values.Set(name, v[name])
	}
	form.Values.Set("what", "baru")
	form.Values.Set("from", string(w.today()))
	return w.renumberPage(c, http.StatusOK, p, form)
}

func (w *admin) renumbered(c *gin.Context) (people.Person, error) {
	return w.personFor(c, "renumber")
}

func (w *admin) renumberPage(c *gin.Context, status int, p people.Person, form Form) error {
	page := &PanelsPage{Base: Base{Active: navPeople, Title: w.T(c, "Ganti nomor %s", p.DisplayName()), Lead: w.T(c, "Akun, sertifikat, dan jam pelajaran tetap milik orang yang sama. Masuk memakai nomor yang baru."), Crumbs: crumbs(Link{Label: "Pegawai", URL: "/kelola/pegawai"}, Link{Name: p.DisplayName(), URL: personURL(string(p.ID))})}}
	var statuses []Option
	for _, s := range people.Statuses {
		statuses = append(statuses, Option{Value: string(s), Name: in(c, s.Text())})
	}
	number := form.Need("text", "nip", "NIP atau NI yang baru").Hinted("18 angka, boleh dengan spasi.").Keyed("numeric", "off")
	number.Length = 30
	f, facts := w.format(c), []Fact{}
	for _, x := range p.Identities {
		note := f.day(x.From) + " – "
		if x.To != "" {
			note += f.day(x.To)
		} else {
			note += w.T(c, "sekarang")
		}
		facts = append(facts, Fact{Name: map[people.IdentityKind]string{people.KindNI: "NI PPPK"}[x.Kind], Value: x.Number.Masked(), Code: true, Note: note})
		if x.Kind != people.KindNI {
			facts[len(facts)-1].Name = "NIP"
		}
	}
	page.add(Panel{Label: "Nomor selama ini", Facts: facts}, Panel{Label: "Nomor baru", Form: &PanelForm{URL: personURL(string(p.ID), "nomor"), Form: form, Fields: []Field{hidden("edition", form.Get("edition")),
		form.Need("radio", "what", "Mengapa nomornya berganti").With([]Option{{Value: "baru", Label: "Nomor baru", Text: w.T(c, "PPPK menjadi PNS, atau kontrak baru dengan NI baru. Nomor lama tersimpan sebagai riwayat.")},
			{Value: "salah", Label: "Perbaikan salah ketik", Text: w.T(c, "Nomor lama tidak pernah ada dan tidak meninggalkan riwayat.")}}),
		number, form.Input("date", "from", "Berlaku mulai").Hinted("Hari pertama nomor baru; tidak dipakai pada perbaikan.").Short(), form.Need("select", "status", "Status").With(statuses), form.Input("date", "status_since", "TMT status").Short(),
		form.Input("text", "rank", "Golongan atau pangkat").Hinted("PNS: III/c. PPPK: IX.").Short(), form.Input("date", "contract_start", "Awal kontrak").Hinted("Hanya untuk PPPK.").Short(), form.Input("date", "contract_end", "Akhir kontrak").Hinted("Hari terakhir kontrak.").Short(),
		form.Input("date", "service_end", "Akhir masa dinas").Hinted("Hari terakhir bertugas.").Short(), reasoned(form, "Misalnya nomor surat keputusan. Dicatat di jejak audit."),
		form.Need("checkbox", "confirm", "Nomor ini sudah saya cocokkan dengan surat keputusannya.")},
		Buttons: []Button{{Label: "Ganti nomor", Kind: "danger"}, {Label: "Batal", URL: personURL(string(p.ID)), Kind: "quiet"}}}})
	w.Render(c, status, "panels", page)
	return nil
}

// renumber gives a person a new number.
func (w *admin) renumber(c *gin.Context) error {
	ctx, form := c.Request.Context(), posted(c)
	p, err := w.renumbered(c)
	if err != nil {
		return err
	}
	d, typed := p.Details, typedDetails(form)
	d.Status, d.Rank, d.ContractStart, d.ContractEnd, d.ServiceEnd, d.StatusSince = typed.Status, typed.Rank, typed.ContractStart, typed.ContractEnd, typed.ServiceEnd, typed.StatusSince
	after := p
	if form.Get("confirm") == "" {
		err = faults.OnField("confirm", "Cocokkan nomornya dahulu, lalu beri centang.", "Check the number first, then tick the box.")
	} else {
		after, err = w.People.Renumber(ctx, reader(c), p.ID, editionOf(form), people.Renumbering{NIP: form.Get("nip"), From: civil.Date(form.Get("from")), Correct: form.Get("what") == "salah", Details: d, Why: form.Get("why")})
	}
	if err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		if status == http.StatusConflict {
			form.Values["edition"] = filled(p.Edition, nil, nil).Values["edition"]
			form.Values.Del("confirm")
		}
		return w.renumberPage(c, status, p, form)
	}
	return w.savedPerson(c, w.T(c, "Nomor diganti. Pegawai masuk dengan nomor yang baru."), p, after)
}

// unitOf names the unit of a position behind its name.
func (w *admin) unitOf(ctx context.Context, p people.Position) string {
	return p.Name + " · " + w.unit(ctx, p.Unit)
}
