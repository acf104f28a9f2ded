package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// An author tries a version on the pages of learners: they are drawn by the same code from the same templates, and each says that it is a try.

// trialURL is where the try of a version begins.
func trialURL(v courses.VersionID, more ...string) string {
	course, number, _ := strings.Cut(v, ".")
	n, _ := strconv.Atoi(number)
	return versionURL(v, course, n, append([]string{"coba"}, more...)...)
}

// trialNotice says that nothing of this counts.
func (l *learner) trialNotice(c *gin.Context, v courses.VersionID) Notice {
	return Notice{Kind: Info, Label: "Anda mencoba sebagai peserta", Text: l.T(c, "Tidak ada yang dicatat atau dihitung: tidak ada nilai, analisis, atau sertifikat. Jawaban hilang sehari setelah dimulai."),
		Action: &Button{Label: "Kembali ke awal percobaan", Icon: "arrow-left", URL: trialURL(v), Small: true}}
}

// showTrial is the way through a version, with nothing locked.
func (w *admin) showTrial(c *gin.Context) error {
	x, err := w.Courses.Trial(c.Request.Context(), reader(c), versionID(c))
	if err != nil {
		return err
	}
	p := &EnrolmentPage{Base: Base{Title: in(c, x.Content.Card.Title), Active: navCourses, Lead: w.T(c, "%s, versi %d", x.Course, x.Number), Crumbs: w.draftCrumbs(c)}, Code: x.Course, Steps: Stepper{Label: "Langkah belajar"}, Trial: true}
	p.Notices = []Notice{w.trialNotice(c, x.ID)}
	p.Notices[0].Action = nil
	p.Notices[0].Items = []string{w.T(c, "Peserta membuka langkah satu per satu; di sini semuanya terbuka."), w.T(c, "Bila draf berubah, tes yang dibuka lagi memakai soal yang baru.")}
	quiz := func(q courses.TrialQuiz) {
		s := StepItem{Name: in(c, q.Name()), State: "next", URL: trialURL(x.ID, "tes", q.Code), Text: w.quizText(c, q.Quiz)}
		switch {
		case !q.Wrong.Empty():
			s.Text = w.T(c, "Belum dapat dicoba: %s", in(c, q.Wrong))
		case q.State == courses.AttemptOpen:
			s.State, s.Text = "now", w.T(c, "Sedang dicoba.")
		case q.Attempt != "":
			s.State, s.Text = "done", w.T(c, "Sudah dicoba.")
		}
		p.Steps.Items = append(p.Steps.Items, s)
	}
	for _, q := range x.Quizzes {
		if q.Kind == courses.PreTest {
			quiz(q)
		}
	}
	for _, l := range x.Content.Lessons {
		p.Steps.Items = append(p.Steps.Items, StepItem{Name: in(c, l.Title), State: "next", URL: trialURL(x.ID, "pelajaran", l.Code), Text: w.format(c).minutes(w.words, l.Minutes)})
	}
	for _, q := range x.Quizzes {
		if q.Kind != courses.PreTest {
			quiz(q)
		}
	}
	for _, t := range x.Content.Tasks {
		p.Steps.Items = append(p.Steps.Items, StepItem{Name: in(c, t.Title), State: "next", URL: trialURL(x.ID, "tugas", t.Code), Text: w.T(c, "Tugas lapangan") + " · " + w.format(c).minutes(w.words, t.Minutes)})
	}
	w.Render(c, http.StatusOK, "enrolment", p)
	return nil
}

// tryLesson shows a lesson as a learner reads it.
func (w *admin) tryLesson(c *gin.Context) error {
	id := versionID(c)
	v, err := w.Courses.TryLesson(c.Request.Context(), reader(c), id, c.Param("lesson"))
	if err != nil {
		return err
	}
	p := w.lessonPage(c, v, func(code string) string { return trialURL(id, "pelajaran", code) }, trialURL(id))
	p.Notices = []Notice{w.trialNotice(c, id)}
	w.Render(c, http.StatusOK, "lesson", p)
	return nil
}

