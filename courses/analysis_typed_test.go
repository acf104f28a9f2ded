package courses_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
)

// An author sees which wrong answers people type and how often, when five people do; what is typed by fewer stays out of every figure and file.
func TestTypedAnswersAreListed(t *testing.T) {
	w := newWorld(t)
	var v courses.VersionDoc
	func() {
		c := content()
		_, err := w.NewCourse(ctx, author, "APEL-109", c.Card)
		must(t, err)
		d, err := w.NewDraft(ctx, author, "APEL-109")
		must(t, err)
		d, err = w.WriteLesson(ctx, author, d.ID, d.Revision, courses.LessonText{Code: "L1", Title: text("satu"), Minutes: 10, Markdown: lessonText})
		must(t, err)
		items := bank("P", 6)
		items[0].Type, items[0].Options = grading.ShortText, []grading.Option{{ID: "a", Text: "dua ratus", Mark: grading.Full}}
		items[1].Type, items[1].Units, items[1].Options = grading.Numeric, []string{"Rp"}, []grading.Option{{ID: "a", Text: "200000", Mark: grading.Full}}
		items[2].Type, items[2].Stem, items[2].Options = "cloze", "Biayanya [[1]] rupiah, di loket [[2]].", nil
		items[2].Parts = []grading.Part{{ID: "a", Type: grading.ShortText, Options: []grading.Option{{ID: "a", Text: "nol", Mark: grading.Full}}}, {ID: "b", Type: grading.Single, Options: []grading.Option{{ID: "a", Text: "satu", Mark: grading.Full}, {ID: "b", Text: "dua"}}}}
		d, err = w.WriteBank(ctx, author, d.ID, d.Revision, "pre", items)
		must(t, err)
		d, err = w.WriteBank(ctx, author, d.ID, d.Revision, "bank", bank("B", 30))
		must(t, err)
		c.Lessons, c.Banks, c.Quizzes = d.Content.Lessons, d.Content.Banks, quizzes()
		c.Quizzes[0].Draw = grading.PerObjective(map[string]int{"9.1": 3, "9.2": 3})
		d, err = w.Revise(ctx, author, d.ID, d.Revision, c)
		must(t, err)
		v, err = w.Publish(ctx, admin, d.ID)
		must(t, err)
	}()
	codes := map[string]string{}
	items, err := w.Items(ctx, author, v.ID, "pre")
	must(t, err)
	for _, it := range items {
		codes[it.ID] = it.Code
	}
	sit := func(person, short, number, gap string) (attempt courses.AttemptID) {
		t.Helper()
		a := access.Actor{Person: person}
		e, err := w.Enrol(ctx, admin, courses.EnrolInput{Person: person, Course: "APEL-109", Why: "wajib"})
		must(t, err)
		f, err := w.Start(ctx, a, e.ID, "pretest")
		must(t, err)
		given := answers(f, 6)
		for _, it := range f.Items {
			switch codes[it.Item] {
			case "P-00":
				given[it.Item] = grading.Answer{Text: short}
			case "P-01":
				given[it.Item] = grading.Answer{Text: number}
			case "P-02":
				given[it.Item] = grading.Answer{Parts: []grading.Answer{{Text: gap}, {Choices: []string{"a"}}}}
			}
		}
		_, err = w.Submit(ctx, a, f.Attempt, given, f.Seq)
		must(t, err)
		w.chain()
		return f.Attempt
	}
	for i := range 40 {
		person := fmt.Sprintf("m%02d", i)
		w.people.put(courses.Learner{Person: person, Active: true, Units: []string{"u-dukcapil", "u-city"}})
		short, number, gap := "Dua Ratus", "Rp200.000,-", "nol"
		switch {
		case i < 6:
			short, number, gap = "200 Ribu.", "Rp 20.000,-", "Gratis!"
		case i < 10:
			short, number, gap = "rahasia Ani", "250.000 Rp", "NULL"
		case i < 12:
			short, number = "200  ribu", "20 000"
		}
		if at := sit(person, short, number, gap); i == 6 {
			must(t, w.TestOnlyAgain(ctx, at)) // the fifth time, but the fourth person
		}
	}
	w.count()

	a := w.analysis(v.ID, "pretest")
	if a.Figures.Quiz.N != 41 {
		t.Fatalf("%d sittings", a.Figures.Quiz.N)
	}
	var got []string
	for _, it := range a.Figures.Items {
		for _, o := range it.Options {
			if strings.Contains(o.ID, "=") {
				got = append(got, fmt.Sprintf("%s %s %d", a.About[it.ID].Code, a.About[it.ID].Named(o.ID).ID, o.N))
			}
		}
	}
	slices.Sort(got)
	if want := []string{"P-00 “200 ribu” 8", "P-01 “20000” 8", "P-02 1: “gratis” 6"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, it := range a.About {
		if silent := it.Silent(); (it.Type == grading.Single) != (len(silent) == 0) {
			t.Errorf("%s (%s) says %v", it.Code, it.Type, silent)
		}
	}
	f, err := w.AnalysisFile(ctx, author, v.ID, "pretest", "csv", texts.ID)
	must(t, err)
	page, err := json.Marshal(a)
	must(t, err)
	for _, private := range []string{"rahasia", "250000", "null\""} {
		if strings.Contains(string(f.Data), private) || private != "null\"" && strings.Contains(string(page), private) {
			t.Errorf("%s is shown", private)
		}
	}
	if !strings.Contains(string(f.Data), "“200 ribu”") {
		t.Error("the file lacks what was typed")
	}
}
