package people

import (
	"context"
	"net/netip"
	"runtime"
	"slices"
	"sync"

	"github.com/apelkota/apel/internal/faults"
)

// hashQueue lets as many passwords be hashed at once as there are cores; the rest wait. Two lanes: those who have shown something already (a browser
// that has logged in to the account before, a session, a mailed link), and strangers. While both wait, a stranger gets every fourth turn.
//
// In a lane the places take turns, in a place it is first come, first served. A stranger's place is the network they come from, whatever number they
// type: many invented numbers keep neither known browsers nor other networks waiting, and how long somebody waits does not tell whether a number has an
// account.
type hashQueue struct {
	mu     sync.Mutex
	free   int
	lanes  [2]lane
	turn   int
	byName map[string]int
}

type lane struct {
	waiting int // those who wait or hash
	places  []*place
}

// place is what takes one turn of its lane; it is in the list only while somebody waits in it.
type place struct {
	key  string
	line []*waiter
}

type waiter struct {
	turn chan struct{} // closed when it is the waiter's
}

// ticket is what somebody queues with. One name holds few places at once, so that guessing at one account stays short.
type ticket struct {
	lane  int
	place string
	name  string
}

const (
	shownLane = iota
	strangersLane
)

const (
	maxWaiting         = 5000 // in a lane
	maxWaitingPerPlace = 1000
	maxWaitingPerName  = 3
	strangersTurn      = 4 // one turn in so many is a stranger's while both lanes wait
)

func newHashQueue() *hashQueue {
	return &hashQueue{free: runtime.GOMAXPROCS(0), byName: map[string]int{}}
}

// shown is the ticket of somebody who has shown something already.
func shown(name string) ticket { return ticket{lane: shownLane, place: name, name: name} }

// stranger is the ticket of a browser that is not known. The name is counted per network, so that strangers elsewhere do not fill it for the owner's
// new browser.
func stranger(from netip.Addr, name string) ticket {
	bits := 24
	if from.Is6() {
		bits = 48
	}
	network := ""
	if p, err := from.Prefix(bits); err == nil {
		network = p.String()
	}
	return ticket{lane: strangersLane, place: network, name: network + " " + name}
}

// enter waits for a turn. leave must be called. Errors: TooMany (this name waits already), Unavailable (the queue is full, or the caller gave up).
func (q *hashQueue) enter(ctx context.Context, t ticket) (leave func(), err error) {
	w := &waiter{turn: make(chan struct{})}
	q.mu.Lock()
	l := &q.lanes[t.lane]
	i := slices.IndexFunc(l.places, func(p *place) bool { return p.key == t.place })
	switch {
	case q.byName[t.name] >= maxWaitingPerName:
		q.mu.Unlock()
		return nil, faults.New(faults.TooMany, "Masih ada permintaan masuk lain yang sedang diproses. Tunggu sebentar.", "Another login is still being worked on. Wait a moment.")
	case l.waiting >= maxWaiting || i >= 0 && len(l.places[i].line) >= maxWaitingPerPlace:
		q.mu.Unlock()
		return nil, faults.New(faults.Unavailable, "Banyak sekali yang sedang masuk. Tunggu sebentar, lalu coba lagi.", "Very many people are logging in. Try again shortly.")
	}
	l.waiting++
	q.byName[t.name]++
	if i < 0 {
		l.places = append(l.places, &place{key: t.place})
		i = len(l.places) - 1
	}
	l.places[i].line = append(l.places[i].line, w)
	q.next()
	q.mu.Unlock()

	select {
	case <-w.turn:
	case <-ctx.Done():
		q.done(t, w)
		return nil, faults.Wrap(ctx.Err(), faults.Unavailable, "Waktu tunggu habis. Coba lagi.", "The wait took too long. Try again.")
	}
	return func() { q.done(t, w) }, nil
}

// done takes a waiter out, whether it has had its turn or not.
func (q *hashQueue) done(t ticket, w *waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := &q.lanes[t.lane]
	l.waiting--
	if q.byName[t.name]--; q.byName[t.name] == 0 {
		delete(q.byName, t.name)
	}
	select {
	case <-w.turn:
		q.free++
	default:
		i := slices.IndexFunc(l.places, func(p *place) bool { return p.key == t.place })
		p := l.places[i]
		if p.line = slices.DeleteFunc(p.line, func(x *waiter) bool { return x == w }); len(p.line) == 0 {
			l.places = slices.Delete(l.places, i, i+1)
		}
	}
	q.next()
}

// next gives free cores to those whose turn it is.
func (q *hashQueue) next() {
	for q.free > 0 {
		which := shownLane
		switch {
		case len(q.lanes[shownLane].places) == 0 && len(q.lanes[strangersLane].places) == 0:
			return
		case len(q.lanes[shownLane].places) == 0:
			which = strangersLane
		case len(q.lanes[strangersLane].places) > 0:
			if q.turn++; q.turn%strangersTurn == 0 {
				which = strangersLane
			}
		}
		l := &q.lanes[which]
		p := l.places[0]
		l.places = l.places[1:]
		w := p.line[0]
		if p.line = p.line[1:]; len(p.line) > 0 {
			l.places = append(l.places, p) // behind the others
		}
		q.free--
		close(w.turn)
	}
}
