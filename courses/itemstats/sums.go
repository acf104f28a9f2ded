package itemstats

import (
	"maps"
	"strconv"

	"github.com/apelkota/apel/internal/faults"
)

// Sums are exact sums over the sittings of one quiz under one state of its keys. Add, Remove and Merge are integer additions: any order and any grouping give the same Sums, byte for byte when
// encoded, and removing what was added leaves no trace; the tables of wrong typed answers (Answers) do so while there are few different ones. A sitting is added once all its items are marked; a regrade removes the old one and adds the new. As a rule Sums hold everybody's first sitting: who
// comes again has met the items. Not safe for use by several goroutines.
type Sums struct {
	Frame
	N      int64                `json:"n"`
	T1     Wide                 `json:"t1"` // Σ total, Σ total² ... of the totals
	T2     Wide                 `json:"t2"`
	T3     Wide                 `json:"t3"`
	T4     Wide                 `json:"t4"`
	Totals map[int64]int64      `json:"totals"`          // how many sittings by total, in steps of a 60th of an item
	Counts map[int]int64        `json:"counts"`          // how many sittings by number of items
	Cells  map[string]*CellSums `json:"cells"`           // by cell of the blueprint and number of items drawn for it
	Items  map[string]*ItemSums `json:"items"`           // by item version
	Other  int64                `json:"other,omitempty"` // sittings of forms of another size: counted, not part of anything else
}

// CellSums are what one cell of the blueprint adds to the error of drawn forms.
type CellSums struct {
	K  int64 `json:"k"`  // items per sitting
	N  int64 `json:"n"`  // sittings
	XX Wide  `json:"xx"` // Σ of squared marks
	TT Wide  `json:"tt"` // Σ of squared totals of the cell
}

// ItemSums are the sums of one item version over those who saw it. R is the rest score: the total of the same sitting without this item.
type ItemSums struct {
	Max     int64                  `json:"max"`
	Blank   int64                  `json:"blank,omitempty"`
	RR      Wide                   `json:"rr"`              // Σ R²
	XR      Wide                   `json:"xr"`              // Σ x·R
	Bins    []Bin                  `json:"bins"`            // by rest score
	Rests   map[int64]int64        `json:"rests"`           // sittings by rest score, in steps of a 12th of an item
	Marks   map[int64]int64        `json:"marks"`           // sittings by mark
	Options map[string]*OptionSums `json:"options"`         // by option
	Typed   map[string]*Answers    `json:"typed,omitempty"` // by question: wrong answers that were typed
}

// Bin holds the sums of one band of rest scores: sittings, Σx, Σx², ΣR.
type Bin [4]int64

// Places in a Bin.
const (
	binN = iota
	binX
	binXX
	binR
)

// OptionSums are those who chose an option: by band of the rest score, and the sum of their rest scores.
type OptionSums struct {
	R    int64   `json:"r"`
	Bins []int64 `json:"bins"`
}

// NewSums starts sums of forms worth frame.Max; sittings of other forms are only counted. Invalid when the frame is out of range.
func NewSums(frame Frame) (*Sums, error) {
	if err := frame.check(); err != nil {
		return nil, err
	}
	return &Sums{Frame: frame, Totals: map[int64]int64{}, Counts: map[int]int64{}, Cells: map[string]*CellSums{}, Items: map[string]*ItemSums{}}, nil
}

// Add counts one sitting. Invalid when it cannot be one, or when an item is worth something else than before; then nothing has changed. Adding the same sitting twice
// counts it twice: the caller knows which sittings are in.
func (s *Sums) Add(sitting Sitting) error { return s.count(sitting, 1) }

// Remove takes out a sitting that was added before, with the same marks and options. Invalid when the sums show that it never was; then nothing has changed.
func (s *Sums) Remove(sitting Sitting) error { return s.count(sitting, -1) }

