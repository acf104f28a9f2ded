package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// ActivationPage turns a slip into an account: number, code from the slip, a password of one's own, and the notice about personal data.
type ActivationPage struct {
	Base
	Form Form
}

func (l *learner) showActivation(c *gin.Context) error {
	if !reader(c).Anonymous() {
		return see(c, "/")
	}
	l.Render(c, http.StatusOK, "activation", &ActivationPage{})
	return nil
}

func (l *learner) activate(c *gin.Context) error {
	p := &ActivationPage{Form: posted(c)}
	password := c.PostForm("password")
	l.checkRepeat(c, &p.Form, password)
	if p.Form.Get("privacy") == "" {
		p.Form.Wrong("privacy", l.T(c, "Baca dahulu pemberitahuannya, lalu beri tanda centang."))
	}
	if !p.Form.OK() {
		l.Render(c, http.StatusUnprocessableEntity, "activation", p)
		return nil
	}
	session, token, err := l.People.Activate(c.Request.Context(), people.ActivateInput{NIP: p.Form.Get("nip"), Code: p.Form.Get("code"), Password: password,
		Device: visit.From(c.Request.Context()).Device, From: visit.From(c.Request.Context()).Address, Agent: browser(c)})
	if err != nil {
		return l.refuseEntry(c, &p.Form, err, "activation", p)
	}
	if !session.Pending {
		l.Flash(c, Notice{Kind: Success, Text: l.T(c, "Akun Anda aktif. Selamat belajar.")})
	}
	return l.enter(c, session, token, "/")
}

// checkRepeat notes when the password was typed differently the second time.
func (l *learner) checkRepeat(c *gin.Context, f *Form, password string) {
	if c.PostForm("again") != password {
		f.Wrong("again", l.T(c, "Kata sandi kedua tidak sama dengan yang pertama. Ketik keduanya lagi."))
	}
}
