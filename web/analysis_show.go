package web

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

func analysisURL(a courses.Analysis) string {
	return address("kelola", "kursus", a.Course, strings.TrimPrefix(a.Version, a.Course+"."), "analisis", a.Quiz)
}

func itemAnalysisURL(a courses.Analysis, item string) string {
	return analysisURL(a) + "?soal=" + url.QueryEscape(item)
}

// showAnalysis is the item analysis of a quiz: how the test as a whole measures, what to look at, and a row per item; with ?soal= one item.
func (w *admin) showAnalysis(c *gin.Context) error {
	a, err := w.Courses.Analysis(c.Request.Context(), reader(c), versionID(c), c.Param("quiz"))
	if err != nil {
		return err
	}
	if item := c.Query("soal"); item != "" {
		return w.showItemAnalysis(c, a, item)
	}
	q := a.Figures.Quiz
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Analisis soal: %s", in(c, a.Title)), Lead: w.T(c, "%s, versi %s", a.Course, strings.TrimPrefix(a.Version, a.Course+".")), Crumbs: w.versionCrumbs(c, a)}}
	var again *Button
	if w.may(c, "author", "course") {
		again = &Button{Label: "Hitung ulang", Icon: "sync", Post: true, URL: analysisURL(a)}
	}
	if a.Pending {
		p.Notices = append(p.Notices, Notice{Kind: Info, Text: w.T(c, "Hasil yang lebih baru sedang dihitung. Muat ulang halaman ini beberapa saat lagi.")})
	}
	if q.N == 0 {
		p.add(Panel{Bare: true, Empty: &Empty{Icon: "chart", Label: "Belum ada yang dihitung", Text: w.T(c, "Angka muncul beberapa menit setelah peserta pertama dinilai."), Action: again}})
		return w.panels(c, p)
	}
	p.add(w.measurePanel(c, a, again), w.lookPanel(c, a))
	if len(a.Gains) > 0 {
		p.add(w.gainPanel(c, a))
	}
	p.add(w.groupPanel(c, a), w.itemsPanel(c, a))
	for _, m := range []*itemstats.Model{a.Rasch, a.TwoPL} {
		if m != nil {
			p.add(w.modelPanel(c, a, m))
		}
	}
	p.add(Panel{Label: "Unduh", Text: w.T(c, "Semua angka dengan rentang dan catatannya. Excel: satu lembar per bagian. CSV: satu tabel panjang."),
		Actions: []Button{{Label: "Unduh Excel", Icon: "download", URL: analysisURL(a) + "/xlsx"}, {Label: "Unduh CSV", Icon: "download", URL: analysisURL(a) + "/csv"}}})
	return w.panels(c, p)
}

// fetchAnalysis gives the item analysis as a file.
func (w *admin) fetchAnalysis(c *gin.Context) error {
	f, err := w.Courses.AnalysisFile(c.Request.Context(), reader(c), versionID(c), c.Param("quiz"), c.Param("format"), texts.Lang(Lang(c)))
	if err != nil {
		return err
	}
	give(c, f)
	return nil
}

// recountAnalysis has the sittings of the course counted anew.
func (w *admin) recountAnalysis(c *gin.Context) error {
	if err := w.Courses.CountAgain(c.Request.Context(), reader(c), versionID(c), c.Param("quiz")); err != nil {
		return err
	}
	return w.done(c, Success, w.T(c, "Penghitungan ulang dimulai. Muat ulang halaman ini beberapa saat lagi."), address("kelola", "kursus", c.Param("course"), c.Param("number"), "analisis", c.Param("quiz")))
}

func (w *admin) versionCrumbs(c *gin.Context, a courses.Analysis) []Link {
	number := strings.TrimPrefix(a.Version, a.Course+".")
	return crumbs(Link{Label: "Kelola kursus", URL: "/kelola/kursus"}, Link{Name: a.Course, URL: address("kelola", "kursus", a.Course)},
		Link{Name: w.T(c, "Versi %s", number), URL: address("kelola", "kursus", a.Course, number)})
}

// figure is an estimate in words: "62,1", or a dash.
func (w *admin) figure(c *gin.Context, v *itemstats.Value, places int) string {
	if v == nil {
		return "–"
	}
	return w.format(c).Fixed(v.Value, places)
}

// percent is an estimate as whole percents, or a dash.
func (w *admin) percent(c *gin.Context, v *itemstats.Value) string {
	if v == nil {
		return "–"
	}
	return w.figure(c, v, 0) + "%"
}

