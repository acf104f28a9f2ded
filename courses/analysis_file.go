package courses

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/texts"
)

// AnalysisFile is the item analysis of a quiz as a file, for whom Analysis is: xlsx has a sheet per part, csv is all of them as one long table (part, row, figure, value). It holds
// every figure with its interval, and as Analysis no attempt and no name. NotFound for an unknown format.
func (s *Service) AnalysisFile(ctx context.Context, a access.Actor, version VersionID, quiz, format string, l texts.Lang) (ItemFileOf, error) {
	x, err := s.Analysis(ctx, a, version, quiz)
	if err != nil {
		return ItemFileOf{}, err
	}
	t := analysisTables{x, l}
	f, b := ItemFileOf{Name: "analisis-" + version + "-" + quiz + "." + format}, bytes.Buffer{}
	switch format {
	case "xlsx":
		f.MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		err = sheets.WriteXLSX(&b, t.all()...)
	case "csv":
		f.MediaType = "text/csv; charset=utf-8"
		err = sheets.WriteCSV(&b, t.long())
	default:
		err = faults.New(faults.NotFound, "Format ini tidak ada.", "There is no such format.")
	}
	f.Data = b.Bytes()
	return f, err
}

// analysisTables puts an analysis into tables in a language.
type analysisTables struct {
	Analysis
	l texts.Lang
}

func (t analysisTables) say(id, en string) string { return texts.T(id, en).In(t.l) }

// table is a part; each row begins with what it is about.
func (t analysisTables) table(name string, header []string, rows [][]any) sheets.Table {
	return sheets.Table{Name: name, Header: header, Rows: sheets.Each(rows)}
}

// ranged are the headings of an estimate.
func (t analysisTables) ranged(names ...string) (out []string) {
	for _, n := range names {
		out = append(out, n, n+t.say(": batas bawah 95 %", ": lower 95 %"), n+t.say(": batas atas 95 %", ": upper 95 %"), n+t.say(": catatan", ": note"))
	}
	return out
}

// cells are an estimate: value, interval, warning.
func (t analysisTables) cells(values ...*itemstats.Value) (out []any) {
	for _, v := range values {
		if v == nil {
			out = append(out, nil, nil, nil, nil)
			continue
		}
		out = append(out, v.Value, v.Low, v.High, v.Warning.Text().In(t.l))
	}
	return out
}

