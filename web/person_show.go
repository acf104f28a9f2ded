package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/overviews"
	"github.com/apelkota/apel/people"
)

// showPerson is one person's profile. Opening it leaves an audit entry that the person can see; the page says so.
func (w *admin) showPerson(c *gin.Context) error {
	return w.profile(c, http.StatusOK, "", Form{})
}

// profile shows the profile with the form that was refused open and filled in. which names it.
func (w *admin) profile(c *gin.Context, status int, which string, form Form) error {
	ctx, a, id := c.Request.Context(), reader(c), people.ID(c.Param("person"))
	o, err := w.overviews().Person(ctx, a, id)
	if err != nil {
		return err
	}
	p := o.Person
	page := &PanelsPage{Base: Base{Active: navPeople, Title: p.DisplayName(), Lead: p.Masked() + " · " + in(c, p.Status.Text()), Crumbs: crumbs(Link{Label: "Pegawai", URL: "/kelola/pegawai"})}}
	if a.Person != string(id) {
		page.Notices = append(page.Notices, Notice{Kind: Info, Text: w.T(c, "Anda membuka profil orang lain. Hal ini tercatat dan dapat dilihat oleh yang bersangkutan.")})
	}
	if w.allowed(c, "edit", p.Thing()) == nil {
		page.Actions = append(page.Actions, Button{Label: "Ubah data", Icon: "edit", URL: personURL(string(id), "ubah")})
	}
	if w.allowed(c, "renumber", p.Thing()) == nil {
		page.Actions = append(page.Actions, Button{Label: "Ganti NIP atau NI", Icon: "key", URL: personURL(string(id), "nomor"), Kind: "quiet"})
	}
	page.add(w.personFacts(c, p), w.personPosts(ctx, c, p))
	if o.Account.Shown {
		page.add(w.accountPanels(c, p, o.Account.Of, which, form)...)
	}
	w.personLearning(c, page, o)
	w.Render(c, status, "panels", page)
	return nil
}

func (w *admin) personFacts(c *gin.Context, p people.Person) Panel {
	ctx, f := c.Request.Context(), w.format(c)
	facts := []Fact{{Label: "NIP/NI", Value: p.Masked(), Code: true}, {Label: "Unit kerja", Value: w.unit(ctx, p.Unit)}, {Label: "Golongan atau pangkat", Value: dash(p.Rank)},
		{Label: "Pendidikan", Value: dash(p.Education), Note: p.EducationField}, {Label: "Surel", Value: dash(p.Email)}}
	if p.PPPK() {
		facts = append(facts, Fact{Label: "Kontrak", Value: f.day(p.ContractStart) + " – " + f.day(p.ContractEnd)})
	}
	facts = append(facts, Fact{Label: "Akhir masa dinas", Value: f.day(p.ServiceEnd)})
	if len(p.Identities) > 1 {
		facts = append(facts, Fact{Label: "Nomor sebelumnya", Value: w.T(c, "%d nomor, semuanya tetap orang ini", len(p.Identities)-1)})
	}
	if p.Gone != nil {
		facts = append(facts, Fact{Label: "Sumber data", Value: p.Gone.Source, Badge: &Badge{Kind: Warn, Label: "Hilang dari sumber"}, Note: f.day(p.Gone.Since)})
	}
	return Panel{Half: true, Label: "Data pegawai", Facts: facts}
}

