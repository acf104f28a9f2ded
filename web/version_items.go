package web

import (
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// The items of a file on their way into a bank: looked at first, taken afterwards. Between the two they travel in the form, so that nothing is kept of
// what nobody takes; when they are taken they are checked like any others.

// maxShown is how many items and how many entries of a report a page lists.
const maxShown = 300

func bankURL(v courses.VersionDoc, bank string, more ...string) string {
	return versionURL(v.ID, v.Course, v.Number, append([]string{"bank", bank}, more...)...)
}

// bankForms are what an author can do with a bank beside looking at it: take it along as a file, and read items from one.
func (w *admin) bankForms(c *gin.Context, v courses.VersionDoc, bank string, items int, form Form) []Panel {
	panels := []Panel{}
	if items > 0 {
		panels = append(panels, Panel{Label: "Unduh soal", Text: w.T(c, "Sebagai berkas untuk aplikasi lain atau untuk disimpan. Sebelum mengunduh, lihat apa yang tidak dapat dibawa tiap format."), Actions: []Button{{Label: "Pilih format", Icon: "download", URL: bankURL(v, bank, "unduh")}}})
	}
	if v.State == courses.Draft && w.may(c, "author", "course") {
		objective := []Option{{Value: "", Label: "Tolak soal tanpa capaian"}}
		for _, o := range v.Content.Objectives {
			objective = append(objective, Option{Value: o.Code, Name: o.Code + " · " + cut(in(c, o.Text), 70)})
		}
		panels = append(panels, Panel{ID: "impor", Fold: true, Open: items == 0 || !form.OK(), Label: "Impor soal", Text: w.T(c, "Word, Excel, CSV, teks biasa, GIFT, Moodle XML, Aiken, Kahoot, atau items.yaml. Jenis berkas dikenali dari isinya. Anda melihat hasil bacaannya dahulu; belum ada yang disimpan."),
			Actions: []Button{{Label: "Unduh templat Excel", Icon: "download", Small: true, URL: bankURL(v, bank, "unduh", courses.Template)}},
			Form: &PanelForm{URL: bankURL(v, bank, "impor"), Files: true, Form: form, Fields: []Field{
				form.Need("file", "file", "Berkas soal").Accepting(".docx,.xlsx,.csv,.txt,.gift,.xml,.yaml,.html").Hinted("Paling besar 50 MB dan 1.000 soal."),
				form.Input("select", "objective", "Capaian untuk soal yang tidak menyebutnya").With(objective)},
				Buttons: []Button{{Label: "Baca berkas", Kind: "primary", Icon: "check"}}}})
	}
	return panels
}

// showExports says what each format cannot carry of a bank, by item, beside its button.
func (w *admin) showExports(c *gin.Context) error {
	ctx, a, bank := c.Request.Context(), reader(c), c.Param("bank")
	v, err := w.Courses.Version(ctx, a, versionID(c))
	if err != nil {
		return err
	}
	formats, err := w.Courses.Exports(ctx, a, v.ID, bank)
	if err != nil {
		return err
	}
	p := w.itemsPage(c, v, bank)
	p.Title = w.T(c, "Unduh soal")
	p.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Berkas memuat kunci jawaban. Simpan di tempat yang aman.")}}
	for _, f := range formats {
		panel := Panel{Name: in(c, f.Name), Text: in(c, f.Limits)}
		losses := f.Lost
		switch {
		case len(f.Refused) > 0:
			losses = f.Refused
			panel.Badges = []Badge{{Kind: Danger, Text: w.T(c, "%d soal tidak dapat ditulis", len(losses))}}
			panel.Text = w.T(c, "Format ini tidak dapat menulis soal di bawah, jadi bank ini tidak dapat diunduh dengannya. Pakai items.yaml, yang memuat semua jenis soal.")
		case len(losses) > 0:
			panel.Badges = []Badge{{Kind: Warn, Text: w.T(c, "%d soal kehilangan sesuatu", len(losses))}}
		default:
			panel.Badges = []Badge{{Kind: Success, Label: "Tidak ada yang hilang"}}
		}
		if len(f.Refused) == 0 {
			panel.Actions = []Button{{Name: w.T(c, "Unduh %s", in(c, f.Name)), Icon: "download", URL: bankURL(v, bank, "unduh", string(f.Format))}}
		}
		if len(losses) > 0 {
			list := Panel{Fold: true, Label: "Menurut soal"}
			for i, l := range losses {
				if i == maxShown {
					list.Text = w.T(c, "Ditampilkan %d dari %d", maxShown, len(losses))
					break
				}
				list.Reasons = append(list.Reasons, Reason{Kind: Warn, Text: in(c, l.Text), URL: bankURL(v, bank, "soal", l.Code)})
			}
			panel.Inner = []Panel{list}
		}
		p.add(panel)
	}
	w.Render(c, http.StatusOK, "panels", p)
	return nil
}

// fetchItems gives a bank as a file.
func (w *admin) fetchItems(c *gin.Context) error {
	f, err := w.Courses.ExportItems(c.Request.Context(), reader(c), versionID(c), c.Param("bank"), c.Param("format"))
	if err != nil {
		n, ok := w.mistakes(c, "Tidak dapat ditulis dalam format ini", err)
		if !ok {
			return err
		}
		return w.bankPage(c, faults.KindOf(err).Status(), &n, Form{})
	}
	give(c, f)
	return nil
}

// give answers with a file to keep.
func give(c *gin.Context, f courses.ItemFileOf) {
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, f.MediaType, f.Data)
}

