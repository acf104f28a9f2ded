package single

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func TestLaws(t *testing.T) {
	gradingtest.Laws(t, func(r *rand.Rand) grading.Item {
		it := grading.Item{Type: grading.Single, Fixed: r.IntN(4) == 0}
		n := 2 + r.IntN(5)
		for i := range n {
			it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: fmt.Sprint("pilihan ", i), Mark: []grading.Mark{0, 0, -grading.Full / 4, grading.Full / 3}[r.IntN(4)], Feedback: gradingtest.Secret})
		}
		it.Options[r.IntN(n)].Mark = grading.Full
		return it
	})
}
