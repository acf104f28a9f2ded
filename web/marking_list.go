package web

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
)

func markingURL(id string, more ...string) string {
	return address(append([]string{"kelola", "menilai", id}, more...)...)
}

// queueFilter is what a marker has narrowed the queue to; it travels along from one answer to the next.
func queueFilter(value func(string) string) courses.QueueFilter {
	return courses.QueueFilter{Course: value("kursus"), Item: value("soal"), Apart: value("tampil") == "selisih"}
}

// listMarkings is the queue of what a person must mark, oldest first, without names.
func (w *admin) listMarkings(c *gin.Context) error {
	ctx, a, f := c.Request.Context(), reader(c), w.format(c)
	q := ReadTable(c, "kursus", "soal", "tampil")
	filter := queueFilter(func(name string) string { return q.Filter[name] })
	filter.After = cursor(c)
	list, next, err := w.Courses.MarkingQueue(ctx, a, filter)
	if err != nil {
		return err
	}
	options, err := w.courseOptions(c, "Semua kursus")
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navMarking, Title: w.T(c, "Menilai"), Crumbs: crumbs(),
		Lead: w.T(c, "Jawaban yang dinilai orang, yang paling lama menunggu lebih dahulu. Nama peserta tidak ditampilkan.")}}
	if len(list) > 0 {
		p.add(Panel{Bare: true, Form: &PanelForm{URL: "/kelola/menilai", Fields: []Field{hidden("kursus", q.Filter["kursus"]), hidden("soal", q.Filter["soal"]), hidden("tampil", q.Filter["tampil"])},
			Buttons: []Button{{Label: "Nilai yang berikutnya", Kind: "primary", Icon: "arrow"}}}})
	}
	items := []Option{{Value: "", Label: "Semua soal"}}
	t := Table{Label: "Menunggu penilai", URL: "/kelola/menilai", NoSearch: true,
		Filters: []Field{choose("kursus", "Kursus", q.Filter["kursus"], options), choose("tampil", "Tampilkan", q.Filter["tampil"], []Option{{Value: "", Label: "Menunggu penilai"}, {Value: "selisih", Label: "Dua penilai berbeda"}})},
		Columns: []Column{{Label: "Peserta", Main: true}, {Label: "Soal"}, {Label: "Tes"}, {Label: "Dikumpulkan"}, {Label: "Penilaian", Minor: true}, {Label: "Status"}},
		Empty:   Empty{Icon: "done", Label: "Tidak ada yang menunggu penilai", Text: w.T(c, "Jawaban esai muncul di sini begitu peserta mengumpulkannya.")}}
	known := map[string]bool{}
	for _, m := range list {
		if !known[m.Item] {
			known[m.Item] = true
			items = append(items, Option{Value: m.Item, Name: m.Course + " · " + m.Code})
		}
		b := Badge{Kind: Info, Label: "Bebas"}
		row := Row{URL: markingURL(m.ID)}
		switch {
		case m.Already:
			b, row.URL = Badge{Label: "Bukan untuk Anda", Icon: "lock"}, ""
		case m.Mine:
			b = Badge{Kind: Warn, Label: "Sedang Anda nilai", Icon: "edit"}
		case m.Others:
			b, row.URL = Badge{Label: "Sedang dinilai orang lain", Icon: "lock"}, ""
		}
		row.Cells = []Cell{{Text: w.T(c, "Peserta %s", m.Alias)}, {Text: m.Code}, {Text: in(c, m.Title), Sub: m.Course}, {Text: f.day(m.On)}, {Text: w.T(c, "%d dari %d", m.Given, m.Wanted)}, {Badge: &b}}
		t.Rows = append(t.Rows, row)
	}
	if len(items) > 2 || q.Filter["soal"] != "" {
		t.Filters = append(t.Filters, choose("soal", "Soal", q.Filter["soal"], items))
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

// takeNext claims the oldest answer that is free and leads to it.
func (w *admin) takeNext(c *gin.Context) error {
	return w.nextMarking(c, queueFilter(posted(c).Get), "")
}

// nextMarking leads to the next answer, or back to the queue when there is none. said tells what was done before.
func (w *admin) nextMarking(c *gin.Context, f courses.QueueFilter, said string) error {
	ctx, a := c.Request.Context(), reader(c)
	id, err := w.Courses.NextMarking(ctx, a, f)
	if err != nil {
		return err
	}
	back := "/kelola/menilai" + filterQuery(f)
	if id == "" {
		if said == "" {
			said = w.T(c, "Tidak ada lagi yang menunggu Anda.")
		} else {
			said += " " + w.T(c, "Tidak ada lagi yang menunggu Anda.")
		}
		return w.done(c, Success, said, back)
	}
	if _, err := w.Courses.Claim(ctx, a, id); err != nil {
		if notice, ok := w.mistakes(c, "", err); ok {
			return w.done(c, Warn, notice.Text, back)
		}
		return err
	}
	if said != "" {
		return w.done(c, Success, said, markingURL(id)+filterQuery(f))
	}
	return see(c, markingURL(id)+filterQuery(f))
}