// fetchCourse gives a version of a course as a zipped folder.
func (w *admin) fetchCourse(c *gin.Context) error {
	f, err := w.Courses.ExportCourse(c.Request.Context(), reader(c), versionID(c))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, "application/zip", f.Data)
	return nil
}

// draftFor is the version of the address, for whoever may write it.
func (w *admin) draftFor(c *gin.Context) (courses.VersionDoc, error) {
	v, err := w.Courses.Version(c.Request.Context(), reader(c), versionID(c))
	if err == nil {
		err = w.allowed(c, "author", access.Thing{Kind: "course", ID: v.Course})
	}
	return v, err
}

// readItems reads a file of items and shows what would be taken.
func (w *admin) readItems(c *gin.Context) error {
	v, err := w.draftFor(c)
	if err != nil {
		return err
	}
	name, data, err := w.file(c)
	form := posted(c)
	if err == nil && data == nil {
		err = faults.OnField("file", "Pilih berkasnya dahulu.", "Choose the file first.")
	}
	var read courses.ItemsRead
	if err == nil {
		read, err = w.Courses.ReadItems(c.Request.Context(), reader(c), v.ID, c.Param("bank"), courses.ItemFile{Name: name, Data: data, Objective: form.Get("objective")})
	}
	if err != nil {
		if f := faults.Of(err); len(f.Fields) == 1 && f.Fields[0].Path == "file" && form.Take(err, Lang(c)) {
			return w.bankPage(c, form.Status(), nil, form)
		}
		n, ok := w.mistakes(c, "Berkas belum dapat diterima", err)
		if !ok {
			return err
		}
		return w.bankPage(c, faults.KindOf(err).Status(), &n, form)
	}
	return w.readPage(c, http.StatusOK, v, read, NewForm(nil), nil)
}

// waiting is what travels in the form between reading and taking.
type waitingItem struct {
	Item grading.Item    `json:"i"`
	Line int             `json:"l,omitempty"`
	Open bool            `json:"o,omitempty"` // it has no key yet
	Fate exchange.Weight `json:"w,omitempty"`
}

// readPage shows what a file holds: how much of it, what became of each item, and the form that takes them.
func (w *admin) readPage(c *gin.Context, status int, v courses.VersionDoc, read courses.ItemsRead, form Form, wrong *Notice) error {
	bank := c.Param("bank")
	tally, weights, ready := read.Bank.Tally(read.Report), read.Bank.Weights(read.Report), read.Ready()
	p := w.itemsPage(c, v, bank)
	p.Lead = w.T(c, "Dibaca sebagai %s. Belum ada yang disimpan.", in(c, read.Bank.Format.Name()))
	p.add(Panel{Bare: true, Stats: []Stat{{Label: "Akan diambil", Value: w.count(c, tally.Taken), Icon: "check", Kind: Success}, {Label: "Soal berubah", Value: w.count(c, tally.Changed), Icon: "edit", Kind: Info},
		{Label: "Perlu dilihat", Value: w.count(c, tally.Uncertain), Icon: "eye", Kind: Warn}, {Label: "Ditolak", Value: w.count(c, tally.Refused), Icon: "warn", Kind: Danger}}})
	if len(read.Report) > 0 {
		p.add(w.reportPanel(c, read))
	}
	var waiting []waitingItem
	for i, it := range read.Bank.Items {
		if weights[i] != exchange.Refused {
			waiting = append(waiting, waitingItem{it, read.Bank.Lines[i], !ready[i], weights[i]})
		}
	}
	if len(waiting) > 0 {
		p.Panels = append(p.Panels, w.takePanels(c, v, bank, waiting, tally.Refused, form)...)
	} else {
		p.Notices = append(p.Notices, Notice{Kind: Warn, Text: w.T(c, "Tidak ada soal yang dapat diambil. Perbaiki berkasnya, lalu unggah lagi.")})
	}
	if wrong != nil {
		p.Notices = append(p.Notices, *wrong)
	}
	w.Render(c, status, "panels", p)
	return nil
}

