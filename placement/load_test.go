package placement_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"context"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/placement"
	"github.com/apelkota/apel/policies"
)

type anybody struct{}

func (anybody) Staffer(_ context.Context, person string) (competencies.Staffer, error) {
	if person == "" {
		return competencies.Staffer{}, faults.NotFound
	}
	return competencies.Staffer{Post: "p", PostName: "Petugas", Standard: "S"}, nil
}

// BenchmarkLoadAndKernel reads the standings of 10,000 people with 30 competencies each from storage and matches them with 1,000 posts; the budget is
// 3 s on 2 cores. Filling the folder takes most of a minute and is not counted; it runs only when asked for by name.
func BenchmarkLoadAndKernel(b *testing.B) {
	const people, posts, width = 10_000, 1_000, 30
	dir, err := os.MkdirTemp("/dev/shm", "apel-bench-")
	if err != nil {
		dir = b.TempDir()
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	e, err := sqlite.Open(filepath.Join(dir, "a.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	db, err := storage.New(b.Context(), e)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	policy, err := policies.Load()
	if err != nil {
		b.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	comps, err := competencies.Open(b.Context(), competencies.Config{DB: db, Policy: policy, Now: func() time.Time { return now }, Staff: anybody{}})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	all := codes(width)
	histories := make([][]competencies.Target, people)
	for i := range histories {
		for _, c := range all {
			histories[i] = append(histories[i], competencies.Target{Competency: c, Level: 1 + r.IntN(2)})
		}
	}
	var wg sync.WaitGroup
	next := make(chan int)
	for range 16 {
		wg.Go(func() {
			for i := range next {
				person := fmt.Sprintf("p%05d", i)
				if err := comps.Record(b.Context(), competencies.CertificateEvidence{Certificate: "c" + person, Person: person, Course: "X", Version: "v1", On: "2026-11-01",
					Kind: competencies.Quiz, Targets: histories[i]}); err != nil {
					b.Error(err)
				}
				if err := comps.BuildStanding(b.Context(), person); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range people {
		next <- i
	}
	close(next)
	wg.Wait()
	frame := placement.NewFrame(all)
	words := frame.Words()
	needs := make([]uint64, posts*words)
	for j := range posts {
		frame.Required(needs[j*words:(j+1)*words], randomStandard(r, all))
	}
	var load time.Duration
	for b.Loop() {
		began := time.Now()
		rows := make([]uint64, 0, people*words)
		err := comps.EachLevels(b.Context(), func(_ string, levels competencies.Levels) error {
			rows = rows[:len(rows)+words]
			frame.Owned(rows[len(rows)-words:], levels)
			return nil
		})
		if err != nil || len(rows) != people*words {
			b.Fatal(len(rows), err)
		}
		load += time.Since(began)
		out := make([]uint16, people*posts)
		placement.Points(words, rows, needs, out)
	}
	b.ReportMetric(load.Seconds()/float64(b.N), "s-loading/op")
}