func (w *admin) personPosts(ctx context.Context, c *gin.Context, p people.Person) Panel {
	f, today, may := w.format(c), w.today(), w.allowed(c, "appoint", p.Thing()) == nil
	panel := Panel{Half: true, ID: "jabatan", Label: "Jabatan dan atasan"}
	posts := slices.Clone(p.Appointments)
	slices.SortFunc(posts, func(x, y people.Appointment) int { return -compare(string(x.Since), string(y.Since)) })
	t := Table{Label: "Riwayat jabatan", NoSearch: true, Columns: []Column{{Label: "Jabatan", Main: true}, {Label: "Masa"}}}
	if may {
		t.Columns = append(t.Columns, Column{Label: "Tindakan", Actions: true})
	}
	for _, post := range posts {
		span := f.day(post.Since) + " – "
		if post.Until != "" {
			span += f.day(post.Until)
		} else {
			span += w.T(c, "sekarang")
		}
		row := Row{Cells: []Cell{{Text: appointmentName(post.Kind, w.position(ctx, post.Position)), Sub: w.unit(ctx, post.Unit)}, {Text: span}}}
		switch {
		case post.On(today):
			row.Cells[1].Badge = &Badge{Kind: Success, Label: "Berjalan"}
		case post.Since > today:
			row.Cells[1].Badge = &Badge{Kind: Info, Label: "Mendatang"}
		}
		if may {
			cell := Cell{}
			if post.Until == "" || post.Until >= today {
				cell.Button = &Button{Label: "Akhiri", Small: true, Kind: "quiet", URL: endURL(p.ID, post), About: row.Cells[0].Text}
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		panel.Table = &t
	} else {
		panel.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Belum ada penempatan jabatan. Syarat dan kesenjangan dihitung setelah jabatannya diisi.")}}
	}
	fact := Fact{Label: "Atasan", Value: "–"}
	if d, err := w.People.Derive(ctx, reader(c), p.ID); err == nil {
		if d.Person.ID != "" {
			fact.Value = d.Person.DisplayName()
			if w.may(c, "view", "person") {
				fact.URL = w.personLink(c, string(d.Person.ID))
			}
		}
		panel.Inner = []Panel{{Fold: true, Label: "Bagaimana atasannya ditentukan", Reasons: w.derivation(c, d)}}
	}
	panel.Facts = []Fact{fact}
	if may {
		panel.Actions = append(panel.Actions, Button{Label: "Angkat", Icon: "plus", URL: personURL(string(p.ID), "angkat")})
	}
	if w.allowed(c, "set_supervisor", p.Thing()) == nil {
		panel.Actions = append(panel.Actions, Button{Label: "Atur atasan", Icon: "people", URL: personURL(string(p.ID), "atasan"), Kind: "quiet"})
	}
	return panel
}

// accountPanels show the account, its roles, and what may be done with them; each act asks for its reason.
func (w *admin) accountPanels(c *gin.Context, p people.Person, account people.Account, which string, form Form) []Panel {
	ctx, f, self := c.Request.Context(), w.format(c), reader(c).Person == string(p.ID)
	state := Panel{Half: true, Label: "Akun", Badges: []Badge{accountBadge(account.State)}, Facts: []Fact{{Label: "Masuk terakhir", Value: f.moment(account.LastLogin)}}}
	if account.State == people.AccountSlip {
		state.Facts = append(state.Facts, Fact{Label: "Slip berlaku sampai", Value: f.moment(account.SlipUntil)})
	}
	second := Fact{Label: "Kode dua langkah", Value: w.T(c, "Belum dipasang")}
	if account.Second {
		second.Value = w.T(c, "Terpasang, %d kode cadangan tersisa", account.Codes)
	} else if !account.SetUpBy.IsZero() && !w.config.Now().Before(account.SetUpBy) {
		second.Note = w.T(c, "Peran khusus tidak berlaku sampai kode dipasang.")
	} else if !account.SetUpBy.IsZero() {
		second.Note = w.T(c, "Wajib dipasang sebelum %s", f.moment(account.SetUpBy))
	}
	state.Facts = append(state.Facts, second)
	if account.Blocked != "" {
		state.Notices = []Notice{{Kind: Danger, Label: "Akun ditutup", Text: account.Blocked}}
	}
	if !self {
		state.Inner = w.accountForms(c, p, account, which, form)
	}
	roles := Panel{Half: true, Label: "Peran"}
	t := Table{Label: "Peran", NoSearch: true, Columns: []Column{{Label: "Peran", Main: true}, {Label: "Wilayah"}, {Label: "Diberikan"}}}
	options := []Option{}
	for i, g := range account.Roles {
		reach := w.T(c, "Seluruh kota")
		if g.Unit != "" {
			reach = w.unit(ctx, g.Unit)
		}
		given := w.person(ctx, g.By) + ", " + f.day(g.At)
		if g.Until != "" {
			given += " · " + w.T(c, "sampai %s", f.day(g.Until))
		}
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: in(c, people.RoleText(g.Role)), Sub: g.Why}, {Text: reach}, {Text: given}}})
		options = append(options, Option{Value: fmt.Sprint(i), Name: in(c, people.RoleText(g.Role)) + " · " + reach})
	}
	if len(t.Rows) > 0 {
		roles.Table = &t
	} else {
		roles.Text = w.T(c, "Belum ada peran khusus. Setiap pegawai aktif dapat belajar tanpa peran khusus.")
	}
	if !self && (w.may(c, "grant", "account") || w.may(c, "grant_teaching", "account")) {
		roles.Inner = w.roleForms(c, p, options, which, form)
	}
	return []Panel{state, roles}
}

