package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// listAttempts lists sittings of a course, newest first, or all that wait for a person to mark them.
func (w *admin) listAttempts(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	if !w.Policy.Scope(a, "view", "attempt").All {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	q := ReadTable(c, "kursus", "tampil")
	options, err := w.courseOptions(c, "Pilih kursus")
	if err != nil {
		return err
	}
	marking := q.Filter["tampil"] == "nilai"
	p := &PanelsPage{Base: Base{Active: navAttempts, Title: w.T(c, "Percobaan"), Lead: w.T(c, "Siapa mengerjakan tes apa, dengan hasil apa. Jawaban hanya dibuka oleh yang berwenang."), Crumbs: crumbs()}}
	t := Table{Label: "Percobaan", URL: "/kelola/percobaan", NoSearch: true, Filters: []Field{choose("kursus", "Kursus", q.Filter["kursus"], options), choose("tampil", "Tampilkan", q.Filter["tampil"], []Option{{Value: "", Label: "Semua percobaan"}, {Value: "nilai", Label: "Menunggu penilaian"}})},
		Columns: []Column{{Label: "Peserta", Main: true}, {Label: "Kursus"}, {Label: "Tes"}, {Label: "Mulai"}, {Label: "Status"}, {Label: "Nilai", Numeric: true}},
		Empty:   Empty{Icon: "quiz", Label: "Pilih kursus", Text: w.T(c, "Pilih kursus untuk melihat percobaannya.")}}
	switch {
	case marking:
		t.Empty = Empty{Icon: "done", Label: "Tidak ada yang menunggu penilaian"}
	case q.Filter["kursus"] != "":
		t.Empty = Empty{Icon: "quiz", Label: "Belum ada percobaan", Text: w.T(c, "Percobaan muncul di sini begitu peserta pertama memulai tes.")}
	}
	if q.Filter["kursus"] != "" || marking {
		list, next, err := w.Courses.Attempts(ctx, a, courses.AttemptFilter{Course: q.Filter["kursus"], Marking: marking, After: cursor(c)})
		if err != nil {
			return err
		}
		for _, at := range list {
			t.Rows = append(t.Rows, w.attemptRow(c, at))
		}
		t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	}
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

func (w *admin) attemptRow(c *gin.Context, at courses.AttemptDoc) Row {
	b := attemptBadge(at)
	row := Row{URL: address("kelola", "percobaan", at.ID), Cells: []Cell{{Text: w.person(c.Request.Context(), at.Person)}, {Text: at.Course}, {Text: w.quizKind(c, at.Kind), Sub: w.T(c, "ke-%d", at.Ordinal)}, {Text: w.format(c).moment(at.StartedAt)}, {Badge: &b}, {Text: "–"}}}
	if at.ID == "" { // waits for marks of its reader, who is not to know whose it is
		row.URL, row.Cells[0].Text, row.Cells[2].Sub, row.Cells[3].Text = "", w.T(c, "Tanpa nama sampai dinilai"), "", w.format(c).day(at.StartedAt)
	}
	if at.State == courses.AttemptGraded {
		row.Cells[5].Text = w.format(c).points(at.Score)
	}
	return row
}

func (w *admin) quizKind(c *gin.Context, k courses.QuizKind) string {
	switch k {
	case courses.PreTest:
		return w.T(c, "Tes awal")
	case courses.Practice:
		return w.T(c, "Latihan")
	}
	return w.T(c, "Tes akhir")
}

func attemptBadge(at courses.AttemptDoc) Badge {
	switch at.State {
	case courses.AttemptOpen:
		return Badge{Kind: Info, Label: "Sedang dikerjakan", Icon: "edit"}
	case courses.AttemptSubmitted:
		return Badge{Kind: Info, Label: "Sedang dinilai", Icon: "clock"}
	case courses.AttemptNeedsMarking:
		return Badge{Kind: Warn, Label: "Menunggu penilaian"}
	}
	if at.Kind != courses.PostTest {
		return Badge{Label: "Dinilai"}
	}
	if at.Passed {
		return Badge{Kind: Success, Label: "Lulus"}
	}
	return Badge{Kind: Warn, Label: "Belum lulus"}
}

// manageAttempt is one sitting: its times, its result per objective, extra time while it runs, another attempt afterwards.
func (w *admin) manageAttempt(c *gin.Context) error {
	return w.attemptAgain(c, http.StatusOK, "", Form{})
}

func (w *admin) attemptAgain(c *gin.Context, status int, which string, form Form) error {
	ctx, a, f, id := c.Request.Context(), reader(c), w.format(c), c.Param("attempt")
	at, err := w.Courses.Attempt(ctx, a, id)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navAttempts, Title: w.person(ctx, at.Person), Lead: at.Course + " · " + w.quizKind(c, at.Kind) + " · " + w.T(c, "ke-%d", at.Ordinal), Crumbs: crumbs(Link{Label: "Percobaan", URL: "/kelola/percobaan?kursus=" + at.Course})}}
	ends := f.moment(at.EndsAt)
	if at.EndsAt.IsZero() {
		ends = w.T(c, "tanpa batas")
	}
	state := Panel{Half: true, Label: "Jalannya tes", Badges: []Badge{attemptBadge(at)}, Facts: []Fact{{Label: "Mulai", Value: f.moment(at.StartedAt)}, {Label: "Batas waktu", Value: ends}, {Label: "Dikumpulkan", Value: f.moment(at.SubmittedAt)}, {Label: "Dinilai", Value: f.moment(at.GradedAt)}, {Label: "Dijawab", Value: w.T(c, "%d dari %d", at.Answered, at.Items)}}}
	if at.TimedOut {
		state.Notices = []Notice{{Kind: Warn, Text: w.T(c, "Berakhir karena waktu habis. Jawaban yang tersimpan sebelum itu tetap dihitung.")}}
	}
	p.add(state)
	if at.State == courses.AttemptGraded {
		panel := Panel{Half: true, Label: "Hasil", Stats: []Stat{{Label: "Nilai", Value: f.points(at.Score), Icon: "target"}}}
		review, err := w.Courses.Review(ctx, a, id)
		if err != nil && !unseen(err) {
			return err
		}
		if err == nil {
			for _, o := range review.Objectives {
				panel.Inner = append(panel.Inner, Panel{Bar: &Progress{Name: in(c, o.Text), Done: float64(o.Percent()), Goal: 100}})
			}
		}
		p.add(panel)
	}
	if a.Person != at.Person {
		w.attemptActs(c, p, at, which, form)
	}
	w.Render(c, status, "panels", p)
	return nil
}

