package web

import (
	"errors"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

// maxForm bounds a form without files: an attempt with its answers is 200 KB at most.
const maxForm = 1 << 20

// WellFormed refuses a form that is too large or whose bytes are no UTF-8, before a handler reads it: gin would show it as an empty form, and storage would put
// U+FFFD in place of what somebody typed. Forms with files name their own limit; their texts are looked at by the rooms.
func (e *Engine) WellFormed() gin.HandlerFunc {
	return func(c *gin.Context) {
		kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
		if c.Request.Method != http.MethodPost || err != nil || kind != "application/x-www-form-urlencoded" || strings.HasPrefix(c.Request.URL.Path, "/api/") {
			return
		}
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
		var tooLarge *http.MaxBytesError
		if err := c.Request.ParseForm(); errors.As(err, &tooLarge) {
			e.Refuse(c, http.StatusRequestEntityTooLarge, "")
			c.Abort()
			return
		} else if err != nil {
			e.Refuse(c, http.StatusBadRequest, "")
			c.Abort()
			return
		}
		for name, values := range c.Request.PostForm {
			for _, v := range append(values, name) {
				if !utf8.ValidString(v) {
					e.Refuse(c, http.StatusUnprocessableEntity, e.T(c, "Isian %s berisi huruf yang rusak (bukan UTF-8). Hapus, ketik ulang, lalu kirim lagi.", "\""+strings.ToValidUTF8(name, "?")+"\""))
					c.Abort()
					return
				}
			}
		}
	}
}
