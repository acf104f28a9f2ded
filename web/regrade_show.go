package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// showRegrade is one regrade: the two keys, who changes from what to what, which certificates are touched, how far it is, and what can be done now.
func (w *admin) showRegrade(c *gin.Context) error {
	return w.regradePage(c, http.StatusOK, c.Query("lakukan"), Form{}, nil)
}

// loadsAgain lets a browser load a page again by itself, with scripts or without. Only for pages on which nothing can be typed.
func loadsAgain(c *gin.Context) { c.Header("Refresh", "2") }

func (w *admin) regradePage(c *gin.Context, status int, which string, form Form, wrong *Notice) error {
	ctx, a, f, id := c.Request.Context(), reader(c), w.format(c), c.Param("regrade")
	r, err := w.Courses.RegradeByID(ctx, a, id)
	if err != nil {
		return err
	}
	before, after, err := w.Courses.RegradedItem(ctx, a, id)
	if err != nil {
		return err
	}
	ran := r.Key > 0
	tally := r.Plan
	if ran {
		tally = r.Done
	}
	p := &PanelsPage{Base: Base{Active: navRegrades, Title: w.T(c, "Penilaian ulang soal %s", r.Code), Lead: r.Course + " · " + r.Why, Crumbs: crumbs(Link{Label: "Penilaian ulang", URL: "/kelola/nilai-ulang?kursus=" + r.Course})}}
	if wrong != nil {
		p.Notices = append(p.Notices, *wrong)
	}
	state := Panel{Label: "Pembetulan kunci", Text: before.Stem, Badges: []Badge{regradeBadge(r.State)}, Facts: []Fact{{Label: "Kunci sebelumnya", Value: w.keyText(c, before)}, {Label: "Kunci yang benar", Value: w.keyText(c, after)}, {Label: "Alasan", Value: r.Why},
		{Label: "Diminta oleh", Value: w.person(ctx, r.By), Note: f.moment(r.At)}}}
	if ran {
		state.Facts = append(state.Facts, Fact{Label: "Versi kunci", Value: w.T(c, "Kunci versi %d", r.Key)})
	}
	if !r.EndedAt.IsZero() {
		state.Facts = append(state.Facts, Fact{Label: "Berakhir", Value: f.moment(r.EndedAt)})
	}
	switch r.State {
	case courses.RegradeChecking:
		state.Notices = []Notice{{Kind: Info, Text: w.T(c, "Uji coba sedang berjalan: %d percobaan sudah dilihat. Belum ada nilai yang diubah.", r.Plan.Seen)}}
	case courses.RegradeRunning, courses.RegradeStopped:
		state.Bar = &Progress{Label: "Percobaan dinilai ulang", Done: float64(r.Done.Seen), Goal: float64(max(r.Plan.Seen, r.Done.Seen)), Text: w.T(c, "%d dari %d", r.Done.Seen, max(r.Plan.Seen, r.Done.Seen))}
		state.Notices = []Notice{{Kind: Info, Text: w.T(c, "Sampai selesai, peserta membaca \"sedang dinilai ulang\" di hasilnya dan sertifikat yang bersangkutan menunggu.")}}
	case courses.RegradeOutdated:
		state.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Kunci soal ini dibetulkan orang lain lebih dahulu. Periksa ulang dari soalnya.")}}
	}
	if (r.State == courses.RegradeChecking || r.State == courses.RegradeRunning) && which == "" {
		loadsAgain(c)
	}
	p.add(state)
	if r.State != courses.RegradeChecking {
		p.add(Panel{Bare: true, Stats: []Stat{{Label: "Nilai berubah", Value: w.count(c, tally.Changed), Icon: "sync", Text: w.T(c, "dari %d yang memuat soal ini", tally.Held)},
			{Label: "Menjadi lulus", Value: w.count(c, tally.Passes), Icon: "done", Kind: Success, Text: w.T(c, "%d menyelesaikan kursus", tally.Completes)},
			{Label: "Menjadi belum lulus", Value: w.count(c, tally.Fails), Icon: "warn", Kind: Warn, Text: w.T(c, "%d belum bersertifikat", tally.Withdrawn)},
			{Label: "Sertifikat perlu diputuskan", Value: w.count(c, tally.Listed), Icon: "certificate", Kind: Danger, Text: w.T(c, "%d hanya berbeda nilai", tally.Score)}}})
	}
	if tally.Left > 0 {
		p.add(Panel{Bare: true, Notices: []Notice{{Kind: Warn, Text: w.T(c, "%d percobaan milik yang menjalankan tidak ikut dinilai ulang. Admin diklat lain menilainya dengan memeriksa dan menjalankan kunci yang sama.", tally.Left)}}})
	}
	if more, ended := r.Beyond(); more > 0 {
		p.add(Panel{Bare: true, Notices: []Notice{{Kind: Warn, Text: w.T(c, "%d hasil lebih banyak daripada uji coba: di antara uji coba dan penilaian ulang, %d percobaan lagi selesai.", more, ended)}}})
	}
	short, err := w.Courses.Shortens(ctx, a, id)
	if err != nil {
		return err
	}
	if len(short) > 0 {
		panel := Panel{Label: "Lembar baru lebih pendek", Text: w.T(c, "Tanpa soal ini bank tidak lagi memenuhi kisi-kisi. Sampai ada versi kursus dengan soal pengganti, lembar baru memuat soal yang tersisa.")}
		for _, x := range short {
			panel.Reasons = append(panel.Reasons, Reason{Kind: Warn, Text: in(c, x)})
		}
		p.add(panel)
	}
	if err := w.decisionPanel(c, p, r, which, form); err != nil {
		return err
	}
	w.regradeActs(c, p, r, which, form)
	if err := w.listedCertificates(c, p, r); err != nil {
		return err
	}
	if err := w.regradeChanges(c, p, r, ran); err != nil {
		return err
	}
	w.Render(c, status, "panels", p)
	return nil
}

