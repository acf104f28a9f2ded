package sqlite

import (
	"bytes"
	"hash/maphash"
	"sync"

	"github.com/apelkota/apel/internal/storage"
)

// recent keeps the records that were read or written last. This process owns the file, so every write passes here and what is kept is never older
// than what an acknowledged write left: a read from it and a read from the file cannot be told apart.
//
// Each shard counts the writes that began or ended in it. What was read from the file is kept only if none did meanwhile, what was written only if
// no other was under way; so however reads and writes of one id interleave, an older version never stays.
type recent struct {
	seed   maphash.Seed
	shards [recentShards]recentShard
}

const (
	recentShards = 64
	recentBytes  = 12 << 20                        // what all shards keep at most: the working set of some two thousand people at their exams
	recentRecord = recentBytes / recentShards / 16 // larger ones are not kept: they would push out the many small ones
)

// recentShard forgets by halves: when the young half is full the old one is dropped; what is used in the old one moves to the young.
type recentShard struct {
	mu         sync.Mutex
	moves      uint64
	bytes      int // of young
	young, old map[recentKey]storage.Record
}

type recentKey struct {
	c  *collection
	id string
}

func newRecent() *recent {
	r := &recent{seed: maphash.MakeSeed()}
	for i := range r.shards {
		r.shards[i].young = map[recentKey]storage.Record{}
	}
	return r
}

func (r *recent) shard(k recentKey) *recentShard {
	return &r.shards[maphash.String(r.seed, k.id)%recentShards]
}

// get returns what is kept; without it, what has to be given to keep after reading the file.
func (r *recent) get(c *collection, id string) (rec storage.Record, ok bool, moves uint64) {
	k := recentKey{c, id}
	s := r.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if rec, ok = s.young[k]; ok {
		return rec, true, 0
	}
	if rec, ok = s.old[k]; ok {
		delete(s.old, k)
		s.put(k, rec)
	}
	return rec, ok, s.moves
}

// keep keeps what was read from the file, unless something was written since.
func (r *recent) keep(c *collection, rec storage.Record, moves uint64) {
	k := recentKey{c, rec.ID}
	s := r.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.moves == moves {
		s.put(k, rec)
	}
}

// writing is to be called before a write is handed in; done after its outcome is known, with nil for anything but a success.
func (r *recent) writing(c *collection, id string) (done func(rec *storage.Record)) {
	k := recentKey{c, id}
	s := r.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moves++
	mine := s.moves
	return func(rec *storage.Record) {
		s.mu.Lock()
		defer s.mu.Unlock()
		alone := s.moves == mine
		s.moves++
		s.drop(k)
		if rec != nil && alone {
			s.put(k, storage.Record{ID: rec.ID, Version: rec.Version, Op: rec.Op, Body: bytes.Clone(rec.Body)}) // the body is the caller's
		}
	}
}

func (s *recentShard) put(k recentKey, rec storage.Record) {
	n := sizeOf(rec)
	if n > recentRecord {
		return
	}
	if s.bytes+n > recentBytes/recentShards/2 {
		s.old, s.young, s.bytes = s.young, map[recentKey]storage.Record{}, 0
	}
	s.young[k] = rec
	s.bytes += n
}

func (s *recentShard) drop(k recentKey) {
	if rec, ok := s.young[k]; ok {
		s.bytes -= sizeOf(rec)
		delete(s.young, k)
	}
	delete(s.old, k)
}

// sizeOf is what a record takes in memory, with its place in the map.
func sizeOf(r storage.Record) int { return len(r.Body) + 2*len(r.ID) + 200 }