// between is the 95 % interval of an estimate, with why it should not be leaned on: "55,0 sampai 68,3 (data sedikit)".
func (w *admin) between(c *gin.Context, v *itemstats.Value, places int) string {
	if v == nil {
		return ""
	}
	text := w.T(c, "%s sampai %s", w.format(c).Fixed(v.Low, places), w.format(c).Fixed(v.High, places))
	if short, ok := warningWords[v.Warning]; ok {
		text += " (" + w.words.say(Lang(c), short) + ")"
	}
	return text
}

// warningWords are the warnings in a word or two, for beside a figure.
var warningWords = map[itemstats.Warning]string{itemstats.Few: "data terlalu sedikit", itemstats.Some: "data sedikit", itemstats.Rough: "kasar", itemstats.AtBounds: "di batas hitungan"}

// explained puts what a figure means behind its interval.
func explained(interval, meaning string) string {
	if interval == "" {
		return meaning
	}
	return interval + " · " + meaning
}

func (w *admin) stat(c *gin.Context, label, unit string, v *itemstats.Value, places int) Stat {
	s := Stat{Label: label, Value: w.figure(c, v, places), Unit: unit, Text: w.between(c, v, places)}
	if v == nil {
		s.Unit = ""
	}
	return s
}

// measurePanel is the test as a whole.
func (w *admin) measurePanel(c *gin.Context, a courses.Analysis, again *Button) Panel {
	q := a.Figures.Quiz
	panel := Panel{Label: "Tes secara keseluruhan", Text: w.T(c, "%d percobaan pertama, dihitung %s. Rentang kepercayaan 95 persen tertulis di bawah tiap angka.", q.N, w.format(c).moment(a.CountedAt)),
		Stats: []Stat{w.stat(c, "Nilai rata-rata", "", q.Mean, 1), w.stat(c, "Nilai tengah", "", q.Median, 1), w.stat(c, "Simpangan baku", "", q.SD, 1), w.stat(c, "Keandalan", "%", q.Consistency, 0)}}
	method := ""
	switch q.Method {
	case itemstats.Alpha:
		method = w.T(c, "Keandalan: alpha Cronbach (KR-20 untuk soal benar-salah).")
	case itemstats.Nested:
		method = w.T(c, "Keandalan: tiap peserta mendapat soal undian sendiri, jadi perbedaan sulit-mudahnya undian ikut dihitung sebagai galat.")
	}
	panel.Facts = []Fact{
		{Label: "Galat baku pengukuran", Value: w.figure(c, q.SEM, 1), Note: explained(w.between(c, q.SEM, 1), w.T(c, "nilai seseorang dapat meleset kira-kira sejauh ini"))},
		{Label: "Rasio galat", Value: w.figure(c, q.ErrorRatio, 1), Note: explained(w.between(c, q.ErrorRatio, 1), w.T(c, "persen perbedaan nilai yang berasal dari kebetulan"))},
		{Label: "Kemencengan", Value: w.figure(c, q.Skewness, 2), Note: explained(w.between(c, q.Skewness, 2), w.T(c, "di bawah 0: nilai tinggi lebih banyak daripada nilai rendah"))},
		{Label: "Keruncingan", Value: w.figure(c, q.Kurtosis, 2), Note: explained(w.between(c, q.Kurtosis, 2), w.T(c, "di atas 0: nilai yang jauh dari rata-rata lebih banyak daripada pada sebaran normal"))},
	}
	if q.Mean != nil && q.Mean.Warning != itemstats.Fine {
		panel.Notices = append(panel.Notices, Notice{Kind: Warn, Text: in(c, q.Mean.Warning.Text())})
	}
	if method != "" {
		panel.Notices = append(panel.Notices, Notice{Kind: Info, Text: method})
	}
	bars := Chart{Kind: "bars", Label: "Sebaran nilai", Text: w.T(c, "Banyaknya peserta menurut nilai.")}
	of := Series{}
	for _, s := range taken(q.Scores) {
		bars.Names = append(bars.Names, fmt.Sprintf("%.0f–%.0f", s.Low, s.High))
		of.Values = append(of.Values, float64(s.N))
	}
	bars.Series = []Series{of}
	panel.Inner = []Panel{{Fold: true, Label: "Sebaran nilai", Charts: []Chart{bars}}}
	if again != nil {
		panel.Actions = []Button{*again}
	}
	return panel
}

