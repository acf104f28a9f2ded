package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/faults"
)

// shapeRecord is what is kept of each collection's form: the newest shape and the indexes that a program wrote it with.
type shapeRecord struct {
	Shape   int      `json:"shape"`
	Indexes []string `json:"indexes,omitempty"`
	Behind  bool     `json:"behind,omitempty"` // documents may still have an older shape or lack entries: WriteBack has work
}

// register checks the stored form of a collection against the program's. A newer shape on disk means an older program was started on newer
// data, and everything becomes read-only. An older one, or an index the documents are not in yet, leaves work for WriteBack.
func (db *DB) register(ctx context.Context, c anyCollection, shape int, indexes []string) error {
	db.mu.Lock()
	if _, twice := db.collections[c.name()]; twice {
		db.mu.Unlock()
		return fmt.Errorf("collection %q is opened twice", c.name())
	}
	db.collections[c.name()] = c
	db.mu.Unlock()
	if db.shapes == nil { // the shapes collection itself
		return nil
	}
	slices.Sort(indexes)
	known, err := db.shapes.Get(ctx, c.name())
	switch {
	case errors.Is(err, faults.NotFound):
		err = db.shapes.Insert(ctx, &Doc[shapeRecord]{ID: c.name(), Value: shapeRecord{Shape: shape, Indexes: indexes}})
		if errors.Is(err, faults.Conflict) { // another process opens it for the first time as well
			err = nil
		}
	case err != nil:
		return err
	case known.Value.Shape > shape:
		db.setNewer(fmt.Sprintf("collection %s has shape %d, this program knows %d", c.name(), known.Value.Shape, shape))
	case known.Value.Shape < shape || !slices.Equal(known.Value.Indexes, indexes):
		_, err = db.shapes.Update(ctx, c.name(), func(d *Doc[shapeRecord]) error {
			added := slices.ContainsFunc(indexes, func(name string) bool { return !slices.Contains(d.Value.Indexes, name) })
			d.Value.Behind = d.Value.Behind || added || d.Value.Shape < shape
			d.Value.Shape, d.Value.Indexes = max(d.Value.Shape, shape), indexes
			return nil
		})
	}
	if errors.Is(err, faults.ReadOnly) { // opened for reading: documents are lifted as they are read, and nothing is noted
		return nil
	}
	return err
}

// Behind lists the opened collections whose documents may have an older shape or lack entries of a new index. Until WriteBack has run, a find
// by a new index misses old documents.
func (db *DB) Behind(ctx context.Context) ([]string, error) {
	var names []string
	for _, name := range db.Collections() {
		d, err := db.shapes.Get(ctx, name)
		if errors.Is(err, faults.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if d.Value.Behind {
			names = append(names, name)
		}
	}
	return names, nil
}

// WriteBack stores every document of a collection in the newest shape with freshly computed index entries and says how many it had to touch;
// documents that are right already are left alone, so an interrupted run is simply run again. Safe while others read and write. A change of
// what an index function returns needs a new shape (its lift may return what it gets), or WriteBack does not know that it has work.
func (db *DB) WriteBack(ctx context.Context, collection string) (int, error) {
	c, err := db.collection(collection)
	if err != nil {
		return 0, err
	}
	touched, after := 0, ""
	for {
		rs, err := db.engine.Slice(ctx, collection, after, sliceSize)
		if err != nil {
			return touched, fmt.Errorf("write back %s: %w", collection, err)
		}
		for _, r := range rs {
			after = r.ID
			behind, err := c.behind(r)
			if err != nil {
				return touched, err
			}
			if !behind {
				continue
			}
			if err := c.rewrite(ctx, r.ID); err != nil && !errors.Is(err, faults.NotFound) { // deleted meanwhile
				return touched, err
			}
			touched++
		}
		if len(rs) < sliceSize {
			break
		}
	}
	_, err = db.shapes.Update(ctx, collection, func(d *Doc[shapeRecord]) error {
		if !d.Value.Behind {
			return Unchanged
		}
		d.Value.Behind = false
		return nil
	})
	if errors.Is(err, faults.NotFound) { // the shapes collection keeps no record of itself
		err = nil
	}
	return touched, err
}

// behind says whether a document would be stored differently today.
func (c *Collection[T]) behind(r Record) (bool, error) {
	shape, err := shapeOf(r.Body)
	if err != nil {
		return false, fmt.Errorf("decode %s/%s: %w", c.def.Name, r.ID, err)
	}
	if shape < c.def.Shape {
		return true, nil
	}
	d, err := c.decode(r)
	if err != nil {
		return false, err
	}
	now, err := c.encode(&d)
	if err != nil {
		return false, err
	}
	return !slices.Equal(sorted(now.Entries), sorted(r.Entries)), nil
}

func sorted(es []Entry) []Entry {
	es = slices.Clone(es)
	slices.SortFunc(es, func(a, b Entry) int {
		if n := strings.Compare(a.Index, b.Index); n != 0 {
			return n
		}
		if n := strings.Compare(a.Term, b.Term); n != 0 {
			return n
		}
		return strings.Compare(a.Order, b.Order)
	})
	return es
}