func (s *Sums) count(sitting Sitting, sign int64) error {
	if err := sitting.check(); err != nil {
		return err
	}
	total, full := sitting.total()
	if full != s.Max {
		if s.Other+sign < 0 {
			return never()
		}
		s.Other += sign
		return nil
	}
	for i := range sitting {
		m := &sitting[i]
		it := s.Items[m.Item]
		if it != nil && it.Max != m.Max {
			return faults.Newf(faults.Invalid, "Nilai penuh soal %q berubah dari %d menjadi %d.", "The full mark of item %q changed from %d to %d.", m.Item, it.Max, m.Max)
		}
		if sign < 0 && (it == nil || !it.holds(m, total-m.Mark, s.Frame)) {
			return never()
		}
	}
	if sign < 0 && (s.Totals[rounded(total, s.step())] < 1 || s.Counts[len(sitting)] < 1 || !s.hasCells(sitting)) {
		return never()
	}

	s.N += sign
	square := product(total, total)
	s.T1 = s.T1.signed(wide(total), sign)
	s.T2 = s.T2.signed(square, sign)
	s.T3 = s.T3.signed(product(int64(square.lo), total), sign)
	s.T4 = s.T4.signed(product(int64(square.lo), int64(square.lo)), sign)
	tally(s.Totals, rounded(total, s.step()), sign)
	tally(s.Counts, len(sitting), sign)
	s.countCells(sitting, sign)
	for i := range sitting {
		m := &sitting[i]
		it := s.Items[m.Item]
		if it == nil {
			it = &ItemSums{Max: m.Max, Bins: make([]Bin, s.bins()), Rests: map[int64]int64{}, Marks: map[int64]int64{}, Options: map[string]*OptionSums{}}
			s.Items[m.Item] = it
		}
		it.count(m, total-m.Mark, s.Frame, sign)
		if len(it.Marks) == 0 {
			delete(s.Items, m.Item)
		}
	}
	return nil
}

func never() error {
	return faults.New(faults.Invalid, "Percobaan ini tidak ada dalam ringkasan, jadi tidak dapat dikeluarkan.", "This attempt is not part of the sums, so it cannot be taken out.")
}

func tally[K comparable](m map[K]int64, k K, by int64) {
	if m[k] += by; m[k] == 0 {
		delete(m, k)
	}
}

func (it *ItemSums) holds(m *Mark, rest int64, f Frame) bool {
	bin := f.bin(rest)
	if it.Rests[rounded(rest, f.restStep())] < 1 || it.Bins[bin][binN] < 1 || it.Marks[m.Mark] < 1 || m.Blank && it.Blank < 1 {
		return false
	}
	for _, id := range m.Options {
		if o := it.Options[id]; o == nil || o.Bins[bin] < 1 {
			return false
		}
	}
	return true
}

func (it *ItemSums) count(m *Mark, rest int64, f Frame, sign int64) {
	bin := f.bin(rest)
	it.RR = it.RR.signed(product(rest, rest), sign)
	it.XR = it.XR.signed(product(m.Mark, rest), sign)
	b := &it.Bins[bin]
	b[binN] += sign
	b[binX] += sign * m.Mark
	b[binXX] += sign * m.Mark * m.Mark
	b[binR] += sign * rest
	tally(it.Marks, m.Mark, sign)
	tally(it.Rests, rounded(rest, f.restStep()), sign)
	if m.Blank {
		it.Blank += sign
	}
	for _, w := range m.Typed {
		a := it.Typed[w.Question]
		if a == nil && sign > 0 {
			a = &Answers{Rows: map[string]*TypedSums{}}
			if it.Typed == nil {
				it.Typed = map[string]*Answers{}
			}
			it.Typed[w.Question] = a
		}
		if a == nil {
			continue
		}
		if a.count(w.Text, rest, bin, len(it.Bins), sign); len(a.Rows) == 0 && a.Lost == 0 {
			delete(it.Typed, w.Question)
		}
	}
	if len(it.Typed) == 0 {
		it.Typed = nil
	}
	for _, id := range m.Options {
		o := it.Options[id]
		if o == nil {
			o = &OptionSums{Bins: make([]int64, len(it.Bins))}
			it.Options[id] = o
		}
		o.R += sign * rest
		o.Bins[bin] += sign
		if sign < 0 && o.N() == 0 {
			delete(it.Options, id)
		}
	}
}

