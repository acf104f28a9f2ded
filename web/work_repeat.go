package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// maxParked is how much parked work one page shows.
const maxParked = 50

// listWork shows what the chain gave up, each with its reason and the button to run it again.
func (w *admin) listWork(c *gin.Context) error { return w.workPage(c, http.StatusOK, "", Form{}) }

func (w *admin) workPage(c *gin.Context, status int, which string, form Form) error {
	if w.Work == nil {
		return faults.New(faults.NotFound, "Halaman ini tidak ada.", "There is no such page.")
	}
	waiting, next, err := w.Work.Parked(c.Request.Context(), reader(c), cursor(c), maxParked)
	if err != nil {
		return err
	}
	f := w.format(c)
	p := &PanelsPage{Base: Base{Active: navWork, Title: w.T(c, "Pekerjaan tertahan"), Lead: w.T(c, "Pekerjaan yang berhenti dan menunggu ditangani. Perbaiki sebabnya, lalu jalankan lagi; tidak ada yang hilang atau berganda."), Crumbs: crumbs()}, Pager: w.shown(c, nextPage(c, next), len(waiting))}
	for _, x := range waiting {
		this, open := refused(which, x.Collection+"/"+x.ID, form)
		panel := Panel{Name: w.workName(c, x.Collection, x.Due.Step), Badges: []Badge{{Kind: Warn, Label: "Tertahan"}}, Facts: []Fact{{Label: "Sebab", Value: dash(x.Due.Reason)}, {Label: "Sejak", Value: f.moment(x.Due.Since)}, {Label: "Sudah dicoba", Value: w.T(c, "%d kali", x.Due.Tries)}, {Label: "Dokumen", Value: x.Collection + "/" + x.ID, Code: true}}}
		if id := w.holderOf(c, x.Collection, x.ID); id != "" {
			panel.Text = w.T(c, "Bila sebabnya nama, jabatan, atau unit pegawai, perbaiki dahulu datanya, lalu jalankan lagi.")
			panel.Actions = []Button{{Label: "Perbaiki data pegawai", Icon: "edit", URL: personURL(id, "ubah"), About: w.person(c.Request.Context(), id)}}
		}
		if w.may(c, "unpark", "work") {
			panel.Inner = []Panel{{Fold: true, Open: open, Label: "Jalankan lagi", Form: &PanelForm{URL: c.Request.URL.RequestURI(), Form: this, Fields: []Field{hidden("collection", x.Collection), hidden("id", x.ID), reasoned(this, "Apa yang sudah diperbaiki? Dicatat di jejak audit.").prefixed(x.ID + "-")}, Buttons: []Button{{Label: "Jalankan lagi", Kind: "primary", Icon: "play", About: panel.Name}}}}}
		}
		p.add(panel)
	}
	if len(waiting) == 0 {
		p.add(Panel{Bare: true, Empty: &Empty{Icon: "done", Label: "Tidak ada yang tertahan", Text: w.T(c, "Semua pekerjaan berjalan sampai selesai.")}})
	}
	w.Render(c, status, "panels", p)
	return nil
}

// holderOf is whose data a parked certificate rests on, for a reader who may mend it; "" otherwise. An enrolment's id begins with its person, a
// certificate's with its enrolment.
func (w *admin) holderOf(c *gin.Context, collection, id string) string {
	if collection != courses.EnrolmentsCollection && collection != certificates.Collection {
		return ""
	}
	person, _, _ := strings.Cut(id, ".")
	p, err := w.People.Look(c.Request.Context(), people.ID(person))
	if err != nil || w.allowed(c, "edit", p.Thing()) != nil {
		return ""
	}
	return person
}

// workName says in words what stands still.
func (w *admin) workName(c *gin.Context, collection, step string) string {
	switch collection + "/" + step {
	case "attempts/grade":
		return w.T(c, "Penilaian percobaan")
	case "attempts/complete":
		return w.T(c, "Penyelesaian kursus")
	case "enrolments/certify":
		return w.T(c, "Pembuatan sertifikat")
	case "certificates/seal":
		return w.T(c, "Penomoran dan penyegelan sertifikat")
	case "certificates/record":
		return w.T(c, "Pencatatan bukti dan JP")
	case "certificates/render":
		return w.T(c, "Pembuatan PDF sertifikat")
	case "certificates/tell":
		return w.T(c, "Pemberitahuan sertifikat")
	case "units/settle":
		return w.T(c, "Penataan unit kerja")
	case "rules/apply":
		return w.T(c, "Penerapan aturan penugasan")
	case "assignments/enrol", "cohorts/enrol":
		return w.T(c, "Pendaftaran peserta")
	case "notices/mail", "reset_requests/mail":
		return w.T(c, "Pengiriman surel")
	case "register_imports/apply":
		return w.T(c, "Penerapan impor")
	}
	return collection + ": " + step
}

// repeatWork runs parked work again, with the reason.
func (w *admin) repeatWork(c *gin.Context) error {
	if w.Work == nil {
		return faults.New(faults.NotFound, "Halaman ini tidak ada.", "There is no such page.")
	}
	form := posted(c)
	collection, id := form.Get("collection"), form.Get("id")
	var err error
	if form.Get("why") == "" {
		err = faults.OnField("why", "Tulis apa yang sudah diperbaiki.", "Say what was corrected.")
	} else {
		err = w.Work.Unpark(c.Request.Context(), reader(c), collection, id, form.Get("why"))
	}
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.workPage(c, form.Status(), collection+"/"+id, form)
	}
	return w.done(c, Success, w.T(c, "Pekerjaan dijalankan lagi."), "/kelola/pekerjaan")
}
