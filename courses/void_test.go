package courses_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/lint"
	"github.com/apelkota/apel/internal/faults"
)

// An item that a correction took out is on no new form, is counted nowhere, and says so; forms are shorter where the rest does not fill the blueprint. A sound key brings it back.
func TestAnItemTakenOutIsNotDrawn(t *testing.T) {
	w, item := newRegradeWorld(t) // its post-test draws all six items of the bank
	e := w.prepare(ani, "APEL-109")
	first := w.sit(ani, e.ID, item, "salah dua", 2)
	r := w.checked(admin, "gugur", item, grading.Key{Void: true})
	short, err := w.Shortens(ctx, admin, r.ID)
	must(t, err)
	if len(short) != 1 || !strings.Contains(short[0].ID, "butuh 3 soal, baru ada 2") {
		t.Errorf("before it runs: %v", short)
	}
	_, err = w.ConfirmRegrade(ctx, admin, "gugur")
	must(t, err)
	w.chain()

	has := func(f courses.FormView) bool {
		return slices.ContainsFunc(f.Items, func(x courses.ItemView) bool { return x.Item == item })
	}
	old, err := w.Form(ctx, ani, first)
	must(t, err)
	if !has(old) || len(old.Items) != 6 {
		t.Errorf("the form of before has %d items, the one taken out: %v", len(old.Items), has(old))
	}
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	if has(f) || len(f.Items) != 5 {
		t.Errorf("a new form has %d items, the one taken out: %v", len(f.Items), has(f))
	}

	version := "APEL-109.1"
	stock, err := w.Stock(ctx, author, version, "pre")
	must(t, err)
	if n := stock[grading.Cell{Objective: "9.1"}]; n != 2 {
		t.Errorf("the bank counts %d items", n)
	}
	b, err := w.Blueprint(ctx, author, version, "posttest")
	must(t, err)
	if len(b.Short) != 1 {
		t.Errorf("the blueprint is short of %v", b.Short)
	}
	report, err := w.Lint(ctx, author, version)
	must(t, err)
	var named []lint.Rule
	for _, x := range report.Findings {
		if x.Rule == lint.TakenOut && x.Item == "P-00" || strings.Contains(x.Text.ID, "lebih pendek") {
			named = append(named, x.Rule)
		}
	}
	if !slices.Equal(named, []lint.Rule{lint.TakenOut, lint.FewItems}) {
		t.Errorf("lint names %v of %+v", named, report.Findings)
	}
	draft, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	_, err = w.Publish(ctx, admin, draft.ID)
	is(t, err, faults.Invalid)

	back := w.keyOn(item, "c")
	back.Void = false
	w.regraded(admin, "kembali", item, back)
	if stock, err = w.Stock(ctx, author, version, "pre"); err != nil || stock[grading.Cell{Objective: "9.1"}] != 3 {
		t.Errorf("brought back: %v %v", stock, err)
	}
	_, err = w.Submit(ctx, ani, f.Attempt, fill(f, "", "", 0), f.Seq)
	must(t, err)
	w.chain()
	e2 := w.prepare(budi, "APEL-109")
	g, err := w.Start(ctx, budi, e2.ID, "posttest")
	must(t, err)
	if !has(g) || len(g.Items) != 6 {
		t.Errorf("brought back, a form has %d items, that one: %v", len(g.Items), has(g))
	}
}

// What was taken out stays so in a package of the course, in items.yaml and in a copy; other formats say that they lose it.
func TestAnItemTakenOutTravelsAsSuch(t *testing.T) {
	w, item := newRegradeWorld(t)
	w.regraded(admin, "gugur", item, grading.Key{Void: true})
	void := func(version string) int {
		items, err := w.Items(ctx, author, version, "pre")
		must(t, err)
		n := 0
		for _, it := range items {
			if it.Void {
				n++
			}
		}
		stock, err := w.Stock(ctx, author, version, "pre")
		must(t, err)
		if have := stock[grading.Cell{Objective: "9.1"}] + stock[grading.Cell{Objective: "9.2"}]; have != 6-n {
			t.Errorf("%s counts %d items, %d were taken out", version, have, n)
		}
		return n
	}
	copied, err := w.CopyCourse(ctx, author, "APEL-109.1", "UJI-2", text("Salinan"))
	must(t, err)
	if n := void(copied.ID); n != 1 {
		t.Errorf("the copy has %d items taken out", n)
	}
	exported, err := w.ExportCourse(ctx, author, "APEL-109.1")
	must(t, err)
	z, err := zip.NewReader(bytes.NewReader(exported.Data), int64(len(exported.Data)))
	must(t, err)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "pre.yaml") {
			r, err := f.Open()
			must(t, err)
			text, err := io.ReadAll(r)
			must(t, err)
			if strings.Count(string(text), "void: true") != 1 {
				t.Errorf("the package says:\n%s", text)
			}
		}
	}
	told, err := w.Exports(ctx, author, "APEL-109.1", "pre")
	must(t, err)
	for _, x := range told {
		lost := slices.ContainsFunc(x.Lost, func(l courses.ItemLoss) bool { return l.Code == "P-00" && strings.Contains(l.Text.ID, "digugurkan") })
		if lost == (x.Format == exchange.Own) {
			t.Errorf("%s loses %+v", x.Format, x.Lost)
		}
	}
	file, err := w.ExportItems(ctx, author, "APEL-109.1", "pre", string(exchange.Own))
	must(t, err)
	read, err := w.ReadItems(ctx, author, copied.ID, "pre", courses.ItemFile{Name: "pre.yaml", Data: file.Data})
	must(t, err)
	_, err = w.TakeItems(ctx, author, copied.ID, 0, "pre", read.Bank.Items, true)
	must(t, err)
	if n := void(copied.ID); n != 1 {
		t.Errorf("taken in from items.yaml, %d items are taken out", n)
	}
}
