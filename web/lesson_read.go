package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// LessonPage is one short text with the way on.
type LessonPage struct {
	Base
	Text    Prose
	Local   []string // what the city lays down on it
	Reading Reading
	Place   Progress // lesson n of m
	Minutes int
	Missing string // what is missing for the lesson to count as read
	Prev    *Button
	Next    Button
}

// showLesson opens a lesson, which starts its clock on the server. What is locked says why, on the page of the course.
func (l *learner) showLesson(c *gin.Context) error {
	enrolment, code := c.Param("enrolment"), c.Param("lesson")
	v, err := l.Courses.OpenLesson(c.Request.Context(), reader(c), enrolment, code)
	if errors.Is(err, faults.Conflict) {
		return l.done(c, Warn, in(c, faults.Of(err).Text), enrolmentURL(enrolment))
	}
	if err != nil {
		return err
	}
	p := l.lessonPage(c, v, func(code string) string { return lessonURL(enrolment, code) }, enrolmentURL(enrolment))
	p.KeepOffline, p.Reading = true, Reading{URL: lessonURL(enrolment, code), Done: v.Status.Done}
	if v.Status.Seconds > 0 || v.Status.End {
		p.Missing = in(c, v.Status.Missing)
	}
	l.Render(c, http.StatusOK, "lesson", p)
	return nil
}

// lessonPage is a lesson with the ways to its neighbours and back to the course.
func (l *learner) lessonPage(c *gin.Context, v courses.LessonView, at func(code string) string, back string) *LessonPage {
	p := &LessonPage{Base: Base{Title: in(c, v.Title), Active: navCatalogue, Crumbs: []Link{{Name: v.Course, URL: back}}}, Text: Prose(v.HTML), Local: v.Local, Minutes: v.Minutes,
		Place: Progress{Name: l.T(c, "Pelajaran %d dari %d", v.Number, v.Of), Done: float64(v.Number), Goal: float64(v.Of), Text: l.format(c).minutes(l.words, v.Minutes)}}
	p.Next = Button{Label: "Kembali ke langkah belajar", URL: back, Kind: "primary", Icon: "arrow"}
	if v.Next != "" {
		p.Next = Button{Label: "Pelajaran berikutnya", URL: at(v.Next), Kind: "primary", Icon: "arrow"}
	}
	if v.Previous != "" {
		p.Prev = &Button{Label: "Sebelumnya", URL: at(v.Previous), Icon: "arrow-left"}
	}
	return p
}

// readLesson takes what the page reports: that it is open, that it is still looked at, that its end was reached. A script gets JSON, a person the next page.
func (l *learner) readLesson(c *gin.Context) error {
	ctx, a, enrolment, code := c.Request.Context(), reader(c), c.Param("enrolment"), c.Param("lesson")
	var st courses.ReadingStatus
	var err error
	if c.PostForm("event") == "open" {
		var v courses.LessonView
		v, err = l.Courses.OpenLesson(ctx, a, enrolment, code)
		st = v.Status
	} else {
		st, err = l.Courses.Read(ctx, a, enrolment, code, c.PostForm("event") == "end")
	}
	if wantsJSON(c) {
		if err != nil {
			c.AbortWithStatus(faults.KindOf(err).Status())
			return nil
		}
		c.JSON(http.StatusOK, gin.H{"read": st.Done, "missing": in(c, st.Missing)})
		return nil
	}
	if err != nil {
		return err
	}
	if !st.Done {
		return l.done(c, Warn, in(c, st.Missing), lessonURL(enrolment, code)+"#akhir")
	}
	return l.done(c, Success, l.T(c, "Pelajaran tercatat sudah dibaca."), lessonURL(enrolment, code)+"#akhir")
}
