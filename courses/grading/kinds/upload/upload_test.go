package upload

import (
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		return grading.Item{Type: Name, Limit: r.IntN(4), Rubric: rubric}
	})
}

var rubric = []grading.Criterion{{ID: "a", Text: "Isi", Weight: 3, Levels: []grading.Level{{Text: "Kurang"}, {Text: "Cukup", Mark: grading.Full / 2}, {Text: "Baik", Mark: grading.Full}}},
	{ID: "b", Text: "Bahasa", Weight: 1, Levels: []grading.Level{{Text: "Kurang"}, {Text: "Baik", Mark: grading.Full}}}}

func TestWaitsForAPerson(t *testing.T) {
	it := grading.Item{ID: "v", Code: "c", Objective: "1", Stem: "?", Type: Name, Rubric: rubric}
	res, err := grading.Grade([]grading.Item{it}, grading.Form{Slots: []grading.Slot{{Item: "v"}}}, map[string]grading.Answer{"v": grading.Answer{Files: []grading.File{{Blob: "b", Name: "a.pdf", Size: 1}}}})
	if err != nil || !res.NeedsMarking || res.Items[0].State != grading.NeedsMarking || res.Passed(0) {
		t.Errorf("%+v, %v", res, err)
	}
	it.Rubric = nil
	if grading.CheckError(it) == nil {
		t.Error("nobody can mark it without a rubric")
	}
}
