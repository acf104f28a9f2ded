package courses_test

import (
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/internal/faults"
)

// TestLossesAreToldBefore asks what each format would leave out of a bank with an item of every type; what is told is what the export then does.
func TestLossesAreToldBefore(t *testing.T) {
	w := newWorld(t)
	w.course("UJI-1", nil)
	v, err := w.NewDraft(ctx, author, "UJI-1")
	must(t, err)
	hinted := question("P-1", "9.1")
	hinted.Hints, hinted.General = []string{"Ingat."}, "Begitu."
	v, err = w.TakeItems(ctx, author, v.ID, 0, "polos", []grading.Item{question("P-2", "9.1"), hinted}, true)
	must(t, err)
	v, err = w.TakeItems(ctx, author, v.ID, 0, "semua", gradingtest.Samples(), true)
	must(t, err)
	told, err := w.Exports(ctx, author, v.ID, "polos")
	must(t, err)
	_, err = w.Exports(ctx, ani, v.ID, "polos")
	is(t, err, faults.Forbidden)
	of := func(f exchange.Format) courses.FormatOf {
		for _, x := range told {
			if x.Format == f {
				return x
			}
		}
		t.Fatalf("nothing is told of %s", f)
		return courses.FormatOf{}
	}
	if x := of(exchange.Own); len(x.Lost)+len(x.Refused) != 0 {
		t.Errorf("items.yaml: %+v", x)
	}
	if x := of(exchange.GIFT); len(x.Lost) != 1 || x.Lost[0].Code != "P-1" || !strings.Contains(x.Lost[0].Text.ID, "petunjuk") || !strings.Contains(x.Lost[0].Text.EN, "hints") {
		t.Errorf("GIFT: %+v", x)
	}
	told, err = w.Exports(ctx, author, v.ID, "semua")
	must(t, err)
	for _, x := range told {
		f, err := w.ExportItems(ctx, author, v.ID, "semua", string(x.Format))
		if (err != nil) != (len(x.Refused) > 0) || len(f.Lost) != len(x.Lost) {
			t.Errorf("%s: told %d refused and %d lost, it was %v and %d", x.Format, len(x.Refused), len(x.Lost), err, len(f.Lost))
		}
	}
	if x := of(exchange.Aiken); len(x.Refused) < 10 || x.Refused[0].Code == "" {
		t.Errorf("Aiken: %+v", x)
	}
}
