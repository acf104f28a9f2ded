package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
)

// listRules lists the rules that give courses to groups, with a form for another.
func (w *admin) listRules(c *gin.Context) error {
	return w.rulesPage(c, http.StatusOK, NewForm(map[string][]string{"due_days": {"60"}, "reason": {string(courses.ReasonBase)}}), false)
}

func (w *admin) rulesPage(c *gin.Context, status int, form Form, open bool) error {
	ctx, f := c.Request.Context(), w.format(c)
	rules, err := w.Courses.Rules(ctx, reader(c))
	if err != nil {
		return err
	}
	t := Table{Label: "Aturan penugasan", NoSearch: true, Columns: []Column{{Label: "Aturan", Main: true}, {Label: "Kursus"}, {Label: "Untuk siapa"}, {Label: "Tenggat"}, {Label: "Tercakup", Numeric: true}, {Label: "Status"}, {Label: "Tindakan", Actions: true}},
		Empty: Empty{Icon: "task", Label: "Belum ada aturan", Text: w.T(c, "Aturan memberi kursus kepada sekelompok pegawai, termasuk yang baru bergabung.")}}
	for _, r := range rules {
		b := Badge{Kind: Success, Label: "Berjalan"}
		switch {
		case !r.Active:
			b = Badge{Label: "Dihentikan"}
		case r.Running:
			b = Badge{Kind: Info, Label: "Sedang dihitung", Icon: "clock"}
		}
		row := Row{Cells: []Cell{{Text: r.ID, Sub: in(c, r.Because)}, {Text: r.Course}, {Text: w.who(c, r.Who)}, {Text: w.T(c, "%d hari", r.DueDays)}, {Text: w.count(c, r.Covered)}, {Badge: &b, Sub: f.day(r.LastRun)}, {}}}
		if r.Active {
			row.Cells[6].Button = &Button{Label: "Hentikan", Small: true, Kind: "quiet", URL: address("kelola", "penugasan", "aturan", r.ID), About: r.ID}
		}
		t.Rows = append(t.Rows, row)
	}
	p := &PanelsPage{Base: Base{Active: navAssignments, Title: w.T(c, "Aturan penugasan"), Lead: w.T(c, "Berlaku untuk yang ada sekarang dan yang datang kemudian; dihitung ulang setiap malam."), Crumbs: crumbs(Link{Label: "Penugasan kursus", URL: "/kelola/penugasan"})}, Tabs: w.assignmentTabs(1, c)}
	p.add(Panel{Bare: true, Table: &t})
	if w.may(c, "rule", "assignment") {
		options, err := w.courseOptions(c, "Pilih kursus")
		if err != nil {
			return err
		}
		units, err := w.codeOptions(c)
		if err != nil {
			return err
		}
		p.add(Panel{Fold: true, Open: open, ID: "baru", Label: "Aturan baru", Form: &PanelForm{URL: "/kelola/penugasan/aturan", Form: form, Fields: []Field{
			form.Need("text", "code", "Kode aturan").Hinted("Huruf, angka, dan tanda hubung; misalnya DASAR-2026. Kode yang sama mengganti aturan lama.").Short(),
			form.Need("select", "course", "Kursus").With(options), form.Need("select", "who", "Untuk siapa").With(whoOptions()),
			form.Input("select", "unit", "Unit").With(units).Hinted("Diisi bila aturan berlaku untuk satu unit."), form.Input("text", "value", "Nilai").Hinted("Diisi bila bukan unit: status, jenis jabatan, kode jabatan, kode standar, atau APLIKASI/peran; * di tempat APLIKASI berarti semua aplikasi."),
			form.Need("number", "due_days", "Tenggat").Between("1", "730").Measured("hari").Short(), form.Need("select", "reason", "Jenis alasan").With(w.reasonOptions()),
			form.Need("text", "because", "Alasan untuk pegawai").Hinted("Satu kalimat yang dibaca pegawai.")}, Buttons: []Button{{Label: "Simpan dan terapkan", Kind: "primary"}}}})
	}
	w.Render(c, status, "panels", p)
	return nil
}

