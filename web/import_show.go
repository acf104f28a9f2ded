package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	tables "github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/people"
)

// showImport is one import: what it would do or has done, what is wrong with which row, and what to do next.
func (w *admin) showImport(c *gin.Context) error {
	ctx, a, id := c.Request.Context(), reader(c), c.Param("import")
	i, err := w.People.ShowImport(ctx, a, id)
	if err != nil {
		return err
	}
	f := w.format(c)
	p := &PanelsPage{Base: Base{Active: navImport, Title: i.Name, Lead: w.importKind(c, i.Kind) + " · " + f.moment(i.At) + " · " + w.person(ctx, i.By), Crumbs: crumbs(Link{Label: "Impor data", URL: "/kelola/impor"})}}
	runs := w.may(c, "run", "register_import")
	state := Panel{Label: "Keadaan", Badges: []Badge{importBadge(i)}}
	switch i.State {
	case people.ImportRefused:
		state.Notices = []Notice{{Kind: Danger, Label: "Tidak ada yang berubah", Text: w.T(c, "Ada %d kesalahan dalam %d baris berkas. Perbaiki di berkasnya, lalu unggah lagi; semua kesalahan tertulis di bawah.", i.ErrorN, i.Rows)}}
		state.Actions = []Button{{Label: "Unggah lagi", Kind: "primary", URL: "/kelola/impor?jenis=" + string(i.Kind), Icon: "import"}}
		if i.Kind == people.ImportSync {
			state.Actions[0].URL = "/kelola/impor/sinkron?impor=" + i.ID
		}
	case people.ImportChecked:
		state.Notices = []Notice{{Kind: Info, Label: "Periksa dahulu", Text: w.T(c, "Belum ada yang berubah. Lihat apa yang akan terjadi di bawah, lalu terapkan atau batalkan.")}}
		if runs {
			state.Actions = []Button{{Label: "Terapkan", Kind: "primary", Post: true, URL: address("kelola", "impor", id, "terapkan")}, {Label: "Batalkan impor", Post: true, URL: address("kelola", "impor", id, "batal")}}
		}
	case people.ImportApplying:
		loadsAgain(c)
		state.Bar = &Progress{Label: "Diterapkan", Done: float64(i.Done), Goal: float64(i.Todo), Text: w.T(c, "%d dari %d perubahan", i.Done, i.Todo)}
		if i.Waits != nil {
			state.Notices = []Notice{{Kind: Warn, Label: "Menunggu", Text: w.T(c, "%s Impor diteruskan sendiri dari baris ini.", in(c, *i.Waits))}}
		}
		if runs {
			state.Actions = []Button{{Label: "Hentikan", Post: true, URL: address("kelola", "impor", id, "batal")}}
		}
	case people.ImportCancelled:
		state.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Dibatalkan setelah %d dari %d perubahan. Yang sudah diterapkan tetap ada.", i.Done, i.Todo)}}
	case people.ImportDone:
		state.Notices = []Notice{{Kind: Success, Text: w.T(c, "Selesai %s: %d perubahan diterapkan.", f.moment(i.EndedAt), i.Done-i.Left)}}
		if i.Left > 0 {
			state.Notices = append(state.Notices, Notice{Kind: Warn, Text: w.T(c, "%d perubahan dilewati karena datanya berubah sejak diperiksa. Alasannya tertulis di bawah.", i.Left)})
		}
	}
	p.add(state)
	if i.State != people.ImportRefused {
		p.add(Panel{Bare: true, Stats: []Stat{
			{Label: "Baru", Value: w.count(c, i.Counts[people.RowNew]), Icon: "plus", Kind: Success}, {Label: "Berubah", Value: w.count(c, i.Counts[people.RowChanged]), Icon: "edit", Kind: Info},
			{Label: "Pindah", Value: w.count(c, i.Counts[people.RowMoved]), Icon: "arrow"}, {Label: "Hilang dari sumber", Value: w.count(c, i.Counts[people.RowVanished]), Icon: "warn", Kind: Warn, Hint: "ditandai, tidak dihapus"},
			{Label: "Tetap sama", Value: w.count(c, i.Counts[people.RowSame]), Icon: "done"}}})
	}
	if len(i.Errors) > 0 {
		p.add(w.rowErrors(c, "Kesalahan", i.Errors, Danger))
	}
	p.add(w.postPanels(c, i)...)
	if warnings := withoutPosts(i); len(warnings) > 0 {
		p.add(w.rowErrors(c, "Peringatan", warnings, Warn))
	}
	if len(i.Dropped)+len(i.Ignored) > 0 {
		panel := Panel{Label: "Kolom yang tidak diambil"}
		for _, name := range i.Dropped {
			panel.Facts = append(panel.Facts, Fact{Name: name, Value: w.T(c, "Dibuang: data pribadi yang tidak diperlukan")})
		}
		for _, name := range i.Ignored {
			panel.Facts = append(panel.Facts, Fact{Name: name, Value: w.T(c, "Tidak dipakai")})
		}
		p.add(panel)
	}
	if err := w.importRows(c, p, i); err != nil {
		return err
	}
	return w.panels(c, p)
}

