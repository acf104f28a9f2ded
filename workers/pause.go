package workers

import (
	"sync"
	"time"

	"github.com/apelkota/apel/internal/storage"
)

// pause holds all steps while the storage takes no writes: what a step failed of cannot even be noted in its document, which so stays ready, and every
// document of a large import would be tried again at once, for ever. One step at a time then tries, later and later; the first that gets through ends it.
type pause struct {
	mu    sync.Mutex
	tries int // 0 while all is well
	until time.Time
}

// holds says whether a step has to wait. The one that does not during a pause is the one that tries.
func (p *pause) holds(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tries == 0 {
		return false
	}
	if now.Before(p.until) {
		return true
	}
	p.begin(now)
	return false
}

// failed notes that the storage took nothing and says whether that is news.
func (p *pause) failed(now time.Time) (news bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tries > 0 { // the one that tried has set the next time already
		return false
	}
	p.begin(now)
	return true
}

func (p *pause) begin(now time.Time) {
	p.until = now.Add(min(storage.Backoff(p.tries), 30*time.Second))
	p.tries++
}

// over ends a pause and says whether there was one.
func (p *pause) over() (news bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	news = p.tries > 0
	p.tries = 0
	return news
}
