package itemstats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// honestParts are takers who work alone on an exam of choices, typed answers, pairs that are swapped together and texts with gaps. together tells the wrong parts of an item as one answer, as an exam
// does; otherwise every wrong part is an item of its own.
func honestParts(r *rand.Rand, people int, together bool) []Taker {
	out := make([]Taker, people)
	for p := range out {
		theta := r.NormFloat64()
		out[p] = Taker{ID: fmt.Sprintf("t%d", p), Said: map[string]string{}}
		for i := range 40 {
			ease := float64(i%10)/5 - 1
			var wrong []string
			if r.Float64() > logistic(theta-ease) {
				switch i % 4 {
				case 0:
					wrong = []string{string("bcd"[min(2, r.IntN(4))])}
				case 1: // typed: a few usual mistakes and a long tail
					wrong = []string{"=" + fmt.Sprint(min(r.IntN(12), r.IntN(12)))}
					if r.Float64() < .3 {
						wrong[0] = fmt.Sprintf("=x%d", r.IntN(1000))
					}
				case 2: // who swaps two of five has both wrong
					at := r.IntN(4)
					wrong = []string{fmt.Sprintf("%d.%d", at, at+1), fmt.Sprintf("%d.%d", at+1, at)}
					if r.Float64() < .4 { // two pairs
						other := (at + 2) % 4
						wrong = append(wrong, fmt.Sprintf("%d.%d", other, 9), fmt.Sprintf("%d.%d", 9, other))
					}
				case 3: // three gaps, each filled by itself
					for g := range 3 {
						if r.Float64() < .6 || g == 0 {
							wrong = append(wrong, fmt.Sprintf("%c.=%d", 'a'+g, r.IntN(3)))
						}
					}
				}
			}
			item := fmt.Sprintf("i%02d", i)
			if together {
				m := Mark{Item: item, Max: unit, Mark: unit}
				if len(wrong) > 0 {
					m.Mark = 0
					slices.Sort(wrong)
					out[p].Said[item] = strings.Join(wrong, "\x00")
				}
				out[p].Sitting = append(out[p].Sitting, m)
				continue
			}
			for k := range 10 {
				m := Mark{Item: fmt.Sprintf("%s.%d", item, k), Max: unit, Mark: unit}
				for _, w := range wrong {
					if part, _, _ := strings.Cut(w, "."); part == fmt.Sprint(k) || part == string(rune('a'+k)) || k == 0 && !strings.Contains(w, ".") {
						m.Mark = 0
						out[p].Said[m.Item] = w
					}
				}
				out[p].Sitting = append(out[p].Sitting, m)
			}
		}
	}
	return out
}

// The stated odds hold for honest takers when answers are typed or made of parts: one alarm allowed per exam, no more than one seen. Part by part, as if swapped pairs were two events, there would be more.
func TestOddsHoldForTypedAnswersAndParts(t *testing.T) {
	const exams = 30
	r := rand.New(rand.NewPCG(501, 1))
	named := map[bool]int64{}
	sd := 0.0
	for range exams {
		for _, together := range []bool{true, false} {
			s, err := Compare(honestParts(r, 200, together), SimilarityOptions{Alarms: 1})
			if err != nil {
				t.Fatal(err)
			}
			named[together] += s.Named
			if together {
				sd += s.SDZ / exams
			}
		}
	}
	t.Logf("%d exams with one alarm each stated: %d named with items as events, %d part by part; spread of z %.3f", exams, named[true], named[false], sd)
	if named[true] > exams*13/10 || named[true] < exams/20 {
		t.Errorf("%d pairs were named in %d honest exams that state %d", named[true], exams, exams)
	}
	if named[false] <= exams*13/10 {
		t.Errorf("part by part only %d pairs were named: the check shows nothing", named[false])
	}
	if math.Abs(sd-1) > .06 {
		t.Errorf("z has spread %.3f", sd)
	}
}

// Who takes over typed answers and parts of a weak neighbour is found.
func TestCopiedPartsAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(502, 1))
	found, weak := 0, 0
	for range 25 {
		takers := honestParts(r, 200, true)
		if len(takers[3].Said) < 15 {
			continue
		}
		weak++
		takers[7].Sitting, takers[7].Said = slices.Clone(takers[3].Sitting), takers[3].Said
		s, err := Compare(takers, SimilarityOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.List) > 0 && s.List[0].A == "t3" && s.List[0].B == "t7" && s.List[0].Same == len(takers[3].Said) {
			found++
		}
	}
	if weak < 5 || found < weak {
		t.Errorf("%d of %d found", found, weak)
	}
}
