package web

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
)

// Pages are compressed while they are sent, with gzip 5. Measured on the offline page (4.2 KB) and the design page (65 KB), one core:
// gzip 5 takes 25 and 340 microseconds for 1,466 and 13,109 bytes, brotli 4 takes 188 and 1,420 for 1,344 and 12,650. An exam has
// 14 requests and 3.5 ms (docs/performance.md), so the last 8 % are not worth it; assets, compressed once, do use brotli.
var gzips = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, 5)
	if err != nil {
		panic("web: " + err.Error())
	}
	return w
}}

// compressFrom is the size below which a body gains nothing on the wire.
const compressFrom = 600

func writeCompressed(c *gin.Context, status int, body []byte) {
	h := c.Writer.Header()
	h.Add("Vary", "Accept-Encoding, Cookie")
	c.Status(status)
	if len(body) < compressFrom || c.Request.Method == http.MethodHead || !accepts(c.GetHeader("Accept-Encoding"), "gzip") {
		_, _ = c.Writer.Write(body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	w := gzips.Get().(*gzip.Writer)
	defer gzips.Put(w)
	w.Reset(c.Writer)
	// The reader may be gone; there is nobody left to tell.
	_, _ = w.Write(body)
	_ = w.Close()
}

// accepts tells whether an Accept-Encoding header names the coding without refusing it (q=0).
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q, refused := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=0")
			return !refused || strings.Trim(q, ".0") != ""
		}
	}
	return false
}
