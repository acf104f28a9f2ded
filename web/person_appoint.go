package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// appointmentKinds name the kinds of appointment for people.
func (w *admin) appointmentKinds(c *gin.Context) []Option {
	return []Option{{Value: string(people.Definitif), Label: "Definitif", Text: w.T(c, "Memegang jabatannya. Jabatan definitif sebelumnya berakhir sehari sebelum mulai.")},
		{Value: string(people.Plt), Label: "Plt. (pelaksana tugas)", Text: w.T(c, "Jabatannya kosong; jabatan definitif orang ini tetap.")},
		{Value: string(people.Plh), Label: "Plh. (pelaksana harian)", Text: w.T(c, "Pejabatnya berhalangan sementara.")},
		{Value: string(people.Pj), Label: "Pj. (penjabat)"}}
}

// appointmentName says an appointment's kind before the position: "Plt. Camat".
func appointmentName(k people.AppointmentKind, position string) string {
	if short, ok := map[people.AppointmentKind]string{people.Plt: "Plt. ", people.Plh: "Plh. ", people.Pj: "Pj. "}[k]; ok {
		return short + position
	}
	return position
}

func (w *admin) appointee(c *gin.Context) (people.Person, error) {
	return w.personFor(c, "appoint")
}

// showAppoint asks which position somebody gets. The unit is chosen first (unor), or comes with a position (jabatan); jenis and mulai fill the form.
func (w *admin) showAppoint(c *gin.Context) error {
	p, err := w.appointee(c)
	if err != nil {
		return err
	}
	form := NewForm(map[string][]string{"kind": {c.DefaultQuery("jenis", string(people.Definitif))}, "since": {c.DefaultQuery("mulai", string(w.today()))}, "unor": {c.DefaultQuery("unor", string(p.Unit))}})
	if id := people.PositionID(c.Query("jabatan")); id != "" {
		if pos, err := w.People.Position(c.Request.Context(), reader(c), id); err == nil {
			form.Values.Set("position", string(pos.ID))
			form.Values.Set("unor", string(pos.Unit))
		}
	}
	return w.appointPage(c, http.StatusOK, p, form)
}

