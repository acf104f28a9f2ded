package courses_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// class lets n people take the pre-test of a course, the i-th of them with right(i) items right, and gives their attempts.
func (w *world) class(course, prefix string, n int, right func(i int) int) (all []courses.AttemptID) {
	w.Helper()
	for i := range n {
		a := access.Actor{Person: fmt.Sprintf("%s%03d", prefix, i)}
		w.people.put(courses.Learner{Person: a.Person, Active: true, Units: []string{"u-dukcapil", "u-city"}})
		e, err := w.Enrol(ctx, a, courses.EnrolInput{Course: course})
		must(w, err)
		f, err := w.Start(ctx, a, e.ID, "pretest")
		must(w, err)
		_, err = w.Submit(ctx, a, f.Attempt, answers(f, right(i)), f.Seq)
		must(w, err)
		all = append(all, f.Attempt)
	}
	w.chain()
	return all
}

// count lets the months that wait be counted.
func (w *world) count() {
	w.Helper()
	w.clock.pass(time.Hour)
	w.chain()
}

func (w *world) analysis(version, quiz string) courses.Analysis {
	w.Helper()
	a, err := w.Analysis(ctx, author, version, quiz)
	must(w, err)
	return a
}

// The figures of a quiz are those of all first sittings, whatever month they fell in, and follow a corrected key.
func TestAnalysisOfAllFirstSittings(t *testing.T) {
	w := newWorld(t)
	v := w.course("APEL-109", nil)
	if a := w.analysis(v.ID, "pretest"); a.Figures.Quiz.N != 0 || !a.CountedAt.IsZero() {
		t.Fatalf("before anybody sat: %+v", a)
	}
	all := w.class("APEL-109", "m", 40, func(i int) int { return i % 3 })
	w.count()
	w.clock.pass(30 * 24 * time.Hour) // the next month
	all = append(all, w.class("APEL-109", "n", 30, func(i int) int { return min(i, 2) })...)
	w.count()

	// Counted by hand from what each attempt's review says.
	n, earned := map[string]int64{}, map[string]int64{}
	total := 0
	for _, id := range all {
		r, err := w.Review(ctx, admin, id)
		must(t, err)
		total += r.Score
		for _, it := range r.Items {
			n[it.Item]++
			earned[it.Item] += int64(it.Earned)
		}
	}
	a := w.analysis(v.ID, "pretest")
	if a.Figures.Quiz.N != 70 || a.Pending || math.Abs(a.Figures.Quiz.Mean.Value-float64(total)/70/1000) > 1e-9 {
		t.Fatalf("%d sittings with mean %+v, want 70 with %v", a.Figures.Quiz.N, a.Figures.Quiz.Mean, float64(total)/70/1000)
	}
	for _, it := range a.Figures.Items {
		if want := float64(earned[it.ID]) / float64(n[it.ID]) / 10; it.N != n[it.ID] || math.Abs(it.Facility.Value-want) > 1e-9 {
			t.Errorf("item %s: %d sittings, facility %v, want %d and %v", it.ID, it.N, it.Facility.Value, n[it.ID], want)
		}
		chosen := int64(0)
		for _, o := range it.Options {
			chosen += o.N
			if word := a.About[it.ID].Named(o.ID).ID; (word == "B. benar "+a.About[it.ID].Code) != o.Key {
				t.Errorf("option %s of %s is %q, key %v", o.ID, it.ID, word, o.Key)
			}
		}
		if chosen != it.N {
			t.Errorf("item %s: %d choices of %d sittings", it.ID, chosen, it.N)
		}
	}
	if len(a.Figures.Items) != len(n) {
		t.Errorf("%d items analysed, %d were seen", len(a.Figures.Items), len(n))
	}

	// A corrected key changes results and figures with them.
	item := a.Figures.Items[0]
	before := item.Facility.Value
	r := w.checked(admin, "betul", item.ID, w.keyOn(item.ID, "a"))
	_, err := w.ConfirmRegrade(ctx, admin, r.ID)
	must(t, err)
	w.chain()
	w.count()
	a = w.analysis(v.ID, "pretest")
	if a.Figures.Quiz.N != 70 || a.Figures.Items[0].Facility.Value == before || !a.Figures.Items[0].Options[0].Key {
		t.Errorf("after the key moved to a: %+v", a.Figures.Items[0])
	}

	// Counting all anew changes nothing.
	must(t, w.CountAgain(ctx, author, v.ID, "pretest"))
	if !w.analysis(v.ID, "pretest").Pending {
		// months first; the quiz follows
		w.chain()
	}
	w.count()
	if again := w.analysis(v.ID, "pretest"); fmt.Sprintf("%+v", again.Figures.Quiz.Mean) != fmt.Sprintf("%+v", a.Figures.Quiz.Mean) || again.Figures.Quiz.N != 70 {
		t.Errorf("counted anew: %+v, before %+v", again.Figures.Quiz, a.Figures.Quiz)
	}
}