// N is how many chose the option.
func (o *OptionSums) N() int64 {
	n := int64(0)
	for _, b := range o.Bins {
		n += b
	}
	return n
}

// N is how many saw the item.
func (it *ItemSums) N() int64 { n, _, _, _ := it.sums(); return n }

// sums are n, Σx, Σx² and ΣR.
func (it *ItemSums) sums() (n, x, xx, r int64) {
	for _, b := range it.Bins {
		n += b[binN]
		x += b[binX]
		xx += b[binXX]
		r += b[binR]
	}
	return n, x, xx, r
}

// cells groups a sitting by cell. A cell with one item says nothing about the error within it, so all such cells are taken together; if only one remains alone, the whole form is one cell.
func cells(sitting Sitting) map[string]*CellSums {
	type sum struct{ k, xx, t int64 }
	by := map[string]*sum{}
	put := func(cell string, m *Mark) {
		c := by[cell]
		if c == nil {
			c = &sum{}
			by[cell] = c
		}
		c.k++
		c.xx += m.Mark * m.Mark
		c.t += m.Mark
	}
	size := map[string]int{}
	for i := range sitting {
		size[sitting[i].Cell]++
	}
	for i := range sitting {
		m := &sitting[i]
		if size[m.Cell] == 1 {
			put("", m)
		} else {
			put(m.Cell, m)
		}
	}
	if alone := by[""]; alone != nil && alone.k == 1 && len(by) > 1 {
		clear(by)
		for i := range sitting {
			put("", &sitting[i])
		}
	}
	out := make(map[string]*CellSums, len(by))
	for cell, c := range by {
		out[cell+"/"+strconv.FormatInt(c.k, 10)] = &CellSums{K: c.k, N: 1, XX: wide(c.xx), TT: product(c.t, c.t)}
	}
	return out
}

func (s *Sums) hasCells(sitting Sitting) bool {
	for key := range cells(sitting) {
		if s.Cells[key] == nil {
			return false
		}
	}
	return true
}

func (s *Sums) countCells(sitting Sitting, sign int64) {
	for key, c := range cells(sitting) {
		s.addCell(key, c, sign)
	}
}

func (s *Sums) addCell(key string, c *CellSums, sign int64) {
	have := s.Cells[key]
	if have == nil {
		have = &CellSums{K: c.K}
		s.Cells[key] = have
	}
	have.N += sign * c.N
	have.XX = have.XX.signed(c.XX, sign)
	have.TT = have.TT.signed(c.TT, sign)
	if have.N == 0 {
		delete(s.Cells, key)
	}
}

// Merge adds all sittings of other, which stays as it is. Invalid when the two are of different frames or an item is worth different marks; then nothing has changed.
func (s *Sums) Merge(other *Sums) error {
	if s.Frame != other.Frame {
		return faults.New(faults.Invalid, "Ringkasan dari lembar soal yang berbeda ukuran tidak dapat digabung.", "Sums of forms of different sizes cannot be merged.")
	}
	for id, b := range other.Items {
		if a := s.Items[id]; a != nil && a.Max != b.Max {
			return faults.Newf(faults.Invalid, "Nilai penuh soal %q berbeda: %d dan %d.", "The full mark of item %q differs: %d and %d.", id, a.Max, b.Max)
		}
	}
	s.N += other.N
	s.Other += other.Other
	s.T1, s.T2, s.T3, s.T4 = s.T1.plus(other.T1), s.T2.plus(other.T2), s.T3.plus(other.T3), s.T4.plus(other.T4)
	for k, n := range other.Totals {
		tally(s.Totals, k, n)
	}
	for k, n := range other.Counts {
		tally(s.Counts, k, n)
	}
	for k, c := range other.Cells {
		s.addCell(k, c, 1)
	}
	for id, b := range other.Items {
		a := s.Items[id]
		if a == nil {
			s.Items[id] = b.clone()
			continue
		}
		a.merge(b)
	}
	return nil
}

