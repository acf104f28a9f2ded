package itemstats

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/apelkota/apel/internal/faults"
)

// Matrix holds who was right on what: one bit for right and one for seen per person and item, so 100,000 people and 40 items take 1.6 MB. Items that a person did not have are missing by design and
// carry no information about them (the draw knows nothing of ability); a blank is wrong. Not safe for use by several goroutines.
type Matrix struct {
	items []string
	index map[string]int
	words int      // of 64 items
	rows  []uint64 // per row: words of right, then words of seen
	count []int64  // people per row
	n     int64
}

// Limits of a matrix: they bound its memory to 256 MB.
const (
	maxMatrixItems = 512
	maxMatrixRows  = 2_000_000
)

// NewMatrix starts a matrix over these items, each named once.
func NewMatrix(items []string) (*Matrix, error) {
	m := &Matrix{items: slices.Clone(items), index: map[string]int{}, words: (len(items) + 63) / 64}
	for i, id := range items {
		if _, twice := m.index[id]; twice || id == "" {
			return nil, faults.Newf(faults.Invalid, "Soal %q tercatat dua kali atau tanpa nama.", "Item %q stands there twice or without a name.", id)
		}
		m.index[id] = i
	}
	if len(items) < 2 || len(items) > maxMatrixItems {
		return nil, faults.Newf(faults.Invalid, "Model ini butuh 2 sampai %d soal.", "This model needs 2 to %d items.", maxMatrixItems)
	}
	return m, nil
}

// N is the number of people.
func (m *Matrix) N() int64 { return m.n }

// Add puts in one sitting. An item counts as right from half its marks on. Items the matrix does not know are left out; a sitting that has none of its items changes nothing.
func (m *Matrix) Add(s Sitting) error {
	row := make([]uint64, 2*m.words)
	some := false
	for _, mark := range s {
		i, ok := m.index[mark.Item]
		if !ok {
			continue
		}
		some = true
		row[m.words+i/64] |= 1 << (i % 64)
		if mark.Max > 0 && 2*mark.Mark >= mark.Max {
			row[i/64] |= 1 << (i % 64)
		}
	}
	if !some {
		return nil
	}
	return m.put(row, 1)
}

// AddPattern puts in n people with the same answers: one character per item in the order of the matrix, '1' right, '0' wrong, '-' not seen.
func (m *Matrix) AddPattern(pattern string, n int64) error {
	row := make([]uint64, 2*m.words)
	if len(pattern) != len(m.items) || n < 0 {
		return faults.New(faults.Invalid, "Pola jawaban tidak sesuai jumlah soal.", "The pattern does not fit the number of items.")
	}
	for i := range len(pattern) {
		switch pattern[i] {
		case '1':
			row[i/64] |= 1 << (i % 64)
			row[m.words+i/64] |= 1 << (i % 64)
		case '0':
			row[m.words+i/64] |= 1 << (i % 64)
		case '-':
		default:
			return faults.Newf(faults.Invalid, "Pola jawaban berisi %q.", "The pattern holds %q.", pattern[i:i+1])
		}
	}
	if n == 0 {
		return nil
	}
	return m.put(row, n)
}

func (m *Matrix) put(row []uint64, n int64) error {
	if len(m.count) >= maxMatrixRows {
		return faults.Newf(faults.TooLarge, "Model ini menghitung paling banyak %d percobaan.", "This model takes at most %d attempts.", maxMatrixRows)
	}
	m.rows = append(m.rows, row...)
	m.count = append(m.count, n)
	m.n += n
	return nil
}

// patterns are the rows of a matrix restricted to some items, equal ones together, ordered by the items seen, then by those right.
type patterns struct {
	k     int // items
	words int
	rows  []uint64 // right, then seen
	count []float64
	sets  []int // index of the first pattern of each run with the same items seen, and the number of patterns at the end
	n     float64
}

func (p *patterns) right(i int) []uint64 { return p.rows[2*p.words*i : 2*p.words*i+p.words] }
func (p *patterns) seen(i int) []uint64  { return p.rows[2*p.words*i+p.words : 2*p.words*(i+1)] }
func (p *patterns) len() int             { return len(p.count) }

