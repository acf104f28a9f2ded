package numeric

import (
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		return grading.Item{Type: grading.Numeric, Units: []string{"Rp", "hari kerja"}[:r.IntN(3)], Options: []grading.Option{
			{ID: "a", Text: []string{"0", "15000", "-2.5", "3.5"}[r.IntN(4)], Tolerance: []string{"", "0.5", "10"}[r.IntN(3)], Mark: grading.Full, Feedback: gradingtest.Secret},
			{ID: "b", Text: "7", Mark: grading.Full / 2}}}
	})
}
