package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// A defect of ours is a Problem without its cause, and loud in the log.
func TestPanicIsAProblem(t *testing.T) {
	var log bytes.Buffer
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(Recover(slog.New(slog.NewTextHandler(&log, nil))))
	r.GET(Prefix+"/x", func(*gin.Context) { panic("rahasia") })
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Prefix+"/x", nil))
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 500 || p.Title != "internal" || strings.Contains(w.Body.String(), "rahasia") {
		t.Errorf("%d %s: %v", w.Code, w.Body, err)
	}
	if !strings.Contains(log.String(), "rahasia") {
		t.Error("the log does not tell")
	}
}

// A page of another site cannot change anything with somebody's cookie; reading and programs without a browser pass.
func TestSameOrigin(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(SameOrigin())
	r.Any(Prefix+"/x", func(c *gin.Context) { c.Status(http.StatusNoContent) })
	for _, c := range []struct {
		method, site string
		status       int
	}{{"POST", "cross-site", 403}, {"PUT", "same-site", 403}, {"POST", "same-origin", 204}, {"POST", "", 204}, {"GET", "cross-site", 204}} {
		w := httptest.NewRecorder()
		q := httptest.NewRequest(c.method, Prefix+"/x", nil)
		if c.site != "" {
			q.Header.Set("Sec-Fetch-Site", c.site)
		}
		r.ServeHTTP(w, q)
		if w.Code != c.status {
			t.Errorf("%s from %q: %d, want %d", c.method, c.site, w.Code, c.status)
		}
		if c.status == 403 && w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("content type %s", w.Header().Get("Content-Type"))
		}
	}
}
