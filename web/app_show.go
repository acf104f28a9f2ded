package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/readiness"
)

// listApps is the register of service applications with how ready their people are.
func (w *admin) listApps(c *gin.Context) error {
	if w.Readiness == nil {
		return faults.New(faults.NotFound, "Halaman ini tidak ada.", "There is no such page.")
	}
	ctx, q := c.Request.Context(), ReadTable(c, "status")
	found, err := w.Readiness.Apps(ctx, reader(c), readiness.AppsFilter{Status: readiness.AppStatus(q.Filter["status"]), After: cursor(c)})
	if err != nil {
		return err
	}
	statuses := []Option{{Value: "", Label: "Semua status"}}
	for _, s := range []readiness.AppStatus{readiness.Integrated, readiness.Reviewed, readiness.Standalone, readiness.Stopped} {
		statuses = append(statuses, Option{Value: string(s), Name: in(c, s.Text())})
	}
	t := Table{Label: "Aplikasi layanan", URL: "/kelola/aplikasi", NoSearch: true, Filters: []Field{choose("status", "Status", q.Filter["status"], statuses)}, Columns: []Column{{Label: "Aplikasi", Main: true}, {Label: "Unit penanggung jawab"}, {Label: "Status"}, {Label: "Peran", Numeric: true}, {Label: "Kesiapan petugas"}},
		Empty: Empty{Icon: "app", Label: "Belum ada aplikasi", Text: w.T(c, "Impor daftar aplikasi, perannya, lalu petugasnya.")}}
	for _, x := range found.Items {
		t.Rows = append(t.Rows, Row{URL: address("kelola", "aplikasi", x.Code), Cells: []Cell{{Text: in(c, x.Name), Sub: x.Service}, {Text: w.unit(ctx, people.UnitID(x.Unit))}, {Text: in(c, x.Status.Text())}, {Text: w.count(c, len(x.Roles))}, w.readyCell(c, x.Readiness)}})
	}
	next := noCursor
	if found.More {
		next = found.Next
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p := &PanelsPage{Base: Base{Active: navApps, Title: w.T(c, "Aplikasi layanan"), Lead: w.T(c, "Siapa bertugas di aplikasi mana, dan apakah mereka memegang sertifikat yang disyaratkan."), Crumbs: crumbs()}, Tabs: w.readinessTabs(c, 0)}
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

func (w *admin) readinessTabs(c *gin.Context, active int) *Tabs {
	if !w.may(c, "view", "readiness_figure") {
		return nil
	}
	t := &Tabs{Label: "Kesiapan", Items: []Tab{{Label: "Per aplikasi", URL: "/kelola/aplikasi"}, {Label: "Per unit", URL: "/kelola/kesiapan"}}}
	t.Items[active].Active = true
	return t
}

// readyCell shows readiness as a bar; nobody mapped is no readiness at all, never 100 %.
func (w *admin) readyCell(c *gin.Context, g readiness.GroupReadiness) Cell {
	if !g.Mapped() {
		return Cell{Badge: &Badge{Kind: Warn, Label: "Belum dipetakan"}}
	}
	bar := &Progress{Name: in(c, g.Text()), Done: float64(g.Ready), Goal: float64(g.Must)}
	if g.Ready == g.Must {
		bar.Kind = Success
	}
	return Cell{Percent: bar}
}

// showApp is one application: its roles with what they require, who holds them, and who is not ready.
func (w *admin) showApp(c *gin.Context) error { return w.appPage(c, http.StatusOK, "", Form{}) }

func (w *admin) appPage(c *gin.Context, status int, which string, form Form) error {
	if w.Readiness == nil {
		return faults.New(faults.NotFound, "Halaman ini tidak ada.", "There is no such page.")
	}
	ctx, a, f, code := c.Request.Context(), reader(c), w.format(c), c.Param("app")
	x, err := w.Readiness.App(ctx, a, code)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navApps, Title: in(c, x.Name), Lead: code + " · " + w.unit(ctx, people.UnitID(x.Unit)), Crumbs: crumbs(Link{Label: "Aplikasi layanan", URL: "/kelola/aplikasi"})}}
	state := Panel{Half: true, Label: "Kesiapan petugas"}
	if cell := w.readyCell(c, x.Readiness); cell.Percent != nil {
		state.Bar = cell.Percent
	} else {
		state.Notices = []Notice{{Kind: Warn, Label: "Belum dipetakan", Text: w.T(c, "Belum ada petugas. Aplikasi tanpa petugas tidak dihitung siap.")}}
	}
	state.Facts = []Fact{{Label: "Layanan", Value: dash(x.Service)}, {Label: "Status", Value: in(c, x.Status.Text())}}
	roles := Panel{Half: true, Label: "Peran dan syaratnya"}
	var options []Option
	for _, r := range x.Roles {
		note := ""
		if r.SOP != "" {
			note = w.T(c, "SOP versi %s", r.SOP)
		}
		roles.Facts = append(roles.Facts, Fact{Name: official(string(r.Role)), Value: dash(strings.Join(r.Courses, ", ")), Note: note})
		options = append(options, Option{Value: string(r.Role), Name: official(string(r.Role))})
	}
	if len(x.Roles) == 0 {
		roles.Text = w.T(c, "Belum ada peran. Impor peran aplikasi dahulu.")
	}
	p.add(state, roles)
	if err := w.operators(c, p, code); err != nil {
		return err
	}
	waiting, err := w.Readiness.BlockingApp(ctx, a, code)
	if err != nil && !unseen(err) {
		return err
	}
	if len(waiting) > 0 {
		t := Table{Label: "Yang belum siap", NoSearch: true, Columns: []Column{{Label: "Petugas", Main: true}, {Label: "Dipegang", Numeric: true}, {Label: "Yang belum dipegang"}}}
		for _, r := range waiting {
			var missing []string
			for _, it := range r.Items {
				if it.Held {
					continue
				}
				text := it.Course
				if it.Lapsed != "" {
					text += " (" + w.T(c, "kedaluwarsa %s", f.day(it.Lapsed)) + ")"
				}
				missing = append(missing, text)
			}
			t.Rows = append(t.Rows, Row{URL: w.personLink(c, r.Person), Cells: []Cell{{Text: w.person(ctx, r.Person)}, {Text: w.T(c, "%d dari %d", r.Held, r.Required)}, {Text: strings.Join(missing, ", ")}}})
		}
		p.add(Panel{Label: "Yang belum siap", Table: &t})
	}
	if w.may(c, "appoint", "app") && len(options) > 0 {
		form, open := refused(which, "tugaskan", form)
		if form.Values == nil {
			form = NewForm(map[string][]string{"since": {string(w.today())}})
		}
		fields, _ := w.pick(c, &form)
		fields = append(fields, form.Need("select", "role", "Peran").With(options), form.Need("date", "since", "Mulai").Short())
		p.add(Panel{Fold: true, Open: open, ID: "petugas-baru", Label: "Tugaskan petugas", Form: &PanelForm{URL: address("kelola", "aplikasi", code, "petugas"), Form: form, Fields: fields, Buttons: []Button{{Label: "Tugaskan", Kind: "primary", Field: "act", Value: "assign"}, {Label: "Cari pegawai", Icon: "search", Field: "act", Value: "find", Loose: true}}}})
	}
	w.Render(c, status, "panels", p)
	return nil
}

