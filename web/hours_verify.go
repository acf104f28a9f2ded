package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// listHours is the line of training elsewhere that waits for somebody to look at its proof.
func (w *admin) listHours(c *gin.Context) error { return w.hoursQueue(c, http.StatusOK, "", Form{}) }

func (w *admin) hoursQueue(c *gin.Context, status int, which string, form Form) error {
	if !w.may(c, "verify", "hours") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	ctx, f := c.Request.Context(), w.format(c)
	found, next, more, err := w.Competencies.OpenOutside(ctx, reader(c), cursor(c), 20)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navHoursCheck, Title: w.T(c, "Verifikasi JP"), Lead: w.T(c, "Pelatihan di luar APEL yang dimasukkan pegawai. JP dihitung setelah buktinya diperiksa."), Crumbs: crumbs()}}
	for _, h := range found {
		this, open := refused(which, h.ID, form)
		panel := Panel{Name: h.Title, Text: w.person(ctx, h.Person), Badges: []Badge{{Text: w.T(c, "%d JP", h.JP)}}, Facts: []Fact{{Label: "Penyelenggara", Value: dash(h.Organiser)}, {Label: "Selesai", Value: f.day(h.On)}, {Label: "Dimasukkan", Value: f.moment(h.At)}}}
		if h.Proof == "" {
			panel.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Tidak ada berkas bukti.")}}
		} else if w.Files != nil {
			panel.Actions = []Button{{Label: "Buka bukti", URL: address("kelola", "jp", h.ID, "bukti"), Icon: "eye", About: h.Title}}
		}
		buttons := []Button{{Label: "Terima", Kind: "primary", Field: "act", Value: "terima", About: h.Title}, {Label: "Tolak", Field: "act", Value: "tolak", About: h.Title}}
		why := this.Input("text", "why", "Alasan bila ditolak").Hinted("Dibaca pegawai, supaya dapat diperbaiki.").prefixed(h.ID + "-")
		panel.Form = &PanelForm{URL: address("kelola", "jp", h.ID), Form: this, Fields: []Field{why}, Buttons: buttons}
		panel.Open = open
		p.add(panel)
	}
	if len(found) == 0 {
		p.add(Panel{Bare: true, Empty: &Empty{Icon: "done", Label: "Tidak ada yang menunggu", Text: w.T(c, "Semua pelatihan di luar yang dimasukkan pegawai sudah diperiksa.")}})
	}
	var after storage.Cursor
	if more {
		after = next
	}
	if pager := nextPage(c, after); pager.Next != "" || pager.Prev != "" {
		p.add(Panel{Bare: true, Actions: pagerButtons(pager)})
	}
	w.Render(c, status, "panels", p)
	return nil
}

// pagerButtons lead through a line of panels.
func pagerButtons(p Pager) []Button {
	var b []Button
	if p.Prev != "" {
		b = append(b, Button{Label: "Sebelumnya", URL: p.Prev, Icon: "arrow-left"})
	}
	if p.Next != "" {
		b = append(b, Button{Label: "Berikutnya", URL: p.Next})
	}
	return b
}

// checkHours accepts or refuses training elsewhere.
func (w *admin) checkHours(c *gin.Context) error {
	form, id := posted(c), c.Param("hours")
	accept := form.Get("act") == "terima"
	if _, err := w.Competencies.CheckOutside(c.Request.Context(), reader(c), id, accept, form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.hoursQueue(c, form.Status(), id, form)
	}
	if accept {
		return w.done(c, Success, w.T(c, "JP diterima dan dihitung."), "/kelola/jp")
	}
	return w.done(c, Success, w.T(c, "JP ditolak. Pegawai membaca alasannya."), "/kelola/jp")
}

// showProof opens the proof of an entry that the reader may check. It is sent as a download of its kind, never as a page of ours.
func (w *admin) showProof(c *gin.Context) error {
	p, data, err := w.Competencies.Proof(c.Request.Context(), reader(c), c.Param("hours"))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+p.Name()+`"`)
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, p.Kind, data)
	return nil
}
