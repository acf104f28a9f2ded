package web

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
)

// Pages are compressed while they are sent. Levels are chosen for the CPU budget of an exam: an exam page of
// 12 KB costs about a tenth of a millisecond.
var (
	brotlis = sync.Pool{New: func() any { return brotli.NewWriterLevel(io.Discard, 4) }}
	gzips   = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(io.Discard, 4); return w }}
)

// compressible bodies below this size gain nothing on the wire.
const compressFrom = 600

func writeCompressed(c *gin.Context, status int, body []byte) {
	h := c.Writer.Header()
	h.Add("Vary", "Accept-Encoding, Cookie")
	if len(body) < compressFrom || c.Request.Method == http.MethodHead {
		c.Status(status)
		_, _ = c.Writer.Write(body)
		return
	}
	var w io.WriteCloser
	switch accepted := c.GetHeader("Accept-Encoding"); {
	case accepts(accepted, "br"):
		b := brotlis.Get().(*brotli.Writer)
		defer brotlis.Put(b)
		b.Reset(c.Writer)
		h.Set("Content-Encoding", "br")
		w = b
	case accepts(accepted, "gzip"):
		g := gzips.Get().(*gzip.Writer)
		defer gzips.Put(g)
		g.Reset(c.Writer)
		h.Set("Content-Encoding", "gzip")
		w = g
	default:
		c.Status(status)
		_, _ = c.Writer.Write(body)
		return
	}
	c.Status(status)
	// The reader may be gone; there is nobody left to tell.
	_, _ = w.Write(body)
	_ = w.Close()
}

// accepts tells whether an Accept-Encoding header names the coding without refusing it (q=0).
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q := strings.ReplaceAll(strings.ToLower(params), " ", "")
		return q != "q=0" && !strings.HasPrefix(q, "q=0.000") && q != "q=0.0" && q != "q=0.00"
	}
	return false
}
