package itemstats

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"
)

func BenchmarkSums(b *testing.B) {
	all := simulate(rand.New(rand.NewPCG(1, 1)), 10000, 40, 40, false)
	about := aboutAll(sums(b, Frame{Unit: unit, Max: 40 * unit}, all[:10]))
	for b.Loop() {
		s := sums(b, Frame{Unit: unit, Max: 40 * unit}, nil)
		for i := range 100000 { // the figures do not care that sittings repeat
			if err := s.Add(all[i%len(all)]); err != nil {
				b.Fatal(err)
			}
		}
		start := time.Now()
		s.Analyse(about)
		s.Flags(about, s.then(s.Items))
		b.ReportMetric(float64(time.Since(start).Microseconds()), "µs/analysis")
		j, _ := json.Marshal(s)
		b.ReportMetric(float64(len(j)), "bytes/sums")
	}
}

func benchmarkModel(b *testing.B, fit func(*Matrix) (*Model, error), form int) {
	r := rand.New(rand.NewPCG(2, 2))
	a, d := spreadParams(40, r, true)
	m := responses(b, r, 100000, a, d, 1, form)
	for b.Loop() {
		got, err := fit(m)
		if err != nil || !got.Converged {
			b.Fatal(err)
		}
		b.ReportMetric(float64(got.Steps), "passes")
	}
}

func BenchmarkRasch(b *testing.B)      { benchmarkModel(b, FitRasch, 40) }
func BenchmarkTwoPL(b *testing.B)      { benchmarkModel(b, FitTwoPL, 40) }
func BenchmarkTwoPLDrawn(b *testing.B) { benchmarkModel(b, FitTwoPL, 20) }
