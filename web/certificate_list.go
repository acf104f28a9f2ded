package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/internal/storage"
)

// CertificatesPage lists the reader's own certificates.
type CertificatesPage struct {
	Base
	Cards []Card
	None  Empty
	Pager Pager
}

func (l *learner) listCertificates(c *gin.Context) error {
	a := reader(c)
	found, err := l.Certificates.Of(c.Request.Context(), a, a.Person, cursor(c))
	if err != nil {
		return err
	}
	var next storage.Cursor
	if found.More {
		next = found.Next
	}
	p := &CertificatesPage{Base: Base{Active: navCertificates}, Pager: nextPage(c, next),
		None: Empty{Icon: "certificate", Label: "Belum ada sertifikat", Text: l.T(c, "Sertifikat terbit otomatis begitu Anda menyelesaikan sebuah kursus."), Action: &Button{Label: "Pilih kursus", URL: "/katalog", Kind: "primary"}}}
	for _, v := range found.Views {
		p.Cards = append(p.Cards, l.certificateCard(c, v))
	}
	l.Render(c, http.StatusOK, "certificates", p)
	return nil
}

// certificateCard is one certificate in a list.
func (l *learner) certificateCard(c *gin.Context, v certificates.View) Card {
	f := l.format(c)
	card := Card{Code: v.Record.Course, Name: v.Record.Title, URL: certificateURL(v.ID), Icon: "certificate", Badges: []Badge{l.standing(c, v)}}
	if v.Record.Number != "" {
		card.Meta = append(card.Meta, v.Record.Number)
	}
	card.Meta = append(card.Meta, l.T(c, "%d JP", v.Record.JP), l.T(c, "Selesai %s", f.day(v.Record.CompletedOn)))
	if v.Record.ValidUntil != "" && v.State == certificates.Issued && !v.Expired {
		card.Meta = append(card.Meta, l.T(c, "Berlaku sampai %s", f.day(v.Record.ValidUntil)))
	}
	if v.State != certificates.Intended {
		card.Actions = []Button{{Label: "Unduh PDF", URL: certificateURL(v.ID) + "/pdf", Icon: "download", Small: true, About: v.Record.Title}}
	}
	return card
}

// standing is the state of a certificate in one or two words.
func (l *learner) standing(c *gin.Context, v certificates.View) Badge {
	switch {
	case v.State == certificates.Intended && v.Parked != "":
		return Badge{Kind: Warn, Label: "Tertahan"}
	case v.State == certificates.Intended:
		return Badge{Kind: Info, Label: "Sedang diterbitkan", Icon: "clock"}
	case v.State == certificates.Revoked:
		return Badge{Kind: Danger, Label: "Dicabut"}
	case v.State == certificates.Suspended:
		return Badge{Kind: Warn, Label: "Ditangguhkan"}
	case v.Expired:
		return Badge{Kind: Warn, Text: l.T(c, "Kedaluwarsa %s", l.format(c).day(v.Record.ValidUntil))}
	}
	return Badge{Kind: Success, Label: "Berlaku"}
}

func certificateURL(id certificates.ID) string { return address("sertifikat", string(id)) }
