package courses_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// Every registered type is drawn, tried, taken, graded with everything and with nothing, analysed, and carried out and in by the package and by every format, or named where a
// format cannot. Its form and its pages: TestEveryTypeHasItsPages in package web.
func TestEveryTypeIsComplete(t *testing.T) {
	w := newWorld(t)
	steps := []string{"tried", "earns all", "earns nothing", "analysed", "package"}
	for _, f := range exchange.WrittenFormats() {
		steps = append(steps, string(f.Format))
	}
	did := map[grading.Type]map[string]bool{}
	for _, k := range grading.Kinds() {
		did[k.Name()] = map[string]bool{}
	}
	samples := gradingtest.Samples()
	for i := range samples {
		samples[i].Objective = "9.2"
	}
	r := rand.New(rand.NewPCG(20261123, 8))
	// A panel's mean of 4,7 cannot be given in whole points, so the nearest rating of this sample, 4 tenths off where one rating for all is 38 off, earns 34 parts of 38.
	most := func(it grading.Item) grading.Mark {
		if it.Scoring == "rating" {
			return grading.Full * 34 / 38
		}
		return grading.Full
	}
	// worth is an answer that earns a mark; any answer where a person gives it.
	worth := func(it grading.Item, slot grading.Slot, m grading.Mark) (a grading.Answer) {
		t.Helper()
		for range 20_000 {
			if a = gradingtest.Answer(t, r, it, slot); !a.Blank() && (len(it.Rubric) > 0 || gradingtest.Mark(t, it, slot.Order, a) == m) {
				return a
			}
		}
		t.Errorf("%s: no answer earns %d", it.Type, m)
		return grading.Answer{}
	}
	v := w.marked("APEL-109", courses.QuizMarking{}, samples...)
	items, err := w.Items(ctx, author, v.ID, "bank")
	must(t, err)
	byID := map[string]grading.Item{}
	for _, it := range items {
		byID[it.ID] = it
		p, err := w.PreviewItem(ctx, author, "APEL-109", it, grading.Answer{})
		if must(t, err); p.View.Ask == "" || p.View.Stem == "" {
			t.Errorf("%s is not drawn: %+v", it.Type, p)
		}
		did[it.Type]["tried"] = true
	}
	for _, sat := range []struct {
		who  access.Actor
		all  bool
		step string
	}{{ani, true, "earns all"}, {budi, false, "earns nothing"}} {
		want := func(it grading.Item) grading.Mark {
			if sat.all {
				return most(it)
			}
			return 0
		}
		e := w.prepare(sat.who, "APEL-109")
		f, err := w.Start(ctx, sat.who, e.ID, "posttest")
		must(t, err)
		orders := map[string]string{}
		must(t, w.TestOnlyChange(ctx, f.Attempt, func(a *courses.Attempt) {
			for _, s := range a.Slots {
				item, order, _ := strings.Cut(s, " ")
				orders[item] = order
			}
		}))
		given, from := map[string]grading.Answer{}, courses.Page{Seq: f.Seq}
		for _, shown := range f.Items {
			it := byID[shown.Item]
			if shown.Ask == grading.AskFiles {
				saved, err := w.AddFileToAnswer(ctx, sat.who, f.Attempt, it.ID, file("laporan.pdf", report+sat.who.Person), from)
				must(t, err)
				from.Seq = saved.Seq
				continue
			}
			given[it.ID] = worth(it, grading.Slot{Item: it.ID, Order: orders[it.ID]}, want(it))
		}
		_, err = w.Submit(ctx, sat.who, f.Attempt, given, from.Seq)
		must(t, err)
		w.clock.pass(time.Second)
		w.chain()
		for _, x := range w.queue(mira, courses.QueueFilter{}) {
			d := courses.MarkDraft{Levels: map[string]int{}, Comment: "Dibaca."}
			for _, c := range byID[x.Item].Rubric {
				d.Levels[c.ID] = 0
				if sat.all {
					d.Levels[c.ID] = len(c.Levels) - 1
				}
			}
			w.mark(mira, x.ID, d)
		}
		all, err := w.TestOnlyResults(ctx, f.Attempt)
		must(t, err)
		for _, res := range all[len(all)-1].Result.Items {
			it := byID[res.Item]
			if did[it.Type][sat.step] = true; res.Mark != want(it) {
				t.Errorf("%s: %s gives %+v", it.Type, sat.step, res)
			}
		}
		if _, err := w.Review(ctx, sat.who, f.Attempt); err != nil {
			t.Errorf("the result is not shown: %v", err)
		}
	}
	w.count()
	for _, it := range w.analysis(v.ID, "posttest").Figures.Items {
		about := w.analysis(v.ID, "posttest").About[it.ID]
		taken := int64(0)
		for _, o := range it.Options {
			if taken += o.N; o.ID != "" && about.Named(o.ID).Empty() {
				t.Errorf("%s: option %q has no words", about.Type, o.ID)
			}
		}
		if did[about.Type]["analysed"] = true; it.N != 2 || math.Abs(it.Facility.Value-50*float64(most(about.Item))/float64(grading.Full)) > 1e-6 || taken == 0 && len(about.Silent()) == 0 {
			t.Errorf("%s: %d sittings, facility %v, %d options taken, said %v", about.Type, it.N, it.Facility.Value, taken, about.Silent())
		}
	}
	w.same()

	p, err := w.ExportCourse(ctx, author, v.ID)
	must(t, err)
	z, err := exchange.OpenZip(bytes.NewReader(p.Data))
	must(t, err)
	d, said := exchange.ReadFolder(ctx, z)
	must(t, said.Err())
	d.Code = "UJI-2"
	im, err := w.Import(ctx, admin, courses.ImportInput{Draft: d})
	must(t, err)
	back, err := w.Items(ctx, author, im.Version, "bank")
	must(t, err)
	if len(p.Lost) > 0 || len(back) != len(items) {
		t.Fatalf("%d items became %d, lost %v", len(items), len(back), p.Lost)
	}
	for i, it := range back {
		if did[it.Type]["package"] = true; len(grading.Differences(items[i], it)) > 0 {
			t.Errorf("%s by the package: %+v", it.Type, grading.Differences(items[i], it))
		}
	}
	for _, it := range samples {
		for _, f := range exchange.WrittenFormats() {
			did[it.Type][string(f.Format)] = true
			var b bytes.Buffer
			lost, err := exchange.Write(&b, f.Format, []grading.Item{it}, nil)
			if err != nil { // it says which item it cannot write, and what can
				if e := faults.Of(err); !errors.Is(err, faults.Invalid) || len(e.Fields) != 1 || !strings.Contains(e.Fields[0].Text.ID, it.Code) || !strings.Contains(e.Fields[0].Text.EN, it.Type.Label().EN) {
					t.Errorf("%s as %s: %v", it.Type, f.Format, err)
				}
				continue
			}
			got, read, err := exchange.Read("bank", b.Bytes(), exchange.Defaults{Objective: "9.2"})
			if err != nil || len(got.Items) != 1 || len(read.Mistakes()) > 0 {
				t.Errorf("%s as %s: %d items, %+v, %v", it.Type, f.Format, len(got.Items), read, err)
				continue
			}
			got.Items[0].Objective, got.Items[0].Code = it.Objective, it.Code
			if d := grading.Differences(it, got.Items[0]); len(d) > 0 && len(lost) == 0 {
				t.Errorf("%s as %s loses without a word: %+v", it.Type, f.Format, d)
			}
		}
	}
	for kind, have := range did {
		for _, s := range steps {
			if !have[s] {
				t.Errorf("%s: not %s", kind, s)
			}
		}
	}
}