func (w *admin) itemsPage(c *gin.Context, v courses.VersionDoc, bank string) *PanelsPage {
	return &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Impor soal"), Crumbs: crumbs(Link{Label: "Kelola kursus", URL: "/kelola/kursus"}, Link{Name: v.Course, URL: address("kelola", "kursus", v.Course)},
		Link{Name: w.T(c, "Versi %d", v.Number), URL: versionURL(v.ID, v.Course, v.Number)}, Link{Name: w.T(c, "Soal untuk %s", w.bankUse(c, v, bank)), URL: bankURL(v, bank)})}}
}

// fateBadges are what became of an item, the heaviest first.
var fateBadges = map[exchange.Weight]Badge{exchange.Refused: {Kind: Danger, Label: "Ditolak"}, exchange.Uncertain: {Kind: Warn, Label: "Perlu dilihat"},
	exchange.Changed: {Kind: Info, Label: "Ada yang hilang"}, exchange.Hint: {Label: "Catatan"}, "": {Kind: Success, Label: "Diambil"}}

func (w *admin) reportPanel(c *gin.Context, read courses.ItemsRead) Panel {
	t := Table{Label: "Laporan", NoSearch: true, Columns: []Column{{Label: "Baris", Numeric: true}, {Label: "Soal"}, {Label: "Akibat"}, {Label: "Keterangan", Main: true}}}
	entries := slices.Clone(read.Report)
	order := []exchange.Weight{exchange.Refused, exchange.Uncertain, exchange.Changed, exchange.Hint}
	slices.SortStableFunc(entries, func(x, y exchange.Mistake) int {
		return slices.Index(order, x.Weight) - slices.Index(order, y.Weight)
	})
	for i, m := range entries {
		if i == maxShown {
			t.Pager.Text = w.T(c, "Ditampilkan %d dari %d", maxShown, len(entries))
			break
		}
		badge, line, code := fateBadges[m.Weight], "–", "–"
		if m.Line > 0 {
			line = w.count(c, m.Line)
		}
		if m.Item > 0 {
			code = dash(read.Bank.Items[m.Item-1].Code)
		}
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: line}, {Text: code}, {Badge: &badge}, {Text: in(c, m.Text)}}})
	}
	return Panel{Label: "Laporan", Table: &t}
}

// takePanels list the items and hold the form that takes them, with a choice for each one that has no key yet.
func (w *admin) takePanels(c *gin.Context, v courses.VersionDoc, bank string, waiting []waitingItem, refused int, form Form) []Panel {
	t := Table{Label: "Soal", NoSearch: true, Columns: []Column{{Label: "Soal", Main: true}, {Label: "Jenis"}, {Label: "Capaian"}, {Label: "Kunci"}, {Label: "Hasil"}}}
	kept, _ := json.Marshal(waiting) // plain values always marshal
	ref, _ := v.Content.Bank(bank)
	fields := []Field{hidden("items", string(kept)), hidden("revision", strconv.FormatInt(v.Revision, 10)), hidden("refused", strconv.Itoa(refused))}
	for i, x := range waiting {
		if i < maxShown {
			badge := fateBadges[x.Fate]
			t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: cut(exchange.Plain(x.Item.Stem), 120), Sub: x.Item.Code}, {Text: in(c, x.Item.Type.Label())}, {Text: x.Item.Objective}, {Text: w.keyOf(c, x)}, {Badge: &badge}}})
		}
		if !x.Open {
			continue
		}
		f := form.Need("radio", "key."+x.Item.Code, "Kunci soal ini")
		f.Text = x.Item.Code + " · " + cut(exchange.Plain(x.Item.Stem), 200)
		for n, o := range x.Item.Options {
			name := string(rune('A'+n)) + ". " + exchange.Plain(o.Text)
			if x.Item.Type == grading.TrueFalse {
				name = w.truth(c, o.ID)
			}
			f.Options = append(f.Options, Option{Value: o.ID, Name: name})
		}
		f.Options = append(f.Options, Option{Value: "-", Label: "Lewati soal ini"})
		fields = append(fields, f)
	}
	if len(waiting) > maxShown {
		t.Pager.Text = w.T(c, "Ditampilkan %d dari %d", maxShown, len(waiting))
	}
	var items []grading.Item
	for _, x := range waiting {
		items = append(items, x.Item)
	}
	for i, name := range exchange.PicturesOf(items, true) {
		if i == maxShown {
			break
		}
		f := form.Input("text", "alt."+name, "Teks pengganti gambar ini").Hinted("Dibacakan kepada yang tidak dapat melihatnya. Boleh diisi nanti, tetapi wajib sebelum terbit.")
		f.Length, f.Picture = 300, "/"+markdown.Folder+name
		fields = append(fields, f)
	}
	if ref.Items > 0 {
		how := form.Need("radio", "replace", "Soal yang sudah ada di bank")
		if how.Value == "" {
			how.Value = "no"
		}
		how.Options = []Option{{Value: "no", Label: "Tetap ada", Text: w.T(c, "Soal dengan id yang sama menjadi versi berikutnya.")}, {Value: "yes", Label: "Diganti seluruhnya"}}
		fields = append(fields, how)
	}
	if refused > 0 {
		skip := form.Need("checkbox", "skip", "Ambil yang lain walaupun ada yang ditolak")
		fields = append(fields, skip)
	}
	return []Panel{{Label: "Soal yang dibaca", Table: &t}, {Label: "Ambil ke bank", Text: w.T(c, "Semua soal di atas masuk sekaligus, atau tidak sama sekali."),
		Form: &PanelForm{URL: bankURL(v, bank, "ambil"), Files: true, Form: form, Fields: fields, Buttons: []Button{{Name: w.T(c, "Ambil %d soal", len(waiting)), Kind: "primary", Icon: "check"}}}}}
}

