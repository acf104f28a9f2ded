package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// versionID reads which version an address names.
func versionID(c *gin.Context) courses.VersionID { return c.Param("course") + "." + c.Param("number") }

// showVersion is one version: what it teaches, how its minutes stand against its JP, its tests and banks, and why it may not be published yet.
func (w *admin) showVersion(c *gin.Context) error {
	return w.versionPage(c, http.StatusOK, nil, Form{})
}

func (w *admin) versionPage(c *gin.Context, status int, wrong *Notice, form Form) error {
	ctx, a, f := c.Request.Context(), reader(c), w.format(c)
	v, err := w.Courses.Version(ctx, a, versionID(c))
	if err != nil {
		return err
	}
	code := v.Course
	p := &PanelsPage{Base: Base{Active: navCourses, Title: in(c, v.Content.Card.Title), Lead: w.T(c, "%s, versi %d", code, v.Number), Crumbs: crumbs(Link{Label: "Kelola kursus", URL: "/kelola/kursus"}, Link{Name: code, URL: address("kelola", "kursus", code)})}}
	if wrong != nil {
		p.Notices = append(p.Notices, *wrong)
	}
	if w.may(c, "author", "course") || w.may(c, "review", "course") {
		p.Actions = []Button{{Label: "Periksa mutu", Icon: "check", URL: versionURL(v.ID, code, v.Number, "mutu")}}
	}
	if v.State != courses.Discarded && w.may(c, "try", "course") {
		p.Actions = append(p.Actions, Button{Label: "Coba sebagai peserta", Icon: "play", URL: w.outlineURL(c, "coba")})
	}
	if v.State == courses.Draft {
		if w.may(c, "author", "course") {
			p.Actions = append([]Button{{Label: "Susun kursus", Kind: "primary", Icon: "edit", URL: w.outlineURL(c, "susunan")}, {Label: "Data kursus", Icon: "settings", URL: w.outlineURL(c, "data")}}, p.Actions...)
		}
		panel := Panel{Label: "Penerbitan", Badges: []Badge{{Kind: Info, Label: "Draf", Icon: "edit"}}}
		err := w.Courses.CheckPublish(ctx, a, v.ID)
		switch {
		case err == nil:
			panel.Notices = []Notice{{Kind: Success, Text: w.T(c, "Semua syarat penerbitan terpenuhi. Versi yang terbit tidak berubah lagi.")}}
			if w.may(c, "publish", "course") {
				panel.Actions = []Button{{Label: "Terbitkan", Kind: "primary", Post: true, URL: versionURL(v.ID, code, v.Number, "terbit")}}
			} else {
				panel.Text = w.T(c, "Kursus milik seluruh kota: yang menerbitkan adalah admin pelatihan tingkat kota.")
			}
		case faults.KindOf(err) == faults.Invalid:
			panel.Text = w.T(c, "Belum dapat diterbitkan. Tiap baris menuju tempat memperbaikinya.")
			panel.Reasons = w.refusals(c, v, err)
		default:
			return err
		}
		known, err := w.knownReasons(c, v)
		if err != nil {
			return err
		}
		panel.Reasons = append(panel.Reasons, known...)
		if w.may(c, "author", "course") {
			panel.Inner = []Panel{{Fold: true, Open: !form.OK() && form.Error("bank") == "", Label: "Buang draf", Form: &PanelForm{URL: versionURL(v.ID, code, v.Number, "buang"), Form: form, Fields: []Field{reasoned(form, "Dicatat di jejak audit.")}, Buttons: []Button{{Label: "Buang draf", Kind: "danger"}}}}}
		}
		p.add(panel)
	} else {
		p.add(Panel{Half: true, Label: "Penerbitan", Facts: []Fact{{Label: "Status", Value: "", Badge: badgeOf(versionBadge(v, ""))}, {Label: "Diterbitkan", Value: f.moment(v.PublishedAt), Note: w.person(ctx, v.PublishedBy)}, {Label: "Sidik isi", Value: short(v.Digest), Code: true}}})
	}
	p.add(w.minutesPanel(c, v.Content))
	if w.may(c, "review", "course") {
		p.Actions = append(p.Actions, Button{Label: "Bandingkan versi", Icon: "sync", URL: w.outlineURL(c, "banding")}, Button{Label: "Catatan", Icon: "edit", URL: w.outlineURL(c, "catatan")})
		for _, t := range v.Content.NotPacked() {
			p.Notices = append(p.Notices, Notice{Kind: Info, Text: w.T(c, "Bila diunduh sebagai zip: %s", in(c, t))})
		}
		p.Actions = append(p.Actions, Button{Label: "Unduh sebagai zip", Icon: "download", URL: versionURL(v.ID, v.Course, v.Number, "paket")})
		covered, err := w.coveragePanel(c, v)
		if err != nil {
			return err
		}
		p.add(covered)
	}
	p.add(w.lessonsPanel(c, v), w.quizzesPanel(c, v), w.banksPanel(c, v, form))
	w.Render(c, status, "panels", p)
	return nil
}