// Only the first sitting of an enrolment counts, and a post-test shows what was gained since the pre-test.
func TestAnalysisGains(t *testing.T) {
	w := newWorld(t)
	v := w.course("APEL-109", func(c *courses.Content) {
		c.Objectives = slices.Clone(c.Objectives)
		for i := range c.Objectives {
			c.Objectives[i].Competency = "T.04"
		}
	})
	for i, a := range []access.Actor{ani, budi} {
		e := w.prepare(a, "APEL-109") // one of two right before
		for _, right := range []int{4 + i, 9} {
			f, err := w.Start(ctx, a, e.ID, "posttest")
			must(t, err)
			_, err = w.Submit(ctx, a, f.Attempt, answers(f, right), f.Seq)
			must(t, err)
			w.chain()
		}
	}
	w.count()
	a := w.analysis(v.ID, "posttest")
	if a.Figures.Quiz.N != 2 || math.Abs(a.Figures.Quiz.Mean.Value-45) > 1e-9 {
		t.Errorf("the first of two sittings each: %+v", a.Figures.Quiz)
	}
	if len(a.Gains) != 4 || a.Gains[0].Objective != "" || a.Gains[1].Objective != "9.1" || a.Gains[0].N != 2 || math.Abs(a.Gains[0].Before.Value-50) > 1e-9 || math.Abs(a.Gains[0].After.Value-45) > 1e-9 {
		t.Errorf("gains %+v", a.Gains)
	}
	// The competency takes both objectives together, which here is the whole test.
	if c, all := a.Gains[3], a.Gains[0]; c.Competency != "T.04" || c.Objective != "" || c.N != 2 || *c.Before != *all.Before || *c.After != *all.After {
		t.Errorf("gain of the competency %+v", c)
	}
	var groups []string
	for _, g := range a.Groups {
		groups = append(groups, fmt.Sprint(g.Objective, g.Competency, " ", g.Answers))
	}
	if fmt.Sprint(groups) != "[9.1 10 9.2 10 T.04 20]" || math.Abs(a.Groups[2].Facility.Value-45) > 1e-9 || a.Groups[0].Facility.N != 2 {
		t.Errorf("by objective and competency: %v", groups)
	}
	if len(w.analysis(v.ID, "pretest").Gains) != 0 {
		t.Error("a pre-test shows gains")
	}
}

