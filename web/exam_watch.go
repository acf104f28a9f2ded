package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// watchExam is the invigilator's page: who is in, how far, what can be done. It draws itself anew when something changes, and works by reloading.
func (w *admin) watchExam(c *gin.Context) error { return w.examAgain(c, http.StatusOK, Form{}) }

func (w *admin) examAgain(c *gin.Context, status int, form Form) error {
	ctx, a, f, id := c.Request.Context(), reader(c), w.format(c), c.Param("exam")
	b, err := w.Courses.ExamBoard(ctx, a, id)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navExams, Title: b.Name, Lead: b.Course + " · " + in(c, b.QuizName) + " · " + f.moment(b.Opens) + " – " + f.moment(b.Closes), Crumbs: crumbs(Link{Label: "Ujian terjadwal", URL: "/kelola/ujian"})}}
	if w.may(c, "plan", "exam") && (b.State != courses.ExamClosed && b.State != courses.ExamCancelled) {
		p.Actions = append(p.Actions, Button{Label: "Ubah ujian", URL: examURL(id, "ubah"), Icon: "edit"})
	}
	if w.may(c, "judge", "exam") {
		p.Actions = append(p.Actions, Button{Label: "Tanda dan kemiripan jawaban", URL: examURL(id, "laporan"), Icon: "search"})
	}
	live := Panel{ID: "papan", Bare: true, Live: examURL(id, "aliran"), Badges: []Badge{examBadge(b.State)}, Label: "Peserta", Stats: []Stat{
		{Label: "Belum mulai", Value: w.count(c, b.Counts[courses.TakerWaiting]), Icon: "people"}, {Label: "Mengerjakan", Value: w.count(c, b.Counts[courses.TakerRunning]+b.Counts[courses.TakerPaused]), Icon: "edit", Kind: Info, Text: w.T(c, "%d dijeda", b.Counts[courses.TakerPaused])},
		{Label: "Tanpa kabar", Value: w.count(c, b.Counts[courses.TakerOffline]), Icon: "wifi-off", Kind: Warn, Text: w.T(c, "lebih dari 2 menit")}, {Label: "Selesai", Value: w.count(c, b.Counts[courses.TakerSubmitted]), Icon: "done", Kind: Success}}}
	if b.More {
		live.Notices = []Notice{{Kind: Info, Text: w.T(c, "Ujian ini untuk lebih banyak orang daripada yang ditampilkan. Yang sudah mulai selalu ada di daftar ini, sampai 2.000 orang.")}}
	}
	q := ReadTable(c, "status")
	list := looked(b.Takers, q)
	t := Table{Label: "Peserta", URL: examURL(id), Search: q.Search, SearchLabel: "Nama peserta", Filters: []Field{choose("status", "Tampilkan", q.Filter["status"], []Option{{Value: "", Label: "Semua peserta"}, {Value: attention, Label: "Perlu dilihat"}, {Value: "waiting", Label: "Belum mulai"}, {Value: "running", Label: "Mengerjakan"}, {Value: "paused", Label: "Dijeda"}, {Value: "offline", Label: "Tanpa kabar"}, {Value: "submitted", Label: "Selesai"}})},
		Columns: []Column{{Label: "Peserta", Main: true}, {Label: "Status"}, {Label: "Dijawab"}, {Label: "Sisa waktu"}, {Label: "Yang perlu dilihat"}}, Empty: Empty{Icon: "people", Label: "Belum ada peserta", Text: w.T(c, "Peserta muncul di sini begitu terdaftar di kursus.")}}
	n := len(list)
	list, t.Pager = pageOf(c, list, func(t courses.ExamTaker) string { return t.Person })
	t.Pager.Text = w.T(c, "%d peserta", n)
	for _, x := range list {
		t.Rows = append(t.Rows, w.takerRow(c, id, x))
	}
	live.Table = &t
	if person := c.Query("peserta"); person != "" {
		for _, x := range b.Takers {
			if x.Person == person {
				w.takerPanel(c, p, b, x, form)
			}
		}
	}
	p.add(live)
	if err := w.examActs(c, p, b, form); err != nil {
		return err
	}
	w.Render(c, status, "panels", p)
	return nil
}