func (it *ItemSums) merge(b *ItemSums) {
	it.Blank += b.Blank
	it.RR, it.XR = it.RR.plus(b.RR), it.XR.plus(b.XR)
	for i := range it.Bins {
		for j := range it.Bins[i] {
			it.Bins[i][j] += b.Bins[i][j]
		}
	}
	for k, n := range b.Marks {
		tally(it.Marks, k, n)
	}
	for k, n := range b.Rests {
		tally(it.Rests, k, n)
	}
	for question, theirs := range b.Typed {
		if it.Typed == nil {
			it.Typed = map[string]*Answers{}
		}
		if mine := it.Typed[question]; mine != nil {
			mine.merge(theirs)
		} else {
			it.Typed[question] = theirs.clone()
		}
	}
	for id, o := range b.Options {
		mine := it.Options[id]
		if mine == nil {
			it.Options[id] = o.clone()
			continue
		}
		mine.R += o.R
		for i := range mine.Bins {
			mine.Bins[i] += o.Bins[i]
		}
	}
}

func (it *ItemSums) clone() *ItemSums {
	c := *it
	c.Bins = append([]Bin(nil), it.Bins...)
	c.Marks, c.Rests = maps.Clone(it.Marks), maps.Clone(it.Rests)
	if it.Typed != nil {
		c.Typed = make(map[string]*Answers, len(it.Typed))
		for question, a := range it.Typed {
			c.Typed[question] = a.clone()
		}
	}
	c.Options = make(map[string]*OptionSums, len(it.Options))
	for id, o := range it.Options {
		c.Options[id] = o.clone()
	}
	return &c
}

func (o *OptionSums) clone() *OptionSums {
	return &OptionSums{R: o.R, Bins: append([]int64(nil), o.Bins...)}
}

// Check says whether sums read from storage hang together: lengths, and counts that must agree or cannot be negative. Nothing here fails on sums that pass. Invalid when not.
func (s *Sums) Check() error {
	bad := faults.New(faults.Invalid, "Ringkasan statistik soal ini rusak. Hitung ulang dari percobaan.", "These item sums are damaged. Count them again from the attempts.")
	if s.Frame.check() != nil || s.Totals == nil || s.Counts == nil || s.Cells == nil || s.Items == nil || s.N < 0 || s.Other < 0 {
		return bad
	}
	n, ok := counted(s.Totals)
	seen := int64(0)
	for k, c := range s.Counts {
		if seen += int64(k) * c; k < 1 || c < 1 {
			return bad
		}
	}
	for _, it := range s.Items {
		if it == nil || len(it.Bins) != s.bins() || it.Marks == nil || it.Rests == nil || it.Options == nil || it.Max < 1 || it.Max > s.Max || it.Blank < 0 {
			return bad
		}
		marked, okMarks := counted(it.Marks)
		rested, okRests := counted(it.Rests)
		ok = ok && okMarks && okRests && marked == it.N() && rested == marked && it.Blank <= marked
		for _, b := range it.Bins {
			ok = ok && b[binN] >= 0
		}
		for _, o := range it.Options {
			if o == nil || len(o.Bins) != s.bins() {
				return bad
			}
			for k, c := range o.Bins {
				ok = ok && c >= 0 && c <= it.Bins[k][binN]
			}
		}
		for _, a := range it.Typed {
			if a == nil || a.Rows == nil || a.Lost < 0 || len(a.Rows) > TypedMost {
				return bad
			}
			for _, row := range a.Rows {
				if row == nil || len(row.Bins) != s.bins() || row.Over < 0 {
					return bad
				}
				for k, c := range row.Bins {
					ok = ok && c >= 0 && c <= it.Bins[k][binN]
				}
			}
		}
		seen -= it.N()
	}
	for _, c := range s.Cells {
		if c == nil || c.K < 1 || c.N < 1 {
			return bad
		}
	}
	if !ok || n != s.N || seen != 0 {
		return bad
	}
	return nil
}

// counted adds counts by score; false when a score is negative or a count not positive.
func counted(m map[int64]int64) (n int64, ok bool) {
	for k, c := range m {
		if k < 0 || c < 1 {
			return 0, false
		}
		n += c
	}
	return n, true
}
