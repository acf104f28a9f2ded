package courses_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

const wordsOfPeople = "1. Apa?\nA. satu\nB. dua\nKunci: B\n\n2. Tanpa kunci?\nA. satu\nB. dua\n\n3. Kunci yang tidak ada?\nA. satu\n"

// A file is read, shown, completed and taken: all of it becomes visible with one write of the draft, or nothing does.
func TestItemsFromFiles(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	before, _ := w.engine.Commits()
	read, err := w.ReadItems(ctx, author, v.ID, "bank", courses.ItemFile{Name: "soal.txt", Data: []byte(wordsOfPeople), Objective: "9.1"})
	must(t, err)
	if now, _ := w.engine.Commits(); now != before {
		t.Error("reading wrote something")
	}
	if got := read.Bank.Tally(read.Report); got != (exchange.Tally{Taken: 2, Uncertain: 1, Refused: 1}) {
		t.Fatalf("%+v %+v", got, read.Report)
	}
	if ready := read.Ready(); !ready[0] || ready[1] || ready[2] || read.Bank.Items[0].Code != "bank-001" {
		t.Errorf("%v %+v", read.Ready(), read.Bank.Items)
	}
	items := read.Bank.Taken(read.Report)
	_, err = w.TakeItems(ctx, author, v.ID, v.Revision, "bank", items, false)
	is(t, err, faults.Invalid)
	says(t, err, "bank-002")
	if got, err := w.Items(ctx, author, v.ID, "bank"); err != nil || len(got) != 30 {
		t.Fatalf("%d items after a refusal, %v", len(got), err)
	}
	keyed, ok := exchange.Keyed(items[1], "a")
	if !ok {
		t.Fatal("no key")
	}
	items[1] = keyed
	_, err = w.TakeItems(ctx, author, v.ID, v.Revision+7, "bank", items, false)
	is(t, err, faults.Conflict)
	done, err := w.TakeItems(ctx, author, v.ID, v.Revision, "bank", items, false)
	must(t, err)
	got, err := w.Items(ctx, author, v.ID, "bank")
	must(t, err)
	if len(got) != 32 || got[30].Version != 1 || got[31].Options[0].Mark != grading.Full {
		t.Fatalf("%d items", len(got))
	}
	items[0].Stem = "Apa itu?"
	done, err = w.TakeItems(ctx, author, v.ID, done.Revision, "bank", items[:1], false)
	must(t, err)
	if got, err = w.Items(ctx, author, v.ID, "bank"); err != nil || len(got) != 32 || got[30].Version != 2 || got[30].Stem != "Apa itu?" {
		t.Fatalf("%d items, %+v, %v", len(got), got[30], err)
	}
	// Ids that are made avoid those of the bank.
	if read, err = w.ReadItems(ctx, author, v.ID, "bank", courses.ItemFile{Data: []byte(wordsOfPeople), Objective: "9.1"}); err != nil || read.Bank.Items[0].Code != "bank-003" {
		t.Errorf("%+v %v", read.Bank.Items[0], err)
	}
	items[0].Code, items[1].Code = "baru-001", "baru-002"
	if _, err = w.TakeItems(ctx, author, v.ID, done.Revision, "baru", items, true); err != nil {
		t.Error(err)
	}
	if got, err = w.Items(ctx, author, v.ID, "baru"); err != nil || len(got) != 2 {
		t.Errorf("%d items of a new bank, %v", len(got), err)
	}
}

func TestItemFilesAreForAuthorsOfDrafts(t *testing.T) {
	w := newWorld(t)
	published := w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	f := courses.ItemFile{Name: "soal.txt", Data: []byte(wordsOfPeople), Objective: "9.1"}
	_, err = w.ReadItems(ctx, author, published.ID, "bank", f)
	is(t, err, faults.Conflict)
	for _, who := range []access.Actor{ani} {
		_, err = w.ReadItems(ctx, who, v.ID, "bank", f)
		is(t, err, faults.Forbidden)
		_, err = w.TakeItems(ctx, who, v.ID, v.Revision, "bank", bank("Z", 1), false)
		is(t, err, faults.Forbidden)
		if _, err = w.ExportItems(ctx, who, v.ID, "bank", "yaml"); faults.KindOf(err) != faults.Forbidden {
			t.Error(err)
		}
	}
	_, err = w.ReadItems(ctx, author, v.ID, "../x", f)
	is(t, err, faults.Invalid)
	_, err = w.ReadItems(ctx, author, v.ID, "bank", courses.ItemFile{Data: []byte("%PDF-1.7")})
	is(t, err, faults.Invalid)
	f.Objective = "8.8"
	read, err := w.ReadItems(ctx, author, v.ID, "bank", f)
	if err != nil || len(read.Bank.Taken(read.Report)) > 0 {
		t.Errorf("an objective the course has not: %+v %v", read.Report, err)
	}
}

// What leaves as a file comes back the same.
func TestBanksLeaveAndComeBack(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	var items []grading.Item
	for _, it := range gradingtest.Samples() {
		it.Objective = "9.1"
		items = append(items, it)
	}
	v, err = w.TakeItems(ctx, author, v.ID, v.Revision, "contoh", items, true)
	must(t, err)
	for _, format := range []string{"yaml", "xlsx", "csv"} {
		f, err := w.ExportItems(ctx, author, v.ID, "contoh", format)
		must(t, err)
		read, err := w.ReadItems(ctx, author, v.ID, "contoh", courses.ItemFile{Name: f.Name, Data: f.Data})
		must(t, err)
		again, err := w.TakeItems(ctx, author, v.ID, v.Revision, "contoh", read.Bank.Taken(read.Report), true)
		must(t, err)
		was, _ := v.Content.Bank("contoh")
		if now, _ := again.Content.Bank("contoh"); now.Bank != was.Bank || now.Items != was.Items || !strings.HasPrefix(f.Name, "contoh.") {
			t.Errorf("%s: %+v became %+v", f.Name, was, now)
		}
		v = again
	}
	_, err = w.ExportItems(ctx, author, v.ID, "contoh", "gift")
	is(t, err, faults.Invalid)
	says(t, err, "items.yaml")
	_, err = w.ExportItems(ctx, author, v.ID, "contoh", "doc")
	is(t, err, faults.NotFound)
	f, err := w.ExportItems(ctx, author, v.ID, "contoh", courses.Template)
	if err != nil || f.Name != "templat-soal.xlsx" || !bytes.HasPrefix(f.Data, []byte("PK")) {
		t.Errorf("%s %v", f.Name, err)
	}
}