func whoOptions() []Option {
	return []Option{{Value: string(courses.WhoAll), Label: "Semua pegawai"}, {Value: string(courses.WhoUnit), Label: "Satu unit dan di bawahnya"}, {Value: string(courses.WhoStatus), Label: "Status pegawai"},
		{Value: string(courses.WhoPositionKind), Label: "Jenis jabatan"}, {Value: string(courses.WhoPosition), Label: "Satu jabatan"}, {Value: string(courses.WhoStandard), Label: "Jabatan dengan standar tertentu"}, {Value: string(courses.WhoAppRole), Label: "Peran di aplikasi"}}
}

// who says whom a rule covers.
func (w *admin) who(c *gin.Context, who courses.Who) string {
	label := ""
	for _, o := range whoOptions() {
		if o.Value == string(who.Kind) {
			label = w.words.say(Lang(c), o.Label)
		}
	}
	switch {
	case who.Value == "":
		return label
	case who.Kind == courses.WhoUnit:
		return w.unit(c.Request.Context(), people.UnitID(who.Value))
	case who.Kind == courses.WhoPosition:
		return w.position(c.Request.Context(), people.PositionID(who.Value))
	case who.Kind == courses.WhoAppRole:
		app, role, _ := strings.Cut(who.Value, "/")
		if app == "*" {
			return w.T(c, "%s di semua aplikasi", official(role))
		}
		return w.T(c, "%s di aplikasi %s", official(role), app)
	}
	return label + ": " + who.Value
}

// addRule makes or replaces a rule and applies it to everybody it covers.
func (w *admin) addRule(c *gin.Context) error {
	form := posted(c)
	days, _ := strconv.Atoi(form.Get("due_days")) // what is no number is 0, which the room refuses
	who := form.Get("who")
	switch value := form.Get("value"); {
	case who == string(courses.WhoUnit):
		who += ":" + form.Get("unit")
	case who != string(courses.WhoAll):
		who += ":" + value
	}
	because := form.Get("because")
	if _, err := w.Courses.AssignByRule(c.Request.Context(), reader(c), courses.RuleInput{Code: form.Get("code"), Course: form.Get("course"), Who: who, DueDays: days, Reason: courses.Reason(form.Get("reason")), Because: texts.T(because, because)}); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.rulesPage(c, form.Status(), form, true)
	}
	return w.done(c, Success, w.T(c, "Aturan disimpan dan sedang diterapkan."), "/kelola/penugasan/aturan")
}

// showStopRule asks why a rule ends.
func (w *admin) showStopRule(c *gin.Context) error {
	if !w.may(c, "rule", "assignment") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	return w.stopRulePage(c, http.StatusOK, Form{})
}

func (w *admin) stopRulePage(c *gin.Context, status int, form Form) error {
	p := &PanelsPage{Base: Base{Active: navAssignments, Title: w.T(c, "Hentikan aturan %s", c.Param("rule")), Lead: w.T(c, "Penugasan yang sudah diberikan tetap ada. Pegawai baru tidak lagi mendapatkannya."), Crumbs: crumbs(Link{Label: "Penugasan kursus", URL: "/kelola/penugasan"}, Link{Label: "Aturan", URL: "/kelola/penugasan/aturan"})}}
	p.add(Panel{Form: &PanelForm{URL: address("kelola", "penugasan", "aturan", c.Param("rule")), Form: form, Fields: []Field{reasoned(form, "Dicatat di jejak audit.")}, Buttons: []Button{{Label: "Hentikan aturan", Kind: "danger"}, {Label: "Batal", URL: "/kelola/penugasan/aturan", Kind: "quiet"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// stopRule ends a rule.
func (w *admin) stopRule(c *gin.Context) error {
	form := posted(c)
	if err := w.Courses.StopRule(c.Request.Context(), reader(c), c.Param("rule"), form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.stopRulePage(c, form.Status(), form)
	}
	return w.done(c, Success, w.T(c, "Aturan dihentikan."), "/kelola/penugasan/aturan")
}
