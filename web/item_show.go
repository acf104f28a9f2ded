package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// ItemPage is one item of a bank: as a learner meets it, its review, its history, its use.
type ItemPage struct {
	Base
	URL      string
	Preview  *QuizItem // asked; answering it changes nothing
	Answers  *QuizItem // with key and feedback
	Tried    bool
	Try      bool // it may be tried here
	Problems []string
	Panels   []Panel
	Saved    string // under which a browser kept the form that was just stored
}

var itemStateBadges = map[courses.ItemState]Badge{courses.ItemDraft: {Kind: Neutral, Label: "Draf", Icon: "edit"}, courses.ItemInReview: {Kind: Info, Label: "Ditelaah", Icon: "eye"}, courses.ItemApproved: {Kind: Success, Label: "Disetujui"}}

func (w *admin) showItem(c *gin.Context) error { return w.itemPage(c, http.StatusOK, Form{}, false) }

func (w *admin) itemPage(c *gin.Context, status int, form Form, tried bool) error {
	ctx, a, f, bank := c.Request.Context(), reader(c), w.format(c), c.Param("bank")
	x, err := w.Courses.ShowItem(ctx, a, versionID(c), bank, c.Param("item"))
	if err != nil {
		return err
	}
	it := x.Item
	p := &ItemPage{Base: Base{Active: navCourses, Title: w.T(c, "Soal %s", it.Code), Lead: in(c, it.Type.Label()) + " · " + w.T(c, "versi soal %d", it.Version), Crumbs: w.draftCrumbs(c, Link{Name: w.T(c, "Soal untuk %s", w.bankUse(c, x.VersionDoc, bank)), URL: bankURL(x.VersionDoc, bank)})},
		URL: w.itemURL(c, bank, it.Code), Tried: tried, Try: w.may(c, "remark", "item")}
	if id := c.Query("tulisan"); writingID.MatchString(id) {
		p.Saved = id
	}
	p.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Halaman ini memuat kunci jawaban. Jangan dibagikan.")}}
	shown, err := w.Courses.PreviewItem(ctx, a, x.Course, it, grading.Answer{})
	if err != nil {
		return err
	}
	if tried && shown.View.Item != "" {
		for range grading.MaxParts { // what is asked next may depend on what was answered
			ans := postedAnswer(c, shown.View)
			again, err := w.Courses.PreviewItem(ctx, a, x.Course, it, ans)
			if err != nil {
				return err
			}
			same := len(again.View.Parts) == len(shown.View.Parts)
			if shown = again; same {
				break
			}
		}
	}
	for _, problem := range shown.Problem {
		p.Problems = append(p.Problems, in(c, problem.Text))
	}
	if shown.View.Item != "" {
		asked, key := w.quizItem(c, "", shown.View, 0), w.reviewItem(c, shown.Review, 0)
		asked.NoFlag = true
		p.Preview, p.Answers = &asked, answersOf(key)
	}
	draft := x.State == courses.Draft && w.may(c, "author", "course")
	facts := Panel{Label: "Soal", Badges: []Badge{itemStateBadges[x.Life.State]}, Facts: []Fact{{Label: "Capaian", Value: dash(it.Objective)}, {Label: "Tingkat kesulitan", Value: w.difficulty(c, it.Difficulty)}, {Label: "Kategori", Value: dash(it.Category)}}}
	if it.Void {
		facts.Badges = append(facts.Badges, Badge{Kind: Warn, Label: "Digugurkan"})
		facts.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Lembar baru tidak memuat soal ini. Memperbaikinya membuat versi baru yang diambil lagi.")}}
	}
	for _, t := range it.Tags {
		facts.Badges = append(facts.Badges, Badge{Text: t})
	}
	if draft {
		facts.Actions = []Button{{Label: "Ubah", Icon: "edit", Kind: "primary", URL: w.itemURL(c, bank, it.Code, "ubah"), About: it.Code}}
		facts.Inner = []Panel{{Fold: true, Label: "Salin atau hapus", Form: &PanelForm{URL: p.URL, Fields: []Field{hidden("revision", strconv.FormatInt(x.Revision, 10))}, Buttons: []Button{{Label: "Salin", Icon: "copy", Field: "act", Value: "copy"}, {Label: "Hapus dari bank", Icon: "trash", Kind: "danger", Field: "act", Value: "delete"}}}}}
	} else if x.State == courses.Published && w.may(c, "check", "regrade") {
		facts.Actions = []Button{{Label: "Betulkan kunci", URL: correctionURL(it.ID), Icon: "key", About: it.Code}}
	}
	p.Panels = append(p.Panels, facts, w.reviewPanel(c, x, form, p.URL))
	if len(x.Alike) > 0 {
		panel := Panel{Label: "Hampir sama dengan"}
		for _, o := range x.Alike {
			panel.Reasons = append(panel.Reasons, Reason{Kind: Warn, Text: alikeNames([]courses.AlikeItem{o}, bank) + ": " + cut(o.Stem, 160), URL: w.itemURL(c, o.Bank, o.Code)})
		}
		p.Panels = append(p.Panels, panel)
	}
	uses := Table{Label: "Dipakai di", NoSearch: true, Columns: []Column{{Label: "Versi kursus", Main: true}, {Label: "Versi soal", Numeric: true}, {Label: "Tes"}, {Label: "Peserta", Numeric: true}, {Label: "Terjawab benar", Numeric: true}, {Label: "Daya beda", Numeric: true}}}
	for _, u := range x.Uses {
		quizzes := ""
		for _, q := range u.Quizzes {
			if quizzes != "" {
				quizzes += ", "
			}
			quizzes += in(c, q.Name())
		}
		state := w.T(c, "draf")
		if u.State == courses.Published {
			state = w.T(c, "terbit")
		}
		n, easy, apart := w.measured(c, u.Measured)
		uses.Rows = append(uses.Rows, Row{URL: versionURL(u.Version, x.Course, u.Number, "bank", bank, "soal", it.Code), Cells: []Cell{{Text: w.T(c, "Versi %d", u.Number), Sub: state}, {Text: w.count(c, u.ItemNo)}, {Text: dash(quizzes)}, {Text: n}, {Text: easy}, {Text: apart}}})
	}
	p.Panels = append(p.Panels, Panel{Label: "Pemakaian", Table: &uses})
	history := Panel{Label: "Riwayat"}
	for _, h := range x.History {
		by := "–"
		if h.By != "" {
			by = w.person(ctx, h.By) + ", " + f.moment(h.At)
		}
		panel := Panel{Fold: true, Open: len(history.Inner) == 0 && len(h.Changes) > 0, Name: w.T(c, "Versi %d", h.Number) + " · " + by, Badges: []Badge{itemStateBadges[h.State]}}
		if h.ApprovedBy != "" {
			panel.Text = w.T(c, "Disetujui oleh %s, %s.", w.person(ctx, h.ApprovedBy), f.moment(h.ApprovedAt))
		}
		for _, d := range h.Changes {
			panel.Facts = append(panel.Facts, Fact{Name: in(c, d.Name), Value: dash(cut(d.Was, 400)) + " → " + dash(cut(d.Now, 400))})
		}
		history.Inner = append(history.Inner, panel)
	}
	p.Panels = append(p.Panels, history)
	w.Render(c, status, "item", p)
	return nil
}

