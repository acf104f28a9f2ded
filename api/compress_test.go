package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// An answer that holds a secret keeps its length to itself, however long it is; an event stream goes out as it comes.
func TestSecretsAreNotCompressed(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	s := &server{api: newAPI(r), keyed: &idempotency{routes: map[string]keyedRoute{}}}
	for path, secret := range map[string]bool{"/plain": false, "/secret": true} {
		handle(s, operation{Method: http.MethodGet, Path: path, ID: "get" + path[1:], Tag: "test", Summary: "Test", Secret: secret, Public: true},
			func(context.Context, *struct{}) (*body[string], error) {
				return answer(strings.Repeat("rahasia ", 500)), nil
			})
	}
	r.GET(Prefix+"/events", func(c *gin.Context) {
		c.Data(http.StatusOK, "text/event-stream", []byte(strings.Repeat("data: x\n\n", 500)))
	})
	h, err := Compressed(r)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/plain": "gzip", "/secret": "", "/events": ""} {
		q := httptest.NewRequest(http.MethodGet, Prefix+path, nil)
		q.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, q)
		if got := w.Header().Get("Content-Encoding"); w.Code != http.StatusOK || got != want || len(w.Header()["No-Gzip-Compression"]) > 0 {
			t.Errorf("%s: %d, encoded %q, want %q: %v", path, w.Code, got, want, w.Header())
		}
	}
}
