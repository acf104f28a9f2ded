package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// showAssign asks whom to give which course, why and until when.
func (w *admin) showAssign(c *gin.Context) error {
	due := w.today().AddDays(30)
	return w.assignPage(c, http.StatusOK, NewForm(map[string][]string{"key": {storage.NewID()}, "person": {c.Query("pegawai")}, "course": {c.Query("kursus")}, "due": {string(due)}, "reason": {string(courses.ReasonGap)}}))
}

func (w *admin) assignPage(c *gin.Context, status int, form Form) error {
	if !w.may(c, "assign", "assignment") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	options, err := w.courseOptions(c, "Pilih kursus")
	if err != nil {
		return err
	}
	fields, _ := w.pick(c, &form)
	fields = append(fields, hidden("key", form.Get("key")), form.Need("select", "course", "Kursus").With(options), form.Need("select", "reason", "Jenis alasan").With(w.reasonOptions()),
		form.Need("text", "because", "Alasan untuk pegawai").Hinted("Satu kalimat yang dibaca pegawai, misalnya: Anda baru bertugas di loket mal pelayanan publik."),
		form.Need("date", "due", "Tenggat").Between(string(w.today()), "").Short())
	p := &PanelsPage{Base: Base{Active: navAssignments, Title: w.T(c, "Tugaskan kursus"), Crumbs: crumbs(Link{Label: "Penugasan kursus", URL: "/kelola/penugasan"})}}
	p.add(Panel{Form: &PanelForm{URL: "/kelola/penugasan/baru", Form: form, Fields: fields, Buttons: []Button{{Label: "Tugaskan", Kind: "primary", Field: "act", Value: "assign"}, {Label: "Cari pegawai", Icon: "search", Field: "act", Value: "find", Loose: true}}}})
	w.Render(c, status, "panels", p)
	return nil
}

func (w *admin) reasonOptions() []Option {
	return []Option{{Value: string(courses.ReasonBase), Label: "Dasar untuk semua"}, {Value: string(courses.ReasonGap), Label: "Menutup kesenjangan kompetensi"}, {Value: string(courses.ReasonApp), Label: "Bertugas di aplikasi layanan"},
		{Value: string(courses.ReasonSupervisor), Label: "Diminta atasan"}, {Value: string(courses.ReasonRenewal), Label: "Memperpanjang sertifikat"}}
}

// assign gives a course to one person.
func (w *admin) assign(c *gin.Context) error {
	form := posted(c)
	if form.Get("act") == "find" {
		return w.assignPage(c, http.StatusOK, form)
	}
	probe := form
	_, person := w.pick(c, &probe)
	var err error
	if person == "" {
		err = faults.OnField("find", "Cari dan pilih pegawainya.", "Find and choose the person.")
	} else {
		form.Values.Set("person", string(person))
		form.Values.Del("find")
		because := form.Get("because")
		_, err = w.Courses.Assign(c.Request.Context(), reader(c), courses.AssignInput{Key: form.Get("key"), Person: string(person), Course: form.Get("course"), Reason: courses.Reason(form.Get("reason")), Because: texts.T(because, because), Due: civil.Date(form.Get("due"))})
	}
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.assignPage(c, form.Status(), form)
	}
	return w.done(c, Success, w.T(c, "Kursus ditugaskan. Pegawai diberi tahu."), personURL(string(person)))
}

// showWithdraw asks why an assignment is taken back.
func (w *admin) showWithdraw(c *gin.Context) error { return w.withdrawPage(c, http.StatusOK, Form{}) }

func (w *admin) withdrawPage(c *gin.Context, status int, form Form) error {
	if !w.may(c, "withdraw", "assignment") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	p := &PanelsPage{Base: Base{Active: navAssignments, Title: w.T(c, "Tarik penugasan"), Lead: w.T(c, "Kursus yang sudah dimulai tetap boleh diteruskan."), Crumbs: crumbs(Link{Label: "Penugasan kursus", URL: "/kelola/penugasan"})}}
	p.add(Panel{Form: &PanelForm{URL: address("kelola", "penugasan", c.Param("assignment"), "tarik"), Form: form, Fields: []Field{reasoned(form, "Dicatat di jejak audit.")}, Buttons: []Button{{Label: "Tarik penugasan", Kind: "danger"}, {Label: "Batal", URL: "/kelola/penugasan", Kind: "quiet"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// withdrawAssignment takes an assignment back.
func (w *admin) withdrawAssignment(c *gin.Context) error {
	form := posted(c)
	d, err := w.Courses.Withdraw(c.Request.Context(), reader(c), c.Param("assignment"), form.Get("why"))
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.withdrawPage(c, form.Status(), form)
	}
	return w.done(c, Success, w.T(c, "Penugasan ditarik."), personURL(d.Person))
}
