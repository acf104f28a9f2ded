package essay

import (
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		return grading.Item{Type: Name, Limit: r.IntN(4), Rubric: gradingtest.Rubric}
	})
}

func TestWaitsForAPerson(t *testing.T) {
	gradingtest.WaitsForAPerson(t, grading.Item{Type: Name}, grading.Answer{Text: "Menurut saya ..."})
}
