package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/overviews"
)

// HomePage is where a person begins: the one next step, what is compulsory and why, the learning hours of the year, certificates, news.
type HomePage struct {
	Base
	Next      *NextStep // nil: nothing is begun and nothing is compulsory
	Idle      Empty     // shown then
	Duties    []Card    // compulsory and not finished, the earliest due date first
	Going     []Card    // begun of one's own accord
	Advised   []Card    // courses that close a gap, with why
	Hours     Ring
	HoursText string
	Stats     []Stat
	News      []InboxItem
}

// NextStep is the one big button of the start page.
type NextStep struct {
	Course string // name of the course
	Step   string // what is to be done in it
	Due    string // "wajib sampai 22 Des 2026 · 3 hari lagi"; empty when it is not compulsory
	Late   bool
	Why    string
	Done   Progress
	Button Button
}

func (l *learner) showHome(c *gin.Context) error {
	ctx := c.Request.Context()
	h, err := l.overviews().Home(ctx, reader(c))
	if err != nil {
		return err
	}
	dictionary, err := l.Competencies.Dictionary(ctx)
	if err != nil {
		return err
	}
	p := &HomePage{Base: Base{Title: l.T(c, "Halo, %s", h.Me.Name), Active: navHome}, News: l.inboxItems(c, h.News), Hours: l.hoursRing(c, h.Hours), HoursText: in(c, h.Hours.Text), Stats: l.homeStats(c, h),
		Idle: Empty{Icon: "done", Label: "Tidak ada yang wajib hari ini", Text: l.T(c, "Pilih sendiri apa yang ingin Anda pelajari."), Action: &Button{Label: "Buka katalog", URL: "/katalog", Kind: "primary"}}}
	if h.Next != nil {
		p.Next = l.nextStep(c, *h.Next)
	}
	for _, x := range h.Duties {
		p.Duties = append(p.Duties, l.learningCard(c, x))
	}
	for _, x := range h.Going {
		p.Going = append(p.Going, l.learningCard(c, x))
	}
	for _, n := range h.Advised[:min(len(h.Advised), mostAdvised)] {
		p.Advised = append(p.Advised, l.nextCourse(c, n, dictionary))
	}
	l.Render(c, http.StatusOK, "home", p)
	return nil
}

func (l *learner) nextStep(c *gin.Context, x courses.Learning) *NextStep {
	n := &NextStep{Course: in(c, x.Title), Step: l.T(c, "Kenali kursusnya dan mulai"), Done: Progress{Label: "Kemajuan", Done: float64(x.Percent), Goal: 100},
		Button: Button{Label: "Mulai", URL: courseURL(x.Course), Kind: "primary", Icon: "play"}}
	if x.Compulsory() {
		n.Due, n.Late, n.Why = l.dueText(c, x.Assignment.Due), x.Assignment.Overdue, in(c, x.Assignment.Because)
	}
	if x.Enrolment != "" && x.Next != nil {
		n.Step = l.requirementText(c, *x.Next)
		n.Button = Button{Label: "Lanjutkan belajar", URL: requirementURL(x.Enrolment, *x.Next), Kind: "primary", Icon: "arrow"}
		if x.Percent == 0 {
			n.Button.Label = "Mulai belajar"
		}
	} else if x.Enrolment != "" {
		n.Step, n.Button = l.T(c, "Lihat apa yang masih kurang"), Button{Label: "Buka kursus", URL: enrolmentURL(x.Enrolment), Kind: "primary", Icon: "arrow"}
	}
	return n
}