func accountBadge(state people.AccountState) Badge {
	switch state {
	case people.AccountActive:
		return Badge{Kind: Success, Label: "Aktif"}
	case people.AccountSlip:
		return Badge{Kind: Info, Label: "Menunggu aktivasi", Icon: "clock"}
	case people.AccountBlocked:
		return Badge{Kind: Danger, Label: "Ditutup"}
	}
	return Badge{Kind: Warn, Label: "Belum ada akun"}
}

// refused is the form when it is the one that was refused, else an empty one.
func refused(which, this string, form Form) (Form, bool) {
	if which == this {
		return form, true
	}
	return Form{}, false
}

func (w *admin) accountForms(c *gin.Context, p people.Person, account people.Account, which string, form Form) []Panel {
	var inner []Panel
	act := func(name, label, text, hint string, button Button) {
		f, open := refused(which, name, form)
		button.Field, button.Value = "act", name
		inner = append(inner, Panel{Fold: true, Open: open, Name: w.words.say(Lang(c), label), Text: w.words.say(Lang(c), text),
			Form: &PanelForm{URL: personURL(string(p.ID), "akun"), Form: f, Fields: []Field{reasoned(f, hint).prefixed(name + "-")}, Buttons: []Button{button}}})
	}
	if w.may(c, "issue_slip", "account") {
		f, open := refused(which, "slip", form)
		inner = append(inner, Panel{Fold: true, Open: open, Label: "Slip baru", Text: w.T(c, "Slip lama dan kata sandi lama tidak berlaku lagi. Kode tampil satu kali, lalu dicetak."),
			Form: &PanelForm{URL: personURL(string(p.ID), "slip"), Form: f, Fields: []Field{reasoned(f, "Misalnya: lupa kata sandi, slip hilang.").prefixed("slip-")}, Buttons: []Button{{Label: "Buat slip dan cetak", Kind: "primary", Icon: "print"}}}})
	}
	if w.may(c, "block", "account") {
		if account.State == people.AccountBlocked {
			act("buka", "Buka akun", "Pegawai dapat masuk lagi dengan kata sandinya.", "Dicatat dan dibaca pegawai.", Button{Label: "Buka akun", Kind: "primary"})
		} else {
			act("tutup", "Tutup akun", "Semua sesi berakhir saat ini juga. Data belajar tetap ada.", "Dicatat dan dibaca pegawai.", Button{Label: "Tutup akun", Kind: "danger"})
		}
	}
	if w.may(c, "end_sessions", "account") && account.State == people.AccountActive {
		act("keluarkan", "Akhiri semua sesi", "Pegawai harus masuk lagi di semua perangkat.", "Misalnya: ponsel hilang.", Button{Label: "Akhiri sesi"})
	}
	if w.may(c, "drop_totp", "account") && account.Second {
		act("kode", "Lepas kode dua langkah", "Pegawai memasang kode dua langkah lagi setelah masuk.", "Misalnya: ponsel diganti.", Button{Label: "Lepas kode dua langkah", Kind: "danger"})
	}
	return inner
}

