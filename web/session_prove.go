package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/visit"
)

// SecondPage asks for the code of the second factor.
type SecondPage struct {
	Base
	Form Form
}

func (l *learner) showSecond(c *gin.Context) error {
	if !reader(c).Anonymous() {
		return see(c, "/")
	}
	if l.sessionToken(c) == "" {
		return see(c, "/masuk")
	}
	l.Render(c, http.StatusOK, "second", &SecondPage{})
	return nil
}

func (l *learner) proveSecond(c *gin.Context) error {
	p := &SecondPage{Form: posted(c)}
	session, token, err := l.People.ProveSecond(c.Request.Context(), l.sessionToken(c), p.Form.Get("code"), visit.From(c.Request.Context()).Device)
	if err != nil {
		return l.refuseEntry(c, &p.Form, err, "second", p)
	}
	back, _ := c.Cookie(backCookie) // without one it is the start page
	l.setCookie(c, backCookie, "", -1)
	return l.enter(c, session, token, LocalPath(back))
}
