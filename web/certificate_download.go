package web

import (
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
)

// downloadCertificate hands out the PDF as it was issued; the first download draws it.
func (l *learner) downloadCertificate(c *gin.Context) error {
	name, pdf, err := l.Certificates.Download(c.Request.Context(), reader(c), certificates.ID(c.Param("id")))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, "application/pdf", pdf)
	return nil
}
