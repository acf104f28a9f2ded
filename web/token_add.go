package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/people"
)

// TokensPage lists the reader's API tokens and makes new ones.
type TokensPage struct {
	Base
	Form   Form
	Tokens []TokenView
	Roles  []Option
	Fresh  *CodeBox // the secret, shown this one time
	Recent bool
}

// TokenView is one token.
type TokenView struct {
	ID    string
	Name  string
	Facts []Fact
}

func (l *learner) showTokens(c *gin.Context) error {
	p, err := l.tokensPage(c, NewForm(map[string][]string{"days": {"90"}}))
	if err != nil {
		return err
	}
	l.Render(c, http.StatusOK, "tokens", p)
	return nil
}

func (l *learner) tokensPage(c *gin.Context, form Form) (*TokensPage, error) {
	a := reader(c)
	all, err := l.People.Tokens(c.Request.Context(), a, people.ID(a.Person))
	if err != nil {
		return nil, err
	}
	p := &TokensPage{Base: Base{Active: navAccount, Crumbs: accountCrumbs}, Form: form, Recent: a.Recent}
	f := l.format(c)
	for _, t := range all {
		v := TokenView{ID: t.ID, Name: t.Name, Facts: []Fact{{Label: "Dibuat", Value: f.day(t.At)}, {Label: "Berlaku sampai", Value: f.day(t.Until)}, {Label: "Terakhir dipakai", Value: f.day(t.UsedOn)}}}
		for _, r := range t.Roles {
			v.Facts = append(v.Facts, Fact{Label: "Peran", Value: in(c, people.RoleText(r))})
		}
		p.Tokens = append(p.Tokens, v)
	}
	seen := map[string]bool{}
	for _, g := range a.Grants {
		if !seen[g.Role] {
			seen[g.Role] = true
			p.Roles = append(p.Roles, Option{Value: g.Role, Name: in(c, people.RoleText(g.Role))})
		}
	}
	return p, nil
}

// addToken makes a token, or revokes one.
func (l *learner) addToken(c *gin.Context) error {
	ctx, form := c.Request.Context(), posted(c)
	if id := c.PostForm("revoke"); id != "" {
		if err := l.People.RevokeToken(ctx, reader(c), id); err != nil {
			return err
		}
		return l.done(c, Success, l.T(c, "Token dicabut."), "/akun/token")
	}
	a, err := l.recent(c)
	secret := ""
	if err == nil {
		days, _ := strconv.Atoi(form.Get("days")) // what is no number is 0, which the room refuses
		_, secret, err = l.People.AddToken(ctx, a, form.Get("name"), form.Values["roles"], days)
	}
	p, pageErr := l.tokensPage(c, form)
	if pageErr != nil {
		return pageErr
	}
	if err != nil {
		return l.refuseEntry(c, &p.Form, err, "tokens", p)
	}
	p.Recent, p.Form = true, NewForm(map[string][]string{"days": {"90"}})
	p.Fresh = &CodeBox{Label: "Token baru", Code: secret, Text: l.T(c, "Salin sekarang. Token ini hanya ditampilkan sekali.")}
	l.Render(c, http.StatusOK, "tokens", p)
	return nil
}
