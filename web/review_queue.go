package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/storage"
)

// listReviews is what waits for reviewers: drafts of courses, then items, the longest waiting first.
func (w *admin) listReviews(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	p := &PanelsPage{Base: Base{Active: navReviews, Title: w.T(c, "Menunggu telaah"), Crumbs: crumbs(), Lead: w.T(c, "Draf kursus dan soal yang diminta ditelaah. Penelaah bukan penulisnya.")}}
	what := ReadTable(c, "jenis").Filter["jenis"]
	for _, kind := range []struct {
		value, label, none string
		find               func() ([]courses.ReviewRow, storage.Cursor, error)
	}{
		{"kursus", "Draf kursus", "Tidak ada draf kursus yang menunggu", func() ([]courses.ReviewRow, storage.Cursor, error) {
			return w.Courses.VersionsInReview(ctx, a, turned(c, what, "kursus"), 0)
		}},
		{"soal", "Soal", "Tidak ada soal yang menunggu", func() ([]courses.ReviewRow, storage.Cursor, error) {
			return w.Courses.ItemsInReview(ctx, a, turned(c, what, "soal"), 0)
		}},
	} {
		if what != "" && what != kind.value { // a further page is one of one list
			continue
		}
		list, next, err := kind.find()
		if err != nil {
			return err
		}
		t := Table{ID: kind.value, Label: kind.label, NoSearch: true, Empty: Empty{Icon: "done", Label: kind.none},
			Columns: []Column{{Label: "Kursus", Main: true}, {Label: "Diminta oleh"}, {Label: "Diminta"}, {Label: "Status"}}}
		if kind.value == "soal" {
			t.Columns[0].Label = "Soal"
		}
		for _, r := range list {
			row := Row{URL: versionURL(r.Version, r.Course, r.Number, "catatan"), Cells: []Cell{{Text: in(c, r.Title), Sub: r.Course + " · " + w.T(c, "versi %d", r.Number)}}}
			if r.Bank != "" {
				row = Row{URL: versionURL(r.Version, r.Course, r.Number, "bank", r.Bank, "soal", r.Code) + "#telaah", Cells: []Cell{{Text: r.Code, Sub: in(c, r.Title)}}}
			}
			b := itemStateBadges[courses.ItemInReview]
			if r.Mine {
				b = Badge{Label: "Anda penulisnya", Icon: "lock"}
			}
			row.Cells = append(row.Cells, Cell{Text: w.person(ctx, r.AskedBy)}, Cell{Text: w.format(c).moment(r.AskedAt)}, Cell{Badge: &b})
			t.Rows = append(t.Rows, row)
		}
		pager := nextPage(c, next)
		if pager.Next != "" && what == "" {
			pager.Next += "&jenis=" + kind.value
		}
		pager.Of = kind.label
		t.Pager = w.shown(c, pager, len(t.Rows))
		p.add(Panel{ID: kind.value, Label: kind.label, Table: &t})
	}
	return w.panels(c, p)
}

// turned is the page of a list that an address asks for: only one of the lists on a page is turned.
func turned(c *gin.Context, what, kind string) storage.Cursor {
	if what != kind {
		return storage.Cursor{}
	}
	return cursor(c)
}

// versionReviewPanel is where a version stands with its reviewers, and what the reader may do.
func (w *admin) versionReviewPanel(c *gin.Context, v courses.VersionDoc, talk courses.Talk, form Form) *Panel {
	if v.State != courses.Draft {
		return nil
	}
	ctx, state, to := c.Request.Context(), talk.Stands(v.Revision), w.outlineURL(c, "catatan")+"#telaah"
	panel := Panel{ID: "telaah", Label: "Telaah", Badges: []Badge{itemStateBadges[state]}, Actions: []Button{{Label: "Coba sebagai peserta", Icon: "play", Small: true, URL: trialURL(v.ID)}}}
	if r := talk.Review; r != nil {
		panel.Facts = append(panel.Facts, Fact{Label: "Diminta oleh", Value: w.person(ctx, r.AskedBy), Note: w.format(c).moment(r.AskedAt)})
		switch {
		case state == courses.ItemApproved:
			panel.Facts = append(panel.Facts, Fact{Label: "Disetujui oleh", Value: w.person(ctx, r.By), Note: w.format(c).moment(r.At)})
			panel.Text = w.T(c, "Mengubah draf ini meminta telaah baru.")
		case r.State == courses.ItemApproved:
			panel.Text = w.T(c, "Draf ini berubah sejak disetujui, jadi perlu ditelaah lagi.")
		case r.Why != "" && state == courses.ItemDraft:
			panel.Facts = append(panel.Facts, Fact{Label: "Dikembalikan oleh", Value: w.person(ctx, r.By), Note: w.format(c).moment(r.At)})
			panel.Text = r.Why
		}
	}
	switch {
	case state == courses.ItemDraft && w.may(c, "author", "course"):
		panel.Form = &PanelForm{URL: to, Buttons: []Button{{Label: "Minta telaah", Icon: "eye", Field: "act", Value: "ask"}}}
	case state != courses.ItemInReview || !w.may(c, "approve", "course"):
	case v.WrittenBy(reader(c).Person):
		panel.Notices = append(panel.Notices, Notice{Kind: Info, Text: w.T(c, "Versi ini Anda tulis atau ubah sendiri. Mintalah penelaah lain menelaahnya.")})
	default:
		why := form.Input("textarea", "why", "Yang perlu diperbaiki").Tall(2).Hinted("Wajib bila draf dikembalikan.")
		why.Length = courses.MaxRemark
		panel.Form = &PanelForm{URL: to, Form: form, Fields: []Field{hidden("revision", strconv.FormatInt(v.Revision, 10)), why},
			Buttons: []Button{{Label: "Setujui", Kind: "primary", Icon: "check", Field: "act", Value: "approve"}, {Label: "Kembalikan ke penulis", Field: "act", Value: "return"}}}
	}
	return &panel
}
