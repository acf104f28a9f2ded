package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// enrol puts the reader into a course. The enrolment's id follows from person, course and cycle, so a second post finds the first one's.
func (l *learner) enrol(c *gin.Context) error {
	e, err := l.Courses.Enrol(c.Request.Context(), reader(c), courses.EnrolInput{Course: c.Param("code"), Again: c.PostForm("again") != ""})
	if errors.Is(err, faults.Conflict) {
		p, pageErr := l.coursePage(c)
		if pageErr != nil {
			return pageErr
		}
		p.Notices = append(p.Notices, Notice{Kind: Warn, Label: "Belum bisa mendaftar", Text: in(c, faults.Of(err).Text)})
		l.Render(c, http.StatusConflict, "course", p)
		return nil
	}
	if err != nil {
		return err
	}
	return l.done(c, Success, l.T(c, "Anda terdaftar. Mulai dari langkah pertama."), enrolmentURL(e.ID))
}
