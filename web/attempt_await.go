package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/visit"
)

// WaitingPage is shown while an attempt is graded, usually for less than a second.
type WaitingPage struct {
	Base
	Waiting Waiting
}

func (l *learner) awaitAttempt(c *gin.Context) error {
	at, err := l.Courses.Attempt(c.Request.Context(), reader(c), c.Param("attempt"))
	if err != nil {
		return err
	}
	if graded(at) {
		return see(c, attemptURL(at.ID, "hasil"))
	}
	if at.State == courses.AttemptOpen && !at.Over {
		return see(c, attemptURL(at.ID))
	}
	p := &WaitingPage{Base: Base{Title: l.T(c, "Jawaban Anda diterima"), RefreshSeconds: 2},
		Waiting: Waiting{Label: "Jawaban sedang dinilai", Text: l.T(c, "Biasanya kurang dari satu detik. Halaman ini berpindah sendiri."), Stream: attemptURL(at.ID, "aliran")}}
	l.Render(c, http.StatusOK, "waiting", p)
	return nil
}

// graded says whether the chain is done with an attempt; some then wait for a person.
func graded(at courses.AttemptDoc) bool {
	return at.State == courses.AttemptGraded || at.State == courses.AttemptNeedsMarking
}

// streamAttempt tells the waiting page when the attempt is graded.
func (l *learner) streamAttempt(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("attempt")
	return l.stream(c, courses.AttemptsCollection, id, func() (string, error) {
		at, err := l.Courses.Attempt(ctx, reader(c), id)
		if err != nil || !graded(at) {
			return "", err
		}
		return attemptURL(id, "hasil"), nil
	})
}

// streamCertificate tells the result page when the certificate is issued.
func (l *learner) streamCertificate(c *gin.Context) error {
	at, err := l.Courses.Attempt(c.Request.Context(), reader(c), c.Param("attempt"))
	if err != nil {
		return err
	}
	id := certificateID(at.Enrolment)
	return l.stream(c, certificates.Collection, string(id), func() (string, error) {
		_, made, err := l.certificateOf(c, at.Enrolment)
		if err != nil || !made {
			return "", err
		}
		return attemptURL(at.ID, "hasil"), nil
	})
}

// watchCertificate tells the page of a certificate when it is issued.
func (l *learner) watchCertificate(c *gin.Context) error {
	ctx, id := c.Request.Context(), certificates.ID(c.Param("id"))
	return l.stream(c, certificates.Collection, string(id), func() (string, error) {
		v, err := l.Certificates.Certificate(ctx, reader(c), id)
		if err != nil || v.State == certificates.Intended && v.Parked == "" {
			return "", err
		}
		return certificateURL(id), nil
	})
}

// stream is an event stream of a waiting page, see assets/js/waiting.js: look answers where to go, "" while there is nothing to go to. It is asked again
// whenever the document moved; the signal of the workers only makes that sooner, so it also works when they run elsewhere.
func (l *learner) stream(c *gin.Context, collection, id string, look func() (to string, err error)) error {
	ctx, still, done := visit.Stream(c.Request.Context())
	defer done()
	moved, end := l.watch(collection, id)
	defer end()
	slow := time.NewTicker(time.Second)
	defer slow.Stop()
	limit := time.NewTimer(2 * time.Minute) // then the browser asks again
	defer limit.Stop()
	to, err := look()
	if err != nil {
		return err
	}
	c.Header("Content-Type", "text/event-stream")
	c.Header("Cache-Control", "no-store")
	c.Header("X-Accel-Buffering", "no")
	for to == "" {
		c.Writer.WriteHeaderNow()
		c.Writer.Flush()
		select {
		case <-ctx.Done():
			return nil
		case <-limit.C:
			return nil
		case <-moved:
		case <-slow.C:
		}
		if err = still(); err == nil {
			to, err = look()
		}
		if err != nil && (ctx.Err() != nil || errors.Is(err, faults.Unauthenticated)) {
			return nil
		}
		if err != nil {
			l.config.Log.WarnContext(ctx, "event stream ended", "route", c.FullPath(), "error", err)
			return nil
		}
	}
	fmt.Fprintf(c.Writer, "event: done\ndata: %s\n\n", to) //nolint:errcheck // the reader is gone then
	c.Writer.Flush()
	return nil
}

// Watcher tells when a step of a document was done. The workers do.
type Watcher interface {
	Watch(collection, id string) (moved <-chan struct{}, end func())
}

func (l *learner) watch(collection, id string) (<-chan struct{}, func()) {
	if l.Watch == nil {
		return nil, func() {}
	}
	return l.Watch.Watch(collection, id)
}
