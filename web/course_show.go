package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
)

// CoursePage says what a course gives and asks, before one begins.
type CoursePage struct {
	Base
	Code    string
	Self    string // address of this page, posted to for enrolling
	Summary string
	Gives   []Fact   // learning hours, certificate, competencies
	Posts   []string // positions whose standard asks for what the course gives
	More    int      // further ones
	Goals   []string // what one can do afterwards
	Outline Stepper
	Before  []Link // courses to be taken first
	Due     *Notice
	Action  *Button // go on; nil: enrol, if Enrol
	Enrol   bool
	Refused string  // why one cannot enrol
	Cohorts []Panel // that one is in or may join
}

func (l *learner) showCourse(c *gin.Context) error {
	p, err := l.coursePage(c)
	if err != nil {
		return err
	}
	l.Render(c, http.StatusOK, "course", p)
	return nil
}

func (l *learner) coursePage(c *gin.Context) (*CoursePage, error) {
	ctx, a, code := c.Request.Context(), reader(c), c.Param("code")
	course, err := l.Courses.Course(ctx, a, code)
	if err != nil {
		return nil, err
	}
	version, err := l.Courses.Version(ctx, a, course.Head)
	if err != nil {
		return nil, err
	}
	mine, err := l.learningIn(c, code)
	if err != nil {
		return nil, err
	}
	p := &CoursePage{Base: Base{Title: in(c, course.Card.Title), Active: navCatalogue, Crumbs: []Link{{Label: "Katalog kursus", URL: "/katalog"}}}, Code: code, Self: courseURL(code), Summary: in(c, course.Card.Summary)}
	if err := l.fillGives(c, p, version.Content); err != nil {
		return nil, err
	}
	for _, o := range version.Content.Objectives {
		p.Goals = append(p.Goals, in(c, o.Text))
	}
	for _, code := range version.Content.Prerequisites {
		p.Before = append(p.Before, Link{Name: code, URL: courseURL(code)})
	}
	p.Outline = l.outline(c, version.Content)
	l.fillAction(c, p, course, mine)
	return p, l.fillCohorts(c, p)
}

// learningIn is the reader's own way in one course; the zero Learning when there is none.
func (l *learner) learningIn(c *gin.Context, code string) (courses.Learning, error) {
	a := reader(c)
	all, err := l.Courses.Home(c.Request.Context(), a, a.Person)
	if err != nil {
		return courses.Learning{}, err
	}
	for _, x := range all {
		if x.Course == code {
			return x, nil
		}
	}
	return courses.Learning{}, nil
}

// fillGives says what the course is good for: hours, certificate, competencies, and whose standard asks for them.
func (l *learner) fillGives(c *gin.Context, p *CoursePage, content courses.Content) error {
	card := content.Card
	ctx := c.Request.Context()
	dictionary, err := l.Competencies.Dictionary(ctx)
	if err != nil {
		return err
	}
	standards, err := l.Competencies.Standards(ctx)
	if err != nil {
		return err
	}
	validity := l.T(c, "tanpa batas waktu")
	if card.ValidMonths > 0 {
		validity = l.T(c, "berlaku %d bulan", card.ValidMonths)
	}
	p.Gives = []Fact{
		{Label: "Jam pelajaran", Value: l.T(c, "%d JP", card.JP), Note: l.T(c, "1 JP = 45 menit")},
		{Label: "Sertifikat", Value: l.T(c, "Sertifikat Pelatihan"), Note: validity},
		{Label: "Jenis", Value: in(c, kindTexts[card.Kind])},
	}
	for i, t := range content.Certified() {
		f := Fact{Name: in(c, dictionary.Name(t.Competency)), Value: l.T(c, "Level %d", t.Level), Note: in(c, competencies.LevelName(t.Level))}
		if more := card.Targets[i].Level; more > t.Level {
			f.Note += "; " + l.T(c, "level %d bila tugas lapangan pilihan diterima", more)
		}
		p.Gives = append(p.Gives, f)
	}
	for _, code := range standards.Codes {
		if !asksFor(standards.Items[code], card.Targets) {
			continue
		}
		if len(p.Posts) == 6 {
			p.More++
			continue
		}
		p.Posts = append(p.Posts, standards.Items[code].Name)
	}
	return nil
}

