package courses_test

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/texts"
)

// The files hold what the page shows: every part, every figure with its interval and its warning, in both languages.
func TestAnalysisFile(t *testing.T) {
	w := newWorld(t)
	v := w.course("APEL-109", func(c *courses.Content) {
		c.Quizzes[0].Draw = grading.PerObjective(map[string]int{"9.1": 3, "9.2": 3})
	})
	w.class("APEL-109", "m", 130, func(i int) int { return 6 - 5*min(1, (i%26)/25) - i%2*(i%52)/51 }) // easy items, so that there are flags
	w.count()
	a := w.analysis(v.ID, "pretest")
	if a.Rasch == nil || len(a.Flags) == 0 {
		t.Fatal("there is too little to put into a file")
	}
	_, err := w.AnalysisFile(ctx, ani, v.ID, "pretest", "csv", texts.ID)
	is(t, err, faults.Forbidden)
	_, err = w.AnalysisFile(ctx, author, v.ID, "pretest", "pdf", texts.ID)
	is(t, err, faults.NotFound)

	f, err := w.AnalysisFile(ctx, author, v.ID, "pretest", "xlsx", texts.ID)
	must(t, err)
	sheet := func(name string) *sheets.Sheet {
		s, err := sheets.Read("a.xlsx", bytes.NewReader(f.Data), sheets.Options{Sheet: name})
		must(t, err)
		return s
	}
	number := func(text string) float64 {
		n, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err != nil {
			t.Fatalf("%q is no number", text)
		}
		return n
	}
	near := func(what, text string, want float64) {
		t.Helper()
		if got := number(text); math.Abs(got-want) > 0.0001*(1+math.Abs(want)) {
			t.Errorf("%s is %s, not %v", what, text, want)
		}
	}
	items := sheet("Soal")
	if len(items.Rows) != 6 {
		t.Fatalf("%d items", len(items.Rows))
	}
	for i, row := range items.Rows {
		it := a.Figures.Items[i]
		if items.Text(row, "Soal") != a.About[it.ID].Code {
			t.Fatalf("row %d is %s", i, items.Text(row, "Soal"))
		}
		near("facility", items.Text(row, "Tingkat kesukaran"), it.Facility.Value)
		near("its lower bound", items.Text(row, "Tingkat kesukaran: batas bawah 95 %"), it.Facility.Low)
		near("discrimination", items.Text(row, "Daya beda: batas atas 95 %"), it.Discrimination.High)
		near("effective weight", items.Text(row, "Bobot efektif"), it.Effective.Value)
		if got := items.Text(row, "Daya beda: catatan"); got != it.Discrimination.Warning.Text().ID || got == "" {
			t.Errorf("the warning is %q", got)
		}
	}
	options, of := sheet("Pilihan"), 0
	for _, it := range a.Figures.Items {
		for _, o := range it.Options {
			near("share", options.Text(options.Rows[of], "Bagian (%)"), o.Share.Value)
			if key := options.Text(options.Rows[of], "Kunci") == "ya"; key != o.Key {
				t.Errorf("option %s of %s as key: %v", o.ID, it.ID, key)
			}
			of++
		}
	}
	rasch := sheet("Rasch")
	for i, it := range a.Rasch.Items {
		near("difficulty", rasch.Text(rasch.Rows[i], "Kesukaran"), it.Difficulty.Value)
		near("infit", rasch.Text(rasch.Rows[i], "Infit: batas atas 95 %"), it.Infit.High)
		if it.SX2 != nil {
			near("p", rasch.Text(rasch.Rows[i], "p"), it.SX2.P)
		}
	}
	if n := len(sheet("Rasch tes").Rows); n < 40 {
		t.Errorf("%d rows of test information", n)
	}
	if got := sheet("Petunjuk"); len(got.Rows) != len(a.Flags) || got.Text(got.Rows[0], "Kalimat") != a.Flags[0].Text.ID {
		t.Errorf("%d flags", len(got.Rows))
	}
	if n, traced := len(sheet("Grafik pilihan").Rows), a.Figures.Items[0].Trace; n == 0 || len(traced) == 0 {
		t.Error("no traces")
	}

	// One long table: each row says its part, what it is about, the figure and its value.
	long, err := w.AnalysisFile(ctx, author, v.ID, "pretest", "csv", texts.EN)
	must(t, err)
	s, err := sheets.Read("a.csv", bytes.NewReader(long.Data), sheets.Options{})
	must(t, err)
	found := map[string]string{}
	parts := map[string]int{}
	for _, row := range s.Rows {
		key := s.Text(row, "Part") + " | " + s.Text(row, "Row") + " | " + s.Text(row, "Figure")
		if found[key] != "" {
			t.Fatalf("%s stands twice", key)
		}
		found[key] = s.Text(row, "Value")
		parts[s.Text(row, "Part")]++
	}
	for _, part := range []string{"Test", "Items", "Options", "Traces", "Flags", "Rasch", "Rasch test"} {
		if parts[part] == 0 {
			t.Errorf("the long table has no %s", part)
		}
	}
	it := a.Figures.Items[2]
	about := a.About[it.ID]
	near("efficiency", found["Items | "+about.Code+" · 1 · "+about.Objective+" | Discriminative efficiency"], it.Efficiency.Value)
	near("standard error", found["Test | Standard error of measurement | Value: upper 95 %"], a.Figures.Quiz.SEM.High)
}
