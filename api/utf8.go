package api

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
)

// jsonMax bounds what a JSON body may be before huma's own limit per operation is asked.
const jsonMax = 1 << 20

// wellFormed refuses JSON whose bytes are no UTF-8. encoding/json would put U+FFFD in their place, and a name would be stored that nobody typed.
func wellFormed(c *gin.Context) {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if c.Request.Body == nil || err == nil && kind != "application/json" || c.Request.Method == http.MethodGet {
		return
	}
	b, err := io.ReadAll(io.LimitReader(c.Request.Body, jsonMax+1))
	if err != nil || len(b) > jsonMax || utf8.Valid(b) {
		c.Request.Body = rest{io.MultiReader(bytes.NewReader(b), c.Request.Body), c.Request.Body}
		return
	}
	at := 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			break
		}
		b, at = b[n:], at+n
	}
	f := faults.Newf(faults.Invalid, "Isi permintaan bukan teks UTF-8 yang benar (byte ke-%d). Simpan ulang sebagai UTF-8 lalu kirim lagi.", "The request body is not valid UTF-8 (byte %d). Save it as UTF-8 and send it again.", at+1)
	problem(c.Request.Context(), f).write(c.Writer)
	c.Abort()
}

// rest is what was read already, and behind it the rest of the body.
type rest struct {
	io.Reader
	io.Closer
}
