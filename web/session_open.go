package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// LoginPage asks for NIP and password.
type LoginPage struct {
	Base
	Form Form
	Back string // where to go afterwards
}

func (l *learner) showLogin(c *gin.Context) error {
	back := LocalPath(c.Query("kembali"))
	if !reader(c).Anonymous() {
		return see(c, back)
	}
	l.Render(c, http.StatusOK, "login", &LoginPage{Back: back})
	return nil
}

func (l *learner) login(c *gin.Context) error {
	p := &LoginPage{Form: posted(c), Back: LocalPath(c.PostForm("kembali"))}
	session, token, err := l.People.Login(c.Request.Context(), people.LoginInput{NIP: p.Form.Get("nip"), Password: c.PostForm("password"), Device: visit.From(c.Request.Context()).Device, From: visit.From(c.Request.Context()).Address, Agent: browser(c)})
	if err != nil {
		return l.refuseEntry(c, &p.Form, err, "login", p)
	}
	return l.enter(c, session, token, p.Back)
}

// refuseEntry shows a form at the door again: wrong number or password, too many tries, a full queue. Any of them keeps what was typed.
func (l *learner) refuseEntry(c *gin.Context, f *Form, err error, page string, data any) error {
	fault := faults.Of(err)
	status := http.StatusUnprocessableEntity
	switch fault.Kind {
	case faults.Unauthenticated, faults.Forbidden:
		f.Wrong("", in(c, fault.Text))
	case faults.TooMany, faults.Unavailable:
		f.Wrong("", in(c, fault.Text))
		status = fault.Kind.Status()
	default:
		if !f.Take(err, Lang(c)) {
			return err
		}
		status = f.Status()
	}
	l.Render(c, status, page, data)
	return nil
}

// enter gives the browser its cookies and lets the person in, or asks for the second factor first.
func (l *learner) enter(c *gin.Context, session people.Session, token, back string) error {
	l.keepSession(c, token, int(sessionTime.Seconds()))
	if session.Device != "" {
		l.setCookie(c, visit.DeviceCookie, session.Device, 400*24*3600)
	}
	if session.Pending {
		l.setCookie(c, backCookie, back, 600)
		return see(c, "/masuk/kode")
	}
	if session.Withheld {
		l.Flash(c, Notice{Kind: Warn, Text: l.T(c, "Peran khusus Anda belum dapat dipakai sampai kode dua langkah dipasang di halaman akun.")})
		return see(c, "/akun/kode")
	}
	return see(c, back)
}

// backCookie holds where to go after the second step, so that it needs no address.
const backCookie = "kembali"

// keepSession sets the session cookie, or drops it with seconds -1. With https it carries the __Host- prefix.
func (l *learner) keepSession(c *gin.Context, token string, seconds int) {
	name := visit.SessionCookie
	if l.config.Secure {
		name = visit.SecureSessionCookie
	}
	l.setCookie(c, name, token, seconds)
}

// sessionToken is the token in the session cookie, "" without one.
func (l *learner) sessionToken(c *gin.Context) string {
	name := visit.SessionCookie
	if l.config.Secure {
		name = visit.SecureSessionCookie
	}
	token, err := c.Cookie(name)
	if err != nil {
		return ""
	}
	return token
}

// posted is the form that was sent. Passwords never come back, see Form.Input.
func posted(c *gin.Context) Form {
	if c.Request.PostForm == nil {
		c.PostForm("") // makes gin read the body
	}
	return NewForm(c.Request.PostForm)
}
