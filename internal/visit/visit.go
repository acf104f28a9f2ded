// Package visit carries through a request who is there: the actor behind the session cookie or API token, the language, the request's id.
// It is resolved once at the edge and read by pages and API alike.
package visit

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Names of the cookies. The session cookie is HttpOnly and SameSite=Lax; with TLS it carries the __Host- prefix.
const (
	SessionCookie       = "apel"
	SecureSessionCookie = "__Host-apel"
	LanguageCookie      = "bahasa"
	DeviceCookie        = "perangkat" // a browser that logged in before is never locked out
)

// Visit is who is there in one request.
type Visit struct {
	Actor   access.Actor
	Session string // id of the session document; "" without one
	Token   bool   // an API token, not a browser
	Lang    texts.Lang
	Request string // random id of the request, in the log and in error pages
	Address netip.Addr
	Device  string // the browser's device cookie, "" when it never logged in

	streams *streams
	still   func(context.Context) error // asks again who is there
}

// Sessions finds the actor behind a session or API token. Unauthenticated when it is unknown, ended or its account is closed.
type Sessions interface {
	SessionActor(ctx context.Context, token string) (a access.Actor, session string, err error)
	TokenActor(ctx context.Context, token string) (access.Actor, error)
}

type key struct{}

// With returns a context that carries the visit, and its language for texts.From.
func With(ctx context.Context, v Visit) context.Context {
	return texts.With(context.WithValue(ctx, key{}, v), v.Lang)
}

// From returns the visit of a request; outside of one it is nobody's.
func From(ctx context.Context) Visit {
	v, ok := ctx.Value(key{}).(Visit)
	if !ok {
		v.Lang = texts.ID
	}
	return v
}

// Actor is who acts in this request.
func Actor(ctx context.Context) access.Actor { return From(ctx).Actor }

// Resolver finds out who is there before the handler runs. TrustedProxy makes it believe X-Forwarded-For of the last hop.
//
// Secure says that people come by https: then only the cookie with the __Host- prefix counts. A browser takes the other name from a neighbouring
// host or a forged answer without TLS too, and somebody could be led to work in a stranger's session.
type Resolver struct {
	Sessions     Sessions
	TrustedProxy bool
	Secure       bool
}

// Resolve wraps a handler. An unknown or ended session counts as nobody; an API token that does not work is answered 401 by fail, so that a
// machine never acts as nobody by mistake. When sessions cannot be read at all, fail gets that fault.
func (r Resolver) Resolve(next http.Handler, fail func(w http.ResponseWriter, q *http.Request, err error)) http.Handler {
	open := &streams{open: map[string][]*stream{}}
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		v := Visit{Lang: language(q), Request: storage.NewID()[:12], Address: r.address(q), streams: open, still: func(context.Context) error { return nil }}
		if c, err := q.Cookie(DeviceCookie); err == nil {
			v.Device = c.Value
		}
		ctx := q.Context()
		var err error
		if bearer, ok := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer "); ok {
			v.Token = true
			v.Actor, err = r.Sessions.TokenActor(ctx, bearer)
			v.still = func(ctx context.Context) error { _, err := r.Sessions.TokenActor(ctx, bearer); return err }
		} else if token := r.token(q); token != "" {
			v.Actor, v.Session, err = r.Sessions.SessionActor(ctx, token)
			v.still = func(ctx context.Context) error { _, _, err := r.Sessions.SessionActor(ctx, token); return err }
			if errors.Is(err, faults.Unauthenticated) || errors.Is(err, faults.NotFound) {
				v.Actor, v.Session, err = access.Actor{}, "", nil
			}
		}
		q = q.WithContext(With(ctx, v))
		if err != nil {
			fail(w, q, err)
			return
		}
		next.ServeHTTP(w, q)
	})
}

func (r Resolver) token(q *http.Request) string {
	name := SessionCookie
	if r.Secure {
		name = SecureSessionCookie
	}
	c, err := q.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func language(q *http.Request) texts.Lang {
	if c, err := q.Cookie(LanguageCookie); err == nil {
		return texts.Parse(c.Value)
	}
	// A browser's own preference counts only for programs; people in the office have English browsers and want Indonesian.
	if strings.HasPrefix(q.URL.Path, "/api/") {
		return texts.Parse(q.Header.Get("Accept-Language"))
	}
	return texts.ID
}

func (r Resolver) address(q *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(q.RemoteAddr)
	if err != nil {
		host = q.RemoteAddr
	}
	if r.TrustedProxy {
		hops := strings.Split(q.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(hops[len(hops)-1]); last != "" {
			host = last
		}
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap()
}