func optional(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

func (t analysisTables) item(id string) []any {
	about := t.About[id]
	return []any{about.Code, about.Version, about.Objective}
}

func (t analysisTables) itemHeads(more ...string) []string {
	return append([]string{t.say("Soal", "Item"), t.say("Versi soal", "Item version"), t.say("Capaian", "Objective")}, more...)
}

// all are the parts, those that hold something.
func (t analysisTables) all() []sheets.Table {
	out := []sheets.Table{t.quiz(), t.groups(), t.items(), t.options(), t.traces()}
	for _, part := range []sheets.Table{t.pooled(), t.drift()} {
		if part.Rows != nil {
			out = append(out, part)
		}
	}
	out = append(out, t.flags())
	for _, m := range []*itemstats.Model{t.Rasch, t.TwoPL} {
		if m != nil {
			out = append(out, t.model(m), t.information(m))
		}
	}
	if len(t.Gains) > 0 {
		out = append(out, t.gains())
	}
	return out
}

func (t analysisTables) quiz() sheets.Table {
	q := t.Figures.Quiz
	var rows [][]any
	add := func(name string, v *itemstats.Value) {
		rows = append(rows, append([]any{name, q.N}, t.cells(v)...))
	}
	add(t.say("Nilai rata-rata", "Mean score"), q.Mean)
	add(t.say("Nilai tengah", "Median score"), q.Median)
	add(t.say("Simpangan baku", "Standard deviation"), q.SD)
	add(t.say("Kemencengan", "Skewness"), q.Skewness)
	add(t.say("Keruncingan", "Kurtosis"), q.Kurtosis)
	add(t.say("Keandalan", "Reliability")+" ("+map[itemstats.Method]string{itemstats.Alpha: "alpha/KR-20", itemstats.Nested: t.say("soal undian", "drawn items")}[q.Method]+")", q.Consistency)
	add(t.say("Rasio galat", "Error ratio"), q.ErrorRatio)
	add(t.say("Galat baku pengukuran", "Standard error of measurement"), q.SEM)
	for _, s := range q.Scores {
		rows = append(rows, []any{t.say("Peserta dengan nilai ", "Takers with a score of ") + strconv.Itoa(int(s.Low)) + "–" + strconv.Itoa(int(s.High)), q.N, s.N})
	}
	return t.table(t.say("Tes", "Test"), append([]string{t.say("Ukuran", "Figure"), "n"}, t.ranged(t.say("Nilai", "Value"))...), rows)
}

func (t analysisTables) groups() sheets.Table {
	var rows [][]any
	for _, g := range t.Groups {
		rows = append(rows, append([]any{g.Objective + g.Competency, g.Items, g.Answers, g.Flagged}, t.cells(g.Facility)...))
	}
	return t.table(t.say("Capaian dan kompetensi", "Objectives and competencies"), append([]string{t.say("Capaian atau kompetensi", "Objective or competency"), t.say("Banyaknya soal", "Items"), t.say("Jawaban", "Answers"), t.say("Soal dengan catatan", "Items to look at")}, t.ranged(t.say("Nilai rata-rata (%)", "Mean mark (%)"))...), rows)
}

func (t analysisTables) items() sheets.Table {
	heads := t.itemHeads(t.say("Dikerjakan", "Taken"), t.say("Dikosongkan", "Blank"), t.say("Nilai bila menebak", "Random guess"), t.say("Bobot dimaksud", "Intended weight"))
	heads = append(heads, t.ranged(t.say("Tingkat kesukaran", "Facility"), t.say("Simpangan baku", "Standard deviation"), t.say("Bobot efektif", "Effective weight"), t.say("Daya beda", "Discrimination index"),
		t.say("Efisiensi daya beda", "Discriminative efficiency"), t.say("Selisih kelompok atas dan bawah", "Upper minus lower group"), t.say("Korelasi soal dan sisanya", "Item-rest correlation"))...)
	var rows [][]any
	for _, it := range t.Figures.Items {
		rows = append(rows, append(append(t.item(it.ID), it.N, it.Blank, optional(it.Guess), it.IntendedWeight), t.cells(it.Facility, it.SD, it.Effective, it.Discrimination, it.Efficiency, it.UpperLower, it.ItemRest)...))
	}
	return t.table(t.say("Soal", "Items"), heads, rows)
}

// option is the name of what was chosen.
func (t analysisTables) option(item, id string) string {
	if id == "" {
		return t.say("(dikosongkan)", "(blank)")
	}
	return t.About[item].Named(id).In(t.l)
}

func (t analysisTables) options() sheets.Table {
	heads := t.itemHeads(t.say("Pilihan", "Option"), t.say("Kunci", "Key"), t.say("Dipilih", "Chosen"))
	heads = append(append(heads, t.ranged(t.say("Bagian (%)", "Share (%)"), t.say("Korelasi", "Correlation"))...), t.say("Sepertiga bawah (%)", "Lower third (%)"), t.say("Tengah (%)", "Middle (%)"), t.say("Sepertiga atas (%)", "Upper third (%)"), t.say("Rata-rata nilai soal lainnya", "Mean rest score"))
	var rows [][]any
	for _, it := range t.Figures.Items {
		for _, o := range it.Options {
			key := ""
			if o.Key {
				key = t.say("ya", "yes")
			}
			row := append(append(t.item(it.ID), t.option(it.ID, o.ID), key, o.N), t.cells(o.Share, o.PointBiserial)...)
			for i := range 3 {
				if i < len(o.Groups) {
					row = append(row, o.Groups[i])
				} else {
					row = append(row, nil)
				}
			}
			rows = append(rows, append(row, optional(o.MeanRest)))
		}
	}
	return t.table(t.say("Pilihan", "Options"), heads, rows)
}

func (t analysisTables) traces() sheets.Table {
	var rows [][]any
	for _, it := range t.Figures.Items {
		for g, at := range it.Trace {
			for k, o := range it.Options {
				if k < len(at.Shares) {
					rows = append(rows, append(t.item(it.ID), t.option(it.ID, o.ID), g+1, at.Rest, at.N, at.Mark, at.Shares[k]))
				}
			}
		}
	}
	return t.table(t.say("Grafik pilihan", "Traces"), t.itemHeads(t.say("Pilihan", "Option"), t.say("Kelompok", "Group"), t.say("Rata-rata nilai soal lainnya", "Mean rest score"), "n", t.say("Nilai soal (%)", "Item mark (%)"), t.say("Memilih (%)", "Chose it (%)")), rows)
}

// pooled are the items that other versions of the course have, too; none of them is no part.
func (t analysisTables) pooled() sheets.Table {
	var rows [][]any
	for _, it := range t.Figures.Items {
		p, ok := t.Pooled[it.ID]
		if !ok {
			continue
		}
		rows = append(rows, append(append(t.item(it.ID), t.say("(soal)", "(item)"), numbers(p.Versions), p.N), append(t.cells(p.Facility), t.cells(p.ItemRest)...)...))
		for _, o := range p.Options {
			rows = append(rows, append(append(t.item(it.ID), t.option(it.ID, o.ID), numbers(p.Versions), o.N), append(t.cells(o.Share), t.cells(o.PointBiserial)...)...))
		}
	}
	return t.part(t.say("Gabungan versi", "Pooled versions"), append(t.itemHeads(t.say("Pilihan", "Option"), t.say("Versi kursus", "Versions of the course"), t.say("Banyaknya", "Number")), t.ranged(t.say("Nilai atau bagian (%)", "Mark or share (%)"), t.say("Korelasi", "Correlation"))...), rows)
}

// part is a table that has no rows at all where there is nothing to say.
func (t analysisTables) part(name string, header []string, rows [][]any) sheets.Table {
	out := t.table(name, header, rows)
	if len(rows) == 0 {
		out.Rows = nil
	}
	return out
}

// numbers lists versions: "1, 2".
func numbers(list []int) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, ", ")
}