func badgeOf(b Badge) *Badge { return &b }

func short(digest string) string {
	if len(digest) > 16 {
		return digest[:16]
	}
	return dash(digest)
}

// courseParts are the parts of a course in the order in which one goes through them.
var courseParts = []struct{ key, label string }{{"lessons", "Pelajaran"}, {"practice", "Latihan"}, {"cases", "Kasus"}, {"tests", "Tes"}, {courses.TaskPart, "Tugas lapangan"}}

// part names a part of a course.
func (w *admin) part(c *gin.Context, key string) string {
	for _, part := range courseParts {
		if part.key == key {
			return w.words.say(Lang(c), part.label)
		}
	}
	return dash(key)
}

// minutesPanel compares the minutes of the parts with the learning hours the course promises (1 JP is 45 minutes).
func (w *admin) minutesPanel(c *gin.Context, k courses.Content) Panel {
	total := 0
	var facts []Fact
	for _, part := range courseParts {
		if n := k.Minutes[part.key]; n > 0 {
			facts = append(facts, Fact{Name: w.words.say(Lang(c), part.label), Value: w.T(c, "%d menit", n)})
			total += n
		}
	}
	want := k.Card.JP * 45
	return Panel{Half: true, Label: "Waktu belajar", Bar: &Progress{Label: "Menit yang terisi", Done: float64(total), Goal: float64(want), Text: w.T(c, "%d dari %d menit (%d JP)", total, want, k.Card.JP)}, Facts: facts}
}

func (w *admin) lessonsPanel(c *gin.Context, v courses.VersionDoc) Panel {
	t := Table{Label: "Pelajaran", NoSearch: true, Columns: []Column{{Label: "Pelajaran", Main: true}, {Label: "Bagian"}, {Label: "Menit", Numeric: true}, {Label: "Waktu baca", Numeric: true}, {Label: "Capaian", Minor: true}},
		Empty: Empty{Icon: "book", Label: "Belum ada pelajaran"}}
	for _, l := range v.Content.Lessons {
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: in(c, l.Title), Sub: l.Code}, {Text: w.part(c, l.Part)}, {Text: w.count(c, l.Minutes)}, {Text: w.T(c, "%d menit", (l.Seconds+59)/60)}, {Text: strings.Join(l.Objectives, ", ")}}})
	}
	return Panel{Label: "Pelajaran", Table: &t}
}

func (w *admin) quizzesPanel(c *gin.Context, v courses.VersionDoc) Panel {
	t := Table{Label: "Tes", NoSearch: true, Columns: []Column{{Label: "Tes", Main: true}, {Label: "Bank soal"}, {Label: "Soal", Numeric: true}, {Label: "Batas waktu"}, {Label: "Kesempatan"}, {Label: "Nilai lulus"}, {Label: "Hasil", Actions: true}}, Empty: Empty{Icon: "quiz", Label: "Belum ada tes"}}
	for _, q := range v.Content.Quizzes {
		limit, tries, mark := w.T(c, "tanpa batas"), w.T(c, "tanpa batas"), "–"
		if q.Minutes > 0 {
			limit = w.T(c, "%d menit", q.Minutes)
		}
		if q.Attempts > 0 {
			tries = w.T(c, "%d kali", q.Attempts)
		}
		if q.PassMark > 0 {
			mark = w.count(c, q.PassMark)
		}
		row := Row{Cells: []Cell{{Text: in(c, q.Name()), Sub: q.Code}, {Text: w.T(c, "Soal untuk %s", w.bankUse(c, v, q.Bank)), Sub: q.Bank}, {Text: w.count(c, q.Count())}, {Text: limit}, {Text: tries}, {Text: mark}, {Text: "–"}}}
		if v.State == courses.Published && w.may(c, "review", "course") {
			row.Cells[len(row.Cells)-1] = Cell{Button: &Button{Label: "Analisis soal", Small: true, URL: versionURL(v.ID, v.Course, v.Number, "analisis", q.Code), About: in(c, q.Name())}}
		}
		t.Rows = append(t.Rows, row)
	}
	return Panel{Label: "Tes", Table: &t}
}

