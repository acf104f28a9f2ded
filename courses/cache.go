package courses

import (
	"container/list"
	"context"
	"sync"

	"golang.org/x/sync/singleflight"
)

// cache keeps the most recently used immutable documents in memory. What it holds never changes, so there is nothing to invalidate; a value is
// shared by its readers, who must not write into it.
type cache[V any] struct {
	max  int
	mu   sync.Mutex
	by   map[string]*list.Element
	used *list.List // most recent first; of cached[V]
	load singleflight.Group
}

type cached[V any] struct {
	id string
	v  *V
}

func newCache[V any](max int) *cache[V] {
	return &cache[V]{max: max, by: map[string]*list.Element{}, used: list.New()}
}

// get returns the value, reading it once however many ask at the same time. keep says whether the value may be kept (a draft may not).
func (c *cache[V]) get(ctx context.Context, id string, read func(ctx context.Context) (v *V, keep bool, err error)) (*V, error) {
	c.mu.Lock()
	if e, ok := c.by[id]; ok {
		c.used.MoveToFront(e)
		v := e.Value.(cached[V]).v
		c.mu.Unlock()
		return v, nil
	}
	c.mu.Unlock()
	v, err, _ := c.load.Do(id, func() (any, error) {
		v, keep, err := read(context.WithoutCancel(ctx)) // many wait for this read; the first caller's leaving must not fail the others
		if err != nil {
			return nil, err
		}
		if keep {
			c.put(id, v)
		}
		return v, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*V), nil
}

func (c *cache[V]) put(id string, v *V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.by[id]; ok {
		return
	}
	c.by[id] = c.used.PushFront(cached[V]{id, v})
	for c.used.Len() > c.max {
		last := c.used.Back()
		delete(c.by, last.Value.(cached[V]).id)
		c.used.Remove(last)
	}
}

// len is for tests.
func (c *cache[V]) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used.Len()
}
