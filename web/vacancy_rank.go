package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
)

// listVacancies is the workbench of empty posts.
func (w *admin) listVacancies(c *gin.Context) error {
	if !w.may(c, "rank", "vacancy") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	ctx, q := c.Request.Context(), ReadTable(c, "unor", "jenis")
	posts, err := w.Placement.Vacancies(ctx, reader(c))
	if err != nil {
		return err
	}
	units, err := w.unitOptions(c, "rank", "vacancy", "Semua unit")
	if err != nil {
		return err
	}
	t := Table{Label: "Jabatan lowong", URL: "/kelola/lowongan", NoSearch: true, Filters: []Field{choose("unor", "Unit kerja", q.Filter["unor"], units), choose("jenis", "Jenis jabatan", q.Filter["jenis"], []Option{{Value: "", Label: "Semua jenis"}, {Value: "struktural", Name: "Struktural"}, {Value: "fungsional", Name: "Fungsional"}, {Value: "pelaksana", Name: "Pelaksana"}})},
		Columns: []Column{{Label: "Jabatan", Main: true}, {Label: "Unit kerja"}, {Label: "Jenis"}, {Label: "Lowong", Numeric: true}, {Label: "Standar kompetensi"}},
		Empty:   Empty{Icon: "position", Label: "Tidak ada jabatan lowong"}}
	posts = slices.DeleteFunc(posts, func(p placement.Post) bool {
		return q.Filter["unor"] != "" && !slices.Contains(p.Units, q.Filter["unor"]) || q.Filter["jenis"] != "" && p.Kind != q.Filter["jenis"]
	})
	n := len(posts)
	posts, t.Pager = pageOf(c, posts, func(p placement.Post) string { return p.ID })
	for _, p := range posts {
		row := Row{URL: address("kelola", "lowongan", p.ID), Cells: []Cell{{Text: p.Name, Sub: p.Code}, {Text: w.unit(ctx, people.UnitID(p.Unit))}, {Text: official(p.Kind), Sub: official(p.Jenjang)}, {Text: w.T(c, "%d dari %d", p.Vacant, p.Seats)}, {Text: w.standard(ctx, p.Standard)}}}
		if p.Standard == "" {
			row.URL, row.Mark, row.Cells[4] = "", Warn, Cell{Badge: &Badge{Kind: Warn, Label: "Belum ada standar"}}
		}
		t.Rows = append(t.Rows, row)
	}
	t.Pager.Text = w.T(c, "%d jabatan", n)
	p := &PanelsPage{Base: Base{Active: navVacancies, Title: w.T(c, "Jabatan lowong"), Lead: w.T(c, "Sistem menyarankan, pejabat memutuskan. Setiap saran menyebut alasannya."), Crumbs: crumbs()}}
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

// rankVacancy ranks people for one post with reasons, the law behind each refusal, and what would lift each match.
func (w *admin) rankVacancy(c *gin.Context) error {
	return w.rankingPage(c, http.StatusOK, NewForm(map[string][]string{"form": {storage.NewID()}}))
}

func (w *admin) rankingPage(c *gin.Context, status int, form Form) error {
	ctx, a, id := c.Request.Context(), reader(c), c.Param("position")
	v, err := w.overviews().Vacancy(ctx, a, id)
	if err != nil {
		return err
	}
	post := v.Post
	p := &PanelsPage{Base: Base{Active: navVacancies, Title: post.Name, Lead: w.unit(ctx, post.Unit) + " · " + official(post.Kind), Crumbs: crumbs(Link{Label: "Jabatan lowong", URL: "/kelola/lowongan"})}}
	w.ranking(c, p, v.Ranking)
	if earlier := v.Earlier.Of; len(earlier) > 0 {
		t := Table{Label: "Rekomendasi tersimpan", NoSearch: true, Columns: []Column{{Label: "Disimpan", Main: true}, {Label: "Oleh"}, {Label: "Catatan"}, {Label: "Calon", Numeric: true}}}
		for _, old := range earlier {
			t.Rows = append(t.Rows, Row{URL: address("kelola", "rekomendasi", old.ID), Cells: []Cell{{Text: w.format(c).moment(old.At)}, {Text: w.person(ctx, old.By)}, {Text: dash(old.Note)}, {Text: w.count(c, len(old.Candidates))}}})
		}
		p.add(Panel{Label: "Rekomendasi tersimpan", Table: &t})
	}
	if w.may(c, "recommend", "vacancy") {
		p.add(Panel{Label: "Simpan sebagai rekomendasi", Text: w.T(c, "Peringkat hari ini disimpan dengan semua alasannya untuk rapat. Data yang sama selalu memberi urutan yang sama."), Form: &PanelForm{URL: address("kelola", "lowongan", id), Form: form,
			Fields: []Field{hidden("form", form.Get("form")), form.Input("textarea", "note", "Catatan untuk rapat").Tall(2)}, Buttons: []Button{{Label: "Simpan rekomendasi", Kind: "primary"}}}})
	}
	w.Render(c, status, "panels", p)
	return nil
}

// The page shows this many candidates with all reasons, and those tied with the last of them up to maxTied; the figures above count everybody.
const (
	maxCandidates = 20
	maxTied       = 60
)

// shownCandidates is how many of a ranking the page shows. cut says that some tied with the last one are left out.
func shownCandidates(list []placement.Candidate) (n int, cut bool) {
	n = min(len(list), maxCandidates)
	for n > 0 && n < len(list) && list[n].Rank == list[n-1].Rank {
		if n == maxTied {
			return n, true
		}
		n++
	}
	return n, false
}

// ranking shows a ranking: the figures, the candidates in order with their reasons, and whom which rule refuses.
func (w *admin) ranking(c *gin.Context, p *PanelsPage, r placement.Ranking) {
	ctx := c.Request.Context()
	dict, err := w.Competencies.Dictionary(ctx)
	name := func(code string) string {
		if err != nil {
			return code
		}
		return in(c, dict.Name(code))
	}
	p.Notices = append(p.Notices, Notice{Kind: Info, Label: "Sistem menyarankan, pejabat memutuskan", Text: w.T(c, "Urutan memakai batas bawah kecocokan; calon yang syarat mutlaknya masih terbuka berada di belakang calon lain. Jenis kelamin, umur, agama, status perkawinan, dan disabilitas tidak ikut menentukan urutan.")})
	p.add(Panel{Bare: true, Stats: []Stat{{Label: "Dipertimbangkan", Value: w.count(c, r.Considered), Icon: "people"}, {Label: "Memenuhi syarat", Value: w.count(c, r.Eligible), Icon: "check", Kind: Success}, {Label: "Perlu berkas", Value: w.count(c, r.Unsure), Icon: "question", Kind: Warn, Hint: "bagian dari yang memenuhi syarat; ada syarat yang belum dapat dipastikan"}, {Label: "Tidak memenuhi syarat", Value: w.count(c, r.Considered-r.Eligible), Icon: "stop"}}})
	list := Panel{Label: "Calon menurut peringkat"}
	if len(r.Candidates) == 0 {
		list.Empty = &Empty{Icon: "people", Label: "Belum ada calon yang memenuhi syarat", Text: w.T(c, "Lihat di bawah syarat mana yang paling banyak menahan.")}
	}
	shown, cut := shownCandidates(r.Candidates)
	for i, k := range r.Candidates[:shown] {
		panel := w.candidate(c, k, name)
		panel.Open = i == 0 && k.Tied == 0
		list.Inner = append(list.Inner, panel)
	}
	switch {
	case cut:
		list.Text = w.T(c, "Ditampilkan %d dari %d calon. Calon lain dengan nilai yang sama dengan yang terakhir tidak ditampilkan: urutan di antara mereka tidak berarti.", shown, len(r.Candidates))
	case shown < len(r.Candidates):
		list.Text = w.T(c, "Ditampilkan %d teratas dari %d calon.", shown, len(r.Candidates))
	}
	p.add(list)
	if len(r.Refused) > 0 {
		panel := Panel{Label: "Siapa tidak dipertimbangkan, dan mengapa", Text: in(c, r.LeftOut)}
		for _, no := range r.Refused {
			panel.Reasons = append(panel.Reasons, Reason{Kind: Danger, Text: w.T(c, "%d orang: %s", no.Count, in(c, no.Text)), Law: no.Law})
		}
		p.add(panel)
	}
	p.add(Panel{Fold: true, Label: "Dasar perhitungan", Facts: []Fact{{Label: "Tanggal", Value: w.format(c).date(r.Basis.On)}, {Label: "Cara hitung", Value: r.Basis.Algorithm, Code: true}, {Label: "Standar", Value: r.Basis.Standard, Note: r.Basis.Standards}, {Label: "Kamus", Value: r.Basis.Dictionary, Code: true}, {Label: "Syarat hukum", Value: r.Basis.Eligibility, Code: true}}})
}

// candidate is one person of a ranking.
func (w *admin) candidate(c *gin.Context, k placement.Candidate, name func(string) string) Panel {
	panel := Panel{Fold: true, Name: w.T(c, "%d. %s", k.Rank, w.person(c.Request.Context(), k.Person)), Text: in(c, k.Text), Fit: fitOf(k.Fit)}
	low, high := w.format(c).whole(k.Fit.Percent()), w.format(c).whole(k.Fit.PercentHigh())
	if low != high {
		low += "–" + high
	}
	if k.Fit.Known == 0 && k.Fit.Of > 0 {
		panel.Badges = append(panel.Badges, Badge{Label: "Belum ada bukti"})
	} else {
		panel.Badges = append(panel.Badges, Badge{Text: low + "%"})
	}
	if k.Tied > 0 {
		panel.Badges = append(panel.Badges, Badge{Kind: Info, Text: w.T(c, "seri dengan %d orang", k.Tied)})
	}
	if k.Eligibility == placement.Unknown {
		panel.Badges = append(panel.Badges, Badge{Kind: Warn, Label: "Perlu berkas"})
	}
	if k.Fit.DevelopFirst() {
		panel.Badges = append(panel.Badges, Badge{Kind: Warn, Label: "Perlu pengembangan dahulu"})
	}
	if k.Fit.AbsoluteOpen > len(k.Fit.AbsoluteShort) {
		panel.Badges = append(panel.Badges, Badge{Kind: Warn, Label: "Syarat mutlak belum terbukti"})
	}
	panel.Reasons = append(w.verdicts(c, k.Verdicts), w.matchReasons(c, k.Reasons, name)...)
	if k.Lift != nil {
		panel.Notices = append(panel.Notices, Notice{Kind: Info, Label: "Yang mengubah hasil", Text: in(c, k.Lift.Text)})
	}
	if w.may(c, "view", "person") {
		panel.Actions = []Button{{Label: "Buka profil", URL: personURL(k.Person), Small: true, About: panel.Name}}
	}
	return panel
}

// whole writes hundredths of a percent as whole percent, cut and not rounded, so that nobody reads like above a line they miss.
func (f format) whole(p competencies.Percent) string {
	s, err := f.Number(int(p) / 100)
	if err != nil {
		return "–"
	}
	return s
}

func fitOf(f competencies.Fit) *Fit {
	return &Fit{Low: float64(f.Percent()) / 100, High: float64(f.PercentHigh()) / 100, Known: f.Known, Total: f.Of}
}

// verdicts are the rules that are not known to be met, with their law and how they can be met.
func (e *Engine) verdicts(c *gin.Context, all []placement.Verdict) []Reason {
	var out []Reason
	for _, v := range all {
		r := Reason{Kind: Warn, Text: in(c, v.Text), Law: v.Law}
		if v.Outcome == placement.Unmet {
			r.Kind = Danger
		} else if v.Outcome == placement.Met {
			r.Kind = Success
		}
		if why := in(c, v.Why); why != "" {
			r.Text += " " + why
		}
		if fulfil := in(c, v.Fulfil); fulfil != "" {
			r.Text += " " + fulfil
		}
		out = append(out, r)
	}
	return out
}

// matchReasons say per competency what the post asks for and what is there. No evidence is no level, not level 0.
func (e *Engine) matchReasons(c *gin.Context, all []placement.Reason, name func(string) string) []Reason {
	var out []Reason
	for _, x := range all {
		r := Reason{Text: e.T(c, "%s: diminta level %d, dimiliki level %d.", name(x.Competency), x.Required, x.Level), Kind: Success}
		switch {
		case x.Level == 0:
			r.Kind, r.Text = Warn, e.T(c, "%s: diminta level %d, belum ada bukti.", name(x.Competency), x.Required)
		case x.Level < x.Required:
			r.Kind = Warn
		}
		if x.Importance == competencies.Absolute {
			r.Law = e.T(c, "mutlak")
		}
		if x.State == competencies.Proposed {
			r.Law = joinWords(r.Law, e.T(c, "usulan"))
		}
		out = append(out, r)
	}
	return out
}

func joinWords(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// keepRanking stores today's ranking as a recommendation.
func (w *admin) keepRanking(c *gin.Context) error {
	form := posted(c)
	r, err := w.Placement.Recommend(c.Request.Context(), reader(c), form.Get("form"), c.Param("position"), form.Get("note"))
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.rankingPage(c, form.Status(), form)
	}
	return w.done(c, Success, w.T(c, "Rekomendasi disimpan."), address("kelola", "rekomendasi", r.ID))
}

// showRecommendation is a ranking as it was kept.
func (w *admin) showRecommendation(c *gin.Context) error {
	r, err := w.Placement.Recommendation(c.Request.Context(), reader(c), c.Param("recommendation"))
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navVacancies, Title: r.PostName, Lead: w.T(c, "Rekomendasi disimpan %s oleh %s", w.format(c).moment(r.At), w.person(c.Request.Context(), r.By)), Crumbs: crumbs(Link{Label: "Jabatan lowong", URL: "/kelola/lowongan"}, Link{Name: r.PostName, URL: address("kelola", "lowongan", r.Post)})}}
	if r.Note != "" {
		p.add(Panel{Label: "Catatan untuk rapat", Text: r.Note})
	}
	w.ranking(c, p, r.Ranking)
	return w.panels(c, p)
}