func (t analysisTables) drift() sheets.Table {
	var rows [][]any
	for _, it := range t.Figures.Items {
		if d, ok := t.Drift[it.ID]; ok {
			rows = append(rows, append(append(t.item(it.ID), d.Item, numbers(d.Versions), d.P), append(t.cells(d.Before, d.After, d.Difference, d.Adjusted), d.Apart.Text().In(t.l))...))
		}
	}
	heads := append(t.itemHeads(t.say("Dibanding versi soal", "Compared with item version"), t.say("Di versi kursus", "In versions of the course"), "p"), t.ranged(t.say("Sebelum (%)", "Before (%)"), t.say("Sesudah (%)", "After (%)"), t.say("Selisih", "Difference"), t.say("Selisih pada nilai yang sama", "Difference at equal score"))...)
	return t.part(t.say("Pergeseran", "Drift"), append(heads, t.say("Mengapa tidak dibandingkan", "Why not compared")), rows)
}

func (t analysisTables) flags() sheets.Table {
	var rows [][]any
	for _, f := range t.Flags {
		rows = append(rows, append(t.item(f.Item), string(f.Kind), f.Text.In(t.l)))
	}
	return t.table(t.say("Petunjuk", "Flags"), t.itemHeads(t.say("Jenis", "Kind"), t.say("Kalimat", "Sentence")), rows)
}

func modelName(m *itemstats.Model) string {
	if m.Kind == itemstats.TwoPL {
		return "2PL"
	}
	return "Rasch"
}

func (t analysisTables) model(m *itemstats.Model) sheets.Table {
	var rows [][]any
	for _, it := range m.Items {
		row := append(append(t.item(it.ID), it.N), t.cells(it.Difficulty, it.Slope, it.Infit, it.Outfit)...)
		if it.SX2 != nil {
			row = append(row, it.SX2.X2, it.SX2.DF, it.SX2.P, it.SX2.RMS)
		}
		rows = append(rows, row)
	}
	heads := append(t.itemHeads("n"), t.ranged(t.say("Kesukaran", "Difficulty"), t.say("Daya beda", "Slope"), "Infit", "Outfit")...)
	return t.table(modelName(m), append(heads, "S-X²", t.say("Derajat bebas", "Degrees of freedom"), "p", t.say("Selisih rata-rata", "Root mean square difference")), rows)
}

