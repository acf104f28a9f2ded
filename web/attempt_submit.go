package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// LastLookPage is what one sees before handing in: which questions are answered, and that it cannot be taken back.
type LastLookPage struct {
	Base
	Nav     []QuizNavItem
	Attempt string
	Open    int    // questions without an answer
	Unread  []Link // those whose answer cannot be read as what they ask for, and why
	Left    string
	Submit  string // posted to
	BackURL string
}

func (l *learner) reviewAnswers(c *gin.Context) error {
	f, err := l.Courses.Form(c.Request.Context(), reader(c), c.Param("attempt"))
	if err != nil {
		return err
	}
	if ended(f) {
		return see(c, attemptURL(f.Attempt, "tunggu"))
	}
	p := &LastLookPage{Base: Base{Title: l.T(c, "Periksa lalu kumpulkan"), Lead: in(c, f.Title)}, Attempt: f.Attempt, Submit: attemptURL(f.Attempt, "kumpulkan"), BackURL: attemptURL(f.Attempt)}
	if f.Tried != "" {
		p.Notices = append(p.Notices, l.trialNotice(c, f.Tried))
	}
	for _, it := range f.Items {
		p.Nav = append(p.Nav, QuizNavItem{ID: it.Item, Number: it.Number, URL: attemptURL(f.Attempt) + "#butir-" + it.Item, Answered: !it.Answer.Blank()})
		if it.Answer.Blank() {
			p.Open++
		}
		if !it.Advice.Empty() {
			p.Unread = append(p.Unread, Link{Name: l.T(c, "Soal %d", it.Number) + ": " + in(c, it.Advice), URL: attemptURL(f.Attempt) + "#butir-" + it.Item})
		}
	}
	if !f.EndsAt.IsZero() {
		p.Left = l.T(c, "Sisa waktu %s.", l.format(c).minutes(l.words, int(f.Left.Minutes())))
	}
	l.Render(c, http.StatusOK, "lastlook", p)
	return nil
}

// submitAttempt ends the attempt with what was saved. A second post gets the same answer.
func (l *learner) submitAttempt(c *gin.Context) error {
	id := c.Param("attempt")
	if _, err := l.Courses.Submit(c.Request.Context(), reader(c), id, nil, 0); err != nil {
		return err
	}
	return see(c, attemptURL(id, "tunggu"))
}
