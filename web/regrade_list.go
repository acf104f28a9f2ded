package web

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

func regradeURL(id string, more ...string) string {
	return address(append([]string{"kelola", "nilai-ulang", id}, more...)...)
}

// listRegrades lists the regrades of a course or of all, and the items of a course whose key can be corrected.
func (w *admin) listRegrades(c *gin.Context) error {
	ctx, a, f := c.Request.Context(), reader(c), w.format(c)
	if !w.may(c, "view", "regrade") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	q := ReadTable(c, "kursus", "tampil")
	show := choose("tampil", "Tampilkan", q.Filter["tampil"], []Option{{Value: "", Label: "Penilaian ulang"}, {Value: "putusan", Label: "Sertifikat menunggu putusan"}})
	p := &PanelsPage{Base: Base{Active: navRegrades, Title: w.T(c, "Penilaian ulang"), Lead: w.T(c, "Kunci yang salah dibetulkan di sini. Uji coba menunjukkan lebih dahulu siapa yang nilainya berubah; hasil lama tetap tersimpan."), Crumbs: crumbs()}}
	if q.Filter["tampil"] == "putusan" {
		t, err := w.undecidedCertificates(c)
		if err != nil {
			return err
		}
		t.Filters = []Field{show}
		p.add(Panel{Bare: true, Table: t})
		return w.panels(c, p)
	}
	options, err := w.courseOptions(c, "Semua kursus")
	if err != nil {
		return err
	}
	course := q.Filter["kursus"]
	list, next, err := w.Courses.Regrades(ctx, a, course, cursor(c), 0)
	if err != nil {
		return err
	}
	t := Table{Label: "Penilaian ulang", URL: "/kelola/nilai-ulang", NoSearch: true, Filters: []Field{show, choose("kursus", "Kursus", course, options)},
		Columns: []Column{{Label: "Soal", Main: true}, {Label: "Status"}, {Label: "Nilai berubah", Numeric: true}, {Label: "Sertifikat perlu diputuskan", Numeric: true}, {Label: "Diminta"}},
		Empty:   Empty{Icon: "sync", Label: "Belum ada penilaian ulang", Text: w.T(c, "Pilih kursus untuk memilih soal yang kuncinya salah.")}}
	for _, r := range list {
		b, tally := regradeBadge(r.State), r.Plan
		if r.Key > 0 {
			tally = r.Done
		}
		t.Rows = append(t.Rows, Row{URL: regradeURL(r.ID), Cells: []Cell{{Text: r.Code, Sub: r.Course}, {Badge: &b}, {Text: w.count(c, tally.Changed)}, {Text: w.count(c, tally.Listed)}, {Text: f.day(r.At), Sub: w.person(ctx, r.By)}}})
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p.add(Panel{Bare: true, Table: &t})
	if course != "" && w.may(c, "check", "regrade") {
		items, err := w.Courses.ItemsToCorrect(ctx, a, course)
		if err != nil {
			return err
		}
		x := Table{ID: "items", Label: "Soal kursus ini", NoSearch: true, Columns: []Column{{Label: "Soal", Main: true}, {Label: "Pertanyaan"}, {Label: "Tes", Minor: true}, {Label: "Versi", Minor: true}, {Label: "Kunci", Minor: true}},
			Empty: Empty{Icon: "question", Label: "Belum ada soal yang terbit"}}
		for _, it := range items {
			x.Rows = append(x.Rows, Row{URL: correctionURL(it.ID), Cells: []Cell{{Text: it.Code}, {Text: cut(it.Stem, 110)}, {Text: strings.Join(it.Quizzes, ", ")}, {Text: w.count(c, it.Version)}, {Text: w.T(c, "Kunci versi %d", it.Key)}}})
		}
		p.add(Panel{Fold: true, Open: len(list) == 0, Label: "Pilih soal yang kuncinya salah", Table: &x})
	}
	return w.panels(c, p)
}

func regradeBadge(s courses.RegradeState) Badge {
	switch s {
	case courses.RegradeChecking:
		return Badge{Kind: Info, Label: "Uji coba berjalan", Icon: "clock"}
	case courses.RegradeChecked:
		return Badge{Kind: Warn, Label: "Menunggu putusan"}
	case courses.RegradeRunning:
		return Badge{Kind: Info, Label: "Sedang dinilai ulang", Icon: "clock"}
	case courses.RegradeStopped:
		return Badge{Kind: Warn, Label: "Dihentikan"}
	case courses.RegradeFinished:
		return Badge{Kind: Success, Label: "Selesai"}
	case courses.RegradeReplaced:
		return Badge{Label: "Digantikan"}
	case courses.RegradeOutdated:
		return Badge{Kind: Warn, Label: "Sudah usang"}
	}
	return Badge{Label: "Dibatalkan"}
}
