package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/settings"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/overviews"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
)

// LearnerRooms is what the pages of learners and the public ask. Everything is required but Placement and Watch.
type LearnerRooms struct {
	People       *people.Service
	Courses      *courses.Service
	Certificates *certificates.Service
	Competencies *competencies.Service
	Settings     *settings.Service
	// Placement names positions for the reader. Nil: that page is not there.
	Placement *placement.Service
	// Watch tells a waiting page when the chain moved on. Nil: it looks every second.
	Watch Watcher
}

// learner has the handlers of learners and the public. Each stands in the file of its action (noun_verb.go); what several need stands here.
type learner struct {
	*Engine
	LearnerRooms
}

// overviews reads several rooms for one page.
func (l *learner) overviews() overviews.Rooms {
	return overviews.Rooms{People: l.People, Courses: l.Courses, Certificates: l.Certificates, Competencies: l.Competencies, Placement: l.Placement}
}

// reader is who looks at the page.
func reader(c *gin.Context) access.Actor { return visit.Actor(c.Request.Context()) }

// in writes a text of a room in the reader's language.
func in(c *gin.Context, t texts.Text) string { return t.In(texts.Lang(Lang(c))) }

func (l *learner) format(c *gin.Context) format { return l.Format(Lang(c)) }

func (l *learner) today() civil.Date { return l.Settings.Zone().Day(l.config.Now()) }

// day writes a civil date or instant; a date that cannot be written is a defect of ours and shows as a dash.
func (f format) day(v any) string {
	s, err := f.Day(v)
	if err != nil {
		return "–"
	}
	return s
}

func (f format) date(v any) string {
	s, err := f.Date(v)
	if err != nil {
		return "–"
	}
	return s
}

func (f format) clock(v any) string {
	s, err := f.Clock(v)
	if err != nil {
		return "–"
	}
	return s
}

func (f format) moment(v any) string {
	s, err := f.Moment(v)
	if err != nil {
		return "–"
	}
	return s
}

// points writes a score in thousandths of a point: 87,5. It is cut and not rounded, so that what misses the pass mark never reads like it.
func (f format) points(thousandths int) string {
	s, err := f.Decimal(float64(thousandths/10)/100, 2)
	if err != nil {
		return "–"
	}
	return s
}

// until is the end of a deadline in words: "3 hari lagi".
func (l *learner) until(c *gin.Context, day civil.Date) string {
	s, err := l.format(c).until(l.words, day, l.config.Now())
	if err != nil {
		return ""
	}
	return s
}

// insiders lets only people pass who are logged in. A page that was asked for is shown after the login; a form is not kept.
func (l *learner) insiders(c *gin.Context) {
	if !reader(c).Anonymous() {
		c.Next()
		return
	}
	defer c.Abort()
	if c.Request.Method == http.MethodGet && !wantsJSON(c) {
		c.Redirect(http.StatusSeeOther, "/masuk?kembali="+url.QueryEscape(c.Request.URL.RequestURI()))
		return
	}
	l.Refuse(c, http.StatusUnauthorized, "")
}

// wantsJSON says whether a script asks rather than a person.
func wantsJSON(c *gin.Context) bool {
	return strings.Contains(c.GetHeader("Accept"), "application/json")
}

// see answers a form that was taken: the browser goes on to path, and going back does not post again.
func see(c *gin.Context, path string) error {
	c.Redirect(http.StatusSeeOther, path)
	return nil
}

// done says so on the next page and goes there.
func (l *learner) done(c *gin.Context, kind, text, path string) error {
	l.Flash(c, Notice{Kind: kind, Text: text})
	return see(c, path)
}

// again shows a refused form once more, with what was typed and what is wrong; an error that is not about the form is returned.
func (l *learner) again(c *gin.Context, f *Form, err error, page string, data any) error {
	if !f.Take(err, Lang(c)) {
		return err
	}
	l.Render(c, f.Status(), page, data)
	return nil
}

// address joins parts of an address, each escaped.
func address(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("/" + url.PathEscape(p))
	}
	return b.String()
}

// browser names the browser of a request for the list of sessions.
func browser(c *gin.Context) string { return c.Request.UserAgent() }

// sessionTime is how long the cookies of a login live; the server ends the session itself.
const sessionTime = 12 * time.Hour
