package web

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// bankRows is how many items a page of a bank lists.
const bankRows = 50

// bankCode is what the code of a bank looks like.
var bankCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$`)

// showBank lists the items of a bank, for authors and reviewers.
func (w *admin) showBank(c *gin.Context) error {
	return w.bankPage(c, http.StatusOK, nil, Form{})
}

// bankPage shows a bank; one that a draft does not have yet is shown empty to who may begin it.
func (w *admin) bankPage(c *gin.Context, status int, wrong *Notice, form Form) error {
	ctx, a, bank := c.Request.Context(), reader(c), c.Param("bank")
	v, err := w.Courses.Version(ctx, a, versionID(c))
	if err != nil {
		return err
	}
	q := ReadTable(c, "kategori", "tag", "capaian", "kompetensi", "sulit", "telaah", "jenis")
	list, err := w.Courses.ListItems(ctx, a, v.ID, bank, courses.ItemFilter{Words: q.Search, Category: q.Filter["kategori"], Tag: q.Filter["tag"], Objective: q.Filter["capaian"], Competency: q.Filter["kompetensi"],
		Difficulty: grading.Difficulty(q.Filter["sulit"]), State: courses.ItemState(q.Filter["telaah"]), Type: grading.Type(q.Filter["jenis"])})
	author := v.State == courses.Draft && w.may(c, "author", "course")
	if err != nil && !(errors.Is(err, faults.NotFound) && author && bankCode.MatchString(bank)) {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Soal untuk %s", w.bankUse(c, v, bank)), Lead: w.T(c, "%s, versi %d", v.Course, v.Number) + " · " + w.T(c, "%d soal", list.All), Crumbs: w.draftCrumbs(c)}}
	p.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Halaman ini memuat kunci jawaban. Jangan dibagikan.")}}
	if wrong != nil {
		p.Notices = append(p.Notices, *wrong)
	}
	if list.All > 0 {
		served, err := w.served(c, v)
		if err != nil {
			return err
		}
		p.add(Panel{Bare: true, Table: w.bankTable(c, v, list, served, q, author)})
		if panel := w.alikePanel(c, v, list); panel != nil {
			p.add(*panel)
		}
		if author {
			p.add(Panel{Fold: true, Label: "Minta telaah untuk semua draf", Text: w.T(c, "Semua soal di bank ini yang masih draf masuk antrean penelaah."), Form: &PanelForm{URL: bankURL(v, bank, "telaah"), Buttons: []Button{{Label: "Minta telaah", Icon: "eye"}}}})
		}
	} else if author {
		p.add(Panel{Label: "Tulis soal", Actions: []Button{{Label: "Tulis soal baru", Kind: "primary", Icon: "plus", URL: bankURL(v, bank, "baru")}}})
	}
	p.Panels = append(p.Panels, w.bankForms(c, v, bank, list.All, form)...)
	w.Render(c, status, "panels", p)
	return nil
}

// served are the competencies that the objectives of a version serve, each once.
func (w *admin) served(c *gin.Context, v courses.VersionDoc) (out []Option, err error) {
	dict, err := w.Competencies.Dictionary(c.Request.Context())
	for _, o := range v.Content.Objectives {
		if o.Competency != "" && !slices.ContainsFunc(out, func(x Option) bool { return x.Value == o.Competency }) {
			out = append(out, Option{Value: o.Competency, Name: o.Competency + " · " + cut(in(c, dict.Name(o.Competency)), 50)})
		}
	}
	return out, err
}

func (w *admin) bankTable(c *gin.Context, v courses.VersionDoc, list courses.BankList, served []Option, q TableQuery, author bool) *Table {
	bank := c.Param("bank")
	t := &Table{Label: "Soal", URL: bankURL(v, bank), Search: q.Search, SearchLabel: "Cari kata dalam soal", Columns: []Column{{Label: "Soal", Main: true}, {Label: "Jenis", Minor: true}, {Label: "Capaian"}, {Label: "Kesulitan"}, {Label: "Telaah"}, {Label: "Terjawab benar", Numeric: true}, {Label: "Daya beda", Numeric: true}},
		Empty: Empty{Icon: "question", Label: "Belum ada soal"}}
	sel := func(name, label string, options []Option) {
		if len(options) > 0 {
			t.Filters = append(t.Filters, Field{Kind: "select", Name: name, Label: label, Value: q.Filter[name], Change: true, Options: append([]Option{{Value: "", Label: "Semua"}}, options...)})
		}
	}
	var objectives, difficulties, states, types, categories, tags []Option
	for _, o := range v.Content.Objectives {
		objectives = append(objectives, Option{Value: o.Code, Name: o.Code + " · " + cut(in(c, o.Text), 50)})
	}
	for _, d := range grading.Difficulties {
		difficulties = append(difficulties, Option{Value: string(d), Label: difficultyLabels[d]})
	}
	difficulties = append(difficulties, Option{Value: "-", Label: "Belum ditentukan"})
	for _, s := range courses.ItemStates {
		states = append(states, Option{Value: string(s), Label: itemStateBadges[s].Label})
	}
	for _, k := range list.Types {
		types = append(types, Option{Value: string(k), Name: in(c, k.Label())})
	}
	for _, x := range list.Categories {
		categories = append(categories, Option{Value: x, Name: x})
	}
	for _, x := range list.Tags {
		tags = append(tags, Option{Value: x, Name: x})
	}
	sel("capaian", "Capaian", objectives)
	sel("kompetensi", "Kompetensi", served)
	sel("sulit", "Kesulitan", difficulties)
	sel("telaah", "Telaah", states)
	sel("jenis", "Jenis", types)
	sel("kategori", "Kategori", categories)
	sel("tag", "Tag", tags)
	if author {
		t.Actions = []Button{{Label: "Tulis soal baru", Kind: "primary", Icon: "plus", URL: bankURL(v, bank, "baru")}}
	}
	from, _ := strconv.Atoi(q.After)
	from = min(max(from, 0), len(list.Items))
	until := min(from+bankRows, len(list.Items))
	for _, it := range list.Items[from:until] {
		badge := itemStateBadges[it.State]
		objective, _ := v.Content.Objective(it.Objective)
		_, easy, apart := w.measured(c, it.Measured)
		sub := it.Code
		if len(it.Alike) > 0 {
			sub += " · " + w.T(c, "mirip %s", alikeNames(it.Alike, bank))
		}
		if it.Void {
			sub += " · " + w.T(c, "digugurkan, tidak diambil lagi")
		}
		if it.Remarks > 0 {
			sub += " · " + w.T(c, "%d catatan", it.Remarks)
		}
		t.Rows = append(t.Rows, Row{URL: bankURL(v, bank, "soal", it.Code), Cells: []Cell{{Text: cut(it.Stem, 110), Sub: sub}, {Text: in(c, it.Type.Label())}, {Text: it.Objective, Sub: objective.Competency}, {Text: w.difficulty(c, it.Difficulty)}, {Badge: &badge}, {Text: easy}, {Text: apart}}})
	}
	if len(list.Items) > bankRows {
		t.Pager.Text = w.T(c, "Soal %d sampai %d dari %d", from+1, until, len(list.Items))
		if from > 0 {
			t.Pager.Prev = q.URL(bankURL(v, bank), "after", strconv.Itoa(max(from-bankRows, 0)))
		}
		if until < len(list.Items) {
			t.Pager.Next = q.URL(bankURL(v, bank), "after", strconv.Itoa(until))
		}
	}
	return t
}

// alikeNames are the codes of items, with their bank where it is another one.
func alikeNames(all []courses.AlikeItem, bank string) string {
	var out []string
	for _, x := range all {
		if x.Bank != bank {
			x.Code += " (" + x.Bank + ")"
		}
		out = append(out, x.Code)
	}
	return strings.Join(out, ", ")
}

// alikePanel names the items that say nearly the same; nil when there are none.
func (w *admin) alikePanel(c *gin.Context, v courses.VersionDoc, list courses.BankList) *Panel {
	panel := Panel{Fold: true, Label: "Soal yang hampir sama", Text: w.T(c, "Peserta yang mendapat keduanya menjawab hal yang sama dua kali. Hapus atau bedakan salah satunya.")}
	seen := map[string]bool{}
	for _, it := range list.Items {
		if len(it.Alike) == 0 || seen[it.Code] || len(panel.Reasons) == maxShown {
			continue
		}
		for _, o := range it.Alike {
			seen[o.Code] = seen[o.Code] || o.Bank == c.Param("bank")
		}
		panel.Reasons = append(panel.Reasons, Reason{Kind: Warn, Text: it.Code + " ≈ " + alikeNames(it.Alike, c.Param("bank")) + ": " + cut(it.Stem, 100), URL: bankURL(v, c.Param("bank"), "soal", it.Code)})
	}
	if len(panel.Reasons) == 0 {
		return nil
	}
	panel.Badges = []Badge{{Kind: Warn, Text: w.count(c, len(panel.Reasons))}}
	return &panel
}

// askReviews puts every draft of a bank before the reviewers.
func (w *admin) askReviews(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	n, err := w.Courses.AskReviews(c.Request.Context(), reader(c), v.ID, c.Param("bank"))
	if err != nil {
		return err
	}
	return w.done(c, Success, w.T(c, "Telaah diminta untuk %d soal.", n), bankURL(v, c.Param("bank")))
}
