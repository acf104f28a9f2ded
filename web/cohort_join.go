package web

import (
	"errors"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
)

// fillCohorts shows the cohorts of a course that the reader is in or may join.
func (l *learner) fillCohorts(c *gin.Context, p *CoursePage) error {
	list, err := l.Courses.OpenCohorts(c.Request.Context(), reader(c), p.Code)
	if err != nil && !unseen(err) {
		return err
	}
	f := l.format(c)
	for _, k := range list {
		panel := Panel{Name: k.Name, Text: l.T(c, "%s sampai %s · %d dari %d tempat terisi", f.day(k.From), f.day(k.Until), k.Size, k.Quota)}
		join := Button{Label: "Ikut angkatan ini", Field: "act", Value: "join"}
		switch {
		case k.Joined && l.today() < k.From:
			join = Button{Label: "Keluar dari angkatan", Field: "act", Value: "leave"}
			fallthrough
		case k.Joined:
			panel.Badges = []Badge{{Kind: Success, Label: "Anda ikut"}}
		}
		join.About = k.Name
		if !k.Joined || l.today() < k.From {
			panel.Form = &PanelForm{URL: p.Self + "/angkatan", Fields: []Field{hidden("cohort", k.ID)}, Buttons: []Button{join}}
		}
		p.Cohorts = append(p.Cohorts, panel)
	}
	return nil
}

// joinCohort puts the reader into a cohort, or with act=leave takes them out.
func (l *learner) joinCohort(c *gin.Context) error {
	ctx, a, back, form := c.Request.Context(), reader(c), courseURL(c.Param("code")), posted(c)
	said := l.T(c, "Anda ikut angkatan ini. Pendaftarannya sedang berjalan.")
	_, err := l.Courses.Cohort(ctx, a, form.Get("cohort"))
	if err == nil && form.Get("act") == "leave" {
		said = l.T(c, "Anda keluar dari angkatan. Kepesertaan Anda di kursus tetap ada.")
		_, err = l.Courses.Leave(ctx, a, form.Get("cohort"))
	} else if err == nil {
		_, err = l.Courses.Join(ctx, a, form.Get("cohort"))
	}
	if errors.Is(err, faults.Conflict) {
		return l.done(c, Warn, in(c, faults.Of(err).Text), back)
	}
	if err != nil {
		return err
	}
	return l.done(c, Success, said, back)
}
