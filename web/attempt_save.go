package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// saveAnswer keeps one answer as it changes, for assets/js/quiz.js, which says at its top what is posted and answered. It costs one read and one swap
// of the attempt: the form is not drawn for it.
func (l *learner) saveAnswer(c *gin.Context) error {
	item := c.PostForm("item")
	if c.PostForm("check") != "" {
		return l.checkAnswer(c, item)
	}
	saved, err := l.Courses.SaveFrom(c.Request.Context(), reader(c), c.Param("attempt"), map[string]grading.Answer{item: savedAnswer(c, item)}, postedFrom(c))
	if err == nil {
		c.Header("Cache-Control", "no-store")
		c.JSON(http.StatusOK, gin.H{"seq": saved.Seq, "saved": l.format(c).clock(l.config.Now()), "left": saved.Left.Milliseconds(), "ends": milli(saved.EndsAt), "advice": in(c, saved.Advice[item])})
		return nil
	}
	return l.saveRefused(c, err)
}

// saveRefused tells the script why an answer is not kept, by the status its protocol names.
func (l *learner) saveRefused(c *gin.Context, err error) error {
	fault, status := faults.Of(err), faults.KindOf(err).Status()
	switch {
	case heldUp(fault):
		status = http.StatusLocked // paused, or not on the exam's network: later again
	case errors.Is(err, faults.Conflict) && !stale(fault):
		status = http.StatusGone // handed in, or the time is over
	}
	if status >= http.StatusInternalServerError {
		l.config.Log.ErrorContext(c.Request.Context(), "save answer", "route", c.FullPath(), "error", err)
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(status, gin.H{"text": in(c, fault.Text)})
	return nil
}
