package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/internal/faults"
)

// findCertificates lists certificates within the reader's reach, parked ones with what holds them up.
func (w *admin) findCertificates(c *gin.Context) error {
	return w.certificatesPage(c, http.StatusOK, ReadTable(c, "unor", "kursus", "status"), nil)
}

// searchCertificates takes the search box: a person's number leads to the person, words and certificate numbers to the list.
func (w *admin) searchCertificates(c *gin.Context) error {
	if !w.may(c, "list", "certificate") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	return w.search(c, ReadTable(c, "unor", "kursus", "status"), "/kelola/sertifikat", w.certificatesPage)
}

func (w *admin) certificatesPage(c *gin.Context, status int, q TableQuery, note *Notice) error {
	if !w.may(c, "list", "certificate") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	filter := certificates.Filter{Unit: q.Filter["unor"], Course: q.Filter["kursus"], State: certificates.State(q.Filter["status"]), Words: q.Search, After: cursor(c)}
	p := &PanelsPage{Base: Base{Active: navCertificatesAll, Title: w.T(c, "Sertifikat terbit"), Lead: w.T(c, "Nomor tidak pernah dipakai ulang. Sertifikat yang dicabut tetap terlihat sebagai dicabut."), Crumbs: crumbs()}}
	if note != nil {
		p.Notices = append(p.Notices, *note)
	}
	found, err := w.Certificates.List(c.Request.Context(), reader(c), filter)
	if err != nil {
		n, ok := w.mistakes(c, "", err)
		if !ok {
			return err
		}
		p.Notices = append(p.Notices, n)
	}
	units, err := w.unitOptions(c, "list", "certificate", "Semua unit")
	if err != nil {
		return err
	}
	options, err := w.courseOptions(c, "Semua kursus")
	if err != nil {
		return err
	}
	t := w.certificateTable(c, found.Views)
	t.NoSearch, t.SearchPost, t.URL, t.Search, t.SearchLabel = false, true, "/kelola/sertifikat", q.Search, "Nama atau nomor sertifikat"
	t.Columns = append([]Column{{Label: "Pemegang", Main: true}}, t.Columns...)
	t.Columns[1].Main = false
	for i, v := range found.Views {
		t.Rows[i].Cells = append([]Cell{{Text: v.Record.Name, Sub: v.Record.Unit}}, t.Rows[i].Cells...)
	}
	t.Filters = []Field{choose("status", "Status", q.Filter["status"], []Option{{Value: "", Label: "Semua status"}, {Value: string(certificates.Issued), Label: "Terbit"}, {Value: string(certificates.Intended), Label: "Belum terbit"}, {Value: string(certificates.Suspended), Label: "Ditangguhkan"}, {Value: string(certificates.Revoked), Label: "Dicabut"}}),
		choose("unor", "Unit kerja", q.Filter["unor"], units), choose("kursus", "Kursus", q.Filter["kursus"], options)}
	next := noCursor
	if found.More {
		next = found.Next
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p.add(Panel{Bare: true, Table: &t})
	w.Render(c, status, "panels", p)
	return nil
}

func (w *admin) certificateTable(c *gin.Context, views []certificates.View) Table {
	f := w.format(c)
	t := Table{Label: "Sertifikat", NoSearch: true, Columns: []Column{{Label: "Kursus", Main: true}, {Label: "Nomor"}, {Label: "Terbit"}, {Label: "Berlaku sampai"}, {Label: "Status"}}, Empty: Empty{Icon: "certificate", Label: "Belum ada sertifikat"}}
	for _, v := range views {
		b := w.standing(c, v)
		until := w.T(c, "Tanpa batas")
		if v.Record.ValidUntil != "" {
			until = f.day(v.Record.ValidUntil)
		}
		row := Row{URL: address("kelola", "sertifikat", string(v.ID)), Cells: []Cell{{Text: v.Record.Title, Sub: v.Record.Course}, {Text: dash(v.Record.Number)}, {Text: f.day(v.IssuedAt)}, {Text: until}, {Badge: &b, Sub: v.Parked}}}
		if v.Parked != "" {
			row.Mark = Warn
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// decideCertificate is one certificate as an admin sees it, with what may be decided about it.
func (w *admin) decideCertificate(c *gin.Context) error {
	return w.certificateAgain(c, http.StatusOK, "", Form{})
}

func (w *admin) certificateAgain(c *gin.Context, status int, which string, form Form) error {
	ctx, f := c.Request.Context(), w.format(c)
	v, err := w.Certificates.Certificate(ctx, reader(c), certificates.ID(c.Param("certificate")))
	if err != nil {
		return err
	}
	r := v.Record
	p := &PanelsPage{Base: Base{Active: navCertificatesAll, Title: r.Title, Lead: r.Name + " · " + dash(r.Number), Crumbs: crumbs(Link{Label: "Sertifikat terbit", URL: "/kelola/sertifikat"})}}
	state := Panel{Half: true, Label: "Status", Badges: []Badge{w.standing(c, v)}}
	if v.Parked != "" {
		state.Notices = []Notice{{Kind: Warn, Label: "Penerbitan tertahan", Text: v.Parked}}
		if w.may(c, "unpark", "work") {
			state.Actions = []Button{{Label: "Buka pekerjaan tertahan", URL: "/kelola/pekerjaan"}}
		}
	}
	if len(v.Events) > 0 {
		state.Events = &Timeline{Label: "Riwayat status"}
		for i := len(v.Events) - 1; i >= 0; i-- {
			e := v.Events[i]
			state.Events.Items = append(state.Events.Items, Event{At: e.At, Text: w.eventText(c, e.Kind), Who: e.Official, Note: e.Reason, Kind: Warn})
		}
	}
	if v.State != certificates.Intended && w.may(c, "download", "certificate") {
		state.Actions = append(state.Actions, Button{Label: "Unduh PDF", URL: address("kelola", "sertifikat", string(v.ID), "pdf"), Icon: "download"})
	}
	p.add(state, Panel{Half: true, Label: "Isi sertifikat", Facts: []Fact{{Label: "Pemegang", Value: r.Name, Note: r.NIP, URL: w.personLink(c, v.Person)}, {Label: "Jabatan saat terbit", Value: dash(r.Position), Note: r.Unit}, {Label: "Jam pelajaran (JP)", Value: w.count(c, r.JP)},
		{Label: "Nilai", Value: f.points(r.Score), Note: r.Predikat}, {Label: "Selesai", Value: f.day(r.CompletedOn)}, {Label: "Terbit", Value: f.moment(v.IssuedAt)}, {Label: "Berlaku sampai", Value: f.day(r.ValidUntil)}}})
	if v.Person != reader(c).Person {
		w.certificateActs(c, p, v, which, form)
	}
	w.Render(c, status, "panels", p)
	return nil
}

func (w *admin) personLink(c *gin.Context, id string) string {
	if !w.may(c, "view", "person") {
		return ""
	}
	return personURL(id)
}

func (w *admin) eventText(c *gin.Context, kind string) string {
	switch kind {
	case "revoke":
		return w.T(c, "Dicabut")
	case "suspend":
		return w.T(c, "Ditangguhkan")
	}
	return w.T(c, "Diberlakukan kembali")
}

func (w *admin) certificateActs(c *gin.Context, p *PanelsPage, v certificates.View, which string, form Form) {
	act := func(name, verb, label, text string, button Button) {
		if !w.may(c, verb, "certificate") {
			return
		}
		f, open := refused(which, name, form)
		official := f.Need("text", "official", "Pejabat yang memutuskan").Hinted("Nama dan jabatan; terlihat bagi siapa pun yang memeriksa sertifikat.").prefixed(name + "-")
		p.add(Panel{Fold: true, Open: open, Name: label, Text: text, Form: &PanelForm{URL: address("kelola", "sertifikat", string(v.ID), name), Form: f, Fields: []Field{official, reasoned(f, "10 sampai 500 huruf; terlihat bagi siapa pun yang memeriksa sertifikat.").prefixed(name + "-")}, Buttons: []Button{button}}})
	}
	switch v.State {
	case certificates.Issued:
		act("tangguhkan", "suspend", w.T(c, "Tangguhkan sertifikat"), w.T(c, "Sementara tidak berlaku, misalnya selama pemeriksaan. Dapat diberlakukan kembali."), Button{Label: "Tangguhkan"})
		act("cabut", "revoke", w.T(c, "Cabut sertifikat"), w.T(c, "Untuk selamanya. Bukti kompetensi dan JP dari sertifikat ini ikut dicabut."), Button{Label: "Cabut sertifikat", Kind: "danger"})
	case certificates.Suspended:
		act("berlakukan", "reinstate", w.T(c, "Berlakukan kembali"), w.T(c, "Bukti kompetensi dan JP dihitung lagi."), Button{Label: "Berlakukan kembali", Kind: "primary"})
		act("cabut", "revoke", w.T(c, "Cabut sertifikat"), w.T(c, "Untuk selamanya. Bukti kompetensi dan JP dari sertifikat ini ikut dicabut."), Button{Label: "Cabut sertifikat", Kind: "danger"})
	}
}

// changeCertificate revokes, suspends or reinstates, with the reason and the official who decided.
func (w *admin) changeCertificate(c *gin.Context) error {
	ctx, a, form, id := c.Request.Context(), reader(c), posted(c), certificates.ID(c.Param("certificate"))
	d := certificates.Decision{Reason: form.Get("why"), Official: form.Get("official")}
	var err error
	text, act := "", c.Param("act")
	switch act {
	case "cabut":
		_, err = w.Certificates.Revoke(ctx, a, id, d)
		text = w.T(c, "Sertifikat dicabut. Halaman pemeriksaan sudah menyebutnya dicabut.")
	case "tangguhkan":
		_, err = w.Certificates.Suspend(ctx, a, id, d)
		text = w.T(c, "Sertifikat ditangguhkan.")
	case "berlakukan":
		_, err = w.Certificates.Reinstate(ctx, a, id, d)
		text = w.T(c, "Sertifikat berlaku kembali.")
	default:
		return faults.New(faults.NotFound, "Alamat ini tidak ada.", "There is no such address.")
	}
	if err != nil {
		if fault := faults.Of(err); len(fault.Fields) > 0 { // the room calls the reason by its own name
			for i, field := range fault.Fields {
				if field.Path == "reason" {
					fault.Fields[i].Path = "why"
				}
			}
		}
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.certificateAgain(c, form.Status(), act, form)
	}
	return w.done(c, Success, text, address("kelola", "sertifikat", string(id)))
}

// fetchCertificate gives the PDF to whoever may download certificates of others.
func (w *admin) fetchCertificate(c *gin.Context) error {
	name, pdf, err := w.Certificates.Download(c.Request.Context(), reader(c), certificates.ID(c.Param("certificate")))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, "application/pdf", pdf)
	return nil
}