func (t analysisTables) information(m *itemstats.Model) sheets.Table {
	rows := [][]any{{"n", m.N}, {"AIC", m.AIC}, {"BIC", m.BIC}, {t.say("Logaritma kemungkinan", "Log likelihood"), m.LogLik}, {t.say("Keandalan", "Reliability"), optional(m.Reliability)}, {t.say("Konvergen", "Converged"), strconv.FormatBool(m.Converged)}}
	if m.SD != nil {
		rows = append(rows, []any{t.say("Sebaran kemampuan", "Spread of ability"), m.SD.Value})
	}
	for _, d := range m.Dropped {
		rows = append(rows, []any{t.say("Di luar model: ", "Left out: ") + t.About[d.ID].Code, d.N})
	}
	for _, at := range m.Information {
		ability := strings.TrimSuffix(strconv.FormatFloat(at.Ability, 'f', 2, 64), ".00")
		rows = append(rows, []any{t.say("Informasi pada kemampuan ", "Information at ability ") + ability, at.Information, at.SE})
	}
	return t.table(modelName(m)+" "+t.say("tes", "test"), []string{t.say("Ukuran", "Figure"), t.say("Nilai", "Value"), t.say("Galat baku", "Standard error")}, rows)
}

func (t analysisTables) gains() sheets.Table {
	var rows [][]any
	for _, g := range t.Gains {
		name := t.say("Seluruh tes", "Whole test")
		if of := g.Objective + g.Competency; of != "" {
			name = of
		}
		rows = append(rows, append([]any{name, g.N, g.Full}, t.cells(g.Before, g.After, g.Mean, g.Normalised, g.Effect, g.Better, g.Worse)...))
	}
	heads := append([]string{t.say("Capaian atau kompetensi", "Objective or competency"), "n", t.say("Sudah benar semua sebelumnya", "All right before")}, t.ranged(t.say("Sebelum", "Before"), t.say("Sesudah", "After"), t.say("Kenaikan", "Gain"), t.say("Dari yang masih dapat naik", "Of what was left to gain"),
		t.say("Ukuran efek", "Effect size"), t.say("Naik (%)", "Better (%)"), t.say("Turun (%)", "Worse (%)"))...)
	return t.table(t.say("Kenaikan", "Gain"), heads, rows)
}

// long is every cell of every part in a row of its own, numbers with the decimal mark of the language.
func (t analysisTables) long() sheets.Table {
	var rows [][]any
	for _, part := range t.all() {
		for row := range part.Rows {
			about, from := []string{}, 1
			if part.Header[0] == t.say("Soal", "Item") {
				from = 3
				if len(part.Header) > 3 && part.Header[3] == t.say("Pilihan", "Option") {
					from = 4
				}
			}
			for _, c := range row[:from] {
				about = append(about, t.written(c))
			}
			if part.Header[min(from, len(part.Header)-1)] == t.say("Kelompok", "Group") {
				about, from = append(about, t.written(row[from])), from+1
			}
			for i, c := range row[from:] {
				if value := t.written(c); value != "" {
					rows = append(rows, []any{part.Name, strings.Join(about, " · "), part.Header[from+i], value})
				}
			}
		}
	}
	return t.table(t.say("Analisis", "Analysis"), []string{t.say("Bagian", "Part"), t.say("Baris", "Row"), t.say("Ukuran", "Figure"), t.say("Nilai", "Value")}, rows)
}

// written is a cell as text.
func (t analysisTables) written(c any) string {
	switch v := c.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		s := strconv.FormatFloat(v, 'f', 4, 64)
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
		if t.l == texts.ID {
			s = strings.Replace(s, ".", ",", 1)
		}
		return s
	}
	return ""
}