func (w *admin) appointPage(c *gin.Context, status int, p people.Person, form Form) error {
	ctx, a, unit := c.Request.Context(), reader(c), people.UnitID(form.Get("unor"))
	here := personURL(string(p.ID), "angkat")
	units, err := w.unitOptions(c, "fill", "position", "")
	if err != nil {
		return err
	}
	page := &PanelsPage{Base: Base{Active: navPeople, Title: w.T(c, "Angkat %s", p.DisplayName()), Crumbs: crumbs(Link{Label: "Pegawai", URL: "/kelola/pegawai"}, Link{Name: p.DisplayName(), URL: personURL(string(p.ID))})}}
	if post, ok := p.Post(w.today()); ok {
		page.Lead = w.T(c, "Sekarang: %s, sejak %s.", w.position(ctx, post.Position), w.format(c).day(post.Since))
	} else {
		page.Lead = w.T(c, "Sekarang belum memegang jabatan definitif.")
	}
	which := Form{Values: map[string][]string{"unor": {string(unit)}}}
	pick := choose("unor", "Unit jabatan", string(unit), units)
	pick.IDPrefix, pick.Value, pick.Values = "pilih-", string(unit), which.Values["unor"]
	page.add(Panel{Label: "1. Unit", Form: &PanelForm{URL: here, Get: true, Form: which, Fields: []Field{pick, hidden("jenis", form.Get("kind")), hidden("mulai", form.Get("since"))}, Buttons: []Button{{Label: "Tampilkan jabatannya", Icon: "search"}}}})
	found, err := w.People.Positions(ctx, a, people.PositionFilter{Under: unit, Limit: storage.MaxPage})
	if err != nil {
		return err
	}
	var options []Option
	for _, pos := range found.Items {
		if w.allowed(c, "fill", pos.Thing()) != nil {
			continue
		}
		o := Option{Value: string(pos.ID), Name: pos.Name}
		if pos.Unit != unit {
			o.Name = w.unitOf(ctx, pos)
		}
		if taken, err := w.People.Occupied(ctx, pos, w.today()); err == nil {
			o.Name += " (" + w.T(c, "%d dari %d terisi", taken.Holders, pos.Seats) + ")"
		}
		options = append(options, o)
	}
	if len(options) == 0 {
		page.add(Panel{Label: "2. Jabatan", Empty: &Empty{Icon: "position", Label: "Tidak ada jabatan di unit ini", Text: w.T(c, "Pilih unit lain, atau buka jabatannya dahulu.")}})
		w.Render(c, status, "panels", page)
		return nil
	}
	doubts, err := w.doubts(c, p, form)
	if err != nil {
		return err
	}
	send := Button{Label: "Angkat", Kind: "primary"}
	if len(doubts) > 0 {
		send = Button{Label: "Tetap angkat", Kind: "danger"}
		page.add(Panel{Label: "Menurut peraturan", Reasons: doubts, Notices: []Notice{{Kind: Warn, Label: "Periksa sebelum mengangkat",
			Text: w.T(c, "Syarat berikut untuk %s belum terpenuhi menurut data yang ada. Sistem memperingatkan, pejabat memutuskan.", w.position(ctx, people.PositionID(form.Get("position"))))}}})
	}
	fields := []Field{hidden("unor", string(unit)), hidden("told", asked(form)), form.Need("select", "position", "Jabatan").With(append([]Option{{Value: "", Label: "Pilih jabatan"}}, options...)),
		form.Need("radio", "kind", "Sebagai").With(w.appointmentKinds(c)), form.Need("date", "since", "Mulai (TMT)").Short(), form.Input("date", "until", "Sampai").Hinted("Hari terakhir; kosongkan bila tanpa batas.").Short(),
		reasoned(form, "Misalnya nomor surat keputusan. Dicatat di jejak audit.")}
	if form.Error("beyond_seats") != "" || form.Get("beyond_seats") != "" {
		fields = append(fields, form.Input("checkbox", "beyond_seats", "Kelebihan formasi ini memang dimaksud"))
	}
	choice := Panel{Label: "2. Jabatan", Form: &PanelForm{URL: here, Form: form, Fields: fields, Buttons: []Button{send, {Label: "Batal", URL: personURL(string(p.ID)), Kind: "quiet"}}}}
	if found.More {
		choice.Notices = []Notice{{Kind: Info, Text: w.T(c, "Hanya %d jabatan pertama yang tampil. Pilih unit yang lebih kecil agar semua jabatannya tampil.", len(found.Items))}}
	}
	page.add(choice)
	w.Render(c, status, "panels", page)
	return nil
}

// asked says for which position, kind and day the law was asked, so that another choice is warned of again.
func asked(form Form) string {
	return form.Get("position") + " " + form.Get("kind") + " " + form.Get("since")
}

// doubts are the rules that somebody is not known to meet for the position and day of the form, where the reader may fill it.
func (w *admin) doubts(c *gin.Context, p people.Person, form Form) ([]Reason, error) {
	position, on := people.PositionID(form.Get("position")), civil.Date(form.Get("since"))
	if w.Placement == nil || position == "" || !on.Valid() {
		return nil, nil
	}
	pos, err := w.People.Position(c.Request.Context(), reader(c), position)
	if err == nil {
		err = w.allowed(c, "fill", pos.Thing())
	}
	if err != nil { // the room refuses it, and says why
		return nil, nil
	}
	found, err := w.overviews().Appointing(c.Request.Context(), reader(c), p.ID, position, people.AppointmentKind(form.Get("kind")), on)
	if err != nil && !unseen(err) {
		return nil, err
	}
	return w.verdicts(c, found.Doubts.Of), nil
}

