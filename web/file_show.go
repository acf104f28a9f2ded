package web

import (
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"
)

// showFile gives a picture, video or recording of a lesson or item, whole or the part that a player asks for. Its name is of its content, so a browser may keep it; the service
// worker keeps none.
func (l *learner) showFile(c *gin.Context) error {
	d, f, err := l.Courses.OpenFile(c.Request.Context(), reader(c), c.Param("name"))
	if err != nil {
		return err
	}
	defer f.Close()
	h := c.Writer.Header()
	h.Set("Content-Type", d.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": d.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("ETag", `"`+d.Hash+`"`)
	http.ServeContent(c.Writer, c.Request, "", d.MadeAt, f)
	return nil
}
