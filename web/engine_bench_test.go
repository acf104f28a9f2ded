package web

import (
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
)

// BenchmarkStart is the engine's share of the start of the program (budget in docs/performance.md: first page after 1 s).
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		New(Config{})
	}
}

// BenchmarkRender is one quiz-sized page, compressed, without the network.
func BenchmarkRender(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	e := New(Config{Navigation: sampleNavigation, Demo: true})
	r := gin.New()
	e.Routes(r)
	request := httptest.NewRequest("GET", "/luring", nil)
	request.Header.Set("Accept-Encoding", "gzip, br")
	size := 0
	for b.Loop() {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, request)
		size = w.Body.Len()
	}
	b.ReportMetric(float64(size), "wire-bytes")
}
