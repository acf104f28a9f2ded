package visit

import (
	"context"
	"slices"
	"sync"
)

// maxStreams is how many event streams one session, or the API tokens of one person, may hold; the oldest ends when one more is opened.
const maxStreams = 10

// streams are the open event streams of this process, by whose they are, the oldest first.
type streams struct {
	mu   sync.Mutex
	open map[string][]*stream
}

type stream struct{ end context.CancelFunc }

func (s *streams) add(ctx context.Context, whose string) (context.Context, func()) {
	ctx, end := context.WithCancel(ctx)
	x := &stream{end}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := append(s.open[whose], x)
	if len(all) > maxStreams {
		all[0].end()
		all = slices.Clone(all[1:])
	}
	s.open[whose] = all
	return ctx, func() {
		end()
		s.mu.Lock()
		defer s.mu.Unlock()
		left := slices.DeleteFunc(s.open[whose], func(y *stream) bool { return y == x })
		if s.open[whose] = left; len(left) == 0 {
			delete(s.open, whose)
		}
	}
}

// Stream is for a request that stays open. The context it gives ends when too many of the same session are open; still asks again who is there and is
// to be called before each look: Unauthenticated once the session is over. end must be called.
func Stream(ctx context.Context) (_ context.Context, still func() error, end func()) {
	v := From(ctx)
	if v.streams == nil {
		return ctx, func() error { return nil }, func() {}
	}
	whose := "session " + v.Session
	if v.Session == "" {
		whose = "person " + v.Actor.Person
	}
	ctx, end = v.streams.add(ctx, whose)
	return ctx, func() error { return v.still(ctx) }, end
}
