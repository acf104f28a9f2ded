package itemstats

import (
	"math"
	"strings"
	"testing"
)

// Sixteen people with two items of a cell each, by hand: shares 1, .5, .5, 0, four times each, have mean .5 and variance 2/15.
func TestGroupByHand(t *testing.T) {
	var all []Sitting
	for _, marks := range strings.Fields(strings.Repeat("11 10 01 00 ", 4)) {
		s := Sitting{{Item: "other", Max: unit, Mark: unit, Cell: "2"}, {Item: "third", Max: unit, Cell: "2"}}
		for i, m := range marks {
			s = append(s, Mark{Item: string(rune('a' + i)), Max: unit, Mark: int64(m-'0') * unit, Cell: "1"})
		}
		all = append(all, s)
	}
	s := sums(t, Frame{unit, 4 * unit}, all)
	g := s.Group("1", []string{"a", "b"})
	if g.Items != 2 || g.Answers != 32 || g.Facility.N != 16 || g.Facility.Warning != Few {
		t.Fatalf("%+v", g)
	}
	near(t, "mean", g.Facility.Value, 50, 1e-9)
	near(t, "high", g.Facility.High-50, 100*tQuantile(.975, 15)*math.Sqrt(2./15/16), 1e-9)

	// Of two cells together the sums do not know who earned what: the interval is as wide as those of the items together.
	both := s.Group("", []string{"a", "b", "other", "third"})
	near(t, "mean of all", both.Facility.Value, 50, 1e-9)
	_, half := wilson(8, 16)
	_, low := wilson(0, 16)
	near(t, "high of all", both.Facility.High, 50+(2*(100*half-50)+2*100*low)/4, 1e-9)
	if none := s.Group("3", nil); none.Facility != nil || none.Items != 0 {
		t.Errorf("%+v", none)
	}
}