func (w *admin) operators(c *gin.Context, p *PanelsPage, code string) error {
	ctx, f := c.Request.Context(), w.format(c)
	all, err := w.Readiness.Operators(ctx, reader(c), code)
	if unseen(err) {
		return nil
	}
	if err != nil {
		return err
	}
	t := Table{Label: "Petugas", NoSearch: true, Columns: []Column{{Label: "Petugas", Main: true}, {Label: "Peran"}, {Label: "Mulai"}, {Label: "Tindakan", Actions: true}}, Empty: Empty{Icon: "people", Label: "Belum ada petugas"}}
	today := w.today()
	for _, o := range all {
		row := Row{URL: w.personLink(c, o.Person), Cells: []Cell{{Text: w.person(ctx, o.Person)}, {Text: official(string(o.Role))}, {Text: f.day(o.Since)}, {}}}
		switch {
		case o.Until != "" && o.Until < today:
			row.Cells[2].Sub = w.T(c, "sampai %s", f.day(o.Until))
		case w.may(c, "appoint", "app"):
			row.Cells[3].Button = &Button{Label: "Akhiri", Small: true, Kind: "quiet", URL: address("kelola", "aplikasi", code, "petugas", o.Person, string(o.Role)), About: row.Cells[0].Text}
		}
		t.Rows = append(t.Rows, row)
	}
	p.add(Panel{Label: "Petugas", Table: &t})
	return nil
}