// taken leaves out the classes of scores below the lowest and above the highest that somebody has.
func taken(scores []itemstats.Step) []itemstats.Step {
	some := func(s itemstats.Step) bool { return s.N > 0 }
	first := slices.IndexFunc(scores, some)
	if first < 0 {
		return nil
	}
	last := len(scores) - 1
	for !some(scores[last]) {
		last--
	}
	return scores[first : last+1]
}

var flagKinds = map[itemstats.Kind]string{itemstats.WrongKey: Danger, itemstats.MissingAnswer: Danger, itemstats.Against: Danger, itemstats.Drifted: Warn, itemstats.TooHard: Warn, itemstats.TooEasy: Info, itemstats.Weak: Warn,
	itemstats.DeadOption: Info, itemstats.SmallN: Neutral, itemstats.UnusedOptions: Info, itemstats.Misfit: Warn}

// followsWrongKey is what an item with a wrong key shows besides; the flags come by urgency, the wrong key first.
var followsWrongKey = []itemstats.Kind{itemstats.Against, itemstats.TooHard, itemstats.Weak, itemstats.Misfit}

// lookPanel says in words which items deserve a look.
func (w *admin) lookPanel(c *gin.Context, a courses.Analysis) Panel {
	panel := Panel{Label: "Yang perlu dilihat", Text: w.T(c, "Petunjuk untuk diperiksa orang, bukan putusan.")}
	few, wrong := 0, map[string]bool{} // items with a wrong key: what follows from that is said on their own page only
	for _, f := range a.Flags {
		if f.Kind == itemstats.SmallN {
			few++
			continue
		}
		if wrong[f.Item] = wrong[f.Item] || f.Kind == itemstats.WrongKey; wrong[f.Item] && slices.Contains(followsWrongKey, f.Kind) {
			continue
		}
		panel.Reasons = append(panel.Reasons, Reason{Kind: flagKinds[f.Kind], Text: in(c, f.Text), URL: itemAnalysisURL(a, f.Item)})
	}
	if few > 0 {
		panel.Notices = append(panel.Notices, Notice{Kind: Info, Text: w.T(c, "%d soal masih terlalu jarang dikerjakan untuk disimpulkan.", few)})
	}
	if len(panel.Reasons) == 0 && few == 0 {
		panel.Notices = append(panel.Notices, Notice{Kind: Success, Text: w.T(c, "Tidak ada soal yang mencolok.")})
	}
	return panel
}

// gainPanel is what people learned between pre-test and post-test.
func (w *admin) gainPanel(c *gin.Context, a courses.Analysis) Panel {
	t := Table{ID: "gain", Label: "Kenaikan nilai", NoSearch: true, Columns: []Column{{Label: "Capaian", Main: true}, {Label: "Peserta", Numeric: true}, {Label: "Sebelum", Numeric: true}, {Label: "Sesudah", Numeric: true},
		{Label: "Kenaikan", Numeric: true}, {Label: "Dari yang masih dapat naik", Numeric: true, Minor: true}, {Label: "Ukuran efek", Numeric: true, Minor: true}}}
	for _, g := range a.Gains {
		name := w.T(c, "Seluruh tes")
		if g.Objective != "" {
			name = g.Objective + " · " + in(c, g.Text)
		} else if g.Competency != "" {
			name = w.T(c, "Kompetensi %s", g.Competency)
		}
		share := "–"
		if g.Normalised != nil {
			share = w.format(c).Fixed(100*g.Normalised.Value, 0) + "%"
		}
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: name}, {Text: w.count(c, int(g.N))}, {Text: w.figure(c, g.Before, 1)}, {Text: w.figure(c, g.After, 1)}, {Text: w.figure(c, g.Mean, 1), Sub: w.between(c, g.Mean, 1)},
			{Text: share, Sub: w.between(c, hundredfold(g.Normalised), 0)}, {Text: w.figure(c, g.Effect, 2), Sub: w.between(c, g.Effect, 2)}}})
	}
	return Panel{Label: "Kenaikan dari tes awal ke tes akhir", Text: w.T(c, "Percobaan pertama orang yang sama. Tanpa kelompok pembanding, jadi terbiasa dengan tes ikut terhitung."), Table: &t}
}