// bankUse names a bank by the tests that draw from it: "Latihan, Tes akhir".
func (w *admin) bankUse(c *gin.Context, v courses.VersionDoc, bank string) string {
	var names []string
	for _, q := range v.Content.Quizzes {
		if q.Bank == bank {
			names = append(names, in(c, q.Name()))
		}
	}
	if len(names) == 0 {
		return bank
	}
	return strings.Join(names, ", ")
}

func (w *admin) banksPanel(c *gin.Context, v courses.VersionDoc, form Form) Panel {
	t := Table{Label: "Bank soal", NoSearch: true, Columns: []Column{{Label: "Bank", Main: true}, {Label: "Soal", Numeric: true}}, Empty: Empty{Icon: "question", Label: "Belum ada bank soal"}}
	for _, b := range v.Content.Banks {
		row := Row{Cells: []Cell{{Text: w.bankUse(c, v, b.Code), Sub: b.Code}, {Text: w.count(c, b.Items)}}}
		if w.may(c, "author", "course") || w.may(c, "review", "course") {
			row.URL = versionURL(v.ID, v.Course, v.Number, "bank", b.Code)
		}
		t.Rows = append(t.Rows, row)
	}
	panel := Panel{Label: "Bank soal", Table: &t}
	if v.State == courses.Draft && w.may(c, "author", "course") {
		panel.Inner = []Panel{{Fold: true, Open: form.Error("bank") != "", Label: "Bank baru", Form: &PanelForm{URL: versionURL(v.ID, v.Course, v.Number, "bank"), Form: form,
			Fields: []Field{form.Need("text", "bank", "Kode bank").Hinted("Huruf, angka, dan tanda hubung, misalnya posttest.")}, Buttons: []Button{{Label: "Lanjut ke impor soal"}}}}}
	}
	return panel
}

// publishVersion freezes a draft and makes it what new enrolments get; a refusal lists every reason.
func (w *admin) publishVersion(c *gin.Context) error {
	v, err := w.Courses.Publish(c.Request.Context(), reader(c), versionID(c))
	if err != nil {
		n, ok := w.mistakes(c, "Belum dapat diterbitkan", err)
		if !ok {
			return err
		}
		return w.versionPage(c, faults.KindOf(err).Status(), &n, Form{})
	}
	return w.done(c, Success, w.T(c, "Versi %d terbit. Peserta lama tetap di versinya.", v.Number), versionURL(v.ID, v.Course, v.Number))
}

// discardVersion gives a draft up.
func (w *admin) discardVersion(c *gin.Context) error {
	form := posted(c)
	if err := w.Courses.Discard(c.Request.Context(), reader(c), versionID(c), form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.versionPage(c, form.Status(), nil, form)
	}
	return w.done(c, Success, w.T(c, "Draf dibuang."), address("kelola", "kursus", c.Param("course")))
}

// beginBank leads to the page of a bank that a draft does not have yet; it begins with its first items.
func (w *admin) beginBank(c *gin.Context) error {
	if _, err := w.draftFor(c); err != nil {
		return err
	}
	form := posted(c)
	code := form.Get("bank")
	if !bankCode.MatchString(code) {
		form.Wrong("bank", w.T(c, "Kode bank berisi huruf, angka, dan tanda hubung, paling banyak 30."))
		return w.versionPage(c, http.StatusUnprocessableEntity, nil, form)
	}
	return see(c, address("kelola", "kursus", c.Param("course"), c.Param("number"), "bank", code))
}

func (w *admin) truth(c *gin.Context, option string) string {
	if option == "a" {
		return w.T(c, "Benar")
	}
	return w.T(c, "Salah")
}

// cut shortens a text at a word.
func cut(text string, max int) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= max {
		return string(r)
	}
	short := string(r[:max])
	if at := strings.LastIndex(short, " "); at > max/2 {
		short = short[:at]
	}
	return short + "…"
}
