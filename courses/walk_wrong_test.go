package courses_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// Wrong input gets a clear answer and changes nothing.
func TestWrongInput(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	item := f.Items[0].Item
	one := func(id string, a grading.Answer) map[string]grading.Answer { return map[string]grading.Answer{id: a} }
	big := map[string]grading.Answer{}
	for i := range 1000 {
		big[fmt.Sprint(i)] = grading.Answer{Text: strings.Repeat("x", 300)}
	}
	for name, c := range map[string]struct {
		a       access.Actor
		answers map[string]grading.Answer
		want    faults.Kind
		says    string
	}{
		"an item that is not on the form": {ani, one("APEL-109.B-99.xxxxxxxx", grading.Answer{Choices: []string{"a"}}), faults.Invalid, "tidak ada pada lembar"},
		"broken characters in the item":   {ani, one("\xff\xfe", grading.Answer{Choices: []string{"a"}}), faults.Invalid, "tidak ada pada lembar"},
		"a choice that is not there":      {ani, one(item, grading.Answer{Choices: []string{"z"}}), faults.Invalid, "Pilihan itu tidak ada"},
		"two choices":                     {ani, one(item, grading.Answer{Choices: []string{"a", "b"}}), faults.Invalid, "Pilih satu saja"},
		"text for a choice":               {ani, one(item, grading.Answer{Text: "a"}), faults.Invalid, "memilih"},
		"broken characters":               {ani, one(item, grading.Answer{Text: "a\xff"}), faults.Invalid, "rusak"},
		"oversized":                       {ani, big, faults.TooLarge, "200 KB"},
		"somebody else's attempt":         {budi, one(item, grading.Answer{Choices: []string{"a"}}), faults.NotFound, "tidak ada"},
		"a training admin":                {admin, one(item, grading.Answer{Choices: []string{"a"}}), faults.Forbidden, "tidak berwenang"},
		"nobody":                          {access.Actor{}, one(item, grading.Answer{Choices: []string{"a"}}), faults.Unauthenticated, "masuk"},
	} {
		for verb, err := range map[string]error{
			"save":   func() error { _, err := w.Save(ctx, c.a, f.Attempt, c.answers, f.Seq); return err }(),
			"submit": func() error { _, err := w.Submit(ctx, c.a, f.Attempt, c.answers, f.Seq); return err }(),
		} {
			if faults.KindOf(err) != c.want || err == nil {
				t.Errorf("%s, %s: %v, want %v", name, verb, err, c.want)
				continue
			}
			says(t, err, c.says)
		}
	}
	after, err := w.Form(ctx, ani, f.Attempt)
	must(t, err)
	if after.Seq != 0 || after.State != courses.AttemptOpen {
		t.Fatalf("something was changed: seq %d, %s", after.Seq, after.State)
	}
	for name, err := range map[string]error{
		"no such attempt":         func() error { _, err := w.Form(ctx, ani, "ani.APEL-109.1.posttest.9"); return err }(),
		"a form of somebody else": func() error { _, err := w.Form(ctx, budi, f.Attempt); return err }(),
		"an enrolment of another": func() error { _, err := w.Start(ctx, budi, e.ID, "posttest"); return err }(),
		"a quiz there is not":     func() error { _, err := w.Start(ctx, ani, e.ID, "quiz"); return err }(),
		"a lesson there is not":   func() error { _, err := w.OpenLesson(ctx, ani, e.ID, "L9"); return err }(),
		"a course there is not":   func() error { _, err := w.Enrol(ctx, ani, courses.EnrolInput{Course: "X-1"}); return err }(),
		"a person there is not": func() error {
			_, err := w.Enrol(ctx, admin, courses.EnrolInput{Person: "zz", Course: "APEL-109", Why: "x"})
			return err
		}(),
		"somebody outside the unit": func() error {
			_, err := w.Enrol(ctx, uadmin, courses.EnrolInput{Person: "pen", Course: "APEL-109", Why: "x"})
			return err
		}(),
		"progress of somebody else": func() error { _, err := w.Progress(ctx, budi, e.ID); return err }(),
		"the items, by a learner":   func() error { _, err := w.Items(ctx, ani, "APEL-109.1", "bank"); return err }(),
	} {
		if k := faults.KindOf(err); err == nil || k != faults.NotFound && k != faults.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = w.Review(ctx, ani, f.Attempt)
	is(t, err, faults.Conflict) // not graded yet
}

// What a taker gets holds no key: not the right option's text marked in any way, no feedback, no author's option ids.
func TestAFormHoldsNoKey(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	all := fmt.Sprintf("%+v", f)
	for _, secret := range []string{"bukan", "tepat", "Ingat", "252000"} {
		if strings.Contains(all, secret) {
			t.Errorf("the form shows %q", secret)
		}
	}
	where := map[string]int{}
	for _, it := range f.Items {
		for _, c := range it.Choices {
			if strings.Contains(string(c.HTML), "benar") {
				where[c.ID]++
			}
		}
	}
	if len(where) < 2 {
		t.Errorf("the key always stands at the same place: %v", where)
	}
}
