package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// policy allows what this host serves and nothing written into a page: no inline script, no inline style, no foreign
// host, no plug-in, no frame.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// permissions switches off what no page of ours uses.
const permissions = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
	"magnetometer=(), microphone=(), midi=(), payment=(), usb=()"

// Headers sets the security headers of every answer. The referrer goes to this host only: "no-referrer" would also turn
// the Origin of our own forms into "null" (Fetch standard, "serializing a request origin"), and on plain http in a
// local network, where browsers send no Sec-Fetch-Site, every form would then be refused as foreign.
func (e *Engine) Headers() gin.HandlerFunc {
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions)
		h.Set("X-Frame-Options", "DENY")
		if e.config.Secure { // browsers take these two over https only, and complain otherwise
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		c.Next()
	}
}

// SameOrigin refuses forms posted from other sites with a page in the reader's language.
func (e *Engine) SameOrigin() gin.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c *gin.Context) {
		if err := protection.Check(c.Request); err != nil {
			e.refuseForeign(c)
			c.Abort()
			return
		}
		c.Next()
	}
}
