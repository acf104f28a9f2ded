package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses/lint"
)

// lintVersion says what makes the tests of a version easy to outwit and its texts hard to read, with the figures it rests on.
func (w *admin) lintVersion(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	v, err := w.Courses.Version(ctx, a, versionID(c))
	if err != nil {
		return err
	}
	r, err := w.Courses.Lint(ctx, a, v.ID)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Periksa mutu soal dan teks"), Lead: w.T(c, "%s, versi %d", v.Course, v.Number), Crumbs: crumbs(Link{Label: "Kelola kursus", URL: "/kelola/kursus"},
		Link{Name: v.Course, URL: address("kelola", "kursus", v.Course)}, Link{Name: w.T(c, "Versi %d", v.Number), URL: versionURL(v.ID, v.Course, v.Number)})}}
	heavy, light := Panel{ID: "berat", Label: "Membuat tes dapat ditebak"}, Panel{ID: "saran", Label: "Saran untuk soal dan teks"}
	for _, f := range r.Findings {
		text := f.Where()
		if text != "" {
			text += ": "
		}
		to, kind := &light, Info
		if f.Rule.Heavy() {
			to, kind = &heavy, Warn
		}
		to.Reasons = append(to.Reasons, Reason{Kind: kind, Text: text + in(c, f.Text) + " " + in(c, f.Do), URL: w.findingPlace(c, v, f)})
	}
	if len(r.Findings) == 0 {
		p.add(Panel{Label: "Temuan", Notices: []Notice{{Kind: Success, Text: w.T(c, "Tidak ada temuan.")}}})
	}
	for _, found := range []Panel{heavy, light} {
		if len(found.Reasons) > 0 {
			p.add(found)
		}
	}
	p.add(w.botsPanel(c, r), w.keysPanel(c, r))
	w.Render(c, http.StatusOK, "panels", p)
	return nil
}

// botsPanel says how far those come who know nothing.
func (w *admin) botsPanel(c *gin.Context, r lint.Report) Panel {
	t := Table{Label: "Menebak tanpa belajar", NoSearch: true, Columns: []Column{{Label: "Cara menebak", Main: true}, {Label: "Tes"}, {Label: "Lulus", Numeric: true}, {Label: "Nilai rata-rata", Numeric: true}, {Label: "Nilai lulus", Numeric: true}}, Empty: Empty{Icon: "quiz", Label: "Belum ada tes akhir"}}
	for _, b := range r.Bots {
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: in(c, b.Name)}, {Text: b.Quiz}, {Text: w.T(c, "%d dari %d kali", b.Passed, b.Sittings)}, {Text: w.count(c, int(b.Mean+0.5))}, {Text: w.count(c, b.PassMark)}}})
	}
	return Panel{Label: "Menebak tanpa belajar", Text: w.T(c, "Tiap cara menebak mengerjakan tes akhir berkali-kali tanpa tahu isinya. Tes yang baik tidak meluluskannya."), Table: &t}
}

// keysPanel says where keys stand and how long they are.
func (w *admin) keysPanel(c *gin.Context, r lint.Report) Panel {
	panel := Panel{Label: "Letak dan panjang kunci"}
	for _, x := range r.Positions {
		text := w.T(c, "%d soal terlalu sedikit untuk diuji; perlu %d.", x.N, lint.MinPerChoice*x.Options)
		if x.Enough {
			var keys []string
			for i, n := range x.Keys {
				keys = append(keys, fmt.Sprintf("%c %d", 'A'+i, n))
			}
			text = w.T(c, "%d soal, kunci di %s (p = %s)", x.N, strings.Join(keys, ", "), w.Format(Lang(c)).points(int(x.P*1000)))
		}
		panel.Facts = append(panel.Facts, Fact{Name: w.T(c, "%s, %d pilihan", x.File, x.Options), Value: text})
	}
	for _, x := range r.Longest {
		panel.Facts = append(panel.Facts, Fact{Name: w.T(c, "%s, kunci terpanjang", x.File), Value: w.T(c, "%d dari %d soal berpilihan empat", x.Keys, x.N)})
	}
	return panel
}
