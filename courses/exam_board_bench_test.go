package courses_test

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
)

// BenchmarkExamBoard is an exam of a thousand takers with forty items each, begun, answered and watched through the services: one look of an invigilator that
// draws the board anew, and after the end the comparison of all 499,500 pairs. Half of the takers learned in groups of five from the same faulty notes, so that a thousand pairs are alike.
func BenchmarkExamBoard(b *testing.B) {
	const takers = 1000
	w := newWorld(b)
	w.course("APEL-109", func(c *courses.Content) {
		for i, q := range c.Quizzes {
			if q.Code == "posttest" {
				q.Bank, q.Draw, q.Minutes = "large", grading.PerObjective(map[string]int{"9.1": 20, "9.2": 20}), 90
				c.Quizzes[i] = q
			}
		}
	})
	var people []access.Actor
	var es []string
	for i := range takers {
		people = append(people, w.taker(fmt.Sprintf("t%04d", i)))
		es = append(es, w.prepare(people[i], "APEL-109").ID)
	}
	x := w.exam(func(in *courses.ExamInput) { in.Opens, in.Closes = w.clock.Now(), w.clock.Now().Add(3*time.Hour) })
	begun := time.Now()
	var attempts []string
	for i, a := range people {
		device := from(fmt.Sprintf("10.20.%d.%d", i/250, i%250+1), fmt.Sprint("d", i/2)) // two of a room share a browser
		f, err := w.Start(device, a, es[i], "posttest")
		must(b, err)
		given := map[string]grading.Answer{}
		for _, it := range f.Items {
			code := strings.Split(it.Item, ".")[1]
			group := fmt.Sprint(i)
			if i%2 == 0 {
				group = fmt.Sprint("catatan ", i/10)
			}
			sum := sha256.Sum256(fmt.Append(nil, code, group))
			h := int(sum[0])<<8 | int(sum[1])
			for _, c := range it.Choices {
				if right := strings.Contains(string(c.HTML), "benar"); right == (h%2 == 0) && (right || strings.Contains(string(c.HTML), []string{"satu", "dua", "tiga"}[h/2%3])) {
					given[it.Item] = grading.Answer{Choices: []string{c.ID}}
				}
			}
		}
		_, err = w.Save(device, a, f.Attempt, given, 0)
		must(b, err)
		_, err = w.Pulse(device, a, f.Attempt, 0, i%3, i%90)
		must(b, err)
		attempts = append(attempts, f.Attempt)
	}
	b.Logf("%d takers begun and answered in %v", takers, time.Since(begun).Round(time.Millisecond))

	b.Run("look", func(b *testing.B) {
		b.ReportAllocs()
		before := cpu()
		for b.Loop() {
			w.clock.pass(3 * time.Second) // what is kept for two seconds is too old
			board, err := w.ExamBoard(ctx, invig, x.ID)
			must(b, err)
			if len(board.Takers) != takers || board.Rates.Shared != takers {
				b.Fatalf("%d takers, %+v", len(board.Takers), board.Rates)
			}
		}
		b.ReportMetric(float64((cpu()-before).Milliseconds())/float64(b.N), "cpu-ms/look")
	})
	for i, a := range people {
		_, err := w.Submit(ctx, a, attempts[i], nil, 1)
		must(b, err)
	}
	w.clock.pass(4 * time.Hour)
	w.chain()
	b.Run("pairs", func(b *testing.B) {
		b.ReportAllocs()
		before := cpu()
		for b.Loop() {
			must(b, w.CompareAgain(ctx, invig, x.ID))
			must(b, w.CompareExam(ctx, x.ID))
		}
		b.ReportMetric(float64((cpu()-before).Milliseconds())/float64(b.N), "cpu-ms/exam")
		r, err := w.ExamReport(ctx, invig, x.ID)
		must(b, err)
		b.Logf("%d pairs shown; %s", len(r.Pairs), r.About[0].ID)
	})
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.Logf("alive after it: %d MB, taken from the system %d MB", m.HeapAlloc>>20, m.Sys>>20)
}
