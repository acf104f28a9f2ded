package placement_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/placement"
)

var noDictionary = competencies.Dictionary{Snapshot: &sets.Snapshot[competencies.Competency]{}}

func codes(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("T.%03d", i)
	}
	return out
}

func randomLevels(r *rand.Rand, codes []string) competencies.Levels {
	out := competencies.Levels{}
	for _, c := range codes {
		if n := r.IntN(6); n > 0 {
			out[c] = competencies.Owned{Competency: c, Level: n, State: competencies.Proposed}
		}
	}
	return out
}

func randomStandard(r *rand.Rand, codes []string) competencies.Standard {
	st := competencies.Standard{}
	for _, c := range codes {
		if r.IntN(2) == 0 {
			st.Requirements = append(st.Requirements, competencies.Requirement{Competency: c, Level: 1 + r.IntN(5), Importance: competencies.Useful})
		}
	}
	return st
}

// The kernel says exactly what the plain computation says, for every width of a row.
func TestKernelAgreesWithMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, width := range []int{1, 11, 12, 13, 24, 30, 37, 61} {
		all := codes(width)
		frame := placement.NewFrame(append(all, all[0]))
		words := frame.Words()
		const people, posts = 37, 23
		rows, needs := make([]uint64, people*words), make([]uint64, posts*words)
		levels, standards := make([]competencies.Levels, people), make([]competencies.Standard, posts)
		for i := range levels {
			levels[i] = randomLevels(r, append(all, "T.999")) // one competency no post asks for
			frame.Owned(rows[i*words:(i+1)*words], levels[i])
		}
		for j := range standards {
			standards[j] = randomStandard(r, all)
			frame.Required(needs[j*words:(j+1)*words], standards[j])
		}
		out := make([]uint16, people*posts)
		placement.Points(words, rows, needs, out)
		for i := range levels {
			for j := range standards {
				want := competencies.Match(competencies.Gaps(standards[j], levels[i], noDictionary), competencies.DefaultRules()).Low
				if got := int(out[i*posts+j]); got != want {
					t.Fatalf("width %d, person %d, post %d: %d, want %d", width, i, j, got, want)
				}
			}
		}
	}
	placement.Points(0, nil, nil, nil)
}

// BenchmarkKernel is the pass over 10,000 people x 1,000 posts x 30 competencies; the budget is 1 s on 2 cores.
func BenchmarkKernel(b *testing.B) {
	const people, posts, width = 10_000, 1_000, 30
	r := rand.New(rand.NewPCG(3, 4))
	all := codes(width)
	frame := placement.NewFrame(all)
	words := frame.Words()
	rows, needs := make([]uint64, people*words), make([]uint64, posts*words)
	for i := range people {
		frame.Owned(rows[i*words:(i+1)*words], randomLevels(r, all))
	}
	for j := range posts {
		frame.Required(needs[j*words:(j+1)*words], randomStandard(r, all))
	}
	out := make([]uint16, people*posts)
	b.ReportMetric(float64(runtime.GOMAXPROCS(0)), "cores")
	for b.Loop() {
		placement.Points(words, rows, needs, out)
	}
}
