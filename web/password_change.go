package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/access"
)

// PasswordPage changes one's own password.
type PasswordPage struct {
	Base
	Form Form
}

// accountCrumbs lead back to the account from its pages.
var accountCrumbs = []Link{{Label: "Akun saya", URL: "/akun"}}

func (l *learner) showPassword(c *gin.Context) error {
	l.Render(c, http.StatusOK, "password", &PasswordPage{Base: Base{Active: navAccount, Crumbs: accountCrumbs}})
	return nil
}

func (l *learner) changePassword(c *gin.Context) error {
	p := &PasswordPage{Base: Base{Active: navAccount, Crumbs: accountCrumbs}, Form: posted(c)}
	if l.checkRepeat(c, &p.Form, c.PostForm("new")); !p.Form.OK() {
		l.Render(c, http.StatusUnprocessableEntity, "password", p)
		return nil
	}
	if err := l.People.ChangePassword(c.Request.Context(), l.sessionToken(c), c.PostForm("password"), c.PostForm("new")); err != nil {
		return l.refuseEntry(c, &p.Form, err, "password", p)
	}
	return l.done(c, Success, l.T(c, "Kata sandi baru tersimpan. Sesi di perangkat lain sudah berakhir."), "/akun")
}

// recent asks the password typed beside a form, where the session's last one is too long ago, and answers the actor as of now.
func (l *learner) recent(c *gin.Context) (access.Actor, error) {
	a := reader(c)
	if a.Recent {
		return a, nil
	}
	ctx, token := c.Request.Context(), l.sessionToken(c)
	if err := l.People.Confirm(ctx, token, c.PostForm("password")); err != nil {
		return a, err
	}
	a, _, err := l.People.SessionActor(ctx, token)
	return a, err
}
