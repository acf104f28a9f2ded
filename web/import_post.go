package web

import (
	"slices"

	"github.com/gin-gonic/gin"

	tables "github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
)

// postPanels list the posts a synchronised file names that are not applied with it: why, and the way to settle each by hand.
func (w *admin) postPanels(c *gin.Context, i people.Import) []Panel {
	if i.PostN == 0 || i.State == people.ImportRefused || i.State == people.ImportCancelled {
		return nil
	}
	ctx, today := c.Request.Context(), w.today()
	t := Table{Label: "Jabatan yang berbeda", NoSearch: true, Columns: []Column{{Label: "Pegawai", Main: true}, {Label: "Di berkas"}, {Label: "Terdaftar"}, {Label: "Mengapa tidak diterapkan"}, {Label: "Tindakan", Actions: true}}}
	for _, x := range i.Posts {
		name := w.T(c, "Baris %d, pegawai baru", x.Row)
		row := Row{Mark: Warn, Cells: []Cell{{Text: name}, {Text: dash(x.Said)}, {Text: w.position(ctx, x.Have)}, {Text: in(c, x.Why)}, {}}}
		p, err := w.People.Look(ctx, x.Person)
		if x.Person != "" && err == nil {
			row.Cells[0] = Cell{Text: p.DisplayName(), Sub: w.T(c, "Baris %d", x.Row)}
			row.URL = w.personLink(c, string(p.ID))
			post, holds := p.Post(today)
			switch {
			case x.Said == "" && !holds, x.Said != "" && holds && texts.Fold(w.position(ctx, post.Position)) == texts.Fold(x.Said):
				row.Mark, row.Cells[3], row.Cells[4].Badge = Success, Cell{Text: w.position(ctx, post.Position)}, &Badge{Kind: Success, Label: "Sudah sesuai"}
			case w.allowed(c, "appoint", p.Thing()) != nil:
			case x.Said == "" && holds:
				row.Cells[4].Button = &Button{Label: "Akhiri", Small: true, URL: endURL(p.ID, post), About: p.DisplayName()}
			default:
				to := personURL(string(p.ID), "angkat") + "?jenis=definitif"
				if x.Position != "" {
					to += "&jabatan=" + string(x.Position)
				}
				if x.Since != "" {
					to += "&mulai=" + string(x.Since)
				}
				row.Cells[4].Button = &Button{Label: "Angkat", Small: true, URL: to, About: p.DisplayName()}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if i.PostN > len(i.Posts) {
		t.Pager.Text = w.T(c, "Ditampilkan %d dari %d", len(i.Posts), i.PostN)
	}
	return []Panel{{ID: "jabatan", Label: "Jabatan yang tidak diterapkan", Text: w.T(c, "Jabatan diterapkan bersama baris lainnya bila pasti: jabatannya ada di unit pegawai itu dan TMT-nya tertulis. Yang di bawah ini perlu diputuskan orang."), Table: &t}}
}

// withoutPosts are the warnings that the table of posts does not say better.
func withoutPosts(i people.Import) []tables.RowError {
	column := i.Fields["post"]
	if column == "" {
		column = i.Fields["post_code"]
	}
	return slices.DeleteFunc(slices.Clone(i.Warnings), func(e tables.RowError) bool {
		return e.Column == column && slices.ContainsFunc(i.Posts, func(x people.PostDifference) bool { return x.Row == e.Row })
	})
}
