package api

import (
	"testing"

	"github.com/apelkota/apel/courses/grading/gradingtest"
)

// A key of every type goes over the API and comes back whole.
func TestKeysGoOverTheAPIWhole(t *testing.T) {
	for _, it := range gradingtest.Samples() {
		want := it.AnswerKey()
		if got, err := showKey(want).key(); err != nil || !got.Same(want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", it.Type, err, got, want)
		}
	}
}