// over restricts the matrix to the items of keep and gathers equal rows.
func (m *Matrix) over(keep []int) *patterns {
	p := &patterns{k: len(keep), words: (len(keep) + 63) / 64}
	width := 2 * p.words
	type row struct {
		bits  []uint64
		count int64
	}
	rows := make([]row, 0, len(m.count))
	all := make([]uint64, width*len(m.count))
	for r := range m.count {
		from, to := m.rows[2*m.words*r:2*m.words*(r+1)], all[width*r:width*(r+1)]
		some := false
		for j, i := range keep {
			if from[m.words+i/64]>>(i%64)&1 == 1 {
				some = true
				to[p.words+j/64] |= 1 << (j % 64)
				to[j/64] |= from[i/64] >> (i % 64) & 1 << (j % 64)
			}
		}
		if some {
			rows = append(rows, row{to, m.count[r]})
		}
	}
	compare := func(a, b row) int {
		if c := slices.Compare(a.bits[p.words:], b.bits[p.words:]); c != 0 {
			return c
		}
		return slices.Compare(a.bits[:p.words], b.bits[:p.words])
	}
	slices.SortFunc(rows, compare)
	for i, r := range rows {
		p.n += float64(r.count)
		if i > 0 && compare(rows[i-1], r) == 0 {
			p.count[len(p.count)-1] += float64(r.count)
			continue
		}
		p.rows = append(p.rows, r.bits...)
		p.count = append(p.count, float64(r.count))
		if last := p.len() - 1; last == 0 || !slices.Equal(p.seen(last), p.seen(last-1)) {
			p.sets = append(p.sets, last)
		}
	}
	p.sets = append(p.sets, p.len())
	return p
}

// each calls f with the number of every set bit.
func each(words []uint64, f func(i int)) {
	for w, v := range words {
		for v != 0 {
			f(w*64 + bits.TrailingZeros64(v))
			v &= v - 1
		}
	}
}

// tallies are how many saw each item and how many were right.
func (m *Matrix) tallies() (seen, right []int64) {
	seen, right = make([]int64, len(m.items)), make([]int64, len(m.items))
	for r, c := range m.count {
		row := m.rows[2*m.words*r : 2*m.words*(r+1)]
		each(row[:m.words], func(i int) { right[i] += c })
		each(row[m.words:], func(i int) { seen[i] += c })
	}
	return seen, right
}

// MarshalBinary writes the matrix compactly, so that a worker can keep it beside the sums; UnmarshalBinary reads it back.
func (m *Matrix) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	head := []uint64{1, uint64(len(m.items)), uint64(len(m.count))}
	_ = binary.Write(&b, binary.LittleEndian, head) // a Buffer takes everything
	for _, id := range m.items {
		_ = binary.Write(&b, binary.LittleEndian, uint32(len(id)))
		b.WriteString(id)
	}
	_ = binary.Write(&b, binary.LittleEndian, m.rows)
	_ = binary.Write(&b, binary.LittleEndian, m.count)
	return b.Bytes(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. Invalid when it is something else or damaged.
func (m *Matrix) UnmarshalBinary(data []byte) error {
	bad := faults.New(faults.Invalid, "Data jawaban untuk model ini rusak. Hitung ulang dari percobaan.", "The answers kept for this model are damaged. Gather them again from the attempts.")
	r := bytes.NewReader(data)
	var head [3]uint64
	if binary.Read(r, binary.LittleEndian, &head) != nil || head[0] != 1 || head[1] > maxMatrixItems || head[2] > maxMatrixRows {
		return bad
	}
	items := make([]string, head[1])
	for i := range items {
		var n uint32
		if binary.Read(r, binary.LittleEndian, &n) != nil || int64(n) > int64(r.Len()) {
			return bad
		}
		b := make([]byte, n)
		_, _ = r.Read(b) // n <= what is left
		items[i] = string(b)
	}
	fresh, err := NewMatrix(items)
	if err != nil {
		return bad
	}
	if r.Len() != int(head[2])*(2*fresh.words+1)*8 {
		return bad
	}
	fresh.rows, fresh.count = make([]uint64, int(head[2])*2*fresh.words), make([]int64, head[2])
	if binary.Read(r, binary.LittleEndian, fresh.rows) != nil || binary.Read(r, binary.LittleEndian, fresh.count) != nil {
		return bad
	}
	for i, c := range fresh.count {
		row := fresh.rows[2*fresh.words*i : 2*fresh.words*(i+1)]
		for w := range fresh.words {
			last := uint64(1)<<(len(items)%64) - 1
			if w < fresh.words-1 || len(items)%64 == 0 {
				last = ^uint64(0)
			}
			if row[w]&^row[fresh.words+w] != 0 || row[fresh.words+w]&^last != 0 {
				return bad
			}
		}
		if c < 1 || c > 1<<40 {
			return bad
		}
		fresh.n += c
	}
	*m = *fresh
	return nil
}

// Merge adds the people of another matrix over the same items in the same order.
func (m *Matrix) Merge(other *Matrix) error {
	if !slices.Equal(m.items, other.items) {
		return faults.New(faults.Invalid, "Data dari soal yang berbeda tidak dapat digabung.", "Data of different items cannot be merged.")
	}
	if len(m.count)+len(other.count) > maxMatrixRows {
		return faults.Newf(faults.TooLarge, "Model ini menghitung paling banyak %d percobaan.", "This model takes at most %d attempts.", maxMatrixRows)
	}
	m.rows, m.count, m.n = append(m.rows, other.rows...), append(m.count, other.count...), m.n+other.n
	return nil
}
