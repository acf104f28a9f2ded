package api

import (
	"errors"
	"fmt"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/visit"
)

// examEvents tells an invigilator's program when something on the board changed. The board is drawn once in two seconds however many look at it.
func (s *server) examEvents(c *gin.Context) {
	ctx, still, done := visit.Stream(c.Request.Context())
	defer done()
	look := func() (uint64, error) {
		b, err := s.Courses.ExamBoard(ctx, visit.Actor(ctx), c.Param("id"))
		return b.Mark(), err
	}
	last, err := look()
	if err != nil {
		s.fail(c, err)
		return
	}
	tick := time.NewTicker(3 * time.Second)
	defer tick.Stop()
	limit := time.NewTimer(2 * time.Minute) // the program asks again
	defer limit.Stop()
	c.Header("Content-Type", "text/event-stream")
	c.Header("Cache-Control", "no-store")
	c.Header("X-Accel-Buffering", "no")
	fmt.Fprint(c.Writer, "retry: 2000\n\n") //nolint:errcheck // the reader is gone then
	for {
		c.Writer.Flush()
		select {
		case <-ctx.Done():
			return
		case <-limit.C:
			return
		case <-tick.C:
		}
		now := last
		if err = still(); err == nil {
			now, err = look()
		}
		if err != nil && (ctx.Err() != nil || errors.Is(err, faults.Unauthenticated)) {
			return // logged out, or one of too many
		}
		if err != nil {
			s.Log.Warn("event stream ended", "request", visit.From(ctx).Request, "err", err)
			return
		}
		if now == last {
			continue
		}
		last = now
		if _, err := fmt.Fprint(c.Writer, "event: changed\ndata:\n\n"); err != nil {
			return
		}
	}
}
