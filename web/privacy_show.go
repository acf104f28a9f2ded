package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// PrivacyPage is the notice about personal data (UU 27/2022): what is kept, why, how long, and whom to ask. Everybody can read it.
type PrivacyPage struct {
	Base
	Agency string
	DPO    string
}

func (l *learner) showPrivacy(c *gin.Context) error {
	s := l.Settings.Current()
	l.Render(c, http.StatusOK, "privacy", &PrivacyPage{Agency: s.Agency, DPO: s.DPO})
	return nil
}