// A model is fitted when there are sittings enough, and kept until a tenth more have come.
func TestAnalysisModels(t *testing.T) {
	w := newWorld(t)
	v := w.course("APEL-109", func(c *courses.Content) {
		c.Quizzes[0].Draw = grading.PerObjective(map[string]int{"9.1": 3, "9.2": 3}) // all six items of its bank
	})
	right := func(i int) int { return 1 + (i*7+i/3)%5 }
	w.class("APEL-109", "m", 95, right)
	w.count()
	if a := w.analysis(v.ID, "pretest"); a.Rasch != nil {
		t.Fatalf("a Rasch model of %d sittings", a.Figures.Quiz.N)
	}
	w.class("APEL-109", "n", 10, right)
	w.count()
	a := w.analysis(v.ID, "pretest")
	if a.Rasch == nil || a.Rasch.N != 105 || len(a.Rasch.Items) != 6 || a.TwoPL != nil {
		t.Fatalf("from 105 sittings: %+v", a.Rasch)
	}
	w.class("APEL-109", "o", 5, right)
	w.count()
	if a := w.analysis(v.ID, "pretest"); a.Figures.Quiz.N != 110 || a.Rasch.N != 105 {
		t.Errorf("%d sittings, a model of %d", a.Figures.Quiz.N, a.Rasch.N)
	}
	w.class("APEL-109", "p", 6, right)
	w.count()
	if a := w.analysis(v.ID, "pretest"); a.Rasch.N != 116 {
		t.Errorf("after a tenth more a model of %d", a.Rasch.N)
	}
	// Everybody answered the first ones rightly: whoever looks is told which items to look at.
	for _, f := range w.analysis(v.ID, "pretest").Flags {
		if f.Kind == itemstats.SmallN || f.Text.ID == "" || f.Text.EN == "" {
			t.Errorf("flag %+v", f)
		}
	}
}

// The keys are for those who may see them.
func TestAnalysisIsForAuthors(t *testing.T) {
	w := newWorld(t)
	v := w.course("APEL-109", nil)
	for _, a := range []access.Actor{ani, uadmin, invig} {
		_, err := w.Analysis(ctx, a, v.ID, "pretest")
		is(t, err, faults.Forbidden)
		is(t, w.CountAgain(ctx, a, v.ID, "pretest"), faults.Forbidden)
	}
	_, err := w.Analysis(ctx, author, v.ID, "none")
	is(t, err, faults.NotFound)
	_, err = w.Analysis(ctx, author, "APEL-109.9", "pretest")
	is(t, err, faults.NotFound)
}

// Each way an item type names what was taken has words.
func TestNamedAnswers(t *testing.T) {
	option := func(id, text string) grading.Option { return grading.Option{ID: id, Text: text} }
	two := []grading.Option{option("a", "satu"), option("b", "dua")}
	truth := courses.AnalysedItem{Item: grading.Item{Type: grading.TrueFalse, Options: grading.NewTrueFalse(true, "", "")}}
	if a, b := truth.Named("a").EN, truth.Named("b").EN; a != "True" || b != "False" {
		t.Errorf("true and false are %q and %q in English", a, b)
	}
	for _, c := range []struct {
		it       grading.Item
		id, want string
	}{
		{grading.Item{Options: two}, "b", "dua"},
		{grading.Item{Type: grading.TrueFalse, Options: []grading.Option{option("a", ""), option("b", "")}}, "b", "Salah"},
		{grading.Item{Options: two, Parts: []grading.Part{{ID: "c", Text: "kiri"}}}, "c.a", "kiri → satu"},
		{grading.Item{Parts: []grading.Part{{ID: "c", Options: two}}}, "c.a", "satu"},
		{grading.Item{Options: two}, "2.a", "2. satu"},
		{grading.Item{Options: two}, "a.4", "satu: 4"},
		{grading.Item{Options: two}, "best.b", "(+) dua"},
		{grading.Item{Options: two}, "x", "x"},
		// As the hints call them, where they do so by letter.
		{grading.Item{Type: grading.Single, Options: two}, "b", "B. dua"},
		{grading.Item{Type: grading.TrueFalse, Options: grading.NewTrueFalse(true, "", "")}, "b", "Salah"},
		{grading.Item{Type: "matching", Options: two, Parts: []grading.Part{{ID: "c", Text: "kiri", Right: "a"}}}, "c.b", "kiri → dua"},
		{grading.Item{Type: "ordering", Options: two}, "1.b", "1. dua"},
		{grading.Item{Type: "judgement", Scoring: "best_worst", Options: two}, "best.b", "(+) B. dua"},
	} {
		if got := (courses.AnalysedItem{Item: c.it}).Named(c.id).ID; got != c.want {
			t.Errorf("%s: %q, want %q", c.id, got, c.want)
		}
	}
}