// groupPanel is what people earn by objective and by competency.
func (w *admin) groupPanel(c *gin.Context, a courses.Analysis) Panel {
	t := Table{ID: "groups", Label: "Capaian dan kompetensi", NoSearch: true, Columns: []Column{{Label: "Capaian", Main: true}, {Label: "Soal", Numeric: true}, {Label: "Jawaban", Numeric: true}, {Label: "Nilai rata-rata", Numeric: true}, {Label: "Soal dengan catatan", Numeric: true}}}
	for _, g := range a.Groups {
		name := g.Objective + " · " + in(c, g.Text)
		if g.Competency != "" {
			name = w.T(c, "Kompetensi %s", g.Competency)
		}
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: name}, {Text: w.count(c, g.Items)}, {Text: w.count(c, int(g.Answers))}, {Text: w.percent(c, g.Facility), Sub: w.between(c, g.Facility, 0)}, {Text: w.count(c, g.Flagged)}}})
	}
	return Panel{Label: "Menurut capaian dan kompetensi", Text: w.T(c, "Bagian nilai yang rata-rata diperoleh pada soal-soalnya. Kompetensi menggabungkan semua capaian yang mendukungnya; rentangnya sengaja lebar."), Table: &t}
}

// hundredfold is a share as percent.
func hundredfold(v *itemstats.Value) *itemstats.Value {
	if v == nil {
		return nil
	}
	return &itemstats.Value{Value: 100 * v.Value, Low: 100 * v.Low, High: 100 * v.High, N: v.N, Warning: v.Warning}
}

// itemsPanel has a row per item version, by objective and code: those to look at, and folded away the others.
func (w *admin) itemsPanel(c *gin.Context, a courses.Analysis) Panel {
	items := slices.Clone(a.Figures.Items)
	slices.SortStableFunc(items, func(x, y itemstats.Item) int {
		if n := compare(a.About[x.ID].Objective, a.About[y.ID].Objective); n != 0 {
			return n
		}
		return compare(a.About[x.ID].Code, a.About[y.ID].Code)
	})
	worst := map[string]itemstats.Flag{}
	for _, f := range a.Flags {
		if _, ok := worst[f.Item]; !ok {
			worst[f.Item] = f
		}
	}
	table := func(id, label string) Table {
		return Table{ID: id, Label: label, NoSearch: true, Wide: true, Columns: []Column{{Label: "Soal", Main: true}, {Label: "Capaian", Minor: true}, {Label: "Dikerjakan", Numeric: true}, {Label: "Tingkat kesukaran", Numeric: true},
			{Label: "Daya beda", Numeric: true}, {Label: "Efisiensi", Numeric: true, Minor: true}, {Label: "Bobot efektif", Numeric: true, Minor: true}, {Label: "Catatan"}}}
	}
	noted, others := table("items", "Soal dengan catatan"), table("others", "Soal tanpa catatan")
	for _, it := range items {
		about, taken := a.About[it.ID], Cell{Text: w.count(c, int(it.N))}
		if x, ok := a.Pooled[it.ID]; ok {
			taken.Sub = w.T(c, "%s bersama versi %s", w.count(c, int(x.N)), numerals(otherVersions(x.Versions, a.Version)))
		}
		note, t := Cell{Text: "–"}, &others
		if f, ok := worst[it.ID]; ok {
			note = Cell{Badge: &Badge{Kind: flagKinds[f.Kind], Label: flagWords[f.Kind]}}
			if f.Kind != itemstats.SmallN {
				t = &noted
			}
		}
		t.Rows = append(t.Rows, Row{URL: itemAnalysisURL(a, it.ID), Cells: []Cell{{Text: about.Code, Sub: cut(about.Stem, 80)}, {Text: about.Objective}, taken, {Text: w.percent(c, it.Facility), Sub: w.between(c, it.Facility, 0)},
			{Text: w.figure(c, it.Discrimination, 0), Sub: w.between(c, it.Discrimination, 0)}, {Text: w.figure(c, it.Efficiency, 0), Sub: w.between(c, it.Efficiency, 0)},
			{Text: w.figure(c, it.Effective, 1), Sub: explained(w.between(c, it.Effective, 1), w.T(c, "dimaksud %s", w.format(c).Fixed(it.IntendedWeight, 1)))}, note}})
	}
	panel := Panel{Label: "Soal demi soal", Text: w.T(c, "Tingkat kesukaran: bagian nilai yang rata-rata diperoleh; makin tinggi, makin mudah. Daya beda: 100 kali korelasi dengan nilai soal lainnya; dicatat lemah hanya bila seluruh rentangnya di bawah 20. Efisiensi: daya beda dibanding yang paling tinggi yang mungkin. Bobot efektif: bagian soal dalam perbedaan nilai peserta.")}
	if len(noted.Rows) > 0 {
		panel.Table = &noted
	}
	if len(others.Rows) > 0 {
		panel.Inner = []Panel{{Fold: true, Label: others.Label, Table: &others}}
	}
	return panel
}

