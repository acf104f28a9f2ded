package web

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// listExams lists scheduled exams, the latest first: all, or for an invigilator those they are named in.
func (w *admin) listExams(c *gin.Context) error {
	ctx, a, f := c.Request.Context(), reader(c), w.format(c)
	if !w.may(c, "view", "exam") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	q := ReadTable(c, "kursus")
	options, err := w.courseOptions(c, "Semua kursus")
	if err != nil {
		return err
	}
	list, next, err := w.Courses.Exams(ctx, a, q.Filter["kursus"], cursor(c), 0)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navExams, Title: w.T(c, "Ujian terjadwal"), Lead: w.T(c, "Ujian adalah tes pada waktu tertentu dengan pengawas. Selama ujian dijadwalkan, tesnya hanya dapat dimulai selagi ujian dibuka."), Crumbs: crumbs()}}
	t := Table{Label: "Ujian terjadwal", URL: "/kelola/ujian", NoSearch: true, Filters: []Field{choose("kursus", "Kursus", q.Filter["kursus"], options)},
		Columns: []Column{{Label: "Ujian", Main: true}, {Label: "Tes"}, {Label: "Ujian dibuka"}, {Label: "Ujian ditutup"}, {Label: "Status"}},
		Empty:   Empty{Icon: "shield", Label: "Belum ada ujian", Text: w.T(c, "Ujian yang dijadwalkan atau yang Anda awasi muncul di sini.")}}
	if w.may(c, "plan", "exam") {
		t.Actions = []Button{{Label: "Jadwalkan ujian", URL: "/kelola/ujian/baru", Kind: "primary", Icon: "plus"}}
	}
	for _, x := range list {
		b := examBadge(x.State)
		t.Rows = append(t.Rows, Row{URL: examURL(x.ID), Cells: []Cell{{Text: x.Name, Sub: x.Course}, {Text: in(c, x.QuizName)}, {Text: f.moment(x.Opens)}, {Text: f.moment(x.Closes)}, {Badge: &b}}})
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

func examURL(id string, more ...string) string {
	return address(append([]string{"kelola", "ujian", id}, more...)...)
}

func examBadge(s courses.ExamState) Badge {
	switch s {
	case courses.ExamPlanned:
		return Badge{Kind: Info, Label: "Terjadwal", Icon: "clock"}
	case courses.ExamOpen:
		return Badge{Kind: Success, Label: "Berlangsung"}
	case courses.ExamPaused:
		return Badge{Kind: Warn, Label: "Dijeda", Icon: "pause"}
	case courses.ExamCancelled:
		return Badge{Label: "Dibatalkan"}
	}
	return Badge{Label: "Selesai"}
}
