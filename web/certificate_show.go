package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/certificates/record"
)

// CertificatePage is one certificate with everything that proves it.
type CertificatePage struct {
	Base
	State   Badge
	Notice  *Notice
	Facts   []Fact
	Levels  []Fact
	Code    *CodeBox // nil until it is issued
	Proof   []Fact
	History Timeline
	PDF     *Button
	Waiting *Waiting // it is being issued
}

func (l *learner) showCertificate(c *gin.Context) error {
	v, err := l.Certificates.Certificate(c.Request.Context(), reader(c), certificates.ID(c.Param("id")))
	if err != nil {
		return err
	}
	r := v.Record
	p := &CertificatePage{Base: Base{Title: r.Title, Active: navCertificates, Crumbs: []Link{{Label: "Sertifikat", URL: "/sertifikat"}}}, State: l.standing(c, v),
		Facts: l.recordFacts(c, r), Levels: competencyFacts(l, c, r), History: Timeline{Label: "Riwayat"}}
	if v.State == certificates.Intended {
		p.RefreshSeconds = 3
		p.Waiting = &Waiting{Label: "Sertifikat Anda sedang diterbitkan", Text: l.T(c, "Nomor dan tanda tangannya sedang dibuat. Biasanya selesai dalam beberapa detik."), Stream: certificateURL(v.ID) + "/aliran"}
		if v.Parked != "" {
			p.Waiting, p.RefreshSeconds = nil, 0
			p.Notice = &Notice{Kind: Warn, Label: "Penerbitan tertahan", Text: l.T(c, "Admin diklat melihat apa yang menahannya. Hasil belajar Anda tidak hilang.")}
		}
	} else {
		p.PDF = &Button{Label: "Unduh PDF", URL: certificateURL(v.ID) + "/pdf", Kind: "primary", Icon: "download"}
		p.Code = &CodeBox{Label: "Kode verifikasi", Code: record.FormatCode(r.Code), QR: v.CheckURL, Text: l.T(c, "Siapa pun dapat memeriksa sertifikat ini dengan kode QR atau di halaman pemeriksaan.")}
		p.Proof = []Fact{{Label: "Alamat pemeriksaan", Value: v.CheckURL, URL: address("v", r.Code)}, {Label: "Terbit", Value: l.format(c).moment(v.IssuedAt)}}
	}
	if v.Waits != "" {
		p.Notice = &Notice{Kind: Info, Label: "Berkas belum siap", Text: v.Waits}
	}
	for _, e := range v.Events {
		p.History.Items = append(p.History.Items, l.certificateEvent(c, e))
	}
	if last := len(v.Events) - 1; last >= 0 && v.State != certificates.Issued {
		p.Notice = &Notice{Kind: Danger, Label: "Sertifikat dicabut", Text: v.Events[last].Reason}
		if v.State == certificates.Suspended {
			p.Notice.Kind, p.Notice.Label = Warn, "Sertifikat ditangguhkan"
		}
	}
	l.Render(c, http.StatusOK, "certificate", p)
	return nil
}

// recordFacts are the printed facts of a certificate.
func (l *learner) recordFacts(c *gin.Context, r record.Record) []Fact {
	f := l.format(c)
	unit := r.Unit
	if r.Agency != "" {
		unit += ", " + r.Agency
	}
	facts := []Fact{}
	if r.Number != "" {
		facts = append(facts, Fact{Label: "Nomor", Value: r.Number, Code: true})
	}
	facts = append(facts, Fact{Label: "Diberikan kepada", Value: r.Name, Note: "NIP/NI " + r.NIP}, Fact{Label: "Jabatan", Value: r.Position}, Fact{Label: "Unit kerja", Value: unit},
		Fact{Label: "Pelatihan", Value: r.Title, Note: r.Course}, Fact{Label: "Lama", Value: l.T(c, "%d JP", r.JP)},
		Fact{Label: "Nilai", Value: f.points(r.Score), Note: r.Predikat}, Fact{Label: "Selesai", Value: f.date(r.CompletedOn)})
	if r.ValidUntil == "" {
		return append(facts, Fact{Label: "Berlaku sampai", Value: l.T(c, "tanpa batas waktu")})
	}
	return append(facts, Fact{Label: "Berlaku sampai", Value: f.date(r.ValidUntil)})
}

func competencyFacts(l *learner, c *gin.Context, r record.Record) []Fact {
	var facts []Fact
	for _, x := range r.Competencies {
		facts = append(facts, Fact{Name: x.Name, Value: l.T(c, "Level %d", x.Level), Note: x.Code})
	}
	return facts
}

func (l *learner) certificateEvent(c *gin.Context, e certificates.Event) Event {
	out := Event{At: e.At, Who: e.Official, Note: e.Reason, Kind: Danger, Text: l.T(c, "Dicabut")}
	switch e.Kind {
	case record.LeafSuspend:
		out.Kind, out.Text = Warn, l.T(c, "Ditangguhkan")
	case record.LeafReinstate:
		out.Kind, out.Text = Success, l.T(c, "Diberlakukan kembali")
	}
	return out
}