// regradeActs are the decisions that are open.
func (w *admin) regradeActs(c *gin.Context, p *PanelsPage, r courses.RegradeDoc, which string, form Form) {
	run, check := w.may(c, "run", "regrade"), w.may(c, "check", "regrade")
	stop, open := refused(which, "hentikan", form)
	cancel := func(label string) Panel {
		panel := Panel{Fold: true, Open: open, Label: label, Form: &PanelForm{URL: regradeURL(r.ID, "hentikan"), Form: stop, Fields: []Field{reasoned(stop, "Dicatat di jejak audit.")}, Buttons: []Button{{Label: label, Kind: "danger"}}}}
		if r.State == courses.RegradeChecked {
			return panel
		}
		if !open { // the page loads itself again, which would take away what is being typed
			return Panel{Bare: true, Actions: []Button{{Label: label, Icon: "stop", URL: regradeURL(r.ID) + "?lakukan=hentikan"}}}
		}
		panel.Fold = false
		panel.Form.Buttons = append(panel.Form.Buttons, Button{Label: "Batal", URL: regradeURL(r.ID), Kind: "quiet"})
		return panel
	}
	start := Button{Label: "Jalankan penilaian ulang", Kind: "primary", Post: true, URL: regradeURL(r.ID, "jalankan"), Icon: "sync"}
	switch {
	case r.State == courses.RegradeChecked && run && r.Plan.Changed == 0:
		start.Kind, start.Label = "", "Pakai kunci ini"
		p.add(Panel{Label: "Putusan", Notices: []Notice{{Kind: Info, Label: "Tidak ada nilai yang berubah", Text: w.T(c, "Semua percobaan yang sudah dinilai bernilai sama dengan kunci ini. Tidak perlu menilai ulang; batalkan, atau periksa lagi kuncinya.")}},
			Actions: []Button{{Label: "Periksa lagi kuncinya", Kind: "primary", URL: correctionURL(r.Item), Icon: "edit"}}}, cancel("Batalkan"),
			Panel{Fold: true, Label: "Tetap pakai kunci ini", Text: w.T(c, "Kunci ini lalu berlaku untuk percobaan berikutnya. Nilai yang sudah ada tetap."), Actions: []Button{start}})
	case r.State == courses.RegradeChecked && run:
		p.add(Panel{Label: "Putusan", Text: w.T(c, "Bila dijalankan: hasil baru ditambahkan dan hasil lama disimpan; yang menjadi lulus menyelesaikan kursus dan mendapat sertifikat; tidak ada sertifikat yang dicabut dengan sendirinya."),
			Actions: []Button{start}}, cancel("Batalkan"))
	case r.State == courses.RegradeChecked && check:
		p.add(Panel{Label: "Putusan", Text: w.T(c, "Admin diklat memutuskan apakah penilaian ulang ini dijalankan.")}, cancel("Batalkan"))
	case r.State == courses.RegradeChecking && check:
		p.add(cancel("Batalkan"))
	case r.State == courses.RegradeRunning && run:
		p.add(cancel("Hentikan"))
	case r.State == courses.RegradeStopped && run:
		p.add(Panel{Label: "Putusan", Text: w.T(c, "Penilaian ulang dihentikan di tengah. Lanjutkan, atau betulkan kunci soal ini lagi; sampai itu selesai, sertifikat menunggu."),
			Actions: []Button{{Label: "Lanjutkan", Kind: "primary", Post: true, URL: regradeURL(r.ID, "lanjutkan")}, {Label: "Betulkan kunci", URL: correctionURL(r.Item)}}})
	}
}

func (w *admin) certificateCell(c *gin.Context, x courses.RegradeChange) Cell {
	if !w.may(c, "list", "certificate") {
		return Cell{Text: w.T(c, "Ada")}
	}
	return Cell{Text: w.T(c, "Lihat sertifikat"), URL: address("kelola", "sertifikat", string(certificateID(x.Enrolment)))}
}

func (w *admin) fromTo(c *gin.Context, x courses.RegradeChange) string {
	f := w.format(c)
	return f.points(x.Before) + " → " + f.points(x.After)
}

