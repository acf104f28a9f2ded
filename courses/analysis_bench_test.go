package courses_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
)

// BenchmarkAnalysis counts 100,000 sittings of 40 items from the attempts, and then opens their page. Budgets: 10 s, 100 ms.
func BenchmarkAnalysis(b *testing.B) {
	w := newWorld(b)
	v := w.course("APEL-109", func(c *courses.Content) {
		c.Quizzes[0].Bank, c.Quizzes[0].Draw = "pre", grading.PerObjective(map[string]int{"9.1": 3, "9.2": 3})
		for i, q := range c.Quizzes {
			if q.Kind == courses.Practice {
				q.Bank, q.Draw = "large", grading.PerObjective(map[string]int{"9.1": 20, "9.2": 20})
				c.Quizzes[i] = q
			}
		}
	})
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "practice")
	must(b, err)
	_, err = w.Submit(ctx, ani, f.Attempt, answers(f, 20), f.Seq)
	must(b, err)
	w.count()
	must(b, w.TestOnlyCopies(ctx, f.Attempt, 100_000, rand.New(rand.NewPCG(1, 1))))
	for b.Loop() {
		start := time.Now()
		must(b, w.CountAgain(ctx, author, v.ID, "practice"))
		must(b, w.CountMonth(ctx, "APEL-109.2026-03"))
		must(b, w.AnalyseQuiz(ctx, v.ID+".practice"))
		first := time.Since(start)
		start = time.Now()
		a, err := w.Analysis(ctx, access.Actor{Person: "pen", Grants: author.Grants}, v.ID, "practice")
		must(b, err)
		b.ReportMetric(first.Seconds(), "s/first")
		b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "ms/page")
		if a.Figures.Quiz.N != 100_001 || a.TwoPL == nil {
			b.Fatalf("%d sittings counted, 2PL %v", a.Figures.Quiz.N, a.TwoPL != nil)
		}
	}
}
