package placement

import (
	"math/bits"
	"runtime"
	"sync"

	"github.com/apelkota/apel/competencies"
)

// The kernel compares many people with many posts in one pass and without an allocation per pair. A level n of a competency is n set bits out of five
// (1: 00001, 2: 00011, ...), so min(owned, required) is the number of bits set in both, and a sum over 12 competencies is one AND and one POPCNT.
// Everything is integers; the result is exact.
const (
	bitsPerLevel = competencies.MaxLevel
	perWord      = 64 / bitsPerLevel
)

// Frame says which competency stands at which place of a packed row.
type Frame struct {
	index map[string]int
	words int
}

// NewFrame gives each competency a place. A code that occurs twice has one place.
func NewFrame(codes []string) Frame {
	f := Frame{index: make(map[string]int, len(codes))}
	for _, c := range codes {
		if _, ok := f.index[c]; !ok {
			f.index[c] = len(f.index)
		}
	}
	f.words = (len(f.index) + perWord - 1) / perWord
	return f
}

// Words is the length of a packed row.
func (f Frame) Words() int { return f.words }

// set writes a level into a row; competencies outside the frame and levels outside 1 to 5 are left out.
func (f Frame) set(row []uint64, code string, level int) {
	i, ok := f.index[code]
	if !ok || level < 1 || level > competencies.MaxLevel {
		return
	}
	row[i/perWord] |= (1<<level - 1) << (i % perWord * bitsPerLevel)
}

// Owned packs the known levels of a person into row, which has Words entries and is zero.
func (f Frame) Owned(row []uint64, levels competencies.Levels) {
	for code, o := range levels {
		if o.Known() {
			f.set(row, code, o.Level)
		}
	}
}

// Required packs a standard into row, which has Words entries and is zero, and returns the sum of its levels.
func (f Frame) Required(row []uint64, st competencies.Standard) (sum int) {
	for _, r := range st.Requirements {
		f.set(row, r.Competency, r.Level)
		sum += r.Level
	}
	return sum
}

// Points writes Σ min(owned, required) of every person with every post: out[p*posts+j]. people and posts are packed rows of words entries each; out
// has room for all pairs. Work is shared among the cores.
func Points(words int, people, posts []uint64, out []uint16) {
	if words == 0 || len(people) == 0 || len(posts) == 0 {
		clear(out)
		return
	}
	n, m := len(people)/words, len(posts)/words
	if len(out) < n*m {
		panic("placement: no room for all pairs")
	}
	workers := min(runtime.GOMAXPROCS(0), n)
	share := (n + workers - 1) / workers
	var wg sync.WaitGroup
	for from := 0; from < n; from += share {
		to := min(n, from+share)
		wg.Go(func() {
			for p := from; p < to; p++ {
				points(people[p*words:(p+1)*words], posts, out[p*m:(p+1)*m])
			}
		})
	}
	wg.Wait()
}

func points(person, posts []uint64, out []uint16) {
	switch len(person) {
	case 1:
		a := person[0]
		for j := range out {
			out[j] = uint16(bits.OnesCount64(a & posts[j]))
		}
	case 2:
		a, b := person[0], person[1]
		for j := range out {
			q := posts[2*j : 2*j+2 : 2*j+2]
			out[j] = uint16(bits.OnesCount64(a&q[0]) + bits.OnesCount64(b&q[1]))
		}
	case 3:
		a, b, c := person[0], person[1], person[2]
		for j := range out {
			q := posts[3*j : 3*j+3 : 3*j+3]
			out[j] = uint16(bits.OnesCount64(a&q[0]) + bits.OnesCount64(b&q[1]) + bits.OnesCount64(c&q[2]))
		}
	default:
		w := len(person)
		for j := range out {
			q := posts[j*w : (j+1)*w]
			sum := 0
			for i, x := range person {
				sum += bits.OnesCount64(x & q[i])
			}
			out[j] = uint16(sum)
		}
	}
}