// showPosts ranks posts for one person: what the evidence fits, which rules stand in the way, and what would lift the match.
func (w *admin) showPosts(c *gin.Context) error {
	ctx, a, id := c.Request.Context(), reader(c), c.Param("person")
	all := c.Query("tampil") == "semua"
	posts, err := w.Placement.PostsFor(ctx, a, id, placement.PostsFilter{All: all, Refused: true})
	if err != nil {
		return err
	}
	who := w.person(ctx, id)
	p := &PanelsPage{Base: Base{Active: navPeople, Title: w.T(c, "Jabatan untuk %s", who), Lead: w.T(c, "Menurut bukti yang ada hari ini. Sistem menyarankan, pejabat memutuskan."), Crumbs: crumbs(Link{Label: "Pegawai", URL: "/kelola/pegawai"}, Link{Name: who, URL: personURL(id)})},
		Tabs: &Tabs{Label: "Jabatan", Items: []Tab{{Label: "Yang lowong", URL: personURL(id, "jabatan"), Active: !all}, {Label: "Semua jabatan", URL: personURL(id, "jabatan") + "?tampil=semua", Active: all}}}}
	dict, err := w.Competencies.Dictionary(ctx)
	if err != nil {
		return err
	}
	name := func(code string) string { return in(c, dict.Name(code)) }
	list := Panel{Label: "Jabatan menurut kecocokan"}
	for _, o := range posts {
		panel := Panel{Fold: true, Name: o.Post.Name, Text: w.unit(ctx, people.UnitID(o.Post.Unit)) + ". " + in(c, o.Text), Fit: fitOf(o.Fit)}
		switch o.Eligibility {
		case placement.Unmet:
			panel.Badges = []Badge{{Kind: Danger, Label: "Tidak memenuhi syarat"}}
		case placement.Unknown:
			panel.Badges = []Badge{{Kind: Warn, Label: "Perlu berkas"}}
		default:
			panel.Badges = []Badge{{Kind: Success, Label: "Memenuhi syarat"}}
		}
		panel.Reasons = append(w.verdicts(c, o.Verdicts), w.matchReasons(c, o.Reasons, name)...)
		if o.Lift != nil {
			panel.Notices = []Notice{{Kind: Info, Label: "Yang mengubah hasil", Text: in(c, o.Lift.Text)}}
		}
		list.Inner = append(list.Inner, panel)
	}
	if len(posts) == 0 {
		list.Empty = &Empty{Icon: "position", Label: "Belum ada jabatan yang dapat dibandingkan"}
	}
	p.add(list)
	return w.panels(c, p)
}
