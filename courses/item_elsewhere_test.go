package courses_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// TestAnItemHasOneCodeInAVersion refuses in one bank the code of an item in another one, by every way an item comes; a version that has one from before is still exported as
// a package that is taken in again.
func TestAnItemHasOneCodeInAVersion(t *testing.T) {
	w := newWorld(t)
	w.course("UJI-1", nil)
	v, err := w.NewDraft(ctx, author, "UJI-1")
	must(t, err)
	for name, err := range map[string]error{
		"written": func() error {
			_, _, err := w.AddItem(ctx, author, v.ID, v.Revision, "pre", question("B-03", "9.1"))
			return err
		}(),
		"taken": func() error {
			_, err := w.TakeItems(ctx, author, v.ID, v.Revision, "pre", []grading.Item{question("B-03", "9.1")}, false)
			return err
		}(),
		"as a bank": func() error {
			_, err := w.WriteBank(ctx, author, v.ID, v.Revision, "pre", []grading.Item{question("P-00", "9.1"), question("B-03", "9.1")})
			return err
		}(),
	} {
		is(t, err, faults.Invalid)
		says(t, err, "B-03 sudah dipakai di bank bank")
		_ = name
	}
	read, err := w.ReadItems(ctx, author, v.ID, "pre", courses.ItemFile{Name: "a.gift", Objective: "9.1", Data: []byte("// [id:B-03] [objective:9.1]\nApa itu? {=satu ~dua}\n")})
	must(t, err)
	if tally := read.Bank.Tally(read.Report); tally.Refused != 1 || !strings.Contains(read.Report[0].Text.ID, "sudah dipakai di bank bank") {
		t.Errorf("read: %+v", read.Report)
	}
	if _, code, err := w.AddItem(ctx, author, v.ID, v.Revision, "B", grading.Item{Type: grading.Single, Objective: "9.1", Stem: "Lain?", Options: question("x", "9.1").Options}); err != nil || code == "B-01" {
		t.Errorf("the next free code is %s: %v", code, err)
	}

	must(t, w.TestOnlySameCode(ctx, v.ID, "bank", "pre")) // of before codes had to differ
	p, err := w.ExportCourse(ctx, author, v.ID)
	must(t, err)
	if len(p.Lost) != 30 || !strings.Contains(p.Lost[0].ID, "B-00-2") || !strings.Contains(p.Lost[0].EN, "becomes B-00-2") {
		t.Errorf("said: %q", p.Lost)
	}
	z, err := exchange.OpenZip(bytes.NewReader(p.Data))
	must(t, err)
	yaml, err := fs.ReadFile(z, "course.yaml")
	must(t, err)
	for _, remark := range []string{p.Lost[0].ID, p.Lost[0].EN} {
		if !strings.HasPrefix(string(yaml), "# ") || !strings.Contains(string(yaml), "# "+remark+"\n") {
			t.Errorf("course.yaml does not say %q", remark)
		}
	}
	d, report := exchange.ReadFolder(ctx, z)
	must(t, report.Err())
	d.Code = "UJI-2"
	im, err := w.Import(ctx, admin, courses.ImportInput{Draft: d})
	must(t, err)
	back, err := w.Items(ctx, author, im.Version, "pre")
	must(t, err)
	if len(back) != 30 || back[3].Code != "B-03-2" || back[3].Stem != "Soal B-03?" {
		t.Errorf("came back: %d, %+v", len(back), back[3])
	}
}

// TestNearlyTheSameInAnotherBank names across the banks of a version what says nearly the same: in the list, at the item, in what is read, in lint.
func TestNearlyTheSameInAnotherBank(t *testing.T) {
	w := newWorld(t)
	w.course("UJI-1", nil)
	v, err := w.NewDraft(ctx, author, "UJI-1")
	must(t, err)
	twin := question("B-03", "9.2")
	twin.Code = "P-99"
	v, _, err = w.AddItem(ctx, author, v.ID, v.Revision, "pre", twin)
	must(t, err)
	list, err := w.ListItems(ctx, author, v.ID, "pre", courses.ItemFilter{Words: "P-99"})
	must(t, err)
	if len(list.Items) != 1 || len(list.Items[0].Alike) != 1 || list.Items[0].Alike[0] != (courses.AlikeItem{Bank: "bank", Code: "B-03", Stem: "Soal B-03?"}) {
		t.Errorf("listed: %+v", list.Items)
	}
	x, err := w.ShowItem(ctx, author, v.ID, "bank", "B-03")
	must(t, err)
	if len(x.Alike) != 1 || x.Alike[0].Bank != "pre" || x.Alike[0].Code != "P-99" {
		t.Errorf("at the item: %+v", x.Alike)
	}
	r, err := w.Lint(ctx, author, v.ID)
	must(t, err)
	found := ""
	for _, f := range r.Findings {
		if f.Rule == "near-duplicate" {
			found += f.Where() + ": " + f.Text.ID + " "
		}
	}
	if !strings.Contains(found, "pre P-99: Soal ini hampir sama dengan B-03 di bank bank.") {
		t.Errorf("lint: %s", found)
	}
}
