package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/people"
)

// SetupPage makes the first system admin with the one-time link that the program prints.
type SetupPage struct {
	Base
	Form Form
}

func (l *learner) showSetup(c *gin.Context) error {
	if err := l.People.CheckSetup(c.Request.Context(), c.Param("token")); err != nil {
		return err
	}
	c.Header("Referrer-Policy", "no-referrer")
	l.Render(c, http.StatusOK, "setup", &SetupPage{})
	return nil
}

func (l *learner) setUp(c *gin.Context) error {
	p := &SetupPage{Form: posted(c)}
	password := c.PostForm("password")
	if l.checkRepeat(c, &p.Form, password); !p.Form.OK() {
		l.Render(c, http.StatusUnprocessableEntity, "setup", p)
		return nil
	}
	session, token, err := l.People.SetUp(c.Request.Context(), people.SetUpInput{Token: c.Param("token"), NIP: p.Form.Get("nip"), Name: p.Form.Get("name"), Password: password, Agent: browser(c)})
	if err != nil {
		return l.refuseEntry(c, &p.Form, err, "setup", p)
	}
	return l.enter(c, session, token, "/")
}
