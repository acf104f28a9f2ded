package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
)

// OfflinePage is shown by the service worker when there is no signal. It holds nothing about anybody.
type OfflinePage struct{ Base }

func (e *Engine) showOffline(c *gin.Context) {
	e.Render(c, http.StatusOK, "offline", &OfflinePage{})
}

// showClock answers the server's clock in milliseconds since 1970; the quiz timer sets itself by it.
func (e *Engine) showClock(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.String(http.StatusOK, strconv.FormatInt(e.config.Now().UnixMilli(), 10))
}

// serveWorker serves the service worker from the root, so that it may serve the whole site, with the name of
// this release's assets in front.
func (e *Engine) serveWorker(c *gin.Context) {
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/javascript; charset=utf-8",
		append([]byte("const ASSETS = "+strconv.Quote(e.assets.prefix)+";\n"), e.assets.files["js/worker.js"].plain...))
}

func (e *Engine) serveManifest(c *gin.Context) {
	in := e.institution(c.Request.Context())
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	c.Header("Cache-Control", "no-cache")
	c.Header("Content-Type", "application/manifest+json; charset=utf-8")
	c.JSON(http.StatusOK, struct {
		ID         string `json:"id"`
		Name       string `json:"name"`
		ShortName  string `json:"short_name"`
		Lang       string `json:"lang"`
		StartURL   string `json:"start_url"`
		Scope      string `json:"scope"`
		Display    string `json:"display"`
		Background string `json:"background_color"`
		Theme      string `json:"theme_color"`
		Icons      []icon `json:"icons"`
	}{"/", "APEL " + in.Short, "APEL", "id", "/", "/", "standalone", "#f7f5f0", "#0f5c5c", []icon{
		{e.assets.prefix + "/icon-192.png", "192x192", "image/png", "any"},
		{e.assets.prefix + "/icon-512.png", "512x512", "image/png", "any maskable"},
		{e.assets.prefix + "/mark.svg", "any", "image/svg+xml", "any"},
	}})
}