// keyOf is the key of an item in a few words.
func (w *admin) keyOf(c *gin.Context, x waitingItem) string {
	if x.Open {
		return w.T(c, "belum ada")
	}
	var out []string
	for n, o := range x.Item.Options {
		if o.Mark <= 0 || x.Item.Type == grading.Single && o.Mark < grading.Full {
			continue
		}
		switch x.Item.Type {
		case grading.TrueFalse:
			out = append(out, w.truth(c, o.ID))
		case grading.Numeric, grading.ShortText:
			out = append(out, o.Text)
		default:
			out = append(out, string(rune('A'+n)))
		}
	}
	return dash(cut(strings.Join(out, ", "), 40))
}

// takeItems puts the items that were shown into the bank.
func (w *admin) takeItems(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxImport)
	v, err := w.draftFor(c)
	if err != nil {
		return err
	}
	form := posted(c)
	var waiting []waitingItem
	if err := json.Unmarshal([]byte(form.Values.Get("items")), &waiting); err != nil {
		return faults.Wrap(err, faults.Invalid, "Kiriman ini tidak lengkap. Unggah berkasnya lagi.", "What was sent is not complete. Upload the file again.")
	}
	revision, _ := strconv.ParseInt(form.Get("revision"), 10, 64)
	refused, _ := strconv.Atoi(form.Get("refused"))
	alts := map[string]string{}
	for key := range form.Values {
		if name, ok := strings.CutPrefix(key, "alt."); ok {
			alts[name] = form.Get(key)
		}
	}
	var items []grading.Item
	for _, x := range waiting {
		if x.Open {
			letters := form.Get("key." + x.Item.Code)
			if letters == "-" {
				continue
			}
			keyed, ok := exchange.Keyed(x.Item, letters)
			if !ok {
				form.Wrong("key."+x.Item.Code, w.T(c, "Pilih kuncinya, atau lewati soal ini."))
			}
			x.Item = keyed
		}
		items = append(items, exchange.Described(x.Item, alts))
	}
	if refused > 0 && form.Get("skip") == "" {
		form.Wrong("skip", w.T(c, "Ada yang ditolak. Centang ini untuk mengambil yang lain, atau perbaiki berkasnya dahulu."))
	}
	bank := c.Param("bank")
	if form.OK() {
		done, err := w.Courses.TakeItems(c.Request.Context(), reader(c), v.ID, revision, bank, items, form.Get("replace") == "yes")
		if err == nil {
			return w.done(c, Success, w.T(c, "%d soal masuk ke bank.", len(items)), bankURL(done, bank))
		}
		n, ok := w.mistakes(c, "Soal belum dapat diambil", err)
		if !ok {
			return err
		}
		return w.takeAgain(c, faults.Of(err).Kind == faults.Conflict, v, bank, waiting, refused, form, &n)
	}
	return w.takeAgain(c, false, v, bank, waiting, refused, form, nil)
}

func (w *admin) takeAgain(c *gin.Context, stands bool, v courses.VersionDoc, bank string, waiting []waitingItem, refused int, form Form, wrong *Notice) error {
	p := w.itemsPage(c, v, bank)
	if wrong != nil {
		p.Notices = append(p.Notices, *wrong)
	}
	p.Panels = w.takePanels(c, v, bank, waiting, refused, form)
	status := http.StatusUnprocessableEntity
	if stands {
		status = http.StatusConflict
	}
	w.Render(c, status, "panels", p)
	return nil
}
