package web

import (
	"errors"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// Keys of the navigation items of learners, for Base.Active.
const (
	navHome         = "home"
	navCatalogue    = "catalogue"
	navCertificates = "certificates"
	navCompetencies = "competencies"
	navHours        = "hours"
	navInbox        = "inbox"
	navAccount      = "account"
)

// bare marks a request whose page shows no navigation, so that none is looked up: an exam of a thousand people reads a name for nobody.
const bare = "bare"

// Navigation answers what the person of this request sees around a page: the learner's own items. Whoever adds items for other roles appends groups.
// A name or a count that cannot be read leaves the page standing.
func (rooms LearnerRooms) Navigation(c *gin.Context) Navigation {
	a := reader(c)
	if a.Anonymous() || a.Person == "" {
		return Navigation{}
	}
	viewer := &Viewer{URL: "/akun", LogoutURL: "/keluar", InboxURL: "/kotak-masuk"}
	if c.GetBool(bare) {
		return Navigation{Person: viewer}
	}
	ctx := c.Request.Context()
	if p, err := rooms.People.Look(ctx, people.ID(a.Person)); err == nil {
		viewer.Name = p.DisplayName()
	} else if !errors.Is(err, faults.NotFound) {
		c.Error(err) //nolint:errcheck // gin keeps it for the log
	}
	viewer.Role = in(c, people.RoleText("learner"))
	if len(a.Grants) > 0 {
		viewer.Role = in(c, people.RoleText(a.Grants[0].Role))
	}
	if n, err := rooms.People.Unread(ctx, a, people.ID(a.Person)); err == nil {
		viewer.InboxCount = n
	}
	home := NavItem{Key: navHome, Label: "Beranda", Icon: "home", URL: "/"}
	catalogue := NavItem{Key: navCatalogue, Label: "Katalog kursus", Icon: "course", URL: "/katalog"}
	certificates := NavItem{Key: navCertificates, Label: "Sertifikat", Icon: "certificate", URL: "/sertifikat"}
	levels := NavItem{Key: navCompetencies, Label: "Kompetensi", Icon: "target", URL: "/kompetensi"}
	inbox := NavItem{Key: navInbox, Label: "Kotak masuk", Icon: "inbox", URL: "/kotak-masuk", Count: viewer.InboxCount}
	return Navigation{Person: viewer,
		Groups: []NavGroup{
			{Items: []NavItem{home, inbox}},
			{Step: 1, Label: "Belajar dan bukti", Items: []NavItem{catalogue, certificates, levels, {Key: navHours, Label: "Jam pelajaran (JP)", Icon: "clock", URL: "/jp"}}},
			{Items: []NavItem{{Key: navAccount, Label: "Akun saya", Icon: "person", URL: "/akun"}}},
		},
		Phone: []NavItem{home, {Key: navCatalogue, Label: "Kursus", Icon: "course", URL: "/katalog"}, certificates, levels},
	}
}