var flagWords = map[itemstats.Kind]string{itemstats.WrongKey: "Kunci mungkin salah", itemstats.MissingAnswer: "Jawaban belum diterima", itemstats.Against: "Berlawanan arah", itemstats.Drifted: "Bergeser", itemstats.TooHard: "Terlalu sulit", itemstats.TooEasy: "Terlalu mudah",
	itemstats.Weak: "Daya beda lemah", itemstats.DeadOption: "Pengecoh tidak dipilih", itemstats.SmallN: "Data sedikit", itemstats.UnusedOptions: "Pengecoh tidak berfungsi", itemstats.Misfit: "Tidak sesuai model"}

// modelPanel is the item response model: difficulties on the scale of ability, and how precisely the test measures where.
func (w *admin) modelPanel(c *gin.Context, a courses.Analysis, m *itemstats.Model) Panel {
	label := "Model Rasch"
	if m.Kind == itemstats.TwoPL {
		label = "Model 2PL"
	}
	f := w.format(c)
	t := Table{ID: "model", Label: label, NoSearch: true, Wide: true, Columns: []Column{{Label: "Soal", Main: true}, {Label: "Kesukaran", Numeric: true}, {Label: "Daya beda", Numeric: true}, {Label: "Infit", Numeric: true}, {Label: "Outfit", Numeric: true}, {Label: "S-X², p", Numeric: true}}}
	for _, it := range m.Items {
		t.Rows = append(t.Rows, Row{URL: itemAnalysisURL(a, it.ID), Cells: []Cell{{Text: a.About[it.ID].Code}, {Text: w.figure(c, it.Difficulty, 2), Sub: w.between(c, it.Difficulty, 2)}, {Text: w.figure(c, it.Slope, 2), Sub: w.between(c, it.Slope, 2)},
			{Text: w.figure(c, it.Infit, 2), Sub: w.between(c, it.Infit, 2)}, {Text: w.figure(c, it.Outfit, 2), Sub: w.between(c, it.Outfit, 2)}, w.fitCell(c, it.SX2)}})
	}
	var left []string
	for _, d := range m.Dropped {
		left = append(left, a.About[d.ID].Code)
	}
	panel := Panel{Fold: true, Label: label, Text: w.T(c, "Dari %d percobaan pertama. Kesukaran dan kemampuan memakai satu skala; 0 adalah kemampuan rata-rata.", m.N), Table: &t}
	if !m.Converged {
		panel.Notices = append(panel.Notices, Notice{Kind: Warn, Text: w.T(c, "Perhitungan model belum mencapai titik tetap; pakai angkanya dengan hati-hati.")})
	}
	if len(left) > 0 {
		panel.Notices = append(panel.Notices, Notice{Kind: Info, Text: w.T(c, "Di luar model, karena terlalu jarang dikerjakan atau semua benar atau semua salah: %s.", strings.Join(left, ", "))})
	}
	panel.Notices = append(panel.Notices, Notice{Kind: Info, Text: w.T(c, "Infit dan outfit 1: sesuai model; jauh di atas 1: jawaban tidak terduga, jauh di bawah 1: terlalu terduga. S-X² dengan p kecil: bagian yang benar menurut nilai menyimpang dari model; hanya ada bila semua peserta mendapat soal yang sama.")})
	if m.Reliability != nil {
		panel.Facts = append(panel.Facts, Fact{Label: "Keandalan kemampuan", Value: f.Fixed(100**m.Reliability, 0) + "%"})
	}
	if m.SD != nil {
		panel.Facts = append(panel.Facts, Fact{Label: "Sebaran kemampuan", Value: w.figure(c, m.SD, 2), Note: w.between(c, m.SD, 2)})
	}
	panel.Facts = append(panel.Facts, Fact{Label: "Kecocokan (BIC)", Value: f.Fixed(m.BIC, 0), Note: w.T(c, "antara dua model, yang lebih kecil lebih cocok")})
	info := Chart{Kind: "lines", Label: "Ketelitian tes", Text: w.T(c, "Informasi tes menurut kemampuan: makin tinggi, makin teliti tes mengukur di sana.")}
	of := Series{Name: w.T(c, "Informasi")}
	for i, at := range m.Information {
		if i%4 == 0 {
			info.Names = append(info.Names, f.Fixed(at.Ability, 1))
			of.Values = append(of.Values, at.Information)
		}
	}
	info.Series = []Series{of}
	panel.Charts = []Chart{info}
	return panel
}

