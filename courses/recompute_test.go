package courses_test

import (
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
)

// Every result, also one that a regrade replaced, comes out the same again; one that was changed in the database is named.
func TestRecompute(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	all := w.class("APEL-109", "m", 12, func(i int) int { return i % 3 })
	item := ""
	r, err := w.Review(ctx, admin, all[1])
	must(t, err)
	item = r.Items[0].Item
	_, err = w.ConfirmRegrade(ctx, admin, w.checked(admin, "betul", item, w.keyOn(item, "a")).ID)
	must(t, err)
	w.chain()

	told := map[string]string{}
	recompute := func() courses.Recomputed {
		t.Helper()
		clear(told)
		got, err := w.Recompute(ctx, func(attempt courses.AttemptID, _ int, why string) { told[attempt] = why })
		must(t, err)
		return got
	}
	got := recompute()
	if got.Attempts != 12 || got.Results <= 12 || got.Same != got.Results || len(told) != 0 {
		t.Fatalf("%+v, told %v", got, told)
	}
	must(t, w.TestOnlyChange(ctx, all[3], func(at *courses.Attempt) { at.Results[0].Result.Items[1].Mark ^= 1 }))
	must(t, w.TestOnlyChange(ctx, all[4], func(at *courses.Attempt) { at.Results[0].Result.Rules = grading.Rules + 1 }))
	must(t, w.TestOnlyChange(ctx, all[5], func(at *courses.Attempt) { at.Results[0].Passed = true }))
	must(t, w.TestOnlyChange(ctx, all[6], func(at *courses.Attempt) { at.Results[0].Result.Items[0].Key = 9 }))
	again := recompute()
	if again.Same != got.Same-4 || again.Differ != 2 || again.Reduced != 2 || told[all[3]] != courses.ResultDiffers || told[all[4]] != courses.ResultReduced || told[all[5]] != courses.ResultDiffers || told[all[6]] != courses.ResultReduced {
		t.Errorf("%+v, told %v", again, told)
	}
}

// The doctor finds sums that are not those of the attempts.
func TestCheckFindsOtherSums(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	all := w.class("APEL-109", "m", 5, func(i int) int { return i % 3 })
	w.count()
	check := func() (out []string) {
		must(t, w.Check(ctx, func(id string) { out = append(out, id) }))
		return out
	}
	if wrong := check(); len(wrong) != 0 {
		t.Fatalf("of sound sums: %v", wrong)
	}
	must(t, w.TestOnlyChange(ctx, all[0], func(at *courses.Attempt) { at.Results[0].Result.Items[0].Mark = grading.Full / 2 }))
	if wrong := check(); len(wrong) != 1 || wrong[0] != "APEL-109.1.pretest.2026-03" {
		t.Errorf("of an attempt with another mark: %v", wrong)
	}
}