// measured is what sittings say, in a few words.
func (w *admin) measured(c *gin.Context, m *courses.Measured) (n, easy, apart string) {
	n, easy, apart = "–", "–", "–"
	if m == nil {
		return
	}
	n = w.count(c, int(m.N))
	if m.Facility != nil {
		easy = w.figure(c, m.Facility, 0) + "%"
	}
	if m.ItemRest != nil {
		apart = w.figure(c, m.ItemRest, 2)
	}
	return
}

func (w *admin) difficulty(c *gin.Context, d grading.Difficulty) string {
	if d == "" {
		return "–"
	}
	return w.words.say(Lang(c), difficultyLabels[d])
}

// reviewPanel is where an item version stands, what was said of it, and what the reader may do.
func (w *admin) reviewPanel(c *gin.Context, x courses.ShownItem, form Form, to string) Panel {
	ctx := c.Request.Context()
	panel := Panel{ID: "telaah", Label: "Telaah", Badges: []Badge{itemStateBadges[x.Life.State]}}
	if x.Life.State == courses.ItemApproved {
		panel.Text = w.T(c, "Mengubah soal yang disetujui membuat versi baru, yang ditelaah lagi.")
	}
	if len(x.Life.Remarks) > 0 {
		panel.Events = &Timeline{}
		for _, r := range slices.Backward(x.Life.Remarks) {
			panel.Events.Items = append(panel.Events.Items, Event{At: r.At, Text: r.Text, Who: w.person(ctx, r.By)})
		}
	}
	item := hidden("version", x.Item.ID)
	if x.Life.State == courses.ItemDraft && w.may(c, "ask", "item") {
		panel.Inner = append(panel.Inner, Panel{Label: "Minta telaah", Form: &PanelForm{URL: to + "#telaah", Fields: []Field{item}, Buttons: []Button{{Label: "Minta telaah", Icon: "eye", Field: "act", Value: "ask"}}}})
	}
	if x.Life.State == courses.ItemInReview && w.may(c, "approve", "item") {
		if a := reader(c); slices.Contains(x.Life.Writers, a.Person) {
			panel.Notices = append(panel.Notices, Notice{Kind: Info, Text: w.T(c, "Soal ini Anda tulis atau ubah sendiri. Mintalah penelaah lain menyetujuinya.")})
		} else {
			why := form.Input("textarea", "why", "Yang perlu diperbaiki").Tall(2).Hinted("Wajib bila soal dikembalikan.")
			why.Length = courses.MaxRemark
			panel.Inner = append(panel.Inner, Panel{Label: "Putusan telaah", Form: &PanelForm{URL: to + "#telaah", Form: form, Fields: []Field{item, why}, Buttons: []Button{{Label: "Setujui", Kind: "primary", Icon: "check", Field: "act", Value: "approve"}, {Label: "Kembalikan ke penulis", Field: "act", Value: "return"}}}})
		}
	}
	if w.may(c, "remark", "item") {
		text := form.Input("textarea", "text", "Catatan untuk penulis dan penelaah").Tall(2)
		text.Length = courses.MaxRemark
		panel.Inner = append(panel.Inner, Panel{Fold: true, Open: form.Error("text") != "", Label: "Tulis catatan", Form: &PanelForm{URL: to + "#telaah", Form: form, Fields: []Field{item, hidden("key", storage.NewID()), text}, Buttons: []Button{{Label: "Kirim catatan", Field: "act", Value: "remark"}}}})
	}
	return panel
}