// fitCell is how well an item follows its model by raw score.
func (w *admin) fitCell(c *gin.Context, x *itemstats.SX2) Cell {
	if x == nil {
		return Cell{Text: "–"}
	}
	f := w.format(c)
	return Cell{Text: f.Fixed(x.X2, 1), Sub: "p " + f.Fixed(x.P, 3)}
}

// showItemAnalysis is one item: its figures, who chose what, and how that changes with the rest of the form.
func (w *admin) showItemAnalysis(c *gin.Context, a courses.Analysis, item string) error {
	n := slices.IndexFunc(a.Figures.Items, func(it itemstats.Item) bool { return it.ID == item })
	if n < 0 {
		return faults.New(faults.NotFound, "Soal ini belum dikerjakan di tes ini.", "Nobody has taken this item in this test yet.")
	}
	it, about := a.Figures.Items[n], a.About[a.Figures.Items[n].ID]
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Soal %s", about.Code), Lead: in(c, about.Type.Label()) + " · " + w.T(c, "versi soal %d", about.Version),
		Crumbs: append(w.versionCrumbs(c, a), Link{Name: w.T(c, "Analisis soal: %s", in(c, a.Title)), URL: analysisURL(a)})}}
	look := Panel{Label: "Pertanyaan", Text: about.Stem}
	for _, f := range a.Flags {
		if f.Item == it.ID {
			look.Reasons = append(look.Reasons, Reason{Kind: flagKinds[f.Kind], Text: in(c, f.Text)})
		}
	}
	if w.may(c, "check", "regrade") {
		look.Actions = []Button{{Label: "Betulkan kunci", URL: correctionURL(it.ID), Icon: "key"}}
	}
	facts := Panel{Label: "Angka soal", Stats: []Stat{w.stat(c, "Tingkat kesukaran", "%", it.Facility, 0), w.stat(c, "Daya beda", "", it.Discrimination, 0), w.stat(c, "Efisiensi daya beda", "", it.Efficiency, 0), w.stat(c, "Selisih kelompok atas dan bawah", "", it.UpperLower, 0)},
		Facts: []Fact{{Label: "Dikerjakan", Value: w.count(c, int(it.N))}, {Label: "Dikosongkan", Value: w.count(c, int(it.Blank))}, {Label: "Simpangan baku", Value: w.figure(c, it.SD, 1), Note: w.between(c, it.SD, 1)},
			{Label: "Korelasi soal dan sisanya", Value: w.figure(c, it.ItemRest, 2), Note: w.between(c, it.ItemRest, 2)}, {Label: "Bobot efektif", Value: w.figure(c, it.Effective, 1), Note: explained(w.between(c, it.Effective, 1), w.T(c, "dimaksud %s", w.format(c).Fixed(it.IntendedWeight, 1)))}}}
	if it.Guess != nil {
		facts.Facts = append(facts.Facts, Fact{Label: "Nilai bila menebak", Value: w.format(c).Fixed(*it.Guess, 1) + "%"})
	}
	for _, note := range about.Silent() {
		look.Notices = append(look.Notices, Notice{Kind: Info, Text: in(c, note)})
	}
	if it.Facility != nil && it.Facility.Warning != itemstats.Fine {
		facts.Notices = []Notice{{Kind: Warn, Text: in(c, it.Facility.Warning.Text())}}
	}
	p.add(look, facts, w.optionsPanel(c, it, about))
	if pooled, ok := a.Pooled[it.ID]; ok {
		p.add(w.pooledPanel(c, pooled, about))
	}
	if d, ok := a.Drift[it.ID]; ok {
		p.add(w.driftPanel(c, d))
	}
	return w.panels(c, p)
}

// numerals lists numbers: "1, 2, 4".
func numerals(list []int) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, ", ")
}

