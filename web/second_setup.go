package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/people"
)

// SecondSetupPage sets up the second factor: a code from the phone after the password.
type SecondSetupPage struct {
	Base
	Form     Form
	On       bool
	Codes    int // recovery codes left
	Recent   bool
	Key      *CodeBox // the secret to scan or type, before the first code
	Recovery []string // shown this one time
}

func (l *learner) showSecondSetup(c *gin.Context) error {
	p, err := l.secondSetupPage(c)
	if err != nil {
		return err
	}
	l.Render(c, http.StatusOK, "secondsetup", p)
	return nil
}

func (l *learner) secondSetupPage(c *gin.Context) (*SecondSetupPage, error) {
	a := reader(c)
	acc, err := l.People.Account(c.Request.Context(), a, people.ID(a.Person))
	return &SecondSetupPage{Base: Base{Active: navAccount, Crumbs: accountCrumbs}, On: acc.Second, Codes: acc.Codes, Recent: a.Recent}, err
}

// setUpSecond goes through the steps: begin (a new secret), confirm (the first code), drop.
func (l *learner) setUpSecond(c *gin.Context) error {
	ctx := c.Request.Context()
	p, err := l.secondSetupPage(c)
	if err != nil {
		return err
	}
	p.Form = posted(c)
	a, err := l.recent(c)
	if err != nil {
		return l.refuseEntry(c, &p.Form, err, "secondsetup", p)
	}
	p.Recent = true
	switch c.PostForm("step") {
	case "begin":
		var s people.SecondSetup
		if s, err = l.People.BeginSecond(ctx, a, "APEL "+l.institution(ctx).Short); err == nil {
			p.Key = secondKey(s.URL, s.Secret)
		}
	case "confirm":
		if len(c.PostForm("url")) <= longestKey && len(c.PostForm("secret")) <= longestKey {
			p.Key = secondKey(c.PostForm("url"), c.PostForm("secret")) // shown again when the code was wrong
		}
		if p.Recovery, err = l.People.ConfirmSecond(ctx, a, p.Form.Get("totp")); err == nil {
			p.On, p.Key = true, nil
		}
	case "drop":
		if err = l.People.DropSecond(ctx, a, people.ID(a.Person), ""); err == nil {
			return l.done(c, Success, l.T(c, "Kode dua langkah dilepas."), "/akun")
		}
	}
	if err != nil {
		return l.refuseEntry(c, &p.Form, err, "secondsetup", p)
	}
	l.Render(c, http.StatusOK, "secondsetup", p)
	return nil
}

// longestKey bounds what comes back of a key; a longer one is not ours.
const longestKey = 400

func secondKey(url, secret string) *CodeBox {
	return &CodeBox{Label: "Kunci untuk aplikasi kode", Code: secret, QR: url}
}
