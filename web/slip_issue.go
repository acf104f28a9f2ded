package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// SlipsPage is the printable sheet of activation slips. It is the answer to the form itself and not to a redirect: codes are stored only as hashes, so they
// exist on this one page.
type SlipsPage struct {
	Base
	Slips []people.Slip
	Host  string
}

// showSlips asks for which unit slips are handed out.
func (w *admin) showSlips(c *gin.Context) error {
	return w.slipsPage(c, http.StatusOK, NewForm(map[string][]string{"unit": {c.Query("unor")}}))
}

func (w *admin) slipsPage(c *gin.Context, status int, form Form) error {
	if !w.may(c, "issue_slip", "account") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	units, err := w.unitOptions(c, "issue_slip", "account", "Pilih unit kerja")
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navSlips, Title: w.T(c, "Slip aktivasi"), Lead: w.T(c, "Setiap pegawai mengaktifkan akunnya sendiri dengan kode sekali pakai. Tidak ada kata sandi bawaan."), Crumbs: crumbs()}}
	p.add(Panel{Label: "Cetak slip per unit", Form: &PanelForm{URL: "/kelola/slip", Form: form, Fields: []Field{
		form.Need("select", "unit", "Unit kerja").With(units).Hinted("Termasuk semua unit di bawahnya, paling banyak 1.000 pegawai sekali cetak."),
		form.Input("checkbox", "again", "Buat ulang juga untuk yang slipnya belum dipakai").Hinted("Kode pada slip lama tidak berlaku lagi.")},
		Buttons: []Button{{Label: "Buat dan tampilkan slip", Kind: "primary", Icon: "print"}}}},
		Panel{Label: "Sebelum mencetak", Reasons: []Reason{
			{Kind: Info, Text: w.T(c, "Kode tampil satu kali di layar. Cetak atau simpan sebagai PDF sebelum menutup halaman.")},
			{Kind: Info, Text: w.T(c, "Slip berlaku 14 hari. Serahkan langsung kepada yang bersangkutan.")},
			{Kind: Warn, Text: w.T(c, "Jangan memotret atau mengirim slip lewat grup percakapan. Setiap slip tercatat atas nama Anda.")}}})
	w.Render(c, status, "panels", p)
	return nil
}

// issueSlips makes the slips of a unit and shows them once.
func (w *admin) issueSlips(c *gin.Context) error {
	form := posted(c)
	var slips []people.Slip
	var err error
	if form.Get("unit") == "" {
		err = faults.OnField("unit", "Pilih unit kerja.", "Choose a unit.")
	} else {
		slips, err = w.People.IssueSlips(c.Request.Context(), reader(c), people.UnitID(form.Get("unit")), form.Get("again") != "")
	}
	if err == nil && len(slips) == 0 {
		err = faults.OnField("unit", "Semua pegawai di unit ini sudah punya akun atau slip yang masih berlaku.", "Everybody in this unit has an account or a slip that still counts.")
	}
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.slipsPage(c, form.Status(), form)
	}
	return w.printSlips(c, slips)
}

// issueSlip makes one person's slip anew and shows it once.
func (w *admin) issueSlip(c *gin.Context) error {
	form := posted(c)
	slip, err := w.People.IssueSlip(c.Request.Context(), reader(c), people.ID(c.Param("person")), form.Get("why"))
	if err != nil {
		return w.profileAgain(c, "slip", form, err)
	}
	return w.printSlips(c, []people.Slip{slip})
}

func (w *admin) printSlips(c *gin.Context, slips []people.Slip) error {
	c.Header("Cache-Control", "no-store")
	host := w.Settings.Current().BaseURL
	if host == "" {
		host = c.Request.Host
	}
	w.Render(c, http.StatusOK, "slips", &SlipsPage{Base: Base{Active: navSlips, Crumbs: crumbs(Link{Label: "Slip aktivasi", URL: "/kelola/slip"})}, Slips: slips, Host: host})
	return nil
}
