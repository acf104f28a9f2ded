package web

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage/blobs"
)

// showLogo gives the institution's logo to everybody.
func (w *admin) showLogo(c *gin.Context) error {
	hash := w.Settings.Current().Logo
	if w.Files == nil || !blobs.Valid(hash) {
		return faults.New(faults.NotFound, "Belum ada logo.", "There is no logo yet.")
	}
	if c.GetHeader("If-None-Match") == `"`+hash+`"` {
		c.Status(http.StatusNotModified)
		return nil
	}
	f, err := w.Files.Open(c.Request.Context(), hash)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head) // a short file fills less
	kind := http.DetectContentType(head[:n])
	if kind != "image/png" && kind != "image/jpeg" {
		return faults.New(faults.NotFound, "Belum ada logo.", "There is no logo yet.")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	c.Header("Content-Type", kind)
	c.Header("ETag", `"`+hash+`"`)
	c.Header("Cache-Control", "public, max-age=300")
	_, err = io.Copy(c.Writer, f)
	return err
}
