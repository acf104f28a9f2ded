package storage

import (
	"context"
	"time"

	"github.com/apelkota/apel/internal/civil"
)

// Derived is the value of a document that is rebuilt whole by one pure function: a person's standing, a unit's readiness.
// Want counts changes of its sources, Have is the count its value was built from; Want > Have means it is due.
type Derived[T any] struct {
	Want      int64      `json:"want"`
	Have      int64      `json:"have"`
	Reading   int64      `json:"reading,omitempty"` // the Want at which the last rebuild began to read; kept by Begin only
	BuiltAt   time.Time  `json:"built_at,omitzero"`
	GoodUntil civil.Date `json:"good_until,omitempty"` // the first day on which the inputs change by themselves; "" never
	Of        T          `json:"of"`
}

// RebuildStep is the due step of derived documents.
const RebuildStep = "rebuild"

// GoodUntilIndex finds derived documents whose inputs change by themselves; a collection of derived documents declares it for the sweeper.
const GoodUntilIndex = "good_until"

// ByGoodUntil is the index behind GoodUntilIndex.
func ByGoodUntil[T any]() Index[Derived[T]] {
	return Index[Derived[T]]{Name: GoodUntilIndex, Of: func(d *Doc[Derived[T]]) ([]string, string) {
		if d.Value.GoodUntil == "" {
			return nil, ""
		}
		return []string{"all"}, string(d.Value.GoodUntil)
	}}
}

// Raise notes that a source of a derived document changed; the document is made if it does not exist. A document that is already due is left
// alone only if its rebuild has not begun reading, which nobody can know: so Want is raised every time. Safe to call twice.
// Parents that are built from many children pass wait, so that they are built at most once in that time.
func Raise[T any](ctx context.Context, c *Collection[Derived[T]], id string, now time.Time, wait time.Duration) error {
	_, err := c.Upsert(ctx, id, func(d *Doc[Derived[T]]) error {
		d.Value.Want++
		if d.Due == nil || d.Due.Parked {
			d.Due = NewDue(RebuildStep, now)
			d.Due.NotBefore = now.UTC().Add(wait)
		}
		return nil
	})
	return err
}

// RaiseOnce is Raise for a document with so many sources that they would queue for it (every sitting of a month): where a rebuild is waiting that has not begun to
// read, it reads the document and writes nothing. Each rebuild of such a document starts with Begin. wait sees the value built last, so that what is dear to build is built more rarely.
func RaiseOnce[T any](ctx context.Context, c *Collection[Derived[T]], id string, now time.Time, wait func(T) time.Duration) error {
	_, err := c.Upsert(ctx, id, func(d *Doc[Derived[T]]) error {
		if d.Value.Want > max(d.Value.Have, d.Value.Reading) && d.Due != nil && !d.Due.Parked {
			return Unchanged
		}
		d.Value.Want++
		if d.Due == nil || d.Due.Parked {
			d.Due = NewDue(RebuildStep, now)
		}
		d.Due.NotBefore = now.UTC().Add(wait(d.Value.Of)) // the rebuild under way, if there is one, goes on
		return nil
	})
	return err
}

// Begin notes that a rebuild begins to read, so that RaiseOnce notes what changes from now on; it returns the Want that the rebuild will cover. NotFound when nothing was ever raised.
func Begin[T any](ctx context.Context, c *Collection[Derived[T]], id string) (int64, error) {
	d, err := c.Update(ctx, id, func(d *Doc[Derived[T]]) error {
		if d.Value.Reading == d.Value.Want {
			return Unchanged
		}
		d.Value.Reading = d.Value.Want
		return nil
	})
	return d.Value.Reading, err
}

// Rebuild computes a derived document anew and stores it. build gets the id and reads the sources itself; it returns the value and the day until
// which it stays good. If a source changed meanwhile, the document stays due. Safe to call at any time and twice at once.
func Rebuild[T any](ctx context.Context, c *Collection[Derived[T]], id string, now time.Time, build func(context.Context) (T, civil.Date, error)) (Doc[Derived[T]], error) {
	before, err := c.Upsert(ctx, id, func(d *Doc[Derived[T]]) error {
		if d.Version > 0 {
			return Unchanged
		}
		d.Value.Want = 1
		d.Due = NewDue(RebuildStep, now)
		return nil
	})
	if err != nil {
		return before, err
	}
	want := before.Value.Want
	of, goodUntil, err := build(ctx)
	if err != nil {
		return before, err
	}
	return c.Update(ctx, id, func(d *Doc[Derived[T]]) error {
		if d.Value.Have > want { // somebody else built from newer sources
			return Unchanged
		}
		d.Value.Have, d.Value.Of, d.Value.GoodUntil, d.Value.BuiltAt = want, of, goodUntil, now.UTC()
		if d.Value.Want <= want {
			d.Due = nil
		}
		return nil
	})
}

// RaiseExpired raises every derived document whose inputs have changed by themselves by the day today, such as evidence that ran out yesterday. It
// returns how many. For the schedule; safe to call at any time.
func RaiseExpired[T any](ctx context.Context, c *Collection[Derived[T]], today civil.Date, now time.Time) (int, error) {
	n := 0
	q := Query{Index: GoodUntilIndex, Term: "all", To: string(today.AddDays(1)), Limit: 200}
	for {
		p, err := c.Find(ctx, q)
		if err != nil {
			return n, err
		}
		for _, d := range p.Docs {
			if d.Due != nil {
				continue // it is to be rebuilt anyway
			}
			if err := Raise(ctx, c, d.ID, now, 0); err != nil {
				return n, err
			}
			n++
		}
		if !p.More {
			return n, nil
		}
		q.After = p.Next
	}
}