func (w *admin) rowErrors(c *gin.Context, label string, all []tables.RowError, kind string) Panel {
	t := Table{Label: "Letak dan perbaikannya", NoSearch: true, Columns: []Column{{Label: "Baris", Main: true}, {Label: "Kolom"}, {Label: "Apa yang harus diperbaiki"}}}
	for _, e := range all[:min(len(all), maxMistakes)] {
		row := w.T(c, "Baris %d", e.Row)
		if e.Row == 0 {
			row = w.T(c, "Seluruh berkas")
		}
		t.Rows = append(t.Rows, Row{Mark: kind, Cells: []Cell{{Text: row}, {Text: dash(e.Column), Sub: w.plainColumn(c, e.Column)}, {Text: in(c, e.Text)}}})
	}
	if len(all) > maxMistakes {
		t.Pager.Text = w.T(c, "Ditampilkan %d dari %d", maxMistakes, len(all))
	}
	return Panel{Name: w.words.say(Lang(c), label), Table: &t}
}

// plainColumn says in words what a column of our own format holds; a heading of another system speaks for itself.
func (w *admin) plainColumn(c *gin.Context, heading string) string {
	if label := syncLabel(heading); label != heading {
		return w.words.say(Lang(c), label)
	}
	return w.words.say(Lang(c), fieldLabels[heading])
}

func (w *admin) importRows(c *gin.Context, p *PanelsPage, i people.Import) error {
	page, _ := strconv.Atoi(c.Query("hal"))
	if page < 0 {
		page = 0
	}
	rows, more, err := w.People.ImportRows(c.Request.Context(), reader(c), i.ID, page)
	if err != nil || len(rows) == 0 {
		return err
	}
	t := Table{Label: "Baris demi baris", NoSearch: true, Columns: []Column{{Label: "Siapa atau apa", Main: true}, {Label: "Baris", Numeric: true}, {Label: "Yang terjadi"}, {Label: "Perubahan"}}}
	for _, r := range rows {
		b := Badge{Text: w.rowWhat(c, r.What)}
		switch r.What {
		case people.RowNew:
			b.Kind = Success
		case people.RowVanished:
			b.Kind = Warn
		case people.RowChanged, people.RowMoved:
			b.Kind = Info
		}
		label := r.Label
		if label == "" { // names are not kept longer than the check needs them
			label = w.T(c, "Baris %d", r.N)
		}
		number := ""
		if r.N > 0 { // who vanished stands in no line of the file
			number = w.count(c, r.N)
		}
		line := Row{Cells: []Cell{{Text: label}, {Text: dash(number)}, {Badge: &b}, {}}}
		text := ""
		for n, ch := range r.Changes {
			if n > 0 {
				text += "; "
			}
			text += w.T(c, syncLabel(ch.Field)) + ": " + dash(ch.Old) + " → " + dash(ch.New)
		}
		line.Cells[3].Text = text
		if r.Left != nil {
			line.Mark, line.Cells[3].Text, line.Cells[3].Sub = Warn, w.T(c, "Dilewati"), in(c, *r.Left)
		}
		t.Rows = append(t.Rows, line)
	}
	here := address("kelola", "impor", i.ID)
	if page > 0 {
		t.Pager.Prev = here + "?hal=" + strconv.Itoa(page-1)
	}
	if more {
		t.Pager.Next = here + "?hal=" + strconv.Itoa(page+1)
	}
	p.add(Panel{Label: "Baris demi baris", Table: &t})
	return nil
}

func (w *admin) rowWhat(c *gin.Context, what string) string {
	switch what {
	case people.RowNew:
		return w.T(c, "Baru")
	case people.RowChanged:
		return w.T(c, "Berubah")
	case people.RowMoved:
		return w.T(c, "Pindah")
	case people.RowVanished:
		return w.T(c, "Hilang dari sumber")
	}
	return w.T(c, "Tetap sama")
}

// acceptImport starts applying a checked import.
func (w *admin) acceptImport(c *gin.Context) error {
	i, err := w.People.AcceptImport(c.Request.Context(), reader(c), c.Param("import"))
	if err != nil {
		return err
	}
	return w.done(c, Success, w.T(c, "Impor berjalan. Anda boleh meninggalkan halaman ini; pekerjaan diteruskan."), address("kelola", "impor", i.ID))
}

// cancelImport gives an import up; what was applied stays.
func (w *admin) cancelImport(c *gin.Context) error {
	i, err := w.People.CancelImport(c.Request.Context(), reader(c), c.Param("import"))
	if err != nil {
		return err
	}
	return w.done(c, Success, w.T(c, "Impor dihentikan."), address("kelola", "impor", i.ID))
}