// tryTask shows a field task as a learner will see it once it is begun; nothing can be handed in.
func (w *admin) tryTask(c *gin.Context) error {
	id := versionID(c)
	x, err := w.Courses.TryTask(c.Request.Context(), reader(c), id, c.Param("task"))
	if err != nil {
		return err
	}
	p := w.workText(c, x)
	p.Active, p.Crumbs = navCourses, w.draftCrumbs(c, Link{Label: "Coba sebagai peserta", URL: trialURL(id)})
	p.Notices = []Notice{w.trialNotice(c, id)}
	p.Work = w.workForm(c, x)
	p.Back = Button{Label: "Kembali ke awal percobaan", URL: trialURL(id), Icon: "arrow-left"}
	w.Render(c, http.StatusOK, "fieldwork", p)
	return nil
}

// showTryQuiz says what awaits the taker of a test.
func (w *admin) showTryQuiz(c *gin.Context) error { return w.tryQuizPage(c, http.StatusOK, nil) }

func (w *admin) tryQuizPage(c *gin.Context, status int, wrong *Notice) error {
	x, err := w.Courses.Trial(c.Request.Context(), reader(c), versionID(c))
	if err != nil {
		return err
	}
	for _, q := range x.Quizzes {
		if q.Code != c.Param("quiz") {
			continue
		}
		to := trialURL(x.ID, "tes", q.Code)
		seen := courses.QuizProgress{Quiz: q.Quiz, Allowed: q.Attempts}
		if q.State == courses.AttemptOpen {
			seen.Open, seen.State = q.Attempt, q.State
		}
		if !q.Wrong.Empty() {
			seen.Locked = append(seen.Locked, q.Wrong)
		}
		p := w.describeQuiz(c, courses.Progress{Card: x.Content.Card}, seen, Form{})
		p.Active, p.Crumbs = navCourses, w.draftCrumbs(c, Link{Label: "Coba sebagai peserta", URL: trialURL(x.ID)})
		p.Notices = append(p.Notices, w.trialNotice(c, x.ID))
		if wrong != nil {
			p.Notices = append(p.Notices, *wrong)
		}
		p.Back.URL = trialURL(x.ID)
		if p.Go != nil { // also to go on: what was begun before the draft changed begins anew
			p.Go.URL, p.Go.Post = to, true
		}
		if q.Attempt != "" && q.State != courses.AttemptOpen {
			p.Before = []Link{{Name: w.T(c, "Lihat percobaan terakhir"), URL: attemptURL(q.Attempt, "hasil")}}
		}
		w.Render(c, status, "quiz", p)
		return nil
	}
	return faults.New(faults.NotFound, "Tes ini tidak ada.", "This test does not exist.")
}

// tryQuiz begins a test, or goes on with it.
func (w *admin) tryQuiz(c *gin.Context) error {
	f, err := w.Courses.TryQuiz(c.Request.Context(), reader(c), versionID(c), c.Param("quiz"))
	if errors.Is(err, faults.Conflict) {
		return w.tryQuizPage(c, http.StatusConflict, &Notice{Kind: Warn, Text: in(c, faults.Of(err).Text)})
	}
	if err != nil {
		return err
	}
	return see(c, attemptURL(f.Attempt))
}

// trialResult is what a learner would see at the end of a test, with the way back into the try.
func (l *learner) trialResult(c *gin.Context, r courses.Review) *ResultPage {
	p := l.resultPage(c, r, courses.Progress{}, Form{})
	p.Crumbs = []Link{{Label: "Coba sebagai peserta", URL: trialURL(r.Tried)}}
	p.Notices = append([]Notice{l.trialNotice(c, r.Tried)}, p.Notices...)
	if r.State == courses.AttemptNeedsMarking {
		p.Verdict = Badge{}
		p.Notices = append(p.Notices, Notice{Kind: Info, Text: l.T(c, "Sebagian jawaban dinilai oleh orang. Pada percobaan ini tidak ada yang menilainya, jadi belum ada nilai akhir.")})
	}
	p.Next = []Button{{Label: "Kembali ke awal percobaan", URL: trialURL(r.Tried), Kind: "primary", Icon: "arrow"}, {Label: "Coba lagi", URL: trialURL(r.Tried, "tes", r.Quiz), Icon: "sync"}}
	return p
}