func (w *admin) roleForms(c *gin.Context, p people.Person, held []Option, which string, form Form) []Panel {
	give, open := refused(which, "beri", form)
	names := []Option{{Value: "", Label: "Pilih peran"}}
	for _, r := range people.Roles() {
		if r == "supervisor" { // derived from who heads a unit
			continue
		}
		names = append(names, Option{Value: r, Name: in(c, people.RoleText(r))})
	}
	units, err := w.unitOptions(c, "view", "person", "Seluruh kota")
	if err != nil {
		units = []Option{{Value: "", Label: "Seluruh kota"}}
	}
	inner := []Panel{{Fold: true, Open: open, Label: "Beri peran", Form: &PanelForm{URL: personURL(string(p.ID), "peran"), Form: give, Fields: []Field{
		give.Need("select", "role", "Peran").With(names), give.Input("select", "unit", "Wilayah").With(units).Hinted("Peran berlaku di unit ini dan semua di bawahnya."),
		give.Input("date", "until", "Sampai tanggal").Hinted("Kosongkan bila tanpa batas.").Short(), reasoned(give, "Dicatat di jejak audit dan dibaca pegawai.").prefixed("beri-")},
		Buttons: []Button{{Label: "Beri peran", Kind: "primary"}}}}}
	if len(held) > 0 {
		take, open := refused(which, "cabut", form)
		inner = append(inner, Panel{Fold: true, Open: open, Label: "Cabut peran", Form: &PanelForm{URL: personURL(string(p.ID), "peran", "cabut"), Form: take, Fields: []Field{
			take.Need("select", "held", "Peran yang dicabut").With(held), reasoned(take, "Dicatat di jejak audit dan dibaca pegawai.").prefixed("cabut-")},
			Buttons: []Button{{Label: "Cabut peran", Kind: "danger"}}}})
	}
	return inner
}

// personLearning adds what other rooms know of a person, each as far as it lets the reader see.
func (w *admin) personLearning(c *gin.Context, page *PanelsPage, o overviews.Person) {
	id, f := string(o.Person.ID), w.format(c)
	if o.Assignments.Shown {
		t := w.assignmentTable(c, o.Assignments.Of, false)
		panel := Panel{Label: "Penugasan kursus", Table: &t}
		if w.may(c, "assign", "assignment") {
			panel.Actions = []Button{{Label: "Tugaskan kursus", Icon: "plus", URL: "/kelola/penugasan/baru?pegawai=" + id}}
		}
		page.add(panel)
	}
	if o.Certificates.Shown {
		t := w.certificateTable(c, o.Certificates.Of)
		page.add(Panel{Label: "Sertifikat", Table: &t})
	}
	if o.Standing.Shown {
		standing := o.Standing.Of
		panel := Panel{Half: true, Label: "Kompetensi", Text: in(c, standing.Text)}
		if standing.PostName != "" {
			panel.Text = standing.PostName + ": " + panel.Text
		}
		for _, g := range standing.Gaps {
			panel.Levels = append(panel.Levels, Level{Name: in(c, g.Name), Code: g.Competency, Owned: g.Owned.Level, Required: g.Level, Unknown: !g.Owned.Known(), Proposed: g.Owned.State == "proposed"})
		}
		if w.may(c, "view", "candidate") {
			panel.Actions = []Button{{Label: "Jabatan yang cocok", Icon: "position", URL: personURL(id, "jabatan")}}
		}
		page.add(panel)
	}
	if o.Hours.Shown {
		panel := Panel{Half: true, Label: "Jam pelajaran (JP)", Text: in(c, o.Hours.Of.Text)}
		for _, e := range o.Hours.Of.Entries {
			panel.Facts = append(panel.Facts, Fact{Name: e.Title, Value: w.T(c, "%d JP", e.JP), Note: f.day(e.On) + " · " + in(c, e.State.Text())})
		}
		page.add(panel)
	}
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
