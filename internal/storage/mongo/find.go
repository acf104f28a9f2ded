package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/apelkota/apel/internal/storage"
)

// Find reads one page of an index. Resuming is two reads: the rest of the entries with the cursor's own order key, then those beyond it.
// Either is one range of the index; the one condition that says both ("order above, or order equal and id above") would be an $or, which the
// server may answer with a sort in memory.
func (e *Engine) Find(ctx context.Context, name string, q storage.Query) ([]storage.Found, error) {
	c, err := e.collection(name)
	if err != nil {
		return nil, err
	}
	e.mu.RLock()
	declared := c.indexes[q.Index]
	e.mu.RUnlock()
	if !declared {
		return nil, fmt.Errorf("find %s: index %q was not declared", name, q.Index)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = storage.DefaultPage
	}
	from, to := bson.E{Key: "$gte", Value: q.From}, q.To // every order key is "" or more
	if q.After.Zero() {
		return c.page(ctx, q, order(from, to), nil, limit)
	}
	var found []storage.Found
	at := q.After.Order
	if at >= q.From && (q.To == "" || at < q.To) {
		if found, err = c.page(ctx, q, at, &q.After.ID, limit); err != nil || len(found) == limit {
			return found, err
		}
	}
	switch {
	case !q.Desc && at >= q.From:
		from = bson.E{Key: "$gt", Value: at}
	case q.Desc && (to == "" || at < to):
		if to = at; to == "" { // nothing is below the empty key
			return found, nil
		}
	}
	rest, err := c.page(ctx, q, order(from, to), nil, limit-len(found))
	return append(found, rest...), err
}

// order is the condition on the order key.
func order(from bson.E, to string) bson.D {
	d := bson.D{from}
	if to != "" {
		d = append(d, bson.E{Key: "$lt", Value: to})
	}
	return d
}

// page reads one range of the index: order keys that meet a condition, and ids beyond one.
func (c *collection) page(ctx context.Context, q storage.Query, order any, beyond *string, limit int) ([]storage.Found, error) {
	filter := bson.D{{Key: termsOf(q.Index), Value: q.Term}, {Key: orderOf(q.Index), Value: order}}
	direction, than := 1, "$gt"
	if q.Desc {
		direction, than = -1, "$lt"
	}
	if beyond != nil {
		filter = append(filter, bson.E{Key: "_id", Value: bson.D{{Key: than, Value: *beyond}}})
	}
	fields := bson.D{{Key: orderOf(q.Index), Value: 1}}
	if !q.Bare {
		fields = append(fields, bson.E{Key: "version", Value: 1}, bson.E{Key: "op", Value: 1}, bson.E{Key: "body", Value: 1})
	}
	// The hint makes a plan on another index, or on none, an error rather than a slow page.
	cur, err := c.docs.Find(ctx, filter, options.Find().SetHint(indexName(q.Index)).SetLimit(int64(limit)).SetProjection(fields).
		SetSort(bson.D{{Key: orderOf(q.Index), Value: direction}, {Key: "_id", Value: direction}}))
	if err != nil {
		return nil, fault(err)
	}
	var ds []stored
	if err := cur.All(ctx, &ds); err != nil {
		return nil, fault(err)
	}
	found := make([]storage.Found, 0, len(ds))
	for _, d := range ds {
		f := storage.Found{Record: storage.Record{ID: d.ID, Version: d.Version, Op: d.Op}, Order: d.Ix[q.Index].Order}
		if !q.Bare {
			f.Body = []byte(d.Body)
		}
		found = append(found, f)
	}
	return found, nil
}
