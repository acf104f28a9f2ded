package grading

import (
	"sort"

	"github.com/apelkota/apel/internal/faults"
)

// Draw makes a form: for each cell of the plan's blueprint as many items as it asks for, items and options shuffled. The same seed, pool and plan give the
// same form whatever the order of the pool (unless the plan keeps that order). Items with Fixed, and types whose order has a meaning, keep it.
// Invalid when the pool has too few items for a cell; the fields name each such cell.
func Draw(seed uint64, pool []Item, plan Plan) (Form, error) {
	r := &Dice{seed}
	place, stock := map[string]int{}, Blueprint{}
	for i, it := range pool {
		place[it.ID] = i
		stock.Add(it.Objective, it.Difficulty)
	}
	if short := plan.Short(stock); len(short) > 0 {
		e := faults.New(faults.Invalid, "Bank soal belum cukup untuk tes ini.", "The bank does not have enough items for this test.")
		for _, x := range short {
			t := x.Text()
			e.With("draw."+x.String(), t.ID, t.EN)
		}
		return Form{}, e
	}
	var drawn []Item
	taken := map[string]bool{}
	for _, c := range plan.Cells() {
		var from []Item
		for _, it := range pool {
			if it.Objective == c.Objective && (c.Difficulty == "" || it.Difficulty == c.Difficulty) && !taken[it.ID] {
				from = append(from, it)
			}
		}
		sort.Slice(from, func(i, j int) bool { return from[i].ID < from[j].ID })
		r.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
		if len(plan.Last) > 0 {
			sort.SliceStable(from, func(i, j int) bool { return plan.Last[from[i].ID] < plan.Last[from[j].ID] })
		}
		for _, it := range from[:plan.Blueprint[c]] {
			taken[it.ID] = true
			drawn = append(drawn, it)
		}
	}
	if plan.KeepOrder {
		sort.SliceStable(drawn, func(i, j int) bool { return place[drawn[i].ID] < place[drawn[j].ID] })
	} else {
		r.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	}
	form := Form{Seed: seed, Slots: make([]Slot, 0, len(drawn))}
	for _, it := range drawn {
		slot, err := showing(it, r)
		if err != nil {
			return Form{}, err
		}
		form.Slots = append(form.Slots, slot)
	}
	return form, nil
}

// Show is the slot of a single item with its options in the author's order, for a preview or a paper form.
func Show(it Item) (Slot, error) { return showing(it, nil) }

// Shuffled is the slot of a single item as one taker would meet it; the same seed gives the same.
func Shuffled(it Item, seed uint64) (Slot, error) { return showing(it, &Dice{seed}) }

func showing(it Item, r *Dice) (Slot, error) {
	k, err := kindOf(it)
	if err != nil {
		return Slot{}, err
	}
	return Slot{Item: it.ID, Order: k.Show(it, r)}, nil
}

// Dice are the randomness of a form: splitmix64, written out here so that a seed means the same form in every release of Go and of ours.
type Dice struct{ state uint64 }

func (d *Dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is uniform in 0..n-1; values of the last, incomplete round are thrown away so that no position is favoured.
func (d *Dice) below(n int) int {
	u := uint64(n)
	for {
		v := d.next()
		if r := v % u; v-r <= ^uint64(0)-u+1 {
			return int(r)
		}
	}
}

// Shuffle puts n things in a random order.
func (d *Dice) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, d.below(i+1))
	}
}
