package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// Session is a login. The token itself travels in a cookie only.
type Session struct {
	ID      string    `json:"id"`
	Person  string    `json:"person"`
	Until   time.Time `json:"until"`
	Pending bool      `json:"pending" doc:"Waits for the second factor and opens nothing else"`
	Agent   string    `json:"agent,omitempty"`
	At      time.Time `json:"at"`
}

func showSession(s people.Session) Session {
	return Session{s.ID, string(s.Person), s.Until, s.Pending, s.Agent, s.At}
}

// loggedIn answers a login with the cookies of the session and, for a browser that is new, of the device.
type loggedIn struct {
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	CacheControl string        `header:"Cache-Control"`
	Body         Session
}

func (s *server) loggedIn(x people.Session, token string) *loggedIn {
	out := &loggedIn{CacheControl: "no-store", Body: showSession(x), SetCookie: []http.Cookie{SessionCookie(token, x.Until, s.Secure)}}
	if x.Device != "" {
		out.SetCookie = append(out.SetCookie, DeviceCookie(x.Device, s.Now(), s.Secure))
	}
	return out
}

// SessionCookie makes the cookie that carries a session; an empty token takes it away.
func SessionCookie(token string, until time.Time, secure bool) http.Cookie {
	c := http.Cookie{Name: visit.SessionCookie, Value: token, Path: "/", Expires: until.UTC(), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure}
	if secure {
		c.Name = visit.SecureSessionCookie
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// DeviceCookie makes the cookie by which a browser that logged in before is known for two years.
func DeviceCookie(device string, now time.Time, secure bool) http.Cookie {
	return http.Cookie{Name: visit.DeviceCookie, Value: device, Path: "/", Expires: now.AddDate(2, 0, 0).UTC(), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure}
}

// Me is who is logged in.
type Me struct {
	Person  Person  `json:"person"`
	Roles   []Grant `json:"roles" maxItems:"1000" nullable:"false"`
	Unread  int     `json:"unread" doc:"Unread notices"`
	Session string  `json:"session,omitempty"`
}

// Grant is a role, everywhere or in a unit and below.
type Grant struct {
	Role string     `json:"role"`
	Unit string     `json:"unit,omitempty"`
	Name texts.Text `json:"name"`
}

func (s *server) sessions() {
	type login struct {
		Agent string `header:"User-Agent"`
		Body  struct {
			NIP      string `json:"nip" minLength:"18" maxLength:"30" doc:"NIP or NI PPPK; spaces and dots do not matter"`
			Password string `json:"password" minLength:"1" maxLength:"200"`
			TOTP     string `json:"totp,omitempty" maxLength:"30" doc:"Code of the second factor, where one is set up"`
		}
	}
	handle(s, operation{Method: http.MethodPost, Path: "/sessions", ID: "logIn", Tag: "sessions", Summary: "Log in", Secret: true, Status: http.StatusCreated, Public: true, Max: 4 << 10},
		func(ctx context.Context, in *login) (*loggedIn, error) {
			x, token, err := s.People.Login(ctx, people.LoginInput{NIP: in.Body.NIP, Password: in.Body.Password, TOTP: in.Body.TOTP, Device: visit.From(ctx).Device, From: visit.From(ctx).Address, Agent: in.Agent})
			if err != nil {
				return nil, err
			}
			return s.loggedIn(x, token), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/activations", ID: "activate", Tag: "sessions", Summary: "Set a password with an activation slip, and log in", Secret: true, Status: http.StatusCreated, Public: true, Max: 4 << 10},
		func(ctx context.Context, in *struct {
			Agent string `header:"User-Agent"`
			Body  struct {
				NIP      string `json:"nip" minLength:"18" maxLength:"30"`
				Code     string `json:"code" minLength:"1" maxLength:"40" doc:"From the slip"`
				Password string `json:"password" minLength:"1" maxLength:"200"`
				TOTP     string `json:"totp,omitempty" maxLength:"30"`
			}
		}) (*loggedIn, error) {
			x, token, err := s.People.Activate(ctx, people.ActivateInput{NIP: in.Body.NIP, Code: in.Body.Code, Password: in.Body.Password, TOTP: in.Body.TOTP, Device: visit.From(ctx).Device, From: visit.From(ctx).Address, Agent: in.Agent})
			if err != nil {
				return nil, err
			}
			return s.loggedIn(x, token), nil
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/sessions/current", ID: "logOut", Tag: "sessions", Summary: "Log out", Status: http.StatusNoContent, Session: true},
		func(ctx context.Context, in *SessionCookies) (*struct {
			SetCookie []http.Cookie `header:"Set-Cookie"`
		}, error) {
			if err := s.People.Logout(ctx, in.token()); err != nil {
				return nil, err
			}
			return &struct {
				SetCookie []http.Cookie `header:"Set-Cookie"`
			}{[]http.Cookie{SessionCookie("", time.Unix(0, 0), s.Secure)}}, nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/sessions", ID: "listSessions", Tag: "sessions", Summary: "One's open sessions"},
		func(ctx context.Context, in *PageInput) (*body[ListOf[Session]], error) {
			a := visit.Actor(ctx)
			xs, err := s.People.Sessions(ctx, a, people.ID(a.Person))
			if err != nil {
				return nil, err
			}
			return paged(in, xs, func(x people.Session) string { return x.ID }, showSession)
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/sessions/{id}", ID: "endSession", Tag: "sessions", Summary: "End a session, for example of a lost phone", Status: http.StatusNoContent, Session: true},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"100"`
		}) (*struct{}, error) {
			return nil, s.People.EndSession(ctx, visit.Actor(ctx), in.ID)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/me", ID: "getMe", Tag: "sessions", Summary: "Who is logged in"},
		func(ctx context.Context, _ *struct{}) (*body[Me], error) {
			v := visit.From(ctx)
			p, err := s.People.Person(ctx, v.Actor, people.ID(v.Actor.Person))
			if err != nil {
				return nil, err
			}
			unread, err := s.People.Unread(ctx, v.Actor, p.ID)
			if err != nil {
				return nil, err
			}
			me := Me{Person: showPerson(p), Roles: []Grant{}, Unread: unread, Session: v.Session}
			for _, g := range v.Actor.Grants {
				me.Roles = append(me.Roles, Grant{g.Role, g.Unit, people.RoleText(g.Role)})
			}
			return answer(me), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/tokens", ID: "addToken", Tag: "sessions", Summary: "Make an API token; its secret is shown once, and the password must have been typed in the last ten minutes", Session: true, Secret: true, Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				Name  string   `json:"name" minLength:"1" maxLength:"100"`
				Roles []string `json:"roles" maxItems:"20" doc:"A subset of one's own"`
				Days  int      `json:"days" minimum:"1" maximum:"366"`
			}
		}) (*body[NewToken], error) {
			t, secret, err := s.People.AddToken(ctx, visit.Actor(ctx), in.Body.Name, in.Body.Roles, in.Body.Days)
			if err != nil {
				return nil, err
			}
			return answer(NewToken{showToken(t), secret}), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/tokens", ID: "listTokens", Tag: "sessions", Summary: "One's API tokens"},
		func(ctx context.Context, in *PageInput) (*body[ListOf[Token]], error) {
			a := visit.Actor(ctx)
			ts, err := s.People.Tokens(ctx, a, people.ID(a.Person))
			if err != nil {
				return nil, err
			}
			return paged(in, ts, func(t people.Token) string { return t.ID }, showToken)
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/tokens/{id}", ID: "revokeToken", Tag: "sessions", Summary: "Revoke an API token", Status: http.StatusNoContent},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"100"`
		}) (*struct{}, error) {
			return nil, s.People.RevokeToken(ctx, visit.Actor(ctx), in.ID)
		})
}

// Token lets a program act for a person.
type Token struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Roles []string  `json:"roles" maxItems:"20" nullable:"false"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
	Used  string    `json:"used,omitempty" doc:"Day of last use"`
}

// NewToken is a token with what proves it.
type NewToken struct {
	Token
	Secret string `json:"secret" doc:"Shown this one time"`
}

func showToken(t people.Token) Token {
	return Token{t.ID, t.Name, orEmpty(t.Roles), t.At, t.Until, string(t.UsedOn)}
}