// asksFor says whether a standard asks for one of the competencies a course gives.
func asksFor(st competencies.Standard, targets []courses.Target) bool {
	for _, r := range st.Requirements {
		for _, t := range targets {
			if r.Competency == t.Competency {
				return true
			}
		}
	}
	return false
}

// outline is the way through a course for somebody who has not begun.
func (l *learner) outline(c *gin.Context, content courses.Content) Stepper {
	s := Stepper{Label: "Isi kursus"}
	add := func(kind courses.QuizKind) {
		for _, q := range content.Quizzes {
			if q.Kind == kind {
				s.Items = append(s.Items, StepItem{Name: in(c, q.Name()), State: "next", Text: l.quizText(c, q)})
			}
		}
	}
	add(courses.PreTest)
	for _, x := range content.Lessons {
		s.Items = append(s.Items, StepItem{Name: in(c, x.Title), State: "next", Text: l.format(c).minutes(l.words, x.Minutes)})
	}
	add(courses.Practice)
	add(courses.PostTest)
	for _, t := range content.Tasks {
		x := StepItem{Name: l.T(c, "Tugas lapangan") + ": " + in(c, t.Title), State: "next", Text: l.format(c).minutes(l.words, t.Minutes)}
		if t.Optional {
			x.Text = l.T(c, "Tidak wajib.") + " " + x.Text
		}
		s.Items = append(s.Items, x)
	}
	return s
}

// quizText says what a quiz asks of its taker: items, time, pass mark, attempts.
func (l *learner) quizText(c *gin.Context, q courses.Quiz) string {
	s := l.T(c, "%d soal", q.Count())
	if q.Minutes > 0 {
		s += " · " + l.format(c).minutes(l.words, q.Minutes)
	}
	if q.PassMark > 0 {
		s += " · " + l.T(c, "lulus mulai nilai %s", strconv.Itoa(q.PassMark))
	}
	if q.Attempts > 1 {
		s += " · " + l.T(c, "%d kesempatan", q.Attempts)
	}
	if q.Kind == courses.Practice {
		s += " · " + l.T(c, "boleh diulang tanpa batas")
	}
	return s
}

// fillAction decides nothing: it shows what the room says about the reader's way in this course.
func (l *learner) fillAction(c *gin.Context, p *CoursePage, course courses.Course, mine courses.Learning) {
	if mine.Compulsory() {
		p.Due = &Notice{Kind: Info, Text: l.dueText(c, mine.Assignment.Due) + ". " + in(c, mine.Assignment.Because)}
		if mine.Assignment.Overdue {
			p.Due.Kind = Warn
		}
	}
	switch {
	case mine.Enrolment != "" && mine.State == courses.Completed:
		p.Action = &Button{Label: "Lihat hasil belajar", URL: enrolmentURL(mine.Enrolment), Icon: "done"}
		if mine.ValidUntil != "" {
			p.Due = &Notice{Kind: Success, Text: l.T(c, "Kursus ini sudah Anda selesaikan. Sertifikatnya berlaku sampai %s.", l.format(c).date(mine.ValidUntil))}
		} else {
			p.Due = &Notice{Kind: Success, Text: l.T(c, "Kursus ini sudah Anda selesaikan.")}
		}
		p.Enrol = mine.ValidUntil != "" && course.Card.SelfEnrolment && mine.ValidUntil.AddMonths(-courses.RenewalMonths) <= l.today()
	case mine.Enrolment != "":
		p.Action = &Button{Label: "Lanjutkan belajar", URL: enrolmentURL(mine.Enrolment), Kind: "primary", Icon: "arrow"}
		if mine.Percent == 0 {
			p.Action.Label = "Mulai belajar"
		}
	case course.Closed:
		p.Refused = l.T(c, "Kursus ini sedang ditutup untuk peserta baru.")
	case !course.Card.SelfEnrolment && mine.Assignment == nil:
		p.Refused = l.T(c, "Kursus ini diikuti melalui penugasan. Tanyakan kepada atasan atau admin unit Anda.")
	default:
		p.Enrol = true
	}
}
