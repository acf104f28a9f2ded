package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// EnrolmentPage is the way of one person through one course: what is done, what is next, what is locked and why.
type EnrolmentPage struct {
	Base
	Code        string
	Done        Progress
	Next        *Button
	NextIs      string // what the button leads to
	Steps       Stepper
	Certificate *Card
	Missing     []string
	Practice    []Card
	Trial       bool // of an author: there is no progress to show
}

func (l *learner) showProgress(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	x, err := l.Courses.Progress(ctx, a, c.Param("enrolment"))
	if err != nil {
		return err
	}
	p := &EnrolmentPage{Base: Base{Title: in(c, x.Card.Title), Active: navCatalogue, Crumbs: []Link{{Label: "Katalog kursus", URL: "/katalog"}, {Name: x.Course, URL: courseURL(x.Course)}}},
		Code: x.Course, Done: Progress{Label: "Kemajuan", Done: float64(x.Percent), Goal: 100}}
	for _, r := range x.Requirements {
		p.Steps.Items = append(p.Steps.Items, l.step(c, x, r))
	}
	p.Steps.Label = "Langkah belajar"
	if x.Next != nil {
		p.Next, p.NextIs = &Button{Label: "Lanjutkan", URL: requirementURL(x.ID, *x.Next), Kind: "primary", Icon: "arrow"}, l.requirementText(c, *x.Next)
		if x.Percent == 0 {
			p.Next.Label = "Mulai"
		}
	}
	if !x.Complete && x.Next == nil {
		p.Missing = sentences(c, x.Missing)
	}
	if x.State == courses.Completed {
		if p.Certificate, _, err = l.certificateOf(c, x.ID); err != nil {
			return err
		}
	}
	l.Render(c, http.StatusOK, "enrolment", p)
	return nil
}

// step shows one requirement: done, now, next or locked, with the words for it.
func (l *learner) step(c *gin.Context, x courses.Progress, r courses.Requirement) StepItem {
	s := StepItem{Name: in(c, r.Title), State: "next", URL: requirementURL(x.ID, r)}
	switch {
	case r.Done:
		s.State = "done"
	case len(r.Locked) > 0:
		s.State, s.URL, s.Text = "locked", "", l.lockedBy(c, r.Locked)
	case x.Next != nil && x.Next.Kind == r.Kind && x.Next.Code == r.Code:
		s.State, s.Text = "now", in(c, r.Missing)
	case r.Kind != "lesson" || x.Reading[r.Code].Seconds > 0:
		s.Text = in(c, r.Missing)
	}
	if r.Kind == "prerequisite" {
		s.URL = ""
	}
	for _, q := range x.Quizzes {
		if q.Code == r.Code && s.State != "locked" {
			s.Text = l.quizProgressText(c, q)
		}
	}
	if r.Optional {
		s.Text = l.T(c, "Tidak wajib.") + " " + s.Text
	}
	return s
}

// quizProgressText says how it went so far, or what awaits the taker.
func (l *learner) quizProgressText(c *gin.Context, q courses.QuizProgress) string {
	switch {
	case q.Open != "" && q.State == courses.AttemptOpen:
		return l.T(c, "Sedang dikerjakan: lanjutkan sebelum waktunya habis.")
	case q.Open != "":
		return l.T(c, "Sedang dinilai.")
	case !q.Awaited.IsZero():
		return l.T(c, "Hasil ujian ditampilkan %s.", l.format(c).moment(q.Awaited))
	case q.Exam != nil && !q.Passed && !q.Exam.MayStart():
		return in(c, q.Exam.Refuse)
	case q.Hidden:
		return l.T(c, "Hasil ujian belum ditampilkan.")
	case q.Ended > 0 && q.Kind == courses.PostTest && !q.Passed:
		return l.T(c, "Nilai terbaik %s, lulus mulai %d. Kesempatan terpakai %d dari %d.", l.format(c).points(q.Best), q.PassMark, q.Ended, q.Allowed)
	case q.Ended > 0:
		return l.T(c, "Nilai terbaik %s.", l.format(c).points(q.Best))
	}
	return l.quizText(c, q.Quiz)
}

// certificateOf is the card of the certificate that an enrolment brought. made is false while the chain still works on it.
func (l *learner) certificateOf(c *gin.Context, enrolment string) (card *Card, made bool, err error) {
	v, err := l.Certificates.Certificate(c.Request.Context(), reader(c), certificateID(enrolment))
	if errors.Is(err, faults.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	shown := l.certificateCard(c, v)
	return &shown, v.State != certificates.Intended || v.Parked != "", nil
}

func certificateID(enrolment string) certificates.ID {
	return certificates.Edition(enrolment, certificates.KindTraining, 1)
}

// lockedBy says what stands before a step: the first two things in full, of the others how many; all of them stand in the list above it.
func (l *learner) lockedBy(c *gin.Context, all []texts.Text) string {
	if len(all) <= 3 {
		return join(c, all)
	}
	return join(c, all[:2]) + " " + l.T(c, "Lalu %d langkah lain di atas.", len(all)-2)
}

// join puts sentences of a room one after the other.
func join(c *gin.Context, all []texts.Text) string {
	s := ""
	for _, t := range all {
		if s != "" {
			s += " "
		}
		s += in(c, t)
	}
	return s
}

// sentences lists sentences of a room.
func sentences(c *gin.Context, all []texts.Text) []string {
	var out []string
	for _, t := range all {
		out = append(out, in(c, t))
	}
	return out
}
