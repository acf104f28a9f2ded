package grading

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/texts"
)

// Cell is one cell of a blueprint: an objective, and how difficult its items are ("" any). It is written "103.1" or "103.1/sulit".
type Cell struct {
	Objective  string
	Difficulty Difficulty
}

// Difficulties are the three in their order.
var Difficulties = []Difficulty{Easy, Medium, Hard}

func (c Cell) String() string {
	if c.Difficulty == "" {
		return c.Objective
	}
	return c.Objective + "/" + string(c.Difficulty)
}

// ParseCell reads what String writes.
func ParseCell(s string) Cell {
	if at := strings.LastIndexByte(s, '/'); at > 0 && slices.Contains(Difficulties, Difficulty(s[at+1:])) {
		return Cell{s[:at], Difficulty(s[at+1:])}
	}
	return Cell{Objective: s}
}

// MarshalText writes the cell as the key of a JSON object.
func (c Cell) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes, and the bare objective of before there were difficulties.
func (c *Cell) UnmarshalText(b []byte) error {
	*c = ParseCell(string(b))
	return nil
}

// Blueprint says how many items a quiz draws for each cell. An item is drawn once: a cell that says "any" draws from what the cells with a difficulty left.
type Blueprint map[Cell]int

// PerObjective is a blueprint that looks at no difficulty.
func PerObjective(n map[string]int) Blueprint {
	out := Blueprint{}
	for o, k := range n {
		out[Cell{Objective: o}] = k
	}
	return out
}

// Count is the number of items in all cells.
func (b Blueprint) Count() int {
	n := 0
	for _, k := range b {
		n += k
	}
	return n
}

// Of is the number of items of an objective, whatever their difficulty.
func (b Blueprint) Of(objective string) int {
	n := 0
	for c, k := range b {
		if c.Objective == objective {
			n += k
		}
	}
	return n
}

// Cells lists the cells by objective, those with a difficulty before the one for any: the order in which they are drawn.
func (b Blueprint) Cells() []Cell {
	out := make([]Cell, 0, len(b))
	for c := range b {
		out = append(out, c)
	}
	rank := func(c Cell) int {
		if c.Difficulty == "" {
			return len(Difficulties)
		}
		return slices.Index(Difficulties, c.Difficulty)
	}
	slices.SortFunc(out, func(x, y Cell) int {
		return cmp.Or(cmp.Compare(x.Objective, y.Objective), cmp.Compare(rank(x), rank(y)))
	})
	return out
}

// Add counts an item of a bank: in the cell of its difficulty, and in the one for any.
func (b Blueprint) Add(objective string, d Difficulty) {
	b[Cell{Objective: objective}]++
	if d != "" {
		b[Cell{objective, d}]++
	}
}

// Shortage is a cell for which a bank has too few items.
type Shortage struct {
	Cell
	Want, Have int // for "any": what the cells with a difficulty leave
}

// Text says what to do about it.
func (s Shortage) Text() texts.Text {
	if s.Difficulty == "" {
		return texts.T(fmt.Sprintf("Capaian %s butuh %d soal, baru ada %d. Tambah soalnya atau kurangi jumlah yang diambil.", s.Objective, s.Want, s.Have),
			fmt.Sprintf("Objective %s needs %d items and has %d. Add items or draw fewer.", s.Objective, s.Want, s.Have))
	}
	return texts.T(fmt.Sprintf("Capaian %s tingkat %s butuh %d soal, baru ada %d. Tambah soalnya atau kurangi jumlah yang diambil.", s.Objective, s.Difficulty, s.Want, s.Have),
		fmt.Sprintf("Objective %s at difficulty %s needs %d items and has %d. Add items or draw fewer.", s.Objective, s.Difficulty, s.Want, s.Have))
}

// Short names the cells for which a stock (made with Add) has too few items, in the order of Cells. Cells of fewer than no items are short, too.
func (b Blueprint) Short(stock Blueprint) (out []Shortage) {
	left := map[string]int{}
	for _, c := range b.Cells() {
		if _, known := left[c.Objective]; !known {
			left[c.Objective] = stock[Cell{Objective: c.Objective}]
		}
		have := left[c.Objective]
		if c.Difficulty != "" {
			have = min(have, stock[c])
		}
		if want := b[c]; want < 0 || want > have {
			out = append(out, Shortage{c, want, have})
		}
		left[c.Objective] -= min(max(b[c], 0), have)
	}
	return out
}
