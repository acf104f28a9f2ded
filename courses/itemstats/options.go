package itemstats

// Option is one row of the options table. The row with an empty ID are those who left the item blank.
type Option struct {
	ID            string    `json:"id"`
	Key           bool      `json:"key,omitempty"`
	N             int64     `json:"n"`
	Share         *Value    `json:"share,omitempty"`          // percent of those who saw the item
	Groups        []float64 `json:"groups,omitempty"`         // percent of the lower, middle and upper third by rest score who chose it
	MeanRest      *float64  `json:"mean_rest,omitempty"`      // mean rest score of those who chose it, percent of the rest of the form
	PointBiserial *Value    `json:"point_biserial,omitempty"` // correlation of choosing it with the rest score
}

// Trace is one point of the plot of an item: a group of takers by rest score, what they earned and what they chose.
type Trace struct {
	Rest   float64   `json:"rest"`   // mean rest score of the group, percent of the rest of the form
	N      float64   `json:"n"`      // sittings; not whole when ties lie across a border
	Mark   float64   `json:"mark"`   // mean mark, percent of the item
	Shares []float64 `json:"shares"` // percent that chose each option, in the order of the options table
}

var thirds = []float64{1. / 3, 1. / 3, 1. / 3}

// options makes the table (full is what the rest of a form is worth), in the author's order, then options the author does not name and frequent typed answers, then blanks; and the points of the plot: five groups, three below 50 sittings, none below 15.
func (it *ItemSums) options(about About, full float64) ([]Option, []Trace) {
	n := it.N()
	if n == 0 {
		return nil, nil
	}
	type row struct {
		Option
		bins []int64
		r    int64
	}
	var rows []row
	named, taken := map[string]bool{}, it.taken()
	none := make([]int64, len(it.Bins))
	for _, c := range about.options() {
		named[c.ID] = true
		o := taken[c.ID]
		if o == nil {
			o = &OptionSums{Bins: none}
		}
		rows = append(rows, row{Option{ID: c.ID, Key: c.Key, N: o.N()}, o.Bins, o.R})
	}
	counts := map[string]int64{}
	for id, o := range taken {
		counts[id] = o.N()
	}
	for _, id := range unnamed(named, counts) {
		rows = append(rows, row{Option{ID: id, N: counts[id]}, taken[id].Bins, taken[id].R})
	}
	p := it.spread()
	_, _, _, rest := it.sums()
	third := it.cut(thirds)
	for i := range rows {
		w := &rows[i]
		w.Share = share(float64(w.N), n)
		if n >= 15 {
			w.Groups = make([]float64, len(third))
			for g := range third {
				w.Groups[g] = 100 * weighted(third[g], w.bins) / (float64(n) * thirds[g])
			}
		}
		if w.N > 0 && full > 0 {
			m := 100 * float64(w.r) / float64(w.N) / full
			w.MeanRest = &m
		}
		w.PointBiserial = nil
		if r, ok := correlation(sub(mul(whole(n), whole(w.r)), mul(whole(w.N), whole(rest))), mul(whole(w.N), whole(n-w.N)), p.rr); ok {
			w.PointBiserial = fisher(r, n)
		}
	}
	table := make([]Option, 0, len(rows)+1)
	for _, w := range rows {
		table = append(table, w.Option)
	}
	if it.Blank > 0 {
		table = append(table, Option{N: it.Blank, Share: share(float64(it.Blank), n)})
	}
	if n < 15 || full <= 0 {
		return table, nil
	}
	groups := []float64{.2, .2, .2, .2, .2}
	if n < 50 {
		groups = thirds
	}
	var trace []Trace
	for g, w := range it.cut(groups) {
		size := float64(n) * groups[g]
		t := Trace{N: size, Shares: make([]float64, 0, len(rows))}
		for b := range w {
			t.Rest += w[b] * float64(it.Bins[b][binR]) / size / full * 100
			t.Mark += w[b] * float64(it.Bins[b][binX]) / size / float64(it.Max) * 100
		}
		for _, r := range rows {
			t.Shares = append(t.Shares, 100*weighted(w, r.bins)/size)
		}
		trace = append(trace, t)
	}
	return table, trace
}

func weighted(w []float64, bins []int64) float64 {
	sum := 0.0
	for b, c := range bins {
		sum += w[b] * float64(c)
	}
	return sum
}
