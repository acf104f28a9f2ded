package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/klauspost/compress/gzhttp"
)

// compressFrom is the size in bytes below which an answer gains nothing on the wire.
const compressFrom = 600

// Compressed sends the API's JSON, its document and its page with gzip to whoever takes it. Event streams and files, which are compressed already, go out as
// they are, and so does every answer of an operation with a Secret: the length of a compressed answer tells about what stands in it (BREACH). Requests
// outside of the API pass untouched.
func Compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(compressFrom), gzhttp.CompressionLevel(5), gzhttp.EnableZstd(false), gzhttp.ContentTypes([]string{
		"application/json", "application/problem+json", "application/openapi+json", "application/openapi+yaml", "application/vnd.oai.openapi", "text/html", "text/css", "text/csv"}))
	if err != nil {
		return nil, err
	}
	packed := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.HasPrefix(q.URL.Path, "/api/") {
			packed.ServeHTTP(w, q)
			return
		}
		next.ServeHTTP(w, q)
	}), nil
}

// uncompressed keeps an operation's answers as they are.
func uncompressed(c huma.Context, next func(huma.Context)) {
	c.SetHeader(gzhttp.HeaderNoCompression, "secret")
	next(c)
}