// appointOperator gives somebody a role in an application.
func (w *admin) appointOperator(c *gin.Context) error {
	form, code := posted(c), c.Param("app")
	if form.Get("act") == "find" {
		return w.appPage(c, http.StatusOK, "tugaskan", form)
	}
	if w.Readiness == nil {
		return faults.New(faults.NotFound, "Halaman ini tidak ada.", "There is no such page.")
	}
	probe := form
	_, person := w.pick(c, &probe)
	var err error
	if person == "" {
		err = faults.OnField("find", "Cari dan pilih pegawainya.", "Find and choose the person.")
	} else {
		form.Values.Set("person", string(person))
		form.Values.Del("find")
		err = w.Readiness.AppointOperator(c.Request.Context(), reader(c), readiness.AppOperator{Person: string(person), App: code, Role: readiness.RoleKind(form.Get("role")), Since: civil.Date(form.Get("since"))})
	}
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.appPage(c, form.Status(), "tugaskan", form)
	}
	return w.done(c, Success, w.T(c, "Petugas ditambahkan. Kesiapannya sedang dihitung."), address("kelola", "aplikasi", code))
}

// showRelieve asks until when and why somebody's role in an application ends.
func (w *admin) showRelieve(c *gin.Context) error {
	return w.relievePage(c, http.StatusOK, NewForm(map[string][]string{"last": {string(w.today())}}))
}