// learningCard is one course under way.
func (l *learner) learningCard(c *gin.Context, x courses.Learning) Card {
	card := Card{Code: x.Course, Name: in(c, x.Title), URL: courseURL(x.Course), Meta: []string{l.T(c, "%d JP", x.JP)}}
	if x.Enrolment != "" {
		card.URL = enrolmentURL(x.Enrolment)
		card.Progress = &Progress{Label: "Kemajuan", Done: float64(x.Percent), Goal: 100}
	}
	if x.Compulsory() {
		card.Label, card.Text = "Wajib", in(c, x.Assignment.Because)
		card.Badges = append(card.Badges, l.dueBadge(c, x))
	}
	if x.State == courses.Failed {
		card.Badges = append(card.Badges, Badge{Kind: Warn, Label: "Kesempatan habis"})
	}
	return card
}

// dueBadge says until when a compulsory course must be done, as a warning where that has passed.
func (l *learner) dueBadge(c *gin.Context, x courses.Learning) Badge {
	b := Badge{Kind: Info, Text: l.dueText(c, x.Assignment.Due), Icon: "calendar"}
	if x.Assignment.Overdue {
		b.Kind, b.Icon = Warn, ""
	}
	return b
}

// dueText says until when something is compulsory.
func (l *learner) dueText(c *gin.Context, due civil.Date) string {
	return l.T(c, "Wajib sampai %s", l.format(c).day(due)) + " · " + l.until(c, due)
}

// mostAdvised is how many courses the start page names; the others stand on the page of competencies.
const mostAdvised = 2

func (l *learner) hoursRing(c *gin.Context, h competencies.HoursYear) Ring {
	goal := h.Duty
	if goal == 0 {
		goal = h.Notice
	}
	r := Ring{Label: "Jam pelajaran tahun ini", Done: float64(h.Counted), Goal: float64(goal), Unit: "JP"}
	if h.Contract {
		r.Label = "Jam pelajaran tahun kontrak ini"
	}
	if h.Unverified > 0 {
		r.Text = l.T(c, "%d JP lain menunggu verifikasi", h.Unverified)
	}
	return r
}

func (l *learner) homeStats(c *gin.Context, h overviews.Home) []Stat {
	valid, soon := 0, 0
	today := l.today()
	for _, v := range h.Held {
		if v.State != certificates.Issued || v.Expired {
			continue
		}
		valid++
		if until := v.Record.ValidUntil; until != "" && until < today.AddMonths(3) {
			soon++
		}
	}
	s := []Stat{
		{Label: "Sertifikat berlaku", Value: l.count(c, valid), Icon: "certificate", URL: "/sertifikat"},
		{Label: "Kursus selesai", Value: l.count(c, h.Finished), Icon: "done", URL: "/katalog"},
	}
	if soon > 0 {
		s[0].Kind, s[0].Text = Warn, l.T(c, "%d berakhir dalam 3 bulan", soon)
	}
	return s
}

// count writes a number of things.
func (l *learner) count(c *gin.Context, n int) string {
	s, err := l.format(c).Number(n)
	if err != nil {
		return "–"
	}
	return s
}

func courseURL(code string) string     { return address("kursus", code) }
func enrolmentURL(id string) string    { return address("belajar", id) }
func lessonURL(id, code string) string { return address("belajar", id, "pelajaran", code) }
func quizURL(id, code string) string   { return address("belajar", id, "tes", code) }
func attemptURL(id string, more ...string) string {
	return address(append([]string{"percobaan", id}, more...)...)
}

// requirementURL is where a requirement of a course is done.
func requirementURL(enrolment string, r courses.Requirement) string {
	switch r.Kind {
	case "lesson":
		return lessonURL(enrolment, r.Code)
	case "pre_test", "practice", "post_test":
		return quizURL(enrolment, r.Code)
	case "field_task":
		return workURL(enrolment, r.Code)
	}
	return enrolmentURL(enrolment)
}

// requirementText is a requirement as something to do.
func (l *learner) requirementText(c *gin.Context, r courses.Requirement) string {
	title := in(c, r.Title)
	if r.Kind == "lesson" {
		return l.T(c, "Baca: %s", title)
	}
	return l.T(c, "Kerjakan: %s", strings.TrimSpace(title))
}
