package web

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
)

// showExamReport is what a person may judge after an exam: signs with how usual each is, and pairs whose wrong answers are alike.
func (w *admin) showExamReport(c *gin.Context) error {
	ctx, a, f, id := c.Request.Context(), reader(c), w.format(c), c.Param("exam")
	r, err := w.Courses.ExamReport(ctx, a, id)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navExams, Title: w.T(c, "Tanda dan kemiripan jawaban"), Lead: w.T(c, "Bahan bagi orang yang menilai, bukan nilai dan bukan bukti. Tidak ada hasil yang berubah karenanya; semua ini dihapus 90 hari setelah ujian."),
		Crumbs: crumbs(Link{Label: "Ujian terjadwal", URL: "/kelola/ujian"}, Link{Name: r.Name, URL: examURL(id)})}}
	usual := Panel{Label: "Seberapa lazim di ujian ini"}
	rates := r.Rates.Texts()
	if r.Rates.Takers == 0 {
		if rates, usual.Text = nil, w.T(c, "Belum ada yang mengerjakan ujian ini."); r.Forgotten {
			usual.Text = w.T(c, "Jejak ujian ini sudah dihapus menurut masa simpannya.")
		}
	}
	for _, t := range rates {
		usual.Notices = append(usual.Notices, Notice{Kind: Info, Text: in(c, t)})
	}
	p.add(usual)
	t := Table{ID: "tanda", Label: "Peserta dengan tanda", NoSearch: true, Columns: []Column{{Label: "Peserta", Main: true}, {Label: "Yang perlu dilihat"}}, Empty: Empty{Icon: "done", Label: "Tidak ada tanda"}}
	signs, pager := pageOf(c, r.Signs, func(x courses.ExamTaker) string { return x.Person })
	t.Pager = pager
	for _, x := range signs {
		t.Rows = append(t.Rows, Row{URL: examURL(id) + "?peserta=" + x.Person, Cells: []Cell{{Text: x.Name}, {Text: w.signs(c, x.Signs)}}})
	}
	p.add(Panel{Label: "Peserta dengan tanda", Table: &t})
	alike := Panel{Label: "Jawaban salah yang mirip"}
	switch {
	case r.Forgotten:
		alike.Text = w.T(c, "Jejak ujian ini sudah dihapus menurut masa simpannya.")
	case r.Pending:
		alike.Text = w.T(c, "Jawaban sedang dibandingkan. Muat ulang halaman ini sebentar lagi.")
	case !r.Compared:
		alike.Text = w.T(c, "Jawaban dibandingkan sesudah ujian ditutup dan semua percobaan dinilai.")
	default:
		alike.Text = w.T(c, "Dibandingkan %s.", f.moment(r.ComparedAt))
		for _, t := range r.About {
			alike.Notices = append(alike.Notices, Notice{Kind: Info, Text: in(c, t)})
		}
		if n := r.Left + r.Ungraded; n > 0 {
			alike.Notices = append(alike.Notices, Notice{Kind: Warn, Text: w.T(c, "%d percobaan tidak ikut dibandingkan: belum dinilai, atau di luar 2.000 peserta pertama.", n)})
		}
		pairs := Table{ID: "pasangan", Label: "Jawaban salah yang mirip", NoSearch: true, Columns: []Column{{Label: "Peserta", Main: true}, {Label: "Seberapa mirip"}}, Empty: Empty{Icon: "done", Label: "Tidak ada pasangan yang disebut"}}
		for _, x := range r.Pairs {
			pairs.Rows = append(pairs.Rows, Row{Cells: []Cell{{Text: x.NameA + " · " + x.NameB}, {Text: in(c, x.Text)}}})
		}
		alike.Table = &pairs
	}
	if !r.Forgotten && (r.State == courses.ExamClosed || r.State == courses.ExamCancelled) && w.may(c, "invigilate", "exam") {
		alike.Actions = []Button{{Label: "Bandingkan lagi", Post: true, URL: examURL(id, "laporan"), Icon: "sync"}}
	}
	p.add(alike)
	return w.panels(c, p)
}

// compareExam lets the answers be compared once more.
func (w *admin) compareExam(c *gin.Context) error {
	id := c.Param("exam")
	if err := w.Courses.CompareAgain(c.Request.Context(), reader(c), id); err != nil {
		return err
	}
	return w.done(c, Success, w.T(c, "Jawaban sedang dibandingkan."), examURL(id, "laporan"))
}