func (w *admin) relievePage(c *gin.Context, status int, form Form) error {
	if w.Readiness == nil || !w.may(c, "appoint", "app") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	code := c.Param("app")
	if _, err := w.Readiness.Operators(c.Request.Context(), reader(c), code); err != nil { // the page names a person
		return err
	}
	p := &PanelsPage{Base: Base{Active: navApps, Title: w.T(c, "Akhiri tugas %s", w.person(c.Request.Context(), c.Param("person"))), Lead: code + " · " + c.Param("role"), Crumbs: crumbs(Link{Label: "Aplikasi layanan", URL: "/kelola/aplikasi"}, Link{Name: code, URL: address("kelola", "aplikasi", code)})}}
	p.add(Panel{Form: &PanelForm{URL: address("kelola", "aplikasi", code, "petugas", c.Param("person"), c.Param("role")), Form: form, Fields: []Field{form.Need("date", "last", "Hari terakhir").Short(), reasoned(form, "Dicatat di jejak audit.")}, Buttons: []Button{{Label: "Akhiri tugas", Kind: "danger"}, {Label: "Batal", URL: address("kelola", "aplikasi", code), Kind: "quiet"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// relieveOperator ends a role in an application.
func (w *admin) relieveOperator(c *gin.Context) error {
	if w.Readiness == nil {
		return faults.New(faults.NotFound, "Halaman ini tidak ada.", "There is no such page.")
	}
	form, code := posted(c), c.Param("app")
	if err := w.Readiness.RelieveOperator(c.Request.Context(), reader(c), c.Param("person"), code, readiness.RoleKind(c.Param("role")), civil.Date(form.Get("last")), form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.relievePage(c, form.Status(), form)
	}
	return w.done(c, Success, w.T(c, "Tugas diakhiri."), address("kelola", "aplikasi", code))
}

// showReadiness is readiness per unit: the city, the units below one, and who is not ready there for whoever may see names.
func (w *admin) showReadiness(c *gin.Context) error {
	if w.Readiness == nil || !w.may(c, "view", "readiness_figure") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	ctx, a := c.Request.Context(), reader(c)
	scope := w.Policy.Scope(a, "view", "readiness_figure")
	unit := c.Query("unor")
	if unit == "" && !scope.All {
		unit = scope.Units[0]
	}
	p := &PanelsPage{Base: Base{Active: navApps, Title: w.T(c, "Kesiapan per unit"), Lead: w.T(c, "Orang yang siap dibagi orang yang bertugas di aplikasi layanan."), Crumbs: crumbs(Link{Label: "Aplikasi layanan", URL: "/kelola/aplikasi"})}, Tabs: w.readinessTabs(c, 1)}
	var own readiness.GroupReadiness
	var err error
	if unit == "" {
		own, err = w.Readiness.CityReadiness(ctx, a)
	} else {
		own, err = w.Readiness.UnitReadiness(ctx, a, unit)
	}
	if err != nil {
		return err
	}
	top := Panel{Label: "Seluruh kota"}
	if unit != "" {
		top.Name = w.unit(ctx, people.UnitID(unit))
		if u, err := w.People.LookUnit(ctx, people.UnitID(unit)); err == nil && u.Parent != "" {
			top.Actions = []Button{{Label: "Satu tingkat ke atas", URL: "/kelola/kesiapan?unor=" + string(u.Parent), Icon: "arrow-left", Small: true}}
		}
	}
	if cell := w.readyCell(c, own); cell.Percent != nil {
		top.Bar = cell.Percent
	} else {
		top.Badges = []Badge{*cell.Badge}
	}
	below, err := w.Readiness.UnitsBelow(ctx, a, unit)
	if err != nil && !unseen(err) {
		return err
	}
	if unit == "" && len(below) == 1 { // the city's own root says nothing that the figure above does not
		if below, err = w.Readiness.UnitsBelow(ctx, a, strings.TrimPrefix(below[0].ID, readiness.UnitGroup(""))); err != nil && !unseen(err) {
			return err
		}
	}
	t := Table{Label: "Unit di bawahnya", NoSearch: true, Columns: []Column{{Label: "Unit", Main: true}, {Label: "Siap", Numeric: true}, {Label: "Kesiapan petugas"}}, Empty: Empty{Icon: "unit", Label: "Tidak ada unit di bawahnya"}}
	for _, g := range below {
		id := strings.TrimPrefix(g.ID, readiness.UnitGroup(""))
		row := Row{URL: "/kelola/kesiapan?unor=" + id, Cells: []Cell{{Text: w.unit(ctx, people.UnitID(id))}, {Text: strconv.Itoa(g.Ready) + "/" + strconv.Itoa(g.Must)}, w.readyCell(c, g)}}
		t.Rows = append(t.Rows, row)
	}
	p.add(top, Panel{Label: "Unit di bawahnya", Table: &t})
	if unit != "" {
		waiting, err := w.Readiness.Blocking(ctx, a, unit, storage.Cursor{}, 100)
		if err != nil && !unseen(err) {
			return err
		}
		if len(waiting.Items) > 0 {
			t := Table{Label: "Yang belum siap", NoSearch: true, Columns: []Column{{Label: "Petugas", Main: true}, {Label: "Peran"}, {Label: "Dipegang", Numeric: true}}}
			for _, r := range waiting.Items {
				t.Rows = append(t.Rows, Row{URL: w.personLink(c, r.Person), Cells: []Cell{{Text: w.person(ctx, r.Person)}, {Text: strings.Join(r.Roles, ", ")}, {Text: w.T(c, "%d dari %d", r.Held, r.Required)}}})
			}
			p.add(Panel{Label: "Yang belum siap", Table: &t})
		}
	}
	return w.panels(c, p)
}
