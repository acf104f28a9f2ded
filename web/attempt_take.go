package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// AttemptPage is a running attempt: all its questions on one page, one form, so that it works without JavaScript and costs one visit on the wire.
type AttemptPage struct {
	Base
	Quiz QuizRun
}

func (l *learner) showAttempt(c *gin.Context) error {
	f, err := l.Courses.Open(c.Request.Context(), reader(c), c.Param("attempt"))
	if err != nil {
		return err
	}
	if ended(f) {
		return see(c, attemptURL(f.Attempt, "tunggu"))
	}
	l.Render(c, http.StatusOK, "attempt", l.attemptPage(c, f))
	return nil
}

// ended says whether nothing can be answered any more: handed in, or the time is up.
func ended(f courses.FormView) bool {
	return f.State != courses.AttemptOpen || !f.EndsAt.IsZero() && f.Left <= 0
}

// saveAttempt keeps the whole form as shown and leads to the last look before handing in; with go=submit (the time is over) it hands in at once.
func (l *learner) saveAttempt(c *gin.Context) error {
	ctx, a, id := c.Request.Context(), reader(c), c.Param("attempt")
	f, err := l.Courses.Form(ctx, a, id)
	if err != nil {
		return err
	}
	if err := readAnswerForm(c); err != nil {
		return l.refuseAnswers(c, f, nil, err)
	}
	given, from := postedAnswers(c, f), postedFrom(c)
	switch {
	case ended(f):
		return see(c, attemptURL(id, "tunggu"))
	case c.PostForm("go") == "submit":
		_, err = l.Courses.SubmitFrom(ctx, a, id, given, from)
		c.Request.MultipartForm = nil
	case len(given) > 0:
		var saved courses.Saved
		saved, err = l.Courses.SaveFrom(ctx, a, id, given, from)
		from.Seq = saved.Seq
	}
	var wrong map[string]string
	if err == nil && c.Request.MultipartForm != nil {
		wrong, err = l.handInPosted(c, f, from)
	}
	to, check := strings.CutPrefix(c.PostForm("go"), "check:")
	if err == nil && check {
		err = l.checkPosted(c, f, to, from)
	}
	if err != nil {
		return l.refuseAnswers(c, f, given, err)
	}
	if len(wrong) > 0 {
		return l.refuseFiles(c, f.Attempt, wrong)
	}
	if check {
		return see(c, attemptURL(id)+"#butir-"+to)
	}
	if to, file := cutFile(c.PostForm("go")); file {
		return see(c, attemptURL(id)+"#butir-"+to)
	}
	switch to, step := strings.CutPrefix(c.PostForm("go"), "item:"); {
	case c.PostForm("go") == "submit":
		return see(c, attemptURL(id, "tunggu"))
	case step && slices.ContainsFunc(f.Items, func(it courses.ItemView) bool { return it.Item == to }): // a decision of a case: what comes of it stands on the same page
		return see(c, attemptURL(id)+"#butir-"+to)
	}
	return see(c, attemptURL(id, "periksa"))
}

// refuseAnswers shows the form again with the answers as typed: they came from a tab that missed a save, or one cannot be read.
func (l *learner) refuseAnswers(c *gin.Context, f courses.FormView, given map[string]grading.Answer, err error) error {
	fault := faults.Of(err)
	if errors.Is(err, faults.Conflict) && !stale(fault) && !heldUp(fault) {
		return see(c, attemptURL(f.Attempt, "tunggu")) // it ended meanwhile
	}
	if !errors.Is(err, faults.Conflict) && !errors.Is(err, faults.Invalid) && !errors.Is(err, faults.TooLarge) {
		return err
	}
	stored := []string{} // answered on the other page, left blank on this one: they stay
	for i, it := range f.Items {
		typed, ok := given[it.Item]
		switch {
		case ok && stale(fault) && typed.Blank():
			stored = append(stored, strconv.Itoa(it.Number))
		case ok:
			f.Items[i].Answer = typed
		}
	}
	if stale(fault) { // this page is the one that counts from now on
		now, err := l.Courses.Open(c.Request.Context(), reader(c), f.Attempt)
		if err != nil {
			return err
		}
		f.Seq, f.Tab = now.Seq, now.Tab
	}
	p := l.attemptPage(c, f)
	text := in(c, fault.Text)
	if stale(fault) {
		text = l.T(c, "Tes ini juga dibuka di tab atau perangkat lain. Periksa jawaban di bawah, lalu simpan lagi: yang tampil di sini yang akan disimpan.")
	}
	label := "Jawaban belum tersimpan"
	if !stale(fault) && strings.HasPrefix(c.PostForm("go"), "check:") {
		label = "Jawaban belum diperiksa"
	}
	n := Notice{Kind: Danger, Label: label, Text: text}
	if len(stored) > 0 {
		n.Items = []string{l.T(c, "Diambil dari tab atau perangkat lain, karena di sini kosong: soal %s.", strings.Join(stored, ", "))}
	}
	p.Notices = append(p.Notices, n)
	l.Render(c, fault.Kind.Status(), "attempt", p)
	return nil
}