// otherVersions are the numbers without that of a version.
func otherVersions(list []int, version courses.VersionID) []int {
	return slices.DeleteFunc(slices.Clone(list), func(n int) bool { return strings.HasSuffix(version, "."+strconv.Itoa(n)) })
}

// pooledPanel is an item over all versions of the course that have it unchanged.
func (w *admin) pooledPanel(c *gin.Context, x courses.PooledItem, about courses.AnalysedItem) Panel {
	t := Table{ID: "pooled", Label: "Pilihan, semua versi", NoSearch: true, Columns: []Column{{Label: "Pilihan", Main: true}, {Label: "Dipilih", Numeric: true}, {Label: "Bagian", Numeric: true}, {Label: "Korelasi", Numeric: true}}}
	for _, o := range x.Options {
		name := Cell{Text: cut(in(c, about.Named(o.ID)), 100)}
		if o.Key {
			name.Sub = w.T(c, "Kunci")
		}
		t.Rows = append(t.Rows, Row{Cells: []Cell{name, {Text: w.count(c, int(o.N))}, {Text: w.percent(c, o.Share), Sub: w.between(c, o.Share, 0)}, {Text: w.figure(c, o.PointBiserial, 2), Sub: w.between(c, o.PointBiserial, 2)}}})
	}
	panel := Panel{Label: "Digabung dari beberapa versi kursus", Text: w.T(c, "Soal ini sama di versi kursus %s. Petunjuk di halaman ini memakai angka gabungan; korelasi dihitung di dalam tiap versi, jadi beda kemampuan peserta antarversi tidak ikut.", numerals(x.Versions)),
		Facts: []Fact{{Label: "Dikerjakan", Value: w.count(c, int(x.N))}, {Label: "Tingkat kesukaran", Value: w.percent(c, x.Facility), Note: w.between(c, x.Facility, 0)},
			{Label: "Korelasi soal dan sisanya", Value: w.figure(c, x.ItemRest, 2), Note: w.between(c, x.ItemRest, 2)}}}
	if len(t.Rows) > 0 {
		panel.Table = &t
	}
	return panel
}

// driftPanel compares an item with what it was before.
func (w *admin) driftPanel(c *gin.Context, d courses.ItemDrift) Panel {
	panel := Panel{Label: "Dibanding sebelumnya", Text: w.T(c, "Soal ini tidak berubah; dibanding dengan dirinya sendiri di versi kursus %s.", numerals(d.Versions)), Facts: []Fact{
		{Label: "Tingkat kesukaran sebelumnya", Value: w.percent(c, d.Before), Note: w.between(c, d.Before, 0)},
		{Label: "Selisih sekarang", Value: w.figure(c, d.Difference, 1), Note: w.between(c, d.Difference, 1)}}}
	if d.Changed {
		panel.Text = w.T(c, "Versi soal ini (di versi kursus %s) dibanding versi soal %d (di versi kursus %s).", numerals(d.Now), d.Item, numerals(d.Versions))
	}
	if d.Apart != "" {
		panel.Notices = []Notice{{Kind: Info, Text: in(c, d.Apart.Text())}}
		return panel
	}
	panel.Text += " " + w.T(c, "Pada nilai yang sama: setelah kemampuan peserta disamakan.")
	panel.Facts = append(panel.Facts, Fact{Label: "Selisih pada nilai yang sama", Value: w.figure(c, d.Adjusted, 1), Note: w.between(c, d.Adjusted, 1)}, Fact{Label: "Peluang kebetulan", Value: w.format(c).Fixed(d.P, 3)})
	return panel
}

