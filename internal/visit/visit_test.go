package visit

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/apelkota/apel/internal/access"
)

// echo takes every token for the person of that name.
type echo struct{}

func (echo) SessionActor(_ context.Context, token string) (access.Actor, string, error) {
	return access.Actor{Person: token}, token, nil
}

func (echo) TokenActor(_ context.Context, token string) (access.Actor, error) {
	return access.Actor{Person: token}, nil
}

func TestSessionCookieHasThePrefixWhereThereIsTLS(t *testing.T) {
	for _, c := range []struct {
		name   string
		secure bool
		cookie string
		who    string
	}{
		{"plain over http", false, SessionCookie, "x"},
		{"prefixed over https", true, SecureSessionCookie, "x"},
		{"planted without the prefix over https", true, SessionCookie, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := httptest.NewRequest("GET", "/", nil)
			q.AddCookie(&http.Cookie{Name: c.cookie, Value: "x"})
			got := "nobody asked"
			h := Resolver{Sessions: echo{}, Secure: c.secure}.Resolve(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) { got = Actor(q.Context()).Person }), nil)
			h.ServeHTTP(httptest.NewRecorder(), q)
			if got != c.who {
				t.Errorf("acts as %q, want %q", got, c.who)
			}
		})
	}
}
