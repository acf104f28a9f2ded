package certificates

import (
	"context"
	"testing"
)

func BenchmarkDraw(b *testing.B) {
	r := openRoom(b)
	id := r.issue(b, 1)
	c, _ := r.Look(context.Background(), id)
	b.ResetTimer()
	for range b.N {
		pdf, err := r.draw(context.Background(), c)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(pdf)), "bytes")
	}
}