// refuseFiles shows the form with what was saved and, at their questions, why files were not taken.
func (l *learner) refuseFiles(c *gin.Context, id string, wrong map[string]string) error {
	f, err := l.Courses.Open(c.Request.Context(), reader(c), id)
	if err != nil {
		return err
	}
	if ended(f) {
		return see(c, attemptURL(id, "tunggu"))
	}
	p := l.attemptPage(c, f)
	var numbers []Link
	for i, it := range p.Quiz.Items {
		if text := wrong[it.ID]; text != "" && it.Upload != nil {
			p.Quiz.Items[i].Upload.Wrong = text
			numbers = append(numbers, Link{Name: l.T(c, "Soal %d", it.Number) + ": " + text, URL: "#" + it.Anchor()})
		}
	}
	n := Notice{Kind: Danger, Label: "Berkas belum diterima", Text: l.T(c, "Jawaban lain tersimpan.")}
	for _, x := range numbers {
		n.Items = append(n.Items, x.Name)
	}
	p.Notices = append(p.Notices, n)
	l.Render(c, http.StatusUnprocessableEntity, "attempt", p)
	return nil
}

// cutFile is the question whose file a button is about.
func cutFile(pressed string) (item string, ok bool) {
	if item, ok = strings.CutPrefix(pressed, "file:"); ok {
		return item, true
	}
	if item, ok = strings.CutPrefix(pressed, "unfile:"); ok {
		item, _, _ = strings.Cut(item, ":")
	}
	return item, ok
}

// stale says whether a refusal is about a tab that missed a save.
func stale(f *faults.Error) bool {
	return slices.ContainsFunc(f.Fields, func(x faults.Field) bool { return x.Path == courses.Stale })
}

// heldUp says whether a refusal is about an exam that is paused, or about where the device is.
func heldUp(f *faults.Error) bool {
	return slices.ContainsFunc(f.Fields, func(x faults.Field) bool { return x.Path == courses.Paused || x.Path == courses.Outside })
}

// postedAnswers reads the answers on the form that differ from the stored ones. Only questions that were on the posted page count, so that a page cut
// off on its way takes nothing back.
func postedAnswers(c *gin.Context, f courses.FormView) map[string]grading.Answer {
	given := map[string]grading.Answer{}
	shown := c.PostFormArray("item")
	for _, it := range f.Items {
		if !slices.Contains(shown, it.Item) {
			continue
		}
		ans := postedAnswer(c, it)
		if !sameAnswer(ans, it.Answer) {
			given[it.Item] = ans
		}
	}
	return given
}

func postedSeq(c *gin.Context) int {
	n, err := strconv.Atoi(c.PostForm("seq"))
	if err != nil {
		return -1 // matches no save, so nothing is written over
	}
	return n
}

// postedFrom is the page that answers come from.
func postedFrom(c *gin.Context) courses.Page {
	p := courses.Page{Seq: postedSeq(c)}
	if n, err := strconv.Atoi(c.PostForm("tab")); err == nil && n > 0 {
		p.Tab = n
	}
	return p
}

func (l *learner) attemptPage(c *gin.Context, f courses.FormView) *AttemptPage {
	p := &AttemptPage{Base: Base{Title: in(c, f.Title), OwnHeading: true}, Quiz: QuizRun{Name: in(c, f.Title), Action: attemptURL(f.Attempt), SaveURL: attemptURL(f.Attempt, "simpan"), FileURL: attemptURL(f.Attempt, "berkas"),
		Attempt: f.Attempt, Seq: f.Seq, Tab: f.Tab, EndsAt: f.EndsAt, Now: l.config.Now(), Page: 1, Pages: 1}}
	if f.Tried != "" {
		p.Notices = append(p.Notices, l.trialNotice(c, f.Tried))
	}
	if f.Exam != "" {
		p.Quiz.PulseURL, p.Quiz.Paused, p.Quiz.Exam = attemptURL(f.Attempt, "kabar"), f.Paused, true
		p.Quiz.Messages = l.examMessages(c, f.Messages)
		if f.Paused { // so that the time shown is what is left
			p.Quiz.EndsAt = p.Quiz.Now.Add(f.Left)
		}
	}
	for _, it := range f.Items {
		p.Quiz.Uploads = p.Quiz.Uploads || it.Ask == grading.AskFiles
		p.Quiz.Items = append(p.Quiz.Items, l.quizItem(c, f.Attempt, it, len(f.Items)))
		p.Quiz.Nav = append(p.Quiz.Nav, QuizNavItem{ID: it.Item, Number: it.Number, URL: "#butir-" + it.Item, Answered: !it.Answer.Blank()})
	}
	return p
}
