package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// ForgottenPage asks for the number whose owner forgot the password.
type ForgottenPage struct {
	Base
	Form Form
	Mail bool // mail is configured
	Sent bool // the request was taken; whether an account exists is not said
}

// ResetPage sets a new password with a mailed link.
type ResetPage struct {
	Base
	Form Form
}

func (l *learner) showForgotten(c *gin.Context) error {
	l.Render(c, http.StatusOK, "forgotten", &ForgottenPage{Mail: l.Settings.Current().Mail.Server != ""})
	return nil
}

func (l *learner) requestReset(c *gin.Context) error {
	p := &ForgottenPage{Form: posted(c), Mail: true, Sent: true}
	if err := l.People.RequestReset(c.Request.Context(), p.Form.Get("nip")); err != nil {
		return err
	}
	l.Render(c, http.StatusOK, "forgotten", p)
	return nil
}

func (l *learner) showReset(c *gin.Context) error {
	c.Header("Referrer-Policy", "no-referrer")
	l.Render(c, http.StatusOK, "reset", &ResetPage{})
	return nil
}

func (l *learner) reset(c *gin.Context) error {
	p := &ResetPage{Form: posted(c)}
	password := c.PostForm("password")
	if l.checkRepeat(c, &p.Form, password); !p.Form.OK() {
		l.Render(c, http.StatusUnprocessableEntity, "reset", p)
		return nil
	}
	session, token, err := l.People.Reset(c.Request.Context(), people.ResetInput{Token: c.Param("token"), Password: password, Device: visit.From(c.Request.Context()).Device, Agent: browser(c)})
	if err != nil {
		return l.refuseEntry(c, &p.Form, err, "reset", p)
	}
	if !session.Pending {
		l.Flash(c, Notice{Kind: Success, Text: l.T(c, "Kata sandi baru tersimpan.")})
	}
	return l.enter(c, session, token, "/")
}
