package web

import "github.com/gin-gonic/gin"

// logout ends the session and tells the browser to drop what it kept for reading offline.
func (l *learner) logout(c *gin.Context) error {
	if token := l.sessionToken(c); token != "" {
		if err := l.People.Logout(c.Request.Context(), token); err != nil {
			return err
		}
	}
	l.keepSession(c, "", -1)
	c.Header("Clear-Site-Data", `"cache", "storage"`)
	return l.done(c, Success, l.T(c, "Anda sudah keluar."), "/masuk")
}
