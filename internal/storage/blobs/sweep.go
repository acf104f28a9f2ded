package blobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Names tells every blob that a document names, by calling name with its hash; the same hash may come twice. Each room that keeps files has one. It
// must tell of all or return an error.
type Names func(ctx context.Context, name func(hash string)) error

// Survey is what stands in the folder, compared with what documents name.
type Survey struct {
	Files   int
	Bytes   int64
	Unnamed int       // files that no document names now; a fresh upload is one of them
	Missing []string  // named by a document and not there: a loss
	SweptAt time.Time // of the last sweep; zero when there was none
}

// Survey looks at the folder and changes nothing; a store opened for reading can do it beside a running server. A file put and named meanwhile may be
// counted as unnamed, never as missing.
func (s *Store) Survey(ctx context.Context, names Names) (Survey, error) {
	var out Survey
	named, err := gather(ctx, names) // before the files: whoever names a file put it first
	if err != nil {
		return out, err
	}
	err = s.List(ctx, func(ref Ref, _ time.Time) error {
		out.Files++
		out.Bytes += ref.Size
		if !named.has(ref.Hash) {
			out.Unnamed++
		}
		named.drop(ref.Hash)
		return nil
	})
	if err != nil {
		return out, err
	}
	for key := range named {
		hash := hex.EncodeToString(key[:])
		if _, err := os.Stat(s.path(hash)); err != nil { // put after its folder was listed
			out.Missing = append(out.Missing, hash)
		}
	}
	last, err := s.lastSweep()
	out.SweptAt = last.At
	return out, err
}

func gather(ctx context.Context, names Names) (set, error) {
	named := set{}
	if err := names(ctx, named.add); err != nil {
		return nil, fmt.Errorf("ask which files are named: %w", err)
	}
	return named, nil
}

// set holds hashes as bytes: a city names a million of them.
type set map[[sha256.Size]byte]struct{}

func key(hash string) (k [sha256.Size]byte, ok bool) {
	if !Valid(hash) {
		return k, false
	}
	_, err := hex.Decode(k[:], []byte(hash))
	return k, err == nil
}

func (s set) add(hash string) {
	if k, ok := key(hash); ok {
		s[k] = struct{}{}
	}
}

func (s set) drop(hash string) {
	if k, ok := key(hash); ok {
		delete(s, k)
	}
}

func (s set) has(hash string) bool {
	k, ok := key(hash)
	if ok {
		_, ok = s[k]
	}
	return ok
}

// sweepFile holds the state of the sweep, beside the files: it is no document.
const sweepFile = "unnamed.json"

// maxStride is the most that one sweep believes to have passed since the one before. A clock that leaps (a machine that wakes up in the wrong year, a
// server that stood still for a month) therefore ages no file by more than this.
const maxStride = 25 * time.Hour

// swept is what a sweep remembers for the next one.
type swept struct {
	At      time.Time          `json:"at"`
	Clock   time.Duration      `json:"clock"`   // time that sweeps have watched pass, by strides of at most maxStride
	Unnamed map[string]sighted `json:"unnamed"` // files that no document named, since when
}

type sighted struct {
	Clock time.Duration `json:"clock"` // when it was first seen unnamed, by the watched clock
	Put   time.Time     `json:"put"`   // when it was put; another time is another file's life
}

func (s *Store) lastSweep() (swept, error) {
	b, err := os.ReadFile(filepath.Join(s.dir, sweepFile))
	if errors.Is(err, fs.ErrNotExist) {
		return swept{}, nil
	}
	if err != nil {
		return swept{}, unavailable(err)
	}
	var last swept
	if json.Unmarshal(b, &last) != nil { // cut by a power failure: begin to watch anew, which only keeps files longer
		return swept{}, nil
	}
	return last, nil
}

// Sweep removes the files that were put more than Keep ago and that every sweep for more than Keep found unnamed, and says how many. It is meant to run
// daily. Its own state decides and not the clock alone: the time between two sweeps counts for at most 25 hours, so a clock that leaps forward takes
// nobody's upload away; a file from the future is young. An error of names ends the sweep and removes nothing. Safe to call at any time.
func (s *Store) Sweep(ctx context.Context, now time.Time, names Names) (int, error) {
	s.sweeping.Lock()
	defer s.sweeping.Unlock()
	last, err := s.lastSweep()
	if err != nil {
		return 0, err
	}
	next := swept{At: now.UTC(), Clock: last.Clock, Unnamed: map[string]sighted{}}
	if !last.At.IsZero() {
		next.Clock += min(max(now.Sub(last.At), 0), maxStride)
	}
	named, err := gather(ctx, names)
	if err != nil {
		return 0, err
	}
	ripe := set{}
	err = s.List(ctx, func(ref Ref, put time.Time) error {
		if named.has(ref.Hash) {
			return nil
		}
		seen := sighted{next.Clock, put.UTC()}
		if before, ok := last.Unnamed[ref.Hash]; ok && before.Put.Equal(put) {
			seen.Clock = before.Clock
		}
		next.Unnamed[ref.Hash] = seen
		if next.Clock-seen.Clock > Keep {
			ripe.add(ref.Hash)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	removed := 0
	if len(ripe) > 0 { // once more: a document may have named one of them since
		if err := names(ctx, ripe.drop); err != nil {
			return 0, fmt.Errorf("ask which files are named: %w", err)
		}
	}
	for key := range ripe {
		hash := hex.EncodeToString(key[:])
		gone, err := s.removeIfOld(hash, now)
		if err != nil {
			return removed, err
		}
		if gone {
			removed++
			delete(next.Unnamed, hash)
		}
	}
	return removed, s.remember(next)
}

// remember writes the state; losing it only keeps files longer.
func (s *Store) remember(state swept) error {
	b, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("write down what was swept: %w", err)
	}
	tmp := filepath.Join(s.dir, temporary, sweepFile)
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return unavailable(err)
	}
	if err := os.Rename(tmp, filepath.Join(s.dir, sweepFile)); err != nil {
		return unavailable(err)
	}
	return nil
}

// removeIfOld looks at the age again under the lock: the same content may have been put meanwhile.
func (s *Store) removeIfOld(hash string, now time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := os.Stat(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) || err == nil && now.Sub(info.ModTime()) <= Keep {
		return false, nil
	}
	if err == nil {
		err = os.Remove(s.path(hash))
	}
	if err != nil {
		return false, unavailable(err)
	}
	return true, nil
}
