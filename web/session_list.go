package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// SessionsPage lists where the account is open.
type SessionsPage struct {
	Base
	Sessions []SessionView
}

// SessionView is one open session.
type SessionView struct {
	ID    string
	Agent string
	Facts []Fact
	Here  bool
}

func (l *learner) showSessions(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	all, err := l.People.Sessions(ctx, a, people.ID(a.Person))
	if err != nil {
		return err
	}
	p := &SessionsPage{Base: Base{Active: navAccount, Crumbs: accountCrumbs}}
	f := l.format(c)
	for _, s := range all {
		agent := s.Agent
		if agent == "" {
			agent = l.T(c, "Peramban tidak dikenal")
		}
		p.Sessions = append(p.Sessions, SessionView{ID: s.ID, Agent: agent, Here: s.ID == visit.From(ctx).Session,
			Facts: []Fact{{Label: "Masuk", Value: f.moment(s.At)}, {Label: "Berakhir", Value: f.moment(s.Until)}}})
	}
	l.Render(c, http.StatusOK, "sessions", p)
	return nil
}

// endSession ends one session, or all of them and forgets the known browsers.
func (l *learner) endSession(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	if c.PostForm("all") != "" {
		if err := l.People.EndSessions(ctx, a, people.ID(a.Person), ""); err != nil {
			return err
		}
		l.keepSession(c, "", -1)
		return l.done(c, Success, l.T(c, "Semua sesi sudah berakhir. Masuk lagi dengan kata sandi Anda."), "/masuk")
	}
	if err := l.People.EndSession(ctx, a, c.PostForm("id")); err != nil {
		return err
	}
	return l.done(c, Success, l.T(c, "Sesi itu sudah berakhir."), "/akun/sesi")
}
