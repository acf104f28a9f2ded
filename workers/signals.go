package workers

import "sync"

// signals tells listeners in this process that a document moved on. A listener rereads the document; a signal only makes that sooner, so a
// process that hears none is slower, never wrong.
type signals struct {
	mu        sync.Mutex
	listeners map[Ref]map[chan struct{}]bool
}

// Watch returns a channel that gets a signal when a step of the document was done, and what ends the watching. Signals while nobody reads fold into one.
func (w *Workers) Watch(collection, id string) (moved <-chan struct{}, end func()) {
	s, r, c := &w.signals, Ref{collection, id}, make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listeners == nil {
		s.listeners = map[Ref]map[chan struct{}]bool{}
	}
	if s.listeners[r] == nil {
		s.listeners[r] = map[chan struct{}]bool{}
	}
	s.listeners[r][c] = true
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.listeners[r], c)
		if len(s.listeners[r]) == 0 {
			delete(s.listeners, r)
		}
	}
}

func (s *signals) tell(r Ref) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.listeners[r] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
