package web

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

func objectionURL(id string, more ...string) string {
	return address(append([]string{"kelola", "keberatan", id}, more...)...)
}

// listObjections lists objections to marks, the longest waiting first, without names.
func (w *admin) listObjections(c *gin.Context) error {
	q := ReadTable(c, "status")
	state := courses.ObjectionState(q.Filter["status"])
	if state == "" {
		state = courses.ObjectionOpen
	}
	list, next, err := w.Courses.Objections(c.Request.Context(), reader(c), state, cursor(c), 0)
	if err != nil {
		if faults.KindOf(err) == faults.Invalid { // an address that somebody typed
			err = faults.New(faults.NotFound, "Halaman ini tidak ada.", "This page does not exist.")
		}
		return err
	}
	options := []Option{}
	for _, s := range courses.ObjectionStates {
		value := string(s)
		if s == courses.ObjectionOpen {
			value = ""
		}
		options = append(options, Option{Value: value, Label: objectionBadge(s).Label})
	}
	t := Table{Label: "Keberatan", URL: "/kelola/keberatan", NoSearch: true, Filters: []Field{choose("status", "Status", q.Filter["status"], options)},
		Columns: []Column{{Label: "Peserta", Main: true}, {Label: "Soal"}, {Label: "Tes"}, {Label: "Diajukan"}, {Label: "Alasan"}, {Label: "Status"}},
		Empty:   Empty{Icon: "done", Label: "Tidak ada keberatan", Text: w.T(c, "Keberatan peserta atas penilaian orang muncul di sini.")}}
	for _, o := range list {
		b := objectionBadge(o.State)
		if o.Mine && o.State == courses.ObjectionOpen {
			b = Badge{Label: "Bukan untuk Anda", Icon: "lock"}
		}
		t.Rows = append(t.Rows, Row{URL: objectionURL(o.ID), Cells: []Cell{{Text: w.T(c, "Peserta %s", o.Alias)}, {Text: o.Code}, {Text: in(c, o.Title), Sub: o.Course}, {Text: w.format(c).moment(o.At)}, {Text: firstOf(o.Why, 80)}, {Badge: &b}}})
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p := &PanelsPage{Base: Base{Active: navObjections, Title: w.T(c, "Keberatan"), Crumbs: crumbs(), Lead: w.T(c, "Keberatan peserta atas esai, berkas, dan tugas lapangan yang dinilai orang. Nama peserta dan penilai tidak ditampilkan.")}}
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

// firstOf is the beginning of a text, in one line.
func firstOf(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= n {
		return string(r)
	}
	return strings.TrimSpace(string(r[:n])) + " …"
}

// showObjection is one objection with the answer and its marks, and the form that answers it.
func (w *admin) showObjection(c *gin.Context) error { return w.objectionPage(c, http.StatusOK, Form{}) }

func (w *admin) objectionPage(c *gin.Context, status int, form Form) error {
	o, err := w.Courses.Objection(c.Request.Context(), reader(c), c.Param("objection"))
	if err != nil {
		return err
	}
	b := objectionBadge(o.State)
	p := &PanelsPage{Base: Base{Active: navObjections, Title: w.T(c, "Peserta %s", o.Alias), Lead: in(c, o.CourseTitle) + " · " + in(c, o.Title) + " · " + o.Code, Crumbs: crumbs(Link{Label: "Keberatan", URL: "/kelola/keberatan"})}}
	steps := &Timeline{Label: "Jalannya keberatan", Items: []Event{{At: o.At, Text: w.T(c, "Peserta mengajukan keberatan."), Note: o.Why, Icon: "edit"}}}
	if !o.Answered.IsZero() {
		text := w.T(c, "Keberatan ditolak; nilainya tetap.")
		if o.State != courses.ObjectionRefused {
			text = w.T(c, "Keberatan diterima; jawaban diberikan kepada penilai lain.")
		}
		steps.Items = append(steps.Items, Event{At: o.Answered, Text: text, Note: o.Answer, Icon: "scale"})
	}
	if o.State == courses.ObjectionDone {
		steps.Items = append(steps.Items, Event{At: o.Ended, Text: w.T(c, "Penilai lain sudah menilai."), Kind: Success, Icon: "check"})
	}
	p.add(Panel{Label: "Keberatan", Badges: []Badge{b}, Events: steps})
	question := Panel{Half: true, Label: "Soal", Prose: o.Stem}
	if o.Work {
		question.Label = "Tugas lapangan"
	}
	if o.General != "" {
		question.Inner = append(question.Inner, Panel{Fold: true, Label: "Catatan penulis soal tentang jawaban yang baik", Prose: o.General})
	}
	for _, k := range w.workCriteria(c, o.Rubric) {
		question.Inner = append(question.Inner, Panel{Fold: true, Name: k.Text + " · " + k.Weight, Facts: k.Levels})
	}
	answer := Panel{Half: true, Label: "Jawaban", Prose: asTyped(o.Text)}
	for _, file := range o.Files {
		answer.Actions = append(answer.Actions, Button{Name: file.Name + " · " + w.fileSize(c, file.Size), URL: objectionURL(o.ID, "berkas", file.ID), Icon: "import", Small: true})
	}
	marks := Panel{Label: "Penilaian"}
	for _, m := range w.markViews(c, o.Marks) {
		marks.Inner = append(marks.Inner, Panel{Name: m.Name + ": " + m.Points, Text: m.Comment, Facts: m.Levels})
	}
	marks.Inner = append(marks.Inner, append(w.marksPanel(c, "Penilaian semula", o.Before), w.marksPanel(c, "Penilaian yang tidak dipakai", o.Lower)...)...)
	p.add(question, answer, marks)
	switch {
	case o.State != courses.ObjectionOpen || !w.may(c, "answer", "objection"):
	case o.Mine:
		p.add(Panel{Bare: true, Notices: []Notice{{Kind: Info, Text: w.T(c, "Anda ikut menilai jawaban ini, jadi orang lain yang memutus keberatannya.")}}})
	default:
		why := form.Need("textarea", "why", "Alasan putusan").Tall(4).Hinted("Dibaca peserta. Siapa yang memutus tidak menilai jawaban ini sesudahnya.")
		why.Length = courses.MaxRemark
		p.add(Panel{ID: "putusan", Label: "Putusan", Text: w.T(c, "Bila dinilai lagi: penilai lain menilai tanpa melihat penilaian ini, nilai yang lama disimpan, dan hasilnya tidak dapat turun."), Form: &PanelForm{URL: objectionURL(o.ID) + "#putusan", Form: form, Fields: []Field{why},
			Buttons: []Button{{Label: "Minta penilai lain menilai lagi", Kind: "primary", Field: "again", Value: "yes"}, {Label: "Tolak keberatan", Field: "again", Value: "no"}}}})
	}
	w.Render(c, status, "panels", p)
	return nil
}

// asTyped is a text as it was typed, a paragraph for each line.
func asTyped(s string) Prose {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(lines(s)), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("<p>" + template.HTMLEscapeString(line) + "</p>")
		}
	}
	return Prose(b.String())
}

// answerObjection refuses an objection or asks for other markers.
func (w *admin) answerObjection(c *gin.Context) error {
	form, id := posted(c), c.Param("objection")
	again := form.Get("again") == "yes"
	if _, err := w.Courses.AnswerObjection(c.Request.Context(), reader(c), id, again, form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.objectionPage(c, form.Status(), form)
	}
	if again {
		return w.done(c, Success, w.T(c, "Jawaban ini menunggu penilai lain. Peserta diberi tahu."), "/kelola/keberatan")
	}
	return w.done(c, Success, w.T(c, "Keberatan ditolak. Peserta diberi tahu."), "/kelola/keberatan")
}

// showObjectionFile sends a file of the answer.
func (w *admin) showObjectionFile(c *gin.Context) error {
	f, err := w.Courses.ObjectionFile(c.Request.Context(), reader(c), c.Param("objection"), c.Param("file"))
	return w.sendReceived(c, f, err)
}
