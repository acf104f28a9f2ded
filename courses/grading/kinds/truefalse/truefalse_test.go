package truefalse

import (
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		return grading.Item{Type: grading.TrueFalse, Options: grading.NewTrueFalse(r.IntN(2) == 0, gradingtest.Secret, gradingtest.Secret)}
	})
}