// optionsPanel is the options table with its trace.
func (w *admin) optionsPanel(c *gin.Context, it itemstats.Item, about courses.AnalysedItem) Panel {
	t := Table{ID: "options", Label: "Pilihan", NoSearch: true, Wide: true, Columns: []Column{{Label: "Pilihan", Main: true}, {Label: "Dipilih", Numeric: true}, {Label: "Bagian", Numeric: true}, {Label: "Sepertiga bawah", Numeric: true}, {Label: "Tengah", Numeric: true},
		{Label: "Sepertiga atas", Numeric: true}, {Label: "Korelasi", Numeric: true}}}
	f := w.format(c)
	for _, o := range it.Options {
		name := Cell{Text: w.T(c, "(dikosongkan)")}
		if o.ID != "" {
			name.Text = cut(in(c, about.Named(o.ID)), 100)
		}
		if o.Key {
			name.Sub = w.T(c, "Kunci")
		}
		thirds := []Cell{{Text: "–"}, {Text: "–"}, {Text: "–"}}
		for i, g := range o.Groups {
			thirds[i].Text = f.Fixed(g, 0) + "%"
		}
		t.Rows = append(t.Rows, Row{Cells: append([]Cell{name, {Text: w.count(c, int(o.N))}, {Text: w.percent(c, o.Share), Sub: w.between(c, o.Share, 0)}}, append(thirds, Cell{Text: w.figure(c, o.PointBiserial, 2), Sub: w.between(c, o.PointBiserial, 2)})...)})
	}
	typed := slices.ContainsFunc(it.Options, func(o itemstats.Option) bool { _, _, ok := itemstats.TypedText(o.ID); return ok })
	panel := Panel{Label: "Pilihan jawaban", Text: w.T(c, "Pengecoh yang baik dipilih lebih sering oleh yang nilainya rendah; kunci sebaliknya."), Table: &t}
	if typed {
		panel.Notices = append(panel.Notices, Notice{Kind: Info, Text: w.T(c, "Dalam tanda kutip: jawaban yang diketik dan dihitung salah, yang diberikan paling sedikit lima orang. Hitungannya pasti; yang lebih jarang tidak ditampilkan.")})
	}
	plots, drawn := w.plots(c, it, about)
	if len(plots) == 0 {
		return panel
	}
	for i, o := range it.Options {
		if o.ID != "" && !drawn[o.ID] && t.Rows[i].Cells[0].Sub == "" {
			t.Rows[i].Cells[0].Sub = w.T(c, "tidak digambar")
		}
	}
	if panel.Charts = plots; len(plots) > 1 {
		panel.Charts = nil
		panel.Inner = []Panel{{Fold: true, Label: "Grafik tiap pertanyaan", Charts: plots}}
	}
	return panel
}

// plotLines is how many lines of a plot can be told apart without colours.
const plotLines = 4

// plots are the traces of an item, one for each thing it asks: the key and the options that most people took. drawn are the options that have a line.
func (w *admin) plots(c *gin.Context, it itemstats.Item, about courses.AnalysedItem) (out []Chart, drawn map[string]bool) {
	drawn = map[string]bool{}
	if len(it.Trace) < 2 {
		return nil, drawn
	}
	asked := grading.AskedOf(about.Item)
	for _, q := range asked {
		var of []int
		for k, o := range it.Options {
			question, _, typed := itemstats.TypedText(o.ID)
			if typed && q.Typed && question == q.ID || slices.ContainsFunc(q.Options, func(x grading.AskedOption) bool { return x.ID == o.ID }) {
				of = append(of, k)
			}
		}
		if len(of) == 0 {
			continue
		}
		slices.SortStableFunc(of, func(a, b int) int { // keys first, then what most took
			x, y := it.Options[a], it.Options[b]
			if x.Key != y.Key {
				if x.Key {
					return -1
				}
				return 1
			}
			return int(y.N - x.N)
		})
		left := max(0, len(of)-plotLines)
		of = of[:len(of)-left]
		slices.Sort(of)
		plot := Chart{Kind: "lines", Label: "Pilihan menurut nilai soal lainnya", Unit: "%", Max: 100,
			Text: w.T(c, "%d garis, satu untuk tiap pilihan: berapa persen yang memilihnya, dari %d kelompok bernilai rendah (kiri) ke tinggi (kanan).", len(of), len(it.Trace))}
		if len(asked) > 1 {
			plot.Text = in(c, q.Label) + ". " + plot.Text
		}
		if left > 0 {
			plot.Text += " " + w.T(c, "Digambar kunci dan yang paling sering dipilih; %d pilihan lain hanya ada di tabel.", left)
		}
		for _, g := range it.Trace {
			plot.Names = append(plot.Names, w.format(c).Fixed(g.Rest, 0))
		}
		for _, k := range of {
			o := it.Options[k]
			drawn[o.ID] = true
			s := Series{Name: cut(in(c, about.Named(o.ID)), 30)}
			if o.Key {
				s.Name = w.T(c, "%s (kunci)", s.Name)
			}
			for _, g := range it.Trace {
				v := math.NaN()
				if k < len(g.Shares) {
					v = g.Shares[k]
				}
				s.Values = append(s.Values, v)
			}
			plot.Series = append(plot.Series, s)
		}
		out = append(out, plot)
	}
	return out, drawn
}