// changeItem does what a button of the item's page says.
func (w *admin) changeItem(c *gin.Context) error {
	ctx, a, form, bank, code := c.Request.Context(), reader(c), posted(c), c.Param("bank"), c.Param("item")
	x, err := w.Courses.ShowItem(ctx, a, versionID(c), bank, code)
	if err != nil {
		return err
	}
	if err := w.allowed(c, "remark", access.Thing{Kind: "item"}); err != nil { // who only looks on presses nothing
		return err
	}
	to, said := w.itemURL(c, bank, code), ""
	switch act := form.Get("act"); act {
	case "", "try":
		return w.itemPage(c, http.StatusOK, Form{}, true)
	case "copy", "delete":
		revision, _ := strconv.ParseInt(form.Get("revision"), 10, 64)
		if act == "copy" {
			var copied string
			if _, copied, err = w.Courses.CopyItem(ctx, a, x.ID, max(revision, 1), bank, code); err == nil {
				return w.done(c, Success, w.T(c, "Soal disalin menjadi %s.", copied), w.itemURL(c, bank, copied, "ubah"))
			}
		} else if _, err = w.Courses.DeleteItem(ctx, a, x.ID, max(revision, 1), bank, code); err == nil {
			return w.done(c, Success, w.T(c, "Soal %s dihapus dari bank draf ini.", code), bankURL(x.VersionDoc, bank))
		}
	default:
		item := form.Get("version")
		if !slices.ContainsFunc(x.History, func(h courses.ItemVersion) bool { return h.ID == item }) {
			return faults.New(faults.NotFound, "Versi soal ini tidak ada.", "This version of the item does not exist.")
		}
		switch act {
		case "ask":
			said = w.T(c, "Telaah diminta.")
			_, err = w.Courses.AskReview(ctx, a, item)
		case "approve":
			said = w.T(c, "Soal disetujui.")
			_, err = w.Courses.ApproveItem(ctx, a, item)
		case "return":
			said = w.T(c, "Soal dikembalikan ke penulis.")
			_, err = w.Courses.ReturnItem(ctx, a, item, form.Get("why"))
		case "remark":
			said = w.T(c, "Catatan terkirim.")
			_, err = w.Courses.RemarkItem(ctx, a, item, form.Get("key"), form.Get("text"))
		default:
			return faults.New(faults.Invalid, "Tombol ini tidak dikenal.", "This button is not known.")
		}
		if err == nil {
			return w.done(c, Success, said, to)
		}
	}
	if !form.Take(err, Lang(c)) {
		return err
	}
	return w.itemPage(c, form.Status(), form, false)
}