// regradeChanges is who changes from what to what.
func (w *admin) regradeChanges(c *gin.Context, p *PanelsPage, r courses.RegradeDoc, ran bool) error {
	q := ReadTable(c, "tampil")
	list, next, err := w.Courses.Changes(c.Request.Context(), reader(c), r.ID, courses.ChangeFilter{Certificates: q.Filter["tampil"] == "sertifikat", After: cursor(c)})
	if err != nil {
		return err
	}
	t := Table{ID: "changes", Label: "Nilai yang berubah", URL: regradeURL(r.ID), NoSearch: true, Filters: []Field{choose("tampil", "Tampilkan", q.Filter["tampil"], []Option{{Value: "", Label: "Semua perubahan"}, {Value: "sertifikat", Label: "Yang bersertifikat"}})},
		Columns: []Column{{Label: "Peserta", Main: true}, {Label: "Tes"}, {Label: "Nilai"}, {Label: "Lulus"}, {Label: "Akibatnya"}}, Empty: Empty{Icon: "done", Label: "Tidak ada nilai yang berubah"}}
	for _, x := range list {
		row := Row{URL: address("kelola", "percobaan", x.Attempt), Cells: []Cell{{Text: w.person(c.Request.Context(), x.Person)}, {Text: w.quizKind(c, x.Kind), Sub: w.T(c, "ke-%d", x.Ordinal)}, {Text: w.fromTo(c, x)}, {Text: "–"}, w.effectCell(c, x)}}
		switch {
		case x.Left:
			row.Cells[2].Text = "–"
		case x.Kind != courses.PostTest:
		case x.PassedBefore == x.PassesNow:
			row.Cells[3].Text = w.passed(c, x.PassesNow)
		default:
			row.Cells[3].Text = w.passed(c, x.PassedBefore) + " → " + w.passed(c, x.PassesNow)
		}
		if x.Effect == courses.EffectListed {
			row.Mark = Danger
		}
		t.Rows = append(t.Rows, row)
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	label := "Yang akan berubah"
	if ran {
		label = "Yang berubah"
	}
	p.add(Panel{Label: label, Table: &t})
	return nil
}

func (w *admin) passed(c *gin.Context, yes bool) string {
	if yes {
		return w.T(c, "lulus")
	}
	return w.T(c, "belum lulus")
}

func (w *admin) effectCell(c *gin.Context, x courses.RegradeChange) Cell {
	switch {
	case x.Left:
		return Cell{Badge: &Badge{Kind: Warn, Label: "Milik sendiri: dinilai admin lain"}}
	case x.Effect == courses.EffectCompletes:
		return Cell{Badge: &Badge{Kind: Success, Label: "Kursus selesai, sertifikat terbit"}}
	case x.Effect == courses.EffectWithdrawn:
		return Cell{Badge: &Badge{Kind: Warn, Label: "Menjadi belum selesai, belum bersertifikat"}}
	case x.Effect == courses.EffectListed:
		return Cell{Badge: &Badge{Kind: Danger, Label: "Sertifikat perlu diputuskan"}}
	case x.Effect == courses.EffectScore:
		return Cell{Badge: &Badge{Kind: Info, Label: "Sertifikat memuat nilai lama"}}
	}
	return Cell{Text: "–"}
}

// runRegrade lets the corrected key count.
func (w *admin) runRegrade(c *gin.Context) error {
	id := c.Param("regrade")
	if _, err := w.Courses.ConfirmRegrade(c.Request.Context(), reader(c), id); err != nil {
		n, ok := w.mistakes(c, "Belum dapat dijalankan", err)
		if !ok {
			return err
		}
		return w.regradePage(c, faults.KindOf(err).Status(), "", Form{}, &n)
	}
	return w.done(c, Success, w.T(c, "Penilaian ulang berjalan."), regradeURL(id))
}

// cancelRegrade gives a regrade up or stops it.
func (w *admin) cancelRegrade(c *gin.Context) error {
	form, id := posted(c), c.Param("regrade")
	r, err := w.Courses.CancelRegrade(c.Request.Context(), reader(c), id, form.Get("why"))
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.regradePage(c, form.Status(), "hentikan", form, nil)
	}
	text := w.T(c, "Penilaian ulang dibatalkan. Tidak ada nilai yang berubah.")
	if r.State == courses.RegradeStopped {
		text = w.T(c, "Penilaian ulang dihentikan. Yang sudah dinilai ulang tetap begitu.")
	}
	return w.done(c, Success, text, regradeURL(id))
}

// resumeRegrade lets a stopped one go on.
func (w *admin) resumeRegrade(c *gin.Context) error {
	id := c.Param("regrade")
	if _, err := w.Courses.ResumeRegrade(c.Request.Context(), reader(c), id); err != nil {
		n, ok := w.mistakes(c, "Belum dapat dijalankan", err)
		if !ok {
			return err
		}
		return w.regradePage(c, faults.KindOf(err).Status(), "", Form{}, &n)
	}
	return w.done(c, Success, w.T(c, "Penilaian ulang dilanjutkan."), regradeURL(id))
}
