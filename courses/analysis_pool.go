package courses

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/faults"
)

// PooledItem is an item version over the versions of its course: an item that did not change keeps what is known of it when the course gets its next version.
type PooledItem struct {
	itemstats.Pooled
	Versions []int // numbers of the versions of the course, ascending, this one among them
}

// ItemDrift compares an item with what it was before: with its version before, or, where it did not change, with itself in earlier versions of the course.
type ItemDrift struct {
	itemstats.Shift
	Changed  bool  // the item, not only the course around it
	Item     int   // the item version it is compared with
	Versions []int // of the course: where that one stood, ascending
	Now      []int // of the course: where the present one stands
}

// sitting versions of a quiz that are read beside the one that is looked at, the nearest first; how far they may lie.
const (
	pooledMost = 5
	pooledFar  = 30
)

// heldElsewhere are the sums of a quiz in another version of the course.
type heldElsewhere struct {
	number int
	sums   *itemstats.Sums
}

// elsewhere reads what the nearest other versions of the course know of the same quiz.
func (s *Service) elsewhere(ctx context.Context, v *Version, q Quiz) ([]heldElsewhere, error) {
	var out []heldElsewhere
	for far := 1; far <= pooledFar && len(out) < pooledMost; far++ {
		for _, n := range []int{v.Number - far, v.Number + far} {
			if n < 1 || len(out) == pooledMost {
				continue
			}
			id := versionID(v.Course, n)
			d, err := s.analyses.Get(ctx, id+"."+q.Code)
			if errors.Is(err, faults.NotFound) || err == nil && d.Value.Of.N == 0 {
				continue
			}
			if err != nil {
				return nil, err
			}
			other, err := s.version(ctx, id)
			if err != nil {
				return nil, err
			}
			if as, ok := other.Content.Quiz(q.Code); !ok || as.Kind != q.Kind {
				continue // the word is the same, the test is another
			}
			sums, err := itemstats.Unpack(d.Value.Of.Sums)
			if err != nil {
				return nil, err
			}
			out = append(out, heldElsewhere{n, sums})
		}
	}
	return out, nil
}

// known gathers for the items of a quiz what other versions of the course know of them: the same item version, to be pooled, and the one before, to be compared with.
func (s *Service) known(ctx context.Context, v *Version, q Quiz, sums *itemstats.Sums, about map[string]itemstats.About, into *Analysis) (map[string]itemstats.Known, error) {
	others, err := s.elsewhere(ctx, v, q)
	if err != nil {
		return nil, err
	}
	type held struct {
		number int
		part   itemstats.Part
	}
	type version struct {
		id     string
		number int // of the item
	}
	at := map[string][]held{}          // by item version
	versions := map[string][]version{} // by code
	for _, o := range others {
		for id, it := range o.sums.Items {
			if at[id] == nil {
				x, err := s.item(ctx, id)
				if err != nil {
					return nil, err
				}
				versions[x.Code] = append(versions[x.Code], version{id, x.Version})
			}
			at[id] = append(at[id], held{o.number, itemstats.Part{Frame: o.sums.Frame, Item: it}})
		}
	}
	out := map[string]itemstats.Known{}
	for id, it := range sums.Items {
		here := held{v.Number, itemstats.Part{Frame: sums.Frame, Item: it}}
		all := append([]held{here}, at[id]...)
		var k itemstats.Known
		if len(all) > 1 {
			for _, h := range all[1:] {
				k.Also = append(k.Also, h.part)
			}
			into.Pooled[id] = PooledItem{itemstats.Pool(about[id], append([]itemstats.Part{here.part}, k.Also...)), numbersOf(all, func(h held) int { return h.number })}
		}
		was, now, drift := []held(nil), []held{here}, ItemDrift{Item: into.About[id].Version}
		for _, x := range versions[into.About[id].Code] {
			if x.number < into.About[id].Version && (was == nil || x.number > drift.Item) {
				was, drift.Item, drift.Changed = at[x.id], x.number, true
			}
		}
		if drift.Changed {
			now = all
		} else {
			was = slices.DeleteFunc(slices.Clone(at[id]), func(h held) bool { return h.number > v.Number })
		}
		if len(was) > 0 {
			// The nearest with the same length of form comes first, so that all of that length are taken together.
			slices.SortStableFunc(was, func(a, b held) int { return unlike(a.part, here.part) - unlike(b.part, here.part) })
			before := itemstats.Together(partsOf(was, func(h held) itemstats.Part { return h.part }))
			after := itemstats.Together(partsOf(now, func(h held) itemstats.Part { return h.part }))
			drift.Shift = itemstats.Drift(before, after)
			k.Shift = &drift.Shift
			same := func(list []held) []int {
				return numbersOf(slices.DeleteFunc(slices.Clone(list), func(h held) bool { return unlike(h.part, list[0].part) > 0 }), func(h held) int { return h.number })
			}
			drift.Versions, drift.Now = same(was), same(now)
			into.Drift[id] = drift
		}
		out[id] = k
	}
	return out, nil
}

// unlike is 0 for parts that can be added up.
func unlike(a, b itemstats.Part) int {
	if a.Frame == b.Frame && a.Item.Max == b.Item.Max {
		return 0
	}
	return 1
}

func partsOf[T any](list []T, of func(T) itemstats.Part) []itemstats.Part {
	out := make([]itemstats.Part, len(list))
	for i, x := range list {
		out[i] = of(x)
	}
	return out
}

// numbersOf are the numbers of a list, each once, ascending.
func numbersOf[T any](list []T, of func(T) int) []int {
	seen := map[int]bool{}
	for _, x := range list {
		seen[of(x)] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