// attention is the filter for those an invigilator may have to do something about.
const attention = "attention"

// urgency orders the takers of an exam: what may need an invigilator comes first.
func urgency(t courses.ExamTaker) int {
	switch {
	case t.State == courses.TakerOffline:
		return 0
	case t.State == courses.TakerPaused:
		return 1
	case t.State == courses.TakerRunning && t.Signs.Any():
		return 2
	case t.State == courses.TakerRunning:
		return 3
	case t.State == courses.TakerWaiting:
		return 4
	}
	return 5
}

// looked are the takers a page shows: those asked for, the urgent ones first, of equal ones by name.
func looked(all []courses.ExamTaker, q TableQuery) []courses.ExamTaker {
	want, words := courses.TakerState(q.Filter["status"]), strings.ToLower(q.Search)
	list := make([]courses.ExamTaker, 0, len(all))
	for _, t := range all {
		switch {
		case want == attention && urgency(t) > 2 && !t.Signs.Any(), want != "" && want != attention && t.State != want:
		case words != "" && !strings.Contains(strings.ToLower(t.Name), words):
		default:
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(x, y courses.ExamTaker) int { return urgency(x) - urgency(y) })
	return list
}

func takerBadge(t courses.ExamTaker) Badge {
	switch t.State {
	case courses.TakerRunning:
		return Badge{Kind: Info, Label: "Mengerjakan", Icon: "edit"}
	case courses.TakerPaused:
		return Badge{Kind: Warn, Label: "Dijeda", Icon: "pause"}
	case courses.TakerOffline:
		return Badge{Kind: Warn, Label: "Tanpa kabar", Icon: "wifi-off"}
	case courses.TakerSubmitted:
		return Badge{Kind: Success, Label: "Selesai"}
	}
	return Badge{Label: "Belum mulai"}
}

func (w *admin) takerRow(c *gin.Context, exam string, x courses.ExamTaker) Row {
	b, f := takerBadge(x), w.format(c)
	row := Row{URL: examURL(exam) + "?peserta=" + x.Person, Cells: []Cell{{Text: x.Name}, {Badge: &b}, {Text: "–"}, {Text: "–"}, {Text: w.signs(c, x.Signs)}}}
	if x.Attempt == "" {
		return row
	}
	row.Cells[2].Text = w.T(c, "%d dari %d", x.Answered, x.Items)
	switch x.State {
	case courses.TakerSubmitted:
		row.Cells[3].Text = w.T(c, "berakhir %s", f.clock(x.Ended))
		if x.Stopped {
			row.Cells[3].Sub = w.T(c, "diakhiri pengawas")
		}
	default:
		row.Cells[3] = Cell{Text: w.T(c, "%d menit", int(x.Left.Minutes())), Sub: w.T(c, "sampai %s", f.clock(x.EndsAt))}
		if x.State == courses.TakerOffline {
			row.Cells[1].Sub = w.T(c, "terakhir %s", f.clock(x.SeenAt))
		}
	}
	if x.Extra > 0 {
		row.Cells[3].Sub = strings.TrimPrefix(row.Cells[3].Sub+" · "+w.T(c, "+%d menit", x.Extra), " · ")
	}
	return row
}

// signs says in one line what there is to look at.
func (w *admin) signs(c *gin.Context, x courses.Signs) string {
	var out []string
	if x.Away > 0 {
		out = append(out, w.T(c, "meninggalkan halaman %d kali, %d detik", x.Away, x.AwayFor))
	}
	if x.Moves > 0 {
		out = append(out, w.T(c, "ganti jaringan %d kali", x.Moves))
	}
	if len(x.Shared) > 0 {
		out = append(out, w.T(c, "peramban sama dengan %d peserta", len(x.Shared)))
	}
	if x.Hasty > 0 {
		out = append(out, w.T(c, "%d soal lebih cepat dari waktu baca", x.Hasty))
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, "; ")
}

// takerPanel is one taker with what can be done for them.
func (w *admin) takerPanel(c *gin.Context, p *PanelsPage, b courses.Board, x courses.ExamTaker, form Form) {
	f := w.format(c)
	panel := Panel{Name: x.Name, Badges: []Badge{takerBadge(x)}, Facts: []Fact{{Label: "Mulai", Value: f.moment(x.Started)}, {Label: "Berakhir", Value: f.moment(x.EndsAt)}, {Label: "Kabar terakhir", Value: f.moment(x.SeenAt)}, {Label: "Tambahan waktu", Value: f.minutes(w.words, x.Extra)}, {Label: "Yang perlu dilihat", Value: w.signs(c, x.Signs)}}}
	for _, n := range x.Signs.Networks {
		panel.Facts = append(panel.Facts, Fact{Label: "Jaringan", Value: n.What, Note: f.moment(n.At)})
	}
	if x.Attempt != "" {
		panel.Actions = []Button{{Label: "Buka percobaan", URL: address("kelola", "percobaan", x.Attempt)}}
	}
	if w.may(c, "invigilate", "exam") && reader(c).Person != x.Person {
		mine, _ := refused(form.Get("person"), x.Person, form)
		acts := []Option{{Value: "message", Label: "Kirim pesan"}, {Value: "extra_time", Label: "Tambah waktu"}}
		if x.State == courses.TakerPaused {
			acts = append(acts, Option{Value: "resume", Label: "Lanjutkan"})
		} else if x.State == courses.TakerRunning || x.State == courses.TakerOffline {
			acts = append(acts, Option{Value: "pause", Label: "Jeda"})
		}
		if x.State != courses.TakerWaiting && x.State != courses.TakerSubmitted {
			acts = append(acts, Option{Value: "stop", Label: "Akhiri percobaan sekarang"})
		}
		panel.Form = w.actForm(b.ID, x.Person, mine, acts, nil)
	}
	p.add(panel)
}

// examActs is what can be done for everybody.
func (w *admin) examActs(c *gin.Context, p *PanelsPage, b courses.Board, form Form) error {
	if !w.may(c, "invigilate", "exam") || b.State == courses.ExamCancelled {
		return nil
	}
	acts := []Option{{Value: "message", Label: "Kirim pesan"}, {Value: "extra_time", Label: "Tambah waktu"}}
	switch still := b.Counts[courses.TakerRunning] + b.Counts[courses.TakerOffline] + b.Counts[courses.TakerPaused]; {
	case b.State == courses.ExamOpen, b.State == courses.ExamClosed && still > 0: // some sit on with extra time
		acts = append(acts, Option{Value: "pause", Label: "Jeda"}, Option{Value: "stop", Label: "Akhiri ujian sekarang"})
	case b.State == courses.ExamPaused:
		acts = append(acts, Option{Value: "resume", Label: "Lanjutkan"}, Option{Value: "stop", Label: "Akhiri ujian sekarang"})
	}
	all := form
	if form.Get("person") != "" {
		all = Form{}
	}
	units, err := w.unitOptions(c, "view", "unit", "Semua peserta")
	if err != nil {
		return err
	}
	p.add(Panel{Label: "Untuk semua peserta", Form: w.actForm(b.ID, "", all, acts, units)})
	if len(b.Extra) > 0 || len(b.Messages) > 0 {
		panel := Panel{Fold: true, Label: "Yang sudah dilakukan"}
		for _, e := range b.Extra {
			whom := w.T(c, "semua peserta")
			if e.Person != "" {
				whom = w.person(c.Request.Context(), e.Person)
			} else if e.Unit != "" {
				whom = w.unit(c.Request.Context(), people.UnitID(e.Unit))
			}
			panel.Facts = append(panel.Facts, Fact{Label: "Tambahan waktu", Value: w.T(c, "%s: %d menit", whom, e.Minutes), Note: e.Why})
		}
		for _, m := range slices.Backward(b.Messages) {
			whom := w.T(c, "semua peserta")
			if m.To != "" {
				whom = w.person(c.Request.Context(), m.To)
			}
			panel.Facts = append(panel.Facts, Fact{Label: "Pesan", Value: m.Text, Note: w.format(c).clock(m.At) + " · " + whom})
		}
		p.add(panel)
	}
	return nil
}

func (w *admin) actForm(exam, person string, form Form, acts, units []Option) *PanelForm {
	if form.Values == nil {
		form = NewForm(map[string][]string{"key": {storage.NewID()}, "act": {"message"}})
	}
	prefix := "satu-"
	if units != nil {
		prefix = "semua-"
	}
	act := form.Need("radio", "act", "Tindakan").With(acts)
	fields := []Field{hidden("key", form.Get("key")), hidden("person", person), act.prefixed(prefix), form.Input("number", "minutes", "Tambahan waktu").Between("1", "240").Measured("menit").Short().Hinted("Hanya untuk menambah waktu.").prefixed(prefix)}
	if units != nil {
		fields = append(fields, form.Input("select", "unit", "Hanya unit kerja").With(units).Hinted("Hanya untuk menambah waktu; unit di bawahnya ikut.").prefixed(prefix))
	}
	text := form.Need("textarea", "text", "Pesan atau alasan").Tall(2).Hinted("Pesan tampil di halaman peserta. Alasan dicatat di jejak audit.").prefixed(prefix)
	text.Length = 500
	return &PanelForm{URL: examURL(exam), Form: form, Fields: append(fields, text), Buttons: []Button{{Label: "Jalankan", Kind: "primary"}}}
}

// invigilate does one act for a taker or all.
func (w *admin) invigilate(c *gin.Context) error {
	form, id := posted(c), c.Param("exam")
	minutes, _ := strconv.Atoi(form.Get("minutes")) // what is no number is 0, which the room refuses
	act := courses.Invigilation{Key: form.Get("key"), Act: courses.InvigilatorAct(form.Get("act")), Person: form.Get("person"), Unit: form.Get("unit"), Minutes: minutes, Text: form.Get("text"), Why: form.Get("text")}
	if _, err := w.Courses.Invigilate(c.Request.Context(), reader(c), id, act); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		for i, e := range form.Errors {
			if e.Field == "why" {
				form.Errors[i].Field = "text"
			}
		}
		if act.Person != "" {
			c.Request.URL.RawQuery = "peserta=" + act.Person
		}
		return w.examAgain(c, form.Status(), form)
	}
	to := examURL(id)
	if act.Person != "" {
		to += "?peserta=" + act.Person
	}
	return w.done(c, Success, w.T(c, "Sudah dijalankan. Halaman peserta mengikuti dalam setengah menit."), to)
}

