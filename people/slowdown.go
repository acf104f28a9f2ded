package people

import (
	"sync"
	"time"

	"github.com/apelkota/apel/internal/faults"
)

// slowdown counts failures in a row and says from when the next try counts. It slows an account down; it never locks it.
type slowdown struct {
	Failures int       `json:"failures,omitempty"`
	Last     time.Time `json:"last,omitzero"`
	Until    time.Time `json:"until,omitzero"`
}

// The pace: an account takes five free failures, then waits 30 s, 1 min, 2 min ... at most 15 minutes. A browser that has logged in before has its own
// count: ten free failures, then 5 s, 10 s ... at most a minute, whatever strangers do to the account meanwhile.
// A success clears the count of that browser only.
const (
	freeFailures       = 5
	firstDelay         = 30 * time.Second
	longestDelay       = 15 * time.Minute
	freeFailuresKnown  = 10
	firstDelayKnown    = 5 * time.Second
	longestDelayKnown  = time.Minute
	forgetAfter        = time.Hour
	maxUnknownSlowdown = 10_000
)

func (s slowdown) failed(now time.Time, known bool) slowdown {
	free, first, longest := freeFailures, firstDelay, longestDelay
	if known {
		free, first, longest = freeFailuresKnown, firstDelayKnown, longestDelayKnown
	}
	if now.Sub(s.Last) > forgetAfter {
		s = slowdown{}
	}
	s.Failures++
	s.Last = now
	if n := s.Failures - free; n >= 0 {
		s.Until = now.Add(min(first<<min(n, 20), longest))
	}
	return s
}

// wait says how long the next try has to wait.
func (s slowdown) wait(now time.Time) time.Duration { return max(0, s.Until.Sub(now)) }

// strangers counts failures for numbers that have no account, so that an answer never tells whether one exists. It forgets when it is full or the
// process ends, which slows nobody down.
type strangers struct {
	mu sync.Mutex
	m  map[string]slowdown
}

func (s *strangers) get(key string) slowdown {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m[key]
}

func (s *strangers) failed(key string, now time.Time) slowdown {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m == nil || len(s.m) >= maxUnknownSlowdown {
		s.m = map[string]slowdown{}
	}
	s.m[key] = s.m[key].failed(now, false)
	return s.m[key]
}

// tooSoon tells when to try again, in the installation's zone.
func (s *Service) tooSoon(until time.Time) error {
	at := until.Add(time.Minute - 1).In(s.cfg.Zone().Location()).Format("15.04")
	return faults.Newf(faults.TooMany, "Terlalu sering mencoba. Coba lagi pukul %s.", "Too many tries. Try again at %s.", at)
}
