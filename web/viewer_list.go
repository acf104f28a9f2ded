package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// ViewersPage lists who looked at the reader's profile.
type ViewersPage struct {
	Base
	Table Table
}

func (l *learner) showViewers(c *gin.Context) error {
	a := reader(c)
	found, err := l.People.Viewers(c.Request.Context(), a, people.ID(a.Person), cursor(c), 50)
	if err != nil {
		return err
	}
	var next storage.Cursor
	if found.More {
		next = found.Next
	}
	p := &ViewersPage{Base: Base{Active: navAccount, Crumbs: accountCrumbs}, Table: Table{Label: "Siapa yang melihat profil saya", NoSearch: true, Pager: nextPage(c, next),
		Columns: []Column{{Label: "Nama", Main: true}, {Label: "Sebagai"}, {Label: "Tanggal"}},
		Empty:   Empty{Icon: "eye", Label: "Belum ada yang melihat", Text: l.T(c, "Setiap kali seseorang membuka profil Anda, tercatat di sini siapa dan kapan.")}}}
	for _, v := range found.Items {
		p.Table.Rows = append(p.Table.Rows, Row{Cells: []Cell{{Text: v.Name}, {Text: in(c, people.RoleText(v.Role))}, {Text: l.format(c).day(v.Day)}}})
	}
	l.Render(c, http.StatusOK, "viewers", p)
	return nil
}