// streamExam tells the invigilator's page when something changed.
func (w *admin) streamExam(c *gin.Context) error {
	ctx, still, done := visit.Stream(c.Request.Context())
	defer done()
	look := func() (uint64, error) {
		b, err := w.Courses.ExamBoard(ctx, reader(c), c.Param("exam"))
		if err != nil {
			return 0, err
		}
		return b.Mark(), nil
	}
	last, err := look()
	if err != nil {
		return err
	}
	tick := time.NewTicker(3 * time.Second)
	defer tick.Stop()
	limit := time.NewTimer(2 * time.Minute) // then the browser asks again
	defer limit.Stop()
	c.Header("Content-Type", "text/event-stream")
	c.Header("Cache-Control", "no-store")
	c.Header("X-Accel-Buffering", "no")
	c.Writer.WriteHeaderNow()
	fmt.Fprint(c.Writer, "retry: 2000\n\n") //nolint:errcheck // the reader is gone then
	for {
		c.Writer.Flush()
		select {
		case <-ctx.Done():
			return nil
		case <-limit.C:
			return nil
		case <-tick.C:
		}
		if still() != nil {
			return nil
		}
		now, err := look()
		if err != nil {
			return nil // the page says why when it is loaded again
		}
		if now == last {
			continue
		}
		last = now
		if _, err := fmt.Fprint(c.Writer, "event: changed\ndata:\n\n"); err != nil {
			return nil
		}
	}
}