// appoint gives somebody a position. Rules that stand against it are shown once before; going beyond the seats has to be said.
func (w *admin) appoint(c *gin.Context) error {
	ctx, form := c.Request.Context(), posted(c)
	p, err := w.appointee(c)
	if err != nil {
		return err
	}
	if form.Get("told") != asked(form) {
		doubts, err := w.doubts(c, p, form)
		if err != nil {
			return err
		}
		if len(doubts) > 0 {
			return w.appointPage(c, http.StatusOK, p, form)
		}
	}
	in := people.Appointment{Position: people.PositionID(form.Get("position")), Kind: people.AppointmentKind(form.Get("kind")), Since: civil.Date(form.Get("since")), Until: civil.Date(form.Get("until"))}
	if in.Position == "" {
		err = faults.OnField("position", "Pilih jabatannya.", "Choose the position.")
	} else {
		_, err = w.People.Appoint(ctx, reader(c), p.ID, people.AppointInput{Appointment: in, Why: form.Get("why"), BeyondSeats: form.Get("beyond_seats") != ""})
	}
	if err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		return w.appointPage(c, status, p, form)
	}
	kind, text := Success, w.T(c, "Penempatan dicatat: %s.", appointmentName(in.Kind, w.position(ctx, in.Position)))
	if pos, err := w.People.LookPosition(ctx, in.Position); err == nil && in.Kind == people.Definitif {
		if taken, err := w.People.Occupied(ctx, pos, w.today()); err == nil && taken.Holders > pos.Seats {
			kind, text = Warn, text+" "+w.T(c, "Jabatan ini kini dipegang %d orang definitif, formasinya %d.", taken.Holders, pos.Seats)
		}
	}
	return w.done(c, kind, text, personURL(string(p.ID)))
}

// showEndPost asks until when and why an appointment ends.
func (w *admin) showEndPost(c *gin.Context) error {
	p, err := w.appointee(c)
	if err != nil {
		return err
	}
	return w.endPostPage(c, http.StatusOK, p, NewForm(map[string][]string{"position": {c.Query("jabatan")}, "kind": {c.DefaultQuery("jenis", string(people.Definitif))}, "last": {string(w.today())}}))
}

func (w *admin) endPostPage(c *gin.Context, status int, p people.Person, form Form) error {
	position, kind := people.PositionID(form.Get("position")), people.AppointmentKind(form.Get("kind"))
	i := slices.IndexFunc(p.Appointments, func(x people.Appointment) bool { return x.Position == position && x.Kind == kind })
	if i < 0 {
		return faults.New(faults.NotFound, "Pegawai ini tidak memegang jabatan itu.", "This person does not hold that position.")
	}
	name := appointmentName(kind, w.position(c.Request.Context(), position))
	page := &PanelsPage{Base: Base{Active: navPeople, Title: w.T(c, "Akhiri %s", name), Lead: p.DisplayName() + " · " + w.T(c, "sejak %s", w.format(c).day(p.Appointments[i].Since)), Crumbs: crumbs(Link{Label: "Pegawai", URL: "/kelola/pegawai"}, Link{Name: p.DisplayName(), URL: personURL(string(p.ID))})}}
	page.add(Panel{Form: &PanelForm{URL: personURL(string(p.ID), "akhiri"), Form: form, Fields: []Field{hidden("position", string(position)), hidden("kind", string(kind)), form.Need("date", "last", "Hari terakhir").Short().named("until", form), reasoned(form, "Misalnya nomor surat keputusan. Dicatat di jejak audit.")},
		Buttons: []Button{{Label: "Akhiri penempatan", Kind: "danger"}, {Label: "Batal", URL: personURL(string(p.ID)), Kind: "quiet"}}}})
	w.Render(c, status, "panels", page)
	return nil
}

// named shows beside a field what the room says of it under another name.
func (f Field) named(fault string, form Form) Field {
	if e := form.Error(fault); e != "" {
		f.Error = e
	}
	return f
}

// endPost ends an appointment.
func (w *admin) endPost(c *gin.Context) error {
	ctx, form := c.Request.Context(), posted(c)
	p, err := w.appointee(c)
	if err != nil {
		return err
	}
	if _, err := w.People.Relieve(ctx, reader(c), p.ID, people.PositionID(form.Get("position")), people.AppointmentKind(form.Get("kind")), civil.Date(form.Get("last")), form.Get("why")); err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		return w.endPostPage(c, status, p, form)
	}
	return w.done(c, Success, w.T(c, "Penempatan berakhir."), personURL(string(p.ID)))
}