func (w *admin) attemptActs(c *gin.Context, p *PanelsPage, at courses.AttemptDoc, which string, form Form) {
	if form.Values == nil {
		form = NewForm(map[string][]string{"key": {storage.NewID()}})
	}
	if at.State == courses.AttemptOpen && !at.EndsAt.IsZero() && w.may(c, "extend", "attempt") {
		_, open := refused(which, "waktu", form)
		p.add(Panel{Fold: true, Open: open, Label: "Tambah waktu", Form: &PanelForm{URL: address("kelola", "percobaan", at.ID, "waktu"), Form: form, Fields: []Field{hidden("key", form.Get("key")),
			form.Need("number", "minutes", "Tambahan waktu").Between("1", "240").Measured("menit").Short(), reasoned(form, "Misalnya: listrik padam 15 menit.")}, Buttons: []Button{{Label: "Tambah waktu", Kind: "primary"}}}})
	}
	if at.Kind == courses.PostTest && w.may(c, "grant_attempt", "enrolment") {
		_, open := refused(which, "kesempatan", form)
		p.add(Panel{Fold: true, Open: open, Label: "Beri kesempatan lagi", Text: w.T(c, "Satu percobaan tambahan untuk tes akhir ini, di luar jatah biasa."), Form: &PanelForm{URL: address("kelola", "percobaan", at.ID, "kesempatan"), Form: form,
			Fields: []Field{hidden("key", form.Get("key")), reasoned(form, "Dicatat di jejak audit.").prefixed("again-")}, Buttons: []Button{{Label: "Beri satu kesempatan", Kind: "primary"}}}})
	}
}

// extendAttempt gives a running sitting extra minutes.
func (w *admin) extendAttempt(c *gin.Context) error {
	form, id := posted(c), c.Param("attempt")
	minutes, _ := strconv.Atoi(form.Get("minutes")) // what is no number is 0, which the room refuses
	if _, err := w.Courses.Extend(c.Request.Context(), reader(c), id, minutes, form.Get("key"), form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.attemptAgain(c, form.Status(), "waktu", form)
	}
	return w.done(c, Success, w.T(c, "Waktu ditambah %d menit. Peserta melihatnya segera.", minutes), address("kelola", "percobaan", id))
}

// grantAttempt gives one more attempt at a post-test.
func (w *admin) grantAttempt(c *gin.Context) error {
	ctx, a, form, id := c.Request.Context(), reader(c), posted(c), c.Param("attempt")
	at, err := w.Courses.Attempt(ctx, a, id)
	if err == nil {
		_, err = w.Courses.GrantAttempt(ctx, a, at.Enrolment, at.Quiz, form.Get("key"), form.Get("why"))
	}
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.attemptAgain(c, form.Status(), "kesempatan", form)
	}
	return w.done(c, Success, w.T(c, "Satu kesempatan diberikan."), address("kelola", "percobaan", id))
}
