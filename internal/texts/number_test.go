package texts_test

import (
	"testing"

	"github.com/apelkota/apel/internal/texts"
)

func TestGrouped(t *testing.T) {
	for n, want := range map[int64][2]string{0: {"0", "0"}, 999: {"999", "999"}, 1000: {"1.000", "1,000"}, 50000: {"50.000", "50,000"}, 1234567: {"1.234.567", "1,234,567"}} {
		if got := [2]string{texts.Grouped(n, texts.ID), texts.Grouped(n, texts.EN)}; got != want {
			t.Errorf("%d is written %v, want %v", n, got, want)
		}
	}
}
