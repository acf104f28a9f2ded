package shorttext

import (
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		return grading.Item{Type: grading.ShortText, Exact: r.IntN(3) == 0, Options: []grading.Option{
			{ID: "a", Text: []string{"fakta", "lap*", "a*n"}[r.IntN(3)], Mark: grading.Full, Feedback: gradingtest.Secret},
			{ID: "b", Text: "duga*", Mark: grading.Full / 4}}}
	})
}
